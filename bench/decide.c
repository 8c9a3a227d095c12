/* SPDX-License-Identifier: Apache-2.0
 *
 * How long a verdict takes: batches of 4,096 wide rows (a dozen values, thirty names of the sender's own)
 * against 20 rules, a generation of 200,000 prefixes and 10,000 owners. First the batch's verdicts are
 * compared with those of the rows one by one. CPU time, best of five.
 */
#include "decide/decide.h"
#include "country.h"
#include "event/event.h"

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
	struct decide_feed feed = {.name = STR("feed"), .accuracy = 90, .label = TLP_GREEN};
	struct country c;

	country_make(&c, 200000, 10000);
	struct decide_args args = {.feed = &feed, .rules = c.rules, .know = c.know};
	figure(&args, &c.set, 1, "one type, as reports have it");
	figure(&args, &c.set, 5, "five types, mixed");
	country_done(&c);
	return 0;
}
