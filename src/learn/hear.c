/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of what was said. A statement may come before the one that it takes back, and what a fork had dropped may count again: each
 * fact is looked up in the statements that are here, never kept from one hearing to the next.
 */
#include "learn/hear.h"

#include "base/utf8.h"
#include "learn/learn.h"
#include "trust/stamp.h"

#define LINE 300
#define WORD 64
#define IDS 100
#define TEXTS 50
#define TEXT ((size_t)64 << 10)

static struct str id_str(const uint8_t id[DIGEST_LEN])
{
	return str_make((const char *)id, DIGEST_LEN);
}

/* ---- what it says -------------------------------------------------------------------------------- */

static struct str line(const struct item *body, const char *name, size_t most)
{
	return utf8_cut(item_text(body, name), most);
}

static void query_when(struct query *q, const struct item *body, const char *name)
{
	int64_t t;

	if (stamp_read(item_text(body, name), &t))
		query_i64(q, t);
	else
		query_null(q);
}

/* False: it is here already. */
static bool put_row(const struct heard *h, enum learn_kind kind, uint64_t *ret_id)
{
	struct query q = db_query(h->db,
	        "insert or ignore into learn(statement, said, kind, party, ours, title, area, contact, "
	        "learnt_from, lang, until, created, heard, label, community, exercise, reply) values (?, ?, "
	        "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

	query_u64(&q, h->s->n);
	query_blob(&q, id_str(h->s->id));
	query_text(&q, str_from(learn_kinds[kind]));
	query_text(&q, h->s->h.sender);
	query_u64(&q, h->ours);
	query_text(&q, line(h->body, "title", LINE));
	query_text(&q, line(h->body, "area", WORD));
	query_text(&q, line(h->body, "contact", LINE));
	query_text(&q, line(h->body, "learnt_from", LINE));
	query_text(&q, line(h->body, "lang", WORD));
	query_when(&q, h->body, "until");
	query_i64(&q, h->s->h.created);
	query_i64(&q, h->now);
	query_text(&q, statement_tlp_name(h->s->h.tlp));
	query_text(&q, line(h->body, "group", WORD));
	query_text(&q, h->s->h.exercise);
	if (kind == LEARN_OFFER && !digest_zero(h->s->h.reply))
		query_blob(&q, id_str(h->s->h.reply));
	else
		query_null(&q);
	query_run(&q);
	*ret_id = db_last_id(h->db);
	return db_changes(h->db) > 0;
}

static void put_part(struct db *db, const char *sql, uint64_t id, struct str a, struct str b)
{
	struct query q = db_query(db, sql);

	query_u64(&q, id);
	query_text(&q, a);
	if (b.p != NULL)
		query_text(&q, b);
	query_run(&q);
}

static void put_parts(const struct heard *h, uint64_t id)
{
	struct item text = item_get(h->body, STR("text")), sim3 = item_get(h->body, STR("sim3")),
	            persons = item_get(h->body, STR("for"));
	unsigned n = 0;

	for (struct item_each e = item_each(&text); n < TEXTS && item_next(&e); n++)
		if (e.item.type == BODY_TEXT)
			put_part(h->db, "insert or ignore into learn_text values (?, ?, ?)", id,
			        utf8_cut(e.name, WORD), utf8_cut(e.item.text, TEXT));
	n = 0;
	for (struct item_each e = item_each(&sim3); n < IDS && item_next(&e); n++)
		put_part(h->db, "insert or ignore into learn_sim3 values (?, ?)", id, e.item.text,
		        (struct str){0});
	n = 0;
	for (struct item_each e = item_each(&persons); n < IDS && item_next(&e); n++)
		if (str_eq(item_text(&e.item, "party"), h->me))
			put_part(h->db, "insert or ignore into learn_person values (?, ?)", id,
			        line(&e.item, "person", LINE), (struct str){0});
}

/* ---- what became of it --------------------------------------------------------------------------- */

/* The last word of its sender that takes it back: streams of several lists of recipients have no common order but time. */
static void take_back(const struct heard *h, struct str said)
{
	struct query q = db_query(h->db,
	        "select s.n, s.created from learn l join statement s on s.reply = l.said and s.sender = "
	        "l.party and +s.kind = 'withdraw' and s.effect = 1 where l.said = ? order by s.created desc, "
	        "s.seq desc, "
	        "s.id desc limit 1");
	struct stored s;
	struct item body = {0};
	int64_t at = 0;
	uint64_t n = 0;

	query_blob(&q, said);
	if (query_next(&q) == 1) {
		n = query_get_u64(&q, 0);
		at = query_get_i64(&q, 1);
	}
	query_done(&q, NULL);
	if (n != 0 && store_find_n(h->db, n, h->a, &s))
		body = stored_body(&s, h->a);
	struct query up =
	        db_query(h->db, "update learn set withdrawn = nullif(?2, 0), reason = ?3 where said = ?1");
	query_blob(&up, said);
	query_i64(&up, at);
	query_text(&up, n != 0 ? line(&body, "reason", LINE) : STR(""));
	query_run(&up);
}

static void take_on(const struct heard *h, struct str said)
{
	struct query q = db_query(h->db,
	        "update learn set acked = (select min(created) from statement where reply = ?1 and sender = "
	        "?2 and kind = 'ack' and effect = 1) where said = ?1 and ours = 0");

	query_blob(&q, said);
	query_text(&q, h->me);
	query_run(&q);
}

static void hear_new(const struct heard *h, enum learn_kind kind)
{
	uint64_t id;

	if (put_row(h, kind, &id))
		put_parts(h, id);
	take_back(h, id_str(h->s->id));
	take_on(h, id_str(h->s->id));
}

/* ---- a fork has ended ---------------------------------------------------------------------------- */

#define DROPPED "(select l.id from learn l join statement s on s.n = l.statement where s.effect = 0)"

/* What was dropped is gone, and so is its having been taken back or on. Rare. */
static void hear_rejoin(const struct heard *h)
{
	static const char *const drop[] = {"delete from learn_sim3 where learn in " DROPPED,
	        "delete from learn_text where learn in " DROPPED,
	        "delete from learn_person where learn in " DROPPED, "delete from learn where id in " DROPPED};
	VEC(uint8_t) ids = {0};

	for (unsigned i = 0; i < sizeof(drop) / sizeof(drop[0]); i++) {
		struct query q = db_query(h->db, drop[i]);
		query_run(&q);
	}
	struct query q =
	        db_query(h->db, "select said from learn where withdrawn is not null or acked is not null");
	while (query_next(&q) == 1)
		for (unsigned i = 0; i < DIGEST_LEN; i++)
			*(uint8_t *)vec_add(&ids) = (uint8_t)query_get_blob(&q, 0).p[i];
	query_done(&q, NULL);
	for (size_t at = 0; at < ids.n; at += DIGEST_LEN) {
		take_back(h, id_str(ids.v + at));
		take_on(h, id_str(ids.v + at));
	}
	vec_done(&ids);
}

void learn_hear(const struct heard *h)
{
	switch (h->kind) {
	case KIND_NEED:
		hear_new(h, LEARN_NEED);
		break;
	case KIND_OFFER:
		hear_new(h, LEARN_OFFER);
		break;
	case KIND_PRACTICE:
		hear_new(h, LEARN_PRACTICE);
		break;
	case KIND_WITHDRAW:
		take_back(h, id_str(h->s->h.reply));
		break;
	case KIND_ACK:
		if (h->ours)
			take_on(h, id_str(h->s->h.reply));
		break;
	case KIND_REJOIN:
		hear_rejoin(h);
		break;
	default:
		break;
	}
}
