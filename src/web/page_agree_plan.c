/* SPDX-License-Identifier: Apache-2.0
 *
 * The next round of an instrument: who, when, by which rule. The form makes a manifest, which is read whole here before it is written, and once
 * more by the second person who signs it (page_agree_sign.c).
 */
#include "agree/code.h"
#include "agree/plan.h"
#include "web/page_round.h"

#define SECOND ((int64_t)1000000)
#define DAY 86400

struct line {
	const char *name;
	enum word label;
	unsigned size;
};
/* The lines of a rule, in the order of a manifest; what plan_usual offers stands in the field. */
static const struct line rule_lines[] = {
        {"needs", W_MAN_NEEDS, 4},
        {"level", W_MAN_LEVEL, 6},
        {"min-notice", W_MAN_MIN_NOTICE, 5},
        {"working-days", W_MAN_WORKING_DAYS, 3},
        {"breaks", W_MAN_BREAKS, 26},
        {"extend", W_MAN_EXTEND, 6},
        {"grace", W_MAN_GRACE, 5},
        {"unserved", W_MAN_UNSERVED, 7},
        {"confirm", W_MAN_CONFIRM, 3},
        {"reservation", W_MAN_RESERVATION, 10},
        {"disassociation", W_MAN_DISASSOCIATION, 10},
        {"persons", W_MAN_PERSONS, 4},
        {"statements", W_MAN_STATEMENTS, 5},
        {"in-force", W_MAN_IN_FORCE, 16},
        {"review", W_MAN_REVIEW, 6},
};
#define LINES (sizeof(rule_lines) / sizeof(rule_lines[0]))
static const char *const fields[] = {"instrument", "title", "members", "observers", "deputy", "secretariat",
        "opens", "closes", "zone", "off", "rule", "needs", "level", "min-notice", "working-days", "breaks",
        "extend", "grace", "unserved", "confirm", "reservation", "disassociation", "persons", "statements",
        "in-force", "review", "label", NULL};

static struct str param(const struct page_ask *p, const char *name)
{
	struct str s = ask_param(p->ask, name);

	return s.p != NULL ? s : STR("");
}

static struct str instrument(const struct page_ask *p)
{
	return p->ask->id.len > 0 ? p->ask->id : param(p, "instrument");
}

/* ---- what came before ---------------------------------------------------------------------------- */

/* The manifest of the newest round, from which the form is filled; NULL: there is none. */
static const struct manifest *find_before(const struct page_ask *p)
{
	struct round_loaded *r = arena_new(p->ask->arena, struct round_loaded);
	uint64_t id = round_meant(p->ask->state, instrument(p), NULL);

	if (id == 0 || round_load_opening(p->ask->arena, p->ask->state, p->ask->folder, id, r, NULL) != 0 ||
	        r->why != NULL)
		return NULL;
	return &r->manifest;
}

static struct str list_of(const struct page_ask *p, const struct manifest *m, bool members)
{
	auto_buf struct buf out = {0};

	for (unsigned i = 0; m != NULL && i < (members ? m->members : m->observers); i++) {
		buf_add(&out, out.len > 0 ? STR(" ") : STR(""));
		buf_add(&out, members ? m->member[i].party : m->observer[i]);
	}
	return arena_str(p->ask->arena, buf_str(&out));
}

/* A line of the manifest before, as it stands there. */
static struct str line_of(const struct manifest *m, struct str word)
{
	for (struct str_cut line = {.tail = m != NULL ? m->bytes : STR(""), .ok = true};
	        line.ok && line.tail.len > 0;) {
		line = str_cut(line.tail, '\n');
		struct str_cut cut = str_cut(line.head, ' ');
		if (cut.ok && str_eq(cut.head, word))
			return cut.tail;
	}
	return (struct str){0};
}

/* ---- the form ------------------------------------------------------------------------------------ */

static void field(const struct page_ask *p, struct html *h, const char *name, enum word label,
        struct str other, unsigned size, bool required)
{
	struct str given = param(p, name);

	round_field(p, h, NULL, name, label, given.len > 0 ? given : other, size, required);
}

static void draw_who(const struct page_ask *p, struct html *h, const struct manifest *m)
{
	struct str me = agree_party(p->ask->state, p->ask->arena);
	struct str members = list_of(p, m, true);

	html_open(h, "fieldset");
	html_attr(h, "class", STR("fields"));
	page_line(p, h, "legend", NULL, W_AGREE_WHO);
	field(p, h, "title", W_AGREE_TITLE, m != NULL ? m->title : STR(""), 40, true);
	field(p, h, "members", W_AGREE_MEMBERS, members.len > 0 ? members : me, 30, true);
	field(p, h, "observers", W_AGREE_OBSERVERS, list_of(p, m, false), 20, false);
	field(p, h, "deputy", W_AGREE_DEPUTY, m != NULL ? m->deputy : STR(""), 8, false);
	field(p, h, "secretariat", W_AGREE_SECRETARIAT, m != NULL ? m->secretariat : me, 8, false);
	html_close(h);
}

static void draw_when(const struct page_ask *p, struct html *h)
{
	html_open(h, "fieldset");
	html_attr(h, "class", STR("fields"));
	page_line(p, h, "legend", NULL, W_COL_WHEN);
	page_line(p, h, "p", "note", W_AGREE_TIME_HOW);
	field(p, h, "opens", W_AGREE_OPENS, STR(""), 16, false);
	field(p, h, "closes", W_AGREE_CLOSES, STR("14d"), 16, true);
	field(p, h, "zone", W_AGREE_ZONE, str_from(plan_usual(STR("zone"))), 7, false);
	field(p, h, "off", W_AGREE_OFF, STR(""), 40, false);
	html_close(h);
}

static void draw_rule(const struct page_ask *p, struct html *h, const struct manifest *m)
{
	static const char *const rules[] = {"none", "silence", "assent", "meeting", "recorded", NULL};
	static const char *const labels[] = {"AMBER", "CLEAR", NULL};
	struct str rule = param(p, "rule");

	html_open(h, "fieldset");
	html_attr(h, "class", STR("fields"));
	page_line(p, h, "legend", NULL, W_AGREE_RULE);
	round_choice(p, h, NULL, "rule", W_AGREE_RULE, "rrule", rules,
	        rule.len > 0        ? rule
	                : m != NULL ? manifest_rule_name(m->rule)
	                            : STR("none"));
	for (unsigned i = 0; i < LINES; i++) {
		struct str name = str_from(rule_lines[i].name), before = line_of(m, name);
		field(p, h, rule_lines[i].name, rule_lines[i].label,
		        before.len > 0 ? before : str_from(plan_usual(name)), rule_lines[i].size, false);
	}
	round_choice(p, h, NULL, "label", W_GROUPS_LABEL, "tlp", labels, param(p, "label"));
	html_close(h);
}

static void draw_form(const struct page_ask *p, struct html *h)
{
	const struct manifest *m = find_before(p);

	page_section(p, h, "h-form", W_AGREE_PLAN);
	page_line(p, h, "p", NULL, W_AGREE_PLAN_WHAT);
	page_form(p, h, "/agree/plan-preview", "fields");
	page_hidden(h, "preview", STR("1"));
	page_hidden(h, "instrument", instrument(p));
	draw_who(p, h, m);
	draw_when(p, h);
	draw_rule(p, h, m);
	page_button(p, h, W_AGREE_PREVIEW);
	html_close(h);
	html_close(h);
}

/* ---- the manifest -------------------------------------------------------------------------------- */

static void draw_times(const struct page_ask *p, struct html *h, const struct manifest *m)
{
	char code[TEXT_CODE_LEN];

	text_code(m->sha256, code);
	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	round_fact_time(p, h, W_AGREE_OPENS, m->opens, m);
	round_fact_time(p, h, W_AGREE_CLOSES, m->closes, m);
	round_fact_time(p, h, W_AGREE_SERVE_BY, round_serve_by(m, m->closes), m);
	round_fact(p, h, W_AGREE_CODE, str_from(code));
	html_close(h);
}

/* The times as they stand in what was read, so that it is written with the same bytes a minute later. */
static void carry(const struct page_ask *p, struct html *h, const struct manifest *m)
{
	char when[32];

	for (unsigned i = 0; fields[i] != NULL; i++) {
		struct str name = str_from(fields[i]);
		bool time = str_eq(name, STR("opens")) || str_eq(name, STR("closes"));
		int64_t at = str_eq(name, STR("opens")) ? m->opens : m->closes;
		if (time)
			page_hidden(h, fields[i], list_when(when, at * SECOND));
		else if (param(p, fields[i]).len > 0)
			page_hidden(h, fields[i], param(p, fields[i]));
	}
}

static void draw_stale(const struct page_ask *p, struct html *h, const struct plan *plan)
{
	unsigned at = 0;

	while (at < plan->m.texts && !plan->m.text[at].authentic)
		at++;
	for (unsigned i = 0; at < plan->m.texts && i < plan->m.texts; i++)
		if (i != at)
			round_stale(p, h, &plan->text[at], &plan->text[i], plan->m.text[i].lang);
}

static void draw_preview(const struct page_ask *p, struct html *h)
{
	struct change_here here;
	struct change c = round_change(p, &here, agree_party(p->ask->state, p->ask->arena), fields);
	struct plan *plan = arena_new(p->ask->arena, struct plan);
	struct err e = {0};
	int rc = plan_make(p->ask->arena, &c, p->now, plan, &e);

	page_section(p, h, "h-manifest", W_AGREE_MANIFEST);
	if (rc != 0) {
		html_open(h, "p");
		html_attr(h, "class", STR("error"));
		page_english(p, h, str_from(e.text));
		html_close(h);
	}
	if (rc == 0) {
		page_line(p, h, "p", NULL, W_AGREE_MANIFEST_WHAT);
		draw_times(p, h, &plan->m);
		round_holidays(p, h, &plan->m);
		html_line(h, "pre", "raw", buf_str(&plan->manifest));
		draw_stale(p, h, plan);
		page_form(p, h, "/agree/propose", "act");
		carry(p, h, &plan->m);
		page_button(p, h, W_AGREE_WRITE_FOR_SECOND);
		html_close(h);
	}
	buf_done(&plan->manifest);
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	(void)e;
	html_open(h, "h1");
	page_say(p, h, W_AGREE_PLAN);
	html_text(h, STR(": "));
	html_text(h, instrument(p));
	html_close(h);
	if (!page_binds(p, instrument(p))) {
		page_line(p, h, "p", NULL, W_AGREE_PLAN_NOT);
		return 0;
	}
	if (param(p, "preview").len > 0)
		draw_preview(p, h);
	draw_form(p, h);
	return 0;
}

const struct page page_agree_plan = {
        .path = "/agree-plan", .title = W_AGREE_PLAN, .id = true, .right = RIGHT_READ, .draw = draw};
