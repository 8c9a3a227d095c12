#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The published vectors of statements through the program: statements.py WEIR [FILE]

Every vector has to be judged as FILE says, and its table of kinds has to be the program's own rows. Then each word of the file is
replaced in a copy, and the program has to say that it is wrong: a judge that says what the file says would pass without it.
Ends with 77 if FILE is not there.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KIND = re.compile(r'^KIND\(\w+, "([^"]+)", ([COG |]+), (\d), \w+, [^"]*, "([^"]*)",\s*"([^"]*)",', re.M)
ROLES = {"C": "cert", "O": "organiser", "G": "gate"}


def run(weir, document):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
        json.dump(document, f)
        f.flush()
        done = subprocess.run([weir, "statement", "vectors", f.name], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout


def kinds(want):
    """What differs between the file's table and kinds.tbl."""
    text = open(os.path.join(TOP, "src", "trust", "kinds.tbl"), encoding="utf-8").read()
    have = {name: {"senders": sorted(ROLES[r.strip()] for r in senders.split("|")), "people": int(people), "required": required.split(),
                   "optional": optional.split()} for name, senders, people, required, optional in KIND.findall(text)}
    return [f"{k}: {have.get(k)} in kinds.tbl, {want.get(k)} in the file" for k in sorted(set(want) | set(have)) if want.get(k) != have.get(k)]


def main():
    weir = sys.argv[1]
    path = sys.argv[2] if len(sys.argv) > 2 else os.path.join(TOP, "..", "shared", "reference", "statements_vectors.json")
    if not os.path.exists(path):
        print(f"skipped: there is no {path}")
        return 77
    document = json.load(open(path, encoding="utf-8"))
    words = len(document["statements"]) + len(document["verdicts"])
    families = len(document["parties"]) + len(document["voice"]) + len(document["kinds"])
    families += sum(name.startswith("key_list") or name in ("log", "checkpoint", "courier", "stix", "mail_tag") for name in document)
    total = words + families
    wrong = kinds(document["kinds"])
    code, out = run(weir, document)
    if code != 0 or out.splitlines()[-1] != f"{total} as wanted, 0 not":
        wrong += [line for line in out.splitlines() if not line.startswith("ok ")] or [f"exit code {code}"]
    for part in ("statements", "verdicts"):
        for v in document[part]:
            v["verdict"] = "gap" if v["verdict"] == "ok" else "ok"
    code, out = run(weir, document)
    if code != 1 or out.splitlines()[-1] != f"{families} as wanted, {words} not":
        wrong.append(f"with every word replaced: exit code {code}, {out.splitlines()[-1]}")
    document = json.load(open(path, encoding="utf-8"))
    document["verdicts"][-1]["verdict"] = "poison"
    code, out = run(weir, document)
    if code != 1 or out.splitlines()[-1] != f"{total - 1} as wanted, 1 not":
        wrong.append(f"with one word replaced: exit code {code}, {out.splitlines()[-1]}")
    for sentence in wrong:
        print(f"FAIL  {sentence}")
    print(f"statements: {total} vectors, {len(document['kinds'])} kinds, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
