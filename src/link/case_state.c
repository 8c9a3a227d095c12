/* SPDX-License-Identifier: Apache-2.0 */
#include "link/case.h"

const struct case_state_row case_state_table[CASE_STATES] = {
        [CASE_DRAFT] = {"draft", CASE_BY_NODE, false, false},
        [CASE_UNDELIVERED] = {"undelivered", CASE_BY_NODE, false, false},
        [CASE_QUEUED] = {"queued", CASE_BY_NODE, false, false},
        [CASE_DELIVERED] = {"delivered", CASE_BY_NODE, false, false},
        [CASE_READ] = {"read", CASE_BY_NODE, false, false},
        [CASE_RECEIVED] = {"received", CASE_BY_NODE, false, false},
        [CASE_ACKNOWLEDGED] = {"acknowledged", CASE_BY_RESPONDER, false, false},
        [CASE_ACCEPTED] = {"accepted", CASE_BY_RESPONDER, false, true},
        [CASE_NEEDS_INFORMATION] = {"needs-information", CASE_BY_RESPONDER, false, true},
        [CASE_IN_PROGRESS] = {"in-progress", CASE_BY_RESPONDER, false, true},
        [CASE_DECLINED] = {"declined", CASE_BY_RESPONDER, true, true},
        [CASE_REDIRECTED] = {"redirected", CASE_BY_RESPONDER, true, true},
        [CASE_RESOLVED] = {"resolved", CASE_BY_RESPONDER, true, true},
        [CASE_PARTLY_RESOLVED] = {"partly-resolved", CASE_BY_RESPONDER, true, true},
        [CASE_NOT_POSSIBLE] = {"not-possible", CASE_BY_RESPONDER, true, true},
        [CASE_CLOSED] = {"closed", CASE_BY_REQUESTER, true, true},
        [CASE_WITHDRAWN] = {"withdrawn", CASE_BY_REQUESTER, true, true},
};

const char *const case_reasons[] = {"not-constituency", "no-legal-basis", "insufficient-evidence",
        "handling-conflict", "resources", "sovereignty", "duplicate", "other", NULL};

bool case_word_in(const char *const *list, struct str word)
{
	while (*list != NULL && !str_eq(word, str_from(*list)))
		list++;
	return *list != NULL;
}

enum case_state case_state_find(struct str name)
{
	unsigned i = 0;

	while (i < CASE_STATES && !str_eq(name, str_from(case_state_table[i].name)))
		i++;
	return (enum case_state)i;
}

/* ---- who may say it ------------------------------------------------------------------------------ */

static bool is_member(struct db *db, uint64_t id, struct str party)
{
	struct query q = db_query(db, "select 1 from case_member where case_ = ? and party = ?");

	query_u64(&q, id);
	query_text(&q, party);
	bool is = query_next(&q) == 1;
	query_run(&q);
	return is;
}

/* In a case of our own, which nobody has asked for, its one member says all of it. */
static bool may_say(struct db *db, uint64_t id, const struct case_word *w, enum case_state state)
{
	struct query q = db_query(db, "select requester = '', requester = ?2 from case_ where id = ?1");
	bool alone = false, requester = false;

	query_u64(&q, id);
	query_text(&q, w->party);
	if (query_next(&q) == 1) {
		alone = query_get_u64(&q, 0) != 0;
		requester = query_get_u64(&q, 1) != 0;
	}
	query_run(&q);
	if (case_state_table[state].writer == CASE_BY_REQUESTER)
		return requester || (alone && is_member(db, id, w->party));
	return case_state_table[state].writer == CASE_BY_RESPONDER && is_member(db, id, w->party);
}

/* ---- what follows -------------------------------------------------------------------------------- */

/* Of one who was asked: his word, else how far the request has come. */
static enum case_state member_state(struct str word, uint64_t stage, bool theirs, bool lost)
{
	static const enum case_state stages[] = {CASE_DRAFT, CASE_QUEUED, CASE_DELIVERED, CASE_READ};
	enum case_state said = case_state_find(word);

	if (said < CASE_STATES)
		return said;
	if (lost && stage == CASE_STAGE_QUEUED)
		return CASE_UNDELIVERED;
	return theirs ? CASE_RECEIVED : stages[stage < 4 ? stage : 3];
}

/* Mails n that have opened the case c at that member m: one for the party, or one for each person that RED names. */
#define OPENED                                                                                               \
	"select 1 from case_entry n join statement s on s.n = n.statement where n.case_ = c.id and s.id = "  \
	"c.statement and (n.party = m.party or substr(n.party, 1, length(m.party) + 1) = m.party || '/')"

static enum case_state of_members(struct db *db, uint64_t id, bool theirs, int64_t *ret_at)
{
	struct query q = db_query(db,
	        "select coalesce(w.state, ''), m.stage, coalesce(w.at, 0), exists (" OPENED
	        ") and not exists "
	        "(" OPENED " and not " CASE_MAIL_LOST(
	                "n") ") from case_member m join case_ c on c.id = m.case_ left "
	                     "join case_word w on w.case_ = m.case_ and w.party = m.party where m.case_ = ?");
	enum case_state least = CASE_STATES;

	query_u64(&q, id);
	while (query_next(&q) == 1) {
		enum case_state s = member_state(
		        query_get_text(&q, 0), query_get_u64(&q, 1), theirs, query_get_u64(&q, 3) != 0);
		int64_t at = query_get_i64(&q, 2);
		/* of two that are as far the later time, whatever the order of the rows */
		if (s < least || (s == least && at > *ret_at))
			*ret_at = at;
		least = s < least ? s : least;
	}
	query_run(&q);
	return least < CASE_STATES ? least : theirs ? CASE_RECEIVED : CASE_DRAFT;
}

static enum case_state of_requester(struct db *db, uint64_t id, int64_t *ret_at)
{
	struct query q = db_query(db,
	        "select w.state, w.at from case_ c join case_word w on w.case_ = c.id and w.party = "
	        "c.requester where c.id = ? and c.requester <> ''");
	enum case_state said = CASE_STATES;

	query_u64(&q, id);
	if (query_next(&q) == 1) {
		said = case_state_find(query_get_text(&q, 0));
		*ret_at = query_get_i64(&q, 1);
	}
	query_run(&q);
	return said;
}

void case_state_make(struct db *db, uint64_t id)
{
	struct query q = db_query(db, "select direction = 'ours' from case_ where id = ?");
	int64_t at = 0;
	bool ours = false;

	query_u64(&q, id);
	if (query_next(&q) == 1)
		ours = query_get_u64(&q, 0) != 0;
	query_run(&q);
	enum case_state s = of_requester(db, id, &at);
	if (s == CASE_STATES)
		s = of_members(db, id, !ours, &at);
	struct query up = db_query(db, "update case_ set state = ?2, ended = ?3 where id = ?1");
	query_u64(&up, id);
	query_text(&up, str_from(case_state_table[s].name));
	if (case_state_table[s].end)
		query_i64(&up, at);
	else
		query_null(&up);
	query_run(&up);
	if (!case_state_table[s].end)
		return;
	/* nobody needs it any more */
	struct query forget = db_query(db,
	        "update case_payment set account = case when length(account) < 8 then '****' else '****' || "
	        "substr(account, -4) end, whole = 0 where case_ = ? and account <> ''");
	query_u64(&forget, id);
	query_run(&forget);
}

/* The earliest word of them counts, whichever came first. */
static void put_times(struct db *db, uint64_t id, const struct case_word *w, enum case_state state)
{
	if (case_state_table[state].writer != CASE_BY_RESPONDER)
		return;
	struct query q = db_query(db,
	        "update case_ set acked = min(coalesce(acked, ?2), ?2), answered = case when ?3 then "
	        "min(coalesce(answered, ?2), ?2) else answered end where id = ?1");
	query_u64(&q, id);
	query_i64(&q, w->at);
	query_u64(&q, case_state_table[state].worked);
	query_run(&q);
}

static bool keep(struct db *db, uint64_t id, const struct case_word *w)
{
	struct query q = db_query(db,
	        "insert into case_word(case_, party, seq, state, reason, redirect_to, eta, at) values (?, ?, "
	        "?, ?, ?, ?, ?, ?) on conflict(case_, party) do update set seq = excluded.seq, state = "
	        "excluded.state, reason = excluded.reason, redirect_to = excluded.redirect_to, eta = "
	        "excluded.eta, at = excluded.at where excluded.seq > seq");

	query_u64(&q, id);
	query_text(&q, w->party);
	query_u64(&q, w->seq);
	query_text(&q, w->state);
	query_text(&q, w->reason.p != NULL ? w->reason : STR(""));
	query_text(&q, w->redirect_to.p != NULL ? w->redirect_to : STR(""));
	if (w->eta != 0)
		query_i64(&q, w->eta);
	else
		query_null(&q);
	query_i64(&q, w->at);
	query_run(&q);
	return db_changes(db) > 0;
}

/* Kept whether or not it has effect: a word that comes late was said all the same. */
static void put_step(struct db *db, uint64_t id, struct str party, struct str step, int64_t at)
{
	struct query q =
	        db_query(db, "insert or ignore into case_step(case_, party, step, at) values (?, ?, ?, ?)");

	query_u64(&q, id);
	query_text(&q, party);
	query_text(&q, step);
	query_i64(&q, at);
	query_run(&q);
}

int case_state_set(struct db *db, uint64_t id, const struct case_word *w, struct err *e)
{
	enum case_state state = case_state_find(w->state);
	char shown[64];

	if (state == CASE_STATES)
		return err_set(e, ERR_VALUE, "there is no state '%s' of a case",
		        err_quote(shown, sizeof(shown), w->state).p);
	if (!may_say(db, id, w, state))
		return 0;
	put_times(db, id, w, state);
	put_step(db, id, w->party, w->state, w->at);
	if (!keep(db, id, w))
		return 0;
	case_state_make(db, id);
	return 1;
}

void case_mail_state(struct db *db, uint64_t entry, int64_t at)
{
	struct query q = db_query(db,
	        "select n.case_, k.state, case instr(n.party, '/') when 0 then n.party else substr(n.party, "
	        "1, "
	        "instr(n.party, '/') - 1) end from case_entry n join case_ k on k.id = n.case_ where n.id = "
	        "? and "
	        "n.statement is not null");
	auto_arena struct arena a = {0};
	uint64_t id = 0;
	bool lost = false;
	struct str party = {0};

	arena_init(&a, 0);
	query_u64(&q, entry);
	if (query_next(&q) == 1) {
		id = query_get_u64(&q, 0);
		lost = str_eq(query_get_text(&q, 1), STR("undelivered"));
		party = arena_str(&a, query_get_text(&q, 2));
	}
	query_run(&q);
	if (id == 0)
		return;
	case_state_make(db, id);
	struct query now = db_query(db, "select state = 'undelivered' from case_ where id = ?");
	query_u64(&now, id);
	bool is = query_next(&now) == 1 && query_get_u64(&now, 0) != 0;
	query_run(&now);
	if (is != lost)
		put_step(db, id, party, is ? STR("undelivered") : STR("queued"), at);
}

static const char *const stage_names[] = {"draft", "queued", "delivered", "read"};

static bool has_step(struct db *db, uint64_t id, struct str party, const char *step)
{
	struct query q =
	        db_query(db, "select 1 from case_step where case_ = ? and party = ? and step = ? limit 1");

	query_u64(&q, id);
	query_text(&q, party);
	query_text(&q, str_from(step));
	bool there = query_next(&q) == 1;
	query_run(&q);
	return there;
}

int case_stage_set(struct db *db, uint64_t id, struct str party, enum case_stage stage, int64_t at)
{
	struct query q = db_query(
	        db, "update case_member set stage = ?3 where case_ = ?1 and party = ?2 and stage < ?3");

	query_u64(&q, id);
	query_text(&q, party);
	query_u64(&q, stage);
	query_run(&q);
	bool rises = db_changes(db) > 0;
	/* a machine's receipt may come after a person's word: it is a step all the same, once */
	if (stage > CASE_STAGE_DRAFT && is_member(db, id, party) &&
	        !has_step(db, id, party, stage_names[stage]))
		put_step(db, id, party, str_from(stage_names[stage]), at);
	/* the earliest counts, whichever was heard of first */
	if (stage >= CASE_STAGE_DELIVERED && is_member(db, id, party)) {
		struct query arrived = db_query(
		        db, "update case_ set arrived = min(coalesce(arrived, ?2), ?2) where id = ?1");
		query_u64(&arrived, id);
		query_i64(&arrived, at);
		query_run(&arrived);
	}
	if (rises)
		case_state_make(db, id);
	return rises;
}

uint64_t case_seq_next(struct db *db, uint64_t id, struct str party)
{
	struct query q = db_query(db, "select seq from case_word where case_ = ? and party = ?");
	uint64_t seq = 0;

	query_u64(&q, id);
	query_text(&q, party);
	if (query_next(&q) == 1)
		seq = query_get_u64(&q, 0);
	query_run(&q);
	return seq + 1;
}
