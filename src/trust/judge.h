/* SPDX-License-Identifier: Apache-2.0
 *
 * The verdict on a statement that came: the checks of the protocol in their order, of which the first that fails is the word.
 * Reads state.db, changes nothing. In two steps, so that no byte of a body is looked at here before the signature under it
 * was found good, and so that another process can do the looking:
 *
 *   judge_head   1 to 11: lengths, head, sender, key, signature, recipients, digest of the body, place in the stream
 *   judge_body   12 to 21: the body's items (body.h), which a process without rights has made
 */
#pragma once

#include "trust/kind.h"

struct judge {
	struct db *db;
	struct arena *a;
	struct str me;
	int64_t now; /* seconds */
	struct statement s;
	struct head h;
	enum statement_verdict verdict;
	struct place place;
	struct link link; /* with its sender */
	enum kind kind;   /* KIND_END: not known */
	struct item body;
	bool own_repair; /* we asked for it: a body that was erased is no fault */
	char why[128];   /* what is wrong, in words, with bad-body, not-allowed and bad-fields */
};
/* Of the first statement of bytes. VERDICT_OK: go on with judge_body. db, a, me and now must be set. */
enum statement_verdict judge_head(struct judge *j, struct str bytes);
/* After judge_head said OK. items empty: the body is no good JSON, and why says so (a literal or NULL). */
enum statement_verdict judge_body(struct judge *j, struct str items, const char *why);
/* Both, with the body read in this process. */
enum statement_verdict judge(struct judge *j, struct str bytes);
