/* SPDX-License-Identifier: Apache-2.0
 *
 * The composed form of Unicode (UAX #15, NFC), of texts of which nothing is frozen or signed yet. The text is well-formed UTF-8 of at most
 * 2^24 bytes.
 */
#pragma once

#include "base/vec.h"

bool nfc_is(struct str s);
/* Appends it in that form. */
void nfc_add(struct buf *out, struct str s);
