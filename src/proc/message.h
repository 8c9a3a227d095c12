/* SPDX-License-Identifier: Apache-2.0
 *
 * What a reader process and its parent say to each other: fixed messages of 64 bytes over a SOCK_SEQPACKET
 * pair. Longer things (batches, sentences, names) stand in a slot. Which side may say what is a table: a verb
 * that is not in the sender's row ends the conversation and the reader.
 */
#pragma once

#include "base/err.h"

enum verb {
	VERB_NONE,
	/* from the reader */
	VERB_BATCH, /* slot, len: a batch stands in the slot */
	VERB_PART,  /* slot, len: a part begins; its name stands in the slot, answered by GO or NO */
	VERB_WHOLE, /* all bytes of the part were written */
	VERB_END,   /* counts: the report was read to its end */
	VERB_FAIL, /* slot, len: it could not be read; the sentence stands in the slot. reader: one more than its index, 0:
	               none was chosen; at: the byte that it had come to */
	/* from the parent */
	VERB_FREE, /* slot: it may be used again */
	VERB_GO,   /* a descriptor comes with it: write the part's bytes there */
	VERB_NO,   /* nobody wants the part */
	VERB_DONE, /* the part was read; code 1: no reader was sure of it */
	VERB_LIMIT_END,
};

struct message {
	uint32_t verb, slot;
	uint32_t len;    /* bytes in the slot */
	uint32_t reader; /* END: index into the table of readers */
	union {
		uint64_t records; /* END */
		uint64_t at;      /* FAIL */
	};
	uint64_t with_events, asides, none, events; /* END */
	uint32_t code;                              /* FAIL: an err_code, negated; DONE */
	uint32_t partial;
};
_Static_assert(sizeof(struct message) == 64, "message");

#define MESSAGE_SLOTS 4

/* Sends one message, with a descriptor if fd >= 0. 0 or ERR_SYS. */
int message_send(int sock, const struct message *m, int fd, struct err *e);
/* Receives one: 1, 0 if the other side is gone, negative on failure. *ret_fd is -1 or a descriptor that the
 * caller closes; if ret_fd is NULL a descriptor that comes is closed. Messages of another size are
 * ERR_FORMAT. */
int message_receive(int sock, struct message *ret, int *ret_fd, bool wait, struct err *e);
bool message_from_reader(uint32_t verb);
bool message_from_parent(uint32_t verb);
