/* SPDX-License-Identifier: Apache-2.0 */
#include "link/wire.h"

#include "base/os.h"
#include "link/blob.h"
#include "link/link_in.h"
#include "link/peer.h"
#include "link/range.h"
#include "link/wire_in.h"

#define MINUTE 60
#define SECOND ((int64_t)1000000)
#define DAY_US (86400 * SECOND)

/* ---- words of a request -------------------------------------------------------------------------- */

/* The value of NAME in a query; p NULL: not there. */
static struct str param(const struct wire_request *r, const char *name)
{
	struct str rest = r->query;

	while (rest.len > 0) {
		struct str_cut pair = str_cut(rest, '&'), value = str_cut(pair.head, '=');
		if (str_eq(value.head, str_from(name)))
			return value.tail;
		rest = pair.tail;
	}
	return str_make(NULL, 0);
}

static uint64_t number(const struct wire_request *r, const char *name, uint64_t otherwise)
{
	uint64_t v = otherwise;
	struct str s = param(r, name);

	return s.len > 0 && str_u64(s, &v) && v <= INT64_MAX ? v : otherwise;
}

void wire_say(struct wire_answer *a, int status, const char *words)
{
	a->status = status;
	a->type = "text/plain";
	buf_clear(&a->body);
	buf_add(&a->body, str_from(words));
	buf_char(&a->body, '\n');
}

bool wire_party(const struct link_self *self, const uint8_t pin[32], struct arena *a, struct str *ret)
{
	struct query q = db_query(self->db,
	        "select party from party_key where public = ?1 and duty = 'tls' and revoked is null and "
	        "party <> ?2 order by id limit 1");
	bool there;

	query_blob(&q, str_make((const char *)pin, 32));
	query_text(&q, self->me);
	there = query_next(&q) == 1;
	if (there)
		*ret = arena_str(a, query_get_text(&q, 0));
	query_done(&q, NULL);
	return there;
}

/* ---- quotas -------------------------------------------------------------------------------------- */

struct limits {
	uint64_t per_minute, burst, day_bytes;
};

static struct limits limits_of(const struct link_self *self, struct str party)
{
	struct query q = db_query(self->db, "select per_minute, burst, day_bytes from party where name = ?");
	struct limits l = {1200, 5000, 64u << 20};

	query_text(&q, party);
	if (query_next(&q) == 1)
		l = (struct limits){query_get_u64(&q, 0), query_get_u64(&q, 1), query_get_u64(&q, 2)};
	query_done(&q, NULL);
	return l;
}

static void new_day(const struct link_self *self, struct wire_quota *q)
{
	if (q->day == self->now / DAY_US)
		return;
	q->day = self->now / DAY_US;
	q->day_bytes = 0;
}

/* Seconds to wait; 0: it may bring that much now. */
static unsigned too_much(const struct link_self *self, struct str party, struct wire_quota *q, size_t bytes)
{
	struct limits l = limits_of(self, party);
	/* a clock that was ahead is right again: what is gained counts from now */
	if (q->at > self->now)
		q->at = self->now;
	int64_t full = (int64_t)l.burst * 1000,
	        gained = q->at == 0 ? full : (self->now - q->at) / 1000 * (int64_t)l.per_minute / MINUTE;

	new_day(self, q);
	if (gained > 0 || q->at == 0) {
		q->tokens = q->tokens + gained > full ? full : q->tokens + gained;
		q->at = self->now;
	}
	if (q->second != self->now / SECOND) {
		q->second = self->now / SECOND;
		q->in_second = 0;
	}
	if (q->day_bytes + bytes > l.day_bytes)
		return 3600;
	if (q->tokens < 1000)
		return MINUTE;
	return q->in_second >= WIRE_CATCH_UP ? 1 : 0;
}

/* A statement that came: one of a backlog, or one like all others. What is refused is never part of a backlog. */
static void charge(struct wire_quota *q, enum statement_verdict v)
{
	if (q->missed >= 1000 && (v == VERDICT_HAVE || verdict_table[v].kept == KEPT_FILLED)) {
		q->missed -= 1000;
		q->in_second++;
	} else {
		q->tokens -= 1000;
	}
}

/* What it could have brought while it did not reach us, or we did not reach it. */
static void add_missed(struct wire_quota *quota, int64_t silence, int64_t per_minute)
{
	int64_t most = DAY_US / SECOND / MINUTE * per_minute * 1000;

	if (silence < WIRE_OUTAGE * SECOND)
		return;
	silence = silence < DAY_US ? silence : DAY_US;
	quota->missed += silence / SECOND * per_minute * 1000 / MINUTE;
	quota->missed = quota->missed < most ? quota->missed : most;
}

/* It calls: when it did so last is what tells an outage, of its side, of ours or of the line. */
static void reaches(const struct link_self *self, struct str party, struct wire_quota *quota)
{
	struct query q =
	        db_query(self->db, "select coalesce(reaches, 0), per_minute from party where name = ?");
	int64_t last = 0, per_minute = 0;

	query_text(&q, party);
	if (query_next(&q) == 1) {
		last = query_get_i64(&q, 0);
		per_minute = query_get_i64(&q, 1);
	}
	query_done(&q, NULL);
	int64_t silence = last > 0 ? self->now - last : 0;
	add_missed(quota, silence, per_minute);
	if (silence < SECOND && last > 0 && silence >= 0)
		return;
	struct query up = db_query(self->db, "update party set reaches = ?1 where name = ?2");
	query_i64(&up, self->now);
	query_text(&up, party);
	query_run(&up);
}

/* ---- statements ---------------------------------------------------------------------------------- */

static void add_result(struct buf *out, const struct link_taken *t, bool first)
{
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, t->id, DIGEST_LEN);
	buf_printf(out, "%s{\"id\":\"%s\",\"verdict\":\"%s\"}", first ? "" : ",", t->used > 0 ? hex : "",
	        verdict_table[t->verdict].word);
}

/* Nothing is read behind what says a wrong length: where the next begins nobody knows. */
static void post_statements(const struct link_self *self, struct str party, struct wire_quota *quota,
        const struct wire_request *r, struct wire_answer *ret)
{
	auto_arena struct arena a = {0};
	struct str rest = r->body;
	struct link_taken t = {0};
	uint64_t size = 0;

	if (r->body.len > WIRE_BODY) {
		wire_say(ret, 413, "too-large");
		return;
	}
	unsigned wait = too_much(self, party, quota, r->body.len);
	if (wait > 0) {
		ret->retry = wait;
		wire_say(ret, 429, "quota");
		return;
	}
	arena_init(&a, 0);
	buf_add(&ret->body, STR("{\"results\":["));
	for (unsigned n = 0; n < LINK_BATCH_COUNT && rest.len > 0; n++) {
		link_take(self, party, false, rest, &a, &t);
		add_result(&ret->body, &t, n == 0);
		charge(quota, t.verdict);
		if (t.used == 0)
			break;
		quota->day_bytes += t.used;
		rest = str_skip(rest, t.used);
		arena_reset(&a);
	}
	uint64_t room = os_disk_free(self->folder, &size);
	buf_printf(&ret->body, "],\"free_bytes\":%llu}", (unsigned long long)room);
}

static void get_queue(
        const struct link_self *self, struct str party, const struct wire_request *r, struct wire_answer *ret)
{
	struct link_batch b = {0};

	ret->u = number(r, "u", 0);
	ret->n = number(r, "n", 0);
	link_fetched(self, party, &ret->u, &ret->n, (unsigned)number(r, "bytes", LINK_BATCH_BYTES), &b);
	ret->positions = true;
	ret->more = b.more;
	ret->empty = b.count == 0;
	ret->type = "application/octet-stream";
	buf_done(&ret->body);
	ret->body = b.bytes;
}

static void get_one(const struct link_self *self, struct str party, struct str hex, struct wire_answer *ret)
{
	uint8_t id[DIGEST_LEN];

	ret->type = "application/octet-stream";
	if (hex.len != 2 * DIGEST_LEN || !str_hex(hex, id, DIGEST_LEN) ||
	        !link_one(self, party, id, &ret->body))
		wire_say(ret, 404, "not-here");
}

/* "kh,mm" as it stands in the row of the stream. */
static void get_stream(
        const struct link_self *self, struct str party, const struct wire_request *r, struct wire_answer *ret)
{
	auto_buf struct buf to = {0};
	struct str sender = param(r, "sender");

	buf_add(&to, param(r, "to"));
	for (size_t i = 0; i < to.len; i++)
		if (to.p[i] == ',')
			to.p[i] = ' ';
	ret->type = "application/octet-stream";
	link_range(self, party, sender, buf_str(&to), number(r, "from", 1), number(r, "until", INT64_MAX),
	        &ret->body);
}

/* ---- blobs --------------------------------------------------------------------------------------- */

static void held(struct wire_answer *a, uint64_t n)
{
	a->says_held = true;
	a->held = n;
}

/* How far it is here: asked by who has it, before he hands in the rest. */
static void head_blob(const struct link_self *self, struct str party, const uint8_t sha256[DIGEST_LEN],
        struct wire_answer *ret)
{
	uint64_t size = 0;

	ret->type = "application/octet-stream";
	if (!blob_named(self, party, sha256) && !blob_given(self, party, sha256)) {
		wire_say(ret, 404, "not-here");
		return;
	}
	if (blob_here(self, sha256, &size) && !blob_lacked(self, party, sha256)) {
		held(ret, size);
		return;
	}
	wire_say(ret, 404, "not-here");
	held(ret, blob_held(self, party, sha256, &size));
}

static void get_blob(const struct link_self *self, struct str party, const struct wire_request *r,
        const uint8_t sha256[DIGEST_LEN], struct wire_answer *ret)
{
	ret->type = "application/octet-stream";
	if (!blob_given(self, party, sha256) || !blob_here(self, sha256, &ret->size)) {
		wire_say(ret, 404, "not-here");
		return;
	}
	enum range_word word = range_read(r->range, ret->size, &ret->first, &ret->until);
	if (word == RANGE_BEYOND) {
		wire_say(ret, 416, "beyond");
		held(ret, ret->size);
		return;
	}
	ret->status = word == RANGE_GOOD ? 206 : 200;
	ret->file = true;
	memcpy(ret->sha256, sha256, DIGEST_LEN);
}

static const struct {
	int status;
	const char *word;
	unsigned retry;
} put_words[] = {
        [BLOB_TAKEN] = {200, "held", 0},
        [BLOB_WHOLE] = {200, "whole", 0},
        [BLOB_SPOILT] = {400, "digest", 0},
        [BLOB_ELSEWHERE] = {416, "elsewhere", 0},
        [BLOB_UNWANTED] = {404, "not-named", 0},
        [BLOB_QUOTA] = {429, "quota", 3600},
        [BLOB_FULL] = {507, "disk", 600},
        [BLOB_FAILED] = {503, "disk", 60},
};

static void put_blob(const struct link_self *self, struct str party, const struct wire_request *r,
        const uint8_t sha256[DIGEST_LEN], struct wire_answer *ret)
{
	struct blob_brought b = {
	        .carrier = party, .sha256 = sha256, .bytes = r->body, .total = r->body.len, .in_order = true};
	uint64_t until = r->body.len, size = 0;
	struct err e = {0};

	if (r->range.len > 0 && !range_content(r->range, &b.offset, &until, &b.total)) {
		wire_say(ret, 400, "range");
		return;
	}
	if (b.total > BLOB_MAX || r->body.len > WIRE_BLOB) {
		wire_say(ret, 413, "too-large");
		return;
	}
	if (until - b.offset != r->body.len) {
		wire_say(ret, 400, "range");
		return;
	}
	enum blob_word word = blob_take(self, &b, &e);
	wire_say(ret, put_words[word].status, put_words[word].word);
	ret->retry = put_words[word].retry;
	if (word == BLOB_WHOLE)
		held(ret, blob_here(self, sha256, &size) ? size : 0);
	else if (word != BLOB_UNWANTED)
		held(ret, blob_held(self, party, sha256, &size));
}

static void blob_call(
        const struct link_self *self, struct str party, const struct wire_request *r, struct wire_answer *ret)
{
	struct str hex = str_skip(r->path, strlen("blobs/"));
	uint8_t sha256[DIGEST_LEN];

	if (hex.len != 2 * DIGEST_LEN || !str_hex(hex, sha256, DIGEST_LEN))
		wire_say(ret, 404, "not-here");
	else if (str_eq(r->method, STR("HEAD")))
		head_blob(self, party, sha256, ret);
	else if (str_eq(r->method, STR("GET")))
		get_blob(self, party, r, sha256, ret);
	else if (str_eq(r->method, STR("PUT")))
		put_blob(self, party, r, sha256, ret);
	else
		wire_say(ret, 400, "method");
}

/* ---- hello, keys --------------------------------------------------------------------------------- */

static void get_hello(const struct link_self *self, struct wire_answer *ret)
{
	char time[STAMP_TEXT], hex[2 * DIGEST_LEN + 1];
	struct buf *out = &ret->body;
	uint64_t size = 0;

	stamp_print(time, self->now / 1000000);
	buf_add(out, STR("{\"party\":"));
	buf_json(out, self->me);
	buf_printf(out, ",\"time\":\"%s\",\"contexts\":[\"%s\"],\"kinds\":[", time, STATEMENT_CONTEXT);
	for (unsigned i = 0; i < KIND_END; i++)
		buf_printf(out, "%s\"%s\"", i > 0 ? "," : "", kind_table[i].name);
	buf_char(out, ']');
	struct query q = db_query(
	        self->db, "select number, digest from key_list where party = ? order by number desc limit 1");
	query_text(&q, self->me);
	if (query_next(&q) == 1 && query_get_blob(&q, 1).len == DIGEST_LEN) {
		str_hex_print(hex, (const uint8_t *)query_get_blob(&q, 1).p, DIGEST_LEN);
		buf_printf(out, ",\"keys\":{\"number\":%llu,\"digest\":\"%s\"}",
		        (unsigned long long)query_get_u64(&q, 0), hex);
	}
	query_done(&q, NULL);
	buf_printf(out,
	        ",\"limits\":{\"batch_count\":%u,\"batch_bytes\":%u,\"per_minute\":1200,\"free_bytes\":%llu}"
	        "}",
	        LINK_BATCH_COUNT, LINK_BATCH_BYTES, (unsigned long long)os_disk_free(self->folder, &size));
}

static void get_keys(const struct link_self *self, struct wire_answer *ret)
{
	struct query q =
	        db_query(self->db, "select note from key_list where party = ? order by number desc limit 1");

	query_text(&q, self->me);
	ret->type = "text/plain";
	if (query_next(&q) == 1)
		buf_add(&ret->body, query_get_text(&q, 0));
	query_done(&q, NULL);
	if (ret->body.len == 0)
		wire_say(ret, 404, "no-list");
}

/* A list proves itself: it is taken from whoever brings it, for the party that it names. */
static void post_keys(
        const struct link_self *self, struct str party, const struct wire_request *r, struct wire_answer *ret)
{
	struct err e = {0};
	enum keylist_verdict v = key_list_take(self, party, r->body, &e);

	wire_say(ret, v == KEYLIST_REFUSE ? 400 : 200,
	        v == KEYLIST_TAKE           ? "taken"
	                : v == KEYLIST_HAVE ? "have"
	                                    : e.text);
}

/* ---- routes -------------------------------------------------------------------------------------- */

static void route(const struct link_self *self, struct str party, struct wire_quota *quota,
        const struct wire_request *r, struct wire_answer *ret)
{
	bool get = str_eq(r->method, STR("GET")), post = str_eq(r->method, STR("POST"));

	if (get && str_eq(r->path, STR("hello")))
		get_hello(self, ret);
	else if (get && str_eq(r->path, STR("heads")))
		link_heads(self, party, &ret->body);
	else if (get && str_eq(r->path, STR("keys")))
		get_keys(self, ret);
	else if (post && str_eq(r->path, STR("keys")))
		post_keys(self, party, r, ret);
	else if (get && str_eq(r->path, STR("statements")))
		get_queue(self, party, r, ret);
	else if (get && str_starts(r->path, STR("statements/")))
		get_one(self, party, str_skip(r->path, strlen("statements/")), ret);
	else if (get && str_eq(r->path, STR("stream")))
		get_stream(self, party, r, ret);
	else if (str_starts(r->path, STR("blobs/")))
		blob_call(self, party, r, ret);
	else if (post && str_eq(r->path, STR("statements")))
		post_statements(self, party, quota, r, ret);
	else if (!wire_log(self, party, quota, r, ret))
		wire_say(ret, 404, "no-such-call");
}

void wire_serve(const struct link_self *self, struct str party, struct wire_quota *quota,
        const struct wire_request *r, struct wire_answer *ret)
{
	struct link l = store_link(self->db, party);

	*ret = (struct wire_answer){.status = 200, .type = "application/json"};
	if (l.state == LINKED_PAUSED || l.state == LINKED_ENDED) {
		wire_say(ret, 403, l.state == LINKED_PAUSED ? "paused" : "ended");
		return;
	}
	if (party.len == 0 || l.state != LINKED_YES) {
		wire_say(ret, 403, "not-linked");
		return;
	}
	reaches(self, party, quota);
	route(self, party, quota, r, ret);
}

/* ---- the other side ------------------------------------------------------------------------------ */

bool wire_pushed(const struct link_self *self, struct str party, const struct link_batch *b, struct str json)
{
	enum statement_verdict verdicts[LINK_BATCH_COUNT];
	auto_buf struct buf items = {0};
	unsigned n = 0;

	if (!link_read_json(self, json, &items))
		return false;
	struct item body = item_root(buf_str(&items)), results = item_get(&body, STR("results"));
	for (struct item_each e = item_each(&results); n < b->count && item_next(&e); n++) {
		verdicts[n] = verdict_find(item_text(&e.item, "verdict"));
		if (verdicts[n] == VERDICT_END)
			return false;
	}
	link_pushed(self, party, b, verdicts, n);
	return n > 0;
}

static void add_kinds(const struct item *kinds, struct buf *out)
{
	for (struct item_each e = item_each(kinds); item_next(&e) && out->len < 4096;) {
		if (e.item.type != BODY_TEXT || e.item.text.len > 32)
			continue;
		if (out->len > 0)
			buf_char(out, ' ');
		buf_add(out, e.item.text);
	}
}

bool wire_hello(const struct link_self *self, struct str party, struct str json, bool *ret_newer,
        int64_t *ret_differs)
{
	auto_buf struct buf items = {0}, kinds = {0};
	int64_t time;

	*ret_newer = false;
	*ret_differs = 0;
	if (!link_read_json(self, json, &items))
		return false;
	struct item body = item_root(buf_str(&items)), keys = item_get(&body, STR("keys")),
	            list = item_get(&body, STR("kinds"));
	if (!str_eq(item_text(&body, "party"), party) || !stamp_read(item_text(&body, "time"), &time))
		return false;
	add_kinds(&list, &kinds);
	struct query q = db_query(self->db,
	        "update party set clock = ?, kinds = ?, reached = ? where name = ? returning list_number");
	*ret_differs = time - self->now / 1000000;
	query_i64(&q, *ret_differs);
	query_text(&q, kinds.len > 0 ? buf_str(&kinds) : STR(""));
	query_i64(&q, self->now);
	query_text(&q, party);
	if (query_next(&q) == 1)
		*ret_newer = item_get(&keys, STR("number")).n > query_get_i64(&q, 0);
	query_done(&q, NULL);
	return true;
}

/* How long this node itself was off is not known when it starts: a day at most. */
unsigned wire_pull(const struct link_self *self, struct str party, struct wire_quota *quota)
{
	int64_t silence = quota->pulled == 0 ? DAY_US : self->now - quota->pulled;

	add_missed(quota, silence, (int64_t)limits_of(self, party).per_minute);
	unsigned wait = too_much(self, party, quota, 0);
	quota->pulled = self->now + wait * SECOND;
	return wait;
}

bool wire_entries(const struct link_self *self, struct str party, struct wire_quota *quota, size_t bytes)
{
	new_day(self, quota);
	quota->day_bytes += bytes;
	return quota->day_bytes < limits_of(self, party).day_bytes;
}

unsigned wire_take(const struct link_self *self, struct str party, struct wire_quota *quota, bool repair,
        struct str bytes)
{
	auto_arena struct arena a = {0};
	struct link_taken t;
	unsigned taken = 0;

	arena_init(&a, 0);
	for (unsigned n = 0; n < LINK_BATCH_COUNT && bytes.len > 0; n++) {
		link_take(self, party, repair, bytes, &a, &t);
		taken += verdict_table[t.verdict].kept != KEPT_REFUSED;
		if (quota != NULL) {
			charge(quota, t.verdict);
			quota->day_bytes += t.used;
		}
		if (t.used == 0)
			break;
		bytes = str_skip(bytes, t.used);
		arena_reset(&a);
	}
	return taken;
}
