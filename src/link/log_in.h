/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside link/: between the files of the log.
 */
#pragma once

#include "link/log.h"

#define LOG_KEYS 8

/* ---- log_tree.c ---- */

/* Entries from and up to which a tree grows, and what is known of its roots. */
struct log_growth {
	uint64_t from, to;
	const uint8_t *from_root; /* of the first from; NULL: from is 0 */
	bool mirror;              /* of our own log: out of what a peer gave us, and no files */
	uint64_t mark;            /* a size between them whose root is wanted too */
	uint8_t mark_root[TREE_HASH], root[TREE_HASH];
};
/* Computes the roots from the rows of entries; write: makes the files as well. ERR_MISSING: not all rows are here; ERR_FORMAT:
 * those of the beginning have another root. */
int log_grow(const struct link_self *self, struct str party, struct log_growth *g, bool write, struct err *e);
/* FOLDER/log or FOLDER/log/mirror/PARTY, with a slash behind it. */
#define LOG_PATH 4200
void log_folder(const struct link_self *self, struct str party, char ret[LOG_PATH]);

/* ---- log_keys.c ---- */

/* Log keys of a party, for checkpoints or as a witness. Their name lives in name. past: also those that count no more. */
struct log_keys {
	char name[LOG_NAME];
	struct note_key key[LOG_KEYS];
	unsigned n;
};
void log_keys(
        const struct link_self *self, struct str party, enum note_type type, bool past, struct log_keys *ret);
/* Our own newest that counts now; false: the key list has none. */
bool log_own_key(const struct link_self *self, uint8_t ret[32]);
/* True: one of the keys signed the note. */
bool log_signed_by(const struct note *note, const struct log_keys *keys);

/* ---- log_peer.c ---- */

struct log_peer {
	uint64_t size, mirrored, target, posted;
	uint8_t root[TREE_HASH], mirror_root[TREE_HASH], target_root[TREE_HASH];
	struct str note, mirror_note, target_note; /* in the arena */
	int64_t at, mirror_at, target_at, refused;
};
/* False: there is no row, and *ret is zeros. */
bool log_peer(const struct link_self *self, struct str party, struct arena *a, struct log_peer *ret);
void log_peer_make(const struct link_self *self, struct str party);
/* True: its log has contradicted itself, and no person has ended that. */
bool log_contradicts(struct db *db, struct str party);
/* Of ours: the root of the first size entries. False: there are fewer, or files are gone. */
bool log_own_root(const struct link_self *self, uint64_t size, uint8_t ret[TREE_HASH]);
void log_alarm(const struct link_self *self, struct str party, const char *kind, const uint8_t *statement,
        struct str older, struct str newer, const char *sentence);
/* Saves what we are about to sign as its witness, and says what that is. False: we have no key. */
bool log_save_cosign(const struct link_self *self, struct str party, const struct checkpoint *c,
        struct str note, struct str text, struct log_sign *ret);
