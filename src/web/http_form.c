/* SPDX-License-Identifier: Apache-2.0 */
#include "web/http_form.h"
#include "base/utf8.h"

bool http_is_media(struct str content_type, struct str media)
{
	return str_ieq(str_trim(str_cut(content_type, ';').head), media);
}

size_t http_lines(char *p, size_t n)
{
	size_t to = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] != '\r')
			p[to++] = p[i];
		else if (i + 1 == n || p[i + 1] != '\n')
			p[to++] = '\n';
	}
	return to;
}

/* Into the arena, '+' as a blank. False: a broken escape, a NUL, no UTF-8. */
static bool decode(struct str s, struct arena *a, struct str *ret)
{
	char *dst = arena_get(a, s.len + 1);
	size_t n = 0;

	if (dst == NULL)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] != '%') {
			dst[n++] = s.p[i] == '+' ? ' ' : s.p[i];
			continue;
		}
		int high = i + 2 < s.len ? char_hex(s.p[i + 1]) : -1;
		int low = i + 2 < s.len ? char_hex(s.p[i + 2]) : -1;
		if (high < 0 || low < 0)
			return false;
		dst[n++] = (char)(high << 4 | low);
		i += 2;
	}
	*ret = str_make(dst, http_lines(dst, n));
	return utf8_valid(*ret) && !str_has(*ret, 0);
}

enum http_fault http_form(struct str body, struct arena *a, struct http_form *ret)
{
	struct http_form f = {.n = 0};

	if (body.len > HTTP_FORM)
		return HTTP_FORM_LARGE;
	while (body.len > 0) {
		struct str_cut pair = str_cut(body, '&');
		struct str_cut cut = str_cut(pair.head, '=');
		body = pair.tail;
		if (pair.head.len == 0)
			continue;
		if (f.n == HTTP_FORM_FIELDS)
			return HTTP_FORM_MANY;
		struct http_field *field = &f.fields[f.n++];
		if (!decode(cut.head, a, &field->name) || !decode(cut.tail, a, &field->value))
			return HTTP_FORM_BYTES;
	}
	*ret = f;
	return HTTP_GOOD;
}

struct str http_form_find(const struct http_form *f, const char *name, size_t n)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(f->fields[i].name, str_from(name)) && n-- == 0)
			return f->fields[i].value;
	return (struct str){0};
}
