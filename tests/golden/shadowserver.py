#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sample reports of Shadowserver against the events of another program: shadowserver.py WEIR [FOLDER]

FOLDER holds TYPE.csv and expected_schema2026/TYPE.jsonl, whose line i is the event of row i. Each report is read
under the name 2026-01-01-TYPE-test.csv. Every difference must be covered by a line of shadowserver.differences,
and every line there must cover one:

    TYPE FIELD: FROM -> TO  # reason

TYPE and FIELD may have *. FROM is what is expected, TO what the program says:

    none, any      absent, whatever it is
    bool, number, time
                   FROM only: true or false, a number, a time in the form of the data format
    zero, empty, unknown
                   FROM only none: TO is the text 0, or unknown; FROM only: an empty text
    cell           TO only: the text of a cell of the row
    as NAME, upper NAME
                   TO only: the value that is expected in field NAME, in upper case

Fields that a node adds (feed.*, time.observation, raw) are not compared; values under extra are compared as text.
Ends with 77 if FOLDER is not there.
"""
import collections
import csv
import fnmatch
import glob
import io
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
LINE = re.compile(r"^(\S+) (\S+): (.+?) -> (.+?)  # (\S.*)$")
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$")
Rule = collections.namedtuple("Rule", "type field want have reason line")


def read_rules(path):
    rules = []
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        if line.strip() and not line.startswith("#"):
            found = LINE.match(line.rstrip("\n"))
            if not found:
                sys.exit(f"{path}:{number}: not 'TYPE FIELD: FROM -> TO  # reason'")
            rules.append(Rule(*found.groups(), number))
    return rules


def text(value):
    return value if value is None or isinstance(value, str) else json.dumps(value)


def compared(field):
    return not field.startswith("feed.") and field not in ("time.observation", "raw")


def from_fits(word, value):
    return {"none": value is None,
            "any": value is not None,
            "bool": isinstance(value, bool),
            "number": isinstance(value, (int, float)) and not isinstance(value, bool),
            "time": isinstance(value, str) and TIME.match(value) is not None,
            "empty": value == ""}[word]


def to_fits(words, value, expected, cells):
    kind, _, name = words.partition(" ")
    if kind == "as":
        return value is not None and text(value) == text(expected.get(name))
    if kind == "upper":
        return value is not None and text(value) == (text(expected.get(name)) or "").upper()
    return {"none": value is None,
            "any": value is not None,
            "zero": text(value) == "0",
            "unknown": text(value) == "unknown",
            "cell": value is not None and text(value) in cells}[kind]


def covering(rules, kind, field, expected, event, cells):
    for rule in rules:
        if fnmatch.fnmatchcase(kind, rule.type) and fnmatch.fnmatchcase(field, rule.field) \
                and from_fits(rule.want, expected.get(field)) and to_fits(rule.have, event.get(field), expected, cells):
            return rule
    return None


def differs(field, expected, event):
    if field.startswith("extra."):
        return text(expected.get(field)) != text(event.get(field))
    return expected.get(field) != event.get(field)


def read_report(weir, path, kind):
    with tempfile.TemporaryDirectory() as temp:
        report = os.path.join(temp, f"2026-01-01-{kind}-test.csv")
        with open(path, "rb") as source, open(report, "wb") as copy:
            copy.write(source.read())
        done = subprocess.run([weir, "read", "--conf", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cases"), report], capture_output=True, timeout=60)
    if done.returncode != 0 or done.stderr:
        return f"exit status {done.returncode}: {done.stderr.decode('utf-8', 'replace').strip()}"
    return [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]


def check_report(weir, folder, kind, rules, used):
    """Events of the report, and what is wrong as sentences."""
    raw = open(os.path.join(folder, kind + ".csv"), encoding="utf-8-sig", newline="").read()
    rows = list(csv.reader(io.StringIO(raw)))[1:]
    path = os.path.join(folder, "expected_schema2026", kind + ".jsonl")
    expected = [json.loads(line) for line in open(path, encoding="utf-8")]
    events = read_report(weir, os.path.join(folder, kind + ".csv"), kind)
    if isinstance(events, str):
        return 0, [events]
    if not len(events) == len(expected) == len(rows):
        return len(events), [f"{len(events)} events of {len(rows)} rows, expected {len(expected)}"]
    wrong = []
    for number, (want, have, cells) in enumerate(zip(expected, events, rows), 1):
        for field in sorted(set(want) | set(have)):
            if compared(field) and differs(field, want, have):
                rule = covering(rules, kind, field, want, have, cells)
                if rule:
                    used[rule] += 1
                else:
                    wrong.append(f"row {number}: {field} is {have.get(field)!r}, expected {want.get(field)!r}")
    return len(events), wrong


def main():
    root = os.path.dirname(os.path.dirname(HERE))
    folder = sys.argv[2] if len(sys.argv) > 2 else os.path.join(root, "..", "shared", "data", "public", "shadowserver")
    rules, used, failed, total = read_rules(os.path.join(HERE, "shadowserver.differences")), collections.Counter(), 0, 0
    kinds = [os.path.basename(p)[:-6] for p in sorted(glob.glob(os.path.join(folder, "expected_schema2026", "*.jsonl")))]
    if not kinds:
        print(f"skipped: there are no sample reports in {folder}")
        return 77
    for kind in kinds:
        events, wrong = check_report(sys.argv[1], folder, kind, rules, used)
        total += events
        failed += bool(wrong)
        for sentence in wrong[:20]:
            print(f"FAIL  {kind}: {sentence}")
    unused = [rule for rule in rules if not used[rule]]
    for rule in unused:
        print(f"FAIL  shadowserver.differences:{rule.line}: covers nothing")
    print(f"shadowserver: {total} events of {len(kinds)} reports, {sum(used.values())} values differ for "
          f"{len({rule.reason for rule in rules})} reasons, {failed} reports failed, {len(unused)} lines unused")
    return 1 if failed or unused else 0


if __name__ == "__main__":
    sys.exit(main())
