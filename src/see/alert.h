/* SPDX-License-Identifier: Apache-2.0
 *
 * Waking somebody. What must not wait for the morning becomes an alert: one per cause, however often it is seen. Those
 * of the roster who are on duty are told one after the other, each when the one before has not acknowledged it in time
 * (weir ack). An alert ends by itself when its cause is gone.
 *
 * An alert names counts, ids, owners and the telephone number that is to be called, never what stands in a report: it goes
 * by mail or to a webhook that may belong to somebody else.
 */
#pragma once

#include "see/node.h"

/* Looks for causes, ends alerts whose cause is gone, and makes the messages that are due; in a transaction of its own.
 * *ret_next: when to look again. */
int alert_look(struct node *n, int64_t *ret_next, struct err *e);
/* Opens one; in the transaction that is open. Nothing if it is open already. */
void alert_open(
        struct node *n, struct str topic, struct str object, enum severity severity, struct str sentence);

struct alert_ready {
	uint64_t id; /* of the message */
	bool webhook;
	struct str to, bytes;
	uint8_t sha256[32];
};
/* The next message for the post: 1, 0 if there is none, or a code. Texts in the arena. */
int alert_next(struct node *n, struct arena *a, struct alert_ready *ret, struct err *e);
/* What became of it: code of SMTP or HTTP (2xx taken, 5xx of SMTP and 4xx of HTTP refused, all else is tried again). */
int alert_answer(struct node *n, uint64_t message, unsigned code, struct str text, struct err *e);
