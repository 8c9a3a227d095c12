/* SPDX-License-Identifier: Apache-2.0
 *
 * LINK: partners without a node. A statement to one exists as any other, is signed and logged; what carries it is a mail, which is
 * a row of the line of time of its case (reply.h has how it goes). His answer is a mail that a person reads: it changes no state.
 *
 *   say        a person says it: partner_may asks the exit whether each mail of it may go, before there is a statement
 *   signed     partner_deliver: one row 'to send' for each mail
 *   write      partner_load: what stands in that mail; proc/core_reply.c has it written, protected and cleared
 *   sent, refused, bounced, answered
 *
 * Of a round, whose opening goes so, what is said later goes by partner_tell: agree/ says of what.
 *
 * TLP:RED goes to the persons of his that the statement names, each by a mail of his own, to the address and key that the directory
 * of contacts has for that office or person. All else goes to the address of the party. Within a transaction unless it is said.
 */
#pragma once

#include "exit/decide.h"
#include "form/mime.h"
#include "link/link_in.h"

/* A mail of a statement: who gets it. Texts in the arena. */
struct partner {
	struct str party, person; /* person: of his, for RED; else empty */
	struct str title, language, email;
	struct str key; /* fingerprint; empty: none is known */
	enum exit_link link;
};
#define PARTNER_MOST 16
/* How many mails a statement with that label and body makes for that party; 0: it is none that takes part by mail. */
unsigned partner_find(struct db *db, struct str party, enum tlp label, const struct item *body,
        struct arena *a, struct partner ret[PARTNER_MOST]);
/* As the exit asks for it; texts are those of p. */
struct exit_recipient partner_recipient(const struct partner *p);
/* "ministry.example", for RED "ministry.example/Duty desk": as the line of time has it. */
struct str partner_name(const struct partner *p, struct arena *a);
/* What may be said to one: other kinds have nobody there who would understand them. */
bool partner_takes(enum kind kind);

/* A statement of ours is signed: its mails to that party are to be sent. False: he does not take part by mail. */
bool partner_deliver(const struct link_self *self, const struct stored *s, const struct item *body,
        struct str party, struct arena *a);

/* An answer to a comment of his. */
struct partner_answer {
	struct str comment; /* what he said, in his language if it is there */
	struct str word;    /* "not-taken" */
	struct str text;    /* why, or empty */
};
/* The result of a round. */
struct partner_result {
	struct str state;          /* "adopted", "broken"; empty: it is none */
	int64_t adopted, in_force; /* microseconds; 0: never */
	struct str sha256;         /* of the outcome block, 64 digits */
};
/* What a mail of a statement says. Texts in the arena. */
struct partner_mail {
	struct partner to;
	struct str tag;      /* "la-845b3c06a1", by which his answer is found */
	struct str title;    /* of the case */
	struct str kind;     /* "case.open" */
	struct str exercise; /* empty: it is real */
	struct str ask, severity, state, reason;
	struct str text; /* in his language, else in English, else in any */
	struct str lang; /* of the text: a language tag */
	int64_t by;      /* microseconds: by when an answer is asked for; 0: it is not */
	bool by_hand;    /* that time was said in the statement, and does not follow from its severity */
	struct str list; /* what it is about, a line each, so that nobody follows it by mistake */
	struct str csv;  /* details.csv */
	struct str file; /* statement.weir */
	bool round;      /* it opens a round: he is told what an observer does */
	const struct mime_file *files; /* its manifest and texts, or the certificate of its result */
	unsigned nfiles;
	bool withdrawn; /* the round is */
	struct partner_answer *answer;
	unsigned answers;
	struct partner_result result;
};
/* entry: case_entry.id; party: case_entry.party. False: the statement is not here any more, was erased, or he takes no part by mail.
 * Outside a transaction too. */
bool partner_load(const struct link_self *self, const struct calendars *calendars, uint64_t statement,
        struct str party, struct arena *a, struct partner_mail *ret, struct exit_object *ret_object);

/* ---- rounds: partner_round.c ------------------------------------------------------------------------ */

/* True if that is the opening of a round whose chair hosts the party: it stands among the recipients of what is said in the round, and
 * what is not mailed (partner_takes) goes nowhere. case_ may be NULL. */
bool partner_hosted(struct db *db, const uint8_t case_[DIGEST_LEN], struct str party, struct arena *a);
/* The case of its mails, which is made with the first of them; id: what is there, 0: nothing. */
uint64_t partner_round_case(const struct link_self *self, const struct stored *s, const struct item *body,
        uint64_t id, struct str party, struct arena *a);
/* "gate-times/1: Times at the gates", of the body of an opening. */
struct str partner_round_title(const struct item *body, struct arena *a);
/* What its mail says and carries; false: a file of it is not here any more. */
bool partner_round_load(
        const struct link_self *self, const struct item *body, struct arena *a, struct partner_mail *m);
/* What of a body's "text", or another object {language: text}, he reads best. */
struct str partner_text(const struct item *text, struct str language, struct str *ret_lang);

/* ---- what he is told of a round later: partner_told.c; which it is stands in agree_told --------------- */

/* There is some that has no mail yet. Outside a transaction too. */
bool partner_told_due(struct db *db);
/* Makes rows 'to send' of it, once each, within a transaction. */
void partner_tell(const struct link_self *self);
/* Answers, result or withdrawal; nothing of other kinds. m->to is there. */
void partner_told_load(const struct link_self *self, const struct stored *s, const struct item *body,
        struct arena *a, struct partner_mail *m);
/* The same as rows of his table. */
void partner_told_rows(const struct partner_mail *m, struct buf *out);
/* The same in one line, as the line of time has it; empty of other kinds. */
struct str partner_told_words(const struct partner_mail *m, struct arena *a);
/* A mail of the statement in that case, to be sent; it is there already: nothing. */
void partner_put(const struct link_self *self, const struct stored *s, const struct item *body, uint64_t id,
        const struct partner *p, struct arena *a);
/* A row of details.csv; of an empty value none. */
void partner_row(struct buf *out, const char *item, struct str type, struct str value);

/* ---- what he answers ------------------------------------------------------------------------------ */

/* The next mail behind that id whose bytes are to be kept whole. Outside a transaction. */
bool partner_unkept(struct db *db, uint64_t after, uint64_t *ret_message, uint64_t *ret_receipt);
/* They are a file of its case: path is moved to where files lie, and is on the disk already. p NULL: they cannot be had any more, and
 * its row says so. */
struct partner_bytes {
	const char *path;
	uint8_t sha256[DIGEST_LEN];
	uint64_t size;
};
int partner_kept(
        const struct link_self *self, uint64_t message, const struct partner_bytes *p, struct err *e);

/* What the exit is asked of it; texts and lists in the arena (clear.c). */
void link_object(const struct link_self *self, const struct head *h, const struct item *body, struct arena *a,
        struct exit_object *ret);
