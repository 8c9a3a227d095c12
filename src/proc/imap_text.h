/* SPDX-License-Identifier: Apache-2.0
 *
 * What an IMAP server answers (RFC 3501), read as what it is: bytes of somebody else. Each call works on one whole
 * answer, with its literals in place ("{3}\r\nabc"), allocates nothing but what it appends, and goes no deeper
 * than a loop. What is not of the form is said, never guessed. Of a mail's header there is as much here as sorting needs;
 * the mail itself is read in a reader.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

/* A literal at the end of a line of a FETCH answer: "... {123}\r\n" or with a "+". True with its length. */
bool imap_literal(struct str line, uint64_t *ret);
/* True for "* 12 FETCH ...": only these may have literals. */
bool imap_is_fetch(struct str answer);

struct imap_mail {
	uint32_t uid; /* 0: not said */
	bool has_size, has_body;
	uint64_t size;
	struct str body; /* of the one BODY[...] item, within the answer; empty for NIL */
};
/* 1, 0 if it is no answer to FETCH, ERR_SYNTAX with a sentence. Quoted texts stay with their escapes. */
int imap_fetch(struct str answer, struct imap_mail *ret, struct err *e);

typedef VEC(uint32_t) imap_uids;
/* Numbers of "* SEARCH ...": 1, 0 if it is something else, ERR_SYNTAX, ERR_LIMIT for more than max in all. */
int imap_search(struct str answer, size_t max, imap_uids *ret, struct err *e);
/* The number behind a code such as "[UIDVALIDITY 7]": false if there is none. */
bool imap_code(struct str answer, const char *name, uint32_t *ret);
/* True if the word stands in "* CAPABILITY ...". */
bool imap_has(struct str answer, const char *word);
/* A string in a command: quoted, with its escapes. The text has no control characters. */
void imap_quote(struct buf *to, struct str text);

/* The first field of that name, unfolded, with its encoded words (RFC 2047; UTF-8, ASCII and Latin 1) decoded, control
 * characters as blanks; nothing is appended if there is none. At most IMAP_FIELD bytes. */
#define IMAP_FIELD 2000
void imap_field(struct str header, const char *name, struct buf *ret);
/* The address in what stands behind "From:"; empty if there is none. */
struct str imap_address(struct str from);
