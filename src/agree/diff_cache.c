/* SPDX-License-Identifier: Apache-2.0
 *
 * A ring of pairs, looked through from end to end: at most DIFF_CACHE comparisons of 64 bytes, which is nothing beside finding the words of
 * a clause. What is taken moves to the end that is given up last, by the number of its use.
 */
#include "agree/diff_in.h"

struct pair {
	uint8_t old[DIGEST_LEN], new[DIGEST_LEN];
	uint64_t used; /* 0: empty */
	struct diff_words words;
};
struct diff_cache {
	struct pair pair[DIFF_CACHE];
	uint64_t now, hits;
	size_t runs;
};

struct diff_cache *diff_cache_new(void)
{
	return mem_zero(1, sizeof(struct diff_cache));
}

static void drop(struct diff_cache *c, struct pair *p)
{
	free((void *)p->words.run);
	c->runs -= p->words.n;
	*p = (struct pair){.used = 0};
}

void diff_cache_free(struct diff_cache *c)
{
	for (unsigned i = 0; c != NULL && i < DIFF_CACHE; i++)
		drop(c, &c->pair[i]);
	free(c);
}

bool diff_cache_get(struct diff_cache *c, const uint8_t old[DIGEST_LEN], const uint8_t new[DIGEST_LEN],
        struct diff_words *ret)
{
	for (unsigned i = 0; i < DIFF_CACHE; i++) {
		struct pair *p = &c->pair[i];
		if (p->used == 0 || memcmp(p->old, old, DIGEST_LEN) != 0 ||
		        memcmp(p->new, new, DIGEST_LEN) != 0)
			continue;
		p->used = ++c->now;
		c->hits++;
		*ret = p->words;
		return true;
	}
	return false;
}

static struct pair *longest_ago(struct diff_cache *c, bool filled)
{
	struct pair *ret = NULL;

	for (unsigned i = 0; i < DIFF_CACHE; i++) {
		struct pair *p = &c->pair[i];
		if ((p->used > 0 || !filled) && (ret == NULL || p->used < ret->used))
			ret = p;
	}
	return ret;
}

void diff_cache_put(struct diff_cache *c, const uint8_t old[DIGEST_LEN], const uint8_t new[DIGEST_LEN],
        const struct diff_words *d)
{
	if (d->n > DIFF_CACHE_RUNS)
		return;
	while (c->runs + d->n > DIFF_CACHE_RUNS)
		drop(c, longest_ago(c, true));
	struct pair *p = longest_ago(c, false);
	drop(c, p);
	struct diff_run *run = mem_get((d->n + 1) * sizeof(*run));
	memcpy(run, d->run, d->n * sizeof(*run));
	p->words = *d;
	p->words.run = run;
	p->used = ++c->now;
	c->runs += d->n;
	memcpy(p->old, old, DIGEST_LEN);
	memcpy(p->new, new, DIGEST_LEN);
}

uint64_t diff_cache_hits(const struct diff_cache *c)
{
	return c->hits;
}
