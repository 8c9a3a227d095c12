/* SPDX-License-Identifier: Apache-2.0
 *
 * From a feed's file to what its reader is told.
 */
#pragma once

#include "proc/reader.h"
#include "read/feed.h"

/* Sets what the feed says; the rest of *job stays. The feed must outlive the job. */
void job_for_feed(struct reader_job *job, const struct feed_file *f);
