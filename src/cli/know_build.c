/* SPDX-License-Identifier: Apache-2.0
 *
 * weir know build: inputs in, one generation out, written beside the old one and renamed over it. The number
 * of a generation is that of the file it replaces and one more.
 */
#include "base/log.h"
#include "base/os.h"
#include "cli/cli.h"
#include "know/check.h"
#include "know/input.h"
#include <unistd.h>

#define SHOWN 20 /* sentences of a kind, without --all */

/* 1234567 as "1,234,567". */
static void number_print(struct buf *out, uint64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf_char(out, ',');
		buf_char(out, digits[i]);
	}
}

static void input_print(struct buf *out, const char *path, const struct know_input_report *r)
{
	buf_printf(out, "%-10s %s: ", r->kind, path);
	number_print(out, r->rows);
	buf_add(out, STR(" records"));
	if (r->none != 0) {
		buf_add(out, STR(", "));
		number_print(out, r->none);
		buf_add(out, STR(" say nothing by rule"));
	}
	if (r->aside != 0) {
		buf_add(out, STR(", "));
		number_print(out, r->aside);
		buf_add(out, STR(" set aside"));
	}
	buf_char(out, '\n');
}

/* Sentences go to standard error, a line each. */
static void notes_print(const struct know_notes *n, bool all, const char *what)
{
	auto_buf struct buf out = {0};
	size_t shown = 0;

	for (; shown < n->list.n && (all || shown < SHOWN); shown++) {
		buf_add(&out, n->list.v[shown]);
		buf_char(&out, '\n');
	}
	if (n->total > shown) {
		buf_add(&out, STR("and "));
		number_print(&out, n->total - shown);
		buf_printf(
		        &out, " more %s%s\n", what, all || n->list.n <= SHOWN ? "" : " (--all shows them)");
	}
	(void)os_write_all(STDERR_FILENO, buf_str(&out), NULL);
}

/* What the owners file says against itself. Prefixes are held against the countries of this generation. */
static void owners_check(struct know_build *b, const struct know *k, bool all)
{
	struct know_notes errors = {.arena = &b->arena}, remarks = {.arena = &b->arena};
	struct know_check_with with = {.know = k};
	struct suffix *suffixes = NULL;
	struct err e;

	if (suffix_open(&suffixes, &e) != 0)
		log_warn("public suffixes are not checked: %s", e.text);
	with.suffixes = suffixes;
	know_check(&b->owners, &with, &errors, &remarks);
	notes_print(&errors, all, "errors in the owners file");
	notes_print(&remarks, all, "remarks on the owners file");
	vec_done(&errors.list);
	vec_done(&remarks.list);
	suffix_close(&suffixes);
}

static uint32_t number_next(const char *path)
{
	struct know *old;
	uint32_t n = 1;

	if (access(path, F_OK) == 0 && know_open(path, &old, NULL) == 0) {
		n = know_generation(old) + 1;
		know_close(old);
	}
	return n;
}

static void generation_print(
        struct buf *out, const char *path, const struct know_build *b, const struct know *k, size_t bytes)
{
	buf_printf(out, "%s: generation %u, ", path, know_generation(k));
	number_print(out, b->layer[LAYER_ROUTE].n);
	buf_add(out, STR(" routes, "));
	number_print(out, b->layer[LAYER_COUNTRY].n);
	buf_add(out, STR(" prefixes of countries, "));
	number_print(out, know_owner_count(k));
	buf_add(out, STR(" owners with "));
	number_print(out, b->layer[LAYER_OWNER].n);
	buf_add(out, STR(" prefixes, "));
	number_print(out, know_asset_count(k));
	buf_printf(out, " assets; %.1f MiB\n", (double)bytes / 1048576);
	if (b->origins_cut != 0) {
		number_print(out, b->origins_cut);
		buf_printf(
		        out, " origins left out: a network keeps the %d lowest AS numbers\n", KNOW_ORIGINS);
	}
}

static int inputs_read(struct cli *c, struct know_build *b)
{
	struct know_input_report report;
	struct err e;
	int rc = CLI_OK;

	for (size_t i = 0; i < c->operands.n; i++) {
		if (know_build_file(b, c->operands.v[i], &report, &e) != 0) {
			log_error("%s", e.text);
			rc = CLI_FAIL;
			continue;
		}
		input_print(&c->out, c->operands.v[i], &report);
	}
	return rc;
}

static int generation_write(struct cli *c, struct know_build *b, const char *path)
{
	auto_buf struct buf bytes = {0};
	struct know *k;
	struct err e;

	know_build_finish(b, number_next(path), &bytes);
	if (know_open_bytes(bytes.p, bytes.len, &k, &e) != 0 ||
	        os_write_file(path, buf_str(&bytes), &e) != 0) {
		log_error("%s", e.text);
		return CLI_FAIL;
	}
	generation_print(&c->out, path, b, k, bytes.len);
	cli_flush(c);
	owners_check(b, k, cli_has(c, "all"));
	know_close(k);
	return CLI_OK;
}

static int know_build_run(struct cli *c)
{
	const char *path = cli_value(c, "output");
	struct know_build b;

	if (path == NULL) {
		log_error("name the generation to write with -o GEN");
		return CLI_USAGE;
	}
	know_build_init(&b);
	int rc = inputs_read(c, &b);
	cli_flush(c);
	notes_print(&b.notes, cli_has(c, "all"), "sentences");
	if (rc == CLI_OK)
		rc = generation_write(c, &b, path);
	know_build_done(&b);
	return rc;
}

const struct command command_know_build = {
        .name = "know build",
        .params = "INPUT...",
        .about = "build a generation: who has which addresses, AS and names",
        .text = "Reads every INPUT, whose format is found out by its content, and writes one file that "
                "answers whose "
                "an address or a name is. Inputs are delegated files of the registries, lists of a country's "
                "prefixes (the country is in the file's name: la.cidr), prefixes with the AS that originate "
                "them "
                "(pyasn, RouteViews prefix2as), names of AS (text or JSON), MMDB files of countries or AS, "
                "and the "
                "owners file (CSV or YAML). Packed files are unpacked first.\n\n"
                "For every address the longest prefix counts. Where the same prefix comes twice, origins add "
                "up, the "
                "country given last stays, and the owner given first stays.\n\n"
                "The file is written beside the old one and renamed over it; a node or a command that has "
                "the old one "
                "open goes on with it. If an input cannot be read as a whole, nothing is written and the "
                "exit code is "
                "1. Records that are set aside, errors in the owners file and remarks on it are lines on "
                "standard "
                "error.",
        .options =
                (const struct cli_option[]){
                        {"output", 'o', "GEN", "the generation to write"},
                        {"all", 'a', NULL, "show all sentences, not the first 20 of a kind"},
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir know build -o la.weir owners.csv la.cidr ipasn.dat asnames.json",
                                "owners, a country's prefixes, routes, names of AS"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = CLI_MANY,
        .offline = true,
        .run = know_build_run,
};
