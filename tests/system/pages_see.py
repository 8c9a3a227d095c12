# SPDX-License-Identifier: Apache-2.0
"""The pages of findings: filters and orders as the command has them, pages by key while rows come in, several findings at once,
notes, merging and what later reports show of it, lists that are kept, what the next shift is told."""
import html
import json
import re
import time
import urllib.parse

import browsing
from browsing import good_page
from node import Node
from program import PATIENCE, check, end, free_port, path, write

node = Node("n", "--pages", str(free_port()), "--dry-run").start()
HEAD = "source.fqdn,source.ip,source.port,classification.type,malware.name,time.source,tlp\n"
CLASSES = ("infected-system", "c2-server", "phishing", "ddos-amplifier", "brute-force")
given = 0


def take(rows, name="rows.csv"):
    write(name, (HEAD + "".join(",".join(r) + "\n" for r in rows)).encode())
    p = node.run("take", "--wait", path(name))
    check("a report is taken", p.returncode == 0, p.stderr)


def more(n):
    """New findings, with values of every order in between those that are there."""
    global given
    rows = []
    for _ in range(n):
        given += 1
        rows.append((f"h{given * 7919 % 1009}.{given}.{('bank.example', 'gov.example', 'cable.example')[given % 3]}", "", "", CLASSES[given % 5],
                     ("", "mirai", "qakbot")[given % 3], f"2026-01-0{1 + given % 5}T{given * 13 % 24:02}:{given % 60:02}:00Z", "GREEN"))
    take(rows, f"more{given}.csv")


def ids(text):
    return re.findall(r'<th scope="row"><a href="/findings/(F\d+)["?]', text)


def link(text, rel):
    m = re.search(rf'<a href="([^"]*)" rel="{rel}"', text)
    return html.unescape(m.group(1)) if m else None


def pages(one, address, rel, between):
    """All pages from there on, with something done between them."""
    found = []
    while address:
        text = one.get(address)[1]
        found.append(ids(text))
        address = link(text, rel)
        between()
    return found, text


def in_order(one, sort, way):
    """What was there at the start comes once and in its order, whatever comes in meanwhile, forwards and backwards."""
    before = [f["finding"] for f in node.ask("findings", "--sort", sort, "--dir", way, "--limit", "100000")]
    forwards, last = pages(one, f"/findings?sort={sort}&dir={way}", "next", lambda: more(2))
    seen = [i for page in forwards for i in page]
    check(f"{sort} {way}: once each", len(seen) == len(set(seen)), len(seen) - len(set(seen)))
    check(f"{sort} {way}: all in their order", [i for i in seen if i in set(before)] == before)
    at = link(last, "prev")
    backwards, _ = pages(one, at, "prev", lambda: more(1))
    seen = [i for page in backwards[::-1] for i in page] + ids(last)
    check(f"{sort} {way}, backwards: once each", len(seen) == len(set(seen)))
    check(f"{sort} {way}, backwards: all in their order", [i for i in seen if i in set(before)] == before)


def orders(one):
    more(130)
    for n, sort in enumerate(("finding", "severity", "class", "owner", "place", "first", "last", "events", "state", "due", "criticality", "assigned")):
        in_order(one, sort, ("asc", "desc")[n % 2])
    in_order(one, "last", "desc")
    listed = [f["last"] for f in node.ask("findings", "--sort", "last", "--dir", "asc", "--limit", "1000")]
    check("as its column says", listed == sorted(listed) and len(set(listed)) > 20)
    owners = re.findall(r'href="/owners/[^"]*">([^<]*)<', one.get("/findings?sort=owner")[1])
    check("owners go by their names", owners == sorted(owners) and owners, owners[:5])
    for wrong in ("sort=no", "sort=last&dir=up", "sort=last&after=F1", "severity=worst", "state=no", "newer=x", "sort=last&after=F1~x", "since=x"):
        good_page(f"a wrong {wrong}", one.get("/findings?" + wrong), 400)


def count(one, query):
    m = re.search(r'class="counted">(\d+) of (\d+)<', one.get("/findings?" + query)[1])
    return int(m.group(2)) if m else -1


def filters(one):
    take([("", "192.0.2.1", "", "brute-force", "", "2026-01-05T00:00:00Z", "GREEN"), ("", "192.0.2.17", "", "brute-force", "", "2026-01-05T00:00:00Z", "GREEN"),
          ("", "192.0.2.65", "", "brute-force", "", "2026-01-05T00:00:00Z", "GREEN"), ("", "2001:db8:100::7", "", "brute-force", "", "2026-01-05T00:00:00Z", "GREEN"),
          ("", "2001:db8:100:1::7", "", "brute-force", "", "2026-01-05T00:00:00Z", "GREEN"), ("deep.www.bank.example", "", "", "brute-force", "100%_x", "2026-01-05T00:00:00Z", "GREEN")])
    for what, n in (("192.0.2.1", 1), ("192.0.2.0/28", 1), ("192.0.2.0/27", 2), ("192.0.2.0/24", 3), ("192.0.0.0/8", 3), ("2001:db8:100::/48", 2), ("2001:db8:100::/64", 1),
                    ("2001:db8:100::7", 1), ("2001:db8::/32", 2), ("www.bank.example", 1), ("ww.bank.example", 0)):
        check(f"what lies in {what}", count(one, "place=" + what) == n == node.count("findings", "--ip", what), count(one, "place=" + what))
    check("a text with signs", count(one, "q=100%25_x") == 1 and count(one, "q=1%25x") == 0)
    check("owner by id, by a part of the name", count(one, "owner=ministry") == count(one, "owner=of+Exampl") > 0)
    check("sector", count(one, "sector=finance") == count(one, "owner=example-bank") > 0)
    total = count(one, "")
    by = [count(one, "severity=" + s) for s in ("critical", "high", "medium", "low", "info")]
    check("severities add up", sum(by) == total, (by, total))
    check("text finds the owner, too", count(one, "q=ministry+of") == count(one, "owner=ministry"))
    check("several at once", count(one, "owner=ministry&class=phishing&state=open&q=gov") == count(one, "owner=ministry&class=phishing"))
    # pages ask what is in memory, files the database
    for query in ("owner=ministry", "owner=bank", "owner=no-such", "sector=finance", "country=xa", "class=phishing", "class=no-such", "severity=high", "state=active",
                  "state=open", "state=seen-again", "state=told", "state=late", "state=escalated", "state=quiet", "state=closed", "assigned=nobody", "newer=F100",
                  "since=2026-01-05", "until=2026-01-05", "sector=finance&class=phishing&state=open&since=2026-01-02&newer=F3"):
        for order in ("", "&sort=last", "&sort=place&dir=desc"):
            wanted = [f["finding"] for f in json.loads(one.get("/findings.json?" + query + order)[1])["findings"]]
            got = ids(one.get("/findings?" + query + order)[1])
            check(f"{query}{order}: as in the file", got == wanted[:50], (got[:5], wanted[:5]))
        check(f"{query}: as many", max(count(one, query), 0) == len(wanted), (count(one, query), len(wanted)))
    files = html.unescape(re.search(r'href="(/findings\.csv[^"]*)"', one.get("/findings?owner=ministry&sort=last&after=F1~0")[1]).group(1))
    check("the link of a file keeps the filter, not the page", files == "/findings.csv?owner=ministry&sort=last", files)
    code, text, _ = one.get("/findings.csv?sort=place&dir=asc")
    lines = text.strip().split("\r\n")
    places = [line.split(",")[5] for line in lines[1:]]
    check("the file has all of them, in their order", code == 200 and len(places) == total > 250 and places == sorted(places), (code, len(places), total))
    code, text, _ = one.get("/findings.csv?assigned=me")
    check("it knows who asks", code == 200 and len(text.strip().split("\r\n")) == 1, (code, text[:200]))


def post(one, where, status=303, **fields):
    code, text, headers = one.post(where, [(k, v) for k, vs in {"csrf": one.csrf(), **fields}.items() for v in (vs if isinstance(vs, list) else [vs])])
    check(f"{where} {fields}: {status}", code == status, (code, text[-300:]))
    return headers.get("Location", ""), text


def together(one):
    some = [f["finding"] for f in node.ask("findings", "--limit", "3")]
    back = "/findings?sort=last&dir=asc"
    where, _ = post(one, "/assign", id=some, to="me", back=back)
    check("back to the list", where == back, where)
    check("what was done is said, once", "findings: 3, assigned to sample" in one.get(back)[1] and "assigned to sample" not in re.sub(r"<td>.*?</td>", "", one.get(back)[1]))
    check("three are mine", count(one, "assigned=me") == 3 == node.count("findings", "--assigned", "sample"))
    check("and stand on the morning page", re.search(r'assigned=me[^>]*><strong>3<', one.get("/")[1]) is not None)
    post(one, "/close", id=some, why="false-positive", note="seen\r\nby hand")
    check("three are closed", count(one, "state=closed") == 3)
    check("with the note", "seen\nby hand" in html.unescape(one.get("/findings/" + some[0])[1]))
    post(one, "/close", status=400, id=[some[0], node.ask("findings", "--state", "open")[0]["finding"]], why="fixed")
    check("whole or not at all", count(one, "state=closed") == 3)
    post(one, "/reopen", id=some, note="no")
    check("open again", count(one, "state=closed") == 0)
    post(one, "/note", id=some, note="<i>third</i>")
    check("the note is found", count(one, "q=%3Ci%3Ethird") == 3)
    post(one, "/note", status=400, id=some, note="  ")
    post(one, "/assign", status=404, id=["F999999"], to="me")
    post(one, "/assign", status=400, to="me")
    for evil in ("//evil.example/", "https://evil.example/", "/\\evil.example", "/a\r\nX: y"):
        where, _ = post(one, "/assign", id=some, to="nobody", back=evil)
        check(f"back to nowhere else: {evil!r}", where.startswith("/findings"), where)
    check("mine no more", count(one, "assigned=me") == 0)


def beside(one):
    """From one finding to the next within the list that it was opened from, whatever its order."""
    for query in ("", "class=phishing", "owner=ministry&sort=last&dir=asc", "q=bank&sort=owner", "severity=high&sort=place&dir=desc", "state=open&sort=due"):
        wanted = ids(one.get("/findings?" + query)[1])
        first = html.unescape(re.search(r'<th scope="row"><a href="([^"]*)"', one.get("/findings?" + query)[1]).group(1))
        met, at, text = [], first, ""
        while at and len(met) < len(wanted):
            text = one.get(at)[1]
            met.append(re.match(r"/findings/(F\d+)\?", at).group(1))
            at = link(text, "next")
        check(f"one after the other: {query}", met == wanted and len(met) > 5, (met[:5], wanted[:5]))
        check(f"and back: {query}", re.match(rf"/findings/{wanted[-2]}\?", link(text, "prev") or ""), link(text, "prev"))
        text = one.get(first)[1]
        check(f"nothing before the first: {query}", link(text, "prev") is None)
        check(f"the way back has the filter: {query}", query.split("&")[0] in html.unescape(re.search(r'class="links"><a href="([^"]*)"', text).group(1)))
    at = html.unescape(re.search(r'<th scope="row"><a href="([^"]*)"', one.get("/findings?state=open&class=phishing")[1]).group(1))
    finding = re.match(r"/findings/(F\d+)", at).group(1)
    behind = link(one.get(at)[1], "next")
    back = html.unescape(re.search(r'name="back" value="([^"]*)"', one.get(at)[1]).group(1))
    where, _ = post(one, "/close", id=finding, why="fixed", back=back)
    check("closed, it still stands in its list", where == back == at, (where, at))
    check("where it would be", link(one.get(at)[1], "next") == behind)
    for language, words in (("vi", "đã đóng rồi"), ("km", "បានបិទរួចហើយ"), ("en", "is closed already")):
        code, text, _ = one.post("/close", {"csrf": one.csrf(), "id": finding, "why": "fixed"}, Accept_Language=language)
        check(f"why it is refused, in {language}", code == 400 and f"{finding} {words}" in text, text[-300:])
    post(one, "/reopen", id=finding)
    check("without a list there are no neighbours", link(one.get("/findings/" + finding)[1], "next") is None)
    good_page("a list that there cannot be", one.get(f"/findings/{finding}?sort=no"), 400)


def related(one):
    """Other findings of the same file."""
    file = "ab" * 32
    rows = [("a.bank.example", "GREEN", file), ("b.gov.example", "GREEN", file.upper()), ("c.gov.example", "GREEN", "cd" * 32), ("d.gov.example", "RED", file)]
    write("hashes.csv", ("source.fqdn,classification.type,tlp,malware.hash.sha256\n" + "".join(f"{n},malware-distribution,{t},{h}\n" for n, t, h in rows)).encode())
    check("hashes are taken", node.run("take", "--wait", path("hashes.csv")).returncode == 0)
    found = {f["place"]: f["finding"] for f in node.ask("findings", "--limit", "4")}
    text = one.get("/findings/" + found["a.bank.example"])[1].split('id="h-related"', 1)[1]
    check("the same file elsewhere", f'>{found["b.gov.example"]}</a></th><td>file (hash)</td>' in text, text[:600])
    check("not another one, nor what is RED", found["c.gov.example"] not in text and found["d.gov.example"] not in text, text[:600])


def merge(one):
    def at(port):
        return [("", "192.0.2.30", str(port), "c2-server", "mirai", "2026-01-05T00:00:00Z", "GREEN")]

    take(at(1000))
    take(at(2000))
    second, first = [f["finding"] for f in node.ask("findings", "--limit", "2")]
    post(one, "/merge", status=400, id=first, into=first)
    post(one, "/merge", status=404, id=first, into="F999999")
    other = node.ask("findings", "--owner", "ministry")[0]["finding"]
    post(one, "/merge", status=400, id=first, into=other)
    post(one, "/merge", id=first, into=second)
    text = one.get("/findings/" + first)[1]
    check("it says where it goes on", f"goes on as F{second[1:]}" in re.sub("<[^>]*>", "", text))
    check("the other stays open", next(f for f in node.ask("findings", "--ip", "192.0.2.30") if f["finding"] == second)["state"] == "open")

    def seen():
        rows = {f["finding"]: f for f in node.ask("findings", "--ip", "192.0.2.30")}
        return len(rows), rows[first]["events"], rows[second]["events"], rows[first]["state"]

    take(at(1000) + [("", "192.0.2.31", "", "scanner", "", "2026-01-05T00:00:00Z", "GREEN")], "again.csv")
    check("a later report of it is counted where it goes on", seen() == (2, 1, 2, "closed"), seen())
    node.stop()
    node.start()
    one = browsing.let_in(node)
    take(at(1000) + [("", "192.0.2.32", "", "scanner", "", "2026-01-05T00:00:00Z", "GREEN")], "afterwards.csv")
    check("also after the node has started anew", seen() == (2, 1, 3, "closed"), seen())
    post(one, "/reopen", status=400, id=first)
    post(one, "/close", id=second, why="fixed")
    take(at(1000) + [("", "192.0.2.33", "", "scanner", "", "2026-01-05T00:00:00Z", "GREEN")], "back.csv")
    check("it opens the one that goes on", seen() == (2, 1, 4, "closed") and next(f for f in node.ask("findings", "--ip", "192.0.2.30") if f["finding"] == second)["state"] == "seen-again", seen())
    text = one.get(f"/findings/{second}/events")[1]
    check("its events are those of both", len(re.findall(r'href="/events/E', text)) == 5, len(re.findall(r'href="/events/E', text)))
    check("the command says it", b"a person has merged it" in node.run("why", first).stdout, node.run("why", first).stdout)
    return one


def kept(one):
    post(one, "/saved", name="phish", query="class=phishing\r\nsort=last\r\n", shared="team", back="/findings")
    text = good_page("a list that is kept", one.get("/findings"))
    address = html.unescape(re.search(r'<a href="(/findings\?[^"]*saved=S\d+)"', text).group(1))
    check("leads to what was kept", "class=phishing" in address and "sort=last" in address, address)
    s = re.search(r"saved=(S\d+)", address).group(1)
    check("not looked at yet", "not looked at yet" in one.get("/")[1])
    newest = node.ask("findings", "--limit", "1")[0]["finding"]
    post(one, "/saved/looked", id=s, until=newest)
    take([("new.bank.example", "", "", "phishing", "", "2026-01-05T00:00:00Z", "GREEN"), ("new.bank.example", "", "", "brute-force", "", "2026-01-05T00:00:00Z", "GREEN")])
    check("one is new in it", "new: 1<" in one.get("/")[1])
    post(one, "/saved", status=400, name="", query="")
    post(one, "/saved", status=400, name="x", query="Class;drop=1")
    post(one, "/saved/drop", id=s)
    check("dropped", "phish</a>" not in one.get("/findings")[1])
    post(one, "/saved/drop", status=404, id=s)


def shift(one):
    post(one, "/handover", text="first <note>")
    post(one, "/handover", text="second\r\nnote")
    text = html.unescape(good_page("the morning with notes", one.get("/")))
    check("the newest stands first", 0 < text.find("second\nnote") < text.find("first <note>"))
    post(one, "/handover", status=400, text=" ")


def by_hand(one):
    good_page("a form for one by hand", one.get("/findings/new?ip=192.0.2.40"))
    where, _ = post(one, "/findings/new", **{"class": "phishing", "url": "http://www.bank.example/<x>", "note": "they called", "label": "GREEN"})
    check("it is a report", where.startswith("/reports/R"), where)
    until = time.monotonic() + PATIENCE
    while node.count("findings", "--q", "www.bank.example/") < 1 and time.monotonic() < until:
        time.sleep(0.05)
    found = node.ask("findings", "--q", "www.bank.example/")[0]
    check("and a finding", found["class"] == "phishing" and found["label"] == "GREEN", found)
    text = good_page("its page", one.get("/findings/" + found["finding"]))
    check("with what was said", "they called" in text)
    _, text = post(one, "/findings/new", status=400, **{"class": "phishing"})
    check("where is it?", "where is it?" in text)
    event = re.search(r'href="(/events/E[\d.]+)"', one.get(f"/findings/{found['finding']}/events")[1]).group(1)
    good_page("an event", one.get(event))
    good_page("events of none", one.get("/findings/F999999/events"), 404)


person = browsing.let_in(node)
orders(person)
filters(person)
together(person)
beside(person)
related(person)
person = merge(person)
kept(person)
shift(person)
by_hand(person)
node.stop()
end()
