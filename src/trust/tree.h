/* SPDX-License-Identifier: Apache-2.0
 *
 * The Merkle tree of a log (RFC 6962 2.1): the hash of its root says what every entry is, and in which order. A proof of
 * inclusion shows that an entry stands in a tree, one of consistency that a larger tree only adds to a smaller one; both
 * are a few hashes, verified as RFC 9162 says.
 *
 * Proofs are made from tiles (tile.h): about two for every 256-fold of entries are read, however long the log is.
 */
#pragma once

#include "base/digest.h"
#include "trust/tile.h"

/* Sizes of trees are at most 2^62, so no proof is longer (C2SP tlog-witness allows 63 hashes). */
#define TREE_SIZE_MAX ((uint64_t)1 << 62)
#define TREE_PROOF 63

struct tree_proof {
	unsigned n;
	uint8_t hash[TREE_PROOF][TREE_HASH];
};

void tree_leaf(struct str entry, uint8_t ret[TREE_HASH]);
void tree_node(const uint8_t left[TREE_HASH], const uint8_t right[TREE_HASH], uint8_t ret[TREE_HASH]);
/* The root of a tree without entries. */
void tree_empty(uint8_t ret[TREE_HASH]);

/* True: the leaf is the one of that index in the tree of that size and root. */
bool tree_includes(const uint8_t leaf[TREE_HASH], uint64_t index, uint64_t size,
        const struct tree_proof *proof, const uint8_t root[TREE_HASH]);
/* True: the larger tree begins with the smaller one. Nothing is proven of an empty tree, and its proof is empty. */
bool tree_extends(uint64_t old, const uint8_t old_root[TREE_HASH], uint64_t size,
        const uint8_t root[TREE_HASH], const struct tree_proof *proof);

/* A tree of one size, read from tiles of it or of a larger one. It keeps the tiles that were read last, 17 KiB a level at most,
 * so many proofs of one size cost little more than their hashes. The store must outlive it. */
struct tree_reader;
struct tree_reader *tree_reader_new(const struct tile_store *store, uint64_t size);
void tree_reader_free(struct tree_reader *r);
/* 0, or negative as the store said; ERR_VALUE for what is not within the size. */
int tree_root(struct tree_reader *r, uint8_t ret[TREE_HASH], struct err *e);
int tree_inclusion(struct tree_reader *r, uint64_t index, struct tree_proof *ret, struct err *e);
/* From the tree of the first old entries to this one. */
int tree_consistency(struct tree_reader *r, uint64_t old, struct tree_proof *ret, struct err *e);
