/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/norm.h"
#include "trust/stamp.h"

#define MICRO_S ((int64_t)1000000)

const char *const norm_parts[NORM_PARTS] = {"law", "norms", "confidence", "capacity"};

const char *const norm_states[NORM_STATES] = {
        "not-assessed", "aware", "planned", "partly-implemented", "implemented", "regularly-reviewed"};

const struct norm_field_row norm_fields[NORM_FIELDS] = {
        [NORM_MEASURES] = {"measures", true, "what is done already"},
        [NORM_CHALLENGES] = {"challenges", true, "what stands in the way"},
        [NORM_NEEDS] = {"needs", true, "what is needed: the capacities required of an action plan"},
        [NORM_LEAD] = {"lead", false, "the body that leads at home"},
        [NORM_PARTNERS] = {"partners", false, "who is sought, or interested"},
        [NORM_FRAME] = {"frame", false, "within what time"},
        [NORM_LINKS] = {"links", true, "documents that show it, by address or name"},
        [NORM_PLAN] = {"plan", true, "what is to be reached, of an action plan"},
        [NORM_ACTIVITIES] = {"activities", true, "what is done for that"},
        [NORM_INITIATIVES] = {"initiatives", true, "initiatives of the region that there are already"},
        [NORM_COUNTRY] = {"country", false, "the country that leads"},
};

bool norm_state_known(struct str word)
{
	for (unsigned i = 0; i < NORM_STATES; i++)
		if (str_eq(word, str_from(norm_states[i])))
			return true;
	return false;
}

/* ---- reading ------------------------------------------------------------------------------------- */

#define FIRST 14 /* columns before the texts */

/* In the order of the survey. The row of the table itself tells that there is an answer which is not in sight. */
#define SELECT                                                                                               \
	"select i.key, i.instrument, i.source, i.part, i.figures, coalesce(l.title, n.title, i.key), "       \
	"coalesce(l.text, n.text, ''), coalesce(l.machine, 0), r.norm is not null, r.norm is null and "      \
	"exists (select 1 from main.norm_row m where m.norm = i.key), coalesce(r.status, 'not-assessed'), "  \
	"coalesce(r.review, 0), coalesce(r.changed, 0), coalesce((select group_concat(person, ' ') from "    \
	"norm_reader p where p.norm = i.key), ''), coalesce(r.measures, ''), coalesce(r.challenges, ''), "   \
	"coalesce(r.needs, ''), coalesce(r.lead, ''), coalesce(r.partners, ''), coalesce(r.frame, ''), "     \
	"coalesce(r.links, ''), coalesce(r.plan, ''), coalesce(r.activities, ''), coalesce(r.initiatives, "  \
	"''), coalesce(r.country, ''), coalesce(r.label, ''), coalesce(r.grp, ''), coalesce(r.person, '') "  \
	"from norm_item i left join norm_text l on l.key = i.key and l.lang = ?1 left join norm_text n on "  \
	"n.key = i.key and n.lang = 'en' left join norm_row r on r.norm = i.key where ?2 is null or i.key "  \
	"= ?2 order by case i.part when 'law' then 0 when 'norms' then 1 when 'confidence' then 2 else 3 "   \
	"end, i.place"

static struct norm norm_of(const struct query *q, struct arena *a)
{
	struct norm n = {
	        .key = arena_str(a, query_get_text(q, 0)),
	        .instrument = arena_str(a, query_get_text(q, 1)),
	        .source = arena_str(a, query_get_text(q, 2)),
	        .part = arena_str(a, query_get_text(q, 3)),
	        .figures = arena_str(a, query_get_text(q, 4)),
	        .title = arena_str(a, query_get_text(q, 5)),
	        .text = arena_str(a, query_get_text(q, 6)),
	        .machine = query_get_u64(q, 7) != 0,
	        .filled = query_get_u64(q, 8) != 0,
	        .hidden = query_get_u64(q, 9) != 0,
	        .status = arena_str(a, query_get_text(q, 10)),
	        .review = query_get_i64(q, 11),
	        .changed = query_get_i64(q, 12),
	        .readers = arena_str(a, query_get_text(q, 13)),
	        .label = arena_str(a, query_get_text(q, FIRST + NORM_FIELDS)),
	        .group = arena_str(a, query_get_text(q, FIRST + NORM_FIELDS + 1)),
	        .person = arena_str(a, query_get_text(q, FIRST + NORM_FIELDS + 2)),
	};

	for (int i = 0; i < NORM_FIELDS; i++)
		n.field[i] = arena_str(a, query_get_text(q, FIRST + i));
	return n;
}

int norms_read(struct db *db, struct str key, struct str lang, struct arena *a, struct norm **ret,
        unsigned *ret_n, struct err *e)
{
	VEC(struct norm) all = {0};
	struct query q = db_query(db, SELECT);

	query_text(&q, lang);
	query_text(&q, key);
	while (query_next(&q) == 1)
		*vec_add(&all) = norm_of(&q, a);
	int rc = query_done(&q, e);
	*ret_n = (unsigned)all.n;
	*ret = arena_copy(a, all.v, all.n, sizeof(struct norm));
	vec_done(&all);
	return rc == 0 && *ret == NULL ? err_set(e, ERR_LIMIT, "there are more norms than have room") : rc;
}

int norm_find(
        struct db *db, struct str key, struct str lang, struct arena *a, struct norm *ret, struct err *e)
{
	struct norm *norms;
	char shown[80];
	unsigned n;
	int rc = norms_read(db, key.p != NULL ? key : STR(""), lang, a, &norms, &n, e);

	if (rc == 0 && n == 1)
		*ret = norms[0];
	if (rc == 0 && n != 1)
		return err_set(e, ERR_MISSING, "there is no norm '%s'; weir norm list names them",
		        err_quote(shown, sizeof(shown), key).p);
	return rc;
}

bool norm_there(struct db *db, struct str key)
{
	struct query q = db_query(db, "select 1 from norm_item where key = ?");

	query_text(&q, key);
	bool found = query_next(&q) == 1;
	query_done(&q, NULL);
	return found;
}

struct str norm_day(char *ret, int64_t at)
{
	char whole[STAMP_TEXT];

	if (at == 0)
		return STR("");
	stamp_print(whole, at / MICRO_S);
	snprintf(ret, 16, "%.10s", whole);
	return str_from(ret);
}

/* ---- further actions ----------------------------------------------------------------------------- */

int norm_actions_read(struct db *db, struct str key, struct arena *a, struct norm_action **ret,
        unsigned *ret_n, struct err *e)
{
	VEC(struct norm_action) all = {0};
	struct query q = db_query(db,
	        "select x.id, x.list, x.norm, x.action, x.status, x.note, x.person, x.at from norm_action x "
	        "join "
	        "norm_item i on i.key = x.norm where ?1 is null or x.norm = ?1 order by i.place, x.list, "
	        "x.id");

	query_text(&q, key);
	while (query_next(&q) == 1)
		*vec_add(&all) = (struct norm_action){.id = query_get_u64(&q, 0),
		        .list = arena_str(a, query_get_text(&q, 1)),
		        .norm = arena_str(a, query_get_text(&q, 2)),
		        .action = arena_str(a, query_get_text(&q, 3)),
		        .status = arena_str(a, query_get_text(&q, 4)),
		        .note = arena_str(a, query_get_text(&q, 5)),
		        .person = arena_str(a, query_get_text(&q, 6)),
		        .at = query_get_i64(&q, 7)};
	int rc = query_done(&q, e);
	*ret_n = (unsigned)all.n;
	*ret = arena_copy(a, all.v, all.n, sizeof(struct norm_action));
	vec_done(&all);
	return rc == 0 && *ret == NULL ? err_set(e, ERR_LIMIT, "there are more actions than have room") : rc;
}

/* ---- the survey as a whole ----------------------------------------------------------------------- */

struct norm_last norm_last(struct db *db, struct arena *a)
{
	struct query q =
	        db_query(db, "select id, at, due, person, note from norm_survey order by id desc limit 1");
	struct norm_last last = {.person = STR(""), .note = STR("")};

	if (query_next(&q) == 1)
		last = (struct norm_last){query_get_u64(&q, 0), query_get_i64(&q, 1), query_get_i64(&q, 2),
		        arena_str(a, query_get_text(&q, 3)), arena_str(a, query_get_text(&q, 4))};
	query_done(&q, NULL);
	return last;
}

struct str norm_then(struct db *db, uint64_t survey, struct str key, struct arena *a)
{
	struct query q = db_query(db, "select status from norm_survey_row where survey = ? and norm = ?");
	struct str then = STR("");

	query_u64(&q, survey);
	query_text(&q, key);
	if (query_next(&q) == 1)
		then = arena_str(a, query_get_text(&q, 0));
	query_done(&q, NULL);
	return then;
}

uint64_t norm_due(struct db *db, int64_t until)
{
	struct query q = db_query(db, "select count(*) from norm_row where review < ?");
	uint64_t n = 0;

	query_i64(&q, until);
	if (query_next(&q) == 1)
		n = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return n;
}
