# SPDX-License-Identifier: Apache-2.0
"""Searching a day and searching many: search.py WEIR [ROWS [DAYS [ROWS_OF_A_DAY]]]

First DAYS days (default 3) that are sealed: the file of one day, given other dates, and a receipt for each. Then a day of ROWS
events (default 300,000) that is open, in reports of a million. Rows are from a seed: half of the addresses at random, half from
a few thousand. What a search counts is compared with what was sent before any figure is printed. Times are of 'weir events
--count', which looks at all of it, as a person types it, with the start of the program: the median over several addresses,
five times each; behind it the CPU time of all processes, which other people's load changes less."""
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
DAY_ROWS = int(sys.argv[4]) if len(sys.argv) > 4 else ROWS // 3
REPORT = 1000000
EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "examples")
TOP = tempfile.mkdtemp(prefix="weir-bench-")
atexit.register(shutil.rmtree, TOP, ignore_errors=True)
STATE = os.path.join(TOP, "state")
RARE, NAME = [f"198.18.7.{i}" for i in range(1, 6)], "rare.host.example"
ABSENT = [f"198.18.9.{i}" for i in range(1, 6)]
process = None


def report(path, rows, seed):
    """A report; how many of its rows have each address that is looked for."""
    r = random.Random(seed)
    sent = {ip: 7 for ip in RARE} | {ip: 0 for ip in POPULAR}
    rare = dict(zip(r.sample(range(rows), 7 * len(RARE)), RARE * 7))
    with open(path, "w", encoding="utf-8") as f:
        f.write("time.source,source.ip,source.port,source.fqdn,tlp,classification.type,malware.name\n")
        for i in range(rows):
            n = r.getrandbits(53)
            ip, name = FEW[n % 4000] if i % 2 else f"{20 + n % 100}.{n >> 8 & 255}.{n >> 16 & 255}.{n >> 24 & 255}", f"h{n >> 29:x}.net{n % 499}.example"
            if i in rare:
                ip, name = rare[i], NAME
            elif ip in sent:
                sent[ip] += 1
            f.write(f"2026-01-05T{i // 3600 % 24:02}:{i // 60 % 60:02}:{i % 60:02}Z,{ip},443,{name},GREEN,scanner,mirai\n")
    return sent


def take(rows, seed):
    """One report is taken; what was sent."""
    path = os.path.join(TOP, "report.csv")
    sent = report(path, rows, seed)
    p = run("take", "--wait", path)
    os.unlink(path)
    if p.returncode != 0 or query("select events from receipt order by id desc limit 1") != [(rows,)]:
        raise SystemExit(p.stderr.decode())
    return sent


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


def cpu():
    total = 0
    with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as f:
        pids = [process.pid, *map(int, f.read().split())]
    for pid in pids:
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            total += sum(map(int, f.read().rpartition(")")[2].split()[11:13]))
    return total / os.sysconf("SC_CLK_TCK")


def search(what, wanted, goal=""):
    """wanted: words of a search, and what it is to count."""
    times, used = [], cpu()
    for words, n in wanted:
        for _ in range(5):
            began = time.monotonic()
            got = run("events", "--count", *words).stdout.decode().strip()
            times.append(time.monotonic() - began)
            if got != str(n):
                raise SystemExit(f"{words}: {got} events, {n} were sent")
    line(what, f"{sorted(times)[len(times) // 2]:.3f} ({(cpu() - used) / len(times):.3f})", goal)


def searches(sent, times, goal):
    """All of them, where each address was sent so often, as many times over."""
    search("s (of CPU), an address that is rare", [(("--ip", ip), times * sent[ip]) for ip in RARE], goal)
    search("one that is not there", [(("--ip", ip), 0) for ip in ABSENT], goal)
    search("one that is in every chunk", [(("--ip", ip), times * sent[ip]) for ip in POPULAR], goal)
    search("a prefix of 256 addresses", [(("--ip", "198.18.7.0/24"), times * sum(sent[ip] for ip in RARE))])
    search("a name", [(("--name", NAME), times * sum(sent[ip] for ip in RARE))])
    search("a name that is not there", [(("--name", "no.host.example"), 0)])
    search("a class that is not there", [(("--class", "spam"), 0)])


def sizes():
    """Bytes of each kind in all days."""
    all = {}
    for name in os.listdir(os.path.join(STATE, "day")):
        if name.endswith(".db"):
            db = sqlite3.connect(os.path.join(STATE, "day", name))
            for table in ("events", "verdicts", "rest", "sieve", "key", "raw"):
                all[table] = all.get(table, 0) + (db.execute(f"select sum(length(z)) from {table}").fetchone()[0] or 0)
            db.close()
    return all


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
        for table in ("batch", "events", "verdicts", "rest", "sieve", "raw"):
            db.execute(f"update {table} set id = id + (? << 34)", (receipt - first,))
        db.commit()
        db.close()
    os.unlink(os.path.join(folder, name))
    query("delete from receipt where id = ?", first)


def line(what, value, goal=""):
    print(f"{what:62} {value:>18} {goal}", flush=True)


def per_row(rows):
    s = sizes()
    event = s["events"] + s["verdicts"] + s["rest"] + s["sieve"]
    line("bytes on disk per event, its sieve among it", f"{event / rows:.1f} ({s['sieve'] / rows:.1f})", "<= 80")
    line("and of its index / per raw record", f"{s['key'] / rows:.1f} / {s['raw'] / rows:.1f}", "<= 110 in all")


FEW = [f"198.51.{i // 256}.{i % 256}" for i in range(4000)]
POPULAR = FEW[:5]
start()
sent = take(DAY_ROWS, 1)
stop()
spread()
start()
began = time.monotonic()
while query("select count(*) from day where sealed is not null") != [(DAYS,)]:
    time.sleep(0.1)
line(f"{DAYS} sealed days of {DAY_ROWS:,}: s to seal", f"{time.monotonic() - began:.1f}")
searches(sent, DAYS, "<= 1 with 30 of 1 M")
stop()
per_row(DAYS * DAY_ROWS)
shutil.rmtree(STATE)
start()
began, sent, left = time.monotonic(), {}, ROWS
while left > 0:
    some = take(min(REPORT, left), 2 + left)
    sent = {ip: sent.get(ip, 0) + some[ip] for ip in some}
    left -= REPORT
line(f"an open day of {ROWS:,}: s to make it", f"{time.monotonic() - began:.1f}")
searches(sent, 1, "<= 2 with 20 M")
stop()
per_row(ROWS)
