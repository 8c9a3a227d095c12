/* SPDX-License-Identifier: Apache-2.0 */
#include "see/lang.h"
#include <unistd.h>

static const char *const door_keys[LANG_DOOR + 2] = {[DOOR_LETTER] = "letter",
        [DOOR_TITLE] = "title",
        [DOOR_INTRO] = "intro",
        [DOOR_HAVE] = "have",
        [DOOR_UNTIL] = "until",
        [DOOR_ALL] = "all",
        [DOOR_WHERE] = "where",
        [DOOR_WHAT] = "what",
        [DOOR_LAST] = "last",
        [DOOR_SAYS] = "says",
        [DOOR_OPEN] = "open",
        [DOOR_CLOSED] = "closed",
        [DOOR_FIXED] = "fixed",
        [DOOR_NOT_OURS] = "not-ours",
        [DOOR_QUESTION] = "question",
        [DOOR_WORDS] = "words",
        [DOOR_SEND] = "send",
        [DOOR_MORE] = "more",
        [DOOR_GONE] = "gone",
        [DOOR_OFTEN] = "often",
        [DOOR_EMPTY] = "empty",
        [DOOR_FAILED] = "failed",
        [DOOR_RIGHT_SUBJECT] = "right-subject",
        [DOOR_RIGHT_TEXT] = "right-text",
        [DOOR_RIGHT_AGAIN] = "right-again",
        [DOOR_RIGHT_LINK] = "right-link",
        [DOOR_RIGHT_INTRO] = "right-intro",
        [DOOR_RIGHT_YES] = "right-yes",
        [DOOR_RIGHT_HAVE] = "right-have",
        [DOOR_RIGHT_WORDS] = "right-words",
        [DOOR_RIGHT_NO] = "right-no",
        [LANG_DOOR] = "review"};

static const char *const partner_keys[LANG_PARTNER + 2] = {[PARTNER_EXERCISE] = "exercise",
        [PARTNER_ASK] = "ask",
        [PARTNER_BY] = "by",
        [PARTNER_SOON] = "soon",
        [PARTNER_ABOUT] = "about",
        [PARTNER_STATE] = "state",
        [PARTNER_ROUND] = "round",
        [PARTNER_ANSWER] = "answer",
        [PARTNER_ATTACHED] = "attached",
        [PARTNER_REAL] = "real",
        [PARTNER_END] = "end",
        [PARTNER_NOTIFICATION] = "notification",
        [PARTNER_INFORMATION] = "information-request",
        [PARTNER_ASSISTANCE] = "assistance-request",
        [PARTNER_MITIGATION] = "mitigation-request",
        [PARTNER_TAKEDOWN] = "takedown-request",
        [PARTNER_PRESERVATION] = "preservation-request",
        [PARTNER_PAYMENT] = "payment-recall-alert",
        [PARTNER_VULNERABILITY] = "vulnerability-coordination",
        [PARTNER_CONSULTATION] = "consultation-request",
        [PARTNER_WITHDRAWN] = "withdrawn",
        [PARTNER_CLOSED] = "closed",
        [PARTNER_ANSWERED] = "answered",
        [PARTNER_NEXT] = "next",
        [PARTNER_ANSWER_TAKEN] = "answer-taken",
        [PARTNER_ANSWER_CHANGED] = "answer-taken-changed",
        [PARTNER_ANSWER_JOINED] = "answer-joined",
        [PARTNER_ANSWER_NOT] = "answer-not-taken",
        [PARTNER_ANSWER_SCOPE] = "answer-out-of-scope",
        [PARTNER_ANSWER_CARRIED] = "answer-carried",
        [PARTNER_ANSWER_WITHDRAWN] = "answer-withdrawn",
        [PARTNER_ROUND_WITHDRAWN] = "round-withdrawn",
        [PARTNER_RESULT] = "result",
        [PARTNER_ADOPTED] = "adopted",
        [PARTNER_IN_FORCE] = "in-force",
        [PARTNER_DIGITS] = "digits",
        [PARTNER_CERTIFICATE] = "certificate",
        [PARTNER_RESULT_ADOPTED] = "result-adopted",
        [PARTNER_RESULT_EXCEPT] = "result-adopted-except",
        [PARTNER_RESULT_BROKEN] = "result-broken",
        [PARTNER_RESULT_HELD] = "result-held",
        [PARTNER_RESULT_LAPSED] = "result-lapsed",
        [PARTNER_RESULT_DISPUTED] = "result-disputed",
        [PARTNER_RESULT_PROVISIONAL] = "result-adopted-provisional",
        [LANG_PARTNER] = "review"};

static const char *const parts[LANG_PARTS] = {
        [LANG_TITLE] = "title", [LANG_WHAT] = "what", [LANG_DO] = "do", [LANG_CHECK] = "check"};

static struct str value_of(const struct lang *l, struct str name, const struct lang_values *v)
{
	const struct {
		struct str name, value;
	} values[] = {
	        {STR("team"), v->team},
	        {STR("owner"), v->owner},
	        {STR("ticket"), v->ticket},
	        {STR("count"), v->count},
	        {STR("by"), v->by},
	        {STR("list"), v->list},
	        {STR("attachment"), v->attachment},
	        {STR("label"), v->label},
	        {STR("label.means"), v->means},
	        {STR("corrects"), v->corrects},
	        {STR("sent"), v->sent},
	        {STR("note"), v->note},
	        {STR("link"), v->link},
	        {STR("until"), v->until},
	        {STR("answer.page"), v->answer_page},
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (str_eq(values[i].name, name))
			return values[i].value.p != NULL ? values[i].value : STR("");
	for (unsigned i = 0; i < LANG_PARTS; i++)
		if (str_starts(name, STR("class.")) && str_eq(str_skip(name, 6), str_from(parts[i])))
			return lang_class(l, v->type, i);
	return (struct str){0};
}

/* The next variable from *at on: text before it and its name. False if there is none. */
static bool next_variable(struct str text, size_t *at, struct str *ret_before, struct str *ret_name)
{
	size_t open = str_find(text, *at, '{'),
	       close = open != SIZE_MAX ? str_find(text, open, '}') : SIZE_MAX;

	if (close == SIZE_MAX)
		return false;
	*ret_before = str_sub(text, *at, open - *at);
	*ret_name = str_sub(text, open + 1, close - open - 1);
	*at = close + 1;
	return true;
}

void lang_fill(struct buf *out, const struct lang *l, struct str text, const struct lang_values *v)
{
	struct str before, name;
	size_t at = 0;

	while (next_variable(text, &at, &before, &name)) {
		buf_add(out, before);
		buf_add(out, value_of(l, name, v));
	}
	buf_add(out, str_skip(text, at));
}

struct str lang_before(const struct lang *l, bool again, bool back)
{
	struct str s = back ? l->back : again ? l->again : STR("");

	return s.len != 0 || l->english == NULL ? s : lang_before(l->english, again, back);
}

const struct lang *lang_correction(const struct lang *l)
{
	return l->correction.len != 0 || l->english == NULL ? l : l->english;
}

struct str lang_means(const struct lang *l, enum tlp label)
{
	struct str s = label < TLP_END ? l->means[label] : (struct str){0};

	return s.len != 0 || l->english == NULL ? s : lang_means(l->english, label);
}

struct str lang_class(const struct lang *l, enum event_type type, enum lang_class_part part)
{
	struct str s = type < TYPE_END ? l->classes[type][part] : (struct str){0};

	if (s.len != 0)
		return s;
	if (l->english != NULL)
		return lang_class(l->english, type, part);
	return part == LANG_TITLE && type < TYPE_END && type_table[type].name.len != 0 ? type_table[type].name
	                                                                               : STR("");
}

struct str lang_partner(const struct lang *l, enum lang_partner which)
{
	struct str s = l->partner[which];

	return s.len != 0 || l->english == NULL ? s : lang_partner(l->english, which);
}

struct str lang_partner_word(const struct lang *l, struct str word)
{
	for (unsigned i = PARTNER_NOTIFICATION; i < LANG_PARTNER; i++)
		if (str_eq(word, str_from(partner_keys[i])) && lang_partner(l, i).len > 0)
			return lang_partner(l, i);
	return word;
}

struct str lang_door(const struct lang *l, enum lang_door which)
{
	struct str s = l->door[which];

	return s.len != 0 || l->english == NULL ? s : lang_door(l->english, which);
}

/* ---- answers ------------------------------------------------------------------------------------- */

/* Lower case of the letters that the shipped languages have: ASCII, Latin-1, and the pairs of Latin Extended. */
static struct str lower(struct arena *a, struct str s)
{
	struct str copy = arena_str(a, s);
	unsigned char *p = (unsigned char *)(uintptr_t)copy.p;

	for (size_t i = 0; i < copy.len; i++) {
		unsigned char *next = i + 1 < copy.len ? p + i + 1 : NULL;
		if (p[i] < 0x80)
			p[i] = (unsigned char)char_lower((char)p[i]);
		else if (p[i] == 0xc3 && next != NULL && *next >= 0x80 && *next <= 0x9e && *next != 0x97)
			*next |= 0x20;
		else if ((p[i] == 0xc4 || p[i] == 0xc5) && next != NULL && (*next & 0xc0) == 0x80)
			*next |= 1;
		else if (p[i] == 0xe1 && i + 2 < copy.len && (p[i + 1] == 0xba || p[i + 1] == 0xbb))
			p[i + 2] |= 1;
	}
	return copy;
}

/* "is not fixed" says the opposite; in other languages the words themselves differ. */
static bool negated(struct str before)
{
	static const char *const ends[] = {"not", "not yet", "n't", "never", "not been", "cannot be"};

	before = str_trim(before);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (str_ends(before, str_from(ends[i])))
			return true;
	return false;
}

static bool says(const struct lang *l, enum lang_answer which, struct str line)
{
	for (const struct str *w = l->answers[which]; w != NULL && w->len != 0; w++) {
		size_t at = str_find_str(line, 0, *w);
		/* not inside another word: "unfixed" */
		bool inside = at != SIZE_MAX && at > 0 && char_alnum(line.p[at - 1]) && char_alnum(w->p[0]);
		if (at != SIZE_MAX && !inside && !negated(str_sub(line, 0, at)))
			return true;
	}
	return l->english != NULL && says(l->english, which, line);
}

/* The one answer of a line; LANG_ANSWERS if there is none, or more than one. */
static enum lang_answer of_line(const struct lang *l, struct str line)
{
	enum lang_answer found = LANG_ANSWERS;

	for (unsigned i = 0; i < LANG_ANSWERS; i++) {
		if (!says(l, i, line))
			continue;
		if (found != LANG_ANSWERS)
			return LANG_ANSWERS;
		found = i;
	}
	return found;
}

enum lang_answer lang_answer(const struct lang *l, struct str words)
{
	auto_arena struct arena a = {0};
	enum lang_answer found = LANG_ANSWERS;

	arena_init(&a, 0);
	words = lower(&a, words);
	for (struct str_cut cut = {.tail = words, .ok = true}; cut.ok;) {
		cut = str_cut(cut.tail, '\n');
		enum lang_answer one = of_line(l, cut.head);
		if (one == LANG_ANSWERS)
			continue;
		if (found != LANG_ANSWERS && found != one)
			return LANG_ANSWERS;
		found = one;
	}
	return found;
}

/* ---- reading ------------------------------------------------------------------------------------- */

struct str lang_unknown(struct str text)
{
	static const struct lang none;
	static const struct lang_values nothing;
	struct str before, name;
	size_t at = 0;

	while (next_variable(text, &at, &before, &name))
		if (value_of(&none, name, &nothing).p == NULL)
			return name.len != 0 ? name : STR("{}");
	return (struct str){0};
}

static int check_text(const struct conf *c, struct str text, struct err *e)
{
	struct str name = lang_unknown(text);

	if (name.len != 0)
		return conf_err(
		        c, e, "there is no variable '{%.*s}'; docs/letters.md lists them", STR_ARG(name));
	return 0;
}

static int check_texts(const struct conf *c, const struct lang *l, struct err *e)
{
	const struct {
		const char *key;
		struct str text;
	} texts[] = {{"subject", l->subject}, {"text", l->text}, {"again", l->again}, {"back", l->back},
	        {"correction-subject", l->correction_subject}, {"correction", l->correction}};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].text.len != 0 && check_text(conf_find(c, texts[i].key), texts[i].text, e) != 0)
			return ERR_VALUE;
	return 0;
}

static int read_letter(struct arena *a, const char *path, struct lang *l, struct err *e)
{
	static const char *const keys[] = {"review", "subject", "text", "again", "back", "correction-subject",
	        "correction", "label-clear", "label-green", "label-amber", NULL};
	struct conf *c;
	struct str review = {0};

	if (conf_read(a, path, &c, e) != 0)
		return ERR_VALUE;
	if (c->kind != CONF_MAP)
		return conf_err(c, e, "a letter is a map with subject and text");
	if (conf_only(c, keys, e) != 0 || conf_str(c, "review", &review, e) != 0 ||
	        conf_str(c, "subject", &l->subject, e) != 0 || conf_str(c, "text", &l->text, e) != 0 ||
	        conf_str(c, "label-clear", &l->means[TLP_CLEAR], e) != 0 ||
	        conf_str(c, "label-green", &l->means[TLP_GREEN], e) != 0 ||
	        conf_str(c, "label-amber", &l->means[TLP_AMBER], e) != 0)
		return ERR_VALUE;
	if (conf_str(c, "again", &l->again, e) != 0 || conf_str(c, "back", &l->back, e) != 0 ||
	        conf_str(c, "correction-subject", &l->correction_subject, e) != 0 ||
	        conf_str(c, "correction", &l->correction, e) != 0)
		return ERR_VALUE;
	if ((l->correction.len == 0) != (l->correction_subject.len == 0))
		return conf_err(c, e, "'correction' and 'correction-subject' belong together");
	l->review = str_eq(review, STR("needed"));
	if (l->subject.len == 0 || l->text.len == 0)
		return conf_err(c, e, "a letter needs 'subject: ...' and 'text: ...'");
	return check_texts(c, l, e);
}

static int read_class(const struct conf *c, struct lang *l, struct err *e)
{
	static const char *const keys[] = {"title", "what", "do", "check", NULL};
	enum event_type type = type_find(c->key);

	if (type == TYPE_NONE)
		return conf_err_key(
		        c, e, "there is no type '%.*s'; 'weir docs taxonomy' lists them", STR_ARG(c->key));
	if (c->kind != CONF_MAP || conf_only(c, keys, e) != 0)
		return c->kind == CONF_MAP ? ERR_VALUE
		                           : conf_err(c, e, "a class is a map with title, what, do, check");
	for (unsigned i = 0; i < LANG_PARTS; i++)
		if (conf_str(c, parts[i], &l->classes[type][i], e) != 0)
			return ERR_VALUE;
	for (unsigned i = 0; i < LANG_PARTS; i++)
		l->classes[type][i] = str_trim(l->classes[type][i]);
	return 0;
}

static int read_classes(struct arena *a, const char *path, struct lang *l, struct err *e)
{
	struct conf *c;
	int rc = conf_read(a, path, &c, e);

	if (rc == 0 && c->kind != CONF_MAP)
		rc = conf_err(
		        c, e, "classes are entries 'TYPE: {title: ..., what: ..., do: ..., check: ...}'");
	for (const struct conf *k = rc == 0 ? c->first : NULL; k != NULL && rc == 0; k = k->next)
		rc = read_class(k, l, e);
	return rc;
}

static int read_list(struct arena *a, const struct conf *c, const struct str **ret, struct err *e)
{
	size_t n = 0;

	if (c->kind != CONF_LIST)
		return conf_err(c, e, "a list of words is wanted, such as [\"fixed\", \"solved\"]");
	for (const struct conf *w = c->first; w != NULL; w = w->next)
		n++;
	struct str *list = arena_array(a, n + 1, sizeof(*list));
	n = 0;
	for (const struct conf *w = c->first; w != NULL; w = w->next) {
		if (w->kind != CONF_SCALAR || str_trim(w->text).len == 0)
			return conf_err(w, e, "a word is wanted");
		list[n++] = lower(a, str_trim(w->text));
	}
	*ret = list;
	return 0;
}

static int read_answers(struct arena *a, const char *path, struct lang *l, struct err *e)
{
	static const char *const keys[] = {"fixed", "not-ours", "false-positive", "review", NULL};
	struct conf *c;

	if (conf_read(a, path, &c, e) != 0)
		return ERR_VALUE;
	if (c->kind != CONF_MAP || conf_only(c, keys, e) != 0)
		return c->kind == CONF_MAP
		        ? ERR_VALUE
		        : conf_err(c, e, "answers are lists under fixed, not-ours, false-positive");
	for (unsigned i = 0; i < LANG_ANSWERS; i++) {
		const struct conf *list = conf_find(c, keys[i]);
		if (list != NULL && read_list(a, list, &l->answers[i], e) != 0)
			return ERR_VALUE;
	}
	return 0;
}

/* A file of entries "KEY: WORDS", each of which may be missing. keys: n of them, "review" and NULL. */
static int read_words(struct arena *a, const char *path, const char *const *keys, unsigned n, struct str *ret,
        struct err *e)
{
	struct conf *c;
	int rc = conf_read(a, path, &c, e);

	if (rc == 0 && c->kind != CONF_MAP)
		rc = conf_err(c, e, "words are entries such as '%s: ...'", keys[0]);
	if (rc == 0)
		rc = conf_only(c, keys, e);
	for (unsigned i = 0; rc == 0 && i < n; i++) {
		rc = conf_str(c, keys[i], &ret[i], e);
		if (rc == 0 && ret[i].len != 0)
			rc = check_text(conf_find(c, keys[i]), ret[i], e);
		ret[i] = str_trim(ret[i]);
	}
	return rc;
}

static bool code_ok(struct str code)
{
	for (size_t i = 0; i < code.len; i++)
		if (!char_alnum(code.p[i]) && code.p[i] != '-')
			return false;
	return code.len > 1 && code.len < 36;
}

int lang_read(const struct country_paths *p, const struct country *c, struct arena *a, struct str code,
        const struct lang *english, struct lang *ret, struct err *e)
{
	*ret = (struct lang){.code = arena_str(a, code), .english = english};
	if (!code_ok(code))
		return err_set(e, ERR_VALUE, "'%.*s' is no code of a language", STR_ARG(code));
	const char *letter = country_file(p, c, a, arena_printf(a, "lang/%.*s/letter.yaml", STR_ARG(code)).p);
	const char *classes =
	        country_file(p, c, a, arena_printf(a, "lang/%.*s/classes.yaml", STR_ARG(code)).p);
	const char *answers =
	        country_file(p, c, a, arena_printf(a, "lang/%.*s/answers.yaml", STR_ARG(code)).p);
	int rc = read_letter(a, letter, ret, e);
	if (rc == 0)
		rc = read_classes(a, classes, ret, e);
	if (rc == 0)
		rc = read_answers(a, answers, ret, e);
	/* one that says nothing of the door, or to partners, has the English words there */
	const char *door = country_file(p, c, a, arena_printf(a, "lang/%.*s/door.yaml", STR_ARG(code)).p),
	           *partner =
	                   country_file(p, c, a, arena_printf(a, "lang/%.*s/partner.yaml", STR_ARG(code)).p);
	if (rc == 0 && access(door, F_OK) == 0)
		rc = read_words(a, door, door_keys, LANG_DOOR, ret->door, e);
	if (rc == 0 && access(partner, F_OK) == 0)
		rc = read_words(a, partner, partner_keys, LANG_PARTNER, ret->partner, e);
	return rc;
}
