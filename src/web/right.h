/* SPDX-License-Identifier: Apache-2.0
 *
 * Who may what, asked in one place: a page, a list and a change each have a row that names the right, and whether accounts
 * that are narrowed to some owners have it.
 */
#pragma once

#include "see/change.h"
#include "state/scope.h"
#include "web/session.h"

/* 0 or ERR_DENIED and a sentence that names the role which may. */
int right_check(const struct session *who, enum right right, bool narrow, struct err *e);
/* The same for a list, by the row of its route, and that a token is for it. */
struct route;
int right_route(const struct session *who, const struct route *route, struct err *e);
/* 0, or ERR_DENIED: who asks has a token whose scope has no such word ("findings", "reports", "changes"). */
int right_scope(const struct session *who, struct str word, struct err *e);
/* Whether a scope with that word lets anything pass. */
bool right_scope_word(struct str word);
/* The same for a change about the thing in id ("F12"; p NULL: none), which must be in sight. db: set to the person. ERR_MISSING
 * for what the person cannot see, whether it is there or not. */
int right_change(
        const struct session *who, const struct change_row *row, struct str id, struct db *db, struct err *e);
