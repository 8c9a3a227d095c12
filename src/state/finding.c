/* SPDX-License-Identifier: Apache-2.0 */
#include "state/finding.h"

static void put_due(struct query *q, int64_t due)
{
	if (due == 0)
		query_null(q);
	else
		query_i64(q, due);
}

void finding_insert(struct db *db, const struct finding *f)
{
	struct query q = db_query(db,
	        "insert into finding(id, key, owner, class, ident, malware, place, port, first, last, "
	        "receipt, event,"
	        " severity, criticality, label, decision, ruleset, rule, contacts, due, last_root, events,"
	        " receipts, last_receipt, last_event)"
	        " values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, "
	        "?19,"
	        " ?20, ?21, ?22, ?22, ?11 * ?22, ?12 * ?22)");

	query_u64(&q, f->id);
	query_blob(&q, str_make((const char *)f->key, sizeof(f->key)));
	query_u64(&q, f->owner);
	query_text(&q, f->class);
	query_text(&q, f->ident);
	query_text(&q, f->malware);
	query_text(&q, f->place);
	query_u64(&q, f->port);
	query_i64(&q, f->first);
	query_i64(&q, f->last);
	query_u64(&q, f->receipt);
	query_u64(&q, f->event);
	query_text(&q, f->severity);
	query_u64(&q, f->criticality);
	query_text(&q, f->label);
	query_text(&q, f->decision);
	query_u64(&q, f->ruleset);
	query_u64(&q, f->rule);
	query_u64(&q, f->contacts);
	put_due(&q, f->due);
	query_u64(&q, f->counted ? f->root : 0);
	query_u64(&q, f->counted);
	query_run(&q);
}

static void put_seen(struct query *q, const struct finding_seen *s, uint64_t root, uint64_t receipt)
{
	query_i64(q, s->last);
	query_u64(q, s->events);
	query_u64(q, !s->counted);
	query_u64(q, root);
	query_u64(q, receipt);
	query_u64(q, s->event);
	query_u64(q, s->id);
	query_i64(q, s->first);
	query_run(q);
}

void finding_seen(struct db *db, const struct finding_seen *s, uint64_t root, uint64_t receipt)
{
	struct query q = db_query(db,
	        "update finding set last = max(last, ?1), events = events + ?2, receipts = receipts + ?3,"
	        " last_root = ?4, last_receipt = ?5, last_event = ?6 where id = ?7 and first <= ?8");

	put_seen(&q, s, root, receipt);
	if (db_changes(db) != 0)
		return;
	/* apart, since "first" stands in an index, which would be written anew each time */
	struct query f = db_query(db,
	        "update finding set last = max(last, ?1), events = events + ?2, receipts = receipts + ?3,"
	        " last_root = ?4, last_receipt = ?5, last_event = ?6, first = ?8 where id = ?7 and first > "
	        "?8");
	put_seen(&f, s, root, receipt);
}

void finding_listed(struct db *db, uint32_t id, struct str feed, uint64_t root)
{
	struct query q =
	        db_query(db, "insert or replace into snapshot(feed, finding, root) values (?, ?, ?)");

	query_text(&q, feed);
	query_u64(&q, id);
	query_u64(&q, root);
	query_run(&q);
}

/* Other lists that have it, and reports that came later, keep it open. */
static bool close_gone(struct db *db, struct str feed, uint64_t id, uint64_t root, int64_t now)
{
	struct query q = db_query(db,
	        "update finding set state = 'closed', closed = ?1, why = 'gone', person = '', next = null "
	        "where id = ?2"
	        " and state <> 'closed' and last_root <= ?3 and not exists"
	        " (select 1 from snapshot where finding = ?2 and feed <> ?4)");

	query_i64(&q, now);
	query_u64(&q, id);
	query_u64(&q, root);
	query_text(&q, feed);
	query_run(&q);
	return db_changes(db) > 0;
}

int finding_gone(struct db *db, struct str feed, uint64_t root, int64_t now, uint8_t ret_key[16])
{
	struct query q = db_query(db,
	        "select s.finding, s.root, f.key from snapshot s join finding f on f.id = s.finding"
	        " where s.feed = ? and s.root <> ? order by s.finding limit 1");
	uint64_t id = 0, listed = 0;

	query_text(&q, feed);
	query_u64(&q, root);
	if (query_next(&q) == 1) {
		struct str key = query_get_blob(&q, 2);
		id = query_get_u64(&q, 0);
		listed = query_get_u64(&q, 1);
		if (key.len == 16)
			memcpy(ret_key, key.p, 16);
	}
	query_run(&q);
	if (id == 0)
		return 0;
	bool closed = close_gone(db, feed, id, listed, now);
	struct query gone = db_query(db, "delete from snapshot where feed = ? and finding = ?");
	query_text(&gone, feed);
	query_u64(&gone, id);
	query_run(&gone);
	return db_failed(db) != 0 ? db_failed(db) : closed ? 1 : 2;
}

void finding_hash(struct db *db, uint64_t id, struct str hash)
{
	struct query q = db_query(db,
	        "insert or ignore into finding_hash(hash, finding) select lower(?1), ?2 where (select "
	        "count(*) "
	        "from finding_hash where finding = ?2) < ?3");

	query_text(&q, hash);
	query_u64(&q, id);
	query_u64(&q, FINDING_HASHES);
	query_run(&q);
}

void finding_raise(struct db *db, const struct finding *f)
{
	struct query q = db_query(db,
	        "update finding set severity = ?, label = ?, decision = ?, ruleset = ?, rule = ?, contacts = "
	        "?, due = ?"
	        " where id = ?");

	query_text(&q, f->severity);
	query_text(&q, f->label);
	query_text(&q, f->decision);
	query_u64(&q, f->ruleset);
	query_u64(&q, f->rule);
	query_u64(&q, f->contacts);
	put_due(&q, f->due);
	query_u64(&q, f->id);
	query_run(&q);
}

bool finding_reopen(struct db *db, uint64_t id, int64_t now)
{
	struct query why = db_query(db, "select why = 'fixed' from finding where id = ?");
	bool said = false;

	query_u64(&why, id);
	if (query_next(&why) == 1)
		said = query_get_u64(&why, 0) != 0;
	query_run(&why);
	struct query q = db_query(db,
	        "update finding set state = 'open', closed = null, why = null, next = null, quiet = null, "
	        "escalated = null,"
	        " misread = null, letters = 0, back = case when ?1 then ?2 else back end where id = ?3");
	query_u64(&q, said);
	query_i64(&q, now);
	query_u64(&q, id);
	query_run(&q);
	return said;
}

void finding_still(struct db *db, uint64_t id, uint64_t quiet, int64_t until)
{
	struct query q = db_query(db,
	        "update finding set state = 'quiet', quiet = ?, next = ? where id = ? and state <> 'closed'");

	query_u64(&q, quiet);
	query_i64(&q, until);
	query_u64(&q, id);
	query_run(&q);
}
