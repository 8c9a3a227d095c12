/* SPDX-License-Identifier: Apache-2.0
 *
 * What is being written: a draft has no id outside, no signature and no reader but us, and is gone once it was sent.
 */
#include "base/os.h"
#include "base/plural.h"
#include "base/utf8.h"
#include "learn/learn_in.h"
#include "learn/sim3.h"

#define WORD 64
#define IDS 20

struct str learn_param(const struct change *c, const char *name)
{
	struct str s = str_trim(change_param(c, name));

	return s.p != NULL ? s : STR("");
}

/* ---- rows ---------------------------------------------------------------------------------------- */

static bool load(struct db *db, uint64_t id, struct arena *a, struct draft *ret)
{
	struct query q = db_query(db,
	        "select kind, until, reply, title, area, contact, learnt_from, lang, sim3, community, "
	        "recipients, label from learn_draft where id = ?");
	struct str *const texts[] = {&ret->title, &ret->area, &ret->contact, &ret->learnt_from, &ret->lang,
	        &ret->sim3, &ret->community, &ret->recipients, &ret->label};

	query_u64(&q, id);
	bool there = query_next(&q) == 1;
	if (there) {
		ret->id = id;
		ret->kind = learn_kind_find(query_get_text(&q, 0));
		ret->until = query_get_i64(&q, 1);
		ret->reply = arena_str(a, query_get_blob(&q, 2));
	}
	for (int i = 0; there && i < 9; i++)
		*texts[i] = arena_str(a, query_get_text(&q, i + 3));
	query_done(&q, NULL);
	return there;
}

int draft_find(struct change *c, struct arena *a, struct draft *ret, struct err *e)
{
	struct str kind = learn_param(c, "kind");
	uint64_t id;

	*ret = (struct draft){0};
	if (change_id(c, 'D', &id, e) != 0)
		return e->code;
	if (!load(c->db, id, a, ret))
		return err_set(e, ERR_MISSING,
		        "there is no draft D%llu: it was sent or dropped, or there never was one",
		        (unsigned long long)id);
	if (kind.len > 0 && !str_eq(kind, str_from(learn_kinds[ret->kind])))
		return err_set(e, ERR_USAGE, "D%llu is the draft of another kind: weir %s",
		        (unsigned long long)id, learn_kinds[ret->kind]);
	return 0;
}

uint64_t draft_put(struct change *c, const struct draft *d)
{
	struct query q = db_query(c->db,
	        "insert into learn_draft(id, kind, title, area, contact, learnt_from, lang, sim3, until, "
	        "community, recipients, label, reply, at, person) values (nullif(?1, 0), ?2, ?3, ?4, ?5, ?6, "
	        "?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) on conflict(id) do update set title = ?3, area = "
	        "?4, contact = ?5, learnt_from = ?6, lang = ?7, sim3 = ?8, until = ?9, community = ?10, "
	        "recipients = ?11, label = ?12, at = ?14, person = ?15 returning id");
	const struct str before[] = {str_from(learn_kinds[d->kind]), d->title, d->area, d->contact,
	        d->learnt_from, d->lang, d->sim3};
	const struct str behind[] = {d->community, d->recipients, d->label};
	uint64_t id = 0;

	query_u64(&q, d->id);
	for (unsigned i = 0; i < 7; i++)
		query_text(&q, before[i].p != NULL ? before[i] : STR(""));
	query_i64(&q, d->until);
	for (unsigned i = 0; i < 3; i++)
		query_text(&q, behind[i].p != NULL ? behind[i] : STR(""));
	if (d->reply.len == DIGEST_LEN)
		query_blob(&q, d->reply);
	else
		query_null(&q);
	query_i64(&q, os_now());
	query_text(&q, c->person);
	if (query_next(&q) == 1)
		id = query_get_u64(&q, 0);
	query_run(&q);
	return id;
}

static void drop_from(struct db *db, const char *sql, uint64_t id)
{
	struct query q = db_query(db, sql);

	query_u64(&q, id);
	query_run(&q);
}

void draft_drop(struct db *db, uint64_t id)
{
	drop_from(db, "delete from learn_draft_text where draft = ?", id);
	drop_from(db, "delete from learn_draft_file where draft = ?", id);
	drop_from(db, "delete from learn_draft where id = ?", id);
}

/* Of one that is TLP:RED the same is said as of one that is not there. */
int learnt_find(struct change *c, const char *name, struct arena *a, struct learnt *ret, struct err *e)
{
	struct str *const texts[] = {&ret->kind, &ret->party, &ret->title, &ret->area, &ret->label};
	bool there;

	if (change_number(learn_param(c, name), 'G', &ret->id, e) != 0)
		return e->code;
	struct query q = db_query(c->db,
	        "select kind, party, title, area, label, said, ours, withdrawn is not null from learn l "
	        "where id = "
	        "?1 "
	        "and (label <> 'RED' or exists (select 1 from learn_person p where p.learn = l.id and "
	        "p.person "
	        "= ?2))");
	query_u64(&q, ret->id);
	query_text(&q, c->person);
	there = query_next(&q) == 1 && query_get_blob(&q, 5).len == DIGEST_LEN;
	for (int i = 0; there && i < 5; i++)
		*texts[i] = arena_str(a, query_get_text(&q, i));
	if (there) {
		memcpy(ret->said, query_get_blob(&q, 5).p, DIGEST_LEN);
		ret->ours = query_get_u64(&q, 6) != 0;
		ret->withdrawn = query_get_u64(&q, 7) != 0;
	}
	query_done(&q, NULL);
	return there ? 0
	             : err_set(e, ERR_MISSING, "there is no G%llu among needs, offers and practices",
	                       (unsigned long long)ret->id);
}

/* ---- what is said about it ----------------------------------------------------------------------- */

/* Letters and digits in pieces of 1 to 8 with "-" between them (RFC 5646, no more than that). */
static bool lang_ok(struct str s)
{
	size_t piece = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '-' ? piece == 0 : !char_alnum(s.p[i]))
			return false;
		piece = s.p[i] == '-' ? 0 : piece + 1;
		if (piece > 8)
			return false;
	}
	return piece > 0 && s.len >= 2 && s.len <= 35;
}

/* The line as it is given, if it is given. */
static int read_line(const struct change *c, const char *name, size_t most, struct str *ret, struct err *e)
{
	struct str s = change_param(c, name);

	if (s.p == NULL)
		return 0;
	*ret = learn_param(c, name);
	return ret->len <= most ? 0 : err_set(e, ERR_VALUE, "'%s' is longer than %zu bytes", name, most);
}

static int read_area(const struct change *c, struct draft *d, struct err *e)
{
	auto_buf struct buf words = {0};
	char shown[64];

	if (read_line(c, "area", WORD, &d->area, e) != 0)
		return e->code;
	if (d->area.len == 0 || learn_area_ok(d->area))
		return 0;
	for (unsigned i = 0; learn_areas[i] != NULL; i++)
		buf_printf(&words, "%s%s", i > 0 ? ", " : "", learn_areas[i]);
	return err_set(e, ERR_USAGE, "there is no area '%s'; they are %.*s",
	        err_quote(shown, sizeof(shown), d->area).p, STR_ARG(buf_str(&words)));
}

/* Each once, as the file of parameters has them. */
static int read_sim3(struct change *c, struct arena *a, struct draft *d, struct err *e)
{
	auto_buf struct buf ids = {0};
	struct str given = change_param(c, "sim3");
	unsigned n = 0;
	char id[SIM3_ID];

	if (given.p == NULL)
		return 0;
	for (struct str_cut cut = {.tail = given, .ok = true}; cut.ok;) {
		cut = str_cut(cut.tail, ' ');
		if (cut.head.len == 0)
			continue;
		if (!sim3_find(c->db, cut.head, id, e))
			return e->code;
		if (n++ >= IDS)
			return err_set(e, ERR_VALUE, "at most %u parameters", IDS);
		/* the list is short and its ids have no blanks */
		auto_buf struct buf around = {0};
		buf_printf(&around, " %.*s ", STR_ARG(buf_str(&ids)));
		if (str_find_str(buf_str(&around), 0, arena_printf(a, " %s ", id)) == SIZE_MAX)
			buf_printf(&ids, "%s%s", ids.len > 0 ? " " : "", id);
	}
	d->sim3 = arena_str(a, buf_str(&ids));
	return 0;
}

static int read_until(const struct change *c, struct draft *d, struct err *e)
{
	int64_t t;

	if (change_param(c, "until").p == NULL)
		return 0;
	if (change_time(c, "until", &t, e) != 0)
		return e->code;
	if (t != 0 && t <= os_now())
		return err_set(e, ERR_USAGE, "'until' has passed already");
	d->until = t / 1000000;
	return 0;
}

static int read_label(const struct change *c, struct draft *d, struct err *e)
{
	if (read_line(c, "label", WORD, &d->label, e) != 0)
		return e->code;
	unsigned tlp = statement_tlp_find(d->label);
	if (d->label.len > 0 && tlp == 0)
		return err_set(e, ERR_USAGE, "label is CLEAR, GREEN, AMBER or AMBER+STRICT");
	/* what only named persons may see finds nobody who can help */
	if (tlp == STATEMENT_RED)
		return err_set(e, ERR_USAGE,
		        "what is TLP:RED is for named persons, and not to be looked for or offered: write to "
		        "them");
	return 0;
}

static int read_lang(const struct change *c, struct str *lang, struct err *e)
{
	char shown[64];

	if (read_line(c, "lang", WORD, lang, e) != 0)
		return e->code;
	if (lang->len == 0)
		*lang = STR("en");
	return lang_ok(*lang) ? 0
	                      : err_set(e, ERR_USAGE, "'%s' is no language such as en, lo or pt-BR",
	                                err_quote(shown, sizeof(shown), *lang).p);
}

static int read_facts(struct change *c, struct arena *a, struct draft *d, struct err *e)
{
	if (read_line(c, "title", LEARN_LINE, &d->title, e) != 0 || read_area(c, d, e) != 0 ||
	        read_line(c, "contact", LEARN_LINE, &d->contact, e) != 0 ||
	        read_line(c, "learnt-from", LEARN_LINE, &d->learnt_from, e) != 0 ||
	        read_sim3(c, a, d, e) != 0 || read_until(c, d, e) != 0 ||
	        read_line(c, "group", WORD, &d->community, e) != 0 ||
	        read_line(c, "to", 64 * (PARTY_ID + 1), &d->recipients, e) != 0 || read_label(c, d, e) != 0)
		return e->code;
	return d->title.len > 0 ? 0 : err_set(e, ERR_USAGE, "what is it called? title");
}

/* An empty text takes the one of that language away. */
static int put_text(struct change *c, uint64_t id, struct str lang, struct err *e)
{
	auto_buf struct buf text = {0};

	if (change_param(c, "text").p == NULL)
		return 0;
	if (change_lines(c, "text", LEARN_TEXT, &text, e) != 0)
		return e->code;
	struct str words = str_trim(buf_str(&text));
	struct query q = db_query(c->db,
	        words.len > 0 ? "insert into learn_draft_text(draft, lang, text) values (?1, ?2, ?3) on "
	                        "conflict(draft, lang) do update set text = excluded.text"
	                      : "delete from learn_draft_text where draft = ?1 and lang = ?2");
	query_u64(&q, id);
	query_text(&q, lang);
	if (words.len > 0)
		query_text(&q, words);
	query_run(&q);
	return 0;
}

/* ---- changes ------------------------------------------------------------------------------------- */

/* An offer that answers a need goes to who has said that, and begins with its words. */
static int answers(struct change *c, struct arena *a, struct draft *d, struct err *e)
{
	struct learnt need;

	if (learn_param(c, "reply").len == 0)
		return 0;
	if (learnt_find(c, "reply", a, &need, e) != 0)
		return e->code;
	if (d->kind != LEARN_OFFER || !str_eq(need.kind, STR("need")) || need.ours)
		return err_set(e, ERR_USAGE, "an offer answers a need of another party");
	if (need.withdrawn)
		return err_set(e, ERR_VALUE, "G%llu was taken back", (unsigned long long)need.id);
	if (str_eq(need.label, STR("RED")))
		return err_set(e, ERR_USAGE, "G%llu is TLP:RED: write to whom it names",
		        (unsigned long long)need.id);
	/* it has the words of the need, whoever else is told of it later */
	if (str_eq(need.label, STR("AMBER+STRICT")))
		d->label = need.label;
	d->reply = arena_str(a, str_make((const char *)need.said, DIGEST_LEN));
	d->title = need.title;
	d->area = learn_area_ok(need.area) ? need.area : STR("");
	d->recipients = need.party;
	struct query q = db_query(c->db,
	        "select coalesce(group_concat(s.sim3, ' '), '') from learn_sim3 s join sim3_parameter p on "
	        "p.id = s.sim3 where s.learn = ?");
	query_u64(&q, need.id);
	if (query_next(&q) == 1)
		d->sim3 = arena_str(a, query_get_text(&q, 0));
	query_done(&q, NULL);
	return 0;
}

int change_learn_new(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct draft d = {.kind = learn_kind_find(learn_param(c, "kind"))};

	arena_init(&a, 0);
	if (d.kind == LEARN_KINDS)
		return err_set(e, ERR_USAGE, "kind is need, offer or practice");
	if (answers(c, &a, &d, e) != 0 || read_facts(c, &a, &d, e) != 0 || read_lang(c, &d.lang, e) != 0)
		return e->code;
	d.id = draft_put(c, &d);
	if (put_text(c, d.id, d.lang, e) != 0)
		return e->code;
	change_about(c, 'D', d.id, d.title);
	buf_printf(c->said, "D%llu is drafted; weir %s send D%llu sends it\n", (unsigned long long)d.id,
	        learn_kinds[d.kind], (unsigned long long)d.id);
	return 0;
}

/* With a text, "lang" is the language of that text; without, of what is told. */
int change_learn_set(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct draft d;
	struct str lang;

	arena_init(&a, 0);
	if (draft_find(c, &a, &d, e) != 0 || read_facts(c, &a, &d, e) != 0)
		return e->code;
	lang = d.lang;
	if (read_lang(c, &lang, e) != 0 || put_text(c, d.id, lang, e) != 0)
		return e->code;
	if (change_param(c, "text").p == NULL)
		d.lang = lang;
	draft_put(c, &d);
	change_about(c, 'D', d.id, d.title);
	buf_printf(c->said, "D%llu is as you say\n", (unsigned long long)d.id);
	return 0;
}

int change_learn_drop(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct draft d;

	arena_init(&a, 0);
	if (draft_find(c, &a, &d, e) != 0)
		return e->code;
	draft_drop(c->db, d.id);
	change_about(c, 'D', d.id, d.title);
	buf_printf(c->said, "D%llu is dropped; nobody has seen it\n", (unsigned long long)d.id);
	return 0;
}

/* ---- files --------------------------------------------------------------------------------------- */

static uint64_t blob_of(struct change *c)
{
	struct query q = db_query(c->db, "select id from blob where sha256 = ?");
	uint64_t id = 0;

	query_blob(&q, str_make((const char *)c->sha256, DIGEST_LEN));
	if (query_next(&q) == 1)
		id = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return id;
}

static unsigned files_of(struct db *db, uint64_t draft)
{
	struct query q = db_query(db, "select count(*) from learn_draft_file where draft = ?");
	unsigned n = 0;

	query_u64(&q, draft);
	if (query_next(&q) == 1)
		n = (unsigned)query_get_u64(&q, 0);
	query_done(&q, NULL);
	return n;
}

int change_learn_attach(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct str name = utf8_cut(learn_param(c, "name"), LEARN_LINE);
	struct draft d;

	arena_init(&a, 0);
	if (draft_find(c, &a, &d, e) != 0)
		return e->code;
	if (c->file.len == 0 || c->size == 0)
		return err_set(e, ERR_USAGE, "no bytes came with it");
	if (c->here->ways == NULL)
		return err_set(
		        e, ERR_MISSING, "this node has no party to speak for: set the country in weir.yaml");
	if (files_of(c->db, d.id) >= LEARN_FILES)
		return err_set(e, ERR_VALUE, "a statement has at most %u attachments", LEARN_FILES);
	int rc = c->here->ways->keep_file(c->here, c->db, c->file.p, c->sha256, c->size, e);
	if (rc != 0)
		return rc;
	uint64_t blob = blob_of(c);
	struct query q = db_query(c->db,
	        "insert or replace into learn_draft_file(draft, blob, name, media) values (?, ?, ?, ?)");
	query_u64(&q, d.id);
	query_u64(&q, blob);
	query_text(&q, name.len > 0 ? name : STR("file"));
	query_text(&q,
	        learn_param(c, "media").len > 0 ? utf8_cut(learn_param(c, "media"), WORD)
	                                        : STR("application/octet-stream"));
	query_run(&q);
	change_about(c, 'D', d.id, name);
	plural_printf(c->said, "B%llu goes with D%llu, %llu bytes\n", (unsigned long long)blob,
	        (unsigned long long)d.id, (unsigned long long)c->size);
	return 0;
}

int change_learn_detach(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct draft d;
	uint64_t blob;

	arena_init(&a, 0);
	if (draft_find(c, &a, &d, e) != 0 || change_number(learn_param(c, "file"), 'B', &blob, e) != 0)
		return e->code;
	struct query q = db_query(c->db, "delete from learn_draft_file where draft = ? and blob = ?");
	query_u64(&q, d.id);
	query_u64(&q, blob);
	query_run(&q);
	if (db_changes(c->db) == 0)
		return err_set(e, ERR_MISSING, "B%llu is no file of that draft", (unsigned long long)blob);
	change_about(c, 'D', d.id, learn_param(c, "file"));
	buf_printf(c->said, "B%llu does not go with it\n", (unsigned long long)blob);
	return 0;
}
