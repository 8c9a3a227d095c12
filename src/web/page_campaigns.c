/* SPDX-License-Identifier: Apache-2.0
 *
 * Campaigns: a special letter to many, proposed here; and those that there were.
 */
#include "web/page.h"

#define ROWS 50

static void draw_row(const struct page_ask *p, struct html *h, const struct query *q)
{
	page_row(h, 'C', query_get_u64(q, 0), (struct str){0});
	page_cell(h, query_get_text(q, 1));
	page_cell_tag(p, h, "campaign", query_get_text(q, 2));
	page_cell_tag(p, h, "tlp", query_get_text(q, 3));
	page_cell(h, query_get_text(q, 4));
	page_cell_time(h, query_get_i64(q, 5));
	page_cell(h, query_get_text(q, 6));
	for (int i = 7; i < 10; i++)
		page_cell_u64(h, query_get_u64(q, i));
	html_close(h);
}

static int draw_list(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {W_CAMPAIGN, W_COL_NAME, W_COL_STATE, W_LETTERS_LABEL, W_CAMPAIGN_BY,
	        W_CAMPAIGN_AT, W_CAMPAIGN_DECIDER, W_CAMPAIGN_CONTACTS, W_CAMPAIGN_SENT, W_CAMPAIGN_ANSWERED,
	        WORD_END};
	struct ask_page page;
	unsigned n = 0;

	if (ask_page(p->ask, 'C', &page, e) != 0)
		return ERR_USAGE;
	struct query q = db_query(p->ask->state,
	        "select c.id, c.name, c.state, c.label, c.proposer, c.proposed, c.decider, (select count(*) "
	        "from campaign_to t where t.campaign "
	        "= c.id and t.why = ''), (select count(*) from campaign_to t join notice n on n.id = "
	        "t.notice where t.campaign = c.id and n.state "
	        "= 'sent'), (select count(distinct m.notice) from campaign_to t join message m on m.notice = "
	        "t.notice where t.campaign = c.id and "
	        "m.kind = 'answer') from campaign c where (?1 = 0 or c.id < ?1) order by c.id desc limit ?2");
	query_u64(&q, page.after);
	query_u64(&q, ROWS);
	page_section(p, h, "h-list", W_CAMPAIGN_LIST);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_CAMPAIGN_LIST, head);
		draw_row(p, h, &q);
	}
	page_table_over(p, h, n, W_NONE);
	html_close(h);
	return query_done(&q, e);
}

static void field(const struct page_ask *p, struct html *h, const char *name, enum word label, bool required)
{
	html_open(h, "p");
	page_field(p, h,
	        &(struct page_field){
	                .name = name, .label = label, .limit = 200, .size = 40, .required = required});
	html_close(h);
}

static void draw_text(const struct page_ask *p, struct html *h, const struct tongue *t, bool open)
{
	const struct words *w = languages_find(p->languages, t->code);

	html_open(h, "details");
	if (open)
		html_flag(h, "open");
	html_line(h, "summary", NULL, str_eq(w->code, t->code) ? w->name : t->code);
	html_open(h, "p");
	page_field(p, h,
	        &(struct page_field){.name = arena_printf(p->ask->arena, "subject-%.*s", STR_ARG(t->code)).p,
	                .label = W_INCOMING_SUBJECT,
	                .limit = 200,
	                .size = 60});
	html_close(h);
	html_open(h, "p");
	page_area(p, h,
	        &(struct page_field){.name = arena_printf(p->ask->arena, "text-%.*s", STR_ARG(t->code)).p,
	                .label = W_CAMPAIGN_TEXT,
	                .limit = 8000},
	        open ? 10 : 6);
	html_close(h);
	html_close(h);
}

static void draw_form(const struct page_ask *p, struct html *h)
{
	static const char *const labels[] = {"AMBER", "GREEN", "CLEAR"};

	page_section(p, h, "h-new", W_CAMPAIGN_NEW);
	page_line(p, h, "p", NULL, W_CAMPAIGN_WHAT);
	page_form_with_file(p, h, "/campaign/propose", "act long");
	field(p, h, "name", W_COL_NAME, true);
	html_open(h, "p");
	page_select(p, h, NULL, "label", W_LETTERS_LABEL);
	for (unsigned i = 0; i < 3; i++)
		page_option(h, str_from(labels[i]), arena_printf(p->ask->arena, "TLP:%s", labels[i]), i == 0);
	html_close(h);
	html_close(h);
	html_open(h, "p");
	page_area(p, h, &(struct page_field){.name = "places", .label = W_CAMPAIGN_PLACES}, 6);
	html_close(h);
	html_open(h, "p");
	page_field(p, h, &(struct page_field){.name = "file", .label = W_CAMPAIGN_FILE, .type = "file"});
	html_close(h);
	field(p, h, "sought", W_CAMPAIGN_SOUGHT, false);
	field(p, h, "class", W_CAMPAIGN_CLASS, false);
	html_open(h, "p");
	page_sayf(
	        p, h, W_CAMPAIGN_VARIABLES, STR("{owner}, {ticket}, {team}, {count}, {list}, {label.means}"));
	html_close(h);
	for (unsigned i = 0; i < p->tongues->n; i++)
		draw_text(p, h, &p->tongues->v[i], i == 0);
	html_open(h, "p");
	page_button(p, h, W_CAMPAIGN_PROPOSE);
	html_close(h);
	html_close(h);
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	page_line(p, h, "h1", NULL, W_CAMPAIGNS);
	int rc = draw_list(p, h, e);
	if (rc == 0 && page_may(p, RIGHT_LETTERS))
		draw_form(p, h);
	return rc;
}

const struct page page_campaigns = {
        .path = "/campaign", .title = W_CAMPAIGNS, .group = PAGE_TELL, .right = RIGHT_READ, .draw = draw};
