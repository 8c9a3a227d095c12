/* SPDX-License-Identifier: Apache-2.0
 *
 * What stands in letters, made of the rows of state.db and of the days: by the core, which seals it, and by the staff's pages,
 * which show what a letter that is not sealed yet will say.
 */
#pragma once

#include "see/lang.h"
#include "see/notice.h"

struct sign_job;
struct compose_letter {
	uint64_t id;
	struct str ticket, message_id, email, language, owner, class;
	enum notice_kind kind;
	struct str note, corrects, references; /* of a correction */
	struct str own_subject, own_text;      /* of a campaign, in the contact's language */
	struct str link;                       /* of its answer page; empty: it has none */
	int64_t link_until;
	int64_t corrects_sent;
	int64_t act_by;
	struct buf csv, list, xarf, mail, subject, text;
	unsigned rows, shown, reports;
	bool wants_xarf;
	enum tlp label;
	struct str key; /* of the contact; empty: none */
	size_t entity;
	struct sign_job *job; /* it is signed or encrypted before it is sealed */
	bool failed;          /* it cannot be written; the sentence stands in the answer */
	bool trouble;         /* it cannot be protected as it must, and is held before it is sealed */
	char sentence[512];
};
struct compose_item {
	uint32_t letter;
	uint64_t finding, receipt, event;
};
struct composing {
	struct db *state;
	const struct country *country;
	/* The words of a language; the file of a day. arg is handed to both. */
	const struct lang *(*lang)(void *arg, struct str code);
	int (*day)(void *arg, uint32_t date, struct day **ret, struct err *e);
	void *arg;
	unsigned limit; /* rows of a letter that are written out; 0: all */
	struct arena arena;
	struct compose_letter *letters;
	uint32_t nletters;
	VEC(struct compose_item) items;
	struct day_view view; /* the chunk at hand */
	struct receipt receipt;
};

/* Columns of a query "from notice n", which compose_take reads. */
#define COMPOSE_COLUMNS                                                                                      \
	"n.id, n.ticket, n.message_id, n.act_by, n.class, (select email from contact where id = n.contact)," \
	" (select case language when '' then 'en' else language end from contact where id = n.contact),"     \
	" (select o.name from contact c join owner o on o.id = c.owner where c.id = n.contact),"             \
	" n.kind, n.note, n.label, (select ticket from notice where id = n.follows),"                        \
	" (select message_id from notice where id = n.follows), (select sent from notice where id = "        \
	"n.follows), (select pgp from contact where id = n.contact),"                                        \
	" (select formats = 'xarf' from contact where id = n.contact)"
void compose_take(struct compose_letter *l, const struct query *q, struct arena *a);
/* The words of a campaign for one owner: in the language that is nearest to his, with his places as the list. owner, campaign:
 * ids. */
int compose_campaign(
        struct composing *s, struct compose_letter *l, uint64_t campaign, uint64_t owner, struct err *e);
/* What the letters are about. */
int compose_items(struct composing *s, struct err *e);
/* Their rows, in the order in which the days keep them, so that each chunk is opened once. */
void compose_rows(struct composing *s);
/* Subject and text in that language, instead of what was there. */
void compose_text(struct composing *s, struct compose_letter *l, const struct lang *lang);
/* The whole mail; what is wrong is l->failed and a sentence. */
void compose_write(struct composing *s, struct compose_letter *l);
/* The name of the table that goes with it. */
struct str compose_file(struct composing *s, const struct compose_letter *l);
void compose_done(struct composing *s);
