# SPDX-License-Identifier: Apache-2.0
"""A link as people make it, on one node: keys from the root's machine, a number that is typed by one person and confirmed by another
one, pages that say what is next; the card of a group with two persons; the directory of contacts; a check of communication."""
import base64
import glob
import os
import re
import subprocess
import time

from browsing import good_page, let_in
from node import Node
from program import WEIR, check, end, free_port, path, wait, write


def said(what, run, status, *words):
    text = (run.stdout + run.stderr).decode()
    check(what, run.returncode == status and all(w in text for w in words), (run.returncode, text))


def put(name, data):
    write(name, data)
    return path(name)


def offline(*words):
    p = subprocess.run([WEIR, *words], capture_output=True, timeout=60)
    check(" ".join(words[:2]), p.returncode == 0, p.stderr)
    return p.stdout.decode()


def make_list(party, keys, *options, root=None, out=None):
    root = root or path(party + ".root")
    if not os.path.exists(root):
        offline("key", "root", party, root, "--page", root + ".page")
    out = out or path(party + ".weirkeys")
    offline("key", "list", root, "--keys", keys, "--url", "none", "-o", out, "--name", "CERT of an example", *options)
    return out


def voice(keys):
    """The number of a list, as "weir key voice" shows it."""
    return re.search(r"\d{5}( \d{5}){5}", offline("key", "voice", keys)).group(0)


def random_keys(name):
    return put(name, "".join(f"{duty} {base64.b64encode(os.urandom(32)).decode()}\n" for duty in ("sign", "log", "seal", "tls")).encode())


node = Node("n", "--pages", str(free_port()), "--dry-run").start()
page = let_in(node)
theirs = make_list("kh", random_keys("kh.keys"))


def press(url, fields, back):
    """Sends a form of that page as its person: what the page says after it."""
    answer = page.post(url, {"csrf": page.csrf(back), "back": back, **fields})
    return answer[0], page.get(back)[1] if answer[0] == 303 else answer[1]


def state_of(party):
    return next((p["link"] for p in node.ask("party", "list") if p["party"] == party), None)


def own_keys():
    wait("the keeper and the dialler have told their keys", lambda: len(node.ask("key", "show")) == 4)
    said("an empty list in words", node.run("held"), 0, "nothing held")
    lines = put("xa.keys", node.run("key", "show", "--lines").stdout)
    said("a list without the keys of this machine is refused", node.run("key", "import", make_list("xa", random_keys("other.keys"), out=path("wrong.weirkeys"))),
         2, "no sign key that this machine holds")
    ours = make_list("xa", lines)
    said("our own list counts", node.run("key", "import", ours), 0, "list 1 of xa counts")
    check("all four keys are in it", {k["list"] for k in node.ask("key", "show")} == {"yes"})
    said("the same one again", node.run("key", "import", ours), 2, "counts already")
    said("a list of another party", node.run("key", "import", make_list("kh", random_keys("kh.keys"), out=path("theirs.weirkeys"))), 1, "weir peer import")
    return voice(ours)


def linking(ours):
    said("our own list is no peer's", node.run("peer", "import", path("xa.weirkeys")), 2, "weir key import takes it")
    write("torn.weirkeys", open(theirs, "rb").read().replace(b"name CERT", b"name Cert"))
    said("a list that its root did not sign", node.run("peer", "import", path("torn.weirkeys")), 2, "the text was changed")
    said("a list comes", node.run("peer", "import", theirs), 0, "unverified", "xa " + ours)
    number = voice(theirs).split()
    shown = good_page("the page of the peer", page.get("/peers/kh"))
    check("it shows what we read and hides what they read", ours in shown and number[0] not in shown)
    check("the parties stand in the order of their ids", shown.index('name="numbers"') < shown.index(ours), "kh before xa")
    called = ("--called", "+000", "--found", "directory")
    said("a wrong group is named", node.run("peer", "type", "kh", *number[:3], "00000", *number[4:], *called), 1, "group 4", "1 of 3")
    said("too few digits are no try", node.run("peer", "type", "kh", *number[:5], *called), 2, "six groups")
    said("a number from their file is none", node.run("peer", "type", "kh", *number, "--called", "1", "--found", "file"), 2, "never one from their file")
    said("the number is typed", node.run("peer", "type", "kh", *number, *called), 0, "second person")
    said("not by the same person", node.run("peer", "confirm", "kh", "--role", "cert"), 1, "another person")
    check("the page says who typed", "confirms within 24 hours" in page.get("/peers/kh")[1])
    status, text = press("/peers/confirm", {"id": "kh", "role": "cert"}, "/peers/kh")
    check("another person confirms, on the page", status == 303 and state_of("kh") == "linked", (status, text[:300]))
    check("a check of communication is asked by itself", [(c["who"], c["result"]) for c in node.ask("check", "list")] == [("we", "open")])
    wait("it is signed, logged and waits for their receipt", lambda: [p["waits"] for p in node.ask("peer", "list")] == [1])
    check("the page has it", "check" in page.get("/peers/kh")[1] and "they have not linked us yet" not in page.get("/peers")[1])


def lists():
    other = make_list("kh", random_keys("kh2.keys"), root=path("kh2.root"), out=path("kh2.weirkeys"), *("--number", "2"))
    said("another root is refused while the link is there", node.run("peer", "import", other), 1, "another root", "weir peer end kh")
    newer = make_list("kh", random_keys("kh3.keys"), "--last", theirs, out=path("kh3.weirkeys"))
    said("a newer list of the same root counts at once", node.run("peer", "import", newer), 0, "counts now")
    said("an older one does not", node.run("peer", "import", theirs), 1, "number 2 is held")
    said("too many days", node.run("peer", "extend", "kh", "--days", "31", "--why", "called"), 1, "30 days in all")
    said("days after a call", node.run("peer", "extend", "kh", "--days", "10", "--why", "called them"), 0, "counts until")
    said("a pause needs a reason", node.run("peer", "pause", "kh"), 2, "needs a reason")
    said("a pause", node.run("peer", "pause", "kh", "--why", "their node is being moved"), 0)
    check("it is paused", state_of("kh") == "paused")
    said("and goes on", node.run("peer", "resume", "kh"), 0)
    status, _ = press("/peers/quota", {"id": "kh", "per-minute": "77", "day-bytes": ""}, "/peers/kh")
    check("limits on the page", status == 303 and "77 statements a minute" in node.run("peer", "show", "kh").stdout.decode(), status)
    status, _ = press("/peers/role", {"id": "kh", "role": "organiser"}, "/peers/kh")
    check("a role on the page", status == 303 and [p["role"] for p in node.ask("peer", "list")] == ["organiser"], status)
    press("/peers/role", {"id": "kh", "role": "cert"}, "/peers/kh")
    audit = page.get("/activity")[1]
    check("all of it stands in the audit", all(w in audit for w in ("peer-type", "peer-confirm", "peer-extend", "called them")) or
          "for accounts with another role" in audit, audit[:200])


def groups():
    said("a group of one", node.run("group", "propose", "clmv", "--name", "CLMV", "--purpose", "four CERTs", "--members", "xa"), 2, "two members or more")
    said("a member that nobody knows is named", node.run("group", "propose", "clmv", "--name", "CLMV", "--purpose", "four CERTs", "--members", "xa,kh,hk"), 0,
         "hk is no party that is known here")
    said("a card is written", node.run("group", "propose", "clmv", "--name", "CLMV", "--purpose", "four CERTs", "--members", "xa,kh"), 0, "second person")
    said("not sent by the same person", node.run("group", "send", "clmv"), 1, "another person")
    check("the page shows it", "clmv" in good_page("the page of groups", page.get("/groups")))
    status, text = press("/groups/send", {"id": "clmv"}, "/groups")
    cards = [(g["card"] if "card" in g else g["state"], g["members"]) for g in node.ask("group", "list")]
    check("another person sends it, and ours counts", status == 303 and cards == [("counts", "kh xa")], (status, cards))


def contacts():
    said("an empty card is none", node.run("contact", "send"), 2, "is empty")
    said("a contact needs a way", node.run("contact", "add", "--kind", "technical", "--office", "Desk"), 2, "a way to reach it")
    said("an entry of our card", node.run("contact", "add", "--kind", "duty-24x7", "--office", "Duty desk", "--phone", "+000", "--languages", "lo en"), 0)
    status, _ = press("/contacts/send", {}, "/contacts")
    check("one press sends it", status == 303 and node.ask("contact", "list")[0]["serial"] == 1, status)
    said("holidays are dates", node.run("contact", "send", "--holidays", "newyear"), 2, "dates")
    said("a zone is one that there is", node.run("contact", "send", "--zone", "Asia/Vientian"), 2, "no time zone 'Asia/Vientian'")
    said("and a new serial", node.run("contact", "send", "--zone", "Asia/Vientiane", "--holidays", "2027-04-14 2027-04-15"), 0, "card 2", "1 party")
    said("a limit is named", node.run("peer", "quota", "kh"), 2, "which limit?")
    said("a link that goes on", node.run("peer", "pause", "kh", "--why", "looked at"), 0)
    said("is sent to all the same", node.run("contact", "send"), 0, "1 party")
    said("and goes on", node.run("peer", "resume", "kh"), 0, "linked again")
    write("members.csv", b'"Team","Country","E-mail","Phone"\r\n"Example CERT","LA","desk@cert.example; b@cert.example","+000 1"\r\n"Nobody","","",""\r\n')
    said("a list of members with a row that has no address", node.run("contact", "import", path("members.csv")), 1, "members.csv", "line 3")
    said("without it", node.run("contact", "import", "--skip", path("members.csv")), 0, "1 party")
    found = [c for c in node.ask("contact", "list") if c["party"] == "cert.example"]
    check("it is in the directory", len(found) == 1 and "desk@cert.example" in found[0]["channels"], found)
    good_page("the page of contacts", page.get("/contacts"))
    said("a ministry that takes part by mail", node.run("party", "add", "ministry.example", "--kind", "ministry", "--email", "a@ministry.example", "--mail"), 0)
    said("one without an address cannot", node.run("party", "add", "other.example", "--mail"), 2, "has a mail address")
    said("a wrong name", node.run("party", "add", "Ministry"), 2, "no party")
    said("asked by telephone", node.run("check", "ask", "ministry.example", "--channel", "phone"), 0, "give them the token")
    mine = next(c for c in node.ask("check", "list") if c["party"] == "ministry.example")
    said("a wrong token is noted", node.run("check", "note", mine["check"], "--token", "00000000x"), 2, "eight digits")
    said("it bounced", node.run("check", "note", mine["check"], "--result", "bounced"), 0, "bounced")
    years = [y for y in node.ask("check", "year") if y["party"] == "ministry.example"]
    check("the figure of the year", [(y["asked"], y["bounced"], y["year"]) for y in years] == [(1, 1, int(time.strftime("%Y", time.gmtime())))], years)


def end_of_link():
    said("an end", node.run("peer", "end", "kh", "--why", "another root"), 0)
    said("then another root begins anew", node.run("peer", "import", path("kh2.weirkeys")), 0, "unverified")
    number = voice(theirs).split()
    for left in ("1 of 3", "2 of 3", "dropped"):
        said("the number of the old root", node.run("peer", "type", "kh", *number, "--called", "1", "--found", "card"), 1, left)
    check("three wrong numbers drop the link", state_of("kh") == "none")
    said("not silent", node.run("recover"), 0, "not silent")
    said("nothing to end", node.run("recover", "--end"), 2, "not silent")


def other_keys():
    """docs/runbooks/key-lost.md: a node whose keys were taken away makes others, and shows none that it has not."""
    before = {k["key"] for k in node.ask("key", "show")}
    node.stop()
    for key in glob.glob(os.path.join(node.state, "keys", "*.key")):
        os.rename(key, path(os.path.basename(key)))
    node.start()
    wait("the keys of now are shown, and no others",
         lambda: len(after := {k["key"] for k in node.ask("key", "show")}) == 4 and len(after & before) == 1)  # that of TLS


linking(own_keys())
lists()
groups()
contacts()
end_of_link()
other_keys()
node.stop()
end()
