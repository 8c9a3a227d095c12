/* SPDX-License-Identifier: Apache-2.0
 *
 * Mails and bytes of cases: one that came is put to a case or begins one, an answer is written, a file is kept.
 */
#include "base/digest.h"
#include "base/os.h"
#include "link/case_in.h"
#include <unistd.h>

/* ---- one that came ------------------------------------------------------------------------------- */

void case_mail_join(struct db *db, uint64_t id, uint64_t mail, struct str person)
{
	char link[32];
	struct query q =
	        db_query(db, "select sender, received, words, subject, case_ from message where id = ?");
	auto_arena struct arena a = {0};
	struct case_entry entry = {.kind = "mail", .direction = "in", .channel = "mail", .person = person};
	uint64_t was = 0;

	arena_init(&a, 0);
	/* a mail has no label until somebody gives it one */
	struct query own = db_query(db, "select label from case_ where id = ?");
	query_u64(&own, id);
	entry.label = query_next(&own) == 1 && tlp_find(query_get_text(&own, 0)) == TLP_RED
	        ? STR("RED")
	        : STR("AMBER+STRICT");
	query_run(&own);
	query_u64(&q, mail);
	if (query_next(&q) == 1) {
		entry.party = arena_str(&a, query_get_text(&q, 0));
		entry.at = query_get_i64(&q, 1);
		entry.text = arena_str(&a, query_get_text(&q, 2));
		entry.subject = arena_str(&a, query_get_text(&q, 3));
		was = query_get_u64(&q, 4);
	}
	query_run(&q);
	if (was == id)
		return;
	struct query up = db_query(db, "update message set case_ = ?2 where id = ?1");
	query_u64(&up, mail);
	query_u64(&up, id);
	query_run(&up);
	snprintf(link, sizeof(link), "M%llu", (unsigned long long)mail);
	entry.link = str_from(link);
	case_entry_put(db, id, &entry);
}

/* The mail is done with: it has become a case. */
int change_case_take(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct str title = {0}, sender = {0}, label = case_param(c, "label");
	uint64_t mail;
	bool there, joined = false;

	arena_init(&a, 0);
	if (change_id(c, 'M', &mail, e) != 0)
		return ERR_USAGE;
	struct query q =
	        db_query(c->db, "select subject, sender, case_ is not null from message where id = ?");
	query_u64(&q, mail);
	there = query_next(&q) == 1;
	if (there) {
		title = arena_str(&a, str_trim(query_get_text(&q, 0)));
		sender = arena_str(&a, query_get_text(&q, 1));
		joined = query_get_u64(&q, 2) != 0;
	}
	query_run(&q);
	if (!there || joined)
		return err_set(e, there ? ERR_VALUE : ERR_MISSING,
		        there ? "M%llu belongs to a case already" : "there is no mail M%llu",
		        (unsigned long long)mail);
	if (label.len != 0 && tlp_find(label) == TLP_NONE)
		return err_set(e, ERR_USAGE, "a label is CLEAR, GREEN, AMBER, AMBER+STRICT or RED");
	struct case_new n = {.kind = "incident",
	        .title = title.len != 0 ? str_sub(title, 0, CASE_LINE) : sender,
	        .severity = STR("c4"),
	        .person = c->person,
	        /* who wrote said nothing of how far it may go */
	        .label = label.len != 0 ? tlp_find(label) : TLP_AMBER_STRICT};
	uint64_t id = case_open(c->db, c->here, &n);
	case_mail_join(c->db, id, mail, c->person);
	struct query done = db_query(c->db,
	        "update message set state = 'done', outcome = 'case', person = ?2, done = ?3 where id = ?1 "
	        "and state = 'new'");
	query_u64(&done, mail);
	query_text(&done, c->person);
	query_i64(&done, os_now());
	query_run(&done);
	case_about(c, id, title);
	buf_printf(c->said, "opened from M%llu\n", (unsigned long long)mail);
	return 0;
}

/* ---- an answer ----------------------------------------------------------------------------------- */

static bool is_address(struct str s)
{
	size_t at = str_find(s, 0, '@');

	if (s.len > 254 || at == SIZE_MAX || at == 0 || at + 3 > s.len ||
	        str_find(s, at + 1, '@') != SIZE_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '<' || s.p[i] == '>' || s.p[i] == ',' ||
		        s.p[i] == 0x7f)
			return false;
	return true;
}

/* "[LA-2026-00042] title", once: it is what an answer is found by. */
static struct str subject_of(struct change *c, uint64_t id, struct str subject, struct arena *a)
{
	char number[48];
	struct str head = case_number_of(c->db, id, number);
	struct query q = db_query(c->db, "select title from case_ where id = ?");

	query_u64(&q, id);
	if (query_next(&q) == 1 && subject.len == 0)
		subject = arena_str(a, query_get_text(&q, 0));
	query_run(&q);
	if (str_find_str(subject, 0, head) != SIZE_MAX)
		return subject;
	return arena_printf(a, "[%.*s] %.*s", STR_ARG(head), STR_ARG(subject));
}

int change_case_answer(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf text = {0};
	struct str to = case_param(c, "to");
	uint8_t dice[8];
	char hex[2 * sizeof(dice) + 1], shown[64];
	uint64_t id;

	arena_init(&a, 0);
	if (case_of(c, &id, e) != 0 || change_lines(c, "text", CASE_TEXT, &text, e) != 0)
		return e->code;
	if (!is_address(to))
		return err_set(e, ERR_USAGE, "'%s' is no address of a mailbox",
		        err_quote(shown, sizeof(shown), to).p);
	if (str_trim(buf_str(&text)).len == 0)
		return err_set(e, ERR_USAGE, "an answer needs its text");
	struct str subject = subject_of(c, id, case_param(c, "subject"), &a);
	uint64_t entry = case_entry_put(c->db, id,
	        &(struct case_entry){.kind = "answer",
	                .direction = "out",
	                .channel = "mail",
	                .person = c->person,
	                .party = to,
	                .subject = str_sub(subject, 0, CASE_LINE),
	                .text = str_trim(buf_str(&text)),
	                .state = "to send"});
	os_random(dice, sizeof(dice));
	str_hex_print(hex, dice, sizeof(dice));
	struct query q = db_query(c->db, "update case_entry set message_id = ?2 where id = ?1");
	query_u64(&q, entry);
	query_text(&q,
	        arena_printf(&a, "case.%llu.%llu.%s@weir", (unsigned long long)id, (unsigned long long)entry,
	                hex));
	query_run(&q);
	case_about(c, id, to);
	buf_printf(c->said, "an answer to %.*s waits to be sent\n", STR_ARG(to));
	return 0;
}

int case_mail_next(struct db *db, uint64_t after, struct arena *a, struct case_mail *ret, struct err *e)
{
	struct query q = db_query(db,
	        "select id, case_, party, subject, text, label, message_id from case_entry where state = 'to "
	        "send' and id > "
	        "? order by id limit 1");

	query_u64(&q, after);
	bool there = query_next(&q) == 1;
	if (there) {
		struct str *const to[] = {&ret->to, &ret->subject, &ret->text, &ret->label, &ret->message_id};
		ret->entry = query_get_u64(&q, 0);
		ret->case_id = query_get_u64(&q, 1);
		for (int i = 0; i < 5; i++)
			*to[i] = arena_str(a, query_get_text(&q, i + 2));
	}
	int rc = query_done(&q, e);
	return rc != 0 ? rc : there;
}

void case_mail_done(struct db *db, uint64_t entry, const char *state, struct str words)
{
	struct query q = db_query(db, "update case_entry set state = ?2 where id = ?1 and state = 'to send'");

	query_u64(&q, entry);
	query_text(&q, str_from(state));
	query_run(&q);
	if (db_changes(db) == 0 || !str_eq(str_from(state), STR("refused")))
		return;
	struct query of = db_query(db, "select case_ from case_entry where id = ?");
	query_u64(&of, entry);
	uint64_t id = query_next(&of) == 1 ? query_get_u64(&of, 0) : 0;
	query_run(&of);
	case_entry_put(db, id, &(struct case_entry){.kind = "note", .channel = "mail", .text = words});
}

/* ---- a file -------------------------------------------------------------------------------------- */

/* Its bytes go from the spool to blob/DIGEST. They are there before the row is, and a row that did not come leaves bytes that
 * the next delivery of the same takes. */
static int keep(struct change *c, const char *hex, struct arena *a, struct err *e)
{
	struct str folder = arena_printf(a, "%.*s/blob", STR_ARG(c->here->folder)),
	           path = arena_printf(a, "%.*s/%s", STR_ARG(folder), hex);
	int rc = os_folder(folder.p, e);

	if (rc != 0)
		return rc;
	/* asked once more after the core has died: they are there already */
	if (access(c->file.p, F_OK) != 0 && access(path.p, F_OK) == 0)
		return 0;
	return os_rename(c->file.p, path.p, e);
}

static uint64_t blob_of(struct change *c)
{
	struct str digest = str_make((const char *)c->sha256, sizeof(c->sha256));
	struct query put = db_query(c->db, "insert or ignore into blob(sha256, size, at) values (?, ?, ?)");

	query_blob(&put, digest);
	query_u64(&put, c->size);
	query_i64(&put, os_now());
	query_run(&put);
	struct query q = db_query(c->db, "select id from blob where sha256 = ?");
	query_blob(&q, digest);
	uint64_t id = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	query_run(&q);
	return id;
}

static void link_blob(struct change *c, uint64_t id, uint64_t blob, struct str name, struct str media)
{
	struct query q = db_query(c->db,
	        "insert or ignore into case_blob(case_, blob, name, media, hostile, at, person) values (?, "
	        "?, ?, ?, ?, ?, ?)");

	query_u64(&q, id);
	query_u64(&q, blob);
	query_text(&q, name);
	query_text(&q, media);
	query_u64(&q, !case_has(c, "harmless"));
	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_run(&q);
}

int change_case_attach(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct str name = case_param(c, "name"), media = case_param(c, "media");
	char hex[2 * DIGEST_LEN + 1];
	uint64_t id;

	arena_init(&a, 0);
	if (case_of(c, &id, e) != 0)
		return e->code;
	if (c->file.len == 0 || c->size == 0)
		return err_set(e, ERR_USAGE, "no bytes came with it");
	str_hex_print(hex, c->sha256, sizeof(c->sha256));
	int rc = keep(c, hex, &a, e);
	if (rc != 0)
		return rc;
	uint64_t blob = blob_of(c);
	link_blob(c, id, blob, name.len != 0 ? str_sub(name, 0, CASE_LINE) : str_from(hex),
	        str_sub(media, 0, 64));
	case_entry_put(c->db, id,
	        &(struct case_entry){.kind = "attachment",
	                .person = c->person,
	                .subject = name,
	                .text = arena_printf(&a, "%llu bytes, SHA-256 %s", (unsigned long long)c->size, hex),
	                .link = arena_printf(&a, "B%llu", (unsigned long long)blob)});
	case_about(c, id, name);
	buf_printf(c->said, "B%llu, %llu bytes, SHA-256 %s\n", (unsigned long long)blob,
	        (unsigned long long)c->size, hex);
	return 0;
}
