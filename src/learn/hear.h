/* SPDX-License-Identifier: Apache-2.0
 *
 * What statements of needs, offers and practices do here, within the transaction that is open.
 */
#pragma once

#include "trust/say.h"

/* For link_self.heard, by whoever wires; idempotent. */
void learn_hear(const struct heard *h);
