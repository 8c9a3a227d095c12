/* SPDX-License-Identifier: Apache-2.0 */
#include "link/case_record.h"
#include "base/os.h"
#include "link/case_in.h"

#define HOUR ((int64_t)3600 * 1000000)
#define AN_HOUR 60 /* records of one person */

/* ---- asked for ----------------------------------------------------------------------------------- */

/* What is RED is signed for who it is for: also on the control socket, which sees all. */
static int is_for(struct change *c, uint64_t id, struct err *e)
{
	struct query q = db_query(c->db,
	        "select label = 'RED' and not exists (select 1 from case_person p where p.case_ = c.id and "
	        "p.person = ?2) from case_ c where c.id = ?1");

	query_u64(&q, id);
	query_text(&q, c->person);
	bool other = query_next(&q) == 1 && query_get_u64(&q, 0) != 0;
	query_run(&q);
	return other ? err_set(e, ERR_DENIED,
	                       "K%llu is TLP:RED and does not name '%.*s': a person that it names has it "
	                       "printed, or 'weir case show' shows it unsigned",
	                       (unsigned long long)id, STR_ARG(c->person))
	             : 0;
}

static int not_too_many(struct change *c, struct err *e)
{
	struct query q = db_query(
	        c->db, "select count(*) from case_record where at > ? and person = ? and text is not null");

	query_i64(&q, os_now() - HOUR);
	query_text(&q, c->person);
	uint64_t n = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	query_run(&q);
	return n < AN_HOUR ? 0
	                   : err_set(e, ERR_LIMIT,
	                             "%d records within the hour are enough for one person: wait", AN_HOUR);
}

int change_case_record(struct change *c, struct err *e)
{
	uint64_t id;
	char name[32];

	if (case_of(c, &id, e) != 0 || is_for(c, id, e) != 0 || not_too_many(c, e) != 0)
		return e->code;
	struct query q = db_query(c->db, "insert into case_record(case_, person, at) values (?, ?, ?)");
	query_u64(&q, id);
	query_text(&q, c->person);
	query_i64(&q, os_now());
	query_run(&q);
	snprintf(name, sizeof(name), "P%llu", (unsigned long long)db_last_id(c->db));
	case_about(c, id, str_from(name));
	buf_printf(c->said, "%s is being made\n", name);
	return 0;
}

/* ---- made ---------------------------------------------------------------------------------------- */

bool case_record_next(struct db *db, struct arena *a, struct case_record *ret)
{
	struct query q = db_query(
	        db, "select id, case_, person from case_record where state = 'wanted' order by id limit 1");
	bool there = query_next(&q) == 1;

	if (there)
		*ret = (struct case_record){.id = query_get_u64(&q, 0),
		        .case_id = query_get_u64(&q, 1),
		        .person = arena_str(a, query_get_text(&q, 2))};
	query_done(&q, NULL);
	return there;
}

int case_record_ready(struct db *db, uint64_t id, const struct case_record_made *m, struct err *e)
{
	db_begin(db);
	struct query q = db_query(db,
	        "update case_record set state = 'ready', key = ?2, why = ?3, sha256 = ?4, text = ?5 where id "
	        "= "
	        "?1");
	query_u64(&q, id);
	query_text(&q, m->key.p != NULL ? m->key : STR(""));
	query_text(&q, m->why.p != NULL ? m->why : STR(""));
	if (m->sha256 != NULL)
		query_blob(&q, str_make((const char *)m->sha256, DIGEST_LEN));
	else
		query_null(&q);
	query_text(&q, m->text);
	query_run(&q);
	return db_commit(db, e);
}

int case_record_forget(struct db *db, int64_t now, struct err *e)
{
	struct query any =
	        db_query(db, "select 1 from case_record where text is not null and at < ? limit 1");

	query_i64(&any, now - HOUR);
	bool there = query_next(&any) == 1;
	query_done(&any, NULL);
	if (!there)
		return 0;
	db_begin(db);
	struct query q = db_query(db, "update case_record set text = null where text is not null and at < ?");
	query_i64(&q, now - HOUR);
	query_run(&q);
	return db_commit(db, e);
}
