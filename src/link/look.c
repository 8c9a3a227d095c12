/* SPDX-License-Identifier: Apache-2.0 */
#include "link/group.h"
#include "trust/voice.h"

struct str party_own(struct db *db, struct arena *a)
{
	struct query q = db_query(db, "select name from party where own = 1");
	struct str name = STR("");

	if (query_next(&q) == 1)
		name = arena_str(a, query_get_text(&q, 0));
	query_done(&q, NULL);
	return name;
}

bool party_voice(struct db *db, struct str party, char ret[VOICE_TEXT])
{
	return key_voice(&(struct link_self){.db = db}, party, ret);
}

/* ---- groups -------------------------------------------------------------------------------------- */

static struct str text_of(const struct item *body, const char *name)
{
	struct str s = item_text(body, name);

	return s.len > 0 ? s : STR("");
}

static struct card_look card_of(const struct item *body, struct arena *a)
{
	struct item members = item_get(body, STR("members"));
	auto_buf struct buf names = {0};

	for (struct item_each e = item_each(&members); item_next(&e);) {
		buf_add(&names, names.len > 0 ? STR(" ") : STR(""));
		buf_add(&names, e.item.text);
	}
	return (struct card_look){.serial = item_get(body, STR("serial")).n,
	        .name = text_of(body, "name"),
	        .purpose = text_of(body, "purpose"),
	        .label = text_of(body, "label"),
	        .secretariat = text_of(body, "secretariat"),
	        .members = arena_str(a, buf_str(&names))};
}

static void look_proposed(struct db *db, struct str group, struct arena *a, struct card_look *ret)
{
	struct query q = db_query(db,
	        "select '{' || substr(body, 2), person from proposal where kind = 'group' and object = ? and "
	        "second is null "
	        "and dropped is null order by id desc limit 1");
	auto_buf struct buf items = {0};
	struct str person = STR("");
	const char *why;
	bool there = false;

	query_text(&q, group);
	if (query_next(&q) == 1) {
		there = body_read(query_get_text(&q, 0), &items, &why);
		person = arena_str(a, query_get_text(&q, 1));
	}
	query_done(&q, NULL);
	if (!there)
		return;
	struct item body = item_root(arena_str(a, buf_str(&items)));
	*ret = card_of(&body, a);
	ret->sender = person;
}

static void look_group(
        const struct link_self *self, struct str group, struct arena *a, struct group_look *ret)
{
	struct group_card card;

	*ret = (struct group_look){.id = group};
	if (group_confirmed(self->db, self->me, group, a, &card)) {
		ret->held = card_of(&card.body, a);
		ret->held.n = card.n;
		ret->held.sender = card.sender;
	}
	if (group_waiting(self, group, a, &card)) {
		ret->waiting = card_of(&card.body, a);
		ret->waiting.n = card.n;
		ret->waiting.sender = card.sender;
	}
	look_proposed(self->db, group, a, &ret->proposed);
}

/* Each once, sorted. */
struct ids {
	VEC(struct str) list;
};

static void add_id(struct ids *ids, struct str id)
{
	size_t at = 0;

	while (at < ids->list.n && str_cmp(ids->list.v[at], id) < 0)
		at++;
	if (id.len == 0 || (at < ids->list.n && str_eq(ids->list.v[at], id)))
		return;
	(void)vec_add(&ids->list);
	memmove(ids->list.v + at + 1, ids->list.v + at, (ids->list.n - 1 - at) * sizeof(ids->list.v[0]));
	ids->list.v[at] = id;
}

static void ids_of_cards(struct db *db, struct arena *a, struct ids *ids)
{
	struct query q = db_query(
	        db, "select n from statement where kind = 'group' and effect = 1 order by n desc limit 2000");
	VEC(uint64_t) cards = {0};

	while (query_next(&q) == 1)
		*vec_add(&cards) = query_get_u64(&q, 0);
	query_done(&q, NULL);
	for (size_t i = 0; i < cards.n; i++) {
		struct stored s;
		if (!store_find_n(db, cards.v[i], a, &s))
			continue;
		struct item body = stored_body(&s, a);
		add_id(ids, item_text(&body, "id"));
	}
	vec_done(&cards);
}

unsigned groups_look(struct db *db, struct arena *a, struct group_look **ret)
{
	struct link_self self = {.db = db, .me = party_own(db, a)};
	struct ids ids = {0};
	struct query q = db_query(db,
	        "select distinct object from proposal where kind = 'group' and second is null and dropped is "
	        "null");

	while (query_next(&q) == 1)
		add_id(&ids, arena_str(a, query_get_text(&q, 0)));
	query_done(&q, NULL);
	ids_of_cards(db, a, &ids);
	unsigned n = (unsigned)ids.list.n;
	*ret = arena_array(a, n > 0 ? n : 1, sizeof(**ret));
	for (unsigned i = 0; i < n; i++)
		look_group(&self, ids.list.v[i], a, &(*ret)[i]);
	vec_done(&ids.list);
	return n;
}
