/* SPDX-License-Identifier: Apache-2.0
 *
 * A part of the page of rounds: who may bind the party because somebody delegated it to him.
 */
#include "agree/delegation.h"
#include "web/page_round.h"

static void draw_row(const struct page_ask *p, struct html *h, const struct delegation *d)
{
	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	html_text(h, d->person);
	html_close(h);
	page_cell(h, d->instruments);
	page_cell_time(h, d->until);
	page_cell(h, d->giver);
	page_cell(h, d->why);
	html_open(h, "td");
	if (page_may(p, RIGHT_BIND)) {
		page_form(p, h, "/agree/delegate-end", "act");
		page_hidden(h, "id", page_number(p, d->id));
		page_button(p, h, W_DELEGATION_END);
		html_close(h);
	}
	html_close(h);
	html_close(h);
}

static void draw_list(const struct page_ask *p, struct html *h, const struct delegation *d, unsigned n)
{
	static const enum word head[] = {W_COL_WHO, W_DELEGATION_INSTRUMENTS, W_DELEGATION_UNTIL, W_AGREE_BY,
	        W_COL_REASON, W_COL_ACT, WORD_END};

	page_table(p, h, W_DELEGATIONS, head);
	for (unsigned i = 0; i < n; i++)
		draw_row(p, h, &d[i]);
	page_table_end(h);
}

static void draw_form(const struct page_ask *p, struct html *h, struct str people)
{
	page_line(p, h, "p", "note", W_DELEGATION_WHAT);
	page_line(p, h, "p", "note", W_AGREE_TIME_HOW);
	page_form(p, h, "/agree/delegate", "fields");
	round_pair(h);
	page_select(p, h, "d-", "id", W_COL_WHO);
	while (people.len > 0) {
		struct str_cut cut = str_cut(people, ' ');
		page_option(h, cut.head, cut.head, false);
		people = cut.tail;
	}
	html_close(h);
	html_close(h);
	round_field(p, h, "d-", "instruments", W_DELEGATION_INSTRUMENTS, (struct str){0}, 30, true);
	round_field(p, h, "d-", "until", W_DELEGATION_UNTIL, (struct str){0}, 16, true);
	round_field(p, h, "d-", "why", W_REASON, (struct str){0}, 40, true);
	page_button(p, h, W_DELEGATION_GIVE);
	html_close(h);
}

void rounds_delegations(const struct page_ask *p, struct html *h)
{
	struct str people =
	        page_may(p, RIGHT_BIND) ? delegation_people(p->ask->state, p->ask->arena) : STR("");
	struct delegation *d;
	unsigned n = delegations(p->ask->state, p->ask->arena, p->now, &d), holds = 0;

	while (holds < n && str_eq(d[holds].state, STR("holds")))
		holds++;
	if (holds == 0 && people.len == 0)
		return;
	page_section(p, h, "h-delegations", W_DELEGATIONS);
	if (holds > 0)
		draw_list(p, h, d, holds);
	if (people.len > 0)
		draw_form(p, h, people);
	html_close(h);
}
