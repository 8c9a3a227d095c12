# SPDX-License-Identifier: Apache-2.0
"""Processes of a node are killed at random moments while it takes reports in: each receipt ends once, with the
events that an undisturbed node has. kill.py PROGRAM [KILLS [REPORTS [SEED]]]"""
import csv
import datetime
import io
import os
import random
import shutil
import sys
import threading
import time
import zipfile

import mails_make
from node import EXAMPLES, Node, all_ended, kill_pid
from program import check, end, path, until, write
from sink import Sink

KILLS = int(sys.argv[2]) if len(sys.argv) > 2 else 20
REPORTS = int(sys.argv[3]) if len(sys.argv) > 3 else 5
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else int.from_bytes(os.urandom(4), "big")
ROWS = max(60000, 50000 * KILLS // REPORTS)
dice = random.Random(SEED)
print(f"seed {SEED}: {KILLS} kills over {REPORTS} reports")


def rows(n, seed):
    """Known and new findings, owners of the sample and nobody, a few records that are set aside."""
    r = random.Random(seed)
    lines = ["time.source,source.ip,source.port,tlp,classification.type,malware.name,extra.note"]
    for i in range(n):
        net = r.choice(["192.0.2", "198.51.100", "203.0.113", "233.252.0"])
        time_of = "yesterday-ish" if r.random() < 0.001 else f"2026-01-05T{i // 3600 % 24:02}:{i // 60 % 60:02}:{i % 60:02}Z"
        lines.append(f"{time_of},{net}.{r.randrange(256)},{r.choice([80, 443, 3389])},GREEN,"
                     f"{r.choice(['c2-server', 'infected-system', 'scanner'])},{r.choice(['mirai', 'qakbot', ''])},n{i} of {seed}")
    return ("\n".join(lines) + "\n").encode()


def zipped(*parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in parts:
            z.writestr(name, data)
    return out.getvalue()


def reports():
    """Name -> bytes: large and small tables, an archive, a mail with an archive, a line-based one."""
    made = {}
    for i in range(REPORTS):
        kind = i % 5
        if kind == 0:
            made[f"large{i}.csv"] = rows(ROWS, i)
        elif kind == 1:
            made[f"mail{i}.eml"] = mails_make.mail((zipped((f"in{i}.csv", rows(3000, i))), "application/zip", "report.zip"),
                                                   (b"\x89PNG nothing", "image/png", "logo.png"))
        elif kind == 2:
            made[f"small{i}.csv"] = rows(50, i)
        elif kind == 3:
            made[f"many{i}.zip"] = zipped(*((f"part{i}.{k}.csv", rows(2000, i * 100 + k)) for k in range(12)))
        else:
            made[f"wide{i}.csv"] = rows(ROWS // 2, i)
    return made


def events(node):
    """All events, by the path of their report: record, number, time, address."""
    paths = {r["receipt"]: r["path"] for r in node.ask("receipts", "--limit", "100000")}
    found, after = [], []
    while True:
        p = node.run("events", "--csv", "--limit", "100000", *after)
        lines = p.stdout.decode().split("\r\n")[1:-1]
        for line in lines:
            cells = line.split(",")
            receipt, rest = cells[0].split(".", 1)
            found.append((paths["R" + receipt[1:]], rest, cells[3], cells[4], cells[8]))
        if len(lines) < 100000:
            return sorted(found)
        after = ["--after", lines[-1].split(",")[0]]


def counts(node):
    keys = ("state", "reader", "records", "with_events", "asides", "none", "events", "sha256", "size")
    return sorted((r["path"], *(r[k] for k in keys)) for r in node.ask("receipts", "--limit", "100000"))


def findings(node):
    """Neither malware nor port: where a rule tells findings apart by less, they are those of whichever came first."""
    keys = ("owner", "class", "identifier", "place", "first", "last", "events", "receipts", "state")
    return sorted(tuple(f[k] for k in keys) for f in node.ask("findings", "--limit", "100000"))


def take(node, name, done):
    def taken():
        p = node.run("take", "--wait", path(name))
        done[name] = p.stdout if p.returncode == 0 else p.stderr
        return p.returncode == 0
    until(taken)


def murder(node, killed):
    """Kills one process; starts the node again if it was the first."""
    alive = node.processes()
    if not alive:
        return
    # the first process is not preferred: to start the node again takes longest
    pid, name = dice.choice([a for a in alive if dice.random() < 0.4 or a[1] != "weir"] or alive)
    if not kill_pid(pid):
        return
    what = "supervisor" if pid == node.process.pid else name
    killed[what] = killed.get(what, 0) + 1
    if what == "supervisor":
        node.process.wait()
        all_ended([a[0] for a in alive])
        node.start()


def disturb(node, made):
    done, killed = {}, {}
    takers = [threading.Thread(target=take, args=(node, name, done)) for name in made]
    for t in takers:
        t.start()
    while (any(t.is_alive() for t in takers) or node.count("notices", "--state", "ready")) and sum(killed.values()) < KILLS:
        time.sleep(dice.random() * 0.2)
        murder(node, killed)
    for t in takers:
        t.join()
    return done, killed


made = reports()
for name, data in made.items():
    write(name, data)
sink = Sink()


def country():
    """The sample's, with a mail server."""
    folder = path("country")
    shutil.copytree(os.path.join(EXAMPLES, "country"), folder)
    with open(os.path.join(folder, "weir.yaml"), "a", encoding="utf-8") as f:
        f.write(f"  host: 127.0.0.1\n  port: {sink.port}\n  tls: none\n  a-minute: 100000\n")
    return folder


def told(node):
    """Each finding that a letter tells of, by the letter's contact and class."""
    def left():
        now = datetime.datetime.now(datetime.timezone.utc).isoformat()
        return [n for n in node.ask("notices", "--limit", "10000") if n["state"] == "ready" or (n["state"] == "due" and n["send_at"] < now)]
    check("no letter is left behind", until(lambda: not left()), left()[:3])
    return sorted((n["to"], n["class"], n["state"]) for n in node.ask("notices", "--limit", "10000")), \
        sum(n["findings"] for n in node.ask("notices", "--limit", "10000"))


def letters_of(sink):
    """Findings in the tables of the letters that the server took, those of a repeated letter once."""
    rows = {}
    for _, mail in sink.letters:
        part = next(mail.iter_attachments())
        rows[mail["Message-ID"]] = [(r["ip"], r["class"]) for r in csv.DictReader(io.StringIO(part.get_content().lstrip("\ufeff")))]
    return sorted(sum(rows.values(), []))


conf = country()
calm = Node("calm", "--conf", conf).start()
for name in made:
    p = calm.run("take", "--wait", path(name))
    check(f"{name} is read undisturbed", p.returncode == 0, p.stdout + p.stderr)
wanted = events(calm), counts(calm), findings(calm)
wanted_told, wanted_rows = told(calm), letters_of(sink)
check("undisturbed, no letter goes twice", len(set(sink.ids())) == len(sink.ids()) > 3, len(sink.ids()))
sink.letters.clear()
check("the undisturbed node stops", calm.stop() == 0, calm.said()[-500:])

node = Node("shaken", "--conf", conf).start()
done, killed = disturb(node, made)
print("killed:", killed, "of", KILLS)
check("every report was accepted and read", all(b" done: " in done.get(n, b"") for n in made), done)
got = events(node), counts(node), findings(node)
check("each receipt once, with its counts", got[1] == wanted[1], (set(got[1]) ^ set(wanted[1])))
check("events exactly those of the undisturbed node", got[0] == wanted[0],
      (len(got[0]), len(wanted[0]), list(set(got[0]) ^ set(wanted[0]))[:5]))
check("findings too, with first, last and counts", got[2] == wanted[2], list(set(got[2]) ^ set(wanted[2]))[:5])
now_told = told(node)
check("as many findings are told", now_told[1] == wanted_told[1], (now_told[1], wanted_told[1]))
check("to the same contacts, of the same classes", {t for t in now_told[0]} == {t for t in wanted_told[0]})
check("the letters have the same rows, each once", letters_of(sink) == wanted_rows, (len(letters_of(sink)), len(wanted_rows)))
ids = sink.ids()
repeats = len(ids) - len(set(ids))
print(f"{len(ids)} letters, {repeats} of them repeated")
check("no more repeats than the post, or all, were killed", repeats <= killed.get("weir-post", 0) + killed.get("supervisor", 0))
check("each letter that the node knows was sent", {"<" + n["message_id"] + ">" for n in node.ask("notices", "--state", "sent", "--limit", "10000")} == set(ids))
for r in node.ask("receipts", "--limit", "100000"):
    if r["path"] in made:
        raw = node.run("why", "--raw", r["receipt"]).stdout
        check(f"{r['path']}: its bytes", raw == made[r["path"]], len(raw))
some = node.ask("events", "--limit", "3000")
for e in random.Random(SEED).sample(some, 20):
    raw = node.run("why", "--raw", e["event"]).stdout
    check(f"{e['event']}: the line", e["source.ip"].encode() in raw.split(b",") and b"\n" not in raw, raw)
check("nothing is left in the spool", not os.listdir(os.path.join(node.state, "spool")),
      os.listdir(os.path.join(node.state, "spool")))
deep = node.run("check", "--deep")
check("all that is kept agrees", deep.returncode == 0, deep.stdout.decode()[-600:])
print(deep.stdout.decode().strip())
check("it stops", node.stop() == 0, node.said()[-500:])
sink.stop()
end()
