/* SPDX-License-Identifier: Apache-2.0
 *
 * What a change would say, for a page that lets a person read it back first. Reading only; struct change has db, here (party, folder) and
 * params, and what the change would tell the person is appended to said.
 */
#pragma once

#include "agree/amend.h"
#include "agree/load.h"
#include "agree/manifest.h"
#include "trust/change.h"

/* The change "agree-amend" with those parameters: its operations, each clause with its mark, judged alone against the text; and what the
 * statement says beside them, members that are appended to details. */
int agree_amendment(struct change *c, struct arena *a, const struct round_loaded *r,
        const struct agree_text *text, struct amendment *ret, struct buf *details, struct err *e);
/* What the change of that name would have signed now, as members behind "by" (",\"closes\":..."); nothing is. For those that one person
 * signs and that write nothing of their own. */
int agree_preview(struct change *c, const char *name, struct buf *ret_members, struct err *e);
/* As a position is read: a reservation or disassociation that the rule forbids is an objection. */
enum position agree_position_read(const struct manifest *m, enum position p);
/* How many persons sign it. */
unsigned agree_position_persons(const struct manifest *m, enum position p);
