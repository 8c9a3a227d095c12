/* SPDX-License-Identifier: Apache-2.0 */
#include "see/grown.h"
#include "base/digest.h"
#include "base/os.h"

/* Receipts that it may have grown from: the newest of its name, then the newest of its feed. */
#define NAMED 8
#define OTHERS 24
#define PIECE ((size_t)1 << 20)

struct candidate {
	uint64_t id, size, known; /* known: bytes of it that were read as whole lines */
	uint8_t sha256[DIGEST_LEN];
	bool good; /* the file begins with its bytes */
};

struct candidates {
	struct candidate v[NAMED + OTHERS];
	size_t n;
	uint64_t newest; /* of its name, whatever became of it; 0: none */
};

static void add(struct candidates *c, const struct query *q, const struct receipt *r)
{
	struct str sha = query_get_blob(q, 2);
	struct candidate one = {
	        .id = query_get_u64(q, 0), .size = query_get_u64(q, 1), .known = query_get_u64(q, 3)};

	if (sha.len != DIGEST_LEN || one.size == 0 || one.size > r->size)
		return;
	memcpy(one.sha256, sha.p, DIGEST_LEN);
	c->v[c->n++] = one;
}

static int list(struct node *n, const struct receipt *r, struct candidates *c, struct err *e)
{
	static const char *const sql[] = {
	        "select id, size, sha256, coalesce(whole, size), state from receipt where feed = ?1 "
	        "and name = ?2 and parent is null order by received desc, id desc limit ?3",
	        "select id, size, sha256, coalesce(whole, size), state from receipt where feed = ?1 and name "
	        "<> ?2 and "
	        "parent is null order by received desc, id desc limit ?3"};
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < 2; i++) {
		struct query q = db_query(n->state, sql[i]);
		query_text(&q, r->feed);
		query_text(&q, r->name);
		query_u64(&q, i == 0 ? NAMED : OTHERS);
		while (query_next(&q) == 1) {
			if (i == 0 && c->newest == 0)
				c->newest = query_get_u64(&q, 0);
			if (!str_eq(query_get_text(&q, 4), STR("aside")))
				add(c, &q, r);
		}
		rc = query_done(&q, e);
	}
	return rc;
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = ((const struct candidate *)a)->size, y = ((const struct candidate *)b)->size;

	return x < y ? -1 : x > y;
}

/* Takes in bytes that stand at that place, and asks at each candidate's end whether it is they. */
static void take(struct candidates *c, size_t *next, struct digest *d, uint64_t at, struct str bytes)
{
	uint8_t sum[DIGEST_LEN];

	while (*next < c->n && c->v[*next].size <= at + bytes.len) {
		struct candidate *one = &c->v[(*next)++];
		struct str head = str_sub(bytes, 0, (size_t)(one->size - at));
		digest_add(d, head);
		bytes = str_skip(bytes, head.len);
		at += head.len;
		digest_peek(d, sum);
		one->good = memcmp(sum, one->sha256, sizeof(sum)) == 0;
	}
	digest_add(d, bytes);
}

static int compare(int fd, struct candidates *c, struct receipt *r, struct err *e)
{
	struct digest *d = digest_new();
	char *buf = mem_get(PIECE);
	size_t next = 0;
	uint64_t at = 0;
	ssize_t n;

	while ((n = os_read_at(fd, buf, PIECE, at)) > 0) {
		struct str bytes = str_make(buf, (size_t)n);
		const char *lf = memrchr(buf, '\n', (size_t)n);
		if (lf != NULL)
			r->whole = at + (uint64_t)(lf - buf) + 1;
		if (next < c->n)
			take(c, &next, d, at, bytes);
		at += bytes.len;
	}
	digest_done(d, NULL);
	free(buf);
	return n < 0 ? err_sys(e, "cannot read a report in the spool") : 0;
}

int grown_find(struct node *n, struct receipt *r, struct arena *a, struct receipt *ret, struct err *e)
{
	struct candidates c = {0};
	char path[NODE_PATH];
	const struct candidate *best = NULL;

	node_spool(n, r->token, path);
	auto_fd int fd = os_open(path, e);
	if (fd < 0)
		return ERR_SYS;
	int rc = list(n, r, &c, e);
	qsort(c.v, c.n, sizeof(c.v[0]), by_size);
	if (rc == 0)
		rc = compare(fd, &c, r, e);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < c.n; i++)
		best = c.v[i].good ? &c.v[i] : best;
	if (best != NULL && best->size == r->size)
		return receipt_get(n->state, best->id, a, ret, e);
	r->grows = true;
	r->grown = best != NULL ? best->id : c.newest;
	r->known_to = best != NULL ? best->known : 0;
	return 0;
}

int grown_begin(struct node *n, struct receipt *r, struct err *e)
{
	auto_arena struct arena a = {0};
	struct receipt other;

	arena_init(&a, 0);
	if (r->known_to == 0 || r->state != RECEIPT_ACCEPTED)
		return 0;
	int rc = receipt_get(n->state, r->grown, &a, &other, e);
	if (rc < 0 || (rc == 1 && other.state == RECEIPT_DONE))
		return rc < 0 ? rc : 0;
	/* it was set aside, or waits for room: nothing of it counts as read */
	r->known_to = 0;
	db_begin(n->state);
	receipt_update(n->state, r);
	return db_commit(n->state, e);
}
