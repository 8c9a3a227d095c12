/* SPDX-License-Identifier: Apache-2.0
 *
 * weir why: from what the node says back to the line that made it say so.
 */
#include "base/log.h"
#include "cli/node.h"
#include <string.h>

static int raw(struct cli *c, const char *path)
{
	struct client *client = node_client(c);
	auto_buf struct buf body = {0};
	struct err e;

	if (client == NULL)
		return CLI_FAIL;
	int status = client_get_to(client, path, c->out_fd, &body, &e);
	client_close(client);
	if (status == 200)
		return CLI_OK;
	log_error("%.*s", STR_ARG(status < 0 ? str_from(e.text) : str_trim(buf_str(&body))));
	return status == 400 ? CLI_USAGE : CLI_FAIL;
}

static int why_run(struct cli *c)
{
	auto_arena struct arena a = {0};
	const char *id = c->operands.v[0];

	for (size_t i = 0; id[i] != 0; i++)
		if (!char_alnum(id[i]) && strchr(".-/", id[i]) == NULL) {
			log_error("an id is R12 (receipt), F12 (finding), N12 (letter), E12.5.0 (event), "
			          "gate-times/2 (round), or that of a statement");
			return CLI_USAGE;
		}
	arena_init(&a, 0);
	if (cli_has(c, "raw"))
		return raw(c, arena_printf(&a, "/raw/%s", id).p);
	return node_ask(c, arena_printf(&a, "/why/%s", id).p);
}

const struct command command_why = {
        .name = "why",
        .params = "ID",
        .about = "show why: the very line, whose, which rule, what followed",
        .text = "ID is an event (E12.5.0), a finding (F12: the event that showed it first) or a receipt "
                "(R12). Shows "
                "the line of the report, the reader, the network and generation, the owner, the rule with "
                "its file "
                "and line as they were then, and the finding.\n\n"
                "Of a finding and a letter also where it went and where not, by which rule, and who may "
                "change that; so of "
                "anything else that was at the exit, by its name there: a statement's id, A12 (alert), a "
                "letter's "
                "number.\n\n"
                "Of a round (gate-times/2, or gate-times: the newest) which rule decided, where each member "
                "stands and "
                "since when it was served, who is bound by what, from when it is in force, and what was said "
                "and does not "
                "count.\n\n"
                "With --raw the record's bytes alone, as they came; of a receipt the whole report, of a "
                "letter the mail.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"raw", 0, NULL, "the bytes alone"},
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir why F12", "a finding"},
                        {"weir why --raw E12.5.0", "the record as it was received"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = 1,
        .run = why_run,
};
