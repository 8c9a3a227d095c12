/* SPDX-License-Identifier: Apache-2.0 */
#include "state/scope.h"

/* Who reads RED of the feed f: persons that are named for it, else those that are named for all. ?1 is the person. */
#define READS(f)                                                                                             \
	"exists (select 1 from main.red_reader r where r.person = ?1 and (r.feed = " f                       \
	" or (r.feed = '' and not exists (select 1 from main.red_reader o where o.feed = " f "))))"

#define EVERYBODY                                                                                            \
	"create temp table me(person text not null);"                                                        \
	"create temp table hidden(id integer primary key);"                                                  \
	"create temp table hidden_feed(name text primary key) without rowid;"

/* Of the cases that are in sight. What is RED is for the persons that it names. */
#define NAMED                                                                                                \
	"(c.label <> 'RED' or exists (select 1 from main.case_person p, temp.me m where p.case_ = c.id and " \
	"p.person = m.person))"
/* A mail of a case is for whom the case is for. */
#define MAILED "(x.case_ is null or exists (select 1 from main.case_ c where c.id = x.case_ and " NAMED "))"
/* Asked row by row: a list of all cases that are in sight would be made anew for each statement. */
#define OF_CASE "exists (select 1 from temp.case_ c where c.id = x.case_)"
#define OF_FINDING "exists (select 1 from temp.finding f where f.id = x.finding)"
#define OF_CASES                                                                                             \
	"create temp view case_member as select * from main.case_member x where " OF_CASE ";"                \
	"create temp view case_payment as select * from main.case_payment x where " OF_CASE ";"              \
	"create temp view case_step as select * from main.case_step x where " OF_CASE ";"                    \
	"create temp view case_word as select * from main.case_word x where " OF_CASE ";"                    \
	"create temp view case_person as select * from main.case_person x where " OF_CASE ";"                \
	"create temp view case_entry as select * from main.case_entry x where " OF_CASE ";"                  \
	"create temp view case_finding as select * from main.case_finding x where " OF_CASE                  \
	" and " OF_FINDING ";"                                                                               \
	"create temp view case_target as select * from main.case_target x where " OF_CASE ";"                \
	"create temp view case_task as select * from main.case_task x where " OF_CASE ";"                    \
	"create temp view case_touches as select * from main.case_touches x where " OF_CASE ";"              \
	"create temp view case_stage as select * from main.case_stage x where " OF_CASE ";"                  \
	"create temp view case_blob as select * from main.case_blob x where " OF_CASE ";"                    \
	"create temp view case_record as select id, case_, person, at, state, key, why, sha256, case when "  \
	"person in (select person from temp.me) then text end as text from main.case_record x "              \
	"where " OF_CASE ";"

/* Of needs, offers and practices that are RED the same; they are all about the country. */
#define OF_LEARN                                                                                             \
	"create temp view learn_text as select * from main.learn_text x where exists (select 1 from "        \
	"temp.learn l where l.id = x.learn);"                                                                \
	"create temp view learn_sim3 as select * from main.learn_sim3 x where exists (select 1 from "        \
	"temp.learn l where l.id = x.learn);"
/* Answers to norms that are for named persons; an action of a list stays, without how it stands. */
#define UNREAD                                                                                               \
	"(select r.norm from main.norm_reader r where not exists (select 1 from main.norm_reader o, "        \
	"temp.me "                                                                                           \
	"m where o.norm = r.norm and o.person = m.person))"
#define OF_NORMS                                                                                             \
	"create temp view norm_row as select * from main.norm_row where norm not in " UNREAD ";"             \
	"create temp view norm_reader as select * from main.norm_reader where norm not in " UNREAD ";"       \
	"create temp view norm_evidence as select * from main.norm_evidence where norm not in " UNREAD ";"   \
	"create temp view norm_survey_row as select * from main.norm_survey_row where norm not in " UNREAD   \
	";"                                                                                                  \
	"create temp view norm_action as select id, list, norm, action, case when norm in " UNREAD           \
	" then 'not-assessed' else status end as status, case when norm in " UNREAD                          \
	" then '' else note end as note, at, person from main.norm_action;"
/* They are about all of the country. */
#define NO_NORMS                                                                                             \
	"create temp view norm_item as select * from main.norm_item where 0;"                                \
	"create temp view norm_text as select * from main.norm_text where 0;"                                \
	"create temp view norm_row as select * from main.norm_row where 0;"                                  \
	"create temp view norm_reader as select * from main.norm_reader where 0;"                            \
	"create temp view norm_evidence as select * from main.norm_evidence where 0;"                        \
	"create temp view norm_action as select * from main.norm_action where 0;"                            \
	"create temp view norm_survey as select * from main.norm_survey where 0;"                            \
	"create temp view norm_survey_row as select * from main.norm_survey_row where 0;"
/* Of meetings that are in sight; all that is shown of one is found through its row. */
#define MEETINGS                                                                                             \
	"create temp view meeting as select * from main.meeting c where c.label <> 'RED' or exists (select " \
	"1 from main.meeting_person p, temp.me m where p.meeting = c.id and p.person = m.person);"

/* Mostly nothing is hidden, and then no row is looked for there. */
static const char all[] = EVERYBODY MEETINGS
        "create temp view finding as select * from main.finding where not exists (select 1 from temp.hidden) "
        "or id "
        "not in (select id from temp.hidden);"
        "create temp view note as select * from main.note where finding not in (select id from temp.hidden);"
        "create temp view case_ as select * from main.case_ c where " NAMED ";" OF_CASES OF_NORMS
        "create temp view message as select * from main.message x where " MAILED ";"
        "create temp view learn as select * from main.learn l where l.label <> 'RED' or exists (select 1 "
        "from "
        "main.learn_person p, temp.me m where p.learn = l.id and p.person = m.person);" OF_LEARN;

static const char narrowed[] = EVERYBODY
        "create temp table own(id integer primary key);"
        "create temp view owner as select * from main.owner where id in (select id from temp.own);"
        "create temp view finding as select * from main.finding where owner in (select id from temp.own) and "
        "id not in (select id from temp.hidden);"
        "create temp view contact as select * from main.contact where owner in (select id from temp.own);"
        "create temp view asset as select * from main.asset where owner in (select id from temp.own);"
        "create temp view claim as select * from main.claim where owner in (select id from temp.own);"
        "create temp view notice as select * from main.notice where contact in (select id from main.contact "
        "where owner in (select id from temp.own));"
        "create temp view notice_item as select * from main.notice_item x where " OF_FINDING ";"
        "create temp view message as select * from main.message x where exists (select 1 from temp.notice n "
        "where n.id = x.notice) and " MAILED ";"
        "create temp view snapshot as select * from main.snapshot x where " OF_FINDING ";"
        "create temp view finding_worse as select * from main.finding_worse x where " OF_FINDING ";"
        "create temp view meeting as select * from main.meeting where 0;"
        "create temp view agree_talk as select * from main.agree_talk where 0;"
        "create temp view campaign as select * from main.campaign where 0;"
        "create temp view campaign_text as select * from main.campaign_text where 0;"
        "create temp view campaign_place as select * from main.campaign_place where 0;"
        "create temp view campaign_to as select * from main.campaign_to where 0;"
        "create temp view nobodys as select * from main.nobodys where 0;"
        "create temp view note as select * from main.note x where " OF_FINDING ";"
        "create temp view handover as select * from main.handover where 0;"
        "create temp view saved as select * from main.saved where person in (select person from temp.me);"
        "create temp view alert as select * from main.alert where 0;"
        "create temp view alert_message as select * from main.alert_message where 0;"
        "create temp view quiet as select * from main.quiet where 0;"
        "create temp view clearance as select * from main.clearance where 0;"
        "create temp view refusal as select * from main.refusal where 0;"
        "create temp view audit as select * from main.audit where 0;"
        "create temp view register as select * from main.register where 0;"
        "create temp view case_ as select * from main.case_ c where owner in (select id from temp.own) "
        "and " NAMED ";" OF_CASES "create temp view case_wish as select * from main.case_wish where 0;"
        "create temp view learn as select * from main.learn where 0;" OF_LEARN
        "create temp view learn_draft as select * from main.learn_draft where 0;"
        "create temp view sim3_level as select * from main.sim3_level where 0;" NO_NORMS;

/* What says what a report is about beside its rows, where it or what it came in has something RED. */
#define HIDES                                                                                                \
	"(x.red or (select p.red from main.receipt p where p.id = x.root)) and not exists (select 1 from "   \
	"main.red_reader r join temp.me m on m.person = r.person where r.feed = x.feed or (r.feed = '' and " \
	"not exists (select 1 from main.red_reader o where o.feed = x.feed)))"

/* The view of receipts: as the table is, whatever columns it has, but for names. */
static int view_receipts(struct db *db, struct err *e)
{
	auto_buf struct buf sql = {0};
	struct query q = db_query(db, "select name from pragma_table_info('receipt', 'main') order by cid");

	buf_add(&sql, STR("create temp view receipt as select"));
	for (unsigned n = 0; query_next(&q) == 1; n++) {
		struct str name = query_get_text(&q, 0);
		bool tells = str_eq(name, STR("name")) || str_eq(name, STR("path"));
		buf_add(&sql, n > 0 ? STR(", ") : STR(" "));
		if (tells || str_eq(name, STR("sentence")))
			buf_printf(&sql, "case when " HIDES " then '%s' else x.%.*s end as %.*s",
			        tells ? SCOPE_RED_NAME : "", STR_ARG(name), STR_ARG(name));
		else
			buf_printf(&sql, "x.%.*s", STR_ARG(name));
	}
	int rc = query_done(&q, e);
	buf_add(&sql, STR(" from main.receipt x where x.feed not in (select name from temp.hidden_feed)"));
	buf_char(&sql, 0);
	return rc == 0 ? db_exec(db, sql.p, e) : rc;
}

int scope_open(const char *folder, bool narrow, struct db **ret, struct err *e)
{
	struct db *db = NULL;
	int rc = state_open(folder, DB_READ, &db, e);

	/* the file is open for reading alone; what is written are tables of this connection */
	if (rc == 0)
		rc = db_exec(db, "pragma query_only = off", e);
	if (rc == 0 && (rc = db_exec(db, narrow ? narrowed : all, e)) == 0 &&
	        (rc = view_receipts(db, e)) == 0)
		*ret = db;
	else if (rc != 0 && db != NULL)
		db_close(db);
	return rc;
}

static void run(struct db *db, const char *sql, struct str person)
{
	struct query q = db_query(db, sql);

	if (person.p != NULL)
		query_text(&q, person);
	query_run(&q);
}

static bool has(struct db *db, const char *sql, struct str value)
{
	struct query q = db_query(db, sql);

	query_text(&q, value);
	bool found = query_next(&q) == 1;
	query_done(&q, NULL);
	return found;
}

static bool has_own(struct db *db)
{
	struct query q = db_query(db, "select 1 from temp.sqlite_master where name = 'own'");
	bool found = query_next(&q) == 1;

	query_done(&q, NULL);
	return found;
}

int scope_set(struct db *db, struct str person, struct err *e)
{
	db_begin(db);
	run(db, "delete from temp.me", (struct str){0});
	run(db, "insert into temp.me values (?1)", person);
	run(db, "delete from temp.hidden_feed", (struct str){0});
	run(db,
	        "insert into temp.hidden_feed select f.name from main.feed f where f.label = 'RED' and "
	        "not " READS("f.name"),
	        person);
	run(db, "delete from temp.hidden", (struct str){0});
	/* both the report that showed it first and the one that showed it last */
	run(db,
	        "insert into temp.hidden select f.id from main.finding f left join main.receipt a on a.id = "
	        "f.receipt left join main.receipt b on b.id = f.last_receipt where f.label = 'RED' and not "
	        "(" READS("coalesce(a.feed, '')") " and " READS("coalesce(b.feed, '')") ")",
	        person);
	if (has_own(db)) {
		run(db, "delete from temp.own", (struct str){0});
		run(db,
		        "insert into temp.own select o.id from main.owner o where exists (select 1 from "
		        "main.scope s where s.person = ?1 and ((s.kind = 'owner' and s.value = o.ref) or "
		        "(s.kind = 'sector' and s.value = o.sector)))",
		        person);
	}
	return db_commit(db, e);
}

struct str scope_person(struct db *db, struct arena *a)
{
	struct query q = db_query(db, "select 1 from temp.sqlite_master where name = 'me'");
	struct str person = {0};
	bool scoped = query_next(&q) == 1;

	query_done(&q, NULL);
	if (!scoped)
		return person;
	struct query me = db_query(db, "select person from temp.me");
	if (query_next(&me) == 1)
		person = arena_str(a, query_get_text(&me, 0));
	query_done(&me, NULL);
	return person;
}

bool scope_is_narrow(struct db *db, struct str person)
{
	return has(db, "select 1 from main.scope where person = ?1 limit 1", person);
}

bool scope_viewed(struct db *db)
{
	struct query q = db_query(db, "select 1 from temp.sqlite_master where name = 'me'");
	bool found = query_next(&q) == 1;

	query_done(&q, NULL);
	return found;
}

bool scope_shows_red(struct db *db, struct str feed)
{
	return !scope_viewed(db) || scope_reads_red(db, feed);
}

bool scope_narrowed(struct db *db)
{
	return has_own(db);
}

bool scope_reads_red(struct db *db, struct str feed)
{
	struct query q = db_query(db,
	        "select 1 from main.red_reader r, temp.me m where r.person = m.person and (r.feed = ?1 or "
	        "(r.feed = '' and not exists (select 1 from main.red_reader o where o.feed = ?1)))");

	query_text(&q, feed);
	bool found = query_next(&q) == 1;
	query_done(&q, NULL);
	return found;
}
