/* SPDX-License-Identifier: Apache-2.0
 *
 * How many rows the tables of state.db have.
 */
#include "web/route.h"

static const struct list_column columns[] = {
        {"table", "table", LIST_STRING, "its name"},
        {"rows", "rows", LIST_NUMBER, "how many"},
};

/* The name is one of a schema of ours. */
static int put_rows(const struct ask *a, struct list *l, struct str name, struct err *e)
{
	struct query q =
	        db_query_text(a->state, arena_printf(a->arena, "select count(*) from %.*s", STR_ARG(name)));

	list_text(l, name);
	list_u64(l, query_next(&q) == 1 ? query_get_u64(&q, 0) : 0);
	return query_done(&q, e);
}

static int load(const struct ask *a, struct reply *r, struct err *e)
{
	VEC(struct str) names = {0};
	struct list l;
	struct query q = db_query(a->state,
	        "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and sql "
	        "not "
	        "like 'create virtual%' order by "
	        "name");

	while (query_next(&q) == 1)
		*vec_add(&names) = arena_str(a->arena, query_get_text(&q, 0));
	int rc = query_done(&q, e);
	list_begin(&l, &r->body, a->form, columns, sizeof(columns) / sizeof(columns[0]), "tables");
	for (size_t i = 0; rc == 0 && i < names.n; i++)
		rc = put_rows(a, &l, names.v[i], e);
	list_end(&l);
	vec_done(&names);
	return rc;
}

const struct route route_tables = {"/tables", "rows of the tables of state.db", false, load};
