/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is told how often, over days of a clock that the test moves: again while a problem lasts, not while it is quiet,
 * in other words when it was said to be fixed, to the next contact when a letter comes back, and once more when it was
 * wrong.
 */
#include "see/keep.h"
#include "stage.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct stage g;

static int set_up(void **state)
{
	(void)state;
	stage_set(&g, "tell");
	stage_write(&g, "weir.yaml",
	        "country: XA\nname: Example CERT\nmail:\n  from: cert@cert.example\n  delay: 0s\n");
	stage_write(&g, "owners.csv",
	        "id,name,sector,prefixes,contacts,language\n"
	        "a,Owner A,telecom,192.0.2.0/25,one@a.example,en\n"
	        "b,Owner B,telecom,192.0.2.128/25,one@b.example two@b.example,en\n");
	stage_write(&g, "rules/10-all.yaml",
	        "- rule: all\n  if: {}\n  then: { notify: owner }\n  repeat: { per: [source.ip], after: 1d, "
	        "escalate: 2 }\n");
	stage_make(&g);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	stage_end(&g);
	return 0;
}

/* An address is seen now. */
static void seen(const char *ip)
{
	stage_seen(&g, ip, os_fake.now);
}

static void work(void)
{
	stage_work(&g);
}

static void pass(int64_t time)
{
	/* the node looks each minute, an hour is fine enough here */
	for (int64_t until = os_fake.now + time; os_fake.now < until; os_fake.now += HOUR)
		work();
}

static char *text_of(const char *sql)
{
	static char text[256];

	stage_text(&g, sql, text, sizeof(text));
	return text;
}

#define LETTERS                                                                                              \
	"select n.kind || ':' || c.email || ':' || n.state from notice n join contact c on c.id = "          \
	"n.contact order by n.id"
#define STATES "select place || ':' || stage from finding order by id"

static int ask(const char *name, const char *params)
{
	return stage_ask(&g, name, params);
}

/* The letter that was opened last, as it lies on the disk. */
static void last_letter(struct buf *ret)
{
	char path[NODE_PATH];

	notice_path(&g.s.node, str_from(text_of("select ticket from notice order by id desc limit 1")), path);
	assert_int_equal(os_read_file(path, 1 << 20, ret, &g.e), 0);
}

static bool has(const struct buf *b, const char *text)
{
	return str_find_str(buf_str(b), 0, str_from(text)) != SIZE_MAX;
}

static void lasting(void **state)
{
	auto_buf struct buf letter = {0};

	(void)state;
	seen("192.0.2.1");
	work();
	assert_string_equal(text_of(LETTERS), "new:one@a.example:sent");
	assert_string_equal(text_of(STATES), "192.0.2.1:told");
	/* a day on, it was not seen since: nothing */
	pass(DAY + 2 * HOUR);
	assert_string_equal(text_of(LETTERS), "new:one@a.example:sent");
	/* seen: told again within the hour */
	seen("192.0.2.1");
	pass(2 * HOUR);
	assert_string_equal(text_of(LETTERS), "new:one@a.example:sent again:one@a.example:sent");
	assert_string_equal(text_of(STATES), "192.0.2.1:told-again");
	last_letter(&letter);
	assert_true(has(&letter, "We wrote to you about this before."));
	/* seen at once after a letter: not before a day has passed */
	seen("192.0.2.1");
	pass(20 * HOUR);
	assert_string_equal(text_of("select count(*) from notice"), "2");
	/* and then a person is needed instead */
	pass(8 * HOUR);
	assert_string_equal(text_of("select count(*) from notice"), "2");
	assert_string_equal(text_of("select count(*) from finding where escalated is not null"), "1");
}

static void still(void **state)
{
	(void)state;
	seen("192.0.2.1");
	assert_int_equal(ask("quiet", "ip=192.0.2.0/28\nuntil=2026-01-08\n"), ERR_USAGE);
	assert_int_equal(ask("quiet", "ip=192.0.2.0/28\nuntil=2026-01-04\nwhy=x\n"), ERR_USAGE);
	assert_int_equal(ask("quiet", "ip=192.0.2.0/33\nuntil=2026-01-08\nwhy=x\n"), ERR_USAGE);
	assert_int_equal(ask("quiet", "class=scannerr\nuntil=2026-01-08\nwhy=x\n"), ERR_USAGE);
	assert_string_equal(g.e.text, "there is no class 'scannerr'; did you mean 'scanner'?");
	assert_int_equal(ask("quiet", "class=nothing-of-the-kind\nuntil=2026-01-08\nwhy=x\n"), ERR_USAGE);
	assert_string_equal(
	        g.e.text, "there is no class 'nothing-of-the-kind'; 'weir docs taxonomy' lists them");
	/* the letter that was due does not go */
	assert_int_equal(ask("quiet", "ip=192.0.2.0/28\nuntil=2026-01-08\nwhy=a survey\n"), 0);
	work();
	assert_string_equal(text_of(LETTERS), "new:one@a.example:withdrawn");
	seen("192.0.2.2");
	seen("192.0.2.20");
	pass(DAY);
	assert_string_equal(text_of(STATES), "192.0.2.1:quiet 192.0.2.2:quiet 192.0.2.20:told");
	/* a start in between changes nothing */
	story_end(&g.s);
	seen("192.0.2.3");
	pass(DAY);
	assert_string_equal(text_of("select place from finding where state = 'quiet' order by id"),
	        "192.0.2.1 192.0.2.2 192.0.2.3");
	pass(2 * DAY);
	assert_string_equal(text_of("select count(*) from finding where state = 'quiet'"), "0");
	assert_string_equal(text_of("select findings from notice order by id desc limit 1"), "3");
}

/* A class has other names elsewhere; findings have the one. */
static void still_class(void **state)
{
	(void)state;
	seen("192.0.2.1");
	work();
	char params[128];
	snprintf(params, sizeof(params), "class=%s\nuntil=2026-01-08\nwhy=x\n", "c2server");
	assert_int_equal(ask("quiet", params), 0);
	assert_string_equal(text_of("select class from quiet"), "c2-server");
}

/* Where a quiet was goes with the personal data of the day on which it ended; a network is nobody's. */
static void still_masked(void **state)
{
	auto_buf struct buf said = {0};
	int64_t next = 0;

	(void)state;
	stage_write(&g, "weir.yaml",
	        "country: XA\nname: Example CERT\nmail:\n  from: cert@cert.example\n  delay: 0s\n"
	        "retention:\n  mask: 5d\n");
	seen("192.0.2.1");
	work();
	assert_int_equal(ask("quiet", "ip=192.0.2.1\nuntil=2026-01-05T12:00\nwhy=x\n"), 0);
	assert_int_equal(ask("quiet", "ip=192.0.2.0/28\nuntil=2026-01-05T12:00\nwhy=x\n"), 0);
	assert_int_equal(ask("quiet", "name=user@a.example\nuntil=2026-02-05\nwhy=x\n"), 0);
	assert_int_equal(ask("quiet-end", "id=Q3\n"), 0);
	assert_int_equal(ask("quiet", "ip=192.0.2.9\nuntil=2026-02-05\nwhy=x\n"), 0);
	struct keep *k = keep_new();
	for (int days = 0; days < 9; days++) {
		while (keep_step(k, &g.s.node, &next, &said, &g.e) == 1)
			;
		if (days == 4)
			assert_string_equal(text_of("select place from quiet order by id"),
			        "192.0.2.1 192.0.2.0/28 user@a.example 192.0.2.9");
		os_fake.now += DAY;
		os_fake.ticks += DAY;
	}
	keep_free(k);
	assert_string_equal(
	        text_of("select place from quiet order by id"), "masked 192.0.2.0/28 masked 192.0.2.9");
	assert_string_equal(text_of("select why from quiet where place = 'masked'"), "x x");
}

static void still_contact(void **state)
{
	(void)state;
	assert_int_equal(story_open(&g.s, &g.e), 0);
	assert_int_equal(ask("quiet", "contact=ONE@b.example\nuntil=2026-01-08\nwhy=on leave\n"), 0);
	seen("192.0.2.200");
	work();
	assert_string_equal(text_of(LETTERS), "new:two@b.example:sent");
	assert_int_equal(ask("quiet", "contact=two@b.example\nuntil=2026-01-07\nwhy=on leave\n"), 0);
	seen("192.0.2.201");
	work();
	assert_string_equal(text_of(STATES), "192.0.2.200:told 192.0.2.201:quiet");
	assert_int_equal(ask("quiet-end", "id=Q2\n"), 0);
	assert_int_equal(ask("quiet-end", "id=Q2\n"), ERR_VALUE);
	assert_int_equal(ask("quiet-end", "id=Q3\n"), ERR_MISSING);
	work();
	assert_string_equal(text_of(LETTERS), "new:two@b.example:sent new:two@b.example:sent");
}

static void first_day(void **state)
{
	(void)state;
	seen("192.0.2.1");
	assert_int_equal(ask("baseline", ""), 0);
	work();
	seen("192.0.2.1");
	seen("192.0.2.2");
	pass(3 * DAY);
	assert_string_equal(text_of(STATES), "192.0.2.1:quiet 192.0.2.2:told");
	assert_string_equal(text_of(LETTERS), "new:one@a.example:withdrawn new:one@a.example:sent");
}

static void said_to_be_fixed(void **state)
{
	auto_buf struct buf letter = {0};

	(void)state;
	seen("192.0.2.1");
	work();
	assert_int_equal(ask("finding-close", "id=F1\nwhy=fixed\n"), 0);
	pass(3 * DAY);
	seen("192.0.2.1");
	assert_string_equal(text_of(STATES), "192.0.2.1:seen-again");
	work();
	assert_string_equal(text_of(LETTERS), "new:one@a.example:sent back:one@a.example:sent");
	assert_string_equal(text_of(STATES), "192.0.2.1:told");
	last_letter(&letter);
	assert_true(has(&letter, "We were told that this was fixed."));
}

static void wrong(void **state)
{
	auto_buf struct buf letter = {0};

	(void)state;
	seen("192.0.2.1");
	work();
	seen("192.0.2.200");
	work();
	assert_int_equal(ask("notice-correct", "id=R1\n"), ERR_USAGE);
	assert_int_equal(ask("notice-correct", "id=R9\ntext=x\n"), ERR_MISSING);
	assert_int_equal(ask("notice-correct", "id=R1\ntext=It was\vanother network.\n"), 0);
	assert_int_equal(ask("notice-correct", "id=R1\ntext=It was\n"), ERR_MISSING);
	work();
	assert_string_equal(
	        text_of("select n.kind || ':' || c.email || ':' || n.state || ':' || n.follows from notice n"
	                " join contact c on c.id = n.contact where n.follows is not null"),
	        "correction:one@a.example:sent:1");
	last_letter(&letter);
	assert_true(has(&letter, "Correction of our letter"));
	assert_true(has(&letter, "It was\r\nanother network."));
	assert_true(has(&letter, "References: <"));
	assert_false(has(&letter, ".csv"));
	assert_string_equal(text_of(STATES), "192.0.2.1:told 192.0.2.200:told");
	assert_string_equal(text_of("select letters from finding order by id"), "1 1");
}

static void no_other_contact(void **state)
{
	(void)state;
	g.s.no = "one@a.example";
	seen("192.0.2.1");
	work();
	/* nobody else: a person is needed, and what comes later is not written to a broken address */
	assert_string_equal(text_of(LETTERS), "new:one@a.example:refused");
	seen("192.0.2.2");
	work();
	assert_string_equal(text_of(LETTERS), "new:one@a.example:refused");
	assert_string_equal(text_of(STATES), "192.0.2.1:open 192.0.2.2:open");
}

static void next_contact(void **state)
{
	(void)state;
	stage_write(&g, "rules/10-all.yaml",
	        "- rule: all\n  if: {}\n  then: { notify: owner }\n  repeat: { per: [source.ip] }\n");
	stage_write(&g, "owners.csv",
	        "id,name,sector,prefixes,contacts,classes,language\n"
	        "a,Owner A,telecom,192.0.2.0/25,one@a.example,,en\n"
	        "a,,,,two@a.example,phishing,\n");
	g.s.no = "one@a.example";
	seen("192.0.2.1");
	work();
	work(); /* what the server's answer has made due */
	/* the one who does not want this class hears of it all the same, since the other one is gone */
	assert_string_equal(text_of(LETTERS), "new:one@a.example:refused new:two@a.example:sent");
	seen("192.0.2.2");
	work();
	assert_string_equal(
	        text_of(LETTERS), "new:one@a.example:refused new:two@a.example:sent new:two@a.example:sent");
	assert_string_equal(text_of(STATES), "192.0.2.1:told 192.0.2.2:told");
	/* and when that one is gone too, a person is needed */
	g.s.no = "two@a.example";
	seen("192.0.2.3");
	work();
	assert_string_equal(text_of("select state from notice where id > 3"), "refused");
	assert_string_equal(text_of("select state from finding where id = 3"), "open");
}

/* A correction to a contact whose letters come back goes to the next one, under the label of the letter that was wrong, and
 * is about that letter. */
static void next_corrected(void **state)
{
	(void)state;
	stage_write(&g, "owners.csv",
	        "id,name,sector,prefixes,contacts,classes,language\n"
	        "a,Owner A,telecom,192.0.2.0/25,one@a.example,,en\n"
	        "a,,,,two@a.example,phishing,\n");
	seen("192.0.2.1");
	work();
	assert_string_equal(text_of(LETTERS), "new:one@a.example:sent");
	g.s.no = "one@a.example";
	seen("192.0.2.2");
	work();
	assert_int_equal(ask("notice-correct", "id=N1\ntext=It was another network.\n"), 0);
	work();
	work();
	assert_string_equal(text_of("select n.kind || ':' || c.email || ':' || n.state || ':' || n.follows "
	                            "|| ':' || (n.label = "
	                            "(select label from notice where id = 1)) from notice n join contact c "
	                            "on c.id = n.contact "
	                            "where n.kind = 'correction' order by n.id"),
	        "correction:one@a.example:withdrawn:1:1 correction:two@a.example:sent:1:1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(lasting, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(still, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(still_class, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(still_masked, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(still_contact, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(first_day, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(said_to_be_fixed, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(wrong, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(no_other_contact, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(next_contact, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(next_corrected, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
