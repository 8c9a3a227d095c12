/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of faults play: a node takes reports in and reads them to their end, all in this process, with a
 * reader that has no process of its own. Whatever is cut off is played again until nothing is left; then the whole
 * state is told as text, the same for the same reports, however often it was cut off.
 */
#pragma once

#include "base/vec.h"
#include "os_fake.h"
#include "see/notice.h"
#include "see/see.h"

#define STORY_REPORTS 3

struct story {
	const char *folder;
	const char *conf; /* the country's folder; NULL: the sample */
	const char *
	        no; /* addresses that the mail server refuses for good, separated by blanks; NULL: it takes all */
	struct node node;
	bool open;
	bool promised[STORY_REPORTS]; /* accepted, as far as the deliverer knows */
	bool refused;
	uint64_t answered;       /* a letter that the server took and the node has not written down yet */
	bool away;               /* the mail server cannot be reached */
	struct clock_said clock; /* what the last look at the clock said */
	struct buf sent;         /* a line "TICKET sha256" for each letter that the mail server took */
};

/* A name of a folder that is not there, in memory where there is such a place. */
void story_folder(const char *name, char *ret, size_t size);
void story_make(struct story *s, const char *folder);
/* Opens the node if it is not open. */
int story_open(struct story *s, struct err *e);
/* A report of such lines comes in under that number and is read. */
int story_take(struct story *s, uint8_t number, struct str lines, struct err *e);
/* Bytes lie in the spool under that token, as a deliverer leaves them. */
int story_spool(struct story *s, const uint8_t token[RECEIPT_TOKEN], struct str bytes, struct err *e);
/* What was accepted is read to its end; a report that begins with "BROKEN" is set aside. */
int story_read(struct story *s, struct err *e);
/* What was read is read again, by a better reader; what is left of the first editions goes. */
int story_reread(struct story *s, struct err *e);
/* What has come due is done: findings looked at again, letters sealed and sent. */
int story_work(struct story *s, struct err *e);
/* Once through what is left to do. 0: all is done; negative: it was cut off. */
int story_play(struct story *s, struct err *e);
/* Letters that the server took more than once; each time with the same bytes, which is asserted. Forgets them. */
unsigned story_repeats(struct story *s);
/* As if the process had ended. */
void story_end(struct story *s);
/* Receipts, findings, letters and events as lines. Opens the node afresh. */
void story_tell(const char *folder, struct buf *ret);
/* The first line that differs, in words. */
void story_differ(struct str got, struct str wanted, char *ret, size_t size);
/* Removes a folder with all that is in it. */
void story_remove(const char *folder);
