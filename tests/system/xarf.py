# SPDX-License-Identifier: Apache-2.0
"""Letters with abuse reports beside the table: valid by the shape of XARF 4, read back by our own reader as what the table
says, only for those who asked for it, and never for a letter that takes something back."""
import csv
import datetime
import io
import json
import os
import re

from node import Node
from program import Run, check, end, path, wait, write
from sink import Sink

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sink = Sink()

with open(os.path.join(ROOT, "src", "event", "taxonomy.tbl"), encoding="utf-8") as f:
    TYPES = re.findall(r'^TYPE\(\d+, \w+, "([^"]+)"', f.read(), re.M)
# what schemas/v4/types/CATEGORY-TYPE.json of xarf-spec wants beside the core
REQUIRED = {
    ("infrastructure", "botnet"): ["compromise_evidence"],
    ("connection", "login_attack"): ["protocol", "first_seen", "source_port"],
    ("connection", "port_scan"): ["protocol", "first_seen", "source_port"],
    ("connection", "ddos"): ["protocol", "first_seen", "source_port"],
    ("content", "phishing"): ["url"],
    ("content", "malware"): ["url"],
    ("vulnerability", "open_service"): ["service"],
    ("reputation", "blocklist"): ["threat_type"],
    ("reputation", "threat_intelligence"): ["threat_type"],
}
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
HEAD = ("source.ip,source.port,source.url,source.fqdn,source.account,time.source,classification.type,classification.identifier,malware.name,"
        "protocol.transport,destination.ip,destination.port,tlp,extra.secret\n")


def country(name, mode="live"):
    folder = path(name)
    os.makedirs(os.path.join(folder, "rules"))
    with open(os.path.join(folder, "weir.yaml"), "w", encoding="utf-8") as f:
        f.write(f"country: XA\nname: Example CERT\nmail:\n  from: \"Example CERT <cert@cert.example>\"\n  delay: 0s\n"
                f"  a-minute: 100000\n  mode: {mode}\n  host: 127.0.0.1\n  port: {sink.port}\n  tls: none\n")
    with open(os.path.join(folder, "owners.csv"), "w", encoding="utf-8") as f:
        f.write("id,name,sector,prefixes,domains,contacts,language,formats\n"
                "tools,Owner with tools,telecom,192.0.2.0/24 2001:db8::/32,bad.example,machine@tools.example,en,xarf\n"
                "tools,,,,,person@tools.example,lo,\n")
    with open(os.path.join(folder, "rules", "10-all.yaml"), "w", encoding="utf-8") as f:
        f.write("- rule: all\n  if: {}\n  then: { notify: owner, within: 1d }\n")
    return folder


def rows():
    """Per class: all that a record can say, the address alone, a name, a page, an account."""
    for i, name in enumerate(TYPES):
        when = "2026-01-05T00:00:00.25Z"
        yield (f"192.0.2.{i},443,http://www.bad.example/{i},www.bad.example,,{when},{name},open-{i},\"mal \"\"ware\"\", =x,\",tcp,198.51.100.{i},80,AMBER,"
               "never-to-be-told")
        yield f"2001:db8::{i + 1:x},,,,,2026-01-05T01:00:00Z,{name},,,,,,GREEN,never-to-be-told"
        yield f",,,n{i}.bad.example,,2026-01-05T02:00:00Z,{name},,,,,,GREEN,never-to-be-told"
        yield f",,https://p{i}.bad.example/x,,,2026-01-05T03:00:00Z,{name},,,,,,GREEN,never-to-be-told"
        yield f"192.0.2.{i + 100},,,,user{i}@bad.example,2026-01-05T04:00:00Z,{name},,,,,,GREEN,never-to-be-told"


def taken(node, name, data):
    p = node.run("take", "--wait", write(name, data) and path(name))
    check(f"{name} is taken", p.returncode == 0, p.stdout + p.stderr)


def parts(mail):
    """The table's rows, and the bytes of the reports; None: there are none."""
    found = {part.get_content_type(): part for part in mail.iter_attachments()}
    table = list(csv.DictReader(io.StringIO(found["text/csv"].get_content().lstrip("\ufeff"))))
    report = found.get("application/json")
    return table, report and report.get_content(), report and report.get_filename()


def valid(r):
    """What is wrong with a report; empty: nothing."""
    bad = [k for k in ("xarf_version", "report_id", "timestamp", "reporter", "sender", "source_identifier", "category", "type") if not r.get(k)]
    bad += [k for k in REQUIRED.get((r.get("category"), r.get("type")), ["a pair of category and type that XARF has"]) if not r.get(k)]
    if not re.fullmatch(r"4\.\d+\.\d+", r.get("xarf_version", "")) or not re.fullmatch(UUID, r.get("report_id", "")):
        bad.append("version or id")
    for party in (r["reporter"], r["sender"]):
        if party != {"org": "Example CERT", "contact": "cert@cert.example", "domain": "cert.example"}:
            bad.append("party")
    if datetime.datetime.fromisoformat(r["timestamp"]).tzinfo is None:
        bad.append("timestamp")
    for k in ("source_port", "destination_port", "asn"):
        if k in r and not (isinstance(r[k], int) and r[k] >= 1):
            bad.append(k)
    if not all(re.fullmatch(r"[a-z0-9][a-z0-9_+-]*:[a-z0-9][a-z0-9_+-.]*", t) for t in r.get("tags", [])):
        bad.append("tags")
    if r["category"] == "connection" and r.get("protocol") not in ("tcp", "udp", "icmp", "sctp"):
        bad.append("protocol")
    return bad


def same(row, event):
    """A row of the table and what the reader makes of its report. The table has whole seconds."""
    got = (event.get("source.ip", ""), event.get("source.url", ""), str(event.get("source.port", "")), event.get("source.account", ""),
           event["classification.type"], event["time.source"][:19].replace("T", " "), event.get("severity"), event.get("extra.finding"),
           event.get("malware.name", ""), event.get("destination.ip", ""))
    want = (row["ip"], row["url"], row["port"], row["account"], row["class"], row["timestamp"], row["severity"], row["finding"],
            row["infection"].lstrip("'"), row["dst_ip"])
    named = not row["hostname"] or event.get("source.fqdn") == row["hostname"]
    return got == want and named


def letters():
    node = Node("xarf", "--conf", country("xarf.conf")).start()
    taken(node, "all.csv", (HEAD + "\n".join(rows()) + "\n").encode())
    count = node.count("notices")
    wait("all go", lambda: node.count("notices", "--state", "sent") == count and len(sink.letters) == count)
    machine = [mail for to, mail in sink.letters if to.startswith("machine@")]
    person = [mail for to, mail in sink.letters if to.startswith("person@")]
    check("both get a letter of each class", len(machine) == len(person) == len(TYPES), (len(machine), len(person)))
    check("who asked for nothing has the table alone", all(parts(m)[1] is None for m in person))
    classes, ids, wrong = set(), set(), []
    for mail in machine:
        table, report, name = parts(mail)
        if report is None:
            wrong.append((mail["Subject"], "no report"))
            continue
        reports = json.loads(report)
        reports = reports if isinstance(reports, list) else [reports]
        wrong += [(r, valid(r)) for r in reports if valid(r)]
        ids |= {r["report_id"] for r in reports}
        events = {e["extra.finding"]: e for e in Run(report, "--format", "xarf").events}
        wrong += [(row, events.get(row["finding"])) for row in table if row["finding"] not in events or not same(row, events[row["finding"]])]
        wrong += [] if len(table) == len(events) == len(reports) else [(len(table), len(events), len(reports))]
        classes |= {row["class"] for row in table}
        if b"never-to-be-told" in report or "evidence" in reports[0] or not name.endswith(".xarf.json"):
            wrong.append((name, "leak"))
    check("each report is valid and says what its row says", not wrong, wrong[:3])
    check("of each class", classes == set(TYPES), set(TYPES) - classes)
    check("each id once", len(ids) == 5 * len(TYPES), len(ids))
    check("the reader knows it when nobody says what it is", Run(parts(machine[0])[1]).events != [])
    labels = {r["tags"][0] for r in json.loads(parts(machine[0])[1])}
    check("labels go with the records", labels == {"tlp:amber", "tlp:green"}, labels)
    sink.letters.clear()
    taken(node, "one.csv", (HEAD + "192.0.2.200,80,,,,2026-01-06T00:00:00Z,infected-system,,mirai,,,,GREEN,x\n").encode())
    wait("one more to each", lambda: len(sink.letters) == 2)
    one = next(mail for to, mail in sink.letters if to.startswith("machine@"))
    alone = json.loads(parts(one)[1])
    check("one finding is a report by itself", isinstance(alone, dict) and alone["source_identifier"] == "192.0.2.200", alone)
    n = next(n for n in node.ask("notices") if "<" + n["message_id"] + ">" == one["Message-ID"])
    sink.letters.clear()
    p = node.run("notice", "correct", n["notice"], "--text", "it was a test of ours")
    check("it is taken back", p.returncode == 0, p.stdout + p.stderr)
    wait("a correction goes at once", lambda: len(sink.letters) == 1)
    check("which reports nothing", all(b"xarf" not in m.as_bytes() for _, m in sink.letters))
    check("the owner's page says what his letters carry", b"letters with xarf" in node.run("owner", "show", "tools").stdout)
    check("it agrees", node.run("check", "--deep").returncode == 0)
    check("it stops", node.stop() == 0)


def register():
    """A word that is none costs the word, not the letter."""
    conf = country("words.conf", "shadow")
    owners = os.path.join(conf, "owners.csv")
    with open(owners, encoding="utf-8") as f:
        text = f.read()
    node = Node("words", "--conf", conf).start()
    with open(owners, "w", encoding="utf-8") as f:
        f.write(text.replace(",lo,", ",lo,csv xrf"))
    p = node.run("owner", "import", "--yes", owners)
    check("a word that is none is named", b"owners.csv:3:" in p.stdout + p.stderr and b"no format 'xrf'" in p.stdout + p.stderr, p.stdout + p.stderr)
    with open(owners, "w", encoding="utf-8") as f:
        f.write(text.replace(",lo,", ",lo,XARF"))
    p = node.run("owner", "import", "--yes", owners)
    check("the difference is shown", b"person@tools.example" in p.stdout and b"formats" in p.stdout, p.stdout + p.stderr)
    check("export has it", node.run("owner", "export").stdout.count(b",xarf,") == 2, node.run("owner", "export").stdout)
    node.stop()


letters()
register()
sink.stop()
end()
