/* SPDX-License-Identifier: Apache-2.0
 *
 * Mails of cases on their way out: core_reply.c. Inside the core.
 */
#pragma once

#include "proc/core_in.h"
#include "see/sign.h"

struct core_reply *core_reply_new(void);
void core_reply_free(struct core_reply *r);
/* Writes and clears what people have written in cases. 0 or a code of the disk. */
int core_replies(struct core *c, struct err *e);
/* What of it is to be signed or encrypted; NULL: nothing. It has a number below 0, which no letter has. */
struct sign_job *core_reply_job(const struct core *c);
