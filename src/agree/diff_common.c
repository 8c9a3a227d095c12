/* SPDX-License-Identifier: Apache-2.0
 *
 * Eugene W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), with its refinement for linear memory: the middle of a
 * shortest way is found by going from both ends at once, and the halves are done alike. A diagonal is x - y; for each of them the two
 * tables hold how far one has come on it.
 */
#include "agree/diff_in.h"

struct side {
	const uint32_t *v;
	bool *same;
};
struct search {
	struct side a, b;
	int *down, *up; /* by diagonal, from both ends */
};
struct part {
	int a0, a1, b0, b1;
};
struct front {
	int least, most; /* diagonals */
};

static int lower(int a, int b)
{
	return a < b ? a : b;
}

/* One edit further from the beginning. True: it met the way from the end, *ret_x and the diagonal are the point. */
static bool go_down(struct search *s, const struct part *p, struct front *f, const struct front *other,
        bool odd, int *ret_x, int *ret_y)
{
	if (f->least > p->a0 - p->b1)
		s->down[--f->least - 1] = -1;
	else
		++f->least;
	if (f->most < p->a1 - p->b0)
		s->down[++f->most + 1] = -1;
	else
		--f->most;
	for (int d = f->most; d >= f->least; d -= 2) {
		int x = s->down[d - 1] < s->down[d + 1] ? s->down[d + 1] : s->down[d - 1] + 1, y = x - d;
		while (x < p->a1 && y < p->b1 && s->a.v[x] == s->b.v[y]) {
			x++;
			y++;
		}
		s->down[d] = x;
		if (odd && other->least <= d && d <= other->most && s->up[d] <= x) {
			*ret_x = x;
			*ret_y = y;
			return true;
		}
	}
	return false;
}

static bool go_up(struct search *s, const struct part *p, struct front *f, const struct front *other,
        bool odd, int *ret_x, int *ret_y)
{
	if (f->least > p->a0 - p->b1)
		s->up[--f->least - 1] = INT32_MAX;
	else
		++f->least;
	if (f->most < p->a1 - p->b0)
		s->up[++f->most + 1] = INT32_MAX;
	else
		--f->most;
	for (int d = f->most; d >= f->least; d -= 2) {
		int x = s->up[d - 1] < s->up[d + 1] ? s->up[d - 1] : s->up[d + 1] - 1, y = x - d;
		while (x > p->a0 && y > p->b0 && s->a.v[x - 1] == s->b.v[y - 1]) {
			x--;
			y--;
		}
		s->up[d] = x;
		if (!odd && other->least <= d && d <= other->most && x <= s->down[d]) {
			*ret_x = x;
			*ret_y = y;
			return true;
		}
	}
	return false;
}

/* The point that came furthest, from whichever end. */
static void furthest(const struct search *s, const struct part *p, const struct front *down,
        const struct front *up, int *ret_x, int *ret_y)
{
	int best = -1;

	for (int d = down->most; d >= down->least; d -= 2) {
		int x = lower(lower(s->down[d], p->a1), p->b1 + d), y = x - d;
		if (x + y - p->a0 - p->b0 > best && x >= p->a0 && y >= p->b0) {
			best = x + y - p->a0 - p->b0;
			*ret_x = x;
			*ret_y = y;
		}
	}
	for (int d = up->most; d >= up->least; d -= 2) {
		int x = s->up[d] > p->a0 ? s->up[d] : p->a0;
		x = x - d < p->b0 ? p->b0 + d : x;
		int y = x - d;
		if (p->a1 + p->b1 - x - y > best && x <= p->a1 && y <= p->b1) {
			best = p->a1 + p->b1 - x - y;
			*ret_x = x;
			*ret_y = y;
		}
	}
}

static void middle(struct search *s, const struct part *p, int *ret_x, int *ret_y)
{
	struct front down = {p->a0 - p->b0, p->a0 - p->b0}, up = {p->a1 - p->b1, p->a1 - p->b1};
	bool odd = ((down.least - up.least) & 1) != 0;

	s->down[down.least] = p->a0;
	s->up[up.least] = p->a1;
	for (unsigned cost = 1; cost <= DIFF_PATIENCE; cost++)
		if (go_down(s, p, &down, &up, odd, ret_x, ret_y) ||
		        go_up(s, p, &up, &down, odd, ret_x, ret_y))
			return;
	furthest(s, p, &down, &up, ret_x, ret_y);
}

/* Both ends, as far as they are equal. */
static void trim(struct search *s, struct part *p)
{
	while (p->a0 < p->a1 && p->b0 < p->b1 && s->a.v[p->a0] == s->b.v[p->b0])
		s->a.same[p->a0++] = s->b.same[p->b0++] = true;
	while (p->a0 < p->a1 && p->b0 < p->b1 && s->a.v[p->a1 - 1] == s->b.v[p->b1 - 1])
		s->a.same[--p->a1] = s->b.same[--p->b1] = true;
}

/* The smaller part by recursion, the larger by going round: as deep as the logarithm of the size. */
static void divide(struct search *s, struct part p)
{
	for (;;) {
		int x = 0, y = 0;
		trim(s, &p);
		if (p.a0 == p.a1 || p.b0 == p.b1)
			return;
		middle(s, &p, &x, &y);
		struct part before = {p.a0, x, p.b0, y}, after = {x, p.a1, y, p.b1};
		/* a corner would be the same question again; it does not come, since the two ways meet before */
		if (x + y == p.a0 + p.b0 || x + y == p.a1 + p.b1)
			return;
		bool first = x - p.a0 + y - p.b0 < p.a1 - x + p.b1 - y;
		divide(s, first ? before : after);
		p = first ? after : before;
	}
}

void diff_common(struct arena *a, const uint32_t *va, unsigned na, const uint32_t *vb, unsigned nb,
        bool *same_a, bool *same_b)
{
	struct search s = {{va, same_a}, {vb, same_b}, NULL, NULL};
	size_t diagonals = (size_t)na + nb + 3;

	s.down = (int *)arena_array(a, diagonals, sizeof(int)) + nb + 1;
	s.up = (int *)arena_array(a, diagonals, sizeof(int)) + nb + 1;
	divide(&s, (struct part){0, (int)na, 0, (int)nb});
}
