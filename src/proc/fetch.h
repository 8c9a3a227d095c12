/* SPDX-License-Identifier: Apache-2.0
 *
 * Fetching feeds: a process of the post's kind of its own, so that a server that answers slowly holds no letter up. What it is
 * given goes into the spool under a token; the core decides whether it becomes a receipt.
 */
#pragma once

#include "proc/serve.h"

struct reach;

/* core: its end of the pair. Returns an exit code. */
int fetch_main(const struct serve_options *o, int core);
/* What it may open (proc/reach.h): libraries' own, the configuration, what that and its feeds name, and the spool. */
struct reach *fetch_files(const struct serve_options *o, const struct country *c);
