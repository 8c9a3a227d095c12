/* SPDX-License-Identifier: Apache-2.0
 *
 * The tree of a log against the definition of RFC 6962, written out as it stands there: roots, every proof of inclusion and
 * of consistency of every size up to 300, from tiles that were grown a leaf at a time. What is flipped never verifies.
 */
#include "trust/tree.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SIZES 301

/* ---- tiles in memory ----------------------------------------------------------------------------- */

struct stored {
	unsigned level;
	uint64_t index;
	uint8_t hash[TILE_BYTES];
};

struct memory {
	VEC(struct stored) full;
	struct tile_edge edge;
	unsigned reads;
};

static int memory_full(
        void *arg, unsigned level, uint64_t index, const uint8_t hashes[TILE_BYTES], struct err *e)
{
	struct memory *m = arg;
	struct stored *s = vec_add(&m->full);

	(void)e;
	s->level = level;
	s->index = index;
	memcpy(s->hash, hashes, TILE_BYTES);
	return 0;
}

static int memory_read(void *arg, unsigned level, uint64_t index, unsigned width, uint8_t *ret, struct err *e)
{
	struct memory *m = arg;

	m->reads++;
	assert_in_range(width, 1, TILE_WIDTH);
	for (size_t i = 0; i < m->full.n; i++)
		if (m->full.v[i].level == level && m->full.v[i].index == index) {
			memcpy(ret, m->full.v[i].hash, (size_t)width * TREE_HASH);
			return 0;
		}
	if (index != (m->edge.size >> (8 * level)) / TILE_WIDTH || width > m->edge.n[level])
		return err_set(e, ERR_MISSING, "no tile %u/%llu", level, (unsigned long long)index);
	memcpy(ret, m->edge.hash[level], (size_t)width * TREE_HASH);
	return 0;
}

/* ---- the definition ------------------------------------------------------------------------------ */

static uint8_t leaves[1 << 10][TREE_HASH];

static void mth(unsigned from, unsigned end, uint8_t *ret)
{
	uint8_t left[TREE_HASH], right[TREE_HASH];
	unsigned k = 1;

	if (end == from) {
		tree_empty(ret);
		return;
	}
	if (end - from == 1) {
		memcpy(ret, leaves[from], TREE_HASH);
		return;
	}
	while (2 * k < end - from)
		k *= 2;
	mth(from, from + k, left);
	mth(from + k, end, right);
	tree_node(left, right, ret);
}

static void make_leaves(void)
{
	for (unsigned i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
		char text[16];
		tree_leaf(str_make(text, (size_t)snprintf(text, sizeof(text), "entry %u", i)), leaves[i]);
	}
}

/* ---- tests --------------------------------------------------------------------------------------- */

static uint8_t root_of[SIZES][TREE_HASH];

static void flip(struct tree_proof *p, uint64_t bit)
{
	p->hash[bit / 256 % p->n][bit / 8 % TREE_HASH] ^= (uint8_t)(1 << bit % 8);
}

static void all_of(const struct tile_store *store, unsigned n)
{
	struct tree_reader *r = tree_reader_new(store, n);
	struct tree_proof p;
	struct err e;

	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(tree_inclusion(r, i, &p, &e), 0);
		assert_true(tree_includes(leaves[i], i, n, &p, root_of[n]));
		/* one thing wrong each */
		assert_false(tree_includes(leaves[i + 1], i, n, &p, root_of[n]));
		if (p.n > 0) {
			flip(&p, i * 7919u + n);
			assert_false(tree_includes(leaves[i], i, n, &p, root_of[n]));
			flip(&p, i * 7919u + n);
			p.n--;
			assert_false(tree_includes(leaves[i], i, n, &p, root_of[n]));
		}
	}
	for (unsigned old = 0; old <= n; old++) {
		assert_int_equal(tree_consistency(r, old, &p, &e), 0);
		assert_true(tree_extends(old, root_of[old], n, root_of[n], &p));
		if (p.n > 0) {
			assert_false(tree_extends(old, root_of[old + 1], n, root_of[n], &p));
			flip(&p, old * 7919u + n);
			assert_false(tree_extends(old, root_of[old], n, root_of[n], &p));
		}
	}
	assert_int_equal(tree_inclusion(r, n, &p, &e), ERR_VALUE);
	assert_int_equal(tree_consistency(r, n + 1, &p, &e), ERR_VALUE);
	tree_reader_free(r);
}

static void every_pair(void **state)
{
	struct memory *m = mem_zero(1, sizeof(*m));
	struct tile_store store = {memory_read, m};
	uint8_t root[TREE_HASH];
	struct err e;

	(void)state;
	make_leaves();
	for (unsigned n = 0; n < SIZES; n++) {
		mth(0, n, root_of[n]);
		tile_edge_root(&m->edge, root);
		assert_memory_equal(root, root_of[n], TREE_HASH);
		struct tree_reader *r = tree_reader_new(&store, n);
		assert_int_equal(tree_root(r, root, &e), 0);
		assert_memory_equal(root, root_of[n], TREE_HASH);
		tree_reader_free(r);
		assert_int_equal(tile_edge_add(&m->edge, leaves[n], memory_full, m, &e), 0);
	}
	/* from the tiles of the largest tree */
	for (unsigned n = 1; n < SIZES; n++)
		all_of(&store, n);
	assert_int_equal(m->full.n, 1);
	vec_done(&m->full);
	free(m);
}

/* Every bit of one proof each, and other sizes and indices than the proof is of. */
static void every_bit(void **state)
{
	struct memory *m = mem_zero(1, sizeof(*m));
	struct tile_store store = {memory_read, m};
	struct tree_proof p;
	struct err e;

	(void)state;
	make_leaves();
	for (unsigned n = 0; n < 300; n++)
		assert_int_equal(tile_edge_add(&m->edge, leaves[n], memory_full, m, &e), 0);
	struct tree_reader *r = tree_reader_new(&store, 300);
	uint8_t root[TREE_HASH], old[TREE_HASH];
	mth(0, 300, root);
	mth(0, 77, old);
	assert_int_equal(tree_inclusion(r, 123, &p, &e), 0);
	for (unsigned bit = 0; bit < p.n * 256; bit++) {
		flip(&p, bit);
		assert_false(tree_includes(leaves[123], 123, 300, &p, root));
		flip(&p, bit);
	}
	for (unsigned n = 0; n < 400; n++)
		for (unsigned i = 0; i < n; i++)
			if (tree_includes(leaves[123], i, n, &p, root))
				assert_true(i == 123 && n >= 257);
	assert_int_equal(tree_consistency(r, 77, &p, &e), 0);
	for (unsigned bit = 0; bit < p.n * 256; bit++) {
		flip(&p, bit);
		assert_false(tree_extends(77, old, 300, root, &p));
		flip(&p, bit);
	}
	tree_reader_free(r);
	vec_done(&m->full);
	free(m);
}

/* Large trees: what is read and what it costs grow with the logarithm. The leaves are one hash again and again, so tiles need
 * not be kept. */
static uint8_t same_hash[TILE_LEVELS + 1][TREE_HASH];

static int same_read(void *arg, unsigned level, uint64_t index, unsigned width, uint8_t *ret, struct err *e)
{
	unsigned *reads = arg;

	(void)index, (void)e;
	++*reads;
	for (unsigned i = 0; i < width; i++)
		memcpy(ret + (size_t)i * TREE_HASH, same_hash[level], TREE_HASH);
	return 0;
}

static void large(void **state)
{
	static const uint64_t sizes[] = {10000000, 16777216, 16777217, (uint64_t)1 << 40,
	        ((uint64_t)1 << 62) - 12345, (uint64_t)1 << 62};
	unsigned reads = 0;
	struct tile_store store = {same_read, &reads};
	struct err e;

	(void)state;
	tree_leaf(STR("x"), same_hash[0]);
	for (unsigned level = 0; level < TILE_LEVELS; level++) {
		uint8_t h[TREE_HASH];
		memcpy(h, same_hash[level], TREE_HASH);
		for (unsigned i = 0; i < 8; i++)
			tree_node(h, h, h);
		memcpy(same_hash[level + 1], h, TREE_HASH);
	}
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint64_t n = sizes[i], index[] = {0, 1, n / 2, n / 3, n - 1};
		uint8_t root[TREE_HASH], old_root[TREE_HASH];
		struct tree_proof p;
		struct tree_reader *r = tree_reader_new(&store, n);
		assert_int_equal(tree_root(r, root, &e), 0);
		tree_reader_free(r);
		for (unsigned k = 0; k < 5; k++) {
			r = tree_reader_new(&store, n);
			reads = 0;
			assert_int_equal(tree_inclusion(r, index[k], &p, &e), 0);
			assert_in_range(reads, 1, 3 * TILE_LEVELS);
			assert_true(tree_includes(same_hash[0], index[k], n, &p, root));
			if (n == 10000000)
				assert_in_range(reads, 1, 6);
			assert_int_equal(tree_consistency(r, index[k], &p, &e), 0);
			tree_reader_free(r);
			r = tree_reader_new(&store, index[k]);
			assert_int_equal(tree_root(r, old_root, &e), 0);
			tree_reader_free(r);
			assert_true(tree_extends(index[k], old_root, n, root, &p));
		}
	}
}

/* A store that fails is heard. */
static int broken_read(void *arg, unsigned level, uint64_t index, unsigned width, uint8_t *ret, struct err *e)
{
	(void)arg, (void)level, (void)index, (void)width, (void)ret;
	return err_set(e, ERR_MISSING, "the tile is gone");
}

static void broken(void **state)
{
	struct tile_store store = {broken_read, NULL};
	struct tree_reader *r = tree_reader_new(&store, 300);
	struct tree_proof p;
	uint8_t root[TREE_HASH];
	struct err e;

	(void)state;
	assert_int_equal(tree_root(r, root, &e), ERR_MISSING);
	assert_int_equal(tree_inclusion(r, 5, &p, &e), ERR_MISSING);
	assert_int_equal(tree_consistency(r, 5, &p, &e), ERR_MISSING);
	assert_string_equal(e.text, "the tile is gone");
	tree_reader_free(r);
}

/* An edge that was read back grows as the one in memory. */
static void edges(void **state)
{
	struct memory *m = mem_zero(1, sizeof(*m));
	struct tile_store store = {memory_read, m};
	struct tile_edge *again = mem_zero(1, sizeof(*again));
	uint8_t a[TREE_HASH], b[TREE_HASH];
	struct err e;

	(void)state;
	make_leaves();
	for (unsigned n = 0; n < 600; n++) {
		if (n % 37 == 0 || n % 256 < 2) {
			assert_int_equal(tile_edge_read(again, &store, n, &e), 0);
			tile_edge_root(&m->edge, a);
			tile_edge_root(again, b);
			assert_memory_equal(a, b, TREE_HASH);
		}
		assert_int_equal(tile_edge_add(&m->edge, leaves[n], memory_full, m, &e), 0);
		assert_int_equal(tile_edge_add(again, leaves[n], NULL, NULL, &e), 0);
		assert_int_equal(again->size, n + 1);
	}
	tile_edge_root(&m->edge, a);
	tile_edge_root(again, b);
	assert_memory_equal(a, b, TREE_HASH);
	free(again);
	vec_done(&m->full);
	free(m);
}

static void paths(void **state)
{
	static const struct {
		struct tile_name name;
		const char *path;
	} good[] = {
	        {{0, 0, 256}, "tile/0/000"},
	        {{0, 1234067, 256}, "tile/0/x001/x234/067"},
	        {{1, 999, 17}, "tile/1/999.p/17"},
	        {{63, 1000, 1}, "tile/63/x001/000.p/1"},
	        {{TILE_ENTRIES, 5, 255}, "tile/entries/005.p/255"},
	        {{TILE_ENTRIES, 5000, 256}, "tile/entries/x005/000"},
	};
	static const char *const bad[] = {"", "tile", "tile/0", "tile/0/", "tile/0/00", "tile/0/0000",
	        "tile/64/000", "tile/00/000", "tile/0/x000/067", "tile/0/001/067", "tile/0/x001",
	        "tile/0/x001/x067", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/",
	        "tile/0/000.p/1/", "tile/0/000/", "/tile/0/000", "tile/entry/000", "tile/0/-01",
	        "tile/0/x-01/000", "tile/0/x999/x999/x999/x999/x999/x999/999", "tile/0/..",
	        "tile/0/000.p/1.p/1"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		char path[TILE_PATH];
		struct tile_name name;
		tile_path(&good[i].name, path);
		assert_string_equal(path, good[i].path);
		assert_true(tile_path_read(str_from(path), &name));
		assert_true(name.level == good[i].name.level && name.index == good[i].name.index &&
		        name.width == good[i].name.width);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct tile_name name;
		if (tile_path_read(str_from(bad[i]), &name))
			fail_msg("'%s' is no path", bad[i]);
	}
	/* the example of the specification */
	assert_int_equal(tile_width(0, 272, 70000), 256);
	assert_int_equal(tile_width(0, 273, 70000), 112);
	assert_int_equal(tile_width(0, 274, 70000), 0);
	assert_int_equal(tile_width(1, 0, 70000), 256);
	assert_int_equal(tile_width(1, 1, 70000), 17);
	assert_int_equal(tile_width(2, 0, 70000), 1);
	assert_int_equal(tile_width(3, 0, 70000), 0);
	assert_int_equal(tile_width(0, 1, 256), 0);
	assert_int_equal(tile_width(1, 0, 256), 1);
	assert_int_equal(tile_width(40, 0, 256), 0);
}

static void bundles(void **state)
{
	auto_buf struct buf b = {0};
	struct str rest, entry;
	struct err e;

	(void)state;
	tile_entry_add(&b, STR("one"));
	tile_entry_add(&b, STR(""));
	tile_entry_add(&b, STR("three"));
	rest = buf_str(&b);
	assert_int_equal(tile_entry_next(&rest, &entry, &e), 1);
	assert_true(str_eq(entry, STR("one")));
	assert_int_equal(tile_entry_next(&rest, &entry, &e), 1);
	assert_int_equal(entry.len, 0);
	assert_int_equal(tile_entry_next(&rest, &entry, &e), 1);
	assert_true(str_eq(entry, STR("three")));
	assert_int_equal(tile_entry_next(&rest, &entry, &e), 0);
	rest = str_sub(buf_str(&b), 0, 4);
	assert_int_equal(tile_entry_next(&rest, &entry, &e), ERR_FORMAT);
	rest = str_sub(buf_str(&b), 0, 1);
	assert_int_equal(tile_entry_next(&rest, &entry, &e), ERR_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(every_pair),
	        cmocka_unit_test(every_bit),
	        cmocka_unit_test(large),
	        cmocka_unit_test(broken),
	        cmocka_unit_test(edges),
	        cmocka_unit_test(paths),
	        cmocka_unit_test(bundles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
