/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/imap_text.h"
#include "base/utf8.h"

/* ---- answers ------------------------------------------------------------------------------------- */

bool imap_literal(struct str line, uint64_t *ret)
{
	if (!str_ends(line, STR("}\r\n")))
		return false;
	struct str_cut cut = str_rcut(str_sub(line, 0, line.len - 3), '{');
	struct str n = str_ends(cut.tail, STR("+")) ? str_sub(cut.tail, 0, cut.tail.len - 1) : cut.tail;
	return cut.ok && str_u64(n, ret);
}

/* Behind "* NUMBER "; empty for other answers. */
static struct str behind_number(struct str answer)
{
	struct str s = str_starts(answer, STR("* ")) ? str_skip(answer, 2) : (struct str){0};
	size_t n = 0;

	while (n < s.len && char_digit(s.p[n]))
		n++;
	return n > 0 && n < s.len && s.p[n] == ' ' ? str_skip(s, n + 1) : (struct str){0};
}

bool imap_is_fetch(struct str answer)
{
	return str_istarts(behind_number(answer), STR("FETCH ("));
}

/* A quoted text or a literal at the front of *s: taken off. */
static bool take_string(struct str *s, struct str *ret)
{
	uint64_t len;
	size_t at;

	if (s->len > 0 && s->p[0] == '"') {
		for (at = 1; at < s->len && s->p[at] != '"'; at++)
			at += s->p[at] == '\\';
		if (at >= s->len)
			return false;
		*ret = str_sub(*s, 1, at - 1);
		*s = str_skip(*s, at + 1);
		return true;
	}
	at = str_find(*s, 0, '\n');
	if (s->len == 0 || s->p[0] != '{' || at == SIZE_MAX || !imap_literal(str_sub(*s, 0, at + 1), &len) ||
	        len > s->len - at - 1)
		return false;
	*ret = str_sub(*s, at + 1, (size_t)len);
	*s = str_skip(*s, at + 1 + (size_t)len);
	return true;
}

/* Up to a blank or a bracket of the list outside of "[...]". */
static struct str take_atom(struct str *s)
{
	bool inside = false;
	size_t n = 0;

	for (; n < s->len; n++) {
		char c = s->p[n];
		if (c == '\r' || c == '\n' || (!inside && (c == ' ' || c == '(' || c == ')')))
			break;
		inside = c == '[' ? true : c == ']' ? false : inside;
	}
	struct str atom = str_sub(*s, 0, n);
	*s = str_skip(*s, n);
	return atom;
}

/* The value behind a name: a text, an atom, or a list, which is passed over. */
static bool take_value(struct str *s, struct str *ret)
{
	unsigned depth = 0;

	*ret = (struct str){0};
	do {
		struct str one = {0};
		char c = s->len > 0 ? s->p[0] : 0;
		if (c == '"' || c == '{') {
			if (!take_string(s, &one))
				return false;
		} else if (c == '(' || (c == ')' && depth > 0)) {
			depth = c == '(' ? depth + 1 : depth - 1;
			*s = str_skip(*s, 1);
		} else if (c == ' ' && depth > 0) {
			*s = str_skip(*s, 1);
		} else {
			one = take_atom(s);
			if (one.len == 0)
				return false;
		}
		*ret = depth == 0 ? one : (struct str){0};
	} while (depth > 0);
	return true;
}

static bool take_item(struct str *s, struct imap_mail *m)
{
	struct str name = take_atom(s), value;
	uint64_t n;

	if (name.len == 0 || s->len == 0 || s->p[0] != ' ')
		return false;
	*s = str_skip(*s, 1);
	bool text = s->len > 0 && (s->p[0] == '"' || s->p[0] == '{');
	if (!take_value(s, &value))
		return false;
	if (str_ieq(name, STR("UID"))) {
		return str_u32(value, &m->uid) && m->uid != 0;
	} else if (str_ieq(name, STR("RFC822.SIZE"))) {
		m->has_size = str_u64(value, &n);
		m->size = m->has_size ? n : 0;
		return m->has_size;
	} else if (str_istarts(name, STR("BODY["))) {
		m->has_body = true;
		m->body = text ? value : (struct str){0};
	}
	return true;
}

int imap_fetch(struct str answer, struct imap_mail *ret, struct err *e)
{
	struct imap_mail m = {0};
	struct str s = behind_number(answer);

	if (!imap_is_fetch(answer))
		return 0;
	s = str_skip(s, 7);
	while (s.len > 0 && s.p[0] != ')') {
		if (!take_item(&s, &m))
			return err_set(e, ERR_SYNTAX,
			        "the server's answer to FETCH is not of the form it should have");
		if (s.len > 0 && s.p[0] == ' ')
			s = str_skip(s, 1);
	}
	if (!str_eq(s, STR(")\r\n")))
		return err_set(e, ERR_SYNTAX, "the server's answer to FETCH does not end");
	*ret = m;
	return 1;
}

int imap_search(struct str answer, size_t max, imap_uids *ret, struct err *e)
{
	if (!str_istarts(answer, STR("* SEARCH")))
		return 0;
	for (struct str rest = str_trim(str_skip(answer, 8)); rest.len > 0;) {
		struct str_cut cut = str_cut(rest, ' ');
		uint32_t uid;
		if (!str_u32(cut.head, &uid) || uid == 0)
			return err_set(e, ERR_SYNTAX,
			        "the server's answer to SEARCH is not of the form it should have");
		if (ret->n == max)
			return err_set(e, ERR_LIMIT, "the folder has more than %zu mails", max);
		*vec_add(ret) = uid;
		rest = cut.tail;
	}
	return 1;
}

bool imap_code(struct str answer, const char *name, uint32_t *ret)
{
	size_t at = str_find(answer, 0, '[');

	if (at == SIZE_MAX || !str_istarts(answer, STR("* OK")))
		return false;
	struct str code = str_cut(str_skip(answer, at + 1), ']').head;
	struct str_cut cut = str_cut(code, ' ');
	return str_ieq(cut.head, str_from(name)) && str_u32(cut.tail, ret);
}

bool imap_has(struct str answer, const char *word)
{
	if (!str_istarts(answer, STR("* CAPABILITY ")))
		return false;
	for (struct str rest = str_trim(answer); rest.len > 0;) {
		struct str_cut cut = str_cut(rest, ' ');
		if (str_ieq(cut.head, str_from(word)))
			return true;
		rest = cut.tail;
	}
	return false;
}

void imap_quote(struct buf *to, struct str text)
{
	buf_char(to, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\')
			buf_char(to, '\\');
		buf_char(to, text.p[i]);
	}
	buf_char(to, '"');
}

/* ---- headers ------------------------------------------------------------------------------------- */

static void add_byte(struct buf *to, unsigned char c, bool latin)
{
	if (c < ' ' || c == 0x7f)
		c = ' ';
	if (latin && c >= 0x80) {
		buf_char(to, (char)(0xc0 | c >> 6));
		c = 0x80 | (c & 0x3f);
	}
	buf_char(to, (char)c);
}

static void add_q(struct buf *to, struct str s, bool latin)
{
	for (size_t i = 0; i < s.len; i++) {
		int high = i + 2 < s.len && s.p[i] == '=' ? char_hex(s.p[i + 1]) : -1;
		int low = high >= 0 ? char_hex(s.p[i + 2]) : -1;
		if (low >= 0) {
			add_byte(to, (unsigned char)(high << 4 | low), latin);
			i += 2;
		} else {
			add_byte(to, (unsigned char)(s.p[i] == '_' ? ' ' : s.p[i]), latin);
		}
	}
}

static int six(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	return char_digit(c) ? c - '0' + 52 : c == '+' ? 62 : c == '/' ? 63 : -1;
}

static void add_b(struct buf *to, struct str s, bool latin)
{
	unsigned bits = 0, n = 0;

	for (size_t i = 0; i < s.len; i++) {
		int v = six(s.p[i]);
		if (v < 0)
			continue;
		bits = (bits << 6 | (unsigned)v) & 0xffffff;
		n += 6;
		if (n >= 8) {
			n -= 8;
			add_byte(to, (unsigned char)(bits >> n), latin);
		}
	}
}

/* "=?utf-8?q?text?=" at the front: its length, 0 if there is none that is known here. */
static size_t take_word(struct str s, struct buf *to)
{
	if (!str_starts(s, STR("=?")))
		return 0;
	struct str_cut charset = str_cut(str_skip(s, 2), '?'), how = str_cut(charset.tail, '?');
	size_t end = str_find_str(how.tail, 0, STR("?="));
	struct str set = str_cut(charset.head, '*').head; /* RFC 2231 appends a language */
	bool latin = str_ieq(set, STR("iso-8859-1")) || str_ieq(set, STR("windows-1252"));
	if (!charset.ok || !how.ok || end == SIZE_MAX || how.head.len != 1 ||
	        (!latin && !str_ieq(set, STR("utf-8")) && !str_ieq(set, STR("us-ascii"))))
		return 0;
	struct str text = str_sub(how.tail, 0, end);
	if (char_lower(how.head.p[0]) == 'q')
		add_q(to, text, latin);
	else if (char_lower(how.head.p[0]) == 'b')
		add_b(to, text, latin);
	else
		return 0;
	return (size_t)(text.p - s.p) + end + 2;
}

static void decode(struct str s, struct buf *to)
{
	size_t from = to->len;
	bool word = false; /* the last was one */

	for (size_t i = 0; i < s.len && to->len - from < IMAP_FIELD;) {
		size_t blanks = i;
		while (word && blanks < s.len && char_space(s.p[blanks]))
			blanks++;
		/* blanks between two encoded words do not count */
		size_t n = take_word(str_skip(s, blanks), to);
		word = n > 0;
		if (n > 0)
			i = blanks + n;
		else
			add_byte(to, (unsigned char)s.p[i++], false);
	}
	if (to->len - from > IMAP_FIELD)
		to->len = from + IMAP_FIELD;
}

void imap_field(struct str header, const char *name, struct buf *ret)
{
	auto_buf struct buf folded = {0};
	struct str want = str_from(name);
	bool here = false;

	for (struct str rest = header; rest.len > 0 && folded.len <= 4 * IMAP_FIELD;) {
		struct str_cut line = str_cut(rest, '\n');
		struct str text =
		        str_ends(line.head, STR("\r")) ? str_sub(line.head, 0, line.head.len - 1) : line.head;
		bool more = text.len > 0 && (text.p[0] == ' ' || text.p[0] == '\t');
		if (here && !more)
			break;
		if (!more && str_istarts(text, want) && text.len > want.len && text.p[want.len] == ':') {
			here = true;
			text = str_skip(text, want.len + 1);
		}
		if (here)
			buf_add(&folded, text);
		rest = line.tail;
	}
	decode(str_trim(buf_str(&folded)), ret);
}

struct str imap_address(struct str from)
{
	struct str found = {0};
	size_t open = SIZE_MAX;
	bool quoted = false;

	/* brackets within a quoted name are no address */
	for (size_t i = 0; i < from.len; i++) {
		char c = from.p[i];
		if (c == '\\' && quoted) {
			i++;
		} else if (c == '"') {
			quoted = !quoted;
		} else if (!quoted && c == '<') {
			open = i + 1;
		} else if (!quoted && c == '>' && open != SIZE_MAX) {
			found = str_sub(from, open, i - open);
			open = SIZE_MAX;
		}
	}
	return str_trim(found.len != 0 ? found : str_has(from, '<') ? (struct str){0} : from);
}
