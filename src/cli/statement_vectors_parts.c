/* SPDX-License-Identifier: Apache-2.0
 *
 * Parts of a statement, keys, key lists, voice numbers, the names that a statement has elsewhere, and the table of kinds.
 */
#include "base/base64.h"
#include "cli/statement_vectors.h"
#include "form/stix_statement.h"
#include "trust/kind.h"
#include "trust/statement.h"
#include "trust/store.h"
#include "trust/voice.h"
#include <sodium.h>

#define STIX_NAMESPACE "6f0e7562-6e50-4dde-ba41-cd3134c72dd4"

/* ---- parts --------------------------------------------------------------------------------------- */

static json_t *number_json(struct vectors *v, uint64_t n)
{
	/* what is larger came as text */
	return n <= INT64_MAX ? json_integer((json_int_t)n)
	                      : vectors_string(arena_printf(&v->a, "%llu", (unsigned long long)n));
}

static json_t *recipients_json(const struct head *h)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < h->to_count; i++)
		json_array_append_new(list, vectors_string(h->to[i]));
	return list;
}

static json_t *fields_json(struct vectors *v, const struct head *h)
{
	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:i,s:i,s:o,s:o,s:o,s:o,s:o}", "key",
	        vectors_hex(h->key, KEY_ID), "seq", number_json(v, h->seq), "prev",
	        vectors_hex(h->prev, DIGEST_LEN), "created", number_json(v, (uint64_t)h->created), "expires",
	        number_json(v, (uint64_t)h->expires), "case", vectors_hex(h->case_, DIGEST_LEN), "reply",
	        vectors_hex(h->reply, DIGEST_LEN), "commit", vectors_hex(h->commit, DIGEST_LEN), "body_len",
	        number_json(v, h->body_len), "tlp", (int)h->tlp, "pap", (int)h->pap, "kind",
	        vectors_string(h->kind), "media", vectors_string(h->media), "exercise",
	        vectors_string(h->exercise), "sender", vectors_string(h->sender), "to", recipients_json(h));
}

static json_t *hex_of(struct str s)
{
	return vectors_hex((const uint8_t *)s.p, s.len);
}

const char *statement_parts(struct vectors *v, const json_t *item, struct str bytes)
{
	auto_buf struct buf text = {0}, again = {0};
	json_t *fields = json_object_get(item, "fields");
	struct statement s;
	struct head h;

	if (statement_frame(bytes, &s) != VERDICT_OK)
		return NULL;
	json_t *got = json_pack("{s:o,s:o,s:o}", "head", hex_of(s.head), "id", vectors_hex(s.id, DIGEST_LEN),
	        "signature", hex_of(s.signature));
	if (s.content.len >= STATEMENT_SALT) {
		json_object_set_new(got, "salt", hex_of(str_sub(s.content, 0, STATEMENT_SALT)));
		json_object_set_new(got, "body", vectors_string(str_skip(s.content, STATEMENT_SALT)));
	}
	vectors_differ(item, got, &text);
	json_decref(got);
	if (head_read(s.head, &h) == VERDICT_OK) {
		got = fields_json(v, &h);
		vectors_differ(fields, got, &text);
		json_decref(got);
		head_write(&again, &h);
		if (!str_eq(buf_str(&again), s.head))
			buf_add(&text, STR("its head, written again, is another"));
	}
	return text.len > 0 ? arena_printf(&v->a, "%.*s", STR_ARG(buf_str(&text))).p : NULL;
}

/* ---- keys ---------------------------------------------------------------------------------------- */

/* What the file says of a key, with what its secret part makes of it. ret_bad: it is no key. */
static json_t *key_json(struct vectors *v, const json_t *key, bool seal, bool *ret_bad)
{
	const char *secret_name = seal ? "secret" : "seed";
	uint8_t public[32], secret[64], id[KEY_ID];
	bool has = json_object_get(key, secret_name) != NULL, good;
	struct str from = vectors_bytes(v, key, has ? secret_name : "public", &good);
	json_t *got = json_object();

	*ret_bad |= from.len != 32;
	if (from.len != 32)
		return got;
	if (!has)
		memcpy(public, from.p, 32);
	else if (seal)
		*ret_bad |= crypto_scalarmult_base(public, (const uint8_t *)from.p) != 0;
	else
		crypto_sign_seed_keypair(public, secret, (const uint8_t *)from.p);
	key_id(public, id);
	json_object_update(got, (json_t *)(uintptr_t)key);
	json_object_set_new(got, "public", vectors_hex(public, 32));
	json_object_set_new(got, "key_id", vectors_hex(id, KEY_ID));
	return got;
}

static bool role_known(struct str role)
{
	for (unsigned i = LINK_NONE + 1; i < LINK_ROLES; i++)
		if (str_eq(role, str_from(link_roles[i])))
			return true;
	return false;
}

static const char *party_wrong(struct vectors *v, const char *name, const json_t *party)
{
	bool good = true;
	struct str pin;

	if (!party_id_good(str_from(name)))
		return "its name is no party id";
	if (!role_known(vectors_text(party, "role")))
		return "its role is none of cert, organiser, gate, mail";
	if (json_object_get(party, "tls_pin_base64") == NULL)
		return NULL;
	pin = vectors_base64(v, party, "tls_pin_base64", &good);
	return good && pin.len == DIGEST_LEN ? NULL : "its tls_pin_base64 is no digest";
}

static void judge_parties(struct vectors *v)
{
	static const char *const uses[] = {"root", "sign", "log", "seal"};
	json_t *parties = vectors_object(v, "parties"), *party;
	const char *name;

	json_object_foreach(parties, name, party)
	{
		json_t *got = json_object();
		bool bad = false;
		json_object_set_new(got, "role", vectors_string(vectors_text(party, "role")));
		for (unsigned i = 0; i < sizeof(uses) / sizeof(uses[0]); i++) {
			const json_t *key = json_object_get(party, uses[i]);
			if (key != NULL)
				json_object_set_new(got, uses[i], key_json(v, key, i == 3, &bad));
		}
		vectors_compare(v, "parties", name, "role", party, got,
		        bad ? "a key is none" : party_wrong(v, name, party));
	}
}

/* The root key of a party of the file; empty: none. */
static struct str root_of(struct vectors *v, struct str party)
{
	const char *name;
	json_t *p;
	bool good;

	json_object_foreach(json_object_get(v->doc, "parties"), name,
	        p) if (str_eq(party, str_from(name))) return vectors_bytes(v, json_object_get(p, "root"),
	        "public", &good);
	return str_make("", 0);
}

/* ---- key lists ----------------------------------------------------------------------------------- */

static json_t *list_json(const struct keylist *list)
{
	auto_buf struct buf vkey = {0};
	struct keylist_root root;

	keylist_root(&root, list->party, list->root);
	note_key_print(&vkey, &root.key);
	return json_pack("{s:o,s:o,s:o,s:o,s:o}", "party", vectors_string(list->party), "text",
	        vectors_string(list->text), "digest", vectors_hex(list->digest, DIGEST_LEN), "root_vkey",
	        vectors_string(buf_str(&vkey)), "number", json_integer((json_int_t)list->number));
}

static bool has_new_key(struct vectors *v, const json_t *item, const struct keylist *list)
{
	uint8_t public[32], secret[64], id[KEY_ID];
	bool good;
	struct str seed = vectors_bytes(v, item, "new_sign_seed", &good);

	if (json_object_get(item, "new_sign_seed") == NULL)
		return true;
	if (seed.len != 32)
		return false;
	crypto_sign_seed_keypair(public, secret, (const uint8_t *)seed.p);
	key_id(public, id);
	return keylist_find(list, KEY_SIGN, id, list->made, 0, NULL) != KEY_UNKNOWN;
}

/* held: the list of the file before, which is the one that counts if it is of the same party. */
static const char *list_wrong(struct vectors *v, const json_t *item, const struct keylist *held,
        struct keylist *list, struct err *e)
{
	struct str note = vectors_text(item, "note"), root = root_of(v, vectors_text(item, "party"));
	struct keylist_link link = {.party = vectors_text(item, "party"),
	        .root = root.len == 32 ? (const uint8_t *)root.p : NULL,
	        .held = str_eq(held->party, vectors_text(item, "party")) ? held : NULL};
	auto_buf struct buf again = {0};
	bool new_root;
	enum keylist_verdict verdict = keylist_judge(&link, note, list, &new_root, e);

	if (verdict == KEYLIST_REFUSE)
		*list = (struct keylist){0};
	if (verdict == KEYLIST_HAVE)
		return "it is the list before once more";
	if (verdict != KEYLIST_TAKE)
		return e->text;
	keylist_write(list, &again);
	if (list->unknown == 0 && !str_eq(buf_str(&again), list->text))
		return "written again it is another";
	return has_new_key(v, item, list) ? NULL : "it has no sign key of new_sign_seed";
}

static int by_number(const void *a, const void *b)
{
	struct str x = str_from(*(const char *const *)a), y = str_from(*(const char *const *)b);

	return x.len != y.len ? (x.len < y.len ? -1 : 1) : str_cmp(x, y);
}

/* "key_list", "key_list_2" and so on, whatever the order in which the file has them. Lives as long as the file. */
static const char **list_names(const struct vectors *v, size_t *ret_n)
{
	const char **ret = mem_zero(json_object_size(v->doc) + 1, sizeof(*ret)), *name;
	json_t *item;

	*ret_n = 0;
	json_object_foreach(v->doc, name, item) if (str_starts(str_from(name), STR("key_list")))
	        ret[(*ret_n)++] = name;
	qsort(ret, *ret_n, sizeof(*ret), by_number);
	return ret;
}

static void judge_key_lists(struct vectors *v)
{
	struct keylist *held = mem_zero(2, sizeof(*held)), *list = held + 1;
	size_t n;
	const char **names = list_names(v, &n);

	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_object_get(v->doc, names[i]);
		struct err e = {0};
		const char *why = list_wrong(v, item, held, list, &e);
		vectors_compare(v, "key_list", names[i], "digest", item,
		        list->text.len > 0 ? list_json(list) : json_object(), why);
		if (why == NULL)
			*held = *list;
	}
	free(names);
	free(held);
}

/* ---- voice numbers ------------------------------------------------------------------------------- */

static struct str voice_of(struct vectors *v, struct str party)
{
	struct str root = root_of(v, party);
	char number[VOICE_TEXT];

	if (root.len != 32)
		return str_make("", 0);
	voice_number(party, (const uint8_t *)root.p, number);
	return arena_str(&v->a, str_from(number));
}

/* "la", or "kh with la, ...": both as each screen shows them. Empty: a party is none of the file. */
static struct str voices_of(struct vectors *v, struct str name)
{
	size_t with = str_find_str(name, 0, STR(" with "));

	if (with == SIZE_MAX)
		return voice_of(v, name);
	struct str one = str_sub(name, 0, with), two = str_cut(str_skip(name, with + 6), ',').head;
	bool order = str_cmp(one, two) < 0;
	struct str first = voice_of(v, order ? one : two), second = voice_of(v, order ? two : one);
	if (first.len == 0 || second.len == 0)
		return str_make("", 0);
	return arena_printf(&v->a, "%.*s / %.*s", STR_ARG(first), STR_ARG(second));
}

static void judge_voices(struct vectors *v)
{
	json_t *voices = vectors_object(v, "voice"), *value;
	const char *name;

	json_object_foreach(voices, name, value)
	{
		struct str number = voices_of(v, str_from(name));
		json_t *want = json_pack("{s:O}", "number", value);
		vectors_compare(v, "voice", name, "number", want,
		        json_pack("{s:o}", "number", vectors_string(number)),
		        number.len == 0 ? "it names no party of the file that has a root key" : NULL);
		json_decref(want);
	}
}

/* ---- names --------------------------------------------------------------------------------------- */

/* A name that a statement has elsewhere, in room. */
typedef void name_maker(const struct statement *s, const struct head *h, char room[128]);

static void stix_name(const struct statement *s, const struct head *h, char room[128])
{
	(void)h;
	stix_statement_id(s->id, room);
}

static void mail_name(const struct statement *s, const struct head *h, char room[128])
{
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, digest_zero(h->case_) ? s->id : h->case_, DIGEST_LEN);
	snprintf(room, 128, "[weir %.*s-%.10s]", STR_ARG(h->sender), hex);
}

/* The file does not say of which statement its name is: the one that it fits, else that of the first. */
static json_t *name_json(struct vectors *v, name_maker *make, struct str want)
{
	const json_t *list = json_object_get(v->doc, "statements");
	char first[128] = "";

	for (size_t i = 0; i < json_array_size(list); i++) {
		bool good;
		char room[128];
		struct statement s;
		struct head h;
		struct str bytes = vectors_bytes(v, json_array_get(list, i), "bytes", &good);
		if (statement_frame(bytes, &s) != VERDICT_OK || head_read(s.head, &h) != VERDICT_OK)
			continue;
		make(&s, &h, room);
		if (str_eq(str_from(room), want))
			return json_string(room);
		if (first[0] == 0)
			memcpy(first, room, sizeof(first));
	}
	return json_string(first);
}

static void judge_names(struct vectors *v)
{
	const json_t *stix = vectors_object(v, "stix");
	json_t *tag = json_object_get(v->doc, "mail_tag");

	if (stix != NULL)
		vectors_compare(v, "stix", "of a statement", "id", stix,
		        json_pack("{s:s,s:s,s:o}", "namespace", STIX_NAMESPACE, "extension",
		                STIX_STATEMENT_EXTENSION, "id",
		                name_json(v, stix_name, vectors_text(stix, "id"))),
		        NULL);
	if (tag != NULL)
		vectors_compare(v, "mail_tag", "of a case", "mail_tag", v->doc,
		        json_pack("{s:o}", "mail_tag",
		                name_json(v, mail_name, vectors_text(v->doc, "mail_tag"))),
		        NULL);
}

/* ---- kinds --------------------------------------------------------------------------------------- */

static json_t *words_json(const char *words)
{
	json_t *list = json_array();

	for (struct str rest = str_from(words), word; (word = str_next_word(&rest)).len > 0;)
		json_array_append_new(list, vectors_string(word));
	return list;
}

static json_t *kind_json(const struct kind_row *k)
{
	static const enum link_role roles[] = {LINK_CERT, LINK_GATE, LINK_ORGANISER};
	json_t *senders = json_array();

	for (unsigned i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if ((k->senders & 1u << roles[i]) != 0)
			json_array_append_new(senders, json_string(link_roles[roles[i]]));
	return json_pack("{s:o,s:i,s:o,s:o}", "senders", senders, "people", (int)k->people, "required",
	        words_json(k->required), "optional", words_json(k->optional));
}

static void judge_kinds(struct vectors *v)
{
	json_t *kinds = vectors_object(v, "kinds"), *row;
	const char *name;

	json_object_foreach(kinds, name, row)
	{
		enum kind kind = kind_find(str_from(name));
		bool known = kind != KIND_END;
		vectors_compare(v, "kinds", name, "people", row,
		        known ? kind_json(&kind_table[kind]) : json_object(),
		        known ? NULL : "this program does not know it");
	}
}

void vectors_keys(struct vectors *v)
{
	judge_parties(v);
	judge_key_lists(v);
	judge_voices(v);
	judge_names(v);
	judge_kinds(v);
}
