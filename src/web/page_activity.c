/* SPDX-License-Identifier: Apache-2.0
 *
 * What everyone did: the audit, newest first. Each row carries the digest of the one before it; the newest are gone through each
 * time, and a row that was changed or taken out is named.
 */
#include "state/audit.h"
#include "web/page.h"

#define ROWS 100
#define CHECKED 1000

static const struct {
	const char *name, *type;
	enum word label;
} filters[] = {
        {"person", "text", W_ACTIVITY_PERSON},
        {"verb", "text", W_ACTIVITY_VERB},
        {"object", "text", W_ACTIVITY_OBJECT},
        {"since", "date", W_FINDINGS_SINCE},
        {"until", "date", W_FINDINGS_UNTIL},
};
#define NFILTERS (sizeof(filters) / sizeof(filters[0]))

static int draw_chain(const struct page_ask *p, struct html *h, struct err *e)
{
	uint64_t rows, bad;
	int rc = audit_check(p->ask->state, CHECKED, &rows, &bad, e);

	if (rc != 0)
		return rc;
	html_open(h, "p");
	html_attr(h, "class", bad != 0 ? STR("error") : STR("note"));
	if (bad != 0)
		page_sayf(p, h, W_ACTIVITY_BROKEN, page_number(p, bad));
	else
		page_sayf(p, h, W_ACTIVITY_WHOLE, page_number(p, rows));
	html_close(h);
	return 0;
}

static void draw_filter(const struct page_ask *p, struct html *h)
{
	page_filter(h, "/activity", "act");
	for (size_t i = 0; i < NFILTERS; i++)
		page_field(p, h,
		        &(struct page_field){.name = filters[i].name,
		                .type = filters[i].type,
		                .label = filters[i].label,
		                .value = ask_param(p->ask, filters[i].name),
		                .size = 12});
	page_button(p, h, W_FILTER);
	html_close(h);
}

static void draw_row(const struct page_ask *p, struct html *h, const struct query *q)
{
	struct str object = query_get_text(q, 4);
	uint64_t id;

	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	page_time(h, query_get_i64(q, 1));
	html_close(h);
	page_cell(h, query_get_text(q, 2));
	struct str verb = query_get_text(q, 3), word = page_key(p, "verb", verb);
	html_open(h, "td");
	html_text(h, word);
	/* the key is what the filter takes */
	if (!str_eq(word, verb)) {
		html_text(h, STR(" "));
		html_line(h, "span", "word", verb);
	}
	html_close(h);
	html_open(h, "td");
	if (object.len > 1 &&
	        (object.p[0] == 'F' || object.p[0] == 'R' || object.p[0] == 'N' || object.p[0] == 'M') &&
	        str_u64(str_skip(object, 1), &id))
		page_thing(h, object.p[0], id);
	else
		html_text(h, object);
	html_close(h);
	page_cell(h, query_get_text(q, 5));
	html_close(h);
}

static struct query ask_rows(const struct page_ask *p, const struct ask_page *at, uint64_t after)
{
	struct query q = db_query(p->ask->state,
	        "select seq, at, person, verb, object, detail from audit where (?1 is null or person = ?1) "
	        "and (?2 is null or verb "
	        "= ?2) and (?3 is null or object = ?3) and (?4 = 0 or at >= ?4) and (?5 = 0 or at < ?5) and "
	        "(?6 = 0 or seq < ?6) "
	        "order by seq desc limit ?7");

	for (unsigned i = 0; i < 3; i++)
		query_text(&q, ask_param(p->ask, filters[i].name));
	query_i64(&q, at->since);
	query_i64(&q, at->until);
	query_u64(&q, after);
	query_u64(&q, ROWS + 1);
	return q;
}

static void draw_next(const struct page_ask *p, struct html *h, uint64_t last)
{
	struct link l;

	link_begin(&l, "/activity");
	for (size_t i = 0; i < NFILTERS; i++)
		if (ask_has(p->ask, filters[i].name))
			link_param(&l, filters[i].name, ask_param(p->ask, filters[i].name));
	link_param(&l, "after", page_number(p, last));
	page_next(p, h, &l);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {W_COL_WHEN, W_ACTIVITY_PERSON, W_ACTIVITY_VERB, W_ACTIVITY_OBJECT,
	        W_ACTIVITY_DETAIL, WORD_END};
	uint64_t n = 0, last = 0, after = 0;
	struct ask_page at = {0};

	page_line(p, h, "h1", NULL, W_ACTIVITY);
	if (ask_time(p->ask, "since", &at.since, e) != 0 || ask_time(p->ask, "until", &at.until, e) != 0)
		return ERR_USAGE;
	if (ask_has(p->ask, "after") && !str_u64(ask_param(p->ask, "after"), &after))
		return err_set(e, ERR_USAGE, "after is the number of a row");
	int rc = draw_chain(p, h, e);
	if (rc != 0)
		return rc;
	draw_filter(p, h);
	struct query q = ask_rows(p, &at, after);
	while (query_next(&q) == 1 && n++ < ROWS) {
		if (n == 1)
			page_table(p, h, W_ACTIVITY_TABLE, head);
		last = query_get_u64(&q, 0);
		draw_row(p, h, &q);
	}
	rc = query_done(&q, e);
	if (n > 0)
		page_table_end(h);
	else
		page_line(p, h, "p", NULL, W_FINDINGS_NONE);
	if (n > ROWS)
		draw_next(p, h, last);
	return rc;
}

const struct page page_activity = {
        .path = "/activity", .title = W_ACTIVITY, .group = PAGE_NODE, .right = RIGHT_ACTIVITY, .draw = draw};
