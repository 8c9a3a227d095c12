# SPDX-License-Identifier: Apache-2.0
"""Reports are read again from the bytes that are kept: all at once, whatever is killed; nobody is told unless that was
asked for; ids of events, findings and letters keep leading to their lines. reread.py PROGRAM [KILLS]"""
import io
import json
import os
import random
import shutil
import sqlite3
import sys
import time
import zipfile

from node import Node, all_ended, kill_pid
from program import check, end, path, until, wait, write
from sink import Sink

KILLS = int(sys.argv[2]) if len(sys.argv) > 2 else 6
ROWS = 20000
sink = Sink()
FEED = """name: Example partner
kind: log
format: csv
label: GREEN
files: ["partner*"]
mapping:
  header: no
  delimiter: "|"
  quote: none
  time: {format: "%(time)s", zone: UTC}
  columns:
    1: time.source
    %(attacker)d: source.ip
    %(victim)d: destination.ip
    4: classification.type
"""
WRONG = {"time": "%Y-%m-%d", "attacker": 3, "victim": 2}
RIGHT = {"time": "%Y-%m-%d", "attacker": 2, "victim": 3}


def country(name, delay="0s"):
    folder = path(name)
    os.makedirs(os.path.join(folder, "rules"))
    os.makedirs(os.path.join(folder, "feeds"))
    with open(os.path.join(folder, "weir.yaml"), "w", encoding="utf-8") as f:
        f.write(f"country: XA\nname: Example CERT\nmail:\n  from: \"Example CERT <cert@cert.example>\"\n  delay: {delay}\n"
                f"  a-minute: 100000\n  host: 127.0.0.1\n  port: {sink.port}\n  tls: none\n")
    with open(os.path.join(folder, "owners.csv"), "w", encoding="utf-8") as f:
        f.write("id,name,sector,prefixes,contacts,language\n")
        for i in range(4):
            f.write(f"owner{i},Owner {i},telecom,10.{i}.0.0/16,abuse@owner{i}.example,en\n")
    with open(os.path.join(folder, "rules", "10-all.yaml"), "w", encoding="utf-8") as f:
        f.write("- rule: all\n  if: {}\n  then: { notify: owner, within: 1d }\n")
    feed(folder, WRONG)
    return folder


def feed(folder, values):
    with open(os.path.join(folder, "feeds", "partner.yaml"), "w", encoding="utf-8") as f:
        f.write(FEED % values)


def reload(node):
    check("the configuration is read again", node.run("reload").returncode == 0, node.said()[-300:])


def table(pairs, day="2026-01-05"):
    return "".join(f"{day}|{a}|{b}|infected-system\n" for a, b in pairs).encode()


def take(node, name, data, good=0):
    p = node.run("take", "--wait", write(name, data) and path(name))
    check(f"{name} is taken", p.returncode == good, p.stdout + p.stderr)


def again(node, what, *words, status=0):
    p = node.run(*words)
    check(f"{what}: status {status}", p.returncode == status, (p.returncode, p.stdout, p.stderr))
    return p


def rows(node, *words):
    """What came of it, as JSON, by receipt."""
    return {r["receipt"]: r for r in node.ask(*words)}


def events(node):
    return sorted((e["event"], e["source.ip"], e["finding"]) for e in node.ask("events", "--limit", "100000"))


def deep(node):
    p = node.run("check", "--deep")
    check("all that is kept agrees", p.returncode == 0, p.stdout.decode()[-500:])


def mapping():
    """Attacker and victim were swapped: the wrong owner was told."""
    conf = country("swap.conf")
    node = Node("swap", "--conf", conf).start()
    take(node, "partner1.txt", table([("10.0.0.1", "10.1.0.1"), ("10.0.0.2", "10.1.0.1"), ("10.2.0.3", "10.1.0.3")]))
    wait("the wrong one is told", lambda: len(sink.letters) == 1)
    wait("and that is known", lambda: node.count("findings", "--state", "told") == 2)
    check("it is the victim", sink.letters[0][0] == ["abuse@owner1.example"] or "owner1" in str(sink.letters[0][0]), sink.letters[0][0])
    feed(conf, RIGHT)
    reload(node)
    done = rows(node, "reread", "R1")["R1"]
    check("three new findings, two misread, three to be told", (done["outcome"], done["found"], done["lost"], done["untold"]) == ("read", 3, 2, 3), done)
    check("the receipt has the counts of now", (done["edition"], done["events"], done["events_before"]) == (1, 3, 3), done)
    check("the events are those of now", [e[1] for e in events(node)] == ["10.0.0.1", "10.0.0.2", "10.2.0.3"], events(node))
    lost = [f for f in node.ask("findings", "--state", "closed")]
    check("closed as misread", len(lost) == 2 and all(f["why"] == "misread" and f["events"] == 0 for f in lost), lost)
    why = node.run("why", "F1").stdout.decode()
    check("its line is still there", "2026-01-05|10.0.0.1|10.1.0.1|infected-system" in why and "misread" in why and "N1" in why, why)
    check("its letter says what it said", b"10.1.0.1" in node.run("why", "--raw", "N1").stdout)
    text = again(node, "nothing changes", "reread", "R1").stdout.decode()
    check("who was told wrongly is named", "--tell" in text, text)
    time.sleep(0.5)
    check("nobody was told", len(sink.letters) == 1, len(sink.letters))
    check("no finding is late that nobody is to be told of", not [f for f in node.ask("findings", "--state", "open") if f["due"]])
    again(node, "now it is told", "reread", "R1", "--tell")
    wait("two letters more", lambda: len(sink.letters) == 3)
    time.sleep(0.3)
    check("to the attackers' owners", sorted(str(to) for to, _ in sink.letters[1:]) == sorted(str([f"abuse@owner{i}.example"]) for i in (0, 2))
          or all("owner1" not in str(to) for to, _ in sink.letters[1:]), [to for to, _ in sink.letters])
    again(node, "once more", "reread", "R1", "--tell")
    time.sleep(0.5)
    check("nobody is told twice", len(sink.letters) == 3)
    metrics = node.run("metrics").stdout.decode()
    check("misread is neither evidence nor word", 'weir_findings_closed{by="evidence"} 0' in metrics and 'weir_findings_closed{by="word"} 0' in metrics,
          [l for l in metrics.splitlines() if "closed" in l])
    take(node, "partner2.txt", table([("10.1.0.1", "10.3.0.9")]))
    check("seen by a later report it is open again", node.ask("findings", "--ip", "10.1.0.1")[0]["state"] != "closed")
    deep(node)
    node.stop()
    sink.letters.clear()


def waiting_letters():
    """What is prepared about something that was misread does not go; the rest of the letter does."""
    conf = country("due.conf", delay="1h")
    node = Node("due", "--conf", conf).start()
    take(node, "partner1.txt", table([("10.0.0.1", "10.1.0.1"), ("10.1.0.7", "10.1.0.7"), ("10.0.0.2", "10.2.0.1")]))
    check("two letters wait", node.count("notices", "--state", "due") == 2)
    feed(conf, RIGHT)
    reload(node)
    again(node, "read again", "reread", "R1")
    left = {n["to"]: (n["state"], n["findings"]) for n in node.ask("notices")}
    check("one goes with what is left, one does not", left == {"abuse@owner1.example": ("due", 1), "abuse@owner2.example": ("withdrawn", 0)}, left)
    deep(node)
    node.stop()


def retry():
    """Records and reports that were set aside; ids of records of before."""
    conf = country("aside.conf")
    node = Node("aside", "--conf", conf).start()
    feed(conf, RIGHT | {"time": "%d/%m/%Y"})
    reload(node)
    data = table([("10.0.0.1", "10.1.0.1")], "05/01/2026") + table([("10.0.0.2", "10.1.0.2")])
    take(node, "partner1.txt", data)
    take(node, "unknown.bin", b"\x00\x01\x02 what is this\n", good=1)
    shown = again(node, "a record", "aside", "show", node.ask("aside", "list")[0]["record"]).stdout.decode()
    check("with its line, field and reason", "2026-01-05|10.0.0.2|10.1.0.2" in shown and "time.source" in shown and "line 2" in shown, shown)
    shown = again(node, "a report", "aside", "show", "R2").stdout.decode()
    check("with its first bytes and why", "what is this" in shown and "unknown.bin" in shown, shown)
    check("a good record is not shown", node.run("aside", "show", "E1.0.0").returncode == 1)
    check("nothing of another feed", node.run("aside", "retry", "--feed", "nofeed").returncode == 1)
    check("one thing at a time", node.run("aside", "retry", "R1", "--feed", "partner").returncode == 2)
    done = rows(node, "aside", "retry", "--feed", "partner")
    check("the same mapping sets the same aside", list(done) == ["R1"] and done["R1"]["asides"] == 1, done)
    feed(conf, RIGHT)
    reload(node)
    done = rows(node, "aside", "retry", "--feed", "partner")["R1"]
    check("the other record is read, the first is not", (done["with_events"], done["asides"], done["asides_before"]) == (1, 1, 1), done)
    check("an id of before leads to its line", node.run("why", "--raw", "E1.0.0").stdout.strip() == data.splitlines()[0])
    p = node.run("aside", "retry", "--json")
    kept = {r["receipt"]: r for r in json.loads(p.stdout)["rereads"]}
    check("what cannot be read better stays, and says why", p.returncode == 1 and kept["R2"]["outcome"] == "kept" and kept["R2"]["sentence"], kept)
    with open(os.path.join(conf, "feeds", "unknown.yaml"), "w", encoding="utf-8") as f:
        f.write("name: Unknown\nkind: log\nformat: list\ntype: scanner\nlabel: GREEN\nfiles: [\"addresses*\"]\n")
    deep(node)
    node.stop()


def containers():
    """A container is read again with its parts; a part of a mail that no reader was sure of."""
    conf = country("box.conf")
    node = Node("box", "--conf", conf).start()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for i in range(3):
            z.writestr(f"partner{i}.txt", table([(f"10.0.0.{i}", f"10.1.0.{i}")]))
    take(node, "box.zip", out.getvalue())
    feed(conf, RIGHT)
    reload(node)
    done = rows(node, "reread", "R1")
    check("itself and its parts", sorted(done) == ["R1", "R2", "R3", "R4"] and all(r["outcome"] == "read" for r in done.values()), done)
    check("all parts by the new mapping", sorted(e[1] for e in events(node)) == [f"10.0.0.{i}" for i in range(3)], events(node))
    one = rows(node, "reread", "R3")
    check("or one part alone", list(one) == ["R3"] and one["R3"]["edition"] == 2, one)
    deep(node)
    wait("the old editions leave the day's file", lambda: editions(node) == 1)
    deep(node)
    node.stop()


def editions(node):
    """The most editions that a receipt has in the day's files."""
    import sqlite3
    most = 0
    for name in os.listdir(os.path.join(node.state, "day")):
        if name.endswith(".db"):
            db = sqlite3.connect(f"file:{os.path.join(node.state, 'day', name)}?mode=ro", uri=True)
            most = max([most] + [n for (n,) in db.execute("select count(distinct (id >> 26) & 255) from batch group by id >> 34")])
            db.close()
    return most


def rules():
    """What other rules would have decided over the days that are kept; the same bytes again."""
    conf = country("rules.conf", delay="1h")
    node = Node("rules", "--conf", conf).start()
    feed(conf, RIGHT)
    reload(node)
    take(node, "partner1.txt", table([("10.0.0.1", "10.1.0.1"), ("10.0.0.2", "10.1.0.1"), ("10.2.0.3", "10.1.0.3")]))
    p = node.run("take", path("partner1.txt"))
    check("the same bytes within the cadence are the same receipt, and that is said", p.stdout == b"R1 has these bytes already: partner1.txt\n", p.stdout)
    check("and there is one", node.count("receipts") == 1)
    other = path("rules.new")
    os.makedirs(other)

    def attempt(text):
        with open(os.path.join(other, "10-other.yaml"), "w", encoding="utf-8") as f:
            f.write(text)
        return node.run("rules", "try", other, "--days", "2", "--conf", conf)
    said = attempt("- rule: all\n  if: {}\n  then: { notify: owner, within: 1d }\n").stdout.decode()
    check("the same rules change nothing", "3 events of 1 receipt in 2 days: 0 would" in said and "letters: 2 then, 2 with these rules\n" in said, said)
    text = "- rule: some\n  if: { source.ip: 10.0.0.0/16 }\n  then: { notify: nobody }\n- rule: rest\n  if: {}\n  then: { notify: owner }\n"
    p = attempt(text)
    said = p.stdout.decode()
    lines = [line.split() for line in said.splitlines()]
    check("by decision", ["notify", "3", "1"] in lines and ["ignore", "0", "2"] in lines, said)
    check("by rule", ["all", "3", "0"] in lines and ["some", "0", "2"] in lines and ["rest", "0", "1"] in lines, said)
    check("with examples", ["2", "all", "notify", "some", "ignore", "E1.0.0", "E1.1.0"] in lines, said)
    check("fewer letters", "letters: 2 then, 1 with these rules (1 fewer)" in said and "told: 3 then, 1 with these rules (2 fewer)" in said, said)
    told = json.loads(node.run("rules", "try", other, "--days", "2", "--json", "--conf", conf).stdout)
    check("as JSON the same", (told["version"], told["events"], told["receipts"], told["changed"], told["letters"], told["findings"]) ==
          (1, 3, 1, 3, {"then": 2, "now": 1}, {"then": 3, "now": 1}), told)
    check("rule by rule", {r["name"]: (r["then"], r["now"]) for r in told["rules"]} == {"all": (3, 0), "some": (0, 2), "rest": (0, 1)}, told)
    check("with its changes", {"events": 2, "rule_then": "all", "decision_then": "notify", "rule_now": "some", "decision_now": "ignore",
                               "examples": ["E1.0.0", "E1.1.0"]} in told["changes"], told)
    check("JSON is of days", node.run("rules", "try", other, path("partner1.txt"), "--json", "--conf", conf).returncode == 2)
    before = events(node), node.count("notices")
    node.stop()
    check("without a node the same", attempt(text).stdout.decode() == said)
    p = attempt("- rule: x\n  if: { source.ipp: 1 }\n  then: { notify: owner }\n")
    check("what is wrong has its place", p.returncode == 1 and b"10-other.yaml:2:" in p.stderr, p.stderr)
    node.start()
    check("nothing was changed", (events(node), node.count("notices")) == before)
    node.stop()


def gone():
    """The bytes went with their day."""
    node = Node("gone", "--conf", country("gone.conf")).start()
    take(node, "partner1.txt", table([("10.0.0.1", "10.1.0.1")]))
    node.stop()
    day, = os.listdir(os.path.join(node.state, "day"))
    os.rename(os.path.join(node.state, "day", day), os.path.join(node.state, day))
    node.start()
    p = node.run("reread", "R1")
    check("a sentence", p.returncode != 0 and b"not kept any more" in p.stderr, p.stderr)
    wait("its letter is sealed all the same", lambda: not node.count("notices", "--state", "due"))
    check("and no empty day is made", not os.listdir(os.path.join(node.state, "day")))
    check("nothing to be tried again", node.run("aside", "retry").returncode == 1)
    check("no such receipt", b"no receipt R77" in node.run("reread", "R77").stderr)
    # a file that has lost what it had
    shutil.copy(os.path.join(node.state, day), os.path.join(node.state, "day", day))
    with sqlite3.connect(os.path.join(node.state, "day", day)) as db:
        db.execute("delete from batch")
    core = [pid for pid, name in node.processes() if name == "weir-core"]
    p = node.run("reread", "R1")
    check("one that lacks it is said, and the core goes on", p.returncode != 0 and b"lacks events of R1" in p.stderr
          and [pid for pid, name in node.processes() if name == "weir-core"] == core, p.stderr)
    node.stop()


def killed():
    """Whatever is killed, there is the old edition or the new one."""
    r = random.Random(1)
    conf = country("killed.conf", delay="1h")
    node = Node("killed", "--conf", conf).start()
    pairs = [(f"10.0.{r.randrange(256)}.{r.randrange(256)}", f"10.{r.randrange(1, 3)}.{r.randrange(40)}.{r.randrange(256)}") for _ in range(ROWS)]
    take(node, "partner-large.txt", table(pairs))
    take(node, "partner-other.txt", table(pairs[:500]))
    old, wanted = events(node), None
    feed(conf, RIGHT)
    reload(node)
    new_ips = [a for a, _ in pairs]
    old_ips = [b for _, b in pairs]
    p = node.run("reread", "R1", "--no-wait")
    check("asked for", p.returncode == 0 and p.stdout.startswith(b"B1:"), p.stdout + p.stderr)
    kills, seen = 0, {"old": 0, "new": 0}
    for i in range(KILLS):
        time.sleep(0.05 + r.random() * (0.5 + i * 0.6))
        # all of it once, else what writes
        victim = "weir" if i == KILLS // 2 else "weir-core"
        # one that has not lived for long is there again after a second
        everybody = until(lambda: (alive := node.processes()) if victim in [name for _, name in node.processes()] else None)
        kills += any([kill_pid(pid) for pid, name in everybody if name == victim])
        if i == KILLS // 2:
            node.process.wait()
            all_ended([pid for pid, _ in everybody])
            node.start()
        wait("it answers again", lambda: node.run("receipts", "--count").returncode == 0)
        one = next(x for x in node.ask("receipts") if x["receipt"] == "R1")
        got = [e["source.ip"] for e in node.ask("events", "--receipt", "R1", "--limit", "100000")]
        what = "old" if got[::-1] == old_ips else "new" if got[::-1] == new_ips else "mixed"
        seen[what] = seen.get(what, 0) + 1
        check("the counts are of one edition", one["events"] == ROWS and one["records"] == ROWS, one)
    print("killed", kills, "times; seen:", seen)
    check("the old or the new, never both", "mixed" not in seen and kills >= KILLS - 1, seen)
    batch = p.stdout.decode().split(":")[0]
    wait("in the end it is read again", lambda: next(x for x in node.ask("receipts") if x["receipt"] == "R1")["state"] == "done" and
         node.run("events", "--receipt", "R1", "--limit", "1").stdout.count(b"10.0.") == 1)
    got = [e["source.ip"] for e in node.ask("events", "--receipt", "R1", "--limit", "100000")]
    check(f"{batch}: all events are those of the new mapping", got[::-1] == new_ips)
    deep(node)
    calm = Node("calm", "--conf", conf).start()
    take(calm, "partner-large.txt", table(pairs))
    keys = ("place", "first", "last", "events", "receipts")
    both = {f["place"]: tuple(f[k] for k in keys) for f in node.ask("findings", "--limit", "100000") if f["why"] != "misread" and f["place"].startswith("10.0.")}
    alone = {f["place"]: tuple(f[k] for k in keys) for f in calm.ask("findings", "--limit", "100000")}
    check("findings are those of a node that read it right at once", both == alone, (len(both), len(alone)))
    calm.stop()
    again(node, "the other one as well", "reread", "R2")
    check("no finding of the wrong mapping is open", not [f for f in node.ask("findings", "--limit", "100000") if f["state"] != "closed" and not f["place"].startswith("10.0.")])
    deep(node)
    node.stop()


for part in (mapping, waiting_letters, retry, containers, rules, gone, killed):
    part()
sink.stop()
end()
