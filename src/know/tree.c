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

static uint32_t node_make(struct walk *w, u128 first, unsigned shift);

/* The value of the slots from first on, each of 1 << shift addresses; *ret_slots of at most max have it. */
static uint32_t slot_value(struct walk *w, u128 first, unsigned shift, unsigned max, unsigned *ret_slots)
{
	u128 mask = ((u128)1 << shift) - 1;

	while (range_last(w) < first)
		w->at++;
	u128 span = range_last(w) - first;
	u128 slots = (span >> shift) + ((span & mask) == mask);
	if (slots == 0) {
		*ret_slots = 1;
		return KNOW_NODE | node_make(w, first, shift - 8);
	}
	*ret_slots = slots < max ? (unsigned)slots : max;
	return w->ranges->v[w->at].leaf;
}

/* A node over 256 slots; those below it are made first. */
static uint32_t node_make(struct walk *w, u128 first, unsigned shift)
{
	struct know_node node = {0};
	uint32_t values[256];
	unsigned n = 0, slots;

	for (unsigned slot = 0; slot < 256; slot += slots) {
		values[n] = slot_value(w, first + ((u128)slot << shift), shift, 256 - slot, &slots);
		/* A border that a longer prefix makes elsewhere can stand between equal leaves. */
		if (n > 0 && values[n] == values[n - 1])
			continue;
		node.bits[slot >> 6] |= (uint64_t)1 << (slot & 63);
		n++;
	}
	for (unsigned q = 1; q < 4; q++)
		node.rank[q] = (uint8_t)(node.rank[q - 1] + __builtin_popcountll(node.bits[q - 1]));
	node.base = (uint32_t)w->tree->values.n;
	for (unsigned i = 0; i < n; i++)
		*vec_add(&w->tree->values) = values[i];
	*vec_add(&w->tree->nodes) = node;
	return (uint32_t)w->tree->nodes.n - 1;
}

static void root_make(struct walk *w, u128 first, unsigned shift, uint32_t *root)
{
	unsigned slots;

	for (unsigned slot = 0; slot < KNOW_ROOT; slot += slots) {
		uint32_t value =
		        slot_value(w, first + ((u128)slot << shift), shift, KNOW_ROOT - slot, &slots);
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

	ret->roots = mem_zero((size_t)2 * KNOW_ROOT, sizeof(uint32_t));
	ranges_without_v4(ranges, &v6);
	root_make(&(struct walk){.ranges = &v6, .tree = ret}, 0, 112, ret->roots);
	root_make(&(struct walk){.ranges = ranges, .tree = ret}, (u128)0xffff << 32, 16,
	        ret->roots + KNOW_ROOT);
	vec_done(&v6);
}

void know_tree_done(struct know_tree *t)
{
	free(t->roots);
	t->roots = NULL;
	vec_done(&t->nodes);
	vec_done(&t->values);
}
