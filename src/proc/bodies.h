/* SPDX-License-Identifier: Apache-2.0
 *
 * The process that reads what strangers have written as JSON: bodies of statements and answers of peers. It can do nothing but
 * that: no file, no socket, no memory beyond its measure. The result (trust/body.h) is checked by who asked.
 */
#pragma once

#include "proc/serve.h"

int bodies_main(const struct serve_options *o, int core);
