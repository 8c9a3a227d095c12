/* SPDX-License-Identifier: Apache-2.0
 *
 * The file of a root key, which lives on a machine without a network and in two envelopes: lines of text, so that it can be
 * typed again from paper.
 *
 *   weir-root-1
 *   party la
 *   key la/weir/root+8ab21438+ASfF...      the public key; a slip of the keyboard shows
 *   seed 64 hexadecimal digits
 */
#pragma once

#include "trust/keylist.h"

struct root_key {
	char party[PARTY_ID + 1];
	uint8_t seed[32], public[32];
};

/* Draws a key. */
void root_key_make(struct root_key *ret, struct str party);
/* Reads a file; one that others than its owner may read is refused. 0, or negative with a sentence. */
int root_key_read(const char *path, struct root_key *ret, struct err *e);
/* The same of bytes. */
int root_key_parse(struct str text, struct root_key *ret, struct err *e);
void root_key_print(const struct root_key *key, struct buf *out);
void root_key_wipe(struct root_key *key);

/* Makes a file that was not there before, readable by its owner alone if secret, and syncs it. */
int key_file_make(const char *path, struct str bytes, bool secret, struct err *e);
/* A QR code of half blocks, two modules to a character, dark on light as it is printed. False: the text is too long. */
bool qr_text(struct buf *out, struct str text);
