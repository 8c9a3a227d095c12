/* SPDX-License-Identifier: Apache-2.0
 *
 * What people change about parties, links, groups, contacts and checks: rows as in trust/change.h.
 */
#pragma once

#include "trust/change.h"

extern const struct change_row peer_changes[];
extern const unsigned peer_change_count;
