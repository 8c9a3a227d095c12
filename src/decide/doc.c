/* SPDX-License-Identifier: Apache-2.0
 *
 * The reference of the rule language as Markdown, from the tables that the compiler works with.
 */
#include "decide/cond.h"

/* How a type compares, by the kind of its condition. */
static const char *const kind_about[] = {
        [COND_MASK] = "a word of its vocabulary; labels and severities also `\">= high\"`, `\"< AMBER\"`",
        [COND_NUMBER] = "a number, `\">= 4\"`, `\"< 3\"`, `80-90`; a transport protocol by its keyword",
        [COND_COUNTRY] = "two letters",
        [COND_ADDRESS] = "an address or a prefix around it",
        [COND_NAME] = "a name: itself and all below it",
        [COND_TEXT] = "the whole text, ignoring case of ASCII letters",
        [COND_NETWORK] = "a prefix around it",
        [COND_LIST] = "one of its pieces",
};

static void put_keys(struct buf *out)
{
	buf_add(out, STR("## Keys\n\n| in | key | value | |\n| --- | --- | --- | --- |\n"));
#define RULE "a rule"
#define THEN "`then`"
#define REPEAT "`repeat`"
#define KEY(place, symbol, name, acts, values, about)                                                        \
	buf_printf(out, "| %s | `%s` | %s | %s%s |\n", place, name, values, about,                           \
	        (acts) ? "" : " **Refused: does nothing in this version.**");
#include "decide/keys.tbl"
#undef KEY
#undef RULE
#undef THEN
#undef REPEAT
}

static void put_field(struct buf *out, struct str name, int type, const char *about)
{
	if (type == FT_TIME)
		return;
	buf_printf(out, "| `%.*s` | %s | %s |\n", STR_ARG(name), kind_about[cond_kind_of(type)], about);
}

static void put_fields(struct buf *out)
{
	buf_add(out, STR("\n## What `if` can ask\n\n| name | compared as | |\n| --- | --- | --- |\n"));
	for (unsigned i = 1; i < FIELD_END; i++)
		put_field(out, field_table[i].name, (int)field_table[i].type, field_table[i].about);
#define TEXT FT_STRING
#define HOW TYPE_HOW
#define ATTR(symbol, name, kind, about) put_field(out, STR(name), kind, about);
#include "decide/attrs.tbl"
#undef ATTR
#undef TEXT
#undef HOW
	put_field(out, STR("extra.NAME"), FT_STRING,
	        "A column or key of the report that has no field of its own.");
}

static const char *key_name(enum key_form form)
{
	static const char *const names[KEY_END] = {"SERVICE", "SYSTEM", "PAGE", "ACCOUNT"};

	return names[form];
}

static void put_types(struct buf *out)
{
	buf_add(out,
	        STR("\n## What holds for a type where nobody says otherwise\n\n"
	            "The severity where neither rule nor sender gives one, its rank, and what tells two "
	            "findings at one owner\napart beside type, identifier and malware name.\n\n"
	            "| type | severity | rank | key |\n| --- | --- | --- | --- |\n"));
	for (unsigned t = 1; t < TYPE_END; t++) {
		enum severity s = class_table[t].severity;
		buf_printf(out, "| `%.*s` | %.*s | c%u | %s |\n", STR_ARG(type_table[t].name),
		        STR_ARG(severity_name(s)), decide_rank(s), key_name(class_table[t].key));
	}
	buf_add(out, STR("\n| key | |\n| --- | --- |\n"));
	for (unsigned k = 0; k < KEY_END; k++)
		buf_printf(out, "| %s | %s |\n", key_name((enum key_form)k), key_form_about[k]);
	buf_add(out,
	        STR("\nWhere none of these is there, prefix, mail address, BIC, IBAN and digests follow in "
	            "this "
	            "order. `repeat: { per: [...] }` of a\nrule takes the place of all of it; owner and type "
	            "always count.\n"));
}

static void put_decisions(struct buf *out)
{
	buf_add(out,
	        STR("\n## What holds a letter back\n\nA rule that wants a letter does not always get one. In "
	            "this "
	            "order:\n\n"));
	for (unsigned r = 1; r < REASON_END; r++) {
		static const uint8_t order[] = {0, REASON_RED, REASON_UNLABELLED, REASON_STRICT, REASON_RULE,
		        REASON_OWNER, REASON_CONTACT};
		buf_printf(out, "%u. %s\n", r, decide_reason_text(order[r]));
	}
}

void rules_doc_print(struct buf *out)
{
	buf_add(out,
	        STR("A folder of files `NUMBER-NAME.yaml`, each a list of rules. Files count by their "
	            "number, then by "
	            "name, rules by their place;\nthe first that matches decides and nothing behind it is "
	            "looked "
	            "at.\n\n```yaml\n"
	            "- rule: open-services-weekly\n"
	            "  if:   { classification.type: [ddos-amplifier, potentially-unwanted-accessible],\n"
	            "          not: { asset.kind: payment-switch } }\n"
	            "  then: { severity: low, notify: owner, digest: \"monday 08:00\" }\n```\n\n"
	            "All conditions of `if` must hold; of a list of values one. `not` excludes what fulfils "
	            "all "
	            "of its conditions; a list of\nmaps excludes each of them. What the record does not have "
	            "fulfils no condition. There are no wildcards and no\nexpressions, and times are not "
	            "compared. A value that no record can have is refused.\n\n"
	            "Owner, asset and criticality are the register's. Network, AS and country are the "
	            "record's, "
	            "and where it is silent the\nlook-up's; `feed.*` likewise the feed's configuration. "
	            "`severity` is the sender's word or else the default of the type;\n`tlp` is the label "
	            "after "
	            "the feed's label and floor.\n\n"));
	put_keys(out);
	put_fields(out);
	put_types(out);
	put_decisions(out);
}
