/* SPDX-License-Identifier: Apache-2.0
 *
 * A condition in the making, between cond.c (names, types) and values.c (what stands behind the colon).
 */
#pragma once

#include "base/conf.h"
#include "decide/rules.h"

/* Type of what is asked: enum field_type, or how the owner was found. */
#define TYPE_HOW (FT_JSON + 1)

/* Values of the condition that is being made. */
struct values {
	struct compile *c;
	struct cond *cond;
	int type;
	VEC(struct range) ranges;
	VEC(struct net) nets;
	VEC(struct str) texts;
	VEC(uint16_t) countries;
};

/* Adds a value to the condition. False with a fault noted if no record can have it. */
bool value_add(struct values *v, const struct conf *at);

/* How values of a type are compared. */
enum cond_kind cond_kind_of(int type);

/* A text of the file in a form that a sentence can hold. */
struct quoted {
	char text[96];
};
struct quoted quote(struct str s);

/* Notes a fault at a value and returns false. */
#define FAULT(v, at, ...)                                                                                    \
	do {                                                                                                 \
		struct err fault_;                                                                           \
		conf_err((at), &fault_, __VA_ARGS__);                                                        \
		compile_fault((v)->c, &fault_);                                                              \
		return false;                                                                                \
	} while (0)
