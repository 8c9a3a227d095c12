/* SPDX-License-Identifier: Apache-2.0
 *
 * Mirrors: the entries of a peer's log, fetched bundle by bundle up to a checkpoint that it signed. They count once their root
 * is that of the checkpoint, and the tree at the size that we signed last is the one that we signed. So a log that was begun
 * anew, or that another machine with the same keys has written, is found without any proof from it.
 */
#include "link/log_in.h"
#include "link/peer.h"
#include <stdio.h>

#define SECOND ((int64_t)1000000)

uint64_t log_floor(const struct link_self *self, struct str party)
{
	auto_arena struct arena a = {0};
	struct log_peer p;

	arena_init(&a, 0);
	log_peer(self, party, &a, &p);
	return p.size > p.mirrored ? p.size : p.mirrored;
}

static uint64_t held(const struct link_self *self, struct str party)
{
	struct query q =
	        db_query(self->db, "select coalesce(max(n), -1) + 1 from log_mirror where party = ?");

	query_text(&q, party);
	uint64_t n = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	query_done(&q, NULL);
	return n;
}

/* What was fetched and does not fit goes; what fitted before stays. */
static void drop(const struct link_self *self, struct str party, uint64_t mirrored)
{
	struct query q = db_query(self->db, "delete from log_mirror where party = ? and n >= ?");
	struct query t = db_query(self->db,
	        "update log_peer set target = 0, target_root = null, target_note = '', target_at = null "
	        "where party = "
	        "?");

	query_text(&q, party);
	query_u64(&q, mirrored);
	query_run(&q);
	query_text(&t, party);
	query_run(&t);
}

/* ---- checkpoints --------------------------------------------------------------------------------- */

static void target(const struct link_self *self, struct str party, const struct checkpoint *c,
        struct str note, int64_t asked)
{
	struct query q = db_query(self->db,
	        "update log_peer set target = ?, target_root = ?, target_note = ?, target_at = ? where party "
	        "= ?");

	query_u64(&q, c->size);
	query_blob(&q, str_make((const char *)c->root, TREE_HASH));
	query_text(&q, note);
	query_i64(&q, asked);
	query_text(&q, party);
	query_run(&q);
}

static void readable(const struct link_self *self, struct str party)
{
	struct query q = db_query(self->db,
	        "update log_peer set refused = null, said = '' where party = ? and (refused is not null or "
	        "said <> '')");
	struct query a = db_query(self->db,
	        "update log_alarm set ended = ? where party = ? and kind = 'unreadable' and ended is null");

	query_text(&q, party);
	query_run(&q);
	query_i64(&a, self->now);
	query_text(&a, party);
	query_run(&a);
}

/* Everything that is there is here already. */
static void up_to_date(const struct link_self *self, struct str party, struct str note, int64_t asked)
{
	/* more witnesses may have signed it by now */
	struct query q = db_query(self->db,
	        "update log_peer set mirror_at = ?1, mirror_note = case when mirrored > 0 and length(?2) > "
	        "length(mirror_note) then ?2 else mirror_note end where party = ?3");

	query_i64(&q, asked);
	query_text(&q, note);
	query_text(&q, party);
	query_run(&q);
}

/* False: what it shows now contradicts what it has shown; there is an alarm. */
static bool grew(const struct link_self *self, struct str party, const struct log_peer *p,
        const struct checkpoint *c, struct str note, uint64_t floor)
{
	char sentence[200];

	if (c->size < floor) {
		snprintf(sentence, sizeof(sentence), "its log had %llu entries and now shows %llu",
		        (unsigned long long)floor, (unsigned long long)c->size);
		log_alarm(self, party, "forgets", NULL, p->size >= p->mirrored ? p->note : p->mirror_note,
		        note, sentence);
		return false;
	}
	if ((c->size == p->size && p->size > 0 && memcmp(c->root, p->root, TREE_HASH) != 0) ||
	        (c->size == p->mirrored && p->mirrored > 0 &&
	                memcmp(c->root, p->mirror_root, TREE_HASH) != 0)) {
		log_alarm(self, party, "forks", NULL, c->size == p->size ? p->note : p->mirror_note, note,
		        "its log shows two trees of one size, both signed with its log key");
		return false;
	}
	return true;
}

/* A peer gives us a checkpoint with our signature that is not of our log: somebody else has our keys. */
static void own_differs(
        const struct link_self *self, struct str party, const struct checkpoint *c, struct str note)
{
	uint8_t root[TREE_HASH];

	if (str_eq(party, self->me) && log_own_root(self, c->size, root) &&
	        memcmp(root, c->root, TREE_HASH) != 0)
		log_alarm(self, party, "forks", NULL, STR(""), note,
		        "a peer has a checkpoint of our log, signed with our key, that is not of the log "
		        "here: another "
		        "machine has our keys, or this state is an old backup");
}

bool log_checkpoint_take(
        const struct link_self *self, struct str party, struct str bytes, int64_t asked, uint64_t floor)
{
	auto_arena struct arena a = {0};
	struct checkpoint c;
	struct note *note = mem_zero(1, sizeof(*note));
	char room[LOG_NAME];
	struct log_keys keys;
	struct log_peer p;

	arena_init(&a, 0);
	log_keys(self, party, NOTE_ED25519, str_eq(party, self->me), &keys);
	bool good = checkpoint_read(bytes, &c, note, NULL) == 0 && str_eq(c.origin, log_name(party, room)) &&
	        log_signed_by(note, &keys);
	free(note);
	if (!good)
		return false;
	log_peer_make(self, party);
	log_peer(self, party, &a, &p);
	readable(self, party);
	if (!grew(self, party, &p, &c, bytes, floor))
		return true;
	own_differs(self, party, &c, bytes);
	/* ours, as somebody else has kept it: what he says counts, since we have signed it */
	if (str_eq(party, self->me) && c.size > link_log_size_own(self->db))
		recover_mark(self, "a peer has more of our log than is here, with our signature", STR(""));
	if (c.size == p.mirrored)
		up_to_date(self, party, bytes, asked);
	else if (c.size > p.mirrored && c.size >= p.target)
		target(self, party, &c, bytes, asked);
	return true;
}

void log_refused(const struct link_self *self, struct str party, const char *sentence)
{
	log_peer_make(self, party);
	struct query q = db_query(
	        self->db, "update log_peer set refused = coalesce(refused, ?), said = ? where party = ?");
	query_i64(&q, self->now);
	query_text(&q, str_from(sentence));
	query_text(&q, party);
	query_run(&q);
}

bool log_heads_ahead(const struct link_self *self, struct str json)
{
	auto_buf struct buf items = {0};
	const char *why;

	if (!body_read(json, &items, &why))
		return false;
	struct item body = item_root(buf_str(&items)), size = item_get(&body, STR("log_size"));
	return size.type == BODY_INT && size.n > 0 && (uint64_t)size.n > link_log_size_own(self->db);
}

/* ---- entries ------------------------------------------------------------------------------------- */

static void put_entry(const struct link_self *self, struct str party, uint64_t n, struct str entry)
{
	struct query q = db_query(
	        self->db, "insert or ignore into log_mirror(party, n, type, digest) values (?, ?, ?, ?)");

	query_text(&q, party);
	query_u64(&q, n);
	query_u64(&q, (uint8_t)entry.p[0]);
	query_blob(&q, str_skip(entry, 1));
	query_run(&q);
}

static void mirrored(const struct link_self *self, struct str party)
{
	struct query q = db_query(self->db,
	        "update log_peer set mirrored = target, mirror_root = target_root, mirror_note = "
	        "target_note, mirror_at "
	        "= target_at, target = 0, target_root = null, target_note = '', target_at = null where party "
	        "= ?");

	query_text(&q, party);
	query_run(&q);
}

/* All entries up to the target are here. */
static void settle(const struct link_self *self, struct str party, const struct log_peer *p)
{
	bool own = str_eq(party, self->me);
	struct log_growth g = {.from = p->mirrored,
	        .to = p->target,
	        .from_root = p->mirror_root,
	        .mark = p->size,
	        .mirror = true};
	struct err e = {0};
	const char *why = NULL;

	if (log_grow(self, party, &g, false, &e) < 0)
		why = e.text;
	else if (memcmp(g.root, p->target_root, TREE_HASH) != 0)
		why = "the entries that it serves do not fit its checkpoint: it has another log than it had, "
		      "or it "
		      "serves other entries than it signs";
	else if (p->size > p->mirrored && p->size <= p->target &&
	        memcmp(g.mark_root, p->root, TREE_HASH) != 0)
		why = "its log is another one than we have signed as its witness";
	if (why != NULL) {
		log_alarm(self, party, "forks", NULL, p->size > p->mirrored ? p->note : p->mirror_note,
		        p->target_note, why);
		drop(self, party, p->mirrored);
		return;
	}
	/* full disk: the rows stay, and it is tried again with the next checkpoint */
	if (own || log_grow(self, party, &g, true, NULL) == 0)
		mirrored(self, party);
}

/* Entries of our own that were lost here: they fit our signature, and ours that are here are the first of them. */
static void take_back(const struct link_self *self, const struct log_peer *p)
{
	uint64_t count = link_log_size_own(self->db);
	struct query differ = db_query(self->db,
	        "select 1 from log_entry e left join log_mirror m on m.party = ?1 and m.n = e.n where m.n is "
	        "null or "
	        "m.type <> e.type or m.digest <> e.digest limit 1");

	query_text(&differ, self->me);
	bool other = query_next(&differ) == 1;
	query_done(&differ, NULL);
	if (other || count >= p->mirrored)
		return;
	struct query q = db_query(self->db,
	        "insert into log_entry(n, type, digest) select n, type, digest from log_mirror where party = "
	        "?1 and n >= "
	        "?2 and n < ?3 order by n");
	query_text(&q, self->me);
	query_u64(&q, count);
	query_u64(&q, p->mirrored);
	query_run(&q);
	log_complete(self);
}

bool log_mirror_thin(const struct link_self *self, struct str party)
{
	auto_arena struct arena a = {0};
	struct log_peer p;
	struct note note;
	struct query q =
	        db_query(self->db, "select count(*) >= 2 from party where own = 0 and link = 'linked'");
	bool many = query_next(&q) == 1 && query_get_u64(&q, 0) != 0;

	query_done(&q, NULL);
	arena_init(&a, 0);
	return many && log_peer(self, party, &a, &p) && p.mirrored > 0 &&
	        note_read(p.mirror_note, &note, NULL) == 0 && note.n < 3;
}

bool log_own_whole(const struct link_self *self)
{
	auto_arena struct arena a = {0};
	struct log_peer p;

	arena_init(&a, 0);
	log_peer(self, self->me, &a, &p);
	uint64_t count = link_log_size_own(self->db);
	return p.mirrored <= count && p.target <= count;
}

bool log_entries_take(const struct link_self *self, struct str party, struct str bundle)
{
	auto_arena struct arena a = {0};
	struct log_peer p;
	struct str entry;

	arena_init(&a, 0);
	if (!log_peer(self, party, &a, &p) || p.target == 0)
		return true;
	uint64_t have = held(self, party), n = have / TILE_WIDTH * TILE_WIDTH;
	while (n < p.target && tile_entry_next(&bundle, &entry, NULL) == 1) {
		if (entry.len != LOG_ENTRY)
			return false;
		if (n >= have)
			put_entry(self, party, n, entry);
		n++;
	}
	if (n <= have && have < p.target)
		return false; /* nothing new in it */
	if (n < p.target)
		return true;
	settle(self, party, &p);
	if (str_eq(party, self->me) && log_peer(self, party, &a, &p))
		take_back(self, &p);
	return true;
}

/* ---- what next ----------------------------------------------------------------------------------- */

static bool cosign(
        const struct link_self *self, struct str party, const struct log_peer *p, struct log_sign *ret)
{
	struct note *note = mem_zero(1, sizeof(*note));
	struct checkpoint c;
	bool good = checkpoint_read(p->mirror_note, &c, note, NULL) == 0 && c.size == p->mirrored &&
	        log_save_cosign(self, party, &c, p->mirror_note, note->text, ret);

	free(note);
	return good;
}

enum log_want log_want(
        const struct link_self *self, struct str party, char path[TILE_PATH], struct log_sign *ret)
{
	auto_arena struct arena a = {0};
	struct log_peer p;

	arena_init(&a, 0);
	if (!log_peer(self, party, &a, &p))
		return LOG_NOTHING;
	if (p.target > p.mirrored) {
		uint64_t have = held(self, party), left;
		if (have >= p.target) /* a disk that was full */
			have = p.target - 1;
		left = p.target - have / TILE_WIDTH * TILE_WIDTH;
		struct tile_name name = {
		        TILE_ENTRIES, have / TILE_WIDTH, left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH};
		tile_path(&name, path);
		return LOG_ENTRIES;
	}
	bool more = p.mirrored > p.posted || (p.mirrored > 0 && self->now > p.at + LOG_DAY_US);
	if (!str_eq(party, self->me) && !self->doubts && p.mirrored >= p.size && more &&
	        !log_contradicts(self->db, party) && cosign(self, party, &p, ret))
		return LOG_COSIGN;
	return LOG_NOTHING;
}
