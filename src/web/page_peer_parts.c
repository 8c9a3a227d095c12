/* SPDX-License-Identifier: Apache-2.0
 *
 * What is known of a link: keys, what went to the party and what became of it, what came and has no effect, what was refused,
 * what is missing, and where the party has contradicted itself.
 */
#include "trust/keylist.h"
#include "web/page_peer.h"

#define ROWS 50
#define DAY_US ((int64_t)86400 * 1000000)

/* ---- keys ---------------------------------------------------------------------------------------- */

static void draw_key(struct html *h, const struct query *q)
{
	char id[2 * KEY_ID + 1] = "";

	if (query_get_blob(q, 1).len == KEY_ID)
		str_hex_print(id, (const uint8_t *)query_get_blob(q, 1).p, KEY_ID);
	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	html_text(h, str_from(id));
	html_close(h);
	page_cell(h, query_get_text(q, 0));
	peer_cell_when(h, query_get_i64(q, 2));
	peer_cell_when(h, query_get_i64(q, 3));
	html_open(h, "td");
	peer_when(h, query_get_i64(q, 4));
	html_text(h, STR(" "));
	html_text(h, query_get_text(q, 5));
	html_close(h);
	html_close(h);
}

/* What a revoked key signed and we had stands; what is younger than its end is said. */
static void draw_after(const struct page_ask *p, struct html *h, struct str party)
{
	struct query q = db_query(p->ask->state,
	        "select count(*) from party_key k cross join stream t on t.sender = k.party cross join "
	        "statement s "
	        "on s.stream = t.id and k.key = substr(s.head, 17, 8) where k.party = ? and k.duty = 'sign' "
	        "and "
	        "k.revoked is not null and s.created > k.revoked");
	uint64_t n;

	query_text(&q, party);
	n = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	query_done(&q, NULL);
	if (n == 0)
		return;
	html_open(h, "p");
	html_attr(h, "class", STR("error"));
	page_sayf(p, h, W_PEER_AFTER_REVOKED, page_number(p, n));
	html_close(h);
}

void peer_keys(const struct page_ask *p, struct html *h, struct str party)
{
	static const enum word head[] = {
	        W_PEER_KEYS, W_PEER_DUTY, W_PEER_FROM, W_TOKEN_UNTIL, W_PEER_REVOKED, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select duty, key, since, until, coalesce(revoked, 0), coalesce(word, '') from party_key "
	        "where party = ? "
	        "order by duty, since, id");
	uint64_t n = 0;

	query_text(&q, party);
	for (; query_next(&q) == 1; n++) {
		if (n == 0) {
			page_section(p, h, "h-keys", W_PEER_KEYS);
			page_table(p, h, W_PEER_KEYS, head);
		}
		draw_key(h, &q);
	}
	query_done(&q, NULL);
	if (n == 0)
		return;
	page_table_end(h);
	draw_after(p, h, party);
	html_close(h);
}

/* ---- what went ----------------------------------------------------------------------------------- */

/* Delivered, read and taken on are three things. */
void peer_deliveries(const struct page_ask *p, struct html *h, struct str party)
{
	static const enum word head[] = {W_PEER_STATEMENT, W_PEER_KIND, W_PEER_MADE, W_PEER_DELIVERED,
	        W_PEER_READ, W_PEER_ACKED, W_PEER_VERDICT, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select s.n, s.kind, s.created, coalesce(d.receipt, 0), coalesce(d.read, 0), "
	        "coalesce(d.acked, 0), "
	        "coalesce(d.by, ''), coalesce(d.verdict, '') from delivery d join statement s on s.n = "
	        "d.statement where "
	        "d.party = ? and s.kind <> 'receipt' order by d.waits desc, d.statement desc limit ?");
	uint64_t n = 0;

	page_section(p, h, "h-went", W_PEER_DELIVERIES);
	query_text(&q, party);
	query_u64(&q, ROWS);
	for (; query_next(&q) == 1; n++) {
		if (n == 0)
			page_table(p, h, W_PEER_DELIVERIES, head);
		html_open(h, "tr");
		html_open(h, "th");
		html_attr(h, "scope", STR("row"));
		html_text(h, page_id(p, 'S', query_get_u64(&q, 0)));
		html_close(h);
		page_cell(h, query_get_text(&q, 1));
		for (int i = 2; i < 5; i++)
			peer_cell_when(h, query_get_i64(&q, i));
		html_open(h, "td");
		peer_when(h, query_get_i64(&q, 5));
		html_text(h, STR(" "));
		html_text(h, query_get_text(&q, 6));
		html_close(h);
		page_cell(h, query_get_text(&q, 7));
		html_close(h);
	}
	query_done(&q, NULL);
	page_table_over(p, h, n, W_NONE);
	html_close(h);
}

/* ---- what came ----------------------------------------------------------------------------------- */

static void draw_release(
        const struct page_ask *p, struct html *h, uint64_t n, struct str verdict, struct str party)
{
	/* a person can judge these (link/take.c); the rest can have no effect */
	static const char *const words[] = {"fork", "exercise-mismatch", "expired", "future", "ok", "gap"};
	bool can = false;

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		can |= str_eq(verdict, str_from(words[i]));
	html_open(h, "td");
	if (can && page_may(p, RIGHT_LINK)) {
		page_form(p, h, "/statements/release", "act");
		page_hidden(h, "id", page_id(p, 'S', n));
		page_hidden(h, "back", arena_printf(p->ask->arena, "/peers/%.*s", STR_ARG(party)));
		page_button(p, h, W_PEER_RELEASE);
		html_close(h);
	}
	html_close(h);
}

void peer_held(const struct page_ask *p, struct html *h, struct str party)
{
	static const enum word head[] = {W_PEER_STATEMENT, W_PEER_KIND, W_PEER_MADE, W_PEER_VERDICT,
	        W_COL_REASON, W_COL_ACT, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select n, kind, created, verdict, why from statement where sender = ? and effect = 0 order "
	        "by n desc limit "
	        "?");
	uint64_t n = 0;

	query_text(&q, party);
	query_u64(&q, ROWS);
	for (; query_next(&q) == 1; n++) {
		struct str verdict = arena_str(p->ask->arena, query_get_text(&q, 3));
		if (n == 0) {
			page_section(p, h, "h-held", W_PEER_HELD_WHAT);
			page_table(p, h, W_PEER_HELD_WHAT, head);
		}
		html_open(h, "tr");
		html_open(h, "th");
		html_attr(h, "scope", STR("row"));
		html_text(h, page_id(p, 'S', query_get_u64(&q, 0)));
		html_close(h);
		page_cell(h, query_get_text(&q, 1));
		peer_cell_when(h, query_get_i64(&q, 2));
		page_cell(h, verdict);
		html_open(h, "td");
		page_english(p, h, query_get_text(&q, 4));
		html_close(h);
		draw_release(p, h, query_get_u64(&q, 0), verdict, party);
		html_close(h);
	}
	query_done(&q, NULL);
	if (n > 0) {
		page_table_end(h);
		html_close(h);
	}
}

void peer_aside(const struct page_ask *p, struct html *h, struct str party)
{
	static const enum word head[] = {W_COL_CAME, W_PEERS_PARTY, W_PEER_VERDICT, W_PEER_BYTES, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select at, sender, verdict, size from refused where carrier = ?1 or sender = ?1 order by id "
	        "desc limit ?2");
	uint64_t n = 0;

	query_text(&q, party);
	query_u64(&q, ROWS);
	for (; query_next(&q) == 1; n++) {
		if (n == 0) {
			page_section(p, h, "h-aside", W_PEER_ASIDE);
			page_table(p, h, W_PEER_ASIDE, head);
		}
		html_open(h, "tr");
		page_cell_time(h, query_get_i64(&q, 0));
		page_cell(h, query_get_text(&q, 1));
		page_cell(h, query_get_text(&q, 2));
		page_cell_u64(h, query_get_u64(&q, 3));
		html_close(h);
	}
	query_done(&q, NULL);
	if (n == 0)
		return;
	page_table_end(h);
	if (page_may(p, RIGHT_LINK)) {
		peer_form(p, h, "/peers/retry", party);
		page_button(p, h, W_PEER_RETRY);
		html_close(h);
	}
	html_close(h);
}

/* ---- what is missing, what contradicts ----------------------------------------------------------- */

void peer_gaps(const struct page_ask *p, struct html *h, struct str party)
{
	struct query q = db_query(p->ask->state,
	        "select g.first, g.last, t.recipients, g.since from gap g join stream t on t.id = g.stream "
	        "where t.sender = "
	        "? and g.since < ? order by g.since limit ?");
	uint64_t n = 0;

	query_text(&q, party);
	query_i64(&q, p->now - DAY_US);
	query_u64(&q, ROWS);
	for (; query_next(&q) == 1; n++) {
		if (n == 0) {
			page_section(p, h, "h-gaps", W_PEER_GAPS);
			html_open(h, "ul");
		}
		html_open(h, "li");
		page_sayf(p, h, W_PEER_NUMBERS, page_number(p, query_get_u64(&q, 0)),
		        page_number(p, query_get_u64(&q, 1)), query_get_text(&q, 2));
		html_text(h, STR(" "));
		page_time(h, query_get_i64(&q, 3));
		html_close(h);
	}
	query_done(&q, NULL);
	if (n > 0) {
		html_close(h);
		html_close(h);
	}
}

static void draw_head(struct html *h, const struct query *q)
{
	char id[65] = "";

	if (query_get_blob(q, 2).len == 32)
		str_hex_print(id, (const uint8_t *)query_get_blob(q, 2).p, 32);
	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	html_printf(h, "S%llu", (unsigned long long)query_get_u64(q, 0));
	html_close(h);
	page_cell_u64(h, query_get_u64(q, 1));
	html_open(h, "td");
	html_line(h, "code", NULL, str_from(id));
	html_close(h);
	page_cell(h, query_get_text(q, 3));
	peer_cell_when(h, query_get_i64(q, 4));
	html_close(h);
}

/* Statements of one number, or that break the chain, side by side. */
void peer_forks(const struct page_ask *p, struct html *h, struct str party)
{
	static const enum word head[] = {
	        W_PEER_STATEMENT, W_GROUPS_SERIAL, W_COL_WHAT, W_PEER_KIND, W_PEER_MADE, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select s.n, s.seq, s.id, s.kind, s.created from statement s join stream t on t.id = "
	        "s.stream where t.sender "
	        "= ? and t.forked = 1 and (s.verdict = 'fork' or exists (select 1 from statement o where "
	        "o.stream = s.stream "
	        "and o.seq = s.seq and o.n <> s.n)) order by s.stream, s.seq, s.n limit ?");
	uint64_t n = 0;

	query_text(&q, party);
	query_u64(&q, ROWS);
	for (; query_next(&q) == 1; n++) {
		if (n == 0) {
			page_section(p, h, "h-forks", W_PEER_FORKS);
			page_line(p, h, "p", "error", W_PEER_FORK_WHAT);
			page_table(p, h, W_PEER_FORKS, head);
		}
		draw_head(h, &q);
	}
	query_done(&q, NULL);
	if (n > 0) {
		page_table_end(h);
		html_close(h);
	}
}
