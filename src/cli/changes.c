/* SPDX-License-Identifier: Apache-2.0
 *
 * weir finding close, finding reopen, finding assign, finding note, finding merge, notice hold, notice release, notice withdraw: what a person changes by hand.
 * Person and time are kept.
 */
#include "cli/node.h"

const struct command command_finding_close = {
        .name = "finding close",
        .params = "ID...",
        .about = "close findings by hand",
        .text = "A finding closed as fixed opens again when it is seen again; one that is a false positive "
                "or an "
                "accepted risk does not.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"why", 0, "WORD", "fixed, false-positive or accepted-risk"},
                        NODE_NOTE,
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir finding close F12 --why fixed --note 'by telephone'", "the owner has said so"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = CLI_MANY,
        .run = node_change_each,
};

const struct command command_finding_reopen = {
        .name = "finding reopen",
        .params = "ID...",
        .about = "open closed findings again",
        .text = "For a finding that was closed by mistake.",
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

const struct command command_finding_assign = {
        .name = "finding assign",
        .params = "ID...",
        .about = "say who works on findings",
        .text = "The name stands in the list of findings and on the person's morning page.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"to", 0, "PERSON", "who; me, or nobody"},
                        {0},
                },
        .min = 1,
        .max = CLI_MANY,
        .run = node_change_each,
};

const struct command command_finding_note = {
        .name = "finding note",
        .params = "ID...",
        .about = "add a note to findings",
        .text = "Notes stay with the finding, with person and time, and 'weir findings --q' finds them.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        NODE_NOTE,
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir finding note F12 --note 'the bank calls back at nine'",
                                "what the next one must know"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = CLI_MANY,
        .run = node_change_each,
};

const struct command command_finding_merge = {
        .name = "finding merge",
        .params = "ID...",
        .about = "let findings go on as another one of the same owner",
        .text = "For two findings that are one problem. The other one keeps the first and the last time and "
                "the worse "
                "severity of both; what a later report shows of the merged one is counted there. Its own "
                "counts, notes and "
                "letters stay with it.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"into", 0, "ID", "the finding that goes on"},
                        {0},
                },
        .min = 1,
        .max = CLI_MANY,
        .run = node_change_each,
};

const struct command command_notice_hold = {
        .name = "notice hold",
        .params = "ID...",
        .about = "keep letters back that are ready to go",
        .text = "A letter that is held goes when it is released.",
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

const struct command command_notice_release = {
        .name = "notice release",
        .params = "ID...",
        .about = "let held letters go",
        .text = "With 'mail: mode: hold' each letter waits for this. A letter that the exit did not clear "
                "cannot be "
                "released; weir why says which rule holds it.",
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

const struct command command_notice_withdraw = {
        .name = "notice withdraw",
        .params = "ID...",
        .about = "take letters back before they go",
        .text = "A letter can be taken back until the mail server has it; 'mail: delay' in weir.yaml says "
                "how long that is "
                "at least. Its findings stay open, and no other letter tells of them.",
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

const struct command command_notice_called = {
        .name = "notice called",
        .params = "ID...",
        .about = "say that somebody has telephoned about letters",
        .text = "A rule's 'call-if-unread' asks for a call where a letter has no answer in time: an alert "
                "says "
                "whom to telephone, and the status goes on until there is an answer, the findings are "
                "closed, or this was said. Who, when and the note are kept with the letter. A call that "
                "was made before anybody asked for it is kept too, and then nobody is asked.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"note", 0, "TEXT", "who was reached and what was said, or that nobody was"},
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir notice called N12 --note \"night desk, they pull the cable\"",
                                "it is being worked on"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = CLI_MANY,
        .run = node_change_each,
};

const struct command command_feed_fetch = {
        .name = "feed fetch",
        .params = "NAME...",
        .about = "fetch feeds now",
        .text = "Each enabled feed is fetched at its cadence; this fetches it at once.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {0},
                },
        .min = 1,
        .max = CLI_MANY,
        .run = node_change_each,
};

const struct command command_feed_try = {
        .name = "feed try",
        .params = "NAME...",
        .about = "see whether feeds can be fetched",
        .text = "Says how far it comes: the name, the port, TLS, the login, how many mails or reports fit. "
                "Nothing "
                "is taken, marked or moved. The node tries it, with the configuration that it has; a feed "
                "that is "
                "switched off can be tried as well. What went wrong is the last sentence, and exit status 1.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir feed try mailbox", "before 'enabled: yes'"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = CLI_MANY,
        .run = node_change_each,
};

static int clock_run(struct cli *c)
{
	return node_change(c, "clock-confirm", "");
}

const struct command command_clock_confirm = {
        .name = "clock confirm",
        .about = "believe the clock as it is now",
        .text = "A clock that was set back, or forward by more than a day, is doubtful: reports are read and "
                "letters "
                "that were decided go, but nothing is told again, deleted or concluded from silence. It ends "
                "by "
                "itself once the clock is back where it was for ten minutes. Where the new time is the right "
                "one, "
                "compare it with another clock and say so here.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        NODE_NOTE,
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir clock confirm --note 'compared with the telephone'",
                                "kept with person and time"},
                        {NULL, NULL},
                },
        .run = clock_run,
};

static int reload_run(struct cli *c)
{
	return node_change(c, "reload", "");
}

const struct command command_reload = {
        .name = "reload",
        .about = "let the node read its configuration again",
        .text = "Options, networks, rules, feeds and languages; owners live in the node (weir owner import). "
                "What is wrong is said, and then the "
                "node goes on with "
                "what it has.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {0},
                },
        .run = reload_run,
};
