/* SPDX-License-Identifier: Apache-2.0
 *
 * The process that holds the node's secret keys (trust/keeper.h) and signs for the core. It opens no socket, reads nothing but
 * its folder, STATE/keys, and takes a head apart before it signs it.
 */
#pragma once

#include "proc/serve.h"

int keeper_main(const struct serve_options *o, int core);
