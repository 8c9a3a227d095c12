/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files that serve the staff's pages: pages.c (requests, pages), pages_forms.c (the table of forms), pages_enter.c
 * (who comes in and how), pages_people.c (forms about accounts, which need more than their fields), pages_tell.c (forms that are
 * longer than a message between processes), api.c (/api/v1/, exports), live.c (/events) and stream.c
 * (pages that are drawn in steps).
 */
#pragma once

#include "proc/desk_in.h"
#include "proc/hash.h"
#include "web/http_clock.h"
#include "web/http_form.h"
#include "web/page.h"
#include "web/said.h"

/* Where a form leads, with the query of a list. */
#define PAGES_BACK 2048

struct api_request;
struct live;
struct live_stream;
struct page_stream;

/* Values of Host: the address and each name, with its port, and on 443 also without. */
#define HOSTS (2 * (PLAN_NAMES + 2))

struct pages {
	struct http_clocks clocks;
	char host[HOSTS][300];
	struct str hosts[HOSTS];
	struct http_rules rules;
	struct languages languages;
	struct tongues tongues;
	struct country *country; /* options of weir.yaml; NULL: they cannot be read */
	struct said said;
	unsigned streams;      /* pages that are drawn in steps just now */
	struct sheet *sheet;   /* web/sheet.h */
	struct differ *differ; /* agree/diff.h; NULL: there are no rules for words here */
	struct db *seen[2]; /* state.db as a person sees it; of those who see all owners, and of the others */
	struct hash *hash;
	struct live *live; /* live.c's own; NULL: nobody has asked yet */
};

#define FIELDS 28

/* A form = a row: its path, the change that it asks for, the fields that the change gets, and where it leads. */
struct form {
	const char *path, *change;
	const char *fields[FIELDS];
	const char *
	        back; /* NULL: to the finding that field id names; with a "/" in its end: to the thing of that id there;
	                 with "/=": to the thing that was made, whose id the core says */
	/* Adds what the form does not have. 0; 1: a password is hashed first, and then this is called again; -1: it is settled.
	 * NULL: there is nothing. */
	int (*prepare)(struct request *r, struct buf *params);
};

/* What a form does beside what all do. */
enum visit_kind { VISIT_FORM, VISIT_LINK, VISIT_LOGIN, VISIT_ENROL, VISIT_SURE };

/* What a request of a page has beside what every request has. */
struct visit {
	struct http_target target;
	bool seen, post, upload, in;  /* in: there is a session */
	const struct tell_form *tell; /* a form with a file in it, which is kept in body; NULL: it is none */
	struct http_upload *file;     /* NULL: nothing is brought in by a form */
	struct buf body;
	struct arena arena;
	struct http_form *fields; /* of the body; NULL: there is none */
	struct session who;
	enum visit_kind kind;
	const struct form *form; /* that is asked for; of VISIT_SURE: behind it */
	bool again;              /* it waits until password and code are given again */
	bool hashed;             /* the job is done */
	struct hash_job job;
	unsigned retry;                 /* seconds for Retry-After; 0: none */
	char token[SESSION_TOKEN + 1];  /* of the session that is being opened */
	char device[SESSION_TOKEN + 1]; /* of a browser that was not known; empty: it was */
	struct page_once once;          /* what the answer shows, and nobody can see again */
	const struct page *show; /* the answer to a form that has changed nothing yet; NULL: there is none */
	char back[PAGES_BACK];
	const struct file_form *attach; /* what is uploaded is for a change; NULL: it is a report */
	bool report;                    /* a form has become a report */
	struct api_request *api;        /* api.c's own; NULL: it is no request of the API */
	struct live_stream *live;       /* live.c's own; NULL: its answer has an end */
	struct page_stream *stream;     /* stream.c's own */
};

/* ---- pages.c ---- */

/* What the library calls; arg: the desk. */
enum MHD_Result pages_on_request(void *arg, struct MHD_Connection *c, const char *url, const char *method,
        const char *version, const char *bytes, size_t *len, void **memory);
void *pages_on_target(void *arg, const char *uri, struct MHD_Connection *c);
void pages_on_connection(
        void *arg, struct MHD_Connection *c, void **memory, enum MHD_ConnectionNotificationCode what);

/* The answer to a request that is not taken, with what its status demands; gives the body back. */
enum MHD_Result pages_refused(struct request *r, const struct http_refusal *row, struct reply *reply);
/* cookie: a value of Set-Cookie, or NULL; that of a new device goes with it. */
enum MHD_Result pages_reply(struct request *r, struct reply *reply, const char *location, const char *cookie);
enum MHD_Result pages_say(struct request *r, int status, enum word title, const char *sentence);
/* A form that did nothing: why, and the way back to where it stood. */
enum MHD_Result pages_fail(struct request *r);
enum MHD_Result pages_go(struct request *r, const char *path, const char *cookie);
/* Whose file it is that begins: 0, or -1 and it is settled, as one who may not send it. */
int pages_file_of(struct request *r, const struct http_upload *u, enum right right);
/* 0, or -1 and it is settled: the person may not, or what it is about is out of sight. */
int pages_may(struct request *r, const char *name, struct str id);
/* Where the answer leads: the page that the form names in its field back, or that one. */
void pages_lead(struct request *r, const char *back);
const struct words *pages_words(struct request *r);
/* The session of the cookie: v->in, v->who. 0 or a code. */
int pages_session(struct request *r, struct err *e);
/* A visit that is in use does not end for being idle, and a token says when it was used last. Nobody waits for this. */
void pages_used(struct request *r);
void pages_read(struct request *r, struct str url);
/* The store as the person of the session sees it now; NULL and a sentence. */
struct db *pages_seen(struct request *r, struct err *e);
/* It could not be read: it is opened afresh the next time. */
void pages_unseen(struct request *r);
struct http_clock *pages_clock(struct MHD_Connection *c);
/* A line of the parameters of a change. */
void pages_field(struct buf *b, const char *name, struct str value);
/* The form's change, of the fields in r->visit->fields. 0: it is on its way; -1: it is settled. */
int pages_ask(struct request *r, const struct form *form);
const struct form *pages_form(struct str path);
/* A password to be hashed, or to be compared with hash; then the request goes on. 0, or -1 and it is settled. */
int pages_hash(struct request *r, struct str password, struct str hash, bool make);

/* ---- pages_enter.c ---- */

/* For who is not in. */
enum MHD_Result enter_not_in(struct request *r, const char *url);
/* GET /enter, GET /enter/LINK */
enum MHD_Result enter_get(struct request *r, struct str link);
/* POST /enter, /enrol and /again; 0, or -1 and it is settled. */
int enter_login(struct request *r);
int enter_enrol(struct request *r);
int enter_again(struct request *r);
/* What they do once the password is hashed. */
int enter_hashed(struct request *r);
/* Their answer. */
enum MHD_Result enter_answer(struct request *r);
/* The page that asks for password and code once more, with the fields of the form that it is for. */
enum MHD_Result enter_ask_again(struct request *r, const char *sentence);

/* ---- pages_people.c ---- */

int people_link(struct request *r, struct buf *params);
int people_password(struct request *r, struct buf *params);
int people_secret(struct request *r, struct buf *params);
int people_codes(struct request *r, struct buf *params);
int people_token(struct request *r, struct buf *params);
/* New recovery codes: their digests as a parameter, and what the answer shows. */
void people_new_codes(struct request *r, struct buf *params);

/* ---- pages_tell.c; 0, or -1 and it is settled ---- */

int tell_owner(struct request *r);
int tell_campaign(struct request *r);
/* A form with a file that may be missing, and with long fields: a row of a table. */
struct tell_form {
	const char *path;
	enum right right;
	size_t most, fields; /* bytes of the file, of all fields */
	const char *large;   /* the sentence for a file that is larger */
};
/* NULL: there is none of that path. */
const struct tell_form *tell_form(struct str path);
/* A piece of the file of such a form: kept in r->visit->body. For http_upload_begin. */
int tell_piece(void *request, const struct http_upload *u, struct str piece);
/* Its body may have so many bytes. */
#define TELL_BODY ((uint64_t)3 << 20)
/* A field of the form, as a page asks for what stands in its address. */
struct str tell_param(const void *request, const char *name);
/* ---- pages_agree.c ---- */

/* Forms of consultations that have a file, or that show something before anything is changed. 0, -1: it is settled, or its answer is
 * drawn; 1: the path is none of them. */
int agree_form(struct request *r, struct str path);

/* ---- pages_work.c ---- */

/* Ids of a form of a list are one parameter, with blanks between them. */
struct str pages_ids(struct request *r);
/* Where the form leads: to the page that its field back names, if that is one of ours; else as its row says. */
void pages_lead_back(struct request *r, const struct form *form, struct str id);
/* Of a row whose back ends with "/=": once the core has said what was made, its page; where all of them are if nothing was. True: the
 * page says it all. */
bool pages_lead_to_made(struct request *r, struct str said);
/* For a form of a thing as it is to be: a field that was emptied is said too. */
int pages_whole(struct request *r, struct buf *params);
/* A finding by hand is a report like any other. 0, or -1 and it is settled. */
int pages_by_hand(struct request *r);

/* A form with a file that a change takes: the fields stand before the file. */
struct file_form {
	const char *path, *change;
	const char *fields[4]; /* beside id, of which the page is that it leads to */
	const char *back;      /* as in struct form */
};
/* NULL: none is posted there. */
const struct file_form *pages_file_form(struct str path);
/* True if what is posted there is a file. */
bool pages_takes_file(struct str path);
/* The sentence alone, for the script that sends files; false: a page is asked for. */
bool pages_plainly(struct request *r, int status, struct str sentence, struct reply *reply);
/* A file for the thing that the field id names. 0, or -1 and it is settled. */
int pages_attach(struct request *r, const struct http_upload *u);

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

/* Headers of a page, also of one that is drawn in steps. */
void pages_headers(struct MHD_Response *m, const struct reply *reply);
/* Those that the browser itself is told: that it is known from now on, that it comes by TLS alone, when it may try again. */
void pages_device(struct request *r, struct MHD_Response *m, int status);

/* ---- stream.c ---- */

/* The page of that address, for who is in. */
enum MHD_Result pages_draw(struct request *r, const char *url);
void stream_forget(struct request *r);
