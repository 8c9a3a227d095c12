/* SPDX-License-Identifier: Apache-2.0
 *
 * weir take: reports into a running node.
 */
#include "base/log.h"
#include "base/os.h"
#include "cli/node.h"
#include <unistd.h>

static struct str base_name(const char *path)
{
	struct str_cut cut = str_rcut(str_from(path), '/');
	struct str base = cut.ok ? cut.tail : str_from(path);

	if (str_starts(base, STR("fd:")))
		return str_cut(str_skip(base, 3), ':').tail;
	return str_eq(base, STR("-")) ? STR("stdin") : base;
}

/* Asks until the receipt is done; its counts are printed. */
static int wait_done(struct cli *c, struct client *client, const char *path)
{
	struct err e;

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
		cli_flush(c);
		return str_eq(str_from(client_state(client)), STR("done")) ? CLI_OK : CLI_FAIL;
	}
}

int take_bytes_of(struct cli *c, int fd, const char *name, const char *shown, char ret_receipt[64])
{
	auto_buf struct buf body = {0};
	struct err e;
	struct client *client = node_client_plain(c);

	if (client == NULL)
		return CLI_FAIL;
	client_param(client, "name", str_from(name));
	int status = client_post(client, "/receipts", fd, &body, ret_receipt, &e), rc = CLI_OK;
	if (status != 202) {
		log_error(
		        "%s: %.*s", shown, STR_ARG(status < 0 ? str_from(e.text) : str_trim(buf_str(&body))));
		rc = CLI_FAIL;
	} else {
		rc = wait_done(c, client, ret_receipt);
	}
	client_close(client);
	return rc;
}

static int take_one(struct cli *c, const char *path)
{
	auto_buf struct buf body = {0};
	char made[64];
	struct err e;
	auto_fd int fd = str_eq(str_from(path), STR("-")) ? dup(STDIN_FILENO) : os_open(path, &e);

	if (fd < 0) {
		log_error("%s", e.text);
		return CLI_FAIL;
	}
	struct client *client = node_client(c);
	if (client == NULL)
		return CLI_FAIL;
	client_param(client, "name", base_name(path));
	int status = client_post(client, "/receipts", fd, &body, made, &e), rc = CLI_OK;
	if (status != 202) {
		log_error(
		        "%s: %.*s", path, STR_ARG(status < 0 ? str_from(e.text) : str_trim(buf_str(&body))));
		rc = CLI_FAIL;
	} else if (cli_has(c, "wait")) {
		/* its counts are those of the first time */
		if (str_find_str(buf_str(&body), 0, STR(" has these bytes already")) != SIZE_MAX)
			buf_add(&c->out, buf_str(&body));
		rc = wait_done(c, client, made);
	} else {
		buf_add(&c->out, buf_str(&body));
		cli_flush(c);
	}
	client_close(client);
	return rc;
}

static int take_run(struct cli *c)
{
	int rc = CLI_OK;

	for (size_t i = 0; i < c->operands.n; i++) {
		int one = take_one(c, c->operands.v[i]);
		rc = one != CLI_OK ? one : rc;
	}
	return rc;
}

const struct command command_take = {
        .name = "take",
        .params = "FILE...",
        .about = "hand reports to the node",
        .text = "Gives the bytes of each FILE (- is standard input) to the running node and prints the id of "
                "its "
                "receipt as soon as both are on the node's disk. With --wait it prints what became of it: "
                "records "
                "with events, set aside, none by rule, and new findings; exit status 1 if a report could not "
                "be "
                "read.\n\n"
                "The same bytes of a log, taken again within the feed's cadence (a day where it has none), "
                "are the "
                "same receipt, and the answer says so.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"feed", 0, "NAME", "the feed it belongs to (default: found by the file's name)"},
                        {"wait", 'w', NULL, "wait until it is read, print the counts"},
                        {"json", 0, NULL, "JSON for scripts"},
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir take --wait 2026-01-05-scan_rdp-laos-geo.csv",
                                "a report, and what came of it"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = CLI_MANY,
        .run = take_run,
};
