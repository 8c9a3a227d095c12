/* SPDX-License-Identifier: Apache-2.0
 *
 * What a country's node knows when its speed is measured: prefixes, owners with sectors and contacts, twenty
 * rules of the kinds that are written.
 */
#pragma once

#include "decide/decide.h"
#include "know_set.h"

struct country {
	struct know_set set;
	struct know *know;
	struct rules *rules;
	struct buf generation;
};

/* The same for the same numbers. Ends the program with a sentence if something is wrong. */
void country_make(struct country *c, size_t prefixes, size_t owners);
void country_done(struct country *c);
