/* SPDX-License-Identifier: Apache-2.0
 *
 * Records of cases that people have printed: core_record.c. Inside the core.
 */
#pragma once

#include "proc/core_in.h"
#include "see/sign.h"

/* Writes those that are wanted, one at a time, has them signed and keeps them (link/case_record.h). What is to be signed is c->record;
 * its number is below 0, as no letter's is. 0 or a code of the disk. */
int core_records(struct core *c, struct err *e);
/* Forgets the job; its row is begun anew. */
void core_record_drop(struct core *c);
