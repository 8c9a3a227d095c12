/* SPDX-License-Identifier: Apache-2.0
 *
 * AGREE: meetings. Who calls one sends its card: whole each time, to all who are asked and all who listen, under a serial that
 * rises. The first opens the case of the meeting; planned, then open, then closed, or cancelled at any time before. Those who
 * are asked answer to its sender that they come; he writes minutes, newer ones in place of older ones, and the others agree
 * with the very bytes of them.
 *
 * What a meeting has come to is a function of the statements that are here and count, whatever the order in which they came:
 *
 *   the card     of the states that end a meeting the first by its serial holds; else "open" holds against "planned". Of the
 *                cards with that state the one with the highest serial stands. So a card that comes late takes nothing back.
 *   the minutes  the newest of who called it
 *   an assent    counts for the bytes that it names
 *   an answer    is of the card that it names, and counts until it is withdrawn
 *
 * Who of ours goes, who was seen in the room, and what is done of what was agreed are rows of this node alone. What is seen in
 * the room goes into the minutes, by party and office, once a person sends these.
 */
#pragma once

#include "trust/change.h"
#include "trust/say.h"

#define MEETING_CHAIRS 8
#define MEETING_ITEMS 200
#define MEETING_FILES 32 /* what a statement may have */
#define MEETING_TEXTS 8  /* languages */
#define MEETING_SEES 16
#define MEETING_LINE 300   /* bytes of a title, a place, an office */
#define MEETING_WORDS 8000 /* bytes of words in a language */

struct meeting_item {
	struct str title;
	int64_t start, until; /* seconds, as all times of a card */
	uint32_t papers;      /* bits: which of the card's files */
};
struct meeting_file {
	uint8_t sha256[DIGEST_LEN];
	uint64_t size;
	struct str name, media;
};
struct meeting_text {
	struct str lang, words;
};
struct meeting_parties {
	struct str v[STATEMENT_TO_MAX + 1]; /* ascending, none twice */
	unsigned n;
};
/* A card, apart; texts point into what it was read from. It is long: keep it in an arena. */
struct meeting_card {
	int64_t serial, start, until;
	struct str state, title, place, link, facilitator;
	struct str group; /* of GREEN; may be empty */
	unsigned tlp;     /* enum statement_tlp */
	struct str chair[MEETING_CHAIRS];
	struct meeting_parties participants, observers;
	struct meeting_item item[MEETING_ITEMS];
	struct meeting_file file[MEETING_FILES];
	struct meeting_text text[MEETING_TEXTS];
	uint8_t see[MEETING_SEES][DIGEST_LEN];
	unsigned chairs, items, files, texts, sees;
};
/* Of a body that has passed its checks; what is more than there is room for is left out. */
void meeting_card_read(const struct item *body, unsigned tlp, struct meeting_card *ret);
/* Its members behind "by", and the end of the body. */
void meeting_card_write(struct buf *out, const struct meeting_card *c);

bool meeting_has(const struct meeting_parties *p, struct str party);
/* False: there is no room. */
bool meeting_add(struct meeting_parties *p, struct str party);

/* "WP.3 Draft procedure.md": a working paper has its number in its name, and so has what came out of the meeting ("OUT.1 ..."), so
 * that a number stays with a paper whatever goes before it. False: the name has none. */
bool meeting_symbol(struct str name, struct str *ret_symbol, struct str *ret_rest);

/* Words of a member for people: in English, else in the first language there is. */
struct str meeting_words(const struct item *body, const char *member);
/* The first person of "by". */
struct str meeting_person(const struct item *body);

/* For agree_hear: cards, minutes, assents, answers, notes, and what withdraws them. */
void meeting_hear(const struct heard *h);
/* One of ours that has not left has another id (trust/say.h). */
void meeting_renamed(struct db *db, const uint8_t was[DIGEST_LEN], const uint8_t is[DIGEST_LEN]);

extern const struct change_row meeting_changes[];
extern const unsigned meeting_change_count;
