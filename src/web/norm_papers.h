/* SPDX-License-Identifier: Apache-2.0
 *
 * What the routes and the pages of the papers share.
 */
#pragma once

#include "agree/norm.h"
#include "web/route.h"

/* The paper that the parameters label, group and language ask for. lang: where language says nothing. */
int norm_print_of(const struct ask *a, struct str lang, struct norm_print *ret, struct err *e);
/* Lines "requests-answered: 14 of 15 (2026-03-01)"; nobody's name. */
void norm_print_evidence(const struct norm_print *p, const struct norm *n, struct buf *ret);
#define NORM_PLAN_FIELDS 8
/* The columns of an action plan behind the norm. */
extern const enum norm_field norm_plan_fields[NORM_PLAN_FIELDS];
/* True if it is a row of an action plan. */
bool norm_in_plan(const struct norm *n);
