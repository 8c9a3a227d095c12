/* SPDX-License-Identifier: Apache-2.0
 *
 * Figures that a commitment may name as its indicator: each is measured by this node from its own records, whenever somebody looks,
 * over the last 365 days. Hours are a median; what is still open counts with its age so far, so that nobody looks better by not
 * answering. Shares are those of the norms (agree/norm.h). A figure says what our own node did: that of another party is measured by
 * its node and stands on no page here.
 */
#pragma once

#include "base/err.h"
#include "state/db.h"

struct agree_figure {
	const char *name, *unit;
	const char *about; /* NULL: as the norm's */
	const char *
	        query; /* ?1 since, ?2 until, in microseconds: tenths of an hour, a row for each case, in order; NULL: the share
	                    * that norm_figure_find(name) counts */
	bool past; /* it can be counted for a time that has passed; false: our records have only how it is now */
};
extern const struct agree_figure agree_figures[];
extern const unsigned agree_figure_count;
/* NULL: no node of this version measures it. */
const struct agree_figure *agree_figure_find(struct str name);
/* What is counted, in English. */
const char *agree_figure_about(const struct agree_figure *f);

struct agree_measured {
	uint64_t of;    /* cases that it was measured on; 0: there is nothing to measure yet */
	int64_t tenths; /* of the unit */
	int64_t at;     /* microseconds */
};
/* At now, in microseconds. 0 or a negative code. */
int agree_measure(
        struct db *db, const struct agree_figure *f, int64_t now, struct agree_measured *ret, struct err *e);
/* "3.5 h"; empty: there is nothing to measure. ret has 48 bytes. */
struct str agree_measured_text(char *ret, const struct agree_figure *f, const struct agree_measured *m);
/* True if "is target" ("<= 4") holds for it. */
bool agree_measured_holds(const struct agree_measured *m, struct str is, int64_t target);
