/* SPDX-License-Identifier: Apache-2.0
 *
 * How far each stream is, said to a peer and heard from him: what finds a lost tail, a clone and an old backup. And what is
 * asked for again, by number or by id.
 */
#include "link/link_in.h"
#include "link/log.h"
#include "link/peer.h"

#define ASK_AFTER (10 * (int64_t)1000000)   /* a hole is asked for when it is that old */
#define ASK_AGAIN (3600 * (int64_t)1000000) /* and again */

/* ---- said ---------------------------------------------------------------------------------------- */

static void add_list(struct buf *out, struct str words)
{
	buf_char(out, '[');
	for (bool first = true; words.len > 0; first = false) {
		struct str_cut cut = str_cut(words, ' ');
		if (!first)
			buf_char(out, ',');
		buf_json(out, cut.head);
		words = cut.tail;
	}
	buf_char(out, ']');
}

static void add_keys(const struct link_self *self, struct str party, struct buf *out)
{
	struct query q = db_query(
	        self->db, "select number, digest from key_list where party = ? order by number desc limit 1");
	char hex[2 * DIGEST_LEN + 1];

	query_text(&q, party);
	if (query_next(&q) == 1 && query_get_blob(&q, 1).len == DIGEST_LEN) {
		str_hex_print(hex, (const uint8_t *)query_get_blob(&q, 1).p, DIGEST_LEN);
		buf_printf(out, ",\"keys\":{\"number\":%llu,\"digest\":\"%s\"}",
		        (unsigned long long)query_get_u64(&q, 0), hex);
	}
	query_done(&q, NULL);
}

void link_heads(const struct link_self *self, struct str party, struct buf *out)
{
	/* What is signed: a number that only we have committed to is no news yet; and what JSON has a number for: one beyond it would make
	 * all of the answer unreadable. His and ours first; a third one can have as many as it wants. Of two with
	 * one number that which came first: a copy that has said the other one learns it here, and falls silent. */
	struct query q = db_query(self->db,
	        "select t.sender, t.recipients, s.seq, s.id from (select id from (select id from stream "
	        "where sender = ?1 order by id limit 4096) union all select id from (select id from stream "
	        "where sender = ?2 and instr(' ' || recipients || ' ', ' ' || ?1 || ' ') > 0 order by id "
	        "limit 4096) union all select id from (select id from stream where sender not in (?1, ?2) "
	        "and instr(' ' || recipients || ' ', ' ' || ?1 || ' ') > 0 order by id limit 1024)) w join "
	        "stream t on t.id = w.id join statement s on s.n = (select n from statement where stream = "
	        "t.id and seq between 1 and ?3 and signature is not null order by seq desc, n limit 1)");
	char hex[2 * DIGEST_LEN + 1];
	bool first = true;

	query_text(&q, party);
	query_text(&q, self->me);
	query_i64(&q, BODY_INT_MAX);
	buf_add(out, STR("{\"streams\":["));
	while (query_next(&q) == 1) {
		buf_add(out, first ? STR("{\"sender\":") : STR(",{\"sender\":"));
		buf_json(out, query_get_text(&q, 0));
		buf_add(out, STR(",\"to\":"));
		add_list(out, query_get_text(&q, 1));
		str_hex_print(hex, (const uint8_t *)query_get_blob(&q, 3).p, DIGEST_LEN);
		buf_printf(
		        out, ",\"seq\":%llu,\"id\":\"%s\"}", (unsigned long long)query_get_u64(&q, 2), hex);
		first = false;
	}
	query_done(&q, NULL);
	buf_char(out, ']');
	add_keys(self, party, out);
	buf_printf(out, ",\"log_size\":%llu}", (unsigned long long)link_log_size(self, party));
}

/* ---- heard --------------------------------------------------------------------------------------- */

struct head_row {
	struct str sender;
	struct buf to;
	uint64_t seq;
	uint8_t id[DIGEST_LEN];
	bool for_me;
};

static bool row_of(const struct link_self *self, const struct item *i, struct head_row *ret)
{
	struct item seq = item_get(i, STR("seq")), to = item_get(i, STR("to"));
	struct str id = item_text(i, "id");

	ret->sender = item_text(i, "sender");
	buf_clear(&ret->to);
	ret->for_me = false;
	if (seq.type != BODY_INT || seq.n < 1 || !party_id_good(ret->sender) || id.len != 2 * DIGEST_LEN ||
	        !str_hex(id, ret->id, DIGEST_LEN))
		return false;
	ret->seq = (uint64_t)seq.n;
	for (struct item_each e = item_each(&to); item_next(&e);) {
		if (e.item.type != BODY_TEXT || !party_id_good(e.item.text))
			return false;
		if (ret->to.len > 0)
			buf_char(&ret->to, ' ');
		buf_add(&ret->to, e.item.text);
		ret->for_me |= str_eq(e.item.text, self->me);
	}
	return ret->to.len > 0;
}

static uint64_t stream_of(const struct link_self *self, struct str sender, struct str to, uint64_t *ret_top)
{
	struct query q = db_query(self->db,
	        "select t.id, (select max(seq) from statement where stream = t.id) from stream t where "
	        "sender = ? and "
	        "recipients = ?");
	uint64_t id = 0;

	*ret_top = 0;
	query_text(&q, sender);
	query_text(&q, to);
	if (query_next(&q) == 1) {
		id = query_get_u64(&q, 0);
		*ret_top = query_get_u64(&q, 1);
	}
	query_done(&q, NULL);
	return id;
}

void link_gap(const struct link_self *self, uint64_t stream, int64_t since, uint64_t first, uint64_t last)
{
	struct query q = db_query(self->db,
	        "insert into gap(stream, since, first, last) values (?1, ?2, ?3, ?4) on conflict(stream, "
	        "first) do update "
	        "set last = max(last, ?4)");

	query_u64(&q, stream);
	query_i64(&q, since);
	query_u64(&q, first);
	query_u64(&q, last);
	query_run(&q);
}

/* He has more of a stream for us than we do: its tail is a hole. */
static void tail(const struct link_self *self, const struct head_row *r)
{
	uint64_t top, id = stream_of(self, r->sender, buf_str(&r->to), &top);

	if (r->seq <= top)
		return;
	if (id == 0) {
		struct query m = db_query(self->db, "insert into stream(sender, recipients) values (?, ?)");
		query_text(&m, r->sender);
		query_text(&m, buf_str(&r->to));
		query_run(&m);
		id = db_last_id(self->db);
	}
	link_gap(self, id, self->now, top + 1, r->seq);
}

/* Whether that statement of ours is one that we do not have. */
static bool is_ahead(const struct link_self *self, const struct head_row *r)
{
	return !store_have(self->db, r->id);
}

bool link_heads_take(const struct link_self *self, struct str party, struct str json, struct link_ahead *ret)
{
	auto_buf struct buf items = {0};
	struct head_row r = {0};

	*ret = (struct link_ahead){0};
	if (!link_read_json(self, json, &items))
		return false;
	struct item body = item_root(buf_str(&items)), streams = item_get(&body, STR("streams"));
	for (struct item_each e = item_each(&streams); item_next(&e);) {
		if (!row_of(self, &e.item, &r))
			continue;
		if (str_eq(r.sender, self->me)) {
			recover_claim(self, party, buf_str(&r.to), r.seq);
			if (!ret->ahead && is_ahead(self, &r)) {
				ret->ahead = true;
				memcpy(ret->id, r.id, DIGEST_LEN);
			}
		} else if (r.for_me && str_eq(r.sender, party)) {
			tail(self, &r);
		}
	}
	buf_done(&r.to);
	struct query told = db_query(self->db, "update party set heads = ? where name = ?");
	query_i64(&told, self->now);
	query_text(&told, party);
	query_run(&told);
	return streams.type == BODY_LIST;
}

/* ---- holes --------------------------------------------------------------------------------------- */

bool link_hole_find(const struct link_self *self, struct str party, struct arena *a, struct link_hole *ret)
{
	struct query q = db_query(self->db,
	        "select g.id, g.first, g.last, t.sender, t.recipients from gap g join stream t on t.id = "
	        "g.stream where "
	        "g.since <= ?1 and coalesce(g.asked, 0) <= ?2 and t.sender = ?3 and t.sender <> ?4 order by "
	        "g.since, g.id limit 1");

	query_i64(&q, self->now - ASK_AFTER);
	query_i64(&q, self->now - ASK_AGAIN);
	query_text(&q, party);
	query_text(&q, self->me);
	bool there = query_next(&q) == 1;
	if (there) {
		ret->id = query_get_u64(&q, 0);
		ret->first = query_get_u64(&q, 1);
		ret->last = query_get_u64(&q, 2);
		ret->sender = arena_str(a, query_get_text(&q, 3));
		ret->recipients = arena_str(a, query_get_text(&q, 4));
	}
	query_done(&q, NULL);
	return there;
}

void link_hole_asked(const struct link_self *self, uint64_t id)
{
	struct query q = db_query(self->db, "update gap set asked = ? where id = ?");

	query_i64(&q, self->now);
	query_u64(&q, id);
	query_run(&q);
}

/* The opening of a round by a third party, handed on: who looks after the round wants to know which way it went. */
static void note_relay(const struct link_self *self, uint64_t n, struct str party)
{
	struct query q = db_query(self->db,
	        "insert or ignore into relayed(statement, party, at) select n, ?2, ?3 from statement where n "
	        "= ?1 "
	        "and kind = 'agree.open' and sender not in (?2, ?4)");

	query_u64(&q, n);
	query_text(&q, party);
	query_i64(&q, self->now / 1000000);
	query_text(&q, self->me);
	query_run(&q);
}

void link_range(const struct link_self *self, struct str party, struct str sender, struct str recipients,
        uint64_t first, uint64_t last, struct buf *out)
{
	struct query q = db_query(self->db,
	        "select head, signature, content, n from statement where stream = (select id from stream "
	        "where "
	        "sender = ?1 and recipients = ?2) and seq between ?3 and ?4 and signature is not null and "
	        "(sender <> ?6 or exists (select 1 from delivery where statement = n and party = ?5 and "
	        "cleared "
	        "is not null)) order by seq, n limit 64");
	uint64_t given[64];
	unsigned n = 0;

	if (!str_eq(party, sender) && !str_has_word(recipients, party)) {
		query_done(&q, NULL);
		return;
	}
	query_text(&q, sender);
	query_text(&q, recipients);
	query_u64(&q, first);
	query_u64(&q, last);
	query_text(&q, party);
	query_text(&q, self->me);
	while (n < 64 && query_next(&q) == 1 &&
	        out->len + query_get_blob(&q, 2).len + STATEMENT_HEAD_MAX + 70 <= LINK_BATCH_BYTES) {
		statement_write(out, query_get_blob(&q, 0), (const uint8_t *)query_get_blob(&q, 1).p,
		        query_get_blob(&q, 2));
		given[n++] = query_get_u64(&q, 3);
	}
	query_done(&q, NULL);
	for (unsigned i = 0; i < n; i++)
		note_relay(self, given[i], party);
}

static bool cleared_for(const struct link_self *self, const struct stored *s, struct str party)
{
	struct query q = db_query(
	        self->db, "select 1 from delivery where statement = ? and party = ? and cleared is not null");

	query_u64(&q, s->n);
	query_text(&q, party);
	bool cleared = query_next(&q) == 1;
	query_done(&q, NULL);
	return cleared || !str_eq(s->h.sender, self->me);
}

bool link_one(const struct link_self *self, struct str party, const uint8_t id[DIGEST_LEN], struct buf *out)
{
	auto_arena struct arena a = {0};
	struct stored s;

	arena_init(&a, 0);
	/* what of ours the exit has refused him he gets by no other way */
	if (!store_find(self->db, id, &a, &s) || !head_member(&s.h, party) || !cleared_for(self, &s, party) ||
	        s.signature.len != STATEMENT_SIGNATURE)
		return false;
	statement_write(out, s.head, (const uint8_t *)s.signature.p, s.content);
	note_relay(self, s.n, party);
	return true;
}

uint64_t link_log_size_own(struct db *db)
{
	struct query q = db_query(db, "select coalesce(max(n), -1) + 1 from log_entry");
	uint64_t size = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;

	query_done(&q, NULL);
	return size;
}

uint64_t link_log_size(const struct link_self *self, struct str party)
{
	return str_eq(party, self->me) ? link_log_size_own(self->db) : log_floor(self, party);
}
