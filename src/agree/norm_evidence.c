/* SPDX-License-Identifier: Apache-2.0
 *
 * What the node's own records show. Each figure is one query over rows that other parts of the node have written: it is counted
 * afresh whenever it is asked for, over the last 365 days, and what a person has confirmed stays beside it as it was.
 *
 * They are numbers of the node as a whole, so the tables themselves are asked (main.), also where the names of some rows are
 * not for everybody. What was an exercise is not counted.
 */
#include "agree/norm.h"

#define BETWEEN(column) column " >= ?1 and " column " < ?2"
#define REQUESTS                                                                                             \
	"from main.case_ where kind = 'request' and direction = 'theirs' and exercise = '' and merged is "   \
	"null and " BETWEEN("arrived")
#define ANSWER_BY "coalesce(reply_by, status_due)"
/* What its sender took back before it was due was never due. */
#define TAKEN_BACK(due) " and not (state = 'withdrawn' and ended <= " due ")"
#define CHECKS "from main.comm_check where " BETWEEN("asked * 1000000")
#define FRESH "sum(confirmed * 1000000 >= ?2 - 180 * 86400000000)"

const struct norm_figure norm_figures[] = {
        {"requests-taken",
                "requests of other CERTs that were due: how many a person took on by the time they were due",
                "select coalesce(sum(acked <= ack_due), 0), count(*) " REQUESTS
                " and ack_due is not null and (acked is not null or (ack_due < ?2" TAKEN_BACK(
                        "ack_due") "))"},
        {"requests-answered",
                "requests of other CERTs that were due: how many had an answer by the time that was asked "
                "for, or "
                "that their severity sets",
                "select coalesce(sum(answered <= " ANSWER_BY "), 0), count(*) " REQUESTS " and " ANSWER_BY
                " is not null and (answered is not null or (" ANSWER_BY " < ?2" TAKEN_BACK(ANSWER_BY) "))"},
        {"checks-answered",
                "checks of communication by others that were due: how many a person here answered in time",
                "select coalesce(sum(result = 'ok'), 0), count(*) " CHECKS
                " and ours = 0 and (answered is not null or due * 1000000 < ?2)"},
        {"checks-asked",
                "checks of communication that we asked and that have ended: how many were answered in time",
                "select coalesce(sum(result = 'ok'), 0), count(*) " CHECKS
                " and ours = 1 and result <> 'open'"},
        {"contacts-fresh", "entries of our own card: how many were confirmed in the last 180 days",
                "select coalesce(" FRESH
                ", 0), count(*) from main.party_contact where source = 'own' and ?1 < ?2"},
        {"peer-contacts-fresh", "contacts of other parties: how many were confirmed in the last 180 days",
                "select coalesce(" FRESH
                ", 0), count(*) from main.party_contact where source <> 'own' and ?1 < ?2"},
        {"peers-linked", "other CERTs whose nodes are linked with this one",
                "select count(*), null from main.party where own = 0 and link = 'linked' and role <> 'mail' "
                "and "
                "?1 < ?2"},
        {"letters-in-time",
                "letters that told owners of something for the first time and were due: how many were sent "
                "by then",
                "select coalesce(sum(state = 'sent' and sent <= act_by), 0), count(*) from main.notice where "
                "kind "
                "= 'new' and " BETWEEN("act_by") " and state <> 'withdrawn'"},
        {"owners-reachable", "owners of the register: how many have a contact whose mail arrives",
                "select coalesce(sum(exists (select 1 from main.contact c where c.owner = o.id and c.gone is "
                "null "
                "and c.broken is null)), 0), count(*) from main.owner o where o.gone is null and ?1 < ?2"},
        {"cvd-contact", "entries of our own card for reports of vulnerabilities",
                "select count(*), null from main.party_contact where source = 'own' and kind = 'cvd' and ?1 "
                "< ?2"},
        /* what is never blocked has to be known to something that blocks */
        {"never-block",
                "systems of other CERTs that no block of ours may ever hit: this node orders no blocks yet, "
                "and has no such list",
                NULL},
};
const unsigned norm_figure_count = sizeof(norm_figures) / sizeof(norm_figures[0]);

const struct norm_figure *norm_figure_find(struct str name)
{
	for (unsigned i = 0; i < norm_figure_count; i++)
		if (str_eq(name, str_from(norm_figures[i].name)))
			return &norm_figures[i];
	return NULL;
}

int norm_measure(
        struct db *db, const struct norm_figure *f, int64_t now, struct norm_value *ret, struct err *e)
{
	*ret = (struct norm_value){.since = now - NORM_WINDOW_US, .until = now, .counts = true};
	if (f->query == NULL)
		return 0;
	struct query q = db_query(db, f->query);
	query_i64(&q, ret->since);
	query_i64(&q, ret->until);
	if (query_next(&q) == 1) {
		ret->good = query_get_u64(&q, 0);
		ret->counts = query_is_null(&q, 1);
		ret->total = ret->counts ? 0 : query_get_u64(&q, 1);
	}
	return query_done(&q, e);
}

bool norm_shows(const struct norm_value *v)
{
	return v->counts ? v->good > 0 : v->total > 0;
}

struct str norm_value_text(char *ret, const struct norm_value *v)
{
	if (v->counts)
		snprintf(ret, 48, "%llu", (unsigned long long)v->good);
	else
		snprintf(ret, 48, "%llu of %llu", (unsigned long long)v->good, (unsigned long long)v->total);
	return str_from(ret);
}

int norm_confirmed_read(struct db *db, struct str key, struct arena *a, struct norm_confirmed **ret,
        unsigned *ret_n, struct err *e)
{
	VEC(struct norm_confirmed) all = {0};
	struct query q = db_query(db,
	        "select x.id, x.norm, x.figure, x.query, x.person, x.note, x.good, x.total, x.since, "
	        "x.until, x.at "
	        "from norm_evidence x where x.ended is null and (?1 is null or x.norm = ?1) and x.id = "
	        "(select "
	        "max(y.id) from norm_evidence y where y.norm = x.norm and y.figure = x.figure and y.ended is "
	        "null) "
	        "order by x.norm, x.figure");

	query_text(&q, key);
	while (query_next(&q) == 1)
		*vec_add(&all) = (struct norm_confirmed){.id = query_get_u64(&q, 0),
		        .norm = arena_str(a, query_get_text(&q, 1)),
		        .figure = arena_str(a, query_get_text(&q, 2)),
		        .query = arena_str(a, query_get_text(&q, 3)),
		        .person = arena_str(a, query_get_text(&q, 4)),
		        .note = arena_str(a, query_get_text(&q, 5)),
		        .value = {.good = query_get_u64(&q, 6),
		                .total = query_get_u64(&q, 7),
		                .counts = query_is_null(&q, 7),
		                .since = query_get_i64(&q, 8),
		                .until = query_get_i64(&q, 9)},
		        .at = query_get_i64(&q, 10)};
	int rc = query_done(&q, e);
	*ret_n = (unsigned)all.n;
	*ret = arena_copy(a, all.v, all.n, sizeof(struct norm_confirmed));
	vec_done(&all);
	return rc == 0 && *ret == NULL ? err_set(e, ERR_LIMIT, "there is more evidence than has room") : rc;
}

const struct norm_confirmed *norm_confirmed_of(
        const struct norm_confirmed *all, unsigned n, struct str key, struct str figure)
{
	for (unsigned i = 0; i < n; i++)
		if (str_eq(all[i].norm, key) && str_eq(all[i].figure, figure))
			return &all[i];
	return NULL;
}
