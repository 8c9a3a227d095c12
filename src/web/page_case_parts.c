/* SPDX-License-Identifier: Apache-2.0 */
#include "event/field.h"
#include "web/page_case_in.h"

#define ROWS 500

/* ---- how far it has come ------------------------------------------------------------------------- */

/* Who acknowledged, as the other side says it: an office or a person. */
static void draw_by(const struct page_ask *p, struct html *h, const struct case_row *k, struct str party)
{
	struct query q = db_query(p->ask->whole,
	        "select coalesce(d.by, '') from case_ k join statement s on s.id = k.statement join delivery "
	        "d on "
	        "d.statement "
	        "= s.n where k.id = ? and d.party = ?");

	query_u64(&q, k->id);
	query_text(&q, party);
	if (query_next(&q) == 1)
		html_text(h, query_get_text(&q, 0));
	query_done(&q, NULL);
}

/* That a node has it, that a person has opened it and that a person has acknowledged it are three things: each has its line. */
static enum word meaning(struct str step)
{
	return str_eq(step, STR("undelivered"))     ? W_STEP_UNDELIVERED
	        : str_eq(step, STR("queued"))       ? W_STEP_QUEUED
	        : str_eq(step, STR("delivered"))    ? W_STEP_DELIVERED
	        : str_eq(step, STR("read"))         ? W_STEP_READ
	        : str_eq(step, STR("acknowledged")) ? W_STEP_ACKNOWLEDGED
	                                            : WORD_END;
}

void case_says(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	static const enum word head[] = {
	        W_COL_WHEN, W_CASE_PEER, W_COL_STATE, W_COL_WHAT, W_COL_WHO, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select s.party, s.step, s.at, coalesce(w.reason || case w.redirect_to when '' then '' else "
	        "' > ' "
	        "|| "
	        "w.redirect_to end, '') from case_step s left join case_word w on w.case_ = s.case_ and "
	        "w.party = "
	        "s.party and "
	        "w.state = s.step and w.at = s.at where s.case_ = ? order by s.at, s.id limit 100");
	unsigned n = 0;

	query_u64(&q, k->id);
	while (query_next(&q) == 1) {
		struct str step = query_get_text(&q, 1);
		if (n++ == 0) {
			page_section(p, h, "h-says", W_CASE_SAYS);
			page_table(p, h, W_CASE_SAYS, head);
		}
		html_open(h, "tr");
		page_cell_time(h, query_get_i64(&q, 2));
		page_cell(h, query_get_text(&q, 0));
		page_cell_tag(p, h, "cstate", step);
		html_open(h, "td");
		if (meaning(step) != WORD_END)
			page_say(p, h, meaning(step));
		html_text(h, query_get_text(&q, 3));
		html_close(h);
		html_open(h, "td");
		if (str_eq(step, STR("acknowledged")))
			draw_by(p, h, k, query_get_text(&q, 0));
		html_close(h);
		html_close(h);
	}
	query_done(&q, NULL);
	if (n == 0)
		return;
	page_table_end(h);
	html_close(h);
}

/* ---- what it is about ---------------------------------------------------------------------------- */

static void draw_touches(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	struct query q = db_query(p->ask->state, "select cc from case_touches where case_ = ? order by cc");
	struct link l;

	html_open(h, "p");
	page_line(p, h, "span", NULL, W_CASE_TOUCHES);
	query_u64(&q, k->id);
	while (query_next(&q) == 1) {
		html_text(h, STR(" "));
		html_open(h, "a");
		link_begin(&l, "/cases");
		link_param(&l, "touches", query_get_text(&q, 0));
		html_link(h, "href", &l);
		html_text(h, query_get_text(&q, 0));
		html_close(h);
	}
	query_done(&q, NULL);
	html_close(h);
	if (!page_may(p, RIGHT_WORK) || k->ended != 0 || str_eq(k->kind, STR("old")) ||
	        str_eq(k->label, STR("RED")))
		return;
	case_form(p, h, "/cases/tell-touched", k);
	page_button(p, h, W_CASE_TELL_TOUCHED);
	html_close(h);
}

/* Nobody follows one of these by mistake, here or where it is pasted. */
static void draw_targets(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	struct query q = db_query(p->ask->state,
	        "select type, value, event from case_target where case_ = ? order by type, value");
	unsigned n = 0;

	query_u64(&q, k->id);
	while (query_next(&q) == 1) {
		auto_buf struct buf shown = {0};
		if (n++ == 0) {
			page_line(p, h, "h3", NULL, W_CASE_TARGETS);
			html_open(h, "ul");
		}
		case_defang(&shown, query_get_text(&q, 1));
		html_open(h, "li");
		html_text(h, query_get_text(&q, 0));
		html_text(h, STR(" "));
		html_line(h, "code", NULL, buf_str(&shown));
		html_close(h);
	}
	query_done(&q, NULL);
	if (n > 0)
		html_close(h);
}

static void draw_findings(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	static const enum word head[] = {W_COL_FINDING, W_COL_SEVERITY, W_COL_CLASS, W_COL_OWNER, W_COL_WHERE,
	        W_COL_LAST, W_COL_STATE, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select f.id, f.severity, f.class, o.ref, o.name, f.place, f.port, f.last, f.stage from "
	        "case_finding l cross join "
	        "finding f on f.id = l.finding join owner o on o.id = f.owner where l.case_ = ? order by "
	        "f.id limit ?");
	unsigned n = 0;

	query_u64(&q, k->id);
	query_u64(&q, ROWS);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_COL_FINDINGS, head);
		page_row(h, 'F', query_get_u64(&q, 0), query_get_text(&q, 1));
		page_cell_tag(p, h, "severity", query_get_text(&q, 1));
		page_cell(h, query_get_text(&q, 2));
		page_cell_owner(h, query_get_text(&q, 3), query_get_text(&q, 4));
		page_cell_place(p, h, query_get_text(&q, 5), query_get_u64(&q, 6));
		page_cell_time(h, query_get_i64(&q, 7));
		page_cell_tag(p, h, "state", query_get_text(&q, 8));
		html_close(h);
	}
	query_done(&q, NULL);
	page_table_over(p, h, n, W_NONE);
}

void case_about_what(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	page_section(p, h, "h-about", W_COL_FINDINGS);
	draw_touches(p, h, k);
	draw_targets(p, h, k);
	draw_findings(p, h, k);
	html_close(h);
}

/* ---- whom to write to abroad --------------------------------------------------------------------- */

#define PLACES                                                                                               \
	"(select value from case_target where case_ = ?1 union select f.place from case_finding l join "     \
	"finding f on f.id = "                                                                               \
	"l.finding where l.case_ = ?1)"

static void draw_contact(struct html *h, const struct query *q)
{
	html_open(h, "tr");
	for (int i = 0; i < 6; i++)
		page_cell(h, query_get_text(q, i));
	html_close(h);
}

/* PAP comes first: RED lets nobody be asked; at AMBER a national team, and not who may be the one that it is about. */
void case_abroad(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	static const enum word head[] = {
	        W_FINDINGS_COUNTRY, W_CASE_KIND, W_COL_NAME, W_COL_TO, W_CASE_PARTY, W_LANGUAGE, WORD_END};
	enum pap pap = pap_find(k->pap);
	unsigned n = 0;

	if (k->ended != 0 || str_eq(k->kind, STR("old")))
		return;
	page_section(p, h, "h-abroad", W_CASE_ABROAD);
	if (pap == PAP_RED) {
		html_open(h, "p");
		page_sayf(p, h, W_CASE_ABROAD_PAP, k->pap);
		html_close(h);
		html_close(h);
		return;
	}
	struct query q = db_query(p->ask->state,
	        "select a.cc, a.kind, a.name, a.email, a.phone, a.language from abroad a where (a.kind = "
	        "'national' and exists "
	        "(select 1 from case_touches t where t.case_ = ?1 and t.cc = a.cc)) or (a.kind = 'abuse' and "
	        "?2 and exists "
	        "(select 1 from " PLACES
	        " v where (a.prefix <> '' and inside(v.value, a.prefix)) or (a.domain <> '' and "
	        "inside(v.value, a.domain)))) order by a.kind desc, a.cc, a.name limit 50");
	query_u64(&q, k->id);
	query_u64(&q, pap == PAP_CLEAR || pap == PAP_GREEN);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_CASE_ABROAD, head);
		draw_contact(h, &q);
	}
	query_done(&q, NULL);
	page_table_over(p, h, n, W_CASE_ABROAD_NONE);
	html_close(h);
}

/* ---- tasks --------------------------------------------------------------------------------------- */

static void draw_task(
        const struct page_ask *p, struct html *h, const struct case_row *k, const struct query *q)
{
	html_open(h, "tr");
	page_cell(h, query_get_text(q, 1));
	page_cell(h, query_get_text(q, 2));
	page_cell_time(h, query_get_i64(q, 3));
	html_open(h, "td");
	if (!query_is_null(q, 4)) {
		page_time(h, query_get_i64(q, 4));
		html_text(h, STR(" "));
		html_text(h, query_get_text(q, 5));
	} else if (page_may(p, RIGHT_WORK)) {
		case_form(p, h, "/cases/task-done", k);
		page_hidden(h, "task", page_number(p, query_get_u64(q, 0)));
		page_button(p, h, W_CASE_TASK_DONE);
		html_close(h);
	}
	html_close(h);
	html_close(h);
}

void case_tasks(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	static const enum word head[] = {W_COL_WHAT, W_COL_WHO, W_FINDINGS_UNTIL, W_STATE_DONE, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select id, what, who, coalesce(due, 0), done, done_by from case_task where case_ = ? order "
	        "by done is not null, due "
	        "is null, due, id limit ?");
	unsigned n = 0;

	page_section(p, h, "h-tasks", W_CASE_TASKS);
	query_u64(&q, k->id);
	query_u64(&q, ROWS);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_CASE_TASKS, head);
		draw_task(p, h, k, &q);
	}
	query_done(&q, NULL);
	page_table_over(p, h, n, W_NONE);
	if (page_may(p, RIGHT_WORK) && !str_eq(k->kind, STR("old"))) {
		case_form(p, h, "/cases/task", k);
		page_field(p, h,
		        &(struct page_field){.prefix = "t-",
		                .name = "what",
		                .label = W_COL_WHAT,
		                .type = "text",
		                .limit = 300,
		                .size = 40,
		                .required = true});
		page_field(p, h,
		        &(struct page_field){.prefix = "t-",
		                .name = "who",
		                .label = W_COL_WHO,
		                .type = "text",
		                .size = 10});
		page_field(p, h,
		        &(struct page_field){.prefix = "t-",
		                .name = "due",
		                .label = W_FINDINGS_UNTIL,
		                .type = "text",
		                .size = 16});
		page_button(p, h, W_CASE_TASK_ADD);
		html_close(h);
	}
	html_close(h);
}

/* ---- the owner's report -------------------------------------------------------------------------- */

void case_stages(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	struct query q = db_query(p->ask->state,
	        "select stage, due, coalesce(told, 0) from case_stage where case_ = ? order by due");
	unsigned n = 0;

	query_u64(&q, k->id);
	while (query_next(&q) == 1) {
		int64_t due = query_get_i64(&q, 1), told = query_get_i64(&q, 2);
		if (n++ == 0) {
			page_section(p, h, "h-stages", W_CASE_STAGES);
			html_open(h, "ul");
		}
		html_open(h, "li");
		html_text(h, page_key(p, "stage", query_get_text(&q, 0)));
		html_text(h, STR(": "));
		page_time(h, told != 0 ? told : due);
		html_text(h, STR(" "));
		page_line(p, h, "strong", NULL,
		        told != 0              ? W_STATE_DONE
		                : due < p->now ? W_CASES_OVERDUE
		                               : W_CASES_OPEN);
		html_close(h);
	}
	query_done(&q, NULL);
	if (n == 0)
		return;
	html_close(h);
	html_close(h);
}

/* ---- files --------------------------------------------------------------------------------------- */

static void draw_file(const struct page_ask *p, struct html *h, const struct query *q)
{
	struct link l;

	html_open(h, "li");
	html_open(h, "strong");
	html_text(h, query_get_text(q, 1));
	html_close(h);
	html_printf(h, " %llu B ", (unsigned long long)query_get_u64(q, 2));
	html_line(h, "code", NULL, query_get_text(q, 3));
	html_text(h, STR(" "));
	html_open(h, "a");
	link_begin(&l, "/api/v1/case-file");
	link_part(&l, page_id(p, 'B', query_get_u64(q, 0)));
	html_link(h, "href", &l);
	page_say(p, h, W_CASE_FILE_OUT);
	html_close(h);
	html_close(h);
}

static void draw_upload(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	page_form_with_file(p, h, "/cases/attach", "act");
	page_hidden(h, "id", page_id(p, 'K', k->id));
	page_file_field(p, h, W_CASE_FILE_ADD);
	page_button(p, h, W_CASE_FILE_ADD);
	html_close(h);
}

void case_files(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	struct query q = db_query(p->ask->state,
	        "select b.id, l.name, b.size, lower(hex(b.sha256)) from case_blob l join blob b on b.id = "
	        "l.blob where l.case_ = ? "
	        "order by b.id limit ?");
	unsigned n = 0;

	page_section(p, h, "h-files", W_CASE_FILES);
	query_u64(&q, k->id);
	query_u64(&q, ROWS);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			html_open(h, "ul");
		draw_file(p, h, &q);
	}
	query_done(&q, NULL);
	if (n > 0)
		html_close(h);
	else
		page_line(p, h, "p", NULL, W_NONE);
	if (page_may(p, RIGHT_WORK) && !str_eq(k->kind, STR("old")))
		draw_upload(p, h, k);
	html_close(h);
}

/* ---- the line of time ---------------------------------------------------------------------------- */

static void draw_link(struct html *h, struct str link)
{
	uint64_t id;

	if (link.len > 1 && str_has(STR("FNMRK"), link.p[0]) && str_u64(str_skip(link, 1), &id))
		page_thing(h, link.p[0], id);
	else
		html_text(h, link);
}

static void draw_mail_act(const struct page_ask *p, struct html *h, const struct case_row *k,
        const char *path, uint64_t entry, enum word button)
{
	case_form(p, h, path, k);
	page_hidden(h, "entry", page_id(p, 'L', entry));
	page_button(p, h, button);
	html_close(h);
}

/* What became of a mail that went out, in the server's words or the exit's, and what can be done about it. */
static void draw_mail_out(
        const struct page_ask *p, struct html *h, const struct case_row *k, const struct query *q)
{
	struct str state = query_get_text(q, 12), answer = query_get_text(q, 13);
	uint64_t entry = query_get_u64(q, 11);

	if (state.len == 0)
		return;
	html_open(h, "p");
	page_tag(p, h, "mout", state);
	html_text(h, STR(" "));
	html_text(h, answer);
	html_close(h);
	bool sent = str_eq(state, STR("sent")) || str_eq(state, STR("bounced")) ||
	        str_eq(state, STR("answered")),
	     refused = str_eq(state, STR("refused")) || str_eq(state, STR("bounced"));
	if (page_may(p, RIGHT_RELEASE) && (refused || str_eq(state, STR("held"))))
		draw_mail_act(
		        p, h, k, "/cases/mail-release", entry, refused ? W_REPLY_AGAIN : W_REPLY_RELEASE);
	if (page_may(p, RIGHT_LETTERS) && !sent && !refused)
		draw_mail_act(p, h, k, "/cases/mail-drop", entry, W_REPLY_DROP);
}

/* Of a mail that came: what was proven of its writer, whether that is the key that is known here for who is asked, and its bytes. */
static void draw_mail_in(const struct page_ask *p, struct html *h, const struct query *q)
{
	struct str proven = query_get_text(q, 14), fingerprint = str_skip(proven, 8);
	bool good = str_starts(proven, STR("openpgp ")), known = query_get_u64(q, 15) != 0;
	uint64_t file = query_get_u64(q, 16);

	if (query_is_null(q, 14) || query_get_u64(q, 18) != 0)
		return;
	html_open(h, "p");
	page_tag(p, h, "proven",
	        good                      ? known ? STR("known") : STR("other")
	                                     : proven.len != 0 ? proven
	                                  : STR("nothing"));
	if (good) {
		html_text(h, STR(" "));
		html_line(h, "code", NULL, fingerprint);
	}
	if (query_get_u64(q, 17) != 0) {
		html_text(h, STR(" "));
		page_say(p, h, W_CASE_MAIL_OPENED);
	}
	if (file != 0) {
		struct link l;
		html_text(h, STR(" "));
		html_open(h, "a");
		link_begin(&l, "/api/v1/case-file");
		link_part(&l, page_id(p, 'B', file));
		html_link(h, "href", &l);
		page_say(p, h, W_CASE_MAIL_WHOLE);
		html_close(h);
	}
	html_close(h);
}

/* Of a mail that came: its label is set by a person, where its words say none. */
static void draw_label(
        const struct page_ask *p, struct html *h, const struct case_row *k, const struct query *q)
{
	static const char *const labels[] = {"CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"};
	enum tlp says = case_mail_says(query_get_text(q, 7), query_get_text(q, 8));

	/* a mail server's is nobody's */
	if (query_is_null(q, 14) || query_get_u64(q, 18) != 0)
		return;
	if (says != TLP_NONE) {
		html_open(h, "p");
		page_sayf(p, h, W_CASE_LABEL_SAID, tlp_name(says));
		html_close(h);
		return;
	}
	if (!page_may(p, RIGHT_RELEASE) || str_eq(k->label, STR("RED")))
		return;
	struct str prefix = arena_printf(p->ask->arena, "l%llu-", (unsigned long long)query_get_u64(q, 11));
	case_form(p, h, "/cases/label", k);
	page_hidden(h, "entry", page_id(p, 'L', query_get_u64(q, 11)));
	page_select(p, h, prefix.p, "label", W_LETTERS_LABEL);
	for (unsigned i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		page_option(h, str_from(labels[i]), str_from(labels[i]),
		        str_eq(query_get_text(q, 10), str_from(labels[i])));
	html_close(h);
	page_field(p, h,
	        &(struct page_field){.prefix = prefix.p,
	                .name = "why",
	                .label = W_REASON,
	                .type = "text",
	                .limit = 300,
	                .size = 16});
	page_button(p, h, W_CASE_LABEL_SET);
	html_close(h);
}

static void draw_entry(
        const struct page_ask *p, struct html *h, const struct case_row *k, const struct query *q)
{
	html_open(h, "tr");
	page_cell_time(h, query_get_i64(q, 0));
	html_open(h, "td");
	html_text(h, page_key(p, "entry", query_get_text(q, 1)));
	for (int i = 2; i < 4; i++)
		if (query_get_text(q, i).len != 0) {
			html_text(h, STR(" "));
			html_text(h, query_get_text(q, i));
		}
	html_close(h);
	html_open(h, "td");
	html_text(h, query_get_text(q, 5));
	if (query_get_text(q, 5).len != 0 && query_get_text(q, 6).len != 0)
		html_text(h, STR(" / "));
	html_text(h, query_get_text(q, 6));
	html_close(h);
	html_open(h, "td");
	if (query_get_text(q, 7).len != 0)
		html_line(h, "strong", NULL, query_get_text(q, 7));
	html_line(h, "p", "lines", query_get_text(q, 8));
	draw_link(h, query_get_text(q, 9));
	draw_mail_out(p, h, k, q);
	draw_mail_in(p, h, q);
	html_close(h);
	html_open(h, "td");
	page_tag(p, h, "tlp", query_get_text(q, 10));
	draw_label(p, h, k, q);
	html_close(h);
	html_close(h);
}

void case_timeline(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	static const enum word head[] = {
	        W_COL_WHEN, W_COL_WHAT, W_COL_WHO, W_COL_TEXT, W_LETTERS_LABEL, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select n.at, n.kind, n.direction, n.channel, '', n.person, n.party, n.subject, n.text, "
	        "n.link, "
	        "n.label, n.id, case n.state when '' then '' else " MAIL_OUT(
	                "n") " end, n.answer, m.proven, exists (select 1 from party y where y.name = k.peer "
	                     "and "
	                     "y.pgp <> '' and lower('openpgp ' || y.pgp) = lower(m.proven)) or exists "
	                     "(select 1 from "
	                     "contact_channel h join party_contact c on c.id = h.contact where c.party = "
	                     "k.peer and "
	                     "h.pgp <> '' and lower('openpgp ' || h.pgp) = lower(m.proven)), "
	                     "coalesce(m.blob, 0), "
	                     "m.sealed, m.kind = 'bounce' from case_entry n join case_ k on k.id = n.case_ "
	                     "left join message m "
	                     "on " ENTRY_MAIL("n", "m") " where n.case_ = ? order by n.at / 1000000 desc, "
	                                                "n.id desc limit ?");
	unsigned n = 0;

	page_section(p, h, "h-timeline", W_CASE_TIMELINE);
	query_u64(&q, k->id);
	query_u64(&q, ROWS);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_CASE_TIMELINE, head);
		draw_entry(p, h, k, &q);
	}
	query_done(&q, NULL);
	page_table_over(p, h, n, W_NONE);
	html_close(h);
}
