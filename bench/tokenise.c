/* SPDX-License-Identifier: Apache-2.0
 *
 * How fast the tokenizers are: one thread, CPU time, best of five over data that fits no cache level but the
 * last. What they find is compared with what the generator wrote before any figure is printed.
 */
#include "gen.h"
#include "text/delim.h"
#include "text/json_flat.h"

#include <time.h>

#define ROUNDS 5
#define ROWS 100000

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void show(const char *what, const char *path, size_t bytes, uint64_t rows, double seconds)
{
	printf("%-34s %-8s %6.2f GB/s %7.1f ns/row %7.2f M rows/s\n", what, path,
	        (double)bytes / seconds * 1e-9, seconds / (double)rows * 1e9, (double)rows / seconds * 1e-6);
}

static void check(const char *what, uint64_t got, uint64_t want)
{
	if (got == want)
		return;
	fprintf(stderr, "%s: %llu, not %llu\n", what, (unsigned long long)got, (unsigned long long)want);
	exit(1);
}

/* ---- delimited ---------------------------------------------------------------------------------- */

static struct delim *delim_new(enum delim_path path)
{
	struct delim *d = mem_get(sizeof(*d));

	delim_init(d, &(struct delim_options){.delimiter = ',', .quote = '"', .limit = 524288});
	if (!delim_set_path(d, path)) {
		free(d);
		return NULL;
	}
	return d;
}

/* Field ends only. */
static uint64_t delim_walk(struct delim *d, struct str s, uint64_t *fields)
{
	struct delim_record r;
	size_t at = 0;
	uint64_t rows = 0, n = 0;

	while (delim_next(d, s.p + at, s.len - at, true, &r) == DELIM_RECORD) {
		at += r.length;
		n += r.n;
		rows++;
	}
	*fields = n;
	return rows;
}

/* Every field is looked at. */
static struct gen_counts delim_touch(struct delim *d, struct str s)
{
	struct gen_counts c = {0};
	struct delim_record r;
	size_t at = 0;

	while (delim_next(d, s.p + at, s.len - at, true, &r) == DELIM_RECORD) {
		at += r.length;
		for (uint32_t i = 0; i < r.n; i++) {
			struct delim_field f = delim_field(&r, i);
			c.value_len += f.text.len;
			c.quoted += f.quoted;
			c.empty += f.text.len == 0;
			c.doubled += f.copy;
		}
		c.fields += r.n;
		c.rows++;
	}
	return c;
}

static void bench_delim(struct str s, const struct gen_counts *want, enum delim_path path, const char *name)
{
	double walk = 1e9, touch = 1e9;

	for (int i = 0; i < ROUNDS; i++) {
		struct delim *d = delim_new(path), *b = delim_new(path);
		uint64_t fields = 0;
		if (d == NULL || b == NULL) {
			printf("%-34s %-8s not on this processor\n", "wide CSV", name);
			return;
		}
		double t0 = cpu_seconds();
		uint64_t rows = delim_walk(d, s, &fields);
		double t1 = cpu_seconds();
		struct gen_counts got = delim_touch(b, s);
		double t2 = cpu_seconds();
		check("rows", rows, want->rows + 1);
		check("fields", fields, want->fields + GEN_WIDE_COLUMNS);
		check("fields seen", got.fields, want->fields + GEN_WIDE_COLUMNS);
		check("quoted", got.quoted, want->quoted + GEN_WIDE_COLUMNS);
		check("empty", got.empty, want->empty);
		check("doubled", got.doubled, want->doubled);
		walk = t1 - t0 < walk ? t1 - t0 : walk;
		touch = t2 - t1 < touch ? t2 - t1 : touch;
		free(d);
		free(b);
	}
	show("wide CSV, records and fields", name, s.len, want->rows, walk);
	if (path == DELIM_BEST)
		printf("figure tokenise.rate %.3f\nfigure tokenise.row %.2f\n", (double)s.len / walk * 1e-9,
		        walk / (double)want->rows * 1e9);
	show("wide CSV, every field looked at", name, s.len, want->rows, touch);
}

/* ---- JSON --------------------------------------------------------------------------------------- */

static struct gen_counts json_walk(struct json_flat *f, struct str s)
{
	struct gen_counts c = {0};
	struct json_pair pair;
	const char *p = s.p, *end = s.p + s.len, *lf;
	int rc;

	for (; (lf = memchr(p, '\n', (size_t)(end - p))) != NULL; p = lf + 1) {
		json_flat_start(f, str_make(p, (size_t)(lf - p)));
		while ((rc = json_flat_next(f, &pair)) > 0) {
			c.fields++;
			c.quoted += pair.value.kind == JSON_STRING;
			c.doubled += pair.value.escaped;
		}
		check("line is JSON", (uint64_t)rc, 0);
		c.rows++;
	}
	return c;
}

static void bench_json(
        struct str s, const struct gen_counts *want, enum json_flat_path path, const char *name)
{
	struct json_flat *f = mem_get(sizeof(*f));
	double best = 1e9;

	json_flat_init(f);
	if (!json_flat_set_path(f, path)) {
		printf("%-34s %-8s not on this processor\n", "IntelMQ JSON, all pairs", name);
		free(f);
		return;
	}
	for (int i = 0; i < ROUNDS; i++) {
		double t0 = cpu_seconds();
		struct gen_counts got = json_walk(f, s);
		double t1 = cpu_seconds();
		check("lines", got.rows, want->rows);
		check("pairs", got.fields, want->fields);
		check("strings", got.quoted, want->quoted);
		check("escaped", got.doubled, want->doubled);
		best = t1 - t0 < best ? t1 - t0 : best;
	}
	show("IntelMQ JSON, all pairs", name, s.len, want->rows, best);
	free(f);
}

int main(void)
{
	auto_buf struct buf wide = {0}, lines = {0};
	struct gen_counts w = gen_wide_rows(1, ROWS, &wide), l = gen_intelmq_lines(1, ROWS, &lines);

	printf("wide CSV: %llu rows, %.0f bytes each, %.0f %% of the fields empty, %.0f %% quoted\n",
	        (unsigned long long)w.rows, (double)wide.len / (double)w.rows,
	        100.0 * (double)w.empty / (double)w.fields, 100.0 * (double)w.quoted / (double)w.fields);
	bench_delim(buf_str(&wide), &w, DELIM_SCALAR, "scalar");
	bench_delim(buf_str(&wide), &w, DELIM_SSE2, "sse2");
	bench_delim(buf_str(&wide), &w, DELIM_AVX2, "avx2");
	bench_delim(buf_str(&wide), &w, DELIM_BEST, "chosen");
	printf("IntelMQ JSON: %llu lines, %.0f bytes and %.0f pairs each\n", (unsigned long long)l.rows,
	        (double)lines.len / (double)l.rows, (double)l.fields / (double)l.rows);
	bench_json(buf_str(&lines), &l, JSON_FLAT_PULL, "json.h");
	bench_json(buf_str(&lines), &l, JSON_FLAT_SSE2, "sse2");
	bench_json(buf_str(&lines), &l, JSON_FLAT_AVX2, "avx2");
	return 0;
}
