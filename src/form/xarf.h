/* SPDX-License-Identifier: Apache-2.0
 *
 * Abuse reports as XARF 4 (xarf.org, schemas/v4), for receivers whose tools take them. A report says what the row of a
 * letter's table says and nothing else: no line of the source's report, no evidence.
 *
 * Each category and type of XARF has values that must be there. Where a record has them, the report has the type that means
 * its class; all else goes as reputation/threat_intelligence, whose threat_type is the class by its own name. So each
 * report is valid, and src/read/xarf.c reads each back as what it was.
 */
#pragma once

#include "base/vec.h"
#include "event/field.h"

struct xarf_report {
	struct str org, contact; /* of the team: name and bare address */
	struct str letter; /* Message-ID of the letter: with the finding the report's id is made of it */
	uint64_t finding;
	int64_t time;         /* microseconds */
	enum event_type type; /* TYPE_NONE: not known */
	enum tlp tlp;
	struct str severity;
	/* where; the first that is there is the source, the others stand beside it */
	struct str ip, url, fqdn, account;
	uint16_t port;
	struct str transport; /* "tcp" */
	struct str ident, malware;
	uint32_t asn;
	struct str cc;
	struct str dst_ip, dst_fqdn;
	uint16_t dst_port;
};

/* One report, an object on one line, without a line end. False, and nothing is written, if the record names no source: XARF
 * has no report without one. */
bool xarf_write(const struct xarf_report *r, struct buf *out);
