/* SPDX-License-Identifier: Apache-2.0
 *
 * Files with texts that people agree on, for the commands that work on them without a node.
 */
#pragma once

#include "agree/text.h"
#include "base/err.h"

/* All of a file of at most limit bytes, in the arena. */
int agree_file_read(struct arena *a, const char *path, size_t limit, struct str *ret, struct err *e);
/* Takes it apart as an authentic text or, if that does not go, as a translation. *fault is that of the way that came further. */
bool agree_file_parse(struct arena *a, struct str bytes, struct agree_text *ret, struct agree_fault *fault);
/* Both. translation: it has to be one of that kind. A sentence with file, line and what to do. */
int agree_file_text(
        struct arena *a, const char *path, bool translation, struct agree_text *ret, struct err *e);
