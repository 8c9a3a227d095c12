/* SPDX-License-Identifier: Apache-2.0
 *
 * AGREE: what statements of consultations and meetings do here. A round is a function of its statements, so that hearing one
 * only notes that it must be computed again; agree_work does that, and signs the outcome when its time has come.
 *
 * All within the transaction that is open.
 */
#pragma once

#include "trust/say.h"

/* For link_self.heard, by whoever wires. */
void agree_hear(const struct heard *h);
/* The manifest and the texts of an opening are what it says. */
bool agree_whole(const struct heard *h, const char **ret_why);
