# SPDX-License-Identifier: Apache-2.0
"""A node whose readers attack (tests/unit/liars.c): each report ends as set aside with the reason, the core stays the same
process, and the next report is read. hostile_node.py PROGRAM [sanitized]"""
import json
import os
import shutil
import socket
import sys
import time
import urllib.request

from node import EXAMPLES, Node
from program import check, end, free_port, path, wait

CALL = "tried a system call that it may not make"
WANTED = {
    "socket": CALL, "pair": CALL, "connect": CALL, "exec": CALL, "kill": CALL, "shoot": CALL, "code": CALL, "truncate": CALL,
    "file": "was refused a file",
    "verb": "a verb it may not say", "short": "a message of another form", "slot": "no such slot",
    "counts": "its counts are not those of its batches", "batch": "batch", "deaf": "the reader broke the rules of its channel",
    "gone": "ended with status 7", "closed": "closed its channel and went on",
    "many": "more parts than it may hand over",
    "spin": "used more processor time than its report may cost|said nothing for too long",  # whichever comes first here
}
if "sanitized" not in sys.argv[2:]:
    WANTED |= {"fork": CALL, "memory": "got less than 64 MiB", "greedy": "ran out of the memory", "beyond": "ended by signal 11"}
HONEST = b"time.source,source.ip,tlp,classification.type\n2026-01-05T00:00:00Z,192.0.2.%d,GREEN,c2-server\n"

conf = path("country")
shutil.copytree(os.path.join(EXAMPLES, "country"), conf)
shutil.rmtree(os.path.join(conf, "feeds"))  # they name readers that this program does not have
os.mkdir(os.path.join(conf, "feeds"))
for name in [*WANTED, "scribble"]:
    with open(os.path.join(conf, "feeds", name + ".yaml"), "w", encoding="utf-8") as f:
        f.write(f"name: {name}\nformat: {name}\nenabled: no\nkind: log\ncadence: 1h\n")
node = Node("attacked", "--pages", str(free_port()), "--conf", conf).start()
core = [pid for pid, name in node.processes() if name in ("weir-core", "weir-readers", "weir")]
for n, (name, words) in enumerate(WANTED.items()):
    p = node.run("take", "--wait", "--feed", name, "-", data=f"report for {name}\n".encode())
    check(f"{name}: it is not taken for read", p.returncode == 1, p)
    receipt = p.stdout.split()[0].decode() if p.stdout else "R0"
    r = next((r for r in node.ask("receipts") if r["receipt"] == receipt), {})
    check(f"{name}: it is set aside", r.get("state") == "aside" and (r.get("events") == 0 or name == "deaf"), r)
    check(f"{name}: the reason", any(w in (r.get("sentence") or "") for w in words.split("|")), r)
    p = node.run("take", "--wait", "-", data=HONEST % n)
    check(f"{name}: the next report is read", p.returncode == 0 and b" 1 record: 1 with events" in p.stdout, p.stdout + p.stderr)


def look(base, token, name):
    """At a report that is on its way in: nothing comes of it, and the core is there for others meanwhile."""
    host, key = base.split("//")[1], os.urandom(16).hex()
    s = socket.create_connection(host.split(":"), 60)
    s.sendall(f"POST /api/v1/reports?name=a&feed={name} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n"
              f"Content-Length: 1000000\r\n\r\nreport for {name}\n".encode())
    ask = urllib.request.Request(base + "/api/v1/uploads/" + key, headers={"Authorization": "Bearer " + token})
    slowest, until = 0, time.monotonic() + 4
    while time.monotonic() < until:
        with urllib.request.urlopen(ask) as answer:
            said = json.load(answer)
        began = time.monotonic()
        node.run("take", "-", data=HONEST % 77)
        slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.2)
    check(f"{name}: a look at it says nothing", said["received"] is not None and not (said["look"] or {}).get("records"), said)
    check(f"{name}: meanwhile others are served", slowest < 10, slowest)
    s.close()


pages = next(word for word in node.run("people", "add", "program", "--roles", "coordinator").stdout.decode().split() if word.startswith("http")).split("/enter")[0]
bearer = node.run("token", "add", "program", "--name", "test", "--scope", "all").stdout.decode().strip()
for name in ("spin", "code"):
    look(pages, bearer, name)
p = node.run("take", "--wait", "--feed", "scribble", "-", data=b"report for scribble\n")
check("what is changed after it was handed over changes nothing", p.returncode == 0 and b" 1 record: 1 with events" in p.stdout, p.stdout + p.stderr)
check("the core, and what starts readers, are the same", core == [pid for pid, name in node.processes() if name in ("weir-core", "weir-readers", "weir")])
wait("no reader is left", lambda: not [pid for pid, name in node.processes() if name == "weir-reader"])
deep = node.run("check", "--deep")
check("all that is kept agrees", deep.returncode == 0, deep.stdout.decode()[-600:])
check("it stops", node.stop() == 0, node.said()[-500:])
end()
