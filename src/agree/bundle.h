/* SPDX-License-Identifier: Apache-2.0
 *
 * A round in one file, for somebody who was not there: key lists, the statements with the opening first, proofs out of the
 * logs of their senders, and the files: manifest, texts, certificate. agree_bundle_write puts it together out of bytes that are at
 * hand; what stands in one is proven by cli/agree_bundle.h, with nothing but keys.
 *
 * Pure. Nothing goes into a bundle that its reader could not prove, so that one changed byte anywhere is found.
 */
#pragma once

#include "agree/opening.h"
#include "agree/round.h"
#include "form/container.h"

struct agree_bundle {
	const struct str *list; /* notes of key lists of the parties and of witnesses, of now and of then */
	size_t lists;
	const struct str *statement; /* whole; the agree.open of the round first */
	size_t statements;
	const struct str *proof; /* tlog-proofs, extra is the id of their statement */
	size_t proofs;
	const struct opening_file *file; /* manifest, texts, certificate, other attachments */
	size_t files;
};
/* Appends the container. Lines of cosignatures whose keys are in none of the lists are left out of proofs: nobody could verify
 * them. 0, or ERR_VALUE with a sentence that says which part is none, and nothing is appended. */
int agree_bundle_write(const struct agree_bundle *b, struct buf *out, struct err *e);

/* ---- reading ------------------------------------------------------------------------------------- */

/* Takes a statement apart as a round has it, without looking at its signature. bytes: one whole statement; what is returned points
 * into it and, the body, into the arena. NULL, or what is wrong, a literal. ret_s and ret_h may be NULL. */
const char *said_read(
        struct arena *a, struct str bytes, struct said *ret, struct statement *ret_s, struct head *ret_h);
/* The agree.open of the manifest; NULL: none. */
const struct said *said_open(const struct said *said, size_t n, const struct manifest *m);
