/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/manifest_line.h"
#include "event/civil.h"
#include "trust/kind.h"

/* ---- words --------------------------------------------------------------------------------------- */

/* No zeros in front, at most nine digits. */
static bool take_count(struct str s, uint32_t min, uint32_t max, uint32_t *ret)
{
	return s.len >= 1 && s.len <= 9 && (s.len == 1 || s.p[0] != '0') && str_u32(s, ret) && *ret >= min &&
	        *ret <= max;
}

/* Bounds in hours. */
static bool take_length(struct str s, uint32_t min, uint32_t max, struct manifest_length *ret)
{
	if (s.len < 2 || (s.p[s.len - 1] != 'h' && s.p[s.len - 1] != 'd'))
		return false;
	ret->unit = s.p[s.len - 1];
	if (!take_count(str_sub(s, 0, s.len - 1), 0, 99999, &ret->n))
		return false;
	uint32_t hours = ret->n * (ret->unit == 'd' ? 24 : 1);
	return hours >= min && hours <= max;
}

static bool take_digest(struct str s, uint8_t ret[DIGEST_LEN])
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'F')
			return false;
	return str_hex(s, ret, DIGEST_LEN);
}

/* One of two words. */
static bool take_either(struct str s, struct str no, struct str yes, bool *ret)
{
	*ret = str_eq(s, yes);
	return *ret || str_eq(s, no);
}

bool manifest_date(struct str s, int64_t *ret)
{
	char text[21] = "dddd-dd-ddT00:00:00Z";

	if (s.len != 10)
		return false;
	memcpy(text, s.p, s.len);
	if (!stamp_read(str_make(text, 20), ret))
		return false;
	*ret = *ret / DAY_SECONDS - (*ret % DAY_SECONDS < 0);
	return true;
}

/* ---- who and what -------------------------------------------------------------------------------- */

static bool take_instrument(struct manifest *m, struct str v)
{
	for (size_t i = 0; i < v.len; i++) {
		bool sign = i > 0 && (v.p[i] == '.' || v.p[i] == '-');
		if (!sign && !char_digit(v.p[i]) && !(v.p[i] >= 'a' && v.p[i] <= 'z'))
			return false;
	}
	m->instrument = v;
	return v.len >= 1 && v.len <= 63;
}

static bool take_title(struct manifest *m, struct str v)
{
	m->title = v;
	return v.len >= 1 && v.len <= 200 && v.p[0] != ' ' && v.p[v.len - 1] != ' ';
}

static bool take_round(struct manifest *m, struct str v)
{
	return take_count(v, 1, 999, &m->round);
}

static bool take_previous(struct manifest *m, struct str v)
{
	return m->round == 1 ? str_eq(v, STR("-")) : take_digest(v, m->previous);
}

static bool take_member(struct manifest *m, struct str v)
{
	struct manifest_member *member = &m->member[m->members];
	struct str_cut party = str_cut(v, ' '), number = str_cut(party.tail, ' ');

	if (!party_id_good(party.head) || !take_count(number.head, 1, 999999999, &member->number) ||
	        !take_digest(number.tail, member->list))
		return false;
	if (m->members > 0 && str_cmp(m->member[m->members - 1].party, party.head) >= 0)
		return false;
	member->party = party.head;
	m->members++;
	return true;
}

static bool take_observer(struct manifest *m, struct str v)
{
	if (!party_id_good(v) || manifest_party(m, v) || m->members + m->observers == MANIFEST_PARTIES)
		return false;
	if (m->observers > 0 && str_cmp(m->observer[m->observers - 1], v) >= 0)
		return false;
	m->observer[m->observers++] = v;
	return true;
}

static bool take_chair(struct manifest *m, struct str v)
{
	m->chair = v;
	return manifest_party(m, v);
}

static bool take_deputy(struct manifest *m, struct str v)
{
	if (str_eq(v, STR("-")))
		return true;
	m->deputy = v;
	return manifest_party(m, v) && !str_eq(v, m->chair);
}

static bool take_secretariat(struct manifest *m, struct str v)
{
	m->secretariat = v;
	return manifest_party(m, v);
}

/* [a-z]{2,3}(-[A-Za-z0-9]{2,8})* */
static bool lang_ok(struct str tag)
{
	struct str_cut part = str_cut(tag, '-');
	bool first = true, good = true, more = true;

	while (good && more) {
		more = part.ok;
		good = part.head.len >= 2 && part.head.len <= (first ? 3u : 8u);
		for (size_t i = 0; good && i < part.head.len; i++)
			good = first ? part.head.p[i] >= 'a' && part.head.p[i] <= 'z'
			             : char_alnum(part.head.p[i]);
		first = false;
		part = str_cut(part.tail, '-');
	}
	return good;
}

static bool take_text(struct manifest *m, struct str v)
{
	struct manifest_text *text = &m->text[m->texts];
	struct str_cut lang = str_cut(v, ' '), digest = str_cut(lang.tail, ' ');

	text->authentic = digest.ok;
	if (!lang_ok(lang.head) || !take_digest(digest.head, text->sha256) ||
	        (digest.ok && !str_eq(digest.tail, STR("authentic"))))
		return false;
	if (m->texts > 0 && str_cmp(m->text[m->texts - 1].lang, lang.head) >= 0)
		return false;
	if (digest.ok && manifest_authentic(m) != NULL)
		return false;
	text->lang = lang.head;
	m->texts++;
	return true;
}

/* ---- when ---------------------------------------------------------------------------------------- */

static bool take_opens(struct manifest *m, struct str v)
{
	return manifest_authentic(m) != NULL && stamp_read(v, &m->opens);
}

static bool take_closes(struct manifest *m, struct str v)
{
	return stamp_read(v, &m->closes) && m->closes - m->opens >= 3600 &&
	        m->closes - m->opens <= 365 * DAY_SECONDS;
}

static bool take_zone(struct manifest *m, struct str v)
{
	uint32_t hours, minutes;

	if (v.len != 6 || (v.p[0] != '+' && v.p[0] != '-') || v.p[3] != ':' ||
	        !str_u32(str_sub(v, 1, 2), &hours) || !str_u32(str_sub(v, 4, 2), &minutes) || hours > 14 ||
	        minutes % 15 != 0 || minutes > 45)
		return false;
	m->west = v.p[0] == '-';
	m->zone = (int32_t)(hours * 3600 + minutes * 60) * (m->west ? -1 : 1);
	return true;
}

static bool take_off(struct manifest *m, struct str v)
{
	int64_t day;

	if (!manifest_date(v, &day) || (m->offs > 0 && m->off[m->offs - 1] >= day))
		return false;
	m->off[m->offs++] = day;
	return true;
}

/* ---- the rule ------------------------------------------------------------------------------------ */

static bool take_rule(struct manifest *m, struct str v)
{
	for (unsigned r = 0; r < RULE_END; r++) {
		if (!str_eq(v, manifest_rule_name((enum manifest_rule)r)))
			continue;
		m->rule = (enum manifest_rule)r;
		return r == RULE_RECORDED || r == RULE_NONE || m->members >= 2;
	}
	return false;
}

static bool take_needs(struct manifest *m, struct str v)
{
	return str_eq(v, STR("all")) || take_count(v, 1, m->members, &m->needs);
}

static bool take_level(struct manifest *m, struct str v)
{
	return take_either(v, STR("node"), STR("human"), &m->human);
}

static bool take_min_notice(struct manifest *m, struct str v)
{
	/* Who must say yes has agreed to the haste. */
	uint32_t min = m->rule == RULE_ASSENT && m->needs == 0 ? 0 : 24;

	return take_length(v, min, 60 * 24, &m->min_notice) &&
	        manifest_seconds(m->min_notice) <= m->closes - m->opens;
}

static bool take_working_days(struct manifest *m, struct str v)
{
	return take_count(v, 0, 30, &m->working_days) &&
	        manifest_working_days(m, m->opens, m->closes, m->working_days);
}

static bool take_breaks(struct manifest *m, struct str v)
{
	const uint32_t may = 1 << POSITION_COMMENT | 1 << POSITION_AMENDMENT | 1 << POSITION_OBJECTION;
	struct str_cut word = {.tail = v, .ok = true};

	if (str_eq(v, STR("none")))
		return true;
	while (word.ok) {
		word = str_cut(word.tail, ' ');
		enum position p = position_find(word.head);
		/* In order: none that was named is this one or one behind it. */
		if (p == POSITION_END || (may & 1u << p) == 0 || m->breaks >> p != 0)
			return false;
		m->breaks |= 1u << p;
	}
	return true;
}

static bool take_extend(struct manifest *m, struct str v)
{
	struct str_cut times = str_cut(v, ' ');

	return take_count(times.head, 0, 5, &m->extend) && take_length(times.tail, 1, 30 * 24, &m->longest);
}

static bool take_grace(struct manifest *m, struct str v)
{
	return take_length(v, 0, 7 * 24, &m->grace);
}

static bool take_unserved(struct manifest *m, struct str v)
{
	return take_either(v, STR("hold"), STR("except"), &m->except);
}

static bool take_confirm(struct manifest *m, struct str v)
{
	return take_count(v, 1, m->members, &m->confirm);
}

static bool take_reservation(struct manifest *m, struct str v)
{
	return take_either(v, STR("forbidden"), STR("allowed"), &m->reservation);
}

static bool take_disassociation(struct manifest *m, struct str v)
{
	return take_either(v, STR("forbidden"), STR("allowed"), &m->disassociation);
}

static bool take_persons(struct manifest *m, struct str v)
{
	struct str_cut first = str_cut(v, ' ');

	return take_count(first.head, 1, 3, &m->persons) &&
	        take_count(first.tail, 1, 3, &m->persons_objection);
}

static bool take_statements(struct manifest *m, struct str v)
{
	return take_length(v, 0, 365 * 24, &m->statements);
}

static bool take_in_force(struct manifest *m, struct str v)
{
	m->at = !str_starts(v, STR("adopted+"));
	return m->at ? stamp_read(v, &m->in_force) : take_length(str_skip(v, 8), 0, 3650 * 24, &m->after);
}

static bool take_review(struct manifest *m, struct str v)
{
	return str_eq(v, STR("none")) ||
	        (str_ends(v, STR("mo")) && take_count(str_sub(v, 0, v.len - 2), 1, 60, &m->review));
}

bool manifest_take(struct manifest *m, enum manifest_line line, struct str value)
{
	static bool (*const take[LINE_END])(struct manifest *, struct str) = {
	        [LINE_INSTRUMENT] = take_instrument,
	        [LINE_TITLE] = take_title,
	        [LINE_ROUND] = take_round,
	        [LINE_PREVIOUS] = take_previous,
	        [LINE_MEMBER] = take_member,
	        [LINE_OBSERVER] = take_observer,
	        [LINE_CHAIR] = take_chair,
	        [LINE_DEPUTY] = take_deputy,
	        [LINE_SECRETARIAT] = take_secretariat,
	        [LINE_TEXT] = take_text,
	        [LINE_OPENS] = take_opens,
	        [LINE_CLOSES] = take_closes,
	        [LINE_ZONE] = take_zone,
	        [LINE_OFF] = take_off,
	        [LINE_RULE] = take_rule,
	        [LINE_NEEDS] = take_needs,
	        [LINE_LEVEL] = take_level,
	        [LINE_MIN_NOTICE] = take_min_notice,
	        [LINE_WORKING_DAYS] = take_working_days,
	        [LINE_BREAKS] = take_breaks,
	        [LINE_EXTEND] = take_extend,
	        [LINE_GRACE] = take_grace,
	        [LINE_UNSERVED] = take_unserved,
	        [LINE_CONFIRM] = take_confirm,
	        [LINE_RESERVATION] = take_reservation,
	        [LINE_DISASSOCIATION] = take_disassociation,
	        [LINE_PERSONS] = take_persons,
	        [LINE_STATEMENTS] = take_statements,
	        [LINE_IN_FORCE] = take_in_force,
	        [LINE_REVIEW] = take_review,
	};

	return take[line](m, value);
}
