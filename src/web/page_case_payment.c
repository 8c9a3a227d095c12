/* SPDX-License-Identifier: Apache-2.0
 *
 * The payment of a payment-recall-alert, on the page of its case: its facts, the account masked, and the form while it is a draft.
 */
#include "base/os.h"
#include "event/civil.h"
#include "link/payment.h"
#include "web/page_case_in.h"

static void fact(const struct page_ask *p, struct html *h, enum word w, struct str text)
{
	if (text.len == 0)
		return;
	page_line(p, h, "dt", NULL, w);
	html_line(h, "dd", NULL, text);
}

static void line(const struct page_ask *p, struct html *h, const char *name, enum word label, unsigned size,
        bool required, struct str value)
{
	page_field(p, h,
	        &(struct page_field){.prefix = "p-",
	                .name = name,
	                .label = label,
	                .type = "text",
	                .limit = 64,
	                .size = size,
	                .value = value,
	                .required = required});
}

static void draw_form(
        const struct page_ask *p, struct html *h, const struct case_row *k, const struct payment *y)
{
	case_form(p, h, "/cases/payment", k);
	line(p, h, "uetr", W_PAYMENT_UETR, 36, false, y->uetr);
	line(p, h, "ref", W_PAYMENT_REF, 20, false, y->ref);
	line(p, h, "amount", W_PAYMENT_AMOUNT, 14, true, y->amount);
	line(p, h, "currency", W_PAYMENT_CURRENCY, 4, true, y->currency);
	line(p, h, "value-date", W_PAYMENT_DATE, 10, false, y->value_date);
	line(p, h, "ordering-bic", W_PAYMENT_FROM, 11, false, y->ordering_bic);
	line(p, h, "beneficiary-bic", W_PAYMENT_TO, 11, true, y->beneficiary_bic);
	/* it is typed anew each time: a page never shows all of it */
	line(p, h, "account", W_PAYMENT_ACCOUNT, 24, false, (struct str){0});
	html_open(h, "p");
	html_empty(h, "input");
	html_attr(h, "type", STR("checkbox"));
	html_attr(h, "id", STR("p-whole"));
	html_attr(h, "name", STR("whole"));
	html_attr(h, "value", STR("1"));
	html_open(h, "label");
	html_attr(h, "for", STR("p-whole"));
	page_say(p, h, W_PAYMENT_WHOLE);
	html_close(h);
	html_close(h);
	page_button(p, h, W_PAYMENT_GO);
	html_close(h);
}

/* What time it is in a country, and whether people work there today. */
static void draw_clock(const struct page_ask *p, struct html *h, struct str party)
{
	const struct calendar *c = p->country != NULL ? calendar_find(&p->country->calendars, party) : NULL;
	char when[64];

	if (c == NULL || party.len == 0)
		return;
	int64_t local = calendar_local(c, p->now / MICRO);
	html_open(h, "p");
	html_attr(h, "class", STR("note"));
	page_sayf(p, h, W_CASE_THERE, party, str_sub(list_when(when, local * MICRO), 0, 16),
	        page_word(p, calendar_works(c, local / DAY_SECONDS) ? W_CASE_WORKS : W_CASE_WORKS_NOT));
	html_close(h);
}

void case_payment(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	struct payment y = {0};

	if (!str_eq(k->ask, PAYMENT_ASK))
		return;
	bool there = payment_find(p->ask->state, k->id, p->ask->arena, &y);
	bool draft = str_eq(k->state, STR("draft")) && str_eq(k->direction, STR("ours"));
	page_section(p, h, "h-payment", W_PAYMENT);
	page_line(p, h, "p", "note", W_PAYMENT_CLOCK);
	/* theirs stands at the head of the page */
	if (k->ended == 0 && p->country != NULL)
		draw_clock(p, h, p->country->party);
	if (there) {
		html_open(h, "dl");
		html_attr(h, "class", STR("facts"));
		fact(p, h, W_PAYMENT_UETR, y.uetr);
		fact(p, h, W_PAYMENT_REF, y.ref);
		fact(p, h, W_PAYMENT_AMOUNT,
		        arena_printf(p->ask->arena, "%.*s %.*s", STR_ARG(y.amount), STR_ARG(y.currency)));
		fact(p, h, W_PAYMENT_DATE, y.value_date);
		fact(p, h, W_PAYMENT_FROM, y.ordering_bic);
		fact(p, h, W_PAYMENT_TO, y.beneficiary_bic);
		fact(p, h, W_PAYMENT_ACCOUNT, payment_masked(y.account, p->ask->arena));
		if (y.whole)
			page_line(p, h, "dd", NULL, W_PAYMENT_WHOLE);
		html_close(h);
	}
	if (draft && page_may(p, RIGHT_WORK))
		draw_form(p, h, k, &y);
	html_close(h);
}
