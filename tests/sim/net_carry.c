/* SPDX-License-Identifier: Apache-2.0
 *
 * What is carried beside statements on the wire: attachments in parts, and courier files, both with all that may go wrong.
 */
#include "base/digest.h"
#include "link/blob.h"
#include "link/courier.h"
#include "link/wire.h"
#include "net.h"
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define PART 700
#define FILE_BYTES 12000

static void write_file(const char *path, struct str bytes)
{
	struct err e = {0};

	unlink(path);
	auto_fd int fd = os_create(path, &e);
	assert_true(fd >= 0);
	assert_int_equal(os_write_all(fd, bytes, &e), 0);
}

void net_attach(struct net *t, unsigned i, unsigned size, char ret[2 * DIGEST_LEN + 1])
{
	struct link_self self = net_self(t, i);
	auto_buf struct buf bytes = {0};
	uint8_t digest[DIGEST_LEN];
	char path[160];
	struct err e = {0};

	for (unsigned k = 0; k < size; k++)
		buf_char(&bytes, (char)net_dice(t, 256));
	digest_of(buf_str(&bytes), digest);
	str_hex_print(ret, digest, DIGEST_LEN);
	snprintf(path, sizeof(path), "%s/new", t->node[i].folder);
	write_file(path, buf_str(&bytes));
	db_begin(self.db);
	assert_int_equal(blob_keep(&self, path, digest, size, &e), 0);
	assert_int_equal(db_commit(self.db, &e), 0);
}

/* ---- parts on the wire --------------------------------------------------------------------------- */

/* What b answers a who asks for that range; its bytes. */
static int ask_part(struct net *t, unsigned a, unsigned b, const struct blob_wish *w, struct buf *ret)
{
	struct link_self self = net_self(t, b);
	char path[80] = "blobs/", range[64];
	struct wire_quota quota = {0};
	struct wire_answer answer;
	struct err e = {0};

	str_hex_print(path + 6, w->sha256, DIGEST_LEN);
	snprintf(range, sizeof(range), "bytes=%llu-%llu", (unsigned long long)w->held,
	        (unsigned long long)(w->held + PART - 1));
	struct wire_request r = {.method = STR("GET"), .path = str_from(path), .range = str_from(range)};
	db_begin(self.db);
	wire_serve(&self, str_from(t->node[a].name), &quota, &r, &answer);
	assert_int_equal(db_commit(self.db, &e), 0);
	if (answer.file) {
		auto_fd int fd = blob_open(&self, answer.sha256, &e);
		size_t n = (size_t)(answer.until - answer.first);
		assert_true(fd >= 0);
		assert_int_equal(os_read_at(fd, buf_room(ret, n), n, answer.first), n);
		ret->len = n;
	}
	buf_done(&answer.body);
	return answer.status;
}

bool net_blobs(struct net *t, unsigned a, unsigned b, bool faults)
{
	struct link_self self = net_self(t, a);
	auto_buf struct buf bytes = {0};
	struct blob_wish w;
	struct err e = {0};

	if (t->cut[a][b] || !blob_wanted(&self, str_from(t->node[b].name), &w))
		return false;
	t->parts++;
	int status = ask_part(t, a, b, &w, &bytes);
	if (faults && net_dice(t, 5) == 0)
		return true;
	if (faults && bytes.len > 0 && net_dice(t, 8) == 0)
		bytes.p[net_dice(t, (unsigned)bytes.len)] ^= 1;
	os_fake.full = faults && net_dice(t, 12) == 0;
	db_begin(self.db);
	if (status == 206) {
		struct blob_brought brought = {.carrier = str_from(t->node[b].name),
		        .sha256 = w.sha256,
		        .total = w.size,
		        .offset = w.held,
		        .bytes = buf_str(&bytes)};
		(void)blob_take(&self, &brought, &e);
	} else {
		blob_later(&self, str_from(t->node[b].name), w.sha256, 600, "not-here");
	}
	net_commit(t, a, faults && net_dice(t, 12) == 0);
	os_fake.full = false;
	return true;
}

/* ---- couriers ------------------------------------------------------------------------------------ */

/* 0: packed; else it is given up, as when the disk is full or the node dies. */
static int pack(struct net *t, unsigned a, unsigned b, bool faults, uint64_t *ret_id)
{
	struct link_self self = net_self(t, a);
	struct courier_job job;
	struct err e = {0};
	int rc = 1;

	db_begin(self.db);
	assert_int_equal(courier_want(&self, str_from(t->node[b].name), STR("dara"), ret_id, &e), 0);
	if (!net_commit(t, a, false))
		return -1;
	assert_true(courier_next(&self, &job));
	struct courier_pack *p = courier_pack_new(&job, FILE_BYTES);
	while (rc == 1) {
		os_fake.full = faults && net_dice(t, 20) == 0;
		self = net_self(t, a);
		db_begin(self.db);
		rc = courier_pack_step(&self, p, &e);
		if (rc < 0)
			db_rollback(self.db);
		else if (!net_commit(t, a, faults && net_dice(t, 20) == 0))
			rc = -1;
		os_fake.full = false;
	}
	courier_pack_free(p);
	if (rc < 0) {
		self = net_self(t, a);
		db_begin(self.db);
		courier_failed(&self, job.id, "given up");
		net_commit(t, a, false);
	}
	return rc;
}

/* The keeper's part. */
static void ask_keeper(struct net *t, unsigned b, struct courier_open *o)
{
	uint8_t asked[KEY_ID + 32], shared[32];

	courier_open_asks(o, asked);
	bool good = keeper_share(t->node[b].keeper, asked, asked + KEY_ID, shared);
	courier_open_told(o, good ? shared : NULL);
}

void net_open(struct net *t, unsigned b, struct str bytes, bool faults)
{
	struct link_self self = net_self(t, b);
	char path[160];
	struct courier_job job;
	struct err e = {0};
	uint64_t id;
	int rc = 1;

	t->files++;
	snprintf(path, sizeof(path), "%s/new", t->node[b].folder);
	write_file(path, bytes);
	db_begin(self.db);
	struct courier_brought brought = {.path = path, .name = STR("stick"), .size = bytes.len};
	uint8_t sha256[DIGEST_LEN];
	digest_of(bytes, sha256);
	brought.sha256 = sha256;
	assert_int_equal(courier_bring(&self, &brought, STR("dara"), &id, &e), 0);
	if (!net_commit(t, b, false) || !courier_next(&self, &job))
		return;
	struct courier_open *o = courier_open_new(&job);
	for (unsigned steps = 0; rc > 0; steps++) {
		assert_true(steps < 1000);
		os_fake.full = faults && net_dice(t, 12) == 0;
		self = net_self(t, b);
		db_begin(self.db);
		rc = courier_open_step(&self, o, &e);
		if (rc == COURIER_ASKS)
			ask_keeper(t, b, o);
		if (rc < 0)
			db_rollback(self.db);
		else if (!net_commit(t, b, faults && net_dice(t, 12) == 0))
			rc = -1;
		os_fake.full = false;
	}
	courier_open_free(o);
	if (rc < 0) {
		self = net_self(t, b);
		db_begin(self.db);
		courier_failed(&self, job.id, "given up");
		net_commit(t, b, false);
	}
}

/* What may happen to a file on its way. */
static void carry_one(struct net *t, unsigned a, unsigned b, const char *name, bool faults)
{
	auto_buf struct buf bytes = {0};
	char path[400];
	struct err e = {0};

	snprintf(path, sizeof(path), "%s/courier/%.120s", t->node[a].folder, name);
	assert_int_equal(os_read_file(path, COURIER_FILE, &bytes, &e), 0);
	if (faults && net_dice(t, 5) == 0)
		return;
	if (faults && net_dice(t, 5) == 0)
		bytes.len = net_dice(t, (unsigned)bytes.len);
	if (faults && bytes.len > 0 && net_dice(t, 8) == 0)
		bytes.p[net_dice(t, (unsigned)bytes.len)] ^= 1;
	if (bytes.len == 0)
		return;
	for (unsigned times = faults && net_dice(t, 5) == 0 ? 2 : 1; times > 0; times--)
		net_open(t, b, buf_str(&bytes), faults);
}

unsigned net_courier(struct net *t, unsigned a, unsigned b, bool faults)
{
	char names[64][128];
	uint64_t id;
	unsigned n = 0;

	if (pack(t, a, b, faults, &id) != 0)
		return 0;
	struct query q =
	        db_query(t->node[a].db, "select name from courier_file where courier = ? order by id");
	query_u64(&q, id);
	while (n < 64 && query_next(&q) == 1) {
		snprintf(names[n], sizeof(names[n]), "%.*s", STR_ARG(query_get_text(&q, 0)));
		n++;
	}
	query_done(&q, NULL);
	/* in any order */
	for (unsigned i = n; faults && i > 1; i--) {
		unsigned k = net_dice(t, i);
		char swap[128];
		memcpy(swap, names[i - 1], sizeof(swap));
		memcpy(names[i - 1], names[k], sizeof(swap));
		memcpy(names[k], swap, sizeof(swap));
	}
	for (unsigned i = 0; i < n; i++)
		carry_one(t, a, b, names[i], faults);
	return n;
}

/* ---- what must hold ------------------------------------------------------------------------------ */

void net_blobs_hold(struct net *t, unsigned i)
{
	struct link_self self = net_self(t, i);
	struct query q = db_query(t->node[i].db, "select sha256, size, here from attachment");

	while (query_next(&q) == 1) {
		auto_buf struct buf bytes = {0};
		uint8_t digest[DIGEST_LEN];
		char path[BLOB_PATH];
		struct err e = {0};
		if (query_get_u64(&q, 2) == 0)
			fail_msg("%s lacks an attachment", t->node[i].name);
		blob_path(&self, (const uint8_t *)query_get_blob(&q, 0).p, path);
		assert_int_equal(os_read_file(path, BLOB_PART, &bytes, &e), 0);
		assert_int_equal(bytes.len, query_get_u64(&q, 1));
		digest_of(buf_str(&bytes), digest);
		assert_memory_equal(digest, query_get_blob(&q, 0).p, DIGEST_LEN);
	}
	query_done(&q, NULL);
	assert_int_equal(net_number(t, i, "select count(*) from statement where complete = 0"), 0);
	assert_int_equal(net_number(t, i, "select count(*) from blob_part"), 0);
	assert_int_equal(net_number(t, i, "select count(*) from courier where state = 'wanted'"), 0);
}
