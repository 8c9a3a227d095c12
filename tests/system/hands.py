# SPDX-License-Identifier: Apache-2.0
"""What people do with a node: files renamed into in/, lists with filters, findings closed and opened, letters held,
released and taken back, the same report twice, and the sentences for what is wrong."""
import json
import os
import shutil
import sqlite3
import subprocess
import time

from node import EXAMPLES, Node
from program import WEIR, check, end, path, wait, write

HEAD = "source.ip,source.port,time.source,classification.type,tlp\n"


def table(*hosts, port=80):
    return (HEAD + "".join(f"192.0.2.{h},{port},2026-01-05T00:00:00Z,c2-server,GREEN\n" for h in hosts)).encode()


def said(what, p, code, *words):
    text = (p.stdout + p.stderr).decode()
    check(what, p.returncode == code and all(w in text for w in words), (p.returncode, text))


node = Node("n").start()


def read_by(pid):
    with open(f"/proc/{pid}/io", encoding="ascii") as f:
        return int(f.readline().split()[1])


def drop():
    """A name that begins with a dot is on its way; a folder is a feed; one that is no feed is complained of."""
    into = os.path.join(node.state, "in")
    for name, folder in (("a.csv", into), (".hidden", into), ("b.csv.part", into)):
        with open(os.path.join(folder, name), "wb") as f:
            f.write(table(1, 2))
    os.makedirs(os.path.join(into, "sinkhole"))
    shutil.copy(os.path.join(EXAMPLES, "reports", "sinkhole.json"), path("s.json"))
    os.rename(path("s.json"), os.path.join(into, "sinkhole", "any-name"))
    os.makedirs(os.path.join(into, "nofeed"))
    with open(os.path.join(into, "nofeed", "c.csv"), "wb") as f:
        f.write(table(3))
    wait("two are taken", lambda: node.count("receipts", "--state", "done") == 2)
    receipts = {r["path"]: r for r in node.ask("receipts")}
    check("by their names", set(receipts) == {"a.csv", "any-name"} and receipts["any-name"]["feed"] == "sinkhole", receipts)
    check("what is on its way stays", sorted(os.listdir(into)) == [".hidden", "b.csv.part", "nofeed", "sinkhole"], os.listdir(into))
    wait("a folder that is no feed is complained of", lambda: "there is no feed 'nofeed'" in node.said())
    time.sleep(2.2)
    check("once", node.said().count("there is no feed 'nofeed'") == 1)
    with open(os.path.join(into, "nofeed", "large"), "wb") as f:
        f.truncate(64 << 20)
    for i in range(70):
        os.symlink("/etc/hostname", os.path.join(into, f"link-{i}"))
    wait("links are complained of", lambda: "is no file but a link" in node.said())
    core = next(pid for pid, name in node.processes() if name == "weir-core")
    before = read_by(core)
    time.sleep(3.2)
    check("what has no feed is not read each second", read_by(core) - before < 16 << 20, read_by(core) - before)
    with open(path("late.csv"), "wb") as f:
        f.write(table(4))
    os.rename(path("late.csv"), os.path.join(into, "late.csv"))
    wait("and none of it holds up another", lambda: not os.path.exists(os.path.join(into, "late.csv")))
    for i in range(70):
        os.remove(os.path.join(into, f"link-{i}"))
    os.remove(os.path.join(into, "nofeed", "large"))
    wait("the spool is empty", lambda: not os.listdir(os.path.join(node.state, "spool")))


def again():
    """The same bytes of a log are the same receipt."""
    write("again.csv", table(10, 11))
    first = node.run("take", "--wait", path("again.csv"))
    said("taken", first, 0, "2 with events")
    said("the same bytes", node.run("take", path("again.csv")), 0, "has these bytes already")
    said("waited for, too", node.run("take", "--wait", path("again.csv")), 0, "has these bytes already", " done: ")
    check("one receipt", sum(r["path"] == "again.csv" for r in node.ask("receipts")) == 1)
    said("a feed that is not there", node.run("take", "--feed", "nonsense", path("again.csv")), 1, "there is no feed 'nonsense'")
    said("a file that is not there", node.run("take", path("nowhere.csv")), 1, "nowhere.csv")
    said("standard input", node.run("take", "--wait", "-", data=table(12)), 0, "stdin")
    write("nothing.bin", b"\x00\x01\x02\x03" * 100)
    said("what no reader knows", node.run("take", "--wait", path("nothing.bin")), 1, "no reader knows this format")


def closing():
    f = next(x for x in node.ask("findings", "--ip", "192.0.2.10", "--class", "c2-server"))
    said("why is needed", node.run("finding", "close", f["finding"]), 2, "--why is fixed")
    said("closed", node.run("finding", "close", f["finding"], "--why", "fixed", "--note", "by telephone"), 0, "closed as fixed")
    said("twice", node.run("finding", "close", f["finding"], "--why", "fixed"), 2, "closed already")
    check("it is closed", node.ask("findings", "--ip", "192.0.2.10", "--class", "c2-server")[0]["state"] == "closed")
    write("back.csv", table(10, port=80).replace(b"00:00:00Z", b"01:00:00Z"))
    said("seen again", node.run("take", "--wait", path("back.csv")), 0)
    check("it is open again", node.ask("findings", "--ip", "192.0.2.10", "--class", "c2-server")[0]["state"] == "seen-again")
    said("closed for good", node.run("finding", "close", f["finding"], "--why", "accepted-risk"), 0)
    write("back2.csv", table(10, port=80).replace(b"00:00:00Z", b"02:00:00Z"))
    said("seen again", node.run("take", "--wait", path("back2.csv")), 0)
    found = node.ask("findings", "--ip", "192.0.2.10", "--class", "c2-server")[0]
    check("it stays closed, and is counted", found["state"] == "closed" and found["receipts"] == 3, found)
    said("no such finding", node.run("finding", "close", "F9999", "--why", "fixed"), 1, "there is no finding F9999")
    said("opened by hand", node.run("finding", "reopen", f["finding"]), 0, "open again")


def letters():
    wait("letters are ready", lambda: node.count("notices", "--state", "ready") >= 2)
    notices = node.ask("notices", "--state", "ready")
    a, b = notices[0]["notice"], notices[1]["notice"]
    said("held", node.run("notice", "hold", a, "--note", "wait for the bank"), 0, "is held")
    said("released", node.run("notice", "release", a), 0, "is released")
    said("taken back", node.run("notice", "withdraw", b), 0, "is taken back")
    said("only once", node.run("notice", "release", b), 2, "withdrawn")
    check("states", {n["notice"]: n["state"] for n in node.ask("notices")}[b] == "withdrawn")


def asking():
    said("an id", node.run("why", "X1"), 2, "an id is R12")
    said("a time", node.run("events", "--since", "tomorrowish"), 2, "is no time such as")
    said("a prefix", node.run("events", "--ip", "192.0.2.0/99"), 2, "an address or a prefix is needed")
    all_of = node.count("events")
    check("events are counted", all_of == sum(r["events"] for r in node.ask("receipts")), all_of)
    some, after = [], []
    while True:
        p = json.loads(node.run("events", "--json", "--limit", "3", *after).stdout)
        some += [e["event"] for e in p["events"]]
        if "next" not in p:
            break
        after = ["--after", p["next"]]
    check("page by page it is all of them, once", len(some) == len(set(some)) == all_of, (len(some), all_of))
    check("by network", node.count("events", "--ip", "192.0.2.0/28") == sum(
        e["source.ip"].startswith("192.0.2.") and int(e["source.ip"].split(".")[3]) < 16
        for e in node.ask("events") if ":" not in e["source.ip"]))
    check("csv", node.run("findings", "--csv").stdout.startswith(b"finding,owner,class,"))
    p = node.run("status")
    check("status says that somebody must look", p.returncode == 1 and b"receipts aside" in p.stdout and b"somebody must look" in p.stdout, p.stdout)
    check("why a receipt", b"records   2: 2 with events" in node.run("why", "R1").stdout, node.run("why", "R1").stdout)


def aside():
    """What was set aside can be looked at, with its line and its bytes."""
    lines = [b"source.ip,source.port,time.source,classification.type,tlp"]
    lines += [b"192.0.2.%d,80,%s,c2-server,GREEN" % (i, b"sometime" if i % 7 == 3 else b"2026-01-05T00:00:00Z") for i in range(1, 60)]
    write("aside.csv", b"\n".join(lines) + b"\n")
    said("read", node.run("take", "--wait", path("aside.csv")), 0, "9 set aside")
    found = [a for a in node.ask("aside", "list") if a["path"] == "aside.csv"]
    check("each with its reason", len(found) == 9 and {a["reason"] for a in found} == {"bad-time"}, found[:2])
    for a in found:
        check("and its bytes", node.run("why", "--raw", a["record"]).stdout == lines[a["line"] - 1], a)
    check("and why", b"set aside" in node.run("why", found[0]["record"]).stdout)
    total = node.count("aside", "list")
    some = node.ask("aside", "list", "--limit", "3")
    rest = node.ask("aside", "list", "--after", some[-1]["record"], "--limit", "1000")
    check("page by page", len(some) + len(rest) == total, (len(some), len(rest), total))


def backup():
    """A copy of a running node is a node."""
    copy, again = path("copy"), path("again")
    said("a copy", node.run("backup", copy), 0, " receipts, ", " letters")
    said("not over another", node.run("backup", copy), 1, "is not empty")
    p = subprocess.run([WEIR, "restore", "--state", again, copy], capture_output=True, timeout=60, check=False)
    said("restored", p, 0, " receipts, ")
    other = Node("again").start()
    for what in ("receipts", "findings", "notices", "events"):
        check(f"the same {what}", other.run(what, "--csv").stdout == node.run(what, "--csv").stdout)
    said("why", other.run("why", "F1"), 0, "generation 1")
    said("and goes on", other.run("take", "--wait", "-", data=table(77)), 0, "1 with events")
    said("all agrees", other.run("check", "--deep"), 0, " 0 problems")
    check("it stops", other.stop() == 0)
    p = subprocess.run([WEIR, "restore", "--state", path("third"), path("nowhere")], capture_output=True, timeout=60, check=False)
    said("a folder that is no backup", p, 1, "there is no backup in")
    with open(os.path.join(copy, "letters", os.listdir(os.path.join(copy, "letters"))[0]), "ab") as f:
        f.write(b" ")
    p = subprocess.run([WEIR, "restore", "--state", path("third"), copy], capture_output=True, timeout=60, check=False)
    said("a damaged copy is not used", p, 1, "is not the letter that was sealed")
    check("and nothing was made", not os.path.exists(path("third")))


def deep():
    """What is damaged on the disk is found."""
    said("all agrees", node.run("check", "--deep"), 0, " 0 problems")
    letter = next(n for n in os.listdir(os.path.join(node.state, "letters")))
    with open(os.path.join(node.state, "letters", letter), "ab") as f:
        f.write(b" ")
    said("a letter that was changed", node.run("check", "--deep"), 1, "is not the letter that was sealed", "1 problems")
    db = sqlite3.connect(os.path.join(node.state, "state.db"))
    db.execute("update audit set person = 'nobody' where seq = 1")
    db.execute("update finding set events = events + 1 where id = 1")
    db.commit()
    db.close()
    said("a row that was changed", node.run("check", "--deep"), 1, "F1: it counts", "audit 2: the row before it")


drop()
again()
closing()
letters()
aside()
asking()
backup()
deep()
for listed, states in (("findings", "open seen-again told told-again active late quiet closed escalated"), ("receipts", "accepted reading done aside"),
                       ("notices", "due held ready sent refused withdrawn call"), ("case list", "open overdue held ended closed draft"), ("mail list", "new done")):
    for state in states.split():
        said(f"a state of {listed}: {state}", node.run(*listed.split(), "--state", state), 0)
said("merged into nothing", node.run("finding", "merge", "F1"), 2, "--into")
said("a state that is none", node.run("findings", "--state", "opn"), 1, "no folder 'opn', and no state of that name")
check("it stops", node.stop() == 0)
p = node.run("status")
said("without a node", p, 1, "no node is running on", "weir serve --state")
for words in (("notice", "hold", "N1"), ("finding", "close", "F1", "--why", "fixed"), ("feed", "fetch", "a")):
    said(f"without a node: {words[0]} {words[1]}", node.run(*words), 1, "no node is running on")
end()
