/* SPDX-License-Identifier: Apache-2.0
 *
 * Each walk_ function goes over one thing in either direction: it adds it to the bytes, or takes it from them. So
 * both sides agree by being the same lines.
 */
#include "proc/job.h"

/* A member that is added to one of these must be walked below. */
_Static_assert(sizeof(struct map_row) == 168, "a member of struct map_row that walk_row does not know");
_Static_assert(sizeof(struct map_const) == 40, "a member of struct map_const that walk_const does not know");
_Static_assert(sizeof(struct map_where) == 32, "a member of struct map_where that walk_where does not know");
_Static_assert(sizeof(struct read_map) == 208, "a member of struct read_map that walk_map does not know");
_Static_assert(
        sizeof(struct read_options) == 80, "a member of struct read_options that walk_job does not know");
_Static_assert(sizeof(struct event_settings) == 56, "a member of event_settings that walk_job does not know");
_Static_assert(sizeof(struct reader_job) == 176, "a member of struct reader_job that walk_job does not know");

void job_for_feed(struct reader_job *job, const struct feed_file *f)
{
	job->reader = f->reader;
	job->options.timezone = f->timezone;
	job->settings.tlp = f->label;
	job->settings.floor = f->floor;
	job->settings.type = f->type;
	job->settings.time_format = f->mapping.time_format;
	if (f->mapped)
		job->options.map = &f->mapping.map;
}

/* ---- both ways ----------------------------------------------------------------------------------- */

struct walk {
	struct buf *to; /* NULL: from the bytes */
	struct str from;
	struct arena *arena; /* of what is taken from them */
	bool bad;
};

static void walk_bytes(struct walk *w, void *p, size_t len)
{
	if (w->to != NULL) {
		buf_add(w->to, str_make(p, len));
		return;
	}
	w->bad |= w->from.len < len;
	if (w->bad)
		return;
	memcpy(p, w->from.p, len);
	w->from = str_skip(w->from, len);
}

static uint64_t walk_u64(struct walk *w, uint64_t n)
{
	walk_bytes(w, &n, sizeof(n));
	return w->bad ? 0 : n;
}

static bool walk_bool(struct walk *w, bool b)
{
	return walk_u64(w, b) != 0;
}

/* With a NUL behind it. One that was never set stays so. */
static void walk_str(struct walk *w, struct str *s)
{
	uint64_t len = walk_u64(w, s->p == NULL ? UINT64_MAX : s->len);

	if (w->to != NULL) {
		if (s->p != NULL) {
			buf_add(w->to, *s);
			buf_char(w->to, 0);
		}
		return;
	}
	*s = (struct str){0};
	if (len == UINT64_MAX)
		return;
	w->bad |= len >= w->from.len;
	if (w->bad)
		return;
	*s = str_sub(w->from, 0, (size_t)len);
	w->from = str_skip(w->from, (size_t)len + 1);
}

/* How many there are, and where they stand: a table to read from, or a new one. Each takes eight bytes at least. */
static void *walk_table(struct walk *w, const void *table, uint32_t *n, size_t size)
{
	uint64_t count = walk_u64(w, *n);

	w->bad |= w->to == NULL && count > w->from.len / 8;
	*n = w->bad ? 0 : (uint32_t)count;
	return w->to != NULL ? (void *)(uintptr_t)table : arena_array(w->arena, *n, size);
}

/* Each of a table, by way of a copy: what is packed may be in memory that nobody can write to. */
#define WALK_EACH(w, type, table, count, walk_one)                                                           \
	for (uint32_t each_ = 0; each_ < (count); each_++) {                                                 \
		type one_ = (table)[each_];                                                                  \
		walk_one((w), &one_);                                                                        \
		if ((w)->to == NULL)                                                                         \
			(table)[each_] = one_;                                                               \
	}

/* ---- the mapping --------------------------------------------------------------------------------- */

static void walk_word(struct walk *w, struct map_word *m)
{
	walk_str(w, &m->from);
	walk_str(w, &m->to);
}

static void walk_row(struct walk *w, struct map_row *r)
{
	walk_str(w, &r->from);
	r->to = (enum field)walk_u64(w, r->to);
	walk_str(w, &r->extra);
	walk_str(w, &r->format);
	walk_str(w, &r->prefix);
	walk_str(w, &r->split);
	walk_str(w, &r->after);
	walk_str(w, &r->before);
	r->alone = walk_bool(w, r->alone);
	struct map_word *words = walk_table(w, r->words, &r->nwords, sizeof(*words));
	WALK_EACH(w, struct map_word, words, r->nwords, walk_word)
	r->words = words;
	walk_str(w, &r->other);
	r->has_other = walk_bool(w, r->has_other);
	r->indicator = walk_bool(w, r->indicator);
}

static void walk_const(struct walk *w, struct map_const *c)
{
	c->to = (enum field)walk_u64(w, c->to);
	walk_str(w, &c->extra);
	walk_str(w, &c->value);
}

static void walk_where(struct walk *w, struct map_where *m)
{
	walk_str(w, &m->from);
	struct str *values = walk_table(w, m->values, &m->nvalues, sizeof(*values));
	WALK_EACH(w, struct str, values, m->nvalues, walk_str)
	m->values = values;
}

static void walk_tables(struct walk *w, struct read_map *m)
{
	struct map_row *rows = walk_table(w, m->rows, &m->nrows, sizeof(*rows));
	WALK_EACH(w, struct map_row, rows, m->nrows, walk_row)
	m->rows = rows;
	struct map_const *consts = walk_table(w, m->consts, &m->nconsts, sizeof(*consts));
	WALK_EACH(w, struct map_const, consts, m->nconsts, walk_const)
	m->consts = consts;
	struct map_where *where = walk_table(w, m->where, &m->nwhere, sizeof(*where));
	WALK_EACH(w, struct map_where, where, m->nwhere, walk_where)
	m->where = where;
}

static void walk_map(struct walk *w, struct read_map *m)
{
	walk_tables(w, m);
	walk_str(w, &m->delimiter);
	walk_str(w, &m->quote);
	walk_str(w, &m->comment);
	m->header = (int)(int64_t)walk_u64(w, (uint64_t)m->header);
	m->header_comment = walk_bool(w, m->header_comment);
	m->skip = (unsigned)walk_u64(w, m->skip);
	m->only = walk_bool(w, m->only);
	walk_str(w, &m->surplus);
	walk_str(w, &m->records);
	walk_str(w, &m->each);
	walk_str(w, &m->time_comment);
	walk_str(w, &m->time_format);
	walk_str(w, &m->options);
}

/* ---- the job ------------------------------------------------------------------------------------- */

/* 0: none, 1: the one for what people wrote, from 2 on: those of the table. */
static const struct reader *walk_reader(struct walk *w, const struct reader *r)
{
	uint64_t number = r == NULL ? 0 : 1;

	for (unsigned i = 0; i < reader_count; i++)
		if (r != NULL && reader_table[i] == r)
			number = i + 2;
	number = walk_u64(w, number);
	w->bad |= number >= reader_count + 2;
	return w->bad || number == 0 ? NULL : number == 1 ? &reader_message : reader_table[number - 2];
}

/* The zone is opened by the reader, by its name; how long its silence is borne is not for it. */
static void walk_job(struct walk *w, struct reader_job *j)
{
	struct read_map map = j->options.map != NULL ? *j->options.map : (struct read_map){0};

	j->reader = walk_reader(w, j->reader);
	j->sure_only = walk_bool(w, j->sure_only);
	j->part = (uint32_t)walk_u64(w, j->part);
	j->receipt = walk_u64(w, j->receipt);
	walk_str(w, &j->options.name);
	walk_str(w, &j->options.timezone);
	j->options.people = walk_bool(w, j->options.people);
	walk_str(w, &j->options.delimiter);
	walk_str(w, &j->options.publisher_map);
	walk_str(w, &j->settings.time_format);
	j->settings.tlp = (enum tlp)walk_u64(w, j->settings.tlp);
	j->settings.floor = (enum tlp)walk_u64(w, j->settings.floor);
	j->settings.type = (enum event_type)walk_u64(w, j->settings.type);
	j->settings.keep_placeholders = walk_bool(w, j->settings.keep_placeholders);
	j->settings.grows = walk_bool(w, j->settings.grows);
	j->settings.known = walk_u64(w, j->settings.known);
	j->settings.whole = walk_u64(w, j->settings.whole);
	if (!walk_bool(w, j->options.map != NULL))
		return;
	walk_map(w, &map);
	if (w->to != NULL)
		return;
	struct read_map *mine = arena_new(w->arena, struct read_map);
	*mine = map;
	j->options.map = mine;
}

void job_pack(const struct reader_job *job, struct buf *b)
{
	struct reader_job copy = *job;
	struct walk w = {.to = b};

	walk_job(&w, &copy);
}

int job_unpack(struct str bytes, struct arena *a, struct reader_job *ret, struct err *e)
{
	struct reader_job job = {0};
	struct walk w = {.from = bytes, .arena = a};

	walk_job(&w, &job);
	if (w.bad || w.from.len != 0)
		return err_set(e, ERR_FORMAT, "the job of a reader is damaged");
	*ret = job;
	return 0;
}
