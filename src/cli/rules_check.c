/* SPDX-License-Identifier: Apache-2.0
 *
 * weir rules check: a folder of rules, looked at without a node; every fault is one line.
 */
#include "base/log.h"
#include "base/plural.h"
#include "cli/cli.h"
#include "cli/country.h"
#include "decide/decide.h"

/* What nobody is or has, if it was said who there is. False: the owners cannot be read. */
static bool check_owners(struct cli *c, const struct rules *rules)
{
	struct country_paths paths = country_paths(c);
	struct country country;
	auto_buf struct buf unmet = {0};
	struct err e;

	if (!cli_has(c, "conf") && !cli_has(c, "owners") && !cli_has(c, "know"))
		return true;
	bool ok = country_open(&paths, &country, &e) == 0 && country_know(&paths, &country, &e) == 0;
	if (ok)
		rules_unmet(rules, country.know, &unmet);
	else
		log_error("%s", e.text);
	for (struct str_cut cut = str_cut(buf_str(&unmet), '\n'); cut.ok; cut = str_cut(cut.tail, '\n'))
		buf_printf(&c->out, "remark: %.*s\n", STR_ARG(cut.head));
	country_done(&country);
	return ok;
}

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
	bool ok = check_owners(c, rules);
	plural_printf(&c->out, "%s: %u rules\n", folder, rules_count(rules));
	rules_free(rules);
	return ok ? CLI_OK : CLI_FAIL;
}

static const struct cli_option check_options[] = {
        COUNTRY_OPTIONS,
        {0},
};

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
                "docs/reference/rules.md lists keys and fields. With --conf, "
                "--owners or --know it also remarks which owners, sectors and assets that rules ask for "
                "nobody is or has. Exit status 1 if there is a fault.",
        .options = check_options,
        .examples = check_examples,
        .min = 1,
        .max = 1,
        .offline = true,
        .run = check_run,
};
