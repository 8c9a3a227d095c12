/* SPDX-License-Identifier: Apache-2.0
 *
 * weir rules check: a folder of rules, looked at without a node; every fault is one line.
 */
#include "base/log.h"
#include "cli/cli.h"
#include "decide/decide.h"

static int check_run(struct cli *c)
{
	const char *folder = c->operands.v[0];
	struct rules *rules = NULL;
	struct err e = {0};

	if (rules_load(folder, &rules, &c->out, &e) < 0) {
		if (c->out.len == 0) /* the folder itself */
			log_error("%s", e.text);
		return CLI_FAIL;
	}
	buf_printf(&c->out, "%s: %u rules\n", folder, rules_count(rules));
	rules_free(rules);
	return CLI_OK;
}

static const struct cli_example check_examples[] = {
        {"weir rules check /etc/weir/rules", "before the node reads them"},
        {NULL, NULL},
};

const struct command command_rules_check = {
        .name = "rules check",
        .params = "DIR",
        .about = "say what is wrong with a folder of rules",
        .text = "Reads the files NUMBER-NAME.yaml of DIR and prints one line for each fault: "
                "FILE:LINE:COLUMN: sentence. "
                "docs/reference/rules.md lists keys and fields. Exit status 1 if there is a fault.",
        .examples = check_examples,
        .min = 1,
        .max = 1,
        .offline = true,
        .run = check_run,
};
