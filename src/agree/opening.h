/* SPDX-License-Identifier: Apache-2.0
 *
 * The opening of a round as its receiver checks it: who may take part, whether the manifest is one, and whether the texts that
 * came are those that it names. Two answers, because they come at different times: the statement first, its files later.
 *
 * Pure.
 */
#pragma once

#include "agree/manifest.h"
#include "agree/text.h"
#include "trust/body.h"
#include "trust/statement.h"

struct opening_file {
	uint8_t sha256[DIGEST_LEN]; /* of bytes; found by whoever gives them */
	struct str bytes;
};

/* True: the statement is the opening of the round of that manifest. h and body: of the agree.open. NULL, or what is wrong, a
 * literal whose first word is the member or the line that it is about. */
const char *opening_wrong(const struct head *h, const struct item *body, const struct manifest *m);

struct opening_text {
	bool there;               /* its file is here */
	struct agree_text text;   /* of there, without fault */
	struct agree_fault fault; /* why is NULL: none */
};
/* Reads each text of the manifest out of the files, in its order; ret has m->texts places. True: all are here, without fault, and
 * the translations run parallel to the authentic text, so a receipt may say that the opening is complete. */
bool opening_texts(struct arena *a, const struct manifest *m, const struct opening_file *files, unsigned n,
        struct opening_text *ret);
