/* SPDX-License-Identifier: Apache-2.0
 *
 * pairs: lines of KEY=VALUE, as firewalls, sensors and syslog relays write them:
 *
 *   date=2026-01-05 srcip=192.0.2.1 msg="login \"root\" failed" action=deny
 *
 * Pairs stand between blanks (or between another delimiter of the mapping); a value in quotes may have blanks,
 * and a backslash in front of a quote. Keys go by a mapping, else by the names of fields and common aliases,
 * else to extra. Words that are no pair, such as a syslog head, are kept together as extra.text. A line
 * without a pair is set aside.
 *
 * It does not know that date and time may be two keys of one instant.
 */
#include "read/flat.h"
#include "read/input.h"
#include "read/table.h"

struct pairs {
	struct flat *flat;
	char separator; /* between key and value */
	char delimiter; /* between pairs; 0: blanks */
	char quote;     /* 0: none */
	struct str comment;
	char *words, *value; /* where they are put together; LIMIT_RECORD each */
};

static bool is_key_char(char c)
{
	return char_alnum(c) || c == '_' || c == '-' || c == '.';
}

/* The key at the start of s, empty if no pair begins there. */
static struct str take_key(struct str s, char separator)
{
	size_t n = 0;

	while (n < s.len && is_key_char(s.p[n]))
		n++;
	return n > 0 && n < s.len && s.p[n] == separator ? str_sub(s, 0, n) : (struct str){0};
}

static bool is_end(const struct pairs *p, char c)
{
	return p->delimiter != 0 ? c == p->delimiter : c == ' ' || c == '\t';
}

static struct str take_word(const struct pairs *p, struct str *s)
{
	size_t n = 0;

	while (n < s->len && !is_end(p, s->p[n]))
		n++;
	struct str word = str_sub(*s, 0, n);
	*s = str_skip(*s, n);
	return word;
}

/* A value in quotes, which stand there still; false if they are not closed. */
static bool take_quoted(struct pairs *p, struct str *s, struct str *ret)
{
	size_t n = 0;

	for (size_t i = 1; i < s->len; i++) {
		if (s->p[i] == p->quote) {
			*ret = str_make(p->value, n);
			*s = str_skip(*s, i + 1);
			return true;
		}
		i += s->p[i] == '\\' && i + 1 < s->len && (s->p[i + 1] == p->quote || s->p[i + 1] == '\\');
		p->value[n++] = s->p[i];
	}
	return false;
}

static struct str take_value(struct pairs *p, struct str *s)
{
	struct str value;

	if (p->quote != 0 && s->len > 1 && s->p[0] == p->quote && take_quoted(p, s, &value))
		return value;
	return take_word(p, s);
}

/* Words that are no pair, with a blank between them; all of a line fit. */
static void keep_word(struct pairs *p, size_t *n, struct str word)
{
	if (*n > 0)
		p->words[(*n)++] = ' ';
	memcpy(p->words + *n, word.p, word.len);
	*n += word.len;
}

static uint32_t put_line(struct reading *r, struct pairs *p, struct str s)
{
	uint32_t pairs = 0;
	size_t words = 0;

	for (;;) {
		while (s.len > 0 && (is_end(p, s.p[0]) || char_space(s.p[0])))
			s = str_skip(s, 1);
		if (s.len == 0)
			break;
		struct str key = take_key(s, p->separator);
		if (key.len == 0) {
			keep_word(p, &words, str_trim(take_word(p, &s)));
			continue;
		}
		s = str_skip(s, key.len + 1);
		flat_put_value(r, p->flat, key, take_value(p, &s));
		pairs++;
	}
	event_extra_name(r->w, STR("text"), str_make(p->words, words));
	return pairs;
}

static int pairs_next(struct reading *r)
{
	struct pairs *p = r->state;
	struct input_line line;
	int rc = input_next_line(r->in, &line, &r->err);

	if (rc <= 0)
		return rc;
	struct str s = str_trim(line.text);
	if (s.len == 0)
		return 1;
	if (p->comment.len != 0 && str_starts(s, p->comment)) {
		columns_comment(r, s);
		return 1;
	}
	record_begin(r->w, line.offset, line.length, line.line);
	if (line.too_long) {
		record_aside(r->w, ASIDE_LIMIT, FIELD_NONE, "a line of %llu bytes; a record may have %d",
		        (unsigned long long)line.length, LIMIT_RECORD);
	} else {
		event_begin(r->w);
		if (put_line(r, p, s) == 0)
			record_aside(
			        r->w, ASIDE_SYNTAX, FIELD_NONE, "the line has no KEY%cVALUE", p->separator);
		columns_constants(r);
		event_end(r->w);
	}
	record_end(r->w);
	return 1;
}

static int pairs_start(struct reading *r)
{
	const struct read_map *map = r->options->map;
	struct str delimiter = r->options->delimiter, option = map != NULL ? map->options : (struct str){0};
	struct pairs *p = arena_new(r->arena, struct pairs);

	if (columns_no_table(r) != 0)
		return ERR_VALUE;
	*p = (struct pairs){.flat = flat_new(r, NULL, NULL), .separator = '=', .quote = '"'};
	p->words = arena_get(r->arena, LIMIT_RECORD);
	p->value = arena_get(r->arena, LIMIT_RECORD);
	r->state = p;
	if (option.len != 0) {
		if (!str_starts(option, STR("separator=")) || option.len != 11)
			return err_set(&r->err, ERR_VALUE, "the options of pairs are 'separator=C'");
		p->separator = option.p[10];
	}
	if (map != NULL) {
		p->comment = map->comment;
		p->quote = str_eq(map->quote, STR("none")) ? 0 : map->quote.len == 1 ? map->quote.p[0] : '"';
		if (delimiter.len == 0)
			delimiter = map->delimiter;
	}
	if (str_eq(delimiter, STR("tab")))
		delimiter = STR("\t");
	p->delimiter = delimiter.len == 1 ? delimiter.p[0] : 0;
	return 0;
}

/* Three pairs or more in the first line, two of which have keys that are known. */
static enum sniff pairs_sniff(const struct sniff_view *v)
{
	const struct pairs p = {.separator = '=', .quote = '"'};
	struct str s = str_trim(str_cut(str_trim(v->head), '\n').head), keys[16];
	uint32_t n = 0;

	while (s.len > 0 && n < 16) {
		keys[n] = take_key(s, p.separator);
		n += keys[n].len != 0;
		take_word(&p, &s);
		s = str_trim(s);
	}
	return n >= 3 && columns_known(keys, n) >= 2 ? SNIFF_MAYBE : SNIFF_NO;
}

const struct reader reader_pairs = {
        .name = "pairs",
        .about = "lines of KEY=VALUE, as firewalls and sensors write them: keys by --map, by the names of "
                 "fields, "
                 "or by common aliases",
        .sniff = pairs_sniff,
        .start = pairs_start,
        .next = pairs_next,
        .fields =
                "Keys that are names of fields (weir docs fields) or common aliases go there; all others are "
                "kept "
                "under extra, and words that are no pair as extra.text. A value may stand in double quotes.",
        .options_about = "--delimiter C, --map FILE (options: \"separator=C\"), --timezone TZ",
};
