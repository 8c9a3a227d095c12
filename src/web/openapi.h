/* SPDX-License-Identifier: Apache-2.0
 *
 * The API for machines: OpenAPI 3.1, printed from the tables of routes, lists and changes.
 */
#pragma once

#include "base/vec.h"

void openapi_print(struct buf *out);
