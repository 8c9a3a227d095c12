# SPDX-License-Identifier: Apache-2.0
"""Two meetings as rows: one that this party has called and held, and one that it is asked to. A node alone has nobody to say them to,
and what is looked at here is how they are drawn."""
import calendar
import hashlib
import sqlite3
import time


def at(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%d %H:%M"))


def put(path):
    db = sqlite3.connect(path, timeout=60)
    us, = db.execute("select name from party where own = 1").fetchone()
    db.execute("insert into stream(id, sender, recipients) values (900, 'x', 'x')")
    count = 0

    def said(sender, kind, case=None, reply=None):
        nonlocal count
        count += 1
        n, digest = 9000 + count, hashlib.sha256(b"statement %d" % count).digest()
        db.execute("insert into statement(n, id, stream, seq, prev, sender, kind, case_id, reply, tlp, pap, created, expires, head, verdict, effect, received) "
                   "values (?, ?, 900, ?, x'', ?, ?, ?, ?, 3, 3, 0, 0, x'', 'ok', 1, 0)", (n, digest, count, sender, kind, case, reply))
        return n, digest

    def meeting(which, sender, state, title, label, chairs, parties, observers):
        n, digest = said(sender, "meeting")
        db.execute("insert into meeting(id, case_, sender, ours, card, serial, state, title, start, until, place, link, facilitator, label, said) values "
                   "(?, ?, ?, ?, ?, 3, ?, ?, ?, ?, 'Vientiane', 'https://call.example/1', 'A facilitator', ?, ?)",
                   (which, digest, sender, sender == us, n, state, title, at("2026-01-20 02:00"), at("2026-01-21 05:00"), label, at("2026-01-02 03:00")))
        db.execute("insert into meeting_card values (?, ?, ?, 3, ?, ?)", (n, which, sender, state, at("2026-01-02 03:00")))
        for kind, names in (("chair", chairs), ("participant", parties), ("observer", observers)):
            for place, name in enumerate(names):
                db.execute("insert into meeting_party values (?, ?, ?, ?)", (which, kind, place, name))
        for place, (start, until, what, papers) in enumerate((("2026-01-20 02:00", "2026-01-20 03:30", "Opening <first>", 0),
                                                              ("2026-01-20 04:00", "2026-01-20 05:30", "The draft, clause by clause", 1),
                                                              ("2026-01-20 23:00", "2026-01-21 01:00", "A call at night", 0))):
            db.execute("insert into meeting_item values (?, ?, ?, ?, ?, ?)", (which, place, what, at(start), at(until), papers))
        db.execute("insert into meeting_paper values (?, 0, 'WP.1', 'draft.md', 'text/markdown', 120, ?)", (which, hashlib.sha256(b"draft").digest()))
        db.execute("insert into meeting_text values (?, 'en', 'You are asked to come.'), (?, 'lo', 'ເຊີນມາ.')", (which, which))
        return digest

    case = meeting(1, us, "open", "Workshop on norms", "AMBER", (us, "A foundation of an example"), ("la", "mm", "vn", us), ("org.example",))
    meeting(2, "la", "planned", "Yearly meeting", "GREEN", ("la",), ("la", us), ())
    db.execute("update meeting set community = 'example.group' where id = 2")
    for party, serial in (("la", 3), ("vn", 1)):
        n, _ = said(party, "ack")
        db.execute("insert into meeting_answer values (?, 1, ?, ?, ?, 'a coordinator', '')", (n, party, serial, at("2026-01-03 03:00")))
    minutes, digest = said(us, "meeting.minutes", case)
    sha256 = hashlib.sha256(b"minutes").digest()
    db.execute("insert into meeting_minutes values (?, 1, ?, ?, ?, 1)", (minutes, us, sha256, at("2026-01-21 06:00")))
    db.execute("update meeting set minutes = ?, minutes_sha256 = ? where id = 1", (minutes, sha256))
    db.execute("insert into attachment(statement, sha256, size, name, media, here) values (?, ?, 300, 'minutes.md', 'text/markdown', 1)", (minutes, sha256))
    for party, which in (("la", sha256), ("vn", hashlib.sha256(b"others").digest())):
        n, _ = said(party, "meeting.assent", case, digest)
        db.execute("insert into meeting_assent values (?, 1, ?, ?, ?, ?, 'who may bind', '')", (n, party, which, digest, at("2026-01-22 03:00")))
    n, _ = said("mm", "case.note", case)
    db.execute("insert into meeting_note values (?, 1, 'mm', ?, 'a coordinator', 'we were three')", (n, at("2026-01-22 04:00")))
    for draft in (0, 1):
        for party, office in (("la", "CERT of la"), ("vn", "two persons")):
            db.execute("insert into meeting_present(meeting, draft, party, office) values (1, ?, ?, ?)", (draft, party, office))
    for draft, owner, what in ((0, us, "host the next one"), (0, "la", "publish the sheet"), (1, "vn", "send a list")):
        db.execute("insert into meeting_followup(meeting, draft, what, owner, due) values (1, ?, ?, ?, ?)", (draft, what, owner, at("2026-01-30 00:00")))
    db.execute("insert into meeting_done values (1, 'la', 'publish the sheet', ?, 'dara', 'seen')", (at("2026-01-29 00:00") * 1000000,))
    for party, person, role, name in ((us, "Somebody", "head", "note.pdf"), (us, "Another one", "interpreter", ""), ("la", "", "delegate", "")):
        db.execute("insert into meeting_delegate(meeting, party, person, role, sha256, name, at, by) values (1, ?, ?, ?, ?, ?, 0, 'dara')",
                   (party, person, role, hashlib.sha256(b"note").digest() if name else None, name))
    db.commit()
    db.close()
