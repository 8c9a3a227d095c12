/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/diff.h"
#include "agree/ascend.h"

struct str clause_change_name(enum clause_change change)
{
	static const struct str name[CLAUSE_CHANGES] = {
	        [CLAUSE_SAME] = STR_INIT("unchanged"),
	        [CLAUSE_CHANGED] = STR_INIT("changed"),
	        [CLAUSE_NEW] = STR_INIT("new"),
	        [CLAUSE_GONE] = STR_INIT("gone"),
	};

	return name[change];
}

/* ---- clauses ------------------------------------------------------------------------------------- */

struct listing {
	const struct agree_text *old, *new;
	const struct str *old_number, *new_number;
	unsigned *place; /* of each clause of new in old; old->n: not there */
	bool *stays;     /* of each clause of new */
	bool *here;      /* of each clause of old: it stands in new */
	unsigned next;   /* the first clause of old that no row has passed */
	struct diff_list *ret;
};

static struct diff_row *add_row(struct listing *l, enum clause_change change)
{
	struct diff_row *row = &l->ret->row[l->ret->n++];

	row->change = change;
	l->ret->count[change]++;
	return row;
}

/* All up to the next clause that stays. */
static void add_gone(struct listing *l, unsigned until)
{
	for (; l->next < until; l->next++) {
		if (l->here[l->next])
			continue;
		struct diff_row *row = add_row(l, CLAUSE_GONE);
		row->old = &l->old->clause[l->next];
		row->old_number = l->old_number[l->next];
	}
}

/* The source but for the base in its mark. */
static bool same_but_mark(const struct clause *old, const struct clause *new)
{
	struct str a = old->source, b = new->source;
	size_t at = (size_t)(old->base.p - a.p);

	return old->base.len > 0 &&
	        new->base.len == old->base.len &&a.len == b.len &&memcmp(a.p, b.p, at) == 0 &&
	        str_eq(str_skip(a, at + old->base.len), str_skip(b, at + old->base.len));
}

static void add_new(struct listing *l, unsigned i)
{
	const struct clause *c = &l->new->clause[i];
	unsigned place = l->place[i];
	const struct clause *old = place < l->old->n ? &l->old->clause[place] : NULL;
	bool same = old != NULL && str_eq(old->source, c->source);
	struct diff_row *row = add_row(l, old == NULL ? CLAUSE_NEW : same ? CLAUSE_SAME : CLAUSE_CHANGED);

	row->old = old;
	row->new = c;
	row->new_number = l->new_number[i];
	row->old_number = old != NULL ? l->old_number[place] : (struct str){"", 0};
	row->moved = old != NULL && !l->stays[i];
	row->mark = row->change == CLAUSE_CHANGED && same_but_mark(old, c);
	l->ret->moved += row->moved;
}

static void find_places(struct listing *l, struct arena *a)
{
	l->place = arena_array(a, l->new->n, sizeof(*l->place));
	l->stays = arena_array(a, l->new->n, sizeof(*l->stays));
	l->here = arena_array(a, l->old->n, sizeof(*l->here));
	for (unsigned i = 0; i < l->new->n; i++) {
		l->place[i] = agree_text_place(l->old, l->new->clause[i].id);
		if (l->place[i] < l->old->n)
			l->here[l->place[i]] = true;
	}
	agree_ascend(a, l->place, l->new->n, l->old->n, l->stays);
}

void diff_texts(
        struct arena *a, const struct agree_text *old, const struct agree_text *new, struct diff_list *ret)
{
	struct listing l = {.old = old,
	        .new = new,
	        .old_number = agree_numbers(a, old),
	        .new_number = agree_numbers(a, new),
	        .ret = ret};

	*ret = (struct diff_list){.row = arena_array(a, old->n + new->n, sizeof(*ret->row))};
	find_places(&l, a);
	for (unsigned i = 0; i < new->n; i++) {
		if (l.stays[i])
			add_gone(&l, l.place[i]);
		add_new(&l, i);
		/* what followed it and is gone comes at once, before what is new there */
		if (l.stays[i])
			for (l.next = l.place[i] + 1; l.next < old->n && !l.here[l.next];)
				add_gone(&l, l.next + 1);
	}
	add_gone(&l, old->n);
}

/* ---- print --------------------------------------------------------------------------------------- */

/* A terminal obeys control characters. */
static void put_shown(struct buf *out, struct str s)
{
	struct str_cut line = {.tail = s, .ok = true};

	while (line.ok) {
		line = str_cut(line.tail, '\n');
		size_t room = 4 * line.head.len + 8;
		out->len += err_quote(buf_room(out, room), room, line.head).len;
		if (line.ok)
			buf_char(out, '\n');
	}
}

void diff_print(struct buf *out, struct str old, struct str new, const struct diff_words *d)
{
	static const char *const around[][2] = {{"", ""}, {"[-", "-]"}, {"{+", "+}"}};

	for (unsigned i = 0; i < d->n; i++) {
		const struct diff_run *run = &d->run[i];
		bool from_new = run->kind == DIFF_NEW;
		if (d->heavy && i > 0)
			buf_char(out, '\n');
		buf_add(out, str_from(around[run->kind][0]));
		put_shown(out, str_sub(from_new ? new : old, from_new ? run->new_at : run->old_at, run->len));
		buf_add(out, str_from(around[run->kind][1]));
	}
}
