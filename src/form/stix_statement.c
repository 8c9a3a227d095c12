/* SPDX-License-Identifier: Apache-2.0 */
#include "form/stix_statement.h"
#include "base/base64.h"
#include "base/digest.h"
#include <jansson.h>
#include <time.h>

#define TYPE "weir-statement"

/* The namespace of the names, RFC 9562 5.5. */
static const uint8_t space[16] = {
        0x6f, 0x0e, 0x75, 0x62, 0x6e, 0x50, 0x4d, 0xde, 0xba, 0x41, 0xcd, 0x31, 0x34, 0xc7, 0x2d, 0xd4};

/* TLP 2.0 as marking definitions of its STIX extension. */
static const char *const marking[] = {NULL, "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
        "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
        "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
        "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"};

void stix_statement_id(const uint8_t id[32], char ret[STIX_STATEMENT_ID])
{
	char hex[65], uuid[33];
	uint8_t hash[DIGEST_SHA1];
	auto_buf struct buf name = {0};

	str_hex_print(hex, id, 32);
	buf_add(&name, str_make((const char *)space, sizeof(space)));
	buf_add(&name, str_from(hex));
	digest_sha1(buf_str(&name), hash);
	hash[6] = (hash[6] & 0x0f) | 0x50;
	hash[8] = (hash[8] & 0x3f) | 0x80;
	str_hex_print(uuid, hash, 16);
	snprintf(ret, STIX_STATEMENT_ID, TYPE "--%.8s-%.4s-%.4s-%.4s-%.12s", uuid, uuid + 8, uuid + 12,
	        uuid + 16, uuid + 20);
}

static json_t *text(struct str s)
{
	return json_stringn(s.p != NULL ? s.p : "", s.len);
}

static void add_time(json_t *o, int64_t created)
{
	time_t at = (time_t)created;
	char stamp[32];
	struct tm tm;

	gmtime_r(&at, &tm);
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S.000Z", &tm);
	json_object_set_new(o, "created", json_string(stamp));
	json_object_set_new(o, "modified", json_string(stamp));
}

/* NULL: it cannot be said. */
static json_t *make(const struct stix_statement *s)
{
	static const uint8_t none[32];
	char id[STIX_STATEMENT_ID], hex[65];
	auto_buf struct buf bytes = {0};
	int bad = 0;

	if (s->tlp == 0 || s->tlp >= sizeof(marking) / sizeof(marking[0]) || s->n > STIX_STATEMENT_TO)
		return NULL;
	json_t *o = json_object(), *to = json_array();
	stix_statement_id(s->id, id);
	bad |= json_object_set_new(o, "type", json_string(TYPE));
	bad |= json_object_set_new(o, "spec_version", json_string("2.1"));
	bad |= json_object_set_new(o, "id", json_string(id));
	add_time(o, s->created);
	if (s->created_by.len > 0)
		bad |= json_object_set_new(o, "created_by_ref", text(s->created_by));
	bad |= json_object_set_new(o, "object_marking_refs", json_pack("[s]", marking[s->tlp]));
	bad |= json_object_set_new(
	        o, "extensions", json_pack("{s{ss}}", STIX_STATEMENT_EXTENSION, "extension_type", "new-sdo"));
	bad |= json_object_set_new(o, "kind", text(s->kind));
	bad |= json_object_set_new(o, "sender", text(s->sender));
	for (unsigned i = 0; i < s->n; i++)
		bad |= json_array_append_new(to, text(s->to[i]));
	bad |= json_object_set_new(o, "recipients", to);
	if (memcmp(s->case_, none, sizeof(none)) != 0) {
		str_hex_print(hex, s->case_, 32);
		bad |= json_object_set_new(o, "case", json_string(hex));
	}
	if (s->description.len > 0)
		bad |= json_object_set_new(o, "description", text(s->description));
	base64_print(&bytes, (const uint8_t *)s->bytes.p, s->bytes.len);
	bad |= json_object_set_new(o, "statement", text(buf_str(&bytes)));
	if (bad == 0)
		return o;
	json_decref(o);
	return NULL;
}

bool stix_statement_write(const struct stix_statement *s, struct buf *out)
{
	json_t *o = make(s);
	char *line = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;

	if (line != NULL)
		buf_add(out, str_from(line));
	free(line);
	json_decref(o);
	return line != NULL;
}

/* ---- reading ------------------------------------------------------------------------------------- */

static json_t *parse(struct str object, struct err *e)
{
	json_error_t why;
	json_t *o = object.len <= STIX_STATEMENT_MAX
	        ? json_loadb(object.p, object.len, JSON_REJECT_DUPLICATES, &why)
	        : NULL;

	if (object.len > STIX_STATEMENT_MAX)
		err_set(e, ERR_LIMIT, "the object has more than %zu bytes", STIX_STATEMENT_MAX);
	else if (!json_is_object(o))
		err_set(e, ERR_SYNTAX, "it is no JSON object: %s", o == NULL ? why.text : "another value");
	if (json_is_object(o))
		return o;
	json_decref(o);
	return NULL;
}

int stix_statement_bytes(struct str object, struct buf *ret, struct err *e)
{
	json_t *o = parse(object, e), *v = json_object_get(o, "statement");
	const char *type = json_string_value(json_object_get(o, "type"));
	int rc = 0;

	if (o == NULL)
		return ERR_SYNTAX;
	if (type == NULL || strcmp(type, TYPE) != 0)
		rc = err_set(e, ERR_SYNTAX, "'type' is not '" TYPE "'");
	else if (!json_is_string(v) ||
	        !base64_add(str_make(json_string_value(v), json_string_length(v)), ret))
		rc = err_set(e, ERR_SYNTAX, "'statement' is not the base64 of a statement");
	json_decref(o);
	return rc;
}

int stix_statement_check(struct str object, const struct stix_statement *s, struct err *e)
{
	json_t *o = parse(object, e), *mine = o != NULL ? make(s) : NULL, *value;
	const char *key;
	int rc = o == NULL ? ERR_SYNTAX : 0;

	if (rc == 0 && mine == NULL)
		rc = err_set(
		        e, ERR_DENIED, "its statement is none that goes into an object: RED, or no text");
	if (rc == 0)
		json_object_foreach(mine, key, value)
		{
			if (rc == 0 && !json_equal(value, json_object_get(o, key)))
				rc = err_set(e, ERR_DENIED,
				        "'%s' is not what the statement says: neither is trusted", key);
		}
	/* a case where the statement names none */
	if (rc == 0 && json_object_get(mine, "case") == NULL && json_object_get(o, "case") != NULL)
		rc = err_set(e, ERR_DENIED, "'case' is not what the statement says: neither is trusted");
	json_decref(o);
	json_decref(mine);
	return rc;
}
