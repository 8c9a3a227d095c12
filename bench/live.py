# SPDX-License-Identifier: Apache-2.0
"""Figures of pages that stay open: live.py WEIR [FINDINGS]

A node with 100,000 findings and 200 open pages of all of them. What they cost is memory that the desk's process has written to and
nobody shares, after all have heard of rows. How late a row is: from the commit of its report, by the node's clock, until the line has
been read here, of each row on each page. One run; times of a shared machine."""
import http.client
import json
import selectors
import time
import urllib.parse

from noderun import ROWS, Node, country, line, report, taken

FINDINGS = ROWS if ROWS != 300000 else 100000
STREAMS, REPORTS = 200, 25


def desk():
    for pid in node.pids():
        with open(f"/proc/{pid}/comm", encoding="ascii") as f:
            if f.read().strip() == "weir-desk":
                return pid
    raise SystemExit("there is no desk")


def touched():
    with open(f"/proc/{desk()}/smaps_rollup", encoding="ascii") as f:
        return sum(int(row.split()[1]) for row in f if row.startswith(("Private_Dirty", "Private_Clean")))


def ask(method, path, body=None, **headers):
    c = http.client.HTTPConnection(host, timeout=60)
    c.request(method, path, body, {"Host": host, "Cookie": cookie, **headers})
    answer = c.getresponse()
    return c, answer


def let_in():
    address = node.run("people", "link").stdout.decode().strip()
    where, token = address.rsplit("/enter/", 1)
    return where.split("//")[1], token


class Page:
    def __init__(self, cursor):
        self.c, self.answer = ask("GET", "/events?list=findings&since=" + cursor)
        if self.answer.status != 200:
            raise SystemExit(f"a stream is refused: {self.answer.status}")
        self.text = b""

    def read(self):
        """Rows that have come."""
        self.text += self.answer.read1(65536)
        *whole, self.text = self.text.split(b"\n\n")
        return [json.loads(e.split(b"data: ", 1)[1])["finding"] for e in whole if b"event: finding\n" in e]


country("sample: true\n")
node = Node("--pages", "8470")
taken(node, report("2026-01-05-scan_rdp-a-geo.csv", range(FINDINGS), 1), FINDINGS)
host, token = let_in()
cookie = ""
cookie = ask("POST", "/enter", urllib.parse.urlencode({"link": token}), **{"Content-Type": "application/x-www-form-urlencoded"})[1].getheader("Set-Cookie").split(";")[0]
# what is kept of the database is kept before
json.load(ask("GET", "/api/v1/findings?limit=1000000")[1])
cursor = json.load(ask("GET", "/api/v1/findings?limit=1")[1])["cursor"]
before = touched()
pages, came = selectors.DefaultSelector(), {}
for _ in range(STREAMS):
    page = Page(cursor)
    pages.register(page.c.sock, selectors.EVENT_READ, page)
for n in range(REPORTS):
    node.run("take", "-", data=f"source.ip,classification.type,tlp\n9.{n}.0.1,phishing,GREEN\n9.{n}.0.2,phishing,GREEN\n".encode())
    until = time.monotonic() + 0.4
    while time.monotonic() < until:
        for key, _ in pages.select(0.05):
            for row in key.data.read():
                came.setdefault(row, []).append(time.time())
until = time.monotonic() + 3
while time.monotonic() < until:
    for key, _ in pages.select(0.05):
        for row in key.data.read():
            came.setdefault(row, []).append(time.time())
cost = touched() - before
done = {f"F{i}": at / 1e6 for i, at in node.query("select f.id, r.done from finding f join receipt r on r.id = f.receipt where r.lane = 'interactive'")}
late = sorted(at - done[row] for row, times in came.items() for at in times)
if len(late) < STREAMS * REPORTS * 2:
    raise SystemExit(f"{len(late)} rows came on {STREAMS} pages, {STREAMS * REPORTS * 2} were to")
line(f"MiB touched by {STREAMS} open pages", f"{cost / 1024:.1f}", "<= 16")
line("ms from the commit to the row on a page, p50 / p99 / longest", f"{late[len(late) // 2] * 1000:.0f} / {late[int(len(late) * .99)] * 1000:.0f} / {late[-1] * 1000:.0f}", "<= 1000")
node.stop()
