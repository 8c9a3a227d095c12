/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is at the API with a token.
 */
#pragma once

#include "web/session.h"

/* "Authorization: Bearer TOKEN": 1 and *ret, 0: it opens nothing (any more), or a code. Texts live in the arena. */
int session_of_token(
        struct db *db, struct str bearer, int64_t now, struct arena *a, struct session *ret, struct err *e);
