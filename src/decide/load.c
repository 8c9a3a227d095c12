/* SPDX-License-Identifier: Apache-2.0
 *
 * The folder of rules. Files are named NUMBER-NAME.yaml; what else lies there is left alone, except for names
 * that look as if somebody meant a rule file: they are a fault, since a rule that is not read decides
 * nothing.
 */
#include "base/os.h"
#include "decide/rules.h"
#include <dirent.h>
#include <errno.h>

#define FILE_BYTES ((size_t)1 << 20)

struct folder {
	struct arena arena;
	VEC(struct rules_file) files;
	struct buf *faults;
	unsigned nfaults;
};

static void folder_fault(struct folder *f, const char *name, const char *words)
{
	char text[256];

	err_quote(text, sizeof(text), str_from(name));
	buf_printf(f->faults, "%s: %s\n", text, words);
	f->nfaults++;
}

/* 1: a file of rules, 0: something else. */
static int name_check(struct folder *f, const char *name)
{
	struct str s = str_from(name);
	size_t digits = 0;

	if (s.p[0] == '.' || (!str_iends(s, STR(".yaml")) && !str_iends(s, STR(".yml"))))
		return 0;
	while (digits < s.len && char_digit(s.p[digits]))
		digits++;
	if (str_ends(s, STR(".yaml")) && digits > 0 && digits <= 9 && s.p[digits] == '-')
		return 1;
	folder_fault(
	        f, name, "not read: a file of rules is named NUMBER-NAME.yaml, such as '20-notify.yaml'");
	return 0;
}

static int folder_file(struct folder *f, const char *folder, const char *name, struct err *e)
{
	auto_buf struct buf text = {0};
	struct str path = arena_printf(&f->arena, "%s/%s", folder, name);

	if (name_check(f, name) == 0)
		return 0;
	if (f->files.n == RULES_FILES)
		return err_set(e, ERR_LIMIT, "more than %d files of rules in '%s'", RULES_FILES, folder);
	int rc = os_read_file(path.p, FILE_BYTES, &text, e);
	if (rc < 0)
		return rc;
	struct rules_file *file = vec_add(&f->files);
	file->name = arena_str(&f->arena, str_from(name));
	file->text = arena_str(&f->arena, buf_str(&text));
	return 0;
}

static int folder_read(struct folder *f, const char *folder, struct err *e)
{
	DIR *d = opendir(folder);
	int rc = 0;

	if (d == NULL)
		return err_sys(e, "cannot open the folder '%s'", folder);
	while (rc == 0) {
		errno = 0;
		struct dirent *entry = readdir(d);
		if (entry == NULL) {
			rc = errno != 0 ? err_sys(e, "cannot read the folder '%s'", folder) : 0;
			break;
		}
		rc = folder_file(f, folder, entry->d_name, e);
	}
	closedir(d);
	return rc;
}

int rules_load(const char *folder, struct rules **ret, struct buf *faults, struct err *e)
{
	struct folder f = {.faults = faults};
	struct rules *rules = NULL;

	int rc = folder_read(&f, folder, e);
	if (rc == 0 && (rules_compile(f.files.v, f.files.n, &rules, faults) < 0 || f.nfaults > 0))
		rc = err_set(e, ERR_VALUE, "the rules in '%s' are not good", folder);
	if (rc == 0)
		*ret = rules;
	else
		rules_free(rules);
	vec_done(&f.files);
	arena_done(&f.arena);
	return rc;
}
