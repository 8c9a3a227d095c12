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
 *   surplus: 2                      # the column that takes delimiters nobody quoted (with quote: none)
 *   where: {verified: yes, kind: [c2, bot]}       # rows that have other values make no events
 *   records: data.items             # JSON: where the array with the records stands
 *   each: details                   # JSON: an array inside a record; one event for each element
 *   only: yes                       # what no column names is dropped; default: kept under extra
 *   time: {format: "%d.%m.%Y %H:%M", zone: Asia/Vientiane}
 *   time: {comment: "updated:"}     # records without a time have that of the list, which a comment names
 *   columns:
 *     Source IP: source.ip          # name in the header, or 1, 2, 3, ... where there is none
 *     When: {field: time.source, format: "%Y%m%d"}
 *     Threat: {field: classification.type, words: {cc: c2-server, bot: infected-system}}
 *     Host: {field: source.url, prefix: "http://"}
 *     Addresses: {field: source.ip, split: " "}     # one event for each
 *     Place: [{field: source.geolocation.latitude, before: ","}, {field: source.geolocation.longitude, after: ","}]
 *     Service: {field: destination.port, words: {ssh: 22, telnet: 23}, else: ""}
 *     IOC: indicator                # an address, prefix, name, URL, digest, ...: it tells itself
 *     Note: extra.note
 *     Junk: ignore
 *   constants: {classification.type: c2-server, source.url: "http://{Host}{Path}"}
 *
 * A column may go to several fields. after and before cut a piece out of the value: what stands behind the one,
 * up to the other or the end. A value without the mark "after" has no such piece; if the column goes nowhere
 * else it stays as it is under extra. else is for words that the list does not have; empty: nothing. A
 * constant is put where the record has no value of that field; in tables {COLUMN} is the value of a column, and
 * where that is empty there is no constant.
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
