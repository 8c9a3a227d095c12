/* SPDX-License-Identifier: Apache-2.0
 *
 * One need, offer or practice: what it says in each of its languages, its files, who was told, what answers it, and what can be done.
 */
#include "web/page_learn.h"

struct one {
	uint64_t id, statement, need, answers;
	struct str kind, title, party, state, area, sim3, contact, learnt_from, lang, label, group, exercise,
	        reason;
	bool ours;
	int64_t created, until, withdrawn, acked, heard;
};

static bool is(const struct one *o, const char *kind)
{
	return str_eq(o->kind, str_from(kind));
}

static bool is_open(const struct one *o)
{
	return str_eq(o->state, STR("open"));
}

static int find(const struct page_ask *p, struct one *o, struct err *e)
{
	struct str *const texts[] = {&o->kind, &o->title, &o->party, &o->state, &o->area, &o->sim3,
	        &o->contact, &o->learnt_from, &o->lang, &o->label, &o->group, &o->exercise, &o->reason};
	int64_t *const times[] = {&o->created, &o->until, &o->withdrawn, &o->acked, &o->heard};

	if (ask_id(p->ask->id, 'G', &o->id, e) != 0)
		return e->code;
	struct query q = db_query(p->ask->state,
	        "select l.kind, l.title, l.party, " LEARN_STATE("l", "?2") ", l.area, " LEARN_SIM3(
	                "l") ", l.contact, l.learnt_from, l.lang, l.label, "
	                     "l.community, l.exercise, l.reason, l.created, coalesce(l.until, 0), "
	                     "coalesce(l.withdrawn, 0), coalesce(l.acked, 0), l.heard, l.ours, l.statement, "
	                     "coalesce((select n.id from learn n where n.said = l.reply), 0), l.reply is not "
	                     "null from learn l where l.id = ?1");
	query_u64(&q, o->id);
	query_i64(&q, p->now / 1000000);
	bool there = query_next(&q) == 1;
	for (int i = 0; there && i < 13; i++)
		*texts[i] = arena_str(p->ask->arena, query_get_text(&q, i));
	for (int i = 0; there && i < 5; i++)
		*times[i] = query_get_i64(&q, 13 + i);
	if (there) {
		o->ours = query_get_u64(&q, 18) != 0;
		o->statement = query_get_u64(&q, 19);
		o->need = query_get_u64(&q, 20);
		o->answers = query_get_u64(&q, 21);
	}
	int rc = query_done(&q, e);
	return rc != 0  ? rc
	        : there ? 0
	                : err_set(e, ERR_MISSING, "there is no G%llu among needs, offers and practices",
	                          (unsigned long long)o->id);
}

/* ---- facts --------------------------------------------------------------------------------------- */

static void fact_tag(
        const struct page_ask *p, struct html *h, enum word name, const char *kind, struct str key)
{
	page_line(p, h, "dt", NULL, name);
	html_open(h, "dd");
	page_tag(p, h, kind, key);
	html_close(h);
}

static void fact_time(const struct page_ask *p, struct html *h, enum word name, int64_t seconds)
{
	if (seconds == 0)
		return;
	page_line(p, h, "dt", NULL, name);
	html_open(h, "dd");
	page_time(h, seconds * 1000000);
	html_close(h);
}

static void draw_offer_facts(const struct page_ask *p, struct html *h, const struct one *o)
{
	struct learn_offer state = {.open = is_open(o), .acked = o->acked, .heard = o->heard};

	if (o->answers != 0) {
		page_line(p, h, "dt", NULL, W_OFFER_ANSWERS);
		html_open(h, "dd");
		if (o->need != 0)
			learn_link(p, h, o->need, STR(""));
		else
			page_say(p, h, W_OFFER_AWAY);
		html_close(h);
	}
	if (!o->ours && (o->acked != 0 || state.open)) {
		page_line(p, h, "dt", NULL, W_OFFER_ACK);
		html_open(h, "dd");
		learn_offer_state(p, h, &state);
		html_close(h);
	}
}

static void draw_facts(const struct page_ask *p, struct html *h, const struct one *o)
{
	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	learn_fact(p, h, W_COL_WHAT, page_key(p, "learn", o->kind));
	learn_fact(p, h, W_LEARN_PARTY, o->party);
	fact_tag(p, h, W_COL_STATE, "lstate", o->state);
	learn_fact(p, h, W_REASON, o->reason);
	learn_fact(p, h, W_LEARN_AREA, page_key(p, "area", o->area));
	learn_fact(p, h, W_LEARN_SIM3, o->sim3);
	learn_fact(p, h, W_LEARN_OFFICE, o->contact);
	learn_fact(p, h, W_LEARN_FROM, o->learnt_from);
	learn_fact(p, h, W_LEARN_LANG, o->lang);
	fact_tag(p, h, W_LETTERS_LABEL, "tlp", o->label);
	learn_fact(p, h, W_GROUPS_GROUP, o->group);
	learn_fact(p, h, W_CASE_EXERCISE, o->exercise);
	fact_time(p, h, W_LEARN_SAID, o->created);
	fact_time(p, h, W_LEARN_UNTIL, o->until);
	fact_time(p, h, W_LSTATE_WITHDRAWN, o->withdrawn);
	if (is(o, "offer"))
		draw_offer_facts(p, h, o);
	html_close(h);
}

/* The page's language first. */
static void draw_texts(const struct page_ask *p, struct html *h, const struct one *o)
{
	struct query q = db_query(p->ask->state,
	        "select lang, text from learn_text where learn = ?1 order by lang = ?2 desc, lang = 'en' "
	        "desc, "
	        "lang");

	query_u64(&q, o->id);
	query_text(&q, p->words->code);
	while (query_next(&q) == 1) {
		html_line(h, "h2", NULL, query_get_text(&q, 0));
		html_open(h, "p");
		html_attr(h, "class", STR("lines"));
		html_attr(h, "lang", query_get_text(&q, 0));
		html_text(h, query_get_text(&q, 1));
		html_close(h);
	}
	query_done(&q, NULL);
}

/* ---- beside it ----------------------------------------------------------------------------------- */

static void draw_file(const struct page_ask *p, struct html *h, const struct query *q)
{
	struct link l;

	html_open(h, "li");
	html_line(h, "strong", NULL, query_get_text(q, 1));
	html_printf(h, " %llu B ", (unsigned long long)query_get_u64(q, 2));
	html_line(h, "code", NULL, query_get_text(q, 3));
	html_text(h, STR(" "));
	if (query_get_u64(q, 0) != 0) {
		html_open(h, "a");
		link_begin(&l, "/api/v1/capability-file");
		link_part(&l, page_id(p, 'B', query_get_u64(q, 0)));
		html_link(h, "href", &l);
		page_say(p, h, W_CASE_FILE_OUT);
		html_close(h);
	} else {
		page_say(p, h, W_LEARN_STEP_WAITS);
	}
	html_close(h);
}

static void draw_files(const struct page_ask *p, struct html *h, const struct one *o)
{
	struct query q = db_query(p->ask->state,
	        "select coalesce(b.id, 0), f.name, f.size, lower(hex(f.sha256)) from attachment f left join "
	        "blob b on b.sha256 = f.sha256 and f.here = 1 where f.statement = ? order by f.id limit 32");
	unsigned n = 0;

	query_u64(&q, o->statement);
	while (query_next(&q) == 1) {
		if (n++ == 0) {
			page_section(p, h, "h-files", W_CASE_FILES);
			html_open(h, "ul");
		}
		draw_file(p, h, &q);
	}
	query_done(&q, NULL);
	if (n > 0) {
		html_close(h);
		html_close(h);
	}
}

static void draw_told(const struct page_ask *p, struct html *h, const struct one *o)
{
	static const enum word head[] = {W_LEARN_PARTY, W_COL_STATE, W_COL_WHEN, W_COL_WHO, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select party, coalesce(receipt, 0), coalesce(acked, 0), coalesce(by, '') from delivery "
	        "where "
	        "statement = ? order by party");
	unsigned n = 0;

	query_u64(&q, o->statement);
	while (o->ours && query_next(&q) == 1) {
		int64_t here = query_get_i64(&q, 1), acked = query_get_i64(&q, 2);
		if (n++ == 0) {
			page_section(p, h, "h-told", W_LEARN_TOLD);
			page_table(p, h, W_LEARN_TOLD, head);
		}
		html_open(h, "tr");
		page_cell(h, query_get_text(&q, 0));
		html_open(h, "td");
		page_say(p, h,
		        acked != 0          ? W_STEP_ACKNOWLEDGED
		                : here != 0 ? W_LEARN_STEP_HERE
		                            : W_LEARN_STEP_WAITS);
		html_close(h);
		learn_cell_when(h, acked != 0 ? acked : here);
		page_cell(h, query_get_text(&q, 3));
		html_close(h);
	}
	query_done(&q, NULL);
	if (n > 0) {
		page_table_end(h);
		html_close(h);
	}
}

static void draw_answered(const struct page_ask *p, struct html *h, const struct one *o)
{
	struct query q = db_query(p->ask->state,
	        "select o.id, o.title, o.party, " LEARN_STATE(
	                "o", "?2") " from learn l join learn o on o.reply = l.said and o.kind = 'offer' "
	                           "where l.id = ?1 "
	                           "order by o.id limit 100");
	unsigned n = 0;

	query_u64(&q, o->id);
	query_i64(&q, p->now / 1000000);
	while (query_next(&q) == 1) {
		if (n++ == 0) {
			page_section(p, h, "h-answered", W_LEARN_ANSWERED);
			html_open(h, "ul");
		}
		html_open(h, "li");
		learn_link(p, h, query_get_u64(&q, 0), query_get_text(&q, 1));
		html_text(h, STR(" "));
		html_text(h, query_get_text(&q, 2));
		html_text(h, STR(" "));
		page_tag(p, h, "lstate", query_get_text(&q, 3));
		html_close(h);
	}
	query_done(&q, NULL);
	if (n > 0) {
		html_close(h);
		html_close(h);
	}
}

/* ---- what can be done ---------------------------------------------------------------------------- */

static void draw_met(const struct page_ask *p, struct html *h, const struct one *o)
{
	page_form(p, h, "/capability/withdraw", "act");
	page_hidden(h, "id", page_id(p, 'G', o->id));
	page_hidden(h, "reason", STR("met"));
	page_button(p, h, W_LEARN_MET);
	html_close(h);
}

static void draw_withdraw(const struct page_ask *p, struct html *h, const struct one *o)
{
	page_form(p, h, "/capability/withdraw", "act");
	page_hidden(h, "id", page_id(p, 'G', o->id));
	page_field(p, h,
	        &(struct page_field){.name = "reason",
	                .label = W_REASON,
	                .type = "text",
	                .limit = 300,
	                .size = 30,
	                .required = true});
	page_button(p, h, W_LEARN_WITHDRAW);
	html_close(h);
}

static void draw_ack(const struct page_ask *p, struct html *h, const struct one *o)
{
	page_form(p, h, "/capability/ack", "act");
	page_hidden(h, "id", page_id(p, 'G', o->id));
	page_area(p, h, &(struct page_field){.name = "text", .label = W_NOTE, .limit = 5000}, 2);
	page_button(p, h, W_OFFER_ACK);
	html_close(h);
}

static void draw_forms(const struct page_ask *p, struct html *h, const struct one *o)
{
	if (o->withdrawn == 0 && o->ours && page_may(p, RIGHT_RELEASE)) {
		if (is(o, "need"))
			draw_met(p, h, o);
		draw_withdraw(p, h, o);
	}
	if (!o->ours && is(o, "offer") && o->acked == 0 && page_may(p, RIGHT_RELEASE))
		draw_ack(p, h, o);
	if (!o->ours && is(o, "need") && is_open(o) && page_may(p, RIGHT_WORK)) {
		page_form(p, h, "/needs/new", "act");
		page_hidden(h, "kind", STR("offer"));
		page_hidden(h, "reply", page_id(p, 'G', o->id));
		page_button(p, h, W_NEEDS_OFFER);
		html_close(h);
	}
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct one o = {0};
	int rc = find(p, &o, e);

	if (rc != 0)
		return rc;
	html_line(h, "h1", NULL, o.title);
	draw_facts(p, h, &o);
	draw_texts(p, h, &o);
	draw_files(p, h, &o);
	draw_answered(p, h, &o);
	draw_told(p, h, &o);
	draw_forms(p, h, &o);
	return 0;
}

const struct page page_capability = {
        .path = "/capability", .title = W_CAPABILITY, .id = true, .right = RIGHT_READ, .draw = draw};
