/* SPDX-License-Identifier: Apache-2.0
 *
 * Letters: what waits, what went, what came back and what was answered; several at once are held, let go or taken back.
 */
#include "web/page.h"

#define ROWS 50

/* What a tab shows; the first is all. */
static const struct tab {
	const char *key;
	enum word word;
	const char *count; /* of those whose state is no state of the table */
	const char *where;
} tabs[] = {
        {"", W_LETTERS_ALL, NULL, NULL},
        {"due", W_STATE_DUE, NULL, NULL},
        {"held", W_STATE_HELD, NULL, NULL},
        {"ready", W_STATE_READY, NULL, NULL},
        {"sent", W_STATE_SENT, NULL, NULL},
        {"refused", W_STATE_REFUSED, NULL, NULL},
        {"withdrawn", W_STATE_WITHDRAWN, NULL, NULL},
        {"answered", W_LETTERS_ANSWERED,
                "select count(distinct notice) from message where notice is not null and kind = 'answer'",
                " and n.id in (select notice from message where notice is not null and kind = 'answer')"},
        {"call", W_LETTERS_CALL,
                "select count(*) from notice where call_at is not null and call_due is not null",
                " and n.call_at is not null and n.call_due is not null"},
};
#define NTABS (sizeof(tabs) / sizeof(tabs[0]))

static const struct {
	const char *name;
	enum word label;
} filters[] = {{"owner", W_LETTERS_OWNER}, {"class", W_LETTERS_CLASS}, {"since", W_LETTERS_SINCE}};
#define NFILTERS (sizeof(filters) / sizeof(filters[0]))

/* ---- what is said first -------------------------------------------------------------------------- */

static uint64_t count_of(const struct page_ask *p, const char *sql)
{
	struct query q = db_query(p->ask->state, sql);
	uint64_t n = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;

	query_done(&q, NULL);
	return n;
}

/* Where letters do not go by themselves, that is the first thing to know. */
static void draw_mode(const struct page_ask *p, struct html *h)
{
	auto_buf struct buf mode = {0};
	uint64_t known = count_of(p, "select count(*) from finding where quiet = 0");

	(void)state_meta_find(p->ask->state, "mail-mode", &mode);
	bool shadow = str_eq(buf_str(&mode), STR("shadow"));
	if (shadow || str_eq(buf_str(&mode), STR("hold"))) {
		html_open(h, "p");
		html_attr(h, "class", STR("note"));
		page_sayf(p, h, shadow ? W_LETTERS_SHADOW : W_LETTERS_HOLD,
		        page_number(p,
		                count_of(p,
		                        shadow ? "select count(*) from notice where state = 'ready'"
		                               : "select count(*) from notice where state = 'held'")));
		html_close(h);
	}
	if (known == 0)
		return;
	html_open(h, "p");
	html_attr(h, "class", STR("note"));
	page_sayf(p, h, W_LETTERS_BASELINE, page_number(p, known));
	html_close(h);
}

/* ---- tabs and filter ----------------------------------------------------------------------------- */

static const struct tab *tab_of(const struct page_ask *p)
{
	struct str key = ask_param(p->ask, "state");

	for (size_t i = 1; i < NTABS; i++)
		if (str_eq(key, str_from(tabs[i].key)))
			return &tabs[i];
	return key.len == 0 ? &tabs[0] : NULL;
}

/* This page with another tab, or from a letter on. */
static void link_to(const struct page_ask *p, struct link *l, const char *tab, struct str after)
{
	link_begin(l, "/letters");
	if (tab[0] != 0)
		link_param(l, "state", str_from(tab));
	for (size_t i = 0; i < NFILTERS; i++)
		if (ask_has(p->ask, filters[i].name))
			link_param(l, filters[i].name, ask_param(p->ask, filters[i].name));
	if (after.len != 0)
		link_param(l, "after", after);
}

static void count_states(const struct page_ask *p, uint64_t counts[NTABS])
{
	struct query q = db_query(p->ask->state, "select state, count(*) from notice group by state");

	memset(counts, 0, NTABS * sizeof(*counts));
	while (query_next(&q) == 1) {
		struct str state = query_get_text(&q, 0);
		uint64_t n = query_get_u64(&q, 1);
		counts[0] += n;
		for (size_t i = 1; i < NTABS; i++)
			if (str_eq(state, str_from(tabs[i].key)))
				counts[i] = n;
	}
	query_done(&q, NULL);
	for (size_t i = 0; i < NTABS; i++)
		if (tabs[i].count != NULL)
			counts[i] = count_of(p, tabs[i].count);
}

static void draw_tabs(const struct page_ask *p, struct html *h, const struct tab *now)
{
	uint64_t counts[NTABS];

	count_states(p, counts);
	html_open(h, "ul");
	html_attr(h, "class", STR("figures"));
	for (size_t i = 0; i < NTABS; i++) {
		struct link l;
		html_open(h, "li");
		html_open(h, "a");
		link_to(p, &l, tabs[i].key, STR(""));
		html_link(h, "href", &l);
		if (&tabs[i] == now)
			html_attr(h, "aria-current", STR("true"));
		html_open(h, "strong");
		html_u64(h, counts[i]);
		html_close(h);
		html_text(h, STR(" "));
		page_line(p, h, "span", NULL, tabs[i].word);
		html_close(h);
		html_close(h);
	}
	html_close(h);
}

static void draw_filter(const struct page_ask *p, struct html *h, const struct tab *now)
{
	page_filter(h, "/letters", "act");
	if (now->key[0] != 0)
		page_hidden(h, "state", str_from(now->key));
	for (size_t i = 0; i < NFILTERS; i++)
		page_field(p, h,
		        &(struct page_field){.name = filters[i].name,
		                .label = filters[i].label,
		                .type = i == 2 ? "date" : "text",
		                .size = 12,
		                .value = ask_param(p->ask, filters[i].name)});
	page_button(p, h, W_FILTER);
	html_close(h);
}

/* ---- rows ---------------------------------------------------------------------------------------- */

static struct query find_rows(const struct page_ask *p, const struct tab *t, const struct ask_page *page)
{
	auto_buf struct buf sql = {0};
	struct str owner = ask_param(p->ask, "owner"), class = ask_param(p->ask, "class");

	buf_add(&sql,
	        STR("select n.id, n.state, c.email, o.ref, o.name, n.class, n.findings, n.label, "
	            "coalesce(n.sent, n.send_at), n.kind, n.answer, c.broken is not null, n.pgp"
	            " from notice n join contact c on c.id = n.contact join owner o on o.id = c.owner where "
	            "(?1 "
	            "= 0 or n.id < ?1) and (?2 = 0 or n.opened >= ?2)"));
	if (owner.len != 0)
		buf_add(&sql,
		        STR(" and n.contact in (select id from contact where owner in (select id from owner "
		            "where "
		            "ref = ?3))"));
	else
		buf_add(&sql, STR(" and ?3 is null"));
	buf_add(&sql, class.len != 0 ? STR(" and n.class = ?4") : STR(" and ?4 is null"));
	if (t->where != NULL)
		buf_add(&sql, str_from(t->where));
	else if (t->key[0] != 0)
		buf_printf(&sql, " and n.state = '%s'", t->key);
	buf_printf(&sql, " order by n.id desc limit %d", ROWS + 1);
	struct query q = db_query_text(p->ask->state, buf_str(&sql));
	query_u64(&q, page->after);
	query_i64(&q, page->since);
	query_text(&q, owner.len != 0 ? owner : (struct str){0});
	query_text(&q, class.len != 0 ? class : (struct str){0});
	return q;
}

/* Of a letter whose state can change by hand. */
static void draw_choice(struct html *h, uint64_t id, struct str state)
{
	char text[24];

	html_open(h, "td");
	if (str_eq(state, STR("due")) || str_eq(state, STR("held")) || str_eq(state, STR("ready"))) {
		snprintf(text, sizeof(text), "N%llu", (unsigned long long)id);
		html_empty(h, "input");
		html_attr(h, "type", STR("checkbox"));
		html_attr(h, "name", STR("id"));
		html_attr(h, "value", str_from(text));
		html_attr(h, "aria-label", str_from(text));
	}
	html_close(h);
}

static void draw_row(const struct page_ask *p, struct html *h, const struct query *q, bool chooses)
{
	uint64_t id = query_get_u64(q, 0);
	struct str label = query_get_text(q, 7), kind = query_get_text(q, 9);

	page_row(h, 'N', id, (struct str){0});
	if (chooses)
		draw_choice(h, id, query_get_text(q, 1));
	page_cell_tag(p, h, "state", query_get_text(q, 1));
	page_cell_owner(h, query_get_text(q, 3), query_get_text(q, 4));
	html_open(h, "td");
	html_text(h, query_get_text(q, 2));
	if (query_get_u64(q, 11) != 0) {
		html_text(h, STR(" "));
		page_tag(p, h, "contact", STR("broken"));
	}
	html_close(h);
	html_open(h, "td");
	html_text(h, query_get_text(q, 5));
	if (!str_eq(kind, STR("new"))) {
		html_text(h, STR(" "));
		page_tag(p, h, "kind", kind);
	}
	html_close(h);
	page_cell_u64(h, query_get_u64(q, 6));
	html_open(h, "td");
	if (label.len != 0)
		page_tag(p, h, "tlp", label);
	html_close(h);
	page_cell_time(h, query_get_i64(q, 8));
	html_open(h, "td");
	page_english(p, h, query_get_text(q, 10));
	html_close(h);
	html_close(h);
}

static void draw_button(const struct page_ask *p, struct html *h, const char *path, enum word w)
{
	struct link l;

	html_open(h, "button");
	link_begin(&l, path);
	html_link(h, "formaction", &l);
	page_say(p, h, w);
	html_close(h);
}

/* The address that leads back to what is shown. */
static struct str here(const struct page_ask *p, const struct tab *t)
{
	struct link l;

	link_to(p, &l, t->key, ask_param(p->ask, "after"));
	link_done(&l);
	struct str s = arena_str(p->ask->arena, buf_str(&l.text));
	buf_done(&l.text);
	return s;
}

static void draw_chosen(const struct page_ask *p, struct html *h)
{
	html_open(h, "p");
	html_attr(h, "class", STR("act"));
	page_field(p, h,
	        &(struct page_field){
	                .name = "note", .label = W_REASON, .limit = 400, .size = 40, .required = true});
	if (page_may(p, RIGHT_RELEASE))
		draw_button(p, h, "/letters/release", W_LETTERS_RELEASE);
	draw_button(p, h, "/letters/hold", W_LETTERS_KEEP);
	draw_button(p, h, "/letters/withdraw", W_LETTERS_WITHDRAW);
	html_close(h);
}

static void draw_more(const struct page_ask *p, struct html *h, const struct tab *t, uint64_t last)
{
	struct link l;

	html_open(h, "p");
	html_open(h, "a");
	link_to(p, &l, t->key, page_id(p, 'N', last));
	html_link(h, "href", &l);
	html_attr(h, "rel", STR("next"));
	page_say(p, h, W_OLDER);
	html_close(h);
	html_close(h);
}

static int draw_rows(const struct page_ask *p, struct html *h, const struct tab *t,
        const struct ask_page *page, struct err *e)
{
	static const enum word all[] = {W_COL_LETTER, W_LETTERS_CHOOSE, W_COL_STATE, W_COL_OWNER, W_COL_TO,
	        W_COL_ABOUT, W_COL_ROWS, W_LETTERS_LABEL, W_COL_GOES, W_LETTERS_WORDS, WORD_END};
	bool chooses = page_may(p, RIGHT_LETTERS) || page_may(p, RIGHT_RELEASE), more = false;
	const enum word some[] = {
	        all[0], all[2], all[3], all[4], all[5], all[6], all[7], all[8], all[9], WORD_END};
	struct query q = find_rows(p, t, page);
	uint64_t n = 0, last = 0;

	while (query_next(&q) == 1) {
		more = n == ROWS;
		if (more)
			break;
		if (n++ == 0) {
			if (chooses) {
				page_form(p, h, "/letters/hold", NULL);
				page_hidden(h, "back", here(p, t));
			}
			page_table(p, h, W_LETTERS_TABLE, chooses ? all : some);
		}
		last = query_get_u64(&q, 0);
		draw_row(p, h, &q, chooses);
	}
	int rc = query_done(&q, e);
	if (n == 0) {
		page_line(p, h, "p", NULL, W_LETTERS_NONE);
		return rc;
	}
	page_table_end(h);
	if (chooses) {
		draw_chosen(p, h);
		html_close(h);
	}
	if (more)
		draw_more(p, h, t, last);
	return rc;
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	const struct tab *t = tab_of(p);
	struct ask_page page;

	if (t == NULL)
		return err_set(e, ERR_USAGE, "no letters have that state");
	if (ask_page(p->ask, 'N', &page, e) != 0)
		return ERR_USAGE;
	page_line(p, h, "h1", NULL, W_LETTERS);
	draw_mode(p, h);
	draw_tabs(p, h, t);
	draw_filter(p, h, t);
	return draw_rows(p, h, t, &page, e);
}

const struct page page_letters = {.path = "/letters",
        .title = W_LETTERS,
        .group = PAGE_TELL,
        .right = RIGHT_READ,
        .narrow = true,
        .draw = draw};
