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
	        " severity, criticality, label, decision, ruleset, rule, contacts, due)"
	        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

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
	query_run(&q);
}

void finding_seen(struct db *db, const struct finding_seen *s)
{
	struct query q = db_query(db,
	        "update finding set first = min(first, ?), last = max(last, ?), events = events + ?,"
	        " receipts = receipts + 1 where id = ?");

	query_i64(&q, s->first);
	query_i64(&q, s->last);
	query_u64(&q, s->events);
	query_u64(&q, s->id);
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

void finding_reopen(struct db *db, uint64_t id)
{
	struct query q =
	        db_query(db, "update finding set state = 'open', closed = null, why = null where id = ?");

	query_u64(&q, id);
	query_run(&q);
}
