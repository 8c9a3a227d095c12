/* SPDX-License-Identifier: Apache-2.0
 *
 * What came in: the list of receipts, and one of them with its parts.
 */
#include "base/plural.h"
#include "state/receipt.h"
#include "web/route.h"

static const struct list_column columns[] = {
        {"receipt", "receipt", LIST_STRING, "its id"},
        {"parent", NULL, LIST_STRING, "the archive or mail that it came in"},
        {"state", "state", LIST_STRING, "accepted, reading, done or aside"},
        {"received", "received", LIST_TIME, "when it was accepted"},
        {"done", NULL, LIST_TIME, "when it was read to its end"},
        {"feed", "feed", LIST_STRING, "file of the feed in conf/feeds"},
        {"path", "name", LIST_STRING, "as the sender named it"},
        {"size", "bytes", LIST_NUMBER, "of the report"},
        {"reader", "reader", LIST_STRING, "the format it was read as"},
        {"records", "records", LIST_NUMBER, "= with_events + asides + none"},
        {"with_events", NULL, LIST_NUMBER, "records that made events"},
        {"asides", "aside", LIST_NUMBER, "records set aside"},
        {"none", "none", LIST_NUMBER, "records that make no event by rule"},
        {"events", "events", LIST_NUMBER, "events"},
        {"new_findings", "new", LIST_NUMBER, "findings that nobody knew before"},
        {"sha256", NULL, LIST_STRING, "of its bytes"},
        {"via", NULL, LIST_STRING, "take, spool, part, fetch or mail"},
        {"person", NULL, LIST_STRING, "who delivered it"},
        {"sentence", "why aside", LIST_STRING, "why the report could not be read"},
        {"known", NULL, LIST_NUMBER, "of none: records that an earlier receipt of a file that grows has"},
};
#define NCOLUMNS (sizeof(columns) / sizeof(columns[0]))

#define WHERE                                                                                                \
	" from receipt where (?1 is null or state = ?1) and (?2 is null or feed = ?2) and (?3 = 0 or "       \
	"received >= ?3)"                                                                                    \
	" and (?4 = 0 or received < ?4) and (?5 = 0 or id < ?5) and (?6 = 0 or root = ?6)"

struct filter {
	struct str state, feed;
	struct ask_page page;
	uint64_t root;
};

static void bind(struct query *q, const struct filter *f)
{
	query_text(q, f->state);
	query_text(q, f->feed);
	ask_page_bind(q, &f->page);
	query_u64(q, f->root);
}

static void put_row(struct list *l, const struct query *q)
{
	char hex[65];
	struct str sha = query_get_blob(q, 13);

	list_id(l, 'R', query_get_u64(q, 0));
	list_id_or_null(l, 'R', query_get_u64(q, 1));
	list_text(l, query_get_text(q, 2));
	list_time(l, query_get_i64(q, 3));
	list_time(l, query_get_i64(q, 4));
	list_text(l, query_get_text(q, 5));
	list_text(l, query_get_text(q, 6));
	list_u64(l, query_get_u64(q, 7));
	list_text(l, query_get_text(q, 8));
	for (int i = 9; i < 13; i++)
		list_u64(l, query_get_u64(q, i));
	list_u64(l, query_get_u64(q, 17));
	list_u64(l, query_get_u64(q, 18));
	for (size_t i = 0; i < sha.len && i < 32; i++)
		snprintf(hex + i * 2, 3, "%02x", (unsigned char)sha.p[i]);
	list_text(l, str_make(hex, sha.len * 2));
	for (int i = 14; i < 17; i++)
		list_text(l, query_get_text(q, i));
	list_u64(l, query_get_u64(q, 19));
}

static const struct list_table table = {"receipts", columns, NCOLUMNS, 'R', put_row};

static int put_list(const struct ask *a, struct reply *r, const struct filter *f, bool down, struct err *e)
{
#define FIELDS                                                                                               \
	"select id, parent, state, received, done, feed, path, size, reader, records, with_events, asides, " \
	"none,"                                                                                              \
	" sha256, via, person, sentence, events, new_findings, known"
	bool only = a->only.p != NULL;
	struct query q = only
	        ? db_query(a->state,
	                  FIELDS WHERE
	                  " and id in (select value from json_each(?8)) order by id desc limit ?7")
	        : down ? db_query(a->state, FIELDS WHERE " order by id desc limit ?7")
	               : db_query(a->state, FIELDS WHERE " order by id limit ?7");
#undef FIELDS

	bind(&q, f);
	query_u64(&q, f->page.limit + 1);
	if (only)
		query_text(&q, a->only);
	return list_rows(&r->body, a->form, &table, &q, f->page.limit, e);
}

static int load_list(const struct ask *a, struct reply *r, struct err *e)
{
	struct filter f = {.state = ask_param(a, "state"), .feed = ask_param(a, "feed")};

	if (ask_page(a, 'R', &f.page, e) != 0)
		return ERR_USAGE;
	if (!ask_has(a, "count"))
		return put_list(a, r, &f, true, e);
	struct query q = db_query(a->state, "select count(*)" WHERE);
	bind(&q, &f);
	return list_count(&r->body, &q, e);
}

static const struct route_param params[] = {
        {"state", PARAM_TEXT, "accepted, reading, done or aside"},
        {"feed", PARAM_TEXT, "file of the feed in conf/feeds"},
        ROUTE_SINCE("accepted"),
        ROUTE_UNTIL("accepted"),
        ROUTE_AFTER("R12"),
        ROUTE_LIMIT,
        ROUTE_COUNT,
        {NULL, 0, NULL},
};

const struct route route_receipts = {.path = "/receipts",
        .about = "what came in, newest first",
        .load = load_list,
        .right = RIGHT_READ,
        .params = params,
        .list = &table,
        .kind = CHANGES_RECEIPT};

/* ---- one ----------------------------------------------------------------------------------------- */

/* What --wait prints: one line per receipt, the container first. */
static void put_line(struct buf *out, const struct receipt *r)
{
	char shown[512], text[RECEIPT_TEXT];

	buf_printf(out, "R%llu %.*s: %s", (unsigned long long)r->id, STR_ARG(receipt_state_name(r->state)),
	        err_quote(shown, sizeof(shown), r->path).p);
	if (r->sentence.len != 0 && r->state == RECEIPT_ASIDE)
		buf_printf(out, ": %s", err_quote(shown, sizeof(shown), r->sentence).p);
	buf_char(out, '\n');
	if (r->records != 0 || r->state == RECEIPT_DONE)
		plural_printf(out,
		        "  %llu records: %llu with events, %llu set aside, %llu none by rule; %llu events, "
		        "%llu new"
		        " findings%s%.*s\n",
		        (unsigned long long)r->records, (unsigned long long)r->with_events,
		        (unsigned long long)r->asides, (unsigned long long)r->none,
		        (unsigned long long)r->events, (unsigned long long)r->new_findings,
		        r->reader.len != 0 ? "; read as " : "", STR_ARG(r->reader));
	struct str grown = receipt_grown_text(r, text);
	if (grown.len != 0 && r->state == RECEIPT_DONE)
		buf_printf(out, "  %.*s\n", STR_ARG(grown));
}

static int load_one(const struct ask *a, struct reply *r, struct err *e)
{
	struct filter f = {.page.limit = 100000};
	struct receipt one;

	if (ask_id(a->id, 'R', &f.root, e) != 0)
		return ERR_USAGE;
	int rc = receipt_get(a->state, f.root, a->arena, &one, e);
	if (rc == 0)
		return err_set(e, ERR_MISSING, "there is no receipt R%llu", (unsigned long long)f.root);
	if (rc < 0)
		return rc;
	/* the status tells whoever waits whether it has ended; the parts end before it does */
	r->status = one.state == RECEIPT_DONE || one.state == RECEIPT_ASIDE ? 200 : 202;
	r->state = receipt_state_name(one.state).p;
	f.root = one.root;
	if (a->form != LIST_TEXT)
		return put_list(a, r, &f, false, e);
	struct query q = db_query(
	        a->state, "select id from receipt where id = ?1 or (root = ?1 and root <> id) order by id");
	VEC(uint64_t) ids = {0};
	query_u64(&q, one.root);
	while (query_next(&q) == 1)
		*vec_add(&ids) = query_get_u64(&q, 0);
	rc = query_done(&q, e);
	for (size_t i = 0; rc == 0 && i < ids.n; i++)
		if (receipt_get(a->state, ids.v[i], a->arena, &one, e) == 1)
			put_line(&r->body, &one);
	vec_done(&ids);
	return rc;
}

const struct route route_receipt = {.path = "/receipts",
        .about = "one receipt with its parts; 202 while it is not done",
        .id = true,
        .load = load_one,
        .right = RIGHT_READ};
