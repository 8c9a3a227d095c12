/* SPDX-License-Identifier: Apache-2.0
 *
 * Changes of groups and of the directory of contacts.
 */
#include "link/contact.h"
#include "link/group.h"
#include "link/peer_change_in.h"

#define ROWS_MOST 65536

struct deed change_begin(struct change *c, const struct link_self *self, struct str about, struct str reason)
{
	snprintf(c->object, sizeof(c->object), "%.*s", STR_ARG(about));
	snprintf(c->detail, sizeof(c->detail), "%.*s", STR_ARG(reason));
	return (struct deed){.self = self, .person = c->person, .said = c->said};
}

int change_group_propose(struct change *c, struct err *e)
{
	struct link_self self = change_self(c);
	struct group_wish w = {.id = change_word(c, "id"),
	        .name = change_word(c, "name"),
	        .purpose = change_word(c, "purpose"),
	        .label = change_word(c, "label"),
	        .secretariat = change_word(c, "secretariat"),
	        .members = change_word(c, "members")};
	struct deed d = change_begin(c, &self, w.id, w.members);

	return group_propose(&d, &w, e);
}

static int of_group(
        struct change *c, int (*deed)(struct deed *d, struct str group, struct err *e), struct err *e)
{
	struct link_self self = change_self(c);
	struct deed d = change_begin(c, &self, change_word(c, "id"), change_word(c, "note"));

	return deed(&d, change_word(c, "id"), e);
}

int change_group_send(struct change *c, struct err *e)
{
	return of_group(c, group_send, e);
}

int change_group_drop(struct change *c, struct err *e)
{
	return of_group(c, group_drop, e);
}

int change_group_confirm(struct change *c, struct err *e)
{
	return of_group(c, group_ack, e);
}

/* ---- contacts ------------------------------------------------------------------------------------ */

int change_contact_add(struct change *c, struct err *e)
{
	struct link_self self = change_self(c);
	struct contact k = {.party = change_word(c, "id"),
	        .ref = change_word(c, "ref"),
	        .kind = change_word(c, "kind"),
	        .office = change_word(c, "office"),
	        .person = change_word(c, "person"),
	        .languages = change_word(c, "languages"),
	        .hours = change_word(c, "hours"),
	        .email = change_word(c, "email"),
	        .phone = change_word(c, "phone"),
	        .fax = change_word(c, "fax"),
	        .chat = change_word(c, "chat"),
	        .pgp = change_word(c, "pgp")};
	struct deed d = change_begin(c, &self, k.party.len > 0 ? k.party : self.me, k.kind);

	return contact_put(&d, &k, e);
}

int change_contact_drop(struct change *c, struct err *e)
{
	struct link_self self = change_self(c);
	uint64_t id;

	if (change_id(c, 'L', &id, e) != 0)
		return e->code;
	struct deed d = change_begin(c, &self, change_word(c, "id"), change_word(c, "note"));
	return contact_drop(&d, id, e);
}

int change_contact_send(struct change *c, struct err *e)
{
	struct link_self self = change_self(c);
	struct deed d = change_begin(c, &self, self.me, STR(""));

	return contact_send(
	        &d, change_param(c, "zone"), change_param(c, "holidays"), change_param(c, "url"), e);
}

int change_contact_confirm(struct change *c, struct err *e)
{
	struct link_self self = change_self(c);
	struct deed d = change_begin(c, &self, change_word(c, "id"), change_word(c, "note"));

	return contact_confirm(&d, change_word(c, "id"), e);
}

int change_contact_asked(struct change *c, struct err *e)
{
	struct link_self self = change_self(c);
	struct str said = change_word(c, "said");
	struct deed d = change_begin(c, &self, change_word(c, "id"), said);
	uint64_t contact;

	if (!str_u64(change_word(c, "id"), &contact) || contact > INT64_MAX)
		return err_set(e, ERR_USAGE, "a contact of the register is a number");
	return contact_asked(&d, contact, !str_eq(said, STR("asked")), e);
}

int change_contact_import(struct change *c, struct err *e)
{
	struct link_self self = change_self(c);
	struct deed d = change_begin(c, &self, STR("contacts"), change_word(c, "name"));
	auto_buf struct buf rows = {0};

	return change_lines(c, "rows", ROWS_MOST, &rows, e) != 0 ? e->code
	                                                         : contact_import(&d, buf_str(&rows), e);
}
