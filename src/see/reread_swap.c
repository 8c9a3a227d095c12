/* SPDX-License-Identifier: Apache-2.0
 *
 * The new edition takes the place of the old one, in one transaction of state.db: the receipt's row, what its findings
 * count, findings that are new, findings that nothing shows any more, and letters that name events of it.
 *
 * The day's file is made ready within it: verdicts of new findings get their ids, in chunks that count for nothing yet.
 * If the transaction does not come to its end, they are written anew.
 */
#include "base/os.h"
#include "see/nobodys.h"
#include "see/reread.h"
#include "see/reread_in.h"

/* Chunks of one transaction of the day's file. */
#define CHUNKS 64

struct swap {
	struct see_reading *r;
	struct reread *a;
	struct notice_cache notices;
	int64_t now;
	VEC(uint32_t) fresh; /* positions in a->list */
	struct known_change {
		uint8_t key[16];
		uint8_t state, severity, tlp;
	} * known; /* what memory is to know after the commit */
	size_t nknown;
};

/* ---- new findings -------------------------------------------------------------------------------- */

/* The row of a finding that nobody knew when it was read; somebody may have come to know it meanwhile. */
static struct reread_shown *settle(struct swap *s, struct verdict *v)
{
	struct node *n = s->r->n;
	struct reread_shown *one = reread_put(s->a, 0, v->key);
	struct known *k = known_find(&n->known, v->key);

	if (k == NULL) {
		struct known fresh = {.id = (uint32_t)n->next_finding++,
		        .severity = one->worst.severity,
		        .tlp = one->worst.tlp};
		memcpy(fresh.key, v->key, sizeof(fresh.key));
		n->fresh_worst = fresh.severity > n->fresh_worst ? fresh.severity : n->fresh_worst;
		k = known_put(&n->known, &fresh);
		one->fresh = true;
		*vec_add(&s->fresh) = (uint32_t)(one - s->a->list.v);
	}
	v->finding = k->id;
	return one;
}

static void insert(struct swap *s, const struct batch *b, uint32_t row, const struct reread_shown *one)
{
	struct verdict worst = one->worst;
	char buf[64];

	worst.finding = s->r->verdicts[row].finding;
	struct finding f = reading_finding(s->r, b, &b->rows[row], &worst, buf);
	/* nobody is told, so nobody is late */
	f.due = s->a->tell && worst.due != 0 ? s->now + worst.due * (int64_t)1000000 : 0;
	finding_insert(s->r->n->state, &f);
}

/* The ids of one chunk's verdicts; new findings go into state.db with the first event that shows them. */
static int settle_chunk(struct swap *s, uint32_t chunk, struct err *e)
{
	struct see_reading *r = s->r;
	struct day_view v;
	int rc = reading_begin_day(r, e);

	if (rc == 0)
		rc = day_get(r->day, r->r.id, s->a->next.edition, chunk, &v, e);
	if (rc != 0)
		return rc;
	memcpy(r->verdicts, v.verdicts, v.batch.head->rows * sizeof(*v.verdicts));
	for (uint32_t i = 0; i < v.batch.head->rows; i++) {
		struct verdict *verdict = &r->verdicts[i];
		if (verdict->finding != 0 || !reading_has_key(verdict))
			continue;
		size_t before = s->fresh.n;
		struct reread_shown *one = settle(s, verdict);
		if (s->fresh.n > before)
			insert(s, &v.batch, i, one);
	}
	day_put(r->day, &v.chunk, &v.batch, r->verdicts);
	day_view_done(&v);
	return 0;
}

static int settle_chunks(struct swap *s, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < s->a->unknown.n; i++) {
		rc = settle_chunk(s, s->a->unknown.v[i], e);
		if (rc == 0 && i % CHUNKS == CHUNKS - 1)
			rc = reading_commit_day(s->r, e);
	}
	return rc == 0 ? reading_commit_day(s->r, e) : rc;
}

/* Rows without an id get it, or are added to the row that has it. */
static void give_ids(struct swap *s)
{
	for (size_t i = 0; i < s->a->list.n; i++) {
		struct reread_shown *one = &s->a->list.v[i];
		const struct known *k = one->id == 0 ? known_find(&s->r->n->known, one->key) : NULL;
		if (k == NULL)
			continue;
		if (one->fresh) {
			one->id = k->id;
			continue;
		}
		struct reread_shown mine = *one;
		one->now = (struct reread_side){0};
		one = reread_put(s->a, k->id, NULL);
		if (one->now.events == 0 || mine.worst.severity > one->worst.severity) {
			one->worst = mine.worst;
			one->type = mine.type;
		}
		reread_add(&one->now, mine.now.events, mine.now.first, mine.now.last, mine.now.first_event,
		        mine.now.last_event);
	}
}

/* ---- one finding --------------------------------------------------------------------------------- */

struct row {
	struct str class, place, severity, label, decision;
	int64_t first, last, closed;
	uint64_t events, receipts, receipt, event, last_root, last_receipt, last_event, letters;
	bool is_closed, is_open, stays, misread, merged, named;
	uint8_t key[16];
};

static bool load(struct swap *s, uint64_t id, struct arena *a, struct row *f)
{
	struct query q = db_query(s->r->n->state,
	        "select class, place, severity, label, decision, first, last, closed, events, receipts, "
	        "receipt, "
	        "event, last_root, last_receipt, last_event, letters, state = 'closed', state = 'open',"
	        " coalesce(why in ('false-positive', 'accepted-risk'), 0), misread is not null, key,"
	        " exists (select 1 from notice_item where finding = f.id), merged is not null from finding f "
	        "where id = ?");
	struct str *const texts[] = {&f->class, &f->place, &f->severity, &f->label, &f->decision};
	uint64_t *const numbers[] = {&f->events, &f->receipts, &f->receipt, &f->event, &f->last_root,
	        &f->last_receipt, &f->last_event, &f->letters};

	query_u64(&q, id);
	bool there = query_next(&q) == 1;
	if (there) {
		for (int i = 0; i < 5; i++)
			*texts[i] = arena_str(a, query_get_text(&q, i));
		f->first = query_get_i64(&q, 5);
		f->last = query_get_i64(&q, 6);
		f->closed = query_get_i64(&q, 7);
		for (int i = 0; i < 8; i++)
			*numbers[i] = query_get_u64(&q, 8 + i);
		f->is_closed = query_get_u64(&q, 16) != 0;
		f->is_open = query_get_u64(&q, 17) != 0;
		f->stays = query_get_u64(&q, 18) != 0;
		f->misread = query_get_u64(&q, 19) != 0;
		struct str key = query_get_blob(&q, 20);
		if (key.len == sizeof(f->key))
			memcpy(f->key, key.p, sizeof(f->key));
		f->named = query_get_u64(&q, 21) != 0;
		f->merged = query_get_u64(&q, 22) != 0;
	}
	query_run(&q);
	return there;
}

static void remember(struct swap *s, const struct row *f, unsigned state, unsigned severity, unsigned tlp)
{
	struct known_change *k = &s->known[s->nknown++];

	memcpy(k->key, f->key, sizeof(k->key));
	k->state = (uint8_t)state;
	k->severity = (uint8_t)severity;
	k->tlp = (uint8_t)tlp;
}

static void store(struct swap *s, uint64_t id, const struct row *f)
{
	struct query q = db_query(s->r->n->state,
	        "update finding set first = ?, last = ?, events = ?, receipts = ?, event = ?, last_root = ?,"
	        " last_receipt = ?, last_event = ? where id = ?");

	query_i64(&q, f->first);
	query_i64(&q, f->last);
	query_u64(&q, f->events);
	query_u64(&q, f->receipts);
	query_u64(&q, f->event);
	query_u64(&q, f->last_root);
	query_u64(&q, f->last_receipt);
	query_u64(&q, f->last_event);
	query_u64(&q, id);
	query_run(&q);
}

/* What it counts, when it was seen, and which events show it first and last. */
static void move(struct swap *s, const struct reread_shown *one, struct row *f, bool alone)
{
	const struct receipt *r = &s->r->r;
	struct reread_side now = one->now;

	if (reading_is_list(s->r))
		now.last = r->received;
	f->events = f->events + now.events - one->was.events;
	f->receipts = f->receipts + (now.events > 0) - (one->was.events > 0);
	if (now.events == 0)
		return;
	f->first = alone || now.first < f->first ? now.first : f->first;
	f->last = alone || now.last > f->last ? now.last : f->last;
	if (f->receipt == r->id)
		f->event = now.first_event;
	if (f->last_receipt <= r->id) {
		f->last_receipt = r->id;
		f->last_event = now.last_event;
	}
	f->last_root = r->root > f->last_root ? r->root : f->last_root;
}

/* Letters that are still open do not tell of it; one that tells of nothing else does not go. */
static void leave_letters(struct swap *s, uint64_t id)
{
	struct db *db = s->r->n->state;
	struct query up = db_query(db,
	        "update notice set findings = findings - 1, state = case when findings = 1 then 'withdrawn' "
	        "else "
	        "state end,"
	        " answer = case when findings = 1 then 'what it told of is read otherwise now' else answer "
	        "end where state = 'due' and"
	        " id in (select notice from notice_item where finding = ?)");

	query_u64(&up, id);
	query_run(&up);
	struct query q = db_query(db,
	        "delete from notice_item where finding = ?1 and notice in (select id from notice where state "
	        "= 'due' "
	        "or (state = 'withdrawn' and findings = 0))");
	query_u64(&q, id);
	query_run(&q);
}

static void misread(struct swap *s, uint64_t id, const struct row *f)
{
	struct query q = db_query(s->r->n->state,
	        "update finding set misread = ?1, closed = coalesce(closed, ?1), state = 'closed', next = "
	        "null where "
	        "id = ?2");

	s->a->lost++;
	query_i64(&q, s->now);
	query_u64(&q, id);
	query_run(&q);
	leave_letters(s, id);
	remember(s, f, FINDING_CLOSED, severity_find(f->severity), tlp_find(f->label));
}

/* What is to be done about it: of a finding that this report alone shows, as it says now; else only if it is worse. A
 * label only rises. */
static bool judge(struct swap *s, const struct reread_shown *one, const struct row *f, bool alone)
{
	const struct verdict *v = &one->worst;
	enum tlp tlp = tlp_find(f->label);
	struct str decision = str_from(decision_name(v->decision));
	bool same = str_eq(severity_name((enum severity)v->severity), f->severity) && v->tlp <= tlp &&
	        str_eq(decision, f->decision);

	if (same || (!alone && v->severity <= severity_find(f->severity)))
		return false;
	tlp = v->tlp > tlp ? (enum tlp)v->tlp : tlp;
	struct query q = db_query(s->r->n->state,
	        "update finding set severity = ?, label = ?, decision = ?, ruleset = ?, rule = ?, contacts = "
	        "?,"
	        " due = case when ? then due end where id = ?");
	query_text(&q, severity_name((enum severity)v->severity));
	query_text(&q, tlp_name(tlp));
	query_text(&q, decision);
	query_u64(&q, s->r->n->ruleset);
	query_u64(&q, v->rule);
	query_u64(&q, v->contacts);
	query_u64(&q, v->decision == DECISION_NOTIFY || v->decision == DECISION_DIGEST);
	query_u64(&q, one->id);
	query_run(&q);
	remember(s, f, f->is_closed ? FINDING_CLOSED : FINDING_OPEN, v->severity, tlp);
	if (v->decision != DECISION_NOTIFY && v->decision != DECISION_DIGEST)
		leave_letters(s, one->id);
	return true;
}

/* Nobody was written to, and somebody should be. */
static void tell(struct swap *s, const struct reread_shown *one, const struct row *f)
{
	struct verdict v = one->worst;

	if (!f->is_open || f->named || f->letters != 0 || v.owner == 0 ||
	        (v.decision != DECISION_NOTIFY && v.decision != DECISION_DIGEST))
		return;
	if (!s->a->tell) {
		s->a->untold++;
		return;
	}
	v.finding = one->id;
	notice_add(s->r->n, &s->notices,
	        &(struct notice_about){.verdict = &v,
	                .type = (enum event_type)one->type,
	                .kind = NOTICE_NEW,
	                .place = f->place,
	                .finding = one->id,
	                .receipt = s->r->r.id,
	                .root = s->r->r.root,
	                .event = one->now.first_event,
	                .received = s->now});
}

/* The feed's list, unless a later one has said what it has. */
static void list(struct swap *s, const struct reread_shown *one)
{
	struct db *db = s->r->n->state;
	struct query q = one->now.events > 0
	        ? db_query(db,
	                  "insert into snapshot(feed, finding, root) values (?1, ?2, ?3) on conflict do "
	                  "update set "
	                  "root = max(root, ?3)")
	        : db_query(db, "delete from snapshot where feed = ?1 and finding = ?2 and root = ?3");

	query_text(&q, s->r->feed->id);
	query_u64(&q, one->id);
	query_u64(&q, s->r->r.root);
	query_run(&q);
}

static bool is_same(const struct reread_side *a, const struct reread_side *b)
{
	return a->events == b->events && a->first == b->first && a->last == b->last &&
	        a->first_event == b->first_event && a->last_event == b->last_event;
}

static void apply(struct swap *s, const struct reread_shown *one, struct arena *a)
{
	struct row f = {0};

	if (!load(s, one->id, a, &f))
		return;
	bool alone = f.receipts == (one->was.events > 0), moved = !is_same(&one->was, &one->now);
	bool seen_since = one->was.events == 0 && s->r->r.received > f.closed;
	if (moved) {
		move(s, one, &f, alone);
		store(s, one->id, &f);
	}
	if (reading_is_list(s->r))
		list(s, one);
	s->a->found += one->fresh;
	if (one->now.events == 0) {
		/* one that goes on as another is closed already */
		bool over = alone && !f.merged;
		if (over)
			misread(s, one->id, &f);
		s->a->changed += !over;
		return;
	}
	s->a->next.new_findings += f.receipt == s->r->r.id;
	if (f.is_closed && !f.stays && (f.misread || seen_since)) {
		(void)finding_reopen(s->r->n->state, one->id, s->now);
		f.is_closed = false;
		f.is_open = true;
		f.letters = 0;
		remember(s, &f, FINDING_OPEN, severity_find(f.severity), tlp_find(f.label));
	}
	bool judged = judge(s, one, &f, alone);
	s->a->changed += !one->fresh && (moved || judged);
	tell(s, one, &f);
}

/* ---- letters that name its events ---------------------------------------------------------------- */

struct named {
	uint64_t notice, finding, event, off;
};

static const struct day_moved *find_moved(const struct reread *a, uint64_t event)
{
	size_t lo = 0, hi = a->moved.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (a->moved.v[mid].event < event)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < a->moved.n && a->moved.v[lo].event == event ? &a->moved.v[lo] : NULL;
}

static int by_off(const void *a, const void *b)
{
	uint64_t x = ((const struct named *)a)->off, y = ((const struct named *)b)->off;

	return x < y ? -1 : x > y;
}

static void lead(struct swap *s, const struct named *it, uint64_t event)
{
	struct query q =
	        db_query(s->r->n->state, "update notice_item set event = ? where notice = ? and finding = ?");

	query_u64(&q, event);
	query_u64(&q, it->notice);
	query_u64(&q, it->finding);
	query_run(&q);
}

/* Those whose line has an event in this chunk lead to it: the finding's own, else the first of the line. */
static void lead_chunk(struct swap *s, const struct day_view *v, struct named *list, size_t n)
{
	for (uint32_t i = 0; i < v->batch.head->rows; i++) {
		const struct batch_row *row = &v->batch.rows[i];
		size_t lo = 0, hi = n;
		while (lo < hi) {
			size_t mid = lo + (hi - lo) / 2;
			if (list[mid].off < row->raw_off)
				lo = mid + 1;
			else
				hi = mid;
		}
		for (; lo < n && list[lo].off == row->raw_off; lo++)
			if (row->sub == 0 || v->verdicts[i].finding == list[lo].finding)
				lead(s, &list[lo], (uint64_t)row->ordinal << 8 | row->sub);
	}
}

/* Letters show their lines: where an id means another line now, the id is put right. One whose line makes no event any
 * more keeps its id, and the day's file knows where it lay. */
static int lead_letters(struct swap *s, struct err *e)
{
	VEC(struct named) list = {0};
	struct query q =
	        db_query(s->r->n->state, "select notice, finding, event from notice_item where receipt = ?");
	int rc = 0;

	query_u64(&q, s->r->r.id);
	while (s->a->moved.n > 0 && query_next(&q) == 1) {
		const struct day_moved *m = find_moved(s->a, query_get_u64(&q, 2));
		if (m != NULL)
			*vec_add(&list) = (struct named){
			        query_get_u64(&q, 0), query_get_u64(&q, 1), m->event, m->raw_off};
	}
	query_run(&q);
	if (list.n > 0)
		qsort(list.v, list.n, sizeof(list.v[0]), by_off);
	for (uint32_t c = 0; rc == 0 && list.n > 0 && c < s->a->next.chunks; c++) {
		struct day_view v;
		rc = day_get(s->r->day, s->r->r.id, s->a->next.edition, c, &v, e);
		if (rc != 0)
			break;
		lead_chunk(s, &v, list.v, list.n);
		day_view_done(&v);
	}
	vec_done(&list);
	return rc;
}

/* ---- all of it ----------------------------------------------------------------------------------- */

static void outcome(struct see_reading *r, bool kept, struct str sentence)
{
	const struct reread *a = r->again;
	struct query q = db_query(r->n->state,
	        "update reread set done = ?, attempts = 0, kept = ?, sentence = ?, state = ?, edition = ?, "
	        "records = ?,"
	        " with_events = ?, asides = ?, none = ?, events = ?, found = ?, lost = ?, changed = ?, "
	        "untold = ?,"
	        " dropped = null where receipt = ?");
	const uint64_t numbers[] = {r->r.edition, r->r.records, r->r.with_events, r->r.asides, r->r.none,
	        r->r.events, a->found, a->lost, a->changed, a->untold, r->r.id};

	query_i64(&q, os_now());
	query_u64(&q, kept);
	query_text(&q, sentence);
	query_text(&q, receipt_state_name(r->r.state));
	for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		query_u64(&q, numbers[i]);
	query_run(&q);
}

int reread_keep(struct see_reading *r, struct str sentence, struct err *e)
{
	db_begin(r->n->state);
	outcome(r, true, sentence);
	if (r->r.state == RECEIPT_ASIDE) {
		r->r.sentence = arena_str(&r->arena, sentence);
		r->r.attempts = 0;
		receipt_update(r->n->state, &r->r);
	}
	return db_commit(r->n->state, e);
}

/* What was made in memory alone goes; what was committed is known there too. */
static void conclude(struct swap *s, bool good)
{
	struct known_table *t = &s->r->n->known;

	for (size_t i = s->fresh.n; !good && i > 0; i--) {
		known_drop(t, s->a->list.v[s->fresh.v[i - 1]].key);
		s->r->n->next_finding--;
	}
	for (size_t i = 0; good && i < s->nknown; i++) {
		struct known *k = known_find(t, s->known[i].key);
		if (k == NULL)
			continue;
		k->state = s->known[i].state;
		k->severity = s->known[i].severity;
		k->tlp = s->known[i].tlp;
	}
	vec_done(&s->fresh);
	free(s->known);
}

static void apply_all(struct swap *s)
{
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	/* at most opened again and judged */
	s->known = mem_zero(s->a->list.n * 2 + 1, sizeof(*s->known));
	for (size_t i = 0; i < s->a->list.n && db_failed(s->r->n->state) == 0; i++) {
		const struct reread_shown *one = &s->a->list.v[i];
		if (one->was.events == 0 && one->now.events == 0)
			continue;
		apply(s, one, &a);
		arena_reset(&a);
	}
}

/* What is nobody's is counted anew, over all chunks: most have findings that are known, and were not looked at again. */
static int count_nobodys(struct swap *s, struct err *e)
{
	struct see_reading *r = s->r;
	int rc = reading_begin_day(r, e);

	nobodys_forget(r->n, r->r.id);
	for (uint32_t i = 0; rc == 0 && i < s->a->next.chunks; i++) {
		struct day_view v;
		rc = day_get(r->day, r->r.id, s->a->next.edition, i, &v, e);
		if (rc != 0)
			break;
		nobodys_count(r->n, &r->r, &v.batch, v.verdicts);
		day_view_done(&v);
	}
	int ended = reading_commit_day(r, e);
	return rc != 0 ? rc : ended;
}

int reread_swap(struct see_reading *r, struct err *e)
{
	struct swap *s = mem_zero(1, sizeof(*s));

	*s = (struct swap){.r = r, .a = r->again, .now = os_now()};
	db_begin(r->n->state);
	int rc = settle_chunks(s, e);
	if (rc == 0)
		rc = count_nobodys(s, e);
	if (rc == 0) {
		give_ids(s);
		apply_all(s);
		rc = lead_letters(s, e);
	}
	if (rc == 0) {
		s->a->next.settled = (uint32_t)s->a->list.n;
		s->a->next.done = s->now;
		receipt_update(r->n->state, &s->a->next);
		outcome(r, false, str_from(s->a->note));
		rc = db_commit(r->n->state, e);
	} else {
		db_rollback(r->n->state);
	}
	conclude(s, rc == 0);
	free(s);
	return rc;
}
