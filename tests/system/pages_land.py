# SPDX-License-Identifier: Apache-2.0
"""Pages of what came in and of the node: reports add up, what was set aside is tried again, feeds say what they are worth, one search
finds everything and lets the other pages go on, figures of the country are those that one counts by hand, and a report that is RED
shows its line to nobody but those who are named for it."""
import csv
import glob
import hashlib
import io
import os
import re
import shutil
import socket
import sqlite3
import threading
import time
import zipfile

import browsing
from browsing import Browser, good_page
from node import EXAMPLES, Node
from program import PATIENCE, check, end, free_port, path, write

DAY = 24 * 3600 * 10**6
persons = []
SECRET = "the-very-secret"
CONF = path("conf")
shutil.copytree(os.path.join(EXAMPLES, "country"), CONF)
with open(os.path.join(CONF, "weir.yaml"), "a", encoding="utf-8") as f:
    f.write("\nred: [dara, sample]\nalerts:\n  roster:\n    - person: early\n      mail: early@cert.example\n      when: \"00:00-12:00\"\n"
            "    - person: late\n      mail: late@cert.example\n      when: \"12:00-00:00\"\n")
for feed in ("first", "second"):
    write(f"conf/feeds/{feed}.yaml", f"name: The {feed}\nformat: csv\nkind: log\nenabled: yes\ncadence: 1d\nfiles: ['{feed}*']\n".encode())
node = Node("n", "--pages", str(free_port()), "--dry-run", "--conf", CONF).start()


def take(name, data, *options):
    write(name, data)
    p = node.run("take", "--wait", *options, path(name))
    return re.match(r"R\d+", p.stdout.decode()).group(0)


def words(text):
    """What a person reads of main, a line for each row or sentence."""
    text = re.sub(r"</(tr|p|h1|h2|h3|dd|li|caption|section)>", "\n", re.search(r"<main.*</main>", text, re.S).group(0))
    return re.sub(r"[ \t]+", " ", re.sub(r"<[^>]*>", " ", text))


def number(text, name):
    found = re.search(rf"<dt>{name}</dt><dd>(?:<a [^>]*>)?(\d+)", text)
    return int(found.group(1)) if found else None


def db():
    return sqlite3.connect(os.path.join(node.state, "state.db"))


def begin_again():
    """The node may get another port."""
    global base
    node.start()
    base = node.run("people", "link").stdout.decode().strip().rsplit("/enter/", 1)[0]
    one.host = base.split("//")[1]
    for each in persons:
        each.host = one.host


def add_person(person, role, narrow=None):
    token, now = os.urandom(32), int(time.time() * 1e6)
    c = db()
    columns = {"id": hashlib.sha256(token).digest(), "person": person, "role": role, "opened": now, "until": now + 3600 * 10**6}
    if "used" in {r[1] for r in c.execute("pragma table_info(session)")}:
        columns["used"] = now
    c.execute(f"insert into session({', '.join(columns)}) values ({', '.join('?' * len(columns))})", list(columns.values()))
    if narrow:
        c.execute("insert into scope values (?, 'owner', ?)", (person, narrow))
    c.commit()
    c.close()
    browser = Browser(base)
    browser.cookie = "weir=" + token.hex()
    persons.append(browser)
    return browser


# ---- reports -------------------------------------------------------------------------------------------------------------

one = browsing.let_in(node)
base = "http://" + one.host
HEAD = b"source.ip,source.fqdn,source.url,classification.type,malware.name,malware.hash.md5,tlp\n"
MD5 = "44d88612fea8a8f36de82e1278abb02f"
first = take("first.csv", HEAD + b"192.0.2.10,a.bank.example,,c2-server,evil,%s,GREEN\n192.0.2.20,,,infected-system,evil,,GREEN\n"
             b"198.51.100.7,,http://h.example/x,phishing,,,GREEN\n1.2.3.444,,,c2-server,,,GREEN\n<b>&\x01odd,,\n" % MD5.encode())
sample = [take(os.path.basename(r), open(r, "rb").read()) for r in sorted(glob.glob(os.path.join(EXAMPLES, "reports", "*")))]


def reports():
    text = good_page("the reports", one.get("/reports"))
    check("the newest first", text.index(f'"/reports/{sample[-1]}"') < text.index(f'"/reports/{first}"'))
    check("parts below what they came in", 'class="part"' in text)
    text = good_page("of a feed", one.get("/reports?feed=first"))
    check("and no other", first in text and f'"/reports/{sample[0]}"' not in text)
    check("none of a feed that is none", "None is like that" in one.get("/reports?feed=nothing")[1])
    good_page("a filter that is wrong", one.get("/reports?since=yesterday"), 400)
    text = good_page("a report", one.get(f"/reports/{first}"))
    sums = [number(text, name) for name in ("records", "made events", "set aside", "none, by rule")]
    check("its records add up", None not in sums and sums[0] == sum(sums[1:]) and sums[0] == 5 and sums[2] == 2, sums)
    taken = next(r for r in node.ask("receipts") if r["receipt"] == first)
    fresh = re.search(r'<section aria-labelledby="h-fresh">.*?</section>', text, re.S).group(0)
    counts = [int(n) for n in re.findall(r'<td class="number">(\d+)</td>', fresh)]
    check("its new findings are those of the receipt", sum(counts) == taken["new_findings"] > 0, (counts, taken))
    check("with the letters they led to", 'id="h-letters"' in text and '"/letters/N' in text)
    check("a report that is none", one.get("/reports/R999")[0] == 404)
    again = take("second.csv", HEAD + b"192.0.2.10,a.bank.example,,c2-server,evil,,GREEN\n")
    text = one.get(f"/reports/{again}")[1]
    check("what was known is not new", 'id="h-known"' in text and 'id="h-fresh"' not in text, words(text))


def asides():
    text = good_page("what was set aside", one.get("/asides"))
    check("by reports", f'"/asides?receipt={first}"' in text)
    text = good_page("its records", one.get(f"/asides?receipt={first}"))
    check("with their lines as text", "&lt;b&gt;&amp;" in text and "1.2.3.444" in text and "<b>&" not in text, words(text))
    check("and reasons", "is no address" in text or "nothing" in text)
    check("none of one without", "Nothing is set aside" in one.get(f"/asides?receipt={sample[1]}")[1])
    status, _, headers = one.post("/reports/retry", {"id": first, "csrf": one.csrf()})
    check("it is tried again", status == 303 and headers.get("Location") == f"/reports/{first}", (status, headers))
    check("and said", 'role="status">B1: ' in one.get(f"/reports/{first}")[1])
    until = time.monotonic() + PATIENCE
    while "Read again for" not in one.get(f"/reports/{first}")[1] and time.monotonic() < until:
        time.sleep(0.1)
    text = one.get(f"/reports/{first}")[1]
    check("what came of it stands there", "Read again for" in text, words(text))
    status, text, _ = one.post("/reports/retry", {"id": "R999", "csrf": one.csrf()})
    check("of one that is none it is said", status in (400, 404) and "R999" in text and '<a href="/reports/R999">' in text, text)


def cells(text, section, row):
    part = re.search(rf'aria-labelledby="{section}">.*?</section>', text, re.S).group(0)
    found = re.search(rf'<th scope="row">(?:<a [^>]*>)?{row}(?:</a>)?</th>(.*?)</tr>', part, re.S)
    return [re.sub(r"<[^>]*>", "", c) for c in re.findall(r"<td[^>]*>(.*?)</td>", found.group(1), re.S)] if found else None


def feeds():
    text = good_page("the feeds", one.get("/feeds"))
    # reports, new findings, only here, called false, days late, set aside
    check("what the first is worth", (cells(text, "h-worth", "first") or [])[:4] == ["1", "3", "2", "0"], cells(text, "h-worth", "first"))
    check("the second shows nothing of its own", (cells(text, "h-worth", "second") or [])[:4] == ["1", "0", "0", "0"], cells(text, "h-worth", "second"))
    mine = next(f["finding"] for f in node.ask("findings") if f["place"] == "192.0.2.20" and f["malware"] == "evil")
    check("one is called false", one.post("/close", {"id": mine, "why": "false-positive", "csrf": one.csrf()})[0] == 303)
    text = one.get("/feeds")[1]
    check("which counts against its feed", cells(text, "h-worth", "first")[3] == "1", cells(text, "h-worth", "first"))
    status, text, _ = one.post("/feeds/fetch", {"id": "first", "csrf": one.csrf()})
    check("a feed that is not fetched cannot be", status == 403 or ("no url" in text and '<a href="/feeds">' in text), (status, text))
    check("one that is none neither", one.post("/feeds/fetch", {"id": "nothing", "csrf": one.csrf()})[0] in (403, 404))


# ---- the search ----------------------------------------------------------------------------------------------------------

def leads(what, q, to):
    status, _, headers = one.get("/search?q=" + q)
    check(what, status == 303 and headers.get("Location") == to, (status, headers.get("Location"), to))


def found(text):
    m = re.search(r"Events: (\d+)\. Days looked through: (\d+) of (\d+)", text)
    return (int(m.group(1)), m.group(2) == m.group(3)) if m else None


def search():
    check("each page has the box", '<form method="get" action="/search" role="search">' in one.get("/")[1])
    notice = node.ask("notices")[0]
    leads("an id leads to its page", "f1", "/findings/F1")
    leads("a report's too", "R1", "/reports/R1")
    leads("and an event's", "E1.2.0", "/events/E1.2.0")
    leads("the number of a letter", notice["ticket"].lower(), "/letters/" + notice["notice"])
    good_page("an event", one.get("/events/E1.0.0"))
    text = good_page("an address as people write it", one.get("/search?q=192.0.2%5B.%5D10"))
    check("whose it is", "Example Bank" in text and "192.0.2.0/26" in text)
    count = node.count("events", "--ip", "192.0.2.10")
    check("as many events as the command finds", found(text) == (count, True) and count > 0, (found(text), count))
    check("and the finding", re.search(r'id="h-findings".*?192\.0\.2\.10', text, re.S) is not None)
    text = one.get("/search?q=192.0.2.0/24")[1]
    count = node.count("events", "--ip", "192.0.2.0/24")
    check("a prefix", found(text) == (count, True) and text.count('"/events/E') == count, (found(text), count))
    text = one.get("/search?q=BANK.example")[1]
    check("a name and what is below it", found(text)[0] == 2 and "a.bank.example" in text, found(text))
    check("a name in its own script is one in ASCII", "xn--bcher-kva.example" in one.get("/search?q=b%C3%BCcher.example")[1])
    check("a URL", found(one.get("/search?q=hxxp://h%5B.%5Dexample/x")[1])[0] == 1)
    check("a digest", found(one.get("/search?q=" + MD5.upper())[1])[0] == 1)
    text = good_page("an owner", one.get("/search?q=example+bank"))
    check("by a part of his name", "/owners/example-bank" in text and found(text) is None)
    check("nothing before a day that is to come", found(one.get("/search?q=192.0.2.10&since=2099-01-01")[1]) == (0, True))
    good_page("a day that is none", one.get("/search?q=192.0.2.10&since=soon"), 400)
    good_page("nothing asked", one.get("/search"))
    good_page("markup", one.get("/search?q=%3Cscript%3Ealert(1)%3C/script%3E"))
    good_page("a very long one", one.get("/search?q=" + "a" * 3000))
    for odd in ("%00", "%ff%fe", "%25", "'", "..", "1/0", "::/0", "0.0.0.0/0", "E0.0.0", "F0", "F99999999999999999999", "@", "://", "%E2%80%AE"):
        check(f"an odd one: {odd}", one.get("/search?q=" + odd)[0] in (200, 303, 400), odd)
    text = one.get("/search?q=0.0.0.0/0")[1]
    count = node.count("events", "--ip", "0.0.0.0/0")
    check("all there is", found(text) == (count, True), (found(text), count))
    # more than a page has
    taken = take("many.csv", b"source.ip,classification.type,tlp\n" + b"".join(b"203.0.113.9,scanner,GREEN\n" for _ in range(450)))
    seen, url = [], "/search?q=203.0.113.9"
    for _ in range(4):
        text = one.get(url)[1]
        seen += re.findall(r'"/events/(E\d+\.\d+\.\d+)"', text)
        more = re.search(r'href="(/search\?[^"]*after=[^"]*)"', text)
        if not more:
            break
        url = more.group(1).replace("&amp;", "&")
    check("page after page, each once", len(seen) == len(set(seen)) == 450 and all(e.startswith("E" + taken[1:]) for e in seen), (len(seen), len(set(seen))))


def long_search():
    """Many days; who reads, who leaves, and who else is there."""
    take("large.csv", b"source.ip,source.url,classification.type,tlp\n" + b"".join(b"10.%d.%d.%d,http://h.example/%d,c2-server,GREEN\n" % (i >> 16, i >> 8 & 255, i & 255, i)
                                                                                 for i in range(100000)))
    node.stop()
    day = max(glob.glob(os.path.join(node.state, "day", "*.db")), key=os.path.getsize)
    days = [time.strftime("%Y-%m-%d", time.gmtime(time.time() - n * 86400)) for n in range(1, 29)]
    for date in days:
        shutil.copy(day, os.path.join(node.state, "day", date + ".db"))
    begin_again()
    url = "/search?q=http://h.example/77"
    request = f"GET {url} HTTP/1.1\r\nHost: {one.host}\r\nCookie: {one.cookie}\r\n\r\n".encode()

    def begin():
        s = socket.create_connection(one.host.split(":"))
        s.sendall(request)
        return s
    readers = [begin() for _ in range(4)]
    heads = [s.recv(4096) for s in readers]
    check("the head of the page is there at once", all(b"200 OK" in h and b"chunked" in h.lower() for h in heads), heads[0][:300])
    check("other pages go on meanwhile", one.get("/reports")[0] == 200)
    busy = one.get(url)
    check("one more than may be is told so", busy[0] == 503 and "as many searches" in busy[1], busy[:2])
    for s in readers:
        s.close()
    until = time.monotonic() + PATIENCE
    while (answer := one.get("/search?q=10.0.0.77"))[0] == 503 and time.monotonic() < until:
        time.sleep(0.05)
    check("who has gone away makes room", answer[0] == 200 and found(answer[1]) == (29, True), (answer[0], found(answer[1])))
    got = []
    twenty = [threading.Thread(target=lambda: got.append(one.get(url))) for _ in range(20)]
    for t in twenty:
        t.start()
    for t in twenty:
        t.join()
    good = [a for a in got if a[0] == 200]
    check("of twenty at once some are answered, and whole", len(good) >= 4 and all(found(a[1]) == (29, True) and a[1].endswith("</html>\n") for a in good),
          [(a[0], found(a[1])) for a in got])
    check("and the others told", len(got) == 20 and all(a[0] == 503 for a in got if a not in good), [a[0] for a in got])
    # a visit that ends takes its search with it
    leaver = add_person("leaver", "viewer")
    s = socket.create_connection(one.host.split(":"))
    s.sendall(request.replace(one.cookie.encode(), leaver.cookie.encode()))
    s.recv(4096)
    c = db()
    c.execute("delete from session where person = 'leaver'")
    c.commit()
    c.close()
    rest = b""
    s.settimeout(60)
    while piece := s.recv(65536):
        rest += piece
    check("who is no longer in is told no more", b"</html>" not in rest and b"Days looked through" not in rest, rest[-300:])
    node.stop()
    for date in days:
        os.remove(os.path.join(node.state, "day", date + ".db"))
    begin_again()


# ---- RED -----------------------------------------------------------------------------------------------------------------

def red():
    line = b"192.0.2.41,red.example,c2-server,RED," + SECRET.encode() + b"\n"
    nobody = b"8.8.4.4,red.example,c2-server,RED," + SECRET.encode() + b"\n"
    head = b"source.ip,source.fqdn,classification.type,tlp,comment\n"
    broken = b"1.2.3.999,,c2-server,,aside-of-" + SECRET.encode() + b"\n"
    plain = take("mixed.csv", head + line + nobody + broken + b"192.0.2.42,,c2-server,GREEN,open-line\n")
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as z:
        z.writestr("inner.csv", (head + line + broken).decode())
    box = take("box.zip", zipped.getvalue())
    parts = [r["receipt"] for r in node.ask("receipts") if r["parent"] == box]
    write("conf/feeds/secret.yaml", b"name: Secret\nformat: csv\nkind: log\nlabel: RED\nfiles: ['secret*']\n")
    node.stop()
    begin_again()
    whole = take("secret.csv", head + b"192.0.2.43,,c2-server,," + SECRET.encode() + b"\n")
    dara, viewer, coordinator = add_person("dara", "viewer"), add_person("viewer", "viewer"), add_person("coordinator", "coordinator")
    narrow = add_person("narrow", "viewer", "example-bank")
    c = db()
    marked = {f"R{r[0]}" for r in c.execute("select id from receipt where red = 1")}
    c.close()
    check("the node knows which reports have something RED", marked >= {plain, box, whole, *parts} and first not in marked, marked)
    ids = [plain, box, whole, *parts]
    pages = ["/", "/roster", "/reports", "/asides", "/feeds", "/rules", "/country", "/country.csv", "/findings"]
    pages += [f"/reports/{i}" for i in ids] + [f"/asides?receipt={i}" for i in ids] + [f"/events/E{i[1:]}.{n}.0" for i in ids for n in range(4)]
    pages += ["/search?q=" + q for q in ("192.0.2.41", "8.8.4.4", "red.example", "192.0.2.0/24", "0.0.0.0/0", SECRET, "192.0.2.43", "1.2.3.999")]
    api = ["/api/v1/events", "/api/v1/events?ip=192.0.2.0/24", "/api/v1/events?count=1&name=red.example", "/api/v1/asides", "/api/v1/receipts", "/api/v1/findings", "/findings.csv", "/reports.csv"]
    api += [f"/api/v1/{what}/E{i[1:]}.{n}.0" for i in ids for n in range(4) for what in ("why", "raw", "asides")] + [f"/api/v1/{what}/{i}" for i in ids for what in ("why", "raw", "asides", "receipts")]
    for who, browser in (("viewer", viewer), ("coordinator", coordinator), ("narrow", narrow)):
        for url in pages + api:
            status, text, _ = browser.get(url)
            told = [w for w in (SECRET, "red.example") if w in text.replace("q=" + w, "").replace('value="' + w, "").replace(": " + w + "<", "")]
            check(f"{url} tells {who} nothing", status < 500 and not told, (status, told, text[-500:]))
    c = db()
    secret = [r[0] for r in c.execute("select id from finding where label = 'RED' and severity = 'critical'")]
    said = [r[0] for r in c.execute("select sentence from alert where topic = 'findings'")]
    c.close()
    check("an alert says no more of one than its number", all(s.endswith("which is TLP:RED") for s in said for i in secret if f"the first is F{i}," in s), (secret, said))
    check("the line beside it is everybody's", "open-line" in viewer.get(f"/events/E{plain[1:]}.3.0")[1])
    check("events are counted without it", found(viewer.get("/search?q=red.example")[1]) == (0, True), found(viewer.get("/search?q=red.example")[1]))
    check("the control socket sees all", node.count("events", "--name", "red.example") == 3)
    check("who is named finds it", found(dara.get("/search?q=red.example")[1]) == (3, True), found(dara.get("/search?q=red.example")[1]))
    check("and reads it", SECRET in dara.get(f"/events/E{plain[1:]}.0.0")[1] and SECRET in dara.get(f"/asides?receipt={plain}")[1])
    check("a feed that is RED as well", dara.get(f"/reports/{whole}")[0] == 200 and viewer.get(f"/reports/{whole}")[0] == 404)
    text = good_page("who sees some owners searches their findings", narrow.get("/search?q=192.0.2.0/24"))
    check("and no events", found(text) is None and "your account is for some" in text)
    check("an event is not his", narrow.get("/events/E1.0.0")[0] == 403)


# ---- rules, roster, activity, languages ----------------------------------------------------------------------------------

def others():
    text = good_page("the rules", one.get("/rules"))
    hits = [int(n) for n in re.findall(r'</td><td class="number">(\d+)</td><td>', text)]
    none = int(re.search(r"no rule has decided: (\d+)", text).group(1))
    c = db()
    events = c.execute("select sum(events) from receipt").fetchone()[0]
    c.close()
    check("each event is a hit of one rule", sum(hits) + none == events, (hits, none, events))
    check("a rule that never hit is marked", 'class="tag">never hit' in text)
    check("with what it says", "then: { severity: critical, notify: owner" in text)
    duty = lambda: ("early", "late") if int(time.strftime("%H", time.gmtime())) < 12 else ("late", "early")
    now, other = duty()
    text = good_page("the roster", one.get("/roster"))
    if (now, other) == duty():  # while the page was drawn the watch may have changed
        check("who is on duty", f"Told first now: {now}." in text and f"Next: {other}, from" in text, words(text)[:600])
    status, _, headers = one.post("/roster/test", {"csrf": one.csrf()})
    check("a test alert", status == 303 and headers.get("Location") == "/roster", status)
    text = one.get("/roster")[1]
    check("is there, and who is told first", "is told first" in text and "a test: does this reach" in text, words(text)[:900])
    alert = re.search(r'<th scope="row">(A\d+)</th>(?:(?!</tr>).)*a test: does', text, re.S).group(1)
    check("somebody has it", one.post("/roster/ack", {"id": alert, "note": "mine", "csrf": one.csrf()})[0] == 303)
    check("which stands there", "acknowledged by sample" in one.get("/roster")[1])
    text = good_page("the languages", one.get("/languages"))
    check("each by its name, with what is missing", 'lang="vi">' in text and "How one is reviewed" in text)


def activity():
    admin = add_person("admin", "admin")
    text = good_page("the activity", admin.get("/activity"))
    check("the chain is whole", "The chain is whole" in text, words(text)[:300])
    text = admin.get("/activity?verb=ack&person=sample")[1]
    check("of one verb", text.count('<span class="word">ack</span>') == 1 and "finding-close" not in text, words(text)[-600:])
    check("it is for auditors", add_person("nobody", "viewer").get("/activity")[0] == 403)
    node.stop()
    c = db()
    row, = c.execute("select seq from audit where verb = 'finding-close'").fetchone()
    c.execute("update audit set person = 'somebody-else' where seq = ?", (row,))
    c.commit()
    c.close()
    begin_again()
    text = admin.get("/activity")[1]
    check("a row that was changed is found at the next", f"broken at row {row + 1}" in text, words(text)[:300])


# ---- the country ---------------------------------------------------------------------------------------------------------

def country():
    """Letters and ends that one can count: of the telecom's findings in May five were told, two in April."""
    node.stop()
    c = db()
    c.execute("update notice set state = 'withdrawn'")
    telecom = [r[0] for r in c.execute("select f.id from finding f join owner o on o.id = f.owner where o.sector = 'telecom' order by f.id limit 7")]
    contact, = c.execute("select c.id from contact c join owner o on o.id = c.owner where o.sector = 'telecom' limit 1").fetchone()
    may, april = 1777593600 * 10**6, 1775001600 * 10**6  # 2026-05-01, 2026-04-01
    ends = [(may, "fixed", 2), (may, "gone", 5), (may, "gone", 20), (may, "false-positive", 1), (may, None, 0), (april, "fixed", 10), (april, None, 0)]
    for n, (finding, (when, why, days)) in enumerate(zip(telecom, ends)):
        told = when + n * 3600 * 10**6
        c.execute("insert into notice(ticket, message_id, contact, class, state, opened, send_at, last_receipt, sent) values (?, ?, ?, 'c', 'sent', ?, ?, 1, ?)",
                  (f"T{n}", f"M{n}", contact, told, told, told))
        c.execute("insert into notice_item values (last_insert_rowid(), ?, 1, 0)", (finding,))
        c.execute("update finding set first = ?, state = ?, closed = ?, why = ? where id = ?", (when, "closed" if why else "told", told + days * DAY if why else None, why, finding))
    # a second letter is no first one
    c.execute("insert into notice(ticket, message_id, contact, class, kind, state, opened, send_at, last_receipt, sent) values ('T9', 'M9', ?, 'c', 'again', 'sent', ?, ?, 1, ?)",
              (contact, may, may, may + DAY))
    c.execute("insert into notice_item values (last_insert_rowid(), ?, 1, 0)", (telecom[6],))
    c.commit()
    c.close()
    begin_again()
    url = "?from=2026-05-01&to=2026-05-31"
    text = good_page("the country", one.get("/country" + url))
    rows = {re.sub(r"<p .*|<[^>]*>", "", r[0]): (r[1], r[2]) for r in re.findall(r'<tr><th scope="row">(.*?)</th><td class="number">(.*?)</td><td class="number">(.*?)</td>', text)}
    wanted = {"new findings": ("5", "0"), "letters": ("6", "0"), "told": ("5", "0"), "fixed in 7 days": ("40 %", "-"), "by word, in 7 days": ("20 %", "-"),
              "by evidence, in 7 days": ("20 %", "-"), "fixed in 30 days": ("60 %", "-"), "by evidence, in 30 days": ("40 %", "-"), "median hours to fix": ("120", "-")}
    # the month before begins on 31 March by the length of the period
    wanted = {k: (a, {"new findings": "2", "letters": "2", "told": "2", "fixed in 7 days": "0 %", "by word, in 7 days": "0 %", "by evidence, in 7 days": "0 %",
                      "fixed in 30 days": "50 %", "by evidence, in 30 days": "0 %", "median hours to fix": "240"}[k]) for k, (a, _) in wanted.items()}
    check("its figures are those that one counts", all(rows.get(k) == v for k, v in wanted.items()), {k: (rows.get(k), v) for k, v in wanted.items() if rows.get(k) != v})
    check("the clock is said", "midnight UTC" in text and "2026-05-01 to 2026-05-31" in text)
    status, text, headers = one.get("/country.csv" + url)
    table = list(csv.DictReader(io.StringIO(text)))
    total = next(r for r in table if r["of"] == "all")
    check("the file has the counts", status == 200 and headers["Content-Type"].startswith("text/csv") and
          (total["new"], total["told"], total["fixed_7_by_word"], total["fixed_30_by_evidence"], total["median_hours"]) == ("5", "5", "1", "2", "120"), total)
    check("and nobody's name", "net.example" not in text and "Example Net" not in text and not any(cell[:1] in "=+-@" for r in table for cell in r.values() if cell))
    check("rows as long as their head", all(None not in r and None not in r.values() for r in table))
    text = add_person("bank", "viewer", "example-bank").get("/country" + url)[1]
    check("an account of one owner has his figures", "Your account is for some owners" in text and "telecom" not in text)
    good_page("a period that is none", one.get("/country?from=2026-05-02&to=2026-05-01"), 400)
    good_page("one too long", one.get("/country?from=1990-01-01"), 400)


for step in (reports, asides, feeds, search, others, long_search, red, activity, country):
    step()
node.stop()
end()
