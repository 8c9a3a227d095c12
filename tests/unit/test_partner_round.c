/* SPDX-License-Identifier: Apache-2.0
 *
 * A partner without a node as observer of a round: what the chair mails it, and what is entered for it.
 */
#include "partner.h"

#define DIGIT8 "0123456789abcdef"
#define DIGEST DIGIT8 DIGIT8 DIGIT8 DIGIT8
#define BY(n) "{\"id\":\"" n "\",\"role\":\"may-bind\",\"at\":\"2026-01-05T08:00:00Z\"}"
#define OPENING                                                                                              \
	"{\"by\":[" BY("dara") "," BY(                                                                       \
	        "chan") "],\"instrument\":\"gate-times\",\"round\":1,\"round_sha256\":\"" DIGEST             \
	                "\",\"closes\":\"2026-02-05T08:00:00Z\",\"title\":\"Times\"%s}"
#define COMMENT "{\"by\":[" BY("dara") "],\"round_sha256\":\"" DIGEST "\",\"text\":{\"en\":\"x\"}%s}"
#define VIA(from, raw)                                                                                       \
	",\"via\":{\"channel\":\"mail\",\"from\":\"" from "\",\"auth\":\"nothing\",\"raw\":\"" raw "\"}"

/* What one of the nodes says to the other and to the partner, in a round where case_ is there. */
static int say_round(struct two *t, unsigned i, enum kind kind, const uint8_t *case_, const char *format,
        const char *members, uint8_t id[DIGEST_LEN])
{
	struct link_self self = two_self(t, i);
	struct two_node *n = &t->node[i];
	const struct str to[] = {i == 0 ? STR("kh") : STR("la"), STR("m.example")};
	auto_buf struct buf body = {0};

	buf_printf(&body, format, members);
	n->e = (struct err){0};
	db_begin(n->db);
	int rc = link_say(&self,
	        &(struct say){.kind = kind,
	                .to = to,
	                .to_count = 2,
	                .case_ = case_,
	                .tlp = STATEMENT_CLEAR,
	                .pap = 2,
	                .body = buf_str(&body)},
	        id, &n->e);
	if (rc != 0)
		db_rollback(n->db);
	else
		assert_int_equal(db_commit(n->db, NULL), 0);
	two_carry(t);
	return rc;
}

#define SAYS_NO(call, t, i, words)                                                                           \
	do {                                                                                                 \
		assert_int_not_equal(call, 0);                                                               \
		if (strstr((t)->node[i].e.text, words) == NULL)                                              \
			fail_msg("%s: %s", words, (t)->node[i].e.text);                                      \
	} while (0)

/* The chair mails the opening; what is said in the round names the observer without a link, and what it wrote is the chair's to enter. */
static void test_round(void **state)
{
	uint8_t open[DIGEST_LEN], bare[DIGEST_LEN], id[DIGEST_LEN];
	struct two t;

	(void)state;
	set_up(&t);
	struct db *la = t.node[0].db, *kh = t.node[1].db;
	assert_int_equal(say_round(&t, 0, KIND_AGREE_OPEN, NULL, OPENING, "", bare), 0);
	assert_int_equal(
	        say_round(&t, 0, KIND_AGREE_OPEN, NULL, OPENING, ",\"hosted\":[\"m.example\"]", open), 0);
	IS(la,
	        "select group_concat(k.title || ' ' || k.peer || ' ' || k.state || ' ' || n.party, ', ') "
	        "from "
	        "case_ k join case_entry n on n.case_ = k.id where n.statement is not null and k.id = 3",
	        "gate-times/1: Times m.example queued m.example");
	/* of a party that a node does not know, only where the round says that it is hosted */
	SAYS_NO(say_round(&t, 1, KIND_AGREE_COMMENT, bare, COMMENT, "", id), &t, 1,
	        "no link with 'm.example'");
	assert_int_equal(say_round(&t, 1, KIND_AGREE_COMMENT, open, COMMENT, "", id), 0);
	IS(kh, "select count(*) from delivery where party = 'm.example'", "0");
	IS(la, "select verdict from statement where kind = 'agree.comment' and sender = 'kh'", "ok");
	/* the chair's own comment is no mail, and waits for nobody */
	assert_int_equal(say_round(&t, 0, KIND_AGREE_COMMENT, open, COMMENT, "", id), 0);
	IS(la, "select count(*) from case_entry where statement is not null", "2");
	IS(la, "select count(*) from delivery where party = 'm.example'", "0");
	/* what is entered by a mail */
	SAYS_NO(say_round(&t, 0, KIND_AGREE_COMMENT, open, COMMENT, VIA("m.example", DIGEST), id), &t, 0,
	        "its mail (raw) among the attachments");
#define FILE_                                                                                                \
	",\"attachments\":[{\"sha256\":\"" DIGEST                                                            \
	"\",\"size\":3,\"name\":\"M1.eml\",\"media\":\"message/rfc822\"}]"
	SAYS_NO(say_round(&t, 1, KIND_AGREE_COMMENT, open, COMMENT, VIA("m.example", DIGEST) FILE_, id), &t,
	        1, "the chair enters what came by mail");
	SAYS_NO(say_round(&t, 0, KIND_AGREE_COMMENT, open, COMMENT, VIA("kh", DIGEST) FILE_, id), &t, 0,
	        "does not take part by mail");
	SAYS_NO(say_round(&t, 0, KIND_AGREE_COMMENT, open, COMMENT, ",\"via\":{}", id), &t, 0,
	        "via needs channel");
	SAYS_NO(say_round(&t, 0, KIND_AGREE_COMMENT, open, COMMENT, VIA("m.example", DIGEST) FILE_, id), &t,
	        0, "is not here");
	two_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_round)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
