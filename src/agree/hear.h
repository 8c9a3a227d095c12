/* SPDX-License-Identifier: Apache-2.0
 *
 * AGREE: what statements of consultations and meetings do here. A round is a function of its statements, so that hearing one
 * only notes that it must be computed again; agree_work does that, and signs the outcome when its time has come.
 *
 * All within the transaction that is open.
 */
#pragma once

#include "trust/say.h"

/* For link_self.heard, by whoever wires. */
void agree_hear(const struct heard *h);
/* A round counts what is signed, of a fork too. */
void agree_seen(const struct heard *h);
void agree_renamed(struct db *db, const uint8_t was[DIGEST_LEN], const uint8_t is[DIGEST_LEN]);
/* The manifest and the texts of an opening are what it says. */
bool agree_whole(const struct heard *h, const char **ret_why);
/* What a receipt of the party names and is not here: who opened a round, or speaks in it, may have left us out. */
bool agree_lacks(
        struct db *db, struct str party, const uint8_t after[DIGEST_LEN], uint8_t ret_id[DIGEST_LEN]);
