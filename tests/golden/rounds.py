#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The pages of consultations, as they are drawn for somebody who may bind the party: rounds.py WEIR ROUNDS [--update] [NAME...]

ROUNDS (golden/rounds.c) makes the state that they are drawn from. rounds/NAME.html is what stands in main; --update writes it anew."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
import binding
from drawn import compare, plain
from program import check, end

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rounds")
# name, address, whose language
PAGES = (
    ("list", "/agree", ""),
    ("list-km", "/agree", "km"),
    ("text", "/agree/gate-times/1?lang=all", ""),
    ("text-lo", "/agree/gate-times/1", "lo"),
    ("text-clause", "/agree/check-words/1?clause=6y5a", ""),
    ("amendment", "/agree-amendment/gate-times/1?of={vn}", ""),
    ("amendment-new", "/agree-amendment/check-words/1?clause=6y5a&op=replace", ""),
    ("table", "/agree-table/gate-times/1", ""),
    ("table-my", "/agree-table/gate-times/1?party=kh", "my"),
    ("service", "/agree-service/check-words/1", ""),
    ("table-hosted", "/agree-table/contacts/1", ""),
    ("position", "/agree-position/check-words/1", ""),
    ("objections", "/agree-objections/reporting/1", ""),
    ("objections-vi", "/agree-objections/reporting/1", "vi"),
    ("certificate", "/agree-certificate/hours/1", ""),
    ("leave", "/agree-certificate/hours/1?preview=leave&reason=The+law+has+changed.", ""),
    ("commit", "/agree-certificate/hours/1?preview=commitment&what=A+list%0Aof+holidays&owner=Office&due=2099-01-01&clause=k7qm&indicator=case-ack-hours+%3C%3D+4+h", "lo"),
    ("print", "/agree-print/hours/1", ""),
    ("certificate-preview", "/agree-certificate/check-words/1", ""),
    ("minutes", "/agree-certificate/session/1", ""),
    ("record", "/agree-certificate/decree/1", ""),
    ("print-record", "/agree-print/decree/1", ""),
    ("changes", "/agree-changes/hours/1", ""),
    ("commitments", "/agree-commitments", ""),
    ("plan", "/agree-plan/gate-times", ""),
    ("draft", "/agree-draft/gate-times?lang=lo", ""),
    ("draft-of-round", "/agree-draft/contacts?lang=en", ""),
    ("draft-new", "/agree-draft/new", ""),
    ("sign", "/agree-sign/6", ""),
    ("sign-position", "/agree-sign/4", ""),
)
words = sys.argv[3:]
updates, only = "--update" in words, [w for w in words if w != "--update"]
node = binding.start(sys.argv[2])
one = binding.person(node, "dara", "may-bind coordinator")
(vn,), = binding.query(node, "select lower(hex(id)) from statement where sender = 'vn' and kind = 'agree.amendment' order by n limit 1")
language = ""
for which, address, wanted in PAGES:
    if only and which not in only:
        continue
    if wanted != language:
        one.post("/language", {"csrf": one.csrf(), "language": wanted or "en"})
        language = wanted
    status, text, _ = one.get(address.format(vn=vn))
    check(f"{which}: it is there", status == 200, (status, text[:200]))
    compare(HERE, which, plain(text, False), updates)
strangers = {f[:-5] for f in os.listdir(HERE)} - {p[0] for p in PAGES}
check("each page that lies there is asked for", not strangers, strangers)
node.stop()
end()
