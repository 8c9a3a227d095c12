/* SPDX-License-Identifier: Apache-2.0
 *
 * The API for programs, version 1: the rows of the route table (route.h) and of the changes (see/change.h) under /api/v1/, for
 * who has a token or a session. What it answers is JSON; what is wrong is a problem (RFC 9457) with a sentence.
 *
 *   GET  /api/v1/findings?owner=bank&limit=100000          a list; "cursor" is where the log of changes stood before it
 *   GET  /api/v1/findings?owner=bank&changed_since=CURSOR  what of it has changed since, and what is gone from it
 *   GET  /api/v1/changes?kind=finding&since=CURSOR         the same of all objects of a kind
 *   GET  /api/v1/receipts/R12                              one thing
 *   POST /api/v1/changes/finding-close {"id": "F12", ...}  a change
 *   POST /api/v1/reports?name=list.csv&feed=x              a report, its bytes as the body
 *   GET  /api/v1/openapi.json                              all of this for machines, printed from the tables (openapi.h)
 *
 * This is what there is to say without a connection; proc/api.c has the rest.
 */
#pragma once

#include "web/right.h"
#include "web/route.h"
#include "web/stream.h"

#define API_ROOT "/api/v1"
#define API_ROWS 10000000 /* of a list at most */
#define API_CHANGES 1000  /* objects of an answer about changes at most */

/* A sentence as a problem: "title" is the status in words. */
void api_problem(struct reply *r, int status, struct str sentence);
/* The status for a code of an error; 410 is what ERR_MISSING of a cursor becomes (api_changes). */
int api_status(int code);

struct api_param {
	struct str name, value;
};
/* Query parameters as they came; value p NULL: there was no "=". */
struct api_params {
	struct api_param v[32];
	unsigned n;
	bool more; /* there were more */
};
/* For struct ask: arg is a struct api_params. An empty value is a value of flags alone. */
struct str api_param_find(const void *arg, const char *name);

/* What of the route table a path below API_ROOT means: 0 and *ret; ERR_MISSING, ERR_DENIED. Sets a->id and a->path. */
int api_find(struct ask *a, const struct session *who, const struct route **ret, struct err *e);
/* ERR_USAGE: a parameter that the route does not have, or one that is there twice. */
int api_check(const struct route *route, const struct api_params *p, struct err *e);
/* "limit": rows of a list. */
int api_limit(const struct ask *a, uint64_t otherwise, uint64_t *ret, struct err *e);

/* One thing, or how many there are, as JSON. */
int api_one(const struct route *route, struct ask *a, struct reply *r, struct err *e);
/* What has changed of a list behind the cursor; p: the cursor as it was given. The status of *r is set: 200, or 410 with a
 * problem. */
int api_changes(const struct route *route, struct ask *a, struct str cursor, struct reply *r, struct err *e);
/* /changes?kind=&since= */
int api_changes_of_kind(struct ask *a, const struct session *who, struct reply *r, struct err *e);
/* Where the log stands, as text of the arena. */
int api_cursor(const struct ask *a, struct str *ret, struct err *e);

/* A body as the parameters of a change ("NAME=VALUE" in lines): a JSON object of texts, numbers, true. ERR_SYNTAX, ERR_VALUE. */
int api_body_json(struct str body, struct buf *params, struct err *e);
/* One parameter. ERR_VALUE: it is no name, or its value cannot be said. */
int api_put_param(struct buf *params, struct str name, struct str value, struct err *e);
/* NULL: there is no such change, or none that the API offers. */
const struct change_row *api_change_find(struct str name);
