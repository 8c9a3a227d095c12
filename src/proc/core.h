/* SPDX-License-Identifier: Apache-2.0
 *
 * The core: the only process that writes. It holds state.db and the days, opens no socket, starts no process, and
 * asks for a reader for each report.
 */
#pragma once

#include "proc/serve.h"

/* Its ends of the pairs. */
struct core_pairs {
	int desk, post, fetch, readers, pgp, keeper, bodies, dial;
};
/* ready: written to once it answers. Returns the exit code. */
int core_main(const struct serve_options *o, const struct core_pairs *pairs, int ready);
