/* SPDX-License-Identifier: Apache-2.0
 *
 * What stands behind a word about a commitment (agree.progress): a file, such as a document or the record of a drill, by its digest
 * among the attachments; a link; and the figure of the commitment's indicator as the node of its party measured it when that was
 * said. Digests are the member evidence of the formats; link and measured are members beside it, which who does not know them
 * keeps and ignores:
 *
 *   "evidence":["SHA-256"], "link":"https://...", "measured":{"figure":"case-ack-hours","value":"3.5","unit":"h","of":12,"at":"..."}
 */
#pragma once

#include "agree/round.h"
#include "trust/change.h"

#define EVIDENCE_MAX ((size_t)16 << 20)

struct agree_evidence {
	int64_t said; /* seconds: of the statement */
	/* one of these: */
	bool file;
	uint8_t sha256[DIGEST_LEN];
	struct str name;
	struct str link;
	struct str figure, value, unit; /* figure is not empty */
	int64_t at;                     /* seconds: when it was measured */
};
/* Of one agree.progress, added to ret, which has room places from n on; the new n. */
unsigned evidence_of(struct item body, int64_t said, struct agree_evidence *ret, unsigned n, unsigned room);

/* The file whose digest begins so, of all that the parties of a round have said about their commitments. ERR_MISSING; ERR_VALUE: several
 * do, and 8 digits are soon made alike. */
int evidence_find(
        const struct said *said, size_t n, struct str of, struct agree_evidence *ret, struct err *e);

/* Of the change agree-progress: its file, parameters evidence-link and evidence-figure. commitment: the body that it is about. */
int evidence_put(struct change *c, const struct item *commitment, struct buf *members, struct err *e);
