/* SPDX-License-Identifier: Apache-2.0
 *
 * Normal forms of values: one spelling for one thing. Each function takes the sender's text and writes
 * the canonical one; false means that the text is not a value of that type (and nothing is guessed).
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "event/addr.h"

/* Blanks at both ends of s never matter. ret may have been written to when a function says false. */

/* True for what feeds write where they know nothing: "", "-", "?", "N/A", "null", "undef", "none", "unknown",
 * zero dates. Not "NA", which is Namibia. A field to which such a word says something (classification.type
 * "unknown") asks before. */
bool value_placeholder(struct str s);

#define NAME_MAX_BYTES 253
/* DNS name: IDNA 2008 A-labels, lower case, no dot at either end, underscore allowed, at least two labels,
 * the last one of two characters or more and beginning with a letter. One leading dot or "*." goes, as does
 * one trailing dot. ret has 254 bytes. */
bool value_fqdn(struct str s, char *ret, size_t *ret_len);
/* scheme://[user@]host[:port]...: scheme and host in lower case, host in A-labels, no blanks or controls
 * (percent-encoded), the rest as it came. The host is an address or a name of two labels or more; a mapped
 * IPv4 address is IPv4. It is put into *ret_host (a part of ret, without brackets). ret has room for 3 *
 * s.len + 300 bytes. */
bool value_url(struct str s, char *ret, size_t *ret_len, struct str *ret_host);
/* local part as it came, domain as a name in lower case; ret has 254 bytes (RFC 5321). */
bool value_email(struct str s, char *ret, size_t *ret_len);
/* The text as it was before somebody disarmed it ("hxxp", "[.]", "(dot)", "[at]", ...). Returns s itself if it
 * is not disarmed, or too long for buf; the result is never longer than s. */
struct str value_refang(struct str s, char *buf, size_t size);
/* 8 or 11 letters and digits (ISO 9362), upper case; ret has 11 bytes. */
bool value_bic(struct str s, char *ret, size_t *ret_len);
/* "64500", "AS64500", "as64500 EXAMPLE", asdot "1.10"; 1 to 4294967295. Two numbers are none, and so is
 * "64500.0", an asdot number or another form of 64500. */
bool value_asn(struct str s, uint32_t *ret);
/* 1 to 65535, also "443.0" as some JSON writers have it. */
bool value_port(struct str s, uint16_t *ret);

/* ---- time ---------------------------------------------------------------------------------------
 * Instants are microseconds since 1970-01-01 UTC. TIME_NONE is absent. Range: years 1970 to 2261. */
#define TIME_NONE INT64_MIN

/* A time zone by its IANA name ("Asia/Vientiane", "UTC"); rules from the system's zoneinfo files (RFC 8536);
 * also an offset, "+07:00". */
struct zone;
/* Opens the zone; the result lives in the arena. Done before a sandbox closes the file system. */
int zone_open(struct arena *a, struct str name, struct zone **ret, struct err *e);
/* Local wall-clock seconds to UTC seconds. A time that a clock change skips is taken with the offset before
 * the change, one that occurs twice as the first. NULL is UTC. */
int64_t zone_to_utc(const struct zone *z, int64_t local);

/* ISO 8601 and its relatives: date with '-' or '/' and year first, 'T' or blanks, fraction, Z, UTC, GMT,
 * +07:00, +0700, +07; a date alone is its midnight; seconds, milliseconds, microseconds since 1970 (10, 13,
 * 16 digits) with a fraction; RFC 5322 dates ("Mon, 05 Jan 2026 07:44:46 +0700") and "05 Jan 2026", "Jan 5
 * 07:44:46 2026". Day or month first in digits, no year, years of two digits, zone letters other than UTC,
 * GMT and Z: refused, not guessed. Times without a zone are in zone (NULL: UTC). */
bool value_time(struct str s, const struct zone *zone, int64_t *ret);
/* By a pattern with strptime's %Y %y %m %d %H %I %p %M %S %f %j %b %B %a %A %z %Z %s %T %R %F %D %e %h %n %t
 * %%. All of the text is used; the year is there; %Z takes UTC's letters only. */
bool value_time_format(struct str s, struct str format, const struct zone *zone, int64_t *ret);
/* "2026-01-05T07:44:46+00:00", with ".123456" only if there is a fraction. buf has TIME_TEXT bytes. */
#define TIME_TEXT 40
size_t value_time_print(char *buf, int64_t t);
/* True if some patterns of the format are not known; names the first in *ret_bad. */
bool value_time_format_bad(struct str format, struct str *ret_bad);
