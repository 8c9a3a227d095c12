#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The pages of the sample country, as they are drawn: pages.py WEIR [--update] [NAME...]

pages/NAME.html is what stands in main of that row of PAGES, one element a line, with tokens, digests of files and times of this
run left out; FRAME has the whole page. --update writes them anew: look at the difference before it is committed. NAME: only these pages."""
import difflib
import glob
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
import browsing
import meetings_rows as meetings
from node import EXAMPLES, Node
from program import check, end

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
# Reports of the sample are older; all that is younger is a time of this run, or follows from one.
RECENT = "2026-02-01"


def when(m):
    return "TIME" if m.group(0)[:10] >= RECENT else m.group(0)


def plain(text, whole):
    if not whole:
        text = re.search(r"<main.*</main>", text, re.S).group(0)
    text = re.sub(r'(name="csrf" value=")[0-9a-f]{64}', r"\1CSRF", text)
    text = re.sub(r"/a/[0-9a-f]{16}/", "/a/DIGEST/", text)
    text = re.sub(r'data-cursor="[^"]*"', 'data-cursor="CURSOR"', text)
    text = re.sub(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(:\d\d)?Z?)?", when, text)
    text = re.sub(r"(XA-\d+-[0-9A-Z]{4}\.)[0-9a-f]{16}", r"\1DICE", text)
    text = re.sub(r"XA-(\d+)-[0-9A-Z]{4}\b", r"XA-\1-CODE", text)
    text = re.sub(r"XA-\d{4}-(\d{5})\b", r"XA-YEAR-\1", text)
    text = re.sub(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000", "DATE", text)
    text = re.sub(r"\b\d+ %", "N %", text)
    return text.replace("><", ">\n<").rstrip("\n") + "\n"


def compare(name, text, update):
    path = os.path.join(HERE, name + ".html")
    if update:
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return
    wanted = ""
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            wanted = f.read()
    lines = list(difflib.unified_diff(wanted.splitlines(), text.splitlines(), "pages/" + name + ".html", "the page now", lineterm="", n=1))
    check(f"{name} is drawn as it was", not lines, "\n".join(lines[:40]))


words = sys.argv[2:]
updates, only = "--update" in words, [w for w in words if w != "--update"]
node = Node("n", "--pages", "8470", "--dry-run").start()
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
one = browsing.let_in(node)
for which, address in PAGES:
    if not only or which in only:
        compare(which, plain(one.get(address)[1], which in FRAME), updates)
strangers = {f[:-5] for f in os.listdir(HERE)} - {p[0] for p in PAGES}
check("each page that lies there is asked for", not strangers, strangers)
node.stop()
end()
