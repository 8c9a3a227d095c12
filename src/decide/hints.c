/* SPDX-License-Identifier: Apache-2.0
 *
 * Hints: what the values of a record rule out. For the things that most rules ask, a table says for each of
 * some 256 buckets that a value can fall into which rules such a value can still satisfy. One load replaces
 * the conditions of all rules that mean another port, network or name. A hint never decides: conditions are
 * tried all the same, so two values in one bucket cost time and nothing else.
 */
#include "decide/rules.h"

/* Behind the buckets: nothing is there, and something that says nothing. */
#define ABSENT HINT_BUCKETS
#define ANYTHING (HINT_BUCKETS + 1)

static inline unsigned text_bucket(struct str s)
{
	return s.len == 0 ? ABSENT
	                  : ((unsigned)s.len * 37 + (unsigned char)char_lower(s.p[0]) * 11 +
	                            (unsigned char)char_lower(s.p[s.len - 1])) %
	                HINT_BUCKETS;
}

/* A name and all that it is below of end alike. */
static inline unsigned name_bucket(struct str s)
{
	return s.len == 0 ? ABSENT : (unsigned char)s.p[s.len - 1] % HINT_BUCKETS;
}

static inline unsigned addr_bucket(const struct addr *a)
{
	return addr_none(a) ? ABSENT : addr_is4(a) ? a->b[12] : ANYTHING;
}

static inline unsigned number_bucket(uint32_t v, unsigned nothing)
{
	return v == 0 ? nothing : v % HINT_BUCKETS;
}

static unsigned row_bucket(const struct look *l, const struct hint *h)
{
	switch (h->what) {
	case FIELD_SOURCE_PORT:
		return number_bucket(l->row->src_port, ABSENT);
	case FIELD_DESTINATION_PORT:
		return number_bucket(l->row->dst_port, ABSENT);
	case FIELD_SOURCE_ASN: /* the look-up answers too */
		return number_bucket(l->row->src_asn, ANYTHING);
	case FIELD_SOURCE_IP:
		return addr_bucket(&l->row->src);
	case FIELD_FEED_ACCURACY:
		if (l->row->accuracy != 255)
			return l->row->accuracy;
		return l->f->feed.accuracy < 0 ? ABSENT : (unsigned)l->f->feed.accuracy % HINT_BUCKETS;
	case WHAT_OWNER_SECTOR:
		return l->owner == NULL ? ABSENT : text_bucket(l->owner->sector);
	default:
		return h->kind == COND_NAME ? name_bucket(l->slot[h->slot]) : text_bucket(l->slot[h->slot]);
	}
}

uint64_t hints_apply(const struct look *l, uint64_t set, uint32_t word)
{
	const struct rules *r = l->f->rules;

	for (unsigned i = 0; i < r->nhints && (set & (set - 1)) != 0; i++) {
		const struct hint *h = &r->hints[i];
		if ((set & h->asks[word]) != 0)
			set &= h->can[row_bucket(l, h) * r->words + word];
	}
	return set;
}

/* ---- making them --------------------------------------------------------------------------------- */

static bool can_hint(const struct cond *c)
{
	switch (c->what) {
	case FIELD_SOURCE_PORT:
	case FIELD_DESTINATION_PORT:
	case FIELD_SOURCE_ASN:
	case FIELD_SOURCE_IP:
	case FIELD_FEED_ACCURACY:
	case WHAT_OWNER_SECTOR:
		return true;
	default:
		return c->slot != 0 && (c->kind == COND_TEXT || c->kind == COND_NAME);
	}
}

struct buckets {
	bool has[HINT_BUCKETS];
};

static void mark_range(struct buckets *b, const struct range *r)
{
	double low = r->low < 0 ? 0 : r->low, high = r->high;

	if (!(high - low < HINT_BUCKETS)) {
		memset(b->has, 1, sizeof(b->has));
		return;
	}
	for (double v = low; v <= high + 1; v++)
		b->has[(uint64_t)v % HINT_BUCKETS] = true;
}

static void mark_net(struct buckets *b, const struct net *n)
{
	static const uint8_t head[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	const uint8_t *bits = (const uint8_t *)n->bits, *mask = (const uint8_t *)n->mask;

	for (unsigned i = 0; i < sizeof(head); i++)
		if (((head[i] ^ bits[i]) & mask[i]) != 0)
			return; /* of IPv6, which has no buckets */
	for (unsigned v = 0; v < 256; v++)
		b->has[v] |= ((v ^ bits[12]) & mask[12]) == 0;
}

static void mark_cond(struct buckets *b, const struct cond *c)
{
	for (uint32_t i = 0; i < c->n; i++) {
		switch (c->kind) {
		case COND_NUMBER:
			mark_range(b, &c->ranges[i]);
			break;
		case COND_ADDRESS:
			mark_net(b, &c->nets[i]);
			break;
		case COND_NAME:
			b->has[name_bucket(c->texts[i])] = true;
			break;
		default:
			b->has[text_bucket(c->texts[i])] = true;
		}
	}
}

static void hint_rule(const struct rules *r, struct hint *h, uint32_t i)
{
	const struct rule *rule = &r->rules[i];
	struct buckets can;
	uint64_t bit = (uint64_t)1 << i % 64;
	bool asked = false;

	memset(can.has, 1, sizeof(can.has));
	for (uint32_t k = 0; k < rule->nconds; k++) {
		struct buckets b = {0};
		if (rule->conds[k].what != h->what)
			continue;
		asked = true;
		mark_cond(&b, &rule->conds[k]);
		for (unsigned v = 0; v < HINT_BUCKETS; v++)
			can.has[v] &= b.has[v];
	}
	for (unsigned v = 0; v < HINT_BUCKETS; v++)
		h->can[v * r->words + i / 64] |= can.has[v] ? bit : 0;
	h->can[ABSENT * r->words + i / 64] |= asked ? 0 : bit;
	h->can[ANYTHING * r->words + i / 64] |= bit;
	h->asks[i / 64] |= asked ? bit : 0;
}

static void hint_make(struct rules *r, const struct cond *c)
{
	struct hint *h = &r->hints[r->nhints++];

	h->what = c->what;
	h->kind = c->kind;
	h->slot = c->slot;
	h->asks = arena_array(&r->arena, r->words, sizeof(*h->asks));
	h->can = arena_array(&r->arena, (size_t)(HINT_BUCKETS + 2) * r->words, sizeof(*h->can));
	for (uint32_t i = 0; i < r->n; i++)
		hint_rule(r, h, i);
}

void hints_give(struct rules *r)
{
	const struct cond *of[WHAT_END] = {0};
	uint32_t asked[WHAT_END] = {0};

	for (uint32_t i = 0; i < r->n; i++) {
		for (uint32_t k = 0; k < r->rules[i].nconds; k++) {
			const struct cond *c = &r->rules[i].conds[k];
			if (!can_hint(c))
				continue;
			of[c->what] = c;
			asked[c->what]++;
		}
	}
	while (r->nhints < HINTS) {
		unsigned best = 0;
		for (unsigned what = 1; what < WHAT_END; what++)
			best = asked[what] > asked[best] ? what : best;
		if (asked[best] == 0)
			return;
		asked[best] = 0;
		hint_make(r, of[best]);
	}
}
