/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is at a page. The browser has 32 random bytes as a cookie; the store has their SHA-256 (session.id), so that nothing
 * that is stored, backed up or logged lets anybody in. The token of forms is made from the same bytes, and nobody without the
 * cookie can make it.
 */
#pragma once

#include "state/scope.h"
#include "trust/login.h"
#include "trust/role.h"

#define SESSION_TOKEN 64 /* hexadecimal digits */

struct session {
	struct str person, role;    /* role: names with blanks between them */
	struct str language;        /* of the pages; empty: what the browser asks for */
	uint32_t rights;            /* bits of enum right, of all the roles */
	bool narrow;                /* sees some owners only (table scope) */
	bool account;               /* false: of the sample country, which has no accounts */
	int64_t opened, used, sure; /* sure: when password and code were given last; 0: with the link */
	struct str
	        lent; /* instruments for which it may bind the party by delegation, with blanks between them */
	struct str scope; /* of an API token: its routes, with blanks between them; p NULL: it is none */
	uint64_t token;   /* its id; 0: it is none */
	char csrf[SESSION_TOKEN + 1];
	char id[SESSION_TOKEN + 1]; /* as the store has it */
};

/* A token of the browser: 1, 0 if it opens nothing (any more). Texts live in the arena. */
int session_find(
        struct db *state, struct str token, int64_t now, struct arena *a, struct session *ret, struct err *e);
/* True if the party may be bound by it in that instrument: by a role, or because it was delegated. */
bool session_binds(const struct session *s, struct str instrument);
/* True if text is the session's token of forms. */
bool session_form_ok(const struct session *s, struct str text);
/* A new token; SHA-256 of one, in hexadecimal digits. */
void session_token(char ret[SESSION_TOKEN + 1]);
bool session_id(struct str token, char ret[SESSION_TOKEN + 1]);
/* True if password and code were given lately enough for what needs them. The sample country asks for none. */
bool session_is_sure(const struct session *s, int64_t now);

/* ---- tokens of the API --------------------------------------------------------------------------- */

/* "weir_" and 32 random bytes in base64url: a form that scanners for secrets know. */
#define TOKEN_TEXT 48 /* characters, without a NUL */
/* Rights that no token has, whatever its account may: what a second person or a password must stand behind. */
#define TOKEN_NEVER (RIGHT_APPROVE | RIGHT_PEOPLE | RIGHT_RELEASE | RIGHT_BIND)

/* bearer: what stands behind "Authorization: Bearer ". 1 found and *ret is as that of the account that it belongs to, less what
 * no token may; ret->scope: the routes that it is for. 0: there is none like that, or not any more. */
int session_of_token(struct db *state, struct str bearer, int64_t now, struct arena *a, struct session *ret,
        struct err *e);
/* True if it is no token, or one whose scope has that word or "all". */
bool session_scope_has(const struct session *s, struct str route);
/* A new one, and what is stored of one. */
void token_new(char ret[TOKEN_TEXT + 1]);
bool token_digest(struct str text, uint8_t ret[32]);
