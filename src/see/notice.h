/* SPDX-License-Identifier: Apache-2.0
 *
 * Letters: opened while a chunk is committed, sealed when their time has come, and what became of them. A letter is
 * decided once: with its first finding it gets its number and its Message-ID, and both stay.
 *
 *   due        more findings of the class are added until send_at has come and the report is read to its end
 *   held       sealed; waits for a person (mail: mode: hold, or the exit refused it)
 *   ready      sealed; its bytes lie in letters/TICKET.eml; waits for the mail server
 *   sent       the mail server took it; its findings are told
 *   refused    the mail server refused it for good
 *   withdrawn  taken back before it went
 */
#pragma once

#include "see/node.h"
#include "state/receipt.h"

/* Rows of one letter; what is more goes into another. */
#define NOTICE_ROWS 5000

/* Letters that were found while one chunk is at hand: asking the table for each finding would cost more than the
 * row. Empty it when the transaction begins. */
struct notice_cache {
	struct {
		uint64_t notice;
		uint32_t contact, digest, findings;
		uint16_t type;
	} v[512];
};

struct notice_about {
	const struct verdict *verdict;
	enum event_type type;
	uint64_t finding, receipt, root, event;
	int64_t received;
};
/* Adds a finding to the letters of all contacts of its verdict; in the transaction that is open. Nothing if nobody is
 * to be told. */
void notice_add(struct node *n, struct notice_cache *cache, const struct notice_about *about);

/* Seals letters whose time has come, some at a time: *ret says how many. *ret_next: when to look again
 * (microseconds, as os_now), INT64_MAX if nothing is due. Negative: the disk. */
int notice_seal(struct node *n, unsigned *ret, int64_t *ret_next, struct err *e);

/* Path of a sealed letter. ret has NODE_PATH bytes. */
void notice_path(const struct node *n, struct str ticket, char *ret);
/* The next letter for the mail server: 1, 0 if there is none, or a code. Texts in the arena. */
struct notice_ready {
	uint64_t id;
	struct str ticket, to;
	uint8_t sha256[32];
	unsigned tries;
};
int notice_next(struct node *n, uint64_t after, struct arena *a, struct notice_ready *ret, struct err *e);
/* What the mail server said: code of SMTP (250 taken, 4xx later, 5xx refused; 0: it could not be reached). */
int notice_answer(struct node *n, uint64_t notice, unsigned code, struct str text, struct err *e);

/* When a digest goes next after now; day 1 Monday to 7 Sunday, 8 every day. */
int64_t notice_digest(const struct zone *zone, int64_t now, unsigned day, unsigned minute);
