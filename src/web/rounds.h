/* SPDX-License-Identifier: Apache-2.0
 *
 * What the routes of consultations share.
 */
#pragma once

#include "agree/load.h"
#include "web/route.h"

#define ROUND_MINUTES_MAX ((size_t)16 << 20) /* what a member may sign */

/* Which round a question is about. */
#define ROUND_PARAM                                                                                          \
	{                                                                                                    \
		"round", PARAM_TEXT,                                                                         \
		        "which: gate-times (the newest), gate-times/2, or the beginning of an id", true      \
	}

/* The round of the parameter "round", with its manifest, and how it stands now. 0, or a code and a sentence. */
int rounds_load(const struct ask *a, struct round_loaded *r, struct outcome *o, struct err *e);
/* "yes"; "not seen yet", "late", "backdated", "dropped by a rejoin" or "not of this round": why what was said does not count; empty: closing
 * has no bearing on it. */
struct str rounds_counts(const struct round_loaded *r, const struct outcome *o, const struct said *said);
struct str rounds_hex(struct arena *a, const uint8_t id[DIGEST_LEN]);
/* The words of {"en": "..."}: English, or the first; empty: there are none. */
struct str rounds_words(const struct item *object);
