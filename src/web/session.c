/* SPDX-License-Identifier: Apache-2.0 */
#include "web/session.h"
#include "agree/delegation.h"
#include "base/digest.h"
#include "base/os.h"
#include <sodium.h>

void session_token(char ret[SESSION_TOKEN + 1])
{
	uint8_t bytes[SESSION_TOKEN / 2];

	os_random(bytes, sizeof(bytes));
	str_hex_print(ret, bytes, sizeof(bytes));
}

bool session_id(struct str token, char ret[SESSION_TOKEN + 1])
{
	uint8_t bytes[SESSION_TOKEN / 2], sum[DIGEST_LEN];

	if (!str_hex(token, bytes, sizeof(bytes)))
		return false;
	digest_of(str_make((const char *)bytes, sizeof(bytes)), sum);
	str_hex_print(ret, sum, sizeof(sum));
	return true;
}

static void make_form_token(const uint8_t token[SESSION_TOKEN / 2], char ret[SESSION_TOKEN + 1])
{
	uint8_t sum[DIGEST_LEN];

	digest_hmac(str_make((const char *)token, SESSION_TOKEN / 2), STR("form"), sum);
	str_hex_print(ret, sum, sizeof(sum));
}

/* Roles as they are now: one that was taken away is gone from the next request on. */
#define ROLES(account)                                                                                       \
	"(select coalesce(group_concat(role, ' '), '') from (select role from account_role r where "         \
	"r.account = " account " order by role))"

static void fill(const struct query *q, struct arena *a, struct session *ret)
{
	ret->person = arena_str(a, query_get_text(q, 0));
	ret->role = arena_str(a, query_get_text(q, 1));
	ret->language = arena_str(a, query_get_text(q, 2));
	ret->rights = role_rights(ret->role);
}

int session_find(
        struct db *state, struct str token, int64_t now, struct arena *a, struct session *ret, struct err *e)
{
	uint8_t bytes[SESSION_TOKEN / 2], sum[DIGEST_LEN];

	if (!str_hex(token, bytes, sizeof(bytes)))
		return 0;
	digest_of(str_make((const char *)bytes, sizeof(bytes)), sum);
	struct query q = db_query(state,
	        "select s.person, case when s.account is null then s.role else " ROLES(
	                "s.account") " end, case when s.language <> '' or "
	                             "s.account is null then s.language else a.language end, s.account is "
	                             "not null, s.opened, s.used, s.sure from main.session s left join "
	                             "main.account a on a.id = s.account where s.id = ?1 and s.until > ?2 "
	                             "and (s.account is null or (a.state = 'active' and s.used "
	                             "> ?3))");
	query_blob(&q, str_make((const char *)sum, sizeof(sum)));
	query_i64(&q, now);
	query_i64(&q, now - SESSION_IDLE_US);
	int rc = query_next(&q);
	if (rc == 1) {
		fill(&q, a, ret);
		ret->account = query_get_u64(&q, 3) != 0;
		ret->opened = query_get_i64(&q, 4);
		ret->used = query_get_i64(&q, 5);
		ret->sure = query_get_i64(&q, 6);
		str_hex_print(ret->id, sum, sizeof(sum));
		make_form_token(bytes, ret->csrf);
	}
	int done = query_done(&q, e);
	if (rc == 1)
		ret->narrow = scope_is_narrow(state, ret->person);
	if (rc == 1 && ret->account && !ret->narrow && (ret->rights & RIGHT_BIND) == 0)
		ret->lent = delegation_instruments(state, a, ret->person, now);
	return done != 0 ? done : rc;
}

bool session_binds(const struct session *s, struct str instrument)
{
	return (s->rights & RIGHT_BIND) != 0 || str_has_word(s->lent, instrument);
}

bool session_is_sure(const struct session *s, int64_t now)
{
	return !s->account || (s->sure <= now && now - s->sure < SESSION_SURE_US);
}

bool session_form_ok(const struct session *s, struct str text)
{
	unsigned char differs = text.len != SESSION_TOKEN;

	/* all of it, whatever the first difference is */
	for (unsigned i = 0; i < SESSION_TOKEN && text.len == SESSION_TOKEN; i++)
		differs |= (unsigned char)(text.p[i] ^ s->csrf[i]);
	return differs == 0;
}

/* ---- tokens of the API --------------------------------------------------------------------------- */

#define TOKEN_HEAD STR("weir_")
#define TOKEN_VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

void token_new(char ret[TOKEN_TEXT + 1])
{
	uint8_t bytes[32];
	char text[sodium_base64_ENCODED_LEN(sizeof(bytes), TOKEN_VARIANT)];

	os_random(bytes, sizeof(bytes));
	(void)sodium_bin2base64(text, sizeof(text), bytes, sizeof(bytes), TOKEN_VARIANT);
	snprintf(ret, TOKEN_TEXT + 1, "weir_%s", text);
}

bool token_digest(struct str text, uint8_t ret[32])
{
	uint8_t bytes[32];
	size_t len = 0;

	if (text.len != TOKEN_TEXT || !str_starts(text, TOKEN_HEAD))
		return false;
	struct str tail = str_skip(text, TOKEN_HEAD.len);
	if (sodium_base642bin(bytes, sizeof(bytes), tail.p, tail.len, NULL, &len, NULL, TOKEN_VARIANT) != 0 ||
	        len != sizeof(bytes))
		return false;
	digest_of(text, ret);
	return true;
}

int session_of_token(
        struct db *state, struct str bearer, int64_t now, struct arena *a, struct session *ret, struct err *e)
{
	uint8_t sum[DIGEST_LEN];

	if (!token_digest(bearer, sum))
		return 0;
	struct query q = db_query(state,
	        "select a.name, " ROLES("a.id") ", a.language, t.made, coalesce(t.used, 0), t.scope, t.id "
	                                        "from main.api_token t join "
	                                        "main.account a on a.id = t.account where t.digest = ?1 and "
	                                        "t.until > ?2 and t.ended is null and a.state = 'active'");
	query_blob(&q, str_make((const char *)sum, sizeof(sum)));
	query_i64(&q, now);
	int rc = query_next(&q);
	if (rc == 1) {
		*ret = (struct session){.account = true};
		fill(&q, a, ret);
		ret->rights &= ~(uint32_t)TOKEN_NEVER;
		ret->opened = query_get_i64(&q, 3);
		ret->used = query_get_i64(&q, 4);
		ret->scope = arena_str(a, query_get_text(&q, 5));
		ret->token = query_get_u64(&q, 6);
	}
	int done = query_done(&q, e);
	if (rc == 1)
		ret->narrow = scope_is_narrow(state, ret->person);
	return done != 0 ? done : rc;
}

bool session_scope_has(const struct session *s, struct str route)
{
	return s->scope.p == NULL || str_has_word(s->scope, route) || str_has_word(s->scope, STR("all"));
}
