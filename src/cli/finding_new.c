/* SPDX-License-Identifier: Apache-2.0
 *
 * weir finding new: a problem that came by telephone, or in a mail without a table. It goes the way of every report: one
 * record with the field's names, handed in as a receipt with the person's name, so that owner, rules, letter and "why"
 * are those of any other.
 */
#include "base/log.h"
#include "base/os.h"
#include "cli/node.h"
#include "form/byhand.h"
#include <sys/mman.h>
#include <unistd.h>

static struct str find(const void *arg, const char *name)
{
	const struct cli *c = arg;

	return cli_has(c, name) ? str_from(cli_value(c, name)) : (struct str){0};
}

static int record(const struct cli *c, struct buf *b, int *ret)
{
	struct err e;

	if (byhand_record(find, c, "--", os_now(), b, &e) != 0) {
		log_error("%s", e.text);
		return CLI_USAGE;
	}
	*ret = memfd_create("finding", MFD_CLOEXEC);
	if (*ret >= 0 && os_write_all(*ret, buf_str(b), &e) == 0 && lseek(*ret, 0, SEEK_SET) == 0)
		return CLI_OK;
	log_error("there is no memory for the record");
	return CLI_FAIL;
}

static int run(struct cli *c)
{
	auto_buf struct buf b = {0};
	char made[64];
	auto_fd int fd = -1;
	int rc = record(c, &b, &fd);

	if (rc == CLI_OK)
		rc = take_bytes_of(c, fd, BYHAND_NAME, BYHAND_NAME, made);
	if (rc == CLI_OK && cli_has(c, "mail"))
		rc = node_change_with(c, "mail-done", cli_value(c, "mail"), "as", "finding");
	if (rc == CLI_OK)
		/* "/receipts/R6" */
		buf_printf(&c->out, "weir why E%.*s.0.0 says whose it is and who is told\n",
		        STR_ARG(str_skip(str_rcut(str_from(made), '/').tail, 1)));
	return rc;
}

const struct command command_finding_new = {
        .name = "finding new",
        .about = "enter a problem by hand that came by telephone or mail",
        .text = "The problem becomes a report of one record with your name: whose it is, who is told and how "
                "follows from "
                "the register and the rules as for any other. Without --label it is AMBER: for the owner and "
                "those of his "
                "clients who need to know.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"class", 0, "TYPE", "classification.type ('weir docs taxonomy' lists them)"},
                        {"ip", 0, "ADDRESS", "the address that has the problem"},
                        {"port", 0, "NUMBER", "its port"},
                        {"name", 0, "NAME", "the name that has the problem"},
                        {"url", 0, "URL", "the page"},
                        {"account", 0, "NAME", "the account"},
                        {"malware", 0, "NAME", "malware.name"},
                        {"identifier", 0, "WORD", "classification.identifier, such as a CVE"},
                        {"severity", 0, "WORD", "critical, high, medium, low or info"},
                        {"seen", 0, "TIME", "when it was seen (UTC; default: now)"},
                        {"label", 0, "TLP", "CLEAR, GREEN, AMBER, AMBER+STRICT or RED (default: AMBER)"},
                        {"note", 0, "TEXT", "who said it, and what else is known"},
                        {"mail", 0, "ID", "the mail that tells of it, which is done with then"},
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir finding new --class phishing --url http://bank.example/login --note 'a "
                         "customer called'",
                                "a page that somebody has seen"},
                        {NULL, NULL},
                },
        .run = run,
};
