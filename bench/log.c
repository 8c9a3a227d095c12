/* SPDX-License-Identifier: Apache-2.0
 *
 * The log at 10,000,000 entries: how long a proof of inclusion and one of consistency take to make from tiles, and to verify.
 * Tiles are in a file that is mapped, as a node that was just started has them: nothing is kept from one proof to the next.
 */
#include "trust/tree.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define SIZE 10000000u
#define PROOFS 2000

struct tiles {
	const uint8_t *at[3]; /* hashes of levels 0 to 2 */
	unsigned reads;
};

static int tiles_read(void *arg, unsigned level, uint64_t index, unsigned width, uint8_t *ret, struct err *e)
{
	struct tiles *t = arg;

	(void)e;
	t->reads++;
	memcpy(ret, t->at[level] + index * TILE_BYTES, (size_t)width * TREE_HASH);
	return 0;
}

struct filling {
	uint8_t *at[3];
};

static int filling_full(
        void *arg, unsigned level, uint64_t index, const uint8_t hashes[TILE_BYTES], struct err *e)
{
	struct filling *f = arg;

	(void)e;
	memcpy(f->at[level] + index * TILE_BYTES, hashes, TILE_BYTES);
	return 0;
}

static void leaf_of(uint64_t i, uint8_t ret[TREE_HASH])
{
	uint8_t entry[33] = {1};

	memcpy(entry + 1, &i, sizeof(i));
	tree_leaf(str_make((const char *)entry, sizeof(entry)), ret);
}

/* Of the processor, as all figures of this folder. */
static int64_t cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static double seconds(int64_t since)
{
	return (double)(cpu() - since) / 1e6;
}

static void grow(struct filling *f, uint8_t root[TREE_HASH])
{
	struct tile_edge *edge = mem_zero(1, sizeof(*edge));
	int64_t start = cpu();

	for (uint64_t i = 0; i < SIZE; i++) {
		uint8_t leaf[TREE_HASH];
		leaf_of(i, leaf);
		tile_edge_add(edge, leaf, filling_full, f, NULL);
	}
	for (unsigned level = 0; level < 3; level++)
		memcpy(f->at[level] + ((uint64_t)SIZE >> (8 * level)) / TILE_WIDTH * TILE_BYTES,
		        edge->hash[level], (size_t)edge->n[level] * TREE_HASH);
	tile_edge_root(edge, root);
	printf("%u entries added in %.1f s\n", SIZE, seconds(start));
	free(edge);
}

static void inclusion(struct tiles *t, const uint8_t root[TREE_HASH])
{
	struct tile_store store = {tiles_read, t};
	struct tree_proof p;
	uint8_t leaf[TREE_HASH];
	uint64_t good = 0;
	int64_t start = cpu();

	t->reads = 0;
	for (uint64_t k = 0; k < PROOFS; k++) {
		uint64_t i = k * 7919 * 104729 % SIZE;
		struct tree_reader *r = tree_reader_new(&store, SIZE);
		leaf_of(i, leaf);
		good += tree_inclusion(r, i, &p, NULL) == 0 && tree_includes(leaf, i, SIZE, &p, root);
		tree_reader_free(r);
	}
	double each = seconds(start) / PROOFS;
	if (good != PROOFS)
		abort();
	printf("inclusion made and verified: %.3f ms, %.1f tiles read, %u hashes\n", each * 1e3,
	        (double)t->reads / PROOFS, p.n);
	printf("figure log.inclusion %.4f\n", each * 1e3);
}

static void consistency(struct tiles *t, const uint8_t root[TREE_HASH])
{
	struct tile_store store = {tiles_read, t};
	uint64_t good = 0;
	double each = 0;

	for (uint64_t k = 0; k < PROOFS; k++) {
		uint64_t old = 1 + k * 7919 * 104729 % SIZE;
		struct tree_proof p;
		uint8_t old_root[TREE_HASH];
		struct tree_reader *small = tree_reader_new(&store, old);
		tree_root(small, old_root, NULL);
		tree_reader_free(small);
		int64_t start = cpu();
		struct tree_reader *r = tree_reader_new(&store, SIZE);
		good += tree_consistency(r, old, &p, NULL) == 0 &&
		        tree_extends(old, old_root, SIZE, root, &p);
		tree_reader_free(r);
		each += seconds(start) / PROOFS;
	}
	if (good != PROOFS)
		abort();
	printf("consistency made and verified: %.3f ms\n", each * 1e3);
	printf("figure log.consistency %.4f\n", each * 1e3);
}

int main(int argc, char **argv)
{
	const char *folder = argc > 1 ? argv[1] : "/tmp";
	struct filling f;
	uint8_t root[TREE_HASH];
	char path[4096];
	size_t level[3], all = 0;

	for (unsigned i = 0; i < 3; i++)
		all += level[i] = (((size_t)SIZE >> (8 * i)) / TILE_WIDTH + 1) * TILE_BYTES;
	snprintf(path, sizeof(path), "%s/weir-bench-log", folder);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, (off_t)all) != 0) {
		fprintf(stderr, "cannot make '%s'\n", path);
		return 1;
	}
	uint8_t *map = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return 1;
	unlink(path);
	f.at[0] = map;
	f.at[1] = map + level[0];
	f.at[2] = f.at[1] + level[1];
	grow(&f, root);
	struct tiles t = {.at = {f.at[0], f.at[1], f.at[2]}};
	inclusion(&t, root);
	consistency(&t, root);
	munmap(map, all);
	close(fd);
	return 0;
}
