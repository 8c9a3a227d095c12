/* SPDX-License-Identifier: Apache-2.0
 *
 * The log of this node, and what it knows of the logs of its peers, as a state machine over state.db and files below
 * FOLDER/log. Entries are rows; tiles, bundles of entries and the checkpoint are files in their C2SP places, synced, and made
 * anew from the rows when they are damaged or gone:
 *
 *   FOLDER/log/checkpoint, FOLDER/log/tile/...           ours; the folder may be published as it is
 *   FOLDER/log/mirror/PARTY/tile/...                     of a peer, as far as its entries fit a checkpoint that it signed
 *
 * Nothing here signs: a text to be signed is given out after what it says was saved, and the signature comes back.
 *
 *   ours      log_due, log_make: a checkpoint is saved; log_unsigned_find, log_signed
 *             log_ask: "add-checkpoint" for a witness; log_asked: what it answered; log_lines: what it posted
 *   theirs    log_witness: their add-checkpoint; log_cosigned: our line
 *             log_want: what is to be fetched of a log; log_checkpoint_take, log_entries_take
 *             log_watch: statements that are not where they should be
 *
 * All within a transaction unless it says otherwise. Party: whose log.
 */
#pragma once

#include "link/link.h"
#include "trust/witness.h"

#define LOG_EACH_US (10 * (int64_t)1000000)   /* between two checkpoints */
#define LOG_DAY_US (86400 * (int64_t)1000000) /* one at least */
#define LOG_STALE_US (60 * (int64_t)1000000)  /* for so long it may leave out what is new */
#define LOG_UNLOGGED_US                                                                                      \
	(3600 * (int64_t)1000000) /* of contact, until a statement must be in its sender's log */
#define LOG_ENTRY 33
#define LOG_NAME (PARTY_ID + sizeof("/weir"))

/* "PARTY/weir": of a log, and of a witness. */
struct str log_name(struct str party, char ret[LOG_NAME]);

/* ---- trees --------------------------------------------------------------------------------------- */

/* The tiles of a tree in files. For tree_reader: .store; size is what the files hold. */
struct log_tree {
	struct link_self self;
	struct str party;
	uint64_t size;
	bool mend; /* files that are gone are made again */
	struct tile_store store;
};
/* Of ours: up to the last checkpoint; of a peer: what is mirrored. Outside a transaction too. */
void log_tree(struct log_tree *ret, const struct link_self *self, struct str party);
/* A file of it by its path, "tile/0/000.p/5", into out. False: there is none. Outside a transaction too. */
bool log_tile(struct log_tree *t, struct str path, struct buf *out);

/* Looks whether the files of our log fit its last checkpoint, and makes them again if not. False: entries are not those that
 * it was signed for. */
bool log_mend(const struct link_self *self);

/* Each statement that we have signed gets its entry, should one be missing: after entries were lost and came back, and after
 * statements did. */
void log_complete(const struct link_self *self);

/* ---- ours ---------------------------------------------------------------------------------------- */

/* Microseconds until a checkpoint is to be made; 0: now; negative: not before something new is signed. Outside a transaction
 * too. */
int64_t log_due(const struct link_self *self);
/* Saves one. 0, or a code: files could not be written, or entries are not those that were signed for (ERR_FORMAT). */
int log_make(const struct link_self *self, struct err *e);
/* A text that is saved and to be signed with that key of ours. */
struct log_sign {
	struct buf text; /* of a checkpoint, or the bytes of a cosignature: what the key signs */
	uint64_t size, time;
	uint8_t key[32];
};
/* Our newest checkpoint, if it is not signed yet. Outside a transaction too. */
bool log_unsigned_find(const struct link_self *self, struct log_sign *ret);
/* The signature; false: it is not of that key, and nothing has happened. */
bool log_signed(
        const struct link_self *self, const struct log_sign *s, const uint8_t signature[NOTE_SIGNATURE]);
/* A checkpoint with its signature and what witnesses signed below it. size 0: the newest. False: none is signed. Outside a
 * transaction too. */
bool log_note(const struct link_self *self, uint64_t size, struct buf *out, uint64_t *ret_size);
/* The newest as others may see it. False as well where it leaves out what we have signed long since (LOG_STALE_US; a node that was
 * off, say): a witness who signed it now would prove that those statements came later than they did. */
bool log_shown(const struct link_self *self, struct buf *out, uint64_t *ret_size);

/* The body for "add-checkpoint" of the newest checkpoint at that peer. *ret_size: of what is asked for. 1; 0: it has signed
 * it within a day, or log_shown has none. Outside a transaction too. */
int log_ask(
        const struct link_self *self, struct str witness, struct buf *out, uint64_t *ret_size, struct err *e);
/* Its answer. *ret_ahead: it says that it has signed more than we have. */
void log_asked(const struct link_self *self, struct str witness, uint64_t size, int status, struct str body,
        bool *ret_ahead);
/* Lines of that party for one of our checkpoints: how many were new or good; 0: none is. */
unsigned log_lines(const struct link_self *self, struct str witness, struct str lines);

/* ---- theirs -------------------------------------------------------------------------------------- */

/* The body of "add-checkpoint" by that party. The status; 200: the new state is saved and *ret is to be signed. answer: the
 * body otherwise. ret->text is the caller's to free. */
int log_witness(const struct link_self *self, struct str party, struct str body, struct buf *answer,
        struct log_sign *ret);
/* The line of ours for what was signed. False: the signature is not of that key. */
bool log_cosigned(const struct link_self *self, const struct log_sign *s,
        const uint8_t signature[NOTE_SIGNATURE], struct buf *out);

/* What of a party's log is to be fetched next. */
enum log_want {
	LOG_NOTHING,
	LOG_ENTRIES, /* path: "tile/entries/..." */
	LOG_COSIGN, /* nothing to fetch: more is here than we have signed, and *sign is to be signed and posted; it is saved */
};
enum log_want log_want(
        const struct link_self *self, struct str party, char path[TILE_PATH], struct log_sign *ret);
/* How much of it we have signed or seen signed: what a checkpoint that is fetched now must not be below. */
uint64_t log_floor(const struct link_self *self, struct str party);
/* The peer took our line for that size, or said why not. */
void log_posted(const struct link_self *self, struct str party, uint64_t size, const char *said);
/* A checkpoint that was fetched; asked: when, floor: log_floor then. False: it is none of that log. */
bool log_checkpoint_take(
        const struct link_self *self, struct str party, struct str note, int64_t asked, uint64_t floor);
/* The bundle that log_want named. False: it is none. */
bool log_entries_take(const struct link_self *self, struct str party, struct str bundle);
/* True: by its answer to "heads" it knows more of our log than is here, which its mirror has to prove. */
bool log_heads_ahead(const struct link_self *self, struct str json);
/* The peer answers, but not with its log. */
void log_refused(const struct link_self *self, struct str party, const char *sentence);
/* A person has looked into an alarm. ERR_MISSING: there is none of that number. */
int log_settle(const struct link_self *self, uint64_t alarm, struct str person, struct err *e);
/* Raises and ends alarms of that party's statements. Tells how many were raised. */
unsigned log_watch(const struct link_self *self, struct str party);
/* True: entries of our own log that a peer has kept are all here again, or none is missing. */
bool log_own_whole(const struct link_self *self);
/* True if the newest checkpoint of that log that is here has fewer than two witnesses, where there could be two: one that was
 * fetched before they had signed proves nothing, and a log that rests gives no reason to ask again. */
bool log_mirror_thin(const struct link_self *self, struct str party);

/* Entries of our own log, those above the last checkpoint too. */
uint64_t link_log_size_own(struct db *db);

/* ---- looking ------------------------------------------------------------------------------------- */

/* What the first page says: peers are linked, there is something to be seen, and no witness has signed for a day. now: of a
 * parameter, in microseconds. */
#define LOG_UNSEEN(now)                                                                                      \
	"(exists (select 1 from party where link = 'linked' and role <> 'mail' and own = 0 and "             \
	"coalesce(confirmed, 0) < " now " - 86400000000) and (select min(made) from (select made from "      \
	"log_checkpoint order by size limit 1)) < " now " - 86400000000 and not exists (select 1 from "      \
	"log_witness where at >= " now " - 86400000000))"
bool log_unseen(struct db *db, int64_t now);
/* How many alarms of that party's log no person has ended; party empty: of all. */
unsigned log_alarms(struct db *db, struct str party);
/* A proof (C2SP tlog-proof) of a statement: of ours under the earliest checkpoint that a quorum of other parties has signed, else
 * the one that most have; of a peer's from the mirror of its log. *ret_signed: how many have. ERR_MISSING: it is not under any
 * checkpoint here. Outside a transaction too; nothing is changed. */
int log_proof(const struct link_self *self, struct str sender, const uint8_t id[DIGEST_LEN], unsigned quorum,
        struct buf *out, unsigned *ret_signed, struct err *e);
