/* SPDX-License-Identifier: Apache-2.0
 *
 * One round of 50 members and 10,000 statements: 2,000 of people, and receipts of every member for each of them, twelve and a half in
 * one. What it comes to from scratch (rows read, bodies taken apart, sifted, the block made), the pure part of that alone, and
 * again after one more statement came. CPU time of one core. rounds FOLDER [STATEMENTS [TIMES]]
 */
#include "agree/hear.h"
#include "agree/load.h"
#include "agree/work.h"
#include "base/os.h"
#include "link/link.h"
#include "state/state.h"
#include "trust/kind.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#define MEMBERS 50
#define START 1795489200 /* 2026-11-24 03:00 */
#define OPENS "2026-11-24T03:00:00Z"
#define BY                                                                                                   \
	"{\"by\":[{\"id\":\"duty\",\"role\":\"may-bind\",\"at\":\"" OPENS                                    \
	"\"},{\"id\":\"other\",\"role\":\"may-bind\",\"at\":\"" OPENS "\"}]"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void die(const char *what)
{
	fprintf(stderr, "rounds: %s\n", what);
	exit(1);
}

static const struct heard_ways ways = {.hear = agree_hear,
        .seen = agree_seen,
        .renamed = agree_renamed,
        .whole = agree_whole,
        .lacks = agree_lacks};

struct bench {
	struct db *db;
	const char *folder;
	char party[MEMBERS][8];
	uint8_t digest[DIGEST_LEN], text[DIGEST_LEN], open[DIGEST_LEN], prev[MEMBERS][DIGEST_LEN];
	uint64_t seq[MEMBERS];
	struct buf ids; /* of what people said */
	struct link_self self;
	struct change_here here;
	unsigned n;
};

static void put_file(struct bench *b, struct str bytes, uint8_t ret[DIGEST_LEN])
{
	char path[BLOB_PATH];
	struct err e = {0};

	digest_of(bytes, ret);
	snprintf(path, sizeof(path), "%s/blob", b->folder);
	(void)mkdir(path, 0700);
	blob_file(b->folder, ret, path);
	if (os_write_file(path, bytes, &e) != 0)
		die(e.text);
}

static void manifest(struct bench *b)
{
	auto_buf struct buf out = {0};
	char hex[2 * DIGEST_LEN + 1];

	put_file(b, STR("# Times {#a3bd}\n"), b->text);
	str_hex_print(hex, b->text, DIGEST_LEN);
	buf_add(&out, STR("weir-round-1\ninstrument gate-times\ntitle Times\nround 1\nprevious -\n"));
	for (unsigned i = 0; i < MEMBERS; i++)
		buf_printf(&out, "member %s 1 %064u\n", b->party[i], i);
	buf_printf(&out,
	        "chair %s\ndeputy -\nsecretariat %s\ntext en %s authentic\nopens " OPENS
	        "\ncloses 2026-12-08T03:00:00Z\nzone "
	        "+07:00\nrule silence\nlevel node\nmin-notice 72h\nworking-days 3\nbreaks objection\nextend "
	        "1 7d\ngrace 24h\n"
	        "unserved hold\nconfirm 2\nreservation forbidden\ndisassociation allowed\npersons 1 "
	        "1\nstatements "
	        "30d\nin-force adopted+30d\nreview 12mo\n",
	        b->party[0], b->party[0], hex);
	put_file(b, buf_str(&out), b->digest);
}

/* The next of member i to all others. */
static void say(struct bench *b, unsigned i, enum kind kind, const uint8_t *case_, struct str body)
{
	auto_buf struct buf content = {0}, head = {0}, items = {0};
	static const uint8_t signature[STATEMENT_SIGNATURE];
	struct statement s = {.signature = str_make((const char *)signature, STATEMENT_SIGNATURE)};
	struct head h = {.seq = ++b->seq[i],
	        .created = START + 60 * (int64_t)b->n++,
	        .tlp = STATEMENT_AMBER,
	        .pap = STATEMENT_AMBER,
	        .kind = str_from(kind_table[kind].name),
	        .media = STR("application/json"),
	        .sender = str_from(b->party[i])};
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	memset(buf_room(&content, STATEMENT_SALT), 7, STATEMENT_SALT);
	content.len = STATEMENT_SALT;
	buf_add(&content, body);
	h.body_len = (uint32_t)body.len;
	memcpy(h.prev, b->prev[i], DIGEST_LEN);
	if (case_ != NULL)
		memcpy(h.case_, case_, DIGEST_LEN);
	for (unsigned k = 0; k < MEMBERS; k++)
		if (k != i)
			h.to[h.to_count++] = str_from(b->party[k]);
	statement_commit(buf_str(&content), h.commit);
	head_write(&head, &h);
	if (head_read(arena_str(&a, buf_str(&head)), &h) != VERDICT_OK)
		die("a head");
	s.head = buf_str(&head);
	s.content = buf_str(&content);
	digest_of(s.head, s.id);
	memcpy(b->prev[i], s.id, DIGEST_LEN);
	b->self.now = h.created * 1000000;
	uint64_t n = store_put(
	        b->db, &s, &h, VERDICT_OK, "", str_from(i == 0 ? "" : b->party[i]), b->self.now, NULL);
	link_effect(&b->self, n);
	if (kind != KIND_RECEIPT)
		buf_add(&b->ids, str_make((const char *)s.id, DIGEST_LEN));
	if (kind == KIND_AGREE_OPEN)
		memcpy(b->open, s.id, DIGEST_LEN);
}

static void people(struct bench *b, unsigned count)
{
	static const char *const words[] = {"support", "no-objection", "acknowledged"};
	auto_buf struct buf body = {0};
	char hex[2 * DIGEST_LEN + 1], text[2 * DIGEST_LEN + 1];

	str_hex_print(hex, b->digest, DIGEST_LEN);
	str_hex_print(text, b->text, DIGEST_LEN);
	buf_printf(&body,
	        BY ",\"instrument\":\"gate-times\",\"round\":1,\"round_sha256\":\"%s\",\"closes\":\"2026-12-"
	           "08T03:00:00Z\","
	           "\"attachments\":[{\"sha256\":\"%s\"},{\"sha256\":\"%s\"}]}",
	        hex, hex, text);
	say(b, 0, KIND_AGREE_OPEN, NULL, buf_str(&body));
	for (unsigned n = 1; n < count; n++) {
		buf_clear(&body);
		if (n % 5 == 0)
			buf_printf(
			        &body, BY ",\"round_sha256\":\"%s\",\"position\":\"%s\"}", hex, words[n % 3]);
		else
			buf_printf(&body,
			        BY ",\"round_sha256\":\"%s\",\"text\":{\"en\":\"In this clause the hours are "
			           "too few for a gate that is "
			           "at night without people, and too many for one that has them.\"}}",
			        hex);
		say(b, n % MEMBERS, n % 5 == 0 ? KIND_AGREE_POSITION : KIND_AGREE_COMMENT, b->open,
		        buf_str(&body));
	}
}

/* Each member for all that others said, as many in one as make that many statements. */
static void receipts(struct bench *b, unsigned count)
{
	unsigned said = (unsigned)(b->ids.len / DIGEST_LEN), all = said * MEMBERS, done = 0;
	char hex[2 * DIGEST_LEN + 1];

	for (unsigned n = 0; n < count; n++) {
		auto_buf struct buf body = {0};
		unsigned i = n % MEMBERS, k = n / MEMBERS, each = count / MEMBERS;
		buf_add(&body, STR("{\"receipts\":["));
		for (unsigned x = said * k / each; x < said * (k + 1) / each; x++, done++) {
			str_hex_print(hex, (const uint8_t *)b->ids.p + (size_t)x * DIGEST_LEN, DIGEST_LEN);
			buf_printf(&body,
			        "%s{\"of\":\"%s\",\"verdict\":\"ok\",\"complete\":true,\"at\":\"2026-11-"
			        "25T03:00:00Z\"}",
			        body.p[body.len - 1] == '[' ? "" : ",", hex);
		}
		buf_add(&body, STR("]}"));
		say(b, i, KIND_RECEIPT, NULL, buf_str(&body));
	}
	printf("%u statements, %u of them receipts with %u entries of %u\n", b->n, count, done, all);
}

static void measure(struct bench *b, unsigned times)
{
	double refresh = 0, load = 0, pure = 0, more = 0, lacks = 0;
	uint8_t none[DIGEST_LEN] = {0};

	for (unsigned i = 0; i < times; i++) {
		struct err e = {0};
		auto_arena struct arena a = {0};
		struct round_loaded r;
		struct outcome o;
		double t = now();
		db_begin(b->db);
		round_refresh(&b->here, b->db, 1, b->self.now, true);
		if (db_commit(b->db, &e) != 0)
			die(e.text);
		refresh += now() - t;
		arena_init(&a, 0);
		t = now();
		if (round_load(&a, b->db, b->folder, 1, &r, &e) != 0 || r.why != NULL)
			die(r.why != NULL ? r.why : e.text);
		load += now() - t;
		t = now();
		outcome_make(&a, &r.in, b->self.now / 1000000, &o);
		pure += now() - t;
		if (i == 0)
			printf("%zu statements loaded, state %.*s\n", r.in.n,
			        STR_ARG(outcome_state_name(o.state)));
		t = now();
		(void)agree_lacks(b->db, str_from(b->party[1]), none, none);
		lacks += now() - t;
		db_begin(b->db);
		auto_buf struct buf body = {0};
		char hex[2 * DIGEST_LEN + 1];
		str_hex_print(hex, b->digest, DIGEST_LEN);
		buf_printf(&body, BY ",\"round_sha256\":\"%s\",\"position\":\"support\"}", hex);
		say(b, 7, KIND_AGREE_POSITION, b->open, buf_str(&body));
		if (db_commit(b->db, &e) != 0)
			die(e.text);
		t = now();
		db_begin(b->db);
		agree_work(&b->here, b->db, b->self.now, true);
		if (db_commit(b->db, &e) != 0)
			die(e.text);
		more += now() - t;
	}
	printf("from scratch\t%.1f ms\n  of it rows and bodies\t%.1f ms\n  of it the function\t%.1f ms\n",
	        refresh / times * 1e3, load / times * 1e3, pure / times * 1e3);
	printf("after a new one\t%.1f ms\nwhat is lacking\t%.1f ms\n", more / times * 1e3,
	        lacks / times * 1e3);
}

int main(int argc, char **argv)
{
	unsigned count = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 10000;
	unsigned times = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 10;
	struct bench b = {0};
	struct err e = {0};

	if (argc < 2)
		die("where? rounds FOLDER [STATEMENTS [TIMES]]");
	b.folder = argv[1];
	if (state_open(b.folder, DB_WRITE, &b.db, &e) != 0)
		die(e.text);
	for (unsigned i = 0; i < MEMBERS; i++)
		snprintf(b.party[i], sizeof(b.party[i]), "%c%c", (char)('b' + i / 20), (char)('a' + i % 20));
	b.here = (struct change_here){.party = str_from(b.party[0]), .folder = str_from(b.folder)};
	b.self = (struct link_self){
	        .db = b.db, .me = str_from(b.party[0]), .folder = b.folder, .here = &b.here, .heard = &ways};
	manifest(&b);
	db_begin(b.db);
	people(&b, count / 5);
	receipts(&b, count - count / 5);
	if (db_commit(b.db, &e) != 0)
		die(e.text);
	measure(&b, times);
	buf_done(&b.ids);
	db_close(b.db);
}
