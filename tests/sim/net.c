/* SPDX-License-Identifier: Apache-2.0 */
#include "net.h"
#include "state/state.h"
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char names[NET_NODES][3] = {"kh", "la", "mm", "vn"};

unsigned net_dice(struct net *t, unsigned n)
{
	uint64_t z = t->seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (unsigned)((z >> 33) % n);
}

static bool nowhere(const struct change_here *here, struct str place, char ret[3])
{
	(void)here;
	(void)place;
	(void)ret;
	return false;
}

struct link_self net_self(struct net *t, unsigned i)
{
	struct net_node *n = &t->node[i];

	t->here[i] = (struct change_here){.party = str_from(n->name),
	        .calendars = &t->calendars,
	        .country_of = nowhere,
	        .folder = str_from(n->folder),
	        .link = &t->self[i],
	        .ways = &link_ways};
	t->self[i] = (struct link_self){.db = n->db,
	        .me = str_from(n->name),
	        .now = t->now + n->offset,
	        .doubts = n->doubts,
	        .no_clock = n->doubts,
	        .folder = n->folder,
	        .read_body = n->read_body,
	        .arg = n,
	        .here = &t->here[i],
	        .heard = t->heard};
	return t->self[i];
}

/* ---- made ---------------------------------------------------------------------------------------- */

void net_copy(const char *from, const char *to)
{
	auto_buf struct buf b = {0};
	struct err e = {0};

	unlink(to);
	assert_int_equal(os_read_file(from, 64u << 20, &b, &e), 0);
	int fd = os_create(to, &e);
	assert_true(fd >= 0);
	assert_int_equal(os_write_all(fd, buf_str(&b), &e), 0);
	close(fd);
}

static void put_party(struct db *db, const char *name, const char *role)
{
	struct query q = db_query(db,
	        "insert into party(name, title, role, link, list_until) values (?1, ?1, ?2, 'linked', "
	        "4000000000)");

	query_text(&q, str_from(name));
	query_text(&q, str_from(role));
	query_run(&q);
}

static void put_key(struct db *db, const char *name, const struct keeper_key *k)
{
	struct query q = db_query(db,
	        "insert into party_key(party, duty, key, public, since, until) values (?, ?, ?, ?, 0, "
	        "4000000000)");

	query_text(&q, str_from(name));
	query_text(&q, str_from(key_use_name(k->use)));
	query_blob(&q, str_make((const char *)k->id, sizeof(k->id)));
	query_blob(&q, str_make((const char *)k->public_key, 32));
	query_run(&q);
}

static void put_own(struct db *db, const struct keeper_key *k)
{
	struct query q = db_query(db, "insert into own_key(duty, public, told) values (?, ?, 0)");

	query_text(&q, str_from(key_use_name(k->use)));
	query_blob(&q, str_make((const char *)k->public_key, 32));
	query_run(&q);
}

static void open_keeper(struct net_node *n)
{
	struct err e = {0};

	if (keeper_open(n->keys, str_from(n->name), &n->keeper, &e) != 0)
		fail_msg("%s", e.text);
}

static void template_of(struct net *t, unsigned i)
{
	struct net_node *n = &t->node[i];
	char from[128], to[128];
	struct err e = {0};
	struct db *db;

	assert_int_equal(state_open(n->folder, DB_WRITE, &db, &e), 0);
	db_begin(db);
	for (unsigned k = 0; k < NET_NODES; k++) {
		put_party(db, names[k], "cert");
		const struct keeper_key *key;
		for (unsigned j = 0; (key = keeper_key(t->node[k].keeper, j)) != NULL; j++)
			if (key->use == KEY_SIGN || key->use == KEY_SEAL || key->use == KEY_LOG)
				put_key(db, names[k], key);
		for (unsigned j = 0; k == i && (key = keeper_key(t->node[k].keeper, j)) != NULL; j++)
			put_own(db, key);
	}
	assert_int_equal(db_commit(db, &e), 0);
	assert_int_equal(db_settle(db, &e), 0);
	db_close(db);
	snprintf(from, sizeof(from), "%s/state.db", n->folder);
	snprintf(to, sizeof(to), "%s/template", n->folder);
	assert_int_equal(rename(from, to), 0);
}

void net_make(struct net *t)
{
	*t = (struct net){0};
	os_fake_reset(1);
	snprintf(t->folder, sizeof(t->folder), "%s/weir-net-XXXXXX",
	        access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(t->folder));
	for (unsigned i = 0; i < NET_NODES; i++) {
		struct net_node *n = &t->node[i];
		memcpy(n->name, names[i], 3);
		snprintf(n->folder, sizeof(n->folder), "%s/%s", t->folder, n->name);
		snprintf(n->keys, sizeof(n->keys), "%s/keys", n->folder);
		assert_int_equal(mkdir(n->folder, 0700), 0);
		open_keeper(n);
	}
	for (unsigned i = 0; i < NET_NODES; i++)
		template_of(t, i);
	for (unsigned i = 0; i < NET_NODES; i++)
		keeper_close(t->node[i].keeper);
}

static void path_in(char ret[160], const struct net_node *n, const char *name)
{
	snprintf(ret, 160, "%s/%s", n->folder, name);
}

static void empty(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *d;

	if (dir == NULL)
		return;
	while ((d = readdir(dir)) != NULL)
		unlinkat(dirfd(dir), d->d_name, 0);
	closedir(dir);
}

static void forget(const struct net_node *n)
{
	static const char *const files[] = {"state.db", "state.db-wal", "state.db-shm", "keys/journal"};
	char path[160];

	for (unsigned i = 0; i < 4; i++) {
		path_in(path, n, files[i]);
		unlink(path);
	}
	for (unsigned i = 0; i < 2; i++) {
		path_in(path, n, i == 0 ? "blob" : "courier");
		empty(path);
		rmdir(path);
	}
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void net_forget_log(struct net *t, unsigned i)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/log", t->node[i].folder);
	(void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void net_start(struct net_node *n)
{
	struct err e = {0};

	if (state_open(n->folder, DB_WRITE, &n->db, &e) != 0)
		fail_msg("%s", e.text);
	open_keeper(n);
}

void net_close(struct net_node *n)
{
	db_close(n->db);
	keeper_close(n->keeper);
}

void net_begin(struct net *t, uint64_t seed)
{
	char from[160], to[160];

	os_fake_reset(seed);
	t->seed = seed;
	t->now = (int64_t)1795489200 * NET_SECOND;
	t->said = t->lost = t->crashes = t->used = t->ahead = t->parts = t->files = 0;
	memset(t->cut, 0, sizeof(t->cut));
	t->old.n = 0;
	arena_reset(&t->arena);
	for (unsigned i = 0; i < NET_NODES; i++) {
		struct net_node *n = &t->node[i];
		forget(n);
		net_forget_log(t, i);
		path_in(from, n, "template");
		path_in(to, n, "state.db");
		net_copy(from, to);
		n->offset = 0;
		n->liar = n->doubts = false;
		n->read_body = NULL;
		memset(n->seen, 0, sizeof(n->seen));
		net_start(n);
	}
}

void net_end(struct net *t)
{
	for (unsigned i = 0; i < NET_NODES; i++)
		net_close(&t->node[i]);
}

void net_done(struct net *t)
{
	char path[160];

	vec_done(&t->old);
	arena_done(&t->arena);
	for (unsigned i = 0; i < NET_NODES; i++) {
		forget(&t->node[i]);
		net_forget_log(t, i);
		path_in(path, &t->node[i], "template");
		unlink(path);
		empty(t->node[i].keys);
		assert_int_equal(rmdir(t->node[i].keys), 0);
		assert_int_equal(rmdir(t->node[i].folder), 0);
	}
	assert_int_equal(rmdir(t->folder), 0);
}

void net_crash(struct net *t, unsigned i)
{
	struct net_node *n = &t->node[i];

	/* it starts when there is room again */
	os_fake.full = false;
	net_close(n);
	net_start(n);
	t->crashes++;
}

/* A transaction that ends well, or with the process. True: it is committed. */
bool net_commit(struct net *t, unsigned i, bool dies)
{
	struct err e = {0};

	if (dies) {
		net_crash(t, i);
		return false;
	}
	if (db_commit(t->node[i].db, &e) == 0)
		return true;
	if (db_dead(t->node[i].db))
		net_crash(t, i);
	return false;
}

/* ---- said ---------------------------------------------------------------------------------------- */

int net_say(struct net *t, unsigned i, enum kind kind, const unsigned *to, unsigned count,
        const uint8_t *case_, const uint8_t *reply, const char *body, uint8_t ret_id[DIGEST_LEN])
{
	struct link_self self = net_self(t, i);
	struct str parties[NET_NODES];
	struct say say = {.kind = kind,
	        .to = parties,
	        .to_count = count,
	        .case_ = case_,
	        .reply = reply,
	        .tlp = STATEMENT_AMBER,
	        .pap = STATEMENT_AMBER,
	        .body = str_from(body)};
	struct err e = {0};

	for (unsigned k = 0; k < count; k++)
		parties[k] = str_from(t->node[to[k]].name);
	db_begin(self.db);
	int rc = link_say(&self, &say, ret_id, &e);
	if (rc == 0 && db_commit(self.db, &e) != 0)
		rc = ERR_SYS;
	else if (rc != 0)
		db_rollback(self.db);
	t->said += rc == 0;
	return rc;
}

bool net_sign(struct net *t, unsigned i, bool dies)
{
	struct link_self self = net_self(t, i);
	auto_arena struct arena a = {0};
	struct link_unsigned u;
	struct keeper_signed s;
	struct err e = {0};

	arena_init(&a, 0);
	if (!link_unsigned_find(&self, &a, &u))
		return false;
	int rc = keeper_sign(t->node[i].keeper, u.head, &s, &e);
	if (rc == KEEPER_USED) {
		t->used++;
		db_begin(self.db);
		recover_used(&self, u.n, s.seq, s.id);
		net_commit(t, i, false);
		return false;
	}
	if (rc != KEEPER_SIGNED)
		fail_msg("%s: the keeper said %d: %s", t->node[i].name, rc, e.text);
	if (dies && net_dice(t, 2) == 0) {
		net_crash(t, i);
		return true;
	}
	self = net_self(t, i);
	db_begin(self.db);
	link_signed(&self, u.n, s.signature);
	net_commit(t, i, dies);
	return true;
}

void net_receipts(struct net *t, unsigned i)
{
	struct link_self self = net_self(t, i);
	struct err e = {0};

	db_begin(self.db);
	assert_int_equal(link_receipts(&self, &e), 0);
	net_commit(t, i, false);
}

/* ---- wires --------------------------------------------------------------------------------------- */

unsigned net_give(struct net *t, unsigned to, unsigned carrier, struct str bytes, bool repair, bool dies,
        enum statement_verdict *verdicts)
{
	struct link_self self = net_self(t, to);
	auto_arena struct arena a = {0};
	struct link_taken taken;
	unsigned n = 0;

	arena_init(&a, 0);
	db_begin(self.db);
	while (bytes.len > 0 && n < LINK_BATCH_COUNT) {
		link_take(&self, str_from(t->node[carrier].name), repair, bytes, &a, &taken);
		if (verdicts != NULL)
			verdicts[n] = taken.verdict;
		n++;
		if (taken.used == 0)
			break;
		bytes = str_skip(bytes, taken.used);
	}
	return net_commit(t, to, dies) ? n : 0;
}

static void remember(struct net *t, unsigned from, unsigned to, struct str bytes)
{
	*vec_add(&t->old) = (struct net_batch){from, to, arena_str(&t->arena, bytes)};
}

static bool lost(struct net *t, bool faults)
{
	bool l = faults && net_dice(t, 5) == 0;

	t->lost += l;
	return l;
}

bool net_push(struct net *t, unsigned a, unsigned b, bool faults)
{
	struct link_self self = net_self(t, a);
	struct link_batch batch = {0};
	enum statement_verdict verdicts[LINK_BATCH_COUNT];

	link_batch(&self, str_from(t->node[b].name), &batch);
	bool any = batch.count > 0;
	if (any && !t->cut[a][b] && !lost(t, faults)) {
		remember(t, a, b, buf_str(&batch.bytes));
		os_fake.full = faults && net_dice(t, 12) == 0;
		unsigned n = net_give(
		        t, b, a, buf_str(&batch.bytes), false, faults && net_dice(t, 12) == 0, verdicts);
		os_fake.full = false;
		if (n > 0 && !t->cut[b][a] && !lost(t, faults)) {
			self = net_self(t, a);
			db_begin(self.db);
			link_pushed(&self, str_from(t->node[b].name), &batch, verdicts, n);
			net_commit(t, a, faults && net_dice(t, 12) == 0);
		}
	}
	buf_done(&batch.bytes);
	return any;
}

bool net_fetch(struct net *t, unsigned b, unsigned a, bool faults)
{
	struct link_self self = net_self(t, a);
	struct link_batch batch = {0};
	uint64_t u = t->node[b].seen[a][0], n = t->node[b].seen[a][1];

	if (t->cut[b][a])
		return false;
	db_begin(self.db);
	link_fetched(&self, str_from(t->node[b].name), &u, &n, LINK_BATCH_BYTES, &batch);
	if (!net_commit(t, a, false)) {
		buf_done(&batch.bytes);
		return false;
	}
	bool any = batch.count > 0;
	if (any && !lost(t, faults)) {
		remember(t, a, b, buf_str(&batch.bytes));
		if (net_give(t, b, a, buf_str(&batch.bytes), false, faults && net_dice(t, 12) == 0, NULL) >
		        0) {
			t->node[b].seen[a][0] = u;
			t->node[b].seen[a][1] = n;
		}
	} else if (!any) {
		/* from the oldest without receipt, the next time */
		t->node[b].seen[a][0] = t->node[b].seen[a][1] = 0;
	}
	buf_done(&batch.bytes);
	return any;
}

/* What b has of it goes to a. */
static bool ask_hole(struct net *t, unsigned a, unsigned b, const struct link_hole *h)
{
	auto_buf struct buf bytes = {0};
	struct link_self peer = net_self(t, b);

	db_begin(peer.db);
	link_range(&peer, str_from(t->node[a].name), h->sender, h->recipients, h->first, h->last, &bytes);
	net_commit(t, b, false);
	struct link_self self = net_self(t, a);
	db_begin(self.db);
	if (str_eq(h->sender, self.me))
		recover_asked(&self, h);
	else
		link_hole_asked(&self, h->id);
	if (!net_commit(t, a, false))
		return false;
	return bytes.len > 0 && net_give(t, a, b, buf_str(&bytes), true, false, NULL) > 0;
}

/* A statement of ours that he has and we do not. */
static bool ask_own(struct net *t, unsigned a, unsigned b, const uint8_t id[DIGEST_LEN])
{
	auto_buf struct buf bytes = {0};
	struct link_self peer = net_self(t, b);
	enum statement_verdict v[LINK_BATCH_COUNT];

	t->ahead++;
	db_begin(peer.db);
	bool there = link_one(&peer, str_from(t->node[a].name), id, &bytes);
	return net_commit(t, b, false) && there && net_give(t, a, b, buf_str(&bytes), true, false, v) > 0 &&
	        verdict_table[v[0]].kept != KEPT_REFUSED;
}

void net_heads(struct net *t, unsigned a, unsigned b)
{
	struct link_self self = net_self(t, a), peer = net_self(t, b);
	auto_buf struct buf json = {0};
	auto_arena struct arena arena = {0};
	struct link_hole hole;
	struct link_ahead ahead;

	if (t->cut[a][b] || t->cut[b][a])
		return;
	arena_init(&arena, 0);
	link_heads(&peer, self.me, &json);
	db_begin(self.db);
	assert_true(link_heads_take(&self, peer.me, buf_str(&json), &ahead));
	net_commit(t, a, false);
	if (ahead.ahead)
		ask_own(t, a, b, ahead.id);
	self = net_self(t, a);
	for (unsigned i = 0; i < 8 &&
	        (recover_ask(&self, peer.me, &arena, &hole) || link_hole_find(&self, peer.me, &arena, &hole));
	        i++)
		if (!ask_hole(t, a, b, &hole))
			break;
}

/* ---- healed -------------------------------------------------------------------------------------- */

bool net_round(struct net *t)
{
	bool any = false;

	for (unsigned i = 0; i < NET_NODES; i++) {
		while (net_sign(t, i, false))
			any = true;
		net_receipts(t, i);
		while (net_sign(t, i, false))
			any = true;
		for (unsigned k = 0; k < NET_NODES; k++)
			if (k != i) {
				any |= net_push(t, i, k, false);
				any |= net_blobs(t, i, k, false);
			}
	}
	return any;
}

void net_settle(struct net *t)
{
	memset(t->cut, 0, sizeof(t->cut));
	for (unsigned i = 0; i < NET_NODES; i++) {
		t->node[i].offset = 0;
		t->node[i].doubts = false;
	}
	os_fake.full = false;
	/* the clocks that ran ahead have made statements of the future */
	t->now += 3 * 3600 * NET_SECOND;
	for (unsigned quiet = 0, round = 0; quiet < 3; round++) {
		if (round >= 400) {
			for (unsigned i = 0; i < NET_NODES; i++)
				fprintf(stderr,
				        "%s silent %d unsigned %d waits %d gap %d due %d used %u ahead %u\n",
				        t->node[i].name, (int)net_number(t, i, "select count(*) from silent"),
				        (int)net_number(t, i,
				                "select count(*) from statement where signature is null"),
				        (int)net_number(t, i, "select count(*) from delivery where waits=1"),
				        (int)net_number(t, i, "select count(*) from gap"),
				        (int)net_number(t, i, "select count(*) from receipt_due"), t->used,
				        t->ahead);
		}
		assert_true(round < 400);
		quiet = net_round(t) ? 0 : quiet + 1;
		t->now += 700 * NET_SECOND;
		for (unsigned i = 0; i < NET_NODES; i++) {
			struct link_self self = net_self(t, i);
			db_begin(self.db);
			link_release_due(&self);
			net_commit(t, i, false);
			for (unsigned k = 0; k < NET_NODES; k++)
				if (k != i)
					net_heads(t, i, k);
		}
	}
}

int64_t net_number(struct net *t, unsigned i, const char *sql)
{
	struct query q = db_query_text(t->node[i].db, str_from(sql));
	int64_t v = query_next(&q) == 1 ? query_get_i64(&q, 0) : -1;
	struct err e = {0};

	if (query_done(&q, &e) != 0)
		fail_msg("%s: %s", sql, e.text);
	return v;
}
