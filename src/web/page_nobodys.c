/* SPDX-License-Identifier: Apache-2.0
 *
 * What belongs to nobody of the register, by AS and by network, the most first; and the form that gives a network, an AS or a name
 * to an owner, which goes the way of every change of the register (page_owner_edit.c).
 */
#include "event/value.h"
#include "see/register.h"
#include "web/page.h"

#define NETWORKS 100
#define ASES 20
#define DAY_US ((int64_t)86400 * 1000000)

static const struct {
	const char *key;
	unsigned days;
} spans[] = {{"7", 7}, {"30", 30}, {"90", 90}};

static unsigned days_of(const struct page_ask *p)
{
	struct str s = ask_param(p->ask, "days");

	for (unsigned i = 0; i < 3; i++)
		if (str_eq(s, str_from(spans[i].key)))
			return spans[i].days;
	return 7;
}

/* The newest receipt that is older than the span: rows of later ones count. */
static uint64_t before(const struct page_ask *p, unsigned days)
{
	struct query q =
	        db_query(p->ask->state, "select id from receipt where received < ? order by id desc limit 1");
	uint64_t id = 0;

	query_i64(&q, p->now - days * DAY_US);
	if (query_next(&q) == 1)
		id = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return id;
}

static void draw_span(const struct page_ask *p, struct html *h, unsigned days)
{
	page_filter(h, "/nobodys", "act");
	page_select(p, h, NULL, "days", W_NOBODYS_DAYS);
	for (unsigned i = 0; i < 3; i++)
		page_option(h, str_from(spans[i].key), str_from(spans[i].key), spans[i].days == days);
	html_close(h);
	page_button(p, h, W_FILTER);
	html_close(h);
}

static void draw_adopt(const struct page_ask *p, struct html *h, const char *field, struct str value)
{
	struct link l;

	html_open(h, "td");
	if (page_may(p, RIGHT_REGISTER) && value.len != 0) {
		html_open(h, "a");
		link_begin(&l, "/adopt");
		link_param(&l, field, value);
		html_link(h, "href", &l);
		page_say(p, h, W_NOBODYS_ADOPT);
		html_close(h);
	}
	html_close(h);
}

static void draw_rest(const struct page_ask *p, struct html *h, const struct query *q, int from)
{
	page_cell_u64(h, query_get_u64(q, from));
	page_cell_tag(p, h, "severity", severity_name((enum severity)query_get_u64(q, from + 1)));
	page_cell(h, query_get_text(q, from + 2));
	page_cell_time(h, query_get_i64(q, from + 3));
}

static int draw_ases(const struct page_ask *p, struct html *h, uint64_t after, struct err *e)
{
	static const enum word head[] = {W_NOBODYS_AS, W_NOBODYS_NETWORKS, W_COL_EVENTS, W_OWNERS_WORST,
	        W_NOBODYS_CLASSES, W_COL_LAST, W_NOBODYS_ADOPT, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select asn, count(distinct network), sum(events), max(severity), group_concat(distinct "
	        "class), max(last) from nobodys where "
	        "receipt > ?1 and asn <> 0 group by asn order by 3 desc, asn limit ?2");
	unsigned n = 0;

	query_u64(&q, after);
	query_u64(&q, ASES);
	page_section(p, h, "h-as", W_NOBODYS_BY_AS);
	while (query_next(&q) == 1) {
		struct str asn = page_number(p, query_get_u64(&q, 0));
		if (n++ == 0)
			page_table(p, h, W_NOBODYS_BY_AS, head);
		html_open(h, "tr");
		html_open(h, "th");
		html_attr(h, "scope", STR("row"));
		html_printf(h, "AS%.*s", STR_ARG(asn));
		html_close(h);
		page_cell_u64(h, query_get_u64(&q, 1));
		draw_rest(p, h, &q, 2);
		draw_adopt(p, h, "asns", asn);
		html_close(h);
	}
	page_table_over(p, h, n, W_NONE);
	html_close(h);
	return query_done(&q, e);
}

static int draw_networks(const struct page_ask *p, struct html *h, uint64_t after, struct err *e)
{
	static const enum word head[] = {W_NOBODYS_NETWORK, W_NOBODYS_AS, W_COL_EVENTS, W_OWNERS_WORST,
	        W_NOBODYS_CLASSES, W_COL_LAST, W_NOBODYS_ADOPT, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select network, asn, sum(events), max(severity), group_concat(distinct class), max(last) "
	        "from nobodys where receipt > ?1 group "
	        "by network, asn order by 3 desc, network limit ?2");
	unsigned n = 0;

	query_u64(&q, after);
	query_u64(&q, NETWORKS);
	page_section(p, h, "h-networks", W_NOBODYS_BY_NETWORK);
	while (query_next(&q) == 1) {
		struct str network = query_get_text(&q, 0);
		if (n++ == 0)
			page_table(p, h, W_NOBODYS_BY_NETWORK, head);
		html_open(h, "tr");
		html_open(h, "th");
		html_attr(h, "scope", STR("row"));
		html_text(h, network.len != 0 ? network : page_word(p, W_NOBODYS_UNKNOWN));
		html_close(h);
		html_open(h, "td");
		if (query_get_u64(&q, 1) != 0)
			html_printf(h, "AS%llu", (unsigned long long)query_get_u64(&q, 1));
		html_close(h);
		draw_rest(p, h, &q, 2);
		draw_adopt(p, h, "prefixes", network);
		html_close(h);
	}
	page_table_over(p, h, n, W_NONE);
	html_close(h);
	return query_done(&q, e);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	unsigned days = days_of(p);
	uint64_t after = before(p, days);

	page_line(p, h, "h1", NULL, W_NOBODYS);
	page_line(p, h, "p", NULL, W_NOBODYS_WHAT);
	draw_span(p, h, days);
	int rc = draw_ases(p, h, after, e);
	return rc == 0 ? draw_networks(p, h, after, e) : rc;
}

const struct page page_nobodys = {
        .path = "/nobodys", .title = W_NOBODYS, .group = PAGE_SEE, .right = RIGHT_READ, .draw = draw};

/* ---- adopting ------------------------------------------------------------------------------------ */

static void field(const struct page_ask *p, struct html *h, const char *name, enum word label, bool required)
{
	html_open(h, "p");
	page_field(p, h,
	        &(struct page_field){.name = name,
	                .label = label,
	                .value = ask_param(p->ask, name),
	                .limit = 1000,
	                .size = 30,
	                .required = required});
	html_close(h);
}

static int draw_form(const struct page_ask *p, struct html *h, struct err *e)
{
	uint64_t version = 0;
	int rc = register_version(p->ask->state, &version, e);

	if (rc != 0)
		return rc;
	page_line(p, h, "h1", NULL, W_ADOPT);
	page_line(p, h, "p", NULL, W_ADOPT_WHAT);
	page_form(p, h, "/owners/change", "act long");
	page_hidden(h, "add", STR("1"));
	page_hidden(h, "version", page_number(p, version));
	page_hidden(h, "back", STR("/nobodys"));
	field(p, h, "id", W_ADOPT_OWNER, true);
	field(p, h, "prefixes", W_OWNER_PREFIXES, false);
	field(p, h, "asns", W_OWNER_ASNS, false);
	field(p, h, "domains", W_OWNER_DOMAINS, false);
	page_line(p, h, "p", NULL, W_ADOPT_NEW);
	field(p, h, "name", W_COL_NAME, false);
	field(p, h, "sector", W_OWNERS_SECTOR, false);
	field(p, h, "email1", W_OWNER_ADDRESS, false);
	field(p, h, "language1", W_LANGUAGE, false);
	html_open(h, "p");
	page_button(p, h, W_OWNER_DIFFERENCE_GO);
	html_close(h);
	html_close(h);
	return 0;
}

const struct page page_adopt = {
        .path = "/adopt", .title = W_ADOPT, .right = RIGHT_REGISTER, .draw = draw_form};
