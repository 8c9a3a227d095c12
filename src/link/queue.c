/* SPDX-License-Identifier: Apache-2.0
 *
 * The queue of each peer: rows of delivery that wait. A row goes when the peer's signed receipt has come (effect.c); what
 * gets no receipt goes when the peer has said that he has it.
 */
#include "link/link_in.h"

#define AGAIN (600 * (int64_t)1000000) /* a receipt that does not come: it goes again */
#define HOURLY (3600 * (int64_t)1000000)
/* A row of delivery is of what gets no receipt. Of the one statement: a list of all such ones is made anew for each row that goes. */
#define UNRECEIPTED                                                                                          \
	"exists (select 1 from statement s where s.n = delivery.statement and "                              \
	"s.kind in ('receipt', 'read'))"

static void add_statement(struct link_batch *b, uint64_t n, const struct query *q)
{
	struct str signature = query_get_blob(q, 2);

	b->n[b->count++] = n;
	statement_write(&b->bytes, query_get_blob(q, 1), (const uint8_t *)signature.p, query_get_blob(q, 3));
}

/* Takes rows until the batch is full; q gives n, head, signature, content. */
static void add_rows(struct link_batch *b, struct query *q, unsigned max_bytes, uint64_t *last)
{
	while (query_next(q) == 1) {
		size_t size =
		        2 + query_get_blob(q, 1).len + STATEMENT_SIGNATURE + 4 + query_get_blob(q, 3).len;
		if (b->count == LINK_BATCH_COUNT || (b->count > 0 && b->bytes.len + size > max_bytes)) {
			b->more = true;
			break;
		}
		if (last != NULL)
			*last = query_get_u64(q, 0);
		add_statement(b, query_get_u64(q, 0), q);
	}
	query_done(q, NULL);
}

void link_batch(const struct link_self *self, struct str party, struct link_batch *ret)
{
	struct query q = db_query(self->db,
	        "select s.n, s.head, s.signature, s.content from delivery d join statement s on s.n = "
	        "d.statement "
	        "where d.party = ?1 and d.waits = 1 and d.cleared is not null and coalesce(d.pushed, 0) <= "
	        "?2 "
	        "order by d.urgent desc, d.statement");

	query_text(&q, party);
	query_i64(&q, self->now - AGAIN);
	add_rows(ret, &q, LINK_BATCH_BYTES, NULL);
}

void link_fetched(const struct link_self *self, struct str party, uint64_t *u, uint64_t *n,
        unsigned max_bytes, struct link_batch *ret)
{
	/* Passing a position drops what gets no receipt: he has it. */
	struct query drop = db_query(self->db,
	        "update delivery set waits = 0 where party = ?1 and waits = 1 and statement <= case when "
	        "urgent = 1 then ?2 else ?3 end and " UNRECEIPTED);
	query_text(&drop, party);
	query_u64(&drop, *u);
	query_u64(&drop, *n);
	query_run(&drop);
	for (unsigned urgent = 2; urgent-- > 0 && !ret->more;) {
		struct query q = db_query(self->db,
		        "select s.n, s.head, s.signature, s.content from delivery d join statement s on s.n "
		        "= d.statement "
		        "where d.party = ?1 and d.waits = 1 and d.cleared is not null and d.urgent = ?2 and "
		        "d.statement > ?3 order by d.statement");
		query_text(&q, party);
		query_u64(&q, urgent);
		query_u64(&q, urgent ? *u : *n);
		add_rows(
		        ret, &q, max_bytes < LINK_BATCH_BYTES ? max_bytes : LINK_BATCH_BYTES, urgent ? u : n);
	}
}

/* What a peer's word means for the row: when it goes again, and whether it waits at all. */
static void push_result(const struct link_self *self, struct str party, uint64_t n, enum statement_verdict v)
{
	bool got = v == VERDICT_HAVE || verdict_table[v].kept != KEPT_REFUSED;
	struct query q = db_query(self->db,
	        "update delivery set pushed = ?1, tries = tries + 1, waits = case when ?2 and " UNRECEIPTED
	        " then 0 else waits end, verdict = case when ?2 then verdict else ?3 end where party = ?4 "
	        "and statement = ?5");
	int64_t at = self->now;

	/* spoilt on the way: at once; a key that he does not know: hourly; what he refuses for good: as seldom */
	if (v == VERDICT_TRUNCATED || v == VERDICT_BODY_MISMATCH)
		at = 0;
	else if (!got)
		at = self->now + HOURLY - AGAIN;
	query_i64(&q, at);
	query_u64(&q, got);
	query_text(&q, str_from(verdict_table[v].word));
	query_text(&q, party);
	query_u64(&q, n);
	query_run(&q);
}

void link_pushed(const struct link_self *self, struct str party, const struct link_batch *b,
        const enum statement_verdict *verdicts, unsigned count)
{
	for (unsigned i = 0; i < count && i < b->count; i++)
		push_result(self, party, b->n[i], verdicts[i]);
}

void link_again(const struct link_self *self, struct str party)
{
	struct query q = db_query(self->db,
	        "update delivery set pushed = null where party = ? and waits = 1 and pushed is not null");

	query_text(&q, party);
	query_run(&q);
}
