/* SPDX-License-Identifier: Apache-2.0
 *
 * What is known of a peer's log: as its witness, what we signed last, and what it should not be.
 */
#include "link/log_in.h"
#include <stdio.h>

#define SECOND ((int64_t)1000000)

/* ---- rows ---------------------------------------------------------------------------------------- */

static void root_of(const struct query *q, int column, uint8_t ret[TREE_HASH])
{
	struct str s = query_get_blob(q, column);

	if (s.len == TREE_HASH)
		memcpy(ret, s.p, TREE_HASH);
}

bool log_peer(const struct link_self *self, struct str party, struct arena *a, struct log_peer *ret)
{
	struct query q = db_query(self->db,
	        "select size, root, note, at, mirrored, mirror_root, mirror_note, mirror_at, target, "
	        "target_root, "
	        "target_note, target_at, refused, posted from log_peer where party = ?");

	*ret = (struct log_peer){0};
	query_text(&q, party);
	bool there = query_next(&q) == 1;
	if (there) {
		ret->size = query_get_u64(&q, 0);
		root_of(&q, 1, ret->root);
		ret->note = arena_str(a, query_get_text(&q, 2));
		ret->at = query_get_i64(&q, 3);
		ret->mirrored = query_get_u64(&q, 4);
		root_of(&q, 5, ret->mirror_root);
		ret->mirror_note = arena_str(a, query_get_text(&q, 6));
		ret->mirror_at = query_get_i64(&q, 7);
		ret->target = query_get_u64(&q, 8);
		root_of(&q, 9, ret->target_root);
		ret->target_note = arena_str(a, query_get_text(&q, 10));
		ret->target_at = query_get_i64(&q, 11);
		ret->refused = query_get_i64(&q, 12);
		ret->posted = query_get_u64(&q, 13);
	}
	query_done(&q, NULL);
	return there;
}

void log_peer_make(const struct link_self *self, struct str party)
{
	struct query q = db_query(self->db, "insert or ignore into log_peer(party) values (?)");

	query_text(&q, party);
	query_run(&q);
}

/* ---- alarms -------------------------------------------------------------------------------------- */

void log_alarm(const struct link_self *self, struct str party, const char *kind, const uint8_t *statement,
        struct str older, struct str newer, const char *sentence)
{
	struct query q = db_query(self->db,
	        "insert or ignore into log_alarm(party, kind, at, statement, sentence, older, newer) values "
	        "(?, ?, ?, "
	        "?, ?, ?, ?)");

	query_text(&q, party);
	query_text(&q, str_from(kind));
	query_i64(&q, self->now);
	query_blob(&q, str_make((const char *)statement, statement != NULL ? DIGEST_LEN : 0));
	query_text(&q, str_from(sentence));
	query_text(&q, older.len > 0 ? older : STR(""));
	query_text(&q, newer.len > 0 ? newer : STR(""));
	query_run(&q);
}

bool log_contradicts(struct db *db, struct str party)
{
	struct query q = db_query(db,
	        "select 1 from log_alarm where party = ? and ended is null and kind in ('forgets', 'forks')");

	query_text(&q, party);
	bool is = query_next(&q) == 1;
	query_done(&q, NULL);
	return is;
}

unsigned log_alarms(struct db *db, struct str party)
{
	struct query q = db_query(
	        db, "select count(*) from log_alarm where ended is null and (?1 = '' or party = ?1)");

	query_text(&q, party.len > 0 ? party : STR(""));
	unsigned n = query_next(&q) == 1 ? (unsigned)query_get_u64(&q, 0) : 0;
	query_done(&q, NULL);
	return n;
}

bool log_unseen(struct db *db, int64_t now)
{
	struct query q = db_query(db, "select " LOG_UNSEEN("?1"));

	query_i64(&q, now);
	bool unseen = query_next(&q) == 1 && query_get_u64(&q, 0) != 0;
	query_done(&q, NULL);
	return unseen;
}

int log_settle(const struct link_self *self, uint64_t alarm, struct str person, struct err *e)
{
	struct query q = db_query(
	        self->db, "update log_alarm set ended = ?, person = ? where id = ? and ended is null");

	query_i64(&q, self->now);
	query_text(&q, person);
	query_u64(&q, alarm);
	query_run(&q);
	return db_changes(self->db) > 0 || db_failed(self->db) != 0
	        ? 0
	        : err_set(e, ERR_MISSING, "no alarm %llu is open: weir log show lists them",
	                  (unsigned long long)alarm);
}

/* ---- witness ------------------------------------------------------------------------------------- */

bool log_save_cosign(const struct link_self *self, struct str party, const struct checkpoint *c,
        struct str note, struct str text, struct log_sign *ret)
{
	if (!log_own_key(self, ret->key))
		return false;
	log_peer_make(self, party);
	struct query q = db_query(
	        self->db, "update log_peer set size = ?, root = ?, note = ?, at = ? where party = ?");
	query_u64(&q, c->size);
	query_blob(&q, str_make((const char *)c->root, TREE_HASH));
	query_text(&q, note);
	query_i64(&q, self->now);
	query_text(&q, party);
	query_run(&q);
	ret->size = c->size;
	ret->time = (uint64_t)(self->now / SECOND);
	buf_clear(&ret->text);
	note_message(&ret->text, text, NOTE_COSIGNATURE, ret->time);
	return true;
}

void log_posted(const struct link_self *self, struct str party, uint64_t size, const char *said)
{
	struct query q = db_query(
	        self->db, "update log_peer set posted = ?1, said = ?2 where party = ?3 and posted <= ?1");

	query_u64(&q, size);
	query_text(&q, str_from(said));
	query_text(&q, party);
	query_run(&q);
}

/* What is refused and yet signed by the log proves something. */
static void raise_alarm(const struct link_self *self, struct str party, const struct log_peer *p, int status,
        const struct witness_request *r)
{
	bool other = r->checkpoint.size == p->size && memcmp(r->checkpoint.root, p->root, TREE_HASH) != 0;

	if (status == 409 && p->size > 0 && other)
		log_alarm(self, party, "forks", NULL, p->note, r->note.bytes,
		        "its log shows two trees of one size, both signed with its log key");
	else if (status == 422)
		log_alarm(self, party, "forks", NULL, p->note, r->note.bytes,
		        "its log does not show that it only grew since we signed it");
}

int log_witness(const struct link_self *self, struct str party, struct str body, struct buf *answer,
        struct log_sign *ret)
{
	auto_arena struct arena a = {0};
	struct witness_request *r = mem_zero(1, sizeof(*r));
	char room[LOG_NAME];
	struct log_keys keys;
	struct log_peer p;
	struct err e = {0};
	int status = 400;

	arena_init(&a, 0);
	log_peer(self, party, &a, &p);
	log_keys(self, party, NOTE_ED25519, false, &keys);
	struct witness_log log = {.keys = keys.key, .n = keys.n, .size = p.size};
	memcpy(log.root, p.root, TREE_HASH);
	if (witness_request_read(body, r, &e) == 0) {
		bool its = str_eq(r->checkpoint.origin, log_name(party, room));
		status = witness_judge(r, its ? &log : NULL, answer, &e);
		raise_alarm(self, party, &p, status, r);
	}
	if (status == 200 &&
	        (self->doubts ||
	                !log_save_cosign(self, party, &r->checkpoint, r->note.bytes, r->note.text, ret)))
		status = 503;
	if (status == 200)
		log_posted(self, party, ret->size, "");
	if (status != 200 && status != 409) {
		buf_clear(answer);
		buf_printf(answer, "%s\n", status == 503 ? "not-now" : e.text);
	}
	free(r);
	return status;
}

/* ---- statements ---------------------------------------------------------------------------------- */

static int64_t cursor(const struct link_self *self, struct str party)
{
	struct query q = db_query(self->db, "select checked from log_peer where party = ?");
	int64_t n = 0;

	query_text(&q, party);
	if (query_next(&q) == 1)
		n = query_get_i64(&q, 0);
	query_done(&q, NULL);
	return n;
}

static bool in_mirror(const struct link_self *self, struct str party, const uint8_t id[DIGEST_LEN])
{
	struct query q = db_query(self->db,
	        "select 1 from log_mirror where digest = ?1 and party = ?2 and type = 1 and n < (select "
	        "mirrored from log_peer where party = ?2)");

	query_blob(&q, str_make((const char *)id, DIGEST_LEN));
	query_text(&q, party);
	bool there = query_next(&q) == 1;
	query_done(&q, NULL);
	return there;
}

/* Found after all. */
static void end_alarms(const struct link_self *self, struct str party)
{
	struct query q = db_query(self->db,
	        "update log_alarm set ended = ?1 where party = ?2 and kind = 'unlogged' and ended is null "
	        "and exists "
	        "(select 1 from log_mirror m where m.digest = statement and m.party = ?2 and m.type = 1 and "
	        "m.n < "
	        "(select mirrored from log_peer where party = ?2))");

	query_i64(&q, self->now);
	query_text(&q, party);
	query_run(&q);
}

#define LOOK_MOST 500
#define AHEAD                                                                                                \
	5000 /* rows that are not due yet: a clock that was wrong may have put one before those that are */

struct sought {
	int64_t n;
	uint8_t id[DIGEST_LEN];
};

/* Those that came before a time, behind the cursor; *ret_seen: up to where all have been looked at, those of others too, so that who says
 * little costs nothing for what others say. */
static unsigned due(const struct link_self *self, struct str party, int64_t before,
        struct sought ret[LOOK_MOST], int64_t *ret_seen)
{
	struct query q = db_query(
	        self->db, "select n, id, sender = ?2, received > ?3 from statement where n > ?1 order by n");
	unsigned n = 0, later = 0;

	*ret_seen = cursor(self, party);
	query_i64(&q, *ret_seen);
	query_text(&q, party);
	query_i64(&q, before);
	while (n < LOOK_MOST && later < AHEAD && query_next(&q) == 1) {
		struct str id = query_get_blob(&q, 1);
		later += query_get_u64(&q, 3) != 0;
		if (later == 0)
			*ret_seen = query_get_i64(&q, 0);
		if (query_get_u64(&q, 2) == 0 || query_get_u64(&q, 3) != 0 || id.len != DIGEST_LEN)
			continue;
		ret[n].n = query_get_i64(&q, 0);
		memcpy(ret[n++].id, id.p, DIGEST_LEN);
	}
	query_done(&q, NULL);
	if (n > 0 && ret[n - 1].n > *ret_seen)
		*ret_seen = ret[n - 1].n;
	return n;
}

/* Up to when statements of his must be in what we have of his log: he was reached an hour after, and gave it or did not. */
static int64_t horizon(const struct log_peer *p, int64_t now)
{
	int64_t h = p->mirror_at;

	if (p->refused != 0 && now - p->refused >= LOG_UNLOGGED_US && now > h)
		h = now;
	return h - LOG_UNLOGGED_US;
}

unsigned log_watch(const struct link_self *self, struct str party)
{
	auto_arena struct arena a = {0};
	struct log_peer p;
	unsigned raised = 0;

	arena_init(&a, 0);
	/* by a clock that is in doubt nobody is late */
	if (!log_peer(self, party, &a, &p) || self->no_clock)
		return 0;
	end_alarms(self, party);
	if (p.refused != 0 && self->now - p.refused >= LOG_UNLOGGED_US)
		log_alarm(self, party, "unreadable", NULL, STR(""), STR(""),
		        "it answers, but its log could not be read for an hour");
	struct sought *s = mem_zero(LOOK_MOST, sizeof(*s));
	int64_t was = cursor(self, party), seen;
	unsigned n = due(self, party, horizon(&p, self->now), s, &seen);
	for (unsigned i = 0; i < n; i++) {
		if (in_mirror(self, party, s[i].id))
			continue;
		log_alarm(self, party, "unlogged", s[i].id, STR(""), STR(""),
		        "it said this to us, and an hour later it was not in its log");
		raised++;
	}
	if (seen > was) {
		struct query q = db_query(self->db, "update log_peer set checked = ? where party = ?");
		query_i64(&q, seen);
		query_text(&q, party);
		query_run(&q);
	}
	free(s);
	return raised;
}
