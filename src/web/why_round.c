/* SPDX-License-Identifier: Apache-2.0
 *
 * Why a round stands as it does: the rule that decided, where each member stands and by which statement, what was said and does not count.
 * All of it is computed here from the statements, as the result is.
 */
#include "base/os.h"
#include "trust/say.h"
#include "web/rounds.h"
#include "web/why_in.h"

#define MICRO ((int64_t)1000000)
#define SHOWN 12 /* digits of an id */

static void put(const struct story *s, const char *name, struct str text)
{
	s->sink->put(s->sink->arg, WHY_FACT, str_from(name), text);
}

static struct str when(const struct story *s, int64_t seconds)
{
	char text[64];

	return arena_printf(s->a->arena, "%.*s UTC", STR_ARG(list_when(text, seconds * MICRO)));
}

static struct str short_id(const struct story *s, const struct said *said)
{
	return str_sub(rounds_hex(s->a->arena, said->id), 0, SHOWN);
}

/* Which row of the table decided (the order is that of outcome.c). */
static const char *decided(const struct outcome *o)
{
	switch (o->state) {
	case OUTCOME_WITHDRAWN:
		return "the chair took it back before closing";
	case OUTCOME_DISPUTED:
		return "its chair has signed more than one manifest of this number: no node chooses";
	case OUTCOME_HELD:
		return "a member that has not spoken was not served in time at the level of the rule, or "
		       "contradicts "
		       "itself: time alone adopts nothing; an extension, service or a new round leads on";
	case OUTCOME_BROKEN:
		return "a position that stops adoption was signed before closing, and was here or at another "
		       "party in "
		       "time; only its party takes it back, before closing";
	case OUTCOME_LAPSED:
		return "what the rule asks for was not there at closing";
	case OUTCOME_ADOPTED:
	case OUTCOME_ADOPTED_EXCEPT:
		return "nothing that stops it was signed in time, and whoever is silent was served in time";
	default:
		return "it goes on; a consult round comes to no result";
	}
}

static void put_state(const struct story *s, const struct round_loaded *r, const struct outcome *o)
{
	struct arena *a = s->a->arena;
	const struct manifest *m = &r->manifest;
	bool named = o->because.len > 0 && !str_eq(o->because, STR("-"));

	put(s, "round",
	        arena_printf(a, "%.*s/%u is %.*s%s%.*s, as this node computes it of %zu statements",
	                STR_ARG(m->instrument), m->round, STR_ARG(outcome_state_name(o->shown)),
	                named ? ": " : "", STR_ARG(named ? o->because : STR("")), r->in.n));
	if (o->shown == OUTCOME_OPEN && o->block.len > 0)
		put(s, "would be",
		        arena_printf(a, "%.*s if nothing more came: %s",
		                STR_ARG(outcome_state_name(o->state)), decided(o)));
	else
		put(s, "because", str_from(decided(o)));
	put(s, "rule",
	        arena_printf(a, "%.*s; closes %.*s; what was signed before may come until %.*s",
	                STR_ARG(manifest_rule_name(m->rule)), STR_ARG(when(s, o->round.closes)),
	                STR_ARG(when(s, o->round.grace))));
	if (o->against)
		put(s, "dispute",
		        STR("a member has signed another outcome than this node computes (weir agree "
		            "members)"));
	if (outcome_adopted(o))
		put(s, "in force",
		        arena_printf(a, "from %.*s: a request that rests on it is refused before",
		                STR_ARG(when(s, o->in_force))));
}

static struct str served_words(const struct story *s, const struct standing_member *m)
{
	if (m->served == ROUND_NEVER || m->served <= 0)
		return service_name(m->service);
	return arena_printf(s->a->arena, "%.*s since %.*s", STR_ARG(service_name(m->service)),
	        STR_ARG(when(s, m->served)));
}

static void put_member(const struct story *s, const struct outcome *o, const struct standing_member *m)
{
	struct arena *a = s->a->arena;
	auto_buf struct buf bound = {0};
	struct str said = m->said == NULL
	        ? STR("silent")
	        : arena_printf(a, "%.*s (%.*s, signed %.*s)", STR_ARG(position_name(m->position)),
	                  STR_ARG(short_id(s, m->said)), STR_ARG(when(s, m->said->created)));

	if (outcome_adopted(o))
		outcome_bound_put(&bound, m);
	put(s, arena_printf(a, "%.*s", STR_ARG(m->party)).p,
	        arena_printf(a, "%.*s; %.*s%s%.*s", STR_ARG(said), STR_ARG(served_words(s, m)),
	                bound.len > 0 ? "; " : "", STR_ARG(arena_str(a, buf_str(&bound)))));
}

static void put_uncounted(const struct story *s, const struct round_loaded *r, const struct outcome *o)
{
	for (size_t i = 0; i < r->in.n; i++) {
		const struct said *said = &r->in.said[i];
		struct str counts = said->kind < KIND_END && said->kind != KIND_RECEIPT
		        ? rounds_counts(r, o, said)
		        : STR("yes");
		if (counts.len == 0 || str_eq(counts, STR("yes")))
			continue;
		put(s, "not counted",
		        arena_printf(s->a->arena, "%s of %.*s (%.*s, signed %.*s): %.*s",
		                kind_table[said->kind].name, STR_ARG(said->sender),
		                STR_ARG(short_id(s, said)), STR_ARG(when(s, said->created)),
		                STR_ARG(counts)));
	}
}

int why_round(const struct story *s, uint64_t id, struct err *e)
{
	struct round_loaded r;
	struct outcome o;
	int rc = round_load(s->a->arena, s->a->state, s->a->folder, id, &r, e);

	if (rc != 0)
		return rc;
	if (r.why != NULL)
		return err_set(e, ERR_VALUE, "the round cannot be shown: %s", r.why);
	outcome_make(s->a->arena, &r.in, os_now() / MICRO, &o);
	put_state(s, &r, &o);
	for (unsigned i = 0; i < r.manifest.members; i++)
		put_member(s, &o, &o.member[i]);
	put_uncounted(s, &r, &o);
	return 0;
}
