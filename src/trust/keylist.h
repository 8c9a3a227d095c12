/* SPDX-License-Identifier: Apache-2.0
 *
 * Key lists: the one place where the keys of a party begin and end. A list is a signed note of the party's root key, named
 * "PARTY/weir/root", whose text has a fixed form; it fits a sheet of paper and a QR code. What is here is pure: bytes in,
 * decisions out; who stores lists and asks for them is elsewhere.
 *
 * A key counts by its dates, give or take KEYLIST_SKEW, and by not being revoked. Once revoked it stays so in all later
 * lists: one that forgets a revocation is refused.
 */
#pragma once

#include "base/digest.h"
#include "trust/note.h"
#include "trust/stamp.h"

#define KEYLIST_MAX 8192 /* bytes of the whole note */
#define KEYLIST_LINES 64 /* lines of its text */
#define KEYLIST_SKEW 300 /* seconds that created may stand outside the dates of a key */
#define KEYLIST_DAYS 400 /* from made to until, of a list that is made here */
/* Of a list that is taken: the protocol's own example runs 402 days, so the rule of 400 is the writer's, and what is taken may
 * run as long as an administrator could have prolonged it. */
#define KEYLIST_DAYS_TAKEN 430
#define KEYLIST_EXTENSION_DAYS 30 /* that an administrator may add to until, after a call */
#define KEY_ID 8                  /* bytes */

enum key_use { KEY_SIGN, KEY_LOG, KEY_SEAL, KEY_TLS, KEY_USES };
/* "sign", "log", "seal", "tls" */
const char *key_use_name(enum key_use use);
/* Of 32 bytes of a key, or of the SHA-256 of the SPKI of a certificate. */
void key_id(const uint8_t key[32], uint8_t ret[KEY_ID]);

struct keylist_key {
	enum key_use use;
	uint8_t key[32], id[KEY_ID];
	int64_t from, until; /* seconds since 1970 */
};

struct keylist_revoked {
	uint8_t id[KEY_ID];
	int64_t time;
	struct str word;
};

struct keylist {
	struct str text; /* what was parsed; all strings here are parts of it */
	struct str party, name;
	struct str url; /* empty: dials out only */
	uint64_t number;
	int64_t made, until;
	uint8_t root[32];
	uint8_t digest[DIGEST_LEN]; /* of the text: what lists are compared by and what the log holds */
	struct keylist_key key[KEYLIST_LINES];
	struct keylist_revoked revoked[KEYLIST_LINES];
	unsigned keys, revocations;
	unsigned unknown; /* lines whose first word this program does not know; kept and without effect */
};

/* The text of a list, nothing verified. 0, or ERR_SYNTAX, ERR_VALUE, ERR_LIMIT with a sentence that names line and word. */
int keylist_parse(struct str text, struct keylist *ret, struct err *e);
/* The whole note. ret_note may be NULL. */
int keylist_read(struct str bytes, struct keylist *ret, struct note *ret_note, struct err *e);
/* The text of a list from its members; text, digest and ids of keys are not looked at. */
void keylist_write(const struct keylist *list, struct buf *out);
/* The note key of a root: name "PARTY/weir/root", put into room. */
struct keylist_root {
	char name[PARTY_ID + sizeof("/weir/root")];
	struct note_key key;
};
void keylist_root(struct keylist_root *ret, struct str party, const uint8_t root[32]);

/* ---- taking a list ------------------------------------------------------------------------------- */

enum keylist_verdict {
	KEYLIST_TAKE, /* it is the one that counts now */
	KEYLIST_HAVE, /* it is the one that we hold */
	KEYLIST_OLD,  /* genuine, and a newer one is held */
	KEYLIST_ALARM, /* genuine, of the number of the one that we hold and with another text: the held one stays, and no
	                   list is taken until people have spoken */
	KEYLIST_REFUSE, /* not of this link, not signed, or not a list */
};

/* What is known of a party that we are linked with, or want to be. */
struct keylist_link {
	struct str party;
	const uint8_t *root;        /* 32 bytes; NULL: none yet, the first list of a new link */
	const struct keylist *held; /* NULL: none */
	bool alarmed;               /* an alarm was raised and no person has ended it */
};

/* Judges a note. The sentence says why, for all but KEYLIST_TAKE and KEYLIST_HAVE. *ret is the list unless it is
 * KEYLIST_REFUSE; *ret_new_root: taken, and its root is another than before, signed by both: the new voice number is to be
 * read at the next call. A first list is taken on its own root's word: nothing of it counts before the voice numbers. */
enum keylist_verdict keylist_judge(const struct keylist_link *link, struct str bytes, struct keylist *ret,
        bool *ret_new_root, struct err *e);

/* ---- finding a key ------------------------------------------------------------------------------- */

enum key_state {
	KEY_GOOD,
	KEY_UNKNOWN, /* not in the list with this use */
	KEY_REVOKED,
	KEY_DATES, /* created is outside the dates of the key, or behind the end of the list */
};

/* The key of that use and id for something that was made then. extension: seconds that an administrator has added to the
 * list's end, at most KEYLIST_EXTENSION_DAYS count; they prolong the keys that would end with the list. ret_key may be
 * NULL; it is set for all but KEY_UNKNOWN. */
enum key_state keylist_find(const struct keylist *list, enum key_use use, const uint8_t id[KEY_ID],
        int64_t created, int64_t extension, const struct keylist_key **ret_key);
/* True: revoked; *ret_time is since when. ret_time may be NULL. */
bool keylist_revoked(const struct keylist *list, const uint8_t id[KEY_ID], int64_t *ret_time);
/* What a party uses now: of the keys in force the one whose from is the latest. NULL: none. */
const struct keylist_key *keylist_newest(const struct keylist *list, enum key_use use, int64_t now);
