/* SPDX-License-Identifier: Apache-2.0
 *
 * A draft of a need, an offer or a practice: its facts, its words in each language, its files; and the press that sends it.
 */
#include "web/page_learn.h"

struct draft_row {
	uint64_t id;
	struct str kind, title, area, contact, learnt_from, lang, sim3, group, to, label, person;
	int64_t until;
};

static bool is_practice(const struct draft_row *d)
{
	return str_eq(d->kind, STR("practice"));
}

static int find(const struct page_ask *p, struct draft_row *d, struct err *e)
{
	struct str *const texts[] = {&d->kind, &d->title, &d->area, &d->contact, &d->learnt_from, &d->lang,
	        &d->sim3, &d->group, &d->to, &d->label, &d->person};

	if (ask_id(p->ask->id, 'D', &d->id, e) != 0)
		return e->code;
	struct query q = db_query(p->ask->state,
	        "select kind, title, area, contact, learnt_from, lang, sim3, community, recipients, label, "
	        "person, until from learn_draft where id = ?");
	query_u64(&q, d->id);
	bool there = query_next(&q) == 1;
	for (int i = 0; there && i < 11; i++)
		*texts[i] = arena_str(p->ask->arena, query_get_text(&q, i));
	if (there)
		d->until = query_get_i64(&q, 11);
	int rc = query_done(&q, e);
	return rc != 0  ? rc
	        : there ? 0
	                : err_set(e, ERR_MISSING,
	                          "there is no draft D%llu: it was sent or dropped, or there never was one",
	                          (unsigned long long)d->id);
}

static void form(const struct page_ask *p, struct html *h, const char *action, const struct draft_row *d)
{
	page_form(p, h, action, "act");
	page_hidden(h, "id", page_id(p, 'D', d->id));
}

/* ---- facts --------------------------------------------------------------------------------------- */

static struct str day(const struct page_ask *p, int64_t seconds)
{
	char when[32];

	/* without seconds: as people type it */
	return seconds != 0 ? arena_str(p->ask->arena, str_sub(list_when(when, seconds * 1000000), 0, 16))
	                    : STR("");
}

static void draw_labels(const struct page_ask *p, struct html *h, const struct draft_row *d)
{
	static const char *const labels[] = {"CLEAR", "GREEN", "AMBER", "AMBER+STRICT"};

	page_select(p, h, NULL, "label", W_LETTERS_LABEL);
	page_option(h, STR(""), STR("-"), d->label.len == 0);
	for (unsigned i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		page_option(
		        h, str_from(labels[i]), str_from(labels[i]), str_eq(d->label, str_from(labels[i])));
	html_close(h);
}

static void draw_facts(const struct page_ask *p, struct html *h, const struct draft_row *d)
{
	form(p, h, "/capability-draft/set", d);
	learn_field(p, h, NULL, "title", W_COL_NAME, d->title, 40);
	learn_areas_select(p, h, NULL, d->area, WORD_END);
	if (is_practice(d)) {
		learn_field(p, h, NULL, "learnt-from", W_LEARN_FROM, d->learnt_from, 24);
		learn_field(p, h, NULL, "lang", W_LEARN_LANG, d->lang, 6);
	} else {
		learn_field(p, h, NULL, "contact", W_LEARN_OFFICE, d->contact, 24);
		learn_field(p, h, NULL, "sim3", W_LEARN_SIM3, d->sim3, 12);
		learn_field(p, h, NULL, "until", W_LEARN_UNTIL, day(p, d->until), 16);
	}
	learn_field(p, h, NULL, "group", W_LEARN_GROUP, d->group, 12);
	learn_field(p, h, NULL, "to", W_LEARN_TO, d->to, 16);
	draw_labels(p, h, d);
	page_button(p, h, W_SAVE);
	html_close(h);
}

/* ---- words --------------------------------------------------------------------------------------- */

static void draw_text(
        const struct page_ask *p, struct html *h, const struct draft_row *d, struct str lang, struct str text)
{
	const char *prefix = arena_printf(p->ask->arena, "t-%.*s-", STR_ARG(lang)).p;

	form(p, h, "/capability-draft/words", d);
	if (lang.len > 0)
		page_hidden(h, "lang", lang);
	else
		learn_field(p, h, prefix, "lang", W_LEARN_LANG, STR(""), 6);
	page_area(p, h,
	        &(struct page_field){
	                .prefix = prefix, .name = "text", .label = W_COL_TEXT, .value = text, .limit = 6000},
	        6);
	page_button(p, h, W_LDRAFT_WORDS_GO);
	html_close(h);
}

static int draw_words(const struct page_ask *p, struct html *h, const struct draft_row *d, struct err *e)
{
	struct query q = db_query(p->ask->state,
	        "select lang, text from learn_draft_text where draft = ? order by lang limit 50");

	page_section(p, h, "h-words", W_LDRAFT_WORDS);
	query_u64(&q, d->id);
	while (query_next(&q) == 1) {
		struct str lang = arena_str(p->ask->arena, query_get_text(&q, 0));
		html_line(h, "h3", NULL, lang);
		if (page_may(p, RIGHT_WORK)) {
			draw_text(p, h, d, lang, query_get_text(&q, 1));
			continue;
		}
		html_open(h, "p");
		html_attr(h, "class", STR("lines"));
		html_attr(h, "lang", lang);
		html_text(h, query_get_text(&q, 1));
		html_close(h);
	}
	int rc = query_done(&q, e);
	if (page_may(p, RIGHT_WORK)) {
		page_line(p, h, "h3", NULL, W_LDRAFT_WORDS_NEW);
		draw_text(p, h, d, STR(""), STR(""));
	}
	html_close(h);
	return rc;
}

/* ---- files --------------------------------------------------------------------------------------- */

static void draw_file(
        const struct page_ask *p, struct html *h, const struct draft_row *d, const struct query *q)
{
	struct str id = page_id(p, 'B', query_get_u64(q, 0));
	struct link l;

	html_open(h, "li");
	html_line(h, "strong", NULL, query_get_text(q, 1));
	html_printf(h, " %llu B ", (unsigned long long)query_get_u64(q, 2));
	html_line(h, "code", NULL, query_get_text(q, 3));
	html_text(h, STR(" "));
	html_open(h, "a");
	link_begin(&l, "/api/v1/capability-file");
	link_part(&l, id);
	html_link(h, "href", &l);
	page_say(p, h, W_CASE_FILE_OUT);
	html_close(h);
	if (page_may(p, RIGHT_WORK)) {
		form(p, h, "/capability-draft/detach", d);
		page_hidden(h, "file", id);
		page_button(p, h, W_LDRAFT_FILE_OFF);
		html_close(h);
	}
	html_close(h);
}

static void draw_upload(const struct page_ask *p, struct html *h, const struct draft_row *d)
{
	page_form_with_file(p, h, "/capability-draft/attach", "act");
	page_hidden(h, "id", page_id(p, 'D', d->id));
	page_file_field(p, h, W_CASE_FILE_ADD);
	page_button(p, h, W_CASE_FILE_ADD);
	html_close(h);
}

static int draw_files(const struct page_ask *p, struct html *h, const struct draft_row *d, struct err *e)
{
	struct query q = db_query(p->ask->state,
	        "select b.id, f.name, b.size, lower(hex(b.sha256)) from learn_draft_file f join blob b on "
	        "b.id = "
	        "f.blob where f.draft = ? order by b.id");
	unsigned n = 0;

	page_section(p, h, "h-files", W_CASE_FILES);
	query_u64(&q, d->id);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			html_open(h, "ul");
		draw_file(p, h, d, &q);
	}
	int rc = query_done(&q, e);
	if (n > 0)
		html_close(h);
	else
		page_line(p, h, "p", NULL, W_NONE);
	if (page_may(p, RIGHT_WORK))
		draw_upload(p, h, d);
	html_close(h);
	return rc;
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct draft_row d = {0};
	int rc = find(p, &d, e);

	if (rc != 0)
		return rc;
	html_line(h, "h1", NULL, d.title);
	html_open(h, "p");
	html_attr(h, "class", STR("note"));
	html_text(h, page_key(p, "learn", d.kind));
	html_text(h, STR("; "));
	page_sayf(p, h, W_LDRAFT_BY, d.person);
	html_text(h, STR(". "));
	page_say(p, h, W_LDRAFT_WHAT);
	html_close(h);
	if (page_may(p, RIGHT_WORK))
		draw_facts(p, h, &d);
	if ((rc = draw_words(p, h, &d, e)) != 0 || (rc = draw_files(p, h, &d, e)) != 0)
		return rc;
	const char *list = is_practice(&d) ? "/practices" : "/needs";
	if (page_may(p, RIGHT_RELEASE))
		learn_press(p, h, "/capability-draft/send", list, 'D', d.id, W_LDRAFT_SEND);
	if (page_may(p, RIGHT_WORK))
		learn_press(p, h, "/capability-draft/drop", list, 'D', d.id, W_LDRAFT_DROP);
	return 0;
}

const struct page page_learn_draft = {
        .path = "/capability-draft", .title = W_LDRAFT, .id = true, .right = RIGHT_READ, .draw = draw};
