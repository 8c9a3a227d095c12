/* SPDX-License-Identifier: Apache-2.0
 *
 * The sieve of a chunk: a few bytes that tell for sure that an address or a name is not in it, so that a search of a day
 * that has no index opens few chunks. It is written with its chunk.
 *
 * Keys are sums of 64 bits: of the whole address and of its /16 and /24 (IPv6: /32, /48 and /64), of a name and of each of
 * its parents. A prefix is asked for by the longest of these that holds it; where there is none, or where it also holds
 * what stands for no address, the sieve cannot tell. It is a Bloom filter in blocks of 32 bytes, one bit in each of a
 * block's eight words, ten bits a key: of chunks without the key, one in sixty or so is looked through in vain.
 *
 *   crc u32     crc32c of what follows
 *   keys u32    how many
 *   blocks      32 bytes each; a chunk without keys has none
 */
#pragma once

#include "event/batch.h"

struct sieve; /* makes one after the other */

struct sieve *sieve_new(void);
void sieve_free(struct sieve *s);
/* Of a batch that batch_open accepted; touches nothing but s. */
void sieve_make(struct sieve *s, const struct batch *b);
/* What was made last, valid until the next is made. p NULL: it had more keys than a sieve is made for. */
struct str sieve_bytes(const struct sieve *s);

struct sieve_ask {
	uint64_t keys[2];
	unsigned n; /* 0: a sieve cannot tell */
};
/* An address in the prefix (NULL: not asked) and a name that is this one or lies below (empty: not asked). */
struct sieve_ask sieve_ask(const struct prefix *prefix, struct str name);
/* 1: the chunk may have all of it; 0: it has not; ERR_FORMAT: the bytes are damaged. */
int sieve_may(struct str bytes, const struct sieve_ask *a, struct err *e);
/* True if the prefix holds addresses of both kinds, or what stands for none: no index and no sieve knows of it. */
bool sieve_is_wide(const struct prefix *p);
