/* SPDX-License-Identifier: Apache-2.0 */
#include "see/quiet.h"
#include "base/os.h"
#include "event/addr.h"

bool quiet_place(struct str where, struct str place)
{
	struct prefix p;
	struct addr a;
	bool host;

	if (str_ieq(where, place))
		return true;
	if (prefix_parse(where, &p, &host))
		return addr_parse(place, &a) && prefix_has(&p, &a);
	return place.len > where.len && place.p[place.len - where.len - 1] == '.' &&
	        str_ieq(str_skip(place, place.len - where.len), where);
}

int quiet_load(struct node *n, struct err *e)
{
	struct query q = db_query(n->state,
	        "select id, class, place, contact, until from quiet where lifted is null and until > ?");

	arena_reset(&n->quiet_arena);
	n->quiets.n = 0;
	query_i64(&q, os_now());
	while (query_next(&q) == 1)
		*vec_add(&n->quiets) = (struct quiet){.id = query_get_u64(&q, 0),
		        .class = arena_str(&n->quiet_arena, query_get_text(&q, 1)),
		        .place = arena_str(&n->quiet_arena, query_get_text(&q, 2)),
		        .contact = arena_str(&n->quiet_arena, query_get_text(&q, 3)),
		        .until = query_get_i64(&q, 4)};
	return query_done(&q, e);
}

static bool holds(const struct quiet *s, struct str class, int64_t now)
{
	return s->until > now && (s->class.len == 0 || str_eq(s->class, class));
}

const struct quiet *quiet_find(const struct node *n, struct str class, struct str place, int64_t now)
{
	for (size_t i = 0; i < n->quiets.n; i++) {
		const struct quiet *s = &n->quiets.v[i];
		if (s->contact.len == 0 && holds(s, class, now) &&
		        (s->place.len == 0 || quiet_place(s->place, place)))
			return s;
	}
	return NULL;
}

const struct quiet *quiet_contact(const struct node *n, struct str email, struct str class, int64_t now)
{
	for (size_t i = 0; i < n->quiets.n; i++) {
		const struct quiet *s = &n->quiets.v[i];
		if (s->contact.len != 0 && holds(s, class, now) && str_ieq(s->contact, email))
			return s;
	}
	return NULL;
}
