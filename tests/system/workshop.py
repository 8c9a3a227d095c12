# SPDX-License-Identifier: Apache-2.0
"""The workshop whole: four real nodes agree on a procedure of twelve clauses in four languages, over the months that it takes. The clock
of the nodes is led (examples/region/clock.c), so that hours of notice, days of grace, dates of force and reviews are those that people would have;
links are cut by stopping nodes; stores are copied and put back."""
import hashlib
import re
import time

from certs import mark, offline, said
from led import DAY, HOUR, Led, block, row, sayings, seconds_of
from program import check, end, path, until, wait, write

PARTIES = ("kh", "la", "mm", "vn")
ALL = ",".join(PARTIES)
IDS = [mark(i + 1, 2 * i % 29, 3) for i in range(14)]
WORDS = ["A CERT asks another one for a mitigation in a request that names what is asked.", "A request has a severity.",
         "A request of severity c1 is acknowledged within 1 hour.", "A request of severity c2 is acknowledged within 8 hours.",
         "A person acknowledges; a machine does not.", "Who declines says why, by one of the agreed reasons.",
         "No request asks for more than its legal basis allows.", "What was asked is lifted when its end has come.",
         "Evidence goes with the request, or its digest does.", "Each party publishes nothing of another's case.",
         "Each party reports once a year how many requests it had.", "Disputes are talked about by the heads of both teams."]
LO = ["ຂໍ້ຄວາມ %d ເປັນພາສາລາວ." % i for i in range(12)]
KM = ["ប្រការ %d ជាភាសាខ្មែរ។" % i for i in range(12)]
VI = ["Điều %d bằng tiếng Việt." % i for i in range(12)]


def text_of(title, words, ids=IDS):
    head = f"# {title} {{#{ids[12]}}}\n\n## What is agreed {{#{ids[13]}}}\n"
    return (head + "".join(f"\n{w} {{#{i}}}\n" for w, i in zip(words, ids))).encode()


led = Led(PARTIES)
clock, certs = led.clock, led.certs
up, down, later, until_time, keep, put_back, everywhere = led.up, led.down, led.later, led.until_time, led.keep, led.put_back, led.everywhere
kh, la, mm, vn = (certs[p] for p in PARTIES)


def opened(ref, *options):
    said(f"{ref} is written", la.run("agree", "propose", "gate", "--members", ALL, *options), 0, "waits for a second person")
    number = la.ask("agree", "waiting")[-1]["id"]
    said("one person alone is refused", la.run("agree", "sign", number), 1, "second person")
    said("another one signs", la.second("agree", "sign", number), 0, "signed by two persons")


def entered(name, title, words, lang, authentic=False, of=None):
    """A text in its file, as the tool makes it, and in the node of la."""
    write(name, text_of(title, words))
    if of:
        status, text = offline("agree", "mark", "--translation-of", path(of), path(name), "-o", path("made." + name))
        check(f"{name} is entered", status == 0, text)
        name = "made." + name
    said(f"{name} is kept", la.run("agree", "text", "gate", path(name), "--lang", lang, *(("--authentic",) if authentic else ())), 0, "14 clauses")
    return name


# ---- a text in four languages, one clause of an older wording ---------------------------------------------------------------------
up()
write("old.md", text_of("Requests at the gates", WORDS[:3] + ["A request of severity c2 is acknowledged within 9 hours."] + WORDS[4:]))
entered("first.md", "Requests at the gates", WORDS, "en", True)
status, text = offline("agree", "check", path("first.md"))
check("twelve clauses, with ids", status == 0 and all(i in text for i in IDS), text)
said("the same bytes again", la.run("agree", "text", "gate", path("first.md"), "--lang", "en", "--authentic"), 0, "nothing has changed")
entered("lo.md", "ຄຳຂໍ", LO, "lo", of="first.md")
km = entered("km.md", "សំណើ", KM, "km", of="old.md")
entered("vi.md", "Yêu cầu", VI, "vi", of="first.md")
status, text = offline("agree", "check", "--translation-of", path("first.md"), path(km))
check("exactly that clause is stale", [i for line in text.splitlines() if "stale" in line for i in IDS if i in line] == [IDS[3]], text)

# ---- round 1 consults, one link is cut --------------------------------------------------------------------------------------------
down(mm)
opened("gate/1", "--title", "Requests at the gates", "--rule", "none", "--closes", "14d")
everywhere("has the round", lambda c: row(c, "gate/1").get("rule") == "none", kh, la, vn)
up(mm)
wait("mm: has it when the link returns", lambda: row(mm, "gate/1").get("rule") == "none")
check("one manifest on all", len({c.run("agree", "get", "gate/1", "--file", "manifest").stdout for c in certs.values()}) == 1)
for lang, name in (("en", "first.md"), ("km", km)):
    want = open(path(name), "rb").read()
    check(f"the same bytes of {lang} on all", all(c.run("agree", "get", "gate/1", "--file", "text", "--lang", lang).stdout == want for c in certs.values()))
replaced = "A request of severity c2 is acknowledged within 4 hours."
said("kh replaces a clause", kh.run("agree", "amend", "gate/1", "--op", "replace", "--clause", IDS[3], "--words", replaced, "--reason", "faster"), 0)
said("vn does too", vn.run("agree", "amend", "gate/1", "--op", "replace", "--clause", IDS[3], "--words", "A request of severity c2 is acknowledged within 6 hours."), 0)
said("vn writes a clause behind it", vn.run("agree", "amend", "gate/1", "--op", "insert", "--after", IDS[3], "--words", "Hours are those of who is asked."), 0)
said("mm deletes it", mm.run("agree", "amend", "gate/1", "--op", "delete", "--clause", IDS[3]), 0)
everywhere("has all four", lambda c: len(sayings(c, "gate/1", "amendment")) == 4)

# ---- what has no answer, or no reason, is not frozen ------------------------------------------------------------------------------
later(14 * DAY + HOUR)
second = WORDS[:3] + [replaced] + WORDS[4:9] + ["Nobody publishes anything of another's case."] + WORDS[10:]
entered("second.md", "Requests at the gates", second, "en", True)
for lang in ("lo", "km", "vi"):
    said(f"no {lang} this time", la.run("agree", "drop-text", "gate", "--lang", lang), 0)
said("without answers it is refused", la.run("agree", "propose", "gate", "--members", ALL), 2, "no answer yet")
by = {(s["party"], s["clauses"].split(" ")[0]): s["id"] for s in sayings(la, "gate/1", "amendment")}
said("kh's is taken", la.run("agree", "answer", "gate/1", "--of", by["kh", "replace"], "--word", "taken", "--clauses", IDS[3]), 0)
for who in (("vn", "replace"), ("vn", "insert"), ("mm", "delete")):
    said(f"{who} is not taken", la.run("agree", "answer", "gate/1", "--of", by[who], "--word", "not-taken", "--text", "One wording is enough."), 0)
said("a change that nothing explains", la.run("agree", "propose", "gate", "--members", ALL), 2, IDS[9])
second[9] = WORDS[9]
entered("second.md", "Requests at the gates", second, "en", True)
everywhere("has the answers", lambda c: sorted(s["answer"] for s in sayings(c, "gate/1", "amendment")) == ["not-taken"] * 3 + ["taken"])

# ---- round 2 under silence: notice --------------------------------------------------------------------------------------------------
silence = ("--rule", "silence", "--level", "node", "--working-days", "0", "--grace", "24h", "--extend", "1 7d", "--disassociation", "allowed")
said("notice of 12 hours is refused", la.run("agree", "propose", "gate", "--members", ALL, *silence, "--min-notice", "12h"), 2, "min-notice")
down(vn)
opened("gate/2", *silence, "--min-notice", "72h", "--closes", "80h")
everywhere("has round 2", lambda c: row(c, "gate/2").get("rule") == "silence", kh, la, mm)
everywhere("and its receipts", lambda c: sum(m["service"] in ("opened", "served") for m in c.ask("agree", "members", "gate/2")) == 3, la, kh, mm)
closes = seconds_of(row(la, "gate/2")["closes"])
until_time(closes - 60 * HOUR)
wait("vn: has it 60 hours before", lambda: row(vn, "gate/2").get("rule") == "silence")
check("la: it would be held by vn", until(lambda: "state held\nbecause unserved vn\n" in block(la, "gate/2")), block(la, "gate/2"))
said("the chair extends it", la.run("agree", "extend", "gate/2", "--closes", "1d", "--reason", "vn was not served in time"), 0)
wait("it counts", lambda: seconds_of(row(la, "gate/2")["closes"]) > closes)
said("a second extension is refused", la.run("agree", "extend", "gate/2", "--closes", "1d", "--reason", "again"), 1, "extended 1 times")
everywhere("nobody holds it now", lambda c: "state held" not in block(c, "gate/2") and row(c, "gate/2")["closes"] == row(la, "gate/2")["closes"])

# ---- an objection, one hour before, while the chair is off ---------------------------------------------------------------------------
closes = seconds_of(row(la, "gate/2")["closes"])
until_time(closes - HOUR, kh, mm, vn)
said("mm objects", mm.run("agree", "position", "gate/2", "--position", "objection", "--text", "Not what was said.", "--cure", "other words", "--clauses", IDS[8]), 0)
said("mm says what it would agree to", mm.run("agree", "comment", "gate/2", "--text", "The digest goes; evidence goes if it was asked for.", "--clauses", IDS[8]), 0)
everywhere("is broken without the chair", lambda c: "state broken\nbecause mm\n" in block(c, "gate/2"), kh, mm, vn)
up(la)
wait("la: it too", lambda: "state broken\nbecause mm\n" in block(la, "gate/2"))
said("nobody else takes it back", la.run("agree", "retract", "gate/2", sayings(la, "gate/2", "position")[0]["id"], "--reason", "no"), 1, "only mm")
until_time(closes + 25 * HOUR)
everywhere("stays broken", lambda c: row(c, "gate/2")["state"] == "broken")

# ---- round 3: no position of round 2 counts -------------------------------------------------------------------------------------------
wait("la: has the comment", lambda: sayings(la, "gate/2", "comment"))
said("it has its answer", la.run("agree", "answer", "gate/2", "--of", sayings(la, "gate/2", "comment")[0]["id"], "--word", "taken", "--clauses", IDS[8]), 0)
wait("that counts", lambda: [s["answer"] for s in sayings(la, "gate/2", "comment")] == ["taken"])
third = second[:8] + ["The digest of evidence goes with the request, and evidence if it was asked for."] + second[9:]
entered("third.md", "Requests at the gates", third, "en", True)
opened("gate/3", *silence, "--min-notice", "72h", "--closes", "80h", "--confirm", "3", "--in-force", "adopted+10d", "--statements", "30d", "--review", "4mo")
everywhere("has round 3", lambda c: row(c, "gate/3").get("rule") == "silence")
everywhere("all are served, and have said nothing", lambda c: all(m["service"] in ("opened", "served") and m["position"] in ("-", "")
                                                                  for m in c.ask("agree", "members", "gate/3")))
said("kh supports it", kh.run("agree", "position", "gate/3", "--position", "support"), 0)
said("vn is not for a clause", vn.run("agree", "position", "gate/3", "--position", "disassociation", "--text", "Not for us.", "--clauses", IDS[10]), 0)
everywhere("has both", lambda c: len(sayings(c, "gate/3", "position")) == 2)
closes = seconds_of(row(la, "gate/3")["closes"])
until_time(closes - 2 * HOUR)
keep("before")

# ---- the one way it may go: an objection that was read out in time, and came in grace ---------------------------------------------------
later(HOUR, kh)
said("kh, cut off, objects", kh.run("agree", "position", "gate/3", "--position", "objection", "--text", "We were asked not to.", "--cure", "another date"), 0, "this stops adoption")
code = kh.run("agree", "get", "gate/3", "--file", "code", "--party", "kh").stdout.decode().strip()
down(kh)
up(la, mm, vn)
said("its code is noted by one", la.run("agree", "voice", "gate/3", "--party", "kh", "--code", code), 0, "second person")
said("and by a second", la.second("agree", "sign", la.ask("agree", "waiting")[-1]["id"]), 0, "signed by two persons")
until_time(closes + 2 * HOUR, la, mm, vn)
check("meanwhile nothing is adopted", all(row(c, "gate/3")["state"] != "adopted" for c in (la, mm, vn)), [row(c, "gate/3")["state"] for c in (la, mm, vn)])
later(HOUR)
everywhere("is broken by what came three hours late and in grace", lambda c: row(c, "gate/3")["state"] == "broken" and row(c, "gate/3")["because"] == "kh")
check("four blocks are one", until(lambda: len({block(c, "gate/3") for c in certs.values()}) == 1), {p: block(c, "gate/3") for p, c in certs.items()})

# ---- the other: nobody objects -----------------------------------------------------------------------------------------------------------
put_back("before")
led.lead(closes + 60 - clock.now())
up()
everywhere("is adopted until grace ends", lambda c: row(c, "gate/3")["state"] == "adopted-provisional")
until_time(closes + 24 * HOUR + 60)
everywhere("is adopted", lambda c: row(c, "gate/3")["state"] in ("adopted", "adopted-except"))
everywhere("four equal outcomes", lambda c: len({m["outcome"] for m in c.ask("agree", "members", "gate/3")} - {""}) == 1 and
           all(m["outcome"] for m in c.ask("agree", "members", "gate/3")))
blocks = {block(c, "gate/3") for c in certs.values()}
check("four blocks are one", len(blocks) == 1 and f"except:{IDS[10]}" in next(iter(blocks)), blocks)
certificate = la.run("agree", "get", "gate/3", "--file", "certificate").stdout.decode()
check("the certificate has the disassociation", "disassociation" in certificate and IDS[10] in certificate, certificate)
roots = [o for p in PARTIES for o in ("--root", p + "=" + re.search(r"\S+\+[0-9a-f]{8}\+\S+", open(path(p + ".page"), encoding="utf-8").read()).group(0))]
said("a bundle", mm.run("agree", "bundle", "gate/3", "--to", "mm", "-o", path("gate.weir")), 0, "statements")
status, text = offline("agree", "verify", path("gate.weir"), *roots)
check("a machine that knows root keys alone verifies it", status == 0 and "adopted" in text, text)

# ---- a store of the day before ---------------------------------------------------------------------------------------------------------
put_back("before", kh)
up(kh)
wait("kh: it says nothing while it is older than what it has said", lambda: b"silent since" in kh.run("recover").stdout)
wait("kh: and comes to the same", lambda: row(kh, "gate/3").get("state", "").startswith("adopted"))
check("byte for byte", block(kh, "gate/3") == next(iter(blocks)), block(kh, "gate/3"))
wait("kh: one person ends the silence when all is back", lambda: kh.run("recover", "--end", "--why", "a disk was replaced").returncode == 0)
said("kh: and a second", kh.second("recover", "--end", "--why", "seen"), 0)
check("kh: it speaks again", b"not silent" in kh.run("recover").stdout, kh.run("recover"))

# ---- until it is in force, and from then on ---------------------------------------------------------------------------------------------
said("an interpretation", vn.run("agree", "statement", "gate/3", "--text", "Hours are those of our office."), 0)
said("a commitment", la.run("agree", "commit", "gate/3", "--what", "a person answers within 4 hours", "--due", "20d", "--owner", "duty desk",
                            "--clause", IDS[3], "--indicator", "case-ack-hours <= 4 h"), 0)
said("one by a figure that nobody measures", la.run("agree", "commit", "gate/3", "--what", "x", "--due", "20d", "--owner", "y", "--indicator", "moon <= 4 h"), 2,
     "case-ack-hours (h)")
said("one in another unit", la.run("agree", "commit", "gate/3", "--what", "x", "--due", "20d", "--owner", "y", "--indicator", "case-ack-hours <= 4 d"), 2, "measured in h")
everywhere("has both", lambda c: sayings(c, "gate/3", "statement") and c.ask("agree", "commitments"))
check("the text is what it was", {block(c, "gate/3") for c in certs.values()} == blocks, {p: block(c, "gate/3") for p, c in certs.items()})
for number, clause in ((1, IDS[3]), (2, IDS[10])):
    peer = "mm" if number == 1 else "vn"
    said("a request", la.run("case", "new", f"a mitigation {number}", "--peer", peer, "--ask", "mitigation-request", "--severity", "c2", "--text", "please"), 0)
said("before the date it is refused, with the date", la.run("case", "send", "K1", "--basis", "gate/3#" + IDS[3]), 1, "is in force from")
later(11 * DAY)
said("after it passes", la.run("case", "send", "K1", "--basis", "gate/3#" + IDS[3]), 0)
said("a party that is not bound by a clause is not asked by it", la.run("case", "send", "K2", "--basis", "gate/3#" + IDS[10]), 1, "vn")
wait("mm: has the request", lambda: any(c["title"].startswith("a mitigation 1") for c in mm.ask("case", "list")))
check("its own figure has a value once there was a request", mm.run("agree", "commit", "gate/3", "--what", "fast", "--due", "30d", "--owner", "desk",
                                                                 "--indicator", "case-ack-hours <= 4 h").returncode == 0)
wait("mm: measured", lambda: any(c["party"] == "mm" and c["now"].endswith(" h") for c in mm.ask("agree", "commitments")))
check("since it was adopted it is new, and its figure is that of the promise", [(c["changed"], c["then"][-2:]) for c in mm.ask("agree", "commitments") if c["party"] == "mm"] == [("new", " h")],
      mm.ask("agree", "commitments"))
mine = next(c["id"] for c in mm.ask("agree", "commitments") if c["party"] == "mm")
write("drill.txt", b"who answered, and when\n")
said("evidence: a figure that the node puts in, and a file", mm.run("agree", "progress", "gate/3", mine, "--status", "under-way", "--evidence-figure", "--evidence-file", path("drill.txt")), 0)
wait("la: it sees the figure with its time, and has the file", lambda: any(
    re.search(r"file drill\.txt [0-9a-f]{64}; case-ack-hours [0-9.]+ h as of 20\d\d-", c["evidence"]) for c in la.ask("agree", "commitments") if c["id"] == mine)
    and la.run("agree", "get", "gate/3", "--file", "evidence", "--of", hashlib.sha256(b"who answered, and when\n").hexdigest()).stdout == b"who answered, and when\n")
check("mm: what it measures has its time, la measures nothing for it", [c["as_of"] is not None for c in mm.ask("agree", "commitments") if c["id"] == mine] == [True]
      and not any(c["as_of"] for c in la.ask("agree", "commitments") if c["id"] == mine))
check("that of another is not measured here", all(c["now"] == "" for c in mm.ask("agree", "commitments") if c["party"] == "la"))

# ---- what time alone brings ---------------------------------------------------------------------------------------------------------------
later(20 * DAY)
check("who promised and did not is late", [c["state"] for c in kh.ask("agree", "commitments") if c["party"] == "la"] == ["late"], kh.ask("agree", "commitments"))
own = lambda: next(c for c in la.ask("agree", "commitments") if c["party"] == "la")
check("since its adoption it is new, and late", own()["changed"] == "new late" and own()["since"] == row(la, "gate/3")["adopted"], own())
said("statements have had their days", vn.run("agree", "statement", "gate/3", "--text", "One more."), 1, "were taken until")
review = seconds_of(row(la, "gate/3")["review"])
check("nothing is owed before", row(la, "gate/3")["owed"] == "", row(la, "gate/3"))
until_time(review - 59 * DAY)
check("a review is owed by the chair, two months before", row(la, "gate/3")["owed"] == "review" and seconds_of(row(la, "gate/3")["until"]) == review, row(la, "gate/3"))
check("and by nobody else", row(kh, "gate/3")["owed"] == "", row(kh, "gate/3"))
said("a word that is none", la.run("agree", "review", "gate/3", "--word", "sometimes"), 2, "confirm, revise or end")
said("it is the chair's", kh.run("agree", "review", "gate/3", "--word", "confirm"), 1, "for the chair, la")
said("it is confirmed", la.run("agree", "review", "gate/3", "--word", "confirm"), 0, "next review")
check("the next one is later", seconds_of(row(la, "gate/3")["review"]) > review, row(la, "gate/3"))
check("since the review nothing has changed", own()["changed"] == "" and own()["since"] > row(la, "gate/3")["adopted"], own())
time.sleep(1.5)  # what is said in the second of the review is before it
said("the months have gone by", la.run("clock", "confirm", "--note", "compared with another"), 0)
wait("it is done", lambda: la.run("agree", "progress", "gate/3", own()["id"], "--status", "done").returncode == 0)
wait("that has changed since", lambda: own()["changed"] == own()["state"] == "done")
check("nothing is owed any more", row(la, "gate/3")["owed"] == "", row(la, "gate/3"))
said("it is changed", la.run("agree", "review", "gate/3", "--word", "revise"), 0, "next round")
said("once", la.run("agree", "review", "gate/3", "--word", "revise"), 1, "being written already")
said("no more of them", la.run("agree", "review", "gate/3", "--word", "end", "--text", "its work is done"), 0, "no more reviews")
said("there is none after that", la.run("agree", "review", "gate/3", "--word", "confirm"), 1, "have ended")
texts = [(t["lang"], t["round"], t["state"]) for t in la.ask("agree", "texts") if t["instrument"] == "gate"]
check("the next round may begin from its text", len(texts) == 1 and texts[0][:2] == ("en", "gate/3") and texts[0][2].startswith("adopted"), texts)
write("more.md", la.run("agree", "get", "gate/3", "--file", "text").stdout.replace(b"hours", b"working hours"))
said("which is another then", la.run("agree", "text", "gate", path("more.md"), "--lang", "en", "--authentic"), 0)
check("of the next round", [t["round"] for t in la.ask("agree", "texts") if t["instrument"] == "gate"] == [""], la.ask("agree", "texts"))
down()
end()
