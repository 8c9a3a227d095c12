/* SPDX-License-Identifier: Apache-2.0
 *
 * The changes of changes.c, by file. Inside agree/.
 */
#pragma once

#include "agree/change.h"
#include "agree/outcome.h"
#include "agree/say.h"

/* A parameter without blanks around it; never NULL. */
struct str agree_param(const struct change *c, const char *name);
/* The round that the parameter round means, with its manifest; ERR_VALUE where that is not here. */
int agree_round(struct change *c, struct arena *a, struct round_loaded *ret, struct err *e);
/* The same, and how it stands now. */
int agree_stands(
        struct change *c, struct arena *a, struct round_loaded *r, struct outcome *ret, struct err *e);
/* ERR_DENIED where what is said in the round now would not count any more. */
int agree_still_open(const struct round_loaded *r, const struct outcome *o, struct err *e);
/* "14d" from then, or a time, of a parameter; seconds. */
int agree_time(const struct change *c, const char *name, int64_t from, int64_t *ret, struct err *e);
/* A statement of the round by the beginning of its id (8 digits at least); NULL: ERR_MISSING, ERR_VALUE. */
const struct said *agree_said(const struct round_loaded *r, struct str words, struct err *e);
/* ERR_VALUE: what is wrong with a clause id that is none, or that its text does not have. */
int agree_clause_wrong(struct str id, struct err *e);
/* Somebody has tried to take back or to change what only its sender may: it is refused, and a row of the audit says who tried what. 0. */
int agree_not_ours(struct change *c, const struct said *s, const char *what);
/* ,"name":{"LANG":"words"} of the parameters name and lang. */
int agree_words(const struct change *c, const char *name, struct buf *out, struct err *e);

/* Keeps a text for the next round of an instrument, in the place of one in that language; of the authentic one there is one. */
void agree_draft_put(
        struct change *c, struct str instrument, struct str lang, struct str text, bool authentic);

int change_agree_text(struct change *c, struct err *e);
int change_agree_drop_text(struct change *c, struct err *e);
int change_agree_propose(struct change *c, struct err *e);
int change_agree_sign(struct change *c, struct err *e);
int change_agree_drop(struct change *c, struct err *e);
int change_agree_ack(struct change *c, struct err *e);
int change_agree_comment(struct change *c, struct err *e);
int change_agree_amend(struct change *c, struct err *e);
int change_agree_position(struct change *c, struct err *e);
int change_agree_retract(struct change *c, struct err *e);
int change_agree_answer(struct change *c, struct err *e);
int change_agree_extend(struct change *c, struct err *e);
int change_agree_served(struct change *c, struct err *e);
int change_agree_talk(struct change *c, struct err *e); /* talk.c */
int change_agree_talk_drop(struct change *c, struct err *e);
int change_agree_voice(struct change *c, struct err *e);
int change_agree_minutes(struct change *c, struct err *e);
int change_agree_statement(struct change *c, struct err *e);
int change_agree_accede(struct change *c, struct err *e);
int change_agree_leave(struct change *c, struct err *e);
int change_agree_commit(struct change *c, struct err *e);
int change_agree_apply(struct change *c, struct err *e);
int change_agree_progress(struct change *c, struct err *e);
int change_agree_review(struct change *c, struct err *e); /* review.c */
