# SPDX-License-Identifier: Apache-2.0
"""Mails fetched by IMAP from Dovecot: accepted once, then marked, moved or deleted; patterns, limits, logins, and processes
killed at random between a mail's acceptance and what follows. inbox.py PROGRAM [KILLS [MAILS [SEED]]]"""
import email
import email.policy
import io
import json
import os
import random
import sys
import time
import zipfile

import dovecot
from mails_make import mail
from node import Node, kill_pid
from program import check, end, path, wait

if not dovecot.here():
    print("dovecot-imapd is not installed")
    sys.exit(77)
KILLS = int(sys.argv[2]) if len(sys.argv) > 2 else 12
MAILS = int(sys.argv[3]) if len(sys.argv) > 3 else 60
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else int.from_bytes(os.urandom(4), "big")
HEAD = "source.ip,source.port,classification.type,tlp\n"
SEEN = frozenset(["\\Seen"])


def table(*hosts):
    return (HEAD + "".join(f"192.0.2.{h},80,c2-server,GREEN\n" for h in hosts)).encode()


def zipped(name, data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(name, data)
    return out.getvalue()


def letter(subject, *attachments, sender="sensor@example.org"):
    m = email.message_from_bytes(mail(*attachments), policy=email.policy.SMTP)
    del m["Subject"], m["From"]
    m["Subject"], m["From"] = subject, sender
    return m.as_bytes()


def csv(*hosts):
    return (table(*hosts), "text/csv", "report.csv")


def file(name, text):
    with open(os.path.join(conf, name), "w", encoding="utf-8") as f:
        f.write(text)
    return os.path.join(conf, name)


def feed(name, more, port=None, login=None, enabled="yes"):
    file(f"feeds/{name}.yaml", f"""name: {name}
source: imap
server: localhost
port: {port or server.tls_port}
ca-file: {server.cert}
{login or f'user: {name}{chr(10)}password-file: {conf}/secret'}
enabled: {enabled}
poll: 1s
cadence: 1h
{more}
""")


server = dovecot.Dovecot({n: "s3cret" for n in ("seen", "move", "delete", "wrong", "sorted", "startls", "none", "token", "shaken", "deaf", "off", "cut")},
                         {"t0ken": "token"})
conf = path("conf")
for name in ("feeds", "rules"):
    os.makedirs(os.path.join(conf, name))
file("weir.yaml", "country: XA\n")
file("owners.csv", "id,name,prefixes,contacts\nbank,Bank,192.0.2.0/24,soc@bank.example\n")
file("rules/10-all.yaml", "- rule: all\n  if: {}\n  then: { notify: nobody }\n")
file("secret", "s3cret\nnot this line\n")
file("other", "wr0ng\n")
file("token", "t0ken\n")
feed("seen", "accepted: seen")
feed("move", "accepted: move Done")
feed("delete", "accepted: delete")
feed("wrong", "", login=f"user: wrong\npassword-file: {conf}/other")
feed("sorted", 'accepted: move Done\nsubject: ["*[report]*", "*bericht für*"]\nsender: ["*@sensor.example"]\nlimit: 20000')
feed("startls", "accepted: seen\ntls: starttls", port=server.port)
feed("none", "accepted: seen\ntls: none", port=server.port)
feed("token", "accepted: seen", login=f"user: token\ntoken-file: {conf}/token")
feed("deaf", "tls: tls", port=server.port)
feed("off", "accepted: delete", enabled="no")
for name in ("seen", "move", "delete"):
    server.put(name, letter("one", csv(1)))
    server.put(name, letter("two", (zipped("in.csv", table(2, 3)), "application/zip", "report.zip")))
server.put("seen", letter("read by hand", csv(9)), flags="\\Seen")
server.put("sorted", letter("a [report] of today", csv(11), sender="Feeds <out@SENSOR.example>"))
server.put("sorted", letter("Bericht für Montag: übel", csv(12), sender="out@sensor.example"))
server.put("sorted", letter("a [report] of others", csv(13), sender='"out@sensor.example" <x@other.example>'))
server.put("sorted", letter("lunch", csv(14), sender="out@sensor.example"))
server.put("sorted", letter("a long [report]", (b"#" * 30000, "text/csv", "long.csv"), sender="out@sensor.example"))
for name in ("startls", "none", "token", "deaf", "wrong", "off"):
    server.put(name, letter("hello", csv(5)))
cut = dovecot.Cut(server.port, b"UID MOVE", 4)
feed("cut", "accepted: move Done\ntls: none", port=cut.port)
server.put("cut", letter("one", csv(31)))
server.put("cut", letter("two", csv(32)))
for name in ("sorted", "shaken", "cut"):
    server.create(name, "Done")
node = Node("n", "--conf", conf).start()


def feeds():
    return {f["feed"]: f for f in node.ask("feed", "list")}


def top(name):
    """Receipts of a feed that are no parts."""
    return [r for r in node.ask("receipts", "--feed", name, "--limit", "10000") if not r["parent"]]


wait("all feeds were tried", lambda: all(f["good"] or f["failures"] for f in feeds().values() if f["enabled"] == "yes"))
wait("mails are taken", lambda: node.count("receipts", "--state", "done") == 2 * (2 + 2 + 2) + 3 + 2 * 2 + 3 * 2 + 2)
for name in ("seen", "move", "delete"):
    check(f"{name}: each mail is one receipt", sorted(r["path"] for r in top(name)) == ["one.eml", "two.eml"], top(name))
wait("marked", lambda: server.mails("seen") == [("one", SEEN), ("read by hand", SEEN), ("two", SEEN)])
wait("a folder that is not there is said", lambda: "was accepted, but stays as it is" in feeds()["move"]["sentence"])
check("and the mails are where they were, unopened", server.mails("move") == [("one", frozenset()), ("two", frozenset())])
server.create("move", "Done")
wait("moved", lambda: server.mails("move") == [] and server.mails("move", "Done") == [("one", frozenset()), ("two", frozenset())])
wait("deleted", lambda: server.mails("delete") == [])
check("the attachments are read", {f["place"] for f in node.ask("findings") if f["class"] == "c2-server"}
      == {f"192.0.2.{n}" for n in (1, 2, 3, 5, 11, 12, 31)}, node.ask("findings"))
left = [s for s, flags in server.mails("sorted")]
check("what fits no pattern, and what is too long, stays unopened", len(left) == 3 and all(not flags for _, flags in server.mails("sorted")), left)
check("two were moved", len(server.mails("sorted", "Done")) == 2)
now = feeds()
check("a mail that is too long is said", "a long [report]" in now["sorted"]["sentence"] and "20000" in now["sorted"]["sentence"], now["sorted"])
check("and the feed is good", now["sorted"]["good"] and not now["sorted"]["failures"], now["sorted"])
check("a wrong password is one sentence", "refuses the login of 'wrong' with the password in" in now["wrong"]["sentence"]
      and "\n" not in now["wrong"]["sentence"] and "wr0ng" not in now["wrong"]["sentence"], now["wrong"])
check("its mail is as it was", server.mails("wrong") == [("hello", frozenset())])
check("another kind of TLS is no connection", now["deaf"]["failures"] and server.mails("deaf") == [("hello", frozenset())], now["deaf"])
for name in ("startls", "none", "token"):
    check(f"{name}: taken", len(top(name)) == 1 and server.mails(name) == [("hello", SEEN)], (top(name), now[name]))
check("no secret in the log", not any(s in node.said() for s in ("s3cret", "wr0ng", "t0ken")))

# the connection ends between acceptance and move, before and after the server has heard of it
wait("cut off, all are moved in the end", lambda: node.run("feed", "fetch", "cut").returncode == 0 and server.mails("cut") == [])
check("to where they belong", [s for s, _ in server.mails("cut", "Done")] == ["one", "two"], server.mails("cut", "Done"))
check("cut off, each mail is one receipt", sorted(r["path"] for r in top("cut")) == ["one.eml", "two.eml"] and cut.cuts > 1, (top("cut"), cut.cuts))

# trying
p = node.run("feed", "try", "off")
said = p.stdout.decode().splitlines()
check("a try says how far it comes", p.returncode == 0 and len(said) == 5 and "'localhost' is 127.0.0.1" in said[0]
      and f"port {server.tls_port} answers" in said[1] and "TLS is good" in said[2] and "login is good" in said[3]
      and "1 of 1 mails in 'INBOX' fit; nothing was taken" in said[4], (said, p.stderr))
time.sleep(1)
check("and takes nothing", server.mails("off") == [("hello", frozenset())] and top("off") == [])
p = node.run("feed", "try", "wrong")
check("a try with a wrong password", p.returncode == 1 and b"TLS is good" in p.stderr and b"refuses the login" in p.stderr, p.stderr)
p = node.run("feed", "try", "sorted")
check("a try tells of a long one", p.returncode == 0 and b"1 of 3 mails" in p.stdout and b"longer than 20000" in p.stdout, p.stdout)
p = node.run("feed", "try", "deaf")
check("a try without TLS", p.returncode == 1 and b"answers" in p.stderr and b"no TLS can be agreed on" in p.stderr, p.stderr)
check("a try of nothing", b"there is no feed" in node.run("feed", "try", "nonsense").stderr)

server.put("move", letter("three", csv(21)))
wait("the next one comes, and the others did not again", lambda: len(top("move")) == 3)
receipt = top("seen")[0]
check("how it came", receipt["via"] == "mail" and receipt["feed"] == "seen", receipt)
whole = node.run("why", "--raw", top("move")[0]["receipt"]).stdout
check("the receipt is the whole mail", whole.startswith(b"To: ") or b"\nSubject: three" in whole, whole[:200])
check("it stops", node.stop() == 0, node.said()[-300:])

# ---- killed at random
dice = random.Random(SEED)
print(f"seed {SEED}: {KILLS} kills over {MAILS} mails")
for name in os.listdir(os.path.join(conf, "feeds")):
    os.remove(os.path.join(conf, "feeds", name))
feed("shaken", "accepted: move Done")
node = Node("shaken", "--conf", conf)
for i in range(MAILS // 2):
    server.put("shaken", letter(f"mail {i}", csv(i % 250)))
node.start()
killed, more = {}, iter(range(MAILS // 2, MAILS))
while sum(killed.values()) < KILLS:
    time.sleep(dice.random() * 0.3)
    for _ in range(MAILS // KILLS // 2 + 1):
        i = next(more, None)
        if i is not None:
            server.put("shaken", letter(f"mail {i}", csv(i % 250)))
    title = dice.choice(["weir-fetch", "weir-core"])
    for pid, found in node.processes():
        if found == title:
            killed[title] = killed.get(title, 0) + kill_pid(pid)
for i in more:
    server.put("shaken", letter(f"mail {i}", csv(i % 250)))
print("killed:", killed)
want = sorted(f"mail {i}" for i in range(MAILS))
wait("the folder is empty", lambda: server.mails("shaken") == [])
wait("all is read", lambda: node.count("receipts", "--state", "done") == 2 * MAILS)
got = sorted(r["path"][:-4] for r in top("shaken"))
check("each mail is exactly one receipt", got == want, (len(got), sorted(set(want) - set(got))[:5]))
check("each mail is moved once", sorted(s for s, _ in server.mails("shaken", "Done")) == want)
check("no mail was opened", not any(flags for _, flags in server.mails("shaken", "Done")))
check("nothing is left in the spool", not os.listdir(os.path.join(node.state, "spool")), os.listdir(os.path.join(node.state, "spool")))
check("it stops", node.stop() == 0, node.said()[-300:])
server.stop()
end()
