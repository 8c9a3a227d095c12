/* SPDX-License-Identifier: Apache-2.0
 *
 * What the two forms of the exports of abuse.ch share; parts of the reader "abusech".
 */
#pragma once

#include "read/read.h"

enum abusech_action {
	ACTION_EXTRA, /* under its own name */
	ACTION_FIELD,
	ACTION_IOC,      /* a value whose kind another column tells */
	ACTION_IOC_TYPE, /* that column */
	ACTION_THREAT,   /* what the thing is listed for, in words of the database */
	ACTION_REASON,   /* SSLBL: "Dridex C&C" */
	ACTION_CERTIFICATE,
	ACTION_FAMILY, /* name of the malware */
};

#define ABUSECH_NAME 40

struct abusech_column {
	enum abusech_action action;
	enum field to;
	struct event_key key; /* its name is below */
	char name[ABUSECH_NAME];
};

struct abusech_plan {
	struct abusech_column *columns;
	uint32_t width;
	enum event_type type; /* of a record that does not say */
};

/* Says for n names where their values go; columns has room for them. */
void abusech_plan(struct abusech_plan *plan, struct str *names, uint32_t n);
/* One event of the open record. */
void abusech_put(struct reading *r, struct abusech_plan *plan, const struct str *values, uint32_t n);

struct abusech_json;
enum sniff abusech_json_sniff(struct str head);
int abusech_json_open(struct reading *r, struct abusech_json **ret);
int abusech_json_next(struct reading *r, struct abusech_json *a);
