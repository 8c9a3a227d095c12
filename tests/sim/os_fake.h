/* SPDX-License-Identifier: Apache-2.0
 *
 * The fake of base/os.h, linked in place of os_real.c: a clock that stands until it is moved, dice from a seed,
 * and a disk that fails where the test says. Files are real ones in the test's folder.
 */
#pragma once

#include "base/os.h"

struct os_fake {
	int64_t now, ticks; /* microseconds */
	uint64_t seed;
	/* The step with this number (from 1) fails with code; 0: none does. All after it fail too if it is sticky. */
	uint64_t fail_at;
	int code;
	bool sticky;
	bool full;      /* there is no room for what is written */
	size_t longest; /* bytes that one write takes at most; 0: all */
	uint64_t steps; /* so far */
	uint64_t count[OS_CALLS];
	bool failed; /* a step has failed */
	/* Called for each step that does not fail, before it is done; NULL: nobody listens. */
	void (*seen)(void *arg, const struct os_step *step);
	void *arg;
};

/* The one of this process; tests set it as they like. */
extern struct os_fake os_fake;
void os_fake_reset(uint64_t seed);
