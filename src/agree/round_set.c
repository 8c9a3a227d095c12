/* SPDX-License-Identifier: Apache-2.0
 *
 * The statements of a round in an order that does not depend on how they came: by sender, number, recipients and id. So what a
 * party has said stands together, two of one place in a stream are neighbours, and one more is put where it belongs.
 */
#include "agree/round_in.h"
#include <stdlib.h>

/* ---- ids ----------------------------------------------------------------------------------------- */

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool round_id_read(struct str s, uint8_t ret[DIGEST_LEN])
{
	int bad = 0;

	if (s.len != 2 * DIGEST_LEN)
		return false;
	for (size_t i = 0; i < DIGEST_LEN; i++) {
		int high = digit(s.p[2 * i]), low = digit(s.p[2 * i + 1]);
		bad |= high | low;
		ret[i] = (uint8_t)((unsigned)high << 4 | (unsigned)low);
	}
	return bad >= 0;
}

static uint64_t head_of(const uint8_t id[DIGEST_LEN])
{
	uint64_t v = 0;

	for (unsigned i = 0; i < 8; i++)
		v = v << 8 | id[i];
	return v;
}

/* How the id stands to the one at that place. */
static int order_at(const struct round *r, uint64_t head, const uint8_t id[DIGEST_LEN], size_t i)
{
	if (head != r->place[i].head)
		return head < r->place[i].head ? -1 : 1;
	return memcmp(id, r->s[r->place[i].at].s->id, DIGEST_LEN);
}

/* The first place that is not before the id. Digests are spread evenly, so the first guess is near; where somebody has made them
 * uneven it is a search by halves. */
static size_t search(const struct round *r, const uint8_t id[DIGEST_LEN])
{
	size_t low = 0, high = r->n, near = 64;
	uint64_t head = head_of(id);
	size_t guess = (size_t)((unsigned __int128)head * r->n >> 64);

	if (guess > near && order_at(r, head, id, guess - near) > 0)
		low = guess - near;
	if (guess + near < high && order_at(r, head, id, guess + near) <= 0)
		high = guess + near;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (order_at(r, head, id, mid) > 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct sifted *round_find(const struct round *r, const uint8_t id[DIGEST_LEN])
{
	size_t i = search(r, id);

	return i < r->n && same_id(r->s[r->place[i].at].s->id, id) ? &r->s[r->place[i].at] : NULL;
}

/* ---- parties ------------------------------------------------------------------------------------- */

/* parties: it is none. */
static unsigned party_place(const struct round *r, struct str party)
{
	unsigned low = 0, high = r->parties;

	while (low < high) {
		unsigned mid = (low + high) / 2;
		int order = str_cmp(party, r->party[mid]);
		if (order == 0)
			return mid;
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return r->parties;
}

size_t round_of(const struct round *r, struct str party, const struct sifted **ret)
{
	unsigned k = party_place(r, party);

	*ret = r->s + r->from[k];
	return k == r->parties ? 0 : r->from[k + 1] - r->from[k];
}

/* The recipients of a statement to all other parties, as a head has them; of one who is alone, itself. */
static struct str all_others(struct round *r, unsigned sender)
{
	auto_buf struct buf out = {0};

	for (unsigned i = 0; i < r->parties; i++) {
		if (r->parties > 1 && i == sender)
			continue;
		buf_char(&out, (char)r->party[i].len);
		buf_add(&out, r->party[i]);
	}
	return arena_str(r->a, buf_str(&out));
}

static bool names_round(const struct round *r, const struct said *s)
{
	uint8_t digest[DIGEST_LEN];

	return s->kind == KIND_AGREE_RETRACT ||
	        (round_id_read(item_text(&s->body, "round_sha256"), digest) &&
	                same_id(digest, r->in->m->sha256));
}

static bool sift(const struct round *r, const struct said *s, struct sifted *ret)
{
	unsigned k = party_place(r, s->sender);

	if (k == r->parties)
		return false;
	*ret = (struct sifted){.s = s, .seen = ROUND_NEVER, .party = k};
	ret->about = s->kind >= KIND_AGREE_OPEN && s->kind <= KIND_AGREE_PROGRESS &&
	        same_id(s->case_, r->in->open->id) && str_eq(s->to, r->to[k]) && names_round(r, s);
	if (r->in->m->rule == RULE_RECORDED)
		ret->seen = s->created;
	return true;
}

/* ---- receipts ------------------------------------------------------------------------------------ */

static void grow_receipts(struct round *r, struct round_receipts *list, size_t more)
{
	if (list->n + more <= list->room)
		return;
	struct round_receipt *old = list->v;
	list->room = 2 * (list->n + more);
	list->v = arena_array(r->a, list->room, sizeof(*list->v));
	if (list->n > 0)
		memcpy(list->v, old, list->n * sizeof(*old));
}

/* Of a name twice the first counts, as everywhere. */
static bool receipt_read(const struct item *entry, struct round_receipt *ret)
{
	struct item of = {0}, at = {0}, verdict = {0}, complete = {0};

	if (entry->type != BODY_OBJECT)
		return false;
	for (struct item_each e = item_each(entry); item_next(&e);) {
		struct item *to = str_eq(e.name, STR("of")) ? &of
		        : str_eq(e.name, STR("at"))         ? &at
		        : str_eq(e.name, STR("verdict"))    ? &verdict
		        : str_eq(e.name, STR("complete"))   ? &complete
		                                            : NULL;
		if (to != NULL && !item_there(to))
			*to = e.item;
	}
	ret->complete = complete.type == BODY_BOOL && complete.n == 1;
	ret->good = verdict.type == BODY_TEXT &&
	        (str_eq(verdict.text, STR("ok")) || str_eq(verdict.text, STR("gap")) ||
	                str_eq(verdict.text, STR("have")));
	return of.type == BODY_TEXT && at.type == BODY_TEXT && round_id_read(of.text, ret->of) &&
	        stamp_read(at.text, &ret->at);
}

/* A statement is seen when the first other party says so; an act that is recorded needs nobody. */
static void see(const struct round *r, struct sifted *s, const struct round_receipt *by)
{
	if (r->in->m->rule != RULE_RECORDED && s->party != by->party && by->at < s->seen)
		s->seen = by->at;
}

static void read_receipts(struct round *r, const struct sifted *from)
{
	struct item list = item_get(&from->s->body, STR("receipts"));

	if (from->s->kind != KIND_RECEIPT || list.type != BODY_LIST)
		return;
	for (struct item_each e = item_each(&list); item_next(&e);) {
		struct round_receipt one = {.from = from->s, .party = from->party};
		if (!receipt_read(&e.item, &one))
			continue;
		grow_receipts(r, &r->receipt, 1);
		r->receipt.v[r->receipt.n++] = one;
		const struct sifted *of = round_find(r, one.of);
		if (of != NULL)
			see(r, &r->s[of - r->s], &one);
		if (!same_id(one.of, r->in->open->id))
			continue;
		grow_receipts(r, &r->opening, 1);
		r->opening.v[r->opening.n++] = one;
	}
}

/* ---- the set ------------------------------------------------------------------------------------- */

static int by_stream(const struct sifted *x, const struct sifted *y)
{
	if (x->party != y->party)
		return x->party < y->party ? -1 : 1;
	if (x->s->seq != y->s->seq)
		return x->s->seq < y->s->seq ? -1 : 1;
	return str_cmp(x->s->to, y->s->to);
}

bool round_twins(const struct sifted *a, const struct sifted *b)
{
	return by_stream(a, b) == 0;
}

static int by_place(const void *a, const void *b)
{
	const struct sifted *x = a, *y = b;
	int order = by_stream(x, y);

	return order != 0 ? order : memcmp(x->s->id, y->s->id, DIGEST_LEN);
}

static int by_head(const void *a, const void *b)
{
	const struct round_place *x = a, *y = b;

	return x->head < y->head ? -1 : x->head > y->head;
}

/* Ids whose first eight bytes are alike, which only somebody who looks for them will find. */
static void mend_ties(struct round *r)
{
	for (size_t i = 1; i < r->n; i++)
		for (size_t k = i; k > 0 && r->place[k].head == r->place[k - 1].head; k--) {
			struct round_place p = r->place[k];
			if (memcmp(r->s[p.at].s->id, r->s[r->place[k - 1].at].s->id, DIGEST_LEN) > 0)
				break;
			r->place[k] = r->place[k - 1];
			r->place[k - 1] = p;
		}
}

static void find_places(struct round *r)
{
	for (size_t i = 0; i < r->n; i++)
		r->place[i] = (struct round_place){head_of(r->s[i].s->id), (uint32_t)i};
	qsort(r->place, r->n, sizeof(*r->place), by_head);
	mend_ties(r);
}

static void find_ranges(struct round *r)
{
	size_t i = 0;

	for (unsigned k = 0; k < r->parties; k++) {
		r->from[k] = i;
		while (i < r->n && r->s[i].party == k)
			i++;
	}
	r->from[r->parties] = i;
}

static void make_room(struct round *r, size_t n)
{
	struct sifted *s = r->s;
	struct round_place *place = r->place;

	if (n <= r->room)
		return;
	r->room = n + n / 2;
	r->s = arena_array(r->a, r->room, sizeof(*r->s));
	r->place = arena_array(r->a, r->room, sizeof(*r->place));
	if (r->n > 0) {
		memcpy(r->s, s, r->n * sizeof(*s));
		memcpy(r->place, place, r->n * sizeof(*place));
	}
}

void round_collect(struct round *r)
{
	size_t n = 0;

	r->parties = manifest_parties(r->in->m, r->party);
	for (unsigned k = 0; k < r->parties; k++)
		r->to[k] = all_others(r, k);
	make_room(r, r->in->n + 1);
	for (size_t i = 0; i < r->in->n; i++)
		r->n += sift(r, &r->in->said[i], &r->s[r->n]);
	r->n += sift(r, r->in->open, &r->s[r->n]);
	qsort(r->s, r->n, sizeof(*r->s), by_place);
	for (size_t i = 0; i < r->n; i++)
		if (n == 0 || !same_id(r->s[n - 1].s->id, r->s[i].s->id))
			r->s[n++] = r->s[i];
	r->n = n;
	find_places(r);
	find_ranges(r);
	for (size_t i = 0; i < r->n; i++)
		read_receipts(r, &r->s[i]);
}

/* ---- one more ------------------------------------------------------------------------------------ */

static size_t stream_search(const struct round *r, const struct sifted *s)
{
	size_t low = 0, high = r->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (by_place(&r->s[mid], s) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool round_insert(struct round *r, const struct said *said)
{
	struct sifted s;

	if (round_find(r, said->id) != NULL || !sift(r, said, &s))
		return false;
	make_room(r, r->n + 1);
	size_t at = stream_search(r, &s), place = search(r, said->id);
	memmove(&r->s[at + 1], &r->s[at], (r->n - at) * sizeof(*r->s));
	memmove(&r->place[place + 1], &r->place[place], (r->n - place) * sizeof(*r->place));
	r->n++;
	for (size_t i = 0; i < r->n; i++)
		r->place[i].at += r->place[i].at >= at;
	r->place[place] = (struct round_place){head_of(said->id), (uint32_t)at};
	r->s[at] = s;
	for (unsigned k = s.party + 1; k <= r->parties; k++)
		r->from[k]++;
	for (size_t i = 0; i < r->receipt.n; i++)
		if (same_id(r->receipt.v[i].of, said->id))
			see(r, &r->s[at], &r->receipt.v[i]);
	read_receipts(r, &r->s[at]);
	return true;
}
