/* SPDX-License-Identifier: Apache-2.0
 *
 * What was read again at once (a batch, B12), and what came of it; 202 while it is not done.
 */
#include "base/plural.h"
#include "state/receipt.h"
#include "web/route.h"

static const struct list_column columns[] = {
        {"receipt", "receipt", LIST_STRING, "its id"},
        {"outcome", "outcome", LIST_STRING, "waits, read (it has a new edition) or kept (it is as it was)"},
        {"path", "name", LIST_STRING, "as the sender named it"},
        {"edition", NULL, LIST_NUMBER, "of its events now; 0 is the first"},
        {"state", "state", LIST_STRING, "done or aside"},
        {"state_before", NULL, LIST_STRING, "the same before"},
        {"records_before", NULL, LIST_NUMBER, "records before"},
        {"records", "records", LIST_NUMBER, "= with_events + asides + none"},
        {"with_events_before", NULL, LIST_NUMBER, "records that made events"},
        {"with_events", NULL, LIST_NUMBER, ""},
        {"asides_before", "aside was", LIST_NUMBER, "records set aside"},
        {"asides", "is", LIST_NUMBER, ""},
        {"none_before", NULL, LIST_NUMBER, "records that make no event by rule"},
        {"none", NULL, LIST_NUMBER, ""},
        {"events_before", "events were", LIST_NUMBER, "events"},
        {"events", "are", LIST_NUMBER, ""},
        {"found", "new", LIST_NUMBER, "findings that nobody knew"},
        {"lost", "misread", LIST_NUMBER, "findings that no report shows any more: closed"},
        {"changed", "changed", LIST_NUMBER, "findings with other counts, times, severity or decision"},
        {"untold", "untold", LIST_NUMBER, "findings that somebody should be told of, and nobody was"},
        {"sentence", "why", LIST_STRING, "why it was kept, or a remark"},
};
#define NCOLUMNS (sizeof(columns) / sizeof(columns[0]))

/* What is not read again yet is shown as it is. */
#define SELECT                                                                                               \
	"select w.receipt, case when w.done is null then 'waits' when w.kept then 'kept' else 'read' end, "  \
	"r.path,"                                                                                            \
	" r.edition, r.state, case when w.done is null then r.state else w.state end,"                       \
	" case when w.done is null then r.records else w.records end, r.records,"                            \
	" case when w.done is null then r.with_events else w.with_events end, r.with_events,"                \
	" case when w.done is null then r.asides else w.asides end, r.asides,"                               \
	" case when w.done is null then r.none else w.none end, r.none,"                                     \
	" case when w.done is null then r.events else w.events end, r.events, w.found, w.lost, w.changed, "  \
	"w.untold,"                                                                                          \
	" w.sentence from reread w join receipt r on r.id = w.receipt where w.batch = ? order by w.receipt"

struct sums {
	uint64_t rows, waits, kept, lost, untold;
};

static void put_row(struct list *l, const struct query *q, struct sums *s)
{
	struct str outcome = query_get_text(q, 1);

	list_id(l, 'R', query_get_u64(q, 0));
	for (int i = 1; i < 21; i++) {
		if (columns[i].kind == LIST_NUMBER)
			list_u64(l, query_get_u64(q, i));
		else
			list_text(l, query_get_text(q, i));
	}
	s->rows++;
	s->waits += str_eq(outcome, STR("waits"));
	s->kept += str_eq(outcome, STR("kept"));
	s->lost += query_get_u64(q, 17);
	s->untold += query_get_u64(q, 19);
}

/* Letters that told of what was misread, and went. */
static void put_letters(const struct ask *a, struct buf *out, uint64_t batch)
{
	struct query q = db_query(a->state,
	        "select distinct i.notice from notice_item i join notice n on n.id = i.notice join finding f "
	        "on f.id = "
	        "i.finding join reread w on w.receipt = f.receipt where w.batch = ? and f.misread = (select "
	        "done from "
	        "receipt where id = w.receipt) and n.state in ('held', 'ready', 'sent') order by 1 limit 20");
	bool any = false;

	query_u64(&q, batch);
	for (; query_next(&q) == 1; any = true)
		buf_printf(out, "%sN%llu", any ? ", " : "letters that told of what was misread: ",
		        (unsigned long long)query_get_u64(&q, 0));
	query_done(&q, NULL);
	if (any)
		buf_add(out,
		        STR("; 'weir notice withdraw' takes back what has not gone, 'weir notice correct' "
		            "tells those who got one\n"));
}

static void put_sums(const struct ask *a, struct buf *out, uint64_t batch, const struct sums *s)
{
	if (s->lost != 0)
		put_letters(a, out, batch);
	if (s->untold != 0)
		plural_printf(out,
		        "%llu findings were told to nobody; --tell tells those whom the rules name\n",
		        (unsigned long long)s->untold);
}

static int load(const struct ask *a, struct reply *r, struct err *e)
{
	struct sums s = {0};
	struct list l;
	uint64_t batch;

	if (ask_id(a->id, 'B', &batch, e) != 0)
		return ERR_USAGE;
	struct query q = db_query(a->state, SELECT);
	query_u64(&q, batch);
	list_begin(&l, &r->body, a->form, columns, NCOLUMNS, "rereads");
	while (query_next(&q) == 1)
		put_row(&l, &q, &s);
	int rc = query_done(&q, e);
	if (rc == 0 && s.rows == 0)
		rc = err_set(e, ERR_MISSING, "there is no batch B%llu, or its reports were read again since",
		        (unsigned long long)batch);
	if (rc != 0) {
		list_done(&l);
		return rc;
	}
	list_end(&l);
	if (a->form == LIST_TEXT && s.waits == 0)
		put_sums(a, &r->body, batch, &s);
	r->status = s.waits != 0 ? 202 : 200;
	r->state = s.kept != 0 ? "kept" : "read";
	return 0;
}

const struct route route_reread = {
        "/rereads", "what was read again, and what came of it; 202 while it is not done", true, load};
