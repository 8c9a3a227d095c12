/* SPDX-License-Identifier: Apache-2.0 */
#include "web/token.h"

int session_of_token(
        struct db *db, struct str bearer, int64_t now, struct arena *a, struct session *ret, struct err *e)
{
	return session_find(db, bearer, now, a, ret, e);
}
