/* SPDX-License-Identifier: Apache-2.0
 *
 * What people do with findings: close, open again, assign, note, merge. The parameter id holds one or several; then all of it
 * is done or nothing.
 */
#include "base/os.h"
#include "see/change_in.h"
#include "see/merges.h"
#include "see/notice.h"
#include "state/finding.h"

#define MOST 200       /* findings of one change */
#define TEXT_MOST 4000 /* of a note */
#define NAME_MOST 60

/* ---- which --------------------------------------------------------------------------------------- */

struct ids {
	uint64_t v[MOST];
	size_t n;
};

static int add_id(struct ids *l, struct str one, struct err *e)
{
	char shown[64];
	uint64_t id;

	if (one.len < 2 || (one.p[0] & ~0x20) != 'F' || !str_u64(str_skip(one, 1), &id) || id == 0 ||
	        id >= DAY_RECEIPTS)
		return err_set(
		        e, ERR_USAGE, "'%s' is no id such as F12", err_quote(shown, sizeof(shown), one).p);
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i] == id)
			return 0;
	if (l->n == MOST)
		return err_set(e, ERR_VALUE, "at most %u findings are changed at once", (unsigned)MOST);
	l->v[l->n++] = id;
	return 0;
}

static int read_ids(const struct change *c, struct ids *ret, struct err *e)
{
	struct str rest = change_param(c, "id");
	int rc = 0;

	ret->n = 0;
	while (rc == 0 && rest.len > 0) {
		size_t n = 0;
		while (n < rest.len && rest.p[n] != ' ' && rest.p[n] != ',')
			n++;
		if (n > 0)
			rc = add_id(ret, str_make(rest.p, n), e);
		rest = str_skip(rest, n < rest.len ? n + 1 : n);
	}
	if (rc == 0 && ret->n == 0)
		rc = err_set(e, ERR_USAGE, "no finding is named: tick one, or give an id such as F12");
	return rc;
}

/* "F12", or "F12 and 3 more"; the audit has all of them. */
static void about(struct change *c, const struct ids *l, struct str detail)
{
	size_t at = 0;

	snprintf(c->object, sizeof(c->object), l->n > 1 ? "F%llu and %zu more" : "F%llu",
	        (unsigned long long)l->v[0], l->n - 1);
	for (size_t i = 1; i < l->n && at < sizeof(c->detail) - 16; i++)
		at += (size_t)snprintf(
		        c->detail + at, sizeof(c->detail) - at, "F%llu ", (unsigned long long)l->v[i]);
	snprintf(c->detail + at, sizeof(c->detail) - at, "%.*s", STR_ARG(detail));
}

static int missing(uint64_t id, struct err *e)
{
	return err_set(e, ERR_MISSING, "there is no finding F%llu", (unsigned long long)id);
}

/* Says what was done: of one finding what it was before, of several how many. */
static void said(struct change *c, const struct ids *l, const char *what, struct str with)
{
	if (l->n == 1)
		buf_printf(c->said, "F%llu: %s%.*s", (unsigned long long)l->v[0], what, STR_ARG(with));
	else
		buf_printf(c->said, "findings: %zu, %s%.*s", l->n, what, STR_ARG(with));
}

static void remember(struct change *c, uint64_t id, bool closed, bool stays)
{
	struct query q = db_query(c->node->state, "select key from finding where id = ?");

	query_u64(&q, id);
	if (query_next(&q) == 1) {
		struct str key = query_get_blob(&q, 0);
		struct change_known *k = closed ? vec_add(&c->closed) : vec_add(&c->opened);
		*k = (struct change_known){.stays = stays};
		if (key.len == sizeof(k->key))
			memcpy(k->key, key.p, sizeof(k->key));
	}
	query_run(&q);
}

/* ---- notes --------------------------------------------------------------------------------------- */

static void put_note(struct change *c, uint64_t id, struct str text)
{
	struct query q =
	        db_query(c->node->state, "insert into note(finding, at, person, text) values (?, ?, ?, ?)");

	query_u64(&q, id);
	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_text(&q, text);
	query_run(&q);
}

/* Lines of a text that came in one line (change.h). 0, or it is too long. */
static int read_text(const struct change *c, const char *name, size_t most, struct buf *ret, struct err *e)
{
	struct str text = change_param(c, name);

	if (text.len > most)
		return err_set(e, ERR_VALUE, "the text is longer than %zu bytes", most);
	for (size_t i = 0; i < text.len; i++)
		buf_char(ret, text.p[i] == '\v' ? '\n' : text.p[i]);
	return 0;
}

int change_finding_note(struct change *c, struct err *e)
{
	auto_buf struct buf text = {0};
	struct ids l;
	char state[32];
	int rc = read_ids(c, &l, e);

	if (rc == 0)
		rc = read_text(c, "note", TEXT_MOST, &text, e);
	if (rc == 0 && str_trim(buf_str(&text)).len == 0)
		rc = err_set(e, ERR_USAGE, "the note is empty");
	for (size_t i = 0; rc == 0 && i < l.n; i++) {
		change_state(c, "select state from finding where id = ?", l.v[i], state, sizeof(state));
		if (state[0] == 0)
			return missing(l.v[i], e);
		put_note(c, l.v[i], buf_str(&text));
	}
	if (rc != 0)
		return rc;
	about(c, &l, str_sub(buf_str(&text), 0, 200));
	said(c, &l, "noted\n", STR(""));
	return 0;
}

/* ---- closing ------------------------------------------------------------------------------------- */

static int close_one(struct change *c, uint64_t id, struct str why, char state[32], struct err *e)
{
	change_state(c, "select state from finding where id = ?", id, state, 32);
	if (state[0] == 0)
		return missing(id, e);
	if (str_eq(str_from(state), STR("closed")))
		return err_set(e, ERR_VALUE, "F%llu is closed already", (unsigned long long)id);
	struct query q = db_query(c->node->state,
	        "update finding set state = 'closed', closed = ?, why = ?, person = ?, next = null where id "
	        "= ?");
	query_i64(&q, os_now());
	query_text(&q, why);
	query_text(&q, c->person);
	query_u64(&q, id);
	query_run(&q);
	remember(c, id, true, !str_eq(why, STR("fixed")));
	return 0;
}

int change_finding_close(struct change *c, struct err *e)
{
	struct str why = change_param(c, "why");
	auto_buf struct buf note = {0};
	char state[32] = "";
	struct ids l;
	int rc = read_ids(c, &l, e);

	if (rc == 0 && !str_eq(why, STR("fixed")) && !str_eq(why, STR("false-positive")) &&
	        !str_eq(why, STR("accepted-risk")))
		rc = err_set(e, ERR_USAGE, "--why is fixed, false-positive or accepted-risk");
	if (rc == 0)
		rc = read_text(c, "note", TEXT_MOST, &note, e);
	for (size_t i = 0; rc == 0 && i < l.n; i++) {
		rc = close_one(c, l.v[i], why, state, e);
		if (rc == 0 && note.len != 0)
			put_note(c, l.v[i], buf_str(&note));
	}
	if (rc != 0)
		return rc;
	about(c, &l, why);
	size_t at = strlen(c->detail);
	if (note.len != 0)
		snprintf(c->detail + at, sizeof(c->detail) - at, ": %.*s",
		        STR_ARG(str_sub(buf_str(&note), 0, 200)));
	if (l.n == 1)
		buf_printf(c->said, "F%llu closed as %.*s; it was %s\n", (unsigned long long)l.v[0],
		        STR_ARG(why), state);
	else
		buf_printf(c->said, "findings: %zu, closed as %.*s\n", l.n, STR_ARG(why));
	return 0;
}

static int reopen_one(struct change *c, uint64_t id, struct err *e)
{
	struct query q = db_query(c->node->state,
	        "select f.state, case when s.owner = f.owner then s.id else 0 end from finding f left join "
	        "finding s on "
	        "s.id = f.merged where f.id = ?");
	uint64_t merged = 0;
	bool closed = false;

	query_u64(&q, id);
	if (query_next(&q) == 1) {
		closed = str_eq(query_get_text(&q, 0), STR("closed"));
		merged = query_get_u64(&q, 1);
	}
	query_run(&q);
	if (!closed)
		return err_set(e, ERR_VALUE, "there is no closed finding F%llu", (unsigned long long)id);
	if (merged != 0)
		return err_set(e, ERR_VALUE, "F%llu goes on as F%llu, and is not opened for itself",
		        (unsigned long long)id, (unsigned long long)merged);
	struct query open = db_query(c->node->state,
	        "update finding set state = 'open', closed = null, why = null, misread = null, person = '', "
	        "merged = null "
	        "where id = ?");
	query_u64(&open, id);
	query_run(&open);
	remember(c, id, false, false);
	return 0;
}

int change_finding_reopen(struct change *c, struct err *e)
{
	auto_buf struct buf note = {0};
	struct ids l;
	int rc = read_ids(c, &l, e);

	if (rc == 0)
		rc = read_text(c, "note", TEXT_MOST, &note, e);
	for (size_t i = 0; rc == 0 && i < l.n; i++) {
		rc = reopen_one(c, l.v[i], e);
		if (rc == 0 && note.len != 0)
			put_note(c, l.v[i], buf_str(&note));
	}
	if (rc != 0)
		return rc;
	about(c, &l, STR("open again"));
	if (l.n == 1)
		buf_printf(c->said, "F%llu is open again\n", (unsigned long long)l.v[0]);
	else
		buf_printf(c->said, "findings: %zu, open again\n", l.n);
	return 0;
}

/* ---- whose work it is ---------------------------------------------------------------------------- */

int change_finding_assign(struct change *c, struct err *e)
{
	struct str to = change_param(c, "to");
	struct ids l;
	char shown[NAME_MOST * 4 + 8];
	int rc = read_ids(c, &l, e);

	if (str_eq(to, STR("me")))
		to = c->person;
	if (str_eq(to, STR("nobody")))
		to = STR("");
	if (rc == 0 && to.len > NAME_MOST)
		rc = err_set(e, ERR_VALUE, "a name has at most %u bytes", (unsigned)NAME_MOST);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < l.n; i++) {
		struct query q = db_query(c->node->state, "update finding set assigned = ? where id = ?");
		query_text(&q, to.p != NULL ? to : STR(""));
		query_u64(&q, l.v[i]);
		query_run(&q);
		if (db_changes(c->node->state) == 0)
			return missing(l.v[i], e);
	}
	about(c, &l, to.len != 0 ? to : STR("nobody"));
	said(c, &l, "assigned to ", to.len != 0 ? err_quote(shown, sizeof(shown), to) : STR("nobody"));
	buf_char(c->said, '\n');
	return 0;
}

/* ---- merging ------------------------------------------------------------------------------------- */

struct one {
	uint64_t id, owner;
	bool closed, merged;
	int severity;
};

static int find_one(struct change *c, uint64_t id, struct one *ret, struct err *e)
{
	struct query q = db_query(c->node->state,
	        "select owner, state = 'closed', merged is not null, " FINDING_RANK(
	                "") " from finding where id = ?");
	bool there;

	query_u64(&q, id);
	there = query_next(&q) == 1;
	if (there)
		*ret = (struct one){.id = id,
		        .owner = query_get_u64(&q, 0),
		        .closed = query_get_u64(&q, 1) != 0,
		        .merged = query_get_u64(&q, 2) != 0,
		        .severity = (int)query_get_i64(&q, 3)};
	query_run(&q);
	return there ? 0 : missing(id, e);
}

static int may_merge(const struct one *from, const struct one *into, struct err *e)
{
	if (from->id == into->id)
		return err_set(e, ERR_USAGE, "F%llu cannot go on as itself", (unsigned long long)from->id);
	if (from->owner != into->owner)
		return err_set(e, ERR_VALUE,
		        "F%llu and F%llu are of different owners: only findings of one owner are merged",
		        (unsigned long long)from->id, (unsigned long long)into->id);
	if (from->merged)
		return err_set(
		        e, ERR_VALUE, "F%llu goes on as another one already", (unsigned long long)from->id);
	if (into->closed)
		return err_set(
		        e, ERR_VALUE, "F%llu is closed: open it again first", (unsigned long long)into->id);
	return 0;
}

/* As where a place goes to another owner (moving.c): first, last and the worse severity go on; counts stay with their rows. */
static void merge_one(struct change *c, uint64_t from, uint64_t into)
{
	struct db *db = c->node->state;

	notice_take_out(c->node, from);
	struct query q = db_query(db,
	        "update finding set first = min(first, (select first from finding where id = ?1)),"
	        " last = max(last, (select last from finding where id = ?1)),"
	        " severity = case when (select " FINDING_RANK(
	                "") " from finding where id = ?1) < " FINDING_RANK("") " then (select severity from "
	                                                                       "finding where id = ?1) else "
	                                                                       "severity end where id = ?2");
	query_u64(&q, from);
	query_u64(&q, into);
	query_run(&q);
	struct query end = db_query(db,
	        "update finding set state = 'closed', closed = ?, why = null, next = null, merged = ?, "
	        "person = ? where id = ?");
	query_i64(&end, os_now());
	query_u64(&end, into);
	query_text(&end, c->person);
	query_u64(&end, from);
	query_run(&end);
	/* what went on as that one */
	struct query more = db_query(db, "update finding set merged = ? where merged = ?");
	query_u64(&more, into);
	query_u64(&more, from);
	query_run(&more);
	remember(c, from, true, false);
}

int change_finding_merge(struct change *c, struct err *e)
{
	struct str text = change_param(c, "into");
	struct ids l, target = {.n = 0};
	struct one from, into;
	int rc = read_ids(c, &l, e);

	if (rc == 0 && str_trim(text).len == 0)
		rc = err_set(e, ERR_USAGE, "into which finding? --into is the one that goes on");
	if (rc == 0)
		rc = add_id(&target, str_trim(text), e);
	if (rc == 0)
		rc = find_one(c, target.v[0], &into, e);
	for (size_t i = 0; rc == 0 && i < l.n; i++) {
		rc = find_one(c, l.v[i], &from, e);
		if (rc == 0)
			rc = may_merge(&from, &into, e);
		if (rc == 0)
			merge_one(c, from.id, into.id);
	}
	if (rc != 0)
		return rc;
	c->merges = into.id;
	about(c, &l, str_trim(text));
	said(c, &l, "goes on as F", STR(""));
	buf_printf(c->said, "%llu; later reports of it are counted there\n", (unsigned long long)into.id);
	return 0;
}
