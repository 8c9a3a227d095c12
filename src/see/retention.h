/* SPDX-License-Identifier: Apache-2.0
 *
 * weir.yaml, retention: how long the days' files keep what. Findings and letters are kept for good.
 */
#pragma once

#include "base/conf.h"

/* Whole days after the end of a day; 0: kept for good (mask: never masked). */
struct retention {
	uint32_t events; /* events and verdicts of a day */
	uint32_t raw;    /* bytes of its reports */
	uint32_t mask;   /* personal data is masked, and the bytes of reports go with it */
};

struct retention retention_default(void);
/* m NULL: the block is not there. ERR_VALUE with file and line. */
int retention_options(const struct conf *m, struct retention *ret, struct err *e);
