/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/text.h"
#include "base/utf8.h"

enum before { BEFORE_START, BEFORE_EMPTY, BEFORE_ROW, BEFORE_ITEM, BEFORE_LINE };

struct reading {
	struct clause *clause;
	unsigned n, line;
	uint8_t heading; /* level of the last one; 0: none */
	enum before before;
	bool translation;
};

/* ---- one line ------------------------------------------------------------------------------------ */

static const char *take_empty(struct reading *r, bool last)
{
	bool alone = r->before != BEFORE_START && r->before != BEFORE_EMPTY && !last;

	r->before = BEFORE_EMPTY;
	return alone ? NULL : "an empty line stands first, last or after another";
}

static const char *take_row(struct reading *r, struct str line)
{
	struct clause *c = r->n > 0 ? &r->clause[r->n - 1] : NULL;

	if (!clause_row_ok(line))
		return "a row of a table begins and ends with '|'";
	if (c == NULL || c->kind != CLAUSE_PARAGRAPH)
		return "a table needs a paragraph before it, its caption";
	if (r->before != BEFORE_ROW && !(r->before == BEFORE_EMPTY && c->table.len == 0))
		return "a table stands behind an empty line, one to a paragraph";
	const char *start = c->table.len > 0 ? c->table.p : line.p;
	c->table = str_make(start, (size_t)(line.p + line.len - start));
	c->source = str_make(c->source.p, (size_t)(line.p + line.len - c->source.p));
	r->before = BEFORE_ROW;
	return NULL;
}

static const char *item_place(const struct reading *r, const struct clause *c)
{
	const struct clause *last = r->n > 0 ? &r->clause[r->n - 1] : NULL;
	bool below = last != NULL && last->kind == CLAUSE_ITEM;

	if (r->before != BEFORE_ITEM && !(r->before == BEFORE_EMPTY && last != NULL && !below))
		return "an item follows another item, or an empty line behind what is no item";
	return c->level > (below ? last->level + 1 : 0) ? "an item is at most one level below the one before"
	                                                : NULL;
}

static const char *line_place(const struct reading *r, const struct clause *c)
{
	bool title = c->kind == CLAUSE_HEADING && c->level == 1;

	if (r->before != BEFORE_START && r->before != BEFORE_EMPTY)
		return "an empty line is missing before it";
	if (title != (r->n == 0))
		return "the first clause, and no other, is a heading of level 1";
	return c->kind == CLAUSE_HEADING && c->level > r->heading + 1
	        ? "a heading is at most one level below the one before"
	        : NULL;
}

static const char *take_clause(struct reading *r, struct str line)
{
	struct clause c;
	const char *why = clause_read_line(line, r->translation, &c);

	if (why == NULL)
		why = c.kind == CLAUSE_ITEM ? item_place(r, &c) : line_place(r, &c);
	for (unsigned i = 0; why == NULL && i < r->n; i++)
		if (str_eq(r->clause[i].id, c.id))
			why = "its id stands in the text already";
	if (why == NULL && r->n == AGREE_CLAUSES)
		why = "a text has at most 500 clauses";
	if (why != NULL)
		return why;
	c.line = r->line;
	r->clause[r->n++] = c;
	if (c.kind == CLAUSE_HEADING)
		r->heading = c.level;
	r->before = c.kind == CLAUSE_ITEM ? BEFORE_ITEM : BEFORE_LINE;
	return NULL;
}

static const char *take_line(struct reading *r, struct str line, bool last, bool ended)
{
	if (!ended)
		return "the last line has no line feed";
	const char *why = clause_chars(line);
	if (why != NULL)
		return why;
	if (line.len == 0)
		return take_empty(r, last);
	return line.p[0] == '|' ? take_row(r, line) : take_clause(r, line);
}

/* ---- a text -------------------------------------------------------------------------------------- */

/* The whole file, before any line. */
static bool whole(struct str bytes, struct agree_fault *fault)
{
	*fault = (struct agree_fault){.why = "it is larger than 262,144 bytes"};
	if (bytes.len > AGREE_TEXT_MAX)
		return false;
	*fault = (struct agree_fault){1, "it is empty"};
	if (bytes.len == 0)
		return false;
	fault->why = "bytes that are not UTF-8 stand in it";
	for (size_t i = 0, step; i < bytes.len; i += step) {
		step = utf8_step(bytes, i);
		if (step == 0)
			return false;
		fault->line += bytes.p[i] == '\n';
	}
	return true;
}

bool agree_text_parse(struct arena *a, struct str bytes, bool translation, struct agree_text *ret,
        struct agree_fault *fault)
{
	struct reading r = {.translation = translation};

	if (!whole(bytes, fault))
		return false;
	r.clause = arena_array(a, AGREE_CLAUSES, sizeof(*r.clause));
	for (struct str rest = bytes; rest.len > 0;) {
		struct str_cut line = str_cut(rest, '\n');
		r.line++;
		rest = line.tail;
		fault->why = take_line(&r, line.head, rest.len == 0, line.ok);
		fault->line = r.line;
		if (fault->why != NULL)
			return false;
	}
	for (unsigned i = 0; i < r.n; i++)
		clause_digest(&r.clause[i]);
	*fault = (struct agree_fault){0};
	*ret = (struct agree_text){.bytes = bytes, .translation = translation, .clause = r.clause, .n = r.n};
	digest_of(bytes, ret->sha256);
	return true;
}

unsigned agree_text_place(const struct agree_text *t, struct str id)
{
	unsigned i = 0;

	while (i < t->n && !str_eq(t->clause[i].id, id))
		i++;
	return i;
}

const struct clause *agree_text_find(const struct agree_text *t, struct str id)
{
	unsigned i = agree_text_place(t, id);

	return i < t->n ? &t->clause[i] : NULL;
}

/* ---- printing ------------------------------------------------------------------------------------ */

static bool is_item(struct str source)
{
	while (source.len > 0 && source.p[0] == ' ')
		source = str_skip(source, 1);
	return str_starts(source, STR("- ")) || str_starts(source, STR("1. "));
}

void agree_text_add(struct buf *out, struct str before, struct str source)
{
	if (before.p != NULL)
		buf_add(out, is_item(before) && is_item(source) ? STR("\n") : STR("\n\n"));
	buf_add(out, source);
}

void agree_text_end(struct buf *out)
{
	buf_char(out, '\n');
}

/* ---- translations -------------------------------------------------------------------------------- */

struct str translation_state_name(enum translation_state state)
{
	static const struct str name[] = {
	        [TRANSLATION_OK] = STR_INIT("ok"),
	        [TRANSLATION_STALE] = STR_INIT("stale"),
	        [TRANSLATION_MISSING] = STR_INIT("missing"),
	};

	return name[state];
}

bool translation_states(const struct agree_text *authentic, const struct agree_text *translation,
        enum translation_state *ret, unsigned *ret_bad)
{
	unsigned next = 0;

	for (unsigned i = 0; i < authentic->n; i++)
		ret[i] = TRANSLATION_MISSING;
	for (unsigned k = 0; k < translation->n; k++) {
		const struct clause *c = &translation->clause[k];
		unsigned i = agree_text_place(authentic, c->id);
		const struct clause *of = i < authentic->n ? &authentic->clause[i] : NULL;
		char hex[2 * DIGEST_LEN + 1];
		*ret_bad = k;
		if (of == NULL || i < next || of->kind != c->kind || of->level != c->level)
			return false;
		next = i + 1;
		str_hex_print(hex, of->sha256, DIGEST_LEN);
		ret[i] = str_eq(c->base, str_make(hex, CLAUSE_BASE)) ? TRANSLATION_OK : TRANSLATION_STALE;
	}
	return true;
}
