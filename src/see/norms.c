/* SPDX-License-Identifier: Apache-2.0 */
#include "see/norms.h"
#include "agree/norm_file.h"
#include <dirent.h>

#define FILES 32

struct files {
	struct arena a;
	const char *v[FILES];
	unsigned n;
};

static int is_norms(const struct dirent *d)
{
	return d->d_name[0] != '.' && str_ends(str_from(d->d_name), STR(".yaml"));
}

static bool has(const struct files *f, const char *path)
{
	for (unsigned i = 0; i < f->n; i++)
		if (str_eq(str_from(f->v[i]), str_from(path)))
			return true;
	return false;
}

static void add_folder(
        const struct country_paths *p, const struct country *c, const char *folder, struct files *f)
{
	struct dirent **names = NULL;
	int n = scandir(folder, &names, is_norms, alphasort);

	for (int i = 0; i < n; i++) {
		const char *path =
		        country_file(p, c, &f->a, arena_printf(&f->a, "norms/%s", names[i]->d_name).p);
		if (f->n < FILES && !has(f, path))
			f->v[f->n++] = path;
		free(names[i]);
	}
	free(names);
}

/* The number of those that are wrong. */
static unsigned take_all(struct files *f, struct db *db, struct buf *notes)
{
	unsigned place = 0, wrong = 0;
	struct err e;

	for (unsigned i = 0; i < f->n; i++)
		if (norm_file_take(&f->a, f->v[i], db, &place, &e) != 0) {
			buf_printf(notes, "%s\n", e.text);
			wrong++;
		}
	return wrong;
}

static int put_all(struct files *f, struct db *db, struct buf *notes, struct err *e)
{
	db_begin(db);
	norm_files_begin(db);
	if (take_all(f, db, notes) == 0)
		return db_commit(db, e);
	db_rollback(db);
	return 0;
}

int norms_load(const struct country_paths *p, const struct country *c, struct db *db, struct buf *notes,
        struct err *e)
{
	struct files f = {0};
	int rc = 0;

	arena_init(&f.a, 0);
	add_folder(p, c, country_sample(p, &f.a, "../conf/norms"), &f);
	add_folder(p, c, arena_printf(&f.a, "%.*s/norms", STR_ARG(c->folder)).p, &f);
	if (take_all(&f, NULL, notes) == 0 && db != NULL)
		rc = put_all(&f, db, notes, e);
	arena_done(&f.a);
	return rc;
}
