/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside day/: an open file.
 */
#pragma once

#include "day/day.h"
#include "day/pack.h"

struct day {
	struct db *db;
	struct pack *pack;
	struct buf scratch, verdicts;
	uint32_t date;
};
