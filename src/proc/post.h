/* SPDX-License-Identifier: Apache-2.0
 *
 * The post: every connection that the node opens. It holds no database and knows only what it is told: a letter is
 * a descriptor, a recipient and a digest, which it computes again before the first byte leaves.
 */
#pragma once

#include "proc/serve.h"

/* core: its end of the pair. Returns an exit code. */
int post_main(const struct serve_options *o, int core);
