/* SPDX-License-Identifier: Apache-2.0
 *
 * Records that are JSON objects, however they stand in the report: one a line, or in an array (which may
 * begin with the report or, by a mapping, lie inside a document).
 */
#pragma once

#include "read/flat.h"

/* Sets r->state. Objects are put by flat; constants of the mapping are added to each. */
int lines_json_start(struct reading *r, struct flat *flat);
/* One record. */
int lines_json_next(struct reading *r);

/* For readers that make events of an object themselves: called with the text of each object, between
 * record_begin and record_end. */
int lines_json_start_with(
        struct reading *r, void (*object)(struct reading *r, void *arg, struct str object), void *arg);
/* The same for reports that are always held whole, and whose objects may be as large as a document: what goes
 * into the event must still fit a record. */
int lines_json_start_document(
        struct reading *r, void (*object)(struct reading *r, void *arg, struct str object), void *arg);
/* For documents whose records are the elements of an array of any kind: path is the dotted path to it, empty
 * for the document itself. element gets the text of each as it stands, also if it is no object. */
int lines_json_start_elements(struct reading *r, struct str path,
        void (*element)(struct reading *r, void *arg, struct str text), void *arg);
