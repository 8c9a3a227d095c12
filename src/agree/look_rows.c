/* SPDX-License-Identifier: Apache-2.0
 *
 * Drafts and what waits for a second person.
 */
#include "agree/look.h"

/* ---- words --------------------------------------------------------------------------------------- */

struct str agree_words_of(const struct item *words, struct str lang, struct str *ret_lang)
{
	struct str best = STR(""), best_lang = STR("");

	if (words->type != BODY_OBJECT)
		return best;
	for (struct item_each e = item_each(words); item_next(&e);) {
		bool wanted = str_eq(e.name, lang), english = str_eq(e.name, STR("en"));
		if (e.item.type != BODY_TEXT || (best_lang.len > 0 && !wanted && !english) ||
		        (english && str_eq(best_lang, lang)))
			continue;
		best = e.item.text;
		best_lang = e.name;
	}
	*ret_lang = best_lang;
	return best;
}

struct str agree_persons(struct arena *a, const struct item *body)
{
	struct item by = item_get(body, STR("by"));
	auto_buf struct buf out = {0};

	if (by.type != BODY_LIST)
		return STR("");
	for (struct item_each e = item_each(&by); item_next(&e);) {
		if (e.item.type != BODY_OBJECT)
			continue;
		buf_add(&out, out.len > 0 ? STR(", ") : STR(""));
		buf_add(&out, item_text(&e.item, "id"));
	}
	return arena_str(a, buf_str(&out));
}

/* ---- drafts -------------------------------------------------------------------------------------- */

/* The newest round of each draft's instrument, where it has its bytes. */
struct draft_round {
	struct str instrument, shown;
	struct manifest *manifest; /* NULL: there is no round, or none that goes on or stands */
	int64_t closes;
};

static struct draft_round round_of_drafts(
        struct db *db, const char *folder, struct arena *a, struct str instrument)
{
	struct draft_round ret = {.instrument = instrument};
	struct round_loaded *r = arena_new(a, struct round_loaded);
	struct query q = db_query(db,
	        "select id, shown, closes from agree_round where instrument = ?1 and shown in ('open', "
	        "'consolidating', 'adopted-provisional', 'adopted', 'adopted-except') and number = (select "
	        "max(number) from agree_round where instrument = ?1) order by id desc limit 1");
	uint64_t id = 0;

	query_text(&q, instrument);
	if (query_next(&q) == 1) {
		id = query_get_u64(&q, 0);
		ret.shown = arena_str(a, query_get_text(&q, 1));
		ret.closes = query_get_i64(&q, 2);
	}
	query_done(&q, NULL);
	if (id != 0 && round_load_opening(a, db, folder, id, r, NULL) == 0 && r->why == NULL)
		ret.manifest = &r->manifest;
	return ret;
}

bool agree_draft_is_of(struct str text, struct str lang, const struct manifest *m)
{
	uint8_t digest[DIGEST_LEN];

	digest_of(text, digest);
	for (unsigned i = 0; i < m->texts; i++)
		if (str_eq(m->text[i].lang, lang) && memcmp(m->text[i].sha256, digest, DIGEST_LEN) == 0)
			return true;
	return false;
}

static void find_rounds(
        struct db *db, const char *folder, struct arena *a, struct agree_draft_look *d, unsigned n)
{
	struct draft_round r = {0};

	for (unsigned i = 0; i < n; i++) {
		if (i == 0 || !str_eq(d[i].instrument, r.instrument))
			r = round_of_drafts(db, folder, a, d[i].instrument);
		if (r.manifest == NULL || !agree_draft_is_of(d[i].text, d[i].lang, r.manifest))
			continue;
		d[i].number = r.manifest->round;
		d[i].shown = r.shown;
		d[i].closes = r.closes;
	}
}

unsigned agree_drafts(struct db *db, const char *folder, struct arena *a, struct str instrument,
        struct agree_draft_look **ret)
{
	struct query q = db_query(db,
	        "select instrument, lang, authentic, text, at, person from agree_draft where ?1 is null or "
	        "instrument = ?1 order by instrument, authentic desc, lang collate binary");
	VEC(struct agree_draft_look) all = {0};

	query_text(&q, instrument);
	while (query_next(&q) == 1)
		*(struct agree_draft_look *)vec_add(&all) =
		        (struct agree_draft_look){.instrument = arena_str(a, query_get_text(&q, 0)),
		                .lang = arena_str(a, query_get_text(&q, 1)),
		                .authentic = query_get_u64(&q, 2) != 0,
		                .text = arena_str(a, query_get_blob(&q, 3)),
		                .at = query_get_i64(&q, 4),
		                .person = arena_str(a, query_get_text(&q, 5))};
	query_done(&q, NULL);
	unsigned n = (unsigned)all.n;
	*ret = arena_copy(a, all.v, n, sizeof(**ret));
	vec_done(&all);
	find_rounds(db, folder, a, *ret, n);
	return n;
}

/* ---- two persons --------------------------------------------------------------------------------- */

/* As text_put has written it. */
static bool denies(const struct agree_waiting *w)
{
	return str_eq(w->kind, STR("agree.service")) &&
	        str_find_str(w->members, 0, STR(",\"level\":\"none\"")) != SIZE_MAX;
}

/* An opening is too late once its rule's notice would be; a code that was read to us counts while grace runs, and that nobody reached us,
 * anything else until the round closes. */
static int64_t until_of(struct arena *a, const struct agree_waiting *w, int64_t closes, int64_t grace)
{
	struct manifest *m = arena_new(a, struct manifest);
	struct agree_fault fault;

	if (w->round != 0)
		return str_eq(w->kind, STR("agree.voice")) || denies(w) ? grace : closes;
	return manifest_read(w->manifest, m, &fault) ? m->closes - manifest_seconds(m->min_notice) : 0;
}

unsigned agree_waitings(struct db *db, struct arena *a, uint64_t round, struct agree_waiting **ret)
{
	struct query q = db_query(db,
	        "select p.id, coalesce(p.round, 0), p.kind, p.instrument, p.members, p.manifest, p.label, "
	        "p.role, "
	        "p.person, coalesce(r.number, 0), p.at, coalesce(r.closes, 0), coalesce(r.grace, 0) from "
	        "agree_pending p left join agree_round r on r.id "
	        "= "
	        "p.round where ?1 = 0 or p.round = ?1 order by p.id");
	VEC(struct agree_waiting) all = {0};

	query_u64(&q, round);
	while (query_next(&q) == 1) {
		struct agree_waiting *w = vec_add(&all);
		*w = (struct agree_waiting){.id = query_get_u64(&q, 0),
		        .round = query_get_u64(&q, 1),
		        .kind = arena_str(a, query_get_text(&q, 2)),
		        .instrument = arena_str(a, query_get_text(&q, 3)),
		        .members = arena_str(a, query_get_text(&q, 4)),
		        .manifest = arena_str(a, query_get_text(&q, 5)),
		        .label = arena_str(a, query_get_text(&q, 6)),
		        .role = arena_str(a, query_get_text(&q, 7)),
		        .person = arena_str(a, query_get_text(&q, 8)),
		        .number = (uint32_t)query_get_u64(&q, 9),
		        .at = query_get_i64(&q, 10)};
		w->until = until_of(a, w, query_get_i64(&q, 11), query_get_i64(&q, 12));
	}
	query_done(&q, NULL);
	unsigned n = (unsigned)all.n;
	*ret = arena_copy(a, all.v, n, sizeof(**ret));
	vec_done(&all);
	return n;
}
