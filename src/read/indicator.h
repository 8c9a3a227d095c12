/* SPDX-License-Identifier: Apache-2.0
 *
 * What one word of a list is: an address, a prefix, a name, a URL, ... Shared by the readers whose values do
 * not say themselves of which kind they are.
 */
#pragma once

#include "event/event.h"

enum indicator_kind {
	INDICATOR_NONE, /* why says what is wrong */
	INDICATOR_ADDR,
	INDICATOR_NETWORK,
	INDICATOR_NAME,
	INDICATOR_HOST_PORT, /* address or name, and a port */
	INDICATOR_PATH,      /* host and path without a scheme: the host is known, a URL it is not */
	INDICATOR_URL,
	INDICATOR_EMAIL,
	INDICATOR_DIGEST,
	INDICATOR_ASN,
};

struct indicator {
	enum indicator_kind kind;
	struct str text;          /* what to put; a part of the word, or of prefix */
	struct str port;          /* of INDICATOR_HOST_PORT, as it stands there */
	char prefix[PREFIX_TEXT]; /* of a network that was given with a netmask */
	const char *why;          /* of INDICATOR_NONE: "has an octet above 255" */
};

/* Looks at a word without blanks. ret->text may point into ret, so a copy needs care. */
void indicator_parse(struct str word, struct indicator *ret);
/* Puts it into the open event, on the side of the source. */
void indicator_put(struct writer *w, const struct indicator *i);

/* "255.255.255.0" to 24; false if it is no netmask. */
bool indicator_netmask(struct str s, unsigned *ret_len);
