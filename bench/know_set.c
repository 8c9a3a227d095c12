/* SPDX-License-Identifier: Apache-2.0
 *
 * Lengths are drawn as the routing table of 2015 to today has them (half /24; for IPv6 almost half /48, a
 * quarter /32), one IPv4 prefix in fifty is a /25 to /32. Addresses cluster: a third of all /16 is used, and
 * inside them neighbours belong to the same owner more often than not, as allocations do.
 */
#include "know_set.h"

static unsigned length4(uint64_t r)
{
	unsigned p = (unsigned)(r % 1000);

	if (p < 520)
		return 24;
	if (p < 630)
		return 23;
	if (p < 740)
		return 22;
	if (p < 800)
		return 21;
	if (p < 860)
		return 20;
	if (p < 905)
		return 19;
	if (p < 930)
		return 18;
	if (p < 945)
		return 17;
	if (p < 970)
		return 16;
	if (p < 980)
		return 8 + (unsigned)(r / 1000 % 8);
	return 25 + (unsigned)(r / 1000 % 8);
}

static unsigned length6(uint64_t r)
{
	unsigned p = (unsigned)(r % 1000);

	if (p < 470)
		return 48;
	if (p < 700)
		return 32;
	if (p < 770)
		return 44;
	if (p < 830)
		return 40;
	if (p < 870)
		return 36;
	if (p < 900)
		return 29;
	if (p < 930)
		return 64;
	if (p < 990)
		return 33 + (unsigned)(r / 1000 % 15);
	return r / 1000 % 8 ? 56 : 128;
}

/* Distinct prefixes are kept apart by a hash set. */
struct set {
	const struct prefix *v;
	uint32_t *slot;
	size_t n;
};

static bool set_add(struct set *s, const struct prefix *p, uint32_t index)
{
	uint64_t h = str_hash(str_make((const char *)p, sizeof(*p)));

	for (size_t at = h & (s->n - 1);; at = (at + 1) & (s->n - 1)) {
		if (s->slot[at] == 0) {
			s->slot[at] = index + 1;
			return true;
		}
		if (memcmp(&s->v[s->slot[at] - 1], p, sizeof(*p)) == 0)
			return false;
	}
}

static struct prefix prefix4(uint64_t *seed)
{
	struct prefix p = {0};
	unsigned len = length4(mix(seed));
	uint32_t high = (uint32_t)(mix(seed) % 21000 * 0x9e3779b1u >> 16),
	         low = (uint32_t)(mix(seed) & 0xffff);
	uint32_t a = high << 16 | low;

	addr_from4(a & (UINT32_MAX << (32 - len)), &p.addr);
	p.len = (uint8_t)(96 + len);
	return p;
}

static struct prefix prefix6(uint64_t *seed)
{
	struct prefix p = {0};
	unsigned len = length6(mix(seed));
	/* 60,000 allocations of /32 in a dozen blocks of the registries. */
	static const uint16_t blocks[12] = {0x2001, 0x2400, 0x2401, 0x2402, 0x2403, 0x2405, 0x2600, 0x2604,
	        0x2800, 0x2804, 0x2a00, 0x2a02};
	uint64_t r = mix(seed) % 60000, low = mix(seed), x = mix(seed);
	uint16_t block = blocks[r % 12];

	p.addr.b[0] = (uint8_t)(block >> 8);
	p.addr.b[1] = (uint8_t)block;
	p.addr.b[2] = (uint8_t)(r * 0x9e37u >> 8);
	p.addr.b[3] = (uint8_t)(r * 0x9e37u);
	for (unsigned i = 4; i < 16; i++)
		p.addr.b[i] = (uint8_t)((i < 8 ? low : x) >> (i % 8 * 8));
	for (unsigned i = 0; i < 16; i++)
		p.addr.b[i] &= len >= 8 * i + 8 ? 0xff
		        : len <= 8 * i          ? 0
		                                : (uint8_t)(0xff00u >> (len - 8 * i));
	p.len = (uint8_t)len;
	return p;
}

static void fill(struct prefix *v, size_t n, uint64_t *seed, struct prefix (*make)(uint64_t *seed))
{
	struct set set = {.v = v, .n = 1024};

	while (set.n < 2 * n)
		set.n *= 2;
	set.slot = mem_zero(set.n, sizeof(*set.slot));
	for (size_t i = 0; i < n;) {
		v[i] = make(seed);
		i += set_add(&set, &v[i], (uint32_t)i);
	}
	free(set.slot);
}

void know_set_make(struct know_set *s, uint64_t seed, size_t n4, size_t n6, size_t owners)
{
	*s = (struct know_set){.n4 = n4, .n6 = n6, .owners = owners};
	s->v4 = mem_zero(n4, sizeof(*s->v4));
	s->v6 = mem_zero(n6, sizeof(*s->v6));
	s->owner4 = mem_zero(n4, sizeof(*s->owner4));
	s->asn6 = mem_zero(n6, sizeof(*s->asn6));
	fill(s->v4, n4, &seed, prefix4);
	fill(s->v6, n6, &seed, prefix6);
	for (size_t i = 0; i < n4; i++) {
		uint32_t block = addr_v4(&s->v4[i].addr) >> 14; /* the neighbourhood's owner, or anyone */
		uint64_t r = mix(&seed), near = (uint64_t)block * 0x9e3779b97f4a7c15u >> 20;
		s->owner4[i] = 1 + (uint32_t)((r % 4 ? near + r % 4 : r >> 8) % owners);
	}
	for (size_t i = 0; i < n6; i++)
		s->asn6[i] = 1 +
		        (uint32_t)((s->v6[i].addr.b[2] << 8 | s->v6[i].addr.b[3]) + mix(&seed) % 2 * 100000);
}

void know_set_done(struct know_set *s)
{
	free(s->v4);
	free(s->v6);
	free(s->owner4);
	free(s->asn6);
	*s = (struct know_set){0};
}

void know_set_add(const struct know_set *s, struct know_build *b)
{
	static const struct owners_place nowhere = {STR_INIT("set"), 1, 0};
	char id[16];

	for (size_t i = 0; i < s->owners; i++)
		owners_owner(&b->owners, str_make(id, (size_t)snprintf(id, sizeof(id), "o%zu", i)), &nowhere);
	for (size_t i = 0; i < s->n4; i++)
		*vec_add(&b->owners.prefix) = (struct owners_prefix){s->v4[i], s->owner4[i], 0, nowhere};
	for (size_t i = 0; i < s->n6; i++)
		know_build_route(b, &s->v6[i], s->asn6[i]);
}
