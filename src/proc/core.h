/* SPDX-License-Identifier: Apache-2.0
 *
 * The core: the only process that writes. It holds state.db and the days, opens no socket, and starts a reader
 * for each report.
 */
#pragma once

#include "proc/serve.h"

/* desk, post, fetch: its ends of the pairs; ready: written to once it answers. Returns the exit code. */
int core_main(const struct serve_options *o, int desk, int post, int fetch, int ready);
