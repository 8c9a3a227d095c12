/* SPDX-License-Identifier: Apache-2.0 */
#include "base/os.h"
#include "state/inside.h"
#include "state/scope.h"
#include "web/findings_in.h"

/* ---- what is asked ------------------------------------------------------------------------------- */

static const char *const places[] = {"place", "ip", "name"};
#define PLACES (sizeof(places) / sizeof(places[0]))

/* These are found by SQL alone: addresses and URLs have an index. */
static bool is_for_database(const struct ask *a)
{
	unsigned given = 0;

	for (unsigned i = 0; i < PLACES; i++) {
		struct str what = ask_param(a, places[i]);
		given += what.p != NULL;
		if (what.p != NULL &&
		        (inside_is_prefix(what) || str_find_str(what, 0, STR("://")) != SIZE_MAX))
			return true;
	}
	return given > 1 || a->only.p != NULL;
}

/* As where_owner of findings_find.c; of who sees some owners only, those. */
static int want_owners(const struct ask *a, struct sheet_want *w, struct err *e)
{
	struct query most = db_query(a->state, "select coalesce(max(id), 0) + 1 from owner");
	struct str owner = ask_param(a, "owner"), sector = ask_param(a, "sector"),
	           country = ask_param(a, "country");
	struct str given[] = {
	        owner, owner.p != NULL ? findings_anywhere(a, owner) : (struct str){0}, sector, country};

	if (query_next(&most) == 1)
		w->nowners = query_get_u64(&most, 0);
	int rc = query_done(&most, e);
	if (rc != 0)
		return rc;
	uint64_t *bits = arena_array(a->arena, w->nowners / 64 + 1, sizeof(*bits));
	memset(bits, 0, (w->nowners / 64 + 1) * sizeof(*bits));
	struct query q = db_query(a->state,
	        "select id from owner where (?1 is null or ref = ?1 or ((name like ?2 escape '\\' or ref "
	        "like ?2 escape '\\') and not exists (select 1 from owner where ref = ?1))) and (?3 is null "
	        "or sector = ?3) and (?4 is null or cc = ?4 collate nocase)");
	for (unsigned i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
		if (given[i].p != NULL)
			query_text(&q, given[i]);
		else
			query_null(&q);
	}
	while (query_next(&q) == 1)
		if (query_get_u64(&q, 0) < w->nowners)
			bits[query_get_u64(&q, 0) / 64] |= (uint64_t)1 << query_get_u64(&q, 0) % 64;
	w->owners = bits;
	return query_done(&q, e);
}

static int want_hidden(const struct ask *a, struct sheet_want *w, struct err *e)
{
	struct query n = db_query(a->state, "select count(*) from temp.hidden");

	if (query_next(&n) == 1)
		w->nhidden = query_get_u64(&n, 0);
	int rc = query_done(&n, e);
	if (rc != 0 || w->nhidden == 0)
		return rc;
	uint64_t *ids = arena_array(a->arena, w->nhidden, sizeof(*ids));
	struct query q = db_query(a->state, "select id from temp.hidden order by id");
	for (size_t i = 0; i < w->nhidden && query_next(&q) == 1; i++)
		ids[i] = query_get_u64(&q, 0);
	w->hidden = ids;
	return query_done(&q, e);
}

static void want_state(struct str state, struct sheet_want *w)
{
	w->back = str_eq(state, STR("seen-again"));
	w->escalated = str_eq(state, STR("escalated"));
	w->due = str_eq(state, STR("late")) ? os_now() : 0;
	if (str_eq(state, STR("active")))
		w->states = SHEET_ACTIVE;
	else if (w->escalated)
		w->states = SHEET_ALL & ~(1u << SHEET_CLOSED);
	else
		w->states = 1u << sheet_state_find(state);
}

/* False: no row fits. */
static bool want_words(const struct ask *a, struct str person, struct sheet_want *w)
{
	struct str class = ask_param(a, "class"), assigned = ask_param(a, "assigned");

	w->classed = class.p != NULL;
	w->given = assigned.p != NULL;
	if (str_eq(assigned, STR("me")))
		assigned = person.p != NULL ? person : scope_person(a->state, a->arena);
	else if (str_eq(assigned, STR("nobody")))
		assigned = STR("");
	return (!w->classed || sheet_class_find(a->sheet, class, &w->class)) &&
	        (!w->given || sheet_assigned_find(a->sheet, assigned, &w->assigned));
}

/* The ids that a statement gives, as bits; n: how many bits there may be. */
static int read_bits(struct query *q, struct arena *a, size_t n, const uint64_t **ret, struct err *e)
{
	uint64_t *bits = arena_array(a, n / 64 + 1, sizeof(*bits));

	memset(bits, 0, (n / 64 + 1) * sizeof(*bits));
	while (query_next(q) == 1)
		if (query_get_u64(q, 0) < n)
			bits[query_get_u64(q, 0) / 64] |= (uint64_t)1 << query_get_u64(q, 0) % 64;
	*ret = bits;
	return query_done(q, e);
}

static int text_owners(const struct ask *a, struct str part, struct sheet_text *t, struct err *e)
{
	struct query most = db_query(a->state, "select coalesce(max(id), 0) + 1 from owner");

	if (query_next(&most) == 1)
		t->nowners = query_get_u64(&most, 0);
	int rc = query_done(&most, e);
	if (rc != 0)
		return rc;
	struct query q = db_query(
	        a->state, "select id from owner where name like ?1 escape '\\' or ref like ?1 escape '\\'");
	query_text(&q, part);
	return read_bits(&q, a->arena, t->nowners, &t->owners, e);
}

static int text_notes(const struct ask *a, struct str part, struct sheet_text *t, struct err *e)
{
	VEC(uint64_t) ids = {0};
	struct query q = db_query(a->state,
	        "select finding from note where text like ?1 escape '\\' group by finding order by 1");

	query_text(&q, part);
	while (query_next(&q) == 1)
		*vec_add(&ids) = query_get_u64(&q, 0);
	uint64_t *copy = arena_array(a->arena, ids.n + 1, sizeof(*copy));
	if (ids.n > 0)
		memcpy(copy, ids.v, ids.n * sizeof(*copy));
	t->ids = copy;
	t->nids = ids.n;
	vec_done(&ids);
	return query_done(&q, e);
}

/* As where_text of findings_find.c. */
static int want_text(const struct ask *a, struct str text, struct sheet_want *w, struct err *e)
{
	struct sheet_text *t = arena_array(a->arena, 1, sizeof(*t));
	struct str part = findings_anywhere(a, text);

	*t = (struct sheet_text){.sheet = a->sheet, .place = text};
	if (text.len > 1 && (text.p[0] | 0x20) == 'f' && str_u64(str_skip(text, 1), &w->id))
		return 1;
	w->id = 0;
	if (!sheet_words_find(a->sheet, text, false, a->arena, &t->words))
		return 0;
	int rc = text_owners(a, part, t, e);
	if (rc == 0)
		rc = text_notes(a, part, t, e);
	w->text = t;
	return rc == 0 ? 1 : rc;
}

int findings_want_all(const struct ask *a, struct sheet_want *ret, struct err *e)
{
	int rc = a->sheet != NULL && a->whole != NULL ? sheet_sync(a->sheet, a->whole, e) : 0;

	*ret = (struct sheet_want){.states = SHEET_ALL};
	if (rc == 1 && scope_narrowed(a->state))
		rc = want_owners(a, ret, e) == 0 ? 1 : e->code;
	if (rc == 1 && scope_viewed(a->state))
		rc = want_hidden(a, ret, e) == 0 ? 1 : e->code;
	return rc;
}

int findings_want(const struct ask *a, struct str person, struct sheet_want *ret, struct err *e)
{
	struct sheet_want *w = ret;
	uint64_t newer = 0;

	if (a->sheet == NULL || is_for_database(a))
		return 0;
	int rc = findings_want_all(a, w, e);
	if (rc != 1)
		return rc;
	bool owned = ask_has(a, "owner") || ask_has(a, "sector") || ask_has(a, "country");
	if (owned && w->owners == NULL && want_owners(a, w, e) != 0)
		return e->code;
	if (ask_time(a, "since", &w->since, e) != 0 || ask_time(a, "until", &w->until, e) != 0 ||
	        (ask_has(a, "newer") && ask_id(ask_param(a, "newer"), 'F', &newer, e) != 0))
		return ERR_USAGE;
	w->newer = newer;
	w->sheet = a->sheet;
	for (unsigned i = 0; i < PLACES; i++)
		if (ask_has(a, places[i]))
			w->below = ask_param(a, places[i]);
	w->severe = ask_has(a, "severity");
	w->severity = sheet_severity(ask_param(a, "severity"));
	if (ask_has(a, "state"))
		want_state(ask_param(a, "state"), w);
	if (!want_words(a, person, w))
		w->states = 0;
	return ask_has(a, "q") ? want_text(a, ask_param(a, "q"), w, e) : 1;
}

/* ---- walking ------------------------------------------------------------------------------------- */

uint64_t findings_count_memory(const struct ask *a, const struct sheet_want *w, uint64_t most)
{
	uint64_t counted = 0;
	size_t n;
	const struct sheet_row *rows = sheet_rows(a->sheet, &n);

	for (size_t i = sheet_behind(a->sheet, w->newer); i < n && (most == 0 || counted <= most); i++)
		counted += sheet_fits(w, &rows[i]);
	return counted;
}

static struct str text_of(const struct sheet *c, enum findings_by by, const struct sheet_row *r)
{
	if (by == FINDINGS_BY_CLASS)
		return sheet_class(c, r);
	if (by == FINDINGS_BY_PLACE)
		return sheet_place(c, r);
	return by == FINDINGS_BY_STATE ? sheet_stage(r) : sheet_assigned(c, r);
}

static int64_t number_of(const struct sorting *s, enum findings_by by, const struct sheet_row *r)
{
	if (by == FINDINGS_BY_OWNER)
		return r->owner < s->nowners ? s->owners[r->owner] : -1;
	if (by == FINDINGS_BY_SEVERITY)
		return r->severity;
	if (by == FINDINGS_BY_FIRST)
		return r->first;
	if (by == FINDINGS_BY_LAST)
		return r->last;
	if (by == FINDINGS_BY_EVENTS)
		return r->events;
	if (by == FINDINGS_BY_DUE)
		return r->due;
	return by == FINDINGS_BY_CRITICALITY ? r->criticality : 0;
}

static void take_row(struct sorting *s, enum findings_by by, const struct sheet_row *r)
{
	struct place p = {.id = r->id, .text = STR("")};

	if (s->order->text)
		p.text = findings_beginning(text_of(s->a->sheet, by, r));
	else
		p.number = number_of(s, by, r);
	findings_offer(s, p);
}

/* In the direction of the list, so that of rows that are alike the first ones stay where they are put. */
void findings_walk_memory(struct sorting *s, const struct sheet_want *w, bool count)
{
	enum findings_by by = (enum findings_by)(s->order - findings_orders);
	bool down = s->down != s->back, ids = by == FINDINGS_BY_ID;
	size_t n, from = 0;
	const struct sheet_row *rows = sheet_rows(s->a->sheet, &n);

	/* by id the rows before the page need not be looked at, unless they are counted */
	if (ids && s->from && !count)
		from = down ? n - sheet_behind(s->a->sheet, s->at.id - 1)
		            : sheet_behind(s->a->sheet, s->at.id);
	for (size_t i = from; i < n; i++) {
		const struct sheet_row *r = &rows[down ? n - 1 - i : i];
		if (!sheet_fits(w, r))
			continue;
		s->counted++;
		take_row(s, by, r);
		if (ids && s->n == s->room && (!count || s->counted > FINDINGS_COUNTED))
			break;
	}
	if (s->counted > FINDINGS_COUNTED)
		s->counted = FINDINGS_COUNTED + 1;
	/* who begins behind a row knows that there is one before */
	s->other = s->other || (ids && s->from);
}
