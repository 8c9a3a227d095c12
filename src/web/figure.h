/* SPDX-License-Identifier: Apache-2.0
 *
 * The node in numbers. One row of figure_table (figures.c) = one metric: what it is called, in which unit, what it says
 * and where it comes from. The metrics, their reference and the lines of "weir status" are made from the rows, so that
 * a number stands in one place only.
 *
 * A new figure is a row. Counts are for everybody who may ask for metrics: no label of a row may hold an address, a
 * name, an owner, a person or anything else out of a report; words of our own tables and names of feeds may.
 */
#pragma once

#include "web/route.h"
#include "web/sheet.h"

enum figure_type { FIGURE_GAUGE, FIGURE_COUNTER };

enum figure_look {
	FIGURE_NO,
	FIGURE_LOOK, /* as long as it is above the line's limit, somebody must look */
	FIGURE_TODO, /* while it is not 0 something is left to do; the text leaves a line out that is 0 */
};

/* A line of the status. */
struct figure_line {
	const char *name;
	const char *where; /* which samples are added up: "severity=critical state!=closed"; NULL: all */
	enum figure_look look;
	int64_t limit; /* of FIGURE_LOOK */
	int64_t per;   /* the value is shown divided by it; 0: as it is */
	const char *hint;
	const char *show; /* the line shows the value of this label instead; NULL: the number */
	bool names;       /* the hint begins with the first labels of what is not 0 */
};

#define FIGURE_LABELS 2

struct figure_sample {
	struct str labels[FIGURE_LABELS]; /* values, in the order of the row's labels */
	int64_t value;
};
struct figure_samples {
	VEC(struct figure_sample) list;
	struct arena *arena;
};

struct figure {
	const char *name;  /* of the metric; its unit stands at the end */
	const char *about; /* a sentence, lower case, no full stop */
	const char *from;  /* where it is from */
	enum figure_type type;
	const char *unit;                        /* "" a plain number */
	const char *labels[FIGURE_LABELS];       /* NULL: no more */
	const char *const *words[FIGURE_LABELS]; /* ends with NULL: values that are shown as 0 too */
	const char *sql; /* one column a label, then the value; ?1 now, ?2 a week ago */
	const char *
	        look; /* likewise, but only what the lines that need a person count, without going through everything */
	/* sql gives no value, but a row for each thing to count: "group by" over all findings would sort them */
	bool rows;
	void (*find)(const struct ask *a, struct figure_samples *out); /* where no query tells; NULL: sql */
	/* What sql counts, of findings in memory (sheet.h); NULL: sql alone. */
	void (*memory)(const struct ask *a, const struct sheet_want *w, struct figure_samples *out);
	bool lines;                     /* its samples are the lines that need a person */
	const struct figure_line *line; /* ends with a row without name; NULL: none */
};
extern const struct figure figure_table[];
extern const unsigned figure_count;

/* Samples of all rows, one struct a row, in the arena; figures_done gives the rest back. 0 or a code of the state. */
int figures_find(const struct ask *a, struct figure_samples **ret, struct err *e);
/* The same of the rows that have a line which needs a person, and of nothing else: what a page can wait for. */
int figures_look(const struct ask *a, struct figure_samples **ret, struct err *e);
void figures_done(struct figure_samples *s);
/* For find: adds a sample. b: of the second label, if there is one. */
void figure_add(struct figure_samples *out, struct str a, struct str b, int64_t value);

struct figure_shown {
	bool there; /* false: nobody knows it */
	int64_t value;
	struct str text;  /* of show; p NULL: none */
	struct str names; /* "a, b"; empty: none */
	bool look, todo;
};
void figure_show(const struct figure *f, const struct figure_line *l, const struct figure_samples *s,
        struct figure_shown *ret);

/* ---- figures_memory.c ---------------------------------------------------------------------------- */

void figures_findings(const struct ask *a, const struct sheet_want *w, struct figure_samples *out);
void figures_waiting(const struct ask *a, const struct sheet_want *w, struct figure_samples *out);
void figures_seen_again(const struct ask *a, const struct sheet_want *w, struct figure_samples *out);
void figures_escalated(const struct ask *a, const struct sheet_want *w, struct figure_samples *out);
void figures_closed(const struct ask *a, const struct sheet_want *w, struct figure_samples *out);
void figures_late(const struct ask *a, const struct sheet_want *w, struct figure_samples *out);

/* ---- places.c: what no query tells --------------------------------------------------------------- */

void places_disk_used(const struct ask *a, struct figure_samples *out);
void places_disk_free(const struct ask *a, struct figure_samples *out);
void rounds_owed_count(const struct ask *a, struct figure_samples *out);
void rounds_late_count(const struct ask *a, struct figure_samples *out);
void places_disk_size(const struct ask *a, struct figure_samples *out);
void places_files(const struct ask *a, struct figure_samples *out);
void places_program(const struct ask *a, struct figure_samples *out);

/* ---- processes.c --------------------------------------------------------------------------------- */

/* Of the core, as long as the node runs. */
void processes_uptime(const struct ask *a, struct figure_samples *out);
void processes_core_gone(const struct ask *a, struct figure_samples *out);
void processes_pss(const struct ask *a, struct figure_samples *out);
void processes_rss(const struct ask *a, struct figure_samples *out);
