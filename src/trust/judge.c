/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/judge.h"

#include <stdio.h>

static enum statement_verdict signed_by(struct judge *j)
{
	struct link l = store_link(j->db, j->h.sender);
	uint8_t key[32];

	j->link = l;

	/* What we said ourselves comes back from peers when we ask for it, after the loss of a disk. */
	if (!link_speaks(&l) && !(j->own_repair && str_eq(j->h.sender, j->me)))
		return VERDICT_UNKNOWN_SENDER;
	if (!store_sign_key(j->db, j->h.sender, &l, j->h.key, j->h.created, key))
		return VERDICT_BAD_KEY;
	return statement_verify(key, j->s.head, j->s.signature) ? VERDICT_OK : VERDICT_BAD_SIGNATURE;
}

static bool body_matches(const struct judge *j)
{
	uint8_t commit[DIGEST_LEN];

	if (j->own_repair && j->s.content.len == 0)
		return true;
	statement_commit(j->s.content, commit);
	return j->s.content.len == STATEMENT_SALT + (size_t)j->h.body_len &&
	        memcmp(commit, j->h.commit, DIGEST_LEN) == 0;
}

static enum statement_verdict head_verdict(struct judge *j, struct str bytes)
{
	enum statement_verdict v = statement_frame(bytes, &j->s);

	if (v == VERDICT_OK)
		v = head_read(j->s.head, &j->h);
	if (v != VERDICT_OK)
		return v;
	if (store_have(j->db, j->s.id))
		return VERDICT_HAVE;
	v = signed_by(j);
	if (v != VERDICT_OK)
		return v;
	if (!head_names(&j->h, j->me) && !(j->own_repair && str_eq(j->h.sender, j->me)))
		return VERDICT_NOT_FOR_ME;
	if (!body_matches(j))
		return VERDICT_BODY_MISMATCH;
	j->place = store_place(j->db, &j->h, j->s.id);
	return j->place.taken || j->place.breaks ? VERDICT_FORK : VERDICT_OK;
}

enum statement_verdict judge_head(struct judge *j, struct str bytes)
{
	j->verdict = head_verdict(j, bytes);
	return j->verdict;
}

/* The head of what it refers to; false: it refers to nothing, or that is not here. */
static bool refers(struct judge *j, const uint8_t id[DIGEST_LEN], struct stored *ret)
{
	return !digest_zero(id) && store_find_head(j->db, id, j->a, ret);
}

/* The drill's id of what it refers to, where that is here, is its own. */
static bool same_exercise(struct judge *j, const struct stored *opened)
{
	struct stored reply;

	if (opened != NULL && !str_eq(opened->h.exercise, j->h.exercise))
		return false;
	return !refers(j, j->h.reply, &reply) || str_eq(reply.h.exercise, j->h.exercise);
}

/* opened: the head of the case; NULL: it is in none, or that is not here. */
static enum statement_verdict kind_verdict(struct judge *j, struct check *c, const struct stored *opened)
{
	const struct kind_row *k = &kind_table[j->kind];
	struct link l = j->link;
	/* A node has no link with itself, and what it may say it was asked when it said it. */
	bool ours = l.role == LINK_NONE && str_eq(j->h.sender, j->me);

	if (!ours && (k->senders & 1 << l.role) == 0)
		snprintf(c->why, sizeof(c->why), "a link of role '%s' may not say %s", link_roles[l.role],
		        k->name);
	else if (opened != NULL && !head_member(&opened->h, j->h.sender))
		snprintf(c->why, sizeof(c->why), "the sender is no member of the case");
	else if (kind_sender_ok(c, j->kind))
		return !kind_fields_ok(c, j->kind)          ? VERDICT_BAD_FIELDS
		        : kind_people(&j->body) < k->people ? VERDICT_NO_AUTHORITY
		                                            : VERDICT_OK;
	return VERDICT_NOT_ALLOWED;
}

static enum statement_verdict body_verdict(struct judge *j, struct str items, const char *why)
{
	struct check c = {.db = j->db, .a = j->a, .me = j->me, .now = j->now, .id = j->s.id, .h = &j->h};
	struct stored s, *opened = NULL;

	if (items.len == 0) {
		snprintf(j->why, sizeof(j->why), "%s", why != NULL ? why : "no body");
		return VERDICT_BAD_BODY;
	}
	j->body = c.body = item_root(items);
	j->kind = kind_find(j->h.kind);
	bool drill = j->kind != KIND_END && (kind_table[j->kind].needs & NEEDS_DRILL) != 0;
	if (refers(j, j->h.case_, &s))
		opened = &s;
	if ((drill && j->h.exercise.len == 0) || !same_exercise(j, opened))
		return VERDICT_EXERCISE_MISMATCH;
	if (j->kind == KIND_END || !str_eq(j->h.media, STR("application/json")))
		return VERDICT_UNKNOWN_KIND;
	enum statement_verdict v = kind_verdict(j, &c, opened);
	memcpy(j->why, c.why, sizeof(j->why));
	if (v != VERDICT_OK)
		return v;
	if (j->h.expires != 0 && j->h.expires <= j->now)
		return VERDICT_EXPIRED;
	if (j->h.created > j->now + KEYLIST_SKEW)
		return VERDICT_FUTURE;
	return j->h.seq > 1 && !j->place.before ? VERDICT_GAP : VERDICT_OK;
}

enum statement_verdict judge_body(struct judge *j, struct str items, const char *why)
{
	if (j->own_repair && j->s.content.len == 0)
		j->verdict = j->h.seq > 1 && !j->place.before ? VERDICT_GAP : VERDICT_OK;
	else
		j->verdict = body_verdict(j, items, why);
	return j->verdict;
}

enum statement_verdict judge(struct judge *j, struct str bytes)
{
	auto_buf struct buf items = {0};
	const char *why = NULL;

	if (judge_head(j, bytes) != VERDICT_OK)
		return j->verdict;
	if (j->s.content.len > STATEMENT_SALT)
		body_read(str_skip(j->s.content, STATEMENT_SALT), &items, &why);
	struct str kept = arena_str(j->a, buf_str(&items));
	return judge_body(j, kept, why);
}
