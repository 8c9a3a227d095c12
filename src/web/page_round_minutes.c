/* SPDX-License-Identifier: Apache-2.0
 *
 * Minutes of a round, and the record of an act: what a person reads before signing the same bytes.
 */
#include "web/meetings.h"
#include "web/page_round.h"
#include "web/rounds.h"

static struct str present(const struct page_ask *p, const struct said *s)
{
	struct item list = item_get(&s->body, STR("present"));
	auto_buf struct buf b = {0};

	if (list.type != BODY_LIST)
		return STR("");
	for (struct item_each e = item_each(&list); item_next(&e);)
		if (e.item.type == BODY_TEXT)
			buf_printf(&b, "%s%.*s", b.len > 0 ? ", " : "", STR_ARG(e.item.text));
	return arena_str(p->ask->arena, buf_str(&b));
}

/* "12/2026, 2026-05-01"; empty: they are of a meeting. */
static struct str act(const struct page_ask *p, const struct said *s)
{
	struct item act = item_get(&s->body, STR("act"));
	struct str number, date;

	if (act.type != BODY_OBJECT)
		return STR("");
	number = item_text(&act, "number");
	date = item_text(&act, "date");
	return arena_printf(
	        p->ask->arena, "%.*s%s%.*s", STR_ARG(number), date.len > 0 ? ", " : "", STR_ARG(date));
}

/* Members whose newest minutes are these. */
static struct str signers(const struct page_ask *p, const struct round *r, struct str digest)
{
	const struct manifest *m = r->in->m;
	auto_buf struct buf b = {0};

	for (unsigned i = 0; i < m->members; i++) {
		const struct sifted *s = round_newest(r, KIND_AGREE_MINUTES, m->member[i].party, false);
		if (s != NULL && str_eq(item_text(&s->s->body, "minutes"), digest))
			buf_printf(&b, "%s%.*s", b.len > 0 ? ", " : "", STR_ARG(m->member[i].party));
	}
	return arena_str(p->ask->arena, buf_str(&b));
}

void round_minutes_facts(
        const struct page_ask *p, struct html *h, const struct round *r, const struct said *s)
{
	struct str digest = item_text(&s->body, "minutes");

	round_fact(p, h, W_AGREE_MINUTES_SHA, digest);
	round_fact(p, h, W_AGREE_ACT, act(p, s));
	round_fact(p, h, W_AGREE_WERE_PRESENT, present(p, s));
	round_fact(p, h, W_AGREE_SIGNED_BY, signers(p, r, digest));
}

/* What is plain text is read here; everything else is taken out. */
static void draw_bytes(
        const struct page_ask *p, struct html *h, const struct round_view *v, const struct said *s)
{
	auto_buf struct buf text = {0};
	struct str hex = item_text(&s->body, "minutes");
	uint8_t sha256[DIGEST_LEN];
	struct link l;

	if (hex.len != 2 * DIGEST_LEN || !str_hex(hex, sha256, DIGEST_LEN) ||
	        round_bytes(p->ask->state, p->ask->folder, &v->r, sha256, ROUND_MINUTES_MAX, &text, NULL) !=
	                0) {
		page_line(p, h, "p", "error", W_AGREE_NOT_HERE);
		return;
	}
	html_open(h, "p");
	html_open(h, "a");
	link_begin(&l, "/api/v1/round-minutes");
	link_param(&l, "round", v->ref);
	link_param(&l, "party", s->sender);
	html_link(h, "href", &l);
	page_say(p, h, W_AGREE_MINUTES_FILE);
	html_close(h);
	html_close(h);
	if (text.len <= MEETING_TEXT_MOST && meeting_is_text(buf_str(&text)))
		html_line(h, "pre", "raw", buf_str(&text));
}

void round_minutes(const struct page_ask *p, struct html *h, const struct round_view *v, const struct said *s)
{
	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	round_minutes_facts(p, h, &v->o.round, s);
	html_close(h);
	draw_bytes(p, h, v, s);
}
