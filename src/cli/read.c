/* SPDX-License-Identifier: Apache-2.0
 *
 * weir read: a report in, events out, one a line; what is set aside is one line on standard error.
 */
#include "base/log.h"
#include "base/os.h"
#include "cli/cli.h"
#include "cli/country.h"
#include "cli/feed.h"
#include "event/text.h"
#include "proc/intake.h"
#include "proc/readers.h"
#include <unistd.h>

struct output {
	struct cli *cli;
	struct event_text_options text;
	bool csv, header_done;
};

/* The sentences of a batch, in one piece: a report may be nothing but records that are set aside. */
static void put_asides(struct str label, const struct batch *b)
{
	auto_buf struct buf said = {0};

	for (uint32_t i = 0; i < b->head->asides; i++) {
		buf_add(&said, label);
		buf_printf(&said, ":%u: ", b->asides[i].line);
		buf_add(&said, batch_aside_text(b, &b->asides[i]));
		buf_char(&said, '\n');
	}
	(void)os_write_all(STDERR_FILENO, buf_str(&said), NULL);
}

static int put_batch(void *arg, const struct intake_part *part, const struct batch *b, struct err *e)
{
	struct output *o = arg;

	if (o->csv && !o->header_done) {
		event_csv_header(&o->cli->out);
		o->header_done = true;
	}
	for (uint32_t i = 0; i < b->head->rows; i++)
		if (o->csv)
			event_csv(&o->cli->out, b, &b->rows[i], &o->text);
		else
			event_json(&o->cli->out, b, &b->rows[i], &o->text);
	put_asides(part->label, b);
	return cli_flush(o->cli) ? 0 : err_set(e, ERR_SYS, "nobody takes the output any more");
}

static void put_failed(
        void *arg, const struct intake_part *part, const char *sentence, enum intake_failure why)
{
	(void)arg;
	(void)why;
	auto_buf struct buf b = {0};

	buf_add(&b, part->label);
	buf_printf(&b, ": %s\n", sentence);
	(void)os_write_all(STDERR_FILENO, buf_str(&b), NULL);
}

static int read_run(struct cli *c)
{
	struct output o = {.cli = c, .csv = cli_has(c, "csv")};
	auto_readers struct readers readers = {0};
	auto_arena struct arena a = {0};
	struct feeds feeds;
	struct err e;
	int exit_code = CLI_OK;

	arena_init(&a, 0);
	if (readers_open(&readers, &e) != 0) {
		log_error("%s", e.text);
		return CLI_FAIL;
	}
	struct intake_sink sink = {put_batch, put_failed, &o, .readers = readers.sock};
	if (feeds_load(c, &a, &feeds, &e) != 0) {
		log_error("%s", e.text);
		return CLI_USAGE;
	}
	for (size_t i = 0; i < c->operands.n; i++) {
		struct feed feed = feeds_for(&feeds, c->operands.v[i]);
		o.text = feed.text;
		o.text.old_names = cli_has(c, "old-names");
		if (intake_path(c->operands.v[i], &feed.job, &sink, NULL, &e) != 0)
			exit_code = CLI_FAIL;
	}
	return exit_code;
}

static const struct cli_option read_options[] = {
        FEED_OPTIONS,
        FOLDER_OPTIONS,
        {"json", 0, NULL, "one flat JSON object a line (the default)"},
        {"csv", 0, NULL, "one row a line under a header with all fields"},
        {"old-names", 0, NULL, "names and labels for consumers of IntelMQ 3.2 and older"},
        {0},
};

static const struct cli_example read_examples[] = {
        {"weir read 2026-01-05-scan_rdp-laos-geo.csv",
                "a report of Shadowserver, found by its name and columns"},
        {"weir read --format csv --map bank.yaml --timezone Asia/Vientiane bank.csv", "a table by a mapping"},
        {"zcat eve.json.gz | weir read --format eve -", "from standard input"},
        {NULL, NULL},
};

const struct command command_read = {
        .name = "read",
        .params = "FILE...",
        .about = "turn reports into events, one a line",
        .text = "Reads each FILE through a process that holds nothing but the file, and prints its events "
                "with the field "
                "names of IntelMQ's data format. Each record set aside is one line on standard error: "
                "FILE:LINE: sentence.\n\n"
                "FILE is a report, an archive or compressed file (zip, gzip, xz, zstd), a mail with "
                "attachments, a folder with "
                "a MISP feed, or - for standard input. Exit status 0: every file as a whole could be read; "
                "1: one "
                "could not; 2: wrong usage.",
        .options = read_options,
        .examples = read_examples,
        .min = 1,
        .max = CLI_MANY,
        .offline = true,
        .run = read_run,
};
