/* SPDX-License-Identifier: Apache-2.0
 *
 * What chair, deputy and secretariat do in a round, and minutes.
 */
#include "agree/change_in.h"
#include "agree/delegation.h"
#include "agree/look.h"
#include "base/digest.h"
#include "base/os.h"

#define SECOND 1000000

static int say(struct change *c, const struct round_loaded *r, enum kind kind, struct str members,
        unsigned persons, struct err *e)
{
	struct voice v = {.kind = kind,
	        .members = members,
	        .persons = persons,
	        .role = persons > 1 || kind == KIND_AGREE_MINUTES ? "may-bind" : "coordinator"};

	return round_decide(c, r, &v, r->manifest.instrument, STR(""), STR("AMBER"), e);
}

static int only(const struct change *c, struct str one, struct str other, const char *who, struct err *e)
{
	if (str_eq(c->here->party, one) || (other.len > 0 && str_eq(c->here->party, other)))
		return 0;
	return err_set(e, ERR_DENIED, "only %s does this", who);
}

static int begin(
        struct change *c, struct arena *a, struct round_loaded *r, struct buf *members, struct err *e)
{
	arena_init(a, 0);
	int rc = agree_round(c, a, r, e);

	if (rc == 0)
		round_put(members, &r->manifest);
	return rc;
}

/* ---- answers ------------------------------------------------------------------------------------- */

static int put_list(const struct change *c, const struct round_loaded *r, const char *name, bool ids,
        struct buf *out, struct err *e)
{
	struct str list = agree_param(c, name);
	char hex[2 * DIGEST_LEN + 1];
	bool first = true;

	if (list.len == 0)
		return 0;
	buf_printf(out, ",\"%s\":[", name);
	while (list.len > 0) {
		struct str_cut cut = str_cut(list, ' ');
		struct str word = str_trim(cut.head);
		list = cut.tail;
		if (word.len == 0)
			continue;
		if (ids) {
			const struct said *s = agree_said(r, word, e);
			if (s == NULL)
				return e->code;
			str_hex_print(hex, s->id, DIGEST_LEN);
			word = str_make(hex, 2 * DIGEST_LEN);
		} else if (!clause_id_ok(word)) {
			return agree_clause_wrong(word, e);
		}
		if (!first)
			buf_char(out, ',');
		buf_json(out, word);
		first = false;
	}
	buf_char(out, ']');
	return 0;
}

static int put_item(struct change *c, const struct round_loaded *r, struct buf *out, struct err *e)
{
	struct str of = agree_param(c, "of"), word = agree_param(c, "word");
	const struct disposition_row *row = NULL;
	char hex[2 * DIGEST_LEN + 1];
	int rc = 0;

	for (unsigned i = 0; i < DISPOSITION_END; i++)
		if (str_eq(disposition_table[i].word, word))
			row = &disposition_table[i];
	if (row == NULL)
		return err_set(e, ERR_USAGE,
		        "word: taken, taken-changed, joined, not-taken, carried, out-of-scope, withdrawn or "
		        "secretariat-proposal");
	if ((row->needs & DISPOSITION_WITH) != 0 && agree_param(c, "with").len == 0)
		return err_set(
		        e, ERR_USAGE, "with: name the amendments that it is joined with, by their ids");
	buf_add(out, STR(",\"items\":[{\"word\":"));
	buf_json(out, row->word);
	if ((row->needs & DISPOSITION_OF) != 0) {
		const struct said *s = agree_said(r, of, e);
		if (s == NULL)
			return e->code;
		if (s->kind != KIND_AGREE_COMMENT && s->kind != KIND_AGREE_AMENDMENT)
			return err_set(e, ERR_VALUE, "of: an answer is to a comment or an amendment");
		str_hex_print(hex, s->id, DIGEST_LEN);
		buf_printf(out, ",\"of\":\"%s\"", hex);
	}
	rc = put_list(c, r, "clauses", false, out, e);
	if (rc == 0)
		rc = put_list(c, r, "with", true, out, e);
	if (rc == 0 && ((row->needs & DISPOSITION_TEXT) != 0 || agree_param(c, "text").len > 0))
		rc = agree_words(c, "text", out, e);
	buf_add(out, STR("}]"));
	return rc;
}

/* Only amendments in the authentic language change the text, and its author words them. */
static int may_take(struct change *c, struct arena *a, const struct round_loaded *r, struct err *e)
{
	struct agree_notes notes;
	const struct agree_note *n;

	if (!str_eq(agree_param(c, "word"), STR("taken")))
		return 0;
	agree_notes_load(a, c->db, r, NULL, &notes);
	n = agree_note_find(&notes, agree_param(c, "of"));
	if (n == NULL || !agree_lacks_wording(&notes, n))
		return 0;
	return err_set(e, ERR_DENIED,
	        "it is not in the authentic language: %.*s gives its wording in %.*s first (weir agree amend "
	        "... "
	        "--in-place-of %.*s), and nobody else does",
	        STR_ARG(n->said->sender), STR_ARG(manifest_authentic(&r->manifest)->lang),
	        STR_ARG(agree_param(c, "of")));
}

int change_agree_answer(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf members = {0};
	struct round_loaded r;
	int rc = begin(c, &a, &r, &members, e);

	if (rc == 0)
		rc = only(c, r.manifest.chair, r.manifest.secretariat, "the chair or the secretariat", e);
	if (rc == 0)
		rc = put_item(c, &r, &members, e);
	if (rc == 0)
		rc = may_take(c, &a, &r, e);
	return rc == 0 ? say(c, &r, KIND_AGREE_DISPOSITION, buf_str(&members), 1, e) : rc;
}

/* ---- time ---------------------------------------------------------------------------------------- */

static int may_extend(
        const struct round_loaded *r, const struct outcome *o, int64_t closes, int64_t now, struct err *e)
{
	const struct manifest *m = &r->manifest;

	if (now > o->round.closes)
		return err_set(e, ERR_DENIED, "the round has closed");
	if (o->round.extended >= m->extend)
		return err_set(
		        e, ERR_DENIED, "its rule lets a round be extended %u times, and it was", m->extend);
	if (closes <= o->round.closes || closes > o->round.closes + manifest_seconds(m->longest))
		return err_set(e, ERR_VALUE, "closes: later than now stands, and by at most %u%c",
		        m->longest.n, m->longest.unit);
	return 0;
}

/* One that we have said and that is not signed yet counts as said: the next would find it only a moment later. */
static bool extension_waits(struct change *c, const struct round_loaded *r)
{
	struct query q = db_query(c->db,
	        "select 1 from statement where case_id = ? and +kind = 'agree.extend' and sender = ? and "
	        "signature is "
	        "null");

	query_blob(&q, str_make((const char *)r->open.id, DIGEST_LEN));
	query_text(&q, c->here->party);
	bool yes = query_next(&q) == 1;
	query_done(&q, NULL);
	return yes;
}

int change_agree_extend(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf members = {0}, reason = {0};
	struct round_loaded r;
	struct outcome o;
	int64_t closes = 0, now = os_now() / SECOND;
	int rc = begin(c, &a, &r, &members, e);

	if (rc != 0)
		return rc;
	outcome_make(&a, &r.in, now, &o);
	rc = delegation_check(c, r.manifest.instrument, e);
	if (rc == 0)
		rc = only(c, r.manifest.chair, STR(""), "the chair", e);
	if (rc == 0)
		rc = agree_time(c, "closes", o.round.closes, &closes, e);
	if (rc == 0)
		rc = may_extend(&r, &o, closes, now, e);
	if (rc == 0 && extension_waits(c, &r))
		rc = err_set(e, ERR_DENIED,
		        "an extension that was said a moment ago is being signed: ask again when it counts");
	if (rc == 0)
		rc = change_lines(c, "reason", 8192, &reason, e);
	if (rc == 0 && str_trim(buf_str(&reason)).len == 0)
		rc = err_set(e, ERR_USAGE, "reason: say why");
	if (rc != 0)
		return rc;
	time_put(&members, "closes", closes);
	text_put(&members, "reason", buf_str(&reason));
	return say(c, &r, KIND_AGREE_EXTEND, buf_str(&members), 1, e);
}

/* ---- service ------------------------------------------------------------------------------------- */

int change_agree_served(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf members = {0};
	struct round_loaded r;
	struct str party = agree_param(c, "party"), level = agree_param(c, "level");
	int64_t at = os_now() / SECOND;
	int rc = begin(c, &a, &r, &members, e);

	if (rc != 0)
		return rc;
	if (str_eq(level, STR("none")))
		party = c->here->party;
	else
		rc = only(c, r.manifest.chair, r.manifest.deputy, "the chair or the deputy", e);
	if (rc == 0 && manifest_member(&r.manifest, party) == r.manifest.members)
		rc = err_set(e, ERR_VALUE, "party: a member of the round");
	if (rc == 0 && agree_param(c, "at").len > 0)
		rc = agree_time(c, "at", at, &at, e);
	if (rc == 0 && (at < r.manifest.opens - 86400 || at > os_now() / SECOND + 300))
		rc = err_set(e, ERR_VALUE, "at: when it was served, between the opening and now");
	if (rc != 0)
		return rc;
	text_put(&members, "party", party);
	text_put(&members, "level", level);
	time_put(&members, "at", at);
	return say(c, &r, KIND_AGREE_SERVICE, buf_str(&members), 2, e);
}

int change_agree_voice(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf members = {0};
	struct round_loaded r;
	struct str party = agree_param(c, "party"), code = agree_param(c, "code");
	unsigned digits = 0;
	int rc = begin(c, &a, &r, &members, e);

	for (size_t i = 0; i < code.len; i++)
		digits += char_digit(code.p[i]);
	if (rc == 0)
		rc = only(c, r.manifest.chair, r.manifest.deputy, "the chair or the deputy", e);
	if (rc == 0 && manifest_member(&r.manifest, party) == r.manifest.members)
		rc = err_set(e, ERR_VALUE, "party: a member of the round");
	if (rc == 0 && digits != 16)
		rc = err_set(e, ERR_VALUE, "code: 16 digits, as they were read out; these are %u", digits);
	if (rc != 0)
		return rc;
	text_put(&members, "party", party);
	text_put(&members, "code", code);
	time_put(&members, "at", os_now() / SECOND);
	return say(c, &r, KIND_AGREE_VOICE, buf_str(&members), 2, e);
}

/* ---- minutes ------------------------------------------------------------------------------------- */

static void put_present(struct change *c, struct buf *members)
{
	struct str list = agree_param(c, "present");
	bool first = true;

	if (list.len == 0)
		return;
	buf_add(members, STR(",\"present\":["));
	for (; list.len > 0; list = str_cut(list, ' ').tail) {
		struct str party = str_trim(str_cut(list, ' ').head);
		if (party.len == 0)
			continue;
		if (!first)
			buf_char(members, ',');
		buf_json(members, party);
		first = false;
	}
	buf_char(members, ']');
}

static int put_act(struct change *c, struct buf *members, struct err *e)
{
	struct str number = agree_param(c, "number"), date = agree_param(c, "date");

	if (number.len == 0 && date.len == 0)
		return 0;
	if (number.len == 0 || date.len == 0)
		return err_set(e, ERR_USAGE, "an act has a number and a date");
	buf_add(members, STR(",\"act\":{\"number\":"));
	buf_json(members, number);
	buf_add(members, STR(",\"date\":"));
	buf_json(members, date);
	buf_char(members, '}');
	return 0;
}

/* The file is kept and named by its digest; its signers name the same. */
static int put_file(struct change *c, struct buf *members, struct err *e)
{
	auto_buf struct buf bytes = {0};
	uint8_t sha256[DIGEST_LEN];
	char hex[2 * DIGEST_LEN + 1];
	struct str given = agree_param(c, "minutes");

	if (c->file.len == 0 || c->size == 0) {
		if (given.len != 2 * DIGEST_LEN || !str_hex(given, sha256, DIGEST_LEN))
			return err_set(e, ERR_USAGE,
			        "bring the file of the minutes, or name the digest of those that the chair "
			        "sent");
		text_put(members, "minutes", given);
		return 0;
	}
	int rc = os_read_file(c->file.p, 16u << 20, &bytes, e);
	if (rc == 0)
		rc = c->here->ways->keep(c->here, c->db, buf_str(&bytes), sha256, e);
	if (rc != 0)
		return rc;
	str_hex_print(hex, sha256, DIGEST_LEN);
	buf_printf(members,
	        ",\"minutes\":\"%s\",\"attachments\":[{\"sha256\":\"%s\",\"size\":%zu,\"name\":\"minutes\","
	        "\"media\":"
	        "\"application/octet-stream\"}]",
	        hex, hex, bytes.len);
	return 0;
}

int change_agree_minutes(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf members = {0};
	struct round_loaded r;
	struct outcome o;
	int rc = c->here->ways != NULL
	        ? begin(c, &a, &r, &members, e)
	        : err_set(e, ERR_MISSING,
	                  "this node has no party to speak for: set the country in weir.yaml");

	if (rc == 0 && manifest_member(&r.manifest, c->here->party) == r.manifest.members)
		rc = err_set(e, ERR_DENIED, "members sign minutes, observers do not");
	if (rc == 0) {
		outcome_make(&a, &r.in, os_now() / SECOND, &o);
		rc = agree_still_open(&r, &o, e);
	}
	if (rc == 0)
		rc = put_file(c, &members, e);
	if (rc == 0)
		rc = put_act(c, &members, e);
	if (rc != 0)
		return rc;
	put_present(c, &members);
	return say(c, &r, KIND_AGREE_MINUTES, buf_str(&members), r.manifest.rule == RULE_RECORDED ? 2 : 1, e);
}
