# SPDX-License-Identifier: Apache-2.0
"""Cases, from outside: opened by hand, by a rule and by a mail; states and who may write them; due times; files that are kept and
taken out; a calendar; old tickets; and who sees what is TLP:RED. cases.py PROGRAM"""
import base64
import glob
import hashlib
import io
import os
import re
import zipfile

import browsing
from node import EXAMPLES, Node
from program import check, end, free_port, path, write

node = Node("n", "--pages", str(free_port()), "--dry-run").start()
for report in sorted(glob.glob(os.path.join(EXAMPLES, "reports", "*"))):
    node.run("take", "--wait", report)


check("it is said where the pages are", re.search(r"the pages are at http://127\.0\.0\.1:\d+\n", open(node.log, encoding="utf-8").read()))


def said(*words, data=None):
    p = node.run(*words, data=data)
    return p.returncode, (p.stdout + p.stderr).decode("utf-8", "replace")


def case(which):
    return next((c for c in node.ask("case", "list", "--limit", "500") if c["case"] == which or c["number"] == which), None)


# ---- by hand -------------------------------------------------------------------------------------------------------------

code, text = said("case", "new", "a bank cannot pay", "--severity", "c3", "--owner", "example-bank", "--stages", "--findings", "F1 F2")
check("a case is opened", code == 0 and re.match(r"K1 XA-\d{4}-00001: opened", text), text)
one = case("K1")
check("it has its owner, findings and countries", one["owner"] == "example-bank" and one["findings"] == 2 and one["touches"] == "XA", one)
check("it is due", one["next"] == one["acknowledge_by"] and not one["overdue"], one)
code, text = said("case", "state", "K1", "accepted", "--text", "at it")
check("a word of ours counts", code == 0 and case("K1")["state"] == "accepted" and case("K1")["acknowledged"], text)
check("what does not exist is said", said("case", "state", "K1", "fixed")[1].count("there is no state 'fixed'") == 1)
code, text = said("case", "new", "x", "--findings", "F9999")
check("so is a finding", code != 0 and "there is no finding F9999" in text and len(node.ask("case", "list")) == 1, text)
check("a service that is none", "which service? internet-international" in said("outage", "new", "internet", "--to", "kh", "--text", "slow")[1])
check("a wrong severity is said", "c1 (national emergency) to c6" in said("case", "new", "x", "--severity", "high")[1])
check("a label rises", said("case", "set", "K1", "--label", "AMBER+STRICT")[0] == 0 and case("K1")["label"] == "AMBER+STRICT")
check("and never falls", said("case", "set", "K1", "--label", "GREEN")[0] != 0 and case("K1")["label"] == "AMBER+STRICT")
node.run("case", "task", "K1", "ask for logs", "--who", "dara", "--due", "2h")
check("a task waits", [(t["what"], t["who"]) for t in node.ask("case", "tasks", "--case", "K1")] == [("ask for logs", "dara")])
node.run("case", "done", "K1", "1")
check("and is done", node.ask("case", "tasks", "--case", "K1") == [] and len(node.ask("case", "tasks", "--case", "K1", "--all")) == 1)
node.run("case", "note", "K1", "they look at it", "--channel", "phone", "--direction", "in", "--party", "night desk")
node.run("case", "told", "K1", "first", "--text", "payments stand still since 08:00")
kinds = {(e["kind"], e["direction"]) for e in node.ask("case", "entries", "--case", "K1")}
check("all of it is in one line of time", kinds >= {("telephone", "in"), ("stage", "in"), ("decision", "")}, kinds)

# ---- a request that a rule drafts ----------------------------------------------------------------------------------------

HEAD = "classification.type,source.ip,source.url,source.geolocation.cc,destination.fqdn,tlp,time.source\n"
ROW = "phishing,198.51.100.{0},http://login.{0}.example/,VN,www.mof.gov.la,GREEN,2026-01-05T08:00:00Z\n"
write("phish.csv", (HEAD + ROW.format(7) + ROW.format(8)).encode())
node.run("take", "--wait", path("phish.csv"))
for _ in range(100):
    if node.count("case", "list", "--state", "draft"):
        break
    node.run("status")
drafts = node.ask("case", "list", "--state", "draft")
check("one draft for both", len(drafts) == 1 and drafts[0]["peer"] == "vn" and drafts[0]["ask"] == "takedown-request", drafts)
check("it touches the neighbour", "VN" in drafts[0]["touches"].split(), drafts)
check("nothing has arrived anywhere", drafts[0]["arrived"] is None and drafts[0]["acknowledge_by"] is None, drafts)
draft = drafts[0]["case"]
text = said("case", "show", draft)[1]
check("it names what was seen", "http://login.7.example/" in text and "http://login.8.example/" in text, text)
check("its title leads nowhere", "hxxp://" in drafts[0]["title"] and "http://" not in drafts[0]["title"], drafts[0]["title"])
node.run("take", "--wait", write("again.csv", (HEAD + ROW.format(7)).encode()) and path("again.csv"))
check("the same once more drafts nothing", node.count("case", "list", "--state", "draft") == 1)
code, text = said("case", "send", draft)
check("nothing leaves without a link", code != 0 and "there is no link with vn" in text and case(draft)["state"] == "draft", text)
check("who is asked says how it stands", "vn says that" in said("case", "state", draft, "accepted")[1])
check("who asks withdraws", said("case", "state", draft, "withdrawn")[0] == 0 and case(draft)["state"] == "withdrawn")

# ---- a request of others -------------------------------------------------------------------------------------------------

said("case", "new", "they ask", "--peer", "kh", "--ask", "information-request", "--theirs", "--severity", "c1", "--their-ref", "KH-9")
theirs = node.ask("case", "list", "--peer", "kh")[0]
check("theirs is received and due in 15 minutes", theirs["state"] == "received" and theirs["direction"] == "theirs", theirs)
check("why is asked for", "not-constituency" in said("case", "state", theirs["case"], "declined")[1])
check("we decline with a reason", said("case", "state", theirs["case"], "declined", "--reason", "resources")[0] == 0)
check("we do not close what they asked", said("case", "state", theirs["case"], "closed")[0] != 0)
check("it has ended", case(theirs["case"])["state"] == "declined" and case(theirs["case"])["ended"])

# ---- mails ---------------------------------------------------------------------------------------------------------------

number = case("K1")["number"]
node.run("case", "answer", "K1", "--to", "desk@bank.example", "--text", "send us the logs")
for _ in range(100):
    answer = next(e for e in node.ask("case", "entries", "--case", "K1") if e["kind"] == "answer")
    if answer["state"] == "refused":
        break
    node.run("status")
check("an answer in the clear from a strict case is refused, with the exit's words", answer["state"] == "refused" and answer["subject"].startswith(f"[{number}]")
      and "only over its link, or by mail encrypted to its key" in answer["answer"], answer)
MAIL = ("From: Night Desk <desk@bank.example>\r\nTo: cert@cert.example\r\nSubject: {}\r\nMessage-ID: <{}@bank.example>\r\n"
        "Date: Mon, 05 Jan 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n")
write("a.eml", MAIL.format(f"Re: [{number}] a bank cannot pay", "a1", "here they are").encode())
write("b.eml", MAIL.format("something strange", "b1", "our screens are black").encode())
for name in ("a.eml", "b.eml"):
    node.run("take", "--wait", path(name))


def mails_of(which):
    return [e for e in node.ask("case", "entries", "--case", which) if e["kind"] == "mail"]


for _ in range(100):
    if mails_of("K1"):
        break
    node.run("status")
check("a mail finds its case by the number", [m["text"].strip() for m in mails_of("K1")] == ["here they are"], mails_of("K1"))
mail = next(m["mail"] for m in node.ask("mail", "list") if m["subject"] == "something strange")
code, text = said("case", "take", mail)
taken = text.split()[0]
check("a mail becomes a case", code == 0 and case(taken)["title"] == "something strange" and case(taken)["label"] == "AMBER+STRICT", text)
check("once", said("case", "take", mail)[0] != 0)
LONG = "x" + "\u1780\u17b6\u179a" * 120
subject = " ".join("=?utf-8?b?" + base64.b64encode(LONG[i:i + 12].encode()).decode() + "?=" for i in range(0, len(LONG), 12))
# whose name, and whose file's, is written as the subject is: in words with padding that cut characters in two
cut = ["=?utf-8?b?" + base64.b64encode(piece).decode() + "?=" for piece in (b"\xe1\x9e\x80\xe1", b"\x9e\xb6.txt")]
long = MAIL.format(subject.replace(" ", "\r\n "), "l1", "in Khmer")
long = long.replace("Night Desk", " ".join(cut))
head, body = long.split("\r\n\r\n", 1)
head = re.sub("\r\n(MIME-Version|Content-[A-Za-z-]*):[^\r]*", "", head)
write("long.eml", (head + "\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=Y\r\n\r\n--Y\r\n\r\n" + body + "\r\n--Y\r\nContent-Type: application/octet-stream\r\n"
      f'Content-Disposition: attachment; filename="{cut[0]}\r\n {cut[1]}"\r\n\r\nx\r\n--Y--\r\n').encode())
node.run("take", "--wait", path("long.eml"))
mail = next(m for m in node.ask("mail", "list") if m["subject"].startswith("x\u1780"))
shown = node.run("mail", "show", mail["mail"]).stdout.decode()
check("the name of its sender and of its file are whole", shown.count("\u1780\u17b6.txt") == 2, shown)
code, text = said("case", "take", mail["mail"])
title = case(text.split()[0])["title"]
check("a title is cut between letters", code == 0 and 90 < len(title) <= 100 and LONG.startswith(title), title)

# ---- files ---------------------------------------------------------------------------------------------------------------

EVIL = b"MZ\x00\x01 hostile \xff" * 1000
write("evil.exe", EVIL)
code, text = said("case", "attach", "K1", path("evil.exe"))
digest = hashlib.sha256(EVIL).hexdigest()
check("a file is kept by its digest", code == 0 and digest in text and os.listdir(os.path.join(node.state, "blob")) == [digest], text)
archive = node.run("case", "file", "B1").stdout
with zipfile.ZipFile(io.BytesIO(archive)) as z:
    check("it comes out as an archive that needs a password", z.infolist()[0].flag_bits & 1 == 1 and z.namelist() == ["evil.exe"])
    check("with its very bytes", z.read("evil.exe", pwd=b"infected") == EVIL)
# a name with marks that reorder it, a colour for a terminal, and more letters than fit
NAMED = "\u202egnp.\x1b[31mexe" + "\u0e81" * 79
write(NAMED, b"x")
code, text = said("case", "attach", "K1", path(NAMED))
check("whatever its name is", code == 0 and "B2" in text, text)
shown = node.run("case", "show", "K1").stdout + node.run("case", "files", "K1").stdout
check("it is shown and does nothing", b"\\xe2\\x80\\xaegnp.\\x1b[31mexe" in shown and "\u202e".encode() not in shown and b"\x1b" not in shown, shown)
with zipfile.ZipFile(io.BytesIO(node.run("case", "file", "B2").stdout)) as z:
    inside = z.namelist()[0]
    check("nor where it is taken out", inside.startswith("_xe2_x80_xaegnp._x1b[31mexe\u0e81") and inside.endswith("\u0e81..."), inside)
with open(os.path.join(node.state, "blob", digest), "r+b") as f:
    f.write(b"X")
check("bytes that have changed do not", "not those that were kept" in said("case", "file", "B1")[1])
check("and are found by the deep check", "is not the file that was kept" in said("check", "--deep")[1])
with open(os.path.join(node.state, "blob", digest), "r+b") as f:
    f.write(EVIL[:1])

# ---- a calendar ----------------------------------------------------------------------------------------------------------

lines = node.run("case", "calendar").stdout
check("lines are those of RFC 5545", lines.startswith(b"BEGIN:VCALENDAR\r\n") and all(len(line) <= 75 for line in lines.split(b"\r\n")) and b"\n" not in lines.replace(b"\r\n", b""))
check("a strict case has no title there", b"a bank cannot" not in lines and number.encode() in lines)

# ---- old tickets ---------------------------------------------------------------------------------------------------------

write("rt.csv", b'id,Subject,Status,Created,Resolved,Requestors,Owner,CustomField.{IP}\n17,"an old phish",resolved,2024-01-05 08:00:00,2024-01-06 08:00:00,x@y.example,root,192.0.2.77\n')
check("tickets come in", said("case", "import", path("rt.csv"), "--from", "rtir")[1].startswith("1 ticket of rtir"))
check("and once only", said("case", "import", path("rt.csv"), "--from", "rtir")[1].startswith("0 tickets of rtir, 1 were here"))
old = node.ask("case", "list", "--q", "192.0.2.77")
check("they are found by what stands in them", len(old) == 1 and old[0]["kind"] == "old" and old[0]["state"] == "closed" and old[0]["opened"].startswith("2024-01-05"), old)
short = write("short.csv", b'id,Subject,Status,Created,Resolved,Requestors\n18,"a row that ends early"\n') and path("short.csv")
check("a row without its last cells comes in too", said("case", "import", short, "--from", "rtir")[1].startswith("1 ticket of rtir"))
broken = write("broken.csv", b'id,Subject,Status,Created\n19,"never closed,resolved,2024-01-05\n20,lost,resolved,2024-01-05\n') and path("broken.csv")
code, text = said("case", "import", broken, "--from", "rtir")
check("a quote that swallows the rest is said, and nothing comes in", code != 0 and "line 2: a quote is not closed" in text and not node.ask("case", "list", "--q", "never closed"), text)
check("nothing follows of them", said("case", "state", old[0]["case"], "accepted")[0] != 0)
code, text = said("case", "abroad", path(write("ab.csv", b"kind,cc,name,email\nnational,VN,National CERT,team@cert.example\n")), "--source", "first")
check("whom to write to abroad is loaded", code == 0 and text.startswith("1 contact of first"), text)

# ---- pages, and what is RED ----------------------------------------------------------------------------------------------

one = browsing.let_in(node)
for address in ("/cases", "/cases?state=overdue&touches=VN", "/cases/K1", f"/cases/{number}", f"/cases/{draft}", "/cases/K1/record", f"/cases/{old[0]['case']}"):
    status, text, _ = one.get(address)
    check(f"{address} is a page", status == 200 and not browsing.Outline(text).wrong, (status, browsing.Outline(text).wrong))
record = re.search(r"<pre class=\"raw\">(.*)</pre>", one.get("/cases/K1/record")[1], re.S).group(1)
check("the record ends with its digest", re.search(r"SHA-256     [0-9a-f]{64}\n$", record), record[-200:])
one.post("/cases/note", {"csrf": one.csrf(), "id": "K1", "text": "by the page", "channel": "phone", "party": ""})
check("a form notes", any(e["text"] == "by the page" and e["kind"] == "telephone" for e in node.ask("case", "entries", "--case", "K1")))
status, text, _ = one.post("/cases/note", {"csrf": one.csrf(), "id": "K1", "text": "typed for\nan hour <b>", "channel": "pigeon", "party": ""})
check("what was typed into a form that is refused is shown", status == 400 and "typed for\nan hour &lt;b&gt;" in text, text)
status, text, _ = one.post("/cases/note", {"csrf": "0" * 64, "id": "K1", "text": "of another site"})
check("but not of a form that is none of ours", status == 403 and "another site" not in text, text)
one.post("/cases/open", {"csrf": one.csrf(), "id": "F3"})
check("a finding's case is on its page", "/cases/K" in one.get("/findings/F3")[1])
csrf = one.csrf()
body = (f'--limit-of-parts\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{csrf}\r\n--limit-of-parts\r\nContent-Disposition: form-data; name="id"\r\n\r\nK1\r\n--limit-of-parts\r\n'
        'Content-Disposition: form-data; name="file"; filename="note.txt"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--limit-of-parts--\r\n').encode()
status, _, heads = one.ask("POST", "/cases/attach", body, Content_Type="multipart/form-data; boundary=limit-of-parts")
check("a page takes a file", status == 303 and heads.get("Location") == "/cases/K1" and "note.txt" in said("case", "show", "K1")[1], (status, heads))
said("case", "new", "the very secret", "--label", "RED", "--for", "dara")
red = next(c for c in node.ask("case", "list") if c["label"] == "RED")
check("a case that is RED is not there for others", one.get(f"/cases/{red['case']}")[0] == 404 and one.get(f"/cases/{red['number']}")[0] == 404)

# ---- as a record (partners.py has it signed) -----------------------------------------------------------------------------

check("what is RED is printed for whom it names alone", one.post("/cases/record", {"csrf": one.csrf(), "id": red["case"]})[0] == 404 and said("case", "print", red["case"])[0] == 0)
record = node.run("case", "print", "K1").stdout
check("a node without a key prints it, and says that it is not signed", record.splitlines()[1] == b"It is NOT SIGNED: weir.yaml names no OpenPGP key of this team (pgp: home and key).",
      record[:300])
body, _, last = record.rstrip(b"\n").rpartition(b"\n")
check("its last line is the digest of those before", last == b"SHA-256     " + hashlib.sha256(body + b"\n").hexdigest().encode(), last)
check("no line ends with a blank", not [line for line in record.splitlines() if line != line.rstrip()])
check("what somebody else has had printed is not there for others", one.get("/api/v1/case-printed/P2")[0] == 404)
check("what was never printed is not signed either", b"It is NOT SIGNED: it is shown" in one.get("/cases/K1/record")[1].encode())
check("nor in a list, nor by its words", "very secret" not in one.get("/cases?state=open")[1] and "very secret" not in one.get("/cases?q=secret")[1])
status, _, _ = one.post("/cases/note", {"csrf": one.csrf(), "id": red["case"], "text": "x", "channel": "", "party": ""})
check("nor for a form", status == 404, status)
who = re.search(r'class="who">([^ <]+)', one.get("/")[1]).group(1)
node.run("case", "person", red["case"], who)
check("who is named sees it", "very secret" in one.get(f"/cases/{red['case']}")[1], who)

# ---- it stays ------------------------------------------------------------------------------------------------------------

before = node.ask("case", "list", "--limit", "500")
backup = path("copy")
code, text = said("backup", backup)
check("a backup has the files", code == 0 and digest in os.listdir(os.path.join(backup, "blob")), text)
node.stop()
node.start()
check("after a restart all of it is there", node.ask("case", "list", "--limit", "500") == before)
node.stop()
end()
