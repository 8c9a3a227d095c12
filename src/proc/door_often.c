/* SPDX-License-Identifier: Apache-2.0
 *
 * A bucket for each address: full at first, one more a second. A table of a fixed size; where two addresses meet, the one that
 * was seen last has it, and the other one's is full again: who floods is held, and nobody is shut out by others.
 */
#include "base/vec.h"
#include "event/addr.h"
#include "proc/door_in.h"
#include <netinet/in.h>
#include <sodium.h>
#include <sys/socket.h>

#define BUCKETS 4096
#define FULL 60
#define SECOND ((int64_t)1000000)

struct bucket {
	uint64_t who; /* keyed hash of the address */
	int64_t since;
	unsigned left;
};
struct door_often {
	uint8_t key[crypto_shorthash_KEYBYTES];
	struct bucket v[BUCKETS];
};

struct door_often *door_often_new(void)
{
	struct door_often *o = mem_zero(1, sizeof(*o));

	randombytes_buf(o->key, sizeof(o->key));
	return o;
}

static uint64_t hash(const struct door_often *o, const struct sockaddr *from)
{
	uint8_t bytes[8] = {0}, out[crypto_shorthash_BYTES];
	uint64_t who;

	if (from->sa_family == AF_INET6)
		memcpy(bytes, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 8);
	else if (from->sa_family == AF_INET)
		memcpy(bytes, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
	crypto_shorthash(out, bytes, sizeof(bytes), o->key);
	memcpy(&who, out, sizeof(who));
	return who;
}

bool door_often_may(struct door_often *o, const struct sockaddr *from, int64_t now)
{
	uint64_t who = hash(o, from);
	struct bucket *b = &o->v[who % BUCKETS];

	if (b->who != who || b->since == 0)
		*b = (struct bucket){who, now, FULL};
	int64_t more = (now - b->since) / SECOND;
	if (more > 0) {
		b->left = more >= FULL ? FULL : b->left + (unsigned)more;
		b->left = b->left > FULL ? FULL : b->left;
		b->since += more * SECOND;
	}
	if (b->left == 0)
		return false;
	b->left--;
	return true;
}
