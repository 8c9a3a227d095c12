# SPDX-License-Identifier: Apache-2.0
"""Accounts from their first link to their end: enrolment, logins and what slows them down, the second factor, what is asked for
once more, resets, visits, tokens; nothing that lets in is stored."""
import base64
import hashlib
import html
import os
import re
import sqlite3
import threading
import time

from accounts import PASSWORD, Browser, Person, code_of, csrf_of, step_now, value_of
from browsing import good_page
from node import EXAMPLES, Node
from program import PATIENCE, check, end, free_port

node = Node("n", "--pages", str(free_port()), "--dry-run").start()
sample = node.run("people", "link").stdout.decode().strip()
BASE = sample.split("/enter/")[0]


def add(name, *options):
    p = node.run("people", "add", name, *options)
    check(f"{name} is added", p.returncode == 0 and p.stdout.startswith(b"http://127.0.0.1:"), p.stderr)
    return p.stdout.decode().strip()


def reset(name):
    p = node.run("people", "reset", name)
    check(f"{name} is reset", p.returncode == 0, p.stderr)
    return p.stdout.decode().strip()


def row(name):
    return next((r for r in node.ask("people") if r["name"] == name), None)


def said(*words):
    p = node.run(*words)
    return p.returncode, p.stderr.decode()


def enrolment():
    for name in ("uid 0", "root", "weir", "start", "retention"):
        status, text = said("people", "add", name, "--roles", "admin")
        check(f"no account is called {name}: the audit says that of others", status == 2 and "that the node uses itself" in text and row(name) is None, text)
    address = add("dara", "--roles", "admin,coordinator", "--name", "Dara <b>Example</b>")
    check("there is no account with a password before its link was used", row("dara")["second_factor"] == "none")
    b = Browser(BASE)
    dara, token = Person("dara"), address.rsplit("/", 1)[1]
    page = good_page("the link is looked at", b.get("/enter/" + token))
    check("there is a QR code and the secret as text", 'class="qr"' in page and "otpauth" not in page and value_of(page, "secret")[:4] in page)
    secret = value_of(page, "secret")

    def tried(what, status, **fields):
        given = {"link": token, "secret": secret, "password": PASSWORD, "repeat": PASSWORD, "code": code_of(secret, step_now()), **fields}
        answer = b.post("/enrol", given)
        good_page(what, answer, status)
        check(f"{what}: the secret stays", status != 400 or value_of(answer[1], "secret") == secret)
        check(f"{what}: nobody is in", "weir" not in b.cookies and "weir-device" not in b.cookies)

    tried("a short password", 400, password="short", repeat="short")
    tried("the name as a password", 400, password="daradaradara1", repeat="daradaradara1")
    tried("two passwords", 400, repeat=PASSWORD + "x")
    tried("a wrong code", 400, code="000000" if code_of(secret, step_now()) != "000000" else "111111")
    tried("a code of another time", 400, code=code_of(secret, step_now() - 5))
    tried("a link that nobody made", 403, link="ab" * 32)
    dara.secret = secret
    answer = b.post("/enrol", {"link": token, "secret": secret, "password": PASSWORD, "repeat": PASSWORD, "code": dara.code()})
    dara.codes = re.findall(r"<code>([A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})</code>", good_page("recovery codes are shown", answer))
    check("ten of them, all different", len(set(dara.codes)) == 10, dara.codes)
    check("he is in", "Dara &lt;b&gt;Example" in good_page("his account", b.get("/account")))
    check("the cookies are of this site and no script's", len(answer[2]["all cookies"]) == 2
          and all("HttpOnly" in c and "SameSite=Strict" in c and "Path=/" in c for c in answer[2]["all cookies"]), answer[2]["all cookies"])
    good_page("the link is used up", Browser(BASE).post("/enrol", {"link": token, "secret": secret, "password": PASSWORD, "repeat": PASSWORD,
                                                                  "code": code_of(secret, step_now() + 1)}), 403)
    check("the list says it", row("dara")["second_factor"] == "set" and row("dara")["recovery_codes"] == 10, row("dara"))
    return b, dara


def logins(b, dara):
    old = b.cookies["weir"]
    used = dara.codes[-1]
    answer = b.login("dara", PASSWORD, dara.codes.pop())
    check("a recovery code lets in", answer[0] == 303 and answer[2]["Location"] == "/", answer)
    check("with a new token", b.cookies["weir"] != old)
    check("a browser that is known stays the same one", not any("weir-device" in c for c in answer[2]["all cookies"]), answer[2]["all cookies"])
    stranger = Browser(BASE, "127.0.7.1")
    answer = stranger.login("dara", PASSWORD, used)
    wrong = good_page("a recovery code is good once", answer, 403)
    code = dara.code()
    stranger = Browser(BASE, "127.0.8.1")
    check("a code lets in", stranger.login("dara", PASSWORD, code, to="/findings")[2].get("Location") == "/findings")
    good_page("a code is good once", Browser(BASE, "127.0.9.1").login("dara", PASSWORD, code), 403)
    for what, name, password, given in (("a wrong password", "dara", PASSWORD + "x", "123456"), ("nobody's name", "nobody", PASSWORD, "123456"),
                                        ("no name", "", PASSWORD, "123456"), ("a name with markup", "<script>", PASSWORD, "123456"),
                                        ("a long name", "n" * 5000, PASSWORD, "123456"), ("no code", "dara", PASSWORD, "")):
        text = good_page(what, Browser(BASE, "127.0.10.1").login(name, password, given), 403)
        alert = re.search(r'role="alert">([^<]*)<', text).group(1)
        check(f"{what}: one sentence for all", alert == re.search(r'role="alert">([^<]*)<', wrong).group(1), alert)
    for _ in range(5):
        b.login("dara", "no", "no")
    check("a known browser that was wrong five times waits", b.login("dara", PASSWORD, "000000")[0] == 429)
    ways = [value_of(Browser(BASE, f"127.0.11{i}.1").login("dara", "no", "no", to=to)[1], "to")
            for i, to in enumerate(("//other.example", "https://other.example/", "/\\other.example", "/enter", "x", "/findings/F1"))]
    check("the page leads nowhere else", ways == ["/"] * 5 + ["/findings/F1"], ways)
    stored = b"".join(open(os.path.join(node.state, f), "rb").read() for f in ("state.db", "state.db-wal"))
    secrets = [PASSWORD.encode(), used.encode(), used.replace("-", "").encode(), bytes.fromhex(b.cookies["weir"]), bytes.fromhex(b.cookies["weir-device"]),
               base64.b32decode(used.replace("-", "").encode())]
    check("nothing that lets in is stored", not any(s in stored for s in secrets))
    check("the password is hashed with Argon2id", b"$argon2id$v=19$m=" in stored)


def old_tokens(b):
    """A token that was planted before the login is nobody's."""
    planted = Browser(BASE, "127.0.12.1")
    planted.cookies["weir"] = "ab" * 32
    good_page("a token that was made up", planted.get("/account"), 403)
    other = Browser(BASE)
    other.cookies["weir"] = b.cookies["weir"]
    csrf = csrf_of(other.get("/account")[1])
    check("no form without its token", b.post("/account/close", {"id": "others"})[0] == 403)
    check("no form of another site", b.post("/account/close", {"id": "others", "csrf": csrf}, Origin="http://other.example")[0] == 403)
    check("no login from another site", Browser(BASE, "127.0.12.1").login("dara", PASSWORD, "1")[0] == 403
          and Browser(BASE, "127.0.12.1").post("/enter", {"name": "dara", "password": PASSWORD, "code": "1"}, Sec_Fetch_Site="cross-site")[0] == 403)
    good_page("he leaves", other.post("/leave", {"csrf": csrf}))
    check("then the token is nobody's", b.get("/account")[0] == 403)


def delays(dara):
    there, elsewhere = Browser(BASE, "127.0.20.1"), Browser(BASE, "127.0.21.1")
    # each from a browser without cookies
    status = [there.forget().login("dara", "wrong", "1")[0] for _ in range(4)]
    check("three wrong logins, then it waits", status == [403, 403, 403, 429], status)
    answer = there.login("dara", PASSWORD, "1")
    good_page("also for the right password", answer, 429)
    check("and says how long", 0 < int(answer[2].get("Retry-After", 0)) <= 5 and f"in {answer[2]['Retry-After']} seconds" in answer[1], answer[2])
    check("nobody else is kept out there", Browser(BASE, "127.0.20.2").login("nobody", "x", "1")[0] == 403)
    check("a neighbour of the same network waits too", Browser(BASE, "127.0.20.9").login("dara", PASSWORD, "1")[0] == 429)
    check("from elsewhere he comes in", elsewhere.login("dara", PASSWORD, dara.codes.pop())[0] == 303)
    known = Browser(BASE, "127.0.20.1")
    known.cookies["weir-device"] = elsewhere.cookies["weir-device"]
    check("and in a browser that knows him also there", known.login("dara", PASSWORD, dara.codes.pop())[0] == 303)
    for i in range(40):
        Browser(BASE, f"127.0.22.{i + 1}").login(f"name{i}", "x", "1")
    check("too many names from one network wait", Browser(BASE, "127.0.22.99").login("somebody", "x", "1")[0] == 429)
    return known


def parallel(dara):
    """One code, four logins at once."""
    code, answers = dara.codes.pop(), []

    def one(i):
        answers.append(Browser(BASE, f"127.0.{30 + i}.1").login("dara", PASSWORD, code)[0])

    threads = [threading.Thread(target=one, args=(i,)) for i in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check("one of them is in", sorted(answers) == [303, 403, 403, 403], answers)


def crowd():
    """More logins at once than may wait; pages go on."""
    answers, page = [], []

    def one(i):
        answers.append(Browser(BASE, f"127.0.{60 + i}.1").login(f"crowd{i}", "x", "1"))

    threads = [threading.Thread(target=one, args=(i,)) for i in range(40)]
    for t in threads:
        t.start()
    page.append(Browser(BASE).get("/enter")[0])
    for t in threads:
        t.join()
    status = [a[0] for a in answers]
    check("who finds the queue full is told to come back", set(status) <= {403, 503} and status.count(403) >= 16
          and all(a[2].get("Retry-After") for a in answers if a[0] == 503), status)
    check("and a page is drawn meanwhile", page == [200], page)


def make_old(name):
    """As if ten minutes had gone by; the core has the file open, this is one statement."""
    db = sqlite3.connect(os.path.join(node.state, "state.db"), timeout=30)
    db.execute("update session set sure = sure - 700000000 where person = ?", (name,))
    db.commit()
    db.close()


def once_more(b, dara):
    make_old("dara")
    fields = {"id": "boun", "name": "Boun & <i>Co</i>", "roles": ["analyst", "viewer"], "sectors": "", "owners": ""}
    asked = b.form("/people/add", fields)
    text = good_page("password and code are asked for again", asked, 403)
    check("nothing happened yet", row("boun") is None)
    check("what was typed is kept", value_of(text, "id") == "boun" and value_of(text, "name") == "Boun & <i>Co</i>")
    kept = [(html.unescape(k), html.unescape(v)) for k, v in re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', text)]
    answer = b.post("/again", kept + [("again-password", "wrong"), ("again-code", "1")])
    good_page("a wrong one asks again", answer, 403)
    check("with all that was typed", value_of(answer[1], "id") == "boun" and row("boun") is None)
    answer = b.post("/again", kept + [("again-password", PASSWORD), ("again-code", dara.codes.pop())])
    text = good_page("then it is done", answer)
    check("and the account is there", row("boun") is not None and row("boun")["roles"] == "analyst viewer", row("boun"))
    link = re.search(r"http://[0-9.:]+/enter/[0-9a-f]{64}", text)
    check("its link is shown", link is not None, text[-900:])
    check("for ten minutes it is not asked again", b.form("/people/scope", {"id": "boun", "sectors": "finance"}, "/people/boun")[0] == 303)
    check("the account sees one sector", row("boun")["sees"] == "finance", row("boun"))
    check("a sector that nobody has", "no sector" in b.form("/people/scope", {"id": "boun", "sectors": "no-such"}, "/people/boun")[1])
    return link.group(0)


def selves(b):
    check("nobody changes his own roles", b.form("/people/roles", {"id": "dara", "roles": "viewer"})[0] == 403 and "admin" in row("dara")["roles"])
    check("nor resets himself", b.form("/people/reset", {"id": "dara"})[0] == 403)
    check("nor sees forms for it", "another admin" in b.get("/people/dara")[1] and "/people/reset" not in b.get("/people/dara")[1])
    for words in (("people", "disable", "dara"), ("people", "roles", "dara", "viewer")):
        status, text = said(*words)
        check(f"the last admin stays: {words[1]}", status != 0 and "last admin" in text, text)


def second(b, link):
    """An analyst who sees one sector."""
    boun, mine = Person("boun"), Browser(BASE)
    boun.enrol(mine, link)
    good_page("the analyst is in", mine.get("/"))
    check("People is not for him", mine.get("/people")[0] == 403 and mine.form("/people/reset", {"id": "dara"})[0] == 403)
    make_old("boun")
    check("nor after the question for his password", mine.form("/people/add", {"id": "evil", "roles": "admin"})[0] == 403 and row("evil") is None)
    check("his own account is", mine.form("/account/recovery", {})[0] == 403)
    text = b.form("/people/reset", {"id": "boun"}, "/people/boun")
    good_page("an admin resets him", text)
    check("his visit has ended", mine.get("/account")[0] == 403)
    check("his password is none any more", mine.login("boun", PASSWORD, boun.code())[0] == 403)
    check("everybody is shown it", "boun was reset by dara" in b.get("/")[1])
    again = Person("boun")
    again.password = "another four words"
    again.enrol(mine, re.search(r"http://[0-9.:]+/enter/[0-9a-f]{64}", text[1]).group(0))
    good_page("he has chosen anew", mine.get("/account"))
    check("the roles are as they were", row("boun")["roles"] == "analyst viewer")
    return mine, again


def own(mine, boun):
    text = mine.get("/account")[1]
    check("his account shows this visit", "this one" in text and "127.0.0.1" in text)
    secret = value_of(text, "secret")
    code = code_of(secret, step_now())
    check("another second factor", mine.form("/account/totp", {"secret": secret, "code": code})[0] == 303)
    boun.secret, boun.step = secret, step_now()
    other = Browser(BASE, "127.0.40.1")
    check("the new one lets in", other.login("boun", boun.password, code_of(secret, step_now() + 1))[0] == 303)
    answer = mine.form("/account/recovery", {})
    boun.codes = re.findall(r"<code>([A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})</code>", good_page("new recovery codes", answer))
    check("he is in twice", mine.get("/account")[1].count("/account/close") >= 2)
    check("the others are ended", mine.form("/account/close", {"id": "others"})[0] == 303 and other.get("/account")[0] == 403 and mine.get("/account")[0] == 200)
    check("another password", mine.form("/account/password", {"new": "yet another phrase", "repeat": "yet another phrase"})[0] == 303)
    check("the old one is none", Browser(BASE, "127.0.41.1").login("boun", boun.password, boun.codes.pop())[0] == 403)
    check("a decomposed letter is the same letter", mine.form("/account/password", {"new": "caf\u00e9 caf\u00e9 caf\u00e9", "repeat": "caf\u00e9 caf\u00e9 caf\u00e9"})[0] == 303
          and Browser(BASE, "127.0.42.1").login("boun", "cafe\u0301 cafe\u0301 cafe\u0301", boun.codes.pop())[0] == 303)
    check("a short one is refused", mine.form("/account/password", {"new": "short", "repeat": "short"})[0] == 400)


def sql(statement, *values):
    """As if time had gone by."""
    db = sqlite3.connect(os.path.join(node.state, "state.db"), timeout=30)
    rows = db.execute(statement, values).fetchall()
    db.commit()
    db.close()
    return rows


def soon(statement):
    """What is written without anybody waiting for it."""
    until = time.monotonic() + PATIENCE
    while not sql(statement)[0][0] and time.monotonic() < until:
        time.sleep(0.05)
    return bool(sql(statement)[0][0])


def asks(token, path, method="GET", body=None, **headers):
    return Browser(BASE, "127.0.43.1").ask(method, "/api/v1" + path, body, Authorization="Bearer " + token, **headers)


def api(b):
    """What a token may, and what none may."""
    node.run("take", "--wait", os.path.join(EXAMPLES, "reports", "sinkhole.json"))
    token = node.run("token", "add", "dara", "--name", "narrow", "--scope", "findings changes").stdout.decode().strip()
    check("a token looks at what its scope names", asks(token, "/findings")[0] == 200)
    answer = asks(token, "/owners")
    check("and at nothing else", answer[0] == 403 and "scope" in answer[1], answer)
    check("it brings no report", asks(token, "/reports?name=x.csv", "POST", "a", Content_Type="application/octet-stream")[0] == 403)
    for change in ("notice-release", "account-add", "account-reset", "account-roles"):
        answer = asks(token, "/changes/" + change, "POST", '{"id": "N1", "roles": "admin"}', Content_Type="application/json")
        check(f"no token may {change}", answer[0] == 403, answer)
    for change in ("session-enter", "token-add", "token-end", "account-password"):
        answer = asks(token, "/changes/" + change, "POST", '{"id": "T1"}', Content_Type="application/json")
        check(f"nor {change}", answer[0] in (403, 404), answer)
    check("it says when it was used last", soon("select used from api_token where name = 'narrow'"))
    sql("update account_role set role = 'constituent' where account = (select id from account where name = 'dara') and role = 'coordinator'")
    sql("update account_role set role = 'excon' where account = (select id from account where name = 'dara') and role = 'admin'")
    check("a role that was taken away is gone at once", b.get("/people")[0] == 403)
    sql("update account_role set role = 'admin' where role = 'excon'")
    sql("update account_role set role = 'coordinator' where role = 'constituent'")
    sql("update api_token set until = 1 where name = 'narrow'")
    check("its time is over", asks(token, "/findings")[0] == 401)
    again = node.run("token", "add", "dara", "--name", "other", "--scope", "all").stdout.decode().strip()
    check("another one is good for all", asks(again, "/owners")[0] == 200)
    node.run("token", "end", "T" + str(sql("select id from api_token where name = 'other'")[0][0]))
    check("and is ended", asks(again, "/owners")[0] == 401)
    # by the visit of the pages the same is asked as on a page
    make_old("dara")
    csrf = csrf_of(b.get("/account")[1])
    for fields in ('{"id": "N1"}', '{"session": "' + "ab" * 32 + '", "id": "N1"}'):
        answer = b.ask("POST", "/api/v1/changes/notice-release", fields, Content_Type="application/json", Weir_CSRF=csrf)
        check("letters are released after password and code", answer[0] == 403 and "again" in answer[1], answer)
    check("so are accounts made", b.ask("POST", "/api/v1/changes/account-add", '{"id": "evil", "roles": "admin", "link": "' + "ab" * 32 + '"}',
                                        Content_Type="application/json", Weir_CSRF=csrf)[0] == 403 and row("evil") is None)
    # a visit in use does not end
    sql("update session set used = used - 3600000000 where person = 'dara'")
    b.get("/account")
    check("a visit that is used is not idle", soon("select max(used) > (select max(opened) from session) - 600000000 from session where person = 'dara'"))
    sql("update session set sure = sure + 700000000 where person = 'dara'")


def tokens(mine):
    text = good_page("a token is made", mine.form("/account/token", {"name": "tickets", "scope": "findings events", "days": "30"}))
    token = re.search(r"weir_[A-Za-z0-9_-]{43}", text)
    check("of the form that scanners know", token is not None)
    stored = b"".join(open(os.path.join(node.state, f), "rb").read() for f in ("state.db", "state.db-wal"))
    check("which is not stored", token.group(0).encode() not in stored and hashlib.sha256(token.group(0).encode()).digest() in stored)
    check("nor shown again", token.group(0) not in mine.get("/account")[1] and "tickets" in mine.get("/account")[1])
    check("for more than a year is refused", mine.form("/account/token", {"name": "x", "scope": "all", "days": "366"})[0] == 400)
    check("nor with a scope that is none", mine.form("/account/token", {"name": "x", "scope": "Findings!", "days": "3"})[0] == 400)
    p = node.run("token", "add", "dara", "--name", "wall", "--scope", "findngs")
    check("a scope that is nothing", p.returncode == 2 and b"nothing is called 'findngs'" in p.stderr, p.stderr)
    p = node.run("token", "add", "dara", "--name", "wall", "--scope", "status", "--days", "3")
    check("on the machine too", p.returncode == 0 and re.fullmatch(rb"weir_[A-Za-z0-9_-]{43}\n", p.stdout), p.stderr)
    of_dara = next(t for t in node.ask("token", "list") if t["account"] == "dara")
    check("one's own only", mine.form("/account/token-end", {"id": of_dara["token"]})[0] == 404 and len(node.ask("token", "list")) == 2)
    check("and is ended", mine.form("/account/token-end", {"id": node.ask("token", "list")[0]["token"]})[0] == 303 and len(node.ask("token", "list")) == 1)


def ends(b, mine):
    check("visits are ended on the machine", node.run("people", "end", "boun").returncode == 0 and mine.get("/account")[0] == 403)
    check("a disabled account lets nobody in", node.run("people", "disable", "boun").returncode == 0 and row("boun")["state"] == "disabled")
    check("nor is it reset", said("people", "reset", "boun")[0] != 0)
    check("it is enabled again", b.form("/people/enable", {"id": "boun"}, "/people/boun")[0] == 303 and row("boun")["state"] == "active")
    db = sqlite3.connect(os.path.join(node.state, "state.db"), timeout=30)
    verbs = {v for v, in db.execute("select verb from audit")}
    names = {o for o, in db.execute("select object from audit where verb = 'session-enter'")}
    db.execute("update session set used = used - 7300000000 where person = 'dara'")
    db.commit()
    db.close()
    check("the record has it all", verbs >= {"account-add", "account-reset", "account-roles", "account-scope", "account-disable", "session-enrol", "session-enter",
                                             "session-sure", "token-add", "token-end"} - {"account-roles"}, verbs)
    check("and no names that strangers typed", "nobody" not in names and "dara" in names, names)
    check("a visit that is idle for two hours has ended", b.get("/account")[0] == 403)
    # on the machine, whoever has lost everything
    lost, dara = Browser(BASE, "127.0.50.1"), Person("dara")
    dara.enrol(lost, reset("dara"))
    good_page("the last admin has a way back, on the machine", lost.get("/people"))


first, person = enrolment()
logins(first, person)
old_tokens(first)
admin = delays(person)
parallel(person)
crowd()
address = once_more(admin, person)
selves(admin)
analyst, of_boun = second(admin, address)
own(analyst, of_boun)
tokens(analyst)
api(admin)
ends(admin, analyst)
check("the node stops", node.stop() == 0)
end()
