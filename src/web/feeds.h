/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "web/route.h"

/* When a report or an answer of the server last came, of a row f of feed. */
#define FEEDS_GOOD                                                                                           \
	"case when f.fetched = 1 then f.good else (select max(received) from receipt where feed = f.name) "  \
	"end"
/* True for a row f of feed that is enabled and late. ?1: now. */
#define FEEDS_LATE                                                                                           \
	"(f.enabled and f.cadence > 0 and ?1 - coalesce(" FEEDS_GOOD                                         \
	", (select value from meta where key = 'born'), 0) > f.cadence * 1500000)"
