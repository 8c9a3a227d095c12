/* SPDX-License-Identifier: Apache-2.0
 *
 * Forms about accounts that need more than their fields: what is random is made here, its digest goes to the core, and the
 * answer shows it once.
 */
#include "base/os.h"
#include "proc/pages_in.h"
#include "trust/totp.h"
#include <glib.h>

static struct str field(const struct request *r, const char *name)
{
	struct str value = r->visit->fields != NULL ? http_form_find(r->visit->fields, name, 0) : STR("");

	return value.p != NULL ? value : STR("");
}

static void show_once(struct request *r, int what, struct str text, struct str name)
{
	r->visit->once.what = what;
	r->visit->once.text = arena_str(&r->visit->arena, text);
	r->visit->once.name = arena_str(&r->visit->arena, name);
}

int people_link(struct request *r, struct buf *params)
{
	char token[SESSION_TOKEN + 1], digest[SESSION_TOKEN + 1];
	struct str host = http_value(r->connection, "Host");
	auto_buf struct buf text = {0};

	session_token(token);
	(void)session_id(str_from(token), digest);
	pages_field(params, "link", str_from(digest));
	buf_printf(&text, "%s://%.*s/enter/%s", r->desk->staff->rules.tls ? "https" : "http", STR_ARG(host),
	        token);
	show_once(r, ONCE_LINK, buf_str(&text), field(r, "id"));
	return 0;
}

int people_password(struct request *r, struct buf *params)
{
	struct visit *v = r->visit;
	struct err e;

	if (v->job.owner != NULL) {
		pages_field(params, "hash", str_from(v->job.hash));
		return v->job.good
		        ? 0
		        : desk_settle(r, 503, "there is no memory to hash a password; try again in a moment");
	}
	char *text = g_utf8_normalize(field(r, "new").p, (gssize)field(r, "new").len, G_NORMALIZE_NFC);
	struct str password = text != NULL ? str_from(text) : STR("");
	int rc = password_good(password, v->who.person, &e);
	if (rc != 0)
		desk_settle(r, 400, e.text);
	else if (!str_eq(field(r, "new"), field(r, "repeat")))
		rc = desk_settle(r, 400, "the password was typed in two ways; type it twice in the same way");
	else
		rc = pages_hash(r, password, STR(""), true) == 0 ? 1 : -1;
	g_free(text);
	return rc < 0 ? -1 : rc;
}

int people_secret(struct request *r, struct buf *params)
{
	char hex[2 * TOTP_SECRET + 1];
	uint8_t secret[TOTP_SECRET];

	if (!base32_read(field(r, "secret"), secret, sizeof(secret)))
		return desk_settle(r, 400, "the form is not whole; load its page again");
	str_hex_print(hex, secret, sizeof(secret));
	pages_field(params, "secret", str_from(hex));
	return 0;
}

void people_new_codes(struct request *r, struct buf *params)
{
	auto_buf struct buf shown = {0}, digests = {0};

	for (unsigned i = 0; i < RECOVERY_CODES; i++) {
		char code[RECOVERY_TEXT], hex[65];
		uint8_t digest[32];
		recovery_new(code);
		(void)recovery_digest(str_from(code), digest);
		str_hex_print(hex, digest, sizeof(digest));
		buf_printf(&shown, "%s%s", i > 0 ? " " : "", code);
		buf_printf(&digests, "%s%s", i > 0 ? " " : "", hex);
	}
	pages_field(params, "codes", buf_str(&digests));
	show_once(r, ONCE_CODES, buf_str(&shown), STR(""));
}

int people_codes(struct request *r, struct buf *params)
{
	people_new_codes(r, params);
	return 0;
}

int people_token(struct request *r, struct buf *params)
{
	char token[TOKEN_TEXT + 1], hex[65];
	uint8_t digest[32];

	token_new(token);
	(void)token_digest(str_from(token), digest);
	str_hex_print(hex, digest, sizeof(digest));
	pages_field(params, "token", str_from(hex));
	show_once(r, ONCE_TOKEN, str_from(token), field(r, "name"));
	return 0;
}
