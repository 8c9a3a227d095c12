#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Small reports with the right answer: run.py WEIR [CASES]

Reads every case through the program, in UTC and again in another zone of the environment, and compares events,
rows set aside and what must never appear as the README.md beside the cases says. Ends with 0, with 1 if a case
fails, with 77 if there are no cases. A case whose format has no reader is named and counted as skipped.
"""
import datetime
import glob
import json
import os
import re
import subprocess
import sys

NAME = re.compile(r"^[a-z_][a-z_0-9]+(\.[a-z_0-9]+)*$")
HERE = os.path.dirname(os.path.abspath(__file__))  # no feeds: an installed Weir has no say
ZONES = ["UTC", "Asia/Vientiane"]


def scalar(text):
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if len(text) > 1 and text[0] == text[-1] == '"':
        return json.loads(text)
    return text


def read_case(path):
    """The little YAML that cases use: keys with a scalar, a list of scalars or a map of scalars."""
    case, key = {}, None
    for line in open(path, encoding="utf-8"):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        item = re.match(r"^\s+- (.*)$", line)
        pair = re.match(r"^(\s*)([A-Za-z_]+):(?: (.*))?$", line)
        if item:
            case[key] = (case[key] or []) + [scalar(item[1])]
        elif pair and pair[1]:
            case[key] = {**(case[key] or {}), pair[2]: scalar(pair[3] or "")}
        elif pair:
            key = pair[2]
            case[key] = scalar(pair[3]) if (pair[3] or "").strip() else None
        else:
            raise ValueError(f"{path}: '{line.strip()}' is not understood")
    return case


def text_of(value):
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def instant(text):
    """Milliseconds since 1970; a time without UTC's offset is none."""
    t = datetime.datetime.fromisoformat(text)
    if t.utcoffset() != datetime.timedelta(0):
        raise ValueError("not in UTC")
    return (t - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(milliseconds=1)


def differs(field, want, event):
    """A sentence if the event's field is not as expected."""
    if field == "*":
        have = {text_of(v) for k, v in event.items() if k != "raw"}
        gone = [w for w in want if w not in have]
        return f"no field has the value {gone[0]!r}" if gone else None
    if want is None:
        return f"{field} is {event[field]!r} and must be absent" if field in event else None
    if field not in event:
        return f"{field} is absent, expected {want!r}"
    have = event[field]
    if field.startswith("extra."):
        same = text_of(have) == text_of(want)
    elif field.startswith("time."):
        try:
            same = instant(have) == instant(want)
        except (ValueError, TypeError):
            same = False
    else:
        same = have == want and type(have) is type(want)
    return None if same else f"{field} is {have!r}, expected {want!r}"


def breaks_never(rule, event):
    field, equals, value = rule.partition(" = ")
    if not equals:
        return field in event
    return any(text_of(v) == value for k, v in event.items() if k != "raw" and field in ("*", k))


def parse_events(out):
    events = []
    for line in out.decode("utf-8").splitlines():
        event = json.loads(line)
        for name, value in event.items():
            if not NAME.match(name):
                raise ValueError(f"'{name}' is no name of a field")
            if isinstance(value, (dict, list)) or value is None:
                raise ValueError(f"{name} is not flat")
        events.append(event)
    return events


def check_events(events, expected):
    if len(events) != len(expected):
        return f"{len(events)} events, expected {len(expected)}"
    for at, (event, want) in enumerate(zip(events, expected), 1):
        for field, value in want.items():
            wrong = differs(field, value, event)
            if wrong:
                return f"event {at}: {wrong}"
    return None


def check_asides(case, path, err):
    lines = []
    for line in err.decode("utf-8").splitlines():
        found = line.startswith(path) and re.match(r"(?:/[^:]*)?:(\d+): \S", line[len(path):])
        if not found:
            return f"standard error has '{line}'"
        lines.append(int(found[1]))
    want = case.get("set_aside", "any")
    if want != "any" and len(lines) != int(want):
        return f"{len(lines)} rows set aside (lines {lines}), expected {want}"
    places = case.get("set_aside_lines")
    if places not in (None, "any") and sorted(lines) != sorted(map(int, places.split())):
        return f"rows set aside on lines {lines}, expected {places}"
    return None


def run(weir, folder, case, zone):
    """A sentence if the case fails."""
    name = case.get("input")
    paths = [os.path.join(folder, name)] if name else glob.glob(os.path.join(folder, "input.*"))
    command = [weir, "read", "--conf", HERE, "--format", case["format"]]
    for option, value in (case.get("options") or {}).items():
        command += ["--" + option, value]
    done = subprocess.run(command + paths, capture_output=True, timeout=60, env={**os.environ, "TZ": zone})
    if done.returncode != 0:
        return f"exit status {done.returncode}: {done.stderr.decode('utf-8', 'replace').strip()}"
    try:
        events = parse_events(done.stdout)
    except ValueError as e:
        return f"output: {e}"
    with open(os.path.join(folder, "expect.jsonl"), encoding="utf-8") as f:
        expected = [json.loads(line) for line in f if line.strip()]
    wrong = check_events(events, expected) or check_asides(case, paths[0], done.stderr)
    for rule in case.get("never") or []:
        for event in events:
            if not wrong and breaks_never(rule, event):
                wrong = f"'{rule}' must never appear: {json.dumps(event)}"
    return wrong


def formats(weir):
    out = subprocess.run([weir, "formats"], capture_output=True, text=True, check=True).stdout
    return {line.split()[0] for line in out.splitlines() if line and not line[0].isspace()}


def main():
    weir = sys.argv[1]
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    cases = sys.argv[2] if len(sys.argv) > 2 else os.path.join(root, "..", "shared", "data", "cases")
    folders = sorted(glob.glob(os.path.join(cases, "[0-9]*", "")))
    if not folders:
        print(f"skipped: there are no cases in {cases}")
        return 77
    known, counts = formats(weir), {"ok": 0, "FAIL": 0, "skipped": 0}
    for folder in folders:
        name, case = os.path.basename(folder.rstrip("/")), read_case(os.path.join(folder, "case.yaml"))
        if case["format"] not in known:
            verdict, why = "skipped", f"no reader {case['format']}"
        else:
            wrong = [f"{w} (TZ={zone})" for zone in ZONES for w in [run(weir, folder, case, zone)] if w]
            verdict, why = ("FAIL", wrong[0]) if wrong else ("ok", "")
        counts[verdict] += 1
        print(f"{verdict:8}{name}{': ' + why if why else ''}")
    print(f"cases: {counts['ok']} passed, {counts['FAIL']} failed, {counts['skipped']} skipped")
    return 1 if counts["FAIL"] else 0


if __name__ == "__main__":
    sys.exit(main())
