/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside link/: between the files of the wire.
 */
#pragma once

#include "link/wire.h"

/* A status and a word. */
void wire_say(struct wire_answer *a, int status, const char *words);
/* Calls of logs and witnesses. False: it is none of them. */
bool wire_log(const struct link_self *self, struct str party, struct wire_quota *quota,
        const struct wire_request *r, struct wire_answer *ret);
