/* SPDX-License-Identifier: Apache-2.0 */
#include "see/call.h"
#include "base/os.h"
#include "see/alert.h"
#include "see/change_in.h"

/* Letters that come due at one time and have an alert each. */
#define CALLS_SINGLY 8

/* A person has answered it, or another letter that tells of the same. */
#define ANSWERED                                                                                             \
	" exists (select 1 from notice_item i join notice_item j on j.finding = i.finding"                   \
	" join message m on m.notice = j.notice and m.kind = 'answer' where i.notice = notice.id)"
#define OPEN                                                                                                 \
	" exists (select 1 from notice_item i join finding f on f.id = i.finding where i.notice = notice.id" \
	" and f.state not in ('closed', 'quiet'))"

void call_asked(struct node *n, uint64_t notice, uint32_t seconds)
{
	if (seconds == 0)
		return;
	struct query q = db_query(
	        n->state, "update notice set call_after = min(coalesce(call_after, ?1), ?1) where id = ?2");

	query_u64(&q, seconds);
	query_u64(&q, notice);
	query_run(&q);
}

/* Those whose call is not needed any more, and the alerts about them. */
static void settle(struct node *n)
{
	struct query q = db_query(n->state,
	        "update notice set call_at = null where call_at is not null and (called is not null or state "
	        "<> 'sent' or" ANSWERED " or not" OPEN ")");

	query_run(&q);
	struct query end = db_query(n->state,
	        "update alert set ended = ?, next = null where topic = 'call' and ended is null and not "
	        "exists"
	        " (select 1 from notice where call_at is not null and (ticket = object or (object = '' and "
	        "call_due is not null)))");
	query_i64(&end, os_now());
	query_run(&end);
}

struct unread {
	uint64_t id, after;
	struct str ticket, owner, phone;
	enum severity severity;
};

/* What was read of a letter that nobody answered; how bad it is comes from what is open of it. */
static bool next_unread(struct node *n, struct arena *a, struct unread *ret)
{
	struct query q = db_query(n->state,
	        "select notice.id, call_after, ticket, o.ref, c.phone,"
	        " (select group_concat(distinct f.severity) from notice_item i join finding f on f.id = "
	        "i.finding"
	        " where i.notice = notice.id and f.state not in ('closed', 'quiet'))"
	        " from notice join contact c on c.id = contact join owner o on o.id = c.owner"
	        " where call_at <= ? and call_due is null order by call_at, notice.id limit 1");
	struct str rest, word;

	query_i64(&q, os_now());
	bool there = query_next(&q) == 1;
	if (there) {
		*ret = (struct unread){.id = query_get_u64(&q, 0),
		        .after = query_get_u64(&q, 1),
		        .ticket = arena_str(a, query_get_text(&q, 2)),
		        .owner = arena_str(a, query_get_text(&q, 3)),
		        .phone = arena_str(a, query_get_text(&q, 4))};
		for (rest = query_get_text(&q, 5); rest.len > 0;) {
			struct str_cut cut = str_cut(rest, ',');
			enum severity s = severity_find(word = cut.head);
			ret->severity = s > ret->severity ? s : ret->severity;
			rest = cut.tail;
		}
	}
	query_run(&q);
	return there;
}

static struct str duration(struct arena *a, uint64_t seconds)
{
	static const struct {
		uint64_t seconds;
		const char *one;
	} units[] = {{86400, "days"}, {3600, "hours"}, {60, "minutes"}};

	for (unsigned i = 0; i < 3; i++)
		if (seconds % units[i].seconds == 0 && seconds / units[i].seconds > 1)
			return arena_printf(
			        a, "%llu %s", (unsigned long long)(seconds / units[i].seconds), units[i].one);
	return arena_printf(a, "%llu minutes", (unsigned long long)(seconds / 60));
}

static void mark(struct node *n, uint64_t notice)
{
	struct query q = db_query(n->state, "update notice set call_due = ? where id = ?");

	query_i64(&q, os_now());
	query_u64(&q, notice);
	query_run(&q);
}

static void wake(struct node *n, struct arena *a, const struct unread *u)
{
	struct str after = duration(a, u->after);
	struct str how = u->phone.len != 0 ? arena_printf(a, "telephone %.*s", STR_ARG(u->phone))
	                                   : STR("telephone the contact, whose number the register lacks");

	alert_open(n, STR("call"), u->ticket, u->severity,
	        arena_printf(a,
	                "nobody at %.*s has answered the letter N%llu within %.*s: %.*s; then weir notice "
	                "called N%llu",
	                STR_ARG(u->owner), (unsigned long long)u->id, STR_ARG(after), STR_ARG(how),
	                (unsigned long long)u->id));
}

/* One for all: whoever has so many calls to make needs a list, not a mail for each. */
static void wake_for_all(struct node *n, struct arena *a, uint64_t count, enum severity worst)
{
	alert_open(n, STR("call"), STR(""), worst,
	        arena_printf(a,
	                "%llu letters have no answer in the time of their rule: weir notices --state call "
	                "lists them, weir why N... says whom to telephone",
	                (unsigned long long)count));
}

static uint64_t count_unread(struct node *n)
{
	struct query q =
	        db_query(n->state, "select count(*) from notice where call_at <= ? and call_due is null");
	uint64_t count = 0;

	query_i64(&q, os_now());
	if (query_next(&q) == 1)
		count = query_get_u64(&q, 0);
	query_run(&q);
	return count;
}

void call_look(struct node *n)
{
	enum severity worst = SEVERITY_NONE;
	struct unread u;
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	if (clock_doubtful(n))
		return;
	settle(n);
	uint64_t count = count_unread(n);
	while (next_unread(n, &a, &u)) {
		mark(n, u.id);
		worst = u.severity > worst ? u.severity : worst;
		if (count <= CALLS_SINGLY)
			wake(n, &a, &u);
	}
	if (count > CALLS_SINGLY)
		wake_for_all(n, &a, count, worst);
}

int change_called(struct change *c, struct err *e)
{
	struct str note = str_trim(change_param(c, "note"));
	char state[32];
	uint64_t id;

	if (change_id(c, 'N', &id, e) != 0)
		return ERR_USAGE;
	if (note.len == 0)
		return err_set(
		        e, ERR_USAGE, "--note says who was reached and what was said, or that nobody was");
	change_state(c,
	        "select case when called is not null then 'called' else state end from notice where id = ?",
	        id, state, sizeof(state));
	if (state[0] == 0)
		return err_set(e, ERR_MISSING, "there is no letter N%llu", (unsigned long long)id);
	if (str_eq(str_from(state), STR("called")))
		return err_set(e, ERR_VALUE,
		        "about N%llu somebody has called already; weir why N%llu says who",
		        (unsigned long long)id, (unsigned long long)id);
	if (!str_eq(str_from(state), STR("sent")))
		return err_set(e, ERR_VALUE,
		        "N%llu is %s: only about a letter that was sent somebody can call",
		        (unsigned long long)id, state);
	struct query q = db_query(c->node->state,
	        "update notice set called = ?, called_by = ?, call_note = ?, call_at = null where id = ?");
	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_text(&q, note);
	query_u64(&q, id);
	query_run(&q);
	change_about(c, 'N', id, note);
	buf_printf(c->said, "the call about N%llu is kept; nobody is asked to call any more\n",
	        (unsigned long long)id);
	return 0;
}
