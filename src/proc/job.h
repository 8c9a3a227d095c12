/* SPDX-License-Identifier: Apache-2.0
 *
 * From a feed's file to what its reader is told, and that as bytes: the reader is forked from a process that has
 * never seen the feed.
 */
#pragma once

#include "base/vec.h"
#include "proc/reader.h"
#include "read/feed.h"

/* Sets what the feed says; the rest of *job stays. The feed must outlive the job. */
void job_for_feed(struct reader_job *job, const struct feed_file *f);
/* Appends the job. The bytes are for the same program only, on the same machine. */
void job_pack(const struct reader_job *job, struct buf *b);
/* ERR_FORMAT if the bytes are no job of this program. Its strings are the bytes' own, its tables the arena's. */
int job_unpack(struct str bytes, struct arena *a, struct reader_job *ret, struct err *e);
