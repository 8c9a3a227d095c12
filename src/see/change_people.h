/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files that change accounts. Inside see/.
 */
#pragma once

#include "see/change_in.h"
#include "trust/login.h"

struct account {
	struct str name;
	uint64_t id;
	bool active, enrolled;
};
/* The account that the parameter id names. ERR_MISSING. */
int account_find(struct change *c, struct account *ret, struct err *e);
void account_end_sessions(struct change *c, uint64_t account);

/* Whose visit the parameter session names, which must be the person's; account 0: there is none, the change comes from the
 * machine's control socket. */
struct by {
	uint64_t account;
	int64_t sure;
	uint8_t session[32];
};
int change_by(struct change *c, struct by *ret, struct err *e);
int change_digest(struct change *c, const char *name, uint8_t ret[32], struct err *e);
struct str change_blob(const uint8_t id[32]);
