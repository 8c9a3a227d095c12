# SPDX-License-Identifier: Apache-2.0
"""Answers to people who wrote: cleared by the label of their case, sent in their thread to a mail server that takes them, says no, is
away, or whose word is lost with the process that heard it; encrypted where a key is known; held where letters are. replies.py PROGRAM"""
import hashlib
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time

from browsing import Browser
from node import Node
from program import check, end, free_port, path, wait, write
from sink import Sink

sink = Sink()
HOME = tempfile.mkdtemp(prefix="pgp-", dir="/tmp")


def gpg(*words, data=None):
    return subprocess.run(["gpg", "--homedir", HOME, "--batch", "--no-tty", "--pinentry-mode", "loopback", "--trust-model", "always", *words],
                          input=data, capture_output=True, timeout=120, check=True).stdout


def key(who):
    gpg("--passphrase", "", "--quick-generate-key", who, "ed25519", "sign", "1y")
    fpr = next(line.split(":")[9] for line in gpg("--with-colons", "--list-keys", who).decode().splitlines() if line.startswith("fpr"))
    gpg("--passphrase", "", "--quick-add-key", fpr, "cv25519", "encr", "1y")
    return fpr


TEAM, BANK = key("cert@cert.example"), key("soc@bank.example")
MAIL = ("From: {0}\r\nTo: cert@cert.example\r\nSubject: {1}\r\nMessage-ID: <{2}@people.example>\r\nReferences: <older@people.example>\r\n"
        "Date: Mon, 05 Jan 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{3}\r\n")


def country(name, *, mode="live", pgp=False):
    folder = path(name)
    os.makedirs(os.path.join(folder, "rules"))
    with open(os.path.join(folder, "weir.yaml"), "w", encoding="utf-8") as f:
        f.write(f"country: XA\nname: Example CERT\nmail:\n  from: \"Example CERT <cert@cert.example>\"\n  a-minute: 100000\n  mode: {mode}\n"
                f"  host: 127.0.0.1\n  port: {sink.port}\n  tls: none\n" + (f"pgp:\n  home: {HOME}\n  key: {TEAM}\n" if pgp else ""))
    with open(os.path.join(folder, "owners.csv"), "w", encoding="utf-8") as f:
        f.write(f"id,name,sector,prefixes,contacts,language,pgp\nbank,Bank,banking,10.0.0.0/24,soc@bank.example,en,{BANK if pgp else ''}\n")
    with open(os.path.join(folder, "rules", "10-all.yaml"), "w", encoding="utf-8") as f:
        f.write("- rule: all\n  if: {}\n  then: { notify: nobody }\n")
    return folder


def said(node, *words):
    p = node.run(*words)
    return p.returncode, (p.stdout + p.stderr).decode("utf-8", "replace")


def come_in(node, person, role):
    """A visit of that person."""
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(os.path.join(node.state, "control.sock"))
        s.sendall(b"GET /pages HTTP/1.1\r\nHost: n\r\nConnection: close\r\n\r\n")
        text = b""
        while piece := s.recv(4096):
            text += piece
    token, now = os.urandom(32), int(time.time() * 1e6)
    db = sqlite3.connect(os.path.join(node.state, "state.db"), timeout=30)
    db.execute("insert into session(id, person, role, opened, until, used) values (?, ?, ?, ?, ?, ?)",
               (hashlib.sha256(token).digest(), person, role, now, now + 3600 * 10**6, now))
    db.commit()
    db.close()
    browser = Browser(text.decode().split("\r\n\r\n", 1)[1].strip())
    browser.cookie = "weir=" + token.hex()
    return browser


def comes(node, who, subject, ident, words="hello"):
    before = node.count("mail", "list")
    write(ident + ".eml", MAIL.format(who, subject, ident, words).encode())
    node.run("take", "--wait", path(ident + ".eml"))
    wait("the mail is there", lambda: node.count("mail", "list") == before + 1)
    return next(m["mail"] for m in node.ask("mail", "list") if m["subject"] == subject)


def entry(node, which):
    return next(e for e in node.ask("case", "entries") if e["entry"] == which)


def answered(node, mail, *more):
    code, text = said(node, "case", "reply", mail, "--text", "we look at it", *more)
    check("an answer is put ready", code == 0 and "waits to be sent" in text, text)
    return re.search(r"\bL\d+", text).group(0)


def becomes(node, which, state):
    wait(f"{which} is {state}", lambda: entry(node, which)["state"] == state)
    return entry(node, which)


def outbox(node):
    db = sqlite3.connect(os.path.join(node.state, "state.db"), timeout=30)
    rows = db.execute("select way, recipient, state from outbox").fetchall()
    db.close()
    return rows


def plain():
    node = Node("plain", "--conf", country("plain.conf"), "--pages", str(free_port())).start()
    # what has no label of its own is AMBER+STRICT, and does not go in the clear
    strict = comes(node, "Ann <ann@people.example>", "strange", "s1")
    one = becomes(node, answered(node, strict), "refused")
    check("it is refused in the exit's words, with who may change it", "ann@people.example: TLP:AMBER and above goes to another party only" in one["answer"]
          and "may be changed by" in one["answer"] and not sink.letters, one)
    check("the case says so", b"TLP:AMBER and above" in node.run("case", "show", one["case"]).stdout)
    # GREEN goes to who wrote himself
    mail = comes(node, "Bob <bob@people.example>", "a phish", "g1")
    one = becomes(node, answered(node, mail, "--label", "GREEN"), "sent")
    to, got = sink.letters[-1]
    number = next(c["number"] for c in node.ask("case", "list") if c["case"] == one["case"])
    check("it is in his thread", to == "bob@people.example" and got["In-Reply-To"] == "<g1@people.example>"
          and got["References"].split() == ["<older@people.example>", "<g1@people.example>"], got.items())
    check("it has the number of the case, and says that a person wrote", got["Subject"] == f"[{number}] Re: a phish" and "Auto-Submitted" not in got, got.items())
    check("the label stands in it", got.get_content().split() == "TLP:GREEN we look at it".split(), got.get_content())
    check("the server's words stand with it", one["answer"].startswith("250"), one)
    check("the mail is done with", next(m for m in node.ask("mail", "list") if m["mail"] == mail)["outcome"] == "answered")
    # his answer finds back by the thread alone
    write("back.eml", MAIL.format("Bob <bob@people.example>", "no number here", "g2", "thanks").replace("<older@people.example>", got["Message-ID"]).encode())
    node.run("take", "--wait", path("back.eml"))
    wait("his next mail is in the case", lambda: any(e["text"].strip() == "thanks" for e in node.ask("case", "entries", "--case", one["case"])))
    # to nobody that is known
    code, text = said(node, "case", "answer", one["case"], "--to", "stranger@elsewhere.example", "--text", "x")
    other = becomes(node, re.search(r"\bL\d+", text).group(0), "refused")
    check("a stranger gets no GREEN", "nobody here knows" in other["answer"], other)
    # no, and again
    sink.refuse["bob@people.example"] = "550 5.1.1 no such mailbox"
    code, text = said(node, "case", "answer", one["case"], "--to", "bob@people.example", "--text", "second")
    other = becomes(node, re.search(r"\bL\d+", text).group(0), "refused")
    check("the server's no is kept", "no such mailbox" in other["answer"], other)
    sink.refuse.clear()
    check("it is tried again by hand", said(node, "case", "mail-release", one["case"], other["entry"])[0] == 0)
    becomes(node, other["entry"], "sent")
    # the post dies while the server has it and has not answered: once more with the same Message-ID, or not at all
    sink.delay = 3
    before = len(sink.letters)
    code, text = said(node, "case", "answer", one["case"], "--to", "bob@people.example", "--text", "third")
    wait("it is on its way", lambda: len(sink.letters) > before)

    os.kill(next(pid for pid, name in node.processes() if name == "weir-post"), signal.SIGKILL)
    sink.delay = 0
    becomes(node, re.search(r"\bL\d+", text).group(0), "sent")
    idents = {m["Message-ID"] for _, m in sink.letters[before:]}
    check("the same mail", len(idents) == 1 and len(sink.letters) - before <= 2, (idents, len(sink.letters) - before))
    pages(node, mail, one)
    node.stop()


def pages(node, mail, one):
    """The page of a mail: a text to begin with, the answer, and what became of it."""
    b = come_in(node, "ann", "coordinator")
    _, text, _ = b.get(f"/incoming/{mail}")
    check("what became of it is on its page", "we look at it" in text and 'data-mout="sent"' in text, text[-3000:])
    link = re.search(r'href="(/incoming/M\d+\?block=1)"', text)
    check("texts to begin with are links", link is not None, text[-3000:])
    _, text, _ = b.get(link.group(1))
    check("the form has the text", re.search(r"<textarea[^>]*>[^<]+Bob", text) is not None, text)
    status, _, _ = b.post("/incoming/reply", {"csrf": b.csrf(), "id": mail, "text": "by the page", "label": ""})
    check("the form answers", status == 303, status)
    wait("and it goes", lambda: any(e["text"] == "by the page" and e["state"] == "sent" for e in node.ask("case", "entries", "--case", one["case"])))
    check("the case shows it", "by the page" in b.get(f"/cases/{one['case']}")[1])


def held():
    sink.letters.clear()
    node = Node("held", "--conf", country("held.conf", mode="hold")).start()
    which = answered(node, comes(node, "Bob <bob@people.example>", "a phish", "h1"), "--label", "CLEAR")
    wait("it is held", lambda: entry(node, which)["held"] == 1)
    drop = answered(node, "M1")
    wait("so is the next", lambda: entry(node, drop)["held"] == 1)
    case = entry(node, which)["case"]
    check("one is taken back", said(node, "case", "mail-drop", case, drop)[0] == 0 and "taken back by" in entry(node, drop)["answer"])
    node.stop()
    node.start()
    check("nothing has gone", not sink.letters and entry(node, which)["state"] == "to send")
    check("one is let go", said(node, "case", "mail-release", case, which)[0] == 0)
    becomes(node, which, "sent")
    check("that one alone went", [t for t, _ in sink.letters] == ["bob@people.example"], sink.letters)
    node.stop()
    sink.letters.clear()
    for name, mode, options in (("shadow", "shadow", ()), ("dry", "live", ("--dry-run",))):
        node = Node(name, "--conf", country(name + ".conf", mode=mode), *options).start()
        which = answered(node, comes(node, "Bob <bob@people.example>", "a phish", name), "--label", "CLEAR")
        case = entry(node, which)["case"]
        wait(f"{name}: it is cleared", lambda: outbox(node) == [("reply", "bob@people.example", "ready")])
        node.run("status")
        check(f"{name}: it waits", entry(node, which)["state"] == "to send" and not sink.letters, entry(node, which))
        node.stop()


def sealed():
    sink.letters.clear()
    node = Node("sealed", "--conf", country("sealed.conf", pgp=True)).start()
    # the owner's contact has a key; another has none and gets a signed mail
    said(node, "case", "new", "their bank", "--owner", "bank", "--label", "AMBER")
    code, text = said(node, "case", "answer", "K1", "--to", "SOC@bank.example", "--text", "for your eyes")
    becomes(node, re.search(r"\bL\d+", text).group(0), "sent")
    _, got = sink.letters[-1]
    check("it is encrypted, its subject says nothing", got.get_content_type() == "multipart/encrypted" and "their bank" not in got["Subject"], got.items())
    clear = gpg("--decrypt", data=got.get_payload()[1].get_payload(decode=True))
    check("it opens with the key", b"TLP:AMBER" in clear and b"for your eyes" in clear, clear)
    which = answered(node, comes(node, "Bob <bob@people.example>", "a phish", "p1"), "--label", "GREEN")
    becomes(node, which, "sent")
    check("the other one is signed", sink.letters[-1][1].get_content_type() == "multipart/signed", sink.letters[-1][1].get_content_type())
    node.stop()


try:
    plain()
    held()
    sealed()
finally:
    subprocess.run(["gpgconf", "--homedir", HOME, "--kill", "gpg-agent"], check=False)
    shutil.rmtree(HOME, ignore_errors=True)
    sink.stop()
end()
