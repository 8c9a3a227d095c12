/* SPDX-License-Identifier: Apache-2.0
 *
 * A kept file on its way out: bytes of others, as an archive that no program opens by itself (form/evidence.h). Whether the person may
 * see what it belongs to is asked before.
 */
#pragma once

#include "base/digest.h"
#include "web/route.h"

struct blob_out {
	struct str what;            /* as the person has named it: "B7" */
	struct str name;            /* of the file, as its sender has it */
	uint8_t sha256[DIGEST_LEN]; /* its bytes are compared with this first */
	int64_t at;                 /* microseconds */
};
int blob_out(const struct ask *a, const struct blob_out *b, struct reply *r, struct err *e);
