/* SPDX-License-Identifier: Apache-2.0
 *
 * What the door shows to constituents: the page on which a letter is answered, which the core draws and lays onto the shelf, and
 * the sentences that stand for it where there is none. Plain HTML, without a script, in the words of conf/lang/LANGUAGE/door.yaml.
 */
#pragma once

#include "see/lang.h"
#include "state/db.h"

#define ANSWER_ROWS 50 /* of a page: its form has a field each, and a form has 64 at most */
#define ANSWER_STYLE "/style.css"

/* Of a letter: its entries, what was answered last, and the form. team: as it signs its letters. 0, ERR_MISSING: there is no such
 * letter, or the disk. */
int answer_page_draw(struct db *state, const struct lang *l, struct str team, uint64_t notice,
        struct buf *out, struct err *e);
/* A page of one sentence. team may be empty. */
void answer_page_say(const struct lang *l, struct str team, enum lang_door which, struct buf *out);
