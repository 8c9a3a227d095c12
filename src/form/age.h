/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of age (C2SP age, v1) with X25519 recipients: what a courier carries. The stock tool opens what is sealed here and
 * the other way round. The primitives are libsodium's; HKDF (RFC 5869) is two calls of HMAC.
 *
 * Both ways go piece by piece and hold one chunk of 64 KiB. What comes out of an opened file is authentic, but only its end
 * says that nothing was cut off: age_open_end.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

#define AGE_KEY 32
#define AGE_FILE_KEY 16
#define AGE_NONCE 16
#define AGE_CHUNK 65536
#define AGE_RECIPIENTS 20 /* of one file */
#define AGE_HEADER_MAX 65536

/* ---- keys as text -------------------------------------------------------------------------------- */

#define AGE_TEXT 96 /* with a NUL */
/* "age1..." of a public key and "AGE-SECRET-KEY-1..." of a secret one (Bech32, BIP 173). */
void age_recipient_print(const uint8_t public[AGE_KEY], char ret[AGE_TEXT]);
void age_identity_print(const uint8_t secret[AGE_KEY], char ret[AGE_TEXT]);
bool age_recipient_read(struct str text, uint8_t ret[AGE_KEY]);
bool age_identity_read(struct str text, uint8_t ret[AGE_KEY]);

/* ---- sealing ------------------------------------------------------------------------------------- */

/* What a file draws at random. */
struct age_random {
	uint8_t file_key[AGE_FILE_KEY], nonce[AGE_NONCE];
	uint8_t ephemeral[AGE_RECIPIENTS][AGE_KEY];
};

struct age_seal;
/* Writes the header for 1 to AGE_RECIPIENTS keys. random NULL: drawn here, as it has to be but for tests. NULL with a
 * sentence if a key is none that can be sealed for. */
struct age_seal *age_seal_new(const uint8_t (*recipient)[AGE_KEY], unsigned n,
        const struct age_random *random, struct buf *out, struct err *e);
void age_seal_add(struct age_seal *s, struct str plain, struct buf *out);
/* Writes the last chunk and gives the memory back. */
void age_seal_end(struct age_seal *s, struct buf *out);

/* ---- opening ------------------------------------------------------------------------------------- */

/* Bytes of the plain text, in order; negative stops the reading. */
typedef int age_sink(void *arg, struct str plain, struct err *e);

struct age_open;
/* With n secret keys, which are copied. */
struct age_open *age_open_new(const uint8_t (*secret)[AGE_KEY], unsigned n);
/* With keys whose secrets are elsewhere: share is asked for X25519 of secret number key and a share. False: the result is
 * zero, or the key is gone. */
typedef bool age_share(void *arg, unsigned key, const uint8_t share[AGE_KEY], uint8_t ret[AGE_KEY]);
struct age_open *age_open_new_with(const uint8_t (*public)[AGE_KEY], unsigned n, age_share *share, void *arg);
/* More bytes of the file. 0; ERR_SYNTAX: it is no such file; ERR_DENIED: it is for other keys, or was changed; what the sink
 * said. The first error stays. */
int age_open_add(struct age_open *o, struct str bytes, age_sink *sink, void *arg, struct err *e);
/* After the last: 0 if the file is whole. */
int age_open_end(struct age_open *o, age_sink *sink, void *arg, struct err *e);
void age_open_free(struct age_open *o);

/* The length of the header that bytes begin with, its lines checked; 0: it does not end there yet; ERR_SYNTAX. */
int64_t age_header(struct str bytes, struct err *e);
