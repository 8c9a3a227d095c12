# SPDX-License-Identifier: Apache-2.0
"""Two linked nodes that help each other: a gap of a self-assessment becomes a need on the page, goes to a group, is answered by an
offer, taken on and met; a practice with a file that may do harm is found by its words there, and leaves as an archive only.
capability.py PROGRAM"""
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile

import browsing
from program import FOLDER, WEIR, check, end, wait

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "region"))
import play  # noqa: E402

region = play.Play(WEIR, FOLDER, True, ["la", "kh"])
try:
    region.start()
except play.Stop as e:
    sys.exit(f"the nodes do not start: {e}")
la, kh = region.nodes.values()


def visit(node):
    address = node.link()
    one = browsing.Browser(address.rsplit("/enter/", 1)[0])
    one.post("/enter", {"link": address.rsplit("/", 1)[1]})
    one.post("/language", {"csrf": one.csrf(), "language": "en"})
    return one


def press(one, url, fields, status=303):
    """What the page says after the form."""
    code, text, heads = one.post(url, {"csrf": one.csrf(), **fields})
    check(f"{url} is taken" if status == 303 else f"{url} is refused", code == status, (code, text[-400:]))
    return one.get(heads["Location"])[1] if code == 303 else text


a, b = visit(la), visit(kh)
la.run("group", "propose", "lakh", "--name", "Two", "--purpose", "a test", "--members", "kh,la")
la.person().change("group-send", id="lakh")
wait("the card of the group comes", lambda: any(g["group"] == "lakh" for g in kh.ask("group", "list")))
kh.run("group", "confirm", "lakh")

# ---- a gap becomes a need ------------------------------------------------------------------------------------------------

SECRET = "in a drawer that nobody locks"
press(a, "/sim3/set", {"id": "T-4", "level": "1", "target": "3", "note": SECRET, "evidence": "the drawer"})
gap = next(s for s in la.ask("sim3", "list") if s["id"] == "T-4")
check("the gap is there", gap["level"] == "1" and gap["target"] == "3" and gap["gap"] == 1 and gap["note"] == SECRET, gap)
browsing.good_page("the self-assessment", a.get("/sim3"))
text = press(a, "/sim3/need", {"id": "T-4"})
check("one press drafts a need", 'href="/capability-draft/D1"' in text and la.ask("need", "drafts")[0]["sim3"] == "T-4", text[-300:])
check("a draft is not sent as it is", "who is told?" in press(a, "/capability-draft/send", {"id": "D1"}, 400))
press(a, "/capability-draft/set", {"id": "D1", "title": "A system that tracks incidents", "area": "tools", "contact": "Duty desk", "sim3": "T-4",
                                  "until": "30d", "group": "lakh", "to": "", "label": "", "lang": "en"})
press(a, "/capability-draft/words", {"id": "D1", "lang": "en", "text": "We count incidents on paper <b>."})
press(a, "/capability-draft/words", {"id": "D1", "lang": "km", "text": "យើងត្រូវការ"})
browsing.good_page("the draft", a.get("/capability-draft/D1"))
press(a, "/capability-draft/send", {"id": "D1", "back": "/needs"})
check("it goes to parties that are linked only", la.tried("need", "new", "x", "--area", "tools", "--contact", "x", "--text", "x", "--to", "mm") is not None
      and la.tried("need", "send", "D2") is None and "no link with 'mm'" in la.said, la.said)
la.run("need", "drop", "D2")
wait("the need comes", lambda: len(kh.ask("need", "list")) == 1)
need = kh.ask("need", "list", "--lang", "km")[0]
check("with its words, its label and its group", need["text"] == "យើងត្រូវការ" and need["label"] == "GREEN" and need["group"] == "lakh" and need["state"] == "open"
      and need["party"] == "la" and need["sim3"] == "T-4", need)
with open(os.path.join(kh.state, "state.db"), "rb") as f, open(os.path.join(kh.state, "state.db-wal"), "rb") as w:
    check("nothing of the assessment has left", SECRET.encode() not in f.read() + w.read())
shown = browsing.good_page("the need there", b.get(f"/capability/{need['id']}"))
check("words of others are words", "paper &lt;b&gt;." in shown and "<b>." not in shown)

# ---- an offer answers it -------------------------------------------------------------------------------------------------

press(b, "/needs/new", {"kind": "offer", "reply": need["id"]})
kh.run("offer", "set", "D1", "--contact", "Training desk", "--text", "Ours is free, and two of us come.")
kh.run("offer", "send", "D1")
kh.run("offer", "new", "A course", "--area", "tools", "--contact", "Training desk", "--text", "of a week", "--group", "lakh", "--until", "60d")
kh.run("offer", "send", "D2")
wait("the offers come", lambda: len(la.ask("offer", "list")) == 2)
fits = [(m["offer_title"], m["why"], m["sim3"]) for m in la.ask("need", "matches")]
check("the one that answers stands first", fits == [("A system that tracks incidents", "answers", "T-4"), ("A course", "area", "")], fits)
offer = next(o for o in la.ask("offer", "list") if o["answers"])
check("an answer is for who asked", offer["label"] == "AMBER" and offer["acknowledge_by"] and not offer["acknowledged"], offer)
page = browsing.good_page("needs and offers", a.get("/needs"))
check("both are beside the need", page.index("What we need") < page.index("made for it") < page.index("same area") < page.index("What others need"))
check("it waits for a person", "to be taken on by" in page)
press(a, "/needs/ack", {"id": offer["id"]})
wait("who offers hears of it", lambda: "acknowledged by sample" in kh.run("offer", "show", next(o["id"] for o in kh.ask("offer", "list") if o["answers"])))
check("it is taken on here", next(o for o in la.ask("offer", "list") if o["answers"])["acknowledged"])

# ---- met -----------------------------------------------------------------------------------------------------------------

ours = la.ask("need", "list")[0]["id"]
check("a need of others is not ours to take back", kh.tried("need", "withdraw", need["id"], "--reason", "met") is None and "of ours" in kh.said, kh.said)
press(a, "/capability/withdraw", {"id": ours, "reason": "met"})
wait("it is met there", lambda: kh.ask("need", "list")[0]["state"] == "met")
check("nothing fits it any more", la.ask("need", "matches") == [])
page = a.get("/needs")[1]
check("it is folded away", re.search(r"<details><summary>Ended, met or taken back: 1</summary>", page), page[-600:])

# ---- practices -----------------------------------------------------------------------------------------------------------

EVIL = b"MZ\x00\x01<script>alert(1)</script>" * 5000
kh.run("practice", "new", "How we drill banks", "--area", "training", "--learnt-from", "apcert.org", "--lang", "km", "--text", "ធ្វើឱ្យបានមុន", "--group", "lakh")
csrf = b.csrf()
body = (f'--limit\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{csrf}\r\n--limit\r\nContent-Disposition: form-data; name="id"\r\n\r\nD3\r\n'
        '--limit\r\nContent-Disposition: form-data; name="file"; filename="evil.html"\r\nContent-Type: text/html\r\n\r\n').encode() + EVIL + b"\r\n--limit--\r\n"
status, _, heads = b.ask("POST", "/capability-draft/attach", body, Content_Type="multipart/form-data; boundary=limit")
check("a page takes a file for a draft", status == 303 and heads.get("Location") == "/capability-draft/D3", (status, heads))
kh.run("practice", "send", "D3")
wait("the practice comes", lambda: len(la.ask("practice", "list")) == 1)
practice = la.ask("practice", "list")[0]["id"]
wait("and its file", lambda: re.search(r"^file +B\d+ evil.html", la.run("practice", "show", practice), re.M))
for words, found in ((("--q", "ឱ្យបាន"), 1), (("--q", "BANKS", "--area", "training"), 1), (("--lang", "km"), 1), (("--lang", "vi"), 0), (("--area", "tools"), 0),
                     (("--party", "kh"), 1)):
    check(f"found by {' '.join(words)}: {found}", len(la.ask("practice", "list", *words)) == found)
check("the library finds it too", f"/capability/{practice}" in browsing.good_page("the library", a.get("/practices?q=apcert&lang=km"))
      and f"/capability/{practice}" not in a.get("/practices?area=tools")[1])
shown = browsing.good_page("the practice", a.get(f"/capability/{practice}"))
where = re.search(r'href="(/api/v1/capability-file/B\d+)"', shown).group(1)
code, _, heads = a.get(where)
check("its file is an archive, to be kept and not shown", code == 200 and heads["Content-Type"] == "application/zip" and heads.get("Content-Disposition", "").startswith("attachment"), heads)
archive = subprocess.run([WEIR, "practice", "file", where.rsplit("/", 1)[1], "--state", la.state], capture_output=True, timeout=60).stdout
with zipfile.ZipFile(io.BytesIO(archive)) as z:
    check("with its very bytes", z.namelist() == ["evil.html"] and hashlib.sha256(z.read("evil.html", pwd=b"infected")).digest() == hashlib.sha256(EVIL).digest())
check("another file of the node is not to be had there", a.get("/api/v1/capability-file/B999")[0] == 404)

# ---- it stays ------------------------------------------------------------------------------------------------------------

before = [la.ask(k, "list") for k in ("need", "offer", "practice", "sim3")]
la.stop()
la.stopped()
la.start()
la.wait()
check("after a restart all of it is there", [la.ask(k, "list") for k in ("need", "offer", "practice", "sim3")] == before, json.dumps(before)[:300])
for node in (la, kh):
    node.stop()
for node in (la, kh):
    node.stopped()
end()
