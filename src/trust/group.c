/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/group.h"

/* Only what our own people did is walked through: of cards that nobody confirmed a stranger can send any number. */
bool group_confirmed(struct db *db, struct str me, struct str group, struct arena *a, struct group_card *ret)
{
	struct query q = db_query(db,
	        "select g.n from statement a join statement g on g.id = a.reply where a.sender = ?1 and "
	        "a.kind = 'ack' and g.kind = 'group' and g.effect = 1 union select n from statement "
	        "where sender = ?1 and kind = 'group' and effect = 1 order by 1");
	VEC(uint64_t) cards = {0};
	int64_t best = -1;

	query_text(&q, me);
	while (query_next(&q) == 1)
		*vec_add(&cards) = query_get_u64(&q, 0);
	query_done(&q, NULL);
	for (size_t i = 0; i < cards.n; i++) {
		struct stored s;
		if (!store_find_n(db, cards.v[i], a, &s))
			continue;
		struct item body = stored_body(&s, a), serial = item_get(&body, STR("serial"));
		if (!str_eq(item_text(&body, "id"), group) || serial.n <= best)
			continue;
		best = serial.n;
		*ret = (struct group_card){.n = s.n,
		        .body = body,
		        .serial = serial.n,
		        .sender = s.h.sender,
		        .name = item_text(&body, "name"),
		        .label = item_text(&body, "label"),
		        .secretariat = item_text(&body, "secretariat")};
	}
	vec_done(&cards);
	return best >= 0;
}

bool group_member(const struct group_card *card, struct str party)
{
	struct item members = item_get(&card->body, STR("members"));

	for (struct item_each e = item_each(&members); item_next(&e);)
		if (str_eq(e.item.text, party))
			return true;
	return false;
}
