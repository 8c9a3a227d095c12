/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files of learn/.
 */
#pragma once

#include "learn/learn.h"
#include "trust/say.h"

#define LEARN_LINE 300
#define LEARN_TEXT ((size_t)20000)
#define LEARN_FILES 32

/* A parameter without blanks around it; never NULL. */
struct str learn_param(const struct change *c, const char *name);

/* ---- draft.c ---- */

struct draft {
	uint64_t id;
	enum learn_kind kind;
	struct str title, area, contact, learnt_from, lang, sim3, community, recipients, label;
	struct str reply; /* 32 bytes, or empty */
	int64_t until;    /* seconds; 0: not said */
};
/* The draft that the parameter id names, of the kind that the parameter kind names if it is there. Texts in the arena. */
int draft_find(struct change *c, struct arena *a, struct draft *ret, struct err *e);
/* A row; its id. */
uint64_t draft_put(struct change *c, const struct draft *d);
void draft_drop(struct db *db, uint64_t id);
/* The need, offer or practice that the parameter name names, which the person may see. */
struct learnt {
	uint64_t id;
	struct str kind, party, title, area, label;
	uint8_t said[DIGEST_LEN];
	bool ours, withdrawn;
};
int learnt_find(struct change *c, const char *name, struct arena *a, struct learnt *ret, struct err *e);

int change_learn_new(struct change *c, struct err *e);
int change_learn_set(struct change *c, struct err *e);
int change_learn_attach(struct change *c, struct err *e);
int change_learn_detach(struct change *c, struct err *e);
int change_learn_drop(struct change *c, struct err *e);

/* ---- say.c ---- */

int change_learn_send(struct change *c, struct err *e);
int change_learn_withdraw(struct change *c, struct err *e);
int change_learn_ack(struct change *c, struct err *e);

/* ---- assess.c ---- */

int change_sim3_set(struct change *c, struct err *e);
int change_sim3_need(struct change *c, struct err *e);
