/* SPDX-License-Identifier: Apache-2.0
 *
 * What the containers (archive, gzip, mail) have in common: parts are counted, what comes out is measured
 * against what goes in, and what is not handed on becomes a record set aside.
 */
#pragma once

#include "read/read.h"

struct unpack {
	struct reading *r;
	uint64_t in, out; /* bytes of the container that were taken, bytes of its parts */
	uint32_t parts;   /* handed on */
	uint32_t unread;  /* parts that should have been handed on and could not be */
	uint64_t at;      /* place of the next record that is set aside */
	uint32_t line;
	bool open, wanted;
};

void unpack_init(struct unpack *u, struct reading *r);
/* One part, its bytes in pieces, its end. Negative with r->err: give up. What nobody wants is counted all the
 * same. unpack_end does nothing if no part is open. */
int unpack_begin(struct unpack *u, struct str name, struct str media_type);
int unpack_write(struct unpack *u, struct str bytes);
int unpack_end(struct unpack *u);
/* A record of the container's own, set aside. */
void unpack_aside(struct unpack *u, enum aside_reason reason, const char *fmt, ...)
        __attribute__((format(printf, 3, 4)));
/* Ends well, or says that parts could not be read. */
int unpack_finish(struct unpack *u);
/* A name from a container in a form for sentences; "a part without a name" if it is empty. */
#define UNPACK_SHOWN 256
const char *unpack_shown(char buf[UNPACK_SHOWN], struct str name);

/* A gzip stream (RFC 1952), all its members as one part under the report's name without ".gz". */
int gzip_unpack(struct reading *r);
/* A name without the suffix that compression gave it. */
struct str unpack_plain_name(struct str name);
