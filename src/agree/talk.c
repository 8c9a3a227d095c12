/* SPDX-License-Identifier: Apache-2.0
 *
 * Talks with who objects: between an objection and what removes it people telephone. A note of that helps who comes next, is nobody
 * else's, and no result depends on it.
 */
#include "agree/change_in.h"
#include "base/os.h"

#define SECOND 1000000
#define WORDS_MOST 8000

/* What the page of objections shows: where a party stands, and amendments. */
static int find_about(
        const struct change *c, const struct round_loaded *r, const struct said **ret, struct err *e)
{
	*ret = agree_said(r, agree_param(c, "id"), e);
	if (*ret == NULL)
		return e->code;
	if ((*ret)->kind != KIND_AGREE_POSITION && (*ret)->kind != KIND_AGREE_AMENDMENT)
		return err_set(e, ERR_VALUE, "id: a talk is about a position or an amendment");
	return 0;
}

static int find_time(const struct change *c, int64_t *ret, struct err *e)
{
	int64_t now = os_now() / SECOND;

	*ret = now;
	if (agree_param(c, "at").len == 0)
		return 0;
	int rc = agree_time(c, "at", now, ret, e);
	if (rc == 0 && *ret > now)
		rc = err_set(e, ERR_VALUE, "at: that is not over yet");
	return rc;
}

int change_agree_talk(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct str words = agree_param(c, "text");
	struct round_loaded r;
	const struct said *s;
	int64_t at;

	arena_init(&a, 0);
	int rc = agree_round(c, &a, &r, e);
	if (rc == 0)
		rc = find_about(c, &r, &s, e);
	if (rc == 0)
		rc = find_time(c, &at, e);
	if (rc == 0 && (words.len == 0 || words.len > WORDS_MOST))
		rc = err_set(e, ERR_VALUE, "text: what was said, in at most %u bytes", WORDS_MOST);
	if (rc != 0)
		return rc;
	struct query q = db_query(
	        c->db, "insert into agree_talk(about, at, words, person, noted) values (?, ?, ?, ?, ?)");
	query_blob(&q, str_make((const char *)s->id, DIGEST_LEN));
	query_i64(&q, at);
	query_text(&q, words);
	query_text(&q, c->person);
	query_i64(&q, os_now());
	query_run(&q);
	buf_printf(c->said, "J%lld: noted, and told to nobody else\n", (long long)db_last_id(c->db));
	return 0;
}

int change_agree_talk_drop(struct change *c, struct err *e)
{
	struct str words = agree_param(c, "id");
	uint64_t id = 0;
	char shown[80];

	if (words.len < 2 || words.p[0] != 'J' || !str_u64(str_skip(words, 1), &id))
		return err_set(e, ERR_USAGE, "id: '%s' is no note of a talk, such as J3",
		        err_quote(shown, sizeof(shown), words).p);
	struct query q = db_query(c->db, "delete from agree_talk where id = ?");
	query_u64(&q, id);
	query_run(&q);
	if (db_changes(c->db) == 0)
		return err_set(e, ERR_MISSING, "there is no note J%llu of a talk", (unsigned long long)id);
	snprintf(c->object, sizeof(c->object), "J%llu", (unsigned long long)id);
	buf_printf(c->said, "J%llu is erased\n", (unsigned long long)id);
	return 0;
}
