#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the commands that judge files of vectors do with such files, good and odd: vectors.py WEIR [all]

vectors/agree.json and vectors/statements.json are small and hold each family once. They have to pass; with any result replaced they must
not (without all: every fourth); and a file that is not of their form has to be named as such and can neither pass for want of cases nor end the program.
"""
import copy
import json
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
# Members that say what a case is made from or is called, and those that no case is compared with.
GIVEN = {"about", "now", "linked", "name", "why", "text", "bytes", "bytes_base64", "base64", "of", "base", "lists", "old", "new", "cited", "statement",
         "statements", "manifest", "key_lists", "proofs", "witnessed", "good", "bad", "held", "receiver", "note", "party", "key_list_of_la", "entries", "seed",
         "secret", "to", "file_key", "ephemeral_secret", "payload_nonce", "tls_pin_base64", "note_with_cosignatures", "witness_vkeys",
         "add_checkpoint_request", "tlog_proof_of_opened", "new_sign_seed"}
ODD = [None, 5, -1, 1.5, "", "x", [], {}, True, [None], [[]], [{}], {"a": 1}, "\x00", "a\x00b", "k7qm", "0" * 64, 2**63, -2**63, 2**64 - 1, "\x1b[31m\nok"]


class Wrong(Exception):
    pass


class Files:
    def __init__(self, weir):
        self.weir = weir
        self.doc = {w: json.load(open(os.path.join(HERE, "vectors", f), encoding="utf-8")) for w, f in (
            ("agree", "agree.json"), ("statement", "statements.json"))}

    def run(self, which, data):
        with tempfile.NamedTemporaryFile("wb", suffix=".json") as f:
            f.write(data if isinstance(data, bytes) else json.dumps(data).encode())
            f.flush()
            done = subprocess.run([self.weir, which, "vectors", f.name], capture_output=True, text=True, errors="replace", timeout=120)
        if done.returncode not in (0, 1):
            raise Wrong(f"{which}: exit code {done.returncode}: {done.stderr[-400:]}")
        return done.returncode, done.stdout, done.stderr

    def want(self, which, data, code, *words):
        got, out, errors = self.run(which, data)
        missing = [w for w in words if w not in out + errors]
        if got != code or missing:
            raise Wrong(f"{which}: exit code {got}, wanted {code}; not said: {missing}; {[x for x in out.splitlines() if x[:2] != 'ok'][-3:]} {errors}")

    def changed(self, which, path, value):
        d = copy.deepcopy(self.doc[which])
        at = d
        for k in path[:-1]:
            at = at[k]
        if value is KeyError:
            del at[path[-1]]
        else:
            at[path[-1]] = value
        return d


def leaves(value, path=()):
    if isinstance(value, dict):
        for k in value:
            if k not in GIVEN or path in ((), ("key_list",), ("checkpoint",)) and k in ("statements", "text"):
                yield from leaves(value[k], path + (k,))
    elif isinstance(value, list):
        for i, x in enumerate(value):
            yield from leaves(x, path + (i,))
    else:
        yield path


def other(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return "x" if value is None else value + "x"


def good(f):
    for which in f.doc:
        f.want(which, f.doc[which], 0, " as wanted, 0 not")
        turned = dict(reversed(f.doc[which].items()))
        f.want(which, turned, 0, " as wanted, 0 not")
        f.want(which, json.dumps(f.doc[which], ensure_ascii=False, indent=3).encode(), 0)
        for family in set(f.doc[which]) - {"texts", "parties", "statements", "manifests", "key_list", "key_list_2", "log", "linked", "now"}:
            f.want(which, f.changed(which, (family,), KeyError), 0)


def every_result(f, step):
    n = 0
    for which in f.doc:
        for path in leaves(f.doc[which]):
            at = f.doc[which]
            for k in path:
                at = at[k]
            n += 1
            if n % step:
                continue
            try:
                f.want(which, f.changed(which, path, other(at)), 1, "WRONG")
            except Wrong as e:
                raise Wrong(f"{'/'.join(map(str, path))} was replaced: {e}") from e
    return n


def forms(f):
    for which in f.doc:
        f.want(which, b"", 1, ":1: ")
        f.want(which, b'{\n"texts": {,}}', 1, ":2: ")
        f.want(which, b"[]", 1, ":1: no object")
        f.want(which, b'{"verdicts": [],\n"verdicts": []}', 1, ":2: duplicate")
        f.want(which, {}, 1, "no member of the file has anything to judge")
        f.want(which, {"verdicts": [], "statements": []}, 1, "no member of the file has anything to judge")
        f.want(which, {**f.doc[which], "verdict": [{"name": "x"}]}, 0, "'verdict' is no family that this command knows; it was not judged")
        for family in ("statements", "verdicts"):
            for value in (5, "x", {}, None):
                f.want(which, f.changed(which, (family,), value), 1, "it must be a list of cases")
        f.want(which, f.changed(which, ("verdicts", 0), []), 1, "(without a name)")
        f.want(which, f.changed(which, ("verdicts", 0, "name"), "\x1b[31m\nok"), 0, "?[31m?ok: ")
    a = lambda path, value, *words: f.want("agree", f.changed("agree", path, value), 1, *words)
    a(("texts",), [], "it must be an object of named cases")
    a(("texts", "own", "text"), KeyError, "it is empty")
    a(("bad_texts", 0, "text"), KeyError, "it has no bytes")
    a(("bad_texts", 0, "text"), "# T {#a3bd}\n", "line wanted 1, got null")
    a(("bad_texts", 3, "base64"), "!", "its base64 is none")
    a(("bad_manifests", 0, "bytes"), f.doc["agree"]["manifests"]["r"]["bytes"], "got null")
    a(("amendments", 0, "base"), "nothing", "its base is no text of the file")
    f.want("agree", f.changed("agree", ("amendments", 1, "lists", 0, 0, "op"), -2**63), 0)
    a(("amendments", 0, "lists"), {}, "it has no lists of operations")
    a(("unexplained", 0, "cited"), [5], "its cited are no list of ids")
    a(("verdicts", 0, "manifest"), "nothing", "verdicts silence: ")
    a(("verdicts", 0, "statements", 1), "nothing", "a statement that it names is not in the file")
    a(("verdicts", 0, "state"), "unheard-of", 'state wanted "unheard-of", got "adopted-provisional"')
    a(("verdicts", 0, "proofs"), [["ab", -1]], "proofs must be rows of statement and index")
    a(("verdicts", 0, "witnessed"), [["aa", 1, "bb"]], "witnessed must be rows")
    a(("verdicts", 0, "key_lists"), {"aa": 1}, "key_lists must be rows")
    a(("voice_codes", 0, "statement"), "nothing", "the statement that it names is not in the file")
    s = lambda path, value, *words: f.want("statement", f.changed("statement", path, value), 1, *words)
    s(("verdicts", 1, "bytes"), "zz", "its bytes are no hexadecimal digits")
    s(("verdicts", 1, "bytes"), KeyError, "its bytes are no hexadecimal digits")
    s(("verdicts", 0, "verdict"), "unheard-of", "wanted unheard-of, got ok")
    s(("verdicts", 0, "verdict"), KeyError, "the file says no verdict")
    s(("verdicts", 0, "receiver"), "zz", "its receiver is no party of the file")
    s(("verdicts", 0, "held"), ["nothing"], "a statement that it says is held is not in the file")
    s(("verdicts", 0, "key_list_of_la"), 3, "the file has no key list of that number")
    s(("statements", 0, "fields", "seq"), 2, "seq wanted 2, got 1")
    s(("key_list", "note"), f.doc["statement"]["key_list_2"]["note"], "WRONG key_list key_list")
    s(("key_list", "note"), f.doc["statement"]["key_list"]["note"].replace("number 1", "number 3"), "WRONG key_list key_list")
    s(("checkpoint", "witness_vkeys"), "x", "witness_vkeys must be a list of keys")
    s(("checkpoint", "note"), f.doc["statement"]["key_list"]["note"], "WRONG checkpoint")
    s(("log", "entries", 2), "00", "WRONG log", "WRONG checkpoint")
    s(("courier", "container"), "00", "WRONG courier")


def large(f):
    ids = {"ids": {"good": ["k7qm"] * 20000, "bad": {}}}
    f.want("agree", ids, 0, "20000 as wanted, 0 not")
    deep = b'{"ids":' + b"[" * 100000
    f.want("agree", deep, 1, ":1: ")


def at_random(f, rng, n):
    """Anything in any place: the program ends by itself, with a word."""
    def paths(value, path=()):
        for k in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
            yield path + (k,)
            yield from paths(value[k], path + (k,))
    every = {which: list(paths(f.doc[which])) for which in f.doc}
    for _ in range(n):
        which = rng.choice(sorted(f.doc))
        first = rng.choice(sorted(f.doc[which]))
        path = rng.choice([p for p in every[which] if p[0] == first])
        f.run(which, f.changed(which, path, rng.choice(ODD + [KeyError])))


def main():
    f = Files(sys.argv[1])
    n, every = 0, "all" in sys.argv[2:]
    try:
        good(f)
        n = every_result(f, 1 if every else 4)
        forms(f)
        large(f)
        at_random(f, random.Random(3), 60 if every else 20)
    except Wrong as e:
        print(f"FAIL  {e}")
        return 1
    print(f"vectors: {n} results, {'each' if every else 'every fourth'} replaced")
    return 0


if __name__ == "__main__":
    sys.exit(main())
