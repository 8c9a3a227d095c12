/* SPDX-License-Identifier: Apache-2.0
 *
 * The reader process: owns one input, one end of a socket pair and four slots, and dies with its report.
 */
#pragma once

#include "read/read.h"

/* What a reader is told. Lives in the parent; the child sees it through fork. */
struct reader_job {
	const struct reader *reader; /* NULL: the report is looked at */
	bool sure_only; /* a report that no reader is sure of is refused (attachments of a mail) */
	struct read_options options;
	struct event_settings settings; /* zone is opened by the child from options.timezone */
	uint32_t part;
	uint64_t receipt;
};

/* FAIL with this code: no reader knows the report. */
#define READER_UNKNOWN 100

/* Never returns. slots: MESSAGE_SLOTS mappings of BATCH_SLOT bytes. */
void reader_main(const struct reader_job *job, int input, int sock, void *const *slots)
        __attribute__((noreturn));
