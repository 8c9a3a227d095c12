/* SPDX-License-Identifier: Apache-2.0
 *
 * Letters: opened while a chunk is committed, sealed when their time has come, and what became of them. A letter is
 * decided once: with its first finding it gets its number and its Message-ID, and both stay.
 *
 *   due        more findings of the class are added until send_at has come and the report is read to its end
 *   held       sealed; waits for a person (mail: mode: hold, or the exit refused it)
 *   ready      sealed; its bytes lie in letters/TICKET.eml; waits for the mail server
 *   sent       the mail server took it; its findings are told
 *   refused    the mail server refused it for good
 *   withdrawn  taken back before it went
 */
#pragma once

#include "see/node.h"
#include "state/receipt.h"

/* Rows of one letter; what is more goes into another. */
#define NOTICE_ROWS 5000

/* Letters that were found while one chunk is at hand: asking the table for each finding would cost more than the
 * row. Empty it when the transaction begins. */
struct notice_cache {
	struct {
		uint64_t notice;
		uint32_t contact, digest, findings;
		uint16_t type;
		uint8_t kind;
	} v[512];
};

/* What kind of letter, as words in state.db. */
enum notice_kind {
	NOTICE_NEW,        /* told for the first time */
	NOTICE_AGAIN,      /* it lasts */
	NOTICE_BACK,       /* it was said to be fixed, and is there again */
	NOTICE_CORRECTION, /* an earlier letter was wrong */
	NOTICE_CAMPAIGN,   /* a person's words to many (campaign.h) */
	NOTICE_RIGHT,      /* it asks whether the contact is still right (right.h) */
	NOTICE_KINDS
};
struct str notice_kind_name(unsigned kind);
/* NOTICE_KINDS if the word is none. */
unsigned notice_kind_find(struct str word);

struct notice_about {
	const struct verdict *verdict;
	enum event_type type;
	enum notice_kind kind;
	struct str place; /* of the finding */
	uint64_t finding, receipt, root, event;
	int64_t received;
};
/* Whether somebody is to be told of what was decided so. */
bool notice_wanted(const struct verdict *v);
/* Adds a finding to the letters of all contacts of its verdict; in the transaction that is open. Nothing if nobody is
 * to be told; if it is to be quiet, it is made so. */
void notice_add(struct node *n, struct notice_cache *cache, const struct notice_about *about);
/* The same for one contact, whoever the verdict says. */
void notice_add_to(
        struct node *n, struct notice_cache *cache, const struct notice_about *about, uint32_t contact);
/* Takes a finding out of the letters that are not sealed yet; one that is left empty is withdrawn. In the transaction
 * that is open. */
void notice_take_out(struct node *n, uint64_t finding);

/* A letter is opened: its row, number and Message-ID; in the transaction that is open. Returns its id. */
struct notice_new {
	uint32_t contact, digest;
	struct str class, note;
	int64_t send_at;
	uint64_t last_receipt, follows; /* 0: none */
	enum notice_kind kind;
};
uint64_t notice_open(struct node *n, const struct notice_new *w);
/* True if letters to that contact came back. */
bool notice_broken(const struct node *n, uint32_t contact);
/* The letter came back for good: its contact is marked, and the next one is written to; in the transaction that is open. */
void notice_bounce(struct node *n, uint64_t notice);
/* A letter that was sent has come back: what it alone had told is told to nobody; in the transaction that is open. */
void notice_untold(struct node *n, uint64_t notice);
/* Gives what the letter tells to the owner's next contact, in a letter of its own; in the transaction that is open. False if
 * there is none: a person is needed. */
bool notice_next_contact(struct node *n, uint64_t notice);

/* At the start: where every letter is to wait for a person from now on, those wait too that were ready. */
int notice_mode(struct node *n, struct err *e);
/* Seals letters whose time has come, some at a time: *ret says how many. *ret_next: when to look again
 * (microseconds, as os_now), INT64_MAX if nothing is due. Negative: the disk. */
int notice_seal(struct node *n, unsigned *ret, int64_t *ret_next, struct err *e);

/* Findings whose time has come, some at a time, in a transaction of its own: what is quiet no longer is told, what lasts is
 * told again, what had its letters without effect waits for a person. *ret: how many; *ret_next: when to look again,
 * INT64_MAX if there is none. */
int notice_again(struct node *n, unsigned *ret, int64_t *ret_next, struct err *e);
/* How long after a letter the finding is told again, by the rule of that ruleset and number, or the one that has its name
 * now. False if there is none any more. *ret_rule: its number now. */
bool notice_rule(struct node *n, uint64_t ruleset, uint64_t rule, uint32_t *ret_rule, struct rule_view *ret);

/* Path of a sealed letter. ret has NODE_PATH bytes. */
void notice_path(const struct node *n, struct str ticket, char *ret);
/* The next letter for the mail server: 1, 0 if there is none, or a code. Texts in the arena. */
struct notice_ready {
	uint64_t id;
	struct str ticket, to;
	uint8_t sha256[32];
	unsigned tries;
};
int notice_next(struct node *n, uint64_t after, struct arena *a, struct notice_ready *ret, struct err *e);
/* What the mail server said: code of SMTP (250 taken, 4xx later, 5xx refused; 0: it could not be reached). */
int notice_answer(struct node *n, uint64_t notice, unsigned code, struct str text, struct err *e);

/* When a digest goes next after now; day 1 Monday to 7 Sunday, 8 every day, 9 each day that is worked. */
int64_t notice_digest(
        const struct zone *zone, const struct holidays *h, int64_t now, unsigned day, unsigned minute);
/* The same for the contact, by its clock; code: as in notice.digest. */
int64_t notice_digest_for(struct node *n, uint32_t contact, int64_t now, uint32_t code);
