/* SPDX-License-Identifier: Apache-2.0
 *
 * The process that starts readers. It is forked before anything is known that a report may not see, does what all
 * readers need only once (tables of charsets, the libraries' own), and then forks itself for each job. So a reader's
 * memory holds the program and its report, and nothing of the register, the rules, the findings or other reports.
 *
 * A job is one message with its descriptors (READERS_FDS). Each reader has a control channel between this process and
 * who asked: on it come limits and the word to end it, back goes how it ended. When the other side of a control channel
 * is gone, so is the reader; when this process dies, all its readers die with it and who asked sees the channel close.
 */
#pragma once

#include "base/err.h"
#include <sys/types.h>

/* Descriptors of a job, in this order. Behind the slots stand the bytes of the job (job_pack). */
enum { READERS_INPUT, READERS_CHANNEL, READERS_CONTROL, READERS_SLOTS, READERS_FDS };

/* What one message of the job says. */
struct readers_job {
	uint64_t job_len;     /* bytes behind the slots */
	uint64_t cpu_seconds; /* processor time that the reader may use */
};

/* On the control channel. */
enum readers_verb {
	READERS_NONE,
	READERS_LIMIT,   /* from who asked; value: seconds of processor time in all */
	READERS_KILL,    /* from who asked */
	READERS_ENDED,   /* the last word; status: as wait(2) has it; value: microseconds of processor time */
	READERS_REFUSED, /* the last word: there is none; status: errno */
};
struct readers_word {
	uint32_t verb;
	int32_t status;
	uint64_t value;
};

/* Readers that live at a time; more are refused. */
#define READERS_MOST 64

struct reach;
/* What it and its readers may open (proc/reach.h): libraries' own and /proc. */
struct reach *readers_files(void);
/* Runs until nobody holds the other end of sock any more. Keeps only sock and standard error. Returns an exit code. */
int readers_main(int sock);

/* One for a command. */
struct readers {
	int sock; /* for reader_start */
	pid_t pid;
};
/* To be called before the command opens anything. */
int readers_open(struct readers *ret, struct err *e);
/* Ends it and waits for that. */
void readers_close(struct readers *r);
#define auto_readers __attribute__((cleanup(readers_close)))
