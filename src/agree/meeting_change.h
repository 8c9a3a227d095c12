/* SPDX-License-Identifier: Apache-2.0
 *
 * The changes of meeting_changes.c, by file. Inside agree/.
 */
#pragma once

#include "agree/meeting_in.h"

/* ---- meeting_change.c ---- */

int change_meeting_plan(struct change *c, struct err *e);
int change_meeting_change(struct change *c, struct err *e);
int change_meeting_open(struct change *c, struct err *e);
int change_meeting_close(struct change *c, struct err *e);
int change_meeting_cancel(struct change *c, struct err *e);
int change_meeting_paper(struct change *c, struct err *e);
int change_meeting_paper_file(struct change *c, struct err *e);
int change_meeting_paper_drop(struct change *c, struct err *e);
int change_meeting_outcome(struct change *c, struct err *e);
/* The file that came with the change, under its name without folders. False: none did. */
bool meeting_file_of(struct change *c, struct arena *a, struct meeting_file *ret);
/* It stays, as an attachment may. */
int meeting_keep(struct change *c, const struct meeting_file *f, struct err *e);

/* ---- meeting_answer.c ---- */

int change_meeting_come(struct change *c, struct err *e);
int change_meeting_note(struct change *c, struct err *e);
int change_meeting_assent(struct change *c, struct err *e);

/* ---- meeting_minutes.c ---- */

int change_meeting_minutes(struct change *c, struct err *e);
int change_meeting_minutes_file(struct change *c, struct err *e);

/* ---- meeting_local.c ---- */

int change_meeting_delegate(struct change *c, struct err *e);
int change_meeting_delegate_drop(struct change *c, struct err *e);
int change_meeting_credential(struct change *c, struct err *e);
int change_meeting_attend(struct change *c, struct err *e);
int change_meeting_followup(struct change *c, struct err *e);
int change_meeting_done(struct change *c, struct err *e);
