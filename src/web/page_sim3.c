/* SPDX-License-Identifier: Apache-2.0
 *
 * The self-assessment: a table for each category, with level, target, note and evidence of each parameter; where the level is below
 * the target, one press drafts a need. For the team alone, also on paper.
 */
#include "learn/sim3.h"
#include "web/page_learn.h"

/* Its name in the page's language, else in English. ?N is the language. */
#define NAME(id, lang)                                                                                       \
	"coalesce((select n.name from sim3_name n where n.id = " id " order by n.lang = " lang               \
	" desc, n.lang = 'en' desc limit 1), " id ")"

static void draw_sum(const struct page_ask *p, struct html *h)
{
	struct query q = db_query(p->ask->state,
	        "select count(s.level), count(*), coalesce(sum(s.target > coalesce(s.level, -1)), 0), "
	        "coalesce((select value from meta where key = '" SIM3_VERSION
	        "'), '') from sim3_parameter p left join sim3_level s on s.id = p.id");

	if (query_next(&q) == 1) {
		html_open(h, "p");
		html_attr(h, "class", STR("note"));
		page_sayf(p, h, W_SIM3_WHAT, query_get_text(&q, 3));
		html_close(h);
		html_open(h, "p");
		page_sayf(p, h, W_SIM3_SUM, page_number(p, query_get_u64(&q, 0)),
		        page_number(p, query_get_u64(&q, 1)), page_number(p, query_get_u64(&q, 2)));
		html_close(h);
	}
	query_done(&q, NULL);
}

static void draw_level(const struct page_ask *p, struct html *h, struct str level)
{
	html_open(h, "td");
	if (level.len > 0) {
		html_text(h, level);
		html_text(h, STR(": "));
		html_text(h, page_key(p, "sim3-level", level));
	} else {
		html_text(h, STR("-"));
	}
	html_close(h);
}

static void draw_choice(const struct page_ask *p, struct html *h, const char *prefix, const char *name,
        enum word label, struct str chosen)
{
	page_select(p, h, prefix, name, label);
	page_option(h, STR(""), page_word(p, W_SIM3_UNSAID), chosen.len == 0);
	for (unsigned i = 0; i < SIM3_LEVELS; i++) {
		struct str n = page_number(p, i);
		page_option(h, n,
		        arena_printf(p->ask->arena, "%.*s: %.*s", STR_ARG(n),
		                STR_ARG(page_key(p, "sim3-level", n))),
		        str_eq(n, chosen));
	}
	html_close(h);
}

static void draw_form(const struct page_ask *p, struct html *h, const struct query *q)
{
	struct str id = query_get_text(q, 0);
	const char *prefix = arena_printf(p->ask->arena, "%.*s-", STR_ARG(id)).p;

	html_open(h, "details");
	page_line(p, h, "summary", NULL, W_SIM3_ASSESS);
	page_form(p, h, "/sim3/set", "act");
	page_hidden(h, "id", id);
	draw_choice(p, h, prefix, "level", W_SIM3_LEVEL, query_get_text(q, 2));
	draw_choice(p, h, prefix, "target", W_SIM3_TARGET, query_get_text(q, 3));
	page_area(p, h,
	        &(struct page_field){.prefix = prefix,
	                .name = "note",
	                .label = W_NOTE,
	                .value = query_get_text(q, 5),
	                .limit = 600},
	        2);
	page_area(p, h,
	        &(struct page_field){.prefix = prefix,
	                .name = "evidence",
	                .label = W_SIM3_EVIDENCE,
	                .value = query_get_text(q, 6),
	                .limit = 600},
	        2);
	page_button(p, h, W_SAVE);
	html_close(h);
	html_close(h);
}

static void draw_need(const struct page_ask *p, struct html *h, struct str id)
{
	page_form(p, h, "/sim3/need", "act");
	page_hidden(h, "id", id);
	page_button(p, h, W_NEEDS_NEW);
	html_close(h);
}

static void draw_row(const struct page_ask *p, struct html *h, const struct query *q)
{
	bool gap = query_get_u64(q, 4) != 0;

	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	html_attr(h, "id", query_get_text(q, 0));
	html_text(h, query_get_text(q, 0));
	html_text(h, STR(" "));
	html_text(h, query_get_text(q, 1));
	html_close(h);
	draw_level(p, h, query_get_text(q, 2));
	draw_level(p, h, query_get_text(q, 3));
	html_open(h, "td");
	if (gap)
		page_line(p, h, "strong", NULL, W_SIM3_BELOW);
	html_close(h);
	html_open(h, "td");
	html_line(h, "p", "lines", query_get_text(q, 5));
	html_close(h);
	html_open(h, "td");
	html_line(h, "p", "lines", query_get_text(q, 6));
	html_close(h);
	html_open(h, "td");
	if (query_get_i64(q, 8) != 0) {
		page_time(h, query_get_i64(q, 8));
		html_text(h, STR(" "));
		html_text(h, query_get_text(q, 7));
	}
	html_close(h);
	html_open(h, "td");
	if (page_may(p, RIGHT_RELEASE))
		draw_form(p, h, q);
	if (gap && page_may(p, RIGHT_WORK))
		draw_need(p, h, query_get_text(q, 0));
	html_close(h);
	html_close(h);
}

static int draw_category(
        const struct page_ask *p, struct html *h, struct str id, struct str name, struct err *e)
{
	static const enum word head[] = {W_SIM3_PARAMETER, W_SIM3_LEVEL, W_SIM3_TARGET, W_SIM3_BELOW, W_NOTE,
	        W_SIM3_EVIDENCE, W_COL_WHEN, W_COL_ACT, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select p.id, " NAME("p.id",
	                "?1") ", coalesce(cast(s.level as text), ''), coalesce(cast(s.target as text), ''), "
	                      "coalesce(s.target > coalesce(s.level, -1), 0), coalesce(s.note, ''), "
	                      "coalesce(s.evidence, ''), coalesce(s.person, ''), coalesce(s.at, 0) from "
	                      "sim3_parameter p left join sim3_level s on s.id = p.id where substr(p.id, 1, "
	                      "1) = ?2 order by p.n");

	html_open(h, "section");
	html_attr(h, "aria-labelledby", arena_printf(p->ask->arena, "c-%.*s", STR_ARG(id)));
	html_open(h, "h2");
	html_attr(h, "id", arena_printf(p->ask->arena, "c-%.*s", STR_ARG(id)));
	html_text(h, name);
	html_close(h);
	page_table(p, h, W_SIM3, head);
	query_text(&q, p->words->code);
	query_text(&q, id);
	while (query_next(&q) == 1)
		draw_row(p, h, &q);
	page_table_end(h);
	html_close(h);
	return query_done(&q, e);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct query q = db_query(
	        p->ask->state, "select c.id, " NAME("c.id", "?1") " from sim3_category c order by c.n");
	int rc = 0;

	page_line(p, h, "h1", NULL, W_SIM3);
	draw_sum(p, h);
	query_text(&q, p->words->code);
	while (rc == 0 && query_next(&q) == 1)
		rc = draw_category(p, h, query_get_text(&q, 0), query_get_text(&q, 1), e);
	int end = query_done(&q, e);
	return rc != 0 ? rc : end;
}

const struct page page_sim3 = {
        .path = "/sim3", .title = W_SIM3, .group = PAGE_LINK, .right = RIGHT_READ, .draw = draw};
