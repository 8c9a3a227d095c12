# SPDX-License-Identifier: Apache-2.0
"""Who may what, as a matrix: every page and every change of the tables ("weir docs roles"), every role, accounts for all of the
country and for one owner, things inside and outside of what an account sees, and what is TLP:RED. What is expected follows from
the rows alone; what is asked is the node."""
import glob
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import time

from browsing import Browser
from node import EXAMPLES, Node
from program import WEIR, check, end, free_port, path, write

CONF = path("conf")
shutil.copytree(os.path.join(EXAMPLES, "country"), CONF)
with open(os.path.join(CONF, "weir.yaml"), "a", encoding="utf-8") as f:
    f.write("\nred: [dara]\n")
node = Node("n", "--pages", str(free_port()), "--dry-run", "--conf", CONF).start()
for report in sorted(glob.glob(os.path.join(EXAMPLES, "reports", "*"))):
    node.run("take", "--wait", report)
write("nightfall.csv", b"source.ip,classification.type,tlp,comment\n192.0.2.41,c2-server,RED,the-very-secret\n")
node.run("take", "--wait", path("nightfall.csv"))
for words in (("inside", "--owner", "example-bank"), ("the-outside-case", "--owner", "example-net"), ("the-very-secret", "--owner", "example-bank", "--label", "RED", "--for", "dara")):
    node.run("case", "new", *words)
base = node.run("people", "link").stdout.decode().strip().rsplit("/enter/", 1)[0]
node.stop()

# ---- tables --------------------------------------------------------------------------------------------------------------


def rows(title):
    """Rows of the table whose first head is that word."""
    text = subprocess.run([WEIR, "docs", "roles"], capture_output=True, text=True, check=True).stdout
    lines = text.split(f"| {title} |", 1)[1].splitlines()[2:]
    found = []
    for line in lines:
        if not line.startswith("|"):
            break
        found.append([c.strip() for c in line.strip("|").split(" | ")])
    return found


def rights(text):
    return set() if text == "-" else set(text.split(", "))


ROLES = {r[0]: rights(r[1]) for r in rows("role")}
LISTS = [(r[0], rights(r[1]), r[2] == "yes") for r in rows("list")]
PAGES = [(r[0], rights(r[1]), r[2] == "yes") for r in rows("page")]
CHANGES = [(r[0], rights(r[1]), r[2] == "yes") for r in rows("change")]
check("the tables can be read", len(ROLES) >= 9 and len(PAGES) >= 4 and len(CHANGES) >= 20, (ROLES, PAGES))

# ---- persons -------------------------------------------------------------------------------------------------------------

db = sqlite3.connect(os.path.join(node.state, "state.db"))
one_owner, = db.execute("select ref from owner where name = 'Example Bank'").fetchone()
persons = {}


def add(person, role, narrow=False):
    token = os.urandom(32)
    now = int(time.time() * 1e6)
    columns = {"id": hashlib.sha256(token).digest(), "person": person, "role": role, "opened": now, "until": now + 3600 * 10**6}
    known = {c[1] for c in db.execute("pragma table_info(session)")}
    if "used" in known:
        columns["used"] = now
    db.execute(f"insert into session({', '.join(columns)}) values ({', '.join('?' * len(columns))})", list(columns.values()))
    if narrow:
        db.execute("insert into scope values (?, 'owner', ?)", (person, one_owner))
    browser = Browser(base)
    browser.cookie = "weir=" + token.hex()
    persons[person] = (browser, ROLES.get(role, set()), narrow)


for each in ROLES:
    add(each, each)
    add("narrow-" + each, each, True)
add("dara", "viewer")
# of the team, and of somebody else
db.execute("insert into saved values (1, 'dara', 'of-the-team', 'owner=example-bank', 1, 1)")
db.execute("insert into saved values (2, 'dara', 'of-dara', 'owner=example-bank', 0, 1)")
db.commit()


def ids(sql):
    return [r[0] for r in db.execute(sql)]


OWN = " join owner o on o.id = x.owner where o.ref = '" + one_owner + "'"
OTHER = OWN.replace("o.ref =", "o.ref <>")
THINGS = {
    # what, letter, inside, outside, RED
    "/findings": ("F", ids("select x.id from finding x" + OWN + " and x.label <> 'RED'"), ids("select x.id from finding x" + OTHER + " and x.label <> 'RED'"),
                  ids("select id from finding where label = 'RED'")),
    "/letters": ("N", ids("select n.id from notice n join contact x on x.id = n.contact" + OWN),
                 ids("select n.id from notice n join contact x on x.id = n.contact" + OTHER), []),
    "/owners": ("", [one_owner], ids("select ref from owner where ref <> '" + one_owner + "'"), []),
    "/reports": ("R", ids("select id from receipt where name <> 'nightfall.csv'"), [], []),
    "/incoming": ("M", ids("select id from message"), [], []),
    "/cases": ("K", ids("select id from case_ where title = 'inside'"), ids("select id from case_ where title = 'the-outside-case'"),
               ids("select id from case_ where label = 'RED'")),
}
# what an account for one owner must not meet: names, contacts and places of others, and what came in for all
FOREIGN = {n for (n,) in db.execute("select name from owner where ref <> ?", (one_owner,))} | {
    m for (m,) in db.execute("select c.email from contact c join owner o on o.id = c.owner where o.ref <> ?", (one_owner,))} | {
    w for (w,) in db.execute("select f.place from finding f join owner o on o.id = f.owner where o.ref <> ?", (one_owner,))}
FOREIGN.add("the-outside-case")
CAME_IN = set(ids("select name from receipt"))
RED_RECEIPT, = ids("select id from receipt where name = 'nightfall.csv'")
db.close()
check("there is something inside, outside and RED", all(len(x) > 0 for x in THINGS["/findings"][1:]) and all(THINGS["/letters"][1:3]) and all(THINGS["/cases"][1:]), THINGS)
node.start()

# ---- pages ---------------------------------------------------------------------------------------------------------------

stranger = Browser(base)
# the first row of the log of changes
START = next(f"{seq}-{(at ^ at >> 32) & 0xffffffff:08x}-0" for seq, at in
             sqlite3.connect(os.path.join(node.state, "state.db")).execute("select seq, at from changes order by seq limit 1"))


def expect(what, asked, wanted):
    check(what, asked[0] == wanted, (asked[0], wanted, asked[1][:300] if asked[0] == 200 else ""))


def page(address, right, narrow, things):
    for person, (browser, has, is_narrow) in persons.items():
        may = right <= has and (narrow or not is_narrow)
        for where, url in things:
            wanted = 200
            if not may:
                wanted = 403
            elif (where == "outside" and is_narrow) or (where == "red" and person != "dara"):
                wanted = 404
            answer = browser.get(url)
            expect(f"{url} ({where}) for {person}", answer, wanted)
            if is_narrow:
                # where a finding of its own comes from is told on its page
                hidden = FOREIGN | (set() if url.startswith(("/findings/", "/api/v1/why/F")) else CAME_IN)
                met = sorted(w for w in hidden if re.search(rf"(?<![\w.:]){re.escape(w)}(?![\w:])", answer[1]))
                check(f"{url} for {person} tells nothing of others", not met, met[:5])
            if person != "dara":
                check(f"{url} for {person} tells nothing RED", not re.search("the-very-secret|192.0.2.41|nightfall", answer[1]))
    for where, url in things:
        check(f"{url} for a stranger", stranger.get(url)[0] in (303, 401, 403))


def addresses(route):
    if not route.endswith("/ID"):
        return [("inside", route)]
    top = route[:-3]
    letter, inside, outside, red = THINGS.get(top, ("", [], [], []))
    return [(where, f"{top}/{letter}{some[0]}") for where, some in (("inside", inside), ("outside", outside), ("red", red)) if some]


for route, needed, narrowed in PAGES:
    page(route, needed, narrowed, addresses(route))

# ---- lists of the API, files of the pages, live pages -----------------------------------------------------------------------

NAMES = {"/notices": "/letters", "/receipts": "/reports", "/mails": "/incoming", "/mail": "/incoming", "/case": "/cases", "/case-record": "/cases"}
check("there are lists", len(LISTS) >= 10, LISTS)
# of one thing, which the question names by a parameter that it needs
with open(os.path.join(EXAMPLES, "..", "docs", "reference", "openapi.json"), encoding="utf-8") as f:
    ONE = {route for route, methods in json.load(f)["paths"].items()
           if any(p["in"] == "query" and p.get("required") for p in methods.get("get", {}).get("parameters", []))}
check("some need a parameter", "/round" in ONE and len(ONE) < 12, ONE)
for route, needed, narrowed in LISTS:
    if route in ONE:
        for person, (browser, has, is_narrow) in persons.items():
            may = needed <= has and (narrowed or not is_narrow)
            status = browser.get("/api/v1" + route)[0]
            check(f"{route} for {person}", status == 400 if may else status in (403, 404), (status, may))
        continue
    whole = "/ID" not in route
    path, _, tail = route.partition("/ID")
    top = NAMES.get(path, path)
    things = [("inside", route)] if whole else [(where, f"{path}/{url.rsplit('/', 1)[1]}{tail}") for where, url in addresses(top + "/ID")]
    if path == "/why":
        # of anything; what is of all the country is for no account of one owner
        things = addresses("/findings/ID") + addresses("/letters/ID")
        things = [(where, "/why/" + url.rsplit("/", 1)[1]) for where, url in things]
    page("", needed, narrowed, [(where, "/api/v1" + url) for where, url in things])
    for person, (browser, has, is_narrow) in persons.items() if whole else ():
        may = needed <= has and (narrowed or not is_narrow)
        answers = [browser.get(url) for url in ("/api/v1" + route, route + ".csv", route + ".json") if route not in ("/register", "/case-calendar", "/meeting-calendar") or url.startswith("/api")]
        if route in ("/findings", "/notices", "/mails", "/receipts", "/owners", "/cases", "/case-entries"):
            answers.append(browser.get("/api/v1" + route + "?count=1"))
        kind = {"/findings": "finding", "/notices": "notice", "/owners": "owner", "/cases": "case"}.get(route)
        if kind and may:
            # everything that ever was, asked for as what has changed
            answers.append(browser.get(f"/api/v1/changes?kind={kind}&since={START}"))
            answers.append(browser.get(f"/api/v1{route}?changed_since={START}"))
        for status, text, _ in answers:
            check(f"{route} for {person}", status in ((200,) if may else (403, 404)), (status, may, text[:200]))
            if person != "dara":
                check(f"{route} tells {person} nothing RED", not re.search("the-very-secret|192.0.2.41|nightfall", text), text[:300])
            if is_narrow and status == 200 and "owner" in text:
                seen = set(re.findall(r'"owner": "([^"]+)"', text))
                check(f"{route} tells {person} of his owner alone", seen <= {one_owner}, seen)
    if things:
        check(f"{route} for a stranger", stranger.get("/api/v1" + things[0][1])[0] == 401)

# what is RED in a report, and what is of all the country
event = f"E{RED_RECEIPT}.0.0"
for person, (browser, has, is_narrow) in persons.items():
    for url in (f"/receipts/R{RED_RECEIPT}/events", f"/receipts/R{RED_RECEIPT}/asides", f"/why/R{RED_RECEIPT}", f"/why/{event}", "/why/R1", "/why/E1.0.0"):
        status, text, _ = browser.get("/api/v1" + url)
        red = person == "dara"
        if "read" not in has or is_narrow:
            wanted = (403,)
        elif red or url.endswith("/events") or url.startswith("/why/R") or url == "/why/E1.0.0":
            wanted = (200,)
        else:
            wanted = (403, 404)
        check(f"{url} for {person}", status in wanted, (status, wanted, text[:200]))
        check(f"{url} tells {person} nothing RED", red or not re.search("the-very-secret|192.0.2.41|nightfall", text), text[:300])
named, other = persons["dara"][0], persons["viewer"][0]
for url in ("/reports", f"/reports/R{RED_RECEIPT}", "/"):
    check(f"its name on {url} is for who is named", "nightfall" in named.get(url)[1] and "a report of TLP:RED" in other.get(url)[1], other.get(url)[1][:300])
rows = {r["receipt"]: r for r in json.loads(other.get("/api/v1/receipts?limit=100")[1])["receipts"]}
check("a program is told what it is", rows[f"R{RED_RECEIPT}"]["path"] == "TLP:RED", rows[f"R{RED_RECEIPT}"])
check("who is named sees it", "192.0.2.41" in persons["dara"][0].get(f"/api/v1/receipts/R{RED_RECEIPT}/events")[1])

# ---- changes -------------------------------------------------------------------------------------------------------------


def csrf(browser):
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', browser.get("/account")[1] or "") or \
        re.search(r'name="csrf" value="([0-9a-f]{64})"', browser.get("/nothing")[1])
    return found.group(1)


def post(browser, name, fields):
    return browser.ask("POST", "/api/v1/changes/" + name, json.dumps(fields), Content_Type="application/json", Weir_CSRF=csrf(browser))


# what would end the visit that asks, or every other one
NEVER = ("session-", "link-", "account-", "token-")
if stranger.get("/api/v1/findings")[0] == 401:
    objects = {name: row for name, row in (("F", THINGS["/findings"]), ("N", THINGS["/letters"]), ("S", ("S", [], [1], [])), ("K", THINGS["/cases"]))}
    for name, needed, narrowed in CHANGES:
        # bytes come with some, which the API does not take
        if name.startswith(NEVER) or name in ("agree-text", "agree-rewrite", "agree-minutes", "agree-summary-file", "agree-progress-file", "case-attach", "learn-attach", "case-import", "abroad-import", "blob-add", "courier-open", "meeting-paper-file", "meeting-minutes-file", "meeting-credential"):
            continue
        kind = "N" if name.startswith("notice") else "S" if name.startswith("saved") else "K" if name.startswith("case-") and name != "case-open" else "F"
        for person, (browser, has, is_narrow) in persons.items():
            may = needed <= has and (narrowed or not is_narrow)
            answer = post(browser, name, {})
            check(f"{name} for {person}", (answer[0] == 403) != may or (may and is_narrow and answer[0] == 403), (answer[0], may, answer[1][:200]))
            if not (may and narrowed and is_narrow) or name.startswith(("mail", "campaign", "saved-put", "case-take", "case-reply")):
                continue
            outside = post(browser, name, {"id": f"{kind}{objects[kind][2][0]}"})
            check(f"{name} outside for {person}", outside[0] == 404, (outside[0], outside[1][:200]))
    check("a stranger changes nothing", stranger.ask("POST", "/api/v1/changes/finding-close", "{}", Content_Type="application/json")[0] in (401, 403))
# lists that a narrowed account keeps are its own, and count what it sees
one, two = persons["narrow-analyst"][0], persons["narrow-viewer"][0]
whole = persons["analyst"][0]
for browser in (one, whole):
    kept = post(browser, "saved-put", {"name": "all-of-it", "query": "dir=desc", "shared": "team"})
    check("a list is kept", kept[0] == 200, kept[:2])
db = sqlite3.connect(os.path.join(node.state, "state.db"))
mine, = ids("select id from saved where person = 'narrow-analyst'")
check("for oneself alone", ids("select shared from saved order by id") == [1, 0, 0, 1], ids("select shared from saved order by id"))
text = one.get("/findings")[1]
check("it is there, and no other", "all-of-it" in text and text.count("saved=S") == 1 and "of-the-team" not in text, re.findall("saved=S[0-9]+", text))
check("nobody else narrowed sees it", "all-of-it" not in two.get("/findings")[1] and post(two, "saved-drop", {"id": f"S{mine}"})[0] == 404)
check("nor the team", f"saved=S{mine}" not in whole.get("/findings")[1])
for browser, saved in ((one, mine), (whole, mine + 1)):
    said = post(browser, "saved-looked", {"id": f"S{saved}", "until": "F1"})
    check("it was looked at", said[0] == 200, said[:2])
news = [int(re.search(r"new: (\d+)<", b.get("/")[1]).group(1)) for b in (one, whole)]
seen = [json.loads(b.get("/api/v1/findings?newer=F1&count=1")[1])["count"] for b in (one, whole)]
check("what is new is counted within what it sees", news == seen and 0 < news[0] < news[1], (news, seen))
check("it drops it", post(one, "saved-drop", {"id": f"S{mine}"})[0] == 200)
node.stop()
end()
