/* SPDX-License-Identifier: Apache-2.0
 *
 * One meeting as text.
 */
#include "web/meetings.h"

/* ---- as text ------------------------------------------------------------------------------------- */

static void head(struct buf *out, const char *name, struct str value)
{
	char shown[2300];

	if (value.len != 0)
		buf_printf(out, "%-12s %s\n", name, err_quote(shown, sizeof(shown), value).p);
}

static void put_lines(struct buf *out, struct str text)
{
	char shown[4200];

	for (struct str_cut cut = {.tail = text, .ok = text.len != 0}; cut.ok;) {
		cut = str_cut(cut.tail, '\n');
		buf_printf(out, "    %s\n", err_quote(shown, sizeof(shown), cut.head).p);
	}
}

static void put_time(struct buf *out, const char *name, const struct clocks *k, int64_t start, int64_t until)
{
	buf_printf(out, "%-12s ", name);
	clocks_put(k, out, start, until);
	buf_char(out, '\n');
}

static void put_facts(const struct meeting_row *m, const struct clocks *k, struct buf *out)
{
	buf_printf(out, "%-12s G%llu, %.*s, card %lld of %.*s\n", "meeting", (unsigned long long)m->id,
	        STR_ARG(m->state), (long long)m->serial, STR_ARG(m->sender));
	head(out, "title", m->title);
	buf_printf(out, "%-12s TLP:%.*s%s%.*s\n", "label", STR_ARG(m->label), m->community.len > 0 ? " " : "",
	        STR_ARG(m->community));
	put_time(out, "begins", k, m->start, 0);
	put_time(out, "ends", k, m->until, 0);
	head(out, "place", m->place);
	head(out, "link", m->link);
	head(out, "facilitator", m->facilitator);
	if (m->asked)
		head(out, "we owe", STR("an answer: weir meeting come"));
	if (m->unsigned_)
		head(out, "we owe", STR("an assent: weir meeting assent"));
}

static void put_members(const struct ask *a, const struct meeting_row *m, struct buf *out, struct err *e)
{
	struct meeting_member *v;
	unsigned n = meeting_members(a, m, &v, e);
	char shown[400];

	for (unsigned i = 0; i < n; i++) {
		buf_printf(out, "%-12s %s", v[i].as.p, err_quote(shown, sizeof(shown), v[i].party).p);
		if (!str_eq(v[i].as, STR("chair"))) {
			if (str_eq(v[i].comes, STR("yes")))
				buf_printf(out, ", comes (card %lld%s%s)", (long long)v[i].serial,
				        v[i].by.len > 0 ? ", " : "",
				        err_quote(shown, sizeof(shown), v[i].by).p);
			else if (!str_eq(v[i].comes, STR("sender")))
				buf_add(out,
				        m->ours || str_eq(v[i].party, m->us) ? STR(", has not answered")
				                                             : STR(""));
			if (v[i].is_present)
				buf_printf(out, ", present%s%s", v[i].present.len > 0 ? ": " : "",
				        err_quote(shown, sizeof(shown), v[i].present).p);
			if (str_eq(v[i].assent, STR("yes")))
				buf_add(out, STR(", agrees with the minutes"));
			if (str_eq(v[i].assent, STR("earlier")))
				buf_add(out, STR(", agreed with other minutes"));
		}
		buf_char(out, '\n');
	}
}

static void put_agenda(
        const struct ask *a, const struct meeting_row *m, const struct clocks *k, struct buf *out)
{
	struct query q = db_query(a->state,
	        "select title, start, until, papers from meeting_item where meeting = ? order by place");
	char shown[700];
	unsigned n = 0;

	query_u64(&q, m->id);
	while (query_next(&q) == 1) {
		struct str papers = meeting_item_papers(a, m->id, query_get_u64(&q, 3));
		buf_printf(out, "\n%u. %s%s%s\n   ", ++n,
		        err_quote(shown, sizeof(shown), query_get_text(&q, 0)).p, papers.len > 0 ? "  " : "",
		        papers.len > 0 ? papers.p : "");
		clocks_put(k, out, query_get_i64(&q, 1), query_get_i64(&q, 2));
		buf_char(out, '\n');
	}
	query_done(&q, NULL);
}

/* One line for each row of that statement, which is one text. */
static void put_rows(
        const struct ask *a, const struct meeting_row *m, struct buf *out, const char *what, struct query q)
{
	bool any = false;

	(void)a;
	query_u64(&q, m->id);
	while (query_next(&q) == 1) {
		if (!any)
			buf_char(out, '\n');
		any = true;
		head(out, what, query_get_text(&q, 0));
	}
	query_run(&q);
}

static void put_words(const struct ask *a, const struct meeting_row *m, struct buf *out)
{
	struct query q = db_query(a->state,
	        "select lang, words from meeting_text where meeting = ?1 union all select said || ' ' || "
	        "party || ' ' || person, words from (select party, person, words, datetime(n.said, "
	        "'unixepoch') as said from meeting_note n where n.meeting = ?1 and " MEETING_COUNTS(
	                "n") " order by n.said, n.statement limit 500)");
	char shown[400];

	query_u64(&q, m->id);
	while (query_next(&q) == 1) {
		buf_printf(out, "\n%s\n", err_quote(shown, sizeof(shown), query_get_text(&q, 0)).p);
		put_lines(out, query_get_text(&q, 1));
	}
	query_done(&q, NULL);
}

static void put_parts(const struct ask *a, const struct meeting_row *m, struct buf *out)
{
	put_rows(a, m, out, "paper",
	        db_query(a->state,
	                "select symbol || ' ' || name || ', ' || size || ' bytes, ' || "
	                "lower(hex(sha256)) from meeting_paper where meeting = ? order by place"));
	put_rows(a, m, out, "outcome",
	        db_query(a->state,
	                "select 'round ' || r.number || ' of ' || r.instrument || ', ' || r.shown "
	                "from meeting_see x join agree_round r on r.open = x.id where x.meeting = "
	                "?"));
	put_rows(a, m, out, "goes",
	        db_query(a->state,
	                "select id || ' ' || party || ': ' || person || ', ' || role || case when sha256 is "
	                "null then '' else ', by ' || name end || case note when '' then '' else ', ' || "
	                "note "
	                "end from meeting_delegate where meeting = ? order by party, id"));
	if (m->sha256.len > 0)
		buf_printf(out, "\n%-12s %.*s\n", "minutes", STR_ARG(m->sha256));
	put_rows(a, m, out, "to be done",
	        db_query(a->state,
	                "select case f.draft when 1 then 'draft' else 'U' || f.id end || ' ' || f.owner || "
	                "', "
	                "by ' || date(f.due, 'unixepoch') || ': ' || f.what || case when f.draft = 0 and not "
	                "(" MEETING_UNDONE ") then ', done' else '' end from meeting_followup f where "
	                "f.meeting = ? and (f.draft = 0 or not exists (select 1 from meeting_followup g "
	                "where "
	                "g.meeting = f.meeting and g.draft = 0 and g.owner = f.owner and g.what = f.what and "
	                "g.due = f.due)) order by f.draft, f.due, f.id"));
}

static int load_one(const struct ask *a, struct reply *r, struct err *e)
{
	struct meeting_row m = {0};
	int rc = meeting_find(a, a->id, &m, e);

	r->type = "text/plain; charset=utf-8";
	if (rc != 0)
		return rc;
	struct clocks *k = meeting_clocks(a, &m);
	put_facts(&m, k, &r->body);
	put_members(a, &m, &r->body, e);
	put_agenda(a, &m, k, &r->body);
	put_parts(a, &m, &r->body);
	put_words(a, &m, &r->body);
	return 0;
}

const struct route route_meeting = {.path = "/meeting",
        .about = "one meeting as text",
        .id = true,
        .load = load_one,
        .right = RIGHT_READ};
