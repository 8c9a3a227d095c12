/* SPDX-License-Identifier: Apache-2.0
 *
 * Building a generation: inputs are added in any order, then everything is flattened once.
 *
 * Each of four layers says something of prefixes: who routes them, which country they are delegated to, which
 * owner and which asset they belong to. For every address the longest prefix of each layer counts. Where the
 * same prefix comes twice: origins add up; of two countries the one added last stays; of two owners the
 * first.
 */
#pragma once

#include "know/know.h"
#include "know/owners.h"

typedef unsigned __int128 u128;

enum know_layer { LAYER_ROUTE, LAYER_COUNTRY, LAYER_OWNER, LAYER_ASSET, LAYERS };

/* A prefix in a layer; addresses as numbers, IPv4 mapped. */
struct know_item {
	u128 first;
	uint32_t value; /* AS; two letters; owner; asset */
	uint32_t order; /* in which it was added */
	uint8_t len;
};
struct know_items {
	struct know_item *v;
	size_t n, cap;
};
struct know_as_name {
	uint32_t asn;
	struct str name;
};

struct know_build {
	struct arena arena;
	struct know_notes notes;
	struct know_items layer[LAYERS];
	struct owners owners;
	VEC(struct know_as_name) as_names;
	size_t origins_cut; /* networks with more origins than a leaf holds */
};

void know_build_init(struct know_build *b);
void know_build_done(struct know_build *b);

/* The default route of either family is left out: false. */
bool know_build_route(struct know_build *b, const struct prefix *p, uint32_t asn);
bool know_build_country(struct know_build *b, const struct prefix *p, const char cc[2]);
/* The name added last stays. False: AS 0, or a name that is no text. */
bool know_build_as_name(struct know_build *b, uint32_t asn, struct str name);
/* Owners are added to b->owners (owners_csv, owners_yaml) before this. The bytes of the whole file. */
void know_build_finish(struct know_build *b, uint32_t generation, struct buf *ret);

/* ---- between build.c, flatten.c and tree.c ---- */

/* From first on up to the next range a leaf holds. */
struct know_range {
	u128 first;
	uint32_t leaf;
};
struct know_ranges {
	struct know_range *v;
	size_t n, cap;
};
struct know_leaves {
	struct know_leaf *v;
	size_t n, cap;
	uint32_t *slot; /* hash */
	size_t nslots;
};
/* What flatten needs to know to fill a leaf. */
struct know_flat_context {
	const struct owners *owners;
	uint32_t (*as_owner)(void *arg, uint32_t asn);
	uint32_t (*country_owner)(void *arg, uint16_t cc);
	void *arg;
};
/* Sorts the layers; ranges cover all of the 128 bits. Returns how often origins were cut. */
size_t know_flatten(struct know_items layer[LAYERS], const struct know_flat_context *c,
        struct know_leaves *ret_leaves, struct know_ranges *ret_ranges);

/* A value at 32 bits of IPv6 that is worth hashing. */
struct know_at_32 {
	uint32_t bits, value;
};
struct know_bucket;
struct know_tree {
	uint32_t *roots; /* KNOW_ROOT6 + KNOW_ROOT4 */
	VEC(uint32_t) nodes;
	VEC(struct know_at_32) met;
	struct know_bucket *buckets;
	size_t nbuckets;
};
void know_tree_make(const struct know_ranges *ranges, struct know_tree *ret);
void know_tree_done(struct know_tree *t);
