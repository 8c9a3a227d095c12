/* SPDX-License-Identifier: Apache-2.0
 *
 * What is new to a person since he last looked (table looked), and what is late.
 */
#pragma once

#include "web/route.h"

#define NEWS_MOST 10000 /* no figure counts further than one more */

struct news {
	uint64_t looked, newest, fresh, critical, high, late, mine;
	int64_t when; /* of the last look; 0: never */
};
int news_find(const struct ask *a, struct str person, int64_t now, struct news *ret, struct err *e);
