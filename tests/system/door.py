# SPDX-License-Identifier: Apache-2.0
"""The door: the link in a letter, the page behind it, answers to some rows and to all, what is refused, how a letter is taken
back, figures for everyone, and that the process can open nothing but the shelf. door.py PROGRAM"""
import http.client
import json
import os
import re
import sqlite3
import ssl
import urllib.parse

from node import Node
from program import check, end, free_port, path, wait, write
from sink import Sink

sink = Sink()
ROWS = 60


PORT = free_port()
HOST = f"door.cert.example:{PORT}"


def country(**door):
    folder = path("conf")
    os.makedirs(os.path.join(folder, "rules"), exist_ok=True)
    with open(os.path.join(folder, "weir.yaml"), "w", encoding="utf-8") as f:
        f.write("country: XA\nname: Example CERT\nmail:\n  from: \"Example CERT <cert@cert.example>\"\n  delay: 0s\n"
                f"  host: 127.0.0.1\n  port: {sink.port}\n  tls: none\n  a-minute: 100000\n"
                "door:\n" + "".join(f"  {k}: {v}\n" for k, v in door.items()))
    with open(os.path.join(folder, "owners.csv"), "w", encoding="utf-8") as f:
        f.write("id,name,sector,prefixes,contacts,language\n"
                "bank,Bank Example,finance,192.0.2.0/24,it@bank.example,vi\n"
                "isp,Provider Example,telecom,198.51.100.0/24,abuse@isp.example,en\n")
    with open(os.path.join(folder, "rules", "10-all.yaml"), "w", encoding="utf-8") as f:
        f.write("- rule: all\n  if: {}\n  then: { notify: owner, within: 1d }\n")
    return folder


def report(*addresses, label="AMBER"):
    return ("source.ip,time.source,classification.type,tlp\n"
            + "".join(f"{a},2026-01-05T00:00:00Z,infected-system,{label}\n" for a in addresses)).encode()


context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE


def ask(method, where, fields=None, **headers):
    """Status, headers, body."""
    c = http.client.HTTPSConnection("127.0.0.1", PORT, timeout=30, context=context)
    body = urllib.parse.urlencode(fields) if fields is not None else None
    head = {"Host": HOST} | {k.replace("_", "-"): v for k, v in headers.items()}
    if body is not None and "Content-Type" not in head:
        head["Content-Type"] = "application/x-www-form-urlencoded"
    c.request(method, where, body=body, headers=head)
    r = c.getresponse()
    got = r.status, dict(r.getheaders()), r.read().decode()
    c.close()
    return got


def too_large(where):
    """It says so, or has closed the line while the rest was on its way: who sends more than he may is not listened to."""
    try:
        return ask("POST", where, {"words": "x" * 70000})[0] == 413
    except (ssl.SSLError, ConnectionError):
        return True


def text_of(mail):
    return mail.get_body().get_content()


def link_of(mail):
    return urllib.parse.urlsplit(re.search(r"https://\S+/answer/\S+", text_of(mail)).group(0)).path


def letter_to(address):
    return [m for to, m in sink.letters if to == address]


def state(sql, *values):
    with sqlite3.connect(f"file:{node.state}/state.db?mode=ro", uri=True) as db:
        return db.execute(sql, values).fetchall()


def rows_of(page):
    return re.findall(r'name="(\d+)" value="fixed"', page)


country(listen=f'"127.0.0.1:{PORT}"', url=f'"https://{HOST}"', figures="true")
node = Node("door", "--conf", path("conf")).start()
check("where the door is, and its certificate", re.search(r"the door is at https://127.0.0.1:%d; SHA-256 of the certificate is [0-9A-F:]{95}" % PORT, node.said()),
      node.said())
write("a.csv", report(*[f"192.0.2.{i}" for i in range(1, 1 + ROWS)], *[f"198.51.100.{i}" for i in (7, 8)]))
node.run("take", "--wait", path("a.csv"))
wait("two letters", lambda: len(sink.letters) == 2)
bank, isp = letter_to("it@bank.example")[0], letter_to("abuse@isp.example")[0]
here, there = link_of(bank), link_of(isp)
check("the link stands in the letter's language", "không cần tài khoản" in text_of(bank) and f"https://{HOST}{here}" in text_of(bank), text_of(bank))
check("and in English", "Or answer on a page of ours" in text_of(isp) and there != here)
ticket = re.search(r"\[(\S+)\]", isp["Subject"]).group(1)
other = re.search(r"\[(\S+)\]", bank["Subject"]).group(1)

# ---- the page
wait("the page is there", lambda: ask("GET", there)[0] == 200)
status, head, page = ask("GET", there)
check("its own rows and no others", "198.51.100.7" in page and "198.51.100.8" in page and "192.0.2." not in page and len(rows_of(page)) == 2, page)
check("plain HTML without a script", "<script" not in page and "style=" not in page and 'lang="en"' in page and ticket in page)
check("nobody keeps it", head["Cache-Control"] == "no-store" and "script-src" in head["Content-Security-Policy"], head)
vi = ask("GET", here)[2]
check("in the letter's language, and how many there are", 'lang="vi"' in vi and f"{ROWS}" in vi and len(rows_of(vi)) == 50, vi[:2000])
check("the address of the page is not in it", there.rsplit("/", 1)[1] not in page)
check("a style for it", ask("GET", "/style.css")[0] == 200)

# ---- what opens nothing
parts = there.split("/")
wrong = "/".join([*parts[:-1], "0" * 32])
later = "/".join([*parts[:-2], str(int(parts[-2]) + 86400), parts[-1]])
others = "/".join([parts[0], parts[1], other, parts[3], parts[4]])
for what, where in (("a wrong hash", wrong), ("a later end", later), ("another ticket", others), ("a shorter hash", there[:-1]), ("nothing", "/answer/"),
                    ("another place", "/state.db"), ("the staff's pages", "/findings"), ("the control's list", "/receipts")):
    status, head, body = ask("GET", where)
    check(f"{what} opens nothing", status == 404 and "192.0.2" not in body and "198.51" not in body, (status, body[:200]))
status, _, body = ask("POST", wrong, {"all": "fixed"})
check("nor is anything answered there", status == 404 and state("select count(*) from answer") == [(0,)], body)
check("the language that is wanted", "không hợp lệ" in ask("GET", wrong, Accept_Language="vi-VN,vi;q=0.9,en;q=0.8")[2])
check("another name", ask("GET", there, Host="other.example")[0] == 421)
check("a form of another site", ask("POST", there, {"all": "fixed"}, Origin="https://evil.example")[0] == 403)
check("another media type", ask("POST", there, {"all": "fixed"}, Content_Type="text/plain")[0] == 415)
check("a method of elsewhere", ask("DELETE", there)[0] == 405)
check("more than a form has", too_large(there))

# ---- answers
one, two = rows_of(page)
check("another letter's row", ask("POST", there, {rows_of(vi)[0]: "fixed"})[0] == 400)
check("a word that is none", ask("POST", there, {one: "gone"})[0] == 400)
check("nothing at all", "Nothing was answered" in ask("POST", there, {one: "", "words": "  "})[2])
check("nothing of it was kept", state("select count(*) from answer") == [(0,)])
status, head, _ = ask("POST", there, {one: "fixed", two: "question", "words": "Which host is <b>that</b>?\r\nfixed = no"})
check("an answer leads back to the page", (status, head.get("Location")) == (303, there), (status, head))
page = ask("GET", there)[2]
check("which says that it is there, with what was said", "We have your answer of" in page and "<strong>fixed</strong>" in page and "<strong>question</strong>" in page, page)
wait("it is a mail to the team", lambda: len(node.ask("mail", "list")) == 1)
mail = node.ask("mail", "list")[0]
check("about that letter, from its contact, for a person to confirm",
      mail["kind"] == "answer" and mail["state"] == "new" and mail["from"] == "abuse@isp.example" and not mail["says" if "says" in mail else "proposal"], mail)
shown = node.run("mail", "show", mail["mail"]).stdout.decode()
check("with its words", "Which host is <b>that</b>?" in shown and f"F{one} " in shown, shown)
check("nothing is closed by it", state("select count(*) from finding where state = 'closed'") == [(0,)])
raw = node.run("why", "--raw", mail["receipt"])
check("its bytes are kept", raw.returncode == 0 and b"In-Reply-To" in raw.stdout, raw)
p = node.run("mail", "confirm", mail["mail"])
check("a person confirms it", p.returncode == 0 and b"1 finding" in p.stdout, p)
check("what is fixed is closed, what is asked is open", dict(state("select id, coalesce(why, state) from finding where id in (?, ?)", one, two))
      == {int(one): "fixed", int(two): "told"}, state("select id, state, why from finding where id in (?, ?)", one, two))
wait("the page shows that", lambda: "closed" in ask("GET", there)[2])
check("all, and one otherwise", ask("POST", here, {"all": "fixed", rows_of(vi)[0]: "not-ours"})[0] == 303)
wait("it came", lambda: len(node.ask("mail", "list")) == 2)
mail = node.ask("mail", "list")[0]
node.run("mail", "confirm", mail["mail"])
check("of all rows, also those that the page does not show",
      state("select count(*) from finding where why = 'fixed'") == [(ROWS,)] and state("select next, state from finding where id = ?", rows_of(vi)[0]) == [(None, "told")],
      state("select why, count(*) from finding group by 1"))
n = 1
while n < 30 and ask("POST", there, {two: "fixed"})[0] == 303:
    n += 1
check("twenty an hour to one letter", n == 20 and ask("POST", there, {two: "fixed"})[0] in (404, 429), n)
wait("all of them came", lambda: len(node.ask("mail", "list", "--limit", "100")) == 21)
check("and each says the same", {m["proposal"] for m in node.ask("mail", "list", "--limit", "100")[:-2]} == {"fixed"})

# ---- why
letter = "N" + str(state("select id from notice where ticket = ?", ticket)[0][0])
why = node.run("why", letter).stdout.decode()
check("why says where it went", "abuse@isp.example" in why and "answer page of notice" in why and "TLP:AMBER may go to an owner" in why, why)
why = node.run("why", "F" + two).stdout.decode()
check("of a finding too", f"notice {ticket} to abuse@isp.example, TLP:AMBER" in why, why)
why = node.run("why", ticket).stdout.decode()
check("and by the letter's number", "answer page of notice" in why and why.startswith("exit"), why)
p = node.run("why", "a" * 64)
check("of what never was at the exit there is nothing", p.returncode == 2 and b"has been at the exit" in p.stderr, p)

# ---- figures
wait("figures of the country", lambda: ask("GET", "/country.json")[0] == 200)
status, head, body = ask("GET", "/country.json")
figures = json.loads(body)
check("they name nobody", figures["version"] == 1 and "bank" not in body and "192.0.2" not in body and head["Content-Type"] == "application/json", body)

# ---- taken back
p = node.run("notice", "correct", letter, "--text", "that was wrong")
check("the letter was wrong", p.returncode == 0, p)
wait("its page goes", lambda: ask("GET", there)[0] == 404)
check("and takes no answer", ask("POST", there, {two: "fixed"})[0] == 404)

# ---- the process
door = next(pid for pid, name in node.processes() if name == "weir-door")
opened = [os.readlink(f"/proc/{door}/fd/{fd}") for fd in os.listdir(f"/proc/{door}/fd")]
files = [f for f in opened if f.startswith("/") and not f.startswith("/dev/")]
shelf = os.path.realpath(os.path.join(node.state, "shelf"))
# standard output and error are the log
check("it has the shelf open and nothing else", all(os.path.dirname(f) == shelf or f == os.path.realpath(node.log) for f in files) and any(shelf in f for f in files), opened)
with open(f"/proc/{door}/status", encoding="utf-8") as f:
    check("system calls are closed off", "Seccomp:\t2" in f.read())
os.kill(door, 9)
wait("one that is killed comes again", lambda: [p for p, name in node.processes() if name == "weir-door"] not in ([], [door]))
wait("with what lies on the shelf", lambda: ask("GET", here)[0] == 200)

# ---- the shelf can be thrown away
check("it stops", node.stop() == 0)
for name in os.listdir(shelf):
    os.unlink(os.path.join(shelf, name))
node.start()
wait("it is filled again", lambda: ask("GET", here)[0] == 200)
check("and not with what was taken back", ask("GET", there)[0] == 404)

# ---- the end
node.stop()
with sqlite3.connect(os.path.join(node.state, "state.db")) as db:
    db.execute("update answer_link set until = 1000000")
with sqlite3.connect(os.path.join(shelf, "shelf.db")) as db:
    db.execute("update item set until = 1000000 where kind = 'answer'")
node.start()
check("what is over is not shown", ask("GET", here)[0] == 404)
check("nor answered", ask("POST", here, {"all": "fixed"})[0] == 404)
node.stop()
with sqlite3.connect(os.path.join(shelf, "shelf.db")) as db:
    check("and it left the shelf", db.execute("select count(*) from item where kind = 'answer'").fetchall() == [(0,)])

# ---- off by default, and wrong options
country(listen='"127.0.0.1"', url='"http://cert.example"')
p = node.run("check", "--conf", path("conf"))
check("a door without TLS is none", b"weir.yaml" in p.stdout + p.stderr and b"https://" in p.stdout + p.stderr, p)
sink.stop()
end()
