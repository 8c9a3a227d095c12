/* SPDX-License-Identifier: Apache-2.0 */
#include "learn/sim3.h"

#include "base/conf.h"
#include "learn/learn.h"
#include "state/state.h"
#include <stdio.h>

#define PARAMETERS 200
#define NAME 200

/* ---- the file ------------------------------------------------------------------------------------ */

static bool is_category(struct str id)
{
	return id.len == 1 && str_has(STR("OHTP"), id.p[0]);
}

/* As statements name them: [OHTP]-[1-9][0-9]? */
static bool is_parameter(struct str id)
{
	return (id.len == 3 || id.len == 4) && is_category(str_sub(id, 0, 1)) && id.p[1] == '-' &&
	        id.p[2] >= '1' && id.p[2] <= '9' && (id.len == 3 || char_digit(id.p[3]));
}

static bool is_lang(struct str key)
{
	for (size_t i = 0; i < key.len; i++)
		if (key.p[i] < 'a' || key.p[i] > 'z')
			return false;
	return key.len == 2 || key.len == 3;
}

static int check_names(const struct conf *row, bool area, struct err *e)
{
	for (const struct conf *k = row->first; k != NULL; k = k->next) {
		bool known = str_eq(k->key, STR("id")) || (area && str_eq(k->key, STR("area")));
		if (!known && !is_lang(k->key))
			return conf_err_key(k, e, "'%.*s' is no language such as en or lo", STR_ARG(k->key));
		if (k->kind != CONF_SCALAR || k->text.len == 0 || k->text.len > NAME)
			return conf_err(k, e, "a name is a text of 1 to %u bytes", NAME);
	}
	return conf_find(row, "en") != NULL ? 0 : conf_err(row, e, "a name in English (en) is missing");
}

static int check_row(const struct conf *list, const struct conf *row, bool category, struct err *e)
{
	struct conf *id = conf_find(row, "id"), *area = conf_find(row, "area");

	if (row->kind != CONF_MAP || id == NULL ||
	        !(category ? is_category(id->text) : is_parameter(id->text)))
		return conf_err(row, e, "an id is missing, such as %s", category ? "O" : "O-1");
	for (const struct conf *other = list->first; other != row; other = other->next)
		if (str_eq(conf_find(other, "id")->text, id->text))
			return conf_err(id, e, "'%.*s' is there twice", STR_ARG(id->text));
	if (category && (area == NULL || !learn_area_ok(area->text)))
		return conf_err(row, e, "a category names an area of needs and offers");
	return check_names(row, category, e);
}

static int check_list(const struct conf *file, const char *key, bool category, struct err *e)
{
	const struct conf *list = conf_find(file, key);
	unsigned n = 0;

	if (list == NULL || list->kind != CONF_LIST)
		return conf_err(file, e, "'%s' is a list", key);
	for (const struct conf *row = list->first; row != NULL; row = row->next)
		if (++n > PARAMETERS || check_row(list, row, category, e) != 0)
			return n > PARAMETERS ? conf_err(row, e, "more than %u", PARAMETERS) : e->code;
	return n > 0 ? 0 : conf_err(list, e, "'%s' has nothing in it", key);
}

/* A parameter without its category would be on no page. */
static int check_categories(const struct conf *file, struct err *e)
{
	for (const struct conf *p = conf_find(file, "parameters")->first; p != NULL; p = p->next) {
		const struct conf *c = conf_find(file, "categories")->first;
		while (c != NULL && conf_find(c, "id")->text.p[0] != conf_find(p, "id")->text.p[0])
			c = c->next;
		if (c == NULL)
			return conf_err(p, e, "there is no category '%c'", conf_find(p, "id")->text.p[0]);
	}
	return 0;
}

static int read_file(const char *path, struct arena *a, struct conf **ret, struct err *e)
{
	static const char *const keys[] = {"version", "categories", "parameters", NULL};
	struct str version = STR("");
	int rc = conf_read(a, path, ret, e);

	if (rc == 0)
		rc = conf_only(*ret, keys, e);
	if (rc == 0)
		rc = conf_str(*ret, "version", &version, e);
	if (rc == 0 && version.len == 0)
		rc = conf_err(*ret, e, "'version' is missing: which list this is");
	if (rc == 0)
		rc = check_list(*ret, "categories", true, e);
	if (rc == 0)
		rc = check_list(*ret, "parameters", false, e);
	return rc == 0 ? check_categories(*ret, e) : rc;
}

int sim3_check(const char *path, struct err *e)
{
	auto_arena struct arena a = {0};
	struct conf *file;

	arena_init(&a, 0);
	return read_file(path, &a, &file, e);
}

/* ---- rows ---------------------------------------------------------------------------------------- */

static void put_names(struct db *db, const struct conf *row)
{
	for (const struct conf *k = row->first; k != NULL; k = k->next) {
		if (!is_lang(k->key) || str_eq(k->key, STR("id")))
			continue;
		struct query q =
		        db_query(db, "insert or replace into sim3_name(id, lang, name) values (?, ?, ?)");
		query_text(&q, conf_find(row, "id")->text);
		query_text(&q, k->key);
		query_text(&q, k->text);
		query_run(&q);
	}
}

static void put_rows(struct db *db, const struct conf *file)
{
	uint64_t n = 0;

	for (const struct conf *row = conf_find(file, "categories")->first; row != NULL; row = row->next) {
		struct query q = db_query(db, "insert into sim3_category(id, n, area) values (?, ?, ?)");
		query_text(&q, conf_find(row, "id")->text);
		query_u64(&q, n++);
		query_text(&q, conf_find(row, "area")->text);
		query_run(&q);
		put_names(db, row);
	}
	for (const struct conf *row = conf_find(file, "parameters")->first; row != NULL; row = row->next) {
		struct query q = db_query(db, "insert into sim3_parameter(id, n) values (?, ?)");
		query_text(&q, conf_find(row, "id")->text);
		query_u64(&q, n++);
		query_run(&q);
		put_names(db, row);
	}
}

int sim3_load(struct db *db, const char *path, struct err *e)
{
	static const char *const old[] = {
	        "delete from sim3_name", "delete from sim3_parameter", "delete from sim3_category"};
	auto_arena struct arena a = {0};
	struct conf *file;
	struct str version = STR("");

	arena_init(&a, 0);
	int rc = read_file(path, &a, &file, e);
	if (rc != 0)
		return rc;
	(void)conf_str(file, "version", &version, NULL);
	db_begin(db);
	for (unsigned i = 0; i < sizeof(old) / sizeof(old[0]); i++) {
		struct query q = db_query(db, old[i]);
		query_run(&q);
	}
	put_rows(db, file);
	state_meta_put(db, SIM3_VERSION, version);
	return db_commit(db, e);
}

bool sim3_find(struct db *db, struct str given, char ret[SIM3_ID], struct err *e)
{
	struct query q = db_query(db, "select id from sim3_parameter where id = upper(?)");
	char shown[64];

	query_text(&q, given);
	bool there = query_next(&q) == 1;
	if (there)
		snprintf(ret, SIM3_ID, "%.*s", STR_ARG(query_get_text(&q, 0)));
	query_done(&q, NULL);
	if (!there)
		err_set(e, ERR_MISSING, "there is no parameter '%s'; weir sim3 list has them",
		        err_quote(shown, sizeof(shown), given).p);
	return there;
}
