/* SPDX-License-Identifier: Apache-2.0
 *
 * One party and its link: both directions apart, what waits for whom, what was said and what became of it.
 */
#include "web/page_peer.h"

#define CLOCK_SHOWN 60 /* seconds */

static void fact_time(const struct page_ask *p, struct html *h, enum word name, int64_t t)
{
	page_line(p, h, "dt", NULL, name);
	html_open(h, "dd");
	if (t != 0)
		page_time(h, t);
	else
		html_text(h, STR("-"));
	html_close(h);
}

static void draw_directions(const struct page_ask *p, struct html *h, const struct query *q)
{
	int64_t clock = query_get_i64(q, 10);

	fact_time(p, h, W_PEERS_WE_REACH, query_get_i64(q, 8));
	peer_fact(p, h, W_PEER_FAILED, query_get_text(q, 11));
	fact_time(p, h, W_PEERS_THEY_REACH, query_get_i64(q, 9));
	if (clock >= CLOCK_SHOWN || clock <= -CLOCK_SHOWN) {
		page_line(p, h, "dt", NULL, W_PEER_CLOCK);
		html_open(h, "dd");
		page_sayf(p, h, W_PEER_SECONDS, arena_printf(p->ask->arena, "%+lld", (long long)clock));
		html_close(h);
	}
	peer_fact(p, h, W_PEERS_WAITS, page_number(p, query_get_u64(q, 12)));
}

static void draw_facts(const struct page_ask *p, struct html *h, const struct query *q)
{
	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	peer_fact(p, h, W_PEERS_TITLE, query_get_text(q, 1));
	page_line(p, h, "dt", NULL, W_PEERS_LINK);
	html_open(h, "dd");
	page_tag(p, h, "link", query_get_text(q, 2));
	html_text(h, STR(" "));
	html_text(h, query_get_text(q, 5));
	if (check_green(p->ask->state, query_get_text(q, 0)))
		page_say(p, h, W_PEERS_GREEN);
	html_close(h);
	peer_fact(p, h, W_PEERS_ROLE, query_get_text(q, 3));
	if (query_get_text(q, 2).len > 0 && query_get_i64(q, 13) != 0) {
		draw_directions(p, h, q);
		fact_time(p, h, W_PEERS_UNTIL, query_get_i64(q, 13) * 1000000);
		peer_fact(p, h, W_PEER_LIMITS,
		        arena_printf(p->ask->arena, "%llu, %llu %.*s",
		                (unsigned long long)query_get_u64(q, 14),
		                (unsigned long long)query_get_u64(q, 15),
		                STR_ARG(page_word(p, W_PEER_BYTES))));
	}
	peer_fact(p, h, W_CONTACTS_EMAIL, query_get_text(q, 16));
	peer_fact(p, h, W_NOTE, query_get_text(q, 17));
	html_close(h);
	if (query_get_text(q, 6).len > 0) {
		html_open(h, "p");
		html_attr(h, "class", STR("error"));
		page_english(p, h, query_get_text(q, 6));
		html_close(h);
	}
}

static struct query find(const struct page_ask *p)
{
	struct query q = db_query(p->ask->state,
	        "select p.name, p.title, p.link, p.role, coalesce(p.typed_by, ''), p.why, p.alarm, "
	        "p.voice_at is not null, "
	        "coalesce(p.reached, 0), coalesce(p.reaches, 0), coalesce(p.clock, 0), p.failed, (select "
	        "count(*) from "
	        "delivery d where d.party = p.name and d.waits = 1), case p.list_until when 0 then 0 else "
	        "p.list_until + "
	        "p.extended end, p.per_minute, p.day_bytes, p.email, p.note from party p where p.name = ?");

	query_text(&q, p->ask->id);
	return q;
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct arena *a = p->ask->arena;
	struct query q = find(p);
	struct peer_state s = {0};
	char shown[80];

	page_line(p, h, "p", NULL, W_PEER);
	html_line(h, "h1", NULL, p->ask->id);
	if (query_next(&q) == 1) {
		s = (struct peer_state){.name = arena_str(a, query_get_text(&q, 0)),
		        .title = arena_str(a, query_get_text(&q, 1)),
		        .link = arena_str(a, query_get_text(&q, 2)),
		        .role = arena_str(a, query_get_text(&q, 3)),
		        .typed_by = arena_str(a, query_get_text(&q, 4)),
		        .why = arena_str(a, query_get_text(&q, 5)),
		        .alarm = arena_str(a, query_get_text(&q, 6)),
		        .new_root = query_get_u64(&q, 7) != 0};
		draw_facts(p, h, &q);
	}
	int rc = query_done(&q, e);
	if (rc != 0)
		return rc;
	if (s.name.len == 0)
		return err_set(e, ERR_MISSING, "there is no party '%s'",
		        err_quote(shown, sizeof(shown), p->ask->id).p);
	peer_steps(p, h, &s);
	peer_forks(p, h, s.name);
	peer_gaps(p, h, s.name);
	peer_held(p, h, s.name);
	peer_aside(p, h, s.name);
	rc = peer_checks(p, h, s.name, e);
	peer_deliveries(p, h, s.name);
	peer_keys(p, h, s.name);
	return rc;
}

const struct page page_peer = {
        .path = "/peers", .title = W_PEER, .id = true, .right = RIGHT_READ, .draw = draw};
