# SPDX-License-Identifier: Apache-2.0
"""The keeping of days: sealed, searched, held, masked, deleted, and killed meanwhile. keep.py PROGRAM [SEED]

A day grows old by hand: the node is stopped, its day's file gets another date, and its receipts too."""
import datetime
import os
import random
import re
import shutil
import sqlite3
import sys
import time

from node import EXAMPLES, Node, all_ended, away_from_midnight, kill_pid
from program import check, end, path, write

SEED = int(sys.argv[2]) if len(sys.argv) > 2 else int.from_bytes(os.urandom(4), "big")
dice = random.Random(SEED)
print(f"seed {SEED}")
ROWS = 9000
TYPES = ["c2-server", "unprivileged-account-compromise", "scanner"]


def rows(n, seed):
    r = random.Random(seed)
    lines = ["time.source,source.ip,source.fqdn,source.account,source.reverse_dns,destination.ip,destination.fqdn,tlp,"
             "classification.type,extra.user_name,extra.note"]
    for i in range(n):
        name = r.choice(["", f"h{r.randrange(n)}.net{r.randrange(9)}.example", f"Www{r.randrange(40)}.Example"])
        source = r.choice([f"192.0.2.{r.randrange(256)}", f"198.51.{r.randrange(256)}.{r.randrange(256)}",
                           f"2001:db8:{r.randrange(5):x}::{r.randrange(99):x}", ""])
        kind = TYPES[i % 3]
        if kind == TYPES[1]:
            source, name = "", "" if r.random() < .5 else "mail.gov.example"
        account = f"jane{r.randrange(n)}@people.example" if kind == TYPES[1] else ""
        lines.append(f"2026-01-05T00:{i // 60 % 60:02}:{i % 60:02}Z,{source},{name},{account},dsl-jane-{i}.isp.example,203.0.113.{r.randrange(256)},"
                     f"{r.choice(['', 'c2.bad.example'])},GREEN,{kind},Jane Doe {i},n{i}")
    return ("\n".join(lines) + "\n").encode()


def country(name, **retention):
    folder = path(name)
    shutil.copytree(os.path.join(EXAMPLES, "country"), folder, dirs_exist_ok=True)
    block = "".join(f"  {k}: {v}\n" for k, v in retention.items())
    with open(os.path.join(EXAMPLES, "country", "weir.yaml"), encoding="utf-8") as f:
        text = f.read()
    with open(os.path.join(folder, "weir.yaml"), "w", encoding="utf-8") as f:
        f.write(text + (f"retention:\n{block}" if block else ""))
    return folder


def state(node, sql, *values):
    db = sqlite3.connect(os.path.join(node.state, "state.db"))
    got = db.execute(sql, values).fetchall()
    db.commit()
    db.close()
    return got


def day_file(node, date, suffix=""):
    return os.path.join(node.state, "day", f"{date}.db{suffix}")


def letters(node):
    """When each was written. One that is being written has another name."""
    folder = os.path.join(node.state, "letters")
    return {f: os.path.getmtime(os.path.join(folder, f)) for f in os.listdir(folder) if f.endswith(".eml")}


def grow_old(node, days):
    """All receipts of the stopped node came so many days ago, on one day. Its date."""
    (now,), = state(node, "select distinct day from receipt")
    old = f"{now // 10000:04}-{now // 100 % 100:02}-{now % 100:02}"
    then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days)
    new = then.strftime("%Y-%m-%d")
    if os.path.exists(day_file(node, old)):
        sqlite3.connect(day_file(node, old)).execute("pragma wal_checkpoint(truncate)").connection.close()
        os.rename(day_file(node, old), day_file(node, new))
    state(node, "update receipt set day = ?, received = ?, done = ?", int(new.replace("-", "")), int(then.timestamp() * 1e6),
          int(then.timestamp() * 1e6))
    state(node, "update day set date = ?, sealed = null", int(new.replace("-", "")))
    return new


def until(node, date, what, column):
    """Waits until the day's row says so."""
    for _ in range(2400):
        got = state(node, f"select {column} from day where date = ?", int(date.replace("-", "")))
        if got and got[0][0]:
            return
        time.sleep(0.1)
    check(f"{date}: {what}", False, node.said()[-600:])


def still_open(node, date):
    db = sqlite3.connect(day_file(node, date))
    got = db.execute("select count(*) from seal where chunks is not null").fetchone()[0]
    db.close()
    return got == 0


def questions():
    r = random.Random(7)
    asked = [("--ip", f"192.0.2.{r.randrange(256)}") for _ in range(4)]
    asked += [("--ip", f"198.51.{r.randrange(256)}.{r.randrange(256)}") for _ in range(6)]
    asked += [("--ip", p) for p in ("198.51.7.0/24", "198.51.0.0/18", "192.0.0.0/8", "0.0.0.0/0", "2001:db8:3::5", "2001:db8:3::/48",
                                    "2001:db8::/32", "::/0", "203.0.113.9", "10.1.2.3", "2001:db9::/32")]
    asked += [("--name", n) for n in ("net3.example", "example", "EXAMPLE", "www7.example", "c2.bad.example", "bad.example", "ple",
                                      "nowhere.example", f"h{r.randrange(ROWS)}.net1.example")]
    asked += [("--name", "net2.example", "--ip", "192.0.2.0/25"), ("--name", "c2.bad.example", "--ip", "203.0.113.7", "--class", "scanner")]
    return asked


def answers(node, pages=True):
    """Of each question the number of events, and of some two pages of them."""
    got = []
    for i, q in enumerate(questions()):
        first = more = b""
        if pages and i % 2:
            first = node.run("events", *q, "--json", "--limit", "20").stdout
            after = re.search(rb'"next": "(E[^"]+)"', first)
            more = node.run("events", *q, "--csv", "--limit", "1000", "--after", after.group(1).decode()).stdout if after else b""
        got.append((q, node.count("events", *q), first, more))
    return got


def murder(node):
    pids = [pid for pid, _ in node.processes()]
    for pid in pids:
        kill_pid(pid)
    node.process.wait()
    all_ended(pids)


def shake(node, kills, longest):
    """The node is killed as a whole, again and again, at whatever it was doing."""
    for _ in range(kills):
        node.start()
        time.sleep(dice.random() * longest)
        murder(node)
    node.start()


def deep(node, what):
    p = node.run("check", "--deep")
    check(f"{what}: all that is kept agrees", p.returncode == 0, p.stdout.decode()[-600:] + p.stderr.decode())


away_from_midnight()
made = {f"r{i}.csv": rows(ROWS, i) for i in range(3)}
for name, data in made.items():
    write(name, data)

# ---- sealing and searching
conf = country("conf", events="10d", raw="20d")
node = Node("node", "--conf", conf).start()
for name in made:
    p = node.run("take", "--wait", path(name))
    check(f"{name} is read", p.returncode == 0, p.stderr)
scanned = answers(node)
check("there is something to be found", sum(a[1] > 0 for a in scanned) > 20, [(a[0], a[1]) for a in scanned])
check("and something that is not there", sum(a[1] == 0 for a in scanned) >= 3)
check("the day of today is not sealed", state(node, "select count(*) from day") == [(0,)])
node.stop()
date = grow_old(node, 2)
shake(node, 6, 0.7)
until(node, date, "is sealed", "sealed")
check("it has an index", not still_open(node, date))
sealed = answers(node)
check("the sealed day answers as the scan did", sealed == scanned, [(a[0], a[1], b[1]) for a, b in zip(sealed, scanned) if a != b][:3])
node.stop()
check("no WAL is left", sorted(os.listdir(os.path.join(node.state, "day"))) == [f"{date}.db"], os.listdir(os.path.join(node.state, "day")))
db = sqlite3.connect(day_file(node, date))
events, = db.execute("select sum(rows) from batch").fetchone()
index, = db.execute("select (select sum(length(z)) from key) + (select length(z) from seal)").fetchone()
rest, = db.execute("select (select sum(length(z)) from events) + (select sum(length(z)) from verdicts) + (select sum(length(z)) from rest)").fetchone()
check("the index is small", index / events < 30, index / events)
print(f"{rest / events:.1f} + {index / events:.1f} bytes an event")
# an index that says nothing is in the day is believed: so it is the index that was asked
saved = db.execute("select low, z from key").fetchall()
db.execute("delete from key")
db.commit()
node.start()
check("a sealed day is asked by its index", node.count("events", "--ip", "203.0.113.9") == 0)
node.stop()
db.executemany("insert into key(low, z) values (?, ?)", saved)
db.commit()
db.close()

# ---- holds and retention
node.start()
R = state(node, "select min(id) from receipt")[0][0]
first = node.ask("events", "--limit", "1", "--receipt", f"R{R}")[0]["event"]
finding = node.ask("findings", "--limit", "1")[0]["finding"]
day = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=12)).strftime("%Y-%m-%d")
p = node.run("hold", day, "--until", day, "--why", "case 17")
check("a day without a file can be held", p.returncode == 0 and b"H1" in p.stdout, p.stderr)
check("a wrong date is refused in words", b"is no day such as" in node.run("hold", "2026-02-30").stderr)
check("an order that is wrong too", b"lies before" in node.run("hold", "2026-02-03", "--until", "2026-02-01").stderr)
holds = node.ask("hold", "list")
check("the list has it", [(h["hold"], h["first"], h["why"]) for h in holds] == [("H1", day, "case 17")], holds)
node.stop()
date = grow_old(node, 12)
node.start()
until(node, date, "is sealed again", "sealed")
check("a held day keeps its events", node.count("events") == 3 * ROWS, node.count("events"))
check("it is released", node.run("hold", "release", "H1").returncode == 0)
check("twice is once", b"no hold H1 that is not released" in node.run("hold", "release", "H1").stderr)
check("the list is empty", node.ask("hold", "list") == [])
check("it is remembered", [h["released"] is not None for h in node.ask("hold", "list", "--all")] == [True])
node.stop()
node.start()
time.sleep(1.5)
check("letters are due that show its events", node.count("notices", "--state", "due") > 0)
check("a letter that is not sealed keeps them", node.count("events") == 3 * ROWS)
node.stop()
state(node, "update notice set send_at = 0 where state = 'due'")
shake(node, 6, 0.5)
until(node, date, "the events are gone", "events_gone is not null and not work")
size = os.path.getsize(day_file(node, date))
raw = sum(map(len, made.values()))
check("no event is left", node.count("events") == 0)
check("the file is smaller than its reports", size < raw, (size, raw))
said = node.run("why", first)
today = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")
check("why of an event says so", said.returncode == 0 and f"deleted by retention on {today}".encode() in said.stdout, said.stdout + said.stderr)
said = node.run("why", finding)
check("why of a finding too, and what is known of it", said.returncode == 0 and b"deleted by retention on" in said.stdout and finding.encode() in said.stdout
      and b"letter " in said.stdout, said.stdout + said.stderr)
check("the report's bytes are there", node.run("why", "--raw", f"R{R}").stdout == made["r0.csv"])
check("the finding is there", node.count("findings") > 100)
deep(node, "events gone")
node.stop()
date = grow_old(node, 22)
node.start()
until(node, date, "all is gone", "raw_gone is not null and not work")
check("the file is deleted", os.listdir(os.path.join(node.state, "day")) == [], os.listdir(os.path.join(node.state, "day")))
said = node.run("why", f"R{R}")
check("why of a receipt says so", said.returncode == 0 and said.stdout.count(b"deleted by retention on") == 2, said.stdout + said.stderr)
said = node.run("why", "--raw", f"R{R}")
check("its bytes are an error in words", said.returncode == 1 and b"deleted by retention on" in said.stderr, said.stderr)
check("why of an event too", node.run("why", first).returncode == 0)
deep(node, "all gone")
audit = [r[0] for r in state(node, "select verb from audit order by seq")]
check("the audit has all of it", audit == ["owner-import", "hold", "hold-release", "day-keep", "day-keep"], audit)
back = path("backup")
p = node.run("backup", back)
check("a backup of it agrees", p.returncode == 0, p.stdout + p.stderr)
node.stop()

# ---- masking
conf = country("conf2", mask="5d")
node = Node("masked", "--conf", conf).start()
for name in made:
    node.run("take", "--wait", path(name))
sealed = letters(node)
before = [(e["event"], e["source.ip"], e["finding"]) for e in node.ask("events", "--limit", "2000")]
accounts = [f for f in node.ask("findings", "--limit", "100000") if "@people.example" in f["place"]]
check("some findings are at accounts", len(accounts) > 100, len(accounts))
node.stop()
date = grow_old(node, 4)
node.start()
until(node, date, "is sealed", "sealed")
check("before its time nothing is masked", b"jane" in node.run("why", before[0][0]).stdout)
node.stop()
date = grow_old(node, 7)
state(node, "update notice set send_at = 0 where state = 'due'")
shake(node, 6, 0.7)
until(node, date, "is masked", "masked is not null and not work")
said = node.run("why", before[0][0])
check("no person is named", said.returncode == 0 and b"jane" not in said.stdout.lower() and b"extra.user_name: xxxx" in said.stdout
      and b"masked with its day on" in said.stdout, said.stdout)
check("what is no person's stays", [(e["event"], e["source.ip"], e["finding"]) for e in node.ask("events", "--limit", "2000")] == before)
said = node.run("why", "--raw", before[0][0])
check("the line is an error in words", said.returncode == 1 and b"masked with its day on" in said.stderr, said.stderr)
places = [f["place"] for f in node.ask("findings", "--limit", "100000")]
check("findings at accounts are masked", places.count("masked") == len(accounts) and not any("@" in p for p in places),
      (places.count("masked"), len(accounts)))
answer = answers(node, False)
check("it is found as before", [(a[0], a[1]) for a in answer] == [(a[0], a[1]) for a in scanned])
now = letters(node)
check("letters are as they were", sealed.items() <= now.items(), {f: (at, now.get(f)) for f, at in sealed.items() if now.get(f) != at})
deep(node, "masked")
node.stop()
for name in os.listdir(os.path.join(node.state, "day")):
    db = sqlite3.connect(os.path.join(node.state, "day", name))
    check("no page is kept for nothing", db.execute("pragma freelist_count").fetchone() == (0,), db.execute("pragma freelist_count").fetchone())
    db.close()

# ---- what is wrong in weir.yaml
for block, words in (({"evnts": "9d"}, b"did you mean"), ({"events": "9h"}, b"whole days"), ({"raw": "soon"}, b"raw")):
    p = node.run("check", "--conf", country("wrong", **block))
    check(f"{block} is refused in words", p.returncode == 1 and words in p.stdout and b"weir.yaml:" in p.stdout, p.stdout)
end()
