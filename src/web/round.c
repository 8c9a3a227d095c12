/* SPDX-License-Identifier: Apache-2.0
 *
 * One round as text, and its files: manifest, outcome block, certificate, texts.
 */
#include "agree/code.h"
#include "agree/evidence.h"
#include "agree/hosted.h"
#include "agree/look.h"
#include "agree/summary.h"
#include "base/os.h"
#include "trust/say.h"
#include "web/rounds.h"

#define MICRO ((int64_t)1000000)
#define FILE_MOST (AGREE_TEXT_MAX + 1)
#define MAIL_MAX ((size_t)128 << 20)

static void put_time(struct buf *out, const char *name, int64_t seconds)
{
	char when[64];

	if (seconds > 0)
		buf_printf(out, "%-11s %.*s UTC\n", name, STR_ARG(list_when(when, seconds * MICRO)));
}

/* Of the block that every node computes alone, once it is more than what might come: people compare it. */
static void put_digest(const struct outcome *o, struct buf *out)
{
	uint8_t block[DIGEST_LEN];
	char hex[2 * DIGEST_LEN + 1];

	if (o->block.len == 0 || os_now() / MICRO < o->round.closes)
		return;
	digest_of(o->block, block);
	str_hex_print(hex, block, DIGEST_LEN);
	buf_printf(out, "%-11s %s\n", "block", hex);
}

static void put_head(const struct round_loaded *r, const struct outcome *o, struct buf *out)
{
	const struct manifest *m = &r->manifest;
	char code[TEXT_CODE_LEN];
	char shown[420];

	buf_printf(out, "%-11s %.*s/%u\n", "round", STR_ARG(m->instrument), m->round);
	buf_printf(out, "%-11s %s\n", "title", err_quote(shown, sizeof(shown), m->title).p);
	bool why = o->because.len > 0 && !str_eq(o->because, STR("-"));
	buf_printf(out, "%-11s %.*s%s%.*s\n", "state", STR_ARG(outcome_state_name(o->shown)), why ? ": " : "",
	        STR_ARG(why ? o->because : STR("")));
	buf_printf(out, "%-11s %.*s\n", "rule", STR_ARG(manifest_rule_name(m->rule)));
	buf_printf(out, "%-11s %.*s\n", "chair", STR_ARG(m->chair));
	put_time(out, "opens", m->opens);
	put_time(out, "closes", o->round.closes);
	put_time(out, "grace until", o->round.grace);
	if (outcome_adopted(o) && o->shown != OUTCOME_OPEN) {
		put_time(out, "adopted", o->adopted);
		put_time(out, "in force", o->in_force);
	} else if (o->shown == OUTCOME_OPEN && o->block.len > 0) {
		buf_printf(out, "%-11s %.*s, if nothing more came\n", "would be",
		        STR_ARG(outcome_state_name(o->state)));
	}
	text_code(m->sha256, code);
	buf_printf(out, "%-11s %s\n", "text code", code);
	if (o->needed > 0)
		buf_printf(out, "%-11s %u of %u\n", "has", o->have, o->needed);
	if (m->rule != RULE_NONE)
		buf_printf(out, "%-11s %u of %u equal%s\n", "outcomes", o->confirmed, m->confirm,
		        o->against ? ", and one that differs" : "");
	put_digest(o, out);
}

static void put_members(const struct outcome *o, struct buf *out)
{
	for (unsigned i = 0; i < o->round.in->m->members; i++) {
		const struct standing_member *m = &o->member[i];
		char when[64];
		buf_printf(out, "%-11s %.*s: %.*s, %.*s", "member", STR_ARG(m->party),
		        STR_ARG(service_name(m->service)), STR_ARG(position_name(m->position)));
		if (m->served != ROUND_NEVER && m->served > 0)
			buf_printf(out, " (%.*s UTC)", STR_ARG(list_when(when, m->served * MICRO)));
		buf_char(out, '\n');
	}
}

/* What the round before leaves open about its text: it has no bearing on the state. */
static void put_frozen(const struct ask *a, const struct round_loaded *r, struct buf *out)
{
	struct agree_frozen f;

	agree_frozen_look(a->arena, a->state, a->folder, r, &f);
	if (f.clauses > 0)
		buf_printf(out, "%-11s %.*s: no answer of the round before explains what has changed\n",
		        "unexplained", STR_ARG(agree_frozen_words(a->arena, &f)));
	if (f.open > 0)
		buf_printf(out, "%-11s %u comments or amendments of the round before have no answer\n",
		        "unanswered", f.open);
}

static int load_round(const struct ask *a, struct reply *reply, struct err *e)
{
	struct round_loaded r;
	struct outcome o;
	int rc = rounds_load(a, &r, &o, e);

	if (rc != 0)
		return rc;
	put_head(&r, &o, &reply->body);
	put_members(&o, &reply->body);
	for (unsigned i = 0; i < r.manifest.texts; i++)
		buf_printf(&reply->body, "%-11s %.*s%s\n", "text", STR_ARG(r.manifest.text[i].lang),
		        r.manifest.text[i].authentic ? ", authentic" : "");
	put_frozen(a, &r, &reply->body);
	if (r.bad.len > 0)
		buf_printf(&reply->body, "%-11s %.*s\n", "wrong", STR_ARG(r.bad));
	reply->type = "text/plain; charset=utf-8";
	return 0;
}

static const struct route_param params[] = {ROUND_PARAM, {NULL, 0, NULL}};

const struct route route_round = {.path = "/round",
        .about = "one round as text",
        .load = load_round,
        .right = RIGHT_READ,
        .params = params};

/* ---- files --------------------------------------------------------------------------------------- */

static int put_text(
        const struct ask *a, const struct round_loaded *r, struct str lang, struct buf *out, struct err *e)
{
	struct agree_text text;
	int rc = round_text(
	        a->arena, a->folder, &r->manifest, lang.len > 0 ? lang : (struct str){0}, &text, e);

	if (rc == 0)
		buf_add(out, text.bytes);
	return rc;
}

static int put_summary(
        const struct ask *a, const struct round_loaded *r, struct str lang, struct buf *out, struct err *e)
{
	struct summary all[SUMMARIES];
	unsigned n = summaries_of(a->arena, a->folder, &r->open_body, all);
	const struct summary *s = summary_for(all, n, lang.len > 0 ? lang : STR("en"));

	if (s == NULL || (lang.len > 0 && !str_eq(s->lang, lang)))
		return err_set(e, ERR_MISSING, "the round has no summary%s",
		        lang.len > 0 ? " in that language" : "");
	buf_add(out, s->bytes);
	return 0;
}

static int put_voice(const struct ask *a, const struct outcome *o, struct buf *out, struct err *e)
{
	struct str party = ask_param(a, "party");
	char code[VOICE_CODE_LEN];

	for (unsigned i = 0; i < o->round.in->m->members; i++)
		if (str_eq(o->member[i].party, party) && o->member[i].said != NULL) {
			voice_code(o->member[i].said->id, code);
			buf_printf(out, "%s\n", code);
			return 0;
		}
	return err_set(e, ERR_MISSING, "that party has no position in the round");
}

static int load_file(const struct ask *a, struct reply *reply, struct err *e)
{
	struct str what = ask_param(a, "file");
	struct round_loaded r;
	struct outcome o;
	int rc = rounds_load(a, &r, &o, e);

	if (rc != 0)
		return rc;
	reply->type = "text/plain; charset=utf-8";
	if (str_eq(what, STR("manifest")))
		buf_add(&reply->body, r.manifest.bytes);
	else if (str_eq(what, STR("block")))
		buf_add(&reply->body, o.block);
	else if (str_eq(what, STR("certificate")))
		outcome_certificate(&o, &reply->body);
	else if (str_eq(what, STR("text")))
		return put_text(a, &r, ask_param(a, "lang"), &reply->body, e);
	else if (str_eq(what, STR("summary")))
		return put_summary(a, &r, ask_param(a, "lang"), &reply->body, e);
	else if (str_eq(what, STR("code")))
		return put_voice(a, &o, &reply->body, e);
	else
		return err_set(e, ERR_USAGE,
		        "file: manifest, text, summary, block, certificate, code, minutes, mail or evidence");
	if (reply->body.len == 0)
		return err_set(e, ERR_MISSING, "a consult round has no outcome");
	return 0;
}

static const struct route_param file_params[] = {
        ROUND_PARAM,
        {"file", PARAM_TEXT,
                "manifest, text, summary (in plain words: not the text), block (the outcome), certificate, "
                "or code (what a party reads out of its "
                "position)",
                true},
        {"lang", PARAM_TEXT, "of a text, the authentic one if nothing is said; or of a summary"},
        {"party", PARAM_TEXT, "of a code"},
        {NULL, 0, NULL},
};

const struct route route_round_file = {.path = "/round-file",
        .about = "a file of a round, byte for byte",
        .load = load_file,
        .right = RIGHT_READ,
        .params = file_params};

/* ---- minutes -------------------------------------------------------------------------------------- */

static int load_minutes(const struct ask *a, struct reply *reply, struct err *e)
{
	struct str party = ask_param(a, "party");
	uint8_t sha256[DIGEST_LEN], now[DIGEST_LEN];
	struct round_loaded r;
	struct outcome o;
	int rc = rounds_load(a, &r, &o, e);

	if (rc != 0)
		return rc;
	party = party.len > 0 ? party : r.manifest.chair;
	const struct sifted *s = round_newest(&o.round, KIND_AGREE_MINUTES, party, false);
	if (s == NULL || item_text(&s->s->body, "minutes").len != 2 * DIGEST_LEN ||
	        !str_hex(item_text(&s->s->body, "minutes"), sha256, DIGEST_LEN))
		return err_set(e, ERR_MISSING, "%.*s has sent no minutes of this round", STR_ARG(party));
	if (round_bytes(a->state, a->folder, &r, sha256, ROUND_MINUTES_MAX, &reply->body, e) != 0)
		return e->code;
	digest_of(buf_str(&reply->body), now);
	return memcmp(now, sha256, DIGEST_LEN) == 0
	        ? 0
	        : err_set(e, ERR_FORMAT, "the bytes are not those that were signed: their digest is another");
}

static const struct route_param minutes_params[] = {
        ROUND_PARAM,
        {"party", PARAM_TEXT, "whose; the chair's if nothing is said"},
        {NULL, 0, NULL},
};

const struct route route_round_minutes = {.path = "/round-minutes",
        .about = "the minutes of a round or the record of an act, byte for byte",
        .load = load_minutes,
        .right = RIGHT_READ,
        .media = "application/octet-stream",
        .params = minutes_params};

/* ---- the mail of an observer without a node ------------------------------------------------------ */

static int load_mail(const struct ask *a, struct reply *reply, struct err *e)
{
	struct str of = ask_param(a, "of");
	struct round_loaded r;
	struct outcome o;
	int rc = rounds_load(a, &r, &o, e);

	for (size_t i = 0; rc == 0 && i < r.in.n && of.len >= 8; i++) {
		struct agree_via via = agree_via_of(&r, &r.in.said[i]);
		if (via.from.len > 0 && str_starts(rounds_hex(a->arena, r.in.said[i].id), of))
			return round_bytes(a->state, a->folder, &r, via.raw, MAIL_MAX, &reply->body, e);
	}
	return rc != 0 ? rc
	               : err_set(e, ERR_MISSING,
	                         "of: the id of a comment that was entered by a mail, 8 digits at least");
}

static const struct route_param mail_params[] = {
        ROUND_PARAM,
        {"of", PARAM_TEXT, "the beginning of the id of a comment that was entered by a mail", true},
        {NULL, 0, NULL},
};

const struct route route_round_mail = {.path = "/round-mail",
        .about = "the mail of an observer without a node as it came, by which a comment was entered",
        .load = load_mail,
        .right = RIGHT_READ,
        .media = "application/octet-stream",
        .suffix = ".eml",
        .params = mail_params};

/* ---- evidence of a commitment -------------------------------------------------------------------- */

static int load_evidence(const struct ask *a, struct reply *reply, struct err *e)
{
	struct agree_evidence v;
	struct round_loaded r;
	struct outcome o;
	int rc = rounds_load(a, &r, &o, e);

	if (rc != 0)
		return rc;
	rc = evidence_find(r.in.said, r.in.n, ask_param(a, "of"), &v, e);
	return rc == 0 ? round_bytes(a->state, a->folder, &r, v.sha256, EVIDENCE_MAX, &reply->body, e) : rc;
}

static const struct route_param evidence_params[] = {
        ROUND_PARAM,
        {"of", PARAM_TEXT, "the beginning of the SHA-256 of a file that is evidence of a commitment", true},
        {NULL, 0, NULL},
};

const struct route route_round_evidence = {.path = "/round-evidence",
        .about = "a file that is evidence of a commitment, as it came",
        .load = load_evidence,
        .right = RIGHT_READ,
        .media = "application/octet-stream",
        .suffix = ".bin",
        .params = evidence_params};
