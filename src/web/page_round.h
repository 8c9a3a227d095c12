/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the pages of consultations: page_rounds*.c (lists), page_round*.c (one round), page_draft.c and page_plan.c (the next one).
 *
 * The path of a page about one round ends in what round_meant takes, "gate-times/2"; a page that answers a form has it as its field
 * "round".
 */
#pragma once

#include "agree/look.h"
#include "web/page.h"

/* A round as a page has it; everything lives in the arena of the request. */
struct round_view {
	struct round_loaded r;
	struct outcome o; /* of round_view_whole alone */
	struct agree_text text;
	bool there;                   /* the authentic text is here, in text */
	struct str me;                /* our party */
	int64_t now;                  /* seconds */
	struct str name;              /* "gate-times/2" */
	struct str ref;               /* the same, or what finds it where two have that name */
	struct str state;             /* as it is shown now */
	int64_t closes;               /* after extensions */
	bool member, officer, office; /* we are a member; chair or secretariat; chair or deputy */
};
/* The round that the page is about, with its opening and its texts. ERR_MISSING; ERR_VALUE: it cannot be used. */
int round_view_open(const struct page_ask *p, struct round_view *ret, struct err *e);
/* That of this number of agree_round. */
int round_view_of(const struct page_ask *p, uint64_t id, struct round_view *ret, struct err *e);
/* The same with all its statements and what they have come to. */
int round_view_whole(const struct page_ask *p, struct round_view *ret, struct err *e);

/* ---- page_round_parts.c -------------------------------------------------------------------------- */

enum round_page {
	ROUND_TEXT,
	ROUND_TABLE,
	ROUND_SERVICE,
	ROUND_POSITION,
	ROUND_OBJECTION,
	ROUND_CERTIFICATE,
	ROUND_CHANGES,
	ROUND_PAGES
};
/* The heading, how the round stands, and the links to its other pages. what: of the heading behind the title. */
void round_head(const struct page_ask *p, struct html *h, const struct round_view *v, enum round_page which);
/* The path of a page about the round. */
void round_address(struct link *l, enum round_page which, const struct round_view *v);
/* That of another one about the same round, such as "/agree-print". */
void round_path(struct link *l, const char *path, const struct round_view *v);
/* ref: ROUND_REF. */
void round_link(struct html *h, struct str ref, struct str text);
/* A form about the round that posts, with where it leads; html_close ends it. */
void round_form(const struct page_ask *p, struct html *h, const char *action, const struct round_view *v,
        enum round_page back);
/* The same with each field on a line of its own. */
void round_fields(const struct page_ask *p, struct html *h, const char *action, const struct round_view *v,
        enum round_page back);
/* What holds a label and its field together; html_close ends it. */
void round_pair(struct html *h);
/* One instant for all: in UTC, and by the clock of each party. m NULL: by ours. */
void round_time(const struct page_ask *p, struct html *h, int64_t seconds, const struct manifest *m);
/* Working days of the round on which a member does not work and which the manifest does not say, since they count as notice; and what is not
 * known of such days. Nothing where there are none. */
void round_holidays(const struct page_ask *p, struct html *h, const struct manifest *m);
/* "this is the text of round 2, open until ...": of a draft that has the bytes of one (d->number is not 0). */
void round_draft_of(const struct page_ask *p, struct html *h, const struct agree_draft_look *d);
/* Whom or what its state is due to, for people: "not served: mm"; empty: nothing. */
struct str round_because(const struct page_ask *p, struct str because);
void round_fact_open(const struct page_ask *p, struct html *h, enum word w);
void round_fact(const struct page_ask *p, struct html *h, enum word w, struct str text);
void round_fact_time(
        const struct page_ask *p, struct html *h, enum word w, int64_t seconds, const struct manifest *m);
/* What the round waits for from us, as a sentence; nothing if it waits for nothing. */
void round_owed(const struct page_ask *p, struct html *h, const struct agree_look *l);
/* Hexadecimal digits of an id: the first twelve, as people name a statement. */
struct str round_id(const struct page_ask *p, const uint8_t id[DIGEST_LEN]);
/* The words of an object {language: words} in an element, with their language. */
void round_words(const struct page_ask *p, struct html *h, const char *element, const char *class,
        const struct item *words);
/* Words, bold and italics of a clause, without its start and mark; its table below them. */
void round_clause(struct html *h, const struct clause *k);
/* All clauses below each other, with number and id. */
void round_whole_text(const struct page_ask *p, struct html *h, const struct agree_text *t, struct str lang);
/* Which clauses of a translation are stale or missing, in red; nothing if none is. */
void round_stale(const struct page_ask *p, struct html *h, const struct agree_text *authentic,
        const struct agree_text *translation, struct str lang);
/* What a position does, in one sentence. */
void round_effect(const struct page_ask *p, struct html *h, const struct manifest *m, enum position at);
/* "2.1 k7qm", a link to the clause in the page of texts of the round. */
void round_clause_link(struct html *h, const struct round_view *v, struct str number, struct str id);
/* Fields of a form. */
void round_field(const struct page_ask *p, struct html *h, const char *prefix, const char *name,
        enum word label, struct str value, unsigned size, bool required);
void round_area(const struct page_ask *p, struct html *h, const char *prefix, const char *name,
        enum word label, struct str value, unsigned rows, bool required);
/* A choice of keys, each with its word; keys end with NULL. */
void round_choice(const struct page_ask *p, struct html *h, const char *prefix, const char *name,
        enum word label, const char *kind, const char *const *keys, struct str chosen);
/* The languages in which something may be said: those of the texts. */
void round_languages(const struct page_ask *p, struct html *h, const char *prefix, const struct manifest *m,
        struct str chosen);
/* Each field that was posted as a hidden one, for the step behind it; names end with NULL. */
void round_carry(const struct page_ask *p, struct html *h, const char *const *names);
/* A form of a round whose change (agree_preview) signs at once: it goes to a page that reads back what would be signed first. */
struct round_back {
	const char *kind;          /* "extend": of the statement, and what "preview" of the form is */
	const char *change;        /* "agree-extend" */
	const char *action;        /* of the button that signs */
	const char *const *fields; /* of the change beside the round; end with NULL */
	enum round_page back;
};
bool round_is_back(const struct page_ask *p, const struct round_back *b);
/* What was read back, with its button, or why it would be refused; nothing if nothing was. */
void round_draw_back(
        const struct page_ask *p, struct html *h, const struct round_view *v, const struct round_back *b);
/* What was typed into a field of it, so that it can be mended. */
struct str round_typed(const struct page_ask *p, const struct round_back *b, const char *name);
/* What a change would be asked with, of the fields that a page was asked with: for previews that let agree/ judge it. names end
 * with NULL. */
struct change round_change(
        const struct page_ask *p, struct change_here *here, struct str me, const char *const *names);

/* ---- page_summary.c ------------------------------------------------------------------------------ */

/* What an opening says in plain words, in the reader's language first; nothing if it does not. opening: its body. */
void round_summary(const struct page_ask *p, struct html *h, const struct item *opening);
/* What is kept of it for the next round of an instrument, and how it is changed. */
void round_summary_drafts(const struct page_ask *p, struct html *h, struct str instrument);

/* ---- page_repeat.c ------------------------------------------------------------------------------- */

/* What of ours the round before has carried, and how it is said again in this one, which has these notes; nothing if there is none. */
void round_carried(const struct page_ask *p, struct html *h, const struct round_view *v,
        const struct agree_notes *notes);

/* ---- page_round_talks.c -------------------------------------------------------------------------- */

/* Talks about a position or an amendment that people here have noted, and how one is. */
void round_talks(const struct page_ask *p, struct html *h, const struct round_view *v, const struct said *s);

/* ---- page_delegations.c -------------------------------------------------------------------------- */

/* Who may bind the party by delegation; for whoever has the role, how it is given and ended. */
void rounds_delegations(const struct page_ask *p, struct html *h);

/* ---- page_round_notes.c -------------------------------------------------------------------------- */

/* A note beside its clause: who, what, its words, whether it is in conflict, what became of it. */
void round_note(const struct page_ask *p, struct html *h, const struct round_view *v,
        const struct agree_notes *all, const struct agree_note *n);
/* The operations of an amendment, old and new words. */
void round_ops(
        const struct page_ask *p, struct html *h, const struct round_view *v, const struct amendment *am);
/* "kh", "replaces 2.1 k7qm": as the head of a note. */
struct str round_op_word(const struct page_ask *p, enum op_kind kind);

/* ---- page_round_minutes.c ------------------------------------------------------------------------ */

/* Of minutes or the record of an act: digest, act, who was there, who has signed the same. For a list of facts. */
void round_minutes_facts(
        const struct page_ask *p, struct html *h, const struct round *r, const struct said *s);
/* The same, with the words to be read, or the file to be taken out. */
void round_minutes(
        const struct page_ask *p, struct html *h, const struct round_view *v, const struct said *s);

/* ---- page_round_said.c --------------------------------------------------------------------------- */

/* A position before it is signed; empty: it has none. */
struct round_saying {
	enum position at;
	struct str clauses, text, cure, lang; /* clauses: ids with blanks between; lang: of the words */
};
/* Who says what to which text, what that does, what it lacks, the clauses and the words, and the whole text to be opened. */
/* False: the text has not all of these clauses, so a position about them is not taken. */
bool round_clauses_there(const struct round_view *v, struct str list);
void round_read_back(
        const struct page_ask *p, struct html *h, const struct round_view *v, const struct round_saying *s);
/* The authentic text, and that of the page's language, to be opened. */
void round_full_text(const struct page_ask *p, struct html *h, const struct round_view *v);

/* ---- page_round_changes.c ------------------------------------------------------------------------ */

/* What differs between two texts, by clauses and then by words. name: as that of struct diff_view. */
void round_differences(const struct page_ask *p, struct html *h, const char *name,
        const struct agree_text *old, const struct agree_text *new, struct str lang);
/* What differs between the words of two clauses. */
void round_word_differences(const struct page_ask *p, struct html *h, const char *name, struct str old,
        struct str new, struct str lang);
