/* SPDX-License-Identifier: Apache-2.0
 *
 * What a change would say, for a page that lets a person read it back first. Reading only; struct change has db, here (party, folder) and
 * params, and what the change would tell the person is appended to said.
 */
#pragma once

#include "agree/amend.h"
#include "agree/manifest.h"
#include "trust/change.h"

/* The operations of the change "agree-amend" with those parameters, each clause with its mark, judged alone against the text. */
int agree_ops(struct change *c, struct arena *a, const struct agree_text *text, struct amendment *ret,
        struct err *e);
/* As a position is read: a reservation or disassociation that the rule forbids is an objection. */
enum position agree_position_read(const struct manifest *m, enum position p);
/* How many persons sign it. */
unsigned agree_position_persons(const struct manifest *m, enum position p);
