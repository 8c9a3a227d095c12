/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "web/route.h"

/* How many enabled feeds are late. */
uint64_t feeds_late(struct db *state, struct err *e);
