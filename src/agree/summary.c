/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/summary.h"
#include "agree/change_in.h"
#include "agree/clause.h"
#include "base/os.h"
#include "base/utf8.h"

#define HEAD STR("summary.")
#define TAIL STR(".md")

/* ---- reading ------------------------------------------------------------------------------------- */

/* As the lines of texts: nothing that shows on one machine what it does not on another. */
const char *summary_wrong(struct str bytes)
{
	const char *why = NULL;

	if (bytes.len > SUMMARY_MAX)
		return "it is longer than 32 KiB";
	if (!utf8_valid(bytes))
		return "it is not UTF-8";
	while (why == NULL && bytes.len > 0) {
		struct str_cut cut = str_cut(bytes, '\n');
		why = clause_chars(cut.head);
		bytes = cut.tail;
	}
	return why;
}

static bool lang_good(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!char_alnum(s.p[i]) && s.p[i] != '-')
			return false;
	return s.len >= 2 && s.len <= 35;
}

static struct str lang_of(struct str name)
{
	if (!str_starts(name, HEAD) || !str_ends(name, TAIL) || name.len <= HEAD.len + TAIL.len)
		return STR("");
	return str_sub(name, HEAD.len, name.len - HEAD.len - TAIL.len);
}

unsigned summaries_of(struct arena *a, const char *folder, const struct item *body, struct summary *ret)
{
	struct item files = item_get(body, STR("attachments"));
	unsigned n = 0;

	for (struct item_each e = item_each(&files);
	        files.type == BODY_LIST && n < SUMMARIES && item_next(&e);) {
		struct summary s = {.lang = lang_of(item_text(&e.item, "name"))};
		struct str hex = item_text(&e.item, "sha256");
		auto_buf struct buf bytes = {0};
		if (!lang_good(s.lang) || hex.len != 2 * DIGEST_LEN || !str_hex(hex, s.sha256, DIGEST_LEN) ||
		        blob_read(folder, s.sha256, SUMMARY_MAX, &bytes, NULL) != 0 ||
		        summary_wrong(buf_str(&bytes)) != NULL)
			continue;
		s.bytes = arena_str(a, buf_str(&bytes));
		ret[n++] = s;
	}
	return n;
}

const struct summary *summary_for(const struct summary *s, unsigned n, struct str lang)
{
	const struct summary *best = n > 0 ? s : NULL;

	for (unsigned i = 0; i < n; i++) {
		if (str_eq(s[i].lang, lang))
			return &s[i];
		if (str_eq(s[i].lang, STR("en")))
			best = &s[i];
	}
	return best;
}

/* ---- for the next round -------------------------------------------------------------------------- */

unsigned summary_drafts(struct db *db, struct arena *a, struct str instrument, struct summary_draft **ret)
{
	struct query q = db_query(db,
	        "select instrument, lang, text, at, person from agree_summary where ?1 is null or "
	        "instrument = ?1 order by instrument, lang");
	VEC(struct summary_draft) all = {0};

	query_text(&q, instrument);
	while (query_next(&q) == 1)
		*(struct summary_draft *)vec_add(&all) =
		        (struct summary_draft){.instrument = arena_str(a, query_get_text(&q, 0)),
		                .lang = arena_str(a, query_get_text(&q, 1)),
		                .text = arena_str(a, query_get_blob(&q, 2)),
		                .at = query_get_i64(&q, 3),
		                .person = arena_str(a, query_get_text(&q, 4))};
	query_done(&q, NULL);
	unsigned n = (unsigned)all.n;
	*ret = arena_copy(a, all.v, n, sizeof(**ret));
	vec_done(&all);
	return n;
}

int summary_drafts_put(struct change *c, struct str instrument, struct buf *out, struct err *e)
{
	auto_arena struct arena a = {0};
	struct summary_draft *d;
	int rc = 0;

	arena_init(&a, 0);
	unsigned n = summary_drafts(c->db, &a, instrument, &d);
	for (unsigned i = 0; rc == 0 && i < n && i < SUMMARIES; i++) {
		uint8_t sha256[DIGEST_LEN];
		char hex[2 * DIGEST_LEN + 1];
		rc = c->here->ways->keep(c->here, c->db, d[i].text, sha256, e);
		str_hex_print(hex, sha256, DIGEST_LEN);
		buf_printf(out,
		        ",{\"sha256\":\"%s\",\"size\":%zu,\"name\":\"summary.%.*s.md\",\"media\":\"text/"
		        "plain\"}",
		        hex, d[i].text.len, STR_ARG(d[i].lang));
	}
	return rc;
}

void summary_drafts_drop(struct db *db, struct str instrument, int64_t at)
{
	struct query q = db_query(db, "delete from agree_summary where instrument = ? and at <= ?");

	query_text(&q, instrument);
	query_i64(&q, at);
	query_run(&q);
}

static int drop(struct change *c, struct str instrument, struct str lang, struct err *e)
{
	struct query q = db_query(c->db, "delete from agree_summary where instrument = ? and lang = ?");

	query_text(&q, instrument);
	query_text(&q, lang);
	query_run(&q);
	if (db_changes(c->db) == 0)
		return err_set(e, ERR_MISSING, "there is no summary in that language here");
	buf_printf(c->said, "the summary is kept no longer\n");
	return 0;
}

static int put(struct change *c, struct str instrument, struct str lang, struct str text, struct err *e)
{
	struct query q = db_query(c->db,
	        "insert into agree_summary(instrument, lang, text, at, person) select ?1, ?2, ?3, ?4, ?5 "
	        "where (select count(*) from agree_summary where instrument = ?1 and lang <> ?2) < ?6 on "
	        "conflict(instrument, lang) do update set text = excluded.text, at = excluded.at, person = "
	        "excluded.person");

	query_text(&q, instrument);
	query_text(&q, lang);
	query_blob(&q, text);
	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_u64(&q, SUMMARIES);
	query_run(&q);
	if (db_changes(c->db) == 0)
		return err_set(e, ERR_VALUE, "a round has at most %d summaries", SUMMARIES);
	buf_printf(c->said, "the summary goes with the next opening; it is not the text\n");
	return 0;
}

int change_agree_summary(struct change *c, struct err *e)
{
	auto_buf struct buf bytes = {0};
	struct str instrument = agree_param(c, "instrument"), lang = agree_param(c, "lang");
	int rc = c->file.len > 0 && c->size > 0 ? os_read_file(c->file.p, SUMMARY_MAX + 1, &bytes, e)
	                                        : change_lines(c, "text", SUMMARY_MAX, &bytes, e);

	if (rc != 0)
		return rc;
	struct query q = db_query(c->db, "select 1 from agree_draft where instrument = ?");
	query_text(&q, instrument);
	bool there = query_next(&q) == 1;
	query_done(&q, NULL);
	if (!there)
		return err_set(e, ERR_MISSING,
		        "instrument: no text is kept for its next round; that comes first (weir agree text)");
	if (!lang_good(lang))
		return err_set(e, ERR_USAGE, "lang: the language of the summary, such as en or lo");
	snprintf(c->object, sizeof(c->object), "%.*s", STR_ARG(instrument));
	snprintf(c->detail, sizeof(c->detail), "%.*s", STR_ARG(lang));
	if (str_trim(buf_str(&bytes)).len == 0)
		return drop(c, instrument, lang, e);
	const char *why = summary_wrong(buf_str(&bytes));
	return why != NULL ? err_set(e, ERR_VALUE, "the summary: %s", why)
	                   : put(c, instrument, lang, buf_str(&bytes), e);
}
