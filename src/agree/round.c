/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/round_in.h"
#include <stdlib.h>

struct said said_make(const uint8_t id[DIGEST_LEN], const struct head *h, struct item body)
{
	struct said s = {.sender = h->sender,
	        .to = h->to_bytes,
	        .seq = h->seq,
	        .created = h->created,
	        .kind = kind_find(h->kind),
	        .body = body};

	memcpy(s.id, id, DIGEST_LEN);
	memcpy(s.case_, h->case_, DIGEST_LEN);
	memcpy(s.reply, h->reply, DIGEST_LEN);
	return s;
}

bool said_time(const struct said *s, const char *name, int64_t *ret)
{
	return stamp_read(item_text(&s->body, name), ret);
}

/* ---- forks --------------------------------------------------------------------------------------- */

/* Marks those that share a place of a stream with another that was not dropped. They are neighbours. */
static void find_twins(struct round *r)
{
	struct sifted *last = NULL;

	for (size_t i = 0; i < r->n; i++) {
		struct sifted *s = &r->s[i];
		s->twin = false;
		if (s->dropped)
			continue;
		if (last != NULL && round_twins(last, s))
			last->twin = s->twin = true;
		last = s;
	}
}

static void drop_one(struct round *r, const struct sifted *rejoin, struct str text)
{
	uint8_t id[DIGEST_LEN];
	const struct sifted *x = round_id_read(text, id) ? round_find(r, id) : NULL;

	if (x != NULL && x->twin && x->party == rejoin->party)
		r->s[x - r->s].dropped = true;
}

/* What the sender's two persons have dropped, of a fork and of nothing else, while the round ran. */
static void drop(struct round *r)
{
	const struct manifest *m = r->in->m;

	find_twins(r);
	for (size_t i = 0; i < r->n; i++) {
		const struct said *s = r->s[i].s;
		if (s->kind != KIND_REJOIN || s->created > m->closes ||
		        r->s[i].seen > m->closes + manifest_seconds(m->grace))
			continue;
		struct item list = item_get(&s->body, STR("dropped"));
		if (list.type != BODY_LIST)
			continue;
		for (struct item_each e = item_each(&list); item_next(&e);)
			drop_one(r, &r->s[i], e.item.type == BODY_TEXT ? e.item.text : STR(""));
	}
	find_twins(r);
}

/* ---- time ---------------------------------------------------------------------------------------- */

static void extend(struct round *r)
{
	const struct manifest *m = r->in->m;
	const struct sifted *s;
	size_t n = round_of(r, m->chair, &s);
	int64_t longest = manifest_seconds(m->longest), to;

	r->closes = m->closes;
	r->extended = 0;
	for (size_t i = 0; i < n && r->extended < m->extend; i++) {
		if (!s[i].mine || s[i].s->kind != KIND_AGREE_EXTEND || s[i].s->created > r->closes ||
		        s[i].seen > r->closes || !said_time(s[i].s, "closes", &to) || to <= r->closes ||
		        to > r->closes + longest)
			continue;
		r->closes = to;
		r->extended++;
	}
	r->grace = r->closes + manifest_seconds(m->grace);
}

/* For each party the size of the shortest log of its own that another has seen after closing: what stands behind its end was dated
 * back. */
static void find_shortest(const struct round *r, uint64_t ret[MANIFEST_PARTIES])
{
	for (unsigned k = 0; k < r->parties; k++)
		ret[k] = UINT64_MAX;
	for (size_t i = 0; i < r->in->witnesses; i++) {
		const struct round_witness *w = &r->in->witness[i];
		const struct sifted *s;
		if (w->time <= r->closes + KEYLIST_SKEW || str_eq(w->witness, w->party) ||
		        round_of(r, w->party, &s) == 0)
			continue;
		if (w->size < ret[s->party])
			ret[s->party] = w->size;
	}
}

static void find_timely(struct round *r)
{
	uint64_t shortest[MANIFEST_PARTIES];

	for (size_t i = 0; i < r->n; i++)
		r->s[i].timely = r->s[i].mine && r->s[i].s->created <= r->closes && r->s[i].seen <= r->grace;
	if (r->in->witnesses == 0)
		return;
	find_shortest(r, shortest);
	for (size_t i = 0; i < r->in->proofs; i++) {
		const struct sifted *s = round_find(r, r->in->proof[i].id);
		if (s != NULL && shortest[s->party] <= r->in->proof[i].index)
			r->s[s - r->s].timely = false;
	}
}

/* ---- the round as such --------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
	const struct str *x = a, *y = b;

	return str_cmp(*x, *y);
}

static bool same_round(const struct manifest *m, const struct said *s, uint8_t ret[DIGEST_LEN])
{
	struct item number = item_get(&s->body, STR("round"));

	return s->kind == KIND_AGREE_OPEN && str_eq(s->sender, m->chair) && number.type == BODY_INT &&
	        number.n == (int64_t)m->round && str_eq(item_text(&s->body, "instrument"), m->instrument) &&
	        round_id_read(item_text(&s->body, "round_sha256"), ret) && !same_id(ret, m->sha256);
}

static void find_others(struct round *r)
{
	const struct sifted *s;
	size_t all = round_of(r, r->in->m->chair, &s), most = 0;
	uint8_t digest[DIGEST_LEN];
	unsigned n = 0;

	for (size_t i = 0; i < all; i++)
		most += s[i].s->kind == KIND_AGREE_OPEN;
	r->other = arena_array(r->a, most + 1, sizeof(*r->other));
	r->others = 0;
	for (size_t i = 0; i < all; i++)
		if (!s[i].dropped && same_round(r->in->m, s[i].s, digest))
			r->other[r->others++] = item_text(&s[i].s->body, "round_sha256");
	qsort(r->other, r->others, sizeof(*r->other), by_text);
	for (unsigned i = 0; i < r->others; i++)
		if (n == 0 || !str_eq(r->other[n - 1], r->other[i]))
			r->other[n++] = r->other[i];
	r->others = n;
}

static void find_withdrawn(struct round *r)
{
	const struct sifted *s;
	size_t n = round_of(r, r->in->m->chair, &s);

	r->withdrawn = false;
	for (size_t i = 0; i < n; i++)
		r->withdrawn |= s[i].timely && s[i].s->kind == KIND_AGREE_RETRACT &&
		        same_id(s[i].s->reply, r->in->open->id);
}

/* What of all that counts. */
static void settle(struct round *r)
{
	for (size_t i = 0; i < r->n; i++)
		r->s[i].dropped = false;
	drop(r);
	for (size_t i = 0; i < r->n; i++)
		r->s[i].mine = r->s[i].about && !r->s[i].dropped;
	extend(r);
	find_timely(r);
	find_others(r);
	find_withdrawn(r);
}

void round_sift(struct arena *a, const struct round_input *in, struct round *ret)
{
	*ret = (struct round){.in = in, .a = a};
	round_collect(ret);
	settle(ret);
}

bool round_add(struct round *r, const struct said *s)
{
	bool added = round_insert(r, s);

	if (added)
		settle(r);
	return added;
}

const struct sifted *round_newest(const struct round *r, enum kind kind, struct str sender, bool timely)
{
	const struct sifted *s, *best = NULL;
	size_t n = round_of(r, sender, &s);

	/* Of two of one number the greater id, which comes later: any rule will do that is the same everywhere. */
	for (size_t i = 0; i < n; i++)
		if (s[i].s->kind == kind && s[i].mine && (!timely || s[i].timely))
			best = &s[i];
	return best;
}
