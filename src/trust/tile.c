/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/tile.h"
#include "trust/tree.h"

/* Complete hashes of a level: size / 256^level. */
static uint64_t hashes(unsigned level, uint64_t size)
{
	return level >= TILE_LEVELS ? 0 : size >> (8 * level);
}

unsigned tile_width(unsigned level, uint64_t index, uint64_t size)
{
	uint64_t all = hashes(level, size);

	if (index > all / TILE_WIDTH)
		return 0;
	uint64_t rest = all - index * TILE_WIDTH;
	return rest > TILE_WIDTH ? TILE_WIDTH : (unsigned)rest;
}

/* ---- paths --------------------------------------------------------------------------------------- */

void tile_path(const struct tile_name *name, char ret[TILE_PATH])
{
	unsigned part[8], n = 0;
	uint64_t rest = name->index;
	size_t at;

	do {
		part[n++] = (unsigned)(rest % 1000);
		rest /= 1000;
	} while (rest > 0);
	at = (size_t)(name->level == TILE_ENTRIES ? snprintf(ret, TILE_PATH, "tile/entries")
	                                          : snprintf(ret, TILE_PATH, "tile/%d", name->level));
	while (n-- > 0)
		at += (size_t)snprintf(ret + at, TILE_PATH - at, n > 0 ? "/x%03u" : "/%03u", part[n]);
	if (name->width < TILE_WIDTH)
		snprintf(ret + at, TILE_PATH - at, ".p/%u", name->width);
}

static bool small_number(struct str s, uint32_t max, uint32_t *ret)
{
	return s.len <= 3 && str_u32(s, ret) && *ret <= max && (s.len == 1 || s.p[0] != '0');
}

static bool index_part(struct str s, uint64_t *index)
{
	uint32_t v;

	if (s.len != 3 || !str_u32(s, &v) || *index > (TREE_SIZE_MAX - v) / 1000)
		return false;
	*index = *index * 1000 + v;
	return true;
}

bool tile_path_read(struct str path, struct tile_name *ret)
{
	struct tile_name name = {.width = TILE_WIDTH};
	size_t partial = str_find_str(path, 0, STR(".p/"));
	uint32_t v;

	if (partial != SIZE_MAX) {
		if (!small_number(str_skip(path, partial + 3), TILE_WIDTH - 1, &v) || v == 0)
			return false;
		name.width = v;
		path = str_sub(path, 0, partial);
	}
	struct str_cut cut = str_cut(path, '/');
	if (!cut.ok || !str_eq(cut.head, STR("tile")))
		return false;
	cut = str_cut(cut.tail, '/');
	if (str_eq(cut.head, STR("entries")))
		name.level = TILE_ENTRIES;
	else if (small_number(cut.head, 63, &v))
		name.level = (int)v;
	else
		return false;
	for (bool first = true; cut.ok; first = false) {
		cut = str_cut(cut.tail, '/');
		struct str part = cut.head;
		if (cut.ok != str_starts(part, STR("x")) || !index_part(str_skip(part, cut.ok), &name.index))
			return false;
		/* no zeros in front: one tile, one path */
		if (first && cut.ok && name.index == 0)
			return false;
		if (!cut.ok) {
			*ret = name;
			return true;
		}
	}
	return false;
}

/* ---- entries ------------------------------------------------------------------------------------- */

int tile_entry_next(struct str *bundle, struct str *ret, struct err *e)
{
	if (bundle->len == 0)
		return 0;
	size_t n = bundle->len < 2 ? 0 : (size_t)((uint8_t)bundle->p[0] << 8 | (uint8_t)bundle->p[1]);
	if (bundle->len < 2 || n > bundle->len - 2)
		return err_set(e, ERR_FORMAT, "a bundle of entries ends inside one");
	*ret = str_sub(*bundle, 2, n);
	*bundle = str_skip(*bundle, 2 + n);
	return 1;
}

void tile_entry_add(struct buf *bundle, struct str entry)
{
	buf_char(bundle, (char)(entry.len >> 8));
	buf_char(bundle, (char)entry.len);
	buf_add(bundle, entry);
}

/* ---- growing ------------------------------------------------------------------------------------- */

int tile_edge_read(struct tile_edge *edge, const struct tile_store *store, uint64_t size, struct err *e)
{
	edge->size = size;
	for (unsigned level = 0; level < TILE_LEVELS; level++) {
		uint64_t index = hashes(level, size) / TILE_WIDTH;
		unsigned n = (unsigned)(hashes(level, size) % TILE_WIDTH);
		edge->n[level] = 0;
		if (n == 0)
			continue;
		int rc = store->read(store->arg, level, index, n, edge->hash[level][0], e);
		if (rc < 0)
			return rc;
		edge->n[level] = (uint16_t)n;
	}
	return 0;
}

/* The root of n hashes, as a tree of that many leaves; they are overwritten. */
static void fold(uint8_t (*hash)[TREE_HASH], unsigned n)
{
	for (; n > 1; n = (n + 1) / 2) {
		for (unsigned i = 0; i < n / 2; i++)
			tree_node(hash[2 * i], hash[2 * i + 1], hash[i]);
		if (n % 2 != 0)
			memcpy(hash[n / 2], hash[n - 1], TREE_HASH);
	}
}

int tile_edge_add(
        struct tile_edge *edge, const uint8_t leaf[TREE_HASH], tile_full *full, void *arg, struct err *e)
{
	uint8_t up[TREE_HASH];

	memcpy(up, leaf, TREE_HASH);
	edge->size++;
	for (unsigned level = 0; level < TILE_LEVELS; level++) {
		memcpy(edge->hash[level][edge->n[level]++], up, TREE_HASH);
		if (edge->n[level] < TILE_WIDTH)
			break;
		uint64_t index = hashes(level, edge->size) / TILE_WIDTH - 1;
		int rc = full != NULL ? full(arg, level, index, edge->hash[level][0], e) : 0;
		if (rc < 0)
			return rc;
		fold(edge->hash[level], TILE_WIDTH);
		memcpy(up, edge->hash[level][0], TREE_HASH);
		edge->n[level] = 0;
	}
	return 0;
}

/* What stands right in the tree is low: the fold of a level is the last hash of the level above. */
void tile_edge_root(const struct tile_edge *edge, uint8_t ret[TREE_HASH])
{
	uint8_t hash[TILE_WIDTH + 1][TREE_HASH], low[TREE_HASH];
	bool have = false;

	for (unsigned level = 0; level < TILE_LEVELS; level++) {
		unsigned n = edge->n[level];
		memcpy(hash, edge->hash[level], (size_t)n * TREE_HASH);
		if (have)
			memcpy(hash[n++], low, TREE_HASH);
		if (n == 0)
			continue;
		fold(hash, n);
		memcpy(low, hash[0], TREE_HASH);
		have = true;
	}
	if (have)
		memcpy(ret, low, TREE_HASH);
	else
		tree_empty(ret);
}
