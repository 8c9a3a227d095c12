/* SPDX-License-Identifier: Apache-2.0
 *
 * Is the clock of this computer to be believed? What the node compares it with is the time that passes (os_ticks), and
 * after a start the clock that it wrote down last:
 *
 *   - a step back by more than CLOCK_STEP, or a start before the last clock, is never right: one of the two was wrong;
 *   - a step forward of up to CLOCK_FORWARD is what a virtual machine does that was paused, or a computer without a
 *     battery once it hears the time: it is believed. A longer one is not, except soon after a start: a computer that
 *     was off and starts with its last time is set by days, so that CLOCK_START counts there, as for the start itself.
 *
 * While the clock is doubtful, reports are read, and letters that were decided go. What silence or age alone would do
 * asks clock_doubtful() and waits. It ends by itself once the clock has been for CLOCK_QUIET where it was believed, by the
 * ticks, or when a person confirms the clock ("weir clock confirm").
 *
 * By itself it cannot see a clock that was wrong from the first day, or one that slowly runs away: neighbours can. Where the clocks of
 * two or more, and of more than half of those that were heard in the last CLOCK_HEARD, agree with each other and not with ours, it is
 * doubtful too, until they no longer say so or a person confirms the clock, which then counts more than they for CLOCK_ALONE. A start
 * takes over both: the doubt, until as many as have said it are heard again, two of them and more than half agree with us, or CLOCK_HEARD
 * is over; and the rest of a person's day, unless the node was off for more than CLOCK_QUIET or its clock has jumped since.
 */
#pragma once

#include "base/err.h"

struct node;

#define CLOCK_STEP (5 * (int64_t)1000000)
#define CLOCK_FORWARD (24 * (int64_t)3600 * 1000000)
#define CLOCK_START (30 * CLOCK_FORWARD)
#define CLOCK_QUIET (10 * (int64_t)60 * 1000000)
#define CLOCK_APART ((int64_t)300) /* seconds: as far as the clocks of two parties may differ */
#define CLOCK_ALONE CLOCK_FORWARD
#define CLOCK_HEARD (2 * (int64_t)3600 * 1000000) /* of ticks: so long counts what a neighbour has said */

struct clock {
	bool doubtful;
	bool strict;         /* it was doubtful when the node ended: CLOCK_START does not count */
	int64_t now, ticks;  /* at the last look */
	int64_t right;       /* clock less ticks, as last believed */
	int64_t before;      /* the same before the last step forward that was believed; 0: none */
	int64_t began;       /* ticks of the start */
	int64_t stretch;     /* clock at the last step */
	int64_t right_since; /* ticks; while it is doubtful, but where it was believed; 0: it is not */
	int64_t written;     /* ticks */
	int64_t apart; /* seconds that the clocks of neighbours are from ours, which is doubtful for it; 0: it is not */
	unsigned voices; /* so many were heard when they said that */
	int64_t heard;   /* ticks: the last that said it, or another with it */
	bool kept;       /* those were before the start or a step of the clock, and must be heard anew */
	int64_t alone;   /* ticks: what neighbours say does not count before */
};

/* What a look has found. */
struct clock_said {
	bool stepped; /* what was to be done at a time of the old clock is to be looked at now */
	bool log;     /* somebody must hear of it */
	char text[200];
};

/* At the start, before anything is decided. 0 or a code of the state; the judgement stands in either case. */
int clock_open(struct node *n, struct clock_said *ret, struct err *e);
/* Each second or so, between transactions. It writes each minute and when something has changed. */
int clock_look(struct node *n, struct clock_said *ret, struct err *e);
/* How many seconds the clocks of others are from ours, the middle of those that agree with each other within CLOCK_APART, if they are two
 * or more, more than half of all n, and none of them is within CLOCK_APART of ours; else 0. Puts differs in order. */
int64_t clock_others(int64_t *differs, unsigned n);
/* What all say that were heard in the last CLOCK_HEARD (ticks of the newest: at), whenever one was heard, and now and then while it is
 * doubtful for it; in the transaction that is open. Puts differs in order. */
void clock_heard(struct node *n, int64_t *differs, unsigned count, int64_t at, struct clock_said *ret);
/* True: nothing may follow from silence or from age alone now, nothing may be deleted for its age or signed. */
bool clock_doubtful(const struct node *n);
/* A person says that it is right now; in the transaction that is open. Once that is committed: clock_believe. */
void clock_confirm(struct node *n);
void clock_believe(struct node *n);

/* ---- clock_mend.c, inside see/: stamps of another clock; in the transaction that is open ---- */

/* It was set back: what waits for a time that has gone far away is done as soon as by the new clock. */
void clock_mend_waiting(struct node *n, int64_t now);
/* Set forward after a doubtful stretch: what was stamped then lies too far back. */
void clock_mend_old(struct node *n, int64_t from, int64_t to, int64_t step);
/* The clock is believed again: nothing that was done lies in the future. */
void clock_mend_future(struct node *n, int64_t now);
