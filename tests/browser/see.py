# SPDX-License-Identifier: Apache-2.0
"""Findings as one works with them: filtered, sorted, ticked and assigned together, a list that is kept and what is new in it, a note,
one by hand, two that are one, the note to the next shift; each page light, dark, on a phone and on paper.

  see.py SOURCE-TREE BUILD-FOLDER"""
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


def rows(b):
    return b.driver.find_elements("css selector", "form.rows tbody tr")


def choose(b, selector, value):
    b.js("arguments[0].value = arguments[1]", b.find(selector), value)


def findings(b, base):
    b.load(base + "/findings")
    everywhere(b, "findings")
    wide = b.js("const t = document.querySelector('.rows .table'); return [t.scrollWidth, t.clientWidth]")
    check("all columns stand in a desk's window", wide[0] <= wide[1], wide)
    everything = len(rows(b))
    b.js("arguments[0].click()", b.find("thead a[href*='sort=severity']"))
    waited("a head sorts", lambda: b.find("th[aria-sort]").text.startswith("severity"))
    ranks = ["critical", "high", "medium", "low", "info"]
    seen = [ranks.index(r.get_attribute("data-severity")) for r in rows(b)]
    check("the worst first", seen == sorted(seen) and seen, seen)
    choose(b, "#f-severity", "high")
    b.find("form[action='/findings'] button").click()
    waited("the filter is the address", lambda: "severity=high" in b.driver.current_url and "sort=severity" in b.driver.current_url)
    high = rows(b)
    check("and shows these alone", 0 < len(high) < everything and all(r.get_attribute("data-severity") == "high" for r in high))
    return len(high)


def together(b, base, high):
    for row in rows(b)[:2]:
        row.find_element("css selector", "input").click()
    b.find("button[formaction='/assign']").click()
    waited("two are assigned together", lambda: "findings: 2, assigned to sample" in text_of(b))
    check("on the list as it was", "severity=high" in b.driver.current_url)
    b.find("#s-name").send_keys("high ones")
    choose(b, "#s-shared", "team")
    b.find("form[action='/saved'] button").click()
    waited("the list is kept", lambda: "high ones" in b.find("nav.saved").text)
    b.find("nav.saved a").click()
    waited("and leads to itself", lambda: len(rows(b)) == high and "saved=S" in b.driver.current_url)
    b.find("form[action='/saved/looked'] button").click()
    waited("one says that he has looked at it", lambda: "from now on is new" in text_of(b))
    weir("finding", "new", "--class", "phishing", "--url", "http://bank.example/login", "--severity", "high")
    waited("one more", lambda: (b.load(base + "/"), "new: 1" in b.find("section[aria-labelledby=h-saved]").text)[1])
    check("what is mine stands on the morning page", "2" in b.find("a[href*='assigned=me']").text)
    b.find("a[href*='newer=']").click()
    waited("the new one", lambda: len(rows(b)) == 1)
    b.load(b.driver.current_url.split("?")[0] + "?ticked=all")
    b.find("#b-note").send_keys("seen by <b>all</b>")
    b.js("arguments[0].click()", b.find("button[formaction='/note']"))
    waited("a note for all of them", lambda: "noted" in text_of(b))


def finding(b, base):
    b.load(base + "/findings/F13")
    everywhere(b, "finding at work")
    check("facts, class, chart", all(w in text_of(b) for w in ("payment-switch", "seen by <b>all</b>", "Events by the day")), text_of(b)[:600])
    check("the chart has bars", len(b.driver.find_elements("css selector", "svg .bar")) > 0)
    box = b.js("const r = document.querySelector('svg .bar').getBoundingClientRect(); return [r.width, r.height]")
    check("that are seen", box[0] > 2 and box[1] > 2, box)
    b.find("a[href$='/events']").click()
    waited("its events", lambda: "Events of F13" in text_of(b))
    everywhere(b, "events")
    b.load(base + "/findings/new")
    everywhere(b, "by hand")
    choose(b, "#f-class", "phishing")
    b.find("#f-url").send_keys("http://www.bank.example/pay")
    b.find("#f-note").send_keys("a customer called")
    b.find("form.fields button").click()
    waited("one by hand is a report", lambda: "/reports/R" in b.driver.current_url)
    waited("that is read", lambda: "www.bank.example/pay" in weir("findings"))


def shift(b, base):
    b.load(base + "/")
    b.find("section[aria-labelledby=h-handover] summary").click()
    b.find("#h-text").send_keys("F13 is being called.\nNobody answers yet.")
    b.find("form[action='/handover'] button").click()
    waited("the next shift reads it", lambda: "Nobody answers yet." in b.find("section[aria-labelledby=h-handover]").text)
    everywhere(b, "morning at work")


node = Node("n", "--pages", str(free_port()), "--dry-run").start()
for name in sorted(os.listdir(os.path.join(SOURCE, "examples", "reports"))):
    weir("take", "--wait", os.path.join(SOURCE, "examples", "reports", name))
one = browser.Browser()
try:
    address = weir("people", "link").strip()
    root = address.rsplit("/enter/", 1)[0]
    one.load(address)
    one.find("main button").click()
    waited("in", lambda: one.find("h1").text == "Morning")
    together(one, root, findings(one, root))
    finding(one, root)
    shift(one, root)
finally:
    one.stop()
    node.stop()
browser.end()
