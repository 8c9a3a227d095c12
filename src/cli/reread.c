/* SPDX-License-Identifier: Apache-2.0
 *
 * weir reread, aside show, aside retry: reports and records are read again from the bytes that are kept.
 */
#include "base/log.h"
#include "cli/node.h"

/* Asks until the batch is done; what came of it is printed. */
static int wait_for(struct cli *c, struct client *client, const char *path)
{
	struct err e;

	if (cli_has(c, "json"))
		client_form(client, CLIENT_JSON);
	if (cli_has(c, "csv"))
		client_form(client, CLIENT_CSV);
	for (;;) {
		auto_buf struct buf body = {0};
		client_param(client, "wait", STR("1"));
		int status = client_get(client, path, &body, &e);
		if (status == 202)
			continue;
		if (status != 200) {
			log_error("%.*s", STR_ARG(status < 0 ? str_from(e.text) : str_trim(buf_str(&body))));
			return CLI_FAIL;
		}
		buf_add(&c->out, buf_str(&body));
		return str_eq(str_from(client_state(client)), STR("kept")) ? CLI_FAIL : CLI_OK;
	}
}

/* The answer begins with the batch: "B7: 3 receipts are read again". */
static int ask(struct cli *c, const char *change, const char *id)
{
	struct client *client = node_client_plain(c);
	auto_arena struct arena a = {0};
	auto_buf struct buf body = {0};
	struct err e;
	int rc = CLI_OK;

	if (client == NULL)
		return CLI_FAIL;
	arena_init(&a, 0);
	client_param(client, "id", str_from(id));
	if (cli_has(c, "tell"))
		client_param(client, "tell", STR("1"));
	for (unsigned i = 0; c->command->params[0] == '[' && i < 2; i++) {
		const char *name = i == 0 ? "receipt" : "feed";
		if (cli_has(c, name))
			client_param(client, name, str_from(cli_value(c, name)));
	}
	int status = client_change(client, arena_printf(&a, "/changes/%s", change).p, &body, &e);
	if (status != 200) {
		log_error("%.*s", STR_ARG(status < 0 ? str_from(e.text) : str_trim(buf_str(&body))));
		rc = status == 400 ? CLI_USAGE : CLI_FAIL;
	} else {
		bool plain = !cli_has(c, "json") && !cli_has(c, "csv");
		if (plain || cli_has(c, "no-wait"))
			buf_add(&c->out, buf_str(&body));
		if (!cli_has(c, "no-wait") && cli_flush(c))
			rc = wait_for(c, client,
			        arena_printf(&a, "/rereads/%.*s", STR_ARG(str_cut(buf_str(&body), ':').head))
			                .p);
	}
	client_close(client);
	return rc;
}

#define REREAD_OPTIONS                                                                                       \
	NODE_OPTIONS,                                                                                        \
	        {"tell", 0, NULL, "write to those whom the rules name, about what nobody was told of"},      \
	        {"no-wait", 0, NULL, "do not wait until it is done"}, {"json", 0, NULL, "JSON for scripts"}, \
	{                                                                                                    \
		"csv", 0, NULL, "CSV"                                                                        \
	}

static int reread_run(struct cli *c)
{
	int rc = CLI_OK;

	for (size_t i = 0; i < c->operands.n; i++) {
		int one = ask(c, "reread", c->operands.v[i]);
		rc = one != CLI_OK ? one : rc;
	}
	return rc;
}

const struct command command_reread = {
        .name = "reread",
        .params = "RECEIPT...",
        .about = "read reports again from the bytes that are kept",
        .text = "For a report that was read wrong: after the feed's file, a mapping or the rules were "
                "changed (and "
                "'weir reload'), or by a newer Weir. Of an archive or a mail its parts are read again too. "
                "The events "
                "of the report are replaced all at once: until the new ones are whole, the old ones count, "
                "whatever "
                "happens. Findings that only the old reading had are closed as misread; letters keep leading "
                "to their "
                "lines.\n\n"
                "Nobody is written to, unless --tell says so; then those are whom the rules name, about "
                "findings of "
                "the report that no letter has told of. What is prepared about something that was misread "
                "does not "
                "go.\n\n"
                "Exit status 1 if a report could not be read better and stays as it was.",
        .options =
                (const struct cli_option[]){
                        REREAD_OPTIONS,
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir reread R12", "and see what would be told"},
                        {"weir reread R12 --tell", "and tell it"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = CLI_MANY,
        .run = reread_run,
};

static int show_run(struct cli *c)
{
	auto_arena struct arena a = {0};
	const char *id = c->operands.v[0];

	for (size_t i = 0; id[i] != 0; i++)
		if (!char_alnum(id[i]) && id[i] != '.') {
			log_error("an id is E12.5.0 (record) or R12 (report)");
			return CLI_USAGE;
		}
	arena_init(&a, 0);
	return node_ask(c, arena_printf(&a, "/asides/%s", id).p);
}

const struct command command_aside_show = {
        .name = "aside show",
        .params = "ID",
        .about = "show a record that was set aside, or a report, and why",
        .text = "ID is a record (E12.5.0, as 'weir aside list' names it) or a report that could not be read "
                "(R12).",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir aside show E12.5.0", "its bytes, the field to blame, the reason"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = 1,
        .run = show_run,
};

static int retry_run(struct cli *c)
{
	return ask(c, "aside-retry", c->operands.n > 0 ? c->operands.v[0] : "");
}

const struct command command_aside_retry = {
        .name = "aside retry",
        .params = "[ID]",
        .about = "try again what was set aside",
        .text = "Reports that could not be read, and those with records that could not, are read again from "
                "the bytes "
                "that are kept, as 'weir reread' does. ID is a report (R12) or a record (E12.5.0: its "
                "report); without "
                "one, all that have something set aside, or those of a feed.",
        .options =
                (const struct cli_option[]){
                        REREAD_OPTIONS,
                        {"feed", 0, "NAME", "all of this feed"},
                        {"receipt", 0, "ID", "this report"},
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir aside retry --feed partner-csv", "after its mapping was put right"},
                        {NULL, NULL},
                },
        .max = 1,
        .run = retry_run,
};
