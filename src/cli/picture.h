/* SPDX-License-Identifier: Apache-2.0
 *
 * The picture that reports give of a country: per owner, worst first, what was found, by which rule it is
 * decided, and which letter would go to whom; what belongs to nobody; what was set aside and why. Counts
 * only: memory does not grow with the reports beyond a bound.
 */
#pragma once

#include "cli/country.h"
#include "proc/intake.h"

struct picture;
struct picture *picture_new(const struct country *country);
void picture_free(struct picture *p);
/* Adds a batch with its verdicts. */
void picture_add(
        struct picture *p, const struct intake_part *part, const struct batch *b, const struct verdict *v);
/* A report or part that could not be read. */
void picture_failed(struct picture *p, const struct intake_part *part, const char *sentence);
void picture_counts(struct picture *p, const struct intake_counts *n);

void picture_text(const struct picture *p, struct buf *out);
/* One JSON object, format version 1; its keys are described in picture.c's table, which "weir docs preview"
 * prints. */
void picture_json(const struct picture *p, struct buf *out);
void picture_doc(struct buf *out, const struct command *const *commands);
