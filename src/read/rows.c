/* SPDX-License-Identifier: Apache-2.0 */
#include "read/rows.h"
#include "read/input.h"

/* Doubled quotes of a row are taken out here; a row is at most LIMIT_RECORD long. */
#define SCRATCH (LIMIT_RECORD + 64)

struct rows {
	struct rows_options o;
	bool blanks;
	uint32_t first_line;
	struct delim d;
	struct str values[DELIM_FIELDS + ROW_SPARE];
	char *scratch;
};

int rows_open(struct reading *r, const struct rows_options *o, struct rows **ret)
{
	struct rows *rows = arena_new(r->arena, struct rows);

	rows->o = *o;
	rows->blanks = str_eq(o->delimiter, STR("blanks"));
	rows->first_line = input_line_number(r->in);
	rows->scratch = arena_get(r->arena, SCRATCH);
	if (!rows->blanks) {
		struct delim_options d = {.delimiter = o->delimiter.len ? o->delimiter.p[0] : ',',
		        .quote = o->quote,
		        .skip_blank = o->skip_blank,
		        .comment = str_sub(o->comment, 0, 8),
		        .limit = LIMIT_RECORD};
		if (!delim_ok(d.delimiter, d.quote))
			return err_set(&r->err, ERR_VALUE, "delimiter and quote cannot be told apart");
		delim_init(&rows->d, &d);
	}
	*ret = rows;
	return 0;
}

void rows_skip_lines(struct reading *r, unsigned n)
{
	struct input_line line;

	while (n-- > 0 && input_next_line(r->in, &line, &r->err) == 1)
		;
}

/* ---- with a delimiter ---------------------------------------------------------------------------- */

/* Values between p and the ends, which count from base. A byte follows every field, so looking at the first
 * one of an empty field is no fault. Out of line, so that the loop keeps its addresses in registers. */
static void __attribute__((noinline))
take_quoted(struct str *values, const char *base, const char *p, const uint32_t *ends, uint32_t n, char quote)
{
	for (uint32_t i = 0; i < n; i++) {
		const char *end = base + ends[i];
		size_t quoted = *p == quote;
		values[i].p = p + quoted;
		values[i].len = (size_t)(end - p) - 2 * quoted;
		p = end + 1;
	}
}

/* Values of a record of which no field needs a closer look: nearly all. */
static void take_plain_values(struct str *values, const struct delim_record *rec)
{
	if (rec->quote >= 0)
		take_quoted(values, rec->p - rec->start, rec->p, rec->ends, rec->n, (char)rec->quote);
	else
		for (uint32_t i = 0; i < rec->n; i++)
			values[i] = delim_raw(rec, i);
}

static void take_slow_values(struct rows *rows, const struct delim_record *rec)
{
	char *at = rows->scratch;

	for (uint32_t i = 0; i < rec->n; i++) {
		struct delim_field f = delim_field(rec, i);
		if (f.copy) {
			f.text = delim_unquote(at, rec, &f);
			at += f.text.len;
		}
		rows->values[i] = f.text;
	}
}

/* Plain but for the doubled quotes of some fields. */
static void take_doubled_values(struct rows *rows, const struct delim_record *rec)
{
	struct str *values = rows->values;
	char *at = rows->scratch;

	take_plain_values(values, rec);
	for (uint32_t i = 0; i < rec->n; i++) {
		if (values[i].len < 2 || memchr(values[i].p, rec->quote, values[i].len) == NULL)
			continue;
		struct delim_field f = delim_field(rec, i);
		if (f.copy) {
			values[i] = delim_unquote(at, rec, &f);
			at += values[i].len;
		}
	}
}

static void take_values(struct rows *rows, const struct delim_record *rec, struct row *ret)
{
	if (!(rec->flags & (DELIM_SLOW | DELIM_DOUBLED)))
		take_plain_values(rows->values, rec);
	else if (!(rec->flags & DELIM_SLOW))
		take_doubled_values(rows, rec);
	else
		take_slow_values(rows, rec);
	ret->values = rows->values;
	ret->n = rec->n;
}

static int next_delimited(struct reading *r, struct rows *rows, struct row *ret)
{
	struct delim_record rec;
	int rc;

	for (;;) {
		struct str w = input_peek(r->in, rows->d.want);
		rc = delim_next(&rows->d, w.p, w.len, w.len < rows->d.want, &rec);
		if (rc == DELIM_END)
			return input_error(r->in, &r->err);
		if (rc == DELIM_MORE)
			continue;
		/* the bytes stay where they are until the next peek */
		input_skip(r->in, rec.length, 0);
		if (rc == DELIM_SKIP)
			continue;
		bool empty = rec.n == 1 && rec.total == 0;
		if (empty)
			continue;
		/* of what is too long a part has been passed over before */
		*ret = (struct row){.offset = input_offset(r->in) - (rows->d.offset - rec.offset),
		        .length = rec.total,
		        .line = rows->first_line + (uint32_t)rec.line,
		        .flags = rec.flags,
		        .raw = str_make(rec.p, rec.flags & DELIM_LONG ? 0 : (size_t)rec.total)};
		if (rec.flags & DELIM_COMMENT) {
			ret->is_comment = true;
			ret->comment = delim_raw(&rec, 0);
		} else if (!(rec.flags & DELIM_LONG)) {
			take_values(rows, &rec, ret);
		}
		return 1;
	}
}

/* ---- runs of blanks ------------------------------------------------------------------------------ */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void split_blanks(struct rows *rows, struct str s, struct row *ret)
{
	for (size_t i = 0; i < s.len;) {
		size_t start = i;
		while (i < s.len && !is_blank(s.p[i]))
			i++;
		if (i > start) {
			if (ret->n == DELIM_FIELDS) {
				ret->flags |= DELIM_WIDE;
				return;
			}
			rows->values[ret->n++] = str_sub(s, start, i - start);
		}
		i++;
	}
}

static int next_blanks(struct reading *r, struct rows *rows, struct row *ret)
{
	struct input_line line;
	int rc;

	while ((rc = input_next_line(r->in, &line, &r->err)) == 1) {
		struct str s = str_trim(line.text);
		if (s.len == 0)
			continue;
		*ret = (struct row){.values = rows->values,
		        .offset = line.offset,
		        .length = line.length,
		        .line = line.line,
		        .raw = line.text,
		        .flags = (line.too_long ? DELIM_LONG : 0u) | (line.unended ? DELIM_CUT : 0u)};
		ret->is_comment = rows->o.comment.len != 0 && str_starts(s, rows->o.comment);
		if (ret->is_comment)
			ret->comment = s;
		else if (!line.too_long)
			split_blanks(rows, s, ret);
		return 1;
	}
	return rc;
}

int rows_next(struct reading *r, struct rows *rows, struct row *ret)
{
	return rows->blanks ? next_blanks(r, rows, ret) : next_delimited(r, rows, ret);
}

/* ---- rows that are no good ----------------------------------------------------------------------- */

bool rows_refuse(struct reading *r, const struct row *row, uint32_t width, uint32_t *n)
{
	if (row->flags & DELIM_LONG) {
		record_aside(r->w, ASIDE_LIMIT, FIELD_NONE, "a row of %llu bytes; a record may have %d",
		        (unsigned long long)row->length, LIMIT_RECORD);
		return true;
	}
	if (row->flags & DELIM_OPEN) {
		record_aside(r->w, row->flags & DELIM_CUT ? ASIDE_CUT : ASIDE_SYNTAX, FIELD_NONE,
		        "a quote that opens in this row is not closed%s",
		        row->flags & DELIM_CUT ? ": the report ends in the middle of it" : "");
		return true;
	}
	while (*n > width && row->values[*n - 1].len == 0)
		--*n;
	if ((row->flags & DELIM_WIDE) || *n > width) {
		record_aside(r->w, ASIDE_COLUMNS, FIELD_NONE,
		        "%s%u values for %u columns: a delimiter that nobody quoted shifts the row",
		        row->flags & DELIM_WIDE ? "more than " : "", *n - ((row->flags & DELIM_WIDE) != 0),
		        width);
		return true;
	}
	if ((row->flags & DELIM_CUT) && *n < width) {
		record_aside(r->w, ASIDE_CUT, FIELD_NONE,
		        "the report ends without a line end, and the row has %u of %u columns: it was cut",
		        *n, width);
		return true;
	}
	return false;
}

char rows_guess_delimiter(struct str head)
{
	static const char marks[] = {',', ';', '\t', '|'};
	unsigned n[sizeof(marks)] = {0}, best = 0;
	bool quoted = false;

	/* the header decides; a mark inside quotes is none */
	for (size_t i = 0; i < head.len && (quoted || head.p[i] != '\n'); i++) {
		quoted ^= head.p[i] == '"';
		for (size_t k = 0; k < sizeof(marks) && !quoted; k++)
			n[k] += head.p[i] == marks[k];
	}
	for (unsigned k = 1; k < sizeof(marks); k++)
		if (n[k] > n[best])
			best = k;
	return n[best] ? marks[best] : 0;
}
