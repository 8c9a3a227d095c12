/* SPDX-License-Identifier: Apache-2.0
 *
 * The one form of a time in statements, key lists and their bodies, "YYYY-MM-DDThh:mm:ssZ", and the ids of parties.
 */
#pragma once

#include "base/str.h"

#define STAMP_TEXT 21                     /* with a NUL */
#define STAMP_MAX ((int64_t)253402300799) /* the last second of the year 9999 */
#define PARTY_ID 63                       /* bytes of a party id at most */

/* Exactly that form and a time that there is, of the years 1000 to 9999; seconds since 1970, negative before. */
bool stamp_read(struct str text, int64_t *ret);
/* Of any t there is a text; outside of those years it is not the time. */
void stamp_print(char ret[STAMP_TEXT], int64_t seconds);

/* Two lower-case letters (ISO 3166-1 alpha-2: a national CERT), or a DNS name in its A-label form that has a dot. */
bool party_id_good(struct str id);
