/* SPDX-License-Identifier: Apache-2.0
 *
 * weir formats: the readers, and what one of them does, from the table of readers.
 */
#include "base/log.h"
#include "cli/cli.h"
#include "read/read.h"

static void list_formats(struct buf *out)
{
	for (unsigned i = 0; i < reader_count; i++) {
		const struct reader *r = reader_table[i];
		buf_printf(out, "%-13s", r->name);
		help_wrap(out, 13, 13, 100, str_from(r->about));
	}
}

static void show_format(struct buf *out, const struct reader *r)
{
	buf_printf(out, "%s: %s\n", r->name, r->about);
	if (r->fields != NULL) {
		buf_add(out, STR("\n"));
		help_wrap(out, 0, 0, 100, str_from(r->fields));
	}
	if (r->options_about != NULL)
		buf_printf(out, "\nOptions: %s\n", r->options_about);
}

static int formats_run(struct cli *c)
{
	if (c->operands.n == 0) {
		list_formats(&c->out);
		return CLI_OK;
	}
	const struct reader *r = reader_find(str_from(c->operands.v[0]));
	if (r == NULL) {
		log_error("there is no format '%s'; 'weir formats' lists them", c->operands.v[0]);
		return CLI_USAGE;
	}
	show_format(&c->out, r);
	return CLI_OK;
}

const struct command command_formats = {
        .name = "formats",
        .params = "[NAME]",
        .about = "list the formats of reports, or show one",
        .text = "Without NAME, one line for each reader, in the order in which they are asked when a "
                "report's format is not "
                "named. With NAME, what that reader puts where and which options it takes.",
        .min = 0,
        .max = 1,
        .offline = true,
        .run = formats_run,
};
