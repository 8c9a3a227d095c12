/* SPDX-License-Identifier: Apache-2.0
 *
 * From named values to fields: the part that csv, ndjson and others share. A plan says for each column of a
 * report, once, where its values go; rows then follow it without looking anything up.
 *
 * Columns are visited in the order of their fields' ids, names of the sender's own last and in the order of
 * the report, so that a row's values need no sorting.
 */
#pragma once

#include "event/fill.h"
#include "read/read.h"

struct columns {
	struct event_column *v;
	uint32_t n;                  /* columns that go somewhere as they are */
	struct event_column *mapped; /* those that a mapping changes on the way, with their rows */
	const struct map_row **maps;
	uint32_t nmapped;
	uint32_t width;              /* columns of the report */
	const struct map_row *split; /* the column that makes several events */
	uint32_t split_at;
};

/* The field of a name of a report: a field's own name, or an alias. FIELD_NONE if it is none. */
enum field columns_field(struct str name);
/* How many of the names are known. */
uint32_t columns_known(const struct str *names, uint32_t n);

/* Makes the plan for a header. map may be NULL. Memory of r->arena. */
struct columns columns_plan(
        struct reading *r, const struct str *names, uint32_t n, const struct read_map *map);
/* Adds a column by hand; for readers that know their format. */
void columns_sort(struct columns *c);

/* Puts the values of a row (n of them) and the constants of the map into events of the open record. */
void columns_row(struct reading *r, struct columns *c, const struct str *values, uint32_t n);
/* Puts one value by its row of a mapping. */
void columns_put(
        struct reading *r, const struct map_row *map, enum field to, struct event_key *key, struct str value);
/* The constants of the mapping into the open event. */
void columns_constants(struct reading *r);
