/* SPDX-License-Identifier: Apache-2.0
 *
 * One line per reader; read/table.c holds the order.
 */
#pragma once

#include "read/read.h"

extern const struct reader reader_abusech;
extern const struct reader reader_archive;
extern const struct reader reader_csv;
extern const struct reader reader_eve;
extern const struct reader reader_idea;
extern const struct reader reader_intelmq;
extern const struct reader reader_list;
extern const struct reader reader_mail;
extern const struct reader reader_misp;
extern const struct reader reader_n6;
extern const struct reader reader_ndjson;
extern const struct reader reader_openpgp;
extern const struct reader reader_pairs;
extern const struct reader reader_shadowserver;
extern const struct reader reader_stix;
extern const struct reader reader_xarf;
extern const struct reader reader_zeek;
