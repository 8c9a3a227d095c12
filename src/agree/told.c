/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/told.h"

#include "agree/disposition.h"
#include "agree/hosted.h"
#include "trust/kind.h"

#define NEWS ((int64_t)2 * OUTCOME_WINDOW) /* what is older and was never told is no news any more */

struct telling {
	struct db *db;
	const struct round_loaded *r;
	const struct outcome *o;
	int64_t now;
};

/* result: the state that is shown, of an answer or a withdrawal empty; certificate: of a result. */
static void put(const struct telling *t, const struct said *s, struct str party, struct str result,
        struct str certificate)
{
	const struct stored *stored = round_stored(t->r, s);

	if (stored == NULL || t->now > s->created + NEWS)
		return;
	struct query q = db_query(t->db,
	        "insert or ignore into agree_told(statement, party, shown, certificate) values (?, ?, ?, ?)");
	query_u64(&q, stored->n);
	query_text(&q, party);
	query_text(&q, result);
	if (certificate.len > 0)
		query_blob(&q, certificate);
	else
		query_null(&q);
	query_run(&q);
}

/* To each observer that we host. */
static void put_all(const struct telling *t, const struct said *s, struct str result, struct str certificate)
{
	const struct manifest *m = &t->r->manifest;

	for (unsigned i = 0; i < m->observers; i++)
		if (kind_hosted(&t->r->open_body, m->observer[i]))
			put(t, s, m->observer[i], result, certificate);
}

/* ---- answers ------------------------------------------------------------------------------------- */

static const struct said *said_of(const struct telling *t, struct str hex)
{
	uint8_t id[DIGEST_LEN];
	const struct sifted *s = hex.len == 2 * DIGEST_LEN && str_hex(hex, id, DIGEST_LEN)
	        ? round_find(&t->o->round, id)
	        : NULL;

	return s != NULL ? s->s : NULL;
}

static bool is_word(struct str word)
{
	for (unsigned w = 0; w < DISPOSITION_END; w++)
		if (str_eq(disposition_table[w].word, word))
			return true;
	return false;
}

static void tell_answers(const struct telling *t, const struct said *s)
{
	struct item items = item_get(&s->body, STR("items"));

	for (struct item_each e = item_each(&items); items.type == BODY_LIST && item_next(&e);) {
		const struct said *of = said_of(t, item_text(&e.item, "of"));
		if (of == NULL || !is_word(item_text(&e.item, "word")))
			continue;
		struct agree_via via = agree_via_of(t->r, of);
		if (via.from.len > 0)
			put(t, s, via.from, STR(""), STR(""));
	}
}

/* ---- the end ------------------------------------------------------------------------------------- */

/* Nothing is left to wait for. */
static bool is_final(const struct outcome *o, int64_t now)
{
	if (o->block.len == 0 || now < o->round.grace || o->state == OUTCOME_WITHDRAWN)
		return false;
	if (o->shown == OUTCOME_PROVISIONAL || o->shown == OUTCOME_DISPUTED)
		return now > o->round.grace + OUTCOME_WINDOW;
	return o->shown != OUTCOME_OPEN && o->shown != OUTCOME_CONSOLIDATING;
}

static const struct said *confirmed_by(const struct outcome *o, struct str party)
{
	const struct said *s = outcome_said(o, party);

	return s != NULL && str_eq(item_text(&s->body, "block"), o->block) ? s : NULL;
}

/* The signed outcome that goes along; NULL: it is not here yet. */
static const struct said *carrier(const struct telling *t)
{
	const struct manifest *m = &t->r->manifest;
	const struct said *first = NULL;

	if (manifest_member(m, m->chair) < m->members)
		return confirmed_by(t->o, m->chair);
	for (unsigned i = 0; i < m->members; i++) {
		const struct said *s = confirmed_by(t->o, m->member[i].party);
		const struct stored *stored = s != NULL ? round_stored(t->r, s) : NULL;
		if (stored != NULL && (first == NULL || stored->n < round_stored(t->r, first)->n))
			first = s;
	}
	return first;
}

static void tell_result(const struct telling *t)
{
	const struct said *s = is_final(t->o, t->now) ? carrier(t) : NULL;
	auto_buf struct buf certificate = {0};

	if (s == NULL)
		return;
	outcome_certificate(t->o, &certificate);
	put_all(t, s, outcome_state_name(t->o->shown), buf_str(&certificate));
}

static bool is_withdrawal(const struct telling *t, const struct sifted *s)
{
	return s->timely && s->s->kind == KIND_AGREE_RETRACT && str_eq(s->s->sender, t->r->manifest.chair) &&
	        memcmp(s->s->reply, t->r->open.id, DIGEST_LEN) == 0;
}

void agree_tell(
        struct db *db, const struct round_loaded *r, const struct outcome *o, struct str here, int64_t now)
{
	const struct telling t = {db, r, o, now};
	const struct manifest *m = &r->manifest;
	struct item hosted = item_get(&r->open_body, STR("hosted"));

	if (!str_eq(m->chair, here) || hosted.type != BODY_LIST)
		return;
	for (size_t i = 0; i < o->round.n; i++) {
		const struct sifted *s = &o->round.s[i];
		bool officer = str_eq(s->s->sender, m->chair) || str_eq(s->s->sender, m->secretariat);
		if (s->mine && officer && s->s->kind == KIND_AGREE_DISPOSITION)
			tell_answers(&t, s->s);
		else if (is_withdrawal(&t, s))
			put_all(&t, s->s, STR(""), STR(""));
	}
	tell_result(&t);
}
