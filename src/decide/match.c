/* SPDX-License-Identifier: Apache-2.0
 *
 * Asking compiled conditions of one row. What the record says comes first; where it is silent about a
 * network, an AS or a country the look-up of its address answers, and where it is silent about its feed the
 * feed's configuration does. Owner and asset are always the register's, whatever the record claims.
 */
#include "decide/rules.h"

void look_values(struct look *l)
{
	const struct facts *f = l->f;
	const struct rules *r = f->rules;
	struct batch_iter it = batch_vars(f->b, l->row);
	const char *p = it.value;
	uint64_t filled = 0;

	memset(l->slot, 0, r->nslots * sizeof(l->slot[0]));
	/* what nobody asks goes to slot 0, which is cheaper than asking whether somebody does */
	for (; it.at != it.end && it.at->id < FIELD_END; p += it.at->len, it.at++) {
		unsigned slot = r->slot[it.at->id];
		l->slot[slot] = str_make(p, it.at->len);
		filled |= slot < 64 ? (uint64_t)1 << slot : 0;
	}
	for (; it.at != it.end && it.at->id <= f->last_id; p += it.at->len, it.at++) {
		unsigned slot = f->key_slot[it.at->id - FIELD_EXTRA];
		l->slot[slot] = str_make(p, it.at->len);
		filled |= slot < 64 ? (uint64_t)1 << slot : 0;
	}
	l->slot[0] = (struct str){0};
	l->filled = filled & ~(uint64_t)1;
}

static const struct know_leaf *dst_leaf(struct look *l)
{
	if (!l->dst_asked) {
		l->dst_asked = true;
		l->dst_leaf = l->f->args->know != NULL && !addr_none(&l->row->dst)
		        ? know_addr(l->f->args->know, &l->row->dst)
		        : NULL;
	}
	return l->dst_leaf;
}

/* ---- values --------------------------------------------------------------------------------------- */

/* A member of a small vocabulary, -1 if it is not there. */
static int small_value(const struct look *l, unsigned what)
{
	struct str s;

	switch (what) {
	case FIELD_CLASSIFICATION_TYPE:
		return l->row->type ? l->row->type : -1;
	case FIELD_CLASSIFICATION_TAXONOMY:
		if (l->row->type != TYPE_NONE)
			return l->row->type;
		s = look_slot(l, FIELD_CLASSIFICATION_TAXONOMY);
		for (int i = 1; s.len > 0 && i < TYPE_END; i++) /* any type of the class stands for it */
			if (str_eq(type_table[i].taxonomy, s))
				return i;
		return -1;
	case FIELD_TLP:
		return (int)l->tlp;
	case FIELD_PAP:
		return l->row->pap ? l->row->pap : -1;
	case FIELD_SEVERITY:
		return (int)l->severity;
	case WHAT_HOW:
		return l->whose.how;
	default:
		s = look_slot(l, (enum field)what);
		return s.len == 0 ? -1 : str_eq(s, STR("true"));
	}
}

static struct str text_value(const struct look *l, unsigned what)
{
	struct str s;

	switch (what) {
	case FIELD_OWNER:
		return l->owner ? l->owner->id : (struct str){0};
	case FIELD_ASSET:
		return l->asset ? l->asset->name : (struct str){0};
	case WHAT_OWNER_NAME:
		return l->owner ? l->owner->name : (struct str){0};
	case WHAT_OWNER_SECTOR:
		return l->owner ? l->owner->sector : (struct str){0};
	case WHAT_ASSET_KIND:
		return l->asset ? l->asset->kind : (struct str){0};
	case FIELD_FEED_NAME:
		s = look_slot(l, FIELD_FEED_NAME);
		return s.len ? s : l->f->feed.name;
	case FIELD_FEED_PROVIDER:
		s = look_slot(l, FIELD_FEED_PROVIDER);
		return s.len ? s : l->f->feed.provider;
	case FIELD_FEED_CODE:
		s = look_slot(l, FIELD_FEED_CODE);
		return s.len ? s : l->f->feed.code;
	case FIELD_FEED_URL:
		s = look_slot(l, FIELD_FEED_URL);
		return s.len ? s : l->f->feed.url;
	case FIELD_FEED_DOCUMENTATION:
		s = look_slot(l, FIELD_FEED_DOCUMENTATION);
		return s.len ? s : l->f->feed.documentation;
	default:
		return what >= WHAT_EXTRA ? l->slot[l->f->rules->extra_slot[what - WHAT_EXTRA]]
		                          : look_slot(l, (enum field)what);
	}
}

static struct str country_value(struct look *l, unsigned what)
{
	struct str s = look_slot(l, (enum field)what);
	const struct know_leaf *leaf = NULL;

	if (s.len == 0 && what == FIELD_SOURCE_GEO_CC)
		leaf = l->leaf;
	if (s.len == 0 && what == FIELD_DESTINATION_GEO_CC)
		leaf = dst_leaf(l);
	return leaf != NULL && leaf->cc[0] != 0 ? str_make(leaf->cc, 2) : s;
}

static bool network_value(struct look *l, unsigned what, struct prefix *ret)
{
	struct str s = look_slot(l, (enum field)what);
	const struct know_leaf *leaf;

	if (s.len > 0)
		return prefix_parse(s, ret, NULL);
	if (what == FIELD_SOURCE_NETWORK)
		return l->leaf != NULL && know_network(l->leaf, &l->row->src, ret);
	leaf = dst_leaf(l);
	return leaf != NULL && know_network(leaf, &l->row->dst, ret);
}

static bool address_value(const struct look *l, unsigned what, struct addr *ret)
{
	if (what == FIELD_SOURCE_IP)
		*ret = l->row->src;
	else if (what == FIELD_DESTINATION_IP)
		*ret = l->row->dst;
	else
		return addr_parse(look_slot(l, (enum field)what), ret);
	return !addr_none(ret);
}

static double number_text(struct str s)
{
	char text[64];

	if (s.len >= sizeof(text))
		return 0;
	memcpy(text, s.p, s.len);
	text[s.len] = 0;
	return strtod(text, NULL);
}

/* Numbers of a thing, of which there may be several (origins of a network). Returns how many. */
static unsigned number_values(struct look *l, unsigned what, double ret[KNOW_ORIGINS])
{
	const struct batch_row *row = l->row;
	const struct know_leaf *leaf = NULL;
	uint32_t v;
	struct str s;

	switch (what) {
	case FIELD_SOURCE_ASN:
		v = row->src_asn;
		leaf = v == 0 ? l->leaf : NULL;
		break;
	case FIELD_DESTINATION_ASN:
		v = row->dst_asn;
		leaf = v == 0 ? dst_leaf(l) : NULL;
		break;
	case FIELD_SOURCE_PORT:
		v = row->src_port;
		break;
	case FIELD_DESTINATION_PORT:
		v = row->dst_port;
		break;
	case FIELD_COUNT:
		v = row->count;
		break;
	case FIELD_PROTOCOL_TRANSPORT:
		v = row->proto;
		break;
	case FIELD_CRITICALITY:
		v = l->whose.criticality;
		break;
	case FIELD_FEED_ACCURACY:
		if (row->accuracy == 255 && l->f->feed.accuracy < 0)
			return 0;
		ret[0] = row->accuracy == 255 ? l->f->feed.accuracy : row->accuracy;
		return 1;
	default:
		s = look_slot(l, (enum field)what);
		ret[0] = number_text(s);
		return s.len > 0;
	}
	for (unsigned i = 0; leaf != NULL && i < leaf->origins; i++)
		ret[i] = leaf->asn[i];
	if (leaf != NULL)
		return leaf->origins;
	ret[0] = v;
	return v != 0;
}

/* ---- tests ---------------------------------------------------------------------------------------- */

static bool in_ranges(const struct cond *c, double v)
{
	for (uint32_t i = 0; i < c->n; i++) {
		if (v >= c->ranges[i].low && v <= c->ranges[i].high)
			return true;
	}
	return false;
}

static bool test_number(struct look *l, const struct cond *c)
{
	double v[KNOW_ORIGINS];

	if (c->what == FIELD_SOURCE_PORT) /* what most rules with a number ask */
		return l->row->src_port != 0 && in_ranges(c, l->row->src_port);
	for (unsigned k = 0, n = number_values(l, c->what, v); k < n; k++) {
		if (in_ranges(c, v[k]))
			return true;
	}
	return false;
}

static bool test_country(struct look *l, const struct cond *c)
{
	struct str s = country_value(l, c->what);

	if (s.len != 2)
		return false;
	uint16_t cc = (uint16_t)((unsigned char)s.p[0] << 8 | (unsigned char)s.p[1]);
	for (uint32_t i = 0; i < c->n; i++) {
		if (c->countries[i] == cc)
			return true;
	}
	return false;
}

static bool net_has(const struct net *n, const uint64_t a[2])
{
	return (((a[0] ^ n->bits[0]) & n->mask[0]) | ((a[1] ^ n->bits[1]) & n->mask[1])) == 0;
}

static bool test_address(const struct look *l, const struct cond *c)
{
	struct addr a;
	uint64_t words[2];

	if (!address_value(l, c->what, &a))
		return false;
	memcpy(words, a.b, sizeof(words));
	for (uint32_t i = 0; i < c->n; i++) {
		if (net_has(&c->nets[i], words))
			return true;
	}
	return false;
}

static bool test_network(struct look *l, const struct cond *c)
{
	struct prefix p;
	uint64_t words[2];

	if (!network_value(l, c->what, &p))
		return false;
	memcpy(words, p.addr.b, sizeof(words));
	for (uint32_t i = 0; i < c->n; i++) {
		if (p.len >= c->nets[i].len && net_has(&c->nets[i], words))
			return true;
	}
	return false;
}

static bool name_below(struct str name, struct str parent)
{
	size_t front = name.len - parent.len;

	return name.len >= parent.len && (front == 0 || name.p[front - 1] == '.') &&
	        memcmp(name.p + front, parent.p, parent.len) == 0;
}

static bool test_name(const struct look *l, const struct cond *c)
{
	struct str s = l->slot[c->slot];

	for (uint32_t i = 0; s.len > 0 && i < c->n; i++) {
		if (name_below(s, c->texts[i]))
			return true;
	}
	return false;
}

static bool text_among(struct str s, const struct cond *c)
{
	for (uint32_t i = 0; s.len > 0 && i < c->n; i++) {
		if (s.len == c->texts[i].len && str_ieq(s, c->texts[i]))
			return true;
	}
	return false;
}

static bool test_list(const struct look *l, const struct cond *c)
{
	struct str_cut cut = {.tail = l->slot[c->slot], .ok = true};

	while (cut.ok) {
		cut = str_cut(cut.tail, ',');
		if (text_among(cut.head, c))
			return true;
	}
	return false;
}

static inline bool holds(struct look *l, const struct cond *c)
{
	int small;

	switch ((enum cond_kind)c->kind) {
	case COND_MASK:
		small = small_value(l, c->what);
		return small >= 0 && (c->mask >> small & 1) != 0;
	case COND_NUMBER:
		return test_number(l, c);
	case COND_COUNTRY:
		return test_country(l, c);
	case COND_ADDRESS:
		return test_address(l, c);
	case COND_NAME:
		return test_name(l, c);
	case COND_TEXT:
		return text_among(c->slot != 0 ? l->slot[c->slot] : text_value(l, c->what), c);
	case COND_NETWORK:
		return test_network(l, c);
	case COND_LIST:
		return test_list(l, c);
	}
	return false;
}

bool match_cond(struct look *l, const struct cond *c)
{
	return holds(l, c);
}

static bool match_rule(struct look *l, const struct rule *rule)
{
	if ((rule->needs & ~l->filled) != 0)
		return false;
	for (uint32_t i = 0; i < rule->ntried; i++) {
		if (!holds(l, &rule->conds[i]))
			return false;
	}
	for (uint32_t g = 0; g < rule->nnots; g++) {
		uint32_t held = 0;
		while (held < rule->nots[g].n && holds(l, &rule->nots[g].conds[held]))
			held++;
		if (held == rule->nots[g].n)
			return false;
	}
	return true;
}

uint32_t match_first(struct look *l)
{
	const struct rules *r = l->f->rules;
	const uint64_t *type = r->sieve[SIEVE_TYPE] + (size_t)l->row->type * r->words,
	               *severity = r->sieve[SIEVE_SEVERITY] + (size_t)l->severity * r->words,
	               *tlp = r->sieve[SIEVE_TLP] + (size_t)l->tlp * r->words,
	               *how = r->sieve[SIEVE_HOW] + (size_t)l->whose.how * r->words,
	               *criticality = r->sieve[SIEVE_CRITICALITY] +
	        (size_t)(l->whose.criticality % SIEVE_VALUES) * r->words;

	for (uint32_t w = 0; w < r->words; w++) {
		uint64_t set = type[w] & severity[w] & tlp[w] & how[w] & criticality[w];
		set = hints_apply(l, set, w);
		for (; set != 0; set &= set - 1) {
			uint32_t i = w * 64 + (uint32_t)__builtin_ctzll(set);
			if (match_rule(l, &r->rules[i]))
				return i + 1;
		}
	}
	return 0;
}

/* ---- for people ----------------------------------------------------------------------------------- */

struct str look_text(struct look *l, unsigned what, char *buf)
{
	double v[KNOW_ORIGINS];
	struct prefix p;
	unsigned n;
	size_t len = 0;

	switch (what) {
	case WHAT_HOW:
		return str_from(know_how_name(l->whose.how));
	case FIELD_TLP:
		return tlp_name(l->tlp);
	case FIELD_SEVERITY:
		return severity_name(l->severity);
	case FIELD_SOURCE_GEO_CC:
	case FIELD_DESTINATION_GEO_CC:
		return country_value(l, what);
	case FIELD_SOURCE_NETWORK:
	case FIELD_DESTINATION_NETWORK:
		return network_value(l, what, &p) ? str_make(buf, prefix_print(buf, &p)) : (struct str){0};
	case FIELD_SOURCE_ASN:
	case FIELD_DESTINATION_ASN:
	case FIELD_CRITICALITY:
	case FIELD_FEED_ACCURACY:
		n = number_values(l, what, v);
		for (unsigned i = 0; i < n; i++)
			len += (size_t)snprintf(buf + len, 64 - len, "%s%.0f", i ? " " : "", v[i]);
		return n ? str_make(buf, len) : (struct str){0};
	default:
		if (what >= FIELD_END || l->f->rules->slot[what] != 0 || what == FIELD_OWNER ||
		        what == FIELD_ASSET)
			return text_value(l, what);
		return batch_text(l->f->b, l->row, (enum field)what, buf);
	}
}
