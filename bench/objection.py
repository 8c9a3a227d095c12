#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Four linked nodes on loopback, the chair's stopped: how long an objection takes from the command of a person to the row that says
broken, on each of the three that are left.

  bench/objection.py WEIR [COUNT]

The round is under silence and has days left; each objection is taken back before the next."""
import os
import sqlite3
import sys
import time

COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 100
sys.argv = [sys.argv[0], sys.argv[1]]
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "system"))
from certs import linked, said  # noqa: E402
from program import failed, path, until, write  # noqa: E402

TEXT = b"# Hours {#6y5a}\n\nA person answers within four hours. {#k7qm}\n"
PARTIES = ("kh", "la", "mm", "vn")


class Row:
    """The state of a node's round, looked at without asking the node."""

    def __init__(self, cert):
        self.db = sqlite3.connect(f"file:{cert.state}/state.db?mode=ro", uri=True, timeout=10)

    def state(self):
        row = self.db.execute("select state from agree_round where instrument = 'hours'").fetchone()
        return row[0] if row else ""


def seen(rows, good, began):
    """Seconds until it is so, of each."""
    took = {}
    while len(took) < len(rows):
        for party, row in rows.items():
            if party not in took and good(row.state()):
                took[party] = time.monotonic() - began
        if time.monotonic() - began > 60:
            sys.exit(f"not within a minute: {took}")
        time.sleep(0.002)
    return took


def figure(name, values):
    values = sorted(values)
    at = lambda share: values[min(len(values) - 1, int(share * len(values)))] * 1000
    print(f"{name}: p50 {at(0.5):.0f} ms, p99 {at(0.99):.0f} ms, most {values[-1] * 1000:.0f} ms of {len(values)}")


certs = linked(PARTIES)
for c in certs.values():
    c.start()
la, mm = certs["la"], certs["mm"]
write("hours.md", TEXT)
said("text", la.run("agree", "text", "hours", path("hours.md"), "--lang", "en", "--authentic"), 0)
said("round", la.run("agree", "propose", "hours", "--title", "Hours", "--members", ",".join(PARTIES), "--rule", "silence", "--level", "node",
                     "--min-notice", "24h", "--working-days", "0", "--closes", "72h"), 0)
said("signed", la.second("agree", "sign", la.ask("agree", "waiting")[-1]["id"]), 0)
for c in certs.values():
    until(lambda c=c: sum(m["service"] in ("opened", "served") for m in c.ask("agree", "members", "hours")) == len(PARTIES) if c.ask("agree", "list") else False)
la.stop()
rows = {p: Row(c) for p, c in certs.items() if c is not la}
own, others = [], []
for i in range(COUNT):
    began = time.monotonic()
    said("objection", mm.run("agree", "position", "hours", "--position", "objection", "--text", "no", "--cure", "x"), 0)
    took = seen(rows, lambda s: s == "broken", began)
    own.append(took["mm"])
    others += [t for p, t in took.items() if p != "mm"]
    position = [s for s in mm.ask("agree", "said", "hours") if s["kind"] == "position"][-1]["id"]
    said("taken back", mm.run("agree", "retract", "hours", position, "--reason", "again"), 0)
    seen(rows, lambda s: s != "broken", time.monotonic())
for c in certs.values():
    if c is not la:
        c.stop()
if failed:
    sys.exit(f"not counted: {failed[:3]}")
figure("an objection breaks the round at its author", own)
figure("and at the two others, the chair's node stopped", others)
print(f"figure agree.objection_ms {sorted(others)[min(len(others) - 1, int(0.99 * len(others)))] * 1000:.0f}")
