/* SPDX-License-Identifier: Apache-2.0
 *
 * A database that is older than what its node has said: it signs nothing until its own statements are here again, from
 * those who have them, or nobody has them, and two persons say so. What a peer claims counts only with our own signature under it, else a peer
 * could silence us by a number.
 */
#include "link/link_in.h"
#include "link/log.h"
#include "link/peer_in.h"
#include "state/state.h"

void recover_mark(const struct link_self *self, const char *why, struct str party)
{
	struct query q = db_query(self->db,
	        "insert into silent(id, since, why, party) values (1, ?, ?, ?) on conflict(id) do nothing");

	query_i64(&q, self->now);
	query_text(&q, str_from(why));
	query_text(&q, party.len > 0 ? party : STR(""));
	query_run(&q);
}

#define USED "keeper.used" /* "stream seq id" */

void recover_used(const struct link_self *self, uint64_t n, uint64_t seq, const uint8_t id[DIGEST_LEN])
{
	struct query q = db_query(self->db, "select stream from statement where n = ? and signature is null");
	char hex[2 * DIGEST_LEN + 1];
	auto_buf struct buf value = {0};

	str_hex_print(hex, id, DIGEST_LEN);
	query_u64(&q, n);
	if (query_next(&q) == 1)
		buf_printf(&value, "%llu %llu %s", (unsigned long long)query_get_u64(&q, 0),
		        (unsigned long long)seq, hex);
	query_done(&q, NULL);
	if (value.len > 0)
		state_meta_put(self->db, USED, buf_str(&value));
	recover_mark(self, "the keeper has signed another statement under this number", STR(""));
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
#define ANSWER_IN ((int64_t)60 * 1000000)
#define ASK_MOST 64 /* of one answer */

/* As far as a stream of ours is signed here: the rest may have been said under other numbers. */
static uint64_t signed_top(const struct link_self *self, struct str recipients)
{
	struct query q = db_query(self->db,
	        "select s.seq from statement s where s.stream = (select id from stream where sender = ?1 and "
	        "recipients = ?2) and s.signature is not null order by s.seq desc limit 1");
	uint64_t top;

	query_text(&q, self->me);
	query_text(&q, recipients);
	top = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	query_done(&q, NULL);
	return top;
}

void recover_claim(const struct link_self *self, struct str party, struct str recipients, uint64_t seq)
{
	if (seq <= signed_top(self, recipients)) {
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
	        "t.recipients = c.recipients and s.signature is not null), 0) + 1, c.seq, c.recipients from "
	        "own_claim c where c.party = "
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
	        "t.sender = ?1 and t.recipients = own_claim.recipients and s.signature is not null)");

	query_text(&q, party);
	query_run(&q);
	query_text(&done, self->me);
	query_run(&done);
}

void recover_shown(const struct link_self *self, struct str party)
{
	recover_mark(self, "a peer has statements of ours that are not here", party);
	claim_goes_on(self, party);
}

/* ---- room for what comes back -------------------------------------------------------------------- */

struct moved {
	uint8_t was[DIGEST_LEN], is[DIGEST_LEN];
};
struct moving {
	const struct link_self *self;
	struct arena *a;
	uint64_t stream, seq; /* what stands here goes behind that */
	uint8_t prev[DIGEST_LEN];
	VEC(struct moved) done;
};

static void follow(const struct moving *m, uint8_t id[DIGEST_LEN])
{
	for (size_t i = 0; i < m->done.n; i++)
		if (memcmp(m->done.v[i].was, id, DIGEST_LEN) == 0)
			memcpy(id, m->done.v[i].is, DIGEST_LEN);
}

/* Where ids of ours stand beside the statements: they are the new ones there too. */
static void rename_in_rows(const struct moving *m, uint64_t n, const struct moved *d)
{
	char is[2 * DIGEST_LEN + 1];
	struct query c = db_query(m->self->db, "update case_ set statement = ?2 where statement = ?1");
	struct query k = db_query(m->self->db, "update comm_check set statement = ?2 where statement = ?1");
	struct query l = db_query(m->self->db,
	        "update case_entry set link = ?2 where (heard = ?1 or statement = ?1) and link <> ''");

	query_blob(&c, str_make((const char *)d->was, DIGEST_LEN));
	query_blob(&c, str_make((const char *)d->is, DIGEST_LEN));
	query_run(&c);
	query_blob(&k, str_make((const char *)d->was, DIGEST_LEN));
	query_blob(&k, str_make((const char *)d->is, DIGEST_LEN));
	query_run(&k);
	str_hex_print(is, d->is, DIGEST_LEN);
	query_u64(&l, n);
	query_text(&l, str_from(is));
	query_run(&l);
}

static void put_moved(const struct moving *m, uint64_t n, const struct head *h, struct str head,
        const uint8_t id[DIGEST_LEN])
{
	struct query q = db_query(m->self->db,
	        "update statement set id = ?2, seq = ?3, prev = ?4, case_id = ?5, reply = ?6, head = ?7 "
	        "where "
	        "n = ?1");
	const uint8_t *refers[] = {h->case_, h->reply};

	query_u64(&q, n);
	query_blob(&q, str_make((const char *)id, DIGEST_LEN));
	query_u64(&q, h->seq);
	query_blob(&q, str_make((const char *)h->prev, DIGEST_LEN));
	for (unsigned i = 0; i < 2; i++)
		query_blob(&q,
		        digest_zero(refers[i]) ? (struct str){0}
		                               : str_make((const char *)refers[i], DIGEST_LEN));
	query_blob(&q, head);
	query_run(&q);
}

/* One of ours without a signature: behind the others, if it is of their stream; and what it refers to may have another id. */
static void move_one(struct moving *m, uint64_t n)
{
	auto_buf struct buf head = {0};
	struct stored s;
	struct moved d;

	if (!store_find_n(m->self->db, n, m->a, &s))
		return;
	follow(m, s.h.case_);
	follow(m, s.h.reply);
	if (store_stream(m->self->db, &s.h) == m->stream) {
		s.h.seq = ++m->seq;
		memcpy(s.h.prev, m->prev, DIGEST_LEN);
	}
	head_write(&head, &s.h);
	digest_of(buf_str(&head), d.is);
	memcpy(d.was, s.id, DIGEST_LEN);
	if (store_stream(m->self->db, &s.h) == m->stream)
		memcpy(m->prev, d.is, DIGEST_LEN);
	if (memcmp(d.is, d.was, DIGEST_LEN) == 0)
		return;
	put_moved(m, n, &s.h, buf_str(&head), d.is);
	rename_in_rows(m, n, &d);
	link_renamed(m->self, d.was, d.is);
	*vec_add(&m->done) = d;
}

/* Behind the highest that is signed, which need not be the one that came now. */
static void find_end(struct moving *m)
{
	struct query q = db_query(m->self->db,
	        "select seq, id from statement where stream = ? and signature is not null order by seq desc "
	        "limit 1");

	query_u64(&q, m->stream);
	if (query_next(&q) == 1 && query_get_u64(&q, 0) > m->seq) {
		m->seq = query_get_u64(&q, 0);
		memcpy(m->prev, query_get_blob(&q, 1).p, DIGEST_LEN);
	}
	query_done(&q, NULL);
}

bool recover_make_room(
        const struct link_self *self, uint64_t stream, uint64_t seq, const uint8_t id[DIGEST_LEN])
{
	auto_arena struct arena a = {0};
	VEC(uint64_t) all = {0};
	struct moving m = {.self = self, .a = &a, .stream = stream, .seq = seq};
	struct query here = db_query(self->db,
	        "select 1 from statement where stream = ?1 and signature is null and seq <= ?2 + 1 limit 1");

	query_u64(&here, stream);
	query_u64(&here, seq);
	bool any = query_next(&here) == 1;
	query_done(&here, NULL);
	if (!any)
		return false;
	arena_init(&a, 0);
	memcpy(m.prev, id, DIGEST_LEN);
	find_end(&m);
	struct query q = db_query(self->db, "select n from statement where signature is null order by n");
	while (query_next(&q) == 1)
		*(uint64_t *)vec_add(&all) = query_get_u64(&q, 0);
	query_done(&q, NULL);
	for (size_t i = 0; i < all.n; i++)
		move_one(&m, all.v[i]);
	struct query top = db_query(self->db, "update stream set top = ? where id = ?");
	query_u64(&top, m.seq);
	query_u64(&top, stream);
	query_run(&top);
	vec_done(&all);
	vec_done(&m.done);
	return true;
}

/* ---- two persons end it -------------------------------------------------------------------------- */

static uint64_t proposed(const struct link_self *self, struct arena *a, struct str *ret_person)
{
	struct query q = db_query(self->db,
	        "select id, person from proposal where kind = 'recover' and object = '' and second is null "
	        "and dropped is "
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

/* Numbers that we have used and that are not here. waits: of those the ones that a linked party may have, and nobody was asked for in this
 * silence or may be answering just now. What is left when all were asked is lost; its numbers stay used, so that nothing is said under them. */
static uint64_t missing(const struct link_self *self, bool waits)
{
	struct query q = db_query(self->db,
	        "select coalesce(sum(g.last - g.first + 1), 0) from gap g join stream t on t.id = g.stream "
	        "where t.sender = ?1 and (?2 = 0 or ((coalesce(g.asked, 0) < (select since from silent) or "
	        "g.asked > ?3) and exists (select 1 from party p where p.link = 'linked' and p.role <> "
	        "'mail' "
	        "and p.name <> ?1 and ' ' || t.recipients || ' ' like '% ' || p.name || ' %')))");
	uint64_t n;

	query_text(&q, self->me);
	query_u64(&q, waits);
	query_i64(&q, self->now - ANSWER_IN);
	n = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	query_done(&q, NULL);
	return n;
}

/* What stands against it: numbers that are asked for, a claim that nobody has looked into yet, or that no peer has told anything
 * since. */
static int may_end(const struct link_self *self, struct err *e)
{
	uint64_t holes = missing(self, true);
	uint64_t claims = count(self, "select count(*) from own_claim where asked is null and party <> ?1");
	uint64_t links = count(self,
	        "select count(*) from party where link = 'linked' and role in ('cert', 'organiser', 'gate') "
	        "and name <> ?1");
	uint64_t told = count(self,
	        "select count(*) from party where link = 'linked' and name <> ?1 and heads >= (select since "
	        "from silent)");

	if (holes > 0)
		return err_set(e, ERR_VALUE,
		        "%llu of our own statements are still missing, and are asked for from those who may "
		        "have "
		        "them: try again in a minute",
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

/* What the keeper has signed and nobody has is lost; its number stays used, and what waits to be signed goes behind it. */
static void behind_the_keeper(struct deed *d)
{
	auto_buf struct buf value = {0};
	uint64_t stream = 0, seq = 0;
	uint8_t id[DIGEST_LEN];

	if (!state_meta_find(d->self->db, USED, &value))
		return;
	struct str_cut first = str_cut(buf_str(&value), ' '), second = str_cut(first.tail, ' ');
	if (str_u64(first.head, &stream) && str_u64(second.head, &seq) && second.tail.len == 2 * DIGEST_LEN &&
	        str_hex(second.tail, id, DIGEST_LEN) && !store_have(d->self->db, id) &&
	        recover_make_room(d->self, stream, seq, id))
		buf_printf(d->said, "nobody has what was said under number %llu: it is lost\n",
		        (unsigned long long)seq);
	state_meta_put(d->self->db, USED, STR(""));
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
	uint64_t lost = missing(self, false);
	struct query gone = db_query(self->db, "delete from silent where id = 1");
	query_run(&gone);
	if (lost > 0)
		buf_printf(d->said, "%llu of our own statements are lost: nobody who was asked has them\n",
		        (unsigned long long)lost);
	behind_the_keeper(d);
	log_complete(self);
	buf_add(d->said,
	        STR("the silence has ended: statements are signed again, behind the highest number that is "
	            "here\n"));
	return 0;
}
