/* SPDX-License-Identifier: Apache-2.0 */
#include "base/os.h"
#include "state/inside.h"
#include "state/scope.h"
#include "web/findings_in.h"

#define NEVER "9223372036854775807"

const struct findings_order findings_orders[] = {
        {"finding", "f.id", false, true},
        /* by rank, which is no column of the index */
        {"severity", "f.severity", false, false},
        {"class", "f.class", true, false},
        /* by name: the walk gives the number, names are looked up once */
        {"owner", "f.owner", false, false},
        {"place", "f.place", true, false},
        {"first", "f.first", false, true},
        {"last", "f.last", false, true},
        {"events", "f.events", false, true},
        {"state", "case when f.state = 'open' and f.back is not null then 'seen-again' else f.state end",
                true, false},
        {"due", "coalesce(f.due, " NEVER ")", false, false},
        {"criticality", "f.criticality", false, true},
        {"assigned", "f.assigned", true, false},
};
const unsigned findings_order_count = sizeof(findings_orders) / sizeof(findings_orders[0]);
#define BY_ID (&findings_orders[FINDINGS_BY_ID])
#define BY_SEVERITY (&findings_orders[FINDINGS_BY_SEVERITY])
#define BY_OWNER (&findings_orders[FINDINGS_BY_OWNER])

static const char *const severities[] = {"critical", "high", "medium", "low", "info"};
#define SEVERITIES (sizeof(severities) / sizeof(severities[0]))

const char *const findings_filters[] = {"q", "owner", "sector", "country", "class", "severity", "state",
        "place", "ip", "name", "assigned", "since", "until", "newer"};
const unsigned findings_filter_count = sizeof(findings_filters) / sizeof(findings_filters[0]);

/* ---- what fits ----------------------------------------------------------------------------------- */

struct value {
	struct str text;
	int64_t number;
	bool is_text;
};
struct walk {
	const struct ask *a;
	struct str person;
	struct buf where;
	struct value values[32];
	unsigned n, only; /* only: ?N of a JSON array of ids; 0: of all */
};

/* ?N for a value, N from 1 on. */
static unsigned put_text(struct walk *w, struct str text)
{
	w->values[w->n] = (struct value){.text = text, .is_text = true};
	return ++w->n;
}

static unsigned put_number(struct walk *w, int64_t number)
{
	w->values[w->n] = (struct value){.number = number};
	return ++w->n;
}

static void bind(const struct walk *w, struct query *q)
{
	for (unsigned i = 0; i < w->n; i++) {
		if (w->values[i].is_text)
			query_text(q, w->values[i].text);
		else
			query_i64(q, w->values[i].number);
	}
}

struct str findings_anywhere(const struct ask *a, struct str text)
{
	struct buf b = {0};

	buf_char(&b, '%');
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] == '%' || text.p[i] == '_' || text.p[i] == '\\')
			buf_char(&b, '\\');
		buf_char(&b, text.p[i]);
	}
	buf_char(&b, '%');
	struct str s = arena_str(a->arena, buf_str(&b));
	buf_done(&b);
	return s;
}

/* What rows are taken from, and the conditions. */
static void put_from(const struct walk *w, struct buf *sql)
{
	if (w->only != 0)
		buf_printf(sql, " from json_each(?%u) w cross join finding f where f.id = w.value", w->only);
	else
		buf_add(sql, STR(" from finding f where 1"));
	buf_add(sql, buf_str(&w->where));
}

#define AND(...) buf_printf(&w->where, " and " __VA_ARGS__)

/* An id of the register; where it is none, a part of a name or an id. */
static void where_owner(struct walk *w, struct str owner)
{
	unsigned id = put_text(w, owner), part = put_text(w, findings_anywhere(w->a, owner));

	AND("f.owner in (select id from owner where ref = ?%u union all select id from owner where (name "
	    "like ?%u "
	    "escape '\\' or ref like ?%u escape '\\') and not exists (select 1 from owner where ref = ?%u))",
	        id, part, part, id);
}

/* A place, a mailbox, all that lies in a prefix, or below a name. */
static void where_place(struct walk *w, struct str what)
{
	char from[64], to[64];
	unsigned n = put_text(w, what);

	if (str_has(what, '/') && str_find_str(what, 0, STR("://")) != SIZE_MAX) {
		AND("f.place = ?%u", n);
	} else if (inside_range(what, from, to)) {
		unsigned lo = put_text(w, arena_str(w->a->arena, str_from(from))),
		         hi = put_text(w, arena_str(w->a->arena, str_from(to)));
		/* URLs of it: http, https and ftp */
		AND("f.id in (select id from finding where ((place >= ?%u and place < ?%u) or (place >= 'f' "
		    "and "
		    "place < 'i')) and inside(place, ?%u))",
		        lo, hi, n);
	} else {
		AND("inside(f.place, ?%u)", n);
	}
}

static void where_text(struct walk *w, struct str text)
{
	unsigned n = put_text(w, text), part = put_text(w, findings_anywhere(w->a, text));
	uint64_t id;

	if (text.len > 1 && (text.p[0] | 0x20) == 'f' && str_u64(str_skip(text, 1), &id)) {
		AND("f.id = ?%u", put_number(w, (int64_t)id));
		return;
	}
	AND("(has(?%u, f.place, f.malware, f.ident, f.class) or f.owner in (select id from owner where name "
	    "like "
	    "?%u escape '\\' or ref like ?%u escape '\\') or f.id in (select finding from note where text "
	    "like ?%u "
	    "escape '\\'))",
	        n, part, part, part);
}

static const struct {
	const char *name, *where;
} states[] = {
        {"active", "f.state in ('open', 'told', 'told-again')"},
        {"open", "f.state = 'open'"},
        {"seen-again", "f.state = 'open' and f.back is not null"},
        {"told", "f.state = 'told'"},
        {"told-again", "f.state = 'told-again'"},
        {"late", "f.state = 'open' and f.due is not null and f.due < ?%u"},
        {"escalated", "f.escalated is not null and f.state <> 'closed'"},
        {"quiet", "f.state = 'quiet'"},
        {"closed", "f.state = 'closed'"},
};
#define NSTATES (sizeof(states) / sizeof(states[0]))
const char *const findings_states[] = {
        "active", "open", "seen-again", "told", "told-again", "late", "escalated", "quiet", "closed"};
const unsigned findings_state_count = sizeof(findings_states) / sizeof(findings_states[0]);
_Static_assert(sizeof(findings_states) / sizeof(findings_states[0]) == NSTATES, "states");

static int where_state(struct walk *w, struct str state, struct err *e)
{
	char shown[64];

	for (unsigned i = 0; i < NSTATES; i++) {
		if (!str_eq(state, str_from(states[i].name)))
			continue;
		buf_add(&w->where, STR(" and "));
		if (str_eq(state, STR("late")))
			buf_printf(&w->where, "f.state = 'open' and f.due is not null and f.due < ?%u",
			        put_number(w, os_now()));
		else
			buf_add(&w->where, str_from(states[i].where));
		return 0;
	}
	return err_set(e, ERR_USAGE,
	        "'%s' is no state: active, open, seen-again, told, told-again, late, escalated, quiet or "
	        "closed",
	        err_quote(shown, sizeof(shown), state).p);
}

static int where_severity(struct walk *w, struct str severity, struct err *e)
{
	char shown[64];

	for (unsigned i = 0; i < SEVERITIES; i++)
		if (str_eq(severity, str_from(severities[i]))) {
			AND("f.severity = ?%u", put_text(w, str_from(severities[i])));
			return 0;
		}
	return err_set(e, ERR_USAGE, "'%s' is no severity: critical, high, medium, low or info",
	        err_quote(shown, sizeof(shown), severity).p);
}

static int where_assigned(struct walk *w, struct str who, struct err *e)
{
	if (str_eq(who, STR("nobody"))) {
		AND("f.assigned = ''");
		return 0;
	}
	bool me = str_eq(who, STR("me"));
	if (me && w->person.p == NULL)
		w->person = scope_person(w->a->state, w->a->arena);
	if (me && w->person.p == NULL)
		return err_set(e, ERR_USAGE, "who is 'me' here? name the person");
	/* the second part is what its index is for */
	AND("f.assigned = ?%u and f.assigned <> ''", put_text(w, me ? w->person : who));
	return 0;
}

static int where_times(struct walk *w, struct err *e)
{
	int64_t since, until;

	if (ask_time(w->a, "since", &since, e) != 0 || ask_time(w->a, "until", &until, e) != 0)
		return ERR_USAGE;
	if (since != 0)
		AND("f.last >= ?%u", put_number(w, since));
	if (until != 0)
		AND("f.last < ?%u", put_number(w, until));
	return 0;
}

static int where_all(struct walk *w, struct err *e)
{
	const struct ask *a = w->a;
	static const char *const places[] = {"place", "ip", "name"};
	uint64_t newer = 0;
	int rc = where_times(w, e);

	if (ask_has(a, "owner"))
		where_owner(w, ask_param(a, "owner"));
	if (ask_has(a, "sector"))
		AND("f.owner in (select id from owner where sector = ?%u)",
		        put_text(w, ask_param(a, "sector")));
	if (ask_has(a, "country"))
		AND("f.owner in (select id from owner where cc = ?%u collate nocase)",
		        put_text(w, ask_param(a, "country")));
	if (ask_has(a, "class"))
		AND("f.class = ?%u", put_text(w, ask_param(a, "class")));
	for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (ask_has(a, places[i]))
			where_place(w, ask_param(a, places[i]));
	if (ask_has(a, "q"))
		where_text(w, ask_param(a, "q"));
	if (rc == 0 && ask_has(a, "severity"))
		rc = where_severity(w, ask_param(a, "severity"), e);
	if (rc == 0 && ask_has(a, "state"))
		rc = where_state(w, ask_param(a, "state"), e);
	if (rc == 0 && ask_has(a, "assigned"))
		rc = where_assigned(w, ask_param(a, "assigned"), e);
	if (rc == 0 && ask_has(a, "newer"))
		rc = ask_id(ask_param(a, "newer"), 'F', &newer, e);
	if (rc == 0 && newer != 0)
		AND("f.id > ?%u", put_number(w, (int64_t)newer));
	if (rc == 0 && a->only.p != NULL)
		w->only = put_text(w, a->only);
	return rc;
}

int findings_count(const struct ask *a, struct str person, uint64_t most, uint64_t *ret, struct err *e)
{
	struct walk w = {.a = a, .person = person};
	auto_buf struct buf sql = {0};
	struct sheet_want want;
	int rc = where_all(&w, e), memory = rc == 0 ? findings_want(a, person, &want, e) : 0;

	if (memory == 1)
		*ret = findings_count_memory(a, &want, most);
	rc = memory < 0 ? memory : rc;
	if (rc == 0 && memory == 0) {
		buf_add(&sql, STR("select count(*) from (select 1"));
		put_from(&w, &sql);
		if (most != 0)
			buf_printf(&sql, " limit ?%u", put_number(&w, (int64_t)most + 1));
		buf_char(&sql, ')');
		struct query q = db_query_text(a->state, buf_str(&sql));
		bind(&w, &q);
		if (query_next(&q) == 1)
			*ret = query_get_u64(&q, 0);
		rc = query_done(&q, e);
	}
	buf_done(&w.where);
	return rc;
}

/* ---- in order ------------------------------------------------------------------------------------ */

static int compare(const struct sorting *s, const struct place *x, const struct place *y)
{
	int c = s->order->text ? str_cmp(x->text, y->text)
	                       : (x->number > y->number) - (x->number < y->number);

	c = c != 0 ? c : (x->id > y->id) - (x->id < y->id);
	return s->down != s->back ? -c : c;
}

static void sift_down(struct sorting *s, size_t i)
{
	for (;;) {
		size_t last = i;
		for (size_t k = 2 * i + 1; k <= 2 * i + 2 && k < s->n; k++)
			if (compare(s, &s->heap[k], &s->heap[last]) > 0)
				last = k;
		if (last == i)
			return;
		struct place t = s->heap[i];
		s->heap[i] = s->heap[last];
		s->heap[last] = t;
		i = last;
	}
}

static void sift_up(struct sorting *s, size_t i)
{
	while (i > 0 && compare(s, &s->heap[i], &s->heap[(i - 1) / 2]) > 0) {
		struct place t = s->heap[i];
		s->heap[i] = s->heap[(i - 1) / 2];
		s->heap[(i - 1) / 2] = t;
		i = (i - 1) / 2;
	}
}

void findings_offer(struct sorting *s, struct place p)
{
	if (s->from && compare(s, &p, &s->at) <= 0) {
		s->other = true;
		return;
	}
	if (s->n == s->room && compare(s, &p, &s->heap[0]) >= 0)
		return;
	if (s->order->text)
		p.text = arena_str(s->a->arena, p.text);
	if (s->n < s->room) {
		s->heap[s->n] = p;
		sift_up(s, s->n++);
	} else {
		s->heap[0] = p;
		sift_down(s, 0);
	}
}

static int64_t rank_of(struct str severity)
{
	int64_t i = 0;

	while (i < (int64_t)SEVERITIES - 1 && severity.len > 0 && severity.p[0] != severities[i][0])
		i++;
	return i;
}

struct str findings_beginning(struct str text)
{
	size_t n = text.len < FINDINGS_KEY_MOST ? text.len : FINDINGS_KEY_MOST;

	while (n > 0 && n < text.len && ((unsigned char)text.p[n] & 0xc0) == 0x80)
		n--;
	return str_make(text.p, n);
}

static void take(struct sorting *s, const struct query *q)
{
	struct place p = {.id = query_get_u64(q, 0)};

	/* as bytes: a text would be copied for the NUL behind it */
	if (s->order->text)
		p.text = query_get_blob(q, 1);
	else if (s->order == BY_SEVERITY)
		p.number = rank_of(query_get_blob(q, 1));
	else if (s->order != BY_ID)
		p.number = query_get_i64(q, 1);
	if (s->order == BY_OWNER)
		p.number = (uint64_t)p.number < s->nowners ? s->owners[p.number] : -1;
	p.text = p.text.p == NULL ? STR("") : findings_beginning(p.text);
	findings_offer(s, p);
}

/* The order is the heap's from the top down, backwards. */
static void settle(struct sorting *s)
{
	size_t n = s->n;

	while (s->n > 1) {
		struct place t = s->heap[0];
		s->heap[0] = s->heap[--s->n];
		s->heap[s->n] = t;
		sift_down(s, 0);
	}
	s->n = n;
}

/* ---- owners by name ------------------------------------------------------------------------------ */

static int number_owners(struct sorting *s, struct str at, struct err *e)
{
	struct query most = db_query(s->a->state, "select coalesce(max(id), 0) + 1 from owner");
	int64_t position = -2;
	struct str last = {0};
	bool found = false;

	if (query_next(&most) == 1)
		s->nowners = query_get_u64(&most, 0);
	int rc = query_done(&most, e);
	if (rc != 0)
		return rc;
	s->owners = arena_array(s->a->arena, s->nowners, sizeof(*s->owners));
	s->at.number = -1;
	struct query q = db_query(s->a->state, "select id, name from owner order by name");
	while (query_next(&q) == 1) {
		struct str name = query_get_text(&q, 1);
		if (position < 0 || !str_eq(name, last)) {
			position += 2;
			last = arena_str(s->a->arena, name);
			int c = str_cmp(last, at);
			/* behind the last name before it, or there */
			s->at.number = c < 0 ? position + 1 : c == 0 ? position : s->at.number;
			found = found || c == 0;
		}
		if (query_get_u64(&q, 0) < s->nowners)
			s->owners[query_get_u64(&q, 0)] = position;
	}
	return query_done(&q, e);
}

/* ---- where a page begins ------------------------------------------------------------------------- */

/* "F12", or with the value of the row, "F12~critical". */
static int read_at(struct sorting *s, struct str text, struct err *e)
{
	struct str_cut cut = str_cut(text, '~');
	char shown[64];

	if (ask_id(cut.head, 'F', &s->at.id, e) != 0)
		return ERR_USAGE;
	s->from = true;
	if (s->order == BY_ID)
		return 0;
	if (!cut.ok)
		return err_set(e, ERR_USAGE,
		        "'%s': where a list that is sorted goes on is said by the list itself, such as "
		        "F12~VALUE",
		        err_quote(shown, sizeof(shown), text).p);
	s->at.text = cut.tail;
	if (s->order == BY_OWNER)
		return 0;
	uint64_t n = 0;
	bool minus = str_starts(cut.tail, STR("-"));
	if (!s->order->text && !str_u64(str_skip(cut.tail, minus), &n))
		return err_set(e, ERR_USAGE, "'%s' is no place of this list",
		        err_quote(shown, sizeof(shown), text).p);
	s->at.number = minus ? -(int64_t)n : (int64_t)n;
	return 0;
}

static struct str owner_name(const struct ask *a, uint64_t finding)
{
	struct query q = db_query(
	        a->state, "select o.name from finding f join owner o on o.id = f.owner where f.id = ?");
	struct str name = STR("");

	query_u64(&q, finding);
	if (query_next(&q) == 1)
		name = arena_str(a->arena, query_get_text(&q, 0));
	query_done(&q, NULL);
	return name;
}

static struct str print_at(const struct sorting *s, const struct place *p)
{
	if (s->order == BY_ID)
		return arena_printf(s->a->arena, "F%llu", (unsigned long long)p->id);
	if (s->order == BY_OWNER)
		return arena_printf(s->a->arena, "F%llu~%.*s", (unsigned long long)p->id,
		        STR_ARG(owner_name(s->a, p->id)));
	if (s->order->text)
		return arena_printf(s->a->arena, "F%llu~%.*s", (unsigned long long)p->id, STR_ARG(p->text));
	return arena_printf(s->a->arena, "F%llu~%lld", (unsigned long long)p->id, (long long)p->number);
}

static int read_order(const struct ask *a, struct sorting *s, struct err *e)
{
	struct str sort = ask_param(a, "sort"), dir = ask_param(a, "dir");
	char shown[64];

	s->order = sort.p == NULL ? BY_ID : NULL;
	for (unsigned i = 0; i < findings_order_count; i++)
		if (str_eq(sort, str_from(findings_orders[i].name)))
			s->order = &findings_orders[i];
	if (s->order == NULL)
		return err_set(e, ERR_USAGE,
		        "findings are not sorted by '%s': finding, severity, class, owner, place, first, "
		        "last, events, "
		        "state, due, criticality or assigned",
		        err_quote(shown, sizeof(shown), sort).p);
	if (dir.p != NULL && !str_eq(dir, STR("asc")) && !str_eq(dir, STR("desc")))
		return err_set(e, ERR_USAGE, "--dir is asc or desc");
	s->down = dir.p != NULL ? str_eq(dir, STR("desc")) : s->order->down;
	if (ask_has(a, "after"))
		return read_at(s, ask_param(a, "after"), e);
	s->back = ask_has(a, "before");
	return s->back ? read_at(s, ask_param(a, "before"), e) : 0;
}

/* ---- walking ------------------------------------------------------------------------------------- */

/* By ids rows come in their order, so the walk ends with the page and the count; ids from at on are found by it. */
static int walk_ids(struct walk *w, struct sorting *s, bool all, struct err *e)
{
	auto_buf struct buf sql = {0};
	bool down = s->down != s->back;
	unsigned n = w->n, from = !all && s->from ? put_number(w, (int64_t)s->at.id) : 0;

	buf_add(&sql, STR("select f.id"));
	put_from(w, &sql);
	if (from != 0)
		buf_printf(&sql, " and f.id %s ?%u", down ? "<" : ">", from);
	buf_printf(&sql, " order by f.id%s", down ? " desc" : "");
	struct query q = db_query_text(w->a->state, buf_str(&sql));
	bind(w, &q);
	w->n = n;
	while (query_next(&q) == 1) {
		take(s, &q);
		s->counted += all;
		if (all ? s->counted > FINDINGS_COUNTED : s->n == s->room)
			break;
	}
	return query_done(&q, e);
}

static int walk_by_id(struct walk *w, struct sorting *s, bool count, struct err *e)
{
	int rc = walk_ids(w, s, count, e);

	/* the page lies behind what was counted */
	if (rc == 0 && count && s->counted > FINDINGS_COUNTED && s->n < s->room) {
		s->n = 0;
		rc = walk_ids(w, s, false, e);
	}
	/* who begins behind a row knows that there is one before */
	s->other = s->other || s->from;
	return rc;
}

static int walk_all(struct walk *w, struct sorting *s, struct err *e)
{
	auto_buf struct buf sql = {0};

	buf_printf(&sql, "select f.id, %s", s->order->key);
	put_from(w, &sql);
	struct query q = db_query_text(w->a->state, buf_str(&sql));
	bind(w, &q);
	while (query_next(&q) == 1) {
		take(s, &q);
		s->counted++;
	}
	if (s->counted > FINDINGS_COUNTED)
		s->counted = FINDINGS_COUNTED + 1;
	return query_done(&q, e);
}

static void put_found(struct sorting *s, struct findings_found *ret)
{
	bool more = s->n == s->room;
	size_t n = more ? s->n - 1 : s->n;
	uint64_t *ids = arena_array(s->a->arena, n > 0 ? n : 1, sizeof(*ids));

	settle(s);
	for (size_t i = 0; i < n; i++)
		ids[i] = s->heap[s->back ? n - 1 - i : i].id;
	*ret = (struct findings_found){
	        .ids = ids, .n = n, .counted = s->counted, .order = s->order, .down = s->down};
	if (n == 0)
		return;
	ret->at = print_at(s, &s->heap[s->back ? n - 1 : 0]);
	if (s->back ? s->other : more)
		ret->next = print_at(s, &s->heap[s->back ? 0 : n - 1]);
	if (s->back ? more : s->other)
		ret->prev = ret->at;
}

int findings_find(
        const struct ask *a, struct str person, bool count, struct findings_found *ret, struct err *e)
{
	struct walk w = {.a = a, .person = person};
	struct sorting s = {.a = a};
	struct sheet_want want;
	uint64_t limit;
	int memory = 0, rc = ask_limit(a, &limit, e);

	if (rc == 0)
		rc = read_order(a, &s, e);
	if (rc == 0)
		rc = where_all(&w, e);
	if (rc == 0 && s.order == BY_OWNER)
		rc = number_owners(&s, s.at.text, e);
	if (rc == 0) {
		memory = findings_want(a, person, &want, e);
		rc = memory < 0 ? memory : 0;
	}
	if (rc == 0) {
		s.room = limit + 1;
		s.heap = arena_array(a->arena, s.room, sizeof(*s.heap));
		if (memory == 1)
			findings_walk_memory(&s, &want, count);
		else
			rc = s.order == BY_ID ? walk_by_id(&w, &s, count, e) : walk_all(&w, &s, e);
	}
	if (rc == 0)
		put_found(&s, ret);
	buf_done(&w.where);
	return rc;
}

/* ---- their rows ---------------------------------------------------------------------------------- */

struct query findings_rows(const struct ask *a, const struct findings_found *f)
{
	struct buf ids = {0};

	buf_char(&ids, '[');
	for (size_t i = 0; i < f->n; i++) {
		buf_add(&ids, i > 0 ? STR(",") : STR(""));
		buf_u64(&ids, f->ids[i]);
	}
	buf_char(&ids, ']');
	struct query q = db_query(a->state,
	        "select f.id, o.ref, f.class, f.ident, f.malware, f.place, f.port, f.severity, "
	        "f.criticality, f.label,"
	        " f.stage, f.decision, f.first, f.last, f.events, f.receipts, f.due, case when f.misread is "
	        "null then "
	        "f.why else 'misread' end, f.letters, f.told, f.next, f.escalated, f.assigned, o.name"
	        " from json_each(?) w cross join finding f on f.id = w.value join owner o on o.id = f.owner"
	        " order by w.key");
	query_text(&q, arena_str(a->arena, buf_str(&ids)));
	buf_done(&ids);
	return q;
}
