/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files of cases. Inside link/.
 */
#pragma once

#include "link/case_change.h"

/* The case that the parameter id names, which must be there. */
int case_of(struct change *c, uint64_t *ret, struct err *e);
/* A parameter without blanks around it; never NULL. */
struct str case_param(const struct change *c, const char *name);
/* A flag is there, whatever its value. */
bool case_has(const struct change *c, const char *name);
/* How long a text may be. */
#define CASE_TEXT 20000
#define CASE_LINE 300

/* What the audit and the person are told of: the case with its number. */
void case_about(struct change *c, uint64_t id, struct str detail);
struct str case_number_of(struct db *db, uint64_t id, char ret[48]);

/* ---- case_put.c: rows of a case ---- */

/* A country that it touches. */
void case_touch(struct db *db, uint64_t id, const char *cc, const char *how);
/* The label rises to that one, never falls; at RED that person is among the named ones. */
void case_label_raise(struct db *db, uint64_t id, enum tlp label, struct str person);
void case_person_add(struct db *db, uint64_t id, struct str person);
/* The finding is about it. False: there is no such finding, or it was there already. */
bool case_finding_add(
        struct db *db, const struct change_here *here, uint64_t id, uint64_t finding, struct str person);
void case_target_add(
        struct db *db, const struct change_here *here, uint64_t id, struct str value, struct str event);

/* The mail is about the case; nothing if it was already. person empty: the core found it by its subject or references. */
void case_mail_join(struct db *db, uint64_t id, uint64_t mail, struct str person);
/* The label that a mail of the case has now; TLP_NONE: it is no mail of it. */
enum tlp case_mail_label(struct db *db, uint64_t id, uint64_t mail);
/* " <ident>" for a References field, unless it is none that may stand in a header, or stands there already. */
void case_ident_add(struct buf *out, struct str ident);
/* The stages of an owner's report begin now. */
void case_stages_begin(struct db *db, uint64_t id);

/* A note of ours goes to the other members of the case. 0, or why it cannot. */
int case_say_note(struct change *c, uint64_t id, struct str text, struct err *e);
/* A note of ours about a mail of the case: by what channel, from whom, its digest and what was proven of it stand in a statement to the
 * members that have a node, or to ourselves. 0, or why it cannot. */
int case_say_mail(struct change *c, uint64_t id, struct str mail, struct str text, struct err *e);

/* ---- the rows of the table, by file ---- */

int change_case_new(struct change *c, struct err *e);
int change_case_set(struct change *c, struct err *e);
int change_case_read(struct change *c, struct err *e);
int change_case_note(struct change *c, struct err *e);
int change_case_task(struct change *c, struct err *e);
int change_case_task_done(struct change *c, struct err *e);
int change_case_assign(struct change *c, struct err *e);
int change_case_hand_over(struct change *c, struct err *e);
int change_case_hold(struct change *c, struct err *e);
int change_case_state(struct change *c, struct err *e);
int change_case_merge(struct change *c, struct err *e);
int change_case_link(struct change *c, struct err *e);
int change_case_unlink(struct change *c, struct err *e);
int change_case_touch(struct change *c, struct err *e);
int change_case_person(struct change *c, struct err *e);
int change_case_send(struct change *c, struct err *e);
int change_outage_new(struct change *c, struct err *e);
int change_outage_set(struct change *c, struct err *e);
int change_case_tell_touched(struct change *c, struct err *e);
int change_case_payment(struct change *c, struct err *e);
int change_case_answer(struct change *c, struct err *e);
int change_case_reply(struct change *c, struct err *e);
int change_case_mail_release(struct change *c, struct err *e);
int change_case_mail_drop(struct change *c, struct err *e);
int change_case_take(struct change *c, struct err *e);
int change_case_attach(struct change *c, struct err *e);
int change_case_told(struct change *c, struct err *e);
int change_case_label(struct change *c, struct err *e);
int change_case_record(struct change *c, struct err *e);
int change_case_import(struct change *c, struct err *e);
int change_abroad_import(struct change *c, struct err *e);
