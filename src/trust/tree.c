/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/tree.h"

void tree_leaf(struct str entry, uint8_t ret[TREE_HASH])
{
	struct digest *d = digest_new();
	static const char zero = 0;

	digest_add(d, str_make(&zero, 1));
	digest_add(d, entry);
	digest_done(d, ret);
}

void tree_node(const uint8_t left[TREE_HASH], const uint8_t right[TREE_HASH], uint8_t ret[TREE_HASH])
{
	uint8_t both[1 + 2 * TREE_HASH];

	both[0] = 1;
	memcpy(both + 1, left, TREE_HASH);
	memcpy(both + 1 + TREE_HASH, right, TREE_HASH);
	digest_of(str_make((const char *)both, sizeof(both)), ret);
}

void tree_empty(uint8_t ret[TREE_HASH])
{
	digest_of((struct str){0}, ret);
}

static bool same(const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, TREE_HASH) == 0;
}

/* ---- verifying ----------------------------------------------------------------------------------- */

/* RFC 9162 2.1.3.2. */
bool tree_includes(const uint8_t leaf[TREE_HASH], uint64_t index, uint64_t size,
        const struct tree_proof *proof, const uint8_t root[TREE_HASH])
{
	uint64_t fn = index, sn = size - 1;
	uint8_t r[TREE_HASH];

	if (size > TREE_SIZE_MAX || index >= size)
		return false;
	memcpy(r, leaf, TREE_HASH);
	for (unsigned i = 0; i < proof->n; i++) {
		if (sn == 0)
			return false;
		if ((fn & 1) != 0 || fn == sn) {
			tree_node(proof->hash[i], r, r);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			tree_node(r, proof->hash[i], r);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && same(r, root);
}

/* RFC 9162 2.1.4.2, from step 3 on; first is the hash that the walk begins with. */
static bool walk(uint64_t fn, uint64_t sn, const uint8_t *first, const uint8_t (*rest)[TREE_HASH], unsigned n,
        const uint8_t *old_root, const uint8_t *root)
{
	uint8_t fr[TREE_HASH], sr[TREE_HASH];

	for (; (fn & 1) != 0; fn >>= 1)
		sn >>= 1;
	memcpy(fr, first, TREE_HASH);
	memcpy(sr, first, TREE_HASH);
	for (unsigned i = 0; i < n; i++) {
		if (sn == 0)
			return false;
		if ((fn & 1) != 0 || fn == sn) {
			tree_node(rest[i], fr, fr);
			tree_node(rest[i], sr, sr);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			tree_node(sr, rest[i], sr);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && same(fr, old_root) && same(sr, root);
}

bool tree_extends(uint64_t old, const uint8_t old_root[TREE_HASH], uint64_t size,
        const uint8_t root[TREE_HASH], const struct tree_proof *proof)
{
	uint8_t empty[TREE_HASH];

	if (size > TREE_SIZE_MAX || old > size)
		return false;
	if (old == size)
		return proof->n == 0 && same(old_root, root);
	if (old == 0) {
		tree_empty(empty);
		return proof->n == 0 && same(old_root, empty);
	}
	if (proof->n == 0)
		return false;
	if ((old & (old - 1)) == 0)
		return walk(old - 1, size - 1, old_root, proof->hash, proof->n, old_root, root);
	return walk(old - 1, size - 1, proof->hash[0], proof->hash + 1, proof->n - 1, old_root, root);
}

/* ---- making -------------------------------------------------------------------------------------- */

/* The tile of a level that was read last, and what was made of it: node 1 is the root of the whole tile, 2n and 2n + 1 are
 * below n, its hashes are nodes 256 to 511. */
struct cached {
	uint64_t index;
	bool there;
	bool have[2 * TILE_WIDTH];
	uint8_t node[2 * TILE_WIDTH][TREE_HASH];
};

struct tree_reader {
	const struct tile_store *store;
	uint64_t size;
	struct err *e; /* of the call that runs */
	struct cached *level[TILE_LEVELS];
};

struct tree_reader *tree_reader_new(const struct tile_store *store, uint64_t size)
{
	struct tree_reader *r = mem_zero(1, sizeof(*r));

	r->store = store;
	r->size = size;
	return r;
}

void tree_reader_free(struct tree_reader *r)
{
	for (unsigned i = 0; r != NULL && i < TILE_LEVELS; i++)
		free(r->level[i]);
	free(r);
}

static int load(struct tree_reader *r, unsigned level, uint64_t index)
{
	struct cached *c = r->level[level];

	if (c == NULL)
		c = r->level[level] = mem_zero(1, sizeof(*c));
	if (c->there && c->index == index)
		return 0;
	unsigned width = tile_width(level, index, r->size);
	c->there = false;
	int rc = r->store->read(r->store->arg, level, index, width, c->node[TILE_WIDTH], r->e);
	if (rc < 0)
		return rc;
	memset(c->have, 0, sizeof(c->have));
	memset(c->have + TILE_WIDTH, true, width);
	c->index = index;
	c->there = true;
	return 0;
}

static const uint8_t *node(struct cached *c, unsigned n)
{
	if (!c->have[n]) {
		tree_node(node(c, 2 * n), node(c, 2 * n + 1), c->node[n]);
		c->have[n] = true;
	}
	return c->node[n];
}

/* The root of 2^height leaves from leaf number index << height on, all of them in the tree. */
static int whole(struct tree_reader *r, unsigned height, uint64_t index, uint8_t *ret)
{
	unsigned level = height / 8, below = height % 8;
	uint64_t first = index << below;
	int rc = load(r, level, first / TILE_WIDTH);

	if (rc < 0)
		return rc;
	memcpy(ret, node(r->level[level], (unsigned)(TILE_WIDTH + first % TILE_WIDTH) >> below), TREE_HASH);
	return 0;
}

/* The largest power of two below n, as its exponent; n at least 2. */
static unsigned split(uint64_t n)
{
	return 63 - (unsigned)__builtin_clzll(n - 1);
}

/* The root of leaves from to end, of which from is a multiple of a power of two that is not below their number. */
static int range(struct tree_reader *r, uint64_t from, uint64_t end, uint8_t *ret)
{
	uint64_t n = end - from;
	uint8_t right[TREE_HASH];

	if ((n & (n - 1)) == 0) {
		unsigned height = (unsigned)__builtin_ctzll(n);
		return whole(r, height, from >> height, ret);
	}
	unsigned height = split(n);
	int rc = range(r, from + ((uint64_t)1 << height), end, right);
	if (rc < 0 || (rc = whole(r, height, from >> height, ret)) < 0)
		return rc;
	tree_node(ret, right, ret);
	return 0;
}

/* RFC 6962 2.1.1, PATH(index - from, D[from:end]). */
static int path(struct tree_reader *r, uint64_t index, uint64_t from, uint64_t end, struct tree_proof *p)
{
	int rc;

	if (end - from == 1)
		return 0;
	uint64_t middle = from + ((uint64_t)1 << split(end - from));
	if (index < middle)
		rc = (rc = path(r, index, from, middle, p)) < 0 ? rc : range(r, middle, end, p->hash[p->n]);
	else
		rc = (rc = path(r, index, middle, end, p)) < 0 ? rc : range(r, from, middle, p->hash[p->n]);
	p->n += rc == 0;
	return rc;
}

/* RFC 6962 2.1.2, SUBPROOF(old - from, D[from:end], known). */
static int subproof(
        struct tree_reader *r, uint64_t old, uint64_t from, uint64_t end, bool known, struct tree_proof *p)
{
	int rc;

	if (old == end) {
		if (known)
			return 0;
		rc = range(r, from, end, p->hash[p->n]);
		p->n += rc == 0;
		return rc;
	}
	uint64_t middle = from + ((uint64_t)1 << split(end - from));
	if (old <= middle)
		rc = (rc = subproof(r, old, from, middle, known, p)) < 0
		        ? rc
		        : range(r, middle, end, p->hash[p->n]);
	else
		rc = (rc = subproof(r, old, middle, end, false, p)) < 0
		        ? rc
		        : range(r, from, middle, p->hash[p->n]);
	p->n += rc == 0;
	return rc;
}

int tree_root(struct tree_reader *r, uint8_t ret[TREE_HASH], struct err *e)
{
	uint8_t root[TREE_HASH];

	if (r->size > TREE_SIZE_MAX)
		return err_set(e, ERR_VALUE, "no tree has %llu entries", (unsigned long long)r->size);
	r->e = e;
	if (r->size == 0) {
		tree_empty(ret);
		return 0;
	}
	int rc = range(r, 0, r->size, root);
	if (rc == 0)
		memcpy(ret, root, TREE_HASH);
	return rc;
}

int tree_inclusion(struct tree_reader *r, uint64_t index, struct tree_proof *ret, struct err *e)
{
	struct tree_proof p = {0};

	if (r->size > TREE_SIZE_MAX || index >= r->size)
		return err_set(e, ERR_VALUE, "a tree of %llu entries has no entry %llu",
		        (unsigned long long)r->size, (unsigned long long)index);
	r->e = e;
	int rc = path(r, index, 0, r->size, &p);
	if (rc == 0)
		*ret = p;
	return rc;
}

int tree_consistency(struct tree_reader *r, uint64_t old, struct tree_proof *ret, struct err *e)
{
	struct tree_proof p = {0};
	int rc = 0;

	if (r->size > TREE_SIZE_MAX || old > r->size)
		return err_set(e, ERR_VALUE, "a tree of %llu entries cannot grow to %llu",
		        (unsigned long long)old, (unsigned long long)r->size);
	r->e = e;
	if (old != 0 && old != r->size)
		rc = subproof(r, old, 0, r->size, true, &p);
	if (rc == 0)
		*ret = p;
	return rc;
}
