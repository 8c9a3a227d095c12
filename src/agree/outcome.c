/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/outcome.h"

struct str outcome_state_name(enum outcome_state s)
{
	static const struct str name[OUTCOME_END] = {
	        [OUTCOME_OPEN] = STR_INIT("open"),
	        [OUTCOME_CONSOLIDATING] = STR_INIT("consolidating"),
	        [OUTCOME_WITHDRAWN] = STR_INIT("withdrawn"),
	        [OUTCOME_DISPUTED] = STR_INIT("disputed"),
	        [OUTCOME_HELD] = STR_INIT("held"),
	        [OUTCOME_BROKEN] = STR_INIT("broken"),
	        [OUTCOME_LAPSED] = STR_INIT("lapsed"),
	        [OUTCOME_ADOPTED] = STR_INIT("adopted"),
	        [OUTCOME_ADOPTED_EXCEPT] = STR_INIT("adopted-except"),
	        [OUTCOME_PROVISIONAL] = STR_INIT("adopted-provisional"),
	};

	return name[s];
}

enum outcome_state outcome_state_find(struct str word)
{
	for (unsigned s = 0; s < OUTCOME_END; s++)
		if (str_eq(outcome_state_name((enum outcome_state)s), word))
			return (enum outcome_state)s;
	return OUTCOME_END;
}

static bool is_adopted(enum outcome_state s)
{
	return s == OUTCOME_ADOPTED || s == OUTCOME_ADOPTED_EXCEPT;
}

/* ---- have and needed ----------------------------------------------------------------------------- */

static unsigned count_assents(const struct outcome *o)
{
	unsigned n = 0;

	for (unsigned i = 0; i < o->round.in->m->members; i++) {
		enum position p = o->member[i].position;
		n += o->member[i].bound != BOUND_NOT &&
		        (p == POSITION_SUPPORT || p == POSITION_RESERVATION || p == POSITION_DISASSOCIATION);
	}
	return n;
}

static const struct said *minutes_of(const struct outcome *o, struct str party)
{
	const struct sifted *s = round_newest(&o->round, KIND_AGREE_MINUTES, party, true);

	return s != NULL ? s->s : NULL;
}

static unsigned count_minutes(const struct outcome *o)
{
	const struct manifest *m = o->round.in->m;
	const struct said *chair = minutes_of(o, m->chair);
	unsigned n = 0;

	for (unsigned i = 0; i < m->members && chair != NULL; i++) {
		const struct said *own = minutes_of(o, o->member[i].party);
		n += o->member[i].bound != BOUND_NOT && own != NULL &&
		        str_eq(item_text(&own->body, "minutes"), item_text(&chair->body, "minutes"));
	}
	return n;
}

/* An act done elsewhere, entered by two persons of the chair. */
static bool is_record(const struct said *s)
{
	if (s == NULL || kind_people(&s->body) < 2)
		return false;
	struct item act = item_get(&s->body, STR("act"));
	if (act.type != BODY_OBJECT)
		return false;
	struct item number = item_get(&act, STR("number")), date = item_get(&act, STR("date"));
	return item_there(&number) && item_there(&date);
}

static void count(struct outcome *o)
{
	const struct manifest *m = o->round.in->m;

	for (unsigned i = 0; i < m->members; i++)
		o->left += o->member[i].bound != BOUND_NOT;
	o->adopted = o->round.grace;
	if (m->rule == RULE_ASSENT)
		o->have = count_assents(o);
	if (m->rule == RULE_MEETING)
		o->have = count_minutes(o);
	if (m->rule == RULE_ASSENT || m->rule == RULE_MEETING)
		o->needed = m->needs > 0 ? m->needs : o->left;
	if (m->rule != RULE_RECORDED)
		return;
	const struct said *act = minutes_of(o, m->chair);
	o->needed = 1;
	o->have = is_record(act);
	if (o->have == 1)
		o->adopted = act->created;
}

/* ---- state and cause ----------------------------------------------------------------------------- */

enum which { CONTESTED, BREAKS, UNSERVED };

static bool is_one(const struct standing_member *m, enum which which)
{
	return which == CONTESTED ? m->contested
	        : which == BREAKS ? m->breaks
	                          : m->service == SERVICE_UNSERVED;
}

/* The members of which it is true, with a word before them; false: none. */
static bool because_of(struct outcome *o, enum which which, struct str word)
{
	auto_buf struct buf b = {0};

	for (unsigned i = 0; i < o->round.in->m->members; i++) {
		if (!is_one(&o->member[i], which))
			continue;
		buf_add(&b, b.len == 0 ? word : STR(" "));
		buf_add(&b, o->member[i].party);
	}
	if (b.len > 0)
		o->because = arena_str(o->round.a, buf_str(&b));
	return b.len > 0;
}

static struct str because_manifests(const struct round *r)
{
	auto_buf struct buf b = {0};

	buf_add(&b, STR("manifests"));
	for (unsigned i = 0; i < r->others; i++) {
		buf_char(&b, ' ');
		buf_add(&b, r->other[i]);
	}
	return arena_str(r->a, buf_str(&b));
}

static enum outcome_state lapsed(struct outcome *o)
{
	static const char *const word[RULE_END] = {
	        [RULE_ASSENT] = "assents", [RULE_MEETING] = "minutes", [RULE_RECORDED] = "record"};
	enum manifest_rule rule = o->round.in->m->rule;

	if (rule != RULE_RECORDED && o->left < 2)
		o->because = arena_printf(o->round.a, "bound %u of 2", o->left);
	else if (o->have < o->needed)
		o->because = arena_printf(o->round.a, "%s %u of %u", word[rule], o->have, o->needed);
	else
		return OUTCOME_END;
	return OUTCOME_LAPSED;
}

/* The first that fits, in this order. */
static enum outcome_state decide(struct outcome *o)
{
	const struct manifest *m = o->round.in->m;

	if (o->round.withdrawn) {
		o->because = m->chair;
		return OUTCOME_WITHDRAWN;
	}
	if (o->round.others > 0) {
		o->because = because_manifests(&o->round);
		return OUTCOME_DISPUTED;
	}
	if (because_of(o, CONTESTED, STR("contested ")))
		return OUTCOME_HELD;
	if (because_of(o, BREAKS, STR("")))
		return OUTCOME_BROKEN;
	bool unserved = because_of(o, UNSERVED, STR("unserved "));
	if (unserved && !m->except)
		return OUTCOME_HELD;
	enum outcome_state state = lapsed(o);
	if (state != OUTCOME_END)
		return state;
	o->because = STR("-");
	return unserved ? OUTCOME_ADOPTED_EXCEPT : OUTCOME_ADOPTED;
}

/* ---- the block ----------------------------------------------------------------------------------- */

static void put_time(struct buf *out, struct str word, int64_t t, bool there)
{
	char text[21] = "-";

	if (there)
		stamp_print(text, t);
	buf_printf(out, "%.*s %s\n", STR_ARG(word), text);
}

static void put_ids(struct buf *out, struct str word, const struct standing_member *m)
{
	buf_add(out, word);
	for (unsigned i = 0; i < m->scopes; i++) {
		buf_char(out, i == 0 ? ':' : ',');
		buf_add(out, m->scope[i]);
	}
}

void outcome_bound_put(struct buf *out, const struct standing_member *m)
{
	switch (m->bound) {
	case BOUND_NOT:
		buf_add(out, STR("not-bound"));
		break;
	case BOUND_WHOLE:
		buf_add(out, STR("bound"));
		break;
	case BOUND_EXCEPT:
		put_ids(out, STR("except"), m);
		break;
	case BOUND_RESERVED:
		put_ids(out, STR("reserved"), m);
		break;
	}
}

static void put_member(struct buf *out, const struct standing_member *m, bool adopted)
{
	char hex[2 * DIGEST_LEN + 1] = "-";

	if (m->said != NULL)
		str_hex_print(hex, m->said->id, DIGEST_LEN);
	buf_printf(out, "member %.*s %.*s %.*s %s ", STR_ARG(m->party), STR_ARG(service_name(m->service)),
	        STR_ARG(position_name(m->position)), hex);
	if (adopted)
		outcome_bound_put(out, m);
	else
		buf_char(out, '-');
	buf_char(out, '\n');
}

static struct str print(const struct outcome *o)
{
	const struct manifest *m = o->round.in->m;
	bool adopted = is_adopted(o->state);
	auto_buf struct buf out = {0};
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, m->sha256, DIGEST_LEN);
	buf_printf(&out, "weir-outcome-1\ninstrument %.*s\nround %u\nround-sha256 %s\n",
	        STR_ARG(m->instrument), m->round, hex);
	put_time(&out, STR("closes"), o->round.closes, true);
	buf_printf(&out, "state %.*s\nbecause %.*s\n", STR_ARG(outcome_state_name(o->state)),
	        STR_ARG(o->because));
	put_time(&out, STR("adopted"), o->adopted, adopted);
	put_time(&out, STR("in-force"), o->in_force, adopted);
	for (unsigned i = 0; i < m->members; i++)
		put_member(&out, &o->member[i], adopted);
	return arena_str(o->round.a, buf_str(&out));
}

static void make_block(struct outcome *o)
{
	const struct manifest *m = o->round.in->m;

	count(o);
	o->state = decide(o);
	o->in_force = o->adopted + manifest_seconds(m->after);
	if (m->at)
		o->in_force = m->in_force > o->adopted ? m->in_force : o->adopted;
	o->block = print(o);
}

static void conclude(struct outcome *o, int64_t now)
{
	const struct round *r = &o->round;

	o->left = o->have = o->needed = 0;
	o->because = STR("-");
	if (r->in->m->rule == RULE_NONE) {
		o->state = r->withdrawn ? OUTCOME_WITHDRAWN
		        : r->others > 0 ? OUTCOME_DISPUTED
		                        : OUTCOME_CONSOLIDATING;
	} else {
		round_stand(r, o->member);
		make_block(o);
	}
	outcome_show(o, now);
}

void outcome_make(struct arena *a, const struct round_input *in, int64_t now, struct outcome *ret)
{
	*ret = (struct outcome){.block = {"", 0}};
	round_sift(a, in, &ret->round);
	ret->member = arena_array(a, in->m->members + 1, sizeof(*ret->member));
	conclude(ret, now);
}

void outcome_add(struct outcome *o, const struct said *s, int64_t now)
{
	if (round_add(&o->round, s))
		conclude(o, now);
	else
		outcome_show(o, now);
}
