/* SPDX-License-Identifier: Apache-2.0
 *
 * Text for somebody outside: what may name an owner, a person, an address or a place of this machine becomes "***".
 * Nothing is searched for; only what is known to be harmless stays.
 */
#pragma once

#include "base/vec.h"

struct mask {
	struct str conf, state; /* folders; as CONF and STATE they may stand */
};

/* A sentence of "weir check", with or without its place ("CONF/rules/...:7:9: ..."): words in small letters and small
 * numbers stay, everything from the first quote to the last one and all other words go. */
void mask_sentence(struct buf *out, const struct mask *m, struct str line);
/* Letters, digits, '-', '_', '/' and '+', at most 40: a word of our own options, not a sentence or an address. */
bool mask_is_word(struct str s);
