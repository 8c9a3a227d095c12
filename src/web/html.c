/* SPDX-License-Identifier: Apache-2.0 */
#include "web/html.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* A name of an element or attribute is a word of the program. */
static void must(bool ok)
{
	if (!ok)
		abort();
}

static void name_must(const char *name)
{
	must(name[0] >= 'a' && name[0] <= 'z');
	for (const char *p = name; *p != 0; p++)
		must((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || char_digit(*p) || *p == '-');
}

static void add(struct html *h, const char *text)
{
	buf_add(h->out, str_from(text));
}

/* ---- text ---------------------------------------------------------------------------------------- */

static void escape(struct buf *out, struct str s)
{
	size_t from = 0;

	for (size_t i = 0; i < s.len; i++) {
		const char *as = NULL;
		switch (s.p[i]) {
		case '&':
			as = "&amp;";
			break;
		case '<':
			as = "&lt;";
			break;
		case '>':
			as = "&gt;";
			break;
		case '"':
			as = "&quot;";
			break;
		case '\'':
			as = "&#39;";
			break;
		default:
			continue;
		}
		buf_add(out, str_make(s.p + from, i - from));
		buf_add(out, str_from(as));
		from = i + 1;
	}
	buf_add(out, str_make(s.p + from, s.len - from));
}

/* Line feeds stay: a line of text has them where a person wrote them. */
static void shown(struct buf *out, struct str text)
{
	char buf[1024];

	while (text.len > 0) {
		struct str_cut cut = str_cut(text, '\n');
		struct str line = cut.head;
		while (line.len > 0) {
			/* a quoted byte takes four; letters are not cut in two */
			size_t n = line.len < 240 ? line.len : 240;
			while (n < line.len && n > 232 && ((unsigned char)line.p[n] & 0xc0) == 0x80)
				n--;
			escape(out, err_quote(buf, sizeof(buf), str_make(line.p, n)));
			line = str_skip(line, n);
		}
		if (cut.ok)
			buf_char(out, '\n');
		text = cut.tail;
	}
}

static size_t find_joiner(struct str s)
{
	for (size_t i = 0; (i = str_find_str(s, i, STR("\xe2\x80"))) != SIZE_MAX; i++)
		if (i + 2 < s.len && (unsigned char)s.p[i + 2] >= 0x8b && (unsigned char)s.p[i + 2] <= 0x8d)
			return i;
	return SIZE_MAX;
}

static void shown_whole(struct buf *out, struct str text)
{
	for (size_t at; (at = find_joiner(text)) != SIZE_MAX; text = str_skip(text, at + 3)) {
		shown(out, str_sub(text, 0, at));
		buf_add(out, str_sub(text, at, 3));
	}
	shown(out, text);
}

static void end_tag(struct html *h)
{
	if (h->in_tag)
		buf_char(h->out, '>');
	h->in_tag = false;
}

void html_text(struct html *h, struct str text)
{
	end_tag(h);
	shown(h->out, text);
}

void html_u64(struct html *h, uint64_t value)
{
	end_tag(h);
	buf_u64(h->out, value);
}

void html_printf(struct html *h, const char *fmt, ...)
{
	auto_buf struct buf b = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	html_text(h, buf_str(&b));
}

/* ---- elements ------------------------------------------------------------------------------------ */

void html_begin(struct html *h, struct buf *out, struct str lang)
{
	*h = (struct html){.out = out};
	add(h, "<!doctype html>\n");
	html_open(h, "html");
	html_attr(h, "lang", lang);
}

void html_end(struct html *h)
{
	while (h->depth > 0)
		html_close(h);
	buf_char(h->out, '\n');
}

void html_open(struct html *h, const char *name)
{
	html_empty(h, name);
	must(h->depth < HTML_DEPTH);
	h->open[h->depth++] = name;
}

void html_empty(struct html *h, const char *name)
{
	name_must(name);
	end_tag(h);
	buf_char(h->out, '<');
	add(h, name);
	h->in_tag = true;
}

void html_close(struct html *h)
{
	must(h->depth > 0);
	end_tag(h);
	add(h, "</");
	add(h, h->open[--h->depth]);
	buf_char(h->out, '>');
}

static void begin_attr(struct html *h, const char *name)
{
	name_must(name);
	must(h->in_tag);
	buf_char(h->out, ' ');
	add(h, name);
}

/* What a browser loads, goes to or runs. */
static bool is_active(const char *name)
{
	static const char *const active[] = {
	        "href", "src", "action", "formaction", "style", "srcdoc", "srcset", "data", "ping", "poster"};

	for (size_t i = 0; i < sizeof(active) / sizeof(active[0]); i++)
		if (str_eq(str_from(name), str_from(active[i])))
			return true;
	return name[0] == 'o' && name[1] == 'n';
}

void html_attr(struct html *h, const char *name, struct str value)
{
	must(!is_active(name));
	begin_attr(h, name);
	add(h, "=\"");
	shown(h->out, value);
	buf_char(h->out, '"');
}

void html_attr_field(struct html *h, const char *name, struct str value)
{
	must(!is_active(name));
	begin_attr(h, name);
	add(h, "=\"");
	shown_whole(h->out, value);
	buf_char(h->out, '"');
}

void html_text_field(struct html *h, struct str text)
{
	end_tag(h);
	shown_whole(h->out, text);
}

void html_attr_u64(struct html *h, const char *name, uint64_t value)
{
	begin_attr(h, name);
	add(h, "=\"");
	buf_u64(h->out, value);
	buf_char(h->out, '"');
}

void html_flag(struct html *h, const char *name)
{
	begin_attr(h, name);
}

void html_fragment(struct html *h, const char *name, const char *place)
{
	name_must(place);
	must(str_eq(str_from(name), STR("href")));
	begin_attr(h, name);
	add(h, "=\"#");
	add(h, place);
	buf_char(h->out, '"');
}

void html_take(struct html *h, const struct html *drawn)
{
	must(drawn->depth == 0);
	end_tag(h);
	buf_add(h->out, buf_str(drawn->out));
	if (drawn->in_tag)
		buf_char(h->out, '>');
}

void html_line(struct html *h, const char *name, const char *class, struct str text)
{
	html_open(h, name);
	if (class != NULL)
		html_attr(h, "class", str_from(class));
	html_text(h, text);
	html_close(h);
}

/* ---- addresses ----------------------------------------------------------------------------------- */

static void percent(struct buf *out, struct str s)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool plain =
		        char_alnum(s.p[i]) || c == '-' || c == '_' || c == '~' || (c == '.' && s.len > 2);
		if (plain) {
			buf_char(out, s.p[i]);
		} else {
			buf_char(out, '%');
			buf_char(out, hex[c >> 4]);
			buf_char(out, hex[c & 15]);
		}
	}
}

void link_begin(struct link *l, const char *path)
{
	must(path[0] == '/' && path[1] != '/');
	*l = (struct link){0};
	buf_add(&l->text, str_from(path));
}

void link_part(struct link *l, struct str part)
{
	must(!l->query);
	buf_char(&l->text, '/');
	percent(&l->text, part);
}

void link_param(struct link *l, const char *name, struct str value)
{
	buf_char(&l->text, l->query ? '&' : '?');
	l->query = true;
	buf_add(&l->text, str_from(name));
	buf_char(&l->text, '=');
	percent(&l->text, value);
}

void link_done(struct link *l)
{
	buf_done(&l->text);
}

void html_link(struct html *h, const char *name, struct link *l)
{
	must(str_eq(str_from(name), STR("href")) || str_eq(str_from(name), STR("src")) ||
	        str_eq(str_from(name), STR("action")) || str_eq(str_from(name), STR("formaction")));
	begin_attr(h, name);
	add(h, "=\"");
	escape(h->out, buf_str(&l->text));
	buf_char(h->out, '"');
	link_done(l);
}
