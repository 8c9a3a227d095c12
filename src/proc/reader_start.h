/* SPDX-License-Identifier: Apache-2.0
 *
 * A reader at the side that asked for it (proc/readers.h has the other).
 */
#pragma once

#include "proc/message.h"
#include "proc/reader.h"

struct reader_handle {
	int sock;    /* its channel; never waited on without poll */
	int control; /* of the process that starts readers */
	char *slots[MESSAGE_SLOTS];
	size_t mapped;
};

enum reader_fate {
	READER_ENDED,
	READER_LATE,    /* it did not end by itself and was ended */
	READER_REFUSED, /* it was never started */
	READER_GONE,    /* the process that starts readers died, and all readers with it */
};

struct reader_end {
	enum reader_fate fate;
	int status;         /* as wait(2) has it; READER_REFUSED: errno */
	uint64_t cpu_micro; /* processor time that it used; 0 if that is not known */
};

/* Asks the process at the other end of readers for a reader of input, which stays the caller's. That a job was sent does
 * not mean that a reader runs: reader_end says. */
int reader_start(int readers, const struct reader_job *job, int input, uint64_t cpu_seconds,
        struct reader_handle *ret, struct err *e);
/* It may use so much processor time in all. */
void reader_allow(struct reader_handle *h, uint64_t cpu_seconds);
/* Waits for its end, and gives what belongs to it back. now: it is ended at once; else it gets two seconds to do it by
 * itself, so that its signal says why. */
void reader_end(struct reader_handle *h, bool now, struct reader_end *ret);
