/* SPDX-License-Identifier: Apache-2.0
 *
 * Verdicts: whose, label, severity, decision, contacts, key; and what must hold for any rules and rows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "decide.h"
#include <cmocka.h>

struct world {
	struct buf bytes;
	struct know *know;
	struct rules *rules;
	struct decide_feed feed;
	struct decide_args args;
	struct world_batch w;
	struct verdict v[BATCH_ROWS];
};

static struct rules *rules_of(const char *text)
{
	struct rules_file file = {STR("10-test.yaml"), str_from(text)};
	struct rules *r = NULL;
	auto_buf struct buf faults = {0};

	if (rules_compile(&file, 1, &r, &faults) < 0)
		fail_msg("%.*s", STR_ARG(buf_str(&faults)));
	return r;
}

static struct world *world_new(const char *rules, const char *lines)
{
	struct world *w = mem_zero(1, sizeof(*w));

	w->know = world_know(&w->bytes);
	w->rules = rules_of(rules);
	w->feed = (struct decide_feed){
	        .name = STR("Feed"), .code = STR("f1"), .accuracy = 90, .label = TLP_GREEN};
	w->args = (struct decide_args){.rules = w->rules, .know = w->know, .feed = &w->feed};
	memcpy(w->args.secret, "0123456789abcdef", 16);
	world_batch(&w->w, lines);
	decide_batch(&w->args, &w->w.b, w->v);
	return w;
}

static void world_free(struct world *w)
{
	know_close(w->know);
	rules_free(w->rules);
	world_batch_done(&w->w);
	buf_done(&w->bytes);
	free(w);
}

static void again(struct world *w)
{
	decide_batch(&w->args, &w->w.b, w->v);
}

static const char *rule_of(const struct world *w, unsigned i)
{
	struct rule_view view;

	return rules_view(w->rules, w->v[i].rule, &view) ? view.name.p : "";
}

#define ALL "- rule: all\n  if: {}\n  then: { notify: owner, within: 2h }\n"

static void expect_owner(const struct world *w, unsigned i, const char *id, enum know_how how)
{
	const struct know_owner *o = know_owner(w->know, w->v[i].owner);

	assert_true(str_eq(o ? o->id : STR(""), str_from(id)));
	assert_int_equal(w->v[i].how, how);
}

static void whose(void **state)
{
	struct world *w = world_new(ALL,
	        "source.ip=192.0.2.20|classification.type=phishing\n"
	        "source.ip=192.0.2.99\n"
	        "source.fqdn=www.isp.example\n"
	        "source.fqdn=a.pay.bank.example|source.ip=198.51.100.7\n"
	        "source.ip=203.0.113.200\n"
	        "source.ip=100.64.0.9|destination.ip=192.0.2.20|classification.type=ddos\n"
	        "source.network=192.0.2.64/26\n"
	        "source.network=192.0.2.0/24\n"
	        "source.network=192.0.0.0/16\n"
	        "source.url=http://192.0.2.20/x\n"
	        "source.asn=64502|source.account=x\n"
	        "source.account=x|owner=bank|asset=switch\n");

	(void)state;
	expect_owner(w, 0, "bank", KNOW_ASSET);
	assert_int_equal(w->v[0].criticality, 5);
	assert_true(str_eq(know_asset(w->know, w->v[0].asset)->name, STR("switch")));
	expect_owner(w, 1, "bank", KNOW_PREFIX);
	expect_owner(w, 2, "isp", KNOW_NAME);
	expect_owner(w, 3, "bank", KNOW_ASSET);
	expect_owner(w, 4, "cert", KNOW_COUNTRY);
	expect_owner(w, 5, "", KNOW_NOBODY); /* never by the destination */
	assert_int_equal(w->v[5].decision, DECISION_NOBODY);
	assert_int_equal(w->v[5].reason, REASON_OWNER);
	expect_owner(w, 6, "bank", KNOW_PREFIX);
	expect_owner(
	        w, 7, "bank", KNOW_PREFIX); /* with an asset in a part of it: the owner's, not the asset's */
	assert_int_equal(w->v[7].asset, 0);
	assert_int_equal(w->v[7].criticality, 0);
	expect_owner(w, 8, "", KNOW_NOBODY); /* only a part of it is the bank's */
	expect_owner(w, 9, "bank", KNOW_ASSET);
	expect_owner(w, 10, "isp", KNOW_AS);
	expect_owner(w, 11, "", KNOW_NOBODY); /* the register's word counts, not the record's */
	assert_int_equal(w->v[0].generation, 7);
	assert_true(know_leaf_at(w->know, w->v[0].network)->owner == w->v[0].owner);
	world_free(w);
}

static void labels(void **state)
{
	struct world *w = world_new(ALL,
	        "source.ip=192.0.2.20\n"
	        "source.ip=192.0.2.20|tlp=CLEAR\n"
	        "source.ip=192.0.2.20|tlp=AMBER\n"
	        "source.ip=192.0.2.20|tlp=AMBER+STRICT\n"
	        "source.ip=192.0.2.20|tlp=RED\n");
	static const uint8_t tlp[] = {TLP_GREEN, TLP_CLEAR, TLP_AMBER, TLP_AMBER_STRICT, TLP_RED};
	static const uint8_t decision[] = {
	        DECISION_NOTIFY, DECISION_NOTIFY, DECISION_NOTIFY, DECISION_PERSON, DECISION_PERSON};
	static const uint8_t reason[] = {REASON_NONE, REASON_NONE, REASON_NONE, REASON_STRICT, REASON_RED};

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(w->v[i].tlp, tlp[i]);
		assert_int_equal(w->v[i].decision, decision[i]);
		assert_int_equal(w->v[i].reason, reason[i]);
		assert_int_equal(w->v[i].due, 7200);
	}
	w->feed.floor = TLP_AMBER;
	again(w);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(w->v[i].tlp, tlp[i] < TLP_AMBER ? TLP_AMBER : tlp[i]);
	w->feed.floor = w->feed.label = TLP_NONE;
	again(w);
	assert_int_equal(w->v[0].tlp, TLP_AMBER_STRICT);
	assert_int_equal(w->v[0].decision, DECISION_PERSON);
	assert_int_equal(w->v[0].reason, REASON_UNLABELLED);
	assert_int_equal(w->v[1].tlp, TLP_CLEAR);
	w->args.feed = NULL;
	again(w);
	assert_int_equal(w->v[0].reason, REASON_UNLABELLED);
	world_free(w);
	w = world_new("- rule: a\n  if: {}\n  then: { notify: owner, label: AMBER }\n",
	        "source.ip=192.0.2.20|tlp=CLEAR\nsource.ip=192.0.2.20|tlp=RED\n");
	assert_int_equal(w->v[0].tlp, TLP_AMBER);
	assert_int_equal(w->v[0].decision, DECISION_NOTIFY);
	assert_int_equal(w->v[1].tlp, TLP_RED);
	world_free(w);
}

static void severities(void **state)
{
	struct world *w = world_new("- rule: one\n"
	                            "  if: { severity: '>= critical' }\n"
	                            "  then: { notify: owner, severity: c1 }\n"
	                            "- rule: four\n"
	                            "  if: { source.port: 4 }\n"
	                            "  then: { notify: owner, severity: low }\n" ALL,
	        "source.ip=192.0.2.20|severity=critical\n"
	        "source.ip=192.0.2.20|severity=high|source.port=4\n"
	        "source.ip=192.0.2.20|severity=info|classification.type=c2-server\n"
	        "source.ip=192.0.2.20|classification.type=c2-server\n"
	        "source.ip=192.0.2.20\n");
	static const uint8_t severity[] = {
	        SEVERITY_CRITICAL, SEVERITY_LOW, SEVERITY_INFO, SEVERITY_HIGH, SEVERITY_LOW};
	static const uint8_t rank[] = {1, 5, 6, 3, 5};

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(w->v[i].severity, severity[i]);
		assert_int_equal(w->v[i].rank, rank[i]);
	}
	for (unsigned t = 0; t < TYPE_END; t++) /* every type has its row */
		assert_true(decide_type_severity((enum event_type)t) != SEVERITY_NONE);
	world_free(w);
}

static void decisions(void **state)
{
	struct world *w = world_new("- rule: quiet\n"
	                            "  if: { classification.type: test }\n"
	                            "  then: { notify: nobody }\n"
	                            "- rule: weekly\n"
	                            "  if: { classification.type: weak-crypto }\n"
	                            "  then: { notify: owner, digest: 'monday 08:00' }\n"
	                            "- rule: look\n"
	                            "  if: { classification.type: phishing }\n"
	                            "  then: { needs: person, within: 1h }\n"
	                            "- rule: isp\n"
	                            "  if: { owner: [isp, silent] }\n"
	                            "  then: { notify: owner }\n",
	        "source.ip=192.0.2.20|classification.type=test\n"
	        "source.ip=192.0.2.20|classification.type=weak-crypto\n"
	        "source.ip=192.0.2.20|classification.type=phishing\n"
	        "source.ip=192.0.2.20|classification.type=spam\n"
	        "source.ip=198.51.100.3|classification.type=spam\n"
	        "source.ip=198.51.100.3|classification.type=c2-server\n"
	        "source.ip=203.0.113.3|classification.type=c2-server\n"
	        "source.ip=100.64.0.1|classification.type=phishing\n"
	        "source.ip=100.64.0.1|classification.type=weak-crypto\n");
	static const struct {
		uint8_t decision, reason;
		uint32_t contacts, due;
		const char *rule;
	} want[] = {{DECISION_IGNORE, REASON_NONE, 0, 0, "quiet"},
	        {DECISION_DIGEST, REASON_NONE, 1, 0, "weekly"},
	        {DECISION_PERSON, REASON_RULE, 3, 3600, "look"}, {DECISION_NONE, REASON_NONE, 0, 0, ""},
	        {DECISION_NOBODY, REASON_CONTACT, 0, 0, "isp"}, {DECISION_NOTIFY, REASON_NONE, 1, 0, "isp"},
	        {DECISION_NOBODY, REASON_CONTACT, 0, 0, "isp"},
	        {DECISION_PERSON, REASON_RULE, 0, 3600, "look"},
	        {DECISION_NOBODY, REASON_OWNER, 0, 0, "weekly"}};
	struct rule_view view;

	(void)state;
	for (unsigned i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		assert_int_equal(w->v[i].decision, want[i].decision);
		assert_int_equal(w->v[i].reason, want[i].reason);
		assert_int_equal(w->v[i].contacts, want[i].contacts);
		assert_int_equal(w->v[i].due, want[i].due);
		assert_string_equal(rule_of(w, i), want[i].rule);
	}
	assert_true(rules_view(w->rules, w->v[1].rule, &view));
	assert_int_equal(view.digest_day, 1);
	assert_int_equal(view.digest_minute, 480);
	assert_int_equal(view.line, 4);
	assert_true(str_eq(view.file, STR("10-test.yaml")));
	assert_false(rules_view(w->rules, 0, &view));
	assert_false(rules_view(w->rules, 5, &view));
	world_free(w);
}

/* ---- conditions ----------------------------------------------------------------------------------- */

static void check_cond(const char *cond, const char *line, bool want)
{
	char text[512];

	snprintf(text, sizeof(text), "- rule: r\n  if: { %s }\n  then: { notify: nobody }\n", cond);
	struct world *w = world_new(text, line);
	if ((w->v[0].rule != 0) != want)
		fail_msg("%s %s: %s", cond, line, want ? "should match" : "should not match");
	world_free(w);
}

static void conditions(void **state)
{
	static const struct {
		const char *cond, *line;
		bool want;
	} t[] = {
	        {"source.ip: 192.0.2.0/25", "source.ip=192.0.2.20\n", true},
	        {"source.ip: 192.0.2.0/25", "source.ip=192.0.2.220\n", false},
	        {"source.ip: [2001:db8::/32, 192.0.2.220]", "source.ip=192.0.2.220\n", true},
	        {"source.ip: '::/0'", "source.fqdn=a.example\n", false},
	        {"destination.fqdn: [gov.la, com.la]", "source.ip=192.0.2.1|destination.fqdn=www.gov.la\n",
	                true},
	        {"destination.fqdn: gov.la", "source.ip=192.0.2.1|destination.fqdn=gov.la\n", true},
	        {"destination.fqdn: gov.la", "source.ip=192.0.2.1|destination.fqdn=evilgov.la\n", false},
	        {"destination.fqdn: LA", "source.ip=192.0.2.1|destination.fqdn=evilgov.la\n", true},
	        {"destination.fqdn: 'b\xc3\xbc"
	         "cher.example'",
	                "source.ip=192.0.2.1|destination.fqdn=a.xn--bcher-kva.example\n", true},
	        {"source.port: '>= 1024'", "source.ip=192.0.2.1|source.port=1024\n", true},
	        {"source.port: '> 1024'", "source.ip=192.0.2.1|source.port=1024\n", false},
	        {"source.port: '< 1024'", "source.ip=192.0.2.1\n", false},
	        {"source.port: [80-90, 443]", "source.ip=192.0.2.1|source.port=90\n", true},
	        {"source.port: [80-90, 443]", "source.ip=192.0.2.1|source.port=91\n", false},
	        {"criticality: '>= 4'", "source.ip=192.0.2.20\n", true},
	        {"criticality: '<= 5'", "source.ip=192.0.2.99\n", false},
	        {"source.asn: AS64500", "source.ip=192.0.2.99\n", true}, /* by the look-up */
	        {"source.asn: 64500", "source.ip=192.0.2.99|source.asn=64999\n", false},
	        {"source.asn: '64990-65000'", "source.ip=192.0.2.99|source.asn=64999\n", true},
	        {"source.geolocation.cc: [VN, KH]", "source.ip=100.64.0.1\n", true},
	        {"source.geolocation.cc: vn", "source.ip=100.64.0.1|source.geolocation.cc=KH\n", false},
	        {"destination.geolocation.cc: VN", "source.ip=192.0.2.1|destination.ip=100.64.0.1\n", true},
	        {"source.network: 192.0.2.0/23", "source.ip=192.0.2.1\n", true},
	        {"source.network: 192.0.2.0/25", "source.ip=192.0.2.1\n", false},
	        {"source.network: 192.0.2.0/24", "source.network=192.0.2.64/26\n", true},
	        {"classification.type: [phishing, botnet drone]",
	                "source.ip=192.0.2.1|classification.type=infected-system\n", true},
	        {"classification.type: phishing", "source.ip=192.0.2.1\n", false},
	        {"classification.taxonomy: fraud", "source.ip=192.0.2.1|classification.type=phishing\n",
	                true},
	        {"classification.taxonomy: fraud", "source.ip=192.0.2.1|classification.type=spam\n", false},
	        {"classification.taxonomy: fraud", "source.ip=192.0.2.1|classification.taxonomy=fraud\n",
	                true},
	        {"severity: '>= high'", "source.ip=192.0.2.1|severity=critical\n", true},
	        {"severity: '>= high'", "source.ip=192.0.2.1|classification.type=c2-server\n", true},
	        {"severity: '< high'", "source.ip=192.0.2.1|severity=high\n", false},
	        {"tlp: '<= GREEN'", "source.ip=192.0.2.1\n", true},
	        {"tlp: WHITE", "source.ip=192.0.2.1|tlp=CLEAR\n", true},
	        {"pap: '> GREEN'", "source.ip=192.0.2.1|pap=AMBER\n", true},
	        {"pap: '> GREEN'", "source.ip=192.0.2.1\n", false},
	        {"owner: BANK", "source.ip=192.0.2.1\n", true},
	        {"owner.name: bank of x", "source.ip=192.0.2.1\n", true},
	        {"owner.sector: [finance, health]", "source.ip=192.0.2.1\n", true},
	        {"asset.kind: payment-switch", "source.ip=192.0.2.20\n", true},
	        {"not: { asset.kind: payment-switch }", "source.ip=192.0.2.20\n", false},
	        {"not: { asset.kind: payment-switch }", "source.ip=192.0.2.99\n", true},
	        {"not: { owner: bank, source.port: 80 }", "source.ip=192.0.2.99|source.port=81\n", true},
	        {"not: { owner: bank, source.port: 80 }", "source.ip=192.0.2.99|source.port=80\n", false},
	        {"not: [{ owner: bank }, { source.port: 80 }]", "source.ip=192.0.2.99\n", false},
	        {"not: [{ owner: isp }, { source.port: 80 }]", "source.ip=192.0.2.99\n", true},
	        {"how: [asset, prefix]", "source.ip=192.0.2.99\n", true},
	        {"how: nobody", "source.ip=100.64.0.9\n", true},
	        {"how: as", "source.ip=192.0.2.99\n", false},
	        {"extra.tag: Exchange", "source.ip=192.0.2.1|extra.tag=exchange\n", true},
	        {"extra.tag: exchange", "source.ip=192.0.2.1|extra.tags=exchange\n", false},
	        {"extra.a.b: 'x y'", "source.ip=192.0.2.1|extra.a.b=x y|extra.z=1\n", true},
	        {"malware.name: [Mirai, andromeda]", "source.ip=192.0.2.1|malware.name=mirai\n", true},
	        {"protocol.transport: [udp, 132]", "source.ip=192.0.2.1|protocol.transport=UDP\n", true},
	        {"product.vulnerabilities: cve-2021-44228",
	                "source.ip=192.0.2.1|product.vulnerabilities=CVE-2020-1234,CVE-2021-44228\n", true},
	        {"product.vulnerabilities: CVE-2021-4422",
	                "source.ip=192.0.2.1|product.vulnerabilities=CVE-2021-44228\n", false},
	        {"source.tor_node: yes", "source.ip=192.0.2.1|source.tor_node=true\n", true},
	        {"source.tor_node: false", "source.ip=192.0.2.1\n", false},
	        {"source.local_ip: 10.0.0.0/8", "source.ip=192.0.2.1|source.local_ip=10.2.3.4\n", true},
	        {"source.geolocation.latitude: '>= 17.5'",
	                "source.ip=192.0.2.1|source.geolocation.latitude=17.97\n", true},
	        {"source.geolocation.latitude: '-10.5--5'",
	                "source.ip=192.0.2.1|source.geolocation.latitude=17.97\n", false},
	        {"source.geolocation.longitude: '>= -10.5'",
	                "source.ip=192.0.2.1|source.geolocation.longitude=-10\n", true},
	        {"feed.name: feed", "source.ip=192.0.2.1\n", true},
	        {"feed.name: feed", "source.ip=192.0.2.1|feed.name=other\n", false},
	        {"feed.accuracy: '>= 90'", "source.ip=192.0.2.1\n", true},
	        {"feed.accuracy: '>= 90'", "source.ip=192.0.2.1|feed.accuracy=50\n", false},
	        {"source.url: 'HTTP://A.example/X'", "source.url=http://a.example/X\n", true},
	        {"count: '> 4294967294'", "source.ip=192.0.2.1|count=4294967295\n", true},
	        {"{}", "source.ip=192.0.2.1\n", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		if (strstr(t[i].cond, "--5") || t[i].cond[0] == '{')
			continue; /* see test_rules */
		check_cond(t[i].cond, t[i].line, t[i].want);
	}
}

/* ---- finding keys --------------------------------------------------------------------------------- */

static bool same_key(const struct world *w, unsigned a, unsigned b)
{
	return memcmp(w->v[a].key, w->v[b].key, 16) == 0;
}

static void keys(void **state)
{
	static const uint8_t none[16];
	struct world *w = world_new(ALL,
	        "source.ip=192.0.2.20|source.port=80|classification.type=c2-server\n"
	        "source.ip=192.0.2.20|source.port=81|classification.type=c2-server\n"
	        "source.ip=192.0.2.20|source.port=80|classification.type=infected-system|malware.name=a\n"
	        "source.ip=192.0.2.20|source.port=81|classification.type=infected-system|malware.name=a|"
	        "extra.x=y\n"
	        "source.ip=192.0.2.20|source.port=81|classification.type=infected-system|malware.name=b\n"
	        "source.ip=192.0.2.20|source.url=http://a.example/1|classification.type=phishing\n"
	        "source.ip=192.0.2.20|source.url=http://a.example/2|classification.type=phishing\n"
	        "source.ip=192.0.2.99|source.url=http://a.example/2|classification.type=phishing\n"
	        "source.ip=100.64.0.1|classification.type=phishing\n"
	        "source.ip=192.0.2.20|source.account=a|classification.type=data-leak\n"
	        "source.ip=192.0.2.20|source.account=b|classification.type=data-leak\n"
	        "source.ip=192.0.2.20|classification.identifier=x|classification.type=c2-server|source.port="
	        "80\n"
	        "source.ip=192.0.2.20|source.port=80|classification.type=c2-server|time.source=2026-01-01T00:"
	        "00:00Z\n");

	(void)state;
	assert_false(same_key(w, 0, 1));
	assert_true(same_key(w, 2, 3));
	assert_false(same_key(w, 3, 4));
	assert_false(same_key(w, 5, 6));
	assert_true(same_key(w, 6, 7));
	assert_memory_equal(w->v[8].key, none, 16);
	assert_false(same_key(w, 9, 10));
	assert_false(same_key(w, 0, 11));
	assert_true(same_key(w, 0, 12));
	struct verdict before = w->v[0];
	w->args.secret[3] ^= 1;
	again(w);
	assert_memory_not_equal(before.key, w->v[0].key, 16);
	world_free(w);
}

static void keys_by_rule(void **state)
{
	struct world *w = world_new("- rule: r\n  if: {}\n  then: { notify: owner }\n"
	                            "  repeat: { per: [source.ip, malware.name] }\n",
	        "source.ip=192.0.2.20|source.port=80|malware.name=a\n"
	        "source.ip=192.0.2.20|source.port=81|malware.name=a|classification.identifier=x\n"
	        "source.ip=192.0.2.20|source.port=80|malware.name=b\n"
	        "source.ip=192.0.2.21|source.port=80|malware.name=a\n"
	        "source.ip=192.0.2.20|classification.type=spam|malware.name=a\n");

	(void)state;
	assert_true(same_key(w, 0, 1));
	assert_false(same_key(w, 0, 2));
	assert_false(same_key(w, 0, 3));
	assert_false(same_key(w, 0, 4));
	world_free(w);
}

/* A URL as long as a record stands for itself, whole. */
static void keys_long(void **state)
{
	auto_buf struct buf b = {0};

	(void)state;
	for (int line = 0; line < 3; line++) {
		buf_add(&b,
		        STR("source.ip=192.0.2.20|classification.type=phishing|source.url=http://"
		            "a.example/"));
		for (int i = 0; i < 20000; i++)
			buf_char(&b, 'a');
		buf_add(&b, line == 1 ? STR("b\n") : STR("c\n"));
	}
	buf_char(&b, 0);
	struct world *w = world_new(ALL, b.p);
	assert_false(same_key(w, 0, 1));
	assert_true(same_key(w, 0, 2));
	world_free(w);
}

/* ---- what always holds ---------------------------------------------------------------------------- */

static uint64_t mix(uint64_t *s)
{
	uint64_t z = (*s += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

#define PICK(s, list) (list[mix(s) % (sizeof(list) / sizeof(list[0]))])

static const char *const some_ips[] = {"192.0.2.20", "192.0.2.99", "198.51.100.4", "203.0.113.4",
        "203.0.113.200", "100.64.0.7", "2001:db8:1::5", "2001:db8:2::5"};
static const char *const some_types[] = {
        "phishing", "c2-server", "infected-system", "spam", "weak-crypto", "test"};
static const char *const some_names[] = {"bank.example", "www.bank.example", "x.isp.example", "gov.example"};
static const char *const some_labels[] = {"CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"};
static const char *const some_words[] = {"info", "low", "medium", "high", "critical"};

/* A record as pieces, so that their order can be changed. */
static unsigned random_record(uint64_t *s, char pieces[8][64])
{
	unsigned n = 0;

	snprintf(pieces[n++], 64, "source.ip=%s", PICK(s, some_ips));
	if (mix(s) % 4)
		snprintf(pieces[n++], 64, "classification.type=%s", PICK(s, some_types));
	if (mix(s) % 2)
		snprintf(pieces[n++], 64, "source.fqdn=%s", PICK(s, some_names));
	if (mix(s) % 2)
		snprintf(pieces[n++], 64, "source.port=%u", (unsigned)(1 + mix(s) % 100));
	if (mix(s) % 3 == 0)
		snprintf(pieces[n++], 64, "tlp=%s", PICK(s, some_labels));
	if (mix(s) % 3 == 0)
		snprintf(pieces[n++], 64, "severity=%s", PICK(s, some_words));
	if (mix(s) % 2)
		snprintf(pieces[n++], 64, "malware.name=m%u", (unsigned)(mix(s) % 3));
	if (mix(s) % 2)
		snprintf(pieces[n++], 64, "extra.tag=t%u", (unsigned)(mix(s) % 3));
	return n;
}

static void add_record(struct buf *b, char pieces[8][64], unsigned n, unsigned from)
{
	for (unsigned i = 0; i < n; i++)
		buf_printf(b, "%s%s", i ? "|" : "", pieces[(from + i * (n % 2 ? 2 : 1)) % n]);
	buf_char(b, '\n');
}

/* ---- rules against a naive reading ------------------------------------------------------------------ */

/* A condition the test made up, and how it reads it: by the text of the record and the register. */
struct naive {
	const char *name;
	char value[2][32];
	unsigned nvalues;
};
struct naive_rule {
	struct naive conds[3], not_conds[2];
	unsigned nconds, nnot;
};

static void naive_make(uint64_t *s, struct naive *c)
{
	static const char *const prefixes[] = {"192.0.2.0/25", "192.0.2.0/24", "0.0.0.0/1", "2001:db8::/32"};
	static const char *const numbers[] = {">= 50", "< 20", "30-60", "7", "> 99"};
	static const char *const names[] = {"source.ip", "classification.type", "source.fqdn", "source.port",
	        "owner", "owner.sector", "malware.name", "extra.tag", "criticality", "source.geolocation.cc"};
	static const char *const owners[] = {"bank", "isp", "cert", "silent"};
	static const char *const sectors[] = {"finance", "telecom", "government"};

	c->name = PICK(s, names);
	c->nvalues = 1 + mix(s) % 2;
	for (unsigned i = 0; i < c->nvalues; i++) {
		char *v = c->value[i];
		switch (c->name[strlen(c->name) - 1]) {
		case 'p': /* source.ip */
			snprintf(v, 32, "%s", PICK(s, prefixes));
			break;
		case 'e': /* classification.type, malware.name */
			if (c->name[0] == 'c')
				snprintf(v, 32, "%s", PICK(s, some_types));
			else
				snprintf(v, 32, "M%u", (unsigned)(mix(s) % 3));
			break;
		case 'n':
			snprintf(v, 32, "%s", mix(s) % 2 ? PICK(s, some_names) : "example");
			break;
		case 't':
			snprintf(v, 32, "%s", PICK(s, numbers));
			break;
		case 'r':
			snprintf(v, 32, "%s", c->name[5] == 0 ? PICK(s, owners) : PICK(s, sectors));
			break;
		case 'g':
			snprintf(v, 32, "t%u", (unsigned)(mix(s) % 3));
			break;
		case 'y':
			snprintf(v, 32, "%s", mix(s) % 2 ? ">= 4" : "< 3");
			break;
		default:
			snprintf(v, 32, "%s", mix(s) % 2 ? "LA" : "VN");
		}
	}
}

static bool naive_number(const char *wanted, long have)
{
	char *end;

	if (strncmp(wanted, ">= ", 3) == 0)
		return have >= strtol(wanted + 3, NULL, 10);
	if (strncmp(wanted, "> ", 2) == 0)
		return have > strtol(wanted + 2, NULL, 10);
	if (strncmp(wanted, "< ", 2) == 0)
		return have < strtol(wanted + 2, NULL, 10);
	long low = strtol(wanted, &end, 10);
	return *end == '-' ? have >= low && have <= strtol(end + 1, NULL, 10) : have == low;
}

static bool naive_value(const struct world *w, unsigned i, const char *name, const char *wanted)
{
	const struct batch_row *row = &w->w.b.rows[i];
	const struct know_owner *o = know_owner(w->know, w->v[i].owner);
	const struct know_leaf *leaf = know_addr(w->know, &row->src);
	char buf[64], parent[64];
	struct prefix p;
	struct str have = batch_text(&w->w.b, row, field_find(str_from(name)), buf), want = str_from(wanted);

	if (strcmp(name, "source.ip") == 0)
		return prefix_parse(want, &p, NULL) && prefix_has(&p, &row->src);
	if (strcmp(name, "source.fqdn") == 0) {
		snprintf(parent, sizeof(parent), ".%s", wanted);
		return str_eq(have, want) || str_ends(have, str_from(parent));
	}
	if (strcmp(name, "source.port") == 0)
		return row->src_port != 0 && naive_number(wanted, row->src_port);
	if (strcmp(name, "criticality") == 0)
		return w->v[i].criticality != 0 && naive_number(wanted, w->v[i].criticality);
	if (strcmp(name, "owner") == 0)
		return o != NULL && str_ieq(o->id, want);
	if (strcmp(name, "owner.sector") == 0)
		return o != NULL && str_ieq(o->sector, want);
	if (strcmp(name, "source.geolocation.cc") == 0)
		return str_eq(str_make(leaf->cc, 2), want);
	if (strcmp(name, "extra.tag") != 0)
		return have.len > 0 && str_ieq(have, want);
	struct batch_iter it = batch_vars(&w->w.b, row);
	struct batch_value v;
	while (batch_var_next(&it, &v)) {
		if (str_eq(v.name, STR("tag")))
			return str_eq(v.value, want);
	}
	return false;
}

static bool naive_cond(const struct world *w, unsigned i, const struct naive *c)
{
	bool any = false;

	for (unsigned k = 0; k < c->nvalues; k++)
		any = any || naive_value(w, i, c->name, c->value[k]);
	return any;
}

static bool naive_match(const struct world *w, unsigned i, const struct naive_rule *r)
{
	bool all = true, not_all = r->nnot > 0;

	for (unsigned k = 0; k < r->nconds; k++)
		all = all && naive_cond(w, i, &r->conds[k]);
	for (unsigned k = 0; k < r->nnot; k++)
		not_all = not_all && naive_cond(w, i, &r->not_conds[k]);
	return all && !not_all;
}

static bool taken(const struct naive *list, unsigned n, const char *name)
{
	for (unsigned i = 0; i < n; i++) {
		if (list[i].name == name)
			return true;
	}
	return false;
}

static void naive_print(struct buf *b, const struct naive *list, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		buf_printf(b, "%s%s: [", i ? ", " : "", list[i].name);
		for (unsigned k = 0; k < list[i].nvalues; k++)
			buf_printf(b, "%s\"%s\"", k ? ", " : "", list[i].value[k]);
		buf_char(b, ']');
	}
}

static void naive_rule_make(uint64_t *s, struct naive_rule *r, struct buf *b, unsigned number)
{
	unsigned nconds = 1 + mix(s) % 3, nnot = mix(s) % 3;

	r->nconds = r->nnot = 0;
	while (r->nconds < nconds) {
		naive_make(s, &r->conds[r->nconds]);
		r->nconds += !taken(r->conds, r->nconds, r->conds[r->nconds].name);
	}
	while (r->nnot < nnot) {
		naive_make(s, &r->not_conds[r->nnot]);
		r->nnot += !taken(r->not_conds, r->nnot, r->not_conds[r->nnot].name);
	}
	buf_printf(b, "- rule: r%u\n  if: { ", number);
	naive_print(b, r->conds, r->nconds);
	if (nnot > 0) {
		buf_add(b, STR(", not: { "));
		naive_print(b, r->not_conds, r->nnot);
		buf_add(b, STR(" }"));
	}
	buf_printf(b, " }\n  then: { notify: owner%s }\n",
	        number % 3 == 0           ? ", label: AMBER"
	                : number % 3 == 1 ? ", severity: high"
	                                  : "");
}

static void first_match(void **state)
{
	uint64_t s = 11;
	unsigned matched = 0, unmatched = 0;

	(void)state;
	for (int round = 0; round < 60; round++) {
		struct naive_rule rules[12];
		auto_buf struct buf text = {0}, lines = {0};
		for (unsigned i = 0; i < 12; i++)
			naive_rule_make(&s, &rules[i], &text, i);
		for (unsigned i = 0; i < 60; i++) {
			char pieces[8][64];
			unsigned n = random_record(&s, pieces);
			add_record(&lines, pieces, n, 0);
		}
		buf_char(&text, 0);
		buf_char(&lines, 0);
		struct world *w = world_new(text.p, lines.p);
		for (unsigned i = 0; i < 60; i++) {
			unsigned want = 0;
			while (want < 12 && !naive_match(w, i, &rules[want]))
				want++;
			assert_int_equal(w->v[i].rule, want < 12 ? want + 1 : 0);
			matched += want < 12;
			unmatched += want == 12;
		}
		world_free(w);
	}
	assert_true(matched > 500 && unmatched > 200); /* both sides were tried */
}

/* The same record with its fields in another order, alone or among others, twice: one verdict. */
static void pure(void **state)
{
	uint64_t s = 5;
	auto_buf struct buf a = {0}, b = {0}, text = {0};
	struct naive_rule rule;

	(void)state;
	for (unsigned i = 0; i < 20; i++)
		naive_rule_make(&s, &rule, &text, i);
	for (unsigned i = 0; i < 700; i++) {
		char pieces[8][64];
		unsigned n = random_record(&s, pieces);
		add_record(&a, pieces, n, 0);
		add_record(&b, pieces, n, 1 + mix(&s) % n);
	}
	buf_char(&a, 0);
	buf_char(&b, 0);
	buf_char(&text, 0);
	struct world *x = world_new(text.p, a.p), *y = world_new(text.p, b.p);
	assert_memory_equal(x->v, y->v, 700 * sizeof(x->v[0]));
	again(x);
	assert_memory_equal(x->v, y->v, 700 * sizeof(x->v[0]));
	for (unsigned i = 0; i < 700; i++) {
		struct verdict alone;
		memset(&alone, 0xff, sizeof(alone));
		decide_row(&x->args, &x->w.b, &x->w.b.rows[i], &alone);
		assert_memory_equal(&alone, &x->v[i], sizeof(alone));
	}
	world_free(x);
	world_free(y);
}

/* Whatever is raised (record, feed's label, floor), no label in the verdict gets lower, and no letter goes
 * out that did not before. */
static void labels_only_rise(void **state)
{
	uint64_t s = 23;
	auto_buf struct buf a = {0}, text = {0};
	struct naive_rule rule;
	struct verdict before[300];

	(void)state;
	for (unsigned i = 0; i < 10; i++)
		naive_rule_make(&s, &rule, &text, i);
	for (unsigned i = 0; i < 300; i++) {
		char pieces[8][64];
		unsigned n = random_record(&s, pieces);
		add_record(&a, pieces, n, 0);
	}
	buf_char(&a, 0);
	buf_char(&text, 0);
	struct world *w = world_new(text.p, a.p);
	for (unsigned label = TLP_CLEAR; label < TLP_END; label++) {
		for (unsigned lower = TLP_NONE; lower < TLP_END; lower++) {
			for (unsigned higher = lower; higher < TLP_END; higher++) {
				w->feed.label = (enum tlp)label;
				w->feed.floor = (enum tlp)lower;
				again(w);
				memcpy(before, w->v, sizeof(before));
				w->feed.floor = (enum tlp)higher;
				again(w);
				for (unsigned i = 0; i < 300; i++) {
					bool letter = w->v[i].decision == DECISION_NOTIFY;
					assert_true(w->v[i].tlp >= before[i].tlp);
					assert_true(
					        w->v[i].tlp >= higher && w->v[i].tlp >= w->w.b.rows[i].tlp);
					assert_true(!letter || before[i].decision == DECISION_NOTIFY);
					assert_true(!letter || w->v[i].tlp <= TLP_AMBER);
				}
			}
		}
	}
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(whose),
	        cmocka_unit_test(labels),
	        cmocka_unit_test(severities),
	        cmocka_unit_test(decisions),
	        cmocka_unit_test(conditions),
	        cmocka_unit_test(keys),
	        cmocka_unit_test(keys_by_rule),
	        cmocka_unit_test(keys_long),
	        cmocka_unit_test(first_match),
	        cmocka_unit_test(pure),
	        cmocka_unit_test(labels_only_rise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
