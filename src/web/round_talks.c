/* SPDX-License-Identifier: Apache-2.0
 *
 * Talks that people here have noted, as a list.
 */
#include "web/rounds.h"

#define MICRO 1000000

static const struct list_column columns[] = {
        {"id", "id", LIST_STRING, "of the note"},
        {"party", "party", LIST_STRING, "whose position or amendment it was about"},
        {"about", NULL, LIST_STRING, "the id of that statement"},
        {"at", "when", LIST_TIME, "when they talked"},
        {"person", "who", LIST_STRING, "who has noted it"},
        {"words", "words", LIST_STRING, "what was said"},
};
static const struct list_table table = {"talks", columns, sizeof(columns) / sizeof(columns[0]), 0, NULL};

static void put(const struct ask *a, struct list *l, const struct said *s)
{
	struct query q = db_query(a->state,
	        "select 'J' || id, at, person, words from agree_talk where about = ? order by at, id");

	query_blob(&q, str_make((const char *)s->id, DIGEST_LEN));
	while (query_next(&q) == 1) {
		list_text(l, query_get_text(&q, 0));
		list_text(l, s->sender);
		list_text(l, rounds_hex(a->arena, s->id));
		list_time(l, query_get_i64(&q, 1) * MICRO);
		list_text(l, query_get_text(&q, 2));
		list_text(l, query_get_text(&q, 3));
	}
	query_done(&q, NULL);
}

static int load(const struct ask *a, struct reply *reply, struct err *e)
{
	struct round_loaded r;
	struct outcome o;
	struct list l;
	int rc = rounds_load(a, &r, &o, e);

	if (rc != 0)
		return rc;
	list_begin(&l, &reply->body, a->form, columns, table.ncolumns, "talks");
	for (size_t i = 0; i < r.in.n; i++)
		if (r.in.said[i].kind == KIND_AGREE_POSITION || r.in.said[i].kind == KIND_AGREE_AMENDMENT)
			put(a, &l, &r.in.said[i]);
	list_end(&l);
	return 0;
}

static const struct route_param params[] = {ROUND_PARAM, {NULL, 0, NULL}};

const struct route route_round_talks = {.path = "/round-talks",
        .about = "talks about objections and amendments of a round, as people here have noted them: no other "
                 "node "
                 "has them",
        .load = load,
        .right = RIGHT_READ,
        .params = params,
        .list = &table};
