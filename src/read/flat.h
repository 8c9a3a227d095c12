/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON objects into events: nesting becomes dots, and each name goes where a plan says. The plan grows as
 * names are met, so that a name is looked up once per report and not once per record.
 */
#pragma once

#include "read/columns.h"
#include "text/json.h"

/* Where a name goes. */
struct flat_name {
	struct str path; /* "source.ip", "alert.signature" */
	enum field to;   /* FIELD_NONE: extra under key, or nowhere if that has no name */
	struct event_key key;
	const struct map_row *map;  /* NULL: as it is */
	const struct columns *more; /* where it goes if that is several places; then map is the first one's */
};

struct flat;
/* plan: called once for each new path; fills in to, key, map of *name (to FIELD_NONE and no key name:
 * dropped). NULL: fields by their own name, mapping or alias (as columns_plan), else extra. arg is handed to
 * it. */
struct flat *flat_new(
        struct reading *r, void (*plan)(struct reading *r, void *arg, struct flat_name *name), void *arg);
/* The default plan, for plans that only want to change some names. */
void flat_plan(struct reading *r, struct flat_name *name);

/* Puts every value of the object into the open event. Arrays become their JSON text; an array of scalars of a
 * field of the table is joined with commas. null is absent. object is the text of one JSON object. 0, or
 * ERR_SYNTAX with a sentence. */
int flat_put(struct reading *r, struct flat *f, struct str object, struct err *e);
/* The same, faster, where 64 bytes behind the object can be read, as in an input's window and in what
 * input_all gives. Which of two values for one field comes first is then a matter of the fields' numbers, not
 * of their order in the object. */
int flat_put_row(struct reading *r, struct flat *f, struct str object, struct err *e);
/* The same for a tokenizer that stands behind '{'; prefix is put in front of the names ("" or "alert."). */
int flat_put_rest(struct reading *r, struct flat *f, struct json *j, struct str prefix, struct err *e);
/* One value by its path, as if it had stood in an object. */
void flat_put_value(struct reading *r, struct flat *f, struct str path, struct str value);

/* The array "each" of a mapping makes an event for each of its elements: after flat_put or flat_put_row has put
 * the rest of the object, this puts the next element. 1: there are more, to be put into another event of the
 * same object; 0: that was the last one, or there is none; negative with *e. */
struct flat_each {
	struct json json;
	struct str next;
	uint32_t n;
};
int flat_put_element(
        struct reading *r, struct flat *f, struct str object, struct flat_each *each, struct err *e);
