/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"
#include "base/arena.h"
#include <gnutls/crypto.h>

struct digest {
	gnutls_hash_hd_t h;
};

struct digest *digest_new(void)
{
	struct digest *d = mem_zero(1, sizeof(*d));

	if (gnutls_hash_init(&d->h, GNUTLS_DIG_SHA256) != 0)
		abort();
	return d;
}

void digest_add(struct digest *d, struct str bytes)
{
	if (bytes.len > 0 && gnutls_hash(d->h, bytes.p, bytes.len) != 0)
		abort();
}

void digest_done(struct digest *d, uint8_t ret[DIGEST_LEN])
{
	uint8_t scratch[DIGEST_LEN];

	if (d == NULL)
		return;
	gnutls_hash_deinit(d->h, ret != NULL ? ret : scratch);
	free(d);
}

void digest_peek(const struct digest *d, uint8_t ret[DIGEST_LEN])
{
	gnutls_hash_hd_t copy = gnutls_hash_copy(d->h);

	if (copy == NULL)
		abort();
	gnutls_hash_deinit(copy, ret);
}

void digest_of(struct str bytes, uint8_t ret[DIGEST_LEN])
{
	if (gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes.p != NULL ? bytes.p : "", bytes.len, ret) != 0)
		abort();
}

void digest_hmac(struct str key, struct str bytes, uint8_t ret[DIGEST_LEN])
{
	if (gnutls_hmac_fast(
	            GNUTLS_MAC_SHA256, key.p, key.len, bytes.p != NULL ? bytes.p : "", bytes.len, ret) != 0)
		abort();
}

void digest_hmac_sha1(struct str key, struct str bytes, uint8_t ret[DIGEST_SHA1])
{
	if (gnutls_hmac_fast(GNUTLS_MAC_SHA1, key.p, key.len, bytes.p, bytes.len, ret) != 0)
		abort();
}

void digest_sha1(struct str bytes, uint8_t ret[DIGEST_SHA1])
{
	if (gnutls_hash_fast(GNUTLS_DIG_SHA1, bytes.p != NULL ? bytes.p : "", bytes.len, ret) != 0)
		abort();
}
