# SPDX-License-Identifier: Apache-2.0
"""An observer without a node: the opening of a round goes to it as a mail with the texts, whoever else takes part needs no link with it; what it
writes back is entered by the chair as a comment with its mail, which every node can check again, is shown everywhere as of that
party, and needs an answer, which goes there as a mail, as the result of a round does and its end; nobody takes a position for it.
hosted.py PROGRAM"""
import email
import email.policy
import hashlib
import os
import re
import signal
import time

import browsing
from certs import Cert, mark, said
from keyrings import HOME, THEIRS, gpg, key
from program import check, end, free_port, path, until, wait, write
from sink import Sink

PARTIES = ("kh", "la", "mm")
TEXT = b"""# Times at the gates {#3459}

A request is answered within 8 hours. {#6783}
"""
SOON = 40  # seconds until the round by assent closes, at least
sink = Sink()


TEAM, DESK = key("cert@la.example", HOME), key("desk@th.example", THEIRS)
gpg("--import", data=gpg("--export", DESK, home=THEIRS))
gpg("--import", data=gpg("--export", TEAM), home=THEIRS)
certs = {p: Cert(p) for p in PARTIES}
kh, la, mm = (certs[p] for p in PARTIES)
for c in certs.values():
    with open(path(c.party + ".conf/weir.yaml"), encoding="utf-8") as f:
        conf = "sample: yes\n" + f.read()
    if c is la:
        conf = conf.replace("@la.example>\"\n", f"@la.example>\"\n  a-minute: 100000\n  mode: live\n  host: 127.0.0.1\n  port: {sink.port}\n  tls: none\n")
        conf = conf.replace("door:", f"pgp:\n  home: {HOME}\n  key: {TEAM}\ndoor:")
    write(c.party + ".conf/weir.yaml", conf.encode())
la.options = tuple(o for o in la.options if o != "--dry-run")
for c in certs.values():
    c.options += ("--pages", str(free_port()))
for c in certs.values():
    c.start()
for c in certs.values():
    c.make_list()
for c in certs.values():
    c.link(PARTIES)
for c in certs.values():
    c.start()


def everywhere(what, want):
    for c in certs.values():
        wait(f"{c.party}: {what}", lambda c=c: want(c))


def comments(cert, ref="gate-times/1"):
    return [s for s in cert.ask("agree", "said", ref) if s["kind"] == "comment"]


def letters(ident):
    """What went to it of that round. One that a core was ended with comes again, as the same letter."""
    mails = list({mail["Message-ID"]: mail for to, mail in sink.letters if f"[weir la-{ident[:10]}]" in mail["Subject"]}.values())
    check("to it alone", all(to == "desk@th.example" for to, _ in sink.letters), sink.letters)
    return mails


def inside(mail):
    """Text and files of one that may be encrypted to it."""
    if mail.get_content_type() == "multipart/encrypted":
        mail = email.message_from_bytes(gpg("--decrypt", data=mail.get_payload()[1].get_payload(decode=True), home=THEIRS), policy=email.policy.default)
    if mail.get_content_type() == "multipart/signed":
        mail = next(mail.iter_parts())
    return mail.get_body().get_content(), {p.get_filename(): p.get_payload(decode=True) for p in mail.iter_attachments()}


def comes(name, data):
    before = la.count("mail", "list")
    write(name, data)
    la.run("take", "--wait", path(name))
    wait(f"{name} is a mail", lambda: la.count("mail", "list") == before + 1)
    return la.ask("mail", "list")[0]["mail"]


def reply(to, text, ident, sender="desk@th.example", kind="text/plain; charset=utf-8"):
    return (f"From: The desk <{sender}>\r\nTo: cert@la.example\r\nSubject: Re: {to['Subject']}\r\nMessage-ID: <{ident}@th.example>\r\nReferences: {to['Message-ID']}\r\n"
            f"Date: Mon, 05 Jan 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n{text}").encode()


def signed(to, text, ident):
    body = f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    signature = gpg("--passphrase", "", "--armor", "--local-user", DESK, "--detach-sign", data=body.encode(), home=THEIRS).decode().replace("\n", "\r\n")
    return reply(to, f"--b1\r\n{body}\r\n--b1\r\nContent-Type: application/pgp-signature; name=signature.asc\r\n\r\n{signature}\r\n--b1--\r\n", ident,
                 kind="multipart/signed; micalg=pgp-sha512; protocol=\"application/pgp-signature\"; boundary=\"b1\"")


def opened():
    """The mail of the opening."""
    said("a text", la.run("agree", "text", "gate-times", path("text.md"), "--lang", "en", "--authentic"), 0)
    said("the party", la.run("party", "add", "th", "--title", "CERT of an example", "--kind", "cert", "--email", "desk@th.example", "--language", "vi", "--mail"), 0)
    propose = ("agree", "propose", "gate-times", "--title", "Times at the gates", "--members", "kh,la,mm", "--observers", "th", "--rule", "none", "--closes", "2h")
    said("the round is written, and what will be refused is said", la.run(*propose), 0, "waits for a second person", "th takes part by mail and has no OpenPGP key here")
    number = la.ask("agree", "waiting")[-1]["id"]
    said("AMBER does not go there in the clear", la.second("agree", "sign", number), 1, "th by mail", "encrypted to its key")
    said("nothing has gone", la.run("agree", "drop", number), 0)
    said("a round for anybody", la.run(*propose, "--label", "CLEAR"), 0)
    said("is signed by two", la.second("agree", "sign", la.ask("agree", "waiting")[-1]["id"]), 0)
    everywhere("has the round, of a party that it does not know", lambda c: any(r["round"] == "gate-times/1" and r["rule"] == "none" and not r["wrong"] for r in c.ask("agree", "list")))
    wait("the observer has a mail", lambda: sink.letters)
    to, mail = sink.letters[-1]
    (ident,), = la.db("select lower(hex(id)) from statement where kind = 'agree.open'")
    inner = next(mail.iter_parts()) if mail.get_content_type() == "multipart/signed" else mail
    text, files = inner.get_body().get_content(), {p.get_filename(): p.get_payload(decode=True) for p in inner.iter_attachments()}
    check("to it, with the title", to == "desk@th.example" and mail["Subject"] == f"[weir la-{ident[:10]}] gate-times/1: Times at the gates", (to, mail["Subject"]))
    check("what is asked, until when, what an observer does, in its language", text.startswith("TLP:CLEAR") and "ý kiến của quý vị" in text and "quan sát viên" in text
          and la.ask("agree", "list")[0]["closes"][:16].replace("T", " ") in text, text)
    check("with the text, the manifest and the statement", files["text.en.md"] == (TEXT_NOW) and b"observer th" in files["manifest.txt"] and {"statement.weir", "details.csv"} <= set(files), list(files))
    return mail


def commented(mail):
    said("its key", la.run("party", "edit", "th", "--pgp", DESK), 0)
    mails = {"signed": signed(mail, "Hours of whom?", "s1"), "plain": reply(mail, "And who counts them?", "p1"),
             "bad": signed(mail, "We agree", "b1").replace(b"We agree", b"We  agree"), "stranger": reply(mail, "hello", "x1", sender="x@elsewhere.example")}
    which = {name: comes(name + ".eml", raw) for name, raw in mails.items()}
    wait("they are kept", lambda: la.db("select count(*) from message where blob is not null") == [(len(mails),)])
    enter = lambda name, *more: la.run("agree", "comment", "gate-times", "--mail", which[name], *more)
    said("words are a person's", enter("signed"), 2, "text")
    said("one whose signature is not good", enter("bad", "--text", "We agree"), 1, "not good", "th")
    said("one of a stranger", enter("stranger", "--text", "x"), 1, "no mail of this round")
    said("nobody else enters it", kh.run("agree", "comment", "gate-times", "--mail", "M1", "--text", "x"), 1, "la has opened the round")
    said("no position for it", la.run("agree", "position", "gate-times", "--position", "support", "--mail", which["signed"]), 1, "no party signs for another", "th is an observer")
    check("nothing was said", not comments(la))
    said("a comment by signed mail", enter("signed", "--text", "Hours of whom?", "--clauses", IDS[1]), 0, "OpenPGP signature is good")
    check("the mail is done with", next(m for m in la.ask("mail", "list") if m["mail"] == which["signed"])["state"] == "done")
    browser = browsing.let_in(la)
    check("the page offers what is left", f'value="{which["plain"]}"' in browser.get("/agree/gate-times/1")[1] and f'value="{which["signed"]}"' not in browser.get("/agree/gate-times/1")[1])
    status, _, _ = browser.post("/agree/comment", {"csrf": browser.csrf(), "back": "/agree/gate-times/1", "round": "gate-times/1", "text": "And who counts them?", "lang": "en", "clauses": "",
                                                   "mail": which["plain"]})
    check("and enters it", status == 303, status)
    everywhere("has both", lambda c: [(s["party"], s["from"], s["auth"], s["counts"]) for s in sorted(comments(c), key=lambda s: s["words"])] ==
               [("la", "th", "nothing", "yes"), ("la", "th", "openpgp " + DESK, "yes")])
    one = next(s for s in comments(kh) if s["auth"] != "nothing")
    check("of the mail that came", one["raw"] == hashlib.sha256(mails["signed"]).hexdigest())
    for c in (kh, mm):
        raw = until(lambda c=c: c.run("agree", "get", "gate-times", "--file", "mail", "--of", one["id"][:12]).stdout)
        check(f"{c.party}: it has the mail as it came, whose signature is checked without the chair", raw == mails["signed"])
        page = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", browsing.let_in(c).get("/agree-table/gate-times/1")[1]))
        check(f"{c.party}: the table says whose it is", "th by mail (OpenPGP), entered by la" in page and "th by mail, which nothing proves, entered by la" in page, page[:3000])
        check(f"{c.party}: its own comment goes", c.run("agree", "comment", "gate-times", "--text", "of " + c.party).returncode == 0)
    everywhere("has theirs too", lambda c: len(comments(c)) == 4)
    check("they name the observer, and nothing waits for it", kh.db("select count(*) from delivery where party = 'th'") == [(0,)] and len(letters(FIRST[0])) == 1, len(sink.letters))
    return one["id"]


def frozen(one):
    write("second.md", TEXT_NOW.replace(b"8 hours", b"8 hours of the office"))
    said("the next text", la.run("agree", "text", "gate-times", path("second.md"), "--lang", "en", "--authentic"), 0)
    again = ("agree", "propose", "gate-times", "--members", "kh,la,mm", "--observers", "th", "--label", "CLEAR", "--rule", "silence", "--level", "node",
             "--min-notice", "24h", "--working-days", "0", "--closes", "48h")
    refused = said("is not frozen while it has no answer", la.run(*again), 2, "no answer yet")
    check("it is named", one[:12] in refused, refused)
    for s in sorted(comments(la), key=lambda s: s["from"]):  # those of the observer last
        words = ("taken", "--clauses", IDS[1]) if s["id"] == one else ("not-taken", "--text", "It is enough.")
        said("an answer", la.run("agree", "answer", "gate-times", "--of", s["id"], "--word", *words), 0)
    os.kill(next(pid for pid, name in la.processes() if name == "weir-core"), signal.SIGKILL)  # its post had one in hand at the most
    everywhere("has its answer", lambda c: next(s for s in comments(c) if s["id"] == one)["answer"] == "taken")
    wait("it has both answers, over the end of the core", lambda: len(letters(FIRST[0])) == 3)
    texts = sorted((inside(m) for m in letters(FIRST[0])[1:]), key=lambda t: "It is enough." in t[0])
    check("what was taken, to which comment, in its language", "> Hours of whom?" in texts[0][0] and "được tiếp thu" in texts[0][0] and "And who" not in texts[0][0], texts[0][0])
    check("what was not, and why", "> And who counts them?" in texts[1][0] and "không được tiếp thu" in texts[1][0] and "It is enough." in texts[1][0].splitlines(), texts[1][0])
    check("nothing of what others have said", not any("of kh" in t or "of mm" in t for t, _ in texts))
    check("with the statement and a table", all({"statement.weir", "details.csv"} == set(f) for _, f in texts) and "answer,not-taken,It is enough." in texts[1][1]["details.csv"].decode(), texts[1][1])
    check("in the thread", all(FIRST[1]["Message-ID"] in m["References"] for m in letters(FIRST[0])[1:]))
    said("not while the round is open, with the date", la.run(*again), 1, "gate-times/1 is open until")
    said("which the chair takes back, since all was said", la.run("agree", "retract", "gate-times/1", FIRST[0], "--reason", "All was said."), 0)
    wait("the observer is told", lambda: len(letters(FIRST[0])) == 4)
    said("then it is", la.run(*again), 0, "waits for a second person")


def decided():
    """A round under silence: what the others say in it names the observer too, and of that nothing is mailed but another date."""
    said("it is signed", la.second("agree", "sign", la.ask("agree", "waiting")[-1]["id"]), 0)
    everywhere("has round 2", lambda c: any(r["round"] == "gate-times/2" and r["rule"] == "silence" for r in c.ask("agree", "list")))
    ident = la.db("select lower(hex(open)) from agree_round where number = 2")[0][0]
    wait("the observer has its opening, encrypted to its key", lambda: len(letters(ident)) == 1 and letters(ident)[0].get_content_type() == "multipart/encrypted")
    said("a position of another", mm.run("agree", "position", "gate-times/2", "--position", "support"), 0)
    everywhere("has it, and all are served", lambda c: [(m["position"], m["service"]) for m in c.ask("agree", "members", "gate-times/2")] ==
               [("-", "served"), ("-", "opened"), ("support", "spoken")])
    said("more time", la.run("agree", "extend", "gate-times/2", "--closes", "1d", "--reason", "A holiday."), 0)
    wait("the observer is told of it", lambda: len(letters(ident)) == 2)
    check("in the thread", letters(ident)[1]["References"].split()[-1] == letters(ident)[0]["Message-ID"], letters(ident)[1].items())
    check("with the reason", "A holiday." in inside(letters(ident)[1])[0], inside(letters(ident)[1])[0])
    said("the chair takes it back", la.run("agree", "retract", "gate-times/2", ident, "--reason", "Not yet."), 0)
    wait("the observer is told of that", lambda: len(letters(ident)) == 3)
    text, files = inside(letters(ident)[2])
    check("in words, with the reason", "đã rút vòng tham vấn này" in text and "Not yet." in text and set(files) == {"statement.weir", "details.csv"}, text)


def soon(took):
    """A round by assent of all, which closes while the others go on."""
    now, room = time.time(), max(SOON, 6 * took)
    when = lambda t: time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(t))
    said("a text of another instrument", la.run("agree", "text", "hours", path("text.md"), "--lang", "en", "--authentic"), 0)
    said("its round", la.run("agree", "propose", "hours", "--title", "Hours", "--members", "kh,la,mm", "--observers", "th", "--label", "CLEAR", "--rule", "assent", "--needs", "all",
                             "--level", "node", "--min-notice", "0h", "--working-days", "0", "--opens", when(now - 3600 + room), "--closes", when(now + room), "--grace", "0h",
                             "--confirm", "3", "--in-force", "adopted+2d"), 0)
    said("is signed", la.second("agree", "sign", la.ask("agree", "waiting")[-1]["id"]), 0)
    everywhere("has it", lambda c: any(r["round"] == "hours/1" and r["rule"] == "assent" for r in c.ask("agree", "list")))
    for c in certs.values():
        said(f"{c.party}: support", c.run("agree", "position", "hours/1", "--position", "support"), 0)
    check("in time", time.time() < now + room, time.time() - now)
    return la.db("select lower(hex(open)) from agree_round where instrument = 'hours'")[0][0]


def adopted(ident):
    everywhere("it is adopted", lambda c: next(r for r in c.ask("agree", "list") if r["round"] == "hours/1")["state"] == "adopted")
    wait("the observer has the result", lambda: len(letters(ident)) == 2)
    text, files = inside(letters(ident)[1])
    block = la.run("agree", "get", "hours/1", "--file", "block").stdout
    row = next(r for r in la.ask("agree", "list") if r["round"] == "hours/1")
    digest = hashlib.sha256(block).hexdigest()
    check("that it is adopted, when, and from when it is in force", "văn bản được thông qua" in text and all(row[k][:16].replace("T", " ") in text for k in ("adopted", "in_force")), (text, row))
    check("its digest, to be read aloud", digest in re.sub(r"\s", "", text), text)
    check("the certificate, of which three have signed the same", files["certificate.txt"].startswith(block) and files["certificate.txt"].count(b"\nconfirmed ") == 3, files)
    check("and what the chair has signed", block.replace(b"\n", b"\\n") in files["statement.weir"] and digest in files["details.csv"].decode(), files)
    check("in the line of time", la.db("select state, text from case_entry where text like 'adopted %'") == [("sent", "adopted " + digest)],
          la.db("select state, text, answer from case_entry"))
    check("others tell it nothing", not any(c.db("select 1 from agree_told") or c.db("select 1 from case_entry where direction = 'out'") for c in (kh, mm)))


try:
    IDS = [mark(1, 2, 3), mark(2, 3, 4)]
    TEXT_NOW = TEXT.replace(b"3459", IDS[0].encode()).replace(b"6783", IDS[1].encode())
    write("text.md", TEXT_NOW)
    began = time.monotonic()
    mail = opened()
    FIRST = (la.db("select lower(hex(open)) from agree_round")[0][0], mail)
    hours = soon(time.monotonic() - began)
    frozen(commented(mail))
    decided()
    adopted(hours)
    check("nothing went twice", len({m["Message-ID"] for _, m in sink.letters}) == 9 and len(sink.letters) <= 9 + 1, len(sink.letters))
    for c in certs.values():
        c.stop()
finally:
    sink.stop()
end()
