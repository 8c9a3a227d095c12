/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside the attachments (blob.h): what its files do for each other.
 */
#pragma once

#include "link/blob.h"
#include "link/link_in.h"

#define BLOB_SECOND ((int64_t)1000000)

static inline struct str blob_str(const uint8_t sha256[DIGEST_LEN])
{
	return str_make((const char *)sha256, DIGEST_LEN);
}

/* SQL that is true if statement s with recipients t.recipients, which is of another party (me: ?3), has attachment a by its own
 * parties: its sender has brought the bytes, or others of its parties have who can have had them only for statements that its
 * sender has too. What came in a courier file that does not say who has packed it counts for all. */
#define BLOB_BY_PARTIES                                                                                      \
	"(select sum(f.size) from blob_from f where f.sha256 = a.sha256 and (f.party in ('', s.sender) or "  \
	"instr(' ' || t.recipients || ' ', ' ' || f.party || ' ') > 0 and not exists (select 1 from "        \
	"attachment oa join statement os on os.n = oa.statement join stream ot on ot.id = os.stream where "  \
	"oa.sha256 = a.sha256 and os.sender <> ?3 and (os.sender = f.party or instr(' ' || ot.recipients "   \
	"|| ' ', ' ' || f.party || ' ') > 0) and os.sender <> s.sender and instr(' ' || ot.recipients || "   \
	"' ', ' ' || s.sender || ' ') = 0))) >= a.size"

/* Its row, and whose statements lack it no longer. */
void blob_put(const struct link_self *self, const uint8_t sha256[DIGEST_LEN], uint64_t size);
/* The statements that lacked it lack it no longer, if it is theirs by blob_given; those that lack nothing now have their second
 * receipt due. */
void blob_complete(const struct link_self *self, const uint8_t sha256[DIGEST_LEN], uint64_t size);
/* What that link has brought, with all of this one, is what it may bring. */
bool blob_in_quota(const struct link_self *self, const struct blob_brought *b);
/* The bytes of that part by that party ('': on the disk, on their way), joined with those that it touches; how many there are; how
 * far they go from the beginning. */
void blob_add_bytes(const struct link_self *self, const struct blob_brought *b, struct str party);
uint64_t blob_bytes(const struct link_self *self, const struct blob_brought *b, struct str party);
uint64_t blob_shown(const struct link_self *self, struct str party, const uint8_t sha256[DIGEST_LEN]);
void blob_drop_bytes(const struct link_self *self, const uint8_t sha256[DIGEST_LEN], struct str party);
/* A part of one that is here and that a statement of its parties lacks: it is held against the bytes that are here. */
enum blob_word blob_show(const struct link_self *self, const struct blob_brought *b, struct err *e);
