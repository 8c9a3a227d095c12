# SPDX-License-Identifier: Apache-2.0
"""A node on a disk of 64 MiB that is filled: refusal with a sentence before the disk is full, nothing that was accepted is
lost, and it heals by itself when there is room again. Needs a mount of its own (root); else it is skipped."""
import os
import shutil
import subprocess
import sys
import time

if os.environ.get("WEIR_DISK") is None:
    os.environ["WEIR_DISK"] = "1"
    inside = ["unshare", "-m", "--propagation", "private"]
    if os.geteuid() != 0 or subprocess.run([*inside, "true"], capture_output=True, check=False).returncode != 0:
        print("skipped: no mount of its own can be made here")
        sys.exit(77)
    os.execvp("unshare", [*inside, sys.executable, "-B", *sys.argv])

from node import Node  # noqa: E402
from program import check, end, path, until, write  # noqa: E402
from shadow import KEY, SECRET, Server  # noqa: E402

disk = path("disk")
os.makedirs(disk)
if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", disk], capture_output=True, check=False).returncode != 0:
    print("skipped: nothing can be mounted here")
    sys.exit(77)


def report(number, rows):
    """About 90 bytes a row, which do not pack well."""
    out = ["source.ip,source.port,time.source,classification.type,tlp,extra.note"]
    for i in range(rows):
        out.append(f"192.0.2.{i % 250 + 1},{i % 60000 + 1},2026-01-05T00:00:00Z,scanner,GREEN,{os.urandom(20).hex()}{number}")
    return ("\n".join(out) + "\n").encode()


def fill(name, size):
    with open(os.path.join(disk, name), "wb") as f:
        f.write(b"\0" * size)


fill("filler", 20 << 20)
node = Node("disk/state").start()
pid = node.process.pid
core = next(p for p, n in node.processes() if n == "weir-core")
accepted, refused, left, pushed = {}, None, 0, 0
for number in range(60):
    data = report(number, 50000)
    pushed += len(data)
    p = node.run("take", write(f"{number}.csv", data) and path(f"{number}.csv"))
    if p.returncode == 0:
        accepted[p.stdout.decode().split()[0]] = (len(data), 50000)
    else:
        if refused is None:
            refused, left = p.stderr.decode(), os.statvfs(disk).f_bavail
    os.unlink(path(f"{number}.csv"))
    if pushed > 300e6:
        break
check("300 MB were pushed", pushed > 300e6 or number == 59, pushed)
check("some were taken", len(accepted) >= 2, accepted)
check("then refused, with a sentence", refused is not None and "nearly full" in refused, refused)
check("before the disk was full", left > 0, left)
check("commands go on", node.run("findings", "--count").returncode == 0)
os.unlink(os.path.join(disk, "filler"))
room = time.monotonic()
until(lambda: all(r["state"] == "done" for r in node.ask("receipts", "--limit", "1000") if r["receipt"] in accepted))
states = {r["receipt"]: r for r in node.ask("receipts", "--limit", "1000")}
check("all that was accepted is read once there is room", all(states[r]["state"] == "done" for r in accepted),
      {r: s["state"] for r, s in states.items()})
print(f"{time.monotonic() - room:.0f} s after there was room")
check("to the last record", all(states[r]["records"] == n for r, (_, n) in accepted.items()), states)
some = next(iter(accepted))
check("with its bytes", len(node.run("why", "--raw", some).stdout) == accepted[some][0])
check("no restart", node.process.pid == pid and core in [p for p, _ in node.processes()], node.processes())
p = node.run("take", "--wait", "-", data=report("x", 100))
check("and it takes again", p.returncode == 0, p.stderr)
check("it stops", node.stop() == 0, node.said()[-400:])

# the disk fills while reports are fetched: not even the next one of the list is
shutil.rmtree(os.path.join(disk, "state"))
server, conf = Server(), path("conf")
for folder in ("feeds", "rules"):
    os.makedirs(os.path.join(conf, folder))
for name, text in (("weir.yaml", "country: XA\n"), ("owners.csv", "id,name,prefixes,contacts\n"), ("api", f"key = {KEY}\nsecret = {SECRET}\n"),
                   ("rules/10-all.yaml", "- rule: all\n  if: {}\n  then: { notify: nobody }\n"),
                   ("feeds/many.yaml", f"name: many\nsource: shadowserver-api\nurl: {server.url('/api2/')}\ndownload: {server.url('/files/')}\n"
                                       f"key-file: {conf}/api\nenabled: yes\nformat: shadowserver\npoll: 1h\n")):
    with open(os.path.join(conf, name), "w", encoding="utf-8") as f:
        f.write(text)
for number in range(3):
    server.add(f"r{number}", "scan_http", number)
server.on_give = lambda: os.path.exists(os.path.join(disk, "more")) or fill("more", 50 << 20)
node = Node("disk/state", "--conf", conf).start()
until(lambda: node.ask("feed", "list")[0]["failures"])
feed = node.ask("feed", "list")[0]
check("only the first was fetched", len(server.given) == 1 and "nearly full" in feed["sentence"], (server.given, feed))
os.unlink(os.path.join(disk, "more"))
server.on_give = None
node.run("feed", "fetch", "many")
until(lambda: node.count("receipts", "--state", "done") == 3)
check("with room again the others are, and it is not again", sorted(server.given) == ["r0", "r1", "r2"] and node.count("receipts") == 3, server.given)
check("it stops", node.stop() == 0, node.said()[-400:])
subprocess.run(["umount", disk], check=False)
end()
