# SPDX-License-Identifier: Apache-2.0
"""Searching a day and searching many: search.py WEIR [ROWS [DAYS]]

A day of ROWS events that is open (default 300,000), then DAYS days (default 3) of the same that are sealed: the file of the
first, given other dates, and a receipt for each. Rows are from a seed: half of the addresses at random, half from a few
thousand. What a search counts is compared with what was sent before any figure is printed. Times are of 'weir events' as a
person types it, with the start of the program; the median of five. One run; times of a shared machine."""
import atexit
import datetime
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

WEIR = os.path.abspath(sys.argv[1])
ROWS = int(sys.argv[2]) if len(sys.argv) > 2 else 300000
DAYS = int(sys.argv[3]) if len(sys.argv) > 3 else 3
EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "examples")
TOP = tempfile.mkdtemp(prefix="weir-bench-")
atexit.register(shutil.rmtree, TOP, ignore_errors=True)
STATE = os.path.join(TOP, "state")
RARE, NAME = "198.18.7.7", "rare.host.example"
process = None


def report(path):
    """The report; how many of its rows have the rare address."""
    r = random.Random(1)
    few = [f"198.51.{r.randrange(256)}.{r.randrange(256)}" for _ in range(4000)]
    rare = set(r.sample(range(ROWS), 7))
    with open(path, "w", encoding="utf-8") as f:
        f.write("time.source,source.ip,source.port,source.fqdn,tlp,classification.type,malware.name\n")
        for i in range(ROWS):
            ip = RARE if i in rare else few[r.randrange(4000)] if i % 2 else f"{20 + r.randrange(100)}.{r.randrange(256)}.{r.randrange(256)}.{r.randrange(256)}"
            name = NAME if i in rare else f"h{r.getrandbits(24):x}.net{r.randrange(500)}.example"
            f.write(f"2026-01-05T{i // 3600 % 24:02}:{i // 60 % 60:02}:{i % 60:02}Z,{ip},443,{name},GREEN,scanner,mirai\n")
    return len(rare)


def run(*words):
    return subprocess.run([WEIR, *words, "--state", STATE], capture_output=True, check=False)


def stop():
    if process and process.poll() is None:
        process.terminate()
        process.wait()


def start():
    global process
    process = subprocess.Popen([WEIR, "serve", "--state", STATE, "--sample", EXAMPLES, "--dry-run"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    while run("receipts", "--count").returncode != 0:
        time.sleep(0.05)


def search(wanted, *words):
    """Seconds of the median of five; its answer is looked at first."""
    got = run("events", "--count", *words).stdout.decode().strip()
    if got != str(wanted):
        raise SystemExit(f"{words}: {got} events, {wanted} were sent")
    times = []
    for _ in range(5):
        began = time.monotonic()
        run("events", *words)
        times.append(time.monotonic() - began)
    return sorted(times)[2]


def query(sql, *values):
    db = sqlite3.connect(os.path.join(STATE, "state.db"), timeout=30)
    rows = db.execute(sql, values).fetchall()
    db.commit()
    db.close()
    return rows


def spread():
    """The one day of the stopped node becomes DAYS days of the past, each with a receipt of its own in its file."""
    folder = os.path.join(STATE, "day")
    name, = (n for n in os.listdir(folder) if n.endswith(".db"))
    columns = ", ".join(c[1] for c in query("pragma table_info(receipt)") if c[1] not in ("id", "token", "day", "root", "received", "done"))
    (first,), = query("select id from receipt")
    for i in range(DAYS):
        then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=i + 2)
        path = os.path.join(folder, then.strftime("%Y-%m-%d.db"))
        shutil.copyfile(os.path.join(folder, name), path)
        when, receipt = int(then.timestamp() * 1e6), first + 1 + i
        query(f"insert into receipt(id, token, day, root, received, done, {columns}) select ?, randomblob(16), ?, ?, ?, ?, {columns}"
              " from receipt where id = ?", receipt, int(then.strftime("%Y%m%d")), receipt, when, when, first)
        db = sqlite3.connect(path)
        for table in ("batch", "events", "verdicts", "rest", "raw"):
            db.execute(f"update {table} set id = id + (? << 34)", (receipt - first,))
        db.commit()
        db.close()
    os.unlink(os.path.join(folder, name))
    query("delete from receipt where id = ?", first)


def line(what, value, goal=""):
    print(f"{what:62} {value:>12} {goal}")


rare = report(os.path.join(TOP, "report.csv"))
start()
p = run("take", "--wait", os.path.join(TOP, "report.csv"))
if p.returncode != 0 or query("select events from receipt") != [(ROWS,)]:
    raise SystemExit(p.stderr.decode())
line(f"s, one address, an open day of {ROWS:,}", f"{search(rare, '--ip', RARE):.3f}", "<= 2 with 20 M")
line("s, one name, the same", f"{search(rare, '--name', NAME):.3f}")
stop()
spread()
start()
began = time.monotonic()
while query("select count(*) from day where sealed is not null") != [(DAYS,)]:
    time.sleep(0.1)
line(f"s to seal {DAYS} days", f"{time.monotonic() - began:.1f}")
line(f"s, one address, {DAYS} sealed days of {ROWS:,}", f"{search(DAYS * rare, '--ip', RARE):.3f}", "<= 1 with 30 of 1 M")
line("s, one name, the same", f"{search(DAYS * rare, '--name', NAME):.3f}")
line("s, a prefix of 256 addresses, the same", f"{search(DAYS * rare, '--ip', '198.18.7.0/24'):.3f}")
line("s, an address that is not there", f"{search(0, '--ip', '198.18.9.9'):.3f}")
stop()
events = index = 0
for name in os.listdir(os.path.join(STATE, "day")):
    db = sqlite3.connect(os.path.join(STATE, "day", name))
    events += sum(db.execute(f"select sum(length(z)) from {t}").fetchone()[0] for t in ("events", "verdicts", "rest"))
    index += db.execute("select (select sum(length(z)) from key) + (select length(z) from seal)").fetchone()[0]
    db.close()
line("bytes on disk per event / of its index", f"{events / DAYS / ROWS:.1f} / {index / DAYS / ROWS:.1f}", "<= 110 in all")
