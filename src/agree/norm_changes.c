/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/norm.h"
#include "agree/norm_in.h"

const struct change_row norm_changes[] = {
        {"norm-set",
                "says where we stand with a norm; id, status, measures, challenges, needs, lead, partners, "
                "frame, links, "
                "plan, activities, initiatives, country, review, label, group, readers",
                norm_change_set, RIGHT_CONSULT, 0},
        {"norm-confirm", "a person confirms what the records show; id, figure, seen: its value, note",
                norm_change_confirm, RIGHT_CONSULT, 0},
        {"norm-withdraw", "what was confirmed is evidence no more; id, figure", norm_change_withdraw,
                RIGHT_CONSULT, 0},
        {"norm-act", "how a further action stands; id, action: its number, status, note", norm_change_act,
                RIGHT_CONSULT, 0},
        {"norm-import", "further actions of a list; list, rows: a norm and a text each, name, lines",
                norm_change_import, RIGHT_CONSULT, 0},
        {"norm-drop", "a list of further actions goes; list", norm_change_drop, RIGHT_CONSULT, 0},
        {"norm-done", "the survey is finished; months: until the next one, 12 to 24, note", norm_change_done,
                RIGHT_CONSULT, 0},
};
const unsigned norm_change_count = sizeof(norm_changes) / sizeof(norm_changes[0]);
