/* SPDX-License-Identifier: Apache-2.0 */
#include "web/stream.h"

#define ROWS 250          /* of a piece: some hundred kB */
#define ROWS_WHOLE 100000 /* of a list that does not go on: what the lists take as a limit */

static bool goes_on(const struct route *r)
{
	for (const struct route_param *p = r->params; p != NULL && p->name != NULL; p++)
		if (strcmp(p->name, "after") == 0)
			return true;
	return false;
}

void stream_begin(struct stream *s, uint64_t limit, struct str cursor)
{
	struct str after = ask_param(&s->ask, "after");

	s->left = limit;
	if (after.len < sizeof(s->after))
		memcpy(s->after, after.len != 0 ? after.p : "", after.len);
	if (cursor.len < sizeof(s->cursor))
		memcpy(s->cursor, cursor.len != 0 ? cursor.p : "", cursor.len);
}

/* What was asked, but for where the piece begins and how long it is. */
static struct str param(const void *arg, const char *name)
{
	const struct stream *s = arg;

	if (strcmp(name, "after") == 0)
		return s->after[0] != 0 ? str_from(s->after) : (struct str){0};
	return strcmp(name, "limit") == 0 ? str_from(s->limit) : ask_param(&s->ask, name);
}

static void put_head(struct stream *s)
{
	if (s->form == STREAM_CSV)
		list_heads(&s->part, s->route->list);
	if (s->form != STREAM_JSON)
		return;
	buf_add(&s->part, STR("{\"version\": 1"));
	if (s->cursor[0] != 0)
		buf_printf(&s->part, ", \"cursor\": \"%s\"", s->cursor);
	buf_printf(&s->part, ", \"%s\": [", s->route->list->name);
}

static void put_tail(struct stream *s)
{
	if (s->form == STREAM_JSON) {
		buf_add(&s->part, s->any ? STR("\n]") : STR("]"));
		if (s->after[0] != 0) {
			buf_add(&s->part, STR(", \"next\": "));
			buf_json(&s->part, str_from(s->after));
		}
		buf_add(&s->part, STR("}\n"));
	}
	s->ended = true;
}

/* Rows, and behind them a NUL byte and where the next piece begins. */
static int put_rows(struct stream *s, struct err *e)
{
	static const enum list_form forms[] = {LIST_ROWS_JSON, LIST_ROWS_LINES, LIST_ROWS_CSV};
	uint64_t most = goes_on(s->route) ? ROWS : ROWS_WHOLE, n = s->left < most ? s->left : most;
	struct reply r = {0};
	struct ask a = s->ask;

	snprintf(s->limit, sizeof(s->limit), "%llu", (unsigned long long)n);
	a.form = forms[s->form];
	a.param = param;
	a.arg = s;
	a.state = s->open(s->arg, e);
	int rc = a.state == NULL ? ERR_SYS : s->route->load(&a, &r, e);
	if (rc < 0) {
		buf_done(&r.body);
		return rc;
	}
	struct str_cut cut = str_rcut(buf_str(&r.body), 0);
	if (cut.head.len != 0 && s->form == STREAM_JSON)
		buf_add(&s->part, s->any ? STR(",\n") : STR("\n"));
	buf_add(&s->part, cut.head);
	s->any |= cut.head.len != 0;
	bool more = cut.tail.len != 0 && cut.tail.len < sizeof(s->after);
	memcpy(s->after, more ? cut.tail.p : "", more ? cut.tail.len : 0);
	s->after[more ? cut.tail.len : 0] = 0;
	s->left -= n;
	buf_done(&r.body);
	if (s->left == 0 || s->after[0] == 0)
		put_tail(s);
	return 0;
}

int stream_first(struct stream *s, struct err *e)
{
	put_head(s);
	s->begun = true;
	return put_rows(s, e);
}

ssize_t stream_take(struct stream *s, char *to, size_t max)
{
	while (s->at == s->part.len) {
		buf_clear(&s->part);
		s->at = 0;
		if (s->ended)
			return 0;
		if (put_rows(s, &s->e) != 0)
			return -1;
	}
	size_t n = s->part.len - s->at < max ? s->part.len - s->at : max;
	memcpy(to, s->part.p + s->at, n);
	s->at += n;
	return (ssize_t)n;
}

void stream_done(struct stream *s)
{
	buf_done(&s->part);
}
