/* SPDX-License-Identifier: Apache-2.0
 *
 * What is to be quiet: a class, a place or a contact until a date; and all that was there on the first day. Quiet is not
 * closed: findings are seen and counted as before, nobody is told. What is worse than before stays quiet as well.
 */
#include "base/os.h"
#include "base/plural.h"
#include "event/addr.h"
#include "event/value.h"
#include "see/change_in.h"
#include "see/notice.h"
#include "see/quiet.h"
#include "state/finding.h"

#define YEAR (366 * (int64_t)86400 * 1000000)

struct wanted {
	struct str class, place, contact, why;
	int64_t until;
};

static int check_place(struct str place, struct err *e)
{
	struct prefix p;
	bool host;
	char shown[80];

	if (!str_has(place, '/') || prefix_parse(place, &p, &host))
		return 0;
	return err_set(e, ERR_USAGE, "'%s' is no prefix such as 192.0.2.0/24",
	        err_quote(shown, sizeof(shown), place).p);
}

/* Findings have the one name of a type, whatever it is called elsewhere. */
static int check_class(struct str *class, struct err *e)
{
	enum event_type type = type_find(*class), near = type_nearest(*class);
	char shown[80];

	if (class->len == 0)
		return 0;
	if (type != TYPE_NONE) {
		*class = type_table[type].name;
		return 0;
	}
	err_quote(shown, sizeof(shown), *class);
	if (near != TYPE_NONE)
		return err_set(e, ERR_USAGE, "there is no class '%s'; did you mean '%.*s'?", shown,
		        STR_ARG(type_table[near].name));
	return err_set(e, ERR_USAGE, "there is no class '%s'; 'weir docs taxonomy' lists them", shown);
}

static int read_wanted(const struct change *c, struct wanted *w, struct err *e)
{
	struct str until = change_param(c, "until");
	int64_t now = os_now();
	char shown[80];

	*w = (struct wanted){.class = change_param(c, "class"),
	        .place = change_param(c, "ip"),
	        .contact = change_param(c, "contact"),
	        .why = str_trim(change_param(c, "why"))};
	if (w->place.len == 0)
		w->place = change_param(c, "name");
	if (w->class.len + w->place.len + w->contact.len == 0)
		return err_set(
		        e, ERR_USAGE, "what is to be quiet? --class, --ip, --name or --contact says it");
	if (w->place.len != 0 && w->contact.len != 0)
		return err_set(e, ERR_USAGE, "a place or a contact: two commands are needed for both");
	if (check_class(&w->class, e) != 0)
		return ERR_USAGE;
	if (w->why.len == 0)
		return err_set(
		        e, ERR_USAGE, "--why says for what reason; whoever wonders later will need it");
	if (until.len == 0 || !value_time(until, NULL, &w->until))
		return err_set(e, ERR_USAGE, "--until '%s' is no time such as 2026-01-05 or 2026-01-05T08:00",
		        err_quote(shown, sizeof(shown), until).p);
	if (w->until <= now || w->until > now + YEAR)
		return err_set(e, ERR_USAGE, "--until lies in the future, and not more than a year ahead");
	return w->place.len != 0 ? check_place(w->place, e) : 0;
}

static uint64_t insert(struct change *c, const struct wanted *w)
{
	struct query q = db_query(c->node->state,
	        "insert into quiet(class, place, contact, until, why, person, made) values (?, ?, ?, ?, ?, "
	        "?, ?)");
	const struct str texts[] = {w->class, w->place, w->contact};

	for (unsigned i = 0; i < 3; i++)
		query_text(&q, texts[i].p != NULL ? texts[i] : STR(""));
	query_i64(&q, w->until);
	query_text(&q, w->why);
	query_text(&q, c->person);
	query_i64(&q, os_now());
	query_run(&q);
	return db_last_id(c->node->state);
}

/* Findings that are there already: out of letters that are not sealed, and still. Returns how many. */
static uint64_t still_those(struct change *c, const struct wanted *w, uint64_t quiet)
{
	struct db *db = c->node->state;
	VEC(uint64_t) ids = {0};
	struct query q = db_query(
	        db, "select id, place from finding where state <> 'closed' and (?1 = '' or class = ?1)");

	query_text(&q, w->class.p != NULL ? w->class : STR(""));
	while (query_next(&q) == 1)
		if (w->place.len == 0 || quiet_place(w->place, query_get_text(&q, 1)))
			*vec_add(&ids) = query_get_u64(&q, 0);
	query_run(&q);
	for (size_t i = 0; i < ids.n; i++) {
		struct query out = db_query(db,
		        "delete from notice_item where finding = ? and notice in (select id from notice "
		        "where state = 'due')");
		query_u64(&out, ids.v[i]);
		query_run(&out);
		finding_still(db, ids.v[i], quiet, w->until);
	}
	uint64_t n = ids.n;
	vec_done(&ids);
	return n;
}

/* Letters that lost rows tell of fewer; those that lost all do not go. */
static uint64_t recount(struct db *db)
{
	struct query count = db_query(db,
	        "update notice set findings = (select count(*) from notice_item where notice = notice.id)"
	        " where state = 'due' and kind not in ('correction', 'campaign', 'right')");
	query_run(&count);
	struct query empty = db_query(db,
	        "update notice set state = 'withdrawn', answer = 'its findings are to be quiet'"
	        " where state = 'due' and kind not in ('correction', 'campaign', 'right') and findings = "
	        "0");
	query_run(&empty);
	return db_changes(db);
}

/* Letters to a contact that are not sealed do not go; what they tell is quiet, unless another contact hears it. */
static uint64_t still_contact(struct change *c, const struct wanted *w, uint64_t quiet)
{
	struct db *db = c->node->state;
	struct query still = db_query(db,
	        "update finding set state = 'quiet', quiet = ?1, next = ?2 where state = 'open' and id in"
	        " (select i.finding from notice_item i join notice n on n.id = i.notice join contact k on "
	        "k.id = n.contact"
	        " where n.state = 'due' and k.email = ?3 collate nocase and (?4 = '' or n.class = ?4))"
	        " and not exists (select 1 from notice_item i join notice n on n.id = i.notice join contact "
	        "k on k.id = n.contact"
	        " where i.finding = finding.id and n.state = 'due' and k.email <> ?3 collate nocase)");

	query_u64(&still, quiet);
	query_i64(&still, w->until);
	query_text(&still, w->contact);
	query_text(&still, w->class.p != NULL ? w->class : STR(""));
	query_run(&still);
	uint64_t n = db_changes(db);
	struct query out = db_query(db,
	        "update notice set state = 'withdrawn', answer = 'its contact is to be quiet' where state = "
	        "'due'"
	        " and (?2 = '' or class = ?2) and contact in (select id from contact where email = ?1 "
	        "collate nocase)");
	query_text(&out, w->contact);
	query_text(&out, w->class.p != NULL ? w->class : STR(""));
	query_run(&out);
	return n;
}

int change_quiet(struct change *c, struct err *e)
{
	struct wanted w;

	if (read_wanted(c, &w, e) != 0)
		return ERR_USAGE;
	uint64_t id = insert(c, &w);
	uint64_t findings = w.contact.len != 0 ? still_contact(c, &w, id) : still_those(c, &w, id);
	uint64_t letters = w.contact.len != 0 ? db_changes(c->node->state) : recount(c->node->state);
	c->quiets = true;
	change_about(c, 'Q', id, w.why);
	plural_printf(c->said, "Q%llu: %llu findings are quiet, %llu letters that were due do not go\n",
	        (unsigned long long)id, (unsigned long long)findings, (unsigned long long)letters);
	return 0;
}

int change_quiet_end(struct change *c, struct err *e)
{
	char state[32];
	uint64_t id;

	if (change_id(c, 'Q', &id, e) != 0)
		return ERR_USAGE;
	change_state(c,
	        "select case when lifted is not null then 'ended' else 'there' end from quiet where id = ?",
	        id, state, sizeof(state));
	if (!str_eq(str_from(state), STR("there")))
		return err_set(e, state[0] == 0 ? ERR_MISSING : ERR_VALUE,
		        state[0] == 0 ? "there is no Q%llu" : "Q%llu has ended already",
		        (unsigned long long)id);
	struct query q = db_query(c->node->state, "update quiet set lifted = ? where id = ?");
	query_i64(&q, os_now());
	query_u64(&q, id);
	query_run(&q);
	struct query wake =
	        db_query(c->node->state, "update finding set next = ? where state = 'quiet' and quiet = ?");
	query_i64(&wake, os_now());
	query_u64(&wake, id);
	query_run(&wake);
	c->quiets = true;
	change_about(c, 'Q', id, STR(""));
	plural_printf(c->said, "Q%llu has ended; %llu findings are looked at again\n", (unsigned long long)id,
	        (unsigned long long)db_changes(c->node->state));
	return 0;
}

/* What the old system has told of is not told once more by this one. */
int change_baseline(struct change *c, struct err *e)
{
	struct db *db = c->node->state;

	(void)e;
	struct query out = db_query(db,
	        "update notice set state = 'withdrawn', answer = 'known from the first day' where state in "
	        "('due', 'held', 'ready')"
	        " and kind = 'new' and id <> ?");
	query_u64(&out, c->node->sending);
	query_run(&out);
	uint64_t letters = db_changes(db);
	struct query q = db_query(
	        db, "update finding set state = 'quiet', quiet = 0, next = null where state = 'open'");
	query_run(&q);
	uint64_t findings = db_changes(db);
	snprintf(c->object, sizeof(c->object), "findings");
	snprintf(c->detail, sizeof(c->detail), "%llu findings, %llu letters", (unsigned long long)findings,
	        (unsigned long long)letters);
	plural_printf(c->said,
	        "%llu open findings are known from the first day and told to nobody; %llu letters do not "
	        "go\n",
	        (unsigned long long)findings, (unsigned long long)letters);
	return 0;
}
