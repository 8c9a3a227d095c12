/* SPDX-License-Identifier: Apache-2.0
 *
 * Statements of a neighbour: judged, with bodies read in this process, and committed with full sync in batches as peers send
 * them; an opening and notes, which stand in the case that it makes. The log of the database is moved into it each second, as the core
 * does. They are counted afterwards, and so are the receipts that they make. CPU time of one core. And a backlog of 100,000 after an outage, which the ordinary limits of a link would hold up
 * for more than an hour. statements FOLDER [COUNT]
 */
#include "link/wire.h"
#include "state/state.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define BACKLOG 100000u
#define START 1795489200

static double now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void die(const char *what)
{
	fprintf(stderr, "statements: %s\n", what);
	exit(1);
}

struct bench {
	struct db *db;
	uint8_t public_key[32], secret[64], key[KEY_ID];
	uint8_t prev[DIGEST_LEN], opened[DIGEST_LEN];
	struct buf batch;
	unsigned in_batch;
	struct wire_quota quota;
	double start, moved;
};

static void link_up(struct bench *b)
{
	struct err e;
	struct query q;

	db_begin(b->db);
	q = db_query(b->db,
	        "insert into party(name, title, role, link, list_until, reaches) values ('la', 'la', 'cert', "
	        "'linked', 4000000000, ?)");
	/* it was away for a day */
	query_i64(&q, ((int64_t)START - 86400) * 1000000);
	query_run(&q);
	q = db_query(b->db,
	        "insert into party_key(party, duty, key, public, since, until) values ('la', 'sign', ?, ?, "
	        "0, 4000000000)");
	query_blob(&q, str_make((char *)b->key, KEY_ID));
	query_blob(&q, str_make((char *)b->public_key, 32));
	query_run(&q);
	if (db_commit(b->db, &e) != 0)
		die(e.text);
}

/* Number i of the stream: an opening, and notes in its case. */
static void add(struct bench *b, unsigned i)
{
	auto_buf struct buf content = {0}, head = {0};
	uint8_t signature[STATEMENT_SIGNATURE], id[DIGEST_LEN];
	struct head h = {.seq = i + 1,
	        .created = START,
	        .tlp = STATEMENT_AMBER,
	        .pap = STATEMENT_AMBER,
	        .media = STR("application/json"),
	        .sender = STR("la"),
	        .to_count = 1};

	memset(buf_room(&content, 32), 7, 32);
	content.len = 32;
	buf_add(&content,
	        STR("{\"by\":[{\"id\":\"duty\",\"role\":\"coordinator\",\"at\":\"2026-11-24T02:59:00Z\"}],"));
	if (i == 0)
		buf_add(&content,
		        STR("\"ask\":\"takedown-request\",\"severity\":\"c3\",\"title\":\"a "
		            "host\",\"rsit\":\"fraud/phishing\",\"ref\":\"LA-2026-00042\","));
	buf_printf(
	        &content, "\"text\":{\"en\":\"Please look at host number %u, port 443.\",\"lo\":\"x\"}}", i);
	h.kind = i == 0 ? STR("case.open") : STR("case.note");
	h.to[0] = STR("kh");
	memcpy(h.key, b->key, KEY_ID);
	memcpy(h.prev, b->prev, DIGEST_LEN);
	if (i > 0)
		memcpy(h.case_, b->opened, DIGEST_LEN);
	h.body_len = (uint32_t)(content.len - 32);
	statement_commit(buf_str(&content), h.commit);
	head_write(&head, &h);
	digest_of(buf_str(&head), id);
	crypto_sign_detached(signature, NULL, (uint8_t *)head.p, head.len, b->secret);
	statement_write(&b->batch, buf_str(&head), signature, buf_str(&content));
	memcpy(i == 0 ? b->opened : b->prev, id, DIGEST_LEN);
	memcpy(b->prev, id, DIGEST_LEN);
	b->in_batch++;
}

static bool nowhere(const struct change_here *here, struct str place, char ret[3])
{
	(void)here;
	(void)place;
	(void)ret;
	return false;
}

/* The time of the receiver goes on as it does outside, since what may come in a second is limited. */
static int64_t clock_of(const struct bench *b)
{
	return (int64_t)START * 1000000 + (int64_t)((now(CLOCK_MONOTONIC) - b->start) * 1e6);
}

static void take(struct bench *b)
{
	static const struct calendars calendars;
	struct change_here here = {
	        .party = STR("kh"), .calendars = &calendars, .country_of = nowhere, .folder = STR("/tmp")};
	struct link_self self = {
	        .db = b->db, .me = STR("kh"), .now = clock_of(b), .folder = "/tmp", .here = &here};
	struct wire_request r = {
	        .method = STR("POST"), .path = STR("statements"), .body = buf_str(&b->batch)};
	struct wire_answer a;
	struct err e;

	for (;;) {
		db_begin(b->db);
		wire_serve(&self, STR("la"), &b->quota, &r, &a);
		if (db_commit(b->db, &e) != 0)
			die(e.text);
		if (a.status != 429 || a.retry > 1)
			break;
		buf_done(&a.body);
		usleep(10000);
		self.now = clock_of(b);
	}
	if (a.status != 200)
		die("a batch was not taken");
	buf_done(&a.body);
	if (now(CLOCK_MONOTONIC) < b->moved + 1)
		return;
	b->moved = now(CLOCK_MONOTONIC);
	if (db_checkpoint(b->db, false, &e) != 0)
		die(e.text);
}

static uint64_t count(struct db *db, const char *sql)
{
	struct query q = db_query_text(db, str_from(sql));
	uint64_t n = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;

	query_done(&q, NULL);
	return n;
}

int main(int argc, char **argv)
{
	struct bench b = {0};
	char folder[4000];
	struct err e;
	double cpu = 0;
	unsigned statements = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : BACKLOG;

	snprintf(folder, sizeof(folder), "%s/statements-XXXXXX", argc > 1 ? argv[1] : "/tmp");
	if (mkdtemp(folder) == NULL || state_open(folder, DB_WRITE, &b.db, &e) != 0)
		die("there is no folder");
	crypto_sign_keypair(b.public_key, b.secret);
	key_id(b.public_key, b.key);
	link_up(&b);
	VEC(struct buf) batches = {0};
	for (unsigned i = 0; i < statements; i++) {
		add(&b, i);
		if (b.in_batch < LINK_BATCH_COUNT && i + 1 < statements)
			continue;
		*vec_add(&batches) = b.batch;
		b.batch = (struct buf){0};
		b.in_batch = 0;
	}
	b.start = b.moved = now(CLOCK_MONOTONIC);
	for (size_t i = 0; i < batches.n; i++) {
		double c = now(CLOCK_PROCESS_CPUTIME_ID);
		b.batch = batches.v[i];
		take(&b);
		buf_done(&b.batch);
		cpu += now(CLOCK_PROCESS_CPUTIME_ID) - c;
	}
	double wall = now(CLOCK_MONOTONIC) - b.start;
	vec_done(&batches);
	if (count(b.db, "select count(*) from statement where verdict = 'ok' and effect = 1") != statements ||
	        count(b.db, "select count(*) from receipt_due") != statements)
		die("statements are missing");
	printf("figure statements.taken %.0f\n", statements / cpu);
	printf("figure statements.backlog_s %.1f\n", wall * BACKLOG / statements);
	db_close(b.db);
	snprintf(folder + strlen(folder), 16, "/state.db");
	(void)unlink(folder);
	*strrchr(folder, '/') = 0;
	return rmdir(folder) == 0 ? 0 : 1;
}
