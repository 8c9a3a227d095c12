/* SPDX-License-Identifier: Apache-2.0 */
#include "web/sheet.h"
#include "state/has.h"
#include "state/inside.h"

/* What has changed is taken in so many numbers at a time. */
#define CHANGED 8192

struct words_list {
	VEC(struct str) list;
	struct arena arena;
	uint16_t last; /* that was asked for last: neighbours are mostly alike */
	uint32_t
	        *table; /* of lists that may be long: of places in them, from 1 on; NULL: there is none yet */
};
struct sheet {
	VEC(struct sheet_row) rows;
	struct buf places;
	size_t wasted; /* bytes of places that no row has any more */
	struct words_list classes, persons, malware, idents;
	struct changes_cursor cursor;
	struct changes_read changed;
	bool loaded, full,
	        wordy; /* wordy: there are more words of malware or identifiers than their lists hold */
};

#define COLUMNS                                                                                              \
	"id, owner, class, severity, criticality, state, back is not null, escalated is not null, due, "     \
	"assigned, place, first, last, events, malware, ident, last_receipt, decision, state = 'closed' "    \
	"and misread is null, coalesce(why, '') = 'gone'"

/* ---- words --------------------------------------------------------------------------------------- */

static bool word_find(const struct words_list *w, struct str text, uint16_t *ret)
{
	for (size_t i = 0; i < w->list.n; i++)
		if (str_eq(w->list.v[i], text)) {
			*ret = (uint16_t)i;
			return true;
		}
	return false;
}

static uint16_t word_of(struct sheet *c, struct words_list *w, struct str text)
{
	if (w->last < w->list.n && str_eq(w->list.v[w->last], text))
		return w->last;
	if (!word_find(w, text, &w->last)) {
		c->full = c->full || w->list.n >= UINT16_MAX;
		w->last = c->full ? 0 : (uint16_t)w->list.n;
		if (!c->full)
			*vec_add(&w->list) = arena_str(&w->arena, text);
	}
	return w->last;
}

static uint32_t hash_of(struct str s)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.p[i]) * 16777619u;
	return h;
}

#define TABLE (1u << 17) /* twice what a list holds */

/* Of a list that may be long. What it has no room for has its last place, and is no word of it. */
static uint16_t rare_word_of(struct sheet *c, struct words_list *w, struct str text)
{
	if (w->last < w->list.n && str_eq(w->list.v[w->last], text))
		return w->last;
	if (w->table == NULL)
		w->table = mem_zero(TABLE, sizeof(*w->table));
	uint32_t at = hash_of(text) & (TABLE - 1);
	while (w->table[at] != 0 && !str_eq(w->list.v[w->table[at] - 1], text))
		at = (at + 1) & (TABLE - 1);
	if (w->table[at] == 0) {
		c->wordy = c->wordy || w->list.n >= UINT16_MAX;
		if (w->list.n >= UINT16_MAX)
			return UINT16_MAX;
		*vec_add(&w->list) = arena_str(&w->arena, text);
		w->table[at] = (uint32_t)w->list.n;
	}
	return w->last = (uint16_t)(w->table[at] - 1);
}

static void words_clear(struct words_list *w)
{
	free(w->table);
	w->table = NULL;
	vec_done(&w->list);
	arena_done(&w->arena);
	arena_init(&w->arena, 0);
}

bool sheet_class_find(const struct sheet *c, struct str class, uint16_t *ret)
{
	return word_find(&c->classes, class, ret);
}

bool sheet_assigned_find(const struct sheet *c, struct str assigned, uint16_t *ret)
{
	return word_find(&c->persons, assigned, ret);
}

struct str sheet_class(const struct sheet *c, const struct sheet_row *r)
{
	return c->classes.list.v[r->class];
}

struct str sheet_assigned(const struct sheet *c, const struct sheet_row *r)
{
	return c->persons.list.v[r->assigned];
}

struct str sheet_place(const struct sheet *c, const struct sheet_row *r)
{
	return str_make(c->places.p + r->place, r->place_len);
}

static const char *const states[SHEET_STATES] = {"open", "told", "told-again", "quiet", "closed"};

struct str sheet_stage(const struct sheet_row *r)
{
	return r->state == SHEET_OPEN && r->back ? STR("seen-again") : str_from(states[r->state]);
}

/* ---- rows ---------------------------------------------------------------------------------------- */

enum sheet_state sheet_state_find(struct str state)
{
	unsigned i = 0;

	while (i < SHEET_STATES - 1 && !str_eq(state, str_from(states[i])))
		i++;
	return str_eq(state, STR("seen-again")) || str_eq(state, STR("late")) ? SHEET_OPEN
	                                                                      : (enum sheet_state)i;
}

uint8_t sheet_severity(struct str severity)
{
	static const char first[] = "chml";
	const char *at = severity.len > 0 ? memchr(first, severity.p[0], 4) : NULL;

	return at != NULL ? (uint8_t)(at - first) : 4;
}

/* A place seldom changes; then it is written anew. */
static void put_place(struct sheet *c, struct sheet_row *r, struct str place)
{
	if (r->place_len == place.len && str_eq(sheet_place(c, r), place))
		return;
	c->wasted += r->place_len;
	c->full = c->full || place.len > UINT16_MAX || c->places.len + place.len > UINT32_MAX;
	if (c->full)
		return;
	r->place = (uint32_t)c->places.len;
	r->place_len = (uint16_t)place.len;
	buf_add(&c->places, place);
}

static void put_row(struct sheet *c, struct sheet_row *r, const struct query *q)
{
	put_place(c, r, query_get_blob(q, 10));
	r->owner = (uint32_t)query_get_u64(q, 1);
	r->class = word_of(c, &c->classes, query_get_blob(q, 2));
	r->severity = sheet_severity(query_get_blob(q, 3)) & 15;
	r->criticality = (uint8_t)query_get_u64(q, 4);
	r->state = (uint8_t)sheet_state_find(query_get_blob(q, 5)) & 15;
	r->back = query_get_u64(q, 6) != 0;
	r->escalated = query_get_u64(q, 7) != 0;
	r->due = query_is_null(q, 8) ? SHEET_NEVER : query_get_i64(q, 8);
	r->assigned = word_of(c, &c->persons, query_get_blob(q, 9));
	r->first = query_get_i64(q, 11);
	r->last = query_get_i64(q, 12);
	uint64_t events = query_get_u64(q, 13);
	c->full = c->full || events > UINT32_MAX;
	r->events = (uint32_t)events;
	r->malware = rare_word_of(c, &c->malware, query_get_blob(q, 14));
	r->ident = rare_word_of(c, &c->idents, query_get_blob(q, 15));
	r->last_receipt = (uint32_t)query_get_u64(q, 16);
	r->person = str_eq(query_get_blob(q, 17), STR("person"));
	r->nobody = str_eq(query_get_blob(q, 17), STR("nobody"));
	r->evidence = query_get_u64(q, 18) != 0 && query_get_u64(q, 19) != 0;
	r->word = query_get_u64(q, 18) != 0 && query_get_u64(q, 19) == 0;
	r->gone = false;
}

static void clear(struct sheet *c)
{
	vec_done(&c->rows);
	buf_done(&c->places);
	words_clear(&c->classes);
	words_clear(&c->persons);
	words_clear(&c->malware);
	words_clear(&c->idents);
	c->wordy = false;
	c->wasted = 0;
	c->loaded = false;
	c->full = false;
}

static int load(struct sheet *c, struct db *db, struct err *e)
{
	clear(c);
	/* what changes while the rows are read is read once more */
	int rc = changes_head(db, &c->cursor, e);
	if (rc != 0)
		return rc;
	struct query q = db_query(db, "select " COLUMNS " from finding order by id limit ?");
	query_u64(&q, SHEET_MOST + 1);
	while (!c->full && query_next(&q) == 1) {
		struct sheet_row *r = vec_add(&c->rows);
		*r = (struct sheet_row){.id = query_get_u64(&q, 0)};
		put_row(c, r, &q);
		c->full = c->full || c->rows.n > SHEET_MOST;
	}
	rc = query_done(&q, e);
	c->loaded = rc == 0;
	return rc;
}

size_t sheet_behind(const struct sheet *c, uint64_t id)
{
	size_t from = 0, to = c->rows.n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (c->rows.v[middle].id <= id)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* The row of that id; a new one stands at the end. NULL: it is none of those that were there, nor newer, and all is read again. */
static struct sheet_row *row_of(struct sheet *c, uint64_t id, bool there)
{
	size_t at = sheet_behind(c, id);

	if (at > 0 && c->rows.v[at - 1].id == id)
		return &c->rows.v[at - 1];
	if (at < c->rows.n || !there)
		return NULL;
	struct sheet_row *r = vec_add(&c->rows);
	*r = (struct sheet_row){.id = id};
	return r;
}

static int read_again(struct sheet *c, struct db *db, uint64_t id, struct err *e)
{
	struct query q = db_query(db, "select " COLUMNS " from finding where id = ?");

	query_u64(&q, id);
	bool there = query_next(&q) == 1;
	struct sheet_row *r = row_of(c, id, there);
	if (there && r != NULL)
		put_row(c, r, &q);
	else if (there)
		c->loaded = false;
	else if (r != NULL)
		r->gone = true;
	return query_done(&q, e);
}

static int follow(struct sheet *c, struct db *db, struct err *e)
{
	int rc = 0;

	do {
		rc = changes_read(db, CHANGES_FINDING, &c->cursor, CHANGED, &c->changed, e);
		for (size_t i = 0; rc == 0 && c->loaded && i < c->changed.ids.n; i++)
			rc = read_again(c, db, c->changed.ids.v[i].id, e);
		if (rc == 0)
			c->cursor = c->changed.next;
	} while (rc == 0 && c->loaded && c->changed.more);
	if (c->changed.ids.cap > CHANGED)
		changes_read_done(&c->changed);
	return rc;
}

/* True if there is something behind the cursor. */
static int news(struct sheet *c, struct db *db, bool *ret, struct err *e)
{
	struct changes_cursor head;
	int rc = changes_head(db, &head, e);

	*ret = rc == 0 && (head.seq != c->cursor.seq || head.mark != c->cursor.mark || c->cursor.pos != 0);
	return rc;
}

int sheet_sync(struct sheet *c, struct db *db, struct err *e)
{
	bool more = false;
	int rc = c->loaded ? news(c, db, &more, e) : 0;

	/* too many are never fewer while this process runs, or almost never */
	if (rc == 0 && c->loaded && c->full)
		return 0;
	if (rc == 0 && c->loaded && more)
		rc = follow(c, db, e);
	/* the log does not reach back, or it is the log of another database */
	if (rc == 0 && c->loaded && c->wasted > c->places.len / 2)
		c->loaded = false;
	if (rc == ERR_MISSING || (rc == 0 && !c->loaded))
		rc = load(c, db, e);
	if (rc != 0 || c->full) {
		vec_done(&c->rows);
		buf_done(&c->places);
	}
	if (rc != 0)
		c->loaded = false;
	return rc != 0 ? rc : !c->full;
}

struct sheet *sheet_new(void)
{
	struct sheet *c = mem_zero(1, sizeof(*c));

	arena_init(&c->classes.arena, 0);
	arena_init(&c->persons.arena, 0);
	arena_init(&c->malware.arena, 0);
	arena_init(&c->idents.arena, 0);
	return c;
}

void sheet_free(struct sheet *c)
{
	if (c == NULL)
		return;
	clear(c);
	changes_read_done(&c->changed);
	arena_done(&c->classes.arena);
	arena_done(&c->persons.arena);
	arena_done(&c->malware.arena);
	arena_done(&c->idents.arena);
	free(c);
}

const struct sheet_row *sheet_rows(const struct sheet *c, size_t *ret_n)
{
	*ret_n = c->rows.n;
	return c->rows.v;
}

/* ---- which fit ----------------------------------------------------------------------------------- */

static bool is_among(const uint64_t *ids, size_t n, uint64_t id)
{
	size_t from = 0, to = n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (ids[middle] == id)
			return true;
		if (ids[middle] < id)
			from = middle + 1;
		else
			to = middle;
	}
	return false;
}

static const uint64_t *bits_of(const struct words_list *w, struct str text, bool exact, struct arena *a)
{
	size_t n = (w->list.n + 64) / 64;
	uint64_t *bits = arena_array(a, n, sizeof(*bits));

	memset(bits, 0, n * sizeof(*bits));
	for (size_t i = 0; i < w->list.n; i++)
		if (exact ? str_ieq(w->list.v[i], text) : has_in(w->list.v[i], text))
			bits[i / 64] |= (uint64_t)1 << i % 64;
	return bits;
}

bool sheet_words_find(
        const struct sheet *c, struct str text, bool exact, struct arena *a, struct sheet_words *ret)
{
	if (c->wordy)
		return false;
	*ret = (struct sheet_words){bits_of(&c->classes, text, exact, a),
	        bits_of(&c->malware, text, exact, a), bits_of(&c->idents, text, exact, a)};
	return true;
}

static bool text_fits(const struct sheet_text *t, const struct sheet_row *r)
{
	return sheet_has(t->words.classes, r->class) || sheet_has(t->words.malware, r->malware) ||
	        sheet_has(t->words.idents, r->ident) ||
	        (r->owner < t->nowners && sheet_has(t->owners, r->owner)) ||
	        (t->place.p != NULL && has_in(sheet_place(t->sheet, r), t->place)) ||
	        (t->nids != 0 && is_among(t->ids, t->nids, r->id));
}

bool sheet_fits(const struct sheet_want *w, const struct sheet_row *r)
{
	return !r->gone && (w->states >> r->state & 1) != 0 && (!w->severe || r->severity == w->severity) &&
	        (!w->classed || r->class == w->class) && (!w->given || r->assigned == w->assigned) &&
	        (!w->back || r->back) && (!w->escalated || r->escalated) &&
	        (w->since == 0 || r->last >= w->since) && (w->until == 0 || r->last < w->until) &&
	        (w->due == 0 || r->due < w->due) && r->id > w->newer &&
	        (w->owners == NULL ||
	                (r->owner < w->nowners && (w->owners[r->owner / 64] >> r->owner % 64 & 1) != 0)) &&
	        (w->nhidden == 0 || !is_among(w->hidden, w->nhidden, r->id)) &&
	        (w->id == 0 || r->id == w->id) && (w->text == NULL || text_fits(w->text, r)) &&
	        (w->below.p == NULL || inside_name(sheet_place(w->sheet, r), w->below));
}
