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

/* The value of the slots from first on; *ret_slots of at most max have it. */
static uint32_t slot_value(struct walk *w, u128 first, int bits, unsigned max, unsigned *ret_slots)
{
	while (range_last(w) < first)
		w->at++;
	unsigned slots = slots_covered(range_last(w) - first, bits, max);
	if (slots == 0) {
		*ret_slots = 1;
		return KNOW_NODE | node_make(w, first, (unsigned)bits);
	}
	*ret_slots = slots;
	return w->ranges->v[w->at].leaf;
}

#define LINE_WORDS (KNOW_ALIGN / sizeof(uint32_t))

/* Puts the node where it does not straddle two cache lines if it fits one. */
static uint32_t node_put(struct know_tree *t, uint64_t bits, const uint32_t *values, unsigned n)
{
	uint32_t word[2];

	memcpy(word, &bits, sizeof(word));
	while (n + 2 <= LINE_WORDS && t->nodes.n % LINE_WORDS + n + 2 > LINE_WORDS)
		*vec_add(&t->nodes) = 0;
	uint32_t at = (uint32_t)t->nodes.n;
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
}

void know_tree_done(struct know_tree *t)
{
	free(t->roots);
	t->roots = NULL;
	vec_done(&t->nodes);
}
