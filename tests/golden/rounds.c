/* SPDX-License-Identifier: Apache-2.0
 *
 * rounds FOLDER: the state of a node "la" that has been in consultations with kh, mm and vn. Four nodes in one process (tests/sim/net.h) do
 * what their people do, by the changes that pages and commands ask for, and carry it to each other; so what lies in FOLDER afterwards
 * was signed, sent, judged and receipted, and is the same bytes each time.
 *
 *   gate-times/1   a consultation that has closed: comments, amendments in conflict, some answered, a stale and a missing clause,
 *                  and a draft of the next text with a change that nothing explains
 *   hours/1        adopted by silence: a disassociation, a statement, commitments of which one is late
 *   check-words/1  goes on: la is the chair, mm has not read it
 *   reporting/1    vn is the chair; broken by mm, who says why and what would remove it
 *   session/1      of a meeting: vn has sent minutes that la has to sign
 *   decree/1       the record of an act, by vn
 *   contacts/1     goes on: th, an observer without a node, has commented by two mails, of which one is signed
 *
 * What goes on closes in 2099, so that it does whenever the pages are drawn.
 */
#include "agree/change.h"
#include "agree/hear.h"
#include "agree/work.h"
#include "base/digest.h"
#include "link/blob.h"
#include "net.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { KH, LA, MM, VN };
#define HOUR (3600 * NET_SECOND)
#define START ((int64_t)1767600000 * NET_SECOND) /* 2026-01-05 08:00 UTC */

static const struct heard_ways ways = {.hear = agree_hear,
        .seen = agree_seen,
        .renamed = agree_renamed,
        .whole = agree_whole,
        .lacks = agree_lacks};
static struct net net;

static void at(int64_t now)
{
	net.now = os_fake.now = now;
}

static void carry(void)
{
	net_settle(&net);
	os_fake.now = net.now;
}

/* ---- people -------------------------------------------------------------------------------------- */

/* "NAME=VALUE" in lines; a line feed within a value is a vertical tab. file: a path; NULL: none. */
static void deed_file(unsigned i, const char *person, const char *name, const char *params, const char *file)
{
	struct link_self self = net_self(&net, i);
	struct change_here here = *self.here;
	auto_buf struct buf said = {0};
	struct err e = {0};

	here.link = &self;
	here.ways = &link_ways;
	struct change c = {.db = self.db,
	        .here = &here,
	        .params = str_from(params),
	        .person = str_from(person),
	        .file = file != NULL ? str_from(file) : STR(""),
	        .size = file != NULL,
	        .said = &said};
	db_begin(self.db);
	for (unsigned k = 0; k < agree_change_count; k++)
		if (strcmp(agree_changes[k].name, name) == 0 && agree_changes[k].run(&c, &e) != 0)
			fail_msg("%s of %s: %s", name, person, e.text);
	agree_work(&here, self.db, net.now, false);
	if (db_commit(self.db, &e) != 0)
		fail_msg("%s of %s: %s", name, person, e.text);
	at(net.now + 60 * NET_SECOND);
}

static void deed(unsigned i, const char *person, const char *name, const char *params)
{
	deed_file(i, person, name, params, NULL);
}

/* Two persons: the first writes it, the second signs. */
static void both_file(unsigned i, const char *name, const char *params, const char *file)
{
	char sign[32];

	deed_file(i, "chan", name, params, file);
	snprintf(sign, sizeof(sign), "id=%llu",
	        (unsigned long long)net_number(&net, i, "select max(id) from agree_pending"));
	deed(i, "dara", "agree-sign", sign);
}

static void both(unsigned i, const char *name, const char *params)
{
	both_file(i, name, params, NULL);
}

/* What time alone brings. */
static void work(int64_t now)
{
	at(now);
	for (unsigned i = 0; i < NET_NODES; i++) {
		struct link_self self = net_self(&net, i);
		struct change_here here = *self.here;
		struct err e = {0};
		here.link = &self;
		here.ways = &link_ways;
		db_begin(self.db);
		for (unsigned k = 0; k < 4 && agree_due(self.db, net.now); k++)
			agree_work(&here, self.db, net.now, false);
		assert_int_equal(db_commit(self.db, &e), 0);
	}
	carry();
}

/* ---- key lists ----------------------------------------------------------------------------------- */

static void put_lists(void)
{
	for (unsigned i = 0; i < NET_NODES; i++)
		for (unsigned k = 0; k < NET_NODES; k++) {
			auto_buf struct buf note = {0};
			uint8_t digest[DIGEST_LEN];
			struct query q = db_query(net.node[i].db,
			        "insert into key_list(party, number, note, digest, taken) values (?, 1, ?, "
			        "?, 0)");
			buf_printf(&note, "the keys of %s\n", net.node[k].name);
			digest_of(buf_str(&note), digest);
			query_text(&q, str_from(net.node[k].name));
			query_text(&q, buf_str(&note));
			query_blob(&q, str_make((const char *)digest, DIGEST_LEN));
			query_run(&q);
		}
}

/* ---- texts --------------------------------------------------------------------------------------- */

struct line {
	const char *en, *lo, *km;
};
static const struct line gate[] = {
        {"# Times at the gate", "# ເວລາຢູ່ປະຕູ", "# ពេលវេលានៅច្រកទ្វារ"},
        {"## Scope", "## ຂອບເຂດ", "## វិសាលភាព"},
        {"This text is about **requests** between the four teams, and about no order.",
                "ບົດນີ້ກ່ຽວກັບ **ຄຳຮ້ອງຂໍ** ລະຫວ່າງສີ່ທີມ.", "អត្ថបទនេះនិយាយអំពី **សំណើ** រវាងក្រុមទាំងបួន។"},
        {"## Answers", "## ຄຳຕອບ", "## ចម្លើយ"},
        {"A request is answered by a person within four hours.", "ຄຳຮ້ອງຂໍຖືກຕອບໂດຍຄົນພາຍໃນສີ່ຊົ່ວໂມງ.",
                "សំណើត្រូវបានឆ្លើយដោយមនុស្សក្នុងរយៈពេលបួនម៉ោង។"},
        {"- at night within eight hours", "- ໃນຕອນກາງຄືນພາຍໃນແປດຊົ່ວໂມງ", "- នៅពេលយប់ក្នុងរយៈពេលប្រាំបីម៉ោង"},
        {"- on holidays within one day", "- ໃນວັນພັກພາຍໃນໜຶ່ງວັນ", NULL},
        {"## Review", "## ການທົບທວນ", "## ការពិនិត្យឡើងវិញ"},
        {"The text is reviewed once a year.", "ບົດນີ້ຖືກທົບທວນປີລະຄັ້ງ.", "អត្ថបទនេះត្រូវបានពិនិត្យម្តងក្នុងមួយឆ្នាំ។"},
};
#define GATE (sizeof(gate) / sizeof(gate[0]))

static void id_of(unsigned i, char ret[CLAUSE_ID + 1])
{
	ret[CLAUSE_ID] = 0;
	clause_id_make(1000 + 577 * i, ret);
}

static const char *words_of(unsigned i, unsigned lang)
{
	return lang == 0 ? gate[i].en : lang == 1 ? gate[i].lo : gate[i].km;
}

/* Lines with vertical tabs between, as a parameter has them. lang 0: authentic. stale: clause that was made from other words. */
static void text_of(struct buf *out, unsigned lang, unsigned stale, const char *first)
{
	bool item = false;

	for (unsigned i = 0; i < GATE; i++) {
		const char *words = words_of(i, lang);
		char id[CLAUSE_ID + 1], hex[2 * DIGEST_LEN + 1];
		auto_buf struct buf en = {0};
		uint8_t digest[DIGEST_LEN];
		if (words == NULL)
			continue;
		id_of(i, id);
		buf_printf(&en, "%s {#%s}",
		        i == stale                                     ? "other words"
		                : i == 0 && first != NULL && lang == 0 ? first
		                                                       : gate[i].en,
		        id);
		digest_of(buf_str(&en), digest);
		str_hex_print(hex, digest, DIGEST_LEN);
		if (out->len > 0)
			buf_add(out, item && words[0] == '-' ? STR("\v") : STR("\v\v"));
		item = words[0] == '-';
		buf_printf(out, "%s {#%s", i == 0 && first != NULL ? first : words, id);
		if (lang > 0)
			buf_printf(out, ":%.16s", hex);
		buf_char(out, '}');
	}
	buf_char(out, '\v');
}

static void draft(
        unsigned i, const char *instrument, const char *lang, const char *authentic, struct str text)
{
	auto_buf struct buf b = {0};

	buf_printf(&b, "instrument=%s\nlang=%s\nauthentic=%s\ntext=%.*s\n", instrument, lang, authentic,
	        STR_ARG(text));
	buf_char(&b, 0);
	deed(i, "dara", "agree-text", b.p);
}

/* The same clauses in one language, under another title. */
static void plain_draft(unsigned i, const char *instrument, const char *title)
{
	auto_buf struct buf text = {0};

	text_of(&text, 0, GATE, title);
	draft(i, instrument, "en", "yes", buf_str(&text));
}

/* ---- rounds -------------------------------------------------------------------------------------- */

#define SAY(i, who, name, ...)                                                                               \
	do {                                                                                                 \
		char text_[2048];                                                                            \
		snprintf(text_, sizeof(text_), __VA_ARGS__);                                                 \
		deed(i, who, name, text_);                                                                   \
	} while (0)
#define BOTH(i, name, ...)                                                                                   \
	do {                                                                                                 \
		char text_[2048];                                                                            \
		snprintf(text_, sizeof(text_), __VA_ARGS__);                                                 \
		both(i, name, text_);                                                                        \
	} while (0)

static void id_said(unsigned i, const char *sender, const char *kind, char ret[17])
{
	auto_buf struct buf sql = {0};

	buf_printf(&sql,
	        "select lower(hex(id)) from statement where sender = '%s' and kind = '%s' order by n desc "
	        "limit 1",
	        sender, kind);
	struct query q = db_query_text(net.node[i].db, buf_str(&sql));
	assert_int_equal(query_next(&q), 1);
	snprintf(ret, 17, "%.16s", query_get_text(&q, 0).p);
	query_done(&q, NULL);
}

/* mm answers for the chair, which its own node would not let it do: nobody counts that. */
static void meddle(void)
{
	static const unsigned others[] = {KH, LA, VN};
	char round[2 * DIGEST_LEN + 1], of[2 * DIGEST_LEN + 1], body[1024];
	uint8_t open[DIGEST_LEN], id[DIGEST_LEN];
	struct query q = db_query(net.node[MM].db,
	        "select r.open, lower(hex(r.digest)), lower(hex(s.id)) from agree_round r join statement s "
	        "on s.case_id = "
	        "r.open and s.sender = 'vn' and s.kind = 'agree.amendment' where r.instrument = 'gate-times' "
	        "limit 1");

	assert_int_equal(query_next(&q), 1);
	memcpy(open, query_get_blob(&q, 0).p, DIGEST_LEN);
	snprintf(round, sizeof(round), "%.*s", STR_ARG(query_get_text(&q, 1)));
	snprintf(of, sizeof(of), "%.*s", STR_ARG(query_get_text(&q, 2)));
	query_done(&q, NULL);
	snprintf(body, sizeof(body),
	        "{\"by\":[{\"id\":\"aye\",\"role\":\"coordinator\",\"at\":\"2026-01-10T08:00:00Z\"}],\"round_"
	        "sha256\":\"%s\","
	        "\"items\":[{\"word\":\"taken\",\"of\":\"%s\",\"clauses\":[]}]}",
	        round, of);
	assert_int_equal(net_say(&net, MM, KIND_AGREE_DISPOSITION, others, 3, open, NULL, body, id), 0);
	carry();
}

static void gate_times(void)
{
	auto_buf struct buf en = {0}, lo = {0}, km = {0}, next = {0};
	char id[GATE][CLAUSE_ID + 1], comment[17], amendment[17];

	for (unsigned i = 0; i < GATE; i++)
		id_of(i, id[i]);
	text_of(&en, 0, GATE, NULL);
	text_of(&lo, 1, 4, NULL);
	text_of(&km, 2, GATE, NULL);
	draft(LA, "gate-times", "en", "yes", buf_str(&en));
	draft(LA, "gate-times", "lo", "no", buf_str(&lo));
	draft(LA, "gate-times", "km", "no", buf_str(&km));
	BOTH(LA, "agree-propose",
	        "instrument=gate-times\ntitle=Times at the gate\nmembers=kh la mm vn\nopens=2026-01-05 "
	        "09:00\n"
	        "closes=2026-01-09 09:00\nrule=none\n");
	carry();
	SAY(KH, "sok", "agree-comment",
	        "round=gate-times/1\ntext=តើបួនម៉ោងរាប់ចាប់ពីពេលណា?\nlang=km\nclauses=%s\n", id[4]);
	SAY(KH, "sok", "agree-amend",
	        "round=gate-times/1\nop=replace\nclause=%s\nwords=A request is answered by a person within "
	        "six hours.\n"
	        "kind=substantive\nreason=four hours are too few at night\n",
	        id[4]);
	SAY(VN, "lan", "agree-amend",
	        "round=gate-times/1\nop=replace\nclause=%s\nwords=A request is answered by a person within "
	        "four working hours.\n"
	        "kind=substantive\n",
	        id[4]);
	SAY(VN, "lan", "agree-amend",
	        "round=gate-times/1\nop=insert\nafter=%s\nwords=Who answers says his office.\n", id[4]);
	SAY(MM, "aye", "agree-amend",
	        "round=gate-times/1\nop=delete\nclause=%s\nreason=it belongs into another text\n", id[4]);
	SAY(MM, "aye", "agree-comment", "round=gate-times/1\ntext=We thank the chair <la> & all.\nlang=en\n");
	SAY(VN, "lan", "agree-comment",
	        "round=gate-times/1\ntext=Mỗi năm hai lần thì hơn.\nlang=vi\nclauses=%s\n", id[8]);
	carry();
	id_said(VN, "vn", "agree.comment", comment);
	SAY(VN, "lan", "agree-retract", "round=gate-times/1\nid=%s\nreason=once is enough\n", comment);
	carry();
	work(START + 5 * 24 * HOUR);
	id_said(LA, "kh", "agree.amendment", amendment);
	SAY(LA, "dara", "agree-answer",
	        "round=gate-times/1\nof=%s\nword=taken-changed\nclauses=%s\ntext=six hours at "
	        "night\nlang=en\n",
	        amendment, id[4]);
	id_said(LA, "mm", "agree.amendment", amendment);
	SAY(LA, "dara", "agree-answer",
	        "round=gate-times/1\nof=%s\nword=not-taken\ntext=the other three want it here\nlang=en\n",
	        amendment);
	meddle();
	/* the next text: one change has an answer, one has none */
	struct str old = buf_str(&en);
	size_t hours = str_find_str(old, 0, STR("four hours")),
	       year = str_find_str(old, 0, STR("once a year"));
	buf_add(&next, str_sub(old, 0, hours));
	buf_add(&next, STR("six hours"));
	buf_add(&next, str_sub(old, hours + 10, year - hours - 10));
	buf_add(&next, STR("every two years"));
	buf_add(&next, str_skip(old, year + 11));
	draft(LA, "gate-times", "en", "yes", buf_str(&next));
	carry();
}

/* From its own day on, so that its time is over when the others begin. */
static void hours(void)
{
	char id[CLAUSE_ID + 1], mine[17];
	int64_t begun = net.now;

	id_of(6, id);
	plain_draft(LA, "hours", "# Hours of the desks");
	BOTH(LA, "agree-propose",
	        "instrument=hours\ntitle=Hours of the desks\nmembers=kh la mm "
	        "vn\ncloses=8d\nrule=silence\nlevel=human\n"
	        "statements=365d\nin-force=adopted+1d\nreview=12mo\n");
	carry();
	for (unsigned i = 0; i < NET_NODES; i++)
		if (i != LA)
			SAY(i, "sok", "agree-ack", "round=hours\n");
	SAY(KH, "sok", "agree-position", "round=hours\nposition=support\n");
	SAY(VN, "lan", "agree-position",
	        "round=hours\nposition=disassociation\nclauses=%s\ntext=our holidays have no duty "
	        "desk\nlang=en\n",
	        id);
	carry();
	work(begun + 8 * 24 * HOUR + HOUR);
	work(begun + 9 * 24 * HOUR + 2 * HOUR);
	work(begun + 9 * 24 * HOUR + 4 * HOUR);
	SAY(KH, "sok", "agree-statement",
	        "round=hours\ntext=We read 'holiday' as a public holiday.\nlang=en\n");
	SAY(LA, "chan", "agree-commit",
	        "round=hours\nwhat=A first human answer within four hours\ndue=2026-01-31 00:00\nowner=Duty "
	        "desk\nclause=%s\n"
	        "indicator=case-ack-hours <= 4 h\n",
	        id);
	SAY(KH, "sok", "agree-commit",
	        "round=hours\nwhat=A telephone at night\ndue=2099-06-30 00:00\nowner=Operations\n");
	carry();
	id_said(KH, "kh", "agree.commitment", mine);
	SAY(KH, "sok", "agree-progress",
	        "round=hours\nid=%s\nstatus=under-way\ntext=the contract is signed\nlang=en\n", mine);
	carry();
}

static void check_words(void)
{
	plain_draft(LA, "check-words", "# Words of checks");
	BOTH(LA, "agree-propose",
	        "instrument=check-words\ntitle=Words of checks\nmembers=kh la mm vn\nopens=2098-12-01 09:00\n"
	        "closes=2099-01-30 09:00\nrule=silence\nlevel=human\npersons=2 2\n");
	carry();
	SAY(VN, "lan", "agree-ack", "round=check-words\n");
	BOTH(KH, "agree-position", "round=check-words\nposition=support\n");
	carry();
	SAY(LA, "chan", "agree-position",
	        "round=check-words\nposition=support\ntext=as it stands\nlang=en\n");
	BOTH(LA, "agree-voice", "round=check-words\nparty=mm\ncode=0123 4567 8901 2345\n");
	carry();
}

static void reporting(void)
{
	char id[CLAUSE_ID + 1];

	id_of(8, id);
	plain_draft(VN, "reporting", "# Reporting");
	BOTH(VN, "agree-propose",
	        "instrument=reporting\ntitle=Reporting\nmembers=kh la mm vn\nopens=2098-12-01 09:00\n"
	        "closes=2099-01-30 09:00\nrule=assent\nneeds=3\nlevel=node\n");
	carry();
	SAY(MM, "aye", "agree-position",
	        "round=reporting\nposition=objection\nclauses=%s\ntext=A year is too long.\ncure=Every six "
	        "months.\nlang=en\n",
	        id);
	SAY(KH, "sok", "agree-amend",
	        "round=reporting\nop=replace\nclause=%s\nwords=The text is reviewed twice a year.\n", id);
	carry();
}

/* ---- minutes --------------------------------------------------------------------------------------- */

/* As if la had fetched what vn keeps. */
static void write_file(const char *words, char path[160])
{
	struct link_self self = net_self(&net, LA);
	struct change_here here = *self.here;
	uint8_t digest[DIGEST_LEN];
	struct err e = {0};

	snprintf(path, 160, "%s/minutes", self.folder);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(words, 1, strlen(words), f), strlen(words));
	assert_int_equal(fclose(f), 0);
	here.link = &self;
	db_begin(self.db);
	assert_int_equal(link_ways.keep(&here, self.db, str_from(words), digest, &e), 0);
	assert_int_equal(db_commit(self.db, &e), 0);
}

static void minutes(void)
{
	char path[160];

	plain_draft(VN, "session", "# Session of the teams");
	BOTH(VN, "agree-propose",
	        "instrument=session\ntitle=Session of the teams\nmembers=kh la mm vn\nopens=2098-12-01 "
	        "09:00\ncloses=2099-01-30 09:00\nrule=meeting\nneeds=3\n");
	carry();
	write_file("Minutes: the text was read and nobody spoke <against> it.\n", path);
	deed_file(VN, "lan", "agree-minutes", "round=session\npresent=kh la vn\n", path);
	plain_draft(VN, "decree", "# Decree on the desks");
	BOTH(VN, "agree-propose",
	        "instrument=decree\ntitle=Decree on the desks\nmembers=la vn\nopens=2098-12-01 "
	        "09:00\ncloses=2099-01-30 09:00\nrule=recorded\n");
	carry();
	write_file("Decree 12/2026 on the desks.\n", path);
	both_file(VN, "agree-minutes", "round=decree\nnumber=12/2026\ndate=2026-01-15\n", path);
	remove(path);
	carry();
}

/* ---- an observer without a node -------------------------------------------------------------------- */

#define KEY "0123456789ABCDEF0123456789ABCDEF01234567"

static void run(struct db *db, const char *sql)
{
	struct err e = {0};

	db_begin(db);
	if (db_exec(db, sql, &e) != 0)
		fail_msg("%s: %s", sql, e.text);
	assert_int_equal(db_commit(db, &e), 0);
}

/* Its answer to the mail of the opening, as it is in the case of the round and is kept whole. */
static void mail(unsigned id, const char *proven, const char *words)
{
	struct link_self self = net_self(&net, LA);
	char path[128], hex[2 * DIGEST_LEN + 1], sql[2048];
	uint8_t digest[DIGEST_LEN];
	struct err e = {0};
	auto_buf struct buf bytes = {0};

	buf_printf(&bytes, "From: desk@th.example\r\n\r\n%s\r\n", words);
	digest_of(buf_str(&bytes), digest);
	str_hex_print(hex, digest, DIGEST_LEN);
	snprintf(path, sizeof(path), "%s/new", self.folder);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes.p, 1, bytes.len, f), bytes.len);
	assert_int_equal(fclose(f), 0);
	db_begin(self.db);
	assert_int_equal(blob_keep(&self, path, digest, bytes.len, &e), 0);
	assert_int_equal(db_commit(self.db, &e), 0);
	snprintf(sql, sizeof(sql),
	        "insert into receipt(id, root, token, day, sha256, received, size, name, path, via, lane, "
	        "state) "
	        "values (%u, %u, x'%02x', 20260120, x'%s', %lld, %zu, 'x.eml', 'x.eml', 'take', "
	        "'interactive', 'done'); insert into message(id, receipt, received, kind, sender, words, "
	        "proven, whole, case_, blob) values (%u, %u, %lld, 'incoming', 'desk@th.example', '%s', "
	        "'%s', 2, (select max(id) from case_), (select id from blob where sha256 = x'%s'))",
	        id, id, id, hex, (long long)net.now, bytes.len, id, id, (long long)net.now, words, proven,
	        hex);
	run(self.db, sql);
}

static void contacts(void)
{
	char id[CLAUSE_ID + 1], comment[17];

	id_of(5, id);
	run(net.node[LA].db,
	        "insert into party(name, title, kind, language, email, pgp, role, link) values ('th', 'CERT "
	        "of an example', 'cert', 'en', 'desk@th.example', '" KEY "', 'mail', 'linked')");
	plain_draft(LA, "contacts", "# Contacts at night");
	BOTH(LA, "agree-propose",
	        "instrument=contacts\ntitle=Contacts at night\nmembers=kh la mm "
	        "vn\nobservers=th\nopens=2098-12-01 09:00\ncloses=2099-01-30 09:00\nrule=none\n");
	carry();
	mail(1, "openpgp " KEY, "Who answers at night?");
	mail(2, "", "We thank the chair.");
	SAY(LA, "dara", "agree-comment",
	        "round=contacts\ntext=Who answers at night?\nlang=en\nclauses=%s\nmail=M1\n", id);
	carry();
	id_said(LA, "la", "agree.comment", comment);
	SAY(LA, "dara", "agree-comment", "round=contacts\ntext=We thank the chair.\nlang=en\nmail=M2\n");
	SAY(LA, "dara", "agree-answer",
	        "round=contacts\nof=%s\nword=taken-changed\nclauses=%s\ntext=the duty desk "
	        "does\nlang=en\n",
	        comment, id);
	carry();
}

/* The chair has looked at it again; since then kh has done what it promised. */
static void reviewed(void)
{
	char mine[17];

	SAY(LA, "dara", "agree-review", "round=hours\nword=confirm\n");
	id_said(KH, "kh", "agree.commitment", mine);
	SAY(KH, "sok", "agree-progress", "round=hours\nid=%s\nstatus=done\n", mine);
	carry();
}

/* ---- the state ----------------------------------------------------------------------------------- */

static void copy_tree(const char *from, const char *to)
{
	const char *const argv[] = {"/bin/cp", "-r", from, to, NULL};
	pid_t pid = fork();

	if (pid == 0) {
		execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static const char *target;

static void make(void **unused)
{
	struct err e = {0};

	(void)unused;
	net_make(&net);
	net.heard = &ways;
	net_begin(&net, 7);
	at(START);
	put_lists();
	gate_times();
	hours();
	check_words();
	reporting();
	plain_draft(LA, "exchange", "# Exchange of officers");
	SAY(LA, "chan", "agree-propose",
	        "instrument=exchange\ntitle=Exchange of officers\nmembers=kh la mm vn\nopens=2098-12-01 "
	        "09:00\n"
	        "closes=2099-01-30 09:00\nrule=none\n");
	carry();
	contacts();
	minutes();
	reviewed();
	work(net.now + HOUR);
	/* of its two comments one has an answer, of which it is told; others host nobody */
	assert_int_equal(net_number(&net, LA, "select count(*) from agree_told where party = 'th'"), 1);
	assert_int_equal(net_number(&net, KH, "select count(*) from agree_told"), 0);
	assert_int_equal(db_settle(net.node[LA].db, &e), 0);
	net_end(&net);
	copy_tree(net.node[LA].folder, target);
	net_done(&net);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(make)};

	if (argc != 2)
		return 2;
	target = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
