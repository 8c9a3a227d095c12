/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading again: the new edition's chunks, and its comparison with the old one, record by record. Both are read in the
 * order of the report, so that one walk does it; nothing here changes state.db.
 */
#include "see/reread.h"
#include "base/os.h"
#include "see/reread_in.h"
#include "state/kept.h"

/* Who reads the old edition is given so long. */
#define GRACE (10 * (int64_t)1000000)

int reread_may(struct node *n, const struct receipt *r, struct err *e)
{
	struct kept kept;
	struct day *d;
	char text[KEPT_TEXT];

	if (r->state != RECEIPT_DONE && r->state != RECEIPT_ASIDE)
		return err_set(e, ERR_VALUE, "R%llu is not read to its end yet; ask again when it is",
		        (unsigned long long)r->id);
	if (r->edition + 1 >= DAY_EDITIONS)
		return err_set(e, ERR_VALUE,
		        "R%llu was read again %u times, which is all that there is room for",
		        (unsigned long long)r->id, r->edition);
	int rc = kept_get(n->state, r->day, &kept, e);
	if (rc != 0)
		return rc;
	if (kept.raw_gone != 0 || kept.events_gone != 0)
		return err_set(e, ERR_MISSING, "the %s of R%llu were %.*s: it stays as it is",
		        kept.raw_gone != 0 ? "bytes" : "events", (unsigned long long)r->id,
		        STR_ARG(kept.raw_gone != 0 ? kept_raw_text(&kept, text)
		                                   : kept_events_text(&kept, text)));
	rc = day_open(n->folder.p, r->day, DB_READ, &d, e);
	if (rc == ERR_MISSING)
		return err_set(e, ERR_MISSING,
		        "the bytes of R%llu are not kept any more (day %04u-%02u-%02u): it stays as it is",
		        (unsigned long long)r->id, r->day / 10000, r->day / 100 % 100, r->day % 100);
	if (rc != 0)
		return rc;
	/* a file that was put in the place of another, or lost something with a disk */
	rc = day_whole(d, r->id, r->edition, r->chunks, e);
	day_close(d);
	return rc != 0
	        ? (rc > 0 ? 0 : rc)
	        : err_set(e, ERR_MISSING,
	                  "the day file %04u-%02u-%02u lacks events of R%llu ('weir check --deep' says "
	                  "more): it stays as it is",
	                  r->day / 10000, r->day / 100 % 100, r->day % 100, (unsigned long long)r->id);
}

int reread_next(struct node *n, uint64_t *ret, struct err *e)
{
	struct query q = db_query(n->state,
	        "select w.receipt from reread w join receipt r on r.id = w.receipt where w.done is null and"
	        " r.state in ('done', 'aside') order by w.batch, w.receipt desc limit 1");
	int rc = query_next(&q);

	if (rc == 1)
		*ret = query_get_u64(&q, 0);
	int done = query_done(&q, e);
	return done != 0 ? done : rc;
}

int reread_gone(struct node *n, uint64_t receipt, struct err *e)
{
	auto_arena struct arena a = {0};
	struct receipt r;
	struct err why;

	arena_init(&a, 0);
	int rc = receipt_get(n->state, receipt, &a, &r, e);
	if (rc != 1)
		return rc;
	if (reread_may(n, &r, &why) == 0)
		return 0;
	db_begin(n->state);
	struct query q = db_query(n->state,
	        "update reread set done = ?1, dropped = ?1, kept = 1, sentence = ?2,"
	        " (edition, state, records, with_events, asides, none, events) = (select edition, state, "
	        "records, "
	        "with_events, asides, none, events from receipt where id = ?3) where receipt = ?3");
	query_i64(&q, os_now());
	query_text(&q, str_from(why.text));
	query_u64(&q, receipt);
	query_run(&q);
	rc = db_commit(n->state, e);
	return rc == 0 ? 1 : rc;
}

static void begin_next(struct see_reading *r)
{
	struct reread *a = r->again;

	a->next = r->r;
	a->next.edition++;
	a->next.chunks = a->next.settled = a->next.attempts = 0;
	a->next.records = a->next.with_events = a->next.asides = a->next.none = 0;
	a->next.known = 0;
	a->next.events = a->next.new_findings = 0;
	a->next.quiet = false;
	/* a feed whose files have such names may have come since */
	if (r->feed == NULL && r->r.feed.len == 0)
		r->feed = node_feed_for(r->n, r->r.name);
	if (r->feed != NULL) {
		r->args.feed = &r->feed->facts;
		a->next.feed = r->feed->id;
	}
}

int reread_new(struct node *n, uint64_t receipt, struct see_reading **ret, struct err *e)
{
	struct see_reading *r;
	int rc = see_reading_new(n, receipt, &r, e);

	if (rc != 0)
		return rc;
	r->again = mem_zero(1, sizeof(*r->again));
	begin_next(r);
	struct query q = db_query(n->state, "select attempts, tell from reread where receipt = ?");
	query_u64(&q, receipt);
	if (query_next(&q) == 1) {
		r->r.attempts = (uint32_t)query_get_u64(&q, 0);
		r->again->tell = query_get_u64(&q, 1) != 0;
	}
	rc = query_done(&q, e);
	if (rc != 0)
		see_reading_free(r);
	else
		*ret = r;
	return rc;
}

bool reread_is(const struct see_reading *r)
{
	return r->again != NULL;
}

bool reread_quiet(const struct see_reading *r)
{
	return r->again != NULL && !r->again->tell;
}

void reread_note(struct see_reading *r, struct str sentence)
{
	snprintf(r->again->note, sizeof(r->again->note), "%.*s", STR_ARG(sentence));
}

void reread_free(struct reread *a)
{
	if (a == NULL)
		return;
	if (a->has_view)
		day_view_done(&a->view);
	free(a->places);
	vec_done(&a->list);
	vec_done(&a->unknown);
	vec_done(&a->moved);
	free(a);
}

void reread_attempt(struct see_reading *r)
{
	struct query q = db_query(r->n->state, "update reread set attempts = ? where receipt = ?");

	query_u64(&q, r->r.attempts);
	query_u64(&q, r->r.id);
	query_run(&q);
}

/* ---- what is shown ------------------------------------------------------------------------------- */

static uint64_t hash(uint64_t id, const uint8_t key[16])
{
	uint64_t h = id * 0x9e3779b97f4a7c15u;

	if (id == 0)
		memcpy(&h, key, sizeof(h));
	return h ^ h >> 32;
}

static bool is_same(const struct reread_shown *s, uint64_t id, const uint8_t key[16])
{
	return id != 0 ? s->id == id : s->id == 0 && memcmp(s->key, key, sizeof(s->key)) == 0;
}

/* The place of the row, or the empty one where it belongs. */
static size_t place_of(const struct reread *a, uint64_t id, const uint8_t key[16])
{
	size_t at = hash(id, key) & (a->size - 1);

	while (a->places[at] != 0 && !is_same(&a->list.v[a->places[at] - 1], id, key))
		at = (at + 1) & (a->size - 1);
	return at;
}

static void grow(struct reread *a)
{
	a->size = a->size == 0 ? 256 : a->size * 2;
	free(a->places);
	a->places = mem_zero(a->size, sizeof(*a->places));
	for (size_t i = 0; i < a->list.n; i++)
		a->places[place_of(a, a->list.v[i].id, a->list.v[i].key)] = (uint32_t)i + 1;
}

struct reread_shown *reread_put(struct reread *a, uint64_t id, const uint8_t key[16])
{
	if (a->list.n * 2 >= a->size)
		grow(a);
	size_t at = place_of(a, id, key);
	if (a->places[at] == 0) {
		struct reread_shown *s = vec_add(&a->list);
		s->id = id;
		if (id == 0)
			memcpy(s->key, key, sizeof(s->key));
		a->places[at] = (uint32_t)a->list.n;
	}
	return &a->list.v[a->places[at] - 1];
}

void reread_add(struct reread_side *s, uint32_t events, int64_t first, int64_t last, uint64_t first_event,
        uint64_t last_event)
{
	if (events == 0)
		return;
	bool none = s->events == 0;
	s->first = none || first < s->first ? first : s->first;
	s->last = none || last > s->last ? last : s->last;
	s->first_event = none || first_event < s->first_event ? first_event : s->first_event;
	s->last_event = none || last_event > s->last_event ? last_event : s->last_event;
	s->events += events;
}

static uint64_t event_of(const struct batch_row *row)
{
	return (uint64_t)row->ordinal << 8 | row->sub;
}

static void add_row(const struct see_reading *r, struct reread_side *s, const struct batch_row *row)
{
	int64_t when = reading_when(r, row);

	reread_add(s, 1, when, when, event_of(row), event_of(row));
}

/* ---- the new edition ----------------------------------------------------------------------------- */

/* Gives the verdicts the findings that are known; the others keep their keys until the end. */
static void add_now(struct see_reading *r, const struct batch *b)
{
	struct reread *a = r->again;
	bool unknown = false;

	for (uint32_t i = 0; i < b->head->rows; i++) {
		struct verdict *v = &r->verdicts[i];
		if (!reading_has_key(v))
			continue;
		const struct known *k = known_find(&r->n->known, v->key);
		v->finding = k != NULL ? k->id : 0;
		unknown |= k == NULL;
		struct reread_shown *s = reread_put(a, v->finding, v->key);
		if (s->now.events == 0 || v->severity > s->worst.severity) {
			s->worst = *v;
			s->type = b->rows[i].type;
		}
		add_row(r, &s->now, &b->rows[i]);
	}
	if (unknown)
		*vec_add(&a->unknown) = a->next.chunks;
}

int reread_chunk(struct see_reading *r, const struct batch *b, struct err *e)
{
	struct reread *a = r->again;

	decide_batch(&r->args, b, r->verdicts);
	merges_follow(&r->n->merges, r->verdicts, b->head->rows);
	int rc = reading_begin_day(r, e);
	if (rc != 0)
		return rc;
	add_now(r, b);
	struct day_chunk c = {.receipt = r->r.id,
	        .edition = a->next.edition,
	        .chunk = a->next.chunks,
	        .generation = r->n->generation,
	        .ruleset = r->n->ruleset,
	        .received = r->r.received};
	day_put(r->day, &c, b, r->verdicts);
	rc = reading_commit_day(r, e);
	if (rc == 0)
		reading_count(&a->next, b);
	return rc;
}

/* ---- comparing ----------------------------------------------------------------------------------- */

static uint32_t last_of(const struct batch *b)
{
	uint32_t row = b->head->rows > 0 ? b->rows[b->head->rows - 1].ordinal : 0;
	uint32_t aside = b->head->asides > 0 ? b->asides[b->head->asides - 1].ordinal : 0;

	return row > aside ? row : aside;
}

/* The new chunk that has the record, if any has. */
static int seek(struct see_reading *r, uint32_t ordinal, struct err *e)
{
	struct reread *a = r->again;
	int rc = 0;

	while (rc == 0 && (!a->has_view || last_of(&a->view.batch) < ordinal) && a->at < a->next.chunks) {
		if (a->has_view)
			day_view_done(&a->view);
		a->has_view = false;
		rc = day_get(r->day, r->r.id, a->next.edition, a->at, &a->view, e);
		a->has_view = rc == 0;
		a->at += rc == 0;
	}
	return rc;
}

static const struct batch_row *find_row(const struct batch *b, uint64_t event)
{
	uint32_t lo = 0, hi = b->head->rows;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (event_of(&b->rows[mid]) < event)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < b->head->rows && event_of(&b->rows[lo]) == event ? &b->rows[lo] : NULL;
}

/* True if the id leads to the same place of the report in the new edition. */
static bool leads_there(const struct reread *a, uint64_t event, uint64_t off)
{
	const struct batch *b = &a->view.batch;
	const struct batch_row *row = a->has_view ? find_row(b, event) : NULL;

	if (row != NULL)
		return row->raw_off == off;
	for (uint32_t i = 0; a->has_view && i < b->head->asides; i++)
		if (b->asides[i].ordinal == event >> 8)
			return b->asides[i].raw_off == off;
	return false;
}

static int compare_place(struct see_reading *r, const struct day_moved *m, struct err *e)
{
	int rc = seek(r, (uint32_t)(m->event >> 8), e);

	if (rc == 0 && !leads_there(r->again, m->event, m->raw_off))
		*vec_add(&r->again->moved) = *m;
	return rc;
}

static struct day_moved place_of_row(const struct batch_row *row)
{
	return (struct day_moved){event_of(row), row->raw_off, row->raw_len, row->line};
}

static struct day_moved place_of_aside(const struct batch_aside *x)
{
	return (struct day_moved){(uint64_t)x->ordinal << 8, x->raw_off, x->raw_len, x->line};
}

/* Rows and records set aside of one old chunk, in the order of their records. */
static int compare_chunk(struct see_reading *r, const struct day_view *v, struct err *e)
{
	const struct batch *b = &v->batch;
	uint32_t i = 0, k = 0;
	int rc = 0;

	while (rc == 0 && (i < b->head->rows || k < b->head->asides)) {
		bool aside = k < b->head->asides &&
		        (i == b->head->rows || b->asides[k].ordinal < b->rows[i].ordinal);
		if (!aside && v->verdicts[i].finding != 0)
			add_row(r, &reread_put(r->again, v->verdicts[i].finding, NULL)->was, &b->rows[i]);
		struct day_moved m = aside ? place_of_aside(&b->asides[k]) : place_of_row(&b->rows[i]);
		/* one that is set aside in part has its id with its events */
		if (!aside || !(b->asides[k].reason & ASIDE_PARTIAL))
			rc = compare_place(r, &m, e);
		i += !aside;
		k += aside;
	}
	return rc;
}

/* Ids of the old edition that lead elsewhere, or nowhere: up to the last of them they are in the day's file. */
static int put_moved(struct see_reading *r, struct err *e)
{
	struct reread *a = r->again;
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < 16 && (size_t)a->moved_put * DAY_MOVED < a->moved.n; i++) {
		size_t at = (size_t)a->moved_put * DAY_MOVED,
		       n = a->moved.n - at < DAY_MOVED ? a->moved.n - at : DAY_MOVED;
		rc = reading_begin_day(r, e);
		if (rc == 0)
			day_moved_put(r->day, r->r.id, r->r.edition, a->moved_put++, &a->moved.v[at], n);
	}
	return rc != 0 ? rc : reading_commit_day(r, e);
}

int reread_compare(struct see_reading *r, struct err *e)
{
	struct reread *a = r->again;
	struct day_view v;
	int rc = reading_commit_day(r, e);

	if (rc == 0)
		rc = node_day(r->n, r->r.day, &r->day, e);
	if (rc != 0)
		return rc;
	if (a->compared < r->r.chunks) {
		rc = day_get(r->day, r->r.id, r->r.edition, a->compared, &v, e);
		if (rc != 0)
			return rc;
		rc = compare_chunk(r, &v, e);
		day_view_done(&v);
		a->compared++;
		return rc != 0 ? rc : 1;
	}
	rc = put_moved(r, e);
	return rc != 0 ? rc : (size_t)a->moved_put * DAY_MOVED < a->moved.n;
}

int reread_finish(struct see_reading *r, const struct see_outcome *o, struct err *e)
{
	struct reread *a = r->again;
	bool unsure = !o->aside && o->sentence.len != 0;
	int rc = 1;

	if (o->aside || (unsure && r->r.events > 0))
		return reread_keep(r, o->sentence, e);
	while (rc == 1)
		rc = reread_compare(r, e);
	if (rc != 0)
		return rc;
	a->next.state = RECEIPT_DONE;
	a->next.reader = o->reader.p != NULL ? o->reader : STR("");
	a->next.sentence = arena_str(&r->arena, o->sentence);
	return reread_swap(r, e);
}

/* ---- afterwards ---------------------------------------------------------------------------------- */

/* All but the edition in force: of earlier ones, and of readings that were cut off or in vain. */
static int drop(struct node *n, const struct receipt *r, struct err *e)
{
	struct day *d;
	int rc = node_day_kept(n, r->day, &d, e);

	if (rc != 0)
		return rc == ERR_MISSING ? 0 : rc; /* they went with the day */
	db_begin(day_db(d));
	day_drop_others(d, r->id, r->edition, r->chunks);
	return db_commit(day_db(d), e);
}

int reread_drop(struct node *n, struct err *e)
{
	struct query q = db_query(n->state,
	        "select receipt from reread where done <= ? and dropped is null order by done limit 1");
	auto_arena struct arena a = {0};
	struct receipt r = {0};

	arena_init(&a, 0);
	query_i64(&q, os_now() - GRACE);
	uint64_t id = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	int rc = query_done(&q, e);
	if (rc != 0 || id == 0)
		return rc;
	rc = receipt_get(n->state, id, &a, &r, e);
	if (rc == 1)
		rc = drop(n, &r, e);
	if (rc != 0)
		return rc;
	db_begin(n->state);
	struct query done = db_query(n->state, "update reread set dropped = ? where receipt = ?");
	query_i64(&done, os_now());
	query_u64(&done, id);
	query_run(&done);
	return db_commit(n->state, e);
}
