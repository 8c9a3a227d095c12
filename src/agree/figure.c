/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/figure.h"
#include "agree/norm.h"

#define WINDOW (365 * (int64_t)86400 * 1000000)
#define REQUESTS                                                                                             \
	"from main.case_ where kind = 'request' and direction = 'theirs' and exercise = '' and merged is "   \
	"null and arrived >= ?1 and arrived < ?2 and arrived is not null"
#define TENTHS(from, to) "(min(coalesce(" to ", ?2), ?2) - " from ") / 360000000"

const struct agree_figure agree_figures[] = {
        {"case-ack-hours", "h", "from a request's arrival to the word of a person who takes it on",
                "select " TENTHS("arrived", "acked") " as t " REQUESTS " order by t", true},
        {"case-answer-hours", "h", "from a request's arrival to its answer",
                "select " TENTHS("arrived", "answered") " as t " REQUESTS " order by t", true},
        {"requests-taken", "%", NULL, NULL, true},
        {"requests-answered", "%", NULL, NULL, true},
        {"checks-answered", "%", NULL, NULL, true},
        {"contacts-fresh", "%", NULL, NULL, false},
        {"letters-in-time", "%", NULL, NULL, true},
        {"owners-reachable", "%", NULL, NULL, false},
};
const unsigned agree_figure_count = sizeof(agree_figures) / sizeof(agree_figures[0]);

const struct agree_figure *agree_figure_find(struct str name)
{
	for (unsigned i = 0; i < agree_figure_count; i++)
		if (str_eq(name, str_from(agree_figures[i].name)))
			return &agree_figures[i];
	return NULL;
}

const char *agree_figure_about(const struct agree_figure *f)
{
	return f->about != NULL ? f->about : norm_figure_find(str_from(f->name))->about;
}

/* Of an even number the mean of the two in the middle. The query gives them in order. */
static int median(struct db *db, const struct agree_figure *f, struct agree_measured *ret, struct err *e)
{
	struct query q = db_query(db, f->query);
	VEC(int64_t) all = {0};

	query_i64(&q, ret->at - WINDOW);
	query_i64(&q, ret->at);
	while (query_next(&q) == 1)
		*(int64_t *)vec_add(&all) = query_get_i64(&q, 0);
	int rc = query_done(&q, e);
	ret->of = all.n;
	if (all.n > 0)
		ret->tenths = (all.v[(all.n - 1) / 2] + all.v[all.n / 2]) / 2;
	vec_done(&all);
	return rc;
}

int agree_measure(
        struct db *db, const struct agree_figure *f, int64_t now, struct agree_measured *ret, struct err *e)
{
	struct norm_value v;

	*ret = (struct agree_measured){.at = now};
	if (f->query != NULL)
		return median(db, f, ret, e);
	int rc = norm_measure(db, norm_figure_find(str_from(f->name)), now, &v, e);
	if (rc == 0 && v.total > 0) {
		ret->of = v.total;
		ret->tenths = (int64_t)(v.good * 1000 / v.total);
	}
	return rc;
}

struct str agree_measured_text(char *ret, const struct agree_figure *f, const struct agree_measured *m)
{
	ret[0] = 0;
	if (m->of > 0)
		snprintf(ret, 48, "%lld.%lld %s", (long long)(m->tenths / 10), (long long)(m->tenths % 10),
		        f->unit);
	return str_from(ret);
}

bool agree_measured_holds(const struct agree_measured *m, struct str is, int64_t target)
{
	return str_eq(is, STR(">=")) ? m->tenths >= target * 10 : m->tenths <= target * 10;
}
