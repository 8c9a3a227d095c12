/* SPDX-License-Identifier: Apache-2.0
 *
 * Meetings between two nodes: what people write, and that what they come to is the same whatever the order in which statements
 * come; whom it is shown to; and a time by several clocks.
 */
#include "agree/meeting.h"
#include "base/os.h"
#include "state/scope.h"
#include "two.h"
#include "web/clocks.h"
#include <stdlib.h>
#include <sys/stat.h>

#define ORDERS 20
#define SAID 40

/* ---- persons ------------------------------------------------------------------------------------- */

static void hear(const struct heard *h)
{
	meeting_hear(h);
}

static void seen(const struct heard *h)
{
	(void)h;
}

static const struct heard_ways heard = {.hear = hear, .seen = seen, .renamed = meeting_renamed};

static const struct change_row *row_of(const char *name)
{
	for (unsigned i = 0; i < meeting_change_count; i++)
		if (strcmp(meeting_changes[i].name, name) == 0)
			return &meeting_changes[i];
	fail_msg("there is no change %s", name);
	return NULL;
}

/* A change by a person of that node; file: bytes that come with it, p NULL: none. The result; t->node[i].said and e have the rest. */
static int with_file(struct two *t, unsigned i, const char *name, const char *params, struct str file)
{
	struct two_node *n = &t->node[i];
	struct link_self self = two_self(t, i);
	struct change_here here = {
	        .party = str_from(n->name), .folder = str_from(n->folder), .link = &self, .ways = &link_ways};
	char path[200];
	struct change c = {.db = n->db,
	        .here = &here,
	        .params = str_from(params),
	        .person = STR_INIT("dara"),
	        .said = &n->said};

	snprintf(path, sizeof(path), "%s/came", n->folder);
	if (file.p != NULL) {
		assert_int_equal(os_write_file(path, file, NULL), 0);
		c.file = str_from(path);
		c.size = file.len;
		digest_of(file, c.sha256);
	}
	buf_clear(&n->said);
	n->e = (struct err){0};
	db_begin(n->db);
	int rc = row_of(name)->run(&c, &n->e);
	if (rc == 0)
		assert_int_equal(db_commit(n->db, &n->e), 0);
	else
		db_rollback(n->db);
	if (t->now < os_now())
		t->now = os_now();
	return rc;
}

static int deed(struct two *t, unsigned i, const char *name, const char *params)
{
	return with_file(t, i, name, params, (struct str){0});
}

static void done(struct two *t, unsigned i, const char *name, const char *params)
{
	if (deed(t, i, name, params) != 0)
		fail_msg("%s: %s", name, t->node[i].e.text);
}

static void refused(struct two *t, unsigned i, const char *name, const char *params, const char *why)
{
	if (deed(t, i, name, params) == 0)
		fail_msg("%s was not refused: %s", name, params);
	if (strstr(t->node[i].e.text, why) == NULL)
		fail_msg("%s: '%s' does not say '%s'", name, t->node[i].e.text, why);
}

static void open_linked(struct two *t)
{
	two_open(t);
	t->now = os_now();
	t->heard = &heard;
	for (unsigned i = 0; i < 2; i++) {
		char path[200];
		snprintf(path, sizeof(path), "%s/blob", t->node[i].folder);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	two_link(t);
	two_carry(t);
}

#define PLAN                                                                                                 \
	"title=Workshop\nplace=Vientiane\nchairs=la; A foundation\nparticipants=kh la\nagenda=2027-03-10 "   \
	"09:00-10:30 Opening\v11:00-12:00 The draft\v2027-03-11 09:00-10:00 The end\n"

static int64_t number(struct two *t, unsigned i, const char *sql)
{
	return two_number(t, i, sql);
}

/* ---- what people write --------------------------------------------------------------------------- */

static void papers(struct two *t)
{
	done(t, 0, "meeting-plan", PLAN);
	assert_int_equal(
	        with_file(t, 0, "meeting-paper-file", "id=G2\nname=/tmp/a.md\nitem=1\n", STR("a")), 0);
	assert_int_equal(with_file(t, 0, "meeting-paper-file", "id=G2\nname=b.pdf\nitem=2\n", STR("b")), 0);
	assert_int_equal(with_file(t, 0, "meeting-paper-file", "id=G2\nname=c\noutcome=1\n", STR("c")), 0);
	refused(t, 0, "meeting-paper", "id=G2\nsha256=00\n", "64 hexadecimal digits");
	refused(t, 0, "meeting-paper",
	        "id=G2\nsha256=0000000000000000000000000000000000000000000000000000000000000000\n",
	        "hand them in");
	assert_int_equal(with_file(t, 0, "meeting-paper-file", "id=G2\nname=a2\n", STR("a")), ERR_VALUE);
	assert_int_equal(
	        with_file(t, 0, "meeting-paper-file", "id=G2\nname=d\nitem=9\n", STR("d")), ERR_USAGE);
	assert_int_equal(number(t, 0,
	                         "select count(*) from meeting_paper where meeting = 2 and symbol || name in "
	                         "('WP.1a.md', "
	                         "'WP.2b.pdf', 'OUT.1c')"),
	        3);
	/* the first goes: the other one keeps its number and its item, and the number is not given again */
	done(t, 0, "meeting-paper-drop", "id=G2\npaper=wp.1\n");
	assert_int_equal(with_file(t, 0, "meeting-paper-file", "id=G2\nname=d\n", STR("d")), 0);
	assert_int_equal(number(t, 0,
	                         "select count(*) from meeting_paper where meeting = 2 and symbol in "
	                         "('WP.2', 'WP.3', 'OUT.1')"),
	        3);
	assert_int_equal(number(t, 0,
	                         "select count(*) from meeting_item i join meeting_paper p on p.meeting = "
	                         "i.meeting and (i.papers >> p.place) & 1 "
	                         "where i.place = 1 and p.symbol = 'WP.2'"),
	        1);
	assert_int_equal(number(t, 0, "select sum(papers <> 0) from meeting_item where meeting = 2"), 1);
	two_carry(t);
	assert_int_equal(number(t, 1,
	                         "select count(*) from meeting_paper where meeting = 2 and symbol in "
	                         "('WP.2', 'WP.3', 'OUT.1')"),
	        3);
}

/* ---- the states ---------------------------------------------------------------------------------- */

static void states(void **unused)
{
	struct two t;

	(void)unused;
	open_linked(&t);
	done(&t, 0, "meeting-plan", PLAN);
	two_carry(&t);
	refused(&t, 0, "meeting-close", "id=G1\n", "only one that is open");
	refused(&t, 0, "meeting-minutes", "id=G1\ntext=x\n", "has not been opened");
	refused(&t, 0, "meeting-cancel", "id=G1\n", "why?");
	refused(&t, 1, "meeting-open", "id=G1\n", "who alone changes it");
	refused(&t, 1, "meeting-attend", "id=G1\nparty=kh\n", "who alone changes it");
	refused(&t, 0, "meeting-come", "id=G1\n", "called G1 ourselves");
	done(&t, 1, "meeting-come", "id=G1\ntext=two of us\n");
	refused(&t, 1, "meeting-come", "id=G1\n", "to this very card");
	done(&t, 1, "meeting-come", "id=G1\nno=1\ntext=ill\n");
	two_carry(&t);
	assert_int_equal(number(&t, 0,
	                         "select count(*) from meeting_answer a join statement w on w.kind = "
	                         "'withdraw' and w.reply = (select id from "
	                         "statement where n = a.statement)"),
	        1);
	done(&t, 1, "meeting-come", "id=G1\nno=1\ntext=we are ill\n");
	done(&t, 0, "meeting-open", "id=G1\n");
	refused(&t, 0, "meeting-open", "id=G1\n", "only one that is planned");
	refused(&t, 0, "meeting-minutes", "id=G1\ntext=x\n", "who was there");
	done(&t, 0, "meeting-attend", "id=G1\nparty=kh\noffice=CERT\n");
	refused(&t, 0, "meeting-attend", "id=G1\nparty=vn\n", "neither takes part");
	refused(&t, 1, "meeting-assent", "id=G1\n", "no minutes yet");
	done(&t, 0, "meeting-followup", "id=G1\nwhat=a sheet\nowner=kh\ndue=2027-04-01\n");
	done(&t, 0, "meeting-minutes", "id=G1\ntext=we agreed\n");
	refused(&t, 0, "meeting-assent", "id=G1\n", "others agree");
	two_carry(&t);
	/* their bytes are fetched apart */
	refused(&t, 1, "meeting-assent", "id=G1\n", "not here yet");
	done(&t, 0, "meeting-close", "id=G1\n");
	refused(&t, 0, "meeting-change", "id=G1\nplace=x\n", "is closed");
	refused(&t, 0, "meeting-cancel", "id=G1\ntext=x\n", "only one that is planned");
	assert_int_equal(with_file(&t, 0, "meeting-paper-file", "id=G1\nname=c\noutcome=1\n", STR("c")), 0);
	two_carry(&t);
	assert_int_equal(number(&t, 1, "select state = 'closed' and serial = 4 from meeting"), 1);
	refused(&t, 1, "meeting-come", "id=G1\n", "is closed");
	assert_int_equal(number(&t, 1, "select count(*) from meeting_note where words = 'we are ill'"), 1);
	assert_int_equal(number(&t, 0, "select count(*) from statement where effect = 0"), 0);
	assert_int_equal(number(&t, 1, "select count(*) from statement where effect = 0"), 0);
	/* one that had not left got another id: all that named it names that */
	uint8_t was[DIGEST_LEN], is[DIGEST_LEN] = {7};
	struct query q = db_query(t.node[0].db, "select case_ from meeting");
	assert_int_equal(query_next(&q), 1);
	memcpy(was, query_get_blob(&q, 0).p, DIGEST_LEN);
	query_done(&q, NULL);
	meeting_renamed(t.node[0].db, was, is);
	assert_int_equal(number(&t, 0, "select hex(case_) like '0700%' from meeting"), 1);
	two_close(&t);
}

/* Minutes as a file: who has agreed with the bytes has agreed with who was there and with what is to be done. */
static void minutes(struct two *t)
{
	done(t, 0, "meeting-plan", "title=Of the minutes\n" PLAN);
	done(t, 0, "meeting-open", "id=G3\n");
	done(t, 0, "meeting-attend", "id=G3\nparty=kh\noffice=one\n");
	done(t, 0, "meeting-followup", "id=G3\nwhat=a\nowner=kh\ndue=2027-04-01\n");
	done(t, 0, "meeting-followup", "id=G3\nwhat=b\nowner=la\ndue=2027-04-01\n");
	assert_int_equal(with_file(t, 0, "meeting-minutes-file", "id=G3\nname=m.pdf\n", STR("m")), 0);
	int64_t b = number(t, 0, "select id from meeting_followup where draft = 0 and what = 'b'");
	char params[64];
	snprintf(params, sizeof(params), "id=U%lld\nnote=done\n", (long long)b);
	done(t, 0, "meeting-done", params);
	done(t, 0, "meeting-attend", "id=G3\nparty=kh\noffice=two\n");
	assert_int_equal(with_file(t, 0, "meeting-minutes-file", "id=G3\nname=m.pdf\n", STR("m")), ERR_VALUE);
	done(t, 0, "meeting-followup", "id=G3\nwhat=a\nowner=kh\noff=1\n");
	done(t, 0, "meeting-followup", "id=G3\nwhat=c\nowner=kh\ndue=2027-05-01\n");
	assert_int_equal(with_file(t, 0, "meeting-minutes-file", "id=G3\nname=n.pdf\n", STR("n")), 0);
	/* what is said again keeps its number, and stays done */
	assert_int_equal(number(t, 0, "select id from meeting_followup where draft = 0 and what = 'b'"), b);
	assert_int_equal(
	        number(t, 0, "select count(*) from meeting_followup where draft = 0 and what in ('b', 'c')"),
	        2);
	assert_int_equal(number(t, 0, "select count(*) from meeting_followup where draft = 0"), 2);
	assert_int_equal(number(t, 0,
	                         "select count(*) from meeting_done d join meeting_followup f using "
	                         "(meeting, owner, what) where f.draft = 0"),
	        1);
	assert_true(number(t, 0, "select id from meeting_followup where draft = 0 and what = 'c'") > b);
}

static void writing(void **unused)
{
	struct two t;

	(void)unused;
	open_linked(&t);
	refused(&t, 0, "meeting-plan", "title=x\n", "when is it");
	refused(&t, 0, "meeting-plan", "title=x\nagenda=09:00-10:00 no day\n", "agenda, line 1");
	refused(&t, 0, "meeting-plan", "title=x\nagenda=2027-03-10 09:00-10:00 a\v10:00-09:00 b\n",
	        "agenda, line 2");
	refused(&t, 0, "meeting-plan", "title=x\nagenda=2027-03-10 09:00-10:00 a [WP.9]\n", "no such paper");
	refused(&t, 0, "meeting-plan", "title=x\nparticipants=la Kh\n", "'Kh' is no party");
	refused(&t, 0, "meeting-plan", "title=x\nlabel=RED\n", "said in the room");
	refused(&t, 0, "meeting-plan", "title=x\nlabel=GREEN\n", "names its community");
	refused(&t, 0, "meeting-plan", "title=x\ngroup=clmv\n", "no card of the group");
	refused(&t, 0, "meeting-plan", "title=x\nzone=Nowhere/Here\n", "time zone");
	refused(&t, 0, "meeting-plan",
	        "title=x\nstart=2027-03-10\nend=2027-03-11\nplace=y\nchairs=la\nparticipants=la\n",
	        "who is asked");
	refused(&t, 0, "meeting-plan", PLAN "observers=kh\n", "not both");
	refused(&t, 0, "meeting-plan",
	        "title=x\nstart=2027-03-10\nend=2027-03-11\nchairs=la\nparticipants=kh\n", "where is it");
	refused(&t, 0, "meeting-plan", PLAN "end=2027-03-09\n", "end must be after start");
	refused(&t, 0, "meeting-plan", PLAN "end=2027-03-10 12:00\n", "within the meeting");
	done(&t, 0, "meeting-plan", PLAN "zone=Asia/Vientiane\ntext=come\vall of you\n");
	assert_int_equal(number(&t, 0,
	                         "select start = unixepoch('2027-03-10 02:00') and until = "
	                         "unixepoch('2027-03-11 03:00') "
	                         "and serial = 1 and label = 'AMBER' and ours = 1 from meeting"),
	        1);
	assert_int_equal(number(&t, 0,
	                         "select count(*) from meeting_party where as_ = 'chair' and party in ('la', "
	                         "'A foundation')"),
	        2);
	assert_int_equal(
	        number(&t, 0,
	                "select count(*) from meeting_text where words = 'come' || char(10) || 'all of you'"),
	        1);
	/* words in another language stay beside them, and so does all that is not said */
	done(&t, 0, "meeting-change", "id=G1\ntext=...\nlang=lo\nlink=https://call.example/1\n");
	assert_int_equal(number(&t, 0, "select count(*) from meeting_text"), 2);
	assert_int_equal(
	        number(&t, 0, "select link <> '' and place = 'Vientiane' and serial = 2 from meeting"), 1);
	done(&t, 0, "meeting-change", "id=G1\nplace=-\n");
	assert_int_equal(number(&t, 0, "select place = '' and serial = 3 from meeting"), 1);
	refused(&t, 0, "meeting-change", "id=G1\nlink=-\n", "where is it");
	/* an evening there is a night here */
	done(&t, 0, "meeting-change",
	        "id=G1\nagenda=2027-03-10 23:00-01:00 a call [not a paper]\nstart=2027-03-10 22:00\n");
	assert_int_equal(number(&t, 0,
	                         "select i.until - i.start = 7200 and i.title = 'a call [not a paper]' and "
	                         "m.until = i.until and m.start = i.start - 3600 from meeting_item i join "
	                         "meeting m on m.id = i.meeting"),
	        1);
	refused(&t, 0, "meeting-change", "id=G1\nobservers=vn\n", "was not told");
	refused(&t, 0, "meeting-change", "id=G9\n", "there is no meeting G9");
	papers(&t);
	minutes(&t);
	two_close(&t);
}

/* ---- any order ----------------------------------------------------------------------------------- */

/* A card that our own changes would not make. */
static void say_card(struct two *t, int64_t serial, const char *state)
{
	auto_buf struct buf body = {0};
	auto_arena struct arena a = {0};
	struct link_self self = two_self(t, 0);
	struct by by = {.person = STR_INIT("dara"), .role = "coordinator", .at = t->now};
	struct str to = STR_INIT("kh");
	uint8_t case_[DIGEST_LEN], id[DIGEST_LEN];
	struct stored s;
	struct err e;

	arena_init(&a, 0);
	assert_true(store_find_n(self.db, (uint64_t)number(t, 0, "select card from meeting"), &a, &s));
	struct meeting_card *card = arena_new(&a, struct meeting_card);
	struct item was = stored_body(&s, &a);
	meeting_card_read(&was, s.h.tlp, card);
	card->serial = serial;
	card->state = str_from(state);
	struct query q = db_query(self.db, "select case_ from meeting");
	assert_int_equal(query_next(&q), 1);
	memcpy(case_, query_get_blob(&q, 0).p, DIGEST_LEN);
	query_done(&q, NULL);
	by_put(&body, &by, 1);
	meeting_card_write(&body, card);
	struct say say = {.kind = KIND_MEETING,
	        .to = &to,
	        .to_count = 1,
	        .case_ = case_,
	        .tlp = STATEMENT_AMBER,
	        .pap = STATEMENT_AMBER,
	        .body = buf_str(&body)};
	db_begin(self.db);
	assert_int_equal(link_say(&self, &say, id, &e), 0);
	assert_int_equal(db_commit(self.db, &e), 0);
}

struct said {
	struct str bytes, kind;
	bool ours; /* of the node that hears them again */
};

/* All that was said in it, by both. */
static unsigned collect(struct two *t, struct arena *a, struct said said[SAID])
{
	struct query q = db_query(t->node[0].db,
	        "select n from statement where kind like 'meeting%' or kind in ('ack', 'withdraw', "
	        "'case.note') order by n");
	uint64_t n[SAID];
	unsigned count = 0;

	while (query_next(&q) == 1 && count < SAID)
		n[count++] = query_get_u64(&q, 0);
	query_done(&q, NULL);
	for (unsigned i = 0; i < count; i++) {
		struct stored s;
		auto_buf struct buf bytes = {0};
		assert_true(store_find_n(t->node[0].db, n[i], a, &s));
		statement_write(&bytes, s.head, (const uint8_t *)s.signature.p, s.content);
		said[i] =
		        (struct said){arena_str(a, buf_str(&bytes)), s.h.kind, str_eq(s.h.sender, STR("kh"))};
	}
	return count;
}

/* All that it has come to, as text: without what counts rows. */
static struct str come_to(struct two *t, unsigned i, struct arena *a)
{
	static const char *const sql[] = {
	        "select hex(m.case_), m.sender, m.ours, m.serial, m.state, m.title, m.start, m.until, "
	        "m.place, m.link, m.facilitator, m.label, "
	        "m.said, hex(m.minutes_sha256), hex(c.id), hex(d.id) from meeting m left join statement c on "
	        "c.n = m.card left join statement d "
	        "on d.n = m.minutes",
	        "select as_, place, party from meeting_party order by 1, 2",
	        "select place, title, start, until, papers from meeting_item order by 1",
	        "select place, symbol, name, hex(sha256) from meeting_paper order by 1",
	        "select lang, words from meeting_text order by 1",
	        "select hex(s.id), x.party, x.serial, x.said, x.words from meeting_answer x join statement s "
	        "on s.n = x.statement order by 1",
	        "select hex(s.id), x.party, hex(x.sha256), hex(x.reply) from meeting_assent x join statement "
	        "s on s.n = x.statement order by 1",
	        "select hex(s.id), x.party, x.words from meeting_note x join statement s on s.n = "
	        "x.statement order by 1",
	        "select party, office from meeting_present where draft = 0 order by 1, 2",
	        "select owner, what, due from meeting_followup where draft = 0 order by 1, 2"};
	auto_buf struct buf out = {0};

	for (unsigned k = 0; k < sizeof(sql) / sizeof(sql[0]); k++) {
		struct query q = db_query_text(t->node[i].db, str_from(sql[k]));
		unsigned columns = 1;
		for (const char *p = sql[k]; strncmp(p, " from ", 6) != 0; p++)
			columns += *p == ',';
		while (query_next(&q) == 1) {
			for (unsigned j = 0; j < columns; j++)
				buf_printf(&out, "%.*s|", STR_ARG(query_get_text(&q, (int)j)));
			buf_char(&out, '\n');
		}
		assert_int_equal(query_done(&q, NULL), 0);
		buf_char(&out, '\n');
	}
	return arena_str(a, buf_str(&out));
}

static void scenario(struct two *t)
{
	done(t, 0, "meeting-plan", PLAN);
	two_carry(t);
	done(t, 1, "meeting-come", "id=G1\n");
	done(t, 1, "meeting-note", "id=G1\ntext=what of the third item?\n");
	two_carry(t);
	assert_int_equal(with_file(t, 0, "meeting-paper-file", "id=G1\nname=a.md\nitem=2\n", STR("a")), 0);
	two_carry(t);
	done(t, 1, "meeting-come", "id=G1\nno=1\ntext=ill\n");
	done(t, 1, "meeting-come", "id=G1\ntext=after all\n");
	done(t, 0, "meeting-open", "id=G1\n");
	done(t, 0, "meeting-attend", "id=G1\nparty=kh\n");
	done(t, 0, "meeting-followup", "id=G1\nwhat=a\nowner=kh\ndue=2027-04-01\n");
	done(t, 0, "meeting-minutes", "id=G1\ntext=one\n");
	two_carry(t);
	struct query blob = db_query(
	        t->node[1].db, "insert into blob(sha256, size, at) select minutes_sha256, 1, 0 from meeting");
	query_run(&blob);
	done(t, 1, "meeting-assent", "id=G1\n");
	done(t, 0, "meeting-followup", "id=G1\nwhat=b\nowner=la\ndue=2027-05-01\n");
	done(t, 0, "meeting-minutes", "id=G1\ntext=two\n");
	done(t, 0, "meeting-close", "id=G1\n");
	/* what ends it is not taken back, and nothing that is behind it counts */
	say_card(t, 20, "planned");
	say_card(t, 21, "cancelled");
	say_card(t, 22, "open");
	two_carry(t);
	struct query again = db_query(t->node[1].db,
	        "insert or ignore into blob(sha256, size, at) select minutes_sha256, 1, 0 from meeting");
	query_run(&again);
	done(t, 1, "meeting-assent", "id=G1\ntext=yes\n");
	two_carry(t);
}

static void shuffle(unsigned *order, unsigned n, uint64_t *dice)
{
	for (unsigned i = 0; i < n; i++)
		order[i] = i;
	for (unsigned i = n; i > 1; i--) {
		*dice = *dice * 6364136223846793005u + 1442695040888963407u;
		unsigned k = (unsigned)(*dice >> 33) % i, was = order[i - 1];
		order[i - 1] = order[k];
		order[k] = was;
	}
}

static void any_order(void **unused)
{
	auto_arena struct arena a = {0};
	struct said said[SAID];
	unsigned order[SAID];
	uint64_t dice = 42;
	struct two t;

	(void)unused;
	arena_init(&a, 0);
	open_linked(&t);
	two_copy(&t, 1, true);
	scenario(&t);
	struct str wanted = come_to(&t, 1, &a);
	unsigned n = collect(&t, &a, said);
	assert_int_equal(n, 15);
	assert_int_equal(number(&t, 1, "select state = 'closed' and serial = 4 from meeting"), 1);
	assert_int_equal(number(&t, 1, "select count(*) from meeting_followup"), 2);
	for (unsigned k = 0; k < ORDERS; k++) {
		two_copy(&t, 1, false);
		shuffle(order, n, &dice);
		for (unsigned i = 0; i < n; i++) {
			struct link_self self = two_self(&t, 1);
			struct link_taken taken;
			db_begin(t.node[1].db);
			link_take(&self, STR("la"), said[order[i]].ours, said[order[i]].bytes, &a, &taken);
			assert_int_equal(db_commit(t.node[1].db, NULL), 0);
			if (taken.verdict != VERDICT_OK && taken.verdict != VERDICT_GAP)
				fail_msg("%.*s is %s", STR_ARG(said[order[i]].kind),
				        verdict_table[taken.verdict].word);
		}
		struct str got = come_to(&t, 1, &a);
		if (!str_eq(got, wanted))
			fail_msg("order %u:\n%.*s\nand not\n%.*s", k, STR_ARG(got), STR_ARG(wanted));
	}
	two_close(&t);
}

/* ---- whose eyes ---------------------------------------------------------------------------------- */

static int64_t sees(const struct two *t, const char *person, bool narrow)
{
	struct db *db;
	struct err e;

	assert_int_equal(scope_open(t->node[1].folder, narrow, &db, &e), 0);
	assert_int_equal(scope_set(db, str_from(person), &e), 0);
	struct query q = db_query_text(db, STR("select count(*) from meeting"));
	int64_t n = query_next(&q) == 1 ? query_get_i64(&q, 0) : -1;
	query_done(&q, NULL);
	db_close(db);
	return n;
}

static void named(void **unused)
{
	auto_buf struct buf body = {0};
	struct str to = STR_INIT("kh");
	uint8_t id[DIGEST_LEN];
	struct two t;
	struct err e;

	(void)unused;
	open_linked(&t);
	struct link_self self = two_self(&t, 0);
	struct by by = {.person = STR_INIT("dara"), .role = "coordinator", .at = t.now};
	by_put(&body, &by, 1);
	buf_add(&body,
	        STR(",\"serial\":1,\"state\":\"planned\",\"title\":\"x\",\"place\":\"y\",\"start\":\"2027-03-"
	            "10T09:00:00Z\","
	            "\"end\":\"2027-03-10T10:00:00Z\",\"chairs\":[\"la\"],\"participants\":[\"kh\"],"
	            "\"agenda\":[],"
	            "\"for\":[{\"party\":\"kh\",\"person\":\"sok\"},{\"party\":\"la\",\"person\":\"chan\"}]"
	            "}"));
	struct say say = {.kind = KIND_MEETING,
	        .to = &to,
	        .to_count = 1,
	        .tlp = STATEMENT_RED,
	        .pap = statement_pap_find(STR("RED")),
	        .body = buf_str(&body)};
	db_begin(self.db);
	if (link_say(&self, &say, id, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(db_commit(self.db, &e), 0);
	two_carry(&t);
	assert_int_equal(number(&t, 1, "select count(*) from meeting where label = 'RED'"), 1);
	assert_int_equal(sees(&t, "sok", false), 1);
	assert_int_equal(sees(&t, "dara", false), 0);
	assert_int_equal(sees(&t, "chan", false), 0);
	assert_int_equal(sees(&t, "sok", true), 0);
	refused(&t, 1, "meeting-come", "id=G1\n", "there is no meeting G1");
	struct query q =
	        db_query(t.node[1].db, "insert into meeting_person(meeting, person) values (1, 'dara')");
	query_run(&q);
	/* what is answered has its persons too */
	done(&t, 1, "meeting-come", "id=G1\n");
	two_carry(&t);
	assert_int_equal(number(&t, 0, "select count(*) from meeting_answer where party = 'kh'"), 1);
	two_close(&t);
}

/* ---- clocks -------------------------------------------------------------------------------------- */

static void put_zone(struct two *t, const char *party, const char *zone)
{
	struct query q = db_query(t->node[0].db,
	        "insert into contact_card(party, serial, confirmed, created, zone, taken) values (?1, "
	        "coalesce((select max(serial) from "
	        "contact_card where party = ?1), 0) + 1, 0, 0, ?2, 0)");

	query_text(&q, str_from(party));
	query_text(&q, str_from(zone));
	query_run(&q);
}

static void is_shown(struct two *t, const char *wanted, int64_t start, int64_t until)
{
	static const struct str parties[] = {
	        STR_INIT("la"), STR_INIT("kh"), STR_INIT("vn"), STR_INIT("mm"), STR_INIT("org.example")};
	auto_arena struct arena a = {0};
	auto_buf struct buf out = {0};

	arena_init(&a, 0);
	clocks_put(clocks_open(t->node[0].db, &a, parties, 5), &out, start, until);
	buf_char(&out, 0);
	assert_string_equal(out.p, wanted);
}

static void clocks(void **unused)
{
	const int64_t nine = 1804669200; /* 2027-03-10 09:00 UTC */
	struct two t;

	(void)unused;
	two_open(&t);
	/* of countries whose cards are not here, and of one that has none */
	is_shown(&t, "2027-03-10 09:00 UTC \xc2\xb7 16:00 Vientiane, Phnom Penh, Hanoi \xc2\xb7 15:30 Yangon",
	        nine, 0);
	is_shown(&t,
	        "2027-03-10 09:00-10:30 UTC \xc2\xb7 16:00-17:30 Vientiane, Phnom Penh, Hanoi \xc2\xb7 "
	        "15:30-17:00 Yangon",
	        nine, nine + 5400);
	put_zone(&t, "org.example", "America/New_York");
	put_zone(&t, "mm", "Asia/Tokyo");
	put_zone(&t, "mm", "Asia/Yangon"); /* the newest counts */
	put_zone(&t, "vn", "Not/A_Zone");  /* then its country's */
	/* another day there; and it is said when it ends on another one */
	is_shown(&t,
	        "2027-03-10 23:00 \xe2\x80\x93 2027-03-11 01:00 UTC \xc2\xb7 2027-03-11 06:00-08:00 "
	        "Vientiane, Phnom "
	        "Penh, Hanoi \xc2\xb7 2027-03-11 "
	        "05:30-07:30 Yangon \xc2\xb7 18:00-20:00 New York",
	        nine + 14 * 3600, nine + 16 * 3600);
	/* the clock there was set four days later: the wall shows another time for the same hour of UTC */
	is_shown(&t,
	        "2027-03-15 09:00 UTC \xc2\xb7 16:00 Vientiane, Phnom Penh, Hanoi \xc2\xb7 15:30 Yangon "
	        "\xc2\xb7 05:00 New York",
	        nine + 5 * 86400, 0);
	two_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(writing), cmocka_unit_test(states),
	        cmocka_unit_test(any_order), cmocka_unit_test(named), cmocka_unit_test(clocks)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
