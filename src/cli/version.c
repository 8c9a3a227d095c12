/* SPDX-License-Identifier: Apache-2.0
 *
 * weir version: one line that scripts and reports of bugs can carry.
 */
#include "cli/cli.h"

static int version_run(struct cli *c)
{
	buf_add(&c->out, STR("weir " WEIR_VERSION "\n"));
	return CLI_OK;
}

const struct command command_version = {
        .name = "version",
        .about = "print the version of the program",
        .offline = true,
        .run = version_run,
};
