/* SPDX-License-Identifier: Apache-2.0
 *
 * Options that say how a report is to be read, shared by the commands that read reports.
 */
#pragma once

#include "cli/cli.h"
#include "decide/decide.h"
#include "event/text.h"
#include "proc/reader.h"
#include "read/feed.h"

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

/* What the command line says of all files, and the feeds of the country whose files are known by their names.
 */
struct feeds {
	struct feed given;
	bool fixed; /* --feed, --format or --map say it: names of files are not looked at */
	const struct feed_file *known;
	size_t nknown;
};

/* Fills *ret from the options of the command line and the feeds' files; everything lives in the arena. */
int feeds_load(const struct cli *c, struct arena *a, struct feeds *ret, struct err *e);
/* How one file is to be read. */
struct feed feeds_for(const struct feeds *f, const char *path);
/* What deciding needs to know of it. */
struct decide_feed feed_facts(const struct feed *feed);
