/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is at a page. The browser has 32 random bytes as a cookie; the store has their SHA-256 (session.id), so that nothing
 * that is stored, backed up or logged lets anybody in. The token of forms is made from the same bytes, and nobody without the
 * cookie can make it.
 */
#pragma once

#include "state/scope.h"
#include "trust/role.h"

#define SESSION_TOKEN 64 /* hexadecimal digits */

struct session {
	struct str person, role; /* role: names with blanks between them */
	struct str language;     /* of the pages; empty: what the browser asks for */
	uint32_t rights;         /* bits of enum right, of all the roles */
	bool narrow;             /* sees some owners only (table scope) */
	char csrf[SESSION_TOKEN + 1];
	char id[SESSION_TOKEN + 1]; /* as the store has it */
};

/* A token of the browser: 1, 0 if it opens nothing (any more). Texts live in the arena. */
int session_find(
        struct db *state, struct str token, int64_t now, struct arena *a, struct session *ret, struct err *e);
/* True if text is the session's token of forms. */
bool session_form_ok(const struct session *s, struct str text);
/* A new token; SHA-256 of one, in hexadecimal digits. */
void session_token(char ret[SESSION_TOKEN + 1]);
bool session_id(struct str token, char ret[SESSION_TOKEN + 1]);
