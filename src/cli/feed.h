/* SPDX-License-Identifier: Apache-2.0
 *
 * Options that say how a report is to be read, shared by the commands that read reports.
 */
#pragma once

#include "cli/cli.h"
#include "event/text.h"
#include "proc/reader.h"

#define FEED_OPTIONS                                                                                         \
	{"format", 'f', "FORMAT", "the report's format (weir formats lists them); else it is found out"},    \
	        {"feed", 0, "NAME", "a feed of feeds/NAME.yaml, or a name for feed.name"},                   \
	        {"timezone", 0, "TZ",                                                                        \
	                "zone of times that name none, such as Asia/Vientiane (default: UTC)"},              \
	        {"delimiter", 0, "C", "character between columns; tab; blanks"},                             \
	{                                                                                                    \
		"map", 0, "FILE", "mapping of columns to fields, or the publisher's own schema"              \
	}

struct feed {
	struct reader_job job;
	struct event_text_options text;
};

/* Fills *ret from the options of the command line and the feed's file; everything lives in the arena. */
int feed_options(const struct cli *c, struct arena *a, struct feed *ret, struct err *e);
