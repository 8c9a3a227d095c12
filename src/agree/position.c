/* SPDX-License-Identifier: Apache-2.0
 *
 * Where each member stands, and how it was served.
 */
#include "agree/round.h"
#include <stdlib.h>

struct str service_name(enum service s)
{
	static const struct str name[] = {
	        [SERVICE_RECORDED] = STR_INIT("-"),
	        [SERVICE_CONTESTED] = STR_INIT("contested"),
	        [SERVICE_OPENED] = STR_INIT("opened"),
	        [SERVICE_SPOKEN] = STR_INIT("spoken"),
	        [SERVICE_SERVED] = STR_INIT("served"),
	        [SERVICE_UNSERVED] = STR_INIT("unserved"),
	};

	return name[s];
}

static bool is_kind(const struct said *s, enum kind a, enum kind b)
{
	return s->kind == a || s->kind == b;
}

/* ---- contested ----------------------------------------------------------------------------------- */

static bool lists_contradict(const struct round_input *in, struct str party)
{
	const struct round_list *top = NULL;
	bool differ = false;

	for (size_t i = 0; i < in->lists; i++) {
		const struct round_list *l = &in->list[i];
		if (!str_eq(l->party, party) || (top != NULL && l->number < top->number))
			continue;
		if (top != NULL && l->number == top->number)
			differ |= memcmp(l->digest, top->digest, DIGEST_LEN) != 0;
		else
			differ = false;
		top = l;
	}
	return differ;
}

static bool contested(const struct round *r, struct str party)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->s[i].twin && !r->s[i].dropped && str_eq(r->s[i].s->sender, party))
			return true;
	return lists_contradict(r->in, party);
}

/* ---- position ------------------------------------------------------------------------------------ */

/* What the statement would make the position; false: it changes nothing. */
static bool position_of(const struct round *r, const struct said *s, enum position *ret)
{
	const struct manifest *m = r->in->m;

	*ret = POSITION_NONE;
	if (s->kind == KIND_AGREE_RETRACT) {
		const struct sifted *of = round_find(r, s->reply);
		return of != NULL && of->mine && str_eq(of->s->sender, s->sender) &&
		        is_kind(of->s, KIND_AGREE_POSITION, KIND_AGREE_AMENDMENT);
	}
	if (s->kind == KIND_AGREE_AMENDMENT)
		*ret = POSITION_AMENDMENT;
	else if (s->kind == KIND_AGREE_POSITION)
		*ret = position_find(item_text(&s->body, "position"));
	else
		return false;
	return *ret != POSITION_END &&
	        kind_people(&s->body) >= (*ret == POSITION_OBJECTION ? m->persons_objection : m->persons);
}

static void find_position(const struct round *r, struct standing_member *member)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct said *s = r->s[i].s;
		enum position p;
		if (!r->s[i].timely || !str_eq(s->sender, member->party) || !position_of(r, s, &p) ||
		        (member->said != NULL && s->seq < member->said->seq))
			continue;
		member->said = s;
		member->position = p;
	}
	if (member->position == POSITION_NONE)
		member->said = NULL;
}

static int by_text(const void *a, const void *b)
{
	const struct str *x = a, *y = b;

	return str_cmp(*x, *y);
}

/* Clause ids with single blanks between; anything else is the whole text. */
static void find_scope(const struct round *r, struct standing_member *member)
{
	struct item scope = item_get(&member->said->body, STR("scope"));
	struct str_cut id = {.tail = scope.text, .ok = true};
	unsigned n = 0;

	if (scope.type != BODY_TEXT)
		return;
	member->scope = arena_array(r->a, scope.text.len / (CLAUSE_ID + 1) + 1, sizeof(*member->scope));
	while (id.ok) {
		id = str_cut(id.tail, ' ');
		if (!clause_id_ok(id.head)) {
			member->scopes = 0;
			return;
		}
		member->scope[member->scopes++] = id.head;
	}
	qsort(member->scope, member->scopes, sizeof(*member->scope), by_text);
	for (unsigned i = 0; i < member->scopes; i++)
		if (n == 0 || !str_eq(member->scope[n - 1], member->scope[i]))
			member->scope[n++] = member->scope[i];
	member->scopes = n;
}

/* As it counts: what the manifest forbids is no silence. */
static enum position position_read(const struct manifest *m, enum position p)
{
	bool forbidden = (p == POSITION_RESERVATION && !m->reservation) ||
	        (p == POSITION_DISASSOCIATION && !m->disassociation);

	return forbidden ? POSITION_OBJECTION : p;
}

/* ---- service ------------------------------------------------------------------------------------- */

static void earlier(int64_t *t, int64_t at)
{
	*t = at < *t ? at : *t;
}

static bool party_is(const struct said *s, struct str party)
{
	return str_eq(item_text(&s->body, "party"), party);
}

static bool level_none(const struct said *s)
{
	return str_eq(item_text(&s->body, "level"), STR("none"));
}

/* When the member last said of itself that nobody had reached it; -1: never. */
static int64_t denied(const struct round *r, struct str party)
{
	int64_t last = -1;

	for (size_t i = 0; i < r->n; i++) {
		const struct said *s = r->s[i].s;
		if (r->s[i].mine && s->kind == KIND_AGREE_SERVICE && str_eq(s->sender, party) &&
		        party_is(s, party) && level_none(s) && kind_people(&s->body) >= 2 &&
		        s->created <= r->grace && r->s[i].seen <= r->grace && s->created > last)
			last = s->created;
	}
	return last;
}

/* By something that it said itself. */
static bool shows_it_reads(const struct round *r, const struct sifted *x)
{
	const struct said *s = x->s;

	if (s->kind == KIND_ACK)
		return !x->dropped && memcmp(s->reply, r->in->open->id, DIGEST_LEN) == 0 &&
		        kind_people(&s->body) >= 1;
	return x->mine &&
	        (is_kind(s, KIND_AGREE_POSITION, KIND_AGREE_COMMENT) || s->kind == KIND_AGREE_AMENDMENT);
}

/* By something that two persons of the chair or the deputy said of it. */
static bool attests(const struct round *r, const struct sifted *x, struct str party, int64_t after)
{
	const struct manifest *m = r->in->m;
	const struct said *s = x->s;

	return x->timely && s->kind == KIND_AGREE_SERVICE &&
	        (str_eq(s->sender, m->chair) || (m->deputy.len > 0 && str_eq(s->sender, m->deputy))) &&
	        party_is(s, party) && !level_none(s) && kind_people(&s->body) >= 2 && s->created > after;
}

static int64_t first_served(const struct round *r, struct str party)
{
	int64_t t = ROUND_NEVER, last_denied = denied(r, party), at;

	for (size_t i = 0; i < r->n; i++) {
		if (str_eq(r->s[i].s->sender, party) && shows_it_reads(r, &r->s[i]))
			earlier(&t, r->s[i].s->created);
		if (attests(r, &r->s[i], party, last_denied) && said_time(r->s[i].s, "at", &at))
			earlier(&t, at);
	}
	for (size_t i = 0; i < r->receipts && !r->in->m->human; i++) {
		const struct round_receipt *e = &r->receipt[i];
		if (e->complete && e->good && str_eq(e->from->sender, party) &&
		        memcmp(e->of, r->in->open->id, DIGEST_LEN) == 0)
			earlier(&t, e->at);
	}
	return t;
}

static enum service find_service(const struct round *r, struct standing_member *member)
{
	const struct manifest *m = r->in->m;

	if (m->rule == RULE_RECORDED)
		return SERVICE_RECORDED;
	if (member->contested)
		return SERVICE_CONTESTED;
	if (str_eq(member->party, r->in->open->sender))
		return SERVICE_OPENED;
	if (member->position != POSITION_NONE && member->position != POSITION_ACKNOWLEDGED &&
	        member->position != POSITION_COMMENT)
		return SERVICE_SPOKEN;
	member->served = first_served(r, member->party);
	return member->served <= r->closes - manifest_seconds(m->min_notice) &&
	                manifest_working_days(m, member->served, r->closes, m->working_days)
	        ? SERVICE_SERVED
	        : SERVICE_UNSERVED;
}

static enum bound find_bound(const struct standing_member *member)
{
	if (member->service == SERVICE_UNSERVED)
		return BOUND_NOT;
	if (member->position == POSITION_DISASSOCIATION)
		return member->scopes == 0 ? BOUND_NOT : BOUND_EXCEPT;
	return member->position == POSITION_RESERVATION ? BOUND_RESERVED : BOUND_WHOLE;
}

void round_stand(const struct round *r, struct standing_member *ret)
{
	const struct manifest *m = r->in->m;

	for (unsigned i = 0; i < m->members; i++) {
		struct standing_member *member = &ret[i];
		*member = (struct standing_member){.party = m->member[i].party, .served = ROUND_NEVER};
		member->contested = contested(r, member->party);
		if (!member->contested && m->rule != RULE_RECORDED)
			find_position(r, member);
		if (member->position == POSITION_RESERVATION || member->position == POSITION_DISASSOCIATION)
			find_scope(r, member);
		member->breaks = (m->breaks & 1u << position_read(m, member->position)) != 0;
		member->service = find_service(r, member);
		member->bound = find_bound(member);
	}
}
