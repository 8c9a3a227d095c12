/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/store.h"

const char *const link_roles[LINK_ROLES] = {"", "cert", "organiser", "gate", "mail"};
const char *const link_states[LINK_STATES] = {"none", "unverified", "typed", "linked", "paused", "ended"};

static unsigned word_find(const char *const *words, unsigned count, struct str word)
{
	for (unsigned i = 0; i < count; i++)
		if (str_eq(word, str_from(words[i])))
			return i;
	return 0;
}

static struct str digest_str(const uint8_t d[DIGEST_LEN])
{
	return str_make((const char *)d, DIGEST_LEN);
}

/* Null where it is zeros. */
static struct str digest_or_null(const uint8_t d[DIGEST_LEN])
{
	return digest_zero(d) ? str_make(NULL, 0) : digest_str(d);
}

uint64_t store_number(struct db *db, const uint8_t id[DIGEST_LEN])
{
	struct query q = db_query(db, "select n from statement where id = ?");
	uint64_t n;

	query_blob(&q, digest_str(id));
	n = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	query_done(&q, NULL);
	return n;
}

bool store_have(struct db *db, const uint8_t id[DIGEST_LEN])
{
	return store_number(db, id) != 0;
}

/* The row that q stands on: n, id, head, signature, content, effect, complete, verdict. */
static bool stored_row(struct query *q, struct arena *a, struct stored *ret)
{
	struct stored s = {0};
	bool there = query_next(q) == 1;

	if (there) {
		s.n = query_get_u64(q, 0);
		memcpy(s.id, query_get_blob(q, 1).p, DIGEST_LEN);
		s.head = arena_str(a, query_get_blob(q, 2));
		s.signature = arena_str(a, query_get_blob(q, 3));
		s.content = arena_str(a, query_get_blob(q, 4));
		s.effect = query_get_u64(q, 5) != 0;
		s.complete = query_get_u64(q, 6) != 0;
		s.verdict = arena_str(a, query_get_text(q, 7));
		there = head_read(s.head, &s.h) == VERDICT_OK;
	}
	query_done(q, NULL);
	if (there)
		*ret = s;
	return there;
}

bool store_find(struct db *db, const uint8_t id[DIGEST_LEN], struct arena *a, struct stored *ret)
{
	struct query q = db_query(db,
	        "select n, id, head, signature, content, effect, complete, verdict from statement where id = "
	        "?");

	query_blob(&q, digest_str(id));
	return stored_row(&q, a, ret);
}

bool store_find_n(struct db *db, uint64_t n, struct arena *a, struct stored *ret)
{
	struct query q = db_query(db,
	        "select n, id, head, signature, content, effect, complete, verdict from statement where n = "
	        "?");

	query_u64(&q, n);
	return stored_row(&q, a, ret);
}

bool store_find_head(struct db *db, const uint8_t id[DIGEST_LEN], struct arena *a, struct stored *ret)
{
	struct query q = db_query(db,
	        "select n, id, head, signature, null, effect, complete, verdict from statement where id = ?");

	query_blob(&q, digest_str(id));
	return stored_row(&q, a, ret);
}

struct str stored_items(const struct stored *s, struct arena *a)
{
	auto_buf struct buf items = {0};
	const char *why;

	if (s->content.len < STATEMENT_SALT || !body_read(str_skip(s->content, STATEMENT_SALT), &items, &why))
		return str_make("", 0);
	return arena_str(a, buf_str(&items));
}

struct item stored_body(const struct stored *s, struct arena *a)
{
	return item_root(stored_items(s, a));
}

/* ---- streams ------------------------------------------------------------------------------------- */

static void recipients(struct buf *out, const struct head *h)
{
	for (unsigned i = 0; i < h->to_count; i++) {
		if (i > 0)
			buf_char(out, ' ');
		buf_add(out, h->to[i]);
	}
}

uint64_t store_stream(struct db *db, const struct head *h)
{
	auto_buf struct buf to = {0};
	struct query q = db_query(db, "select id from stream where sender = ? and recipients = ?");
	uint64_t id = 0;

	recipients(&to, h);
	query_text(&q, h->sender);
	query_text(&q, buf_str(&to));
	if (query_next(&q) == 1)
		id = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return id;
}

uint64_t store_stream_make(struct db *db, const struct head *h)
{
	auto_buf struct buf to = {0};
	uint64_t id = store_stream(db, h);

	if (id != 0)
		return id;
	recipients(&to, h);
	struct query q = db_query(db, "insert into stream(sender, recipients) values (?, ?)");
	query_text(&q, h->sender);
	query_text(&q, buf_str(&to));
	query_run(&q);
	return db_last_id(db);
}

/* True if a statement of the stream has that seq. Not which: a sender who forks can give one number to any count of them. */
static bool seq_there(struct db *db, uint64_t stream, uint64_t seq)
{
	struct query q = db_query(db, "select 1 from statement where stream = ? and seq = ? limit 1");

	query_u64(&q, stream);
	query_u64(&q, seq);
	bool there = query_next(&q) == 1;
	query_done(&q, NULL);
	return there;
}

/* True if the statement of that id stands at that place. */
static bool id_there(struct db *db, uint64_t stream, uint64_t seq, const uint8_t id[DIGEST_LEN])
{
	struct query q = db_query(db, "select 1 from statement where id = ? and stream = ? and seq = ?");

	query_blob(&q, digest_str(id));
	query_u64(&q, stream);
	query_u64(&q, seq);
	bool there = query_next(&q) == 1;
	query_done(&q, NULL);
	return there;
}

/* True if one of that seq has this id as its prev. */
static bool prev_there(struct db *db, uint64_t stream, uint64_t seq, const uint8_t id[DIGEST_LEN])
{
	struct query q =
	        db_query(db, "select 1 from statement where stream = ? and seq = ? and prev = ? limit 1");

	query_u64(&q, stream);
	query_u64(&q, seq);
	query_blob(&q, digest_str(id));
	bool there = query_next(&q) == 1;
	query_done(&q, NULL);
	return there;
}

/* The row of its stream; *ret_top is the highest seq that is here. */
static struct place find_stream(struct db *db, const struct head *h, int64_t *ret_top)
{
	auto_buf struct buf to = {0};
	struct query q = db_query(db,
	        "select id, top, forked, exists (select 1 from gap where stream = t.id) from stream t where "
	        "sender = ? and recipients = ?");
	struct place p = {0};

	*ret_top = 0;
	recipients(&to, h);
	query_text(&q, h->sender);
	query_text(&q, buf_str(&to));
	if (query_next(&q) == 1) {
		p.stream = query_get_u64(&q, 0);
		*ret_top = query_get_i64(&q, 1);
		p.forked = query_get_u64(&q, 2) != 0;
		p.holes = query_get_u64(&q, 3) != 0;
	}
	query_done(&q, NULL);
	return p;
}

struct place store_place(struct db *db, const struct head *h, const uint8_t id[DIGEST_LEN])
{
	int64_t top;
	struct place p = find_stream(db, h, &top);
	uint64_t stream = p.stream;

	if (stream == 0)
		return p;
	/* The next one in order, as nearly all are: nothing can stand at its place or behind it. */
	if (top > 0 && h->seq == (uint64_t)top + 1) {
		p.before = true;
		p.breaks = !id_there(db, stream, (uint64_t)top, h->prev);
		return p;
	}
	p.taken = seq_there(db, stream, h->seq);
	p.before = h->seq > 1 && seq_there(db, stream, h->seq - 1);
	p.breaks = p.before && !id_there(db, stream, h->seq - 1, h->prev);
	/* The last of all numbers has none after it. */
	if (h->seq < UINT64_MAX && seq_there(db, stream, h->seq + 1) &&
	        !prev_there(db, stream, h->seq + 1, id))
		p.breaks = true;
	return p;
}

bool store_forked(struct db *db, uint64_t stream)
{
	struct query q = db_query(db, "select forked from stream where id = ?");

	query_u64(&q, stream);
	bool forked = query_next(&q) == 1 && query_get_u64(&q, 0) != 0;
	query_done(&q, NULL);
	return forked;
}

uint64_t store_put(struct db *db, const struct statement *s, const struct head *h,
        enum statement_verdict verdict, const char *why, struct str carrier, int64_t now_us, struct place *at)
{
	uint64_t stream = at != NULL && at->stream != 0 ? at->stream : store_stream_make(db, h);
	bool forked = at != NULL ? at->forked : store_forked(db, stream);
	struct query q = db_query(db,
	        "insert into statement(id, stream, seq, prev, sender, kind, case_id, reply, exercise, tlp, "
	        "pap, "
	        "created, expires, head, signature, content, verdict, why, effect, received, carrier) "
	        "values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");

	query_blob(&q, digest_str(s->id));
	query_u64(&q, stream);
	query_u64(&q, h->seq);
	query_blob(&q, digest_str(h->prev));
	query_text(&q, h->sender);
	query_text(&q, h->kind);
	query_blob(&q, digest_or_null(h->case_));
	query_blob(&q, digest_or_null(h->reply));
	query_text(&q, h->exercise.len > 0 ? h->exercise : STR(""));
	query_u64(&q, h->tlp);
	query_u64(&q, h->pap);
	query_i64(&q, h->created);
	query_i64(&q, h->expires);
	query_blob(&q, s->head);
	query_blob(&q, s->signature.len > 0 ? s->signature : str_make(NULL, 0));
	query_blob(&q, s->content.len > 0 ? s->content : str_make(NULL, 0));
	query_text(&q, str_from(verdict_table[verdict].word));
	query_text(&q, str_from(why));
	query_u64(&q, verdict_table[verdict].kept == KEPT_FILLED && !forked);
	query_i64(&q, now_us);
	query_text(&q, carrier.len > 0 ? carrier : STR(""));
	query_run(&q);
	uint64_t n = db_last_id(db);
	/* SQLite knows numbers with a sign only: from 2^63 on they are negative there, and still the higher ones. */
	struct query top = db_query(db,
	        "update stream set top = case when (?1 < 0) = (top < 0) then max(top, ?1) "
	        "when ?1 < 0 then ?1 else top end, forked = max(forked, ?2) where id = ?3");
	query_u64(&top, h->seq);
	query_u64(&top, verdict == VERDICT_FORK);
	query_u64(&top, stream);
	query_run(&top);
	if (at != NULL)
		at->stream = stream;
	return n;
}

/* ---- links --------------------------------------------------------------------------------------- */

struct link store_link(struct db *db, struct str party)
{
	struct query q =
	        db_query(db, "select role, link, commands, list_until, extended from party where name = ?");
	struct link l = {0};

	query_text(&q, party);
	if (query_next(&q) == 1) {
		l.role = word_find(link_roles, LINK_ROLES, query_get_text(&q, 0));
		l.state = word_find(link_states, LINK_STATES, query_get_text(&q, 1));
		l.commands = query_get_u64(&q, 2) != 0;
		l.until = query_get_i64(&q, 3);
		l.extended = query_get_i64(&q, 4);
	}
	query_done(&q, NULL);
	return l;
}

bool store_any_sign_key(struct db *db, struct str party, const uint8_t key[KEY_ID], uint8_t ret_public[32])
{
	struct query q =
	        db_query(db, "select public from party_key where party = ? and duty = 'sign' and key = ?");
	bool good = false;

	query_text(&q, party);
	query_blob(&q, str_make((const char *)key, KEY_ID));
	if (query_next(&q) == 1 && query_get_blob(&q, 0).len == 32) {
		memcpy(ret_public, query_get_blob(&q, 0).p, 32);
		good = true;
	}
	query_done(&q, NULL);
	return good;
}

bool store_sign_key(struct db *db, struct str party, const struct link *l, const uint8_t key[KEY_ID],
        int64_t created, uint8_t ret_public[32])
{
	struct query q = db_query(db,
	        "select public, since, until from party_key where party = ? and duty = 'sign' and key = ? "
	        "and "
	        "revoked is null");
	bool good = false;

	query_text(&q, party);
	query_blob(&q, str_make((const char *)key, KEY_ID));
	if (query_next(&q) == 1 && query_get_blob(&q, 0).len == 32) {
		int64_t until = query_get_i64(&q, 2);
		/* What our administrator added to the list holds for the keys that end with it. */
		until += until >= l->until ? l->extended : 0;
		memcpy(ret_public, query_get_blob(&q, 0).p, 32);
		good = created >= query_get_i64(&q, 1) - KEYLIST_SKEW && created <= until + KEYLIST_SKEW &&
		        created <= l->until + l->extended + KEYLIST_SKEW;
	}
	query_done(&q, NULL);
	return good;
}
