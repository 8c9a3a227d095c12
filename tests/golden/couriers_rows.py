# SPDX-License-Identifier: Apache-2.0
"""Couriers as rows: one that was packed, one that was brought and one that could not be opened. They need a second node,
and what is looked at here is how they are drawn."""
import calendar
import sqlite3

AT = calendar.timegm((2026, 1, 5, 8, 0, 0)) * 1000000
ROWS = (
    (1, "out", "kh", "ready", "", "", 3, 1, 0, 0, 0, 0, "", 0, None),
    (2, "in", "kh", "ready", "", "xa-20260105-01.weir.age", 9, 2, 4, 2, 3, 1, "the file ends within a chunk", 70000, bytes(range(32))),
    (3, "in", "", "failed", "not sealed for a key that is here", "<other>.age", 0, 0, 0, 0, 0, 0, "", 10, bytes(32)),
)


def put(path):
    db = sqlite3.connect(path, timeout=60)
    for number, direction, party, state, why, name, *rest in ROWS:
        db.execute("insert into courier(id, direction, party, state, why, name, statements, parts, new, had, refused, unknown, cut, size, sha256, person, at) "
                   "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'dara', ?)", (number, direction, party, state, why, name, *rest, AT))
    db.execute("insert into courier_file(courier, name, size, sha256, at) values (1, 'kh-20260105-01.weir.age', 3700000, ?, ?)", (bytes(range(32, 64)), AT))
    db.executemany("insert into courier_verdict(courier, verdict, n) values (2, ?, ?)", (("bad-key", 3), ("expired", 1)))
    db.commit()
    db.close()
