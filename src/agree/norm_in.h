/* SPDX-License-Identifier: Apache-2.0
 *
 * The changes of norms, by file. Inside agree/.
 */
#pragma once

#include "trust/change.h"

/* The norm that the parameter id names; ERR_MISSING. */
int norm_change_about(struct change *c, struct str *ret_key, struct err *e);

#define NORM_NOTE 1500 /* bytes: 500 letters of a form, three bytes each in most scripts here */
/* The parameter note has room. ERR_LIMIT. */
int norm_change_note(const struct change *c, struct err *e);

/* The answer, which is there from then on. */
void norm_change_row(const struct change *c, struct str key);

int norm_change_set(struct change *c, struct err *e);
int norm_change_confirm(struct change *c, struct err *e);
int norm_change_withdraw(struct change *c, struct err *e);
int norm_change_done(struct change *c, struct err *e);
int norm_change_import(struct change *c, struct err *e);
int norm_change_drop(struct change *c, struct err *e);
int norm_change_act(struct change *c, struct err *e);
