# SPDX-License-Identifier: Apache-2.0
"""Four real nodes, of which one has a wrong clock, or is in the hands of somebody who changes its clock, its store or its copies to get
another result. cheated.py PROGRAM"""
import re
import sqlite3

from certs import mark, offline, said
from led import HOUR, Led, block, row, sayings, seconds_of
from program import check, end, path, until, wait, write

PARTIES = ("kh", "la", "mm", "vn")
IDS = [mark(1, 2, 3), mark(2, 3, 4), mark(5, 6, 7)]
TEXT = "# Times {#%s}\n\nA request is answered within %s hours. {#%s}\n\nWho asks says why. {#%s}\n"
SILENCE = ("--rule", "silence", "--level", "node", "--min-notice", "24h", "--working-days", "0", "--grace", "24h", "--extend", "1 7d",
           "--confirm", "3", "--closes", "60h")
OBJECTION = ("--position", "objection", "--text", "it costs too much", "--cure", "leave it out")

led = Led(PARTIES)
certs, up, down, everywhere = led.certs, led.up, led.down, led.everywhere
kh, la, mm, vn = (certs[p] for p in PARTIES)


def edit(cert, sql, *values):
    """What somebody does who has the machine; the node is off."""
    with sqlite3.connect(cert.state + "/state.db") as db:
        db.execute(sql, values)


def text(instrument, hours):
    write(instrument + ".md", (TEXT % (IDS[0], hours, IDS[1], IDS[2])).encode())
    said(f"a text of {instrument}", la.run("agree", "text", instrument, path(instrument + ".md"), "--lang", "en", "--authentic"), 0, "3 clauses")


def opened(instrument, *options, members="kh,la,mm,vn"):
    said(f"{instrument} is written", la.run("agree", "propose", instrument, "--title", "Times", "--members", members, *SILENCE, *options), 0)
    said("and signed by a second person", la.second("agree", "sign", la.ask("agree", "waiting")[-1]["id"]), 0, "signed by two persons")


def served(ref, *some):
    everywhere(f"everybody is served with {ref}", lambda c: row(c, ref).get("rule") and sum(m["service"] in ("opened", "served") for m in c.ask("agree", "members", ref)) == 4, *some)


def state(cert, ref):
    r = row(cert, ref)
    return r.get("state"), r.get("because")


def objections(cert, ref):
    return [s for s in sayings(cert, ref, "position") if s["party"] == "kh"]


def doubtful(cert):
    return re.search(rb"^clock doubtful +1 ", cert.run("status").stdout, re.M)


# ---- a clock that is wrong ----------------------------------------------------------------------------------------------------------
up()
text("hours", "8")
opened("hours")
served("hours/1")
closes = seconds_of(row(la, "hours/1")["closes"])
led.until_time(closes - 3 * HOUR)
for hours in (2, -2):
    led.skew(mm, hours * HOUR)
    wait(f"mm: with a clock {hours} hours from that of others, it knows",
         lambda: doubtful(mm) and mm.run("agree", "position", "hours/1", "--position", "support").returncode == 1)
    said("and signs nothing", mm.run("agree", "position", "hours/1", "--position", "support"), 1, "clock", "weir clock confirm")
    if hours > 0:
        down()
        up(mm)
        said("nor after a start, before any of them is heard", mm.run("agree", "position", "hours/1", "--position", "support"), 1, "clock", "weir clock confirm")
        up()
led.skew(mm, 0)
said("a person who has compared it says so", mm.run("clock", "confirm", "--note", "compared with the telephone"), 0, "believed again")
wait("then it signs", lambda: mm.run("agree", "position", "hours/1", "--position", "support").returncode == 0)
everywhere("has what mm says now, and nothing else of it", lambda c: [s["words"] + s["counts"] for s in sayings(c, "hours/1", "position")] == ["supportyes"])

# ---- an objection of before closing that comes behind grace -------------------------------------------------------------------------
led.keep("open")
led.until_time(closes - HOUR, kh)
said("kh objects, cut off", kh.run("agree", "position", "hours/1", *OBJECTION), 0, "this stops adoption")
led.until_time(closes + 25 * HOUR, la, mm, vn)
everywhere("is adopted", lambda c: state(c, "hours/1") == ("adopted", "-"), la, mm, vn)
up(kh)
everywhere("has it now, and why it does not count", lambda c: [s["counts"] for s in objections(c, "hours/1")] == ["late"])
everywhere("is adopted as before", lambda c: "state adopted\n" in block(c, "hours/1"))
said("why says so", vn.run("why", "hours/1"), 0, "hours/1 is adopted", "served in time", "agree.position of kh", ": late", "in force")

# ---- one that is dated back: its log was seen without it after closing ---------------------------------------------------------------
led.put_back("open")
led.lead(closes + 2 * HOUR - led.clock.now())
up()
everywhere("is adopted until grace ends", lambda c: state(c, "hours/1")[0] == "adopted-provisional")
said("kh is asked for something, so that its log grows", la.run("check", "ask", "kh"), 0)
everywhere("has seen the log of kh after closing", lambda c: c.db("select 1 from agree_witness where party = 'kh'"), la, mm, vn)
down()
led.skew(kh, -3 * HOUR)
up(kh)
said("kh has put its clock back, and knows it", kh.run("agree", "position", "hours/1", *OBJECTION), 1, "clock")
said("it says that it is right", kh.run("clock", "confirm", "--note", "it is what we want"), 0)
said("and objects, an hour before closing", kh.run("agree", "position", "hours/1", *OBJECTION), 0, "this stops adoption")
down()
led.skew(kh, 0)
up()
everywhere("has it, and why it does not count", lambda c: [s["counts"] for s in objections(c, "hours/1")] == ["backdated"], la, mm, vn)
led.until_time(closes + 25 * HOUR)
everywhere("has adopted", lambda c: "state adopted\n" in block(c, "hours/1"), la, mm, vn)
everywhere("and shows who sees it otherwise", lambda c: row(c, "hours/1")["state"] == "disputed" and [m["outcome"] for m in c.ask("agree", "members", "hours/1") if m["party"] == "kh"] == ["broken"], la, mm, vn)

# ---- a chair that shows another text to one of them ------------------------------------------------------------------------------------
text("fees", "8")
opened("fees")
served("fees/1")
down()
edit(la, "delete from agree_round where instrument = 'fees'")
up(la)
text("fees", "80")
opened("fees")
up()
everywhere("has two manifests, which is a dispute", lambda c: [r["state"] for r in c.ask("agree", "list") if r["round"] == "fees/1"] == ["disputed"] * 2, kh, mm, vn)
named = said("the name finds neither, and both are named", mm.run("agree", "show", "fees/1"), 2, "is the name of 2 rounds")
ids = [r["id"] for r in mm.ask("agree", "list") if r["round"] == "fees/1"]
check("by their ids", all(i[:12] in named for i in ids), (named, ids))
texts = {mm.run("agree", "get", i, "--file", "text").stdout for i in ids}
check("with either text", len(texts) == 2 and {b"8 hours" in t for t in texts} == {True, False}, texts)
check("and either digest", all(d in mm.run("agree", "show", i).stdout for i in ids for d in re.findall(rb"^round_sha256 +([0-9a-f]+)", mm.run("agree", "show", i).stdout, re.M)))

# ---- a party of two minds: a copy of its machine says the opposite -------------------------------------------------------------------------
text("visits", "4")
opened("visits")
served("visits/1")
led.keep("twin", kh)
up(kh)
said("kh objects", kh.run("agree", "position", "visits/1", *OBJECTION), 0)
everywhere("has the objection", lambda c: "because kh" in block(c, "visits/1"))
down()
led.keep("first", kh)
led.put_back("twin", kh)
up(kh)
said("the copy, cut off, supports", kh.run("agree", "position", "visits/1", "--position", "support"), 0)
up(la)
wait("la: has both", lambda: len([s for s in sayings(la, "visits/1", "position") if s["party"] == "kh"]) == 2)
up()
everywhere("nothing is chosen", lambda c: "state held\nbecause contested kh\n" in block(c, "visits/1"), la, mm, vn)
check("and the copy has fallen silent", b"silent since" in kh.run("recover").stdout, kh.run("recover").stdout)
check("both are shown", {s["words"].split(":")[0] for s in sayings(la, "visits/1", "position")} == {"objection", "support"}, sayings(la, "visits/1", "position"))
for words in (("recover", "--end"), ("fork", "end", "la mm vn")):
    wait(f"one person of kh: {' '.join(words)}", lambda: kh.run(*words, "--why", "a copy of the machine has spoken").returncode == 0)
    said("and another one", kh.second(*words, "--why", "seen"), 0)
everywhere("counts what the two persons let stand", lambda c: "state held" not in block(c, "visits/1"))
check("what they have dropped is said to be that", ["dropped by a rejoin"] == [s["counts"] for s in sayings(la, "visits/1", "position") if s["party"] == "kh" and s["words"].startswith("objection")], sayings(la, "visits/1", "position"))
check("four blocks are one", len({block(c, "visits/1") for c in certs.values()}) == 1 and "member kh spoken support" in block(la, "visits/1"), block(la, "visits/1"))

# ---- who takes part --------------------------------------------------------------------------------------------------------
text("names", "6")
opened("names", "--observers", "vn", members="kh,la,mm")
everywhere("has it", lambda c: row(c, "names/1").get("rule"))
said("an observer has no position", vn.run("agree", "position", "names/1", *OBJECTION), 1, "observer")
said("and comments", vn.run("agree", "comment", "names/1", "--text", "Whose names?"), 0)
said("nobody joins before there is something to join", vn.run("agree", "accede", "names/1"), 1, "adopted")
said("nor leaves", mm.run("agree", "leave", "names/1", "--reason", "no"), 1, "adopted")
everywhere("all members are served", lambda c: [m["service"] in ("opened", "served") for m in c.ask("agree", "members", "names/1")] == [True] * 3)
led.until_time(seconds_of(row(la, "names/1")["grace"]) + 60)
everywhere("has adopted", lambda c: state(c, "names/1")[0] == "adopted")
blocks = {block(c, "names/1") for c in certs.values()}
said("vn joins", vn.run("agree", "accede", "names/1"), 0)
said("mm leaves", mm.run("agree", "leave", "names/1", "--reason", "a new law"), 0)
everywhere("has both", lambda c: len(sayings(c, "names/1", "accede")) == len(sayings(c, "names/1", "leave")) == 1)
everywhere("who joined is bound, who left no longer",
           lambda c: c.db("select party, ended is not null from policy where instrument = 'names' and party in ('mm', 'vn') order by party") == [("mm", 1), ("vn", 0)])
check("members and result are as they were", len(blocks) == 1 and {block(c, "names/1") for c in certs.values()} == blocks, blocks)

# ---- neighbours that say another time, and are linked no longer ---------------------------------------------------------------
led.skew(mm, 2 * HOUR)
wait("mm: they say that its clock is wrong", lambda: doubtful(mm))
for party in ("kh", "la", "vn"):
    said(f"{party} is not asked any more", mm.run("peer", "pause", party, "--why", "its clock"), 0)
wait("mm: and they have no say", lambda: not doubtful(mm))
down()
end()
