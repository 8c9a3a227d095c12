# SPDX-License-Identifier: Apache-2.0
"""What came in, other parties and the node in a browser: reports, feeds, the search, rules, country, roster, languages, peers, contacts
and groups, each light, dark, on a phone
and on paper, with an empty log; the search comes whole with the script off.

  land.py SOURCE-TREE BUILD-FOLDER"""
import glob
import os
import re
import sys

SOURCE, BUILD = sys.argv[1], sys.argv[2]
sys.argv = [sys.argv[0], os.path.join(BUILD, "weir")]
sys.path.insert(0, os.path.join(SOURCE, "tests", "system"))
import browser
from browser import check, waited
from node import Node
from program import free_port

PAGES = (("reports", "/reports"), ("report", "/reports/R1"), ("set aside", "/asides"), ("records set aside", "/asides?receipt=R1"), ("feeds", "/feeds"),
         ("event", "/events/E1.2.0"), ("search", "/search?q=192.0.2.0/24"), ("search for an owner", "/search?q=bank"), ("rules", "/rules"),
         ("country", "/country?from=2026-01-01&to=2026-01-31"), ("roster", "/roster"), ("languages", "/languages"), ("peers", "/peers"),
         ("peer", "/peers/kh"), ("contacts", "/contacts"), ("groups", "/groups"),
         ("norms", "/norms"), ("norm", "/norms/gge2015.g"), ("survey of norms", "/norm-survey?label=CLEAR"), ("action plan", "/norm-plan"))


def everywhere(b, name):
    for shown, size, dark, media in (("light", "desk", False, ""), ("dark", "desk", True, ""), ("phone", "phone", False, "")):
        b.look(size=size, dark=dark, media=media)
        b.passes(f"{name}, {shown}")
    b.look()


browser.needed()
node = Node("n", "--pages", str(free_port()), "--dry-run").start()
one = browser.Browser()
try:
    for report in sorted(glob.glob(os.path.join(SOURCE, "examples", "reports", "*"))):
        node.run("take", "--wait", report)
    node.run("peer", "import", os.path.join(SOURCE, "tests", "golden", "kh.weirkeys"))
    node.run("contact", "add", "--kind", "duty-24x7", "--office", "Duty desk", "--phone", "+000")
    node.run("group", "propose", "example.group", "--name", "A group", "--purpose", "an example", "--members", "kh,xa")
    address = node.run("people", "link").stdout.decode().strip()
    base = address.rsplit("/enter/", 1)[0]
    one.load(address)
    one.find("main button").click()
    # else the first page below ends the way in
    waited("the link lets in", lambda: one.find("h1").text == "Morning")
    for name, url in PAGES:
        one.load(base + url)
        everywhere(one, name)
    one.load(base + "/country?from=2026-01-01&to=2026-01-31")
    paper = one.paper("country, paper")
    check("the country is two pages of paper", len(paper) == 2, len(paper))
    check("without what is pressed", "as CSV" not in "".join(paper) and "median hours" in "".join(paper))
    one.load(base + "/norm-survey?label=CLEAR")
    paper = one.paper("survey of norms, paper")
    check("a paper has its own label on each sheet, and not that of the staff's pages", len(paper) > 3 and all("TLP:CLEAR" in sheet for sheet in paper)
          and "AMBER" not in "".join(paper), [sheet[-200:] for sheet in paper])
    one.scripts(False)
    one.driver.get(base + "/search?q=192.0.2.0/24")
    check("the search needs no script", re.search(r"Events: \d+\. Days looked through", one.find("main").text) is not None)
    one.scripts(True)
    one.load(base + "/reports")
    one.find("#q").send_keys("F1\n")
    browser.waited("the box leads straight to an id", lambda: one.find("h1").text.startswith("F1:"))
finally:
    one.stop()
    node.stop()
browser.end()
