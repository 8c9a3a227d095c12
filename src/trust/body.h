/* SPDX-License-Identifier: Apache-2.0
 *
 * The body of a statement: one JSON object as RFC 7493 has it, taken apart into a form without pointers and without
 * anything to parse, so that the bytes of a stranger can be parsed in a process without rights and only the result goes to
 * the core, which checks it in one pass (items_check).
 *
 *   item    = u8 type + u32 length + payload           little-endian
 *   payload   BODY_NULL: nothing, BODY_BOOL: one byte, BODY_INT: 8 bytes, two's complement, BODY_TEXT: UTF-8,
 *             BODY_LIST: items, BODY_OBJECT: members, each u32 length of its name + name + item
 *
 * Beyond RFC 7493: depth at most 16 with the outermost as 1, numbers are integers within 2^53 - 1 either way, without
 * fraction or exponent, no U+0000.
 */
#pragma once

#include "base/vec.h"

#define BODY_DEPTH 16
#define BODY_INT_MAX 9007199254740991

enum item_type { BODY_NULL, BODY_BOOL, BODY_INT, BODY_TEXT, BODY_LIST, BODY_OBJECT, BODY_TYPES };
struct item {
	enum item_type type;
	struct str text; /* BODY_TEXT: the text; BODY_LIST, BODY_OBJECT: what is inside, for item_each */
	int64_t n;       /* BODY_BOOL, BODY_INT */
};

/* Appends the items of a body. False: it is no such object; *ret_why says so in words (a literal), nothing is appended. */
bool body_read(struct str json, struct buf *items, const char **ret_why);
/* True if these are the items of one object as body_read makes them, but for a name twice, of which the first counts. */
bool items_check(struct str items);

/* The outermost object. items must have passed body_read or items_check, here and below. */
struct item item_root(struct str items);
/* A member by name; type BODY_NULL and text.p NULL if it is not there. A member that is null has text.p not NULL. */
struct item item_get(const struct item *object, struct str name);
static inline bool item_there(const struct item *i)
{
	return i->text.p != NULL;
}
/* The text of a member; empty if it is not there or is no text. */
struct str item_text(const struct item *object, const char *name);

/* for (struct item_each e = item_each(&list); item_next(&e);) use e.name (of an object's members) and e.item. */
struct item_each {
	struct str rest, name;
	struct item item;
	bool object;
};
struct item_each item_each(const struct item *list);
bool item_next(struct item_each *e);
/* How many there are. */
unsigned item_count(const struct item *list);
