/* SPDX-License-Identifier: Apache-2.0
 *
 * A database that is older than what its node has said: it signs nothing until its own statements are here again, from
 * those who have them, and two persons say so. What a peer claims counts only with our own signature under it, else a peer
 * could silence us by a number.
 */
#include "link/log.h"
#include "link/peer_in.h"

void recover_mark(const struct link_self *self, const char *why, struct str party)
{
	struct query q = db_query(self->db,
	        "insert into silent(id, since, why, party) values (1, ?, ?, ?) on conflict(id) do nothing");

	query_i64(&q, self->now);
	query_text(&q, str_from(why));
	query_text(&q, party.len > 0 ? party : STR(""));
	query_run(&q);
}

bool recover_silent(struct db *db)
{
	struct query q = db_query(db, "select 1 from silent");
	bool silent = query_next(&q) == 1;

	query_done(&q, NULL);
	return silent;
}

/* ---- our own statements come back --------------------------------------------------------------------- */

#define ASK_AGAIN ((int64_t)600 * 1000000)
#define ASK_MOST 64 /* of one answer */

void recover_claim(
        const struct link_self *self, struct str party, struct str recipients, uint64_t seq, uint64_t top)
{
	if (seq <= top) {
		struct query gone =
		        db_query(self->db, "delete from own_claim where party = ? and recipients = ?");
		query_text(&gone, party);
		query_text(&gone, recipients);
		query_run(&gone);
		return;
	}
	struct query q = db_query(self->db,
	        "insert into own_claim(party, recipients, seq, since) values (?1, ?2, ?3, ?4) on "
	        "conflict(party, recipients) "
	        "do update set seq = ?3");
	query_text(&q, party);
	query_text(&q, recipients);
	query_i64(&q, seq > INT64_MAX ? INT64_MAX : (int64_t)seq);
	query_i64(&q, self->now);
	query_run(&q);
}

/* Holes that are proven first: a later statement of ours is here. Then what the party claims to have beyond. */
bool recover_ask(const struct link_self *self, struct str party, struct arena *a, struct link_hole *ret)
{
	struct query q = db_query(self->db,
	        "select 0, g.id, g.first, g.last, t.recipients from gap g join stream t on t.id = g.stream "
	        "where t.sender = "
	        "?1 and ' ' || t.recipients || ' ' like '% ' || ?2 || ' %' and coalesce(g.asked, 0) <= ?3 "
	        "union all select 1, "
	        "c.id, coalesce((select max(s.seq) from statement s join stream t on t.id = s.stream where "
	        "t.sender = ?1 and "
	        "t.recipients = c.recipients), 0) + 1, c.seq, c.recipients from own_claim c where c.party = "
	        "?2 and "
	        "coalesce(c.asked, 0) <= ?3 order by 1, 2 limit 1");
	bool there;

	query_text(&q, self->me);
	query_text(&q, party);
	query_i64(&q, self->now - ASK_AGAIN);
	there = query_next(&q) == 1 && query_get_u64(&q, 2) <= query_get_u64(&q, 3);
	if (there) {
		*ret = (struct link_hole){.id = query_get_u64(&q, 1) * 2 + query_get_u64(&q, 0),
		        .first = query_get_u64(&q, 2),
		        .last = query_get_u64(&q, 3),
		        .sender = self->me,
		        .recipients = arena_str(a, query_get_text(&q, 4))};
		if (ret->last - ret->first >= ASK_MOST)
			ret->last = ret->first + ASK_MOST - 1;
	}
	query_done(&q, NULL);
	return there;
}

void recover_asked(const struct link_self *self, const struct link_hole *h)
{
	struct query q = h->id % 2 == 0 ? db_query(self->db, "update gap set asked = ? where id = ?")
	                                : db_query(self->db, "update own_claim set asked = ? where id = ?");

	query_i64(&q, self->now);
	query_u64(&q, h->id / 2);
	query_run(&q);
}

/* One came: the next of its stream may be asked for at once, and a claim that is reached is none. */
static void claim_goes_on(const struct link_self *self, struct str party)
{
	struct query q = db_query(self->db, "update own_claim set asked = null where party = ?");
	struct query done = db_query(self->db,
	        "delete from own_claim where seq <= (select max(s.seq) from statement s join stream t on "
	        "t.id = s.stream where "
	        "t.sender = ?1 and t.recipients = own_claim.recipients)");

	query_text(&q, party);
	query_run(&q);
	query_text(&done, self->me);
	query_run(&done);
}

/* A verdict of "have", or one that was refused, proves nothing new. */
void recover_shown(const struct link_self *self, struct str party, const struct link_taken *t)
{
	if (str_eq(t->sender, self->me) && t->verdict != VERDICT_HAVE &&
	        verdict_table[t->verdict].kept != KEPT_REFUSED) {
		recover_mark(self, "a peer has statements of ours that are not here", party);
		claim_goes_on(self, party);
	}
}

/* ---- two persons end it -------------------------------------------------------------------------- */

static uint64_t proposed(const struct link_self *self, struct arena *a, struct str *ret_person)
{
	struct query q = db_query(self->db,
	        "select id, person from proposal where kind = 'recover' and second is null and dropped is "
	        "null order by "
	        "id desc limit 1");
	uint64_t id = 0;

	if (query_next(&q) == 1) {
		id = query_get_u64(&q, 0);
		*ret_person = arena_str(a, query_get_text(&q, 1));
	}
	query_done(&q, NULL);
	return id;
}

static int propose(struct deed *d, struct str why, struct err *e)
{
	if (why.len == 0)
		return err_set(e, ERR_USAGE,
		        "say what you have found (why): where the newer statements came from, and that no "
		        "other "
		        "machine has these keys");
	struct query q = db_query(d->self->db,
	        "insert into proposal(kind, object, body, person, at) values ('recover', '', ?, ?, ?)");
	query_text(&q, why);
	query_text(&q, d->person);
	query_i64(&q, d->self->now);
	query_run(&q);
	buf_add(d->said, STR("a second person ends the silence by the same command\n"));
	return 0;
}

static uint64_t count(const struct link_self *self, const char *sql)
{
	struct query q = db_query(self->db, sql);
	uint64_t n;

	query_text(&q, self->me);
	n = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	query_done(&q, NULL);
	return n;
}

/* What stands against it: numbers that we have used and that are not here, a claim that nobody has looked into yet, or that no
 * peer has told anything since. */
static int may_end(const struct link_self *self, struct err *e)
{
	uint64_t holes = count(self,
	        "select coalesce(sum(last - first + 1), 0) from gap where stream in (select id from stream "
	        "where sender = "
	        "?1)");
	uint64_t claims = count(self, "select count(*) from own_claim where asked is null and party <> ?1");
	uint64_t links = count(self,
	        "select count(*) from party where link = 'linked' and role in ('cert', 'organiser', 'gate') "
	        "and name <> ?1");
	uint64_t told = count(self,
	        "select count(*) from party where link = 'linked' and name <> ?1 and heads >= (select since "
	        "from silent)");

	if (holes > 0)
		return err_set(e, ERR_VALUE,
		        "%llu of our own statements are still missing: they are asked for from those who "
		        "have them",
		        (unsigned long long)holes);
	if (claims > 0)
		return err_set(e, ERR_VALUE,
		        "%llu peers say that they have more of ours, and are asked for it: wait a little",
		        (unsigned long long)claims);
	return links > 0 && told == 0 ? err_set(e, ERR_VALUE,
	                                        "no peer has told yet what it has of ours: the node stays "
	                                        "silent until one is reached")
	                              : 0;
}

int recover_end(struct deed *d, struct str why, struct err *e)
{
	const struct link_self *self = d->self;
	auto_arena struct arena a = {0};
	struct str first = {0};

	arena_init(&a, 0);
	if (!recover_silent(self->db))
		return err_set(e, ERR_VALUE, "this node is not silent: there is nothing to recover from");
	if (may_end(self, e) != 0)
		return e->code;
	uint64_t id = proposed(self, &a, &first);
	if (id == 0)
		return propose(d, why, e);
	if (str_eq(first, d->person))
		return err_set(e, ERR_DENIED, "you have said so already: another person ends it");
	struct query q = db_query(self->db, "update proposal set second = ?, second_at = ? where id = ?");
	query_text(&q, d->person);
	query_i64(&q, self->now);
	query_u64(&q, id);
	query_run(&q);
	struct query gone = db_query(self->db, "delete from silent where id = 1");
	query_run(&gone);
	log_complete(self);
	buf_add(d->said,
	        STR("the silence has ended: statements are signed again, behind the highest number that is "
	            "here\n"));
	return 0;
}
