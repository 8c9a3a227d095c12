/* SPDX-License-Identifier: Apache-2.0
 *
 * What an open page hears (server-sent events, HTML Living Standard 9.2), made of the log of changes. Each event says where the
 * log stood; whoever was away comes back with that and has missed nothing.
 *
 *   /events?list=findings&since=CURSOR&owner=bank   the filter of the page, in the words of the list
 *   /events?list=morning&since=CURSOR
 *   /events?receipt=R12&since=CURSOR
 *
 *   ready    {}                        the stream has begun
 *   finding  a row of /findings        it is new or has changed, and passes the filter; "made": it was not there before
 *   gone     ["F3", ...]               it has changed and does not pass the filter, or is out of sight
 *   many     {"made": n, "changed": n} more than LIVE_ROWS at once, whatever the filter: the page offers to be drawn again;
 *                                      changed counts a row as often as it did
 *   count    {"fresh": n, ...}         the figures of the morning page
 *   receipt  a row of /receipts        that report, as far as it is read
 */
#pragma once

#include "web/api.h"

#define LIVE_ROWS 100

enum live_list { LIVE_FINDINGS, LIVE_MORNING, LIVE_RECEIPT };
struct live_look {
	enum live_list list;
	uint64_t receipt;
	struct changes_cursor at;
};

/* What was asked, with its parameters checked; a->arg is a struct api_params. last: Last-Event-ID, which wins over since; p NULL:
 * none. ERR_USAGE, ERR_DENIED; ERR_MISSING: the cursor is too old. */
int live_begin(
        struct live_look *l, const struct ask *a, const struct session *who, struct str last, struct err *e);
/* The first event. */
void live_hello(const struct live_look *l, struct buf *out);
/* What has happened since the last look, as events; nothing if nothing has. a->state as the person sees it. 0 or a code. */
int live_next(struct live_look *l, const struct ask *a, const struct session *who, int64_t now,
        struct buf *out, struct err *e);
