# SPDX-License-Identifier: Apache-2.0
"""Pages that stay open: what was committed before a stream began and while it was away comes all the same, many rows at once are
one event, two hundred of them cost little, and none outlives its session."""
import http.client
import json
import sys
import time

from browsing import let_in
from node import Node
from program import PATIENCE, check, end, free_port
from programming import Program, report

STREAMS = 200
node = Node("n", "--pages", str(free_port()), "--dry-run").start()
one = Program(node)


class Stream:
    """An open page."""

    def __init__(self, query="list=findings", cookie=None, last=None):
        self.connection = http.client.HTTPConnection(one.host, timeout=PATIENCE)
        headers = {"Cookie": cookie or one.cookie, **({"Last-Event-ID": last} if last else {})}
        self.connection.request("GET", "/events?" + query, None, headers)
        self.answer = self.connection.getresponse()
        self.status, self.id, self.comments = self.answer.status, None, 0

    def next(self):
        """Name and data of the next event; None at the end."""
        name, data = None, []
        while True:
            line = self.answer.readline().decode()
            if line == "":
                return None
            line = line.rstrip("\n")
            if line == "" and name:
                return name, json.loads("\n".join(data))
            if line.startswith(":"):
                self.comments += 1
            key, _, value = line.partition(": ")
            if key == "id":
                self.id = value
            elif key == "event":
                name = value
            elif key == "data":
                data.append(value)

    def until(self, good):
        """Events until one is as it should be."""
        seen = []
        while True:
            event = self.next()
            if event is None:
                return seen, None
            seen.append(event)
            if good(*event):
                return seen, event

    def close(self):
        self.answer.close()
        self.connection.close()


def cursor():
    return one.get("/findings", limit=1)[1]["cursor"]


def wait_done(receipt):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and one.get("/receipts/" + receipt)[1]["receipts"][0]["state"] != "done":
        time.sleep(0.05)


def take(first, n):
    receipt = one.deliver(f"2026-01-05-scan_rdp-{first}-geo.csv", report(first, n))[1]["receipt"]
    wait_done(receipt)
    return receipt


def ids(events):
    return {d["finding"] for name, d in events if name == "finding"}


def refused():
    nobody = Stream(cookie="weir=" + "ab" * 32)
    check("nobody hears anything", nobody.status == 401 and nobody.answer.getheader("Content-Type") == "application/problem+json", nobody.status)
    for query, status in (("list=letters", 400), ("list=findings&onwer=x", 400), ("list=findings&since=x", 400), ("receipt=F1", 400),
                          ("list=findings&since=77-00000000-0", 410)):
        check(f"{query} is refused", Stream(query).status == status, Stream(query).status)


def nothing_missed():
    here = cursor()
    take(0, 40)
    # the page was drawn before these came, the stream begins after
    s = Stream("list=findings&since=" + here)
    check("the stream's headers", s.status == 200 and s.answer.getheader("Content-Type").startswith("text/event-stream") and
          s.answer.getheader("X-Accel-Buffering") == "no" and s.answer.getheader("Cache-Control") == "no-store")
    check("it begins", s.next()[0] == "ready")
    seen, _ = s.until(lambda name, d: name == "finding" and d["finding"] == "F1")
    check("what came between page and stream", ids(seen) == {f"F{i}" for i in range(1, 41)} and all(d["made"] for _, d in seen), ids(seen))
    # while it is open
    started = time.monotonic()
    take(40, 3)
    seen, _ = s.until(lambda name, d: name == "finding" and d["finding"] == "F41")
    check("what comes now", ids(seen) == {"F41", "F42", "F43"}, seen)
    check("soon", time.monotonic() - started < 15)
    row = next(f for f in one.get("/findings", limit=5)[1]["findings"] if f["finding"] == "F41")
    sent = next(d for name, d in seen if name == "finding" and d["finding"] == "F41")
    check("it is the row of the list", {k: v for k, v in sent.items() if k != "made"} == row, (sent, row))
    last = s.id
    s.close()
    # away, and back with what it heard last; the address of the page is older
    take(50, 5)
    one.post("/changes/finding-close", {"id": "F2", "why": "fixed"})
    s = Stream("list=findings&since=" + here, last=last)
    s.next()
    seen, _ = s.until(lambda name, d: name == "finding" and d["finding"] == "F2")
    check("only what it has not heard", ids(seen) == {"F44", "F45", "F46", "F47", "F48", "F2"} and s.id != last, ids(seen))
    check("and what is new is told apart", {d["finding"]: d["made"] for _, d in seen}["F2"] is False, seen)
    s.close()


def filtered():
    s = Stream("list=findings&severity=&state=closed&after=F3&since=" + cursor())
    s.next()
    one.post("/changes/finding-reopen", {"id": "F2"})
    one.post("/changes/finding-close", {"id": "F3", "why": "fixed"})
    seen, gone = [], []
    while len(seen) < 20 and not (ids(seen) and gone):
        seen.append(s.next())
        gone += seen[-1][1] if seen[-1][0] == "gone" else []
    check("a filter: what leaves it is gone", ids(seen) == {"F3"} and gone == ["F2"], seen)
    s.close()


def many():
    s, morning, here = Stream("list=findings&since=" + cursor()), Stream("list=morning&since=" + cursor()), cursor()
    for one_stream in (s, morning):
        one_stream.next()
    receipt = one.deliver("2026-01-05-scan_rdp-m-geo.csv", report(1000, 50000))[1]["receipt"]
    live = Stream(f"receipt={receipt}&since=" + here)
    live.next()
    wait_done(receipt)
    seen, made, watched = [], 0, []
    while made < 50000:
        name, data = s.next()
        seen.append(name)
        made += data["made"] if name == "many" else 1
    check("many rows are few events", made == 50000 and len(seen) < 110, (made, len(seen)))
    _, last = morning.until(lambda name, d: name == "count" and d["fresh"] > 10000)  # further it is not counted
    check("the figures of the morning", last is not None)
    watched, last = live.until(lambda name, d: name == "receipt" and d["state"] == "done")
    check("the report as it is read", last[1]["records"] == 50000 and last[1]["receipt"] == receipt, watched)
    for one_stream in (s, morning, live):
        one_stream.close()


def pss():
    for pid, name in node.processes():
        if name == "weir-desk":
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
                return sum(int(line.split()[1]) for line in f if line.startswith(("Private_Dirty", "Private_Clean"))) * 1024
    return 0


def with_room(query):
    """A stream, once there is a place for it: who has gone is found within a second, or later on a busy machine."""
    until = time.monotonic() + PATIENCE
    while (s := Stream(query)).status == 429 and time.monotonic() < until:
        s.close()
        time.sleep(0.1)
    return s


def two_hundred():
    one.get("/findings", limit=1000000)  # what is kept of the database is kept once
    one.person.get("/")
    time.sleep(3)  # those that were closed are gone, or will be
    before, here = pss(), cursor()
    all_of_them = [with_room("list=findings&since=" + here) for _ in range(STREAMS)]
    check("two hundred are open", all(s.status == 200 and s.next()[0] == "ready" for s in all_of_them))
    more = Stream("list=findings")
    check("one more is not", more.status == 429 and more.answer.getheader("Retry-After"), more.status)
    check("pages are drawn beside them", one.person.get("/")[0] == 200)
    take(200000, 30)
    heard = [s.until(lambda name, d: name == "finding" and d["place"].endswith(":d40"))[1] for s in all_of_them]
    check("all of them hear", all(heard), sum(h is not None for h in heard))
    cost = pss() - before
    check("sixteen MiB at most", cost < 16 << 20 or "sanitized" in sys.argv, cost)
    print(f"{cost / STREAMS / 1024:.1f} kB for each open page")
    for s in all_of_them:
        s.close()
    s = with_room("list=findings")
    check("their places are free again", s.status == 200, s.status)
    s.close()


def session_over():
    other = let_in(node)
    s = Stream("list=findings", other.cookie)
    check("a stream of another visit", s.status == 200 and s.next()[0] == "ready", s.status)
    cookie, csrf = other.cookie, other.csrf()
    check("it leaves", other.post("/leave", {"csrf": csrf})[0] == 200)
    check("and its stream ends", s.next() is None)
    check("for good", Stream("list=findings", cookie).status == 401)


def beats():
    s = Stream("list=findings")
    s.next()
    s.connection.sock.settimeout(60)
    line = s.answer.readline()
    check("a line of comment while nothing happens", line.startswith(b":"), line)
    s.close()


refused()
nothing_missed()
filtered()
many()
two_hundred()
session_over()
beats()
node.stop()
end()
