/* SPDX-License-Identifier: Apache-2.0
 *
 * From prefixes in layers to ranges that do not overlap. Prefixes nest or are apart, never half and half; so
 * one pass over all layers in the order of (first address, length) with a stack of those that are open meets
 * every change exactly once. A prefix that opens copies what holds around it and changes its own layer.
 *
 * IPv4 takes part as ::ffff:0:0/96: one pass does both families. A fence around that prefix keeps short IPv6
 * prefixes out of it.
 */
#include "know/build.h"
#include "know/file.h"

#define NO_LEN 0xff
#define FENCE LAYERS

static const struct know_item fence_item = {.first = (u128)0xffff << 32, .len = 96};

/* What holds at a point. Lengths say how near each layer is. */
struct state {
	uint32_t asn[KNOW_ORIGINS];
	uint32_t owner, asset;
	uint16_t cc;
	uint8_t origins;
	uint8_t route_len, cc_len, owner_len, asset_len; /* NO_LEN: nothing */
};
static const struct state state_empty = {
        .route_len = NO_LEN, .cc_len = NO_LEN, .owner_len = NO_LEN, .asset_len = NO_LEN};

struct frame {
	u128 first, last;
	uint32_t leaf; /* UINT32_MAX: not made yet */
	uint8_t len;
	struct state state;
};
struct flatten {
	const struct know_flat_context *c;
	struct know_leaves *leaves;
	struct know_ranges *ranges;
	struct frame stack[130];
	unsigned depth;
	u128 at; /* up to here everything has its range */
	bool end;
	size_t cut;
};

/* ---- leaves ------------------------------------------------------------------------------------- */

static uint32_t leaf_hash(const struct know_leaf *l)
{
	uint64_t h = 0x9e3779b97f4a7c15u, w[4];

	memcpy(w, l, sizeof(w));
	for (unsigned i = 0; i < 4; i++) {
		h = (h ^ w[i]) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	return (uint32_t)h;
}

static size_t leaf_slot(const struct know_leaves *l, const struct know_leaf *leaf)
{
	size_t at = leaf_hash(leaf) & (l->nslots - 1);

	while (l->slot[at] != 0 && memcmp(&l->v[l->slot[at] - 1], leaf, sizeof(*leaf)) != 0)
		at = (at + 1) & (l->nslots - 1);
	return at;
}

static void leaves_grow(struct know_leaves *l)
{
	free(l->slot);
	l->nslots = l->nslots ? l->nslots * 2 : 4096;
	l->slot = mem_zero(l->nslots, sizeof(*l->slot));
	for (size_t i = 0; i < l->n; i++)
		l->slot[leaf_slot(l, &l->v[i])] = (uint32_t)i + 1;
}

static uint32_t leaf_number(struct know_leaves *l, const struct know_leaf *leaf)
{
	if (l->nslots < 2 * (l->n + 1))
		leaves_grow(l);
	size_t slot = leaf_slot(l, leaf);
	if (l->slot[slot] == 0) {
		*vec_add(l) = *leaf;
		l->slot[slot] = (uint32_t)l->n;
	}
	return l->slot[slot] - 1;
}

/* The order of contacts, as know.h has it. */
static void leaf_owner(const struct flatten *f, const struct state *s, struct know_leaf *leaf)
{
	const struct owners_asset *asset = s->asset ? &f->c->owners->asset.v[s->asset - 1] : NULL;

	if (asset != NULL &&
	        (s->owner_len == NO_LEN || s->asset_len >= s->owner_len || asset->owner == s->owner)) {
		leaf->owner = asset->owner;
		leaf->asset = s->asset;
		leaf->criticality = asset->criticality;
		leaf->how = KNOW_ASSET;
		return;
	}
	leaf->owner = s->owner;
	leaf->how = KNOW_PREFIX;
	for (unsigned i = 0; leaf->owner == 0 && i < s->origins; i++) {
		leaf->owner = f->c->as_owner(f->c->arg, s->asn[i]);
		leaf->how = KNOW_AS;
	}
	if (leaf->owner == 0 && s->cc != 0) {
		leaf->owner = f->c->country_owner(f->c->arg, s->cc);
		leaf->how = KNOW_COUNTRY;
	}
	if (leaf->owner == 0)
		leaf->how = KNOW_NOBODY;
}

static uint32_t state_leaf(const struct flatten *f, const struct state *s)
{
	struct know_leaf leaf = {.origins = s->origins};
	uint8_t len = 0;

	if (s->route_len != NO_LEN)
		len = s->route_len;
	if (s->cc_len != NO_LEN && s->cc_len > len)
		len = s->cc_len;
	if (len == 0 && s->owner_len != NO_LEN)
		len = s->owner_len;
	if (len == 0 && s->asset_len != NO_LEN)
		len = s->asset_len;
	leaf.network_len = len;
	memcpy(leaf.asn, s->asn, sizeof(leaf.asn));
	leaf.cc[0] = (char)(s->cc >> 8);
	leaf.cc[1] = (char)s->cc;
	leaf_owner(f, s, &leaf);
	return leaf_number(f->leaves, &leaf);
}

/* ---- the pass ----------------------------------------------------------------------------------- */

/* Writes the range from f->at on; the next one begins at next (or nowhere, if end). */
static void range_put(struct flatten *f, u128 next, bool end)
{
	struct frame *top = &f->stack[f->depth - 1];

	if (top->leaf == UINT32_MAX)
		top->leaf = state_leaf(f, &top->state);
	if (f->ranges->n == 0 || f->ranges->v[f->ranges->n - 1].leaf != top->leaf) {
		struct know_range *r = vec_add(f->ranges);
		r->first = f->at;
		r->leaf = top->leaf;
	}
	f->at = next;
	f->end = end;
}

/* Closes what ends before address to. */
static void close_until(struct flatten *f, u128 to)
{
	while (f->stack[f->depth - 1].last < to) {
		u128 last = f->stack[f->depth - 1].last;
		if (f->at <= last)
			range_put(f, last + 1, false);
		f->depth--;
	}
	if (f->at < to)
		range_put(f, to, false);
}

static void origin_add(struct flatten *f, struct state *s, uint32_t asn)
{
	unsigned at = 0;

	while (at < s->origins && s->asn[at] < asn)
		at++;
	if (at < s->origins && s->asn[at] == asn)
		return;
	f->cut += s->origins == KNOW_ORIGINS;
	if (at == KNOW_ORIGINS)
		return;
	unsigned move = s->origins - at - (s->origins == KNOW_ORIGINS);
	memmove(&s->asn[at + 1], &s->asn[at], move * sizeof(s->asn[0]));
	s->asn[at] = asn;
	s->origins += s->origins < KNOW_ORIGINS;
}

static void state_apply(
        struct flatten *f, struct state *s, enum know_layer layer, const struct know_item *item)
{
	switch (layer) {
	case LAYER_ROUTE:
		if (s->route_len != item->len) {
			s->origins = 0;
			memset(s->asn, 0, sizeof(s->asn));
		}
		s->route_len = item->len;
		origin_add(f, s, item->value);
		break;
	case LAYER_COUNTRY:
		s->cc = (uint16_t)item->value;
		s->cc_len = item->len;
		break;
	case LAYER_OWNER:
		if (s->owner_len != item->len)
			s->owner = item->value;
		s->owner_len = item->len;
		break;
	case FENCE:
		*s = state_empty;
		break;
	default:
		if (s->asset_len != item->len)
			s->asset = item->value;
		s->asset_len = item->len;
		break;
	}
}

static u128 item_last(const struct know_item *item)
{
	return item->len == 0 ? ~(u128)0 : item->first | (item->len == 128 ? 0 : ~(u128)0 >> item->len);
}

static void item_open(struct flatten *f, unsigned layer, const struct know_item *item)
{
	close_until(f, item->first);
	struct frame *top = &f->stack[f->depth - 1];
	if (top->first != item->first || top->len != item->len) {
		f->stack[f->depth] = *top;
		top = &f->stack[f->depth++];
		top->first = item->first;
		top->last = item_last(item);
		top->len = item->len;
	}
	top->leaf = UINT32_MAX;
	state_apply(f, &top->state, layer, item);
}

/* ---- order -------------------------------------------------------------------------------------- */

static int item_cmp(const struct know_item *a, const struct know_item *b)
{
	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return 0;
}

static int item_order(const void *pa, const void *pb)
{
	const struct know_item *a = pa, *b = pb;
	int c = item_cmp(a, b);

	return c != 0 ? c : (a->order > b->order) - (a->order < b->order);
}

static void layer_sort(struct know_items *l)
{
	for (size_t i = 1; i < l->n; i++)
		if (item_cmp(&l->v[i - 1], &l->v[i]) > 0) {
			qsort(l->v, l->n, sizeof(l->v[0]), item_order);
			return;
		}
}

/* Opens everything, layer by layer in the order of addresses. */
static void items_open(struct flatten *f, const struct know_items *layer)
{
	size_t next[LAYERS + 1] = {0};

	for (;;) {
		const struct know_item *best = NULL;
		unsigned from = 0;
		for (unsigned l = 0; l <= FENCE; l++) {
			if (next[l] == layer[l].n)
				continue;
			const struct know_item *item = &layer[l].v[next[l]];
			if (best == NULL || item_cmp(item, best) < 0) {
				best = item;
				from = l;
			}
		}
		if (best == NULL)
			return;
		next[from]++;
		item_open(f, from, best);
	}
}

size_t know_flatten(struct know_items layer[LAYERS], const struct know_flat_context *c,
        struct know_leaves *ret_leaves, struct know_ranges *ret_ranges)
{
	static const struct know_leaf empty;
	struct flatten f = {.c = c, .leaves = ret_leaves, .ranges = ret_ranges, .depth = 1};
	struct know_items all[LAYERS + 1];
	struct know_item fence = fence_item;

	f.stack[0] = (struct frame){.last = ~(u128)0, .leaf = UINT32_MAX, .len = 0, .state = state_empty};
	leaf_number(ret_leaves, &empty);
	for (unsigned l = 0; l < LAYERS; l++) {
		layer_sort(&layer[l]);
		all[l] = layer[l];
	}
	all[FENCE] = (struct know_items){&fence, 1, 1};
	items_open(&f, all);
	while (f.depth > 0 && !f.end) {
		u128 last = f.stack[f.depth - 1].last;
		if (f.at <= last)
			range_put(&f, last + 1, last == ~(u128)0);
		f.depth--;
	}
	return f.cut;
}
