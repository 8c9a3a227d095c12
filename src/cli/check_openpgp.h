/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "know/owners.h"
#include "see/country.h"

/* A key that expires within so long is remarked. */
#define CHECK_OPENPGP_DAYS 30

/* The own key and those of contacts: what is missing, has expired or is revoked is an error, since letters are held for
 * it; what expires soon is a remark. */
void check_openpgp(const struct country *c, const struct owners *o, struct know_notes *errors,
        struct know_notes *remarks);
