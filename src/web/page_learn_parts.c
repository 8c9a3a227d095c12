/* SPDX-License-Identifier: Apache-2.0 */
#include "web/page_learn.h"

#define ACK_US ((int64_t)LEARN_ACK_S * 1000000)

void learn_link(const struct page_ask *p, struct html *h, uint64_t id, struct str title)
{
	struct link l;

	link_begin(&l, "/capability");
	link_part(&l, page_id(p, 'G', id));
	html_open(h, "a");
	html_link(h, "href", &l);
	html_printf(h, "G%llu ", (unsigned long long)id);
	html_text(h, title);
	html_close(h);
}

void learn_row(const struct page_ask *p, struct html *h, uint64_t id, struct str title)
{
	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	learn_link(p, h, id, title);
	html_close(h);
}

void learn_area(const struct page_ask *p, struct html *h, struct str area)
{
	html_open(h, "td");
	html_text(h, page_key(p, "area", area));
	html_close(h);
}

void learn_cell_when(struct html *h, int64_t seconds)
{
	html_open(h, "td");
	if (seconds != 0)
		page_time(h, seconds * 1000000);
	html_close(h);
}

void learn_fact(const struct page_ask *p, struct html *h, enum word name, struct str text)
{
	if (text.len == 0)
		return;
	page_line(p, h, "dt", NULL, name);
	html_line(h, "dd", NULL, text);
}

void learn_areas_select(
        const struct page_ask *p, struct html *h, const char *prefix, struct str chosen, enum word none)
{
	page_select(p, h, prefix, "area", W_LEARN_AREA);
	page_option(h, STR(""), none != WORD_END ? page_word(p, none) : STR("-"), chosen.len == 0);
	for (unsigned i = 0; learn_areas[i] != NULL; i++)
		page_option(h, str_from(learn_areas[i]), page_key(p, "area", str_from(learn_areas[i])),
		        str_eq(chosen, str_from(learn_areas[i])));
	html_close(h);
}

void learn_field(const struct page_ask *p, struct html *h, const char *prefix, const char *name,
        enum word label, struct str value, unsigned size)
{
	page_field(p, h,
	        &(struct page_field){.prefix = prefix,
	                .name = name,
	                .label = label,
	                .type = "text",
	                .value = value.len > 0 ? value : (struct str){0},
	                .limit = 300,
	                .size = size,
	                .required = strcmp(name, "title") == 0});
}

void learn_drafts(const struct page_ask *p, struct html *h, bool practices)
{
	static const enum word head[] = {W_LDRAFT, W_COL_WHAT, W_COL_NAME, W_COL_WHO, W_COL_WHEN, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select id, kind, title, person, at from learn_draft where (kind = 'practice') = ?1 order by "
	        "id "
	        "desc limit 100");
	unsigned n = 0;
	struct link l;

	query_u64(&q, practices);
	while (query_next(&q) == 1) {
		if (n++ == 0) {
			page_section(p, h, "h-drafts", W_LDRAFTS);
			page_table(p, h, W_LDRAFTS, head);
		}
		struct str id = page_id(p, 'D', query_get_u64(&q, 0));
		html_open(h, "tr");
		html_open(h, "th");
		html_attr(h, "scope", STR("row"));
		link_begin(&l, "/capability-draft");
		link_part(&l, id);
		html_open(h, "a");
		html_link(h, "href", &l);
		html_text(h, id);
		html_close(h);
		html_close(h);
		page_cell(h, page_key(p, "learn", query_get_text(&q, 1)));
		page_cell(h, query_get_text(&q, 2));
		page_cell(h, query_get_text(&q, 3));
		page_cell_time(h, query_get_i64(&q, 4));
		html_close(h);
	}
	query_done(&q, NULL);
	if (n > 0) {
		page_table_end(h);
		html_close(h);
	}
}

void learn_new(const struct page_ask *p, struct html *h, enum learn_kind kind, enum word title)
{
	const char *prefix = arena_printf(p->ask->arena, "n-%s-", learn_kinds[kind]).p;
	bool practice = kind == LEARN_PRACTICE;

	html_open(h, "details");
	page_line(p, h, "summary", NULL, title);
	page_form(p, h, practice ? "/practices/new" : "/needs/new", "act");
	page_hidden(h, "kind", str_from(learn_kinds[kind]));
	learn_field(p, h, prefix, "title", W_COL_NAME, STR(""), 40);
	learn_areas_select(p, h, prefix, STR(""), WORD_END);
	learn_field(p, h, prefix, practice ? "learnt-from" : "sim3", practice ? W_LEARN_FROM : W_LEARN_SIM3,
	        STR(""), practice ? 20 : 10);
	learn_field(p, h, prefix, "lang", W_LEARN_LANG, p->words->code, 6);
	page_area(p, h,
	        &(struct page_field){.prefix = prefix, .name = "text", .label = W_COL_TEXT, .limit = 6000},
	        4);
	page_button(p, h, title);
	html_close(h);
	html_close(h);
}

static void say_when(const struct page_ask *p, struct html *h, enum word w, int64_t us)
{
	char when[32];

	page_sayf(p, h, w, list_when(when, us));
}

void learn_offer_state(const struct page_ask *p, struct html *h, const struct learn_offer *o)
{
	if (o->ours) {
		page_sayf(p, h, W_OFFER_TAKEN, page_number(p, o->taken), page_number(p, o->told));
		return;
	}
	if (o->acked != 0) {
		say_when(p, h, W_OFFER_ACKED, o->acked * 1000000);
		return;
	}
	if (!o->open)
		return;
	bool late = o->heard + ACK_US < p->now;
	html_open(h, late ? "strong" : "span");
	say_when(p, h, late ? W_OFFER_LATE : W_OFFER_DUE, o->heard + ACK_US);
	html_close(h);
}

void learn_press(const struct page_ask *p, struct html *h, const char *action, const char *back, char letter,
        uint64_t id, enum word button)
{
	page_form(p, h, action, "act");
	page_hidden(h, "id", page_id(p, letter, id));
	if (back != NULL)
		page_hidden(h, "back", str_from(back));
	page_button(p, h, button);
	html_close(h);
}
