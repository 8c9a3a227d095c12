/* SPDX-License-Identifier: Apache-2.0
 *
 * Attachments by the calls of peers: how far one is here, parts in order, what is refused and why, who is given what; and ranges
 * of headers, one by one.
 */
#include "link/blob.h"
#include "link/range.h"
#include "link/wire.h"
#include "two.h"
#include <unistd.h>

#define SIZE 3000

static struct two t;
static char bytes[SIZE], hex[2 * DIGEST_LEN + 1];
static uint8_t digest[DIGEST_LEN];

/* ---- ranges -------------------------------------------------------------------------------------- */

static void ranges(void **state)
{
	static const struct {
		const char *header;
		enum range_word word;
		uint64_t first, until;
	} rows[] = {
	        {"bytes=0-9", RANGE_GOOD, 0, 10},
	        {"bytes=90-", RANGE_GOOD, 90, 100},
	        {"bytes=90-500", RANGE_GOOD, 90, 100},
	        {"bytes=-5", RANGE_GOOD, 95, 100},
	        {"bytes=-500", RANGE_GOOD, 0, 100},
	        {"BYTES=99-99", RANGE_GOOD, 99, 100},
	        {"bytes=100-", RANGE_BEYOND, 0, 100},
	        {"bytes=-0", RANGE_BEYOND, 100, 100},
	        {"bytes=9-1", RANGE_NONE, 0, 100},
	        {"bytes=0-1,5-6", RANGE_NONE, 0, 100},
	        {"bytes=-", RANGE_NONE, 0, 100},
	        {"lines=1-2", RANGE_NONE, 0, 100},
	        {"bytes=99999999999999999999-", RANGE_NONE, 0, 100},
	        {"", RANGE_NONE, 0, 100},
	};
	uint64_t first, until, total;

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (range_read(str_from(rows[i].header), 100, &first, &until) != rows[i].word)
			fail_msg("'%s'", rows[i].header);
		if (rows[i].word != RANGE_BEYOND && (first != rows[i].first || until != rows[i].until))
			fail_msg("'%s': %llu-%llu", rows[i].header, (unsigned long long)first,
			        (unsigned long long)until);
	}
	assert_true(range_content(STR("bytes 5-9/10"), &first, &until, &total));
	assert_true(first == 5 && until == 10 && total == 10);
	static const char *const bad[] = {
	        "bytes 5-10/10", "bytes 9-5/10", "bytes */10", "bytes 5-9/*", "bytes=5-9/10", ""};
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (range_content(str_from(bad[i]), &first, &until, &total))
			fail_msg("'%s' is taken", bad[i]);
}

/* ---- calls --------------------------------------------------------------------------------------- */

static struct link_self self_of(unsigned i)
{
	struct link_self self = two_self(&t, i);

	self.folder = t.node[i].folder;
	return self;
}

/* A call of a party at node i: its status; *ret_held: Weir-Held, -1: not said. */
static int call(unsigned i, const char *party, const char *method, const char *range, struct str body,
        int64_t *ret_held, struct wire_answer *ret)
{
	struct link_self self = self_of(i);
	char path[80];
	struct wire_quota quota = {0};
	struct err e = {0};

	snprintf(path, sizeof(path), "blobs/%s", hex);
	struct wire_request r = {
	        .method = str_from(method), .path = str_from(path), .range = str_from(range), .body = body};
	db_begin(self.db);
	wire_serve(&self, str_from(party), &quota, &r, ret);
	assert_int_equal(db_commit(self.db, &e), 0);
	*ret_held = ret->says_held ? (int64_t)ret->held : -1;
	buf_done(&ret->body);
	return ret->status;
}

static int put(const char *range, size_t from, size_t until, int64_t *ret_held)
{
	struct wire_answer a;

	return call(1, "la", "PUT", range, str_make(bytes + from, until - from), ret_held, &a);
}

static int head(const char *party, int64_t *ret_held)
{
	struct wire_answer a;

	return call(1, party, "HEAD", "", STR(""), ret_held, &a);
}

static void keep(unsigned i)
{
	struct link_self self = self_of(i);
	char path[256];
	struct err e = {0};

	snprintf(path, sizeof(path), "%s/new", t.node[i].folder);
	FILE *f = fopen(path, "we");
	assert_int_equal(fwrite(bytes, 1, SIZE, f), SIZE);
	fclose(f);
	db_begin(self.db);
	assert_int_equal(blob_keep(&self, path, digest, SIZE, &e), 0);
	assert_int_equal(db_commit(self.db, &e), 0);
}

/* la says something with an attachment; kh has the statement and not the bytes, or has kept some of its own that are the same. */
static void say_it_to(bool kept)
{
	struct link_self self;
	struct str to = STR_INIT("kh");
	char body[700];
	uint8_t id[DIGEST_LEN];
	struct err e = {0};

	two_open(&t);
	two_link(&t);
	self = self_of(0);
	for (unsigned i = 0; i < SIZE; i++)
		bytes[i] = (char)(i * 7 % 251);
	digest_of(str_make(bytes, SIZE), digest);
	str_hex_print(hex, digest, DIGEST_LEN);
	snprintf(body, sizeof(body),
	        "{\"by\":[{\"id\":\"duty\",\"role\":\"coordinator\",\"at\":\"2026-11-24T02:59:00Z\"}],"
	        "\"ask\":\"takedown-"
	        "request\",\"severity\":\"c3\",\"title\":\"t\",\"text\":{\"en\":\"x\"},\"attachments\":[{"
	        "\"sha256\":\"%s\","
	        "\"size\":%u,\"name\":\"a\",\"media\":\"text/plain\"}]}",
	        hex, SIZE);
	struct say say = {.kind = KIND_CASE_OPEN,
	        .to = &to,
	        .to_count = 1,
	        .tlp = STATEMENT_AMBER,
	        .pap = STATEMENT_AMBER,
	        .body = str_from(body)};
	/* before its bytes are here nothing is said */
	db_begin(self.db);
	assert_int_equal(link_say(&self, &say, id, &e), ERR_MISSING);
	assert_non_null(strstr(e.text, "is not here"));
	db_rollback(self.db);
	keep(0);
	if (kept)
		keep(1);
	db_begin(self.db);
	assert_int_equal(link_say(&self, &say, id, &e), 0);
	assert_int_equal(db_commit(self.db, &e), 0);
	two_carry(&t);
}

static void say_it(void)
{
	say_it_to(false);
}

static void by_parts(void **state)
{
	struct wire_answer a;
	int64_t held;

	(void)state;
	say_it();
	assert_int_equal(two_number(&t, 1, "select complete from statement where kind = 'case.open'"), 0);
	assert_int_equal(
	        two_number(&t, 0,
	                "select d.complete from delivery d join statement s on s.n = d.statement where "
	                "s.kind = 'case.open'"),
	        0);
	assert_int_equal(head("la", &held), 404);
	assert_int_equal(held, 0);
	assert_int_equal(put("bytes 1000-1999/3000", 1000, 2000, &held), 416);
	assert_int_equal(held, 0);
	assert_int_equal(put("bytes 0-999/3000", 0, 1000, &held), 200);
	assert_int_equal(held, 1000);
	assert_int_equal(head("la", &held), 404);
	assert_int_equal(held, 1000);
	/* a part twice, another size, a range that is another length */
	assert_int_equal(put("bytes 0-999/3000", 0, 1000, &held), 416);
	assert_int_equal(put("bytes 1000-1999/3001", 1000, 2000, &held), 404);
	assert_int_equal(put("bytes 1000-1999/3000", 1000, 1500, &held), 400);
	assert_int_equal(put("bytes 0-999/2147483648", 0, 1000, &held), 413);
	assert_int_equal(call(1, "la", "GET", "", STR(""), &held, &a), 404);
	assert_int_equal(put("bytes 1000-2999/3000", 1000, 3000, &held), 200);
	assert_int_equal(held, SIZE);
	assert_int_equal(head("la", &held), 200);
	assert_int_equal(two_number(&t, 1, "select complete from statement where kind = 'case.open'"), 1);
	two_carry(&t);
	assert_int_equal(
	        two_number(&t, 0,
	                "select d.complete and d.waits = 0 from delivery d join statement s on s.n = "
	                "d.statement where s.kind = 'case.open'"),
	        1);
	two_close(&t);
}

static void spoilt(void **state)
{
	int64_t held;

	(void)state;
	say_it();
	assert_int_equal(put("bytes 0-999/3000", 0, 1000, &held), 200);
	bytes[2000] ^= 1;
	assert_int_equal(put("bytes 1000-2999/3000", 1000, 3000, &held), 400);
	assert_int_equal(held, 0);
	assert_int_equal(head("la", &held), 404);
	assert_int_equal(held, 0);
	bytes[2000] ^= 1;
	assert_int_equal(put("", 0, 3000, &held), 200);
	assert_int_equal(head("la", &held), 200);
	two_close(&t);
}

static void who(void **state)
{
	struct wire_answer a;
	struct err e = {0};
	int64_t held;

	(void)state;
	say_it();
	/* of the sender's own, whoever it was cleared for */
	assert_int_equal(call(0, "kh", "GET", "bytes=100-199", STR(""), &held, &a), 206);
	assert_true(a.file && a.first == 100 && a.until == 200 && a.size == SIZE);
	assert_int_equal(call(0, "kh", "GET", "bytes=3000-", STR(""), &held, &a), 416);
	assert_int_equal(call(0, "kh", "GET", "", STR(""), &held, &a), 200);
	assert_int_equal(call(0, "vn", "GET", "", STR(""), &held, &a), 403);
	/* a party that no statement with it is for */
	db_begin(t.node[0].db);
	struct query q = db_query(t.node[0].db,
	        "insert into party(name, title, role, link, list_until) values ('vn', 'vn', 'cert', "
	        "'linked', 4000000000)");
	query_run(&q);
	assert_int_equal(db_commit(t.node[0].db, &e), 0);
	assert_int_equal(call(0, "vn", "GET", "", STR(""), &held, &a), 404);
	/* nor that it is here, by bytes that it may have or not */
	assert_int_equal(call(0, "vn", "PUT", "", STR(""), &held, &a), 404);
	assert_int_equal(call(0, "vn", "PUT", "", str_make(bytes, SIZE), &held, &a), 404);
	assert_int_equal(call(0, "kh", "PUT", "", str_make(bytes, SIZE), &held, &a), 200);
	/* more than the link may bring */
	db_begin(t.node[1].db);
	struct query less = db_query(t.node[1].db, "update party set blob_bytes = 2999 where name = 'la'");
	query_run(&less);
	assert_int_equal(db_commit(t.node[1].db, &e), 0);
	assert_int_equal(put("bytes 0-999/3000", 0, 1000, &held), 429);
	assert_int_equal(two_number(&t, 1, "select count(*) from blob_part"), 0);
	two_close(&t);
}

static void run(const char *sql)
{
	struct query q = db_query_text(t.node[1].db, str_from(sql));
	struct err e = {0};

	db_begin(t.node[1].db);
	query_run(&q);
	assert_int_equal(db_commit(t.node[1].db, &e), 0);
}

/* vn is linked, and has said something with the same digest, to kh and to whom else stands in recipients. */
static void vn_names_it(const char *recipients)
{
	char stream[200];

	run("insert into party(name, title, role, link, list_until) values ('vn', 'vn', 'cert', 'linked', "
	    "4000000000)");
	snprintf(stream, sizeof(stream), "insert into stream(sender, recipients) values ('vn', '%s')",
	        recipients);
	run(stream);
	run("insert into statement(id, stream, seq, prev, sender, kind, tlp, pap, created, expires, head, "
	    "signature, content, verdict, effect, received, complete) select x'01', max(id), 1, x'', 'vn', "
	    "'case.open', 3, 3, 0, 0, x'', x'', x'00', 'ok', 1, 0, 0 from stream");
	run("insert into attachment(statement, sha256, size, name, media, here) select (select max(n) from "
	    "statement), sha256, size, name, media, 0 from attachment");
}

static bool vn_lacks_it(void)
{
	return two_number(&t, 1, "select complete from statement where sender = 'vn'") == 0;
}

/* A linked party knows a digest, and says a statement of its own that names it. It gets nothing that others bring for it, whatever it
 * has brought before they do: the first byte, or all of it and wrong. */
static void stranger(void **state)
{
	static const size_t first[] = {1, SIZE};
	struct wire_answer a;
	int64_t held;

	(void)state;
	for (unsigned i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		say_it();
		vn_names_it("kh");
		char range[40], wrong[SIZE] = {0};
		snprintf(range, sizeof(range), "bytes 0-%zu/3000", first[i] - 1);
		assert_int_equal(call(1, "vn", "PUT", range,
		                         str_make(first[i] == SIZE ? wrong : bytes, first[i]), &held, &a),
		        first[i] == 1 ? 200 : 400);
		assert_int_equal(
		        put(first[i] == 1 ? "bytes 1-2999/3000" : "", first[i] == 1, SIZE, &held), 200);
		/* of what the stranger began, the sender hands in all once more: nobody knows whose the first byte was */
		assert_int_equal(head("la", &held), first[i] == 1 ? 404 : 200);
		assert_int_equal(call(1, "vn", "GET", "", STR(""), &held, &a), 404);
		if (first[i] == 1)
			assert_int_equal(put("", 0, SIZE, &held), 200);
		assert_int_equal(head("la", &held), 200);
		assert_int_equal(call(1, "la", "GET", "", STR(""), &held, &a), 200);
		assert_int_equal(call(1, "vn", "GET", "", STR(""), &held, &a), 404);
		two_close(&t);
	}
}

static int vn_puts(const char *range, const char *from, size_t n, int64_t *ret_held)
{
	struct wire_answer a;

	return call(1, "vn", "PUT", range, str_make(from, n), ret_held, &a);
}

/* In any order, from a courier file. */
static enum blob_word courier(const char *carrier, size_t from, size_t n)
{
	struct link_self self = self_of(1);
	struct blob_brought b = {.carrier = str_from(carrier),
	        .sha256 = digest,
	        .total = SIZE,
	        .offset = from,
	        .bytes = str_make(bytes + from, n)};
	struct err e = {0};

	db_begin(self.db);
	enum blob_word word = blob_take(&self, &b, &e);
	assert_int_equal(db_commit(self.db, &e), 0);
	return word;
}

/* What we have ourselves is no answer to what another party names. */
static void ours(void **state)
{
	struct wire_answer a;
	int64_t held;

	(void)state;
	say_it_to(true);
	assert_int_equal(two_number(&t, 1, "select complete from statement where kind = 'case.open'"), 0);
	assert_int_equal(two_number(&t, 1, "select here from attachment"), 0);
	assert_int_equal(head("la", &held), 404);
	assert_int_equal(call(1, "la", "GET", "", STR(""), &held, &a), 404);
	assert_int_equal(put("", 0, SIZE, &held), 200);
	assert_int_equal(two_number(&t, 1, "select complete from statement where kind = 'case.open'"), 1);
	assert_int_equal(call(1, "la", "GET", "", STR(""), &held, &a), 200);
	two_close(&t);
}

/* A courier file without a key list: its bytes count for whoever names them, before others came and after. */
static void nobodys(void **state)
{
	int64_t held;

	(void)state;
	say_it();
	vn_names_it("kh");
	assert_int_equal(courier("", 0, 1000), BLOB_TAKEN);
	assert_int_equal(courier("la", 1000, 2000), BLOB_WHOLE);
	assert_int_equal(two_number(&t, 1, "select complete from statement where sender = 'la'"), 1);
	assert_true(vn_lacks_it());
	assert_int_equal(courier("", 500, 2500), BLOB_TAKEN);
	assert_int_equal(courier("", 0, 500), BLOB_WHOLE);
	assert_false(vn_lacks_it());
	assert_int_equal(head("vn", &held), 200);
	two_close(&t);
}

/* The same when the bytes are here before: by whom they came is not who names them. vn shows that it has them, or its statement lacks
 * them; and that it writes to who brought them makes no difference. */
static void shows(void **state)
{
	static const char *const to[] = {"kh", "kh la"};
	static char other[SIZE];
	struct wire_answer a;
	int64_t held;

	(void)state;
	for (unsigned i = 0; i < sizeof(to) / sizeof(to[0]); i++) {
		say_it();
		vn_names_it(to[i]);
		assert_int_equal(put("", 0, SIZE, &held), 200);
		assert_true(vn_lacks_it());
		/* nor is it told that they are here */
		assert_int_equal(head("vn", &held), 404);
		assert_int_equal(held, 0);
		assert_int_equal(call(1, "vn", "GET", "", STR(""), &held, &a), 404);
		/* and is asked for them */
		struct link_self self = self_of(1);
		struct blob_wish w;
		assert_true(blob_wanted(&self, STR("vn"), &w));
		assert_true(w.size == SIZE && w.held == 0);
		assert_int_equal(vn_puts("bytes 0-0/3000", bytes, 1, &held), 200);
		assert_int_equal(held, 1);
		assert_int_equal(vn_puts("bytes 2-2999/3000", bytes + 2, SIZE - 2, &held), 416);
		assert_int_equal(vn_puts("bytes 0-0/3000", bytes, 1, &held), 416);
		assert_int_equal(vn_puts("bytes 1-2999/3000", other, SIZE - 1, &held), 400);
		assert_int_equal(head("vn", &held), 404);
		assert_int_equal(held, 0);
		assert_int_equal(vn_puts("bytes 0-1999/3000", bytes, 2000, &held), 200);
		assert_int_equal(call(1, "vn", "GET", "", STR(""), &held, &a), 404);
		assert_int_equal(vn_puts("bytes 2000-2999/2999", bytes + 2000, 1000, &held), 400);
		assert_true(vn_lacks_it());
		/* a courier brings it in any order, and what was shown once more */
		assert_true(courier("vn", 2900, 100) == BLOB_TAKEN && vn_lacks_it());
		assert_int_equal(head("vn", &held), 404);
		assert_int_equal(held, 2000);
		assert_int_equal(courier("vn", 1500, 1450), BLOB_WHOLE);
		assert_false(vn_lacks_it());
		assert_false(blob_wanted(&self, STR("vn"), &w));
		assert_int_equal(head("vn", &held), 200);
		assert_int_equal(call(1, "vn", "GET", "", STR(""), &held, &a), 200);
		/* what stands here is what la brought */
		assert_int_equal(head("la", &held), 200);
		two_close(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(ranges), cmocka_unit_test(by_parts),
	        cmocka_unit_test(spoilt), cmocka_unit_test(who), cmocka_unit_test(stranger),
	        cmocka_unit_test(ours), cmocka_unit_test(nobodys), cmocka_unit_test(shows)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
