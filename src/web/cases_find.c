/* SPDX-License-Identifier: Apache-2.0
 *
 * What a filter of cases names, as conditions of a statement in which only that stands which is asked for, so that SQLite can take the
 * index of it. Whether it should depends on how many there are, which SQLite does not know: of what few cases have, its index leads;
 * of what many have, the list is gone through in its order, and soon has enough.
 */
#include "base/utf8.h"
#include "web/cases.h"

/* More than so many rows are many. */
#define MANY 3000
/* And so many of the index of cases themselves, whose rows are short. */
#define MANY_CASES 10000
#define GRAM 3

#define AND(...) buf_printf(&w->where, " and " __VA_ARGS__)

static unsigned put_text(struct cases_where *w, struct str text)
{
	w->values[w->n] = (struct cases_value){.text = text, .is_text = true};
	return ++w->n;
}

static unsigned put_number(struct cases_where *w, int64_t number)
{
	w->values[w->n] = (struct cases_value){.number = number};
	return ++w->n;
}

static bool more_than(const struct ask *a, const char *sql, struct str value, uint64_t most)
{
	struct query q = db_query(a->state, sql);

	query_text(&q, value);
	query_u64(&q, most + 1);
	bool yes = query_next(&q) == 1 && query_get_u64(&q, 0) > most;
	query_done(&q, NULL);
	return yes;
}

static bool many(const struct ask *a, const char *sql, struct str value)
{
	return more_than(a, sql, value, MANY);
}

/* ---- columns ------------------------------------------------------------------------------------- */

static void where_state(struct cases_where *w, const struct cases_filter *f, int64_t now)
{
	struct str s = f->state;

	if (str_eq(s, STR("open")))
		AND("c.ended is null");
	else if (str_eq(s, STR("ended")))
		AND("c.ended is not null");
	else if (str_eq(s, STR("held")))
		AND("c.ended is null and c.held_until >= ?%u", put_number(w, now));
	else if (str_eq(s, STR("overdue"))) {
		unsigned n = put_number(w, now);
		buf_printf(&w->where,
		        " and c.ended is null and (c.held_until is null or c.held_until < ?%u) and "
		        "((c.acked is null and c.ack_due < ?%u) or (c.answered is null and c.status_due < "
		        "?%u) "
		        "or c.reply_by < ?%u)",
		        n, n, n, n);
	} else if (s.p != NULL)
		AND("c.state = ?%u", put_text(w, s));
}

/* "+" keeps SQLite from the index of that column; who counts goes through all there are. */
static const char *led(const struct ask *a, const char *sql, struct str value)
{
	return !ask_has(a, "count") && many(a, sql, value) ? "+" : "";
}

static void where_columns(const struct ask *a, struct cases_where *w, const struct cases_filter *f)
{
	if (f->kind.p != NULL)
		AND("c.kind = ?%u", put_text(w, f->kind));
	if (f->assigned.len != 0)
		AND("%sc.assigned = ?%u and c.assigned <> ''",
		        led(a,
		                "select count(*) from (select 1 from main.case_ where assigned = ?1 and "
		                "assigned "
		                "<> '' limit ?2)",
		                f->assigned),
		        put_text(w, f->assigned));
	else if (f->assigned.p != NULL)
		AND("c.assigned = ''");
	if (f->peer.p != NULL)
		AND("%sc.peer = ?%u and c.peer <> ''",
		        led(a,
		                "select count(*) from (select 1 from main.case_ where peer = ?1 and peer <> "
		                "'' "
		                "limit ?2)",
		                f->peer),
		        put_text(w, f->peer));
	if (f->owner.p != NULL)
		AND("%sc.owner = (select id from owner where ref = ?%u) and c.owner is not null",
		        led(a,
		                "select count(*) from (select 1 from main.case_ where owner = (select id "
		                "from "
		                "main.owner where ref = ?1) and owner is not null limit ?2)",
		                f->owner),
		        put_text(w, f->owner));
	if (f->ask.p != NULL)
		AND("c.ask = ?%u", put_text(w, f->ask));
	if (f->severity.p != NULL)
		AND("c.severity = ?%u", put_text(w, f->severity));
	if (f->finding != 0)
		AND("c.id in (select case_ from main.case_finding where finding = ?%u)",
		        put_number(w, (int64_t)f->finding));
	if (f->page.since != 0)
		AND("c.opened >= ?%u", put_number(w, f->page.since));
	if (f->page.until != 0)
		AND("c.opened < ?%u", put_number(w, f->page.until));
}

static void where_touches(const struct ask *a, struct cases_where *w, struct str cc)
{
	if (cc.p == NULL)
		return;
	unsigned n = put_text(w, cc);
	if (many(a, "select count(*) from (select 1 from main.case_touches where cc = upper(?1) limit ?2)",
	            cc))
		AND("exists (select 1 from main.case_touches t where t.case_ = c.id and t.cc = upper(?%u))",
		        n);
	else
		AND("c.id in (select case_ from main.case_touches where cc = upper(?%u))", n);
}

/* ---- text ---------------------------------------------------------------------------------------- */

/* What must stand in the index where the text stands: its letters, three in a row each. False: it is too short. */
static bool grams(struct str text, struct buf *ret)
{
	size_t at[GRAM + 1] = {0}, n = 0, found = 0;

	for (size_t i = 0; i <= text.len; i++) {
		if (i < text.len && ((unsigned char)text.p[i] & 0xc0) == 0x80)
			continue;
		memmove(at, at + 1, sizeof(at) - sizeof(at[0]));
		at[GRAM] = i;
		if (n++ < GRAM)
			continue;
		buf_add(ret, found++ > 0 ? STR(" AND \"") : STR("\""));
		for (size_t k = at[0]; k < at[GRAM]; k++) {
			if (text.p[k] == '"')
				buf_char(ret, '"');
			buf_char(ret, text.p[k]);
		}
		buf_char(ret, '"');
	}
	return found > 0;
}

/* lower() of SQLite knows ASCII alone, and so it stays: what the index says too much of is looked at. */
#define SAYS(c)                                                                                              \
	"instr(lower(" c ".title || char(10) || " c ".text || char(10) || " c ".number || char(10) || " c    \
	".their_ref), lower(?%u)) > 0"
#define SAID(n)                                                                                              \
	"instr(lower(" n ".text || char(10) || " n ".party || char(10) || " n ".subject), lower(?%u)) > 0"

/* Rows of cases, or of what was said in them, in which the text stands, out of the index; m, n: N of ?N of what it is asked and of the
 * text. */
#define IN_CASES                                                                                             \
	"select k.id from main.case_ k where k.id in (select rowid from main.case_find where case_find "     \
	"match "                                                                                             \
	"?%u) and " SAYS("k")
#define IN_ENTRIES                                                                                           \
	"select n.case_ from main.case_entry n where n.id in (select rowid from main.case_entry_find where " \
	"case_entry_find match ?%u) and " SAID("n")
#define HAS_ENTRY "exists (select 1 from main.case_entry n where n.case_ = c.id and " SAID("n") ")"

static void where_text(const struct ask *a, struct cases_where *w, struct str text)
{
	auto_buf struct buf match = {0};
	bool found = grams(text, &match);
	struct str g = arena_str(a->arena, buf_str(&match));
	bool few_cases = found &&
	        !more_than(a,
	                "select count(*) from (select 1 from main.case_find where case_find match ?1 limit "
	                "?2)",
	                g, MANY_CASES),
	     few_entries = found &&
	        !many(a,
	                "select count(*) from (select 1 from main.case_entry_find where case_entry_find "
	                "match "
	                "?1 limit ?2)",
	                g);
	unsigned n = put_text(w, text), m = few_entries ? put_text(w, g) : 0;

	if (few_cases && few_entries)
		AND("c.id in (" IN_CASES " union " IN_ENTRIES ")", m, n, m, n);
	else if (few_entries)
		AND("(" SAYS("c") " or c.id in (" IN_ENTRIES "))", n, m, n);
	else
		AND("(" SAYS("c") " or " HAS_ENTRY ")", n, n);
}

void cases_where(const struct ask *a, const struct cases_filter *f, int64_t now, struct cases_where *ret)
{
	*ret = (struct cases_where){0};
	where_state(ret, f, now);
	where_columns(a, ret, f);
	where_touches(a, ret, f->touches);
	if (f->q.p != NULL)
		where_text(a, ret, f->q);
}

unsigned cases_value(struct cases_where *w, int64_t number)
{
	return put_number(w, number);
}

unsigned cases_text(struct cases_where *w, struct str text)
{
	return put_text(w, text);
}

struct query cases_query(const struct ask *a, const struct cases_where *w, struct str sql)
{
	struct query q = db_query_text(a->state, sql);

	for (unsigned i = 0; i < w->n; i++) {
		if (w->values[i].is_text)
			query_text(&q, w->values[i].text);
		else
			query_i64(&q, w->values[i].number);
	}
	return q;
}
