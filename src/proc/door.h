/* SPDX-License-Identifier: Apache-2.0
 *
 * The door: what others reach. HTTP over TLS 1.3, one thread. It reads the shelf (exit/shelf.h) and can open nothing else: no
 * state, no report, no configuration. What comes in goes to the core as fixed messages, each with a deadline, and the core checks
 * all of it again. Who comes is unknown, or known by the key of his certificate alone.
 */
#pragma once

#include "proc/serve.h"
#include "proc/tls.h"

struct reach;

/* listener: its socket; plan: how it is served; core: its end of the pair. Returns an exit code. */
int door_main(const struct serve_options *o, int listener, const struct pages_plan *plan, int core);
/* What it may open (proc/reach.h): the shelf, to read; a source of randomness. */
struct reach *door_files(const char *state);
