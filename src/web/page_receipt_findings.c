/* SPDX-License-Identifier: Apache-2.0
 *
 * What a report showed: findings by owner and severity, and letters. What it brought lies between two numbers that its receipt
 * has; what it showed again is found by going through the findings once.
 */
#include "web/findings_in.h"
#include "web/page_receipt.h"

#define OWNERS 60
#define LETTERS 60

struct range {
	uint64_t from, to;
};

/* Where its new findings lie. Read again, it may have brought some later; before there was a range nobody wrote one. */
static int range_of(const struct page_ask *p, uint64_t receipt, struct range *ret, struct err *e)
{
	struct query q = db_query(p->ask->state,
	        "select fresh_from, case when edition > 0 or fresh_to = 0 then 9223372036854775807 else "
	        "fresh_to end, "
	        "new_findings from receipt where id = ?");

	*ret = (struct range){1, 0};
	query_u64(&q, receipt);
	if (query_next(&q) == 1 && query_get_u64(&q, 2) > 0)
		*ret = (struct range){query_get_u64(&q, 0), query_get_u64(&q, 1)};
	return query_done(&q, e);
}

static void draw_owner(const struct page_ask *p, struct html *h, const struct query *q)
{
	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	page_owner(h, query_get_text(q, 0), query_get_text(q, 1));
	html_close(h);
	page_cell_tag(p, h, "severity", query_get_text(q, 2));
	page_cell(h, query_get_text(q, 3));
	page_cell_u64(h, query_get_u64(q, 4));
	html_open(h, "td");
	page_thing(h, 'F', query_get_u64(q, 5));
	html_close(h);
	html_close(h);
}

static int draw_rows(const struct page_ask *p, struct html *h, struct query *q, enum word title,
        const char *id, enum word caption, struct err *e)
{
	static const enum word head[] = {
	        W_COL_OWNER, W_COL_SEVERITY, W_COL_CLASS, W_COL_FINDINGS, W_COL_FIRST_OF, WORD_END};
	unsigned n = 0;

	while (query_next(q) == 1) {
		if (n++ == 0) {
			page_section(p, h, id, title);
			page_table(p, h, caption, head);
		}
		draw_owner(p, h, q);
	}
	int rc = query_done(q, e);
	if (n > 0) {
		page_table_end(h);
		html_close(h);
	}
	return rc;
}

#define GROUPS                                                                                               \
	" select o.ref, o.name, f.severity, f.class, f.n, f.one from f join owner o on o.id = f.owner "      \
	"order by case "                                                                                     \
	"f.severity when 'critical' then 0 when 'high' then 1 when 'medium' then 2 when 'low' then 3 else "  \
	"4 end, f.n "                                                                                        \
	"desc, o.ref, f.class limit ?2"

static int draw_new(
        const struct page_ask *p, struct html *h, uint64_t receipt, const struct range *r, struct err *e)
{
	struct query q = db_query(p->ask->state,
	        "with f as (select owner, severity, class, count(*) n, min(id) one from finding where "
	        "receipt = ?1 and id "
	        "between ?3 and ?4 group by 1, 2, 3)" GROUPS);

	query_u64(&q, receipt);
	query_u64(&q, OWNERS);
	query_u64(&q, r->from);
	query_u64(&q, r->to);
	return draw_rows(p, h, &q, W_REPORT_NEW, "h-fresh", W_REPORT_NEW_TABLE, e);
}

/* What it showed last and had not brought; json: of these findings alone. */
#define KNOWN(from)                                                                                          \
	"with f as (select x.owner, x.severity, x.class, count(*) n, min(x.id) one from " from               \
	"x.last_receipt = ?1 and x.receipt <> ?1 group by 1, 2, 3)" GROUPS

/* Their ids out of memory. As findings_want. */
static int known_ids(const struct page_ask *p, uint64_t receipt, struct str *ret, struct err *e)
{
	auto_buf struct buf ids = {0};
	struct sheet_want w;
	size_t n;
	int rc = p->ask->sheet != NULL ? findings_want_all(p->ask, &w, e) : 0;

	if (rc != 1)
		return rc;
	const struct sheet_row *rows = sheet_rows(p->ask->sheet, &n);
	for (size_t i = 0; i < n; i++)
		if (rows[i].last_receipt == (uint32_t)receipt && sheet_fits(&w, &rows[i]))
			buf_printf(&ids, "%s%llu", ids.len > 0 ? "," : "[", (unsigned long long)rows[i].id);
	buf_add(&ids, ids.len == 0 ? STR("[]") : STR("]"));
	*ret = arena_str(p->ask->arena, buf_str(&ids));
	return 1;
}

static int draw_known(const struct page_ask *p, struct html *h, uint64_t receipt, struct err *e)
{
	struct str ids;
	int memory = known_ids(p, receipt, &ids, e);

	if (memory < 0)
		return memory;
	struct query q = memory == 1
	        ? db_query(p->ask->state,
	                  KNOWN("json_each(?3) w cross join finding x where x.id = w.value and "))
	        : db_query(p->ask->state, KNOWN("finding x where "));
	query_u64(&q, receipt);
	query_u64(&q, OWNERS);
	if (memory == 1)
		query_text(&q, ids);
	return draw_rows(p, h, &q, W_REPORT_KNOWN, "h-known", W_REPORT_KNOWN_TABLE, e);
}

static int draw_letters(const struct page_ask *p, struct html *h, uint64_t receipt, struct err *e)
{
	static const enum word head[] = {
	        W_COL_LETTER, W_COL_TO, W_COL_OWNER, W_COL_ABOUT, W_COL_ROWS, W_COL_STATE, WORD_END};
	/* a letter that was opened while it was read, or was open then: few are, so that each is asked whether it has a line of it */
	struct query q = db_query(p->ask->state,
	        "select n.id, n.ticket, c.email, o.ref, o.name, n.class, n.findings, n.state from notice n "
	        "join contact c on c.id = "
	        "n.contact join owner o on o.id = c.owner where n.last_receipt >= (select root from receipt "
	        "where id = ?1) and "
	        "n.opened <= (select coalesce(done, 9223372036854775807) from receipt where id = ?1) and "
	        "exists (select 1 from "
	        "notice_item i where i.notice = n.id and i.receipt = ?1) order by n.id limit ?2");
	unsigned n = 0;

	query_u64(&q, receipt);
	query_u64(&q, LETTERS);
	while (query_next(&q) == 1) {
		if (n++ == 0) {
			page_section(p, h, "h-letters", W_REPORT_LETTERS);
			page_table(p, h, W_REPORT_LETTERS_TABLE, head);
		}
		page_row(h, 'N', query_get_u64(&q, 0), (struct str){0});
		page_cell(h, query_get_text(&q, 2));
		page_cell_owner(h, query_get_text(&q, 3), query_get_text(&q, 4));
		page_cell(h, query_get_text(&q, 5));
		page_cell_u64(h, query_get_u64(&q, 6));
		page_cell_tag(p, h, "state", query_get_text(&q, 7));
		html_close(h);
	}
	int rc = query_done(&q, e);
	if (n > 0) {
		page_table_end(h);
		html_close(h);
	}
	return rc;
}

int page_receipt_findings(const struct page_ask *p, struct html *h, uint64_t receipt, struct err *e)
{
	struct range r;
	int rc = range_of(p, receipt, &r, e);

	if (rc == 0 && r.to > 0)
		rc = draw_new(p, h, receipt, &r, e);
	if (rc == 0)
		rc = draw_known(p, h, receipt, e);
	return rc == 0 && r.to > 0 ? draw_letters(p, h, receipt, e) : rc;
}
