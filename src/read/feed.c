/* SPDX-License-Identifier: Apache-2.0 */
#include "read/feed.h"
#include <fnmatch.h>

static int parse_words(const struct conf *c, struct feed_file *f, struct err *e)
{
	struct str kind = STR("log"), format = {0}, label = {0}, floor = {0}, type = {0}, sample = {0},
	           credential = {0};

	if (conf_str(c, "kind", &kind, e) != 0 || conf_str(c, "format", &format, e) != 0 ||
	        conf_str(c, "label", &label, e) != 0 || conf_str(c, "floor", &floor, e) != 0 ||
	        conf_str(c, "type", &type, e) != 0 || conf_str(c, "sample", &sample, e) != 0 ||
	        conf_str(c, "credential", &credential, e) != 0)
		return ERR_VALUE;
	if (str_eq(kind, STR("snapshot")))
		f->kind = FEED_SNAPSHOT;
	else if (str_eq(kind, STR("delta")))
		f->kind = FEED_DELTA;
	else if (!str_eq(kind, STR("log")))
		return conf_err(conf_find(c, "kind"), e, "a kind is log, snapshot or delta");
	if (format.len != 0 && (f->reader = reader_find(format)) == NULL)
		return conf_err(conf_find(c, "format"), e,
		        "there is no format '%.*s'; 'weir formats' lists them", STR_ARG(format));
	if (label.len != 0 && (f->label = tlp_find(label)) == TLP_NONE)
		return conf_err(
		        conf_find(c, "label"), e, "a label is CLEAR, GREEN, AMBER, AMBER+STRICT or RED");
	if (floor.len != 0 && (f->floor = tlp_find(floor)) == TLP_NONE)
		return conf_err(
		        conf_find(c, "floor"), e, "a floor is CLEAR, GREEN, AMBER, AMBER+STRICT or RED");
	if (type.len != 0 && (f->type = type_find(type)) == TYPE_NONE)
		return conf_err(conf_find(c, "type"), e,
		        "there is no type '%.*s'; 'weir docs taxonomy' lists them", STR_ARG(type));
	f->tested = str_eq(sample, STR("tested"));
	f->credential = str_eq(credential, STR("needed"));
	if (credential.len != 0 && !f->credential)
		return conf_err(
		        conf_find(c, "credential"), e, "a credential is needed, or the line is left out");
	if (sample.len != 0 && !f->tested && !str_eq(sample, STR("not fetched yet")))
		return conf_err(conf_find(c, "sample"), e, "a sample is tested or 'not fetched yet'");
	return 0;
}

static int parse_files(struct arena *a, const struct conf *c, struct feed_file *f, struct err *e)
{
	if (c == NULL)
		return 0;
	if (c->kind != CONF_LIST)
		return conf_err(c, e, "files is a list of patterns, such as [\"*-scan_*.csv\"]");
	for (const struct conf *k = c->first; k != NULL; k = k->next) {
		if (k->kind != CONF_SCALAR || f->nfiles == FEED_FILES)
			return conf_err(k, e, "files is a list of at most %d patterns", FEED_FILES);
		f->files[f->nfiles++] = arena_str(a, k->text);
	}
	return 0;
}

bool feed_has_file(const struct feed_file *f, struct str base_name)
{
	char name[256];

	if (base_name.len >= sizeof(name) || str_has(base_name, 0))
		return false;
	memcpy(name, base_name.p, base_name.len);
	name[base_name.len] = 0;
	for (unsigned i = 0; i < f->nfiles; i++)
		if (fnmatch(f->files[i].p, name, 0) == 0)
			return true;
	return false;
}

static int parse_fetching(struct arena *a, const struct conf *c, struct feed_file *f, struct err *e)
{
	if (conf_str(c, "url", &f->url, e) != 0 || conf_str(c, "user", &f->user, e) != 0 ||
	        conf_str(c, "password-file", &f->password_file, e) != 0 ||
	        conf_str(c, "header-file", &f->header_file, e) != 0 ||
	        conf_u64(c, "limit", 1, (uint64_t)8 << 30, &f->limit, e) != 0 ||
	        feed_source_parse(c, &f->source, e) != 0)
		return ERR_VALUE;
	if (f->source == FEED_IMAP) {
		f->poll = 300;
		if (feed_mailbox_parse(a, c, &f->mailbox, e) != 0)
			return ERR_VALUE;
	} else if (f->source == FEED_SHADOWSERVER) {
		f->poll = 3600;
		if (feed_api_parse(a, c, &f->api, e) != 0)
			return ERR_VALUE;
	}
	return conf_seconds(c, "poll", &f->poll, e);
}

static int parse_expected(struct arena *a, const struct conf *c, struct feed_file *f, struct err *e)
{
	struct str text = {0};

	if (conf_find(c, "expected") == NULL)
		return 0;
	if (conf_str(c, "expected", &text, e) != 0)
		return ERR_VALUE;
	if (!week_parse(text, &f->expected))
		return conf_err(conf_find(c, "expected"), e,
		        "'expected' is days and a time, or a time, such as \"mon-fri 08:00\", \"workday "
		        "08:00\" or "
		        "\"06:30\"");
	f->expected_text = arena_str(a, str_trim(text));
	return 0;
}

int feed_red(struct arena *a, const struct conf *map, struct str *ret, struct err *e)
{
	const struct conf *list = conf_find(map, "red");
	struct str all = *ret;

	if (list == NULL)
		return 0;
	if (list->kind != CONF_LIST)
		return conf_err(list, e, "'red' is a list of persons, such as [dara]");
	for (const struct conf *one = list->first; one != NULL; one = one->next) {
		if (one->kind != CONF_SCALAR || one->text.len == 0 || str_has(one->text, ' '))
			return conf_err(one, e, "a person is the name of an account, without blanks");
		all = all.len == 0 ? one->text
		                   : arena_printf(a, "%.*s %.*s", STR_ARG(all), STR_ARG(one->text));
	}
	*ret = all;
	return 0;
}

int feed_parse(struct arena *a, const struct conf *c, struct feed_file *ret, struct err *e)
{
	static const char *const keys[] = {"name", "provider", "code", "documentation", "files", "enabled",
	        "kind", "grows", "cadence", "expected", "format", "label", "floor", "red", "accuracy", "type",
	        "timezone", "mapping", "sample", "source", "limit", "credential", FEED_SOURCE_KEYS, NULL};
	struct feed_file f = {.accuracy = -1, .limit = FEED_LIMIT};
	const struct conf *mapping = conf_find(c, "mapping");
	uint64_t accuracy = 101;
	struct zone *tried;

	if (c->kind != CONF_MAP)
		return conf_err(c, e, "a feed is a map with name, format, ...");
	if (conf_only(c, keys, e) != 0 || conf_str(c, "name", &f.name, e) != 0 ||
	        conf_str(c, "provider", &f.provider, e) != 0 || conf_str(c, "code", &f.code, e) != 0 ||
	        conf_str(c, "documentation", &f.documentation, e) != 0 || parse_fetching(a, c, &f, e) != 0 ||
	        conf_bool(c, "enabled", &f.enabled, e) != 0 || conf_bool(c, "grows", &f.grows, e) != 0 ||
	        conf_seconds(c, "cadence", &f.cadence, e) != 0 || parse_expected(a, c, &f, e) != 0 ||
	        conf_u64(c, "accuracy", 0, 100, &accuracy, e) != 0 ||
	        conf_str(c, "timezone", &f.timezone, e) != 0 || parse_words(c, &f, e) != 0 ||
	        feed_red(a, c, &f.red, e) != 0 || parse_files(a, conf_find(c, "files"), &f, e) != 0)
		return ERR_VALUE;
	if (f.name.len == 0)
		return conf_err(c, e, "the feed needs 'name: ...'");
	if (accuracy <= 100)
		f.accuracy = (int)accuracy;
	if (f.grows && f.kind != FEED_LOG)
		return conf_err(
		        conf_find(c, "grows"), e, "only a log grows; leave 'grows' out, or say 'kind: log'");
	f.mapped = mapping != NULL;
	if (f.mapped && map_parse(a, mapping, &f.mapping, e) != 0)
		return ERR_VALUE;
	if (f.timezone.len == 0)
		f.timezone = f.mapping.time_zone;
	if (f.timezone.len != 0 && zone_open(a, f.timezone, &tried, e) != 0)
		return err_add(e, "%.*s", STR_ARG(c->file));
	*ret = f;
	return 0;
}

int feed_read(struct arena *a, const char *path, struct feed_file *ret, struct err *e)
{
	struct conf *c;
	int rc = conf_read(a, path, &c, e);

	return rc != 0 ? rc : feed_parse(a, c, ret, e);
}
