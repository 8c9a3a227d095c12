/* SPDX-License-Identifier: Apache-2.0
 *
 * csv: delimited text with a header. Columns go by a mapping (read/map.h); without one, columns whose names
 * are fields or well-known aliases are taken, the rest stays under extra. A report of which no column is
 * known is refused: what its columns mean would be a guess.
 */
#include "read/columns.h"
#include "read/input.h"
#include "read/rows.h"
#include "read/table.h"

struct csv {
	struct rows *rows;
	struct columns columns;
	bool ready; /* the header is known */
	struct str last_comment;
};

static struct str first_line(struct str head)
{
	return str_cut(head, '\n').head;
}

static enum sniff csv_sniff(const struct sniff_view *v)
{
	struct str line = first_line(v->head);
	char delimiter = rows_guess_delimiter(v->head);
	struct str names[64];
	uint32_t n = 0, known;

	if (line.len == 0 || delimiter == 0 || line.p[0] == '{' || line.p[0] == '[' || line.p[0] == '#')
		return SNIFF_NO;
	for (struct str_cut cut = {.tail = line, .ok = true}; cut.ok && n < 64; n++) {
		cut = str_cut(cut.tail, delimiter);
		struct str name = str_trim(cut.head);
		if (name.len > 1 && name.p[0] == '"' && name.p[name.len - 1] == '"')
			name = str_sub(name, 1, name.len - 2);
		names[n] = name;
	}
	known = columns_known(names, n);
	if (known == 0)
		return SNIFF_NO;
	return known >= 3 && str_iends(v->name, STR(".csv")) ? SNIFF_SURE : SNIFF_MAYBE;
}

static struct rows_options csv_options(struct reading *r)
{
	const struct read_map *map = r->options->map;
	struct rows_options o = {.quote = '"'};

	if (map != NULL) {
		o.delimiter = map->delimiter;
		o.comment = map->comment;
		if (str_eq(map->quote, STR("none")))
			o.quote = -1;
		else if (map->quote.len == 1)
			o.quote = map->quote.p[0];
	}
	if (r->options->delimiter.len != 0)
		o.delimiter = r->options->delimiter;
	if (str_eq(o.delimiter, STR("tab")) || str_eq(o.delimiter, STR("\\t")))
		o.delimiter = STR("\t");
	return o;
}

static int csv_start(struct reading *r)
{
	struct csv *c = arena_new(r->arena, struct csv);
	struct rows_options o = csv_options(r);

	r->state = c;
	if (r->options->map != NULL)
		rows_skip_lines(r, r->options->map->skip);
	if (o.delimiter.len == 0) {
		struct str head = input_peek(r->in, 65536);
		while (o.comment.len != 0 && str_starts(head, o.comment))
			head = str_cut(head, '\n').tail;
		char *mark = arena_get(r->arena, 2);
		mark[0] = rows_guess_delimiter(head);
		o.delimiter = str_make(mark, mark[0] != 0);
	}
	return rows_open(r, &o, &c->rows);
}

static int plan_columns(struct reading *r, struct csv *c, const struct str *names, uint32_t n)
{
	c->columns = columns_plan(r, names, n, r->options->map);
	c->ready = true;
	if (c->columns.missing.len != 0)
		return err_set(&r->err, ERR_VALUE,
		        "the mapping speaks of a column '%.*s', and the report has none",
		        STR_ARG(c->columns.missing));
	return 1;
}

/* Numbers as names, for a report without a header. */
static int plan_numbered(struct reading *r, struct csv *c, uint32_t width)
{
	const struct read_map *map = r->options->map;
	struct str *names;
	uint32_t n = width;

	/* with a surplus the first row may be wider than the report */
	if (map != NULL && map->surplus.len != 0)
		n = 0;
	for (uint32_t i = 0, at; map != NULL && i < map->nrows; i++)
		if (str_u32(map->rows[i].from, &at) && at > n && at <= LIMIT_COLUMNS)
			n = at;
	names = arena_array(r->arena, n, sizeof(*names));
	for (uint32_t i = 0; i < n; i++)
		names[i] = arena_printf(r->arena, "column_%u", i + 1);
	return plan_columns(r, c, names, n);
}

static int plan_header(struct reading *r, struct csv *c, const struct str *values, uint32_t n, bool must)
{
	struct str *names = arena_array(r->arena, n, sizeof(*names));
	const struct read_map *map = r->options->map;
	bool hit = columns_known(values, n) > 0;

	for (uint32_t i = 0; i < n; i++)
		names[i] = arena_str(r->arena, str_trim(values[i]));
	for (uint32_t k = 0; map != NULL && k < map->nrows && !hit; k++)
		for (uint32_t i = 0; i < n && !hit; i++)
			hit = str_ieq(map->rows[k].from, names[i]);
	if (!hit && !must && map != NULL && map->nrows > 0)
		return 0;
	if (!hit)
		return err_set(&r->err, ERR_VALUE,
		        "none of the %u columns of the header has a name that is known; say what they mean "
		        "with --map FILE",
		        n);
	return plan_columns(r, c, names, n);
}

/* A header that stands in a comment: its values are split by hand, since comments are not taken apart. */
static int plan_comment(struct reading *r, struct csv *c)
{
	struct str s = c->last_comment;
	struct str names[1024];
	uint32_t n = 0;

	while (s.len > 0 && (str_starts(s, r->options->map->comment) || char_space(s.p[0])))
		s = str_skip(s, 1);
	char mark = rows_guess_delimiter(s);
	for (struct str_cut cut = {.tail = s, .ok = true}; cut.ok && n < 1024; n++) {
		cut = mark ? str_cut(cut.tail, mark) : (struct str_cut){.head = cut.tail};
		struct str name = str_trim(cut.head);
		if (name.len > 1 && name.p[0] == '"')
			name = str_sub(name, 1, name.len - 2);
		names[n] = name;
	}
	return plan_header(r, c, names, n, true);
}

/* The first row: a header, or already data. 1: it was data. */
static int csv_first(struct reading *r, struct csv *c, const struct row *row)
{
	const struct read_map *map = r->options->map;
	int header = map != NULL ? map->header : -1;
	int rc;

	if (row->n > LIMIT_COLUMNS || (row->flags & (DELIM_WIDE | DELIM_LONG)))
		return err_set(&r->err, ERR_LIMIT, "the first row has more than %d columns or %d bytes",
		        LIMIT_COLUMNS, LIMIT_RECORD);
	if (map != NULL && map->header_comment) {
		rc = plan_comment(r, c);
		return rc < 0 ? rc : 1;
	}
	if (header == 0)
		return plan_numbered(r, c, row->n);
	rc = plan_header(r, c, row->values, row->n, header == 1);
	if (rc == 0)
		return plan_numbered(r, c, row->n);
	return rc < 0 ? rc : 0;
}

/* Delimiters that belong to a value: the values around them become one, as it stands in the report. Nothing is
 * quoted then, so they lie side by side. */
static uint32_t take_surplus(struct columns *c, struct row *row)
{
	uint32_t more = row->n > c->width ? row->n - c->width : 0;
	struct str *v = row->values + c->surplus;

	if (more == 0 || c->surplus == COLUMN_NONE || (row->flags & DELIM_WIDE))
		return row->n;
	v->len = (size_t)(v[more].p + v[more].len - v->p);
	memmove(v + 1, v + 1 + more, (c->width - c->surplus - 1) * sizeof(*v));
	return c->width;
}

/* A comment behind blanks, and a line of nothing else. */
static bool is_no_row(struct reading *r, const struct row *row)
{
	const struct read_map *map = r->options->map;

	if (row->n == 0 || (row->values[0].len > 0 && !char_space(row->values[0].p[0])))
		return false;
	struct str line = str_trim(row->raw);
	return (line.len == 0 && row->raw.len > 0) ||
	        (map != NULL && map->comment.len != 0 && str_starts(line, map->comment));
}

static int csv_next(struct reading *r)
{
	struct csv *c = r->state;
	struct row row;
	int rc = rows_next(r, c->rows, &row);

	if (rc <= 0)
		return rc;
	if (!row.is_comment && is_no_row(r, &row)) {
		row.is_comment = true;
		row.comment = str_trim(row.raw);
	}
	if (row.is_comment) {
		columns_comment(r, row.comment);
		if (!c->ready)
			c->last_comment = arena_str(r->arena, str_sub(row.comment, 0, 65536));
		return 1;
	}
	if (!c->ready) {
		rc = csv_first(r, c, &row);
		if (rc <= 0)
			return rc < 0 ? rc : 1;
	}
	uint32_t n = take_surplus(&c->columns, &row);
	record_begin(r->w, row.offset, row.length, row.line);
	record_plain(r->w, row.flags & DELIM_PLAIN);
	if (!rows_refuse(r, &row, c->columns.width, &n))
		columns_row(r, &c->columns, row.values, n);
	record_end(r->w);
	return 1;
}

const struct reader reader_csv = {
        .name = "csv",
        .about = "delimited text with a header: columns by --map, by the names of fields, or by common "
                 "aliases",
        .sniff = csv_sniff,
        .start = csv_start,
        .next = csv_next,
        .fields = "Columns named like fields (weir docs fields) or by a common alias (ip, src_port, domain, "
                  "first_seen, malware, "
                  "...) go there; all others are kept under extra.",
        .options_about = "--delimiter C, --map FILE, --timezone TZ",
};
