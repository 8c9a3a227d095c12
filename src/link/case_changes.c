/* SPDX-License-Identifier: Apache-2.0 */
#include "link/case_in.h"

#define WHAT                                                                                                 \
	"title, text, severity, label, pap, rsit, ask, peer, theirs, their-ref, owner, for, reply-by, "      \
	"stages, exercise"

const struct change_row case_changes[] = {
        {"case-open", "opens a case for findings; id, " WHAT, change_case_new, RIGHT_WORK, 'F'},
        {"case-new", "opens a case; findings, " WHAT, change_case_new, RIGHT_WORK, 0},
        {"case-set", "says what a case is; id, title, severity, label, pap, rsit, owner, their-ref",
                change_case_set, RIGHT_WORK, 'K'},
        {"case-note",
                "notes what was said; id, text, channel, direction, party, at, mail: that it is about, tell: "
                "to the other CERT too, lang",
                change_case_note, RIGHT_WORK, 'K'},
        {"case-read", "a person has opened it, which its sender is told once; id", change_case_read,
                RIGHT_READ, 'K'},
        {"case-task", "something is to be done; id, what, who, due", change_case_task, RIGHT_WORK, 'K'},
        {"case-task-done", "a task is done; id, task", change_case_task_done, RIGHT_WORK, 'K'},
        {"case-assign", "says who works on a case; id, to: a person, me or nobody", change_case_assign,
                RIGHT_WORK, 'K'},
        {"case-hand-over", "gives a case to another person with what is to be known; id, to, text",
                change_case_hand_over, RIGHT_WORK, 'K'},
        {"case-hold", "a case waits until a date; id, until, why, or off", change_case_hold, RIGHT_WORK, 'K'},
        {"case-state", "how a case stands, in our word; id, state, reason, redirect-to, eta, text",
                change_case_state, RIGHT_WORK, 'K'},
        {"case-merge", "a case goes on as another; id, into", change_case_merge, RIGHT_WORK, 'K'},
        {"case-link", "what a case is about; id, to: F12, N3, M5, R1 or K9", change_case_link, RIGHT_WORK,
                'K'},
        {"case-unlink", "a finding is not of a case; id, from: F12", change_case_unlink, RIGHT_WORK, 'K'},
        {"case-touch", "a state that a case touches; id, cc, off", change_case_touch, RIGHT_WORK, 'K'},
        {"case-person", "who sees a case that is TLP:RED; id, for", change_case_person, RIGHT_WORK, 'K'},
        {"case-send",
                "a drafted request goes to its peer; id, attach, basis, group: that GREEN is for, for: "
                "persons of theirs that RED "
                "names, lang and words: the words in another language",
                change_case_send, RIGHT_RELEASE, 'K'},
        {"outage-new",
                "tells neighbours that a service is hit; service, stands, start, expected-end, exits-left, "
                "text, group or to",
                change_outage_new, RIGHT_RELEASE, 0},
        {"outage-set", "how an outage of ours stands now; id, stands, expected-end, exits-left, text",
                change_outage_set, RIGHT_RELEASE, 0},
        {"case-tell-touched", "drafts a notification to each other state that a case touches; id",
                change_case_tell_touched, RIGHT_WORK, 'K'},
        {"case-payment",
                "the payment of a drafted payment-recall-alert; id, uetr, ref, amount, currency, value-date, "
                "ordering-bic, "
                "beneficiary-bic, account, whole",
                change_case_payment, RIGHT_WORK, 'K'},
        {"case-answer", "writes a mail from a case; id, to, subject, text", change_case_answer, RIGHT_LETTERS,
                'K'},
        {"case-reply", "answers a mail; one that is of no case becomes one; id, text, subject, label",
                change_case_reply, RIGHT_LETTERS, 'M'},
        {"case-mail-release",
                "a mail of a case that is held goes, or one that was refused is tried again; id, entry",
                change_case_mail_release, RIGHT_RELEASE, 'K'},
        {"case-mail-drop", "takes a mail of a case back that waits; id, entry", change_case_mail_drop,
                RIGHT_LETTERS, 'K'},
        {"case-take", "a mail becomes a case; id, label", change_case_take, RIGHT_WORK, 'M'},
        {"case-attach", "keeps a file with a case; id, name, media, harmless", change_case_attach, RIGHT_WORK,
                'K', .file = true},
        {"case-told", "a stage of an owner's report is here; id, stage: first, second or final; text",
                change_case_told, RIGHT_WORK, 'K'},
        {"case-label",
                "the label of a mail that came into a case and says none itself; id, entry, label, why: "
                "where it "
                "is lowered",
                change_case_label, RIGHT_RELEASE, 'K'},
        {"case-record", "a case is printed as a record that is signed for the team; id", change_case_record,
                RIGHT_RELEASE, 'K'},
        {"case-import", "old tickets of another system, to be found and read; from, map, prefix",
                change_case_import, RIGHT_REGISTER, 0, .file = true},
        {"abroad-import", "whom to write to abroad, a whole file; source", change_abroad_import,
                RIGHT_REGISTER, 0, .file = true},
};
const unsigned case_change_count = sizeof(case_changes) / sizeof(case_changes[0]);
