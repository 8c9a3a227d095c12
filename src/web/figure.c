/* SPDX-License-Identifier: Apache-2.0 */
#include "web/figure.h"
#include "base/os.h"
#include "web/findings_in.h"

#define WEEK (7 * (int64_t)86400 * 1000000)

void figure_add(struct figure_samples *out, struct str a, struct str b, int64_t value)
{
	struct figure_sample *s = vec_add(&out->list);

	*s = (struct figure_sample){{arena_str(out->arena, a), arena_str(out->arena, b)}, value};
}

static unsigned labels_of(const struct figure *f)
{
	unsigned n = 0;

	while (n < FIGURE_LABELS && f->labels[n] != NULL)
		n++;
	return n;
}

static struct figure_sample *sample_of(const struct figure_samples *s, struct str a, struct str b)
{
	for (size_t i = 0; i < s->list.n; i++)
		if (str_eq(s->list.v[i].labels[0], a) && str_eq(s->list.v[i].labels[1], b))
			return &s->list.v[i];
	return NULL;
}

/* What was not counted is 0, not missing: an alarm on a number that is not there never comes. */
static void add_zeros(const struct figure *f, struct figure_samples *s)
{
	static const char *const none[] = {"", NULL};

	if (f->words[0] == NULL)
		return;
	for (const char *const *a = f->words[0]; *a != NULL; a++)
		for (const char *const *b = f->words[1] != NULL ? f->words[1] : none; *b != NULL; b++)
			if (sample_of(s, str_from(*a), str_from(*b)) == NULL)
				figure_add(s, str_from(*a), str_from(*b), 0);
}

static void take_row(const struct figure *f, const struct query *q, int n, struct figure_samples *s)
{
	struct str a = n > 0 ? query_get_text(q, 0) : STR(""), b = n > 1 ? query_get_text(q, 1) : STR("");
	struct figure_sample *one = f->rows ? sample_of(s, a, b) : NULL;

	if (one != NULL)
		one->value++;
	else if (f->rows)
		figure_add(s, a, b, 1);
	else if (!query_is_null(q, n))
		figure_add(s, a, b, query_get_i64(q, n));
}

static int ask_state(
        const struct ask *a, const struct figure *f, const char *sql, struct figure_samples *s, struct err *e)
{
	struct str text = str_from(sql);
	struct query q = db_query(a->state, sql);
	bool now = str_find_str(text, 0, STR("?1")) != SIZE_MAX,
	     week = str_find_str(text, 0, STR("?2")) != SIZE_MAX;

	if (now)
		query_i64(&q, os_now());
	else if (week)
		query_null(&q);
	if (week)
		query_i64(&q, os_now() - WEEK);
	while (query_next(&q) == 1)
		take_row(f, &q, (int)labels_of(f), s);
	return query_done(&q, e);
}

static void add_lines(struct figure_samples *all, struct figure_samples *s)
{
	for (unsigned i = 0; i < figure_count; i++)
		for (const struct figure_line *l = figure_table[i].line; l != NULL && l->name != NULL; l++) {
			struct figure_shown shown;
			figure_show(&figure_table[i], l, &all[i], &shown);
			if (l->look == FIGURE_LOOK)
				figure_add(s, str_from(l->name), STR(""), shown.look);
		}
}

/* w NULL: findings are not in memory. */
static int find_one(const struct ask *a, const struct figure *f, const struct sheet_want *w, const char *sql,
        struct figure_samples *s, struct err *e)
{
	if (f->find != NULL)
		f->find(a, s);
	else if (f->memory != NULL && w != NULL)
		f->memory(a, w, s);
	else if (sql != NULL)
		return ask_state(a, f, sql, s, e);
	return 0;
}

int figures_find(const struct ask *a, struct figure_samples **ret, struct err *e)
{
	struct figure_samples *all = arena_array(a->arena, figure_count, sizeof(*all));
	struct sheet_want want, *w;
	int rc = findings_want_all(a, &want, e);

	w = rc == 1 ? &want : NULL;
	rc = rc < 0 ? rc : 0;

	for (unsigned i = 0; rc == 0 && i < figure_count; i++) {
		all[i].arena = a->arena;
		rc = find_one(a, &figure_table[i], w, figure_table[i].sql, &all[i], e);
		if (rc == 0)
			add_zeros(&figure_table[i], &all[i]);
	}
	for (unsigned i = 0; rc == 0 && i < figure_count; i++)
		if (figure_table[i].lines)
			add_lines(all, &all[i]);
	if (rc != 0)
		figures_done(all);
	else
		*ret = all;
	return rc;
}

static bool needs_person(const struct figure *f)
{
	for (const struct figure_line *l = f->line; l != NULL && l->name != NULL; l++)
		if (l->look == FIGURE_LOOK)
			return true;
	return false;
}

int figures_look(const struct ask *a, struct figure_samples **ret, struct err *e)
{
	struct figure_samples *all = arena_array(a->arena, figure_count, sizeof(*all));
	struct sheet_want want, *w;
	int rc = findings_want_all(a, &want, e);

	w = rc == 1 ? &want : NULL;
	rc = rc < 0 ? rc : 0;
	for (unsigned i = 0; rc == 0 && i < figure_count; i++) {
		const struct figure *f = &figure_table[i];
		all[i].arena = a->arena;
		if (!needs_person(f))
			continue;
		rc = find_one(a, f, w, f->look != NULL ? f->look : f->sql, &all[i], e);
	}
	if (rc != 0)
		figures_done(all);
	else
		*ret = all;
	return rc;
}

void figures_done(struct figure_samples *s)
{
	for (unsigned i = 0; i < figure_count; i++)
		vec_done(&s[i].list);
}

/* ---- lines of the status ------------------------------------------------------------------------- */

static struct str label_of(const struct figure *f, const struct figure_sample *s, struct str name)
{
	for (unsigned i = 0; i < labels_of(f); i++)
		if (str_eq(str_from(f->labels[i]), name))
			return s->labels[i];
	return (struct str){0};
}

/* "a=x b!=y" */
static bool fits(const struct figure *f, const struct figure_sample *s, struct str where)
{
	while (where.len != 0) {
		struct str_cut term = str_cut(where, ' '), sides = str_cut(term.head, '=');
		bool no = str_ends(sides.head, STR("!"));
		struct str name = str_sub(sides.head, 0, sides.head.len - no);
		if (str_eq(label_of(f, s, name), sides.tail) == no)
			return false;
		where = term.tail;
	}
	return true;
}

/* A line has room for some. */
#define NAMES 5

static struct str names_of(const struct figure_samples *s)
{
	struct str ret = STR("");
	size_t n = 0;

	for (size_t i = 0; i < s->list.n; i++) {
		if (s->list.v[i].value == 0 || n++ >= NAMES)
			continue;
		ret = arena_printf(s->arena, "%.*s%s%.*s", STR_ARG(ret), n > 1 ? ", " : "",
		        STR_ARG(s->list.v[i].labels[0]));
	}
	return n <= NAMES ? ret : arena_printf(s->arena, "%.*s and %zu more", STR_ARG(ret), n - NAMES);
}

void figure_show(const struct figure *f, const struct figure_line *l, const struct figure_samples *s,
        struct figure_shown *ret)
{
	/* a row with labels has as many samples as there are things to count */
	*ret = (struct figure_shown){.there = f->labels[0] != NULL && l->show == NULL};
	for (size_t i = 0; i < s->list.n; i++) {
		const struct figure_sample *one = &s->list.v[i];
		if (l->where != NULL && !fits(f, one, str_from(l->where)))
			continue;
		ret->there = true;
		ret->value += one->value;
		if (l->show != NULL)
			ret->text = label_of(f, one, str_from(l->show));
	}
	ret->look = l->look == FIGURE_LOOK && ret->value > l->limit;
	ret->todo = l->look == FIGURE_TODO && ret->value > 0;
	if (l->names)
		ret->names = names_of(s);
	if (l->per != 0)
		ret->value /= l->per;
}
