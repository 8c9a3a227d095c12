/* SPDX-License-Identifier: Apache-2.0
 *
 * The kinds of statement as rows (kinds.tbl).
 */
#pragma once

#include "trust/body.h"

enum kind {
#define KIND(symbol, name, senders, people, urgent, needs, required, optional, about) KIND_##symbol,
#include "trust/kinds.tbl"
#undef KIND
	KIND_END
};
enum kind_needs { NEEDS_CASE = 1, NEEDS_REPLY = 2, NEEDS_DRILL = 4 };
enum kind_urgent { Q_NORMAL, Q_URGENT, Q_SEVERE };
/* Bit of a link's role (enum link_role). */
enum kind_sender { KIND_CERT = 1 << 1, KIND_ORGANISER = 1 << 2, KIND_GATE = 1 << 3 };
struct kind_row {
	const char *name;
	uint8_t senders, people, urgent, needs;
	const char *required, *optional, *about; /* names with blanks between */
};
extern const struct kind_row kind_table[KIND_END];
/* KIND_END: not known to this version. */
enum kind kind_find(struct str name);
/* Different persons of "by" with id, role and time; 8 stands for more. */
unsigned kind_people(const struct item *body);
