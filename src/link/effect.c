/* SPDX-License-Identifier: Apache-2.0
 *
 * What statements do here, one function a kind. Every field has one writer and within one sender the higher seq wins, so
 * that late arrivals lead all nodes to the same state, whatever the order.
 */
#include "base/base64.h"
#include "link/case_hear.h"
#include "link/check.h"
#include "link/contact.h"
#include "link/link_in.h"
#include "link/outage.h"

struct effect {
	const struct link_self *self;
	struct arena *a;
	const struct stored *s;
	struct item body;
	bool ours;
};

static int64_t member_when(const struct item *object, const char *name)
{
	int64_t t;

	return stamp_read(item_text(object, name), &t) ? t : 0;
}

/* ---- receipts, read, ack ------------------------------------------------------------------------- */

/* When he had it, by his clock, and by ours not later than he said so: from it follows when he is late. Microseconds. */
static int64_t by_now(const struct effect *f, const struct item *entry)
{
	int64_t at = member_when(entry, "at") * 1000000;

	return at < f->self->now ? at : f->self->now;
}

/* His words on one of ours: it waits no longer once he has all of it. */
static void receipt_entry(const struct effect *f, const struct item *entry)
{
	uint8_t of[DIGEST_LEN];
	struct str hex = item_text(entry, "of");
	struct query q = db_query(f->self->db,
	        "update delivery set verdict = ?1, complete = max(coalesce(complete, 0), ?2), receipt = "
	        "coalesce(receipt, ?3), waits = case when ?2 = 1 then 0 else waits end where party = ?4 and "
	        "statement = (select n from statement where id = ?5 and sender = ?6)");

	if (hex.len != 2 * DIGEST_LEN || !str_hex(hex, of, DIGEST_LEN)) {
		query_done(&q, NULL);
		return;
	}
	struct item complete = item_get(entry, STR("complete"));
	query_text(&q, item_text(entry, "verdict"));
	query_u64(&q, complete.type == BODY_BOOL && complete.n != 0);
	query_i64(&q, member_when(entry, "at"));
	query_text(&q, f->s->h.sender);
	query_blob(&q, str_make((const char *)of, DIGEST_LEN));
	query_text(&q, f->self->me);
	query_run(&q);
	if (db_changes(f->self->db) > 0)
		case_heard_of(f->self, of, f->s->h.sender, f->s->h.seq, "delivered", by_now(f, entry));
}

static void effect_receipt(const struct effect *f)
{
	struct item list = item_get(&f->body, STR("receipts"));

	if (f->ours)
		return;
	for (struct item_each e = item_each(&list); item_next(&e);)
		receipt_entry(f, &e.item);
}

static void effect_read(const struct effect *f)
{
	struct query q = db_query(f->self->db,
	        "update delivery set read = coalesce(read, ?1) where party = ?2 and statement = (select n "
	        "from "
	        "statement where id = ?3)");

	query_i64(&q, f->s->h.created);
	query_text(&q, f->s->h.sender);
	query_blob(&q, str_make((const char *)f->s->h.reply, DIGEST_LEN));
	query_run(&q);
	case_heard_of(f->self, f->s->h.reply, f->s->h.sender, f->s->h.seq, "read", f->s->h.created * 1000000);
}

static void effect_ack(const struct effect *f)
{
	struct item by = item_get(&f->body, STR("by"));
	struct item_each first = item_each(&by);
	struct query q = db_query(f->self->db,
	        "update delivery set acked = coalesce(acked, ?1), by = coalesce(by, ?2) where party = ?3 and "
	        "statement = (select n from statement where id = ?4)");

	query_i64(&q, f->s->h.created);
	query_text(&q, item_next(&first) ? item_text(&first.item, "id") : STR(""));
	query_text(&q, f->s->h.sender);
	query_blob(&q, str_make((const char *)f->s->h.reply, DIGEST_LEN));
	query_run(&q);
	if (!f->ours)
		case_heard_of(f->self, f->s->h.reply, f->s->h.sender, f->s->h.seq, "acknowledged",
		        f->s->h.created * 1000000);
}

/* ---- forks --------------------------------------------------------------------------------------- */

/* The two heads of it; false: they are none. */
static bool fork_heads(const struct effect *f, struct statement s[2], struct head h[2])
{
	static const char *const names[] = {"a", "b"};

	for (unsigned i = 0; i < 2; i++) {
		auto_buf struct buf bytes = {0};
		if (!base64_add(item_text(&f->body, names[i]), &bytes) ||
		        statement_frame(arena_str(f->a, buf_str(&bytes)), &s[i]) != VERDICT_OK ||
		        head_read(s[i].head, &h[i]) != VERDICT_OK)
			return false;
	}
	return true;
}

/* A member of the stream shows two heads: nothing of that stream has effect until its sender has ended it; unless he has. */
static void effect_fork(const struct effect *f)
{
	struct statement s[2];
	struct head h[2];

	if (!fork_heads(f, s, h))
		return;
	/* word of it may be here before anything of a stream to us: what comes then is held as well */
	bool to_us = head_names(&h[0], f->self->me) && !str_eq(h[0].sender, f->self->me);
	uint64_t stream = to_us ? store_stream_make(f->self->db, &h[0]) : store_stream(f->self->db, &h[0]);
	if (stream == 0 || rejoin_dropped(f->self, stream, s[0].id) ||
	        rejoin_dropped(f->self, stream, s[1].id))
		return;
	struct query q = db_query(f->self->db, "update stream set forked = 1 where id = ?");
	query_u64(&q, stream);
	query_run(&q);
}

static void add_evidence(struct buf *body, const char *name, const struct stored *s)
{
	auto_buf struct buf bytes = {0};

	statement_write(&bytes, s->head, (const uint8_t *)s->signature.p, STR(""));
	buf_printf(body, "\"%s\":\"", name);
	base64_print(body, (const uint8_t *)bytes.p, bytes.len);
	buf_char(body, '"');
}

/* The one that s contradicts: of the same number, or the one before it, or the one behind it. */
static bool find_other(
        const struct link_self *self, const struct stored *s, struct arena *a, struct stored *ret)
{
	struct query q = db_query(self->db,
	        "select n from statement where stream = ?1 and seq between ?2 - 1 and ?2 + 1 and n <> ?3 and "
	        "signature is not null and (seq = ?2 or (seq = ?2 - 1 and id <> ?4) or (seq = ?2 + 1 and "
	        "prev <> "
	        "?5)) order by seq <> ?2, n limit 1");
	uint64_t n = 0;

	query_u64(&q, store_stream(self->db, &s->h));
	query_u64(&q, s->h.seq);
	query_u64(&q, s->n);
	query_blob(&q, str_make((const char *)s->h.prev, DIGEST_LEN));
	query_blob(&q, str_make((const char *)s->id, DIGEST_LEN));
	if (query_next(&q) == 1)
		n = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return n != 0 && store_find_n(self->db, n, a, ret);
}

void link_say_fork(const struct link_self *self, const struct stored *s)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf body = {0};
	struct str to[STATEMENT_TO_MAX];
	struct say say = {.kind = KIND_FORK, .to = to, .tlp = STATEMENT_AMBER, .pap = STATEMENT_AMBER};
	struct stored other;
	uint8_t id[DIGEST_LEN];

	arena_init(&a, 0);
	if (!find_other(self, s, &a, &other) || self->doubts)
		return;
	for (unsigned i = 0; i <= s->h.to_count; i++) {
		struct str party = i < s->h.to_count ? s->h.to[i] : s->h.sender;
		struct link l = store_link(self->db, party);
		if (!str_eq(party, self->me) && link_speaks(&l) && say.to_count < STATEMENT_TO_MAX)
			to[say.to_count++] = party;
	}
	/* the lower number first, so that "b's prev is not a" can be seen */
	bool swap = other.h.seq > s->h.seq;
	buf_char(&body, '{');
	add_evidence(&body, "a", swap ? s : &other);
	buf_char(&body, ',');
	add_evidence(&body, "b", swap ? &other : s);
	buf_char(&body, '}');
	say.body = buf_str(&body);
	if (say.to_count > 0)
		(void)link_say(self, &say, id, NULL);
}

static void effect_rejoin(const struct effect *f)
{
	rejoin_effect(f->self, f->s, &f->body);
}

/* ---- checks -------------------------------------------------------------------------------------- */

static void effect_check(const struct effect *f)
{
	check_came(f->self, f->s, &f->body, f->ours);
}

static void effect_check_answer(const struct effect *f)
{
	check_answered(f->self, f->s, &f->body, f->ours);
}

/* ---- cases --------------------------------------------------------------------------------------- */

static void effect_case(const struct effect *f)
{
	case_hear(f->self, f->s, &f->body, f->ours);
}

static void effect_contact(const struct effect *f)
{
	contact_came(f->self, f->s, &f->body);
}

/* ---- table --------------------------------------------------------------------------------------- */

static void effect_outage(const struct effect *f)
{
	outage_hear(f->self, f->s, &f->body);
}

static void (*const effects[KIND_END])(const struct effect *f) = {
        [KIND_RECEIPT] = effect_receipt,
        [KIND_READ] = effect_read,
        [KIND_ACK] = effect_ack,
        [KIND_FORK] = effect_fork,
        [KIND_REJOIN] = effect_rejoin,
        [KIND_WITHDRAW] = effect_case,
        [KIND_CASE_OPEN] = effect_case,
        [KIND_CASE_STATUS] = effect_case,
        [KIND_CASE_NOTE] = effect_case,
        [KIND_OUTAGE] = effect_outage,
        [KIND_CONTACT] = effect_contact,
        [KIND_CHECK] = effect_check,
        [KIND_CHECK_ANSWER] = effect_check_answer,
};

void link_effect_of(
        const struct link_self *self, const struct stored *s, const struct item *body, struct arena *a)
{
	struct effect f = {
	        .self = self, .a = a, .s = s, .body = *body, .ours = str_eq(s->h.sender, self->me)};
	enum kind kind = kind_find(s->h.kind);

	if (kind != KIND_END && effects[kind] != NULL)
		effects[kind](&f);
	link_hear(self, s, body, a);
}

void link_effect(const struct link_self *self, uint64_t n)
{
	auto_arena struct arena a = {0};
	struct stored s;

	arena_init(&a, 0);
	if (!store_find_n(self->db, n, &a, &s))
		return;
	struct item body = stored_body(&s, &a);
	link_effect_of(self, &s, &body, &a);
}
