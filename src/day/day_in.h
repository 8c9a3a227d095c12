/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside day/: an open file.
 */
#pragma once

#include "day/ahead.h"
#include "day/day.h"
#include "day/pack.h"

struct day {
	struct db *db;
	struct pack *pack;
	struct pack_worker *worker; /* NULL until it is first needed */
	const struct batch *begun;  /* whose rest the worker has, in scratch; NULL: none */
	struct buf scratch, verdicts;
	uint32_t date;
};
