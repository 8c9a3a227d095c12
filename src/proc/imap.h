/* SPDX-License-Identifier: Apache-2.0
 *
 * A conversation with an IMAP server. libcurl resolves, connects, negotiates TLS and logs in, and then hands the connection
 * over (CURLOPT_CONNECT_ONLY); commands and answers are ours. The library's own FETCH marks a mail as read, and its custom
 * commands take what stands in a mail for the server's words.
 *
 * Answers are held whole, at most IMAP_ANSWER bytes; only the bytes of a mail go past, to a sink, as they come. A server
 * that says nothing for IMAP_SECONDS is given up.
 */
#pragma once

#include "proc/imap_text.h"
#include "read/feed.h"
#include <curl/curl.h>

#define IMAP_ANSWER ((size_t)1 << 20)
#define IMAP_SECONDS 60

struct imap {
	CURL *curl;
	curl_socket_t socket;
	unsigned tag;
	bool broken; /* what comes next cannot be told apart any more */
	struct buf answer;
	char in[16384];
	size_t at, n;
	char words[400]; /* the server's last, while it is logged in to */
	/* of bodies; sink NULL: they stay in the answer. Returns false to stop. */
	bool (*sink)(void *arg, struct str bytes);
	void *arg;
	unsigned sunk; /* bodies that went there */
};

/* secret: password, or bearer token. Every string lives as long as the conversation. 0, or a code and a sentence that says
 * how far it came; ret->curl can be asked by then (imap_close in any case). */
int imap_open(
        const struct feed_file *f, const char *secret, struct imap *ret, CURLcode *ret_why, struct err *e);
/* Says good-bye, if it can. */
void imap_close(struct imap *m);
/* One command (without tag and line end) to its end. each: what comes meanwhile; negative stops and is returned. ERR_VALUE
 * with the server's words if it says no. */
int imap_command(struct imap *m, struct str text, int (*each)(void *arg, struct str answer, struct err *e),
        void *arg, struct err *e);
