/* SPDX-License-Identifier: Apache-2.0
 *
 * Our own log: checkpoints, what witnesses are asked and what they said, proofs.
 */
#include "base/os.h"
#include "link/log_in.h"
#include "link/look.h"
#include "trust/tree.h"
#include <stdio.h>

#define SECOND ((int64_t)1000000)
#define LINES_BACK 64 /* checkpoints that lines of a witness may be for */

struct own_checkpoint {
	uint64_t size;
	int64_t made;
	uint8_t root[TREE_HASH];
	bool line;
};

static bool newest(struct db *db, struct own_checkpoint *ret)
{
	struct query q = db_query(db,
	        "select size, made, root, line is not null from log_checkpoint order by size desc limit 1");

	*ret = (struct own_checkpoint){0};
	bool there = query_next(&q) == 1 && query_get_blob(&q, 2).len == TREE_HASH;
	if (there) {
		ret->size = query_get_u64(&q, 0);
		ret->made = query_get_i64(&q, 1);
		memcpy(ret->root, query_get_blob(&q, 2).p, TREE_HASH);
		ret->line = query_get_u64(&q, 3) != 0;
	}
	query_done(&q, NULL);
	return there;
}

bool log_own_root(const struct link_self *self, uint64_t size, uint8_t ret[TREE_HASH])
{
	struct own_checkpoint last;
	struct log_tree tree;

	if (size == 0 || !newest(self->db, &last) || size > last.size)
		return false;
	log_tree(&tree, self, self->me);
	tree.mend = true;
	struct tree_reader *r = tree_reader_new(&tree.store, size);
	int rc = tree_root(r, ret, NULL);
	tree_reader_free(r);
	return rc == 0;
}

bool log_mend(const struct link_self *self)
{
	struct own_checkpoint last;
	uint8_t root[TREE_HASH];

	if (!newest(self->db, &last) ||
	        (log_own_root(self, last.size, root) && memcmp(root, last.root, TREE_HASH) == 0))
		return true;
	struct log_growth g = {.to = last.size};
	return log_grow(self, self->me, &g, true, NULL) == 0 && memcmp(g.root, last.root, TREE_HASH) == 0;
}

void log_complete(const struct link_self *self)
{
	struct query q = db_query(self->db,
	        "insert into log_entry(n, type, digest) select (select coalesce(max(n), -1) from log_entry) "
	        "+ "
	        "row_number() over (order by s.n), 1, s.id from statement s where s.sender = ? and "
	        "s.signature is not "
	        "null and not exists (select 1 from log_entry e where e.digest = s.id)");

	query_text(&q, self->me);
	query_run(&q);
}

/* ---- made ---------------------------------------------------------------------------------------- */

int64_t log_due(const struct link_self *self)
{
	struct own_checkpoint last;
	uint8_t key[32];
	uint64_t count = link_log_size_own(self->db);

	if (count == 0 || self->doubts || recover_silent(self->db) || !log_own_key(self, key))
		return -1;
	if (!newest(self->db, &last))
		return 0;
	int64_t wait = last.made + (count > last.size ? LOG_EACH_US : LOG_DAY_US) - self->now;
	/* a clock that was set back does not stop it */
	if (last.made > self->now + LOG_EACH_US)
		wait = count > last.size ? 0 : LOG_DAY_US;
	return wait < 0 ? 0 : wait;
}

int log_make(const struct link_self *self, struct err *e)
{
	struct own_checkpoint last;
	struct log_growth g = {.to = link_log_size_own(self->db)};

	if (newest(self->db, &last)) {
		g.from = last.size;
		g.from_root = last.root;
	}
	if (g.to < g.from)
		return err_set(e, ERR_FORMAT, "the log has %llu entries here, and a checkpoint says %llu",
		        (unsigned long long)g.to, (unsigned long long)g.from);
	int rc = log_grow(self, self->me, &g, true, e);
	if (rc < 0)
		return rc;
	struct query q = db_query(self->db,
	        "insert into log_checkpoint(size, root, made) values (?1, ?2, ?3) on conflict(size) do "
	        "update set "
	        "made = ?3");
	query_u64(&q, g.to);
	query_blob(&q, str_make((const char *)g.root, TREE_HASH));
	query_i64(&q, self->now);
	query_run(&q);
	return 0;
}

/* ---- signed -------------------------------------------------------------------------------------- */

bool log_unsigned_find(const struct link_self *self, struct log_sign *ret)
{
	char room[LOG_NAME];
	struct own_checkpoint last;

	if (!newest(self->db, &last) || last.line || !log_own_key(self, ret->key))
		return false;
	ret->size = last.size;
	ret->time = 0;
	buf_clear(&ret->text);
	checkpoint_write(&ret->text, log_name(self->me, room), last.size, last.root);
	return true;
}

/* The line of a signature over what was to be signed; false: it is not of that key. */
static bool line_of(const struct link_self *self, const struct log_sign *s, enum note_type type,
        struct str text, const uint8_t signature[NOTE_SIGNATURE], struct buf *out)
{
	auto_buf struct buf whole = {0};
	char room[LOG_NAME];
	struct note_key key;
	struct note note;

	note_key_make(&key, log_name(self->me, room), type, s->key);
	buf_add(&whole, text);
	buf_char(&whole, '\n');
	size_t at = whole.len;
	note_line(&whole, &key, s->time, signature);
	if (note_read(buf_str(&whole), &note, NULL) < 0 || note_verify(&note, &key, NULL, NULL) != 1)
		return false;
	buf_add(out, str_skip(buf_str(&whole), at));
	return true;
}

/* The folder may be published, so the checkpoint lies in it; the row is what counts. */
static void write_checkpoint(const struct link_self *self)
{
	auto_buf struct buf note = {0};
	char path[LOG_PATH + 16];
	uint64_t size;

	log_folder(self, self->me, path);
	snprintf(path + strlen(path), 16, "checkpoint");
	if (log_note(self, 0, &note, &size))
		(void)os_write_file(path, buf_str(&note), NULL);
}

bool log_signed(
        const struct link_self *self, const struct log_sign *s, const uint8_t signature[NOTE_SIGNATURE])
{
	auto_buf struct buf line = {0};

	if (!line_of(self, s, NOTE_ED25519, buf_str(&s->text), signature, &line))
		return false;
	struct query q =
	        db_query(self->db, "update log_checkpoint set line = ? where size = ? and line is null");
	query_text(&q, buf_str(&line));
	query_u64(&q, s->size);
	query_run(&q);
	write_checkpoint(self);
	return true;
}

bool log_cosigned(const struct link_self *self, const struct log_sign *s,
        const uint8_t signature[NOTE_SIGNATURE], struct buf *out)
{
	/* "cosignature/v1", "time N", and the text */
	struct str_cut head = str_cut(buf_str(&s->text), '\n'), time = str_cut(head.tail, '\n');

	return line_of(self, s, NOTE_COSIGNATURE, time.tail, signature, out);
}

/* ---- given away ---------------------------------------------------------------------------------- */

static void add_text(const struct link_self *self, const struct query *q, struct buf *out)
{
	char room[LOG_NAME];
	uint8_t root[TREE_HASH] = {0};

	if (query_get_blob(q, 1).len == TREE_HASH)
		memcpy(root, query_get_blob(q, 1).p, TREE_HASH);
	checkpoint_write(out, log_name(self->me, room), query_get_u64(q, 0), root);
}

bool log_note(const struct link_self *self, uint64_t size, struct buf *out, uint64_t *ret_size)
{
	struct query q = db_query(self->db,
	        "select size, root, line from log_checkpoint where line is not null and (?1 = 0 or size = "
	        "?1) order by "
	        "size desc limit 1");

	query_u64(&q, size);
	bool there = query_next(&q) == 1;
	if (there) {
		*ret_size = query_get_u64(&q, 0);
		add_text(self, &q, out);
		buf_char(out, '\n');
		buf_add(out, query_get_text(&q, 2));
	}
	query_done(&q, NULL);
	if (!there)
		return false;
	struct query c =
	        db_query(self->db, "select line from log_cosignature where size = ? order by time, party");
	query_u64(&c, *ret_size);
	while (query_next(&c) == 1)
		buf_add(out, query_get_text(&c, 0));
	query_done(&c, NULL);
	return true;
}

bool log_shown(const struct link_self *self, struct buf *out, uint64_t *ret_size)
{
	struct query q = db_query(self->db,
	        "select 1 from log_checkpoint where size = (select max(size) from log_checkpoint where line "
	        "is not null) and size < ? and made < ?");

	query_u64(&q, link_log_size_own(self->db));
	query_i64(&q, self->now - LOG_STALE_US);
	bool old = query_next(&q) == 1;
	query_done(&q, NULL);
	return !old && log_note(self, 0, out, ret_size);
}

/* ---- witnesses ----------------------------------------------------------------------------------- */

static uint64_t witness_at(const struct link_self *self, struct str witness, int64_t *ret_at)
{
	struct query q = db_query(self->db, "select size, coalesce(at, 0) from log_witness where party = ?");
	uint64_t size = 0;

	*ret_at = 0;
	query_text(&q, witness);
	if (query_next(&q) == 1) {
		size = query_get_u64(&q, 0);
		*ret_at = query_get_i64(&q, 1);
	}
	query_done(&q, NULL);
	return size;
}

static void witness_put(const struct link_self *self, struct str witness, uint64_t size, const char *said)
{
	struct query q = db_query(self->db,
	        "insert into log_witness(party, size, said) values (?1, ?2, ?3) on conflict(party) do update "
	        "set "
	        "size = ?2, said = ?3");

	query_text(&q, witness);
	query_u64(&q, size);
	query_text(&q, str_from(said));
	query_run(&q);
}

int log_ask(
        const struct link_self *self, struct str witness, struct buf *out, uint64_t *ret_size, struct err *e)
{
	auto_buf struct buf note = {0};
	struct tree_proof proof = {0};
	struct log_tree tree;
	int64_t at;
	uint64_t old = witness_at(self, witness, &at);
	int rc = 0;

	/* not what others signed below it: a witness looks at our line alone */
	if (!log_shown(self, &note, ret_size) || old > *ret_size ||
	        (old == *ret_size && self->now < at + LOG_DAY_US && at <= self->now + LOG_DAY_US))
		return 0;
	log_tree(&tree, self, self->me);
	tree.mend = true;
	struct tree_reader *r = tree_reader_new(&tree.store, *ret_size);
	if (old > 0 && old < *ret_size)
		rc = tree_consistency(r, old, &proof, e);
	tree_reader_free(r);
	if (rc < 0)
		return rc;
	witness_ask(out, old, &proof, buf_str(&note));
	return 1;
}

static bool put_line(
        const struct link_self *self, struct str witness, uint64_t size, struct str line, uint64_t time)
{
	struct query q = db_query(self->db,
	        "insert or ignore into log_cosignature(size, party, time, line) values (?, ?, ?, ?)");

	query_u64(&q, size);
	query_text(&q, witness);
	query_u64(&q, time);
	query_text(&q, line);
	query_run(&q);
	bool new = db_changes(self->db) > 0;
	struct query w = db_query(self->db,
	        "insert into log_witness(party, size, at) values (?1, ?2, ?3) on conflict(party) do update "
	        "set "
	        "size = max(size, ?2), at = ?3, said = ''");
	query_text(&w, witness);
	query_u64(&w, size);
	query_i64(&w, self->now);
	query_run(&w);
	return new;
}

/* Lines for the checkpoint of that size: those that verify. */
static unsigned take_lines(
        const struct link_self *self, struct str witness, uint64_t size, struct str text, struct str lines)
{
	auto_buf struct buf good = {0}, whole = {0};
	struct log_keys keys;
	struct note note;
	unsigned taken = 0;

	log_keys(self, witness, NOTE_COSIGNATURE, false, &keys);
	if (witness_lines_take(text, lines, keys.key, keys.n, &good, NULL) <= 0)
		return 0;
	buf_add(&whole, text);
	buf_char(&whole, '\n');
	buf_add(&whole, buf_str(&good));
	if (note_read(buf_str(&whole), &note, NULL) < 0)
		return 0;
	for (unsigned k = 0; k < keys.n; k++) {
		uint64_t time = 0;
		if (note_verify(&note, &keys.key[k], &time, NULL) != 1 || time > INT64_MAX / (uint64_t)SECOND)
			continue;
		if (put_line(self, witness, size, note.sig[0].line, time))
			write_checkpoint(self);
		taken++;
		break;
	}
	return taken;
}

unsigned log_lines(const struct link_self *self, struct str witness, struct str lines)
{
	auto_arena struct arena a = {0};
	struct query q = db_query(self->db,
	        "select size, root from log_checkpoint where line is not null order by size desc limit ?");
	struct {
		uint64_t size;
		struct str text;
	} back[LINES_BACK];
	unsigned n = 0, taken = 0;

	arena_init(&a, 0);
	query_u64(&q, LINES_BACK);
	while (n < LINES_BACK && query_next(&q) == 1) {
		auto_buf struct buf text = {0};
		add_text(self, &q, &text);
		back[n].size = query_get_u64(&q, 0);
		back[n++].text = arena_str(&a, buf_str(&text));
	}
	query_done(&q, NULL);
	for (unsigned i = 0; i < n && taken == 0; i++)
		taken = take_lines(self, witness, back[i].size, back[i].text, lines);
	return taken;
}

/* What stands at that peer is larger than ours: only our own signature makes that count (recover). */
static void conflict(const struct link_self *self, struct str witness, struct str body, bool *ret_ahead)
{
	struct own_checkpoint last;
	uint64_t size = 0;

	if (!newest(self->db, &last) || !checkpoint_size(str_trim(body), &size)) {
		witness_put(self, witness, 0, "it answers 409 without the size that it signed last");
		return;
	}
	*ret_ahead = size > last.size;
	witness_put(self, witness, size, *ret_ahead ? "it has signed a larger log of ours than we have" : "");
}

void log_asked(const struct link_self *self, struct str witness, uint64_t size, int status, struct str body,
        bool *ret_ahead)
{
	auto_buf struct buf text = {0};
	char said[80], word[40];
	int64_t at;

	*ret_ahead = false;
	if (status == 409) {
		conflict(self, witness, body, ret_ahead);
		return;
	}
	struct query q = db_query(self->db, "select size, root from log_checkpoint where size = ?");
	query_u64(&q, size);
	if (query_next(&q) == 1)
		add_text(self, &q, &text);
	query_done(&q, NULL);
	if (status == 200 && text.len > 0 && take_lines(self, witness, size, buf_str(&text), body) > 0)
		return;
	err_quote(word, sizeof(word), str_trim(str_sub(body, 0, 30)));
	snprintf(said, sizeof(said), status == 200 ? "its line is not of its log key" : "it answers %d %s",
	        status, word);
	witness_put(self, witness, witness_at(self, witness, &at), said);
}
