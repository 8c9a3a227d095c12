/* SPDX-License-Identifier: Apache-2.0
 *
 * The changes of all verbs, as one table. Each verb has its own, since none knows the others.
 */
#pragma once

#include "trust/change.h"

/* NULL: there is no such change. */
const struct change_row *verb_find(struct str name);
/* One after the other from 0; NULL behind the last. */
const struct change_row *verb_at(unsigned i);
