/* SPDX-License-Identifier: Apache-2.0
 *
 * Norms: files, what people say, what the records show and what a person has confirmed of it, and what of all that may stand in a
 * paper for whom.
 */
#include "agree/norm.h"
#include "agree/norm_file.h"
#include "base/os.h"
#include "cli/norm_import.h"
#include "link/group.h"
#include "state/scope.h"
#include "two.h"
#include <stdlib.h>

#define DAY ((int64_t)86400 * 1000000)

/* ---- files --------------------------------------------------------------------------------------- */

static char folder[] = "/tmp/weir-norm-XXXXXX";

static const char *put_file(struct arena *a, const char *name, const char *text)
{
	const char *path = arena_printf(a, "%s/%s", folder, name).p;
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	return path;
}

static void wrong_file(const char *text, const char *place, const char *what)
{
	auto_arena struct arena a = {0};
	struct err e = {0};

	arena_init(&a, 0);
	assert_int_equal(norm_file_take(&a, put_file(&a, "x.yaml", text), NULL, NULL, &e), ERR_VALUE);
	if (strstr(e.text, place) == NULL || strstr(e.text, what) == NULL)
		fail_msg("'%s' has not '%s' and '%s'", e.text, place, what);
}

static void files(void **unused)
{
	auto_arena struct arena a = {0};
	struct err e = {0};

	(void)unused;
	arena_init(&a, 0);
	assert_int_equal(norm_file_take(&a, SOURCE_ROOT "/conf/norms/gge2015.yaml", NULL, NULL, &e), 0);
	assert_int_equal(norm_file_take(&a, SOURCE_ROOT "/conf/norms/survey.yaml", NULL, NULL, &e), 0);
	wrong_file("instrument: Gge\ntitle: {en: x}\nentries: {}\n", "x.yaml:1", "'instrument' is a word");
	wrong_file("instrument: x\ntitle: {lo: x}\nentries: {}\n", "x.yaml", "'en' among them");
	wrong_file("instrument: x\npart: norms\ntitle: {en: x}\nentries:\n  a: {title: {en: x}, text: {en: "
	           "y, lo: z}}\n",
	        "x.yaml:5", "has a text and no title");
	wrong_file("instrument: x\npart: other\ntitle: {en: x}\nentries:\n  a: {title: {en: x}, text: {en: "
	           "y}}\n",
	        "x.yaml:5", "'part' is law");
	wrong_file("instrument: x\npart: law\ntitle: {en: x}\nentries:\n  a:\n    title: {en: x}\n    text: "
	           "{en: y}\n"
	           "    evidence: [wishes]\n",
	        "x.yaml:8", "'wishes' is no figure");
	wrong_file("instrument: x\npart: law\ntitle: {en: x}\nsource: http://x.example\nentries: {}\n",
	        "x.yaml:4", "https");
	wrong_file(
	        "instrument: x\npart: law\nsuorce: y\ntitle: {en: x}\nentries: {}\n", "x.yaml:3", "source");
}

/* ---- lists of actions ---------------------------------------------------------------------------- */

static void rows_of(const char *name, const char *text, const char *list, const char *wanted)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf got = {0};
	struct norm_import_row *v;
	struct err e = {0};
	unsigned n = 0;

	arena_init(&a, 0);
	if (norm_import_read(&a, put_file(&a, name, text), str_from(list), &v, &n, &e) != 0)
		buf_add(&got, str_from(strrchr(e.text, '/') + 1));
	for (unsigned i = 0; i < n && e.text[0] == 0; i++)
		buf_printf(&got, "%.*s|%.*s|%.*s|%u;", STR_ARG(v[i].list), STR_ARG(v[i].norm),
		        STR_ARG(v[i].action), v[i].line);
	buf_char(&got, 0);
	assert_string_equal(got.p, wanted);
}

static void lists(void **unused)
{
	(void)unused;
	rows_of("a.csv", "list,norm,action\nx,gge2015.a,One\nx,gge2015.h,\"Two\nlines\"\nx,gge2015.k,Three\n",
	        "", "x|gge2015.a|One|2;x|gge2015.h|Two lines|3;x|gge2015.k|Three|5;");
	rows_of("a.csv", "Action;Norm\nOne;gge2015.a\n", "y", "y|gge2015.a|One|2;");
	rows_of("a.csv", "norm,action\ngge2015.a,One\n", "",
	        "a.csv:1: list: the header has no such column; list, norm and action are wanted");
	rows_of("a.csv", "list,norm,action\nx,gge2015.a,One\nx,Norm H,Two\n", "",
	        "a.csv:3: norm: the key of a norm is wanted, such as gge2015.h");
	rows_of("a.csv", "list,norm,action\nx,gge2015.a,\n", "", "a.csv:2: action: it is empty");
	rows_of("a.csv", "list,norm,action\n", "", "a.csv:1: action: there is none in the file");
	rows_of("a.yaml", "list: x\nactions:\n  gge2015.a: One\n  gge2015.h: [Two, Three]\n", "",
	        "x|gge2015.a|One|3;x|gge2015.h|Two|4;x|gge2015.h|Three|4;");
	rows_of("a.yaml", "actions:\n  gge2015.a: One\n", "",
	        "a.yaml:2: list: of which list? name it here, or with --list");
	rows_of("a.yaml", "list: x\nactions:\n  gge2015.a: {b: c}\n", "",
	        "a.yaml:3: action: a text or a list of texts is wanted");
}

/* ---- what people say ----------------------------------------------------------------------------- */

static struct db *db_of(struct two *t)
{
	return t->node[0].db;
}

/* The code of the change; its sentence in the one buffer or the other. */
static int changed(struct two *t, const char *name, const char *person, const char *params, const char *says)
{
	auto_buf struct buf said = {0};
	struct err e = {0};
	struct change c = {
	        .db = db_of(t), .params = str_from(params), .person = str_from(person), .said = &said};
	int rc = ERR_MISSING;

	db_begin(c.db);
	for (unsigned i = 0; i < norm_change_count; i++)
		if (str_eq(str_from(norm_changes[i].name), str_from(name)))
			rc = norm_changes[i].run(&c, &e);
	if (rc == 0)
		assert_int_equal(db_commit(c.db, NULL), 0);
	else
		db_rollback(c.db);
	buf_char(&said, 0);
	if (says != NULL && strstr(rc == 0 ? said.p : e.text, says) == NULL)
		fail_msg("%s: '%s' has not '%s'", name, rc == 0 ? said.p : e.text, says);
	return rc;
}

static void run_sql(struct db *db, const char *sql)
{
	struct err e;

	if (db_exec(db, sql, &e) != 0)
		fail_msg("%s", e.text);
}

static void open_norms(struct two *t)
{
	auto_arena struct arena a = {0};
	struct err e = {0};
	unsigned place = 0;

	two_open(t);
	arena_init(&a, 0);
	db_begin(db_of(t));
	norm_files_begin(db_of(t));
	assert_int_equal(norm_file_take(&a, SOURCE_ROOT "/conf/norms/gge2015.yaml", db_of(t), &place, &e), 0);
	assert_int_equal(norm_file_take(&a, SOURCE_ROOT "/conf/norms/survey.yaml", db_of(t), &place, &e), 0);
	assert_int_equal(
	        norm_file_take(&a, SOURCE_ROOT "/conf/norms/survey.yaml", db_of(t), &place, &e), ERR_VALUE);
	assert_int_equal(db_commit(db_of(t), NULL), 0);
	run_sql(db_of(t),
	        "insert into account(name, title, state, made, made_by) values ('dara', 'Dara', 'active', 1, "
	        "'x'), "
	        "('chan', 'Chan', 'active', 1, 'x')");
}

static struct norm one(struct two *t, const char *key, struct arena *a)
{
	struct norm n = {0};
	struct err e = {0};

	assert_int_equal(norm_find(db_of(t), str_from(key), STR("lo"), a, &n, &e), 0);
	return n;
}

static void answers(void **unused)
{
	auto_arena struct arena a = {0};
	struct two t;

	(void)unused;
	arena_init(&a, 0);
	open_norms(&t);
	assert_true(one(&t, "gge2015.h", &a).machine);
	assert_false(one(&t, "gge2015.h", &a).filled);
	assert_int_equal(
	        changed(&t, "norm-set", "dara", "id=gge2015.h\nstatus=planned\nneeds=a\vb", NULL), 0);
	struct norm n = one(&t, "gge2015.h", &a);
	assert_true(n.filled && str_eq(n.status, STR("planned")) && str_eq(n.field[NORM_NEEDS], STR("a\nb")));
	assert_true(str_eq(n.label, STR("AMBER+STRICT")));
	/* what is not named stays, an empty text goes */
	assert_int_equal(
	        changed(&t, "norm-set", "dara", "id=gge2015.h\nneeds=\nlead=x\nreview=2027-03-31", NULL), 0);
	n = one(&t, "gge2015.h", &a);
	char day[16];
	assert_true(n.field[NORM_NEEDS].len == 0 && str_eq(n.field[NORM_LEAD], STR("x")));
	assert_true(str_eq(norm_day(day, n.review), STR("2027-03-31")) && str_eq(n.status, STR("planned")));
	assert_int_not_equal(
	        changed(&t, "norm-set", "dara", "id=gge2015.z\nstatus=planned", "there is no norm"), 0);
	assert_int_not_equal(changed(&t, "norm-set", "dara", "id=gge2015.h", "nothing was said"), 0);
	assert_int_not_equal(changed(&t, "norm-set", "dara", "id=gge2015.h\nstatus=best", "is no status"), 0);
	assert_int_not_equal(
	        changed(&t, "norm-set", "dara", "id=gge2015.h\nreview=2027-02-30", "is no day"), 0);
	assert_int_not_equal(changed(&t, "norm-set", "dara", "id=gge2015.h\nlabel=RED", "named persons"), 0);
	assert_int_not_equal(
	        changed(&t, "norm-set", "dara", "id=gge2015.h\nlabel=CLEAR\nreaders=dara", "stricter"), 0);
	assert_int_not_equal(
	        changed(&t, "norm-set", "dara", "id=gge2015.h\nlabel=AMBER\ngroup=x", "GREEN"), 0);
	assert_int_not_equal(
	        changed(&t, "norm-set", "dara", "id=gge2015.h\nreaders=nobody", "no account"), 0);
	assert_int_equal(changed(&t, "norm-done", "dara", "months=18", "18 months"), 0);
	assert_int_not_equal(changed(&t, "norm-done", "dara", "months=6", "12 to 24"), 0);
	struct norm_last last = norm_last(db_of(&t), &a);
	assert_true(str_eq(norm_then(db_of(&t), last.id, STR("gge2015.h"), &a), STR("planned")));
	assert_true(last.due > last.at + 500 * DAY && last.due < last.at + 560 * DAY);
	two_close(&t);
}

static void named(void **unused)
{
	auto_arena struct arena a = {0};
	struct norm n = {0};
	struct db *seen;
	struct err e = {0};
	struct two t;

	(void)unused;
	arena_init(&a, 0);
	open_norms(&t);
	assert_int_equal(changed(&t, "norm-set", "dara",
	                         "id=gge2015.b\nlabel=RED\nreaders=dara\nmeasures=secret", NULL),
	        0);
	assert_int_equal(changed(&t, "norm-import", "dara", "list=x\nrows=gge2015.b look", NULL), 0);
	assert_int_equal(
	        changed(&t, "norm-act", "dara", "id=gge2015.b\naction=1\nstatus=aware\nnote=secret", NULL),
	        0);
	assert_int_equal(
	        changed(&t, "norm-set", "chan", "id=gge2015.b\nmeasures=x", "named persons"), ERR_DENIED);
	assert_int_equal(scope_open(t.node[0].folder, false, &seen, &e), 0);
	for (unsigned i = 0; i < 2; i++) {
		struct norm_action *v;
		unsigned count;
		assert_int_equal(scope_set(seen, i == 0 ? STR("dara") : STR("chan"), &e), 0);
		assert_int_equal(norm_find(seen, STR("gge2015.b"), STR("en"), &a, &n, &e), 0);
		assert_true(n.filled == (i == 0) && n.hidden == (i == 1));
		assert_int_equal(n.field[NORM_MEASURES].len, i == 0 ? 6 : 0);
		assert_int_equal(norm_actions_read(seen, STR("gge2015.b"), &a, &v, &count, &e), 0);
		assert_int_equal(count, 1);
		assert_true((v[0].note.len > 0) == (i == 0) && str_eq(v[0].status, STR("aware")) == (i == 0));
	}
	db_close(seen);
	run_sql(db_of(&t), "insert into scope values ('narrow', 'sector', 'finance')");
	assert_int_equal(scope_open(t.node[0].folder, true, &seen, &e), 0);
	assert_int_equal(scope_set(seen, STR("narrow"), &e), 0);
	assert_int_equal(norm_find(seen, STR("gge2015.a"), STR("en"), &a, &n, &e), ERR_MISSING);
	db_close(seen);
	two_close(&t);
}

/* ---- what the records show ----------------------------------------------------------------------- */

static void add_case(struct two *t, unsigned n, const char *direction, int64_t arrived, int64_t due,
        int64_t acked, int64_t answered, const char *exercise)
{
	auto_buf struct buf sql = {0};

	buf_printf(&sql,
	        "insert into case_(number, kind, title, severity, label, state, direction, opened, "
	        "opened_by, arrived, "
	        "ack_due, status_due, acked, answered, exercise) values ('LA-%u', 'request', 't', 'c2', "
	        "'AMBER', 'x', '%s', 1, "
	        "'x', %lld, %lld, %lld, nullif(%lld, 0), nullif(%lld, 0), '%s')",
	        n, direction, (long long)arrived, (long long)due, (long long)(due + DAY), (long long)acked,
	        (long long)answered, exercise);
	buf_char(&sql, 0);
	run_sql(db_of(t), sql.p);
}

static void shows(struct two *t, const char *figure, const char *wanted)
{
	const struct norm_figure *f = norm_figure_find(str_from(figure));
	struct norm_value v;
	struct err e = {0};
	char text[48];

	assert_non_null(f);
	assert_int_equal(norm_measure(db_of(t), f, os_now(), &v, &e), 0);
	if (!str_eq(norm_value_text(text, &v), str_from(wanted)))
		fail_msg("%s: %s, wanted %s", figure, text, wanted);
}

static void records(void **unused)
{
	auto_arena struct arena a = {0};
	struct norm_confirmed *v;
	struct err e = {0};
	struct two t;
	int64_t now = os_now();
	unsigned n;

	(void)unused;
	arena_init(&a, 0);
	open_norms(&t);
	assert_int_not_equal(
	        changed(&t, "norm-confirm", "dara", "id=gge2015.h\nfigure=requests-taken", "nothing yet"), 0);
	assert_int_not_equal(
	        changed(&t, "norm-confirm", "dara", "id=gge2015.k\nfigure=never-block", "keeps no records"),
	        0);
	assert_int_not_equal(
	        changed(&t, "norm-confirm", "dara", "id=gge2015.h\nfigure=cvd-contact", "is not offered"), 0);
	add_case(&t, 1, "theirs", now - 30 * DAY, now - 29 * DAY, now - 29 * DAY, now - 28 * DAY,
	        "");                                                                      /* both in time */
	add_case(&t, 2, "theirs", now - 30 * DAY, now - 29 * DAY, now - 20 * DAY, 0, ""); /* both late */
	add_case(&t, 3, "theirs", now - DAY, now + DAY, 0, 0, "");                        /* not due yet */
	add_case(&t, 4, "ours", now - 30 * DAY, now - 29 * DAY, now - 29 * DAY, 0, "");   /* they answer */
	add_case(&t, 5, "theirs", now - 30 * DAY, now - 29 * DAY, now - 29 * DAY, 0,
	        "drill");                                                                    /* an exercise */
	add_case(&t, 6, "theirs", now - 400 * DAY, now - 399 * DAY, now - 399 * DAY, 0, ""); /* too old */
	/* taken back before it was due, and behind it */
	add_case(&t, 8, "theirs", now - 30 * DAY, now - 29 * DAY, 0, 0, "");
	run_sql(db_of(&t), "update case_ set state = 'withdrawn', ended = ack_due where number = 'LA-8'");
	shows(&t, "requests-taken", "1 of 2");
	shows(&t, "requests-answered", "1 of 2");
	run_sql(db_of(&t), "update case_ set ended = ack_due + 1 where number = 'LA-8'");
	shows(&t, "requests-taken", "1 of 3");
	shows(&t, "requests-answered", "1 of 2");
	run_sql(db_of(&t), "update case_ set ended = ack_due where number = 'LA-8'");
	assert_int_not_equal(changed(&t, "norm-confirm", "dara",
	                             "id=gge2015.h\nfigure=requests-taken\nseen=2 of 2", "has become"),
	        0);
	assert_int_equal(changed(&t, "norm-confirm", "dara",
	                         "id=gge2015.h\nfigure=requests-taken\nseen=1 of 2\nnote=n", "1 of 2"),
	        0);
	/* the records go on, what was confirmed stays */
	add_case(&t, 7, "theirs", now - 30 * DAY, now - 29 * DAY, now - 29 * DAY, 0, "");
	shows(&t, "requests-taken", "2 of 3");
	assert_int_equal(norm_confirmed_read(db_of(&t), STR("gge2015.h"), &a, &v, &n, &e), 0);
	assert_true(
	        n == 1 && v[0].value.good == 1 && v[0].value.total == 2 && str_eq(v[0].person, STR("dara")));
	assert_true(str_starts(v[0].query, STR("select ")) && v[0].value.until >= now);
	/* confirmed anew: the newest is shown, and the older one is there still */
	assert_int_equal(
	        changed(&t, "norm-confirm", "chan", "id=gge2015.h\nfigure=requests-taken", "2 of 3"), 0);
	assert_int_equal(norm_confirmed_read(db_of(&t), STR("gge2015.h"), &a, &v, &n, &e), 0);
	assert_true(n == 1 && v[0].value.total == 3 && str_eq(v[0].person, STR("chan")));
	assert_int_equal(two_number(&t, 0, "select count(*) from norm_evidence"), 2);
	assert_int_equal(
	        changed(&t, "norm-withdraw", "chan", "id=gge2015.h\nfigure=requests-taken", "no more"), 0);
	assert_int_equal(norm_confirmed_read(db_of(&t), STR("gge2015.h"), &a, &v, &n, &e), 0);
	assert_int_equal(n, 0);
	/* each query can be asked */
	for (unsigned i = 0; i < norm_figure_count; i++) {
		struct norm_value value;
		assert_int_equal(norm_measure(db_of(&t), &norm_figures[i], now, &value, &e), 0);
	}
	two_close(&t);
}

/* ---- papers -------------------------------------------------------------------------------------- */

/* Which answers a paper has: one letter of a norm for each. */
static void paper(struct two *t, const char *label, const char *group, const char *wanted, const char *marked)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf got = {0};
	struct norm_print p;
	struct err e = {0};

	arena_init(&a, 0);
	if (norm_print_read(db_of(t), label != NULL ? str_from(label) : (struct str){0},
	            group != NULL ? str_from(group) : (struct str){0}, STR("en"), &a, &p, &e) != 0)
		fail_msg("%s", e.text);
	for (unsigned i = 0; i < p.n; i++)
		if (p.norms[i].field[NORM_MEASURES].len > 0)
			buf_char(&got, p.norms[i].key.p[p.norms[i].key.len - 1]);
	buf_char(&got, 0);
	if (strcmp(got.p, wanted) != 0 || !str_eq(tlp_name(p.label), str_from(marked)))
		fail_msg("%s: '%s' marked %.*s, wanted '%s' marked %s", label != NULL ? label : "-", got.p,
		        STR_ARG(tlp_name(p.label)), wanted, marked);
	assert_int_equal(p.left, 6 - (unsigned)strlen(wanted));
}

/* What is for who asks himself says whose GREEN it is; of two groups together it is nobody's but ours. */
static void marked_for(struct two *t, const char *wanted)
{
	auto_arena struct arena a = {0};
	struct norm_print p;
	struct err e = {0};

	arena_init(&a, 0);
	assert_int_equal(
	        norm_print_read(db_of(t), (struct str){0}, (struct str){0}, STR("en"), &a, &p, &e), 0);
	assert_string_equal(
	        arena_printf(&a, "%.*s %.*s", STR_ARG(tlp_name(p.label)), STR_ARG(p.group)).p, wanted);
}

static void papers(void **unused)
{
	auto_arena struct arena a = {0};
	struct norm_paper p;
	struct err why = {0};
	struct two t;
	struct group_wish w = {.id = STR_INIT("pair"),
	        .name = STR_INIT("Pair"),
	        .purpose = STR_INIT("x"),
	        .members = STR_INIT("la kh")};

	(void)unused;
	arena_init(&a, 0);
	open_norms(&t);
	two_link(&t);
	assert_int_equal(TWO(&t, 0, "dara", group_propose(&d, &w, e)), 0);
	assert_int_equal(TWO(&t, 0, "chan", group_send(&d, STR("pair"), e)), 0);
	assert_int_equal(changed(&t, "norm-set", "x", "id=gge2015.a\nmeasures=x\nlabel=CLEAR", NULL), 0);
	assert_int_equal(
	        changed(&t, "norm-set", "x", "id=gge2015.b\nmeasures=x\nlabel=GREEN\ngroup=pair", NULL), 0);
	assert_int_equal(changed(&t, "norm-set", "x", "id=gge2015.c\nmeasures=x\nlabel=AMBER", NULL), 0);
	assert_int_equal(changed(&t, "norm-set", "x", "id=gge2015.d\nmeasures=x", NULL), 0);
	assert_int_equal(
	        changed(&t, "norm-set", "x", "id=gge2015.e\nmeasures=x\nlabel=GREEN\ngroup=other", NULL), 0);
	assert_int_equal(
	        changed(&t, "norm-set", "x", "id=gge2015.f\nmeasures=x\nlabel=AMBER\nreaders=dara", NULL), 0);
	paper(&t, "CLEAR", NULL, "a", "CLEAR");
	paper(&t, "GREEN", "pair", "ab", "GREEN");
	paper(&t, "AMBER", NULL, "abce", "AMBER");
	paper(&t, "AMBER+STRICT", NULL, "abcde", "AMBER+STRICT");
	paper(&t, NULL, NULL, "abcdef", "RED");
	assert_int_equal(norm_paper_open(db_of(&t), STR("RED"), (struct str){0}, &a, &p, &why), ERR_USAGE);
	assert_int_equal(norm_paper_open(db_of(&t), STR("PINK"), (struct str){0}, &a, &p, &why), ERR_USAGE);
	assert_int_equal(norm_paper_open(db_of(&t), STR("GREEN"), (struct str){0}, &a, &p, &why), ERR_USAGE);
	assert_int_equal(norm_paper_open(db_of(&t), STR("GREEN"), STR("other"), &a, &p, &why), ERR_MISSING);
	assert_int_equal(norm_paper_open(db_of(&t), STR("CLEAR"), STR("pair"), &a, &p, &why), ERR_USAGE);
	assert_int_equal(db_exec(db_of(&t),
	                         "delete from norm_reader; delete from norm_row where norm in ('gge2015.c', "
	                         "'gge2015.d', 'gge2015.f')",
	                         &why),
	        0);
	marked_for(&t, "AMBER ");
	assert_int_equal(db_exec(db_of(&t), "delete from norm_row where norm = 'gge2015.e'", &why), 0);
	marked_for(&t, "GREEN pair");
	assert_int_equal(changed(&t, "norm-set", "x", "id=gge2015.e\nmeasures=x\nlabel=GREEN",
	                         "GREEN names its group"),
	        ERR_USAGE);
	two_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(files),
	        cmocka_unit_test(lists),
	        cmocka_unit_test(answers),
	        cmocka_unit_test(named),
	        cmocka_unit_test(records),
	        cmocka_unit_test(papers),
	};

	static const char *const made[] = {"x.yaml", "a.yaml", "a.csv"};

	if (mkdtemp(folder) == NULL)
		return 1;
	int rc = cmocka_run_group_tests(tests, NULL, NULL);
	for (unsigned i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		char path[128];
		snprintf(path, sizeof(path), "%s/%s", folder, made[i]);
		(void)remove(path);
	}
	(void)remove(folder);
	return rc;
}
