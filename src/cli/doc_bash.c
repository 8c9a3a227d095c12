/* SPDX-License-Identifier: Apache-2.0
 *
 * Completion for bash: commands, their second words, options, formats of reports; file names for operands and
 * for other arguments of options, since most of both are files.
 */
#include "cli/doc.h"
#include "read/read.h"

static bool first_of_group(const struct command *const *commands, const struct command *const *at)
{
	struct str head = str_cut(str_from((*at)->name), ' ').head;

	for (; commands < at; commands++)
		if (str_eq(str_cut(str_from((*commands)->name), ' ').head, head))
			return false;
	return true;
}

static void first_words(struct buf *out, const struct command *const *commands)
{
	buf_add(out, STR("\tif [ \"$at\" -eq 1 ]; then\n\t\twords=\"--help --version"));
	for (const struct command *const *at = commands; *at != NULL; at++)
		if (first_of_group(commands, at)) {
			buf_char(out, ' ');
			buf_add(out, str_cut(str_from((*at)->name), ' ').head);
		}
	buf_add(out, STR("\"\n\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n\t\treturn\n\tfi\n"));
}

static void second_words(struct buf *out, const struct command *const *commands)
{
	buf_add(out, STR("\tif [ \"$at\" -eq 2 ]; then\n\t\tcase ${typed[1]} in\n"));
	for (const struct command *const *at = commands; *at != NULL; at++) {
		struct str head = str_cut(str_from((*at)->name), ' ').head;
		if (!str_cut(str_from((*at)->name), ' ').ok || !first_of_group(commands, at))
			continue;
		buf_printf(out, "\t\t%.*s) words=\"", STR_ARG(head));
		for (const struct command *const *other = commands; *other != NULL; other++) {
			struct str_cut cut = str_cut(str_from((*other)->name), ' ');
			if (cut.ok && str_eq(cut.head, head))
				buf_printf(out, "%.*s ", STR_ARG(cut.tail));
		}
		buf_add(out, STR("\" ;;\n"));
	}
	buf_add(out,
	        STR("\t\tesac\n\t\tif [ -n \"$words\" ] && [[ $cur != -* ]]; then\n"
	            "\t\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n\t\t\treturn\n\t\tfi\n\tfi\n"));
}

/* Commands of two words, or of one. */
static void options_of(struct buf *out, const struct command *const *commands, bool two)
{
	for (; *commands != NULL; commands++) {
		if (str_has(str_from((*commands)->name), ' ') != two)
			continue;
		/* two words are all of it, so that "meeting paper" is not "meeting papers" */
		buf_printf(out, "\t\t\"%s%s) words=\"--help", (*commands)->name, two ? "\"" : " \"*");
		for (const struct cli_option *o = (*commands)->options; o != NULL && o->name != NULL; o++)
			buf_printf(out, " --%s", o->name);
		buf_add(out, STR("\" ;;\n"));
	}
}

static void options(struct buf *out, const struct command *const *commands)
{
	buf_add(out, STR("\tif [[ $cur == -* ]]; then\n\t\tcase \"${typed[1]} ${typed[2]}\" in\n"));
	/* "quiet list" before "quiet" */
	options_of(out, commands, true);
	options_of(out, commands, false);
	buf_add(out,
	        STR("\t\tesac\n\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n\t\treturn\n\tfi\n"));
}

/* Behind the option whose argument is called FORMAT (the same one wherever it stands, so the first command
 * that has it tells), and behind "weir formats". */
static void formats(struct buf *out, const struct command *const *commands)
{
	bool found = false;

	buf_add(out, STR("\tcase ${typed[at - 1]} in\n\tformats"));
	for (; *commands != NULL && !found; commands++)
		for (const struct cli_option *o = (*commands)->options; o != NULL && o->name != NULL; o++) {
			if (o->arg == NULL || !str_eq(str_from(o->arg), STR("FORMAT")))
				continue;
			buf_printf(out, " | --%s", o->name);
			if (o->letter != 0)
				buf_printf(out, " | -%c", o->letter);
			found = true;
		}
	buf_add(out, STR(")\n\t\twords=\""));
	for (unsigned i = 0; i < reader_count; i++)
		buf_printf(out, "%s%s", i == 0 ? "" : " ", reader_table[i]->name);
	buf_add(out,
	        STR("\"\n\t\tCOMPREPLY=($(compgen -W \"$words\" -- "
	            "\"$cur\"))\n\t\treturn\n\t\t;;\n\tesac\n"));
}

void doc_bash(struct buf *out, const struct command *const *commands)
{
	buf_add(out,
	        STR("# SPDX-License-Identifier: Apache-2.0\n"
	            "# bash completion for weir(1). Printed by weir docs from the tables of the program; do "
	            "not edit.\n"
	            "# shellcheck shell=bash disable=SC2207\n"
	            "_weir() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} words='' typed=(\"${COMP_WORDS[@]}\") "
	            "at=$COMP_CWORD\n\tCOMPREPLY=()\n"
	            /* behind "help" stands what stands without it */
	            "\tif [ \"$at\" -gt 1 ] && [ \"${typed[1]}\" = help ]; then\n"
	            "\t\ttyped=(\"${typed[0]}\" \"${typed[@]:2}\") at=$((at - 1))\n\tfi\n"));
	first_words(out, commands);
	second_words(out, commands);
	formats(out, commands);
	options(out, commands);
	buf_add(out,
	        STR("\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n}\n"
	            "complete -o filenames -F _weir weir\n"));
}
