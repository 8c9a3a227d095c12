/* SPDX-License-Identifier: Apache-2.0
 *
 * The papers that are made of norms: the survey in its four parts, and the table of a regional action plan. What may stand in one
 * that is handed on follows from the label it is made for (agree/norm.h).
 */
#include "web/norm_papers.h"
#include "base/os.h"
#include "web/cells.h"

#define COUNT(a) (unsigned)(sizeof(a) / sizeof((a)[0]))

int norm_print_of(const struct ask *a, struct str lang, struct norm_print *ret, struct err *e)
{
	struct str wanted = ask_param(a, "language");

	return norm_print_read(a->state, ask_param(a, "label"), ask_param(a, "group"),
	        wanted.len > 0 ? wanted : lang, a->arena, ret, e);
}

void norm_print_evidence(const struct norm_print *p, const struct norm *n, struct buf *ret)
{
	char value[48], day[16];

	for (unsigned i = 0; i < p->nconfirmed && norm_print_shows(p, n); i++) {
		const struct norm_confirmed *c = &p->confirmed[i];
		if (str_eq(c->norm, n->key))
			buf_printf(ret, "%s%.*s: %.*s (%.*s)", ret->len > 0 ? "\n" : "", STR_ARG(c->figure),
			        STR_ARG(norm_value_text(value, &c->value)),
			        STR_ARG(norm_day(day, c->value.until)));
	}
}

/* GREEN names its group. */
static void label_text(const struct norm_print *p, struct buf *out)
{
	buf_printf(out, "TLP:%.*s", STR_ARG(tlp_name(p->label)));
	if (p->group.len > 0)
		buf_printf(out, " %.*s", STR_ARG(p->group));
}

static void put_label(struct list *l, const struct norm_print *p)
{
	auto_buf struct buf text = {0};

	label_text(p, &text);
	list_text(l, buf_str(&text));
}

/* ---- the survey ---------------------------------------------------------------------------------- */

static const struct list_column survey_columns[] = {
        {"part", "part", LIST_STRING, "law, norms, confidence or capacity"},
        {"norm", "norm", LIST_STRING, "its key"},
        {"title", "what", LIST_STRING, "in few words, which are ours"},
        {"status", "status", LIST_STRING, "as we say of ourselves"},
        {"measures", NULL, LIST_STRING, "what is done already"},
        {"challenges", NULL, LIST_STRING, "what stands in the way"},
        {"needs", NULL, LIST_STRING, "what is needed"},
        {"lead", NULL, LIST_STRING, "the body that leads at home"},
        {"partners", NULL, LIST_STRING, "who is sought, or interested"},
        {"frame", NULL, LIST_STRING, "within what time"},
        {"links", NULL, LIST_STRING, "documents that show it"},
        {"evidence", NULL, LIST_STRING, "what the records showed, as a person has confirmed it"},
        {"review", NULL, LIST_STRING, "the day on which it is to be looked at again"},
        {"label", NULL, LIST_STRING, "of the paper"},
};
static const struct list_table survey_table = {"survey", survey_columns, COUNT(survey_columns), 0, NULL};

static const enum norm_field survey_fields[] = {
        NORM_MEASURES, NORM_CHALLENGES, NORM_NEEDS, NORM_LEAD, NORM_PARTNERS, NORM_FRAME, NORM_LINKS};

static void put_survey(struct list *l, const struct norm_print *p, const struct norm *n)
{
	auto_buf struct buf evidence = {0};
	char day[16];

	norm_print_evidence(p, n, &evidence);
	list_text(l, n->part);
	list_text(l, n->key);
	list_text(l, n->title);
	list_text(l, n->status);
	for (unsigned i = 0; i < COUNT(survey_fields); i++)
		list_text(l, n->field[survey_fields[i]]);
	list_text(l, evidence.len > 0 ? buf_str(&evidence) : STR(""));
	list_text(l, norm_day(day, n->review));
	put_label(l, p);
}

static void put_field(struct buf *out, const char *name, struct str text)
{
	while (text.len > 0) {
		struct str_cut line = str_cut(text, '\n');
		char shown[2 * NORM_TEXT];
		buf_printf(out, "  %-12s%s\n", name, err_quote(shown, sizeof(shown), str_trim(line.head)).p);
		text = line.tail;
		name = "";
	}
}

static void put_actions(struct buf *out, const struct norm_print *p, const struct norm *n)
{
	for (unsigned i = 0; i < p->nactions && norm_print_shows(p, n); i++) {
		char shown[2 * NORM_TEXT];
		if (str_eq(p->actions[i].norm, n->key))
			buf_printf(out, "  [%.*s] %s\n", STR_ARG(p->actions[i].status),
			        err_quote(shown, sizeof(shown), p->actions[i].action).p);
	}
}

/* As text, for who has no browser. */
static void print_survey(const struct norm_print *p, struct buf *out)
{
	char when[32], day[16];

	label_text(p, out);
	buf_printf(out, "  survey, as we say of ourselves  %.*s UTC\n", STR_ARG(list_when(when, os_now())));
	for (unsigned i = 0; i < p->n; i++) {
		const struct norm *n = &p->norms[i];
		auto_buf struct buf evidence = {0};
		if (i == 0 || !str_eq(n->part, p->norms[i - 1].part))
			buf_printf(out, "\n== %.*s\n", STR_ARG(n->part));
		buf_printf(
		        out, "\n%.*s  %.*s\n  %.*s\n", STR_ARG(n->key), STR_ARG(n->title), STR_ARG(n->text));
		put_field(out, "status", n->status);
		for (unsigned k = 0; k < COUNT(survey_fields); k++)
			put_field(out, norm_fields[survey_fields[k]].name, n->field[survey_fields[k]]);
		norm_print_evidence(p, n, &evidence);
		put_field(out, "evidence", evidence.len > 0 ? buf_str(&evidence) : STR(""));
		put_field(out, "review", norm_day(day, n->review));
		put_actions(out, p, n);
	}
}

static int load_survey(const struct ask *a, struct reply *r, struct err *e)
{
	struct norm_print p;
	struct list l;
	int rc = norm_print_of(a, STR("en"), &p, e);

	if (rc != 0)
		return rc;
	if (a->form == LIST_TEXT) {
		print_survey(&p, &r->body);
		return 0;
	}
	list_begin(&l, &r->body, a->form, survey_columns, COUNT(survey_columns), "survey");
	for (unsigned i = 0; i < p.n; i++)
		put_survey(&l, &p, &p.norms[i]);
	list_end(&l);
	return 0;
}

static const struct route_param paper_params[] = {
        {"label", PARAM_TEXT,
                "whom it is for: CLEAR, GREEN, AMBER or AMBER+STRICT; without it all that you see"},
        {"group", PARAM_TEXT, "for GREEN"},
        {"language", PARAM_TEXT, "of the texts: lo, km, ...; what is not there is English"},
        {NULL, 0, NULL},
};
const struct route route_norm_survey = {.path = "/norm-survey",
        .about = "the survey in its four parts, as far as it may go to whom its label says",
        .load = load_survey,
        .right = RIGHT_READ,
        .params = paper_params,
        .list = &survey_table};

/* ---- the action plan ----------------------------------------------------------------------------- */

static const struct list_column plan_columns[] = {
        {"norm", "norm", LIST_STRING, "its key, and what it is about"},
        {"action_plan", "action plan", LIST_STRING, "what is to be reached"},
        {"activities", "activities", LIST_STRING, "what is done for that"},
        {"existing_initiatives", "existing initiatives", LIST_STRING, "of ASEAN, that there are already"},
        {"challenges", "challenges", LIST_STRING, "what stands in the way"},
        {"capacities_required", "capacities required", LIST_STRING, "what is needed"},
        {"time_frame", "time frame", LIST_STRING, "within what time"},
        {"lead_country", "lead country", LIST_STRING, "who leads"},
        {"interested_partners", "interested partners", LIST_STRING, "who takes part, or wishes to"},
        {"label", NULL, LIST_STRING, "of the paper"},
};
static const struct list_table plan_table = {"plan", plan_columns, COUNT(plan_columns), 0, NULL};

const enum norm_field norm_plan_fields[NORM_PLAN_FIELDS] = {NORM_PLAN, NORM_ACTIVITIES, NORM_INITIATIVES,
        NORM_CHALLENGES, NORM_NEEDS, NORM_FRAME, NORM_COUNTRY, NORM_PARTNERS};

bool norm_in_plan(const struct norm *n)
{
	return str_eq(n->part, str_from(norm_parts[NORM_NORMS]));
}

static int load_plan(const struct ask *a, struct reply *r, struct err *e)
{
	struct norm_print p;
	struct list l;
	int rc = norm_print_of(a, STR("en"), &p, e);

	if (rc != 0)
		return rc;
	list_begin(&l, &r->body, a->form, plan_columns, COUNT(plan_columns), "plan");
	for (unsigned i = 0; i < p.n; i++) {
		const struct norm *n = &p.norms[i];
		if (!norm_in_plan(n))
			continue;
		list_text(&l, arena_printf(a->arena, "%.*s %.*s", STR_ARG(n->key), STR_ARG(n->title)));
		for (unsigned k = 0; k < NORM_PLAN_FIELDS; k++)
			list_text(&l, n->field[norm_plan_fields[k]]);
		put_label(&l, &p);
	}
	list_end(&l);
	return 0;
}

const struct route route_norm_plan = {.path = "/norm-plan",
        .about = "the norms in the columns of a regional action plan, as far as it may go to whom its label "
                 "says",
        .load = load_plan,
        .right = RIGHT_READ,
        .params = paper_params,
        .list = &plan_table};
