# SPDX-License-Identifier: Apache-2.0
"""Markup of strangers on every page: reports with it in each column, in names of files, owners, feeds and mails, is text wherever
it shows; and no spreadsheet takes a cell of theirs for a formula."""
import csv
import io
import os
import re
import shutil
import subprocess
import time

import browsing
from browsing import Outline, good_page
from node import EXAMPLES, Node
from program import PATIENCE, WEIR, check, end, free_port, path, write

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&lt;b&gt;\u202egnp.exe\u2066"
FORMULA = "=cmd|' /C calc'!A0"
CONF = path("conf")
shutil.copytree(os.path.join(EXAMPLES, "country"), CONF)
q = EVIL.replace('"', '""')
write("conf/owners.csv", f'id,name,sector,prefixes,contacts\nevil-owner,"{q}","{q}",192.0.2.0/24,soc@bank.example\n=1+1,"{FORMULA}",finance,198.51.100.0/24,abuse@net.example\n'.encode())
write("conf/feeds/evil.yaml", ("name: '" + EVIL.replace("'", "''") + "'\nformat: csv\nfiles: ['evil*']\n").encode())
node = Node("n", "--pages", str(free_port()), "--dry-run", "--conf", CONF).start()
one = browsing.let_in(node)

COLUMNS = ("source.ip", "source.fqdn", "source.url", "classification.type", "classification.identifier", "malware.name", "event_description.text", "event_description.url",
           "feed.name", "tlp", "comment", "source.as_name", "source.reverse_dns", "source.account", "destination.fqdn", "protocol.application", "extra.note", EVIL)


def row(*values):
    out = io.StringIO()
    csv.writer(out).writerow(values)
    return out.getvalue()


def evil(address, kind, text):
    return row(address, "h.example", "http://h.example/" + text, kind, *[text] * 5, "GREEN", *[text] * 8)


data = row(*COLUMNS) + "".join(evil(a, k, t) for a, k, t in (("192.0.2.7", "c2-server", EVIL), ("198.51.100.9", "phishing", FORMULA), ("203.0.113.5", "scanner", EVIL),
                                                             ("192.0.2.8", "phishing", "+" + EVIL), ("198.51.100.10", "spam", "@SUM(1)")))
status, _, headers = one.upload("evil" + EVIL.replace('"', "").replace("/", "") + ".csv", (data + EVIL + "\n" + "not,enough\n").encode(), one.csrf())
check("the report is taken", status == 303, (status, headers))
mail = ("From: \"" + EVIL.replace('"', "") + "\" <eve@evil.example>\r\nTo: cert@cert.example\r\nSubject: " + EVIL + "\r\nMessage-ID: <1@evil.example>\r\nDate: Mon, 5 Jan 2026 08:00:00 +0000\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n" + EVIL + "\r\n" + FORMULA + "\r\n")
one.upload("mail.eml", mail.encode(), one.csrf())
until = time.monotonic() + PATIENCE
while [r for r in node.ask("receipts") if r["state"] not in ("done", "aside")] and time.monotonic() < until:
    time.sleep(0.05)
first = [f["finding"] for f in node.ask("findings")]
check("findings came of it", len(first) >= 3, node.ask("receipts"))

text = subprocess.run([WEIR, "docs", "roles"], capture_output=True, text=True, check=True).stdout
paths = re.findall(r"^\| (/[^ ]*) \|", text, re.M)
ids = {"/findings": first, "/reports": [r["receipt"] for r in node.ask("receipts")], "/letters": [n["notice"] for n in node.ask("notices")],
       "/owners": ["evil-owner", "%3D1%2B1"], "/incoming": [m["mail"] for m in node.ask("mail", "list")]}
seen = 0
for p in paths:
    kind, _, rest = p.partition("/ID")
    for address in ([p] if kind == p else [f"{kind}/{i}{rest}" for i in ids.get(kind, [])]):
        answer = one.get(address)
        if answer[0] != 200:
            # of a page that needs more than the sample's person has
            check(f"{address} is there or not for this person", answer[0] in (403, 404), answer[0])
            continue
        seen += 1
        good_page(f"{address} is inert", answer)
        check(f"{address}: nothing that reorders text", "\u202e" not in answer[1] and "\u2066" not in answer[1])
check("many pages were looked at", seen >= 8, seen)
for address in ("/findings?text=" + "%3Cscript%3Ealert(1)%3C/script%3E", "/findings?owner=%22%3E%3Cimg%20src%3Dx%3E", "/findings?sort=%3Cb%3E", "/search?q=%3Cscript%3E%22",
                "/owners/%3Cscript%3E", "/findings/F%3Cb%3E", "/%3Cscript%3Ealert(1)%3C/script%3E"):
    answer = one.get(address)
    o = Outline(answer[1])
    check(f"{address} is given back as text", not o.wrong and o.scripts == 1, (answer[0], o.wrong, o.scripts))
for address in ("/api/v1/findings.csv", "/api/v1/owners.csv", "/api/v1/receipts.csv", "/country.csv"):
    answer = one.get(address)
    if answer[0] == 404:
        continue
    cells = [c for r in csv.reader(io.StringIO(answer[1])) for c in r]
    check(f"{address} has no formula", len(cells) > 3 and not [c for c in cells if c[:1] in "=+-@\t\r" and c], [c for c in cells if c[:1] in "=+-@" and c][:3])
node.stop()
end()
