/* SPDX-License-Identifier: Apache-2.0 */
#include "web/page_enter.h"
#include "trust/password.h"
#include "web/qr.h"

static struct page_ask begin(
        const struct page_plain *p, struct ask *ask, struct html *h, struct reply *r, enum word title)
{
	*ask = (struct ask){.arena = p->arena};
	page_plain_begin(h, r, p->words, r->status, title);
	struct page_ask q = {.ask = ask, .words = p->words};

	if (p->retry != 0 || p->sentence.len != 0) {
		html_open(h, "p");
		html_attr(h, "class", STR("wrong"));
		html_attr(h, "role", STR("alert"));
		if (p->retry != 0)
			page_sayf(&q, h, W_LOGIN_WAIT, page_number(&q, p->retry));
		else if (str_eq(p->sentence, STR("wrong")))
			page_say(&q, h, W_LOGIN_WRONG);
		else
			page_english(&q, h, p->sentence);
		html_close(h);
	}
	return q;
}

static void form(struct html *h, const char *path)
{
	html_open(h, "form");
	html_attr(h, "method", STR("post"));
	page_action(h, path);
	html_attr(h, "class", STR("enter"));
}

static void code_field(const struct page_ask *p, struct html *h, const char *name, enum word label)
{
	page_field(p, h,
	        &(struct page_field){.name = name,
	                .label = label,
	                .limit = 40,
	                .autocomplete = "one-time-code",
	                .required = true});
}

static void password_field(
        const struct page_ask *p, struct html *h, const char *name, enum word label, const char *autocomplete)
{
	page_field(p, h,
	        &(struct page_field){.name = name,
	                .type = "password",
	                .label = label,
	                .limit = PASSWORD_MAX,
	                .autocomplete = autocomplete,
	                .required = true});
}

void page_login(const struct page_plain *plain, struct reply *r, struct str name, struct str to, bool sample)
{
	struct ask ask;
	struct html h;
	struct page_ask p = begin(plain, &ask, &h, r, W_LOGIN);

	form(&h, "/enter");
	page_hidden(&h, "to", to);
	page_field(&p, &h,
	        &(struct page_field){.name = "name",
	                .label = W_LOGIN_NAME,
	                .value = name,
	                .limit = 32,
	                .autocomplete = "username",
	                .required = true});
	password_field(&p, &h, "password", W_LOGIN_PASSWORD, "current-password");
	code_field(&p, &h, "code", W_LOGIN_CODE);
	page_button(&p, &h, W_LOGIN_GO);
	html_close(&h);
	page_line(&p, &h, "p", "note", W_LOGIN_LOST);
	if (sample)
		page_line(&p, &h, "p", "note", W_LOGIN_SAMPLE);
	html_end(&h);
}

void page_whose(struct html *h, struct str name)
{
	html_empty(h, "input");
	html_attr(h, "type", STR("text"));
	html_attr(h, "name", STR("username"));
	html_attr(h, "autocomplete", STR("username"));
	html_attr(h, "value", name);
	html_flag(h, "hidden");
}

/* In groups of four, as it is typed. */
static void secret_text(struct html *h, const struct buf *text)
{
	html_open(h, "code");
	html_attr(h, "class", STR("secret"));
	for (size_t i = 0; i < text->len; i += 4)
		html_printf(h, "%s%.*s", i > 0 ? " " : "", (int)(text->len - i < 4 ? text->len - i : 4),
		        text->p + i);
	html_close(h);
}

void page_secret(const struct page_ask *p, struct html *h, struct str name, const uint8_t secret[TOTP_SECRET])
{
	auto_buf struct buf address = {0}, text = {0};

	totp_address(&address, secret, STR("Weir"), name);
	buf_char(&address, 0);
	base32_print(&text, secret, TOTP_SECRET);
	page_line(p, h, "p", NULL, W_ENROL_SCAN);
	(void)qr_draw(h, address.p, page_word(p, W_ENROL_QR));
	html_open(h, "p");
	page_say(p, h, W_ENROL_TYPE);
	html_text(h, STR(" "));
	secret_text(h, &text);
	html_close(h);
	page_hidden(h, "secret", buf_str(&text));
	code_field(p, h, "code", W_ENROL_CODE);
}

void page_enrol(const struct page_plain *plain, struct reply *r, struct str name, struct str link,
        const uint8_t secret[TOTP_SECRET])
{
	struct ask ask;
	struct html h;
	struct page_ask p = begin(plain, &ask, &h, r, W_ENROL);

	html_open(&h, "p");
	page_sayf(&p, &h, W_ENROL_WHAT, name);
	html_close(&h);
	form(&h, "/enrol");
	page_hidden(&h, "link", link);
	page_whose(&h, name);
	page_section(&p, &h, "h-password", W_ENROL_FIRST);
	password_field(&p, &h, "password", W_ENROL_PASSWORD, "new-password");
	password_field(&p, &h, "repeat", W_ENROL_REPEAT, "new-password");
	html_close(&h);
	page_section(&p, &h, "h-factor", W_ENROL_SECOND);
	page_secret(&p, &h, name, secret);
	html_close(&h);
	page_button(&p, &h, W_ENROL_GO);
	html_end(&h);
}

void page_code_list(struct html *h, struct str codes)
{
	html_open(h, "ol");
	html_attr(h, "class", STR("codes"));
	while (codes.len > 0) {
		struct str_cut cut = str_cut(codes, ' ');
		html_open(h, "li");
		html_line(h, "code", NULL, cut.head);
		html_close(h);
		codes = cut.tail;
	}
	html_close(h);
}

void page_codes(const struct page_plain *plain, struct reply *r, struct str codes)
{
	struct ask ask;
	struct html h;
	struct page_ask p = begin(plain, &ask, &h, r, W_CODES);

	page_line(&p, &h, "p", NULL, W_CODES_WHAT);
	page_code_list(&h, codes);
	html_open(&h, "p");
	page_link(&h, "/", page_word(&p, W_CODES_GO));
	html_end(&h);
}

static bool is_ours(struct str name)
{
	return str_eq(name, STR("csrf")) || str_eq(name, STR("username")) || str_starts(name, STR("again-"));
}

void page_again(const struct page_plain *plain, struct reply *r, const struct session *who, const char *path,
        const struct http_field *fields, size_t n)
{
	struct ask ask;
	struct html h;
	struct page_ask p = begin(plain, &ask, &h, r, W_AGAIN);

	page_line(&p, &h, "p", NULL, W_AGAIN_WHAT);
	form(&h, "/again");
	page_hidden(&h, "csrf", str_from(who->csrf));
	page_hidden(&h, "again-to", str_from(path));
	for (size_t i = 0; i < n; i++)
		if (!is_ours(fields[i].name)) {
			html_empty(&h, "input");
			html_attr(&h, "type", STR("hidden"));
			html_attr(&h, "name", fields[i].name);
			html_attr(&h, "value", fields[i].value);
		}
	page_whose(&h, who->person);
	password_field(&p, &h, "again-password", W_LOGIN_PASSWORD, "current-password");
	code_field(&p, &h, "again-code", W_LOGIN_CODE);
	page_button(&p, &h, W_AGAIN_GO);
	html_close(&h);
	html_open(&h, "p");
	page_link(&h, "/", page_word(&p, W_CANCEL));
	html_end(&h);
}

void page_left(struct reply *r, const struct words *words)
{
	struct html h;
	struct page_ask p = {.words = words};

	page_plain_begin(&h, r, words, 200, W_LEFT);
	html_open(&h, "p");
	page_link(&h, "/enter", page_word(&p, W_LEFT_AGAIN));
	html_end(&h);
}
