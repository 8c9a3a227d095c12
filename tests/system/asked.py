# SPDX-License-Identifier: Apache-2.0
"""Owners are asked whether their contact is still right: who gets the letter and who does not, the page that a look does not
answer, yes by one press, "somebody else" for a person, once more after 30 days and then no more. asked.py PROGRAM"""
import hashlib
import http.client
import os
import re
import socket
import sqlite3
import ssl
import time
import urllib.parse

from browsing import Browser, good_page
from node import Node, away_from_midnight
from program import check, end, free_port, path, until, write
from sink import Sink

DAY = 86400 * 1000000
sink = Sink()
PORT = free_port()
HOST = f"door.cert.example:{PORT}"
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE


def country(more="", contacts="contacts:\n  ask: yes\n  per-day: 3\n", door=True):
    os.makedirs(path("conf/rules"), exist_ok=True)
    write("conf/weir.yaml", (f"country: XA\nname: Example CERT\nmail:\n  from: \"Example CERT <cert@cert.example>\"\n  delay: 0s\n"
                             f"  host: 127.0.0.1\n  port: {sink.port}\n  tls: none\n  a-minute: 100000\n"
                             + (f"door:\n  listen: \"127.0.0.1:{PORT}\"\n  url: \"https://{HOST}\"\n" if door else "") + contacts + more).encode())
    write("conf/owners.csv", b"id,name,sector,prefixes,domains,asns,contacts,language\n"
          b"bank,Bank Example,finance,192.0.2.0/24,bank.example,64500,it@bank.example,vi\n"
          b"isp,Provider Example,telecom,198.51.100.0/24,,,abuse@isp.example,en\n"
          b"mute,Mute Example,energy,203.0.113.0/25,,,ops@mute.example,en\n"
          b"late,Late Example,energy,203.0.113.128/26,,,ops@late.example,en\n"
          b"reader,Reader Example,energy,203.0.113.192/26,,,ops@reader.example,en\n"
          b"lost,Lost Example,health,10.0.0.0/24,,,gone@lost.example next@lost.example,en\n"
          b"still,Still Example,health,10.0.1.0/24,,,quiet@still.example,en\n"
          b"fresh,Fresh Example,health,10.0.2.0/24,,,it@fresh.example,en\n")
    write("conf/rules/10-all.yaml", b"- rule: all\n  if: {}\n  then: { notify: owner }\n")
    return path("conf")


def ask(method, where, fields=None):
    c = http.client.HTTPSConnection("127.0.0.1", PORT, timeout=30, context=context)
    head = {"Host": HOST} | ({"Content-Type": "application/x-www-form-urlencoded"} if fields is not None else {})
    c.request(method, where, body=urllib.parse.urlencode(fields) if fields is not None else None, headers=head)
    r = c.getresponse()
    got = r.status, r.read().decode()
    c.close()
    return got


def state(sql, *values):
    with sqlite3.connect(f"file:{node.state}/state.db?mode=ro", uri=True) as db:
        return db.execute(sql, values).fetchall()


def again(*changes):
    """The node is stopped, time passes, and it starts."""
    node.stop()
    with sqlite3.connect(os.path.join(node.state, "state.db")) as db:
        for sql in changes:
            db.execute(sql)
        # what comes back shows that the contacts were looked at
        db.execute("delete from contact_asked where contact = (select max(contact) from contact_asked)")
    node.start()
    wait("the contacts were looked at", lambda: state("select count(*) from contact_asked") == [(9,)])


def wait(what, good):
    """What the next step needs: without it the rest would only wait."""
    came = until(good)
    check(what, came)
    if not came:
        print(node.said()[-2000:])
        node.stop()
        end()


def asked():
    return [n["to"] for n in node.ask("notices") if n["kind"] == "right"]


def contact(address):
    """confirmed within the hour, times, waits, by a letter"""
    return state("select k.confirmed > ?, k.times, k.waits is not null, k.notice is not null from contact_asked k join contact c on c.id = k.contact "
                 "where c.email = ?", int(time.time() * 1e6) - DAY // 24, address)[0]


def pages():
    """Where the staff's pages are, as the control socket says."""
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(os.path.join(node.state, "control.sock"))
        control.sendall(b"GET /pages HTTP/1.1\r\nHost: n\r\nConnection: close\r\n\r\n")
        text = b""
        while piece := control.recv(4096):
            text += piece
    return text.decode().split("\r\n\r\n", 1)[1].strip()


def text_of(mail):
    return mail.get_body().get_content()


def letter_to(address):
    return [m for to, m in sink.letters if to == address]


def link_of(mail):
    return urllib.parse.urlsplit(re.search(r"https://\S+/answer/\S+", text_of(mail)).group(0)).path


MORNING = "update notice set send_at = 0 where kind = 'right' and state = 'due'"
OLD = ("update contact_asked set confirmed = confirmed - %d where contact in (select id from contact where email not in "
       "('next@lost.example', 'ops@late.example', 'it@fresh.example'))" % (91 * DAY))
ORDER = "update contact_asked set confirmed = confirmed - 1 where contact in (select id from contact where email in ('it@bank.example', 'abuse@isp.example', 'ops@mute.example'))"
BROKEN = "update contact set broken = 1 where email = 'gone@lost.example'"

# ---- who is asked, and where nobody is
away_from_midnight()  # as many a day
country(contacts="contacts:\n  ask: yes\n", door=False)
p = Node("none").run("check", "--conf", path("conf"))
check("without a door nobody can answer", b"weir.yaml" in p.stdout + p.stderr and b"door: listen" in p.stdout + p.stderr, p)
node = Node("node", "--conf", country(contacts=""), "--dry-run").start()
wait("contacts are known", lambda: state("select count(*) from contact_asked") == [(9,)])
check("one is to be quiet", node.run("quiet", "--contact", "quiet@still.example", "--until", time.strftime("%Y-%m-%d", time.gmtime(time.time() + 200 * 86400)), "--why", "by telephone").returncode == 0)
again(OLD, ORDER, BROKEN)
check("off, nobody is asked", asked() == [])
country()
again()
check("nor in a dry run", asked() == [])
node.options = ("--conf", country("sample: yes\n"))
again()
check("nor in the sample's country", asked() == [])
country()
again()
wait("some are asked", asked)
check("as many a day as may be, the oldest first; none that is new, broken or quiet",
      sorted(asked()) == ["abuse@isp.example", "it@bank.example", "ops@mute.example"], asked())
due = [time.gmtime(n[0] / 1e6) for n in state("select send_at from notice where kind = 'right'")]
check("in the morning of a working day", all((t.tm_hour, t.tm_min) == (9, 0) and t.tm_wday < 5 for t in due), due)
check("nothing has gone", sink.letters == [])

# ---- the letter
again(MORNING)
wait("three letters", lambda: len(sink.letters) == 3)
wait("they are sent", lambda: len(state("select 1 from notice where kind = 'right' and state = 'sent'")) == 3)
bank, isp, mute = (letter_to(a)[0] for a in ("it@bank.example", "abuse@isp.example", "ops@mute.example"))
check("in its language", "còn đúng" in text_of(bank) and "còn đúng cho Bank Example" in bank["Subject"], text_of(bank))
check("about its own networks and names", all(w in text_of(bank) for w in ("192.0.2.0/24", "bank.example", "AS64500")) and "198.51" not in text_of(bank), text_of(bank))
check("with its label, and no table", "TLP:AMBER" in text_of(isp) and "Is this still the right address for Provider Example?" in isp["Subject"]
      and len(list(isp.iter_attachments())) == 0, text_of(isp))
check("by the exit", len(state("select 1 from notice n join clearance c on c.id = n.clearance where n.kind = 'right'")) == 3)

# ---- yes
here, there = link_of(bank), link_of(isp)
wait("the page is there", lambda: ask("GET", here)[0] == 200 and ask("GET", there)[0] == 200)
for _ in range(3):
    ask("HEAD", here)
    ask("GET", here)
page = ask("GET", here)[1]
check("to look at it answers nothing", contact("it@bank.example") == (0, 1, 0, 0), contact("it@bank.example"))
check("one button, in the letter's language", page.count('value="yes"') == 1 and 'lang="vi"' in page and "it@bank.example" in page and "<script" not in page, page)
check("neither yes nor no", ask("POST", here, {"words": "hello"})[0] == 400 and ask("POST", here, {"right": "yes", "x": "", "all": "fixed"})[0] in (303,))
check("yes: it is confirmed by that letter", contact("it@bank.example") == (1, 0, 0, 1), contact("it@bank.example"))
wait("the page says so", lambda: "đã được xác nhận" in ask("GET", here)[1])
check("nobody has to read it", node.ask("mail", "list") == [])
before = state("select confirmed from contact_asked")
check("pressed again it changes nothing", ask("POST", here, {"right": "yes"})[0] == 303 and state("select confirmed from contact_asked") == before)

# ---- no
check("somebody else", ask("POST", there, {"right": "no", "words": "Now noc@isp.example,\r\nthank you"})[0] == 303)
check("it is not confirmed, and waits", contact("abuse@isp.example") == (0, 1, 1, 0), contact("abuse@isp.example"))
wait("it is a mail for a person", lambda: len(node.ask("mail", "list")) == 1)
m = node.ask("mail", "list")[0]
shown = node.run("mail", "show", m["mail"]).stdout.decode()
check("an answer to that letter, with the words", (m["kind"], m["state"], m["proposal"]) == ("answer", "new", "") and "no longer right" in shown
      and "noc@isp.example" in shown, shown)

# ---- the second, and no third; who answers another letter is there
before = len(sink.letters)
again("update contact_asked set asked = asked - %d" % (31 * DAY), "update notice set opened = opened - %d" % (31 * DAY), MORNING)
wait("the next day's are opened", lambda: len(asked()) == 5)
check("the next day's", sorted(asked()[:2]) == ["ops@mute.example", "ops@reader.example"] and len(asked()) == 5, asked())
again(MORNING)
wait("they go", lambda: len(sink.letters) == before + 2)
wait("they are sent", lambda: len(state("select 1 from notice where kind = 'right' and state = 'sent'")) == 5)
second = letter_to("ops@mute.example")[1]
check("it says that we have asked, in the same thread", "have no answer yet" in text_of(second) and mute["Message-ID"] in (second["References"] or ""), text_of(second))
check("nobody waited for is asked again", len(letter_to("abuse@isp.example")) == 1 and len(letter_to("it@bank.example")) == 1)
node.run("finding", "new", "--class", "infected-system", "--ip", "203.0.113.200")
wait("a letter about something else", lambda: len(letter_to("ops@reader.example")) == 2)
where = link_of(letter_to("ops@reader.example")[1])
wait("its page", lambda: ask("GET", where)[0] == 200)
check("an answer to it confirms too", ask("POST", where, {"all": "fixed"})[0] == 303 and contact("ops@reader.example") == (1, 0, 0, 1), contact("ops@reader.example"))
again("update contact_asked set asked = asked - %d" % (31 * DAY), "update notice set opened = opened - %d" % (31 * DAY))
check("there is no third", len(asked()) == 5 and contact("ops@mute.example")[1] == 2, asked())
check("none to who is quiet, or comes back", not letter_to("quiet@still.example") and not letter_to("gone@lost.example") and not letter_to("next@lost.example"))

# ---- what staff sees of it
node.options += ("--pages", str(free_port()))
again()
token, now = os.urandom(32), int(time.time() * 1e6)
with sqlite3.connect(os.path.join(node.state, "state.db"), timeout=10) as db:
    db.execute("insert into session(id, person, role, opened, until, used) values (?, 'ann', 'coordinator', ?, ?, ?)",
               (hashlib.sha256(token).digest(), now, now + DAY, now))
staff = Browser(pages())
staff.cookie = "weir=" + token.hex()
page = good_page("contacts", staff.get("/contacts"))
check("who waits for a person, and who was asked in vain", "abuse@isp.example" in page and "a person decides" in page
      and re.search(r"ops@mute.example.{,400}asked 2 times", page, re.S), page)
check("a figure on the first page", re.search(r"<strong>2</strong>.{,80}asked and not confirmed", staff.get("/")[1], re.S), staff.get("/")[1])
check("at its owner", "not confirmed" in good_page("an owner", staff.get("/owners/mute"))
      and "not confirmed" not in staff.get("/owners/bank")[1])
check("the letter, and what it is", "still right for them" in good_page("the letter", staff.get("/letters/N1"))
      or "còn đúng" in staff.get("/letters/N1")[1])
number = state("select id from contact where email = 'abuse@isp.example'")[0][0]
staff.post("/contacts/asked", {"csrf": staff.csrf(), "id": number})
check("a person has heard yes", contact("abuse@isp.example") == (1, 0, 0, 0), contact("abuse@isp.example"))

# ---- a bounce
again("update contact_asked set confirmed = confirmed - %d where contact = (select id from contact where email = 'ops@late.example')" % (91 * DAY))
wait("the new one's turn has come", lambda: len(asked()) == 6)
sink.refuse["ops@late.example"] = "550 no such user"
again(MORNING)
wait("it is broken", lambda: state("select broken is not null from contact where email = 'ops@late.example'") == [(1,)])
check("the question goes to nobody else", len(asked()) == 6 and state("select count(*) from notice where kind = 'right' and state in ('due', 'held', 'ready')") == [(0,)])
node.stop()
end()
