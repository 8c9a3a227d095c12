/* SPDX-License-Identifier: Apache-2.0
 *
 * weir docs: prints the reference, the manual pages, the completion and the schema from the tables.
 */
#include "base/log.h"
#include "base/os.h"
#include "cli/doc.h"
#include "cli/picture.h"
#include "cli/rules_try.h"
#include "web/openapi.h"

static void doc_openapi(struct buf *out, const struct command *const *commands)
{
	(void)commands;
	openapi_print(out);
}

const struct doc doc_table[] = {
        {"fields", "docs/reference/fields.md", "fields of an event", doc_fields},
        {"schema", "docs/reference/event.schema.json", "JSON Schema of an event", doc_schema},
        {"taxonomy", "docs/reference/taxonomy.md", "types, classes, labels and severities", doc_taxonomy},
        {"readers", "docs/reference/readers.md", "formats of reports", doc_readers},
        {"limits", "docs/reference/limits.md", "limits of reading, reasons to set a record aside",
                doc_limits},
        {"preview", "docs/reference/preview.md", "JSON of weir preview", picture_doc},
        {"whose", "docs/reference/whose.md", "the order of contacts, columns of 'weir whose'", doc_whose},
        {"rules", "docs/reference/rules.md", "rules: keys, fields, types", doc_rules},
        {"rules-try", "docs/reference/rules-try.md", "JSON of weir rules try --days", rules_days_doc},
        {"words", "docs/reference/pages.yaml", "what the pages say, for translators", doc_words},
        {"exit", "docs/reference/exit.md", "rules of the exit: what may leave, to whom", doc_exit},
        {"roles", "docs/reference/roles.md", "roles, rights, pages and changes", doc_roles},
        {"metrics", "docs/reference/metrics.md", "metrics, lines of 'weir status'", doc_metrics},
        {"openapi", "docs/reference/openapi.json", "the API for programs, as OpenAPI 3.1", doc_openapi},
        {"commands", "docs/reference/commands.md", "commands and their options", doc_commands},
        {"bash", "packaging/completion/weir", "completion for bash", doc_bash},
        {"weir.1", "docs/man/weir.1", "manual page of the program", doc_manual},
        {NULL, NULL, NULL, NULL},
};

/* "weir-know-build.1" for "know build". */
static void page_file(struct buf *out, const struct command *command)
{
	buf_add(out, STR("weir-"));
	for (const char *p = command->name; *p != 0; p++)
		buf_char(out, *p == ' ' ? '-' : *p);
	buf_add(out, STR(".1"));
}

static void docs_list(struct cli *c)
{
	for (const struct doc *d = doc_table; d->name != NULL; d++)
		buf_printf(&c->out, "%s\t%s\t%s\n", d->name, d->path, d->about);
	for (const struct command *const *at = c->table; *at != NULL; at++) {
		auto_buf struct buf file = {0};
		page_file(&file, *at);
		buf_printf(&c->out, "%.*s\tdocs/man/%.*s\tmanual page of 'weir %s'\n",
		        STR_ARG(buf_str(&file)), STR_ARG(buf_str(&file)), (*at)->name);
	}
}

static bool docs_print(struct buf *out, const struct command *const *table, struct str name)
{
	for (const struct doc *d = doc_table; d->name != NULL; d++)
		if (str_eq(str_from(d->name), name)) {
			d->print(out, table);
			return true;
		}
	for (const struct command *const *at = table; *at != NULL; at++) {
		auto_buf struct buf file = {0};
		page_file(&file, *at);
		if (str_eq(buf_str(&file), name)) {
			doc_manual_command(out, *at);
			return true;
		}
	}
	return false;
}

static int docs_write(const char *folder, struct str path, struct str text, struct err *e)
{
	char full[4096];

	if (snprintf(full, sizeof(full), "%s/%.*s", folder, STR_ARG(path)) >= (int)sizeof(full))
		return err_set(e, ERR_LIMIT, "the path '%.60s...' is too long", full);
	return os_write_file(full, text, e);
}

/* Walks the list that "weir docs" prints, so that both can only agree. */
static int docs_into(struct cli *c, const char *folder)
{
	auto_buf struct buf text = {0};
	struct err e = {0};

	docs_list(c);
	for (struct str list = buf_str(&c->out); list.len > 0;) {
		struct str_cut line = str_cut(list, '\n'), name = str_cut(line.head, '\t');
		buf_clear(&text);
		docs_print(&text, c->table, name.head);
		if (docs_write(folder, str_cut(name.tail, '\t').head, buf_str(&text), &e) != 0) {
			log_error("%s", e.text);
			return CLI_FAIL;
		}
		list = line.tail;
	}
	buf_clear(&c->out);
	return CLI_OK;
}

static int docs_run(struct cli *c)
{
	const char *folder = cli_value(c, "into");

	if (folder != NULL && c->operands.n > 0) {
		log_error("'--into' writes all documents; name none");
		return CLI_USAGE;
	}
	if (folder != NULL)
		return docs_into(c, folder);
	if (c->operands.n == 0) {
		docs_list(c);
		return CLI_OK;
	}
	if (docs_print(&c->out, c->table, str_from(c->operands.v[0])))
		return CLI_OK;
	log_error("no document '%.80s'; 'weir docs' lists them", c->operands.v[0]);
	return CLI_USAGE;
}

const struct command command_docs = {
        .name = "docs",
        .params = "[DOCUMENT]",
        .about = "print a reference document from the program's tables",
        .text = "Without DOCUMENT it lists the documents: name, place in the source tree, what it is, "
                "separated "
                "by tabs. The same program prints the same bytes; the copies in the source tree are checked "
                "against it by the tests.",
        .options =
                (const struct cli_option[]){
                        {"into", 0, "DIR", "write every document to its place below this source tree"},
                        {NULL, 0, NULL, NULL},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir docs limits", "the limits of reading as Markdown"},
                        {"weir docs --into .", "bring the copies in a source tree up to date"},
                        {NULL, NULL},
                },
        .max = 1,
        .offline = true,
        .run = docs_run,
};
