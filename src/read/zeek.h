/* SPDX-License-Identifier: Apache-2.0
 *
 * What Zeek's logs mean, whichever form they have; parts of the reader "zeek".
 */
#pragma once

#include "read/read.h"

/* "conn_eth0", "conn.2026" and "conn-east" are conn; a name that is not known stays whole. */
struct str zeek_log(struct str path);
/* The field of a column by its name and, where the log has types, its type ("" otherwise). FIELD_NONE: extra.
 */
enum field zeek_field(struct str log, struct str column, struct str type);
/* Protocol that a log is about, by its IANA or Zeek's own name; empty if it is about none. */
struct str zeek_application(struct str log);
/* Zeek about itself, and what it took out of traffic without saying whose it was: such a log names nobody. */
bool zeek_names_nobody(struct str log);
/* An entry of the intelligence framework into the open event; types are "Intel::ADDR" and so on. */
void zeek_put_indicator(struct reading *r, struct str value, struct str type);

struct zeek_json;
enum sniff zeek_json_sniff(struct str head);
int zeek_json_start(struct reading *r, struct zeek_json **ret);
int zeek_json_next(struct reading *r, struct zeek_json *z);
