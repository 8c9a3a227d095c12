/* SPDX-License-Identifier: Apache-2.0
 *
 * AGREE: what people change in consultations, as rows (trust/change.h).
 */
#pragma once

#include "trust/change.h"

extern const struct change_row agree_changes[];
extern const unsigned agree_change_count;
