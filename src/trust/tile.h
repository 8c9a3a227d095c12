/* SPDX-License-Identifier: Apache-2.0
 *
 * A log as static files (C2SP tlog-tiles): its tree in tiles of 256 hashes, its entries in bundles of 256. A tile of level
 * 0 has the hashes of leaves, one of level l + 1 those of whole tiles below it. The last tile of a level is a partial one
 * unless it is full; full ones never change.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

#define TREE_HASH 32
#define TILE_WIDTH 256
#define TILE_BYTES (TILE_WIDTH * TREE_HASH)
#define TILE_LEVELS 8 /* a tree of 2^62 entries has no more */
#define TILE_PATH 64  /* with a NUL */

/* Where tiles are kept. read puts the first width hashes of a tile into ret, 0 or negative with a sentence; what is kept
 * may be wider. */
struct tile_store {
	int (*read)(void *arg, unsigned level, uint64_t index, unsigned width, uint8_t *ret, struct err *e);
	void *arg;
};

/* How many hashes that tile has in a tree of that size; 0: there is no such tile. */
unsigned tile_width(unsigned level, uint64_t index, uint64_t size);

/* ---- paths --------------------------------------------------------------------------------------- */

#define TILE_ENTRIES (-1) /* in the place of a level: a bundle of entries */

struct tile_name {
	int level; /* 0 to 63, or TILE_ENTRIES */
	uint64_t index;
	unsigned width; /* 1 to 256 */
};
/* "tile/0/x001/x234/067", "tile/1/000.p/17", "tile/entries/000.p/3" */
void tile_path(const struct tile_name *name, char ret[TILE_PATH]);
/* False: it is no such path in its one form. */
bool tile_path_read(struct str path, struct tile_name *ret);

/* ---- entries ------------------------------------------------------------------------------------- */

/* Takes the next entry from the front of a bundle. 1, 0 at its end, ERR_FORMAT. */
int tile_entry_next(struct str *bundle, struct str *ret, struct err *e);
/* Entry of at most 65535 bytes. */
void tile_entry_add(struct buf *bundle, struct str entry);

/* ---- growing ------------------------------------------------------------------------------------- */

/* The right edge of a tree: the partial tiles of each level, enough to add leaves and to know the root. 64 KiB. */
struct tile_edge {
	uint64_t size;
	uint16_t n[TILE_LEVELS];
	uint8_t hash[TILE_LEVELS][TILE_WIDTH][TREE_HASH];
};

/* Reads the edge of a tree of that size. */
int tile_edge_read(struct tile_edge *edge, const struct tile_store *store, uint64_t size, struct err *e);
/* Adds a leaf. Tiles that become full go to full (which may be NULL) before they leave the edge; a negative answer of it is
 * returned, and the edge is then of no more use. */
typedef int tile_full(
        void *arg, unsigned level, uint64_t index, const uint8_t hashes[TILE_BYTES], struct err *e);
int tile_edge_add(
        struct tile_edge *edge, const uint8_t leaf[TREE_HASH], tile_full *full, void *arg, struct err *e);
void tile_edge_root(const struct tile_edge *edge, uint8_t ret[TREE_HASH]);
