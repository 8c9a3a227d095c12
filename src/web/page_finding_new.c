/* SPDX-License-Identifier: Apache-2.0
 *
 * A finding by hand: what came by telephone, or in a mail without a table (form/byhand.h). Fields may be filled by the address
 * that leads here.
 */
#include "event/field.h"
#include "web/page.h"

static void text(const struct page_ask *p, struct html *h, const char *name, enum word label, unsigned limit)
{
	html_open(h, "p");
	page_field(p, h,
	        &(struct page_field){.prefix = "f-",
	                .name = name,
	                .label = label,
	                .type = "text",
	                .limit = limit,
	                .value = ask_param(p->ask, name)});
	html_close(h);
}

static void option(
        const struct page_ask *p, struct html *h, const char *name, struct str value, struct str shown)
{
	page_option(h, value, shown, str_eq(ask_param(p->ask, name), value));
}

static void classes(const struct page_ask *p, struct html *h)
{
	html_open(h, "p");
	page_select(p, h, "f-", "class", W_NEW_CLASS);
	for (unsigned i = 0; i < TYPE_END; i++)
		if (type_table[i].name.len != 0)
			option(p, h, "class", type_table[i].name,
			        arena_printf(p->ask->arena, "%.*s: %.*s", STR_ARG(type_table[i].name),
			                STR_ARG(lang_class(
			                        &p->words->classes, (enum event_type)i, LANG_TITLE))));
	html_close(h);
	html_close(h);
}

static void choices(const struct page_ask *p, struct html *h)
{
	static const char *const severities[] = {"critical", "high", "medium", "low", "info"};
	static const char *const labels[] = {"AMBER", "CLEAR", "GREEN", "AMBER+STRICT", "RED"};

	html_open(h, "p");
	page_select(p, h, "f-", "severity", W_FINDINGS_SEVERITY);
	option(p, h, "severity", STR(""), page_word(p, W_NEW_BY_RULES));
	for (unsigned i = 0; i < 5; i++)
		option(p, h, "severity", str_from(severities[i]),
		        page_key(p, "severity", str_from(severities[i])));
	html_close(h);
	page_select(p, h, "f-", "label", W_NEW_LABEL);
	for (unsigned i = 0; i < 5; i++)
		option(p, h, "label", str_from(labels[i]), str_from(labels[i]));
	html_close(h);
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	(void)e;
	page_line(p, h, "h1", NULL, W_NEW_FINDING);
	page_line(p, h, "p", NULL, W_NEW_HOW);
	page_form(p, h, "/findings/new", "fields");
	classes(p, h);
	text(p, h, "ip", W_NEW_IP, 45);
	text(p, h, "port", W_NEW_PORT, 5);
	text(p, h, "name", W_NEW_NAME, 253);
	text(p, h, "url", W_NEW_URL, 2000);
	text(p, h, "account", W_NEW_ACCOUNT, 254);
	text(p, h, "malware", W_NEW_MALWARE, 200);
	text(p, h, "identifier", W_NEW_IDENT, 200);
	text(p, h, "seen", W_NEW_SEEN, 40);
	choices(p, h);
	html_open(h, "p");
	page_area(p, h,
	        &(struct page_field){.prefix = "f-", .name = "note", .label = W_NEW_NOTE, .limit = 1000}, 3);
	html_close(h);
	if (ask_has(p->ask, "mail"))
		page_hidden(h, "mail", ask_param(p->ask, "mail"));
	page_button(p, h, W_NEW_GO);
	html_close(h);
	return 0;
}

const struct page page_finding_new = {.path = "/findings/new",
        .title = W_NEW_FINDING,
        .group = PAGE_UNLISTED,
        .right = RIGHT_WORK,
        .draw = draw};
