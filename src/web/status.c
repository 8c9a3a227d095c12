/* SPDX-License-Identifier: Apache-2.0
 *
 * The node on one screen: the lines of the figures.
 */
#include "web/figure.h"

static const struct list_column columns[] = {
        {"name", "", LIST_STRING, "what is counted"},
        {"value", "", LIST_NUMBER, "how many; null: it is in the note"},
        {"look", "", LIST_STRING, "'somebody must look', 'to do' or nothing"},
        {"note", NULL, LIST_STRING, "what to do about it, or the value where it is no number"},
};

static void put(struct list *l, const struct figure_line *line, const struct figure_shown *v)
{
	const char *look = v->look ? "somebody must look" : v->todo ? "to do" : "";
	struct str hint = str_from(line->hint != NULL && *look != 0 ? line->hint : "");
	if (hint.len != 0 && v->names.len != 0)
		hint = arena_printf(&l->arena, "%.*s; %.*s", STR_ARG(v->names), STR_ARG(hint));
	struct str note = v->text.p != NULL ? v->text : hint;
	char number[24];
	bool both = *look != 0 && note.len != 0;

	list_text(l, str_from(line->name));
	if (v->text.p != NULL || !v->there)
		list_text(l, l->form == LIST_TEXT && v->there ? v->text : (struct str){0});
	else
		list_text(l,
		        str_make(number,
		                (size_t)snprintf(number, sizeof(number), "%lld", (long long)v->value)));
	/* one column in the text */
	list_text(l,
	        l->form == LIST_TEXT && both ? arena_printf(&l->arena, "%s: %.*s", look, STR_ARG(note))
	                                     : str_from(look));
	list_text(l, note);
}

static int load(const struct ask *a, struct reply *r, struct err *e)
{
	struct figure_samples *all;
	bool look = false;
	struct list l;

	if (figures_find(a, &all, e) != 0)
		return e->code;
	list_begin(&l, &r->body, a->form, columns, sizeof(columns) / sizeof(columns[0]), "status");
	for (unsigned i = 0; i < figure_count; i++)
		for (const struct figure_line *line = figure_table[i].line;
		        line != NULL && line->name != NULL; line++) {
			struct figure_shown v;
			figure_show(&figure_table[i], line, &all[i], &v);
			look |= v.look;
			if (a->form != LIST_TEXT || line->look != FIGURE_TODO || v.todo)
				put(&l, line, &v);
		}
	list_end(&l);
	figures_done(all);
	r->state = look ? "look" : "fine";
	return 0;
}

static const struct list_table table = {"status", columns, sizeof(columns) / sizeof(columns[0]), 0, NULL};
const struct route route_status = {.path = "/status",
        .about = "the node on one screen",
        .load = load,
        .right = RIGHT_READ,
        .list = &table};
