/* SPDX-License-Identifier: Apache-2.0
 *
 * What an owners file says against itself and against the world. Bad values are notes of reading it already
 * (owners.h); these are values that are good one by one.
 */
#pragma once

#include "event/suffix.h"
#include "know/know.h"
#include "know/owners.h"

struct know_check_with {
	const struct know *know;       /* countries of prefixes; NULL: not checked */
	const struct suffix *suffixes; /* NULL: not checked */
	char country[2]; /* home; zero: that of the owner who stands for one, if it is one only */
};

/* errors: somebody would be told wrongly or not at all. remarks: may be meant so. */
void know_check(const struct owners *o, const struct know_check_with *with, struct know_notes *errors,
        struct know_notes *remarks);
