/* SPDX-License-Identifier: Apache-2.0
 *
 * A chair that lies: another manifest, other bytes under one number, more time than the rule gives, words of others taken back.
 */
#include "consult.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static bool digest_hex(struct net *t, const struct story *s, char ret[2 * DIGEST_LEN + 1])
{
	auto_arena struct arena a = {0};
	struct round_loaded r;
	struct outcome o;

	if (!rounds_fresh(t, s->chair, s->open, &a, &r, &o))
		return false;
	str_hex_print(ret, r.manifest.sha256, DIGEST_LEN);
	return true;
}

static void lie(struct net *t, struct story *s, enum kind kind, unsigned to, const uint8_t *reply,
        const char *members, int64_t created)
{
	char body[4096], hex[2 * DIGEST_LEN + 1];
	uint8_t id[DIGEST_LEN];

	if (!digest_hex(t, s, hex))
		return;
	snprintf(body, sizeof(body), CHAOS_BY "\"round_sha256\":\"%s\"%s}", hex, members);
	rounds_lie(t, s->chair, &(struct lie){kind, to, s->open, reply, body, created, 0}, id);
	s->lies++;
}

/* The newest of the chair's statements to all with another content, for the victim alone. */
static void fork_it(struct net *t, struct story *s)
{
	struct query q = db_query(t->node[s->chair].db,
	        "select s.seq, s.prev, s.kind from statement s join stream t on t.id = s.stream where "
	        "s.sender = ? and "
	        "length(t.recipients) = 8 and s.case_id = ? and s.signature is not null and s.kind <> "
	        "'receipt' order by s.n desc "
	        "limit 1");
	auto_buf struct buf bytes = {0};
	uint8_t prev[DIGEST_LEN], id[DIGEST_LEN];
	char body[512], hex[2 * DIGEST_LEN + 1];
	uint64_t seq = 0;

	query_text(&q, str_from(t->node[s->chair].name));
	query_blob(&q, str_make((const char *)s->open, DIGEST_LEN));
	if (query_next(&q) == 1) {
		seq = query_get_u64(&q, 0);
		memcpy(prev, query_get_blob(&q, 1).p, DIGEST_LEN);
	}
	query_done(&q, NULL);
	if (seq == 0 || !digest_hex(t, s, hex))
		return;
	snprintf(body, sizeof(body), CHAOS_BY "\"round_sha256\":\"%s\",\"position\":\"support\"}", hex);
	struct chaos_forged f = {KIND_AGREE_POSITION, body, .seq = seq, .prev = prev, .case_ = s->open};
	for (unsigned k = 0, n = 0; k < NET_NODES; k++)
		if (k != s->chair)
			f.to[n++] = t->node[k].name;
	chaos_forge(t, s->chair, &f, &bytes, id);
	(void)net_give(t, s->victim, s->chair, buf_str(&bytes), false, false, NULL);
	s->lies++;
}

/* Another manifest of the round: the same with another title. */
static void other_manifest(struct net *t, struct story *s)
{
	auto_arena struct arena a = {0};
	uint8_t id[DIGEST_LEN];
	struct round_loaded r;
	struct outcome o;
	struct agree_text text;

	if (!rounds_fresh(t, s->chair, s->open, &a, &r, &o) ||
	        round_text(&a, t->node[s->chair].folder, &r.manifest, (struct str){0}, &text, NULL) != 0)
		return;
	r.manifest.title = STR("Times as we like them");
	rounds_lie_open(
	        t, s->chair, &r.manifest, text.bytes, net_dice(t, 2) == 0 ? 0xf : 1u << s->victim, id);
	s->lies++;
}

static void retract_theirs(struct net *t, struct story *s)
{
	uint8_t id[DIGEST_LEN];
	struct query q = db_query(t->node[s->chair].db,
	        "select id from statement where kind = 'agree.position' and sender <> ? order by n desc "
	        "limit 1");

	query_text(&q, str_from(t->node[s->chair].name));
	bool there = query_next(&q) == 1;
	if (there)
		memcpy(id, query_get_blob(&q, 0).p, DIGEST_LEN);
	query_done(&q, NULL);
	if (there)
		lie(t, s, KIND_AGREE_RETRACT, 0xf, id, ",\"reason\":\"they did not mean it\"", 0);
}

static void extend_again(struct net *t, struct story *s)
{
	char members[200], closes[24];
	int64_t far = s->began / NET_SECOND + (CLOSES + 10 + net_dice(t, 60)) * 3600;

	stamp_print(closes, far);
	snprintf(members, sizeof(members), ",\"closes\":\"%s\",\"reason\":\"more\"", closes);
	lie(t, s, KIND_AGREE_EXTEND, 0xf, NULL, members, 0);
}

/* What somebody else believes, or nonsense, as the chair's own view. */
static void other_outcome(struct net *t, struct story *s)
{
	static const char *const blocks[] = {
	        ",\"state\":\"adopted\",\"block\":\"weir-outcome-1\\nstate adopted\\n\"",
	        ",\"state\":\"broken\",\"block\":\"weir-outcome-1\\nstate broken\\n\"",
	        ",\"state\":\"\",\"block\":\"\""};

	lie(t, s, KIND_AGREE_OUTCOME, (net_dice(t, 2) == 0) ? 0xf : 1u << s->victim, NULL,
	        blocks[net_dice(t, 3)], 0);
}

void chair_lies(struct net *t, struct story *s)
{
	unsigned h = story_hour(s, t);

	switch (s->lie) {
	case LIE_MANIFEST:
		if (s->lies == 0 && h > 2 && (net_dice(t, 6) == 0))
			other_manifest(t, s);
		break;
	case LIE_FORK:
		if (s->lies == 0 && h > 4 && (net_dice(t, 4) == 0))
			fork_it(t, s);
		break;
	case LIE_BACKDATE:
		if (h > CLOSES + s->longer && h < story_grace_end(s) && (net_dice(t, 4) == 0))
			lie(t, s, KIND_AGREE_POSITION, 0xf, NULL,
			        (net_dice(t, 2) == 0)
			                ? ",\"position\":\"objection\""
			                : ",\"position\":\"disassociation\",\"text\":{\"en\":\"x\"}",
			        s->began / NET_SECOND + (CLOSES + s->longer - 1) * 3600);
		break;
	case LIE_EXTEND:
		if (h > 10 && (net_dice(t, 8) == 0))
			extend_again(t, s);
		break;
	case LIE_RETRACT:
		if (h > 10 && (net_dice(t, 6) == 0))
			retract_theirs(t, s);
		break;
	case LIE_OUTCOME:
		if (h > story_grace_end(s) && (net_dice(t, 3) == 0))
			other_outcome(t, s);
		break;
	default:
		break;
	}
}
