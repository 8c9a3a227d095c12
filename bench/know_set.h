/* SPDX-License-Identifier: Apache-2.0
 *
 * The made-up world of the look-up figures: prefixes of the lengths that the routing table has, clustered as
 * allocations are, and owners. Everything follows from one seed.
 */
#pragma once

#include "know/build.h"

struct know_set {
	struct prefix *v4, *v6;
	uint32_t *owner4, *asn6; /* per prefix; owners from 1 */
	size_t n4, n6, owners;
};

static inline uint64_t mix(uint64_t *s)
{
	uint64_t z = (*s += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* long_ones: also /25 to /32. Prefixes are distinct. */
void know_set_make(struct know_set *s, uint64_t seed, size_t n4, size_t n6, size_t owners);
void know_set_done(struct know_set *s);
/* Adds the first n4 IPv4 prefixes as owners' and all IPv6 prefixes as routes. */
void know_set_add(const struct know_set *s, struct know_build *b);
