/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the lists, the text and the pages of meetings: one row, and the questions that all of them ask. Every question begins
 * with the rows of meeting, which are those that the person may see (state/scope.h).
 */
#pragma once

#include "web/clocks.h"
#include "web/route.h"

/* Our own party. */
#define MEETING_US "(select name from party where own = 1)"
/* The statement of the row x counts, and its sender has not withdrawn it. */
#define MEETING_COUNTS(x)                                                                                    \
	"exists (select 1 from statement s where s.n = " x                                                   \
	".statement and s.effect = 1 and not exists (select 1 from statement w where w.reply = s.id and "    \
	"w.kind = 'withdraw' and w.effect = 1 and w.sender = s.sender))"
/* We are asked and have not answered (meeting.stay.ID in meta: the card that we do not come to); minutes wait for us. Of the meeting m. */
#define MEETING_ASKED                                                                                        \
	"(m.ours = 0 and m.state in ('planned', 'open') and exists (select 1 from meeting_party p where "    \
	"p.meeting = m.id and p.as_ in ('participant', 'observer') and p.party = " MEETING_US                \
	") and not exists (select 1 from meeting_answer a where a.meeting = m.id and a.party = " MEETING_US  \
	" and " MEETING_COUNTS("a") ") and not exists (select 1 from meta where key = "                      \
	                            "'meeting.stay.' || m.id and value = m.serial))"
#define MEETING_UNSIGNED                                                                                     \
	"(m.ours = 0 and m.state <> 'cancelled' and m.minutes is not null and exists (select 1 from "        \
	"meeting_party p where p.meeting = m.id and p.as_ = 'participant' and p.party = " MEETING_US         \
	") and not exists (select 1 from meeting_assent a where a.meeting = m.id and a.party = " MEETING_US  \
	" and a.sha256 = m.minutes_sha256 and " MEETING_COUNTS("a") "))"
/* What is to be done, of the row f and the meeting m: nobody here has noted that it is. */
#define MEETING_UNDONE                                                                                       \
	"not exists (select 1 from meeting_done d where d.meeting = f.meeting and d.owner = f.owner and "    \
	"d.what = f.what)"

struct meeting_row {
	uint64_t id, minutes; /* minutes: n of their statement; 0: there are none */
	bool ours, asked, unsigned_;
	int64_t serial, start, until, said; /* seconds */
	struct str sender, state, title, place, link, facilitator, label, community;
	struct str sha256; /* of the minutes, 64 digits; empty: none */
	struct str us;
};
/* "G12"; ERR_USAGE, or ERR_MISSING. */
int meeting_find(const struct ask *a, struct str name, struct meeting_row *ret, struct err *e);

/* A party of it, and what it has said. */
struct meeting_member {
	struct str party, as; /* as: chair, participant, observer */
	struct str comes;     /* yes, sender, or empty: it has not answered, or that is not known here */
	int64_t serial, came; /* of the card that it answered, and when */
	struct str by;
	struct str assent; /* yes, sender, earlier (other bytes), or empty */
	int64_t assented;
	struct str assent_by;
	struct str present; /* offices as the minutes have them, else the draft */
	bool is_present;
};
unsigned meeting_members(
        const struct ask *a, const struct meeting_row *m, struct meeting_member **ret, struct err *e);
/* The clocks of all of it, ours first. */
struct clocks *meeting_clocks(const struct ask *a, const struct meeting_row *m);
/* Papers of an item, "WP.1 WP.2"; bits: meeting_item.papers. */
struct str meeting_item_papers(const struct ask *a, uint64_t meeting, uint64_t bits);

/* UTF-8, and no byte that is zero. */
bool meeting_is_text(struct str bytes);
/* A text that this meeting names (its card, its minutes, what was said at it), by 8 digits of its digest or more; meeting 0: any that
 * is in sight. */
int meeting_text(const struct ask *a, uint64_t meeting, struct str digits, struct buf *ret, struct err *e);
/* The bytes of an attachment of that statement (its number here) by the digits of its digest. False: they are not here, or are more
 * than most. */
#define MEETING_TEXT_MOST ((size_t)1 << 20) /* of what is shown as text */
bool meeting_bytes(const struct ask *a, uint64_t statement, struct str hex, size_t most, struct buf *ret);

extern const struct route route_meetings, route_meeting, route_meeting_parties, route_meeting_agenda,
        route_meeting_papers, route_meeting_file, route_meeting_text, route_meeting_calendar, route_followups;
