/* SPDX-License-Identifier: Apache-2.0
 *
 * What people do on a peer's page: the telephone call, the second person, a pause and an end.
 */
#include "trust/voice.h"
#include "web/page_peer.h"

/* Their number is typed, never shown: nobody clicks through what must be typed. */
static void draw_typing(const struct page_ask *p, struct html *h, const struct peer_state *s)
{
	html_open(h, "p");
	page_sayf(p, h, W_PEER_THEY_READ, s->name);
	html_close(h);
	peer_form(p, h, "/peers/type", s->name);
	for (unsigned i = 1; i <= VOICE_GROUPS; i++) {
		struct str label = page_filled(p, W_PEER_GROUP, (const struct str[]){page_number(p, i)}, 1);
		struct str id = arena_printf(p->ask->arena, "g%u-numbers", i);
		html_open(h, "label");
		html_attr(h, "for", id);
		html_text(h, label);
		html_close(h);
		html_empty(h, "input");
		html_attr(h, "type", STR("text"));
		html_attr(h, "id", id);
		html_attr(h, "name", STR("numbers"));
		html_attr(h, "inputmode", STR("numeric"));
		html_attr(h, "autocomplete", STR("off"));
		html_attr(h, "maxlength", STR("5"));
		html_attr(h, "size", STR("5"));
		html_flag(h, "required");
	}
	page_field(p, h,
	        &(struct page_field){
	                .name = "called", .label = W_PEER_CALLED, .limit = 60, .size = 16, .required = true});
	page_select(p, h, NULL, "found", W_PEER_FOUND);
	page_option(h, STR("directory"), page_word(p, W_PEER_FOUND_DIRECTORY), true);
	page_option(h, STR("card"), page_word(p, W_PEER_FOUND_CARD), false);
	page_option(h, STR("own-book"), page_word(p, W_PEER_FOUND_OWN), false);
	html_close(h);
	page_select(p, h, NULL, "voice", W_PEER_VOICE);
	page_option(h, STR("no"), STR("-"), true);
	page_option(h, STR("yes"), page_word(p, W_PEER_VOICE), false);
	html_close(h);
	page_button(p, h, W_PEER_TYPE);
	html_close(h);
}

static void draw_own(const struct page_ask *p, struct html *h, struct str own)
{
	char number[VOICE_TEXT];

	if (own.len == 0 || !party_voice(p->ask->state, own, number)) {
		page_line(p, h, "p", NULL, W_PEER_NO_OWN);
		return;
	}
	html_open(h, "p");
	page_sayf(p, h, W_PEER_WE_READ, own);
	html_text(h, STR(" "));
	html_line(h, "strong", NULL, str_from(number));
	html_close(h);
}

/* In the order of the ids, on both screens. */
static void draw_talk(const struct page_ask *p, struct html *h, const struct peer_state *s)
{
	struct str own = party_own(p->ask->state, p->ask->arena);
	bool first = own.len > 0 && str_cmp(own, s->name) < 0;

	page_section(p, h, "h-talk", W_PEER_TALK);
	if (s->new_root)
		page_line(p, h, "p", "error", W_PEER_NEW_ROOT);
	page_line(p, h, "p", NULL, W_PEER_TALK_WHAT);
	if (first)
		draw_own(p, h, own);
	draw_typing(p, h, s);
	if (!first)
		draw_own(p, h, own);
	html_close(h);
}

static void draw_role(const struct page_ask *p, struct html *h, const char *prefix, struct str now)
{
	static const char *const roles[] = {"cert", "organiser", "gate"};

	page_select(p, h, prefix, "role", W_PEERS_ROLE);
	for (unsigned i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		page_option(h, str_from(roles[i]), str_from(roles[i]),
		        now.len > 0 ? str_eq(now, str_from(roles[i])) : i == 0);
	html_close(h);
}

static void draw_confirm(const struct page_ask *p, struct html *h, const struct peer_state *s)
{
	page_section(p, h, "h-confirm", W_PEER_CONFIRM);
	html_open(h, "p");
	page_sayf(p, h, W_PEER_CONFIRM_WHAT, s->typed_by);
	html_close(h);
	peer_form(p, h, "/peers/confirm", s->name);
	draw_role(p, h, NULL, STR(""));
	page_button(p, h, W_PEER_CONFIRM);
	html_close(h);
	html_close(h);
}

static void with_reason(const struct page_ask *p, struct html *h, const char *action, struct str party,
        enum word button, const char *prefix)
{
	peer_form(p, h, action, party);
	page_field(p, h,
	        &(struct page_field){.prefix = prefix,
	                .name = "why",
	                .label = W_REASON,
	                .limit = 300,
	                .size = 20,
	                .required = true});
	page_button(p, h, button);
	html_close(h);
}

static void draw_extend(const struct page_ask *p, struct html *h, struct str party)
{
	peer_form(p, h, "/peers/extend", party);
	page_field(p, h,
	        &(struct page_field){.prefix = "extend-",
	                .name = "days",
	                .type = "number",
	                .label = W_PEER_DAYS,
	                .size = 3,
	                .required = true});
	page_field(p, h,
	        &(struct page_field){.prefix = "extend-",
	                .name = "why",
	                .label = W_REASON,
	                .limit = 300,
	                .size = 20,
	                .required = true});
	page_button(p, h, W_PEER_EXTEND);
	html_close(h);
}

static void draw_ask(const struct page_ask *p, struct html *h, struct str party)
{
	static const char *const channels[] = {"node", "mail", "phone", "chat", "fax", "person"};

	peer_form(p, h, "/checks/ask", party);
	page_select(p, h, "ask-", "channel", W_CHECKS_CHANNEL);
	for (unsigned i = 0; i < sizeof(channels) / sizeof(channels[0]); i++)
		page_option(h, str_from(channels[i]), str_from(channels[i]), i == 0);
	html_close(h);
	page_button(p, h, W_CHECKS_ASK);
	html_close(h);
}

/* What is left empty stays as it is. */
static void draw_limits(const struct page_ask *p, struct html *h, const struct peer_state *s)
{
	peer_form(p, h, "/peers/role", s->name);
	draw_role(p, h, "set-", s->role);
	page_button(p, h, W_SAVE);
	html_close(h);
	peer_form(p, h, "/peers/quota", s->name);
	page_field(p, h,
	        &(struct page_field){.prefix = "quota-",
	                .name = "per-minute",
	                .type = "number",
	                .label = W_PEER_LIMITS,
	                .size = 6});
	page_field(p, h,
	        &(struct page_field){.prefix = "quota-",
	                .name = "day-bytes",
	                .type = "number",
	                .label = W_PEER_BYTES,
	                .size = 12});
	page_button(p, h, W_SAVE);
	html_close(h);
}

static void draw_linked(const struct page_ask *p, struct html *h, const struct peer_state *s)
{
	if (str_eq(s->link, STR("paused"))) {
		peer_form(p, h, "/peers/resume", s->name);
		page_button(p, h, W_PEER_RESUME);
		html_close(h);
	} else {
		with_reason(p, h, "/peers/pause", s->name, W_PEER_PAUSE, "pause-");
	}
	draw_ask(p, h, s->name);
	draw_limits(p, h, s);
	draw_extend(p, h, s->name);
	with_reason(p, h, "/peers/end", s->name, W_PEER_END, "end-");
}

static void draw_courier(const struct page_ask *p, struct html *h)
{
	html_open(h, "p");
	page_link(h, "/couriers", page_word(p, W_PEER_COURIER));
	html_close(h);
}

void peer_steps(const struct page_ask *p, struct html *h, const struct peer_state *s)
{
	bool linked = str_eq(s->link, STR("linked")) || str_eq(s->link, STR("paused"));

	if (!page_may(p, RIGHT_LINK) || str_eq(s->role, STR("mail")))
		return;
	if (s->alarm.len > 0) {
		peer_form(p, h, "/peers/spoken", s->name);
		page_button(p, h, W_PEER_SPOKEN);
		html_close(h);
	}
	if (str_eq(s->link, STR("unverified")) || (linked && s->new_root))
		draw_talk(p, h, s);
	if (str_eq(s->link, STR("typed")))
		draw_confirm(p, h, s);
	if (linked)
		draw_linked(p, h, s);
	if (linked)
		draw_courier(p, h);
}
