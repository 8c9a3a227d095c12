#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The published vectors of texts and rounds through the program: agree.py WEIR [FILE]

Every case has to come out as FILE says. Then what each case wants is replaced in a copy, and the program has to say of every one that it
is wrong: a judge that says what the file says would pass without it. Ends with 77 if FILE is not there.
"""
import base64
import copy
import json
import os
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def run(weir, document):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
        json.dump(document, f)
        f.flush()
        done = subprocess.run([weir, "agree", "vectors", f.name], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout


def spoil(document):
    """Another wish in every case, somewhere deep where there is room for it."""
    d = copy.deepcopy(document)
    good, bad = d["ids"]["good"], d["ids"]["bad"]
    d["ids"] = {"good": list(bad), "bad": {x: "" for x in good}}
    for t in d["texts"].values():
        t["clauses"][-1]["number"] += "x"
    for row in d["bad_texts"] + d["bad_manifests"]:
        row["line"] += 1
    for row in d["amendments"]:
        what = next(x for x in ("text_sha256", "problems", "conflicts", "line") if x in row)
        if isinstance(row[what], list):
            row[what].append({})
        else:
            row[what] = 0
    for row in d["unexplained"]:
        row["ids"].append("k7qm")
    for row in d["manifests"].values():
        row["text_code"] = "0000 0000"
    for row in d["statements"] + d["round"]["statements"]:
        row["id"] = "00" * 32
    for row in d["verdicts"]:
        if row["block"]:
            row["block"] = row["block"].replace("\nmember ", "\nmember x", 1)
        else:
            row["state"] = "held"
    for row in d["voice_codes"]:
        row["code"] = "0000 0000 0000 0000"
    d["round"]["certificate"] += "\n"
    return d, len({*good} & {*bad}) + len(good) - len(set(good))


def entries(bundle):
    """Begin and end of each, the closing one too."""
    at, out = 16, []
    while at < len(bundle):
        end = at + 5 + int.from_bytes(bundle[at + 1:at + 5], "big")
        out.append((at, end))
        at = end
    return out


def verify(weir, bundle, options):
    with tempfile.NamedTemporaryFile("wb", suffix=".weir") as f:
        f.write(bundle)
        f.flush()
        done = subprocess.run([weir, "agree", "verify", f.name, "--json", *options], capture_output=True, text=True, timeout=60)
    return done.returncode, json.loads(done.stdout)


def whole_round(weir, document, voices):
    """The published bundle, from the voice numbers alone; and each entry of it with a changed byte, which has to be named."""
    wrong, round_ = [], document["round"]
    bundle = base64.b64decode(round_["bundle"]["bytes_base64"])
    options = ["--at", round_["now"]] + [f"--voice={p}={voices[p]}" for p in ("la", "kh", "mm", "vn")]
    code, out = verify(weir, bundle, options)
    if code != 0 or not out["verified"] or out["state"] != round_["state"] or not round_["certificate"].startswith(out["block"]):
        wrong.append(f"the bundle is not verified: {code} {out.get('first')}")
    code, out = verify(weir, bundle, options[:-1])
    if code != 1 or "no root key of that party was given" not in out["first"]["what"]:
        wrong.append("a party whose number was not given is believed")
    for n, (begin, end) in enumerate(entries(bundle), 1):
        spoilt = bytearray(bundle)
        spoilt[(begin + end) // 2] ^= 0x10
        code, out = verify(weir, bytes(spoilt), options)
        if code != 1 or out["verified"] or out["first"]["entry"] != n or not out["first"]["do"]:
            wrong.append(f"a byte of entry {n} was changed, and this was said: {out['first']}")
    return wrong


def main():
    weir = sys.argv[1]
    path = sys.argv[2] if len(sys.argv) > 2 else os.path.join(TOP, "..", "shared", "reference", "agree_vectors.json")
    if not os.path.exists(path):
        print(f"skipped: there is no {path}")
        return 77
    document = json.load(open(path, encoding="utf-8"))
    wrong = []
    total = sum(len(document[x]) for x in ("texts", "bad_texts", "bad_manifests", "amendments", "unexplained", "manifests", "statements", "verdicts",
                                           "voice_codes"))
    total += len(document["ids"]["good"]) + len(document["ids"]["bad"]) + len(document["round"]["statements"]) + 1
    code, out = run(weir, document)
    if code != 0 or out.splitlines()[-1] != f"{total} as wanted, 0 not":
        wrong += [x for x in out.splitlines() if not x.startswith("ok ")] or [f"exit code {code}"]
    other, twice = spoil(document)
    code, out = run(weir, other)
    if code != 1 or out.splitlines()[-1] != f"0 as wanted, {total - twice} not":
        wrong += [f"spoilt, and still right: {x}" for x in out.splitlines() if x.startswith("ok ")] or [f"spoilt: {code} {out.splitlines()[-1]}"]
    one = copy.deepcopy(document)
    one["verdicts"][-1]["state"] = "held"
    code, out = run(weir, one)
    if code != 1 or out.splitlines()[-1] != f"{total - 1} as wanted, 1 not":
        wrong.append(f"with one word replaced: exit code {code}, {out.splitlines()[-1]}")
    cut = copy.deepcopy(document)
    cut["statements"] = cut["statements"][1:]
    code, out = run(weir, cut)
    if code != 1 or "a statement that it names is not in the file" not in out:
        wrong.append("a statement that is not there is not missed")
    numbers = os.path.join(os.path.dirname(path), "statements_vectors.json")
    if os.path.exists(numbers):
        wrong += whole_round(weir, document, json.load(open(numbers, encoding="utf-8"))["voice"])
    else:
        print(f"skipped: the bundle, since there is no {numbers}")
    for sentence in wrong:
        print(f"FAIL  {sentence}")
    print(f"agree: {total} vectors, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
