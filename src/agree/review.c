/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/review.h"
#include "agree/change_in.h"
#include "agree/delegation.h"
#include "agree/look.h"
#include "agree/work.h"
#include "base/os.h"
#include "base/plural.h"

#define SECOND ((int64_t)1000000)

int64_t review_due(struct db *db, uint64_t id, const struct outcome *o)
{
	const struct manifest *m = o->round.in->m;
	bool stands = o->shown == OUTCOME_ADOPTED || o->shown == OUTCOME_ADOPTED_EXCEPT;
	int64_t from = o->adopted;
	bool ended = false;

	if (!stands || m->review == 0)
		return 0;
	struct query q =
	        db_query(db, "select word, at / 1000000 from agree_review where round = ? order by id");
	query_u64(&q, id);
	while (query_next(&q) == 1) {
		struct str word = query_get_text(&q, 0);
		ended |= str_eq(word, STR("end"));
		if (str_eq(word, STR("confirm")))
			from = query_get_i64(&q, 1);
	}
	query_done(&q, NULL);
	return ended ? 0 : manifest_review(m, from);
}

/* Somebody is writing one: a draft that is no text of this round, or that was put here after it had been opened. */
static bool has_draft(struct change *c, const struct manifest *m, int64_t opened)
{
	struct query q = db_query(c->db, "select lang, text, at from agree_draft where instrument = ?");
	bool has = false;

	query_text(&q, m->instrument);
	while (!has && query_next(&q) == 1)
		has = query_get_i64(&q, 2) > opened ||
		        !agree_draft_is_of(query_get_blob(&q, 1), query_get_text(&q, 0), m);
	query_done(&q, NULL);
	return has;
}

/* The adopted texts become those of the next round, unless somebody is writing one already. */
static int take_texts(struct change *c, struct arena *a, const struct round_loaded *r, struct err *e)
{
	const struct manifest *m = &r->manifest;
	int rc = has_draft(c, m, (r->open.h.created + 1) * SECOND)
	        ? err_set(e, ERR_DENIED,
	                  "a text of the next round of %.*s is being written already (weir agree texts)",
	                  STR_ARG(m->instrument))
	        : 0;

	if (rc == 0) {
		struct query q = db_query(c->db, "delete from agree_draft where instrument = ?");
		query_text(&q, m->instrument);
		query_run(&q);
	}
	for (unsigned i = 0; rc == 0 && i < m->texts; i++) {
		struct agree_text t;
		rc = round_text(a, c->here->folder.p, m, m->text[i].lang, &t, e);
		if (rc == 0)
			agree_draft_put(c, m->instrument, m->text[i].lang, t.bytes, m->text[i].authentic);
	}
	return rc;
}

static void put(struct change *c, uint64_t round, struct str word)
{
	struct query q = db_query(
	        c->db, "insert into agree_review(round, word, text, at, person) values (?, ?, ?, ?, ?)");

	query_u64(&q, round);
	query_text(&q, word);
	query_text(&q, agree_param(c, "text"));
	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_run(&q);
}

static int may_review(
        const struct change *c, const struct round_loaded *r, const struct outcome *o, struct err *e)
{
	const struct manifest *m = &r->manifest;

	if (review_due(c->db, r->id, o) == 0)
		return err_set(e, ERR_DENIED,
		        "%.*s/%u is %.*s: it is not adopted, its manifest orders no review, or they have "
		        "ended",
		        STR_ARG(m->instrument), m->round, STR_ARG(outcome_state_name(o->shown)));
	if (!str_eq(c->here->party, m->chair) && !str_eq(c->here->party, m->secretariat))
		return err_set(e, ERR_DENIED, "the review is for the chair, %.*s", STR_ARG(m->chair));
	return 0;
}

int change_agree_review(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct str word = agree_param(c, "word");
	bool revise = str_eq(word, STR("revise"));
	struct round_loaded r;
	struct outcome o;

	arena_init(&a, 0);
	int rc = agree_stands(c, &a, &r, &o, e);
	if (rc == 0)
		rc = may_review(c, &r, &o, e);
	snprintf(c->detail, sizeof(c->detail), "%.*s", STR_ARG(word));
	if (rc == 0)
		rc = delegation_check(c, r.manifest.instrument, e);
	if (rc == 0 && !revise && !str_eq(word, STR("confirm")) && !str_eq(word, STR("end")))
		rc = err_set(e, ERR_USAGE, "word: confirm, revise or end");
	if (rc == 0 && str_eq(word, STR("end")) && agree_param(c, "text").len == 0)
		rc = err_set(e, ERR_USAGE, "text: why there are no more reviews");
	if (rc == 0 && revise)
		rc = take_texts(c, &a, &r, e);
	if (rc != 0)
		return rc;
	put(c, r.id, word);
	round_refresh(c->here, c->db, r.id, os_now() / SECOND, false);
	snprintf(c->object, sizeof(c->object), "%.*s/%u", STR_ARG(r.manifest.instrument), r.manifest.round);
	if (revise)
		plural_printf(c->said,
		        "%u adopted texts are those of the next round now: change them, then propose it\n",
		        r.manifest.texts);
	else
		buf_printf(c->said,
		        str_eq(word, STR("end")) ? "no more reviews\n"
		                                 : "it stays as it is; the next review is due later\n");
	return 0;
}
