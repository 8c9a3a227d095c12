# SPDX-License-Identifier: Apache-2.0
"""A workshop of two days between two nodes: called on a page, answered, given papers; then both sit in one room without a network, and
what is said goes by courier file: it opens, minutes are written, agreed with, written anew and agreed with again; when the wire is
back nothing has to be said twice. Then what was to be done. meetings.py PROGRAM"""
import hashlib
import os
import re
import sys
import urllib.parse

from program import FOLDER, WEIR, check, end, path, wait
from wire import Node, play

region = play.Play(WEIR, FOLDER, True, [])
region.nodes = {cc: Node(cc, region) for cc in ("la", "kh")}
try:
    region.start()
except play.Stop as e:
    sys.exit(f"the nodes do not start: {e}")
la, kh = region.nodes.values()
AGENDA = """2027-03-10 09:00-10:30 Opening
11:00-12:30 The draft, clause by clause
2027-03-11 09:00-12:00 What is to be done
"""
DRAFT = b"# A draft\n\nClause one.\n"


def post(node, url, **fields):
    """A form of a page, as a browser without scripts sends it; the page that it leads to."""
    visit = node.person()
    fields["csrf"] = visit.token()
    status, text = visit.ask("POST", url, urllib.parse.urlencode(fields))
    check(f"{url} is taken", status == 303, (status, text[-400:]))
    return text


def upload(node, url, name, data, **fields):
    visit = node.person()
    fields["csrf"] = visit.token()
    parts = [f'--cut\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()]
    parts.append(f'--cut\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/markdown\r\n\r\n'.encode() + data + b"\r\n--cut--\r\n")
    status, text = visit.ask("POST", url, b"".join(parts), "multipart/form-data; boundary=cut")
    check(f"{url} takes a file", status == 303, (status, text[-400:]))


def page(node, url):
    status, text = node.person().ask("GET", url)
    check(f"{url} is drawn", status == 200, status)
    return text


def refused(node, why, *words):
    check(" ".join(words[:3]) + " is refused", node.tried(*words) is None and why in node.said, node.said)


def meeting(node):
    return (node.ask("meeting", "list") or [{}])[0]


def party(node, name):
    return next(p for p in node.ask("meeting", "parties", "G1") if p["party"] == name and p["as"] != "chair")


def courier(one, other):
    """By hand, through the room."""
    folder = path(f"stick-{one.cc}-{len(os.listdir(FOLDER))}")
    os.mkdir(folder)
    one.run("courier", "pack", folder, "--to", other.cc)
    files = [os.path.join(folder, f) for f in sorted(os.listdir(folder)) if f.endswith(".age")]
    check(f"there is something for {other.cc}", files)
    other.run("courier", "open", *files)


# ---- called, by the clocks of both ---------------------------------------------------------------------------------------------

for node, zone in ((la, "Asia/Vientiane"), (kh, "Asia/Tokyo")):
    post(node, "/language", language="en")
    node.run("contact", "add", "--kind", "duty-24x7", "--office", "Duty desk", "--phone", "+000")
    node.run("contact", "send", "--zone", zone, "--holidays", "2027-03-11")
wait("their cards are here", lambda: any(c["zone"] == "Asia/Tokyo" for c in la.ask("contact", "list")))
refused(la, "party such as vn", "meeting", "plan", "x", "--participants", "la Kh")
refused(la, "there is no link with 'mm'", "meeting", "plan", "x", "--place", "here", "--chairs", "la", "--participants", "la mm", "--start", "2027-03-10", "--end", "2027-03-11")
post(la, "/meetings/plan", title="Workshop on norms", zone="Asia/Vientiane", place="Vientiane", chairs="la; A foundation of an example", facilitator="A facilitator",
     participants="la kh", agenda=AGENDA, text="You are asked to come.", lang="en", start="", end="")
wait("the other one is asked", lambda: meeting(kh).get("owed") == "answer")
text = page(kh, "/meetings/G1")
check("a page has everybody's clock", "2027-03-10 02:00-03:30 UTC · 11:00-12:30 Tokyo · 09:00-10:30 Vientiane" in text, text)
check("and both chairs", "A foundation of an example" in text and text.count(">chair<") == 2)
check("the morning page says so", "meetings that wait for our answer" in page(kh, "/"))
said = la.run("meeting", "change", "G1", "--link", "https://call.example/1")
check("a holiday is said", "2027-03-11 is a holiday of kh la" in said, said)
refused(kh, "who alone changes it", "meeting", "change", "G1", "--place", "elsewhere")
refused(la, "was not told when G1 was called", "meeting", "change", "G1", "--participants", "la kh vn")
wait("the change is there", lambda: meeting(kh)["serial"] == 2)
said = kh.run("meeting", "come", "G1", "--no")
check("who does not come says so without more words, and owes nothing", "we do not come" in said and meeting(kh)["owed"] == ""
      and "meetings that wait for our answer" not in page(kh, "/"), (said, meeting(kh)))
post(kh, "/meetings/come", id="G1", text="two of us")
wait("the answer is there", lambda: party(la, "kh")["comes"] == "yes" and party(la, "kh")["serial"] == 2)
check("nothing is owed any more", meeting(kh)["owed"] == "" and "meetings that wait for our answer" not in page(kh, "/"))

post(la, "/language", language="lo")
form = page(la, "/meeting-form?id=G1")
check("words that stand in English alone are not offered as Lao", re.search(r'name="lang"[^>]* value="en"|value="en"[^>]* name="lang"', form)
      and 'name="serial" value="2"' in form, form)
post(la, "/language", language="en")
visit = la.person()
status, text = visit.ask("POST", "/meetings/change", urllib.parse.urlencode({"csrf": visit.token(), "id": "G1", "serial": "1", "title": "As it was"}))
check("what another person has changed meanwhile is not taken back", status == 400 and "has card 2 meanwhile" in text and meeting(la)["title"] == "Workshop on norms", text)

# ---- papers, and who goes ------------------------------------------------------------------------------------------------------

upload(la, "/meetings/paper", "draft.md", DRAFT, id="G1", item="2")
wait("a paper comes with its bytes", lambda: [(p["paper"], p["here"]) for p in kh.ask("meeting", "papers", "G1")] == [("WP.1", "yes")])
DIGEST = hashlib.sha256(DRAFT).hexdigest()
check("and is what it was", kh.run("meeting", "file", DIGEST[:12]) == kh.run("meeting", "text", DIGEST[:12]) == DRAFT.decode())
check("and is read on a page", "Clause one." in page(kh, "/meetings/G1/" + DIGEST))
status, text = kh.person().ask("GET", "/api/v1/meeting-file/" + DIGEST)
check("and kept as a file", (status, text) == (200, DRAFT.decode()), (status, text))
check("a digest alone opens nothing", kh.person().ask("GET", "/api/v1/meeting-file/" + "0" * 64)[0] == 404)
check("it stands at its item", [i["papers"] for i in kh.ask("meeting", "agenda", "G1")] == ["", "WP.1", ""])
refused(la, "these bytes are there already", "meeting", "paper", "G1", hashlib.sha256(DRAFT).hexdigest())
kh.run("meeting", "delegate", "G1", "Sok of an example", "--role", "head")
upload(kh, "/meetings/credential", "note-verbale.md", b"they go for us\n", id="G1", delegate="1")
check("who goes stands here", "head, by note-verbale.md" in kh.run("meeting", "show", "G1"))

# ---- in the room, without a network --------------------------------------------------------------------------------------------

for node in (la, kh):
    node.wire.cut()
la.run("meeting", "open", "G1")
for words in (("la", "--office", "CERT of la"), ("kh", "--office", "two persons")):
    la.run("meeting", "attend", "G1", *words)
refused(la, "neither takes part", "meeting", "attend", "G1", "vn")
for owner, due, what in (("kh", "2026-01-02", "publish the sheet"), ("la", "2099-01-01", "host the next one")):
    la.run("meeting", "followup", "G1", what, "--owner", owner, "--due", due)
with open(path("said.md"), "w", encoding="utf-8") as f:
    f.write("We agreed on clause one.\n")
la.run("meeting", "minutes", "G1", "--text", path("said.md"))
first = meeting(la)["minutes"]
text = la.run("meeting", "file", first)
check("minutes have all of it", all(w in text for w in ("# Minutes: Workshop on norms", "- kh: two persons", "[WP.1]", "We agreed on clause one.", "kh, by 2026-01-02: publish the sheet", "A foundation of an example")), text)
check("nothing of it has come", meeting(kh)["state"] == "planned" and meeting(kh)["minutes"] == "")
courier(la, kh)
wait("it comes by the file", lambda: meeting(kh)["state"] == "open" and meeting(kh)["minutes"] == first and meeting(kh)["owed"] == "assent")
wait("with its bytes", lambda: any(p["paper"] == "minutes" and p["here"] for p in kh.ask("meeting", "papers", "G1")))
text = page(kh, "/meetings/G1")
check("they are read on the page", "We agreed on clause one." in text and "We agree with these minutes" in text)
refused(kh, "read them first", "meeting", "assent", "G1", "--minutes", "0" * 16)
post(kh, "/meetings/assent", id="G1", minutes=first)
kh.run("meeting", "note", "G1", "we were three")
courier(kh, la)
wait("the word comes back by a file", lambda: party(la, "kh")["assent"] == "yes" and party(la, "kh")["offices"] == "two persons")
check("what was said stands there", "we were three" in la.run("meeting", "show", "G1"))

# ---- newer minutes -------------------------------------------------------------------------------------------------------------

la.run("meeting", "attend", "G1", "kh", "--off")
la.run("meeting", "attend", "G1", "kh", "--office", "three persons")
post(la, "/meetings/minutes", id="G1", text="We agreed on clause one.")
visit = la.person()
status, text = visit.ask("POST", "/meetings/minutes", urllib.parse.urlencode({"csrf": visit.token(), "id": "G1", "text": "We agreed on clause one."}))
check("a second press sends nothing", status == 400 and "has these very minutes already" in text, text)
check("an assent counts for its bytes alone", party(la, "kh")["assent"] == "earlier", party(la, "kh"))
la.run("meeting", "close", "G1")
courier(la, kh)
wait("the newer ones stand there", lambda: meeting(kh)["minutes"] not in ("", first) and meeting(kh)["owed"] == "assent" and meeting(kh)["state"] == "closed")
kh.run("meeting", "assent", "G1")

# ---- the wire is back ----------------------------------------------------------------------------------------------------------

for node in (la, kh):
    node.wire.lead(node.door())
wait("what waited comes over the wire", lambda: party(la, "kh")["assent"] == "yes" and party(la, "kh")["offices"] == "three persons")
wait("nothing waits", lambda: not any(p["waits"] for n in (la, kh) for p in n.ask("peer", "list")))
check("each stands once", len(la.ask("meeting", "list")) == len(kh.ask("meeting", "list")) == 1)
ROWS = "select serial, state, title, label, minutes_sha256 from meeting"
check("both have the same of it", la.rows(ROWS) == kh.rows(ROWS) and la.rows("select what, owner, due from meeting_followup where draft = 0 order by due") ==
      kh.rows("select what, owner, due from meeting_followup where draft = 0 order by due"))
check("nothing is held", not any(n.ask("held") for n in (la, kh)), [n.ask("held") for n in (la, kh)])
refused(la, "only one that is open", "meeting", "close", "G1")

# ---- what was to be done -------------------------------------------------------------------------------------------------------

todo = re.findall(r"^to be done +(\S+)", la.run("meeting", "show", "G1"), re.M)
check("what the minutes say is no draft besides", len(todo) == 2 and "draft" not in todo, todo)
todo = kh.ask("meeting", "followups", "--ours")
check("it is late by its date alone", [(t["state"], t["what"]) for t in todo] == [("late", "publish the sheet")], todo)
check("the first page says so", "is late: 1" in page(kh, "/") and "weir_followups_overdue 1" in kh.run("metrics"))
post(kh, "/meetings/done", id=todo[0]["followup"])
check("what is done is not late", "is late" not in page(kh, "/") and kh.ask("meeting", "followups", "--ours")[0]["state"] == "done")
check("and nobody else is told", la.ask("meeting", "followups", "--owner", "kh")[0]["state"] == "late")
la.run("meeting", "plan", "Another one", "--like", "G1", "--start", "2028-03-10 02:00", "--end", "2028-03-10 03:00")
wait("another one like it", lambda: meeting(kh)["title"] == "Another one" and meeting(kh)["owed"] == "answer")
check("with the same people and none of its papers", party(kh, "la")["as"] == "participant" and not kh.ask("meeting", "papers", "G2"))
status, text = kh.person().ask("GET", "/meetings/G2/" + DIGEST)
check("nor is one of another meeting shown under its title", status == 404 and "Clause one." not in text, (status, text[-300:]))
refused(la, "G2 is called so, for the same time", "meeting", "plan", "Another one", "--like", "G1", "--start", "2028-03-10 02:00", "--end", "2028-03-10 03:00")
la.run("meeting", "cancel", "G2", "--text", "too early")
wait("it is cancelled", lambda: meeting(kh)["state"] == "cancelled" and meeting(kh)["owed"] == "")
calendar = la.run("meeting", "calendar")
check("a calendar has what we are to do", "host the next one" in calendar and "Workshop" not in calendar, calendar)

region.stop()
faults = [line for n in (la, kh) for line in open(n.log, encoding="utf-8", errors="replace") if "Sanitizer" in line or "runtime error" in line or "Assertion" in line]
check("no fault of the program's own", not faults, faults[:3])
end()
