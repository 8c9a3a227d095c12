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
	const struct sifted *s;
	size_t n = round_of(r, party, &s);

	for (size_t i = 0; i < n; i++)
		if (s[i].twin && !s[i].dropped)
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
	const struct sifted *s;
	size_t n = round_of(r, member->party, &s);
	enum position p;

	/* By number, so the last one counts. */
	for (size_t i = 0; i < n; i++) {
		if (!s[i].timely || !position_of(r, s[i].s, &p))
			continue;
		member->said = s[i].s;
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

/* Of two of one time the smaller id, so that all nodes name the same. */
static void earlier(struct standing_member *m, int64_t at, const struct said *by)
{
	if (at > m->served ||
	        (at == m->served && m->by != NULL && memcmp(by->id, m->by->id, DIGEST_LEN) >= 0))
		return;
	m->served = at;
	m->by = by;
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
	const struct sifted *s;
	size_t n = round_of(r, party, &s);
	int64_t last = -1;

	for (size_t i = 0; i < n; i++)
		if (s[i].mine && s[i].s->kind == KIND_AGREE_SERVICE && party_is(s[i].s, party) &&
		        level_none(s[i].s) && kind_people(&s[i].s->body) >= 2 &&
		        s[i].s->created <= r->grace && s[i].seen <= r->grace && s[i].s->created > last)
			last = s[i].s->created;
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

/* By something that two persons of the chair or the deputy, by, said of it. */
static void attested(const struct round *r, struct str by, int64_t after, struct standing_member *m)
{
	const struct sifted *s;
	size_t n = round_of(r, by, &s);
	int64_t at;

	for (size_t i = 0; i < n; i++)
		if (s[i].timely && s[i].s->kind == KIND_AGREE_SERVICE && party_is(s[i].s, m->party) &&
		        !level_none(s[i].s) && kind_people(&s[i].s->body) >= 2 && s[i].s->created > after &&
		        said_time(s[i].s, "at", &at))
			earlier(m, at, s[i].s);
}

static void find_served(const struct round *r, struct standing_member *m)
{
	const struct sifted *s;
	size_t n = round_of(r, m->party, &s);
	int64_t last_denied = denied(r, m->party);

	for (size_t i = 0; i < n; i++)
		if (shows_it_reads(r, &s[i]))
			earlier(m, s[i].s->created, s[i].s);
	attested(r, r->in->m->chair, last_denied, m);
	if (r->in->m->deputy.len > 0)
		attested(r, r->in->m->deputy, last_denied, m);
	for (size_t i = 0; i < r->opening.n && !r->in->m->human; i++) {
		const struct round_receipt *e = &r->opening.v[i];
		if (e->complete && e->good && str_eq(e->from->sender, m->party))
			earlier(m, e->at, e->from);
	}
}

static enum service find_service(const struct round *r, struct standing_member *member)
{
	const struct manifest *m = r->in->m;

	if (m->rule == RULE_RECORDED)
		return SERVICE_RECORDED;
	if (member->contested)
		return SERVICE_CONTESTED;
	if (str_eq(member->party, r->in->open->sender)) {
		member->by = r->in->open;
		return SERVICE_OPENED;
	}
	if (member->position != POSITION_NONE && member->position != POSITION_ACKNOWLEDGED &&
	        member->position != POSITION_COMMENT) {
		member->by = member->said;
		return SERVICE_SPOKEN;
	}
	find_served(r, member);
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
