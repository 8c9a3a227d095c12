#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Samples of public feeds, read by configuration alone: feeds.py WEIR [FOLDER]

FOLDER holds feeds/PARSER/CASE.raw, what came, and CASE.expected.jsonl, the events that another program makes of it,
and lists of its own. feeds.tsv says with which feed (conf/feeds, or feeds beside this file) each is read:

    PARSER  CASE  FEED            FEED reads the sample; its events are compared with those expected
    PARSER  CASE  -     REASON    why no configuration can read it
    -       PATH  FEED  [header]  a sample without expected events: each line that is no comment is a record

Events are paired by what they have in common. Every difference must be covered by a line of feeds.differences, and
every line there must cover one:

    PARSER FIELD: FROM -> TO  # reason

PARSER and FIELD may have *. FIELD "event" is a whole event that is only expected (any -> none) or only there
(none -> any). FROM is what is expected, TO what the program says:

    none, any      absent, whatever it is
    same           TO only: what is expected but for case, punctuation and the places behind the point
    longer         TO only: what is expected and more words
    finer          TO only: the instant that is expected, with its fraction of a second
    kept           TO only, with or without the field: what is expected stands in other fields of the event
    cell           TO only: what stands in the report
    TEXT           anything else is the value itself

Fields that a node adds (feed.*, time.observation, raw) and those that follow from others (classification.taxonomy,
source.fqdn or source.ip of a URL) are not compared. Shipped feeds say "sample: tested" if and only if they are read
here. Ends with 77 if FOLDER is not there.
"""
import collections
import fnmatch
import glob
import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LINE = re.compile(r"^(\S+) (\S+): (.+?) -> (.+?)  # (\S.*)$")
Rule = collections.namedtuple("Rule", "parser field want have reason line")
IDENTITY = ("source.ip", "source.network", "source.fqdn", "source.url", "source.account", "source.email",
            "malware.hash.md5", "malware.hash.sha1", "malware.hash.sha256")


def read_rules(path):
    rules = []
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        if line.strip() and not line.startswith("#"):
            found = LINE.match(line.rstrip("\n"))
            if not found:
                sys.exit(f"{path}:{number}: not 'PARSER FIELD: FROM -> TO  # reason'")
            rules.append(Rule(*found.groups(), number))
    return rules


def read_list(path):
    rows = [line.rstrip("\n").split("\t") for line in open(path, encoding="utf-8") if not line.startswith("#")]
    return [row for row in rows if row != [""]]


def text(value):
    return value if value is None or isinstance(value, str) else json.dumps(value)


def leaves(value):
    if isinstance(value, dict):
        return [leaf for key in value for leaf in leaves(value[key])]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [] if value is None else [text(value)]


def plain(value):
    value = re.sub(r"(T00:00:00)?(\+00:00)?$|(?<=\d)Z$", "", text(value))
    value = re.sub(r"(\d)\.0+\b", r"\1", re.sub(r"(?<=\d)T(?=\d\d:)", "", value))
    return re.sub(r"[\W_]+", "", value).lower()


def compared(field, want, have):
    if field.startswith("feed.") or field in ("time.observation", "raw", "__type", "classification.taxonomy"):
        return False
    return not (field in ("source.fqdn", "source.ip", "destination.fqdn", "destination.ip") and field not in want and
                text(have.get(field)) in text(have.get(field.split(".")[0] + ".url") or ""))


def fits(word, field, want, have, report):
    value, expected = have.get(field), want.get(field)
    if word == "none":
        return value is None
    if word == "any":
        return value is not None
    if word == "same":
        return value is not None and expected is not None and plain(value) == plain(expected)
    if word == "longer":
        return value is not None and plain(value).startswith(plain(expected))
    if word == "finer":
        return value is not None and value[:19] == expected[:19]
    if word == "kept":
        there = [plain(have[name]) for name in have]
        return all(any(plain(leaf) in value for value in there) for leaf in leaves(expected))
    if word == "cell":
        return value is not None and plain(value) in report
    return text(value) == word


def covering(rules, parser, field, want, have, report):
    for rule in rules:
        if fnmatch.fnmatchcase(parser, rule.parser) and fnmatch.fnmatchcase(field, rule.field) and \
                (rule.want == text(want.get(field)) if rule.want not in ("none", "any") else
                 (want.get(field) is None) == (rule.want == "none")) and \
                fits(rule.have, field, want, have, report):
            return rule
    return None


def alike(want, have):
    same = [field for field in want if compared(field, want, have) and text(want[field]) == text(have.get(field))]
    who = {text(want[field]) for field in IDENTITY if field in want} & {text(have[f]) for f in IDENTITY if f in have}
    return (bool(who), len(same))


def pairs(expected, events):
    """Pairs of events that have most in common; None where one has no other."""
    rest, found = list(events), []
    for want in expected:
        best = max(rest, key=lambda have: alike(want, have), default=None)
        if best is not None and not alike(want, best)[0]:
            best = None
        if best is not None:
            rest.remove(best)
        found.append((want, best))
    return found + [(None, have) for have in rest]


def run(weir, feed, path):
    command = [weir, "read", "--conf", HERE, "--sample", os.path.join(ROOT, "examples"), "--feed", feed, path]
    done = subprocess.run(command, capture_output=True, timeout=60)
    lines = done.stderr.decode("utf-8", "replace").splitlines()
    if done.returncode != 0:
        return [], [], f"exit status {done.returncode}: {' '.join(lines)}"
    return [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()], lines, None


def check_case(weir, folder, parser, case, feed, rules, used):
    path = os.path.join(folder, "feeds", parser, case)
    report = plain(open(path + ".raw", encoding="utf-8", errors="replace", newline="").read()) + \
        plain(json.dumps([case]))
    expected = [json.loads(line) for line in open(path + ".expected.jsonl", encoding="utf-8")]
    events, _, wrong = run(weir, feed, path + ".raw")
    if wrong:
        return 0, 0, [wrong]
    wrong, equal = [], 0
    for want, have in pairs(expected, events):
        if want is None or have is None:
            one = {"event": "any"}
            rule = covering(rules, parser, "event", one if want else {}, one if have else {}, report)
            if rule:
                used[rule] += 1
            else:
                wrong.append(f"{'missing' if want else 'not expected'}: {json.dumps(want or have)[:300]}")
            continue
        for field in sorted(set(want) | set(have)):
            if not compared(field, want, have):
                continue
            if text(want.get(field)) == text(have.get(field)):
                equal += 1
                continue
            rule = covering(rules, parser, field, want, have, report)
            if rule:
                used[rule] += 1
            else:
                wrong.append(f"{field} is {have.get(field)!r}, expected {want.get(field)!r}")
    return len(expected), equal, wrong


def records(path):
    """Lines that are no comment, or None if the file cannot be opened here."""
    if path.endswith(".zst"):
        if not shutil.which("zstd"):
            return None
        data = subprocess.run(["zstd", "-dcq", path], capture_output=True, check=True).stdout
    else:
        data = open(path, "rb").read()
    lines = [line.strip() for line in data.split(b"\n")]
    return len([line for line in lines if line and not line.startswith((b"#", b";"))])


def check_sample(weir, folder, path, feed, header=None):
    path = os.path.join(folder, path)
    want = records(path)
    if want is None:
        print(f"skipped: {path}: no program zstd")
        return 0, []
    want -= header is not None
    events, asides, wrong = run(weir, feed, path)
    if wrong:
        return 0, [wrong]
    if len(events) + len(asides) != want or not events:
        return 0, [f"{len(events)} events and {len(asides)} set aside of {want} records"]
    return len(events), []


def check_tested(rows):
    """What conf/feeds says of itself."""
    read, wrong = {row[2] for row in rows}, []
    for path in sorted(glob.glob(os.path.join(ROOT, "conf", "feeds", "*.yaml"))):
        name = os.path.basename(path)[:-5]
        tested = re.search(r"^sample: tested$", open(path, encoding="utf-8").read(), re.M) is not None
        if tested != (name in read):
            wrong.append(f"conf/feeds/{name}.yaml says that it is {'' if tested else 'not '}tested")
    return wrong


def check_complete(rows, folder):
    have = {(os.path.basename(os.path.dirname(p)), os.path.basename(p)[:-4])
            for p in glob.glob(os.path.join(folder, "feeds", "*", "*.raw"))}
    listed = {(row[0], row[1]) for row in rows if row[0] != "-"}
    return [f"{parser}/{case} is not in feeds.tsv" for parser, case in sorted(have - listed)] + \
        [f"{parser}/{case} of feeds.tsv is not there" for parser, case in sorted(listed - have)]


def main():
    folder = sys.argv[2] if len(sys.argv) > 2 else os.path.join(ROOT, "..", "shared", "data", "public")
    rows, rules = read_list(os.path.join(HERE, "feeds.tsv")), read_rules(os.path.join(HERE, "feeds.differences"))
    wrong = check_tested(rows)
    if not os.path.isdir(os.path.join(folder, "feeds")):
        for sentence in wrong:
            print(f"FAIL  {sentence}")
        print(f"skipped: there are no samples in {folder}")
        return 1 if wrong else 77
    used, total, equal, parsers, refused = collections.Counter(), 0, 0, set(), set()
    wrong += check_complete(rows, folder)
    for row in rows:
        if row[2] == "-":
            refused.add(row[0])
            wrong += [] if len(row) == 4 and row[3] else [f"{row[0]}/{row[1]}: no reason"]
            continue
        if row[0] == "-":
            events, bad = check_sample(sys.argv[1], folder, *row[1:])
        else:
            events, same, bad = check_case(sys.argv[1], folder, *row[:3], rules, used)
            equal += same
            parsers.add(row[0])
        total += events
        wrong += [f"{row[0]}/{row[1]} by {row[2]}: {sentence}" for sentence in bad]
    wrong += [f"feeds.differences:{rule.line}: covers nothing" for rule in rules if not used[rule]]
    for sentence in wrong:
        print(f"FAIL  {sentence}")
    print(f"feeds: {len(parsers)} parsers by configuration, {len(refused - parsers)} not; {total} events, {equal} values "
          f"equal, {sum(used.values())} differ for {len({rule.reason for rule in rules})} reasons, {len(wrong)} failures")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
