# SPDX-License-Identifier: Apache-2.0
"""A partner without a node: a request goes to him as a mail in his language with the signed statement and a table, in the clear only where
its label lets it, encrypted to his key, for TLP:RED to the named person's, or not at all; his free answer lands in the case, is kept whole
and is shown with what was proven, and a person sets its label; absence notes answer nothing, and what comes back is not delivered. A case is
printed as a record that gpg verifies. partners.py PROGRAM"""
import email
import email.policy
import hashlib
import io
import os
import re
import sqlite3
import struct
import subprocess
import zipfile

import browsing
from keyrings import HOME, THEIRS, gpg, key
from node import Node
from program import WEIR, check, end, free_port, path, until, write
from sink import Sink

sink = Sink()


TEAM, DESK, DUTY = key("cert@cert.example", HOME), key("desk@ministry.example", THEIRS), key("duty@ministry.example", THEIRS)
STRANGER = key("stranger@elsewhere.example", THEIRS)
gpg("--import", data=gpg("--export", DESK, DUTY, home=THEIRS))
gpg("--import", data=gpg("--export", TEAM), home=THEIRS)


def wait(what, good):
    """What it said last."""
    last = until(good)
    check(what, last)
    return last


os.makedirs(path("conf/rules"))
write("conf/weir.yaml", (f"sample: yes\ncountry: XA\nname: Example CERT\nmail:\n  from: \"Example CERT <cert@cert.example>\"\n  a-minute: 100000\n  mode: live\n"
                         f"  host: 127.0.0.1\n  port: {sink.port}\n  tls: none\npgp:\n  home: {HOME}\n  key: {TEAM}\n"
                         f"door:\n  listen: \"127.0.0.1:{free_port()}\"\n  figures: no\n").encode())
write("conf/owners.csv", b"id,name,sector,prefixes,contacts,language\n")
write("conf/rules/10-all.yaml", b"- rule: all\n  if: {}\n  then: { notify: nobody }\n")
node = Node("n", "--conf", path("conf"), "--pages", str(free_port())).start()


def said(*words):
    p = node.run(*words)
    return p.returncode, (p.stdout + p.stderr).decode("utf-8", "replace")


def good(*words):
    code, text = said(*words)
    check(" ".join(words)[:60], code == 0, text)
    return text


def entries(case, **wanted):
    return [e for e in node.ask("case", "entries", "--case", case) if all(e[k] == v for k, v in wanted.items())]


def mailed(case, n=1):
    """The newest of the mails that carry a statement of that case."""
    return wait(f"{case} has {n} mails that went or were refused",
                lambda: (m := entries(case, kind="answer")) and len(m) == n and m[0]["state"] in ("sent", "refused") and m[0])


def request(title, label, *more, send=()):
    case = re.match(r"K\d+", good("case", "new", title, "--peer", "ministry.example", "--ask", "takedown-request", "--label", label, *more)).group(0)
    return case, said("case", "send", case, *send)


def rows(sql, *values):
    db = sqlite3.connect(f"file:{node.state}/state.db?mode=ro", uri=True, timeout=30)
    try:
        return db.execute(sql, values).fetchall()
    finally:
        db.close()


def parts(mail):
    """Text, and attachments by name."""
    return mail.get_body().get_content(), {p.get_filename(): p.get_payload(decode=True) for p in mail.iter_attachments()}


def container(data):
    """Entries of section 10.2: (type, payload)."""
    check("it is a container", data[:16] == b"weir-container-1", data[:16])
    at, found = 16, []
    while at < len(data):
        kind, length = struct.unpack(">BI", data[at:at + 5])
        found.append((kind, data[at + 5:at + 5 + length]))
        at += 5 + length
    return found


def comes(name, data):
    before = node.count("mail", "list")
    write(name, data)
    node.run("take", "--wait", path(name))
    wait(f"{name} is a mail", lambda: node.count("mail", "list") == before + 1)
    return node.ask("mail", "list")[0]["mail"]


def reply(to, text, ident, sender="desk@ministry.example", subject=None, refs=True, extra="", kind="text/plain; charset=utf-8"):
    return (f"From: The desk <{sender}>\r\nTo: cert@cert.example\r\nSubject: {subject if subject is not None else 'Re: ' + to['Subject']}\r\n"
            f"Message-ID: <{ident}@ministry.example>\r\n" + (f"References: <x@y.example> {to['Message-ID']}\r\n" if refs else "") + extra +
            f"Date: Mon, 05 Jan 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n{text}").encode()


def signed(to, text, ident, who):
    body = f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    signature = gpg("--passphrase", "", "--armor", "--local-user", who, "--detach-sign", data=body.encode(), home=THEIRS).decode().replace("\n", "\r\n")
    return reply(to, f"--b1\r\n{body}\r\n--b1\r\nContent-Type: application/pgp-signature; name=signature.asc\r\n\r\n{signature}\r\n--b1--\r\n", ident,
                 kind="multipart/signed; micalg=pgp-sha512; protocol=\"application/pgp-signature\"; boundary=\"b1\"")


def come_from(case, text):
    return wait(f"'{text}' is in {case}", lambda: (e := [e for e in entries(case, kind="mail") if e["text"].strip() == text]) and e[0])


def file_of(case, mail):
    """The mail as it came, by the link on the case's page."""
    e = wait("its bytes are a file of the case", lambda: (e := entries(case, link=mail)) and e[0]["file"] and e[0])
    archive = node.run("case", "file", e["file"]).stdout
    with zipfile.ZipFile(io.BytesIO(archive)) as z:
        return e["file"], z.namelist(), z.read(z.namelist()[0], pwd=b"infected")


def make_keys():
    wait("keys are told", lambda: len(node.ask("key", "show")) == 4)
    write("keys", node.run("key", "show", "--lines").stdout)
    for words in (("key", "root", "xa", path("root"), "--page", path("page")),
                  ("key", "list", path("root"), "--keys", path("keys"), "--url", "none", "-o", path("list"), "--name", "An example")):
        subprocess.run([WEIR, *words], check=True, capture_output=True, timeout=60)
    good("key", "import", path("list"))


def in_the_clear():
    good("party", "add", "ministry.example", "--title", "Ministry of an example", "--kind", "ministry", "--email", "desk@ministry.example", "--language", "vi", "--mail")
    # refused before there is a statement; the draft stays, and the exit has its row
    case, (code, text) = request("a secret phish", "AMBER")
    check("AMBER does not go in the clear", code != 0 and "ministry.example by mail" in text and "by mail encrypted to its key" in text, text)
    number = next(c["number"] for c in node.ask("case", "list") if c["case"] == case)
    check("it is a draft still", next(c["state"] for c in node.ask("case", "list") if c["case"] == case) == "draft" and rows("select count(*) from statement") == [(0,)])
    check("there is a row of the refusal, by which it is found", ("desk@ministry.example", "mail", "amber-open-mail") in rows("select recipient, kind, name from refusal where object = ?", "case " + number))
    check("why says so", "amber-open-mail" in said("why", number)[1], said("why", number)[1])
    check("nothing has gone", not sink.letters)
    # CLEAR goes in the clear, with all that is needed to answer
    case, (code, text) = request("a phish in your country", "CLEAR", "--text", "Please take it down.", "--severity", "c3", "--reply-by", "2031-02-03 04:05",
                                 send=("--lang", "vi", "--words", "Xin gỡ bỏ trang này."))
    check("CLEAR goes", code == 0, text)
    one = mailed(case)
    to, mail = sink.letters[-1]
    check("it is sent", one["state"] == "sent" and to == "desk@ministry.example" and one["party"] == "ministry.example", one)
    (head, ident, signature), = rows("select head, lower(hex(id)), signature from statement")
    check("the Message-ID holds the id of the statement", mail["Message-ID"].startswith(f"<{ident}."), mail["Message-ID"])
    check("the subject has the tag and the title", mail["Subject"] == f"[weir xa-{ident[:10]}] a phish in your country", mail["Subject"])
    check("a person has said it", "Auto-Submitted" not in mail)
    inner = next(mail.iter_parts()) if mail.get_content_type() == "multipart/signed" else mail
    text, files = parts(inner)
    check("its first line is the label", text.splitlines()[0] == "TLP:CLEAR", text)
    check("the words are in his language", "Xin gỡ bỏ trang này." in text and "Please take it down" not in text, text)
    check("what is asked, by when, and how to answer", "gỡ bỏ nội dung này" in text and "2031-02-03 04:05 UTC" in text and f"[weir xa-{ident[:10]}]" in text, text)
    check("two files", sorted(files) == ["details.csv", "statement.weir"], files)
    kinds = container(files["statement.weir"])
    size = struct.unpack(">H", kinds[1][1][:2])[0]
    check("the statement is the signed one, with our key list", [k for k, _ in kinds] == [3, 1, 0] and kinds[1][1][2:2 + size] == head
          and kinds[1][1][2 + size:66 + size] == signature and hashlib.sha256(head).hexdigest() == ident and b"party xa" in kinds[0][1])
    table = files["details.csv"].decode("utf-8-sig").splitlines()
    check("the table says the same", table[0] == "item,type,value" and f"case,,xa-{ident[:10]}" in table and "ask,,takedown-request" in table, table)
    check("it is queued and nothing more", next(c["state"] for c in node.ask("case", "list") if c["case"] == case) == "queued")
    return case, mail


def answered(case, mail):
    browser = browsing.let_in(node)
    before = next(c for c in node.ask("case", "list") if c["case"] == case)
    good("party", "edit", "ministry.example", "--pgp", DESK)
    # a machine first: it is no answer
    comes("away.eml", reply(mail, "I am away", "a1", extra="Auto-Submitted: auto-replied\r\n"))
    away = come_from(case, "I am away")
    check("an absence note is nobody's task", next(m for m in node.ask("mail", "list") if m["mail"] == away["link"])["kind"] == "auto")
    check("and no answer", mailed(case)["answered"] is None and away["file"] is None)
    # free words, by the thread and by the tag alone; signed with his key, with others, and with words that were changed on the way
    mails = {"reply": reply(mail, "we take it down tonight", "r1"),
             "tag": reply(mail, "by the tag", "r2", subject="AW: " + mail["Subject"].split("]")[0] + "] ???", refs=False),
             "signed": signed(mail, "signed by us", "s1", DESK), "other": signed(mail, "signed by another", "s2", DUTY),
             "unknown": signed(mail, "signed by a stranger", "s3", STRANGER),
             "bad": signed(mail, "signed and changed", "s4", DESK).replace(b"signed and changed", b"signed and  changed")}
    which = {name: comes(name + ".eml", raw) for name, raw in mails.items()}
    wait("all of them are kept", lambda: sum(e["file"] is not None for e in entries(case, kind="mail")) == len(mails))
    page = browser.get(f"/cases/{case}")[1]
    shown = re.findall(r'data-proven="([a-z-]+)"', page)
    for name, proven, tag in (("reply", "", "nothing"), ("tag", "", "nothing"), ("signed", "openpgp " + DESK, "known"), ("other", "openpgp " + DUTY, "other"),
                              ("unknown", "openpgp-unknown", "openpgp-unknown"), ("bad", "openpgp-bad", "openpgp-bad")):
        one, = entries(case, link=which[name])
        check(f"{name}: it is in the case with what was proven", one["proven"] == proven and one["label"] == "AMBER+STRICT" and tag in shown, (one, shown))
        number, inside, data = file_of(case, which[name])
        check(f"{name}: it is kept whole, for who takes it out", data == mails[name] and inside == [which[name] + ".eml"] and f"/api/v1/case-file/{number}" in page,
              (inside, len(data), len(mails[name])))
    check("the mail is answered, and the page says so", mailed(case)["answered"] is not None and 'data-mout="answered"' in page, page[-3000:])
    check("it changes no state", next(c for c in node.ask("case", "list") if c["case"] == case)["state"] == before["state"])
    check("it waits for a person", all(m["state"] == "new" for m in node.ask("mail", "list") if m["mail"] in which.values()))
    # our person writes what he says: a statement to ourselves, that names the mail
    good("case", "note", case, "they take it down tonight", "--mail", which["signed"])
    (content, to), = rows("select content, recipients from statement s join stream t on t.id = s.stream where s.kind = 'case.note'")
    check("to ourselves", to == "xa" and f'"via":{{"channel":"mail","from":"desk@ministry.example","raw":"{hashlib.sha256(mails["signed"]).hexdigest()}","auth":"openpgp {DESK}"}}'.encode() in content, (to, content))
    status, _, _ = browser.post("/cases/note", {"csrf": browser.csrf(), "id": case, "text": "by the page", "channel": "", "party": "", "mail": which["reply"]})
    check("the page does the same", status == 303 and rows("select count(*) from statement where kind = 'case.note'") == [(2,)], status)
    check("of a mail of this case alone", said("case", "note", case, "x", "--mail", "M999")[0] != 0)
    labelled(case, mail, entries(case, link=which["reply"], kind="mail")[0], browser)
    recorded(case, browser)


def labelled(case, mail, one, browser):
    code, text = said("case", "label", case, one["entry"], "--label", "GREEN")
    check("it is lowered with a reason alone", code != 0 and "say why" in text and entries(case, link=one["link"], kind="mail")[0]["label"] == "AMBER+STRICT", text)
    page = browser.get(f"/cases/{case}")[1]
    check("the page has the control at the entry", f'name="entry" value="{one["entry"]}"' in page and '"/cases/label"' in page, page[-2000:])
    status, _, _ = browser.post("/cases/label", {"csrf": browser.csrf(), "id": case, "entry": one["entry"], "label": "GREEN", "why": "said so on the telephone"})
    check("the page sets it", status == 303 and entries(case, link=one["link"], kind="mail")[0]["label"] == "GREEN", status)
    check("with who and why in the line of time and in the activity", "TLP:GREEN: said so on the telephone" in entries(case, kind="decision")[0]["text"]
          and rows("select 1 from audit where verb = 'case-label' and detail like '%said so on the telephone%'"), entries(case, kind="decision"))
    says = comes("says.eml", reply(mail, "TLP:AMBER\r\n\r\nit says so itself", "r9"))
    wait("what its words say is its label", lambda: (e := entries(case, link=says)) and e[0]["label"] == "AMBER")
    code, text = said("case", "label", case, entries(case, link=says)[0]["entry"], "--label", "GREEN", "--why", "x")
    check("and that holds", code != 0 and "only who wrote it" in text, text)


def recorded(case, browser):
    """Signed for the team, and for anybody with gpg and its public key."""
    record = node.run("case", "print", case).stdout
    write("record.asc", record)

    def verify(data):
        p = subprocess.run(["gpg", "--homedir", THEIRS, "--batch", "--status-fd", "1", "--verify"], input=data, capture_output=True, timeout=60, check=False)
        return p.returncode, p.stdout.decode()
    code, status = verify(record)
    check("gpg verifies it by the team's key", code == 0 and f"VALIDSIG {TEAM}" in status, status)
    check("it says what it is, and by whom", record.splitlines()[3].startswith(b"This is the record of a case") and b"\nof          Example CERT (xa)\n" in record, record[:400])
    check("it is of another kind than the signature of a letter, which is over bytes", f" 01 {TEAM}" in status, status)
    at = record.index(b"signed by us")
    for what, changed in (("a letter of its words", record[:at] + b"S" + record[at + 1:]), ("a time", record.replace(b"printed     2", b"printed     1")),
                          ("a line less", b"\n".join(line for line in record.split(b"\n") if b"signed by us" not in line))):
        check(f"changed by {what} it is refused", changed != record and verify(changed)[0] != 0)
    text = record[record.index(b"This is the record"):record.index(b"-----BEGIN PGP SIGNATURE")]
    body, _, last = text.rstrip(b"\n").rpartition(b"\n")
    check("its last line is the digest of all before", last.split()[-1].decode() == hashlib.sha256(body + b"\n").hexdigest(), last)
    check("that it was printed stands in the case, with the digest", last.split()[-1] in node.run("case", "show", case).stdout)
    check("and in the activity", rows("select count(*) from audit where verb = 'case-record' and object = ?", case)[0][0] == 1)
    status, _, headers = browser.post("/cases/record", {"csrf": browser.csrf(), "id": case, "back": f"/cases/{case}/record"})
    check("the button leads to it", status == 303 and headers["Location"] == f"/cases/{case}/record", headers)
    page = wait("it is there", lambda: "/api/v1/case-printed/P" in (p := browser.get(f"/cases/{case}/record")[1]) and p)
    file = browser.get(re.search(r"/api/v1/case-printed/P\d+", page).group(0))[1]
    check("as a file it verifies too", verify(file.encode())[0] == 0, file[:300])


def sealed():
    sink.letters.clear()
    case, (code, text) = request("a bank's secret", "AMBER", "--text", "for your eyes")
    check("AMBER goes where a key is known", code == 0, text)
    one = mailed(case)
    _, mail = sink.letters[-1]
    check("encrypted, its subject says nothing but the tag", one["state"] == "sent" and mail.get_content_type() == "multipart/encrypted" and "secret" not in mail["Subject"]
          and re.match(r"\[weir xa-[0-9a-f]{10}\]", mail["Subject"]), mail.items())
    clear = email.message_from_bytes(gpg("--decrypt", data=mail.get_payload()[1].get_payload(decode=True), home=THEIRS), policy=email.policy.default)
    text, files = parts(clear)
    check("within is all of it", text.splitlines()[0] == "TLP:AMBER" and "a bank's secret" in text and "for your eyes" in text and "statement.weir" in files, text)
    # he answers encrypted and signed: the words are read, the bytes are kept as they came
    inner = b"Content-Type: text/plain; charset=utf-8\r\n\r\nread and understood\r\n"
    armour = gpg("--passphrase", "", "--armor", "--local-user", DESK, "--recipient", TEAM, "--sign", "--encrypt", data=inner, home=THEIRS).decode().replace("\n", "\r\n")
    raw = reply(mail, f"--b2\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--b2\r\nContent-Type: application/octet-stream\r\n\r\n{armour}\r\n--b2--\r\n", "e1",
                kind="multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b2")
    which = comes("sealed.eml", raw)
    one = come_from(case, "read and understood")
    check("what was encrypted is read, and its signature looked at", one["proven"] == "openpgp " + DESK, one)
    check("it is kept as it came", file_of(case, which)[2] == raw)
    # what we say then goes in the same thread
    good("case", "note", case, "thank you", "--tell")
    mailed(case, 2)
    check("in the same thread", sink.letters[-1][1]["References"].split() == [mail["Message-ID"], "<e1@ministry.example>"], sink.letters[-1][1].items())
    # RED: only to the person's own key
    case, (code, text) = request("for one person", "RED", "--for", "root", send=("--for", "Duty desk"))
    check("RED needs the person's own key", code != 0 and "the exit refuses it" in text, text)
    good("contact", "add", "ministry.example", "--kind", "duty-24x7", "--office", "Duty desk", "--email", "duty@ministry.example", "--pgp", DUTY)
    code, text = said("case", "send", case, "--for", "Duty desk")
    check("it goes where that key is known", code == 0, text)
    wait("RED goes", lambda: sink.letters[-1][0] == "duty@ministry.example")
    body = sink.letters[-1][1].get_payload()[1].get_payload(decode=True)
    check("it opens", b"for one person" in gpg("--decrypt", data=body, home=THEIRS))
    gpg("--yes", "--delete-secret-keys", DUTY, home=THEIRS)
    check("by that person alone", subprocess.run(["gpg", "--homedir", THEIRS, "--batch", "--decrypt"], input=body, capture_output=True, timeout=60, check=False).returncode != 0)


def comes_back():
    sink.letters.clear()
    good("party", "edit", "ministry.example", "--pgp", "")
    case, (code, text) = request("a drill", "CLEAR", "--exercise", "xa/monsoon")
    mailed(case)
    _, mail = sink.letters[-1]
    check("a drill says so three times", mail["Subject"].startswith("EXERCISE EXERCISE EXERCISE [weir xa-"), mail["Subject"])
    bounce = (f"From: mailer@ministry.example\r\nTo: cert@cert.example\r\nSubject: Undelivered\r\nMessage-ID: <b1@ministry.example>\r\nDate: Mon, 05 Jan 2026 08:00:00 +0000\r\n"
              f"Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b3\r\n\r\n--b3\r\nContent-Type: text/plain\r\n\r\nsorry\r\n"
              f"--b3\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; desk@ministry.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
              f"\r\n--b3\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {mail['Message-ID']}\r\nSubject: x\r\n\r\nx\r\n--b3--\r\n").encode()
    comes("bounce.eml", bounce)
    one = wait("it is marked", lambda: (m := mailed(case))["bounced"] and m)
    check("a bounce is a bounce, with the server's words", "5.1.1" in one["answer"] and one["answered"] is None, one)
    browser = browsing.let_in(node)
    page = browser.get(f"/cases/{case}")[1]
    check("the page says so", 'data-mout="bounced"' in page and 'data-cstate="undelivered"' in page and "5.1.1" in page, page[:3000])
    check("it came back in the line of time", "5.1.1" in entries(case, kind="mail")[0]["text"], entries(case, kind="mail"))
    check("the request is not delivered", [c["case"] for c in node.ask("case", "list", "--state", "undelivered")] == [case])
    check("the contact is marked", "5.1.1" in next(p["failed"] for p in node.ask("party", "list") if p["party"] == "ministry.example")
          and 'data-contact="broken"' in browser.get("/peers")[1])
    good("case", "note", case, "their telephone says that it is another address now")
    wait("who is on duty is told", lambda: [a for a in node.ask("alert", "list") if a["topic"] == "partners" and a["ended"] is None])
    # the address is put right, and it goes once more
    good("party", "edit", "ministry.example", "--email", "new@ministry.example")
    check("a new address has no mark", 'data-contact="broken"' not in browser.get("/peers")[1])
    good("case", "mail-release", case, one["entry"])
    wait("it goes there", lambda: sink.letters[-1][0] == "new@ministry.example" and mailed(case)["bounced"] is None)
    check("it is on its way again", next(c["state"] for c in node.ask("case", "list") if c["case"] == case) == "queued")


try:
    make_keys()
    first, letter = in_the_clear()
    answered(first, letter)
    sealed()
    comes_back()
    node.stop()
finally:
    sink.stop()
end()
