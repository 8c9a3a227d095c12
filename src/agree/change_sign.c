/* SPDX-License-Identifier: Apache-2.0
 *
 * What waits for a second person. Some time lies between the two: a round may have closed meanwhile, a comment may have come, another round
 * may have opened. So what was asked of the first person is asked again before the second one signs.
 */
#include "agree/change_in.h"
#include "agree/delegation.h"
#include "agree/plan.h"
#include "agree/summary.h"
#include "base/os.h"

#define SECOND 1000000

/* ---- the second person --------------------------------------------------------------------------- */

struct pending {
	uint64_t id, round;
	struct str kind, members, manifest, label, role, person, instrument;
	uint8_t reply[DIGEST_LEN];
	bool replies;
	int64_t at;
};

static int find_pending(struct change *c, struct arena *a, struct pending *ret, struct err *e)
{
	struct query q = db_query(c->db,
	        "select kind, coalesce(round, 0), members, reply, manifest, label, role, at, person, "
	        "instrument from agree_pending "
	        "where id = ?");
	bool there;

	if (!str_u64(agree_param(c, "id"), &ret->id) || ret->id > INT64_MAX) {
		query_done(&q, NULL);
		return err_set(e, ERR_USAGE, "id: the number of what waits (weir agree list)");
	}
	query_u64(&q, ret->id);
	there = query_next(&q) == 1;
	if (there) {
		ret->kind = arena_str(a, query_get_text(&q, 0));
		ret->round = query_get_u64(&q, 1);
		ret->members = arena_str(a, query_get_text(&q, 2));
		ret->replies = query_get_blob(&q, 3).len == DIGEST_LEN;
		if (ret->replies)
			memcpy(ret->reply, query_get_blob(&q, 3).p, DIGEST_LEN);
		ret->manifest = arena_str(a, query_get_text(&q, 4));
		ret->label = arena_str(a, query_get_text(&q, 5));
		ret->role = arena_str(a, query_get_text(&q, 6));
		ret->at = query_get_i64(&q, 7);
		ret->person = arena_str(a, query_get_text(&q, 8));
		ret->instrument = arena_str(a, query_get_text(&q, 9));
	}
	query_done(&q, NULL);
	snprintf(c->object, sizeof(c->object), "%.*s", there ? (int)ret->instrument.len : 0,
	        there ? ret->instrument.p : "");
	snprintf(c->detail, sizeof(c->detail), "%.*s", there ? (int)ret->kind.len : 0,
	        there ? ret->kind.p : "");
	if (!there)
		return err_set(e, ERR_MISSING, "nothing of that number waits for a second person");
	return delegation_check(c, ret->instrument, e);
}

static void drop_pending(struct change *c, uint64_t id)
{
	struct query q = db_query(c->db, "delete from agree_pending where id = ?");

	query_u64(&q, id);
	query_run(&q);
}

/* ---- what was so when it was written ------------------------------------------------------------- */

/* One manifest a round: a second one of ours would make it disputed on all nodes, whatever the difference. And nobody goes on from a
 * round that is no longer the newest. */
static int still_next(struct change *c, const struct manifest *m, struct err *e)
{
	struct query q = db_query(c->db,
	        "select chair from agree_round where instrument = ?1 and ((number = ?2 and chair = ?3) or "
	        "(number >= ?2 and rule <> '')) order by number = ?2 and chair = ?3 desc limit 1");
	bool there, ours = false;
	char chair[32] = "";

	query_text(&q, m->instrument);
	query_u64(&q, m->round);
	query_text(&q, c->here->party);
	there = query_next(&q) == 1;
	if (there) {
		ours = str_eq(query_get_text(&q, 0), c->here->party);
		snprintf(chair, sizeof(chair), "%.*s", STR_ARG(query_get_text(&q, 0)));
	}
	query_done(&q, NULL);
	if (!there)
		return 0;
	if (ours)
		return err_set(e, ERR_DENIED,
		        "%.*s/%u was opened by us already, and a round has one manifest: drop this one (weir "
		        "agree drop) and propose the next round",
		        STR_ARG(m->instrument), m->round);
	return err_set(e, ERR_DENIED,
	        "%s has opened %.*s/%u or a later round meanwhile: drop this one (weir agree drop) and "
	        "propose "
	        "the next round",
	        chair, STR_ARG(m->instrument), m->round);
}

/* A comment may have come since, or an answer may be another. */
static int opening_holds(
        struct change *c, struct arena *a, const struct pending *p, struct manifest *m, struct err *e)
{
	struct agree_fault fault;

	if (!manifest_read(p->manifest, m, &fault))
		return plan_fault(p->manifest, &fault, e);
	if (m->closes - manifest_seconds(m->min_notice) < os_now() / SECOND)
		return err_set(e, ERR_VALUE,
		        "it closes too soon for the notice that its own rule asks: write it anew (weir agree "
		        "propose)");
	int rc = still_next(c, m, e);
	return rc == 0 ? plan_frozen(a, c->db, c->here->folder.p, m, os_now() / SECOND, e) : rc;
}

/* ---- signing ------------------------------------------------------------------------------------- */

static int open_round(struct change *c, struct arena *a, const struct pending *p, const struct by *by,
        uint8_t id[DIGEST_LEN], struct err *e)
{
	struct manifest *m = arena_new(a, struct manifest);
	struct round_loaded r = {0};
	struct str party[MANIFEST_PARTIES];
	struct voice v = {.kind = KIND_AGREE_OPEN, .members = p->members};
	int rc = opening_holds(c, a, p, m, e);

	if (rc != 0)
		return rc;
	unsigned n = manifest_parties(m, party);
	for (unsigned i = 0; i < n; i++)
		if (!str_eq(party[i], c->here->party) && r.open.h.to_count < STATEMENT_TO_MAX)
			r.open.h.to[r.open.h.to_count++] = party[i];
	r.open.h.sender = c->here->party;
	r.open.h.tlp = (uint8_t)statement_tlp_find(p->label);
	r.open.h.pap = STATEMENT_AMBER;
	return round_say(c->here, c->db, &r, &v, by, 2, id, e);
}

/* What members say until closing, and nothing else. */
static bool until_closing(enum kind kind)
{
	return kind == KIND_AGREE_POSITION || kind == KIND_AGREE_AMENDMENT || kind == KIND_AGREE_COMMENT ||
	        kind == KIND_AGREE_MINUTES;
}

static int say_in_round(struct change *c, struct arena *a, const struct pending *p, const struct by *by,
        uint8_t id[DIGEST_LEN], struct err *e)
{
	struct round_loaded r;
	struct outcome o;
	struct voice v = {
	        .kind = kind_find(p->kind), .members = p->members, .reply = p->replies ? p->reply : NULL};
	int rc = round_load(a, c->db, c->here->folder.p, p->round, &r, e);

	if (rc == 0 && r.why != NULL)
		rc = err_set(e, ERR_VALUE, "the round cannot be worked on: %s", r.why);
	if (rc == 0 && until_closing(v.kind)) {
		outcome_make(a, &r.in, os_now() / SECOND, &o);
		rc = agree_still_open(&r, &o, e);
	}
	return rc == 0 ? round_say(c->here, c->db, &r, &v, by, 2, id, e) : rc;
}

int change_agree_sign(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct pending p = {0};
	uint8_t id[DIGEST_LEN];
	char hex[2 * DIGEST_LEN + 1];
	int rc;

	arena_init(&a, 0);
	rc = find_pending(c, &a, &p, e);
	if (rc != 0)
		return rc;
	if (str_eq(p.person, c->person))
		return err_set(e, ERR_DENIED, "'%.*s' has written it: a second person reads it and signs",
		        STR_ARG(c->person));
	rc = delegation_still(c, p.person, p.instrument, e);
	if (rc != 0)
		return rc;
	char role[32];
	snprintf(role, sizeof(role), "%.*s", STR_ARG(p.role));
	struct by by[2] = {{p.person, role, p.at}, {c->person, role, os_now()}};
	rc = p.round == 0 ? open_round(c, &a, &p, by, id, e) : say_in_round(c, &a, &p, by, id, e);
	if (rc != 0)
		return rc;
	if (p.round == 0)
		summary_drafts_drop(c->db, p.instrument, p.at);
	drop_pending(c, p.id);
	str_hex_print(hex, id, DIGEST_LEN);
	buf_printf(c->said, "%.*s %s is signed by two persons and goes to all parties of the round\n",
	        STR_ARG(p.kind), hex);
	return 0;
}

int change_agree_drop(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct pending p = {0};
	int rc;

	arena_init(&a, 0);
	rc = find_pending(c, &a, &p, e);
	if (rc == 0)
		drop_pending(c, p.id);
	return rc;
}
