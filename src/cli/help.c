/* SPDX-License-Identifier: Apache-2.0
 *
 * weir help: the rows of the tables as a person reads them in a terminal of 80 columns.
 */
#include "base/log.h"
#include "cli/cli.h"

enum { WIDTH = 80, INDENT = 2 };

void help_wrap(struct buf *out, size_t column, size_t indent, size_t width, struct str text)
{
	bool fresh = true;

	text = str_trim(text);
	while (text.len > 0) {
		struct str_cut cut = str_cut(text, ' ');
		if (!fresh && column + 1 + cut.head.len > width) {
			buf_printf(out, "\n%*s", (int)indent, "");
			column = indent;
			fresh = true;
		}
		if (!fresh)
			buf_char(out, ' ');
		buf_add(out, cut.head);
		column += cut.head.len + !fresh;
		fresh = false;
		text = str_trim(cut.tail);
	}
	buf_char(out, '\n');
}

static void paragraphs(struct buf *out, struct str text)
{
	while (text.len > 0) {
		size_t at = str_find_str(text, 0, STR("\n\n"));
		struct str one = at == SIZE_MAX ? text : str_sub(text, 0, at);
		text = at == SIZE_MAX ? str_make(NULL, 0) : str_skip(text, at + 2);
		buf_char(out, '\n');
		help_wrap(out, 0, 0, WIDTH, one);
	}
}

/* "-f, --format FORMAT"; options without a letter stand in line with the others. */
static size_t option_head(struct buf *out, const struct cli_option *o)
{
	size_t start = out->len;

	if (o->letter != 0)
		buf_printf(out, "  -%c, --%s", o->letter, o->name);
	else
		buf_printf(out, "      --%s", o->name);
	if (o->arg != NULL)
		buf_printf(out, " %s", o->arg);
	return out->len - start;
}

static void one_option(struct buf *out, const struct cli_option *o)
{
	enum { COLUMN = 26 };
	size_t n = option_head(out, o);

	if (n + 2 > COLUMN)
		buf_printf(out, "\n%*s", COLUMN, "");
	else
		buf_printf(out, "%*s", (int)(COLUMN - n), "");
	help_wrap(out, COLUMN, COLUMN, WIDTH, str_from(o->about));
}

void help_command(struct buf *out, const struct command *command)
{
	static const struct cli_option help = {"help", 'h', NULL, "print this and do nothing else"};
	const struct cli_option *o = command->options;
	const struct cli_example *x = command->examples;

	buf_printf(out, "usage: weir %s [OPTION...]", command->name);
	if (command->params != NULL)
		buf_printf(out, " %s", command->params);
	buf_printf(out, "\n%s\n", command->about);
	if (command->text != NULL)
		paragraphs(out, str_from(command->text));
	buf_add(out, STR("\noptions:\n"));
	for (; o != NULL && o->name != NULL; o++)
		one_option(out, o);
	one_option(out, &help);
	if (x != NULL)
		buf_add(out, STR("\nexamples:\n"));
	for (; x != NULL && x->line != NULL; x++)
		buf_printf(out, "  %s\n      %s\n", x->line, x->about);
}

void help_list(struct buf *out, const struct command *const *table, struct str group)
{
	size_t widest = 0;

	for (size_t i = 0; table[i] != NULL; i++)
		if (strlen(table[i]->name) > widest)
			widest = strlen(table[i]->name);
	for (; *table != NULL; table++) {
		struct str name = str_from((*table)->name);
		if (group.len > 0 && !str_eq(str_cut(name, ' ').head, group))
			continue;
		buf_printf(out, "  weir %-*s  ", (int)widest, name.p);
		help_wrap(out, widest + 9, widest + 9, WIDTH, str_from((*table)->about));
	}
}

static void help_all(struct cli *c)
{
	buf_add(&c->out,
	        STR("usage: weir COMMAND [OPTION...] [OPERAND...]\n\n"
	            "Weir takes in what the world reports about a country's networks, finds whose they\n"
	            "are and decides who must be told.\n\n"
	            "commands:\n"));
	help_list(&c->out, c->table, str_make(NULL, 0));
	buf_add(&c->out,
	        STR("\n'weir help COMMAND' says more. Exit code: 0 done, 1 could not be done, 2 wrong "
	            "usage.\n"));
}

static int help_run(struct cli *c)
{
	char name[64];
	const char *argv[4] = {"weir", NULL, NULL, NULL};
	struct cli asked = {.table = c->table};
	struct err e = {0};

	if (c->operands.n == 0) {
		help_all(c);
		return CLI_OK;
	}
	snprintf(name, sizeof(name), "%s%s%s", c->operands.v[0], c->operands.n > 1 ? " " : "",
	        c->operands.n > 1 ? c->operands.v[1] : "");
	const struct command *command = command_find(c->table, str_from(name));
	if (command != NULL) {
		help_command(&c->out, command);
		return CLI_OK;
	}
	if (c->operands.n == 1 && command_group(c->table, str_from(name))) {
		help_list(&c->out, c->table, str_from(name));
		return CLI_OK;
	}
	/* the parser knows how to say which one was meant */
	for (size_t i = 0; i < c->operands.n; i++)
		argv[i + 1] = c->operands.v[i];
	if (cli_parse(&asked, (int)c->operands.n + 1, argv, &e) == 0 || e.code != ERR_USAGE)
		err_set(&e, ERR_USAGE, "no command '%s'; 'weir help' lists them", name);
	cli_done(&asked);
	log_error("%s", e.text);
	return CLI_USAGE;
}

const struct command command_help = {
        .name = "help",
        .params = "[COMMAND]",
        .about = "list the commands, or say what one of them does",
        .examples =
                (const struct cli_example[]){
                        {"weir help docs", "what 'weir docs' does and its options"},
                        {NULL, NULL},
                },
        .max = 2,
        .offline = true,
        .run = help_run,
};
