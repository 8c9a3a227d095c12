/* SPDX-License-Identifier: Apache-2.0 */
#include "learn/learn_in.h"

const char *const learn_kinds[LEARN_KINDS] = {
        [LEARN_NEED] = "need", [LEARN_OFFER] = "offer", [LEARN_PRACTICE] = "practice"};

enum learn_kind learn_kind_find(struct str name)
{
	unsigned i = 0;

	while (i < LEARN_KINDS && !str_eq(name, str_from(learn_kinds[i])))
		i++;
	return (enum learn_kind)i;
}

const char *const learn_areas[] = {"team", "training", "tools", "detection", "incidents", "vulnerabilities",
        "situation", "outreach", "infrastructure", "policy", "other", NULL};

bool learn_area_ok(struct str word)
{
	unsigned i = 0;

	while (learn_areas[i] != NULL && !str_eq(word, str_from(learn_areas[i])))
		i++;
	return learn_areas[i] != NULL;
}

/* Anybody who works here drafts; what speaks for the team, and how good the team says it is, is the coordinator's. */
#define FACTS "title, area, contact, learnt-from, sim3, until, group, to, label, lang, text"
const struct change_row learn_changes[] = {
        {"learn-new",
                "drafts a need, an offer or a practice; kind, reply: a need that an offer answers, " FACTS,
                change_learn_new, RIGHT_WORK, 0},
        {"learn-set", "changes a draft; id, " FACTS, change_learn_set, RIGHT_WORK, 0},
        {"learn-attach", "a file goes with a draft; id, name, media", change_learn_attach, RIGHT_WORK, 0,
                .file = true},
        {"learn-detach", "a file does not go with a draft; id, file", change_learn_detach, RIGHT_WORK, 0},
        {"learn-drop", "drops a draft; id", change_learn_drop, RIGHT_WORK, 0},
        {"learn-send", "a draft goes to its group or parties; id", change_learn_send, RIGHT_RELEASE, 0},
        {"learn-withdraw",
                "takes a need, an offer or a practice of ours back; id, reason: met, or other words",
                change_learn_withdraw, RIGHT_RELEASE, 0},
        {"learn-ack", "takes an offer of another party on; id, text", change_learn_ack, RIGHT_RELEASE, 0},
        {"sim3-set", "assesses this team; id: T-4, level: 0 to 4, target, note, evidence", change_sim3_set,
                RIGHT_RELEASE, 0},
        {"sim3-need", "drafts a need from a gap of the assessment; id: T-4", change_sim3_need, RIGHT_WORK, 0},
};
const unsigned learn_change_count = sizeof(learn_changes) / sizeof(learn_changes[0]);
