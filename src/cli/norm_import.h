/* SPDX-License-Identifier: Apache-2.0
 *
 * A list of further actions for norms, as a file: CSV with the columns list, norm and action, or YAML:
 *
 *   list: checklist-2024
 *   actions:
 *     gge2015.a: one action
 *     gge2015.h: [one, another]
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

struct norm_import_row {
	struct str list, norm, action; /* in the arena, without line feeds */
	unsigned line;
};
struct arena;
/* path: for sentences, and its end says what it is (.yaml, .yml, .csv). list: where the file says none, empty if not given.
 * 0, or ERR_VALUE and "FILE:LINE: FIELD: sentence". *ret_v: *ret_n rows in the arena. */
int norm_import_read(struct arena *a, const char *path, struct str list, struct norm_import_row **ret_v,
        unsigned *ret_n, struct err *e);
