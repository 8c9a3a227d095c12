/* SPDX-License-Identifier: Apache-2.0
 *
 * What people write of a meeting, into a card. An agenda is lines:
 *
 *   2027-03-10 09:00-10:30 Opening
 *   11:00-12:30 The draft, clause by clause [WP.1 WP.2]
 *
 * A line without a date is of the day of the line before. Times are UTC, or by the clock of a zone that is named. What is not said,
 * or is empty as a field that nobody filled in, stays as it was; "-" empties it.
 */
#include "agree/meeting_in.h"
#include "agree/off_days.h"

#include "event/calendar.h"
#include "event/civil.h"
#include "event/week.h"
#include "trust/group.h"

#define AGENDA (48u << 10)
#define HOURS 15 /* of an item at most */
#define DAYS 31  /* of a meeting, that are looked at */

struct wish {
	struct change *c;
	struct arena *a;
	struct meeting_card *card;
	struct zone *zone; /* NULL: UTC */
};

/* ---- lines --------------------------------------------------------------------------------------- */

static int take_line(struct wish *w, const char *name, struct str *to, struct err *e)
{
	struct str s = meeting_param(w->c, name);

	if (s.len > MEETING_LINE)
		return err_set(e, ERR_VALUE, "'%s' is longer than %d bytes", name, MEETING_LINE);
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] < ' ')
			return err_set(e, ERR_USAGE, "'%s' is one line", name);
	if (s.len > 0)
		*to = str_eq(s, STR("-")) ? STR("") : arena_str(w->a, s);
	return 0;
}

static int take_time(struct wish *w, const char *name, int64_t *to, struct err *e)
{
	struct str s = meeting_param(w->c, name);
	char shown[64];
	int64_t us;

	if (s.len == 0)
		return 0;
	if (!value_time(s, w->zone, &us))
		return err_set(e, ERR_USAGE, "%s: '%s' is no time such as '2027-03-10 09:00'", name,
		        err_quote(shown, sizeof(shown), s).p);
	*to = us / MICRO;
	return 0;
}

/* Offices have blanks and commas in their names. */
static int take_chairs(struct wish *w, struct err *e)
{
	struct str rest = meeting_param(w->c, "chairs");

	if (rest.len == 0)
		return 0;
	w->card->chairs = 0;
	while (rest.len > 0) {
		struct str_cut cut = str_cut(rest, ';');
		struct str one = str_trim(cut.head);
		rest = cut.tail;
		if (one.len == 0)
			continue;
		if (one.len > MEETING_LINE || w->card->chairs == MEETING_CHAIRS)
			return err_set(e, ERR_VALUE,
			        "at most %d chairs, with ';' between them, of %d bytes each", MEETING_CHAIRS,
			        MEETING_LINE);
		w->card->chair[w->card->chairs++] = arena_str(w->a, one);
	}
	return 0;
}

static int take_parties(struct wish *w, const char *name, struct meeting_parties *to, struct err *e)
{
	struct str rest = meeting_param(w->c, name);
	char shown[80];

	if (rest.len == 0)
		return 0;
	*to = (struct meeting_parties){0};
	if (str_eq(rest, STR("-")))
		return 0;
	while (rest.len > 0) {
		size_t n = 0;
		while (n < rest.len && rest.p[n] != ' ' && rest.p[n] != ',')
			n++;
		struct str one = str_sub(rest, 0, n);
		rest = str_skip(rest, n < rest.len ? n + 1 : n);
		if (one.len == 0)
			continue;
		if (!party_id_good(one))
			return err_set(e, ERR_USAGE, "%s: '%s' is no party such as vn or cert.example", name,
			        err_quote(shown, sizeof(shown), one).p);
		if (!meeting_add(to, arena_str(w->a, one)))
			return err_set(e, ERR_VALUE, "%s: at most %u parties", name, STATEMENT_TO_MAX + 1);
	}
	return 0;
}

/* In one language; words in others stay. */
static int take_text(struct wish *w, struct err *e)
{
	auto_buf struct buf text = {0};
	struct str lang = meeting_param(w->c, "lang");
	struct meeting_card *c = w->card;
	unsigned at = 0;

	if (change_lines(w->c, "text", MEETING_WORDS, &text, e) != 0)
		return e->code;
	struct str words = str_trim(buf_str(&text));
	if (words.len == 0)
		return 0;
	if (lang.len == 0)
		lang = STR("en");
	if (lang.len < 2 || lang.len > 35)
		return err_set(e, ERR_USAGE, "lang is a language such as lo");
	while (at < c->texts && !str_eq(c->text[at].lang, lang))
		at++;
	if (at == MEETING_TEXTS)
		return err_set(e, ERR_VALUE, "words in at most %d languages", MEETING_TEXTS);
	c->texts += at == c->texts;
	c->text[at] = (struct meeting_text){arena_str(w->a, lang), arena_str(w->a, words)};
	return 0;
}

/* ---- agenda -------------------------------------------------------------------------------------- */

struct agenda {
	struct wish *w;
	int64_t day; /* since 1970, on the wall there; INT64_MIN: none was named */
	unsigned line;
};

static int line_wrong(const struct agenda *g, struct err *e, const char *what, struct str at)
{
	char shown[80];

	return err_set(e, ERR_USAGE, "agenda, line %u: %s at '%s'", g->line, what,
	        err_quote(shown, sizeof(shown), at).p);
}

static bool take_day(struct agenda *g, struct str *line)
{
	struct str date = str_sub(*line, 0, 10);
	int64_t us;

	if (date.len < 10 || date.p[4] != '-' || date.p[7] != '-')
		return true;
	if (!value_time(date, NULL, &us))
		return false;
	g->day = us / MICRO / DAY_SECONDS;
	*line = str_trim(str_skip(*line, 10));
	return true;
}

/* "09:00-10:30", with or without blanks. What is earlier than it began is of the next day: an evening here is a night there. */
static bool take_hours(const struct agenda *g, struct str *line, struct meeting_item *ret)
{
	struct str_cut cut = str_cut(*line, '-');
	struct str tail = str_trim(cut.tail);
	uint16_t from, until;
	size_t n = 0;

	while (n < tail.len && (char_digit(tail.p[n]) || tail.p[n] == ':'))
		n++;
	if (!cut.ok || g->day == INT64_MIN || !week_minute(str_trim(cut.head), &from) ||
	        !week_minute(str_sub(tail, 0, n), &until))
		return false;
	int64_t minutes = until > from ? until - from : until + 24 * 60 - from;
	if (minutes > HOURS * 60)
		return false;
	ret->start = zone_to_utc(g->w->zone, g->day * DAY_SECONDS + from * 60);
	ret->until = zone_to_utc(g->w->zone, g->day * DAY_SECONDS + (from + minutes) * 60);
	*line = str_trim(str_skip(tail, n));
	return true;
}

static bool paper_bit(const struct meeting_card *c, struct str symbol, uint32_t *bits)
{
	struct str one, rest;

	for (unsigned i = 0; i < c->files; i++)
		if (meeting_symbol(c->file[i].name, &one, &rest) && str_ieq(one, symbol)) {
			*bits |= 1u << i;
			return true;
		}
	return false;
}

/* "[WP.1 WP.2]" at the end; what stands in brackets and is no paper's number belongs to the title. */
static int take_papers(const struct agenda *g, struct str *title, struct meeting_item *ret, struct err *e)
{
	struct str_cut cut = str_rcut(*title, '[');
	struct str inside = cut.ok && str_ends(*title, STR("]"))
	        ? str_trim(str_sub(cut.tail, 0, cut.tail.len - 1))
	        : STR("");

	if (!str_istarts(inside, STR("wp.")) && !str_istarts(inside, STR("out.")))
		return 0;
	while (inside.len > 0) {
		struct str_cut word = str_cut(inside, ' ');
		inside = str_trim(word.tail);
		if (word.head.len > 0 && !paper_bit(g->w->card, word.head, &ret->papers))
			return line_wrong(g, e, "the meeting has no such paper", word.head);
	}
	*title = str_trim(cut.head);
	return 0;
}

static int take_item(struct agenda *g, struct str line, struct err *e)
{
	struct meeting_card *c = g->w->card;
	struct meeting_item it = {0};
	struct str whole = line;

	if (!take_day(g, &line) || !take_hours(g, &line, &it))
		return line_wrong(g, e,
		        "'2027-03-10 09:00-10:30 TITLE' is wanted, the first line with its day,", whole);
	if (take_papers(g, &line, &it, e) != 0)
		return e->code;
	if (line.len == 0 || line.len > MEETING_LINE)
		return line_wrong(g, e, "an item has a title, of at most 300 bytes,", whole);
	if (c->items == MEETING_ITEMS)
		return err_set(e, ERR_VALUE, "an agenda has at most %d items", MEETING_ITEMS);
	it.title = arena_str(g->w->a, line);
	c->item[c->items++] = it;
	return 0;
}

static int take_agenda(struct wish *w, struct err *e)
{
	struct agenda g = {.w = w, .day = INT64_MIN};
	auto_buf struct buf text = {0};

	if (change_lines(w->c, "agenda", AGENDA, &text, e) != 0)
		return e->code;
	if (str_trim(buf_str(&text)).len == 0)
		return 0;
	w->card->items = 0;
	for (struct str_cut cut = {.tail = buf_str(&text), .ok = true}; cut.ok;) {
		cut = str_cut(cut.tail, '\n');
		struct str line = str_trim(cut.head);
		g.line++;
		if (line.len > 0 && line.p[0] != '#' && take_item(&g, line, e) != 0)
			return e->code;
	}
	return 0;
}

/* The agenda says when it begins and ends where nothing else does. */
static void span(struct wish *w)
{
	const struct meeting_card *c = w->card;
	bool agenda = change_param(w->c, "agenda").p != NULL && c->items > 0;
	int64_t first = INT64_MAX, last = INT64_MIN;

	for (unsigned i = 0; i < c->items; i++) {
		first = c->item[i].start < first ? c->item[i].start : first;
		last = c->item[i].until > last ? c->item[i].until : last;
	}
	if (agenda && meeting_param(w->c, "start").len == 0)
		w->card->start = first;
	if (agenda && meeting_param(w->c, "end").len == 0)
		w->card->until = last;
}

/* ---- the whole ----------------------------------------------------------------------------------- */

static void take_members(struct wish *w, const struct group_card *group)
{
	struct item members = item_get(&group->body, STR("members"));

	for (struct item_each e = item_each(&members); item_next(&e);)
		(void)meeting_add(&w->card->participants, e.item.text);
}

/* Only when it is called: what was told to some is not told to others later. */
static int take_label(struct wish *w, struct err *e)
{
	struct str group = meeting_param(w->c, "group"), label = meeting_param(w->c, "label");
	struct meeting_card *c = w->card;
	struct group_card held;

	if (group.len > 0) {
		if (!group_confirmed(w->c->db, w->c->here->party, group, w->a, &held))
			return err_set(e, ERR_MISSING, "no card of the group '%.*s' is confirmed here",
			        STR_ARG(str_sub(group, 0, 64)));
		c->group = arena_str(w->a, group);
		c->tlp = STATEMENT_GREEN;
		if (c->participants.n == 0)
			take_members(w, &held);
	}
	if (label.len > 0)
		c->tlp = statement_tlp_find(label);
	if (c->tlp == 0 || c->tlp == STATEMENT_RED)
		return err_set(e, ERR_USAGE,
		        "the label of a meeting is CLEAR, GREEN, AMBER or AMBER+STRICT: what is RED is said "
		        "in "
		        "the room");
	return c->tlp != STATEMENT_GREEN || c->group.len > 0
	        ? 0
	        : err_set(e, ERR_USAGE, "TLP:GREEN names its community: group");
}

int meeting_wish(struct change *c, struct arena *a, struct meeting_card *card, struct err *e)
{
	struct wish w = {.c = c, .a = a, .card = card};
	struct str zone = meeting_param(c, "zone");

	if (zone.len > 0 && zone_open(a, zone, &w.zone, e) != 0)
		return e->code;
	if (take_line(&w, "title", &card->title, e) != 0 || take_line(&w, "place", &card->place, e) != 0 ||
	        take_line(&w, "link", &card->link, e) != 0 ||
	        take_line(&w, "facilitator", &card->facilitator, e) != 0 || take_chairs(&w, e) != 0 ||
	        take_parties(&w, "participants", &card->participants, e) != 0 ||
	        take_parties(&w, "observers", &card->observers, e) != 0 ||
	        take_time(&w, "start", &card->start, e) != 0 || take_time(&w, "end", &card->until, e) != 0 ||
	        take_text(&w, e) != 0 || take_agenda(&w, e) != 0)
		return e->code;
	span(&w);
	return card->serial == 0 ? take_label(&w, e) : 0;
}

/* ---- holidays ------------------------------------------------------------------------------------ */

void meeting_holidays(const struct change *c, const struct meeting_card *card, struct buf *out)
{
	int64_t first = card->start / DAY_SECONDS, last = (card->until - 1) / DAY_SECONDS;

	for (int64_t day = first; day <= last && day < first + DAYS; day++) {
		char text[TIME_TEXT], date[16];
		unsigned n = 0;
		(void)value_time_print(text, day * DAY_SECONDS * MICRO);
		snprintf(date, sizeof(date), "%.10s", text);
		for (unsigned i = 0; i < card->participants.n; i++) {
			if (!off_day(c->db, c->here->calendars, card->participants.v[i], day))
				continue;
			if (n++ == 0)
				buf_printf(out, "%s is a holiday of", date);
			buf_printf(out, " %.*s", STR_ARG(card->participants.v[i]));
		}
		if (n > 0)
			buf_char(out, '\n');
	}
	auto_buf struct buf unknown = {0};
	off_days_unknown(c->here->calendars, card->participants.v, (unsigned)card->participants.n, first,
	        last, &unknown);
	if (unknown.len > 0)
		buf_printf(out, "holidays that are not known here: %.*s\n", STR_ARG(buf_str(&unknown)));
}
