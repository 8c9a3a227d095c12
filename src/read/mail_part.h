/* SPDX-License-Identifier: Apache-2.0
 *
 * One part of a mail: what its header says, and the way from its bytes as they stand in the mail to the bytes
 * that were meant.
 */
#pragma once

#include "read/read.h"

#define MAIL_BOUNDARY 256 /* RFC 2046 allows 70 */

enum mail_kind {
	MAIL_TEXT,      /* words for people, pictures, signatures: nobody reads them */
	MAIL_MULTIPART, /* parts follow */
	MAIL_MESSAGE,   /* a mail in the mail */
	MAIL_HANDED,    /* may be a report */
	MAIL_ENCRYPTED, /* and nobody here has a key for it */
	MAIL_TNEF,      /* winmail.dat */
	MAIL_TABLE,     /* a spreadsheet, which may be a report and cannot be read */
};

/* The fields of a header that matter, unfolded, in memory of the scratch arena. */
struct mail_fields {
	struct str type, disposition, encoding, description;
	bool xarf;  /* X-ARF or X-XARF */
	unsigned n; /* fields at all */
};

struct mail_part {
	enum mail_kind kind;
	struct str type; /* "text/csv", lower case */
	struct str name; /* of the file, decoded (RFC 2231, RFC 2047); may be empty */
	struct str charset;
	char boundary[MAIL_BOUNDARY];
	size_t boundary_len;
	bool report;  /* multipart/report: what is in it is not for us, except the report itself */
	bool openpgp; /* multipart/encrypted (RFC 3156): what follows is a line about it, and the message */
	bool data;    /* it calls itself data: that nobody is sure of it is worth saying */
	int encoding; /* GMimeContentEncoding */
};

/* inside_report: the part stands in a multipart/report. xarf: the mail says that it is X-ARF. */
void mail_part_parse(struct arena *scratch, const struct mail_fields *f, bool xarf, bool inside_report,
        struct mail_part *ret);
/* One line of a header, without its end; folded lines are put together. */
void mail_field_line(struct arena *scratch, struct str line, struct mail_fields *f);

/* Decodes base64, quoted-printable and uuencode, and turns text of another charset into UTF-8. */
struct mail_decoder;
struct mail_decoder *mail_decoder_new(const struct mail_part *p);
/* The decoded bytes of a piece; valid until the next call. last: nothing comes behind it. */
struct str mail_decode(struct mail_decoder *d, struct str piece, bool last);
void mail_decoder_free(struct mail_decoder *d);

/* Opens GMime and the tables of charsets. */
void mail_prepare(void);
