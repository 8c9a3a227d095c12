/* SPDX-License-Identifier: Apache-2.0 */
#include "web/list.h"
#include "base/utf8.h"
#include "event/value.h"

#define WIDTH_MAX 60

struct str list_when(char *ret, int64_t t)
{
	char text[64];

	/* "2026-01-05T00:00:00+00:00", perhaps with a fraction */
	value_time_print(text, t);
	text[10] = ' ';
	memcpy(ret, text, 19);
	ret[19] = 0;
	return str_make(ret, 19);
}

void list_begin(struct list *l, struct buf *out, enum list_form form, const struct list_column *columns,
        unsigned n, const char *name)
{
	*l = (struct list){.out = out, .form = form, .columns = columns, .ncolumns = n, .name = name};
	arena_init(&l->arena, 0);
}

void list_text(struct list *l, struct str s)
{
	*vec_add(&l->cells) = s.p == NULL ? s : arena_str(&l->arena, s);
	l->at = (l->at + 1) % l->ncolumns;
}

void list_u64(struct list *l, uint64_t v)
{
	char text[24];

	list_text(l, str_make(text, (size_t)snprintf(text, sizeof(text), "%llu", (unsigned long long)v)));
}

void list_id(struct list *l, char letter, uint64_t id)
{
	char text[24];

	list_text(l,
	        str_make(text,
	                (size_t)snprintf(text, sizeof(text), "%c%llu", letter, (unsigned long long)id)));
}

void list_id_or_null(struct list *l, char letter, uint64_t id)
{
	if (id == 0)
		list_text(l, (struct str){0});
	else
		list_id(l, letter, id);
}

void list_time(struct list *l, int64_t t)
{
	char text[64];

	if (t == 0)
		list_text(l, (struct str){0});
	else if (l->form == LIST_TEXT)
		list_text(l, list_when(text, t));
	else
		list_text(l, str_make(text, value_time_print(text, t)));
}

void list_next(struct list *l, struct str after)
{
	l->next = arena_str(&l->arena, after);
}

/* ---- text ---------------------------------------------------------------------------------------- */

/* Characters, as a terminal shows them for most scripts; what is longer than the column is cut. */
static size_t width_of(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static struct str shown(const struct list *l, struct str cell, char *buf, size_t size)
{
	/* a list without heads is not a table: an empty cell is nothing */
	if (cell.len == 0)
		return l->columns[0].head[0] != 0 ? STR("-") : STR("");
	return err_quote(buf, size, cell);
}

static void widths_of(const struct list *l, size_t *widths)
{
	char buf[WIDTH_MAX * 4];

	for (unsigned k = 0; k < l->ncolumns; k++)
		widths[k] = l->columns[k].head != NULL ? strlen(l->columns[k].head) : 0;
	for (size_t i = 0; i < l->cells.n; i++) {
		size_t w = width_of(shown(l, l->cells.v[i], buf, sizeof(buf)));
		unsigned k = (unsigned)(i % l->ncolumns);
		widths[k] = w > widths[k] ? w : widths[k];
	}
}

static void put_padded(struct buf *out, struct str s, size_t width, bool right, bool last)
{
	size_t w = width_of(s), pad = w < width ? width - w : 0;

	for (size_t i = 0; right && i < pad; i++)
		buf_char(out, ' ');
	buf_add(out, s);
	for (size_t i = 0; !right && !last && i < pad; i++)
		buf_char(out, ' ');
	buf_char(out, last ? '\n' : ' ');
	if (!last)
		buf_char(out, ' ');
}

static unsigned last_shown(const struct list *l)
{
	unsigned last = 0;

	for (unsigned k = 0; k < l->ncolumns; k++)
		if (l->columns[k].head != NULL)
			last = k;
	return last;
}

/* "no letters", and "nothing held" */
static bool is_noun(const char *name)
{
	return strcmp(name, "held") != 0 && strcmp(name, "waiting") != 0 && strcmp(name, "said") != 0 &&
	        strcmp(name, "invited") != 0;
}

static void put_text(struct list *l)
{
	size_t *widths = mem_zero(l->ncolumns, sizeof(*widths));
	unsigned last = last_shown(l);
	char buf[WIDTH_MAX * 4];

	widths_of(l, widths);
	for (unsigned k = 0; k < l->ncolumns && l->cells.n > 0 && l->columns[0].head[0] != 0; k++)
		if (l->columns[k].head != NULL)
			put_padded(l->out, str_from(l->columns[k].head), widths[k],
			        l->columns[k].kind == LIST_NUMBER, k == last);
	for (size_t i = 0; i < l->cells.n; i++) {
		unsigned k = (unsigned)(i % l->ncolumns);
		if (l->columns[k].head != NULL)
			put_padded(l->out, shown(l, l->cells.v[i], buf, sizeof(buf)), widths[k],
			        l->columns[k].kind == LIST_NUMBER, k == last);
	}
	if (l->cells.n == 0)
		buf_printf(l->out, "%s %s\n", is_noun(l->name) ? "no" : "nothing", l->name);
	if (l->next.len != 0)
		buf_printf(l->out, "more: --after %.*s\n", STR_ARG(l->next));
	free(widths);
}

/* ---- JSON and CSV -------------------------------------------------------------------------------- */

static void put_value(struct buf *out, const struct list_column *c, struct str cell)
{
	if (cell.p == NULL)
		buf_add(out, STR("null"));
	else if (c->kind == LIST_NUMBER)
		buf_add(out, cell);
	else
		buf_json(out, cell);
}

static void put_objects(struct list *l, struct str between)
{
	for (size_t i = 0; i < l->cells.n; i++) {
		unsigned k = (unsigned)(i % l->ncolumns);
		buf_add(l->out, k != 0 ? STR(", ") : i != 0 ? between : STR("{"));
		buf_json(l->out, str_from(l->columns[k].name));
		buf_add(l->out, STR(": "));
		put_value(l->out, &l->columns[k], l->cells.v[i]);
	}
	if (l->cells.n != 0)
		buf_char(l->out, '}');
}

static void put_json(struct list *l)
{
	buf_printf(l->out, "{\"version\": 1, \"%s\": [", l->name);
	if (l->cells.n != 0)
		buf_char(l->out, '\n');
	put_objects(l, STR("},\n{"));
	buf_add(l->out, l->cells.n != 0 ? STR("\n]") : STR("]"));
	if (l->next.len != 0) {
		buf_add(l->out, STR(", \"next\": "));
		buf_json(l->out, l->next);
	}
	buf_add(l->out, STR("}\n"));
}

void list_heads(struct buf *out, const struct list_table *t)
{
	for (unsigned k = 0; k < t->ncolumns; k++) {
		buf_csv(out, str_from(t->columns[k].name));
		buf_add(out, k + 1 < t->ncolumns ? STR(",") : STR("\r\n"));
	}
}

static void put_cells(struct list *l, bool inert)
{
	for (size_t i = 0; i < l->cells.n; i++) {
		bool number = l->columns[i % l->ncolumns].kind == LIST_NUMBER;
		if (inert && !number)
			buf_csv_inert(l->out, l->cells.v[i]);
		else
			buf_csv(l->out, l->cells.v[i]);
		buf_add(l->out, (i + 1) % l->ncolumns != 0 ? STR(",") : STR("\r\n"));
	}
}

static void put_csv(struct list *l)
{
	list_heads(l->out, &(struct list_table){.columns = l->columns, .ncolumns = l->ncolumns});
	put_cells(l, false);
}

static void put_rows(struct list *l)
{
	if (l->form == LIST_ROWS_CSV)
		put_cells(l, true);
	else
		put_objects(l, l->form == LIST_ROWS_LINES ? STR("}\n{") : STR("},\n{"));
	if (l->form == LIST_ROWS_LINES && l->cells.n != 0)
		buf_char(l->out, '\n');
	buf_char(l->out, 0);
	buf_add(l->out, l->next);
}

void list_end(struct list *l)
{
	if (l->form >= LIST_ROWS_JSON)
		put_rows(l);
	else if (l->form == LIST_JSON)
		put_json(l);
	else if (l->form == LIST_CSV)
		put_csv(l);
	else
		put_text(l);
	list_done(l);
}

void list_done(struct list *l)
{
	vec_done(&l->cells);
	arena_done(&l->arena);
}

/* ---- rows of state.db ----------------------------------------------------------------------------- */

int list_rows(struct buf *out, enum list_form form, const struct list_table *t, struct query *q,
        uint64_t limit, struct err *e)
{
	struct list l;
	uint64_t n = 0, last = 0;
	char next[24];

	list_begin(&l, out, form, t->columns, t->ncolumns, t->name);
	while (query_next(q) == 1) {
		if (limit != 0 && ++n > limit) {
			int len = snprintf(next, sizeof(next), "%c%llu", t->letter, (unsigned long long)last);
			list_next(&l, str_make(next, (size_t)len));
			break;
		}
		last = limit != 0 ? query_get_u64(q, 0) : 0;
		t->put(&l, q);
	}
	int rc = query_done(q, e);
	list_end(&l);
	return rc;
}

int list_count(struct buf *out, struct query *q, struct err *e)
{
	if (query_next(q) == 1)
		buf_printf(out, "%llu\n", (unsigned long long)query_get_u64(q, 0));
	return query_done(q, e);
}
