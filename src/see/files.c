/* SPDX-License-Identifier: Apache-2.0 */
#include "see/files.h"
#include "base/digest.h"
#include "base/os.h"
#include "see/change.h"
#include "state/state.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#define FILE_BYTES (1 << 20)
#define FILES_MAX 2000
#define DIGITS 16 /* of the digest: to tell versions apart, not to prove anything */
#define NAMES_SAID 400

static const char *const alone[] = {"weir.yaml", "exploited.txt", "sim3.yaml"};
static const char *const folders[] = {"rules", "feeds", "holidays"};

struct listing {
	struct arena arena;
	struct str folder;
	VEC(struct str) lines; /* NAME DIGEST, to be sorted by name */
};

static void add_file(struct listing *l, struct str name)
{
	struct str path = arena_printf(&l->arena, "%.*s/%.*s", STR_ARG(l->folder), STR_ARG(name));
	auto_buf struct buf bytes = {0}, line = {0};
	uint8_t d[DIGEST_LEN];
	struct err e;

	if (l->lines.n >= FILES_MAX || os_read_file(path.p, FILE_BYTES, &bytes, &e) != 0)
		return;
	digest_of(buf_str(&bytes), d);
	buf_add(&line, name);
	buf_char(&line, ' ');
	for (unsigned i = 0; i < DIGITS / 2; i++)
		buf_printf(&line, "%02x", d[i]);
	*vec_add(&l->lines) = arena_str(&l->arena, buf_str(&line));
}

/* Names in a folder that are no hidden ones; each to add. */
static void each_in(struct listing *l, const char *folder, void (*add)(struct listing *, struct str))
{
	struct str path = arena_printf(&l->arena, "%.*s/%s", STR_ARG(l->folder), folder);
	DIR *d = opendir(path.p);

	for (struct dirent *entry; d != NULL && (entry = readdir(d)) != NULL;)
		if (entry->d_name[0] != '.')
			add(l, arena_printf(&l->arena, "%s/%s", folder, entry->d_name));
	if (d != NULL)
		closedir(d);
}

/* lang/LANGUAGE/FILE */
static void add_language(struct listing *l, struct str name)
{
	each_in(l, name.p, add_file);
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

void files_list(struct str folder, struct buf *ret)
{
	struct listing l = {.folder = folder};

	arena_init(&l.arena, 0);
	for (size_t i = 0; i < sizeof(alone) / sizeof(alone[0]); i++)
		add_file(&l, str_from(alone[i]));
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		each_in(&l, folders[i], add_file);
	each_in(&l, "lang", add_language);
	if (l.lines.n > 0)
		qsort(l.lines.v, l.lines.n, sizeof(l.lines.v[0]), by_name);
	for (size_t i = 0; i < l.lines.n; i++) {
		struct str_cut cut = str_rcut(l.lines.v[i], ' ');
		buf_printf(ret, "%.*s %.*s\n", STR_ARG(cut.tail), STR_ARG(cut.head));
	}
	vec_done(&l.lines);
	arena_done(&l.arena);
}

static void say(struct buf *ret, struct str name, const char *what, unsigned *more)
{
	char shown[128];

	if (ret->len >= NAMES_SAID)
		++*more;
	else
		buf_printf(ret, "%s%s %s", ret->len > 0 ? ", " : "", err_quote(shown, sizeof(shown), name).p,
		        what);
}

void files_differ(struct str before, struct str now, struct buf *ret)
{
	unsigned more = 0;

	while (before.len > 0 || now.len > 0) {
		struct str_cut a = str_cut(before, '\n'), b = str_cut(now, '\n');
		struct str x = str_cut(a.head, ' ').tail, y = str_cut(b.head, ' ').tail;
		int order = before.len == 0 ? 1 : now.len == 0 ? -1 : str_cmp(x, y);
		if (order < 0)
			say(ret, x, "gone", &more);
		else if (order > 0)
			say(ret, y, "new", &more);
		else if (!str_eq(a.head, b.head))
			say(ret, x, "changed", &more);
		before = order <= 0 ? a.tail : before;
		now = order >= 0 ? b.tail : now;
	}
	if (more > 0)
		buf_printf(ret, " and %u more", more);
}

#define KEY "now.files"

/* What differs from the files that the core has worked with so far; false if they are not known. */
static bool look(struct node *n, struct buf *now, struct buf *differs)
{
	auto_buf struct buf before = {0};
	bool known = state_meta_find(n->state, KEY, &before);

	files_list(n->country.folder, now);
	files_differ(buf_str(&before), buf_str(now), differs);
	return known;
}

int files_reload(struct node *n, struct str person, struct str refused, struct err *e)
{
	auto_buf struct buf now = {0}, differs = {0}, detail = {0};
	bool known = look(n, &now, &differs);

	if (refused.len != 0)
		buf_printf(&detail, "refused: %.*s", STR_ARG(refused));
	if (refused.len == 0 && !known)
		buf_add(&detail, STR("what it was before is not known"));
	else if (differs.len > 0)
		buf_printf(&detail, "%s%.*s", detail.len > 0 ? "; " : "", STR_ARG(buf_str(&differs)));
	else if (refused.len == 0)
		buf_add(&detail, STR("no file differs"));
	buf_char(&detail, 0);
	db_begin(n->state);
	change_audit(n, person, "reload", "configuration", detail.p);
	if (refused.len == 0)
		state_meta_put(n->state, KEY, buf_str(&now));
	return db_commit(n->state, e);
}

void files_started(struct node *n)
{
	auto_buf struct buf now = {0}, differs = {0};
	bool known = look(n, &now, &differs);

	if (known && differs.len > 0) {
		buf_char(&differs, 0);
		change_audit(n, STR("start"), "reload", "configuration", differs.p);
	}
	state_meta_put(n->state, KEY, buf_str(&now));
}
