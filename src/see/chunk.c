/* SPDX-License-Identifier: Apache-2.0
 *
 * Chunks of a receipt, until they are on the disk: verdicts, findings, letters.
 *
 * While its reader is ahead, several chunks share a transaction of the day's file and one of state.db: waiting for the
 * disk twice for each would cost more than all the rest. Memory is ahead of the disk for so long; what it knew before
 * is kept, and comes back when a commit fails.
 */
#include "base/os.h"
#include "see/nobodys.h"
#include "see/reading_in.h"
#include "see/reread_in.h"
#include "see/wish.h"

bool reading_has_key(const struct verdict *v)
{
	static const uint8_t none[16];

	return memcmp(v->key, none, sizeof(none)) != 0;
}

static bool is_hash(unsigned field)
{
	return field == FIELD_MALWARE_HASH_MD5 || field == FIELD_MALWARE_HASH_SHA1 ||
	        field == FIELD_MALWARE_HASH_SHA256;
}

static void change(struct see_reading *r, uint32_t row, int what)
{
	r->changes[r->nchanges].row = row;
	r->changes[r->nchanges++].what = what;
}

static void remember(struct see_reading *r, const struct known *was, const uint8_t key[16])
{
	struct known_before *u = vec_add(&r->undo);

	if (was != NULL)
		u->was = *was;
	memcpy(u->key, key, sizeof(u->key));
}

static struct known *add_known(struct see_reading *r, const struct verdict *v)
{
	struct known fresh = {.id = (uint32_t)r->n->next_finding++, .severity = v->severity, .tlp = v->tlp};

	memcpy(fresh.key, v->key, sizeof(fresh.key));
	r->n->fresh_worst = v->severity > r->n->fresh_worst ? v->severity : r->n->fresh_worst;
	remember(r, NULL, v->key);
	return known_put(&r->n->known, &fresh);
}

/* Gives each verdict its finding. New ones are known from here on; reading_undo takes them back. */
static void find_all(struct see_reading *r, uint32_t rows)
{
	r->nchanges = 0;
	for (uint32_t i = 0; i < rows; i++)
		known_prefetch(&r->n->known, r->verdicts[i].key);
	for (uint32_t i = 0; i < rows; i++) {
		struct verdict *v = &r->verdicts[i];
		if (!reading_has_key(v))
			continue;
		struct known *k = known_find(&r->n->known, v->key);
		if (k == NULL) {
			k = add_known(r, v);
			change(r, i, FRESH);
		} else if (k->state == FINDING_CLOSED) {
			if (!k->stays)
				change(r, i, BACK);
		} else if (v->severity > k->severity) {
			change(r, i, WORSE);
		}
		v->finding = k->id;
	}
}

/* Memory as it was before the chunks that are open. */
void reading_undo(struct see_reading *r)
{
	fresh_wait(r->fresh);
	if (r->open == 0)
		return;
	db_rollback(r->n->state);
	for (size_t i = r->undo.n; i > 0; i--) {
		const struct known_before *u = &r->undo.v[i - 1];
		if (u->was.id == 0) {
			known_drop(&r->n->known, u->key);
			r->n->next_finding--;
		} else {
			*known_find(&r->n->known, u->key) = u->was;
		}
	}
	r->undo.n = 0;
	r->r = r->before;
	r->open = 0;
	hits_clear(&r->hits);
}

struct finding reading_finding(const struct see_reading *r, const struct batch *b,
        const struct batch_row *row, const struct verdict *v, char *buf)
{
	struct finding f = {.id = v->finding,
	        .owner = v->owner != 0 ? r->n->owners[v->owner] : 0,
	        .receipt = r->r.id,
	        .root = r->r.root,
	        .event = (uint64_t)row->ordinal << 8 | row->sub,
	        .class = type_table[row->type].name,
	        .ident = batch_find(b, row, FIELD_CLASSIFICATION_IDENTIFIER),
	        .malware = batch_find(b, row, FIELD_MALWARE_NAME),
	        .severity = severity_name((enum severity)v->severity),
	        .label = tlp_name((enum tlp)v->tlp),
	        .decision = str_from(decision_name(v->decision)),
	        .first = reading_when(r, row),
	        .due = v->due != 0 ? r->r.received + (int64_t)v->due * 1000000 : 0,
	        .criticality = v->criticality,
	        .ruleset = r->n->ruleset,
	        .rule = v->rule,
	        .contacts = v->contacts};
	struct str *const texts[] = {&f.class, &f.ident, &f.malware, &f.place};

	f.last = f.first;
	if (decide_place(b, row, buf, &f.place))
		f.port = row->src_port;
	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i]->p == NULL)
			*texts[i] = STR("");
	memcpy(f.key, v->key, sizeof(f.key));
	return f;
}

/* Whether letters may come of it. */
static bool is_told(const struct see_reading *r, const struct verdict *v)
{
	return !r->r.quiet && notice_wanted(v);
}

static bool has_hash(const struct batch *b, uint32_t row)
{
	struct batch_iter it = batch_vars(b, &b->rows[row]);
	struct batch_value var;

	while (batch_var_next(&it, &var) && var.id <= FIELD_MALWARE_HASH_SHA256)
		if (is_hash(var.id))
			return true;
	return false;
}

/* New findings are taken down; true if nothing else that the chunk puts into state.db needs their rows. */
static bool add_fresh(struct see_reading *r, const struct batch *b)
{
	/* a wish for a case names its finding */
	bool alone = r->r.bulk && !rules_request(r->n->country.rules);
	char buf[64];

	if (r->fresh == NULL)
		r->fresh = fresh_new(r->n->state, r->r.bulk);
	for (size_t i = 0; i < r->nchanges; i++) {
		uint32_t row = r->changes[i].row;
		const struct verdict *v = &r->verdicts[row];
		alone = alone && r->changes[i].what == FRESH && !is_told(r, v);
		if (r->changes[i].what != FRESH)
			continue;
		struct finding f = reading_finding(r, b, &b->rows[row], v, buf);
		f.counted = true;
		fresh_add(r->fresh, &f);
		hits_fresh(&r->hits, f.id);
		r->r.new_findings++;
	}
	for (uint32_t i = 0; alone && i < b->head->rows; i++)
		alone = !has_hash(b, i);
	return alone;
}

static void put_changes(struct see_reading *r, const struct batch *b)
{
	struct db *db = r->n->state;
	char buf[64];

	memset(&r->notices, 0, sizeof(r->notices));
	for (size_t i = 0; i < r->nchanges; i++) {
		const struct verdict *v = &r->verdicts[r->changes[i].row];
		bool said_fixed = false;
		if (r->changes[i].what == FRESH && !is_told(r, v))
			continue;
		struct finding f = reading_finding(r, b, &b->rows[r->changes[i].row], v, buf);
		if (r->changes[i].what != FRESH) {
			if (r->changes[i].what == BACK)
				said_fixed = finding_reopen(db, f.id, os_now());
			finding_raise(db, &f);
		}
		if (!is_told(r, v))
			continue;
		notice_add(r->n, &r->notices,
		        &(struct notice_about){.verdict = v,
		                .type = b->rows[r->changes[i].row].type,
		                .kind = said_fixed ? NOTICE_BACK : NOTICE_NEW,
		                .place = f.place,
		                .finding = f.id,
		                .receipt = f.receipt,
		                .root = f.root,
		                .event = f.event,
		                .received = r->r.received});
	}
}

/* Hashes of programs, by which findings are related. Those of RED events are left out: a finding's label may be another one later, and
 * its relatives would tell. */
static void put_hashes(struct see_reading *r, const struct batch *b)
{
	for (uint32_t i = 0; i < b->head->rows; i++) {
		const struct verdict *v = &r->verdicts[i];
		struct batch_iter it = batch_vars(b, &b->rows[i]);
		struct batch_value var;
		while (v->finding != 0 && v->tlp != TLP_RED && batch_var_next(&it, &var) &&
		        var.id <= FIELD_MALWARE_HASH_SHA256) {
			if (!is_hash(var.id))
				continue;
			finding_hash(r->n->state, v->finding, var.value);
		}
	}
}

/* The same in memory. */
static void apply_changes(struct see_reading *r)
{
	for (size_t i = 0; i < r->nchanges; i++) {
		const struct verdict *v = &r->verdicts[r->changes[i].row];
		if (r->changes[i].what == FRESH)
			continue;
		struct known *k = known_find(&r->n->known, v->key);
		remember(r, k, v->key);
		if (r->changes[i].what == BACK)
			k->state = FINDING_OPEN;
		k->severity = v->severity;
		k->tlp = v->tlp;
	}
}

void reading_count(struct receipt *r, const struct batch *b)
{
	uint64_t aside = 0;

	for (uint32_t i = 0; i < b->head->asides; i++)
		aside += !(b->asides[i].reason & ASIDE_PARTIAL);
	r->records += b->head->records;
	r->none += b->head->none;
	r->known += b->head->known;
	r->asides += aside;
	r->events += b->head->rows;
	r->with_events += b->head->records - b->head->none - aside;
	r->chunks++;
	r->attempts = 0;
	r->state = RECEIPT_READING;
}

static void seen_chunk(struct see_reading *r, const struct batch *b)
{
	size_t next = 0;

	for (uint32_t i = 0; i < b->head->rows; i++) {
		uint32_t id = (uint32_t)r->verdicts[i].finding;
		uint64_t event = (uint64_t)b->rows[i].ordinal << 8 | b->rows[i].sub;
		int64_t when = reading_when(r, &b->rows[i]);
		bool changed = next < r->nchanges && r->changes[next].row == i;
		if (id == 0)
			continue;
		if (changed && r->changes[next].what == FRESH)
			seen_fresh(&r->seen, id, when, event, reading_is_list(r));
		else
			seen_add(&r->seen, id, when, event);
		next += changed;
	}
}

static int put_day(struct see_reading *r, const struct batch *b, struct err *e)
{
	struct day_chunk c = {.receipt = r->r.id,
	        .edition = r->r.edition,
	        .chunk = r->chunk,
	        .generation = r->n->generation,
	        .ruleset = r->n->ruleset,
	        .received = r->r.received};
	int rc = reading_begin_day(r, e);

	if (rc == 0)
		day_put(r->day, &c, b, r->verdicts);
	return rc;
}

static void begin_state(struct see_reading *r)
{
	if (r->open++ > 0)
		return;
	r->before = r->r;
	db_begin(r->n->state);
}

unsigned see_open(const struct see_reading *r)
{
	return r->open;
}

int see_flush(struct see_reading *r, struct err *e)
{
	if (r->open == 0)
		return 0;
	int rc = reading_commit_day(r, e);
	fresh_wait(r->fresh);
	if (rc == 0) {
		r->before.raw = r->r.raw;
		receipt_update(r->n->state, &r->r);
		hits_put(&r->hits, r->n->state, r->n->ruleset, &r->r);
		rc = db_commit(r->n->state, e);
	}
	if (rc != 0) {
		reading_undo(r);
		return rc;
	}
	r->undo.n = 0;
	r->open = 0;
	return 0;
}

/* ---- again, from what is stored ------------------------------------------------------------------ */

/* Whether it is the event that its finding came with. */
static bool is_first(struct see_reading *r, uint32_t id, uint64_t event)
{
	struct query q = db_query(r->n->state, "select receipt, event from finding where id = ?");
	bool first = false;

	query_u64(&q, id);
	if (query_next(&q) == 1)
		first = query_get_u64(&q, 0) == r->r.id && query_get_u64(&q, 1) == event;
	query_done(&q, NULL);
	return first;
}

static void seen_again(struct see_reading *r, const struct batch *b, const struct verdict *v)
{
	for (uint32_t i = 0; i < b->head->rows; i++) {
		uint32_t id = (uint32_t)v[i].finding;
		uint64_t event = (uint64_t)b->rows[i].ordinal << 8 | b->rows[i].sub;
		int64_t when = reading_when(r, &b->rows[i]);
		if (id == 0)
			continue;
		if (!seen_has(&r->seen, id) && is_first(r, id, event))
			seen_fresh(&r->seen, id, when, event, reading_is_list(r));
		else
			seen_add(&r->seen, id, when, event);
	}
}

/* Counted already: only what it showed is added up again. */
static int replay(struct see_reading *r, struct err *e)
{
	struct day_view v;
	int rc = reading_commit_day(r, e);

	if (rc == 0)
		rc = node_day(r->n, r->r.day, &r->day, e);
	if (rc == 0)
		rc = day_get(r->day, r->r.id, r->r.edition, r->chunk, &v, e);
	if (rc != 0)
		return rc;
	seen_again(r, &v.batch, v.verdicts);
	day_view_done(&v);
	r->chunk++;
	return 0;
}

int see_chunk(struct see_reading *r, const struct batch *b, struct err *e)
{
	if (r->again != NULL)
		return reread_chunk(r, b, e);
	if (r->chunk < r->r.chunks)
		return replay(r, e);
	int rc = reading_begin_day(r, e);
	if (rc != 0) {
		reading_undo(r);
		return rc;
	}
	begin_state(r);
	/* what does not wait for the verdicts is compressed meanwhile */
	day_put_begin(r->day, b);
	decide_batch(&r->args, b, r->verdicts);
	merges_follow(&r->n->merges, r->verdicts, b->head->rows);
	find_all(r, b->head->rows);
	rc = put_day(r, b, e);
	if (rc != 0) {
		reading_undo(r);
		return rc;
	}
	bool alone = add_fresh(r, b);
	fresh_wait(r->fresh);
	if (!alone) {
		fresh_start(r->fresh);
		fresh_wait(r->fresh);
	}
	put_changes(r, b);
	hits_add(&r->hits, r->n->country.rules, r->verdicts, b->head->rows);
	nobodys_count(r->n, &r->r, b, r->verdicts);
	wish_add(r->n, &r->r, b, r->verdicts);
	reading_count(&r->r, b);
	apply_changes(r);
	if (alone)
		fresh_start(r->fresh);
	else
		put_hashes(r, b);
	seen_chunk(r, b);
	r->chunk++;
	return 0;
}
