/* SPDX-License-Identifier: Apache-2.0 */
#include "web/cells.h"

void cells_put(struct list *l, const struct query *q, const struct list_column *columns, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (columns[i].kind == LIST_STRING)
			list_text(l, query_get_text(q, (int)i));
		else if (columns[i].kind == LIST_NUMBER)
			list_u64(l, query_get_u64(q, (int)i));
		else
			list_time(l, query_get_i64(q, (int)i));
}

int cells_list(const struct ask *a, struct reply *r, const struct list_table *t, struct query *q,
        uint64_t *ret_rows, struct err *e)
{
	struct list l;
	uint64_t rows = 0;

	list_begin(&l, &r->body, a->form, t->columns, t->ncolumns, t->name);
	for (; query_next(q) == 1; rows++)
		cells_put(&l, q, t->columns, t->ncolumns);
	int rc = query_done(q, e);
	list_end(&l);
	if (ret_rows != NULL)
		*ret_rows = rows;
	return rc;
}
