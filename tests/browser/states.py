# SPDX-License-Identifier: Apache-2.0
"""Two states in two browsers, each at its own node and in its own language: a request is sent, taken on, asked about, answered and ended;
another goes to and fro as files, while the line is cut; then a round is opened, commented on, stopped by an objection that its author takes back, supported by both and adopted, and both
browsers show one result.

  states.py SOURCE-TREE BUILD-FOLDER"""
import hashlib
import os
import re
import signal
import sys
import time

SOURCE, BUILD = sys.argv[1], sys.argv[2]
sys.argv = [sys.argv[0], os.path.join(BUILD, "weir")]
sys.path.insert(0, os.path.join(SOURCE, "tests", "system"))
sys.path.insert(0, os.path.join(SOURCE, "examples", "region"))
import binding
import browser
import consensus
import play
from browser import check, waited
from program import FOLDER, WEIR, path, write

SOON = 110  # seconds in which both say where they stand, or as long as all took that came before
BEGAN = time.monotonic()
CLAUSE = "k7qm"
TEXT = "# Hours {#6y5a}\n\nA person answers within four hours. {#k7qm}\n"


class State:
    """A CERT: its node, and a browser in which somebody has come in."""

    def __init__(self, node):
        self.node, self.b, self.files = node, browser.Browser(), path(node.cc + ".fetched")
        self.b.cdp("Page.setDownloadBehavior", behavior="allow", downloadPath=self.files)
        address = node.link()
        self.base = address.split("/enter/")[0]
        self.b.load(address)
        self.b.find("main button").click()
        waited(f"{node.cc}: in", lambda: self.b.driver.find_elements("css selector", "header form[action='/leave'], form.drop"))
        # accounts with roles are made and logged in to in people.py
        binding.query(node, "update session set role = 'may-bind coordinator'")

    def load(self, url):
        self.b.load(self.base + url)

    def main(self):
        return self.b.find("main").text

    def sees(self, what, url, good):
        """Asked for again and again, as somebody does who waits for an answer."""
        def look():
            self.load(url)
            return good()
        waited(f"{self.node.cc}: {what}", look)
        self.b.log()  # a round whose files are on their way is answered with a sentence and 400

    def form(self, action, fields):
        """The first one that goes there and has these fields; one that is hidden has its value already."""
        for form in self.b.driver.find_elements("css selector", f"form[action='{action}']"):
            found = {n: form.find_elements("css selector", f"[name='{n}']") for n in fields}
            if all(f and (f[0].get_attribute("type") != "hidden" or f[0].get_attribute("value") == fields[n]) for n, f in found.items()):
                return form, {n: f[0] for n, f in found.items()}
        raise SystemExit(f"{self.node.cc}: no form {action} with {list(fields)}: {self.main()[:800]}")

    def send(self, action, **fields):
        """Fills it and presses its button; waits for the page after it."""
        form, found = self.form(action, fields)
        self.b.js("for (let e = arguments[0]; e; e = e.parentElement) if (e.tagName === 'DETAILS') e.open = true", form)
        for name, value in fields.items():
            field = found[name]
            if field.tag_name == "select":
                field.find_element("css selector", f"option[value='{value}']").click()
            elif field.get_attribute("type") == "checkbox":
                field.click()
            elif field.get_attribute("type") != "hidden":
                field.clear()
                field.send_keys(value)
        before = self.b.find("html").id
        form.find_element("css selector", "button:not([type='button'])").click()
        waited(f"{self.node.cc}: {action} is answered", lambda: self.b.find("html").id != before and self.b.find("h1"))
        check(f"{self.node.cc}: {action} is taken", self.b.js("return performance.getEntriesByType('navigation')[0].responseStatus") < 400, self.main()[:600])

    def passes(self, name):
        for shown, size, dark in (("light", "desk", False), ("dark", "desk", True), ("phone", "phone", False)):
            self.b.look(size=size, dark=dark)
            self.b.passes(f"{self.node.cc} {name}, {shown}")
        self.b.look()


def request(la, vn):
    la.load("/cases")
    la.send("/cases/new", title="A page that poses as a bank", severity="c3", peer="vn", ask="mitigation-request", text="Please have it taken down.")
    mine = next(c["case"] for c in la.node.cases(peer="vn"))
    la.load(f"/cases/{mine}")
    la.send("/cases/send")
    waited("vn: the request is here", lambda: vn.node.cases(peer="la"))
    theirs = vn.node.cases(peer="la")[0]["case"]
    vn.load(f"/cases/{theirs}")
    vn.passes("a request")
    check("vn: the words are there", "Please have it taken down." in vn.main(), vn.main()[:400])
    vn.send("/cases/state", state="accepted")
    la.sees("it is taken on", f"/cases/{mine}", lambda: la.node.case(mine)["state"] == "accepted" and "accepted" in la.main().lower())
    vn.load(f"/cases/{theirs}")
    vn.send("/cases/note", text="Is the page still up?", tell="1")
    la.sees("the question", f"/cases/{mine}", lambda: "Is the page still up?" in la.main())
    la.send("/cases/note", text="Yes, since five hours.", tell="1")
    vn.sees("the answer", f"/cases/{theirs}", lambda: "Yes, since five hours." in vn.main())
    vn.send("/cases/state", state="resolved", text="The provider has taken it down.")
    la.sees("how it ended", f"/cases/{mine}", lambda: la.node.case(mine)["state"] == "resolved" and "The provider has taken it down." in la.main())
    la.passes("a request that has ended")


def carried(one, other, look=False):
    """Packed on a page of the one, fetched by its browser, handed in on a page of the other."""
    one.load("/couriers")
    if look:
        one.passes("couriers")
    one.send("/couriers/pack", id=other.node.cc)
    here = one.b.driver.current_url.removeprefix(one.base)
    one.sees("what was packed", here, lambda: one.b.driver.find_elements("css selector", "main a[href*='courier-file']"))
    if look:
        one.passes("a courier")
    row = one.b.find("main tr:has(a[href*='courier-file'])")
    file = os.path.join(one.files, row.find_element("css selector", "a").text)
    row.find_element("css selector", "a").click()
    waited(f"{one.node.cc}: the file is fetched", lambda: os.path.exists(file))
    digest = row.find_element("css selector", "code").text.replace(" ", "")
    with open(file, "rb") as f:
        check(f"{one.node.cc}: it has the SHA-256 that is read aloud", hashlib.sha256(f.read()).hexdigest() == digest, digest)
    other.load("/couriers")
    other.b.find("form[action='/couriers/open'] input[type='file']").send_keys(file)
    other.send("/couriers/open")
    there = other.b.driver.current_url.removeprefix(other.base)
    other.sees("what came of it", there, lambda: "h-came" in other.b.driver.page_source)
    check(f"{other.node.cc}: the same SHA-256", digest in other.main().replace(" ", ""), other.main()[:600])
    if look:
        other.passes("a courier that came")


def couriers(la, vn):
    """The line of the other stands still; its pages do not."""
    line = [pid for name, pid in consensus.children(vn.node.process.pid).items() if name in consensus.LINE]
    for pid in line:
        os.kill(pid, signal.SIGSTOP)
    try:
        la.load("/cases")
        la.send("/cases/new", title="Another page", severity="c3", peer="vn", ask="mitigation-request", text="This one as well, please.")
        mine = next(c["case"] for c in la.node.cases(peer="vn") if c["title"] == "Another page")
        la.load(f"/cases/{mine}")
        la.send("/cases/send")
        carried(la, vn)
        theirs = next(c["case"] for c in vn.node.cases(peer="la") if c["title"] == "Another page")
        vn.load(f"/cases/{theirs}")
        check("vn: the words came with the file", "This one as well, please." in vn.main(), vn.main()[:400])
        vn.send("/cases/state", state="accepted")
        carried(vn, la, look=True)
        la.sees("it is taken on, by courier", f"/cases/{mine}", lambda: la.node.case(mine)["state"] == "accepted")
    finally:
        for pid in line:
            os.kill(pid, signal.SIGCONT)


def opened(la):
    """Its text and manifest by the command, as one person; the other one signs in the browser."""
    write("hours.md", TEXT.encode())
    la.node.run("agree", "text", "hours", path("hours.md"), "--lang", "en", "--authentic")
    when = lambda t: time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(t))
    closes = time.time() + max(SOON, time.monotonic() - BEGAN)
    la.node.run("agree", "propose", "hours", "--title", "Hours of the desks", "--members", "la,vn", "--rule", "assent", "--needs", "all", "--level", "node",
                "--min-notice", "0h", "--working-days", "0", "--opens", when(closes - 3600), "--closes", when(closes), "--grace", "0h", "--confirm", "2",
                "--in-force", "adopted+1d")
    la.load("/agree")
    la.b.find("main a[href^='/agree-sign/']").click()
    waited("la: what is to be signed", lambda: "weir-round-1" in la.b.driver.page_source)
    la.send("/agree/sign")


def position(state, word, **fields):
    state.load("/agree-position/hours/1")
    state.send("/agree/position-preview", position=word, **fields)
    state.send("/agree/position")


def shown(state):
    """The word of the round's state, whatever the language."""
    return [e.get_attribute("data-round") for e in state.b.driver.find_elements("css selector", "main [data-round]")]


def written(vn):
    """An amendment, whose difference shows while it is written; it is left there."""
    vn.load(f"/agree-amendment/hours/1?clause={CLAUSE}&op=replace")
    form, found = vn.form("/agree/amend-preview", {"words": ""})
    found["words"].clear()
    found["words"].send_keys("A person answers within three hours.")
    waited("vn: the difference while it is written", lambda: any("three" in e.text for e in vn.b.driver.find_elements("css selector", ".preview ins")))
    check("vn: what went, too", any("four" in e.text for e in vn.b.driver.find_elements("css selector", ".preview del")))
    check("vn: nothing is signed from there", not vn.b.driver.find_elements("css selector", ".preview form, .preview button"))
    vn.passes("an amendment that is being written")
    found["words"].clear()
    found["words"].send_keys("# A heading")
    waited("vn: what cannot be is said at once", lambda: vn.b.driver.find_elements("css selector", ".preview .error"))
    vn.load("/agree-amendment/hours/1?clause=6y5a&op=replace")
    _, found = vn.form("/agree/amend-preview", {"words": ""})
    check("vn: what was typed about one clause is not put in for another", found["words"].get_property("value") == "# Hours", found["words"].get_property("value"))


def round_(la, vn):
    opened(la)
    vn.sees("the round", "/agree/hours/1", lambda: "A person answers within four hours." in vn.main())
    vn.passes("a text")
    la.load("/agree-service/hours/1")
    check("la: what withdrawing does is said on the screen, and not on paper as if it were so", "Nothing of it counts any more" in la.main()
          and "Nothing of it counts" not in "".join(la.b.paper("service of two states")))
    la.passes("a board of service")
    la.b.look(size="phone")
    board = la.b.js("const t = document.querySelector('.rows > .table'); return [t.scrollWidth, t.clientWidth]")
    check("la: the board of service is no wider than a phone", board[0] <= board[1], board)
    la.b.look()
    vn.load(f"/agree/hours/1?clause={CLAUSE}")
    vn.send("/agree/comment", text="Who counts the hours?")
    la.sees("the comment beside its clause", "/agree/hours/1", lambda: "Who counts the hours?" in la.main())
    written(vn)
    position(vn, "objection", text="Not at night.", cure="eight hours", clauses=CLAUSE)
    la.sees("the objection", "/agree-objections/hours/1", lambda: "Not at night." in la.main() and "eight hours" in la.main())
    la.passes("an objection")
    check("la: nobody else takes it back", not la.b.driver.find_elements("css selector", "form[action='/agree/retract']"))
    vn.load("/agree-objections/hours/1")
    vn.send("/agree/retract", reason="we have talked")
    la.sees("it is taken back", "/agree-certificate/hours/1", lambda: "broken" not in shown(la))
    position(vn, "support")
    position(la, "support")
    for state in (la, vn):
        state.sees("one result", "/agree-certificate/hours/1", lambda state=state: "adopted" in shown(state))
        state.passes("a result")
    check("one block on both", len({s.node.run("agree", "get", "hours/1", "--file", "block") for s in (la, vn)}) == 1)
    paper = la.b.paper("certificate of two states")
    check("it can be printed", "Hours of the desks" in "".join(paper), paper[:1])
    code = re.search(r"^text code +(\d{4} \d{4})$", vn.node.run("agree", "show", "hours/1"), re.M).group(1)
    for url in ("/agree/hours/1", "/agree-table/hours/1"):
        vn.load(url)
        paper = vn.b.paper("of two states " + url[1:].replace("/", " "))
        check(f"{url}: each sheet says of which text it is", paper and all("hours/1" in sheet.split("TLP:AMBER")[-1] and code in sheet for sheet in paper), paper)
    committed(la)


def committed(la):
    la.load("/agree-certificate/hours/1")
    la.send("/agree/commit-preview", what="A first human answer within four hours", owner="Duty desk", due="30d")
    la.send("/agree/commit")
    for url, name in (("/agree", "rounds"), ("/agree-commitments", "commitments")):
        la.load(url)
        la.passes(name)
    field = la.b.js("const f = document.querySelector('td [name=text]').getBoundingClientRect(), c = document.querySelector('td:has([name=text])').getBoundingClientRect(); return [f.right, c.right]")
    check("la: a field is no wider than its cell", field[0] <= field[1], field)


browser.needed()
region = play.Play(WEIR, FOLDER, True, ("la", "vn"))
states = []
try:
    region.start()
    states = [State(region.nodes[cc]) for cc in ("la", "vn")]
    la, vn = states
    la.load("/languages")
    la.send("/language", language="en")
    request(la, vn)
    couriers(la, vn)
    round_(la, vn)
except play.Stop as e:
    check("the nodes do what they are told", False, e)
finally:
    for s in states:
        s.b.stop()
    for n in region.nodes.values():
        n.stop()
    for n in region.nodes.values():
        n.stopped()
browser.end()
