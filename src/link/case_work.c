/* SPDX-License-Identifier: Apache-2.0
 *
 * What the core does for cases by itself: mails that name a case are put to it, and what rules wish asked of other CERTs
 * becomes drafts. A draft goes nowhere until a person sends it.
 */
#include "base/os.h"
#include "base/utf8.h"
#include "event/civil.h"
#include "link/case_in.h"
#include "state/state.h"

#define STEP 50
#define MARK "case-mail"

/* ---- mails --------------------------------------------------------------------------------------- */

static uint64_t one(struct db *db, const char *sql, struct str key)
{
	struct query q = db_query(db, sql);

	query_text(&q, key);
	uint64_t id = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	query_run(&q);
	return id;
}

/* The last one that is known: what is answered stands last. */
static uint64_t of_references(struct db *db, struct str ids)
{
	uint64_t found = 0;

	for (unsigned i = 0; i < 64; i++) {
		size_t open = str_find(ids, 0, '<'),
		       close = open != SIZE_MAX ? str_find(ids, open, '>') : SIZE_MAX;
		if (close == SIZE_MAX)
			break;
		struct str ident = str_sub(ids, open + 1, close - open - 1);
		uint64_t id = one(
		        db, "select case_ from case_entry where message_id = ? and message_id <> ''", ident);
		if (id == 0)
			id = one(db,
			        "select case_ from message where message_id in (?1, '<' || ?1 || '>') and "
			        "message_id <> '' and "
			        "case_ is not null",
			        ident);
		found = id != 0 ? id : found;
		ids = str_skip(ids, close + 1);
	}
	return found;
}

/* A letter that is linked with a case is answered there too. */
static uint64_t of_letter(struct db *db, uint64_t notice)
{
	char link[32];

	snprintf(link, sizeof(link), "N%llu", (unsigned long long)notice);
	return notice != 0
	        ? one(db, "select case_ from case_entry where link = ? and kind = 'notice'", str_from(link))
	        : 0;
}

/* A case that goes on as another takes nothing any more. */
static uint64_t followed(struct db *db, uint64_t id)
{
	for (unsigned i = 0; i < 16 && id != 0; i++) {
		struct query q = db_query(db, "select merged from case_ where id = ? and merged is not null");
		query_u64(&q, id);
		uint64_t into = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
		query_run(&q);
		if (into == 0)
			break;
		id = into;
	}
	return id;
}

struct mail {
	uint64_t id, notice;
	struct str subject, refs, kind, original, sentence;
	int64_t received;
	bool machine, failed;
};

static unsigned find_mails(struct db *db, struct arena *a, struct mail *ret)
{
	int64_t mark = 0;
	unsigned n = 0;

	(void)state_meta_number_find(db, MARK, &mark);
	struct query q = db_query(db,
	        "select id, coalesce(notice, 0), subject, refs, kind, original, sentence, received, machine, "
	        "failed from message where id > ? and case_ is null order by id limit ?");
	query_i64(&q, mark);
	query_u64(&q, STEP);
	while (query_next(&q) == 1)
		ret[n++] = (struct mail){.id = query_get_u64(&q, 0),
		        .notice = query_get_u64(&q, 1),
		        .subject = arena_str(a, query_get_text(&q, 2)),
		        .refs = arena_str(a, query_get_text(&q, 3)),
		        .kind = arena_str(a, query_get_text(&q, 4)),
		        .original = arena_str(a, query_get_text(&q, 5)),
		        .sentence = arena_str(a, query_get_text(&q, 6)),
		        .received = query_get_i64(&q, 7),
		        .machine = query_get_u64(&q, 8) != 0,
		        .failed = query_get_u64(&q, 9) != 0};
	query_done(&q, NULL);
	return n;
}

static void mark(struct db *db, const char *sql, uint64_t id, uint64_t mail, int64_t at)
{
	struct query q = db_query(db, sql);

	query_u64(&q, id);
	query_u64(&q, mail);
	query_i64(&q, at);
	query_run(&q);
}

/* Letters to that contact of a party come back: it is marked until somebody writes from there, or it has another address. */
static void mark_contact(struct db *db, uint64_t entry, const struct mail *m)
{
#define WRITTEN_TO                                                                                           \
	"(select lower(o.recipient) from case_entry n join outbox o on o.id = n.outbox where n.id = ?1)"
	struct query q = db_query(db,
	        "update contact_channel set bounced = coalesce(bounced, ?2) where type = 'email' and "
	        "lower(address) = " WRITTEN_TO);

	query_u64(&q, entry);
	query_i64(&q, m->received);
	query_run(&q);
	struct query party = db_query(db,
	        "update party set failed = 'a mail to ' || email || ' came back: ' || ?2 where role = 'mail' "
	        "and "
	        "lower(email) = " WRITTEN_TO);
#undef WRITTEN_TO
	query_u64(&party, entry);
	query_text(&party, m->sentence);
	query_run(&party);
}

/* What the mail server says stands in the line of time of its own. It is nobody's words, and no mail of who was written to. */
static void put_bounce(struct db *db, uint64_t id, uint64_t entry, const struct mail *m)
{
	auto_arena struct arena a = {0};
	struct query q = db_query(db, "select party from case_entry where id = ?");
	struct str party = {0};

	arena_init(&a, 0);
	query_u64(&q, entry);
	if (query_next(&q) == 1)
		party = arena_str(&a, query_get_text(&q, 0));
	query_run(&q);
	case_entry_put(db, id,
	        &(struct case_entry){.kind = "mail",
	                .direction = "in",
	                .channel = "mail",
	                .party = party,
	                .subject = m->subject,
	                .text = arena_printf(&a, "L%llu could not be delivered: %.*s",
	                        (unsigned long long)entry, STR_ARG(m->sentence)),
	                .link = arena_printf(&a, "M%llu", (unsigned long long)m->id),
	                .at = m->received});
}

/* A mail server could not deliver a mail of a case, and names it as only its receiver's server can. A delay is none yet. */
static void bounced(struct db *db, const struct mail *m)
{
	uint64_t id = one(
	        db, "select case_ from case_entry where message_id = ? and message_id <> ''", m->original);

	if (id == 0)
		return;
	uint64_t entry = one(db,
	        "select id from case_entry where message_id = ? and message_id <> '' and state = 'sent' and "
	        "bounced is null",
	        m->original);
	mark(db, "update message set case_ = ?1, state = 'done', done = ?3 where id = ?2", id, m->id,
	        m->received);
	if (!m->failed || entry == 0)
		return;
	struct query q = db_query(db,
	        "update case_entry set bounced = coalesce(bounced, ?2), answer = ?3 where message_id = ?1 "
	        "and "
	        "message_id <> '' and state = 'sent'");
	query_text(&q, m->original);
	query_i64(&q, m->received);
	query_text(&q, m->sentence);
	query_run(&q);
	put_bounce(db, id, entry, m);
	mark_contact(db, entry, m);
	case_mail_state(db, entry, m->received);
}

/* Somebody writes from there: that address is right, and what was said to have come back has come. */
static void unmark_contact(struct db *db, const struct mail *m)
{
	struct query q = db_query(db,
	        "update contact_channel set bounced = null where bounced is not null and lower(address) = "
	        "(select "
	        "lower(sender) from message where id = ?)");

	query_u64(&q, m->id);
	query_run(&q);
	struct query party = db_query(db,
	        "update party set failed = '' where role = 'mail' and failed <> '' and lower(email) = "
	        "(select "
	        "lower(sender) from message where id = ?)");
	query_u64(&party, m->id);
	query_run(&party);
}

/* Which mail of ours a person's mail answers: the last one that it names, else the last one to that address. */
static uint64_t answered_entry(struct db *db, uint64_t id, const struct mail *m)
{
	struct query q = db_query(db,
	        "select coalesce((select max(id) from case_entry where case_ = ?1 and message_id <> '' and "
	        "state "
	        "= 'sent' and instr(?3, '<' || message_id || '>') > 0), (select max(n.id) from case_entry n "
	        "join "
	        "party p on p.name = n.party join message m on m.id = ?2 where n.case_ = ?1 and n.statement "
	        "is "
	        "not null and n.state = 'sent' and lower(p.email) = lower(m.sender)), 0)");

	query_u64(&q, id);
	query_u64(&q, m->id);
	query_text(&q, m->refs);
	uint64_t entry = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	query_run(&q);
	return entry;
}

static void answered(struct db *db, uint64_t id, const struct mail *m)
{
	uint64_t entry = answered_entry(db, id, m);

	mark(db, "update case_entry set answered = coalesce(answered, ?3) where id = ?1 and ?2 > 0", entry,
	        m->id, m->received);
	if (entry != 0)
		case_mail_state(db, entry, m->received);
	unmark_contact(db, m);
	/* where a partner without a node is in it, his words are evidence */
	mark(db,
	        "update message set whole = 1 where id = ?2 and whole = 0 and ?3 and exists (select 1 from "
	        "case_entry where case_ = ?1 and statement is not null)",
	        id, m->id, 1);
}

static void join_mail(struct db *db, const struct mail *m)
{
	if (str_eq(m->kind, STR("bounce")))
		return bounced(db, m);
	uint64_t id = case_of_subject(db, m->subject);

	if (id == 0)
		id = of_references(db, m->refs);
	if (id == 0)
		id = of_letter(db, m->notice);
	id = followed(db, id);
	if (id == 0)
		return;
	case_mail_join(db, id, m->id, STR(""));
	/* an absence note needs nobody, and answers nothing */
	if (m->machine)
		mark(db, "update message set kind = 'auto', state = 'done', done = ?3 where id = ?2 and ?1",
		        id, m->id, m->received);
	else
		answered(db, id, m);
}

static int join_mails(struct db *db, struct err *e)
{
	auto_arena struct arena a = {0};
	struct mail v[STEP];

	arena_init(&a, 0);
	unsigned n = find_mails(db, &a, v);
	if (n == 0)
		return 0;
	db_begin(db);
	for (unsigned i = 0; i < n; i++)
		join_mail(db, &v[i]);
	state_meta_number(db, MARK, (int64_t)v[n - 1].id);
	int rc = db_commit(db, e);
	return rc != 0 ? rc : n == STEP;
}

/* ---- wishes -------------------------------------------------------------------------------------- */

struct wish {
	uint64_t id, finding;
	int64_t ack_by;
	struct str rule, ask, cc, severity, label, class, value, victim, event;
};

static unsigned find_wishes(struct db *db, struct arena *a, struct wish *ret)
{
	struct query q = db_query(db,
	        "select id, coalesce(finding, 0), ack_by, rule, ask, cc, severity, label, class, value, "
	        "victim, event from "
	        "case_wish where case_ is null order by id limit ?");
	unsigned n = 0;

	query_u64(&q, STEP);
	while (query_next(&q) == 1) {
		struct wish *w = &ret[n++];
		struct str *const to[] = {&w->rule, &w->ask, &w->cc, &w->severity, &w->label, &w->class,
		        &w->value, &w->victim, &w->event};
		w->id = query_get_u64(&q, 0);
		w->finding = query_get_u64(&q, 1);
		w->ack_by = query_get_i64(&q, 2);
		for (int i = 0; i < 9; i++)
			*to[i] = arena_str(a, query_get_text(&q, i + 3));
	}
	query_done(&q, NULL);
	return n;
}

/* The party of a country is its two letters in small. */
static struct str party_of(const struct wish *w, struct arena *a)
{
	return w->cc.len == 2 ? arena_printf(a, "%c%c", char_lower(w->cc.p[0]), char_lower(w->cc.p[1]))
	                      : STR("");
}

static uint64_t draft_of(struct db *db, const struct wish *w, struct str party)
{
	struct query q = db_query(db,
	        "select id from case_ where rule = ? and peer = ? and state = 'draft' and rule <> '' order "
	        "by id desc limit 1");

	query_text(&q, w->rule);
	query_text(&q, party);
	uint64_t id = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	query_run(&q);
	return id;
}

static struct str text_of(const struct wish *w, struct arena *a)
{
	auto_buf struct buf text = {0};

	buf_printf(&text,
	        "Our node has seen %.*s that comes from your country. What is asked stands below; times are "
	        "UTC, and "
	        "values are written so that nobody follows them by mistake.",
	        STR_ARG(w->class));
	if (w->victim.len != 0) {
		buf_add(&text, STR(" It is aimed at "));
		case_defang(&text, w->victim);
		buf_char(&text, '.');
	}
	return arena_str(a, buf_str(&text));
}

static uint64_t open_draft(struct db *db, const struct change_here *here, const struct wish *w,
        struct str party, struct arena *a)
{
	auto_buf struct buf shown = {0};

	case_defang(&shown, w->value);
	uint64_t id = case_open(db, here,
	        &(struct case_new){.kind = "request",
	                .ask = w->ask,
	                .title = arena_printf(
	                        a, "%.*s: %.*s", STR_ARG(w->class), STR_ARG(utf8_cut(buf_str(&shown), 200))),
	                .text = text_of(w, a),
	                .severity = w->severity,
	                .label = tlp_find(w->label),
	                .rsit = w->class,
	                .peer = party,
	                .rule = w->rule,
	                .person = STR(""),
	                .ack_within = w->ack_by});
	case_entry_put(db, id,
	        &(struct case_entry){.kind = "decision",
	                .text = arena_printf(a, "drafted by the rule %.*s", STR_ARG(w->rule))});
	return id;
}

static void put_wish(struct db *db, const struct change_here *here, const struct wish *w)
{
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	struct str party = party_of(w, &a);
	uint64_t id = draft_of(db, w, party);
	if (id == 0)
		id = open_draft(db, here, w, party, &a);
	else
		case_label_raise(db, id, tlp_find(w->label), STR(""));
	case_target_add(db, here, id, w->value, w->event);
	if (w->finding != 0)
		(void)case_finding_add(db, here, id, w->finding, STR(""));
	struct query q = db_query(db, "update case_wish set case_ = ?2 where id = ?1");
	query_u64(&q, w->id);
	query_u64(&q, id);
	query_run(&q);
}

static int draft(struct db *db, const struct change_here *here, struct err *e)
{
	auto_arena struct arena a = {0};
	struct wish v[STEP];

	arena_init(&a, 0);
	unsigned n = find_wishes(db, &a, v);
	if (n == 0)
		return 0;
	db_begin(db);
	for (unsigned i = 0; i < n; i++)
		put_wish(db, here, &v[i]);
	int rc = db_commit(db, e);
	return rc != 0 ? rc : n == STEP;
}

int case_work(struct db *db, const struct change_here *here, struct err *e)
{
	int mails = join_mails(db, e);
	int wishes = mails < 0 ? mails : draft(db, here, e);

	return wishes < 0 ? wishes : mails > 0 || wishes > 0;
}

/* ---- who calls ----------------------------------------------------------------------------------- */

int case_unheard(struct db *db, int64_t now,
        void (*each)(void *arg, uint64_t id, struct str number, struct str severity), void *arg,
        struct err *e)
{
	struct query q = db_query(db,
	        "select id, number, case ask when 'payment-recall-alert' then 'c1' else severity end from "
	        "case_ where ended is null and ack_due < ?1 and acked is "
	        "null and direction "
	        "= 'theirs' and (held_until is null or held_until < ?1) order by ack_due limit 50");

	query_i64(&q, now);
	while (query_next(&q) == 1)
		each(arg, query_get_u64(&q, 0), query_get_text(&q, 1), query_get_text(&q, 2));
	return query_done(&q, e);
}
