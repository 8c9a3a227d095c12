/* SPDX-License-Identifier: Apache-2.0
 *
 * Taking: what a carrier brought. A statement that fills its place is stored with whatever is wrong inside, so that one bad
 * one stops nothing; what is refused leaves a hole and, from a linked carrier, its bytes for inspection.
 */
#include "link/blob.h"
#include "link/link_in.h"
#include "link/peer.h"

#define FORKS_SAID 8
#define RING_KEEP 16777216 /* bytes of refused statements, where a link says nothing else */

/* ---- refused ------------------------------------------------------------------------------------- */

static void trim_ring(const struct link_self *self, struct str carrier)
{
	struct query q = db_query(self->db,
	        "delete from refused where carrier = ?1 and id <= (select max(id) from (select id, sum(size) "
	        "over "
	        "(order by id desc) as total from refused where carrier = ?1) where total > coalesce((select "
	        "aside_bytes from party where name = ?1), ?2))");

	query_text(&q, carrier);
	query_i64(&q, RING_KEEP);
	query_run(&q);
}

static void keep_refused(
        const struct link_self *self, struct str carrier, const struct judge *j, struct str bytes)
{
	struct link l = store_link(self->db, carrier);
	bool framed = j->verdict != VERDICT_TOO_LARGE && j->verdict != VERDICT_TRUNCATED;
	struct query q = db_query(self->db,
	        "insert into refused(at, carrier, sender, statement, verdict, size, bytes) values "
	        "(?,?,?,?,?,?,?)");

	if (!link_speaks(&l)) {
		query_done(&q, NULL);
		return;
	}
	bytes = framed ? j->s.bytes : str_sub(bytes, 0, STATEMENT_HEAD_MAX);
	query_i64(&q, self->now);
	query_text(&q, carrier);
	query_text(&q, j->verdict > VERDICT_MALFORMED ? j->h.sender : STR(""));
	query_blob(&q, framed ? str_make((const char *)j->s.id, DIGEST_LEN) : str_make(NULL, 0));
	query_text(&q, str_from(verdict_table[j->verdict].word));
	query_u64(&q, bytes.len);
	query_blob(&q, bytes.len > 0 ? bytes : STR(""));
	query_run(&q);
	trim_ring(self, carrier);
}

/* ---- stored -------------------------------------------------------------------------------------- */

/* By a clock that is in doubt nobody was served at any time: it came when the receipt is made. */
void link_receipt_due(const struct link_self *self, uint64_t n, bool complete, bool urgent)
{
	struct query q = db_query(self->db,
	        "insert or ignore into receipt_due(statement, complete, at, urgent) values (?, ?, ?, ?)");

	query_u64(&q, n);
	query_u64(&q, complete);
	query_i64(&q, self->no_clock ? 0 : self->now / 1000000);
	query_u64(&q, urgent);
	query_run(&q);
}

/* Bytes that are here are this statement's too where it is ours, or where its sender is known to have them. */
static void have(const struct link_self *self, uint64_t n, const uint8_t sha256[DIGEST_LEN])
{
	struct query s = db_query(self->db, "select sender from statement where n = ?");
	char sender[PARTY_ID + 1] = "";
	uint64_t size;

	query_u64(&s, n);
	if (query_next(&s) == 1)
		snprintf(sender, sizeof(sender), "%.*s", STR_ARG(query_get_text(&s, 0)));
	query_done(&s, NULL);
	if (!blob_here(self, sha256, &size) ||
	        (!str_eq(str_from(sender), self->me) && !blob_given(self, str_from(sender), sha256)))
		return;
	struct query q = db_query(
	        self->db, "update attachment set here = 1 where statement = ? and sha256 = ? and size = ?");
	query_u64(&q, n);
	query_blob(&q, str_make((const char *)sha256, DIGEST_LEN));
	query_u64(&q, size);
	query_run(&q);
}

/* Rows of what it names. Returns whether all of it is here. */
bool link_attachments(const struct link_self *self, uint64_t n, const struct item *body)
{
	struct item files = item_get(body, STR("attachments"));
	bool all = true;
	uint8_t sha256[DIGEST_LEN];

	for (struct item_each e = item_each(&files); item_next(&e);) {
		if (!str_hex(item_text(&e.item, "sha256"), sha256, DIGEST_LEN) ||
		        item_text(&e.item, "sha256").len != 2 * DIGEST_LEN)
			continue;
		struct query q = db_query(self->db,
		        "insert or ignore into attachment(statement, sha256, size, name, media) values (?1, "
		        "?2, "
		        "?3, ?4, ?5)");
		query_u64(&q, n);
		query_blob(&q, str_make((const char *)sha256, DIGEST_LEN));
		query_i64(&q, item_get(&e.item, STR("size")).n);
		query_text(&q, item_text(&e.item, "name"));
		query_text(&q, item_text(&e.item, "media"));
		query_run(&q);
		have(self, n, sha256);
	}
	if (item_count(&files) == 0)
		return true;
	struct query q = db_query(self->db, "select 1 from attachment where statement = ? and here = 0");
	query_u64(&q, n);
	all = query_next(&q) != 1;
	query_done(&q, NULL);
	if (all)
		return link_whole(self, n);
	if (!all) {
		struct query w = db_query(self->db, "update statement set complete = 0 where n = ?");
		query_u64(&w, n);
		query_run(&w);
	}
	return all;
}

/* What is missing before it, as one hole from the last that is here. */
static void note_gap(const struct link_self *self, uint64_t stream, const struct head *h)
{
	/* of our own, what is not signed here may be signed elsewhere */
	struct query q = db_query(self->db,
	        "select coalesce(max(seq), 0) + 1 from statement where stream = ?1 and seq < ?2 and seq > 0 "
	        "and "
	        "signature is not null");

	query_u64(&q, stream);
	query_u64(&q, h->seq);
	uint64_t first = query_next(&q) == 1 ? query_get_u64(&q, 0) : h->seq;
	query_done(&q, NULL);
	if (first < h->seq)
		link_gap(self, stream, self->now, first, h->seq - 1);
}

/* One that came fills a hole, or splits it in two. */
static void close_gap(const struct link_self *self, uint64_t stream, const struct head *h)
{
	struct query q = db_query(self->db,
	        "select id, first, last, since from gap where stream = ?1 and first <= ?2 and last >= ?2");
	uint64_t id = 0, first = 0, last = 0;
	int64_t since = 0;

	query_u64(&q, stream);
	query_u64(&q, h->seq);
	if (query_next(&q) == 1) {
		id = query_get_u64(&q, 0);
		first = query_get_u64(&q, 1);
		last = query_get_u64(&q, 2);
		since = query_get_i64(&q, 3);
	}
	query_done(&q, NULL);
	if (id == 0)
		return;
	struct query d = db_query(self->db, "delete from gap where id = ?");
	query_u64(&d, id);
	query_run(&d);
	const uint64_t parts[2][2] = {{first, h->seq - 1}, {h->seq + 1, last}};
	for (unsigned i = 0; i < 2; i++)
		if (parts[i][0] <= parts[i][1])
			link_gap(self, stream, since, parts[i][0], parts[i][1]);
}

static void mark_forked(const struct link_self *self, uint64_t stream)
{
	/* Both branches lose their effect on what comes; what has had effect stands until a person decides. */
	struct query q = db_query(self->db, "update stream set forked = 1 where id = ?");

	query_u64(&q, stream);
	query_run(&q);
}

/* Whether the others are to hear of one more fork of a stream that is known as forked: as few are enough, and who forks can go on
 * without end. Dropped ones of earlier forks count as well; the first of a new one is always said. */
static bool fork_is_news(const struct link_self *self, const struct place *p)
{
	struct query q = db_query(self->db,
	        "select count(*) from (select 1 from statement where effect = 0 and stream = ? and verdict = "
	        "'fork' limit ?)");

	query_u64(&q, p->stream);
	query_u64(&q, FORKS_SAID + 1); /* with this one */
	bool news = query_next(&q) == 1 && query_get_u64(&q, 0) <= FORKS_SAID;
	query_done(&q, NULL);
	return news || !p->forked;
}

/* It is here and does nothing until a person says so. */
static void hold(const struct link_self *self, struct stored *s)
{
	struct query q = db_query(self->db, "update statement set effect = 0 where n = ?");

	query_u64(&q, s->n);
	query_run(&q);
	s->effect = false;
}

/* Receipts for one of ours that have come before it did, or before it was signed here: now there is a row that they are about. They
 * are no older than it, but for clocks, and neither came before it was said: the newest are looked at, not those of all years. */
static void hear_receipts(const struct link_self *self, const uint8_t id[DIGEST_LEN], int64_t created)
{
	char hex[2 * DIGEST_LEN + 1];
	VEC(uint64_t) told = {0};
	struct query q = db_query(self->db,
	        "select n, received, effect = 1 and sender <> ?1 and created > ?3 - 86400 and instr(content, "
	        "cast(?2 as blob)) > 0 from statement where kind = 'receipt' order by n desc");

	str_hex_print(hex, id, DIGEST_LEN);
	query_text(&q, self->me);
	query_text(&q, str_from(hex));
	query_i64(&q, created);
	while (query_next(&q) == 1 && query_get_i64(&q, 1) >= (created - 86400) * 1000000)
		if (query_get_u64(&q, 2) != 0)
			*(uint64_t *)vec_add(&told) = query_get_u64(&q, 0);
	query_done(&q, NULL);
	for (size_t i = told.n; i > 0; i--)
		link_effect(self, told.v[i - 1]);
	vec_done(&told);
}

static void keep_statement(const struct link_self *self, struct str carrier, struct judge *j)
{
	uint64_t n = store_put(self->db, &j->s, &j->h, j->verdict, j->why, carrier, self->now, &j->place);
	struct stored s = {.n = n,
	        .head = j->s.head,
	        .signature = j->s.signature,
	        .content = j->s.content,
	        .h = j->h,
	        .effect = verdict_table[j->verdict].kept == KEPT_FILLED && !j->place.forked,
	        .complete = !item_there(&j->body) || link_attachments(self, n, &j->body),
	        .verdict = str_from(verdict_table[j->verdict].word)};

	memcpy(s.id, j->s.id, DIGEST_LEN);
	bool told = j->verdict == VERDICT_FORK && rejoin_dropped(self, j->place.stream, j->s.id);
	if (j->verdict == VERDICT_FORK && !told)
		mark_forked(self, j->place.stream);
	/* what is erased with him, as he answers our call for what is missing: nobody can say here what it would do */
	if (s.effect && s.content.len == 0 && !str_eq(j->h.sender, self->me))
		hold(self, &s);
	/* his persons have decided it, and ours call them before it counts */
	if (s.effect && j->kind == KIND_REJOIN && !str_eq(j->h.sender, self->me))
		hold(self, &s);
	if (j->place.holes)
		close_gap(self, j->place.stream, &j->h);
	if (j->h.seq > 1 && (!j->place.before || str_eq(j->h.sender, self->me)))
		note_gap(self, j->place.stream, &j->h);
	if (s.effect)
		link_effect_of(self, &s, &j->body, j->a);
	else
		link_seen(self, &s, &j->body, j->a);
	if (s.effect && s.complete)
		blob_to_case(self, n);
	if (!link_unreceipted(j->h.kind) && !str_eq(j->h.sender, self->me))
		link_receipt_due(self, n, s.complete, link_urgent(self, &s, &j->body, j->a));
	/* one of ours that comes back after the loss of a disk need not have reached all to whom it was said */
	if (s.effect && str_eq(j->h.sender, self->me) && item_there(&j->body)) {
		link_deliver(self, &s, &j->body, j->a);
		hear_receipts(self, s.id, s.h.created);
	}
	if (j->verdict == VERDICT_FORK && !told && fork_is_news(self, &j->place))
		link_say_fork(self, &s);
}

/* It is here: the sender may not have our receipt, which goes again, or is made if there is none. */
static void have_again(const struct link_self *self, const struct judge *j)
{
	struct query q = db_query(self->db,
	        "update delivery set waits = 1, pushed = null where statement = (select receipt from "
	        "statement "
	        "where id = ?)");
	struct stored s;

	query_blob(&q, str_make((const char *)j->s.id, DIGEST_LEN));
	query_run(&q);
	if (db_changes(self->db) == 0 && store_find(self->db, j->s.id, j->a, &s) &&
	        !link_unreceipted(s.h.kind) && !str_eq(s.h.sender, self->me))
		link_receipt_due(self, s.n, s.complete, false);
}

/* One of ours that waits for its signature here, and has it already: this is an old backup. False: it is not such a one. */
static bool adopt(const struct link_self *self, const struct judge *j)
{
	struct link l = store_link(self->db, self->me);
	struct stored s;
	struct place at;
	uint8_t key[32];

	if (!store_find(self->db, j->s.id, j->a, &s) || s.signature.len > 0 ||
	        !store_sign_key(self->db, self->me, &l, s.h.key, s.h.created, key) ||
	        !statement_verify(key, s.head, j->s.signature))
		return false;
	link_signed(self, s.n, (const uint8_t *)j->s.signature.p);
	hear_receipts(self, s.id, s.h.created);
	at = store_place(self->db, &s.h, s.id);
	close_gap(self, at.stream, &s.h);
	return true;
}

/* ---- taking -------------------------------------------------------------------------------------- */

/* 1, 0 or -1 as link_self has it. */
static int read_body(const struct link_self *self, struct str json, struct buf *items, const char **why)
{
	if (self->read_body == NULL)
		return body_read(json, items, why);
	int rc = self->read_body(self->arg, json, items, why);
	if (rc == 1 && !items_check(buf_str(items))) {
		*why = "the reader of bodies said something that is no body";
		rc = -1;
	}
	return rc;
}

bool link_read_json(const struct link_self *self, struct str json, struct buf *items)
{
	const char *why = NULL;

	return read_body(self, json, items, &why) == 1;
}

static void judge_items(const struct link_self *self, struct judge *j, struct buf *items)
{
	const char *why = NULL;
	int rc = 0;

	if (j->s.content.len > STATEMENT_SALT)
		rc = read_body(self, str_skip(j->s.content, STATEMENT_SALT), items, &why);
	if (rc == -1)
		j->verdict = VERDICT_POISON;
	else
		judge_body(j, arena_str(j->a, buf_str(items)), why);
}

void link_take(const struct link_self *self, struct str carrier, bool own_repair, struct str bytes,
        struct arena *a, struct link_taken *ret)
{
	struct judge j = {
	        .db = self->db, .a = a, .me = self->me, .now = self->now / 1000000, .own_repair = own_repair};
	auto_buf struct buf items = {0};
	bool adopted = false;

	if (judge_head(&j, bytes) == VERDICT_FORK && own_repair && str_eq(j.h.sender, self->me) &&
	        recover_make_room(self, j.place.stream, j.h.seq, j.s.id))
		judge_head(&j, bytes);
	if (j.verdict == VERDICT_OK)
		judge_items(self, &j, &items);
	bool framed = j.verdict != VERDICT_TOO_LARGE && j.verdict != VERDICT_TRUNCATED;
	*ret = (struct link_taken){
	        .verdict = j.verdict, .used = framed ? j.s.bytes.len : 0, .sender = j.h.sender};
	if (framed)
		memcpy(ret->id, j.s.id, DIGEST_LEN);
	if (j.verdict == VERDICT_HAVE && own_repair && str_eq(j.h.sender, self->me))
		adopted = adopt(self, &j);
	else if (j.verdict == VERDICT_HAVE)
		have_again(self, &j);
	else if (verdict_table[j.verdict].kept == KEPT_REFUSED)
		keep_refused(self, carrier, &j, bytes);
	else
		keep_statement(self, carrier, &j);
	if (own_repair && str_eq(j.h.sender, self->me) &&
	        (adopted || (j.verdict != VERDICT_HAVE && verdict_table[j.verdict].kept != KEPT_REFUSED)))
		recover_shown(self, carrier);
}

/* ---- released ------------------------------------------------------------------------------------ */

static void give_effect(const struct link_self *self, uint64_t n, struct str person)
{
	struct query q = db_query(
	        self->db, "update statement set effect = 1, released = ? where n = ? and effect = 0");

	query_text(&q, person);
	query_u64(&q, n);
	query_run(&q);
	if (db_changes(self->db) > 0)
		link_effect(self, n);
}

unsigned link_release_due(const struct link_self *self)
{
	struct query q = db_query(self->db,
	        "select n from statement where effect = 0 and verdict = 'future' and created <= ? and stream "
	        "not in "
	        "(select id from stream where forked = 1) order by n limit 256");
	uint64_t due[256];
	unsigned n = 0;

	query_i64(&q, self->now / 1000000 + KEYLIST_SKEW);
	while (n < 256 && query_next(&q) == 1)
		due[n++] = query_get_u64(&q, 0);
	query_done(&q, NULL);
	for (unsigned i = 0; i < n; i++)
		give_effect(self, due[i], STR("its time came"));
	return n;
}

/* Held for a reason that a person can judge; what cannot be read, or is of a kind that is not known, does nothing. */
static bool releasable(struct str verdict)
{
	static const enum statement_verdict words[] = {VERDICT_FORK, VERDICT_EXERCISE_MISMATCH,
	        VERDICT_EXPIRED, VERDICT_FUTURE, VERDICT_OK, VERDICT_GAP};

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eq(verdict, str_from(verdict_table[words[i]].word)))
			return true;
	return false;
}

int link_release(const struct link_self *self, uint64_t n, struct str person, struct err *e)
{
	auto_arena struct arena a = {0};
	struct stored s;

	arena_init(&a, 0);
	if (!store_find_n(self->db, n, &a, &s))
		return err_set(e, ERR_MISSING, "there is no statement S%llu", (unsigned long long)n);
	if (s.effect)
		return err_set(e, ERR_VALUE, "S%llu has its effect already", (unsigned long long)n);
	if (!releasable(s.verdict))
		return err_set(e, ERR_VALUE,
		        "S%llu was found %.*s and can have no effect; ask its sender to say it again",
		        (unsigned long long)n, STR_ARG(s.verdict));
	give_effect(self, n, person);
	return 0;
}
