/* SPDX-License-Identifier: Apache-2.0
 *
 * Manual pages in roff with the macros of man(7), which groff and mandoc both know. No date stands in them:
 * the same program prints the same page.
 */
#include "cli/doc.h"

/* Text of ours into roff: hyphens as the character that can be typed, no line that looks like a request. */
static void roff(struct buf *out, struct str s)
{
	bool line_start = true;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		if (line_start && (c == '.' || c == '\''))
			buf_add(out, STR("\\&"));
		if (c == '\\')
			buf_add(out, STR("\\e"));
		else if (c == '-')
			buf_add(out, STR("\\-"));
		else
			buf_char(out, c);
		line_start = c == '\n';
	}
}

static void roff_paragraphs(struct buf *out, struct str text)
{
	while (text.len > 0) {
		size_t at = str_find_str(text, 0, STR("\n\n"));
		roff(out, at == SIZE_MAX ? text : str_sub(text, 0, at));
		buf_char(out, '\n');
		text = at == SIZE_MAX ? str_make(NULL, 0) : str_skip(text, at + 2);
		if (text.len > 0)
			buf_add(out, STR(".PP\n"));
	}
}

/* "weir-know-build" for "know build". */
static void page_name(struct buf *out, const char *command)
{
	buf_add(out, STR("weir"));
	if (command[0] != 0)
		buf_char(out, '-');
	for (; *command != 0; command++)
		buf_char(out, *command == ' ' ? '-' : *command);
}

static void page_head(struct buf *out, const char *command, const char *about)
{
	auto_buf struct buf name = {0};

	page_name(&name, command);
	buf_add(out,
	        STR(".\\\" SPDX-License-Identifier: Apache-2.0\n"
	            ".\\\" Printed by weir docs from the tables of the program; do not edit.\n.TH "));
	for (size_t i = 0; i < name.len; i++)
		buf_char(out, name.p[i] >= 'a' && name.p[i] <= 'z' ? (char)(name.p[i] - 32) : name.p[i]);
	buf_add(out, STR(" 1 \"\" \"weir " WEIR_VERSION "\" \"Weir\"\n.SH NAME\n"));
	roff(out, buf_str(&name));
	buf_add(out, STR(" \\- "));
	roff(out, str_from(about));
	buf_add(out, STR("\n.SH SYNOPSIS\n"));
}

static void page_options(struct buf *out, const struct cli_option *o)
{
	static const struct cli_option help = {"help", 'h', NULL, "print a short help and do nothing else"};

	buf_add(out, STR(".SH OPTIONS\n"));
	for (bool last = false; !last; o++) {
		last = o == NULL || o->name == NULL;
		const struct cli_option *row = last ? &help : o;
		buf_add(out, STR(".TP\n\\fB"));
		if (row->letter != 0)
			buf_printf(out, "\\-%c\\fR, \\fB", row->letter);
		roff(out, STR("--"));
		roff(out, str_from(row->name));
		buf_add(out, STR("\\fR"));
		if (row->arg != NULL)
			buf_printf(out, " \\fI%s\\fR", row->arg);
		buf_char(out, '\n');
		roff(out, str_from(row->about));
		buf_add(out, STR(".\n"));
		if (last)
			break;
	}
}

static void page_exit(struct buf *out)
{
	buf_add(out,
	        STR(".SH EXIT STATUS\n"
	            ".TP\n0\nwhat was asked for was done.\n"
	            ".TP\n1\nit could not be done, or something that was checked is wrong; a sentence on "
	            "standard error says what.\n"
	            ".TP\n2\nthe command line is wrong; nothing was done.\n"));
}

void doc_manual_command(struct buf *out, const struct command *command)
{
	const struct cli_example *x = command->examples;

	page_head(out, command->name, command->about);
	buf_printf(out, ".B weir %s\n[\\fIOPTION\\fR...]", command->name);
	if (command->params != NULL) {
		buf_add(out, STR(" \\fI"));
		roff(out, str_from(command->params));
		buf_add(out, STR("\\fR"));
	}
	buf_add(out, STR("\n"));
	if (command->text != NULL) {
		buf_add(out, STR(".SH DESCRIPTION\n"));
		roff_paragraphs(out, str_from(command->text));
	}
	page_options(out, command->options);
	page_exit(out);
	if (x != NULL)
		buf_add(out, STR(".SH EXAMPLES\n"));
	for (; x != NULL && x->line != NULL; x++) {
		buf_add(out, STR(".TP\n\\fB"));
		roff(out, str_from(x->line));
		buf_add(out, STR("\\fR\n"));
		roff(out, str_from(x->about));
		buf_add(out, STR(".\n"));
	}
	buf_add(out, STR(".SH SEE ALSO\n.BR weir (1)\n"));
}

void doc_manual(struct buf *out, const struct command *const *commands)
{
	page_head(out, "", "find whose the networks in a report are and decide who must be told");
	buf_add(out,
	        STR(".B weir\n\\fICOMMAND\\fR [\\fIOPTION\\fR...] [\\fIOPERAND\\fR...]\n"
	            ".SH DESCRIPTION\n"
	            "Weir is the node of a national CERT. It takes in reports about the country\\(aqs "
	            "networks,\n"
	            "brings them into one vocabulary, finds whose each address or name is, and decides by\n"
	            "rules how bad it is and who must be told.\n"
	            ".PP\n"
	            "Options may stand before or behind operands; \\fB\\-\\-\\fR ends them; the operand\n"
	            "\\fB\\-\\fR is standard input. Long options are not abbreviated.\n"
	            ".SH COMMANDS\n"));
	for (; *commands != NULL; commands++) {
		buf_add(out, STR(".TP\n.BR "));
		auto_buf struct buf name = {0};
		page_name(&name, (*commands)->name);
		roff(out, buf_str(&name));
		buf_add(out, STR(" (1)\n"));
		roff(out, str_from((*commands)->about));
		buf_add(out, STR(".\n"));
	}
	page_exit(out);
}
