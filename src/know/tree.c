/* SPDX-License-Identifier: Apache-2.0
 *
 * From ranges to the tree that look-ups walk (file.h). The ranges come in order, so the tree is made in one
 * walk over them: a slot that one range covers is that range's leaf, and as many slots as it covers are done
 * at once; a slot with a border inside becomes a node.
 */
#include "know/build.h"
#include "know/file.h"

/* Where in the ranges the walk is. */
struct walk {
	const struct know_ranges *ranges;
	size_t at;
	struct know_tree *tree;
};

static u128 range_last(const struct walk *w)
{
	return w->at + 1 < w->ranges->n ? w->ranges->v[w->at + 1].first - 1 : ~(u128)0;
}

static uint32_t node_make(struct walk *w, u128 first, unsigned bits);

/* A slot decides about the bits from one position to the next; bits: how many are below it. Negative in the
 * last node, where only every sixteenth of the slots is an address. */
static unsigned slots_covered(u128 span, int bits, unsigned max)
{
	u128 mask = bits > 0 ? ((u128)1 << bits) - 1 : 0;
	u128 slots = bits >= 0 ? (span >> bits) + ((span & mask) == mask) : (span + 1) << -bits;

	if (bits < 0 && span >= 4) /* else the shift could lose it */
		slots = max;
	return slots < max ? (unsigned)slots : max;
}

#define LINE_WORDS (KNOW_ALIGN / sizeof(uint32_t))

/* Begins a node or list of n words where it does not straddle two cache lines if it fits one. */
static uint32_t place_take(struct know_tree *t, size_t n)
{
	while (n <= LINE_WORDS && t->nodes.n % LINE_WORDS + n > LINE_WORDS)
		*vec_add(&t->nodes) = 0;
	return (uint32_t)t->nodes.n;
}

/* A list over the given number of bits from first on, if there are few ranges and all begin at a multiple of
 * a /64. */
static bool list_make(struct walk *w, u128 first, unsigned bits, uint32_t *ret)
{
	uint32_t from[KNOW_LIST_RANGES], leaf[KNOW_LIST_RANGES], n = 0;

	if (bits > 96 || bits <= 64)
		return false;
	u128 last = first + (((u128)1 << bits) - 1);
	for (size_t i = w->at; i < w->ranges->n && (n == 0 || w->ranges->v[i].first <= last); i++, n++) {
		const struct know_range *r = &w->ranges->v[i];
		if (n == KNOW_LIST_RANGES || (n > 0 && (uint64_t)r->first != 0))
			return false;
		from[n] = (uint32_t)(r->first >> 64);
		leaf[n] = r->leaf;
	}
	from[0] = 2 * n;
	*ret = KNOW_LIST | place_take(w->tree, 2 * n);
	for (uint32_t i = 0; i < n; i++)
		*vec_add(&w->tree->nodes) = from[i];
	for (uint32_t i = 0; i < n; i++)
		*vec_add(&w->tree->nodes) = leaf[i];
	return true;
}

/* Runs of up to this many /32 with the same leaf are hashed; longer ones would crowd the table. */
#define HASHED_RUN 8

/* Remembers what is known at 32 bits of an IPv6 address. */
static void hashed_meet(struct walk *w, u128 first, uint32_t value, unsigned slots)
{
	uint32_t bits = (uint32_t)(first >> 96);

	if (value == 0 || slots > HASHED_RUN)
		return;
	for (unsigned i = 0; i < slots; i++)
		if (bits + i != 0)
			*vec_add(&w->tree->met) = (struct know_at_32){bits + i, value};
}

static void hashed_make(struct know_tree *t)
{
	t->nbuckets = 1;
	while (t->nbuckets * KNOW_BUCKET < 2 * t->met.n)
		t->nbuckets *= 2;
	t->buckets = mem_zero(t->nbuckets, sizeof(*t->buckets));
	for (size_t i = 0; i < t->met.n; i++) {
		struct know_bucket *b = &t->buckets[know_bucket_at(t->met.v[i].bits, (uint32_t)t->nbuckets)];
		unsigned n = 0;
		while (n < KNOW_BUCKET && b->bits[n] != 0)
			n++;
		if (n == KNOW_BUCKET)
			continue;
		b->bits[n] = t->met.v[i].bits;
		b->value[n] = t->met.v[i].value;
	}
}

/* The value of the slots from first on; *ret_slots of at most max have it. */
static uint32_t slot_value(struct walk *w, u128 first, int bits, unsigned max, unsigned *ret_slots)
{
	while (range_last(w) < first)
		w->at++;
	unsigned slots = slots_covered(range_last(w) - first, bits, max);
	uint32_t value = w->ranges->v[w->at].leaf;
	if (slots == 0 && !list_make(w, first, (unsigned)bits, &value))
		value = KNOW_NODE | node_make(w, first, (unsigned)bits);
	*ret_slots = slots == 0 ? 1 : slots;
	if (bits == 96)
		hashed_meet(w, first, value, *ret_slots);
	return value;
}

static uint32_t node_put(struct know_tree *t, uint64_t bits, const uint32_t *values, unsigned n)
{
	uint32_t word[2], at = place_take(t, n + 2);

	memcpy(word, &bits, sizeof(word));
	*vec_add(&t->nodes) = word[0];
	*vec_add(&t->nodes) = word[1];
	for (unsigned i = 0; i < n; i++)
		*vec_add(&t->nodes) = values[i];
	return at;
}

/* A node over the given number of bits from first on; those below it are made first. */
static uint32_t node_make(struct walk *w, u128 first, unsigned bits)
{
	uint64_t set = 0;
	uint32_t values[64];
	unsigned n = 0, slots;
	int below = (int)bits - 6;

	for (unsigned slot = 0; slot < 64; slot += slots) {
		u128 at = first + (below >= 0 ? (u128)slot << below : (u128)slot >> -below);
		values[n] = slot_value(w, at, below, 64 - slot, &slots);
		/* A border that another family or a longer prefix left can stand between equal leaves. */
		if (n > 0 && values[n] == values[n - 1])
			continue;
		set |= (uint64_t)1 << slot;
		n++;
	}
	return node_put(w->tree, set, values, n);
}

static void root_make(struct walk *w, u128 first, unsigned bits, uint32_t *root, unsigned entries)
{
	unsigned slots;

	for (unsigned slot = 0; slot < entries; slot += slots) {
		uint32_t value =
		        slot_value(w, first + ((u128)slot << bits), (int)bits, entries - slot, &slots);
		for (unsigned i = 0; i < slots; i++)
			root[slot + i] = value;
	}
}

/* The IPv6 tree holds nothing where IPv4 is mapped: those addresses go to the other root. */
static void ranges_without_v4(const struct know_ranges *all, struct know_ranges *ret)
{
	const u128 first = (u128)0xffff << 32, behind = (u128)0x10000 << 32;
	uint32_t leaf = 0;
	size_t i = 0;

	for (; i < all->n && all->v[i].first < first; i++) {
		*vec_add(ret) = all->v[i];
		leaf = all->v[i].leaf;
	}
	*vec_add(ret) = (struct know_range){first, 0};
	for (; i < all->n && all->v[i].first <= behind; i++)
		leaf = all->v[i].leaf;
	*vec_add(ret) = (struct know_range){behind, leaf};
	for (; i < all->n; i++)
		*vec_add(ret) = all->v[i];
}

void know_tree_make(const struct know_ranges *ranges, struct know_tree *ret)
{
	struct know_ranges v6 = {0};

	ret->roots = mem_zero(KNOW_ROOT6 + KNOW_ROOT4, sizeof(uint32_t));
	ranges_without_v4(ranges, &v6);
	root_make(
	        &(struct walk){.ranges = &v6, .tree = ret}, 0, 128 - KNOW_ROOT_BITS6, ret->roots, KNOW_ROOT6);
	root_make(&(struct walk){.ranges = ranges, .tree = ret}, (u128)0xffff << 32, 32 - KNOW_ROOT_BITS4,
	        ret->roots + KNOW_ROOT6, KNOW_ROOT4);
	vec_done(&v6);
	hashed_make(ret);
}

void know_tree_done(struct know_tree *t)
{
	free(t->roots);
	t->roots = NULL;
	vec_done(&t->nodes);
	vec_done(&t->met);
	free(t->buckets);
	t->buckets = NULL;
}
