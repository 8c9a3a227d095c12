/* SPDX-License-Identifier: Apache-2.0
 *
 * weir serve: the node.
 */
#include "proc/serve.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/country.h"

/* Descriptor 3 if systemd opened the socket (sd_listen_fds(3)); else -1. */
static int activated(void)
{
	const char *n = getenv("LISTEN_FDS");

	return n != NULL && str_eq(str_from(n), STR("1")) ? 3 : -1;
}

static int conf_log(void *arg)
{
	const struct country_paths *paths = arg;
	struct country country;

	return country_open(paths, &country, NULL) == 0 ? (int)country.log : 0;
}

/* --log, else what the options of the country say. A country that cannot be opened is complained of by the core. */
static int log_form(const struct cli *c, const struct country_paths *paths, enum log_form *ret)
{
	const char *word = cli_value(c, "log");

	if (word != NULL && !log_form_find(str_from(word), ret)) {
		log_error("--log is lines or json, not '%.40s'", word);
		return CLI_USAGE;
	}
	if (word != NULL)
		return CLI_OK;
	int form = serve_aside(conf_log, (void *)(uintptr_t)paths);
	if (form > 0)
		*ret = (enum log_form)form;
	return CLI_OK;
}

static int pages_port(const char *word, unsigned *ret)
{
	uint32_t port;

	if (word == NULL)
		return CLI_OK;
	if (!str_u32(str_from(word), &port) || port == 0 || port > 65535) {
		log_error("--pages is a port such as 8470, not '%.40s'", word);
		return CLI_USAGE;
	}
	*ret = port;
	return CLI_OK;
}

static int serve_main(struct cli *c)
{
	const char *state = cli_value(c, "state");
	struct serve_options o = {.state = state != NULL ? state : "./var",
	        .paths = country_node_paths(c),
	        .notify = getenv("NOTIFY_SOCKET"),
	        .listener = activated(),
	        .dry_run = cli_has(c, "dry-run")};

	int rc = log_form(c, &o.paths, &o.log);
	if (rc == CLI_OK)
		rc = pages_port(cli_value(c, "pages"), &o.pages);
	if (rc != CLI_OK)
		return rc;
	return serve_run(&o) == 0 ? CLI_OK : CLI_FAIL;
}

const struct command command_serve = {
        .name = "serve",
        .params = NULL,
        .about = "run the node",
        .text = "Takes reports in, keeps them with their events, and keeps the findings: which problem, at "
                "which "
                "owner, seen first and last. It runs until it is ended (Ctrl-C, SIGTERM) and goes on where "
                "it was "
                "when it is started again, whatever ended it.\n\n"
                "Everything lies in one folder (--state). The other commands reach the node through the "
                "socket "
                "control.sock in it; who may enter the folder may ask.",
        .options =
                (const struct cli_option[]){
                        {"state", 0, "DIR", "the node's folder, made if it is not there (default: ./var)"},
                        FOLDER_OPTIONS,
                        {"dry-run", 0, NULL,
                                "letters stay files in the node's folder, no connection is opened"},
                        {"pages", 0, "PORT",
                                "serve the staff's pages on this machine alone, at 127.0.0.1 and that port "
                                "or the next one that is free; "
                                "'pages:' of weir.yaml serves them on a network of staff"},
                        {"log", 0, "FORM",
                                "lines or json: how the log is written to standard error (default: 'log' in "
                                "weir.yaml, "
                                "else lines)"},
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir serve --state /var/lib/weir --conf /etc/weir", "the node of a country"},
                        {"weir serve --state /tmp/try", "a node with the sample country"},
                        {NULL, NULL},
                },
        .offline = true,
        .run = serve_main,
};
