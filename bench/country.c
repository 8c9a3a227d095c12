/* SPDX-License-Identifier: Apache-2.0 */
#include "country.h"

static const char rules_text[] =
        "- rule: r1\n  if: { classification.type: test }\n  then: { notify: nobody }\n"
        "- rule: r2\n  if: { classification.type: [c2-server, infected-system], owner.sector: finance, "
        "criticality: "
        "'>= 4' }\n  then: { notify: owner, within: 15m }\n"
        "- rule: r3\n  if: { classification.type: [ddos-amplifier, potentially-unwanted-accessible], not: { "
        "asset.kind: payment-switch }, source.port: [53, 123] }\n  then: { notify: owner, digest: 'monday "
        "08:00' }\n"
        "- rule: r4\n  if: { classification.type: phishing, source.geolocation.cc: [VN, KH, MM] }\n  then: { "
        "needs: "
        "person }\n"
        "- rule: r5\n  if: { source.ip: [192.0.2.0/24, 198.51.100.0/24, 2001:db8::/32] }\n  then: { notify: "
        "nobody }\n"
        "- rule: r6\n  if: { malware.name: [mirai, andromeda, conficker] }\n  then: { notify: owner }\n"
        "- rule: r7\n  if: { owner.sector: government, severity: '>= high' }\n  then: { notify: owner, "
        "within: 1h }\n"
        "- rule: r8\n  if: { source.port: [22, 23, 3389], owner.sector: energy }\n  then: { notify: owner }\n"
        "- rule: r9\n  if: { classification.identifier: [open-mdns, open-ssdp] }\n  then: { notify: nobody "
        "}\n"
        "- rule: r10\n  if: { source.asn: [64500, 64501] }\n  then: { notify: nobody }\n"
        "- rule: r11\n  if: { source.reverse_dns: [example, test.invalid] }\n  then: { notify: nobody }\n"
        "- rule: r12\n  if: { extra.tag: [kev, exploited] }\n  then: { notify: owner, within: 2h }\n"
        "- rule: r13\n  if: { classification.taxonomy: fraud }\n  then: { notify: owner }\n"
        "- rule: r14\n  if: { product.vendor: Nobody }\n  then: { notify: nobody }\n"
        "- rule: r15\n  if: { how: as, severity: '<= low' }\n  then: { notify: nobody }\n"
        "- rule: r16\n  if: { feed.accuracy: '< 20' }\n  then: { notify: nobody }\n"
        "- rule: r17\n  if: { classification.type: [scanner, brute-force] }\n  then: { notify: owner, "
        "digest: 'daily "
        "08:00' }\n"
        "- rule: r18\n  if: { severity: '>= high' }\n  then: { notify: owner, within: 4h }\n"
        "- rule: r19\n  if: { severity: medium }\n  then: { notify: owner, within: 1d }\n"
        "- rule: r20\n  if: {}\n  then: { notify: owner, digest: 'monday 08:00' }\n";

/* Sectors and contacts, every other contact with a filter. */
static void owners_complete(struct know_build *b, size_t n)
{
	static const struct owners_place nowhere = {STR_INIT("set"), 1, 0};
	static const char *const sectors[] = {"finance", "government", "energy", "telecom", "education"};

	for (uint32_t i = 1; i <= n; i++) {
		owners_set(&b->owners, i, &b->owners.owner.v[i - 1].sector, "sector",
		        str_from(sectors[i % 5]), &nowhere);
		owners_add_contact(&b->owners, i, STR("abuse@example.net"), STR("en"), STR(""), &nowhere);
		owners_add_contact(&b->owners, i, STR("soc@example.net"), STR("en"),
		        STR("malicious-code phishing"), &nowhere);
	}
}

static void die(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(1);
}

void country_make(struct country *c, size_t prefixes, size_t owners)
{
	struct rules_file file = {STR("10-bench.yaml"), str_from(rules_text)};
	struct buf faults = {0};
	struct know_build build;
	struct err e;

	*c = (struct country){0};
	know_set_make(&c->set, 1, prefixes, prefixes / 200, owners);
	know_build_init(&build);
	know_set_add(&c->set, &build);
	owners_complete(&build, c->set.owners);
	know_build_finish(&build, 1, &c->generation);
	know_build_done(&build);
	if (know_open_bytes(c->generation.p, c->generation.len, &c->know, &e) != 0)
		die(e.text);
	if (rules_compile(&file, 1, &c->rules, &faults) != 0)
		die(faults.p);
	buf_done(&faults);
}

void country_done(struct country *c)
{
	know_close(c->know);
	rules_free(c->rules);
	know_set_done(&c->set);
	buf_done(&c->generation);
}
