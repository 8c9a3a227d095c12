/* SPDX-License-Identifier: Apache-2.0
 *
 * The end of a fork. Whose stream it is says by two persons which of its statements hold (rejoin); who hears it does nothing by
 * itself: a person there calls the sender, knows the voice, and gives the held rejoin its effect. Then the branch that holds
 * has its effect, the other one loses it, and what is said in the stream counts again.
 */
#include "link/case_hear.h"
#include "link/link_in.h"
#include "link/peer_in.h"

#define NAMED 512 /* ids that one rejoin names: more do not fit into what a person looks at */

/* ---- one statement -------------------------------------------------------------------------------- */

static uint64_t n_of(struct db *db, uint64_t stream, struct str hex)
{
	uint8_t id[DIGEST_LEN];
	struct query q = db_query(db, "select n from statement where id = ? and stream = ?");
	uint64_t n = 0;

	if (hex.len != 2 * DIGEST_LEN || !str_hex(hex, id, DIGEST_LEN)) {
		query_done(&q, NULL);
		return 0;
	}
	query_blob(&q, str_make((const char *)id, DIGEST_LEN));
	query_u64(&q, stream);
	if (query_next(&q) == 1)
		n = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return n;
}

/* It counts, if nothing but the fork has held it. What is erased was held before. */
static void hold_good(const struct link_self *self, uint64_t n)
{
	struct query q = db_query(self->db,
	        "update statement set effect = 1, released = 'rejoin' where n = ? and effect = 0 and kind <> "
	        "'rejoin' and content is not null and verdict in ('ok', 'gap', 'fork')");

	query_u64(&q, n);
	query_run(&q);
	if (db_changes(self->db) > 0)
		link_effect(self, n);
}

/* It counts no more: a word about a case is taken back, and the one before it stands again. */
static void lose(const struct link_self *self, uint64_t n, struct arena *a)
{
	struct query q = db_query(self->db,
	        "update statement set effect = 0, released = 'rejoin' where n = ? and verdict <> ''");
	struct stored s;

	query_u64(&q, n);
	query_run(&q);
	if (store_find_n(self->db, n, a, &s) && !str_eq(s.h.sender, self->me))
		case_unhear(self, &s);
}

/* ---- all of them ---------------------------------------------------------------------------------- */

static bool named(const uint64_t *list, unsigned count, uint64_t n)
{
	for (unsigned i = 0; i < count; i++)
		if (list[i] == n)
			return true;
	return false;
}

static unsigned read_ids(struct db *db, uint64_t stream, const struct item *list, uint64_t ret[NAMED])
{
	unsigned count = 0;

	for (struct item_each e = item_each(list); count < NAMED && item_next(&e);) {
		uint64_t n = e.item.type == BODY_TEXT ? n_of(db, stream, e.item.text) : 0;
		if (n != 0)
			ret[count++] = n;
	}
	return count;
}

/* Whether it stands on the branch that was dropped: it is named, or the one before it stands there. */
static bool dropped(struct db *db, uint64_t stream, uint64_t n, const uint64_t *list, unsigned count)
{
	for (unsigned i = 0; i < 100000 && n != 0; i++) {
		if (named(list, count, n))
			return true;
		struct query q = db_query(db,
		        "select p.n from statement s join statement p on p.id = s.prev where s.n = ?1 and "
		        "p.stream = ?2 and s.kind <> 'rejoin'");
		query_u64(&q, n);
		query_u64(&q, stream);
		n = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
		query_done(&q, NULL);
	}
	return false;
}

/* What came while the stream was forked: it stands on one of the branches. */
static void hold_rest(const struct link_self *self, uint64_t stream, const uint64_t *drop, unsigned count)
{
	VEC(uint64_t) held = {0};
	struct query q = db_query(self->db,
	        "select n from statement where stream = ? and effect = 0 and verdict in ('ok', 'gap') order "
	        "by "
	        "seq, n");

	query_u64(&q, stream);
	while (query_next(&q) == 1)
		*(uint64_t *)vec_add(&held) = query_get_u64(&q, 0);
	query_done(&q, NULL);
	for (size_t i = 0; i < held.n; i++)
		if (!dropped(self->db, stream, held.v[i], drop, count))
			hold_good(self, held.v[i]);
	vec_done(&held);
}

/* The stream's recipients as its row has them; 0: there is none. */
static uint64_t stream_named(const struct link_self *self, const struct stored *s, const struct item *body)
{
	struct item stream = item_get(body, STR("stream")), to = item_get(&stream, STR("to"));
	auto_buf struct buf recipients = {0};
	uint64_t id = 0;

	for (struct item_each e = item_each(&to); item_next(&e);) {
		if (recipients.len > 0)
			buf_char(&recipients, ' ');
		buf_add(&recipients, e.item.type == BODY_TEXT ? e.item.text : STR("?"));
	}
	struct query q = db_query(self->db, "select id from stream where sender = ? and recipients = ?");
	query_text(&q, s->h.sender);
	query_text(&q, recipients.len > 0 ? buf_str(&recipients) : STR(""));
	if (query_next(&q) == 1)
		id = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return id;
}

void rejoin_effect(const struct link_self *self, const struct stored *s, const struct item *body)
{
	auto_arena struct arena a = {0};
	struct item kept = item_get(body, STR("kept")), drop = item_get(body, STR("dropped"));
	uint64_t stream = stream_named(self, s, body);

	if (stream == 0)
		return;
	arena_init(&a, 0);
	uint64_t *hold = arena_array(&a, NAMED, sizeof(*hold)), *gone = arena_array(&a, NAMED, sizeof(*gone));
	unsigned holds = read_ids(self->db, stream, &kept, hold),
	         goes = read_ids(self->db, stream, &drop, gone);
	for (unsigned i = 0; i < goes; i++)
		lose(self, gone[i], &a);
	for (unsigned i = 0; i < holds; i++)
		if (!named(gone, goes, hold[i]))
			hold_good(self, hold[i]);
	hold_rest(self, stream, gone, goes);
	/* last of all: among what holds may be word of the fork */
	struct query q = db_query(self->db, "update stream set forked = 0 where id = ?");
	query_u64(&q, stream);
	query_run(&q);
}

bool rejoin_dropped(const struct link_self *self, uint64_t stream, const uint8_t id[DIGEST_LEN])
{
	char hex[2 * DIGEST_LEN + 1];
	struct query q = db_query(self->db,
	        "select n from statement where stream = ? and kind = 'rejoin' and effect = 1 order by n desc "
	        "limit 16");
	VEC(uint64_t) list = {0};
	bool gone = false;

	query_u64(&q, stream);
	while (query_next(&q) == 1)
		*(uint64_t *)vec_add(&list) = query_get_u64(&q, 0);
	query_done(&q, NULL);
	str_hex_print(hex, id, DIGEST_LEN);
	for (size_t i = 0; i < list.n && !gone; i++) {
		auto_arena struct arena a = {0};
		struct stored s;
		arena_init(&a, 0);
		if (!store_find_n(self->db, list.v[i], &a, &s))
			continue;
		struct item body = stored_body(&s, &a), drop = item_get(&body, STR("dropped"));
		for (struct item_each e = item_each(&drop); item_next(&e) && !gone;)
			gone = e.item.type == BODY_TEXT && str_eq(e.item.text, str_from(hex));
	}
	vec_done(&list);
	return gone;
}

/* ---- two persons of the sender -------------------------------------------------------------------- */

struct proposed {
	uint64_t id, stream;
	struct str person, why;
	int64_t at;
};

static bool find_proposed(
        const struct link_self *self, struct str recipients, struct arena *a, struct proposed *p)
{
	struct query q = db_query(self->db,
	        "select id, person, body, at from proposal where kind = 'recover' and object = ? and second "
	        "is null "
	        "and dropped is null order by id desc limit 1");

	query_text(&q, recipients);
	bool there = query_next(&q) == 1;
	if (there) {
		p->id = query_get_u64(&q, 0);
		p->person = arena_str(a, query_get_text(&q, 1));
		p->why = arena_str(a, query_get_text(&q, 2));
		p->at = query_get_i64(&q, 3);
	}
	query_done(&q, NULL);
	return there;
}

/* Ids of the stream from where it forks: what we have said here, or what came back as of us and is not ours. */
static unsigned add_ids(const struct link_self *self, uint64_t stream, bool ours, struct buf *body)
{
	struct query q = db_query(self->db,
	        "select id from statement where stream = ?1 and (carrier = '') = ?2 and seq >= (select "
	        "min(seq) from "
	        "statement where stream = ?1 and carrier <> '' and verdict = 'fork') order by seq, n limit "
	        "512");
	char hex[2 * DIGEST_LEN + 1];
	unsigned n = 0;

	query_u64(&q, stream);
	query_u64(&q, ours);
	for (; query_next(&q) == 1; n++) {
		str_hex_print(hex, (const uint8_t *)query_get_blob(&q, 0).p, DIGEST_LEN);
		buf_printf(body, "%s\"%s\"", n > 0 ? "," : "", hex);
	}
	query_done(&q, NULL);
	return n;
}

static void add_parties(struct buf *body, struct str recipients, struct str to[STATEMENT_TO_MAX], unsigned *n)
{
	while (recipients.len > 0 && *n < STATEMENT_TO_MAX) {
		struct str_cut cut = str_cut(recipients, ' ');
		buf_printf(body, "%s\"%.*s\"", *n > 0 ? "," : "", STR_ARG(cut.head));
		to[(*n)++] = cut.head;
		recipients = cut.tail;
	}
}

static int say_rejoin(struct deed *d, const struct proposed *p, struct str recipients, struct err *e)
{
	const struct link_self *self = d->self;
	auto_buf struct buf body = {0};
	struct str to[STATEMENT_TO_MAX];
	struct say say = {.kind = KIND_REJOIN, .to = to, .tlp = STATEMENT_AMBER, .pap = STATEMENT_AMBER};
	const struct by by[] = {{p->person, "proposer", p->at}, {d->person, "approver", self->now}};
	uint8_t id[DIGEST_LEN];

	by_put(&body, by, 2);
	buf_printf(&body, ",\"stream\":{\"sender\":\"%.*s\",\"to\":[", STR_ARG(self->me));
	add_parties(&body, recipients, to, &say.to_count);
	buf_add(&body, STR("]},\"kept\":["));
	add_ids(self, p->stream, true, &body);
	buf_add(&body, STR("],\"dropped\":["));
	unsigned gone = add_ids(self, p->stream, false, &body);
	buf_add(&body, STR("],\"reason\":"));
	buf_json(&body, p->why);
	buf_char(&body, '}');
	say.body = buf_str(&body);
	if (gone == 0)
		return err_set(e, ERR_VALUE,
		        "what the other machine has said is not here yet: it is asked for from those who "
		        "have it");
	int rc = link_say(self, &say, id, e);
	if (rc != 0)
		return rc;
	/* our own needs nobody's call */
	return link_release(self, store_number(self->db, id), d->person, e);
}

int rejoin_say(struct deed *d, struct str recipients, struct str why, struct err *e)
{
	const struct link_self *self = d->self;
	auto_arena struct arena a = {0};
	struct proposed p = {0};
	struct query q = db_query(
	        self->db, "select id from stream where sender = ? and recipients = ? and forked = 1");

	arena_init(&a, 0);
	query_text(&q, self->me);
	query_text(&q, recipients);
	uint64_t stream = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	query_done(&q, NULL);
	if (stream == 0)
		return err_set(e, ERR_MISSING,
		        "no stream of ours to '%.*s' is forked: name all its recipients, "
		        "with blanks between",
		        STR_ARG(recipients));
	if (!find_proposed(self, recipients, &a, &p)) {
		if (why.len == 0)
			return err_set(
			        e, ERR_USAGE, "say what has happened (why): it goes to all who are told");
		struct query put = db_query(self->db,
		        "insert into proposal(kind, object, body, person, at) values ('recover', ?, ?, ?, "
		        "?)");
		query_text(&put, recipients);
		query_text(&put, why);
		query_text(&put, d->person);
		query_i64(&put, self->now);
		query_run(&put);
		buf_add(d->said, STR("a second person ends the fork by the same command\n"));
		return 0;
	}
	p.stream = stream;
	if (str_eq(p.person, d->person))
		return err_set(e, ERR_DENIED, "you have said so already: another person ends it");
	if (say_rejoin(d, &p, recipients, e) != 0)
		return e->code;
	struct query up = db_query(self->db, "update proposal set second = ?, second_at = ? where id = ?");
	query_text(&up, d->person);
	query_i64(&up, self->now);
	query_u64(&up, p.id);
	query_run(&up);
	buf_add(d->said,
	        STR("what this machine has said holds; call those who are told: each of them confirms it by "
	            "your "
	            "voice\n"));
	return 0;
}
