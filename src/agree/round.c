/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/round.h"
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

static bool same_id(const uint8_t a[DIGEST_LEN], const uint8_t b[DIGEST_LEN])
{
	return memcmp(a, b, DIGEST_LEN) == 0;
}

/* 64 digits in lower case. */
static bool take_id(struct str s, uint8_t ret[DIGEST_LEN])
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'F')
			return false;
	return str_hex(s, ret, DIGEST_LEN);
}

/* ---- the set ------------------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
	const struct sifted *x = a, *y = b;

	return memcmp(x->s->id, y->s->id, DIGEST_LEN);
}

static void add(struct round *r, const struct said *s)
{
	if (manifest_party(r->in->m, s->sender))
		r->s[r->n++] = (struct sifted){.s = s, .seen = ROUND_NEVER};
}

/* Each statement once, in an order that does not depend on how they came. */
static void collect(struct round *r)
{
	size_t n = 0;

	r->s = arena_array(r->a, r->in->n + 1, sizeof(*r->s));
	for (size_t i = 0; i < r->in->n; i++)
		add(r, &r->in->said[i]);
	add(r, r->in->open);
	qsort(r->s, r->n, sizeof(*r->s), by_id);
	for (size_t i = 0; i < r->n; i++)
		if (n == 0 || !same_id(r->s[n - 1].s->id, r->s[i].s->id))
			r->s[n++] = r->s[i];
	r->n = n;
}

const struct sifted *round_find(const struct round *r, const uint8_t id[DIGEST_LEN])
{
	size_t low = 0, high = r->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = memcmp(r->s[mid].s->id, id, DIGEST_LEN);
		if (order == 0)
			return &r->s[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static struct sifted *find(const struct round *r, const uint8_t id[DIGEST_LEN])
{
	const struct sifted *s = round_find(r, id);

	return s != NULL ? &r->s[s - r->s] : NULL;
}

/* ---- who saw what -------------------------------------------------------------------------------- */

static bool receipt_read(const struct said *from, const struct item *entry, struct round_receipt *ret)
{
	struct item complete = item_get(entry, STR("complete"));
	struct str verdict = item_text(entry, "verdict");

	*ret = (struct round_receipt){.from = from};
	ret->complete = complete.type == BODY_BOOL && complete.n == 1;
	ret->good = str_eq(verdict, STR("ok")) || str_eq(verdict, STR("gap")) || str_eq(verdict, STR("have"));
	return entry->type == BODY_OBJECT && take_id(item_text(entry, "of"), ret->of) &&
	        stamp_read(item_text(entry, "at"), &ret->at);
}

static size_t count_entries(const struct round *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		if (r->s[i].s->kind != KIND_RECEIPT)
			continue;
		struct item list = item_get(&r->s[i].s->body, STR("receipts"));
		n += list.type == BODY_LIST ? item_count(&list) : 0;
	}
	return n;
}

static void read_receipts(struct round *r)
{
	r->receipt = arena_array(r->a, count_entries(r) + 1, sizeof(*r->receipt));
	for (size_t i = 0; i < r->n; i++) {
		if (r->s[i].s->kind != KIND_RECEIPT)
			continue;
		struct item list = item_get(&r->s[i].s->body, STR("receipts"));
		if (list.type != BODY_LIST)
			continue;
		for (struct item_each e = item_each(&list); item_next(&e);)
			r->receipts += receipt_read(r->s[i].s, &e.item, &r->receipt[r->receipts]);
	}
}

/* A statement is seen when the first other party says so; an act that is recorded needs nobody. */
static void see(struct round *r)
{
	for (size_t i = 0; i < r->n && r->in->m->rule == RULE_RECORDED; i++)
		r->s[i].seen = r->s[i].s->created;
	for (size_t i = 0; i < r->receipts && r->in->m->rule != RULE_RECORDED; i++) {
		struct sifted *s = find(r, r->receipt[i].of);
		if (s != NULL && !str_eq(s->s->sender, r->receipt[i].from->sender) &&
		        r->receipt[i].at < s->seen)
			s->seen = r->receipt[i].at;
	}
}

/* ---- forks --------------------------------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
	const struct sifted *const *x = a, *const *y = b;
	int order = str_cmp((*x)->s->sender, (*y)->s->sender);

	if (order == 0)
		order = str_cmp((*x)->s->to, (*y)->s->to);
	if (order == 0)
		order = (*x)->s->seq < (*y)->s->seq ? -1 : (*x)->s->seq > (*y)->s->seq;
	return order;
}

/* Marks those that share a place of a stream with another that was not dropped. */
static void find_twins(struct round *r)
{
	struct sifted **place = arena_array(r->a, r->n + 1, sizeof(*place));
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		r->s[i].twin = false;
		if (!r->s[i].dropped)
			place[n++] = &r->s[i];
	}
	qsort(place, n, sizeof(*place), by_place);
	for (size_t i = 1; i < n; i++)
		if (by_place(&place[i - 1], &place[i]) == 0)
			place[i - 1]->twin = place[i]->twin = true;
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
		for (struct item_each e = item_each(&list); item_next(&e);) {
			uint8_t id[DIGEST_LEN];
			struct sifted *x = take_id(e.item.type == BODY_TEXT ? e.item.text : STR(""), id)
			        ? find(r, id)
			        : NULL;
			if (x != NULL && x->twin && str_eq(x->s->sender, s->sender))
				x->dropped = true;
		}
	}
	find_twins(r);
}

/* ---- what concerns the round --------------------------------------------------------------------- */

/* The recipients of a statement to all other parties, as a head has them; of one who is alone, itself. */
static struct str all_others(struct round *r, struct str sender)
{
	struct str party[MANIFEST_PARTIES];
	unsigned n = manifest_parties(r->in->m, party);
	auto_buf struct buf out = {0};

	for (unsigned i = 0; i < n; i++) {
		if (n > 1 && str_eq(party[i], sender))
			continue;
		buf_char(&out, (char)party[i].len);
		buf_add(&out, party[i]);
	}
	return arena_str(r->a, buf_str(&out));
}

static bool names_round(const struct round *r, const struct said *s)
{
	uint8_t digest[DIGEST_LEN];

	return s->kind == KIND_AGREE_RETRACT ||
	        (take_id(item_text(&s->body, "round_sha256"), digest) && same_id(digest, r->in->m->sha256));
}

static void find_mine(struct round *r)
{
	struct str party[MANIFEST_PARTIES], to[MANIFEST_PARTIES];
	unsigned n = manifest_parties(r->in->m, party);

	for (unsigned k = 0; k < n; k++)
		to[k] = all_others(r, party[k]);
	for (size_t i = 0; i < r->n; i++) {
		const struct said *s = r->s[i].s;
		unsigned k = 0;
		while (k < n && !str_eq(party[k], s->sender))
			k++;
		r->s[i].mine = !r->s[i].dropped && s->kind >= KIND_AGREE_OPEN &&
		        s->kind <= KIND_AGREE_PROGRESS && same_id(s->case_, r->in->open->id) &&
		        str_eq(s->to, to[k]) && names_round(r, s);
	}
}

/* ---- time ---------------------------------------------------------------------------------------- */

static int by_seq(const void *a, const void *b)
{
	const struct sifted *const *x = a, *const *y = b;

	if ((*x)->s->seq != (*y)->s->seq)
		return (*x)->s->seq < (*y)->s->seq ? -1 : 1;
	return memcmp((*x)->s->id, (*y)->s->id, DIGEST_LEN);
}

static void extend(struct round *r)
{
	const struct manifest *m = r->in->m;
	struct sifted **list = arena_array(r->a, r->n + 1, sizeof(*list));
	int64_t longest = manifest_seconds(m->longest), to;
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		if (r->s[i].mine && r->s[i].s->kind == KIND_AGREE_EXTEND &&
		        str_eq(r->s[i].s->sender, m->chair))
			list[n++] = &r->s[i];
	qsort(list, n, sizeof(*list), by_seq);
	r->closes = m->closes;
	for (size_t i = 0; i < n && r->extended < m->extend; i++) {
		if (list[i]->s->created > r->closes || list[i]->seen > r->closes ||
		        !said_time(list[i]->s, "closes", &to) || to <= r->closes || to > r->closes + longest)
			continue;
		r->closes = to;
		r->extended++;
	}
	r->grace = r->closes + manifest_seconds(m->grace);
}

/* The sender's own log, seen by another after closing, was too short for it. */
static bool back_dated(const struct round *r, const struct said *s, uint64_t index)
{
	for (size_t k = 0; k < r->in->witnesses; k++) {
		const struct round_witness *w = &r->in->witness[k];
		if (w->size <= index && w->time > r->closes + KEYLIST_SKEW && str_eq(w->party, s->sender) &&
		        !str_eq(w->witness, w->party))
			return true;
	}
	return false;
}

static void find_timely(struct round *r)
{
	for (size_t i = 0; i < r->n; i++)
		r->s[i].timely = r->s[i].mine && r->s[i].s->created <= r->closes && r->s[i].seen <= r->grace;
	for (size_t i = 0; i < r->in->proofs; i++) {
		struct sifted *s = find(r, r->in->proof[i].id);
		if (s != NULL && s->timely && back_dated(r, s->s, r->in->proof[i].index))
			s->timely = false;
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
	        take_id(item_text(&s->body, "round_sha256"), ret) && !same_id(ret, m->sha256);
}

static void find_others(struct round *r)
{
	uint8_t digest[DIGEST_LEN];
	unsigned n = 0;

	r->other = arena_array(r->a, r->n + 1, sizeof(*r->other));
	for (size_t i = 0; i < r->n; i++)
		if (!r->s[i].dropped && same_round(r->in->m, r->s[i].s, digest))
			r->other[r->others++] = item_text(&r->s[i].s->body, "round_sha256");
	qsort(r->other, r->others, sizeof(*r->other), by_text);
	for (unsigned i = 0; i < r->others; i++)
		if (n == 0 || !str_eq(r->other[n - 1], r->other[i]))
			r->other[n++] = r->other[i];
	r->others = n;
}

static void find_withdrawn(struct round *r)
{
	for (size_t i = 0; i < r->n; i++)
		r->withdrawn |= r->s[i].timely && r->s[i].s->kind == KIND_AGREE_RETRACT &&
		        str_eq(r->s[i].s->sender, r->in->m->chair) &&
		        same_id(r->s[i].s->reply, r->in->open->id);
}

void round_sift(struct arena *a, const struct round_input *in, struct round *ret)
{
	*ret = (struct round){.in = in, .a = a};
	collect(ret);
	read_receipts(ret);
	see(ret);
	drop(ret);
	find_mine(ret);
	extend(ret);
	find_timely(ret);
	find_others(ret);
	find_withdrawn(ret);
}

const struct sifted *round_newest(const struct round *r, enum kind kind, struct str sender, bool timely)
{
	const struct sifted *best = NULL;

	for (size_t i = 0; i < r->n; i++) {
		const struct sifted *s = &r->s[i];
		if (s->s->kind != kind || !s->mine || (timely && !s->timely) || !str_eq(s->s->sender, sender))
			continue;
		/* Of two of one number the greater id: any rule will do that is the same everywhere. */
		if (best == NULL || s->s->seq >= best->s->seq)
			best = s;
	}
	return best;
}
