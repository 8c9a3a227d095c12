/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files of the door: door.c (requests, the core), door_answers.c (letters that are answered, the country's figures),
 * door_table.c (who answers for which path).
 * A kind of thing that is asked for is a struct door_handler and its line in door_table.c; nothing else learns of it.
 *
 * The order of calls for a request: begin, once, with method, path and pin known and no byte of the body taken; piece for each part
 * of the body (or none where the handler keeps it whole in r->body); end. Each says 0 to go on, or 1 when r->reply is what is
 * answered; end may also say DOOR_WAITS and go on when the core has answered (heard), or when the deadline is over (late). forget
 * is the last of each request that was begun.
 */
#pragma once

#include "base/log.h"
#include "proc/channel.h"
#include "proc/door.h"
#include "see/lang.h"
#include "state/db.h"
#include "web/answer_page.h"
#include "web/http_clock.h"
#include "web/http_form.h"
#include <microhttpd.h>

#define DOOR_LANGS 16
#define DOOR_HOSTS 24
#define DOOR_WAITS 2
#define DOOR_WAIT_US (10 * (int64_t)1000000) /* for the core */

struct door_request;

struct door_handler {
	const char *path; /* what it is about; ends in '/': all below it */
	uint64_t limit;   /* bytes of a body */
	bool whole;       /* the body is kept in r->body, at most HTTP_FORM bytes */
	bool upload;      /* bodies may take as long as they keep coming (http_clock.h) */
	bool limited;     /* counts against its address (door_often) */
	int (*begin)(struct door_request *r);
	int (*piece)(struct door_request *r, struct str piece); /* NULL where whole */
	int (*end)(struct door_request *r);
	int (*heard)(struct door_request *r, const struct channel_message *m, int fd);
	void (*news)(struct door_request *r,
	        const struct channel_message *m); /* the core speaks to all who wait; NULL */
	void (*late)(struct door_request *r);     /* NULL: 503 */
	void (*forget)(struct door_request *r);
};

struct door_reply {
	int status;       /* 0: none yet */
	const char *type; /* Content-Type */
	struct buf body;
	int file; /* descriptor whose bytes are the body, from first on; 0: none. The library closes it */
	uint64_t first, size;
	const char *location;         /* of the request's arena, or NULL */
	unsigned retry;               /* seconds for Retry-After; 0: none */
	const char *cache;            /* Cache-Control; NULL: no-store */
	struct http_field headers[4]; /* more of them; texts of the request's arena, NUL-terminated */
	unsigned nheaders;
};

struct door_request {
	struct door *door;
	struct MHD_Connection *connection;
	struct door_request *next; /* of those that wait */
	const struct door_handler *handler;
	struct http_target target;
	struct arena arena;
	struct str method, path; /* the library's, as long as the request */
	struct str query;        /* as it came, behind the first '?' */
	struct str address;      /* who asks, as text */
	bool seen, begun, ended, waits;
	bool has_pin;    /* a certificate was shown, and its key proven */
	uint8_t pin[32]; /* SHA-256 of its SubjectPublicKeyInfo */
	uint32_t id;     /* of the question to the core */
	int64_t until;   /* os_ticks: the deadline */
	struct buf body;
	struct door_reply reply;
	void *own; /* the handler's */
};

struct door {
	struct log log;
	const char *state; /* folder */
	const struct pages_plan *plan;
	int core;
	struct MHD_Daemon *daemon;
	struct http_clocks clocks;
	struct http_rules rules;
	char host[DOOR_HOSTS][300];
	struct str hosts[DOOR_HOSTS];
	struct country country; /* options of weir.yaml, as they were when it started */
	struct lang langs[DOOR_LANGS];
	unsigned nlangs;
	struct db *shelf; /* NULL: not open */
	struct door_request *waiting;
	uint32_t next_id;
	struct door_often *often;
};

/* The shelf; NULL and r->reply is 503. */
struct db *door_shelf(struct door_request *r);
/* The shelf could not be read: it is opened afresh the next time; r->reply is 503. */
int door_unread(struct door_request *r, const struct err *e);
/* Asks the core; the request waits. m: all but the id. What end returns. */
int door_ask(struct door_request *r, struct channel_message *m);
/* The same with a descriptor; -1: none. */
int door_ask_fd(struct door_request *r, struct channel_message *m, int fd);
/* r->reply is a page of one sentence, in a language that is wanted. Returns 1. */
int door_say(struct door_request *r, int status, enum lang_door which);
/* r->reply is a line of text. Returns 1. */
int door_text(struct door_request *r, int status, const char *text);

/* ---- door_often.c: how often an address asks ---- */

struct door_often *door_often_new(void);
/* True if it may ask once more: 60 at once, then one a second. address: of a socket; IPv6 counts by its /64. */
struct sockaddr;
bool door_often_may(struct door_often *o, const struct sockaddr *from, int64_t now);

/* ---- door_table.c ---- */

extern const struct door_handler *const door_handlers[];
extern const size_t door_handler_count;
