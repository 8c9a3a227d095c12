/* SPDX-License-Identifier: Apache-2.0
 *
 * The keeper's contract: it holds the secret keys and signs each place of a stream once. It takes the head apart itself,
 * writes what it will sign to its own journal and syncs that before it answers, so that neither a crash nor a restored
 * backup of the node can make it say two things under one number.
 *
 *   FOLDER/sign-KEYID.key    32 bytes of seed as hexadecimal digits and a line feed, mode 0600; likewise log-, seal-
 *   FOLDER/journal           records of 144 bytes, one for each signature; at the start it is cut down to the highest of each
 *                            stream. It belongs to this machine and is never restored from a backup of the node
 *
 *   record = 'S' 0 0 0 | 32 SHA-256(u8 length + sender + recipients as in the head) | u64 seq | 32 id | 64 signature |
 *            u32 crc32c of what stands before it                                                        little-endian
 */
#pragma once

#include "base/err.h"
#include "trust/keylist.h"
#include "trust/statement.h"

struct keeper_key {
	enum key_use use; /* KEY_SIGN, KEY_LOG or KEY_SEAL; the door has the one of TLS */
	uint8_t id[KEY_ID], public_key[32];
};

struct keeper;
/* party: whose statements it signs; nobody else's. Keys that are missing are made: at least one of each use. */
int keeper_open(const char *folder, struct str party, struct keeper **ret, struct err *e);
void keeper_close(struct keeper *k);
/* Keys it holds, for the key list that the root signs; i from 0. NULL behind the last. */
const struct keeper_key *keeper_key(const struct keeper *k, unsigned i);
/* Makes one more of that use, for a rotation. */
int keeper_make(struct keeper *k, enum key_use use, struct err *e);

enum keeper_answer {
	KEEPER_SIGNED,  /* seq, id and signature are those of the head */
	KEEPER_USED,    /* another head has that place, or one above it: *ret says which */
	KEEPER_REFUSED, /* the head is none, is another party's, or names a key that is not here */
};
struct keeper_signed {
	uint64_t seq;
	uint8_t id[DIGEST_LEN], signature[STATEMENT_SIGNATURE];
};
/* An enum keeper_answer, or a negative code: the journal could not be written, and the process must end. */
int keeper_sign(struct keeper *k, struct str head, struct keeper_signed *ret, struct err *e);
/* Signs text with that log key (checkpoints, cosignatures): the one that the key list has in force. What may be said is the
 * caller's business: he saves before he asks. False: there is no such key. */
bool keeper_sign_log(
        const struct keeper *k, const uint8_t key[KEY_ID], struct str text, uint8_t ret[STATEMENT_SIGNATURE]);
/* X25519 of a seal key and a share, for opening a courier file: 32 bytes. False: no such key, or a share of low order. */
bool keeper_share(
        const struct keeper *k, const uint8_t key[KEY_ID], const uint8_t share[32], uint8_t ret[32]);
