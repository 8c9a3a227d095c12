/* SPDX-License-Identifier: Apache-2.0
 *
 * weir receipts, findings, events, status, metrics: what the node answers, as it answers it.
 */
#include "cli/node.h"

#define TIMES                                                                                                \
	{"since", 0, "TIME", "from this time on (UTC)"},                                                     \
	{                                                                                                    \
		"until", 0, "TIME", "before this time"                                                       \
	}
#define WHAT                                                                                                 \
	{"owner", 0, "ID", "of this owner"}, {"class", 0, "TYPE", "of this classification.type"},            \
	{                                                                                                    \
		"severity", 0, "WORD", "of this severity"                                                    \
	}

static int receipts_run(struct cli *c)
{
	return node_ask(c, "/receipts");
}

const struct command command_receipts = {
        .name = "receipts",
        .about = "list what came in, newest first",
        .text = "A receipt is one delivery: a report, or a part of an archive or mail. Its records are with "
                "events, "
                "set aside, or none by rule; the three always add up.\n\n"
                "--state is the node's folder, or one of the words accepted, reading, done, aside, and then "
                "a filter.",
        .options =
                (const struct cli_option[]){
                        LIST_OPTIONS,
                        {"feed", 0, "NAME", "of this feed"},
                        TIMES,
                        {0},
                },
        .run = receipts_run,
};

static int findings_run(struct cli *c)
{
	return node_ask(c, "/findings");
}

const struct command command_findings = {
        .name = "findings",
        .about = "list problems at owners, newest first",
        .text = "A finding is one problem at one owner, however often it was reported.\n\n"
                "--state is the node's folder, or one of the words open, seen-again (said to be fixed, and "
                "there "
                "again), told, told-again, active (one of these), late (nobody was told in time), quiet, "
                "closed, escalated "
                "(letters had no effect), and then a filter. --owner is an id of the register, or a part of "
                "a name.",
        .options =
                (const struct cli_option[]){
                        LIST_OPTIONS,
                        WHAT,
                        {"sector", 0, "WORD", "of owners of this sector"},
                        {"country", 0, "CC", "of owners that stand for this country"},
                        {"ip", 0, "PREFIX", "at this address or in this prefix"},
                        {"name", 0, "NAME", "at this name or below it"},
                        {"q", 0, "TEXT",
                                "with this text in place, malware, identifier, class, owner or notes"},
                        {"assigned", 0, "PERSON", "that this person works on; nobody: that nobody does"},
                        {"newer", 0, "ID", "that came after this one"},
                        TIMES,
                        {"sort", 0, "COLUMN",
                                "finding, severity, class, owner, place, first, last, events, state, due, "
                                "criticality or assigned"},
                        {"dir", 0, "WORD", "asc or desc"},
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir findings --owner bank-of-x --severity critical", "what burns at one owner"},
                        {"weir findings --ip 192.0.2.0/24 --sort last",
                                "of a network, what was seen last first"},
                        {"weir findings --count", "how many there are"},
                        {NULL, NULL},
                },
        .run = findings_run,
};

static int notices_run(struct cli *c)
{
	return node_ask(c, "/notices");
}

const struct command command_notices = {
        .name = "notices",
        .about = "list letters, newest first",
        .text = "A notice is a letter to one contact about findings of one class. It keeps its number and "
                "its "
                "Message-ID from its first finding on; until it is sealed more findings are added.\n\n"
                "--state is the node's folder, or one of the words due, held, ready, sent, refused, "
                "withdrawn, call (nobody has answered, its contact is to be telephoned), and then a filter.",
        .options =
                (const struct cli_option[]){
                        LIST_OPTIONS,
                        {"owner", 0, "ID", "to contacts of this owner"},
                        {"class", 0, "TYPE", "about this classification.type"},
                        TIMES,
                        {0},
                },
        .run = notices_run,
};

static int events_run(struct cli *c)
{
	return node_ask(c, "/events");
}

const struct command command_events = {
        .name = "events",
        .about = "search events, newest receipts first",
        .text = "Searches the events of all days that are kept. An event is one record of a report.",
        .options =
                (const struct cli_option[]){
                        LIST_OPTIONS,
                        WHAT,
                        {"ip", 0, "PREFIX", "source or destination is this address or lies in this prefix"},
                        {"name", 0, "NAME", "source or destination is this name or lies below it"},
                        {"receipt", 0, "ID", "of this receipt"},
                        TIMES,
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir events --ip 192.0.2.0/24 --since 2026-01-05", "a network since a day"},
                        {NULL, NULL},
                },
        .run = events_run,
};

static int asides_run(struct cli *c)
{
	return node_ask(c, "/asides");
}

const struct command command_aside_list = {
        .name = "aside list",
        .about = "list records that were set aside, newest receipts first",
        .text = "Each with its line and the reason. 'weir why ID' shows the record, 'weir why --raw ID' its "
                "bytes.",
        .options =
                (const struct cli_option[]){
                        LIST_OPTIONS,
                        {"receipt", 0, "ID", "of this receipt"},
                        {0},
                },
        .run = asides_run,
};

static int feeds_run(struct cli *c)
{
	return node_ask(c, "/feeds");
}

const struct command command_feed_list = {
        .name = "feed list",
        .about = "list feeds, and which of them is late",
        .text = "The feeds of the country's folder feeds/: those that are enabled first. A feed is late if "
                "nothing has come by the time that it is expected; where its file does not say one, for one "
                "and "
                "a half times its cadence.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"json", 0, NULL, "JSON for scripts"},
                        {"csv", 0, NULL, "CSV"},
                        {0},
                },
        .run = feeds_run,
};

static int status_run(struct cli *c)
{
	bool look = false;
	int rc = node_ask_state(c, "/status", "look", &look);

	return rc == CLI_OK && look ? CLI_FAIL : rc;
}

const struct command command_status = {
        .name = "status",
        .about = "show the node on one screen",
        .text = "Receipts by state, records set aside, findings, letters, feeds, disk, versions, and what is "
                "left to do "
                "before the node can stand alone. Exit status 1 if somebody must look: a report or letter "
                "that was "
                "refused in the last seven days, a letter that waits for a person, a contact that cannot be "
                "reached, "
                "a finding, receipt or feed that is late, a disk that is nearly full. What is left to do is "
                "none of "
                "it.\n\n"
                "Each line comes from a metric ('weir docs metrics').",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"json", 0, NULL, "JSON for scripts"},
                        {0},
                },
        .run = status_run,
};

static int metrics_run(struct cli *c)
{
	return node_ask(c, "/metrics");
}

const struct command command_metrics = {
        .name = "metrics",
        .about = "print the node in numbers, for Prometheus",
        .text = "The text format that Prometheus and its relatives read. Counts only: nothing of a report, "
                "no address, "
                "no owner, no person stands in it. 'weir docs metrics' says what each means; docs/observe.md "
                "how a "
                "Prometheus comes by them.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"json", 0, NULL, "JSON for scripts"},
                        {"csv", 0, NULL, "CSV"},
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir metrics | grep weir_look", "what needs a person"},
                        {NULL, NULL},
                },
        .run = metrics_run,
};
