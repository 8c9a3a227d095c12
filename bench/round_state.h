/* SPDX-License-Identifier: Apache-2.0
 *
 * A round as large as one may be, as rows and files of a node: for the figure of its page.
 */
#pragma once

#include "state/state.h"

#define CLAUSES 500u
#define MEMBERS 50u
#define SAID 10u /* by each */
#define LANGUAGES 5u
#define START ((int64_t)1767600000)

extern const char *const round_langs[LANGUAGES];
/* Makes it in that folder; ends the process with a sentence if it cannot. */
struct db *round_state(const char *folder);
