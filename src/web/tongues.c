/* SPDX-License-Identifier: Apache-2.0 */
#include "web/tongues.h"
#include "base/conf.h"
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#define TONGUES_MAX 32

static const char *const variables[] = {"name", "owner", "ticket", "team"};
#define NVARIABLES (sizeof(variables) / sizeof(variables[0]))

/* The variable that begins at text[at]: its number and its end; NVARIABLES: none does. */
static size_t variable(struct str text, size_t at, size_t *ret_end)
{
	size_t end = text.p[at] == '{' ? str_find(text, at, '}') : SIZE_MAX, i = 0;

	if (end == SIZE_MAX)
		return NVARIABLES;
	while (i < NVARIABLES && !str_eq(str_sub(text, at + 1, end - at - 1), str_from(variables[i])))
		i++;
	*ret_end = end + 1;
	return i;
}

void block_fill(struct buf *out, struct str text, const struct block_values *v)
{
	const struct str values[NVARIABLES] = {v->name, v->owner, v->ticket, v->team};

	for (size_t i = 0; i < text.len;) {
		size_t end = i, which = variable(text, i, &end);
		if (which < NVARIABLES) {
			buf_add(out, values[which].p != NULL ? values[which] : STR(""));
			i = end;
		} else {
			buf_char(out, text.p[i++]);
		}
	}
}

/* ---- files --------------------------------------------------------------------------------------- */

static int check(const struct conf *c, struct err *e)
{
	for (size_t i = 0; i < c->text.len; i++) {
		size_t end = i;
		if (c->text.p[i] == '{' && variable(c->text, i, &end) == NVARIABLES)
			return conf_err(c, e, "a block knows {name}, {owner}, {ticket} and {team}");
	}
	return 0;
}

static bool is_there(const struct tongue *t, struct str name)
{
	for (unsigned i = 0; i < t->nblocks; i++)
		if (str_eq(t->blocks[i].name, name))
			return true;
	return false;
}

static int take_block(struct tongue *t, const struct conf *c, struct err *e)
{
	static const char *const keys[] = {"title", "text", NULL};
	struct block_text b = {.name = c->key};

	if (c->kind != CONF_MAP)
		return conf_err(c, e, "a block is a map with title and text");
	if (conf_only(c, keys, e) != 0 || conf_str(c, "title", &b.title, e) != 0 ||
	        conf_str(c, "text", &b.text, e) != 0)
		return ERR_VALUE;
	if (b.title.len == 0 || b.text.len == 0)
		return conf_err(c, e, "a block needs 'title: ...' and 'text: ...'");
	if (check(conf_find(c, "text"), e) != 0)
		return ERR_VALUE;
	if (!is_there(t, b.name) && t->nblocks < TONGUE_BLOCKS)
		t->blocks[t->nblocks++] = b;
	return 0;
}

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static int read_blocks(struct arena *a, const char *path, struct tongue *t, struct err *e)
{
	struct conf *c;
	int rc = conf_read(a, path, &c, e);

	if (rc == 0 && c->kind != CONF_MAP)
		rc = conf_err(c, e, "text blocks are entries 'NAME: {title: ..., text: ...}'");
	for (const struct conf *k = rc == 0 ? c->first : NULL; k != NULL && rc == 0; k = k->next)
		rc = take_block(t, k, e);
	return rc;
}

static void load(struct tongues *l, const struct country_paths *p, const struct country *c,
        const char *defaults, struct str code, struct buf *notes)
{
	struct tongue t = {.code = arena_str(&l->arena, code)};
	const struct str folders[] = {c->folder, str_from(defaults)};
	struct err e = {0};

	int rc = lang_read(p, c, &l->arena, t.code, l->n > 0 ? &l->v[0].lang : NULL, &t.lang, &e);
	for (unsigned i = 0; i < 2 && rc == 0; i++) {
		const char *path = arena_printf(
		        &l->arena, "%.*s/lang/%.*s/blocks.yaml", STR_ARG(folders[i]), STR_ARG(code))
		                           .p;
		if (is_file(path))
			rc = read_blocks(&l->arena, path, &t, &e);
	}
	if (rc == 0)
		l->v[l->n++] = t;
	else
		buf_printf(notes, "%s\n", e.text);
}

static bool is_loaded(const struct tongues *l, struct str code)
{
	for (unsigned i = 0; i < l->n; i++)
		if (str_eq(l->v[i].code, code))
			return true;
	return false;
}

static void load_folder(struct tongues *l, const struct country_paths *p, const struct country *c,
        const char *defaults, struct str folder, struct buf *notes)
{
	struct dirent **names = NULL;
	int n = scandir(arena_printf(&l->arena, "%.*s/lang", STR_ARG(folder)).p, &names, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		struct str code = str_from(names[i]->d_name);
		const char *letter =
		        arena_printf(&l->arena, "%.*s/lang/%.*s/letter.yaml", STR_ARG(folder), STR_ARG(code))
		                .p;
		if (code.p[0] != '.' && !is_loaded(l, code) && l->n < TONGUES_MAX && is_file(letter))
			load(l, p, c, defaults, code, notes);
		free(names[i]);
	}
	free(names);
}

void tongues_load(
        const struct country_paths *p, const struct country *c, struct tongues *ret, struct buf *notes)
{
	*ret = (struct tongues){.n = 0};
	arena_init(&ret->arena, 0);
	ret->v = arena_array(&ret->arena, TONGUES_MAX, sizeof(*ret->v));
	const char *defaults = country_sample(p, &ret->arena, "../conf");
	load(ret, p, c, defaults, STR("en"), notes);
	if (ret->n == 0)
		return;
	load_folder(ret, p, c, defaults, c->folder, notes);
	load_folder(ret, p, c, defaults, str_from(defaults), notes);
}

static const struct tongue *find(const struct tongues *t, struct str code)
{
	for (unsigned i = 0; i < t->n; i++)
		if (str_ieq(t->v[i].code, code))
			return &t->v[i];
	return NULL;
}

const struct tongue *tongues_find(const struct tongues *t, struct str code)
{
	const struct tongue *one = find(t, code);

	if (one == NULL)
		one = find(t, str_cut(code, '-').head);
	return one != NULL ? one : t->n > 0 ? &t->v[0] : NULL;
}
