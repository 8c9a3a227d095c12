/* SPDX-License-Identifier: Apache-2.0 */
#include "exit/basis.h"

#include <stdio.h>
#include <time.h>

struct citation {
	struct str whole, instrument, clause; /* clause empty: the whole text */
	uint64_t number;
};

static bool cited(struct str word, struct citation *ret)
{
	struct str_cut clause = str_cut(word, '#'), round = str_cut(clause.head, '/');

	while (round.tail.len > 0 && str_has(STR(".,;:)"), round.tail.p[round.tail.len - 1]))
		round.tail.len--;
	*ret = (struct citation){.whole = word, .instrument = round.head, .clause = clause.tail};
	while (ret->clause.len > 0 && str_has(STR(".,;:)"), ret->clause.p[ret->clause.len - 1]))
		ret->clause.len--;
	return round.ok && round.head.len > 0 && str_u64(round.tail, &ret->number);
}

/* True if the list behind the colon has the clause. */
static bool listed(struct str bound, struct str clause)
{
	for (struct str rest = str_cut(bound, ':').tail; rest.len > 0; rest = str_cut(rest, ',').tail)
		if (str_eq(str_cut(rest, ',').head, clause))
			return true;
	return false;
}

static bool binds(struct str bound, struct str clause)
{
	if (str_eq(bound, STR("not-bound")) || bound.len == 0)
		return false;
	/* a party that stands outside of some clauses is bound by the rest; who cites the whole cites these too */
	if (str_starts(bound, STR("except:")))
		return clause.len > 0 && !listed(bound, clause);
	return true;
}

static void say_date(struct exit_basis *b, const struct citation *c, int64_t t)
{
	time_t seconds = (time_t)t;
	struct tm tm;

	gmtime_r(&seconds, &tm);
	snprintf(b->why, sizeof(b->why), "%.*s/%llu is in force from %04d-%02d-%02d %02d:%02d UTC",
	        STR_ARG(c->instrument), (unsigned long long)c->number, tm.tm_year + 1900, tm.tm_mon + 1,
	        tm.tm_mday, tm.tm_hour, tm.tm_min);
}

static bool holds_for(
        struct db *db, const struct citation *c, struct str party, int64_t now, struct exit_basis *b)
{
	struct query q = db_query(db,
	        "select state, bound, in_force, coalesce(ended, 0) from policy where instrument = ? and "
	        "number = ? and party = ?");
	bool good = false;

	query_text(&q, c->instrument);
	query_u64(&q, c->number);
	query_text(&q, party);
	if (query_next(&q) != 1)
		snprintf(b->why, sizeof(b->why), "%.*s is no party of %.*s", STR_ARG(party),
		        STR_ARG(c->whole));
	else if (!str_starts(query_get_text(&q, 0), STR("adopted")))
		snprintf(b->why, sizeof(b->why), "%.*s is %.*s, not adopted", STR_ARG(c->whole),
		        STR_ARG(query_get_text(&q, 0)));
	else if (query_get_i64(&q, 2) == 0 || query_get_i64(&q, 2) > now)
		say_date(b, c, query_get_i64(&q, 2));
	else if (query_get_i64(&q, 3) != 0 && query_get_i64(&q, 3) <= now)
		snprintf(b->why, sizeof(b->why), "%.*s has left %.*s", STR_ARG(party), STR_ARG(c->whole));
	else if (!binds(query_get_text(&q, 1), c->clause))
		snprintf(b->why, sizeof(b->why), "%.*s is not bound by %.*s", STR_ARG(party),
		        STR_ARG(c->whole));
	else
		good = true;
	query_done(&q, NULL);
	return good;
}

static bool known(struct db *db, const struct citation *c)
{
	struct query q = db_query(db, "select 1 from policy where instrument = ? and number = ? limit 1");

	query_text(&q, c->instrument);
	query_u64(&q, c->number);
	bool there = query_next(&q) == 1;
	query_done(&q, NULL);
	return there;
}

void exit_basis_find(struct db *db, struct str words, struct str self, struct str party, int64_t now,
        struct exit_basis *ret)
{
	struct citation c;

	*ret = (struct exit_basis){.holds = true};
	for (struct str rest = words; rest.len > 0 && ret->holds; rest = str_cut(rest, ' ').tail) {
		if (!cited(str_trim(str_cut(rest, ' ').head), &c) || !known(db, &c))
			continue;
		ret->cites = true;
		ret->holds = holds_for(db, &c, self, now, ret) && holds_for(db, &c, party, now, ret);
	}
}
