/* SPDX-License-Identifier: Apache-2.0
 *
 * Random records through the writer against a table that a reader of event.h would keep with pen and paper:
 * what the batches give back is exactly that, value by value, count by count.
 */
#include "base/vec.h"
#include "event/event.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static uint64_t dice(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* ---- the table ---------------------------------------------------------------------------------- */

#define FACTS 400

struct fact {
	struct str name, value;
};

struct expected_event {
	struct fact facts[FACTS];
	unsigned n;
	uint8_t sub;
};

enum outcome { WITH_EVENTS, PARTLY, ASIDE_WHOLE, NO_EVENT };

struct expected_record {
	uint64_t off, len;
	uint32_t line;
	enum outcome outcome;
	unsigned n;
	struct expected_event *events[4];
};

static struct fact *fact_find(struct expected_event *x, struct str name)
{
	for (unsigned i = 0; i < x->n; i++)
		if (str_eq(x->facts[i].name, name))
			return &x->facts[i];
	return NULL;
}

static void fact_add(struct arena *a, struct expected_event *x, struct str name, struct str value)
{
	assert_true(x->n < FACTS);
	x->facts[x->n++] = (struct fact){arena_str(a, name), arena_str(a, value)};
}

/* The first value stays, the same again is nothing, another one gets a number. */
static void expect_extra(struct arena *a, struct expected_event *x, struct str name, struct str value)
{
	for (unsigned n = 1;; n++) {
		struct str key = n == 1 ? arena_printf(a, "extra.%.*s", STR_ARG(name))
		                        : arena_printf(a, "extra.%.*s_%u", STR_ARG(name), n);
		struct fact *f = fact_find(x, key);
		if (f == NULL)
			fact_add(a, x, key, value);
		if (f == NULL || str_eq(f->value, value))
			return;
	}
}

static void expect_put(struct arena *a, struct expected_event *x, enum field id, struct str value)
{
	struct str name = field_table[id].name;
	struct fact *f = fact_find(x, name);
	enum field_type type = field_table[id].type;

	if (f == NULL)
		fact_add(a, x, name, value);
	else if (type == FT_TAXONOMY || (type == FT_TLP && tlp_find(value) > tlp_find(f->value)) ||
	        (type == FT_PAP && pap_find(value) > pap_find(f->value)))
		f->value = arena_str(a, value);
	else if (type != FT_TLP && type != FT_PAP && !str_eq(f->value, value))
		expect_extra(a, x, name, value);
}

/* What follows from other values. */
static void expect_end(struct arena *a, struct expected_event *x)
{
	static const enum field urls[] = {FIELD_SOURCE_URL, FIELD_DESTINATION_URL},
	                        names[] = {FIELD_SOURCE_FQDN, FIELD_DESTINATION_FQDN};
	struct fact *type = fact_find(x, STR("classification.type")),
	            *taxonomy = fact_find(x, STR("classification.taxonomy"));

	for (int i = 0; i < 2; i++) {
		struct fact *url = fact_find(x, field_table[urls[i]].name);
		if (url != NULL && fact_find(x, field_table[names[i]].name) == NULL)
			fact_add(
			        a, x, field_table[names[i]].name, str_cut(str_skip(url->value, 8), '/').head);
	}
	if (type == NULL)
		return;
	if (taxonomy != NULL)
		taxonomy->value = type_table[type_find(type->value)].taxonomy;
	else
		fact_add(a, x, STR("classification.taxonomy"), type_table[type_find(type->value)].taxonomy);
}

/* ---- values ------------------------------------------------------------------------------------- */

struct pair {
	char raw[300], canon[300];
};

static void __attribute__((format(printf, 2, 3))) say(char *dst, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(dst, 300, fmt, ap);
	va_end(ap);
}

static void letters(uint64_t *seed, char *dst, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		dst[i] = "abcdefghijklmnopqrstuvwxyz"[dice(seed) % 26];
	dst[n] = 0;
}

static void hex(uint64_t *seed, char *dst, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		dst[i] = "0123456789abcdef"[dice(seed) % 16];
	dst[n] = 0;
}

static void any_text(uint64_t *seed, char *dst, unsigned most)
{
	static const char *const pieces[] = {"a", "Z", "7", " ", ",", "\"", "\\", "\t", "\xc3\xa9",
	        "\xe0\xba\xa5", "\xf0\x9f\x90\x98", "|", "'", "{", "\x01"};
	unsigned n = 1;

	dst[0] = 'v';
	for (unsigned k = (unsigned)(dice(seed) % most); k > 0; k--) {
		const char *p = pieces[dice(seed) % (sizeof(pieces) / sizeof(pieces[0]))];
		if (n + strlen(p) + 1 > most)
			break;
		memcpy(dst + n, p, strlen(p));
		n += (unsigned)strlen(p);
	}
	while (n > 1 && (unsigned char)dst[n - 1] <= ' ')
		n--;
	dst[n] = 0;
}

/* The sender writes it in lower or upper case, or as it is. */
static void change_case(uint64_t *seed, struct pair *p)
{
	uint64_t how = dice(seed) % 3;

	say(p->raw, "%s", p->canon);
	for (char *c = p->raw; *c && how != 0; c++)
		if (how == 1 ? *c >= 'a' && *c <= 'z' : *c >= 'A' && *c <= 'Z')
			*c ^= 0x20;
}

static void make_ip(uint64_t *seed, struct pair *p)
{
	unsigned char b[16];
	uint64_t r = dice(seed);

	for (int i = 0; i < 16; i++)
		b[i] = (unsigned char)(dice(seed) % 3 ? dice(seed) : 0);
	b[0] |= 1;
	if (r % 2) {
		inet_ntop(AF_INET, b, p->canon, sizeof(p->canon));
		say(p->raw, r % 3 ? "%s" : "::ffff:%s", p->canon);
	} else {
		inet_ntop(AF_INET6, b, p->canon, sizeof(p->canon));
		change_case(seed, p);
	}
}

static void make_network(uint64_t *seed, struct pair *p)
{
	uint32_t bits = 8 + (uint32_t)(dice(seed) % 24), host = (uint32_t)dice(seed) | 0x01000000;
	uint32_t net = host & (0xffffffffu << (32 - bits));
	struct in_addr in = {htonl(host)}, out = {htonl(net)};
	char text[2][INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &in, text[0], sizeof(text[0]));
	inet_ntop(AF_INET, &out, text[1], sizeof(text[1]));
	say(p->raw, "%s/%u", text[0], bits);
	say(p->canon, "%s/%u", text[1], bits);
}

static void make_time(uint64_t *seed, struct pair *p)
{
	time_t t = (time_t)(dice(seed) % 4000000000u);
	unsigned micros = dice(seed) % 2 ? (unsigned)(dice(seed) % 999999) + 1 : 0;
	struct tm tm;
	char day[300];

	gmtime_r(&t, &tm);
	strftime(day, 40, "%Y-%m-%dT%H:%M:%S", &tm);
	if (micros != 0)
		say(p->canon, "%s.%06u+00:00", day, micros);
	else
		say(p->canon, "%s+00:00", day);
	say(p->raw, "%s", p->canon);
}

static void make_host(uint64_t *seed, char *dst)
{
	char a[300], b[300];

	letters(seed, a, 1 + (unsigned)(dice(seed) % 12));
	letters(seed, b, 2 + (unsigned)(dice(seed) % 8));
	say(dst, "%s_%u.%s.net", a, (unsigned)(dice(seed) % 100), b);
}

/* Types of which any case is taken. False: another type. */
static bool make_word(uint64_t *seed, enum field id, struct pair *p)
{
	static const char *const words[] = {"tcp", "udp", "icmp", "sctp"},
	                         *const registries[] = {"APNIC", "RIPE", "ARIN"},
	                         *const severities[] = {"info", "low", "medium", "high", "critical"},
	                         *const taxonomies[] = {"fraud", "vulnerable", "other", "intrusions"};
	uint64_t r = dice(seed) >> 8;

	switch (field_table[id].type) {
	case FT_LOWER:
		letters(seed, p->canon, 2 + (unsigned)(r % 30));
		p->canon[0] = 'q'; /* no placeholder */
		break;
	case FT_TAXONOMY:
		say(p->canon, "%s", taxonomies[r % 4]);
		break;
	case FT_TYPE:
		say(p->canon, "%.*s", STR_ARG(type_table[1 + r % (TYPE_END - 1)].name));
		break;
	case FT_FQDN:
		make_host(seed, p->canon);
		break;
	case FT_UUID:
		hex(seed, p->canon, 36);
		p->canon[8] = p->canon[13] = p->canon[18] = p->canon[23] = '-';
		break;
	case FT_MD5:
		hex(seed, p->canon, 32);
		break;
	case FT_SHA1:
		hex(seed, p->canon, 40);
		break;
	case FT_SHA256:
		hex(seed, p->canon, 64);
		break;
	case FT_TRANSPORT:
		say(p->canon, "%s", words[r % 4]);
		break;
	case FT_SEVERITY:
		say(p->canon, "%s", severities[r % 5]);
		break;
	case FT_UPPER:
		for (int i = 0; i < 40; i++)
			p->canon[i] = "0123456789ABCDEF"[dice(seed) % 16];
		p->canon[40] = 0;
		break;
	case FT_BIC:
		say(p->canon, "%s", r % 2 ? "DEUTDEFF" : "DEUTDEFF500");
		break;
	case FT_CC:
		say(p->canon, "%c%c", (char)('A' + r % 26), (char)('A' + (r >> 8) % 26));
		break;
	case FT_REGISTRY:
		say(p->canon, "%s", registries[r % 3]);
		break;
	case FT_CVES:
		say(p->canon, "CVE-20%02u-%u", (unsigned)(r % 30), 1000 + (unsigned)((r >> 9) % 90000));
		break;
	default:
		return false;
	}
	change_case(seed, p);
	return true;
}

/* What is written in one way only. */
static void make_plain(uint64_t *seed, enum field id, struct pair *p)
{
	uint64_t r = dice(seed) >> 8;
	unsigned limit = field_table[id].limit;
	char host[300];

	switch (field_table[id].type) {
	case FT_URL:
		make_host(seed, host);
		say(p->canon, "https://%s%s", host, r % 2 ? "/A?b=c" : "/");
		break;
	case FT_EMAIL:
		make_host(seed, host);
		*strchr(host, '_') = '-';
		say(p->canon, "Some.One@%s", host);
		break;
	case FT_PORT:
		say(p->canon, "%u", 1 + (unsigned)(r % 65535));
		break;
	case FT_ASN:
	case FT_COUNT:
		say(p->canon, "%u", 1 + (unsigned)(r % 4294967295u));
		break;
	case FT_INT:
		say(p->canon, "%lld", (long long)(r >> 1) * (r % 2 ? 1 : -1));
		break;
	case FT_FLOAT:
		say(p->canon, "%d.%u", (int)(r % 361) - 180, (unsigned)(r >> 20) % 9 + 1);
		break;
	case FT_BOOL:
		say(p->canon, "%s", r % 2 ? "true" : "false");
		break;
	case FT_ACCURACY:
		say(p->canon, "%u", (unsigned)(r % 101));
		break;
	case FT_TLP:
		say(p->canon, "%.*s", STR_ARG(tlp_name(1 + r % (TLP_END - 1))));
		break;
	case FT_PAP:
		say(p->canon, "%.*s", STR_ARG(pap_name(1 + r % (PAP_END - 1))));
		break;
	default:
		any_text(seed, p->canon, limit != 0 && limit < 200 ? limit : 200);
		break;
	}
	say(p->raw, "%s", p->canon);
}

/* A value of the field's type: as a sender may write it, and its one spelling. */
static void make_value(uint64_t *seed, enum field id, struct pair *p)
{
	enum field_type type = field_table[id].type;

	if (type == FT_IP || type == FT_IP_TEXT)
		make_ip(seed, p);
	else if (type == FT_NETWORK)
		make_network(seed, p);
	else if (type == FT_TIME)
		make_time(seed, p);
	else if (!make_word(seed, id, p))
		make_plain(seed, id, p);
}

/* ---- one random event, told to both --------------------------------------------------------------- */

struct world {
	struct arena arena;
	struct writer *w;
	void *slot;
	struct expected_record *records;
	unsigned nrecords, seen; /* made, and met in batches */
	uint64_t events, batches;
	struct batch batch;
};

static void put_some(uint64_t *seed, struct world *o, struct expected_event *x, enum field id)
{
	struct pair p;
	bool again = fact_find(x, field_table[id].name) != NULL;

	make_value(seed, id, &p);
	/* of a second value the sender's spelling is kept */
	struct str value = str_from(again ? p.canon : p.raw);
	if (dice(seed) % 4 == 0)
		value = arena_printf(&o->arena, " %.*s\t", STR_ARG(value));
	event_put(o->w, id, value);
	expect_put(&o->arena, x, id, str_from(p.canon));
}

static void put_extra(uint64_t *seed, struct world *o, struct expected_event *x)
{
	/* as a sender writes it, and as it is kept */
	static const char *const names[][2] = {{"Tag", "tag"}, {"extra.a b", "a_b"}, {"x.Y", "x.y"},
	        {"..q..z.", "q.z"}, {"ip-address", "ip_address"}, {"source.ip", "source.ip"},
	        {"\xc3\xa9t\xc3\xa9", "__t__"}, {"n", "n"}};
	char value[300];
	unsigned k = (unsigned)(dice(seed) % 8);

	any_text(seed, value, 1 + (unsigned)(dice(seed) % 250));
	event_extra_name(o->w, str_from(names[k][0]), str_from(value));
	expect_extra(&o->arena, x, str_from(names[k][1]), str_from(value));
}

static struct expected_event *good_event(uint64_t *seed, struct world *o)
{
	struct expected_event *x = arena_new(&o->arena, struct expected_event);
	unsigned n = (unsigned)(dice(seed) % 40);

	put_some(seed, o, x, dice(seed) % 2 ? FIELD_SOURCE_IP : FIELD_DESTINATION_FQDN);
	for (unsigned i = 0; i < n; i++)
		if (dice(seed) % 3 == 0)
			put_extra(seed, o, x);
		else
			put_some(seed, o, x, (enum field)(1 + dice(seed) % (FIELD_OWNER - 1)));
	expect_end(&o->arena, x);
	return x;
}

static void random_record(uint64_t *seed, struct world *o)
{
	struct expected_record *r = &o->records[o->nrecords++];
	unsigned n = (unsigned)(dice(seed) % 5), nobody = 0;
	uint8_t sub = 0;

	*r = (struct expected_record){
	        .off = dice(seed) >> 20, .len = dice(seed) % 5000, .line = (uint32_t)dice(seed) >> 4};
	record_begin(o->w, r->off, r->len, r->line);
	for (unsigned i = 0; i < n; i++) {
		uint64_t kind = dice(seed) % 10;
		event_begin(o->w);
		if (kind < 7) {
			struct expected_event *x = good_event(seed, o);
			x->sub = sub++;
			r->events[r->n++] = x;
			event_end(o->w);
		} else if (kind < 9) {
			event_put(o->w, FIELD_COMMENT, STR("names nobody"));
			event_end(o->w);
			nobody++;
			sub++;
		} else {
			event_put(o->w, FIELD_SOURCE_IP, STR("192.0.2.1"));
			event_drop(o->w);
		}
	}
	r->outcome = r->n != 0 ? nobody ? PARTLY : WITH_EVENTS : nobody ? ASIDE_WHOLE : NO_EVENT;
	if (dice(seed) % 10 == 0) {
		record_aside(o->w, ASIDE_KIND, FIELD_NONE, "taken back %d", 7);
		r->outcome = ASIDE_WHOLE;
		r->n = 0;
	}
	record_end(o->w);
}

/* ---- reading back --------------------------------------------------------------------------------- */

static void check_fact(struct expected_event *x, struct str name, struct str value)
{
	struct fact *f = fact_find(x, name);

	if (f == NULL)
		fail_msg("'%.*s' = '%.*s' was never put", STR_ARG(name), STR_ARG(value));
	else if (!str_eq(f->value, value))
		fail_msg("'%.*s' is '%.*s', not '%.*s'", STR_ARG(name), STR_ARG(value), STR_ARG(f->value));
}

static void check_event(const struct batch *b, const struct batch_row *row, struct expected_event *x)
{
	struct batch_iter it = batch_vars(b, row);
	struct batch_value v;
	char buf[64], name[BATCH_KEY_MAX + 8];
	unsigned n = 0, last = 0;

	for (unsigned id = 1; id < FIELD_END; id++) {
		struct str s = batch_text(b, row, (enum field)id, buf);
		if (s.p == NULL)
			continue;
		check_fact(x, field_table[id].name, s);
		n++;
	}
	while (batch_var_next(&it, &v)) {
		assert_true(v.id > last);
		last = v.id;
		if (v.id < FIELD_EXTRA)
			continue;
		int len = snprintf(name, sizeof(name), "extra.%.*s", STR_ARG(v.name));
		check_fact(x, str_make(name, (size_t)len), v.value);
		n++;
	}
	assert_int_equal(n, x->n);
	assert_int_equal(row->sub, x->sub);
}

/* Rows and sentences of the records of a batch, in their order. */
static int take_batch(void *arg, const void *bytes, size_t len, void **ret_next, struct err *e)
{
	struct world *o = arg;
	struct batch *b = &o->batch;
	uint32_t row = 0, aside = 0, none = 0;

	(void)ret_next;
	assert_true(len <= BATCH_SLOT);
	if (batch_open(bytes, len, UINT64_MAX, b, e) != 0)
		fail_msg("%s", e->text);
	assert_int_equal(b->head->chunk, o->batches);
	for (uint32_t i = 0; i < b->head->records; i++) {
		uint32_t ordinal = o->seen++;
		struct expected_record *r = &o->records[ordinal];
		for (unsigned k = 0; k < r->n; k++, row++) {
			assert_true(row < b->head->rows);
			assert_int_equal(b->rows[row].ordinal, ordinal);
			assert_true(b->rows[row].raw_off == r->off && b->rows[row].raw_len == r->len &&
			        b->rows[row].line == r->line);
			check_event(b, &b->rows[row], r->events[k]);
		}
		none += r->outcome == NO_EVENT;
		if (r->outcome == WITH_EVENTS || r->outcome == NO_EVENT)
			continue;
		const struct batch_aside *a = &b->asides[aside++];
		assert_true(aside <= b->head->asides && a->ordinal == ordinal && a->raw_off == r->off &&
		        a->raw_len == r->len && a->line == r->line);
		assert_int_equal((a->reason & ASIDE_PARTIAL) != 0, r->outcome == PARTLY);
		assert_true(batch_aside_text(b, a).len != 0);
	}
	assert_true(row == b->head->rows && aside == b->head->asides && none == b->head->none);
	o->events += row;
	o->batches++;
	return 0;
}

static void world_init(struct world *o, unsigned records)
{
	static const struct event_settings settings;

	*o = (struct world){0};
	arena_init(&o->arena, 0);
	o->records = arena_array(&o->arena, records, sizeof(*o->records));
	o->slot = aligned_alloc(64, BATCH_SLOT);
	o->w = writer_new(&settings, o->slot, take_batch, o);
}

static void world_done(struct world *o)
{
	writer_free(o->w);
	free(o->slot);
	arena_done(&o->arena);
}

static void test_random_events(void **state)
{
	struct world *o = mem_zero(1, sizeof(*o));
	uint64_t seed = 11, counts[4] = {0};

	(void)state;
	for (int round = 0; round < 6; round++) {
		world_init(o, 700);
		for (unsigned i = 0; i < 700; i++)
			random_record(&seed, o);
		assert_int_equal(writer_flush(o->w, NULL), 0);
		for (unsigned i = 0; i < 700; i++)
			counts[o->records[i].outcome]++;
		struct writer_counts n = writer_counts(o->w);
		assert_int_equal(o->seen, 700);
		assert_int_equal(n.records, 700);
		assert_int_equal(n.records, n.with_events + n.asides + n.none);
		assert_int_equal(n.events, o->events);
		assert_true(o->batches >= 1);
		world_done(o);
	}
	for (int i = 0; i < 4; i++)
		assert_true(counts[i] > 50);
	free(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_random_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
