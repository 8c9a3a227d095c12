/* SPDX-License-Identifier: Apache-2.0
 *
 * Personal data in events (personal.tbl), and masking it in a batch: each byte of such a value becomes an 'x', so that
 * the batch keeps its layout and stays one that batch_open accepts. What is left of a value is its length.
 */
#pragma once

#include "event/batch.h"

bool personal_field(enum field id);
/* name: of the sender's own, without "extra.". */
bool personal_name(struct str name);
/* True if value, as a row of the batch has it, lies in such a field. */
bool personal_value(const struct batch *b, const struct batch_row *row, struct str value);
/* Masks the batch, whose bytes the caller owns and nobody else reads meanwhile. Also what stands in quotes in the
 * sentences of records that were set aside. Twice is as good as once. Tells how many values there were. */
uint32_t personal_mask(struct batch *b);
