/* SPDX-License-Identifier: Apache-2.0
 *
 * Mappings: how the columns or keys of a report without a format of its own become fields. A YAML file, or
 * the "mapping" of a feed:
 *
 *   header: yes                     # yes, no, comment (in the last comment before the data); default: found out
 *   delimiter: ";"                  # one character, tab or blanks; default: found out
 *   quote: none                     # one character or none; default: "
 *   comment: "#"                    # lines that begin so are no rows
 *   skip: 2                         # lines before the header
 *   records: data.items             # JSON: where the array with the records stands
 *   only: yes                       # what no column names is dropped; default: kept under extra
 *   time: {format: "%d.%m.%Y %H:%M", zone: Asia/Vientiane}
 *   columns:
 *     Source IP: source.ip          # name in the header, or 1, 2, 3, ... where there is none
 *     When: {field: time.source, format: "%Y%m%d"}
 *     Threat: {field: classification.type, words: {cc: c2-server, bot: infected-system}}
 *     Host: {field: source.url, prefix: "http://"}
 *     Addresses: {field: source.ip, split: " "}     # one event for each
 *     Note: extra.note
 *     Junk: ignore
 *   constants: {classification.type: c2-server, protocol.application: http}
 *
 * Where there is no header, columns may be a list: [time.source, source.ip, ignore, extra.note].
 */
#pragma once

#include "base/conf.h"
#include "read/read.h"

/* What a mapping says beside the rows. */
struct read_mapping {
	struct read_map map;
	struct str time_format, time_zone;
};

/* Compiles a mapping; everything lives in the arena. Unknown fields and keys are sentences with a place. */
int map_parse(struct arena *a, const struct conf *c, struct read_mapping *ret, struct err *e);
int map_read(struct arena *a, const char *path, struct read_mapping *ret, struct err *e);
