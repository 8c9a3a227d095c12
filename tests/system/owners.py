# SPDX-License-Identifier: Apache-2.0
"""The register of owners: taken at the first start, changed by imports that show their difference, are applied whole or
not at all, and take findings with them; out again as a file; in from other systems."""
import json
import os
import random
import sqlite3
import subprocess
import time

from node import Node, kill_pid
from program import WEIR, check, end, path, wait, write
from sink import Sink

HEAD = "id,name,sector,prefixes,contacts,language\n"
sink = Sink()


def country(name, owners):
    folder = path(name)
    os.makedirs(os.path.join(folder, "rules"))
    with open(os.path.join(folder, "weir.yaml"), "w", encoding="utf-8") as f:
        f.write("country: XA\nname: Example CERT\nmail:\n  from: \"Example CERT <cert@cert.example>\"\n  delay: 0s\n"
                f"  a-minute: 100000\n  host: 127.0.0.1\n  port: {sink.port}\n  tls: none\n")
    with open(os.path.join(folder, "owners.csv"), "w", encoding="utf-8") as f:
        f.write(owners)
    with open(os.path.join(folder, "rules", "10-all.yaml"), "w", encoding="utf-8") as f:
        f.write("- rule: phish\n  if: { classification.type: phishing }\n  then: { notify: owner, within: 1d }\n"
                "  repeat: { per: [source.ip, malware.name] }\n"
                "- rule: all\n  if: {}\n  then: { notify: owner, within: 1d }\n")
    return folder


def table(*hosts, hour=0, kind="infected-system", malware="mirai"):
    return ("source.ip,source.port,time.source,classification.type,malware.name,tlp\n" + "".join(
        f"{h},4{i:03},2026-01-05T{hour:02}:00:00Z,{kind},{malware},GREEN\n" for i, h in enumerate(hosts))).encode()


def said(what, p, code, *words):
    text = (p.stdout + p.stderr).decode()
    check(what, p.returncode == code and all(w in text for w in words), (p.returncode, text))
    return text


def take(node, data, what="a report"):
    p = node.run("take", "--wait", "-", data=data)
    check(f"{what} is taken", p.returncode == 0, p.stdout + p.stderr)


def settled(node):
    """No letter waits; how many went."""
    wait("letters go", lambda: not [n for n in node.ask("notices", "--limit", "1000") if n["state"] in ("due", "ready")])
    return [to for to, _ in sink.letters]


def rows(node, sql):
    db = sqlite3.connect(f"file:{os.path.join(node.state, 'state.db')}?mode=ro", uri=True)
    got = db.execute(sql).fetchall()
    db.close()
    return got


def owner_of(node):
    return {(f["place"], f["class"]): f["owner"] for f in node.ask("findings", "--limit", "1000") if f["state"] != "closed"}


def bring(node, name, text, *words):
    """An import that is applied; the node answers again when this returns."""
    write(name, text.encode())
    return said(f"{name} is imported", node.run("owner", "import", "--yes", path(name)), 0, *words)


A_HAS = HEAD + "a,Owner A,telecom,198.51.100.0/24,noc@a.example,en\nb,Owner B,telecom,203.0.113.0/24,noc@b.example,en\n"
B_HAS = HEAD + "a,Owner A,telecom,192.0.2.0/24,noc@a.example,en\nb,Owner B,telecom,203.0.113.0/24 198.51.100.0/24,noc@b.example,en\n"
hosts = [f"198.51.100.{i}" for i in range(1, 6)]


def moving():
    node = Node("moving", "--conf", country("moving.conf", A_HAS)).start()
    take(node, table(*hosts))
    take(node, table(hosts[0], kind="phishing"))
    take(node, table("203.0.113.9"))
    check("told once each", sorted(settled(node)) == ["noc@a.example"] * 2 + ["noc@b.example"], sink.letters)
    before, findings = node.run("owner", "export").stdout, node.ask("findings")
    write("b.csv", B_HAS.encode())
    text = said("what would change", node.run("owner", "import", path("b.csv")), 0, "+ prefix   b 198.51.100.0/24", "- prefix   a 198.51.100.0/24",
                "2 prefixes added, 1 prefix removed", "findings: 6 move to another owner, who is written to about 6",
                "from a to b", "nothing was changed; --yes applies it")
    check("six lines of findings", text.count(": from a to b") == 6, text)
    check("nothing was changed", node.run("owner", "export").stdout == before and node.ask("findings") == findings)
    check("no row of it", rows(node, "select count(*) from register") == [(1,)])
    sink.letters.clear()
    bring(node, "b.csv", B_HAS, "this is register 2")
    said("again there is no difference", node.run("owner", "import", "--yes", path("b.csv")), 0, "has all of that already")
    check("they have moved", set(owner_of(node).values()) == {"b"}, owner_of(node))
    check("the same findings", sorted((f["finding"], f["place"], f["first"], f["events"]) for f in node.ask("findings"))
          == sorted((f["finding"], f["place"], f["first"], f["events"]) for f in findings))
    check("the new owner is told once for each class", sorted(settled(node)) == ["noc@b.example"] * 2, sink.letters)
    check("they are told", {f["state"] for f in node.ask("findings")} == {"told"}, node.ask("findings"))
    take(node, table(*hosts, hour=1))
    take(node, table(hosts[0], hour=1, kind="phishing"))
    time.sleep(0.3)
    check("the next report makes no second finding", node.count("findings") == 7, node.ask("findings"))
    check("and no second letter", len(settled(node)) == 2, sink.letters)
    check("each move and the import are in the audit", [r[0] for r in rows(node, "select verb from audit order by seq")]
          == ["owner-import"] + ["finding-move"] * 6 + ["owner-import"])
    detail = rows(node, "select detail, person from audit where verb = 'owner-import' order by seq desc limit 1")[0]
    check("with who and the digest", "SHA-256 " in detail[0] and "6 findings moved" in detail[0] and detail[1] not in ("", "weir"), detail)
    back(node)
    merging(node)
    renaming(node)
    gone(node)
    said("all agrees", node.run("check", "--deep"), 0, " 0 problems")
    check("it stops", node.stop() == 0, node.said()[-300:])


def back(node):
    """To the owner who was told before: he is not told again."""
    sink.letters.clear()
    bring(node, "a.csv", A_HAS, "findings: 6 move to another owner\n")
    time.sleep(0.3)
    check("nobody is told what he was told", settled(node) == [], sink.letters)
    check("they are back", set(owner_of(node).values()) == {"a", "b"})


def merging(node):
    """Closed as fixed at A, seen again at B, back to A: one finding, open, told of as such."""
    place = hosts[1]
    old = next(f["finding"] for f in node.ask("findings") if f["place"] == place)
    said("closed", node.run("finding", "close", old, "--why", "fixed"), 0)
    bring(node, "b.csv", B_HAS, "findings: 5 move")
    take(node, table(place, hour=2))
    sink.letters.clear()
    new = next(f["finding"] for f in node.ask("findings") if f["place"] == place and f["owner"] == "b")
    check("a finding of its own at B", new != old)
    bring(node, "a.csv", A_HAS, "1 of them go on as what that owner had already", f"{new} infected-system {place}: from b to a, goes on as {old}")
    found = {f["finding"]: f for f in node.ask("findings", "--limit", "100")}
    check("the old one is open again", found[old]["state"] in ("open", "told") and found[old]["owner"] == "a", found[old])
    check("as young as the new one", found[old]["last"] == found[new]["last"] > found[old]["first"], found[old])
    why = node.run("why", new).stdout + node.run("why", old).stdout
    check("the story says so", f"it goes on as {old}".encode() in why and f"goes on as this one: {new}".encode() in why, why)
    check("the new one is closed into it", found[new]["state"] == "closed" and rows(node, f"select merged from finding where id = {new[1:]}") == [(int(old[1:]),)])
    check("its owner is told", settled(node).count("noc@a.example") == 1, sink.letters)
    total = node.count("findings")
    take(node, table(place, hour=3))
    check("the next report finds the one", node.count("findings") == total)
    check("and it counts", {f["finding"]: f for f in node.ask("findings")}[old]["events"] == found[old]["events"] + 1)


def renaming(node):
    sink.letters.clear()
    bring(node, "renamed.csv", A_HAS.replace("\na,Owner A", "\nalpha,Owner A"), "+ owner    alpha", "- owner    a", "findings: 6 move to another owner\n")
    time.sleep(0.3)
    check("the same address is not told again", settled(node) == [], sink.letters)
    check("the owner of before is shown as gone", b"gone      since" in node.run("owner", "show", "a").stdout)


def gone(node):
    bring(node, "less.csv", HEAD + "b,Owner B,telecom,203.0.113.0/24,noc@b.example,en\n", "stay with the owner who had them")
    check("they stay", "alpha" in owner_of(node).values())
    write("empty.csv", HEAD.encode())
    said("a file without owners is refused", node.run("owner", "import", "--yes", path("empty.csv")), 2, "there is no owner in it")
    check("and was not taken", node.count("owner", "list") == 1)


def starting():
    """The folder's file counts at the first start; later the register does, and a difference is said."""
    conf = country("starting.conf", A_HAS)
    node = Node("starting", "--conf", conf).start()
    take(node, table(hosts[0]))
    check("it stops", node.stop() == 0)
    with open(os.path.join(conf, "owners.csv"), "w", encoding="utf-8") as f:
        f.write(B_HAS)
    node.start()
    check("the difference is said, and what to type", f"weir owner import {conf}/owners.csv" in node.said(), node.said())
    check("the register is what it was", b"a,Owner A,telecom,,198.51.100.0/24" in node.run("owner", "export").stdout)
    said("reload says it too", node.run("reload"), 0, "is not what the node's register of owners has", "weir owner import")
    take(node, table(hosts[0], hour=1))
    check("the finding is the same", node.count("findings") == 1 and set(owner_of(node).values()) == {"a"})
    said("it is taken as it says", node.run("owner", "import", "--yes", os.path.join(conf, "owners.csv")), 0, "findings: 1 move")
    p = node.run("reload")
    check("then reload has nothing to say", p.returncode == 0 and b"register" not in p.stdout, p.stdout)
    os.unlink(os.path.join(conf, "owners.csv"))
    said("a node does without the file", node.run("reload"), 0)
    check("it stops", node.stop() == 0)


def round_trip():
    text = ("id,name,sector,country,prefixes,asns,domains,contacts,language,timezone,classes,asset,kind,criticality,formats,phone\n"
            "x,\"X, \"\"the\"\" bank\",finance,XA,192.0.2.0/25 2001:db8::/32,64500 AS64501,x.example,a@x.example,lo,Asia/Vientiane,phishing,,,,xarf,+856 21 555-0100 ext. 7\n"
            "x,,,,192.0.2.130-192.0.2.131,,,b@x.example a@x.example,en,,,,,\n"
            "x,,,,192.0.2.7,,atm.x.example,,,,,atm,payment-switch,5\n"
            "y,Ministère of ຕົວຢ່າງ,,,198.51.100.0/24,,,c@y.example,,,,,,\n"
            "x,,,,192.0.2.9,,,,,,,web,,\n"
            "z,,,,,,,,,,,,\n")
    node = Node("round", "--conf", country("round.conf", text)).start()
    out = node.run("owner", "export").stdout
    write("out.csv", out)
    said("export and import are no difference", node.run("owner", "import", path("out.csv")), 0, "has all of that already")
    again = Node("round2", "--conf", country("round2.conf", HEAD)).start()
    said("into an empty node", again.run("owner", "import", "--yes", path("out.csv")), 0, "3 owners added", "register 2")
    check("the same comes out", again.run("owner", "export").stdout == out, again.run("owner", "export").stdout)
    j = json.loads(node.run("owner", "export", "--json").stdout)
    x = next(o for o in j["owners"] if o["id"] == "x")
    check("JSON has all of it", x["prefixes"] == ["192.0.2.0/25", "192.0.2.130/31", "2001:db8::/32"] and x["asns"] == [64500, 64501]
          and [(c["email"], c["timezone"]) for c in x["contacts"]] == [("a@x.example", "Asia/Vientiane"), ("b@x.example", "")]
          and {a["name"]: a["prefixes"] for a in x["assets"]} == {"atm": ["192.0.2.7/32"], "web": ["192.0.2.9/32"]}, x)
    check("with what its letters carry, and its telephone", [(c["formats"], c["phone"]) for c in x["contacts"]]
          == [("xarf", "+856 21 555-0100 ext. 7"), ("", "")], x["contacts"])
    check("one address is one contact, that wants what either wants", x["contacts"][0]["classes"] == "" and x["contacts"][0]["language"] == "lo", x)
    lists = {o["owner"]: o for o in node.ask("owner", "list")}
    check("the list", lists["x"]["prefixes"] == 5 and lists["x"]["assets"] == 2 and lists["x"]["contacts"] == 2 and lists["z"]["prefixes"] == 0, lists)
    said("one owner", node.run("owner", "show", "x"), 0, "192.0.2.7/32 (atm)", "a@x.example (lo)", "atm, payment-switch, criticality 5 of 5")
    said("an owner that is not there", node.run("owner", "show", "nobody"), 1, "there is no owner 'nobody'")
    check("they stop", node.stop() == 0 and again.stop() == 0)


INTELMQ = """organisation_id,organisation_name,sector,email,network,asn,fqdn,openpgp_fpr
1,Example Bank (Group),finance,soc@bank.example,192.0.2.0/25,{64500},bank.example,AAAA
1,Example Bank (Group),finance,soc@bank.example,192.0.2.128/25,,\\N,
1,Example Bank (Group),finance,abuse@bank.example,,,,
2,Example Net,telecom,noc@net.example,198.51.100.0/24,"{64501,64502}",,
3,Example Net,telecom,other@net2.example,203.0.113.0/24,,,
"""
RTIR = ("id\tName\tRealName\tEmailAddress\tOrganization\tLang\tCF.{IP}\tConstituency\tDisabled\n"
        "22\troot\tEnoch Root\troot@cert.example\t\t\t\t\t0\n"
        "30\tbank\tDuty desk\tSOC@Bank.example\tExample Bank\tlo\t192.0.2.0-192.0.2.127, 192.0.2.200\t\t0\n"
        "31\tbank2\tDeputy\tdeputy@bank.example\tExample Bank\ten\t\t\t\n"
        "32\tedu\tSchools\tnoc@edu.example\t\t\t198.51.100.0/24\tEDUNET\t0\n"
        "33\told\tLeft\tleft@bank.example\tExample Bank\ten\t\t\t1\n")


def elsewhere():
    node = Node("elsewhere", "--conf", country("elsewhere.conf", HEAD)).start()
    write("contacts.csv", INTELMQ.encode())
    said("from IntelMQ", node.run("owner", "import", "--yes", "--from", "intelmq", path("contacts.csv")), 0,
         "3 owners added, 4 contacts added, 4 prefixes added, 3 AS added, 1 domain added", "openpgp_fpr")
    got = {o["id"]: o for o in json.loads(node.run("owner", "export", "--json").stdout)["owners"]}
    check("ids are made of names", set(got) == {"example-bank-group", "example-net", "example-net-3"}, set(got))
    check("rows of one organisation add up", got["example-bank-group"]["prefixes"] == ["192.0.2.0/25", "192.0.2.128/25"]
          and got["example-bank-group"]["asns"] == [64500] and got["example-net"]["asns"] == [64501, 64502], got)
    write("table.csv", b"asn,contact,comment\n64510,noc@isp.example,an ISP\n64511,noc@isp.example,\n")
    said("a table of the generic look-up", node.run("owner", "import", "--from", "intelmq", path("table.csv")), 0, "+ owner    isp-example", "+ AS       isp-example 64510")
    write("users.tsv", RTIR.encode())
    said("from RTIR", node.run("owner", "import", "--yes", "--from", "rtir", path("users.tsv")), 0, "2 owners added", "RealName")
    got = {o["id"]: o for o in json.loads(node.run("owner", "export", "--json").stdout)["owners"]}
    check("organisations, else constituencies", set(got) == {"example-bank", "edunet"}, set(got))
    check("users with an address", [(c["email"], c["language"]) for c in got["example-bank"]["contacts"]]
          == [("SOC@bank.example", "lo"), ("deputy@bank.example", "en")], got["example-bank"])
    check("ranges are prefixes", got["example-bank"]["prefixes"] == ["192.0.2.0/25", "192.0.2.200/32"], got["example-bank"])
    check("it stops", node.stop() == 0)


def mistakes():
    node = Node("mistakes", "--conf", country("mistakes.conf", A_HAS)).start()
    write("bad.csv", (HEAD + "a,Owner A,telecom,198.51.100.0/24 198.51.100.0/33,noc@a.example,en\nb,Owner B,telecom,203.0.113.0/24,nobody,en\n").encode())
    text = said("values that are wrong", node.run("owner", "import", "--yes", path("bad.csv")), 1,
                f"{path('bad.csv')}:2:19: bad prefix '198.51.100.0/33'", f"{path('bad.csv')}:3:34: contact 'nobody' is no mail address", "--partly")
    check("and nothing was asked", "register" not in text and rows(node, "select count(*) from register") == [(1,)])
    said("left out", node.run("owner", "import", "--partly", "--yes", path("bad.csv")), 0, "- contact  b noc@b.example", "register 2")
    write("users.tsv", RTIR.replace("192.0.2.200", "192.0.2.300").encode())
    said("in an export too", node.run("owner", "import", "--from", "rtir", path("users.tsv")), 1, "users.tsv:3:", "bad prefix '192.0.2.300'")
    write("as.csv", b"asn,comment\n64500,x\n")
    said("an export without contacts", node.run("owner", "import", "--from", "intelmq", path("as.csv")), 1, "as.csv:1:1: ", "no column 'email' or 'contact'")
    said("another system", node.run("owner", "import", "--from", "otrs", path("bad.csv")), 2, "--from is weir, intelmq or rtir")
    write("routes.txt", b"192.0.2.0/24 64500\n")
    said("no owners file", node.run("owner", "import", path("routes.txt")), 1, "this is no owners file")
    said("no file", node.run("owner", "import", path("nowhere.csv")), 1, "nowhere.csv")
    check("it stops", node.stop() == 0)


def unstartable():
    """A configuration that is wrong: the core does not end for a register, and a core that cannot start is said to be gone."""
    conf = country("torn.conf", A_HAS)
    node = Node("torn", "--conf", conf).start()
    weir_yaml = os.path.join(conf, "weir.yaml")
    with open(weir_yaml, encoding="utf-8") as f:
        good = f.read()
    with open(weir_yaml, "a", encoding="utf-8") as f:
        f.write("torn: [\n")
    write("more.csv", (HEAD + "a,Another name,telecom,198.51.100.0/24,noc@a.example,en\nb,Owner B,telecom,203.0.113.0/24,noc@b.example,en\n").encode())
    said("an import does not end the core", node.run("owner", "import", "--yes", path("more.csv")), 2, "nothing is imported while the configuration is wrong", "weir.yaml")
    kill_pid(next(pid for pid, name in node.processes() if name == "weir-core"))

    def gone():
        return [s["look"] for s in node.ask("status") if s["name"] == "core does not run"]
    wait("a core that cannot start is said", lambda: gone() == ["somebody must look"])
    with open(weir_yaml, "w", encoding="utf-8") as f:
        f.write(good)
    wait("and that it runs again", lambda: gone() != ["somebody must look"])
    said("the import is taken then", node.run("owner", "import", "--yes", path("more.csv")), 0, "register 2")
    check("it stops", node.stop() == 0)


def broken():
    sink.letters.clear()
    sink.refuse = {"noc@a.example": "550 no such user"}
    node = Node("broken", "--conf", country("broken.conf", A_HAS)).start()
    take(node, table(hosts[0]))
    wait("refused", lambda: node.count("notices", "--state", "refused") == 1)
    said("the contact is shown as broken", node.run("owner", "show", "a"), 0, "noc@a.example (en), broken since")
    check("and found", [o["owner"] for o in node.ask("owner", "list", "--broken")] == ["a"])
    bring(node, "same.csv", A_HAS.replace("Owner B", "Owner BB"), "name Owner B -> Owner BB")
    said("an import leaves the mark", node.run("owner", "show", "a"), 0, "broken since")
    said("mended", node.run("contact", "mend", "noc@a.example", "--note", "by telephone"), 0, "is written to again")
    check("it is not broken any more", b"broken" not in node.run("owner", "show", "a").stdout)
    check("in the audit", rows(node, "select object, detail from audit where verb = 'contact-mend'") == [("noc@a.example", "by telephone")])
    said("twice", node.run("contact", "mend", "noc@a.example"), 1, "is marked as broken")
    sink.refuse = {}
    check("it stops", node.stop() == 0)


def large(prefixes=100000, owners=1000):
    lines = [f"o{i},Owner {i},telecom,{' '.join(f'10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}/32' for n in range(i, prefixes, owners))},noc@o{i}.example,en"
             for i in range(owners)]
    return HEAD + "\n".join(lines) + "\n"


def killing(kills=8):
    """The core is killed at any moment of a large import: it is done once, or not yet."""
    node = Node("killing", "--conf", country("killing.conf", HEAD + "a,Owner A,telecom,10.0.0.0/8,noc@a.example,en\n")).start()
    take(node, table(*(f"10.0.{i}.7" for i in range(200))))
    write("large.csv", large().encode())
    dice = random.Random(int.from_bytes(os.urandom(4), "big"))
    started = time.monotonic()
    said("the difference of a large one", node.run("owner", "import", path("large.csv")), 0, "100000 prefixes added", "findings: 200 move")
    took = time.monotonic() - started
    print(f"the difference of 100,000 prefixes: {took:.2f} s")
    state = lambda: rows(node, "select (select max(version) from register), (select count(*) from claim), (select count(*) from audit),"
                               " (select count(*) from finding f join owner o on o.id = f.owner where o.ref <> 'a')")[0]
    p = subprocess.Popen([WEIR, "owner", "import", "--yes", "--state", node.state, path("large.csv")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    seen, done = set(), 0
    while p.poll() is None and done < kills:
        time.sleep(dice.random() * took)
        for pid, name in node.processes():
            if name == "weir-core":
                done += kill_pid(pid)
        seen.add(state())
    out = p.communicate(timeout=120)[0].decode()
    check("it is applied in the end", p.returncode == 0 and "this is register 2" in out, out[-500:])
    seen.add(state())
    print(f"{done} kills; seen: {sorted(seen)}")
    check("whole or not at all at every moment", seen <= {(1, 1, 1, 0), (2, 100000, 202, 200)} and (2, 100000, 202, 200) in seen, seen)
    check("there were kills", done > 0)
    node.run("status")
    take(node, table(*(f"10.0.{i}.7" for i in range(200)), hour=1))
    check("no finding twice", node.count("findings") == 200)
    said("all agrees", node.run("check", "--deep"), 0, " 0 problems")
    check("it stops", node.stop() == 0, node.said()[-300:])
    started = time.monotonic()
    node.start()
    print(f"a start with 100,000 prefixes: {time.monotonic() - started:.2f} s")
    check("it stops", node.stop() == 0)


moving()
starting()
round_trip()
elsewhere()
mistakes()
unstartable()
broken()
killing()
sink.stop()
end()
