/* SPDX-License-Identifier: Apache-2.0
 *
 * What one person has decided and another one has yet to: all of it, as it will be signed. Of an opening the manifest as it stands, line by
 * line, since nothing else is what two persons sign.
 */
#include "agree/code.h"
#include "web/page_round.h"

static const struct agree_waiting *find(const struct page_ask *p, struct err *e)
{
	struct agree_waiting *w;
	unsigned n = agree_waitings(p->ask->state, p->ask->arena, 0, &w);
	uint64_t id;

	for (unsigned i = 0; i < n && str_u64(p->ask->id, &id); i++)
		if (w[i].id == id)
			return &w[i];
	err_set(e, ERR_MISSING, "nothing of that number waits for a second person");
	return NULL;
}

/* ---- what it says -------------------------------------------------------------------------------- */

static void draw_times(const struct page_ask *p, struct html *h, const struct manifest *m)
{
	char code[TEXT_CODE_LEN];

	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	round_fact(p, h, W_AGREE_TITLE, m->title);
	round_fact(p, h, W_AGREE_RULE, page_key(p, "rrule", manifest_rule_name(m->rule)));
	round_fact_time(p, h, W_AGREE_OPENS, m->opens, m);
	round_fact_time(p, h, W_AGREE_CLOSES, m->closes, m);
	round_fact_time(p, h, W_AGREE_SERVE_BY, round_serve_by(m, m->closes), m);
	text_code(m->sha256, code);
	round_fact(p, h, W_AGREE_CODE, str_from(code));
	html_close(h);
}

/* As it lies here under the digest that the manifest names. */
static void draw_text(
        const struct page_ask *p, struct html *h, const struct manifest *m, const struct manifest_text *of)
{
	struct agree_text t;

	html_open(h, "details");
	html_open(h, "summary");
	page_say(p, h, W_AGREE_FULL_TEXT);
	html_text(h, STR(": "));
	html_text(h, of->lang);
	html_close(h);
	if (round_text(p->ask->arena, p->ask->folder, m, of->lang, &t, NULL) == 0)
		round_whole_text(p, h, &t, of->lang);
	else
		page_line(p, h, "p", "error", W_AGREE_NOT_HERE);
	html_close(h);
}

static void draw_stale(const struct page_ask *p, struct html *h, const struct manifest *m)
{
	struct agree_text authentic, t;

	if (round_text(p->ask->arena, p->ask->folder, m, (struct str){0}, &authentic, NULL) != 0)
		return;
	for (unsigned i = 0; i < m->texts; i++)
		if (!m->text[i].authentic &&
		        round_text(p->ask->arena, p->ask->folder, m, m->text[i].lang, &t, NULL) == 0)
			round_stale(p, h, &authentic, &t, m->text[i].lang);
}

static void draw_manifest(const struct page_ask *p, struct html *h, const struct agree_waiting *w)
{
	struct manifest *m = arena_new(p->ask->arena, struct manifest);
	struct agree_fault fault;

	page_section(p, h, "h-manifest", W_AGREE_MANIFEST);
	page_line(p, h, "p", NULL, W_AGREE_MANIFEST_WHAT);
	bool good = manifest_read(w->manifest, m, &fault);
	if (good) {
		draw_times(p, h, m);
		round_holidays(p, h, m);
	}
	html_line(h, "pre", "raw", w->manifest);
	if (good)
		draw_stale(p, h, m);
	for (unsigned i = 0; good && i < m->texts; i++)
		draw_text(p, h, m, &m->text[i]);
	html_close(h);
}

static void draw_value(const struct page_ask *p, struct html *h, struct str name, const struct item *i)
{
	switch (i->type) {
	case BODY_TEXT:
		html_line(h, "span", "lines",
		        str_eq(name, STR("position")) ? page_key(p, "position", i->text) : i->text);
		break;
	case BODY_INT:
	case BODY_BOOL:
		html_printf(h, "%lld", (long long)i->n);
		break;
	case BODY_OBJECT:
		html_open(h, "dl");
		for (struct item_each e = item_each(i); item_next(&e);) {
			html_line(h, "dt", NULL, page_key(p, "rmember", e.name));
			html_open(h, "dd");
			draw_value(p, h, e.name, &e.item);
			html_close(h);
		}
		html_close(h);
		break;
	case BODY_LIST:
		html_open(h, "ul");
		for (struct item_each e = item_each(i); item_next(&e);) {
			html_open(h, "li");
			draw_value(p, h, STR(""), &e.item);
			html_close(h);
		}
		html_close(h);
		break;
	default:
		break;
	}
}

/* A position as the first person has read it back, all of it. */
static void draw_position(
        const struct page_ask *p, struct html *h, const struct round_view *v, const struct item *body)
{
	struct item text = item_get(body, STR("text")), cure = item_get(body, STR("cure"));
	struct round_saying s = {.at = position_find(item_text(body, "position")),
	        .clauses = item_text(body, "scope"),
	        .lang = STR("")};

	s.cure = agree_words_of(&cure, p->words->code, &s.lang);
	s.text = agree_words_of(&text, p->words->code, &s.lang);
	page_section(p, h, "h-read", W_AGREE_READ_BACK);
	html_line(h, "h3", NULL, v->r.manifest.title);
	round_read_back(p, h, v, &s);
	html_close(h);
}

static void draw_body(const struct page_ask *p, struct html *h, const struct agree_waiting *w)
{
	auto_buf struct buf json = {0}, items = {0};
	struct round_view *v = arena_new(p->ask->arena, struct round_view);
	const char *why;

	/* behind "by": ,"round_sha256":... */
	buf_printf(&json, "{%.*s}", STR_ARG(str_skip(w->members, 1)));
	if (!body_read(buf_str(&json), &items, &why))
		return;
	struct item root = item_root(arena_str(p->ask->arena, buf_str(&items)));
	struct item ops = item_get(&root, STR("ops"));
	bool there = w->round != 0 && round_view_of(p, w->round, v, NULL) == 0;
	if (there && str_eq(w->kind, STR("agree.position")) &&
	        position_find(item_text(&root, "position")) != POSITION_END)
		draw_position(p, h, v, &root);
	page_section(p, h, "h-says", W_AGREE_SAYS);
	draw_value(p, h, STR(""), &root);
	round_summary(p, h, &root);
	if (there && ops.type == BODY_LIST) {
		struct amendment am = amendment_read(p->ask->arena, &ops);
		round_ops(p, h, v, &am);
	}
	html_close(h);
}

/* ---- the two buttons ----------------------------------------------------------------------------- */

static void button(const struct page_ask *p, struct html *h, const char *action, uint64_t id, enum word w)
{
	page_form(p, h, action, "act");
	page_hidden(h, "id", page_number(p, id));
	page_button(p, h, w);
	html_close(h);
}

static void draw_sign(const struct page_ask *p, struct html *h, const struct agree_waiting *w)
{
	bool own = str_eq(w->person, p->who->person);

	if (!page_binds(p, w->instrument))
		return;
	page_section(p, h, "h-sign", W_AGREE_SIGN);
	html_open(h, "p");
	page_sayf(p, h, own ? W_AGREE_SIGN_OWN : W_AGREE_SIGN_WHAT, w->person);
	html_close(h);
	if (!own)
		button(p, h, "/agree/sign", w->id, W_AGREE_SIGN_GO);
	button(p, h, "/agree/drop", w->id, W_AGREE_DROP);
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	const struct agree_waiting *w = find(p, e);

	if (w == NULL)
		return e->code;
	html_open(h, "h1");
	html_text(h, page_key(p, "rkind", str_skip(w->kind, 6)));
	html_close(h);
	html_open(h, "p");
	struct str ref = arena_printf(p->ask->arena, "%.*s/%u", STR_ARG(w->instrument), w->number);
	if (w->number > 0)
		round_link(h, ref, ref);
	else
		html_line(h, "code", NULL, w->instrument);
	html_text(h, STR(" \xc2\xb7 "));
	html_text(h, w->person);
	html_text(h, STR(" \xc2\xb7 "));
	page_time(h, w->at);
	html_text(h, STR(" \xc2\xb7 "));
	page_tag(p, h, "tlp", w->label);
	html_close(h);
	if (w->until != 0) {
		html_open(h, "p");
		if (w->until < p->now / 1000000)
			html_attr(h, "class", STR("error"));
		page_say(p, h, W_AGREE_COUNTS_UNTIL);
		html_text(h, STR(": "));
		round_time(p, h, w->until, NULL);
		html_close(h);
	}
	if (w->manifest.len > 0)
		draw_manifest(p, h, w);
	draw_body(p, h, w);
	draw_sign(p, h, w);
	return 0;
}

const struct page page_agree_sign = {
        .path = "/agree-sign", .title = W_AGREE_SIGN, .id = true, .right = RIGHT_READ, .draw = draw};
