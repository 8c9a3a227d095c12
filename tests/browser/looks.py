# SPDX-License-Identifier: Apache-2.0
"""A report that is sent over a slow line: what the node sees in its first part stands on the page while the rest is on its way,
the bar says what the node has, and Stop leaves nothing.

  looks.py SOURCE-TREE BUILD-FOLDER"""
import os
import sys

SOURCE, BUILD = sys.argv[1], sys.argv[2]
sys.argv = [sys.argv[0], os.path.join(BUILD, "weir")]
sys.path.insert(0, os.path.join(SOURCE, "tests", "system"))
import browser
from browser import check, waited
from node import Node
from program import free_port, path

NAME = "2026-01-05-scan_rdp-example-geo.csv"
SPEED = 1200000  # bytes a second
browser.needed()
node = Node("n", "--pages", str(free_port()), "--dry-run").start()


def report(n):
    lines = [f'"2026-01-05 00:{i % 60:02}:00","high","192.0.2.{i % 125}","tcp","{i % 60000 + 1}","h{i}.bank.example","rdp","64501","XA","CAPITAL","CAPITAL",'
             '"522110","ptr","Finance","rdp"\n' for i in range(n)]
    lines[15] = "<b>line</b>,of another file\n"
    return ('"timestamp","severity","ip","protocol","port","hostname","tag","asn","geo","region","city","naics","hostname_source","sector","rdp_protocol"\n'
            + "".join(lines))


def made(name, text):
    where = path(name)
    with open(where, "w", encoding="utf-8") as f:
        f.write(text)
    return where


def throttle(speed):
    b.cdp("Network.enable")
    b.cdp("Network.emulateNetworkConditions", offline=False, latency=20, downloadThroughput=-1, uploadThroughput=speed)


def seen():
    return b.js("return document.querySelector('.drop .look').textContent")


def lines():
    return b.js("return [...document.querySelectorAll('.results li')].map((li) => li.textContent)")


def bar():
    return b.js("const p = document.querySelector('.drop progress'); return [p.hidden, p.value, p.max]")


def spool():
    return os.listdir(os.path.join(node.state, "spool"))


def choose(where):
    b.find("#file").send_keys(where)
    b.find(".drop button").click()


def stop(base, where):
    b.load(base + "/reports")
    throttle(SPEED)
    choose(where)
    waited("what is in it stands there while it is sent", lambda: "shadowserver, vulnerable-system open-rdp" in seen())
    check("with its counts and the line at fault", "set aside: 1" in seen() and "line 17:" in seen() and "<b>line</b>" in seen() and "at nobody: 0" in seen(), seen())
    check("and no receipt is there yet", node.count("receipts") == 0 and not bar()[0], bar())
    spooled = [os.path.getsize(os.path.join(node.state, "spool", f)) for f in spool()]
    said = bar()
    check("the bar is true to what the node has", len(spooled) == 1 and said[2] == os.path.getsize(where) and 0 < said[1] <= spooled[0] + 65536 and spooled[0] - said[1] < SPEED * 3,
          (spooled, said))
    b.passes("looks")
    for size, dark in (("phone", False), ("desk", True)):
        b.look(size=size, dark=dark)
        b.passes(f"looks, {size}{', dark' * dark}")
    b.look()
    check("Stop is one of the buttons", [x.text for x in b.driver.find_elements("css selector", ".drop button") if x.is_displayed()][-1] == "Stop")
    b.driver.find_elements("css selector", ".drop button")[-1].click()
    waited("it says that it has stopped", lambda: lines()[-1].startswith(NAME + ": stopped."))
    waited("and nothing is left", lambda: not spool())
    check("nothing at all", node.count("receipts") == 0 and seen() == "" and bar()[0])
    check("no log", not (log := b.log()), log)


def wrong(where):
    choose(where)
    waited("the wrong file is said to be one", lambda: "no reader knows this format" in seen())
    b.driver.find_elements("css selector", ".drop button")[-1].click()
    waited("it stops too", lambda: lines()[-1].startswith("holiday.raw: stopped."))


def whole(where):
    throttle(-1)
    choose(where)
    waited("whole, it leads to its receipt", lambda: "/reports/R1" in b.driver.current_url and NAME in b.find("main").text)
    check("which is accepted", node.count("receipts") == 1)
    check("no log", not (log := b.log()), log)


b = browser.Browser()
try:
    address = node.run("people", "link").stdout.decode().strip()
    b.load(address)
    b.find("main button").click()
    waited("the link lets in", lambda: b.find("h1").text == "Morning")
    big = made(NAME, report(120000))
    stop(address.split("/enter/")[0], big)
    wrong(made("holiday.raw", "".join(chr(0x100 + i * 7919 % 0x2000) for i in range(3000000))))
    whole(made(NAME, report(30000)))
finally:
    b.stop()
    node.stop()
browser.end()
