/* SPDX-License-Identifier: Apache-2.0
 *
 * The word diff of two whole texts of 256 KiB in each of five languages, one word in twenty changed, and of two that have nothing in common
 * but their few letters, which is the worst that anybody can send. Each is first applied: both texts come out, and the changed words are as
 * many as were changed, or nearly. Then the clauses of a text of 500, all changed, once and again from memory. CPU time, best of five.
 * diff SOURCE: the folder of this project; the texts are made of the words of its pages.
 */
#include "agree/diff.h"
#include "base/os.h"
#include <stdlib.h>
#include <time.h>

#define SIZE ((size_t)256 << 10)
#define RUNS 5

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "diff: %s\n", what);
	exit(1);
}

static unsigned draw(uint64_t *state, unsigned below)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (unsigned)(*state >> 33) % below;
}

/* ---- texts --------------------------------------------------------------------------------------- */

/* What stands between quotes in a file of words. */
static unsigned sentences(struct str file, struct str *ret, unsigned max)
{
	unsigned n = 0;

	for (struct str_cut line = str_cut(file, '\n'); line.ok && n < max; line = str_cut(line.tail, '\n')) {
		struct str_cut open = str_cut(line.head, '"'), close = str_cut(open.tail, '"');
		if (open.ok && close.ok && close.head.len > 30)
			ret[n++] = close.head;
	}
	return n;
}

/* Two texts that differ in every twentieth sentence. Returns how many do. */
static unsigned make(const struct str *from, unsigned n, struct buf *old, struct buf *new)
{
	uint64_t state = 88172645463325252u;
	unsigned changed = 0;

	while (old->len < SIZE - 1024 && new->len < SIZE - 1024) {
		struct str s = from[draw(&state, n)], t = s;
		if (draw(&state, 20) == 0) {
			t = from[draw(&state, n)];
			changed += !str_eq(s, t);
		}
		buf_add(old, s);
		buf_add(new, t);
		buf_add(old, STR(" \n"));
		buf_add(new, STR(" \n"));
	}
	return changed;
}

static void check(struct str old, struct str new, const struct diff_words *d)
{
	auto_buf struct buf o = {0}, n = {0};

	for (unsigned i = 0; i < d->n; i++) {
		const struct diff_run *r = &d->run[i];
		if (r->kind != DIFF_NEW)
			buf_add(&o, str_sub(old, r->old_at, r->len));
		if (r->kind != DIFF_OLD)
			buf_add(&n, str_sub(new, r->new_at, r->len));
	}
	if (!str_eq(buf_str(&o), old) || !str_eq(buf_str(&n), new))
		die("the runs do not give back both texts");
}

static double best(struct differ *d, struct str old, struct str new, struct diff_words *ret)
{
	double least = 1e9;
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	for (unsigned i = 0; i < RUNS; i++) {
		double from = now();
		diff_words(d, &a, old, new, ret);
		double took = now() - from;
		least = took < least ? took : least;
		check(old, new, ret);
		arena_reset(&a);
	}
	return least;
}

static void language(struct differ *d, const char *source, const char *code, const char *file_name)
{
	auto_buf struct buf file = {0}, old = {0}, new = {0};
	struct str sentence[2000];
	struct diff_words words;
	char path[512];
	struct err e;

	snprintf(path, sizeof(path), "%s/%s", source, file_name);
	if (os_read_file(path, 1u << 20, &file, &e) != 0)
		die(e.text);
	unsigned changed = make(sentence, sentences(buf_str(&file), sentence, 2000), &old, &new);
	double ms = best(d, buf_str(&old), buf_str(&new), &words);
	if (words.heavy || words.n < changed || words.n > 30 * changed)
		die("other runs than sentences that changed");
	printf("%s: %zu and %zu bytes, %u sentences changed, %u runs\nfigure diff.%s %.2f\n", code, old.len,
	        new.len, changed, words.n, code, ms);
}

/* No row of letters longer than a few is in both, and every letter is. */
static void worst(struct differ *d)
{
	auto_buf struct buf old = {0}, new = {0};
	uint64_t state = 88172645463325252u;
	struct diff_words words;

	while (old.len < SIZE) {
		buf_char(&old, "!#$%&()*"[draw(&state, 8)]);
		buf_char(&new, "!#$%&()*"[draw(&state, 8)]);
	}
	double ms = best(d, buf_str(&old), buf_str(&new), &words);
	printf("worst: %u runs\nfigure diff.worst %.2f\n", words.n, ms);
}

/* ---- clauses ------------------------------------------------------------------------------------- */

static void put_text(struct buf *out, const char *more)
{
	buf_add(out, STR("# A title {#a3bd}\n"));
	for (unsigned i = 1; i < AGREE_CLAUSES; i++) {
		char id[CLAUSE_ID];
		clause_id_make(7000 + 31 * i, id);
		buf_printf(out, "\nClause %u: the parties", i);
		for (unsigned k = 0; k < 18; k++)
			buf_printf(out, " shall %u without delay%s", k * i, k % 9 == 3 ? more : "");
		buf_printf(out, ". {#%.4s}\n", id);
	}
}

static void all_clauses(struct differ *d, struct arena *a, const struct diff_list *list)
{
	struct diff_words words;

	for (unsigned i = 0; i < list->n; i++)
		if (list->row[i].change == CLAUSE_CHANGED) {
			diff_clauses(d, a, list->row[i].old, list->row[i].new, &words);
			check(list->row[i].old->source, list->row[i].new->source, &words);
		}
}

static void clauses(struct differ *d)
{
	auto_buf struct buf old = {0}, new = {0};
	auto_arena struct arena a = {0};
	struct agree_text before, after;
	struct agree_fault fault;
	struct diff_list list;

	arena_init(&a, 0);
	put_text(&old, "");
	put_text(&new, " and in full");
	if (!agree_text_parse(&a, buf_str(&old), false, &before, &fault) ||
	        !agree_text_parse(&a, buf_str(&new), false, &after, &fault))
		die(fault.why);
	double from = now();
	diff_texts(&a, &before, &after, &list);
	all_clauses(d, &a, &list);
	double took = now() - from;
	if (list.count[CLAUSE_CHANGED] != AGREE_CLAUSES - 1)
		die("not all clauses changed");
	printf("clauses: %zu bytes\nfigure diff.clauses %.2f\n", new.len, took);
	uint64_t hits = differ_hits(d);
	from = now();
	all_clauses(d, &a, &list);
	if (differ_hits(d) - hits != AGREE_CLAUSES - 1)
		die("not all clauses were remembered");
	printf("figure diff.again %.2f\n", now() - from);
}

int main(int argc, char **argv)
{
	static const char *const words[][2] = {{"en", "src/web/words.tbl"}, {"vi", "conf/lang/vi/pages.yaml"},
	        {"lo", "conf/lang/lo/pages.yaml"}, {"km", "conf/lang/km/pages.yaml"},
	        {"my", "conf/lang/my/pages.yaml"}};
	struct err e;
	struct differ *d = differ_new(&e);

	if (argc != 2 || d == NULL)
		die("usage: diff SOURCE");
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		language(d, argv[1], words[i][0], words[i][1]);
	worst(d);
	clauses(d);
	differ_free(d);
	return 0;
}
