/* SPDX-License-Identifier: Apache-2.0 */
#include "base/plural.h"

/* Of two that begin alike the longer one first. */
static const struct {
	struct str many, one;
} table[] = {
#define PLURAL(m, o)                                                                                         \
	{                                                                                                    \
		STR_INIT(" " m), STR_INIT(" " o)                                                             \
	}
        PLURAL("actions", "action"),
        PLURAL("adopted texts are those", "adopted text is that"),
        PLURAL("attachments", "attachment"),
        PLURAL("bytes", "byte"),
        PLURAL("cases", "case"),
        PLURAL("chunks", "chunk"),
        PLURAL("clauses are", "clause is"),
        PLURAL("clauses", "clause"),
        PLURAL("columns", "column"),
        PLURAL("contacts", "contact"),
        PLURAL("corrections are due, each", "correction is due,"),
        PLURAL("days", "day"),
        PLURAL("entries", "entry"),
        PLURAL("errors", "error"),
        PLURAL("events were", "event was"),
        PLURAL("events", "event"),
        PLURAL("files", "file"),
        PLURAL("findings are", "finding is"),
        PLURAL("findings had", "finding had"),
        PLURAL("findings stay", "finding stays"),
        PLURAL("findings were", "finding was"),
        PLURAL("findings", "finding"),
        PLURAL("keys", "key"),
        PLURAL("key lists", "key list"),
        PLURAL("letters are", "letter is"),
        PLURAL("letters do not", "letter does not"),
        PLURAL("letters have", "letter has"),
        PLURAL("letters that had not gone do not", "letter that had not gone does not"),
        PLURAL("letters that were due do not", "letter that was due does not"),
        PLURAL("letters were refused, and their", "letter was refused, and its"),
        PLURAL("letters", "letter"),
        PLURAL("lists", "list"),
        PLURAL("members are", "member is"),
        PLURAL("members", "member"),
        PLURAL("minutes", "minute"),
        PLURAL("months", "month"),
        PLURAL("more days", "more day"),
        PLURAL("new problems", "new problem"),
        PLURAL("open findings are", "open finding is"),
        PLURAL("owners", "owner"),
        PLURAL("parties, who agree", "party, which agrees"),
        PLURAL("parties", "party"),
        PLURAL("places", "place"),
        PLURAL("receipts", "receipt"),
        PLURAL("records", "record"),
        PLURAL("remarks", "remark"),
        PLURAL("reports", "report"),
        PLURAL("rounds", "round"),
        PLURAL("rows", "row"),
        PLURAL("rules", "rule"),
        PLURAL("seconds", "second"),
        PLURAL("statements are", "statement is"),
        PLURAL("statements here were", "statement here was"),
        PLURAL("statements were", "statement was"),
        PLURAL("statements", "statement"),
        PLURAL("tickets", "ticket"),
        PLURAL("times", "time"),
        PLURAL("tries", "try"),
        PLURAL("visits", "visit"),
        PLURAL("working days", "working day"),
#undef PLURAL
};
#define ROWS (sizeof(table) / sizeof(table[0]))

size_t plural_find(struct str text, struct str *ret_one)
{
	for (size_t i = 0; i < ROWS; i++) {
		size_t len = table[i].many.len;
		if (!str_starts(text, table[i].many) || (len < text.len && char_alnum(text.p[len])))
			continue;
		*ret_one = table[i].one;
		return len;
	}
	return 0;
}

/* ---- printf -------------------------------------------------------------------------------------- */

/* Takes the value of one conversion, of which p stands behind "%", and goes past it. True: it is the number 1. */
static bool take_value(const char **p, va_list *ap)
{
	int longs = 0;
	bool size = false;

	for (;; ++*p) {
		if (**p == '*')
			(void)va_arg(*ap, int);
		else if (**p == 'l')
			longs++;
		else if (**p == 'z' || **p == 't' || **p == 'j')
			size = true;
		else if (strchr("0123456789.-+ #'h", **p) == NULL || **p == 0)
			break;
	}
	switch (*(*p)++) {
	case '%':
		return false;
	case 'd':
	case 'i':
	case 'u':
	case 'x':
	case 'X':
	case 'o':
		return size || longs > 0 ? va_arg(*ap, unsigned long long) == 1 : va_arg(*ap, unsigned) == 1;
	case 'c':
		(void)va_arg(*ap, int);
		return false;
	case 'f':
	case 'g':
	case 'e':
		(void)va_arg(*ap, double);
		return false;
	case 's':
	case 'p':
		(void)va_arg(*ap, void *);
		return false;
	default:
		abort(); /* a conversion that no sentence of ours has */
	}
}

_Static_assert(sizeof(long) == sizeof(long long) && sizeof(size_t) == sizeof(long long),
        "one width of long numbers");

void plural_printf(struct buf *b, const char *fmt, ...)
{
	auto_buf struct buf out = {0};
	va_list ap, look;

	va_start(ap, fmt);
	va_copy(look, ap);
	for (const char *p = fmt; *p != 0;) {
		const char *from = p;
		struct str one;
		if (*p++ != '%') {
			buf_char(&out, *from);
			continue;
		}
		bool single = take_value(&p, &look);
		buf_add(&out, str_make(from, (size_t)(p - from)));
		size_t many = single ? plural_find(str_from(p), &one) : 0;
		if (many > 0)
			buf_add(&out, one);
		p += many;
	}
	buf_char(&out, 0);
	va_end(look);
	buf_vprintf(b, out.p, ap);
	va_end(ap);
}
