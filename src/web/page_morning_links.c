/* SPDX-License-Identifier: Apache-2.0
 *
 * What other parties wait for, and what we wait for from them: figures that are not zero.
 */
#include "agree/look.h"
#include "web/meetings.h"
#include "web/page_morning_in.h"

#define DAY_S ((int64_t)86400)

struct figure {
	enum word what;
	const char *path, *sql; /* ?1: now in seconds; NULL: rounds of consultations that wait for us */
};
static const struct figure figures[] = {
        {W_MORNING_LINKS_US, "/peers", "select count(*) from party where link in ('unverified', 'typed')"},
        {W_MORNING_LINKS_THEM, "/peers",
                "select count(*) from party p where link = 'linked' and role <> 'mail' and (failed like "
                "'%not-linked%' or "
                "exists (select 1 from comm_check c where c.party = p.name and c.ours = 1 and c.result = "
                "'open' and ?1 > "
                "0))"},
        {W_MORNING_LISTS, "/peers",
                "select count(*) from party where (link in ('linked', 'paused') or own = 1) and list_until > "
                "0 and "
                "list_until + extended < ?1 + 60 * 86400"},
        {W_MORNING_CHECKS, "/peers",
                "select count(*) from comm_check where ours = 0 and answered is null and (due > ?1 - 7 * "
                "86400)"},
        {W_MORNING_CHECKS_LATE, "/peers",
                "select count(*) from comm_check where ours = 1 and result in ('no-answer', 'wrong-token', "
                "'bounced', "
                "'wrong-key') and asked > ?1 - 30 * 86400"},
        {W_MORNING_STALE, "/contacts",
                "select count(*) from party_contact where source <> 'own' and confirmed < ?1 - 180 * 86400"},
        {W_MORNING_UNCONFIRMED, "/contacts",
                "select count(*) from contact_asked k join contact c on c.id = k.contact join owner o on "
                "o.id = c.owner where c.gone is null and o.gone is null and (k.waits is not null or (k.times "
                ">= 2 and k.asked < (?1 - 30 * 86400) * 1000000))"},
        {W_MORNING_CARD, "/contacts",
                "select count(distinct party) from party_contact where source = 'own' and confirmed < ?1 - "
                "90 * 86400"},
        {W_MORNING_CARDS, "/groups",
                "select count(*) from statement g where kind = 'group' and effect = 1 and ?1 > 0 and sender "
                "not in (select "
                "name from party where own = 1) and not exists (select 1 from statement a join party p on "
                "p.name = a.sender "
                "where p.own = 1 and +a.kind = 'ack' and a.reply = g.id)"},
        {W_MORNING_MEETINGS, "/meetings",
                "select count(*) from meeting m where m.card is not null and ?1 > 0 and " MEETING_ASKED},
        {W_MORNING_MINUTES, "/meetings",
                "select count(*) from meeting m where m.card is not null and ?1 > 0 and " MEETING_UNSIGNED},
        {W_MORNING_TODO, "/meetings",
                "select count(*) from meeting_followup f join meeting m on m.id = f.meeting where f.draft = "
                "0 "
                "and f.due between ?1 and ?1 + 7 * 86400 and m.state <> 'cancelled' and f.owner = " MEETING_US
                " and " MEETING_UNDONE},
        {W_MORNING_HELD, "/peers", "select count(*) from statement where effect = 0 and ?1 > 0"},
        {W_MORNING_GAPS, "/peers", "select count(*) from gap where since < (?1 - 86400) * 1000000"},
        {W_MORNING_NORMS, "/norms",
                "select count(*) from norm_row where review < (?1 + 14 * 86400) * 1000000"},
        {W_MORNING_SURVEY, "/norms",
                "select count(*) from (select max(due) as due from norm_survey) where due < (?1 + 60 * "
                "86400) * 1000000"},
        {W_MORNING_UNRECEIPTED, "/peers",
                "select count(*) from delivery d join statement s on s.n = d.statement where d.waits = 1 and "
                "s.created < "
                "?1 - 86400"},
        {W_MORNING_AGREE_OWED, "/agree", NULL},
        {W_MORNING_AGREE_WRONG, "/agree",
                "select count(*) from agree_round r where shown in ('held', 'broken', 'disputed') and not "
                "exists "
                "(select 1 from agree_round n where n.instrument = r.instrument and n.number > r.number)"},
        {W_MORNING_AGREE_SECOND, "/agree", "select count(*) from agree_pending"},
};

static uint64_t count(const struct page_ask *p, const char *sql)
{
	if (sql == NULL)
		return agree_owed_count(p->ask->state, p->ask->folder, p->ask->arena, p->now / 1000000);
	struct query q = db_query(p->ask->state, sql);
	uint64_t n = 0;

	if (str_find_str(str_from(sql), 0, STR("?1")) != SIZE_MAX)
		query_i64(&q, p->now / 1000000);
	if (query_next(&q) == 1)
		n = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return n;
}

void morning_links(const struct page_ask *p, struct html *h)
{
	bool any = false;

	for (unsigned i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		uint64_t n = count(p, figures[i].sql);
		struct link l;
		if (n == 0)
			continue;
		if (!any) {
			page_section(p, h, "h-links", W_MORNING_LINKS);
			html_open(h, "ul");
			html_attr(h, "class", STR("figures"));
		}
		any = true;
		link_begin(&l, figures[i].path);
		page_figure(p, h, n, figures[i].what, &l);
	}
	if (any) {
		html_close(h);
		html_close(h);
	}
}
