/* SPDX-License-Identifier: Apache-2.0
 *
 * weir.yaml, alerts: who is woken, by what and when.
 *
 *   alerts:
 *     severity: critical        findings of this severity and worse; none: no finding wakes anybody
 *     ack-within: 15m           then the next one is told
 *     roster:                   in this order; those who are not on duty are passed over
 *       - person: duty
 *         mail: duty@cert.example
 *         when: "mon-fri 08:00-18:00"
 *       - person: head
 *         webhook-file: /etc/weir/head.webhook
 */
#pragma once

#include "base/conf.h"
#include "event/field.h"
#include "event/value.h"

#define ROSTER_PEOPLE 32

struct roster_person {
	struct str person;
	struct str mail, webhook_file; /* one of them, or both */
	uint8_t days;                  /* bit 0: Monday; all if nothing was said */
	uint16_t from, to; /* minutes of the day; to may lie before from: over midnight; equal: always */
};
struct roster {
	enum severity severity; /* SEVERITY_NONE: no finding wakes anybody */
	uint64_t ack_within;    /* seconds */
	struct roster_person people[ROSTER_PEOPLE];
	unsigned n; /* 0: nobody is woken */
};

/* m NULL: the block is not there. ERR_VALUE with file and line. */
int roster_options(const struct conf *m, struct roster *ret, struct err *e);
/* The first after step (from 0: people[step]) who is on duty; ROSTER_PEOPLE if there is none. now: microseconds. */
unsigned roster_next(const struct roster *r, unsigned step, const struct zone *zone, int64_t now);
