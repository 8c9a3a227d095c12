/* SPDX-License-Identifier: Apache-2.0
 *
 * Norms of state behaviour, and what a survey asks beside them: where this state says that it stands, what its node's records
 * show of it, and what of it may be shown to whom. docs/norms.md has the whole.
 *
 * What is asked comes from files (norm_file.h). Answers are rows of this node alone: they are said by people, nothing is
 * computed from them, and no state is set beside another.
 */
#pragma once

#include "exit/decide.h"
#include "state/db.h"
#include "trust/change.h"

/* In the order of the survey. */
enum norm_part { NORM_LAW, NORM_NORMS, NORM_CONFIDENCE, NORM_CAPACITY, NORM_PARTS };
extern const char *const norm_parts[NORM_PARTS];
/* How one stands, as a state says of itself; the first is where nobody has said anything. */
#define NORM_STATES 6
extern const char *const norm_states[NORM_STATES];
bool norm_state_known(struct str word);

/* The texts of an answer: names of columns and of parameters alike. */
enum norm_field {
	NORM_MEASURES,
	NORM_CHALLENGES,
	NORM_NEEDS,
	NORM_LEAD,
	NORM_PARTNERS,
	NORM_FRAME,
	NORM_LINKS,
	NORM_PLAN,
	NORM_ACTIVITIES,
	NORM_INITIATIVES,
	NORM_COUNTRY,
	NORM_FIELDS
};
struct norm_field_row {
	const char *name;
	bool lines; /* several of them */
	const char *about;
};
extern const struct norm_field_row norm_fields[NORM_FIELDS];
#define NORM_TEXT 12000   /* bytes of one of them at most */
#define NORM_LETTERS 4000 /* of a field of a form: three bytes each in most scripts here */

struct norm {
	struct str key, instrument, source, part; /* part: of norm_parts */
	struct str title, text;                   /* in the language that was asked for, else English */
	bool machine;                          /* a machine has translated these, and nobody has read them */
	struct str figures;                    /* names, with blanks between them */
	bool hidden;                           /* there is an answer, for named persons alone */
	bool filled;                           /* there is one that can be seen */
	struct str status, field[NORM_FIELDS]; /* status: never empty */
	int64_t review;                        /* 0: not said */
	struct str label, group, readers;      /* readers: persons with blanks between them */
	int64_t changed;
	struct str person;
};
/* All, in order, or that of one key (p NULL: all); as the connection sees them. Texts are in the arena. 0 or a code. */
int norms_read(struct db *db, struct str key, struct str lang, struct arena *a, struct norm **ret,
        unsigned *ret_n, struct err *e);
/* ERR_MISSING: there is none of that key. */
int norm_find(
        struct db *db, struct str key, struct str lang, struct arena *a, struct norm *ret, struct err *e);
bool norm_there(struct db *db, struct str key);
/* "2026-03-31" of a review; empty: not said. ret has 16 bytes. */
struct str norm_day(char *ret, int64_t at);

/* ---- what the records show: norm_evidence.c ---- */

#define NORM_WINDOW_US ((int64_t)365 * 86400 * 1000000) /* what is counted over */
/* A figure of the node's own records. */
struct norm_figure {
	const char *name;
	const char *about; /* what is counted */
	const char *
	        query; /* SQL: how many were good, and of how many (null: a count); ?1 from, ?2 until, microseconds.
	                      NULL: the node has no records of the kind, and nothing is offered */
};
extern const struct norm_figure norm_figures[];
extern const unsigned norm_figure_count;
const struct norm_figure *norm_figure_find(struct str name);
struct norm_value {
	uint64_t good, total;
	bool counts;          /* there is no total */
	int64_t since, until; /* until: as of */
};
/* Whatever who asks may see: a number of the node's, and nobody's name. 0 or a code. */
int norm_measure(
        struct db *db, const struct norm_figure *f, int64_t now, struct norm_value *ret, struct err *e);
/* True if there is something to confirm: of nothing nothing is shown. */
bool norm_shows(const struct norm_value *v);
/* "14 of 15", or "3". ret has 48 bytes. */
struct str norm_value_text(char *ret, const struct norm_value *v);

/* One that a person has confirmed, as it was then. */
struct norm_confirmed {
	uint64_t id;
	struct str norm, figure, query, person, note;
	struct norm_value value;
	int64_t at;
};
/* The newest of each norm and figure that has not ended, in that order; key p NULL: of all norms. */
int norm_confirmed_read(struct db *db, struct str key, struct arena *a, struct norm_confirmed **ret,
        unsigned *ret_n, struct err *e);

/* That of a norm and figure; NULL: there is none. */
const struct norm_confirmed *norm_confirmed_of(
        const struct norm_confirmed *all, unsigned n, struct str key, struct str figure);

/* ---- further actions ---- */

struct norm_action {
	uint64_t id;
	struct str list, norm, action, status, note, person;
	int64_t at;
};
int norm_actions_read(struct db *db, struct str key, struct arena *a, struct norm_action **ret,
        unsigned *ret_n, struct err *e);

/* ---- exports: norm_paper.c ---- */

/* Whom a paper is for. Without a label: for who asks himself, with all that he sees. */
struct norm_paper {
	enum tlp label; /* TLP_NONE: as strict as what is in it (norm_paper_label) */
	struct str group;
	struct exit_group card; /* of that group */
	struct str me;
};
/* label: CLEAR, GREEN with a group that is confirmed here, AMBER or AMBER+STRICT; p NULL: none. 0, or ERR_USAGE, ERR_MISSING. */
int norm_paper_open(struct db *db, struct str label, struct str group, struct arena *a,
        struct norm_paper *ret, struct err *e);
/* True if the rules of the exit let its answer go to whom the paper is for; *ret_rule (NULL: not wanted): which one decided. */
bool norm_leaves(const struct norm_paper *p, const struct norm *n, struct arena *a, const char **ret_rule);
/* The same norms without the answers that may not leave: these look as if nobody had given any. Returns how many were. */
unsigned norm_paper_cut(const struct norm_paper *p, struct norm *norms, unsigned n, struct arena *a);
/* What the paper is marked with. */
enum tlp norm_paper_label(const struct norm_paper *p, const struct norm *norms, unsigned n);

/* A paper with all that stands in it. */
struct norm_print {
	struct norm_paper paper;
	struct norm *norms; /* cut */
	unsigned n;
	unsigned left; /* answers that may not leave */
	enum tlp label;
	struct str group; /* of that label, where it is GREEN */
	struct norm_confirmed *confirmed;
	unsigned nconfirmed;
	struct norm_action *actions;
	unsigned nactions;
};
int norm_print_read(struct db *db, struct str label, struct str group, struct str lang, struct arena *a,
        struct norm_print *ret, struct err *e);
/* True if evidence and further actions of that norm may stand in it: as its answer does. */
bool norm_print_shows(const struct norm_print *p, const struct norm *n);

/* ---- the survey as a whole ---- */

struct norm_last {
	uint64_t id; /* 0: none was finished yet */
	int64_t at, due;
	struct str person, note;
};
struct norm_last norm_last(struct db *db, struct arena *a);
/* How that norm stood when that survey was finished; empty: not said. */
struct str norm_then(struct db *db, uint64_t survey, struct str key, struct arena *a);
/* Answers whose review is due within so long. */
uint64_t norm_due(struct db *db, int64_t until);

/* ---- changes ---- */

extern const struct change_row norm_changes[];
extern const unsigned norm_change_count;
