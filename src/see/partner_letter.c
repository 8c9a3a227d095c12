/* SPDX-License-Identifier: Apache-2.0 */
#include "see/partner_letter.h"

#include "event/value.h"

static void write_subject(const struct partner_letter *l, struct buf *out)
{
	if (l->exercise.len != 0)
		buf_add(out, STR("EXERCISE EXERCISE EXERCISE "));
	buf_printf(out, "[weir %.*s] ", STR_ARG(l->tag));
	/* a title is one line, whatever its writer has put into it */
	struct str title = l->sealed || l->title.len == 0 ? STR("...") : l->title;
	for (size_t i = 0; i < title.len; i++)
		buf_char(out, (unsigned char)title.p[i] < ' ' ? ' ' : title.p[i]);
}

static void add(
        struct buf *out, const struct lang *lang, enum lang_partner which, const struct lang_values *v)
{
	lang_fill(out, lang, lang_partner(lang, which), v);
	buf_add(out, STR("\n\n"));
}

/* "2026-01-06 03:00": the words around it say that it is UTC. */
static struct str when(char ret[64], int64_t at)
{
	value_time_print(ret, at);
	ret[10] = ' ';
	return str_make(ret, 16);
}

/* The blanks before its first line stay. */
static struct str trim_end(struct str s)
{
	while (s.len > 0 && (s.p[s.len - 1] == '\n' || s.p[s.len - 1] == ' '))
		s.len--;
	return s;
}

static void add_said(const struct partner_letter *l, const struct lang *lang, struct buf *out)
{
	if (l->exercise.len != 0)
		add(out, lang, PARTNER_EXERCISE, &(struct lang_values){.note = l->exercise});
	if (l->sealed && l->title.len != 0)
		buf_printf(out, "%.*s\n\n", STR_ARG(l->title));
	if (l->text.len != 0)
		buf_printf(out, "%.*s\n\n", STR_ARG(l->text));
}

/* His words as mails quote them. */
static void quote(struct buf *out, struct str text)
{
	for (struct str_cut line = {.tail = text}; line.tail.len > 0;) {
		line = str_cut(line.tail, '\n');
		buf_printf(out, "> %.*s\n", STR_ARG(line.head));
	}
}

static struct str word_of(const struct lang *lang, const char *prefix, struct str word, char ret[64])
{
	snprintf(ret, 64, "%s%.*s", prefix, (int)(word.len < 40 ? word.len : 40), word.p);
	struct str found = lang_partner_word(lang, str_from(ret));
	return str_eq(found, str_from(ret)) ? word : found;
}

static void add_answers(const struct partner_letter *l, const struct lang *lang, struct buf *out)
{
	char key[64];

	for (unsigned i = 0; i < l->answers; i++) {
		const struct partner_letter_answer *v = &l->answer[i];
		auto_buf struct buf comment = {0};
		quote(&comment, v->comment);
		add(out, lang, PARTNER_ANSWERED,
		        &(struct lang_values){.list = trim_end(buf_str(&comment)),
		                .note = word_of(lang, "answer-", v->word, key)});
		if (v->text.len != 0)
			buf_printf(out, "%.*s\n\n", STR_ARG(v->text));
	}
	if (l->answers > 0)
		add(out, lang, PARTNER_NEXT, &(struct lang_values){0});
}

/* 64 digits in eights, four a line, as they are read aloud. */
static void put_digits(struct buf *out, struct str sha256)
{
	for (size_t i = 0; i + 8 <= sha256.len; i += 8)
		buf_printf(out, "%s%.*s", i == 0 ? "  " : i % 32 == 0 ? "\n  " : " ", 8, sha256.p + i);
}

static void add_result(const struct partner_letter *l, const struct lang *lang, struct buf *out)
{
	auto_buf struct buf digits = {0};
	char key[64], shown[64];

	if (l->withdrawn)
		add(out, lang, PARTNER_ROUND_WITHDRAWN, &(struct lang_values){0});
	if (l->result.len == 0)
		return;
	add(out, lang, PARTNER_RESULT,
	        &(struct lang_values){.note = word_of(lang, "result-", l->result, key)});
	if (l->adopted != 0)
		add(out, lang, PARTNER_ADOPTED, &(struct lang_values){.by = when(shown, l->adopted)});
	if (l->in_force != 0)
		add(out, lang, PARTNER_IN_FORCE, &(struct lang_values){.by = when(shown, l->in_force)});
	put_digits(&digits, l->sha256);
	add(out, lang, PARTNER_DIGITS, &(struct lang_values){.list = buf_str(&digits)});
	if (l->certificate)
		add(out, lang, PARTNER_CERTIFICATE, &(struct lang_values){0});
}

static void add_asked(const struct partner_letter *l, const struct lang *lang, struct buf *out)
{
	char shown[64];

	if (l->ask.len != 0)
		add(out, lang, PARTNER_ASK, &(struct lang_values){.note = lang_partner_word(lang, l->ask)});
	if (l->round)
		add(out, lang, PARTNER_ROUND, &(struct lang_values){0});
	if (l->state.len != 0) {
		auto_buf struct buf state = {0};
		buf_add(&state, lang_partner_word(lang, l->state));
		if (l->reason.len != 0)
			buf_printf(&state, " (%.*s)", STR_ARG(l->reason));
		add(out, lang, PARTNER_STATE, &(struct lang_values){.note = buf_str(&state)});
	}
	if (l->list.len != 0)
		add(out, lang, PARTNER_ABOUT, &(struct lang_values){.list = trim_end(l->list)});
	if (l->by != 0)
		add(out, lang, l->by_hand ? PARTNER_BY : PARTNER_SOON,
		        &(struct lang_values){.by = when(shown, l->by)});
}

void partner_letter_write(
        const struct partner_letter *l, const struct lang *lang, struct buf *subject, struct buf *text)
{
	write_subject(l, subject);
	buf_printf(text, "TLP:%.*s\n\n", STR_ARG(tlp_name(l->label)));
	add_said(l, lang, text);
	add_answers(l, lang, text);
	add_result(l, lang, text);
	add_asked(l, lang, text);
	add(text, lang, PARTNER_ANSWER, &(struct lang_values){.ticket = l->tag});
	add(text, lang, PARTNER_ATTACHED, &(struct lang_values){0});
	add(text, lang, PARTNER_REAL, &(struct lang_values){.ticket = l->tag});
	lang_fill(text, lang, lang_partner(lang, PARTNER_END), &(struct lang_values){.team = l->team});
	buf_char(text, '\n');
}
