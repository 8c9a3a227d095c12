/* SPDX-License-Identifier: Apache-2.0 */
#include "web/session.h"
#include "base/digest.h"
#include "base/os.h"

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

int session_find(
        struct db *state, struct str token, int64_t now, struct arena *a, struct session *ret, struct err *e)
{
	uint8_t bytes[SESSION_TOKEN / 2], sum[DIGEST_LEN];

	if (!str_hex(token, bytes, sizeof(bytes)))
		return 0;
	digest_of(str_make((const char *)bytes, sizeof(bytes)), sum);
	struct query q =
	        db_query(state, "select person, role, language from session where id = ? and until > ?");
	query_blob(&q, str_make((const char *)sum, sizeof(sum)));
	query_i64(&q, now);
	int rc = query_next(&q);
	if (rc == 1) {
		ret->person = arena_str(a, query_get_text(&q, 0));
		ret->role = arena_str(a, query_get_text(&q, 1));
		ret->language = arena_str(a, query_get_text(&q, 2));
		ret->rights = role_rights(ret->role);
		str_hex_print(ret->id, sum, sizeof(sum));
		make_form_token(bytes, ret->csrf);
	}
	int done = query_done(&q, e);
	if (rc == 1)
		ret->narrow = scope_is_narrow(state, ret->person);
	return done != 0 ? done : rc;
}

bool session_form_ok(const struct session *s, struct str text)
{
	unsigned char differs = text.len != SESSION_TOKEN;

	/* all of it, whatever the first difference is */
	for (unsigned i = 0; i < SESSION_TOKEN && text.len == SESSION_TOKEN; i++)
		differs |= (unsigned char)(text.p[i] ^ s->csrf[i]);
	return differs == 0;
}
