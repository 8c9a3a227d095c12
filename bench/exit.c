/* SPDX-License-Identifier: Apache-2.0
 *
 * The exit: how many decisions a second, over things and recipients of all kinds, and how many with the row that keeps each,
 * 1,000 a transaction with full sync. The rows are counted afterwards. CPU time of one core. exit FOLDER
 */
#include "exit/clear.h"
#include "state/state.h"
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define DECISIONS 4000000u
#define ROWS 200000u

static double now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "exit: %s\n", what);
	exit(1);
}

static const struct str members[] = {STR_INIT("kh"), STR_INIT("la"), STR_INIT("mm"), STR_INIT("vn")};
static const struct exit_group clmv = {
        .id = STR_INIT("clmv"), .confirmed = true, .members = members, .nmembers = 4};
static const struct exit_person named[] = {{STR_INIT("kh"), STR_INIT("duty")}};

static void make(unsigned i, struct exit_object *o, struct exit_recipient *r)
{
	*o = (struct exit_object){.name = STR("notice XA-1-K7QD"),
	        .label = 1 + i % (TLP_END - 1),
	        .pap = 1 + i / 5 % (PAP_END - 1),
	        .group = STR("clmv"),
	        .card = &clmv,
	        .named = named,
	        .nnamed = 1,
	        .originator = members[i / 7 % 4],
	        .self = STR("la")};
	*r = (struct exit_recipient){.kind = i / 11 % EXIT_KINDS,
	        .way = i % 4,
	        .link = EXIT_LINKED,
	        .grant = TLP_RED,
	        .name = STR("duty@cert.example"),
	        .party = members[i / 3 % 4],
	        .person = STR("duty")};
}

static unsigned decisions(unsigned n)
{
	struct exit_object o;
	struct exit_recipient r;
	unsigned allowed = 0;

	for (unsigned i = 0; i < n; i++) {
		make(i, &o, &r);
		allowed += exit_judge(&o, &r, i / 13 % EXIT_PURPOSES).allowed;
	}
	return allowed;
}

static void rows(struct db *db, unsigned n)
{
	struct exit_object o;
	struct exit_recipient r;
	struct cleared c;
	struct err e;

	for (unsigned i = 0; i < n; i++) {
		if (i % 1000 == 0)
			db_begin(db);
		make(i, &o, &r);
		(void)exit_clear_for(db, &o, &r, EXIT_TELL,
		        STR("what is to be read there, of the length of a line"), &c, NULL);
		if (i % 1000 == 999 && db_commit(db, &e) != 0)
			die(e.text);
	}
}

static void count(struct db *db)
{
	struct query q =
	        db_query(db, "select (select count(*) from clearance) + (select count(*) from refusal)");

	if (query_next(&q) != 1 || query_get_u64(&q, 0) != ROWS)
		die("rows are missing");
	query_run(&q);
}

int main(int argc, char **argv)
{
	char folder[4000];
	struct db *db;
	struct err e;

	snprintf(folder, sizeof(folder), "%s/exit-XXXXXX", argc > 1 ? argv[1] : "/tmp");
	if (mkdtemp(folder) == NULL || state_open(folder, DB_WRITE, &db, &e) != 0)
		die("there is no folder");
	double start = now(CLOCK_PROCESS_CPUTIME_ID);
	unsigned allowed = decisions(DECISIONS);
	double cpu = now(CLOCK_PROCESS_CPUTIME_ID) - start;
	if (allowed == 0 || allowed == DECISIONS)
		die("all decisions are the same");
	printf("%u decisions, %u allowed\nfigure exit.decide %.0f\n", DECISIONS, allowed, DECISIONS / cpu);
	double clock = now(CLOCK_MONOTONIC);
	start = now(CLOCK_PROCESS_CPUTIME_ID);
	rows(db, ROWS);
	cpu = now(CLOCK_PROCESS_CPUTIME_ID) - start;
	clock = now(CLOCK_MONOTONIC) - clock;
	count(db);
	printf("%u with their rows in %.1f s by the clock on the wall, the disk's waits among it\nfigure "
	       "exit.row %.0f\n",
	        ROWS, clock, ROWS / cpu);
	db_close(db);
	snprintf(folder + strlen(folder), 16, "/state.db");
	(void)unlink(folder);
	*strrchr(folder, '/') = 0;
	return rmdir(folder) == 0 ? 0 : 1;
}
