/* SPDX-License-Identifier: Apache-2.0
 *
 * The figures of a country over a period, for the page and its file. Each is counted from findings and letters as the person
 * sees them; none names anybody.
 *
 *   new        findings that were seen first in the period
 *   letters    letters that a mail server took in it
 *   told       findings whose first letter was taken in it: the findings that the following are about
 *   fixed by word       closed as fixed within 7 (30) days of that letter: an answer or a person said so
 *   fixed by evidence   closed as gone in that time: a report that lists all there is no longer has it
 *   of         the told findings of which 7 (30) days have passed; the others have their chance still, and do not count
 *   hours      the median from that letter to the end, of those that were fixed either way
 */
#pragma once

#include "base/vec.h"
#include "web/route.h"

#define COUNTRY_PARTS 16 /* of the period */

enum country_days { COUNTRY_7, COUNTRY_30, COUNTRY_DAYS };
struct country_group {
	struct str key; /* a sector, a class; empty: there is none */
	uint64_t fresh, part[COUNTRY_PARTS], told;
	uint64_t of[COUNTRY_DAYS], word[COUNTRY_DAYS], evidence[COUNTRY_DAYS];
	VEC(int64_t) hours; /* microseconds, of those that were fixed */
};
struct country_figures {
	int64_t from, to;
	int64_t ends[COUNTRY_PARTS]; /* of the parts */
	unsigned nparts;
	bool months; /* parts are months, else weeks */
	uint64_t letters;
	struct country_group all;
	VEC(struct country_group) sectors, classes;
};

/* The period that is asked for with from and to, both days in UTC and to the last one; nothing said: the last full month. The one
 * before it is as long. ERR_USAGE with a sentence. */
int country_period(const struct ask *a, int64_t now, struct country_figures *ret,
        struct country_figures *ret_before, struct err *e);
/* Counts what belongs to each of them. */
int country_count(const struct ask *a, int64_t now, struct country_figures *f, struct country_figures *before,
        struct err *e);
void country_figures_done(struct country_figures *f);
/* -1: none was fixed. */
int64_t country_median(struct country_group *g);
/* In percent of g->of; -1: of none. */
int64_t country_share(const struct country_group *g, enum country_days d, uint64_t n);
