/* SPDX-License-Identifier: Apache-2.0
 *
 * Why an event, a finding, a report or a letter is as it is: facts, each a name and a sentence, in the words of words.tbl. The
 * command "weir why" prints them as lines, a page draws them; both tell the same.
 */
#pragma once

#include "web/route.h"
#include "web/words.h"

enum why_part {
	WHY_FACT,
	WHY_LINE,   /* the number of a line and its bytes */
	WHY_FIELDS, /* fields of the record follow */
	WHY_FIELD,
	WHY_ITEM, /* one of a list, without a name */
};
struct why_sink {
	void (*put)(void *arg, enum why_part part, struct str name, struct str text);
	void *arg;
	const struct words *words; /* NULL: English, and keys as they are stored */
};

/* Tells of the thing in a->id. Errors as of a route. Texts are the call's. */
int why_tell(const struct ask *a, const struct why_sink *sink, struct err *e);
