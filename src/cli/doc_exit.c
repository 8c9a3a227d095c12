/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules of the exit as Markdown.
 */
#include "cli/doc.h"
#include "exit/decide.h"

static void put_labels(struct buf *out, unsigned bits)
{
	unsigned n = 0;

	if (bits == (1u << TLP_END) - 1) {
		buf_add(out, STR("any"));
		return;
	}
	for (enum tlp t = TLP_NONE; t < TLP_END; t++)
		if (bits & 1u << t)
			buf_printf(out, "%s%.*s", n++ > 0 ? ", " : "",
			        STR_ARG(t != TLP_NONE ? tlp_name(t) : STR("none")));
}

static void put_paps(struct buf *out, unsigned bits)
{
	unsigned n = 0;

	if (bits == (1u << PAP_END) - 1) {
		buf_add(out, STR("any"));
		return;
	}
	for (enum pap p = PAP_CLEAR; p < PAP_END; p++)
		if (bits & 1u << p)
			buf_printf(out, "%s%.*s", n++ > 0 ? ", " : "", STR_ARG(pap_name(p)));
}

static void put_kinds(struct buf *out, unsigned bits)
{
	unsigned n = 0;

	if (bits == (1u << EXIT_KINDS) - 1) {
		buf_add(out, STR("any"));
		return;
	}
	for (enum exit_kind k = 0; k < EXIT_KINDS; k++)
		if (bits & 1u << k)
			buf_printf(out, "%s%.*s", n++ > 0 ? ", " : "", STR_ARG(exit_kind_name(k)));
}

static void put_purposes(struct buf *out, unsigned bits)
{
	unsigned n = 0;

	for (enum exit_purpose p = 0; p < EXIT_PURPOSES; p++)
		if (bits & 1u << p)
			buf_printf(out, "%s%.*s", n++ > 0 ? ", " : "", STR_ARG(exit_purpose_name(p)));
}

static unsigned put_facts(struct buf *out, unsigned bits, const char *with, unsigned n)
{
	for (unsigned i = 0; i < exit_fact_count; i++)
		if (bits & 1u << i)
			buf_printf(out, "%s%s%s", n++ > 0 ? ", " : "", with, exit_facts[i].name);
	return n;
}

static void put_rule(struct buf *out, const struct exit_rule *r)
{
	buf_printf(out, "| `%s` | ", r->name);
	put_purposes(out, r->purposes);
	buf_add(out, STR(" | "));
	put_labels(out, r->labels);
	buf_add(out, STR(" | "));
	put_paps(out, r->paps);
	buf_add(out, STR(" | "));
	put_kinds(out, r->kinds);
	buf_add(out, STR(" | "));
	put_facts(out, r->lack, "not ", put_facts(out, r->need, "", 0));
	buf_printf(out, " | %s | %s | %.*s |\n", r->allowed ? "**goes**" : "refused", r->sentence,
	        STR_ARG(exit_who_text(r->who)));
}

void doc_exit(struct buf *out, const struct command *const *commands)
{
	(void)commands;
	buf_add(out,
	        STR("<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
	            "<!-- Printed by weir docs from the tables of the program; do not edit. -->\n"
	            "# Rules of the exit\n\n"
	            "What may leave the node, to whom and for what. The first row that matches decides; what "
	            "no row is about is\n"
	            "refused. `docs/exit.md` says how it is used. TLP:GREEN that names a group whose card is "
	            "here, but which\n"
	            "nobody here has confirmed or which has not both sides among its members, is decided as "
	            "TLP:AMBER; what has\n"
	            "no PAP is decided as PAP:AMBER.\n\n"
	            "| rule | purpose | TLP | PAP | recipient | if | | why | who may change it |\n"
	            "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"));
	for (unsigned i = 0; i < exit_rule_count; i++)
		put_rule(out, &exit_rules[i]);
	buf_add(out, STR("\n## Facts\n\n| fact | holds if |\n| --- | --- |\n"));
	for (unsigned i = 0; i < exit_fact_count; i++)
		buf_printf(out, "| %s | %s |\n", exit_facts[i].name, exit_facts[i].about);
}
