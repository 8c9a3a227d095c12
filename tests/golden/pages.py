#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The pages of the sample country, as they are drawn: pages.py WEIR [--update] [NAME...]

pages/NAME.html is what stands in main of that row of PAGES, one element a line, with tokens, digests of files and times of this
run left out; FRAME has the whole page. --update writes them anew: look at the difference before it is committed. NAME: only these pages."""
import glob
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
import browsing
import couriers_rows as couriers
import meetings_rows as meetings
from drawn import compare, plain
from node import EXAMPLES, Node
from program import check, end, free_port

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pages")
# name, address
PAGES = (
    ("morning", "/"),
    ("findings", "/findings"),
    ("findings-filter", "/findings?severity=critical"),
    ("findings-sorted", "/findings?sort=owner&dir=desc&state=active&q=mirai"),
    ("finding", "/findings/F1"),
    ("letters", "/letters"),
    ("letters-owner", "/letters?owner=example-net&state=ready"),
    ("letter", "/letters/N3"),
    ("owners", "/owners"),
    ("owner", "/owners/example-bank"),
    ("owner-edit", "/edit-owner/example-bank"),
    ("nobodys", "/nobodys?days=90"),
    ("adopt", "/adopt?prefixes=192.0.2.128/25"),
    ("incoming", "/incoming"),
    ("campaign", "/campaign"),
    ("cases", "/cases"),
    ("case", "/cases/K1"),
    ("finding-events", "/findings/F1/events"),
    ("finding-new", "/findings/new?ip=192.0.2.1"),
    ("report", "/reports/R1"),
    ("reports", "/reports"),
    ("asides", "/asides"),
    ("asides-report", "/asides?receipt=R1"),
    ("event", "/events/E1.2.0"),
    ("feeds", "/feeds"),
    ("search", "/search?q=192.0.2.0/26"),
    ("search-owner", "/search?q=bank"),
    ("rules", "/rules"),
    ("country", "/country?from=2026-01-01&to=2026-01-31"),
    ("peers", "/peers"),
    ("peer", "/peers/kh"),
    ("couriers", "/couriers"),
    ("courier-packed", "/couriers/X1"),
    ("courier-brought", "/couriers/X2"),
    ("courier-failed", "/couriers/X3"),
    ("contacts", "/contacts"),
    ("groups", "/groups"),
    ("needs", "/needs"),
    ("practices", "/practices"),
    ("capability-draft", "/capability-draft/D1"),
    ("sim3", "/sim3"),
    ("norms", "/norms"),
    ("norm", "/norms/gge2015.h"),
    ("norm-survey", "/norm-survey?label=AMBER&group="),
    ("norm-plan", "/norm-plan"),
    ("meetings", "/meetings"),
    ("meeting", "/meetings/G1"),
    ("meeting-asked", "/meetings/G2"),
    ("meeting-form", "/meeting-form?id=G1"),
    ("meeting-new", "/meeting-form"),
    ("not-found", "/nothing"),
)
FRAME = ("not-found",)


def disk_full():
    """From 80 per cent on, as df counts, it stands on the page."""
    fs = os.statvfs(node.state)
    used = fs.f_blocks - fs.f_bfree
    return used * 100 // max(1, used + fs.f_bavail) >= 80


words = sys.argv[2:]
updates, only = "--update" in words, [w for w in words if w != "--update"]
node = Node("n", "--pages", str(free_port()), "--dry-run").start()
for report in sorted(glob.glob(os.path.join(EXAMPLES, "reports", "*"))):
    node.run("take", "--wait", report)
for words in (("new", "a bank cannot pay", "--severity", "c4", "--owner", "example-bank", "--findings", "F2", "--stages", "--text", "since the morning"),
              ("note", "K1", "they look at it", "--channel", "phone", "--party", "night desk"), ("task", "K1", "ask for logs", "--who", "dara"),
              ("state", "K1", "accepted")):
    node.run("case", *words)
for words in (("peer", "import", os.path.join(os.path.dirname(HERE), "kh.weirkeys")),
              ("contact", "add", "--kind", "duty-24x7", "--office", "Duty desk", "--phone", "+000 0", "--languages", "en", "--hours", "24x7"),
              ("party", "add", "ministry.example", "--title", "Ministry of an example", "--kind", "ministry", "--email", "desk@ministry.example", "--mail"),
              ("contact", "add", "ministry.example", "--kind", "technical", "--office", "Desk", "--email", "desk@ministry.example"),
              ("check", "ask", "ministry.example", "--channel", "phone"),
              ("sim3", "set", "T-4", "--level", "1", "--target", "3", "--note", "in a spreadsheet", "--evidence", "the spreadsheet"),
              ("sim3", "need", "T-4"),
              ("need", "set", "D1", "--contact", "Duty desk", "--text", "We count incidents on paper.", "--group", "example.group", "--until", "2031-01-01"),
              ("need", "set", "D1", "--lang", "lo", "--text", "\u0e9e\u0ea7\u0e81\u0ec0\u0eae\u0ebb\u0eb2"),
              ("need", "attach", "D1", os.path.join(os.path.dirname(HERE), "kh.weirkeys")),
              ("practice", "new", "How we drill", "--area", "training", "--learnt-from", "apcert.org", "--text", "do it early"),
              ("group", "propose", "example.group", "--name", "A group", "--purpose", "an example", "--members", "kh,xa")):
    p = node.run(*words)
    check(" ".join(words[:3]), p.returncode == 0, p.stderr)
for words in (("set", "gge2015.h", "--status", "planned", "--lead", "Ministry of an example", "--plan", "a desk by day and night", "--label", "AMBER"),
              ("confirm", "gge2015.g", "owners-reachable"), ("act", "gge2015.h", "1", "--status", "aware")):
    if words[0] == "act":
        with open(os.path.join(node.state, "list.csv"), "w", encoding="utf-8") as f:
            f.write("list,norm,action\nexample,gge2015.h,Name a desk\n")
        node.run("norm", "import", f.name)
    p = node.run("norm", *words)
    check(" ".join(words[:2]), p.returncode == 0, p.stderr)
meetings.put(os.path.join(node.state, "state.db"))
couriers.put(os.path.join(node.state, "state.db"))
one = browsing.let_in(node)
for which, address in PAGES:
    if which == "morning" and disk_full():
        print("skipped: the morning page: it says how full the disk is, and the one here is")
    elif not only or which in only:
        compare(HERE, which, plain(one.get(address)[1], which in FRAME), updates)
strangers = {f[:-5] for f in os.listdir(HERE)} - {p[0] for p in PAGES}
check("each page that lies there is asked for", not strangers, strangers)
node.stop()
end()
