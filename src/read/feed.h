/* SPDX-License-Identifier: Apache-2.0
 *
 * Feeds: where reports come from and how they are to be read. One file conf/feeds/NAME.yaml = one feed:
 *
 *   name: Feodo Tracker                # as it stands in feed.name
 *   provider: abuse.ch
 *   code: feodo                        # optional
 *   source: http                       # http, imap or shadowserver-api: read/feed_source.h has the keys of the others
 *   url: https://...                   # where it is fetched, each cadence, once it is enabled
 *   user: cert                         # of HTTP; needs password-file
 *   password-file: /etc/weir/x.secret  # only its first line is read
 *   header-file: /etc/weir/x.header    # its first line is sent as a header: "Auth-Key: ..."
 *   credential: needed                # the provider asks for a key or password (one of the two files above)
 *   limit: 268435456                   # bytes that are fetched at most
 *   documentation: https://...         # optional
 *   files: ["*-scan_*.csv"]            # names of files that are reports of this feed (* and ?)
 *   enabled: no                        # feeds ship switched off
 *   kind: snapshot                     # log (adds), snapshot (what is missing is gone), delta
 *   grows: yes                         # a log whose file is appended to: only its new lines are read
 *   cadence: 1h                        # how often it comes; a feed that is late is an alarm
 *   expected: "mon-fri 06:30"          # by when a report is to be there, by the node's clock; then this says what is late
 *   format: abusech                    # the reader; default: found out
 *   label: CLEAR                       # the source's terms, where a record has no label; default: none
 *   red: [dara]                        # who sees what of it is TLP:RED; default: those of weir.yaml
 *   floor: GREEN                       # no record goes below it; default: none
 *   accuracy: 90                       # 0 to 100, feed.accuracy
 *   type: c2-server                    # classification.type of records without one
 *   timezone: UTC                      # of times without a zone
 *   mapping: {...}                     # read/map.h
 *   sample: tested                     # whether a stored sample was read with it: or "not fetched yet"
 */
#pragma once

#include "base/conf.h"
#include "event/week.h"
#include "read/feed_source.h"
#include "read/map.h"

enum feed_kind { FEED_LOG, FEED_SNAPSHOT, FEED_DELTA };

#define FEED_LIMIT ((uint64_t)256 << 20)

struct feed_file {
	struct str files[FEED_FILES];
	unsigned nfiles;
	struct str name, provider, code, url, documentation;
	struct str user, password_file, header_file; /* of fetching */
	uint64_t limit;                              /* bytes */
	enum feed_source source;
	uint64_t poll;               /* seconds from one look at the source to the next, 0: cadence */
	struct feed_mailbox mailbox; /* FEED_IMAP */
	struct feed_api api;         /* FEED_SHADOWSERVER */
	enum feed_kind kind;
	uint64_t cadence; /* seconds, 0: not said */
	struct week_time expected;
	struct str expected_text; /* empty: not said */
	int accuracy;             /* -1: not said */
	bool enabled, tested, credential, grows;
	const struct reader *reader; /* NULL: found out */
	enum tlp label, floor;
	struct str red; /* persons, with blanks between them; empty: those of weir.yaml */
	enum event_type type;
	struct str timezone;
	bool mapped; /* mapping is set */
	struct read_mapping mapping;
};

/* A list of persons (key red of a feed and of weir.yaml) as one text. */
int feed_red(struct arena *a, const struct conf *map, struct str *ret, struct err *e);
/* Everything lives in the arena. Unknown keys and values are sentences with a place. */
int feed_parse(struct arena *a, const struct conf *c, struct feed_file *ret, struct err *e);
/* True if a file of that base name is a report of the feed. */
bool feed_has_file(const struct feed_file *f, struct str base_name);
int feed_read(struct arena *a, const char *path, struct feed_file *ret, struct err *e);
