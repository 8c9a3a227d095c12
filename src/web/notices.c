/* SPDX-License-Identifier: Apache-2.0
 *
 * Letters, and what became of them.
 */
#include "web/route.h"

static const struct list_column columns[] = {
        {"notice", "notice", LIST_STRING, "its id"},
        {"ticket", "ticket", LIST_STRING, "the number that stands in the subject"},
        {"state", "state", LIST_STRING, "due, held, ready, sent, refused or withdrawn"},
        {"owner", "owner", LIST_STRING, "id of the owner in the register"},
        {"to", "to", LIST_STRING, "address"},
        {"class", "class", LIST_STRING, "classification.type"},
        {"findings", "findings", LIST_NUMBER, "problems it tells of"},
        {"label", "label", LIST_STRING, "TLP, the strictest of them"},
        {"opened", "opened", LIST_TIME, "when its first finding was decided"},
        {"send_at", "goes at", LIST_TIME, "not sealed before"},
        {"act_by", NULL, LIST_TIME, "the earliest deadline"},
        {"sealed", NULL, LIST_TIME, "from then on its bytes do not change"},
        {"sent", "sent", LIST_TIME, "when the mail server took it"},
        {"tries", "tries", LIST_NUMBER, "deliveries to the mail server"},
        {"message_id", NULL, LIST_STRING, "Message-ID"},
        {"kind", NULL, LIST_STRING, "new, again, back (it was said to be fixed) or correction"},
        {"follows", NULL, LIST_STRING, "the letter that it corrects, or that came back"},
        {"answer", "answer", LIST_STRING, "the mail server's last words, or why it is held"},
};
#define NCOLUMNS (sizeof(columns) / sizeof(columns[0]))

#define WHERE                                                                                                \
	" from notice n join contact c on c.id = n.contact join owner o on o.id = c.owner"                   \
	" where (?1 is null or n.state = ?1) and (?2 is null or o.ref = ?2) and (?3 is null or n.class = "   \
	"?3)"                                                                                                \
	" and (?4 = 0 or n.opened >= ?4) and (?5 = 0 or n.opened < ?5) and (?6 = 0 or n.id < ?6)"

struct filter {
	struct str state, owner, class;
	int64_t since, until;
	uint64_t after, limit;
};

static void bind(struct query *q, const struct filter *f)
{
	query_text(q, f->state);
	query_text(q, f->owner);
	query_text(q, f->class);
	query_i64(q, f->since);
	query_i64(q, f->until);
	query_u64(q, f->after);
}

static void put_row(struct list *l, const struct query *q)
{
	list_id(l, 'N', query_get_u64(q, 0));
	for (int i = 1; i < 6; i++)
		list_text(l, query_get_text(q, i));
	list_u64(l, query_get_u64(q, 6));
	list_text(l, query_get_text(q, 7));
	for (int i = 8; i < 13; i++)
		list_time(l, query_get_i64(q, i));
	list_u64(l, query_get_u64(q, 13));
	list_text(l, query_get_text(q, 14));
	list_text(l, query_get_text(q, 15));
	if (query_is_null(q, 16))
		list_text(l, (struct str){0});
	else
		list_id(l, 'N', query_get_u64(q, 16));
	list_text(l, query_get_text(q, 17));
}

static int put_list(const struct ask *a, struct reply *r, const struct filter *f, struct err *e)
{
	struct query q = db_query(a->state,
	        "select n.id, n.ticket, n.state, o.ref, c.email, n.class, n.findings, n.label, n.opened, "
	        "n.send_at, n.act_by,"
	        " n.sealed, n.sent, n.tries, n.message_id, n.kind, n.follows, n.answer" WHERE
	        " order by n.id desc limit ?7");
	struct list l;
	uint64_t n = 0, last = 0;
	char next[24];

	bind(&q, f);
	query_u64(&q, f->limit + 1);
	list_begin(&l, &r->body, a->form, columns, NCOLUMNS, "notices");
	while (query_next(&q) == 1) {
		if (++n > f->limit) {
			list_next(&l,
			        str_make(next,
			                (size_t)snprintf(
			                        next, sizeof(next), "N%llu", (unsigned long long)last)));
			break;
		}
		last = query_get_u64(&q, 0);
		put_row(&l, &q);
	}
	int rc = query_done(&q, e);
	list_end(&l);
	return rc;
}

static int load(const struct ask *a, struct reply *r, struct err *e)
{
	struct filter f = {.state = ask_param(a, "state"),
	        .owner = ask_param(a, "owner"),
	        .class = ask_param(a, "class")};

	if (ask_limit(a, &f.limit, e) != 0 || ask_time(a, "since", &f.since, e) != 0 ||
	        ask_time(a, "until", &f.until, e) != 0)
		return ERR_USAGE;
	if (ask_has(a, "after") && ask_id(ask_param(a, "after"), 'N', &f.after, e) != 0)
		return ERR_USAGE;
	if (!ask_has(a, "count"))
		return put_list(a, r, &f, e);
	struct query q = db_query(a->state, "select count(*)" WHERE);
	bind(&q, &f);
	if (query_next(&q) == 1)
		buf_printf(&r->body, "%llu\n", (unsigned long long)query_get_u64(&q, 0));
	return query_done(&q, e);
}

const struct route route_notices = {"/notices", "letters, newest first", false, load};
