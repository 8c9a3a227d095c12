/* SPDX-License-Identifier: Apache-2.0
 *
 * One finding and why: from the line of the file to what was decided and told. The facts are those of
 * "weir why"; nothing is told here that the command does not tell.
 */
#include "web/page.h"
#include "web/why.h"

struct facts {
	const struct page_ask *p;
	struct html *h;
};

static void put_fact(void *arg, enum why_part part, struct str name, struct str text)
{
	struct html *h = ((struct facts *)arg)->h;

	if (part == WHY_FIELDS) {
		html_close(h);
		page_line(((struct facts *)arg)->p, h, "h3", NULL, W_FINDING_RECORD);
		html_open(h, "dl");
		html_attr(h, "class", STR("facts"));
		return;
	}
	html_line(h, "dt", NULL, name);
	html_line(h, "dd", NULL, text);
}

static void put_line(struct html *h, struct str name, struct str text)
{
	html_line(h, "dt", NULL, name);
	html_open(h, "dd");
	html_line(h, "pre", "raw", text);
	html_close(h);
}

static void put_any(void *arg, enum why_part part, struct str name, struct str text)
{
	if (part == WHY_LINE)
		put_line(((struct facts *)arg)->h, name, text);
	else
		put_fact(arg, part, name, text);
}

int page_why(const struct page_ask *p, struct html *h, struct err *e)
{
	auto_buf struct buf b = {0};
	struct html inner = {.out = &b};
	struct facts f = {p, &inner};

	html_open(&inner, "dl");
	html_attr(&inner, "class", STR("facts"));
	int rc = why_tell(p->ask, &(struct why_sink){put_any, &f, p->words}, e);
	html_close(&inner);
	if (rc == 0)
		html_take(h, &inner);
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

static void draw_close(const struct page_ask *p, struct html *h, const struct finding_row *f)
{
	char id[24];

	snprintf(id, sizeof(id), "F%llu", (unsigned long long)f->id);
	page_form(p, h, f->closed ? "/reopen" : "/close", "act");
	page_hidden(h, "id", str_from(id));
	if (!f->closed) {
		static const char *const reasons[] = {"fixed", "false-positive", "accepted-risk"};
		page_select(p, h, NULL, "why", W_FINDING_CLOSE_WHY);
		for (unsigned i = 0; i < 3; i++)
			page_option(h, str_from(reasons[i]), page_key(p, "why", str_from(reasons[i])), false);
		html_close(h);
		page_field(p, h, &(struct page_field){.name = "note", .label = W_NOTE, .limit = 400});
	}
	page_button(p, h, f->closed ? W_FINDING_REOPEN : W_FINDING_CLOSE);
	html_close(h);
}

/* The same place or the same machine, without being asked. */
static void draw_related(const struct page_ask *p, struct html *h, const struct finding_row *f)
{
	static const enum word head[] = {
	        W_COL_FINDING, W_COL_CLASS, W_COL_SEVERITY, W_COL_OWNER, W_COL_LAST, W_COL_STATE, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select f.id, f.class, f.severity, o.name, f.last, f.stage from finding f join owner o on "
	        "o.id = f.owner"
	        " where f.place = ?1 and f.place <> '' and f.id <> ?2 order by f.id desc limit 20");
	unsigned n = 0;

	page_section(p, h, "h-related", W_FINDING_RELATED);
	query_text(&q, f->place);
	query_u64(&q, f->id);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_FINDING_RELATED_TABLE, head);
		page_row(h, 'F', query_get_u64(&q, 0), (struct str){0});
		page_cell(h, query_get_text(&q, 1));
		page_cell_tag(p, h, "severity", query_get_text(&q, 2));
		page_cell(h, query_get_text(&q, 3));
		page_cell_time(h, query_get_i64(&q, 4));
		page_cell_tag(p, h, "state", query_get_text(&q, 5));
		html_close(h);
	}
	query_done(&q, NULL);
	if (n == 0)
		page_line(p, h, "p", NULL, W_NONE);
	else
		page_table_end(h);
	html_close(h);
}

static void draw_head(const struct page_ask *p, struct html *h, const struct finding_row *f)
{
	html_open(h, "h1");
	page_sayf(p, h, W_FINDING_HEAD, page_id(p, 'F', f->id), f->class, f->owner);
	html_close(h);
	html_open(h, "p");
	page_tag(p, h, "severity", f->severity);
	html_text(h, STR(" "));
	page_tag(p, h, "state", f->stage);
	html_text(h, STR(" "));
	page_tag(p, h, "tlp", f->label);
	if (f->why.len != 0) {
		html_text(h, STR(" "));
		page_sayf(p, h, W_FINDING_CLOSED, page_key(p, "why", f->why));
	}
	html_close(h);
	html_open(h, "p");
	html_printf(h, "%.*s", STR_ARG(f->place));
	if (f->port != 0) {
		html_text(h, STR(" "));
		page_sayf(p, h, W_PORT, page_number(p, f->port));
	}
	html_text(h, STR(", "));
	page_sayf(p, h, W_FINDING_SEEN, page_number(p, f->events), page_number(p, f->receipts));
	html_text(h, STR(" "));
	page_time(h, f->first);
	html_text(h, STR(", "));
	page_time(h, f->last);
	html_close(h);
}

static int draw_finding(const struct page_ask *p, struct html *h, struct err *e)
{
	struct finding_row f = {0};
	int rc = find_finding(p, &f, e);

	if (rc != 0)
		return rc;
	draw_head(p, h, &f);
	draw_close(p, h, &f);
	page_section(p, h, "h-why", W_FINDING_WHY);
	rc = page_why(p, h, e);
	/* what retention took is said on the page, which goes on without it */
	if (rc == ERR_MISSING) {
		html_open(h, "p");
		page_english(p, h, str_from(e->text));
		html_close(h);
		rc = 0;
	}
	html_close(h);
	if (rc == 0)
		draw_related(p, h, &f);
	return rc;
}

const struct page page_finding = {.path = "/findings",
        .title = W_FINDING,
        .id = true,
        .right = RIGHT_READ,
        .narrow = true,
        .draw = draw_finding};
