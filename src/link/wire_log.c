/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls of logs: C2SP tlog-tiles of this node's log and of those it mirrors, tlog-witness.
 */
#include "link/log_in.h"
#include "link/wire_in.h"

#define SECOND ((int64_t)1000000)
#define WITNESS_MINUTE 8 /* calls a minute of a link */

/* Seconds to wait; 0: one more call may be. */
static unsigned too_often(const struct link_self *self, struct wire_quota *q)
{
	const int64_t each = 60 * SECOND / WITNESS_MINUTE, full = WITNESS_MINUTE * each;
	if (q->witness_at > self->now)
		q->witness_at = self->now;
	int64_t gained = q->witness_at == 0 ? full : self->now - q->witness_at;

	if (gained > 0 || q->witness_at == 0) {
		q->witness_tokens = q->witness_tokens + gained > full ? full : q->witness_tokens + gained;
		q->witness_at = self->now;
	}
	if (q->witness_tokens < each)
		return (unsigned)((each - q->witness_tokens) / SECOND) + 1;
	q->witness_tokens -= each;
	return 0;
}

static void get_tile(const struct link_self *self, struct str whose, struct str path, struct wire_answer *ret)
{
	struct log_tree tree;

	log_tree(&tree, self, whose);
	ret->type = "application/octet-stream";
	if (!log_tile(&tree, path, &ret->body))
		wire_say(ret, 404, "no-such-tile");
}

static void get_log(const struct link_self *self, struct str path, struct wire_answer *ret)
{
	uint64_t size;

	if (!str_eq(path, STR("checkpoint"))) {
		get_tile(self, self->me, path, ret);
		return;
	}
	ret->type = "text/plain";
	if (!log_shown(self, &ret->body, &size))
		wire_say(ret, 404, "no-checkpoint");
}

/* What fits the tiles; where there are none, what we have signed. */
static void get_mirror(const struct link_self *self, struct str path, struct wire_answer *ret)
{
	struct str_cut cut = str_cut(path, '/');
	auto_arena struct arena a = {0};
	struct log_peer p;

	arena_init(&a, 0);
	if (!cut.ok || !log_peer(self, cut.head, &a, &p) || str_eq(cut.head, self->me)) {
		wire_say(ret, 404, "no-mirror");
		return;
	}
	if (!str_eq(cut.tail, STR("checkpoint"))) {
		get_tile(self, cut.head, cut.tail, ret);
		return;
	}
	ret->type = "text/plain";
	buf_add(&ret->body, p.mirrored > 0 ? p.mirror_note : p.note);
	if (ret->body.len == 0)
		wire_say(ret, 404, "no-checkpoint");
}

static void add_checkpoint(
        const struct link_self *self, struct str party, const struct wire_request *r, struct wire_answer *ret)
{
	ret->type = "text/plain";
	ret->status = log_witness(self, party, r->body, &ret->body, &ret->cosign);
	ret->sign = ret->status == 200;
	if (ret->status == 409)
		ret->type = "text/x.tlog.size";
	else if (ret->status == 503)
		ret->retry = 60;
}

static void cosignatures(
        const struct link_self *self, struct str party, const struct wire_request *r, struct wire_answer *ret)
{
	ret->type = "text/plain";
	if (r->body.len > NOTE_MAX || log_lines(self, party, r->body) == 0)
		wire_say(ret, 422, "no line of yours is for a checkpoint of this log");
}

bool wire_log(const struct link_self *self, struct str party, struct wire_quota *quota,
        const struct wire_request *r, struct wire_answer *ret)
{
	bool add = str_eq(r->path, STR("add-checkpoint"));

	if (str_eq(r->method, STR("GET"))) {
		bool log = str_starts(r->path, STR("log/"));
		if (log)
			get_log(self, str_skip(r->path, strlen("log/")), ret);
		else if (str_starts(r->path, STR("mirror/")))
			get_mirror(self, str_skip(r->path, strlen("mirror/")), ret);
		else
			return false;
		return true;
	}
	if (!str_eq(r->method, STR("POST")) || (!add && !str_eq(r->path, STR("cosignatures"))))
		return false;
	if ((ret->retry = too_often(self, quota)) > 0)
		wire_say(ret, 429, "quota");
	else if (add)
		add_checkpoint(self, party, r, ret);
	else
		cosignatures(self, party, r, ret);
	return true;
}
