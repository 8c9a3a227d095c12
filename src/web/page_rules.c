/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules in use, in the order in which they are tried: what each says, how often it has decided in seven days, when it last did.
 * Hits are counted by the rule's name, so that a change of its file does not begin them anew.
 */
#include "web/page.h"

#define DAY_US (24 * (int64_t)3600 * 1000000)

static int64_t ruleset_of(const struct page_ask *p)
{
	int64_t id = 0;

	(void)state_meta_number_find(p->ask->state, "now.ruleset", &id);
	return id;
}

static void draw_day(struct html *h, uint64_t day)
{
	if (day == 0)
		html_text(h, STR("-"));
	else
		html_printf(h, "%04u-%02u-%02u", (unsigned)(day / 10000), (unsigned)(day / 100 % 100),
		        (unsigned)(day % 100));
}

static void draw_rule(const struct page_ask *p, struct html *h, const struct query *q)
{
	uint64_t last = query_get_u64(q, 5);

	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	html_text(h, query_get_text(q, 1));
	html_close(h);
	html_open(h, "td");
	html_attr(h, "class", STR("word"));
	html_printf(h, "%.*s:%llu", STR_ARG(query_get_text(q, 2)), (unsigned long long)query_get_u64(q, 3));
	html_close(h);
	page_cell_u64(h, query_get_u64(q, 4));
	html_open(h, "td");
	if (last == 0)
		page_line(p, h, "span", "tag", W_RULES_NEVER);
	else
		draw_day(h, last);
	html_close(h);
	html_open(h, "td");
	html_open(h, "details");
	page_line(p, h, "summary", NULL, W_RULES_TEXT);
	html_line(h, "pre", "raw", query_get_text(q, 6));
	html_close(h);
	html_close(h);
	html_close(h);
}

static int draw_rules(const struct page_ask *p, struct html *h, uint32_t since, struct err *e)
{
	static const enum word head[] = {
	        W_RULES_RULE, W_RULES_PLACE, W_RULES_HITS, W_RULES_LAST, W_RULES_SAYS, WORD_END};
	struct query q = db_query(p->ask->state,
	        "with h(name, week, last) as (select r.name, sum(case when h.day >= ?2 then h.hits else 0 "
	        "end), max(h.day) from "
	        "rule_hit h join rule r on r.ruleset = h.ruleset and r.number = h.rule group by r.name) "
	        "select r.number, r.name, "
	        "r.file, r.line, coalesce(h.week, 0), coalesce(h.last, 0), r.text from rule r left join h on "
	        "h.name = r.name "
	        "where r.ruleset = ?1 order by r.number");
	unsigned n = 0;

	query_i64(&q, ruleset_of(p));
	query_u64(&q, since);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_RULES_TABLE, head);
		draw_rule(p, h, &q);
	}
	int rc = query_done(&q, e);
	if (n > 0)
		page_table_end(h);
	else
		page_line(p, h, "p", NULL, W_NONE);
	return rc;
}

/* Events of which no rule said anything, and what was said when the rules were loaded. */
static int draw_rest(const struct page_ask *p, struct html *h, uint32_t since, struct err *e)
{
	auto_buf struct buf notes = {0};
	struct query q = db_query(
	        p->ask->state, "select coalesce(sum(hits), 0) from rule_hit where rule = 0 and day >= ?1");

	query_u64(&q, since);
	uint64_t none = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	int rc = query_done(&q, e);
	html_open(h, "p");
	page_sayf(p, h, W_RULES_NO_RULE, page_number(p, none));
	html_close(h);
	page_section(p, h, "h-notes", W_RULES_NOTES);
	if (state_meta_find(p->ask->state, "now.notes", &notes) && notes.len > 0)
		html_line(h, "pre", "raw", buf_str(&notes));
	else
		page_line(p, h, "p", NULL, W_RULES_NO_NOTES);
	html_close(h);
	return rc;
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	uint32_t since = day_of(p->now - 6 * DAY_US);

	page_line(p, h, "h1", NULL, W_RULES);
	page_line(p, h, "p", NULL, W_RULES_WHAT);
	int rc = draw_rules(p, h, since, e);
	return rc == 0 ? draw_rest(p, h, since, e) : rc;
}

const struct page page_rules = {
        .path = "/rules", .title = W_RULES, .group = PAGE_COUNTRY, .right = RIGHT_READ, .draw = draw};
