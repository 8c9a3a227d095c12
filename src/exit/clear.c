/* SPDX-License-Identifier: Apache-2.0 */
#include "exit/clear.h"
#include "base/digest.h"
#include "base/os.h"

/* A clearance holds for a month: what could not be sent by then is decided again. */
#define UNTIL (30 * (int64_t)86400 * 1000000)

/* From open to strict; the first rule whose label is at least that of the thing. */
static const struct {
	enum tlp label;
	enum exit_kind kind;
	bool allowed;
	const char *rule;
} rules[] = {
        {TLP_CLEAR, EXIT_OWNER, true, "TLP:CLEAR may go to anyone"},
        {TLP_GREEN, EXIT_OWNER, true, "TLP:GREEN may go to an owner about his own systems"},
        {TLP_AMBER, EXIT_OWNER, true, "TLP:AMBER may go to an owner, who is this CERT's client"},
        {TLP_CLEAR, EXIT_STAFF, true, "TLP:CLEAR may go to anyone"},
        {TLP_GREEN, EXIT_STAFF, true, "TLP:GREEN may go to the staff"},
        {TLP_AMBER, EXIT_STAFF, true, "TLP:AMBER may go to the staff"},
        {TLP_AMBER_STRICT, EXIT_STAFF, false,
                "TLP:AMBER+STRICT does not leave the node, whose mail and webhooks may pass through others"},
        {TLP_AMBER_STRICT, EXIT_OWNER, false,
                "TLP:AMBER+STRICT stays within this CERT; its source may lower the label, or the feed's file "
                "say one"},
        {TLP_RED, EXIT_OWNER, false, "TLP:RED is for named persons; only its source may lower the label"},
};

bool exit_decide(enum tlp label, enum exit_kind kind, const char **ret_rule)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].label == label && rules[i].kind == kind) {
			*ret_rule = rules[i].rule;
			return rules[i].allowed;
		}
	*ret_rule = "what has no label goes nowhere until a named person gives it one";
	return false;
}

static void put_refusal(
        struct db *db, struct str object, struct str recipient, enum tlp label, const char *rule)
{
	struct query q = db_query(
	        db, "insert into refusal(at, object, recipient, label, rule) values (?, ?, ?, ?, ?)");

	query_i64(&q, os_now());
	query_text(&q, object);
	query_text(&q, recipient);
	query_text(&q, label != TLP_NONE ? tlp_name(label) : STR(""));
	query_text(&q, str_from(rule));
	query_run(&q);
}

bool exit_clear(struct db *db, struct str object, struct str recipient, enum exit_kind kind, enum tlp label,
        struct str bytes, struct cleared *ret)
{
	struct cleared c = {
	        .bytes = bytes, .recipient = recipient, .label = label, .until = os_now() + UNTIL};

	if (!exit_decide(label, kind, &c.rule)) {
		put_refusal(db, object, recipient, label, c.rule);
		return false;
	}
	digest_of(bytes, c.sha256);
	struct query q = db_query(db,
	        "insert into clearance(at, object, recipient, label, rule, sha256, until) values (?, ?, ?, "
	        "?, ?, ?, ?)");
	query_i64(&q, os_now());
	query_text(&q, object);
	query_text(&q, recipient);
	query_text(&q, tlp_name(label));
	query_text(&q, str_from(c.rule));
	query_blob(&q, str_make((const char *)c.sha256, sizeof(c.sha256)));
	query_i64(&q, c.until);
	query_run(&q);
	c.id = db_last_id(db);
	*ret = c;
	return true;
}
