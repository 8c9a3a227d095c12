/* SPDX-License-Identifier: Apache-2.0
 *
 * Days on which members do not work, for who opens a round and who signs its opening.
 */
#include "agree/off_days.h"
#include "web/page_round.h"

#define DAY 86400

static void draw_days(const struct page_ask *p, struct html *h, enum word w, struct str days)
{
	if (days.len == 0)
		return;
	html_open(h, "p");
	html_attr(h, "class", STR("error"));
	page_say(p, h, w);
	html_text(h, STR(" "));
	html_text(h, days);
	html_close(h);
}

void round_holidays(const struct page_ask *p, struct html *h, const struct manifest *m)
{
	const struct calendars *all = p->country != NULL ? &p->country->calendars : NULL;
	struct str party[MANIFEST_MEMBERS];
	auto_buf struct buf days = {0}, unknown = {0};

	for (unsigned i = 0; i < m->members; i++)
		party[i] = m->member[i].party;
	off_days_put(p->ask->state, all, party, m->members, m->opens / DAY, m->closes / DAY, m->off, m->offs,
	        &days);
	off_days_unknown(all, party, m->members, m->opens / DAY, m->closes / DAY, &unknown);
	draw_days(p, h, W_AGREE_HOLIDAYS, buf_str(&days));
	draw_days(p, h, W_AGREE_HOLIDAYS_UNKNOWN, buf_str(&unknown));
}
