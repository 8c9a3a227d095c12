/* SPDX-License-Identifier: Apache-2.0
 *
 * Between why.c, which finds the record, and why_tell.c, which tells of it.
 */
#pragma once

#include "state/kept.h"
#include "state/receipt.h"
#include "web/why.h"

struct story {
	const struct ask *a;
	const struct why_sink *sink;
	struct receipt r;
	struct kept kept;
	struct day *day; /* NULL: all of it is gone */
	struct day_view view;
	const struct batch_row *row; /* NULL: the record was set aside */
	const struct batch_aside *aside;
	const struct verdict *verdict;
	struct day_moved
	        moved; /* where an earlier edition had the event; raw_len 0 and line 0: nowhere else */
	bool has_moved;
};

/* The bytes of the record. */
int why_raw(struct story *s, struct buf *ret, struct err *e);
/* An event, and the finding that led to it (0: none did). */
void why_event(struct story *s, const struct ask_event *id, uint64_t finding);
/* The same where the events of its day are gone: what state.db has of it. */
void why_gone(struct story *s, const struct ask_event *id, uint64_t finding);
/* A receipt, and what of its day is gone. */
void why_receipt(struct story *s);
/* ---- why_exit.c: where a letter, the letters of a finding, or any other thing went and did not ---- */

void why_exit_letter(const struct story *s, uint64_t notice);
void why_exit_finding(const struct story *s, uint64_t finding);
/* By the name that the exit knows it by, or what stands in it behind its kind: a statement's id, A12. ERR_USAGE if there is none. */
int why_exit_object(const struct story *s, struct str object, struct err *e);

/* ---- why_round.c ---- */

/* A round of that number of agree_round. */
int why_round(const struct story *s, uint64_t id, struct err *e);

/* ---- why_tell.c ---- */

/* A letter. */
int why_letter(struct story *s, uint64_t notice, struct err *e);
