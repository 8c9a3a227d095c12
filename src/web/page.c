/* SPDX-License-Identifier: Apache-2.0 */
#include "web/page.h"
#include "base/os.h"
#include "web/asset.h"
#include "web/http_form.h"

/* In the order in which they are listed. */
const struct page *const page_list[] = {&page_morning, &page_findings, &page_finding_new, &page_finding,
        &page_owners, &page_one_owner, &page_owner_edit, &page_nobodys, &page_adopt, &page_letters,
        &page_letter, &page_campaigns, &page_campaign, &page_incoming, &page_mail, &page_cases, &page_case,
        &page_outages, &page_receipt, &page_reports, &page_asides_all, &page_search, &page_feeds, &page_event,
        &page_rules, &page_country, &page_people, &page_person, &page_account, &page_roster, &page_activity,
        &page_peers, &page_peer, &page_couriers, &page_courier, &page_contacts, &page_groups, &page_needs,
        &page_practices, &page_sim3, &page_capability, &page_learn_draft, &page_norms, &page_norm,
        &page_norm_survey, &page_norm_plan, &page_meetings, &page_meeting, &page_meeting_form, &page_rounds,
        &page_round, &page_round_table, &page_service, &page_position, &page_objections, &page_certificate,
        &page_round_changes, &page_amendment, &page_commitments, &page_agree_plan, &page_draft,
        &page_agree_sign, &page_print, &page_languages};
const unsigned page_count = sizeof(page_list) / sizeof(page_list[0]);

/* ---- the frame ----------------------------------------------------------------------------------- */

static void asset(struct html *h, const char *attribute, const char *name)
{
	struct link l;

	link_begin(&l, asset_path(name));
	html_link(h, attribute, &l);
}

static void head(struct html *h, struct str title)
{
	html_open(h, "head");
	html_empty(h, "meta");
	html_attr(h, "charset", STR("utf-8"));
	html_empty(h, "meta");
	html_attr(h, "name", STR("viewport"));
	html_attr(h, "content", STR("width=device-width, initial-scale=1"));
	html_open(h, "title");
	html_printf(h, "%.*s \xc2\xb7 Weir", STR_ARG(title));
	html_close(h);
	html_empty(h, "link");
	html_attr(h, "rel", STR("icon"));
	asset(h, "href", "icon.svg");
	html_empty(h, "link");
	html_attr(h, "rel", STR("stylesheet"));
	asset(h, "href", "style.css");
	html_open(h, "script");
	html_attr(h, "type", STR("module"));
	asset(h, "src", "main.js");
	html_close(h);
	html_close(h);
}

/* Those that the person may see, by groups. */
static void nav(const struct page_ask *p, struct html *h, const struct page *page)
{
	static const enum word names[PAGE_GROUPS] = {[PAGE_SEE] = W_GROUP_SEE,
	        [PAGE_TELL] = W_GROUP_TELL,
	        [PAGE_LINK] = W_GROUP_LINK,
	        [PAGE_COUNTRY] = W_GROUP_COUNTRY,
	        [PAGE_NODE] = W_GROUP_NODE};

	html_open(h, "nav");
	html_attr(h, "aria-label", page_word(p, W_PAGES));
	for (unsigned g = PAGE_SEE; g < PAGE_GROUPS; g++) {
		bool any = false;
		for (unsigned i = 0; i < page_count; i++) {
			const struct page *one = page_list[i];
			if (one->group != g || right_check(p->who, one->right, one->narrow, NULL) != 0)
				continue;
			if (!any) {
				html_open(h, "ul");
				html_attr(h, "aria-label", page_word(p, names[g]));
			}
			any = true;
			html_open(h, "li");
			html_open(h, "a");
			struct link l;
			link_begin(&l, one->path);
			html_link(h, "href", &l);
			if (one == page)
				html_attr(h, "aria-current", STR("page"));
			page_say(p, h, one->title);
			html_close(h);
			html_close(h);
		}
		if (any)
			html_close(h);
	}
	html_close(h);
}

/* In the head of every page. */
static void search_box(const struct page_ask *p, struct html *h)
{
	page_filter(h, "/search", NULL);
	html_attr(h, "role", STR("search"));
	page_field(
	        p, h, &(struct page_field){.name = "q", .type = "search", .label = W_SEARCH, .limit = 1000});
	html_close(h);
}

static void header(const struct page_ask *p, struct html *h, const struct page *page)
{
	html_open(h, "header");
	html_line(h, "p", "name", STR("Weir"));
	nav(p, h, page);
	search_box(p, h);
	html_open(h, "p");
	html_attr(h, "class", STR("who"));
	if (p->who->account)
		page_link(h, "/account", p->who->person);
	else
		html_text(h, p->who->person);
	html_close(h);
	page_form(p, h, "/leave", NULL);
	page_button(p, h, W_LEAVE);
	html_close(h);
	html_close(h);
	if (p->sample)
		page_line(p, h, "aside", "banner", W_BANNER);
}

/* What the script says by itself. */
static void script_words(const struct page_ask *p, struct html *h)
{
	char id[64], name[80];

	html_attr(h, "data-person", p->who->person);
	for (unsigned w = 0; w < WORD_END; w++) {
		struct str text = word_id(w, id);
		if (!str_starts(text, STR("ui-")))
			continue;
		snprintf(name, sizeof(name), "data-%.*s", STR_ARG(text));
		html_attr(h, name, page_word(p, w));
	}
}

/* The skip link leads into this page. */
static void skip(const struct page_ask *p, struct html *h)
{
	html_open(h, "a");
	html_attr(h, "class", STR("skip"));
	html_fragment(h, "href", "main");
	page_say(p, h, W_SKIP);
	html_close(h);
}

/* Each language by its own name, in its own script. */
static void languages(const struct page_ask *p, struct html *h)
{
	page_form(p, h, "/language", "languages");
	page_select(p, h, NULL, "language", W_LANGUAGE);
	for (unsigned i = 0; i < p->languages->n; i++) {
		const struct words *w = &p->languages->v[i];
		html_open(h, "option");
		html_attr(h, "value", w->code);
		html_attr(h, "lang", w->code);
		if (w == p->words)
			html_flag(h, "selected");
		html_text(h, w->name);
		html_close(h);
	}
	html_close(h);
	page_button(p, h, W_LANGUAGE_SET);
	html_close(h);
	if (p->words->review)
		page_line(p, h, "p", "note", W_LANGUAGE_REVIEW);
}

static void footer(const struct page_ask *p, struct html *h)
{
	html_open(h, "footer");
	html_open(h, "p");
	html_open(h, "span");
	html_attr(h, "class", STR("tag"));
	html_attr(h, "data-tlp", STR("AMBER"));
	html_text(h, STR("TLP:AMBER"));
	html_close(h);
	html_text(h, STR(" "));
	page_say(p, h, W_FOOTER_STAFF);
	html_text(h, STR(" "));
	page_time(h, p->now);
	html_text(h, STR(" "));
	page_say(p, h, W_FOOTER_UTC);
	html_close(h);
	if (p->sheet != NULL && p->sheet->len > 0)
		html_line(h, "p", "sheet", *p->sheet);
	languages(p, h);
	html_close(h);
}

static const struct page *find(struct ask *a)
{
	for (size_t i = 0; i < page_count; i++) {
		const struct page *one = page_list[i];
		struct str path = str_from(one->path);
		if (!one->id && str_eq(a->path, path))
			return one;
		if (one->id && str_starts(a->path, path) && a->path.len > path.len + 1 &&
		        a->path.p[path.len] == '/') {
			a->id = str_skip(a->path, path.len + 1);
			return one;
		}
	}
	return NULL;
}

static int draw_page(const struct page_ask *p, const struct page *page, struct html *h, struct err *e)
{
	if (page == NULL)
		return err_set(e, ERR_MISSING, "there is no page under this address");
	int rc = right_check(p->who, page->right, page->narrow, e);
	return rc != 0 ? rc : page->draw(p, h, e);
}

static bool leads(struct page_ask *p, const struct page *page)
{
	return page != NULL && page->leads != NULL &&
	        right_check(p->who, page->right, page->narrow, NULL) == 0 &&
	        page->leads(p, p->to, sizeof(p->to));
}

static int status_of(int rc)
{
	switch (rc) {
	case 0:
		return 200;
	case ERR_MISSING:
		return 404;
	case ERR_DENIED:
		return 403;
	case ERR_USAGE:
	case ERR_VALUE:
		return 400;
	default:
		return 500;
	}
}

/* What is wrong, in place of the page. */
static void draw_wrong(const struct page_ask *p, struct html *h, int rc, const struct err *e)
{
	page_line(p, h, "h1", NULL,
	        rc == ERR_MISSING          ? W_NOT_FOUND
	                : rc == ERR_DENIED ? W_NOT_FOR_YOU
	                                   : W_DID_NOT_WORK);
	html_open(h, "p");
	html_attr(h, "class", STR("wrong"));
	page_english(p, h, str_from(e->text));
	html_close(h);
}

/* A change may say several things, a line each. */
static void said_lines(const struct page_ask *p, struct html *h, struct str text)
{
	for (bool more = true; more;) {
		struct str_cut cut = str_cut(text, '\n');
		page_english(p, h, cut.head);
		more = cut.ok;
		text = cut.tail;
		if (more)
			html_text(h, STR(" "));
	}
}

/* main stays open. */
static void open_main(const struct page_ask *p, struct html *h)
{
	html_open(h, "main");
	html_attr(h, "id", STR("main"));
	html_attr(h, "tabindex", STR("-1"));
	html_attr(h, "data-cursor", p->cursor);
	if (p->said.len != 0) {
		html_open(h, "p");
		html_attr(h, "class", STR("said"));
		html_attr(h, "role", STR("status"));
		said_lines(p, h, p->said);
		html_close(h);
	}
}

/* Without it the page is not live from its very beginning, and whole all the same. */
static void find_cursor(struct page_ask *p)
{
	struct changes_cursor c;
	char text[CHANGES_CURSOR];

	p->cursor = STR("");
	if (changes_head(p->ask->state, &c, NULL) == 0)
		p->cursor = arena_str(p->ask->arena, changes_cursor_print(text, &c));
}

/* html, body, main */
#define MAIN_DEPTH 3

static void finish(const struct page_ask *p, struct html *h)
{
	while (h->depth > MAIN_DEPTH - 1)
		html_close(h);
	footer(p, h);
	html_end(h);
}

/* The page whose file is asked for. */
static const struct page *find_csv(const struct ask *a)
{
	for (size_t i = 0; i < page_count; i++)
		if (page_list[i]->csv != NULL && str_ends(a->path, STR(".csv")) &&
		        str_eq(str_make(a->path.p, a->path.len - 4), str_from(page_list[i]->path)))
			return page_list[i];
	return NULL;
}

static bool get_csv(const struct page_ask *p, struct reply *r, const struct page *page)
{
	struct err e = {0};

	if (page == NULL || right_check(p->who, page->right, page->narrow, NULL) != 0 ||
	        page->csv(p, &r->body, &e) != 0) {
		buf_clear(&r->body);
		return false;
	}
	r->status = 200;
	r->type = "text/csv; charset=utf-8";
	return true;
}

void page_show(
        struct page_ask *p, const struct page *page, struct ask *a, struct reply *r, struct page_more *more)
{
	struct err e = {0};
	struct html h;
	auto_buf struct buf main = {0};
	struct html inner = {.out = &main};
	void *work = NULL;

	p->ask = a;
	p->sheet = arena_new(a->arena, struct str);
	find_cursor(p);
	r->type = "text/html; charset=utf-8";
	if (leads(p, page)) {
		r->status = 303;
		return;
	}
	int rc = draw_page(p, page, &inner, &e);
	if (rc == 0 && more != NULL && page->begin != NULL)
		rc = page->begin(p, &work, &e);
	r->status = status_of(rc);
	html_begin(&h, &r->body, p->words->code);
	head(&h, a->id.len != 0 ? a->id : page_word(p, page != NULL ? page->title : W_NOT_FOUND));
	html_open(&h, "body");
	script_words(p, &h);
	skip(p, &h);
	header(p, &h, page);
	open_main(p, &h);
	if (rc == 0)
		html_take(&h, &inner);
	else
		draw_wrong(p, &h, rc, &e);
	if (work != NULL)
		*more = (struct page_more){page, work, h};
	else
		finish(p, &h);
}

void page_stop(struct page_more *more)
{
	if (more->work != NULL)
		more->page->end(more->work);
	more->work = NULL;
}

bool page_go_on(const struct page_ask *p, struct page_more *more)
{
	const struct page *page = more->page;
	struct err e = {0};
	int rc = right_check(p->who, page->right, page->narrow, &e);

	if (rc == 0)
		rc = page->step(p, &more->h, more->work, &e);
	if (rc == 1)
		return true;
	page_stop(more);
	while (more->h.depth > MAIN_DEPTH)
		html_close(&more->h);
	if (rc < 0)
		draw_wrong(p, &more->h, rc, &e);
	finish(p, &more->h);
	return false;
}

void page_get(struct page_ask *p, struct ask *a, struct reply *r, struct page_more *more)
{
	const struct page *file = find_csv(a);

	p->ask = a;
	if (!get_csv(p, r, file))
		page_show(p, file != NULL ? file : find(a), a, r, more);
}

/* ---- pages for nobody ---------------------------------------------------------------------------- */

static struct str plain_word(const struct words *words, enum word w)
{
	return words != NULL ? words->text[w] : word_english(w);
}

void page_plain_begin(struct html *h, struct reply *r, const struct words *words, int status, enum word title)
{
	r->status = status;
	r->type = "text/html; charset=utf-8";
	html_begin(h, &r->body, words != NULL ? words->code : STR("en"));
	head(h, plain_word(words, title));
	html_open(h, "body");
	html_open(h, "main");
	html_attr(h, "id", STR("main"));
	html_line(h, "h1", NULL, plain_word(words, title));
}

static void plain_said(struct html *h, const struct words *words, const char *class, struct str sentence)
{
	auto_buf struct buf said = {0};

	if (words != NULL && words_said(words, sentence, &said) == 0)
		sentence = buf_str(&said);
	html_line(h, "p", class, sentence);
}

void page_sentence(
        struct reply *r, const struct words *words, int status, enum word title, struct str sentence)
{
	struct html h;

	page_plain_begin(&h, r, words, status, title);
	plain_said(&h, words, NULL, sentence);
	html_end(&h);
}

/* Fields of words alone: what is secret or chosen is never shown. */
static bool is_words(struct str name)
{
	static const char *const names[] = {"text", "words", "agenda", "note", "reason", "why", "what",
	        "measures", "challenges", "needs", "links", "plan", "activities", "initiatives", "evidence"};

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_eq(name, str_from(names[i])))
			return true;
	return false;
}

static void plain_typed(struct html *h, const struct words *words, const struct http_form *form)
{
	unsigned n = 0;

	for (size_t i = 0; form != NULL && i < form->n; i++) {
		if (!is_words(form->fields[i].name) || form->fields[i].value.len == 0)
			continue;
		if (n++ == 0)
			html_line(h, "p", NULL, plain_word(words, W_TYPED));
		html_line(h, "pre", "raw", form->fields[i].value);
	}
}

void page_failed(struct reply *r, const struct words *words, int status, struct str sentence,
        const char *back, const struct http_form *form)
{
	struct link l;
	struct html h;

	page_plain_begin(&h, r, words, status, W_DID_NOT_WORK);
	plain_said(&h, words, "wrong", sentence);
	if (back != NULL) {
		html_open(&h, "p");
		html_open(&h, "a");
		link_begin(&l, back);
		html_link(&h, "href", &l);
		html_text(&h, plain_word(words, W_BACK));
		html_close(&h);
		html_close(&h);
	}
	plain_typed(&h, words, form);
	html_end(&h);
}

void page_enter(struct reply *r, const struct words *words, struct str token)
{
	struct html h;

	page_plain_begin(&h, r, words, 200, W_ENTER);
	html_line(&h, "p", NULL, plain_word(words, W_ENTER_WHAT));
	html_open(&h, "form");
	html_attr(&h, "method", STR("post"));
	page_action(&h, "/enter");
	html_attr(&h, "class", STR("act"));
	page_hidden(&h, "link", token);
	html_line(&h, "button", NULL, plain_word(words, W_ENTER_GO));
	html_end(&h);
}
