/* SPDX-License-Identifier: Apache-2.0
 *
 * What differs between two texts of an instrument: those of two rounds, or of a round and the draft of the next one.
 */
#include "agree/plan.h"
#include "web/diff.h"
#include "web/page_round.h"

static struct diff_view view_of(const struct page_ask *p, const char *name, struct str lang)
{
	return (struct diff_view){
	        .words = p->words, .differ = p->differ, .arena = p->ask->arena, .lang = lang, .name = name};
}

void round_differences(const struct page_ask *p, struct html *h, const char *name,
        const struct agree_text *old, const struct agree_text *new, struct str lang)
{
	struct diff_view view = view_of(p, name, lang);
	struct diff_list list;

	diff_texts(p->ask->arena, old, new, &list);
	if (p->differ != NULL)
		diff_draw(h, &view, &list);
	else
		diff_draw_list(h, &view, &list, false);
}

void round_word_differences(const struct page_ask *p, struct html *h, const char *name, struct str old,
        struct str new, struct str lang)
{
	struct diff_view view = view_of(p, name, lang);
	struct diff_words words = {.heavy = true};

	if (p->differ != NULL)
		diff_words(p->differ, p->ask->arena, old, new, &words);
	diff_draw_words(h, &view, old, new, &words);
}

/* ---- the page ------------------------------------------------------------------------------------ */

/* The round of the same instrument that the address names, else the one before. */
static uint64_t find_other(const struct page_ask *p, const struct round_view *v, uint64_t *ret_number)
{
	const struct manifest *m = &v->r.manifest;
	struct query q = db_query(p->ask->state,
	        "select id, number from agree_round where instrument = ?1 and number = ?2 and rule <> '' "
	        "order by id "
	        "desc limit 1");
	uint64_t number = 0, id = 0;

	if (!str_u64(ask_param(p->ask, "with"), &number))
		number = m->round - 1;
	query_text(&q, m->instrument);
	query_u64(&q, number);
	if (query_next(&q) == 1) {
		id = query_get_u64(&q, 0);
		*ret_number = query_get_u64(&q, 1);
	}
	query_done(&q, NULL);
	return id;
}

static void draw_choice(const struct page_ask *p, struct html *h, const struct round_view *v, uint64_t number)
{
	struct query q = db_query(p->ask->state,
	        "select distinct number from agree_round where instrument = ?1 and number <> ?2 and rule <> "
	        "'' "
	        "order by number");

	html_open(h, "form");
	html_attr(h, "class", STR("act"));
	struct link l;
	round_address(&l, ROUND_CHANGES, v);
	html_link(h, "action", &l);
	page_select(p, h, NULL, "with", W_AGREE_COMPARE);
	query_text(&q, v->r.manifest.instrument);
	query_u64(&q, v->r.manifest.round);
	while (query_next(&q) == 1) {
		struct str n = page_number(p, query_get_u64(&q, 0));
		page_option(h, n, n, query_get_u64(&q, 0) == number);
	}
	query_done(&q, NULL);
	html_close(h);
	round_languages(p, h, NULL, &v->r.manifest, ask_param(p->ask, "lang"));
	page_button(p, h, W_AGREE_COMPARE_GO);
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct round_view v;
	struct round_loaded *other = arena_new(p->ask->arena, struct round_loaded);
	struct agree_text old, new;
	struct str lang = ask_param(p->ask, "lang");
	uint64_t number = 0, id;
	int rc = round_view_open(p, &v, e);

	if (rc != 0)
		return rc;
	id = find_other(p, &v, &number);
	round_head(p, h, &v, ROUND_CHANGES);
	draw_choice(p, h, &v, number);
	if (id == 0) {
		page_line(p, h, "p", NULL, W_AGREE_NO_OTHER);
		return 0;
	}
	rc = round_load_opening(p->ask->arena, p->ask->state, p->ask->folder, id, other, e);
	if (rc == 0 && other->why != NULL)
		rc = err_set(e, ERR_VALUE, "the round cannot be worked on: %s", other->why);
	if (rc == 0)
		rc = round_text(p->ask->arena, p->ask->folder, &other->manifest, lang, &old, e);
	if (rc == 0)
		rc = round_text(p->ask->arena, p->ask->folder, &v.r.manifest, lang, &new, e);
	if (rc != 0)
		return rc;
	round_differences(
	        p, h, "d", &old, &new, lang.len > 0 ? lang : manifest_authentic(&v.r.manifest)->lang);
	return 0;
}

const struct page page_round_changes = {
        .path = "/agree-changes", .title = W_AGREE_CHANGES, .id = true, .right = RIGHT_READ, .draw = draw};

/* ---- translations -------------------------------------------------------------------------------- */

static void put_stale(const struct page_ask *p, struct html *h, struct str lang, struct str ids, enum word w)
{
	if (ids.len == 0)
		return;
	html_open(h, "p");
	html_attr(h, "class", STR("error"));
	html_line(h, "strong", NULL, lang);
	html_text(h, STR(" "));
	page_say(p, h, w);
	html_text(h, STR(": "));
	html_line(h, "code", NULL, ids);
	html_close(h);
}

void round_stale(const struct page_ask *p, struct html *h, const struct agree_text *authentic,
        const struct agree_text *translation, struct str lang)
{
	struct plan_stale s = plan_stale(p->ask->arena, authentic, translation);

	put_stale(p, h, lang, s.stale, W_AGREE_STALE);
	put_stale(p, h, lang, s.missing, W_AGREE_MISSING);
}
