# SPDX-License-Identifier: Apache-2.0
"""A page that stays open: rows come in by themselves, not while Hold is pressed and not under the pointer; what was missed while
the stream was away comes after it.

  live.py SOURCE-TREE BUILD-FOLDER"""
import os
import signal
import sys
import time

SOURCE, BUILD = sys.argv[1], sys.argv[2]
sys.argv = [sys.argv[0], os.path.join(BUILD, "weir")]
sys.path.insert(0, os.path.join(SOURCE, "tests", "system"))
import browser
from browser import check, waited
from node import Node
from program import free_port, path

browser.needed()
taken = 0


def weir(*words):
    """What it says."""
    return node.run(*words).stdout.decode()


def desk():
    """The pid of the process that serves the pages."""
    with open(f"/proc/{node.process.pid}/task/{node.process.pid}/children", encoding="ascii") as f:
        for pid in f.read().split():
            with open(f"/proc/{pid}/comm", encoding="utf-8") as name:
                if name.read().strip() == "weir-desk":
                    return int(pid)
    return 0


def take(*addresses):
    """A report with these at their place."""
    global taken
    taken += 1
    report = path(f"r{taken}.csv")
    with open(report, "w", encoding="utf-8") as f:
        f.write("source.ip,classification.type,tlp,destination.port\n" + "".join(f"{a},c2-server,GREEN,80{taken:02}\n" for a in addresses))
    check("a report is taken", node.run("take", "--wait", report).returncode == 0)


def rows(b):
    return b.js("return [...document.querySelectorAll('.table tbody tr')].map(r => r.cells[6].textContent.split(' ')[0])")


def word(b):
    return b.js("return document.querySelector('.live .state').textContent")


def offered(b):
    return b.js("const a = document.querySelector('.live a.show'); return a.hidden ? '' : a.textContent")


def click(b, selector):
    """Without moving the pointer."""
    b.js("document.querySelector(arguments[0]).click()", selector)


def open_findings(b, address):
    b.load(address)
    b.find("main button").click()
    waited("the link lets in", lambda: b.find("h1").text == "Morning")
    waited("the morning is live", lambda: word(b) == "live")
    before = b.js("return document.querySelector('.figures strong').textContent")
    take("192.0.2.100")
    waited("its figures follow", lambda: int(b.js("return document.querySelector('.figures strong').textContent")) == int(before) + 1)
    b.load(b.driver.current_url.split("/", 3)[0] + "//" + b.driver.current_url.split("/")[2] + "/findings")
    waited("findings are live", lambda: word(b) == "live")
    b.passes("live")


def come_in(b):
    b.js("window.drawn = 1")
    # two sentences, where the browser is so slow that the rows do not come together
    b.js("""const said = document.querySelector('.live [role=status]'); window.heard = [];
            new MutationObserver(() => window.heard.push(Number(/\\d+/.exec(said.textContent)))).observe(said, {childList: true, characterData: true, subtree: true});""")
    take("192.0.2.101", "192.0.2.102")
    waited("rows come in at the top", lambda: set(rows(b)[:2]) == {"192.0.2.101", "192.0.2.102"})
    ids = b.js("return [...document.querySelectorAll('.table tbody th')].map(c => Number(c.textContent.slice(1)))")
    check("the newest first", ids == sorted(ids, reverse=True), ids)
    check("the page was not drawn again", b.js("return window.drawn") == 1)
    cells = b.js("return [...document.querySelector('.table tbody tr').cells].map(c => c.textContent)")
    old = b.js("return [...[...document.querySelectorAll('.table tbody tr')].find(r => r.cells[6].textContent.startsWith('192.0.2.100')).cells].map(c => c.textContent)")
    check("as the page draws them", cells[1].startswith("F") and cells[2:6] == old[2:6] and cells[8][:10] == old[8][:10],
          (cells, old))
    check("and their place", cells[6].replace("8002", "") .split(" ", 1)[1:] == old[6].replace("8001", "").split(" ", 1)[1:], (cells[6], old[6]))
    waited("who listens hears it", lambda: sum(n or 0 for n in b.js("return window.heard")) == 2)
    link = b.js("return document.querySelector('.table tbody tr a').getAttribute('href')")
    check("each leads to its page", link.split("?")[0] == "/findings/" + cells[1], link)
    first = cells[1]
    weir("finding", "close", first, "--why", "fixed")
    waited("what changes changes where it stands", lambda: b.js("return document.querySelector('.table tbody tr').cells[3].textContent") == "closed")
    b.passes("live, with rows")


def hold(b):
    click(b, ".live button")
    check("it is held", word(b) == "held" and b.find(".live button").get_attribute("aria-pressed") == "true")
    before = rows(b)
    take("192.0.2.103")
    waited("what is new is offered", lambda: offered(b) == "1 new, show")
    check("and nothing has moved", rows(b) == before)
    b.passes("held")
    click(b, ".live a.show")
    check("who asks sees it", rows(b)[0] == "192.0.2.103" and offered(b) == "" and b.js("return window.drawn") == 1, rows(b)[:2])
    take("192.0.2.104")
    waited("held still", lambda: offered(b) == "1 new, show")
    click(b, ".live button")
    waited("let go, it comes in", lambda: rows(b)[0] == "192.0.2.104" and word(b) == "live")


def under_the_pointer(b):
    box = b.js("const r = document.querySelector('.table tbody tr').getBoundingClientRect(); return [r.x + 40, r.y + 5]")
    b.cdp("Input.dispatchMouseEvent", type="mouseMoved", x=box[0], y=box[1])
    before = rows(b)
    take("192.0.2.105")
    waited("nothing comes in under the pointer", lambda: offered(b) == "1 new, show" and rows(b) == before)
    b.cdp("Input.dispatchMouseEvent", type="mouseMoved", x=5, y=5)
    waited("it does when the pointer has left", lambda: rows(b)[0] == "192.0.2.105" and offered(b) == "")


def away(b):
    os.kill(desk(), signal.SIGSTOP)
    stopped = desk()
    os.kill(stopped, signal.SIGKILL)
    waited("it says that it is away", lambda: word(b) in ("reconnecting", "live"))
    time.sleep(1.5)
    take("192.0.2.106")
    waited("what came meanwhile comes after", lambda: rows(b)[0] == "192.0.2.106" and word(b) == "live")
    check("once", rows(b).count("192.0.2.106") == 1)
    b.log()  # the browser complains of the connection that was cut


def unseen(b):
    """A tab that is not seen has no stream, and catches up when it is."""
    see = "Object.defineProperty(document, 'hidden', {value: arguments[0], configurable: true}); document.dispatchEvent(new Event('visibilitychange'))"
    streams = "return performance.getEntriesByType('resource').filter(e => e.name.includes('/events')).length"
    b.js(see, True)
    waited("the stream is closed", lambda: b.js(streams) >= 1)
    before = rows(b)
    take("192.0.2.107")
    time.sleep(1.5)
    check("nothing comes to who does not look", rows(b) == before)
    b.js(see, False)
    waited("it comes to who looks again", lambda: rows(b)[0] == "192.0.2.107" and word(b) == "live")


def much(b):
    report = path("much.csv")
    with open(report, "w", encoding="utf-8") as f:
        f.write("source.ip,classification.type,tlp,destination.port\n" + "".join(f"198.51.100.{i % 250},c2-server,GREEN,{9000 + i}\n" for i in range(1000)))
    before = rows(b)
    weir("take", "--wait", report)
    waited("much is offered", lambda: "new, show" in offered(b))
    check("and does not pour in", len(rows(b)) <= len(before) + 100)
    click(b, ".live a.show")
    waited("who asks gets the page anew", lambda: rows(b)[0].startswith("198.51.100.") and b.js("return window.drawn") is None)


node = Node("n", "--pages", str(free_port()), "--dry-run").start()
one = browser.Browser()
try:
    open_findings(one, weir("people", "link").strip())
    come_in(one)
    hold(one)
    under_the_pointer(one)
    away(one)
    unseen(one)
    much(one)
    check("nothing is logged", not (log := one.log()), log)
finally:
    one.stop()
    node.stop()
browser.end()
