/* SPDX-License-Identifier: Apache-2.0
 *
 * Signed notes (C2SP signed-note): a text that people can read and lines of signatures below it. Key lists and checkpoints
 * are notes. Two types of signature are made and verified here: Ed25519 over the text (0x01) and the cosignature of a
 * witness, which has a time (0x04, C2SP tlog-cosignature). Lines of other keys and types are kept and mean nothing.
 *
 * A note's text is worth nothing before note_verify said 1 for a key that one had from elsewhere.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

#define NOTE_MAX 65536     /* bytes of a whole note */
#define NOTE_SIGNATURES 64 /* lines of signatures in one */
#define NOTE_NAME 255      /* bytes of a key's name */
#define NOTE_SIGNATURE 64  /* bytes of an Ed25519 signature */
#define NOTE_LINE_MAX 8192 /* bytes of one line of a signature; the longest signatures known have 5 KiB */

enum note_type {
	NOTE_ED25519 = 0x01,
	NOTE_COSIGNATURE = 0x04,
};

struct note_key {
	struct str name; /* bytes of whoever made it */
	uint8_t type;    /* enum note_type */
	uint8_t hash[4]; /* of name, type and key: finds the line of a note */
	uint8_t key[32];
};

/* False: the name is empty, too long, not UTF-8, or has a blank, a plus sign or a control character. */
bool note_name_good(struct str name);
/* The key of a good name. */
void note_key_make(struct note_key *ret, struct str name, enum note_type type, const uint8_t key[32]);
/* "NAME+HASH+BASE64" (a vkey). 0, or ERR_SYNTAX or ERR_VALUE with a sentence. ret->name points into the text. */
int note_key_read(struct str vkey, struct note_key *ret, struct err *e);
void note_key_print(struct buf *out, const struct note_key *key);

struct note_signature {
	struct str line; /* whole, with its line feed */
	struct str name;
	uint8_t hash[4];
	struct str base64; /* of hash and signature */
};

struct note {
	struct str bytes; /* whole */
	struct str text;  /* what is signed: up to the empty line, with the last line feed */
	struct note_signature sig[NOTE_SIGNATURES];
	unsigned n;
};

/* Takes a note apart; nothing is verified. All of it points into bytes. 0, or ERR_SYNTAX, ERR_LIMIT with a sentence. */
int note_read(struct str bytes, struct note *ret, struct err *e);
/* 1: the key signed this text; of a cosignature *ret_time is when, seconds since 1970. 0: no line is of this key.
 * ERR_DENIED: a line says that it is of this key and is not; the note should be thrown away. ret_time and e may be NULL. */
int note_verify(const struct note *n, const struct note_key *key, uint64_t *ret_time, struct err *e);

/* The bytes that a signature of this type is over; time is for cosignatures only. */
void note_message(struct buf *out, struct str text, enum note_type type, uint64_t time);
/* The line of a signature over them. */
void note_line(
        struct buf *out, const struct note_key *key, uint64_t time, const uint8_t signature[NOTE_SIGNATURE]);
/* Both: signs the text with the seed of the key and appends the line. */
void note_sign(
        struct buf *out, struct str text, const struct note_key *key, uint64_t time, const uint8_t seed[32]);
