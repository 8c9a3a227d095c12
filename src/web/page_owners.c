/* SPDX-License-Identifier: Apache-2.0
 *
 * The owners of the register: what is open at each, whether anybody there can be reached, and when they were last written to.
 */
#include "web/page_owner.h"

#define ROWS 50
#define MOST 500 /* among which is looked where the most come first */

struct filter {
	struct str text, sector, after;
	bool broken, most;
};

static void draw_filter(const struct page_ask *p, struct html *h, const struct filter *f)
{
	page_filter(h, "/owners", "act");
	page_field(p, h,
	        &(struct page_field){.name = "text", .label = W_OWNERS_TEXT, .size = 20, .value = f->text});
	page_field(p, h,
	        &(struct page_field){
	                .name = "sector", .label = W_OWNERS_SECTOR, .size = 12, .value = f->sector});
	page_select(p, h, NULL, "show", W_OWNERS_SHOW);
	page_option(h, STR(""), page_word(p, W_OWNERS_BY_ID), !f->broken && !f->most);
	page_option(h, STR("most"), page_word(p, W_OWNERS_MOST), f->most);
	page_option(h, STR("broken"), page_word(p, W_OWNERS_BROKEN), f->broken);
	html_close(h);
	page_button(p, h, W_FILTER);
	html_close(h);
}

#define BROKEN                                                                                               \
	"(select count(*) from contact c where c.owner = o.id and c.gone is null and c.broken is not null)"
#define COLUMNS                                                                                              \
	"select o.ref, o.name, o.sector, (select count(*) from finding f where f.owner = o.id and f.state "  \
	"in " OPEN_STATES "), " WORST_OF("o.id") ", (select max(n.sent) from notice n where n.contact in "   \
	                                         "(select id from contact where owner = "                    \
	                                         "o.id)), (select count(*) from contact c where c.owner = "  \
	                                         "o.id and c.gone is null), " BROKEN

/* % and _ of the person are no patterns. */
static struct str pattern(const struct page_ask *p, struct str text)
{
	auto_buf struct buf b = {0};

	buf_char(&b, '%');
	for (size_t i = 0; i < text.len; i++) {
		if (str_has(STR("%_\\"), text.p[i]))
			buf_char(&b, '\\');
		buf_char(&b, text.p[i]);
	}
	buf_char(&b, '%');
	return arena_str(p->ask->arena, buf_str(&b));
}

static struct query find(const struct page_ask *p, const struct filter *f)
{
	auto_buf struct buf sql = {0};

	buf_add(&sql, STR(COLUMNS));
	if (f->most)
		buf_add(&sql,
		        STR(" from (select owner, count(*) as n from finding where state in " OPEN_STATES
		            " group by owner order by 2 desc limit ?4) x join owner o on o.id = x.owner"));
	else
		buf_add(&sql, STR(" from owner o"));
	buf_add(&sql,
	        STR(" where o.gone is null and (?1 is null or o.name like ?1 escape '\\' or o.ref like ?1 "
	            "escape '\\') and (?2 is "
	            "null or o.sector = ?2) and (?3 is null or o.ref > ?3)"));
	if (f->broken)
		buf_add(&sql, STR(" and " BROKEN " > 0"));
	buf_printf(&sql, " order by %s limit %d", f->most ? "x.n desc, o.id" : "o.ref", ROWS + 1);
	struct query q = db_query_text(p->ask->state, buf_str(&sql));
	query_text(&q, f->text.len != 0 ? pattern(p, f->text) : (struct str){0});
	query_text(&q, f->sector.len != 0 ? f->sector : (struct str){0});
	query_text(&q, f->after.len != 0 && !f->most ? f->after : (struct str){0});
	if (f->most)
		query_u64(&q, f->text.len + f->sector.len != 0 ? MOST : ROWS);
	return q;
}

static void draw_row(const struct page_ask *p, struct html *h, const struct query *q)
{
	struct str worst = query_get_text(q, 4);

	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	page_owner(h, query_get_text(q, 0), query_get_text(q, 1));
	html_close(h);
	page_cell(h, query_get_text(q, 2));
	page_cell_u64(h, query_get_u64(q, 3));
	html_open(h, "td");
	if (worst.len != 0)
		page_tag(p, h, "severity", worst);
	html_close(h);
	page_cell_time(h, query_get_i64(q, 5));
	page_cell_u64(h, query_get_u64(q, 6));
	html_open(h, "td");
	if (query_get_u64(q, 6) == 0)
		page_tag(p, h, "contact", STR("none"));
	else if (query_get_u64(q, 7) != 0)
		page_tag(p, h, "contact", STR("broken"));
	html_close(h);
	html_close(h);
}

static void draw_more(const struct page_ask *p, struct html *h, const struct filter *f, struct str last)
{
	struct link l;

	html_open(h, "p");
	html_open(h, "a");
	link_begin(&l, "/owners");
	if (f->text.len != 0)
		link_param(&l, "text", f->text);
	if (f->sector.len != 0)
		link_param(&l, "sector", f->sector);
	if (f->broken)
		link_param(&l, "show", STR("broken"));
	link_param(&l, "after", last);
	html_link(h, "href", &l);
	html_attr(h, "rel", STR("next"));
	page_say(p, h, W_OWNERS_NEXT);
	html_close(h);
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {W_COL_OWNER, W_OWNERS_SECTOR, W_OWNERS_OPEN, W_OWNERS_WORST,
	        W_OWNERS_LETTER, W_OWNERS_CONTACTS, W_OWNERS_REACH, WORD_END};
	struct str show = ask_param(p->ask, "show"), last = {0};
	struct filter f = {.text = ask_param(p->ask, "text"),
	        .sector = ask_param(p->ask, "sector"),
	        .after = ask_param(p->ask, "after"),
	        .broken = str_eq(show, STR("broken")),
	        .most = str_eq(show, STR("most"))};
	unsigned n = 0;

	page_line(p, h, "h1", NULL, W_OWNERS);
	draw_filter(p, h, &f);
	struct query q = find(p, &f);
	while (n <= ROWS && query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_OWNERS_TABLE, head);
		if (n > ROWS)
			break;
		last = arena_str(p->ask->arena, query_get_text(&q, 0));
		draw_row(p, h, &q);
	}
	int rc = query_done(&q, e);
	page_table_over(p, h, n, W_FINDINGS_NONE);
	if (n > ROWS && !f.most)
		draw_more(p, h, &f, last);
	return rc;
}

const struct page page_owners = {.path = "/owners",
        .title = W_OWNERS,
        .group = PAGE_SEE,
        .right = RIGHT_READ,
        .narrow = true,
        .draw = draw};
