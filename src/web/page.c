/* SPDX-License-Identifier: Apache-2.0 */
#include "web/page.h"
#include "base/os.h"
#include "web/asset.h"

static const struct page *const pages[] = {&page_morning, &page_findings, &page_finding, &page_receipt};
#define NPAGES (sizeof(pages) / sizeof(pages[0]))

/* ---- pieces -------------------------------------------------------------------------------------- */

void page_hidden(struct html *h, const char *name, struct str value)
{
	html_empty(h, "input");
	html_attr(h, "type", STR("hidden"));
	html_attr(h, "name", str_from(name));
	html_attr(h, "value", value);
}

static void action(struct html *h, const char *path)
{
	struct link l;

	link_begin(&l, path);
	html_link(h, "action", &l);
}

void page_form(const struct page_ask *p, struct html *h, const char *path, const char *class)
{
	html_open(h, "form");
	html_attr(h, "method", STR("post"));
	action(h, path);
	if (class != NULL)
		html_attr(h, "class", str_from(class));
	page_hidden(h, "csrf", str_from(p->who->csrf));
}

void page_button(struct html *h, const char *text)
{
	html_open(h, "button");
	html_text(h, str_from(text));
	html_close(h);
}

void page_tag(struct html *h, const char *data, struct str word)
{
	html_open(h, "span");
	html_attr(h, "class", STR("tag"));
	html_attr(h, data, word);
	html_text(h, word);
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
	link_begin(&l, letter == 'F' ? "/findings" : letter == 'R' ? "/reports" : "/letters");
	link_part(&l, str_from(text));
	html_open(h, "a");
	html_link(h, "href", &l);
	html_text(h, str_from(text));
	html_close(h);
}

void page_table(struct html *h, const char *caption, const char *const *head)
{
	html_open(h, "div");
	html_attr(h, "class", STR("table"));
	html_attr(h, "role", STR("region"));
	html_attr(h, "tabindex", STR("0"));
	html_attr(h, "aria-label", str_from(caption));
	html_open(h, "table");
	html_line(h, "caption", NULL, str_from(caption));
	html_open(h, "thead");
	html_open(h, "tr");
	for (; *head != NULL; head++) {
		html_open(h, "th");
		html_attr(h, "scope", STR("col"));
		html_text(h, str_from(*head));
		html_close(h);
	}
	html_close(h);
	html_close(h);
	html_open(h, "tbody");
}

void page_table_end(struct html *h)
{
	html_close(h);
	html_close(h);
	html_close(h);
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

void page_cell_u64(struct html *h, uint64_t n)
{
	html_open(h, "td");
	html_u64(h, n);
	html_close(h);
}

void page_cell_tag(struct html *h, const char *data, struct str word)
{
	html_open(h, "td");
	page_tag(h, data, word);
	html_close(h);
}

void page_cell_time(struct html *h, int64_t t)
{
	html_open(h, "td");
	page_time(h, t);
	html_close(h);
}

void page_cell_place(struct html *h, struct str place, uint64_t port)
{
	html_open(h, "td");
	html_text(h, place);
	if (port != 0)
		html_printf(h, " port %llu", (unsigned long long)port);
	html_close(h);
}

void page_section(struct html *h, const char *id, const char *title)
{
	html_open(h, "section");
	html_attr(h, "aria-labelledby", str_from(id));
	html_open(h, "h2");
	html_attr(h, "id", str_from(id));
	html_text(h, str_from(title));
	html_close(h);
}

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

static void to(struct html *h, const char *path, const char *text, bool here)
{
	struct link l;

	html_open(h, "a");
	link_begin(&l, path);
	html_link(h, "href", &l);
	if (here)
		html_attr(h, "aria-current", STR("page"));
	html_text(h, str_from(text));
	html_close(h);
}

static void header(const struct page_ask *p, struct html *h, const struct page *page)
{
	html_open(h, "header");
	html_line(h, "p", "name", STR("Weir"));
	html_open(h, "nav");
	html_attr(h, "aria-label", STR("Pages"));
	html_open(h, "ul");
	for (size_t i = 0; i < NPAGES; i++) {
		if (pages[i]->title == NULL)
			continue;
		html_open(h, "li");
		to(h, pages[i]->path, pages[i]->title, pages[i] == page);
		html_close(h);
	}
	html_close(h);
	html_close(h);
	html_open(h, "p");
	html_attr(h, "class", STR("who"));
	html_printf(h, "%.*s, %.*s", STR_ARG(p->who->person), STR_ARG(p->who->role));
	html_close(h);
	page_form(p, h, "/leave", NULL);
	page_button(h, "Leave");
	html_close(h);
	html_close(h);
	if (p->sample)
		html_line(h, "p", "banner",
		        STR("Sample country: its owners do not exist, and nothing leaves this machine."));
}

/* The skip link leads into this page. */
static void skip(struct html *h)
{
	html_open(h, "a");
	html_attr(h, "class", STR("skip"));
	html_fragment(h, "href", "main");
	html_text(h, STR("Skip to the page"));
	html_close(h);
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
	html_text(h, STR(" for staff; drawn "));
	page_time(h, p->now);
	html_text(h, STR(" UTC; all times are UTC"));
	html_close(h);
	html_close(h);
}

static const struct page *find(struct ask *a)
{
	for (size_t i = 0; i < NPAGES; i++) {
		struct str path = str_from(pages[i]->path);
		if (!pages[i]->id && str_eq(a->path, path))
			return pages[i];
		if (pages[i]->id && str_starts(a->path, path) && a->path.len > path.len + 1 &&
		        a->path.p[path.len] == '/') {
			a->id = str_skip(a->path, path.len + 1);
			return pages[i];
		}
	}
	return NULL;
}

static int draw_missing(const struct page_ask *p, struct html *h, struct err *e)
{
	(void)p;
	(void)h;
	return err_set(e, ERR_MISSING, "there is no page under this address");
}

void page_get(struct page_ask *p, struct ask *a, struct reply *r)
{
	static const struct page missing = {.path = "/", .title = "Not found", .draw = draw_missing};
	const struct page *page = find(a);
	struct err e = {0};
	struct html h;
	auto_buf struct buf main = {0};
	struct html inner = {.out = &main};

	if (page == NULL)
		page = &missing;
	p->ask = a;
	int rc = page->draw(p, &inner, &e);
	r->status = rc == 0 ? 200 : rc == ERR_MISSING ? 404 : rc == ERR_USAGE || rc == ERR_VALUE ? 400 : 500;
	r->type = "text/html; charset=utf-8";
	html_begin(&h, &r->body, STR("en"));
	head(&h, page->title != NULL ? str_from(page->title) : a->id);
	html_open(&h, "body");
	skip(&h);
	header(p, &h, page);
	html_open(&h, "main");
	html_attr(&h, "id", STR("main"));
	html_attr(&h, "tabindex", STR("-1"));
	if (p->said.len != 0) {
		html_open(&h, "p");
		html_attr(&h, "class", STR("said"));
		html_attr(&h, "role", STR("status"));
		html_text(&h, p->said);
		html_close(&h);
	}
	if (rc == 0) {
		html_take(&h, &inner);
	} else {
		html_line(&h, "h1", NULL, rc == ERR_MISSING ? STR("Not found") : STR("That did not work"));
		html_line(&h, "p", "wrong", str_from(e.text));
	}
	html_close(&h);
	footer(p, &h);
	html_end(&h);
}

/* ---- pages for nobody ---------------------------------------------------------------------------- */

static void plain_begin(struct html *h, struct reply *r, int status, const char *title)
{
	r->status = status;
	r->type = "text/html; charset=utf-8";
	html_begin(h, &r->body, STR("en"));
	head(h, str_from(title));
	html_open(h, "body");
	html_open(h, "main");
	html_attr(h, "id", STR("main"));
	html_line(h, "h1", NULL, str_from(title));
}

void page_sentence(struct reply *r, int status, const char *title, struct str sentence)
{
	struct html h;

	plain_begin(&h, r, status, title);
	html_line(&h, "p", NULL, sentence);
	html_end(&h);
}

void page_enter(struct reply *r, struct str token)
{
	struct html h;

	plain_begin(&h, r, 200, "Weir: the sample country");
	html_line(&h, "p", NULL,
	        STR("A node of a national CERT with a country that does not exist: four owners, three "
	            "reports, letters that are "
	            "only files. Nothing leaves this machine. The link lets in once; the visit lasts twelve "
	            "hours."));
	html_open(&h, "form");
	html_attr(&h, "method", STR("post"));
	action(&h, "/enter");
	html_attr(&h, "class", STR("act"));
	page_hidden(&h, "link", token);
	page_button(&h, "Go in");
	html_end(&h);
}
