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
        {"kind", NULL, LIST_STRING,
                "new, again, back (it was said to be fixed), correction, campaign or right (it asks whether "
                "the contact is)"},
        {"follows", NULL, LIST_STRING, "the letter that it corrects, or that came back"},
        {"pgp", NULL, LIST_STRING,
                "signed, encrypted, both; trouble: it is held for a key; empty: in the clear"},
        {"call_due", NULL, LIST_TIME, "since when its contact is to be telephoned, for want of an answer"},
        {"called", NULL, LIST_TIME, "when somebody did"},
        {"answer", "answer", LIST_STRING, "the mail server's last words, or why it is held"},
};
#define NCOLUMNS (sizeof(columns) / sizeof(columns[0]))

#define WHERE                                                                                                \
	" from notice n join contact c on c.id = n.contact join owner o on o.id = c.owner"                   \
	" where (?1 is null or n.state = ?1 or (?1 = 'call' and n.call_at is not null and n.call_due is "    \
	"not null)) and (?2 is null or o.ref = ?2) and (?3 is null or n.class = "                            \
	"?3)"                                                                                                \
	" and (?4 = 0 or n.opened >= ?4) and (?5 = 0 or n.opened < ?5) and (?6 = 0 or n.id < ?6)"

struct filter {
	struct str state, owner, class;
	struct ask_page page;
};

static void bind(struct query *q, const struct filter *f)
{
	query_text(q, f->state);
	query_text(q, f->owner);
	query_text(q, f->class);
	ask_page_bind(q, &f->page);
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
	list_id_or_null(l, 'N', query_get_u64(q, 16));
	list_text(l, query_get_text(q, 17));
	list_time(l, query_get_i64(q, 18));
	list_time(l, query_get_i64(q, 19));
	list_text(l, query_get_text(q, 20));
}

static const struct list_table table = {"notices", columns, NCOLUMNS, 'N', put_row};

static int load(const struct ask *a, struct reply *r, struct err *e)
{
	struct filter f = {.state = ask_param(a, "state"),
	        .owner = ask_param(a, "owner"),
	        .class = ask_param(a, "class")};

	if (ask_page(a, 'N', &f.page, e) != 0)
		return ERR_USAGE;
#define SELECT                                                                                               \
	"select n.id, n.ticket, n.state, o.ref, c.email, n.class, n.findings, n.label, n.opened, "           \
	"n.send_at, "                                                                                        \
	"n.act_by, n.sealed, n.sent, n.tries, n.message_id, n.kind, n.follows, n.pgp, n.call_due, "          \
	"n.called, "                                                                                         \
	"n.answer" WHERE
	bool count = ask_has(a, "count"), only = a->only.p != NULL && !count;
	struct query q = count ? db_query(a->state, "select count(*)" WHERE)
	        : only
	        ? db_query(a->state,
	                  SELECT " and n.id in (select value from json_each(?8)) order by n.id desc limit ?7")
	        : db_query(a->state, SELECT " order by n.id desc limit ?7");
#undef SELECT
	bind(&q, &f);
	if (count)
		return list_count(&r->body, &q, e);
	query_u64(&q, f.page.limit + 1);
	if (only)
		query_text(&q, a->only);
	return list_rows(&r->body, a->form, &table, &q, f.page.limit, e);
}

static const struct route_param params[] = {
        {"state", PARAM_TEXT,
                "due, held, ready, sent, refused, withdrawn; call: its contact is to be telephoned"},
        {"owner", PARAM_TEXT, "id of the owner in the register"},
        {"class", PARAM_TEXT, "classification.type"},
        ROUTE_SINCE("opened"),
        ROUTE_UNTIL("opened"),
        ROUTE_AFTER("N12"),
        ROUTE_LIMIT,
        ROUTE_COUNT,
        {NULL, 0, NULL},
};

const struct route route_notices = {.path = "/notices",
        .about = "letters, newest first",
        .load = load,
        .right = RIGHT_READ,
        .narrow = true,
        .params = params,
        .list = &table,
        .kind = CHANGES_NOTICE};
