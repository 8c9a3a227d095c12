/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports to verdicts as a node does it: a file, a jailed reader in its own process, batches through the
 * slot, copied and checked, then decided. CPU time of both processes together, user and system, best of five;
 * and the same with a parent that only copies and checks ("read stage").
 *
 *   bench_pipeline wide|intelmq [FOLDER]
 *
 * The file is left in FOLDER (default: .), so that others can be measured on the same rows.
 */
#include "base/os.h"
#include "country.h"
#include "gen.h"
#include "proc/intake.h"
#include "proc/readers.h"
#include "read/table.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 5
#define ROWS 400000

struct run {
	const struct decide_args *args; /* NULL: read stage only */
	struct verdict *verdicts;
	uint64_t events, asides, port_sum, v6, owned, ruled, told;
	uint64_t bytes; /* of batches */
};

static void die(const char *what)
{
	fprintf(stderr, "pipeline: %s\n", what);
	exit(1);
}

static double seconds(int who)
{
	struct rusage r;

	getrusage(who, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
	        (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) * 1e-6;
}

static void count(struct run *r, const struct batch *b)
{
	for (uint32_t i = 0; i < b->head->rows; i++) {
		r->port_sum += b->rows[i].src_port;
		r->v6 += !addr_is4(&b->rows[i].src);
		if (r->args != NULL) {
			r->owned += r->verdicts[i].owner != 0;
			r->ruled += r->verdicts[i].rule != 0;
			r->told += r->verdicts[i].contacts != 0;
		}
	}
}

static int take(void *arg, const struct intake_part *part, const struct batch *b, struct err *e)
{
	struct run *r = arg;

	(void)part;
	(void)e;
	if (r->args != NULL)
		decide_batch(r->args, b, r->verdicts);
	r->events += b->head->rows;
	r->asides += b->head->asides;
	r->bytes += b->head->var_len + b->head->rows * sizeof(struct batch_row);
	count(r, b);
	return 0;
}

static void failed(void *arg, const struct intake_part *part, const char *sentence, enum intake_failure why)
{
	(void)arg;
	(void)part;
	(void)why;
	die(sentence);
}

static void check(const struct run *r, const struct gen_counts *want)
{
	if (r->events != want->rows || r->asides != 0 || r->port_sum != want->port_sum || r->v6 != want->v6)
		die("the events are not those that were written");
}

static void show(const char *what, double s, uint64_t rows)
{
	printf("%-44s %7.1f ns/row %6.2f M rows/s\n", what, s / (double)rows * 1e9, (double)rows / s * 1e-6);
}

/* Owners of the addresses, one look-up each: what the batches must have found. */
static uint64_t owners_of(const char *path, const struct country *c, const char *mark, size_t skip)
{
	auto_buf struct buf text = {0};
	struct err e;
	uint64_t n = 0;

	if (os_read_file(path, SIZE_MAX, &text, &e) != 0)
		die(e.text);
	struct str rest = buf_str(&text);
	while (rest.len > 0) {
		struct str_cut line = str_cut(rest, '\n');
		struct str s = line.head;
		struct addr a;
		size_t at = *mark ? str_find_str(s, 0, str_from(mark)) : 0;
		rest = line.tail;
		if (at == SIZE_MAX)
			continue;
		s = str_skip(s, at + strlen(mark));
		for (size_t i = 0; i < skip; i++)
			s = str_cut(s, '"').tail;
		if (addr_parse(str_cut(s, '"').head, &a))
			n += know_addr(c->know, &a)->owner != 0;
	}
	return n;
}

static void round_of(struct run *r, const char *path, const struct reader *reader, double *ret)
{
	struct readers readers;
	struct reader_job job = {.reader = reader, .settings = {.tlp = TLP_GREEN}};
	struct err e;

	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("cannot open the report");
	job.options.name = STR("2026-01-05-scan_http-country.csv");
	if (readers_open(&readers, &e) != 0)
		die(e.text);
	struct intake_sink sink = {take, failed, r, .readers = readers.sock};
	double self = seconds(RUSAGE_SELF), child = seconds(RUSAGE_CHILDREN);
	if (intake_read(fd, STR("report"), &job, &sink, NULL, &e) != 0)
		die(e.text);
	readers_close(&readers);
	ret[0] = seconds(RUSAGE_SELF) - self;
	ret[1] = seconds(RUSAGE_CHILDREN) - child;
	close(fd);
}

static void measure(const char *job_name, const char *path, const struct reader *reader,
        const struct gen_counts *want, const struct country *c, uint64_t owned)
{
	struct decide_feed feed = {.name = STR("feed"), .accuracy = 90, .label = TLP_GREEN};
	struct decide_args args = {.rules = c->rules, .know = c->know, .feed = &feed};
	struct verdict *verdicts = mem_zero(BATCH_ROWS, sizeof(*verdicts));
	double all = 1e9, read = 1e9, reader_only = 1e9, t[2];

	for (int i = 0; i < ROUNDS; i++) {
		struct run whole = {.args = &args, .verdicts = verdicts}, half = {0};
		round_of(&whole, path, reader, t);
		all = t[0] + t[1] < all ? t[0] + t[1] : all;
		check(&whole, want);
		if (whole.owned != owned || whole.ruled != want->rows)
			die("the owners are not those of the addresses, or a row has no rule");
		round_of(&half, path, reader, t);
		read = t[0] + t[1] < read ? t[0] + t[1] : read;
		reader_only = t[1] < reader_only ? t[1] : reader_only;
		check(&half, want);
		if (i == 0)
			printf("%llu rows, %llu with an owner, %llu with a letter; %.0f bytes of batch a "
			       "row; counts "
			       "checked\n",
			        (unsigned long long)whole.events, (unsigned long long)whole.owned,
			        (unsigned long long)whole.told, (double)whole.bytes / (double)whole.events);
	}
	show("reader alone", reader_only, want->rows);
	show("read stage: reader, copy, check", read, want->rows);
	show("report to verdicts, both processes", all, want->rows);
	printf("figure %s.verdicts %.0f\n", job_name, (double)want->rows / all);
	printf("figure %s.read %.1f\n", job_name, read / (double)want->rows * 1e9);
	free(verdicts);
}

int main(int argc, char **argv)
{
	bool wide = argc > 1 && strcmp(argv[1], "wide") == 0;
	auto_buf struct buf text = {0};
	struct gen_counts want;
	struct country c;
	struct err e;
	char path[4200];

	if (argc < 2 || (!wide && strcmp(argv[1], "intelmq") != 0))
		die("usage: bench_pipeline wide|intelmq [FOLDER]");
	snprintf(path, sizeof(path), "%s/%s", argc > 2 ? argv[2] : ".", wide ? "wide.csv" : "intelmq.jsonl");
	want = wide ? gen_wide_rows(1, ROWS, &text) : gen_intelmq_lines(1, ROWS, &text);
	if (os_write_file(path, buf_str(&text), &e) != 0)
		die(e.text);
	printf("%s: %.0f bytes a row\n", path, (double)text.len / (double)want.rows);
	buf_done(&text);
	country_make(&c, 200000, 10000);
	measure(argv[1], path, wide ? &reader_shadowserver : &reader_intelmq, &want, &c,
	        owners_of(path, &c, wide ? "" : "\"source.ip\":\"", wide ? 5 : 0));
	country_done(&c);
	return 0;
}
