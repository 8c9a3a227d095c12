#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Texts, manifests, amendments and rounds made at random against the functions of the format's own text:
agree_random.py WEIR [all|sample [SEED]]

../shared/reference/agree_vectors.py computes what each of them must give; this makes a file of the same form as the published vectors
out of cases that they do not hold, and runs `weir agree vectors` over it, which also computes each round with its statements backwards.
A sample is about 4,500 cases, all is ten times as many. Ends with 77 if the functions or python3-nacl are not there.
"""
import base64
import importlib.util
import json
import os
import random
import subprocess
import sys
import tempfile

import agree_edges

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.path.join(TOP, "..", "shared", "reference")
HOUR, DAY = 3600, 86400


def load():
    sys.dont_write_bytecode = True
    sys.path.insert(0, SHARED)
    spec = importlib.util.spec_from_file_location("agree_vectors", os.path.join(SHARED, "agree_vectors.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class File:
    def __init__(self):
        self.doc = {"ids": {"good": [], "bad": {}}, "texts": {}, "bad_texts": [], "bad_manifests": [], "manifests": {}, "amendments": [],
                    "unexplained": [], "statements": [], "verdicts": []}
        self.parsed = {}  # name of a text: its bytes

    def text(self, av, name, data, of=None):
        """A text, among those that are or those that are refused."""
        try:
            clauses = av.parse(data, of is not None)
        except av.Fault as e:
            row = {"name": name, "line": e.args[0]}
            row.update({"base64": base64.b64encode(data).decode()})
            if of is not None:
                row["of"] = of
            self.doc["bad_texts"].append(row)
            return False
        row = {"text": data.decode(), "text_sha256": av.sha(data).hex(),
               "clauses": [{**c, "number": n} for c, n in zip(clauses, av.numbers(clauses))]}
        if of is not None:
            state = av.staleness(av.parse(self.parsed[of]), clauses)
            row.update(of=of, state=None if state is None else [list(x) for x in state])
        self.doc["texts"][name] = row
        self.parsed[name] = data
        return True


# ---- texts --------------------------------------------------------------------------------------------------------
def ids(f, av, rng, n):
    for _ in range(n):
        s = "".join(rng.choice(av.LETTERS) for _ in range(3))
        s = rng.choice([s + av.check_letter(s), s + rng.choice(av.LETTERS + "0125ilou"), s, s + "33", s.upper() + "k"])
        if av.good_id(s):
            f.doc["ids"]["good"].append(s)
        else:
            f.doc["ids"]["bad"][s] = "at random"


def new_id(av, rng, used):
    while True:
        s = "".join(rng.choice(av.LETTERS) for _ in range(3))
        if s + av.check_letter(s) not in used:
            used.add(s + av.check_letter(s))
            return s + av.check_letter(s)


WORDS = ["Words.", "**bold** and *not*", "ພາຍໃນ ໒໔ ຊົ່ວໂມງ", "၂၄ နာရီ\u200bအတွင်း", "ក្នុង", "a \\| b", "[x](https://a.example/)", "1.x", "-x", "a{#", "x  y",
         "\u00a0nbsp", "end\u00a0", "#hash", "<3", "a < b", "!", "![", "<a", "\u2028", "\u202e", "é", "😀", "12) z", "3. q", "* s", "+ p", "`c`", "~t", "a\tb"]


def made(av, rng, many=12):
    """A text that mostly follows the rules."""
    used, out, heading, item = set(), [], 1, None
    mark = lambda: " {#%s}" % new_id(av, rng, used)
    words = lambda: rng.choice(WORDS[:8] if rng.random() < 0.97 else WORDS) + " %d" % rng.randrange(99)
    out.append("# T%s" % mark())
    for _ in range(rng.randrange(many)):
        kind = rng.choice("hpppiiit")
        if kind == "i":
            level = rng.randrange(0, 2 + (item if item is not None else -1))
            if rng.random() < 0.02:
                level += 1
            if item is None:
                out.append("")
                level = 0 if rng.random() < 0.98 else 1
            out.append("    " * level + rng.choice(["- ", "1. "]) + words() + mark())
            item = min(level, 3)
            continue
        item = None
        out.append("")
        if kind == "h":
            heading = rng.randrange(2, min(heading + 1, 4) + 1) if rng.random() < 0.98 else rng.randrange(1, 6)
            out.append("#" * heading + " " + words() + mark())
        else:
            out.append(words() + mark())
            if kind == "t":
                out.append("")
                out += ["| %s | b |" % rng.choice(WORDS[:8]) for _ in range(rng.randrange(1, 4))]
    return "\n".join(out) + "\n"


def spoilt(rng, data):
    """A few bytes or lines changed."""
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        lines = data.split(b"\n")
        i, k = rng.randrange(len(lines)), rng.randrange(len(lines))
        what = rng.randrange(9)
        if what == 0:
            del lines[i]
        elif what == 1:
            lines.insert(i, lines[k])
        elif what == 2:
            lines[i], lines[k] = lines[k], lines[i]
        elif what == 3:
            lines.insert(i, b"")
        elif what == 4:
            lines[i] = rng.choice([b"    ", b"- ", b"# ", b" ", b"|", b"1. ", b"\t", b"{#", b"  ", b"## ", b"> "]) + lines[i]
        elif what == 5:
            lines[i] = lines[i] + rng.choice([b" ", b"|", b"}", b"\r", b" {#k7qm}", b"x", b":0123456789abcdef}"])
        elif what == 6:
            word = rng.choice(WORDS).encode()
            at = rng.randrange(len(lines[i]) + 1)
            lines[i] = lines[i][:at] + word + lines[i][at:]
        elif what == 7 and lines[i]:
            at = rng.randrange(len(lines[i]))
            lines[i] = lines[i][:at] + lines[i][at + 1:]
        data = b"\n".join(lines)
        if what == 8 and data:
            at = rng.randrange(len(data))
            data = data[:at] + bytes([rng.choice([0, 9, 10, 13, 32, 0x7f, 0x80, 0xc2, 0xe2, 0xed, 0xf5, 0xff, 0x7b, 0x7c, 0x23, rng.randrange(256)])]) + data[at + 1:]
    return data


def translated(av, rng, clauses):
    out, before = "", None
    for c in clauses:
        if rng.random() < 0.1:
            continue
        lines = c["source"].split("\n")
        m = av.MARK.search(lines[0])
        base = c["sha256"][:16] if rng.random() < 0.8 else "%016x" % rng.getrandbits(64)
        lines[0] = lines[0][:m.start()] + " {#%s:%s}" % (m[1], base)
        source = "\n".join(lines)
        if before is not None:
            out += "\n" if av.ITEM.match(source) and av.ITEM.match(before) else "\n\n"
        out, before = out + source, source
    return out + "\n"


def texts(f, av, rng, n):
    for k in range(n):
        data = (av.TEXT_A if rng.random() < 0.2 else made(av, rng)).encode()
        if rng.random() < 0.5:
            data = spoilt(rng, data)
        name = "text %d" % k
        if f.text(av, name, data) and rng.random() < 0.4:
            other = translated(av, rng, av.parse(data)).encode()
            f.text(av, name + " translated", spoilt(rng, other) if rng.random() < 0.3 else other, name)
    f.text(av, "of 262144", ("# T {#a3bd}\n\n" + "x" * (262144 - 13 - 9) + " {#k7qm}\n").encode())
    f.text(av, "of 262145", ("# T {#a3bd}\n\n" + "x" * (262145 - 13 - 9) + " {#k7qm}\n").encode())
    used = {"a3bd"}
    many = "# T {#a3bd}\n\n" + "\n".join("- x {#%s}" % new_id(av, rng, used) for _ in range(499)) + "\n"
    f.text(av, "500 clauses", many.encode())
    f.text(av, "501 clauses", (many + "- x {#%s}\n" % new_id(av, rng, used)).encode())


# ---- amendments ---------------------------------------------------------------------------------------------------
def one_op(av, rng, clauses, used):
    c = rng.choice(clauses)
    kind = rng.choice(["replace", "replace", "delete", "move", "insert"])
    mark = lambda i: " {#%s%s}" % (i, ":0123456789abcdef" if c["base"] is not None else "")
    o = {"op": kind}
    if kind != "insert":
        o.update(id=c["id"], base=c["sha256"])
    if kind in ("move", "insert"):
        o["after"] = rng.choice(clauses)["id"]
    if kind in ("replace", "insert"):
        i = c["id"] if kind == "replace" else new_id(av, rng, used)
        start = rng.choice(["", "", "- ", "    - ", "1. ", "## ", "### "])
        o["text"] = start + rng.choice(WORDS[:8] if rng.random() < 0.95 else WORDS) + mark(i)
        if rng.random() < 0.15:
            o["text"] += rng.choice(["\n\n| a |", "\n\n| a |\n|-|", "\n| a |", "\n\n", "\n", "\n\n| a", "\n\n| a |\n", "\n\n|<b>|"])
    if rng.random() < 0.05:
        name = rng.choice(sorted(o))
        wrong = rng.choice([None, 5, "", "swap", "3333", "k7qm", [], c["sha256"].upper(), "gone"])
        o[name] = wrong
        if wrong == "gone":
            del o[name]
    if rng.random() < 0.03:
        o["note"] = rng.choice([5, "x", None])  # passed over
    return o if rng.random() < 0.99 else rng.choice([None, "x", 5, []])


def amendments(f, av, rng, n):
    names = sorted(f.parsed)
    for k in range(n):
        name = rng.choice(names)
        translation = "of" in f.doc["texts"][name]
        clauses = av.parse(f.parsed[name], translation)
        used = {c["id"] for c in clauses}
        lists = [[one_op(av, rng, clauses, used) for _ in range(rng.choice([0, 1, 1, 1, 2, 3]))] for _ in range(rng.choice([1, 1, 2, 2, 3]))]
        if rng.random() < 0.3:
            lists.append([dict(o) if isinstance(o, dict) else o for o in rng.choice(lists)])
        lists = [[o for o in x if not (isinstance(o, dict) and isinstance(o.get("op"), list))] for x in lists]
        got = av.apply(f.parsed[name], lists, translation)
        if "conflicts" in got:
            got["conflicts"] = [{**c, "ops": [list(x) for x in c["ops"]]} for c in got["conflicts"]]
        f.doc["amendments"].append({"name": "amendment %d" % k, "base": name, "lists": lists, **got})
        if got["result"] == "ok" and not translation:
            new = av.parse(got["text"].encode())
            cited = [i for i in sorted({c["id"] for c in clauses + new}) if rng.random() < 0.3]
            f.doc["unexplained"].append({"name": "change %d" % k, "old": f.parsed[name].decode(), "new": got["text"], "cited": cited,
                                         "ids": av.unexplained(clauses, new, cited)})


# ---- manifests ----------------------------------------------------------------------------------------------------
VALUES = ["", "-", "0", "1", "2", "5", "6", "30", "31", "999", "1000", "01", "1h", "0h", "24h", "23h", "7d", "8d", "60d", "61d", "365d", "366d", "1440h", "3650d", "3651d",
          "1d1h", "h", "d", "1m", "-1h", "all", "4", "99999d", "100000h", "1000000000", "none", "hold", "except", "node", "human", "allowed", "forbidden",
          "comment", "objection comment", "comment amendment objection", "comment comment", "support", "none comment", "1 7d", "0 1h", "5 30d", "6 1d", "1 31d", "1  7d",
          "1 1", "3 3", "4 1", "0 1", "1 1 1", "adopted+0h", "adopted+3650d", "adopted+", "adopted", "2027-03-08T02:00:00Z", "2027-02-29T00:00:00Z", "1000-01-01T00:00:00Z",
          "9999-12-31T23:59:59Z", "2028-02-29T00:00:00Z", "1mo", "60mo", "61mo", "0mo", "mo", "12", "+07:00", "-14:45", "+15:00", "+07:10", "07:00", "+7:00", "2027-03-03", "2027-03-02",
          "2027-03-31", "2027-3-1", "0999-01-01", "la", "kh", "th", "zz", "LA", "a.example", "silence", "assent", "meeting", "recorded", "a b", " a", "a ", "a" * 200,
          "a" * 201, "é" * 100, "é" * 101, "a..b", ".a", "a-", "A", "lo", "en-GB", "en-", "e", "engl", "en-abcdefghi", "\u202e", "x\ty"]


def mutated(av, rng, data):
    lines = data.split(b"\n")
    for _ in range(rng.choice([1, 1, 1, 2])):
        i, k = rng.randrange(len(lines)), rng.randrange(len(lines))
        what = rng.randrange(10)
        if what < 6:
            words = lines[i].split(b" ")
            value = rng.choice(VALUES).encode()
            if what < 4 or len(words) < 3:
                lines[i] = words[0] + b" " + value
            else:
                words[rng.randrange(1, len(words))] = value
                lines[i] = b" ".join(words)
        elif what == 6:
            del lines[i]
        elif what == 7:
            lines.insert(i, lines[k])
        elif what == 8:
            lines[i], lines[k] = lines[k], lines[i]
        else:
            lines.insert(i, rng.choice([b"", b"observer zz", b"off 2027-03-05", b"quorum 2", b"needs all", b"observer a.example", b"weir-round-1", b"\xff", b"text lo " + b"a" * 64]))
        if not lines:
            break
    return b"\n".join(lines)


def random_manifest(av, rng):
    rule = rng.choice(["silence", "silence", "silence", "assent", "meeting", "recorded", "none"])
    members = sorted(rng.sample(["kh", "la", "mm", "vn"], rng.choice([2, 3, 4, 4, 4]))) if rule != "recorded" else rng.choice([["la"], ["kh", "la"]])
    observers = ("th",) if rng.random() < 0.5 else ()
    chair = rng.choice(members) if rng.random() < 0.9 or not observers else "th"
    change = {"chair": chair, "deputy": rng.choice([x for x in members if x != chair] + ["-"]), "secretariat": rng.choice(members),
              "level": rng.choice(["node", "human"]), "unserved": rng.choice(["hold", "except", "except"]), "confirm": str(rng.randrange(1, len(members) + 1)),
              "reservation": rng.choice(["allowed", "forbidden"]), "disassociation": rng.choice(["allowed", "forbidden"]),
              "persons": "%d %d" % (rng.choice([1, 1, 2]), rng.choice([1, 1, 2, 3])), "grace": rng.choice(["0h", "24h", "7d"]),
              "extend": rng.choice(["0 1h", "1 7d", "2 1d", "5 30d"]), "min_notice": rng.choice(["24h", "72h"]), "working_days": str(rng.randrange(4)),
              "breaks": rng.choice(["none", "objection", "amendment objection", "comment amendment objection", "comment"]),
              "in_force": rng.choice(["adopted+0h", "adopted+30d", "2027-03-01T00:00:00Z", "2027-06-01T00:00:00Z"])}
    if rule in ("assent", "meeting"):
        change["needs"] = rng.choice(["all", str(rng.randrange(1, len(members) + 1))])
    return av.manifest(rule, members, observers, **change)


def manifests(f, av, rng, n):
    for k in range(n):
        data = random_manifest(av, rng)
        if rng.random() < 0.8:
            data = mutated(av, rng, data)
        try:
            av.read_manifest(data)
        except av.Fault as e:
            f.doc["bad_manifests"].append({"name": "manifest %d" % k, "base64": base64.b64encode(data).decode(), "line": e.args[0]})
            continue
        digest = av.sha(data)
        f.doc["manifests"]["manifest %d" % k] = {"bytes": data.decode(), "round_sha256": digest.hex(), "text_code": av.text_code(digest)}


# ---- rounds -------------------------------------------------------------------------------------------------------
class Play:
    """One manifest and statements about it, made at random."""

    def __init__(self, av, rng, name):
        while True:
            data = random_manifest(av, rng)
            try:
                self.m = av.read_manifest(data)
                break
            except av.Fault:
                continue
        self.av, self.rng, self.name, self.data, self.digest = av, rng, name, data, av.sha(data).hex()
        self.pool = av.Pool()
        self.parties = sorted(av.parties(self.m))
        self.pool.everyone = self.parties
        self.open = self.pool.add(name + " open", self.m["chair"], "agree.open", {
            "instrument": self.m["instrument"], "round": self.m["round"], "round_sha256": self.digest, "closes": av.stamp(self.m["closes"]),
            "attachments": []}, av.OPENS, by=av.TWO)
        self.labels, self.n = [name + " open"], 0
        self.forks, self.calm = rng.random() < 0.3, rng.random() < 0.5  # calm: nothing breaks, all are served
        C, G = self.m["closes"], self.m["closes"] + self.m.get("grace", 0)
        base = [av.OPENS, C - 73 * HOUR, C - 72 * HOUR, C - 71 * HOUR, C - DAY, C - HOUR, C, C + HOUR, C + DAY, C + 7 * DAY, G, G + 14 * DAY, C - 4 * DAY, C - 5 * DAY,
                G + DAY, C + 300]
        self.times = [t + d for t in base for d in (-1, 0, 0, 0, 1)]

    def add(self, who, kind, body, created, bind=True, **k):
        label = "%s %d" % (self.name, self.n)
        self.n += 1
        if bind:
            body = {"round_sha256": self.digest, **body}
        if self.forks and self.rng.random() < 0.06:
            seq, prev = self.pool.heads.get((who, tuple(k.get("to") or [x for x in self.parties if x != who] or [who])), (1, self.av.sv.ZERO))
            if seq > 1 or prev != self.av.sv.ZERO:
                k["at"] = (max(seq - 1, 0), self.av.sha(b"p") if seq > 1 else self.av.sv.ZERO)
        self.labels.append(label)
        return self.pool.add(label, who, kind, body, created, **{"case": self.open["id"], **k})

    def one(self):
        av, rng, m = self.av, self.rng, self.m
        who = rng.choice(self.parties)
        t = rng.choice(self.times[:60]) if rng.random() < 0.8 else rng.choice(self.times)
        everything = [self.pool.by[x] for x in self.labels]
        own = [s for s in everything if s["fields"]["sender"] == who]
        people = [("a", "may-bind"), ("b", "duty"), ("c", "approver")][:rng.choice([1, 1, 2, 2, 3])]
        if rng.random() < 0.05:
            people = [("a", "may-bind"), ("a", "duty"), ("b", "")]
        k = {"by": people}
        if rng.random() < 0.03:
            k["to"] = [rng.choice([x for x in self.parties if x != who] or [who])]
        if rng.random() < 0.03:
            k["case"] = av.sv.ZERO
        kind = rng.choice(["position"] * 6 + ["receipt"] * 8 + ["retract", "retract", "amendment", "comment", "ack", "service", "service", "extend", "extend", "minutes",
                                                               "minutes", "rejoin", "open", "other"])
        if kind == "receipt":
            of = rng.sample(everything, min(len(everything), rng.randrange(1, 6)))
            self.add(who, "receipt", {"receipts": [{"of": s["id"].hex(), "verdict": rng.choice(["ok", "ok", "ok", "gap", "have", "fork", "bad-fields"]),
                                                    "complete": rng.random() < 0.85, "at": av.stamp(max(s["fields"]["created"], rng.choice(
                                                        self.times[:60])) if rng.random() < 0.4 else s["fields"]["created"] + 5)} for s in of]}, t, False,
                     by=[], case=av.sv.ZERO)
        elif kind == "position":
            words = ["support", "support", "no-objection", "disassociation"] if self.calm else av.WORDS + ["objection", "disassociation", "reservation"]
            word = rng.choice(words)
            body = {"position": word}
            if rng.random() < 0.5:
                body["scope"] = rng.choice(["k7qm", "peqd k7qm", "k7qm k7qm", "k7qn", "k7qm ", " k7qm", "", "whole", "k7qm  peqd", "3333 k7qm a3bd", "k7qm\n"])
            if rng.random() < 0.03:
                body["round_sha256"] = av.sha(b"other").hex()
            self.add(who, "agree.position", body, t, **k)
        elif kind == "retract":
            of = rng.choice(own or everything) if rng.random() < 0.9 else self.open
            self.add(who, "agree.retract", {"reason": "r"}, t, False, reply=of["id"], **k)
        elif kind == "amendment":
            self.add(who, "agree.amendment", {"lang": "en", "ops": []}, t, **k)
        elif kind == "comment":
            self.add(who, "agree.comment", {"text": {"en": "x"}}, t, **k)
        elif kind == "ack":
            self.add(who, "ack", {}, t, False, reply=self.open["id"], **{**k, "case": av.sv.ZERO})
        elif kind == "service":
            self.add(who, "agree.service", {"party": rng.choice([x for x, _, _ in m["member"]] + [who]), "level": rng.choice(["voice", "mail", "none"]),
                                            "at": av.stamp(rng.choice(self.times[:60]))}, t, **k)
        elif kind == "extend":
            self.add(rng.choice([who, m["chair"], m["chair"]]), "agree.extend", {"closes": av.stamp(m["closes"] + rng.choice([
                -HOUR, 0, 1, HOUR, DAY, DAY + 1, 2 * DAY, 7 * DAY, 7 * DAY + 1, 30 * DAY])), "reason": "r"}, t, by=people)
        elif kind == "minutes":
            body = {"minutes": av.sha(rng.choice([b"one", b"one", b"two"])).hex()}
            if rng.random() < 0.6:
                body["act"] = rng.choice([{"number": "1", "date": "2027-03-05"}, {"number": "1"}, {"date": "x", "number": "y", "z": 1}, {}])
            self.add(rng.choice([who, m["chair"]]), "agree.minutes", body, t, **k)
        elif kind == "rejoin":
            drop = [s["id"].hex() for s in rng.sample(own, min(len(own), rng.randrange(3)))]
            twins = [s["id"].hex() for s in own if sum(o["fields"]["seq"] == s["fields"]["seq"] for o in own) > 1]
            self.add(who, "rejoin", {"stream": {"sender": who, "to": self.parties}, "kept": [], "dropped": drop + twins[:1], "reason": "r"}, t, False, case=av.sv.ZERO,
                     by=av.TWO)
        elif kind == "open" and rng.random() < 0.15:
            self.add(m["chair"], "agree.open", {"instrument": rng.choice([m["instrument"], "else"]), "round": rng.choice([m["round"], 7]),
                                                "round_sha256": av.sha(b"twin %d" % rng.randrange(2)).hex(), "closes": av.stamp(m["closes"])}, t, case=av.sv.ZERO, by=av.TWO)
        elif kind == "other" and rng.random() < 0.3:
            self.add(m["chair"], "agree.retract", {"reason": "r"}, m["closes"] - HOUR, False, reply=self.open["id"], by=people)
        elif kind == "other":
            self.add(who, rng.choice(["agree.leave", "agree.statement", "case.note"]), {"reason": "r", "text": {"en": "x"}}, t, **k)

    def serve(self):
        """Most of them got the texts in time and see what the others say."""
        av, rng = self.av, self.rng
        for p in self.parties:
            if p != self.m["chair"] and rng.random() < (0.97 if self.calm else 0.85):
                at = av.stamp(av.OPENS + (5 if self.calm else rng.choice([5, 5, 5, 4 * DAY, 3 * DAY])))
                self.add(p, "receipt", {"receipts": [{"of": self.open["id"].hex(), "verdict": "ok", "complete": True, "at": at}]}, av.OPENS + 10, False, by=[],
                         case=av.sv.ZERO)
                if self.m.get("level") == "human":
                    self.add(p, "ack", {}, av.OPENS + 20, False, reply=self.open["id"], case=av.sv.ZERO)

    def witness(self):
        """Some receive what was said, whoever it was."""
        av, rng = self.av, self.rng
        for x in list(self.labels):
            s = self.pool.by[x]
            if rng.random() < 0.6:
                self.add(rng.choice(self.parties), "receipt", {"receipts": [{"of": s["id"].hex(), "verdict": "ok", "complete": True,
                                                                             "at": av.stamp(s["fields"]["created"] + 5)}]},
                         s["fields"]["created"] + 6, False, by=[], case=av.sv.ZERO)

    def facts(self, labels):
        return sorted((self.pool.facts(x) for x in labels), key=lambda s: s["id"])

    def verdict(self, labels, now, lists=(), proofs=(), witnessed=()):
        return self.av.verdict(self.m, self.digest, self.pool.facts(self.labels[0]), self.facts(labels), now, lists, proofs, witnessed)

    def outcomes(self):
        av, rng, m = self.av, self.rng, self.m
        if m["rule"] == "none":
            return
        _, block = self.verdict(self.labels, m["closes"])
        closes = av.seconds(block.split("closes ")[1][:20])
        G = closes + m.get("grace", 0)
        other = block.replace("state adopted\n", "state broken\n") if rng.random() < 0.5 else block + "x\n"
        same = other if rng.random() < 0.3 else block
        for p in self.parties:
            for _ in range(rng.choice([0, 1, 1, 2])):
                self.add(p, "agree.outcome", {"state": "x", "block": rng.choice([same] * 8 + [block, other])}, G + rng.choice([0, 0, 60, DAY, 14 * DAY, -1, 14 * DAY + 1]))
        self.times += [t + d for t in (closes, G, G + 14 * DAY, G + 14 * DAY + 1, G + 20 * DAY) for d in (0, 1, -1)] * 6


def rounds(f, av, rng, n, cases):
    crashed = 0
    for k in range(n):
        p = Play(av, rng, "round %d" % k)
        p.serve()
        for _ in range(rng.choice([2, 5, 10] if p.calm else [5, 10, 25])):
            p.one()
        p.witness()
        p.outcomes()
        f.doc["manifests"][p.name] = {"bytes": p.data.decode(), "round_sha256": p.digest, "text_code": av.text_code(av.sha(p.data))}
        f.doc["statements"] += [{"name": x, "id": p.pool.by[x]["id"].hex(), "bytes_base64": base64.b64encode(p.pool.by[x]["bytes"]).decode()} for x in p.labels]
        for i in range(cases):
            share = rng.choice([0.98, 0.99, 1, 1] if p.calm else [0.5, 0.8, 0.95, 1])
            labels = p.labels[:1] + [x for x in p.labels[1:] if rng.random() < share]
            rng.shuffle(labels)
            ids_ = [p.pool.by[x]["id"].hex() for x in labels]
            C = p.m["closes"]
            proofs = [(rng.choice(ids_), rng.randrange(4)) for _ in range(rng.choice([0, 0, 3, 6]))]
            witnessed = [(rng.choice(p.parties), rng.randrange(5), rng.choice(p.parties), rng.choice([C, C + 300, C + 301, C + DAY])) for _ in proofs]
            lists = [(rng.choice(p.parties), rng.randrange(1, 4), av.sha(b"%d" % rng.randrange(2)).hex()) for _ in range(rng.choice([0, 0, 0, 2, 4]))]
            now = rng.choice(p.times)
            try:
                state, block = p.verdict(labels, now, lists, proofs, witnessed)
            except (TypeError, KeyError):
                crashed += 1  # the functions do not bear that
                continue
            if state == "x" or not isinstance(state, str):
                continue
            f.doc["verdicts"].append({"name": "%s case %d" % (p.name, i), "manifest": p.name, "statements": labels, "now": av.stamp(now), "key_lists": lists,
                                      "proofs": proofs, "witnessed": witnessed, "state": state, "block": block})
    return crashed


def main():
    weir, much = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "sample"
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 8
    try:
        av = load()
    except (FileNotFoundError, ImportError) as e:
        print(f"skipped: {e}")
        return 77
    rng, f, size = random.Random(seed), File(), 10 if much == "all" else 1
    ids(f, av, rng, 60 * size)
    texts(f, av, rng, 500 * size)
    amendments(f, av, rng, 500 * size)
    agree_edges.texts(f, av, rng, 0.1 * size)
    agree_edges.operations(f, av, rng, 0.1 * size)
    manifests(f, av, rng, 600 * size)
    crashed = rounds(f, av, rng, 60 * size, 8)
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=os.environ.get("WEIR_KEEP") is None) as out:
        json.dump(f.doc, out, ensure_ascii=False)
        out.flush()
        done = subprocess.run([weir, "agree", "vectors", out.name], capture_output=True, text=True, timeout=600, errors="replace")
    wrong = [x for x in done.stdout.splitlines() if x.startswith("WRONG")]
    for x in wrong[:40]:
        print(x[:600])
    words = {}
    for part in ("verdicts", "amendments"):
        for row in f.doc[part]:
            w = row.get("state") or row.get("result")
            words[w] = words.get(w, 0) + 1
    print(", ".join("%s %d" % x for x in sorted(words.items())))
    thin = [w for w in ("open", "broken", "held", "adopted", "adopted-except", "adopted-provisional", "lapsed", "disputed", "withdrawn", "ok", "refused",
                        "conflict", "breaks-structure") if words.get(w, 0) == 0]
    last = done.stdout.splitlines()[-1] if done.stdout else done.stderr
    print(f"agree at random, seed {seed}: {last}; {crashed} that the functions do not bear" + (f"; too few of {thin}" if thin else ""))
    return 1 if wrong or done.returncode != 0 or thin else 0


if __name__ == "__main__":
    sys.exit(main())
