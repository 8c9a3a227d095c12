/* SPDX-License-Identifier: Apache-2.0 */
#include "text/breaks.h"
#include <assert.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#define LONG 96 /* bytes of a piece that no dictionary has cut */

struct breaks {
	UBreakIterator *words, *letters;
};

static UBreakIterator *open_rules(UBreakIteratorType type, struct err *e)
{
	UErrorCode code = U_ZERO_ERROR;
	UBreakIterator *ret = ubrk_open(type, "", NULL, 0, &code);

	if (U_SUCCESS(code))
		return ret;
	err_set(e, ERR_MISSING, "ICU has no rules for the breaks between words (%s)", u_errorName(code));
	return NULL;
}

struct breaks *breaks_open(struct err *e)
{
	struct breaks *b = mem_zero(1, sizeof(*b));

	b->words = open_rules(UBRK_WORD, e);
	b->letters = b->words != NULL ? open_rules(UBRK_CHARACTER, e) : NULL;
	if (b->letters != NULL)
		return b;
	breaks_close(b);
	return NULL;
}

void breaks_close(struct breaks *b)
{
	if (b == NULL)
		return;
	if (b->words != NULL)
		ubrk_close(b->words);
	if (b->letters != NULL)
		ubrk_close(b->letters);
	free(b);
}

/* ---- letters ------------------------------------------------------------------------------------- */

static bool stacks(UChar32 c)
{
	return c == 0x1039 || c == 0x17d2;
}

static bool vowel_before(UChar32 c)
{
	return (c >= 0x0e40 && c <= 0x0e44) || (c >= 0x0ec0 && c <= 0x0ec4);
}

/* What UAX #29 lets be cut between these and readers do not; next is behind after. */
static bool holds_together(UChar32 before, UChar32 after, const uint8_t *p, int32_t next, int32_t len)
{
	UChar32 second = 0;

	if (next < len)
		U8_NEXT(p, next, len, second);
	if (stacks(before) || (vowel_before(before) && breaks_unspaced((uint32_t)after)))
		return true;
	/* what its dictionary does not know, ICU cuts inside a Burmese syllable */
	return after >= 0x1000 && after <= 0x109f && (second == 0x103a || second == 0x1039);
}

/* Each of these is a letter of its own beside another of these; only a line end of two characters is one of them. */
static bool alone(UChar32 c)
{
	return c < 0x300 || (c >= 0x1e00 && c <= 0x1eff) || (c >= 0x2010 && c <= 0x2027);
}

static bool ascii(char c)
{
	return ((unsigned char)c & 0x80) == 0;
}

static bool may_cut(struct breaks *b, struct str s, int32_t at)
{
	const uint8_t *p = (const uint8_t *)s.p;
	int32_t back = at, next = at;
	UChar32 before, after;

	U8_PREV(p, 0, back, before);
	U8_NEXT(p, next, (int32_t)s.len, after);
	if (alone(before) && alone(after))
		return after != '\n' || before != '\r';
	return ubrk_isBoundary(b->letters, at) && !holds_together(before, after, p, next, (int32_t)s.len);
}

bool breaks_unspaced(uint32_t cp)
{
	return u_getIntPropertyValue((UChar32)cp, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT;
}

bool breaks_invisible(uint32_t cp)
{
	/* but for those that choose between two pictures of a sign */
	return u_hasBinaryProperty((UChar32)cp, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) && (cp & ~0xfu) != 0xfe00;
}

/* ---- pieces -------------------------------------------------------------------------------------- */

static void add(struct pieces *ret, int32_t end, bool word)
{
	struct piece *p = vec_add(&ret->all);

	p->end = (uint32_t)end;
	p->word = word;
}

static void add_letters(struct breaks *b, struct str s, int32_t from, int32_t to, struct pieces *ret)
{
	for (int32_t at = ubrk_following(b->letters, from); at != UBRK_DONE && at < to;
	        at = ubrk_next(b->letters))
		if (may_cut(b, s, at))
			add(ret, at, true);
	add(ret, to, true);
}

static void add_piece(struct breaks *b, struct str s, int32_t from, int32_t to, bool word, struct pieces *ret)
{
	bool cut = false;

	for (int32_t i = from; word && to - from > LONG && i < to && !cut; i++)
		cut = !ascii(s.p[i]);
	if (cut)
		add_letters(b, s, from, to, ret);
	else
		add(ret, to, word);
}

static void cut_all(struct breaks *b, struct str s, struct pieces *ret)
{
	int32_t from = 0;
	bool word = false;

	for (int32_t at = ubrk_next(b->words); at != UBRK_DONE; at = ubrk_next(b->words)) {
		word = word || ubrk_getRuleStatus(b->words) >= UBRK_WORD_NONE_LIMIT;
		if (at < (int32_t)s.len && !may_cut(b, s, at))
			continue;
		add_piece(b, s, from, at, word, ret);
		from = at;
		word = false;
	}
	if (from < (int32_t)s.len)
		add(ret, (int32_t)s.len, true);
}

void breaks_words(struct breaks *b, struct str s, struct pieces *ret)
{
	UErrorCode code = U_ZERO_ERROR;

	assert(s.len <= BREAKS_MAX);
	if (s.len == 0)
		return;
	UText *text = utext_openUTF8(NULL, s.p, (int64_t)s.len, &code);
	if (U_SUCCESS(code))
		ubrk_setUText(b->words, text, &code);
	if (U_SUCCESS(code))
		ubrk_setUText(b->letters, text, &code);
	if (U_SUCCESS(code))
		cut_all(b, s, ret);
	else /* ICU had no memory: all of it is one piece */
		add(ret, (int32_t)s.len, true);
	utext_close(text);
}
