/* SPDX-License-Identifier: Apache-2.0 */
#include "read/mail_words.h"
#include "base/utf8.h"
#include "base/vec.h"
#include <gmime/gmime.h>

#define FIELD_BYTES ((size_t)256 << 10)

/* "=?CHARSET*LANGUAGE?B?TEXT?=" */
struct word {
	struct str charset, text;
	bool base64;
	size_t end; /* behind it */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Up to the next question mark; false if a blank stands before it, or there is none. */
static bool token(struct str s, size_t *at, struct str *ret)
{
	size_t from = *at;

	while (*at < s.len && s.p[*at] != '?' && !is_blank(s.p[*at]))
		++*at;
	*ret = str_sub(s, from, *at - from);
	return *at < s.len && s.p[(*at)++] == '?';
}

static bool read_word(struct str s, size_t at, struct word *ret)
{
	struct word w = {.end = at + 2};
	struct str how;

	if (!str_starts(str_skip(s, at), STR("=?")) || !token(s, &w.end, &w.charset) ||
	        !token(s, &w.end, &how) || !token(s, &w.end, &w.text) || w.end >= s.len ||
	        s.p[w.end++] != '=')
		return false;
	w.base64 = str_ieq(how, STR("b"));
	w.charset = str_cut(w.charset, '*').head;
	*ret = w;
	return w.charset.len > 0 && (w.base64 || str_ieq(how, STR("q")));
}

static void add_bytes(struct buf *out, const struct word *w)
{
	GMimeEncoding code;
	size_t room;

	g_mime_encoding_init_decode(
	        &code, w->base64 ? GMIME_CONTENT_ENCODING_BASE64 : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	room = g_mime_encoding_outlen(&code, w->text.len);
	char *to = buf_room(out, room), *text = g_strndup(w->text.p, w->text.len);
	/* the form of words, where a line has "_" for a blank, and ends nowhere */
	for (size_t i = 0; i < w->text.len && !w->base64; i++)
		text[i] = text[i] == '_' ? ' ' : text[i];
	out->len += g_mime_encoding_flush(&code, text, w->text.len, to);
	g_free(text);
}

/* From the word at the first of several: true and how far they reach, if there is more than one; their bytes are in bytes. */
static bool read_run(struct str s, const struct word *first, struct buf *bytes, size_t *ret_end)
{
	struct word next = *first;
	unsigned n = 0;

	buf_clear(bytes);
	for (bool more = true; more; n++) {
		size_t at = next.end;
		add_bytes(bytes, &next);
		*ret_end = next.end;
		while (at < s.len && is_blank(s.p[at]))
			at++;
		more = read_word(s, at, &next) && str_ieq(next.charset, first->charset);
	}
	return n > 1;
}

static void add_word(struct buf *out, struct str charset, struct str bytes)
{
	gchar *code = g_base64_encode((const guchar *)bytes.p, bytes.len);

	buf_printf(out, "=?%.*s?B?%s?=", STR_ARG(charset), code);
	g_free(code);
}

struct str mail_words_join(struct arena *a, struct str raw)
{
	auto_buf struct buf out = {0}, bytes = {0};
	struct str s = str_sub(raw, 0, FIELD_BYTES);
	size_t from = 0, end;
	struct word w;

	for (size_t at = 0; at < s.len; at++) {
		if (s.p[at] != '=' || !read_word(s, at, &w))
			continue;
		if (read_run(s, &w, &bytes, &end) && bytes.len > 0) {
			buf_add(&out, str_sub(s, from, at - from));
			add_word(&out, w.charset, buf_str(&bytes));
			from = end;
		}
		at = end - 1;
	}
	if (from == 0)
		return arena_str(a, s);
	buf_add(&out, str_skip(s, from));
	return arena_str(a, buf_str(&out));
}

/* Bytes of no charset are what GMime takes them for where it reads fields. */
static struct str valid(struct arena *a, const char *text)
{
	if (text == NULL || utf8_valid(str_from(text)))
		return arena_str(a, str_from(text));
	char *good = g_mime_utils_decode_8bit(NULL, text, str_from(text).len);
	struct str ret = arena_str(a, str_from(good));
	g_free(good);
	return ret;
}

struct str mail_words_text(struct arena *a, struct str raw)
{
	struct str joined = mail_words_join(a, raw);
	char *line = joined.len > 0 ? g_mime_utils_header_unfold(joined.p) : NULL;
	char *text = line != NULL ? g_mime_utils_header_decode_text(NULL, line) : NULL;
	struct str ret = valid(a, text);

	g_free(text);
	g_free(line);
	return ret;
}

struct str mail_words_file(struct arena *a, struct str type, struct str disposition)
{
	struct str t = mail_words_join(a, type), d = mail_words_join(a, disposition);
	GMimeContentDisposition *said = d.len > 0 ? g_mime_content_disposition_parse(NULL, d.p) : NULL;
	GMimeContentType *other = t.len > 0 ? g_mime_content_type_parse(NULL, t.p) : NULL;
	const char *name = said != NULL ? g_mime_content_disposition_get_parameter(said, "filename") : NULL;

	if (name == NULL && other != NULL)
		name = g_mime_content_type_get_parameter(other, "name");
	struct str ret = valid(a, name);
	if (said != NULL)
		g_object_unref(said);
	if (other != NULL)
		g_object_unref(other);
	return ret;
}
