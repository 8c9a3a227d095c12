/* SPDX-License-Identifier: Apache-2.0
 *
 * What is shown of a round at a given time, and the certificate.
 */
#include "agree/outcome.h"

static bool in_window(const struct outcome *o, const struct said *s)
{
	return s->created >= o->round.grace && s->created <= o->round.grace + OUTCOME_WINDOW;
}

const struct said *outcome_said(const struct outcome *o, struct str party)
{
	const struct said *best = NULL;
	const struct sifted *s;
	size_t n = round_of(&o->round, party, &s);

	for (size_t i = 0; i < n; i++)
		if (s[i].mine && s[i].s->kind == KIND_AGREE_OUTCOME && in_window(o, s[i].s))
			best = s[i].s;
	return best;
}

/* The state that a block of others says; they may write what they like, so only a state that ends a round counts. */
static enum outcome_state state_of(struct str block)
{
	for (struct str_cut line = {.tail = block}; line.tail.len > 0;) {
		line = str_cut(line.tail, '\n');
		if (!str_starts(line.head, STR("state ")))
			continue;
		enum outcome_state s = outcome_state_find(str_skip(line.head, 6));
		return s >= OUTCOME_WITHDRAWN && s <= OUTCOME_ADOPTED_EXCEPT ? s : OUTCOME_DISPUTED;
	}
	return OUTCOME_DISPUTED;
}

struct others {
	unsigned said;   /* members that have said an outcome */
	bool differ;     /* from each other */
	struct str last; /* block of one of them */
};

static struct others compare(struct outcome *o)
{
	struct others ret = {0};

	o->confirmed = 0;
	o->against = false;
	for (unsigned i = 0; i < o->round.in->m->members; i++) {
		const struct said *s = outcome_said(o, o->round.in->m->member[i].party);
		if (s == NULL)
			continue;
		struct str block = item_text(&s->body, "block");
		bool ours = str_eq(block, o->block);
		ret.differ |= ret.said > 0 && !str_eq(block, ret.last);
		ret.last = block;
		ret.said++;
		o->confirmed += ours;
		o->against |= !ours;
	}
	return ret;
}

/* After grace. */
static enum outcome_state confirmed(struct outcome *o, int64_t now, enum outcome_state provisional)
{
	struct others others = compare(o);

	if (others.differ)
		return OUTCOME_DISPUTED;
	if (others.said < o->round.in->m->confirm)
		return provisional;
	if (!o->against)
		return o->state;
	return now <= o->round.grace + OUTCOME_WINDOW ? OUTCOME_DISPUTED : state_of(others.last);
}

static bool some_contested(const struct outcome *o)
{
	for (unsigned i = 0; i < o->round.in->m->members; i++)
		if (o->member[i].contested)
			return true;
	return false;
}

static enum outcome_state decided(struct outcome *o, int64_t now)
{
	bool adopted = o->state == OUTCOME_ADOPTED || o->state == OUTCOME_ADOPTED_EXCEPT;

	if (now < o->round.closes) {
		bool early = o->state == OUTCOME_WITHDRAWN || o->state == OUTCOME_DISPUTED ||
		        o->state == OUTCOME_BROKEN || (o->state == OUTCOME_HELD && some_contested(o));
		return early ? o->state : OUTCOME_OPEN;
	}
	enum outcome_state provisional = adopted ? OUTCOME_PROVISIONAL : o->state;
	return now < o->round.grace ? provisional : confirmed(o, now, provisional);
}

void outcome_show(struct outcome *o, int64_t now)
{
	enum manifest_rule rule = o->round.in->m->rule;
	bool open = now < o->round.closes;

	if (rule == RULE_NONE)
		o->shown = open && o->state == OUTCOME_CONSOLIDATING ? OUTCOME_OPEN : o->state;
	else if (rule == RULE_RECORDED)
		o->shown = open && o->state == OUTCOME_LAPSED ? OUTCOME_OPEN : o->state;
	else
		o->shown = decided(o, now);
}

/* ---- the certificate ----------------------------------------------------------------------------- */

void outcome_certificate(const struct outcome *o, struct buf *out)
{
	char hex[2 * DIGEST_LEN + 1];

	if (o->block.len == 0)
		return;
	buf_add(out, o->block);
	for (unsigned i = 0; i < o->round.in->m->members; i++) {
		const struct said *s = outcome_said(o, o->round.in->m->member[i].party);
		if (s == NULL || !str_eq(item_text(&s->body, "block"), o->block))
			continue;
		str_hex_print(hex, s->id, DIGEST_LEN);
		buf_printf(out, "confirmed %.*s %s\n", STR_ARG(o->round.in->m->member[i].party), hex);
	}
}

struct str certificate_block(struct str certificate)
{
	static const char *const word[] = {"instrument ", "round ", "round-sha256 ", "closes ", "state ",
	        "because ", "adopted ", "in-force ", "member "};
	struct str_cut line = str_cut(certificate, '\n');
	size_t len = line.head.len + 1, n = 0;

	if (!line.ok || !str_eq(line.head, STR("weir-outcome-1")))
		return (struct str){"", 0};
	while (line.tail.len > 0) {
		line = str_cut(line.tail, '\n');
		/* Each word once, the last as often as it comes. */
		if (!line.ok || !str_starts(line.head, str_from(word[n])))
			break;
		len += line.head.len + 1;
		n += n + 1 < sizeof(word) / sizeof(word[0]);
	}
	return str_sub(certificate, 0, len);
}
