/* SPDX-License-Identifier: Apache-2.0
 *
 * Which feeds are to be fetched, and what came of it. What the server says of its version (ETag, Last-Modified) is kept
 * in the same transaction as the receipt: never one without the other.
 */
#pragma once

#include "see/see.h"

/* When a report or an answer of the server last came, of a row f of feed. */
#define FEEDS_GOOD                                                                                           \
	"case when f.fetched = 1 then f.good else (select max(received) from receipt where feed = f.name) "  \
	"end"
/* Since when nothing can be held against it but that nothing came: a report, or its being switched on. */
#define FEEDS_BASE                                                                                           \
	"max(coalesce(" FEEDS_GOOD ", 0), f.since, coalesce((select value from meta where key = 'born'), "   \
	"0))"
/* Since when a row f of feed is late, that is enabled: since the time by which it was expected (see/expected.h), else one and
 * a half times its cadence after a report came, it was switched on, or the node was made. Null: it is not late. ?1: now. Of a
 * clock that may be ahead only the time that has passed counts; one that may be behind makes nobody late. */
#define FEEDS_LATE_SINCE                                                                                     \
	"case when not f.enabled then null when f.expected <> '' then f.missed when f.cadence > 0 and ?1 - " \
	"max(0, coalesce((select value from meta where key = 'clock.off'), 0)) * 1000000 - " FEEDS_BASE      \
	" > f.cadence * 1500000 then " FEEDS_BASE " + f.cadence * 1500000 end"
#define FEEDS_LATE "((" FEEDS_LATE_SINCE ") is not null)"

/* The feed that has waited longest, with what is known of its version: 1, 0 if none is due (*ret_next: when one will
 * be, INT64_MAX never), or a code. Texts in the arena. */
struct fetch_due {
	const struct node_feed *feed;
	struct str etag, modified;
	int64_t good; /* 0: never */
};
int fetch_next(struct node *n, struct arena *a, struct fetch_due *ret, int64_t *ret_next, struct err *e);

struct fetch_result {
	struct str feed, name, etag, modified;
	int code;            /* 200 new bytes, 304 the same, 207 a round is over, 0 not reached or refused */
	struct str sentence; /* what went wrong; of 207, with single reports */
	uint8_t token[RECEIPT_TOKEN], sha256[32];
	uint64_t size;
};
/* Writes it down and accepts the bytes. 0 or a code. */
int fetch_done(struct node *n, const struct fetch_result *r, struct err *e);
/* One report of a source with many. */
struct fetch_item {
	struct str feed, item, name, via; /* item: what its source calls it */
	uint8_t token[RECEIPT_TOKEN], sha256[32];
	uint64_t size;
};
/* True if it was taken before. */
bool fetch_has(struct node *n, const struct fetch_item *d);
/* Accepts its bytes, and remembers the item in the same transaction. An enum see_accept and *ret (texts in the arena), or a
 * code. */
int fetch_take(
        struct node *n, const struct fetch_item *d, struct arena *a, struct receipt *ret, struct err *e);
/* A feed is fetched as soon as may be; in the transaction that is open. */
void fetch_soon(struct node *n, struct str feed);
