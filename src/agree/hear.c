/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/hear.h"

#include "agree/opening.h"
#include "trust/stamp.h"

#define TEXT_ROOM (AGREE_TEXT_MAX + 1)

static struct str digest_str(const uint8_t id[DIGEST_LEN])
{
	return str_make((const char *)id, DIGEST_LEN);
}

static bool hex_digest(struct str s, uint8_t ret[DIGEST_LEN])
{
	return s.len == 2 * DIGEST_LEN && str_hex(s, ret, DIGEST_LEN);
}

/* ---- openings ------------------------------------------------------------------------------------ */

/* The files of an opening, those that are no longer than a text may be. */
static unsigned load_files(const struct heard *h, struct opening_file *ret, unsigned room)
{
	struct item files = item_get(h->body, STR("attachments"));
	unsigned n = 0;

	for (struct item_each e = item_each(&files); n < room && item_next(&e);) {
		auto_buf struct buf bytes = {0};
		struct opening_file f;
		if (!hex_digest(item_text(&e.item, "sha256"), f.sha256) ||
		        blob_read(h->folder, f.sha256, TEXT_ROOM, &bytes, NULL) != 0)
			continue;
		f.bytes = arena_str(h->a, buf_str(&bytes));
		ret[n++] = f;
	}
	return n;
}

static const char *line_wrong(struct arena *a, const char *what, const struct agree_fault *fault)
{
	auto_buf struct buf out = {0};

	buf_printf(&out, "%s: line %u: %s", what, fault->line, fault->why);
	buf_char(&out, 0);
	return arena_str(a, buf_str(&out)).p;
}

static const char *texts_wrong(
        const struct heard *h, const struct manifest *m, const struct opening_file *file, unsigned n)
{
	struct opening_text text[MANIFEST_TEXTS];

	if (opening_texts(h->a, m, file, n, text))
		return NULL;
	for (unsigned i = 0; i < m->texts; i++)
		if (text[i].fault.why != NULL) {
			char what[64];
			snprintf(what, sizeof(what), "text %.*s", STR_ARG(m->text[i].lang));
			return line_wrong(h->a, what, &text[i].fault);
		}
	return "texts are not all here";
}

static const char *files_wrong(const struct heard *h)
{
	struct opening_file file[64];
	unsigned n = load_files(h, file, 64);
	struct agree_fault fault;
	uint8_t digest[DIGEST_LEN];
	struct manifest *m = arena_new(h->a, struct manifest);

	if (!hex_digest(item_text(h->body, "round_sha256"), digest))
		return "round_sha256 is no digest";
	for (unsigned i = 0; i < n; i++) {
		if (memcmp(file[i].sha256, digest, DIGEST_LEN) != 0)
			continue;
		if (!manifest_read(file[i].bytes, m, &fault))
			return line_wrong(h->a, "manifest", &fault);
		const char *why = opening_wrong(&h->s->h, h->body, m);
		return why != NULL ? why : texts_wrong(h, m, file, n);
	}
	return "manifest is not among the attachments";
}

bool agree_whole(const struct heard *h, const char **ret_why)
{
	const char *why = h->kind == KIND_AGREE_OPEN ? files_wrong(h) : NULL;

	if (h->kind == KIND_AGREE_OPEN) {
		struct query q =
		        db_query(h->db, "update agree_round set bad = ?2, stale = 1 where open = ?1");
		query_blob(&q, digest_str(h->s->id));
		query_text(&q, str_from(why != NULL ? why : ""));
		query_run(&q);
	}
	if (why != NULL)
		*ret_why = why;
	return why == NULL;
}

static void hear_open(const struct heard *h)
{
	uint8_t digest[DIGEST_LEN];
	int64_t closes;
	struct query q = db_query(h->db,
	        "insert or ignore into agree_round(statement, open, instrument, number, digest, chair, "
	        "opened, "
	        "closes, bad) select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, case when why like 'attachments: %' "
	        "then substr(why, 14) "
	        "else '' end from statement where n = ?1");

	if (!hex_digest(item_text(h->body, "round_sha256"), digest) ||
	        !stamp_read(item_text(h->body, "closes"), &closes)) {
		query_done(&q, NULL);
		return;
	}
	query_u64(&q, h->s->n);
	query_blob(&q, digest_str(h->s->id));
	query_text(&q, item_text(h->body, "instrument"));
	query_i64(&q, item_get(h->body, STR("round")).n);
	query_blob(&q, digest_str(digest));
	query_text(&q, h->s->h.sender);
	query_i64(&q, h->now / 1000000);
	query_i64(&q, closes);
	query_run(&q);
	/* another one of this round makes both disputed */
	struct query w = db_query(h->db, "update agree_round set stale = 1 where instrument = ?1");
	query_text(&w, item_text(h->body, "instrument"));
	query_run(&w);
}

/* ---- what concerns rounds ------------------------------------------------------------------------ */

static void stale(struct db *db, const uint8_t open[DIGEST_LEN])
{
	struct query q = db_query(db, "update agree_round set stale = 1 where open = ?");

	query_blob(&q, digest_str(open));
	query_run(&q);
}

static void all_stale(struct db *db)
{
	struct query q = db_query(db, "update agree_round set stale = 1");

	query_run(&q);
}

/* What a statement that is here belongs to. */
enum about { ABOUT_ROUND, ABOUT_FORKS, ABOUT_OTHERS, ABOUT_UNKNOWN };

static enum about about(struct db *db, const uint8_t id[DIGEST_LEN], uint8_t ret_open[DIGEST_LEN])
{
	struct query q = db_query(db, "select kind, coalesce(case_id, id) from statement where id = ?");
	enum about ret = ABOUT_UNKNOWN;

	query_blob(&q, digest_str(id));
	if (query_next(&q) == 1) {
		struct str open = query_get_blob(&q, 1);
		ret = str_eq(query_get_text(&q, 0), STR("rejoin")) ? ABOUT_FORKS : ABOUT_OTHERS;
		if (str_starts(query_get_text(&q, 0), STR("agree.")) && open.len == DIGEST_LEN) {
			ret = ABOUT_ROUND;
			memcpy(ret_open, open.p, DIGEST_LEN);
		}
	}
	query_done(&q, NULL);
	return ret;
}

/* What a receipt is about: a statement of a round makes it stale, the end of a fork all of them. What is not here yet may be
 * either; our own is not, where this is an old backup. */
static void hear_receipt(const struct heard *h, const uint8_t of[DIGEST_LEN])
{
	uint8_t open[DIGEST_LEN];
	enum about what = about(h->db, of, open);

	if (what == ABOUT_OTHERS)
		return;
	struct query w = db_query(h->db, "insert or ignore into agree_receipt(of, statement) values (?, ?)");
	query_blob(&w, digest_str(of));
	query_u64(&w, h->s->n);
	query_run(&w);
	if (what == ABOUT_ROUND)
		stale(h->db, open);
	else if (what == ABOUT_FORKS)
		all_stale(h->db);
}

static void hear_receipts(const struct heard *h)
{
	struct item list = item_get(h->body, STR("receipts"));
	uint8_t of[DIGEST_LEN];

	for (struct item_each e = item_each(&list); item_next(&e);)
		if (hex_digest(item_text(&e.item, "of"), of))
			hear_receipt(h, of);
}

void agree_hear(const struct heard *h)
{
	switch (h->kind) {
	case KIND_AGREE_OPEN:
		hear_open(h);
		break;
	case KIND_RECEIPT:
		hear_receipts(h);
		break;
	case KIND_ACK:
		stale(h->db, h->s->h.reply);
		break;
	case KIND_REJOIN:
		/* it may drop what was counted: rare, and what a round has come to is cheap to find again */
		all_stale(h->db);
		break;
	default:
		if (str_starts(h->s->h.kind, STR("agree.")))
			stale(h->db, h->s->h.case_);
	}
}

void agree_seen(const struct heard *h)
{
	static const enum statement_verdict words[] = {VERDICT_OK, VERDICT_GAP, VERDICT_FORK};

	for (unsigned i = 0; i < 3; i++)
		if (str_eq(h->s->verdict, str_from(verdict_table[words[i]].word)))
			agree_hear(h);
}

void agree_renamed(struct db *db, const uint8_t was[DIGEST_LEN], const uint8_t is[DIGEST_LEN])
{
	struct query q = db_query(db, "update agree_round set open = ?2, stale = 1 where open = ?1");
	struct query p = db_query(db, "update agree_pending set reply = ?2 where reply = ?1");

	query_blob(&q, digest_str(was));
	query_blob(&q, digest_str(is));
	query_run(&q);
	query_blob(&p, digest_str(was));
	query_blob(&p, digest_str(is));
	query_run(&p);
}

bool agree_lacks(struct db *db, struct str party, const uint8_t after[DIGEST_LEN], uint8_t ret_id[DIGEST_LEN])
{
	/* from id to id: each stands there as often as there are parties */
	struct query q = db_query(db,
	        "with recursive o(of) as (select min(of) from agree_receipt where of > ?1 union all select "
	        "(select min(of) "
	        "from agree_receipt where of > o.of) from o where o.of is not null) select of from o where "
	        "of is not null "
	        "and not exists (select 1 from statement where id = of) and exists (select 1 from "
	        "agree_receipt r join "
	        "statement s on s.n = r.statement where r.of = o.of and s.sender = ?2) limit 1");

	query_blob(&q, digest_str(after));
	query_text(&q, party);
	bool there = query_next(&q) == 1 && query_get_blob(&q, 0).len == DIGEST_LEN;
	if (there)
		memcpy(ret_id, query_get_blob(&q, 0).p, DIGEST_LEN);
	query_done(&q, NULL);
	return there;
}
