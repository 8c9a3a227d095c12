/* SPDX-License-Identifier: Apache-2.0
 *
 * Report types of Shadowserver: found by the name of the file or by a column, and what the tables say about
 * them. The publisher adds types every month, so a type without a row is the ordinary case and not an error:
 * its columns are those of its family, and its class follows from the words of its name.
 */
#include "read/shadowserver.h"

struct report {
	struct str type;
	enum event_type classification;
	struct str identifier, application;
	uint8_t transport;
	enum severity severity;
};

enum { TRANSPORT_ANY = 0, TRANSPORT_TCP = 6, TRANSPORT_UDP = 17 };

static const struct report reports[] = {
#define REPORT(type, classification, identifier, application, transport, severity)                           \
	{STR_INIT(type), TYPE_##classification, STR_INIT(identifier), STR_INIT(application),                 \
	        TRANSPORT_##transport, SEVERITY_##severity},
#include "read/shadowserver.tbl"
};

static const struct {
	struct str type, column;
	enum field to;
	struct str extra;
} columns[] = {
#define COLUMN(type, column, field, extra) {STR_INIT(type), STR_INIT(column), FIELD_##field, STR_INIT(extra)},
#include "read/shadowserver.tbl"
};

static const struct {
	struct str type, column;
	enum field to;
} alsos[] = {
#define ALSO(type, column, field) {STR_INIT(type), STR_INIT(column), FIELD_##field},
#include "read/shadowserver.tbl"
};

static const struct {
	struct str column, type;
} marks[] = {
#define MARK(column, type) {STR_INIT(column), STR_INIT(type)},
#include "read/shadowserver.tbl"
};

static const struct {
	struct str prefix, part;
	enum event_type classification;
	struct str identifier;
} guesses[] = {
#define GUESS(prefix, part, classification, identifier)                                                      \
	{STR_INIT(prefix), STR_INIT(part), TYPE_##classification, STR_INIT(identifier)},
#include "read/shadowserver.tbl"
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- the type of a report ----------------------------------------------------------------------- */

static const struct report *find_report(struct str type)
{
	for (size_t i = 0; i < COUNT(reports); i++)
		if (str_eq(reports[i].type, type))
			return &reports[i];
	return NULL;
}

static bool type_char(char c)
{
	return char_alnum(c) || c == '_';
}

struct str shadow_plain_type(struct str word, char *buf)
{
	size_t n = 0;

	if (word.len == 0 || word.len >= SHADOW_TYPE_MAX)
		return (struct str){0};
	for (size_t i = 0; i < word.len; i++) {
		bool family = (word.p[i] == '4' || word.p[i] == '6') && i + 1 < word.len &&
		        word.p[i + 1] == '_' && memchr(buf, '_', n) == NULL;
		if (!family)
			buf[n++] = char_lower(word.p[i]);
	}
	if (n > 1 && buf[n - 1] == '6' && find_report(str_make(buf, n - 1)) != NULL)
		n--;
	return str_make(buf, n);
}

static bool looks_like_type(struct str word)
{
	for (size_t i = 0; i < COUNT(guesses); i++)
		if (str_starts(word, guesses[i].prefix) && word.len > guesses[i].prefix.len &&
		        str_has(word, '_'))
			return true;
	return false;
}

bool shadow_next_word(struct str file, size_t *at, struct str *ret)
{
	size_t start;

	while (*at < file.len && !type_char(file.p[*at]))
		++*at;
	for (start = *at; *at < file.len && type_char(file.p[*at]);)
		++*at;
	*ret = str_sub(file, start, *at - start);
	return ret->len > 0;
}

struct str shadow_type(struct str file, char *buf, bool *ret_known)
{
	char guess[SHADOW_TYPE_MAX];
	size_t guess_len = 0;
	struct str word;

	*ret_known = false;
	for (size_t at = 0; shadow_next_word(file, &at, &word);) {
		struct str type = shadow_plain_type(word, buf);
		if (type.len > 0 && find_report(type) != NULL) {
			*ret_known = true;
			return type;
		}
		if (guess_len == 0 && looks_like_type(type)) {
			memcpy(guess, type.p, type.len);
			guess_len = type.len;
		}
	}
	memcpy(buf, guess, guess_len);
	return str_make(buf, guess_len);
}

uint32_t shadow_position(const struct str *names, uint32_t n, struct str name)
{
	for (uint32_t i = 0; i < n; i++)
		if (str_ieq(names[i], name))
			return i;
	return UINT32_MAX;
}

struct str shadow_type_by_columns(const struct str *names, uint32_t n)
{
	for (size_t i = 0; i < COUNT(marks); i++)
		if (shadow_position(names, n, marks[i].column) != UINT32_MAX)
			return marks[i].type;
	return (struct str){0};
}

/* ---- what a type means -------------------------------------------------------------------------- */

/* "vulnerable-" and the rest of "scan_imap_vulnerable" is "vulnerable-imap". */
static struct str guess_identifier(struct arena *a, struct str type, size_t i)
{
	struct str rest = str_skip(type, guesses[i].prefix.len);

	if (guesses[i].part.len > 0 && guesses[i].part.p[0] == '_' && str_ends(rest, guesses[i].part))
		rest.len -= guesses[i].part.len;
	struct str name = arena_printf(a, "%.*s%.*s", STR_ARG(guesses[i].identifier), STR_ARG(rest));
	char *p = (char *)name.p;
	for (size_t k = 0; k < name.len; k++)
		if (p[k] == '_')
			p[k] = '-';
	return name;
}

struct str shadow_text(struct arena *a, struct str s)
{
	char *p = arena_get(a, s.len + sizeof(SHADOW_SLACK));

	memcpy(p, s.p, s.len);
	return str_make(p, s.len);
}

struct shadow_facts shadow_facts(struct arena *a, struct str type)
{
	const struct report *r = find_report(type);
	struct shadow_facts f = {.type = arena_str(a, type), .classification = TYPE_UNDETERMINED};

	if (r != NULL) {
		f.classification = r->classification;
		f.identifier = shadow_text(a, r->identifier);
		f.application = shadow_text(a, r->application);
		f.transport = r->transport;
		f.severity = r->severity;
		return f;
	}
	for (size_t i = 0; i < COUNT(guesses); i++)
		if (str_starts(type, guesses[i].prefix) &&
		        str_find_str(type, 0, guesses[i].part) != SIZE_MAX) {
			f.classification = guesses[i].classification;
			f.identifier = shadow_text(a, guess_identifier(a, type, i));
			break;
		}
	return f;
}

struct shadow_target shadow_column(struct str type, struct str name)
{
	struct shadow_target ret = {.extra = name};

	for (size_t i = 0; i < COUNT(columns); i++)
		if (str_ieq(columns[i].column, name) &&
		        (columns[i].type.len == 0 || str_eq(columns[i].type, type))) {
			ret = (struct shadow_target){columns[i].to, columns[i].extra};
			if (columns[i].type.len != 0)
				break;
		}
	return ret;
}

enum field shadow_also(struct str type, struct str name)
{
	for (size_t i = 0; i < COUNT(alsos); i++)
		if (str_ieq(alsos[i].column, name) && str_eq(alsos[i].type, type))
			return alsos[i].to;
	return FIELD_NONE;
}
