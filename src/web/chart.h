/* SPDX-License-Identifier: Apache-2.0
 *
 * Charts: an SVG that says its finding in a sentence, with the numbers below for who wants them. Geometry stands in attributes, colours
 * in the style sheet.
 */
#pragma once

#include "web/page.h"

struct chart {
	struct str sentence;      /* what it shows, as one would say it */
	enum word label, value;   /* heads of the numbers */
	const struct str *labels; /* of the points, from left to right */
	const uint64_t *values;
	size_t n;
};
/* Amounts of days, weeks, sectors. */
void chart_bars(const struct page_ask *p, struct html *h, const struct chart *c);
/* Something that goes on between the points. */
void chart_line(const struct page_ask *p, struct html *h, const struct chart *c);
