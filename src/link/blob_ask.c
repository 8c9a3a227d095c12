/* SPDX-License-Identifier: Apache-2.0
 *
 * Whom to ask for one that is lacked, and who lacks one of ours.
 */
#include "link/blob_in.h"

#define OFFER_AFTER 60

void blob_later(const struct link_self *self, struct str party, const uint8_t sha256[DIGEST_LEN],
        unsigned seconds, const char *word)
{
	struct query q = db_query(self->db,
	        "insert into blob_ask(sha256, party, until, word) values (?1, ?2, ?3, ?4) on conflict do "
	        "update set until = ?3, word = ?4");

	query_blob(&q, blob_str(sha256));
	query_text(&q, party);
	query_i64(&q, self->now + seconds * BLOB_SECOND);
	query_text(&q, str_from(word));
	query_run(&q);
}

static bool wish(struct query *q, struct blob_wish *ret)
{
	bool there = query_next(q) == 1 && query_get_blob(q, 0).len == DIGEST_LEN;

	if (there) {
		memcpy(ret->sha256, query_get_blob(q, 0).p, DIGEST_LEN);
		ret->size = query_get_u64(q, 1);
	}
	query_done(q, NULL);
	return there;
}

bool blob_wanted(const struct link_self *self, struct str party, struct blob_wish *ret)
{
	struct query q = db_query(self->db,
	        "select a.sha256, a.size from attachment a join statement s on s.n = a.statement join stream "
	        "t on t.id = s.stream where a.here = 0 and a.size between 1 and ?4 and not exists (select 1 "
	        "from blob_ask k where k.sha256 = a.sha256 and k.party = ?1 and k.until > ?2) and not exists "
	        "(select 1 from blob_part p where p.sha256 = a.sha256 and p.whole = 1) and s.sender <> ?3 "
	        "and (s.sender = ?1 or (instr(' ' || t.recipients || ' ', ' ' || ?1 || ' ') > 0 and "
	        "(s.carrier "
	        "= ?1 or exists (select 1 from party p where p.name = s.sender and p.fails > 0) or exists "
	        "(select 1 from blob_ask o where o.sha256 = a.sha256 and o.party = s.sender)))) order by s.n "
	        "limit 1");

	query_text(&q, party);
	query_i64(&q, self->now);
	query_text(&q, self->me);
	query_u64(&q, BLOB_MAX);
	if (!wish(&q, ret))
		return false;
	uint64_t size;
	ret->held = blob_held(self, party, ret->sha256, &size);
	return true;
}

/* Who can be called is given time to fetch what it lacks; who dials out only cannot be fetched from. */
static bool reachable(const struct link_self *self)
{
	struct query q = db_query(self->db, "select 1 from party where name = ? and url <> ''");

	query_text(&q, self->me);
	bool there = query_next(&q) == 1;
	query_done(&q, NULL);
	return there;
}

bool blob_offered(const struct link_self *self, struct str party, struct blob_wish *ret)
{
	struct query q = db_query(self->db,
	        "select a.sha256, a.size from delivery d join attachment a on a.statement = d.statement "
	        "where "
	        "d.party = ?1 and d.waits = 1 and d.cleared is not null and d.complete = 0 and d.receipt <= "
	        "?2 and a.here = 1 and not exists (select 1 from blob_ask k where k.sha256 = a.sha256 and "
	        "k.party = ?1 and k.until > ?3) order by d.statement limit 1");

	query_text(&q, party);
	query_i64(&q, self->now / BLOB_SECOND - (reachable(self) ? OFFER_AFTER : 0));
	query_i64(&q, self->now);
	ret->held = 0;
	return wish(&q, ret);
}
