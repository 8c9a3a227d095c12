/* SPDX-License-Identifier: Apache-2.0
 *
 * What the bytes of reports cost on disk and in time: wide Shadowserver rows and IntelMQ's JSON lines, or a FILE, in pieces of
 * 1 MiB as a day keeps them, as they are and by columns. Each piece is opened again and compared before a figure is printed.
 *
 *   bench_raw [FILE]
 */
#include "base/os.h"
#include "day/day.h"
#include "day/pack.h"
#include "gen.h"

#include <time.h>

#define ROUNDS 5
#define ROWS 200000

typedef struct str packer(struct pack *p, struct str bytes, int level);

static void die(const char *what)
{
	fprintf(stderr, "raw: %s\n", what);
	exit(1);
}

static double cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct str as_it_is(struct pack *p, struct str bytes, int level)
{
	return pack_blob(p, bytes, 0, level);
}

/* Adds up the bytes; the seconds of packing and of opening. */
static size_t pieces(struct pack *p, packer *pack, struct str text, double *ret_pack, double *ret_open)
{
	auto_buf struct buf back = {0};
	struct err e;
	size_t all = 0;

	*ret_pack = *ret_open = 0;
	for (size_t at = 0; at < text.len; at += DAY_PIECE) {
		struct str piece = str_sub(text, at, DAY_PIECE);
		double began = cpu();
		struct str z = pack(p, piece, PACK_RAW);
		double packed = cpu();
		buf_clear(&back);
		if (pack_open(p, z, 0, DAY_PIECE, &back, &e) != 0 || !str_eq(buf_str(&back), piece))
			die("a piece did not come back as it was");
		*ret_open += cpu() - packed;
		*ret_pack += packed - began;
		all += z.len;
	}
	return all;
}

static void measure(const char *what, struct str text, uint64_t rows)
{
	static const struct {
		const char *name;
		packer *pack;
	} ways[] = {{"as it is", as_it_is}, {"by columns", pack_text}};
	struct pack *p = pack_new();

	for (unsigned i = 0; i < 2; i++) {
		double pack = 1e9, open = 1e9, a, b;
		size_t bytes = 0;
		for (unsigned k = 0; k < ROUNDS; k++) {
			bytes = pieces(p, ways[i].pack, text, &a, &b);
			pack = a < pack ? a : pack;
			open = b < open ? b : open;
		}
		printf("%-24s %-10s %6.1f of %5.1f bytes a record, %5.0f ns to pack, %5.0f to open\n", what,
		        ways[i].name, (double)bytes / (double)rows, (double)text.len / (double)rows,
		        pack / (double)rows * 1e9, open / (double)rows * 1e9);
	}
	pack_free(p);
}

static uint64_t lines_of(struct str text)
{
	uint64_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += text.p[i] == '\n';
	return n > 0 ? n : 1;
}

int main(int argc, char **argv)
{
	auto_buf struct buf text = {0};
	struct err e;

	if (argc > 1) {
		if (os_read_file(argv[1], SIZE_MAX, &text, &e) != 0)
			die(e.text);
		measure(argv[1], buf_str(&text), lines_of(buf_str(&text)));
		return 0;
	}
	uint64_t rows = gen_wide_rows(1, ROWS, &text).rows;
	measure("wide rows", buf_str(&text), rows);
	buf_clear(&text);
	rows = gen_intelmq_lines(1, ROWS, &text).rows;
	measure("IntelMQ lines", buf_str(&text), rows);
	return 0;
}
