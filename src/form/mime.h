/* SPDX-License-Identifier: Apache-2.0
 *
 * Letters as mail (RFC 5322, 2045 to 2047, 2231): text and one attachment, as every mailer reads them.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

struct mime_letter {
	struct str from, to, reply_to; /* addresses, "Name <address>" is taken too; reply_to may be empty */
	struct str subject, text;      /* UTF-8 */
	struct str message_id;         /* without brackets */
	struct str references;         /* message id of what it follows, may be empty */
	int64_t date;                  /* microseconds */
	struct str csv, csv_name;      /* the attachment; csv.p NULL: none */
};

/* Once in a process. */
void mime_init(void);
/* The whole mail with CRLF line ends. ERR_VALUE if an address is none. */
int mime_write(const struct mime_letter *l, struct buf *ret, struct err *e);
/* The bare address of "Name <address>"; empty if it is none. */
struct str mime_address(struct str s);
