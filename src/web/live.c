/* SPDX-License-Identifier: Apache-2.0 */
#include "web/live.h"
#include "web/news.h"

static const struct route_param own_params[] = {
        {"list", PARAM_TEXT, ""}, {"receipt", PARAM_ID, ""}, {"since", PARAM_TEXT, ""}, {NULL, 0, NULL}};

/* Fields of the filter that a page's form leaves empty are not there. */
static struct str param(const void *arg, const char *name)
{
	const struct ask *a = arg;
	struct str value = ask_param(a, name);

	/* where a page of the list begins is nothing to what comes in; since is the cursor here */
	if (value.len == 0 || strcmp(name, "after") == 0 || strcmp(name, "limit") == 0 ||
	        strcmp(name, "since") == 0)
		return (struct str){0};
	return value;
}

static const struct route *route_of(const struct live_look *l)
{
	return l->list == LIVE_RECEIPT ? &route_receipts : &route_findings;
}

static enum changes_kind kind_of(const struct live_look *l)
{
	return l->list == LIVE_RECEIPT ? CHANGES_RECEIPT : CHANGES_FINDING;
}

/* ---- beginning ----------------------------------------------------------------------------------- */

/* Every parameter is one of these or of the list's filter. */
static int check(const struct live_look *l, const struct api_params *p, struct err *e)
{
	static const struct route self = {.path = "/events", .params = own_params};

	for (unsigned i = 0; i < p->n; i++) {
		struct api_params one = {.v = {p->v[i]}, .n = 1};
		if (api_check(&self, &one, NULL) == 0)
			continue;
		int rc = api_check(l->list == LIVE_FINDINGS ? &route_findings : &self, &one, e);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int find_list(struct live_look *l, const struct ask *a, struct err *e)
{
	struct str list = ask_param(a, "list");
	char shown[64];

	if (ask_has(a, "receipt")) {
		l->list = LIVE_RECEIPT;
		return ask_id(ask_param(a, "receipt"), 'R', &l->receipt, e);
	}
	if (list.p == NULL || str_eq(list, STR("findings")))
		l->list = LIVE_FINDINGS;
	else if (str_eq(list, STR("morning")))
		l->list = LIVE_MORNING;
	else
		return err_set(e, ERR_USAGE,
		        "there is no live list '%s'; there are findings and morning, and receipt=R12",
		        err_quote(shown, sizeof(shown), list).p);
	return 0;
}

int live_begin(
        struct live_look *l, const struct ask *a, const struct session *who, struct str last, struct err *e)
{
	struct changes_tally t;
	struct changes_cursor head;
	struct str since = last.len != 0 ? last : ask_param(a, "since");
	int rc = find_list(l, a, e);

	if (rc == 0)
		rc = check(l, a->arg, e);
	if (rc == 0)
		rc = right_route(who, route_of(l), e);
	if (rc != 0)
		return rc;
	if (since.p == NULL)
		return changes_head(a->state, &l->at, e);
	rc = changes_cursor_read(since, &l->at, e);
	return rc == 0 ? changes_count(a->state, kind_of(l), &l->at, &t, &head, e) : rc;
}

/* ---- events -------------------------------------------------------------------------------------- */

static void put_id(const struct live_look *l, struct buf *out)
{
	char text[CHANGES_CURSOR];

	buf_printf(out, "id: %s\n", changes_cursor_print(text, &l->at).p);
}

void live_hello(const struct live_look *l, struct buf *out)
{
	buf_add(out, STR("retry: 3000\n"));
	put_id(l, out);
	buf_add(out, STR("event: ready\ndata: {}\n\n"));
}

static bool was_made(const struct changes_read *c, struct str row)
{
	/* {"finding": "F12", ... */
	size_t at = str_find_str(row, 0, STR("\"F"));
	uint64_t id = 0;

	for (at = at == SIZE_MAX ? row.len : at + 2; at < row.len && char_digit(row.p[at]); at++)
		id = id * 10 + (uint64_t)(row.p[at] - '0');
	for (size_t i = 0; i < c->ids.n; i++)
		if (c->ids.v[i].id == id)
			return c->ids.v[i].made;
	return false;
}

/* Lines of a list as events, and which of the numbers have none. */
static void put_findings(const struct changes_read *c, struct str rows, struct buf *out)
{
	bool any = false;

	for (struct str_cut line = {.tail = rows}; line.tail.len > 0;) {
		line = str_cut(line.tail, '\n');
		struct str body = str_sub(line.head, 0, line.head.len > 0 ? line.head.len - 1 : 0);
		buf_printf(out, "event: finding\ndata: %.*s, \"made\": %s}\n\n", STR_ARG(body),
		        was_made(c, body) ? "true" : "false");
	}
	for (size_t i = 0; i < c->ids.n; i++) {
		char key[40];
		int len = snprintf(
		        key, sizeof(key), "{\"finding\": \"F%llu\",", (unsigned long long)c->ids.v[i].id);
		if (str_find_str(rows, 0, str_make(key, (size_t)len)) != SIZE_MAX)
			continue;
		buf_printf(out, "%s\"F%llu\"", any ? ", " : "event: gone\ndata: [",
		        (unsigned long long)c->ids.v[i].id);
		any = true;
	}
	if (any)
		buf_add(out, STR("]\n\n"));
}

/* Rows of a list of those numbers alone, a line each. */
static int draw(
        const struct route *route, const struct ask *a, struct str only, struct buf *out, struct err *e)
{
	struct reply r = {0};
	struct ask inner = *a;

	inner.form = LIST_ROWS_LINES;
	inner.only = only;
	inner.param = param;
	inner.arg = a;
	int rc = route->load(&inner, &r, e);
	if (rc == 0)
		buf_add(out, str_rcut(buf_str(&r.body), 0).head);
	buf_done(&r.body);
	return rc;
}

static int put_changed(const struct ask *a, const struct changes_read *c, struct buf *out, struct err *e)
{
	auto_buf struct buf only = {0}, rows = {0};

	for (size_t i = 0; i < c->ids.n; i++)
		buf_printf(&only, "%s%llu", i > 0 ? "," : "[", (unsigned long long)c->ids.v[i].id);
	buf_char(&only, ']');
	int rc = draw(&route_findings, a, buf_str(&only), &rows, e);
	if (rc == 0)
		put_findings(c, buf_str(&rows), out);
	return rc;
}

static int next_findings(struct live_look *l, const struct ask *a, struct buf *out, struct err *e)
{
	struct changes_read c = {0};
	struct changes_tally t;
	int rc = changes_read(a->state, CHANGES_FINDING, &l->at, LIVE_ROWS, &c, e);

	if (rc == 0 && !c.more) {
		l->at = c.next;
		rc = c.ids.n > 0 ? put_changed(a, &c, out, e) : 0;
	} else if (rc == 0) {
		rc = changes_count(a->state, CHANGES_FINDING, &l->at, &t, &l->at, e);
		if (rc == 0)
			buf_printf(out, "event: many\ndata: {\"made\": %llu, \"changed\": %llu}\n\n",
			        (unsigned long long)t.made, (unsigned long long)t.changed);
	}
	changes_read_done(&c);
	return rc;
}

static int next_receipt(struct live_look *l, const struct ask *a, struct buf *out, struct err *e)
{
	auto_buf struct buf row = {0};
	char only[32];
	int rc = changes_head(a->state, &l->at, e);

	snprintf(only, sizeof(only), "[%llu]", (unsigned long long)l->receipt);
	if (rc == 0)
		rc = draw(&route_receipts, a, str_from(only), &row, e);
	if (rc == 0 && row.len > 0)
		buf_printf(out, "event: receipt\ndata: %.*s\n\n", STR_ARG(str_trim(buf_str(&row))));
	return rc;
}

static int next_morning(struct live_look *l, const struct ask *a, const struct session *who, int64_t now,
        struct buf *out, struct err *e)
{
	struct news n;
	int rc = changes_head(a->state, &l->at, e);

	if (rc == 0)
		rc = news_find(a, who->person, now, &n, e);
	if (rc == 0)
		buf_printf(out,
		        "event: count\ndata: {\"fresh\": %llu, \"critical\": %llu, \"high\": %llu, \"mine\": "
		        "%llu, \"late\": "
		        "%llu}\n\n",
		        (unsigned long long)n.fresh, (unsigned long long)n.critical,
		        (unsigned long long)n.high, (unsigned long long)n.mine, (unsigned long long)n.late);
	return rc;
}

int live_next(struct live_look *l, const struct ask *a, const struct session *who, int64_t now,
        struct buf *out, struct err *e)
{
	auto_buf struct buf events = {0};
	struct changes_cursor next;
	struct changes_tally t;
	int rc = changes_count(a->state, kind_of(l), &l->at, &t, &next, e);

	if (rc != 0 || t.made + t.changed == 0) {
		l->at = rc == 0 ? next : l->at;
		return rc;
	}
	rc = l->list == LIVE_FINDINGS     ? next_findings(l, a, &events, e)
	        : l->list == LIVE_MORNING ? next_morning(l, a, who, now, &events, e)
	                                  : next_receipt(l, a, &events, e);
	if (rc != 0 || events.len == 0)
		return rc;
	/* the place belongs to the last event: who loses the line between two of them hears both again */
	size_t last = events.len - 2;
	while (last > 0 && !(events.p[last - 1] == '\n' && events.p[last - 2] == '\n'))
		last--;
	buf_add(out, str_sub(buf_str(&events), 0, last));
	put_id(l, out);
	buf_add(out, str_skip(buf_str(&events), last));
	return 0;
}
