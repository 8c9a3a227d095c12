/* SPDX-License-Identifier: Apache-2.0
 *
 * What one value costs: nanoseconds per call over 65,536 different inputs of the kind that reports hold, the
 * best of several rounds. The inputs are in one block each, as in a report, so branches and lines of the
 * cache behave as they do there.
 */
#include "base/os.h"
#include "event/field.h"
#include "event/suffix.h"
#include "event/value.h"

#define N 65536
#define ROUNDS 15

struct inputs {
	struct buf bytes;
	struct str s[N];
};

static uint64_t dice(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 16;
}

typedef void maker(struct buf *b, uint64_t *seed);

static struct inputs *make(maker *one)
{
	struct inputs *in = mem_zero(1, sizeof(*in));
	uint64_t seed = 1;

	for (size_t i = 0; i < N; i++) {
		size_t from = in->bytes.len;

		one(&in->bytes, &seed);
		in->s[i].len = in->bytes.len - from;
		buf_char(&in->bytes, ',');
	}
	const char *at = in->bytes.p;
	for (size_t i = 0; i < N; at += in->s[i].len + 1, i++)
		in->s[i].p = at;
	return in;
}

static void make_v4(struct buf *b, uint64_t *seed)
{
	uint32_t v = (uint32_t)dice(seed);

	buf_printf(b, "%u.%u.%u.%u", v >> 24, v >> 16 & 255, v >> 8 & 255, v & 255);
}

static void make_v6(struct buf *b, uint64_t *seed)
{
	uint64_t v = dice(seed);

	buf_printf(b, "2001:db8:%x:%x::%x", (unsigned)(v & 0xffff), (unsigned)(v >> 16 & 0xff),
	        (unsigned)(v >> 24 & 0xfff));
}

static void make_time(struct buf *b, uint64_t *seed)
{
	char text[TIME_TEXT];

	value_time_print(text, (int64_t)(1700000000 + dice(seed) % 100000000) * 1000000);
	text[10] = ' ';
	buf_add(b, str_make(text, 19));
}

static void make_iso(struct buf *b, uint64_t *seed)
{
	make_time(b, seed);
	b->p[b->len - 9] = 'T';
	buf_add(b, dice(seed) & 1 ? STR("Z") : STR("+07:00"));
}

static void make_name(struct buf *b, uint64_t *seed)
{
	unsigned labels = 2 + dice(seed) % 2;

	for (unsigned i = 0; i < labels; i++) {
		for (unsigned n = 3 + dice(seed) % 10; n > 0; n--)
			buf_char(b, (char)('a' + dice(seed) % 26));
		buf_char(b, '.');
	}
	buf_add(b, STR("example"));
}

static void make_idn(struct buf *b, uint64_t *seed)
{
	make_name(b, seed);
	buf_add(b,
	        STR(".b\xc3\xbc"
	            "cher.example"));
}

static void make_url(struct buf *b, uint64_t *seed)
{
	buf_add(b, STR("http://"));
	make_name(b, seed);
	buf_printf(b, "/%x/%x.exe?a=%u", (unsigned)dice(seed), (unsigned)dice(seed),
	        (unsigned)dice(seed) % 1000);
}

static void make_asn(struct buf *b, uint64_t *seed)
{
	buf_printf(b, "%u", (unsigned)(1 + dice(seed) % 400000));
}

static void make_field(struct buf *b, uint64_t *seed)
{
	buf_add(b, field_table[1 + dice(seed) % (FIELD_END - 1)].name);
}

static void make_type(struct buf *b, uint64_t *seed)
{
	buf_add(b, type_table[1 + dice(seed) % (TYPE_END - 1)].name);
}

/* What a round leaves behind, so that the work is not optimised away; also the check that all were taken. */
struct sum {
	uint64_t ok, mix;
};
struct tools {
	const struct zone *zone;
	const struct suffix *suffix;
	struct addr addrs[N];
};
typedef void round_of(const struct inputs *in, struct tools *t, struct sum *sum);

static void do_parse4(const struct inputs *in, struct tools *t, struct sum *sum)
{
	(void)t;
	for (size_t i = 0; i < N; i++) {
		uint32_t v = 0;
		sum->ok += addr_parse4(in->s[i], &v);
		sum->mix += v;
	}
}

static void do_parse(const struct inputs *in, struct tools *t, struct sum *sum)
{
	for (size_t i = 0; i < N; i++)
		sum->ok += addr_parse(in->s[i], &t->addrs[i]);
}

static void do_print(const struct inputs *in, struct tools *t, struct sum *sum)
{
	char buf[ADDR_TEXT];
	(void)in;

	for (size_t i = 0; i < N; i++) {
		sum->mix += addr_print(buf, &t->addrs[i]) + (uint8_t)buf[1];
		sum->ok++;
	}
}

static void do_time(const struct inputs *in, struct tools *t, struct sum *sum)
{
	for (size_t i = 0; i < N; i++) {
		int64_t v = 0;
		sum->ok += value_time(in->s[i], t->zone, &v);
		sum->mix += (uint64_t)v;
	}
}

static void do_time_print(const struct inputs *in, struct tools *t, struct sum *sum)
{
	char buf[TIME_TEXT];
	(void)t;

	for (size_t i = 0; i < N; i++) {
		sum->mix += value_time_print(buf, (int64_t)(i * 3999999 + 1) * 1000000 % 9000000000000000) +
		        (uint8_t)in->s[i].p[0];
		sum->ok++;
	}
}

static void do_name(const struct inputs *in, struct tools *t, struct sum *sum)
{
	char ret[NAME_MAX_BYTES + 1];
	size_t n = 0;
	(void)t;

	for (size_t i = 0; i < N; i++) {
		sum->ok += value_fqdn(in->s[i], ret, &n);
		sum->mix += n + (uint8_t)ret[2];
	}
}

static void do_suffix(const struct inputs *in, struct tools *t, struct sum *sum)
{
	for (size_t i = 0; i < N; i++)
		sum->ok += suffix_registrable(t->suffix, in->s[i]).len > 0;
}

static void do_url(const struct inputs *in, struct tools *t, struct sum *sum)
{
	char ret[1024];
	size_t n = 0;
	struct str host = {0};
	(void)t;

	for (size_t i = 0; i < N; i++) {
		sum->ok += value_url(in->s[i], ret, &n, &host);
		sum->mix += n + host.len;
	}
}

static void do_asn(const struct inputs *in, struct tools *t, struct sum *sum)
{
	(void)t;
	for (size_t i = 0; i < N; i++) {
		uint32_t v = 0;
		sum->ok += value_asn(in->s[i], &v);
		sum->mix += v;
	}
}

static void do_field(const struct inputs *in, struct tools *t, struct sum *sum)
{
	(void)t;
	for (size_t i = 0; i < N; i++)
		sum->ok += field_find(in->s[i]) != FIELD_NONE;
}

static void do_type(const struct inputs *in, struct tools *t, struct sum *sum)
{
	(void)t;
	for (size_t i = 0; i < N; i++)
		sum->ok += type_find(in->s[i]) != TYPE_NONE;
}

static void do_placeholder(const struct inputs *in, struct tools *t, struct sum *sum)
{
	(void)t;
	for (size_t i = 0; i < N; i++)
		sum->ok += !value_placeholder(in->s[i]);
}

static const struct {
	const char *name;
	maker *make;
	round_of *run;
	bool zone;
	unsigned rounds;
} rows[] = {
        {"addr_parse4", make_v4, do_parse4, false, ROUNDS},
        {"addr_parse, IPv4", make_v4, do_parse, false, ROUNDS},
        {"addr_print, IPv4", make_v4, do_print, false, ROUNDS},
        {"addr_parse, IPv6", make_v6, do_parse, false, ROUNDS},
        {"addr_print, IPv6", make_v6, do_print, false, ROUNDS},
        {"value_time, 19 bytes", make_time, do_time, false, ROUNDS},
        {"value_time, 19 bytes in a zone", make_time, do_time, true, ROUNDS},
        {"value_time, T and offset", make_iso, do_time, false, ROUNDS},
        {"value_time_print", make_time, do_time_print, false, ROUNDS},
        {"value_fqdn, ASCII", make_name, do_name, false, ROUNDS},
        {"value_fqdn, IDN", make_idn, do_name, false, 2},
        {"suffix_registrable", make_name, do_suffix, false, 3},
        {"value_url", make_url, do_url, false, ROUNDS},
        {"value_asn", make_asn, do_asn, false, ROUNDS},
        {"value_placeholder, none", make_v4, do_placeholder, false, ROUNDS},
        {"field_find", make_field, do_field, false, ROUNDS},
        {"type_find", make_type, do_type, false, ROUNDS},
};

static bool bench(size_t row, struct tools *t)
{
	struct inputs *in = make(rows[row].make);
	int64_t best = INT64_MAX;
	struct sum sum = {0};

	for (unsigned i = 0; i < rows[row].rounds; i++) {
		int64_t from = os_ticks();
		rows[row].run(in, t, &sum);
		int64_t took = os_ticks() - from;
		best = took < best ? took : best;
	}
	bool all = sum.ok == (uint64_t)rows[row].rounds * N;
	printf("%-32s %8.1f ns%s\n", rows[row].name, (double)best * 1000 / N, all ? "" : "  NOT ALL TAKEN");
	buf_done(&in->bytes);
	free(in);
	return all;
}

int main(void)
{
	auto_arena struct arena a = {0};
	struct tools *t = mem_zero(1, sizeof(*t));
	struct zone *zone = NULL;
	struct suffix *suffix = NULL;
	struct err e;
	bool ok = true;

	arena_init(&a, 0);
	if (zone_open(&a, STR("Europe/Berlin"), &zone, &e) != 0 || suffix_open(&suffix, &e) != 0) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	t->suffix = suffix;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		t->zone = rows[i].zone ? zone : NULL;
		ok &= bench(i, t);
	}
	suffix_close(&suffix);
	free(t);
	return !ok;
}
