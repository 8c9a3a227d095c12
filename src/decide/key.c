/* SPDX-License-Identifier: Apache-2.0
 *
 * The finding key: what makes two records the same problem at the same owner. SipHash-2-4 with 128 bits under
 * a secret of the node, so that nobody outside can aim two problems at one key or tell from a key what it
 * stands for. It covers
 *
 *   owner's id, type, identifier, malware name, where it is, port           (classes.tbl says which of them)
 *   owner's id, type, the fields that the rule's "repeat: per" names        (if there is one)
 *
 * The owner goes in by his id, not by his number in a generation, since numbers change when the register
 * does. Each part is a tag, its length and its bytes, so that no two lists of parts give the same text. A
 * part longer than 64 bytes stands for itself by its own hash.
 *
 * The key does not know time: whether a finding that was closed opens again is the store's business.
 */
#include "decide/rules.h"
#include <sodium.h>

#define KEY_VERSION 1
#define KEY_PART 64

const struct class_row class_table[TYPE_END] = {
#define CLASS(symbol, word, form) [TYPE_##symbol] = {SEVERITY_##word, KEY_##form},
#include "decide/classes.tbl"
#undef CLASS
};

const char *const key_form_about[KEY_END] = {
        [KEY_SERVICE] = "first of address, name, URL, account; and the port",
        [KEY_SYSTEM] = "first of address, name, URL, account",
        [KEY_PAGE] = "first of URL, name, address, account; and the port if there is no URL",
        [KEY_ACCOUNT] = "first of account, mail address, name, address",
};

const enum field key_fields[] = {FIELD_CLASSIFICATION_IDENTIFIER, FIELD_CLASSIFICATION_TAXONOMY,
        FIELD_MALWARE_NAME, FIELD_SOURCE_FQDN, FIELD_SOURCE_URL, FIELD_SOURCE_ACCOUNT, FIELD_SOURCE_NETWORK,
        FIELD_SOURCE_EMAIL, FIELD_SOURCE_BIC, FIELD_SOURCE_IBAN, FIELD_MALWARE_HASH_SHA256,
        FIELD_MALWARE_HASH_SHA1, FIELD_MALWARE_HASH_MD5};
const unsigned nkey_fields = sizeof(key_fields) / sizeof(key_fields[0]);

#define PLACES 4
static const enum field places[KEY_END][PLACES] = {
        [KEY_SERVICE] = {FIELD_SOURCE_IP, FIELD_SOURCE_FQDN, FIELD_SOURCE_URL, FIELD_SOURCE_ACCOUNT},
        [KEY_SYSTEM] = {FIELD_SOURCE_IP, FIELD_SOURCE_FQDN, FIELD_SOURCE_URL, FIELD_SOURCE_ACCOUNT},
        [KEY_PAGE] = {FIELD_SOURCE_URL, FIELD_SOURCE_FQDN, FIELD_SOURCE_IP, FIELD_SOURCE_ACCOUNT},
        [KEY_ACCOUNT] = {FIELD_SOURCE_ACCOUNT, FIELD_SOURCE_EMAIL, FIELD_SOURCE_FQDN, FIELD_SOURCE_IP},
};
static const enum field last_places[] = {FIELD_SOURCE_NETWORK, FIELD_SOURCE_EMAIL, FIELD_SOURCE_BIC,
        FIELD_SOURCE_IBAN, FIELD_MALWARE_HASH_SHA256, FIELD_MALWARE_HASH_SHA1, FIELD_MALWARE_HASH_MD5};

/* Tags below FIELD_END are fields. */
#define TAG_OWNER 0xf1
#define TAG_TYPE 0xf2
#define TAG_LONG 0x100

struct key_text {
	unsigned char bytes[1024];
	size_t n;
	const uint8_t *secret;
};
_Static_assert(8 + (RULE_REPEAT + 6) * (4 + KEY_PART) <= 1024, "key text");

static void part(struct key_text *k, unsigned tag, const void *p, size_t len)
{
	unsigned char short_form[crypto_shorthash_siphashx24_BYTES];

	if (len > KEY_PART) {
		crypto_shorthash_siphashx24(short_form, p, len, k->secret);
		p = short_form;
		len = sizeof(short_form);
		tag |= TAG_LONG;
	}
	k->bytes[k->n++] = (unsigned char)tag;
	k->bytes[k->n++] = (unsigned char)(tag >> 8);
	k->bytes[k->n++] = (unsigned char)len;
	memcpy(k->bytes + k->n, p, len);
	k->n += len;
}

static bool part_field(struct key_text *k, const struct look *l, enum field id)
{
	struct str s;

	if (id == FIELD_SOURCE_IP) {
		if (addr_none(&l->row->src))
			return false;
		part(k, id, l->row->src.b, 16);
		return true;
	}
	s = look_slot(l, id);
	if (s.len == 0)
		return false;
	part(k, id, s.p, s.len);
	return true;
}

static void part_place(struct key_text *k, const struct look *l, enum key_form form)
{
	enum field at = FIELD_NONE;
	uint16_t port = l->row->src_port;

	for (unsigned i = 0; i < PLACES && at == FIELD_NONE; i++) {
		if (part_field(k, l, places[form][i]))
			at = places[form][i];
	}
	for (unsigned i = 0; i < sizeof(last_places) / sizeof(last_places[0]) && at == FIELD_NONE; i++) {
		if (part_field(k, l, last_places[i]))
			at = last_places[i];
	}
	bool with_port = form == KEY_SERVICE || (form == KEY_PAGE && at != FIELD_SOURCE_URL);
	if (with_port && port != 0)
		part(k, FIELD_SOURCE_PORT, (uint8_t[]){(uint8_t)(port >> 8), (uint8_t)port}, 2);
}

static void part_repeat(struct key_text *k, const struct look *l, const struct rule *rule)
{
	char buf[64];

	for (unsigned i = 0; i < rule->nrepeat; i++) {
		struct str s = batch_text(l->f->b, l->row, rule->repeat[i], buf);
		if (s.len > 0)
			part(k, rule->repeat[i], s.p, s.len);
	}
}

void decide_key(const struct look *l, const struct rule *rule, uint8_t ret[16])
{
	struct key_text k; /* its bytes are written before they are read */
	uint8_t type[2] = {(uint8_t)(l->row->type >> 8), (uint8_t)l->row->type};
	struct str id = l->owner->id;

	k.n = 0;
	k.secret = l->f->args->secret;
	k.bytes[k.n++] = KEY_VERSION;
	part(&k, TAG_OWNER, id.p, id.len);
	part(&k, TAG_TYPE, type, sizeof(type));
	if (l->row->type == TYPE_NONE)
		part_field(&k, l, FIELD_CLASSIFICATION_TAXONOMY);
	if (rule != NULL && rule->nrepeat > 0) {
		part_repeat(&k, l, rule);
	} else {
		part_field(&k, l, FIELD_CLASSIFICATION_IDENTIFIER);
		part_field(&k, l, FIELD_MALWARE_NAME);
		part_place(&k, l, class_table[l->row->type].key);
	}
	crypto_shorthash_siphashx24(ret, k.bytes, k.n, k.secret);
}

/* ---- the key of a finding whose record is not at hand ---------------------------------------------- */

static void part_at(struct key_text *k, enum field at, struct str place)
{
	struct addr addr;

	if (at != FIELD_SOURCE_IP)
		part(k, at, place.p, place.len);
	else if (addr_parse(place, &addr))
		part(k, at, addr.b, 16);
}

static void key_begin(struct key_text *k, const struct key_facts *row, struct str owner)
{
	uint8_t type[2] = {(uint8_t)(row->type >> 8), (uint8_t)row->type};

	k->n = 0;
	k->secret = row->secret;
	k->bytes[k->n++] = KEY_VERSION;
	part(k, TAG_OWNER, owner.p, owner.len);
	part(k, TAG_TYPE, type, sizeof(type));
}

static void key_by_class(const struct key_facts *row, struct str owner, enum field at, uint8_t ret[16])
{
	enum key_form form = class_table[row->type].key;
	bool with_port = form == KEY_SERVICE || (form == KEY_PAGE && at != FIELD_SOURCE_URL);
	struct key_text k;

	key_begin(&k, row, owner);
	if (row->ident.len > 0)
		part(&k, FIELD_CLASSIFICATION_IDENTIFIER, row->ident.p, row->ident.len);
	if (row->malware.len > 0)
		part(&k, FIELD_MALWARE_NAME, row->malware.p, row->malware.len);
	if (at != FIELD_NONE)
		part_at(&k, at, row->place);
	if (with_port && row->port != 0)
		part(&k, FIELD_SOURCE_PORT, (uint8_t[]){(uint8_t)(row->port >> 8), (uint8_t)row->port}, 2);
	crypto_shorthash_siphashx24(ret, k.bytes, k.n, k.secret);
}

/* at: which field the place is. What the row does not have is taken for absent; the comparison with the key of then
 * says whether that was so. */
static void key_by_rule(const struct key_facts *row, struct str owner, const struct rule *rule, enum field at,
        uint8_t ret[16])
{
	struct key_text k;
	char port[8];

	key_begin(&k, row, owner);
	for (unsigned i = 0; i < rule->nrepeat; i++) {
		struct str s = {0};
		if (rule->repeat[i] == FIELD_CLASSIFICATION_IDENTIFIER)
			s = row->ident;
		else if (rule->repeat[i] == FIELD_MALWARE_NAME)
			s = row->malware;
		else if (rule->repeat[i] == at)
			s = row->place;
		else if (rule->repeat[i] == FIELD_CLASSIFICATION_TYPE)
			s = type_table[row->type].name;
		else if (rule->repeat[i] == FIELD_SOURCE_PORT && row->port != 0)
			s = str_make(port, (size_t)snprintf(port, sizeof(port), "%u", row->port));
		if (s.len > 0)
			part(&k, rule->repeat[i], s.p, s.len);
	}
	crypto_shorthash_siphashx24(ret, k.bytes, k.n, k.secret);
}

/* With rule NULL by the table of classes. True if that gives the key of then, and then ret is the new one. */
static bool key_move(const struct key_facts *row, const struct rule *rule, enum field at, uint8_t ret[16])
{
	uint8_t key[16];

	if (rule != NULL)
		key_by_rule(row, row->owner, rule, at, key);
	else
		key_by_class(row, row->owner, at, key);
	if (memcmp(key, row->key, sizeof(key)) != 0)
		return false;
	if (rule != NULL)
		key_by_rule(row, row->to, rule, at, ret);
	else
		key_by_class(row, row->to, at, ret);
	return true;
}

static bool key_move_any(const struct key_facts *row, const struct rule *rule, uint8_t ret[16])
{
	for (unsigned i = 0; i < PLACES; i++)
		if (key_move(row, rule, places[class_table[row->type].key][i], ret))
			return true;
	for (unsigned i = 0; i < sizeof(last_places) / sizeof(last_places[0]); i++)
		if (key_move(row, rule, last_places[i], ret))
			return true;
	return key_move(row, rule, FIELD_NONE, ret);
}

bool decide_key_move(const struct rules *rules, const struct key_facts *row, uint8_t ret[16])
{
	if ((unsigned)row->type >= TYPE_END)
		return false;
	if (key_move_any(row, NULL, ret))
		return true;
	for (uint32_t i = 0; i < rules->n; i++)
		if (rules->rules[i].nrepeat > 0 && key_move_any(row, &rules->rules[i], ret))
			return true;
	return false;
}

bool decide_place(const struct batch *b, const struct batch_row *row, char *buf, struct str *ret)
{
	enum key_form form = class_table[row->type].key;
	enum field at = FIELD_NONE;

	*ret = (struct str){0};
	for (unsigned i = 0; i < PLACES && ret->len == 0; i++)
		*ret = batch_text(b, row, at = places[form][i], buf);
	for (unsigned i = 0; i < sizeof(last_places) / sizeof(last_places[0]) && ret->len == 0; i++)
		*ret = batch_text(b, row, at = last_places[i], buf);
	return form == KEY_SERVICE || (form == KEY_PAGE && at != FIELD_SOURCE_URL);
}
