/* SPDX-License-Identifier: Apache-2.0
 *
 * Verdicts: whose, label, severity, decision, contacts, key.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "decide.h"
#include <cmocka.h>

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

static void digests(void **state)
{
	static const struct {
		const char *text;
		unsigned day, minute;
	} rows[] = {{"Monday 08:00", 1, 480}, {"mon 08:00", 1, 480}, {"sunday  00:00", 7, 0},
	        {"daily 23:59", 8, 1439}, {"workday 08:00", 9, 480}};
	struct rule_view view;
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), "- rule: r\n  if: {}\n  then: { notify: owner, digest: '%s' }\n",
		        rows[i].text);
		struct world *w = world_new(text, "source.ip=192.0.2.20|classification.type=test");
		assert_true(rules_view(w->rules, 1, &view));
		assert_int_equal(view.digest_day, rows[i].day);
		assert_int_equal(view.digest_minute, rows[i].minute);
		world_free(w);
	}
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

static const struct {
	const char *cond, *line;
	bool want;
} cond_table[] = {
        {"source.ip: 192.0.2.0/25", "source.ip=192.0.2.20\n", true},
        {"source.ip: 192.0.2.0/25", "source.ip=192.0.2.220\n", false},
        {"source.ip: [2001:db8::/32, 192.0.2.220]", "source.ip=192.0.2.220\n", true},
        {"source.ip: '::/0'", "source.fqdn=a.example\n", false},
        {"destination.fqdn: [gov.la, com.la]", "source.ip=192.0.2.1|destination.fqdn=www.gov.la\n", true},
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
        {"classification.taxonomy: fraud", "source.ip=192.0.2.1|classification.type=phishing\n", true},
        {"classification.taxonomy: fraud", "source.ip=192.0.2.1|classification.type=spam\n", false},
        {"classification.taxonomy: fraud", "source.ip=192.0.2.1|classification.taxonomy=fraud\n", true},
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
        {"source.geolocation.latitude: '>= 17.5'", "source.ip=192.0.2.1|source.geolocation.latitude=17.97\n",
                true},
        {"source.geolocation.longitude: '>= -10.5'", "source.ip=192.0.2.1|source.geolocation.longitude=-10\n",
                true},
        {"feed.name: feed", "source.ip=192.0.2.1\n", true},
        {"feed.name: feed", "source.ip=192.0.2.1|feed.name=other\n", false},
        {"feed.accuracy: '>= 90'", "source.ip=192.0.2.1\n", true},
        {"feed.accuracy: '>= 90'", "source.ip=192.0.2.1|feed.accuracy=50\n", false},
        {"source.url: 'HTTP://A.example/X'", "source.url=http://a.example/X\n", true},
        {"count: '> 4294967294'", "source.ip=192.0.2.1|count=4294967295\n", true},
};

static void conditions(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cond_table) / sizeof(cond_table[0]); i++) {
		check_cond(cond_table[i].cond, cond_table[i].line, cond_table[i].want);
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

/* A catalogue as it is published, with other numbers further on in a line. */
static void exploited(void **state)
{
	struct world *w = world_new(ALL,
	        "source.ip=192.0.2.20|classification.type=vulnerable-system|severity=medium|product."
	        "vulnerabilities=CVE-2020-1111,CVE-2021-44228\n"
	        "source.ip=192.0.2.20|classification.type=vulnerable-system|severity=medium|product."
	        "vulnerabilities=CVE-2021-44229\n"
	        "source.ip=192.0.2.20|classification.type=vulnerable-system|severity=medium|classification."
	        "identifier=cve-2019-0708\n"
	        "source.ip=192.0.2.20|classification.type=vulnerable-system|severity=critical|classification."
	        "identifier=CVE-2019-0708\n"
	        "source.ip=192.0.2.20|classification.type=vulnerable-system|severity=low|product."
	        "vulnerabilities=CVE-2024-9999\n");
	static const unsigned without[] = {
	        SEVERITY_MEDIUM, SEVERITY_MEDIUM, SEVERITY_MEDIUM, SEVERITY_CRITICAL, SEVERITY_LOW};
	static const unsigned with[] = {
	        SEVERITY_HIGH, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL, SEVERITY_LOW};

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(w->v[i].severity, without[i]);
	assert_int_equal(rules_exploited(w->rules,
	                         STR("\"cveID\",\"vendorProject\",\"notes\"\n\"CVE-2021-44228\",\"x\",\"see "
	                             "CVE-2024-9999\"\n"
	                             "# CVE-2024-9999\nCVE-20-1\nCVE-2019-0708 and more\n      \"cveID\": "
	                             "\"CVE-2020-0001\",\n")),
	        3);
	decide_batch(&w->args, &w->w.b, w->v);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(w->v[i].severity, with[i]);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(whose),
	        cmocka_unit_test(exploited),
	        cmocka_unit_test(labels),
	        cmocka_unit_test(severities),
	        cmocka_unit_test(decisions),
	        cmocka_unit_test(digests),
	        cmocka_unit_test(conditions),
	        cmocka_unit_test(keys),
	        cmocka_unit_test(keys_by_rule),
	        cmocka_unit_test(keys_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
