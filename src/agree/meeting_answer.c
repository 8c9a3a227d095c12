/* SPDX-License-Identifier: Apache-2.0
 *
 * What those who are asked say: that they come, words to all, and that they agree with minutes.
 */
#include "agree/meeting_change.h"
#include "base/plural.h"
#include "state/state.h"

/* ---- we come ------------------------------------------------------------------------------------- */

/* Our newest answer that counts; false: there is none. */
static bool answered(
        struct change *c, uint64_t meeting, struct arena *a, struct stored *ret, int64_t *ret_serial)
{
	struct query q = db_query(c->db,
	        "select a.statement, a.serial from meeting_answer a join statement s on s.n = a.statement "
	        "where a.meeting = ?1 and a.party = ?2 and s.effect = 1 and not exists (select 1 from "
	        "statement w where w.reply = s.id and +w.kind = 'withdraw' and w.effect = 1 and w.sender = "
	        "s.sender) order by a.serial desc, a.statement desc limit 1");
	uint64_t n = 0;

	query_u64(&q, meeting);
	query_text(&q, c->here->party);
	if (query_next(&q) == 1) {
		n = query_get_u64(&q, 0);
		*ret_serial = query_get_i64(&q, 1);
	}
	query_done(&q, NULL);
	return n != 0 && store_find_n(c->db, n, a, ret);
}

/* Nothing more is owed to this card. What was said is a note like any other, so that it was an answer is known here alone. */
static void note_stay(struct change *c, const struct meeting *m, bool stays)
{
	char key[64];

	snprintf(key, sizeof(key), "meeting.stay.%llu", (unsigned long long)m->id);
	state_meta_number(c->db, key, stays ? m->card->serial : 0);
}

static int come(struct change *c, const struct meeting *m, struct err *e)
{
	auto_buf struct buf body = {0};
	uint8_t id[DIGEST_LEN];
	struct say say = {.kind = KIND_ACK, .to = &m->sender, .to_count = 1, .reply = m->at.id};

	meeting_by(c, &body);
	if (meeting_text_put(c, &body, e) != 0 || meeting_say(c, m, &say, &body, id, e) != 0)
		return e->code;
	note_stay(c, m, false);
	buf_printf(c->said, "G%llu: we come, as card %lld has it; '%.*s' is told\n",
	        (unsigned long long)m->id, (long long)m->card->serial, STR_ARG(m->sender));
	return 0;
}

static int put_reason(struct change *c, struct buf *body, struct err *e)
{
	auto_buf struct buf text = {0};

	if (change_lines(c, "text", MEETING_WORDS, &text, e) != 0)
		return e->code;
	struct str words = str_trim(buf_str(&text));
	text_put(body, "reason", words.len > 0 ? words : STR("we do not come"));
	return 0;
}

/* Who has said that he comes takes that back; who has not says so in words, or these are put for him. */
static int stay(struct change *c, const struct meeting *m, struct arena *a, struct err *e)
{
	auto_buf struct buf body = {0};
	uint8_t id[DIGEST_LEN];
	struct stored said;
	int64_t serial;
	bool was = answered(c, m->id, a, &said, &serial);
	struct say say = {.kind = was ? KIND_WITHDRAW : KIND_CASE_NOTE, .to = &m->sender, .to_count = 1};

	meeting_by(c, &body);
	if (was) {
		say.reply = said.id;
		if (put_reason(c, &body, e) != 0)
			return e->code;
	} else {
		say.case_ = m->case_;
		if (str_trim(change_param(c, "text")).len == 0)
			buf_add(&body, STR(",\"text\":{\"en\":\"We do not come.\"}"));
		else if (meeting_text_put(c, &body, e) != 0)
			return e->code;
	}
	if (meeting_say(c, m, &say, &body, id, e) != 0)
		return e->code;
	note_stay(c, m, true);
	buf_printf(c->said, "G%llu: we do not come; '%.*s' is told\n", (unsigned long long)m->id,
	        STR_ARG(m->sender));
	return 0;
}

int change_meeting_come(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct stored said;
	struct meeting m;
	int64_t serial;

	arena_init(&a, 0);
	if (meeting_of(c, &a, &m, e) != 0)
		return e->code;
	if (m.ours)
		return err_set(e, ERR_DENIED, "we have called G%llu ourselves", (unsigned long long)m.id);
	if (!meeting_has(&m.card->participants, c->here->party) &&
	        !meeting_has(&m.card->observers, c->here->party))
		return err_set(e, ERR_DENIED, "we are not asked to G%llu any more", (unsigned long long)m.id);
	if (str_eq(m.card->state, STR("closed")) || str_eq(m.card->state, STR("cancelled")))
		return err_set(
		        e, ERR_VALUE, "G%llu is %.*s", (unsigned long long)m.id, STR_ARG(m.card->state));
	if (change_param(c, "no").p != NULL)
		return stay(c, &m, &a, e);
	if (answered(c, m.id, &a, &said, &serial) && serial == m.card->serial)
		return err_set(e, ERR_VALUE, "we have said so, to this very card");
	return come(c, &m, e);
}

/* ---- words --------------------------------------------------------------------------------------- */

int change_meeting_note(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf body = {0};
	struct str to[STATEMENT_TO_MAX + 1];
	struct say say = {.kind = KIND_CASE_NOTE};
	uint8_t id[DIGEST_LEN];
	struct meeting m;

	arena_init(&a, 0);
	if (meeting_of(c, &a, &m, e) != 0)
		return e->code;
	if (str_trim(change_param(c, "text")).len == 0)
		return err_set(e, ERR_USAGE, "the note is empty");
	meeting_others(c, &m, true, &say, to);
	say.case_ = m.case_;
	meeting_by(c, &body);
	if (meeting_text_put(c, &body, e) != 0 || meeting_say(c, &m, &say, &body, id, e) != 0)
		return e->code;
	plural_printf(c->said, "G%llu: said to %u parties\n", (unsigned long long)m.id, say.to_count);
	return 0;
}

/* ---- we agree ------------------------------------------------------------------------------------ */

static bool minutes_of(struct change *c, const struct meeting *m, struct arena *a, struct stored *ret,
        uint8_t ret_sha256[DIGEST_LEN])
{
	if (m->minutes == 0 || !store_find_n(c->db, m->minutes, a, ret))
		return false;
	struct item body = stored_body(ret, a);
	struct str hex = item_text(&body, "minutes");
	return hex.len == 2 * DIGEST_LEN && str_hex(hex, ret_sha256, DIGEST_LEN);
}

static bool assented(struct change *c, uint64_t meeting, const uint8_t sha256[DIGEST_LEN])
{
	struct query q = db_query(c->db,
	        "select 1 from meeting_assent a join statement s on s.n = a.statement where a.meeting = ?1 "
	        "and a.party = ?2 and a.sha256 = ?3 and s.effect = 1 and not exists (select 1 from statement "
	        "w where w.reply = s.id and +w.kind = 'withdraw' and w.effect = 1 and w.sender = s.sender)");

	query_u64(&q, meeting);
	query_text(&q, c->here->party);
	query_blob(&q, meeting_id_str(sha256));
	bool is = query_next(&q) == 1;
	query_done(&q, NULL);
	return is;
}

static bool is_here(struct db *db, const uint8_t sha256[DIGEST_LEN])
{
	struct query q = db_query(db, "select 1 from blob where sha256 = ?");

	query_blob(&q, meeting_id_str(sha256));
	bool here = query_next(&q) == 1;
	query_done(&q, NULL);
	return here;
}

/* The person agrees with bytes that he could read, and that are those that he was shown: minutes, the beginning of their digest. */
static int check_minutes(
        struct change *c, const struct meeting *m, const uint8_t sha256[DIGEST_LEN], struct err *e)
{
	struct str shown = meeting_param(c, "minutes");
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, sha256, DIGEST_LEN);
	if (shown.len > 0 && (shown.len < 8 || !str_starts(str_from(hex), shown)))
		return err_set(e, ERR_VALUE, "the minutes that stand now are %.16s: read them first", hex);
	if (!is_here(c->db, sha256))
		return err_set(e, ERR_MISSING, "the minutes themselves are not here yet");
	return !assented(c, m->id, sha256)
	        ? 0
	        : err_set(e, ERR_VALUE, "we have agreed with these minutes already");
}

int change_meeting_assent(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf body = {0};
	struct str to[STATEMENT_TO_MAX + 1];
	struct say say = {.kind = KIND_MEETING_ASSENT};
	uint8_t id[DIGEST_LEN], sha256[DIGEST_LEN];
	char hex[2 * DIGEST_LEN + 1];
	struct stored minutes;
	struct meeting m;

	arena_init(&a, 0);
	if (meeting_of(c, &a, &m, e) != 0)
		return e->code;
	if (m.ours)
		return err_set(e, ERR_DENIED, "the minutes are ours: others agree with them");
	if (!meeting_has(&m.card->participants, c->here->party))
		return err_set(e, ERR_DENIED, "minutes are agreed with by who takes part");
	if (!minutes_of(c, &m, &a, &minutes, sha256))
		return err_set(e, ERR_MISSING, "G%llu has no minutes yet", (unsigned long long)m.id);
	if (check_minutes(c, &m, sha256, e) != 0)
		return e->code;
	meeting_others(c, &m, true, &say, to);
	say.case_ = m.case_;
	say.reply = minutes.id;
	str_hex_print(hex, sha256, DIGEST_LEN);
	meeting_by(c, &body);
	text_put(&body, "minutes", str_from(hex));
	if (meeting_text_put(c, &body, e) != 0 || meeting_say(c, &m, &say, &body, id, e) != 0)
		return e->code;
	buf_printf(c->said, "G%llu: we agree with the minutes %.16s\n", (unsigned long long)m.id, hex);
	return 0;
}
