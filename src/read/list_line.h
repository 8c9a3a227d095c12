/* SPDX-License-Identifier: Apache-2.0
 *
 * One line of a list, in whatever form it has; a part of the reader "list".
 */
#pragma once

#include "read/input.h"
#include "read/read.h"

struct list_line;
struct list_line *list_line_new(struct reading *r);

/* s: the line without blanks at its ends; no comment, not empty. Makes one record or several. */
void list_line_take(struct reading *r, struct list_line *l, const struct input_line *line, struct str s);

/* The same for a thing that is a record of its own already: between record_begin and record_end. */
void list_line_put(struct reading *r, struct list_line *l, struct str s);

/* Sure: one thing that cannot be anything else; maybe: such a thing and words behind it, or a name. */
enum sniff list_line_sniff(struct str s);
