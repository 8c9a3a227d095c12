/* SPDX-License-Identifier: Apache-2.0
 *
 * Calendar files (RFC 5545): lines end in CRLF, are folded before 75 bytes and never within a character, and text is escaped.
 *
 *   ics_begin(&out, STR("Weir"));
 *   ics_event(&out, &(struct ics_event){...});
 *   ics_end(&out);
 */
#pragma once

#include "base/vec.h"

struct ics_event {
	struct str uid; /* the same for the same thing in each file, so that a calendar knows it again */
	struct str summary, description, url; /* description and url may be empty */
	int64_t at, made;                     /* microseconds */
	uint64_t minutes;                     /* how long it stands there */
	uint64_t alarm_minutes;               /* before it; 0: none */
};

void ics_begin(struct buf *out, struct str name);
void ics_event(struct buf *out, const struct ics_event *v);
void ics_end(struct buf *out);
