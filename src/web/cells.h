/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists whose rows are those of a query, column by column.
 */
#pragma once

#include "web/route.h"

/* A row, each cell by the kind of its column; times are microseconds. */
void cells_put(struct list *l, const struct query *q, const struct list_column *columns, unsigned n);
/* All rows of q as the list of that table, and ends q. ret_rows may be NULL. */
int cells_list(const struct ask *a, struct reply *r, const struct list_table *t, struct query *q,
        uint64_t *ret_rows, struct err *e);
