/* SPDX-License-Identifier: Apache-2.0 */
#include "see/known.h"

static const struct str states[FINDING_STATES] = {[FINDING_OPEN] = STR_INIT("open"),
        [FINDING_TOLD] = STR_INIT("told"),
        [FINDING_TOLD_AGAIN] = STR_INIT("told-again"),
        [FINDING_QUIET] = STR_INIT("quiet"),
        [FINDING_CLOSED] = STR_INIT("closed")};

struct str finding_state_name(unsigned state)
{
	return state < FINDING_STATES ? states[state] : (struct str){0};
}

unsigned finding_state_find(struct str word)
{
	unsigned i = 0;

	while (i < FINDING_STATES && !str_eq(states[i], word))
		i++;
	return i;
}

void known_done(struct known_table *t)
{
	free(t->v);
	*t = (struct known_table){0};
}

/* The key is the output of a keyed hash, so any eight bytes of it are spread well. */
static size_t place(const struct known_table *t, const uint8_t key[16])
{
	uint64_t h;

	memcpy(&h, key, sizeof(h));
	return h & (t->size - 1);
}

void known_prefetch(const struct known_table *t, const uint8_t key[16])
{
	if (t->size != 0)
		__builtin_prefetch(&t->v[place(t, key)]);
}

struct known *known_find(const struct known_table *t, const uint8_t key[16])
{
	if (t->size == 0)
		return NULL;
	for (size_t i = place(t, key); t->v[i].id != 0; i = (i + 1) & (t->size - 1))
		if (memcmp(t->v[i].key, key, 16) == 0)
			return &t->v[i];
	return NULL;
}

static struct known *put(struct known_table *t, const struct known *k)
{
	size_t i = place(t, k->key);

	while (t->v[i].id != 0)
		i = (i + 1) & (t->size - 1);
	t->v[i] = *k;
	return &t->v[i];
}

static void grow(struct known_table *t)
{
	struct known_table old = *t;

	t->size = old.size == 0 ? 1024 : old.size * 2;
	t->v = mem_zero(t->size, sizeof(*t->v));
	for (size_t i = 0; i < old.size; i++)
		if (old.v[i].id != 0)
			put(t, &old.v[i]);
	free(old.v);
}

struct known *known_put(struct known_table *t, const struct known *k)
{
	if (t->n + t->n / 2 >= t->size)
		grow(t);
	t->n++;
	return put(t, k);
}

void known_drop(struct known_table *t, const uint8_t key[16])
{
	struct known *k = known_find(t, key);

	if (k == NULL)
		return;
	size_t hole = (size_t)(k - t->v), i = hole;
	t->n--;
	/* those behind the hole move up where their own place allows it */
	for (;;) {
		t->v[hole].id = 0;
		do {
			i = (i + 1) & (t->size - 1);
			if (t->v[i].id == 0)
				return;
		} while (((i - place(t, t->v[i].key)) & (t->size - 1)) < ((i - hole) & (t->size - 1)));
		t->v[hole] = t->v[i];
		hole = i;
	}
}
