/* SPDX-License-Identifier: Apache-2.0
 *
 * weir agree delegate, delegations, delegate-end: who else may bind the party, for some instruments and until a date.
 */
#include "cli/node.h"

static int delegate_run(struct cli *c)
{
	return node_change_one(c);
}

static int delegations_run(struct cli *c)
{
	return node_ask(c, "/delegations");
}

const struct command command_agree_delegate = {
        .name = "agree delegate",
        .params = "PERSON",
        .about = "let an account bind the party as well, for named instruments and until a date",
        .text = "It signs in these instruments what an account with the role may-bind signs, and delegates "
                "nothing further. It ends with its date, by 'weir agree delegate-end', and when its giver is "
                "disabled or loses the role. Where two persons must sign, giver and delegate are two.",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"instruments", 0, "LIST", "their names, with commas between"},
                {"until", 0, "DATE", "a year away at most: 2027-03-10, or such as 14d"},
                {"why", 0, "TEXT", "in words"}, {0}},
        .examples =
                (const struct cli_example[]){{"weir agree delegate noy --instruments gate-times --until 14d "
                                              "--why 'chan is at a conference'",
                                                     "for two weeks"},
                        {NULL, NULL}},
        .min = 1,
        .max = 1,
        .run = delegate_run,
};

const struct command command_agree_delegate_end = {
        .name = "agree delegate-end",
        .params = "NUMBER",
        .about = "end a delegation before its date",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .min = 1,
        .max = 1,
        .run = delegate_run,
};

const struct command command_agree_delegations = {
        .name = "agree delegations",
        .about = "list who may bind the party by delegation, and who could until when",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"json", 0, NULL, "JSON for scripts"},
                {"csv", 0, NULL, "CSV"}, {0}},
        .run = delegations_run,
};
