/* SPDX-License-Identifier: Apache-2.0
 *
 * What cases are found by (schema/047.sql): an index of all that stand three letters in a row in their texts.
 */
#include "link/case.h"

static void run(struct db *db, const char *sql, uint64_t id)
{
	struct query q = db_query(db, sql);

	query_u64(&q, id);
	query_run(&q);
}

void case_index_add(struct db *db, uint64_t id)
{
	run(db,
	        "insert into case_find(rowid, title, text, number, their_ref) select id, title, text, "
	        "number, "
	        "their_ref from case_ where id = ?",
	        id);
}

void case_index_drop(struct db *db, uint64_t id)
{
	run(db,
	        "insert into case_find(case_find, rowid, title, text, number, their_ref) select 'delete', "
	        "id, "
	        "title, text, number, their_ref from case_ where id = ?",
	        id);
}

void case_index_entry_add(struct db *db, uint64_t entry)
{
	run(db,
	        "insert into case_entry_find(rowid, text, party, subject) select id, text, party, subject "
	        "from "
	        "case_entry where id = ?",
	        entry);
}

void case_index_entry_drop(struct db *db, uint64_t entry)
{
	run(db,
	        "insert into case_entry_find(case_entry_find, rowid, text, party, subject) select 'delete', "
	        "id, "
	        "text, party, subject from case_entry where id = ?",
	        entry);
}

void case_index_settle(struct db *db)
{
	static const char *const all[] = {"insert into case_find(case_find) values ('optimize')",
	        "insert into case_entry_find(case_entry_find) values ('optimize')"};

	for (unsigned i = 0; i < 2; i++) {
		struct query q = db_query(db, all[i]);
		query_run(&q);
	}
}
