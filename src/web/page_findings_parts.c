/* SPDX-License-Identifier: Apache-2.0 */
#include "event/field.h"
#include "web/page_findings_in.h"

/* ---- who may be given work ----------------------------------------------------------------------- */

static void add_person(const struct page_ask *p, struct people *l, struct str name)
{
	size_t at = 0;

	while (at < l->n && str_cmp(l->v[at], name) < 0)
		at++;
	if (name.len == 0 || (at < l->n && str_eq(l->v[at], name)))
		return;
	(void)vec_add(l);
	memmove(&l->v[at + 1], &l->v[at], (l->n - 1 - at) * sizeof(*l->v));
	l->v[at] = arena_str(p->ask->arena, name);
}

void people_find(const struct page_ask *p, struct people *ret)
{
	struct query q = db_query(p->ask->state,
	        "select name from main.account where state = 'active' and ?1 union select person from looked "
	        "where ?1 "
	        "union select distinct assigned from finding where assigned <> ''");

	/* who sees some owners only sees who works on these */
	query_u64(&q, !p->who->narrow);
	add_person(p, ret, p->who->person);
	while (query_next(&q) == 1)
		add_person(p, ret, query_get_text(&q, 0));
	query_done(&q, NULL);
}

/* ---- links --------------------------------------------------------------------------------------- */

static void keep(const struct page_ask *p, struct link *l, const char *name)
{
	if (ask_has(p->ask, name))
		link_param(l, name, ask_param(p->ask, name));
}

static void keep_filter(const struct page_ask *p, struct link *l, bool order)
{
	for (unsigned i = 0; i < findings_filter_count; i++)
		keep(p, l, findings_filters[i]);
	if (order) {
		keep(p, l, "sort");
		keep(p, l, "dir");
	}
}

void findings_link(const struct page_ask *p, struct link *l, const char *path, bool order)
{
	link_begin(l, path);
	keep_filter(p, l, order);
	/* a file is no list that is kept */
	if (strcmp(path, "/findings") == 0)
		keep(p, l, "saved");
}

void findings_thing(const struct page_ask *p, struct link *l, uint64_t id)
{
	link_begin(l, "/findings");
	link_part(l, page_id(p, 'F', id));
	keep_filter(p, l, true);
	keep(p, l, "saved");
	/* also of the list that has no filter */
	if (!ask_has(p->ask, "sort"))
		link_param(l, "sort", str_from(findings_orders[0].name));
}

bool findings_listed(const struct page_ask *p)
{
	return ask_has(p->ask, "sort");
}

/* ---- the filter ---------------------------------------------------------------------------------- */

/* A label and its field stay together, however the line is broken. */
static void pair(struct html *h)
{
	html_open(h, "span");
	html_attr(h, "class", STR("pair"));
}

static void text(
        const struct page_ask *p, struct html *h, const char *name, enum word label, const char *type)
{
	pair(h);
	page_field(p, h,
	        &(struct page_field){.prefix = "f-",
	                .name = name,
	                .label = label,
	                .type = type,
	                .size = 12,
	                .value = ask_param(p->ask, name)});
	html_close(h);
}

static void choose(const struct page_ask *p, struct html *h, const char *name, enum word label)
{
	pair(h);
	page_select(p, h, "f-", name, label);
	page_option(h, STR(""), page_word(p, W_FINDINGS_ANY), !ask_has(p->ask, name));
}

static void option(
        const struct page_ask *p, struct html *h, const char *name, struct str value, struct str shown)
{
	page_option(h, value, shown, str_eq(ask_param(p->ask, name), value));
}

static void keys(const struct page_ask *p, struct html *h, const char *name, enum word label,
        const char *const *values, unsigned n)
{
	choose(p, h, name, label);
	for (unsigned i = 0; i < n; i++)
		option(p, h, name, str_from(values[i]), page_key(p, name, str_from(values[i])));
	html_close(h);
	html_close(h);
}

/* Of what the owners are; nothing, where all are the same. */
static void of_owners(
        const struct page_ask *p, struct html *h, const char *name, enum word label, struct query q)
{
	bool any = false;

	while (query_next(&q) == 1) {
		if (!any)
			choose(p, h, name, label);
		any = true;
		option(p, h, name, query_get_text(&q, 0), query_get_text(&q, 0));
	}
	query_done(&q, NULL);
	if (!any)
		return;
	html_close(h);
	html_close(h);
}

static void classes(const struct page_ask *p, struct html *h)
{
	choose(p, h, "class", W_FINDINGS_CLASS);
	for (unsigned i = 0; i < TYPE_END; i++)
		if (type_table[i].name.len != 0)
			option(p, h, "class", type_table[i].name, type_table[i].name);
	html_close(h);
	html_close(h);
}

static void persons(const struct page_ask *p, struct html *h)
{
	struct people l = {0};

	people_find(p, &l);
	choose(p, h, "assigned", W_FINDINGS_ASSIGNED);
	option(p, h, "assigned", STR("me"), page_word(p, W_FINDINGS_ME));
	option(p, h, "assigned", STR("nobody"), page_word(p, W_FINDINGS_NOBODY));
	for (size_t i = 0; i < l.n; i++)
		option(p, h, "assigned", l.v[i], l.v[i]);
	html_close(h);
	html_close(h);
	vec_done(&l);
}

void findings_form(const struct page_ask *p, struct html *h)
{
	static const char *const severities[] = {"critical", "high", "medium", "low", "info"};
	static const char *const kept[] = {"sort", "dir", "newer"};

	page_filter(h, "/findings", "act");
	text(p, h, "q", W_FINDINGS_TEXT, "search");
	text(p, h, "owner", W_FINDINGS_OWNER, "text");
	of_owners(p, h, "sector", W_FINDINGS_SECTOR,
	        db_query(p->ask->state,
	                "select distinct sector from owner where sector <> '' order by sector"));
	of_owners(p, h, "country", W_FINDINGS_COUNTRY,
	        db_query(p->ask->state, "select distinct cc from owner where cc <> '' order by cc"));
	classes(p, h);
	keys(p, h, "severity", W_FINDINGS_SEVERITY, severities, 5);
	keys(p, h, "state", W_FINDINGS_STATE, findings_states, findings_state_count);
	text(p, h, "place", W_FINDINGS_PLACE, "text");
	persons(p, h);
	text(p, h, "since", W_FINDINGS_LAST_SINCE, "text");
	text(p, h, "until", W_FINDINGS_UNTIL, "text");
	for (unsigned i = 0; i < 3; i++)
		if (ask_has(p->ask, kept[i]))
			page_hidden(h, kept[i], ask_param(p->ask, kept[i]));
	page_button(p, h, W_FILTER);
	struct link l;
	link_begin(&l, "/findings");
	html_open(h, "a");
	html_link(h, "href", &l);
	page_say(p, h, W_FINDINGS_ALL);
	html_close(h);
	html_close(h);
}

/* ---- what is done with rows ---------------------------------------------------------------------- */

static void button(const struct page_ask *p, struct html *h, const char *path, enum word w)
{
	struct link l;

	link_begin(&l, path);
	html_open(h, "button");
	html_link(h, "formaction", &l);
	page_say(p, h, w);
	html_close(h);
}

/* Back to this list as it was, none of it ticked. */
static void hidden_back(const struct page_ask *p, struct html *h)
{
	struct link l;

	findings_link(p, &l, "/findings", true);
	keep(p, &l, "after");
	keep(p, &l, "before");
	page_hidden(h, "back", buf_str(&l.text));
	link_done(&l);
}

void findings_actions(const struct page_ask *p, struct html *h)
{
	static const char *const reasons[] = {"fixed", "false-positive", "accepted-risk"};
	struct people l = {0};

	people_find(p, &l);
	hidden_back(p, h);
	html_open(h, "fieldset");
	html_attr(h, "class", STR("act"));
	page_line(p, h, "legend", NULL, W_FINDINGS_TICKED);
	page_select(p, h, "b-", "to", W_FINDINGS_ASSIGN_TO);
	for (size_t i = 0; i < l.n; i++)
		page_option(h, l.v[i], l.v[i], str_eq(l.v[i], p->who->person));
	page_option(h, STR("nobody"), page_word(p, W_FINDINGS_NOBODY), false);
	html_close(h);
	button(p, h, "/assign", W_FINDINGS_ASSIGN);
	page_field(p, h,
	        &(struct page_field){.prefix = "b-",
	                .name = "note",
	                .label = W_NOTE,
	                .type = "text",
	                .limit = 1000,
	                .size = 30});
	button(p, h, "/note", W_FINDINGS_NOTE);
	page_select(p, h, "b-", "why", W_FINDING_CLOSE_WHY);
	for (unsigned i = 0; i < 3; i++)
		page_option(h, str_from(reasons[i]), page_key(p, "why", str_from(reasons[i])), false);
	html_close(h);
	button(p, h, "/close", W_FINDING_CLOSE);
	button(p, h, "/reopen", W_FINDING_REOPEN);
	button(p, h, "/cases/open", W_CASE_OPEN_GO);
	html_close(h);
	vec_done(&l);
}
