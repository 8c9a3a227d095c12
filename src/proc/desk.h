/* SPDX-License-Identifier: Apache-2.0
 *
 * The desk: what people and scripts ask the node, over the control socket. HTTP over a unix socket, one thread.
 * It reads state.db and the days and changes neither; what is to be changed goes to the core. Who asks is known
 * from the socket: the kernel says which user is at its other end, and the mode of the socket says who may.
 */
#pragma once

#include "proc/serve.h"

struct census;
struct reach;

struct pages_plan;

/* listener: of the control socket; staff: of the pages, -1: none; plan: how these are served; census: what the processes cost;
 * core: its end of the pair. Returns an exit code. */
int desk_main(const struct serve_options *o, int listener, int staff, const struct pages_plan *plan,
        const struct census *census, int core);
/* What it may open (proc/reach.h): the state; outside of it only zones. */
struct reach *desk_files(const struct serve_options *o);
