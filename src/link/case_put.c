/* SPDX-License-Identifier: Apache-2.0
 *
 * A new case, and what is put to one.
 */
#include "base/os.h"
#include "link/case_in.h"
#include "link/payment.h"

/* ---- who it is about ----------------------------------------------------------------------------- */

void case_touch(struct db *db, uint64_t id, const char *cc, const char *how)
{
	struct query q =
	        db_query(db, "insert or ignore into case_touches(case_, cc, how, at) values (?, ?, ?, ?)");

	query_u64(&q, id);
	query_text(&q, str_from(cc));
	query_text(&q, str_from(how));
	query_i64(&q, os_now());
	query_run(&q);
}

/* A party of two letters is a country's. */
static void touch_party(struct db *db, uint64_t id, struct str party, const char *how)
{
	char cc[3] = {0};

	if (party.len != 2 || char_digit(party.p[0]) || char_digit(party.p[1]))
		return;
	for (int i = 0; i < 2; i++)
		cc[i] = (char)(char_lower(party.p[i]) & ~0x20);
	case_touch(db, id, cc, how);
}

void case_person_add(struct db *db, uint64_t id, struct str person)
{
	struct query q = db_query(db, "insert or ignore into case_person(case_, person) values (?, ?)");

	query_u64(&q, id);
	query_text(&q, person);
	query_run(&q);
}

void case_label_raise(struct db *db, uint64_t id, enum tlp label, struct str person)
{
	struct query q = db_query(db, "select label from case_ where id = ?");
	enum tlp was = TLP_NONE;

	query_u64(&q, id);
	if (query_next(&q) == 1)
		was = tlp_find(query_get_text(&q, 0));
	query_run(&q);
	if (label <= was)
		return;
	struct query up = db_query(db, "update case_ set label = ?2 where id = ?1");
	query_u64(&up, id);
	query_text(&up, tlp_name(label));
	query_run(&up);
	if (label == TLP_RED && person.len > 0)
		case_person_add(db, id, person);
}

bool case_finding_add(
        struct db *db, const struct change_here *here, uint64_t id, uint64_t finding, struct str person)
{
	struct query q = db_query(db, "select place, label, owner from finding where id = ?");
	char cc[3];
	bool there, abroad = false;
	enum tlp label = TLP_NONE;
	uint64_t owner = 0;

	query_u64(&q, finding);
	there = query_next(&q) == 1;
	if (there) {
		abroad = here->country_of(here, query_get_text(&q, 0), cc);
		label = tlp_find(query_get_text(&q, 1));
		owner = query_get_u64(&q, 2);
	}
	query_run(&q);
	if (!there)
		return false;
	struct query put = db_query(
	        db, "insert or ignore into case_finding(case_, finding, at, person) values (?, ?, ?, ?)");
	query_u64(&put, id);
	query_u64(&put, finding);
	query_i64(&put, os_now());
	query_text(&put, person);
	query_run(&put);
	if (db_changes(db) == 0)
		return false;
	if (abroad)
		case_touch(db, id, cc, "finding");
	case_label_raise(db, id, label, person);
	/* the owner of its first finding is its owner, as long as it has none */
	struct query own = db_query(db,
	        "update case_ set owner = ?2 where id = ?1 and owner is null and kind = 'incident' and ?2 <> "
	        "0");
	query_u64(&own, id);
	query_u64(&own, owner);
	query_run(&own);
	return true;
}

void case_target_add(
        struct db *db, const struct change_here *here, uint64_t id, struct str value, struct str event)
{
	char cc[3];
	struct query q = db_query(
	        db, "insert or ignore into case_target(case_, type, value, event) values (?, ?, ?, ?)");

	query_u64(&q, id);
	query_text(&q, str_from(case_type_of(value)));
	query_text(&q, value);
	query_text(&q, event.p != NULL ? event : STR(""));
	query_run(&q);
	if (here->country_of(here, value, cc))
		case_touch(db, id, cc, "target");
}

/* ---- when it is due ------------------------------------------------------------------------------ */

void case_clock(struct db *db, const struct change_here *here, uint64_t id)
{
	struct query q = db_query(db,
	        "select severity, coalesce(arrived, 0), case direction when 'ours' then peer else ?2 end, "
	        "coalesce(ack_within, (select min(t.ack) from policy_time t join policy a on a.instrument = "
	        "t.instrument and "
	        "a.number = t.number and a.party = ?2 join policy b on b.instrument = t.instrument and "
	        "b.number = t.number and "
	        "b.party = case_.peer where t.severity = case_.severity and case_.peer <> '' and a.state "
	        "like 'adopted%' and "
	        "a.in_force between 1 and arrived / 1000000 and coalesce(a.ended, arrived) >= arrived / "
	        "1000000 and "
	        "coalesce(b.ended, arrived) >= arrived / 1000000 and a.bound <> 'not-bound' and b.bound <> "
	        "'not-bound' and "
	        "not (a.bound like 'except:%' and instr(a.bound, t.clause) > 0) and not (b.bound like "
	        "'except:%' and "
	        "instr(b.bound, t.clause) > 0)), 0) from case_ where id = ?1 and kind <> 'old'");
	struct case_due due = {0};

	query_u64(&q, id);
	query_text(&q, here->party.p != NULL ? here->party : STR(""));
	if (query_next(&q) == 1 && query_get_i64(&q, 1) != 0) {
		due = case_due(query_get_text(&q, 0), query_get_i64(&q, 1),
		        calendar_find(here->calendars, query_get_text(&q, 2)));
		if (query_get_i64(&q, 3) != 0)
			due.ack = query_get_i64(&q, 1) + query_get_i64(&q, 3) * 1000000;
	}
	query_run(&q);
	struct query up = db_query(
	        db, "update case_ set ack_due = nullif(?2, 0), status_due = nullif(?3, 0) where id = ?1");
	query_u64(&up, id);
	query_i64(&up, due.ack);
	query_i64(&up, due.status);
	query_run(&up);
}

/* ---- a new one ----------------------------------------------------------------------------------- */

static struct str or_empty(struct str s)
{
	return s.p != NULL ? s : STR("");
}

static void or_null(struct query *q, int64_t v)
{
	if (v != 0)
		query_i64(q, v);
	else
		query_null(q);
}

static void put_row(struct db *db, const struct change_here *here, const struct case_new *n, int64_t now)
{
	char number[32];
	struct str own = here->party.p != NULL ? here->party : STR(""),
	           head = case_number(db, own, now, number);
	struct query q = db_query(db,
	        "insert into case_(number, kind, ask, title, text, severity, label, pap, rsit, state, "
	        "direction, requester, peer, statement, their_ref, opened, opened_by, arrived, reply_by, "
	        "owner, exercise, rule, ack_within) values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'draft', ?, ?, ?, ?, "
	        "?, "
	        "?, ?, ?, ?, ?, ?, ?, ?)");
	const struct str texts[] = {str_from(n->kind), n->ask, n->title, n->text, n->severity,
	        tlp_name(n->label), n->pap.len != 0 ? n->pap : STR("AMBER"), n->rsit};
	bool ours = n->peer.len != 0 && !n->theirs;

	query_text(&q, head);
	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		query_text(&q, or_empty(texts[i]));
	query_text(&q, n->theirs ? STR("theirs") : ours ? STR("ours") : STR(""));
	query_text(&q, n->theirs ? n->peer : ours ? own : STR(""));
	query_text(&q, or_empty(n->peer));
	query_blob(&q, n->statement.len == 32 ? n->statement : (struct str){0});
	query_text(&q, or_empty(n->their_ref));
	query_i64(&q, n->opened != 0 ? n->opened : now);
	query_text(&q, or_empty(n->person));
	or_null(&q, ours ? 0 : n->opened != 0 ? n->opened : now);
	or_null(&q, n->reply_by);
	or_null(&q, (int64_t)n->owner);
	query_text(&q, or_empty(n->exercise));
	query_text(&q, or_empty(n->rule));
	/* a payment is gone within the hour, whatever else is severe */
	or_null(&q, n->ack_within == 0 && str_eq(n->ask, PAYMENT_ASK) ? PAYMENT_ACK_S : n->ack_within);
	query_run(&q);
}

uint64_t case_open(struct db *db, const struct change_here *here, const struct case_new *n)
{
	struct str own = here->party.len != 0 ? here->party : STR("local");

	put_row(db, here, n, os_now());
	uint64_t id = db_last_id(db);
	case_index_add(db, id);
	struct query m = db_query(db, "insert into case_member(case_, party) values (?, ?)");
	query_u64(&m, id);
	query_text(&m, n->peer.len != 0 && !n->theirs ? n->peer : own);
	query_run(&m);
	case_state_make(db, id);
	case_clock(db, here, id);
	if (n->peer.len != 0)
		touch_party(db, id, n->peer, "peer");
	/* what is ours, or is asked of us, touches us */
	touch_party(db, id, own, n->theirs ? "peer" : "hand");
	if (n->label == TLP_RED)
		case_person_add(db, id, or_empty(n->person));
	return id;
}
