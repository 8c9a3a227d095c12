/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "cli/cli.h"

/* weir rules try DIR --days N: over the events that the node of --state keeps. Returns the exit code. */
int rules_days(struct cli *c, uint64_t n);
/* Its JSON, for the printed reference. */
void rules_days_doc(struct buf *out, const struct command *const *commands);
