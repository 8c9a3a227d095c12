/* SPDX-License-Identifier: Apache-2.0
 *
 * weir owner import, export, list, show; contact mend: the register of owners of a node.
 *
 * Whatever the file is, it is read here and goes to the node as the one form that the node reads, with all of its values
 * checked; the node checks them again, says what differs, and applies it if that was asked for.
 */
#include "base/log.h"
#include "base/os.h"
#include "cli/node.h"
#include "know/build.h"
#include "know/input.h"
#include <sys/mman.h>
#include <unistd.h>

#define SHOWN 20
#define FILE_BYTES ((size_t)512 << 20)

static struct str base_name(const char *path)
{
	struct str_cut cut = str_rcut(str_from(path), '/');

	return cut.ok ? cut.tail : str_from(path);
}

/* ---- import -------------------------------------------------------------------------------------- */

static int read_as(
        const char *from, const char *path, struct know_build *b, struct buf *unused, struct err *e)
{
	auto_buf struct buf bytes = {0};
	struct know_input_report report;
	unsigned k = 0;

	if (from == NULL || str_eq(str_from(from), STR("weir"))) {
		if (know_build_file(b, path, &report, e) != 0)
			return e->code;
		if (!str_eq(str_from(report.kind), STR("owners")))
			return err_set(e, ERR_FORMAT,
			        "%s: this is no owners file (it looks like: %s); an export of another system "
			        "needs "
			        "--from",
			        path, report.kind);
		return 0;
	}
	while (k < OWNERS_FROMS && !str_eq(str_from(from), str_from(owners_from_names[k])))
		k++;
	if (k == OWNERS_FROMS)
		return err_set(e, ERR_USAGE, "--from is weir, intelmq or rtir");
	int rc = os_read_file(path, FILE_BYTES, &bytes, e);
	return rc != 0 ? rc : owners_foreign(&b->owners, k, str_from(path), buf_str(&bytes), unused, e);
}

/* Sentences about values that are wrong. True if the import may go on. */
static bool say_notes(const struct know_build *b, bool partly)
{
	for (size_t i = 0; i < b->notes.list.n && i < SHOWN; i++)
		log_warn("%.*s", STR_ARG(b->notes.list.v[i]));
	if (b->notes.total > SHOWN)
		log_warn("and %zu more", b->notes.total - SHOWN);
	if (b->notes.total == 0 || partly)
		return true;
	log_error("%zu values are not right, so nothing was asked of the node; mend them, or leave them out "
	          "with "
	          "--partly",
	        b->notes.total);
	return false;
}

static int send_register(struct cli *c, const struct owners *o, struct str name)
{
	auto_buf struct buf csv = {0}, body = {0};
	char made[64];
	struct err e = {0};
	auto_fd int fd = memfd_create("weir-owners", MFD_CLOEXEC);

	owners_print_csv(o, &csv);
	if (fd < 0 || os_write_all(fd, buf_str(&csv), &e) != 0 || lseek(fd, 0, SEEK_SET) != 0) {
		log_error("the register has no room in memory");
		return CLI_FAIL;
	}
	struct client *client = node_client(c);
	if (client == NULL)
		return CLI_FAIL;
	client_param(client, "name", name);
	int status = client_post(client, "/owners", fd, &body, made, &e);
	client_close(client);
	if (status == 200) {
		buf_add(&c->out, buf_str(&body));
		return CLI_OK;
	}
	log_error("%.*s", STR_ARG(status < 0 ? str_from(e.text) : str_trim(buf_str(&body))));
	return status == 400 ? CLI_USAGE : CLI_FAIL;
}

static int import_run(struct cli *c)
{
	const char *path = c->operands.v[0];
	auto_buf struct buf unused = {0};
	struct know_build b;
	struct err e;
	int rc;

	know_build_init(&b);
	rc = read_as(cli_value(c, "from"), path, &b, &unused, &e);
	if (rc != 0) {
		log_error("%s", e.text);
		rc = rc == ERR_USAGE ? CLI_USAGE : CLI_FAIL;
	} else {
		if (unused.len > 0)
			log_warn("%s: columns that the register has no place for: %.*s", path,
			        STR_ARG(buf_str(&unused)));
		rc = say_notes(&b, cli_has(c, "partly")) ? send_register(c, &b.owners, base_name(path))
		                                         : CLI_FAIL;
	}
	know_build_done(&b);
	return rc;
}

const struct command command_owner_import = {
        .name = "owner import",
        .params = "FILE",
        .about = "take a register of owners into the node",
        .text = "Prints how FILE differs from the register that the node has: owners, contacts, prefixes, "
                "AS, "
                "domains and assets that come, go or change, and which open findings would move to another "
                "owner. "
                "With --yes "
                "it is applied, all of it or nothing; FILE is then the register, and what is not in it is "
                "gone from "
                "it.\n\n"
                "FILE is an owners file (CSV or YAML, see weir docs), or an export of another system: --from "
                "intelmq is the "
                "contact database of IntelMQ (certbund-contact: its tables joined, as CSV with a header) or "
                "a "
                "table of asn or network and contact; --from rtir is the list of users that Request Tracker "
                "saves "
                "as a "
                "spreadsheet, with RTIR's custom fields.\n\n"
                "A finding whose address or name belongs to another owner now goes to him, with its history. "
                "He "
                "gets "
                "a letter, unless the address had one about it. Where he has the same problem already, that "
                "finding "
                "goes on and the other is closed into it. What nobody has any more stays where it was.\n\n"
                "A value that is wrong is a sentence with file, line and column, and then nothing is done, "
                "unless "
                "--partly "
                "leaves it out.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"from", 0, "SYSTEM", "what wrote FILE: weir (the default), intelmq or rtir"},
                        {"yes", 'y', NULL, "apply it"},
                        {"partly", 0, NULL, "leave out what is wrong"},
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir owner import owners.csv", "what would change"},
                        {"weir owner import --yes owners.csv", "change it"},
                        {"weir owner import --from intelmq contacts.csv", "the same from IntelMQ's contacts"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = 1,
        .run = import_run,
};

/* ---- the others ---------------------------------------------------------------------------------- */

static int export_run(struct cli *c)
{
	return node_ask(c, "/register");
}

const struct command command_owner_export = {
        .name = "owner export",
        .about = "print the register of owners",
        .text = "As an owners file in CSV, which weir owner import finds no difference to, or as JSON.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"json", 0, NULL, "JSON for scripts"},
                        {"csv", 0, NULL, "CSV (the default)"},
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir owner export > owners.csv",
                                "to change it in a spreadsheet and import it again"},
                        {NULL, NULL},
                },
        .run = export_run,
};

static int list_run(struct cli *c)
{
	return node_ask(c, "/owners");
}

const struct command command_owner_list = {
        .name = "owner list",
        .about = "list the owners of the register",
        .text = "With what they have, contacts whose letters came back, and findings that are not closed.",
        .options =
                (const struct cli_option[]){
                        LIST_OPTIONS,
                        {"sector", 0, "WORD", "of this sector"},
                        {"broken", 0, NULL, "those with a contact whose letters came back"},
                        {0},
                },
        .run = list_run,
};

static int show_run(struct cli *c)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf path = {0};

	arena_init(&a, 0);
	client_quote(&path, str_from(c->operands.v[0]));
	return node_ask(c, arena_printf(&a, "/owners/%.*s", STR_ARG(buf_str(&path))).p);
}

const struct command command_owner_show = {
        .name = "owner show",
        .params = "ID",
        .about = "show an owner with contacts, networks and findings",
        .text = "A contact is marked as broken when the mail server refused a letter to it for good; weir "
                "contact "
                "mend "
                "clears that.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {0},
                },
        .min = 1,
        .max = 1,
        .run = show_run,
};

const struct command command_contact_mend = {
        .name = "contact mend",
        .params = "EMAIL...",
        .about = "say that a contact works again",
        .text = "Takes the mark away that a contact got when a letter to it was refused for good.",
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
