/* SPDX-License-Identifier: Apache-2.0
 *
 * Marks of a draft: read in any form that people type, given where there is none.
 */
#include "agree/entry_in.h"

static bool is_base(struct str s)
{
	uint8_t bytes[CLAUSE_BASE / 2];

	return s.len == CLAUSE_BASE && str_hex(s, bytes, sizeof(bytes));
}

/* ---- reading ------------------------------------------------------------------------------------- */

static struct str lower(struct draft *d, struct str s)
{
	struct str ret = arena_str(d->a, s);

	for (size_t i = 0; i < ret.len; i++)
		((char *)(uintptr_t)ret.p)[i] = char_lower(ret.p[i]);
	return ret;
}

static void nearer(struct str id, struct str typed, struct str *best, unsigned *least)
{
	unsigned far = str_distance(id, typed);

	if (far < *least) {
		*least = far;
		*best = id;
	}
}

/* What may have been meant. */
static struct str suggest(struct draft *d, struct str typed)
{
	const struct agree_text *texts[] = {d->args->base, d->args->of};
	struct str best = {0};
	unsigned least = 3;
	char made[CLAUSE_ID];

	for (unsigned t = 0; t < 2; t++)
		for (unsigned i = 0; texts[t] != NULL && i < texts[t]->n; i++)
			nearer(texts[t]->clause[i].id, typed, &best, &least);
	for (unsigned i = 0; i < d->args->nused; i++)
		nearer(d->args->used[i], typed, &best, &least);
	if (best.p != NULL)
		return arena_printf(d->a, "the nearest known one is '%.*s'", STR_ARG(best));
	for (unsigned i = 0; typed.len == CLAUSE_ID && i < CLAUSE_IDS; i++) {
		clause_id_make(i, made);
		if (memcmp(made, typed.p, CLAUSE_ID - 1) == 0)
			return arena_printf(d->a, "'%.4s' would be one", made);
	}
	return STR("no known one is near it; without its mark the clause gets a new one");
}

static bool looks_typed(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!char_alnum(s.p[i]))
			return false;
	return s.len >= CLAUSE_ID - 1 && s.len <= CLAUSE_ID + 1;
}

/* What stands behind the id. */
static void read_base(struct draft *d, struct str tail, struct block *ret, unsigned number)
{
	bool stale = str_starts(tail, STR("stale-"));
	struct str base = str_skip(tail, stale ? 6 : 0);

	if (d->args->of == NULL)
		entry_note_plain(d, ENTRY_TRANSLATED, number);
	else if (str_eq(tail, STR("missing")))
		ret->state = MARK_MISSING;
	else if (is_base(base)) {
		ret->base = base;
		ret->state = stale ? MARK_STALE : MARK_PLAIN;
	} else {
		entry_note(d, ENTRY_BAD_BASE, number, tail, STR(""));
	}
}

static void read_mark(struct draft *d, struct str mark, struct block *ret, unsigned number)
{
	struct str_cut cut = str_cut(lower(d, mark), ':');

	if (clause_id_ok(cut.head)) {
		if (!str_eq(str_cut(mark, ':').head, cut.head))
			entry_note_plain(d, ENTRY_LOWERED, number);
		ret->id = cut.head;
		ret->state = MARK_PLAIN;
		if (cut.ok)
			read_base(d, cut.tail, ret, number);
	} else if (looks_typed(cut.head)) {
		entry_note(d, ENTRY_MISTYPED, number, cut.head, suggest(d, cut.head));
	} else {
		entry_note(
		        d, ENTRY_OTHER_MARK, number, arena_printf(d->a, "{#%.*s}", STR_ARG(mark)), STR(""));
	}
}

bool entry_take_mark(struct draft *d, struct str *line, struct block *ret, unsigned number)
{
	size_t at = SIZE_MAX;

	if (!str_ends(*line, STR("}")))
		return false;
	for (size_t next = 0; (next = str_find_str(*line, next, STR("{#"))) != SIZE_MAX; next++)
		at = next;
	if (at == SIZE_MAX || str_find(*line, at, '}') != line->len - 1)
		return false;
	read_mark(d, str_sub(*line, at + 2, line->len - at - 3), ret, number);
	*line = str_sub(*line, 0, at);
	return true;
}

/* ---- ids of a text ------------------------------------------------------------------------------- */

struct ids {
	bool *taken; /* by number */
	unsigned n;
};

static void take_id(struct ids *ids, struct str id)
{
	bool *at = &ids->taken[clause_id_number(id)];

	ids->n += !*at;
	*at = true;
}

static struct str draw(struct draft *d, struct ids *ids)
{
	uint32_t word;
	char id[CLAUSE_ID];

	if (ids->n == CLAUSE_IDS)
		return (struct str){0};
	do
		d->args->random(&word, sizeof(word));
	while (word >= UINT32_MAX / CLAUSE_IDS * CLAUSE_IDS);
	/* where few are left, the next one will do */
	for (word %= CLAUSE_IDS; ids->taken[word]; word = (word + 1) % CLAUSE_IDS) {
	}
	clause_id_make(word, id);
	struct str ret = arena_str(d->a, str_make(id, CLAUSE_ID));
	take_id(ids, ret);
	return ret;
}

static void find_twice(struct draft *d)
{
	unsigned *line = arena_array(d->a, CLAUSE_IDS, sizeof(*line));

	for (unsigned i = 0; i < d->n; i++) {
		struct block *b = &d->block[i];
		unsigned number = b->id.len > 0 ? clause_id_number(b->id) : 0;
		if (b->id.len == 0)
			continue;
		if (line[number] > 0)
			entry_note(d, ENTRY_TWICE, b->line, b->id, arena_printf(d->a, "%u", line[number]));
		else
			line[number] = b->line;
	}
}

static bool here(const struct draft *d, struct str id)
{
	for (unsigned i = 0; i < d->n; i++)
		if (str_eq(d->block[i].id, id))
			return true;
	return false;
}

/* Clauses of the text before with the same words, in its order as far as can be. */
static void take_from_base(struct draft *d)
{
	const struct agree_text *base = d->args->base;
	unsigned next = 0;

	for (unsigned i = 0; i < d->n; i++) {
		struct block *b = &d->block[i];
		for (unsigned k = 0; b->id.len == 0 && k < base->n; k++) {
			const struct clause *c = &base->clause[(next + k) % base->n];
			if (c->kind != b->kind || !str_eq(c->words, b->words) ||
			        !str_eq(c->table, b->table) || here(d, c->id))
				continue;
			b->id = c->id;
			next = (next + k + 1) % base->n;
			entry_note_plain(d, ENTRY_FROM_BASE, b->line);
		}
	}
}

static void see_origin(struct draft *d, const struct ids *ids, const struct block *b)
{
	const struct entry_args *args = d->args;
	bool known = ids->taken[clause_id_number(b->id)];

	if ((args->base == NULL && args->nused == 0) ||
	        (args->base != NULL && agree_text_find(args->base, b->id) != NULL))
		return;
	if (!known)
		entry_note(d, ENTRY_BY_HAND, b->line, b->id, STR(""));
	else if (args->base != NULL)
		entry_note(d, ENTRY_GONE_ID, b->line, b->id, STR(""));
}

/* All that were ever given; then those of the draft, whose origin is looked at. */
static struct ids known_ids(struct draft *d)
{
	const struct agree_text *base = d->args->base;
	struct ids ids = {.taken = arena_array(d->a, CLAUSE_IDS, sizeof(bool))};

	for (unsigned i = 0; i < d->args->nused; i++)
		take_id(&ids, d->args->used[i]);
	for (unsigned i = 0; base != NULL && i < base->n; i++)
		take_id(&ids, base->clause[i].id);
	for (unsigned i = 0; i < d->n; i++)
		if (d->block[i].id.len > 0)
			see_origin(d, &ids, &d->block[i]);
	for (unsigned i = 0; i < d->n; i++)
		if (d->block[i].id.len > 0)
			take_id(&ids, d->block[i].id);
	return ids;
}

static void give_ids(struct draft *d)
{
	struct ids ids = known_ids(d);

	if (d->args->base != NULL)
		take_from_base(d);
	for (unsigned i = 0; i < d->n && !d->bad; i++) {
		struct block *b = &d->block[i];
		if (b->id.len > 0)
			continue;
		b->id = draw(d, &ids);
		entry_note_plain(d, b->id.len > 0 ? ENTRY_NEW_ID : ENTRY_IDS_GONE, b->line);
	}
}

void entry_origins(struct draft *d, const struct agree_text *text)
{
	d->block = arena_array(d->a, text->n, sizeof(*d->block));
	for (d->n = 0; d->n < text->n; d->n++)
		d->block[d->n] = (struct block){.line = text->clause[d->n].line, .id = text->clause[d->n].id};
	if (d->args->of == NULL)
		(void)known_ids(d);
}

/* ---- translations -------------------------------------------------------------------------------- */

static void not_parallel(struct draft *d, const struct block *b, const char *why)
{
	entry_note(d, ENTRY_NOT_PARALLEL, b->line, str_from(why), STR(""));
}

/* Clauses without a mark, from i up to the next mark, against as many from place on. */
static void place_run(struct draft *d, unsigned i, unsigned end, unsigned place, unsigned until)
{
	const struct agree_text *of = d->args->of;

	if (end - i != until - place) {
		entry_note(d, ENTRY_NOT_PARALLEL, d->block[i].line,
		        arena_printf(d->a, "%u clauses without a mark stand here, where it has %u", end - i,
		                until - place),
		        STR(""));
		return;
	}
	for (; i < end; i++, place++) {
		struct block *b = &d->block[i];
		enum clause_kind kind = of->clause[place].kind;
		/* a word processor's paste has lost what was a heading or an item */
		if (b->kind == CLAUSE_PARAGRAPH && (b->table.len == 0 || kind == CLAUSE_PARAGRAPH))
			b->kind = kind;
		if (b->kind != kind) {
			not_parallel(d, b, "here it has another kind of clause");
			return;
		}
		b->id = of->clause[place].id;
		b->state = MARK_PLAIN;
	}
}

/* True: each block with a mark stands there, in order. */
static bool places(struct draft *d, unsigned *ret)
{
	const struct agree_text *of = d->args->of;
	unsigned next = 0;

	for (unsigned i = 0; i < d->n; i++) {
		struct block *b = &d->block[i];
		ret[i] = b->id.len > 0 ? agree_text_place(of, b->id) : of->n;
		if (b->id.len == 0)
			continue;
		if (ret[i] == of->n || ret[i] < next) {
			not_parallel(d, b,
			        ret[i] == of->n ? "it has no clause of that id"
			                        : "there the order is another");
			return false;
		}
		next = ret[i] + 1;
	}
	return true;
}

static void place_runs(struct draft *d, const unsigned *place)
{
	unsigned from = 0;

	for (unsigned i = 0; i < d->n && !d->bad;) {
		unsigned end = i;
		while (end < d->n && d->block[end].id.len == 0)
			end++;
		if (end > i)
			place_run(d, i, end, from, end < d->n ? place[end] : d->args->of->n);
		from = end < d->n ? place[end] + 1 : from;
		i = end + 1;
	}
}

/* Its base, and what is the authentic text's to say. False: it is left out. */
static bool settle(struct draft *d, struct block *b)
{
	const struct clause *c = agree_text_find(d->args->of, b->id);
	char hex[2 * DIGEST_LEN + 1];

	if (b->kind != c->kind || (b->as_is && b->level != c->level)) {
		not_parallel(d, b, "there this clause is of another kind or level");
		return true;
	}
	b->level = c->level;
	b->ordered = b->as_is ? b->ordered : c->ordered;
	if (b->state == MARK_MISSING || b->state == MARK_STALE)
		entry_note_plain(
		        d, b->state == MARK_STALE ? ENTRY_STILL_STALE : ENTRY_STILL_MISSING, b->line);
	if (b->base.len == 0) {
		str_hex_print(hex, c->sha256, DIGEST_LEN);
		b->base = arena_str(d->a, str_make(hex, CLAUSE_BASE));
		if (b->state == MARK_PLAIN)
			entry_note_plain(d, ENTRY_BASE, b->line);
	}
	return b->state != MARK_MISSING;
}

static void give_bases(struct draft *d)
{
	unsigned *place = arena_array(d->a, d->n + 1, sizeof(*place)), n = 0;

	if (!places(d, place))
		return;
	place_runs(d, place);
	for (unsigned i = 0; i < d->n && !d->bad; i++)
		if (settle(d, &d->block[i]))
			d->block[n++] = d->block[i];
	d->n = d->bad ? d->n : n;
}

void entry_marks(struct draft *d)
{
	find_twice(d);
	if (d->bad)
		return;
	if (d->args->of != NULL)
		give_bases(d);
	else
		give_ids(d);
}
