/* SPDX-License-Identifier: Apache-2.0
 *
 * The reader process: owns one input, one end of a socket pair and four slots, and dies with its report.
 */
#pragma once

#include "read/read.h"

/* What a reader is told. It gets to the reader as bytes (proc/job.h). */
struct reader_job {
	/* NULL: the report is looked at. A container that is sure is used all the same, and its parts go to
	 * this reader. */
	const struct reader *reader;
	bool sure_only; /* a report that no reader is sure of is refused (attachments of a mail) */
	bool sealed;    /* a part whose bytes are encrypted in its container's (struct reader) */
	struct read_options options;
	struct event_settings settings; /* zone is opened by the reader from options.timezone */
	uint32_t part;
	uint64_t receipt;
	uint32_t silence_ms; /* a reader that says nothing for so long is ended; 0: a minute */
};

/* FAIL with this code: no reader knows the report. */
#define READER_UNKNOWN 100

/* Never returns. slots: MESSAGE_SLOTS mappings of BATCH_SLOT bytes. memory: bytes of private writable memory that it
 * begins with; LIMIT_MEMORY is meant to be enough for what comes on top of them. */
void reader_main(const struct reader_job *job, int input, int sock, void *const *slots, uint64_t memory)
        __attribute__((noreturn));
