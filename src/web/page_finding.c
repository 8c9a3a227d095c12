/* SPDX-License-Identifier: Apache-2.0
 *
 * One problem, or one report, and why: from the line of the file to what was decided and told. The sentences are those of
 * "weir why"; nothing is told here that the command does not tell.
 */
#include "web/page.h"

/* The words of route_why: "NAME      text", and behind "fields" lines of two blanks, "NAME: value". */
static void draw_story(struct html *h, struct str text)
{
	bool fields = false;

	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	while (text.len > 0) {
		struct str_cut cut = str_cut(text, '\n');
		struct str line = cut.head;
		text = cut.tail;
		if (line.len == 0)
			continue;
		if (str_eq(line, STR("fields"))) {
			html_close(h);
			html_line(h, "h2", NULL, STR("The record"));
			html_open(h, "dl");
			html_attr(h, "class", STR("facts"));
			fields = true;
			continue;
		}
		struct str name, value;
		if (fields) {
			struct str_cut at = str_cut(str_trim(line), ':');
			name = at.head;
			value = str_trim(at.tail);
		} else {
			size_t n = line.len < 10 ? line.len : 10;
			name = str_trim(str_make(line.p, n));
			value = str_trim(str_skip(line, n));
		}
		html_line(h, "dt", NULL, name);
		html_open(h, "dd");
		if (str_eq(name, STR("line")))
			html_line(h, "pre", "raw", value);
		else
			html_text(h, value);
		html_close(h);
	}
	html_close(h);
}

static int draw_why(const struct page_ask *p, struct html *h, struct err *e)
{
	struct ask ask = *p->ask;
	struct reply r = {0};
	int rc;

	ask.form = LIST_TEXT;
	rc = route_why.load(&ask, &r, e);
	if (rc == 0)
		draw_story(h, buf_str(&r.body));
	buf_done(&r.body);
	return rc;
}

/* ---- a finding ----------------------------------------------------------------------------------- */

struct finding_row {
	uint64_t id;
	struct str class, owner, place, severity, stage, label, why;
	int64_t first, last;
	uint64_t events, receipts, port;
	bool closed;
};

static int find_finding(const struct page_ask *p, struct finding_row *f, struct err *e)
{
	if (ask_id(p->ask->id, 'F', &f->id, e) != 0)
		return ERR_USAGE;
	struct query q = db_query(p->ask->state,
	        "select f.class, o.name, f.place, f.severity, f.stage, f.label, coalesce(f.why, ''), "
	        "f.first, f.last, f.events,"
	        " f.receipts, f.port, f.state = 'closed' from finding f join owner o on o.id = f.owner where "
	        "f.id = ?");
	struct str *const texts[] = {
	        &f->class, &f->owner, &f->place, &f->severity, &f->stage, &f->label, &f->why};
	query_u64(&q, f->id);
	bool there = query_next(&q) == 1;
	for (int i = 0; there && i < 7; i++)
		*texts[i] = arena_str(p->ask->arena, query_get_text(&q, i));
	if (there) {
		f->first = query_get_i64(&q, 7);
		f->last = query_get_i64(&q, 8);
		f->events = query_get_u64(&q, 9);
		f->receipts = query_get_u64(&q, 10);
		f->port = query_get_u64(&q, 11);
		f->closed = query_get_u64(&q, 12) != 0;
	}
	int rc = query_done(&q, e);
	if (rc == 0 && !there)
		rc = err_set(e, ERR_MISSING, "there is no finding F%llu", (unsigned long long)f->id);
	return rc;
}

static void choice(struct html *h, const char *value, const char *text)
{
	html_open(h, "option");
	html_attr(h, "value", str_from(value));
	html_text(h, str_from(text));
	html_close(h);
}

static void draw_close(const struct page_ask *p, struct html *h, const struct finding_row *f)
{
	char id[24];

	snprintf(id, sizeof(id), "F%llu", (unsigned long long)f->id);
	page_form(p, h, f->closed ? "/reopen" : "/close", "act");
	page_hidden(h, "id", str_from(id));
	if (!f->closed) {
		html_open(h, "label");
		html_attr(h, "for", STR("why"));
		html_text(h, STR("Close it, since it is"));
		html_close(h);
		html_open(h, "select");
		html_attr(h, "id", STR("why"));
		html_attr(h, "name", STR("why"));
		choice(h, "fixed", "fixed");
		choice(h, "false-positive", "a false positive");
		choice(h, "accepted-risk", "an accepted risk");
		html_close(h);
		html_open(h, "label");
		html_attr(h, "for", STR("note"));
		html_text(h, STR("Note"));
		html_close(h);
		html_empty(h, "input");
		html_attr(h, "id", STR("note"));
		html_attr(h, "name", STR("note"));
		html_attr(h, "maxlength", STR("400"));
	}
	page_button(h, f->closed ? "Open it again" : "Close");
	html_close(h);
}

/* The same place or the same machine, without being asked. */
static void draw_related(const struct page_ask *p, struct html *h, const struct finding_row *f)
{
	static const char *const head[] = {
	        "problem", "class", "severity", "owner", "last seen", "state", NULL};
	struct query q = db_query(p->ask->state,
	        "select f.id, f.class, f.severity, o.name, f.last, f.stage from finding f join owner o on "
	        "o.id = f.owner"
	        " where f.place = ?1 and f.place <> '' and f.id <> ?2 order by f.id desc limit 20");
	unsigned n = 0;

	page_section(h, "h-related", "At the same place");
	query_text(&q, f->place);
	query_u64(&q, f->id);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(h, "Other problems at the same address or name", head);
		page_row(h, 'F', query_get_u64(&q, 0), (struct str){0});
		page_cell(h, query_get_text(&q, 1));
		page_cell_tag(h, "data-severity", query_get_text(&q, 2));
		page_cell(h, query_get_text(&q, 3));
		page_cell_time(h, query_get_i64(&q, 4));
		page_cell_tag(h, "data-state", query_get_text(&q, 5));
		html_close(h);
	}
	query_done(&q, NULL);
	if (n == 0)
		html_line(h, "p", NULL, STR("None."));
	else
		page_table_end(h);
	html_close(h);
}

static void draw_head(struct html *h, const struct finding_row *f)
{
	html_open(h, "h1");
	html_printf(
	        h, "F%llu: %.*s at %.*s", (unsigned long long)f->id, STR_ARG(f->class), STR_ARG(f->owner));
	html_close(h);
	html_open(h, "p");
	page_tag(h, "data-severity", f->severity);
	html_text(h, STR(" "));
	page_tag(h, "data-state", f->stage);
	html_text(h, STR(" "));
	page_tag(h, "data-tlp", f->label);
	if (f->why.len != 0)
		html_printf(h, " closed: %.*s", STR_ARG(f->why));
	html_close(h);
	html_open(h, "p");
	html_printf(h, "%.*s", STR_ARG(f->place));
	if (f->port != 0)
		html_printf(h, " port %llu", (unsigned long long)f->port);
	html_printf(h, ", seen in %llu events of %llu reports, first ", (unsigned long long)f->events,
	        (unsigned long long)f->receipts);
	page_time(h, f->first);
	html_text(h, STR(", last "));
	page_time(h, f->last);
	html_close(h);
}

static int draw_finding(const struct page_ask *p, struct html *h, struct err *e)
{
	struct finding_row f = {0};
	int rc = find_finding(p, &f, e);

	if (rc != 0)
		return rc;
	draw_head(h, &f);
	draw_close(p, h, &f);
	page_section(h, "h-why", "Why");
	rc = draw_why(p, h, e);
	/* what retention took is said on the page, which goes on without it */
	if (rc == ERR_MISSING) {
		html_line(h, "p", NULL, str_from(e->text));
		rc = 0;
	}
	html_close(h);
	if (rc == 0)
		draw_related(p, h, &f);
	return rc;
}

const struct page page_finding = {.path = "/findings", .id = true, .draw = draw_finding};

/* ---- a report ------------------------------------------------------------------------------------ */

static struct str of_receipt(const void *arg, const char *name)
{
	const struct str *id = arg;

	return str_eq(str_from(name), STR("receipt")) ? *id : (struct str){0};
}

static void draw_asides(const struct page_ask *p, struct html *h)
{
	struct ask ask = *p->ask;
	struct reply r = {0};
	struct err e;

	ask.form = LIST_TEXT;
	ask.param = of_receipt;
	ask.arg = &p->ask->id;
	if (route_asides.load(&ask, &r, &e) == 0)
		html_line(h, "pre", "raw", buf_str(&r.body));
	buf_done(&r.body);
}

static int draw_receipt(const struct page_ask *p, struct html *h, struct err *e)
{
	uint64_t id;
	int rc = ask_id(p->ask->id, 'R', &id, e);

	if (rc != 0)
		return rc;
	html_open(h, "h1");
	html_printf(h, "Report R%llu", (unsigned long long)id);
	html_close(h);
	rc = draw_why(p, h, e);
	if (rc == 0) {
		page_section(h, "h-asides", "Records that could not be read");
		draw_asides(p, h);
		html_close(h);
	}
	return rc;
}

const struct page page_receipt = {.path = "/reports", .id = true, .draw = draw_receipt};
