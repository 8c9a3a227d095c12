/* SPDX-License-Identifier: Apache-2.0
 *
 * Parties of a round without a node. The chair that opened it hosts them: its opening goes there by mail (link/partner.h), and what they
 * write back is entered by a person of the chair as a comment of the chair, with "via": who wrote it, what was proven, and the
 * mail as it came, which goes along, so that each node can check it again. They are observers: they comment and take no position.
 */
#pragma once

#include "agree/load.h"
#include "trust/change.h"

/* For whom a comment was entered. from empty: it is its sender's own. */
struct agree_via {
	struct str from, auth;   /* auth: "openpgp FINGERPRINT" or "nothing" */
	bool proven;             /* signed with the key that the chair knows for it */
	uint8_t raw[DIGEST_LEN]; /* the mail */
};
/* Only of the chair, for an observer of the manifest that its opening says it hosts. */
struct agree_via agree_via_of(const struct round_loaded *r, const struct said *s);
/* "th", or "th, by mail (OpenPGP), entered by la". */
struct str agree_via_words(struct arena *a, const struct agree_via *via, struct str sender);

/* A mail of the round's case from somebody whom we host. */
struct agree_mail {
	uint64_t id; /* message.id: M12 */
	struct str party, proven, words;
	int64_t received;  /* microseconds */
	bool fresh;        /* nobody is done with it yet */
	bool soon, kept;   /* its bytes will be kept in some seconds; are */
	bool signed_by_it; /* with the key that is known for the party */
	uint8_t sha256[DIGEST_LEN];
	uint64_t size;
};
/* Oldest first. */
unsigned agree_mails(struct db *db, struct arena *a, const uint8_t open[DIGEST_LEN], struct agree_mail **ret);

/* The parameter mail of a comment: adds its "via" and the mail as attachment, and the mail is done with. Nothing where it is not there. */
int agree_put_mail(
        struct change *c, struct arena *a, const struct round_loaded *r, struct buf *members, struct err *e);
/* 0, or with the parameter mail the sentence that nobody takes a position for another. */
int agree_no_mail(struct change *c, struct arena *a, const struct round_loaded *r, struct err *e);
