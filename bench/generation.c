/* SPDX-License-Identifier: Apache-2.0
 *
 * How long a generation of 500,000 prefixes and 30,000 owners takes to build (from texts as they come:
 * routes, a country's prefixes, the owners file, all in memory), to write, and to map with all its sums and
 * bounds checked. CPU time, best of five; the file is in the page cache.
 *
 * Usage: generation [FOLDER]
 */
#include "base/os.h"
#include "know/file.h"
#include "know/input.h"
#include "know_set.h"

static double cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void die(const char *what)
{
	fprintf(stderr, "generation: %s\n", what);
	exit(1);
}

static void prefix_text(struct buf *out, const struct prefix *p)
{
	char text[PREFIX_TEXT];

	buf_add(out, str_make(text, prefix_print(text, p)));
}

static void texts_make(const struct know_set *s, struct buf *routes, struct buf *owners)
{
	size_t own = s->n4 / 20;

	for (size_t i = 0; i < s->n4; i++) {
		prefix_text(routes, &s->v4[i]);
		buf_printf(routes, "\t%u\n", 1 + s->owner4[i] * 2);
	}
	for (size_t i = 0; i < s->n6; i++) {
		prefix_text(routes, &s->v6[i]);
		buf_printf(routes, "\t%u\n", s->asn6[i]);
	}
	buf_add(owners, STR("id,name,sector,prefixes,asns,domains,contacts,language\n"));
	for (size_t i = 0; i < s->owners; i++) {
		buf_printf(owners, "o%zu,\"Owner number %zu, Ltd\",finance,", i, i);
		prefix_text(owners, &s->v4[i * 7 % own]);
		buf_printf(owners, ",%zu,o%zu.example.org,abuse@o%zu.example.org,en\n", 1 + i * 2, i, i);
	}
}

static double build_once(const struct buf *routes, const struct buf *owners, struct buf *ret)
{
	struct know_build b;
	struct know_input_report report;
	struct err e;
	double start = cpu();

	know_build_init(&b);
	if (know_build_text(&b, STR("routes"), buf_str(routes), &report, &e) != 0 || report.aside != 0 ||
	        know_build_text(&b, STR("owners.csv"), buf_str(owners), &report, &e) != 0 ||
	        report.aside != 0)
		die("an input was not taken whole");
	know_build_finish(&b, 1, ret);
	know_build_done(&b);
	return cpu() - start;
}

int main(int argc, char **argv)
{
	auto_buf struct buf routes = {0}, owners = {0};
	struct know_set s;
	char path[4200];
	double build = 1e9, map = 1e9, write = 0;
	struct err e;

	know_set_make(&s, 7, 450000, 50000, 30000);
	texts_make(&s, &routes, &owners);
	snprintf(path, sizeof(path), "%s/generation.weir", argc > 1 ? argv[1] : ".");
	for (unsigned round = 0; round < 5; round++) {
		auto_buf struct buf bytes = {0};
		double t = build_once(&routes, &owners, &bytes);
		build = t < build ? t : build;
		double start = cpu();
		if (os_write_file(path, buf_str(&bytes), &e) != 0)
			die(e.text);
		write = cpu() - start;
	}
	struct know *k = NULL;
	for (unsigned round = 0; round < 5; round++) {
		know_close(k);
		double start = cpu();
		if (know_open(path, &k, &e) != 0)
			die(e.text);
		double t = cpu() - start;
		map = t < map ? t : map;
	}
	if (know_owner_count(k) != 30000)
		die("owners are missing");
	printf("500,000 prefixes and 30,000 owners, %.1f MiB file (%.1f MiB of text)\n",
	        (double)k->map_len / 1048576, (double)(routes.len + owners.len) / 1048576);
	printf("%-58s %9.3f s\n", "built from text", build);
	printf("%-58s %9.3f s\n", "written", write);
	printf("%-58s %9.1f ms\n", "mapped and checked", map * 1e3);
	printf("figure generation.build %.4f\n", build);
	printf("figure generation.map %.2f\n", map * 1e3);
	know_close(k);
	know_set_done(&s);
	return 0;
}
