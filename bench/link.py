#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two linked nodes on loopback: how long a word of one takes until the other has it and his receipt is here; and what door and
keeper weigh then.

  bench/link.py WEIR [COUNT]

The times are those of the node that sends: from the command of a person to the row that the receipt makes."""
import os
import pwd
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

weir = os.path.abspath(sys.argv[1])
count = int(sys.argv[2]) if len(sys.argv) > 2 else 100


def port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Node:
    def __init__(self, root, cc):
        self.cc, self.dir, self.port = cc, f"{root}/{cc}", port()
        self.state = self.dir + "/state"
        os.makedirs(self.dir + "/conf/rules")
        with open(self.dir + "/conf/weir.yaml", "w") as f:
            f.write(f"country: {cc.upper()}\nname: {cc.upper()} CERT\ndoor:\n  listen: 127.0.0.1:{self.port}\n")
        with open(self.dir + "/conf/owners.csv", "w") as f:
            f.write("id,name,sector,prefixes,contacts,language\nbank,Bank,finance,192.0.2.0/24,it@bank.example,en\n")
        with open(self.dir + "/conf/rules/10-all.yaml", "w") as f:
            f.write("- rule: all\n  if: {}\n  then: { notify: owner, within: 1d }\n")
        self.log = open(self.dir + "/log", "w")
        self.process = subprocess.Popen([weir, "serve", "--state", self.state, "--conf", self.dir + "/conf"],
                                        stdout=self.log, stderr=self.log)

    def run(self, *words, other=False, good=True):
        user = pwd.getpwnam("nobody").pw_uid if other else None
        done = subprocess.run([weir, *words, "--state", self.state], capture_output=True, text=True, user=user,
                              extra_groups=[0] if other else None, group=0 if other else None)
        if good and done.returncode != 0:
            sys.exit(f"{self.cc}: weir {' '.join(words)}: {done.stderr}")
        return done

    def one(self, sql, *values):
        db = sqlite3.connect(f"file:{self.state}/state.db?mode=ro", uri=True, timeout=10)
        row = db.execute(sql, values).fetchone()
        db.close()
        return row[0] if row else None

    def await_one(self, sql, wanted, seconds=60):
        end = time.monotonic() + seconds
        while self.one(sql) != wanted:
            if time.monotonic() > end:
                sys.exit(f"{self.cc}: {sql} is not {wanted}")
            time.sleep(0.1)

    def processes(self):
        """What each process of the node is, by the name it has given itself."""
        found = {}
        for p in filter(str.isdigit, os.listdir("/proc")):
            try:
                words = open(f"/proc/{p}/stat").read()
                parent = int(words.rsplit(")", 1)[1].split()[1])
                if parent == self.process.pid:
                    found[words[words.index("(") + 1:words.rindex(")")]] = int(p)
            except (OSError, ValueError):
                continue
        return found


def offline(*words):
    done = subprocess.run([weir, *words], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"weir {' '.join(words)}: {done.stderr}")
    return done.stdout


def link(nodes):
    for n in nodes:
        for _ in range(200):
            shown = n.run("key", "show", good=False)
            if shown.returncode == 0 and "tls" in shown.stdout:
                break
            time.sleep(0.05)
        with open(n.dir + "/keys", "w") as f:
            f.write(shown.stdout)
        n.list = n.dir + f"/{n.cc}.weirkeys"
        offline("key", "root", n.cc, n.dir + "/root.key", "--page", n.dir + "/page", "--paper", n.dir + "/paper")
        offline("key", "list", n.dir + "/root.key", "--keys", n.dir + "/keys", "--name", n.cc + " CERT", "--url",
                f"https://127.0.0.1:{n.port}/", "-o", n.list)
        n.run("key", "import", n.list)
    for a, b in (nodes, nodes[::-1]):
        a.run("peer", "import", b.list)
        numbers = re.findall(r"\b\d{5}\b", offline("key", "voice", b.list))[:6]
        a.run("peer", "type", b.cc, *numbers, "--called", "+1", "--found", "directory", "--voice", "yes")
        a.run("peer", "confirm", b.cc, "--role", "cert", other=True)


def word(node, case, number):
    """Seconds from the command's end, when the word is committed here, until its receipt is; the row says both times."""
    began = time.monotonic()
    node.run("case", "state", case, "accepted" if number % 2 else "in-progress")
    said = time.monotonic()
    db = sqlite3.connect(f"file:{node.state}/state.db?mode=ro", uri=True, timeout=10)
    last = db.execute("select max(n) from statement where sender = ? and kind = 'case.status'", (node.cc,)).fetchone()[0]
    while True:
        row = db.execute("select receipt from delivery where statement = ?", (last,)).fetchone()
        if row and row[0] is not None:
            db.close()
            return time.monotonic() - said, time.monotonic() - began
        if time.monotonic() - said > 60:
            sys.exit(f"no receipt for statement {last} within a minute")
        time.sleep(0.001)


def share(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * q))]


def pss(pid):
    with open(f"/proc/{pid}/smaps_rollup") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("Pss:")) / 1024


def main():
    with tempfile.TemporaryDirectory() as root:
        os.chmod(root, 0o755)  # the second person is another user
        nodes = [Node(root, "la"), Node(root, "vn")]
        try:
            link(nodes)
            la, vn = nodes
            time.sleep(3)
            la.run("case", "new", "a host", "--peer", "vn", "--ask", "takedown-request", "--severity", "c3", "--rsit",
                   "phishing", "--text", "please look")
            la.run("case", "send", "K1")
            vn.await_one("select count(*) from case_", 1)
            word(vn, "K1", 1)
            idle = [word(vn, "K1", i) for i in range(count)]
            for name, values in (("", [w[0] for w in idle]), ("with the command, ", [w[1] for w in idle])):
                print(f"idle, {name}p50 {share(values, .5) * 1000:.0f} ms, p99 {share(values, .99) * 1000:.0f} ms")
            print(f"figure link.receipt_idle_ms {share([w[0] for w in idle], .99) * 1000:.0f}")
            door, keeper = (la.processes()[name] for name in ("weir-door", "weir-keeper"))
            print(f"figure link.door_keeper_mib {pss(door) + pss(keeper):.1f}")
        finally:
            for n in nodes:
                n.process.terminate()
            for n in nodes:
                n.process.wait()


main()
