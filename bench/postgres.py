# SPDX-License-Identifier: Apache-2.0
"""A day of known findings against PostgreSQL 15: postgres.py WEIR [ROWS]

The same rows in the same run: the node takes a report whose 100,000 findings it knows and decides about every row; PostgreSQL
copies the same events, as CSV with the eleven columns that a search needs, into a table with two B-trees (address; owner and
time), synchronous, in a folder of its own on the same disk. What each of them has is counted before a figure is printed. The
server is Debian's, started on a socket in that folder and stopped; skipped if it is not installed."""
import csv
import glob
import os
import pwd
import random
import shutil
import subprocess
import sys
import time

from noderun import ROWS, TOP, Node, country, line, report, taken

FEW = 100000
tools = sorted(glob.glob("/usr/lib/postgresql/15/bin"))
if not tools:
    sys.exit("skipped: PostgreSQL 15 is not installed (apt-get install postgresql-15)")
BIN = tools[0]
DATA = os.path.join(TOP, "postgres")


def as_user():
    """PostgreSQL does not run as root."""
    if os.getuid() != 0:
        return {}
    who = pwd.getpwnam("nobody")
    os.chmod(TOP, 0o755)
    os.makedirs(DATA)
    os.chown(DATA, who.pw_uid, who.pw_gid)
    return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}


def slim(path):
    """The report as PostgreSQL gets it; written before the time is taken."""
    out = os.path.join(TOP, "rows.csv")
    with open(path, encoding="utf-8", newline="") as f, open(out, "w", encoding="utf-8", newline="") as g:
        w = csv.writer(g)
        for i, r in enumerate(csv.DictReader(f)):
            w.writerow([1, i, r["timestamp"], r["ip"], r["port"], int(r["ip"].split(".")[0]), "potentially-unwanted-accessible",
                        r["severity"], r["hostname"], r["asn"], r["note"]])
    return out


def sql(user, text):
    p = subprocess.run([os.path.join(BIN, "psql"), "-qAtX", "-h", DATA, "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-c", text],
                       capture_output=True, check=False, **user)
    if p.returncode != 0:
        raise SystemExit(p.stderr.decode())
    return p.stdout.decode().strip()


def postgres(path, rows):
    user = as_user()
    subprocess.run([os.path.join(BIN, "initdb"), "-D", DATA, "-A", "trust", "-E", "UTF8", "--locale=C"], check=True, stdout=subprocess.DEVNULL, **user)
    log = open(os.path.join(TOP, "postgres.log"), "wb")  # pylint: disable=consider-using-with
    server = subprocess.Popen([os.path.join(BIN, "postgres"), "-D", DATA, "-k", DATA, "-c", "listen_addresses=", "-c", "shared_buffers=256MB",
                               "-c", "max_wal_size=4GB"], stdout=log, stderr=log, **user)
    try:
        for _ in range(100):
            if subprocess.run([os.path.join(BIN, "pg_isready"), "-q", "-h", DATA], check=False).returncode == 0:
                break
            time.sleep(0.1)
        sql(user, "create table event(receipt int, ordinal int, seen timestamptz, ip inet, port int, owner int, class text, severity text,"
                  " name text, asn int, note text); create index on event(ip); create index on event(owner, seen)")
        os.chmod(path, 0o644)
        started = time.monotonic()
        sql(user, f"copy event from '{path}' csv" if os.getuid() != 0 else f"\\copy event from '{path}' csv")
        took = time.monotonic() - started
        there = int(sql(user, "select count(*) from event"))
        if there != rows:
            raise SystemExit(f"PostgreSQL has {there} of {rows} rows")
        return rows / took
    finally:
        server.terminate()
        server.wait()


country()
dice = random.Random(1)
node = Node()
taken(node, report("2026-01-05-scan_rdp-a-geo.csv", range(FEW), 1), FEW)
known = report("2026-01-05-scan_rdp-b-geo.csv", [dice.randrange(FEW) for _ in range(ROWS)], 2)
small = slim(known)
ours = taken(node, known, ROWS)
node.stop()
theirs = postgres(small, ROWS)
shutil.rmtree(DATA, ignore_errors=True)
line("rows/s, a report of 100,000 known findings", f"{ours:,.0f}", "")
line("rows/s, PostgreSQL 15 COPY, two B-trees", f"{theirs:,.0f}", "")
line("times as fast", f"{ours / theirs:.1f}", ">= 3")
