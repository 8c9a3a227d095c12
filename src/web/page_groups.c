/* SPDX-License-Identifier: Apache-2.0
 *
 * Groups: the cards that count here, cards that came and wait for a person, with old and new members side by side, and cards that
 * were written here and wait for a second one.
 */
#include "web/page_peer.h"

static void head_of(struct html *h, struct str id)
{
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	html_text(h, id);
	html_close(h);
}

static void button_of(
        const struct page_ask *p, struct html *h, const char *action, struct str id, enum word w)
{
	page_form(p, h, action, "act");
	page_hidden(h, "id", id);
	page_button(p, h, w);
	html_close(h);
}

static void draw_counting(const struct page_ask *p, struct html *h, const struct group_look *g, unsigned n)
{
	static const enum word head[] = {W_GROUPS_GROUP, W_PEERS_TITLE, W_GROUPS_SERIAL, W_GROUPS_MEMBERS,
	        W_GROUPS_PURPOSE, W_GROUPS_LABEL, W_GROUPS_OFFICE, WORD_END};
	uint64_t rows = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct card_look *c = &g[i].held;
		if (c->serial == 0)
			continue;
		if (rows++ == 0)
			page_table(p, h, W_GROUPS_TABLE, head);
		html_open(h, "tr");
		head_of(h, g[i].id);
		page_cell(h, c->name);
		page_cell_u64(h, (uint64_t)c->serial);
		page_cell(h, c->members);
		page_cell(h, c->purpose);
		page_cell_tag(p, h, "tlp", c->label);
		page_cell(h, c->secretariat);
		html_close(h);
	}
	page_table_over(p, h, rows, W_NONE);
}

/* The card that is shown, so that no other that comes meanwhile is confirmed instead. */
static struct str seen_card(const struct page_ask *p, const struct group_look *g)
{
	return arena_printf(p->ask->arena, "%.*s/S%llu", STR_ARG(g->id), (unsigned long long)g->waiting.n);
}

/* Old and new side by side: nobody confirms a change of members that he has not seen. */
static void draw_two(
        const struct page_ask *p, struct html *h, const struct group_look *g, unsigned n, bool waiting)
{
	static const enum word came[] = {W_GROUPS_GROUP, W_PEERS_PARTY, W_GROUPS_SERIAL, W_GROUPS_BEFORE,
	        W_GROUPS_AFTER, W_GROUPS_PURPOSE, W_GROUPS_LABEL, W_GROUPS_OFFICE, W_COL_ACT, WORD_END};
	static const enum word ours[] = {W_GROUPS_GROUP, W_GROUPS_BY, W_GROUPS_SERIAL, W_GROUPS_BEFORE,
	        W_GROUPS_AFTER, W_GROUPS_PURPOSE, W_GROUPS_LABEL, W_GROUPS_OFFICE, W_COL_ACT, WORD_END};
	enum word title = waiting ? W_GROUPS_WAITING : W_GROUPS_PROPOSED;
	uint64_t rows = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct card_look *c = waiting ? &g[i].waiting : &g[i].proposed;
		if (c->serial == 0)
			continue;
		if (rows++ == 0) {
			page_section(p, h, waiting ? "h-waiting" : "h-proposed", title);
			page_table(p, h, title, waiting ? came : ours);
		}
		html_open(h, "tr");
		head_of(h, g[i].id);
		page_cell(h, c->sender);
		page_cell_u64(h, (uint64_t)c->serial);
		page_cell(h, g[i].held.serial != 0 ? g[i].held.members : STR("-"));
		page_cell(h, c->members);
		page_cell(h, c->purpose);
		page_cell_tag(p, h, "tlp", c->label);
		page_cell(h, c->secretariat);
		html_open(h, "td");
		if (page_may(p, RIGHT_LINK) && waiting) {
			button_of(p, h, "/groups/confirm", seen_card(p, &g[i]), W_GROUPS_CONFIRM);
		} else if (page_may(p, RIGHT_LINK)) {
			button_of(p, h, "/groups/send", g[i].id, W_GROUPS_SEND);
			button_of(p, h, "/groups/drop", g[i].id, W_GROUPS_DROP);
		}
		html_close(h);
		html_close(h);
	}
	if (rows > 0) {
		page_table_end(h);
		html_close(h);
	}
}

static void draw_write(const struct page_ask *p, struct html *h)
{
	static const struct page_field fields[] = {
	        {.name = "id", .label = W_GROUPS_GROUP, .limit = 63, .size = 12, .required = true},
	        {.name = "name", .label = W_PEERS_TITLE, .limit = 200, .size = 16},
	        {.name = "purpose", .label = W_GROUPS_PURPOSE, .limit = 500, .size = 30},
	        {.name = "members", .label = W_GROUPS_MEMBERS, .limit = 2000, .size = 30},
	        {.name = "secretariat", .label = W_GROUPS_OFFICE, .limit = 63, .size = 12},
	};
	static const char *const labels[] = {"", "GREEN", "AMBER", "AMBER+STRICT", "CLEAR", "RED"};

	if (!page_may(p, RIGHT_LINK))
		return;
	page_section(p, h, "h-write", W_GROUPS_WRITE);
	page_line(p, h, "p", NULL, W_GROUPS_WRITE_WHAT);
	page_form(p, h, "/groups/propose", "act");
	for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		page_field(p, h, &fields[i]);
	page_select(p, h, NULL, "label", W_GROUPS_LABEL);
	for (unsigned i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		page_option(h, str_from(labels[i]), str_from(i > 0 ? labels[i] : "-"), i == 0);
	html_close(h);
	page_button(p, h, W_GROUPS_WRITE);
	html_close(h);
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct group_look *groups;
	unsigned n = groups_look(p->ask->state, p->ask->arena, &groups);

	(void)e;
	page_line(p, h, "h1", NULL, W_GROUPS);
	draw_two(p, h, groups, n, true);
	draw_counting(p, h, groups, n);
	draw_two(p, h, groups, n, false);
	draw_write(p, h);
	return 0;
}

const struct page page_groups = {
        .path = "/groups", .title = W_GROUPS, .group = PAGE_LINK, .right = RIGHT_READ, .draw = draw};
