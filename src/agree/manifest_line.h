/* SPDX-License-Identifier: Apache-2.0
 *
 * The lines of a manifest as rows, and their values. Inside agree/.
 */
#pragma once

#include "agree/manifest.h"

enum manifest_line {
#define LINE(symbol, word, rules, most, fault) LINE_##symbol,
#include "agree/manifest.tbl"
#undef LINE
	LINE_END
};
struct manifest_row {
	struct str word;
	unsigned rules, most; /* rules: bits 1 << enum manifest_rule */
	const char *fault;
};
extern const struct manifest_row manifest_rows[LINE_END];

/* Takes the value of a line into m, which has the lines before it. False: it is not allowed there. */
bool manifest_take(struct manifest *m, enum manifest_line line, struct str value);
/* "2026-11-24", a date that there is, as days since 1970. */
bool manifest_date(struct str s, int64_t *ret);
