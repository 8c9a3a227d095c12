# SPDX-License-Identifier: Apache-2.0
"""The API for programs: who is let in, lists of any length, what has changed while a report is being read, changes, what is
wrong in words, and the document that describes all of it."""
import csv
import io
import json
import os
import sys
import time

from node import EXAMPLES, Node
from program import check, end, free_port
from programming import Program, report

node = Node("n", "--pages", str(free_port()), "--dry-run").start()
one = Program(node)


def problem(what, answer, status, words=""):
    code, said, headers = answer
    check(what, code == status and headers.get("Content-Type") == "application/problem+json" and said.get("status") == status
          and len(said.get("detail", "")) > 10 and words in said["detail"], (code, said))
    check(f"{what}: its headers", headers.get("Cache-Control") == "no-store" and "default-src 'none'" in headers.get("Content-Security-Policy", ""), headers)
    return headers


def wait_done(receipt):
    until = time.monotonic() + 240
    while time.monotonic() < until:
        rows = one.get("/receipts/" + receipt)[1]["receipts"]
        if rows[0]["state"] in ("done", "aside"):
            return rows[0]
        time.sleep(0.05)
    return {}


def memory_of_desk():
    """Bytes that its process has written to and are its own."""
    for pid, name in node.processes():
        if name == "weir-desk":
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
                return sum(int(line.split()[1]) for line in f if line.startswith(("Private_Dirty", "Private_Clean"))) * 1024
    return 0


def doors():
    headers = problem("nobody", one.ask("GET", "/api/v1/findings", token=False), 401, "token")
    check("how to say who one is", headers.get("WWW-Authenticate", "").startswith("Bearer"), headers)
    problem("a token that nobody made", one.ask("GET", "/api/v1/findings", token="ab" * 32), 401)
    problem("no token at all", one.ask("GET", "/api/v1/findings", token=False, Authorization="Basic YTpi"), 401, "Bearer")
    problem("nothing there", one.get("/finding"), 404, "openapi.json")
    problem("what is not offered", one.get("/tables"), 404)
    problem("nothing at the root", one.ask("GET", "/api/v1"), 404)
    problem("a parameter with a mistake", one.get("/findings", onwer="ministry"), 400, "did you mean 'owner'")
    problem("one that no list has", one.get("/findings", colour="red"), 400, "'colour'")
    problem("twice", one.ask("GET", "/api/v1/findings?owner=a&owner=b"), 400, "twice")
    problem("a limit of nothing", one.get("/findings", limit=0), 400, "limit")
    problem("to post to a list", one.post("/findings", {}), 405, "GET")
    problem("to post nowhere", one.post("/nowhere", {}), 404)
    problem("another media type", one.ask("POST", "/api/v1/changes/hold", "<a/>", Content_Type="text/xml"), 415)
    problem("a body that is too large", one.ask("POST", "/api/v1/changes/hold", "x" * 100000, Content_Type="application/json"), 413)
    problem("words that are too many: to come again does not help", one.post("/changes/handover-note", {"text": "x" * 4500}), 400, "at most")
    problem("another method", one.ask("DELETE", "/api/v1/findings"), 405)
    looked = one.ask("GET", "/api/v1/findings", token=False, Cookie=one.cookie)
    check("the session of the pages looks", looked[0] == 200, looked[:2])
    problem("and changes nothing by itself", one.ask("POST", "/api/v1/changes/finding-close", "{}", token=False, Cookie=one.cookie, Content_Type="application/json"),
            403, "Weir-CSRF")
    problem("nor from elsewhere", one.ask("POST", "/api/v1/changes/finding-close", "{}", token=False, Cookie=one.cookie, Content_Type="application/json",
                                          Weir_CSRF=one.person.csrf(), Origin="http://evil.example"), 403)


def lists():
    for name in sorted(os.listdir(os.path.join(EXAMPLES, "reports"))):
        with open(os.path.join(EXAMPLES, "reports", name), "rb") as f:
            status, said, headers = one.deliver(name, f.read())
        check(f"{name} is taken", status == 202 and headers.get("Location") == "/api/v1/receipts/" + said["receipt"], (status, said, headers))
        wait_done(said["receipt"])
    # what is RED the command shows to who is on the machine, and these pages to nobody here
    shown = {f["finding"]: f for f in node.ask("findings", "--limit", "1000") if f["label"] != "RED"}
    status, said, headers = one.get("/findings", limit=1000)
    check("the list is the command's", status == 200 and {f["finding"]: f for f in said["findings"]} == shown and len(shown) > 10, len(shown))
    etag = headers.get("ETag")
    same = one.ask("GET", "/api/v1/findings?limit=1000", If_None_Match=etag)
    check("nothing has changed", same[0] == 304, same[:2])
    check("another question is another answer", one.ask("GET", "/api/v1/findings?limit=5", If_None_Match=etag)[0] == 200)
    pages, after = [], {}
    while True:
        said = one.get("/findings", limit=4, **after)[1]
        pages += [f["finding"] for f in said["findings"]]
        if "next" not in said:
            break
        after = {"after": said["next"]}
    check("page by page it is the same", pages == list(shown), pages)
    check("how many", one.get("/findings", count=1)[1]["count"] == len(shown))
    ministry = one.get("/findings", owner="ministry")[1]["findings"]
    check("a filter", ministry and all(f["owner"] == "ministry" for f in ministry), ministry)
    lines = one.ask("GET", "/api/v1/findings?limit=1000", Accept="application/x-ndjson")[1].splitlines()
    check("as lines", [json.loads(line)["finding"] for line in lines] == pages, lines[:1])
    rows = list(csv.DictReader(io.StringIO(one.ask("GET", "/api/v1/findings?limit=1000", Accept="text/csv")[1])))
    check("as a table", [r["finding"] for r in rows] == pages, rows[:1])
    for path in ("/receipts", "/notices", "/quiets?all=1", "/alerts?all=1", "/mails", "/holds?all=1", "/feeds", "/owners", "/status"):
        status, said, _ = one.ask("GET", "/api/v1" + path)
        check(f"{path}", status == 200 and isinstance(next(v for v in said.values() if isinstance(v, list)), list), said)
    status, said, _ = one.get("/owners/ministry")
    check("an owner in words", status == 200 and "contact" in said["text"], said)
    problem("an owner who is not there", one.get("/owners/nobody-x"), 404)


def within():
    """What lies in one thing, and why it is so."""
    events = node.ask("events", "--limit", "1000")
    for finding in ("F1", "F2", "F7"):
        mine = [e["event"] for e in events if e["finding"] == finding]
        said = one.get(f"/findings/{finding}/events")[1]
        check(f"events of {finding}", mine and [e["event"] for e in said["events"]] == mine, (said, mine))
        check(f"how many {finding} has", one.get(f"/findings/{finding}/events", count=1)[1]["count"] == len(mine))
    problem("events of a finding that is not there", one.get("/findings/F99999/events"), 404)
    problem("of what is none", one.get("/findings/x/events"), 400, "F12")
    problem("a filter that they do not have", one.get("/findings/F1/events", owner="bank"), 400, "'owner'")
    # broken on purpose, and more than one piece of a list has
    rows = report(400000, 700) + b'"2026-01-05 00:00:00","high","nowhere","tcp","3389","","rdp"\n' * 300
    name = one.deliver("within.csv", rows)[1]["receipt"]
    known = wait_done(name)
    mine = [e["event"] for e in node.ask("events", "--limit", "5000", "--receipt", name)]
    lines = one.ask("GET", f"/api/v1/receipts/{name}/events?limit=5000", Accept="application/x-ndjson")[1].splitlines()
    check("all events of a report", [json.loads(line)["event"] for line in lines] == mine and len(set(mine)) == len(mine) == known["events"] >= 700, (len(lines), len(mine)))
    aside = [a["record"] for a in node.ask("aside", "list", "--limit", "5000", "--receipt", name)]
    pages, after = [], {}
    while True:
        said = one.get(f"/receipts/{name}/asides", limit=70, **after)[1]
        pages += [a["record"] for a in said["asides"]]
        if "next" not in said:
            break
        after = {"after": said["next"]}
    check("what of it was set aside, page by page", pages == aside and len(aside) == 300, (len(pages), len(aside)))
    check("each with its reason", all(a["sentence"] and a["line"] for a in one.get(f"/receipts/{name}/asides")[1]["asides"]), said)
    problem("events of no report", one.get("/receipts/R999/events"), 404)
    problem("asides of no report", one.get("/receipts/R999/asides"), 404)
    letter = one.get("/notices")[1]["notices"][0]["notice"]
    for thing in ("F1", "R1", pages[0], mine[0], letter):
        words = node.run("why", thing).stdout.decode().split()
        facts = one.get(f"/why/{thing}")[1]["facts"]
        said = " ".join(f"{f['name']}{':' if f['part'] == 'field' else ''} {f['text']}" for f in facts).split()
        check(f"why {thing}, as the command says it", said == words and len(facts) > 2, (said, words))
    problem("why what is not there", one.get("/why/F99999"), 404)
    problem("why what is nothing", one.get("/why/x"), 400, "R12")


def change_by_hand():
    status, said, _ = one.post("/changes/finding-close", {"id": "F1", "why": "fixed", "note": "by\nthe test"})
    check("a finding is closed", status == 200 and "F1" in said["said"], said)
    check("and is", one.get("/findings", state="closed")[1]["findings"][0]["finding"] == "F1")
    form = one.ask("POST", "/api/v1/changes/finding-reopen", "id=F1", Content_Type="application/x-www-form-urlencoded")
    check("as a form", form[0] == 200, form[:2])
    problem("no such change", one.post("/changes/finding-clse", {}), 404)
    problem("what lets in is not for programs", one.post("/changes/session-open", {}), 404)
    problem("no such finding", one.post("/changes/finding-close", {"id": "F999", "why": "fixed"}), 404)
    problem("no reason", one.post("/changes/finding-close", {"id": "F1"}), 400)
    for body, words in (("{", "JSON"), ("[]", "object"), ('{"id": ["F1"]}', "'id'"), ('{"a b": "x"}', "letters"), ('{"id": "F1"} x', "behind"), ('{"id": "F1\\u0000"}', "NUL")):
        answer = one.ask("POST", "/api/v1/changes/finding-reopen", body, Content_Type="application/json")
        problem(f"a body like {body}", answer, 400, words)
    here = one.person.csrf()
    status, said, _ = one.ask("POST", "/api/v1/changes/finding-close", '{"id": "F2", "why": "fixed"}', token=False, Cookie=one.cookie,
                              Content_Type="application/json", Weir_CSRF=here)
    check("with the session and its token of forms", status == 200, said)


def formulas():
    evil = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "plain"]
    for i, value in enumerate(evil):
        status, _, _ = one.post("/changes/hold", {"id": f"2026-01-{10 + i:02}", "why": value})
        check(f"a hold that says {value!r}", status == 200, status)
    def held(text):
        return {r["first"]: r["why"] for r in csv.DictReader(io.StringIO(text))}
    cells = held(one.ask("GET", "/api/v1/holds?all=1", Accept="text/csv")[1])
    check("no cell is a formula", len(cells) == len(evil) and not any(v[:1] in ("=", "+", "-", "@", "\t", "\r") for v in cells.values()), cells)
    export = held(one.person.get("/holds.csv?all=1")[1])
    check("nor in what the pages give", export == cells, export)
    exact = {r["why"] for r in csv.DictReader(io.StringIO(node.run("hold", "list", "--all", "--csv").stdout.decode()))}
    check("the command gives them as they are", "=1+1" in exact and "'=1+1" not in exact, exact)
    for h in one.get("/holds")[1]["holds"]:
        one.post("/changes/hold-release", {"id": h["hold"]})


class Copy:
    """What a program keeps of a kind: begins with the whole list, then asks what has changed."""

    def __init__(self, kind, path, limit=1000, key=None):
        self.kind, self.path, self.limit = kind, path, limit
        self.whole = {"limit": 1000000} if path != "/feeds" else {}
        said = one.get(path, **self.whole)[1]
        self.cursor = said["cursor"]
        self.name = next(k for k, v in said.items() if isinstance(v, list))
        self.key = key or next(iter(said[self.name][0])) if said[self.name] else key
        self.rows = {r[self.key]: r for r in said[self.name]}
        self.answers = self.again = 0

    def follow(self):
        while True:
            status, said, _ = one.get("/changes", kind=self.kind, since=self.cursor, limit=self.limit)
            if status != 200:
                return said
            self.answers += 1
            keys = [r[self.key] for r in said[self.name]] + said["gone"]
            check("each once in an answer", len(set(keys)) == len(keys) <= self.limit, len(keys)) if len(set(keys)) != len(keys) else None
            for r in said[self.name]:
                self.again += self.rows.get(r[self.key]) == r
                self.rows[r[self.key]] = r
            for k in said["gone"]:
                self.rows.pop(k, None)
            self.cursor = said["cursor"]
            if not said["more"]:
                return None


def same(copy):
    rows = {r[copy.key]: r for r in one.get(copy.path, **copy.whole)[1][copy.name]}
    different = [k for k in rows.keys() | copy.rows.keys() if rows.get(k) != copy.rows.get(k)]
    return not different, different[:5]


def following():
    """While a report of many rows is read, two programs keep copies."""
    every, small, receipts = Copy("finding", "/findings"), Copy("finding", "/findings", 37), Copy("receipt", "/receipts")
    first = every.cursor
    _, said, _ = one.deliver("2026-01-05-scan_rdp-b-geo.csv", report(0, 20000))
    rounds = 0
    while one.get("/receipts/" + said["receipt"])[1]["receipts"][0]["state"] not in ("done", "aside"):
        every.follow()
        receipts.follow()
        rounds += 1
    one.post("/changes/finding-close", {"id": "F3", "why": "fixed"})
    for copy in (every, receipts):
        copy.follow()
        check(f"the copy of {copy.path} is what is there", *same(copy))
    check("it was asked meanwhile", rounds > 0 and every.answers > 3, (rounds, every.answers))
    check("twenty thousand came", len(every.rows) > 20000, len(every.rows))
    small.cursor = first
    small.follow()
    check("in small portions the same", *same(small))
    check("all of them in as few answers as it takes", small.answers >= 20000 // 37, small.answers)
    # a filter: what leaves the list is gone from it
    cursor = one.get("/findings", state="open", limit=1)[1]["cursor"]
    one.post("/changes/finding-close", {"id": "F4", "why": "fixed"})
    one.post("/changes/finding-close", {"id": "F5", "why": "fixed"})
    one.post("/changes/finding-reopen", {"id": "F3"})
    said = one.get("/findings", state="open", changed_since=cursor)[1]
    check("a list with a filter", [f["finding"] for f in said["findings"]] == ["F3"] and sorted(said["gone"]) == ["F4", "F5"], said)
    said = one.get("/findings", changed_since=said["cursor"])[1]
    check("and then nothing", said["findings"] == [] and said["gone"] == [] and not said["more"], said)
    # objects with names
    feeds = Copy("feed", "/feeds", key="feed")
    one.post("/changes/feed-fetch", {"id": "shadowserver"})
    feeds.follow()
    check("feeds too", *same(feeds))
    owner = one.get("/changes", kind="owner", since=first)
    check("and owners", owner[0] == 200 and owner[1]["owners"] == [], owner[1])
    problem("no kind", one.get("/changes", since=first), 400, "finding")
    problem("another kind", one.get("/changes", kind="findings", since=first), 400, "there are")
    problem("no cursor", one.get("/changes", kind="finding"), 400, "/findings")
    problem("a broken one", one.get("/changes", kind="finding", since="12"), 400, "cursor")
    seq, mark, _ = first.split("-")
    problem("one of another database", one.get("/changes", kind="finding", since=f"{seq}-{int(mark, 16) ^ 1:08x}-0"), 410, "begin again")
    problem("one from the future", one.get("/findings", changed_since="99999999-00000000-0"), 410, "begin again")


def streaming():
    """A list of a hundred thousand rows needs no more memory than a short one."""
    _, said, _ = one.deliver("2026-01-05-scan_rdp-c-geo.csv", report(100000, 90000))
    wait_done(said["receipt"])
    # pages of the database that are kept in memory are kept once
    rows = one.get("/findings", limit=1000000)[1]["findings"]
    before, most, got, size = memory_of_desk(), 0, 0, 0
    c, answer = one.send("GET", "/api/v1/findings?limit=1000000", Accept="application/x-ndjson")
    ids = []
    for line in answer:
        got += 1
        size += len(line)
        ids.append(int(json.loads(line)["finding"][1:]))
        if got % 20000 == 0:
            most = max(most, memory_of_desk())
            # while it goes out others come in
            one.post("/changes/finding-close", {"id": f"F{got}", "why": "fixed"})
    c.close()
    check("all rows, each once, newest first", got > 110000 and len(set(ids)) == got and ids == sorted(ids, reverse=True), got)
    check("what is sent is much, what is held is little", size > 40e6 and (most - before < 4e6 or "sanitized" in sys.argv), (size, before, most))
    check("as one JSON document too", len(rows) == got, len(rows))
    export = one.person.get("/findings.csv")[1]
    check("and as the export of the page", export.count("\n") == got + 1, export.count("\n"))
    check("with its filter", one.person.get("/findings.csv?owner=ministry&class=")[1].count("\n") == 1 + one.get("/findings", owner="ministry", count=1)[1]["count"])


def document():
    status, said, _ = one.get("/openapi.json")
    with open(os.path.join(EXAMPLES, "..", "docs", "reference", "openapi.json"), encoding="utf-8") as f:
        check("the document is the printed one", status == 200 and said == json.load(f))
    # every list it names answers with the columns and nothing else that it names
    for path, methods in said["paths"].items():
        get = methods.get("get")
        if not get or "{" in path or path == "/changes":
            continue
        status, answer, _ = one.get(path)
        needed = [p["name"] for p in get.get("parameters", []) if p.get("required")]
        if needed:
            check(f"{path} says what it needs", status == 400 and f"'{needed[0]}' is needed" in answer["detail"], answer)
            continue
        check(f"{path} is there", status == 200, answer)
        kinds = get["responses"]["200"]["content"]
        if "application/json" not in kinds:  # a file is what it is
            continue
        content = kinds["application/json"]["schema"]["properties"]
        name = next((k for k, v in content.items() if v.get("items", {}).get("$ref")), None)
        if name and answer[name]:
            columns = said["components"]["schemas"][name]["properties"]
            check(f"its columns", list(answer[name][0]) == list(columns), (path, answer[name][0]))
        for p in get.get("parameters", []):
            if p["in"] == "query" and p["name"] == "count":
                check(f"{path}: how many", isinstance(one.get(path, count=1)[1]["count"], int))
    for path in said["paths"]:
        if path.startswith("/changes/"):
            status, answer, _ = one.post(path, {"colour": "red"})
            check(f"{path} is known", status != 404 or "such change" not in answer["detail"], answer)


def reports():
    problem("a report without a name", one.ask("POST", "/api/v1/reports", b"x", Content_Type="application/octet-stream"), 400, "name")
    problem("an empty one", one.deliver("a.csv", b""), 400, "empty")
    problem("of nobody", one.ask("POST", "/api/v1/reports?name=a.csv", b"x" * 100, token=False), 401)
    key = "0123456789abcdef" * 2
    first = one.deliver("same.csv", report(300000, 3), Idempotency_Key=key)[1]
    again = one.deliver("same.csv", report(300000, 3), Idempotency_Key=key)[1]
    check("sent twice, taken once", first["receipt"] == again["receipt"], (first, again))


doors()
lists()
within()
change_by_hand()
formulas()
following()
reports()
streaming()
document()
node.stop()
end()
