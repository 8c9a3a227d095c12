/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files of meetings. Inside agree/.
 */
#pragma once

#include "agree/meeting.h"

static inline struct str meeting_id_str(const uint8_t id[DIGEST_LEN])
{
	return str_make((const char *)id, DIGEST_LEN);
}

/* Finds again which card and which minutes stand, and makes their rows if these are others than before. me: our party. */
void meeting_stand(struct db *db, struct str me, uint64_t meeting);

/* A meeting as changes need it. */
struct meeting {
	uint64_t id, minutes; /* minutes: n of those that stand, 0: none */
	uint8_t case_[DIGEST_LEN];
	struct str sender;
	bool ours;
	struct stored at;          /* the statement of the card that stands */
	struct meeting_card *card; /* that card, in the arena */
};
/* The parameter id. ERR_USAGE, or ERR_MISSING and a sentence. */
int meeting_of(struct change *c, struct arena *a, struct meeting *ret, struct err *e);
/* The same, where we have called it and it has not ended; else ERR_DENIED, ERR_VALUE. */
int meeting_of_ours(struct change *c, struct arena *a, struct meeting *ret, struct err *e);
/* A parameter without blanks around it; never NULL. */
struct str meeting_param(const struct change *c, const char *name);
/* The body of a statement of ours begins: who of ours decided it, as what. */
void meeting_by(struct change *c, struct buf *body);
/* ,"text":{...} of the parameters text and lang, if there is one. */
int meeting_text_put(const struct change *c, struct buf *body, struct err *e);
/* What is told in a meeting has the label of its card and ends with the community of it: closes the body and says it. */
int meeting_say(struct change *c, const struct meeting *m, struct say *say, struct buf *body,
        uint8_t ret_id[DIGEST_LEN], struct err *e);
/* All others of the meeting: its sender, those who take part, those who listen. only_linked: without those whom we have no link
 * with, but never without the sender. */
void meeting_others(const struct change *c, const struct meeting *m, bool only_linked, struct say *say,
        struct str to[STATEMENT_TO_MAX + 1]);
/* True if a statement that counts withdraws that one. */
bool meeting_withdrawn(struct db *db, const uint8_t id[DIGEST_LEN], struct str sender);

/* ---- meeting_plan.c ---- */

/* What the parameters say of a card, over what stands in it. Texts live in the arena. */
int meeting_wish(struct change *c, struct arena *a, struct meeting_card *card, struct err *e);
/* Parties whose contact card or country says that a day of the meeting is a holiday: a sentence, or nothing. */
void meeting_holidays(const struct change *c, const struct meeting_card *card, struct buf *out);

/* ---- meeting_minutes.c ---- */

/* The minutes as a text: what the card says, who was there, these words, what is to be done. */
void meeting_minutes_write(struct db *db, const struct meeting *m, struct str words, struct buf *out);
