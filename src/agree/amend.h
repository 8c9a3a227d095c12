/* SPDX-License-Identifier: Apache-2.0
 *
 * Amendments: operations on whole clauses of one text. Each names the digest of the clause that it is about, so that it applies
 * to the words that its author read and to no others. All of them refer to the base text, never to what another one leaves.
 *
 * Two that want different things of one clause are a conflict, which is shown and never settled here. Two inserts at one place
 * are none: the order of the amendments, which a person chooses, is theirs.
 *
 * Pure; strings point into what was given, or into the arena.
 */
#pragma once

#include "agree/text.h"
#include "trust/body.h"

enum op_kind { OP_BAD, OP_REPLACE, OP_DELETE, OP_MOVE, OP_INSERT, OP_END };
struct op {
	enum op_kind kind;
	struct str id, base, after, text; /* empty where the kind has no such member */
};
struct amendment {
	struct op *op;
	unsigned n;
};

/* The list "ops" of a body; its size bounds how many there are. What is no operation becomes OP_BAD. Other members than those
 * of its kind are passed over, as everywhere in bodies. */
struct amendment amendment_read(struct arena *a, const struct item *ops);
/* As JSON: [{"op":"replace","id":...}, ...] */
void amendment_write(struct buf *out, const struct amendment *amendment);

enum op_problem { OP_GOOD, OP_IS_BAD, OP_NO_CLAUSE, OP_BASE_DIFFERS, OP_ID_DIFFERS, OP_ID_USED, OP_PROBLEMS };
/* "bad-op", "no-clause" ... */
struct str op_problem_name(enum op_problem p);
/* For people, a literal. */
const char *op_problem_about(enum op_problem p);

/* An operation: the amendment's place and its own, from 0. */
struct op_place {
	unsigned amendment, op;
	enum op_problem problem; /* of AMEND_REFUSED */
};
struct amend_conflict {
	struct str clause;
	struct op_place *op;
	unsigned n;
};
enum amend_outcome { AMEND_OK, AMEND_REFUSED, AMEND_CONFLICT, AMEND_BREAKS };
struct amend_result {
	enum amend_outcome outcome;
	struct op_place *problem; /* AMEND_REFUSED: all of them, in order */
	unsigned problems;
	struct amend_conflict *conflict; /* AMEND_CONFLICT: all, in the order of clauses */
	unsigned conflicts;
	struct agree_fault fault; /* AMEND_BREAKS: of the text that would come out */
	struct agree_text text;   /* AMEND_OK: the new text */
};
/* "ok", "refused", "conflict", "breaks-structure" */
struct str amend_outcome_name(enum amend_outcome o);

/* Applies amendments, in this order, to a text. */
void amend_apply(struct arena *a, const struct agree_text *base, const struct amendment *amendments,
        unsigned n, struct amend_result *ret);
/* The way back: operations that make one text of the other, each clause with its id, so few clauses moved as can be. False: there are none,
 * because the two have another title, behind which everything else is put. */
bool amend_between(
        struct arena *a, const struct agree_text *from, const struct agree_text *to, struct amendment *ret);
