/* SPDX-License-Identifier: Apache-2.0
 *
 * How long a connection may take. libmicrohttpd knows idle time only: a byte now and then holds a connection for ever. Here
 * a clock stands beside each connection, and who runs the daemon asks which are over and shuts those down:
 *
 *   a head        10 s after the connection was opened; 60 s after the answer before it
 *   an upload     10 KiB in each 10 s, the last bytes too
 *   an answer that is made in pieces    30 s for each
 *   all the rest  30 s from the head to the end of the answer (of an upload: from the end of its body)
 *
 * Whoever sends no head waits in a queue of a fixed length: if one more comes, the one that waited longest goes. So half-open
 * connections push out each other and nobody who speaks. Pure but for the lists: times are microseconds of os_ticks, given.
 */
#pragma once

#include "web/http.h"

#define HTTP_HEAD_US (10 * (int64_t)1000000)
#define HTTP_KEPT_US (60 * (int64_t)1000000)
#define HTTP_WHOLE_US (30 * (int64_t)1000000)
#define HTTP_PIECE_US (10 * (int64_t)1000000)
#define HTTP_PIECE ((uint64_t)10 << 10)
#define HTTP_SPARE ((uint64_t)1 << 20)

enum http_phase { HTTP_FIRST, HTTP_KEPT, HTTP_UPLOAD, HTTP_WHOLE, HTTP_STREAM };

/* Beside one connection, in the memory of who runs the daemon. */
struct http_clock {
	struct http_clock *prev, *next;
	int fd; /* of the connection; for the owner */
	enum http_phase phase;
	int64_t since;
	uint64_t piece;       /* bytes since then */
	uint64_t seen, limit; /* bytes of the body */
	bool ended;           /* http_clocks_over has given it out */
};
struct http_clocks {
	struct http_clock *first;
	unsigned waiting, limit; /* without a head: how many there are, how many may be */
};

/* A connection was accepted; its memory is zeroed. */
void http_clock_open(struct http_clocks *all, struct http_clock *c, int fd, int64_t now);
/* It is gone. */
void http_clock_close(struct http_clocks *all, struct http_clock *c);
/* The head of a request is there. limit: bytes that its body may have. declared: the value of Content-Length, p NULL if
 * there is none. HTTP_LARGE if that says more already. */
enum http_fault http_clock_head(struct http_clocks *all, struct http_clock *c, bool upload, uint64_t limit,
        struct str declared, int64_t now);
/* n bytes of the body have come. HTTP_LARGE if they are more than the limit, or HTTP_SLOW. */
enum http_fault http_clock_body(struct http_clock *c, size_t n, int64_t now);
/* After HTTP_LARGE the rest may be dropped and the refusal said behind it; true when so much more has come that the connection
 * should end without one. */
bool http_clock_hopeless(const struct http_clock *c);
/* The body of an upload is whole. */
void http_clock_whole(struct http_clock *c, int64_t now);
/* The answer is one without an end (events): only the library's idle time holds for it. */
void http_clock_stream(struct http_clock *c);
/* The answer is one that is made a piece at a time: what of it there is so far was taken, and the time begins anew. */
void http_clock_piece(struct http_clock *c, int64_t now);
/* The answer has gone out. */
void http_clock_kept(struct http_clocks *all, struct http_clock *c, int64_t now);
bool http_clock_over(const struct http_clock *c, int64_t now);

/* The next connection that has to end: over its time, or the longest of too many that wait. Each is given out once; NULL: no
 * more now. */
struct http_clock *http_clocks_over(struct http_clocks *all, int64_t now);
