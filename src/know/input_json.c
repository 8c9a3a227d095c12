/* SPDX-License-Identifier: Apache-2.0
 *
 * Two small JSON shapes: a country's delegations ({"countryCode": "LA", "prefixes": {"ipv4": [...]}}) and
 * names of AS ({"64500": "EXAMPLE, LA"}). Only strings and their depth are looked at; that is all these
 * shapes need, and a full reader would add nothing but memory.
 */
#include "base/utf8.h"
#include "know/input.h"

enum token { TOKEN_END, TOKEN_STRING, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_COLON, TOKEN_OTHER };

struct json {
	struct str text;
	size_t at;
	unsigned line;
	struct buf value; /* of a string, without escapes */
	char open;        /* which bracket */
	int depth;
};

static uint32_t hex4(struct str s)
{
	uint32_t v = 0;

	for (size_t i = 0; i < 4; i++) {
		int d = i < s.len ? char_hex(s.p[i]) : -1;
		if (d < 0)
			return UINT32_MAX;
		v = v << 4 | (uint32_t)d;
	}
	return v;
}

/* \uXXXX, with its other half if it is a surrogate; what is wrong becomes U+FFFD. */
static void unicode_take(struct json *j)
{
	char out[4];
	uint32_t cp = hex4(str_sub(j->text, j->at, 4)), low;

	j->at += cp == UINT32_MAX ? 0 : 4;
	if (cp >= 0xd800 && cp < 0xdc00 && str_starts(str_skip(j->text, j->at), STR("\\u"))) {
		low = hex4(str_sub(j->text, j->at + 2, 4));
		if (low >= 0xdc00 && low < 0xe000) {
			cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
			j->at += 6;
		}
	}
	if (cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000) || cp == 0)
		cp = 0xfffd;
	buf_add(&j->value, str_make(out, utf8_put(out, cp)));
}

static enum token string_take(struct json *j)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";

	buf_clear(&j->value);
	while (j->at < j->text.len) {
		char c = j->text.p[j->at++];
		if (c == '"')
			return TOKEN_STRING;
		if (c != '\\' || j->at == j->text.len) {
			j->line += c == '\n';
			buf_char(&j->value, c);
			continue;
		}
		c = j->text.p[j->at++];
		const char *escape = c == 0 ? NULL : strchr(from, c);
		if (c == 'u')
			unicode_take(j);
		else
			buf_char(&j->value, escape != NULL ? to[escape - from] : c);
	}
	return TOKEN_END; /* the text ends in a string */
}

static enum token token_next(struct json *j)
{
	while (j->at < j->text.len) {
		char c = j->text.p[j->at++];
		if (c == '\n')
			j->line++;
		if (char_space(c) || c == ',')
			continue;
		if (c == '"')
			return string_take(j);
		if (c == ':')
			return TOKEN_COLON;
		j->open = c;
		j->depth += (c == '{' || c == '[') - (c == '}' || c == ']');
		if (c == '{' || c == '[')
			return TOKEN_OPEN;
		return c == '}' || c == ']' ? TOKEN_CLOSE : TOKEN_OTHER;
	}
	return TOKEN_END;
}

/* The first string of an object at the start of the text; empty if there is none. */
static struct str first_key(const struct know_input *in, struct json *j)
{
	*j = (struct json){.text = str_sub(in->text, 0, 65536), .line = 1};
	if (token_next(j) != TOKEN_OPEN || j->open != '{' || token_next(j) != TOKEN_STRING)
		return (struct str){0};
	return buf_str(&j->value);
}

/* ---- delegations of a country ------------------------------------------------------------------- */

static enum know_sniff rir_sniff(const struct know_input *in)
{
	struct str head = str_sub(in->text, 0, 4096);

	return str_starts(str_trim(head), STR("{")) &&
	                str_find_str(head, 0, STR("\"countryCode\"")) != SIZE_MAX &&
	                str_find_str(head, 0, STR("\"prefixes\"")) != SIZE_MAX
	        ? KNOW_SNIFF_SURE
	        : KNOW_SNIFF_NO;
}

static void rir_prefix(struct know_input *in, struct str value, const char cc[2])
{
	struct prefix p;

	in->rows++;
	if (!prefix_parse(value, &p, NULL))
		know_aside(in, "bad prefix", value);
	else if (know_build_country(in->build, &p, cc))
		in->used++;
	else
		in->none++;
}

static int rir_read(struct know_input *in, struct err *e)
{
	struct json j = {.text = in->text, .line = 1};
	enum token token;
	bool code_is_next = false, in_prefixes = false, have = false;
	char cc[2];

	while ((token = token_next(&j)) != TOKEN_END) {
		struct str value = buf_str(&j.value);
		in->line = j.line;
		if (token == TOKEN_CLOSE && j.open == ']')
			in_prefixes = false;
		if (token != TOKEN_STRING)
			continue;
		if (code_is_next)
			have = know_country(value, cc);
		code_is_next = str_eq(value, STR("countryCode"));
		if (str_eq(value, STR("ipv4")) || str_eq(value, STR("ipv6")))
			in_prefixes = true;
		else if (in_prefixes && have)
			rir_prefix(in, value, cc);
	}
	buf_done(&j.value);
	return have ? 0
	            : err_set(e, ERR_VALUE, "%.*s: no two letters under 'countryCode'", STR_ARG(in->name));
}

const struct know_input_kind know_input_rir_json = {
        .name = "rir-json",
        .about = "a country's delegations as JSON (ipverse rir-ip)",
        .sniff = rir_sniff,
        .read = rir_read,
};

/* ---- names of AS -------------------------------------------------------------------------------- */

static enum know_sniff as_sniff(const struct know_input *in)
{
	struct json j;
	uint32_t asn;
	bool is = str_u32(first_key(in, &j), &asn) && token_next(&j) == TOKEN_COLON;

	buf_done(&j.value);
	return is ? KNOW_SNIFF_SURE : KNOW_SNIFF_NO;
}

static int as_read(struct know_input *in, struct err *e)
{
	struct json j = {.text = in->text, .line = 1};
	enum token token;
	uint32_t asn = 0;
	bool key = true, known = false;

	while ((token = token_next(&j)) != TOKEN_END) {
		in->line = j.line;
		if (token != TOKEN_STRING)
			continue;
		if (key) {
			known = str_u32(buf_str(&j.value), &asn);
		} else {
			in->rows++;
			if (known && asn == 0)
				in->none++; /* "-Reserved AS-" */
			else if (known && know_build_as_name(in->build, asn, str_trim(buf_str(&j.value))))
				in->used++;
			else
				know_aside(in, "no AS number and name at", buf_str(&j.value));
		}
		key = !key;
	}
	buf_done(&j.value);
	if (j.depth != 0)
		return err_set(e, ERR_SYNTAX, "%.*s: the JSON ends in the middle", STR_ARG(in->name));
	return 0;
}

const struct know_input_kind know_input_as_json = {
        .name = "as-names",
        .about = "AS numbers with their names as one JSON object (pyasn)",
        .sniff = as_sniff,
        .read = as_read,
};
