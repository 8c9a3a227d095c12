/* SPDX-License-Identifier: Apache-2.0
 *
 * What the chair does in test_agree.c, an honest one and one that is not; a part of that file, on its own for its length.
 */
#pragma once

/* ---- the chair ------------------------------------------------------------------------------------------- */

static bool digest_hex(char ret[2 * DIGEST_LEN + 1])
{
	auto_arena struct arena a = {0};
	struct round_loaded r;
	struct outcome o;

	if (!rounds_fresh(&t, s.chair, s.open, &a, &r, &o))
		return false;
	str_hex_print(ret, r.manifest.sha256, DIGEST_LEN);
	return true;
}

static void lie(enum kind kind, unsigned to, const uint8_t *reply, const char *members, int64_t created)
{
	char body[4096], hex[2 * DIGEST_LEN + 1];
	uint8_t id[DIGEST_LEN];

	if (!digest_hex(hex))
		return;
	snprintf(body, sizeof(body), CHAOS_BY "\"round_sha256\":\"%s\"%s}", hex, members);
	rounds_lie(&t, s.chair, &(struct lie){kind, to, s.open, reply, body, created}, id);
	s.lied = true;
	lies_told++;
}

/* The newest of the chair's statements to all with another content, for the victim alone. */
static void fork_it(void)
{
	struct query q = db_query(t.node[s.chair].db,
	        "select s.seq, s.prev, s.kind from statement s join stream t on t.id = s.stream where "
	        "s.sender = ? and "
	        "length(t.recipients) = 8 and s.case_id = ? and s.signature is not null and s.kind <> "
	        "'receipt' order by s.n desc "
	        "limit 1");
	auto_buf struct buf bytes = {0};
	uint8_t prev[DIGEST_LEN], id[DIGEST_LEN];
	char body[512], hex[2 * DIGEST_LEN + 1];
	uint64_t seq = 0;

	query_text(&q, str_from(t.node[s.chair].name));
	query_blob(&q, str_make((const char *)s.open, DIGEST_LEN));
	if (query_next(&q) == 1) {
		seq = query_get_u64(&q, 0);
		memcpy(prev, query_get_blob(&q, 1).p, DIGEST_LEN);
	}
	query_done(&q, NULL);
	if (seq == 0 || !digest_hex(hex))
		return;
	snprintf(body, sizeof(body), CHAOS_BY "\"round_sha256\":\"%s\",\"position\":\"support\"}", hex);
	struct chaos_forged f = {KIND_AGREE_POSITION, body, .seq = seq, .prev = prev, .case_ = s.open};
	for (unsigned k = 0, n = 0; k < NET_NODES; k++)
		if (k != s.chair)
			f.to[n++] = t.node[k].name;
	chaos_forge(&t, s.chair, &f, &bytes, id);
	(void)net_give(&t, s.victim, s.chair, buf_str(&bytes), false, false, NULL);
	s.lied = true;
	lies_told++;
}

/* Another manifest of the round: the same with another title. */
static void other_manifest(void)
{
	auto_buf struct buf manifest = {0};
	auto_arena struct arena a = {0};
	char body[2048], hex[2][2 * DIGEST_LEN + 1], closes[24];
	uint8_t digest[DIGEST_LEN], id[DIGEST_LEN];
	struct round_loaded r;
	struct outcome o;
	struct err e = {0};

	if (!rounds_fresh(&t, s.chair, s.open, &a, &r, &o))
		return;
	struct manifest m = r.manifest;
	m.title = STR("Times as we like them");
	manifest_write(&manifest, &m);
	(void)net_self(&t, s.chair);
	db_begin(t.node[s.chair].db);
	assert_int_equal(
	        link_ways.keep(&t.here[s.chair], t.node[s.chair].db, buf_str(&manifest), digest, &e), 0);
	assert_true(net_commit(&t, s.chair, false));
	str_hex_print(hex[0], digest, DIGEST_LEN);
	str_hex_print(hex[1], m.text[0].sha256, DIGEST_LEN);
	stamp_print(closes, m.closes);
	snprintf(body, sizeof(body),
	        "{\"by\":[{\"id\":\"one\",\"role\":\"may-bind\",\"at\":\"%s\"},{\"id\":\"two\",\"role\":"
	        "\"may-bind\",\"at\":"
	        "\"%s\"}],\"instrument\":\"" ROUND_INSTRUMENT
	        "\",\"round\":1,\"round_sha256\":\"%s\",\"closes\":\"%s\","
	        "\"attachments\":[{\"sha256\":\"%s\",\"size\":%zu,\"name\":\"m\",\"media\":\"text/"
	        "plain\"},{\"sha256\":\"%s\","
	        "\"size\":%d,\"name\":\"t\",\"media\":\"text/plain\"}]}",
	        closes, closes, hex[0], closes, hex[0], manifest.len, hex[1],
	        (int)count(s.chair, "select size from attachment where name like 'text%'"));
	rounds_lie(&t, s.chair,
	        &(struct lie){KIND_AGREE_OPEN, chance(2) ? 0xf : 1u << s.victim, NULL, NULL, body, 0}, id);
	s.lied = true;
	lies_told++;
}

static void retract_theirs(void)
{
	uint8_t id[DIGEST_LEN];
	struct query q = db_query(t.node[s.chair].db,
	        "select id from statement where kind = 'agree.position' and sender <> ? order by n desc "
	        "limit 1");

	query_text(&q, str_from(t.node[s.chair].name));
	bool there = query_next(&q) == 1;
	if (there)
		memcpy(id, query_get_blob(&q, 0).p, DIGEST_LEN);
	query_done(&q, NULL);
	if (there)
		lie(KIND_AGREE_RETRACT, 0xf, id, ",\"reason\":\"they did not mean it\"", 0);
}

static void extend_again(void)
{
	char members[200], closes[24];
	int64_t far = s.began / NET_SECOND + (CLOSES + 10 + net_dice(&t, 60)) * 3600;

	stamp_print(closes, far);
	snprintf(members, sizeof(members), ",\"closes\":\"%s\",\"reason\":\"more\"", closes);
	lie(KIND_AGREE_EXTEND, 0xf, NULL, members, 0);
}

/* What somebody else believes, or nonsense, as the chair's own view. */
static void other_outcome(void)
{
	static const char *const blocks[] = {
	        ",\"state\":\"adopted\",\"block\":\"weir-outcome-1\\nstate adopted\\n\"",
	        ",\"state\":\"broken\",\"block\":\"weir-outcome-1\\nstate broken\\n\"",
	        ",\"state\":\"\",\"block\":\"\""};

	lie(KIND_AGREE_OUTCOME, chance(2) ? 0xf : 1u << s.victim, NULL, blocks[net_dice(&t, 3)], 0);
}

static void chair_lies(void)
{
	unsigned h = hour();

	switch (s.lie) {
	case LIE_MANIFEST:
		if (!s.lied && h > 2 && chance(6))
			other_manifest();
		break;
	case LIE_FORK:
		if (!s.lied && h > 4 && chance(4))
			fork_it();
		break;
	case LIE_BACKDATE:
		if (h > CLOSES && h < grace_end() && chance(4))
			lie(KIND_AGREE_POSITION, 0xf, NULL,
			        chance(2) ? ",\"position\":\"objection\""
			                  : ",\"position\":\"disassociation\",\"text\":{\"en\":\"x\"}",
			        s.began / NET_SECOND + (CLOSES - 1) * 3600);
		break;
	case LIE_EXTEND:
		if (h > 10 && chance(8))
			extend_again();
		break;
	case LIE_RETRACT:
		if (h > 10 && chance(6))
			retract_theirs();
		break;
	case LIE_OUTCOME:
		if (h > grace_end() && chance(3))
			other_outcome();
		break;
	default:
		break;
	}
}

/* Whether the chair gives it to that node at all. */
static bool withheld(unsigned a, unsigned b)
{
	return s.evil && a == s.chair && b == s.victim &&
	        (s.lie == LIE_HIDE || (s.lie == LIE_WITHHOLD && hour() > 3));
}
