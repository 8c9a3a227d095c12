/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a feed's reports are fetched. One file of a web server (http) is what feed.h says; the others:
 *
 *   source: imap                       # each mail of a folder is a report; what is in it is read as a mail
 *   server: mail.cert.example
 *   port: 993                          # default: 993, 143 for starttls and none
 *   tls: tls                           # tls, starttls or none; none sends the password as it is
 *   ca-file: /etc/weir/mail-ca.pem     # default: the system's
 *   user: reports
 *   password-file: /etc/weir/x.secret  # only its first line is read
 *   token-file: /run/weir/x.token      # instead: a bearer token of OAuth 2.0, read anew for each login
 *   folder: INBOX
 *   subject: ["*report*"]              # patterns (* and ?, capitals do not matter); default: all
 *   sender: ["*@reports.example"]      # of the address in From, which anybody can write: it sorts, it proves nothing
 *   accepted: seen                     # what is done with a mail once it is accepted: seen, delete, or
 *                                      # "move FOLDER". With seen, only mails that nobody has opened are taken
 *   poll: 5m                           # how often is looked; cadence says how often reports come
 *
 *   source: shadowserver-api
 *   url: https://transform.shadowserver.org/api2/   # the default
 *   download: https://dl.shadowserver.org/          # the default; "api": by reports/download
 *   key-file: /etc/weir/shadowserver.api            # "key = ..." and "secret = ...", or only the key and
 *   secret-file: /etc/weir/shadowserver.secret      # the secret
 *   reports: [laos]                    # names of lists of reports; default: all that the key may have
 *   types: ["scan_*"]                  # patterns of types; default: all
 *   days: 7                            # how far back is looked at least
 *   poll: 1h
 */
#pragma once

#include "base/conf.h"

enum feed_source { FEED_HTTP, FEED_IMAP, FEED_SHADOWSERVER };
enum feed_tls { FEED_TLS, FEED_STARTTLS, FEED_PLAIN };
enum feed_accepted { FEED_SEEN, FEED_DELETE, FEED_MOVE };

#define FEED_FILES 16
#define FEED_DAYS 90
#define FEED_SHADOWSERVER_URL "https://transform.shadowserver.org/api2/"
#define FEED_SHADOWSERVER_FILES "https://dl.shadowserver.org/"

struct feed_patterns {
	struct str v[FEED_FILES];
	unsigned n;
};

struct feed_mailbox {
	struct str server, ca_file, token_file, folder, move_to;
	uint16_t port;
	enum feed_tls tls;
	enum feed_accepted accepted;
	struct feed_patterns subject, sender;
};

struct feed_api {
	struct str url, download; /* both end in '/'; download empty: by the API */
	struct str key_file, secret_file;
	struct feed_patterns reports, types;
	uint64_t days;
};

/* Keys that only some sources have; each is refused where it means nothing. */
#define FEED_SOURCE_KEYS                                                                                     \
	"url", "user", "password-file", "header-file", "poll", "server", "port", "tls", "ca-file",           \
	        "token-file", "folder", "subject", "sender", "accepted", "download", "key-file",             \
	        "secret-file", "reports", "types", "days"

int feed_source_parse(const struct conf *c, enum feed_source *ret, struct err *e);
int feed_mailbox_parse(struct arena *a, const struct conf *c, struct feed_mailbox *ret, struct err *e);
int feed_api_parse(struct arena *a, const struct conf *c, struct feed_api *ret, struct err *e);
/* True if there are no patterns, or one of them fits; capitals do not matter. */
bool feed_fits(const struct feed_patterns *p, struct str text);
