/* SPDX-License-Identifier: Apache-2.0 */
#include "two.h"
#include "base/os.h"
#include "state/state.h"
#include <ftw.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const names[] = {"la", "kh"};

struct link_self two_self(struct two *t, unsigned i)
{
	/* what a case is made with, of a country without calendars */
	static const struct change_here here[2] = {{.party = STR_INIT("la")}, {.party = STR_INIT("kh")}};

	return (struct link_self){.db = t->node[i].db,
	        .me = str_from(t->node[i].name),
	        .now = t->now,
	        .folder = t->node[i].folder,
	        .here = &here[i],
	        .heard = t->heard};
}

static void tell_keys(struct two *t, unsigned i)
{
	struct link_self self = two_self(t, i);
	struct two_node *n = &t->node[i];
	const struct keeper_key *k;

	db_begin(n->db);
	for (unsigned j = 0; (k = keeper_key(n->keeper, j)) != NULL; j++)
		key_told(&self, k->use, k->public_key);
	memset(n->tls, (int)(i + 101), 32);
	key_told(&self, KEY_TLS, n->tls);
	assert_int_equal(db_commit(n->db, NULL), 0);
}

void two_open(struct two *t)
{
	*t = (struct two){.now = 1790000000 * TWO_SECOND};
	snprintf(t->folder, sizeof(t->folder), "%s/weir-two-XXXXXX",
	        access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(t->folder));
	for (unsigned i = 0; i < 2; i++) {
		struct two_node *n = &t->node[i];
		uint8_t secret[64];
		n->name = names[i];
		snprintf(n->folder, sizeof(n->folder), "%s/%s", t->folder, n->name);
		snprintf(n->keys, sizeof(n->keys), "%s/keys", n->folder);
		assert_int_equal(mkdir(n->folder, 0700), 0);
		assert_int_equal(state_open(n->folder, DB_WRITE, &n->db, &n->e), 0);
		assert_int_equal(keeper_open(n->keys, str_from(n->name), &n->keeper, &n->e), 0);
		memset(n->seed, (int)(i + 1), 32);
		crypto_sign_seed_keypair(n->root, secret, n->seed);
		tell_keys(t, i);
	}
}

static int drop(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void two_close(struct two *t)
{
	for (unsigned i = 0; i < 2; i++) {
		keeper_close(t->node[i].keeper);
		db_close(t->node[i].db);
		buf_done(&t->node[i].said);
	}
	assert_int_equal(nftw(t->folder, drop, 16, FTW_DEPTH | FTW_PHYS), 0);
}

void two_list(struct two *t, unsigned i, uint64_t number, const uint8_t *seed, struct buf *note)
{
	struct two_node *n = &t->node[i];
	struct keylist l = {.party = str_from(n->name), .name = STR_INIT("An example"), .number = number};
	auto_buf struct buf text = {0};
	struct keylist_root root;
	uint8_t secret[64];
	const struct keeper_key *k;

	l.made = t->now / TWO_SECOND;
	l.until = l.made + 300 * (int64_t)86400;
	crypto_sign_seed_keypair(l.root, secret, seed != NULL ? seed : n->seed);
	for (unsigned j = 0; (k = keeper_key(n->keeper, j)) != NULL; j++) {
		l.key[l.keys] = (struct keylist_key){.use = k->use, .from = l.made - 86400, .until = l.until};
		memcpy(l.key[l.keys++].key, k->public_key, 32);
	}
	l.key[l.keys] = (struct keylist_key){.use = KEY_TLS, .from = l.made - 86400, .until = l.until};
	memcpy(l.key[l.keys++].key, n->tls, 32);
	keylist_write(&l, &text);
	buf_clear(note);
	buf_add(note, buf_str(&text));
	buf_char(note, '\n');
	keylist_root(&root, l.party, l.root);
	note_sign(note, buf_str(&text), &root.key, 0, seed != NULL ? seed : n->seed);
}

static void sign_all(struct two *t, unsigned i)
{
	struct link_self self = two_self(t, i);
	struct two_node *n = &t->node[i];

	for (;;) {
		auto_arena struct arena a = {0};
		struct link_unsigned u;
		struct keeper_signed signed_;
		arena_init(&a, 0);
		if (!link_unsigned_find(&self, &a, &u))
			return;
		assert_int_equal(keeper_sign(n->keeper, u.head, &signed_, &n->e), KEEPER_SIGNED);
		db_begin(n->db);
		link_signed(&self, u.n, signed_.signature);
		assert_int_equal(db_commit(n->db, NULL), 0);
	}
}

/* True if there was something. */
static bool push(struct two *t, unsigned from, unsigned to)
{
	struct link_self a = two_self(t, from), b = two_self(t, to);
	struct link_batch batch = {0};
	enum statement_verdict verdicts[LINK_BATCH_COUNT];
	auto_arena struct arena arena = {0};
	unsigned n = 0;

	arena_init(&arena, 0);
	db_begin(t->node[from].db);
	link_batch(&a, b.me, &batch);
	assert_int_equal(db_commit(t->node[from].db, NULL), 0);
	struct str rest = buf_str(&batch.bytes);
	db_begin(t->node[to].db);
	while (rest.len > 0) {
		struct link_taken taken;
		link_take(&b, a.me, false, rest, &arena, &taken);
		assert_true(taken.used > 0);
		verdicts[n++] = taken.verdict;
		rest = str_skip(rest, taken.used);
	}
	assert_int_equal(link_receipts(&b, NULL), 0);
	assert_int_equal(db_commit(t->node[to].db, NULL), 0);
	db_begin(t->node[from].db);
	link_pushed(&a, b.me, &batch, verdicts, n);
	assert_int_equal(db_commit(t->node[from].db, NULL), 0);
	buf_done(&batch.bytes);
	return n > 0;
}

void two_carry(struct two *t)
{
	for (bool more = true; more;) {
		t->now += TWO_SECOND;
		more = false;
		for (unsigned i = 0; i < 2; i++) {
			sign_all(t, i);
			more |= push(t, i, 1 - i);
		}
	}
}

void two_copy(struct two *t, unsigned i, bool aside)
{
	struct two_node *n = &t->node[i];
	auto_buf struct buf bytes = {0};
	char path[200], copy[200];

	snprintf(path, sizeof(path), "%s/state.db", n->folder);
	snprintf(copy, sizeof(copy), "%s/copy", n->folder);
	assert_int_equal(db_settle(n->db, NULL), 0);
	db_close(n->db);
	assert_int_equal(os_read_file(aside ? path : copy, 64u << 20, &bytes, NULL), 0);
	unlink(aside ? copy : path);
	auto_fd int fd = os_create(aside ? copy : path, NULL);
	assert_int_equal(os_write_all(fd, buf_str(&bytes), NULL), 0);
	assert_int_equal(state_open(n->folder, DB_WRITE, &n->db, &n->e), 0);
}

int64_t two_number(struct two *t, unsigned i, const char *sql)
{
	struct query q = db_query_text(t->node[i].db, str_from(sql));
	int64_t n = query_next(&q) == 1 ? query_get_i64(&q, 0) : -1;

	query_done(&q, NULL);
	return n;
}

void two_link(struct two *t)
{
	auto_buf struct buf note = {0};

	for (unsigned i = 0; i < 2; i++) {
		struct str other = str_from(names[1 - i]);
		char number[VOICE_TEXT];
		two_list(t, i, 1, NULL, &note);
		assert_int_equal(TWO(t, i, "dara", key_own_import(&d, buf_str(&note), e)), 0);
		two_list(t, 1 - i, 1, NULL, &note);
		assert_int_equal(TWO(t, i, "dara", peer_import(&d, buf_str(&note), e)), 0);
		voice_number(other, t->node[1 - i].root, number);
		struct peer_typed typed = {.party = other,
		        .digits = str_from(number),
		        .called = STR_INIT("+000"),
		        .found = STR_INIT("directory")};
		assert_int_equal(TWO(t, i, "dara", peer_type(&d, &typed, e)), 0);
		struct peer_limits limits = {0};
		assert_int_equal(
		        TWO(t, i, "chan", peer_confirm(&d, other, STR("cert"), false, &limits, e)), 0);
	}
}
