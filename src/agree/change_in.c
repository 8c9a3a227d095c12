/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/change_in.h"

#include "base/conf.h"
#include "base/os.h"
#include "event/value.h"

#define SECOND 1000000

struct str agree_param(const struct change *c, const char *name)
{
	struct str s = str_trim(change_param(c, name));

	return s.p != NULL ? s : STR("");
}

int agree_round(struct change *c, struct arena *a, struct round_loaded *ret, struct err *e)
{
	struct str words = agree_param(c, "round");
	uint64_t id = round_meant(c->db, words, e);

	if (id == 0)
		return e->code;
	int rc = round_load(a, c->db, c->here->folder.p, id, ret, e);
	if (rc == 0 && ret->why != NULL)
		rc = err_set(e, ERR_VALUE, "the round cannot be worked on: %s", ret->why);
	if (rc == 0)
		snprintf(c->object, sizeof(c->object), "%.*s/%u", STR_ARG(ret->manifest.instrument),
		        ret->manifest.round);
	return rc;
}

int agree_stands(
        struct change *c, struct arena *a, struct round_loaded *r, struct outcome *ret, struct err *e)
{
	int rc = agree_round(c, a, r, e);

	if (rc == 0)
		outcome_make(a, &r->in, os_now() / SECOND, ret);
	return rc;
}

int agree_still_open(const struct round_loaded *r, const struct outcome *o, struct err *e)
{
	char at[24];

	if (o->round.withdrawn)
		return err_set(e, ERR_DENIED, "the chair has withdrawn this round");
	if (os_now() / SECOND <= o->round.closes)
		return 0;
	stamp_print(at, o->round.closes);
	return err_set(e, ERR_DENIED, "%.*s/%u has closed at %s: what is said now would not count",
	        STR_ARG(r->manifest.instrument), r->manifest.round, at);
}

int agree_clause_wrong(struct str id, struct err *e)
{
	const char *why = clause_id_ok(id) ? "the text has none of that id"
	        : id.len == CLAUSE_ID
	        ? "a character of this id is wrong"
	        : "an id has four characters and stands beside the clause's number, such as k7qm";

	return err_set(e, ERR_VALUE, "clause '%.*s': %s", (int)(id.len < 16 ? id.len : 16), id.p, why);
}

int agree_time(const struct change *c, const char *name, int64_t from, int64_t *ret, struct err *e)
{
	struct str s = agree_param(c, name);
	uint64_t seconds;
	int64_t us;

	if (conf_duration(s, &seconds) && seconds < (uint64_t)400 * 86400 * 10)
		*ret = from + (int64_t)seconds;
	else if (value_time(s, NULL, &us))
		*ret = us / SECOND;
	else
		return err_set(e, ERR_USAGE, "%s: a time is '2027-03-10 09:00' (UTC), or such as 7d", name);
	return 0;
}

const struct said *agree_said(const struct round_loaded *r, struct str words, struct err *e)
{
	const struct said *found = NULL;
	char hex[2 * DIGEST_LEN + 1], shown[80];

	for (size_t i = 0; i < r->in.n && words.len >= 8; i++) {
		str_hex_print(hex, r->in.said[i].id, DIGEST_LEN);
		if (!str_starts(str_make(hex, 2 * DIGEST_LEN), words))
			continue;
		if (found != NULL) {
			err_set(e, ERR_VALUE, "'%.*s' begins several ids: give more digits", STR_ARG(words));
			return NULL;
		}
		found = &r->in.said[i];
	}
	if (found == NULL)
		err_set(e, ERR_MISSING, "the round has no statement '%s'; give 8 digits of its id or more",
		        err_quote(shown, sizeof(shown), words).p);
	return found;
}

int agree_not_ours(struct change *c, const struct said *s, const char *what)
{
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, s->id, DIGEST_LEN);
	snprintf(
	        c->detail, sizeof(c->detail), "refused: only %.*s %s (%.12s)", STR_ARG(s->sender), what, hex);
	c->refused = c->detail;
	return 0;
}

int agree_words(const struct change *c, const char *name, struct buf *out, struct err *e)
{
	auto_buf struct buf text = {0};
	struct str lang = agree_param(c, "lang");
	int rc = change_lines(c, name, 16384, &text, e);

	if (rc != 0)
		return rc;
	struct str words = str_trim(buf_str(&text));
	if (words.len == 0)
		return err_set(e, ERR_USAGE, "%s: say it in words", name);
	buf_printf(out, ",\"%s\":{", name);
	buf_json(out, lang.len > 0 ? lang : STR("en"));
	buf_char(out, ':');
	buf_json(out, words);
	buf_char(out, '}');
	return 0;
}
