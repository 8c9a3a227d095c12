/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls of a linked peer and what it answers to ours. First byte: 0 a request, 1 its heads, 2 its results of a push, 3 its hello,
 * 4 statements that it gave; of a request the lines METHOD, path and query follow, and the rest is the body. The state may change
 * by it, and never breaks.
 */
#include "link/wire.h"
#include "state/state.h"
#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

static struct db *once(void)
{
	static struct db *db;
	char folder[] = "/tmp/weir-fuzz-XXXXXX", path[sizeof(folder) + 16];

	if (db != NULL)
		return db;
	if (mkdtemp(folder) == NULL || state_open(folder, DB_WRITE, &db, NULL) != 0)
		abort();
	static const char *const files[] = {"state.db", "state.db-wal", "state.db-shm"};
	for (unsigned i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		unlink(path);
	}
	rmdir(folder);
	return db;
}

static void link_up(struct db *db)
{
	struct query q = db_query(db,
	        "insert into party(name, title, role, link) values ('la', '', 'cert', 'linked'), ('kh', '', "
	        "'', 'none')");

	query_run(&q);
	struct query s = db_query(db,
	        "insert into stream(id, sender, recipients, top) values (1, 'la', 'kh', 0), (2, 'kh', 'la', "
	        "0)");
	query_run(&s);
}

static void request(const struct link_self *self, struct str in)
{
	struct str_cut method = str_cut(in, '\n'), path = str_cut(method.tail, '\n'),
	               query = str_cut(path.tail, '\n');
	struct wire_request r = {
	        .method = method.head, .path = path.head, .query = query.head, .body = query.tail};
	struct wire_quota quota = {0};
	struct wire_answer a;

	wire_serve(self, STR("la"), &quota, &r, &a);
	assert(a.status == 200 || a.body.len > 0);
	buf_done(&a.body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct db *db = once();
	struct link_self self = {
	        .db = db, .me = STR("kh"), .now = (int64_t)1795489200 * 1000000, .folder = "/tmp"};
	struct link_batch batch = {.count = 2, .n = {1, 2}};
	struct link_ahead ahead;
	bool newer;

	if (size < 1)
		return 0;
	struct str in = str_make((const char *)data + 1, size - 1);
	db_begin(db);
	link_up(db);
	switch (data[0] % 5) {
	case 0:
		request(&self, in);
		break;
	case 1:
		if (!link_heads_take(&self, STR("la"), in, &ahead))
			assert(!ahead.ahead);
		break;
	case 2:
		wire_pushed(&self, STR("la"), &batch, in);
		break;
	case 3:
		wire_hello(&self, STR("la"), in, &newer, &(int64_t){0});
		break;
	default:
		assert(wire_take(&self, STR("la"), NULL, true, in) == 0);
	}
	assert(db_failed(db) == 0);
	db_rollback(db);
	return 0;
}
