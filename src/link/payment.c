/* SPDX-License-Identifier: Apache-2.0 */
#include "link/payment.h"
#include "event/value.h"
#include "link/case_in.h"
#include "link/peer_in.h"

#define STEP ((int64_t)PAYMENT_ACK_S * 1000000)
#define SHOWN 4

/* ---- what is good -------------------------------------------------------------------------------- */

/* RFC 9562: version 4, and the variant. */
static bool is_uuid4(struct str s)
{
	if (s.len != 36 || s.p[14] != '4' || !str_has(STR("89ab"), char_lower(s.p[19])))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? s.p[i] != '-' : char_hex(s.p[i]) < 0)
			return false;
	return true;
}

/* Digits, at most 18, and behind a point at most 5 (ISO 20022). */
static bool is_amount(struct str s)
{
	struct str_cut cut = str_cut(s, '.');

	if (cut.head.len == 0 || cut.head.len > 18 || (cut.ok && (cut.tail.len == 0 || cut.tail.len > 5)))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!char_digit(s.p[i]) && !(s.p[i] == '.' && i == cut.head.len))
			return false;
	return true;
}

static bool is_date(struct str s)
{
	if (s.len != 10)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (i == 4 || i == 7 ? s.p[i] != '-' : !char_digit(s.p[i]))
			return false;
	return true;
}

static bool is_currency(struct str s)
{
	return s.len == 3 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'A' && s.p[1] <= 'Z' &&
	        s.p[2] >= 'A' && s.p[2] <= 'Z';
}

static int wrong(struct err *e, const char *what, struct str value, const char *wanted)
{
	char shown[64];

	return err_set(
	        e, ERR_USAGE, "bad %s '%s': %s", what, err_quote(shown, sizeof(shown), value).p, wanted);
}

static int check_bic(struct str *bic, const char *what, char *room, struct err *e)
{
	size_t n = 0;

	if (!value_bic(*bic, room, &n))
		return wrong(e, what, *bic,
		        "a BIC has 8 or 11 letters and digits, the first six letters (ISO 9362)");
	*bic = str_make(room, n);
	return 0;
}

int payment_check(struct payment *p, char room[PAYMENT_ROOM], struct err *e)
{
	if (p->beneficiary_bic.len == 0)
		return err_set(e, ERR_USAGE, "whose bank is it? beneficiary-bic is wanted");
	if (check_bic(&p->beneficiary_bic, "beneficiary-bic", room, e) != 0 ||
	        (p->ordering_bic.len != 0 && check_bic(&p->ordering_bic, "ordering-bic", room + 16, e) != 0))
		return e->code;
	if (p->uetr.len != 0 && !is_uuid4(p->uetr))
		return wrong(e, "uetr", p->uetr, "a UUID of version 4 is wanted");
	if (p->uetr.len == 0 && p->ref.len == 0)
		return err_set(e, ERR_USAGE, "by what does the bank find it? uetr or ref is wanted");
	if (!is_amount(p->amount))
		return wrong(e, "amount", p->amount, "digits with a point, such as 20000000.00, are wanted");
	if (!is_currency(p->currency))
		return wrong(e, "currency", p->currency, "three capitals (ISO 4217) are wanted");
	if (p->value_date.len != 0 && !is_date(p->value_date))
		return wrong(e, "value-date", p->value_date, "2026-01-05 is wanted");
	if (p->account.len > 64 || p->ref.len > 64)
		return err_set(e, ERR_USAGE, "account and ref have at most 64 bytes");
	return 0;
}

struct str payment_masked(struct str account, struct arena *a)
{
	size_t n = account.len;

	if (n == 0)
		return account;
	/* of what is hardly longer than what would be shown nothing is */
	if (n < 2 * SHOWN)
		return STR("****");
	return arena_printf(a, "****%.*s", STR_ARG(str_sub(account, n - SHOWN, SHOWN)));
}

/* ---- rows ---------------------------------------------------------------------------------------- */

void payment_put(struct db *db, uint64_t id, const struct payment *p)
{
	struct query q = db_query(db,
	        "insert or replace into case_payment(case_, uetr, ref, amount, currency, value_date, "
	        "ordering_bic, "
	        "beneficiary_bic, account, whole) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	const struct str texts[] = {p->uetr, p->ref, p->amount, p->currency, p->value_date, p->ordering_bic,
	        p->beneficiary_bic, p->account};

	query_u64(&q, id);
	for (unsigned i = 0; i < 8; i++)
		query_text(&q, texts[i].p != NULL ? texts[i] : STR(""));
	query_u64(&q, p->whole);
	query_run(&q);
}

bool payment_find(struct db *db, uint64_t id, struct arena *a, struct payment *ret)
{
	struct query q = db_query(db,
	        "select uetr, ref, amount, currency, value_date, ordering_bic, beneficiary_bic, account, "
	        "whole from "
	        "case_payment where case_ = ?");
	struct str *const to[] = {&ret->uetr, &ret->ref, &ret->amount, &ret->currency, &ret->value_date,
	        &ret->ordering_bic, &ret->beneficiary_bic, &ret->account};

	query_u64(&q, id);
	bool there = query_next(&q) == 1;
	for (int i = 0; there && i < 8; i++)
		*to[i] = arena_str(a, query_get_text(&q, i));
	if (there)
		ret->whole = query_get_u64(&q, 8) != 0;
	query_done(&q, NULL);
	return there;
}

/* ---- statements ---------------------------------------------------------------------------------- */

static const char *const names[] = {"uetr", "msg_ref", "amount", "ccy", "value_date", "ordering_bic",
        "beneficiary_bic", "beneficiary_account"};

void payment_add(struct db *db, uint64_t id, struct buf *body)
{
	auto_arena struct arena a = {0};
	struct payment p = {0};
	unsigned n = 0;

	arena_init(&a, 0);
	if (!payment_find(db, id, &a, &p))
		return;
	const struct str values[] = {p.uetr, p.ref, p.amount, p.currency, p.value_date, p.ordering_bic,
	        p.beneficiary_bic, p.whole ? p.account : payment_masked(p.account, &a)};
	for (unsigned i = 0; i < 8; i++) {
		if (values[i].len == 0)
			continue;
		buf_printf(body, "%s\"%s\":", n++ > 0 ? "," : ",\"payment\":{", names[i]);
		buf_json(body, values[i]);
	}
	if (n > 0)
		buf_char(body, '}');
}

void payment_hear(struct db *db, uint64_t id, const struct item *body)
{
	struct item given = item_get(body, STR("payment"));
	struct str v[8];

	if (given.type != BODY_OBJECT)
		return;
	for (unsigned i = 0; i < 8; i++)
		v[i] = str_sub(item_text(&given, names[i]), 0, 64);
	payment_put(db, id,
	        &(struct payment){.uetr = v[0],
	                .ref = v[1],
	                .amount = v[2],
	                .currency = v[3],
	                .value_date = v[4],
	                .ordering_bic = v[5],
	                .beneficiary_bic = v[6],
	                .account = v[7],
	                .whole = v[7].len > 0 && v[7].p[0] != '*'});
}

/* ---- a change ------------------------------------------------------------------------------------ */

int change_case_payment(struct change *c, struct err *e)
{
	struct payment p = {.uetr = case_param(c, "uetr"),
	        .ref = case_param(c, "ref"),
	        .amount = case_param(c, "amount"),
	        .currency = case_param(c, "currency"),
	        .value_date = case_param(c, "value-date"),
	        .ordering_bic = case_param(c, "ordering-bic"),
	        .beneficiary_bic = case_param(c, "beneficiary-bic"),
	        .account = case_param(c, "account"),
	        .whole = case_has(c, "whole")};
	char room[PAYMENT_ROOM];
	uint64_t id;

	if (case_of(c, &id, e) != 0 || payment_check(&p, room, e) != 0)
		return e->code;
	struct query q = db_query(c->db,
	        "select 1 from case_ where id = ? and ask = 'payment-recall-alert' and state = 'draft' and "
	        "direction = 'ours'");
	query_u64(&q, id);
	bool good = query_next(&q) == 1;
	query_done(&q, NULL);
	if (!good)
		return err_set(e, ERR_VALUE,
		        "a payment is put to a request of ours that is a draft and asks "
		        "payment-recall-alert");
	payment_put(c->db, id, &p);
	case_about(c, id, p.beneficiary_bic);
	buf_printf(c->said, "the payment to %.*s is in it; %s\n", STR_ARG(p.beneficiary_bic),
	        p.account.len == 0 ? "no account"
	                : p.whole  ? "all of the account will leave"
	                           : "of the account the last four characters will leave");
	return 0;
}

/* ---- nobody has taken it on ---------------------------------------------------------------------- */

/* The contact in that place of the party's card: who is there day and night first. False: there are not so many. */
static bool find_contact(struct db *db, struct str party, unsigned n, struct buf *ret)
{
	struct query q = db_query(db,
	        "select k.kind, k.office, k.person, h.type, h.address from party_contact k join "
	        "contact_channel h on "
	        "h.contact = k.id where k.party = ? and h.type in ('phone', 'signal', 'chat', 'email') and "
	        "h.address "
	        "<> '' "
	        "order by case k.kind when 'duty-24x7' then 0 when 'technical' then 1 when 'diplomatic' then "
	        "2 else 3 "
	        "end, case h.type when 'phone' then 0 else 1 end, k.id limit 1 offset ?");

	query_text(&q, party);
	query_u64(&q, n);
	bool there = query_next(&q) == 1;
	if (there)
		buf_printf(ret, "%.*s, %.*s%s%.*s: %.*s %.*s", STR_ARG(query_get_text(&q, 0)),
		        STR_ARG(query_get_text(&q, 1)), query_get_text(&q, 2).len > 0 ? ", " : "",
		        STR_ARG(query_get_text(&q, 2)), STR_ARG(query_get_text(&q, 3)),
		        STR_ARG(query_get_text(&q, 4)));
	query_done(&q, NULL);
	return there;
}

/* Whether or not their node has it: a cable that is cut is a reason to telephone. */
#define DUE                                                                                                  \
	"coalesce(k.ack_due, (select min(s.at) from case_step s where s.case_ = k.id and s.step = "          \
	"'queued') "                                                                                         \
	"+ 900000000)"

struct late {
	uint64_t id;
	int64_t due;
	struct str number, peer;
};

int payment_calls(struct db *db, int64_t now,
        void (*each)(void *arg, uint64_t id, struct str number, unsigned n, struct str whom), void *arg,
        struct err *e)
{
	auto_arena struct arena a = {0};
	struct late v[50];
	unsigned n = 0;
	struct query q = db_query(db,
	        "select k.id, k.number, k.peer, " DUE
	        " from case_ k where k.ask = 'payment-recall-alert' and "
	        "k.direction = "
	        "'ours' and k.acked is null and k.ended is null and k.state <> 'draft' and " DUE
	        " < ?1 and (k.held_until is null or k.held_until < ?1) order by k.id limit 50");

	arena_init(&a, 0);
	query_i64(&q, now);
	while (query_next(&q) == 1)
		v[n++] = (struct late){query_get_u64(&q, 0), query_get_i64(&q, 3),
		        arena_str(&a, query_get_text(&q, 1)), arena_str(&a, query_get_text(&q, 2))};
	int rc = query_done(&q, e);
	for (unsigned i = 0; rc == 0 && i < n; i++) {
		auto_buf struct buf whom = {0};
		unsigned place = (unsigned)((now - v[i].due) / STEP);
		bool there = find_contact(db, v[i].peer, place, &whom);
		/* the first is said even where no contact is known; behind the last there is nobody new */
		if (!there && place == 0)
			buf_printf(&whom, "no contact of %.*s is known", STR_ARG(v[i].peer));
		if (there || place == 0)
			each(arg, v[i].id, v[i].number, place, buf_str(&whom));
	}
	return rc;
}
