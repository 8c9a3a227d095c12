/* SPDX-License-Identifier: Apache-2.0
 *
 * The clock of the four sample countries: that of this machine and some seconds more or less, which stand in a file that all of their
 * processes have mapped. play.py builds it and lays it under the programs (LD_PRELOAD). Weir knows nothing of it: nobody is served at a
 * shorter notice than 24 hours for silence to count, and whoever plays such a day in a minute needs another clock, not another rule.
 *
 * Time that passes (CLOCK_MONOTONIC) stays what it is.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *ahead; /* seconds; NULL: no such file */
static int (*real)(clockid_t, struct timespec *);

/* Before any process puts itself into its sandbox: what is mapped then is inherited. */
__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("REGION_CLOCK");
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *at = fd >= 0 ? mmap(NULL, sizeof(*ahead), PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;

	if (fd >= 0)
		close(fd);
	ahead = at != MAP_FAILED ? at : NULL;
}

int clock_gettime(clockid_t id, struct timespec *t)
{
	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	int rc = real(id, t);

	if (rc == 0 && ahead != NULL && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
		t->tv_sec += *ahead;
	return rc;
}

int gettimeofday(struct timeval *restrict ret, void *restrict zone)
{
	struct timespec t;

	(void)zone;
	if (clock_gettime(CLOCK_REALTIME, &t) != 0)
		return -1;
	*ret = (struct timeval){t.tv_sec, t.tv_nsec / 1000};
	return 0;
}

time_t time(time_t *ret)
{
	struct timespec t;

	if (clock_gettime(CLOCK_REALTIME, &t) != 0)
		return (time_t)-1;
	if (ret != NULL)
		*ret = t.tv_sec;
	return t.tv_sec;
}
