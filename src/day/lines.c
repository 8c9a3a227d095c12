/* SPDX-License-Identifier: Apache-2.0 */
#include "day/lines.h"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define LEAST_LINES 16 /* for a table */
#define LEAST_COLUMNS 3
#define VALUES 255 /* of a column that are kept once */
#define SLOTS 1024
#define SHORT 32
#define HEAD 8
#define ENTRY 8

/* ---- fields -------------------------------------------------------------------------------------- */

/* Whether the field ends with this byte; counts its quotes. */
static bool ends(char c, char separator, unsigned *quotes)
{
	*quotes += c == '"';
	return c == '\n' || (c == separator && *quotes % 2 == 0);
}

/* Bytes of the field that begins at p, with what ends it; left if nothing does. */
static size_t field_len(const char *p, size_t left, char separator)
{
	unsigned quotes = 0;
	size_t i = 0;

#if defined(__SSE2__)
	const __m128i mark = _mm_set1_epi8(separator), feed = _mm_set1_epi8('\n'), quote = _mm_set1_epi8('"');
	for (; left - i >= 16; i += 16) {
		__m128i v = _mm_loadu_si128((const void *)(p + i));
		__m128i any = _mm_or_si128(_mm_cmpeq_epi8(v, mark), _mm_cmpeq_epi8(v, feed));
		unsigned found = (unsigned)_mm_movemask_epi8(_mm_or_si128(any, _mm_cmpeq_epi8(v, quote)));
		for (; found != 0; found &= found - 1) {
			size_t at = i + (unsigned)__builtin_ctz(found);
			if (ends(p[at], separator, &quotes))
				return at + 1;
		}
	}
#endif
	for (; i < left; i++)
		if (ends(p[i], separator, &quotes))
			return i + 1;
	return left;
}

/* The column behind one whose field ended so. */
static unsigned next_column(unsigned column, unsigned n, char end)
{
	return end == '\n' ? 0 : column + 1 < n ? column + 1 : column;
}

/* ---- sniffing ------------------------------------------------------------------------------------ */

static char separator_of(struct str s, unsigned *ret_lines)
{
	static const char separators[] = {',', ';', '\t', '|'};
	size_t all[4] = {0};
	unsigned best = 0;

	*ret_lines = 0;
	for (size_t i = 0; i < s.len; i++) {
		*ret_lines += s.p[i] == '\n';
		for (unsigned k = 0; k < 4; k++)
			all[k] += s.p[i] == separators[k];
	}
	for (unsigned k = 1; k < 4; k++)
		best = all[k] > all[best] ? k : best;
	return separators[best];
}

bool lines_sniff(struct lines *l, struct str beginning)
{
	unsigned lines, column = 0, most = 0;

	l->separator = separator_of(beginning, &lines);
	for (size_t i = 0, k; i < beginning.len; i += k) {
		k = field_len(beginning.p + i, beginning.len - i, l->separator);
		most = column > most ? column : most;
		column = next_column(column, LINES_COLUMNS, beginning.p[i + k - 1]);
	}
	l->columns = most + 1;
	return lines >= LEAST_LINES && l->columns >= LEAST_COLUMNS;
}

/* ---- turning ------------------------------------------------------------------------------------- */

/* A column that is being made: numbers of its values as long as there are few, then its fields. */
struct lines_column {
	struct buf out;
	bool plain;
	unsigned n, last; /* values; number of the last field's */
	struct str values[VALUES];
	uint16_t slots[SLOTS]; /* 1 + number of the value; 0: free */
};

static uint64_t sum_of(struct str s)
{
	uint64_t h = s.len, w = 0;

	for (; s.len >= 8; s = str_skip(s, 8)) {
		memcpy(&w, s.p, 8);
		h = (h ^ w) * 0x9e3779b97f4a7c15u;
		h ^= h >> 32;
	}
	w = 0;
	memcpy(&w, s.p, s.len);
	return (h ^ w) * 0x9e3779b97f4a7c15u;
}

static unsigned slot_of(const struct lines_column *c, struct str field)
{
	unsigned at = (unsigned)(sum_of(field) >> 48) % SLOTS;

	while (c->slots[at] != 0 && !str_eq(c->values[c->slots[at] - 1], field))
		at = (at + 1) % SLOTS;
	return at;
}

/* From now on the fields themselves, with those whose numbers stood here. */
static void give_up(struct lines_column *c)
{
	struct buf numbers = c->out;

	c->out = (struct buf){0};
	for (size_t i = 0; i < numbers.len; i++)
		buf_add(&c->out, c->values[(uint8_t)numbers.p[i]]);
	buf_done(&numbers);
	c->plain = true;
}

/* A value that is not the last field's. */
static void find_value(struct lines_column *c, struct str field)
{
	unsigned at = slot_of(c, field);

	if (c->slots[at] == 0) {
		/* many values among few fields: no gain */
		if (c->n == VALUES || (c->n >= 32 && c->n * 4 > c->out.len)) {
			give_up(c);
			return;
		}
		c->values[c->n++] = field;
		c->slots[at] = (uint16_t)c->n;
	}
	c->last = c->slots[at] - 1u;
}

/* spare: bytes from the field's first on that may be read. */
static void add_plain(struct lines_column *c, struct str field, size_t spare)
{
	if (field.len > SHORT || spare < SHORT || c->out.cap - c->out.len < SHORT) {
		buf_add(&c->out, field);
		return;
	}
	/* a length that is known beforehand needs no call */
	memcpy(c->out.p + c->out.len, field.p, SHORT);
	c->out.len += field.len;
}

static void add_field(struct lines_column *c, struct str field, size_t spare)
{
	if (!c->plain && (c->n == 0 || !str_eq(c->values[c->last], field)))
		find_value(c, field);
	if (c->plain)
		add_plain(c, field, spare);
	else if (c->out.len < c->out.cap)
		c->out.p[c->out.len++] = (char)c->last;
	else
		buf_char(&c->out, (char)c->last);
}

static void begin_columns(struct lines *l)
{
	if (l->made == NULL)
		l->made = mem_zero(LINES_COLUMNS, sizeof(*l->made));
	for (unsigned i = 0; i < l->columns; i++) {
		struct lines_column *c = &l->made[i];
		buf_clear(&c->out);
		if (c->n > 0)
			memset(c->slots, 0, sizeof(c->slots));
		c->n = c->last = 0;
		c->plain = false;
	}
}

static void end_column(const struct lines_column *c, struct buf *ret, char *ret_entry)
{
	uint32_t entry[2] = {0, c->plain ? 0 : c->n};
	size_t begin = ret->len;

	for (unsigned i = 0; i < entry[1]; i++)
		buf_add(ret, c->values[i]);
	buf_add(ret, buf_str(&c->out));
	entry[0] = (uint32_t)(ret->len - begin);
	memcpy(ret_entry, entry, ENTRY);
}

void lines_turn(struct lines *l, struct str bytes, struct buf *ret)
{
	uint32_t len = (uint32_t)bytes.len;
	uint16_t n = (uint16_t)l->columns;
	size_t head = ret->len, whole = bytes.len;
	unsigned column = 0;

	while (whole > 0 && bytes.p[whole - 1] != '\n')
		whole--;
	begin_columns(l);
	for (size_t i = 0, k; i < whole; i += k) {
		k = field_len(bytes.p + i, whole - i, l->separator);
		add_field(&l->made[column], str_make(bytes.p + i, k), whole - i);
		column = next_column(column, n, bytes.p[i + k - 1]);
	}
	/* as much as all of it may take: what points into it stays where it is */
	memset(buf_room(ret, HEAD + n * ENTRY + bytes.len * 2), 0, HEAD + n * ENTRY);
	ret->len += HEAD + n * ENTRY;
	memcpy(ret->p + head, &len, 4);
	ret->p[head + 4] = l->separator;
	memcpy(ret->p + head + 6, &n, 2);
	for (unsigned i = 0; i < n; i++)
		end_column(&l->made[i], ret, ret->p + head + HEAD + i * ENTRY);
	buf_add(ret, str_skip(bytes, whole));
}

size_t lines_end(struct str turned, unsigned i)
{
	uint32_t len;
	uint16_t n;

	memcpy(&n, turned.p + 6, 2);
	size_t end = HEAD + (size_t)n * ENTRY;
	if (i > n)
		return turned.len;
	for (unsigned k = 0; k < i; k++) {
		memcpy(&len, turned.p + HEAD + k * ENTRY, 4);
		end += len;
	}
	return end;
}

void lines_done(struct lines *l)
{
	for (unsigned i = 0; l->made != NULL && i < LINES_COLUMNS; i++)
		buf_done(&l->made[i].out);
	free(l->made);
	l->made = NULL;
}

/* ---- back ---------------------------------------------------------------------------------------- */

struct column {
	struct str left; /* fields, or their numbers */
	uint32_t nvalues;
	struct str values[VALUES];
};

static bool open_values(struct column *c, char separator)
{
	if (c->nvalues > VALUES)
		return false;
	for (uint32_t i = 0; i < c->nvalues; i++) {
		size_t k = field_len(c->left.p, c->left.len, separator);
		if (k == 0)
			return false;
		c->values[i] = str_sub(c->left, 0, k);
		c->left = str_skip(c->left, k);
	}
	return true;
}

/* Where the columns lie; what is behind them. False if they are not as the head says. */
static bool open_columns(struct str turned, unsigned n, struct column *columns, struct str *ret_rest)
{
	struct str rest = str_skip(turned, HEAD + n * ENTRY);
	uint32_t entry[2];

	if (turned.len < HEAD + n * ENTRY)
		return false;
	for (unsigned i = 0; i < n; i++) {
		memcpy(entry, turned.p + HEAD + i * ENTRY, ENTRY);
		if (entry[0] > rest.len)
			return false;
		columns[i].left = str_sub(rest, 0, entry[0]);
		columns[i].nvalues = entry[1];
		rest = str_skip(rest, entry[0]);
		if (!open_values(&columns[i], turned.p[4]))
			return false;
	}
	*ret_rest = rest;
	return true;
}

/* The next field of the column; empty if there is none. */
static struct str take_field(struct column *c, char separator)
{
	struct str field = {0};

	if (c->left.len == 0)
		return field;
	if (c->nvalues == 0) {
		field = str_sub(c->left, 0, field_len(c->left.p, c->left.len, separator));
		c->left = str_skip(c->left, field.len);
		return field;
	}
	uint8_t number = (uint8_t)c->left.p[0];
	c->left = str_skip(c->left, 1);
	return number < c->nvalues ? c->values[number] : field;
}

/* len: bytes of the whole text. */
static bool join(struct column *columns, unsigned n, char separator, struct str rest, char *to, size_t len)
{
	size_t at = 0, whole = len - rest.len;
	unsigned column = 0;

	while (at < whole) {
		struct str field = take_field(&columns[column], separator);
		if (field.len == 0 || field.len > whole - at)
			return false;
		memcpy(to + at, field.p, field.len);
		at += field.len;
		column = next_column(column, n, field.p[field.len - 1]);
	}
	if (rest.len > 0)
		memcpy(to + at, rest.p, rest.len);
	return true;
}

int lines_back(struct str turned, size_t limit, struct buf *ret, struct err *e)
{
	struct str rest = {0};
	uint32_t len = 0;
	uint16_t n = 0;
	bool good = false;

	if (turned.len >= HEAD) {
		memcpy(&len, turned.p, 4);
		memcpy(&n, turned.p + 6, 2);
	}
	if (n > 0 && n <= LINES_COLUMNS && len <= limit) {
		struct column *columns = mem_zero(n, sizeof(*columns));
		good = open_columns(turned, n, columns, &rest) && rest.len <= len &&
		        join(columns, n, turned.p[4], rest, buf_room(ret, len), len);
		free(columns);
	}
	if (!good)
		return err_set(e, ERR_FORMAT, "a stored text is damaged");
	ret->len += len;
	return 0;
}
