/* SPDX-License-Identifier: Apache-2.0 */
#include "exit/outbox.h"
#include "base/digest.h"
#include "base/os.h"

int outbox_put(struct db *db, const struct cleared *c, const char *way, uint64_t *ret, struct err *e)
{
	uint8_t now[32];

	digest_of(c->bytes, now);
	if (memcmp(now, c->sha256, sizeof(now)) != 0 || !exit_holds(db, c, os_now()))
		return err_set(e, ERR_DENIED, "what goes into the outbox was not cleared for '%.*s'",
		        STR_ARG(c->recipient));
	struct query q = db_query(
	        db, "insert into outbox(clearance, way, recipient, bytes, made) values (?, ?, ?, ?, ?)");
	query_u64(&q, c->id);
	query_text(&q, str_from(way));
	query_text(&q, c->recipient);
	query_blob(&q, c->bytes.len != 0 ? c->bytes : STR(""));
	query_i64(&q, os_now());
	query_run(&q);
	*ret = db_last_id(db);
	return 0;
}

/* The row is what was cleared, and for him. */
static bool is_good(const struct query *q, int64_t now)
{
	uint8_t sum[32];

	digest_of(query_get_blob(q, 3), sum);
	return query_get_i64(q, 5) > now && str_eq(query_get_text(q, 2), query_get_text(q, 6)) &&
	        str_eq(query_get_blob(q, 4), str_make((const char *)sum, sizeof(sum)));
}

static int next(struct db *db, const char *way, struct str recipient, uint64_t after, int64_t now,
        struct arena *a, struct outbox_item *ret, bool *ret_good, struct err *e)
{
	struct query q = db_query(db,
	        "select o.id, o.clearance, o.recipient, o.bytes, c.sha256, c.until, c.recipient from outbox "
	        "o join "
	        "clearance c on c.id = o.clearance where o.state = 'ready' and o.way = ?1 and o.id > ?2 and "
	        "(?3 is null or "
	        "o.recipient = ?3) order by o.id limit 1");

	query_text(&q, str_from(way));
	query_u64(&q, after);
	query_text(&q, recipient);
	bool there = query_next(&q) == 1;
	if (there) {
		*ret = (struct outbox_item){query_get_u64(&q, 0), query_get_u64(&q, 1),
		        arena_str(a, query_get_text(&q, 2)), arena_str(a, query_get_blob(&q, 3)), {0}};
		*ret_good = is_good(&q, now);
		if (*ret_good)
			memcpy(ret->sha256, query_get_blob(&q, 4).p, sizeof(ret->sha256));
	}
	int rc = query_done(&q, e);
	return rc != 0 ? rc : there;
}

int outbox_next(struct db *db, const char *way, struct str recipient, uint64_t after, int64_t now,
        struct arena *a, struct outbox_item *ret, struct err *e)
{
	struct outbox_item item;
	bool good = false;
	int rc;

	while ((rc = next(db, way, recipient, after, now, a, &item, &good, e)) == 1 && !good) {
		db_begin(db);
		outbox_end(db, item.id, "refused", STR("its clearance is over, or is for something else"));
		if (db_commit(db, e) != 0)
			return e->code;
	}
	if (rc == 1)
		*ret = item;
	return rc;
}

void outbox_end(struct db *db, uint64_t id, const char *state, struct str answer)
{
	struct query q = db_query(
	        db, "update outbox set state = ?, ended = ?, answer = ? where id = ? and state = 'ready'");

	query_text(&q, str_from(state));
	query_i64(&q, os_now());
	query_text(&q, answer.p != NULL ? answer : STR(""));
	query_u64(&q, id);
	query_run(&q);
}
