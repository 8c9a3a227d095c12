# SPDX-License-Identifier: Apache-2.0
"""The pages by which people outside are told, in the browser: each light, dark, on a phone and on paper; a letter on paper is the
letter alone, with the address; an owner is changed by hand, difference first.

  tell.py SOURCE-TREE BUILD-FOLDER"""
import glob
import os
import sys

SOURCE, BUILD = sys.argv[1], sys.argv[2]
sys.argv = [sys.argv[0], os.path.join(BUILD, "weir")]
sys.path.insert(0, os.path.join(SOURCE, "tests", "system"))
import browser
from browser import check, waited
from node import Node
from program import free_port

browser.needed()


def weir(*words):
    """What it says."""
    return node.run(*words).stdout.decode()


def everywhere(b, name):
    for shown, size, dark, media in (("light", "desk", False, ""), ("dark", "desk", True, ""), ("phone", "phone", False, ""), ("print", "desk", False, "print")):
        b.look(size=size, dark=dark, media=media)
        if media:
            check(f"{name}, {shown}: nothing is logged", not (log := b.log()), log)
            b.shot(f"{name}, {shown}")
        else:
            b.passes(f"{name}, {shown}")
    b.look()


def pages(b, base):
    for name, url in (("letters", "/letters"), ("letter", "/letters/N4"), ("owners", "/owners"), ("owner", "/owners/example-bank"),
                      ("owner edit", "/edit-owner/example-bank"), ("nobodys", "/nobodys?days=90"), ("adopt", "/adopt?prefixes=192.0.2.128/25"),
                      ("incoming", "/incoming"), ("campaign", "/campaign")):
        b.load(base + url)
        everywhere(b, name)
    b.load(base + "/letters/N4")
    paper = b.paper("letter")
    check("a letter on paper is the letter alone", len(paper) == 1 and "noc@cable.example" in paper[0] and "To those responsible" in paper[0]
          and "203.0.113.1" in paper[0] and not any(w in paper[0] for w in ("Take back", "Why", "for staff")), paper)


def by_hand(b, base):
    b.load(base + "/edit-owner/example-bank")
    b.find("[name=phone1]").send_keys("+1 555 0100")
    b.js("document.querySelector('main form button').click()")
    waited("the difference is shown first", lambda: b.find("h1").text == "The difference")
    check("as it is", "phone" in b.find("main pre").text, b.find("main pre").text)
    everywhere(b, "difference")
    b.js("document.querySelector('main form button').click()")
    waited("then it is there", lambda: "+1 555 0100" in b.find("main").text)
    b.load(base + "/letters")
    b.find("[name=id]").click()
    b.find("[name=note]").send_keys("not now")
    b.find("[formaction='/letters/hold']").click()
    waited("a letter is held", lambda: "is held" in b.find(".said").text)
    b.load(base + "/campaign")
    b.find("[name=name]").send_keys("Patch today")
    b.find("[name=places]").send_keys("192.0.2.10\n203.0.113.1\n198.18.0.1")
    b.find("[name=subject-en]").send_keys("Patch today, {owner}")
    b.find("[name=text-en]").send_keys("Please patch these now.")
    b.js("document.querySelector('[action=\"/campaign/propose\"] > p:last-child button').click()")
    waited("a campaign is proposed", lambda: "C1" in b.find("main").text)
    b.load(base + "/campaign/C1")
    check("who gets it", "Example Bank" in b.find("main").text and "it belongs to nobody" in b.find("main").text)
    everywhere(b, "proposal")
    check("no log", not b.log())


node = Node("n", "--pages", str(free_port()), "--dry-run").start()
for report in sorted(glob.glob(os.path.join(SOURCE, "examples", "reports", "*"))):
    weir("take", "--wait", report)
b = browser.Browser()
try:
    address = weir("people", "link").strip()
    b.load(address)
    b.find("main button").click()
    waited("the link lets in", lambda: b.find("h1").text == "Morning")
    pages(b, address.split("/enter/")[0])
    by_hand(b, address.split("/enter/")[0])
finally:
    b.stop()
    node.stop()
browser.end()
