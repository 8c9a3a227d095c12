/* SPDX-License-Identifier: Apache-2.0
 *
 * The process that calls peers: HTTPS to the addresses of their key lists, with our certificate, believing nobody but who
 * has a certificate of that key. What it sends and to whom the core decides; answers go back as they came. Several calls run
 * at a time, one for each peer.
 */
#pragma once

#include "proc/serve.h"

int dial_main(const struct serve_options *o, int core);
