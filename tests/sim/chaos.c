/* SPDX-License-Identifier: Apache-2.0 */
#include "chaos.h"
#include "link/case_change.h"
#include "link/case_hear.h"
#include <dirent.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void committed(struct db *db)
{
	struct err e = {0};

	if (db_commit(db, &e) != 0)
		fail_msg("%s", e.text);
}

/* ---- words --------------------------------------------------------------------------------------- */

void chaos_open(struct net *t, unsigned i, const unsigned *to, unsigned count, uint8_t ret_id[DIGEST_LEN])
{
	struct link_self self = net_self(t, i);
	char body[CHAOS_BODY];

	snprintf(body, sizeof(body),
	        CHAOS_BY "\"ask\":\"takedown-request\",\"severity\":\"c%u\",\"title\":\"t\",\"text\":{\"en\":"
	                 "\"x\"}}",
	        1 + net_dice(t, 6));
	assert_int_equal(net_say(t, i, KIND_CASE_OPEN, to, count, NULL, NULL, body, ret_id), 0);
	db_begin(self.db);
	(void)case_open(self.db, self.here,
	        &(struct case_new){.kind = "request",
	                .ask = STR("takedown-request"),
	                .title = STR("t"),
	                .text = STR("x"),
	                .severity = STR("c3"),
	                .pap = STR("AMBER"),
	                .peer = str_from(t->node[to[0]].name),
	                .label = TLP_AMBER,
	                .opened = self.now,
	                .statement = str_make((const char *)ret_id, DIGEST_LEN)});
	committed(self.db);
}

/* The other parties of that case. */
static unsigned members(struct net *t, unsigned i, const uint8_t id[DIGEST_LEN], unsigned to[NET_NODES])
{
	auto_arena struct arena a = {0};
	struct stored s;
	unsigned n = 0;

	arena_init(&a, 0);
	assert_true(store_find(t->node[i].db, id, &a, &s));
	for (unsigned k = 0; k < NET_NODES; k++)
		if (k != i && head_member(&s.h, str_from(t->node[k].name)))
			to[n++] = k;
	return n;
}

void chaos_state(struct net *t, unsigned i, const uint8_t case_[DIGEST_LEN], const char *state)
{
	struct link_self self = net_self(t, i);
	unsigned to[NET_NODES], n = members(t, i, case_, to);
	uint8_t id[DIGEST_LEN];
	char body[CHAOS_BODY];
	uint64_t row = case_of_statement(self.db, case_);

	snprintf(body, sizeof(body), CHAOS_BY "\"state\":\"%s\"}", state);
	assert_int_equal(net_say(t, i, KIND_CASE_STATUS, to, n, case_, NULL, body, id), 0);
	db_begin(self.db);
	(void)case_state_set(self.db, row,
	        &(struct case_word){.party = self.me,
	                .seq = case_seq_next(self.db, row, self.me),
	                .state = str_from(state),
	                .at = self.now},
	        NULL);
	committed(self.db);
}

int chaos_note(struct net *t, unsigned i, const uint8_t case_[DIGEST_LEN], unsigned number)
{
	unsigned to[NET_NODES], n = members(t, i, case_, to);
	uint8_t id[DIGEST_LEN];
	char body[CHAOS_BODY];

	snprintf(body, sizeof(body), CHAOS_BY "\"text\":{\"en\":\"%u\"}}", number);
	return net_say(t, i, KIND_CASE_NOTE, to, n, case_, NULL, body, id);
}

/* A case that the node has; false: none. */
static bool some_case(struct net *t, unsigned i, uint8_t ret[DIGEST_LEN], bool *ret_ours)
{
	struct query q = db_query(t->node[i].db,
	        "select c.statement, c.direction = 'ours' from case_ c join statement s on s.id = "
	        "c.statement order by c.id");
	unsigned n = (unsigned)net_number(
	        t, i, "select count(*) from case_ c join statement s on s.id = c.statement");
	unsigned skip = n > 0 ? net_dice(t, n) : 0;

	for (unsigned k = 0; n > 0 && k <= skip && query_next(&q) == 1; k++) {
		memcpy(ret, query_get_blob(&q, 0).p, DIGEST_LEN);
		*ret_ours = query_get_u64(&q, 1) != 0;
	}
	query_done(&q, NULL);
	return n > 0;
}

static void talk_one(struct net *t)
{
	static const char *const theirs[] = {"accepted", "in-progress", "needs-information", "resolved"};
	static const char *const ours[] = {"withdrawn", "closed"};
	unsigned i = net_dice(t, NET_NODES), k = (i + 1 + net_dice(t, NET_NODES - 1)) % NET_NODES;
	uint8_t id[DIGEST_LEN];
	bool own = false;

	if (net_dice(t, 3) == 0 || !some_case(t, i, id, &own))
		chaos_open(t, i, &k, 1, id);
	else if (net_dice(t, 2) == 0)
		assert_int_equal(chaos_note(t, i, id, net_dice(t, 100000)), 0);
	else
		chaos_state(t, i, id, own ? ours[net_dice(t, 2)] : theirs[net_dice(t, 4)]);
}

void chaos_talk(struct net *t, unsigned words)
{
	for (unsigned n = 0; n < words; n++) {
		unsigned i = net_dice(t, NET_NODES), k = (i + 1 + net_dice(t, NET_NODES - 1)) % NET_NODES;
		t->now += (int64_t)net_dice(t, 60) * NET_SECOND;
		talk_one(t);
		while (net_dice(t, 3) != 0 && net_sign(t, i, false))
			continue;
		if (net_dice(t, 3) == 0)
			net_receipts(t, i);
		net_push(t, i, k, true);
		net_fetch(t, i, k, true);
	}
}

void chaos_rounds(struct net *t, unsigned n)
{
	for (unsigned round = 0; round < n; round++) {
		(void)net_round(t);
		t->now += 700 * NET_SECOND;
		for (unsigned i = 0; i < NET_NODES; i++)
			for (unsigned k = 0; k < NET_NODES; k++)
				if (k != i)
					net_heads(t, i, k);
	}
}

/* ---- old backups --------------------------------------------------------------------------------- */

static void path_in(char ret[192], const char *folder, const char *name)
{
	snprintf(ret, 192, "%s/%s", folder, name);
}

static void forget_wal(const char *folder)
{
	char path[192];

	path_in(path, folder, "state.db-wal");
	unlink(path);
	path_in(path, folder, "state.db-shm");
	unlink(path);
}

void chaos_backup(struct net *t, unsigned i)
{
	struct net_node *n = &t->node[i];
	char from[192], to[192];

	net_close(n);
	path_in(from, n->folder, "state.db");
	path_in(to, n->folder, "backup");
	net_copy(from, to);
	net_start(n);
}

void chaos_restore(struct net *t, unsigned i)
{
	struct net_node *n = &t->node[i];
	char from[192], to[192];

	net_close(n);
	path_in(from, n->folder, "backup");
	path_in(to, n->folder, "state.db");
	forget_wal(n->folder);
	net_copy(from, to);
	unlink(from);
	net_start(n);
}

static struct deed deed_of(const struct link_self *self, const char *person, struct buf *said)
{
	return (struct deed){.self = self, .person = str_from(person), .said = said};
}

void chaos_recover(struct net *t, unsigned i)
{
	static const char *const persons[] = {"one", "two"};
	auto_buf struct buf said = {0};

	for (unsigned p = 0; p < 2; p++) {
		struct link_self self = net_self(t, i);
		struct deed d = deed_of(&self, persons[p], &said);
		struct err e = {0};
		db_begin(self.db);
		if (recover_end(&d, STR("the backup of last night"), &e) != 0)
			fail_msg("%s", e.text);
		committed(self.db);
	}
}

int chaos_rejoin(struct net *t, unsigned i, const char *recipients, struct err *e)
{
	static const char *const persons[] = {"one", "two"};
	auto_buf struct buf said = {0};

	for (unsigned p = 0; p < 2; p++) {
		struct link_self self = net_self(t, i);
		struct deed d = deed_of(&self, persons[p], &said);
		db_begin(self.db);
		if (rejoin_say(&d, str_from(recipients), STR("a copied machine"), e) != 0) {
			db_rollback(self.db);
			return e->code;
		}
		committed(self.db);
	}
	t->said++;
	return 0;
}

unsigned chaos_release(struct net *t, unsigned i, const char *kind)
{
	struct link_self self = net_self(t, i);
	struct query q = db_query(
	        self.db, "select n from statement where kind = ? and effect = 0 order by n limit 64");
	uint64_t held[64];
	unsigned n = 0;
	struct err e = {0};

	query_text(&q, str_from(kind));
	while (n < 64 && query_next(&q) == 1)
		held[n++] = query_get_u64(&q, 0);
	query_done(&q, NULL);
	db_begin(self.db);
	for (unsigned k = 0; k < n; k++)
		if (link_release(&self, held[k], STR("somebody"), &e) != 0)
			fail_msg("%s", e.text);
	committed(self.db);
	return n;
}

/* ---- two machines -------------------------------------------------------------------------------- */

static void copy_folder(const char *folder, const char *into)
{
	char from[800], to[800];
	struct dirent *d;
	DIR *dir = opendir(folder);

	while (dir != NULL && (d = readdir(dir)) != NULL) {
		snprintf(from, sizeof(from), "%s/%s", folder, d->d_name);
		snprintf(to, sizeof(to), "%s/%s", into, d->d_name);
		if (d->d_name[0] != '.')
			net_copy(from, to);
	}
	if (dir != NULL)
		closedir(dir);
}

void chaos_clone(struct net *t, unsigned i, struct chaos_clone *ret)
{
	struct net_node *n = &t->node[i];
	char from[512], to[512];

	*ret = (struct chaos_clone){.node = *n, .of = i};
	snprintf(ret->node.folder, sizeof(ret->node.folder), "%s/twin", t->folder);
	snprintf(ret->node.keys, sizeof(ret->node.keys), "%s/keys", ret->node.folder);
	assert_int_equal(mkdir(ret->node.folder, 0700), 0);
	assert_int_equal(mkdir(ret->node.keys, 0700), 0);
	net_close(n);
	snprintf(from, sizeof(from), "%s/state.db", n->folder);
	snprintf(to, sizeof(to), "%s/state.db", ret->node.folder);
	net_copy(from, to);
	copy_folder(n->keys, ret->node.keys);
	snprintf(from, sizeof(from), "%s/blob", n->folder);
	snprintf(to, sizeof(to), "%s/blob", ret->node.folder);
	assert_int_equal(mkdir(to, 0700), 0);
	copy_folder(from, to);
	net_start(n);
	net_start(&ret->node);
}

void chaos_swap(struct net *t, struct chaos_clone *c)
{
	struct net_node was = t->node[c->of];

	t->node[c->of] = c->node;
	c->node = was;
}

void chaos_clone_end(struct net *t, struct chaos_clone *c)
{
	struct dirent *d;

	(void)t;
	net_close(&c->node);
	char blobs[128];
	snprintf(blobs, sizeof(blobs), "%s/blob", c->node.folder);
	const char *const folders[] = {blobs, c->node.keys, c->node.folder};
	for (unsigned i = 0; i < 3; i++) {
		DIR *dir = opendir(folders[i]);
		assert_non_null(dir);
		while ((d = readdir(dir)) != NULL)
			if (d->d_name[0] != '.')
				unlinkat(dirfd(dir), d->d_name, 0);
		closedir(dir);
		assert_int_equal(rmdir(folders[i]), 0);
	}
}

/* ---- forged -------------------------------------------------------------------------------------- */

/* The seed of its key for statements. */
static void read_seed(const struct net_node *n, uint8_t ret[32])
{
	auto_buf struct buf text = {0};
	DIR *dir = opendir(n->keys);
	struct dirent *d;
	char path[512] = "";
	struct err e;

	assert_non_null(dir);
	while ((d = readdir(dir)) != NULL)
		if (strncmp(d->d_name, "sign-", 5) == 0)
			snprintf(path, sizeof(path), "%s/%s", n->keys, d->d_name);
	closedir(dir);
	assert_int_equal(os_read_file(path, 4096, &text, &e), 0);
	assert_true(str_hex(str_sub(buf_str(&text), 0, 64), ret, 32));
}

void chaos_forge(
        struct net *t, unsigned i, const struct chaos_forged *f, struct buf *out, uint8_t ret_id[DIGEST_LEN])
{
	auto_buf struct buf content = {0}, head = {0};
	uint8_t seed[32], public_key[32], secret[64], signature[STATEMENT_SIGNATURE];
	struct head h = {.seq = f->seq,
	        .created = f->created != 0 ? f->created : t->now / NET_SECOND,
	        .tlp = f->tlp != 0 ? f->tlp : STATEMENT_AMBER,
	        .pap = STATEMENT_AMBER,
	        .kind = str_from(kind_table[f->kind].name),
	        .media = STR("application/json"),
	        .sender = str_from(t->node[i].name)};

	read_seed(&t->node[i], seed);
	crypto_sign_seed_keypair(public_key, secret, seed);
	key_id(public_key, h.key);
	while (h.to_count < NET_NODES && f->to[h.to_count] != NULL) {
		h.to[h.to_count] = str_from(f->to[h.to_count]);
		h.to_count++;
	}
	memset(buf_room(&content, STATEMENT_SALT), (int)net_dice(t, 256), STATEMENT_SALT);
	content.len = STATEMENT_SALT;
	buf_add(&content, str_from(f->body));
	h.body_len = (uint32_t)(content.len - STATEMENT_SALT);
	if (f->prev != NULL)
		memcpy(h.prev, f->prev, DIGEST_LEN);
	if (f->case_ != NULL)
		memcpy(h.case_, f->case_, DIGEST_LEN);
	if (f->reply != NULL)
		memcpy(h.reply, f->reply, DIGEST_LEN);
	statement_commit(buf_str(&content), h.commit);
	head_write(&head, &h);
	digest_of(buf_str(&head), ret_id);
	crypto_sign_detached(signature, NULL, (const uint8_t *)head.p, head.len, secret);
	statement_write(out, buf_str(&head), signature, buf_str(&content));
}
