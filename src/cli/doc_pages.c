/* SPDX-License-Identifier: Apache-2.0
 *
 * What the pages say and who may what, from their tables.
 */
#include "cli/doc.h"
#include "trust/role.h"
#include "web/page.h"
#include "web/verbs.h"

void doc_words(struct buf *out, const struct command *const *table)
{
	char id[64];

	(void)table;
	buf_add(out,
	        STR("# SPDX-License-Identifier: Apache-2.0\n# Printed by weir docs from the words of the "
	            "pages; do "
	            "not edit. A translation is conf/lang/LANGUAGE/pages.yaml: the same\n# ids under "
	            "'words', "
	            "'name' as the language calls itself, and 'review: needed' until somebody has read "
	            "it.\nname: "
	            "English\nwords:\n"));
	for (unsigned i = 0; i < WORD_END; i++) {
		struct str name = word_id(i, id);
		buf_printf(out, "  %.*s: ", STR_ARG(name));
		buf_json(out, word_english(i));
		buf_char(out, '\n');
	}
}

static void put_rights(struct buf *out, uint32_t rights)
{
	bool any = false;

	for (unsigned i = 0; i < RIGHT_END; i++)
		if (rights >> i & 1) {
			buf_printf(out, "%s%s", any ? ", " : "", right_table[i].name);
			any = true;
		}
	if (!any)
		buf_add(out, STR("-"));
}

/* Of the API, live pages and exports. */
static void put_lists(struct buf *out)
{
	buf_add(out,
	        STR("\n## Lists\n\nUnder /api/v1; what is kept from an account is not in them.\n\n| list | "
	            "right | "
	            "narrowed |\n| --- | --- | --- |\n"));
	for (unsigned i = 0; i < route_count; i++) {
		char name[128];
		if (route_table[i]->right == RIGHT_NONE)
			continue;
		buf_printf(out, "| %.*s | ", STR_ARG(route_name(name, route_table[i], "ID")));
		put_rights(out, route_table[i]->right);
		buf_printf(out, " | %s |\n", route_table[i]->narrow ? "yes" : "no");
	}
}

void doc_roles(struct buf *out, const struct command *const *table)
{
	(void)table;
	buf_add(out,
	        STR("<!-- SPDX-License-Identifier: Apache-2.0 -->\n<!-- Printed by weir docs from the tables "
	            "of "
	            "the program; do not edit. -->\n# Roles and rights\n\nA person may have several roles, "
	            "and "
	            "has the rights of all of them.\n\n| role | rights | what for |\n| --- | --- | --- |\n"));
	for (unsigned i = 0; i < ROLE_END; i++) {
		buf_printf(out, "| %s | ", role_table[i].name);
		put_rights(out, role_table[i].rights);
		buf_printf(out, " | %s |\n", role_table[i].about);
	}
	buf_add(out, STR("\n| right | what it is |\n| --- | --- |\n"));
	for (unsigned i = 0; i < RIGHT_END; i++)
		buf_printf(out, "| %s | %s |\n", right_table[i].name, right_table[i].about);
	buf_add(out,
	        STR("\n## Pages\n\nNarrowed: also for accounts that see some owners only.\n\n| page | right "
	            "| "
	            "narrowed |\n| --- | --- | --- |\n"));
	for (unsigned i = 0; i < page_count; i++) {
		buf_printf(out, "| %s%s | ", page_list[i]->path, page_list[i]->id ? "/ID" : "");
		put_rights(out, page_list[i]->right);
		buf_printf(out, " | %s |\n", page_list[i]->narrow ? "yes" : "no");
	}
	put_lists(out);
	buf_add(out,
	        STR("\n## Changes\n\n| change | right | narrowed | what it does; parameters |\n| --- | --- | "
	            "--- | --- "
	            "|\n"));
	const struct change_row *row;
	for (unsigned i = 0; (row = verb_at(i)) != NULL; i++) {
		buf_printf(out, "| %s | ", row->name);
		put_rights(out, row->right);
		buf_printf(out, " | %s | %s |\n", row->object != 0 || row->own ? "yes" : "no", row->about);
	}
}
