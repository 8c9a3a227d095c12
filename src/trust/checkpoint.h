/* SPDX-License-Identifier: Apache-2.0
 *
 * Checkpoints (C2SP tlog-checkpoint): a signed note that says how long a log is and what its root is. The log signs with a
 * key whose name is the log's origin; witnesses add cosignatures.
 */
#pragma once

#include "trust/note.h"
#include "trust/tree.h"

struct checkpoint {
	struct str origin;
	uint64_t size;
	uint8_t root[TREE_HASH];
	struct str more; /* lines of extensions, with their line feeds; signed and without meaning here */
};

/* The text of one. 0, or ERR_SYNTAX with a sentence. */
int checkpoint_parse(struct str text, struct checkpoint *ret, struct err *e);
/* The whole note, nothing verified. */
int checkpoint_read(struct str bytes, struct checkpoint *ret, struct note *ret_note, struct err *e);
/* Its text. */
void checkpoint_write(struct buf *out, struct str origin, uint64_t size, const uint8_t root[TREE_HASH]);

/* A decimal number without zeros in front, at most TREE_SIZE_MAX. */
bool checkpoint_size(struct str text, uint64_t *ret);
/* Lines of the base64 of hashes up to and with the empty line. *s is left behind it; false: something else stands there, or
 * more than TREE_PROOF lines. */
bool checkpoint_proof_read(struct str *s, struct tree_proof *ret);
void checkpoint_proof_write(struct buf *out, const struct tree_proof *proof);
