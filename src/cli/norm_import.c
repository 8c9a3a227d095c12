/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/norm_import.h"
#include "agree/norm_file.h"
#include "base/conf.h"
#include "base/os.h"
#include "know/csv.h"

#define FILE_BYTES ((size_t)1 << 20)
#define ROWS 2000
#define ACTION 3000 /* bytes of one */

struct rows {
	struct arena *a;
	const char *path;
	VEC(struct norm_import_row) v;
};

static int fault(const struct rows *r, unsigned line, const char *field, const char *what, struct err *e)
{
	return err_set(e, ERR_VALUE, "%s:%u: %s: %s", r->path, line, field, what);
}

/* A row is a line on its way to the node. */
static struct str one_line(struct arena *a, struct str s)
{
	struct str copy = arena_str(a, str_trim(s));
	char *p = (char *)copy.p;

	for (size_t i = 0; i < copy.len; i++)
		if (p[i] == '\n' || p[i] == '\r' || p[i] == '\t' || p[i] == '\v')
			p[i] = ' ';
	return copy;
}

static int add(
        struct rows *r, struct str list, struct str norm, struct str action, unsigned line, struct err *e)
{
	if (list.len == 0)
		return fault(r, line, "list", "of which list? name it here, or with --list", e);
	if (!norm_key_good(list))
		return fault(r, line, "list", "a name of small letters, digits, '-' and '_' is wanted", e);
	if (!norm_key_good(norm) || !str_has(norm, '.'))
		return fault(r, line, "norm", "the key of a norm is wanted, such as gge2015.h", e);
	if (action.len == 0)
		return fault(r, line, "action", "it is empty", e);
	if (action.len > ACTION)
		return fault(r, line, "action", "it is longer than 3000 bytes", e);
	if (r->v.n == ROWS)
		return fault(r, line, "action", "a list has 2000 actions at most", e);
	*vec_add(&r->v) = (struct norm_import_row){
	        arena_str(r->a, list), arena_str(r->a, norm), one_line(r->a, action), line};
	return 0;
}

/* ---- CSV ----------------------------------------------------------------------------------------- */

enum column { LIST, NORM, ACTION_TEXT, COLUMNS };
static const char *const heads[COLUMNS] = {"list", "norm", "action"};

static int read_head(
        const struct rows *r, const struct csv *c, bool needs_list, int at[COLUMNS], struct err *e)
{
	for (unsigned k = 0; k < COLUMNS; k++) {
		at[k] = -1;
		for (unsigned i = 0; i < c->cells; i++)
			if (str_ieq(str_trim(c->cell[i]), str_from(heads[k])))
				at[k] = (int)i;
		if (at[k] < 0 && (k != LIST || needs_list))
			return fault(r, c->row_line, heads[k],
			        "the header has no such column; list, norm and action are wanted", e);
	}
	return 0;
}

static struct str cell(const struct csv *c, int at)
{
	return at >= 0 && (unsigned)at < c->cells ? str_trim(c->cell[at]) : STR("");
}

static int read_csv(struct rows *r, struct str text, struct str list, struct err *e)
{
	struct csv c;
	int at[COLUMNS], rc;

	csv_init(&c, r->a, text);
	if (csv_next(&c) != 1)
		return fault(r, 1, "list", "the file is empty", e);
	rc = read_head(r, &c, list.len == 0, at, e);
	while (rc == 0 && csv_next(&c) == 1) {
		struct str of = cell(&c, at[LIST]);
		if (c.open_quote)
			return fault(r, c.row_line, "action", "a quote is not closed", e);
		rc = add(r, of.len > 0 ? of : list, cell(&c, at[NORM]), cell(&c, at[ACTION_TEXT]), c.row_line,
		        e);
	}
	return rc;
}

/* ---- YAML ---------------------------------------------------------------------------------------- */

static int add_actions(struct rows *r, const struct conf *of, struct str list, struct err *e)
{
	int rc = 0;

	if (of->kind == CONF_SCALAR)
		return add(r, list, of->key, of->text, of->line, e);
	if (of->kind != CONF_LIST)
		return fault(r, of->key_line, "action", "a text or a list of texts is wanted", e);
	for (const struct conf *t = of->first; t != NULL && rc == 0; t = t->next)
		rc = t->kind == CONF_SCALAR ? add(r, list, of->key, t->text, t->line, e)
		                            : fault(r, t->line, "action", "a text is wanted", e);
	return rc;
}

static int read_yaml(struct rows *r, struct str text, struct str list, struct err *e)
{
	static const char *const keys[] = {"list", "actions", NULL};
	struct conf *c;
	int rc = conf_parse(r->a, str_from(r->path), text, &c, e);

	if (rc == 0 && c->kind != CONF_MAP)
		rc = conf_err(c, e, "a list of actions has 'list' and 'actions'");
	if (rc != 0 || conf_only(c, keys, e) != 0 || conf_str(c, "list", &list, e) != 0)
		return ERR_VALUE;
	const struct conf *actions = conf_find(c, "actions");
	if (actions == NULL || actions->kind != CONF_MAP)
		return conf_err(c, e, "'actions' is a map from norms to what is to be done");
	for (const struct conf *k = actions->first; k != NULL && rc == 0; k = k->next)
		rc = add_actions(r, k, list, e);
	return rc;
}

int norm_import_read(struct arena *a, const char *path, struct str list, struct norm_import_row **ret_v,
        unsigned *ret_n, struct err *e)
{
	struct rows r = {.a = a, .path = path};
	auto_buf struct buf bytes = {0};
	struct str name = str_from(path);
	int rc = os_read_file(path, FILE_BYTES, &bytes, e);

	if (rc == 0)
		rc = str_iends(name, STR(".yaml")) || str_iends(name, STR(".yml"))
		        ? read_yaml(&r, buf_str(&bytes), list, e)
		        : read_csv(&r, buf_str(&bytes), list, e);
	if (rc == 0 && r.v.n == 0)
		rc = fault(&r, 1, "action", "there is none in the file", e);
	*ret_n = (unsigned)r.v.n;
	*ret_v = arena_array(a, r.v.n + 1, sizeof(struct norm_import_row));
	if (*ret_v != NULL && r.v.n > 0)
		memcpy(*ret_v, r.v.v, r.v.n * sizeof(struct norm_import_row));
	vec_done(&r.v);
	return rc;
}
