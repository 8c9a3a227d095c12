/* SPDX-License-Identifier: Apache-2.0
 *
 * Commitments of all parties as a list, with what our own node measures of our own.
 */
#include "agree/figure.h"
#include "agree/look.h"
#include "base/os.h"
#include "web/cells.h"
#include "web/figure.h"
#include "web/rounds.h"

#define MICRO ((int64_t)1000000)

void rounds_owed_count(const struct ask *a, struct figure_samples *out)
{
	figure_add(out, STR(""), STR(""), agree_owed_count(a->state, a->folder, a->arena, os_now() / MICRO));
}

void rounds_late_count(const struct ask *a, struct figure_samples *out)
{
	struct str me = agree_party(a->state, a->arena);

	figure_add(out, STR(""), STR(""), agree_late(a->state, a->arena, me, os_now() / MICRO));
}

static const struct list_column columns[] = {
        {"party", "party", LIST_STRING, "whose it is"},
        {"owner", "owner", LIST_STRING, "the office that does it"},
        {"what", "what", LIST_STRING, "in words"},
        {"round", "round", LIST_STRING, "instrument and number"},
        {"clause", "clause", LIST_STRING, "of the text"},
        {"due", "due", LIST_TIME, "until when"},
        {"state", "state", LIST_STRING, "planned, under-way, done, dropped; late is computed"},
        {"moved", NULL, LIST_TIME, "the newest word about it"},
        {"words", NULL, LIST_STRING, "of that, in English or in the first language that it has"},
        {"indicator", "indicator", LIST_STRING, "figure, <= or >=, number and unit"},
        {"base", NULL, LIST_STRING, "the figure when it was promised"},
        {"now", "now", LIST_STRING,
                "the figure as our node measures it now, over the last 365 days; of our own alone"},
        {"holds", NULL, LIST_STRING, "yes or no: what was promised of it"},
        {"id", NULL, LIST_STRING, "of the statement"},
        {"since", NULL, LIST_TIME, "the last review of its round here, or where there was none its adoption"},
        {"changed", "changed", LIST_STRING,
                "since then: new, done, late, dropped, under-way, planned, or new with the state after it"},
        {"as_of", NULL, LIST_TIME, "when our node measured it: now"},
        {"evidence", NULL, LIST_STRING,
                "newest first, with '; ' between: file NAME SHA-256, link ADDRESS, FIGURE VALUE UNIT as of "
                "TIME"},
        {"then", NULL, LIST_STRING,
                "the figure at that time, of our own where our records still have it; of a new one when it "
                "was promised"},
};

static struct str indicator_words(struct arena *a, const struct agree_commitment *c)
{
	return c->figure.len == 0 ? STR("")
	                          : arena_printf(a, "%.*s %.*s %lld %.*s", STR_ARG(c->figure), STR_ARG(c->is),
	                                    (long long)c->target, STR_ARG(c->unit));
}

/* The figure at c->since. */
static int put_then(const struct ask *a, struct list *l, const struct agree_commitment *c,
        const struct agree_figure *f, struct err *e)
{
	struct agree_measured m = {0};
	char then[48] = "";
	bool measured = f != NULL && f->past && !c->is_new;
	int rc = measured ? agree_measure(a->state, f, c->since * MICRO, &m, e) : 0;

	if (c->is_new && c->base.len > 0)
		list_text(l, arena_printf(a->arena, "%.*s %.*s", STR_ARG(c->base), STR_ARG(c->unit)));
	else
		list_text(l, measured && rc == 0 ? agree_measured_text(then, f, &m) : STR(""));
	return rc;
}

static struct str evidence_words(struct arena *a, const struct agree_commitment *c)
{
	auto_buf struct buf out = {0};
	char at[24];

	for (unsigned i = 0; i < c->evidences; i++) {
		const struct agree_evidence *v = &c->evidence[i];
		buf_add(&out, i > 0 ? STR("; ") : STR(""));
		stamp_print(at, v->at);
		if (v->file)
			buf_printf(
			        &out, "file %.*s %.*s", STR_ARG(v->name), STR_ARG(rounds_hex(a, v->sha256)));
		else if (v->link.len > 0)
			buf_printf(&out, "link %.*s", STR_ARG(v->link));
		else
			buf_printf(&out, "%.*s %.*s %.*s as of %s", STR_ARG(v->figure), STR_ARG(v->value),
			        STR_ARG(v->unit), at);
	}
	return arena_str(a, buf_str(&out));
}

static int put(
        const struct ask *a, struct list *l, const struct agree_commitment *c, struct str me, struct err *e)
{
	struct agree_measured m = {0};
	const struct agree_figure *f = str_eq(c->party, me) ? agree_figure_find(c->figure) : NULL;
	char now[48] = "";
	int64_t at = os_now();
	int rc = f != NULL ? agree_measure(a->state, f, at, &m, e) : 0;

	if (rc != 0)
		return rc;
	list_text(l, c->party);
	list_text(l, c->owner);
	list_text(l, c->what);
	list_text(l, arena_printf(a->arena, "%.*s/%u", STR_ARG(c->instrument), c->number));
	list_text(l, c->clause);
	list_time(l, c->due * MICRO);
	list_text(l, c->status);
	list_time(l, c->moved * MICRO);
	list_text(l, rounds_words(&c->words));
	list_text(l, indicator_words(a->arena, c));
	list_text(l, c->base);
	list_text(l, f != NULL ? agree_measured_text(now, f, &m) : STR(""));
	list_text(l,
	        m.of == 0                                            ? STR("")
	                : agree_measured_holds(&m, c->is, c->target) ? STR("yes")
	                                                             : STR("no"));
	list_text(l, rounds_hex(a->arena, c->id));
	list_time(l, c->since * MICRO);
	list_text(l, c->changed);
	list_time(l, m.of > 0 ? at : 0);
	list_text(l, evidence_words(a->arena, c));
	return put_then(a, l, c, f, e);
}

static int load(const struct ask *a, struct reply *reply, struct err *e)
{
	struct agree_commitment *c;
	unsigned n = agree_commitments(a->state, a->arena, 0, os_now() / MICRO, &c);
	struct str me = agree_party(a->state, a->arena);
	struct list l;
	int rc = 0;

	list_begin(&l, &reply->body, a->form, columns, sizeof(columns) / sizeof(columns[0]), "commitments");
	for (unsigned i = 0; rc == 0 && i < n; i++)
		rc = put(a, &l, &c[i], me, e);
	list_end(&l);
	return rc;
}

static const struct list_table table = {
        "commitments", columns, sizeof(columns) / sizeof(columns[0]), 0, NULL};

const struct route route_commitments = {.path = "/commitments",
        .about = "what parties have said that they will do about adopted texts, by party and date",
        .load = load,
        .right = RIGHT_READ,
        .list = &table};
