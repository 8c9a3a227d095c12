/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/change_in.h"

const struct change_row agree_changes[] = {
        {"agree-text", "keeps a text of an instrument for its next round; instrument, lang, authentic, text",
                change_agree_text, RIGHT_CONSULT, 0, .file = true},
        {"agree-drop-text", "a text is not part of the next round; instrument, lang", change_agree_drop_text,
                RIGHT_CONSULT, 0},
        {"agree-propose",
                "writes the manifest of the next round; instrument, title, members, observers, deputy, "
                "secretariat, opens, closes, "
                "zone, off, rule and the lines of that rule, label",
                change_agree_propose, RIGHT_BIND, 0},
        {"agree-sign", "a second person has read it and signs; id", change_agree_sign, RIGHT_BIND, 0, true},
        {"agree-drop", "what waits for a second person is not said; id", change_agree_drop, RIGHT_BIND, 0},
        {"agree-ack", "a person has the text before him: service at level human; round", change_agree_ack,
                RIGHT_CONSULT, 0},
        {"agree-comment", "comments on a text; round, text, lang, clauses", change_agree_comment,
                RIGHT_CONSULT, 0},
        {"agree-amend",
                "proposes other words; round, op, clause, after, words, lang, kind, reason, in-place-of, or "
                "a file with the whole "
                "text as it should be",
                change_agree_amend, RIGHT_BIND, 0, .file = true},
        {"agree-position", "says where we stand; round, position, text, lang, clauses, cure",
                change_agree_position, RIGHT_BIND, 0},
        {"agree-retract", "takes back what we said, or the round that we opened; round, id, reason",
                change_agree_retract, RIGHT_BIND, 0},
        {"agree-answer",
                "what became of a comment or an amendment; round, of, word, clauses, with, text, lang",
                change_agree_answer, RIGHT_CONSULT, 0},
        {"agree-extend", "gives a round more time; round, closes, reason", change_agree_extend, RIGHT_BIND,
                0},
        {"agree-served", "how a member was served by another channel; round, party, level, at",
                change_agree_served, RIGHT_BIND, 0},
        {"agree-voice", "a position that was read to us on the telephone; round, party, code",
                change_agree_voice, RIGHT_BIND, 0},
        {"agree-minutes",
                "minutes of a round, or the record of an act; round, present, number, date, and the file",
                change_agree_minutes, RIGHT_BIND, 0, .file = true},
        {"agree-statement", "words on what was adopted; round, text, lang", change_agree_statement,
                RIGHT_BIND, 0},
        {"agree-accede", "joins what was adopted; round", change_agree_accede, RIGHT_BIND, 0, true},
        {"agree-leave", "leaves what was adopted; round, reason", change_agree_leave, RIGHT_BIND, 0, true},
        {"agree-commit", "what we will do; round, what, due, clause, owner, indicator", change_agree_commit,
                RIGHT_BIND, 0},
        {"agree-progress", "how far that is; round, id, status, text", change_agree_progress, RIGHT_CONSULT,
                0},
};
const unsigned agree_change_count = sizeof(agree_changes) / sizeof(agree_changes[0]);
