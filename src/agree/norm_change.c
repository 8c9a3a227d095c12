/* SPDX-License-Identifier: Apache-2.0
 *
 * What people do with norms. The audit names the norm and what of it was changed, and says nothing of what was written: an
 * answer may be for named persons alone.
 */
#include "agree/norm.h"
#include "agree/norm_in.h"
#include "base/os.h"
#include "base/plural.h"
#include "trust/stamp.h"

#define READERS 20

static struct str word(const struct change *c, const char *name)
{
	struct str s = str_trim(change_param(c, name));

	return s.p != NULL ? s : STR("");
}

/* An account that is not among those whom the answer is for. The machine's own users are no accounts, and see all. */
static bool out_of_sight(const struct change *c, struct str key)
{
	struct query q = db_query(c->db,
	        "select 1 from norm_reader r where r.norm = ?1 and exists (select 1 from account a where "
	        "a.name = ?2) and "
	        "not exists (select 1 from norm_reader o where o.norm = ?1 and o.person = ?2)");

	query_text(&q, key);
	query_text(&q, c->person);
	bool out = query_next(&q) == 1;
	query_done(&q, NULL);
	return out;
}

int norm_change_about(struct change *c, struct str *ret_key, struct err *e)
{
	char shown[80];

	*ret_key = word(c, "id");
	snprintf(c->object, sizeof(c->object), "%.*s", STR_ARG(str_sub(*ret_key, 0, 60)));
	if (!norm_there(c->db, *ret_key))
		return err_set(e, ERR_MISSING, "there is no norm '%s'; weir norm list names them",
		        err_quote(shown, sizeof(shown), *ret_key).p);
	if (out_of_sight(c, *ret_key))
		return err_set(e, ERR_DENIED, "the answer to %.*s is for named persons", STR_ARG(*ret_key));
	return 0;
}

int norm_change_note(const struct change *c, struct err *e)
{
	return word(c, "note").len <= NORM_NOTE
	        ? 0
	        : err_set(e, ERR_VALUE, "'note' is longer than %d bytes", NORM_NOTE);
}

/* ---- one answer ---------------------------------------------------------------------------------- */

void norm_change_row(const struct change *c, struct str key)
{
	struct query q = db_query(c->db,
	        "insert into norm_row(norm, changed, person) values (?1, ?2, ?3) on conflict(norm) do update "
	        "set "
	        "changed = ?2, person = ?3");

	query_text(&q, key);
	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_run(&q);
}

static void note_field(struct change *c, const char *name)
{
	size_t n = strlen(c->detail);

	snprintf(c->detail + n, sizeof(c->detail) - n, "%s%s", n > 0 ? ", " : "", name);
}

/* A query for each column: the text of a statement is a literal. */
#define UPDATE(column) "update norm_row set " column " = ?2 where norm = ?1"
static const char *const field_updates[NORM_FIELDS] = {
        [NORM_MEASURES] = UPDATE("measures"),
        [NORM_CHALLENGES] = UPDATE("challenges"),
        [NORM_NEEDS] = UPDATE("needs"),
        [NORM_LEAD] = UPDATE("lead"),
        [NORM_PARTNERS] = UPDATE("partners"),
        [NORM_FRAME] = UPDATE("frame"),
        [NORM_LINKS] = UPDATE("links"),
        [NORM_PLAN] = UPDATE("plan"),
        [NORM_ACTIVITIES] = UPDATE("activities"),
        [NORM_INITIATIVES] = UPDATE("initiatives"),
        [NORM_COUNTRY] = UPDATE("country"),
};

static void put_text(struct change *c, const char *sql, struct str key, const char *name, struct str value)
{
	struct query q = db_query(c->db, sql);

	query_text(&q, key);
	query_text(&q, value.p != NULL ? value : STR(""));
	query_run(&q);
	note_field(c, name);
}

static int put_fields(struct change *c, struct str key, struct err *e)
{
	for (unsigned i = 0; i < NORM_FIELDS; i++) {
		auto_buf struct buf text = {0};
		if (change_param(c, norm_fields[i].name).p == NULL)
			continue;
		if (change_lines(c, norm_fields[i].name, NORM_TEXT, &text, e) != 0)
			return e->code;
		put_text(c, field_updates[i], key, norm_fields[i].name, str_trim(buf_str(&text)));
	}
	return 0;
}

static int put_status(struct change *c, struct str key, struct err *e)
{
	struct str status = word(c, "status");
	char shown[80];

	if (status.len == 0)
		return 0;
	if (!norm_state_known(status))
		return err_set(e, ERR_USAGE,
		        "'%s' is no status: not-assessed, aware, planned, partly-implemented, implemented or "
		        "regularly-reviewed",
		        err_quote(shown, sizeof(shown), status).p);
	put_text(c, UPDATE("status"), key, "status", status);
	return 0;
}

static int put_review(struct change *c, struct str key, struct err *e)
{
	struct str day = str_trim(change_param(c, "review"));
	char whole[40], shown[80];
	int64_t at = 0;

	if (day.p == NULL)
		return 0;
	snprintf(whole, sizeof(whole), "%.*sT00:00:00Z", STR_ARG(str_sub(day, 0, 12)));
	if (day.len > 0 && (day.len != 10 || !stamp_read(str_from(whole), &at)))
		return err_set(e, ERR_USAGE, "'%s' is no day such as 2026-03-31 (review)",
		        err_quote(shown, sizeof(shown), day).p);
	struct query q = db_query(c->db, "update norm_row set review = nullif(?2, 0) where norm = ?1");
	query_text(&q, key);
	query_i64(&q, at * 1000000);
	query_run(&q);
	note_field(c, "review");
	return 0;
}

/* ---- who may see it ------------------------------------------------------------------------------ */

static bool has_account(struct db *db, struct str person)
{
	struct query q = db_query(db, "select 1 from account where name = ?");

	query_text(&q, person);
	bool there = query_next(&q) == 1;
	query_done(&q, NULL);
	return there;
}

static int put_reader(struct change *c, struct str key, struct str person, struct err *e)
{
	char shown[80];

	if (!has_account(c->db, person))
		return err_set(e, ERR_USAGE, "there is no account '%s' (readers); weir people lists them",
		        err_quote(shown, sizeof(shown), person).p);
	struct query q =
	        db_query(c->db, "insert into norm_reader(norm, person) values (?, ?) on conflict do nothing");
	query_text(&q, key);
	query_text(&q, person);
	query_run(&q);
	return 0;
}

static int put_readers(struct change *c, struct str key, struct err *e)
{
	struct str readers = str_trim(change_param(c, "readers"));
	unsigned n = 0;
	int rc = 0;

	if (readers.p == NULL)
		return 0;
	struct query q = db_query(c->db, "delete from norm_reader where norm = ?");
	query_text(&q, key);
	query_run(&q);
	while (readers.len > 0 && rc == 0) {
		struct str_cut cut = str_cut(readers, ' ');
		readers = cut.tail;
		if (cut.head.len > 0)
			rc = ++n > READERS ? err_set(e, ERR_VALUE, "%d persons at most (readers)", READERS)
			                   : put_reader(c, key, cut.head, e);
	}
	note_field(c, "readers");
	return rc;
}

static int put_label(struct change *c, struct str key, struct err *e)
{
	struct str label = word(c, "label"), group = str_trim(change_param(c, "group"));
	char shown[80];

	if (label.len > 0) {
		enum tlp tlp = tlp_find(label);
		if (tlp == TLP_NONE)
			return err_set(e, ERR_USAGE,
			        "'%s' is no label: CLEAR, GREEN, AMBER, AMBER+STRICT or RED",
			        err_quote(shown, sizeof(shown), label).p);
		put_text(c, UPDATE("label"), key, "label", tlp_name(tlp));
	}
	if (group.len > PARTY_ID)
		return err_set(e, ERR_USAGE, "the id of a group is shorter (group)");
	if (group.p != NULL)
		put_text(c, UPDATE("grp"), key, "group", group);
	return 0;
}

/* What was put together must make sense as a whole. */
static int check_sight(const struct change *c, struct str key, struct err *e)
{
	struct query q = db_query(c->db,
	        "select label, grp, (select count(*) from norm_reader p where p.norm = r.norm) from norm_row "
	        "r where "
	        "norm = ?");
	enum tlp label = TLP_NONE;
	uint64_t readers = 0;
	bool group = false;

	query_text(&q, key);
	if (query_next(&q) == 1) {
		label = tlp_find(query_get_text(&q, 0));
		group = query_get_text(&q, 1).len > 0;
		readers = query_get_u64(&q, 2);
	}
	query_done(&q, NULL);
	if (label == TLP_RED && readers == 0)
		return err_set(e, ERR_USAGE, "TLP:RED is for named persons: name them (readers)");
	if (label < TLP_AMBER && readers > 0)
		return err_set(
		        e, ERR_USAGE, "what is for named persons is TLP:AMBER or stricter (label, readers)");
	if (group && label != TLP_GREEN)
		return err_set(e, ERR_USAGE, "a group is for TLP:GREEN (label, group)");
	if (!group && label == TLP_GREEN)
		return err_set(e, ERR_USAGE, "TLP:GREEN names its group (label, group)");
	return 0;
}

int norm_change_set(struct change *c, struct err *e)
{
	struct str key;

	if (norm_change_about(c, &key, e) != 0)
		return e->code;
	norm_change_row(c, key);
	if (put_status(c, key, e) != 0 || put_fields(c, key, e) != 0 || put_review(c, key, e) != 0 ||
	        put_readers(c, key, e) != 0 || put_label(c, key, e) != 0 || check_sight(c, key, e) != 0)
		return e->code;
	if (c->detail[0] == 0)
		return err_set(
		        e, ERR_USAGE, "nothing was said: status, measures, challenges, needs, lead, ...");
	buf_printf(c->said, "%.*s is written down\n", STR_ARG(key));
	return 0;
}

/* ---- evidence ------------------------------------------------------------------------------------ */

static int offered(const struct change *c, struct str key, struct str name, struct arena *a,
        const struct norm_figure **ret, struct err *e)
{
	struct norm n;
	char shown[80];

	if (norm_find(c->db, key, (struct str){0}, a, &n, e) != 0)
		return e->code;
	*ret = norm_figure_find(name);
	for (struct str rest = n.figures; rest.len > 0 && *ret != NULL;) {
		struct str_cut cut = str_cut(rest, ' ');
		rest = cut.tail;
		if (str_eq(cut.head, name))
			return 0;
	}
	return err_set(e, ERR_USAGE,
	        "'%s' is not offered for %.*s (figure); weir norm evidence %.*s lists what is",
	        err_quote(shown, sizeof(shown), name).p, STR_ARG(key), STR_ARG(key));
}

static void put_evidence(
        const struct change *c, struct str key, const struct norm_figure *f, const struct norm_value *v)
{
	struct query q = db_query(c->db,
	        "insert into norm_evidence(norm, figure, good, total, since, until, query, at, person, note) "
	        "values "
	        "(?1, ?2, ?3, case when ?4 then ?5 end, ?6, ?7, ?8, ?9, ?10, ?11)");

	query_text(&q, key);
	query_text(&q, str_from(f->name));
	query_u64(&q, v->good);
	query_u64(&q, !v->counts);
	query_u64(&q, v->total);
	query_i64(&q, v->since);
	query_i64(&q, v->until);
	query_text(&q, str_from(f->query));
	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_text(&q, word(c, "note"));
	query_run(&q);
}

/* seen: the value that the person had before him; another one is looked at first. */
int norm_change_confirm(struct change *c, struct err *e)
{
	struct str key, name = word(c, "figure"), seen = word(c, "seen");
	const struct norm_figure *f = NULL;
	auto_arena struct arena a = {0};
	struct norm_value v;
	char text[48];

	arena_init(&a, 0);
	if (norm_change_about(c, &key, e) != 0 || offered(c, key, name, &a, &f, e) != 0 ||
	        norm_measure(c->db, f, os_now(), &v, e) != 0 || norm_change_note(c, e) != 0)
		return e->code;
	if (f->query == NULL)
		return err_set(e, ERR_VALUE,
		        "this node keeps no records of '%s' yet, so there is nothing to confirm", f->name);
	if (!norm_shows(&v))
		return err_set(
		        e, ERR_VALUE, "'%s' shows nothing yet, so there is nothing to confirm", f->name);
	struct str now = norm_value_text(text, &v);
	if (seen.len > 0 && !str_eq(seen, now))
		return err_set(e, ERR_VALUE, "'%s' has become %.*s meanwhile; look at it again", f->name,
		        STR_ARG(now));
	norm_change_row(c, key); /* its label is that of the answer */
	put_evidence(c, key, f, &v);
	note_field(c, f->name);
	buf_printf(c->said, "%s is confirmed for %.*s: %.*s\n", f->name, STR_ARG(key), STR_ARG(now));
	return 0;
}

int norm_change_withdraw(struct change *c, struct err *e)
{
	struct str key, name = word(c, "figure");

	if (norm_change_about(c, &key, e) != 0)
		return e->code;
	struct query q = db_query(c->db,
	        "update norm_evidence set ended = ?3, ended_by = ?4 where norm = ?1 and figure = ?2 and "
	        "ended is null");
	query_text(&q, key);
	query_text(&q, name);
	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_run(&q);
	if (db_changes(c->db) == 0)
		return err_set(e, ERR_MISSING, "nothing is confirmed for %.*s under that name (figure)",
		        STR_ARG(key));
	note_field(c, "figure");
	buf_printf(
	        c->said, "%.*s is evidence for %.*s no more\n", STR_ARG(str_sub(name, 0, 40)), STR_ARG(key));
	return 0;
}

/* ---- the survey ---------------------------------------------------------------------------------- */

/* How each one stands now is kept with it: also of those that are for named persons, who alone see it later. */
static void keep_states(struct db *db, uint64_t survey)
{
	struct query q = db_query(db,
	        "insert into norm_survey_row(survey, norm, status) select ?1, norm, status from norm_row");

	query_u64(&q, survey);
	query_run(&q);
}

int norm_change_done(struct change *c, struct err *e)
{
	struct str months = word(c, "months");
	uint64_t n = 12;
	int64_t now = os_now();

	if (norm_change_note(c, e) != 0)
		return e->code;
	if (months.len > 0 && (!str_u64(months, &n) || n < 12 || n > 24))
		return err_set(e, ERR_USAGE, "a survey comes back after 12 to 24 months (months)");
	struct query q =
	        db_query(c->db, "insert into norm_survey(at, person, due, note) values (?, ?, ?, ?)");
	query_i64(&q, now);
	query_text(&q, c->person);
	query_i64(&q, now + (int64_t)n * 365 * 86400 / 12 * 1000000);
	query_text(&q, word(c, "note"));
	query_run(&q);
	keep_states(c->db, db_last_id(c->db));
	snprintf(c->object, sizeof(c->object), "survey");
	snprintf(c->detail, sizeof(c->detail), "the next one after %llu months", (unsigned long long)n);
	plural_printf(c->said, "the survey is finished; the next one is due in %llu months\n",
	        (unsigned long long)n);
	return 0;
}
