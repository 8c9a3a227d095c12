/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files of the desk process: desk.c (the control socket) and pages.c (the staff's pages).
 */
#pragma once

#include "base/digest.h"
#include "proc/channel.h"
#include "proc/desk.h"
#include "proc/tls.h"
#include "see/node.h"
#include "state/state.h"
#include "web/route.h"
#include <microhttpd.h>

struct desk;
struct upload;
struct sheet;
struct pages;
struct visit;

struct request {
	struct desk *desk;
	struct MHD_Connection *connection;
	struct request *next; /* of those that are suspended */
	bool post, suspended, told;
	bool hashing;     /* it waits for a password to be hashed */
	bool owners;      /* what comes in is a register of owners, no report */
	bool params;      /* it is the parameters of a change */
	bool with;        /* it comes with a change, whose parameters are in take.text */
	struct buf words; /* the answer, where it is longer than a message */
	/* a report on its way in */
	struct channel_message take;
	struct digest *digest;
	int fd;
	char part[NODE_PATH + 8], path[NODE_PATH];
	struct upload *upload; /* desk_look.c's own; NULL: no report is on its way in */
	int status;            /* settled already: 0 is not */
	char sentence[1024];
	/* one that waits for a receipt */
	uint64_t receipt;
	int64_t until;
	struct visit *visit; /* of a page; NULL: it came by the control socket */
};

struct desk {
	struct log log;
	const struct serve_options *o;
	const struct pages_plan *plan;
	const struct census *census;
	int core;
	struct MHD_Daemon *daemon, *pages; /* pages NULL: there is no address for them */
	unsigned port;                     /* of the pages */
	struct pages *staff;               /* pages.c's own */
	struct db *state;
	struct request *suspended;
	struct upload *uploads; /* reports on their way in */
	uint32_t next_id;
	bool figures;       /* the door has the country's figures */
	int64_t figures_at; /* os_ticks: when they are counted again */
};

struct request *desk_request(struct desk *d, struct MHD_Connection *c);
/* A parameter of the query of a struct request; p NULL: not there; empty: it has no value. */
struct str desk_param(const void *request, const char *name);
/* Notified of the end of a request. */
void desk_end(void *arg, struct MHD_Connection *c, void **memory, enum MHD_RequestTerminationCode why);
/* The request waits for the core, or for a receipt. */
void desk_suspend(struct request *r);
void desk_resume(struct request *r);
/* The status that it is answered with, if nothing was said before; -1. */
int desk_settle(struct request *r, int status, const char *sentence);
/* The status of HTTP for a code of an error. */
int desk_status(int code);
/* What a daemon has to do just now, for some milliseconds. */
void desk_turn(struct MHD_Daemon *daemon);
/* d->state is open. */
int desk_state(struct desk *d, struct err *e);

/* A report on its way in, of the person in r->take.person. 0, or -1 and it is settled. End: suspended until the core has said
 * whether it is accepted (r->receipt, r->take.code). */
int desk_report_begin(struct request *r, struct str name, struct str feed);
void desk_report_add(struct request *r, struct str bytes);
/* The bytes come with the change of that name (row.file). 0, or -1 and it is settled. */
int desk_file_begin(struct request *r, const char *change, struct str params);
int desk_report_end(struct request *r);
/* A change of that person (see/change.h); then the same. Its words come in r->take.text. */
int desk_change(struct request *r, const char *name, struct str params);

/* ---- desk_look.c ---- */

/* A report begins to come in; a try of the same delivery that still hangs somewhere is over. */
void desk_upload_begin(struct request *r);
/* It is whole, or it was cut off. */
void desk_upload_end(struct request *r);
/* How far the delivery with that token is, which the same session or token of the API sends, and what the first look at it
 * has shown, as JSON; asks the core for one if it is time. All null: none is on its way. */
void desk_upload_say(struct request *r, const uint8_t token[16], struct buf *json);
/* The core has looked; or it has started, and knows of no question. */
void desk_looked(struct desk *d, const struct channel_message *m);
void desk_look_again(struct desk *d);

/* ---- desk_figures.c ---- */

/* Counts the figures of the door, if it is time. */
void desk_figures(struct desk *d);

/* ---- pages.c ---- */

/* What the desk keeps of findings in memory; NULL: it serves no pages. */
struct sheet *pages_sheet(const struct desk *d);
/* Serves the pages on that socket; what is wrong is said in the log, and the node goes on without them. */
void pages_start(struct desk *d, int listener);
/* The same once the process has given up what it need not do. */
void pages_started(struct desk *d);
/* A descriptor that is readable if there is something for pages_run; -1: none. */
int pages_fd(const struct desk *d);
/* What there is to do for them. */
void pages_run(struct desk *d);
/* Live pages: the log of changes has grown; sessions may have ended; milliseconds until one of them has something to say. */
void live_grown(struct desk *d, uint64_t seq);
void live_check(struct desk *d);
int live_run(struct desk *d, int longest);
/* A request's end. */
void pages_forget(struct request *r);

/* ---- desk.c, for its own answers ---- */

enum MHD_Result desk_answer(struct request *r, struct reply *reply, const char *location);
enum MHD_Result desk_refuse(struct request *r, int status, const char *sentence);
/* Where the pages are, as text; with "certificate" also what stands in it. */
enum MHD_Result desk_where_pages_are(struct request *r);
