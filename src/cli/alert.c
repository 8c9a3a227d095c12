/* SPDX-License-Identifier: Apache-2.0
 *
 * weir alert list, alert test, ack, mail try: who is woken, and whether it works.
 */
#include "cli/node.h"

static int list_run(struct cli *c)
{
	return node_ask(c, "/alerts");
}

const struct command command_alert_list = {
        .name = "alert list",
        .about = "list what somebody must have, and who was told",
        .text = "An alert stays until somebody acknowledges it (weir ack) or its cause is gone. 'alerts: "
                "roster' in weir.yaml says "
                "who is told, in which order, and when he is on duty.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"all", 0, NULL, "those of the past too"},
                        {"limit", 0, "N", "at most so many (default: 100)"},
                        {"json", 0, NULL, "JSON for scripts"},
                        {"csv", 0, NULL, "CSV"},
                        {0},
                },
        .run = list_run,
};

static int test_run(struct cli *c)
{
	return node_change(c, "alert-test", "");
}

const struct command command_alert_test = {
        .name = "alert test",
        .about = "wake who is on duty, to see whether it works",
        .text = "Goes the way of every alert, escalation included, until somebody acknowledges it.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {0},
                },
        .run = test_run,
};

const struct command command_ack = {
        .name = "ack",
        .params = "ID...",
        .about = "say that you have an alert",
        .text = "Nobody else on the roster is told then. It says nothing about the cause: that stays on the "
                "status until it is gone.",
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

static int try_run(struct cli *c)
{
	return node_change(c, "mail-try", "");
}

const struct command command_mail_try = {
        .name = "mail try",
        .about = "see whether the mail server can be reached",
        .text = "Name, connection, TLS and login, in one sentence; nothing is sent. With --to a letter that "
                "tells of nothing goes to "
                "that address, yours: look at what its header says of SPF, DKIM and DMARC. It works also "
                "while letters "
                "stay files (mail: mode: shadow).",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"to", 0, "ADDRESS", "send a test letter there"},
                        {0},
                },
        .run = try_run,
};
