/* SPDX-License-Identifier: Apache-2.0 */
#include "link/group.h"
#include "base/plural.h"
#include "link/peer_in.h"
#include <stdio.h>

/* ---- the card as a text -------------------------------------------------------------------------- */

struct members {
	struct str name[STATEMENT_TO_MAX + 1];
	unsigned n;
};

static bool add_member(struct members *m, struct str name)
{
	unsigned at = 0;

	while (at < m->n && str_cmp(m->name[at], name) < 0)
		at++;
	if (at < m->n && str_eq(m->name[at], name))
		return true;
	if (m->n > STATEMENT_TO_MAX)
		return false;
	for (unsigned i = m->n++; i > at; i--)
		m->name[i] = m->name[i - 1];
	m->name[at] = name;
	return true;
}

static int read_members(struct str text, struct members *ret, struct err *e)
{
	char shown[80];

	while (text.len > 0) {
		size_t n = 0;
		while (n < text.len && text.p[n] != ' ' && text.p[n] != ',')
			n++;
		struct str one = str_make(text.p, n);
		text = str_skip(text, n < text.len ? n + 1 : n);
		if (one.len == 0)
			continue;
		if (!party_id_good(one))
			return err_set(e, ERR_USAGE, "'%s' is no party such as vn or cert.example",
			        err_quote(shown, sizeof(shown), one).p);
		if (!add_member(ret, one))
			return err_set(e, ERR_LIMIT, "a group has at most %u members", STATEMENT_TO_MAX + 1);
	}
	return 0;
}

static void card_members(const struct group_card *card, struct members *ret)
{
	struct item members = item_get(&card->body, STR("members"));

	for (struct item_each e = item_each(&members); item_next(&e);)
		add_member(ret, e.item.text);
}

static void put_card(struct buf *out, const struct group_wish *w, const struct members *m, int64_t serial)
{
	const struct {
		const char *name;
		struct str value;
	} texts[] = {{"id", w->id}, {"name", w->name}, {"purpose", w->purpose}, {"label", w->label},
	        {"secretariat", w->secretariat}};

	buf_printf(out, ",\"serial\":%lld", (long long)serial);
	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		buf_printf(out, ",\"%s\":", texts[i].name);
		buf_json(out, texts[i].value);
	}
	buf_add(out, STR(",\"members\":["));
	for (unsigned i = 0; i < m->n; i++) {
		buf_add(out, i > 0 ? STR(",") : STR(""));
		buf_json(out, m->name[i]);
	}
	buf_add(out, STR("]}"));
}

/* ---- proposed ------------------------------------------------------------------------------------ */

static struct str or_before(struct str wish, struct str before)
{
	return wish.len > 0 ? wish : before.len > 0 ? before : STR("");
}

static int check_wish(const struct link_self *self, const struct group_wish *w, const struct members *m,
        const struct group_card *before, struct err *e)
{
	bool ours = false;

	if (before != NULL && !str_eq(before->secretariat, self->me))
		return err_set(e, ERR_DENIED,
		        "the card of '%.*s' comes from its secretariat, which is '%.*s'", STR_ARG(w->id),
		        STR_ARG(before->secretariat));
	if (before == NULL && !str_eq(w->secretariat, self->me))
		return err_set(e, ERR_VALUE,
		        "the first card comes from the secretariat that it names: us, '%.*s'",
		        STR_ARG(self->me));
	if (w->name.len == 0 || w->purpose.len == 0)
		return err_set(e, ERR_USAGE, "a group needs a name and a purpose");
	if (statement_tlp_find(w->label) == 0)
		return err_set(e, ERR_USAGE, "the usual label is CLEAR, GREEN, AMBER, AMBER+STRICT or RED");
	if (!party_id_good(w->secretariat))
		return err_set(e, ERR_USAGE, "the secretariat is a party");
	for (unsigned i = 0; i < m->n; i++)
		ours |= str_eq(m->name[i], self->me);
	if (m->n < 2)
		return err_set(e, ERR_USAGE, "a group has two members or more");
	/* who leaves is told by a card in which he is no member any more */
	return ours || !str_eq(w->secretariat, self->me)
	        ? 0
	        : err_set(e, ERR_USAGE, "we are its secretariat and must be among its members");
}

static void drop_open(const struct link_self *self, struct str group)
{
	struct query q = db_query(self->db,
	        "update proposal set dropped = ?2 where kind = 'group' and object = ?1 and second is null "
	        "and dropped "
	        "is null");

	query_text(&q, group);
	query_i64(&q, self->now);
	query_run(&q);
}

static int64_t next_serial(const struct link_self *self, struct str group, const struct group_card *before)
{
	auto_arena struct arena a = {0};
	struct group_card waiting;
	int64_t serial = before != NULL ? before->serial + 1 : 1;

	arena_init(&a, 0);
	if (group_waiting(self, group, &a, &waiting) && waiting.serial >= serial)
		serial = waiting.serial + 1;
	return serial;
}

/* One that was mistyped would be left out by a card that all have agreed with. */
static void say_unknown(const struct link_self *self, const struct members *m, struct buf *out)
{
	for (unsigned i = 0; i < m->n; i++) {
		struct query q = db_query(self->db, "select 1 from party where name = ?");
		query_text(&q, m->name[i]);
		if (query_next(&q) != 1)
			buf_printf(out, "%.*s is no party that is known here: nothing goes to it\n",
			        STR_ARG(m->name[i]));
		query_done(&q, NULL);
	}
}

int group_propose(struct deed *d, const struct group_wish *wish, struct err *e)
{
	const struct link_self *self = d->self;
	auto_arena struct arena a = {0};
	auto_buf struct buf body = {0};
	struct group_card card;
	struct group_wish w = *wish;
	struct members m = {0};

	arena_init(&a, 0);
	if (!group_ok(w.id))
		return err_set(
		        e, ERR_USAGE, "a group's id is such as clmv or asean.example: small letters first");
	bool before = group_confirmed(self->db, self->me, w.id, &a, &card);
	struct item purpose = before ? item_get(&card.body, STR("purpose")) : (struct item){0};
	w.name = or_before(w.name, before ? card.name : STR(""));
	w.purpose = or_before(w.purpose, purpose.type == BODY_TEXT ? purpose.text : STR(""));
	w.label = or_before(w.label, before ? card.label : STR("GREEN"));
	w.secretariat = or_before(w.secretariat, before ? card.secretariat : self->me);
	if (w.members.len == 0 && before)
		card_members(&card, &m);
	if (read_members(w.members, &m, e) != 0 || check_wish(self, &w, &m, before ? &card : NULL, e) != 0)
		return e->code;
	put_card(&body, &w, &m, next_serial(self, w.id, before ? &card : NULL));
	drop_open(self, w.id);
	struct query q = db_query(self->db,
	        "insert into proposal(kind, object, body, person, at) values ('group', ?, ?, ?, ?)");
	query_text(&q, w.id);
	query_text(&q, buf_str(&body));
	query_text(&q, d->person);
	query_i64(&q, self->now);
	query_run(&q);
	plural_printf(d->said,
	        "the card of %.*s is written, with %u members; a second person sends it (weir group send "
	        "%.*s)\n",
	        STR_ARG(w.id), m.n, STR_ARG(w.id));
	say_unknown(self, &m, d->said);
	return 0;
}

/* ---- sent ---------------------------------------------------------------------------------------- */

struct proposed {
	uint64_t id;
	struct str body, person;
	int64_t at;
};

static bool find_proposed(
        const struct link_self *self, struct str group, struct arena *a, struct proposed *ret)
{
	struct query q = db_query(self->db,
	        "select id, body, person, at from proposal where kind = 'group' and object = ? and second is "
	        "null and "
	        "dropped is null order by id desc limit 1");

	query_text(&q, group);
	bool there = query_next(&q) == 1;
	if (there)
		*ret = (struct proposed){query_get_u64(&q, 0), arena_str(a, query_get_text(&q, 1)),
		        arena_str(a, query_get_text(&q, 2)), query_get_i64(&q, 3)};
	query_done(&q, NULL);
	return there;
}

/* Members, and those that were members until now: they are told that they are none. */
static void recipients(
        const struct link_self *self, struct str group, struct str body, struct arena *a, struct members *ret)
{
	auto_buf struct buf items = {0}, object = {0};
	struct group_card card;
	const char *why;

	buf_char(&object, '{');
	buf_add(&object, str_skip(body, 1));
	if (body_read(buf_str(&object), &items, &why)) {
		struct group_card wanted = {.body = item_root(arena_str(a, buf_str(&items)))};
		card_members(&wanted, ret);
	}
	if (group_confirmed(self->db, self->me, group, a, &card))
		card_members(&card, ret);
	unsigned n = 0;
	for (unsigned i = 0; i < ret->n; i++)
		if (!str_eq(ret->name[i], self->me))
			ret->name[n++] = ret->name[i];
	ret->n = n;
}

int group_send(struct deed *d, struct str group, struct err *e)
{
	const struct link_self *self = d->self;
	auto_arena struct arena a = {0};
	auto_buf struct buf body = {0};
	struct members to = {0};
	struct proposed p;
	uint8_t id[DIGEST_LEN];

	arena_init(&a, 0);
	if (!find_proposed(self, group, &a, &p))
		return err_set(e, ERR_MISSING, "no card of '%.*s' waits for a second person", STR_ARG(group));
	if (str_eq(p.person, d->person))
		return err_set(e, ERR_DENIED, "you wrote it yourself: another person sends it");
	recipients(self, group, p.body, &a, &to);
	const struct by by[] = {{p.person, "proposer", p.at}, {d->person, "approver", self->now}};
	by_put(&body, by, 2);
	buf_add(&body, p.body);
	struct say say = {.kind = KIND_GROUP,
	        .to = to.name,
	        .to_count = to.n,
	        .tlp = STATEMENT_AMBER,
	        .pap = STATEMENT_AMBER,
	        .body = buf_str(&body)};
	if (link_say(self, &say, id, e) != 0)
		return e->code;
	struct query q = db_query(self->db, "update proposal set second = ?, second_at = ? where id = ?");
	query_text(&q, d->person);
	query_i64(&q, self->now);
	query_u64(&q, p.id);
	query_run(&q);
	plural_printf(d->said, "the card of %.*s goes to %u parties; each of them confirms it for itself\n",
	        STR_ARG(group), to.n);
	return 0;
}

int group_drop(struct deed *d, struct str group, struct err *e)
{
	drop_open(d->self, group);
	if (db_changes(d->self->db) == 0)
		return err_set(e, ERR_MISSING, "no card of '%.*s' waits for a second person", STR_ARG(group));
	buf_printf(d->said, "the card of %.*s is not sent\n", STR_ARG(group));
	return 0;
}

/* ---- confirmed ----------------------------------------------------------------------------------- */

bool group_waiting(const struct link_self *self, struct str group, struct arena *a, struct group_card *ret)
{
	struct query q = db_query(self->db,
	        "select n from statement g where kind = 'group' and effect = 1 and sender <> ?1 and not "
	        "exists (select 1 "
	        "from statement a where a.reply = g.id and a.kind = 'ack' and a.sender = ?1) order by n desc "
	        "limit 1000");
	VEC(uint64_t) cards = {0};
	bool found = false;
	struct group_card held = {.serial = -1};

	query_text(&q, self->me);
	while (query_next(&q) == 1)
		*vec_add(&cards) = query_get_u64(&q, 0);
	query_done(&q, NULL);
	group_confirmed(self->db, self->me, group, a, &held);
	for (size_t i = 0; i < cards.n; i++) {
		struct stored s;
		if (!store_find_n(self->db, cards.v[i], a, &s))
			continue;
		struct item body = stored_body(&s, a);
		int64_t serial = item_get(&body, STR("serial")).n;
		if (!str_eq(item_text(&body, "id"), group) || serial <= held.serial ||
		        (found && serial <= ret->serial))
			continue;
		found = true;
		*ret = (struct group_card){.n = s.n,
		        .body = body,
		        .serial = serial,
		        .sender = s.h.sender,
		        .name = item_text(&body, "name"),
		        .label = item_text(&body, "label"),
		        .secretariat = item_text(&body, "secretariat")};
	}
	vec_done(&cards);
	return found;
}

int group_ack(struct deed *d, struct str which, struct err *e)
{
	const struct link_self *self = d->self;
	auto_arena struct arena a = {0};
	auto_buf struct buf body = {0};
	struct group_card card;
	struct stored s;
	struct by by = {d->person, "coordinator", self->now};
	uint8_t id[DIGEST_LEN];

	struct str_cut seen = str_cut(which, '/');
	struct str group = seen.head;
	char number[24];

	arena_init(&a, 0);
	if (!group_waiting(self, group, &a, &card) || !store_find_n(self->db, card.n, &a, &s))
		return err_set(e, ERR_MISSING, "no card of '%.*s' waits to be confirmed", STR_ARG(group));
	/* whoever is linked can send one with a higher serial, while the first is being looked at */
	snprintf(number, sizeof(number), "S%llu", (unsigned long long)card.n);
	if (seen.ok && !str_eq(seen.tail, str_from(number)))
		return err_set(e, ERR_VALUE,
		        "another card of '%.*s' has come meanwhile, %s from %.*s: look at it first",
		        STR_ARG(group), number, STR_ARG(card.sender));
	by_put(&body, &by, 1);
	buf_char(&body, '}');
	struct say say = {.kind = KIND_ACK,
	        .to = &s.h.sender,
	        .to_count = 1,
	        .reply = s.id,
	        .tlp = STATEMENT_AMBER,
	        .pap = STATEMENT_AMBER,
	        .body = buf_str(&body)};
	if (link_say(self, &say, id, e) != 0)
		return e->code;
	buf_printf(d->said, "card %lld of %.*s counts here from now on\n", (long long)card.serial,
	        STR_ARG(group));
	return 0;
}
