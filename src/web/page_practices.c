/* SPDX-License-Identifier: Apache-2.0
 *
 * The practice library: what was learnt and from whom, found by words, area and language.
 */
#include "web/page_learn.h"

#define ROWS 100

static void draw_filter(const struct page_ask *p, struct html *h)
{
	page_filter(h, "/practices", "act");
	learn_field(p, h, "f-", "q", W_FINDINGS_TEXT, ask_param(p->ask, "q"), 16);
	learn_areas_select(p, h, "f-", ask_param(p->ask, "area"), W_FINDINGS_ANY);
	learn_field(p, h, "f-", "lang", W_LEARN_LANG, ask_param(p->ask, "lang"), 5);
	learn_field(p, h, "f-", "party", W_LEARN_PARTY, ask_param(p->ask, "party"), 6);
	page_select(p, h, "f-", "state", W_COL_STATE);
	page_option(h, STR("open"), page_word(p, W_LSTATE_OPEN), !ask_has(p->ask, "state"));
	page_option(h, STR(""), page_word(p, W_PRACTICES_OLD),
	        ask_has(p->ask, "state") && ask_param(p->ask, "state").len == 0);
	html_close(h);
	page_button(p, h, W_FILTER);
	html_close(h);
}

static void draw_row(const struct page_ask *p, struct html *h, const struct query *q)
{
	learn_row(p, h, query_get_u64(q, 0), query_get_text(q, 1));
	page_cell(h, query_get_text(q, 2));
	page_cell(h, query_get_text(q, 3));
	learn_area(p, h, query_get_text(q, 4));
	page_cell(h, query_get_text(q, 5));
	page_cell_tag(p, h, "tlp", query_get_text(q, 6));
	page_cell_u64(h, query_get_u64(q, 7));
	learn_cell_when(h, query_get_i64(q, 8));
	page_cell_tag(p, h, "lstate", query_get_text(q, 9));
	html_close(h);
}

static int draw_list(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {W_LEARN_PRACTICE, W_LEARN_PARTY, W_LEARN_FROM, W_LEARN_AREA,
	        W_LEARN_LANG, W_LETTERS_LABEL, W_LEARN_FILES, W_LEARN_SAID, W_COL_STATE, WORD_END};
	struct learn_filter f = learn_filter(p->ask, LEARN_PRACTICE);
	struct query q = db_query(p->ask->state,
	        "select l.id, l.title, l.party, l.learnt_from, l.area, l.lang, l.label, (select count(*) "
	        "from "
	        "attachment f where f.statement = l.statement), l.created, " LEARN_STATE(
	                "l", "?2") " from learn l" LEARN_WHERE
	                           " and (?9 = 0 or l.id < ?9) order by l.id desc limit ?10");
	uint64_t n = 0, after = 0, last = 0;
	struct link l;

	if (!ask_has(p->ask, "state"))
		f.state = STR("open");
	if (ask_has(p->ask, "after") && ask_id(ask_param(p->ask, "after"), 'G', &after, e) != 0) {
		query_done(&q, NULL);
		return ERR_USAGE;
	}
	learn_bind(&q, &f, p->now);
	query_u64(&q, after);
	query_u64(&q, ROWS + 1);
	while (query_next(&q) == 1 && n < ROWS) {
		if (n++ == 0)
			page_table(p, h, W_PRACTICES, head);
		last = query_get_u64(&q, 0);
		draw_row(p, h, &q);
	}
	bool more = n == ROWS && query_next(&q) == 1;
	int rc = query_done(&q, e);
	page_table_over(p, h, n, W_NONE);
	if (more) {
		static const char *const kept[] = {"q", "area", "lang", "party", "state"};
		link_begin(&l, "/practices");
		for (unsigned i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
			if (ask_has(p->ask, kept[i]))
				link_param(&l, kept[i], ask_param(p->ask, kept[i]));
		link_param(&l, "after", page_id(p, 'G', last));
		page_next(p, h, &l);
	}
	return rc;
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	page_line(p, h, "h1", NULL, W_PRACTICES);
	page_line(p, h, "p", "note", W_PRACTICES_WHAT);
	learn_drafts(p, h, true);
	draw_filter(p, h);
	int rc = draw_list(p, h, e);
	if (rc == 0 && page_may(p, RIGHT_WORK))
		learn_new(p, h, LEARN_PRACTICE, W_PRACTICES_NEW);
	return rc;
}

const struct page page_practices = {
        .path = "/practices", .title = W_PRACTICES, .group = PAGE_LINK, .right = RIGHT_READ, .draw = draw};
