/* SPDX-License-Identifier: Apache-2.0 */
#include "link/reply.h"
#include "base/os.h"
#include "exit/outbox.h"
#include "link/partner.h"
#include "link/peer_in.h"

/* Other mails of the outbox are of whoever put them there. */
#define WAY "reply"
#define MINUTE ((int64_t)60 * 1000000)
#define CARD 2 /* rank of what a party says itself */

/* ---- who is written to --------------------------------------------------------------------------- */

/* A contact of the owner that the case is about is our client, about his own systems. */
static bool of_owner(struct db *db, struct reply_mail *m, struct arena *a)
{
	struct query q = db_query(db,
	        "select c.pgp from contact c join case_ k on k.owner = c.owner where k.id = ?1 and "
	        "lower(c.email) = lower(?2) limit 1");

	query_u64(&q, m->case_id);
	query_text(&q, m->to);
	bool there = query_next(&q) == 1;
	if (there) {
		m->recipient.kind = EXIT_OWNER;
		m->key = arena_str(a, query_get_text(&q, 0));
	}
	query_done(&q, NULL);
	return there;
}

/* Whose address it is, and the key that he names for it: what our own people have entered counts before the cards, on which a party may
 * write whatever it wants. Where two cards claim it it is nobody's, lest one gets his key under the mail of the other. */
static bool claimed(struct db *db, struct reply_mail *m, struct arena *a)
{
	struct query q = db_query(db,
	        "select 0 as rank, p.name as party, p.pgp from party p where p.email <> '' and "
	        "lower(p.email) "
	        "= lower(?1) union all select 1 + (c.source = 'card'), c.party, h.pgp from contact_channel h "
	        "join party_contact c on c.id = h.contact where h.type = 'email' and lower(h.address) = "
	        "lower(?1) and c.party <> '' and c.source <> 'own' order by rank, party");
	uint64_t rank = 0;
	unsigned n = 0;

	query_text(&q, m->to);
	for (; query_next(&q) == 1 && (n == 0 || query_get_u64(&q, 0) == rank); n++) {
		if (n > 0 && rank == CARD && !str_eq(query_get_text(&q, 1), m->recipient.party)) {
			m->recipient.party = m->key = (struct str){0};
			query_done(&q, NULL);
			return false;
		}
		if (n > 0)
			continue;
		rank = query_get_u64(&q, 0);
		m->recipient.party = arena_str(a, query_get_text(&q, 1));
		m->key = arena_str(a, query_get_text(&q, 2));
	}
	query_done(&q, NULL);
	return n > 0;
}

/* A party that is known here: its mail in the table of parties, or on its card. */
static bool of_party(struct db *db, struct reply_mail *m, struct arena *a)
{
	bool there = claimed(db, m, a);
	struct link l = there ? store_link(db, m->recipient.party) : (struct link){0};
	/* one that was never linked is a writer as any other, whose key is known */
	if (!there || l.state == LINKED_NONE) {
		m->recipient.takes_part = there;
		m->recipient.party = (struct str){0};
		return false;
	}
	m->recipient.kind = EXIT_MAIL;
	m->recipient.link = l.state == LINKED_YES ? EXIT_LINKED
	        : l.state == LINKED_PAUSED        ? EXIT_PAUSED
	                                          : EXIT_ENDED;
	m->recipient.grant = TLP_RED;
	return true;
}

/* He has written in the case himself, or is listed as whom to write to abroad; abuse desks as PAP lets them be asked. */
static bool takes_part(struct db *db, const struct reply_mail *m)
{
	struct query q = db_query(db,
	        "select 1 from message where case_ = ?1 and lower(sender) = lower(?2) union all select 1 "
	        "from "
	        "abroad where "
	        "lower(email) = lower(?2) and (kind = 'national' or ?3) limit 1");

	query_u64(&q, m->case_id);
	query_text(&q, m->to);
	query_u64(&q, m->object.pap == PAP_CLEAR || m->object.pap == PAP_GREEN);
	bool there = query_next(&q) == 1;
	query_done(&q, NULL);
	return there;
}

static void find_recipient(struct db *db, struct reply_mail *m, struct arena *a)
{
	m->recipient = (struct exit_recipient){.kind = EXIT_WRITER, .name = m->to};
	if (!of_owner(db, m, a) && !of_party(db, m, a))
		m->recipient.takes_part |= takes_part(db, m);
	m->recipient.way = m->key.len != 0 ? EXIT_SEALED : EXIT_OPEN;
}

/* ---- what is written ----------------------------------------------------------------------------- */

static void find_named(struct db *db, struct reply_mail *m, struct arena *a)
{
	struct query q = db_query(db, "select person from case_person where case_ = ? limit 64");

	m->object.named = m->named;
	query_u64(&q, m->case_id);
	while (query_next(&q) == 1)
		m->named[m->object.nnamed++] =
		        (struct exit_person){m->object.self, arena_str(a, query_get_text(&q, 0))};
	query_done(&q, NULL);
}

/* "<a> <b> <c>": the last one, and those before it. */
static void split_answers(struct reply_mail *m, struct str answers)
{
	size_t at = answers.len;

	while (at > 0 && answers.p[at - 1] != '<')
		at--;
	if (at == 0 || answers.p[answers.len - 1] != '>')
		return;
	m->last = str_sub(answers, at, answers.len - at - 1);
	m->earlier = str_trim(str_sub(answers, 0, at - 1));
}

/* One that carries a statement: who gets it, and what the exit is asked, follow from that statement. False: it can no longer be
 * written. */
static bool load_partner(struct db *db, const struct change_here *here, uint64_t statement,
        struct reply_mail *m, struct arena *a)
{
	struct link_self self = {.db = db, .me = here->party, .folder = here->folder.p, .now = os_now()};
	struct partner_mail *p = arena_new(a, struct partner_mail);

	if (!partner_load(&self, here->calendars, statement, m->to, a, p, &m->object))
		return false;
	m->partner = p;
	m->to = p->to.email;
	m->key = p->to.key;
	m->recipient = partner_recipient(&p->to);
	return true;
}

static int load(struct db *db, const struct change_here *here, uint64_t after, struct reply_mail *m,
        uint64_t *ret_statement, struct arena *a, struct err *e)
{
	struct query q = db_query(db,
	        "select n.id, n.case_, n.party, n.subject, n.text, n.message_id, n.answers, k.number, "
	        "k.label, k.pap, "
	        "k.direction, k.peer, n.held, coalesce(n.statement, 0) from case_entry n join case_ k on "
	        "k.id = n.case_ where n.state "
	        "= 'to send' "
	        "and n.outbox is "
	        "null and n.id > ? order by n.id limit 1");

	query_u64(&q, after);
	bool there = query_next(&q) == 1;
	if (there) {
		bool theirs = str_eq(query_get_text(&q, 10), STR("theirs"));
		m->entry = query_get_u64(&q, 0);
		*ret_statement = query_get_u64(&q, 13);
		m->released = query_get_u64(&q, 12) == 2;
		m->case_id = query_get_u64(&q, 1);
		m->to = arena_str(a, query_get_text(&q, 2));
		m->subject = arena_str(a, query_get_text(&q, 3));
		m->text = arena_str(a, query_get_text(&q, 4));
		m->message_id = arena_str(a, query_get_text(&q, 5));
		split_answers(m, arena_str(a, str_trim(query_get_text(&q, 6))));
		m->number = arena_str(a, query_get_text(&q, 7));
		m->object.label = tlp_find(query_get_text(&q, 8));
		m->object.pap = pap_find(query_get_text(&q, 9));
		/* a node that has no name among others is still who made what it made */
		m->object.self = here->party.len != 0 ? here->party : STR("here");
		m->object.originator = theirs ? arena_str(a, query_get_text(&q, 11)) : m->object.self;
		m->object.name = arena_printf(a, "mail L%llu", (unsigned long long)m->entry);
	}
	int rc = query_done(&q, e);
	return rc != 0 ? rc : there;
}

int reply_next(struct db *db, const struct change_here *here, uint64_t after, struct arena *a,
        struct reply_mail **ret, struct err *e)
{
	struct reply_mail *m = arena_new(a, struct reply_mail);
	uint64_t statement = 0;
	int rc = load(db, here, after, m, &statement, a, e);

	if (rc != 1)
		return rc;
	*ret = m;
	if (statement != 0) {
		m->lost = !load_partner(db, here, statement, m, a);
		return 1;
	}
	find_named(db, m, a);
	find_recipient(db, m, a);
	return 1;
}

/* ---- the exit ------------------------------------------------------------------------------------ */

static void put_end(struct db *db, uint64_t entry, const char *state, struct str words)
{
	struct query q =
	        db_query(db, "update case_entry set state = ?2, answer = ?3, ended = ?4 where id = ?1");

	query_u64(&q, entry);
	query_text(&q, str_from(state));
	query_text(&q, words);
	query_i64(&q, os_now());
	query_run(&q);
	case_mail_state(db, entry, os_now());
}

static void put_refused(struct db *db, const struct reply_mail *m, const struct exit_verdict *v)
{
	auto_buf struct buf words = {0};

	buf_printf(&words, "%.*s: %s", STR_ARG(m->to), v->rule);
	if (v->who != EXIT_NOBODY)
		buf_printf(&words, "; may be changed by %.*s", STR_ARG(exit_who_text(v->who)));
	put_end(db, m->entry, "refused", buf_str(&words));
}

int reply_clear(struct db *db, const struct reply_mail *m, struct str bytes, bool hold, struct err *e)
{
	struct cleared c;
	struct exit_verdict v;
	uint64_t outbox = 0;
	int rc = 0;

	db_begin(db);
	if (!exit_clear_for(db, &m->object, &m->recipient, EXIT_TELL, bytes, &c, &v)) {
		put_refused(db, m, &v);
	} else if ((rc = outbox_put(db, &c, WAY, &outbox, e)) == 0) {
		struct query q = db_query(db,
		        "update case_entry set outbox = ?2, held = case when held = 2 then 2 else ?3 end, "
		        "label = ?4, answer = '' where id = ?1");
		query_u64(&q, m->entry);
		query_u64(&q, outbox);
		query_u64(&q, hold && !m->released);
		query_text(&q, tlp_name(m->object.label));
		query_run(&q);
	}
	if (rc != 0) {
		db_rollback(db);
		return rc;
	}
	return db_commit(db, e);
}

int reply_fail(struct db *db, const struct reply_mail *m, struct str sentence, struct err *e)
{
	db_begin(db);
	put_end(db, m->entry, "refused", sentence);
	return db_commit(db, e);
}

/* ---- the mail server ----------------------------------------------------------------------------- */

/* The outbox looks at the clearance once more; one that is over is refused there, and here with its words. */
static int take_over_refused(struct db *db, struct err *e)
{
#define REFUSED                                                                                              \
	"outbox in (select id from outbox where way = '" WAY "' and state = 'refused') and state = 'to "     \
	"send'"
	struct query any = db_query(db, "select 1 from case_entry where " REFUSED " limit 1");
	bool there = query_next(&any) == 1;

	query_done(&any, NULL);
	if (!there)
		return 0;
	db_begin(db);
	struct query q = db_query(db,
	        "update case_entry set answer = (select o.answer from outbox o where o.id = "
	        "case_entry.outbox), ended = ?, "
	        "state = 'refused' where " REFUSED);
#undef REFUSED
	query_i64(&q, os_now());
	query_run(&q);
	return db_commit(db, e);
}

/* Its entry, if it may go now. */
static uint64_t entry_of(struct db *db, uint64_t outbox, int64_t now)
{
	struct query q = db_query(db,
	        "select id from case_entry where outbox = ? and state = 'to send' and held <> 1 and "
	        "coalesce(next_try, 0) <= ?");

	query_u64(&q, outbox);
	query_i64(&q, now);
	uint64_t id = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	query_run(&q);
	return id;
}

int reply_ready_next(struct db *db, struct arena *a, struct reply_ready *ret, struct err *e)
{
	struct outbox_item item = {0};
	int64_t now = os_now();
	int rc;

	while ((rc = outbox_next(db, WAY, (struct str){0}, item.id, now, a, &item, e)) == 1) {
		uint64_t entry = entry_of(db, item.id, now);
		if (entry == 0)
			continue;
		*ret = (struct reply_ready){.entry = entry, .to = item.recipient, .bytes = item.bytes};
		memcpy(ret->sha256, item.sha256, sizeof(ret->sha256));
		return 1;
	}
	return rc == 0 ? take_over_refused(db, e) : rc;
}

/* 1, 2, 4, ... minutes, at most four hours: as letters. */
static int64_t back_off(unsigned tries)
{
	int64_t minutes = tries < 8 ? (int64_t)1 << tries : 240;

	return minutes * MINUTE;
}

static void put_later(struct db *db, uint64_t entry, unsigned tries, struct str words)
{
	struct query q = db_query(
	        db, "update case_entry set tries = tries + 1, next_try = ?2, answer = ?3 where id = ?1");

	query_u64(&q, entry);
	query_i64(&q, os_now() + back_off(tries));
	query_text(&q, words);
	query_run(&q);
}

int reply_answer(struct db *db, uint64_t entry, unsigned code, struct str words, struct err *e)
{
	bool taken = code >= 200 && code < 300, refused = code >= 500;
	/* one that was taken back while it was on its way has gone all the same */
	struct query q = db_query(db,
	        "select outbox, tries from case_entry where id = ?1 and (state = 'to send' or (?2 and state "
	        "= "
	        "'refused'))");
	uint64_t outbox = 0;
	unsigned tries = 0;

	query_u64(&q, entry);
	query_u64(&q, taken);
	if (query_next(&q) == 1) {
		outbox = query_get_u64(&q, 0);
		tries = (unsigned)query_get_u64(&q, 1);
	}
	if (query_done(&q, e) != 0)
		return e->code;
	if (outbox == 0)
		return 0;
	db_begin(db);
	if (taken || refused) {
		put_end(db, entry, taken ? "sent" : "refused", words);
		outbox_end(db, outbox, taken ? "sent" : "refused", words);
	} else {
		put_later(db, entry, tries, words);
	}
	return db_commit(db, e);
}
