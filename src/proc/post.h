/* SPDX-License-Identifier: Apache-2.0
 *
 * The post: every connection that the node opens. It holds no database and knows only what it is told: a letter is
 * a descriptor, a recipient and a digest, which it computes again before the first byte leaves.
 */
#pragma once

#include "proc/serve.h"

struct files;

/* core: its end of the pair. Returns an exit code. */
int post_main(const struct serve_options *o, int core);
/* What it may open (proc/files.h): libraries' own, the configuration, what that names; nothing of the state. */
struct files *post_files(const struct serve_options *o, const struct country *c);
