/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/meeting_change.h"

/* All by who may consult: a coordinator, or who may bind the party. Whoever reads sees all of it but what is RED for others. */
const struct change_row meeting_changes[] = {
        {"meeting-plan",
                "calls a meeting; title, start, end, zone, place, link, chairs, facilitator, participants, "
                "observers, group, label, agenda, text, lang, like",
                change_meeting_plan, RIGHT_CONSULT, 0},
        {"meeting-change",
                "changes a meeting that we have called; id, title, start, end, zone, place, link, chairs, "
                "facilitator, participants, observers, agenda, text, lang, serial: of the card that was seen",
                change_meeting_change, RIGHT_CONSULT, 0},
        {"meeting-open", "a meeting begins; id, text, lang", change_meeting_open, RIGHT_CONSULT, 0},
        {"meeting-close", "a meeting has ended; id, text, lang", change_meeting_close, RIGHT_CONSULT, 0},
        {"meeting-cancel", "a meeting is cancelled; id, text, lang", change_meeting_cancel, RIGHT_CONSULT, 0},
        {"meeting-paper", "a working paper by its digest; id, sha256, name, item, outcome",
                change_meeting_paper, RIGHT_CONSULT, 0},
        {"meeting-paper-file", "the same with its bytes; id, name, item, outcome", change_meeting_paper_file,
                RIGHT_CONSULT, .file = true},
        {"meeting-paper-drop", "a paper is none of the meeting's any more; id, paper: its number",
                change_meeting_paper_drop, RIGHT_CONSULT, 0},
        {"meeting-outcome", "a round that came out of the meeting; id, round", change_meeting_outcome,
                RIGHT_CONSULT, 0},
        {"meeting-come", "answers that we come, or with no that we do not; id, no, text, lang",
                change_meeting_come, RIGHT_CONSULT, 0},
        {"meeting-note", "words to all of a meeting; id, text, lang", change_meeting_note, RIGHT_CONSULT, 0},
        {"meeting-assent",
                "we agree with the minutes; id, text, lang, minutes: the beginning of their digest, as it "
                "was "
                "shown",
                change_meeting_assent, RIGHT_CONSULT, 0},
        {"meeting-minutes", "sends minutes of these words; id, text", change_meeting_minutes, RIGHT_CONSULT,
                0},
        {"meeting-minutes-file", "sends a file as minutes; id, name", change_meeting_minutes_file,
                RIGHT_CONSULT, .file = true},
        {"meeting-attend", "who is in the room, or with off is not; id, party, office, off",
                change_meeting_attend, RIGHT_CONSULT, 0},
        {"meeting-followup", "what is to be done, for the minutes; id, what, owner, due, off",
                change_meeting_followup, RIGHT_CONSULT, 0},
        {"meeting-delegate", "who goes for us, or for another party; id, party, person, role, note",
                change_meeting_delegate, RIGHT_CONSULT, 0},
        {"meeting-delegate-drop", "who does not go; id, delegate: its number", change_meeting_delegate_drop,
                RIGHT_CONSULT, 0},
        {"meeting-credential", "the paper that says so, which stays here; id, delegate, name",
                change_meeting_credential, RIGHT_CONSULT, .file = true},
        {"meeting-done", "what was agreed is done, or with off is not; id, note, off", change_meeting_done,
                RIGHT_CONSULT, 0},
};
const unsigned meeting_change_count = sizeof(meeting_changes) / sizeof(meeting_changes[0]);
