/* SPDX-License-Identifier: Apache-2.0
 *
 * Statements against what is stored: places in a stream, cards of groups and meetings among many that others sent, and bodies
 * that are made to be slow.
 */
#include "state/state.h"
#include "trust/judge.h"
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define NOW 1795489200

static struct db *db;
static struct arena a;
static char folder[] = "/tmp/weir-judge-XXXXXX";
static uint8_t secret[crypto_sign_SECRETKEYBYTES], public_key[32], signs_with[KEY_ID];
static const char *const parties[] = {"gate1.provider.example", "kh", "la", "mm", "vn"};

static int open_state(void **state)
{
	static const uint8_t seed[32] = "test key of all parties";

	(void)state;
	if (mkdtemp(folder) == NULL || sodium_init() < 0 || state_open(folder, DB_WRITE, &db, NULL) != 0)
		return -1;
	arena_init(&a, 0);
	crypto_sign_seed_keypair(public_key, secret, seed);
	key_id(public_key, signs_with);
	return 0;
}

static int close_state(void **state)
{
	char path[sizeof(folder) + 16];

	(void)state;
	arena_done(&a);
	db_close(db);
	for (unsigned i = 0; i < 3; i++) {
		static const char *const files[] = {"state.db", "state.db-wal", "state.db-shm"};
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		unlink(path);
	}
	return rmdir(folder);
}

/* All parties are linked and share one key. */
static int begin(void **state)
{
	(void)state;
	db_begin(db);
	for (unsigned i = 0; i < 5; i++) {
		struct query q = db_query(db,
		        "insert into party(name, title, role, link, list_until) values (?1, ?1, ?2, "
		        "'linked', ?3)");
		query_text(&q, str_from(parties[i]));
		query_text(&q, i == 0 ? STR("gate") : STR("cert"));
		query_i64(&q, NOW + 1000000);
		query_run(&q);
		struct query k = db_query(db,
		        "insert into party_key(party, duty, key, public, since, until) values (?, 'sign', ?, "
		        "?, 0, ?)");
		query_text(&k, str_from(parties[i]));
		query_blob(&k, str_make((char *)signs_with, sizeof(signs_with)));
		query_blob(&k, str_make((char *)public_key, 32));
		query_i64(&k, NOW + 1000000);
		query_run(&k);
	}
	return db_failed(db);
}

static int undo(void **state)
{
	(void)state;
	int rc = db_failed(db);
	db_rollback(db);
	arena_reset(&a);
	return rc;
}

/* What is said, by whom; recipients are the other three certs, or itself. */
struct said {
	const char *sender, *kind, *body;
	uint64_t seq;
	const uint8_t *prev, *case_, *reply;
	bool alone;           /* to itself */
	const char *exercise; /* NULL: none */
	struct statement s;
	struct head h;
};

static void say(struct said *x)
{
	auto_buf struct buf head = {0}, content = {0}, bytes = {0};
	uint8_t signature[STATEMENT_SIGNATURE];
	static const uint8_t before[DIGEST_LEN] = {5};
	struct head h = {.seq = x->seq > 0 ? x->seq : 1, .created = NOW, .tlp = STATEMENT_AMBER, .pap = 1};

	memcpy(h.key, signs_with, sizeof(signs_with));
	h.kind = str_from(x->kind);
	h.media = STR("application/json");
	h.exercise = x->exercise != NULL ? str_from(x->exercise) : STR("");
	h.sender = str_from(x->sender);
	for (unsigned i = 1; i < 5; i++)
		if ((strcmp(parties[i], x->sender) != 0) != x->alone)
			h.to[h.to_count++] = str_from(parties[i]);
	if (h.seq > 1)
		memcpy(h.prev, x->prev != NULL ? x->prev : before, DIGEST_LEN);
	if (x->case_ != NULL)
		memcpy(h.case_, x->case_, DIGEST_LEN);
	if (x->reply != NULL)
		memcpy(h.reply, x->reply, DIGEST_LEN);
	buf_add(&content, str_make("0123456789abcdef0123456789abcdef", STATEMENT_SALT));
	buf_add(&content, str_from(x->body));
	h.body_len = (uint32_t)(content.len - STATEMENT_SALT);
	statement_commit(buf_str(&content), h.commit);
	head_write(&head, &h);
	crypto_sign_detached(signature, NULL, (uint8_t *)head.p, head.len, secret);
	statement_write(&bytes, buf_str(&head), signature, buf_str(&content));
	assert_int_equal(statement_frame(arena_str(&a, buf_str(&bytes)), &x->s), VERDICT_OK);
	assert_int_equal(head_read(x->s.head, &x->h), VERDICT_OK);
}

static void hold(const struct said *x, enum statement_verdict v)
{
	store_put(db, &x->s, &x->h, v, "", STR(""), 0, NULL);
	assert_int_equal(db_failed(db), 0);
}

static enum statement_verdict judged(const struct said *x, const char *me)
{
	struct judge j = {.db = db, .a = &a, .me = str_from(me), .now = NOW};

	return judge(&j, x->s.bytes);
}

#define BY1 "\"by\":[{\"id\":\"a\",\"role\":\"duty\",\"at\":\"2026-11-24T02:59:00Z\"}]"
#define BY2                                                                                                  \
	"\"by\":[{\"id\":\"a\",\"role\":\"duty\",\"at\":\"2026-11-24T02:59:00Z\"},{\"id\":\"b\",\"role\":"   \
	"\"duty\",\"at\":\"2026-11-24T02:59:00Z\"}]"
#define CARD(serial, office)                                                                                 \
	"{" BY2 ",\"id\":\"clmv\",\"serial\":" serial                                                        \
	",\"name\":\"n\",\"purpose\":\"p\",\"members\":[\"kh\",\"la\",\"mm\"],"                              \
	"\"label\":\"GREEN\",\"secretariat\":\"" office "\"}"
#define MEETING(serial, who)                                                                                 \
	"{" BY1 ",\"serial\":" serial                                                                        \
	",\"state\":\"planned\",\"title\":\"t\",\"start\":\"2026-12-01T00:00:00Z\","                         \
	"\"end\":\"2026-12-01T02:00:00Z\",\"place\":\"x\",\"chairs\":[\"la\"],\"participants\":" who         \
	",\"agenda\":[]}"
#define ASSENT "{" BY1 ",\"minutes\":\"abababababababababababababababababababababababababababababababab\"}"
#define NOTE(n) "{" BY1 ",\"ask\":\"" n "\",\"severity\":\"c3\",\"title\":\"t\",\"text\":{\"en\":\"x\"}}"

/* ---- streams ------------------------------------------------------------------------------------- */

/* The place of y where x is held. */
static struct place beside(const struct said *x, struct said *y)
{
	struct place p;

	db_begin(db);
	hold(x, VERDICT_OK);
	p = store_place(db, &y->h, y->s.id);
	db_rollback(db);
	return p;
}

static void places(void **state)
{
	static const uint64_t numbers[] = {
	        1, 2, 1ull << 31, (1ull << 53) - 1, INT64_MAX - 1, INT64_MAX, 1ull << 63, UINT64_MAX - 1};

	(void)state;
	assert_int_equal(undo(state), 0);
	for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct said x = {"la", "case.open", NOTE("x"), .seq = numbers[i]},
		            twin = {"la", "case.open", NOTE("y"), .seq = numbers[i]};
		say(&x);
		say(&twin);
		struct said good = {"la", "case.open", NOTE("z"), .seq = numbers[i] + 1, .prev = x.s.id};
		struct said bad = {"la", "case.open", NOTE("z"), .seq = numbers[i] + 1, .prev = twin.s.id},
		            other = {"mm", "case.open", NOTE("x"), .seq = numbers[i]};
		say(&good);
		say(&bad);
		say(&other);
		struct place p = beside(&x, &twin);
		assert_true(p.taken && !p.breaks && !p.before);
		p = beside(&x, &good);
		assert_true(!p.taken && !p.breaks && p.before);
		p = beside(&x, &bad);
		assert_true(!p.taken && p.breaks && p.before);
		p = beside(&good, &x);
		assert_true(!p.taken && !p.breaks);
		p = beside(&bad, &x);
		assert_true(!p.taken && p.breaks);
		p = beside(&x, &other); /* another stream */
		assert_true(!p.taken && !p.breaks && !p.before);
		if (numbers[i] + 2 > numbers[i]) {
			struct said far = {"la", "case.open", NOTE("f"), .seq = numbers[i] + 2};
			say(&far);
			p = beside(&x, &far);
			assert_true(!p.taken && !p.breaks && !p.before);
		}
		arena_reset(&a);
	}
	begin(state);
}

/* The highest number of a stream, up to the last one there is. */
static void tops(void **state)
{
	static const uint64_t numbers[] = {5, 3, INT64_MAX, 7, 1ull << 63, 9, UINT64_MAX, 1ull << 63 | 1};
	uint64_t top = 0;

	(void)state;
	for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct said x = {"la", "case.open", NOTE("x"), .seq = numbers[i]};
		say(&x);
		hold(&x, i == 3 ? VERDICT_FORK : VERDICT_OK);
		top = numbers[i] > top ? numbers[i] : top;
		struct query q = db_query(db, "select top, forked from stream where id = ?");
		query_u64(&q, store_stream(db, &x.h));
		assert_int_equal(query_next(&q), 1);
		assert_true(query_get_u64(&q, 0) == top);
		assert_int_equal(query_get_u64(&q, 1), i >= 3);
		query_done(&q, NULL);
	}
}

/* ---- cards --------------------------------------------------------------------------------------- */

static void groups(void **state)
{
	struct said card = {"la", "group", CARD("1", "la")},
	            newer = {"la", "group", CARD("2", "kh"), .seq = 2}, ack, ack2;
	struct said taken = {"vn", "group", CARD("9", "vn"), .seq = 9},
	            handed = {"kh", "group", CARD("3", "kh"), .seq = 9};
	struct said claims = {"mm", "group", CARD("4", "vn"), .seq = 9};

	(void)state;
	say(&card), say(&newer), say(&taken), say(&handed), say(&claims);
	ack = (struct said){"kh", "ack", "{" BY1 "}", .reply = card.s.id};
	ack2 = (struct said){"kh", "ack", "{" BY1 "}", .reply = newer.s.id, .seq = 2};
	say(&ack), say(&ack2);
	hold(&card, VERDICT_OK);
	assert_int_equal(judged(&taken, "kh"), VERDICT_GAP); /* nothing is confirmed here yet */
	assert_int_equal(judged(&claims, "kh"), VERDICT_NOT_ALLOWED);
	hold(&ack, VERDICT_OK);
	assert_int_equal(judged(&taken, "kh"), VERDICT_NOT_ALLOWED);
	assert_int_equal(judged(&taken, "mm"), VERDICT_GAP); /* kh's word is not mm's */
	hold(&newer, VERDICT_OK);
	assert_int_equal(judged(&handed, "la"), VERDICT_GAP); /* la's own card names kh */
	hold(&ack2, VERDICT_OK);
	assert_int_equal(judged(&handed, "mm"), VERDICT_GAP);
}

/* A card that was held has no effect, whoever confirmed it. */
static void held_card(void **state)
{
	struct said card = {"vn", "group", CARD("7", "vn")}, ack,
	            other = {"la", "group", CARD("1", "la"), .seq = 5};

	(void)state;
	say(&card), say(&other);
	ack = (struct said){"kh", "ack", "{" BY1 "}", .reply = card.s.id};
	say(&ack);
	hold(&card, VERDICT_NOT_ALLOWED);
	hold(&ack, VERDICT_OK);
	assert_int_equal(judged(&other, "kh"), VERDICT_GAP);
}

static void meetings(void **state)
{
	struct said first = {"la", "meeting", MEETING("1", "[\"kh\",\"mm\"]")}, other, second, minutes, by_kh,
	            by_vn, moved;
	static const uint8_t nothing[DIGEST_LEN] = {8};

	(void)state;
	say(&first);
	other = (struct said){"kh", "meeting", MEETING("99", "[\"vn\"]"), .seq = 3, .case_ = first.s.id};
	second = (struct said){"la", "meeting", MEETING("2", "[\"mm\",\"vn\"]"), .seq = 2, .prev = first.s.id,
	        .case_ = first.s.id};
	moved = (struct said){"kh", "meeting", MEETING("3", "[\"kh\"]"), .seq = 9, .case_ = first.s.id};
	minutes = (struct said){"vn", "meeting.minutes",
	        "{" BY1 ",\"minutes\":\"abababababababababababababababababababababababababababababababab\","
	        "\"attendance\":[],\"followups\":[]}",
	        .seq = 9, .case_ = first.s.id};
	by_kh = (struct said){
	        "kh", "meeting.assent", ASSENT, .seq = 9, .case_ = first.s.id, .reply = nothing};
	by_vn = (struct said){
	        "vn", "meeting.assent", ASSENT, .seq = 9, .case_ = first.s.id, .reply = nothing};
	say(&other), say(&second), say(&moved), say(&minutes), say(&by_kh), say(&by_vn);
	/* kh is faster than the card: nobody here knows better yet */
	assert_int_equal(judged(&other, "mm"), VERDICT_GAP);
	hold(&other, VERDICT_GAP);
	/* the card comes; the meeting is its sender's from then on, also against what was taken before */
	assert_int_equal(judged(&first, "mm"), VERDICT_OK);
	hold(&first, VERDICT_OK);
	assert_int_equal(judged(&second, "mm"), VERDICT_OK);
	assert_int_equal(judged(&moved, "mm"), VERDICT_NOT_ALLOWED);
	assert_int_equal(judged(&minutes, "mm"), VERDICT_NOT_ALLOWED);
	assert_int_equal(judged(&by_kh, "mm"), VERDICT_GAP);
	assert_int_equal(judged(&by_vn, "mm"), VERDICT_NOT_ALLOWED); /* kh's card 99 invites nobody */
	hold(&second, VERDICT_OK);
	assert_int_equal(judged(&by_kh, "mm"), VERDICT_NOT_ALLOWED);
	assert_int_equal(judged(&by_vn, "mm"), VERDICT_GAP);
}

/* ---- hostile peers ------------------------------------------------------------------------------- */

/* What would take ten times as long if it looked at each for each; a build without optimisation is slower by itself. */
#ifdef __OPTIMIZE__
#define PACE 1
#else
#define PACE 5
#endif

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Rows that a peer can add at will, without the work of signing each: ids and numbers count on. */
static void fill(const struct said *like, unsigned count)
{
	struct query q = db_query(db,
	        "with recursive c(i) as (select 1 union all select i + 1 from c where i < ?1) "
	        "insert into statement(id, stream, seq, prev, sender, kind, case_id, tlp, pap, created, "
	        "expires, head, content, "
	        "verdict, effect, received) select randomblob(32), stream, 1000 + i, prev, sender, kind, "
	        "case_id, tlp, pap, created, "
	        "expires, head, content, verdict, effect, received from c, statement where id = ?2");

	query_u64(&q, count);
	query_blob(&q, str_make((const char *)like->s.id, DIGEST_LEN));
	query_run(&q);
	assert_int_equal(db_failed(db), 0);
}

static void many_cards(void **state)
{
	struct said card = {"vn", "group", CARD("1", "vn")},
	            next = {"vn", "group", CARD("2", "vn"), .seq = 99};
	struct said meeting = {"la", "meeting", MEETING("1", "[\"kh\"]"), .seq = 1}, noise, assent, minutes;
	static const uint8_t nothing[DIGEST_LEN] = {8};

	(void)state;
	say(&card), say(&next), say(&meeting);
	noise = (struct said){"kh", "meeting", MEETING("5", "[\"vn\"]"), .case_ = meeting.s.id};
	assent = (struct said){
	        "kh", "meeting.assent", ASSENT, .seq = 9, .case_ = meeting.s.id, .reply = nothing};
	minutes = (struct said){
	        "vn", "case.note", "{" BY1 ",\"text\":{\"en\":\"x\"}}", .seq = 5, .case_ = meeting.s.id};
	say(&noise), say(&assent), say(&minutes);
	hold(&card, VERDICT_OK), hold(&meeting, VERDICT_OK), hold(&noise, VERDICT_OK),
	        hold(&minutes, VERDICT_OK);
	fill(&card, 20000);
	fill(&noise, 20000);
	fill(&minutes, 20000);
	double from = seconds();
	size_t used = a.used;
	for (unsigned i = 0; i < 20; i++) {
		assert_int_equal(judged(&next, "kh"), VERDICT_GAP);
		assert_int_equal(judged(&assent, "mm"), VERDICT_GAP);
	}
	/* 40 judgements; without the indexes of cards they take seconds */
	assert_true(seconds() - from < 0.5 * PACE);
	assert_true(a.used - used < 4u << 20);
}

/* One number given to very many statements, and to as many of those before it. */
static void many_forks(void **state)
{
	struct said x = {"la", "case.open", NOTE("x"), .seq = 6},
	            y = {"la", "case.open", NOTE("y"), .seq = 7};
	struct said twin = {"la", "case.open", NOTE("z"), .seq = 6}, after;
	struct place p;

	(void)state;
	say(&x), say(&y), say(&twin);
	hold(&x, VERDICT_OK), hold(&y, VERDICT_OK);
	for (unsigned i = 0; i < 2; i++) {
		const struct said *like = i == 0 ? &x : &y;
		struct query q = db_query(db,
		        "with recursive c(i) as (select 1 union all select i + 1 from c where i < 30000) "
		        "insert into statement(id, stream, seq, prev, sender, kind, tlp, pap, created, "
		        "expires, head, content, verdict, "
		        "effect, received) select randomblob(32), stream, seq, randomblob(32), sender, kind, "
		        "tlp, pap, created, expires, "
		        "head, content, verdict, effect, received from c, statement where id = ?");
		query_blob(&q, str_make((const char *)like->s.id, DIGEST_LEN));
		query_run(&q);
	}
	after = (struct said){"la", "case.open", NOTE("a"), .seq = 7, .prev = x.s.id};
	say(&after);
	double from = seconds();
	for (unsigned i = 0; i < 20; i++) {
		p = store_place(db, &twin.h, twin.s.id);
		assert_true(p.taken && p.breaks && !p.before);
		p = store_place(db, &after.h, after.s.id);
		assert_true(p.taken && !p.breaks && p.before);
	}
	assert_true(seconds() - from < 0.1 * PACE);
}

/* A fork stays proved when the key that made it has been revoked, which is what comes of it. */
static void revoked_proof(void **state)
{
	auto_buf struct buf json = {0}, bytes = {0};
	struct said one = {"mm", "case.open", NOTE("1")}, two = {"mm", "case.open", NOTE("2")}, fork;
	const struct said *both[] = {&one, &two};

	(void)state;
	say(&one), say(&two);
	for (unsigned i = 0; i < 2; i++) {
		char text[2048];
		buf_clear(&bytes);
		statement_write(
		        &bytes, both[i]->s.head, (const uint8_t *)both[i]->s.signature.p, str_make("", 0));
		sodium_bin2base64(
		        text, sizeof(text), (uint8_t *)bytes.p, bytes.len, sodium_base64_VARIANT_ORIGINAL);
		buf_printf(&json, "%s\"%s\":\"%s\"", i == 0 ? "{" : ",", i == 0 ? "a" : "b", text);
	}
	buf_add(&json, STR("}"));
	buf_char(&json, 0);
	fork = (struct said){"la", "fork", json.p};
	say(&fork);
	assert_int_equal(judged(&fork, "kh"), VERDICT_OK);
	struct query q = db_query(db, "update party_key set revoked = 1 where party = 'mm'");
	query_run(&q);
	assert_int_equal(judged(&fork, "kh"), VERDICT_OK);
	assert_int_equal(judged(&one, "kh"), VERDICT_BAD_KEY);
}

/* Long bodies of others are not read to answer questions about heads. */
static void long_case(void **state)
{
	auto_buf struct buf body = {0};

	(void)state;
	buf_add(&body, STR("{" BY1 ",\"ask\":\"x\",\"severity\":\"c3\",\"title\":\"t\",\"text\":{\"en\":\""));
	while (body.len < 200000)
		buf_add(&body, STR("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"));
	buf_add(&body, STR("\"}}"));
	buf_char(&body, 0);
	struct said opened = {"la", "case.open", body.p}, read;
	say(&opened);
	hold(&opened, VERDICT_OK);
	read = (struct said){"kh", "read", "{}", .case_ = opened.s.id, .reply = opened.s.id};
	say(&read);
	size_t used = a.used;
	assert_int_equal(judged(&read, "la"), VERDICT_OK);
	assert_true(a.used - used < 64u << 10);
}

/* As many members as fit, and an agenda behind them that asks for others of them at each item. */
static void slow_bodies(void **state)
{
	auto_buf struct buf body = {0};
	unsigned n = 0;

	(void)state;
	buf_char(&body, '{');
	while (body.len < 130000)
		buf_printf(&body, "\"%x\":1,", n++);
	buf_add(&body,
	        STR(BY1 ",\"serial\":1,\"state\":\"planned\",\"title\":\"t\",\"start\":\"2026-12-01T00:00:"
	                "00Z\",\"end\":\"2026-12-01T02:00:00Z\","
	                "\"place\":\"x\",\"chairs\":[\"la\"],\"participants\":[\"kh\"],\"agenda\":["));
	while (body.len < 261000)
		buf_add(&body,
		        STR("{\"title\":\"\",\"start\":\"2026-12-01T00:00:00Z\",\"end\":\"2026-12-01T01:00:"
		            "00Z\"},"));
	body.len--;
	buf_add(&body, STR("]}"));
	buf_char(&body, 0);
	struct said x = {"la", "meeting", body.p};
	say(&x);
	double from = seconds();
	assert_int_equal(judged(&x, "kh"), VERDICT_OK);
	assert_true(seconds() - from < 0.2 * PACE);
}

/* A note to oneself that something was read is of what one said oneself, as at any receiver. */
static void read_alone(void **state)
{
	struct said opened = {"la", "case.open", NOTE("x")}, other = {"kh", "case.open", NOTE("y")};

	(void)state;
	say(&opened);
	say(&other);
	hold(&opened, VERDICT_OK);
	hold(&other, VERDICT_OK);
	struct said own = {"la", "read", "{}", .reply = opened.s.id, .alone = true},
	            foreign = {"la", "read", "{}", .reply = other.s.id, .alone = true},
	            told = {"kh", "read", "{}", .seq = 2, .prev = other.s.id, .reply = opened.s.id};
	say(&own);
	say(&foreign);
	say(&told);
	assert_int_equal(judged(&own, "la"), VERDICT_OK);
	assert_int_equal(judged(&foreign, "la"), VERDICT_NOT_ALLOWED);
	assert_int_equal(judged(&told, "la"), VERDICT_OK);
	assert_int_equal(judged(&told, "mm"), VERDICT_NOT_ALLOWED);
}

#define DRILL(start, end)                                                                                    \
	"{" BY1 ",\"title\":\"t\",\"start\":\"" start "T00:00:00Z\",\"end\":\"" end                          \
	"T00:00:00Z\",\"teams\":[]}"

/* Steps of a drill are said while it runs. */
static void injects(void **state)
{
	static const struct {
		const char *drill;
		enum statement_verdict verdict;
	} rows[] = {{DRILL("2026-11-01", "2026-12-31"), VERDICT_OK},
	        {DRILL("2026-12-30", "2026-12-31"), VERDICT_BAD_FIELDS},
	        {DRILL("2026-11-01", "2026-11-02"), VERDICT_BAD_FIELDS}, {"{}", VERDICT_OK}};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct said drill = {"la", "exercise.open", rows[i].drill, .exercise = "la/river"};
		assert_int_equal(undo(state), 0);
		begin(state);
		say(&drill);
		struct said step = {"la", "exercise.inject", "{" BY1 ",\"n\":1,\"text\":{\"en\":\"x\"}}",
		        .seq = 2, .prev = drill.s.id, .case_ = drill.s.id, .exercise = "la/river"};
		say(&step);
		assert_int_equal(judged(&step, "kh"), VERDICT_GAP);
		hold(&drill, VERDICT_OK);
		assert_int_equal(judged(&step, "kh"), rows[i].verdict);
	}
}

/* Persons are told apart, however many entries there are. */
static void people(void **state)
{
	static const struct {
		const char *by;
		unsigned n;
	} lists[] = {{"[]", 0}, {"5", 0}, {"[5,null,[],{}]", 0},
	        {"[{\"id\":\"a\",\"role\":\"r\",\"at\":\"x\"}]", 1},
	        {"[{\"id\":\"a\",\"role\":\"r\",\"at\":\"x\"},{\"id\":\"a\",\"role\":\"s\",\"at\":\"y\"}]",
	                1},
	        {"[{\"id\":\"a\",\"role\":\"r\"},{\"id\":\"a\",\"role\":\"s\",\"at\":\"y\"}]", 1},
	        {"[{\"id\":\"a\",\"role\":\"\",\"at\":\"y\"},{\"id\":\"b\",\"role\":\"s\",\"at\":\"y\"}]", 1},
	        {"[{\"id\":\"a\",\"role\":\"r\",\"at\":\"x\"},{\"id\":\"b\",\"role\":\"r\",\"at\":\"x\"},{"
	         "\"id\":\"a\",\"role\":\"r\",\"at\":\"x\"}]",
	                2}};
	auto_buf struct buf json = {0}, items = {0};
	const char *why;

	(void)state;
	for (unsigned i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		buf_clear(&json), buf_clear(&items);
		buf_printf(&json, "{\"by\":%s}", lists[i].by);
		assert_true(body_read(buf_str(&json), &items, &why));
		struct item body = item_root(buf_str(&items));
		assert_int_equal(kind_people(&body), lists[i].n);
	}
	/* a hundred times the same, then another */
	buf_clear(&json), buf_clear(&items);
	buf_add(&json, STR("{\"by\":["));
	for (unsigned i = 0; i < 1000; i++)
		buf_add(&json, STR("{\"id\":\"a\",\"role\":\"r\",\"at\":\"x\"},"));
	buf_add(&json, STR("{\"id\":\"b\",\"role\":\"r\",\"at\":\"x\"}]}"));
	assert_true(body_read(buf_str(&json), &items, &why));
	struct item body = item_root(buf_str(&items));
	assert_int_equal(kind_people(&body), 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, undo)
	const struct CMUnitTest tests[] = {
	        TEST(places),
	        TEST(tops),
	        TEST(groups),
	        TEST(held_card),
	        TEST(meetings),
	        TEST(many_cards),
	        TEST(many_forks),
	        TEST(revoked_proof),
	        TEST(long_case),
	        TEST(slow_bodies),
	        TEST(read_alone),
	        TEST(injects),
	        TEST(people),
	};

	return cmocka_run_group_tests(tests, open_state, close_state);
}
