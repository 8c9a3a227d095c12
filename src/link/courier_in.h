/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files of couriers. Inside link/.
 */
#pragma once

#include "form/age.h"
#include "link/courier.h"

#define COURIER_PATH 4320
#define COURIER_NAME 128

/* Of a file in the folder. */
void courier_path(const struct link_self *self, const char *name, char ret[COURIER_PATH]);
/* Of one that was brought. */
void courier_in_path(const struct link_self *self, uint64_t id, char ret[COURIER_PATH]);
/* Seal keys of that party that are in force, the newest first. Returns how many. */
unsigned courier_seal_keys(
        const struct link_self *self, struct str party, uint8_t (*ret)[AGE_KEY], unsigned most);
/* Packed files of a courier (0: of any) that were made before. */
void courier_drop_files(const struct link_self *self, uint64_t courier, int64_t before);
