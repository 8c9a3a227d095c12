/* SPDX-License-Identifier: Apache-2.0
 *
 * Two nodes and a partner without one: for tests of what goes to it.
 */
#pragma once

#include "two.h"

static inline void run(struct db *db, const char *sql)
{
	struct err e = {0};

	if (db_exec(db, sql, &e) != 0)
		fail_msg("%s: %s", sql, e.text);
}

/* A text that a query gives. */
static inline const char *text_of(struct db *db, const char *sql, char ret[1000])
{
	struct query q = db_query(db, sql);

	snprintf(ret, 1000, "%s", "nothing");
	if (query_next(&q) == 1)
		snprintf(ret, 1000, "%.*s", STR_ARG(query_get_text(&q, 0)));
	query_done(&q, NULL);
	return ret;
}

#define IS(db, sql, wanted)                                                                                  \
	do {                                                                                                 \
		char is_[1000];                                                                              \
		assert_string_equal(text_of(db, sql, is_), wanted);                                          \
	} while (0)

static inline void set_up(struct two *t)
{
	two_open(t);
	two_link(t);
	run(t->node[0].db,
	        "insert into party(name, title, kind, language, email, pgp, role, link) values ('m.example', "
	        "'Ministry', "
	        "'ministry', 'vi', 'desk@m.example', '', 'mail', 'linked'); insert into case_(number, kind, "
	        "title, "
	        "severity, label, state, direction, requester, peer, opened, opened_by) values "
	        "('LA-2026-00001', "
	        "'request', 't', 'c3', 'CLEAR', 'draft', 'ours', 'la', 'm.example', 0, 'x')");
}
