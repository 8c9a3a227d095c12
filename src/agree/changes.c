/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/change_in.h"
#include "agree/delegation.h"
#include "agree/preview.h"
#include "agree/repeat.h"
#include "agree/summary.h"

const struct change_row agree_changes[] = {
        {"agree-text", "keeps a text of an instrument for its next round; instrument, lang, authentic, text",
                change_agree_text, RIGHT_CONSULT, 0, .file = true},
        {"agree-drop-text", "a text is not part of the next round; instrument, lang", change_agree_drop_text,
                RIGHT_CONSULT, 0},
        {"agree-summary",
                "keeps what the next round says in plain words, which is not the text; instrument, lang, "
                "text: empty drops it",
                change_agree_summary, RIGHT_CONSULT, 0},
        {"agree-summary-file", "the same by a file; instrument, lang", change_agree_summary, RIGHT_CONSULT, 0,
                .file = true},
        {"agree-propose",
                "writes the manifest of the next round; instrument, title, members, observers, deputy, "
                "secretariat, opens, closes, "
                "zone, off, rule and the lines of that rule, label",
                change_agree_propose, RIGHT_BIND, 0, .lent = true},
        {"agree-sign", "a second person has read it and signs; id", change_agree_sign, RIGHT_BIND, 0, true,
                .lent = true},
        {"agree-drop", "what waits for a second person is not said; id", change_agree_drop, RIGHT_BIND, 0,
                .lent = true},
        {"agree-delegate", "lets an account bind the party as well; id: the account, instruments, until, why",
                change_agree_delegate, RIGHT_BIND, 0, true},
        {"agree-delegate-end", "ends a delegation before its date; id", change_agree_delegate_end, RIGHT_BIND,
                0},
        {"agree-ack", "a person has the text before him: service at level human; round", change_agree_ack,
                RIGHT_CONSULT, 0},
        {"agree-comment",
                "comments on a text; round, text, lang, clauses, mail (of an observer without a node)",
                change_agree_comment, RIGHT_CONSULT, 0},
        {"agree-amend",
                "proposes other words for a clause; round, op, clause, after, words, lang, kind, reason, "
                "in-place-of, supported-by",
                change_agree_amend, RIGHT_BIND, 0, .lent = true},
        {"agree-rewrite",
                "proposes other words: the file is the whole text as it should be; round, lang, kind, "
                "reason, in-place-of, supported-by",
                change_agree_amend, RIGHT_BIND, 0, .file = true, .lent = true},
        {"agree-position",
                "says where we stand; round, position, text, lang, clauses, cure; refused with mail",
                change_agree_position, RIGHT_BIND, 0, .lent = true},
        {"agree-retract", "takes back what we said, or the round that we opened; round, id, reason",
                change_agree_retract, RIGHT_BIND, 0, .lent = true},
        {"agree-repeat",
                "says a comment or an amendment of ours again that was carried in the round before; round, "
                "id",
                change_agree_repeat, RIGHT_BIND, 0, .lent = true},
        {"agree-repeat-comment", "the same for a comment alone; round, id", change_agree_repeat_comment,
                RIGHT_CONSULT, 0},
        {"agree-answer",
                "what became of a comment or an amendment; round, of, word, clauses, with, text, lang",
                change_agree_answer, RIGHT_CONSULT, 0},
        {"agree-extend", "gives a round more time; round, closes, reason", change_agree_extend, RIGHT_BIND, 0,
                .lent = true},
        {"agree-served", "how a member was served by another channel; round, party, level, at",
                change_agree_served, RIGHT_BIND, 0, .lent = true},
        {"agree-talk", "notes a talk about a position or an amendment, here alone; round, id, text, at",
                change_agree_talk, RIGHT_CONSULT, 0},
        {"agree-talk-drop", "erases such a note; id", change_agree_talk_drop, RIGHT_CONSULT, 0},
        {"agree-voice", "a position that was read to us on the telephone; round, party, code",
                change_agree_voice, RIGHT_BIND, 0, .lent = true},
        {"agree-minutes",
                "minutes of a round, or the record of an act: the file; round, present, number, date",
                change_agree_minutes, RIGHT_BIND, 0, .file = true, .lent = true},
        {"agree-minutes-sign",
                "signs minutes that another member has sent; round, minutes: their SHA-256, present",
                change_agree_minutes, RIGHT_BIND, 0, .lent = true},
        {"agree-statement", "words on what was adopted; round, text, lang", change_agree_statement,
                RIGHT_BIND, 0, .lent = true},
        {"agree-accede", "joins what was adopted; round", change_agree_accede, RIGHT_BIND, 0, true,
                .lent = true},
        {"agree-leave", "leaves what was adopted; round, reason", change_agree_leave, RIGHT_BIND, 0, true,
                .lent = true},
        {"agree-commit", "what we will do; round, what, due, clause, owner, indicator", change_agree_commit,
                RIGHT_BIND, 0, .lent = true},
        {"agree-apply",
                "requests between its parties are acknowledged as a clause of what was adopted says; round, "
                "clause, severity, ack, or off",
                change_agree_apply, RIGHT_BIND, 0, true, .lent = true},
        {"agree-progress", "how far that is; round, id, status, text, evidence-link, evidence-figure",
                change_agree_progress, RIGHT_CONSULT, 0},
        {"agree-progress-file",
                "the same with a file that shows it; round, id, status, text, evidence-link, "
                "evidence-figure, evidence-file: its name",
                change_agree_progress, RIGHT_CONSULT, 0, .file = true},
        {"agree-review", "what came of a review; round, word: confirm, revise or end, text",
                change_agree_review, RIGHT_BIND, 0, true, .lent = true},
};
int agree_preview(struct change *c, const char *name, struct buf *ret_members, struct err *e)
{
	auto_buf struct buf said = {0};
	const struct change_row *row = agree_changes;

	while (!str_eq(str_from(row->name), str_from(name)))
		row++;
	c->said = &said;
	c->back = ret_members;
	return row->run(c, e);
}

const unsigned agree_change_count = sizeof(agree_changes) / sizeof(agree_changes[0]);
