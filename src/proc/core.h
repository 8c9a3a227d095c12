/* SPDX-License-Identifier: Apache-2.0
 *
 * The core: the only process that writes. It holds state.db and the days, opens no socket, starts no process, and
 * asks for a reader for each report.
 */
#pragma once

#include "proc/serve.h"
#include "proc/tls.h"

/* Its ends of the pairs. */
struct core_pairs {
	int desk, post, fetch, readers, pgp, keeper, bodies, dial;
	int door;                         /* -1: there is none */
	const struct pages_plan *outside; /* where the door is */
};
/* What it says to "ready": that it is changing the tables of an older version, which takes as long as there is of them; that it
 * answers. */
#define CORE_CHANGES 'c'
#define CORE_READY '1'
/* Returns the exit code. */
int core_main(const struct serve_options *o, const struct core_pairs *pairs, int ready);
