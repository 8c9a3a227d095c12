/* SPDX-License-Identifier: Apache-2.0
 *
 * weir hold, hold list, hold release: days that retention and masking leave alone.
 */
#include "cli/node.h"

static int hold_run(struct cli *c)
{
	return node_change(c, "hold", c->operands.v[0]);
}

const struct command command_hold = {
        .name = "hold",
        .params = "DATE",
        .about = "keep a day as it is",
        .text = "What was received on that day (UTC), its events and the bytes of its reports, is neither "
                "deleted nor "
                "masked until the hold is released. The day need not have come yet. Person, time and reason "
                "are kept; "
                "holds that overlap count each for itself.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"until", 0, "DATE", "and all days up to this one"},
                        {"why", 0, "TEXT", "the reason, kept with person and time"},
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir hold 2026-01-05 --until 2026-01-09 --why 'case 17'",
                                "a week that a court may ask for"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = 1,
        .run = hold_run,
};

static int list_run(struct cli *c)
{
	return node_ask(c, "/holds");
}

const struct command command_hold_list = {
        .name = "hold list",
        .about = "list days that are kept as they are, newest holds first",
        .text = "The holds in force; with --all also those that were released.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"json", 0, NULL, "JSON for scripts"},
                        {"csv", 0, NULL, "CSV"},
                        {"all", 0, NULL, "also those that were released"},
                        {0},
                },
        .run = list_run,
};

const struct command command_hold_release = {
        .name = "hold release",
        .params = "ID...",
        .about = "end holds",
        .text = "Days that no other hold covers are then kept as all others are: what retention has waited "
                "to delete goes "
                "within the hour.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        NODE_NOTE,
                        {0},
                },
        .min = 1,
        .max = CLI_MANY,
        .run = node_change_each,
};
