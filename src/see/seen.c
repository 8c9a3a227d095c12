/* SPDX-License-Identifier: Apache-2.0 */
#include "see/seen.h"

void seen_done(struct seen_table *t)
{
	free(t->places);
	vec_done(&t->list);
	vec_done(&t->fresh);
	*t = (struct seen_table){0};
}

/* Where its position stands, or is to stand. */
static size_t place(const struct seen_table *t, uint32_t id)
{
	size_t at = (id * 0x9e3779b1u) & (t->size - 1);

	while (t->places[at] != 0 && t->list.v[t->places[at] - 1].id != id)
		at = (at + 1) & (t->size - 1);
	return at;
}

static void grow(struct seen_table *t)
{
	t->size = t->size == 0 ? 256 : t->size * 2;
	free(t->places);
	t->places = mem_zero(t->size, sizeof(*t->places));
	for (size_t i = 0; i < t->list.n; i++)
		t->places[place(t, t->list.v[i].id)] = (uint32_t)i + 1;
}

static bool is_fresh(const struct seen_table *t, uint32_t id)
{
	size_t low = 0, high = t->fresh.n;

	while (low < high) {
		size_t mid = (low + high) / 2;
		if (t->fresh.v[mid].until <= id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < t->fresh.n && t->fresh.v[low].from <= id;
}

bool seen_has(const struct seen_table *t, uint32_t id)
{
	return (t->size != 0 && t->places[place(t, id)] != 0) || is_fresh(t, id);
}

static struct finding_seen *entry(struct seen_table *t, uint32_t id, int64_t when)
{
	if (t->list.n * 2 >= t->size)
		grow(t);
	size_t at = place(t, id);
	if (t->places[at] == 0) {
		*vec_add(&t->list) = (struct finding_seen){
		        .id = id, .first = when, .last = when, .counted = is_fresh(t, id)};
		t->places[at] = (uint32_t)t->list.n;
	}
	return &t->list.v[t->places[at] - 1];
}

void seen_add(struct seen_table *t, uint32_t id, int64_t when, uint64_t event)
{
	struct finding_seen *s = entry(t, id, when);

	s->events++;
	s->first = when < s->first ? when : s->first;
	s->last = when > s->last ? when : s->last;
	s->event = event;
}

void seen_fresh(struct seen_table *t, uint32_t id, int64_t when, uint64_t event, bool keep)
{
	/* ids are given in their order */
	if (t->fresh.n > 0 && t->fresh.v[t->fresh.n - 1].until == id)
		t->fresh.v[t->fresh.n - 1].until++;
	else
		*vec_add(&t->fresh) = (struct seen_range){id, id + 1};
	if (keep)
		entry(t, id, when)->event = event;
}
