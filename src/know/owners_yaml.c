/* SPDX-License-Identifier: Apache-2.0
 *
 * The owners file as YAML, for those who keep it in a repository rather than in a spreadsheet. A file is at
 * most 1 MiB (base/conf.h), some thousand owners; more go into CSV.
 */
#include "base/conf.h"
#include "know/owners.h"

static struct owners_place place(const struct conf *c)
{
	return (struct owners_place){c->file, c->line, c->column};
}

/* An error that is about one value only. */
static void note_err(struct owners *o, const struct err *e)
{
	know_note(o->notes, NULL, "%s", e->text);
}

static struct str scalar(struct owners *o, const struct conf *map, const char *key)
{
	struct str value = {0};
	struct err e;

	if (conf_str(map, key, &value, &e) != 0)
		note_err(o, &e);
	return value;
}

/* Calls add for each value under key: a list of scalars, or one scalar with several values in it. */
typedef void value_add(
        struct owners *o, uint32_t owner, uint32_t asset, struct str value, const struct owners_place *at);
static void values_read(struct owners *o, const struct conf *map, const char *key, uint32_t owner,
        uint32_t asset, value_add *add)
{
	const struct conf *c = conf_find(map, key), *item;
	struct err e;

	if (c == NULL)
		return;
	for (item = c->kind == CONF_LIST ? c->first : c; item != NULL;
	        item = c->kind == CONF_LIST ? item->next : NULL) {
		struct owners_place at = place(item);
		struct str rest = item->text, value;
		if (item->kind != CONF_SCALAR) {
			conf_err(item, &e, "'%s' is a list of values", key);
			note_err(o, &e);
			continue;
		}
		while (owners_value_next(&rest, &value))
			add(o, owner, asset, value, &at);
	}
}

static void as_add(
        struct owners *o, uint32_t owner, uint32_t asset, struct str value, const struct owners_place *at)
{
	(void)asset;
	owners_add_as(o, owner, value, at);
}

/* A list of words as one text. */
static struct str words_text(struct owners *o, const struct conf *map, const char *key, struct buf *buf)
{
	const struct conf *c = conf_find(map, key);

	if (c == NULL || c->kind != CONF_LIST)
		return scalar(o, map, key);
	for (const struct conf *item = c->first; item != NULL; item = item->next)
		if (item->kind == CONF_SCALAR) {
			buf_char(buf, ' ');
			buf_add(buf, item->text);
		}
	return buf_str(buf);
}

static void contact_read(struct owners *o, uint32_t owner, const struct conf *c)
{
	static const char *const keys[] = {
	        "email", "language", "timezone", "classes", "pgp", "formats", "phone", NULL};
	auto_buf struct buf classes = {0}, formats = {0};
	const struct conf *email = conf_find(c, "email");
	struct owners_place at = place(email != NULL ? email : c);
	size_t first = o->contact.n;
	struct err e;

	if (c->kind == CONF_SCALAR) { /* only the address */
		owners_add_contact(o, owner, c->text, (struct str){0}, (struct str){0}, &at);
		return;
	}
	if (conf_only(c, keys, &e) != 0)
		note_err(o, &e);
	owners_add_contact(o, owner, scalar(o, c, "email"), scalar(o, c, "language"),
	        words_text(o, c, "classes", &classes), &at);
	owners_zone(o, first, scalar(o, c, "timezone"), &at);
	owners_contact_key(o, first, scalar(o, c, "pgp"), &at);
	owners_contact_formats(o, first, words_text(o, c, "formats", &formats), &at);
	owners_contact_phone(o, first, scalar(o, c, "phone"), &at);
}

static void asset_read(struct owners *o, uint32_t owner, const struct conf *c)
{
	static const char *const keys[] = {"name", "kind", "criticality", "prefixes", "domains", NULL};
	struct owners_place at = place(c);
	struct err e;

	if (conf_only(c, keys, &e) != 0)
		note_err(o, &e);
	uint32_t asset = owners_asset(o, owner, scalar(o, c, "name"), &at);
	if (asset == 0)
		return;
	owners_set(
	        o, owner, &o->asset.v[asset - 1].kind, "kind of the same asset", scalar(o, c, "kind"), &at);
	owners_criticality(o, asset, scalar(o, c, "criticality"), &at);
	values_read(o, c, "prefixes", owner, asset, owners_add_prefix);
	values_read(o, c, "domains", owner, asset, owners_add_name);
}

/* Calls read for each entry of the list under key. */
static void list_read(struct owners *o, const struct conf *map, const char *key, uint32_t owner,
        void (*read)(struct owners *o, uint32_t owner, const struct conf *c))
{
	const struct conf *list = conf_find(map, key);
	struct err e;

	if (list == NULL || (list->kind == CONF_SCALAR && list->text.len == 0))
		return;
	if (list->kind != CONF_LIST) {
		conf_err(list, &e, "'%s' is a list", key);
		note_err(o, &e);
		return;
	}
	for (const struct conf *item = list->first; item != NULL; item = item->next)
		read(o, owner, item);
}

static void owner_read(struct owners *o, const struct conf *c)
{
	static const char *const keys[] = {
	        "id", "name", "sector", "country", "prefixes", "asns", "domains", "contacts", "assets", NULL};
	const struct conf *id = conf_find(c, "id");
	struct owners_place at = place(id != NULL ? id : c);
	struct err e;

	if (conf_only(c, keys, &e) != 0)
		note_err(o, &e);
	size_t before = o->owner.n;
	uint32_t owner = owners_owner(o, scalar(o, c, "id"), &at);
	if (owner == 0)
		return;
	if (o->owner.n == before)
		know_note(o->notes, &at, "the id '%.*s' is used twice; the entries are put together",
		        STR_ARG(o->owner.v[owner - 1].id));
	struct owners_owner *who = &o->owner.v[owner - 1];
	owners_set(o, owner, &who->name, "name", scalar(o, c, "name"), &at);
	owners_set(o, owner, &who->sector, "sector", scalar(o, c, "sector"), &at);
	owners_country(o, owner, scalar(o, c, "country"), &at);
	values_read(o, c, "prefixes", owner, 0, owners_add_prefix);
	values_read(o, c, "asns", owner, 0, as_add);
	values_read(o, c, "domains", owner, 0, owners_add_name);
	list_read(o, c, "contacts", owner, contact_read);
	list_read(o, c, "assets", owner, asset_read);
}

int owners_yaml(struct owners *o, struct str name, struct str text, struct err *e)
{
	static const char *const keys[] = {"owners", NULL};
	struct conf *top;
	int rc = conf_parse(o->arena, arena_str(o->arena, name), text, &top, e);

	if (rc != 0 || (rc = conf_only(top, keys, e)) != 0)
		return rc;
	const struct conf *list = conf_find(top, "owners");
	if (list == NULL || list->kind != CONF_LIST)
		return conf_err(
		        list != NULL ? list : top, e, "an owners file is a map with the list 'owners'");
	for (const struct conf *c = list->first; c != NULL; c = c->next) {
		o->rows++;
		owner_read(o, c);
	}
	return 0;
}
