/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of the reader "stix": a bundle that is held whole, with its objects found by their ids.
 */
#pragma once

#include "read/read.h"
#include "text/json.h"

#define STIX_OBJECTS (1u << 18) /* that a report may have */
#define STIX_TEXT ((size_t)65536)
#define STIX_REFS 256 /* of one object that are followed */

struct stix_object {
	uint32_t at, len;       /* in the text */
	uint32_t id_at, id_len; /* between its quotes; 0: it has none */
};

struct stix {
	struct str text;
	uint64_t base;
	size_t counted; /* bytes of text whose line feeds are in line */
	uint32_t line;
	struct stix_object *v; /* n of them, in their order */
	uint32_t n, next;
	uint32_t *slots; /* number of an object + 1 by the hash of its id; mask + 1 of them */
	uint32_t mask;
	char *scratch; /* STIX_TEXT bytes each */
	char *scratch2;
};

/* A member of an object that somebody wants; at stays as it was if it is not there. */
struct stix_member {
	struct str name;
	struct str *at;
};
void stix_members(struct str object, const struct stix_member *v, size_t n);

static inline struct str stix_slice(const struct stix *s, uint32_t i)
{
	return str_make(s->text.p + s->v[i].at, s->v[i].len);
}
/* The object with an id (between its quotes); empty if it is not in the report. */
struct str stix_find(const struct stix *s, struct str id);
/* The text of a scalar; stays until the next call. */
struct str stix_scalar(struct stix *s, struct str raw);

/* Elements of an array, one after the other. */
struct stix_elements {
	struct json j;
	bool open;
};
struct stix_elements stix_elements(struct str array);
bool stix_next(struct stix_elements *e, struct str *ret);

/* ---- stix_observable.c: what is observed, as fields ------------------------------------------------ */

/* The field of a path; FIELD_NONE if it has none. both: source and destination are given. */
enum field stix_field(struct str path, bool both, bool *ret_names);
/* The field of one of a list of protocols; FIELD_NONE for IP itself, which the address tells. */
enum field stix_protocol(struct str name);
/* Calls begin before and end after each thing that the observed data names, and puts its fields in between. dict:
 * "objects" of STIX 2.0, else refs: "object_refs" of 2.1. */
struct stix_sink {
	void (*begin)(struct reading *r, void *arg);
	void (*end)(struct reading *r, void *arg);
	void *arg;
};
void stix_observed(
        struct reading *r, struct stix *s, struct str dict, struct str refs, const struct stix_sink *sink);

/* ---- stix_marking.c ------------------------------------------------------------------------------- */

/* Raises the label of the open event by the markings of an object: object_marking_refs, and the marking_ref of
 * each of granular_markings, which hold for a part of it. */
void stix_mark(struct reading *r, struct stix *s, struct str refs, struct str granular);
