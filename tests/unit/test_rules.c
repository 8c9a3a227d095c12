/* SPDX-License-Identifier: Apache-2.0
 *
 * Rule files: the sentences, all of them at once, the order of files, the folder, the three examples.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/os.h"
#include "decide.h"
#include "know/build.h"
#include "know/input.h"
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

static void faults_of(const char *text, struct buf *ret)
{
	struct rules_file file = {STR("20-notify.yaml"), str_from(text)};
	struct rules *r = NULL;

	if (rules_compile(&file, 1, &r, ret) == 0) {
		assert_int_equal(ret->len, 0);
		rules_free(r);
	} else {
		assert_true(ret->len > 0);
		assert_null(r);
	}
	buf_char(ret, 0);
}

static void expect(const char *text, const char *faults)
{
	auto_buf struct buf got = {0};

	faults_of(text, &got);
	assert_string_equal(got.p, faults);
}

/* A rule with this line under "if". */
static const struct {
	const char *cond, *fault;
} if_table[] = {
        {"owner.secter: finance", "no field 'owner.secter'; did you mean 'owner.sector'?"},
        {"souce.ip: 192.0.2.1", "no field 'souce.ip'; did you mean 'source.ip'?"},
        {"zzzzzzzzzz: 1", "no field 'zzzzzzzzzz'"},
        {"time.source: 2026-01-01", "'time.source' is a time; rules do not compare times"},
        {"extra.My Name: x",
                "bad name 'extra.My Name': behind 'extra.' stand small letters, digits, '_' and '.'"},
        {"extra.: x", "bad name 'extra.': behind 'extra.' stand small letters, digits, '_' and '.'"},
        {"not: { not: { owner: x } }", "a 'not' inside 'not'; write it without"},
        {"not: {}", "an empty 'not' excludes everything"},
        {"not: bank", "'not' is a map, such as { key: value }"},
};
static const struct {
	const char *cond, *fault;
} value_table[] = {
        {"classification.type: phisching", "no type 'phisching'; did you mean 'phishing'?"},
        {"classification.type: qqqqqqqqqqqqqq", "no type 'qqqqqqqqqqqqqq'"},
        {"classification.taxonomy: frauds", "no class 'frauds'"},
        {"source.ip: 192.0.2.300", "'192.0.2.300' is no address and no prefix"},
        {"source.ip: 192.0.2.1/24",
                "'192.0.2.1/24' has bits behind its length; write '192.0.2.0/24' or the address alone"},
        {"source.network: gov.la", "'gov.la' is no address and no prefix"},
        {"destination.fqdn: '*.gov.la'",
                "bad name '*.gov.la': a name stands for all below it, there are no wildcards"},
        {"destination.fqdn: 'gov la'", "'gov la' is no DNS name"},
        {"destination.fqdn: .la", "'.la' is no DNS name"},
        {"criticality: '>= 6'", "'>= 6' is never true: 'criticality' is 1 to 5"},
        {"criticality: '> 5'", "'> 5' is never true: 'criticality' is 1 to 5"},
        {"criticality: '< 1'", "'< 1' is never true: 'criticality' is 1 to 5"},
        {"criticality: high",
                "bad value 'high' of 'criticality': a number, '>= NUMBER', '< NUMBER' or 'LOW-HIGH' is "
                "wanted"},
        {"source.port: 90-80",
                "bad value '90-80' of 'source.port': a number, '>= NUMBER', '< NUMBER' or 'LOW-HIGH' is "
                "wanted"},
        {"source.port: 70000", "'70000' is never true: 'source.port' is 1 to 65535"},
        {"source.asn: ASX",
                "bad value 'ASX' of 'source.asn': a number, '>= NUMBER', '< NUMBER' or 'LOW-HIGH' is "
                "wanted"},
        {"source.geolocation.cc: Laos", "bad country 'Laos': two letters are wanted (ISO 3166-1)"},
        {"severity: '>= bad'",
                "no severity 'bad': critical, high, medium, low or info is wanted, also as '>= high'"},
        {"severity: '> critical'", "'> critical' is never true"},
        {"tlp: ORANGE",
                "no label 'ORANGE': CLEAR, GREEN, AMBER, AMBER+STRICT or RED is wanted, also as "
                "'>= AMBER'"},
        {"how: magic", "no way of finding 'magic': asset, prefix, name, AS, country or nobody is wanted"},
        {"owner.name: Bank*", "bad value 'Bank*': there are no wildcards"},
        {"owner.sector: '>= 4'", "'owner.sector' is text and has no order; '>= 4' is never true"},
        {"owner: [a, [b]]", "'owner' takes a value or a list of values"},
        {"owner: []", "'owner' has an empty list"},
        {"owner: ''", "'owner' has no value here"},
        {"owner:", "'owner' has no value here"},
        {"malware.hash.md5: abc", "'abc' is no value of 'malware.hash.md5', which is of the type MD5"},
        {"product.vulnerabilities: log4j",
                "'log4j' is no value of 'product.vulnerabilities', which is of the type CVE numbers"},
        {"protocol.transport: tpc", "no transport protocol 'tpc'"},
        {"source.tor_node: maybe", "bad truth 'maybe': write 'true' or 'false'"},
};

static const char *without_place(const struct buf *b)
{
	struct str_cut c = {.tail = buf_str(b)};

	for (int i = 0; i < 3; i++)
		c = str_cut(c.tail, ':');
	return c.tail.p + 1;
}

static void one_fault(const char *cond, const char *fault)
{
	auto_buf struct buf got = {0};
	char text[512], want[512];

	snprintf(text, sizeof(text), "- rule: r\n  if:\n    %s\n  then: { notify: owner }\n", cond);
	snprintf(want, sizeof(want), "%s\n", fault);
	faults_of(text, &got);
	assert_string_equal(without_place(&got), want);
	assert_true(str_starts(buf_str(&got), STR("20-notify.yaml:3:")));
}

static void sentences_if(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(if_table) / sizeof(if_table[0]); i++)
		one_fault(if_table[i].cond, if_table[i].fault);
	for (size_t i = 0; i < sizeof(value_table) / sizeof(value_table[0]); i++)
		one_fault(value_table[i].cond, value_table[i].fault);
}

static const struct {
	const char *then, *fault;
} then_table[] = {
        {"notify: owner, severty: low", "no key 'severty'; did you mean 'severity'?"},
        {"notify: owner, call-if-unread: soon",
                "bad call-if-unread 'soon': a duration such as 30m or 4h, from a minute to a year, is "
                "wanted"},
        {"notify: owner, call-if-unread: 30s",
                "bad call-if-unread '30s': a duration such as 30m or 4h, from a minute to a year, is "
                "wanted"},
        {"notify: nobody, call-if-unread: 30m",
                "nobody is written to, so no letter can be unread; take 'call-if-unread' out or write "
                "'notify: owner'"},
        {"needs: person, call-if-unread: 30m",
                "nobody is written to, so no letter can be unread; take 'call-if-unread' out or write "
                "'notify: owner'"},
        {"needs: person, request: takedown-request",
                "whom is it asked of? 'to: cc-team' is the team of the source's country"},
        {"notify: owner, request: takedown-request, to: cc-team",
                "a request is drafted and a person sends it; add 'needs: person'"},
        {"needs: person, request: takedown, to: cc-team",
                "bad request 'takedown': takedown-request, "
                "mitigation-request, information-request, assistance-request, preservation-request, "
                "notification, "
                "payment-recall-alert, vulnerability-coordination or consultation-request is wanted"},
        {"needs: person, to: cc-team",
                "nothing is asked of anybody; add 'request: takedown-request', or take it out"},
        {"needs: person, request: takedown-request, to: vn", "bad to 'vn': 'cc-team' is wanted"},
        {"needs: person, request: takedown-request, to: cc-team, ack-by: soon",
                "bad ack-by 'soon': a duration such as 30m or 2h, from a minute to a year, is wanted"},
        {"severity: low",
                "the rule does not say who is told: 'notify: owner', 'notify: nobody' or 'needs: person'"},
        {"notify: bank", "bad notify 'bank': 'owner' or 'nobody' is wanted"},
        {"notify: owner, severity: c7",
                "no severity 'c7': critical, high, medium, low, info or c1 to c6 is wanted"},
        {"notify: owner, within: soon",
                "bad within 'soon': a duration such as 15m, 2h or 3d, at most a year, is wanted"},
        {"notify: owner, within: 0",
                "bad within '0': a duration such as 15m, 2h or 3d, at most a year, is wanted"},
        {"notify: owner, digest: monday",
                "bad digest 'monday': a day and a time such as 'monday 08:00', 'daily 07:30' or 'workday "
                "08:00' is wanted"},
        {"notify: owner, digest: 'monday 24:00'",
                "bad digest 'monday 24:00': a day and a time such as 'monday 08:00', 'daily 07:30' or "
                "'workday 08:00' is "
                "wanted"},
        {"notify: owner, digest: 'mon-fri 08:00'",
                "bad digest 'mon-fri 08:00': a day and a time such as 'monday 08:00', 'daily 07:30' or "
                "'workday 08:00' is "
                "wanted"},
        {"notify: owner, digest: '08:00'",
                "bad digest '08:00': a day and a time such as 'monday 08:00', 'daily 07:30' or "
                "'workday 08:00' is "
                "wanted"},
        {"notify: owner, label: CLEAR", "a rule raises a label, never lowers it; 'CLEAR' raises nothing"},
        {"notify: owner, label: PINK", "no label 'PINK': GREEN, AMBER, AMBER+STRICT or RED is wanted"},
        {"needs: coffee", "bad needs 'coffee': 'person' is wanted"},
        {"notify: owner, digest: 'daily 08:00', within: 1h",
                "a digest has its own time; take 'within' or 'digest' out"},
        {"needs: person, digest: 'daily 08:00'", "a digest is a letter; add 'notify: owner'"},
        {"notify: nobody, within: 1h",
                "a time by which nobody is told; take it out or write 'notify: owner'"},
        {"notify: nobody, digest: 'daily 08:00'",
                "a digest for nobody; take it out or write 'notify: owner'"},
        {"notify: nobody, needs: person", "'notify: nobody' leaves nothing for a person to decide"},
        {"notify: [owner]", "'notify' takes one value"},
};

static void sentences_then(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(then_table) / sizeof(then_table[0]); i++) {
		auto_buf struct buf got = {0};
		char text[512], want[512];
		snprintf(text, sizeof(text), "- rule: r\n  if: {}\n  then: { %s }\n", then_table[i].then);
		snprintf(want, sizeof(want), "%s\n", then_table[i].fault);
		faults_of(text, &got);
		assert_string_equal(without_place(&got), want);
	}
}

#define R "20-notify.yaml:"

static void sentences_rule(void **state)
{
	(void)state;
	expect("", "");
	expect("# nothing yet\n", "");
	expect("rule: x\n", R "1:1: a file of rules is a list: each rule starts with '- rule: NAME'\n");
	expect("- x\n", R "1:3: a rule is a map with the keys 'rule', 'if' and 'then'\n");
	expect("- {}\n",
	        R "1:3: a rule without 'rule: NAME'\n" R
	          "1:3: a rule without 'if'; for everything write 'if: {}'\n" R
	          "1:3: a rule without 'then'\n");
	expect("- rule: A b\n  if: {}\n  then: { notify: owner }\n",
	        R "1:9: bad name of a rule 'A b': up to 64 small letters, digits, '-' and '_' are wanted\n");
	expect("- rule: a\n  fi: {}\n  then: { notify: owner }\n",
	        R "2:3: no key 'fi'; did you mean 'if'?\n" R
	          "1:3: a rule without 'if'; for everything write 'if: {}'\n");
	expect("- rule: a\n  if: { classification.type: spam, classification.taxonomy: fraud }\n"
	       "  then: { notify: owner }\n",
	        R "2:7: this is never true: no type belongs to the class\n");
	expect("- rule: a\n  if: { owner: x }\n  then: { notify: owner }\n"
	       "- rule: a\n  if: { owner: y }\n  then: { notify: owner }\n",
	        R "4:3: rule 'a' is there already, at 20-notify.yaml:1\n");
	expect("- rule: a\n  if: {}\n  then: { notify: owner }\n"
	       "- rule: b\n  if: { owner: y }\n  then: { notify: owner }\n",
	        R "4:3: rule 'b' is never reached: 'a' (20-notify.yaml:1) before it matches everything\n");
	expect("- rule: a\n  if: { owner: [\n",
	        R "2:16: this '[' is not closed, or something inside it is wrong (line 3, column 1: flow "
	          "sequence "
	          "without a closing bracket)\n");
	expect("- rule: a\n  if: {}\n  then: { notify: owner }\n  repeat: { per: [source.ip, time.source, "
	       "sorce.port, owner], after: 24 }\n",
	        R "4:30: by 'time.source' every record would be a finding of its own\n" R
	          "4:43: no field 'sorce.port'; did you mean 'source.port'?\n" R
	          "4:55: 'owner' is the register's word, not the record's; a finding has one owner in any "
	          "case\n" R
	          "4:70: bad after '24': a duration such as 12h or 7d, from a minute to a year, is wanted\n");
}

/* Everything that is wrong in all files, in their order, each with its place. */
static void all_at_once(void **state)
{
	struct rules_file files[] = {
	        {STR("100-last.yaml"),
	                STR("- rule: last\n  if: { owner.secter: x }\n  then: { notify: us }\n")},
	        {STR("9-first.yaml"),
	                STR("- rule: first\n  if:\n    source.ip: [192.0.2.1, x, y]\n    tlp: '?'\n"
	                    "  then: { label: X }\n")},
	        {STR("20-broken.yaml"), STR("- rule: 'x\n")},
	};
	struct rules *r = NULL;
	auto_buf struct buf got = {0};

	(void)state;
	assert_int_equal(rules_compile(files, 3, &r, &got), ERR_VALUE);
	buf_char(&got, 0);
	assert_string_equal(got.p,
	        "9-first.yaml:3:28: 'x' is no address and no prefix\n"
	        "9-first.yaml:3:31: 'y' is no address and no prefix\n"
	        "9-first.yaml:4:10: no label '?': CLEAR, GREEN, AMBER, AMBER+STRICT or RED is wanted, also "
	        "as "
	        "'>= AMBER'\n"
	        "9-first.yaml:5:18: no label 'X': GREEN, AMBER, AMBER+STRICT or RED is wanted\n"
	        "9-first.yaml:5:9: the rule does not say who is told: 'notify: owner', 'notify: nobody' or "
	        "'needs: person'\n"
	        "20-broken.yaml:1:10: single-quoted scalar without closing quote\n"
	        "100-last.yaml:2:9: no field 'owner.secter'; did you mean 'owner.sector'?\n"
	        "100-last.yaml:3:19: bad notify 'us': 'owner' or 'nobody' is wanted\n");
}

static void order(void **state)
{
	struct rules_file files[] = {
	        {STR("100-c.yaml"), STR("- rule: c\n  if: { owner: c }\n  then: { notify: owner }\n")},
	        {STR("20-b.yaml"),
	                STR("- rule: b\n  if: { owner: b }\n  then: { notify: owner }\n"
	                    "- rule: b2\n  if: { owner: b2 }\n  then: { notify: owner }\n")},
	        {STR("020-a.yaml"), STR("- rule: a\n  if: { owner: a }\n  then: { notify: owner }\n")},
	        {STR("9-z.yaml"), STR("- rule: z\n  if: { owner: z }\n  then: { notify: owner }\n")},
	};
	static const char *const names[] = {"z", "a", "b", "b2", "c"};
	struct rules *r = NULL;
	struct rule_view view;
	auto_buf struct buf got = {0};

	(void)state;
	assert_int_equal(rules_compile(files, 4, &r, &got), 0);
	assert_int_equal(rules_count(r), 5);
	for (uint32_t i = 0; i < 5; i++) {
		assert_true(rules_view(r, i + 1, &view));
		assert_true(str_eq(view.name, str_from(names[i])));
	}
	rules_free(r);
}

static void write_file(const char *folder, const char *name, struct str text)
{
	char path[256];
	struct err e;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(os_write_file(path, text, &e), 0);
}

static void folder(void **state)
{
	char dir[] = "/tmp/weir-rules-XXXXXX", path[256];
	static const char *const names[] = {
	        "20-b.yaml", "README.md", ".20-x.yaml", "notify.yaml", "30-c.yml"};
	struct rules *r = NULL;
	struct err e = {0};
	auto_buf struct buf got = {0};
	struct str rule = STR("- rule: b\n  if: { owner: b }\n  then: { notify: owner }\n");

	(void)state;
	assert_int_equal(rules_load("/nowhere/at/all", &r, &got, &e), ERR_SYS);
	assert_string_equal(e.text, "cannot open the folder '/nowhere/at/all': No such file or directory");
	assert_non_null(mkdtemp(dir));
	for (unsigned i = 0; i < 3; i++)
		write_file(dir, names[i], i == 0 ? rule : STR("- x"));
	assert_int_equal(rules_load(dir, &r, &got, &e), 0);
	assert_int_equal(rules_count(r), 1);
	assert_int_equal(got.len, 0);
	rules_free(r);
	r = NULL;
	write_file(dir, names[3], rule);
	assert_int_equal(rules_load(dir, &r, &got, &e), ERR_VALUE);
	buf_char(&got, 0);
	assert_string_equal(got.p,
	        "notify.yaml: not read: a file of rules is named NUMBER-NAME.yaml, such as "
	        "'20-notify.yaml'\n");
	assert_null(r);
	write_file(dir, names[4], rule);
	for (unsigned i = 0; i < 5; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
}

/* The rules that come with the program load, and the three of them decide what they are meant for. */
static void shipped(void **state)
{
	struct rules *r = NULL;
	struct err e = {0};
	auto_buf struct buf got = {0}, bytes = {0};
	struct know *know = world_know(&bytes);
	struct decide_feed feed = {.label = TLP_GREEN, .accuracy = -1};
	struct decide_args args = {.know = know, .feed = &feed};
	struct world_batch w;
	struct verdict v[4];
	static const char *const names[] = {
	        "c2-at-a-bank", "open-services-weekly", "neighbour-hosts-the-phish", "medium-is-told-today"};
	static const uint8_t decisions[] = {
	        DECISION_NOTIFY, DECISION_DIGEST, DECISION_PERSON, DECISION_NOTIFY};

	(void)state;
	if (rules_load(SOURCE_ROOT "/conf/rules", &r, &got, &e) != 0)
		fail_msg("%s\n%.*s", e.text, STR_ARG(buf_str(&got)));
	args.rules = r;
	world_batch(&w,
	        "source.ip=192.0.2.20|classification.type=c2-server\n"
	        "source.ip=192.0.2.99|classification.type=ddos-amplifier\n"
	        "source.ip=100.64.0.1|classification.type=phishing|destination.fqdn=www.gov.la\n"
	        "source.ip=192.0.2.20|classification.type=ddos-amplifier\n");
	decide_batch(&args, &w.b, v);
	for (unsigned i = 0; i < 4; i++) {
		struct rule_view view;
		assert_true(rules_view(r, v[i].rule, &view));
		assert_true(str_eq(view.name, str_from(names[i])));
		assert_int_equal(v[i].decision, decisions[i]);
	}
	assert_int_equal(v[0].due, 900);
	assert_int_equal(v[0].tlp, TLP_AMBER);
	assert_int_equal(v[0].severity, SEVERITY_CRITICAL);
	world_batch_done(&w);
	know_close(know);
	rules_free(r);
}

static void explained(void **state)
{
	auto_buf struct buf out = {0};
	struct world *w = world_new("- rule: first\n"
	                            "  if:\n"
	                            "    source.port: '>= 80'\n"
	                            "    classification.type: [spam, phishing]\n"
	                            "  then: { notify: owner }\n"
	                            "- rule: second\n"
	                            "  if: { owner: bank, not: { asset.kind: payment-switch, tlp: GREEN } }\n"
	                            "  then: { notify: owner }\n"
	                            "- rule: third\n"
	                            "  if: { source.asn: '64500-64510' }\n"
	                            "  then: { notify: owner }\n",
	        "source.ip=192.0.2.20|classification.type=c2-server\n");

	(void)state;
	decide_explain(&w->args, &w->w.b, &w->w.b.rows[0], &out);
	buf_char(&out, 0);
	assert_string_equal(out.p,
	        "10-test.yaml:1 first: no, source.port is not there, wanted >= 80 (line 3)\n"
	        "10-test.yaml:6 second: no, excluded: tlp is 'GREEN' and asset.kind is "
	        "'payment-switch'\n"
	        "10-test.yaml:9 third: decides\n");
	world_free(w);
}

/* Values that no owner and no asset has; case does not count. */
static void unmet(void **state)
{
	struct rules_file file = {STR("20-notify.yaml"),
	        STR("- rule: a\n  if: { owner.sector: [Finance, finanse], owner: bnk }\n"
	            "  then: { notify: owner }\n"
	            "- rule: b\n  if: { owner: BANK, asset: web, owner.name: \"The Bank\", "
	            "not: { asset.kind: [switch, atm] } }\n  then: { notify: owner }\n")};
	auto_buf struct buf faults = {0}, got = {0}, bytes = {0};
	struct know_input_report report;
	struct know_build b;
	struct rules *r = NULL;
	struct know *k = NULL;
	struct err e;

	(void)state;
	assert_int_equal(rules_compile(&file, 1, &r, &faults), 0);
	for (int full = 0; full < 2; full++) {
		struct str owners = STR("id,name,sector,prefixes,contacts,asset,kind\n"
		                        "bank,The Bank,finance,192.0.2.0/24,a@b.example,,\n"
		                        "bank,,,192.0.2.1/32,,web,switch\n");
		know_build_init(&b);
		if (!full) /* nobody at all: then nothing is said */
			owners = str_sub(owners, 0, str_find(owners, 0, '\n') + 1);
		buf_clear(&bytes);
		assert_int_equal(know_build_text(&b, STR("o.csv"), owners, &report, &e), 0);
		know_build_finish(&b, 1, &bytes);
		assert_int_equal(know_open_bytes(bytes.p, bytes.len, &k, &e), 0);
		rules_unmet(r, k, &got);
		if (!full)
			assert_int_equal(got.len, 0);
		know_close(k);
		know_build_done(&b);
	}
	buf_char(&got, 0);
	assert_string_equal(got.p,
	        "20-notify.yaml:2:9: rule 'a': no owner has the sector 'finanse'\n"
	        "20-notify.yaml:2:43: rule 'a': no owner is 'bnk'\n"
	        "20-notify.yaml:5:65: rule 'b': no asset is of the kind 'atm'\n");
	rules_free(r);
}

/* Every printed table has its rows. */
static void reference(void **state)
{
	auto_buf struct buf out = {0};
	static const char *const words[] = {"`owner.sector`", "`call-if-unread`", "`source.ip`",
	        "`extra.NAME`", "| `phishing` | high | c3 | PAGE |", "6. the owner has no contact"};

	(void)state;
	rules_doc_print(&out);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_true(str_find_str(buf_str(&out), 0, str_from(words[i])) != SIZE_MAX);
	assert_true(str_find_str(buf_str(&out), 0, STR("`time.source`")) == SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(sentences_if),
	        cmocka_unit_test(sentences_then),
	        cmocka_unit_test(sentences_rule),
	        cmocka_unit_test(all_at_once),
	        cmocka_unit_test(order),
	        cmocka_unit_test(folder),
	        cmocka_unit_test(shipped),
	        cmocka_unit_test(explained),
	        cmocka_unit_test(unmet),
	        cmocka_unit_test(reference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
