/* SPDX-License-Identifier: Apache-2.0
 *
 * One report: what became of it, and what could not be read, with the reason.
 */
#include "web/page_live.h"

static struct str of_receipt(const void *arg, const char *name)
{
	const struct str *id = arg;

	return str_eq(str_from(name), STR("receipt")) ? *id : (struct str){0};
}

static void draw_asides(const struct page_ask *p, struct html *h)
{
	struct ask ask = *p->ask;
	struct reply r = {0};
	struct err e;

	ask.form = LIST_TEXT;
	ask.param = of_receipt;
	ask.arg = &p->ask->id;
	if (route_asides.load(&ask, &r, &e) == 0)
		html_line(h, "pre", "raw", buf_str(&r.body));
	buf_done(&r.body);
}

/* It may still be read. */
static void draw_live(const struct page_ask *p, struct html *h, uint64_t id)
{
	struct link l;

	link_begin(&l, "/events");
	link_param(&l, "receipt", page_id(p, 'R', id));
	page_live(p, h, &l, NULL, false);
}

static int draw_receipt(const struct page_ask *p, struct html *h, struct err *e)
{
	uint64_t id;
	int rc = ask_id(p->ask->id, 'R', &id, e);

	if (rc != 0)
		return rc;
	html_open(h, "h1");
	page_sayf(p, h, W_REPORT_HEAD, page_id(p, 'R', id));
	html_close(h);
	draw_live(p, h, id);
	rc = page_why(p, h, e);
	if (rc == 0) {
		page_section(p, h, "h-asides", W_REPORT_ASIDES);
		draw_asides(p, h);
		html_close(h);
	}
	return rc;
}

const struct page page_receipt = {
        .path = "/reports", .title = W_REPORT, .id = true, .right = RIGHT_READ, .draw = draw_receipt};
