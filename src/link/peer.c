/* SPDX-License-Identifier: Apache-2.0
 *
 * The steps of a link, from a file to two persons' word and on to its end.
 */
#include "link/check.h"
#include "link/peer_in.h"
#include "trust/voice.h"

#define DAY_S ((int64_t)86400)

/* ---- what is said -------------------------------------------------------------------------------- */

static void run(const struct link_self *self, const char *sql, struct str party)
{
	struct query q = db_query(self->db, sql);

	query_text(&q, party);
	query_run(&q);
}

static int link_of(struct deed *d, struct str party, struct link *ret, struct err *e)
{
	*ret = store_link(d->self->db, party);
	return party_there(d->self, party, e);
}

static int wrong_state(const struct link *l, struct str party, const char *wanted, struct err *e)
{
	return err_set(e, ERR_VALUE, "the link with '%.*s' is %s, not %s", STR_ARG(party),
	        link_states[l->state], wanted);
}

/* ---- a list comes -------------------------------------------------------------------------------- */

static void begin(const struct link_self *self, struct str party)
{
	key_list_end(self, party);
	party_make(self, party);
	run(self,
	        "update party set link = 'unverified', role = '', commands = 0, why = '', tries = 0 where "
	        "name = ?1",
	        party);
}

static int first_list(struct deed *d, struct str note, struct str party, struct err *e)
{
	struct keylist list;
	enum keylist_verdict v = key_list_judge(d->self, party, NULL, note, &list, NULL, e);

	if (v != KEYLIST_TAKE)
		return ERR_VALUE;
	begin(d->self, party);
	key_list_put(d->self, &list, note, false);
	char own[VOICE_TEXT];
	buf_printf(d->said,
	        "list %llu of %.*s (\"%.*s\" by its own words) is here; the link is unverified: nothing is "
	        "sent and "
	        "nothing accepted\nnow call them, by a number that you found elsewhere: they read their "
	        "number, you "
	        "type it (weir peer type %.*s NUMBERS --called NUMBER --found directory)\n",
	        (unsigned long long)list.number, STR_ARG(party), STR_ARG(list.name), STR_ARG(party));
	if (key_voice(d->self, d->self->me, own))
		buf_printf(d->said, "then you read yours: %.*s %s\n", STR_ARG(d->self->me), own);
	else
		buf_add(d->said,
		        STR("you have no number to read yet: import your own list (weir key import)\n"));
	return 0;
}

static int newer_list(struct deed *d, struct str note, struct str party, struct err *e)
{
	enum keylist_verdict v = key_list_take(d->self, party, note, e);
	struct link l = store_link(d->self->db, party);

	d->keep = v == KEYLIST_ALARM;
	if (v == KEYLIST_HAVE)
		return err_set(e, ERR_VALUE, "this list of '%.*s' is here already; the link is %s",
		        STR_ARG(party), link_states[l.state]);
	if (v != KEYLIST_TAKE)
		return e != NULL && e->code != 0 ? e->code : ERR_VALUE;
	buf_printf(d->said, "the newer list of %.*s counts now; the link is %s\n", STR_ARG(party),
	        link_states[l.state]);
	return 0;
}

int peer_import(struct deed *d, struct str note, struct err *e)
{
	const struct link_self *self = d->self;
	struct keylist list;
	uint8_t root[32];

	if (keylist_read(note, &list, NULL, e) != 0)
		return e->code;
	if (str_eq(list.party, self->me))
		return err_set(e, ERR_VALUE, "this is our own list: weir key import takes it");
	struct link l = store_link(self->db, list.party);
	bool rooted = key_root(self, list.party, root);
	if (!rooted || l.state == LINKED_NONE || l.state == LINKED_ENDED)
		return first_list(d, note, list.party, e);
	/* nobody has typed a number yet: another file is another beginning */
	if (l.state == LINKED_UNVERIFIED && memcmp(root, list.root, 32) != 0)
		return first_list(d, note, list.party, e);
	if (memcmp(root, list.root, 32) != 0)
		buf_clear(d->said);
	int rc = newer_list(d, note, list.party, e);
	if (rc != 0 && memcmp(root, list.root, 32) != 0 && !d->keep)
		return err_set(e, ERR_DENIED,
		        "'%.*s' is %s with another root: a second one counts only if the first has signed it "
		        "too, or "
		        "after people have ended the old link (weir peer end %.*s)",
		        STR_ARG(list.party), link_states[l.state], STR_ARG(list.party));
	return rc;
}

/* ---- the number is typed ------------------------------------------------------------------------- */

static bool found_ok(struct str found)
{
	return str_eq(found, STR("directory")) || str_eq(found, STR("card")) ||
	        str_eq(found, STR("own-book"));
}

static unsigned tries_of(const struct link_self *self, struct str party, bool *ret_new_root)
{
	struct query q = db_query(self->db, "select tries, voice_at is not null from party where name = ?");
	unsigned tries = 0;

	query_text(&q, party);
	if (query_next(&q) == 1) {
		tries = (unsigned)query_get_u64(&q, 0);
		*ret_new_root = query_get_u64(&q, 1) != 0;
	}
	query_done(&q, NULL);
	return tries;
}

/* A wrong try stays, whatever the person is told. */
static int wrong_number(
        struct deed *d, const struct peer_typed *t, int group, unsigned tries, bool new_root, struct err *e)
{
	run(d->self, "update party set tries = tries + 1 where name = ?1", t->party);
	d->keep = true;
	if (tries + 1 < PEER_TRIES)
		return err_set(e, ERR_DENIED,
		        "group %d is another: let them read it once more; %u of %d tries are used", group,
		        tries + 1, PEER_TRIES);
	if (new_root) {
		run(d->self,
		        "update party set link = 'paused', why = 'the number of its new root was wrong three "
		        "times', "
		        "tries = 0 where name = ?1",
		        t->party);
		return err_set(e, ERR_DENIED,
		        "group %d is another, for the third time: the link is paused until people have "
		        "spoken",
		        group);
	}
	key_list_end(d->self, t->party);
	run(d->self,
	        "update party set link = 'none', why = 'its number was wrong three times' where name = ?1",
	        t->party);
	return err_set(e, ERR_DENIED,
	        "group %d is another, for the third time: the link is dropped; ask them for their file anew, "
	        "by "
	        "another way, and look where this one came from",
	        group);
}

static void good_number(struct deed *d, const struct peer_typed *t, bool new_root)
{
	const struct link_self *self = d->self;
	char own[VOICE_TEXT];
	struct query q = db_query(self->db,
	        "update party set link = case when ?2 then link else 'typed' end, called = ?3, found = ?4, "
	        "typed_by = "
	        "?5, typed = ?6, tries = 0, knows_voice = ?7, voice_at = null where name = ?1");

	query_text(&q, t->party);
	query_u64(&q, new_root);
	query_text(&q, t->called);
	query_text(&q, t->found);
	query_text(&q, d->person);
	query_i64(&q, self->now);
	query_u64(&q, t->knows_voice);
	query_run(&q);
	if (new_root)
		buf_printf(d->said, "that is the number of the new root of %.*s\n", STR_ARG(t->party));
	else
		buf_printf(d->said,
		        "that is the number of %.*s; a second person confirms within 24 hours (weir peer "
		        "confirm "
		        "%.*s --role cert)\n",
		        STR_ARG(t->party), STR_ARG(t->party));
	if (key_voice(self, self->me, own))
		buf_printf(d->said, "then you read: %s\n", own);
}

int peer_type(struct deed *d, const struct peer_typed *t, struct err *e)
{
	char number[VOICE_TEXT];
	bool new_root = false;
	struct link l;

	if (link_of(d, t->party, &l, e) != 0)
		return e->code;
	unsigned tries = tries_of(d->self, t->party, &new_root);
	if (l.state != LINKED_UNVERIFIED && l.state != LINKED_TYPED && !(link_speaks(&l) && new_root))
		return wrong_state(&l, t->party, "unverified, and there is no new root", e);
	if (!key_voice(d->self, t->party, number))
		return err_set(e, ERR_MISSING, "there is no key list of '%.*s'", STR_ARG(t->party));
	int group = voice_check(t->digits, number);
	if (group < 0)
		return err_set(e, ERR_USAGE, "a number has six groups of five digits");
	if (t->called.len == 0 || !found_ok(t->found))
		return err_set(e, ERR_USAGE,
		        "say which number you called (called) and where you found it (found: directory, card "
		        "or "
		        "own-book); never one from their file");
	if (group > 0)
		return wrong_number(d, t, group, tries, new_root, e);
	good_number(d, t, new_root && link_speaks(&l));
	return 0;
}

/* ---- confirmed ----------------------------------------------------------------------------------- */

static int typed_in_time(struct deed *d, struct str party, struct err *e)
{
	struct query q = db_query(d->self->db, "select typed_by, typed from party where name = ?");
	bool same = false, late = true;

	query_text(&q, party);
	if (query_next(&q) == 1) {
		same = str_eq(query_get_text(&q, 0), d->person);
		late = d->self->now - query_get_i64(&q, 1) > PEER_CONFIRM_US;
	}
	query_done(&q, NULL);
	if (same)
		return err_set(e, ERR_DENIED, "you typed the number yourself: another person confirms");
	if (!late)
		return 0;
	run(d->self, "update party set link = 'unverified' where name = ?1", party);
	d->keep = true;
	return err_set(e, ERR_DENIED,
	        "the number was typed more than 24 hours ago: call them again and type it anew");
}

static int role_ok(struct str role, struct err *e)
{
	static const enum link_role roles[] = {LINK_CERT, LINK_ORGANISER, LINK_GATE};

	for (unsigned i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (str_eq(role, str_from(link_roles[roles[i]])))
			return 0;
	return err_set(e, ERR_USAGE, "the role of a link is cert, organiser or gate");
}

static void set_role(const struct link_self *self, struct str party, struct str role, bool commands)
{
	struct query q = db_query(self->db, "update party set role = ?, commands = ? where name = ?");

	query_text(&q, role);
	query_u64(&q, commands);
	query_text(&q, party);
	query_run(&q);
}

static void set_limits(const struct link_self *self, struct str party, const struct peer_limits *l)
{
	struct query q = db_query(self->db,
	        "update party set per_minute = coalesce(nullif(?2, 0), per_minute), burst = "
	        "coalesce(nullif(?3, 0), "
	        "burst), day_bytes = coalesce(nullif(?4, 0), day_bytes), blob_bytes = coalesce(nullif(?5, "
	        "0), "
	        "blob_bytes), aside_bytes = coalesce(nullif(?6, 0), aside_bytes) where name = ?1");
	const uint64_t values[] = {l->per_minute, l->burst, l->day_bytes, l->blob_bytes, l->aside_bytes};

	query_text(&q, party);
	for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		query_u64(&q, values[i]);
	query_run(&q);
}

/* Linking ends with a check each way. */
static void first_check(struct deed *d, struct str party)
{
	struct err why = {0};

	if (check_ask(d, party, STR("node"), 0, &why) != 0)
		buf_printf(d->said, "no check was sent: %s\n", why.text);
}

/* A card goes to those who are linked when it is sent, and to nobody afterwards. */
static void say_card(struct deed *d)
{
	struct query q = db_query(d->self->db, "select 1 from contact_card where party = ?");

	query_text(&q, d->self->me);
	if (query_next(&q) == 1)
		buf_add(d->said, STR("weir contact send gives them our contact card of today\n"));
	query_done(&q, NULL);
}

int peer_confirm(struct deed *d, struct str party, struct str role, bool commands,
        const struct peer_limits *limits, struct err *e)
{
	struct link l;

	if (link_of(d, party, &l, e) != 0 || role_ok(role, e) != 0)
		return e->code;
	if (l.state != LINKED_TYPED)
		return wrong_state(&l, party, "typed", e);
	if (typed_in_time(d, party, e) != 0)
		return e->code;
	set_role(d->self, party, role, commands);
	set_limits(d->self, party, limits);
	struct query q = db_query(d->self->db,
	        "update party set link = 'linked', confirmed_by = ?2, confirmed = ?3, failed = '', fails = "
	        "0, next = 0 "
	        "where name = ?1");
	query_text(&q, party);
	query_text(&q, d->person);
	query_i64(&q, d->self->now);
	query_run(&q);
	buf_printf(d->said, "%.*s is linked as %.*s\n", STR_ARG(party), STR_ARG(role));
	first_check(d, party);
	say_card(d);
	return 0;
}

int peer_role(struct deed *d, struct str party, struct str role, bool commands, struct err *e)
{
	struct link l;

	if (link_of(d, party, &l, e) != 0 || role_ok(role, e) != 0)
		return e->code;
	if (!link_speaks(&l) || l.role == LINK_MAIL)
		return wrong_state(&l, party, "linked with a node", e);
	set_role(d->self, party, role, commands);
	buf_printf(d->said, "%.*s is %.*s now%s\n", STR_ARG(party), STR_ARG(role),
	        commands ? ", with command between a CERT and its gate" : "");
	return 0;
}

int peer_quota(struct deed *d, struct str party, const struct peer_limits *limits, struct err *e)
{
	struct link l;

	if (link_of(d, party, &l, e) != 0)
		return e->code;
	set_limits(d->self, party, limits);
	buf_printf(d->said, "the limits of %.*s are set; weir peer show %.*s has them\n", STR_ARG(party),
	        STR_ARG(party));
	return 0;
}

/* ---- paused, ended ------------------------------------------------------------------------------- */

static int go_to(struct deed *d, struct str party, const char *sql, struct str why)
{
	struct query q = db_query(d->self->db, sql);

	query_text(&q, party);
	query_text(&q, why);
	query_run(&q);
	return db_failed(d->self->db);
}

int peer_pause(struct deed *d, struct str party, struct str why, struct err *e)
{
	struct link l;

	if (link_of(d, party, &l, e) != 0)
		return e->code;
	if (l.state != LINKED_YES)
		return wrong_state(&l, party, "linked", e);
	if (why.len == 0)
		return err_set(e, ERR_USAGE, "a pause needs a reason (why)");
	buf_printf(
	        d->said, "%.*s is paused: it is answered 'paused', and both queues wait\n", STR_ARG(party));
	return go_to(d, party, "update party set link = 'paused', why = ?2 where name = ?1", why);
}

int peer_resume(struct deed *d, struct str party, struct err *e)
{
	struct link l;

	if (link_of(d, party, &l, e) != 0)
		return e->code;
	if (l.state != LINKED_PAUSED)
		return wrong_state(&l, party, "paused", e);
	buf_printf(d->said, "%.*s is linked again\n", STR_ARG(party));
	int rc = go_to(d, party,
	        "update party set link = 'linked', why = ?2, next = 0, fails = 0 where name = ?1", STR(""));
	link_again(d->self, party);
	return rc;
}

int peer_end(struct deed *d, struct str party, struct str why, struct err *e)
{
	struct link l;

	if (link_of(d, party, &l, e) != 0)
		return e->code;
	if (l.state == LINKED_NONE || l.state == LINKED_ENDED)
		return wrong_state(&l, party, "one that could end", e);
	if (why.len == 0)
		return err_set(e, ERR_USAGE, "an end needs a reason (why)");
	buf_printf(d->said,
	        "the link with %.*s has ended: it is answered 'ended'; another list begins a new one\n",
	        STR_ARG(party));
	return go_to(d, party, "update party set link = 'ended', why = ?2 where name = ?1", why);
}

/* ---- lists --------------------------------------------------------------------------------------- */

int peer_extend(struct deed *d, struct str party, uint64_t days, struct err *e)
{
	struct link l;
	char until[24];

	if (link_of(d, party, &l, e) != 0)
		return e->code;
	if (l.until == 0)
		return err_set(e, ERR_MISSING, "there is no key list of '%.*s'", STR_ARG(party));
	if (days == 0 || l.extended + (int64_t)days * DAY_S > KEYLIST_EXTENSION_DAYS * DAY_S)
		return err_set(e, ERR_LIMIT, "a list may be extended by %d days in all, and %lld are used",
		        KEYLIST_EXTENSION_DAYS, (long long)(l.extended / DAY_S));
	struct query q = db_query(d->self->db, "update party set extended = extended + ? where name = ?");
	query_i64(&q, (int64_t)days * DAY_S);
	query_text(&q, party);
	query_run(&q);
	stamp_print(until, l.until + l.extended + (int64_t)days * DAY_S);
	buf_printf(d->said, "the list of %.*s counts until %s\n", STR_ARG(party), until);
	(void)key_again(d->self, party);
	return 0;
}

int peer_spoken(struct deed *d, struct str party, struct err *e)
{
	struct query q = db_query(d->self->db, "update party set alarm = '' where name = ? and alarm <> ''");

	query_text(&q, party);
	query_run(&q);
	if (db_changes(d->self->db) == 0)
		return party_there(d->self, party, e) != 0
		        ? e->code
		        : err_set(e, ERR_VALUE, "there is no alarm about the lists of '%.*s'",
		                  STR_ARG(party));
	buf_printf(d->said, "the next list of %.*s is taken again if its number is higher\n", STR_ARG(party));
	return 0;
}
