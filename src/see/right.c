/* SPDX-License-Identifier: Apache-2.0 */
#include "see/right.h"
#include "base/os.h"
#include "see/notice.h"
#include "see/quiet.h"

/* As a rule's 'digest: "workday 09:00"' (notice.digest): nobody is asked on a holiday, or at night. */
#define MORNING (1 + 8 * 1440 + 9 * 60)

int64_t right_when(const struct right_state *s)
{
	if (s->waits || s->unwritable || s->under_way || s->times >= RIGHT_TIMES)
		return INT64_MAX;
	int64_t at = s->confirmed + RIGHT_AFTER;
	if (s->times > 0 && at < s->asked + RIGHT_AGAIN)
		at = s->asked + RIGHT_AGAIN;
	/* one that was taken back is not written again the next morning */
	if (s->opened != 0 && at < s->opened + RIGHT_AGAIN)
		at = s->opened + RIGHT_AGAIN;
	return at;
}

void right_known(struct db *db, int64_t now)
{
	struct query q = db_query(db,
	        "insert into contact_asked(contact, confirmed) select id, ?1 from contact where gone is null "
	        "and id > (select coalesce(max(contact), 0) from contact_asked)");

	query_i64(&q, now);
	query_run(&q);
}

/* ---- opening ------------------------------------------------------------------------------------- */

struct asking {
	uint32_t contact;
	uint64_t before; /* the letter that has asked already; 0: none */
};

static bool may_ask(const struct node *n)
{
	const struct country *c = &n->country;

	return c->contacts.ask && !c->sample && c->mail.mode != MAIL_SHADOW && c->mail.from.len != 0 &&
	        n->answers.len != 0 && c->door.answers != 0;
}

/* What is no longer to be asked is not. */
static void take_back(struct node *n)
{
	struct query q = db_query(n->state,
	        "update notice set state = 'withdrawn', answer = 'its contact is no longer in the register, "
	        "or was confirmed meanwhile' where state = 'due' and kind = 'right' and exists (select 1 "
	        "from contact c join owner o on o.id = c.owner left join contact_asked k on k.contact = c.id "
	        "where c.id = notice.contact and (c.gone is not null or o.gone is not null or k.waits is not "
	        "null or k.confirmed > notice.opened))");

	query_run(&q);
}

static bool is_under_way(struct node *n)
{
	struct query q =
	        db_query(n->state, "select 1 from notice where state = 'due' and kind = 'right' limit 1");
	bool is = query_next(&q) == 1;

	query_run(&q);
	return is;
}

/* Who has been right for longest, first. */
#define OLDEST                                                                                               \
	"select c.id, c.email, coalesce(k.confirmed, 0), coalesce(k.asked, 0), k.times, k.waits is not "     \
	"null, c.broken is not null, coalesce((select max(opened) from notice where contact = c.id and "     \
	"kind "                                                                                              \
	"= 'right'), 0), exists (select 1 from notice where contact = c.id and kind = 'right' and state in " \
	"('due', 'held', 'ready')), coalesce((select max(id) from notice where contact = c.id and kind = "   \
	"'right' and state = 'sent'), 0) from contact c join owner o on o.id = c.owner join contact_asked "  \
	"k "                                                                                                 \
	"on k.contact = c.id where c.gone is null and o.gone is null and coalesce(k.confirmed, 0) < ?1 "     \
	"order by k.confirmed, c.id"

static unsigned find(struct node *n, int64_t now, struct asking *ret, unsigned most)
{
	struct query q = db_query(n->state, OLDEST);
	unsigned count = 0;

	query_i64(&q, now - RIGHT_AFTER);
	while (count < most && query_next(&q) == 1) {
		struct right_state s = {.confirmed = query_get_i64(&q, 2),
		        .asked = query_get_i64(&q, 3),
		        .times = query_get_u64(&q, 4),
		        .waits = query_get_u64(&q, 5) != 0,
		        .unwritable = query_get_u64(&q, 6) != 0 ||
		                quiet_contact(n, query_get_text(&q, 1), STR(""), now) != NULL,
		        .opened = query_get_i64(&q, 7),
		        .under_way = query_get_u64(&q, 8) != 0};
		if (right_when(&s) <= now)
			ret[count++] = (struct asking){
			        (uint32_t)query_get_u64(&q, 0), s.times > 0 ? query_get_u64(&q, 9) : 0};
	}
	query_run(&q);
	return count;
}

static void open_one(struct node *n, const struct asking *a, int64_t now)
{
	uint64_t id = notice_open(n,
	        &(struct notice_new){.contact = a->contact,
	                .class = STR(""),
	                .send_at = notice_digest_for(n, a->contact, now, MORNING),
	                .follows = a->before,
	                .kind = NOTICE_RIGHT});
	struct query q = db_query(n->state, "update notice set label = 'AMBER' where id = ?");

	query_u64(&q, id);
	query_run(&q);
}

int right_open(struct node *n, bool dry_run, unsigned *ret, struct err *e)
{
	auto_arena struct arena a = {0};
	int64_t now = os_now();

	arena_init(&a, 0);
	*ret = 0;
	db_begin(n->state);
	right_known(n->state, now);
	if (!dry_run && may_ask(n)) {
		unsigned most = (unsigned)n->country.contacts.per_day;
		struct asking *all = arena_array(&a, most, sizeof(*all));
		take_back(n);
		*ret = is_under_way(n) ? 0 : find(n, now, all, most);
		for (unsigned i = 0; i < *ret; i++)
			open_one(n, &all[i], now);
	}
	return db_commit(n->state, e);
}

/* ---- what became of it --------------------------------------------------------------------------- */

#define ITS_CONTACT "contact = (select contact from notice where id = ?1)"

void right_asked(struct node *n, uint64_t notice)
{
	struct query q = db_query(
	        n->state, "update contact_asked set asked = ?2, times = times + 1 where " ITS_CONTACT);

	query_u64(&q, notice);
	query_i64(&q, os_now());
	query_run(&q);
}

void right_confirm(struct node *n, uint64_t notice)
{
	struct query q = db_query(n->state,
	        "update contact_asked set confirmed = ?2, asked = null, times = 0, waits = null, notice = ?1 "
	        "where " ITS_CONTACT);

	query_u64(&q, notice);
	query_i64(&q, os_now());
	query_run(&q);
}

void right_waits(struct node *n, uint64_t notice)
{
	struct query q = db_query(n->state, "update contact_asked set waits = ?2 where " ITS_CONTACT);

	query_u64(&q, notice);
	query_i64(&q, os_now());
	query_run(&q);
}

void right_heard(struct node *n, uint64_t notice, struct str from)
{
	struct query q = db_query(n->state,
	        "select n.kind = 'right', c.email = ?2 collate nocase from notice n join contact c on c.id = "
	        "n.contact where n.id = ?1");
	bool asks = false, theirs = false;

	query_u64(&q, notice);
	query_text(&q, from.p != NULL ? from : STR(""));
	if (query_next(&q) == 1) {
		asks = query_get_u64(&q, 0) != 0;
		theirs = query_get_u64(&q, 1) != 0;
	}
	query_run(&q);
	if (asks)
		right_waits(n, notice);
	else if (theirs)
		right_confirm(n, notice);
}

bool right_is_confirmed(struct node *n, uint64_t notice)
{
	struct query q = db_query(n->state,
	        "select 1 from contact_asked k where k.notice = ?1 and k.waits is null and k." ITS_CONTACT);

	query_u64(&q, notice);
	bool is = query_next(&q) == 1;
	query_run(&q);
	return is;
}
