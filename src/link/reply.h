/* SPDX-License-Identifier: Apache-2.0
 *
 * LINK: mails that go out from cases. change_case_mail.c writes them into the line of time as 'to send'; here it is found who is
 * written to and with which key, the exit is asked, and the cleared bytes wait in the outbox until the mail server has said
 * something. Who makes the bytes and carries them is proc/core_reply.c. A mail is decided once: its Message-ID stands in its row,
 * and once it is cleared its bytes stay as they are, so that what is sent again after a crash is the same mail.
 *
 *   to send, no outbox       it is to be written and cleared
 *   to send, outbox, held    a person is to let it go (mail: mode: hold)
 *   to send, outbox          it waits for the mail server
 *   sent, refused            by the mail server, or by the exit, with the words
 */
#pragma once

#include "exit/clear.h"
#include "link/case_change.h"

struct partner_mail;

struct reply_mail {
	uint64_t entry, case_id;
	struct str to, subject, text, message_id, number; /* number: of its case */
	struct str last, earlier; /* Message-IDs: of the mail that it answers, and "<a> <b>" before */
	bool released;            /* a person has let it go: it is not held again */
	const struct partner_mail *
	        partner; /* it carries a statement to a partner without a node (partner.h); NULL: it does not */
	bool lost; /* of a statement that was erased, or whose recipient does not take part by mail any more */
	struct str key; /* OpenPGP key of who is written to; empty: none is known */
	struct exit_object object;
	struct exit_recipient recipient; /* way: as the key is there */
	struct exit_person named[64];
};
/* The next one that is to be written, behind that entry: 1, 0 there is none, or a code. Texts in the arena. */
int reply_next(struct db *db, const struct change_here *here, uint64_t after, struct arena *a,
        struct reply_mail **ret, struct err *e);
/* In a transaction of its own: the mail as it will go out is cleared and waits in the outbox, or is refused with the exit's
 * words. hold: a person is to let it go. */
int reply_clear(struct db *db, const struct reply_mail *m, struct str bytes, bool hold, struct err *e);
/* The same where it cannot be written as it must: it is refused with that sentence. */
int reply_fail(struct db *db, const struct reply_mail *m, struct str sentence, struct err *e);

struct reply_ready {
	uint64_t entry;
	struct str to, bytes;
	uint8_t sha256[32];
};
/* The next one for the mail server: 1, 0 there is none, or a code. What may not go any more is refused on the way. */
int reply_ready_next(struct db *db, struct arena *a, struct reply_ready *ret, struct err *e);
/* What the mail server said, in a transaction of its own; code as for letters: 250 taken, 4xx later, 5xx refused, 0 not reached. */
int reply_answer(struct db *db, uint64_t entry, unsigned code, struct str words, struct err *e);
