/* SPDX-License-Identifier: Apache-2.0
 *
 * The manifest of a round: who takes part, which texts, when, and by which rule, in one file whose digest is the round. A text,
 * a member or a day that changes makes another round. Nothing in it is a default: what is printed is the rule.
 *
 * Pure; strings point into the bytes.
 */
#pragma once

#include "agree/clause.h"
#include "base/vec.h"

#define MANIFEST_MAX 32768
#define MANIFEST_PARTIES 65
#define MANIFEST_MEMBERS 64
#define MANIFEST_TEXTS 20
#define MANIFEST_OFF 200

enum manifest_rule { RULE_SILENCE, RULE_ASSENT, RULE_MEETING, RULE_RECORDED, RULE_NONE, RULE_END };
struct str manifest_rule_name(enum manifest_rule rule);

/* Positions, in the order in which a manifest names them. */
enum position {
	POSITION_NONE,
	POSITION_ACKNOWLEDGED,
	POSITION_NO_OBJECTION,
	POSITION_SUPPORT,
	POSITION_COMMENT,
	POSITION_AMENDMENT,
	POSITION_OBJECTION,
	POSITION_RESERVATION,
	POSITION_DISASSOCIATION,
	POSITION_ABSTAIN,
	POSITION_END
};
/* "-" for none. */
struct str position_name(enum position p);
/* POSITION_END: no such word. */
enum position position_find(struct str word);

/* Hours or days, as they are written. */
struct manifest_length {
	uint32_t n;
	char unit; /* 'h', 'd' */
};
static inline int64_t manifest_seconds(struct manifest_length l)
{
	return (int64_t)l.n * (l.unit == 'd' ? 86400 : 3600);
}

struct manifest_member {
	struct str party;
	uint32_t number; /* of its key list, as the chair holds it */
	uint8_t list[DIGEST_LEN];
};
struct manifest_text {
	struct str lang;
	uint8_t sha256[DIGEST_LEN];
	bool authentic;
};

struct manifest {
	struct str bytes;
	uint8_t sha256[DIGEST_LEN]; /* round_sha256 */
	struct str instrument, title;
	uint32_t round;
	uint8_t previous[DIGEST_LEN]; /* zeros in round 1 */
	struct manifest_member member[MANIFEST_MEMBERS];
	struct str observer[MANIFEST_PARTIES];
	unsigned members, observers, texts, offs;
	struct str chair, deputy, secretariat; /* deputy empty: none */
	struct manifest_text text[MANIFEST_TEXTS];
	int64_t opens, closes;     /* seconds since 1970 */
	int32_t zone;              /* seconds east of UTC */
	bool west;                 /* its sign, which is kept of -00:00 too */
	int64_t off[MANIFEST_OFF]; /* days since 1970 */
	enum manifest_rule rule;
	/* What follows is zero where the rule has no such line. */
	uint32_t needs;                   /* 0: all */
	bool human;                       /* level */
	bool except;                      /* unserved: except */
	bool reservation, disassociation; /* allowed */
	bool at;                          /* in-force: a time */
	struct manifest_length min_notice, longest, grace, statements, after;
	uint32_t working_days, extend, confirm, persons, persons_objection;
	uint32_t breaks;  /* bit 1 << enum position */
	int64_t in_force; /* of at */
	uint32_t review;  /* months; 0: none */
};

/* Takes a manifest apart. False: *fault says the first line and why; *ret is undefined. */
bool manifest_read(struct str bytes, struct manifest *ret, struct agree_fault *fault);
/* Its bytes, from all members but bytes and sha256. They are good if manifest_read says so, which the caller asks. */
void manifest_write(struct buf *out, const struct manifest *m);

/* Place among the members; members if it is none. */
unsigned manifest_member(const struct manifest *m, struct str party);
/* A member or an observer. */
bool manifest_party(const struct manifest *m, struct str party);
/* All parties, ascending. ret has MANIFEST_PARTIES places; returns how many. */
unsigned manifest_parties(const struct manifest *m, struct str *ret);
const struct manifest_text *manifest_authentic(const struct manifest *m);

/* True if at least n whole working days of the round's zone lie from start to end: Monday to Friday, none that is off. */
bool manifest_working_days(const struct manifest *m, int64_t start, int64_t end, unsigned n);
/* The day of review of what was adopted then: the same day so many months on, else the last of that month. 0: none. */
int64_t manifest_review(const struct manifest *m, int64_t adopted);
/* Until when agree.statement is taken. */
static inline int64_t manifest_statements_end(const struct manifest *m, int64_t adopted)
{
	return adopted + manifest_seconds(m->statements);
}
