/* SPDX-License-Identifier: Apache-2.0
 *
 * Changes of parties, keys and links: parameters in, a deed of peer.h, a row of the audit.
 */
#include "base/plural.h"
#include "link/check.h"
#include "link/peer_change_in.h"
#include "trust/keylist.h"

static struct str party_of(const struct change *c)
{
	return change_word(c, "id");
}

static int import_note(
        struct change *c, int (*import)(struct deed *d, struct str note, struct err *e), struct err *e)
{
	auto_buf struct buf note = {0};
	char name[64] = "";
	struct keylist list;

	if (change_lines(c, "list", KEYLIST_MAX, &note, e) != 0)
		return e->code;
	if (keylist_read(buf_str(&note), &list, NULL, NULL) == 0)
		snprintf(name, sizeof(name), "%.*s", STR_ARG(list.party));
	struct link_self self = change_self(c);
	struct deed d = change_begin(c, &self, str_from(name), STR("key list"));
	return change_deed(c, &d, import(&d, buf_str(&note), e), e);
}

/* The other way round is the commonest mistake of a first day. */
static int own_import(struct deed *d, struct str note, struct err *e)
{
	struct keylist list;
	int rc = key_own_import(d, note, e);

	if (rc != 0 && d->self->me.len != 0 && keylist_read(note, &list, NULL, NULL) == 0 &&
	        !str_eq(list.party, d->self->me))
		return err_set(e, ERR_DENIED,
		        "it is the list of '%.*s', and this is the node of '%.*s': weir peer import takes "
		        "the "
		        "list of another party",
		        STR_ARG(list.party), STR_ARG(d->self->me));
	return rc;
}

int change_peer_import(struct change *c, struct err *e)
{
	return import_note(c, peer_import, e);
}

int change_key_import(struct change *c, struct err *e)
{
	return import_note(c, own_import, e);
}

int change_peer_type(struct change *c, struct err *e)
{
	struct peer_typed t = {.party = party_of(c),
	        .digits = change_word(c, "numbers"),
	        .called = change_word(c, "called"),
	        .found = change_word(c, "found"),
	        .knows_voice = str_eq(change_word(c, "voice"), STR("yes"))};

	struct link_self self = change_self(c);
	struct deed d = change_begin(c, &self, t.party, t.called);
	return change_deed(c, &d, peer_type(&d, &t, e), e);
}

static int number(const struct change *c, const char *name, uint64_t *ret, struct err *e)
{
	struct str s = change_word(c, name);

	*ret = 0;
	if (s.len == 0 || (str_u64(s, ret) && *ret <= INT64_MAX))
		return 0;
	return err_set(e, ERR_USAGE, "'%s' is a number", name);
}

static int limits_of(const struct change *c, struct peer_limits *ret, struct err *e)
{
	return number(c, "per-minute", &ret->per_minute, e) != 0 || number(c, "burst", &ret->burst, e) != 0 ||
	                number(c, "day-bytes", &ret->day_bytes, e) != 0 ||
	                number(c, "blob-bytes", &ret->blob_bytes, e) != 0 ||
	                number(c, "aside-bytes", &ret->aside_bytes, e) != 0
	        ? e->code
	        : 0;
}

int change_peer_confirm(struct change *c, struct err *e)
{
	struct str role = change_word(c, "role");
	struct peer_limits limits;

	if (limits_of(c, &limits, e) != 0)
		return e->code;
	struct link_self self = change_self(c);
	struct deed d = change_begin(c, &self, party_of(c), role);
	bool commands = change_flag(c, "commands");
	return change_deed(c, &d, peer_confirm(&d, party_of(c), role, commands, &limits, e), e);
}

int change_peer_role(struct change *c, struct err *e)
{
	struct str role = change_word(c, "role");

	struct link_self self = change_self(c);
	struct deed d = change_begin(c, &self, party_of(c), role);
	return peer_role(&d, party_of(c), role, change_flag(c, "commands"), e);
}

int change_peer_quota(struct change *c, struct err *e)
{
	struct peer_limits limits, none = {0};

	if (limits_of(c, &limits, e) != 0)
		return e->code;
	if (memcmp(&limits, &none, sizeof(none)) == 0)
		return err_set(e, ERR_USAGE,
		        "which limit? per-minute, burst, day-bytes, blob-bytes or aside-bytes; weir peer "
		        "show has "
		        "those of now");
	struct link_self self = change_self(c);
	struct deed d = change_begin(c, &self, party_of(c), STR(""));
	return peer_quota(&d, party_of(c), &limits, e);
}

int change_peer_pause(struct change *c, struct err *e)
{
	struct link_self self = change_self(c);
	struct deed d = change_begin(c, &self, party_of(c), change_word(c, "why"));
	return peer_pause(&d, party_of(c), change_word(c, "why"), e);
}

int change_peer_resume(struct change *c, struct err *e)
{
	struct link_self self = change_self(c);
	struct deed d = change_begin(c, &self, party_of(c), change_word(c, "note"));
	return peer_resume(&d, party_of(c), e);
}

int change_peer_end(struct change *c, struct err *e)
{
	struct link_self self = change_self(c);
	struct deed d = change_begin(c, &self, party_of(c), change_word(c, "why"));
	return peer_end(&d, party_of(c), change_word(c, "why"), e);
}

int change_peer_extend(struct change *c, struct err *e)
{
	uint64_t days;

	if (number(c, "days", &days, e) != 0)
		return e->code;
	if (change_word(c, "why").len == 0)
		return err_set(e, ERR_USAGE,
		        "an extension needs a reason (why): whom you called, and what they said");
	struct link_self self = change_self(c);
	struct deed d = change_begin(c, &self, party_of(c), change_word(c, "why"));
	return peer_extend(&d, party_of(c), days, e);
}

int change_peer_spoken(struct change *c, struct err *e)
{
	struct link_self self = change_self(c);
	struct deed d = change_begin(c, &self, party_of(c), change_word(c, "note"));
	return peer_spoken(&d, party_of(c), e);
}

int change_peer_retry(struct change *c, struct err *e)
{
	struct link_self self = change_self(c);
	(void)change_begin(c, &self, party_of(c), STR("set aside"));
	if (party_there(&self, party_of(c), e) != 0)
		return e->code;
	plural_printf(c->said, "taken now: %u statements of %.*s\n", key_again(&self, party_of(c)),
	        STR_ARG(party_of(c)));
	return 0;
}

/* ---- parties ------------------------------------------------------------------------------------- */

static int put_party(struct change *c, bool there, struct err *e)
{
	struct party p = {.name = party_of(c),
	        .title = change_param(c, "title"),
	        .kind = change_param(c, "kind"),
	        .country = change_param(c, "country"),
	        .language = change_param(c, "language"),
	        .email = change_param(c, "email"),
	        .pgp = change_param(c, "pgp"),
	        .website = change_param(c, "website"),
	        .note = change_param(c, "note"),
	        .mail = change_flag(c, "mail")};

	struct link_self self = change_self(c);
	struct deed d = change_begin(c, &self, p.name, STR(""));
	return party_put(&d, &p, there, e);
}

int change_party_add(struct change *c, struct err *e)
{
	return put_party(c, false, e);
}

int change_party_edit(struct change *c, struct err *e)
{
	return put_party(c, true, e);
}

/* ---- statements ---------------------------------------------------------------------------------- */

int change_statement_release(struct change *c, struct err *e)
{
	uint64_t n;

	if (change_id(c, 'S', &n, e) != 0)
		return e->code;
	struct link_self self = change_self(c);
	struct deed d = change_begin(c, &self, change_word(c, "id"), change_word(c, "note"));
	if (link_release(&self, n, d.person, e) != 0)
		return e->code;
	buf_printf(c->said, "S%llu has its effect now\n", (unsigned long long)n);
	return 0;
}

int change_recover_end(struct change *c, struct err *e)
{
	struct link_self self = change_self(c);
	struct deed d = change_begin(c, &self, STR("recover"), change_word(c, "why"));
	return recover_end(&d, change_word(c, "why"), e);
}

/* id: the recipients of the stream, with blanks between. */
int change_fork_end(struct change *c, struct err *e)
{
	struct link_self self = change_self(c);
	struct deed d = change_begin(c, &self, change_word(c, "id"), change_word(c, "why"));
	return rejoin_say(&d, change_word(c, "id"), change_word(c, "why"), e);
}

/* ---- checks -------------------------------------------------------------------------------------- */

int change_check_ask(struct change *c, struct err *e)
{
	struct str channel = change_word(c, "channel");
	uint64_t hours;

	if (number(c, "hours", &hours, e) != 0)
		return e->code;
	struct link_self self = change_self(c);
	struct deed d = change_begin(c, &self, party_of(c), channel);
	int64_t due = hours == 0 ? 0 : self.now / 1000000 + (int64_t)hours * 3600;
	return check_ask(&d, party_of(c), channel.len > 0 ? channel : STR("node"), due, e);
}

int change_check_answer(struct change *c, struct err *e)
{
	uint64_t id;

	if (change_id(c, 'C', &id, e) != 0)
		return e->code;
	struct link_self self = change_self(c);
	struct deed d = change_begin(c, &self, change_word(c, "id"), change_word(c, "note"));
	return check_answer(&d, id, change_word(c, "token"), change_word(c, "note"), e);
}

int change_check_note(struct change *c, struct err *e)
{
	uint64_t id;

	if (change_id(c, 'C', &id, e) != 0)
		return e->code;
	struct link_self self = change_self(c);
	struct deed d = change_begin(c, &self, change_word(c, "id"), change_word(c, "result"));
	return check_note(
	        &d, id, change_word(c, "result"), change_word(c, "token"), change_word(c, "note"), e);
}

int change_check_plan(struct change *c, struct err *e)
{
	uint64_t days;

	if (number(c, "days", &days, e) != 0)
		return e->code;
	if (change_word(c, "days").len == 0)
		return err_set(e, ERR_USAGE, "say how often: days");
	struct link_self self = change_self(c);
	struct deed d = change_begin(c, &self, party_of(c), change_word(c, "days"));
	return check_plan(&d, party_of(c), days, e);
}
