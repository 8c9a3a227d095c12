/* SPDX-License-Identifier: Apache-2.0
 *
 * weir outage ...: tells neighbours that a service is hit, and lists what they tell.
 */
#include "cli/node.h"

#define FORMS                                                                                                \
	{"json", 0, NULL, "JSON for scripts (weir docs openapi describes it)"},                              \
	{                                                                                                    \
		"csv", 0, NULL, "CSV"                                                                        \
	}
#define FACTS                                                                                                \
	{"stands", 0, "WORD", "suspected (default), confirmed, restoring, restored or false-alarm"},         \
	        {"expected-end", 0, "TIME", "until when, as is thought"},                                    \
	        {"exits-left", 0, "N", "how many ways out of the country are left"},                         \
	{                                                                                                    \
		"text", 0, "TEXT", "in words, for people there; no address, route, owner or place"           \
	}

static int run_new(struct cli *c)
{
	return node_change_more(c, "outage-new", "", "service", c->operands.v[0]);
}

const struct command command_outage_new = {.name = "outage new",
        .params = "SERVICE",
        .about = "tell neighbours that a service is hit",
        .text = "SERVICE is internet-international, internet-domestic, mobile, fixed, dns, power, payments "
                "or other. What is "
                "told are derived facts only: a text with what looks like an address, a prefix, an AS number "
                "or a position is "
                "refused. To a group it goes with TLP:GREEN, to chosen parties with TLP:AMBER.",
        .options = (const struct cli_option[]){NODE_OPTIONS, FACTS,
                {"start", 0, "TIME", "since when (default: now)"},
                {"group", 0, "GROUP", "whose members are told"},
                {"to", 0, "PARTIES", "who is told, with blanks between them"}, {0}},
        .examples =
                (const struct cli_example[]){
                        {"weir outage new internet-international --group clmv --exits-left 1 --text 'two of "
                         "three cables are down'",
                                "the group is told"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = 1,
        .run = run_new};

const struct command command_outage_set = {.name = "outage set",
        .params = "ID",
        .about = "tell how an outage of ours stands now",
        .text = "Those are told who were told at first.",
        .options = (const struct cli_option[]){NODE_OPTIONS, FACTS, {0}},
        .min = 1,
        .max = 1,
        .run = node_change_each};

static int run_list(struct cli *c)
{
	return node_ask(c, "/outages");
}

const struct command command_outage_list = {.name = "outage list",
        .about = "list outages, ours and those that neighbours tell of",
        .options = (const struct cli_option[]){NODE_OPTIONS, FORMS,
                {"open", 0, NULL, "those that have not ended"}, {0}},
        .run = run_list};
