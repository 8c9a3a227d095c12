# SPDX-License-Identifier: Apache-2.0
"""A node, a country and reports for the figures: what bench/node.py and bench/postgres.py share. Rows are a wide report of 20 columns
(260 bytes), from a seed."""
import atexit
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

WEIR = os.path.abspath(sys.argv[1])
ROWS = int(sys.argv[2]) if len(sys.argv) > 2 else 300000
EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "examples")
TOP = tempfile.mkdtemp(prefix="weir-bench-")
atexit.register(shutil.rmtree, TOP, ignore_errors=True)
STATE, CONF = os.path.join(TOP, "state"), os.path.join(TOP, "conf")

OWNERS = "id,name,prefixes,contacts\n" + "".join(f"o{i},Owner {i},{i + 1}.0.0.0/8,a@o{i}.example\n" for i in range(1, 200))
SHADOWSERVER = "name: s\nformat: shadowserver\nfiles: ['*-scan_*.csv']\nlabel: GREEN\n"


def country(options=""):
    os.makedirs(os.path.join(CONF, "rules"))
    os.makedirs(os.path.join(CONF, "feeds"))
    for name, text in (
            ("weir.yaml", "country: XA\nmail:\n  from: cert@cert.example\n  delay: 0s\n" + options),
            ("owners.csv", OWNERS),
            ("rules/10-all.yaml", "- rule: alert\n  if: { classification.type: c2-server }\n  then: { notify: owner }\n"
                                  "- rule: rest\n  if: {}\n  then: { notify: nobody }\n"),
            ("feeds/shadowserver.yaml", SHADOWSERVER)):
        with open(os.path.join(CONF, name), "w", encoding="utf-8") as f:
            f.write(text)


def report(name, keys, seed):
    """keys: address numbers, one per row."""
    r = random.Random(seed)
    path = os.path.join(TOP, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write("timestamp,severity,ip,protocol,port,hostname,tag,asn,geo,region,city,naics,hostname_source,sector,version,"
                "machine,cert_subject,cert_issuer,sha1_fingerprint,note\n")
        for i, k in enumerate(keys):
            f.write(f'"2026-01-05 {i // 3600 % 24:02}:{i // 60 % 60:02}:{i % 60:02}","high","{2 + k % 199}.{k >> 16 & 255}.{k >> 8 & 255}.{k & 255}",'
                    f'"tcp","3389","h{k}.net.example","rdp","64500","XA","CAPITAL","CAPITAL","517311","ptr","Communications","10.0.{k % 1000}",'
                    f'"WIN-{k:08X}","CN=h{k}.net.example","CN=CA {k % 100}","{r.getrandbits(160):040x}","n{i}"\n')
    return path


class Node:
    def __init__(self, *options):
        started = time.monotonic()
        self.process = subprocess.Popen([WEIR, "serve", "--state", STATE, "--conf", CONF, "--sample", EXAMPLES, "--dry-run", *options],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        atexit.register(self.stop)
        while self.run("receipts", "--count").returncode != 0:
            time.sleep(0.002)
        self.start = time.monotonic() - started

    def run(self, *words, data=None):
        return subprocess.run([WEIR, *words, "--state", STATE], input=data, capture_output=True, check=False)

    def query(self, sql):
        db = sqlite3.connect(f"file:{STATE}/state.db?mode=ro", uri=True)
        rows = db.execute(sql).fetchall()
        db.close()
        return rows

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()

    def pids(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as f:
            return [self.process.pid, *map(int, f.read().split())]

    def cpu(self):
        """Seconds of all processes, with the readers that have ended."""
        total = 0
        for pid in self.pids():
            with open(f"/proc/{pid}/stat", encoding="ascii") as f:
                total += sum(map(int, f.read().rpartition(")")[2].split()[11:15]))
        return total / os.sysconf("SC_CLK_TCK")

    def pss(self):
        total = 0
        for pid in self.pids():
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
                total += next(int(line.split()[1]) for line in f if line.startswith("Pss:"))
        return total / 1024


def taken(node, path, rows):
    """Rows a second of one report."""
    p = node.run("take", "--wait", path)
    (events, received, done), = node.query("select events, received, done from receipt order by id desc limit 1")
    if p.returncode != 0 or events != rows:
        raise SystemExit(f"{path}: {events} of {rows} events: {p.stderr.decode()}")
    os.unlink(path)
    return rows / (done - received) * 1e6


def alerts(node, path):
    """Times from accepted to decided of small reports while a large one is read."""
    bulk = threading.Thread(target=node.run, args=("take", "--wait", path))
    bulk.start()
    while not node.query("select 1 from receipt where state = 'reading' and lane = 'bulk'"):
        time.sleep(0.01)
    n = 0
    while node.query("select 1 from receipt where state = 'reading' and lane = 'bulk'") and n < 200:
        n += 1
        data = f"source.ip,classification.type,tlp\n2.{n}.0.1,c2-server,GREEN\n".encode()
        node.run("take", "-", data=data)
        time.sleep(0.01)
    bulk.join()
    # what is decided about a small report is committed with its one chunk, and the letter's row with it
    rows = node.query("select done - received from receipt where events = 1 and lane = 'interactive' order by 1")
    times = [t / 1000 for t, in rows]
    (letters,), = node.query("select sum(findings) from notice")
    if letters != len(times):
        raise SystemExit(f"{letters} findings in letters, {len(times)} alerts")
    return n, times


def state_size():
    return os.path.getsize(os.path.join(STATE, "state.db"))


def sizes():
    path = os.path.join(STATE, "day", os.listdir(os.path.join(STATE, "day"))[0])
    day = sqlite3.connect(path)
    one = lambda sql: day.execute(sql).fetchone()[0]
    events = one("select sum(rows) from batch")
    kept = sum(one(f"select sum(length(z)) from {t}") for t in ("events", "verdicts", "rest", "sieve"))
    raw = one("select sum(length(z)) from raw")
    day.close()
    return kept / events, raw / events, os.path.getsize(path) / events


def line(what, value, goal):
    print(f"{what:58} {value:>14} {goal}")
