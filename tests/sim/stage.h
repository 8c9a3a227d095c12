/* SPDX-License-Identifier: Apache-2.0
 *
 * A country of its own for a story whose clock the test moves: a folder with owners and rules, a node on it, and what a test
 * does and asks over days. All checks are asserts.
 */
#pragma once

#include "story.h"

#define SECOND ((int64_t)1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define STAGE_BASE 1767571200 /* 2026-01-05, the minute 0 of the story's lines */

struct stage {
	char folder[64], conf[80];
	struct story s;
	struct err e;
	uint8_t number; /* of the last report */
};

/* Empty folders, the clock at STAGE_BASE; then files are written, then the story is made. */
void stage_set(struct stage *g, const char *name);
/* A file of the country: "weir.yaml", "owners.csv", "rules/10-all.yaml". */
void stage_write(const struct stage *g, const char *name, const char *text);
void stage_make(struct stage *g);
void stage_end(struct stage *g);
/* A report with one line: that address, at a time of the sender's clock. */
void stage_seen(struct stage *g, const char *ip, int64_t when);
/* What has come due is done. */
void stage_work(struct stage *g);
/* The first value of the first row; -1 if there is none. */
int64_t stage_number(struct stage *g, const char *sql);
/* The first value of each row, with blanks between. text has size bytes and is cut. */
void stage_text(struct stage *g, const char *sql, char *text, size_t size);
/* A change by "somebody". */
int stage_ask(struct stage *g, const char *name, const char *params);
