/* SPDX-License-Identifier: Apache-2.0 */
#include "os_fake.h"
#include <errno.h>

struct os_fake os_fake;

void os_fake_reset(uint64_t seed)
{
	/* 2026-01-05 00:00:00 UTC */
	os_fake = (struct os_fake){.now = 1767571200000000, .ticks = 1000000, .seed = seed};
}

int64_t os_now(void)
{
	return os_fake.now;
}

int64_t os_ticks(void)
{
	return os_fake.ticks;
}

void os_random(void *buf, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint64_t z = os_fake.seed += 0x9e3779b97f4a7c15u;
		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
		((unsigned char *)buf)[i] = (unsigned char)(z >> 40);
	}
}

int os_step(struct os_step *step)
{
	uint64_t n = ++os_fake.steps;

	os_fake.count[step->call]++;
	if (os_fake.fail_at != 0 && (n == os_fake.fail_at || (os_fake.sticky && n > os_fake.fail_at))) {
		os_fake.failed = true;
		return os_fake.code;
	}
	if (step->call == OS_WRITE && os_fake.full) {
		os_fake.failed = true;
		return ENOSPC;
	}
	if (step->call == OS_WRITE && os_fake.longest != 0 && step->len > os_fake.longest)
		step->len = os_fake.longest;
	if (os_fake.seen != NULL)
		os_fake.seen(os_fake.arg, step);
	return 0;
}
