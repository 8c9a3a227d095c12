/* SPDX-License-Identifier: Apache-2.0
 *
 * Mails and bytes of cases: one that came is put to a case or begins one, an answer is written, a file is kept.
 */
#include "base/digest.h"
#include "base/os.h"
#include "base/plural.h"
#include "base/utf8.h"
#include "exit/outbox.h"
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
	struct query own = db_query(db, "select label from case_ where id = ?");
	query_u64(&own, id);
	bool red = query_next(&own) == 1 && tlp_find(query_get_text(&own, 0)) == TLP_RED;
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
	/* one that says no label has the strictest that the team may read, until a person sets another (case_label.c) */
	enum tlp says = case_mail_says(entry.subject, entry.text);
	entry.label = tlp_name(red ? TLP_RED : says != TLP_NONE ? says : TLP_AMBER_STRICT);
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

struct mail {
	uint64_t id, case_id; /* 0: it is of none */
	struct str subject, sender, ident, refs;
};

static int mail_of(struct change *c, uint64_t id, struct arena *a, struct mail *ret, struct err *e)
{
	struct query q = db_query(c->db,
	        "select subject, sender, coalesce(case_, 0), message_id, refs from message where id = ?");

	query_u64(&q, id);
	bool there = query_next(&q) == 1;
	if (there)
		*ret = (struct mail){.id = id,
		        .case_id = query_get_u64(&q, 2),
		        .subject = arena_str(a, str_trim(query_get_text(&q, 0))),
		        .sender = arena_str(a, query_get_text(&q, 1)),
		        .ident = arena_str(a, query_get_text(&q, 3)),
		        .refs = arena_str(a, query_get_text(&q, 4))};
	int rc = query_done(&q, e);
	return rc != 0  ? rc
	        : there ? 0
	                : err_set(e, ERR_MISSING, "there is no mail M%llu", (unsigned long long)id);
}

/* Nobody has to look at it any more. */
static void mail_done(struct change *c, uint64_t mail, const char *outcome)
{
	struct query done = db_query(c->db,
	        "update message set state = 'done', outcome = ?4, person = ?2, done = ?3 where id = ?1 and "
	        "state = 'new'");

	query_u64(&done, mail);
	query_text(&done, c->person);
	query_i64(&done, os_now());
	query_text(&done, str_from(outcome));
	query_run(&done);
}

static int take(struct change *c, struct mail *m, struct err *e)
{
	struct str label = case_param(c, "label");

	if (label.len != 0 && tlp_find(label) == TLP_NONE)
		return err_set(e, ERR_USAGE, "a label is CLEAR, GREEN, AMBER, AMBER+STRICT or RED");
	struct case_new n = {.kind = "incident",
	        .title = m->subject.len != 0 ? utf8_cut(m->subject, CASE_LINE) : m->sender,
	        .severity = STR("c4"),
	        .person = c->person,
	        /* who wrote said nothing of how far it may go */
	        .label = label.len != 0 ? tlp_find(label) : TLP_AMBER_STRICT};
	m->case_id = case_open(c->db, c->here, &n);
	case_mail_join(c->db, m->case_id, m->id, c->person);
	return 0;
}

/* The mail is done with: it has become a case. */
int change_case_take(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct mail m = {0};
	uint64_t id;

	arena_init(&a, 0);
	if (change_id(c, 'M', &id, e) != 0)
		return ERR_USAGE;
	if (mail_of(c, id, &a, &m, e) != 0)
		return e->code;
	if (m.case_id != 0)
		return err_set(e, ERR_VALUE, "M%llu belongs to a case already", (unsigned long long)id);
	if (take(c, &m, e) != 0)
		return e->code;
	mail_done(c, id, "case");
	case_about(c, m.case_id, m.subject);
	buf_printf(c->said, "opened from M%llu\n", (unsigned long long)id);
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

/* The newest mail of the case from there, if no other was named: an answer stands in its thread. */
static void mail_answered(struct change *c, uint64_t id, struct str to, struct arena *a, struct mail *ret)
{
	struct query q = db_query(c->db,
	        "select id, message_id, refs from message where case_ = ? and lower(sender) = lower(?) order "
	        "by id desc "
	        "limit 1");

	query_u64(&q, id);
	query_text(&q, to);
	if (query_next(&q) == 1)
		*ret = (struct mail){.id = query_get_u64(&q, 0),
		        .ident = arena_str(a, query_get_text(&q, 1)),
		        .refs = arena_str(a, query_get_text(&q, 2))};
	query_run(&q);
}

/* A Message-ID as it may stand in a header: "<", no blank and nothing that is not printable. */
static bool is_ident(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 0x7f || s.p[i] == '<' ||
		        s.p[i] == '>')
			return false;
	return s.len > 2 && s.len < 250;
}

void case_ident_add(struct buf *out, struct str ident)
{
	if (str_starts(ident, STR("<")) && str_ends(ident, STR(">")))
		ident = str_sub(ident, 1, ident.len - 2);
	if (!is_ident(ident) || str_find_str(buf_str(out), 0, ident) != SIZE_MAX)
		return;
	buf_printf(out, "%s<%.*s>", out->len > 0 ? " " : "", STR_ARG(ident));
}

/* The thread, as RFC 5322 3.6.4 wants it: what the mail answered, then itself. The newest ten are enough. */
static struct str thread_of(const struct mail *m, struct arena *a)
{
	auto_buf struct buf out = {0};
	struct str refs = m->refs;
	unsigned n = 0;

	for (size_t i = 0; i < refs.len; i++)
		n += refs.p[i] == '<';
	for (size_t open; (open = str_find(refs, 0, '<')) != SIZE_MAX;) {
		size_t close = str_find(refs, open, '>');
		if (close == SIZE_MAX)
			break;
		if (n-- <= 10)
			case_ident_add(&out, str_sub(refs, open + 1, close - open - 1));
		refs = str_skip(refs, close + 1);
	}
	/* the mail itself must be the last one */
	if (m->ident.len > 0 && str_find_str(buf_str(&out), 0, m->ident) == SIZE_MAX)
		case_ident_add(&out, m->ident);
	return arena_str(a, buf_str(&out));
}

static void put_answer(struct change *c, uint64_t id, struct str to, struct str subject, struct str text,
        struct str answers, struct arena *a)
{
	uint8_t dice[8];
	char hex[2 * sizeof(dice) + 1];
	uint64_t entry = case_entry_put(c->db, id,
	        &(struct case_entry){.kind = "answer",
	                .direction = "out",
	                .channel = "mail",
	                .person = c->person,
	                .party = to,
	                .subject = utf8_cut(subject, CASE_LINE),
	                .text = text,
	                .state = "to send"});

	os_random(dice, sizeof(dice));
	str_hex_print(hex, dice, sizeof(dice));
	struct query q = db_query(c->db, "update case_entry set message_id = ?2, answers = ?3 where id = ?1");
	query_u64(&q, entry);
	query_text(&q,
	        arena_printf(
	                a, "case.%llu.%llu.%s@weir", (unsigned long long)id, (unsigned long long)entry, hex));
	query_text(&q, answers);
	query_run(&q);
	case_about(c, id, to);
	buf_printf(c->said, "L%llu: an answer to %.*s waits to be sent\n", (unsigned long long)entry,
	        STR_ARG(to));
}

static int answer(
        struct change *c, uint64_t id, struct str to, const struct mail *m, struct arena *a, struct err *e)
{
	auto_buf struct buf text = {0};
	char shown[64];
	struct str subject = case_param(c, "subject");

	if (change_lines(c, "text", CASE_TEXT, &text, e) != 0)
		return e->code;
	if (!is_address(to))
		return err_set(e, ERR_USAGE, "'%s' is no address of a mailbox",
		        err_quote(shown, sizeof(shown), to).p);
	if (str_trim(buf_str(&text)).len == 0)
		return err_set(e, ERR_USAGE, "an answer needs its text");
	if (subject.len == 0 && m->subject.len > 0)
		subject = str_istarts(m->subject, STR("re:"))
		        ? m->subject
		        : arena_printf(a, "Re: %.*s", STR_ARG(m->subject));
	put_answer(c, id, to, subject_of(c, id, subject, a), str_trim(buf_str(&text)), thread_of(m, a), a);
	return 0;
}

int change_case_answer(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct str to = case_param(c, "to");
	struct mail m = {0};
	uint64_t id;

	arena_init(&a, 0);
	if (case_of(c, &id, e) != 0)
		return e->code;
	mail_answered(c, id, to, &a, &m);
	return answer(c, id, to, &m, &a, e);
}

/* A mail is answered where it was read: it becomes a case if it is of none yet. */
int change_case_reply(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct mail m = {0};
	uint64_t id;

	arena_init(&a, 0);
	if (change_id(c, 'M', &id, e) != 0)
		return ERR_USAGE;
	if (mail_of(c, id, &a, &m, e) != 0 || (m.case_id == 0 && take(c, &m, e) != 0) ||
	        answer(c, m.case_id, m.sender, &m, &a, e) != 0)
		return e->code;
	mail_done(c, id, "answered");
	return 0;
}

/* ---- one that waits, or was refused --------------------------------------------------------------- */

/* The mail "L12" of the case, and its state; "bounced" if it was sent and came back. */
static int mail_out(
        struct change *c, uint64_t *ret_case, uint64_t *ret, char state[16], bool *ret_held, struct err *e)
{
	struct str name = case_param(c, "entry");
	uint64_t id = 0;

	if (case_of(c, ret_case, e) != 0)
		return e->code;
	if (name.len < 2 || name.p[0] != 'L' || !str_u64(str_skip(name, 1), &id))
		return err_set(e, ERR_USAGE, "which mail: L12, as 'weir case entries' has it");
	struct query q = db_query(c->db,
	        "select case when state = 'sent' and bounced is not null and answered is null then 'bounced' "
	        "else "
	        "state end, held from case_entry where id = ? and case_ = ? and kind = 'answer' and "
	        "message_id <> "
	        "''");
	query_u64(&q, id);
	query_u64(&q, *ret_case);
	bool there = query_next(&q) == 1;
	if (there) {
		snprintf(state, 16, "%.*s", STR_ARG(query_get_text(&q, 0)));
		*ret_held = query_get_u64(&q, 1) == 1;
	}
	int rc = query_done(&q, e);
	*ret = id;
	return rc != 0 ? rc
	        : there
	        ? 0
	        : err_set(e, ERR_MISSING, "there is no mail L%llu in this case", (unsigned long long)id);
}

/* Where its bytes wait; 0: nowhere. */
static uint64_t out_of(struct db *db, uint64_t entry)
{
	struct query q = db_query(db, "select outbox from case_entry where id = ? and outbox is not null");

	query_u64(&q, entry);
	uint64_t id = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	query_done(&q, NULL);
	return id;
}

/* One that is held goes; one that was refused, or came back, is tried again. */
int change_case_mail_release(struct change *c, struct err *e)
{
	uint64_t id, entry;
	char state[16];
	bool held = false;

	if (mail_out(c, &id, &entry, state, &held, e) != 0)
		return e->code;
	bool again = str_eq(str_from(state), STR("refused")) || str_eq(str_from(state), STR("bounced"));
	if (!again && !held)
		return err_set(e, ERR_VALUE, "L%llu is not held, was not refused and has not come back",
		        (unsigned long long)entry);
	/* the exit is asked anew in both cases: the label may have risen, or a key be there now */
	outbox_end(c->db, out_of(c->db, entry), "withdrawn", STR(""));
	struct query q = db_query(c->db,
	        "update case_entry set state = 'to send', held = 2, tries = 0, next_try = null, ended = "
	        "null, "
	        "answer = '', outbox = null, bounced = null where id = ?");
	query_u64(&q, entry);
	query_run(&q);
	case_mail_state(c->db, entry, os_now());
	case_about(c, id, case_param(c, "entry"));
	buf_printf(c->said, "L%llu %s\n", (unsigned long long)entry, again ? "is tried again" : "goes");
	return 0;
}

int change_case_mail_drop(struct change *c, struct err *e)
{
	uint64_t id, entry;
	char state[16], words[160];
	bool held;

	if (mail_out(c, &id, &entry, state, &held, e) != 0)
		return e->code;
	if (!str_eq(str_from(state), STR("to send")))
		return err_set(e, ERR_VALUE, "L%llu does not wait any more: it was %s",
		        (unsigned long long)entry, state);
	snprintf(words, sizeof(words), "taken back by %.*s", STR_ARG(str_sub(c->person, 0, 100)));
	outbox_end(c->db, out_of(c->db, entry), "withdrawn", str_from(words));
	struct query q = db_query(
	        c->db, "update case_entry set state = 'refused', ended = ?2, answer = ?3 where id = ?1");
	query_u64(&q, entry);
	query_i64(&q, os_now());
	query_text(&q, str_from(words));
	query_run(&q);
	case_mail_state(c->db, entry, os_now());
	case_about(c, id, case_param(c, "entry"));
	buf_printf(c->said, "L%llu is taken back\n", (unsigned long long)entry);
	return 0;
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
	link_blob(
	        c, id, blob, name.len != 0 ? utf8_cut(name, CASE_LINE) : str_from(hex), utf8_cut(media, 64));
	case_entry_put(c->db, id,
	        &(struct case_entry){.kind = "attachment",
	                .person = c->person,
	                .subject = name,
	                .text = arena_printf(&a, "%llu bytes, SHA-256 %s", (unsigned long long)c->size, hex),
	                .link = arena_printf(&a, "B%llu", (unsigned long long)blob)});
	case_about(c, id, name);
	plural_printf(c->said, "B%llu, %llu bytes, SHA-256 %s\n", (unsigned long long)blob,
	        (unsigned long long)c->size, hex);
	return 0;
}
