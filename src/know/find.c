/* SPDX-License-Identifier: Apache-2.0
 *
 * Look-ups in a generation. An address costs a value of the root and, per six further bits that matter, a
 * node: loads that depend on each other and mostly miss the cache when the tables are large. know_addrs takes
 * many addresses at a time and goes down one level for all of them before the next, asking for each cache
 * line one pass before it is used, so that the misses overlap. Which addresses are still on their way is a
 * list that is made without a branch.
 *
 * Counting bits needs an instruction that not every x86-64 has, so the walk is compiled twice.
 */
#include "know/file.h"

#define LANES 64
#define INLINE static inline __attribute__((always_inline))

static inline bool is_node(uint32_t value)
{
	return (value & KNOW_NODE) != 0;
}

static inline bool is_list(uint32_t value)
{
	return (value & KNOW_LIST) != 0;
}

static inline uint64_t load_be(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return __builtin_bswap64(v);
}

INLINE uint32_t popcount(uint64_t v)
{
	return (uint32_t)__builtin_popcountll(v);
}

/* Where the value of slot b of a node stands. */
INLINE uint32_t node_place(const struct know *k, uint32_t node, unsigned b)
{
	uint64_t bits;

	memcpy(&bits, k->nodes + (node & KNOW_PLACE), sizeof(bits));
	return (node & KNOW_PLACE) + 1 + popcount(bits << (63 - b));
}

/* Where the leaf of an IPv6 address with these upper bits stands in a list: a search by halves, four steps
 * for every length, without a branch. */
INLINE uint32_t list_place(const struct know *k, uint32_t list, uint64_t hi)
{
	const uint32_t *from = k->nodes + (list & KNOW_PLACE), b = (uint32_t)hi;
	uint32_t n = from[0] / 2, at = n;

	for (unsigned step = 0; step < 4; step++) {
		uint32_t half = n / 2;
		from += half & -(uint32_t)(from[half] <= b); /* half 0: nothing, whatever stands there */
		n -= half;
	}
	return (uint32_t)(from - k->nodes) + at;
}

/* An address as two numbers; true if it is IPv4. */
INLINE bool split(const struct addr *a, uint64_t *ret_hi, uint64_t *ret_lo)
{
	*ret_hi = load_be(a->b);
	*ret_lo = load_be(a->b + 8);
	return (*ret_hi | ((*ret_lo >> 32) ^ 0xffff)) == 0;
}

INLINE const uint32_t *root4(const struct know *k, uint64_t lo)
{
	return &k->roots[KNOW_ROOT6 + ((uint32_t)lo >> (32 - KNOW_ROOT_BITS4))];
}

INLINE const uint32_t *root6(const struct know *k, uint64_t hi)
{
	return &k->roots[hi >> (64 - KNOW_ROOT_BITS6)];
}

INLINE const struct know_bucket *bucket(const struct know *k, uint64_t hi)
{
	return &k->buckets[know_bucket_at((uint32_t)(hi >> 32), k->nbuckets)];
}

/* Four numbers at a time (the compiler makes of it what the processor has). */
typedef uint32_t quad __attribute__((vector_size(16)));

/* The value at 32 bits, 0 if it is not in the table. */
INLINE uint32_t bucket_value(const struct know_bucket *b, uint64_t hi)
{
	uint32_t bits = (uint32_t)(hi >> 32);
	quad want = {bits, bits, bits, bits}, from[2], value[2];

	memcpy(from, b->bits, sizeof(from));
	memcpy(value, b->value, sizeof(value));
	quad any = ((quad)(from[0] == want) & value[0]) | ((quad)(from[1] == want) & value[1]);
	return any[0] | any[1] | any[2] | any[3];
}

/* Keys hold the bits that decide next, from the top. One that begins behind 32 bits of an IPv6 address lasts
 * for ten nodes; then come the bits that follow. */
#define KEY_NODES 10
#define NODES_TO_32 3
static inline uint64_t key_more(const struct addr *a)
{
	return load_be(a->b + 8) << (32 + 6 * KEY_NODES - 64);
}

INLINE uint32_t walk_one(const struct know *k, const struct addr *a)
{
	uint64_t key, hi, lo;
	uint32_t value;
	unsigned level = 0;

	if (split(a, &hi, &lo)) {
		key = lo << (32 + KNOW_ROOT_BITS4);
		value = *root4(k, lo);
	} else {
		key = hi << KNOW_ROOT_BITS6;
		value = *root6(k, hi);
		for (; level < NODES_TO_32 && is_node(value); level++, key <<= 6)
			value = k->nodes[node_place(k, value, (unsigned)(key >> 58))];
		key = hi << 32 | lo >> 32;
	}
	for (level = 0; is_node(value); level++, key <<= 6) {
		if (level == KEY_NODES)
			key = key_more(a);
		value = k->nodes[node_place(k, value, (unsigned)(key >> 58))];
	}
	return is_list(value) ? k->nodes[list_place(k, value, hi)] : value;
}

/* Addresses that are looked up together. */
struct lanes {
	uint64_t key[LANES];
	uint32_t value[LANES], place[LANES];
};

/* One node down for the lanes of the list. Puts those that have one more before them to the front of the list
 * and returns how many. First the place of the value, which is in another cache line if the node is crowded,
 * then the value. */
INLINE size_t walk_level(const struct know *k, struct lanes *l, uint8_t *lane, size_t live)
{
	size_t left = 0;

	for (size_t j = 0; j < live; j++) {
		unsigned i = lane[j];
		l->place[i] = node_place(k, l->value[i], (unsigned)(l->key[i] >> 58));
		l->key[i] <<= 6;
		__builtin_prefetch(&k->nodes[l->place[i]]);
	}
	for (size_t j = 0; j < live; j++) {
		unsigned i = lane[j];
		uint32_t value = l->value[i] = k->nodes[l->place[i]];
		__builtin_prefetch((value & ~KNOW_PLACE) != 0
		                ? (const void *)(k->nodes + (value & KNOW_PLACE))
		                : (const void *)&k->leaves[value]);
		lane[left] = (uint8_t)i;
		left += is_node(value);
	}
	return left;
}

/* What is not hashed goes through the tree to 32 bits. Appends those that have a node before them then to
 * live. */
INLINE size_t walk_to_32(const struct know *k, const struct addr *const *a, struct lanes *l, uint8_t *missed,
        size_t n, uint8_t *lane, size_t live)
{
	uint64_t hi, lo;

	for (unsigned level = 0; level < NODES_TO_32 && n > 0; level++)
		n = walk_level(k, l, missed, n);
	for (size_t j = 0; j < n; j++) {
		split(a[missed[j]], &hi, &lo);
		l->key[missed[j]] = hi << 32 | lo >> 32;
		lane[live++] = missed[j];
	}
	return live;
}

/* Lanes of both families: IPv4 begins at the root, IPv6 at what is hashed. Returns how many have a node
 * before them. */
INLINE size_t walk_start_mixed(
        const struct know *k, const struct addr *const *a, size_t n, struct lanes *l, uint8_t *lane)
{
	uint8_t missed[LANES + 1];
	size_t live = 0, misses = 0;
	uint64_t hi, lo;

	for (size_t i = 0; i < n; i++) {
		if (split(a[i], &hi, &lo)) {
			l->key[i] = lo << (32 + KNOW_ROOT_BITS4);
			l->value[i] = *root4(k, lo);
		} else if ((l->value[i] = bucket_value(bucket(k, hi), hi)) != 0) {
			l->key[i] = hi << 32 | lo >> 32;
		} else {
			l->key[i] = hi << KNOW_ROOT_BITS6;
			l->value[i] = *root6(k, hi);
			missed[misses] = (uint8_t)i;
			misses += is_node(l->value[i]);
			continue;
		}
		__builtin_prefetch(k->nodes + (l->value[i] & KNOW_PLACE));
		lane[live] = (uint8_t)i;
		live += is_node(l->value[i]);
	}
	return misses > 0 ? walk_to_32(k, a, l, missed, misses, lane, live) : live;
}

/* The same; most batches are of IPv4 only and need no second look at the addresses. */
INLINE size_t walk_start(
        const struct know *k, const struct addr *const *a, size_t n, struct lanes *l, uint8_t *lane)
{
	uint64_t hi, lo;
	size_t live = 0;
	bool mixed = false;

	for (size_t i = 0; i < n; i++) {
		bool v4 = split(a[i], &hi, &lo);
		mixed |= !v4;
		l->key[i] = lo << (32 + KNOW_ROOT_BITS4);
		l->place[i] = (uint32_t)(root4(k, lo) - k->roots);
		__builtin_prefetch(v4 ? (const void *)root4(k, lo) : (const void *)bucket(k, hi));
	}
	if (mixed)
		return walk_start_mixed(k, a, n, l, lane);
	for (size_t i = 0; i < n; i++) {
		uint32_t value = l->value[i] = k->roots[l->place[i]];
		__builtin_prefetch(k->nodes + (value & KNOW_PLACE));
		lane[live] = (uint8_t)i;
		live += is_node(value);
	}
	return live;
}

/* n is at most LANES. */
INLINE void walk_many(
        const struct know *k, const struct addr *const *a, size_t n, const struct know_leaf **ret)
{
	struct lanes l;
	uint8_t lane[LANES + 1];
	size_t live = walk_start(k, a, n, &l, lane);

	for (unsigned level = 0; live > 0; level++) {
		for (size_t j = 0; level == KEY_NODES && j < live; j++)
			l.key[lane[j]] = key_more(a[lane[j]]);
		live = walk_level(k, &l, lane, live);
	}
	for (size_t i = 0; i < n; i++) {
		lane[live] = (uint8_t)i;
		live += is_list(l.value[i]);
	}
	for (size_t j = 0; j < live; j++) {
		unsigned i = lane[j];
		l.place[i] = list_place(k, l.value[i], load_be(a[i]->b));
		__builtin_prefetch(&k->nodes[l.place[i]]);
	}
	for (size_t j = 0; j < live; j++) {
		unsigned i = lane[j];
		l.value[i] = k->nodes[l.place[i]];
		__builtin_prefetch(&k->leaves[l.value[i]]);
	}
	for (size_t i = 0; i < n; i++)
		ret[i] = &k->leaves[l.value[i]];
}

#if defined(__x86_64__)
#define WITH_POPCNT __attribute__((target("popcnt")))
#else
#define WITH_POPCNT
#endif

WITH_POPCNT static uint32_t walk_one_popcnt(const struct know *k, const struct addr *a)
{
	return walk_one(k, a);
}

WITH_POPCNT static void walk_many_popcnt(
        const struct know *k, const struct addr *const *a, size_t n, const struct know_leaf **ret)
{
	walk_many(k, a, n, ret);
}

static uint32_t walk_one_plain(const struct know *k, const struct addr *a)
{
	return walk_one(k, a);
}

static void walk_many_plain(
        const struct know *k, const struct addr *const *a, size_t n, const struct know_leaf **ret)
{
	walk_many(k, a, n, ret);
}

const struct know_leaf *know_addr(const struct know *k, const struct addr *a)
{
	return &k->leaves[k->popcnt ? walk_one_popcnt(k, a) : walk_one_plain(k, a)];
}

void know_addrs(const struct know *k, const struct addr *const *a, size_t n, const struct know_leaf **ret)
{
	for (size_t i = 0; i < n; i += LANES) {
		size_t some = n - i < LANES ? n - i : LANES;
		if (k->popcnt)
			walk_many_popcnt(k, a + i, some, ret + i);
		else
			walk_many_plain(k, a + i, some, ret + i);
	}
}

/* ---- walking a prefix --------------------------------------------------------------------------- */

uint32_t know_value_32(const struct know *k, uint32_t bits)
{
	uint64_t key = (uint64_t)bits << (32 + KNOW_ROOT_BITS6);
	uint32_t value = *root6(k, (uint64_t)bits << 32);

	for (unsigned level = 0; level < NODES_TO_32 && is_node(value); level++, key <<= 6)
		value = k->nodes[node_place(k, value, (unsigned)(key >> 58))];
	return value;
}

/* The last slot that has the same value as slot b. */
static unsigned node_run(const struct know *k, uint32_t node, unsigned b)
{
	uint64_t bits;

	memcpy(&bits, k->nodes + (node & KNOW_PLACE), sizeof(bits));
	uint64_t later = b == 63 ? 0 : bits >> (b + 1);
	return later == 0 ? 63 : b + (unsigned)__builtin_ctzll(later);
}

/* Bits from to from + n of the address, n at most 32; those behind its end are zero. */
static unsigned bits_get(const struct addr *a, unsigned from, unsigned n)
{
	unsigned v = 0;

	for (unsigned i = from; i < from + n; i++)
		v = v << 1 | (i < 128 ? a->b[i / 8] >> (7 - i % 8) & 1u : 0);
	return v;
}

/* Sets those bits to v and all behind them to one. */
static void bits_set(struct addr *a, unsigned from, unsigned n, unsigned v)
{
	for (unsigned i = from; i < 128; i++) {
		unsigned bit = i < from + n ? v >> (from + n - 1 - i) & 1u : 1;
		uint8_t mask = (uint8_t)(0x80 >> (i % 8));
		a->b[i / 8] = (uint8_t)(bit ? a->b[i / 8] | mask : a->b[i / 8] & ~mask);
	}
}

/* The leaf in a list at which the address is, from bit at of the address on; sets the last address of its
 * range. */
static uint32_t list_span(const struct know *k, uint32_t value, unsigned at, struct addr *a)
{
	const uint32_t *from = k->nodes + (value & KNOW_PLACE), b = bits_get(a, 32, 32);
	unsigned n = from[0] / 2, i = 0;

	while (i + 1 < n && from[i + 1] <= b)
		i++;
	bits_set(a, at, 0, 0);
	if (i + 1 < n)
		bits_set(a, 32, 32, from[i + 1] - 1);
	return from[n + i];
}

static uint32_t span_one(const struct know *k, const struct addr *a, struct addr *ret_last)
{
	bool v4 = addr_is4(a);
	unsigned at = v4 ? 96 : 0, n = v4 ? KNOW_ROOT_BITS4 : KNOW_ROOT_BITS6, slot = bits_get(a, at, n);
	const uint32_t *root = k->roots + (v4 ? KNOW_ROOT6 : 0);
	uint32_t value = root[slot];

	*ret_last = *a;
	if (is_list(value))
		return list_span(k, value, at + n, ret_last);
	if (!is_node(value)) {
		while (slot + 1 < 1u << n && root[slot + 1] == value)
			slot++;
		bits_set(ret_last, at, n, slot);
		return value;
	}
	for (at += n;; at += 6) {
		uint32_t node = value;
		slot = bits_get(a, at, 6);
		value = k->nodes[node_place(k, node, slot)];
		if (is_node(value))
			continue;
		if (is_list(value))
			return list_span(k, value, at + 6, ret_last);
		bits_set(ret_last, at, 6, node_run(k, node, slot));
		return value;
	}
}

/* The address behind a; false at the end of its family. */
static bool addr_next(struct addr *a)
{
	bool v4 = addr_is4(a);

	for (unsigned i = 16; i-- > (v4 ? 12u : 0u);)
		if (++a->b[i] != 0)
			return true;
	return false;
}

const struct know_leaf *know_span(
        const struct know *k, const struct addr *first, const struct addr *last, struct addr *ret_last)
{
	struct addr end;
	uint32_t leaf = span_one(k, first, &end);

	while (addr_cmp(&end, last) < 0) {
		struct addr more = end, more_end;
		if (!addr_next(&more) || span_one(k, &more, &more_end) != leaf)
			break;
		end = more_end;
	}
	*ret_last = addr_cmp(&end, last) < 0 ? end : *last;
	return &k->leaves[leaf];
}

bool know_network(const struct know_leaf *leaf, const struct addr *a, struct prefix *ret)
{
	if (leaf->network_len == 0)
		return false;
	ret->len = leaf->network_len;
	for (unsigned i = 0, bits = leaf->network_len; i < 16; i++) {
		unsigned some = bits < 8 ? bits : 8;
		ret->addr.b[i] = a->b[i] & (uint8_t)(0xff00u >> some);
		bits -= some;
	}
	return true;
}

uint32_t know_leaf_index(const struct know *k, const struct know_leaf *leaf)
{
	return (uint32_t)(leaf - k->leaves);
}

const struct know_leaf *know_leaf_at(const struct know *k, uint32_t index)
{
	return index < k->nleaves ? &k->leaves[index] : NULL;
}

/* ---- names, AS, the rest ------------------------------------------------------------------------ */

static const struct know_name_rec *name_find(const struct know *k, uint32_t hash, struct str name)
{
	for (uint32_t slot = hash & (k->nslots - 1);; slot = (slot + 1) & (k->nslots - 1)) {
		if (k->slots[slot] == 0)
			return NULL;
		const struct know_name_rec *r = &k->names[k->slots[slot] - 1];
		if (r->hash == hash && str_eq(str_make(k->text + r->name.off, r->name.len), name))
			return r;
	}
}

uint32_t know_name(const struct know *k, struct str fqdn, uint32_t *ret_asset, struct str *ret_at)
{
	const struct know_name_rec *best = NULL;
	uint32_t hash = KNOW_HASH_START;
	struct str at = {0};

	for (size_t i = fqdn.len; i-- > 0;) {
		hash = know_hash_step(hash, fqdn.p[i]);
		if (i != 0 && fqdn.p[i - 1] != '.')
			continue;
		const struct know_name_rec *r = name_find(k, hash, str_skip(fqdn, i));
		if (r != NULL) {
			best = r;
			at = str_skip(fqdn, i);
		}
	}
	if (best == NULL)
		return 0;
	if (ret_asset != NULL)
		*ret_asset = best->asset;
	if (ret_at != NULL)
		*ret_at = at;
	return best->owner;
}

static const struct know_as_rec *as_find(const struct know *k, uint32_t asn)
{
	uint32_t lo = 0, hi = k->nas;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (k->as[mid].asn == asn)
			return &k->as[mid];
		if (k->as[mid].asn < asn)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

uint32_t know_as_owner(const struct know *k, uint32_t asn)
{
	const struct know_as_rec *r = as_find(k, asn);

	return r == NULL ? 0 : r->owner;
}

struct str know_as_name(const struct know *k, uint32_t asn)
{
	const struct know_as_rec *r = as_find(k, asn);

	return r == NULL ? (struct str){0} : str_make(k->text + r->name.off, r->name.len);
}

const struct know_owner *know_owner(const struct know *k, uint32_t index)
{
	return index == 0 || index > k->nowners ? NULL : &k->owners[index - 1];
}

const struct know_asset *know_asset(const struct know *k, uint32_t index)
{
	return index == 0 || index > k->nassets ? NULL : &k->assets[index - 1];
}

uint32_t know_owner_count(const struct know *k)
{
	return k->nowners;
}

uint32_t know_asset_count(const struct know *k)
{
	return k->nassets;
}

uint32_t know_generation(const struct know *k)
{
	return k->generation;
}

uint32_t know_country_owner(const struct know *k, const char cc[2])
{
	for (uint32_t i = 0; i < k->ncountries; i++)
		if (memcmp(k->countries[i].cc, cc, 2) == 0)
			return k->countries[i].owner;
	return 0;
}

/* The order of contacts; know.h says the same at greater length. */
static const struct {
	const char *name, *about;
} how_table[KNOW_HOW_END] = {
        [KNOW_NOBODY] = {"nobody", "nothing is known"},
        [KNOW_ASSET] = {"asset",
                "the address lies in a prefix of one of the owner's assets, or the name is a name "
                "of the asset or below it"},
        [KNOW_PREFIX] = {"prefix", "the address lies in a prefix of the owner; the longest prefix decides"},
        [KNOW_NAME] = {"name", "the name is one of the owner's domains or below it; the longest decides"},
        [KNOW_AS] = {"AS",
                "the owner's AS originates the network (of several the lowest number that has an owner), "
                "or nothing is known of the address and the record names his AS"},
        [KNOW_COUNTRY] = {"country", "the owner stands for the country to which the address is delegated"},
};

const char *know_how_name(unsigned how)
{
	return how_table[how < KNOW_HOW_END ? how : KNOW_NOBODY].name;
}

const char *know_how_about(unsigned how)
{
	return how_table[how < KNOW_HOW_END ? how : KNOW_NOBODY].about;
}

void know_whose(const struct know *k, const struct know_leaf *leaf, struct str fqdn, uint32_t asn,
        struct know_answer *ret)
{
	struct know_answer answer = {0};
	uint32_t asset = 0, owner = 0;
	struct str at = {0};

	if (leaf != NULL && leaf->how != KNOW_NOBODY)
		answer = (struct know_answer){leaf->owner, leaf->asset, leaf->how, leaf->criticality, {0}};
	if (answer.how == KNOW_ASSET) {
		*ret = answer;
		return;
	}
	if (fqdn.len != 0)
		owner = know_name(k, fqdn, &asset, &at);
	if (asset != 0)
		answer = (struct know_answer){owner, asset, KNOW_ASSET, k->assets[asset - 1].criticality, at};
	else if (owner != 0 && answer.how != KNOW_PREFIX)
		answer = (struct know_answer){owner, 0, KNOW_NAME, 0, at};
	else if ((answer.how == KNOW_NOBODY || answer.how == KNOW_COUNTRY) && asn != 0 &&
	        (leaf == NULL || leaf->origins == 0) && (owner = know_as_owner(k, asn)) != 0)
		answer = (struct know_answer){owner, 0, KNOW_AS, 0, {0}};
	*ret = answer;
}
