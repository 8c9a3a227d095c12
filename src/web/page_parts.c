/* SPDX-License-Identifier: Apache-2.0
 *
 * What pages are put together from (page.h).
 */
#include "web/page.h"

/* ---- words --------------------------------------------------------------------------------------- */

struct str page_word(const struct page_ask *p, enum word w)
{
	return p->words->text[w];
}

void page_say(const struct page_ask *p, struct html *h, enum word w)
{
	html_text(h, page_word(p, w));
}

void page_fill(const struct page_ask *p, struct html *h, enum word w, const struct str *values, unsigned n)
{
	auto_buf struct buf text = {0};

	word_fill(&text, page_word(p, w), values, n);
	html_text(h, buf_str(&text));
}

struct str page_filled(const struct page_ask *p, enum word w, const struct str *values, unsigned n)
{
	auto_buf struct buf text = {0};

	word_fill(&text, page_word(p, w), values, n);
	return arena_str(p->ask->arena, buf_str(&text));
}

struct str page_number(const struct page_ask *p, uint64_t n)
{
	return arena_printf(p->ask->arena, "%llu", (unsigned long long)n);
}

struct str page_id(const struct page_ask *p, char letter, uint64_t id)
{
	return arena_printf(p->ask->arena, "%c%llu", letter, (unsigned long long)id);
}

void page_line(const struct page_ask *p, struct html *h, const char *element, const char *class, enum word w)
{
	html_line(h, element, class, page_word(p, w));
}

void page_english(const struct page_ask *p, struct html *h, struct str text)
{
	auto_buf struct buf said = {0};

	if (words_said(p->words, text, &said) == 0) {
		html_text(h, buf_str(&said));
		return;
	}
	if (str_eq(p->words->code, STR("en"))) {
		html_text(h, text);
		return;
	}
	html_open(h, "span");
	html_attr(h, "lang", STR("en"));
	html_text(h, text);
	html_close(h);
}

struct str page_key(const struct page_ask *p, const char *kind, struct str key)
{
	char id[128];
	int n = snprintf(id, sizeof(id), "%s-%.*s", kind, STR_ARG(key));
	enum word w = n > 0 && n < (int)sizeof(id) ? word_find(str_from(id)) : WORD_END;

	return w != WORD_END ? page_word(p, w) : key;
}

/* ---- forms --------------------------------------------------------------------------------------- */

bool page_may(const struct page_ask *p, enum right right)
{
	return (p->who->rights & right) == (uint32_t)right;
}

bool page_binds(const struct page_ask *p, struct str instrument)
{
	return session_binds(p->who, instrument);
}

void page_hidden(struct html *h, const char *name, struct str value)
{
	html_empty(h, "input");
	html_attr(h, "type", STR("hidden"));
	html_attr(h, "name", str_from(name));
	html_attr_field(h, "value", value);
}

void page_action(struct html *h, const char *path)
{
	struct link l;

	link_begin(&l, path);
	html_link(h, "action", &l);
}

static void form_open(
        const struct page_ask *p, struct html *h, const char *path, const char *class, bool file)
{
	html_open(h, "form");
	html_attr(h, "method", STR("post"));
	if (file)
		html_attr(h, "enctype", STR("multipart/form-data"));
	page_action(h, path);
	if (class != NULL)
		html_attr(h, "class", str_from(class));
	page_hidden(h, "csrf", str_from(p->who->csrf));
}

void page_form(const struct page_ask *p, struct html *h, const char *path, const char *class)
{
	form_open(p, h, path, class, false);
}

void page_form_with_file(const struct page_ask *p, struct html *h, const char *path, const char *class)
{
	form_open(p, h, path, class, true);
}

void page_file_field(const struct page_ask *p, struct html *h, enum word label)
{
	html_open(h, "label");
	html_attr(h, "for", STR("file"));
	page_say(p, h, label);
	html_close(h);
	html_empty(h, "input");
	html_attr(h, "type", STR("file"));
	html_attr(h, "id", STR("file"));
	html_attr(h, "name", STR("file"));
	html_flag(h, "required");
}

void page_filter(struct html *h, const char *path, const char *class)
{
	html_open(h, "form");
	html_attr(h, "method", STR("get"));
	page_action(h, path);
	if (class != NULL)
		html_attr(h, "class", str_from(class));
}

void page_button(const struct page_ask *p, struct html *h, enum word w)
{
	html_line(h, "button", NULL, page_word(p, w));
}

/* The id of a field and its label, in memory of the request. */
static struct str label(
        const struct page_ask *p, struct html *h, const char *prefix, const char *name, enum word w)
{
	struct str id = arena_printf(p->ask->arena, "%s%s", prefix != NULL ? prefix : "", name);

	html_open(h, "label");
	html_attr(h, "for", id);
	page_say(p, h, w);
	html_close(h);
	return id;
}

void page_field(const struct page_ask *p, struct html *h, const struct page_field *f)
{
	struct str id = label(p, h, f->prefix, f->name, f->label);

	html_empty(h, "input");
	html_attr(h, "type", str_from(f->type != NULL ? f->type : "text"));
	html_attr(h, "id", id);
	html_attr(h, "name", str_from(f->name));
	if (f->size != 0)
		html_attr_u64(h, "size", f->size);
	if (f->limit != 0)
		html_attr_u64(h, "maxlength", f->limit);
	if (f->value.p != NULL)
		html_attr_field(h, "value", f->value);
	if (f->autocomplete != NULL)
		html_attr(h, "autocomplete", str_from(f->autocomplete));
	if (f->required)
		html_flag(h, "required");
}

void page_area(const struct page_ask *p, struct html *h, const struct page_field *f, unsigned rows)
{
	struct str id = label(p, h, f->prefix, f->name, f->label);

	html_open(h, "textarea");
	html_attr(h, "id", id);
	html_attr(h, "name", str_from(f->name));
	html_attr_u64(h, "rows", rows);
	if (f->limit != 0)
		html_attr_u64(h, "maxlength", f->limit);
	if (f->required)
		html_flag(h, "required");
	html_text_field(h, f->value.p != NULL ? f->value : STR(""));
	html_close(h);
}

void page_select(const struct page_ask *p, struct html *h, const char *prefix, const char *name, enum word w)
{
	struct str id = label(p, h, prefix, name, w);

	html_open(h, "select");
	html_attr(h, "id", id);
	html_attr(h, "name", str_from(name));
}

void page_option(struct html *h, struct str value, struct str text, bool chosen)
{
	html_open(h, "option");
	html_attr(h, "value", value);
	if (chosen)
		html_flag(h, "selected");
	html_text(h, text);
	html_close(h);
}

/* ---- pieces -------------------------------------------------------------------------------------- */

void page_link(struct html *h, const char *path, struct str text)
{
	struct link l;

	html_open(h, "a");
	link_begin(&l, path);
	html_link(h, "href", &l);
	html_text(h, text);
	html_close(h);
}

void page_tag(const struct page_ask *p, struct html *h, const char *kind, struct str key)
{
	char attribute[32];

	snprintf(attribute, sizeof(attribute), "data-%s", kind);
	html_open(h, "span");
	html_attr(h, "class", STR("tag"));
	html_attr(h, attribute, key);
	html_text(h, page_key(p, kind, key));
	html_close(h);
}

void page_time(struct html *h, int64_t t)
{
	char text[32];

	if (t == 0) {
		html_text(h, STR("-"));
		return;
	}
	struct str when = list_when(text, t);
	html_open(h, "time");
	/* "2026-01-05 08:00:00", of which a browser wants a T and the zone */
	if (when.len == 19) {
		char iso[32];
		snprintf(iso, sizeof(iso), "%.10sT%.8sZ", when.p, when.p + 11);
		html_attr(h, "datetime", str_from(iso));
	}
	html_text(h, when);
	html_close(h);
}

void page_thing(struct html *h, char letter, uint64_t id)
{
	char text[32];
	struct link l;

	snprintf(text, sizeof(text), "%c%llu", letter, (unsigned long long)id);
	link_begin(&l,
	        letter == 'F'           ? "/findings"
	                : letter == 'R' ? "/reports"
	                : letter == 'M' ? "/incoming"
	                : letter == 'C' ? "/campaign"
	                : letter == 'K' ? "/cases"
	                : letter == 'G' ? "/meetings"
	                : letter == 'X' ? "/couriers"
	                                : "/letters");
	link_part(&l, str_from(text));
	html_open(h, "a");
	html_link(h, "href", &l);
	html_text(h, str_from(text));
	html_close(h);
}

void page_owner(struct html *h, struct str ref, struct str name)
{
	struct link l;

	if (ref.len == 0) {
		html_text(h, name);
		return;
	}
	link_begin(&l, "/owners");
	link_part(&l, ref);
	html_open(h, "a");
	html_link(h, "href", &l);
	html_text(h, name.len != 0 ? name : ref);
	html_close(h);
}

/* What scrolls has a name and can be reached by keys; it is no landmark, since the section around it mostly has the same name. */
void page_table_open(const struct page_ask *p, struct html *h, enum word caption)
{
	html_open(h, "div");
	html_attr(h, "class", STR("table"));
	html_attr(h, "role", STR("group"));
	html_attr(h, "tabindex", STR("0"));
	html_attr(h, "aria-label", page_word(p, caption));
	html_open(h, "table");
	page_line(p, h, "caption", NULL, caption);
	html_open(h, "thead");
	html_open(h, "tr");
}

void page_table_rows(struct html *h)
{
	html_close(h);
	html_close(h);
	html_open(h, "tbody");
}

void page_table(const struct page_ask *p, struct html *h, enum word caption, const enum word *head)
{
	page_table_open(p, h, caption);
	for (; *head != WORD_END; head++) {
		html_open(h, "th");
		html_attr(h, "scope", STR("col"));
		page_say(p, h, *head);
		html_close(h);
	}
	page_table_rows(h);
}

void page_table_end(struct html *h)
{
	html_close(h);
	html_close(h);
	html_close(h);
}

void page_table_over(const struct page_ask *p, struct html *h, uint64_t rows, enum word none)
{
	if (rows == 0)
		page_line(p, h, "p", NULL, none);
	else
		page_table_end(h);
}

void page_row(struct html *h, char letter, uint64_t id, struct str severity)
{
	html_open(h, "tr");
	if (severity.p != NULL)
		html_attr(h, "data-severity", severity);
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	page_thing(h, letter, id);
	html_close(h);
}

void page_cell(struct html *h, struct str text)
{
	html_line(h, "td", NULL, text);
}

struct str page_report(const struct page_ask *p, struct str name)
{
	return str_eq(name, STR(SCOPE_RED_NAME)) ? page_word(p, W_REPORT_RED) : name;
}

void page_cell_report(const struct page_ask *p, struct html *h, struct str name)
{
	page_cell(h, page_report(p, name));
}

void page_cell_u64(struct html *h, uint64_t n)
{
	html_open(h, "td");
	html_attr(h, "class", STR("number"));
	html_u64(h, n);
	html_close(h);
}

void page_cell_tag(const struct page_ask *p, struct html *h, const char *kind, struct str key)
{
	html_open(h, "td");
	page_tag(p, h, kind, key);
	html_close(h);
}

void page_cell_time(struct html *h, int64_t t)
{
	html_open(h, "td");
	page_time(h, t);
	html_close(h);
}

void page_cell_owner(struct html *h, struct str ref, struct str name)
{
	html_open(h, "td");
	page_owner(h, ref, name);
	html_close(h);
}

void page_cell_place(const struct page_ask *p, struct html *h, struct str place, uint64_t port)
{
	html_open(h, "td");
	html_text(h, place);
	if (port != 0) {
		html_text(h, STR(" "));
		page_sayf(p, h, W_PORT, page_number(p, port));
	}
	html_close(h);
}

static void open_section(
        const struct page_ask *p, struct html *h, const char *class, const char *id, enum word title)
{
	html_open(h, "section");
	if (class != NULL)
		html_attr(h, "class", str_from(class));
	html_attr(h, "aria-labelledby", str_from(id));
	html_open(h, "h2");
	html_attr(h, "id", str_from(id));
	page_say(p, h, title);
	html_close(h);
}

void page_section(const struct page_ask *p, struct html *h, const char *id, enum word title)
{
	open_section(p, h, NULL, id, title);
}

void page_section_act(const struct page_ask *p, struct html *h, const char *id, enum word title)
{
	open_section(p, h, "deed", id, title);
}

void page_figure(const struct page_ask *p, struct html *h, uint64_t n, enum word what, struct link *to)
{
	page_figure_most(p, h, n, UINT64_MAX, what, to);
}

void page_figure_most(
        const struct page_ask *p, struct html *h, uint64_t n, uint64_t most, enum word what, struct link *to)
{
	html_open(h, "li");
	html_open(h, "a");
	html_link(h, "href", to);
	html_open(h, "strong");
	/* "> 10000" is the same in all languages */
	if (n > most)
		html_printf(h, "> %llu", (unsigned long long)most);
	else
		html_u64(h, n);
	html_close(h);
	html_text(h, STR(" "));
	page_line(p, h, "span", NULL, what);
	html_close(h);
	html_close(h);
}

void page_drop(const struct page_ask *p, struct html *h)
{
	page_form_with_file(p, h, "/reports", "drop");
	page_file_field(p, h, W_MORNING_DROP);
	page_button(p, h, W_MORNING_DROP_GO);
	html_close(h);
}

void page_next(const struct page_ask *p, struct html *h, struct link *to)
{
	html_open(h, "p");
	html_open(h, "a");
	html_link(h, "href", to);
	html_attr(h, "rel", STR("next"));
	page_say(p, h, W_OLDER);
	html_close(h);
	html_close(h);
}

void page_event_link(
        const struct page_ask *p, struct html *h, uint64_t receipt, uint32_t ordinal, uint8_t sub)
{
	struct str id = arena_printf(p->ask->arena, "E%llu.%u.%u", (unsigned long long)receipt, ordinal, sub);
	struct link l;

	link_begin(&l, "/events");
	link_part(&l, id);
	html_open(h, "a");
	html_link(h, "href", &l);
	html_text(h, id);
	html_close(h);
}
