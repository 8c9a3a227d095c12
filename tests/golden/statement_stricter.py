# SPDX-License-Identifier: Apache-2.0
"""Where the program may differ from the judge of the protocol's own text, and why: for statement_random.py."""
import collections
import re

LINE = re.compile(r"^(?:ok   |WRONG) (.*?): (?:wanted (\S+), got )?(\S+?)(?: \((.*)\))?(; the head.*)?$")

# What the text demands and its judge does not look at: verdict, what the program says of it, the clause. None of these may
# make a statement better than the judge finds it.
STRICTER = [
    ("bad-fields", r"attachments must be at most 32 of sha256", "3: attachments [{sha256, size, name, media}, at most 32]"),
    ("bad-fields", r"for must be a list of party and person", "3: for [{party, person}]"),
    ("bad-fields", r"see must be a list of ids", "3: see [ids], ids are 64 hex digits"),
    ("bad-fields", r"expires must be at most 15 minutes", "7: block.order, expires set, <= 15 min ahead"),
    ("bad-fields", r"stop must be at most 30 days", "7: block.order, stop <= 30 days ahead"),
    ("bad-fields", r"openc2 must have one target", "7: block.order, one target"),
    ("not-allowed", r"does not command this gate", "7: block.order goes from cert to gate, sender commands this gate"),
    ("bad-fields", r"reply must be an order or a lift", "7: block.report, reply is my order or lift"),
    ("bad-fields", r"a and b must be", "7: fork, a and b are statements of one stream with good signatures"),
    ("bad-fields", r"a and b must have one number", "7: fork, same seq, or b's prev is not a"),
    ("not-allowed", r"a fork is ended by whose stream it is", "7: rejoin, sender's own stream"),
    ("not-allowed", r"reply is nothing that we said", "7: read, reply is mine"),
    ("not-allowed", r"reply is nothing that the sender said", "7: withdraw, agree.retract, agree.progress, the sender's own"),
    ("bad-fields", r"reply is of a kind with its own way", "7: withdraw, not a receipt, position, round or order"),
    ("bad-fields", r"reply must be a commitment", "7: agree.progress, reply is a commitment"),
    ("not-allowed", r"only who opened the case|who opened the case does not", "7, 8: case.status, the sender may write this state"),
    ("bad-fields", r"round_sha256 is that of another round", "7: agree.position, round_sha256 is the case's"),
    ("bad-fields", r"party is no member of the round", "7: agree.service, agree.voice, party is a member"),
    ("not-allowed", r"a round is extended by its chair", "7: agree.extend from the chair, who sends agree.open"),
    ("not-allowed", r"a drill is run by the party", "7: exercise id begins with sender's party"),
    ("bad-fields", r"created must lie between start and end of the drill", "7: exercise.inject, between start and end"),
    ("bad-fields", r"sim3 must be ids such as T-4", "7: [OHTP]-[1-9][0-9]? and no newline behind it"),
]

# Where the judge is wrong by its own text: name of the case, what is wrong.
JUDGE = [
    (r" outage \w+ .*start = 34", "an outage without expected_end is compared with the text \"9\", which the year 9999 is not below"),
]


def compare(out, wanted, order):
    """Lines that differ, by the line of STRICTER that covers them."""
    covered, wrong, seen = collections.Counter(), [], 0
    for line in out.splitlines():
        found = LINE.match(line)
        if not found or found[1] not in wanted:
            continue
        seen += 1
        name, want, got, why, head = found.groups()
        if want is None and not head:
            continue
        stricter = [i for i, (verdict, says, _) in enumerate(STRICTER) if verdict == got and re.search(says, why or "")]
        if any(re.search(case, name) for case, _ in JUDGE):
            continue
        if head or not stricter or order.index(got) >= order.index(want):
            wrong.append(line)
        else:
            covered[stricter[0]] += 1
    return covered, wrong, seen
