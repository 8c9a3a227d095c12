# SPDX-License-Identifier: Apache-2.0
"""The staff's pages: who is let in and how, what is posted and from where, and that a report with markup in every field is
nothing but text on each page."""
import glob
import json
import os
import re
import time

import browsing
from browsing import Browser, good_page
from node import EXAMPLES, Node
from program import PATIENCE, check, end, free_port, path, write

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


node = Node("n", "--pages", str(free_port()), "--dry-run").start()


def link():
    p = node.run("people", "link")
    check("a link", p.returncode == 0, p.stderr)
    return p.stdout.decode().strip()


def wait_done(n):
    until = time.monotonic() + PATIENCE
    while node.count("receipts", "--state", "done") < n and time.monotonic() < until:
        time.sleep(0.05)


def let_in():
    first = link()
    base, url = first.rsplit("/enter/", 1)[0], "/enter/" + first.rsplit("/", 1)[1]
    stranger = Browser(base)
    good_page("without a link", stranger.get("/"), 403)
    good_page("nor at another page", stranger.get("/findings/F1"), 403)
    good_page("a link is looked at", stranger.get(url))
    good_page("as often as one likes", stranger.get(url))
    check("a link that nobody made", stranger.post("/enter", {"link": "ab" * 32})[0] == 403)
    one = Browser(base)
    status, _, headers = one.post("/enter", {"link": first.rsplit("/", 1)[1]})
    cookie = headers.get("Set-Cookie", "")
    check("it lets in", status == 303 and headers.get("Location") == "/", (status, headers))
    check("with a cookie that no script sees", "HttpOnly" in cookie and "SameSite=Strict" in cookie, cookie)
    good_page("and shows the morning", one.get("/"))
    check("once", stranger.post("/enter", {"link": first.rsplit("/", 1)[1]})[0] == 403)
    good_page("the other stays outside", stranger.get("/"), 403)
    stored = open(os.path.join(node.state, "state.db"), "rb").read() + open(os.path.join(node.state, "state.db-wal"), "rb").read()
    token = one.cookie.split("=")[1]
    check("what lets in is not stored", bytes.fromhex(token) not in stored and token.encode() not in stored and
          bytes.fromhex(first.rsplit("/", 1)[1]) not in stored)
    return one


def sample(one):
    for report in sorted(glob.glob(os.path.join(EXAMPLES, "reports", "*"))):
        node.run("take", "--wait", report)
    text = good_page("the morning of the sample", one.get("/"))
    check("says that it is one", "Sample country" in text)
    check("names what is first", "What first" in text and 'href="/findings/F' in text)
    check("and each letter's reason", re.search(r"\.yaml:\d+ ", text) is not None)
    finding = re.search(r'href="(/findings/F\d+)"', text).group(1)
    text = good_page("a finding", one.get(finding))
    why = node.run("why", finding.split("/")[-1]).stdout.decode()
    rule = re.search(r"^rule +(.*)$", why, re.M).group(1)
    check("says why in the words of the command", rule in text and "whose" in text, rule)
    good_page("all findings", one.get("/findings"))
    text = good_page("those of a severity", one.get("/findings?severity=critical&owner="))
    check("and no other", 'data-severity="high"' not in text)
    good_page("a filter that is wrong", one.get("/findings?since=yesterday"), 400)
    good_page("a page that is not there", one.get("/nothing"), 404)
    return finding


def change(one, finding):
    csrf, name = one.csrf(), finding.split("/")[-1]
    check("a form of nobody", one.post("/close", {"id": name, "why": "fixed"})[0] == 403)
    check("a form of another visit", one.post("/close", {"id": name, "why": "fixed", "csrf": "0" * 64})[0] == 403)
    check("a form of another site", one.post("/close", {"id": name, "why": "fixed", "csrf": csrf}, Origin="http://evil.example")[0] == 403)
    check("nothing was closed", node.count("findings", "--state", "closed") == 0)
    status, _, headers = one.post("/close", {"id": name, "why": "fixed", "note": "two\nlines", "csrf": csrf})
    check("a form of the own", status == 303 and headers.get("Location") == finding, (status, headers))
    check("closes it", node.count("findings", "--state", "closed") == 1)
    check("what it did is said once", f'role="status">{name} closed as fixed' in one.get(finding)[1] and 'role="status"' not in one.get(finding)[1])
    text = good_page("closing it again is said", one.post("/close", {"id": name, "why": "fixed", "csrf": csrf}), 400)
    check("with the reason and the way back", "is closed already" in text and f'<a href="{finding}">' in text, text)
    check("it is opened again", one.post("/reopen", {"id": name, "csrf": csrf})[0] == 303 and node.count("findings", "--state", "closed") == 0)
    newest = node.ask("findings")[0]["finding"]
    check("one says that he has looked", one.post("/looked", {"id": newest, "csrf": csrf})[0] == 303)
    check("and nothing is new", "<strong>0</strong> <span>findings, all told" in one.get("/")[1])
    check("another Host", one.ask("GET", "/", Host="evil.example")[0] in (400, 403, 421))


def drop(one):
    csrf, before = one.csrf(), node.count("receipts")
    check("a report of nobody", one.upload("a.csv", b"source.ip\n192.0.2.1\n", "0" * 64)[0] == 403)
    head = "source.ip,source.fqdn,classification.type,classification.identifier,malware.name,event_description.text,feed.name,tlp,comment\n"
    row = ",".join(['192.0.2.77', "h.example", "c2-server"] + ['"' + EVIL.replace('"', '""') + '"'] * 4 + ["GREEN", '"' + EVIL.replace('"', '""') + '"'])
    status, _, headers = one.upload("evil<script>.csv", (head + row + "\nnot,enough\n" + f'"{EVIL[:20]}",x\n').encode(), csrf)
    check("a report is taken", status == 303 and headers.get("Location", "").startswith("/reports/R"), (status, headers))
    check("one more", node.count("receipts") == before + 1)
    wait_done(before + 1)
    text = good_page("its page", one.get(headers["Location"]))
    check("lists what could not be read", "Records that could not be read" in text and "E" in text)
    finding = node.ask("findings")[0]["finding"]
    text = good_page("a finding with markup in every field", one.get(f"/findings/{finding}"))
    check("shows it as text", "&lt;script&gt;alert(1)" in text and "<script>alert" not in text)
    good_page("the list with it", one.get("/findings"))
    good_page("the morning with it", one.get("/"))
    rows = b"source.ip,classification.type,tlp\n" + b"".join(b"192.0.2.%d,c2-server,GREEN\n" % (i % 250) for i in range(200000))
    status, _, headers = one.upload("large.csv", rows, csrf)
    check("a large one", status == 303, status)
    wait_done(before + 2)
    taken = next(r for r in node.ask("receipts") if r["path"] == "large.csv")
    check("to its last byte", taken["events"] == 200000 and taken["size"] == len(rows), taken)
    check("from the one who is in", taken["person"] == "sample", taken)


def leave(one):
    cookie, csrf = one.cookie, one.csrf()
    check("to leave", one.post("/leave", {"csrf": csrf})[0] == 200 and one.cookie is None)
    one.cookie = cookie
    good_page("the old cookie opens nothing", one.get("/"), 403)


def assets(one):
    text = one.get("/")[1]
    for name, kind in (("style.css", "text/css"), ("main.js", "text/javascript"), ("icon.svg", "image/svg+xml")):
        address = re.search(rf'"(/a/[0-9a-f]{{16}}/{re.escape(name)})"', text)
        status, _, headers = Browser("http://" + one.host).get(address.group(1)) if address else (0, "", {})
        check(f"{name} is there for everybody", status == 200 and headers.get("Content-Type", "").startswith(kind) and
              "immutable" in headers.get("Cache-Control", ""), (address, status, headers))


def own_country():
    """Who came in to the sample has no business in a country that is not."""
    one = browsing.let_in(node)
    node.stop()
    conf = path("conf")
    os.makedirs(conf)
    write("conf/weir.yaml", b"country: XA\n")
    write("conf/owners.csv", b"id,name,prefixes\nx,X,192.0.2.0/24\n")
    node.options = ("--pages", str(free_port()), "--dry-run", "--conf", conf)
    node.start()
    p = node.run("people", "link")
    check("there is no link", p.returncode != 0 and b"accounts" in p.stderr, p.stderr)
    one.host = "127.0.0.1:" + pages_port()
    check("and the sample's cookie opens nothing", one.get("/")[0] == 403)


def pages_port():
    for pid, name in node.processes():
        if name == "weir-desk":
            inodes = {os.readlink(f)[8:-1] for f in glob.glob(f"/proc/{pid}/fd/*") if os.path.lexists(f) and os.readlink(f).startswith("socket:")}
            with open(f"/proc/{pid}/net/tcp", encoding="ascii") as f:
                for line in f.read().splitlines()[1:]:
                    words = line.split()
                    if words[3] == "0A" and words[9] in inodes:
                        return str(int(words[1].split(":")[1], 16))
    return "0"


person = let_in()
found = sample(person)
assets(person)
change(person, found)
drop(person)
leave(person)
own_country()
node.stop()
plain = Node("plain").start()
said = plain.run("people", "link")
check("a node without pages says how", said.returncode != 0 and b"--pages" in said.stderr, said.stderr)
plain.stop()
end()
