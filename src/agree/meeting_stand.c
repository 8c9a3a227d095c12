/* SPDX-License-Identifier: Apache-2.0
 *
 * Which card of a meeting stands, and which minutes: found anew from all that are here, so that it does not matter in which order
 * they came (meeting.h has the rule). The rows of what stands are made from its statement.
 */
#include "agree/meeting_in.h"
#include "base/utf8.h"
#include "event/field.h"
#include "trust/stamp.h"

/* Counts, and its sender has not withdrawn it. */
#define COUNTS                                                                                               \
	"s.effect = 1 and not exists (select 1 from statement w where w.reply = s.id and +w.kind = "         \
	"'withdraw' and w.effect = 1 and w.sender = s.sender)"
#define CARDS                                                                                                \
	"select c.statement, c.state from meeting_card c join statement s on s.n = c.statement where "       \
	"c.meeting = ?1 and c.sender = ?2 and "
#define NEWEST " order by c.serial desc, c.said desc, s.id desc limit 1"
#define MINUTES_ROWS 500

struct stands {
	uint64_t n; /* 0: none */
	char state[16];
};

static struct stands one_card(struct query q, uint64_t meeting, struct str sender, struct str state)
{
	struct stands ret = {0};

	query_u64(&q, meeting);
	query_text(&q, sender);
	if (state.len > 0)
		query_text(&q, state);
	if (query_next(&q) == 1) {
		ret.n = query_get_u64(&q, 0);
		snprintf(ret.state, sizeof(ret.state), "%.*s", STR_ARG(query_get_text(&q, 1)));
	}
	query_done(&q, NULL);
	return ret;
}

static struct stands card_that_stands(struct db *db, uint64_t meeting, struct str sender)
{
	struct stands ends = one_card(db_query(db,
	                                      CARDS "c.state in ('closed', 'cancelled') and " COUNTS
	                                            " order by c.serial, c.said, s.id limit 1"),
	        meeting, sender, STR(""));
	const struct str order[] = {str_from(ends.state), STR("open"), STR("planned")};
	struct stands found = {0};

	for (unsigned i = ends.n == 0; i < 3 && found.n == 0; i++)
		found = one_card(
		        db_query(db, CARDS "c.state = ?3 and " COUNTS NEWEST), meeting, sender, order[i]);
	if (found.n != 0)
		return found;
	/* all that its sender said of it he has taken back */
	found = one_card(db_query(db, CARDS "s.effect = 1" NEWEST), meeting, sender, STR(""));
	if (found.n != 0)
		snprintf(found.state, sizeof(found.state), "cancelled");
	return found;
}

/* ---- rows of the card ---------------------------------------------------------------------------- */

static void drop_rows(struct db *db, uint64_t meeting)
{
	struct query q[] = {db_query(db, "delete from meeting_party where meeting = ?"),
	        db_query(db, "delete from meeting_item where meeting = ?"),
	        db_query(db, "delete from meeting_paper where meeting = ?"),
	        db_query(db, "delete from meeting_text where meeting = ?"),
	        db_query(db, "delete from meeting_see where meeting = ?"),
	        db_query(db, "delete from meeting_person where meeting = ?")};

	for (unsigned i = 0; i < sizeof(q) / sizeof(q[0]); i++) {
		query_u64(&q[i], meeting);
		query_run(&q[i]);
	}
}

static void put_parties(struct db *db, uint64_t meeting, const char *as, const struct str *v, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct query q = db_query(
		        db, "insert into meeting_party(meeting, as_, place, party) values (?, ?, ?, ?)");
		query_u64(&q, meeting);
		query_text(&q, str_from(as));
		query_u64(&q, i);
		query_text(&q, v[i].len > 0 ? v[i] : STR(""));
		query_run(&q);
	}
}

static void put_items(struct db *db, uint64_t meeting, const struct meeting_card *c)
{
	for (unsigned i = 0; i < c->items; i++) {
		struct query q = db_query(db,
		        "insert into meeting_item(meeting, place, title, start, until, papers) values (?, ?, "
		        "?, ?, ?, ?)");
		query_u64(&q, meeting);
		query_u64(&q, i);
		query_text(&q, c->item[i].title);
		query_i64(&q, c->item[i].start);
		query_i64(&q, c->item[i].until);
		query_u64(&q, c->item[i].papers);
		query_run(&q);
	}
}

static void put_papers(struct db *db, uint64_t meeting, const struct meeting_card *c)
{
	for (unsigned i = 0; i < c->files; i++) {
		char number[16];
		struct str symbol, rest = c->file[i].name;
		struct query q = db_query(db,
		        "insert into meeting_paper(meeting, place, symbol, name, media, size, sha256) values "
		        "(?, ?, ?, ?, ?, ?, ?)");
		if (!meeting_symbol(c->file[i].name, &symbol, &rest)) {
			snprintf(number, sizeof(number), "WP.%u", i + 1);
			symbol = str_from(number);
		}
		query_u64(&q, meeting);
		query_u64(&q, i);
		query_text(&q, symbol);
		query_text(&q, rest.len > 0 ? rest : STR(""));
		query_text(&q, c->file[i].media.len > 0 ? c->file[i].media : STR(""));
		query_u64(&q, c->file[i].size);
		query_blob(&q, meeting_id_str(c->file[i].sha256));
		query_run(&q);
	}
}

static void put_texts(struct db *db, uint64_t meeting, const struct meeting_card *c)
{
	for (unsigned i = 0; i < c->texts; i++) {
		struct query q = db_query(
		        db, "insert or ignore into meeting_text(meeting, lang, words) values (?, ?, ?)");
		query_u64(&q, meeting);
		query_text(&q, c->text[i].lang);
		query_text(&q, c->text[i].words);
		query_run(&q);
	}
	for (unsigned i = 0; i < c->sees; i++) {
		struct query q = db_query(db, "insert or ignore into meeting_see(meeting, id) values (?, ?)");
		query_u64(&q, meeting);
		query_blob(&q, meeting_id_str(c->see[i]));
		query_run(&q);
	}
}

/* Named persons of ours see what is RED; nobody else does. */
static void put_persons(struct db *db, uint64_t meeting, struct str me, const struct item *body)
{
	struct item list = item_get(body, STR("for"));

	for (struct item_each e = item_each(&list); item_next(&e);) {
		if (!str_eq(item_text(&e.item, "party"), me))
			continue;
		struct query q =
		        db_query(db, "insert or ignore into meeting_person(meeting, person) values (?, ?)");
		query_u64(&q, meeting);
		query_text(&q, utf8_cut(item_text(&e.item, "person"), 63));
		query_run(&q);
	}
}

static void put_card(struct db *db, uint64_t meeting, const struct stored *s, const struct meeting_card *c)
{
	const struct str texts[] = {c->title, c->place, c->link, c->facilitator, tlp_name((enum tlp)s->h.tlp),
	        c->group.len > 0 ? c->group : STR("")};
	struct query q = db_query(db,
	        "update meeting set serial = ?2, start = ?3, until = ?4, said = ?5, title = ?6, place = ?7, "
	        "link = ?8, facilitator = ?9, label = ?10, community = ?11 where id = ?1");

	query_u64(&q, meeting);
	query_i64(&q, c->serial);
	query_i64(&q, c->start);
	query_i64(&q, c->until);
	query_i64(&q, s->h.created);
	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		query_text(&q, texts[i]);
	query_run(&q);
}

static void make_card(struct db *db, struct str me, uint64_t meeting, uint64_t n)
{
	auto_arena struct arena a = {0};
	struct stored s;

	arena_init(&a, 0);
	drop_rows(db, meeting);
	if (!store_find_n(db, n, &a, &s))
		return;
	struct item body = stored_body(&s, &a);
	if (body.type != BODY_OBJECT)
		return; /* its sender had us erase it: what is left is that it was there */
	struct meeting_card *c = arena_new(&a, struct meeting_card);
	meeting_card_read(&body, s.h.tlp, c);
	put_card(db, meeting, &s, c);
	put_parties(db, meeting, "chair", c->chair, c->chairs);
	put_parties(db, meeting, "participant", c->participants.v, c->participants.n);
	put_parties(db, meeting, "observer", c->observers.v, c->observers.n);
	put_items(db, meeting, c);
	put_papers(db, meeting, c);
	put_texts(db, meeting, c);
	put_persons(db, meeting, me, &body);
}

/* ---- rows of the minutes ------------------------------------------------------------------------- */

static void put_present(struct db *db, uint64_t meeting, const struct item *body)
{
	struct item list = item_get(body, STR("attendance"));
	unsigned n = 0;

	for (struct item_each e = item_each(&list); n < MINUTES_ROWS && item_next(&e); n++) {
		struct str office = utf8_cut(item_text(&e.item, "office"), MEETING_LINE);
		struct query q = db_query(db,
		        "insert or ignore into meeting_present(meeting, draft, party, office) values (?, 0, "
		        "?, ?)");
		query_u64(&q, meeting);
		query_text(&q, item_text(&e.item, "party"));
		query_text(&q, office.len > 0 ? office : STR(""));
		query_run(&q);
	}
}

/* What newer minutes say in the same words stays the same row, with its number. */
static uint64_t put_followup(struct db *db, uint64_t meeting, const struct item *i)
{
	struct query q = db_query(db,
	        "insert into meeting_followup(meeting, draft, what, owner, due) values (?, 0, ?, ?, ?) on "
	        "conflict(meeting, draft, owner, what) do update set due = excluded.due returning id");
	int64_t due;
	uint64_t id = 0;

	query_u64(&q, meeting);
	query_text(&q, utf8_cut(item_text(i, "what"), MEETING_WORDS));
	query_text(&q, item_text(i, "owner"));
	query_i64(&q, stamp_read(item_text(i, "due"), &due) ? due : 0);
	if (query_next(&q) == 1)
		id = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return id;
}

/* keep: ids, ascending. */
static void drop_followups(struct db *db, uint64_t meeting, const char *keep)
{
	struct query q = db_query(db,
	        "delete from meeting_followup where meeting = ?1 and draft = 0 and id not in (select value "
	        "from json_each(?2))");

	query_u64(&q, meeting);
	query_text(&q, str_from(keep));
	query_run(&q);
}

static void put_followups(struct db *db, uint64_t meeting, const struct item *body)
{
	struct item list = item_get(body, STR("followups"));
	auto_buf struct buf kept = {0};
	unsigned n = 0;

	buf_char(&kept, '[');
	for (struct item_each e = item_each(&list); n < MINUTES_ROWS && item_next(&e); n++)
		buf_printf(&kept, n > 0 ? ",%llu" : "%llu",
		        (unsigned long long)put_followup(db, meeting, &e.item));
	buf_add(&kept, STR("]"));
	buf_char(&kept, 0);
	drop_followups(db, meeting, kept.p);
}

static void make_minutes(struct db *db, uint64_t meeting, uint64_t n)
{
	auto_arena struct arena a = {0};
	struct item body = {0};
	struct stored s;
	struct query drop = db_query(db, "delete from meeting_present where meeting = ? and draft = 0");

	query_u64(&drop, meeting);
	query_run(&drop);
	arena_init(&a, 0);
	if (n != 0 && store_find_n(db, n, &a, &s))
		body = stored_body(&s, &a);
	put_present(db, meeting, &body);
	put_followups(db, meeting, &body);
}

/* The newest of who called it. Within a stream the number says which, and a second may have two of them. */
static uint64_t minutes_that_stand(
        struct db *db, uint64_t meeting, struct str sender, uint8_t ret_sha256[DIGEST_LEN])
{
	struct query q = db_query(db,
	        "select m.statement, m.sha256 from meeting_minutes m join statement s on s.n = m.statement "
	        "where m.meeting = ?1 and m.sender = ?2 and " COUNTS
	        " order by m.said desc, m.seq desc, s.id desc limit 1");
	uint64_t n = 0;

	query_u64(&q, meeting);
	query_text(&q, sender);
	if (query_next(&q) == 1 && query_get_blob(&q, 1).len == DIGEST_LEN) {
		n = query_get_u64(&q, 0);
		memcpy(ret_sha256, query_get_blob(&q, 1).p, DIGEST_LEN);
	}
	query_done(&q, NULL);
	return n;
}

/* ---- both ---------------------------------------------------------------------------------------- */

struct before {
	char sender[64], state[16];
	uint64_t card, minutes;
};

static bool find_before(struct db *db, uint64_t meeting, struct before *ret)
{
	struct query q = db_query(db,
	        "select sender, state, coalesce(card, 0), coalesce(minutes, 0) from meeting where id = ?");

	query_u64(&q, meeting);
	bool there = query_next(&q) == 1;
	if (there) {
		snprintf(ret->sender, sizeof(ret->sender), "%.*s", STR_ARG(query_get_text(&q, 0)));
		snprintf(ret->state, sizeof(ret->state), "%.*s", STR_ARG(query_get_text(&q, 1)));
		ret->card = query_get_u64(&q, 2);
		ret->minutes = query_get_u64(&q, 3);
	}
	query_done(&q, NULL);
	return there;
}

void meeting_stand(struct db *db, struct str me, uint64_t meeting)
{
	uint8_t sha256[DIGEST_LEN];
	struct before was;

	if (!find_before(db, meeting, &was))
		return;
	struct str sender = str_from(was.sender);
	struct stands card = card_that_stands(db, meeting, sender);
	uint64_t minutes = minutes_that_stand(db, meeting, sender, sha256);
	struct query q = db_query(db,
	        "update meeting set card = nullif(?2, 0), state = ?3, minutes = nullif(?4, 0), "
	        "minutes_sha256 = ?5, ours = (sender = ?6) where id = ?1");
	query_u64(&q, meeting);
	query_u64(&q, card.n);
	query_text(&q, str_from(card.state));
	query_u64(&q, minutes);
	query_blob(&q, minutes != 0 ? meeting_id_str(sha256) : (struct str){0});
	query_text(&q, me);
	query_run(&q);
	if (card.n != was.card)
		make_card(db, me, meeting, card.n);
	if (minutes != was.minutes)
		make_minutes(db, meeting, minutes);
}
