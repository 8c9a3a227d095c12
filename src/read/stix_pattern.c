/* SPDX-License-Identifier: Apache-2.0
 *
 * A recursive descent over the grammar of the specification. What a part of the pattern names is found while
 * it is read: OR puts lists together, AND makes every pair of one of the left and one of the right. A part that
 * names nothing has an empty list, which AND keeps empty, as it should: "this address, but not that port" is
 * more than an address.
 */
#include "read/stix_pattern.h"
#include "base/vec.h"

enum token {
	END,
	WORD, /* name or keyword; text */
	STRING,
	NUMBER,
	TIMESTAMP,
	BINARY, /* h'..' or b'..' */
	MARK,   /* one or two characters; text */
	BAD,
};

struct parser {
	struct str s;
	size_t at;        /* behind the token */
	enum token token; /* the one that is looked at */
	struct str text;  /* of it; of literals without prefix and quotes */
	size_t start;
	unsigned depth;
	struct err *e;
	bool failed;
};

static void fail(struct parser *p, int code, const char *what)
{
	if (!p->failed)
		err_set(p->e, code, "pattern, character %zu: %s", p->start + 1, what);
	p->failed = true;
	p->token = BAD;
}

/* ---- tokens --------------------------------------------------------------------------------------- */

static bool skip_to(struct parser *p, struct str mark)
{
	size_t hit = str_find_str(p->s, p->at + 2, mark);

	p->at = hit == SIZE_MAX ? p->s.len : hit + mark.len;
	return hit != SIZE_MAX;
}

/* Blanks and comments. */
static bool skip_blanks(struct parser *p)
{
	for (;;) {
		struct str rest = str_skip(p->s, p->at);
		if (rest.len > 0 && char_space(rest.p[0])) {
			p->at++;
		} else if (str_starts(rest, STR("//"))) {
			skip_to(p, STR("\n"));
		} else if (str_starts(rest, STR("/*"))) {
			if (!skip_to(p, STR("*/")))
				return false;
		} else {
			return true;
		}
	}
}

/* From behind an opening quote: strings know \' and \\ and no other escape. */
static bool take_quoted(struct parser *p, bool escapes)
{
	size_t from = p->at;

	for (; p->at < p->s.len && p->s.p[p->at] != '\''; p->at++) {
		if (p->s.p[p->at] != '\\' || !escapes)
			continue;
		p->at++;
		if (p->at == p->s.len || (p->s.p[p->at] != '\\' && p->s.p[p->at] != '\''))
			return false;
	}
	if (p->at == p->s.len)
		return false;
	p->text = str_sub(p->s, from, p->at - from);
	p->at++;
	return true;
}

static bool is_name(char c)
{
	return char_alnum(c) || c == '_';
}

static size_t digits_at(struct str s, size_t at)
{
	size_t n = 0;

	while (at + n < s.len && char_digit(s.p[at + n]))
		n++;
	return n;
}

static bool take_number(struct parser *p)
{
	size_t from = p->at, whole;

	p->at += p->s.p[p->at] == '-' || p->s.p[p->at] == '+';
	whole = digits_at(p->s, p->at);
	/* "00" is none, "00.5" is */
	if (whole > 1 && p->s.p[p->at] == '0' && (p->at + whole == p->s.len || p->s.p[p->at + whole] != '.'))
		return false;
	p->at += whole;
	if (p->at < p->s.len && p->s.p[p->at] == '.') {
		size_t part = digits_at(p->s, p->at + 1);
		p->at += 1 + part;
		whole = part;
	}
	p->text = str_sub(p->s, from, p->at - from);
	return whole > 0;
}

static bool all_base64(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!char_alnum(s.p[i]) && s.p[i] != '+' && s.p[i] != '/' && s.p[i] != '=')
			return false;
	return s.len % 4 == 0;
}

static bool all_hex(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (char_hex(s.p[i]) < 0)
			return false;
	return s.len % 2 == 0;
}

/* "2026-01-05T07:44:46Z" or with a fraction. */
static bool is_timestamp(struct str s)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd";

	if (s.len < sizeof(form) || s.p[s.len - 1] != 'Z')
		return false;
	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (form[i] == 'd' ? !char_digit(s.p[i]) : s.p[i] != form[i])
			return false;
	static const struct {
		uint8_t at, low, high;
	} parts[] = {{5, 1, 12}, {8, 1, 31}, {11, 0, 23}, {14, 0, 59}, {17, 0, 60}};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		int v = (s.p[parts[i].at] - '0') * 10 + s.p[parts[i].at + 1] - '0';
		if (v < parts[i].low || v > parts[i].high)
			return false;
	}
	struct str rest = str_sub(s, sizeof(form) - 1, s.len - sizeof(form));
	return rest.len == 0 || (rest.p[0] == '.' && rest.len > 1 && digits_at(rest, 1) == rest.len - 1);
}

static enum token prefixed(struct parser *p)
{
	char kind = p->s.p[p->at];

	p->at += 2;
	if (!take_quoted(p, false))
		return BAD;
	if (kind == 't')
		return is_timestamp(p->text) ? TIMESTAMP : BAD;
	return (kind == 'h' ? all_hex(p->text) : all_base64(p->text)) ? BINARY : BAD;
}

static enum token mark(struct parser *p)
{
	static const struct str two[] = {
	        STR_INIT("!="), STR_INIT("<>"), STR_INIT("<="), STR_INIT(">="), STR_INIT("==")};
	struct str rest = str_skip(p->s, p->at);

	for (size_t i = 0; i < sizeof(two) / sizeof(two[0]); i++)
		if (str_starts(rest, two[i])) {
			p->text = two[i];
			p->at += 2;
			return MARK;
		}
	p->text = str_sub(rest, 0, 1);
	p->at++;
	return str_has(STR("[]()=<>:.,*"), p->text.p[0]) ? MARK : BAD;
}

static enum token next_token(struct parser *p)
{
	if (!skip_blanks(p))
		return BAD;
	p->start = p->at;
	if (p->at == p->s.len)
		return END;
	char c = p->s.p[p->at], next = p->at + 1 < p->s.len ? p->s.p[p->at + 1] : 0;
	if ((c == 't' || c == 'h' || c == 'b') && next == '\'')
		return prefixed(p);
	if (c == '\'') {
		p->at++;
		return take_quoted(p, true) ? STRING : BAD;
	}
	if (char_digit(c) || c == '-' || c == '+' || (c == '.' && char_digit(next)))
		return take_number(p) ? NUMBER : BAD;
	if (!is_name(c))
		return mark(p);
	while (p->at < p->s.len && (is_name(p->s.p[p->at]) || p->s.p[p->at] == '-'))
		p->at++;
	p->text = str_sub(p->s, p->start, p->at - p->start);
	return WORD;
}

static void advance(struct parser *p)
{
	if (p->failed)
		return;
	p->token = next_token(p);
	if (p->token == BAD)
		fail(p, ERR_SYNTAX, "no word, literal or mark of the pattern language begins here");
}

static bool is_mark(const struct parser *p, const char *text)
{
	return p->token == MARK && str_eq(p->text, str_from(text));
}

static bool is_word(const struct parser *p, const char *text)
{
	return p->token == WORD && str_eq(p->text, str_from(text));
}

static bool take_mark(struct parser *p, const char *text)
{
	bool hit = is_mark(p, text);

	if (hit)
		advance(p);
	return hit;
}

static bool take_word(struct parser *p, const char *text)
{
	bool hit = is_word(p, text);

	if (hit)
		advance(p);
	return hit;
}

static void must_mark(struct parser *p, const char *text, const char *what)
{
	if (!take_mark(p, text))
		fail(p, ERR_SYNTAX, what);
}

static bool go_down(struct parser *p)
{
	if (++p->depth > STIX_DEPTH)
		fail(p, ERR_LIMIT, "parentheses inside each other, deeper than they may be");
	return !p->failed;
}

/* ---- things --------------------------------------------------------------------------------------- */

void stix_things_done(struct stix_things *t)
{
	vec_done(t);
}

static void join_or(struct parser *p, struct stix_things *a, struct stix_things *b)
{
	if (a->n + b->n > STIX_THINGS)
		fail(p, ERR_LIMIT, "the pattern names more things than it may");
	for (size_t i = 0; i < b->n && !p->failed; i++)
		*vec_add(a) = b->v[i];
	stix_things_done(b);
	*b = (struct stix_things){0};
}

static void join_and(struct parser *p, struct stix_things *a, struct stix_things *b)
{
	struct stix_things both = {0};

	if (a->n * b->n > STIX_THINGS)
		fail(p, ERR_LIMIT, "the pattern names more things than it may");
	for (size_t i = 0; i < a->n && !p->failed; i++)
		for (size_t k = 0; k < b->n && !p->failed; k++) {
			struct stix_thing *t = vec_add(&both);
			*t = a->v[i];
			if (t->n + b->v[k].n > STIX_TESTS) {
				fail(p, ERR_LIMIT, "more comparisons joined by AND than there may be");
				break;
			}
			memcpy(t->tests + t->n, b->v[k].tests, b->v[k].n * sizeof(t->tests[0]));
			t->n += b->v[k].n;
		}
	stix_things_done(a);
	stix_things_done(b);
	*a = both;
	*b = (struct stix_things){0};
}

static void forget(struct stix_things *t)
{
	stix_things_done(t);
	*t = (struct stix_things){0};
}

/* ---- comparisons ---------------------------------------------------------------------------------- */

static bool is_keyword(struct str s)
{
	static const struct str words[] = {STR_INIT("AND"), STR_INIT("OR"), STR_INIT("NOT"),
	        STR_INIT("FOLLOWEDBY"), STR_INIT("LIKE"), STR_INIT("MATCHES"), STR_INIT("ISSUPERSET"),
	        STR_INIT("ISSUBSET"), STR_INIT("EXISTS"), STR_INIT("IN"), STR_INIT("START"), STR_INIT("STOP"),
	        STR_INIT("SECONDS"), STR_INIT("WITHIN"), STR_INIT("REPEATS"), STR_INIT("TIMES"),
	        STR_INIT("true"), STR_INIT("false")};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eq(words[i], s))
			return true;
	return false;
}

/* A step of a path: a name without hyphens, or any between quotes. */
static bool take_step(struct parser *p)
{
	bool good = p->token == STRING ||
	        (p->token == WORD && !str_has(p->text, '-') && !is_keyword(p->text) &&
	                !char_digit(p->text.p[0]));

	if (good)
		advance(p);
	else
		fail(p, ERR_SYNTAX, "a name of a property is expected here");
	return good;
}

static struct str take_path(struct parser *p)
{
	size_t from = p->start, to = from;

	if (p->token != WORD || is_keyword(p->text) || char_digit(p->text.p[0])) {
		fail(p, ERR_SYNTAX, "a comparison or '(' is expected here");
		return (struct str){0};
	}
	advance(p);
	must_mark(p, ":", "':' and a property are expected behind the type of an object");
	to = p->at;
	if (!p->failed && !take_step(p))
		return (struct str){0};
	for (;;) {
		if (is_mark(p, ".")) {
			advance(p);
			to = p->at;
			if (p->failed || !take_step(p))
				break;
		} else if (is_mark(p, "[")) {
			advance(p);
			if (p->token != NUMBER && !is_mark(p, "*"))
				fail(p, ERR_SYNTAX, "a number or '*' is expected between '[' and ']'");
			advance(p);
			to = p->at;
			must_mark(p, "]", "']' is missing");
		} else {
			break;
		}
	}
	return str_sub(p->s, from, to - from);
}

static bool is_literal(const struct parser *p)
{
	return p->token == STRING || p->token == NUMBER || p->token == TIMESTAMP || p->token == BINARY ||
	        is_word(p, "true") || is_word(p, "false");
}

static void add_thing(struct parser *p, struct stix_things *t, struct str path)
{
	if (t->n == STIX_THINGS)
		fail(p, ERR_LIMIT, "the pattern names more things than it may");
	else
		*vec_add(t) = (struct stix_thing){1, {{path, p->text, p->token == STRING}}};
}

/* One literal, or several of a set. */
static void take_literal(struct parser *p, struct stix_things *t, struct str path, bool names)
{
	if (!is_literal(p)) {
		fail(p, ERR_SYNTAX, "a literal is expected here");
		return;
	}
	if (names && (p->token == STRING || p->token == NUMBER))
		add_thing(p, t, path);
	advance(p);
}

static void take_set(struct parser *p, struct stix_things *t, struct str path, bool names)
{
	must_mark(p, "(", "'(' is expected behind IN");
	if (take_mark(p, ")"))
		return;
	do
		take_literal(p, t, path, names);
	while (!p->failed && take_mark(p, ","));
	must_mark(p, ")", "')' or ',' is expected here");
}

static void take_ordered(struct parser *p)
{
	if (is_word(p, "true") || is_word(p, "false"))
		fail(p, ERR_SYNTAX, "true and false have no order");
	struct stix_things none = {0};
	take_literal(p, &none, (struct str){0}, false);
}

static void take_string(struct parser *p, struct stix_things *t, struct str path, bool names)
{
	if (p->token != STRING)
		fail(p, ERR_SYNTAX, "a text between quotes is expected here");
	else
		take_literal(p, t, path, names);
}

static void take_test(struct parser *p, struct stix_things *t)
{
	struct str path = take_path(p);
	bool names = !take_word(p, "NOT");

	if (take_mark(p, "=") || take_mark(p, "=="))
		take_literal(p, t, path, names);
	else if (take_mark(p, "!=") || take_mark(p, "<>"))
		take_literal(p, t, path, false);
	else if (take_mark(p, ">") || take_mark(p, "<") || take_mark(p, ">=") || take_mark(p, "<="))
		take_ordered(p);
	else if (take_word(p, "IN"))
		take_set(p, t, path, names);
	else if (take_word(p, "LIKE") || take_word(p, "MATCHES") || take_word(p, "ISSUPERSET"))
		take_string(p, t, path, false);
	else if (take_word(p, "ISSUBSET"))
		take_string(p, t, path, names);
	else
		fail(p, ERR_SYNTAX, "a comparison such as '=' is expected here");
}

static void comparison(struct parser *p, struct stix_things *t);

static void property_test(struct parser *p, struct stix_things *t)
{
	if (!go_down(p))
		return;
	if (take_mark(p, "(")) {
		comparison(p, t);
		must_mark(p, ")", "')' is missing");
	} else if (take_word(p, "EXISTS")) {
		take_path(p);
	} else {
		take_test(p, t);
	}
	p->depth--;
}

static void comparison_and(struct parser *p, struct stix_things *t)
{
	property_test(p, t);
	while (!p->failed && take_word(p, "AND")) {
		struct stix_things other = {0};
		property_test(p, &other);
		join_and(p, t, &other);
	}
}

static void comparison(struct parser *p, struct stix_things *t)
{
	comparison_and(p, t);
	while (!p->failed && take_word(p, "OR")) {
		struct stix_things other = {0};
		comparison_and(p, &other);
		join_or(p, t, &other);
	}
}

/* ---- observations --------------------------------------------------------------------------------- */

static bool positive(const struct parser *p)
{
	return p->token == NUMBER && p->text.p[0] != '-';
}

static void qualifiers(struct parser *p)
{
	for (;;) {
		if (take_word(p, "START")) {
			/* STIX 2.0 has a text there */
			bool first = p->token == TIMESTAMP || (p->token == STRING && is_timestamp(p->text));
			advance(p);
			bool middle = take_word(p, "STOP");
			bool last = p->token == TIMESTAMP || (p->token == STRING && is_timestamp(p->text));
			if (!first || !middle || !last)
				fail(p, ERR_SYNTAX, "START t'TIME' STOP t'TIME' is expected here");
			advance(p);
		} else if (take_word(p, "WITHIN")) {
			bool good = positive(p);
			advance(p);
			if (!take_word(p, "SECONDS") || !good)
				fail(p, ERR_SYNTAX, "WITHIN NUMBER SECONDS is expected here");
		} else if (take_word(p, "REPEATS")) {
			bool good = positive(p) && !str_has(p->text, '.') && !str_eq(p->text, STR("0"));
			advance(p);
			if (!take_word(p, "TIMES") || !good)
				fail(p, ERR_SYNTAX, "REPEATS NUMBER TIMES is expected here");
		} else {
			return;
		}
		if (p->failed)
			return;
	}
}

static void observations(struct parser *p, struct stix_things *t);

static void observation(struct parser *p, struct stix_things *t)
{
	if (!go_down(p))
		return;
	if (take_mark(p, "(")) {
		observations(p, t);
		must_mark(p, ")", "')' is missing");
	} else {
		must_mark(p, "[", "'[' is expected here");
		comparison(p, t);
		must_mark(p, "]", "']' is missing, or AND or OR");
	}
	qualifiers(p);
	p->depth--;
}

/* Observations that must come together, or one after the other, name nothing by themselves. */
static void observation_and(struct parser *p, struct stix_things *t)
{
	observation(p, t);
	while (!p->failed && take_word(p, "AND")) {
		forget(t);
		observation(p, t);
		forget(t);
	}
}

static void observation_or(struct parser *p, struct stix_things *t)
{
	observation_and(p, t);
	while (!p->failed && take_word(p, "OR")) {
		struct stix_things other = {0};
		observation_and(p, &other);
		join_or(p, t, &other);
	}
}

static void observations(struct parser *p, struct stix_things *t)
{
	observation_or(p, t);
	while (!p->failed && take_word(p, "FOLLOWEDBY")) {
		forget(t);
		observation_or(p, t);
		forget(t);
	}
}

int stix_pattern_parse(struct str text, struct stix_things *ret, struct err *e)
{
	struct parser p = {.s = text, .e = e};

	*ret = (struct stix_things){0};
	advance(&p);
	observations(&p, ret);
	if (!p.failed && p.token != END)
		fail(&p, ERR_SYNTAX, "something follows the pattern");
	if (p.failed)
		forget(ret);
	return p.failed ? e->code : 0;
}

/* ---- spelling ------------------------------------------------------------------------------------- */

struct str stix_text(char *buf, struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		i += s.p[i] == '\\' && i + 1 < s.len;
		buf[n++] = s.p[i];
	}
	return str_make(buf, n);
}

struct str stix_path(char *buf, size_t size, struct str path)
{
	bool quoted = false;
	size_t n = 0;

	for (size_t i = 0; i < path.len; i++) {
		char c = path.p[i];
		if (c == '\'') {
			quoted = !quoted;
		} else if (c == '[' && !quoted) {
			while (i < path.len && path.p[i] != ']')
				i++;
		} else if (quoted || !char_space(c)) {
			if (n == size)
				return (struct str){0};
			buf[n++] = char_lower(c);
		}
	}
	return str_make(buf, n);
}
