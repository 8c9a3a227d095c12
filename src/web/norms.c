/* SPDX-License-Identifier: Apache-2.0
 *
 * Norms as lists: where we stand with each, what the records show of it, and further actions.
 */
#include "agree/norm.h"
#include "base/os.h"
#include "web/cells.h"

#define COUNT(a) (unsigned)(sizeof(a) / sizeof((a)[0]))
#define ABOUT_LANGUAGE "of the texts: lo, km, ...; what is not there is English"

static struct str language(const struct ask *a)
{
	struct str lang = ask_param(a, "language");

	return lang.p != NULL ? lang : STR("en");
}

/* ---- all, and one -------------------------------------------------------------------------------- */

static const struct list_column columns[] = {
        {"norm", "norm", LIST_STRING, "its key"},
        {"part", NULL, LIST_STRING, "of the survey: law, norms, confidence or capacity"},
        {"title", "what", LIST_STRING, "in few words, which are ours"},
        {"text", NULL, LIST_STRING, "in more words, which are ours"},
        {"source", NULL, LIST_STRING, "where the text itself is published"},
        {"status", "status", LIST_STRING,
                "not-assessed, aware, planned, partly-implemented, implemented or regularly-reviewed"},
        {"measures", NULL, LIST_STRING, "what is done already"},
        {"challenges", NULL, LIST_STRING, "what stands in the way"},
        {"needs", NULL, LIST_STRING, "what is needed"},
        {"lead", "lead", LIST_STRING, "the body that leads at home"},
        {"partners", NULL, LIST_STRING, "who is sought, or interested"},
        {"frame", "time frame", LIST_STRING, "within what time"},
        {"links", NULL, LIST_STRING, "documents that show it"},
        {"plan", NULL, LIST_STRING, "what is to be reached"},
        {"activities", NULL, LIST_STRING, "what is done for that"},
        {"initiatives", NULL, LIST_STRING, "initiatives of the region that there are already"},
        {"country", NULL, LIST_STRING, "the country that leads"},
        {"review", "review", LIST_STRING, "the day on which it is to be looked at again"},
        {"label", "label", LIST_STRING, "TLP; empty: nothing was said"},
        {"group", NULL, LIST_STRING, "that GREEN is for"},
        {"readers", NULL, LIST_STRING, "persons who alone may see it; empty: all of the staff"},
        {"hidden", NULL, LIST_STRING, "yes: there is an answer, and it is for named persons"},
        {"changed", NULL, LIST_TIME, "when"},
        {"person", NULL, LIST_STRING, "by whom"},
};
static const struct list_table table = {"norms", columns, COUNT(columns), 0, NULL};

static void put(struct list *l, const struct norm *n)
{
	char day[16];
	const struct str cells[] = {n->key, n->part, n->title, n->text, n->source, n->status,
	        n->field[NORM_MEASURES], n->field[NORM_CHALLENGES], n->field[NORM_NEEDS], n->field[NORM_LEAD],
	        n->field[NORM_PARTNERS], n->field[NORM_FRAME], n->field[NORM_LINKS], n->field[NORM_PLAN],
	        n->field[NORM_ACTIVITIES], n->field[NORM_INITIATIVES], n->field[NORM_COUNTRY],
	        norm_day(day, n->review), n->label, n->group, n->readers, n->hidden ? STR("yes") : STR("")};

	for (unsigned i = 0; i < COUNT(cells); i++)
		list_text(l, cells[i]);
	list_time(l, n->changed);
	list_text(l, n->person);
}

static int load(const struct ask *a, struct reply *r, struct err *e)
{
	struct str part = ask_param(a, "part");
	struct norm *norms;
	struct list l;
	unsigned n;
	int rc = norms_read(a->state, (struct str){0}, language(a), a->arena, &norms, &n, e);

	if (rc != 0)
		return rc;
	list_begin(&l, &r->body, a->form, columns, COUNT(columns), "norms");
	for (unsigned i = 0; i < n; i++)
		if ((part.p == NULL || str_eq(part, norms[i].part)) &&
		        (!ask_has(a, "due") || (norms[i].review != 0 && norms[i].review < os_now())))
			put(&l, &norms[i]);
	list_end(&l);
	return 0;
}

static void put_line(struct buf *out, const char *head, struct str text)
{
	while (text.len > 0) {
		struct str_cut line = str_cut(text, '\n');
		char shown[2 * NORM_TEXT];
		buf_printf(out, "%-14s%s\n", head, err_quote(shown, sizeof(shown), str_trim(line.head)).p);
		text = line.tail;
		head = "";
	}
}

static void put_facts(struct buf *out, const struct norm *n)
{
	char day[16], when[32];

	put_line(out, "norm", n->key);
	put_line(out, "what", n->title);
	put_line(out, "in our words", n->text);
	put_line(out, "source", n->source);
	put_line(out, "status", n->status);
	for (unsigned i = 0; i < NORM_FIELDS; i++)
		put_line(out, norm_fields[i].name, n->field[i]);
	put_line(out, "review", norm_day(day, n->review));
	put_line(out, "label", n->label);
	put_line(out, "group", n->group);
	put_line(out, "readers", n->readers);
	put_line(out, "", n->hidden ? STR("there is an answer, and it is for named persons") : STR(""));
	if (n->changed != 0)
		put_line(out, "changed", list_when(when, n->changed));
	put_line(out, "by", n->person);
}

static int load_one(const struct ask *a, struct reply *r, struct err *e)
{
	struct norm n;
	struct list l;
	int rc = norm_find(a->state, a->id, language(a), a->arena, &n, e);

	if (rc != 0)
		return rc;
	if (a->form == LIST_TEXT) {
		put_facts(&r->body, &n);
		return 0;
	}
	list_begin(&l, &r->body, a->form, columns, COUNT(columns), "norms");
	put(&l, &n);
	list_end(&l);
	return 0;
}

static const struct route_param params[] = {
        {"part", PARAM_TEXT, "law, norms, confidence or capacity"},
        {"due", PARAM_FLAG, "those whose review is due"},
        {"language", PARAM_TEXT, ABOUT_LANGUAGE},
        {NULL, 0, NULL},
};
static const struct route_param one_params[] = {
        {"language", PARAM_TEXT, ABOUT_LANGUAGE},
        {NULL, 0, NULL},
};
const struct route route_norms = {.path = "/norms",
        .about = "norms and what a survey asks beside them, with where we stand",
        .load = load,
        .right = RIGHT_READ,
        .params = params,
        .list = &table};
const struct route route_norm = {.path = "/norms",
        .about = "one norm with all that we say of it",
        .id = true,
        .load = load_one,
        .right = RIGHT_READ,
        .params = one_params};

/* ---- evidence ------------------------------------------------------------------------------------ */

static const struct list_column evidence_columns[] = {
        {"norm", "norm", LIST_STRING, "for which it is offered"},
        {"figure", "figure", LIST_STRING, "its name"},
        {"value", "now", LIST_STRING, "what the records show now; empty: nothing yet"},
        {"since", NULL, LIST_TIME, "what was counted begins here"},
        {"as_of", NULL, LIST_TIME, "and ends here"},
        {"confirmed", "confirmed", LIST_STRING,
                "what they showed when a person confirmed it; empty: nobody has"},
        {"confirmed_as_of", "as of", LIST_TIME, "when that was"},
        {"person", "by", LIST_STRING, "who confirmed it"},
        {"note", NULL, LIST_STRING, "a word with it"},
        {"about", "what is counted", LIST_STRING, "in words"},
        {"query", NULL, LIST_STRING,
                "asked of state.db; ?1 and ?2 are since and as_of in microseconds; empty: there are no "
                "records of the kind"},
        {"confirmed_query", NULL, LIST_STRING, "as it was asked then"},
};
static const struct list_table evidence_table = {
        "evidence", evidence_columns, COUNT(evidence_columns), 0, NULL};

static void put_evidence(struct list *l, struct str key, const struct norm_figure *f,
        const struct norm_value *now, const struct norm_confirmed *was)
{
	char shown[48], then[48];

	list_text(l, key);
	list_text(l, str_from(f->name));
	list_text(l, norm_shows(now) ? norm_value_text(shown, now) : STR(""));
	list_time(l, now->since);
	list_time(l, now->until);
	list_text(l, was != NULL ? norm_value_text(then, &was->value) : STR(""));
	list_time(l, was != NULL ? was->value.until : 0);
	list_text(l, was != NULL ? was->person : STR(""));
	list_text(l, was != NULL ? was->note : STR(""));
	list_text(l, str_from(f->about));
	list_text(l, f->query != NULL ? str_from(f->query) : STR(""));
	list_text(l, was != NULL ? was->query : STR(""));
}

/* Several norms show the same figure: it is counted once for all, so that all say the same. */
struct measured {
	struct norm_value value;
	bool there;
};

static int measure(const struct ask *a, const struct norm_figure *f, struct measured *m, struct err *e)
{
	if (m->there)
		return 0;
	int rc = norm_measure(a->state, f, os_now(), &m->value, e);
	m->there = rc == 0;
	return rc;
}

/* all: of each figure. */
static int put_figures(
        const struct ask *a, const struct norm *n, struct measured *all, struct list *l, struct err *e)
{
	struct norm_confirmed *confirmed;
	unsigned nconfirmed;
	int rc = norm_confirmed_read(a->state, n->key, a->arena, &confirmed, &nconfirmed, e);

	for (struct str rest = n->figures; rest.len > 0 && rc == 0;) {
		struct str_cut cut = str_cut(rest, ' ');
		const struct norm_figure *f = norm_figure_find(cut.head);
		rest = cut.tail;
		if (f == NULL)
			continue;
		struct measured *now = &all[f - norm_figures];
		rc = measure(a, f, now, e);
		if (rc == 0)
			put_evidence(l, n->key, f, &now->value,
			        norm_confirmed_of(confirmed, nconfirmed, n->key, cut.head));
	}
	return rc;
}

static int load_evidence(const struct ask *a, struct reply *r, struct err *e)
{
	struct str key = ask_param(a, "norm");
	struct measured *all = arena_array(a->arena, norm_figure_count, sizeof(struct measured));
	struct norm *norms, one;
	struct list l;
	unsigned n = 1;
	int rc = key.p != NULL ? norm_find(a->state, key, STR("en"), a->arena, &one, e)
	                       : norms_read(a->state, key, STR("en"), a->arena, &norms, &n, e);

	if (rc == 0 && all == NULL)
		rc = err_set(e, ERR_LIMIT, "there are more figures than have room");
	if (rc != 0)
		return rc;
	memset(all, 0, norm_figure_count * sizeof(struct measured));
	list_begin(&l, &r->body, a->form, evidence_columns, COUNT(evidence_columns), "evidence");
	for (unsigned i = 0; i < n && rc == 0; i++)
		rc = put_figures(a, key.p != NULL ? &one : &norms[i], all, &l, e);
	list_end(&l);
	return rc;
}

static const struct route_param norm_params[] = {
        {"norm", PARAM_TEXT, "of that norm"},
        {NULL, 0, NULL},
};
const struct route route_norm_evidence = {.path = "/norm-evidence",
        .about = "what the node's own records show for norms, now and when a person confirmed it",
        .load = load_evidence,
        .right = RIGHT_READ,
        .params = norm_params,
        .list = &evidence_table};

/* ---- further actions ----------------------------------------------------------------------------- */

static const struct list_column action_columns[] = {
        {"action", "action", LIST_NUMBER, "its number"},
        {"norm", "norm", LIST_STRING, "of which norm"},
        {"list", "list", LIST_STRING, "of which list"},
        {"status", "status", LIST_STRING, "as of a norm"},
        {"text", "what", LIST_STRING, "as the list has it"},
        {"note", NULL, LIST_STRING, "a word about it"},
        {"at", NULL, LIST_TIME, "when it was loaded, or its status was said last"},
        {"person", NULL, LIST_STRING, "by whom"},
};
static const struct list_table action_table = {"actions", action_columns, COUNT(action_columns), 0, NULL};

static int load_actions(const struct ask *a, struct reply *r, struct err *e)
{
	struct norm_action *actions;
	struct list l;
	unsigned n;
	int rc = norm_actions_read(a->state, ask_param(a, "norm"), a->arena, &actions, &n, e);

	if (rc != 0)
		return rc;
	list_begin(&l, &r->body, a->form, action_columns, COUNT(action_columns), "actions");
	for (unsigned i = 0; i < n; i++) {
		if (ask_has(a, "list") && !str_eq(ask_param(a, "list"), actions[i].list))
			continue;
		list_u64(&l, actions[i].id);
		list_text(&l, actions[i].norm);
		list_text(&l, actions[i].list);
		list_text(&l, actions[i].status);
		list_text(&l, actions[i].action);
		list_text(&l, actions[i].note);
		list_time(&l, actions[i].at);
		list_text(&l, actions[i].person);
	}
	list_end(&l);
	return 0;
}

static const struct route_param action_params[] = {
        {"norm", PARAM_TEXT, "of that norm"},
        {"list", PARAM_TEXT, "of that list"},
        {NULL, 0, NULL},
};
const struct route route_norm_actions = {.path = "/norm-actions",
        .about = "further actions for norms, of lists that people have loaded",
        .load = load_actions,
        .right = RIGHT_READ,
        .params = action_params,
        .list = &action_table};
