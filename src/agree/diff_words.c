/* SPDX-License-Identifier: Apache-2.0
 *
 * Words are made numbers, the numbers compared, and what comes out is made readable: a blank or a comma that happens to stand in both of
 * two changed places does not cut them apart, and what was only put in or taken out is slid to where a sentence or a word begins.
 */
#include "agree/diff_in.h"
#include "base/os.h"
#include "text/breaks.h"
#include <assert.h>
#include <sodium.h>

#define KEEP (1u << 20) /* bytes */

struct differ {
	struct breaks *breaks;
	struct diff_cache *cache;
	struct arena scratch;
	struct pieces old, new;
	uint8_t key[crypto_shorthash_KEYBYTES]; /* whoever writes a text cannot choose what falls together */
};

struct differ *differ_new(struct err *e)
{
	struct breaks *breaks = breaks_open(e);

	if (breaks == NULL)
		return NULL;
	struct differ *d = mem_zero(1, sizeof(*d));
	d->breaks = breaks;
	d->cache = diff_cache_new();
	os_random(d->key, sizeof(d->key));
	arena_init(&d->scratch, 0);
	return d;
}

void differ_free(struct differ *d)
{
	if (d == NULL)
		return;
	breaks_close(d->breaks);
	diff_cache_free(d->cache);
	arena_done(&d->scratch);
	vec_done(&d->old.all);
	vec_done(&d->new.all);
	free(d);
}

uint64_t differ_hits(const struct differ *d)
{
	return diff_cache_hits(d->cache);
}

/* ---- words as numbers ---------------------------------------------------------------------------- */

/* One side: piece i goes from at[i] to at[i + 1]. */
struct row {
	struct str text;
	unsigned n;
	uint32_t *at, *number;
	bool *word, *same;
};
struct number_table {
	uint32_t *slot;   /* a number; 0: free */
	struct str *text; /* by number, from 1 */
	size_t mask;
	uint32_t next;
	const uint8_t *key;
};

/* Most words are short: for them a multiplication by an odd number that nobody knows spreads as well. */
static uint64_t hash_of(const struct number_table *t, struct str s)
{
	uint64_t word = 0, hash, key;

	if (s.len > sizeof(word)) {
		crypto_shorthash((unsigned char *)&hash, (const unsigned char *)s.p, s.len, t->key);
		return hash;
	}
	memcpy(&key, t->key, sizeof(key));
	for (size_t i = 0; i < s.len; i++)
		word = word << 8 | (unsigned char)s.p[i];
	hash = (word + s.len) * (key | 1);
	return hash >> 32 ^ hash >> 40;
}

static uint32_t number_of(struct number_table *t, struct str s)
{
	uint64_t hash = hash_of(t, s);
	size_t i = hash & t->mask;
	while (t->slot[i] != 0 && !str_eq(t->text[t->slot[i]], s))
		i = (i + 1) & t->mask;
	if (t->slot[i] == 0) {
		t->slot[i] = ++t->next;
		t->text[t->next] = s;
	}
	return t->slot[i];
}

static void make_row(struct arena *a, struct number_table *t, struct str text, const struct pieces *pieces,
        struct row *ret)
{
	unsigned n = (unsigned)pieces->all.n;

	*ret = (struct row){.text = text, .n = n};
	ret->at = arena_array(a, n + 1, sizeof(*ret->at));
	ret->number = arena_array(a, n + 1, sizeof(*ret->number));
	ret->word = arena_array(a, n + 1, sizeof(*ret->word));
	ret->same = arena_array(a, n + 1, sizeof(*ret->same));
	for (unsigned i = 0; i < n; i++) {
		ret->at[i + 1] = pieces->all.v[i].end;
		ret->word[i] = pieces->all.v[i].word;
		ret->number[i] = number_of(t, str_sub(text, ret->at[i], ret->at[i + 1] - ret->at[i]));
	}
}

static void make_rows(struct differ *d, struct str old, struct str new, struct row *ret_old,
        struct row *ret_new, uint32_t *ret_numbers)
{
	struct number_table t = {.mask = 63, .key = d->key};
	size_t all;

	d->old.all.n = d->new.all.n = 0;
	breaks_words(d->breaks, old, &d->old);
	breaks_words(d->breaks, new, &d->new);
	all = d->old.all.n + d->new.all.n;
	while (t.mask < 2 * all)
		t.mask = 2 * t.mask + 1;
	t.slot = arena_array(&d->scratch, t.mask + 1, sizeof(*t.slot));
	t.text = arena_array(&d->scratch, all + 1, sizeof(*t.text));
	make_row(&d->scratch, &t, old, &d->old, ret_old);
	make_row(&d->scratch, &t, new, &d->new, ret_new);
	*ret_numbers = t.next;
}

/* ---- what is common ------------------------------------------------------------------------------ */

/* The pieces that the other side has too. */
struct kept {
	uint32_t *number, *from; /* from: its place in the row */
	bool *same;
	unsigned n;
};

static struct kept keep(struct arena *a, const struct row *row, const struct row *other, uint32_t numbers)
{
	struct kept k = {.n = 0};
	bool *there = arena_array(a, (size_t)numbers + 1, sizeof(*there));

	k.number = arena_array(a, row->n + 1, sizeof(*k.number));
	k.from = arena_array(a, row->n + 1, sizeof(*k.from));
	k.same = arena_array(a, row->n + 1, sizeof(*k.same));
	for (unsigned i = 0; i < other->n; i++)
		there[other->number[i]] = true;
	for (unsigned i = 0; i < row->n; i++)
		if (there[row->number[i]]) {
			k.number[k.n] = row->number[i];
			k.from[k.n++] = i;
		}
	return k;
}

static void mark_common(struct arena *a, struct row *old, struct row *new, uint32_t numbers)
{
	struct kept ko = keep(a, old, new, numbers), kn = keep(a, new, old, numbers);

	diff_common(a, ko.number, ko.n, kn.number, kn.n, ko.same, kn.same);
	for (unsigned i = 0; i < ko.n; i++)
		old->same[ko.from[i]] = ko.same[i];
	for (unsigned i = 0; i < kn.n; i++)
		new->same[kn.from[i]] = kn.same[i];
}

/* ---- places that changed ------------------------------------------------------------------------- */

/* Pieces o0 to o1 became n0 to n1. */
struct hunk {
	unsigned o0, o1, n0, n1;
};
struct hunks {
	struct hunk *v;
	unsigned n;
};

/* How many rows of pieces that are not in both a side has. */
static size_t changes(const struct row *row)
{
	size_t n = 0;

	for (unsigned i = 0; i < row->n; i++)
		n += !row->same[i] && (i == 0 || row->same[i - 1]);
	return n;
}

static struct hunks find_hunks(struct arena *a, const struct row *old, const struct row *new)
{
	struct hunks h = {.v = arena_array(a, changes(old) + changes(new) + 1, sizeof(*h.v))};

	for (unsigned o = 0, n = 0; o < old->n || n < new->n;) {
		struct hunk *at = &h.v[h.n];
		at->o0 = o;
		at->n0 = n;
		while (o < old->n && !old->same[o])
			o++;
		while (n < new->n && !new->same[n])
			n++;
		at->o1 = o;
		at->n1 = n;
		h.n += at->o0 < o || at->n0 < n;
		for (; o < old->n && n < new->n && old->same[o] && new->same[n]; o++, n++)
			assert(old->number[o] == new->number[n]);
	}
	return h;
}

static bool has_word(const struct row *row, unsigned from, unsigned to)
{
	while (from < to && !row->word[from])
		from++;
	return from < to;
}

/* Two places with nothing but blanks and points between them are one, if words stand on both sides of the whole. */
static void join_hunks(struct hunks *h, const struct row *old, const struct row *new)
{
	unsigned last = 0;

	for (unsigned i = 1; i < h->n; i++) {
		struct hunk *to = &h->v[last], *from = &h->v[i];
		if (!has_word(old, to->o1, from->o0) && has_word(old, to->o0, from->o1) &&
		        has_word(new, to->n0, from->n1)) {
			to->o1 = from->o1;
			to->n1 = from->n1;
		} else {
			h->v[++last] = *from;
		}
	}
	h->n = h->n > 0 ? last + 1 : 0;
}

/* What is equal at both ends of a place that was joined belongs to none. */
static void trim_hunks(struct hunks *h, const struct row *old, const struct row *new)
{
	for (unsigned i = 0; i < h->n; i++) {
		struct hunk *at = &h->v[i];
		while (at->o0 < at->o1 && at->n0 < at->n1 && old->number[at->o0] == new->number[at->n0]) {
			at->o0++;
			at->n0++;
		}
		while (at->o0 < at->o1 && at->n0 < at->n1 &&
		        old->number[at->o1 - 1] == new->number[at->n1 - 1]) {
			at->o1--;
			at->n1--;
		}
	}
}

/* How good a place piece i is to begin at. */
static unsigned score(const struct row *row, unsigned i)
{
	const char *p = row->text.p;
	uint32_t at = row->at[i];

	if (at == 0 || p[at - 1] == '\n')
		return 3;
	if (p[at - 1] != ' ')
		return 0;
	return at >= 2 && str_has(STR(".;:!?"), p[at - 2]) ? 2 : 1;
}

/* A range that only one side has can begin earlier or later where the pieces at its ends are equal. room: equal pieces before and behind. */
static int best_slide(const struct row *row, unsigned from, unsigned to, unsigned before, unsigned behind)
{
	int low = 0, high = 0, best = 0;

	while ((unsigned)-low < before &&
	        row->number[from - 1 + (unsigned)low] == row->number[to - 1 + (unsigned)low])
		low--;
	while ((unsigned)high < behind &&
	        row->number[from + (unsigned)high] == row->number[to + (unsigned)high])
		high++;
	for (int i = low; i <= high; i++)
		if (score(row, from + (unsigned)i) > score(row, from + (unsigned)best))
			best = i;
	return best;
}

static void slide_hunks(struct hunks *h, const struct row *old, const struct row *new)
{
	for (unsigned i = 0; i < h->n; i++) {
		struct hunk *at = &h->v[i];
		bool put_in = at->o0 == at->o1;
		unsigned before = at->o0 - (i > 0 ? h->v[i - 1].o1 : 0),
		         behind = (i + 1 < h->n ? h->v[i + 1].o0 : old->n) - at->o1;
		if (!put_in && at->n0 != at->n1)
			continue;
		/* no run between two places is used up */
		before -= i > 0 && before > 0;
		behind -= i + 1 < h->n && behind > 0;
		int by = put_in ? best_slide(new, at->n0, at->n1, before, behind)
		                : best_slide(old, at->o0, at->o1, before, behind);
		*at = (struct hunk){at->o0 + (unsigned)by, at->o1 + (unsigned)by, at->n0 + (unsigned)by,
		        at->n1 + (unsigned)by};
	}
}

/* ---- runs ---------------------------------------------------------------------------------------- */

/* Bytes of words. */
static uint64_t weight(const struct row *row, unsigned from, unsigned to)
{
	uint64_t sum = 0;

	for (; from < to; from++)
		sum += row->word[from] ? row->at[from + 1] - row->at[from] : 0;
	return sum;
}

static bool is_heavy(const struct hunks *h, const struct row *old, const struct row *new)
{
	uint64_t all = weight(old, 0, old->n) + weight(new, 0, new->n), changed = 0;

	for (unsigned i = 0; i < h->n; i++)
		changed += weight(old, h->v[i].o0, h->v[i].o1) + weight(new, h->v[i].n0, h->v[i].n1);
	return old->n > 0 && new->n > 0 && changed * 100 > all *DIFF_HEAVY;
}

static void add_run(struct diff_run *run, unsigned *n, enum diff_kind kind, uint32_t old_at, uint32_t new_at,
        uint32_t len)
{
	if (len > 0 && *n > 0 && run[*n - 1].kind == kind)
		run[*n - 1].len += len;
	else if (len > 0)
		run[(*n)++] = (struct diff_run){kind, old_at, new_at, len};
}

static void make_runs(struct arena *a, const struct hunks *h, const struct row *old, const struct row *new,
        struct diff_words *ret)
{
	struct diff_run *run = arena_array(a, (size_t)3 * h->n + 1, sizeof(*run));
	unsigned n = 0, o = 0, k = 0;

	for (unsigned i = 0; i <= h->n; i++) {
		struct hunk end = {old->n, old->n, new->n, new->n}, at = i < h->n ? h->v[i] : end;
		add_run(run, &n, DIFF_SAME, old->at[o], new->at[k], old->at[at.o0] - old->at[o]);
		add_run(run, &n, DIFF_OLD, old->at[at.o0], new->at[at.n0], old->at[at.o1] - old->at[at.o0]);
		add_run(run, &n, DIFF_NEW, old->at[at.o1], new->at[at.n0], new->at[at.n1] - new->at[at.n0]);
		o = at.o1;
		k = at.n1;
	}
	*ret = (struct diff_words){.run = run, .n = n};
}

/* What a clause needs is kept for the next one, what a whole text needs is not. */
static void forget(struct differ *d)
{
	if (d->scratch.used <= KEEP) {
		arena_reset(&d->scratch);
		return;
	}
	arena_done(&d->scratch);
	arena_init(&d->scratch, 0);
	vec_done(&d->old.all);
	vec_done(&d->new.all);
}

void diff_words(struct differ *d, struct arena *a, struct str old, struct str new, struct diff_words *ret)
{
	struct row o, n;
	uint32_t numbers;

	assert(old.len <= DIFF_MAX && new.len <= DIFF_MAX);
	make_rows(d, old, new, &o, &n, &numbers);
	mark_common(&d->scratch, &o, &n, numbers);
	struct hunks h = find_hunks(&d->scratch, &o, &n);
	join_hunks(&h, &o, &n);
	trim_hunks(&h, &o, &n);
	bool heavy = is_heavy(&h, &o, &n);
	if (heavy) {
		h.v[0] = (struct hunk){0, o.n, 0, n.n};
		h.n = 1;
	} else {
		slide_hunks(&h, &o, &n);
	}
	make_runs(a, &h, &o, &n, ret);
	ret->heavy = heavy;
	forget(d);
}

void diff_clauses(struct differ *d, struct arena *a, const struct clause *old, const struct clause *new,
        struct diff_words *ret)
{
	struct diff_words kept;

	if (!diff_cache_get(d->cache, old->sha256, new->sha256, &kept)) {
		diff_words(d, a, old->source, new->source, ret);
		diff_cache_put(d->cache, old->sha256, new->sha256, ret);
		return;
	}
	struct diff_run *run = arena_array(a, kept.n + 1, sizeof(*run));
	memcpy(run, kept.run, kept.n * sizeof(*run));
	*ret = kept;
	ret->run = run;
}
