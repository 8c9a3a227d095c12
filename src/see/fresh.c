/* SPDX-License-Identifier: Apache-2.0 */
#include "see/fresh.h"
#include "base/hand.h"

/* Those of one chunk; texts are in the arena. */
struct some {
	struct db *db;
	struct arena arena;
	VEC(struct finding) list;
};

struct fresh {
	struct hand *hand;
	struct some some[2]; /* one is added to while the other is put */
	unsigned at;
};

struct fresh *fresh_new(struct db *db, bool threaded)
{
	struct fresh *f = mem_zero(1, sizeof(*f));

	f->hand = hand_new(threaded);
	for (unsigned i = 0; i < 2; i++) {
		f->some[i].db = db;
		arena_init(&f->some[i].arena, 0);
	}
	return f;
}

void fresh_free(struct fresh *f)
{
	if (f == NULL)
		return;
	hand_free(f->hand);
	for (unsigned i = 0; i < 2; i++) {
		arena_done(&f->some[i].arena);
		vec_done(&f->some[i].list);
	}
	free(f);
}

void fresh_add(struct fresh *f, const struct finding *one)
{
	struct some *s = &f->some[f->at];
	struct finding copy = *one;

	/* the others are words of tables */
	copy.ident = arena_str(&s->arena, one->ident);
	copy.malware = arena_str(&s->arena, one->malware);
	copy.place = arena_str(&s->arena, one->place);
	*vec_add(&s->list) = copy;
}

static void put(void *arg)
{
	struct some *s = arg;

	for (size_t i = 0; i < s->list.n; i++)
		finding_insert(s->db, &s->list.v[i]);
	s->list.n = 0;
	arena_reset(&s->arena);
}

void fresh_start(struct fresh *f)
{
	hand_start(f->hand, put, &f->some[f->at]);
	f->at = !f->at;
}

void fresh_wait(struct fresh *f)
{
	if (f != NULL)
		hand_wait(f->hand);
}
