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
	uint32_t parts, failed;      /* of failed: parts that could not be read */
	const struct reader *reader; /* of the report itself; NULL: none took it */
	const struct reader
	        *gave_up;    /* the report itself: on which reader it failed, as that says; NULL: on none */
	uint64_t gave_up_at; /* the byte that it had come to */
};

enum intake_failure {
	INTAKE_UNREAD,  /* it is not what it should be, or costs too much */
	INTAKE_UNKNOWN, /* no reader knew it */
	INTAKE_KILLED,  /* the reader was ended from outside, or not started: it may work another time */
};

/* What all readings that belong together may cost. */
struct intake_budget {
	uint32_t parts;     /* begun */
	uint64_t cpu_micro; /* used by readers that have ended */
	uint64_t rows;      /* events and records set aside */
};

/* What the caller does with what comes. A negative return stops the intake with that code. */
#define INTAKE_WAKES 4

struct intake_sink {
	int (*batch)(void *arg, const struct intake_part *part, const struct batch *b, struct err *e);
	/* A part could not be read as a whole; sentence without the label. May be NULL. */
	void (*failed)(
	        void *arg, const struct intake_part *part, const char *sentence, enum intake_failure why);
	void *arg;
	/* What batch has put off is done now: the reader is not ahead, or says something else, or somebody waits. A negative
	 * return as there. May be NULL. */
	int (*flush)(void *arg, struct err *e);
	/* May be NULL: parts are read here, nested. Else they are the caller's: he reads fd, which stays the
	 * intake's, to its end, and keeps the bytes. 0 or a negative code. number: of the part in its container,
	 * from 1. The container waits. Of a sealed part nothing comes out of fd: the caller has the container's bytes. */
	int (*part)(void *arg, const struct reader_job *job, struct str label, uint32_t number, int fd,
	        struct err *e);
	/* Behind it. whole: the container is alive and says that this was all of the part; else the bytes are
	 * good for nothing. 0, 1 if no reader was sure of it where job->sure_only asked for that, or a negative
	 * code. */
	int (*part_end)(void *arg, const struct reader_job *job, bool whole, struct err *e);
	unsigned depth; /* containers around this report */
	/* While a reader is waited for: called when one of wake_fd can be read, of which negative ones are none; what was taken is
	 * flushed before. wake NULL: nothing is. */
	void (*wake)(void *arg);
	int wake_fd[INTAKE_WAKES];
	struct intake_budget *budget; /* shared with other readings; NULL: its own */
	int readers;                  /* channel of the process that starts readers (proc/readers.h) */
};

/* Reads one report from fd (not closed). label: for sentences; job->options.name: as the sender named it. job
 * is copied; its part is set here. Returns 0 if the report as a whole could be read, READER_UNKNOWN if no reader
 * was sure of it and that was asked for, else a code; the sentences went to failed. ret may be NULL. */
int intake_read(int fd, struct str label, const struct reader_job *job, const struct intake_sink *sink,
        struct intake_counts *ret, struct err *e);

/* A path: a file, "-" for standard input, "fd:N:NAME" for a descriptor that is open already, or a folder,
 * which is a MISP feed and whose events are read one by one. */
int intake_path(const char *path, const struct reader_job *job, const struct intake_sink *sink,
        struct intake_counts *ret, struct err *e);
