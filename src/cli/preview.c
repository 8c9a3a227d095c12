/* SPDX-License-Identifier: Apache-2.0
 *
 * weir preview: reports in, the picture of a country out. Nothing is stored and nothing is sent.
 */
#include "base/log.h"
#include "base/os.h"
#include "cli/cli.h"
#include "cli/feed.h"
#include "cli/picture.h"
#include "proc/readers.h"
#include <unistd.h>

struct preview {
	struct readers readers;
	struct country_paths paths;
	struct picture *picture;
	struct decide_args args;
	struct verdict verdicts[BATCH_ROWS];
};

static int add_batch(void *arg, const struct intake_part *part, const struct batch *b, struct err *e)
{
	struct preview *p = arg;

	(void)e;
	decide_batch(&p->args, b, p->verdicts);
	picture_add(p->picture, part, b, p->verdicts);
	return 0;
}

static void add_failed(
        void *arg, const struct intake_part *part, const char *sentence, enum intake_failure why)
{
	struct preview *p = arg;

	(void)why;
	picture_failed(p->picture, part, sentence);
}

static const char *const sample_reports[] = {
        "2026-01-05-scan_rdp-example-geo.csv",
        "phishing.eml",
        "sinkhole.json",
};

static int read_file(
        struct preview *p, const struct feeds *feeds, const char *path, const struct intake_sink *sink)
{
	struct feed feed = feeds_for(feeds, path);
	struct decide_feed decide_feed = feed_facts(&feed);
	struct intake_counts counts = {0};
	struct err e;

	p->args.feed = &decide_feed;
	int rc = intake_path(path, &feed.job, sink, &counts, &e);
	p->args.feed = NULL;
	picture_counts(p->picture, &counts);
	return rc;
}

static int read_files(struct cli *c, struct preview *p, const struct feeds *feeds)
{
	struct intake_sink sink = {add_batch, add_failed, p, .readers = p->readers.sock};
	int exit_code = CLI_OK;

	for (size_t i = 0; i < c->operands.n; i++)
		if (read_file(p, feeds, c->operands.v[i], &sink) != 0)
			exit_code = CLI_FAIL;
	return exit_code;
}

/* The sample's own reports, under their base names, so that the picture is the same wherever they lie. */
static int read_sample(struct preview *p, const struct feeds *feeds, struct arena *a)
{
	struct intake_sink sink = {add_batch, add_failed, p, .readers = p->readers.sock};
	int exit_code = CLI_OK;

	for (size_t i = 0; i < sizeof(sample_reports) / sizeof(sample_reports[0]); i++) {
		struct err e;
		const char *path =
		        country_sample(&p->paths, a, arena_printf(a, "reports/%s", sample_reports[i]).p);
		auto_fd int fd = os_open(path, &e);
		if (fd < 0) {
			log_error("%s", e.text);
			return CLI_FAIL;
		}
		if (read_file(p, feeds, arena_printf(a, "fd:%d:%s", fd, sample_reports[i]).p, &sink) != 0)
			exit_code = CLI_FAIL;
	}
	return exit_code;
}

/* Compares what would be printed as JSON with a file and names the first line that differs. */
static int compare(const char *path, struct str got)
{
	auto_buf struct buf want = {0};
	struct err e;
	unsigned line = 1;

	if (os_read_file(path, (size_t)16 << 20, &want, &e) != 0) {
		log_error("%s", e.text);
		return CLI_FAIL;
	}
	for (struct str w = buf_str(&want); w.len != 0 || got.len != 0; line++) {
		struct str_cut cw = str_cut(w, '\n'), cg = str_cut(got, '\n');
		if (!str_eq(cw.head, cg.head)) {
			log_error("%s:%u: expected %.*s", path, line, STR_ARG(str_trim(cw.head)));
			log_error("%s:%u: but it is %.*s", path, line, STR_ARG(str_trim(cg.head)));
			return CLI_FAIL;
		}
		w = cw.tail;
		got = cg.tail;
	}
	return CLI_OK;
}

static int show(struct cli *c, struct preview *p, struct arena *a, int exit_code)
{
	if (cli_has(c, "check")) {
		auto_buf struct buf json = {0};
		picture_json(p->picture, &json);
		picture_text(p->picture, &c->out);
		int rc = compare(country_sample(&p->paths, a, "expect.json"), buf_str(&json));
		return rc != CLI_OK ? rc : exit_code;
	}
	if (cli_has(c, "json"))
		picture_json(p->picture, &c->out);
	else
		picture_text(p->picture, &c->out);
	return exit_code;
}

static int preview_run(struct cli *c)
{
	struct preview *p = mem_zero(1, sizeof(*p));
	struct country country;
	struct feeds feeds;
	struct err e;
	int rc = CLI_FAIL;

	if (cli_has(c, "check") && (c->operands.n != 0 || cli_has(c, "conf"))) {
		log_error("--check is about the sample: give no FILE and no --conf");
		free(p);
		return CLI_USAGE;
	}

	p->paths = country_paths(c);
	/* before anything of the country is in this process */
	if (readers_open(&p->readers, &e) != 0) {
		log_error("%s", e.text);
		free(p);
		return CLI_FAIL;
	}
	if (country_load(&p->paths, &country, &e) != 0) {
		(void)os_write_all(STDERR_FILENO, buf_str(&country.notes), NULL);
		log_error("%s", e.text);
	} else if (feeds_load(c, &country.arena, &feeds, &e) != 0) {
		log_error("%s", e.text);
		rc = CLI_USAGE;
	} else {
		(void)os_write_all(STDERR_FILENO, buf_str(&country.notes), NULL);
		p->picture = picture_new(&country);
		p->args = (struct decide_args){.rules = country.rules, .know = country.know};
		rc = show(c, p, &country.arena,
		        c->operands.n == 0 ? read_sample(p, &feeds, &country.arena)
		                           : read_files(c, p, &feeds));
		picture_free(p->picture);
	}
	country_done(&country);
	readers_close(&p->readers);
	free(p);
	return rc;
}

static const struct cli_option preview_options[] = {
        COUNTRY_OPTIONS,
        FEED_OPTIONS,
        {"json", 0, NULL, "one JSON object for scripts (weir docs preview describes it)"},
        {"check", 0, NULL, "exit 1 if the sample does not come out as it should (no FILE)"},
        {0},
};

static const struct cli_example preview_examples[] = {
        {"weir preview", "the sample country and its three reports"},
        {"weir preview --conf /etc/weir 2026-01-05-scan_rdp-laos-geo.csv",
                "a report against the owners of your own country"},
        {NULL, NULL},
};

const struct command command_preview = {
        .name = "preview",
        .params = "[FILE...]",
        .about = "show what reports say: per owner, worst first, and what would follow",
        .text = "Reads each FILE, finds whose each event is, decides by the rules, and shows per owner, "
                "worst first: how many "
                "records of which class and severity, which rule decided, which letter would go to whom in "
                "which language; then the "
                "networks that belong to nobody, and what was set aside with the reason. Nothing is stored "
                "or sent.\n\n"
                "Without --conf the owners are those of the sample country; without FILE its three reports "
                "are read.",
        .options = preview_options,
        .examples = preview_examples,
        .min = 0,
        .max = CLI_MANY,
        .offline = true,
        .run = preview_run,
};
