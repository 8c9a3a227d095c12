/* SPDX-License-Identifier: Apache-2.0
 *
 * A whole round of fifty members: what it comes to out of ten thousand statements, from scratch and after one more; each statement was
 * receipted by all others. And the same as a file, with a proof of each statement, verified by somebody who has nothing but keys. The
 * result is looked at before a time is printed. CPU time of one core, the best of a few runs.
 */
#include "../tests/unit/instrument.h"
#include "cli/agree_bundle.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MEMBERS 50u
#define COMMENTS 50u
#define RUNS 7

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void die(const char *what)
{
	fprintf(stderr, "agree: %s\n", what);
	exit(1);
}

/* Fifty members are served, fifty outcomes are equal, and every comment was seen by all others. */
static void check(const struct instrument *t, const struct outcome *o)
{
	size_t receipts = 0;

	for (unsigned i = 0; i < MEMBERS; i++)
		if (o->member[i].service == SERVICE_UNSERVED)
			die("a member was not served");
	for (size_t i = 0; i < t->said.n; i++)
		receipts += t->said.v[i].kind == KIND_RECEIPT;
	if (t->said.n < 10000 || o->shown != OUTCOME_ADOPTED || o->confirmed != MEMBERS ||
	        o->round.receipt.n != (size_t)(MEMBERS - 1) * (MEMBERS * COMMENTS + 3))
		die("the round is not the one that was made");
	fprintf(stderr, "agree: %zu statements, %zu of them receipts with %zu entries\n", t->said.n, receipts,
	        o->round.receipt.n);
}

static double scratch(struct instrument *t)
{
	double best = 1e9;

	for (unsigned i = 0; i < RUNS; i++) {
		struct arena a;
		struct round_input in = {
		        .m = &t->m, .open = &t->said.v[0], .said = t->said.v, .n = t->said.n};
		struct outcome o;
		arena_init(&a, 0);
		double start = now();
		outcome_make(&a, &in, t->end, &o);
		double took = now() - start;
		best = took < best ? took : best;
		if (i == 0)
			check(t, &o);
		arena_done(&a);
	}
	return best;
}

/* One statement more, the last ones of the round after each other. */
static double one_more(struct instrument *t)
{
	struct arena a;
	struct round_input in = {.m = &t->m, .open = &t->said.v[0], .said = t->said.v, .n = t->said.n - RUNS};
	struct outcome o, whole;
	double worst = 0;

	arena_init(&a, 0);
	outcome_make(&a, &in, t->end, &o);
	for (size_t i = t->said.n - RUNS; i < t->said.n; i++) {
		double start = now();
		outcome_add(&o, &t->said.v[i], t->end);
		double took = now() - start;
		worst = took > worst ? took : worst;
	}
	in.n = t->said.n;
	outcome_make(&a, &in, t->end, &whole);
	if (!str_eq(o.block, whole.block) || o.shown != whole.shown || o.confirmed != whole.confirmed)
		die("with one statement more it is another than with all");
	arena_done(&a);
	return worst;
}

static void check_bundle(const struct instrument *t, const struct agree_check *c)
{
	const struct agree_fault_at *f = agree_first(c);

	if (f != NULL) {
		fprintf(stderr, "entry %llu: %.*s\n", (unsigned long long)f->entry, STR_ARG(f->what));
		die("the bundle is not good");
	}
	if (!c->round || c->n != t->said.n || c->in.proofs != t->said.n || c->o.confirmed != MEMBERS ||
	        c->o.shown != OUTCOME_ADOPTED)
		die("the bundle does not have the round");
}

static double verify(struct instrument *t)
{
	auto_buf struct buf file = {0};
	double best = 1e9;

	instrument_bundle(t, &file);
	fprintf(stderr, "agree: a bundle of %zu bytes, %zu proofs\n", file.len, t->proofs.n);
	for (unsigned i = 0; i < 3; i++) {
		struct agree_check *c = calloc(1, sizeof(*c));
		struct bundle b;
		struct err e = {0};
		bundle_init(&b);
		for (unsigned k = 0; k < MEMBERS; k++)
			if (bundle_root(&b, t->root[k], false, &e) != 0)
				die(e.text);
		double start = now();
		int rc = bundle_read_bytes(&b, buf_str(&file), &e);
		bundle_lists(&b);
		agree_check(c, &b, rc, &e, t->end);
		double took = now() - start;
		best = took < best ? took : best;
		if (i == 0)
			check_bundle(t, c);
		agree_check_done(c);
		bundle_done(&b);
		free(c);
	}
	return best;
}

int main(void)
{
	struct instrument *t = calloc(1, sizeof(*t));
	struct instrument_plan plan = {.members = MEMBERS, .comments = COMMENTS, .proofs = true};

	instrument_make(t, &plan);
	printf("figure verdict.scratch_ms %.1f\n", scratch(t));
	printf("figure verdict.more_ms %.1f\n", one_more(t));
	printf("figure agree.verify_ms %.0f\n", verify(t));
	instrument_done(t);
	free(t);
	return 0;
}
