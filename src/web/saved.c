/* SPDX-License-Identifier: Apache-2.0 */
#include "web/page_findings_in.h"

/* ---- as a question ------------------------------------------------------------------------------- */

struct asked {
	struct str query; /* lines NAME=VALUE */
	struct str newer;
};

static struct str param(const void *arg, const char *name)
{
	const struct asked *a = arg;

	if (strcmp(name, "newer") == 0)
		return a->newer;
	for (struct str rest = a->query; rest.len != 0;) {
		struct str_cut line = str_cut(rest, '\n'), pair = str_cut(line.head, '=');
		if (str_eq(pair.head, str_from(name)))
			return pair.tail;
		rest = line.tail;
	}
	return (struct str){0};
}

/* One that can no longer be asked, such as for a state that is no longer there, has nothing new. */
static void find_fresh(const struct page_ask *p, struct saved *s)
{
	struct ask ask = *p->ask;
	struct asked asked = {.query = s->query, .newer = page_id(p, 'F', s->looked)};
	struct err e;

	ask.param = param;
	ask.arg = &asked;
	if (s->looked == 0 || findings_count(&ask, p->who->person, FINDINGS_COUNTED, &s->fresh, &e) != 0)
		s->fresh = 0;
}

int saved_find(const struct page_ask *p, bool fresh, struct saved **ret, size_t *ret_n, struct err *e)
{
	struct query q = db_query(p->ask->state,
	        "select s.id, s.name, s.person, s.query, s.shared, coalesce(l.finding, 0) from saved s left "
	        "join "
	        "saved_looked l on l.saved = s.id and l.person = ?1 where s.person = ?1 or s.shared order by "
	        "s.name, s.id "
	        "limit 100");
	struct saved *v = arena_array(p->ask->arena, 100, sizeof(*v));
	size_t n = 0;

	query_text(&q, p->who->person);
	while (query_next(&q) == 1)
		v[n++] = (struct saved){.id = query_get_u64(&q, 0),
		        .name = arena_str(p->ask->arena, query_get_text(&q, 1)),
		        .person = arena_str(p->ask->arena, query_get_text(&q, 2)),
		        .query = arena_str(p->ask->arena, query_get_text(&q, 3)),
		        .shared = query_get_u64(&q, 4) != 0,
		        .looked = query_get_u64(&q, 5)};
	int rc = query_done(&q, e);
	for (size_t i = 0; rc == 0 && fresh && i < n; i++)
		find_fresh(p, &v[i]);
	*ret = v;
	*ret_n = n;
	return rc;
}

/* ---- links --------------------------------------------------------------------------------------- */

static bool is_kept(struct str name)
{
	for (unsigned i = 0; i < findings_filter_count; i++)
		if (str_eq(name, str_from(findings_filters[i])))
			return !str_eq(name, STR("newer"));
	return str_eq(name, STR("sort")) || str_eq(name, STR("dir"));
}

void saved_link(struct link *l, const struct saved *s, uint64_t newer)
{
	char name[24], id[24];

	link_begin(l, "/findings");
	for (struct str rest = s->query; rest.len != 0;) {
		struct str_cut line = str_cut(rest, '\n'), pair = str_cut(line.head, '=');
		rest = line.tail;
		if (!is_kept(pair.head) || pair.head.len >= sizeof(name))
			continue;
		snprintf(name, sizeof(name), "%.*s", STR_ARG(pair.head));
		link_param(l, name, pair.tail);
	}
	if (newer != 0) {
		snprintf(id, sizeof(id), "F%llu", (unsigned long long)newer);
		link_param(l, "newer", str_from(id));
	}
	snprintf(id, sizeof(id), "S%llu", (unsigned long long)s->id);
	link_param(l, "saved", str_from(id));
}

/* ---- on the page of findings --------------------------------------------------------------------- */

static struct str newest(const struct page_ask *p)
{
	struct query q = db_query(p->ask->state, "select coalesce(max(id), 0) from finding");
	uint64_t id = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;

	query_done(&q, NULL);
	return page_id(p, 'F', id);
}

static void draw_one(const struct page_ask *p, struct html *h, const struct saved *s)
{
	page_form(p, h, "/saved/looked", "act");
	page_hidden(h, "id", page_id(p, 'S', s->id));
	page_hidden(h, "until", newest(p));
	page_hidden(h, "back", STR("/findings"));
	html_line(h, "strong", NULL, s->name);
	page_button(p, h, W_SAVED_LOOKED);
	html_close(h);
	page_form(p, h, "/saved/drop", "act");
	page_hidden(h, "id", page_id(p, 'S', s->id));
	page_button(p, h, W_SAVED_DROP);
	html_close(h);
}

int saved_draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct saved *v;
	size_t n;
	uint64_t at = 0;

	if (ask_has(p->ask, "saved") && ask_id(ask_param(p->ask, "saved"), 'S', &at, e) != 0)
		return ERR_USAGE;
	int rc = saved_find(p, false, &v, &n, e);
	if (rc != 0 || n == 0)
		return rc;
	html_open(h, "nav");
	html_attr(h, "aria-label", page_word(p, W_SAVED));
	html_attr(h, "class", STR("saved"));
	html_open(h, "ul");
	for (size_t i = 0; i < n; i++) {
		struct link l;
		saved_link(&l, &v[i], 0);
		html_open(h, "li");
		html_open(h, "a");
		html_link(h, "href", &l);
		if (v[i].id == at)
			html_attr(h, "aria-current", STR("true"));
		html_text(h, v[i].name);
		html_close(h);
		html_close(h);
	}
	html_close(h);
	html_close(h);
	for (size_t i = 0; i < n; i++)
		if (v[i].id == at)
			draw_one(p, h, &v[i]);
	return 0;
}

/* The filter and the order, without where a page begins. */
static void hidden_query(const struct page_ask *p, struct html *h)
{
	static const char *const order[] = {"sort", "dir"};
	auto_buf struct buf b = {0};

	for (unsigned i = 0; i < findings_filter_count + 2; i++) {
		const char *name = i < 2 ? order[i] : findings_filters[i - 2];
		if (ask_has(p->ask, name) && is_kept(str_from(name)))
			buf_printf(&b, "%s=%.*s\n", name, STR_ARG(ask_param(p->ask, name)));
	}
	page_hidden(h, "query", b.len > 0 ? buf_str(&b) : STR(""));
}

void saved_form(const struct page_ask *p, struct html *h)
{
	struct link l;

	page_form(p, h, "/saved", "act");
	hidden_query(p, h);
	findings_link(p, &l, "/findings", true);
	page_hidden(h, "back", buf_str(&l.text));
	link_done(&l);
	page_field(p, h,
	        &(struct page_field){.prefix = "s-",
	                .name = "name",
	                .label = W_SAVED_NAME,
	                .type = "text",
	                .limit = 80,
	                .required = true});
	page_select(p, h, "s-", "shared", W_SAVED_FOR);
	page_option(h, STR("me"), page_word(p, W_SAVED_ME), true);
	if (!p->who->narrow)
		page_option(h, STR("team"), page_word(p, W_SAVED_TEAM), false);
	html_close(h);
	page_button(p, h, W_SAVED_KEEP);
	html_close(h);
}
