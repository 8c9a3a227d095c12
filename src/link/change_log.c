/* SPDX-License-Identifier: Apache-2.0 */
#include "link/log.h"
#include "link/peer_change_in.h"

int change_log_settle(struct change *c, struct err *e)
{
	struct link_self self = change_self(c);
	struct str id = change_word(c, "id"), why = change_word(c, "why");
	uint64_t n;

	if (!str_u64(id, &n) || n > INT64_MAX)
		return err_set(e, ERR_USAGE, "'%.*s' is no number of an alarm: weir log show lists them",
		        STR_ARG(id));
	if (why.len == 0)
		return err_set(e, ERR_USAGE, "say what you have found (why)");
	struct deed d = change_begin(c, &self, id, why);
	return change_deed(c, &d, log_settle(&self, n, d.person, e), e);
}
