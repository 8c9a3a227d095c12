/* SPDX-License-Identifier: Apache-2.0
 *
 * Inputs of one record a line: prefixes with the AS that originates them, delegations of the registries,
 * lists of a country's prefixes, names of AS.
 */
#include "event/value.h"
#include "know/input.h"

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Each line that is no comment. */
static int each_line(struct know_input *in, void (*take)(struct know_input *in, struct str line))
{
	struct str rest = in->text, line;

	while (know_line_next(&rest, in, &line)) {
		if (know_line_comment(line))
			continue;
		in->rows++;
		take(in, line);
	}
	return 0;
}

/* The first word of *rest, which is moved behind it and the blanks that follow. */
static struct str word_take(struct str *rest)
{
	size_t i = 0;

	while (i < rest->len && !blank(rest->p[i]))
		i++;
	struct str word = str_sub(*rest, 0, i);
	while (i < rest->len && blank(rest->p[i]))
		i++;
	*rest = str_skip(*rest, i);
	return word;
}

/* ---- routes: "192.0.2.0/24 64500", "192.0.2.0 24 64500"; origins "{1,2}", "1_2", "1,2", "1 2" ------- */

static bool origin_mark(char c)
{
	return c == '{' || c == '}' || c == ',' || c == '_' || blank(c);
}

/* The next origin: 1, 0 at the end, -1 if there is something else. */
static int origin_next(struct str *rest, uint32_t *ret)
{
	size_t i = 0;

	while (i < rest->len && origin_mark(rest->p[i]))
		i++;
	size_t start = i;
	while (i < rest->len && !origin_mark(rest->p[i]))
		i++;
	struct str word = str_sub(*rest, start, i - start);
	*rest = str_skip(*rest, i);
	if (word.len == 0)
		return 0;
	return str_u32(word, ret) || value_asn(word, ret) ? 1 : -1;
}

static bool route_prefix(struct str *rest, struct prefix *ret)
{
	struct str word = word_take(rest), len_word;
	char text[64];

	if (str_has(word, '/'))
		return prefix_parse(word, ret, NULL);
	len_word = word_take(rest);
	if (word.len + len_word.len + 1 > sizeof(text) || len_word.len == 0)
		return false;
	memcpy(text, word.p, word.len);
	text[word.len] = '/';
	memcpy(text + word.len + 1, len_word.p, len_word.len);
	return prefix_parse(str_make(text, word.len + 1 + len_word.len), ret, NULL);
}

static enum know_sniff routes_sniff(const struct know_input *in)
{
	struct str rest = know_line_first(in->text);
	struct prefix p;
	uint32_t asn;

	return route_prefix(&rest, &p) && origin_next(&rest, &asn) == 1 ? KNOW_SNIFF_SURE : KNOW_SNIFF_NO;
}

static void route_line(struct know_input *in, struct str line)
{
	struct str rest = line;
	struct prefix p;
	uint32_t asn[64];
	unsigned n = 0, used = 0;
	int rc = 0;

	if (!route_prefix(&rest, &p)) {
		know_aside(in, "no prefix in", line);
		return;
	}
	while (n < 64 && (rc = origin_next(&rest, &asn[n])) == 1)
		n++;
	if (rc < 0 || n == 0) {
		know_aside(in, "no AS number in", line);
		return;
	}
	for (unsigned i = 0; i < n; i++)
		used += asn[i] != 0 && know_build_route(in->build, &p, asn[i]);
	in->used += used != 0;
	in->none += used == 0; /* a default route, or AS 0: not to be routed */
}

static int routes_read(struct know_input *in, struct err *e)
{
	(void)e;
	return each_line(in, route_line);
}

const struct know_input_kind know_input_routes = {
        .name = "routes",
        .about = "prefixes with the AS numbers that originate them (pyasn, RouteViews prefix2as)",
        .sniff = routes_sniff,
        .read = routes_read,
};

/* ---- delegated: "apnic|LA|ipv4|192.0.2.0|256|20200101|allocated" --------------------------------- */

#define DELEGATED_CELLS 7

static unsigned bars_cut(struct str line, struct str cell[DELEGATED_CELLS])
{
	unsigned n = 0;
	struct str_cut cut = {.tail = line, .ok = true};

	while (cut.ok && n < DELEGATED_CELLS) {
		cut = str_cut(cut.tail, '|');
		cell[n++] = cut.head;
	}
	return n;
}

static enum know_sniff delegated_sniff(const struct know_input *in)
{
	struct str cell[DELEGATED_CELLS];

	return bars_cut(know_line_first(in->text), cell) == DELEGATED_CELLS ? KNOW_SNIFF_SURE : KNOW_SNIFF_NO;
}

/* count addresses from start on. */
static bool delegated_v4(struct know_input *in, struct str start, struct str count, const char cc[2])
{
	struct addr first, last;
	uint32_t from, n;
	struct prefix p;
	bool done = false;

	if (!addr_parse4(start, &from) || !str_u32(count, &n) || n == 0 || n - 1 > UINT32_MAX - from)
		return false;
	addr_from4(from, &first);
	addr_from4(from + (n - 1), &last);
	while (prefix_cover_next(&first, &last, &done, &p) == 1)
		know_build_country(in->build, &p, cc);
	return true;
}

static bool delegated_v6(struct know_input *in, struct str start, struct str len, const char cc[2])
{
	char text[64];
	struct prefix p;

	if (start.len > 45 || len.len > 3)
		return false;
	int n = snprintf(text, sizeof(text), "%.*s/%.*s", STR_ARG(start), STR_ARG(len));
	if (!str_has(start, ':') || !prefix_parse(str_make(text, (size_t)n), &p, NULL))
		return false;
	know_build_country(in->build, &p, cc);
	return true;
}

static void delegated_line(struct know_input *in, struct str line)
{
	struct str cell[DELEGATED_CELLS];
	char cc[2];
	unsigned n = bars_cut(line, cell);
	bool v4 = n > 2 && str_eq(cell[2], STR("ipv4")), v6 = n > 2 && str_eq(cell[2], STR("ipv6"));

	/* Head, sums, AS numbers, and what is not given to anybody. */
	if (n < DELEGATED_CELLS || str_eq(cell[5], STR("summary")) || str_eq(cell[2], STR("asn")) ||
	        str_u64(cell[0], &(uint64_t){0}) || str_eq(cell[6], STR("available")) ||
	        str_eq(cell[6], STR("reserved")) || cell[1].len == 0 || str_eq(cell[1], STR("*")) ||
	        str_eq(cell[1], STR("ZZ"))) {
		if (n < 6)
			know_aside(in, "too few columns in", line);
		else
			in->none++;
		return;
	}
	if (!know_country(cell[1], cc))
		know_aside(in, "bad country in", line);
	else if ((v4 && delegated_v4(in, cell[3], cell[4], cc)) ||
	        (v6 && delegated_v6(in, cell[3], cell[4], cc)))
		in->used++;
	else
		know_aside(in, "bad range in", line);
}

static int delegated_read(struct know_input *in, struct err *e)
{
	(void)e;
	return each_line(in, delegated_line);
}

const struct know_input_kind know_input_delegated = {
        .name = "delegated",
        .about = "delegations of a regional registry (delegated-apnic-latest, also the extended form)",
        .sniff = delegated_sniff,
        .read = delegated_read,
};

/* ---- cidr: a prefix a line, the country is in the file's name ------------------------------------- */

/* "la.cidr", "LA-ipv4.cidr", "la_v6.txt" */
static bool name_country(struct str base, char ret[2])
{
	return base.len > 2 && !char_alnum(base.p[2]) && know_country(str_sub(base, 0, 2), ret);
}

static enum know_sniff cidr_sniff(const struct know_input *in)
{
	struct prefix p;

	return prefix_parse(know_line_first(in->text), &p, NULL) ? KNOW_SNIFF_SURE : KNOW_SNIFF_NO;
}

static void cidr_line(struct know_input *in, struct str line)
{
	struct prefix p;
	char cc[2];

	if (!prefix_parse(line, &p, NULL))
		know_aside(in, "bad prefix", line);
	else if (name_country(in->base, cc) && know_build_country(in->build, &p, cc))
		in->used++;
	else
		in->none++;
}

static int cidr_read(struct know_input *in, struct err *e)
{
	char cc[2];

	if (!name_country(in->base, cc))
		return err_set(e, ERR_VALUE,
		        "%.*s: a list of prefixes, but the name does not say the country (as la.cidr or "
		        "la-ipv4.cidr does)",
		        STR_ARG(in->name));
	return each_line(in, cidr_line);
}

const struct know_input_kind know_input_cidr = {
        .name = "cidr",
        .about = "a country's prefixes, one a line; the file's name begins with the country (la.cidr)",
        .sniff = cidr_sniff,
        .read = cidr_read,
};

/* ---- as-names: "AS64500 EXAMPLE Example Ltd, LA", "64500<tab>EXAMPLE", "64500,EXAMPLE" -------------- */

static bool as_name_cut(struct str line, uint32_t *ret_asn, struct str *ret_name)
{
	size_t i = 0;

	while (i < line.len && !blank(line.p[i]) && line.p[i] != ',' && line.p[i] != ';' && line.p[i] != '|')
		i++;
	struct str number = str_sub(line, 0, i), name = str_trim(str_skip(line, i + 1));
	if (name.len >= 2 && name.p[0] == '"' && name.p[name.len - 1] == '"')
		name = str_sub(name, 1, name.len - 2);
	if (str_istarts(number, STR("AS")))
		number = str_skip(number, 2);
	*ret_name = name;
	return name.len != 0 && str_u32(number, ret_asn);
}

static enum know_sniff as_text_sniff(const struct know_input *in)
{
	struct str first = know_line_first(in->text), name;
	uint32_t asn;

	if (str_istarts(first, STR("asn,")) || str_istarts(first, STR("asn\t")))
		return KNOW_SNIFF_SURE;
	return as_name_cut(first, &asn, &name) ? KNOW_SNIFF_MAYBE : KNOW_SNIFF_NO;
}

static void as_line(struct know_input *in, struct str line)
{
	struct str name;
	uint32_t asn;
	bool cut = as_name_cut(line, &asn, &name);

	if (cut && asn == 0)
		in->none++; /* "-Reserved AS-" */
	else if (cut && know_build_as_name(in->build, asn, name))
		in->used++;
	else if (in->rows == 1 && str_istarts(line, STR("asn")))
		in->none++;
	else
		know_aside(in, "no AS number and name in", line);
}

static int as_text_read(struct know_input *in, struct err *e)
{
	(void)e;
	return each_line(in, as_line);
}

const struct know_input_kind know_input_as_text = {
        .name = "as-names",
        .about = "AS numbers with their names, one a line",
        .sniff = as_text_sniff,
        .read = as_text_read,
};
