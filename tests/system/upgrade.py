# SPDX-License-Identifier: Apache-2.0
"""A state of an older version: what the node says while its tables are changed, to the log and to systemd; that it can be ended
meanwhile; and that a disk without room for the copy leaves the state as it was, and no piece of a copy. The last needs a mount of its
own (root); else it is skipped."""
import glob
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time

if os.environ.get("WEIR_MOUNT") is None:
    inside = ["unshare", "-m", "--propagation", "private"]
    can = os.geteuid() == 0 and subprocess.run([*inside, "true"], capture_output=True, check=False).returncode == 0
    os.environ["WEIR_MOUNT"] = "yes" if can else "no"
    if can:
        os.execvp("unshare", [*inside, sys.executable, "-B", *sys.argv])

from node import EXAMPLES, Node  # noqa: E402
from program import check, end, path, until  # noqa: E402

SCHEMAS = sorted(glob.glob(os.path.join(EXAMPLES, "..", "src", "state", "schema", "*.sql")))
OLD, NEW = len(SCHEMAS) - 1, len(SCHEMAS)


def make(folder, mib):
    """A state as the version before has left it, of about that size."""
    os.makedirs(folder)
    db = sqlite3.connect(os.path.join(folder, "state.db"), isolation_level=None)
    db.execute("pragma page_size = 8192")
    db.execute("pragma auto_vacuum = incremental")
    for file in SCHEMAS[:OLD]:
        with open(file, encoding="utf-8") as f:
            db.executescript(f.read())
    db.execute("insert into meta(key, value) values ('clock.last', 1)")
    for n in range(mib):
        db.execute("insert into meta(key, value) values (?, ?)", (f"filler.{n}", os.urandom(1 << 20)))
    db.execute(f"pragma user_version = {OLD}")
    db.execute("pragma journal_mode = wal")
    db.close()


def version(folder):
    db = sqlite3.connect(f"file:{folder}/state.db?mode=ro", uri=True)
    (n,), = db.execute("pragma user_version")
    (whole,), = db.execute("pragma integrity_check")
    db.close()
    return n if whole == "ok" else whole


class Systemd:
    """What it is told."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path("notify"))
        self.socket.setblocking(False)
        os.environ["NOTIFY_SOCKET"] = path("notify")
        self.told = ""

    def hears(self, word):
        def heard():
            try:
                while True:
                    self.told += self.socket.recv(4096).decode() + "\n"
            except BlockingIOError:
                pass
            return word in self.told

        return until(heard)


def serve(node):
    """Without waiting until it answers."""
    with open(node.log, "wb") as log:
        node.process = subprocess.Popen(node_words(node), stdout=log, stderr=log, stdin=subprocess.DEVNULL)


def node_words(node):
    return [sys.argv[1], "serve", "--state", node.state, "--sample", EXAMPLES]


# somebody reads its tables for a moment, so that they are not changed at once
systemd, node = Systemd(), Node("old")
make(node.state, 1)
other = sqlite3.connect(os.path.join(node.state, "state.db"), isolation_level=None)
other.execute("begin immediate")
serve(node)
check("systemd hears that it takes longer", systemd.hears("EXTEND_TIMEOUT_USEC=") and "READY" not in systemd.told, systemd.told)
check("and why", "STATUS=changing the tables" in systemd.told, systemd.told)
check("the log too, before it is done", f"state.db has tables of version {OLD}" in node.said() and "the node runs" not in node.said(), node.said())
core, = (pid for pid, name in node.processes() if name == "weir-core")
os.kill(core, signal.SIGSTOP)  # however long it takes
asks = subprocess.Popen([sys.argv[1], "receipts", "--count", "--state", node.state], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
os.set_blocking(asks.stderr.fileno(), False)
words = []


def says():
    words.append(asks.stderr.read() or b"")
    return b"newer form" in b"".join(words)


check("a command says what it waits for", until(says) and asks.poll() is None, words)
asks.kill()
asks.wait()
began = time.monotonic()
node.process.send_signal(signal.SIGTERM)
check("it ends when it is told to", node.process.wait(60) == 0 and time.monotonic() - began < 4, (node.process.returncode, time.monotonic() - began))
other.execute("rollback")
other.close()
p = node.run("backup", path("early"))
check("a backup of it says what to do, and begins nothing", p.returncode == 1 and not os.path.exists(path("early")) and p.stderr.decode() ==
      f"weir: '{node.state}/state.db' is of an older Weir (version {OLD} of its tables; this program has {NEW}): 'weir serve' brings it up to date"
      " and keeps a copy beside it; make the backup then, or now with the older program\n", p.stderr)
shutil.copytree(node.state, path("kept"), ignore=lambda _, names: [n for n in names if n != "state.db"])
p = subprocess.run([sys.argv[1], "restore", "--state", path("again"), path("kept")], capture_output=True, timeout=60, check=False)
check("so does one that an older version has made", p.returncode == 1 and b"restore it with the program that made it" in p.stderr
      and not os.path.exists(path("again")), p.stderr)
check("the tables are as they were", version(node.state) == OLD, version(node.state))
systemd.told = ""
node.start()
check("the next time they are changed", version(node.state) == NEW and f"state.db has tables of version {NEW}" in node.said(), node.said())
check("and systemd hears when it answers", systemd.hears("READY=1\nSTATUS=\n"), systemd.told)
check("what they were lies beside them", os.path.exists(os.path.join(node.state, f"state.db.{OLD:03}")))
check("it stops", node.stop() == 0, node.said())
systemd.told = ""
node.start()
check("another start says nothing of it", systemd.hears("READY=1") and "EXTEND" not in systemd.told and node.said().count("has tables of") == 3,
      node.said())
check("it stops", node.stop() == 0, node.said())

# a manager that hears nothing any more holds up no node
other = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
other.setblocking(False)
try:
    while True:
        other.sendto(b"WATCHDOG=1", path("notify"))
except BlockingIOError:
    pass
node.start()
check("it stops, whoever hears of it", node.stop() == 0, node.said())
# nobody listens there any more
del os.environ["NOTIFY_SOCKET"]

# cut off between the copy and the end of the change: as if that had never been
node = Node("cut")
make(node.state, 1)
shutil.copy(os.path.join(node.state, "state.db"), path("before"))
node.start()
check("it stops", node.stop() == 0, node.said())
copy = os.path.join(node.state, f"state.db.{OLD:03}")
made = os.stat(copy)
for file in glob.glob(os.path.join(node.state, "state.db*")):
    if file != copy:
        os.remove(file)
shutil.copy(path("before"), os.path.join(node.state, "state.db"))
node.start()
check("it goes on", version(node.state) == NEW, version(node.state))
check("what is copied already is not copied again", os.stat(copy).st_ino == made.st_ino, node.said())
check("it stops", node.stop() == 0, node.said())

# the copy of another upgrade, to which somebody has gone back: the older node has run since
node = Node("twice")
make(node.state, 1)
copy = os.path.join(node.state, f"state.db.{OLD:03}")
shutil.copy(os.path.join(node.state, "state.db"), copy)
for left in (".tmp", ".tmp-journal"):
    shutil.copy(copy, copy + left)
db = sqlite3.connect(os.path.join(node.state, "state.db"), isolation_level=None)
db.execute("update meta set value = 2 where key = 'clock.last'")
db.close()
node.start()
db = sqlite3.connect(f"file:{copy}?mode=ro", uri=True)
check("a copy of what it no longer is is made again", db.execute("select value from meta where key = 'clock.last'").fetchone() == (2,))
db.close()
check("pieces of a copy go", sorted(glob.glob(os.path.join(node.state, "state.db.*"))) == [copy], os.listdir(node.state))
check("it stops", node.stop() == 0, node.said())

disk = path("disk")
os.makedirs(disk)
if os.environ["WEIR_MOUNT"] == "no" or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "none", disk], check=False).returncode != 0:
    print("skipped: a full disk, which needs a mount of its own")
    end()
node = Node("disk/state")
node.log = path("full.log")
make(node.state, 8)
free = os.statvfs(disk).f_bavail
serve(node)
check("without room for the copy it refuses", node.process.wait(60) == 1 and node.said().splitlines()[-1:] ==
      [f"weir: before the change to version {NEW} a copy is needed: '{node.state}/state.db': the disk is full"], node.said())
check("the tables are as they were", version(node.state) == OLD, version(node.state))
check("nothing of the copy is left", not glob.glob(os.path.join(node.state, "state.db.*")), os.listdir(node.state))
check("nor its room taken", os.statvfs(disk).f_bavail > free - 64, (os.statvfs(disk).f_bavail, free))
subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
node.start()
check("with room they are changed", version(node.state) == NEW, version(node.state))
check("it stops", node.stop() == 0, node.said())

# a disk that is full to the last byte when a node starts: what is kept for that is given up, or a sentence says why not
ballast, free = os.path.join(node.state, "ballast"), os.statvfs(disk)
check("there is a ballast", os.path.exists(ballast))
with open(os.path.join(disk, "filler"), "wb") as f:
    f.write(b"x" * (free.f_bavail * free.f_frsize))
check("the disk is full", os.statvfs(disk).f_bavail == 0, os.statvfs(disk))
node.start()
check("it starts, without its ballast", not os.path.exists(ballast), os.listdir(node.state))
check("it stops", node.stop() == 0, node.said())
free = os.statvfs(disk)
with open(os.path.join(disk, "more"), "wb") as f:
    f.write(b"x" * (free.f_bavail * free.f_frsize))
serve(node)
there = os.path.join(node.state, "control.sock")
until(lambda: node.process.poll() is not None or node.run("receipts", "--count").returncode == 0)
check("or a sentence says why not", node.process.poll() == 1 and "the disk is full" in node.said().splitlines()[-1], node.said())
if node.process.poll() is None:
    node.stop()
subprocess.run(["umount", disk], check=False)
end()
