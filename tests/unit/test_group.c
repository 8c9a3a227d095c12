/* SPDX-License-Identifier: Apache-2.0
 *
 * Cards between two nodes: of a group, whose secretariat changes hands, and of contacts, of which the newest counts.
 */
#include "link/contact.h"
#include "link/group.h"
#include "two.h"

static bool counts(struct two *t, unsigned i, int64_t serial, const char *member)
{
	auto_arena struct arena a = {0};
	struct group_card card;

	arena_init(&a, 0);
	return group_confirmed(t->node[i].db, str_from(t->node[i].name), STR("clmv"), &a, &card) &&
	        card.serial == serial && group_member(&card, str_from(member));
}

static void group(void **unused)
{
	struct two t;
	struct group_wish w = {.id = STR_INIT("clmv"),
	        .name = STR_INIT("CLMV"),
	        .purpose = STR_INIT("an example"),
	        .members = STR_INIT("la, kh")};

	(void)unused;
	two_open(&t);
	two_link(&t);
	two_carry(&t);
	assert_int_equal(TWO(&t, 0, "dara", group_propose(&d, &w, e)), 0);
	assert_int_equal(TWO(&t, 0, "dara", group_send(&d, STR("clmv"), e)), ERR_DENIED);
	assert_false(counts(&t, 0, 1, "la"));
	assert_int_equal(TWO(&t, 0, "chan", group_send(&d, STR("clmv"), e)), 0);
	two_carry(&t);
	assert_true(counts(&t, 0, 1, "kh")); /* our own is confirmed by sending it */
	assert_false(counts(&t, 1, 1, "kh"));
	/* theirs is no card that we send */
	assert_int_equal(TWO(&t, 1, "sok", group_ack(&d, STR("other"), e)), ERR_MISSING);
	char seen[32];
	int64_t n = two_number(&t, 1, "select max(n) from statement where kind = 'group'");
	snprintf(seen, sizeof(seen), "clmv/S%lld", (long long)n + 1);
	assert_int_equal(TWO(&t, 1, "sok", group_ack(&d, str_from(seen), e)), ERR_VALUE);
	snprintf(seen, sizeof(seen), "clmv/S%lld", (long long)n);
	assert_int_equal(TWO(&t, 1, "sok", group_ack(&d, str_from(seen), e)), 0);
	assert_true(counts(&t, 1, 1, "la"));
	two_carry(&t);
	assert_int_equal(two_number(&t, 0,
	                         "select count(*) from delivery d join statement s on s.n = d.statement "
	                         "where s.kind = "
	                         "'group' and d.acked is not null and d.by = 'sok'"),
	        1);
	assert_int_equal(TWO(&t, 1, "sok", group_propose(&d, &w, e)), ERR_DENIED);
	/* the office is handed over: the next card comes from the other one */
	w.secretariat = STR("kh");
	assert_int_equal(TWO(&t, 0, "dara", group_propose(&d, &w, e)), 0);
	assert_int_equal(TWO(&t, 0, "chan", group_send(&d, STR("clmv"), e)), 0);
	two_carry(&t);
	assert_int_equal(TWO(&t, 1, "sok", group_ack(&d, STR("clmv"), e)), 0);
	w.secretariat = STR("");
	assert_int_equal(TWO(&t, 0, "dara", group_propose(&d, &w, e)), ERR_DENIED);
	assert_int_equal(TWO(&t, 1, "sok", group_propose(&d, &w, e)), 0);
	assert_int_equal(TWO(&t, 1, "lim", group_send(&d, STR("clmv"), e)), 0);
	two_carry(&t);
	/* the one before holds until somebody here has confirmed */
	assert_true(counts(&t, 0, 2, "la"));
	assert_int_equal(TWO(&t, 0, "dara", group_ack(&d, STR("clmv"), e)), 0);
	assert_true(counts(&t, 0, 3, "la"));
	assert_int_equal(two_number(&t, 0, "select count(*) from statement where effect = 0"), 0);
	two_close(&t);
}

static void stranger(void **unused)
{
	struct two t;
	struct group_wish w = {.id = STR_INIT("clmv"),
	        .name = STR_INIT("CLMV"),
	        .purpose = STR_INIT("an example"),
	        .members = STR_INIT("la kh")};

	(void)unused;
	two_open(&t);
	two_link(&t);
	assert_int_equal(TWO(&t, 0, "dara", group_propose(&d, &w, e)), 0);
	assert_int_equal(TWO(&t, 0, "chan", group_send(&d, STR("clmv"), e)), 0);
	two_carry(&t);
	assert_int_equal(TWO(&t, 1, "sok", group_ack(&d, STR("clmv"), e)), 0);
	/* another one of the same id, of which we are not the secretariat: there it is held */
	struct query q = db_query(t.node[1].db, "delete from statement where kind = 'ack'");
	query_run(&q);
	assert_int_equal(TWO(&t, 1, "sok", group_propose(&d, &w, e)), 0);
	assert_int_equal(TWO(&t, 1, "lim", group_send(&d, STR("clmv"), e)), 0);
	two_carry(&t);
	assert_int_equal(
	        two_number(&t, 0,
	                "select count(*) from statement where kind = 'group' and verdict = 'not-allowed'"),
	        1);
	assert_true(counts(&t, 0, 1, "kh"));
	two_close(&t);
}

/* ---- contacts ------------------------------------------------------------------------------------ */

static void cards(void **unused)
{
	struct two t;
	struct contact k = {.kind = STR_INIT("duty-24x7"),
	        .office = STR_INIT("Duty \"desk\""),
	        .languages = STR_INIT("lo en"),
	        .phone = STR_INIT("+000")};

	(void)unused;
	two_open(&t);
	two_link(&t);
	assert_int_not_equal(
	        TWO(&t, 0, "dara", contact_send(&d, (struct str){0}, (struct str){0}, (struct str){0}, e)),
	        0);
	assert_int_equal(TWO(&t, 0, "dara", contact_put(&d, &k, e)), 0);
	assert_int_equal(
	        TWO(&t, 0, "dara", contact_send(&d, STR("Asia/Vientiane"), STR("2027-04-14"), STR(""), e)),
	        0);
	two_carry(&t);
	assert_int_equal(two_number(&t, 1,
	                         "select count(*) from party_contact c join contact_channel h on h.contact = "
	                         "c.id where "
	                         "c.party = 'la' and c.office = 'Duty \"desk\"' and c.languages = 'lo en' "
	                         "and h.type = "
	                         "'phone' and h.address = '+000' and c.source = 'card'"),
	        1);
	assert_int_equal(
	        two_number(&t, 1,
	                "select count(*) from contact_card where party = 'la' and serial = 1 and zone = "
	                "'Asia/Vientiane' and holidays = '2027-04-14'"),
	        1);
	/* what comes from a node is that node's */
	k.party = STR("la");
	assert_int_equal(TWO(&t, 1, "sok", contact_put(&d, &k, e)), ERR_DENIED);
	/* the newest counts, the earlier one is kept */
	k.party = STR("");
	k.phone = STR("+111");
	assert_int_equal(TWO(&t, 0, "dara", contact_put(&d, &k, e)), 0);
	assert_int_equal(TWO(&t, 0, "dara", contact_confirm(&d, STR("la"), e)), 0);
	two_carry(&t);
	assert_int_equal(two_number(&t, 1, "select count(*) from contact_card where party = 'la'"), 2);
	assert_int_equal(two_number(&t, 1, "select count(*) from party_contact where party = 'la'"), 1);
	assert_int_equal(two_number(&t, 1, "select count(*) from contact_channel where address = '+111'"), 1);
	assert_int_equal(two_number(&t, 1, "select count(*) from contact_channel where address = '+000'"), 0);
	assert_int_equal(
	        two_number(&t, 1,
	                "select count(*) from contact_card where zone = 'Asia/Vientiane' and serial = 2"),
	        1);
	two_close(&t);
}

static void imported(void **unused)
{
	struct two t;

	(void)unused;
	two_open(&t);
	assert_int_equal(
	        TWO(&t, 0, "dara",
	                contact_import(&d,
	                        STR("cert.example\tExample CERT\tLA\tdesk@cert.example\t+000\t\t\n"
	                            "two.example\tTwo\t\tdesk@two.example\t\thttps://two.example/\t\n"),
	                        e)),
	        0);
	assert_int_equal(
	        two_number(&t, 0, "select count(*) from party where kind = 'cert' and email <> ''"), 2);
	assert_int_equal(two_number(&t, 0, "select count(*) from party_contact where source = 'import'"), 2);
	/* again, with another number: changed, not doubled */
	assert_int_equal(
	        TWO(&t, 0, "dara",
	                contact_import(
	                        &d, STR("cert.example\tExample CERT\tLA\tdesk@cert.example\t+222\t\t\n"), e)),
	        0);
	assert_int_equal(two_number(&t, 0, "select count(*) from party_contact"), 2);
	assert_int_equal(two_number(&t, 0, "select count(*) from contact_channel where address = '+222'"), 1);
	/* a row that is wrong undoes all of them, and is named */
	assert_int_not_equal(
	        TWO(&t, 0, "dara",
	                contact_import(&d, STR("x.example\tX\t\ta@x.example\t\t\t\nno\tN\t\tb\t\t\t\n"), e)),
	        0);
	assert_non_null(strstr(t.node[0].e.text, "row 2"));
	assert_int_equal(two_number(&t, 0, "select count(*) from party where name = 'x.example'"), 0);
	two_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(group),
	        cmocka_unit_test(stranger),
	        cmocka_unit_test(cards),
	        cmocka_unit_test(imported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
