/* SPDX-License-Identifier: Apache-2.0 */
#include "see/alert.h"
#include "base/digest.h"
#include "base/os.h"
#include "base/plural.h"
#include "exit/clear.h"
#include "form/mime.h"
#include "see/call.h"
#include "see/expected.h"
#include "see/fetch.h"
#include "see/room.h"

#define SECOND ((int64_t)1000000)
#define LOOK (30 * SECOND)

/* ---- causes -------------------------------------------------------------------------------------- */

void alert_open(
        struct node *n, struct str topic, struct str object, enum severity severity, struct str sentence)
{
	struct query q = db_query(n->state,
	        "insert into alert(topic, object, severity, sentence, opened, next) values (?1, ?2, ?3, ?4, "
	        "?5, ?5)"
	        " on conflict(topic, object) where acked is null and ended is null do update set sentence = "
	        "?4");

	query_text(&q, topic);
	query_text(&q, object);
	query_text(&q, severity_name(severity));
	query_text(&q, sentence);
	query_i64(&q, os_now());
	query_run(&q);
}

/* Alerts of the topic whose cause is gone. */
static void end_alert(struct node *n, struct str topic, struct str object)
{
	struct query q = db_query(n->state,
	        "update alert set ended = ?, next = null where topic = ? and object = ? and ended is null");

	query_i64(&q, os_now());
	query_text(&q, topic);
	query_text(&q, object);
	query_run(&q);
}

/* The last finding that was looked at; -1: never. */
static int64_t mark(struct node *n, const char *key)
{
	struct query q = db_query(n->state, "select value from meta where key = ?");
	int64_t v = -1;

	query_text(&q, str_from(key));
	if (query_next(&q) == 1)
		v = query_get_i64(&q, 0);
	query_run(&q);
	return v;
}

/* What an alert says of several findings: how many, and the first. */
struct some {
	uint64_t count, first;
	struct str owner, class;
	bool red; /* the first: what it is and whose is not for everybody who is woken, or sees that somebody was */
};

static void some_add(struct some *s, struct arena *a, const struct query *q)
{
	if (s->count++ > 0)
		return;
	s->first = query_get_u64(q, 0);
	s->owner = arena_str(a, query_get_text(q, 1));
	s->class = arena_str(a, query_get_text(q, 2));
	s->red = str_eq(query_get_text(q, 4), STR("RED"));
}

static void some_open(
        struct node *n, struct arena *a, const char *topic, const struct some *s, const char *what)
{
	enum severity severity = n->country.roster.severity;
	struct str class = s->class.len != 0 ? s->class : STR("of no class");

	if (s->count == 0)
		return;
	struct str about = s->red ? STR("which is TLP:RED")
	                          : arena_printf(a, "%.*s at %.*s", STR_ARG(class), STR_ARG(s->owner));
	alert_open(n, str_from(topic), STR(""), severity,
	        arena_printf(a, "%llu %s severity %.*s or worse; the first is F%llu, %.*s",
	                (unsigned long long)s->count, what, STR_ARG(severity_name(severity)),
	                (unsigned long long)s->first, STR_ARG(about)));
}

static bool wakes(const struct node *n, struct str severity)
{
	enum severity least = n->country.roster.severity;

	return least != SEVERITY_NONE && severity_find(severity) >= least;
}

/* Findings up to that number that a later record showed to be worse (finding_worse, made by a trigger): each step up wakes
 * once. What is new since the last look is told of as new. */
static void look_worse(struct node *n, struct arena *a, int64_t seen)
{
	struct some some = {0};
	struct query q = db_query(n->state,
	        "select f.id, o.ref, f.class, f.severity, f.label from finding_worse w cross join finding f "
	        "on f.id = "
	        "w.finding join owner o on o.id = f.owner"
	        " where w.fresh = 1 and w.finding <= ? and f.state in ('open', 'told', 'told-again') order "
	        "by "
	        "w.finding");

	query_i64(&q, seen);
	while (query_next(&q) == 1)
		if (wakes(n, query_get_text(&q, 3)))
			some_add(&some, a, &q);
	query_run(&q);
	struct query done = db_query(n->state, "update finding_worse set fresh = 0 where fresh = 1");
	query_run(&done);
	some_open(n, a, "worse", &some, "known findings have become");
}

/* False if no finding beyond that number can be bad enough. To read the row of each would be a tenth of what a report of new
 * findings costs. */
static bool may_wake(const struct node *n, int64_t seen)
{
	enum severity least = n->country.roster.severity;
	bool raised = false;

	if (least == SEVERITY_NONE || n->fresh_worst >= least)
		return least != SEVERITY_NONE;
	struct query q = db_query(n->state, "select exists(select 1 from finding_worse where finding > ?)");
	query_i64(&q, seen);
	raised = query_next(&q) == 1 && query_get_u64(&q, 0) != 0;
	query_run(&q);
	return raised;
}

/* Findings that are bad enough and new since the last look: one alert for all, which names the first. */
static void look_findings(struct node *n)
{
	int64_t seen = mark(n, "alert-finding");
	uint64_t last = n->next_finding - 1;
	auto_arena struct arena a = {0};
	struct some some = {0};

	arena_init(&a, 0);
	look_worse(n, &a, seen);
	/* what was there when somebody could be woken first wakes nobody */
	if (seen < 0)
		state_meta_number(n->state, "alert-finding", (int64_t)last);
	/* their mark is on the disk: nothing that was made since waits for a look */
	if (seen >= 0 && (uint64_t)seen >= last)
		n->fresh_worst = SEVERITY_NONE;
	if (seen < 0 || (uint64_t)seen >= last)
		return;
	state_meta_number(n->state, "alert-finding", (int64_t)last);
	if (!may_wake(n, seen))
		return;
	struct query q = db_query(n->state,
	        "select f.id, o.ref, f.class, f.severity, f.label from finding f join owner o on o.id = "
	        "f.owner where "
	        "f.id > ?"
	        " and f.state in ('open', 'told') order by f.id");
	query_i64(&q, seen);
	while (query_next(&q) == 1)
		if (wakes(n, query_get_text(&q, 3)))
			some_add(&some, &a, &q);
	query_run(&q);
	some_open(n, &a, "findings", &some, "new findings of");
}

/* A count that must be nought. */
static void look_count(struct node *n, const char *topic, const char *sql, const char *sentence)
{
	struct query q = db_query(n->state, sql);
	auto_buf struct buf text = {0};
	uint64_t count = 0;

	if (query_next(&q) == 1)
		count = query_get_u64(&q, 0);
	query_run(&q);
	plural_printf(&text, sentence, (unsigned long long)count);
	if (count > 0)
		alert_open(n, str_from(topic), STR(""), SEVERITY_HIGH, buf_str(&text));
	else
		end_alert(n, str_from(topic), STR(""));
}

static void look_feeds(struct node *n)
{
	VEC(struct str) late = {0};
	auto_arena struct arena a = {0};
	struct query q = db_query(n->state, "select f.name from feed f where " FEEDS_LATE);

	arena_init(&a, 0);
	query_i64(&q, os_now());
	while (query_next(&q) == 1)
		*vec_add(&late) = arena_str(&a, query_get_text(&q, 0));
	query_run(&q);
	struct query back = db_query(n->state,
	        "update alert set ended = ?1, next = null where topic = 'feed' and ended is null and object "
	        "not in"
	        " (select f.name from feed f where " FEEDS_LATE ")");
	query_i64(&back, os_now());
	query_run(&back);
	for (size_t i = 0; i < late.n; i++)
		alert_open(n, STR("feed"), late.v[i], SEVERITY_MEDIUM,
		        arena_printf(&a, "the feed %.*s is late; weir feed list says since when",
		                STR_ARG(late.v[i])));
	vec_done(&late);
}

static void look_disk(struct node *n)
{
	unsigned used = os_disk_used(n->folder.p, NULL);
	char text[128];

	snprintf(text, sizeof(text),
	        "the disk is full to %u per cent; nothing is fetched, and soon nothing is taken", used);
	if (used >= ROOM_PULLS)
		alert_open(n, STR("disk"), STR(""), SEVERITY_CRITICAL, str_from(text));
	else
		end_alert(n, STR("disk"), STR(""));
}

/* ---- telling ------------------------------------------------------------------------------------- */

static void write_mail(struct node *n, const struct roster_person *p, uint64_t alert, unsigned step,
        struct str sentence, struct str severity, struct buf *ret, struct err *e)
{
	auto_buf struct buf text = {0}, subject = {0}, id = {0};
	struct str address = mime_address(n->country.mail.from), domain = str_rcut(address, '@').tail;
	uint8_t dice[8];

	os_random(dice, sizeof(dice));
	buf_printf(&id, "A%llu.%u.", (unsigned long long)alert, step);
	for (unsigned i = 0; i < sizeof(dice); i++)
		buf_printf(&id, "%02x", dice[i]);
	buf_printf(&id, "@%.*s", STR_ARG(domain.len != 0 ? domain : STR("localhost")));
	buf_printf(&subject, "[A%llu] %.*s: %.*s", (unsigned long long)alert, STR_ARG(severity),
	        STR_ARG(sentence));
	plural_printf(&text,
	        "%.*s\n\nPlease say that you have it, on the node: weir ack A%llu\n"
	        "Otherwise the next one on the roster is told in %llu minutes.\n",
	        STR_ARG(sentence), (unsigned long long)alert,
	        (unsigned long long)(n->country.roster.ack_within / 60));
	struct mime_letter m = {.from = n->country.mail.from,
	        .to = p->mail,
	        .subject = buf_str(&subject),
	        .text = buf_str(&text),
	        .message_id = buf_str(&id),
	        .date = os_now()};
	(void)mime_write(&m, ret, e);
}

static void write_webhook(
        const struct node *n, uint64_t alert, struct str sentence, struct str severity, struct buf *ret)
{
	auto_buf struct buf text = {0};

	buf_printf(&text, "[%.*s] A%llu %.*s: %.*s (weir ack A%llu)",
	        STR_ARG(n->country.name.len != 0 ? n->country.name : STR("weir")), (unsigned long long)alert,
	        STR_ARG(severity), STR_ARG(sentence), (unsigned long long)alert);
	buf_printf(ret, "{\"alert\": \"A%llu\", \"severity\": ", (unsigned long long)alert);
	buf_json(ret, severity);
	buf_add(ret, STR(", \"text\": "));
	buf_json(ret, buf_str(&text));
	buf_add(ret, STR("}\n"));
}

static void put_message(
        struct node *n, uint64_t alert, const struct roster_person *p, bool webhook, struct str bytes)
{
	struct str to = webhook ? p->webhook_file : p->mail;
	char object[32];
	struct cleared c;

	snprintf(object, sizeof(object), "alert A%llu", (unsigned long long)alert);
	if (bytes.len == 0 || !exit_clear(n->state, str_from(object), to, EXIT_STAFF, TLP_AMBER, bytes, &c))
		return;
	struct query q = db_query(n->state,
	        "insert into alert_message(alert, person, way, recipient, bytes, clearance, made) values (?, "
	        "?, ?, ?, ?, ?, ?)");
	query_u64(&q, alert);
	query_text(&q, p->person);
	query_text(&q, webhook ? STR("webhook") : STR("mail"));
	query_text(&q, to);
	query_blob(&q, bytes);
	query_u64(&q, c.id);
	query_i64(&q, os_now());
	query_run(&q);
}

/* To the next of those on duty; when all were told and nobody has it, from the first on again. */
static void tell(struct node *n, uint64_t alert, unsigned step, struct str sentence, struct str severity)
{
	const struct roster *r = &n->country.roster;
	auto_buf struct buf mail = {0}, webhook = {0};
	unsigned who = roster_next(r, step, n->country.zone, os_now());
	struct err e;

	if (who == ROSTER_PEOPLE)
		who = roster_next(r, 0, n->country.zone, os_now());
	if (who != ROSTER_PEOPLE) {
		const struct roster_person *p = &r->people[who];
		if (p->mail.len != 0 && n->country.mail.from.len != 0)
			write_mail(n, p, alert, who, sentence, severity, &mail, &e);
		if (p->webhook_file.len != 0)
			write_webhook(n, alert, sentence, severity, &webhook);
		put_message(n, alert, p, false, buf_str(&mail));
		put_message(n, alert, p, true, buf_str(&webhook));
	}
	struct query q = db_query(n->state, "update alert set step = ?, next = ? where id = ?");
	query_u64(&q, who == ROSTER_PEOPLE ? 0 : who + 1);
	query_i64(&q, os_now() + (int64_t)r->ack_within * SECOND);
	query_u64(&q, alert);
	query_run(&q);
}

static void tell_due(struct node *n)
{
	auto_arena struct arena a = {0};
	struct due {
		uint64_t id, step;
		struct str sentence, severity;
	};
	VEC(struct due) list = {0};
	struct query q = db_query(n->state,
	        "select id, step, sentence, severity from alert where next <= ? and acked is null and ended "
	        "is null"
	        " order by id limit 64");

	arena_init(&a, 0);
	query_i64(&q, os_now());
	while (query_next(&q) == 1)
		*vec_add(&list) = (struct due){query_get_u64(&q, 0), query_get_u64(&q, 1),
		        arena_str(&a, query_get_text(&q, 2)), arena_str(&a, query_get_text(&q, 3))};
	query_run(&q);
	for (size_t i = 0; i < list.n; i++)
		tell(n, list.v[i].id, (unsigned)list.v[i].step, list.v[i].sentence, list.v[i].severity);
	vec_done(&list);
}

int alert_look(struct node *n, int64_t *ret_next, struct err *e)
{
	db_begin(n->state);
	look_findings(n);
	call_look(n);
	expected_look(n);
	look_feeds(n);
	look_disk(n);
	look_count(n, "escalated",
	        "select count(*) from finding where escalated is not null and state <> 'closed'",
	        "%llu findings had letters without effect; weir findings --state escalated");
	look_count(n, "letters",
	        "select count(*) from notice n where state = 'refused' and not exists (select 1 from notice "
	        "m where m.follows = n.id)"
	        " and exists (select 1 from notice_item i join finding f on f.id = i.finding where i.notice "
	        "= n.id and f.state = 'open')",
	        "%llu letters were refused, and their owners have no other contact; weir notices --state "
	        "refused");
	look_count(n, "partners",
	        "select count(*) from case_entry n join case_ k on k.id = n.case_ where n.statement is not "
	        "null and "
	        "n.answered is null and k.ended is null and (n.bounced is not null or (n.state = 'refused' "
	        "and exists "
	        "(select 1 from outbox o where o.id = n.outbox and o.state = 'refused')))",
	        "%llu mails to partners without a node did not arrive; their cases say why, and 'weir case "
	        "list "
	        "--state undelivered' has the requests");
	if (n->country.roster.n > 0)
		tell_due(n);
	*ret_next = os_now() + LOOK;
	return db_commit(n->state, e);
}

/* ---- the post ------------------------------------------------------------------------------------ */

int alert_next(struct node *n, struct arena *a, struct alert_ready *ret, struct err *e)
{
	struct query q = db_query(n->state,
	        "select m.id, m.way = 'webhook', m.recipient, m.bytes from alert_message m join alert a on "
	        "a.id = m.alert"
	        " where m.state = 'ready' and coalesce(m.next_try, 0) <= ? order by m.id limit 1");

	query_i64(&q, os_now());
	int rc = query_next(&q);
	if (rc == 1) {
		*ret = (struct alert_ready){.id = query_get_u64(&q, 0),
		        .webhook = query_get_u64(&q, 1) != 0,
		        .to = arena_str(a, query_get_text(&q, 2)),
		        .bytes = arena_str(a, query_get_blob(&q, 3))};
		digest_of(ret->bytes, ret->sha256);
	}
	int done = query_done(&q, e);
	return done != 0 ? done : rc;
}

int alert_answer(struct node *n, uint64_t message, unsigned code, struct str text, struct err *e)
{
	bool taken = code >= 200 && code < 300, refused = code >= 500;

	db_begin(n->state);
	struct query q = db_query(n->state,
	        "update alert_message set state = ?, sent = ?, tries = tries + 1, next_try = ?, answer = ? "
	        "where id = ? and state = 'ready'");
	query_text(&q, taken ? STR("sent") : refused ? STR("refused") : STR("ready"));
	if (taken)
		query_i64(&q, os_now());
	else
		query_null(&q);
	query_i64(&q, os_now() + 30 * SECOND);
	query_text(&q, text);
	query_u64(&q, message);
	query_run(&q);
	/* who cannot be reached does not hold up the next one */
	if (refused) {
		struct query next = db_query(n->state,
		        "update alert set next = ? where id = (select alert from alert_message where id = ?) "
		        "and next is not null");
		query_i64(&next, os_now());
		query_u64(&next, message);
		query_run(&next);
	}
	return db_commit(n->state, e);
}
