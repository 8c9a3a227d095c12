/* SPDX-License-Identifier: Apache-2.0
 *
 * Talks about an objection that people here have noted: on its page below what was proposed, and as a list.
 */
#include "web/page_round.h"
#include "web/rounds.h"

#define MICRO 1000000

static void draw_talk(
        const struct page_ask *p, struct html *h, const struct query *q, const struct round_view *v)
{
	html_open(h, "li");
	round_time(p, h, query_get_i64(q, 1), &v->r.manifest);
	html_text(h, STR(" \xc2\xb7 "));
	html_text(h, query_get_text(q, 3));
	html_open(h, "p");
	html_attr(h, "class", STR("lines"));
	html_text(h, query_get_text(q, 2));
	html_close(h);
	if (page_may(p, RIGHT_CONSULT)) {
		round_form(p, h, "/agree/talk-drop", v, ROUND_OBJECTION);
		page_hidden(h, "id",
		        arena_printf(p->ask->arena, "J%llu", (unsigned long long)query_get_u64(q, 0)));
		page_button(p, h, W_AGREE_TALK_DROP);
		html_close(h);
	}
	html_close(h);
}

static void draw_form(
        const struct page_ask *p, struct html *h, const struct round_view *v, const struct said *s)
{
	const char *prefix = arena_printf(p->ask->arena, "k-%.*s-", STR_ARG(round_id(p, s->id))).p;

	round_form(p, h, "/agree/talk", v, ROUND_OBJECTION);
	page_hidden(h, "id", round_id(p, s->id));
	round_field(p, h, prefix, "at", W_AGREE_TALK_AT, (struct str){0}, 20, false);
	round_area(p, h, prefix, "text", W_AGREE_TALK_WORDS, (struct str){0}, 2, true);
	page_button(p, h, W_AGREE_TALK_NOTE);
	html_close(h);
}

void round_talks(const struct page_ask *p, struct html *h, const struct round_view *v, const struct said *s)
{
	struct query q = db_query(p->ask->state,
	        "select id, at, words, person from agree_talk where about = ? order by at, id limit 200");
	unsigned n = 0;

	page_line(p, h, "h3", NULL, W_AGREE_TALKS);
	page_line(p, h, "p", "note", W_AGREE_TALKS_HERE);
	query_blob(&q, str_make((const char *)s->id, DIGEST_LEN));
	while (query_next(&q) == 1) {
		if (n++ == 0)
			html_open(h, "ul");
		draw_talk(p, h, &q, v);
	}
	query_done(&q, NULL);
	if (n > 0)
		html_close(h);
	if (page_may(p, RIGHT_CONSULT))
		draw_form(p, h, v, s);
}
