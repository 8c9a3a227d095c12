/* SPDX-License-Identifier: Apache-2.0
 *
 * Mails that people wrote to the team. What they wrote is shown as text without control characters; attachments are
 * named, with size and digest, and never opened.
 */
#include "base/os.h"
#include "base/plural.h"
#include "web/route.h"

static const struct list_column columns[] = {
        {"mail", "mail", LIST_STRING, "its id"},
        {"kind", "kind", LIST_STRING, "answer (to a letter), incoming, bounce or auto"},
        {"state", "state", LIST_STRING, "new or done"},
        {"received", "received", LIST_TIME, "when it came"},
        {"from", "from", LIST_STRING, "address of the sender, as the mail says"},
        {"letter", "letter", LIST_STRING, "the letter that it is about"},
        {"owner", "owner", LIST_STRING, "whom the letter went to"},
        {"proposal", "says", LIST_STRING, "what its words say: fixed, not-ours or false-positive"},
        {"subject", "subject", LIST_STRING, "as the mail says"},
        {"outcome", NULL, LIST_STRING, "what a person made of it"},
        {"person", NULL, LIST_STRING, "who"},
        {"done", NULL, LIST_TIME, "when"},
        {"receipt", NULL, LIST_STRING, "the receipt with its bytes"},
};
#define NCOLUMNS (sizeof(columns) / sizeof(columns[0]))

#define WHERE                                                                                                \
	" from message m left join notice n on n.id = m.notice left join contact c on c.id = n.contact"      \
	" left join owner o on o.id = c.owner where (?1 is null or m.kind = ?1)"                             \
	" and (?2 is null or m.state = ?2) and (?3 is null or o.ref = ?3) and (?4 = 0 or m.received >= ?4)"  \
	" and (?5 = 0 or m.received < ?5) and (?6 = 0 or m.id < ?6)"

struct filter {
	struct str kind, state, owner;
	struct ask_page page;
};

static void bind(struct query *q, const struct filter *f)
{
	query_text(q, f->kind);
	query_text(q, f->state);
	query_text(q, f->owner);
	ask_page_bind(q, &f->page);
}

static void put_row(struct list *l, const struct query *q)
{
	list_id(l, 'M', query_get_u64(q, 0));
	list_text(l, query_get_text(q, 1));
	list_text(l, query_get_text(q, 2));
	list_time(l, query_get_i64(q, 3));
	list_text(l, query_get_text(q, 4));
	list_id_or_null(l, 'N', query_get_u64(q, 5));
	for (int i = 6; i < 11; i++)
		list_text(l, query_get_text(q, i));
	list_time(l, query_get_i64(q, 11));
	list_id(l, 'R', query_get_u64(q, 12));
}

static const struct list_table table = {"mails", columns, NCOLUMNS, 'M', put_row};

static int load_list(const struct ask *a, struct reply *r, struct err *e)
{
	struct filter f = {
	        .kind = ask_param(a, "kind"), .state = ask_param(a, "state"), .owner = ask_param(a, "owner")};

	if (ask_page(a, 'M', &f.page, e) != 0)
		return ERR_USAGE;
#define SELECT                                                                                               \
	"select m.id, m.kind, m.state, m.received, m.sender, m.notice, o.ref, m.proposal, m.subject, "       \
	"m.outcome, m.person, m.done, m.receipt" WHERE
	bool count = ask_has(a, "count"), only = a->only.p != NULL && !count;
	struct query q = count ? db_query(a->state, "select count(*)" WHERE)
	        : only
	        ? db_query(a->state,
	                  SELECT " and m.id in (select value from json_each(?8)) order by m.id desc limit ?7")
	        : db_query(a->state, SELECT " order by m.id desc limit ?7");
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
        {"kind", PARAM_TEXT, "answer, incoming, bounce or auto"},
        {"state", PARAM_TEXT, "new or done"},
        {"owner", PARAM_TEXT, "id of the owner in the register"},
        ROUTE_SINCE("received"),
        ROUTE_UNTIL("received"),
        ROUTE_AFTER("M12"),
        ROUTE_LIMIT,
        ROUTE_COUNT,
        {NULL, 0, NULL},
};

const struct route route_messages = {.path = "/mails",
        .about = "mails that people wrote, newest first",
        .load = load_list,
        .right = RIGHT_READ,
        .narrow = true,
        .params = params,
        .list = &table,
        .kind = CHANGES_MESSAGE};

/* ---- one ----------------------------------------------------------------------------------------- */

static void head(struct buf *out, const char *name, struct str value)
{
	char shown[2300];

	if (value.len != 0)
		buf_printf(out, "%-11s %s\n", name, err_quote(shown, sizeof(shown), value).p);
}

/* Line by line, each harmless on a terminal. */
static void put_words(struct buf *out, struct str words)
{
	char shown[4200];

	for (struct str_cut cut = {.tail = words, .ok = words.len != 0}; cut.ok;) {
		cut = str_cut(cut.tail, '\n');
		buf_printf(out, "  %s\n", err_quote(shown, sizeof(shown), cut.head).p);
	}
}

static void put_attached(struct buf *out, struct str json)
{
	char shown[1024];

	for (size_t at = 0; (at = str_find(json, at, '{')) != SIZE_MAX;) {
		size_t end = str_find(json, at, '}');
		if (end == SIZE_MAX)
			break;
		buf_printf(out, "attached    %s\n",
		        err_quote(shown, sizeof(shown), str_sub(json, at + 1, end - at - 1)).p);
		at = end;
	}
}

static void put_letter(const struct ask *a, struct buf *out, uint64_t notice, struct str sender)
{
	struct query q = db_query(a->state,
	        "select n.ticket, c.email, o.ref, n.class, n.findings from notice n join contact c on c.id = "
	        "n.contact"
	        " join owner o on o.id = c.owner where n.id = ?");

	query_u64(&q, notice);
	if (query_next(&q) == 1) {
		struct str t[4];
		for (int i = 0; i < 4; i++)
			t[i] = query_get_text(&q, i);
		plural_printf(out, "letter      N%llu %.*s to %.*s of %.*s, %llu findings of class %.*s\n",
		        (unsigned long long)notice, STR_ARG(t[0]), STR_ARG(t[1]), STR_ARG(t[2]),
		        (unsigned long long)query_get_u64(&q, 4), STR_ARG(t[3]));
		if (!str_ieq(t[1], sender))
			buf_add(out,
			        STR("            it comes from another address than the letter went to\n"));
	}
	query_done(&q, NULL);
}

static void put_one(const struct ask *a, struct buf *out, const struct query *q)
{
	char when[64];

	buf_printf(out, "mail        M%llu %.*s, %.*s, received %.*s UTC as R%llu\n",
	        (unsigned long long)query_get_u64(q, 0), STR_ARG(query_get_text(q, 1)),
	        STR_ARG(query_get_text(q, 2)), STR_ARG(list_when(when, query_get_i64(q, 3))),
	        (unsigned long long)query_get_u64(q, 4));
	head(out, "from", query_get_text(q, 5));
	head(out, "name", query_get_text(q, 6));
	head(out, "to", query_get_text(q, 7));
	head(out, "subject", query_get_text(q, 8));
	if (!query_is_null(q, 9))
		put_letter(a, out, query_get_u64(q, 9), query_get_text(q, 5));
	head(out, "says", query_get_text(q, 10));
	head(out, "sentence", query_get_text(q, 13));
	head(out, "outcome", query_get_text(q, 14));
	head(out, "person", query_get_text(q, 15));
	put_attached(out, query_get_text(q, 12));
	buf_char(out, '\n');
	put_words(out, query_get_text(q, 11));
}

static int load_one(const struct ask *a, struct reply *r, struct err *e)
{
	uint64_t id;

	r->type = "text/plain; charset=utf-8";
	if (ask_id(a->id, 'M', &id, e) != 0)
		return ERR_USAGE;
	struct query q = db_query(a->state,
	        "select id, kind, state, received, receipt, sender, name, recipient, subject, notice, "
	        "proposal, words, attached,"
	        " sentence, outcome, person from message where id = ?");
	query_u64(&q, id);
	bool there = query_next(&q) == 1;
	if (there)
		put_one(a, &r->body, &q);
	int rc = query_done(&q, e);
	if (rc == 0 && !there)
		rc = err_set(e, ERR_MISSING, "there is no mail M%llu", (unsigned long long)id);
	return rc;
}

const struct route route_message = {.path = "/mail",
        .about = "one mail that a person wrote",
        .id = true,
        .load = load_one,
        .right = RIGHT_READ,
        .narrow = true};
