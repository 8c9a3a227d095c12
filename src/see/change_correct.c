/* SPDX-License-Identifier: Apache-2.0
 *
 * A letter that was wrong: those who got it, and nobody else, get a second one that says so in the person's words. What
 * had not gone yet does not go.
 */
#include "base/os.h"
#include "base/plural.h"
#include "see/answer.h"
#include "see/change_in.h"
#include "see/notice.h"

#define NOTE_MAX 4000

struct wrong {
	uint64_t id, contact;
	struct str class, label;
};

/* Letters to be corrected: the one that is named, or all that showed a receipt's events (or its parts'). */
static int load(struct change *c, struct arena *a, uint64_t notice, uint64_t receipt, struct wrong **ret,
        size_t *ret_n, struct err *e)
{
	VEC(struct wrong) list = {0};
	struct query q = db_query(c->node->state,
	        "select id, contact, class, label from notice n where state = 'sent' and kind <> "
	        "'correction' and (id = ?1 or"
	        " exists (select 1 from notice_item i join receipt r on r.id = i.receipt where i.notice = "
	        "n.id and"
	        " (r.id = ?2 or r.root = ?2))) and not exists (select 1 from notice m where m.follows = n.id"
	        " and m.kind = 'correction') order by id");

	query_u64(&q, notice);
	query_u64(&q, receipt);
	while (query_next(&q) == 1)
		*vec_add(&list) = (struct wrong){query_get_u64(&q, 0), query_get_u64(&q, 1),
		        arena_str(a, query_get_text(&q, 2)), arena_str(a, query_get_text(&q, 3))};
	query_run(&q);
	*ret_n = list.n;
	*ret = arena_copy(a, list.v, list.n, sizeof(**ret));
	vec_done(&list);
	return db_failed(c->node->state) != 0 ? err_set(e, ERR_SYS, "the letters cannot be read") : 0;
}

/* Those of the receipt that have not gone: they are taken back. */
static uint64_t take_back(struct change *c, uint64_t receipt)
{
	struct query q = db_query(c->node->state,
	        "update notice set state = 'withdrawn', next_try = null, answer = 'it was wrong' where state "
	        "in"
	        " ('due', 'held', 'ready') and kind <> 'correction' and id <> ?2 and exists (select 1 from "
	        "notice_item i"
	        " join receipt r on r.id = i.receipt where i.notice = notice.id and (r.id = ?1 or r.root = "
	        "?1))");

	query_u64(&q, receipt);
	query_u64(&q, c->node->sending);
	query_run(&q);
	return db_changes(c->node->state);
}

/* The text as it was written, with its lines. */
static struct str lines_of(struct arena *a, struct str text)
{
	struct str s = arena_printf(a, "%.*s", STR_ARG(text));

	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '\v')
			((char *)s.p)[i] = '\n';
	return s;
}

static void open_correction(struct change *c, const struct wrong *w, struct str note)
{
	uint64_t id = notice_open(c->node,
	        &(struct notice_new){.contact = (uint32_t)w->contact,
	                .class = w->class,
	                .note = note,
	                .send_at = os_now(),
	                .follows = w->id,
	                .kind = NOTICE_CORRECTION});
	struct query q = db_query(c->node->state, "update notice set label = ? where id = ?");

	query_text(&q, w->label);
	query_u64(&q, id);
	query_run(&q);
	answer_revoke(c->node, w->id);
}

static int read_object(struct change *c, uint64_t *ret_notice, uint64_t *ret_receipt, struct err *e)
{
	struct str id = change_param(c, "id");
	bool receipt = id.len > 0 && (id.p[0] & ~0x20) == 'R';

	*ret_notice = *ret_receipt = 0;
	return change_id(c, receipt ? 'R' : 'N', receipt ? ret_receipt : ret_notice, e);
}

int change_correct(struct change *c, struct err *e)
{
	struct str note = str_trim(change_param(c, "text"));
	uint64_t notice, receipt, back = 0;
	auto_arena struct arena a = {0};
	struct wrong *list;
	size_t n;

	arena_init(&a, 0);
	if (read_object(c, &notice, &receipt, e) != 0)
		return ERR_USAGE;
	if (note.len == 0 || note.len > NOTE_MAX)
		return err_set(e, ERR_USAGE,
		        "--text says what was wrong, in the reader's language, in at most %d bytes",
		        NOTE_MAX);
	if (load(c, &a, notice, receipt, &list, &n, e) != 0)
		return e->code;
	note = lines_of(&a, note);
	if (receipt != 0)
		back = take_back(c, receipt);
	if (n + back == 0)
		return err_set(e, ERR_MISSING,
		        receipt != 0 ? "no letter about R%llu was sent that is not corrected already"
		                     : "N%llu was not sent, or is corrected already; 'weir notice withdraw' "
		                       "takes back what has not gone",
		        (unsigned long long)(receipt != 0 ? receipt : notice));
	for (size_t i = 0; i < n; i++)
		open_correction(c, &list[i], note);
	change_about(c, receipt != 0 ? 'R' : 'N', receipt != 0 ? receipt : notice, note);
	plural_printf(c->said,
	        "%zu corrections are due, each to the one who got the letter; %llu letters that had not gone "
	        "do not go\n",
	        n, (unsigned long long)back);
	return 0;
}
