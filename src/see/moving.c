/* SPDX-License-Identifier: Apache-2.0 */
#include "see/moving.h"
#include "base/os.h"
#include "event/value.h"
#include "see/change.h"
#include "see/notice.h"
#include "see/quiet.h"
#include "state/finding.h"

#define SHOWN 10 /* lines of a report */

struct finding_row {
	uint64_t id, receipt, event, root;
	uint32_t owner; /* by the new generation */
	enum finding_state state;
	uint32_t rule;  /* 0: of other rules than those in use */
	int64_t within; /* seconds; 0: no deadline */
	enum tlp label;
	bool wanted; /* somebody is to be told of it */
	struct key_facts key;
};
struct moving {
	struct node *n;
	const struct know *now;
	struct str person;
	struct buf *said;
	struct arena arena;
	VEC(struct finding_row) rows;
	struct known_table moved; /* their new keys */
	struct notice_cache notices;
	struct moving_counts c;
	uint64_t stay_example;
};

/* ---- whose --------------------------------------------------------------------------------------- */

/* The owner of a place as the finding's row has it; 0: nobody, or the place does not say. */
static uint32_t whose(const struct know *k, struct str place)
{
	struct know_answer answer = {0};
	char text[NAME_MAX_BYTES + 1];
	struct str host = place;
	struct addr addr;
	size_t len;

	if (str_find_str(place, 0, STR("://")) != SIZE_MAX) {
		host = str_skip(place, str_find_str(place, 0, STR("://")) + 3);
		size_t end = 0;
		while (end < host.len && host.p[end] != '/' && host.p[end] != '?' && host.p[end] != '#')
			end++;
		host = str_sub(host, 0, end);
		struct str_cut user = str_rcut(host, '@');
		host = user.ok ? user.tail : host;
		if (str_starts(host, STR("[")))
			host = str_cut(str_skip(host, 1), ']').head;
		else
			host = str_cut(host, ':').head;
	}
	if (addr_parse(host, &addr))
		know_whose(k, know_addr(k, &addr), (struct str){0}, 0, &answer);
	else if (value_fqdn(host, text, &len))
		know_whose(k, NULL, str_make(text, len), 0, &answer);
	return answer.owner;
}

static struct str id_of(const struct know *k, uint32_t owner)
{
	const struct know_owner *o = know_owner(k, owner);

	return o != NULL ? o->id : (struct str){0};
}

/* ---- which --------------------------------------------------------------------------------------- */

static void keep(struct moving *m, const struct query *q, uint32_t owner, struct str to)
{
	struct finding_row *r = vec_add(&m->rows);
	struct str decision = query_get_text(q, 10), key = query_get_blob(q, 1);
	int64_t due = query_get_i64(q, 13);

	*r = (struct finding_row){.id = query_get_u64(q, 0),
	        .receipt = query_get_u64(q, 8),
	        .event = query_get_u64(q, 9),
	        .root = query_get_u64(q, 15),
	        .owner = owner,
	        .state = finding_state_find(query_get_text(q, 7)),
	        .rule = query_get_u64(q, 11) == m->n->ruleset ? (uint32_t)query_get_u64(q, 12) : 0,
	        .within = due != 0 ? (due - query_get_i64(q, 14)) / 1000000 : 0,
	        .label = (enum tlp)tlp_find(query_get_text(q, 16)),
	        .wanted = str_eq(decision, STR("notify")) || str_eq(decision, STR("digest")) ||
	                str_eq(decision, STR("nobody"))};
	r->key = (struct key_facts){.secret = m->n->secret,
	        .owner = arena_str(&m->arena, query_get_text(q, 2)),
	        .to = to,
	        .type = type_find(query_get_text(q, 3)),
	        .ident = arena_str(&m->arena, query_get_text(q, 4)),
	        .malware = arena_str(&m->arena, query_get_text(q, 5)),
	        .place = arena_str(&m->arena, query_get_text(q, 6)),
	        .port = (uint16_t)query_get_u64(q, 17)};
	if (key.len == sizeof(r->key.key))
		memcpy(r->key.key, key.p, key.len);
}

/* Those whose place tells whose they are, and tells somebody else by the new register. They are collected first, since
 * a table is not walked and changed at once. */
static void find_rows(struct moving *m)
{
	struct query q = db_query(m->n->state,
	        "select f.id, f.key, o.ref, f.class, f.ident, f.malware, f.place, f.state, f.receipt, "
	        "f.event, "
	        "f.decision,"
	        " f.ruleset, f.rule, coalesce(f.due, 0), r.received, r.root, f.label, f.port"
	        " from finding f join owner o on o.id = f.owner join receipt r on r.id = f.receipt"
	        " where f.merged is null and (f.state <> 'closed' or f.why in ('false-positive', "
	        "'accepted-risk'))"
	        " order by f.id");

	while (query_next(&q) == 1) {
		struct str place = query_get_text(&q, 6), owner = query_get_text(&q, 2);
		uint32_t to = whose(m->now, place);
		struct str to_id = id_of(m->now, to);
		if (str_eq(to_id, owner) ||
		        !str_eq(id_of(m->n->country.know, whose(m->n->country.know, place)), owner))
			continue;
		if (to == 0) {
			m->stay_example = m->c.stay++ == 0 ? query_get_u64(&q, 0) : m->stay_example;
			continue;
		}
		keep(m, &q, to, to_id);
	}
	query_run(&q);
}

/* ---- letters ------------------------------------------------------------------------------------- */

static uint32_t contact_id(struct moving *m, struct str owner, struct str email)
{
	struct query q = db_query(m->n->state,
	        "select c.id from contact c join owner o on o.id = c.owner where o.ref = ? and c.email = ?");
	uint32_t id = 0;

	query_text(&q, owner);
	query_text(&q, email);
	if (query_next(&q) == 1)
		id = (uint32_t)query_get_u64(&q, 0);
	query_run(&q);
	return id;
}

/* True if a letter about it has gone to that address, or is sealed and goes. */
static bool had_letter(struct moving *m, uint64_t finding, struct str email)
{
	struct query q = db_query(m->n->state,
	        "select 1 from notice_item i join notice n on n.id = i.notice join contact c on c.id = "
	        "n.contact"
	        " where i.finding = ? and c.email = ? and n.state in ('held', 'ready', 'sent')");

	query_u64(&q, finding);
	query_text(&q, email);
	bool had = query_next(&q) == 1;
	query_run(&q);
	return had;
}

enum telling { TELL_NOBODY, TELL_NEW /* who had no letter of it */, TELL_ALL };
/* The contacts of the new owner that want such a thing; *ret_new: whether one of them gets a letter. */
static uint32_t tell(struct moving *m, const struct finding_row *r, enum telling how, bool *ret_new)
{
	const struct know_owner *o = know_owner(m->now, r->owner);
	struct rule_view rule = {0};
	uint32_t mask = 0;

	(void)rules_view(m->n->country.rules, r->rule, &rule);
	struct verdict v = {.decision = rule.digest_day != 0 ? DECISION_DIGEST : DECISION_NOTIFY,
	        .rule = r->rule,
	        .due = (uint32_t)(r->within > 0 ? r->within : 0)};
	struct notice_about about = {.verdict = &v,
	        .type = r->key.type,
	        .place = r->key.place,
	        .finding = r->id,
	        .receipt = r->receipt,
	        .root = r->root,
	        .event = r->event,
	        .received = os_now()};
	struct str class = type_table[r->key.type].name;
	const struct quiet *still = quiet_find(m->n, class, r->key.place, os_now());
	*ret_new = false;
	if (how != TELL_NOBODY && still != NULL) {
		finding_still(m->n->state, r->id, still->id, still->until);
		how = TELL_NOBODY;
	}
	for (uint32_t i = 0; i < o->ncontacts && i < KNOW_CONTACTS_MAX; i++) {
		if (r->key.type != TYPE_NONE && !(o->contacts[i].types >> r->key.type & 1))
			continue;
		mask |= (uint32_t)1 << i;
		uint32_t contact = contact_id(m, o->id, o->contacts[i].email);
		if (how == TELL_NOBODY || contact == 0 || notice_broken(m->n, contact) ||
		        quiet_contact(m->n, o->contacts[i].email, class, os_now()) != NULL ||
		        (how == TELL_NEW && had_letter(m, r->id, o->contacts[i].email)))
			continue;
		notice_add_to(m->n, &m->notices, &about, contact);
		*ret_new = true;
	}
	return mask;
}

/* ---- moving -------------------------------------------------------------------------------------- */

static void audit(struct moving *m, const struct finding_row *r, uint64_t into)
{
	char object[32], detail[512];

	snprintf(object, sizeof(object), "F%llu", (unsigned long long)r->id);
	int at = snprintf(
	        detail, sizeof(detail), "from %.*s to %.*s", STR_ARG(r->key.owner), STR_ARG(r->key.to));
	if (into != 0)
		snprintf(detail + at, sizeof(detail) - (size_t)at, ", goes on as F%llu",
		        (unsigned long long)into);
	change_audit(m->n, m->person, "finding-move", object, detail);
}

static void line(struct moving *m, const struct finding_row *r, uint64_t into)
{
	if (m->c.moved > SHOWN)
		return;
	buf_printf(m->said, "  F%llu %.*s %.*s: from %.*s to %.*s", (unsigned long long)r->id,
	        STR_ARG(type_table[r->key.type].name), STR_ARG(r->key.place), STR_ARG(r->key.owner),
	        STR_ARG(r->key.to));
	if (into != 0)
		buf_printf(m->said, ", goes on as F%llu", (unsigned long long)into);
	buf_char(m->said, '\n');
}

static void put_moved(struct moving *m, const struct finding_row *r, const uint8_t key[16])
{
	bool awake = r->state != FINDING_QUIET && r->state != FINDING_CLOSED, news = false;
	int64_t due = r->within > 0 ? os_now() + r->within * 1000000 : 0;
	uint32_t mask = 0;

	notice_take_out(m->n, r->id);
	if (r->wanted)
		mask = tell(m, r, awake ? TELL_NEW : TELL_NOBODY, &news);
	struct query q = db_query(m->n->state,
	        "update finding set key = ?1, owner = (select id from owner where ref = ?2), contacts = ?3,"
	        " state = case when ?4 then 'open' else state end, told = case when ?4 then null else told "
	        "end,"
	        " due = case when ?4 and ?5 > 0 then ?5 else due end,"
	        " letters = case when ?4 then 0 else letters end, next = case when ?4 then null else next "
	        "end,"
	        " back = case when ?4 then null else back end,"
	        " escalated = case when ?4 then null else escalated end,"
	        " decision = case when ?6 then ?7 else decision end where id = ?8");
	query_blob(&q, str_make((const char *)key, 16));
	query_text(&q, r->key.to);
	query_u64(&q, mask);
	query_u64(&q, news);
	query_i64(&q, due);
	query_u64(&q, r->wanted);
	query_text(&q, mask == 0 ? STR("nobody") : STR("notify"));
	query_u64(&q, r->id);
	query_run(&q);
	m->c.told += news;
}

#define STAYS "coalesce(why, '') in ('false-positive', 'accepted-risk')"

/* True if the finding is closed and opens again when it is seen. */
static bool is_over(struct moving *m, uint64_t id)
{
	struct query q = db_query(
	        m->n->state, "select 1 from finding where id = ? and state = 'closed' and not " STAYS);

	query_u64(&q, id);
	bool over = query_next(&q) == 1;
	query_run(&q);
	return over;
}

/* The new owner's finding goes on: it is as old as the older and as young as the younger, and open if either is; events
 * stay counted where the days have them. One that was over is back, and told of as such. */
static void put_merged(struct moving *m, const struct finding_row *r, uint64_t into)
{
	bool back = r->state != FINDING_CLOSED && is_over(m, into), news = false;
	struct finding_row as = *r;

	as.id = into;
	notice_take_out(m->n, r->id);
	if (back && r->wanted)
		tell(m, &as, r->state != FINDING_QUIET ? TELL_ALL : TELL_NOBODY, &news);
	m->c.told += news;
	struct query q = db_query(m->n->state,
	        "update finding set first = min(first, (select first from finding where id = ?1)),"
	        " last = max(last, (select last from finding where id = ?1)), merged = null,"
	        " why = case when ?2 then null else why end, closed = case when ?2 then null else closed end,"
	        " state = case when ?2 then 'open' else state end where id = ?3");
	query_u64(&q, r->id);
	query_u64(&q, back);
	query_u64(&q, into);
	query_run(&q);
	struct query end = db_query(m->n->state,
	        "update finding set state = 'closed', closed = ?, why = null, next = null, merged = ?, "
	        "person = ? where "
	        "id = ?");
	query_i64(&end, os_now());
	query_u64(&end, into);
	query_text(&end, m->person);
	query_u64(&end, r->id);
	query_run(&end);
	m->c.merged++;
}

/* Letters to the old owner that are on their way cannot be changed, only taken back. */
static void count_sealed(struct moving *m, const struct finding_row *r)
{
	struct query q = db_query(m->n->state,
	        "select n.id, c.email from notice_item i join notice n on n.id = i.notice join contact c on "
	        "c.id "
	        "= n.contact"
	        " join owner o on o.id = c.owner where i.finding = ? and n.state in ('held', 'ready') and "
	        "o.ref "
	        "= ?");

	query_u64(&q, r->id);
	query_text(&q, r->key.owner);
	while (query_next(&q) == 1)
		if (m->c.sealed++ < SHOWN)
			buf_printf(m->said,
			        "  N%llu to %.*s tells of F%llu and is sealed; weir notice withdraw N%llu "
			        "takes it "
			        "back\n",
			        (unsigned long long)query_get_u64(&q, 0), STR_ARG(query_get_text(&q, 1)),
			        (unsigned long long)r->id, (unsigned long long)query_get_u64(&q, 0));
	query_run(&q);
}

static void move_one(struct moving *m, const struct finding_row *r)
{
	struct known fresh = {.id = (uint32_t)r->id};
	uint64_t into = 0;

	if (!decide_key_move(m->n->country.rules, &r->key, fresh.key)) {
		m->c.stuck++;
		return;
	}
	const struct known *there = known_find(&m->moved, fresh.key);
	if (there == NULL)
		there = known_find(&m->n->known, fresh.key);
	m->c.moved++;
	if (there != NULL) {
		into = there->id;
		put_merged(m, r, into);
	} else {
		known_put(&m->moved, &fresh);
		put_moved(m, r, fresh.key);
	}
	line(m, r, into);
	count_sealed(m, r);
	audit(m, r, into);
}

static void say(const struct moving *m)
{
	const struct moving_counts *c = &m->c;

	if (c->moved > SHOWN)
		buf_printf(m->said, "  and %llu more\n", (unsigned long long)c->moved - SHOWN);
	buf_printf(m->said, "findings: %llu move to another owner", (unsigned long long)c->moved);
	if (c->told > 0)
		buf_printf(m->said, ", who is written to about %llu", (unsigned long long)c->told);
	if (c->merged > 0)
		buf_printf(m->said, "; %llu of them go on as what that owner had already",
		        (unsigned long long)c->merged);
	buf_char(m->said, '\n');
	if (c->stay > 0)
		buf_printf(m->said,
		        "findings: %llu stay with the owner who had them, such as F%llu: nobody has their "
		        "place "
		        "any more\n",
		        (unsigned long long)c->stay, (unsigned long long)m->stay_example);
	if (c->stuck > 0)
		buf_printf(m->said,
		        "findings: %llu stay, since their record said more than is kept of them; the next "
		        "report "
		        "makes new ones\n",
		        (unsigned long long)c->stuck);
}

void moving_run(struct node *n, const struct know *now, struct str person, struct moving_counts *ret,
        struct buf *said)
{
	struct moving m = {.n = n, .now = now, .person = person, .said = said};

	arena_init(&m.arena, 0);
	find_rows(&m);
	for (size_t i = 0; i < m.rows.n; i++)
		move_one(&m, &m.rows.v[i]);
	say(&m);
	*ret = m.c;
	vec_done(&m.rows);
	known_done(&m.moved);
	arena_done(&m.arena);
}
