/* SPDX-License-Identifier: Apache-2.0
 *
 * The first page of the day: what is new, whose, what first, and why; which letters go; what somebody must look at.
 */
#include "state/finding.h"
#include "web/news.h"
#include "web/page_live.h"
#include "web/page_morning_in.h"

#define ROWS 12

/* What is new leads to exactly these. */
static void fresh(const struct page_ask *p, struct html *h, const struct news *n, uint64_t count,
        enum word what, const char *severity)
{
	struct link l;

	link_begin(&l, "/findings");
	if (n->looked != 0)
		link_param(&l, "newer", page_id(p, 'F', n->looked));
	if (severity != NULL)
		link_param(&l, "severity", str_from(severity));
	page_figure_most(p, h, count, NEWS_MOST, what, &l);
}

static void draw_news(const struct page_ask *p, struct html *h, const struct news *n)
{
	struct link l;

	page_section(p, h, "h-new", n->when == 0 ? W_MORNING_NEW : W_MORNING_SINCE);
	link_begin(&l, "/events");
	link_param(&l, "list", STR("morning"));
	page_live(p, h, &l, NULL, false);
	html_open(h, "ul");
	html_attr(h, "class", STR("figures"));
	html_attr(h, "data-figures", STR("fresh critical high late mine"));
	fresh(p, h, n, n->fresh, W_MORNING_ALL, NULL);
	fresh(p, h, n, n->critical, W_MORNING_CRITICAL, "critical");
	fresh(p, h, n, n->high, W_MORNING_HIGH, "high");
	link_begin(&l, "/findings");
	link_param(&l, "state", STR("late"));
	link_param(&l, "sort", STR("due"));
	page_figure_most(p, h, n->late, NEWS_MOST, W_MORNING_LATE, &l);
	link_begin(&l, "/findings");
	link_param(&l, "assigned", STR("me"));
	link_param(&l, "state", STR("active"));
	page_figure_most(p, h, n->mine, NEWS_MOST, W_MORNING_MINE, &l);
	html_close(h);
	if (n->fresh > 0) {
		page_form(p, h, "/looked", "act");
		page_hidden(h, "id", page_id(p, 'F', n->newest));
		page_button(p, h, W_MORNING_LOOKED);
		html_close(h);
	}
	html_close(h);
}

/* ---- what first ---------------------------------------------------------------------------------- */

static void say(const struct page_ask *p, struct html *h, bool *any, enum word w, struct str value)
{
	html_text(h, *any ? STR(", ") : STR(""));
	page_sayf(p, h, w, value);
	*any = true;
}

/* The asset at that very place, such as "payment-switch"; empty: the register names none. */
static struct str asset_at(const struct page_ask *p, uint64_t owner, struct str place)
{
	struct query q = db_query(p->ask->state,
	        "select case a.kind when '' then a.name else a.kind end from claim c join asset a on a.owner "
	        "= c.owner and "
	        "a.name = c.asset where c.owner = ?1 and c.asset <> '' and c.value in (?2, ?2 || '/32', ?2 "
	        "|| '/128') limit 1");
	struct str name = STR("");

	query_u64(&q, owner);
	query_text(&q, place);
	if (query_next(&q) == 1)
		name = arena_str(p->ask->arena, query_get_text(&q, 0));
	query_done(&q, NULL);
	return name;
}

/* Why it stands where it stands, in the order of the columns by which it does. */
static void draw_why(const struct page_ask *p, struct html *h, const struct query *q)
{
	int64_t due = query_get_i64(q, 7), told = query_get_i64(q, 9);
	struct str stage = query_get_text(q, 8), decision = query_get_text(q, 10), asset = STR("");
	uint64_t criticality = query_get_u64(q, 11);
	char when[32];
	bool any = false;

	html_open(h, "td");
	if (told == 0)
		say(p, h, &any, W_FIRST_NOBODY, STR(""));
	else
		say(p, h, &any, W_FIRST_TOLD, list_when(when, told));
	if (due != 0 && told == 0)
		say(p, h, &any, due < p->now ? W_FIRST_LATE : W_FIRST_BY, list_when(when, due));
	if (str_eq(stage, STR("seen-again")))
		say(p, h, &any, W_FIRST_AGAIN, STR(""));
	if (str_eq(decision, STR("person")))
		say(p, h, &any, W_FIRST_PERSON, STR(""));
	if (str_eq(decision, STR("nobody")))
		say(p, h, &any, W_FIRST_NO_CONTACT, STR(""));
	if (query_get_u64(q, 12) != 0)
		say(p, h, &any, W_FIRST_ESCALATED, STR(""));
	if (criticality != 0)
		asset = asset_at(p, query_get_u64(q, 13), query_get_text(q, 4));
	if (asset.len != 0)
		say(p, h, &any, W_FIRST_AT, asset);
	if (criticality != 0)
		say(p, h, &any, W_FIRST_CRITICALITY, page_number(p, criticality));
	if (query_get_text(q, 14).len != 0)
		say(p, h, &any, W_FIRST_ASSIGNED, query_get_text(q, 14));
	html_close(h);
}

/* The worst come first, then what must be told soonest: the order of the index finding_first, and the sentence under the
 * heading. */
static void draw_first(const struct page_ask *p, struct html *h)
{
	static const enum word head[] = {
	        W_COL_FINDING, W_COL_SEVERITY, W_COL_CLASS, W_COL_OWNER, W_COL_WHERE, W_FIRST_WHY, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select f.id, f.severity, f.class, o.name, f.place, f.port, o.ref, coalesce(f.due, 0), "
	        "f.stage, "
	        "coalesce(f.told, 0), f.decision, f.criticality, f.escalated is not null, f.owner, f.assigned"
	        " from finding f cross join owner o where o.id = f.owner and " FINDING_ACTIVE(
	                "f.") " and f.owner <> 0 order by " FINDING_FIRST("f.") " limit ?");
	unsigned n = 0;

	page_section(p, h, "h-first", W_MORNING_FIRST);
	page_line(p, h, "p", NULL, W_MORNING_ORDER);
	query_u64(&q, ROWS);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_MORNING_FIRST_TABLE, head);
		page_row(h, 'F', query_get_u64(&q, 0), query_get_text(&q, 1));
		page_cell_tag(p, h, "severity", query_get_text(&q, 1));
		html_line(h, "td", "word", query_get_text(&q, 2));
		page_cell_owner(h, query_get_text(&q, 6), query_get_text(&q, 3));
		page_cell_place(p, h, query_get_text(&q, 4), query_get_u64(&q, 5));
		draw_why(p, h, &q);
		html_close(h);
	}
	query_done(&q, NULL);
	page_table_over(p, h, n, W_MORNING_NOTHING);
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct news n;
	int rc = news_find(p->ask, p->who->person, p->now, &n, e);

	if (rc != 0)
		return rc;
	page_line(p, h, "h1", NULL, W_MORNING);
	page_resets(p, h);
	if (!p->who->narrow)
		morning_handover(p, h);
	draw_news(p, h, &n);
	draw_first(p, h);
	rc = morning_saved(p, h, e);
	/* reports, feeds and the machine are the country's, not those of some owners */
	if (rc == 0 && !p->who->narrow)
		rc = morning_look(p, h, e);
	if (rc != 0)
		return rc;
	morning_letters(p, h);
	if (!p->who->narrow) {
		morning_links(p, h);
		morning_reports(p, h);
	}
	return 0;
}

const struct page page_morning = {.path = "/",
        .title = W_MORNING,
        .group = PAGE_SEE,
        .right = RIGHT_READ,
        .narrow = true,
        .draw = draw};
