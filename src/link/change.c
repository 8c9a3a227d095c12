/* SPDX-License-Identifier: Apache-2.0 */
#include "base/os.h"
#include "link/peer_in.h"

struct link_self change_self(const struct change *c)
{
	struct link_self self = {0};

	if (c->here->link != NULL)
		self = *c->here->link;
	if (self.folder == NULL)
		self.folder = c->here->folder.p;
	self.db = c->db;
	self.me = c->here->party;
	self.folder = c->here->folder.p;
	self.here = c->here;
	self.now = os_now();
	return self;
}

struct str change_word(const struct change *c, const char *name)
{
	struct str s = str_trim(change_param(c, name));

	return s.p != NULL ? s : STR("");
}

bool change_flag(const struct change *c, const char *name)
{
	struct str s = change_param(c, name);

	return s.p != NULL && !str_eq(s, STR("0")) && !str_eq(s, STR("no"));
}

int change_deed(struct change *c, const struct deed *d, int rc, struct err *e)
{
	if (rc == 0 || !d->keep)
		return rc;
	snprintf(c->detail, sizeof(c->detail), "%.*s", (int)sizeof(c->detail) - 1, e->text);
	c->refused = c->detail;
	return 0;
}
