/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows of letters: what a receiver's spreadsheet and his eyes get of an event. Inside see/.
 */
#pragma once

#include "base/vec.h"
#include "event/batch.h"
#include "form/xarf.h"

/* The header of the table. */
void letter_csv_header(struct buf *out);
/* One event as a row. What a spreadsheet would take for a formula gets an apostrophe in front. */
void letter_csv(struct buf *out, const struct batch *b, const struct batch_row *row, struct str severity,
        uint64_t finding, int64_t received);
/* The same values as a report of XARF; false if the event names no source. The caller sets org, contact and letter of r. */
bool letter_xarf(struct buf *out, struct xarf_report *r, const struct batch *b, const struct batch_row *row,
        struct str severity, enum tlp tlp, uint64_t finding, int64_t received);
/* The same as a line of text. */
void letter_line(struct buf *out, const struct batch *b, const struct batch_row *row, int64_t received);
/* For an event that is not kept any more: what the finding itself knows. */
struct letter_rest {
	struct str place, class, ident, malware, severity;
	uint16_t port;
	int64_t last;
	uint64_t finding;
	enum tlp tlp;
};
void letter_csv_rest(struct buf *out, const struct letter_rest *f);
bool letter_xarf_rest(struct buf *out, struct xarf_report *r, const struct letter_rest *f);
void letter_line_rest(struct buf *out, const struct letter_rest *f);
