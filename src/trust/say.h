/* SPDX-License-Identifier: Apache-2.0
 *
 * What the verbs ask of link/ and what link/ tells them, as rows of functions: no verb includes another, and whoever wires the
 * processes puts them together (change_here.ways, link_self.heard). All run within the transaction that is open.
 */
#pragma once

#include "trust/kind.h"

struct change_here;

/* ---- saying -------------------------------------------------------------------------------------- */

struct say {
	enum kind kind;
	const struct str *to; /* in any order; only ourselves: a note to self */
	unsigned to_count;
	const uint8_t *case_, *reply; /* NULL: none */
	unsigned tlp, pap;            /* enum statement_tlp, and likewise */
	int64_t expires;              /* seconds; 0: never */
	struct str exercise;          /* empty: real */
	struct str about; /* "case LA-2026-00042": what a refusal of the exit is found by; may be empty */
	struct str
	        body; /* a JSON object with all its members, "by" among them; attachments are here (blob.h) */
};

/* Begins the body of a statement that people decided: {"by":[...]. Further members follow. */
struct by {
	struct str person; /* an account or an office */
	const char *role;  /* a word of statements */
	int64_t at;        /* microseconds */
};
void by_put(struct buf *body, const struct by *by, unsigned n);
/* The time of statements: ,"member":"2026-01-05T08:00:00Z". */
void time_put(struct buf *body, const char *member, int64_t seconds);
/* ,"member":"text". */
void text_put(struct buf *body, const char *member, struct str text);

/* ,"group":... and ,"for":[...] as that body has them: what is said about a statement names the community or the persons of its label. */
void label_put(struct buf *body, const struct item *was);

struct link_ways {
	/* As link_say (link/link.h); ERR_DENIED: the clock is in doubt. */
	int (*say)(const struct change_here *here, struct db *db, const struct say *say,
	        uint8_t ret_id[DIGEST_LEN], struct err *e);
	/* Bytes become a blob that statements may name as their attachment; they are on the disk afterwards. */
	int (*keep)(const struct change_here *here, struct db *db, struct str bytes,
	        uint8_t ret_sha256[DIGEST_LEN], struct err *e);
	/* The same for a file of ours, which is moved: its digest and size are those of its bytes, and it is on the disk. */
	int (*keep_file)(const struct change_here *here, struct db *db, const char *path,
	        const uint8_t sha256[DIGEST_LEN], uint64_t size, struct err *e);
};

/* ---- hearing ------------------------------------------------------------------------------------- */

/* A statement that has come to count here, ours too when it is said. */
struct heard {
	struct db *db;
	struct str me;
	int64_t now; /* microseconds */
	const char *folder;
	const struct stored *s;
	const struct item *body;
	struct arena *a;
	enum kind kind;
	bool ours;
};
/* Each may be NULL: nobody asks. */
struct heard_ways {
	/* Of any kind, after what link/ itself does with it. */
	void (*hear)(const struct heard *h);
	/* One that does nothing here: its stream is forked, or a person has yet to look; and again one of ours that is signed now.
	 * Who counts statements by other rules than effect looks at it. */
	void (*seen)(const struct heard *h);
	/* One of ours, of which nothing has left, has another id. */
	void (*renamed)(struct db *db, const uint8_t was[DIGEST_LEN], const uint8_t is[DIGEST_LEN]);
	/* All attachments of an agree.open are here: true if they are what it says of them. False: *ret_why, a literal or in h->a;
	 * it does not count as complete, and its receipt says so. */
	bool (*whole)(const struct heard *h, const char **ret_why);
	/* A statement that the party says it has, and that we should have and lack: the next one behind an id, in their order. False:
	 * there is none. Outside a transaction too. */
	bool (*lacks)(
	        struct db *db, struct str party, const uint8_t after[DIGEST_LEN], uint8_t ret_id[DIGEST_LEN]);
};

/* ---- attachments --------------------------------------------------------------------------------- */

#define BLOB_PATH 4352
/* Where the bytes of that digest lie; folder: of the state. */
void blob_file(const char *folder, const uint8_t sha256[DIGEST_LEN], char ret[BLOB_PATH]);
/* Adds them; ERR_MISSING: they are not here, ERR_LIMIT: they are more than most. Outside a transaction too. Of what another party
 * names, the next one is asked. */
int blob_read(
        const char *folder, const uint8_t sha256[DIGEST_LEN], size_t most, struct buf *ret, struct err *e);
/* The same of an attachment of that statement (its number here): ERR_MISSING too where the bytes are here, and not by its parties. */
int blob_read_of(struct db *db, const char *folder, uint64_t statement, const uint8_t sha256[DIGEST_LEN],
        size_t most, struct buf *ret, struct err *e);
