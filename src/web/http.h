/* SPDX-License-Identifier: Apache-2.0
 *
 * What must hold of a request before anything of this program looks at it, and what stands on every answer. libmicrohttpd
 * parses and accepts much that RFC 9112 forbids; two programs that read one request differently (a proxy and this one) are
 * what request smuggling lives on. So what is not of the plain form is refused, with a status and a sentence, in the first
 * call of the handler: the library then closes the connection, and nothing behind such a request is read as another.
 *
 *   MHD_OPTION_URI_LOG_CALLBACK  -> http_target: the one place that sees the target before it is decoded
 *   first call of the handler    -> http_check; for what changes something http_check_origin
 *   every response               -> http_headers
 *
 * What the library hides. It takes a line feed for a line's end, appends a folded line to the NAME of its header, and ends
 * a value or a target at a NUL byte. None of this is seen in what it hands over, but in the size of the header as it came
 * and in where the parts lie, since it cuts the header up in place: http_laid_out adds up. Not seen: empty lines before
 * the request line (RFC 9112 2.2 allows them), line feeds alone and extensions in a chunked body, and trailers, which
 * nobody here reads. Answered by the library in its own words and without our headers: a header line without a colon
 * (400), a length that is no number (400), a missing Host in HTTP/1.1 (400), a header above the memory of its connection
 * (431, 414), a version that is not 1.x (505), a chunk with a bad size (400, 413). A blank within the target ends
 * the connection without a word. And nobody can answer while a body is on its way, only before it and behind it: a body that
 * is found too large while it comes is dropped, and if much more follows, the connection with it (http_clock_hopeless).
 */
#pragma once

#include "base/vec.h"
#include <microhttpd.h>

#define HTTP_FIELDS 64   /* header fields of a request; a browser sends about 20 */
#define HTTP_TARGET 8192 /* bytes of path and query, before they are decoded */

/* ---- refusals ------------------------------------------------------------------------------------ */

/* Why a request is not taken. 0 is none. */
enum http_fault {
	HTTP_GOOD,
	HTTP_TARGET_FORM, /* absolute, authority or asterisk form */
	HTTP_TARGET_LONG,
	HTTP_TARGET_BYTES, /* a byte that a target cannot have, a broken escape, no UTF-8 */
	HTTP_PATH_CONTROL,
	HTTP_PATH_DOTS,
	HTTP_PATH_SLASH, /* "//", or a slash or backslash that is escaped */
	HTTP_METHOD,
	HTTP_VERSION,
	HTTP_LAID_OUT,
	HTTP_NAME,
	HTTP_VALUE,
	HTTP_MANY,
	HTTP_TWICE,
	HTTP_LENGTH_AND_CODING,
	HTTP_LENGTH,
	HTTP_CODING,
	HTTP_CODING_OLD, /* HTTP/1.0 has none */
	HTTP_BODY,       /* of a GET */
	HTTP_NO_HOST,
	HTTP_HOST,
	HTTP_ORIGIN,
	HTTP_COOKIE_TWICE,
	HTTP_COOKIE,
	HTTP_LARGE,
	HTTP_SLOW,
	HTTP_MEDIA,
	HTTP_FORM_LARGE,
	HTTP_FORM_MANY,
	HTTP_FORM_BYTES,
	HTTP_UPLOAD_FIELDS, /* too long before the file, or behind it */
	HTTP_UPLOAD_FILES,
	HTTP_UPLOAD_NONE,
	HTTP_UPLOAD_NAME,
	HTTP_UPLOAD_CODING,
	HTTP_UPLOAD_CUT,
	HTTP_FAULTS
};
struct http_refusal {
	int status;
	const char *sentence; /* in lower case, without a full stop */
};
/* The row of a fault that is not HTTP_GOOD; never NULL, lives for ever. */
const struct http_refusal *http_refusal(enum http_fault fault);

/* ---- requests ------------------------------------------------------------------------------------ */

/* What is known of a target before it is decoded. Kept from the library's callback to the first call of the handler. */
struct http_target {
	size_t len;
	enum http_fault fault;
};
/* Judges a target as it came: "/path?query", at most HTTP_TARGET bytes, each byte printable ASCII and each escape whole; the
 * path decoded is UTF-8 without control characters, "." or ".." or empty segments, or slashes that were escaped; the query
 * decoded is UTF-8 without NUL. */
void http_target(struct http_target *ret, const char *uri);

struct http_field {
	struct str name, value;
};
/* A request's head; texts are the library's and live as long as the request. */
struct http_head {
	struct str method, version;
	struct http_target target;
	struct http_field fields[HTTP_FIELDS];
	unsigned n;
	bool more; /* there were more than fit */
};
/* Whom the listener speaks for. */
struct http_rules {
	const struct str *
	        hosts; /* values that Host may have: "127.0.0.1:8470", "[::1]:8470", names that are configured */
	size_t n_hosts;
	bool tls;
	bool put; /* PUT is a method here */
};

/* The head alone, without a connection. */
enum http_fault http_check_head(const struct http_head *h, const struct http_rules *rules);
/* True if the parts of the head lie in one buffer as they were sent, each line ended by CR LF, and come to size bytes with the
 * empty line. Reads no byte. */
bool http_laid_out(const struct http_head *h, size_t size);
/* Both, for a request of which the handler is called for the first time. */
enum http_fault http_check(struct MHD_Connection *c, const struct http_target *target, const char *method,
        const char *version, const struct http_rules *rules);

/* For a request that changes something: a browser says where it comes from. Sec-Fetch-Site must be same-origin or none and
 * Origin the very address that the request was sent to, where they are there; "null" is refused. A request with neither (no
 * browser of today sends one) passes here: the session's token is what decides, this stands before it. */
enum http_fault http_check_origin(struct MHD_Connection *c, const struct http_rules *rules);
/* The same over texts; p NULL is "not there". */
enum http_fault http_origin(struct str site, struct str origin, struct str host, bool tls);

/* The value of a header field without blanks around it; p NULL if it is not there. After http_check a field of which two
 * would be dangerous is there once. */
struct str http_value(struct MHD_Connection *c, const char *name);

/* ---- answers ------------------------------------------------------------------------------------- */

/* Adds what every answer carries: Content-Security-Policy and the rest of what keeps a browser from doing more with a page
 * than show it. cache is the value of Cache-Control; pages with a person's name take "no-store". */
void http_headers(struct MHD_Response *m, const char *cache);
/* For a refusal: Connection: close, and the Allow or Retry-After that its status demands. Comes beside http_headers. */
void http_headers_refused(struct MHD_Response *m, const struct http_refusal *refusal);

/* ---- cookies ------------------------------------------------------------------------------------- */

#define HTTP_COOKIE_NAME "weir"
#define HTTP_COOKIE_NAME_TLS "__Host-weir"

/* The cookie of that name (RFC 6265 4.1.1, 4.2.1). HTTP_GOOD with p NULL if there is none. A name that is there twice and
 * a value of ours that is no cookie-octet are faults; what other programs of this host have set is passed over, since a
 * browser sends the cookies of every port. */
enum http_fault http_cookie(struct MHD_Connection *c, const char *name, struct str *ret);
/* The same over the value of the header field. */
enum http_fault http_cookie_find(struct str header, struct str name, struct str *ret);
/* Adds the value of Set-Cookie: for the session, or with an empty value its end. A value is of [A-Za-z0-9_-]. */
void http_cookie_set(struct buf *out, struct str value, bool tls);

/* A browser in which somebody has logged in: a cookie that lasts 400 days, which is as long as browsers keep one. */
#define HTTP_COOKIE_DEVICE "weir-device"
#define HTTP_COOKIE_DEVICE_TLS "__Host-weir-device"
void http_cookie_keep(struct buf *out, struct str value, bool tls);
