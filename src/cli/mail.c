/* SPDX-License-Identifier: Apache-2.0
 *
 * weir mail: what people wrote to the team.
 */
#include "cli/node.h"

static int list_run(struct cli *c)
{
	return node_ask(c, "/mails");
}

const struct command command_mail_list = {
        .name = "mail list",
        .about = "list mails that people wrote, newest first",
        .text = "A mail from which no report could be read is a message: an answer if it names a letter, "
                "else incoming. Nothing "
                "follows from it until a person says so. What mail servers say of letters that could not be "
                "delivered "
                "(bounce), and what machines answer (auto), is listed too.\n\n"
                "--state is the node's folder, or one of the words new, done, and then a filter.",
        .options =
                (const struct cli_option[]){
                        LIST_OPTIONS,
                        {"kind", 0, "WORD", "answer, incoming, bounce or auto"},
                        {"owner", 0, "ID", "answers of this owner"},
                        {"since", 0, "TIME", "from this time on (UTC)"},
                        {"until", 0, "TIME", "before this time"},
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir mail list --state new", "what somebody must look at"},
                        {NULL, NULL},
                },
        .run = list_run,
};

static int show_run(struct cli *c)
{
	char path[80];

	snprintf(path, sizeof(path), "/mail/%.60s", c->operands.v[0]);
	return node_ask(c, path);
}

const struct command command_mail_show = {
        .name = "mail show",
        .params = "ID",
        .about = "show a mail: its words, its letter, what is attached",
        .text = "The words are those that are new in it, without the quoted letter and without control "
                "characters. Attachments "
                "are named with size and SHA-256 and never opened; weir why --raw with its receipt prints "
                "the mail's bytes.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {0},
                },
        .min = 1,
        .max = 1,
        .run = show_run,
};

const struct command command_mail_confirm = {
        .name = "mail confirm",
        .params = "ID...",
        .about = "an answer means what it says",
        .text = "fixed and false-positive close the letter's findings; what is seen again after it was said "
                "to be fixed opens "
                "again and is told in other words. not-ours closes nothing: the owner is not written to "
                "again about these "
                "findings, and the register is to be looked at.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"why", 0, "WORD", "fixed, not-ours or false-positive (default: what its words say)"},
                        {0},
                },
        .min = 1,
        .max = CLI_MANY,
        .run = node_change_each,
};

const struct command command_mail_answer = {
        .name = "mail answer",
        .params = "ID",
        .about = "say which letter a mail answers",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"notice", 0, "ID", "the letter"},
                        {0},
                },
        .min = 1,
        .max = 1,
        .run = node_change_each,
};

const struct command command_mail_done = {
        .name = "mail done",
        .params = "ID...",
        .about = "be done with mails",
        .text = "A problem that a mail tells of is entered with weir finding new --mail ID, which is done "
                "with the mail by itself.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"as", 0, "WORD", "read, junk, not-ours or finding (default: read)"},
                        {0},
                },
        .min = 1,
        .max = CLI_MANY,
        .run = node_change_each,
};
