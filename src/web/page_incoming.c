/* SPDX-License-Identifier: Apache-2.0
 *
 * Mails that people wrote: those that nobody has looked at stand first.
 */
#include "web/page.h"

#define ROWS 50

static const struct {
	const char *key;
	enum word word;
} tabs[] = {{"new", W_INCOMING_NEW}, {"done", W_STATE_DONE}, {"all", W_LETTERS_ALL}};

static struct str tab_of(const struct page_ask *p)
{
	struct str s = ask_param(p->ask, "state");

	return s.len != 0 ? s : STR("new");
}

static void draw_tabs(const struct page_ask *p, struct html *h)
{
	struct query q = db_query(p->ask->state, "select count(*) from message where state = 'new'");
	uint64_t fresh = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;

	query_done(&q, NULL);
	html_open(h, "ul");
	html_attr(h, "class", STR("figures"));
	for (unsigned i = 0; i < 3; i++) {
		struct link l;
		html_open(h, "li");
		html_open(h, "a");
		link_begin(&l, "/incoming");
		link_param(&l, "state", str_from(tabs[i].key));
		html_link(h, "href", &l);
		if (str_eq(tab_of(p), str_from(tabs[i].key)))
			html_attr(h, "aria-current", STR("true"));
		if (i == 0) {
			html_open(h, "strong");
			html_u64(h, fresh);
			html_close(h);
			html_text(h, STR(" "));
		}
		page_line(p, h, "span", NULL, tabs[i].word);
		html_close(h);
		html_close(h);
	}
	html_close(h);
}

static void draw_row(const struct page_ask *p, struct html *h, const struct query *q)
{
	page_row(h, 'M', query_get_u64(q, 0), (struct str){0});
	page_cell_tag(p, h, "mailkind", query_get_text(q, 1));
	page_cell_time(h, query_get_i64(q, 2));
	page_cell(h, query_get_text(q, 3));
	html_open(h, "td");
	if (!query_is_null(q, 4))
		page_thing(h, 'N', query_get_u64(q, 4));
	html_close(h);
	page_cell_owner(h, query_get_text(q, 5), query_get_text(q, 6));
	page_cell(h, page_key(p, "why", query_get_text(q, 7)));
	page_cell(h, query_get_text(q, 8));
	page_cell(h, page_key(p, "outcome", query_get_text(q, 9)));
	html_close(h);
}

static void draw_more(const struct page_ask *p, struct html *h, uint64_t last)
{
	struct link l;

	link_begin(&l, "/incoming");
	link_param(&l, "state", tab_of(p));
	link_param(&l, "after", page_id(p, 'M', last));
	html_open(h, "p");
	html_open(h, "a");
	html_link(h, "href", &l);
	html_attr(h, "rel", STR("next"));
	page_say(p, h, W_OLDER);
	html_close(h);
	html_close(h);
}

/* What waits comes in the order in which it came; what is done, the newest first. */
static struct query find(const struct page_ask *p, uint64_t after)
{
	struct str tab = tab_of(p);
	bool fresh = str_eq(tab, STR("new"));
	auto_buf struct buf sql = {0};

	buf_add(&sql,
	        STR("select m.id, m.kind, m.received, m.sender, m.notice, coalesce(o.ref, ''), "
	            "coalesce(o.name, ''), m.proposal, "
	            "m.subject, m.outcome from message m left join notice n on n.id = m.notice left join "
	            "contact c on "
	            "c.id = n.contact left join owner o on o.id = c.owner where "));
	buf_add(&sql,
	        fresh ? STR("m.state = 'new' and m.id > ?1 order by m.id")
	                : str_eq(tab, STR("done"))
	                ? STR("m.state = 'done' and (?1 = 0 or m.id < ?1) order by m.id desc")
	                : STR("(?1 = 0 or m.id < ?1) order by m.id desc"));
	buf_printf(&sql, " limit %d", ROWS + 1);
	struct query q = db_query_text(p->ask->state, buf_str(&sql));
	query_u64(&q, after);
	return q;
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {W_INCOMING_MAIL, W_INCOMING_KIND, W_COL_CAME, W_INCOMING_FROM,
	        W_COL_LETTER, W_COL_OWNER, W_INCOMING_SAYS, W_INCOMING_SUBJECT, W_INCOMING_OUTCOME, WORD_END};
	struct ask_page page;
	uint64_t n = 0, last = 0;

	if (ask_page(p->ask, 'M', &page, e) != 0)
		return ERR_USAGE;
	page_line(p, h, "h1", NULL, W_INCOMING);
	draw_tabs(p, h);
	struct query q = find(p, page.after);
	while (n <= ROWS && query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_INCOMING_TABLE, head);
		if (n > ROWS)
			break;
		last = query_get_u64(&q, 0);
		draw_row(p, h, &q);
	}
	int rc = query_done(&q, e);
	page_table_over(p, h, n, W_INCOMING_NONE);
	if (n > ROWS)
		draw_more(p, h, last);
	return rc;
}

const struct page page_incoming = {.path = "/incoming",
        .title = W_INCOMING,
        .group = PAGE_TELL,
        .right = RIGHT_READ,
        .narrow = true,
        .draw = draw};
