/* SPDX-License-Identifier: Apache-2.0
 *
 * A small world for tests of rules and verdicts: a generation of made-up owners in documentation prefixes,
 * and batches from lines of text.
 */
#pragma once

#include "decide/decide.h"
#include "event/event.h"
#include "know/build.h"
#include "know/input.h"

static const char world_owners[] =
        "id,name,sector,country,prefixes,asns,domains,contacts,language,classes,asset,kind,criticality\n"
        "bank,Bank of X,finance,,192.0.2.0/24 2001:db8:1::/48,64500,bank.example,soc@bank.example,lo,,,,\n"
        "bank,,,,,,,fraud@bank.example,en,phishing fraud,,,\n"
        "bank,,,,192.0.2.16/28,,pay.bank.example,,,,switch,payment-switch,5\n"
        "isp,Provider,telecom,,198.51.100.0/24,64501 "
        "64502,isp.example,abuse@isp.example,en,malicious-code,,,\n"
        "silent,No contacts,energy,,203.0.113.0/25,,,,,,,,\n"
        "cert,CERT of the country,government,LA,,,gov.example,cert@cert.example,lo,,,,\n";
static const char world_routes[] = "192.0.2.0/24\t64500\n198.51.100.0/24\t64501\n203.0.113.0/24\t64510\n";
static const char world_countries[] = "apnic|LA|ipv4|203.0.113.0|256|20200101|allocated\n"
                                      "apnic|VN|ipv4|100.64.0.0|256|20200101|allocated\n";

static struct know *world_know(struct buf *bytes)
{
	struct know_build b;
	struct know_input_report report;
	struct know *k = NULL;
	struct err e = {0};

	know_build_init(&b);
	if (know_build_text(&b, STR("owners.csv"), str_from(world_owners), &report, &e) < 0 ||
	        know_build_text(&b, STR("routes.txt"), str_from(world_routes), &report, &e) < 0 ||
	        know_build_text(&b, STR("delegated"), str_from(world_countries), &report, &e) < 0)
		abort();
	know_build_finish(&b, 7, bytes);
	know_build_done(&b);
	if (know_open_bytes(bytes->p, bytes->len, &k, &e) < 0)
		abort();
	return k;
}

/* Finished batches one behind the other would need a walk; the tests keep to one. */
struct world_batch {
	struct buf bytes;
	void *slot;
	struct batch b;
};

static int world_sink(void *arg, const void *bytes, size_t len, void **ret_next, struct err *e)
{
	struct world_batch *w = arg;

	(void)ret_next;
	(void)e;
	if (w->bytes.len > 0)
		abort(); /* more than one batch */
	buf_add(&w->bytes, str_make(bytes, len));
	return 0;
}

/* "FIELD=VALUE" pieces separated by '|'. */
static void world_event(struct writer *w, struct str line)
{
	struct str_cut piece = {.tail = line, .ok = true};

	event_begin(w);
	while (piece.ok) {
		piece = str_cut(piece.tail, '|');
		struct str_cut kv = str_cut(piece.head, '=');
		enum field f = field_find(kv.head);
		if (str_starts(kv.head, STR("extra.")))
			event_extra_name(w, kv.head, kv.tail);
		else if (f == FIELD_NONE || event_put(w, f, kv.tail) != PUT_OK)
			abort();
	}
	event_end(w);
}

/* One record a line. */
static void world_batch(struct world_batch *w, const char *lines)
{
	static const struct event_settings settings;
	struct err e = {0};
	uint64_t off = 0;
	uint32_t n = 1;

	memset(w, 0, sizeof(*w));
	w->slot = aligned_alloc(64, BATCH_SLOT);
	struct writer *writer = writer_new(&settings, w->slot, world_sink, w);
	for (struct str_cut c = str_cut(str_from(lines), '\n'); c.head.len > 0; c = str_cut(c.tail, '\n')) {
		record_begin(writer, off, c.head.len, n++);
		world_event(writer, c.head);
		record_end(writer);
		off += c.head.len + 1;
	}
	if (writer_flush(writer, &e) < 0)
		abort();
	struct writer_counts counts = writer_counts(writer);
	if (counts.asides > 0 || counts.events == 0)
		abort();
	writer_free(writer);
	if (batch_open(w->bytes.p, w->bytes.len, UINT64_MAX, &w->b, &e) < 0)
		abort();
}

static void world_batch_done(struct world_batch *w)
{
	buf_done(&w->bytes);
	free(w->slot);
}

/* Rules, records and their verdicts. */
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

	if (rules_compile(&file, 1, &r, &faults) < 0) {
		fprintf(stderr, "%.*s%s", STR_ARG(buf_str(&faults)), text);
		abort();
	}
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

static inline void again(struct world *w)
{
	decide_batch(&w->args, &w->w.b, w->v);
}

static inline const char *rule_of(const struct world *w, unsigned i)
{
	struct rule_view view;

	return rules_view(w->rules, w->v[i].rule, &view) ? view.name.p : "";
}
