/* SPDX-License-Identifier: Apache-2.0
 *
 * One campaign: what it says to whom, who gets nothing and why, and the button that another person than its proposer presses.
 */
#include "see/compose.h"
#include "web/page.h"

#define ROWS 500
#define SHOWN 20 /* letters that are written out */

struct campaign_row {
	uint64_t id;
	struct str name, label, class, sought, state, proposer, decider;
	int64_t proposed, decided;
};

static int find(const struct page_ask *p, struct campaign_row *c, struct err *e)
{
	if (ask_id(p->ask->id, 'C', &c->id, e) != 0)
		return ERR_USAGE;
	struct query q = db_query(p->ask->state,
	        "select name, label, class, sought, state, proposer, decider, proposed, coalesce(decided, 0) "
	        "from campaign where id = ?");
	struct str *const texts[] = {
	        &c->name, &c->label, &c->class, &c->sought, &c->state, &c->proposer, &c->decider};
	query_u64(&q, c->id);
	bool there = query_next(&q) == 1;
	if (there) {
		for (int i = 0; i < 7; i++)
			*texts[i] = arena_str(p->ask->arena, query_get_text(&q, i));
		c->proposed = query_get_i64(&q, 7);
		c->decided = query_get_i64(&q, 8);
	}
	int rc = query_done(&q, e);
	if (rc == 0 && !there)
		rc = err_set(e, ERR_MISSING, "there is no campaign C%llu", (unsigned long long)c->id);
	return rc;
}

static uint64_t count(const struct page_ask *p, const char *sql, uint64_t id)
{
	struct query q = db_query(p->ask->state, sql);
	uint64_t n = 0;

	query_u64(&q, id);
	if (query_next(&q) == 1)
		n = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return n;
}

static void figure(const struct page_ask *p, struct html *h, uint64_t n, enum word what)
{
	html_open(h, "li");
	html_open(h, "strong");
	html_u64(h, n);
	html_close(h);
	html_text(h, STR(" "));
	page_line(p, h, "span", NULL, what);
	html_close(h);
}

static void draw_head(const struct page_ask *p, struct html *h, const struct campaign_row *c)
{
	html_open(h, "h1");
	page_sayf(p, h, W_CAMPAIGN_HEAD, page_id(p, 'C', c->id), c->name);
	html_close(h);
	html_open(h, "p");
	page_tag(p, h, "campaign", c->state);
	html_text(h, STR(" "));
	page_tag(p, h, "tlp", c->label);
	html_text(h, STR(" "));
	page_sayf(p, h, W_CAMPAIGN_PROPOSED_BY, c->proposer);
	html_text(h, STR(" "));
	page_time(h, c->proposed);
	if (c->decided != 0) {
		html_text(h, STR("; "));
		page_sayf(p, h, W_CAMPAIGN_DECIDED_BY, c->decider);
		html_text(h, STR(" "));
		page_time(h, c->decided);
	}
	if (c->class.len != 0 || c->sought.len != 0) {
		html_text(h, STR("; "));
		page_sayf(p, h, W_CAMPAIGN_LOOKED, c->class.len != 0 ? c->class : STR("-"),
		        c->sought.len != 0 ? c->sought : STR("-"));
	}
	html_close(h);
	html_open(h, "ul");
	html_attr(h, "class", STR("figures"));
	figure(p, h, count(p, "select count(*) from campaign_to where campaign = ? and why = ''", c->id),
	        W_CAMPAIGN_CONTACTS);
	figure(p, h,
	        count(p,
	                "select count(*) from campaign_to t join notice n on n.id = t.notice where "
	                "t.campaign = ? and n.state = 'sent'",
	                c->id),
	        W_CAMPAIGN_SENT);
	figure(p, h,
	        count(p,
	                "select count(distinct m.notice) from campaign_to t join message m on m.notice = "
	                "t.notice where t.campaign = ? and m.kind = "
	                "'answer'",
	                c->id),
	        W_CAMPAIGN_ANSWERED);
	figure(p, h, count(p, "select count(*) from campaign_place where campaign = ? and why <> ''", c->id),
	        W_CAMPAIGN_NOT);
	html_close(h);
}

static void act(const struct page_ask *p, struct html *h, const struct campaign_row *c, const char *path,
        enum word button)
{
	page_form(p, h, path, "act");
	page_hidden(h, "id", page_id(p, 'C', c->id));
	page_hidden(h, "back", arena_printf(p->ask->arena, "/campaign/C%llu", (unsigned long long)c->id));
	page_field(p, h,
	        &(struct page_field){
	                .prefix = path + 10, .name = "note", .label = W_REASON, .limit = 400, .size = 30});
	page_button(p, h, button);
	html_close(h);
}

static void draw_acts(const struct page_ask *p, struct html *h, const struct campaign_row *c)
{
	if (!str_eq(c->state, STR("proposed")))
		return;
	if (str_eq(c->proposer, p->who->person))
		page_line(p, h, "p", "note", W_CAMPAIGN_OTHER);
	else if (page_may(p, RIGHT_RELEASE))
		act(p, h, c, "/campaign/release", W_CAMPAIGN_RELEASE);
	if (page_may(p, RIGHT_LETTERS))
		act(p, h, c, "/campaign/drop", W_CAMPAIGN_DROP);
}

/* ---- who gets it --------------------------------------------------------------------------------- */

static const struct lang *no_lang(void *arg, struct str code)
{
	(void)arg;
	(void)code;
	return NULL;
}

static int no_day(void *arg, uint32_t date, struct day **ret, struct err *e)
{
	(void)arg;
	(void)date;
	(void)ret;
	return err_set(e, ERR_MISSING, "a campaign shows no events");
}

static void draw_letter(
        const struct page_ask *p, struct html *h, const struct campaign_row *c, const struct query *q)
{
	struct composing s = {.state = p->ask->state, .country = p->country, .lang = no_lang, .day = no_day};
	struct compose_letter l = {.kind = NOTICE_CAMPAIGN,
	        .label = tlp_find(c->label),
	        .ticket = STR("..."),
	        .class = c->class};
	const struct tongue *t = tongues_find(p->tongues, query_get_text(q, 2));
	struct err e;

	arena_init(&s.arena, 0);
	l.email = arena_str(&s.arena, query_get_text(q, 0));
	l.owner = arena_str(&s.arena, query_get_text(q, 4));
	l.language = arena_str(&s.arena, query_get_text(q, 2));
	if (t != NULL && compose_campaign(&s, &l, c->id, query_get_u64(q, 5), &e) == 0) {
		compose_text(&s, &l, &t->lang);
		html_open(h, "details");
		page_line(p, h, "summary", NULL, W_LETTER_SAYS);
		html_line(h, "p", NULL, buf_str(&l.subject));
		html_line(h, "pre", "raw", buf_str(&l.text));
		html_close(h);
	}
	s.letters = &l;
	s.nletters = 1;
	compose_done(&s);
}

static int draw_contacts(
        const struct page_ask *p, struct html *h, const struct campaign_row *c, struct err *e)
{
	static const enum word head[] = {W_COL_TO, W_COL_OWNER, W_LANGUAGE, W_CAMPAIGN_WHY_NOT, W_COL_LETTER,
	        W_COL_STATE, W_LETTER_SAYS, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select c.email, t.why, case c.language when '' then 'en' else c.language end, o.ref, "
	        "o.name, o.id, coalesce(n.id, 0), "
	        "coalesce(n.state, '') from campaign_to t join contact c on c.id = t.contact join owner o on "
	        "o.id = c.owner left join notice n on "
	        "n.id = t.notice where t.campaign = ? order by t.why <> '', o.ref, c.position limit ?");
	unsigned n = 0;

	page_section(p, h, "h-to", W_CAMPAIGN_TO);
	query_u64(&q, c->id);
	query_u64(&q, ROWS);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_CAMPAIGN_TO, head);
		struct str why = query_get_text(&q, 1);
		html_open(h, "tr");
		html_open(h, "th");
		html_attr(h, "scope", STR("row"));
		html_text(h, query_get_text(&q, 0));
		html_close(h);
		page_cell_owner(h, query_get_text(&q, 3), query_get_text(&q, 4));
		page_cell(h, query_get_text(&q, 2));
		page_cell(h, why.len != 0 ? page_key(p, "not", why) : STR(""));
		html_open(h, "td");
		if (query_get_u64(&q, 6) != 0)
			page_thing(h, 'N', query_get_u64(&q, 6));
		html_close(h);
		html_open(h, "td");
		if (query_get_text(&q, 7).len != 0)
			page_tag(p, h, "state", query_get_text(&q, 7));
		html_close(h);
		html_open(h, "td");
		if (why.len == 0 && n <= SHOWN)
			draw_letter(p, h, c, &q);
		html_close(h);
		html_close(h);
	}
	if (n == 0)
		page_line(p, h, "p", "note", W_CAMPAIGN_NOBODY);
	else
		page_table_end(h);
	html_close(h);
	return query_done(&q, e);
}

/* ---- who does not -------------------------------------------------------------------------------- */

static int draw_others(const struct page_ask *p, struct html *h, const struct campaign_row *c, struct err *e)
{
	static const enum word head[] = {W_COL_WHERE, W_COL_OWNER, W_CAMPAIGN_WHY_NOT, WORD_END};
	/* an owner none of whose contacts gets it stands here too */
	struct query q = db_query(p->ask->state,
	        "select l.place, coalesce(o.ref, ''), coalesce(o.name, ''), case when l.why <> '' then l.why "
	        "else 'no-contact' end from "
	        "campaign_place l left join owner o on o.id = l.owner where l.campaign = ?1 and (l.why <> '' "
	        "or not exists (select 1 from "
	        "campaign_to t join contact k on k.id = t.contact where t.campaign = ?1 and k.owner = "
	        "l.owner and t.why = '')) order by 4, l.place "
	        "limit ?2");
	unsigned n = 0;

	page_section(p, h, "h-not", W_CAMPAIGN_NOT);
	query_u64(&q, c->id);
	query_u64(&q, ROWS);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_CAMPAIGN_NOT, head);
		html_open(h, "tr");
		page_cell(h, query_get_text(&q, 0));
		page_cell_owner(h, query_get_text(&q, 1), query_get_text(&q, 2));
		page_cell(h, page_key(p, "not", query_get_text(&q, 3)));
		html_close(h);
	}
	page_table_over(p, h, n, W_NONE);
	html_close(h);
	return query_done(&q, e);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct campaign_row c = {0};
	int rc = find(p, &c, e);

	if (rc != 0)
		return rc;
	draw_head(p, h, &c);
	draw_acts(p, h, &c);
	rc = draw_contacts(p, h, &c, e);
	return rc == 0 ? draw_others(p, h, &c, e) : rc;
}

const struct page page_campaign = {
        .path = "/campaign", .title = W_CAMPAIGN, .id = true, .right = RIGHT_READ, .draw = draw};
