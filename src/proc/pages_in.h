/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files that serve the staff listener: pages.c (pages and forms), api.c (/api/v1/, exports) and live.c (/events).
 */
#pragma once

#include "proc/desk_in.h"
#include "web/http_clock.h"
#include "web/http_form.h"
#include "web/page.h"
#include "web/said.h"

struct form;
struct api_request;
struct live;
struct live_stream;

struct pages {
	struct http_clocks clocks;
	char host[2][32];
	struct str hosts[2];
	struct http_rules rules;
	struct languages languages;
	struct said said;
	struct db *seen[2]; /* state.db as a person sees it; of those who see all owners, and of the others */
	struct live *live;  /* live.c's own; NULL: nobody has asked yet */
};

/* What a request of a page has beside what every request has. */
struct visit {
	struct http_target target;
	bool seen, post, upload, in; /* in: there is a session */
	struct http_upload *file;    /* NULL: nothing is brought in by a form */
	struct buf body;
	struct arena arena;
	struct session who;
	char token[SESSION_TOKEN + 1]; /* of the session that is being opened */
	const struct form *form;
	char back[64];
	struct api_request *api;  /* api.c's own; NULL: it is no request of the API */
	struct live_stream *live; /* live.c's own; NULL: its answer has an end */
};

/* The session of the cookie: v->in, v->who. 0 or a code. */
int pages_session(struct request *r, struct err *e);
/* The store as the person of the session sees it now; NULL and a sentence. */
struct db *pages_seen(struct request *r, struct err *e);
/* It could not be read: it is opened afresh the next time. */
void pages_unseen(struct request *r);
struct http_clock *pages_clock(struct MHD_Connection *c);

/* ---- api.c ---- */

/* True if the path is one of the API: then r->visit->api is there. */
bool api_begin(struct request *r, const char *url);
bool api_takes_report(const char *url);
/* What the library has found wrong, as a problem. */
enum MHD_Result api_refuse(struct request *r, enum http_fault fault);
/* The media type of what is posted. */
enum http_fault api_media(struct request *r, const char *url);
void api_piece(struct request *r, struct str piece);
enum MHD_Result api_last(struct request *r, const char *url);
void api_forget(struct request *r);
/* "/findings.csv", "/letters.json": the list of that page as a file. False: the path is none. */
bool api_is_export(struct str path);
/* The answer to it, for who has a session. */
enum MHD_Result api_export(struct request *r, const char *url);
/* "/events" */
enum MHD_Result api_events(struct request *r, const char *url);
/* True if who asks may still what he might at the beginning. */
bool api_again(struct request *r);
/* A sentence as a problem. */
enum MHD_Result api_say(struct request *r, int status, const char *sentence);

/* ---- live.c ---- */

/* An answer without an end, to who may look (v->who). */
enum MHD_Result live_open(struct request *r, const struct ask *a);
void live_forget(struct request *r);
