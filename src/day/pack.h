/* SPDX-License-Identifier: Apache-2.0
 *
 * Compressing what the day's file keeps. One packer per open file: zstd's contexts and the room for a blob.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

struct pack;

struct pack *pack_new(void);
void pack_free(struct pack *p);
/* Compressed bytes, valid until the next call. width 0: as they are; else they are records of width bytes, a
 * multiple of 8, which are turned into columns of 8 bytes first. */
struct str pack_blob(struct pack *p, struct str bytes, size_t width, int level);
/* The same for the text of a report, which is turned into its columns (lines.h) where that makes it smaller. */
struct str pack_text(struct pack *p, struct str bytes, int level);
/* Levels of zstd: text that is kept long and read seldom; what is made of it. */
#define PACK_RAW 1
#define PACK_EVENTS 1
/* Appends what pack_blob (with this width) or pack_text (width 0) was given; at most limit bytes. ERR_FORMAT if the blob is damaged. */
int pack_open(struct pack *p, struct str blob, size_t width, size_t limit, struct buf *ret, struct err *e);
