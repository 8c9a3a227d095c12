/* SPDX-License-Identifier: Apache-2.0
 *
 * What became of comments and amendments, and whether a new text may be frozen: each comment and amendment has a word, and each
 * clause that differs from the text before is named by a word that explains it. What is not explained blocks the freeze, here
 * and on every node that compares the two.
 *
 * Pure.
 */
#pragma once

#include "agree/text.h"
#include "trust/body.h"

enum disposition_word {
#define DISPOSITION(symbol, word, cites, needs, about) DISPOSITION_##symbol,
#include "agree/disposition.tbl"
#undef DISPOSITION
	DISPOSITION_END
};
enum disposition_needs {
	DISPOSITION_OF = 1,
	DISPOSITION_WITH = 2,
	DISPOSITION_TEXT = 4,
	DISPOSITION_WITHDRAW = 8
};
struct disposition_row {
	struct str word;
	bool cites; /* its clauses explain a change */
	unsigned needs;
	const char *about;
};
extern const struct disposition_row disposition_table[DISPOSITION_END];

/* A comment or an amendment of the round before. */
struct proposal {
	uint8_t id[DIGEST_LEN];
	bool withdrawn; /* its author has taken it back */
};
/* The items of one agree.disposition. */
struct disposition_list {
	struct item items;
};

/* Why a text may not be frozen. */
struct freeze {
	struct {
		unsigned list, item; /* which item, from 0 */
		const char *why;
	} * bad; /* items that do not count; they block nothing by themselves, what they should have explained does */
	const struct proposal **open; /* no item of theirs stands */
	struct str *unexplained;      /* ids of clauses */
	unsigned bads, opens, changes;
};
static inline bool freeze_ok(const struct freeze *f)
{
	return f->opens == 0 && f->changes == 0;
}

/* lists: in the order in which they were said, oldest first; of one proposal the newest good item stands. False: *ret says what is
 * missing, in the arena. */
bool freeze_check(struct arena *a, const struct agree_text *old, const struct agree_text *new,
        const struct proposal *proposals, unsigned n, const struct disposition_list *lists, unsigned list_n,
        struct freeze *ret);

/* The clauses that differ and are not cited: those of new without their like in old, then those of old that are gone; where all
 * are there and only their order differs, the first of new that is out of place. Puts them into ret, which has room for
 * 2 * AGREE_CLAUSES, and returns how many. */
unsigned agree_unexplained(const struct agree_text *old, const struct agree_text *new,
        const struct str *cited, unsigned cited_n, struct str *ret);
