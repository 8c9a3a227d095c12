/* SPDX-License-Identifier: Apache-2.0
 *
 * A text that is being written: by paste or by file. What a word processor gives is reduced to the texts of agree/text.h, and everything that
 * was done is shown with its line, before anything is kept.
 */
#include "agree/entry.h"
#include "agree/translate.h"
#include "base/os.h"
#include "web/page_round.h"

struct drafting {
	const struct page_ask *p;
	struct html *h;
	struct str instrument, lang;
	struct agree_draft_look *d;
	unsigned n;
	struct agree_text of;   /* the authentic text that a translation is made from */
	struct agree_text base; /* the text of the newest round, in the same language */
	bool has_of, has_base;
	VEC(struct str) used; /* ids that were ever given */
};

static struct str param(const struct drafting *d, const char *name)
{
	struct str s = ask_param(d->p->ask, name);

	return s.p != NULL ? s : STR("");
}

static bool is_authentic(const struct drafting *d)
{
	return str_eq(param(d, "authentic"), STR("yes"));
}

/* ---- what is there ------------------------------------------------------------------------------- */

static void use_ids(struct drafting *d, const struct agree_text *t)
{
	for (unsigned i = 0; i < t->n; i++)
		*vec_add(&d->used) = t->clause[i].id;
}

/* Every text of the instrument that ever was frozen here. */
static void load_rounds(struct drafting *d)
{
	struct query q = db_query(d->p->ask->state,
	        "select id from agree_round where instrument = ? and rule <> '' order by number");
	uint64_t id[64];
	unsigned n = 0;

	query_text(&q, d->instrument);
	while (n < 64 && query_next(&q) == 1)
		id[n++] = query_get_u64(&q, 0);
	query_done(&q, NULL);
	for (unsigned i = 0; i < n; i++) {
		struct round_loaded *r = arena_new(d->p->ask->arena, struct round_loaded);
		struct agree_text t;
		struct str lang = is_authentic(d) ? (struct str){0} : d->lang;
		if (round_load_opening(
		            d->p->ask->arena, d->p->ask->state, d->p->ask->folder, id[i], r, NULL) != 0 ||
		        r->why != NULL)
			continue;
		if (round_text(d->p->ask->arena, d->p->ask->folder, &r->manifest, (struct str){0}, &t,
		            NULL) == 0) {
			use_ids(d, &t);
			d->of = t;
			d->has_of = true;
		}
		d->has_base = round_text(d->p->ask->arena, d->p->ask->folder, &r->manifest, lang, &d->base,
		                      NULL) == 0;
	}
}

static void load_drafts(struct drafting *d)
{
	struct agree_fault fault;
	struct agree_text t;

	d->n = agree_drafts(d->p->ask->state, d->p->ask->folder, d->p->ask->arena, d->instrument, &d->d);
	for (unsigned i = 0; i < d->n; i++) {
		if (!agree_text_parse(d->p->ask->arena, d->d[i].text, !d->d[i].authentic, &t, &fault))
			continue;
		if (d->d[i].authentic) {
			use_ids(d, &t);
			d->of = t;
			d->has_of = true;
		}
		if (str_eq(d->d[i].lang, d->lang)) {
			d->base = t;
			d->has_base = true;
		}
	}
}

/* ---- those that are there ------------------------------------------------------------------------ */

static void draw_states(struct drafting *d, const struct agree_draft_look *l)
{
	enum translation_state state[AGREE_CLAUSES];
	struct agree_fault fault;
	struct agree_text t;
	unsigned bad, count[3] = {0};

	if (l->authentic || !d->has_of || !agree_text_parse(d->p->ask->arena, l->text, true, &t, &fault))
		return;
	if (!translation_states(&d->of, &t, state, &bad)) {
		page_say(d->p, d->h, W_AGREE_NOT_PARALLEL);
		return;
	}
	for (unsigned i = 0; i < d->of.n; i++)
		count[state[i]]++;
	if (count[TRANSLATION_STALE] + count[TRANSLATION_MISSING] > 0)
		page_sayf(d->p, d->h, W_AGREE_STALE_COUNT, page_number(d->p, count[TRANSLATION_STALE]),
		        page_number(d->p, count[TRANSLATION_MISSING]));
}

static void draw_there(struct drafting *d)
{
	static const enum word head[] = {
	        W_LANGUAGE, W_COL_STATE, W_AGREE_BY, W_COL_WHEN, W_COL_ACT, WORD_END};

	page_section(d->p, d->h, "h-there", W_AGREE_DRAFTS);
	if (d->n > 0)
		page_table(d->p, d->h, W_AGREE_DRAFTS, head);
	for (unsigned i = 0; i < d->n; i++) {
		const struct agree_draft_look *l = &d->d[i];
		struct link to;
		html_open(d->h, "tr");
		html_open(d->h, "th");
		html_attr(d->h, "scope", STR("row"));
		html_open(d->h, "a");
		link_begin(&to, "/agree-draft");
		link_part(&to, d->instrument);
		link_param(&to, "lang", l->lang);
		html_link(d->h, "href", &to);
		html_text(d->h, l->lang);
		html_close(d->h);
		html_close(d->h);
		html_open(d->h, "td");
		if (l->authentic)
			html_line(d->h, "span", "tag", page_word(d->p, W_AGREE_AUTHENTIC));
		draw_states(d, l);
		if (l->number > 0) {
			html_open(d->h, "div");
			round_draft_of(d->p, d->h, l);
			html_close(d->h);
		}
		html_close(d->h);
		page_cell(d->h, l->person);
		page_cell_time(d->h, l->at);
		html_open(d->h, "td");
		if (page_may(d->p, RIGHT_CONSULT)) {
			page_form(d->p, d->h, "/agree/drop-text", "act");
			page_hidden(d->h, "instrument", d->instrument);
			page_hidden(d->h, "lang", l->lang);
			page_button(d->p, d->h, W_AGREE_DROP);
			html_close(d->h);
		}
		html_close(d->h);
		html_close(d->h);
	}
	page_table_over(d->p, d->h, d->n, W_NONE);
	html_close(d->h);
}

/* ---- the form ------------------------------------------------------------------------------------ */

static const struct agree_draft_look *own_draft(const struct drafting *d)
{
	for (unsigned i = 0; i < d->n; i++)
		if (str_eq(d->d[i].lang, d->lang))
			return &d->d[i];
	return NULL;
}

/* The translator's sheet of that language: what is to be done stands above each clause that is stale or missing. */
static struct str sheet_of(struct drafting *d)
{
	auto_buf struct buf out = {0};
	struct translate_counts n;

	translate_sheet(&out, &d->of, d->has_base ? &d->base : NULL, &n);
	return arena_str(d->p->ask->arena, buf_str(&out));
}

static void draw_sheet_link(struct drafting *d)
{
	struct link to;

	if (d->lang.len == 0 || d->instrument.len == 0)
		return;
	html_open(d->h, "p");
	html_open(d->h, "a");
	link_begin(&to, "/agree-draft");
	link_part(&to, d->instrument);
	link_param(&to, "lang", d->lang);
	link_param(&to, "sheet", STR("1"));
	html_link(d->h, "href", &to);
	page_say(d->p, d->h, W_AGREE_SHEET);
	html_close(d->h);
	html_close(d->h);
}

static struct str start_text(struct drafting *d, const struct agree_draft_look *l, bool authentic)
{
	if (param(d, "text").len > 0)
		return param(d, "text");
	if (!authentic && d->has_of && ask_has(d->p->ask, "sheet"))
		return sheet_of(d);
	return l != NULL ? l->text : STR("");
}

static void draw_form(struct drafting *d)
{
	const struct agree_draft_look *l = own_draft(d);
	const struct page_ask *p = d->p;
	bool authentic = param(d, "authentic").len > 0 ? is_authentic(d)
	        : l != NULL                            ? l->authentic
	                                               : !d->has_of;

	page_section(p, d->h, "h-enter", W_AGREE_ENTER);
	page_line(p, d->h, "p", NULL, W_AGREE_ENTER_WHAT);
	if (l != NULL && l->number > 0)
		page_line(p, d->h, "p", "note", W_AGREE_DRAFT_NEXT);
	if (!authentic && d->has_of)
		draw_sheet_link(d);
	page_form_with_file(p, d->h, "/agree/text-preview", "fields");
	page_hidden(d->h, "preview", STR("1"));
	round_field(p, d->h, NULL, "instrument", W_AGREE_INSTRUMENT, d->instrument, 24, true);
	round_field(p, d->h, NULL, "lang", W_LANGUAGE, d->lang, 5, true);
	round_pair(d->h);
	page_select(p, d->h, NULL, "authentic", W_AGREE_AUTHENTIC);
	page_option(d->h, STR("no"), page_word(p, W_AGREE_TRANSLATION), !authentic);
	page_option(d->h, STR("yes"), page_word(p, W_AGREE_AUTHENTIC), authentic);
	html_close(d->h);
	html_close(d->h);
	round_pair(d->h);
	page_area(p, d->h,
	        &(struct page_field){
	                .name = "text", .label = W_AGREE_TEXT, .value = start_text(d, l, authentic)},
	        16);
	html_close(d->h);
	round_pair(d->h);
	html_open(d->h, "label");
	html_attr(d->h, "for", STR("file"));
	page_say(p, d->h, W_AGREE_FILE);
	html_close(d->h);
	html_empty(d->h, "input");
	html_attr(d->h, "type", STR("file"));
	html_attr(d->h, "id", STR("file"));
	html_attr(d->h, "name", STR("file"));
	html_close(d->h);
	page_button(p, d->h, W_AGREE_PREVIEW);
	html_close(d->h);
	html_close(d->h);
}

/* ---- before it is kept --------------------------------------------------------------------------- */

static void draw_notes(struct drafting *d, const struct entry *entry)
{
	static const enum word grade[] = {
	        [ENTRY_DONE] = W_AGREE_DONE, [ENTRY_LOOK] = W_AGREE_LOOK, [ENTRY_MEND] = W_AGREE_MEND};

	if (entry->n == 0)
		return;
	html_open(d->h, "ul");
	for (unsigned i = 0; i < entry->n; i++) {
		auto_buf struct buf out = {0};
		html_open(d->h, "li");
		if (entry_grade(entry->note[i].what) == ENTRY_MEND)
			html_attr(d->h, "class", STR("error"));
		page_say(d->p, d->h, grade[entry_grade(entry->note[i].what)]);
		if (entry->note[i].line > 0) {
			html_text(d->h, STR(" "));
			page_sayf(d->p, d->h, W_AGREE_LINE, page_number(d->p, entry->note[i].line));
		}
		html_text(d->h, STR(": "));
		entry_say(&out, &entry->note[i]);
		page_english(d->p, d->h, buf_str(&out));
		html_close(d->h);
	}
	html_close(d->h);
}

static void draw_keep(struct drafting *d, const struct entry *entry)
{
	page_form_with_file(d->p, d->h, "/agree/text", "act");
	page_hidden(d->h, "instrument", d->instrument);
	page_hidden(d->h, "lang", d->lang);
	page_hidden(d->h, "authentic", is_authentic(d) ? STR("yes") : STR("no"));
	page_hidden(d->h, "text", entry->bytes);
	page_button(d->p, d->h, W_AGREE_KEEP);
	html_close(d->h);
}

static void draw_preview(struct drafting *d)
{
	struct entry_args args = {.random = os_random,
	        .used = d->used.v,
	        .nused = (unsigned)d->used.n,
	        .base = d->has_base ? &d->base : NULL,
	        .of = is_authentic(d) || !d->has_of ? NULL : &d->of};
	struct entry entry;

	page_section(d->p, d->h, "h-preview", W_AGREE_PREVIEW_TITLE);
	if (!is_authentic(d) && !d->has_of) {
		page_line(d->p, d->h, "p", "error", W_AGREE_NO_AUTHENTIC);
		html_close(d->h);
		return;
	}
	entry_make(d->p->ask->arena, param(d, "text"), &args, &entry);
	draw_notes(d, &entry);
	if (entry.good) {
		html_open(d->h, "p");
		page_sayf(d->p, d->h, W_AGREE_CLAUSE_COUNT, page_number(d->p, entry.text.n));
		html_close(d->h);
		draw_keep(d, &entry);
		if (d->has_base)
			round_differences(d->p, d->h, "d", &d->base, &entry.text, d->lang);
		round_whole_text(d->p, d->h, &entry.text, d->lang);
	}
	html_close(d->h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct drafting d = {.p = p, .h = h};
	bool new = str_eq(p->ask->id, STR("new"));

	(void)e;
	d.instrument = p->ask->id.len > 0 && !new ? p->ask->id : param(&d, "instrument");
	d.lang = param(&d, "lang");
	if (d.instrument.len > 0) {
		load_rounds(&d);
		load_drafts(&d);
	}
	html_open(h, "h1");
	page_say(p, h, W_AGREE_DRAFT);
	if (d.instrument.len > 0) {
		html_text(h, STR(": "));
		html_text(h, d.instrument);
	}
	html_close(h);
	if (param(&d, "preview").len > 0)
		draw_preview(&d);
	if (d.instrument.len > 0)
		draw_there(&d);
	if (page_may(p, RIGHT_CONSULT))
		draw_form(&d);
	if (d.n > 0)
		round_summary_drafts(p, h, d.instrument);
	vec_done(&d.used);
	return 0;
}

const struct page page_draft = {
        .path = "/agree-draft", .title = W_AGREE_DRAFT, .id = true, .right = RIGHT_READ, .draw = draw};
