/* SPDX-License-Identifier: Apache-2.0
 *
 * The pgp process: has the OpenPGP home and runs gpg, in a child of its own for each job, which ends with it. No network.
 */
#pragma once

#include "proc/serve.h"

int pgp_main(const struct serve_options *o, int core);
