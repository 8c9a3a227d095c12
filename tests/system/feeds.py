# SPDX-License-Identifier: Apache-2.0
"""Feeds that the node fetches from a server of the test: new, the same, gone, moved, too long, late; and lists of which
what is missing is gone."""
import ctypes
import os
import sqlite3
import time

from feeds_server import Server
from node import Node
from program import check, end, path, wait, write

HEAD = "source.ip,source.port,classification.type,tlp\n"


def table(*hosts):
    return (HEAD + "".join(f"192.0.2.{h},80,c2-server,GREEN\n" for h in hosts)).encode()


server = Server()
conf = path("conf")
os.makedirs(os.path.join(conf, "feeds"))
os.makedirs(os.path.join(conf, "rules"))
for name, text in (
        ("weir.yaml", "country: XA\n"), ("owners.csv", "id,name,prefixes,contacts\nbank,Bank,192.0.2.0/24,soc@bank.example\n"),
        ("rules/10-all.yaml", "- rule: all\n  if: {}\n  then: { notify: nobody }\n"),
        ("key", "Auth-Key: s3cret\n")):
    with open(os.path.join(conf, name), "w", encoding="utf-8") as f:
        f.write(text)


def feed(name, page, more=""):
    with open(os.path.join(conf, "feeds", name + ".yaml"), "w", encoding="utf-8") as f:
        f.write(f"name: {name}\nurl: {server.url(page)}\nenabled: yes\nformat: csv\ncadence: 1h\n{more}")


feed("list", "/list.csv", "kind: snapshot\n")
feed("other", "/other.csv", "kind: snapshot\n")
feed("keyed", "/keyed.csv", f"kind: log\nheader-file: {conf}/key\n")
feed("moved", "/moved.csv")
feed("long", "/long.csv", "limit: 1000\n")
feed("broken", "/broken.csv")
feed("file", "/file.csv")
server.pages = {"/list.csv": (200, table(1, 2, 3), '"a"'), "/other.csv": (200, table(3), None), "/keyed.csv": (200, table(9), None),
                "/moved.csv": (302, b"/new.csv", None), "/new.csv": (200, table(7), None), "/long.csv": (200, table(*range(1, 200)), None),
                "/broken.csv": (500, b"no", None), "/file.csv": (302, b"file:///etc/passwd", None)}
node = Node("n", "--conf", conf).start()


def feeds():
    return {f["feed"]: f for f in node.ask("feed", "list")}


def fetched_again(name):
    before = len([a for a in server.asked if a[0] == f"/{name}.csv"])
    p = node.run("feed", "fetch", name)
    check(f"{name} is asked for", p.returncode == 0, p.stderr)
    wait(f"{name} is fetched", lambda: len([a for a in server.asked if a[0] == f"/{name}.csv"]) > before)


def open_hosts():
    return sorted(f["place"].split(".")[3] for f in node.ask("findings", "--state", "open") if f["class"] == "c2-server")


wait("all feeds were tried", lambda: all(f["good"] or f["failures"] for f in feeds().values()))
now = feeds()
check("good ones", all(now[n]["good"] and not now[n]["failures"] for n in ("list", "other", "keyed", "moved")), now)
check("too long", "longer than 1000 bytes" in now["long"]["sentence"], now["long"])
check("the server's answer", "500" in now["broken"]["sentence"], now["broken"])
check("no way to a file", now["file"]["failures"] == 1 and not now["file"]["good"], now["file"])
check("the secret is sent to its server alone", {a[0] for a in server.asked if a[2] == "s3cret"} == {"/keyed.csv"}, server.asked)
wait("receipts are read", lambda: node.count("receipts", "--state", "done") == 4)
check("what they show", open_hosts() == ["1", "2", "3", "7", "9"], open_hosts())
check("nothing else lies in the spool", not os.listdir(os.path.join(node.state, "spool")))
fetched_again("list")
time.sleep(0.3)
check("asked with the ETag, nothing new", server.asked[-1][1] == '"a"' and node.count("receipts") == 4, server.asked[-1])
server.pages["/list.csv"] = (200, table(2, 4), '"b"')
fetched_again("list")
wait("the new list is read", lambda: node.count("receipts", "--state", "done") == 5)
wait("what is missing is gone, unless another list has it", lambda: open_hosts() == ["2", "3", "4", "7", "9"])
gone = next(f for f in node.ask("findings", "--ip", "192.0.2.1"))
check("closed by evidence", (gone["state"], gone["why"]) == ("closed", "gone"), gone)
server.pages["/list.csv"] = (200, HEAD.encode(), '"c"')
fetched_again("list")
wait("an empty list is read", lambda: node.count("receipts") == 6 and node.count("receipts", "--state", "done") == 6)
check("and closes nothing", open_hosts() == ["2", "3", "4", "7", "9"], open_hosts())
server.pages["/list.csv"] = (200, table(1, 2, 4), '"d"')
fetched_again("list")
wait("what is back is open again", lambda: open_hosts() == ["1", "2", "3", "4", "7", "9"])
check("a feed that is not there", node.run("feed", "fetch", "nonsense").returncode == 1)
status = {s["name"]: s["value"] for s in node.ask("status")}
check("no feed is late yet", status["feeds late"] == 0, status)
# ---- by when it is expected; that the time has come is told by the core to the row (tests/sim/test_expected.c)
feed("daily", "/list.csv", "kind: log\nexpected: \"mon-fri 06:30\"\n")
with open(os.path.join(conf, "feeds", "daily.yaml"), encoding="utf-8") as f:
    text = f.read()
write("conf/feeds/daily.yaml", text.replace("url:", "documentation:").encode())
node.run("reload")
wait("a feed that is delivered", lambda: "daily" in feeds())
daily = feeds()["daily"]
check("expected, and not late yet", (daily["expected"], daily["late"], daily["late_since"], feeds()["list"]["expected"]) ==
      ("mon-fri 06:30", "no", None, None), daily)
with sqlite3.connect(os.path.join(node.state, "state.db"), timeout=10) as db:
    db.execute("update feed set missed = 1767594600000000 where name = 'daily'")
    db.commit()
daily = feeds()["daily"]
check("late since then", (daily["late"], daily["late_since"]) == ("yes", "2026-01-05T06:30:00+00:00"), daily)
line = next(s for s in node.ask("status") if s["name"] == "feeds late")
check("the status names it", (line["value"], line["look"], line["note"]) == (1, "somebody must look", "daily; weir feed list"), line)
check("in words", b"somebody must look: daily; weir feed list" in node.run("status").stdout)
check("delivered it is not late any more", node.run("take", "--wait", "--feed", "daily", path(write("daily.csv", table(5)))).returncode == 0 and
      feeds()["daily"]["late"] == "no" and feeds()["daily"]["late_since"] is None, feeds()["daily"])
write("conf/feeds/daily.yaml", text.replace("mon-fri 06:30", "mon-fri 6:30").encode())
p = node.run("check", "--conf", conf)
check("a wrong time is a sentence with its place", p.returncode == 1 and b"feeds/daily.yaml:7:11: 'expected' is days and a time" in p.stdout + p.stderr, p)
os.remove(os.path.join(conf, "feeds", "daily.yaml"))
# ---- a secret that is named later
os.makedirs(path("later"))
with open(path("later/key"), "w", encoding="utf-8") as f:
    f.write("Auth-Key: an0ther\n")
with open(os.path.join(conf, "feeds", "keyed.yaml"), encoding="utf-8") as f:
    text = f.read()
with open(os.path.join(conf, "feeds", "keyed.yaml"), "w", encoding="utf-8") as f:
    f.write(text.replace(f"{conf}/key", path("later/key")))
if ctypes.CDLL(None).syscall(444, None, 0, 1) >= 1:
    p = node.run("feed", "try", "keyed")
    check("a file named since the start is not opened, and that is said", b"weir reload" in p.stdout + p.stderr, p)
node.run("reload")
wait("after a reload it is", lambda: node.run("feed", "try", "keyed").returncode == 0)
fetched_again("keyed")
check("and sent", server.asked[-1][2] == "an0ther", server.asked[-3:])
check("it stops", node.stop() == 0, node.said()[-300:])
server.shutdown()
end()
