/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of test vectors: one JSON object.
 */
#pragma once

#include <jansson.h>

/* The object, the caller's (json_decref), or NULL after a sentence on standard error with the file's line. flags: jansson's. */
json_t *vectors_file(const char *path, size_t flags);
