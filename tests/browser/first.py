# SPDX-License-Identifier: Apache-2.0
"""The first minutes of a stranger: the address that ./run prints, the morning of the sample country, the first finding and why,
a report of his own dropped in, a problem closed; each page light, dark, on a phone and on paper, with the script and without.

  first.py SOURCE-TREE BUILD-FOLDER"""
import os
import sys

SOURCE, BUILD = sys.argv[1], sys.argv[2]
sys.argv = [sys.argv[0], os.path.join(BUILD, "weir")]
sys.path.insert(0, os.path.join(SOURCE, "tests", "system"))
import browser
from browser import check, waited
from node import Node
from program import free_port, path

browser.needed()


def weir(*words):
    """What it says."""
    return node.run(*words).stdout.decode()


def everywhere(b, name):
    """One page in each light and on each size; then as before."""
    for shown, size, dark, media in (("light", "desk", False, ""), ("dark", "desk", True, ""), ("phone", "phone", False, ""), ("print", "desk", False, "print")):
        b.look(size=size, dark=dark, media=media)
        if media:
            check(f"{name}, {shown}: nothing is logged", not (log := b.log()), log)
            b.shot(f"{name}, {shown}")
        else:
            b.passes(f"{name}, {shown}")
    b.look()


def text_of(b):
    return b.find("main").text


def morning(b, address):
    b.load(address)
    everywhere(b, "enter")
    b.find("main button").click()
    waited("the link lets in", lambda: b.find("h1").text == "Morning")
    everywhere(b, "morning")
    text = text_of(b)
    check("what is this: it says so", "Sample country" in b.find("body").text)
    check("whose letter goes first", "What first" in text and "Example Bank" in text)
    check("each letter has a reason", "10-c2-at-a-bank.yaml:" in text, text[-400:])
    check("the worst stands first", b.find("tbody tr").get_attribute("data-severity") == "critical")


def why(b):
    b.find("tbody tr a").click()
    waited("a problem is one click away", lambda: b.find("h1").text.startswith("F"))
    everywhere(b, "finding")
    text = text_of(b)
    check("why: line, owner, rule, when", all(w in text for w in ("a report of TLP:RED", "Example Bank", "10-c2-at-a-bank.yaml", "payment-switch", "must be told by")), text)
    b.find("form[action='/close'] button").click()
    waited("it is closed by hand", lambda: "closed as fixed" in text_of(b))
    check("as the node says", weir("findings", "--state", "closed", "--count").strip() == "1")


def drop(b):
    report = path("own.csv")
    with open(report, "w", encoding="utf-8") as f:
        f.write("source.ip,classification.type,tlp\n192.0.2.99,c2-server,GREEN\nnonsense,c2-server,GREEN\n")
    b.find("nav a").click()
    waited("the morning again", lambda: b.find("h1").text == "Morning")
    b.find("#file").send_keys(report)
    b.find("form.drop button").click()
    waited("an own report is read in seconds", lambda: "Report R" in b.find("h1").text)
    waited("and what could not be read is said", lambda: (b.driver.refresh(), "nonsense" in text_of(b))[1])
    everywhere(b, "report")
    check("it is a new problem", "192.0.2.99" in weir("findings"))


def draft(b, address):
    """What was typed is there after the session was lost."""
    base = b.driver.current_url.split("/reports")[0]
    b.load(base + "/findings/F2")
    b.find("input[name=note]").send_keys("asked the \u0e9e\u0eb2\u0eaa\u0eb2 bank")
    b.driver.delete_all_cookies()
    b.find("form.act button").click()
    waited("the session is over", lambda: b.find("h1").text == "That did not work")
    b.log()
    b.load(address)
    b.find("main button").click()
    waited("in again", lambda: b.find("h1").text == "Morning")
    b.load(base + "/findings/F2")
    waited("what was typed is back", lambda: b.find("input[name=note]").get_property("value") == "asked the \u0e9e\u0eb2\u0eaa\u0eb2 bank")
    b.find("form.act .note button").click()
    check("and can be dropped", b.find("input[name=note]").get_property("value") == "")
    b.load(base + "/findings/F2")
    check("for good", b.find("input[name=note]").get_property("value") == "")
    check("a password is no draft", b.js("return Object.keys(localStorage).length") == 0)


def plain(b):
    """Without scripts the same."""
    b.scripts(False)
    base = b.driver.current_url.split("/findings")[0]
    for page, word in (("/", "What first"), ("/findings", "192.0.2.99"), ("/findings/F1", "whose")):
        b.load(base + page)
        check(f"{page} without scripts", word in text_of(b))
    b.scripts(True)


node = Node("n", "--pages", str(free_port()), "--dry-run").start()
for name in sorted(os.listdir(os.path.join(SOURCE, "examples", "reports"))):
    weir("take", "--wait", os.path.join(SOURCE, "examples", "reports", name))
one = browser.Browser()
try:
    morning(one, weir("people", "link").strip())
    why(one)
    drop(one)
    draft(one, weir("people", "link").strip())
    plain(one)
finally:
    one.stop()
    node.stop()
browser.end()
