/* SPDX-License-Identifier: Apache-2.0
 *
 * Cases: who may write which state, that the order in which words come does not matter, and when things are due.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/os.h"
#include "event/civil.h"
#include "link/case_change.h"
#include "link/outage.h"
#include "link/payment.h"
#include "link/reply.h"
#include "state/state.h"
#include <stdlib.h>
#include <unistd.h>

static struct db *open_db(char folder[64])
{
	struct db *db;
	struct err e = {0};

	snprintf(folder, 64, "/tmp/weir-case-XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(state_open(folder, DB_WRITE, &db, &e), 0);
	return db;
}

static void close_db(struct db *db, const char *folder)
{
	static const char *const files[] = {"state.db", "state.db-wal", "state.db-shm"};
	char path[128];

	db_close(db);
	for (unsigned i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		(void)os_delete(path, NULL);
	}
	assert_int_equal(rmdir(folder), 0);
}

/* asked: who was asked, with blanks between them. */
static uint64_t open_case(struct db *db, const char *requester, const char *asked)
{
	char number[32];
	struct query q = db_query(db,
	        "insert into case_(number, kind, title, severity, label, state, direction, requester, "
	        "opened, "
	        "opened_by) values (?, 'request', 't', 'c3', 'AMBER', 'draft', case ?2 when 'la' then 'ours' "
	        "when '' then '' else 'theirs' end, ?2, 0, 'x')");

	query_text(&q, case_number(db, STR("la"), 1767600000 * (int64_t)MICRO, number));
	query_text(&q, str_from(requester));
	query_run(&q);
	uint64_t id = db_last_id(db);
	for (struct str_cut cut = {.tail = str_from(asked), .ok = true}; cut.ok;) {
		cut = str_cut(cut.tail, ' ');
		struct query m = db_query(db, "insert into case_member(case_, party) values (?, ?)");
		query_u64(&m, id);
		query_text(&m, cut.head);
		query_run(&m);
	}
	case_state_make(db, id);
	return id;
}

static int say(struct db *db, uint64_t id, const char *party, uint64_t seq, const char *state, int64_t at)
{
	struct err e = {0};

	return case_state_set(db, id,
	        &(struct case_word){.party = str_from(party), .seq = seq, .state = str_from(state), .at = at},
	        &e);
}

/* All that the words have made of a case, as one line. */
static void shown(struct db *db, uint64_t id, char *ret, size_t size)
{
	struct query q = db_query(db,
	        "select state || ' ' || coalesce(acked, '-') || ' ' || coalesce(answered, '-') || ' ' || "
	        "coalesce(ended, '-') || ' ' || coalesce(arrived, '-') || (select group_concat(party || "
	        "state || seq || reason || redirect_to || coalesce(eta, '')) from (select * from case_word "
	        "where case_ = c.id order by party)) from case_ c where id = ?");

	query_u64(&q, id);
	ret[0] = 0;
	if (query_next(&q) == 1)
		snprintf(ret, size, "%.*s", STR_ARG(query_get_text(&q, 0)));
	query_run(&q);
}

static void is_state(struct db *db, uint64_t id, const char *wanted)
{
	struct query q = db_query(db, "select state from case_ where id = ?");

	query_u64(&q, id);
	assert_int_equal(query_next(&q), 1);
	struct str s = query_get_text(&q, 0);
	if (!str_eq(s, str_from(wanted)))
		fail_msg("the state is %.*s and not %s", STR_ARG(s), wanted);
	query_run(&q);
}

static void test_request(void **state)
{
	char folder[64];
	struct db *db = open_db(folder);
	uint64_t id = open_case(db, "la", "vn");

	(void)state;
	is_state(db, id, "draft");
	assert_int_equal(case_stage_set(db, id, STR("vn"), CASE_STAGE_QUEUED, 1), 1);
	is_state(db, id, "queued");
	assert_int_equal(case_stage_set(db, id, STR("vn"), CASE_STAGE_READ, 7), 1);
	/* the receipt comes after the news that somebody has read it */
	assert_int_equal(case_stage_set(db, id, STR("vn"), CASE_STAGE_DELIVERED, 5),
	        0); /* and still counts as the arrival */
	is_state(db, id, "read");
	assert_int_equal(say(db, id, "vn", 3, "accepted", 20), 1);
	is_state(db, id, "accepted");
	assert_int_equal(say(db, id, "vn", 2, "acknowledged", 10), 0);
	is_state(db, id, "accepted");
	/* not his to say, however late */
	assert_int_equal(say(db, id, "vn", 9, "closed", 30), 0);
	assert_int_equal(say(db, id, "la", 9, "resolved", 30), 0);
	assert_int_equal(say(db, id, "kh", 9, "resolved", 30), 0);
	is_state(db, id, "accepted");
	assert_int_equal(say(db, id, "vn", 4, "resolved", 40), 1);
	assert_int_equal(say(db, id, "la", 5, "closed", 50), 1);
	is_state(db, id, "closed");
	/* it stays closed, whatever he says, who was asked */
	assert_int_equal(say(db, id, "vn", 8, "in-progress", 60), 1);
	is_state(db, id, "closed");
	assert_int_equal(say(db, id, "vn", 8, "nonsense", 60), ERR_VALUE);
	char line[400];
	shown(db, id, line, sizeof(line));
	assert_int_equal(strncmp(line, "closed 10 20 50 5", 17), 0);
	close_db(db, folder);
}

static void test_own(void **state)
{
	char folder[64];
	struct db *db = open_db(folder);
	uint64_t id = open_case(db, "", "la"), both = open_case(db, "la", "vn kh");

	(void)state;
	is_state(db, id, "received");
	assert_int_equal(say(db, id, "la", 1, "resolved", 1), 1);
	assert_int_equal(say(db, id, "la", 2, "closed", 2), 1);
	is_state(db, id, "closed");
	assert_int_equal(say(db, id, "la", 3, "in-progress", 3), 1);
	is_state(db, id, "in-progress");
	assert_int_equal(say(db, id, "vn", 4, "resolved", 4), 0);
	/* who is least far says how far it is */
	assert_int_equal(say(db, both, "vn", 1, "resolved", 1), 1);
	is_state(db, both, "draft");
	assert_int_equal(say(db, both, "kh", 1, "accepted", 1), 1);
	is_state(db, both, "accepted");
	close_db(db, folder);
}

/* ---- any order ----------------------------------------------------------------------------------- */

struct said {
	const char *party;
	uint64_t seq;
	int stage; /* -1: a word */
	const char *state;
	int64_t at;
};

static unsigned dice(uint64_t *seed, unsigned n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(*seed >> 33) % n;
}

/* Words of three parties, a third of which are not theirs to say; numbers are each writer's own. */
static unsigned make_words(uint64_t *seed, struct said *v)
{
	static const char *const parties[] = {"la", "vn", "kh", "mm"};
	uint64_t next[4] = {0};
	unsigned n = 4 + dice(seed, 12);

	for (unsigned i = 0; i < n; i++) {
		unsigned who = dice(seed, 4);
		if (who == 1 && dice(seed, 3) == 0) {
			v[i] = (struct said){parties[1], 0, (int)dice(seed, 4), "", 100 + dice(seed, 1000)};
			continue;
		}
		next[who] += 1 + dice(seed, 3);
		v[i] = (struct said){parties[who], next[who], -1,
		        case_state_table[dice(seed, CASE_STATES)].name, 100 + dice(seed, 1000)};
	}
	return n;
}

static void apply(struct db *db, uint64_t id, const struct said *s)
{
	if (s->stage >= 0)
		assert_true(
		        case_stage_set(db, id, str_from(s->party), (enum case_stage)s->stage, s->at) >= 0);
	else
		assert_true(say(db, id, s->party, s->seq, s->state, s->at) >= 0);
}

static void shuffle(uint64_t *seed, struct said *v, unsigned n)
{
	for (unsigned i = n; i > 1; i--) {
		unsigned k = dice(seed, i);
		struct said was = v[i - 1];
		v[i - 1] = v[k];
		v[k] = was;
	}
}

static void test_any_order(void **state)
{
	char folder[64], first[400], again[400];
	struct db *db = open_db(folder);
	struct said v[16];
	uint64_t seed = 20260105;

	(void)state;
	db_begin(db);
	for (unsigned round = 0; round < 300; round++) {
		unsigned n = make_words(&seed, v);
		for (unsigned k = 0; k < 4; k++) {
			uint64_t id = open_case(db, round % 2 ? "la" : "", round % 2 ? "vn kh" : "la");
			if (k > 0)
				shuffle(&seed, v, n);
			for (unsigned i = 0; i < n; i++)
				apply(db, id, &v[i]);
			/* and some of them once more, as a replay would bring them */
			for (unsigned i = 0; i < n; i += 1 + dice(&seed, 3))
				apply(db, id, &v[i]);
			shown(db, id, k == 0 ? first : again, sizeof(first));
			if (k > 0 && strcmp(first, again) != 0)
				fail_msg("round %u: '%s' in one order and '%s' in another", round, first,
				        again);
		}
	}
	assert_int_equal(db_commit(db, NULL), 0);
	close_db(db, folder);
}

/* ---- due times ----------------------------------------------------------------------------------- */

static int64_t at(const char *text)
{
	int64_t ret = 0;

	assert_true(value_time(str_from(text), NULL, &ret));
	return ret;
}

static void is_at(int64_t got, const char *wanted)
{
	if (got != at(wanted))
		fail_msg("%lld and not %s, which is %lld: %lld minutes", (long long)got, wanted,
		        (long long)at(wanted), (long long)((got - at(wanted)) / MICRO / 60));
}

static void load(struct arena *a, struct calendars *c)
{
	static const char *const ccs[] = {"la", "vn", "mm"};
	struct err e = {0};

	for (unsigned i = 0; i < 3; i++) {
		struct str path = arena_printf(a, SOURCE_ROOT "/conf/holidays/%s.yaml", ccs[i]);
		if (calendars_add(a, c, str_from(ccs[i]), STR(""), path.p, &e) != 0)
			fail_msg("%s", e.text);
	}
}

static void test_due(void **state)
{
	auto_arena struct arena a = {0};
	struct calendars c = {0};

	(void)state;
	arena_init(&a, 0);
	load(&a, &c);
	const struct calendar *la = calendar_find(&c, STR("LA")), *vn = calendar_find(&c, STR("vn")),
	                      *mm = calendar_find(&c, STR("mm"));
	assert_non_null(la);
	assert_true(str_eq(mm->zone_name, STR("Asia/Yangon")));
	/* minutes and hours count through nights and holidays */
	is_at(case_due(STR("c1"), at("2026-04-30T20:00:00Z"), vn).ack, "2026-04-30T20:15:00Z");
	is_at(case_due(STR("c1"), at("2026-04-30T20:00:00Z"), vn).status, "2026-04-30T21:00:00Z");
	is_at(case_due(STR("c2"), at("2026-04-30T20:00:00Z"), vn).ack, "2026-04-30T20:30:00Z");
	is_at(case_due(STR("c3"), at("2026-04-30T20:00:00Z"), vn).status, "2026-05-01T04:00:00Z");
	/* a Monday at 10:00 in Vientiane, which is 03:00 UTC: Tuesday at 10:00 */
	is_at(case_due(STR("c4"), at("2026-01-05T03:00:00Z"), la).ack, "2026-01-06T03:00:00Z");
	assert_int_equal(case_due(STR("c4"), at("2026-01-05T03:00:00Z"), la).status, 0);
	/* Friday 23:30 UTC is Saturday there: as if it had come on Monday at 00:00 */
	is_at(case_due(STR("c4"), at("2026-01-09T23:30:00Z"), la).ack, "2026-01-12T17:00:00Z");
	/* Friday 10:00, three days: Wednesday */
	is_at(case_due(STR("c5"), at("2026-01-09T03:00:00Z"), la).ack, "2026-01-14T03:00:00Z");
	/* before Tet (16 to 20 February): Friday the 13th, and the next working day is Monday the 23rd */
	is_at(case_due(STR("c4"), at("2026-02-13T03:00:00Z"), vn).ack, "2026-02-23T03:00:00Z");
	is_at(case_due(STR("c6"), at("2026-02-17T03:00:00Z"), vn).ack, "2026-02-25T17:00:00Z");
	/* half an hour more than the others: 23:45 of Thursday in Yangon is 17:15 UTC */
	is_at(case_due(STR("c4"), at("2026-01-08T17:15:00Z"), mm).ack, "2026-01-09T17:15:00Z");
	/* and 00:15 of Saturday */
	is_at(case_due(STR("c4"), at("2026-01-09T17:45:00Z"), mm).ack, "2026-01-12T17:30:00Z");
	/* nobody knows the country: UTC, Monday to Friday */
	is_at(case_due(STR("c4"), at("2026-01-09T23:30:00Z"), NULL).ack, "2026-01-12T23:30:00Z");
	is_at(case_stage_due(STR("first"), at("2026-01-09T23:30:00Z")), "2026-01-10T23:30:00Z");
	is_at(case_stage_due(STR("second"), at("2026-01-09T23:30:00Z")), "2026-01-12T23:30:00Z");
	calendars_done(&c);
}

static void test_names(void **state)
{
	char folder[64];
	struct db *db = open_db(folder);
	uint64_t id = open_case(db, "la", "vn"), other = open_case(db, "", "la");
	auto_buf struct buf out = {0};
	static const uint8_t digest[32] = {0x84, 0x5b, 0x3c, 0x06, 0xa1, 0x01};

	(void)state;
	struct query q = db_query(db, "update case_ set statement = ? where id = ?");
	query_blob(&q, str_make((const char *)digest, 32));
	query_u64(&q, id);
	query_run(&q);
	assert_int_equal(case_find(db, STR("la-2026-00001")), id);
	assert_int_equal(case_find(db, STR("K2")), other);
	assert_int_equal(case_find(db, STR("K3")), 0);
	assert_int_equal(case_of_subject(db, STR("Re: [weir la-845b3c06a1] a phish")), id);
	assert_int_equal(case_of_subject(db, STR("Re: [weir la-845b3c06a2] a phish")), 0);
	assert_int_equal(case_of_subject(db, STR("AW: [abuse] [LA-2026-00002] Hilfe")), other);
	assert_int_equal(case_of_subject(db, STR("[weir la-] [")), 0);
	case_defang(&out, STR("http://www.bank.example/x?a=b"));
	assert_true(str_eq(buf_str(&out), STR("hxxp://www[.]bank[.]example/x?a=b")));
	assert_string_equal(case_type_of(STR("2001:db8::1")), "ipv6-addr");
	assert_string_equal(case_type_of(STR("http://x.example/")), "url");
	close_db(db, folder);
}

static void hear(void *arg, uint64_t id, struct str number, struct str severity)
{
	unsigned *n = arg;

	assert_int_equal(id, 1);
	assert_true(str_eq(severity, STR("c3")) && number.len > 0);
	++*n;
}

/* Who is called is called until somebody has taken it on, and not while it waits. */
static void test_unheard(void **state)
{
	char folder[64];
	struct db *db = open_db(folder);
	uint64_t id = open_case(db, "vn", "la");
	unsigned n = 0;
	struct err e = {0};

	(void)state;
	(void)open_case(db, "la", "vn");
	assert_int_equal(db_exec(db, "update case_ set ack_due = 100", &e), 0);
	assert_int_equal(case_unheard(db, 100, hear, &n, &e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(case_unheard(db, 101, hear, &n, &e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(db_exec(db, "update case_ set held_until = 200", &e), 0);
	assert_int_equal(case_unheard(db, 150, hear, &n, &e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(case_unheard(db, 201, hear, &n, &e), 0);
	assert_int_equal(n, 2);
	assert_int_equal(say(db, id, "la", 1, "acknowledged", 150), 1);
	assert_int_equal(case_unheard(db, 300, hear, &n, &e), 0);
	assert_int_equal(n, 2);
	close_db(db, folder);
}

static const struct change_here nobody = {.party = STR_INIT("la")};

static struct str one_text(struct db *db, const char *sql, struct arena *a)
{
	struct query q = db_query_text(db, str_from(sql));
	struct str s = query_next(&q) == 1 ? arena_str(a, query_get_text(&q, 0)) : STR("none");

	query_run(&q);
	return s;
}

/* What waits to go out is cleared by the label of its case, or refused with the exit's words, and its outcome stays. */
static void test_mails(void **state)
{
	char folder[64];
	struct db *db = open_db(folder);
	uint64_t id = open_case(db, "", "la");
	auto_arena struct arena a = {0};
	struct reply_mail *m = NULL;
	struct reply_ready r = {0};
	struct err e = {0};

	(void)state;
	arena_init(&a, 0);
	struct case_entry entry = {.kind = "answer",
	        .direction = "out",
	        .channel = "mail",
	        .state = "to send",
	        .party = STR("a@b.example"),
	        .text = STR("x")};
	uint64_t first = case_entry_put(db, id, &entry);
	/* AMBER, in the clear, to somebody whom nobody knows */
	assert_int_equal(reply_next(db, &nobody, 0, &a, &m, &e), 1);
	assert_true(m->entry == first && m->recipient.kind == EXIT_WRITER && m->object.label == TLP_AMBER);
	assert_int_equal(reply_clear(db, m, STR("bytes"), false, &e), 0);
	assert_true(str_find_str(one_text(db, "select state || answer from case_entry", &a), 0,
	                    STR("refuseda@b.example: TLP:AMBER and above goes to another party only")) == 0);
	assert_true(str_eq(one_text(db, "select name from refusal where object = 'mail L1'", &a),
	        STR("amber-open-mail")));
	assert_int_equal(reply_ready_next(db, &a, &r, &e), 0);

	/* GREEN: to a stranger no, to a team that is listed yes */
	assert_int_equal(
	        db_exec(db, "update case_ set label = 'GREEN'; update case_entry set state = 'to send'", &e),
	        0);
	assert_int_equal(reply_next(db, &nobody, 0, &a, &m, &e), 1);
	assert_false(m->recipient.takes_part);
	assert_int_equal(
	        db_exec(db,
	                "insert into abroad(cc, kind, name, email, at) values ('VN', 'national', 'T', "
	                "'A@B.example', 1)",
	                &e),
	        0);
	assert_int_equal(reply_next(db, &nobody, 0, &a, &m, &e), 1);
	assert_true(m->recipient.takes_part);
	/* held until a person lets it go */
	assert_int_equal(reply_clear(db, m, STR("bytes"), true, &e), 0);
	assert_int_equal(reply_next(db, &nobody, 0, &a, &m, &e), 0);
	assert_int_equal(reply_ready_next(db, &a, &r, &e), 0);
	assert_int_equal(db_exec(db, "update case_entry set held = 2", &e), 0);
	assert_int_equal(reply_ready_next(db, &a, &r, &e), 1);
	assert_true(r.entry == first && str_eq(r.to, STR("a@b.example")) && str_eq(r.bytes, STR("bytes")));

	/* later, then taken; the same bytes each time, and no more once it is said */
	assert_int_equal(reply_answer(db, first, 450, STR("not now"), &e), 0);
	assert_int_equal(reply_ready_next(db, &a, &r, &e), 0);
	assert_int_equal(db_exec(db, "update case_entry set next_try = 1", &e), 0);
	assert_int_equal(reply_ready_next(db, &a, &r, &e), 1);
	assert_true(str_eq(r.bytes, STR("bytes")));
	assert_int_equal(reply_answer(db, first, 250, STR("250 taken"), &e), 0);
	assert_int_equal(reply_answer(db, first, 550, STR("too late"), &e), 0);
	assert_int_equal(reply_ready_next(db, &a, &r, &e), 0);
	assert_true(
	        str_eq(one_text(db,
	                       "select n.state || n.answer || tries || o.state from case_entry n join outbox "
	                       "o on o.id = n.outbox",
	                       &a),
	                STR("sent250 taken1sent")));
	close_db(db, folder);
}

/* A contact of the owner that the case is about is a client; a key makes it sealed. */
static void test_mail_keys(void **state)
{
	char folder[64];
	struct db *db = open_db(folder);
	uint64_t id = open_case(db, "", "la");
	auto_arena struct arena a = {0};
	struct reply_mail *m = NULL;
	struct err e = {0};

	(void)state;
	arena_init(&a, 0);
	case_entry_put(db, id,
	        &(struct case_entry){.kind = "answer",
	                .channel = "mail",
	                .state = "to send",
	                .party = STR("a@b.example"),
	                .text = STR("x")});
	assert_int_equal(
	        db_exec(db,
	                "insert into party(name, title, email, pgp) values ('vn', 'T', 'A@b.example', "
	                "'00112233')",
	                &e),
	        0);
	assert_int_equal(reply_next(db, &nobody, 0, &a, &m, &e), 1);
	assert_true(m->recipient.kind == EXIT_WRITER && m->recipient.way == EXIT_SEALED &&
	        str_eq(m->key, STR("00112233")));
	/* another one writes that address on its card, with its own key; then both have it on their cards alone, and it is nobody's */
	assert_int_equal(
	        db_exec(db,
	                "insert into party_contact(id, party, ref, kind, office, confirmed, source) values "
	                "(1, 'aa', 'r', 'other', 'O', 0, 'card'), (2, 'vn', 'r', 'other', 'O', 0, 'card'); "
	                "insert into contact_channel(contact, type, address, pgp) values (1, 'email', "
	                "'a@b.example', 'EEEE'), (2, 'email', 'a@b.example', '00112233'); update party set "
	                "email = ''",
	                &e),
	        0);
	assert_int_equal(reply_next(db, &nobody, 0, &a, &m, &e), 1);
	assert_true(m->key.len == 0 && m->recipient.way == EXIT_OPEN);
	assert_int_equal(db_exec(db, "update party set email = 'a@b.example'", &e), 0);
	assert_int_equal(reply_next(db, &nobody, 0, &a, &m, &e), 1);
	assert_true(str_eq(m->key, STR("00112233")));
	/* AMBER of our own, encrypted */
	assert_true(exit_judge(&m->object, &m->recipient, EXIT_TELL).allowed);
	/* what they have entrusted to us does not go on */
	assert_int_equal(db_exec(db, "update case_ set direction = 'theirs', peer = 'kh'", &e), 0);
	assert_int_equal(reply_next(db, &nobody, 0, &a, &m, &e), 1);
	assert_false(exit_judge(&m->object, &m->recipient, EXIT_TELL).allowed);
	close_db(db, folder);
}

/* ---- payments and outages ------------------------------------------------------------------------ */

static void test_payment(void **state)
{
	static const struct payment good = {.uetr = STR_INIT("97ed4827-7b6f-4491-a06f-b548d5a7512d"),
	        .amount = STR_INIT("20000000.00"),
	        .currency = STR_INIT("USD"),
	        .beneficiary_bic = STR_INIT("exbkvnvx"),
	        .account = STR_INIT("0123456789")};
	auto_arena struct arena a = {0};
	auto_buf struct buf body = {0};
	char room[PAYMENT_ROOM], folder[64];
	struct payment p = good;
	struct err e = {0};
	struct db *db = open_db(folder);
	uint64_t id = open_case(db, "la", "vn");

	(void)state;
	arena_init(&a, 0);
	assert_int_equal(payment_check(&p, room, &e), 0);
	assert_true(str_eq(p.beneficiary_bic, STR("EXBKVNVX")));
	static const char *const bad[][2] = {{"97ed4827-7b6f-1491-a06f-b548d5a7512d", "1"},
	        {"97ed4827-7b6f-4491-c06f-b548d5a7512d", "1"}, {"", "1."}, {"", "1.123456"}, {"", "-1"},
	        {"", "1,5"}};
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct payment b = good;
		b.ref = STR("x");
		b.uetr = str_from(bad[i][0]);
		b.amount = str_from(bad[i][1]);
		assert_int_equal(payment_check(&b, room, &e), ERR_USAGE);
	}
	assert_true(str_eq(payment_masked(STR("0123456789"), &a), STR("****6789")));
	assert_true(str_eq(payment_masked(STR("1234567"), &a), STR("****")));

	/* four characters leave; all of them only where a person has said so; none is kept once it has ended */
	payment_put(db, id, &p);
	payment_add(db, id, &body);
	assert_true(str_find_str(buf_str(&body), 0, STR("\"beneficiary_account\":\"****6789\"")) != SIZE_MAX);
	p.whole = true;
	payment_put(db, id, &p);
	buf_clear(&body);
	payment_add(db, id, &body);
	assert_true(str_find_str(buf_str(&body), 0, STR("\"0123456789\"")) != SIZE_MAX);
	struct case_word w = {.party = STR("la"), .seq = 1, .state = STR("withdrawn"), .at = 5};
	assert_int_equal(case_state_set(db, id, &w, &e), 1);
	assert_true(payment_find(db, id, &a, &p));
	assert_true(str_eq(p.account, STR("****6789")) && !p.whole);
	close_db(db, folder);
}

struct heard {
	unsigned calls, n;
	char whom[200];
};

static void hear_call(void *arg, uint64_t id, struct str number, unsigned n, struct str whom)
{
	struct heard *h = arg;

	(void)id;
	(void)number;
	h->calls++;
	h->n = n;
	snprintf(h->whom, sizeof(h->whom), "%.*s", STR_ARG(whom));
}

/* 15 minutes from when it left, whether or not it has arrived; then one contact after the other, duty first. */
static void test_payment_calls(void **state)
{
	const int64_t minute = (int64_t)60 * MICRO;
	char folder[64];
	struct db *db = open_db(folder);
	uint64_t id = open_case(db, "la", "vn");
	struct heard h = {0};
	struct err e = {0};

	(void)state;
	assert_int_equal(
	        db_exec(db,
	                "update case_ set ask = 'payment-recall-alert', peer = 'vn';"
	                "insert into party_contact(id, party, ref, kind, office, confirmed, source) values "
	                "(1, "
	                "'vn', 'a', 'technical', 'lab', 1, 'hand'), (2, 'vn', 'b', 'duty-24x7', 'desk', 1, "
	                "'hand');"
	                "insert into contact_channel(contact, type, address) values (1, 'phone', '+1'), (2, "
	                "'phone', '+2')",
	                &e),
	        0);
	(void)case_stage_set(db, id, STR("vn"), CASE_STAGE_QUEUED, minute);
	assert_int_equal(payment_calls(db, 15 * minute, hear_call, &h, &e), 0);
	assert_int_equal(h.calls, 0);
	assert_int_equal(payment_calls(db, 17 * minute, hear_call, &h, &e), 0);
	assert_int_equal(h.calls, 1);
	assert_string_equal(h.whom, "duty-24x7, desk: phone +2");
	assert_int_equal(payment_calls(db, 32 * minute, hear_call, &h, &e), 0);
	assert_string_equal(h.whom, "technical, lab: phone +1");
	assert_int_equal(payment_calls(db, 50 * minute, hear_call, &h, &e), 0);
	assert_int_equal(h.calls, 2);
	struct case_word w = {.party = STR("vn"), .seq = 1, .state = STR("acknowledged"), .at = 20 * minute};
	assert_int_equal(case_state_set(db, id, &w, &e), 1);
	assert_int_equal(payment_calls(db, 32 * minute, hear_call, &h, &e), 0);
	assert_int_equal(h.calls, 2);
	close_db(db, folder);
}

static void test_outage_words(void **state)
{
	static const char *const good[] = {"two of three exits are down", "since 08:00, back by 2026-01-05",
	        "30.5 per cent left, as of today", ""};
	static const char *const bad[] = {"all at 192.0.2.1.", "(2001:db8::1)", "192.0.2.0/24 is gone",
	        "192[.]0[.]2[.]7", "AS64500 is down", "AS 64500 is down", "cut at 17.9667 102.6000",
	        "ask noc@cable.example", "see https://cable.example/"};
	struct err e = {0};

	(void)state;
	for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(outage_words(str_from(good[i]), &e), 0);
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(outage_words(str_from(bad[i]), &e), ERR_USAGE);
}

/* ---- what a mail says of its label --------------------------------------------------------------- */

static void test_says(void **state)
{
	static const struct {
		const char *subject, *words;
		enum tlp says;
	} rows[] = {
	        {"Re: [weir la-0123456789] a phish", "we take it down", TLP_NONE},
	        {"[TLP:GREEN] Re: a phish", "we take it down", TLP_GREEN},
	        {"Re: a phish tlp: amber+strict", "", TLP_AMBER_STRICT},
	        {"Re: a phish", "\n  \nTLP:AMBER\n\nwe take it down", TLP_AMBER},
	        {"Re: a phish", "[TLP:CLEAR]\r\nwe", TLP_CLEAR},
	        {"Re: a phish", "TLP:WHITE", TLP_CLEAR},
	        /* of both the stricter one */
	        {"TLP:CLEAR", "TLP:RED\nx", TLP_RED},
	        {"TLP:RED", "TLP:CLEAR\nx", TLP_RED},
	        /* what is quoted is of others, and what stands in a sentence is none */
	        {"Re: a phish", "yes\n> TLP:CLEAR\n", TLP_NONE},
	        {"Re: a phish", "> TLP:CLEAR\nyes", TLP_NONE},
	        {"Re: a phish", "yes\nTLP:CLEAR\n", TLP_NONE},
	        {"Re: a phish", "TLP:GREEN is what I would say", TLP_NONE},
	        {"Re: a phish", "TLP:PURPLE", TLP_NONE},
	        {"noTLP:GREEN", "TLP:", TLP_NONE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (case_mail_says(str_from(rows[i].subject), str_from(rows[i].words)) != rows[i].says)
			fail_msg("'%s', '%s'", rows[i].subject, rows[i].words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_request),
	        cmocka_unit_test(test_own),
	        cmocka_unit_test(test_any_order),
	        cmocka_unit_test(test_due),
	        cmocka_unit_test(test_names),
	        cmocka_unit_test(test_unheard),
	        cmocka_unit_test(test_mails),
	        cmocka_unit_test(test_mail_keys),
	        cmocka_unit_test(test_payment),
	        cmocka_unit_test(test_payment_calls),
	        cmocka_unit_test(test_says),
	        cmocka_unit_test(test_outage_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
