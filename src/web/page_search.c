/* SPDX-License-Identifier: Apache-2.0
 *
 * One box for everything: an address, a prefix, a name, a URL, a digest, an owner, the number of a letter, an id. What is
 * typed decides what it is; an id or a letter's number leads straight to it. Findings are shown at once. Events lie in the files of
 * days and come after them, day by day (page_search_events.c).
 */
#include "web/page_search.h"

#define ROWS 50

/* ---- what is meant ------------------------------------------------------------------------------- */

static bool is_number(struct str s)
{
	uint64_t n;

	return str_u64(s, &n) && n > 0;
}

static bool is_thing(struct str q, struct search *s)
{
	static const struct {
		char letter;
		const char *path;
	} things[] = {{'F', "/findings"}, {'R', "/reports"}, {'N', "/letters"}, {'M', "/incoming"},
	        {'A', "/roster"}};
	struct ask_event id;
	char letter = q.len > 1 ? (char)(q.p[0] & ~0x20) : 0;

	for (size_t i = 0; i < sizeof(things) / sizeof(things[0]); i++)
		if (letter == things[i].letter && q.len < 20 && is_number(str_skip(q, 1))) {
			if (letter == 'A')
				snprintf(s->to, sizeof(s->to), "/roster");
			else
				snprintf(s->to, sizeof(s->to), "%s/%c%.*s", things[i].path, letter,
				        STR_ARG(str_skip(q, 1)));
			return true;
		}
	if (letter != 'E' || ask_event_id(q, &id, NULL) != 0)
		return false;
	snprintf(s->to, sizeof(s->to), "/events/E%llu.%u.%u", (unsigned long long)id.receipt, id.ordinal,
	        id.sub);
	return true;
}

/* "XA-2-YY47", as it stands in the subject of a letter; with brackets too. */
static bool is_ticket(const struct page_ask *p, struct str q, struct search *s)
{
	struct query one =
	        db_query(p->ask->state, "select id from notice where ticket = upper(trim(?1, '[] '))");

	query_text(&one, q);
	bool found = query_next(&one) == 1;
	if (found)
		snprintf(s->to, sizeof(s->to), "/letters/N%llu", (unsigned long long)query_get_u64(&one, 0));
	query_done(&one, NULL);
	return found;
}

static bool is_digest(struct str q)
{
	for (size_t i = 0; i < q.len; i++)
		if (!char_digit(q.p[i]) && ((q.p[i] | 0x20) < 'a' || (q.p[i] | 0x20) > 'f'))
			return false;
	return q.len == 32 || q.len == 40 || q.len == 64;
}

static bool has_blank(struct str q)
{
	return str_has(q, ' ') || str_has(q, '\t');
}

static enum search_kind kind_of(struct arena *a, struct str q, struct search *s)
{
	char *text = arena_array(a, SEARCH_TEXT, 1);
	struct str host;
	size_t len = 0;

	s->text = q;
	if (prefix_parse(q, &s->prefix, NULL))
		return SEARCH_PREFIX;
	if (is_digest(q))
		return SEARCH_VALUE;
	if (str_find_str(q, 0, STR("://")) != SIZE_MAX) {
		if (value_url(q, text, &len, &host))
			s->text = str_make(text, len);
		return SEARCH_VALUE;
	}
	if (str_has(q, '@') && !has_blank(q)) {
		if (value_email(q, text, &len))
			s->text = str_make(text, len);
		return SEARCH_VALUE;
	}
	if (str_has(q, '.') && !has_blank(q) && value_fqdn(q, text, &len)) {
		s->text = str_make(text, len);
		return SEARCH_NAME;
	}
	return SEARCH_WORDS;
}

void search_read(const struct page_ask *p, struct str q, struct search *ret)
{
	char *buf = arena_array(p->ask->arena, SEARCH_TEXT, 1);

	*ret = (struct search){.kind = SEARCH_NONE};
	q = str_trim(q);
	if (q.len == 0 || q.len > SEARCH_LONGEST)
		return;
	ret->text = q;
	ret->kind = SEARCH_THING;
	if (is_thing(q, ret) || is_ticket(p, q, ret))
		return;
	/* as people write it to each other: 192.0.2[.]1, hxxp:// */
	ret->kind = kind_of(p->ask->arena, value_refang(q, buf, SEARCH_TEXT), ret);
}

void search_asked(const struct page_ask *p, struct search *ret)
{
	search_read(p, ask_param(p->ask, "q"), ret);
}

static bool leads(const struct page_ask *p, char *ret, size_t size)
{
	struct search s;

	search_asked(p, &s);
	if (s.kind == SEARCH_THING)
		snprintf(ret, size, "%s", s.to);
	return s.kind == SEARCH_THING;
}

/* ---- whose --------------------------------------------------------------------------------------- */

static void draw_claim(const struct page_ask *p, struct html *h, const struct query *q, unsigned n)
{
	static const enum word head[] = {W_COL_OWNER, W_SEARCH_CLAIM, W_SEARCH_SECTOR, WORD_END};

	if (n == 0) {
		page_section(p, h, "h-whose", W_SEARCH_WHOSE);
		page_table(p, h, W_SEARCH_WHOSE_TABLE, head);
	}
	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	page_owner(h, query_get_text(q, 0), query_get_text(q, 1));
	html_close(h);
	page_cell(h, query_get_text(q, 2));
	page_cell(h, query_get_text(q, 3));
	html_close(h);
}

static bool covers(struct str claim, const struct prefix *asked)
{
	struct prefix c;

	return prefix_parse(claim, &c, NULL) &&
	        (c.len <= asked->len ? prefix_has(&c, &asked->addr) : prefix_has(asked, &c.addr));
}

static void draw_whose(const struct page_ask *p, struct html *h, const struct search *s)
{
	struct query q = s->kind == SEARCH_PREFIX
	        ? db_query(p->ask->state,
	                  "select o.ref, o.name, c.value, o.sector from claim c join owner o on o.id = "
	                  "c.owner where c.kind = "
	                  "'prefix' and o.gone is null and ?1 is not null order by o.position, o.ref")
	        : s->kind == SEARCH_NAME ? db_query(p->ask->state,
	                                           "select o.ref, o.name, c.value, o.sector from claim c "
	                                           "join owner o on o.id = c.owner where c.kind = "
	                                           "'domain' and o.gone is null and (c.value = ?1 or "
	                                           "substr('.' || ?1, -length(c.value) - 1) = '.' || "
	                                           "c.value or substr('.' || c.value, -length(?1) - 1) = '.' "
	                                           "|| ?1) order by o.position, o.ref")
	                                 : db_query(p->ask->state,
	                                           "select o.ref, o.name, group_concat(c.email, ', '), "
	                                           "o.sector from owner o left join contact c on "
	                                           "c.owner = o.id and c.gone is null where o.gone is null "
	                                           "and (o.ref = ?1 or instr(lower(o.name), "
	                                           "lower(?1)) > 0 or o.sector = ?1 or exists (select 1 from "
	                                           "contact d where d.owner = o.id and "
	                                           "d.email = ?1)) group by o.id order by o.position, o.ref");
	unsigned n = 0;

	query_text(&q, s->text);
	while (n < ROWS && query_next(&q) == 1) {
		if (s->kind == SEARCH_PREFIX && !covers(query_get_text(&q, 2), &s->prefix))
			continue;
		draw_claim(p, h, &q, n++);
	}
	query_done(&q, NULL);
	if (n > 0) {
		page_table_end(h);
		html_close(h);
	}
}

/* ---- findings ------------------------------------------------------------------------------------ */

static bool finding_fits(const struct search *s, struct str place)
{
	struct addr a;

	if (s->kind != SEARCH_PREFIX)
		return true;
	return addr_parse(place, &a) && prefix_has(&s->prefix, &a);
}

static void draw_finding(const struct page_ask *p, struct html *h, const struct query *q)
{
	page_row(h, 'F', query_get_u64(q, 0), query_get_text(q, 1));
	page_cell_tag(p, h, "severity", query_get_text(q, 1));
	page_cell(h, query_get_text(q, 2));
	page_cell_owner(h, query_get_text(q, 3), query_get_text(q, 4));
	page_cell_place(p, h, query_get_text(q, 5), query_get_u64(q, 6));
	page_cell_time(h, query_get_i64(q, 7));
	page_cell_time(h, query_get_i64(q, 8));
	page_cell_tag(p, h, "state", query_get_text(q, 9));
	html_close(h);
}

#define FINDINGS                                                                                             \
	"select f.id, f.severity, f.class, o.ref, o.name, f.place, f.port, f.first, f.last, f.stage from "   \
	"finding f join owner "                                                                              \
	"o on o.id = f.owner where "

static struct query ask_findings(const struct page_ask *p, const struct search *s)
{
	bool one = s->prefix.len == 128;
	struct query q = s->kind == SEARCH_PREFIX && !one
	        ? db_query(p->ask->state, FINDINGS "?1 is not null order by f.id desc")
	        : s->kind == SEARCH_NAME ? db_query(p->ask->state,
	                                           FINDINGS "(f.place = ?1 or f.place like '%.' || ?1 or "
	                                                    "f.place like '%://' || ?1 || '/%' or f.place "
	                                                    "like '%://' || ?1) order by f.id desc")
	        : s->kind == SEARCH_WORDS
	        ? db_query(p->ask->state,
	                  FINDINGS "(f.malware = lower(?1) or f.ident = lower(?1) or f.class = lower(?1) or "
	                           "o.ref = ?1) order by "
	                           "f.id desc")
	        : db_query(p->ask->state,
	                  FINDINGS "f.id in (select id from finding where place = ?1) order by f.id desc");

	if (s->kind == SEARCH_PREFIX && one) {
		char *text = arena_array(p->ask->arena, ADDR_TEXT, 1);
		query_text(&q, str_make(text, addr_print(text, &s->prefix.addr)));
	} else {
		query_text(&q, s->text);
	}
	return q;
}

static int draw_findings(const struct page_ask *p, struct html *h, const struct search *s, struct err *e)
{
	static const enum word head[] = {W_COL_FINDING, W_COL_SEVERITY, W_COL_CLASS, W_COL_OWNER, W_COL_WHERE,
	        W_COL_FIRST, W_COL_LAST, W_COL_STATE, WORD_END};
	struct str ids;
	unsigned n = 0;
	bool more = false;
	int memory = search_memory(p, s, ROWS + 1, &ids, e);
	if (memory < 0)
		return memory;
	struct query q = memory == 0
	        ? ask_findings(p, s)
	        : db_query(p->ask->state,
	                  FINDINGS "f.id in (select value from json_each(?1)) order by f.id desc");
	if (memory == 1)
		query_text(&q, ids);

	page_section(p, h, "h-findings", W_FINDINGS);
	while (!more && query_next(&q) == 1) {
		if (!finding_fits(s, query_get_text(&q, 5)))
			continue;
		more = n == ROWS;
		if (more)
			break;
		if (n++ == 0)
			page_table(p, h, W_SEARCH_FINDINGS_TABLE, head);
		draw_finding(p, h, &q);
	}
	int rc = query_done(&q, e);
	page_table_over(p, h, n, W_FINDINGS_NONE);
	if (more)
		page_line(p, h, "p", "note", W_SEARCH_MORE);
	html_close(h);
	return rc;
}

/* ---- the page ------------------------------------------------------------------------------------ */

static void draw_form(const struct page_ask *p, struct html *h)
{
	static const struct page_field fields[] = {{.prefix = "s-",
	                                                   .name = "q",
	                                                   .type = "search",
	                                                   .label = W_SEARCH_WHAT,
	                                                   .limit = SEARCH_LONGEST,
	                                                   .size = 40},
	        {.prefix = "s-", .name = "since", .type = "date", .label = W_SEARCH_SINCE},
	        {.prefix = "s-", .name = "until", .type = "date", .label = W_SEARCH_UNTIL}};

	page_filter(h, "/search", "act");
	for (unsigned i = 0; i < 3; i++) {
		struct page_field f = fields[i];
		f.value = ask_param(p->ask, f.name);
		page_field(p, h, &f);
	}
	page_button(p, h, W_SEARCH_GO);
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word kinds[] = {[SEARCH_PREFIX] = W_SEARCH_IS_PREFIX,
	        [SEARCH_NAME] = W_SEARCH_IS_NAME,
	        [SEARCH_VALUE] = W_SEARCH_IS_VALUE,
	        [SEARCH_WORDS] = W_SEARCH_IS_WORDS};
	struct search s;

	page_line(p, h, "h1", NULL, W_SEARCH);
	draw_form(p, h);
	search_asked(p, &s);
	if (s.kind == SEARCH_NONE || s.kind == SEARCH_THING) {
		page_line(p, h, "p", "note", W_SEARCH_HELP);
		return 0;
	}
	html_open(h, "p");
	page_sayf(p, h, kinds[s.kind], s.text);
	html_close(h);
	if (ask_has(p->ask, "after"))
		return 0;
	draw_whose(p, h, &s);
	int rc = draw_findings(p, h, &s, e);
	if (rc == 0 && !search_events(p, &s))
		page_line(p, h, "p", "note", p->who->narrow ? W_SEARCH_NARROW : W_SEARCH_NOT_WORDS);
	return rc;
}

const struct page page_search = {.path = "/search",
        .title = W_SEARCH,
        .right = RIGHT_READ,
        .narrow = true,
        .draw = draw,
        .leads = leads,
        .begin = page_search_begin,
        .step = page_search_step,
        .end = page_search_end};
