# SPDX-License-Identifier: Apache-2.0
"""What bench/link.py, link_bulk.py and peers.py share: nodes on loopback that are linked, and words that go from one to the other.
Read it with sys.argv of WEIR alone."""
import os
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "system"))
from certs import Cert, linked, said  # noqa: E402,F401
from program import failed, path, until, write  # noqa: E402,F401


def counted():
    """No figure of a run in which something was not as it should be."""
    if failed:
        sys.exit(f"not counted: {failed[:3]}")


def request(a, b):
    """A case that a asks of b, in which b has said its first word."""
    said("a request", a.run("case", "new", "a host", "--peer", b.party, "--ask", "takedown-request", "--severity", "c3", "--rsit",
                            "phishing", "--text", "please look"), 0)
    said("is sent", a.run("case", "send", "K1"), 0)
    until(lambda: b.db("select 1 from case_"))
    word(b, 1)


def word(cert, number):
    """Seconds from the command's end, when the word is committed here, until its receipt is (the row says it), and from its start."""
    began = time.monotonic()
    said("a word", cert.run("case", "state", "K1", "accepted" if number % 2 else "in-progress"), 0)
    done = time.monotonic()
    db = sqlite3.connect(f"file:{cert.state}/state.db?mode=ro", uri=True, timeout=10)
    (last,), = db.execute("select max(n) from statement where sender = ? and kind = 'case.status'", (cert.party,))
    while not db.execute("select 1 from delivery where statement = ? and receipt is not null", (last,)).fetchone():
        if time.monotonic() - done > 60:
            sys.exit(f"no receipt for statement {last} within a minute")
        time.sleep(0.001)
    db.close()
    return time.monotonic() - done, time.monotonic() - began


def share(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * q))]


def pss(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("Pss:")) / 1024


def cpu(cert):
    """Seconds of all processes of the node."""
    total = 0
    for pid, _ in cert.processes():
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
            total += sum(map(int, f.read().rpartition(")")[2].split()[11:15]))
    return total / os.sysconf("SC_CLK_TCK")
