/* SPDX-License-Identifier: Apache-2.0
 *
 * From named values to fields: the part that csv, ndjson and others share. A plan says for each column of a
 * report, once, where its values go; rows then follow it without looking anything up.
 */
#pragma once

#include "event/fill.h"
#include "read/read.h"

/* A piece of a constant: text, then the value of a column (COLUMN_NONE: none). */
#define COLUMN_NONE UINT32_MAX
struct column_piece {
	struct str text;
	uint32_t at;
};
struct column_const {
	const struct map_const *from;
	const struct column_piece *pieces; /* NULL: as it is */
	uint32_t npieces;
};

struct columns {
	struct event_plan plan;      /* columns that go somewhere as they are */
	struct event_column *mapped; /* those that a mapping changes on the way, with their rows */
	const struct map_row **maps;
	uint32_t nmapped;
	uint32_t width;              /* columns of the report */
	const struct map_row *split; /* the column that makes several events */
	uint32_t split_at;
	uint32_t surplus;            /* the column that takes unquoted delimiters, or COLUMN_NONE */
	const uint32_t *where;       /* columns of the conditions of the mapping */
	struct column_const *consts; /* of the mapping, as many as it has */
	struct str missing;          /* a name in the mapping that must be a column and is none */
};

/* The field of a name of a report: a field's own name, or an alias. FIELD_NONE if it is none. */
enum field columns_field(struct str name);
/* How many of the names are known. */
uint32_t columns_known(const struct str *names, uint32_t n);

/* Makes the plan for a header. map may be NULL. Memory of r->arena. */
struct columns columns_plan(
        struct reading *r, const struct str *names, uint32_t n, const struct read_map *map);
/* For readers that know their format and make the plan by hand: room for n columns; adding; at the end
 * sorting. */
struct columns columns_new(struct reading *r, uint32_t n);
void columns_add(struct columns *c, const struct event_column *col);
/* A column that goes where the row of a mapping says. */
void columns_add_mapped(struct reading *r, struct columns *c, uint32_t at, const struct map_row *row);
/* True if a column goes to the field already. */
bool columns_taken(const struct columns *c, enum field id);
void columns_sort(struct columns *c);
/* True if a row of a mapping is for the column of that name and place. */
bool columns_is_row(const struct map_row *row, struct str name, uint32_t at);
/* The row of a mapping for a column, by its name or its number; NULL if there is none. map may be NULL. */
const struct map_row *columns_map_row(const struct read_map *map, struct str name, uint32_t at);

/* Puts the values of a row (n of them) and the constants of the map into events of the open record. */
void columns_row(struct reading *r, struct columns *c, const struct str *values, uint32_t n);
/* Puts one value by its row of a mapping. */
void columns_put(
        struct reading *r, const struct map_row *map, enum field to, struct event_key *key, struct str value);
/* The constants of the mapping into the open event. */
void columns_constants(struct reading *r);
/* A comment of the report: remembers the time of the list if the mapping says how to know it. */
void columns_comment(struct reading *r, struct str comment);
/* For readers that are no tables: 0, or ERR_VALUE if the mapping has what only tables can do. */
int columns_no_table(struct reading *r);
