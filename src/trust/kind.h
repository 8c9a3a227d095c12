/* SPDX-License-Identifier: Apache-2.0
 *
 * The types of the members of statements (members.tbl), and what else each kind (kinds.h) demands of its body: pure functions of
 * the head, the body and what is stored here.
 */
#pragma once

#include "trust/kinds.h"
#include "trust/store.h"

enum member_type {
	MEMBER_TEXT,
	MEMBER_COUNT,
	MEMBER_YES_NO,
	MEMBER_TIME,
	MEMBER_DIGEST,
	MEMBER_PARTIES,
	MEMBER_WORDS,
	MEMBER_OBJECT,
	MEMBER_LIST,
	MEMBER_FILES,
	MEMBER_PERSONS,
	MEMBER_DIGESTS,
	MEMBER_MAYBE,
	MEMBER_GROUP_ID,
};
enum member_type member_type(struct str name);
/* Members that every kind may have. */
extern const char member_common[];

/* What a check may look at. */
struct check {
	struct db *db;
	struct arena *a;
	struct str me; /* our party id */
	int64_t now;   /* seconds */
	const uint8_t *id;
	const struct head *h;
	struct item body;
	char why[128]; /* which member, in words, where a check says no */
	/* Where what it refers to is, if not in db: kinds of rounds ask for nothing else. False: not here. */
	bool (*find)(const struct check *c, const uint8_t id[DIGEST_LEN], struct stored *ret);
	const void *arg;
};
/* Members are there and of their types, what the head must name is named. True; or false with c->why, which begins with the
 * member's name. */
bool kind_types_ok(struct check *c, enum kind kind);
/* The same, and what else this kind demands of its body. */
bool kind_fields_ok(struct check *c, enum kind kind);
/* True if the opening of a round, its body, names that party among those without a node, which its chair hosts. */
bool kind_hosted(const struct item *round, struct str party);
/* True if the sender may say this: what section 7 of the protocol says about who. */
bool kind_sender_ok(struct check *c, enum kind kind);
