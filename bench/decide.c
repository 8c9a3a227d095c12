/* SPDX-License-Identifier: Apache-2.0
 *
 * How long a verdict takes: batches of 4,096 wide rows (a dozen values, thirty names of the sender's own)
 * against 20 rules, a generation of 200,000 prefixes and 10,000 owners. First the batch's verdicts are
 * compared with those of the rows one by one. CPU time, best of five.
 */
#include "decide/decide.h"
#include "event/event.h"
#include "know_set.h"

#define ROUNDS 200

static double cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void die(const char *what)
{
	fprintf(stderr, "decide: %s\n", what);
	exit(1);
}

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

static int sink(void *arg, const void *bytes, size_t len, void **ret_next, struct err *e)
{
	struct buf *out = arg;

	(void)ret_next;
	(void)e;
	if (out->len == 0)
		buf_add(out, str_make(bytes, len));
	return 0;
}

static void put_row(struct writer *w, const struct know_set *s, struct event_key *keys, uint64_t *seed,
        unsigned types_used)
{
	static const char *const types[] = {"potentially-unwanted-accessible", "vulnerable-system",
	        "infected-system", "weak-crypto", "scanner"};
	static const char *const words[] = {"info", "low", "medium", "high", "critical"};
	struct addr a = s->v4[mix(seed) % s->n4].addr;
	char text[64];

	a.b[15] |= (uint8_t)mix(seed);
	event_begin(w);
	event_put_addr(w, FIELD_SOURCE_IP, &a);
	event_put(w, FIELD_CLASSIFICATION_TYPE, str_from(types[mix(seed) % types_used]));
	event_put(w, FIELD_CLASSIFICATION_IDENTIFIER, STR("open-rdp"));
	event_put(w, FIELD_SEVERITY, str_from(words[mix(seed) % 5]));
	event_put_u64(w, FIELD_SOURCE_PORT, 1 + mix(seed) % 65535);
	snprintf(text, sizeof(text), "host-%u.provider.example.net", (unsigned)mix(seed) % 10000);
	event_put(w, FIELD_SOURCE_REVERSE_DNS, str_from(text));
	event_put(w, FIELD_PROTOCOL_TRANSPORT, STR("tcp"));
	event_put(w, FIELD_PROTOCOL_APPLICATION, STR("rdp"));
	event_put(w, FIELD_TIME_SOURCE, STR("2026-01-05T00:12:02Z"));
	event_put(w, FIELD_SOURCE_GEO_CC, STR("LA"));
	event_put(w, FIELD_SOURCE_GEO_CITY, STR("VIENTIANE"));
	for (unsigned i = 0; i < 12; i++)
		event_extra(w, &keys[i], STR("some value"));
	event_end(w);
}

static void rows_make(const struct know_set *s, unsigned types_used, struct buf *out)
{
	static const struct event_settings settings = {.tlp = TLP_GREEN};
	struct event_key keys[12];
	struct arena a;
	struct err e;
	char name[16];
	uint64_t seed = 3;
	void *slot = aligned_alloc(64, BATCH_SLOT);

	arena_init(&a, 0);
	for (unsigned i = 0; i < 12; i++)
		keys[i] = event_key(
		        &a, str_make(name, (size_t)snprintf(name, sizeof(name), i ? "column%u" : "tag", i)));
	struct writer *w = writer_new(&settings, slot, sink, out);
	for (uint32_t i = 0; i < BATCH_ROWS; i++) {
		record_begin(w, (uint64_t)i * 320, 319, i + 1);
		record_plain(w, true);
		put_row(w, s, keys, &seed, types_used);
		record_end(w);
	}
	if (writer_flush(w, &e) != 0)
		die(e.text);
	writer_free(w);
	arena_done(&a);
	free(slot);
}

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

static void check(const struct decide_args *args, const struct batch *b, const struct verdict *v)
{
	uint32_t owned = 0;

	for (uint32_t i = 0; i < b->head->rows; i++) {
		struct verdict one;
		decide_row(args, b, &b->rows[i], &one);
		if (memcmp(&one, &v[i], sizeof(one)) != 0)
			die("a row alone and in its batch have two verdicts");
		owned += one.owner != 0;
	}
	printf("%u rows, %u with an owner, verdicts checked\n", b->head->rows, owned);
}

static void measure(
        const struct decide_args *args, const struct batch *b, struct verdict *v, const char *what)
{
	double best = 1e9;

	for (int round = 0; round < 5; round++) {
		double t = cpu();
		for (int i = 0; i < ROUNDS; i++)
			decide_batch(args, b, v);
		t = (cpu() - t) / ROUNDS / b->head->rows;
		best = t < best ? t : best;
	}
	printf("%s: %.0f ns a row with %u rules, %.1f M rows/s\n", what, best * 1e9, rules_count(args->rules),
	        1e-6 / best);
}

static void figure(
        struct decide_args *args, const struct know_set *set, unsigned types_used, const char *what)
{
	struct verdict *v = mem_zero(BATCH_ROWS, sizeof(*v));
	struct batch *b = mem_zero(1, sizeof(*b));
	struct buf rows = {0};
	struct err e;

	rows_make(set, types_used, &rows);
	if (batch_open(rows.p, rows.len, UINT64_MAX, b, &e) != 0)
		die(e.text);
	decide_batch(args, b, v);
	check(args, b, v);
	measure(args, b, v, what);
	free(v);
	free(b);
	buf_done(&rows);
}

int main(void)
{
	struct rules_file file = {STR("10-bench.yaml"), str_from(rules_text)};
	struct decide_feed feed = {.name = STR("feed"), .accuracy = 90, .label = TLP_GREEN};
	struct decide_args args = {.feed = &feed};
	struct buf generation = {0}, faults = {0};
	struct know_build build;
	struct know_set set;
	struct rules *rules;
	struct know *know;
	struct err e;

	know_set_make(&set, 1, 200000, 1000, 10000);
	know_build_init(&build);
	know_set_add(&set, &build);
	owners_complete(&build, set.owners);
	know_build_finish(&build, 1, &generation);
	know_build_done(&build);
	if (know_open_bytes(generation.p, generation.len, &know, &e) != 0)
		die(e.text);
	if (rules_compile(&file, 1, &rules, &faults) != 0)
		die(faults.p);
	args.rules = rules;
	args.know = know;
	figure(&args, &set, 1, "one type, as reports have it");
	figure(&args, &set, 5, "five types, mixed");
	return 0;
}
