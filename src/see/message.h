/* SPDX-License-Identifier: Apache-2.0
 *
 * What people write to the team, and what mail servers say of its letters: each mail from which no report was read, or
 * that answers a letter, becomes a row of the table message. Which letter it answers is found by the Message-IDs it
 * names, then by the number in its subject. Nothing follows from an answer until a person confirms it; only a mail server's
 * word that a letter could not be delivered, if it names the letter's own Message-ID, marks the contact.
 */
#pragma once

#include "see/node.h"
#include "state/receipt.h"

/* What a reader found in a mail (read/message.c); texts in an arena. Empty: not there. */
struct message {
	struct str sender, name, recipient, subject, message_id, references, words, attached, sentence;
	struct str dsn_action, dsn_status, dsn_recipient, dsn_original;
	int64_t sent; /* 0: not said */
	bool machine; /* it says that no person wrote it (RFC 3834) */
	/* Where in the mail stand the bytes that its sender has signed with OpenPGP (RFC 3156), and the signature; of one that is
	 * encrypted, where the encrypted bytes stand. Lengths 0: there are none. */
	uint64_t signed_at, signed_len, sealed_at, sealed_len;
	struct str signature;
	char proven[96]; /* message.proven, by who has keys (proc/core_mail.c) */
	bool opened;     /* words and attached come out of what was encrypted */
};
/* Copies what the batch's record says. */
void message_take(const struct batch *b, struct arena *a, struct message *ret);
/* In the transaction that ends the receipt: makes the row, unless the mail is a report and no answer. */
void message_put(struct node *n, const struct receipt *r, const struct message *m);
