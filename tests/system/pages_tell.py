# SPDX-License-Identifier: Apache-2.0
"""The pages by which people outside are told: letters before and after they are sealed, held, let go and taken back, several at
once; owners and the register, changed by two at once; what is nobody's, adopted; mails, confirmed and put to their letters; and
what an account for one owner sees of all that; a letter to many, which two persons send."""
import hashlib
import os
import re
import socket
import sqlite3
import threading
import time

from browsing import Browser, good_page
from node import Node, kill_pid, work
from program import check, end, free_port, path, wait, write
from sink import Sink

sink = Sink()
OWNERS = "id,name,sector,prefixes,contacts,language\na,Owner A,telecom,10.0.0.0/24,abuse@a.example,en\nb,Owner B,telecom,10.0.1.0/24,abuse@b.example second@b.example,vi\nc,Owner C,bank,10.0.2.0/24,abuse@c.example,lo\n"


def country(delay="0s", mode="live"):
    folder = path(f"conf-{delay}-{mode}")
    os.makedirs(os.path.join(folder, "rules"))
    os.makedirs(os.path.join(folder, "know"))
    with open(os.path.join(folder, "know", "routes.txt"), "w", encoding="utf-8") as f:
        f.write("198.51.100.0/24 64510\n203.0.113.0/24 64511\n")
    with open(os.path.join(folder, "weir.yaml"), "w", encoding="utf-8") as f:
        f.write(f"country: XA\nname: Example CERT\nmail:\n  from: cert@cert.example\n  delay: {delay}\n  mode: {mode}\n  a-minute: 10000\n"
                f"  host: 127.0.0.1\n  port: {sink.port}\n  tls: none\n")
    with open(os.path.join(folder, "owners.csv"), "w", encoding="utf-8") as f:
        f.write(OWNERS)
    with open(os.path.join(folder, "rules", "10-all.yaml"), "w", encoding="utf-8") as f:
        f.write("- rule: all-of-them\n  if: {}\n  then: { notify: owner }\n")
    return folder


def address(node):
    """Where the pages are, as the control socket says."""
    s = socket.socket(socket.AF_UNIX)
    s.connect(os.path.join(node.state, "control.sock"))
    s.sendall(b"GET /pages HTTP/1.1\r\nHost: n\r\nConnection: close\r\n\r\n")
    text = b""
    while piece := s.recv(4096):
        text += piece
    s.close()
    return text.decode().split("\r\n\r\n", 1)[1].strip()


visits = []


def stay(node, starts):
    """A core that starts with owners of its own ends the visits that no account has: here they go on."""
    wait("the core has started again", lambda: node.said().count("a new register of owners") >= starts and node.said().count("core ended") >= starts
         and node.run("status").returncode in (0, 1) and node.count("receipts") >= 0)
    # a change that the core itself refuses: it is there again, and has ended what it ends
    check("and answers", b"N99999" in node.run("notice", "hold", "N99999").stderr)
    db = sqlite3.connect(os.path.join(node.state, "state.db"), timeout=30)
    for row in visits:
        db.execute(f"insert or ignore into session({', '.join(row)}) values ({', '.join('?' * len(row))})", list(row.values()))
    db.commit()
    db.close()


def come_in(node, base, person, role, only=None):
    """A visit of that person, who may be narrowed to one owner."""
    token = os.urandom(32)
    now = int(time.time() * 1e6)
    db = sqlite3.connect(os.path.join(node.state, "state.db"), timeout=30)
    row = {"id": hashlib.sha256(token).digest(), "person": person, "role": role, "opened": now, "until": now + 3600 * 10**6}
    known = {c[1] for c in db.execute("pragma table_info(session)")}
    if "used" in known:
        row["used"] = now
    visits.append(row)
    db.execute(f"insert into session({', '.join(row)}) values ({', '.join('?' * len(row))})", list(row.values()))
    if only:
        db.execute("insert into scope values (?, 'owner', ?)", (person, only))
    db.commit()
    db.close()
    browser = Browser(base)
    browser.cookie = "weir=" + token.hex()
    return browser


def report(node, name, rows):
    write(name, ("source.ip,classification.type,tlp\n" + "".join(f"{ip},{kind},GREEN\n" for ip, kind in rows)).encode())
    p = node.run("take", "--wait", path(name))
    check(f"{name} is taken", p.returncode == 0, p.stdout + p.stderr)


def post(one, url, **fields):
    return one.post(url, {"csrf": one.csrf(), **fields})


def letters():
    """Not sealed yet: shown in each language; then held ones, let go at once."""
    node = Node("l", "--pages", str(free_port()), "--conf", country("1h")).start()
    base = address(node)
    one, reader = come_in(node, base, "ann", "coordinator"), come_in(node, base, "vic", "viewer")
    report(node, "first.csv", [("10.0.0.7", "infected-system"), ("10.0.1.7", "infected-system"), ("10.0.2.7", "phishing")])
    text = good_page("the letters", one.get("/letters"))
    check("four wait", text.count('type="checkbox"') == 4 and "<strong>4</strong> <span>due" in text, text[:3000])
    check("a viewer chooses none", 'type="checkbox"' not in reader.get("/letters")[1])
    text = good_page("a letter that is not sealed", one.get("/letters/N1"))
    check("what it would say", "To those responsible for the network of Owner A" in text and "10.0.0.7" in text, text[:3000])
    check("in each language", 'lang="vi"' in text and 'lang="lo"' in text and 'lang="km"' in text and 'lang="my"' in text)
    check("by which rule", "10-all.yaml:1" in text and "all-of-them" in text)
    check("nothing was sealed by looking", node.ask("notices", "--state", "due")[0]["sealed"] is None)
    check("a viewer takes none back", post(reader, "/letters/withdraw", id="N1", note="no")[0] == 403)
    good_page("an owner's letters alone", one.get("/letters?owner=b"))
    check("two of b", one.get("/letters?owner=b")[1].count('type="checkbox"') == 2)
    check("one of phishing", one.get("/letters?class=phishing")[1].count('type="checkbox"') == 1)
    good_page("no such state", one.get("/letters?state=nothing"), 400)
    status, _, headers = one.ask("POST", "/letters/withdraw", f"csrf={one.csrf()}&id=N1&id=N2&note=a+mistake&back=%2Fletters%3Fstate%3Dwithdrawn",
                                 Content_Type="application/x-www-form-urlencoded")
    check("two are taken back at once", status == 303 and headers["Location"] == "/letters?state=withdrawn", (status, headers))
    text = good_page("and it is said", one.get("/letters?state=withdrawn"))
    check("which", "N1 is taken back" in text and "N2 is taken back" in text, text[-2000:])
    text = good_page("who did it stands with the letter", one.get("/letters/N2"))
    check("with the reason", "a mistake" in text and "notice-withdraw" in text and ">ann<" in text)
    check("nowhere but to a page of ours", post(one, "/letters/withdraw", id="N3", note="x", back="//evil.example/")[2]["Location"] == "/letters")
    check("nothing was sent", not sink.letters)
    node.stop()


def held():
    node = Node("h", "--pages", str(free_port()), "--conf", country("0s", "hold")).start()
    base = address(node)
    one, analyst = come_in(node, base, "ann", "coordinator"), come_in(node, base, "bob", "analyst")
    narrow = come_in(node, base, "nia", "coordinator", "a")
    report(node, "first.csv", [("10.0.0.7", "infected-system"), ("10.0.1.7", "infected-system"), ("10.0.2.7", "phishing")])
    wait("all are held", lambda: node.count("notices", "--state", "held") == 4)
    text = good_page("that every letter waits is said first", one.get("/letters"))
    check("in words", "Every letter waits" in text)
    check("an account for one owner sees its own", narrow.get("/letters")[1].count('type="checkbox"') == 1)
    others = [n["notice"] for n in node.ask("notices") if n["owner"] != "a"]
    own = next(n["notice"] for n in node.ask("notices") if n["owner"] == "a")
    good_page("and no other", narrow.get(f"/letters/{others[0]}"), 404)
    check("nor lets it go", post(narrow, "/letters/release", id=others[0], note="x")[0] == 404)
    check("not in one go either", post(narrow, "/letters/release", id=f"{own} {others[0]}", note="x")[0] == 404)
    check("an analyst lets none go", post(analyst, "/letters/release", id=own, note="x")[0] == 403)
    text = good_page("a sealed letter", one.get(f"/letters/{own}"))
    check("as its file has it", "checked by its digest" in text and "To those responsible for the network of Owner A" in text)
    post(one, "/letters/release", id=" ".join([own, others[0]]), note="looked at")
    wait("two go", lambda: len(sink.letters) == 2)
    wait("and are sent", lambda: node.count("notices", "--state", "sent") == 2)
    answer = post(one, "/letters/release", id=f"{own} {others[1]}", note="again")
    check("what has gone is left as it is, the other goes", answer[0] == 303)
    wait("three", lambda: len(sink.letters) == 3)
    text = one.get("/letters")[1]
    check("it is said which", "1 letter released, 1 left as they are" in text, text[-1500:])
    with open(os.path.join(node.state, "letters", next(n["ticket"] for n in node.ask("notices") if n["notice"] == others[2]) + ".eml"), "ab") as f:
        f.write(b"more")
    text = good_page("a file that was changed", one.get(f"/letters/{others[2]}"))
    check("is not shown as the letter", "its digest differs" in text)
    post(one, "/letters/correct", id=own, text="It was\r\nnot so.")
    post(one, "/letters/release", id=node.ask("notices")[0]["notice"], note="it was wrong")
    wait("a correction goes to who got it", lambda: any("not so." in m.get_body().get_content() for _, m in sink.letters))
    incoming(node, one, narrow, own)
    node.stop()


def incoming(node, one, narrow, own):
    n = next(x for x in node.ask("notices") if x["notice"] == own)
    body = "<script>alert(1)</script>\nThis is fixed.\n"
    for i, (sender, reply) in enumerate((("abuse@a.example", n["message_id"]), ("someone@else.example", None))):
        head = f"From: {sender}\nTo: cert@cert.example\nSubject: <b>hello</b>\nDate: Mon, 05 Jan 2026 10:00:00 +0000\nMessage-ID: <m{i}@a.example>\n"
        write(f"m{i}.eml", (head + (f"In-Reply-To: <{reply}>\n" if reply else "") + "\n" + body).encode())
        node.run("take", "--wait", path(f"m{i}.eml"))
    text = good_page("the queue", one.get("/incoming"))
    check("both wait", ">M1<" in text and ">M2<" in text and "<strong>2</strong>" in text)
    check("an account for one owner sees the answer to its letter", ">M1<" in narrow.get("/incoming")[1] and ">M2<" not in narrow.get("/incoming")[1])
    text = good_page("a mail", one.get("/incoming/M1"))
    check("its words are text", "&lt;script&gt;" in text and "<script>alert" not in text)
    check("a text to answer from", f"your answer about {n['ticket']}" in text and "Example CERT" in text)
    check("confirmed", post(one, "/incoming/confirm", id="M1", why="fixed")[0] == 303)
    check("then it is closed by word", node.ask("findings", "--owner", "a")[0]["why"] == "fixed")
    text = good_page("and answered", one.get("/letters?state=answered"))
    check("one letter is", text.count('scope="row"') == 1 and own in text, text[-1500:])
    post(one, "/incoming/answer", id="M2", notice=own)
    check("the other is put to the letter", "M2" in good_page("the letter", one.get(f"/letters/{own}")))
    post(one, "/incoming/done", id="M2", **{"as": "junk"})
    check("and done with", "<strong>0</strong>" in one.get("/incoming")[1])


def owners():
    node = Node("o", "--pages", str(free_port()), "--conf", country("2h")).start()
    base = address(node)
    one, two = come_in(node, base, "ann", "coordinator"), come_in(node, base, "eve", "coordinator")
    narrow, analyst = come_in(node, base, "nia", "coordinator", "a"), come_in(node, base, "bob", "analyst")
    report(node, "first.csv", [("10.0.0.7", "infected-system"), ("10.0.1.200", "phishing"), ("198.51.100.9", "phishing"), ("198.51.100.10", "phishing"),
                               ("203.0.113.5", "infected-system")])
    text = good_page("the owners", one.get("/owners"))
    check("all of them", all(f">Owner {x}<" in text for x in "ABC"))
    check("by name", ">Owner B<" in one.get("/owners?text=OWNER+b")[1] and ">Owner A<" not in one.get("/owners?text=OWNER+b")[1])
    check("a pattern is none", ">Owner A<" not in one.get("/owners?text=%25")[1])
    check("an account for one owner sees that one", ">Owner A<" in narrow.get("/owners")[1] and ">Owner B<" not in narrow.get("/owners")[1])
    good_page("its page", narrow.get("/owners/a"))
    good_page("and no other", narrow.get("/owners/b"), 404)
    text = good_page("an owner", one.get("/owners/b"))
    check("with contacts, findings, networks", all(w in text for w in ("second@b.example", "10.0.1.200", "10.0.1.0/24", "Change it")))
    check("an analyst changes none", "Change it" not in analyst.get("/owners/b")[1] and analyst.get("/edit-owner/b")[0] == 403)
    text = good_page("the form", one.get("/edit-owner/b"))
    version = re.search(r'name="version" value="(\d+)"', text).group(1)
    fields = {"id": "b", "version": version, "name": "Owner B", "sector": "energy", "country": "", "prefixes": "10.0.1.0/25\r\n10.0.9.0/24\r\n", "asns": "64500",
              "domains": "b.example", "email1": "abuse@b.example", "language1": "vi", "email2": "new@b.example", "phone2": "+1 555", "back": "/owners/b"}
    check("not for an analyst", post(analyst, "/owners/change", **fields)[0] == 403)
    check("nor for an account for one owner", post(narrow, "/owners/change", **fields)[0] == 403)
    text = good_page("the difference first", post(one, "/owners/change", **fields))
    check("the form goes on with all of it", re.search(r'value="10\.0\.1\.0/25\s10\.0\.9\.0/24', text), re.findall(r'value="10[^"]*"', text))
    check("what comes, goes and changes", all(w in text for w in ("sector telecom -&gt; energy", "- contact  b second@b.example", "+ contact  b new@b.example",
                                                                  "- prefix   b 10.0.1.0/24", "+ prefix   b 10.0.1.0/25")), text[-3000:])
    check("nothing is changed", "second@b.example" in one.get("/owners/b")[1])
    good_page("what is wrong is said", post(one, "/owners/change", **{**fields, "prefixes": "10.0.1.0/99"}), 400)
    check("another is quicker", post(two, "/owners/change", **{**fields, "id": "c", "name": "Owner C2", "sector": "bank", "prefixes": "10.0.2.0/24", "email1": "abuse@c.example",
                                                               "email2": "", "phone2": "", "language1": "lo", "asns": "", "domains": "", "yes": "1", "back": "/owners/c"})[0] == 303)
    stay(node, 1)
    wait("it is there", lambda: "Owner C2" in one.get("/owners/c")[1])
    answer = post(one, "/owners/change", **{**fields, "yes": "1"})
    check("then the first is refused", answer[0] == 400 and "register 2 now" in answer[1], answer[:2])
    check("and nothing of it is there", "second@b.example" in one.get("/owners/b")[1])
    version = re.search(r'name="version" value="(\d+)"', one.get("/edit-owner/b")[1]).group(1)
    status, _, headers = post(one, "/owners/change", **{**fields, "version": version, "yes": "1"})
    check("with the new one it is taken", status == 303 and headers["Location"] == "/owners/b", (status, headers))
    stay(node, 2)
    wait("all of it", lambda: "new@b.example" in one.get("/owners/b")[1])
    text = one.get("/edit-owner/b")[1]
    check("and what was there is gone", "second@b.example" not in text and "10.0.1.0/25" in text and "10.0.1.0/24" not in text and "energy" in text)
    check("who did it is kept", sqlite3.connect(os.path.join(node.state, "state.db")).execute(
        "select person from register order by version desc limit 1").fetchone() == ("ann",))
    nobodys(node, one, narrow)
    node.stop()


def nobodys(node, one, narrow):
    good_page("what is nobody's is of all the country", narrow.get("/nobodys"), 403)
    text = good_page("what is nobody's", one.get("/nobodys"))
    first = text.split("By network", 1)[1]
    check("the most first", first.index("198.51.100.0/24") < first.index("203.0.113.0/24") and "AS64510" in text and "AS64511" in text, text[-2500:])
    node.run("reread", "R1")
    wait("read again", lambda: b"1" in node.run("reread", "--list").stdout or True)
    count = sqlite3.connect(os.path.join(node.state, "state.db")).execute("select sum(events) from nobodys").fetchone()[0]
    check("it is not counted twice; what b has given up is nobody's now", count == 4, count)
    text = good_page("the form to adopt", one.get("/adopt?prefixes=198.51.100.0/24"))
    version = re.search(r'name="version" value="(\d+)"', text).group(1)
    check("the network stands in it", 'value="198.51.100.0/24"' in text)
    fields = {"add": "1", "id": "newcomer", "version": version, "prefixes": "198.51.100.0/24", "name": "Newcomer", "sector": "telecom", "email1": "abuse@new.example",
              "language1": "en", "back": "/nobodys"}
    text = good_page("the difference", post(one, "/owners/change", **fields))
    check("one owner more", "+ owner    newcomer  Newcomer" in text and "+ prefix   newcomer 198.51.100.0/24" in text, text[-2000:])
    check("taken", post(one, "/owners/change", **{**fields, "yes": "1"})[0] == 303)
    stay(node, 3)
    wait("it is nobody's no longer", lambda: "198.51.100.0/24" not in one.get("/nobodys")[1] and "203.0.113.0/24" in one.get("/nobodys")[1])
    report(node, "later.csv", [("198.51.100.9", "phishing")])
    check("what comes from then on is found", node.count("findings", "--owner", "newcomer") == 1)
    version = re.search(r'name="version" value="(\d+)"', one.get("/adopt")[1]).group(1)
    check("more for an owner who is there", post(one, "/owners/change", add="1", id="newcomer", version=version, asns="64511", yes="1", back="/nobodys")[0] == 303)
    stay(node, 4)
    wait("keeps what he has", lambda: all(w in one.get("/owners/newcomer")[1] for w in ("64511", "198.51.100.0/24", "abuse@new.example")))


def kill(node, *names):
    for pid, name in node.processes():
        if name.removeprefix("weir-") in names:
            kill_pid(pid)


def campaign():
    """Proposed, shown, released by another, once to each contact, though everything dies meanwhile."""
    sink.letters.clear()
    conf = country("3h")
    with open(os.path.join(conf, "weir.yaml"), encoding="utf-8") as f:
        text = f.read().replace("delay: 3h", "delay: 0s")
    with open(os.path.join(conf, "weir.yaml"), "w", encoding="utf-8") as f:
        f.write(text)
    with open(os.path.join(conf, "owners.csv"), "w", encoding="utf-8") as f:
        f.write(OWNERS + "d,Owner D,bank,10.0.3.0/24,,\ne,Owner E,bank,10.0.4.0/24,gone@e.example,en\n")
        f.write("".join(f"m{i},Many {i},telecom,10.1.{i}.0/24,abuse@m{i}.example,{('en', 'vi', 'lo')[i % 3]}\n" for i in range(120)))
    sink.refuse = {"gone@e.example": "550 no such user"}
    node = Node("c", "--pages", str(free_port()), "--conf", conf).start()
    base = address(node)
    ann, eve = come_in(node, base, "ann", "coordinator"), come_in(node, base, "eve", "coordinator")
    bob, narrow = come_in(node, base, "bob", "analyst"), come_in(node, base, "nia", "coordinator", "a")
    report(node, "first.csv", [("10.0.4.7", "infected-system")])
    wait("that address is broken", lambda: node.count("notices", "--state", "refused") == 1)
    check("a campaign is of all the country", narrow.get("/campaign")[0] == 403 and post(narrow, "/campaign/propose", name="x")[0] == 403)
    places = "10.0.0.1\n10.0.0.9\n10.0.1.0/24\n10.0.3.3\n10.0.4.4\n192.0.2.1\nthis is&nothing\n" + "".join(f"10.1.{i}.5\n" for i in range(120))
    fields = {"name": "A hole of <today>", "label": "GREEN", "places": places, "subject-en": "Urgent: {owner}", "text-en": "Look at once:\n{list}\nYours, {team}",
              "subject-vi": "Khẩn: {owner}", "text-vi": "Xin kiểm tra ngay."}
    for wrong in ({"text-en": "{nothing}"}, {"subject-en": ""}, {"label": "RED"}, {"places": ""}, {"name": ""}):
        check(f"refused: {wrong}", post(bob, "/campaign/propose", **{**fields, **wrong})[0] in (400, 403))
    check("nothing of these is there", ">C1<" not in bob.get("/campaign")[1])
    check("proposed", post(bob, "/campaign/propose", **fields)[0] == 303)
    text = good_page("the list", bob.get("/campaign"))
    check("it stands there, as text", ">C1<" in text and "A hole of &lt;today&gt;" in text)
    text = good_page("the proposal", ann.get("/campaign/C1"))
    check("who gets it", "<strong>123</strong> <span>contacts get it" in text, re.findall(r"<strong>\d+</strong> <span>[^<]*", text))
    check("what it says there", "Urgent: Owner A" in text and "  10.0.0.1\n  10.0.0.9" in text and "Khẩn: Owner B" in text)
    check("and who not", all(w in text for w in ("letters to it come back", "it belongs to nobody", "no address, prefix or name", "no contact that gets it")))
    check("nothing is due", node.count("notices") == 1)
    check("an analyst releases none", post(bob, "/campaign/release", id="C1")[0] == 403)
    check("proposed by who may release", post(ann, "/campaign/propose", **{**fields, "name": "other", "places": "10.0.0.1"})[0] == 303)
    answer = post(ann, "/campaign/release", id="C2")
    check("the proposer does not release his own", answer[0] == 403 and "another person releases it" in answer[1], answer[:2])
    check("he drops it", post(ann, "/campaign/drop", id="C2", note="no")[0] == 303 and post(eve, "/campaign/release", id="C2")[0] == 400)
    # the list as a file: of any form, errors by their lines, far more than fits into a form
    def listed(data, status, **more):
        parts = {"csrf": bob.csrf(), **fields, "name": "file", "places": "", **more}
        body = b"".join(f'--limit-of-parts\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in parts.items())
        if data is not None:
            body += b'--limit-of-parts\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\n\r\n' + data + b"\r\n"
        answer = bob.ask("POST", "/campaign/propose", body + b"--limit-of-parts--\r\n", Content_Type="multipart/form-data; boundary=limit-of-parts")
        check(f"a list of {len(data or b'')} bytes: {status}", answer[0] == status, (answer[0], answer[1][-400:]))
        return answer[1]

    check("what is wrong is named by its line", "line 3: &#39;no such&#39; is no address" in listed(b"10.0.0.1\n\nno such\n", 400) or
          "line 3: 'no such' is no address" in listed(b"10.0.0.1\n\nno such\n", 400))
    listed(b"x" * 1100000, 413)
    listed(b"10.0.0.1\n" * 50001, 413)
    listed(b"\xff\xfe1\0", 400)
    listed(None, 400)
    check("a form of another visit", "another visit" in listed(b"10.0.0.1\n", 403, csrf="0" * 64))
    check("still none", ">C3<" not in bob.get("/campaign")[1])
    begun = work(node)
    listed(b"Server;IP\r\n" + b"".join(b"a;10.%d.%d.%d\r\n" % (i >> 16, i >> 8 & 255, i & 255) for i in range(50000)), 303, places="10.0.4.4", **{"text-vi": "Xin " * 2000})
    took = work(node) - begun
    check("fifty thousand are taken in seconds", took < 10, took)
    print(f"fifty thousand places: {took:.1f} s of work")
    rows = sqlite3.connect(os.path.join(node.state, "state.db")).execute("select count(*) from campaign_place where campaign = 3").fetchone()[0]
    check("all of them, and what was typed beside them", rows == 50000, rows)
    good_page("such a proposal", bob.get("/campaign/C3"))
    listed(None, 303, places="10.0.0.1")
    token, answers = eve.csrf(), []
    going = threading.Thread(target=lambda: answers.append(eve.post("/campaign/release", {"csrf": token, "id": "C1", "note": "seen"})))
    going.start()
    time.sleep(0.005)
    kill(node, "core")
    going.join()
    stay(node, 0)
    check("another lets it go", answers[0][0] == 303 or "decided already" in answers[0][1], answers[0][:2])
    answer = post(ann, "/campaign/release", id="C1")
    check("once", answer[0] == 400, answer[:2])
    for i in range(6):
        time.sleep(0.1 + 0.15 * i)
        kill(node, "core", "desk")
    wait("all are sent", lambda: node.run("status").returncode in (0, 1) and node.count("notices", "--state", "sent") == 123)
    got = {}
    for to, mail in sink.letters:
        got.setdefault(to, set()).add(mail["Message-ID"])
    check("each contact has one", len(got) == 123 and all(len(ids) == 1 for ids in got.values()), (len(got), {k: v for k, v in got.items() if len(v) > 1}))
    # what was on its way when all of them died goes again, as the same letter
    check("of which there are as many in the store", node.count("notices") == 124, node.count("notices"))
    mail = next(m for to, m in sink.letters if to == "abuse@a.example")
    body = mail.get_body().get_content().replace("\r\n", "\n")
    check("with his places and the label", "  10.0.0.1\n  10.0.0.9\n" in body and "TLP:GREEN" in body and mail["Subject"].endswith("Urgent: Owner A"), body)
    mail = next(m for to, m in sink.letters if to == "second@b.example")
    check("in his language, with a list all the same", "Xin kiểm tra ngay." in mail.get_body().get_content() and "10.0.1.0/24" in mail.get_body().get_content())
    n = next(x for x in node.ask("notices", "--limit", "500") if x["to"] == "abuse@a.example")
    write("answer.eml", (f"From: abuse@a.example\nTo: cert@cert.example\nSubject: Re\nDate: Mon, 05 Jan 2026 10:00:00 +0000\nMessage-ID: <m9@a.example>\n"
                         f"In-Reply-To: <{n['message_id']}>\n\nfixed\n").encode())
    node.run("take", "--wait", path("answer.eml"))
    stay(node, 0)
    text = good_page("then", come_in(node, address(node), "ann2", "coordinator").get("/campaign/C1"))
    check("sent and answered are counted", "<strong>123</strong> <span>sent" in text and "<strong>1</strong> <span>answered" in text, re.findall(r"<strong>\d+</strong> <span>[^<]*", text))
    sink.refuse = {}
    node.stop()


letters()
held()
owners()
campaign()
sink.stop()
end()
