# SPDX-License-Identifier: Apache-2.0
"""Figures of the staff's pages: pages.py WEIR [FINDINGS]

A country of 199 owners and 100,000 open findings of ten classes. Times are of the server and the loopback, one connection that is
kept, from the first byte of the request to the last of the answer; p99 of as many requests as stand there. Each answer is looked
at before its time counts: it is a page, and has the rows that it should have. One run; times of a shared machine."""
import gzip
import os
import random
import re
import threading
import time

from noderun import ROWS, TOP, Node, country, line, report
from pagesrun import Browser

FINDINGS = ROWS if ROWS != 300000 else 100000
CLASSES = ("phishing", "infected-system", "c2-server", "vulnerable-system", "ddos-amplifier", "brute-force", "scanner", "defacement", "malware-distribution", "spam")
SORTS = ("finding", "severity", "class", "owner", "place", "first", "last", "events", "state")


def timed(one, path, rows=1):
    started = time.perf_counter()
    answer = one.ask("GET", path)
    took = (time.perf_counter() - started) * 1000
    if answer.status != 200 or answer.text.count(b"<tr") < rows:
        raise SystemExit(f"{path}: {answer.status}, {answer.text.count(b'<tr')} rows")
    return took, answer.text


def shown(times):
    times = sorted(times)
    return f"{times[len(times) // 2]:.1f} / {times[min(len(times) - 1, int(len(times) * .99))]:.1f}"


def findings():
    path, r = os.path.join(TOP, "all.csv"), random.Random(7)
    with open(path, "w", encoding="utf-8") as f:
        f.write("source.ip,classification.type,malware.name,time.source,tlp\n")
        for i in range(FINDINGS):
            f.write(f"{2 + i % 199}.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255},{CLASSES[r.randrange(10)]},m{r.randrange(500)},"
                    f"2026-01-{1 + r.randrange(28):02}T{r.randrange(24):02}:00:00Z,GREEN\n")
    p = node.run("take", "--wait", path)
    (n,), = node.query("select count(*) from finding")
    if p.returncode != 0 or n != FINDINGS:
        raise SystemExit(f"{n} findings: {p.stderr.decode()}")


def walk(one, sort, direction, pages):
    """Page after page by the link to the next."""
    times, path = [], f"/findings?sort={sort}&dir={direction}"
    for _ in range(pages):
        took, text = timed(one, path, 50)
        times.append(took)
        following = re.search(rb'href="([^"]+)"[^>]*rel="next"', text)
        if not following:
            break
        path = following.group(1).decode().replace("&amp;", "&")
    return times


def in_the_middle(one, times, first, stop):
    """25 requests a second, of pages that a person would open; of each when it ended by the node's clock, and how long it took."""
    paths = ["/", "/findings", "/findings?severity=high", "/findings?class=phishing&sort=last&dir=desc", "/findings?owner=o7"]
    at, n = time.monotonic() + first / 100, first
    while not stop.is_set():
        time.sleep(max(0, at - time.monotonic()))
        took = timed(one, paths[n % len(paths)], 5)[0]
        times.append((time.time() * 1e6, took))
        n, at = n + 1, at + .04


def desk():
    """The desk's processor time, and how long it was ready and had none, in ms."""
    for pid in node.pids():
        with open(f"/proc/{pid}/comm", encoding="ascii") as f, open(f"/proc/{pid}/schedstat", encoding="ascii") as s:
            if f.read().strip() == "weir-desk":
                return [int(x) / 1e6 for x in s.read().split()[:2]]
    raise SystemExit("there is no desk")


def beside_ingest(one):
    """Requests that ended while the report was read: those beside its delivery come by the same process and are counted apart."""
    times, stop = [[] for _ in range(4)], threading.Event()
    threads = [threading.Thread(target=in_the_middle, args=(one.again(), t, n, stop)) for n, t in enumerate(times)]
    path = report("2026-01-05-scan_rdp-a-geo.csv", (random.Random(3).randrange(FINDINGS) for _ in range(1000000)), 5)
    started, used = time.time() * 1e6, desk()
    for t in threads:
        t.start()
    node.run("take", "--wait", path)
    used = [b - a for a, b in zip(used, desk())]
    stop.set()
    for t in threads:
        t.join()
    (events, received, done), = node.query("select events, received, done from receipt order by id desc limit 1")
    if events != 1000000:
        raise SystemExit(f"{events} of 1,000,000 events")
    every = [x for t in times for x in t]
    return ([took for at, took in every if received <= at <= done], [took for at, took in every if at < received],
            1e6 / (done - received) * 1e6, (received - started) / 1e6, [ms / len(every) for ms in used])


country("sample: true\n")
node = Node("--pages", "8470")
findings()
person = Browser(node.run("people", "link").stdout.decode().strip())
morning = [timed(person, "/", 10)[0] for _ in range(200)]
_, text = timed(person, "/findings", 50)
sorted_by = {s: walk(person, s, "asc", 20) + walk(person, s, "desc", 20) for s in SORTS}
filtered = [timed(person, f"/findings?{q}&sort={s}", 1)[0] for s in SORTS for q in
            ("severity=high", "class=phishing", "owner=o7", "class=spam&owner=o9", "state=open", "sector=", "ip=9.0.0.0/8") for _ in range(3)]
free = [timed(person, f"/findings?q={w}", 1)[0] for w in ("m17", "m499", "Owner+17", "9.0.0.7", "phish") for _ in range(8)]
finding = [timed(person, f"/findings/F{random.Random(i).randrange(1, FINDINGS)}", 0)[0] for i in range(100)]
sizes = {}
for path in ("/", "/findings", "/findings/F1"):
    answer = person.ask("GET", path, **{"Accept-Encoding": "gzip"})
    page = answer.text if answer.getheader("Content-Encoding") == "gzip" else gzip.compress(answer.text, 6)
    assets = set(re.findall(r'"(/a/[0-9a-f]+/[^"]+)"', person.ask("GET", path).text.decode()))
    sizes[path] = (len(answer.text), len(page) + sum(len(person.ask("GET", a, **{"Accept-Encoding": "gzip"}).text) for a in assets))
beside, coming, rate, came, cost = beside_ingest(person)
line(f"ms, Morning, {FINDINGS:,} findings, p50 / p99", shown(morning), "p99 <= 20")
for s in SORTS:
    line(f"ms, Findings sorted by {s}, first 20 pages both ways, p50 / p99", shown(sorted_by[s]), "p99 <= 30")
line("ms, Findings filtered and sorted, p50 / p99", shown(filtered), "p99 <= 30")
line("ms, Findings by free text, p50 / p99", shown(free), "<= 100")
line("ms, a Finding with its why, p50 / p99", shown(finding), "")
line(f"ms, {len(beside)} requests at 100/s beside ingest of {rate:,.0f} rows/s, p50 / p99", shown(beside), "p99 <= 30")
line(f"ms, {len(coming)} beside the {came:.1f} s in which that report was sent, p50 / p99", shown(coming), "")
line("ms of the desk's processor a request there / of waiting for one", f"{cost[0]:.1f} / {cost[1]:.1f}", "")
for path, (plain, packed) in sizes.items():
    line(f"kB of {path} as sent / with script and style, packed", f"{plain / 1000:.1f} / {packed / 1000:.1f}", "<= 60")
node.stop()
