/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside the fetch process: one feed at hand, its bytes on their way into the spool, and its questions to the core.
 *
 * A source with many reports (mails, the list of an API) is gone through in a round. Each report has a token made of what
 * its source calls it. It is offered to the core, fetched if the core wants it, and given; what follows an acceptance
 * (a mail is moved) comes after the core has said that it is in the state. Cut off anywhere, the next round offers the
 * same reports under the same tokens.
 */
#pragma once

#include "base/digest.h"
#include "proc/channel.h"
#include "proc/serve.h"
#include "read/feed.h"
#include "see/node.h"
#include <curl/curl.h>

#define CONNECT_SECONDS 20L
#define SLOW_BYTES 100L /* a second, for so long: it is given up */
#define SLOW_SECONDS 60L
#define ALL_SECONDS 3600L

/* Bytes on their way into the spool. */
struct fetch_spool {
	uint8_t token[16], sha256[DIGEST_LEN];
	struct digest *digest;
	int fd;
	uint64_t size, limit;
	bool too_long;
	char part[NODE_PATH + 8], path[NODE_PATH], disk[512]; /* disk: what it said */
};

struct fetching {
	struct log log;
	const struct serve_options *o;
	int core;
	struct country country;
	struct node where;   /* only its folder, for the names in the spool */
	struct reach *files; /* that it may open */
	bool other_files;    /* the configuration names others: it ends, and is started again */
	CURL *curl;
	uint32_t asked; /* number of the last question to the core */
	bool gone;      /* the core is another one by now: the round is over, and sync to be answered */
	struct channel_message sync;
	/* of the feed at hand */
	struct feed_file feed;
	struct arena arena;
	struct fetch_spool spool;
	char etag[400], modified[128];
	int64_t good;          /* when it was good last; 0: never */
	struct buf *body;      /* not NULL: what comes is kept here, not in the spool */
	bool only_look;        /* nothing of the body is wanted */
	uint64_t told;         /* its length as the server says; 0: does not */
	struct buf complaints; /* about single reports: one sentence after the other */
	unsigned ncomplaints;
	struct channel_message answer;
};

/* ---- fetch_files.c ---- */

/* True if it may open the files that the feeds of that configuration name. */
bool fetch_may_open(struct fetching *f, const struct country *c);
bool fetch_feed_may_open(const struct fetching *f, const struct feed_file *feed);

/* ---- fetch.c ---- */

/* The first line of a file of secrets; *ret NULL if the path is empty. In the feed's arena. */
int fetch_secret(struct fetching *f, struct str path, const char **ret, struct err *e);
int fetch_spool_open(struct fetching *f, const uint8_t token[16], struct err *e);
/* False if it is too long, or the disk says no (spool.disk). */
bool fetch_spool_add(struct fetching *f, struct str bytes);
/* keep: synced and under its name when this returns 0; else it is thrown away. */
int fetch_spool_close(struct fetching *f, bool keep, struct err *e);
/* Token of a report, of the feed and what its source calls it. */
void fetch_token(const struct fetching *f, struct str item, uint8_t ret[16]);
/* Asks the core: 1 it is wanted, 0 it was accepted before; negative: the round is over (f->gone: without a word). */
int fetch_offer(struct fetching *f, const uint8_t token[16], struct str item, struct err *e);
/* Gives what was spooled. 0: it is in the state. */
int fetch_give(struct fetching *f, struct str item, struct str name, const char *via, struct err *e);
/* Something about one report that does not end the round. */
void fetch_complain(struct fetching *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* What a sender calls something, as the name of a file: no path, no control characters. ret has 256 bytes. */
void fetch_name(char *ret, struct str name, const char *ending);

/* ---- fetch_http.c ---- */

/* One question for url; post NULL: GET. Bytes go to f->body or the spool. The status (2xx, 304), or a negative code. */
int fetch_http(
        struct fetching *f, struct str url, struct curl_slist *headers, struct str post, struct err *e);
/* The feed's file: 200 with the bytes in the spool, 304, or a negative code. known: "ETAG\nLAST-MODIFIED". */
int fetch_http_feed(struct fetching *f, struct str known, struct err *e);
/* What fetch_http_feed would do, in sentences; nothing is taken. */
int fetch_http_try(struct fetching *f, struct buf *said, struct err *e);
/* Sentences about how far a connection came: name, port, TLS. rc: how it ended. */
void fetch_say_connection(CURL *curl, struct str server, CURLcode rc, struct buf *said);

/* ---- fetch_imap.c, fetch_shadowserver.c: a round, and the same without taking anything ---- */

int fetch_imap(struct fetching *f, struct err *e);
int fetch_imap_try(struct fetching *f, struct buf *said, struct err *e);
int fetch_shadowserver(struct fetching *f, struct err *e);
int fetch_shadowserver_try(struct fetching *f, struct buf *said, struct err *e);
