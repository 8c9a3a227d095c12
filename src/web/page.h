/* SPDX-License-Identifier: Apache-2.0
 *
 * The staff's pages. One file = one page = one row: path, title, who may see it, what it shows. A page is drawn whole, from
 * state.db as the person sees it (state/scope.h) and the days as they are; what changes the world is a form, which
 * proc/pages_forms.c hands to the core as the change of that name (see/change.h).
 *
 * What a page says is a word of words.tbl, in the person's language. What others have written, keys of the field (RSIT, TLP)
 * and ids stay as they are.
 */
#pragma once

#include "web/html.h"
#include "web/right.h"
#include "web/route.h"
#include "web/session.h"
#include "web/tongues.h"
#include "web/words.h"

/* What is shown once, in the answer to the form that has made it, since only its digest is kept. */
struct page_once {
	enum { ONCE_NOTHING, ONCE_LINK, ONCE_CODES, ONCE_TOKEN } what;
	struct str text; /* an address, codes with blanks between them, a token */
	struct str name; /* whose, or what for */
};

struct page_ask {
	const struct ask *ask;
	const struct session *who;
	const struct words *words;         /* of the person's language */
	const struct languages *languages; /* all that there are */
	const struct country *country;     /* of weir.yaml: options alone; NULL: they cannot be read */
	const struct tongues *tongues;     /* those in which people outside are written to */
	struct differ *differ;             /* agree/diff.h; NULL: words are not compared */
	struct str answer;                 /* what the core has said about a form that is asked once more */
	int64_t now;
	bool sample;     /* nothing leaves this machine */
	bool tls;        /* the address is https */
	struct str said; /* what the last form did; empty: nothing */
	const struct page_once *once;
	struct str cursor; /* where the log of changes stood before the page was drawn (state/changes.h) */
	/* What the foot of each sheet of paper says beside label and time; written by the page that is drawn. */
	struct str *sheet;
	char to[160]; /* set by page_get: the page that this one leads to */
};

/* Where a page stands in the list of pages. */
enum page_group { PAGE_UNLISTED, PAGE_SEE, PAGE_TELL, PAGE_LINK, PAGE_COUNTRY, PAGE_NODE, PAGE_GROUPS };

struct page {
	const char *path; /* "/findings"; "/": the first */
	enum word title;
	enum page_group group;
	bool id;          /* an id stands behind the path */
	enum right right; /* that the person needs */
	bool narrow;      /* also for accounts that see some owners only */
	/* Draws what stands in main, the h1 first. As in struct route. */
	int (*draw)(const struct page_ask *p, struct html *h, struct err *e);
	/* The same as a file, under path + ".csv"; NULL: there is none. */
	int (*csv)(const struct page_ask *p, struct buf *out, struct err *e);
	/* True: what is asked for stands on another page, whose path is written. NULL: never. */
	bool (*leads)(const struct page_ask *p, char *ret, size_t size);
	/* A page that goes on in steps after it was drawn, for what takes long. begin: 0, with *ret NULL if there is nothing to
	 * go on with. step draws into what stands in main: 1 there is more, 0 that was all, or a code; elements that it leaves
	 * open stay open until the next one, which may find another p->ask->state. All NULL: it is whole when it is drawn. */
	int (*begin)(const struct page_ask *p, void **ret, struct err *e);
	int (*step)(const struct page_ask *p, struct html *h, void *work, struct err *e);
	void (*end)(void *work);
};
extern const struct page page_morning, page_finding, page_finding_new, page_findings, page_receipt,
        page_account, page_shown_once, page_people, page_person, page_reports, page_asides_all, page_event,
        page_feeds, page_search, page_rules, page_country, page_roster, page_activity, page_languages,
        page_letters, page_letter, page_incoming, page_mail, page_campaigns, page_campaign, page_owners,
        page_one_owner, page_owner_edit, page_owner_difference, page_nobodys, page_adopt, page_cases,
        page_case, page_outages, page_needs, page_practices, page_capability, page_learn_draft, page_sim3,
        page_peers, page_peer, page_couriers, page_courier, page_contacts, page_groups, page_norms, page_norm,
        page_norm_survey, page_norm_plan, page_meetings, page_meeting, page_meeting_form, page_rounds,
        page_round, page_round_table, page_service, page_position, page_objections, page_certificate,
        page_round_changes, page_amendment, page_commitments, page_agree_plan, page_draft, page_agree_sign,
        page_print;
/* All of them, in the order of the list. */
extern const struct page *const page_list[];
extern const unsigned page_count;

/* A page that is drawn as far as it goes without its steps. h.out may be another buffer from step to step. */
struct page_more {
	const struct page *page;
	void *work; /* NULL: it is whole */
	struct html h;
};
/* Finds the page and draws it. What is wrong is a page too. Status 303: p->to is where it leads. more NULL: its steps are left
 * out. */
void page_get(struct page_ask *p, struct ask *ask, struct reply *r, struct page_more *more);
/* Draws that page, which may have no address of its own; NULL: there is none. */
void page_show(struct page_ask *p, const struct page *page, struct ask *ask, struct reply *r,
        struct page_more *more);
/* One step: true if there are more; else the page is whole, and its work has ended. */
bool page_go_on(const struct page_ask *p, struct page_more *more);
/* Nobody waits for the rest any more. */
void page_stop(struct page_more *more);
/* A page of one sentence, for nobody in particular. words NULL: in English. */
void page_sentence(
        struct reply *r, const struct words *words, int status, enum word title, struct str sentence);
struct http_form;
/* What a form could not do, and a link to where it stood; back NULL: none. form: what was sent, of which the words that somebody has
 * typed are shown, since no browser keeps them; NULL: none. */
void page_failed(struct reply *r, const struct words *words, int status, struct str sentence,
        const char *back, const struct http_form *form);
/* The beginning of a page without the frame; then what stands in main, and html_end. */
void page_plain_begin(
        struct html *h, struct reply *r, const struct words *words, int status, enum word title);
/* The page that a link leads to: a form, since what only looks at a link may not use it up. */
void page_enter(struct reply *r, const struct words *words, struct str token);

/* ---- words --------------------------------------------------------------------------------------- */

struct str page_word(const struct page_ask *p, enum word w);
/* As text. */
void page_say(const struct page_ask *p, struct html *h, enum word w);
/* With {1}, {2} filled in: page_sayf(p, h, W_X, page_number(p, n), name). */
void page_fill(const struct page_ask *p, struct html *h, enum word w, const struct str *values, unsigned n);
#define page_sayf(p, h, w, ...)                                                                              \
	page_fill((p), (h), (w), (const struct str[]){__VA_ARGS__},                                          \
	        sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str))
/* The same in an arena, for attributes. */
struct str page_filled(const struct page_ask *p, enum word w, const struct str *values, unsigned n);
struct str page_number(const struct page_ask *p, uint64_t n);
/* "F12" */
struct str page_id(const struct page_ask *p, char letter, uint64_t id);
/* An element with that word in it; class NULL: none. */
void page_line(const struct page_ask *p, struct html *h, const char *element, const char *class, enum word w);
/* What the program says in English, such as a reason of a rule: in the page's language where it is a sentence that there is a word
 * for (words_said), else marked with its own. */
void page_english(const struct page_ask *p, struct html *h, struct str text);
/* The word for a key, such as kind "severity", key "critical"; the key itself if there is none (a key of the field). */
struct str page_key(const struct page_ask *p, const char *kind, struct str key);

/* ---- for the pages ------------------------------------------------------------------------------- */

/* True if the person has that right: whether a form is drawn. */
bool page_may(const struct page_ask *p, enum right right);
/* True if the person may bind the party in that instrument, by a role or by delegation. */
bool page_binds(const struct page_ask *p, struct str instrument);
/* A form that posts, with the hidden field that every form has. html_close ends it. */
void page_form(const struct page_ask *p, struct html *h, const char *action, const char *class);
/* The same with a file in it. */
void page_form_with_file(const struct page_ask *p, struct html *h, const char *action, const char *class);
/* Its field for the file, with its label; one on a page. */
void page_file_field(const struct page_ask *p, struct html *h, enum word label);
/* One that only looks: a filter. */
void page_filter(struct html *h, const char *action, const char *class);
/* Where a form goes. */
void page_action(struct html *h, const char *path);
void page_hidden(struct html *h, const char *name, struct str value);
/* The word of a button that is alone in its form. */
void page_button(const struct page_ask *p, struct html *h, enum word w);
/* A label and its field. type: "text", "date", "number", "email", "search"; value p NULL: empty; limit: longest, 0: none. The
 * field's id is prefix + name (names are the same in several forms of a page). */
struct page_field {
	const char *prefix, *name, *type;
	enum word label;
	struct str value;
	unsigned limit, size;
	bool required;
	const char *autocomplete; /* NULL: as the browser likes */
};
void page_field(const struct page_ask *p, struct html *h, const struct page_field *f);
/* A label and a text of several lines. */
void page_area(const struct page_ask *p, struct html *h, const struct page_field *f, unsigned rows);
/* A label and a choice of page_option; html_close ends it. */
void page_select(
        const struct page_ask *p, struct html *h, const char *prefix, const char *name, enum word label);
void page_option(struct html *h, struct str value, struct str text, bool chosen);
/* A link to a path of ours. */
void page_link(struct html *h, const char *path, struct str text);
/* "severity", "critical": a word that is coloured as well (data-severity), in the page's language. */
void page_tag(const struct page_ask *p, struct html *h, const char *kind, struct str key);
void page_time(struct html *h, int64_t t);
/* A link to one thing: F12, R12, N12, M12. */
void page_thing(struct html *h, char letter, uint64_t id);
/* A link to an owner: its id in the register, its name. */
void page_owner(struct html *h, struct str ref, struct str name);
/* Cell of a report's name, and the name itself; of one that has something RED, for who may not see that, what it is. */
void page_cell_report(const struct page_ask *p, struct html *h, struct str name);
struct str page_report(const struct page_ask *p, struct str name);
/* A table in its box. head: words, WORD_END behind the last. Then rows of html_open("tr") ... */
void page_table(const struct page_ask *p, struct html *h, enum word caption, const enum word *head);
/* The same in pieces, for heads that are links: between these stand the cells of one row of "th". */
void page_table_open(const struct page_ask *p, struct html *h, enum word caption);
void page_table_rows(struct html *h);
void page_table_end(struct html *h);
/* Ends one that was begun with its first row; without a row the words instead of it. */
void page_table_over(const struct page_ask *p, struct html *h, uint64_t rows, enum word none);
/* A row, with a link to the thing that it is about as its head; html_close ends it. severity: p NULL: it has none. */
void page_row(struct html *h, char letter, uint64_t id, struct str severity);
/* Cells. page_cell: text alone. */
void page_cell(struct html *h, struct str text);
void page_cell_u64(struct html *h, uint64_t n);
void page_cell_tag(const struct page_ask *p, struct html *h, const char *kind, struct str key);
void page_cell_time(struct html *h, int64_t t);
void page_cell_owner(struct html *h, struct str ref, struct str name);
/* An address, name or URL, and a port if it has one. */
void page_cell_place(const struct page_ask *p, struct html *h, struct str place, uint64_t port);
/* A section with its heading; html_close ends it. */
void page_section(const struct page_ask *p, struct html *h, const char *id, enum word title);
/* One that is about what can be done here and says nothing else: paper is without it. */
void page_section_act(const struct page_ask *p, struct html *h, const char *id, enum word title);
/* A row of a list of figures (ul class figures): the number and what it is, a link. */
void page_figure(const struct page_ask *p, struct html *h, uint64_t n, enum word what, struct link *to);
/* The same where nobody counts further than most. */
void page_figure_most(
        const struct page_ask *p, struct html *h, uint64_t n, uint64_t most, enum word what, struct link *to);
/* The form that takes a report. */
void page_drop(const struct page_ask *p, struct html *h);
/* The link to the rows that come after those that are shown. */
void page_next(const struct page_ask *p, struct html *h, struct link *to);
/* A link to an event, or to a record that was set aside. */
void page_event_link(
        const struct page_ask *p, struct html *h, uint64_t receipt, uint32_t ordinal, uint8_t sub);
/* The sentences of "weir why" about the thing in p->ask->id, as facts. As draw. */
int page_why(const struct page_ask *p, struct html *h, struct err *e);

/* ---- page_mail.c ---- */

/* Texts to answer from, in that language (empty: the page's), with these values; the team is the country's. */
void page_blocks(const struct page_ask *p, struct html *h, struct str language, const struct block_values *v,
        struct str back);
/* The text that the parameter block of the address names, filled in; empty: none. */
struct str page_block_chosen(const struct page_ask *p, struct str language, const struct block_values *v);
/* ---- page_people.c ---- */

/* Accounts that were reset lately, as everybody is shown it; nothing if there are none. */
void page_resets(const struct page_ask *p, struct html *h);
