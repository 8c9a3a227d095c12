/* SPDX-License-Identifier: Apache-2.0
 *
 * What the observers of a round without a node (agree/hosted.h) are told of it after its opening, by their host, the chair that opened it:
 *
 *   an answer     of chair or secretariat, to whom it answers and to no other
 *   a withdrawal  of the round
 *   the result    once nothing is left to wait for: an adopted text when as many members have signed it as the manifest asks for, what
 *                 is still open or in dispute when no outcome counts any more. It goes with the chair's own agree.outcome, or, where the
 *                 chair is no member and signs none, with the first of a member that is equal to what was computed here.
 *
 * It leaves rows of agree_told, each once; link/partner.h makes mails of them. A date that is moved goes by itself.
 */
#pragma once

#include "agree/load.h"

/* Of a round as it is now, within a transaction. here: our own party; now: seconds. What is older than two OUTCOME_WINDOWs and was never told
 * is no news any more. */
void agree_tell(
        struct db *db, const struct round_loaded *r, const struct outcome *o, struct str here, int64_t now);
