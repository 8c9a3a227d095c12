/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/manifest.h"
#include "trust/kind.h"

static void put_text(struct buf *out, const char *word, struct str value)
{
	buf_printf(out, "%s %.*s\n", word, STR_ARG(value));
}

static void put_time(struct buf *out, const char *word, int64_t t)
{
	char text[21];

	stamp_print(text, t);
	buf_printf(out, "%s %s\n", word, text);
}

static void put_length(struct buf *out, const char *word, struct manifest_length l)
{
	buf_printf(out, "%s %u%c\n", word, l.n, l.unit == 'd' ? 'd' : 'h');
}

static void put_digest(struct buf *out, const uint8_t digest[DIGEST_LEN])
{
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, digest, DIGEST_LEN);
	buf_add(out, str_make(hex, 2 * DIGEST_LEN));
}

static void put_what(struct buf *out, const struct manifest *m)
{
	buf_add(out, STR("weir-round-1\n"));
	put_text(out, "instrument", m->instrument);
	put_text(out, "title", m->title);
	buf_printf(out, "round %u\nprevious ", m->round);
	if (m->round == 1)
		buf_char(out, '-');
	else
		put_digest(out, m->previous);
	buf_char(out, '\n');
}

static void put_who(struct buf *out, const struct manifest *m)
{
	for (unsigned i = 0; i < m->members; i++) {
		buf_printf(out, "member %.*s %u ", STR_ARG(m->member[i].party), m->member[i].number);
		put_digest(out, m->member[i].list);
		buf_char(out, '\n');
	}
	for (unsigned i = 0; i < m->observers; i++)
		put_text(out, "observer", m->observer[i]);
	put_text(out, "chair", m->chair);
	put_text(out, "deputy", m->deputy.len > 0 ? m->deputy : STR("-"));
	put_text(out, "secretariat", m->secretariat);
}

static void put_texts(struct buf *out, const struct manifest *m)
{
	for (unsigned i = 0; i < m->texts; i++) {
		buf_printf(out, "text %.*s ", STR_ARG(m->text[i].lang));
		put_digest(out, m->text[i].sha256);
		buf_add(out, m->text[i].authentic ? STR(" authentic\n") : STR("\n"));
	}
}

static void put_when(struct buf *out, const struct manifest *m)
{
	unsigned minutes = (unsigned)(m->zone < 0 ? -m->zone : m->zone) / 60;
	char text[21];

	put_time(out, "opens", m->opens);
	put_time(out, "closes", m->closes);
	buf_printf(out, "zone %c%02u:%02u\n", m->west ? '-' : '+', minutes / 60, minutes % 60);
	for (unsigned i = 0; i < m->offs; i++) {
		stamp_print(text, m->off[i] * 86400);
		buf_printf(out, "off %.10s\n", text);
	}
}

static void put_breaks(struct buf *out, const struct manifest *m)
{
	buf_add(out, m->breaks == 0 ? STR("breaks none") : STR("breaks"));
	for (unsigned p = 0; p < POSITION_END; p++)
		if ((m->breaks & 1u << p) != 0)
			buf_printf(out, " %.*s", STR_ARG(position_name((enum position)p)));
	buf_char(out, '\n');
}

/* The lines of rules in which people decide. */
static void put_rule(struct buf *out, const struct manifest *m)
{
	if (m->rule != RULE_SILENCE && m->needs == 0)
		buf_add(out, STR("needs all\n"));
	else if (m->rule != RULE_SILENCE)
		buf_printf(out, "needs %u\n", m->needs);
	buf_printf(out, "level %s\n", m->human ? "human" : "node");
	put_length(out, "min-notice", m->min_notice);
	buf_printf(out, "working-days %u\n", m->working_days);
	put_breaks(out, m);
	buf_printf(out, "extend %u ", m->extend);
	buf_printf(out, "%u%c\n", m->longest.n, m->longest.unit == 'd' ? 'd' : 'h');
	put_length(out, "grace", m->grace);
	buf_printf(out, "unserved %s\nconfirm %u\n", m->except ? "except" : "hold", m->confirm);
	buf_printf(out, "reservation %s\n", m->reservation ? "allowed" : "forbidden");
	buf_printf(out, "disassociation %s\n", m->disassociation ? "allowed" : "forbidden");
	buf_printf(out, "persons %u %u\n", m->persons, m->persons_objection);
}

static void put_after(struct buf *out, const struct manifest *m)
{
	put_length(out, "statements", m->statements);
	if (m->at)
		put_time(out, "in-force", m->in_force);
	else
		buf_printf(out, "in-force adopted+%u%c\n", m->after.n, m->after.unit == 'd' ? 'd' : 'h');
	if (m->review > 0)
		buf_printf(out, "review %umo\n", m->review);
	else
		buf_add(out, STR("review none\n"));
}

void manifest_write(struct buf *out, const struct manifest *m)
{
	put_what(out, m);
	put_who(out, m);
	put_texts(out, m);
	put_when(out, m);
	put_text(out, "rule", manifest_rule_name(m->rule));
	if (m->rule == RULE_SILENCE || m->rule == RULE_ASSENT || m->rule == RULE_MEETING)
		put_rule(out, m);
	if (m->rule != RULE_NONE)
		put_after(out, m);
}
