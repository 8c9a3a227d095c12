/* SPDX-License-Identifier: Apache-2.0
 *
 * The page of texts of a round as large as one may be: 500 clauses in five languages, 50 members who have said ten things each, one in
 * five of them a conflict, and the receipts of all of it. What the page has is counted before a figure is printed. CPU time of one
 * drawing, from rows and files to bytes. round_page FOLDER, which is left as the state of a node for a look at it.
 */
#include "round_state.h"
#include "web/page.h"
#include <stdlib.h>
#include <time.h>

#define RUNS 40

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "round_page: %s\n", what);
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

/* ---- drawing ------------------------------------------------------------------------------------- */

static struct str param(const void *arg, const char *name)
{
	(void)arg;
	return strcmp(name, "lang") == 0 ? STR("all") : (struct str){0};
}

static void draw(struct db *db, const char *folder, const struct languages *all, struct reply *ret)
{
	auto_arena struct arena a = {0};
	struct session who = {.person = STR("dara"), .role = STR("may-bind"), .language = STR("en")};
	struct page_once once = {0};
	struct ask ask = {.path = STR("/agree/large/1"),
	        .param = param,
	        .state = db,
	        .whole = db,
	        .folder = folder,
	        .arena = &a};
	struct page_ask p = {.who = &who,
	        .words = &all->v[0],
	        .languages = all,
	        .once = &once,
	        .now = (START + 86400) * 1000000};

	arena_init(&a, 0);
	who.rights = RIGHT_READ | RIGHT_BIND | RIGHT_CONSULT;
	page_get(&p, &ask, ret, NULL);
}

static size_t count(struct str text, const char *what)
{
	size_t n = 0;

	for (size_t i = 0; (i = str_find_str(text, i, str_from(what))) != SIZE_MAX; i++)
		n++;
	return n;
}

static void check(struct str page)
{
	if (count(page, "<tr data-clause=") != CLAUSES)
		die("the page has not all clauses");
	for (unsigned i = 0; i < LANGUAGES; i++) {
		char cell[32];
		snprintf(cell, sizeof(cell), "<td lang=\"%s\">", round_langs[i]);
		if (count(page, cell) != CLAUSES)
			die("a language is not all there");
	}
	if (count(page, "class=\"margin\"") != (size_t)MEMBERS * SAID)
		die("not everything that was said stands beside a clause");
	if (count(page, "data-severity=\"high\">conflict<") < MEMBERS)
		die("conflicts are missing");
}

static int by_time(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	static struct words english = {.code = STR_INIT("en"), .name = STR_INIT("English")};
	struct languages all = {.v = &english, .n = 1};
	struct reply reply = {0};
	double ms[RUNS];

	if (argc != 2)
		die("a folder is needed");
	for (unsigned i = 0; i < WORD_END; i++)
		english.text[i] = word_english((enum word)i);
	struct db *db = round_state(argv[1]);
	draw(db, argv[1], &all, &reply);
	if (reply.status != 200)
		die("the page was not drawn");
	check(buf_str(&reply.body));
	printf("%u clauses, %u languages, %u things said, %zu kB\n", CLAUSES, LANGUAGES, MEMBERS * SAID,
	        reply.body.len / 1000);
	for (int i = 0; i < RUNS; i++) {
		buf_clear(&reply.body);
		double from = now();
		draw(db, argv[1], &all, &reply);
		ms[i] = now() - from;
	}
	buf_done(&reply.body);
	qsort(ms, RUNS, sizeof(ms[0]), by_time);
	printf("figure round_page.ms %.1f\nfigure round_page.ms_p95 %.1f\n", ms[RUNS / 2],
	        ms[RUNS * 95 / 100]);
	db_close(db);
	return 0;
}
