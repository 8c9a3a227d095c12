/* SPDX-License-Identifier: Apache-2.0
 *
 * Letters that are held, let go and taken back: one, or several at once. Of several those are left as they are that have gone
 * meanwhile, and it is said which.
 */
#include "base/plural.h"
#include "see/change_in.h"

struct move {
	const char *verb; /* of the change, for the audit */
	const char *from, *to;
	const char *sentence; /* what it is then */
};

static int move_notice(struct change *c, uint64_t id, const struct move *m, struct err *e)
{
	char state[32];

	change_state(c, "select state from notice where id = ?", id, state, sizeof(state));
	if (state[0] == 0)
		return err_set(e, ERR_MISSING, "there is no letter N%llu", (unsigned long long)id);
	if (id == c->node->sending)
		return err_set(e, ERR_VALUE, "N%llu is on its way to the mail server just now",
		        (unsigned long long)id);
	if (str_find_str(str_from(m->from), 0, str_from(state)) == SIZE_MAX)
		return err_set(e, ERR_VALUE, "N%llu is %s: only a letter that is %s can be %s",
		        (unsigned long long)id, state, m->from, m->sentence);
	struct query q =
	        db_query(c->node->state, "update notice set state = ?, next_try = null where id = ?");
	query_text(&q, str_from(m->to));
	query_u64(&q, id);
	query_run(&q);
	buf_printf(c->said, "N%llu is %s; it was %s\n", (unsigned long long)id, m->sentence, state);
	return 0;
}

static const struct move hold = {"notice-hold", "ready", "held", "held"};
static const struct move release = {"notice-release", "held", "ready", "released"};
static const struct move again = {"notice-release", "held", "due", "due again"};
static const struct move withdraw = {"notice-withdraw", "due held ready", "withdrawn", "taken back"};

/* Only what the exit has cleared: a letter that is held because no rule lets it out stays. */
static int let_go(struct change *c, uint64_t id, struct err *e)
{
	bool cleared = false, open = false;
	struct query q = db_query(
	        c->node->state, "select clearance is not null, sealed is null from notice where id = ?");

	query_u64(&q, id);
	if (query_next(&q) == 1) {
		cleared = query_get_u64(&q, 0) != 0;
		open = query_get_u64(&q, 1) != 0;
	}
	query_run(&q);
	/* held before it was sealed, for want of a contact: it is looked at again */
	if (open)
		return move_notice(c, id, &again, e);
	if (!cleared)
		return err_set(e, ERR_DENIED,
		        "N%llu is not cleared, so it cannot go; weir why N%llu names the rule",
		        (unsigned long long)id, (unsigned long long)id);
	return move_notice(c, id, &release, e);
}

static int move_one(struct change *c, uint64_t id, const struct move *m, struct err *e)
{
	return m == &release ? let_go(c, id, e) : move_notice(c, id, m, e);
}

/* Each has a row of the audit; the last one's is written by change_run. */
static void note_moved(struct change *c, uint64_t id, const struct move *m, struct str note)
{
	if (c->object[0] != 0)
		change_audit(c->node, c->person, m->verb, c->object, c->detail);
	change_about(c, 'N', id, note);
}

static int take_id(struct str one, uint64_t *ret, struct err *e)
{
	char shown[64];

	if (one.len > 1 && (one.p[0] & ~0x20) == 'N' && str_u64(str_skip(one, 1), ret) && *ret > 0 &&
	        *ret < DAY_RECEIPTS)
		return 0;
	return err_set(e, ERR_USAGE, "'%s' is no id such as N12", err_quote(shown, sizeof(shown), one).p);
}

static int move_all(struct change *c, const struct move *m, struct err *e)
{
	struct str rest = str_trim(change_param(c, "id")), note = change_param(c, "note");
	unsigned done = 0, left = 0;
	bool several = str_has(rest, ' ');

	do {
		struct str_cut cut = str_cut(rest, ' ');
		uint64_t id = 0;
		rest = str_trim(cut.tail);
		int rc = take_id(cut.head, &id, e);
		if (rc == 0)
			rc = move_one(c, id, m, e);
		if (rc == 0) {
			done++;
			note_moved(c, id, m, note);
		} else if (!several || rc == ERR_USAGE) {
			return rc;
		} else {
			left++;
			buf_printf(c->said, "%s\n", e->text);
		}
	} while (rest.len > 0);
	if (done == 0)
		return e->code;
	if (several)
		plural_printf(c->said, "%u letters %s, %u left as they are\n", done, m->sentence, left);
	return 0;
}

int change_notice_hold(struct change *c, struct err *e)
{
	return move_all(c, &hold, e);
}

int change_notice_release(struct change *c, struct err *e)
{
	return move_all(c, &release, e);
}

int change_notice_withdraw(struct change *c, struct err *e)
{
	return move_all(c, &withdraw, e);
}
