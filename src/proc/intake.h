/* SPDX-License-Identifier: Apache-2.0
 *
 * The parent's side of reading: one jailed process per report and per part of an archive or mail, batches
 * copied out of the slot and then checked, in the order of the report.
 */
#pragma once

#include "proc/reader.h"

struct intake_part {
	uint32_t number;             /* 0 is the report itself */
	struct str label;            /* "FILE" or "FILE/PART", for sentences; harmless on a terminal */
	const struct reader *reader; /* known from the first batch on */
};

struct intake_counts {
	uint64_t records, with_events, asides, none, events, partial;
	uint32_t parts, failed; /* of failed: parts that could not be read */
};

/* What the caller does with what comes. A negative return stops the intake with that code. */
struct intake_sink {
	int (*batch)(void *arg, const struct intake_part *part, const struct batch *b, struct err *e);
	/* A part could not be read as a whole; sentence without the label. unknown: no reader knew it. May be
	 * NULL. */
	void (*failed)(void *arg, const struct intake_part *part, const char *sentence, bool unknown);
	void *arg;
};

/* Reads one report from fd (not closed). name: as the sender named it, for the reader and for sentences. job
 * is copied; its options.name and part are set here. Returns 0 if the report as a whole could be read, else a
 * code; the sentences went to failed. ret may be NULL. */
int intake_read(int fd, struct str label, const struct reader_job *job, const struct intake_sink *sink,
        struct intake_counts *ret, struct err *e);

/* A path: a file, "-" for standard input, "fd:N:NAME" for a descriptor that is open already, or a folder,
 * which is a MISP feed and whose events are read one by one. */
int intake_path(const char *path, const struct reader_job *job, const struct intake_sink *sink,
        struct intake_counts *ret, struct err *e);
