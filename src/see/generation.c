/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers for what deciding is done with. A generation is built anew only if the register of owners is another, or a
 * file in know/ has another name, size or time than last time; else the file that is there is mapped, which takes no
 * time however large it is. Rules are few:
 * they are always read, and have a number of their own when their text is new.
 */
#include "base/digest.h"
#include "base/os.h"
#include "know/build.h"
#include "see/node.h"
#include "see/register.h"
#include <dirent.h>
#include <sys/stat.h>

static int not_hidden(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static void digest_file(struct digest *d, const char *path)
{
	struct stat st;
	char text[128];

	if (stat(path, &st) != 0)
		return;
	if (S_ISDIR(st.st_mode)) {
		struct dirent **names = NULL;
		int n = scandir(path, &names, not_hidden, alphasort);
		for (int i = 0; i < n; i++) {
			char below[4096];
			if (snprintf(below, sizeof(below), "%s/%s", path, names[i]->d_name) <
			        (int)sizeof(below))
				digest_file(d, below);
			free(names[i]);
		}
		free(names);
		return;
	}
	snprintf(text, sizeof(text), " %jd %jd.%09ld %ju\n", (intmax_t)st.st_size,
	        (intmax_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec, (uintmax_t)st.st_ino);
	digest_add(d, str_from(path));
	digest_add(d, str_from(text));
}

/* The number of the register stands for all of it: it is never given again. */
static void digest_inputs(struct node *n, uint64_t reg, uint8_t ret[DIGEST_LEN])
{
	struct digest *d = digest_new();

	digest_add(d, arena_printf(&n->arena, "register %llu\n", (unsigned long long)reg));
	digest_file(d, arena_printf(&n->arena, "%.*s/know", STR_ARG(n->country.folder)).p);
	digest_done(d, ret);
}

static int build(struct node *n, uint32_t number, const char *path, struct err *e)
{
	auto_buf struct buf bytes = {0};
	struct know_build b;

	know_build_init(&b);
	int rc = register_load(n->state, &b.owners, e);
	if (rc == 0)
		rc = country_networks(&n->country, &b, e);
	for (size_t i = 0; i < b.notes.list.n; i++)
		buf_printf(&n->country.notes, "%.*s\n", STR_ARG(b.notes.list.v[i]));
	if (rc == 0) {
		know_build_finish(&b, number, &bytes);
		rc = os_write_file(path, buf_str(&bytes), e);
	}
	know_build_done(&b);
	return rc;
}

static const char *generation_path(struct node *n, uint32_t number)
{
	return arena_printf(&n->arena, "%.*s/gen/%u.weir", STR_ARG(n->folder), number).p;
}

static int newest(
        struct node *n, uint32_t *ret, const uint8_t sha256[DIGEST_LEN], bool *ret_same, struct err *e)
{
	struct query q = db_query(n->state, "select id, sha256 = ? from generation order by id desc limit 1");

	query_blob(&q, str_make((const char *)sha256, DIGEST_LEN));
	if (query_next(&q) == 1) {
		*ret = (uint32_t)query_get_u64(&q, 0);
		*ret_same = query_get_u64(&q, 1) != 0;
	}
	return query_done(&q, e);
}

static void put_row(struct node *n, uint32_t number, const uint8_t sha256[DIGEST_LEN])
{
	struct query q = db_query(n->state,
	        "insert into generation(id, sha256, built, owners, prefixes) values (?, ?, ?,"
	        " (select count(*) from owner where gone is null), (select count(*) from claim where kind = "
	        "'prefix'))");
	query_u64(&q, number);
	query_blob(&q, str_make((const char *)sha256, DIGEST_LEN));
	query_i64(&q, os_now());
	query_run(&q);
}

int node_generation_put(struct node *n, uint64_t reg, struct str bytes, struct err *e)
{
	uint8_t sha256[DIGEST_LEN];

	digest_inputs(n, reg, sha256);
	put_row(n, n->generation + 1, sha256);
	return os_write_file(generation_path(n, n->generation + 1), bytes, e);
}

int node_generation(struct node *n, struct err *e)
{
	uint8_t sha256[DIGEST_LEN];
	uint32_t number = 0;
	uint64_t reg = 0;
	bool same = false;

	if (register_version(n->state, &reg, e) != 0)
		return ERR_SYS;
	digest_inputs(n, reg, sha256);
	if (newest(n, &number, sha256, &same, e) != 0)
		return ERR_SYS;
	if (same && know_open(generation_path(n, number), &n->country.know, e) == 0) {
		n->generation = number;
		return 0;
	}
	n->generation = number + 1;
	const char *path = generation_path(n, n->generation);
	int rc = build(n, n->generation, path, e);
	if (rc == 0)
		rc = know_open(path, &n->country.know, e);
	if (rc != 0)
		return rc;
	db_begin(n->state);
	put_row(n, n->generation, sha256);
	return db_commit(n->state, e);
}

/* ---- rules --------------------------------------------------------------------------------------- */

static void digest_rules(struct node *n, uint8_t ret[DIGEST_LEN])
{
	struct digest *d = digest_new();
	struct str last = {0};
	struct rule_view view;

	/* the rules that are in use name their files, in order */
	for (uint32_t i = 1; rules_view(n->country.rules, i, &view); i++) {
		auto_buf struct buf text = {0};
		if (str_eq(view.file, last))
			continue;
		last = view.file;
		digest_add(d, view.file);
		if (os_read_file(arena_printf(&n->arena, "%.*s/%.*s", STR_ARG(n->country.rules_folder),
		                         STR_ARG(view.file))
		                         .p,
		            1 << 20, &text, NULL) == 0)
			digest_add(d, buf_str(&text));
	}
	digest_done(d, ret);
}

/* The lines of the rule that begins in that line, up to the next rule of the file, without what is empty or a comment in the
 * end. */
static struct str text_of_rule(struct str text, unsigned line, unsigned next)
{
	size_t from = 0, to = 0, at = 0;

	for (unsigned i = 1; at < text.len && (next == 0 || i < next); i++) {
		size_t end = str_find(text, at, '\n');
		struct str one = str_make(text.p + at, (end == SIZE_MAX ? text.len : end) - at);
		struct str bare = str_trim(one);
		if (i == line)
			from = at;
		if (i >= line && bare.len > 0 && bare.p[0] != '#')
			to = at + one.len;
		at += one.len + 1;
	}
	return to > from ? str_make(text.p + from, to - from) : STR("");
}

/* What people read of it later, as it is now: the file may be another by then. */
static struct str read_rule(struct node *n, uint32_t i, struct buf *file, struct str *name)
{
	struct rule_view view, next;
	char path[NODE_PATH];

	if (!rules_view(n->country.rules, i, &view))
		return STR("");
	if (!str_eq(view.file, *name)) {
		buf_done(file);
		*name = view.file;
		if (snprintf(path, sizeof(path), "%.*s/%.*s", STR_ARG(n->country.rules_folder),
		            STR_ARG(view.file)) >= (int)sizeof(path) ||
		        os_read_file(path, 1 << 20, file, NULL) != 0)
			buf_clear(file);
	}
	bool more = rules_view(n->country.rules, i + 1, &next) && str_eq(next.file, view.file);
	return text_of_rule(buf_str(file), view.line, more ? next.line : 0);
}

static void put_rules(struct node *n)
{
	auto_buf struct buf file = {0};
	struct rule_view view;
	struct str name = {0};

	for (uint32_t i = 1; rules_view(n->country.rules, i, &view); i++) {
		struct query q = db_query(n->state,
		        "insert into rule(ruleset, number, name, file, line, text) values (?, ?, ?, ?, ?, ?)"
		        " on conflict(ruleset, number) do update set text = excluded.text where text = ''");
		query_u64(&q, n->ruleset);
		query_u64(&q, i);
		query_text(&q, view.name);
		query_text(&q, view.file);
		query_u64(&q, view.line);
		query_text(&q, read_rule(n, i, &file, &name));
		query_run(&q);
	}
}

int node_ruleset(struct node *n, struct err *e)
{
	uint8_t sha256[DIGEST_LEN];

	digest_rules(n, sha256);
	db_begin(n->state);
	struct query q = db_query(n->state, "select id from ruleset where sha256 = ?");
	query_blob(&q, str_make((const char *)sha256, sizeof(sha256)));
	bool there = query_next(&q) == 1;
	if (there)
		n->ruleset = (uint32_t)query_get_u64(&q, 0);
	query_run(&q);
	if (!there) {
		struct query put = db_query(n->state, "insert into ruleset(sha256, loaded) values (?, ?)");
		query_blob(&put, str_make((const char *)sha256, sizeof(sha256)));
		query_i64(&put, os_now());
		query_run(&put);
		n->ruleset = (uint32_t)db_last_id(n->state);
	}
	put_rules(n);
	return db_commit(n->state, e);
}
