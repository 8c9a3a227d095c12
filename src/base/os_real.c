/* SPDX-License-Identifier: Apache-2.0
 *
 * What a test replaces: the clock, the dice, and the say over each step to the disk. It has no state.
 */
#include "base/os.h"
#include <errno.h>
#include <sys/random.h>
#include <time.h>

static int64_t clock_us(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts) != 0)
		abort();
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t os_now(void)
{
	return clock_us(CLOCK_REALTIME);
}

int64_t os_ticks(void)
{
	return clock_us(CLOCK_BOOTTIME);
}

void os_random(void *buf, size_t len)
{
	for (size_t at = 0; at < len;) {
		ssize_t n = getrandom((char *)buf + at, len - at, 0);
		if (n < 0 && errno != EINTR)
			abort();
		at += n > 0 ? (size_t)n : 0;
	}
}

int os_step(struct os_step *step)
{
	(void)step;
	return 0;
}
