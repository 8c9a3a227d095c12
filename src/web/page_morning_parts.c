/* SPDX-License-Identifier: Apache-2.0 */
#include "state/finding.h"
#include "web/figure.h"
#include "web/page_findings_in.h"
#include "web/page_morning_in.h"

/* ---- letters ------------------------------------------------------------------------------------- */

/* The worst of a letter's problems is its reason; of a letter of thousands, the worst of the first ones. */
#define WORST                                                                                                \
	"(select f.id from (select finding from notice_item where notice = w.id limit 100) i cross join "    \
	"finding f where f.id = i.finding order by " FINDING_RANK("f.") ", f.id limit 1)"

void morning_letters(const struct page_ask *p, struct html *h)
{
	static const enum word head[] = {W_COL_LETTER, W_COL_TO, W_COL_OWNER, W_COL_ABOUT, W_COL_ROWS,
	        W_COL_STATE, W_COL_GOES, W_COL_REASON, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select w.ticket, c.email, o.name, w.class, w.findings, w.state, w.send_at, r.file || ':' || "
	        "r.line || ' ' "
	        "|| r.name, w.worst, w.id, o.ref from (select w.*, " WORST
	        " as worst from (select * from notice where state in ('due', 'held', 'ready') order by "
	        "send_at, id limit "
	        "12) w) w join contact c on c.id = w.contact join owner o on o.id = c.owner left join "
	        "finding f on f.id = "
	        "w.worst left join rule r on r.ruleset = f.ruleset and r.number = f.rule order by w.send_at, "
	        "w.id");
	unsigned n = 0;

	page_section(p, h, "h-letters", W_MORNING_LETTERS);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_MORNING_LETTERS_TABLE, head);
		html_open(h, "tr");
		html_open(h, "th");
		html_attr(h, "scope", STR("row"));
		page_thing(h, 'N', query_get_u64(&q, 9));
		html_text(h, STR(" "));
		html_text(h, query_get_text(&q, 0));
		html_close(h);
		page_cell(h, query_get_text(&q, 1));
		page_cell_owner(h, query_get_text(&q, 10), query_get_text(&q, 2));
		page_cell(h, query_get_text(&q, 3));
		page_cell_u64(h, query_get_u64(&q, 4));
		page_cell_tag(p, h, "state", query_get_text(&q, 5));
		page_cell_time(h, query_get_i64(&q, 6));
		html_open(h, "td");
		html_text(h, query_get_text(&q, 7));
		if (query_get_u64(&q, 8) != 0) {
			html_text(h, STR("; "));
			page_say(p, h, W_MORNING_SEE);
			html_text(h, STR(" "));
			page_thing(h, 'F', query_get_u64(&q, 8));
		}
		html_close(h);
		html_close(h);
	}
	query_done(&q, NULL);
	page_table_over(p, h, n, W_NONE);
	html_close(h);
}

/* ---- what somebody must look at ------------------------------------------------------------------ */

/* A line of "weir status", what it is called here, and the page that answers it; path NULL: none does. */
static const struct {
	const char *line;
	enum word word;
	const char *path, *name, *value;
} looks[] = {
        {"receipts aside", W_LOOK_ASIDE, "/reports", "state", "aside"},
        {"oldest waiting receipt, minutes", W_LOOK_WAITING, "/reports", "state", "accepted"},
        {"findings for a person", W_LOOK_PERSON, "/findings", "state", "open"},
        {"findings escalated", W_LOOK_ESCALATED, "/findings", "state", "escalated"},
        {"findings late", W_LOOK_LATE, "/findings", "state", "late"},
        {"alerts", W_LOOK_ALERTS, "/roster", NULL, NULL},
        {"answers", W_LOOK_ANSWERS, "/incoming", "kind", "answer"},
        {"incoming mails", W_LOOK_MAILS, "/incoming", NULL, NULL},
        {"cases overdue", W_LOOK_CASES, "/cases", "state", "overdue"},
        {"cases drafted", W_LOOK_DRAFTS, "/cases", "state", "draft"},
        {"follow-ups overdue", W_LOOK_FOLLOWUPS, "/meetings", NULL, NULL},
        {"outages of neighbours", W_LOOK_OUTAGES, "/outages", NULL, NULL},
        {"offers late", W_LOOK_OFFERS, "/needs", NULL, NULL},
        {"our commitments late", W_LOOK_COMMITMENTS, "/agree-commitments", NULL, NULL},
        {"tasks overdue", W_LOOK_TASKS, "/cases", NULL, NULL},
        {"alarms of logs", W_LOOK_LOGS, "/peers", NULL, NULL},
        {"log not witnessed", W_LOOK_UNSEEN, "/peers", NULL, NULL},
        {"letters held", W_LOOK_HELD, "/letters", "state", "held"},
        {"letters refused", W_LOOK_REFUSED, "/letters", "state", "refused"},
        {"letters held for a key", W_LOOK_KEY, "/letters", "state", "held"},
        {"letters waiting for gpg", W_LOOK_GPG, "/letters", "state", "due"},
        {"contacts to telephone", W_LOOK_CALLS, "/letters", "state", "call"},
        {"refused at the exit", W_LOOK_EXIT, "/letters", "state", "held"},
        {"contacts broken", W_LOOK_BROKEN, "/letters", "state", "refused"},
        {"feeds late", W_LOOK_FEEDS, "/reports", NULL, NULL},
        {"files that cannot be taken", W_LOOK_FILES, NULL, NULL, NULL},
        {"clock doubtful", W_LOOK_CLOCK, NULL, NULL, NULL},
        {"disk used, per cent", W_LOOK_DISK, NULL, NULL, NULL},
};
#define NLOOKS (sizeof(looks) / sizeof(looks[0]))

static void draw_line(const struct page_ask *p, struct html *h, const struct figure_line *line,
        const struct figure_shown *v)
{
	unsigned i = 0;
	struct link l;

	while (i < NLOOKS && strcmp(looks[i].line, line->name) != 0)
		i++;
	html_open(h, "li");
	if (i == NLOOKS) {
		page_english(p, h, arena_printf(p->ask->arena, "%s: %lld", line->name, (long long)v->value));
	} else {
		if (looks[i].path != NULL) {
			link_begin(&l, looks[i].path);
			if (looks[i].name != NULL)
				link_param(&l, looks[i].name, str_from(looks[i].value));
			html_open(h, "a");
			html_link(h, "href", &l);
		}
		page_sayf(p, h, looks[i].word, page_number(p, (uint64_t)v->value));
		if (looks[i].path != NULL)
			html_close(h);
	}
	if (v->names.len != 0)
		html_printf(h, " (%.*s)", STR_ARG(v->names));
	html_close(h);
}

/* Also where nothing is wrong with them. */
static void draw_machine(const struct page_ask *p, struct html *h, int64_t disk, bool doubtful)
{
	html_open(h, "p");
	html_attr(h, "class", STR("note"));
	page_sayf(p, h, doubtful ? W_LOOK_MACHINE_CLOCK : W_LOOK_MACHINE,
	        page_number(p, (uint64_t)(disk > 0 ? disk : 0)));
	html_close(h);
}

int morning_look(const struct page_ask *p, struct html *h, struct err *e)
{
	struct figure_samples *all;
	unsigned n = 0;
	int64_t disk = 0;
	bool doubtful = false;

	if (figures_look(p->ask, &all, e) != 0)
		return e->code;
	page_section(p, h, "h-look", W_MORNING_LOOK);
	html_open(h, "ul");
	for (unsigned i = 0; i < figure_count; i++)
		for (const struct figure_line *line = figure_table[i].line;
		        line != NULL && line->name != NULL; line++) {
			struct figure_shown v;
			if (line->look != FIGURE_LOOK)
				continue;
			figure_show(&figure_table[i], line, &all[i], &v);
			if (strcmp(figure_table[i].name, "weir_disk_used_percent") == 0)
				disk = v.value;
			if (strcmp(figure_table[i].name, "weir_clock_doubtful") == 0)
				doubtful = v.value != 0;
			if (!v.look)
				continue;
			n++;
			draw_line(p, h, line, &v);
		}
	if (n == 0)
		page_line(p, h, "li", NULL, W_MORNING_FINE);
	html_close(h);
	draw_machine(p, h, disk, doubtful);
	html_close(h);
	figures_done(all);
	return 0;
}

/* ---- lists that are kept ------------------------------------------------------------------------- */

int morning_saved(const struct page_ask *p, struct html *h, struct err *e)
{
	struct saved *v;
	size_t n;
	int rc = saved_find(p, true, &v, &n, e);

	if (rc != 0 || n == 0)
		return rc;
	page_section(p, h, "h-saved", W_SAVED);
	html_open(h, "ul");
	for (size_t i = 0; i < n; i++) {
		struct link l;
		html_open(h, "li");
		saved_link(&l, &v[i], 0);
		html_open(h, "a");
		html_link(h, "href", &l);
		html_text(h, v[i].name);
		html_close(h);
		html_text(h, STR(" "));
		if (v[i].looked == 0) {
			page_line(p, h, "span", "note", W_SAVED_NEVER);
		} else {
			saved_link(&l, &v[i], v[i].looked);
			html_open(h, "a");
			html_link(h, "href", &l);
			page_sayf(p, h, W_SAVED_NEW, page_number(p, v[i].fresh));
			html_close(h);
		}
		html_close(h);
	}
	html_close(h);
	html_close(h);
	return 0;
}

/* ---- from shift to shift ------------------------------------------------------------------------- */

static void draw_note(const struct page_ask *p, struct html *h, const struct query *q)
{
	html_open(h, "p");
	html_attr(h, "class", STR("note"));
	html_text(h, query_get_text(q, 1));
	html_text(h, STR(", "));
	page_time(h, query_get_i64(q, 0));
	html_close(h);
	html_line(h, "p", "lines", query_get_text(q, 2));
	(void)p;
}

void morning_handover(const struct page_ask *p, struct html *h)
{
	struct query q =
	        db_query(p->ask->state, "select at, person, text from handover order by id desc limit 11");
	unsigned n = 0;

	page_section(p, h, "h-handover", W_HANDOVER);
	while (query_next(&q) == 1) {
		if (n++ == 1) {
			html_open(h, "details");
			page_line(p, h, "summary", NULL, W_HANDOVER_BEFORE);
		}
		draw_note(p, h, &q);
	}
	query_done(&q, NULL);
	if (n > 1)
		html_close(h);
	if (n == 0)
		page_line(p, h, "p", "note", W_HANDOVER_NONE);
	if (page_may(p, RIGHT_WORK)) {
		html_open(h, "details");
		page_line(p, h, "summary", NULL, W_HANDOVER_WRITE);
		page_form(p, h, "/handover", "act");
		page_area(p, h,
		        &(struct page_field){.prefix = "h-",
		                .name = "text",
		                .label = W_HANDOVER_TEXT,
		                .limit = 4000,
		                .required = true},
		        4);
		page_button(p, h, W_SAVE);
		html_close(h);
		html_close(h);
	}
	html_close(h);
}

/* ---- reports ------------------------------------------------------------------------------------- */

void morning_reports(const struct page_ask *p, struct html *h)
{
	static const enum word head[] = {W_COL_REPORT, W_COL_NAME, W_COL_STATE, W_COL_RECORDS, W_COL_EVENTS,
	        W_COL_NEW, W_COL_NOT_READ, W_COL_CAME, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select id, name, state, records, events, new_findings, asides, received, size from receipt "
	        "where id > ?"
	        " order by id desc limit 8");
	unsigned n = 0;

	page_section(p, h, "h-reports", W_MORNING_REPORTS);
	if (page_may(p, RIGHT_WORK))
		page_drop(p, h);
	query_u64(&q, 0);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_MORNING_REPORTS_TABLE, head);
		page_row(h, 'R', query_get_u64(&q, 0), (struct str){0});
		page_cell_report(p, h, query_get_text(&q, 1));
		page_cell_tag(p, h, "state", query_get_text(&q, 2));
		for (int i = 3; i < 7; i++) {
			page_cell_u64(h, query_get_u64(&q, i));
		}
		page_cell_time(h, query_get_i64(&q, 7));
		html_close(h);
	}
	query_done(&q, NULL);
	page_table_over(p, h, n, W_MORNING_NO_REPORTS);
	html_close(h);
}
