# SPDX-License-Identifier: Apache-2.0
"""Letters: one for each owner and class, however many rows a report has; none for what was told; to a mail server that
takes them, is away, says no, or dies."""
import ctypes
import csv
import io
import os
import random
import sqlite3
import time

from node import Node
from program import check, end, path, until, wait, write
from sink import Sink

OWNERS, ROWS = 300, 100000
sink = Sink()


def country(name, *, host=True, mode="live"):
    folder = path(name)
    os.makedirs(folder)
    with open(os.path.join(folder, "weir.yaml"), "w", encoding="utf-8") as f:
        f.write(f"country: XA\nname: Example CERT\nmail:\n  from: \"Example CERT <cert@cert.example>\"\n  delay: 0s\n"
                f"  a-minute: 100000\n  mode: {mode}\n")
        if host:
            f.write(f"  host: 127.0.0.1\n  port: {sink.port}\n  tls: none\n")
    with open(os.path.join(folder, "owners.csv"), "w", encoding="utf-8") as f:
        f.write("id,name,sector,prefixes,contacts,language\n")
        for i in range(OWNERS):
            f.write(f"owner{i},Owner {i},telecom,10.{i // 256}.{i % 256}.0/24,abuse@owner{i}.example,en\n")
    os.makedirs(os.path.join(folder, "rules"))
    with open(os.path.join(folder, "rules", "10-all.yaml"), "w", encoding="utf-8") as f:
        f.write("- rule: all\n  if: {}\n  then: { notify: owner, within: 1d }\n")
    return folder


def table(rows, more=""):
    head = "source.ip,source.port,time.source,classification.type,tlp" + (",extra.note" if more else "")
    return (head + "\n" + "".join(f"{ip},{port},2026-01-05T00:00:00Z,infected-system,GREEN{more}\n" for ip, port in rows)).encode()


def some_rows():
    """90 % distinct addresses and ports are not possible in a /24: the port is not part of what this class is told apart
    by, so each address is one finding."""
    r = random.Random(1)
    rows = [(f"10.{i // 256}.{i % 256}.{r.randrange(1, 255)}", r.randrange(1024, 65535))
            for i in (k % OWNERS for k in range(ROWS))]
    return rows


def taken(node, name, data):
    p = node.run("take", "--wait", write(name, data) and path(name))
    check(f"{name} is taken", p.returncode == 0, p.stdout + p.stderr)


def attached(mail):
    part = next(mail.iter_attachments())
    return list(csv.DictReader(io.StringIO(part.get_content().lstrip("\ufeff"))))


def one_each():
    node = Node("one", "--conf", country("one.conf")).start()
    rows = some_rows()
    taken(node, "first.csv", table(rows))
    wait("a letter for each owner", lambda: len(sink.letters) == OWNERS and node.count("notices", "--state", "sent") == OWNERS)
    check("each to its own contact, once", len({to for to, _ in sink.letters}) == OWNERS)
    wanted = {(ip) for ip, _ in rows}
    got = [row["ip"] for _, mail in sink.letters for row in attached(mail)]
    check("each finding in one row of one letter", sorted(got) == sorted(wanted), (len(got), len(wanted)))
    mail = sink.letters[0][1]
    n = node.ask("notices", "--limit", "1000")
    ticket = next(x["ticket"] for x in n if "<" + x["message_id"] + ">" == mail["Message-ID"])
    check("the number in the subject", mail["Subject"].startswith(f"[{ticket}]"), mail["Subject"])
    check("a machine wrote it", mail["Auto-Submitted"] == "auto-generated")
    check("the letter kept is the letter sent",
          node.run("why", "--raw", n[0]["notice"]).stdout.count(n[0]["message_id"].encode()) == 1)
    check("told", node.count("findings", "--state", "told") == len(wanted))
    random.Random(2).shuffle(rows)
    taken(node, "again.csv", table(rows, ",more"))
    taken(node, "new.csv", table([("10.0.7.255", 80)]))
    wait("one letter more", lambda: len(sink.letters) == OWNERS + 1)
    time.sleep(0.5)
    check("and only one, with one row", len(sink.letters) == OWNERS + 1 and len(attached(sink.letters[-1][1])) == 1)
    check("no Message-ID twice", len(set(sink.ids())) == OWNERS + 1)
    check("it stops", node.stop() == 0)


def no_server_and_no():
    """The server says no to one, later to another; the rest goes."""
    sink.letters.clear()
    sink.refuse = {"abuse@owner1.example": "550 no such user", "abuse@owner2.example": "451 later"}
    node = Node("no", "--conf", country("no.conf")).start()
    taken(node, "four.csv", table([(f"10.0.{i}.1", 80) for i in range(4)]))
    wait("two are sent", lambda: node.count("notices", "--state", "sent") == 2)
    wait("one is refused", lambda: node.count("notices", "--state", "refused") == 1)
    wait("one is tried again", lambda: any(n["tries"] > 0 for n in node.ask("notices", "--state", "ready")))
    answers = {n["to"]: n["answer"] for n in node.ask("notices")}
    check("with the server's words", "no such user" in answers["abuse@owner1.example"] and "later" in answers["abuse@owner2.example"], answers)
    check("findings of the refused are not told", node.count("findings", "--state", "open") == 2)
    sink.refuse = {}
    node.stop()


def quiet_modes():
    """hold: sealed, not sent; shadow and --dry-run: nothing is sent, the files are there."""
    sink.letters.clear()
    for name, mode, options, state in (("hold", "hold", (), "held"), ("shadow", "shadow", (), "ready"), ("dry", "live", ("--dry-run",), "ready")):
        node = Node(name, "--conf", country(name + ".conf", mode=mode), *options).start()
        taken(node, "one.csv", table([("10.0.0.1", 80)]))
        wait(f"{name}: sealed", lambda: node.count("notices", "--state", state) == 1)
        check(f"{name}: a file", len(os.listdir(os.path.join(node.state, "letters"))) == 1)
        p = node.run("baseline")
        check(f"{name}: what cannot be taken back is not done in passing", p.returncode == 2 and b"--yes" in p.stderr and node.count("notices", "--state", state) == 1, p)
        p = node.run("baseline", "--yes")
        check(f"{name}: then it is", p.returncode == 0 and b"do not go" in p.stdout.replace(b"does not go", b"do not go") and node.count("notices", "--state", "withdrawn") == 1, p)
        node.stop()
    check("nothing was sent", not sink.letters)


def reloading():
    """Rules that are wrong are refused, the node goes on; good ones are in force at once."""
    sink.letters.clear()
    conf = country("again.conf")
    node = Node("again", "--conf", conf).start()
    rules = os.path.join(conf, "rules", "10-all.yaml")
    with open(rules, "w", encoding="utf-8") as f:
        f.write("- rule: all\n  if: { source.ipp: 10.0.0.0/8 }\n  then: { notify: owner }\n")
    p = node.run("reload")
    check("a wrong rule is refused with its place", p.returncode == 2 and b"10-all.yaml:2:" in p.stderr, p.stderr)
    taken(node, "before.csv", table([("10.0.0.1", 80)]))
    wait("the old rules are in force", lambda: len(sink.letters) == 1 and node.count("findings", "--state", "told") == 1)
    with open(rules, "w", encoding="utf-8") as f:
        f.write("- rule: nobody\n  if: {}\n  then: { notify: nobody }\n")
    check("a good one is taken", node.run("reload").returncode == 0, node.said()[-500:])
    taken(node, "after.csv", table([("10.0.1.1", 80)]))
    time.sleep(0.5)
    check("the new rules are in force", len(sink.letters) == 1 and node.count("findings", "--state", "open") == 1, len(sink.letters))
    check("why names the rules of then", b"10-all.yaml:1 all" in node.run("why", "F1").stdout and b"10-all.yaml:1 nobody" in node.run("why", "F2").stdout)
    node.stop()
    # who has asked for it, and what came of it
    db = sqlite3.connect(os.path.join(node.state, "state.db"))
    rows = db.execute("select person, detail from audit where verb = 'reload' order by seq").fetchall()
    db.close()
    check("two rows of the audit", len(rows) == 2 and all(person not in ("", "start") for person, _ in rows), rows)
    check("the refused one says why, and what was there", rows[0][1].startswith("refused: ") and "10-all.yaml:2:" in rows[0][1]
          and rows[0][1].endswith("rules/10-all.yaml changed"), rows)
    check("the other one what is new", rows[1][1] == "rules/10-all.yaml changed", rows)
    with open(os.path.join(conf, "rules", "20-more.yaml"), "w", encoding="utf-8") as f:
        f.write("# nothing yet\n")
    node.start()
    node.stop()
    db = sqlite3.connect(os.path.join(node.state, "state.db"))
    rows = db.execute("select person, detail from audit where verb = 'reload' order by seq").fetchall()
    db.close()
    check("a start with other files has a row too", rows[2:] == [("start", "rules/20-more.yaml new")], rows)


def no_class():
    """Records without a class: found, told, listed, stilled, corrected as any other."""
    sink.letters.clear()
    conf = country("noclass.conf")
    with open(os.path.join(conf, "owners.csv"), "w", encoding="utf-8") as f:
        f.write("id,name,prefixes,contacts,language\nbank,Bank,10.0.0.0/24,gone@bank.example,en\nbank,,,second@bank.example,lo\n")
    sink.refuse = {"gone@bank.example": "550 no such user"}
    node = Node("noclass", "--conf", conf).start()
    taken(node, "noclass.csv", b"source.ip,time.source,tlp\n10.0.0.1,2026-01-05T00:00:00Z,GREEN\n")
    wait("the second contact has a letter", lambda: [n["to"] for n in node.ask("notices", "--state", "sent")] == ["second@bank.example"])
    one = node.ask("notices", "--state", "sent")[0]
    check("of no class", one["class"] == "" and attached(sink.letters[-1][1])[0]["class"] == "", one)
    check("its story", b"of no class" in node.run("why", one["notice"]).stdout, node.run("why", one["notice"]).stdout)
    check("its text has no gap", b"{class" not in sink.letters[-1][1].as_bytes(), sink.letters[-1][1].get_body().get_content())
    for words in (("notices",), ("notices", "--csv"), ("findings",), ("why", "F1"), ("notices", "--class", "scanner"), ("alert", "list")):
        p = node.run(*words)
        check(f"{words} does not fail", p.returncode == 0, p.stderr)
    sink.letters.clear()
    p = node.run("notice", "correct", one["notice"], "--text", "it was a test")
    check("a correction", p.returncode == 0, p.stderr)
    wait("goes", lambda: len(sink.letters) == 1)
    p = node.run("quiet", "--ip", "10.0.0.0/28", "--until", time.strftime("%Y-%m-%d", time.gmtime(time.time() + 864000)), "--why", "survey")
    check("stilled", p.returncode == 0 and node.count("findings", "--state", "quiet") == 1, p.stderr)
    p = node.run("quiet", "--class", "scaner", "--until", "2030-01-01", "--why", "x")
    check("a class that is none", p.returncode == 2 and b"did you mean 'scanner'?" in p.stderr, p.stderr)
    check("it agrees", node.run("check", "--deep").returncode == 0)
    sink.refuse = {}
    node.stop()


def has_landlock():
    return ctypes.CDLL(None).syscall(444, None, 0, 1) >= 1


def held_from_now_on():
    """Letters that wait for a server that is away wait for a person once the mode says so, and go when one releases them."""
    sink.letters.clear()
    sink.refuse = {"abuse@owner0.example": "451 later"}
    conf = country("turn.conf")
    node = Node("turn", "--conf", conf).start()
    taken(node, "turn.csv", table([("10.0.0.1", 80)]))
    wait("it waits for the server", lambda: any(n["tries"] > 0 for n in node.ask("notices", "--state", "ready")))
    with open(os.path.join(conf, "weir.yaml"), encoding="utf-8") as f:
        text = f.read()
    with open(os.path.join(conf, "weir.yaml"), "w", encoding="utf-8") as f:
        f.write(text.replace("mode: live", "mode: hold"))
    sink.refuse = {}
    node.run("reload")
    wait("then for a person", lambda: node.count("notices", "--state", "held") == 1)
    node.run("notice", "release", node.ask("notices")[0]["notice"])
    wait("who lets it go", lambda: len(sink.letters) == 1)
    node.run("reload")
    check("a start changes nothing then", node.count("notices", "--state", "held") == 0)
    if has_landlock():
        # a file of the state that leads out of it
        letter = os.path.join(node.state, "letters", os.listdir(os.path.join(node.state, "letters"))[0])
        number = node.ask("notices")[0]["notice"]
        check("the desk reads a letter", node.run("why", "--raw", number).stdout.startswith(b"Date: "), node.run("why", "--raw", number))
        os.rename(letter, path("outside.eml"))
        os.symlink(path("outside.eml"), letter)
        p = node.run("why", "--raw", number)
        check("and no file outside of the state", p.returncode != 0 and b"Permission denied" in p.stderr, p)
    node.stop()


def to_call(node):
    line = next(line for line in node.run("status").stdout.decode().splitlines() if line.startswith("contacts to telephone"))
    count = int(line.split()[3])
    check("a line of the status that needs somebody says so", ("somebody must look" in line) == (count > 0), line)
    return count


def unread():
    """A letter that nobody answers: whom to telephone, in the alerts, the status, the list and the story of the finding; once,
    until somebody says that he has called."""
    sink.letters.clear()
    conf = country("unread.conf")
    with open(os.path.join(conf, "owners.csv"), "w", encoding="utf-8") as f:
        f.write("id,name,prefixes,contacts,language,phone\nbank,Bank,10.0.0.0/24,soc@bank.example,en,+856 21 555 0100\n")
    with open(os.path.join(conf, "rules", "10-all.yaml"), "w", encoding="utf-8") as f:
        f.write("- rule: all\n  if: {}\n  then: { severity: critical, notify: owner, call-if-unread: 4h }\n")
    node = Node("unread", "--conf", conf).start()
    taken(node, "unread.csv", table([("10.0.0.1", 80)]))
    wait("it is sent", lambda: node.count("notices", "--state", "sent") == 1)
    check("the story says when", b"without an answer to N1 its contact is telephoned from" in node.run("why", "F1").stdout, node.run("why", "F1").stdout)
    check("nobody is to call yet", node.count("notices", "--state", "call") == 0 and to_call(node) == 0)
    node.stop()
    # four hours later
    db = sqlite3.connect(os.path.join(node.state, "state.db"))
    db.execute("update notice set call_at = call_at - 14400000000")
    db.commit()
    db.close()
    node.start()
    wait("somebody is to call", lambda: node.count("notices", "--state", "call") == 1)
    alert = until(lambda: [a for a in node.ask("alert", "list") if a["topic"] == "call"])
    check("the alert says whom", len(alert) == 1 and "telephone +856 21 555 0100" in alert[0]["sentence"] and "within 4 hours" in alert[0]["sentence"]
          and "10.0.0.1" not in alert[0]["sentence"], alert)
    check("the status says so", to_call(node) == 1, node.run("status").stdout)
    check("the story too", b"telephone +856 21 555 0100" in node.run("why", "F1").stdout and b"telephone +856 21 555 0100" in node.run("why", "N1").stdout)
    p = node.run("notice", "called", "N1")
    check("what was said is asked for", p.returncode == 2 and b"--note" in p.stderr, p.stderr)
    p = node.run("notice", "called", "N1", "--note", "night desk, they pull the cable")
    check("the call is kept", p.returncode == 0, p.stdout + p.stderr)
    wait("nobody is asked any more", lambda: not [a for a in node.ask("alert", "list") if a["state"] == "open" and a["topic"] == "call"])
    check("nor by the status", to_call(node) == 0, node.run("status").stdout)
    why = node.run("why", "F1").stdout
    check("the finding's story has the call", b"called" in why and b"night desk, they pull the cable" in why, why)
    p = node.run("notice", "called", "N1", "--note", "again")
    check("one call is enough", p.returncode != 0 and b"somebody has called already" in p.stderr, p.stderr)
    node.stop()


one_each()
unread()
no_class()
held_from_now_on()
reloading()
no_server_and_no()
quiet_modes()
sink.stop()
end()
