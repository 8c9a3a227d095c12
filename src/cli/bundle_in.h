/* SPDX-License-Identifier: Apache-2.0
 *
 * Between bundle.c, which reads, and bundle_judge.c, which judges.
 */
#pragma once

#include "cli/bundle.h"

/* Puts proofs in order and finds their checkpoints, and the keys of all lists that count. */
void bundle_index(struct bundle *b);
