# SPDX-License-Identifier: Apache-2.0
"""What people write back: answers find their letter, say what they mean, and count once a person has confirmed it; mails
without a letter wait in a queue; a mail server's word marks a contact, and the next one gets the letter."""
import base64
import os
import re
import time

from node import Node
from program import check, end, path, wait, write
from sink import Sink

sink = Sink()


def country():
    folder = path("conf")
    os.makedirs(os.path.join(folder, "rules"))
    with open(os.path.join(folder, "weir.yaml"), "w", encoding="utf-8") as f:
        f.write("country: XA\nname: Example CERT\nmail:\n  from: cert@cert.example\n  delay: 0s\n  a-minute: 10000\n"
                f"  host: 127.0.0.1\n  port: {sink.port}\n  tls: none\n")
    with open(os.path.join(folder, "owners.csv"), "w", encoding="utf-8") as f:
        f.write("id,name,sector,prefixes,contacts,language\n"
                "a,Owner A,telecom,10.0.0.0/24,abuse@a.example,en\nb,Owner B,telecom,10.0.1.0/24,abuse@b.example second@b.example,vi\n")
    with open(os.path.join(folder, "rules", "10-all.yaml"), "w", encoding="utf-8") as f:
        f.write("- rule: to-one\n  if: { owner: b }\n  then: { notify: owner }\n- rule: all\n  if: {}\n  then: { notify: owner }\n")
    return folder


def problem(ip):
    """A new finding and the letter about it, as it stands in the node's list."""
    before = len(sink.letters)
    node.run("finding", "new", "--class", "infected-system", "--ip", ip)
    wait(f"{ip}: a letter goes", lambda: len(sink.letters) > before)
    wait(f"{ip}: it is sent", lambda: node.ask("notices")[0]["state"] == "sent")
    return node.ask("notices")[0]


def mail(body, *, subject="hello", reply=None, sender="abuse@a.example", more="", kind="text/plain; charset=utf-8"):
    text = (f"From: {sender}\nTo: cert@cert.example\nSubject: {subject}\nDate: Mon, 05 Jan 2026 10:00:00 +0000\n"
            f"Message-ID: <{os.urandom(6).hex()}@a.example>\nMIME-Version: 1.0\nContent-Type: {kind}\n{more}")
    if reply:
        text += f"In-Reply-To: <{reply}>\n"
    return (text + "\n" + body).encode()


def comes(data):
    """The mail is taken; what the node made of it."""
    name = f"{os.urandom(4).hex()}.eml"
    write(name, data)
    p = node.run("take", "--wait", path(name))
    check("the mail is read, and nothing is wrong with it", p.returncode == 0 and b" 0 set aside" in p.stdout, p.stdout + p.stderr)
    return node.ask("mail", "list")[0]


def state(ip):
    return node.ask("findings", "--ip", ip)[0]["state"]


def answers():
    n = problem("10.0.0.1")
    m = comes(mail("Dear team,\n\nThis is fixed.\n\nOn Monday, Example CERT wrote:\n\n> fixed / not ours / false positive\n",
                   reply=n["message_id"]))
    check("found by the Message-ID", (m["kind"], m["letter"], m["proposal"], m["owner"]) == ("answer", n["notice"], "fixed", "a"), m)
    check("nothing follows from it yet", state("10.0.0.1") == "told")
    check("somebody must look", b"answers" in node.run("status").stdout and node.run("status").returncode == 1)
    shown = node.run("mail", "show", m["mail"]).stdout.decode()
    check("the quoted letter is cut", "This is fixed." in shown and "false positive" not in shown and "Monday" not in shown, shown)
    p = node.run("mail", "confirm", m["mail"])
    check("a person confirms it", p.returncode == 0 and b"1 finding" in p.stdout, p.stdout + p.stderr)
    check("then it is closed by word", node.ask("findings", "--ip", "10.0.0.1")[0]["why"] == "fixed")
    check("it is done with", node.run("mail", "confirm", m["mail"]).returncode != 0)

    n = problem("10.0.0.1")
    check("seen again: told in other words", n["kind"] == "back" and "We were told that this was fixed" in sink.letters[-1][1].get_body().get_content())
    m = comes(mail("It is not fixed yet, we need a week.\n", subject=f"AW: [{n['ticket']}] hello"))
    check("found by the number; a denial proposes nothing", (m["letter"], m["proposal"]) == (n["notice"], ""), m)
    m = comes(mail("fixed\nnot ours\n", subject=f"Re: [{n['ticket']}]", sender="else@else.example"))
    check("two answers propose nothing", m["proposal"] == "" and "another address" in node.run("mail", "show", m["mail"]).stdout.decode())
    m = comes(mail("<html><head><style>p{}</style></head><body><p>This is a <b>false positive</b>.</p><blockquote>fixed</blockquote></body></html>",
                   subject=f"Re: [{n['ticket']}]", kind="text/html; charset=utf-8"))
    check("HTML is read without its tags and quotes", m["proposal"] == "false-positive", node.run("mail", "show", m["mail"]).stdout)
    m = comes(mail("I am on leave; fixed dates follow.\n", reply=n["message_id"], more="Auto-Submitted: auto-replied\n"))
    check("a machine's answer needs nobody", (m["kind"], m["state"], m["proposal"]) == ("auto", "done", ""), m)
    m = comes(mail("not ours\n", reply=n["message_id"]))
    p = node.run("mail", "confirm", m["mail"], "--why", "not-ours")
    check("not ours leads to the register", b"register" in p.stdout and b"10.0.0.1" in p.stdout and state("10.0.0.1") == "told", p.stdout)

    n = problem("10.0.1.1")
    m = comes(mail("Đã Khắc phục\n", reply=n["message_id"], sender="abuse@b.example"))
    check("in the owner's language, in any case", m["proposal"] == "fixed", m)
    m = comes(mail(base64.b64encode("Resolved\n".encode("utf-16")).decode(), reply=n["message_id"],
                   kind="text/plain; charset=utf-16", more="Content-Transfer-Encoding: base64\n"))
    check("in another charset", m["proposal"] == "fixed", node.run("mail", "show", m["mail"]).stdout)


def queue():
    m = comes(mail("Somebody phishes our customers at http://phish.example/\x1b[31m\n", sender="\"A person\" <who@else.example>"))
    check("without a letter it waits", (m["kind"], m["state"], m["from"]) == ("incoming", "new", "who@else.example"), m)
    shown = node.run("mail", "show", m["mail"]).stdout
    check("shown without control characters", b"phish.example" in shown and b"\x1b" not in shown, shown)
    p = node.run("finding", "new", "--class", "phishing", "--ip", "10.0.0.77", "--mail", m["mail"])
    check("to a finding", p.returncode == 0 and node.ask("mail", "list")[0]["outcome"] == "finding", p.stdout + p.stderr)
    told = re.search(r"weir why (E[\d.]+) says", p.stdout.decode())
    check("and its why can be asked", told and node.run("why", told.group(1)).returncode == 0, p.stdout)
    check("which says where it is from", m["mail"].encode() in node.run("why", node.ask("findings", "--ip", "10.0.0.77")[0]["finding"]).stdout)
    body = ("--X\nContent-Type: text/plain\n\nlook at this\n--X\nContent-Type: application/pdf; name=\"a.pdf\"\n"
            "Content-Transfer-Encoding: base64\n\nJVBERi0xLjQK\n--X--\n")
    m = comes(mail(body, kind="multipart/mixed; boundary=X"))
    shown = node.run("mail", "show", m["mail"]).stdout
    check("attachments by name, size and digest", b"a.pdf" in shown and b'"size": 9' in shown and b"sha256" in shown, shown)
    n = node.ask("notices")[0]["notice"]
    check("a letter that is not there", node.run("mail", "answer", m["mail"], "--notice", "N999").returncode != 0)
    check("to an answer", node.run("mail", "answer", m["mail"], "--notice", n).returncode == 0 and node.ask("mail", "list")[0]["letter"] == n)
    m = comes(mail("buy now\n"))
    check("junk", node.run("mail", "done", m["mail"], "--as", "junk").returncode == 0 and node.ask("mail", "list")[0]["outcome"] == "junk")
    before = node.count("mail", "list")
    report = ("--X\nContent-Type: text/plain\n\nthe daily report\n--X\nContent-Type: text/csv; name=\"r.csv\"\n\n"
              "source.ip,classification.type,tlp\n10.0.0.9,infected-system,GREEN\n--X--\n")
    write("report.eml", mail(report, kind="multipart/mixed; boundary=X"))
    node.run("take", "--wait", path("report.eml"))
    check("a mail with a report is no message", node.count("mail", "list") == before)


def bounce(action, status, original, ticket="nothing"):
    return mail("--Y\nContent-Type: text/plain\n\nundelivered\n--Y\nContent-Type: message/delivery-status\n\n"
                f"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; abuse@b.example\nAction: {action}\nStatus: {status}\n\n"
                f"--Y\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{original}>\nSubject: x\n--Y--\n",
                subject=f"Undelivered [{ticket}]", sender="MAILER-DAEMON@mx.example", kind="multipart/report; report-type=delivery-status; boundary=Y")


def bounces():
    node.run("finding", "new", "--class", "infected-system", "--ip", "10.0.1.50")
    wait("two letters go", lambda: all(n["state"] == "sent" for n in node.ask("notices")[:2]))
    first = next(n for n in node.ask("notices") if n["to"] == "abuse@b.example")
    m = comes(bounce("delayed", "4.4.1", first["message_id"]))
    check("a delay is no bounce", m["state"] == "done" and node.ask("notices", "--state", "refused") == [])
    m = comes(bounce("failed", "5.1.1", "made-up@else.example", first["ticket"]))
    check("one that does not name the letter is for a person", m["state"] == "new" and node.ask("notices", "--state", "refused") == [])
    m = comes(bounce("failed", "5.1.1", first["message_id"]))
    check("the letter is refused, in the server's words", [n["notice"] for n in node.ask("notices", "--state", "refused")] == [first["notice"]]
          and "5.1.1" in node.ask("notices", "--state", "refused")[0]["answer"])
    check("what the other contact was told stays told", state("10.0.1.50") == "told")
    before = len(sink.letters)
    node.run("finding", "new", "--class", "infected-system", "--ip", "10.0.1.51")
    wait("letters go to the one that is left", lambda: len(sink.letters) == before + 1)
    time.sleep(0.3)
    check("and to no other", [to for to, _ in sink.letters[before:]] == ["second@b.example"])
    check("it is on the status", b"contacts broken" in node.run("status").stdout)


node = Node("node", "--conf", country()).start()
answers()
queue()
bounces()
check("all agrees", node.run("check", "--deep").returncode == 0, node.run("check", "--deep").stdout)
node.stop()
sink.stop()
end()
