/* SPDX-License-Identifier: Apache-2.0
 *
 * weir quiet, baseline, notice correct: who is told less, and who is told that a letter was wrong.
 */
#include "base/log.h"
#include "cli/node.h"

static int quiet_run(struct cli *c)
{
	return node_change(c, "quiet", "");
}

const struct command command_quiet = {
        .name = "quiet",
        .about = "tell nobody of a class, of a place, or at an address until a date",
        .text = "Findings are seen and counted as before, but no letter goes: neither about new ones nor "
                "again about old ones. "
                "When the date has come, what was told to nobody is told. It closes nothing.\n\n"
                "--class and --ip (or --name, or --contact) together mean that class at that place, or to "
                "that contact.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"class", 0, "TYPE", "this classification.type"},
                        {"ip", 0, "ADDRESS", "an address or a prefix such as 192.0.2.0/24"},
                        {"name", 0, "NAME", "a name and those below it"},
                        {"contact", 0, "ADDRESS", "letters to this e-mail address"},
                        {"until", 0, "TIME", "until then (UTC), at most a year"},
                        {"why", 0, "TEXT", "the reason"},
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir quiet --ip 192.0.2.0/24 --class scanner --until 2026-03-01 --why 'our own "
                         "survey'",
                                "a prefix that scans on purpose"},
                        {NULL, NULL},
                },
        .run = quiet_run,
};

static int quiet_list_run(struct cli *c)
{
	return node_ask(c, "/quiets");
}

const struct command command_quiet_list = {
        .name = "quiet list",
        .about = "list what is quiet, until when and why",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"all", 0, NULL, "those of the past too"},
                        {"json", 0, NULL, "JSON for scripts"},
                        {"csv", 0, NULL, "CSV"},
                        {0},
                },
        .run = quiet_list_run,
};

const struct command command_quiet_end = {
        .name = "quiet end",
        .params = "ID",
        .about = "end a quiet before its date",
        .text = "What nobody was told of meanwhile is told.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {0},
                },
        .min = 1,
        .max = 1,
        .run = node_change_each,
};

static int baseline_run(struct cli *c)
{
	if (cli_has(c, "yes"))
		return node_change(c, "baseline", "");
	log_error("every finding that is open and told to nobody becomes quiet, and letters about them that "
	          "wait do not "
	          "go; nothing takes that back. With --yes it is done");
	return CLI_USAGE;
}

const struct command command_baseline = {
        .name = "baseline",
        .about = "take what is open now as known and told",
        .text = "For the first day beside an older system, whose letters have gone already: all findings "
                "that are open and that "
                "nobody was told of become quiet, and letters about them that have not gone do not go. What "
                "is new, becomes "
                "worse, or comes back after that is told as usual. Nothing takes it back.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"yes", 'y', NULL, "do it"},
                        {0},
                },
        .run = baseline_run,
};

const struct command command_notice_correct = {
        .name = "notice correct",
        .params = "ID",
        .about = "tell those who got a wrong letter that it was wrong",
        .text = "ID is a letter (N12), or a receipt (R12): then all letters that told of its events. Each of "
                "those who got one "
                "gets a correction with the text, as an answer to the letter, and nobody else does; letters "
                "about the receipt "
                "that have not gone do not go. A letter is corrected once.\n\n"
                "Findings stay as they are: 'weir finding close --why false-positive' closes what was no "
                "problem.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"text", 0, "TEXT", "what was wrong, in the words of the person"},
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir notice correct R7 --text 'The addresses of the table belong to another "
                         "network.'",
                                "a report that was wrong"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = 1,
        .run = node_change_each,
};
