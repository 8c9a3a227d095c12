/* SPDX-License-Identifier: Apache-2.0
 *
 * Partners without a node: which mails a statement makes, what stands in them, what the exit says of each label and key, and which
 * mails that come are answers.
 */
#include "partner.h"

#include "form/container.h"
#include "link/case_change.h"
#include "link/case_hear.h"
#include "link/partner.h"
#include "link/reply.h"

/* Says it to the partner, signs it, and gives its row of the line of time. */
static int say(struct two *t, unsigned tlp, const char *members)
{
	struct link_self self = two_self(t, 0);
	struct two_node *n = &t->node[0];
	struct str to = STR("m.example");
	uint8_t id[DIGEST_LEN];
	auto_buf struct buf body = {0};

	buf_printf(&body,
	        "{\"by\":[{\"id\":\"dara\",\"role\":\"coordinator\",\"at\":\"2026-01-05T08:00:00Z\"}],"
	        "\"ask\":"
	        "\"takedown-request\",\"severity\":\"c4\",\"title\":\"a phish\"%s}",
	        members);
	n->e = (struct err){0};
	db_begin(n->db);
	int rc = link_say(&self,
	        &(struct say){.kind = KIND_CASE_OPEN,
	                .to = &to,
	                .to_count = 1,
	                .tlp = tlp,
	                .pap = 2,
	                .about = STR("case LA-2026-00001"),
	                .body = buf_str(&body)},
	        id, &n->e);
	struct query q = db_query(n->db, "update case_ set statement = ? where id = 1");
	query_blob(&q, rc == 0 ? str_make((const char *)id, DIGEST_LEN) : (struct str){0});
	query_run(&q);
	/* what the exit has refused leaves its row */
	assert_int_equal(db_commit(n->db, NULL), 0);
	two_carry(t);
	return rc;
}

static void load(struct two *t, struct arena *a, struct reply_mail **m)
{
	struct change_here here = {.party = STR_INIT("la")};
	struct err e = {0};

	assert_int_equal(reply_next(t->node[0].db, &here, 0, a, m, &e), 1);
}

#define TEXT                                                                                                 \
	",\"text\":{\"en\":\"take it down\",\"vi\":\"gỡ "                                                  \
	"bỏ\"},\"targets\":[{\"type\":\"domain-name\",\"value\":\"=evil.example\"}]"

/* ---- what stands in it --------------------------------------------------------------------------- */

static int take_entry(void *arg, enum container_type type, struct str payload, struct err *e)
{
	struct buf *seen = arg;
	struct statement s;

	(void)e;
	buf_printf(seen, "%d ", (int)type);
	if (type == CONTAINER_STATEMENT) {
		assert_int_equal(statement_frame(payload, &s), VERDICT_OK);
		assert_int_equal(s.bytes.len, payload.len);
	}
	return 0;
}

static void test_mail(void **state)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf seen = {0};
	struct container_reader r = {0};
	struct reply_mail *m;
	struct err e = {0};
	struct two t;

	(void)state;
	arena_init(&a, 0);
	set_up(&t);
	assert_int_equal(say(&t, STATEMENT_CLEAR, TEXT), 0);
	IS(t.node[0].db,
	        "select kind || ' ' || direction || ' ' || channel || ' ' || party || ' ' || state from "
	        "case_entry",
	        "answer out mail m.example to send");
	/* signed twice, as after a crash, it is one mail */
	assert_int_equal(two_number(&t, 0, "select count(*) from case_entry where statement is not null"), 1);
	/* nothing waits for a receipt that nobody can give */
	assert_int_equal(two_number(&t, 0, "select count(*) from delivery where party = 'm.example'"), 0);
	IS(t.node[0].db,
	        "select message_id = (select lower(hex(id)) || '.' || e.id || '@weir' from statement s where "
	        "s.n = e.statement) from case_entry e",
	        "1");
	load(&t, &a, &m);
	assert_false(m->lost);
	assert_non_null(m->partner);
	const struct partner_mail *p = m->partner;
	assert_true(str_eq(m->to, STR("desk@m.example")));
	assert_true(str_eq(p->text, STR("gỡ bỏ")) && str_eq(p->lang, STR("vi")));
	assert_true(str_starts(p->tag, STR("la-")) && p->tag.len == 13);
	assert_true(str_eq(p->list, STR("  =evil[.]example\n")));
	/* a spreadsheet makes no formula of it */
	assert_true(str_find_str(p->csv, 0, STR("target,domain-name,'=evil.example\r\n")) != SIZE_MAX);
	assert_int_equal(container_feed(&r, p->file, take_entry, &seen, &e), 0);
	assert_int_equal(container_finish(&r, &e), 0);
	container_reader_done(&r);
	assert_string_equal(buf_str(&seen).p, "3 1 ");
	/* the key list of ours that counts is in it; nobody has named a time, so it follows from the severity */
	assert_false(p->by_hand);
	two_close(&t);
}

/* In another language that is there, or English, or whatever there is. */
static void test_language(void **state)
{
	static const struct {
		const char *language, *text, *wanted;
	} rows[] = {
	        {"vi", "{\"en\":\"e\",\"vi\":\"v\"}", "v"},
	        {"vi", "{\"vi-VN\":\"v\",\"en\":\"e\"}", "v"},
	        {"pt-BR", "{\"en\":\"e\",\"pt\":\"p\"}", "p"},
	        {"lo", "{\"vi\":\"v\",\"en\":\"e\"}", "e"},
	        {"lo", "{\"vi\":\"v\",\"km\":\"k\"}", "v"},
	        {"", "{\"vi\":\"v\",\"en\":\"e\"}", "e"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		auto_arena struct arena a = {0};
		struct reply_mail *m;
		struct two t;
		char sql[200], body[200];
		arena_init(&a, 0);
		set_up(&t);
		snprintf(sql, sizeof(sql), "update party set language = '%s' where name = 'm.example'",
		        rows[i].language);
		run(t.node[0].db, sql);
		snprintf(body, sizeof(body), ",\"text\":%s", rows[i].text);
		assert_int_equal(say(&t, STATEMENT_CLEAR, body), 0);
		load(&t, &a, &m);
		if (!str_eq(m->partner->text, str_from(rows[i].wanted)))
			fail_msg("%s of %s: %.*s", rows[i].language, rows[i].text, STR_ARG(m->partner->text));
		two_close(&t);
	}
}

/* ---- the exit ------------------------------------------------------------------------------------ */

#define FOR(person) ",\"text\":{\"en\":\"x\"},\"for\":[{\"party\":\"m.example\",\"person\":\"" person "\"}]"

static void test_exit(void **state)
{
	auto_arena struct arena a = {0};
	struct reply_mail *m;
	struct two t;
	struct db *db;

	(void)state;
	arena_init(&a, 0);
	set_up(&t);
	db = t.node[0].db;
	/* without a key */
	assert_int_equal(say(&t, STATEMENT_AMBER, TEXT), ERR_DENIED);
	assert_int_equal(say(&t, STATEMENT_STRICT, TEXT), ERR_DENIED);
	assert_int_equal(say(&t, STATEMENT_RED, FOR("Duty")), ERR_DENIED);
	assert_int_equal(say(&t, STATEMENT_GREEN, TEXT ",\"group\":\"clmv\""), ERR_DENIED);
	IS(db,
	        "select group_concat(name, ' ') from (select name from refusal where object = 'case "
	        "LA-2026-00001' and kind = 'mail' order by id)",
	        "amber-open-mail amber-open-mail red-open green-unknown");
	assert_int_equal(two_number(&t, 0, "select count(*) from statement where kind = 'case.open'"), 0);
	/* to the key of his office */
	run(db,
	        "update party set pgp = '"
	        "00112233445566778899AABBCCDDEEFF00112233"
	        "' where name = 'm.example'");
	assert_int_equal(say(&t, STATEMENT_AMBER, TEXT), 0);
	load(&t, &a, &m);
	assert_int_equal(m->recipient.way, EXIT_SEALED);
	assert_int_equal(m->key.len, 40);
	assert_true(exit_judge(&m->object, &m->recipient, EXIT_TELL).allowed);
	run(db, "delete from case_entry");
	/* RED is for persons: the key of the office opens it for others too */
	assert_int_equal(say(&t, STATEMENT_RED, FOR("Duty")), ERR_DENIED);
	run(db,
	        "insert into party_contact(id, party, ref, kind, office, confirmed, source) values (1, "
	        "'m.example', 'r', "
	        "'duty-24x7', 'Duty', 0, 'hand'); insert into contact_channel(contact, type, address, pgp) "
	        "values (1, 'email', "
	        "'duty@m.example', 'FFEEDDCCBBAA99887766554433221100FFEEDDCC')");
	assert_int_equal(say(&t, STATEMENT_RED, FOR("Somebody else")), ERR_DENIED);
	assert_int_equal(say(&t, STATEMENT_RED,
	                         ",\"text\":{\"en\":\"x\"},\"for\":[{\"party\":\"kh\",\"person\":\"Duty\"}]"),
	        ERR_DENIED);
	assert_int_equal(say(&t, STATEMENT_RED, FOR("Duty")), 0);
	IS(db, "select party from case_entry", "m.example/Duty");
	load(&t, &a, &m);
	assert_true(str_eq(m->to, STR("duty@m.example")));
	assert_int_equal(m->recipient.way, EXIT_PERSONAL);
	assert_true(str_starts(m->key, STR("FFEE")));
	assert_true(exit_judge(&m->object, &m->recipient, EXIT_TELL).allowed);
	/* the key goes before the mail is written: the exit is asked again */
	run(db, "update contact_channel set pgp = ''");
	load(&t, &a, &m);
	assert_false(exit_judge(&m->object, &m->recipient, EXIT_TELL).allowed);
	/* he takes part no more */
	run(db, "update party set role = '' where name = 'm.example'");
	load(&t, &a, &m);
	assert_true(m->lost);
	two_close(&t);
}

/* Only words of cases mean something to who has no node. */
static void test_kinds(void **state)
{
	struct two t;
	struct str to = STR("m.example");
	uint8_t id[DIGEST_LEN];

	(void)state;
	set_up(&t);
	struct link_self self = two_self(&t, 0);
	db_begin(t.node[0].db);
	assert_int_equal(link_say(&self,
	                         &(struct say){.kind = KIND_CHECK,
	                                 .to = &to,
	                                 .to_count = 1,
	                                 .tlp = 1,
	                                 .pap = 1,
	                                 .body = STR_INIT("{\"token\":null,\"channel\":\"mail\",\"due\":"
	                                                  "\"2031-01-01T00:00:00Z\"}")},
	                         id, &t.node[0].e),
	        ERR_VALUE);
	db_rollback(t.node[0].db);
	assert_non_null(strstr(t.node[0].e.text, "takes part by mail"));
	two_close(&t);
}

/* ---- what comes ---------------------------------------------------------------------------------- */

static void comes(struct db *db, int id, const char *columns, const char *values)
{
	char sql[2400];

	snprintf(sql, sizeof(sql),
	        "insert into receipt(id, root, token, day, sha256, received, size, name, path, via, lane, "
	        "state) "
	        "values (%d, %d, randomblob(16), 20260105, zeroblob(32), %d, 1, 'x.eml', 'x.eml', 'take', "
	        "'interactive', 'done'); insert into message(id, receipt, received, %s) values (%d, %d, %d, "
	        "%s)",
	        id, id, id, columns, id, id, id, values);
	run(db, sql);
}

static void test_answers(void **state)
{
	struct change_here here = {.party = STR_INIT("la")};
	struct err e = {0};
	char ident[1000], values[1400], tag[1000];
	struct two t;
	struct db *db;

	(void)state;
	set_up(&t);
	db = t.node[0].db;
	assert_int_equal(say(&t, STATEMENT_CLEAR, TEXT), 0);
	run(db, "update case_entry set state = 'sent' where statement is not null");
	text_of(db, "select message_id from case_entry where statement is not null", ident);
	text_of(db, "select 'AW: [weir la-' || substr(lower(hex(statement)), 1, 10) || '] x' from case_",
	        tag);
	/* a delay, an absence note, a bounce of something else: nothing follows */
	snprintf(values, sizeof(values), "'bounce', 'mx@m.example', '', '%s', 0, 'delayed 4.0.0', 0", ident);
	comes(db, 1, "kind, sender, refs, original, failed, sentence, machine", values);
	snprintf(values, sizeof(values), "'incoming', 'desk@m.example', '<%s>', 1", ident);
	comes(db, 2, "kind, sender, refs, machine", values);
	comes(db, 3, "kind, sender, original, failed", "'bounce', 'mx@m.example', 'other@weir', 1");
	while (case_work(db, &here, &e) == 1) {
	}
	IS(db,
	        "select coalesce(bounced, 0) || ' ' || coalesce(answered, 0) from case_entry where statement "
	        "is not null",
	        "0 0");
	IS(db,
	        "select group_concat(kind || ' ' || state || ' ' || coalesce(case_, 0) || ' ' || whole, ', "
	        "') from message",
	        "bounce done 1 0, auto done 1 0, bounce new 0 0");
	/* a bounce of it, then a person by its tag, who is known by his address, and another by its thread */
	snprintf(values, sizeof(values), "'bounce', 'mx@m.example', '%s', 1, 'failed 5.1.1'", ident);
	comes(db, 4, "kind, sender, original, failed, sentence", values);
	while (case_work(db, &here, &e) == 1) {
	}
	IS(db, "select bounced || ' ' || answer from case_entry where statement is not null",
	        "4 failed 5.1.1");
	snprintf(values, sizeof(values), "'incoming', 'stranger@x.example', '%s'", tag);
	comes(db, 5, "kind, sender, subject", values);
	while (case_work(db, &here, &e) == 1) {
	}
	IS(db, "select coalesce(answered, 0) from case_entry where statement is not null", "0");
	snprintf(values, sizeof(values), "'incoming', 'DESK@m.example', '%s'", tag);
	comes(db, 6, "kind, sender, subject", values);
	while (case_work(db, &here, &e) == 1) {
	}
	IS(db, "select answered from case_entry where statement is not null", "6");
	IS(db,
	        "select group_concat(id || ' ' || whole, ', ') from message where case_ = 1 and kind = "
	        "'incoming'",
	        "5 1, 6 1");
	IS(db, "select group_concat(distinct label) from case_entry where kind = 'mail' and link <> 'M4'",
	        "AMBER+STRICT");
	/* no state has changed */
	IS(db, "select state from case_", "draft");
	two_close(&t);
}

/* ---- labels of what comes ------------------------------------------------------------------------ */

static bool nowhere(const struct change_here *here, struct str place, char ret[3])
{
	(void)here;
	(void)place;
	(void)ret;
	return false;
}

/* What dara does in a transaction; its result, and the sentence in t. */
static int does(struct two *t, const char *name, const char *params)
{
	struct link_self self = two_self(t, 0);
	struct two_node *n = &t->node[0];
	struct change_here here = {
	        .party = STR_INIT("la"), .folder = str_from(n->folder), .link = &self, .country_of = nowhere};
	struct change c = {.db = n->db,
	        .here = &here,
	        .params = str_from(params),
	        .person = STR_INIT("dara"),
	        .said = &n->said};
	int rc = ERR_MISSING;

	n->e = (struct err){0};
	buf_clear(&n->said);
	db_begin(n->db);
	for (unsigned i = 0; i < case_change_count; i++)
		if (str_eq(str_from(case_changes[i].name), str_from(name)))
			rc = case_changes[i].run(&c, &n->e);
	if (rc == 0)
		assert_int_equal(db_commit(n->db, NULL), 0);
	else
		db_rollback(n->db);
	two_carry(t);
	return rc;
}

#define NO(t, change, params, words)                                                                         \
	do {                                                                                                 \
		assert_int_not_equal(does(t, change, params), 0);                                            \
		if (strstr((t)->node[0].e.text, words) == NULL)                                              \
			fail_msg("%s: %s", params, (t)->node[0].e.text);                                     \
	} while (0)
#define LAST_NOTE "select tlp from statement where kind = 'case.note' order by n desc limit 1"

/* Nobody knows how far his words may go until a person says so; what leaves with them, or tells of them, goes no further. */
static void test_label(void **state)
{
	struct change_here here = {.party = STR_INIT("la")};
	struct err e = {0};
	struct two t;
	struct db *db;

	(void)state;
	set_up(&t);
	db = t.node[0].db;
	/* the case is open with a node too, which is told of what he says */
	run(db, "update case_ set peer = 'kh', ask = 'takedown-request'");
	if (does(&t, "case-send", "id=K1\n") != 0)
		fail_msg("%s", t.node[0].e.text);
	comes(db, 1, "kind, sender, subject, words",
	        "'incoming', 'desk@m.example', '[LA-2026-00001]', 'we do it'");
	comes(db, 2, "kind, sender, subject, words",
	        "'incoming', 'desk@m.example', '[LA-2026-00001]', 'TLP:AMBER'");
	while (case_work(db, &here, &e) == 1) {
	}
	IS(db, "select group_concat(link || ' ' || label, ', ') from case_entry where kind = 'mail'",
	        "M1 AMBER+STRICT, M2 AMBER");
	run(db, "update message set whole = 2");
	assert_int_equal(does(&t, "case-note", "id=K1\ntext=he does it\nmail=M1\n"), 0);
	assert_int_equal(two_number(&t, 0, LAST_NOTE), STATEMENT_STRICT);
	run(db,
	        "update case_entry set id = 71 where link = 'M1' and kind = 'mail'; update case_entry set id "
	        "= 72 where "
	        "link = 'M2' and kind = 'mail'; insert into case_entry(id, case_, at, made, kind, label, "
	        "text) values "
	        "(73, 1, 1, 1, 'note', 'CLEAR', 'x')");
	NO(&t, "case-label", "id=K1\nentry=L71\nlabel=PINK\n", "CLEAR, GREEN");
	NO(&t, "case-label", "id=K1\nentry=L71\nlabel=CLEAR\n", "say why");
	NO(&t, "case-label", "id=K1\nentry=L71\nlabel=AMBER+STRICT\n", "already");
	NO(&t, "case-label", "id=K1\nentry=L73\nlabel=AMBER\nwhy=x\n", "no mail that came");
	NO(&t, "case-label", "id=K1\nentry=L72\nlabel=CLEAR\nwhy=x\n", "only who wrote it");
	assert_int_equal(does(&t, "case-label", "id=K1\nentry=L71\nlabel=CLEAR\nwhy=he said so\n"), 0);
	IS(db, "select group_concat(text, ', ') from case_entry where kind = 'decision' and link = 'M1'",
	        "M1: TLP:AMBER+STRICT -> TLP:CLEAR: he said so");
	/* what the exit is asked about from now on has that label */
	assert_int_equal(does(&t, "case-note", "id=K1\ntext=he does it\nmail=M1\n"), 0);
	assert_int_equal(two_number(&t, 0, LAST_NOTE), STATEMENT_CLEAR);
	assert_int_equal(does(&t, "case-note", "id=K1\ntext=he does it\nmail=M2\n"), 0);
	assert_int_equal(two_number(&t, 0, LAST_NOTE), STATEMENT_AMBER);
	/* and what is told of the case has the label that it has by now, though it was opened with CLEAR */
	assert_int_equal(does(&t, "case-note", "id=K1\ntext=ask them\ntell=1\n"), 0);
	assert_int_equal(two_number(&t, 0, LAST_NOTE), STATEMENT_CLEAR);
	run(db, "update case_ set label = 'GREEN'");
	assert_int_equal(does(&t, "case-note", "id=K1\ntext=ask them\ntell=1\n"), 0);
	assert_int_equal(two_number(&t, 0, LAST_NOTE), STATEMENT_AMBER);
	run(db, "update case_ set label = 'AMBER+STRICT'");
	assert_int_equal(does(&t, "case-note", "id=K1\ntext=ask them\ntell=1\n"), 0);
	assert_int_equal(two_number(&t, 0, LAST_NOTE), STATEMENT_STRICT);
	assert_int_equal(does(&t, "case-note", "id=K1\ntext=he does it\nmail=M1\n"), 0);
	assert_int_equal(two_number(&t, 0, LAST_NOTE), STATEMENT_STRICT);
	/* it rises without a reason, and RED is for the person who says so */
	assert_int_equal(does(&t, "case-label", "id=K1\nentry=L71\nlabel=RED\n"), 0);
	IS(db, "select label || ' ' || (select group_concat(person) from case_person) from case_",
	        "RED dara");
	NO(&t, "case-note", "id=K1\ntext=he does it\nmail=M1\n", "the case has become TLP:RED");
	NO(&t, "case-note", "id=K1\ntext=ask them\ntell=1\n", "the case has become TLP:RED");
	run(db, "update case_ set state = 'sent'");
	NO(&t, "case-state", "id=K1\nstate=withdrawn\nreason=the secret one\n",
	        "the case has become TLP:RED");
	NO(&t, "case-label", "id=K1\nentry=L71\nlabel=GREEN\nwhy=x\n", "the case is TLP:RED");
	/* a record of it is for whom it names */
	assert_int_equal(does(&t, "case-record", "id=K1\n"), 0);
	run(db, "update case_person set person = 'chan'");
	NO(&t, "case-record", "id=K1\n", "does not name 'dara'");
	assert_int_equal(does(&t, "case-state", "id=K1\nstate=withdrawn\n"), 0);
	assert_int_equal(
	        two_number(&t, 0, "select tlp from statement where kind = 'case.status'"), STATEMENT_STRICT);
	two_close(&t);
}

/* A mail as it came, that goes with a request, takes its label with it. */
static void test_label_of_file(void **state)
{
	struct two t;
	struct db *db;

	(void)state;
	set_up(&t);
	db = t.node[0].db;
	run(db,
	        "update case_ set peer = 'kh', ask = 'takedown-request'; insert into blob(id, sha256, size, "
	        "at) values (1, "
	        "randomblob(32), 10, 1)");
	comes(db, 1, "kind, sender, case_, blob, whole", "'incoming', 'desk@m.example', 1, 1, 2");
	run(db,
	        "insert into case_blob(case_, blob, name, media, hostile, at, person) values (1, 1, "
	        "'M1.eml', "
	        "'message/rfc822', 1, 1, ''); insert into case_entry(case_, at, made, kind, label, text, "
	        "link) values (1, "
	        "1, 1, 'mail', 'AMBER+STRICT', 'x', 'M1')");
	if (does(&t, "case-send", "id=K1\nattach=B1\n") != 0)
		fail_msg("%s", t.node[0].e.text);
	assert_int_equal(
	        two_number(&t, 0, "select tlp from statement where kind = 'case.open'"), STATEMENT_STRICT);
	two_close(&t);
}

/* The last of many files can be named; what of many places does not fit is said. */
static void test_many(void **state)
{
	struct two t;
	struct db *db;

	(void)state;
	set_up(&t);
	db = t.node[0].db;
	run(db,
	        "update case_ set peer = 'kh', ask = 'takedown-request', label = 'AMBER'; with recursive "
	        "n(i) "
	        "as (select 1 union all select i + 1 from n where i < 120) insert into case_target(case_, "
	        "type, value) select 1, 'ipv4-addr', '192.0.2.' || i from n; with recursive n(i) as (select "
	        "1 "
	        "union all select i + 1 from n where i < 40) insert into blob(id, sha256, size, at) select "
	        "i, randomblob(32), 10, 1 from n; insert into case_blob(case_, blob, name, at, person) "
	        "select "
	        "1, id, 'f', 1, '' from blob");
	assert_int_equal(does(&t, "case-send", "id=K1\nattach=all\n"), ERR_VALUE);
	assert_int_equal(does(&t, "case-send", "id=K1\nattach=B40 B41\n"), ERR_MISSING);
	if (does(&t, "case-send", "id=K1\nattach=B40 B1 B40\n") != 0)
		fail_msg("%s", t.node[0].e.text);
	assert_true(str_find_str(buf_str(&t.node[0].said), 0, STR("the first 100 of its 120 places")) !=
	        SIZE_MAX);
	two_close(&t);
}

/* A party says something for named persons in a case that was everybody's: from then on it is theirs. */
static void test_red_word(void **state)
{
	struct change_here here = {.party = STR_INIT("la"), .country_of = nowhere};
	struct str text = STR("{\"for\":[{\"party\":\"la\",\"person\":\"dara\"},{\"party\":\"kh\",\"person\":"
	                      "\"other\"}],\"text\":{\"en\":\"x\"}}");
	auto_buf struct buf items = {0};
	const char *why;
	struct two t;

	(void)state;
	set_up(&t);
	struct db *db = t.node[0].db;
	struct link_self self = {.db = db, .me = STR("la"), .here = &here, .now = 5};
	run(db,
	        "update case_ set label = 'AMBER', statement = zeroblob(32); insert into stream(id, sender, "
	        "recipients) values (900, 'vn', 'la'); insert into statement(n, id, stream, seq, prev, "
	        "sender, kind, tlp, pap, created, expires, head, "
	        "verdict, effect, received) values (900, x'01', 900, 1, x'00', 'kh', 'case.note', 5, 1, 1, "
	        "0, x'00', "
	        "'ok', 1, 1)");
	assert_true(body_read(text, &items, &why));
	struct item body = item_root(buf_str(&items));
	struct stored s = {.n = 900,
	        .h = {.kind = STR("case.note"), .sender = STR("kh"), .tlp = STATEMENT_RED, .created = 4}};
	case_hear(&self, &s, &body, false);
	IS(db, "select (select group_concat(person) from case_person) || ' ' || label from case_",
	        "dara RED");
	two_close(&t);
}

/* ---- what comes back ----------------------------------------------------------------------------- */

/* Its request is not delivered until the mail is tried again, or somebody there answers all the same. */
static void test_comes_back(void **state)
{
	struct change_here here = {.party = STR_INIT("la")};
	struct err e = {0};
	char ident[1000], values[1400];
	struct two t;
	struct db *db;

	(void)state;
	set_up(&t);
	db = t.node[0].db;
	run(db, "insert into case_member(case_, party, stage) values (1, 'm.example', 1)");
	assert_int_equal(say(&t, STATEMENT_CLEAR, TEXT), 0);
	run(db, "update case_entry set id = 81, state = 'sent' where statement is not null");
	text_of(db, "select message_id from case_entry where id = 81", ident);
	snprintf(values, sizeof(values), "'bounce', 'mx@m.example', '%s', 1, 'failed 5.1.1'", ident);
	comes(db, 1, "kind, sender, original, failed, sentence", values);
	/* the same once more is no second one */
	comes(db, 2, "kind, sender, original, failed, sentence", values);
	while (case_work(db, &here, &e) == 1) {
	}
	IS(db, "select state from case_", "undelivered");
	IS(db, "select group_concat(party || ': ' || text, ', ') from case_entry where kind = 'mail'",
	        "m.example: L81 could not be delivered: failed 5.1.1");
	assert_int_equal(does(&t, "case-mail-release", "id=K1\nentry=L81\n"), 0);
	IS(db, "select state || ' ' || (select state from case_entry where id = 81) from case_",
	        "queued to send");
	run(db, "update case_entry set state = 'sent' where id = 81");
	comes(db, 3, "kind, sender, original, failed, sentence", values);
	while (case_work(db, &here, &e) == 1) {
	}
	IS(db, "select state from case_", "undelivered");
	snprintf(values, sizeof(values), "'incoming', 'desk@m.example', '<%s>'", ident);
	comes(db, 4, "kind, sender, refs", values);
	while (case_work(db, &here, &e) == 1) {
	}
	IS(db, "select state from case_", "queued");
	IS(db, "select group_concat(step, ' ') from (select step from case_step order by id)",
	        "undelivered queued undelivered queued");
	two_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_mail), cmocka_unit_test(test_language),
	        cmocka_unit_test(test_exit), cmocka_unit_test(test_kinds), cmocka_unit_test(test_label),
	        cmocka_unit_test(test_many), cmocka_unit_test(test_red_word),
	        cmocka_unit_test(test_label_of_file), cmocka_unit_test(test_comes_back),
	        cmocka_unit_test(test_answers)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
