/* SPDX-License-Identifier: Apache-2.0
 *
 * The calls that peers make of each other, HTTPS below "weir/v1/", without the HTTPS: a request of a party that its
 * certificate has named, and what it is answered. Who carries the bytes is proc/.
 *
 *   GET hello | POST statements | GET statements?u&n&bytes | GET statements/ID | GET stream?sender&to&from&until
 *   GET heads | GET keys | POST keys
 *   HEAD, GET, PUT blobs/SHA256: whole or by ranges; what is given is a part of a file that the caller sends on
 *   GET log/checkpoint | GET log/tile/... | GET mirror/PARTY/... | POST add-checkpoint | POST cosignatures
 */
#pragma once

#include "link/log.h"

#define WIRE_BODY LINK_BATCH_BYTES
#define WIRE_BLOB (16u << 20)   /* bytes of a part that is handed in */
#define WIRE_ANSWER (17u << 20) /* bytes of an answer: a part of a blob and its frame */

struct wire_request {
	struct str method;
	struct str path;  /* behind "weir/v1/", without the query */
	struct str query; /* "u=0&n=5", not unescaped: nothing in it needs that */
	struct str range; /* the header Range, of PUT Content-Range; empty: none */
	struct str body;
};
struct wire_answer {
	int status;
	struct buf body;
	const char *type;
	bool positions; /* u, n and more are said: Weir-U, Weir-N, Weir-More */
	uint64_t u, n;
	bool more;
	bool empty;     /* a queue has nothing: who waits may ask again when it has */
	unsigned retry; /* seconds, Retry-After; 0: not said */
	bool says_held; /* Weir-Held: held */
	uint64_t held;
	bool file; /* the body is bytes first up to before until of a blob of that digest and size */
	uint8_t sha256[DIGEST_LEN];
	uint64_t first, until, size;
	bool sign; /* the body becomes our line for what is in cosign, once that is signed: log_cosigned */
	struct log_sign cosign; /* its text is the caller's to free */
};
/* What a party may do by how often it calls; kept in memory by whoever holds the connection. */
struct wire_quota {
	int64_t at;     /* microseconds: when it was looked at last */
	int64_t tokens; /* statements left, in thousandths */
	uint64_t day_bytes;
	int64_t day;
	int64_t witness_at, witness_tokens; /* calls as a witness, likewise */
	int64_t missed; /* statements that it could have brought while it did not reach us, in thousandths */
	int64_t second; /* the one in which so many of these came */
	unsigned in_second;
	int64_t pulled; /* when we fetched last what waits for us there, or shall again; microseconds; 0: never */
};
/* A backlog after an outage: what the limit of a minute would have let through while the party did not reach us, of a day at
 * most, comes at so many a second. Good statements alone are counted so; and the bytes of a day hold as ever. */
#define WIRE_OUTAGE 300 /* seconds without a call: peers call each minute */
#define WIRE_CATCH_UP 5000
/* Within a transaction. party: that the certificate's key belongs to; empty: to none of ours. */
void wire_serve(const struct link_self *self, struct str party, struct wire_quota *quota,
        const struct wire_request *r, struct wire_answer *ret);
/* The party whose certificate has that key (SHA-256 of its SPKI); false: none that we know. In the arena. A list may name the key of
 * another, whose calls are no calls of that party: who named it first has it. */
bool wire_party(const struct link_self *self, const uint8_t pin[32], struct arena *a, struct str *ret);

/* ---- the other side ------------------------------------------------------------------------------ */

/* What a peer answered to POST statements. False: it is no such answer. */
bool wire_pushed(const struct link_self *self, struct str party, const struct link_batch *b, struct str json);
/* What he answered to GET hello: his clock and kinds are noted. *ret_newer: his key list has a higher number than the one we
 * hold. *ret_differs: seconds that his clock is from ours. */
bool wire_hello(const struct link_self *self, struct str party, struct str json, bool *ret_newer,
        int64_t *ret_differs);
/* Whether we fetch what waits for us at that party, by the same limits: seconds to wait, 0: now. */
unsigned wire_pull(const struct link_self *self, struct str party, struct wire_quota *quota);
/* Bytes of its log, which are fetched as long as it says that there are more, count among those of the day. False: these are used up. */
bool wire_entries(const struct link_self *self, struct str party, struct wire_quota *quota, size_t bytes);
/* Statements end to end that he gave us. quota: they count; NULL: we have asked for just these. Tells how many were taken as new. */
unsigned wire_take(const struct link_self *self, struct str party, struct wire_quota *quota, bool repair,
        struct str bytes);
