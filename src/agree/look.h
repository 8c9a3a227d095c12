/* SPDX-License-Identifier: Apache-2.0
 *
 * What pages, lists and commands ask about consultations. Reading only: the same functions answer a page, a route and a command, so
 * that they say one thing. Texts and results live in the arena, which has no limit; times are seconds unless it is said otherwise.
 *
 *   look.c        rounds, what we owe in them and until when
 *   look_board.c  who was served, how, when
 *   look_freeze.c whether each change of a text has its reason
 *   look_notes.c  comments and amendments beside their clauses, conflicts, answers, what keeps a text from being frozen
 *   look_rows.c   drafts, what waits for a second person
 *   look_after.c  commitments, and what has changed of them
 */
#pragma once

#include "agree/amend.h"
#include "agree/disposition.h"
#include "agree/evidence.h"
#include "agree/hosted.h"
#include "agree/load.h"

/* ---- rounds -------------------------------------------------------------------------------------- */

/* What a round waits for from us. The first that fits. */
enum agree_owed {
	OWED_NOTHING,
	OWED_ACK,      /* a person reads it and says so: else we do not count as served */
	OWED_POSITION, /* without it there is no adoption */
	OWED_OBJECT,   /* an objection, or our silence is consent */
	OWED_MINUTES,  /* our signature under the minutes */
	OWED_RECORD,   /* the chair enters the act */
	OWED_COMMENT,  /* whoever has something to say about the text says it */
	OWED_ANSWERS,  /* comments and amendments have no answer */
	OWED_REVIEW,   /* it is time to look at what was adopted again (agree/review.h) */
	OWED_END
};
/* "acknowledge", "position", ...; empty for nothing. */
struct str agree_owed_name(enum agree_owed owed);

struct agree_look {
	uint64_t id; /* of agree_round */
	struct str instrument, title, rule, chair, shown, because;
	struct str statement; /* id of the statement that opened it, in hexadecimal digits */
	struct str ref;       /* what finds it again: ROUND_REF */
	uint32_t number;
	int64_t closes, grace, adopted, in_force, review; /* 0: none */
	struct str why; /* the files are not here, or are none of a round; empty: they are */
	bool newest;    /* no later round of the instrument */
	bool live;      /* it may still change by itself; what follows is computed for such rounds alone */
	bool member;    /* we are one */
	bool officer;   /* we are chair or secretariat */
	enum agree_owed owed;
	int64_t until; /* of owed; 0: no date */
	bool pressing; /* until has passed; of a review it is near (REVIEW_LAST) */
	unsigned served, members;
	unsigned open;          /* comments and amendments without an answer */
	unsigned stale;         /* clauses of translations that were made from other words, or are missing */
	struct str unexplained; /* clauses that differ from the round before for no reason that was given */
	unsigned
	        carried; /* comments and amendments of ours in the round before, to be offered again, that are not yet */
	unsigned voices; /* positions that were read to chair or deputy, whose bytes are not here */
};
/* True of states that somebody must look at: held, broken, disputed. */
bool agree_is_wrong(struct str shown);
/* True if what is said in the round at that time counts, whatever it would come to as it stands: who objected may take it back. closes: after
 * extensions. */
bool agree_takes_words(struct str shown, int64_t closes, int64_t now);
/* Those first that are wrong and live, then those that we owe something in by its date, then by closing. */
unsigned agree_looks(
        struct db *db, const char *folder, struct arena *a, int64_t now, struct agree_look **ret);
/* One, as its row has it, without what is computed; false: there is none. */
bool agree_look_row(struct db *db, struct arena *a, uint64_t id, int64_t now, struct agree_look *ret);
struct agree_notes;
/* What of it we owe, by what we have said ourselves: sets member, officer, owed, until and pressing of *l, which agree_look_row has
 * filled. */
void agree_owes(struct db *db, struct arena *a, const struct round_loaded *r, const struct agree_notes *n,
        int64_t now, struct agree_look *l);
/* How many rounds wait for something from us. */
unsigned agree_owed_count(struct db *db, const char *folder, struct arena *a, int64_t now);
/* The last moment at which a member may be served; 0: the rule asks for nothing. */
int64_t round_serve_by(const struct manifest *m, int64_t closes);
/* Our own party; empty: weir.yaml does not say which. */
struct str agree_party(struct db *db, struct arena *a);

/* ---- look_board.c -------------------------------------------------------------------------------- */

struct board_member {
	struct str party;
	enum service service;
	bool opened;  /* it is the chair that opened */
	int64_t sent; /* our node has handed it over; 0: not by us, or not yet */
	int64_t relayed; /* who does not get it from the chair had it from here, or we from that party; 0: not so */
	struct str relay; /* which party handed it on */
	int64_t node;     /* its node says that all is there; 0: no receipt of it is here */
	int64_t part;     /* its node says that texts were missing; of node 0 only */
	int64_t human;    /* a person of it says so; 0: none did */
	int64_t other;    /* chair or deputy attest another channel; 0: none */
	struct str level; /* which */
	struct str by;    /* and the persons who do, "dara, chan" */
	int64_t denied;   /* it has said since that nobody reached it */
	/* The statements that say so: its receipt, whatever it has said, the attestation, its contradiction. */
	const struct said *node_by, *human_by, *other_by, *denied_by;
	int64_t t;       /* what counts; 0: nothing does */
	int64_t notice;  /* seconds from t, or where it is 0 from now, to closing */
	bool enough;     /* so long as the rule asks, in hours and working days */
	unsigned voices; /* codes that it has read to chair or deputy */
	bool voice_open; /* the bytes of one are not here */
};
/* ret has m->members places; o is of the round r. */
void agree_board(struct db *db, struct arena *a, const struct round_loaded *r, const struct outcome *o,
        int64_t now, struct board_member *ret);

/* ---- look_notes.c -------------------------------------------------------------------------------- */

/* A comment, an amendment, or a position that is about clauses or has words. */
struct agree_note {
	const struct said *said;
	struct str *clause; /* ids that it is about, as they stand there; of none the whole text */
	unsigned clauses;
	struct amendment amendment;
	bool authentic; /* an amendment in the authentic language, which alone changes the text */
	struct str
	        in_place_of; /* of an amendment: the id of the one that it stands for, hexadecimal; empty: none */
	struct str supporters; /* of an amendment: parties that support it, as its author says, "la, mm" */
	/* of those, where a base was given: */
	enum op_problem problem; /* of its first operation that has one */
	bool conflict;           /* with another one that was not taken back */
	bool withdrawn;
	bool late;                  /* said after closing: it needs no answer */
	enum disposition_word word; /* DISPOSITION_END: no answer yet; of positions always */
	struct item answer;         /* its words, an object {lang: text} */
	struct item with;           /* of "joined" the ids of the others, a list */
	struct str *cited;          /* clauses of the answer */
	unsigned cites;
	struct str by; /* its persons, "dara, chan" */
	struct agree_via via;
};
struct agree_notes {
	struct agree_note *note; /* in the order in which they came */
	unsigned n, comments, amendments, positions;
	unsigned open;     /* comments and amendments without an answer */
	struct said *said; /* all that was read, ours too that the keeper has not signed yet */
	bool *waits;       /* beside said: it has not */
	size_t saids;
	struct disposition_list *list; /* of chair and secretariat, oldest first */
	struct proposal *proposal;
	unsigned lists, proposals;
	struct amend_conflict *conflict; /* all of the authentic language; places are places of note */
	unsigned conflicts;
};
/* base: the authentic text; NULL: operations are not judged. */
void agree_notes_load(struct arena *a, struct db *db, const struct round_loaded *r,
        const struct agree_text *base, struct agree_notes *ret);
/* Where we stand by what we have said last, whether anybody has seen it or not; NULL: nowhere. */
const struct said *agree_own_position(const struct agree_notes *n, struct str me, bool *ret_waits);
/* Where we stood last in the round before; NULL: nowhere, or we have taken it back there. An amendment is of its own text and is not
 * repeated. */
const struct said *agree_position_before(
        struct arena *a, struct db *db, const char *folder, const struct manifest *m, struct str me);
/* The note of that id; NULL. Digits of the beginning, 8 at least. */
const struct agree_note *agree_note_find(const struct agree_notes *n, struct str words);
/* True of an amendment in another language whose party has not given its wording in the authentic one, in its place: nobody else may, so it
 * cannot be taken as it is. */
bool agree_lacks_wording(const struct agree_notes *n, const struct agree_note *one);
/* True if it is about that clause. */
bool agree_note_about(const struct agree_note *n, struct str clause);

/* ---- look_freeze.c ------------------------------------------------------------------------------- */

/* What the round before leaves open about the text of a round. */
struct agree_frozen {
	bool known;         /* false: it is the first, or the one before is not whole here */
	struct str *clause; /* ids of those that differ and are explained by no answer */
	unsigned clauses;
	unsigned open; /* comments and amendments that were made in time and have no answer */
};
void agree_frozen_look(struct arena *a, struct db *db, const char *folder, const struct round_loaded *r,
        struct agree_frozen *ret);
/* The ids with blanks between. */
struct str agree_frozen_words(struct arena *a, const struct agree_frozen *f);

/* ---- look_rows.c --------------------------------------------------------------------------------- */

struct agree_draft_look {
	struct str instrument, lang, person, text;
	bool authentic;
	int64_t at; /* microseconds */
	/* Its bytes are a text of the newest round of the instrument, which goes on or was adopted: nobody is writing it. */
	uint32_t number; /* of that round; 0: it is a text of the next one */
	struct str shown;
	int64_t closes; /* seconds */
};
/* Of one instrument; p NULL: of all. folder: where the files of manifests lie. */
unsigned agree_drafts(struct db *db, const char *folder, struct arena *a, struct str instrument,
        struct agree_draft_look **ret);
/* True if that text in that language is one of the round of the manifest. */
bool agree_draft_is_of(struct str text, struct str lang, const struct manifest *m);

struct agree_waiting {
	uint64_t id, round; /* round 0: it opens one */
	struct str kind, instrument, members, manifest, label, role, person;
	uint32_t number; /* of the round; 0: it opens one */
	int64_t at;      /* microseconds */
	int64_t until;   /* seconds: signed later it does not count, or is refused; 0: no date */
};
/* What waits for a second person; of one round, or 0: all. */
unsigned agree_waitings(struct db *db, struct arena *a, uint64_t round, struct agree_waiting **ret);

struct agree_commitment {
	uint8_t id[DIGEST_LEN];
	uint64_t round;
	struct str instrument;
	uint32_t number;
	struct str party, owner, what, clause, figure, is, unit,
	        base;             /* base: of the figure when it was said */
	int64_t target;           /* of figure, which is not empty */
	int64_t said, due, moved; /* moved: the newest word about it; 0: none */
	struct str
	        status; /* planned, under-way, done, dropped; late where due has passed before done or dropped */
	struct item words;               /* of the newest word */
	struct agree_evidence *evidence; /* of all words about it, the newest first */
	unsigned evidences;
	/* what has changed since the last review of the round here, else since it was adopted */
	int64_t since;
	bool reviewed;      /* since is a review */
	bool is_new;        /* it was said after that */
	struct str was;     /* its status then; of a new one empty */
	struct str changed; /* "new", "done", "new late", ...; empty: nothing */
};
/* By party and due date; of one round, or 0: all. */
unsigned agree_commitments(
        struct db *db, struct arena *a, uint64_t round, int64_t now, struct agree_commitment **ret);
/* How many of the party's are late: for figures, which are asked for often, whatever others have promised. */
unsigned agree_late(struct db *db, struct arena *a, struct str party, int64_t now);

/* True if what was adopted is the party's own by what it has said: a member that has not left since, an observer that has joined. What is not
 * signed yet counts. */
bool agree_joined(struct db *db, const struct round_loaded *r, struct str party);
/* The words of an object {lang: words} in that language, else in English, else the first; *ret_lang: which. */
struct str agree_words_of(const struct item *words, struct str lang, struct str *ret_lang);
/* "dara, chan": the persons of a body. */
struct str agree_persons(struct arena *a, const struct item *body);
