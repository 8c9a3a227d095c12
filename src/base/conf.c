/* SPDX-License-Identifier: Apache-2.0
 *
 * libfyaml is used as a stream of events, never as a document: nothing is resolved, no anchor is kept, its
 * check for duplicate keys (quadratic) is not reached, and the tree below is ours. What an administrator's
 * file has no use for is refused with its place: aliases, anchors, tags, a second document, keys that are
 * not plain text. Depth is counted here, since the stream has no limit of its own; the text is checked first:
 * to be UTF-8 without control characters, since the library lets both pass, and to have no line that begins
 * with "? " (a key that is marked as one), since the library writes to a wild pointer at "? a:<tab>- b".
 *
 * Scalars stay the text that was written: "no", "0x10" and "1e3" are words until somebody who knows the key
 * gives them a type. Comments are not kept, so the tree cannot be written back.
 */
#include "base/conf.h"
#include "base/os.h"
#include "base/utf8.h"
#include <libfyaml.h>

#define CONF_BYTES ((size_t)1 << 20)
#define CONF_DEPTH 64

struct level {
	struct conf *node;
	struct conf **tail; /* where the next child goes */
	struct conf *key;   /* map: the key that waits for its value */
	char bracket;       /* '[', '{', 0 for what indentation closes */
};

struct parse {
	struct arena *arena;
	struct str file, text;
	struct fy_parser *fy;
	struct fy_diag *diag;
	struct level levels[CONF_DEPTH];
	unsigned depth;
	struct conf *root;
	bool document, done; /* inside the document; behind it */
	struct err *e;
};

/* ---- sentences --------------------------------------------------------------------------------- */

static int place_errv(
        struct str file, unsigned line, unsigned column, struct err *e, int code, const char *fmt, va_list ap)
{
	char name[256];

	err_setv(e, code, fmt, ap);
	err_add(e, "%.*s:%u:%u", STR_ARG(err_quote(name, sizeof(name), file)), line, column);
	return code;
}

static int parse_err(struct parse *p, unsigned line, unsigned column, int code, const char *fmt, ...)
        __attribute__((format(printf, 5, 6)));
static int parse_err(struct parse *p, unsigned line, unsigned column, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	place_errv(p->file, line, column, p->e, code, fmt, ap);
	va_end(ap);
	return code;
}

int conf_err(const struct conf *c, struct err *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	place_errv(c->file, c->line, c->column, e, ERR_VALUE, fmt, ap);
	va_end(ap);
	return ERR_VALUE;
}

int conf_err_key(const struct conf *c, struct err *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	place_errv(c->file, c->key_line ? c->key_line : c->line, c->key_line ? c->key_column : c->column, e,
	        ERR_VALUE, fmt, ap);
	va_end(ap);
	return ERR_VALUE;
}

/* ---- the text as such -------------------------------------------------------------------------- */

/* At "? " behind nothing but blanks and the dashes of a list. */
static bool is_marked_key(struct str line)
{
	size_t i = 0;

	while (i < line.len &&
	        (line.p[i] == ' ' || line.p[i] == '\t' ||
	                (line.p[i] == '-' && i + 1 < line.len && char_space(line.p[i + 1]))))
		i++;
	return i < line.len && line.p[i] == '?' && (i + 1 == line.len || char_space(line.p[i + 1]));
}

static int text_check(struct parse *p)
{
	unsigned line = 1, column = 1;

	for (size_t i = 0; i < p->text.len;) {
		unsigned char c = (unsigned char)p->text.p[i];
		size_t step = utf8_step(p->text, i);
		if ((i == 0 || p->text.p[i - 1] == '\n' || p->text.p[i - 1] == '\r') &&
		        is_marked_key(str_skip(p->text, i)))
			return parse_err(p, line, column, ERR_SYNTAX,
			        "a line that begins with '? ': a key is written 'KEY: VALUE'");
		if (str_starts(str_skip(p->text, i), STR("\xef\xbb\xbf")))
			return parse_err(
			        p, line, column, ERR_SYNTAX, "a byte order mark in the middle of the text");
		if (step == 0)
			return parse_err(p, line, column, ERR_SYNTAX, "byte 0x%02x is not UTF-8", c);
		if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
			return parse_err(p, line, column, ERR_SYNTAX,
			        "control character 0x%02x; the file is not plain text", c);
		column++;
		if (c == '\n') {
			line++;
			column = 1;
		}
		i += step;
	}
	return 0;
}

/* ---- the tree ---------------------------------------------------------------------------------- */

static void mark_place(const struct fy_token *token, unsigned *line, unsigned *column)
{
	const struct fy_mark *m = token ? fy_token_start_mark((struct fy_token *)token) : NULL;

	if (m == NULL)
		return;
	*line = (unsigned)m->line + 1;
	*column = (unsigned)m->column + 1;
}

static struct conf *node_new(struct parse *p, enum conf_kind kind, unsigned line, unsigned column)
{
	struct conf *c = arena_new(p->arena, struct conf);

	if (c == NULL)
		return NULL;
	*c = (struct conf){.kind = kind, .text = STR(""), .line = line, .column = column, .file = p->file};
	return c;
}

/* Puts a finished or just opened value where it belongs. */
static int node_place(struct parse *p, struct conf *c)
{
	struct level *l = p->depth ? &p->levels[p->depth - 1] : NULL;

	if (l == NULL) {
		p->root = c;
		return 0;
	}
	if (l->node->kind == CONF_MAP) {
		if (l->key == NULL)
			return parse_err(p, c->line, c->column, ERR_SYNTAX, "a key must be text");
		c->key = l->key->text;
		c->key_line = l->key->line;
		c->key_column = l->key->column;
		l->key = NULL;
	}
	*l->tail = c;
	l->tail = &c->next;
	return 0;
}

/* Key of the map that is open, or a value. */
static int on_scalar(struct parse *p, struct fy_token *token)
{
	struct level *l = p->depth ? &p->levels[p->depth - 1] : NULL;
	bool is_key = l != NULL && l->node->kind == CONF_MAP && l->key == NULL;
	unsigned line = 1, column = 1;

	if (l != NULL) { /* of an empty value without a token */
		line = l->key ? l->key->line : l->node->line;
		column = l->key ? l->key->column : l->node->column;
	}
	mark_place(token, &line, &column);
	enum fy_scalar_style style = token ? fy_token_scalar_style(token) : FYSS_PLAIN;
	if ((style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) && column > 1)
		column--; /* the mark stands behind the quote */
	size_t len = 0;
	const char *text = token ? fy_token_get_text(token, &len) : "";
	struct conf *c = node_new(p, CONF_SCALAR, line, column);
	if (c == NULL || text == NULL)
		return parse_err(p, line, column, ERR_LIMIT, "no memory for this value");
	struct str s = str_make(text, len);
	if (style == FYSS_DOUBLE_QUOTED && str_has(s, 0))
		return parse_err(p, line, column, ERR_VALUE, "a value cannot hold a NUL character");
	c->quoted = style != FYSS_PLAIN;
	if (!c->quoted && !is_key && (str_eq(s, STR("~")) || str_ieq(s, STR("null"))))
		s.len = 0;
	c->text = arena_str(p->arena, s);
	if (!is_key)
		return node_place(p, c);
	if (s.len == 0)
		return parse_err(p, line, column, ERR_SYNTAX, "an empty key");
	l->key = c;
	return 0;
}

static int on_open(struct parse *p, enum conf_kind kind, struct fy_token *token)
{
	unsigned line = 1, column = 1;
	const struct fy_mark *m = token ? fy_token_start_mark(token) : NULL;

	mark_place(token, &line, &column);
	if (p->depth == CONF_DEPTH)
		return parse_err(p, line, column, ERR_LIMIT, "more than %d levels deep", CONF_DEPTH);
	struct conf *c = node_new(p, kind, line, column);
	if (c == NULL)
		return parse_err(p, line, column, ERR_LIMIT, "no memory for this value");
	int rc = node_place(p, c);
	if (rc < 0)
		return rc;
	char at = m && m->input_pos < p->text.len ? p->text.p[m->input_pos] : 0;
	p->levels[p->depth++] = (struct level){
	        .node = c, .tail = &c->first, .bracket = at == (kind == CONF_MAP ? '{' : '[') ? at : 0};
	return 0;
}

/* By key, then by place, so that of equal keys the later one follows. */
static int entry_cmp(const void *a, const void *b)
{
	const struct conf *x = *(const struct conf *const *)a, *y = *(const struct conf *const *)b;
	int c = str_cmp(x->key, y->key);

	if (c == 0)
		c = x->key_line != y->key_line ? (x->key_line < y->key_line ? -1 : 1)
		                               : (x->key_column < y->key_column ? -1 : 1);
	return c;
}

static bool entry_earlier(const struct conf *a, const struct conf *b)
{
	return a->key_line != b->key_line ? a->key_line < b->key_line : a->key_column < b->key_column;
}

/* Sorting costs n log n whatever the keys are, so nobody can aim at it. Names the first key of the file that
 * stood there before. */
static int map_check(struct parse *p, const struct conf *map)
{
	size_t n = 0;
	const struct conf *first = NULL, *again = NULL;

	for (const struct conf *c = map->first; c != NULL; c = c->next)
		n++;
	const struct conf **list = mem_get((n + 1) * sizeof(*list));
	n = 0;
	for (const struct conf *c = map->first; c != NULL; c = c->next)
		list[n++] = c;
	qsort(list, n, sizeof(*list), entry_cmp);
	for (size_t i = 1; i < n; i++) {
		if (!str_eq(list[i]->key, list[i - 1]->key) || (again && !entry_earlier(list[i], again)))
			continue;
		again = list[i];
		first = list[i - 1];
	}
	free(list);
	char name[128];
	return again == NULL ? 0
	                     : parse_err(p, again->key_line, again->key_column, ERR_VALUE,
	                               "key '%.*s' stands here a second time, first in line %u",
	                               STR_ARG(err_quote(name, sizeof(name), again->key)), first->key_line);
}

static int on_close(struct parse *p)
{
	struct conf *c = p->levels[--p->depth].node;

	return c->kind == CONF_MAP ? map_check(p, c) : 0;
}

static int on_document(struct parse *p, struct fy_token *token)
{
	unsigned line = 1, column = 1;

	mark_place(token, &line, &column);
	if (p->done)
		return parse_err(p, line, column, ERR_SYNTAX, "a second document; a file holds one");
	p->document = true;
	return 0;
}

static int refuse(struct parse *p, const struct fy_token *token, const char *what)
{
	unsigned line = 1, column = 1;

	mark_place(token, &line, &column);
	return parse_err(p, line, column, ERR_SYNTAX, "%s are not allowed; write the value out", what);
}

/* Anchor and tag of whatever the event carries. */
static int check_marks(struct parse *p, const struct fy_token *anchor, const struct fy_token *tag)
{
	if (anchor != NULL)
		return refuse(p, anchor, "anchors ('&name')");
	if (tag != NULL)
		return refuse(p, tag, "tags ('!name')");
	return 0;
}

static int on_event(struct parse *p, const struct fy_event *ev)
{
	int rc;

	switch (ev->type) {
	case FYET_DOCUMENT_START:
		return on_document(p, ev->document_start.document_start);
	case FYET_DOCUMENT_END:
		p->done = true;
		return 0;
	case FYET_SCALAR:
		rc = check_marks(p, ev->scalar.anchor, ev->scalar.tag);
		return rc < 0 ? rc : on_scalar(p, ev->scalar.value);
	case FYET_SEQUENCE_START:
		rc = check_marks(p, ev->sequence_start.anchor, ev->sequence_start.tag);
		return rc < 0 ? rc : on_open(p, CONF_LIST, ev->sequence_start.sequence_start);
	case FYET_MAPPING_START:
		rc = check_marks(p, ev->mapping_start.anchor, ev->mapping_start.tag);
		return rc < 0 ? rc : on_open(p, CONF_MAP, ev->mapping_start.mapping_start);
	case FYET_SEQUENCE_END:
	case FYET_MAPPING_END:
		return on_close(p);
	case FYET_ALIAS:
		return refuse(p, ev->alias.anchor, "aliases ('*name')");
	default:
		return 0;
	}
}

/* ---- libfyaml's own complaints ----------------------------------------------------------------- */

/* A bracket that was never closed is noticed somewhere later, often at the end: say where it was opened. */
static int syntax_err(struct parse *p)
{
	void *iter = NULL;
	const struct fy_diag_error *fault = fy_diag_errors_iterate(p->diag, &iter);
	unsigned line = fault && fault->line > 0 ? (unsigned)fault->line : 1;
	unsigned column = fault && fault->column > 0 ? (unsigned)fault->column : 1;
	char words[256];
	struct str msg = fault && fault->msg ? str_trim(str_from(fault->msg)) : STR("the file is no YAML");

	parse_err(p, line, column, ERR_SYNTAX, "%.*s", STR_ARG(err_quote(words, sizeof(words), msg)));
	for (unsigned i = p->depth; i-- > 0;) {
		const struct level *l = &p->levels[i];
		if (l->bracket == 0)
			continue;
		return parse_err(p, l->node->line, l->node->column, ERR_SYNTAX,
		        "this '%c' is not closed, or something inside it is wrong (line %u, column %u: %.*s)",
		        l->bracket, line, column, STR_ARG(err_quote(words, sizeof(words), msg)));
	}
	return ERR_SYNTAX;
}

static int parse_events(struct parse *p)
{
	struct fy_event *ev;
	bool ended = false;

	while ((ev = fy_parser_parse(p->fy)) != NULL) {
		int rc = on_event(p, ev);
		ended = ev->type == FYET_STREAM_END;
		fy_parser_event_free(p->fy, ev);
		if (rc < 0)
			return rc;
	}
	if (!ended)
		return syntax_err(p);
	if (p->root == NULL) /* nothing but comments */
		p->root = node_new(p, CONF_SCALAR, 1, 1);
	return arena_full(p->arena) ? parse_err(p, 1, 1, ERR_LIMIT, "no memory for this file") : 0;
}

static int parse_run(struct parse *p)
{
	struct fy_diag_cfg cfg;

	fy_diag_cfg_default(&cfg);
	cfg.fp = NULL;
	cfg.colorize = false;
	p->diag = fy_diag_create(&cfg);
	if (p->diag == NULL)
		return parse_err(p, 1, 1, ERR_LIMIT, "no memory for the parser");
	fy_diag_set_collect_errors(p->diag, true);
	struct fy_parse_cfg parse = {.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_DISABLE_MMAP_OPT |
	                FYPCF_JSON_NONE | FYPCF_DEFAULT_VERSION_1_2,
	        .diag = p->diag};
	p->fy = fy_parser_create(&parse);
	int rc = p->fy != NULL && fy_parser_set_string(p->fy, p->text.p, p->text.len) == 0
	        ? parse_events(p)
	        : parse_err(p, 1, 1, ERR_LIMIT, "no memory for the parser");
	fy_parser_destroy(p->fy);
	fy_diag_destroy(p->diag);
	return rc;
}

int conf_parse(struct arena *a, struct str name, struct str text, struct conf **ret, struct err *e)
{
	struct parse p = {.arena = a, .file = arena_str(a, name), .text = text, .e = e};

	if (text.len > CONF_BYTES)
		return parse_err(&p, 1, 1, ERR_LIMIT, "larger than %zu bytes", CONF_BYTES);
	if (str_starts(text, STR("\xef\xbb\xbf")))
		p.text = str_skip(text, 3);
	int rc = text_check(&p);
	if (rc < 0)
		return rc;
	if (str_trim(p.text).len == 0) {
		*ret = node_new(&p, CONF_SCALAR, 1, 1);
		return *ret ? 0 : parse_err(&p, 1, 1, ERR_LIMIT, "no memory for this file");
	}
	rc = parse_run(&p);
	if (rc == 0)
		*ret = p.root;
	return rc;
}

int conf_read(struct arena *a, const char *path, struct conf **ret, struct err *e)
{
	auto_buf struct buf text = {0};
	int rc = os_read_file(path, CONF_BYTES, &text, e);

	return rc < 0 ? rc : conf_parse(a, str_from(path), buf_str(&text), ret, e);
}
