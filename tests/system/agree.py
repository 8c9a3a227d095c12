# SPDX-License-Identifier: Apache-2.0
"""Four real nodes agree on a procedure: a text is consulted, amended, answered and frozen; put under silence and broken by an
objection while the chair is off; and adopted by assent of all, which each of them computes alone."""
import hashlib
import json
import re
import time

from certs import linked, mark, offline, said
from program import check, end, path, wait, write

PARTIES = ("kh", "la", "mm", "vn")
SOON = 40  # seconds until the last round closes, or more where the machine is slow
TEXT = """# Times at the gates {#%s}

## Answers {#%s}

A request is answered within 8 hours. {#%s}

A case that hurts many is answered within 1 hour. {#%s}
"""


IDS = [mark(1, 2, 3), mark(2, 3, 4), mark(5, 6, 7), mark(9, 8, 7)]
certs = linked(PARTIES)
kh, la, mm, vn = (certs[p] for p in PARTIES)
for c in certs.values():
    c.start()


def rounds(cert):
    return {r["round"]: r for r in cert.ask("agree", "list")}


def everywhere(what, want):
    for c in certs.values():
        wait(f"{c.party}: {what}", lambda c=c: want(c))


def number_of(cert):
    return cert.ask("agree", "waiting")[-1]["id"]


def opened(*options):
    printed = said("the next round is written", la.run("agree", "propose", "gate-times", *options), 0, "waits for a second person")
    waits = la.ask("agree", "waiting")[-1]
    check("its manifest is printed whole", printed.endswith(waits["manifest"]) and waits["manifest"].startswith("weir-round-1\n"), printed)
    check("and its members are JSON", json.loads(waits["members"])["instrument"] == "gate-times", waits["members"])
    said("one person alone is refused", la.run("agree", "sign", number_of(la)), 1, "second person")
    said("another one signs", la.second("agree", "sign", number_of(la)), 0, "signed by two persons")
    if la.ask("agree", "waiting"):
        raise SystemExit("nothing can be opened")


def said_ids(cert, ref, kind):
    return [s["id"] for s in cert.ask("agree", "said", ref) if s["kind"] == kind]


# a text, and a round that consults
write("procedure.md", (TEXT % tuple(IDS)).encode())
said("a text", la.run("agree", "text", "gate-times", path("procedure.md"), "--lang", "en", "--authentic"), 0, "4 clauses")
said("the same bytes again", la.run("agree", "text", "gate-times", path("procedure.md"), "--lang", "en", "--authentic"), 0, "nothing has changed")
write("plain.md", b"Who answers whom, and how fast.\n")
said("a summary, which is not the text", la.run("agree", "text", "gate-times", path("plain.md"), "--lang", "en", "--summary"), 0, "not the text")
write("broken.md", b"# Times {#%s:0123456789abcdef}\nno mark\n" % IDS[0].encode())
said("a text with a fault is refused with its line", la.run("agree", "text", "gate-times", path("broken.md"), "--lang", "lo"), 2, "line 2", "weir agree mark")
said("another text that is authentic", la.run("agree", "text", "gate-times", path("procedure.md"), "--lang", "lo", "--authentic"), 0, "a translation from now on")
said("the first one again", la.run("agree", "text", "gate-times", path("procedure.md"), "--lang", "en", "--authentic"), 0, "a translation from now on")
said("which is none", la.run("agree", "propose", "gate-times", "--members", ",".join(PARTIES), "--rule", "none"), 2, "weir agree drop-text --lang lo")
said("it is dropped", la.run("agree", "drop-text", "gate-times", "--lang", "lo"), 0, "not kept any more")
said("a rule that is none", la.run("agree", "propose", "gate-times", "--members", ",".join(PARTIES), "--rule", "silence", "--min-notice", "12h"),
     2, "manifest line 19 'min-notice 12h'")
said("an observer that cannot be told", la.run("agree", "propose", "gate-times", "--title", "Times", "--members", ",".join(PARTIES), "--observers", "th", "--rule", "none"),
     1, "no link with 'th'")
opened("--title", "Times at the gates", "--members", ",".join(PARTIES), "--rule", "none", "--closes", "2h")
everywhere("has the round and its text", lambda c: rounds(c).get("gate-times/1", {}).get("rule") == "none")
check("one manifest on all", len({c.run("agree", "get", "gate-times", "--file", "manifest").stdout for c in certs.values()}) == 1)
check("one summary on all", {c.run("agree", "get", "gate-times/1", "--file", "summary").stdout for c in certs.values()} == {b"Who answers whom, and how fast.\n"})
check("one text on all", {c.run("agree", "get", "gate-times", "--file", "text").stdout for c in certs.values()} == {(TEXT % tuple(IDS)).encode()})
text_code = {re.search(rb"text code +(\d{4} \d{4})", c.run("agree", "show", "gate-times").stdout).group(1) for c in certs.values()}
check("one text code", len(text_code) == 1, text_code)

# amendments that want different things, and a comment
said("an amendment", kh.run("agree", "amend", "gate-times", "--op", "replace", "--clause", IDS[2], "--words", "A request is answered within 4 hours.",
                            "--reason", "faster"), 0, "agree.amendment")
said("another one of the same clause", vn.run("agree", "amend", "gate-times", "--op", "delete", "--clause", IDS[2]), 0)
said("a comment", mm.run("agree", "comment", "gate-times", "--text", "Who counts the hours?", "--clauses", IDS[3]), 0)
said("a clause that is not there", mm.run("agree", "comment", "gate-times", "--text", "x", "--clauses", "k7qm"), 2, "the text has none")
said("a mistyped clause", mm.run("agree", "comment", "gate-times", "--text", "x", "--clauses", "k7qn"), 2, "a character of this id is wrong")
everywhere("has both amendments and the comment", lambda c: len(said_ids(c, "gate-times", "amendment")) == 2 and len(said_ids(c, "gate-times", "comment")) == 1)
by_party = {s["party"]: s["id"] for s in la.ask("agree", "said", "gate-times") if s["kind"] in ("amendment", "comment")}

# what is carried to the next round
said("an amendment for later", kh.run("agree", "amend", "gate-times", "--op", "replace", "--clause", IDS[3], "--words", "A case that hurts many is answered within 2 hours."), 0)
said("a comment for later", vn.run("agree", "comment", "gate-times", "--text", "In which zone?", "--clauses", IDS[3]), 0)
said("and one on what changes", vn.run("agree", "comment", "gate-times", "--text", "Is it long?", "--clauses", IDS[2]), 0)
everywhere("has what is said for later", lambda c: len(said_ids(c, "gate-times", "amendment")) == 3 and len(said_ids(c, "gate-times", "comment")) == 3)
later = {s["words"] or s["kind"]: s["id"] for s in la.ask("agree", "said", "gate-times") if s["party"] in ("kh", "vn") and s["id"] not in by_party.values()}

# what nobody answered, and what nothing explains, is not frozen
write("second.md", (TEXT % tuple(IDS)).replace("8 hours", "4 hours").encode())
said("the next text", la.run("agree", "text", "gate-times", path("second.md"), "--lang", "en", "--authentic"), 0)
refused = said("is not frozen while something has no answer", la.run("agree", "propose", "gate-times", "--members", ",".join(PARTIES)), 2, "no answer yet", IDS[2])
check("what has no answer is named", by_party["mm"][:12] in refused, refused)
said("only the chair answers", kh.run("agree", "answer", "gate-times", "--of", by_party["mm"], "--word", "not-taken", "--text", "no"), 1, "only the chair")
said("taken", la.run("agree", "answer", "gate-times", "--of", by_party["kh"], "--word", "taken", "--clauses", IDS[2]), 0)
said("not taken needs a reason", la.run("agree", "answer", "gate-times", "--of", by_party["vn"], "--word", "not-taken"), 2, "text")
said("not taken", la.run("agree", "answer", "gate-times", "--of", by_party["vn"], "--word", "not-taken", "--text", "It is needed."), 0)
said("out of scope", la.run("agree", "answer", "gate-times", "--of", by_party["mm"], "--word", "out-of-scope", "--text", "In another text."), 0)
for id_ in later.values():
    said("carried", la.run("agree", "answer", "gate-times", "--of", id_, "--word", "carried"), 0)
everywhere("has the answers", lambda c: sorted(s["answer"] for s in c.ask("agree", "said", "gate-times/1") if s["answer"]) == ["carried"] * 3 + ["not-taken", "out-of-scope", "taken"])

# nor while what is said still counts
said("not while the round is open, with the date", la.run("agree", "propose", "gate-times", "--members", ",".join(PARTIES)), 1, "gate-times/1 is open until")
said("the chair takes it back, since all was said", la.run("agree", "retract", "gate-times/1", la.db("select lower(hex(open)) from agree_round")[0][0], "--reason", "All was said."), 0)
everywhere("it is withdrawn", lambda c: rounds(c)["gate-times/1"]["state"] == "withdrawn")

# under silence: notice is what was agreed, an objection goes directly
began = time.monotonic()
opened("--members", ",".join(PARTIES), "--rule", "silence", "--level", "node", "--min-notice", "24h", "--working-days", "0", "--closes", "48h", "--grace", "1h")
everywhere("has round 2", lambda c: rounds(c).get("gate-times/2", {}).get("rule") == "silence")
SOON = max(SOON, 6 * (time.monotonic() - began))
said("what was said in round 1 does not count", kh.run("agree", "retract", "gate-times/2", by_party["kh"], "--reason", "x"), 1, "no statement")
everywhere("all are served", lambda c: all(m["service"] in ("opened", "served") for m in c.ask("agree", "members", "gate-times/2")))
check("who was carried is reminded, and owes nothing for it", [rounds(c)["gate-times/2"]["carried"] for c in (kh, la, mm, vn)] == [1, 0, 0, 2] and rounds(vn)["gate-times/2"]["owed"] == "object-or-silence",
      [rounds(c)["gate-times/2"] for c in (kh, vn)])
said("another's is not repeated", mm.run("agree", "repeat", "gate-times/2", later["In which zone?"]), 1, "of our own that was carried")
said("nor what is about other words now", vn.run("agree", "repeat", "gate-times/2", later["Is it long?"]), 2, IDS[2], "has changed since")
said("a comment as before", vn.run("agree", "repeat", "gate-times/2", later["In which zone?"]), 0, "agree.comment")
said("once", vn.run("agree", "repeat", "gate-times/2", later["In which zone?"]), 1, "not repeated yet")
said("an amendment as before", kh.run("agree", "repeat", "gate-times/2", later["amendment"]), 0, "agree.amendment")
everywhere("has both again", lambda c: [(s["words"], s["clauses"]) for s in c.ask("agree", "said", "gate-times/2") if s["party"] == "vn" and s["kind"] == "comment"] == [("In which zone?", IDS[3])]
           and b"because kh\n" in c.run("agree", "get", "gate-times/2", "--file", "block").stdout)
check("nothing is carried any more but what changed", [rounds(c)["gate-times/2"]["carried"] for c in (kh, vn)] == [0, 1])
said("it is taken back", kh.run("agree", "retract", "gate-times/2", said_ids(kh, "gate-times/2", "amendment")[0], "--reason", "enough"), 0)
everywhere("nothing breaks it", lambda c: b"because kh\n" not in c.run("agree", "get", "gate-times/2", "--file", "block").stdout)
la.stop()
objection = said("an objection", mm.run("agree", "position", "gate-times/2", "--position", "objection", "--text", "Too fast for us.", "--cure", "6 hours",
                                        "--clauses", IDS[2]), 0, "this stops adoption")
for c in (kh, vn, mm):
    wait(f"{c.party}: it would be broken, with the chair off", lambda c=c: b"state broken\nbecause mm\n" in c.run("agree", "get", "gate-times/2", "--file", "block").stdout)
la.start()
wait("la: it too", lambda: b"state broken\nbecause mm\n" in la.run("agree", "get", "gate-times/2", "--file", "block").stdout)
said("nobody else takes it back", la.run("agree", "retract", "gate-times/2", said_ids(la, "gate-times/2", "position")[0], "--reason", "no"), 1, "only mm")
before = rounds(la)["gate-times/2"]["closes"]
said("an extension", la.run("agree", "extend", "gate-times/2", "--closes", "2d", "--reason", "talks"), 0)
everywhere("is extended", lambda c: rounds(c)["gate-times/2"]["closes"] > before and
           b"state broken" in c.run("agree", "get", "gate-times/2", "--file", "block").stdout)
said("a second one is refused", la.run("agree", "extend", "gate-times/2", "--closes", "1d", "--reason", "talks"), 1, "extended 1 times")
said("who objected takes it back", mm.run("agree", "retract", "gate-times/2", said_ids(mm, "gate-times/2", "position")[0], "--reason", "new wording"), 0)
everywhere("nothing breaks it any more", lambda c: b"state broken" not in c.run("agree", "get", "gate-times/2", "--file", "block").stdout)
said("the chair takes the round back", la.run("agree", "retract", "gate-times/2", la.db("select lower(hex(open)) from agree_round where number = 2")[0][0],
                                               "--reason", "a round by assent"), 0)
everywhere("it is withdrawn", lambda c: rounds(c)["gate-times/2"]["state"] == "withdrawn")
blocks = {c.run("agree", "get", "gate-times/2", "--file", "block").stdout for c in certs.values()}
check("four blocks are one", len(blocks) == 1 and b"state withdrawn" in next(iter(blocks)), blocks)

for kind, word in (("comment", "not-taken"), ("amendment", "withdrawn")):
    said("what was said again is answered again", la.run("agree", "answer", "gate-times/2", "--of", said_ids(la, "gate-times/2", kind)[0], "--word", word, "--text", "It is UTC."), 0)

# by assent of all, soon: each of them computes it, and signs what it has computed
now = time.time()
when = lambda t: time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(t))
opened("--members", ",".join(PARTIES), "--rule", "assent", "--needs", "all", "--level", "node", "--min-notice", "0h", "--working-days", "0",
       "--opens", when(now - 3600 + SOON), "--closes", when(now + SOON), "--grace", "0h", "--confirm", "3", "--in-force", "adopted+2d")
everywhere("has round 3", lambda c: rounds(c).get("gate-times/3", {}).get("rule") == "assent")
for c in certs.values():
    said(f"{c.party}: support", c.run("agree", "position", "gate-times/3", "--position", "disassociation" if c is vn else "support",
                                      *(("--text", "Not for us.", "--clauses", IDS[3]) if c is vn else ())), 0, "agree.position")
check("that was in time", time.time() < now + SOON, time.time() - now)
everywhere("it is adopted", lambda c: rounds(c)["gate-times/3"]["state"] == "adopted")
blocks = {c.run("agree", "get", "gate-times/3", "--file", "block").stdout for c in certs.values()}
block = next(iter(blocks)).decode()
check("four blocks are one", len(blocks) == 1 and f"member vn spoken disassociation" in block and f"except:{IDS[3]}" in block, block)
time.sleep(max(0, now + SOON + 1.5 - time.time()))  # what is signed in the second of closing is in time
digests = {re.search(rb"^block +([0-9a-f]{64})$", c.run("agree", "show", "gate-times/3").stdout, re.M).group(1).decode() for c in certs.values()}
check("each shows its digest, one", digests == {hashlib.sha256(block.encode()).hexdigest()}, digests)
said("what is said now is late", mm.run("agree", "position", "gate-times/3", "--position", "objection", "--text", "x"), 1, "has closed")
everywhere("all outcomes are the same", lambda c: len([m for m in c.ask("agree", "members", "gate-times/3") if m["outcome"] == "adopted"]) == 4)

# at a machine that knows root keys and nothing else
roots = [o for p in PARTIES for o in ("--root", p + "=" + re.search(r"\S+\+[0-9a-f]{8}\+\S+", open(path(p + ".page"), encoding="utf-8").read()).group(0))]
said("a bundle", kh.run("agree", "bundle", "gate-times/3", "--to", "kh", "-o", path("round.weir")), 0, "statements")
said("what may not go there stays", kh.run("agree", "bundle", "gate-times/3", "--to", "public", "-o", path("no.weir")), 1, "may not go to public")
status, text = offline("agree", "verify", path("round.weir"), *roots)
check("it is verified", status == 0 and "adopted" in text and next(iter(digests)) in text, text)
bundle = bytearray(open(path("round.weir"), "rb").read())
bundle[len(bundle) // 2] ^= 1
write("changed.weir", bytes(bundle))
status, text = offline("agree", "verify", path("changed.weir"), *roots)
check("with another byte it is not", status == 1 and "entry" in text, text)

# what rests on it waits until it is in force; what is said of it later
said("a request", la.run("case", "new", "a mitigation", "--peer", "kh", "--ask", "mitigation-request", "--severity", "c2", "--text", "please"), 0)
said("which rests on it is refused with the date", la.run("case", "send", "K1", "--basis", "gate-times/3#" + IDS[2]), 1, "is in force from")
said("what rests on nothing goes", la.run("case", "send", "K1"), 0)
said("an interpretation", vn.run("agree", "statement", "gate-times/3", "--text", "Hours are of our office."), 0)
said("a commitment", la.run("agree", "commit", "gate-times/3", "--what", "a person answers within 4 hours", "--due", "30d", "--owner", "duty desk",
                            "--clause", IDS[2], "--indicator", "case-ack-hours <= 4 h"), 0)
everywhere("has both", lambda c: said_ids(c, "gate-times/3", "statement") and said_ids(c, "gate-times/3", "commitment"))
said("who leaves says why", mm.run("agree", "leave", "gate-times/3", "--reason", "a new law"), 0)
everywhere("mm is bound until then", lambda c: c.db("select ended is not null from policy where instrument = 'gate-times' and number = 3 and party = 'mm'") == [(1,)])
check("the text is the same", {c.run("agree", "get", "gate-times/3", "--file", "block").stdout for c in certs.values()} == blocks)
said("who has left leaves once", mm.run("agree", "leave", "gate-times/3", "--reason", "again"), 1, "nothing is signed")
said("a clause that does not bind us sets no time", vn.run("agree", "apply", "gate-times/3", "--clause", IDS[3], "--severity", "c2", "--ack", "4h"), 1, "does not bind us")
said("a clause sets a time", la.run("agree", "apply", "gate-times/3", "--clause", IDS[2], "--severity", "c2", "--ack", "4h"), 0)
for c in certs.values():
    c.stop()
end()
