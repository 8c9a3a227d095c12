/* SPDX-License-Identifier: Apache-2.0
 *
 * Records that were set aside, for the list of the command and for pages.
 */
#pragma once

#include "web/route.h"

extern const struct list_table asides_table;
struct receipt;
/* One of them. Texts live as long as the call. */
struct asides_found {
	const struct receipt *receipt;
	struct day *day;
	const struct batch *batch;
	const struct batch_aside *aside;
};
struct asides_sink {
	void (*put)(void *arg, const struct asides_found *f);
	void *arg;
};
struct asides_end {
	uint64_t n; /* given to the sink, or counted */
	bool more;
	struct ask_event last; /* that was given: where the next page begins */
};
/* Those of "/asides" as it was asked for, newest reports first. 0 or a code. */
int asides_find(const struct ask *a, const struct asides_sink *sink, struct asides_end *ret, struct err *e);
/* The first bytes of its line, at most most, into ret; a sentence where they are not there any more. */
void asides_line(const struct ask *a, const struct asides_found *f, size_t most, struct buf *ret);
