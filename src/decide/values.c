/* SPDX-License-Identifier: Apache-2.0
 *
 * The values of a condition, by the type of what it asks. They are brought into the spelling that records
 * have (names as A-labels, URLs with the scheme in lower case, older types under today's name), so that a
 * match is a comparison of bytes; a value that no record can have is refused, since a rule that never matches
 * is the worst kind of wrong rule.
 *
 * There are no wildcards, no expressions and no comparisons of times.
 */
#include "decide/cond.h"
#include "event/canon.h"
#include "event/value.h"
#include <float.h>
#include <math.h>

/* ---- comparisons ---------------------------------------------------------------------------------- */

enum op { OP_IS, OP_ABOVE, OP_FROM, OP_BELOW, OP_TO };

static enum op take_op(struct str *s)
{
	static const struct {
		struct str text;
		enum op op;
	} ops[] = {{STR_INIT(">="), OP_FROM}, {STR_INIT("<="), OP_TO}, {STR_INIT(">"), OP_ABOVE},
	        {STR_INIT("<"), OP_BELOW}};

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (!str_starts(*s, ops[i].text))
			continue;
		*s = str_trim(str_skip(*s, ops[i].text.len));
		return ops[i].op;
	}
	return OP_IS;
}

/* The members 1 to end - 1 of an ordered vocabulary that op lets through. */
static uint64_t op_mask(enum op op, unsigned at, unsigned end)
{
	uint64_t all = ((uint64_t)1 << end) - 2, upto = ((uint64_t)2 << at) - 1;

	switch (op) {
	case OP_ABOVE:
		return all & ~upto;
	case OP_FROM:
		return all & ~(upto >> 1);
	case OP_BELOW:
		return all & (upto >> 1);
	case OP_TO:
		return all & upto;
	default:
		return (uint64_t)1 << at;
	}
}

/* An ordered word; what says which are wanted. */
static bool add_ordered(struct values *v, const struct conf *at, unsigned (*find)(struct str), unsigned end,
        const char *kind, const char *words)
{
	struct str s = str_trim(at->text);
	enum op op = take_op(&s);
	unsigned n = find(s);

	if (n == 0)
		FAULT(v, at, "no %s '%s': %s is wanted, also as '>= %s'", kind, quote(s).text, words,
		        end == SEVERITY_END && find(STR("high")) ? "high" : "AMBER");
	uint64_t mask = op_mask(op, n, end);
	if (mask == 0)
		FAULT(v, at, "'%s' is never true", quote(at->text).text);
	v->cond->mask |= mask;
	return true;
}

static unsigned find_tlp(struct str s)
{
	return (unsigned)tlp_find(s);
}
static unsigned find_pap(struct str s)
{
	return (unsigned)pap_find(s);
}
static unsigned find_severity(struct str s)
{
	return (unsigned)severity_find(s);
}

static bool add_type(struct values *v, const struct conf *at)
{
	enum event_type type = type_find(at->text);
	enum event_type near = type == TYPE_NONE ? type_nearest(at->text) : TYPE_NONE;

	if (near != TYPE_NONE)
		FAULT(v, at, "no type '%s'; did you mean '%.*s'?", quote(at->text).text,
		        STR_ARG(type_table[near].name));
	if (type == TYPE_NONE)
		FAULT(v, at, "no type '%s'", quote(at->text).text);
	v->cond->mask |= (uint64_t)1 << type;
	return true;
}

static bool add_taxonomy(struct values *v, const struct conf *at)
{
	struct str name = taxonomy_find(at->text);

	if (name.len == 0)
		FAULT(v, at, "no class '%s'", quote(at->text).text);
	for (unsigned i = 1; i < TYPE_END; i++)
		v->cond->mask |= str_eq(type_table[i].taxonomy, name) ? (uint64_t)1 << i : 0;
	return true;
}

static bool add_how(struct values *v, const struct conf *at)
{
	for (unsigned i = 0; i < KNOW_HOW_END; i++) {
		if (!str_ieq(at->text, str_from(know_how_name(i))))
			continue;
		v->cond->mask |= (uint64_t)1 << i;
		return true;
	}
	FAULT(v, at, "no way of finding '%s': asset, prefix, name, AS, country or nobody is wanted",
	        quote(at->text).text);
}

static bool add_bool(struct values *v, const struct conf *at)
{
	bool yes = str_eq(at->text, STR("true")) || str_eq(at->text, STR("yes"));

	if (!yes && !str_eq(at->text, STR("false")) && !str_eq(at->text, STR("no")))
		FAULT(v, at, "bad truth '%s': write 'true' or 'false'", quote(at->text).text);
	v->cond->mask |= yes ? 2 : 1;
	return true;
}

/* ---- numbers -------------------------------------------------------------------------------------- */

static bool number_parse(int type, struct str s, double *ret)
{
	char text[64];
	uint32_t asn;
	size_t n;

	if (type == FT_ASN) {
		if (str_find(s, 0, ' ') != SIZE_MAX || !value_asn(s, &asn))
			return false;
		*ret = asn;
		return true;
	}
	n = s.len < 40 ? canon_float(s, text, sizeof(text) - 1) : 0;
	if (n == 0 || (type != FT_FLOAT && str_has(str_make(text, n), '.')))
		return false;
	text[n] = 0;
	*ret = strtod(text, NULL);
	return true;
}

/* Lowest and highest value that a record can have there. */
static struct range number_bounds(unsigned what, int type)
{
	if (what == FIELD_CRITICALITY)
		return (struct range){1, 5};
	switch (type) {
	case FT_PORT:
		return (struct range){1, 65535};
	case FT_ASN:
	case FT_COUNT:
		return (struct range){1, UINT32_MAX};
	case FT_ACCURACY:
		return (struct range){0, 100};
	default:
		return (struct range){-INFINITY, INFINITY};
	}
}

/* The next number above n, or below it: for "> n" and "< n" with bounds that belong to the range. */
static double number_step(int type, double n, int way)
{
	double size = n < 0 ? -n : n;

	return n + way * (type == FT_FLOAT ? (size > 1 ? size : 1) * 2 * DBL_EPSILON : 1);
}

static bool range_parse(int type, struct str s, struct range *ret)
{
	enum op op = take_op(&s);
	struct str_cut cut = str_cut(str_skip(s, 1), '-');
	struct range r = {-INFINITY, INFINITY};
	double n;

	if (op == OP_IS && cut.ok && s.p[0] != '-') {
		cut.head = str_trim(str_make(s.p, cut.head.len + 1));
		if (!number_parse(type, cut.head, &r.low) || !number_parse(type, str_trim(cut.tail), &r.high))
			return false;
		*ret = r;
		return r.low <= r.high;
	}
	if (!number_parse(type, s, &n))
		return false;
	if (op == OP_IS || op == OP_FROM || op == OP_ABOVE)
		r.low = op == OP_ABOVE ? number_step(type, n, 1) : n;
	if (op == OP_IS || op == OP_TO || op == OP_BELOW)
		r.high = op == OP_BELOW ? number_step(type, n, -1) : n;
	*ret = r;
	return true;
}

static bool add_number(struct values *v, const struct conf *at)
{
	struct range r, can = number_bounds(v->cond->what, v->type);

	if (!range_parse(v->type, str_trim(at->text), &r))
		FAULT(v, at,
		        "bad value '%s' of '%.*s': a number, '>= NUMBER', '< NUMBER' or 'LOW-HIGH' is wanted",
		        quote(at->text).text, STR_ARG(v->cond->name));
	if (r.high < can.low || r.low > can.high)
		FAULT(v, at, "'%s' is never true: '%.*s' is %.0f to %.0f", quote(at->text).text,
		        STR_ARG(v->cond->name), can.low, can.high);
	*vec_add(&v->ranges) = r;
	return true;
}

static bool add_transport(struct values *v, const struct conf *at)
{
	uint8_t n = transport_find(at->text);

	if (n == 0)
		FAULT(v, at, "no transport protocol '%s'", quote(at->text).text);
	*vec_add(&v->ranges) = (struct range){n, n};
	return true;
}

/* ---- addresses, names, texts ---------------------------------------------------------------------- */

static bool add_country(struct values *v, const struct conf *at)
{
	struct str s = at->text;

	if (s.len != 2 || char_lower(s.p[0]) < 'a' || char_lower(s.p[0]) > 'z' || char_lower(s.p[1]) < 'a' ||
	        char_lower(s.p[1]) > 'z')
		FAULT(v, at, "bad country '%s': two letters are wanted (ISO 3166-1)", quote(s).text);
	*vec_add(&v->countries) = (uint16_t)((s.p[0] & ~0x20) << 8 | (s.p[1] & ~0x20));
	return true;
}

static bool add_prefix(struct values *v, const struct conf *at)
{
	struct prefix p;
	bool host;
	char text[PREFIX_TEXT];

	if (!prefix_parse(at->text, &p, &host))
		FAULT(v, at, "'%s' is no address and no prefix", quote(at->text).text);
	if (host)
		FAULT(v, at, "'%s' has bits behind its length; write '%.*s' or the address alone",
		        quote(at->text).text, (int)prefix_print(text, &p), text);
	struct net *net = vec_add(&v->nets);
	memcpy(net->bits, p.addr.b, sizeof(net->bits));
	net->len = p.len;
	for (unsigned i = 0; i < p.len; i++)
		((uint8_t *)net->mask)[i / 8] |= (uint8_t)(0x80 >> i % 8);
	return true;
}

/* A name, also one of a single label, since records are compared with what is above them. */
static bool add_name(struct values *v, const struct conf *at)
{
	char in[NAME_MAX_BYTES + 3], out[NAME_MAX_BYTES + 1];
	size_t n;

	if (str_has(at->text, '*'))
		FAULT(v, at, "bad name '%s': a name stands for all below it, there are no wildcards",
		        quote(at->text).text);
	if (at->text.len == 0 || at->text.len > NAME_MAX_BYTES || at->text.p[0] == '.')
		FAULT(v, at, "'%s' is no DNS name", quote(at->text).text);
	n = (size_t)snprintf(in, sizeof(in), "x.%.*s", STR_ARG(at->text));
	if (!value_fqdn(str_make(in, n), out, &n))
		FAULT(v, at, "'%s' is no DNS name", quote(at->text).text);
	*vec_add(&v->texts) = arena_str(&v->c->rules->arena, str_make(out + 2, n - 2));
	return true;
}

static bool hex_only(struct str s, size_t len)
{
	for (size_t i = 0; i < s.len; i++) {
		if (char_hex(s.p[i]) < 0)
			return false;
	}
	return s.len == len;
}

/* The spelling that records have; an empty str if no record can have this value. out has 1200 bytes. */
static struct str text_spell(int type, struct str s, char *out)
{
	struct str host;
	size_t n = 0;

	switch (type) {
	case FT_URL:
		return s.len <= 256 && value_url(s, out, &n, &host) ? str_make(out, n) : (struct str){0};
	case FT_EMAIL:
		return value_email(s, out, &n) ? str_make(out, n) : (struct str){0};
	case FT_BIC:
		return value_bic(s, out, &n) ? str_make(out, n) : (struct str){0};
	case FT_MD5:
	case FT_SHA1:
	case FT_SHA256:
		return hex_only(s, type == FT_MD5 ? 32 : type == FT_SHA1 ? 40 : 64) ? s : (struct str){0};
	case FT_UUID:
		return canon_uuid(s, out) ? str_make(out, 36) : (struct str){0};
	case FT_REGISTRY:
		return canon_registry(s);
	case FT_CVES:
		n = canon_cves(s, out, 64);
		return n > 0 && !str_has(str_make(out, n), ',') ? str_make(out, n) : (struct str){0};
	default:
		return s;
	}
}

static bool add_text(struct values *v, const struct conf *at)
{
	char spelled[1200];
	struct str s = at->text, number = s;
	struct range r;

	if (s.len > 0 && s.p[s.len - 1] == '*')
		FAULT(v, at, "bad value '%s': there are no wildcards", quote(s).text);
	if (take_op(&number) != OP_IS && range_parse(FT_FLOAT, number, &r))
		FAULT(v, at, "'%.*s' is text and has no order; '%s' is never true", STR_ARG(v->cond->name),
		        quote(s).text);
	s = text_spell(v->type, s, spelled);
	if (s.len == 0)
		FAULT(v, at, "'%s' is no value of '%.*s', which is of the type %s", quote(at->text).text,
		        STR_ARG(v->cond->name), field_type_name((enum field_type)v->type));
	s = arena_str(&v->c->rules->arena, s);
	for (size_t i = 0; i < s.len; i++)
		((char *)s.p)[i] = char_lower(s.p[i]);
	*vec_add(&v->texts) = s;
	return true;
}

/* ---- by type ------------------------------------------------------------------------------------ */

static bool add_mask(struct values *v, const struct conf *at)
{
	switch (v->type) {
	case FT_TYPE:
		return add_type(v, at);
	case FT_TAXONOMY:
		return add_taxonomy(v, at);
	case FT_TLP:
		return add_ordered(
		        v, at, find_tlp, TLP_END, "label", "CLEAR, GREEN, AMBER, AMBER+STRICT or RED");
	case FT_PAP:
		return add_ordered(v, at, find_pap, PAP_END, "label", "CLEAR, GREEN, AMBER or RED");
	case FT_SEVERITY:
		return add_ordered(v, at, find_severity, SEVERITY_END, "severity",
		        "critical, high, medium, low or info");
	case FT_BOOL:
		return add_bool(v, at);
	default:
		return add_how(v, at);
	}
}

bool value_add(struct values *v, const struct conf *at)
{
	if (at->kind != CONF_SCALAR)
		FAULT(v, at, "'%.*s' takes a value or a list of values", STR_ARG(v->cond->name));
	if (at->text.len == 0)
		FAULT(v, at, "'%.*s' has no value here", STR_ARG(v->cond->name));
	switch (v->cond->kind) {
	case COND_MASK:
		return add_mask(v, at);
	case COND_NUMBER:
		return v->type == FT_TRANSPORT ? add_transport(v, at) : add_number(v, at);
	case COND_COUNTRY:
		return add_country(v, at);
	case COND_ADDRESS:
	case COND_NETWORK:
		return add_prefix(v, at);
	case COND_NAME:
		return add_name(v, at);
	default:
		return add_text(v, at);
	}
}
