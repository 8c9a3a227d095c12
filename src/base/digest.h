/* SPDX-License-Identifier: Apache-2.0
 *
 * SHA-256 (FIPS 180-4) in pieces.
 */
#pragma once

#include "base/str.h"

#define DIGEST_LEN 32

struct digest;
struct digest *digest_new(void);
void digest_add(struct digest *d, struct str bytes);
/* Ends it and gives its memory back. ret may be NULL: it is thrown away. d may be NULL. */
void digest_done(struct digest *d, uint8_t ret[DIGEST_LEN]);
/* Of the bytes so far; more may follow. */
void digest_peek(const struct digest *d, uint8_t ret[DIGEST_LEN]);
/* All at once. */
void digest_of(struct str bytes, uint8_t ret[DIGEST_LEN]);
/* HMAC-SHA256 (RFC 2104). */
void digest_hmac(struct str key, struct str bytes, uint8_t ret[DIGEST_LEN]);

#define DIGEST_SHA1 20
/* HMAC-SHA-1, which the second factor of logins is made of (RFC 4226), and nothing else. */
void digest_hmac_sha1(struct str key, struct str bytes, uint8_t ret[DIGEST_SHA1]);
/* SHA-1, which names of version 5 are made of (RFC 9562 5.5), and nothing else. */
void digest_sha1(struct str bytes, uint8_t ret[DIGEST_SHA1]);
