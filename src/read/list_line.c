/* SPDX-License-Identifier: Apache-2.0 */
#include "read/list_line.h"
#include "read/flat.h"
#include "read/indicator.h"
#include <stdio.h>

struct list_line {
	struct flat *json;           /* made when the first object is met */
	char word[2048], last[2048]; /* where disarmed words are put together */
};

/* What is taken of a line: the thing, and what else the line says. */
struct pieces {
	struct str body, comment;
};

struct list_line *list_line_new(struct reading *r)
{
	return arena_new(r->arena, struct list_line);
}

/* ---- cutting ------------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct str first_word(struct str s)
{
	size_t n = 0;

	while (n < s.len && !is_blank(s.p[n]))
		n++;
	return str_sub(s, 0, n);
}

static struct str drop_head(struct str s, const char *marks)
{
	while (s.len > 0 && (is_blank(s.p[0]) || strchr(marks, s.p[0]) != NULL) && s.p[0] != 0)
		s = str_skip(s, 1);
	return s;
}

static struct str unquote(struct str s)
{
	while (s.len > 0 && (s.p[s.len - 1] == ',' || s.p[s.len - 1] == ';'))
		s = str_trim(str_sub(s, 0, s.len - 1));
	if (s.len > 1 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.len - 1] == s.p[0])
		s = str_trim(str_sub(s, 1, s.len - 2));
	return s;
}

/* A comment behind a value has a blank before it: "#" may belong to a URL, ";" to its parameters. */
static struct pieces cut_comment(struct str s)
{
	struct pieces ret = {.body = s};

	for (size_t i = 1; i + 1 < s.len; i++) {
		char c = s.p[i];
		if (!is_blank(s.p[i - 1]) || !(c == '#' || c == ';' || (c == '/' && s.p[i + 1] == '/')))
			continue;
		ret.body = str_trim(str_sub(s, 0, i));
		ret.comment = drop_head(str_skip(s, i), "#;/");
		break;
	}
	/* a bullet, as in the text of a mail */
	if (ret.body.len > 2 && (ret.body.p[0] == '-' || ret.body.p[0] == '*') && ret.body.p[1] == ' ')
		ret.body = str_trim(str_skip(ret.body, 2));
	ret.body = unquote(ret.body);
	return ret;
}

/* ---- events -------------------------------------------------------------------------------------- */

static void put_words(struct reading *r, struct str s)
{
	uint32_t number;

	s = str_trim(drop_head(s, ",;|#"));
	if (str_u32(s, &number))
		event_extra_name(r->w, STR("number"), s);
	else
		event_put_exact(r->w, FIELD_COMMENT, s);
}

static void put_event(struct reading *r, const struct indicator *i, struct str rest, struct str comment)
{
	event_begin(r->w);
	indicator_put(r->w, i);
	put_words(r, rest);
	put_words(r, comment);
	columns_constants(r);
	event_end(r->w);
}

static void aside(struct reading *r, struct str word, const char *why)
{
	record_aside(r->w, ASIDE_VALUE, FIELD_NONE, "'%.*s' %s", STR_ARG(str_sub(word, 0, 200)), why);
}

/* ---- ranges -------------------------------------------------------------------------------------- */

static void put_cover(
        struct reading *r, struct addr first, const struct addr *last, const struct pieces *rest)
{
	struct prefix p;
	bool done = false;

	while (prefix_cover_next(&first, last, &done, &p) == 1) {
		struct indicator i = {.kind = INDICATOR_NETWORK};
		i.text = str_make(i.prefix, prefix_print(i.prefix, &p));
		put_event(r, &i, rest->body, rest->comment);
	}
}

static void put_range(struct reading *r, struct str text, struct addr first, const struct addr *last,
        const struct pieces *rest)
{
	struct addr zero = {0};
	unsigned at = addr_is4(&first) ? 12 : 0; /* of the bytes that count */

	if (at != 0)
		addr_from4(0, &zero);
	bool from_zero = addr_cmp(&first, &zero) == 0, to_end = last->b[at] == 0xff;
	if (addr_is4(&first) != addr_is4(last))
		aside(r, text, "goes from an address of one version to one of the other");
	else if (addr_cmp(&first, last) > 0)
		aside(r, text, "is a range that runs backwards");
	else if (from_zero && to_end)
		aside(r, text, "is the whole internet, which nobody reports");
	else if (from_zero)
		aside(r, text, "begins at nobody's address");
	else
		put_cover(r, first, last, rest);
}

/* What stands on both sides of a dash at position at; *ret_name is what stands before "NAME:FIRST-LAST". */
static bool range_at(struct list_line *l, struct str s, size_t at, size_t dash, struct addr *ret_first,
        struct addr *ret_last, struct str *ret_rest)
{
	struct str left = str_trim(str_sub(s, 0, at)), right = str_trim(str_skip(s, at + dash));
	struct str word = str_cut(first_word(right), ',').head, name = {0};
	struct str_cut named = str_rcut(left, ':');
	uint32_t v4;

	if (!addr_parse(value_refang(word, l->last, sizeof(l->last)), ret_last))
		return false;
	if (named.ok && addr_parse4(named.tail, &v4)) {
		name = named.head;
		left = named.tail;
	}
	if (!addr_parse(value_refang(left, l->word, sizeof(l->word)), ret_first))
		return false;
	*ret_rest = name.len > 0 ? name : str_skip(right, word.len);
	return true;
}

/* "FIRST-LAST", "FIRST - LAST", "NAME:FIRST-LAST"; the dash may be a long one. */
static bool take_range(struct reading *r, struct list_line *l, const struct pieces *p)
{
	static const struct str dashes[] = {STR_INIT("-"), STR_INIT("\xe2\x80\x93")};
	struct pieces rest = {.comment = p->comment};
	struct addr first, last;

	for (size_t k = 0; k < sizeof(dashes) / sizeof(dashes[0]); k++) {
		size_t at = str_find_str(p->body, 0, dashes[k]);
		/* the name in front may have dashes of its own, but not without end */
		for (unsigned tries = 0; at != SIZE_MAX && tries < 16; tries++) {
			if (range_at(l, p->body, at, dashes[k].len, &first, &last, &rest.body)) {
				put_range(r, p->body, first, &last, &rest);
				return true;
			}
			at = str_find_str(p->body, at + 1, dashes[k]);
		}
	}
	return false;
}

/* ---- names ---------------------------------------------------------------------------------------- */

/* Where a hosts file sends the client: nowhere. */
static bool is_sink(const struct addr *a)
{
	static const struct addr one = {{[15] = 1}};

	if (addr_is4(a))
		return addr_v4(a) == 0 || addr_v4(a) >> 24 == 127 || addr_v4(a) == UINT32_MAX;
	return addr_none(a) || addr_cmp(a, &one) == 0 || a->b[0] == 0xff ||
	        (a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80);
}

/* A name of the machine itself, in the usual first lines of a hosts file. */
static bool is_usual(struct str name)
{
	static const char *const names[] = {"localhost", "localhost.localdomain", "localhost4", "localhost6",
	        "localhost4.localdomain4", "localhost6.localdomain6", "local", "localdomain", "broadcasthost",
	        "loopback"};
	struct addr a;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_ieq(name, str_from(names[i])))
			return true;
	return str_istarts(name, STR("ip6-")) || str_istarts(name, STR("ipv6-")) ||
	        (addr_parse(name, &a) && is_sink(&a));
}

static bool good_name(struct list_line *l, struct str word, struct indicator *ret)
{
	indicator_parse(value_refang(word, l->word, sizeof(l->word)), ret);
	return ret->kind == INDICATOR_NAME || ret->kind == INDICATOR_ADDR || ret->kind == INDICATOR_NETWORK;
}

/* Words that are no names stay under extra, in the first event that a good one makes. */
static void put_bad_names(struct reading *r, struct list_line *l, struct str names)
{
	struct indicator i;

	for (struct str word; (word = first_word(names)).len > 0; names = str_trim(str_skip(names, word.len)))
		if (!is_usual(word) && !good_name(l, word, &i))
			event_put(r->w, FIELD_SOURCE_FQDN, word);
}

/* Names between blanks, an event for each. */
static void take_names(struct reading *r, struct list_line *l, struct str all, struct str comment)
{
	struct str bad = {0}, names = all;
	struct indicator i;
	unsigned n = 0;

	for (struct str word; (word = first_word(names)).len > 0;
	        names = str_trim(str_skip(names, word.len))) {
		if (is_usual(word))
			continue;
		if (!good_name(l, word, &i)) {
			bad = bad.len > 0 ? bad : word;
			continue;
		}
		event_begin(r->w);
		indicator_put(r->w, &i);
		put_words(r, comment);
		if (n++ == 0)
			put_bad_names(r, l, all);
		columns_constants(r);
		event_end(r->w);
	}
	if (n == 0 && bad.len > 0)
		aside(r, bad, "is no name, and stands where one is listed");
}

/* ---- rules of other programs ---------------------------------------------------------------------- */

/* "||bad.example^$third-party" */
static bool take_adblock(struct reading *r, struct list_line *l, struct str s)
{
	size_t n = 2;

	if (!str_starts(s, STR("||")))
		return false;
	while (n < s.len && strchr("^$/|", s.p[n]) == NULL)
		n++;
	take_names(r, l, str_sub(s, 2, n - 2), drop_head(str_skip(s, n), "^"));
	return true;
}

/* "address=/bad.example/worse.example/0.0.0.0": what stands between the slashes. */
static bool take_dnsmasq(struct reading *r, struct list_line *l, struct str s)
{
	struct str_cut cut = str_cut(s, '/'), end = str_rcut(cut.tail, '/');
	size_t n = end.head.len;

	if (!end.ok ||
	        !(str_ieq(cut.head, STR("address=")) || str_ieq(cut.head, STR("server=")) ||
	                str_ieq(cut.head, STR("local="))))
		return false;
	if (n > sizeof(l->last)) {
		aside(r, s, "is longer than a rule of dnsmasq may be");
		return true;
	}
	for (size_t i = 0; i < n; i++)
		l->last[i] = end.head.p[i] == '/' ? ' ' : end.head.p[i];
	take_names(r, l, str_trim(str_make(l->last, n)), (struct str){0});
	return true;
}

/* local-zone: "bad.example" always_nxdomain; zone "bad.example" { ... }; */
static bool take_zone(struct reading *r, struct list_line *l, struct str s)
{
	struct str_cut cut = str_cut(s, '"'), end = str_cut(cut.tail, '"');
	struct str head = str_trim(cut.head);

	if (!end.ok ||
	        !(str_ieq(head, STR("local-zone:")) || str_ieq(head, STR("local-data:")) ||
	                str_ieq(head, STR("zone"))))
		return false;
	take_names(r, l, first_word(str_trim(end.head)), str_trim(end.tail));
	return true;
}

/* The owner of an address in a response policy zone, "24.0.113.0.203.rpz-ip" or "48.zz.8.db8.2001.rpz-ip". */
static bool policy_address(struct str owner, struct indicator *ret)
{
	struct str rest = str_sub(owner, 0, owner.len - 7); /* ".rpz-ip" */
	struct str_cut length = str_cut(rest, '.');
	size_t n = 0, labels = 0;
	struct prefix p;

	for (size_t i = 0; i < length.tail.len; i++)
		labels += length.tail.p[i] == '.';
	char mark = labels == 3 && str_find_str(length.tail, 0, STR("zz")) == SIZE_MAX ? '.' : ':';
	for (struct str_cut cut = {.head = length.tail, .ok = true}; cut.ok;) {
		cut = str_rcut(cut.head, '.');
		struct str label = cut.ok ? cut.tail : cut.head;
		bool gap = str_ieq(label, STR("zz"));
		if (n + label.len + 8 > sizeof(ret->prefix))
			return false;
		/* the colon before a gap is there already, unless the gap comes first */
		if (gap)
			label = n == 0 ? STR("::") : STR(":");
		memcpy(ret->prefix + n, label.p, label.len);
		n += label.len;
		if (cut.ok && !gap)
			ret->prefix[n++] = mark;
	}
	ret->prefix[n++] = '/';
	if (length.head.len > 3)
		return false;
	memcpy(ret->prefix + n, length.head.p, length.head.len);
	ret->kind = INDICATOR_NETWORK;
	ret->text = str_make(ret->prefix, n + length.head.len);
	return prefix_parse(ret->text, &p, NULL);
}

/* "bad.example CNAME ." and "bad.example 300 IN A 192.0.2.1": the owner is listed, unless it is let through.
 */
static bool take_policy(struct reading *r, struct list_line *l, struct str s)
{
	struct str owner = first_word(s), rest = str_trim(str_skip(s, owner.len)), word = first_word(rest),
	           data;
	struct indicator i;
	uint32_t ttl;

	if (str_u32(word, &ttl)) {
		rest = str_trim(str_skip(rest, word.len));
		word = first_word(rest);
	}
	if (str_ieq(word, STR("IN"))) {
		rest = str_trim(str_skip(rest, word.len));
		word = first_word(rest);
	}
	data = str_trim(str_skip(rest, word.len));
	if (!str_ieq(word, STR("CNAME")) &&
	        !((str_ieq(word, STR("SOA")) || str_ieq(word, STR("NS"))) && data.len > 0))
		return false;
	if (!str_ieq(word, STR("CNAME")) || str_istarts(data, STR("rpz-passthru")))
		return true;
	if (!str_iends(owner, STR(".rpz-ip")))
		take_names(r, l, owner, (struct str){0});
	else if (policy_address(owner, &i))
		put_event(r, &i, (struct str){0}, (struct str){0});
	else
		aside(r, owner, "is no address of a response policy zone");
	return true;
}

/* ---- two addresses in a line ---------------------------------------------------------------------- */

/* "ADDRESS NETMASK" and "FIRST LAST LENGTH", where the three agree. */
static bool put_masked(struct reading *r, struct str first, struct str rest, struct str comment)
{
	struct str second = first_word(rest), third = str_trim(str_skip(rest, second.len));
	struct indicator i = {.kind = INDICATOR_NETWORK};
	struct addr a, b, from, to;
	struct prefix p;
	unsigned len;
	bool mask = indicator_netmask(second, &len);

	if (first.len > 40 || (!mask && !str_u32(first_word(third), &len)) || len > 128)
		return false;
	i.text = str_make(
	        i.prefix, (size_t)snprintf(i.prefix, sizeof(i.prefix), "%.*s/%u", STR_ARG(first), len));
	if (!prefix_parse(i.text, &p, NULL))
		return false;
	prefix_range(&p, &from, &to);
	if (!mask &&
	        !(addr_parse(first, &a) && addr_parse(second, &b) && addr_cmp(&a, &from) == 0 &&
	                addr_cmp(&b, &to) == 0))
		return false;
	put_event(r, &i, mask ? third : str_skip(third, first_word(third).len), comment);
	return true;
}

/* A line that begins with an address and has something behind it. True if it was dealt with. */
static bool take_columns(
        struct reading *r, struct list_line *l, struct str word, struct str rest, struct str comment)
{
	struct addr first, second;

	if (!addr_parse(word, &first))
		return false;
	if (put_masked(r, word, rest, comment))
		return true;
	if (is_sink(&first)) {
		take_names(r, l, rest, comment);
		return true;
	}
	if (!addr_parse(first_word(rest), &second))
		return false;
	aside(r, str_make(word.p, word.len + 1 + first_word(rest).len),
	        "are two addresses side by side: a range, a redirection or two machines");
	return true;
}

/* ---- objects ------------------------------------------------------------------------------------- */

/* DROP as JSON lines. The domain beside an AS number is its holder's and not what is listed. */
static void plan_object(struct reading *r, void *arg, struct flat_name *name)
{
	(void)arg;
	if (str_eq(name->path, STR("domain")))
		name->key = event_key(r->arena, name->path);
	else
		flat_plan(r, name);
}

/* The line that describes the file: {"type": "metadata", ...}. */
static bool is_metadata(struct str s)
{
	struct json j;
	struct json_token t;

	json_init(&j, s);
	if (json_next(&j, &t) <= 0)
		return false;
	while (json_next(&j, &t) > 0 && t.kind == JSON_KEY) {
		struct str key = t.text, value;
		if (json_skip(&j, &value) < 0)
			return false;
		if (str_eq(key, STR("type")))
			return str_eq(value, STR("\"metadata\""));
	}
	return false;
}

static void take_object(struct reading *r, struct list_line *l, struct str s)
{
	struct err e;

	if (is_metadata(s))
		return;
	if (l->json == NULL)
		l->json = flat_new(r, plan_object, NULL);
	event_begin(r->w);
	if (flat_put(r, l->json, s, &e) != 0) {
		record_aside(r->w, ASIDE_SYNTAX, FIELD_NONE, "%s", e.text);
		return;
	}
	columns_constants(r);
	event_end(r->w);
}

/* ---- a line --------------------------------------------------------------------------------------- */

/* The word in front, or its part before the first of the marks between columns. */
static struct str take_word(struct list_line *l, struct str s, struct indicator *ret)
{
	struct str word = unquote(first_word(s));

	indicator_parse(value_refang(word, l->word, sizeof(l->word)), ret);
	if (ret->kind != INDICATOR_NONE)
		return first_word(s);
	const char *why = ret->why;
	size_t n = 0;
	while (n < s.len && strchr(",;|#\t", s.p[n]) == NULL)
		n++;
	struct str part = str_trim(str_sub(s, 0, n));
	if (n < s.len && part.len > 0) {
		indicator_parse(value_refang(unquote(part), l->word, sizeof(l->word)), ret);
		why = ret->why;
		word = str_sub(s, 0, n);
	}
	if (ret->kind == INDICATOR_NONE)
		ret->why = why;
	return word;
}

static void take_body(struct reading *r, struct list_line *l, const struct pieces *p)
{
	struct indicator i;

	if (take_range(r, l, p) || take_adblock(r, l, p->body) || take_dnsmasq(r, l, p->body) ||
	        take_zone(r, l, p->body) || take_policy(r, l, p->body))
		return;
	struct str word = first_word(p->body), rest = str_trim(str_skip(p->body, word.len));
	if (rest.len > 0 && take_columns(r, l, word, rest, p->comment))
		return;
	word = take_word(l, p->body, &i);
	if (i.kind == INDICATOR_NONE)
		aside(r, word, i.why);
	else
		put_event(r, &i, str_skip(p->body, word.len), p->comment);
}

/* The next piece of a list within a line; empty pieces are passed over. */
static struct str next_piece(struct str *s, char mark)
{
	struct str piece = {0};

	while (s->len > 0 && piece.len == 0) {
		struct str_cut cut = str_cut(*s, mark);
		piece = unquote(str_trim(cut.head));
		*s = cut.tail;
	}
	return piece;
}

/* True if the line is at least min things of one kind. */
static bool is_enumeration(struct list_line *l, struct str s, char mark, unsigned min)
{
	enum indicator_kind kind = INDICATOR_NONE;
	struct indicator i;
	unsigned n = 0, len;

	for (struct str piece; (piece = next_piece(&s, mark)).len > 0; n++) {
		indicator_parse(value_refang(piece, l->word, sizeof(l->word)), &i);
		if (i.kind == INDICATOR_NETWORK || i.kind == INDICATOR_HOST_PORT)
			i.kind = INDICATOR_ADDR;
		bool odd = mark != ',' && (i.kind != INDICATOR_ADDR || indicator_netmask(piece, &len));
		if (i.kind == INDICATOR_NONE || (n > 0 && i.kind != kind) || odd)
			return false;
		kind = i.kind;
	}
	return n >= min;
}

static void take_enumeration(struct reading *r, struct list_line *l, const struct input_line *line,
        const struct pieces *p, char mark)
{
	struct str s = p->body;

	for (struct str piece; (piece = next_piece(&s, mark)).len > 0;) {
		struct pieces one = {.body = piece, .comment = p->comment};
		record_begin(r->w, line->offset + (uint64_t)(piece.p - line->text.p), piece.len, line->line);
		take_body(r, l, &one);
		record_end(r->w);
	}
}

void list_line_take(struct reading *r, struct list_line *l, const struct input_line *line, struct str s)
{
	struct pieces p = s.p[0] == '{' ? (struct pieces){.body = s} : cut_comment(s);

	if (s.p[0] == '{') {
		record_begin(r->w, line->offset, line->length, line->line);
		take_object(r, l, s);
		record_end(r->w);
	} else if (str_has(p.body, ',') && is_enumeration(l, p.body, ',', 2)) {
		take_enumeration(r, l, line, &p, ',');
	} else if (str_has(p.body, ' ') && is_enumeration(l, p.body, ' ', 3)) {
		take_enumeration(r, l, line, &p, ' ');
	} else {
		record_begin(r->w, line->offset, line->length, line->line);
		if (!str_starts(s, STR("@@")))
			take_body(r, l, &p);
		record_end(r->w);
	}
}

void list_line_put(struct reading *r, struct list_line *l, struct str s)
{
	struct pieces p = {.body = s};

	take_body(r, l, &p);
}

enum sniff list_line_sniff(struct str s)
{
	struct list_line l;
	struct pieces p = cut_comment(s);
	struct indicator i;
	struct addr a;
	struct str word = take_word(&l, p.body, &i);

	if (str_starts(s, STR("{\"cidr\":")) ||
	        (str_starts(s, STR("{\"asn\":")) && str_find_str(s, 0, STR("\"rir\":")) != SIZE_MAX))
		return SNIFF_SURE;
	if (s.p[0] == '{')
		return str_find_str(s, 0, STR("\"metadata\"")) != SIZE_MAX ? SNIFF_SURE : SNIFF_NO;
	if (str_starts(s, STR("||")) || str_starts(s, STR("@@")) || str_starts(s, STR("address=/")))
		return SNIFF_MAYBE;
	if (i.kind == INDICATOR_NONE)
		return addr_parse(word, &a) && is_sink(&a) ? SNIFF_MAYBE : SNIFF_NO;
	bool alone = word.len == p.body.len;
	return alone && i.kind != INDICATOR_NAME && i.kind != INDICATOR_ASN && i.kind != INDICATOR_EMAIL
	        ? SNIFF_SURE
	        : SNIFF_MAYBE;
}
