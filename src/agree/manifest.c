/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/manifest.h"
#include "agree/manifest_line.h"
#include "base/utf8.h"
#include "event/civil.h"
#include "trust/kind.h"

#define FIRST "weir-round-1"
#define S (1 << RULE_SILENCE)
#define A (1 << RULE_ASSENT)
#define M (1 << RULE_MEETING)
#define R (1 << RULE_RECORDED)
#define C (1 << RULE_NONE)
#define ALL (S | A | M | R | C)

const struct manifest_row manifest_rows[LINE_END] = {
#define LINE(symbol, word, rules, most, fault) {STR_INIT(word), rules, most, fault},
#include "agree/manifest.tbl"
#undef LINE
};

struct str manifest_rule_name(enum manifest_rule rule)
{
	static const struct str name[RULE_END] = {STR_INIT("silence"), STR_INIT("assent"),
	        STR_INIT("meeting"), STR_INIT("recorded"), STR_INIT("none")};

	return name[rule];
}

static const struct str position_words[POSITION_END] = {
        [POSITION_NONE] = STR_INIT("-"),
        [POSITION_ACKNOWLEDGED] = STR_INIT("acknowledged"),
        [POSITION_NO_OBJECTION] = STR_INIT("no-objection"),
        [POSITION_SUPPORT] = STR_INIT("support"),
        [POSITION_COMMENT] = STR_INIT("comment"),
        [POSITION_AMENDMENT] = STR_INIT("amendment"),
        [POSITION_OBJECTION] = STR_INIT("objection"),
        [POSITION_RESERVATION] = STR_INIT("reservation"),
        [POSITION_DISASSOCIATION] = STR_INIT("disassociation"),
        [POSITION_ABSTAIN] = STR_INIT("abstain"),
};

struct str position_name(enum position p)
{
	return position_words[p];
}

enum position position_find(struct str word)
{
	for (unsigned p = POSITION_NONE + 1; p < POSITION_END; p++)
		if (str_eq(position_words[p], word))
			return (enum position)p;
	return POSITION_END;
}

/* ---- reading ------------------------------------------------------------------------------------- */

struct lines {
	struct manifest *m;
	unsigned at; /* row of the last line */
	unsigned count[LINE_END];
	bool ruled; /* the rule is known */
};

static bool may_stand(const struct lines *l, unsigned row)
{
	return !l->ruled || (manifest_rows[row].rules & 1 << l->m->rule) != 0;
}

/* The row must have a line and has none. */
static bool lacks(const struct lines *l, unsigned row)
{
	return row != LINE_OBSERVER && row != LINE_OFF && l->count[row] == 0 && may_stand(l, row);
}

static const char *take_value(struct lines *l, struct str value)
{
	if (!manifest_take(l->m, (enum manifest_line)l->at, value))
		return manifest_rows[l->at].fault;
	l->ruled |= l->at == LINE_RULE;
	return NULL;
}

static const char *take_line(struct lines *l, struct str line)
{
	struct str_cut word = str_cut(line, ' ');

	if (!utf8_valid(line) || !agree_chars_ok(line))
		return "bytes that are not UTF-8, or a control character, stand in it";
	/* On to the row of this word; what is passed over must not be missing. */
	while (!str_eq(manifest_rows[l->at].word, word.head)) {
		if (lacks(l, l->at))
			return "another line must stand here";
		if (++l->at == LINE_END)
			return "no such line is known in this place";
	}
	if (++l->count[l->at] > manifest_rows[l->at].most || !may_stand(l, l->at))
		return "the line stands there too often, or this rule has none";
	return take_value(l, word.tail);
}

static const char *take_any(struct lines *l, struct str line, unsigned number, bool ended)
{
	if (!ended)
		return "the last line has no line feed";
	if (number > 1)
		return take_line(l, line);
	return str_eq(line, STR(FIRST)) ? NULL : "the first line is 'weir-round-1'";
}

bool manifest_read(struct str bytes, struct manifest *ret, struct agree_fault *fault)
{
	struct lines l = {.m = ret};

	*ret = (struct manifest){.bytes = bytes};
	*fault = (struct agree_fault){.why = "it is larger than 32 KiB"};
	if (bytes.len > MANIFEST_MAX)
		return false;
	for (struct str rest = bytes; rest.len > 0;) {
		struct str_cut line = str_cut(rest, '\n');
		fault->line++;
		rest = line.tail;
		fault->why = take_any(&l, line.head, fault->line, line.ok);
		if (fault->why != NULL)
			return false;
	}
	for (unsigned i = l.at; i < LINE_END; i++) {
		if (!lacks(&l, i))
			continue;
		*fault = (struct agree_fault){fault->line + 1, "a line is missing at the end"};
		return false;
	}
	*fault = (struct agree_fault){0};
	digest_of(bytes, ret->sha256);
	return true;
}

/* ---- asking -------------------------------------------------------------------------------------- */

unsigned manifest_member(const struct manifest *m, struct str party)
{
	unsigned i = 0;

	while (i < m->members && !str_eq(m->member[i].party, party))
		i++;
	return i;
}

bool manifest_party(const struct manifest *m, struct str party)
{
	for (unsigned i = 0; i < m->observers; i++)
		if (str_eq(m->observer[i], party))
			return true;
	return manifest_member(m, party) < m->members;
}

unsigned manifest_parties(const struct manifest *m, struct str *ret)
{
	unsigned i = 0, k = 0, n = 0;

	while (i < m->members || k < m->observers) {
		bool member = k == m->observers ||
		        (i < m->members && str_cmp(m->member[i].party, m->observer[k]) < 0);
		ret[n++] = member ? m->member[i++].party : m->observer[k++];
	}
	return n;
}

const struct manifest_text *manifest_authentic(const struct manifest *m)
{
	for (unsigned i = 0; i < m->texts; i++)
		if (m->text[i].authentic)
			return &m->text[i];
	return NULL;
}

/* Rounded down, also before 1970. */
static int64_t day_of(int64_t seconds)
{
	return seconds / DAY_SECONDS - (seconds % DAY_SECONDS < 0);
}

static bool works(const struct manifest *m, int64_t day)
{
	int64_t weekday = (day % 7 + 7 + 3) % 7; /* 1970-01-01 was a Thursday; 0 is Monday */

	for (unsigned i = 0; i < m->offs; i++)
		if (m->off[i] == day)
			return false;
	return weekday < 5;
}

bool manifest_working_days(const struct manifest *m, int64_t start, int64_t end, unsigned n)
{
	/* The first whole day, and the one behind the last. */
	int64_t day = day_of(start + m->zone + DAY_SECONDS - 1), stop = day_of(end + m->zone);

	/* n is at most 30 and 200 days are off, so this ends within a year however long ago start was. */
	for (; n > 0 && day < stop; day++)
		n -= works(m, day);
	return n == 0;
}

int64_t manifest_review(const struct manifest *m, int64_t adopted)
{
	char text[21];
	uint32_t year, month, day;
	int64_t time = adopted - day_of(adopted) * DAY_SECONDS;

	if (m->review == 0)
		return 0;
	stamp_print(text, adopted);
	if (!str_u32(str_make(text, 4), &year) || !str_u32(str_make(text + 5, 2), &month) ||
	        !str_u32(str_make(text + 8, 2), &day))
		return 0;
	month += m->review - 1;
	int64_t first = civil_days((int)(year + month / 12), (int)(month % 12) + 1, 1);
	month++;
	int64_t next = civil_days((int)(year + month / 12), (int)(month % 12) + 1, 1);
	int64_t last = next - first;
	return (first + (day < last ? day : last) - 1) * DAY_SECONDS + time;
}
