/* SPDX-License-Identifier: Apache-2.0
 *
 * The files that pages need beside themselves: style, script, icon, fonts. They are part of the program (ui/embed.sh writes
 * the table when it is built), so that a page and its script are of one version and nothing is read from a disk.
 *
 *   /a/DIGEST/NAME  style, script, icon: the address changes with the bytes, so a browser may keep them for ever
 *   /f/NAME         fonts, which the style names: they change when Debian's do, so a day is long enough
 */
#pragma once

#include "base/str.h"

struct asset {
	const char *name;           /* style.css */
	const char *path;           /* /a/0123456789abcdef/style.css, /f/lao-bold.woff2 */
	const char *type;           /* media type */
	char digest[17];            /* the first 16 hexadecimal digits of the SHA-256 of bytes */
	const unsigned char *bytes; /* the file; no NUL behind it */
	const unsigned char *gzip; /* the same in gzip (RFC 1952); NULL for fonts, which are packed already */
	size_t len, gzip_len;      /* bytes */
};

/* The file behind "/a/DIGEST/NAME"; for "/f/NAME" the digest is empty. NULL if there is none, or if its digest is another
 * one: a page of an older program asks for what is gone. */
const struct asset *asset_find(struct str digest, struct str name);
/* Its path, for pages. A name that is not there ends the process: names are words of the program. */
const char *asset_path(const char *name);

extern const struct asset asset_table[];
extern const size_t asset_count;
