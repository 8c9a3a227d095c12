/* SPDX-License-Identifier: Apache-2.0
 *
 * What a person makes of a mail: an answer is confirmed, a mail is put to its letter, or it is done with. What an answer
 * says becomes true by the person's word only.
 */
#include "base/os.h"
#include "base/plural.h"
#include "see/answer.h"
#include "see/change_in.h"

/* The mail, and whether it is new. */
static int find(struct change *c, uint64_t *ret_id, uint64_t *ret_notice, char *ret_proposal, size_t size,
        struct err *e)
{
	bool there, fresh = false;

	if (change_id(c, 'M', ret_id, e) != 0)
		return ERR_USAGE;
	struct query q =
	        db_query(c->node->state, "select notice, proposal, state = 'new' from message where id = ?");
	query_u64(&q, *ret_id);
	there = query_next(&q) == 1;
	if (there) {
		*ret_notice = query_get_u64(&q, 0);
		snprintf(ret_proposal, size, "%.*s", STR_ARG(query_get_text(&q, 1)));
		fresh = query_get_u64(&q, 2) != 0;
	}
	query_run(&q);
	if (!there)
		return err_set(e, ERR_MISSING, "there is no mail M%llu", (unsigned long long)*ret_id);
	if (!fresh)
		return err_set(e, ERR_VALUE, "M%llu is done with already", (unsigned long long)*ret_id);
	return 0;
}

static void end(struct change *c, uint64_t id, struct str outcome)
{
	struct query q = db_query(c->node->state,
	        "update message set state = 'done', outcome = ?, person = ?, done = ? where id = ?");

	query_text(&q, outcome);
	query_text(&q, c->person);
	query_i64(&q, os_now());
	query_u64(&q, id);
	query_run(&q);
}

/* All findings of the letter that are not closed. Returns how many. */
static uint64_t close_all(struct change *c, uint64_t notice, struct str why)
{
	struct db *db = c->node->state;
	struct query q = db_query(db,
	        "select f.key from notice_item i join finding f on f.id = i.finding where i.notice = ? and "
	        "f.state <> 'closed'");

	query_u64(&q, notice);
	while (query_next(&q) == 1) {
		struct str key = query_get_blob(&q, 0);
		struct change_known *k = vec_add(&c->closed);
		if (key.len == sizeof(k->key))
			memcpy(k->key, key.p, sizeof(k->key));
		k->stays = !str_eq(why, STR("fixed"));
	}
	query_run(&q);
	struct query up = db_query(db,
	        "update finding set state = 'closed', closed = ?, why = ?, person = ?, next = null where "
	        "state <> 'closed'"
	        " and id in (select finding from notice_item where notice = ?)");
	query_i64(&up, os_now());
	query_text(&up, why);
	query_text(&up, c->person);
	query_u64(&up, notice);
	query_run(&up);
	return db_changes(db);
}

/* Nobody writes to the wrong one again; the register decides whom to write to. */
static void not_ours(struct change *c, uint64_t notice)
{
	struct query q = db_query(c->node->state,
	        "update finding set next = null where id in (select finding from notice_item where notice = "
	        "?)");

	query_u64(&q, notice);
	query_run(&q);
	struct query who = db_query(c->node->state,
	        "select o.ref, (select group_concat(place, ', ') from (select distinct f.place from "
	        "notice_item i join finding f"
	        " on f.id = i.finding where i.notice = n.id limit 5)) from notice n join contact c on c.id = "
	        "n.contact"
	        " join owner o on o.id = c.owner where n.id = ?");
	query_u64(&who, notice);
	if (query_next(&who) == 1) {
		struct str owner = query_get_text(&who, 0), places = query_get_text(&who, 1);
		buf_printf(c->said,
		        "the register gives them to %.*s: %.*s\n"
		        "its findings stay open and are not told again there; once the register is right, "
		        "they are told to whom they belong\n",
		        STR_ARG(owner), STR_ARG(places));
	}
	query_run(&who);
}

/* What was answered on the letter's page, entry by entry: closed as fixed, or not told there again; a question changes nothing.
 * Returns how many were closed. */
static uint64_t as_said(struct change *c, uint64_t receipt)
{
	struct db *db = c->node->state;
	struct query q = db_query(db,
	        "select f.key from answer_row r join finding f on f.id = r.finding where r.receipt = ? and "
	        "r.says = "
	        "'fixed' and f.state <> 'closed'");

	query_u64(&q, receipt);
	while (query_next(&q) == 1) {
		struct str key = query_get_blob(&q, 0);
		struct change_known *k = vec_add(&c->closed);
		if (key.len == sizeof(k->key))
			memcpy(k->key, key.p, sizeof(k->key));
	}
	query_run(&q);
	struct query not = db_query(db,
	        "update finding set next = null where id in (select finding from answer_row where receipt = "
	        "? and says = "
	        "'not-ours')");
	query_u64(&not, receipt);
	query_run(&not );
	uint64_t others = db_changes(db);
	struct query up = db_query(db,
	        "update finding set state = 'closed', closed = ?, why = 'fixed', person = ?, next = null "
	        "where state <> "
	        "'closed' and id in (select finding from answer_row where receipt = ? and says = 'fixed')");
	query_i64(&up, os_now());
	query_text(&up, c->person);
	query_u64(&up, receipt);
	query_run(&up);
	uint64_t closed = db_changes(db);
	if (others > 0)
		plural_printf(c->said,
		        "%llu findings stay open and are not told again there; once the register is right, "
		        "they are told to "
		        "whom they belong\n",
		        (unsigned long long)others);
	return closed;
}

/* The receipt of a mail that was an answer on a page; 0: it was written. */
static uint64_t page_of(struct change *c, uint64_t message)
{
	struct query q = db_query(c->node->state,
	        "select a.receipt from message m join answer a on a.receipt = m.receipt where m.id = ?");
	uint64_t receipt = 0;

	query_u64(&q, message);
	if (query_next(&q) == 1)
		receipt = query_get_u64(&q, 0);
	query_run(&q);
	return receipt;
}

static int confirm_page(struct change *c, uint64_t id, uint64_t notice, uint64_t receipt)
{
	end(c, id, STR("as-said"));
	uint64_t closed = as_said(c, receipt);
	answer_changed(c->node, notice);
	change_about(c, 'M', id, STR("as-said"));
	plural_printf(c->said, "%llu findings of N%llu closed as fixed\n", (unsigned long long)closed,
	        (unsigned long long)notice);
	return 0;
}

int change_mail_confirm(struct change *c, struct err *e)
{
	struct str why = change_param(c, "why");
	uint64_t id, notice = 0, closed = 0;
	char proposal[32];

	if (find(c, &id, &notice, proposal, sizeof(proposal), e) != 0)
		return e->code;
	if (notice == 0)
		return err_set(e, ERR_VALUE,
		        "M%llu answers no letter; 'weir mail answer M%llu --notice N12' says which one it is "
		        "about",
		        (unsigned long long)id, (unsigned long long)id);
	uint64_t page = page_of(c, id);
	if (page != 0 && (why.len == 0 || str_eq(why, STR("as-said"))))
		return confirm_page(c, id, notice, page);
	if (why.len == 0)
		why = str_from(proposal);
	bool other = str_eq(why, STR("not-ours"));
	if (!other && !str_eq(why, STR("fixed")) && !str_eq(why, STR("false-positive")))
		return err_set(e, ERR_USAGE, "what does it say? --why fixed, not-ours or false-positive");
	end(c, id, why);
	if (other)
		not_ours(c, notice);
	else
		closed = close_all(c, notice, why);
	answer_changed(c->node, notice);
	change_about(c, 'M', id, why);
	if (!other)
		plural_printf(c->said, "%llu findings of N%llu closed as %.*s\n", (unsigned long long)closed,
		        (unsigned long long)notice, STR_ARG(why));
	return 0;
}

int change_mail_answer(struct change *c, struct err *e)
{
	struct str to = change_param(c, "notice");
	uint64_t id, notice = 0, old = 0;
	char proposal[32], shown[64], state[32];

	if (find(c, &id, &old, proposal, sizeof(proposal), e) != 0)
		return e->code;
	if (to.len < 2 || (to.p[0] & ~0x20) != 'N' || !str_u64(str_skip(to, 1), &notice))
		return err_set(e, ERR_USAGE, "--notice '%s' is no id such as N12",
		        err_quote(shown, sizeof(shown), to).p);
	change_state(c, "select state from notice where id = ?", notice, state, sizeof(state));
	if (state[0] == 0)
		return err_set(e, ERR_MISSING, "there is no letter N%llu", (unsigned long long)notice);
	struct query q =
	        db_query(c->node->state, "update message set kind = 'answer', notice = ? where id = ?");
	query_u64(&q, notice);
	query_u64(&q, id);
	query_run(&q);
	change_about(c, 'M', id, to);
	buf_printf(c->said, "M%llu is an answer to N%llu; 'weir mail confirm M%llu' says what it means\n",
	        (unsigned long long)id, (unsigned long long)notice, (unsigned long long)id);
	return 0;
}

int change_mail_done(struct change *c, struct err *e)
{
	struct str as = change_param(c, "as");
	uint64_t id, notice;
	char proposal[32];

	if (as.len == 0)
		as = STR("read");
	if (!str_eq(as, STR("read")) && !str_eq(as, STR("junk")) && !str_eq(as, STR("finding")) &&
	        !str_eq(as, STR("not-ours")))
		return err_set(e, ERR_USAGE, "--as is read, junk, finding or not-ours");
	if (find(c, &id, &notice, proposal, sizeof(proposal), e) != 0)
		return e->code;
	end(c, id, as);
	change_about(c, 'M', id, as);
	buf_printf(c->said, "M%llu is done with: %.*s\n", (unsigned long long)id, STR_ARG(as));
	return 0;
}
