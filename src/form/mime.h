/* SPDX-License-Identifier: Apache-2.0
 *
 * Letters as mail (RFC 5322, 2045 to 2047, 2231): text and attachments, as every mailer reads them. Signed and
 * encrypted ones (RFC 3156) are made of these in two steps: who holds the keys gets the entity, from its first field
 * to its last byte, and what comes back is put in its place.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"

/* A text that goes along. */
struct mime_file {
	struct str name, bytes; /* UTF-8 */
};

struct mime_letter {
	struct str from, to, reply_to; /* addresses, "Name <address>" is taken too; reply_to may be empty */
	struct str subject, text;      /* UTF-8 */
	struct str message_id;         /* without brackets */
	struct str references;         /* message id of what it follows, may be empty */
	struct str earlier;            /* "<a> <b>": what that follows; may have p NULL */
	int64_t date;                  /* microseconds */
	struct str csv, csv_name;      /* the attachment; csv.p NULL: none */
	bool person;                   /* somebody wrote it: it does not say that a machine did */
	struct str xarf, xarf_name;    /* another one, JSON, beside the first; xarf.p NULL: none */
	struct str file, file_name;    /* and one that is bytes; file.p NULL: none */
	const struct mime_file *files; /* further ones, where csv is there */
	unsigned nfiles;
};

/* Once in a process. */
void mime_init(void);
/* The whole mail with CRLF line ends. ERR_VALUE if an address is none. */
int mime_write(const struct mime_letter *l, struct buf *ret, struct err *e);
/* The same. *ret_entity: where its entity begins, the fields that say what the body is and the body; all before it is
 * about the mail. */
int mime_write_entity(const struct mime_letter *l, struct buf *ret, size_t *ret_entity, struct err *e);
/* The mail with a signature beside its entity, whose bytes stay as they are. digest: "pgp-sha256". */
void mime_signed(struct str mail, size_t entity, struct str signature, struct str digest, struct buf *ret);
/* The mail with an encrypted message in place of its entity. */
void mime_encrypted(struct str mail, size_t entity, struct str message, struct buf *ret);
/* What a mail that this program has written says: subject, text and table; of an encrypted one the subject alone. For bytes that
 * are known to be its own, since their digest is. Texts in the arena; p NULL: it has none. */
struct mime_own {
	struct str subject, text, csv;
};
void mime_read_own(struct str mail, struct arena *a, struct mime_own *ret);
/* The bare address of "Name <address>"; empty if it is none. */
struct str mime_address(struct str s);
