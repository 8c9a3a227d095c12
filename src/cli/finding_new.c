/* SPDX-License-Identifier: Apache-2.0
 *
 * weir finding new: a problem that came by telephone, or in a mail without a table. It goes the way of every report: one
 * record with the field's names, handed in as a receipt with the person's name, so that owner, rules, letter and "why"
 * are those of any other.
 */
#include "base/log.h"
#include "base/os.h"
#include "cli/node.h"
#include "event/field.h"
#include "event/value.h"
#include <sys/mman.h>
#include <unistd.h>

/* Options and the fields that they fill. */
static const struct {
	const char *option, *field;
} fields[] = {
        {"class", "classification.type"},
        {"ip", "source.ip"},
        {"port", "source.port"},
        {"name", "source.fqdn"},
        {"url", "source.url"},
        {"account", "source.account"},
        {"malware", "malware.name"},
        {"identifier", "classification.identifier"},
        {"severity", "severity"},
        {"seen", "time.source"},
        {"label", "tlp"},
        {"note", "extra.note"},
};

static void put(struct buf *b, const char *field, const char *value)
{
	buf_add(b, b->len > 1 ? STR(", ") : STR(""));
	buf_json(b, str_from(field));
	buf_add(b, STR(": "));
	buf_json(b, str_from(value));
}

static int check(const struct cli *c)
{
	const char *class = cli_value(c, "class"), *label = cli_value(c, "label"),
	           *seen = cli_value(c, "seen");
	int64_t when;

	if (class == NULL || type_find(str_from(class)) == TYPE_NONE)
		log_error("--class: what kind of problem is it? 'weir docs taxonomy' lists the types");
	else if (label != NULL && tlp_find(str_from(label)) == TLP_NONE)
		log_error("--label '%s': CLEAR, GREEN, AMBER, AMBER+STRICT or RED is wanted", label);
	else if (seen != NULL && !value_time(str_from(seen), NULL, &when))
		log_error("--seen '%s' is no time such as 2026-01-05 or 2026-01-05T08:00", seen);
	else if (!cli_has(c, "ip") && !cli_has(c, "name") && !cli_has(c, "url") && !cli_has(c, "account"))
		log_error("where is it? --ip, --name, --url or --account says it");
	else
		return CLI_OK;
	return CLI_USAGE;
}

static int record(const struct cli *c, struct buf *b)
{
	char now[64];

	buf_char(b, '{');
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (cli_has(c, fields[i].option))
			put(b, fields[i].field, cli_value(c, fields[i].option));
	if (!cli_has(c, "seen")) {
		value_time_print(now, os_now());
		put(b, "time.source", now);
	}
	/* the CERT's own word: it may go to the owner and his clients */
	if (!cli_has(c, "label"))
		put(b, "tlp", "AMBER");
	if (cli_has(c, "mail"))
		put(b, "extra.mail", cli_value(c, "mail"));
	put(b, "feed.name", "entered by hand");
	buf_add(b, STR("}\n"));
	int fd = memfd_create("finding", MFD_CLOEXEC);
	struct err e;
	if (fd < 0 || os_write_all(fd, buf_str(b), &e) != 0 || lseek(fd, 0, SEEK_SET) != 0) {
		log_error("there is no memory for the record");
		return -1;
	}
	return fd;
}

static int run(struct cli *c)
{
	auto_buf struct buf b = {0};
	char made[64];
	int rc = check(c);

	if (rc != CLI_OK)
		return rc;
	auto_fd int fd = record(c, &b);
	rc = fd < 0 ? CLI_FAIL : take_bytes_of(c, fd, "by-hand.ndjson", "by-hand.ndjson", made);
	if (rc == CLI_OK && cli_has(c, "mail"))
		rc = node_change_with(c, "mail-done", cli_value(c, "mail"), "as", "finding");
	if (rc == CLI_OK)
		buf_printf(&c->out, "weir why E%s.0.0 says whose it is and who is told\n", made + 1);
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
