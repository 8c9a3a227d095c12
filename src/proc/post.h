/* SPDX-License-Identifier: Apache-2.0
 *
 * The post: every connection that the node opens. It holds no database and knows only what it is told: a letter is
 * a descriptor, a recipient and a digest, which it computes again before the first byte leaves.
 */
#pragma once

#include "proc/serve.h"

struct reach;

/* core: its end of the pair. Returns an exit code. */
int post_main(const struct serve_options *o, int core);
/* What it may open (proc/reach.h): libraries' own, the configuration, what that names; nothing of the state. */
struct reach *post_files(const struct serve_options *o, const struct country *c);
