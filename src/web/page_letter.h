/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files that draw one letter.
 */
#pragma once

#include "web/page.h"

struct letter_row {
	uint64_t id, follows;
	struct str ticket, state, kind, class, label, owner, ref, email, language, phone, answer, pgp;
	struct str sha256; /* of its bytes, once it is sealed */
	int64_t broken, call_due, called;
	bool sealed, cleared;
};

/* The section with what it says. */
void letter_show(const struct page_ask *p, struct html *h, const struct letter_row *l);
