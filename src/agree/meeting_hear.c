/* SPDX-License-Identifier: Apache-2.0
 *
 * Statements of meetings as they come. Each becomes a row of its own, once; what they come to together is meeting_stand.c. What
 * comes before the card that it is about has its effect when that comes.
 */
#include "agree/meeting_in.h"

#include "base/utf8.h"

/* ---- the meeting --------------------------------------------------------------------------------- */

static uint64_t by_case(struct db *db, const uint8_t case_[DIGEST_LEN])
{
	struct query q = db_query(db, "select id from meeting where case_ = ?");
	uint64_t id = 0;

	query_blob(&q, meeting_id_str(case_));
	if (query_next(&q) == 1)
		id = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return id;
}

/* Who opened it, by the head of the opening alone; it does not matter whether that counts. False: it is not here. */
static bool opener(const struct heard *h, const uint8_t case_[DIGEST_LEN], struct str *ret)
{
	struct stored first;

	if (!store_find_head(h->db, case_, h->a, &first) || !str_eq(first.h.kind, STR("meeting")))
		return false;
	*ret = first.h.sender;
	return true;
}

static void replay(const struct heard *h, struct query q);

/* Made when the first statement that names it comes. Notes that came before are put to it. */
static uint64_t meeting_there(const struct heard *h, const uint8_t case_[DIGEST_LEN])
{
	uint64_t id = by_case(h->db, case_);
	struct str sender = h->s->h.sender;
	bool known = opener(h, case_, &sender);

	if (id != 0 && !known)
		return id;
	struct query put = db_query(h->db,
	        "insert into meeting(case_, sender, ours) values (?1, ?2, ?3) on conflict(case_) do update "
	        "set sender = excluded.sender, ours = excluded.ours");
	query_blob(&put, meeting_id_str(case_));
	query_text(&put, sender);
	query_u64(&put, str_eq(sender, h->me));
	query_run(&put);
	if (id != 0)
		return id;
	struct query notes = db_query(h->db,
	        "select n from statement where case_id = ?1 and +kind = 'case.note' and effect = 1 order by "
	        "n "
	        "limit 1000");
	query_blob(&notes, meeting_id_str(case_));
	replay(h, notes);
	return by_case(h->db, case_);
}

/* ---- one statement ------------------------------------------------------------------------------- */

static void hear_card(const struct heard *h)
{
	const uint8_t *case_ = digest_zero(h->s->h.case_) ? h->s->id : h->s->h.case_;
	uint64_t meeting = meeting_there(h, case_);
	struct query q = db_query(h->db,
	        "insert or ignore into meeting_card(statement, meeting, sender, serial, state, said) values "
	        "(?, ?, ?, ?, ?, ?)");

	query_u64(&q, h->s->n);
	query_u64(&q, meeting);
	query_text(&q, h->s->h.sender);
	query_i64(&q, item_get(h->body, STR("serial")).n);
	query_text(&q, item_text(h->body, "state"));
	query_i64(&q, h->s->h.created);
	query_run(&q);
	meeting_stand(h->db, h->me, meeting);
	struct query acks = db_query(h->db,
	        "select n from statement where reply = ?1 and +kind = 'ack' and effect = 1 order by n limit "
	        "1000");
	query_blob(&acks, meeting_id_str(h->s->id));
	replay(h, acks);
}

/* Binds what answers, minutes, assents and notes all have: statement, meeting, party. */
static void bind_row(struct query *q, const struct heard *h, uint64_t meeting)
{
	query_u64(q, h->s->n);
	query_u64(q, meeting);
	query_text(q, h->s->h.sender);
}

static void bind_words(struct query *q, const struct heard *h)
{
	query_i64(q, h->s->h.created);
	query_text(q, meeting_person(h->body));
	query_text(q, meeting_words(h->body, "text"));
}

static void hear_ack(const struct heard *h)
{
	struct query q = db_query(h->db,
	        "select c.meeting, c.serial from statement s join meeting_card c on c.statement = s.n where "
	        "s.id = ?");
	uint64_t meeting = 0;
	int64_t serial = 0;

	query_blob(&q, meeting_id_str(h->s->h.reply));
	if (query_next(&q) == 1) {
		meeting = query_get_u64(&q, 0);
		serial = query_get_i64(&q, 1);
	}
	query_done(&q, NULL);
	if (meeting == 0)
		return;
	struct query put = db_query(h->db,
	        "insert or ignore into meeting_answer(statement, meeting, party, said, person, words, "
	        "serial) values (?, ?, ?, ?, ?, ?, ?)");
	bind_row(&put, h, meeting);
	bind_words(&put, h);
	query_i64(&put, serial);
	query_run(&put);
}

static bool minutes_digest(const struct heard *h, uint8_t ret[DIGEST_LEN])
{
	struct str hex = item_text(h->body, "minutes");

	return hex.len == 2 * DIGEST_LEN && str_hex(hex, ret, DIGEST_LEN);
}

static void hear_minutes(const struct heard *h)
{
	uint64_t meeting = meeting_there(h, h->s->h.case_);
	uint8_t sha256[DIGEST_LEN];
	struct query q = db_query(h->db,
	        "insert or ignore into meeting_minutes(statement, meeting, sender, sha256, said, seq) values "
	        "(?, ?, ?, ?, ?, ?)");

	if (!minutes_digest(h, sha256)) {
		query_done(&q, NULL);
		return;
	}
	bind_row(&q, h, meeting);
	query_blob(&q, meeting_id_str(sha256));
	query_i64(&q, h->s->h.created);
	query_u64(&q, h->s->h.seq);
	query_run(&q);
	meeting_stand(h->db, h->me, meeting);
}

static void hear_assent(const struct heard *h)
{
	uint64_t meeting = meeting_there(h, h->s->h.case_);
	uint8_t sha256[DIGEST_LEN];
	struct query q = db_query(h->db,
	        "insert or ignore into meeting_assent(statement, meeting, party, said, person, words, "
	        "sha256, reply) values (?, ?, ?, ?, ?, ?, ?, ?)");

	if (!minutes_digest(h, sha256)) {
		query_done(&q, NULL);
		return;
	}
	bind_row(&q, h, meeting);
	bind_words(&q, h);
	query_blob(&q, meeting_id_str(sha256));
	query_blob(&q, meeting_id_str(h->s->h.reply));
	query_run(&q);
}

/* Of a case that is no meeting: none of ours. */
static void hear_note(const struct heard *h)
{
	uint64_t meeting = by_case(h->db, h->s->h.case_);

	if (meeting == 0)
		return;
	struct query q = db_query(h->db,
	        "insert or ignore into meeting_note(statement, meeting, party, said, person, words) values "
	        "(?, ?, ?, ?, ?, ?)");
	bind_row(&q, h, meeting);
	bind_words(&q, h);
	query_run(&q);
}

/* The meeting that a card or minutes belong to; 0: it is neither. */
static uint64_t meeting_with(struct db *db, const uint8_t id[DIGEST_LEN])
{
	struct query q = db_query(db,
	        "select coalesce((select meeting from meeting_card where statement = s.n), (select meeting "
	        "from meeting_minutes where statement = s.n), 0) from statement s where s.id = ?");
	uint64_t found = 0;

	query_blob(&q, meeting_id_str(id));
	if (query_next(&q) == 1)
		found = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return found;
}

static void stand_all(const struct heard *h)
{
	VEC(uint64_t) all = {0};
	struct query q = db_query(h->db, "select distinct meeting from meeting_card where sender = ?");

	query_text(&q, h->s->h.sender);
	while (query_next(&q) == 1)
		*vec_add(&all) = query_get_u64(&q, 0);
	query_done(&q, NULL);
	for (size_t i = 0; i < all.n; i++)
		meeting_stand(h->db, h->me, all.v[i]);
	vec_done(&all);
}

void meeting_hear(const struct heard *h)
{
	switch (h->kind) {
	case KIND_MEETING:
		hear_card(h);
		break;
	case KIND_MEETING_MINUTES:
		hear_minutes(h);
		break;
	case KIND_MEETING_ASSENT:
		hear_assent(h);
		break;
	case KIND_ACK:
		hear_ack(h);
		break;
	case KIND_CASE_NOTE:
		hear_note(h);
		break;
	case KIND_WITHDRAW: {
		uint64_t meeting = meeting_with(h->db, h->s->h.reply);
		if (meeting != 0)
			meeting_stand(h->db, h->me, meeting);
		break;
	}
	case KIND_REJOIN:
		/* it may drop what was counted */
		stand_all(h);
		break;
	default:
		break;
	}
}

void meeting_renamed(struct db *db, const uint8_t was[DIGEST_LEN], const uint8_t is[DIGEST_LEN])
{
	struct query q[] = {db_query(db, "update meeting set case_ = ?2 where case_ = ?1"),
	        db_query(db, "update meeting_assent set reply = ?2 where reply = ?1"),
	        db_query(db, "update or replace meeting_see set id = ?2 where id = ?1"),
	        /* it stands behind others now; ?1 is not there any more */
	        db_query(db,
	                "update meeting_minutes set seq = (select s.seq from statement s where s.n = "
	                "meeting_minutes.statement) where statement in (select n from statement where id in "
	                "(?1, ?2))")};

	for (unsigned i = 0; i < sizeof(q) / sizeof(q[0]); i++) {
		query_blob(&q[i], meeting_id_str(was));
		query_blob(&q[i], meeting_id_str(is));
		query_run(&q[i]);
	}
}

/* Statements that came before what they are about. Ends q. */
static void replay(const struct heard *h, struct query q)
{
	VEC(uint64_t) early = {0};

	while (query_next(&q) == 1)
		*vec_add(&early) = query_get_u64(&q, 0);
	query_done(&q, NULL);
	for (size_t i = 0; i < early.n; i++) {
		struct stored s;
		if (!store_find_n(h->db, early.v[i], h->a, &s))
			continue;
		struct item body = stored_body(&s, h->a);
		struct heard again = *h;
		again.s = &s;
		again.body = &body;
		again.kind = kind_find(s.h.kind);
		again.ours = str_eq(s.h.sender, h->me);
		meeting_hear(&again);
	}
	vec_done(&early);
}
