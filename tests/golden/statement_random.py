#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Statements made at random against the judge of the protocol's own text: statement_random.py WEIR [all|sample [SEED]]

../shared/reference/statements_vectors.py makes and signs statements and judges them; this makes a file of such statements that
the published vectors do not hold - every kind, every member of a wrong type, every sender, streams with holes and forks, heads
with bytes changed, JSON at its edges - and runs `weir statement vectors` over it. Where the two differ, the program must be the
stricter one, and a line of STRICTER (statement_stricter.py) must say why; every line there must cover something.

A sample is some of each sort (about 2,000), all is all of them. Ends with 77 if the judge or python3-nacl is not there.
"""
import collections
import copy
import importlib.util
import json
import os
import random
import struct
import subprocess
import sys
import tempfile

from statement_mixed import mixed
from statement_stricter import STRICTER, compare

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.path.join(TOP, "..", "shared", "reference")

def load():
    spec = importlib.util.spec_from_file_location("statements_vectors", os.path.join(SHARED, "statements_vectors.py"))
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    spec.loader.exec_module(module)
    return module


class Cases:
    """All cases, each with the word of the judge."""

    def __init__(self, v, rng):
        self.v, self.rng, self.share = v, rng, 1
        self.held = {}  # bytes: its row, named, judged as a case of its own
        self.rows = []
        self.crashed = 0
        new = v.ed("la sign 2")
        self.new = new
        first = v.PARTY["la"]["sign"]
        self.list2 = {**v.LINKED, "la": {first["id"]: (first["pub"], v.NOW + 3600), new["id"]: (new["pub"], None)}}

    def row(self, name, me, data, held, now, keys):
        try:
            want = self.v.judge(me, now, [h["bytes"] for h in held], data, self.list2 if keys == 2 else None)
        except (TypeError, KeyError, AttributeError, RecursionError):
            self.crashed += 1  # the judge does not bear that
            return None
        return {"name": name, "receiver": me, "held": [self.hold(h) for h in held], "key_list_of_la": keys, "now": now,
                "bytes": data.hex(), "verdict": want}

    def hold(self, h):
        if h["bytes"] not in self.held:
            name = f"held {len(self.held)} {h['label']}"
            self.held[h["bytes"]] = {"name": name}
            self.held[h["bytes"]] = self.row(name, h["fields"]["to"][0], h["bytes"], [], self.v.NOW, 1)
        return self.held[h["bytes"]]["name"]

    def add(self, name, me, data, held=(), now=None, keys=1):
        if self.drawn():
            self.put(name, me, data, held, now, keys)

    def drawn(self):
        return self.rng.random() < self.share

    def put(self, name, me, data, held=(), now=None, keys=1):
        self.rows.append((f"{len(self.rows)} {name}", me, data, list(held), self.v.NOW if now is None else now, keys))


# ---- bodies -------------------------------------------------------------------------------------------------------
class Bodies:
    def __init__(self, v):
        self.v = v
        self.hex = v.sha(b"manifest").hex()
        self.base = self.statements()

    def by(self, n, extra=0):
        roles = ["proposer", "approver", "may-bind", "duty"]
        return [self.v.person("p%d" % i, roles[i % 4]) for i in range(n + extra)]

    def statements(self):
        """What others refer to: held at one time or another."""
        v, b = self.v, {}
        to = lambda p: [x for x in ["kh", "la", "mm", "vn"] if x != p]
        text = {"en": "words"}
        self.to = to
        b["case"] = v.make("rcase", "la", ["kh"], "case.open", v.case_body())
        b["case4"] = v.make("rcase4", "la", to("la"), "case.open", v.case_body())
        b["casekh"] = v.make("rcasekh", "kh", to("kh"), "case.open", v.case_body())
        b["drill"] = v.make("rdrill", "la", to("la"), "exercise.open", {"by": self.by(1), "title": "t", "start": v.stamp(v.NOW),
                            "end": v.stamp(v.NOW + 9000), "teams": []}, exercise="la/river-2027")
        b["round"] = v.make("rround", "la", to("la"), "agree.open", {"by": self.by(2), "instrument": "i", "round": 1,
                            "round_sha256": self.hex, "closes": v.stamp(v.NOW + 86400)})
        b["commit"] = v.make("rcommit", "vn", to("vn"), "agree.commitment", {"by": self.by(1), "round_sha256": self.hex,
                             "what": "w", "due": v.stamp(v.NOW + 86400)}, case=b["round"]["id"])
        b["position"] = v.make("rposition", "vn", to("vn"), "agree.position", {"by": self.by(1), "round_sha256": self.hex,
                               "position": "support"}, case=b["round"]["id"], seq=2, prev=b["commit"]["id"])
        order = {"by": self.by(2), "stop": v.stamp(v.NOW + 86400), "reason": "c2-server",
                 "openc2": {"action": "deny", "target": {"ipv4_net": "198.51.100.3/32"}}}
        self.order = order
        b["order"] = v.make("rorder", "la", [v.GATE], "block.order", order, expires=v.NOW + 900)
        card = {"by": self.by(2), "id": "clmv", "serial": 1, "name": "n", "purpose": "p", "members": ["kh", "la", "mm", "vn"],
                "label": "GREEN", "secretariat": "la"}
        self.card = card
        b["card"] = v.make("rcard", "la", to("la"), "group", card)
        b["card2"] = v.make("rcard2", "la", to("la"), "group", {**card, "serial": 2, "secretariat": "kh"}, seq=2,
                            prev=b["card"]["id"])
        b["confirm"] = v.make("rconfirm", "kh", ["la"], "ack", {"by": self.by(1)}, reply=b["card"]["id"])
        b["confirm2"] = v.make("rconfirm2", "kh", ["la"], "ack", {"by": self.by(1)}, reply=b["card2"]["id"], seq=2,
                               prev=b["confirm"]["id"])
        b["cardvn"] = v.make("rcardvn", "vn", to("vn"), "group", {**card, "serial": 7, "secretariat": "vn"})
        b["confirmmm"] = v.make("rconfirmmm", "mm", ["vn"], "ack", {"by": self.by(1)}, reply=b["cardvn"]["id"])
        start = v.NOW + 86400
        meet = {"by": self.by(1), "serial": 1, "state": "planned", "title": "t", "start": v.stamp(start),
                "end": v.stamp(start + 7200), "place": "Hall", "chairs": ["la"], "participants": ["kh", "la", "mm"],
                "observers": ["vn"], "agenda": [{"title": "a", "start": v.stamp(start), "end": v.stamp(start + 60),
                                                 "papers": [self.hex]}],
                "attachments": [{"sha256": self.hex, "size": 8, "name": "n", "media": "text/plain"}]}
        self.meet, self.start = meet, start
        b["meeting"] = v.make("rmeeting", "la", to("la"), "meeting", meet)
        b["meeting2"] = v.make("rmeeting2", "la", to("la"), "meeting", {**meet, "serial": 2, "participants": ["kh", "vn"],
                               "observers": ["mm"]}, case=b["meeting"]["id"], seq=2, prev=b["meeting"]["id"])
        mins = {"by": self.by(1), "minutes": self.hex, "attendance": [{"party": "kh", "office": "o"}],
                "followups": [{"what": "w", "owner": "kh", "due": v.stamp(start)}]}
        self.mins = mins
        b["minutes"] = v.make("rminutes", "la", to("la"), "meeting.minutes", mins, case=b["meeting"]["id"], seq=2,
                              prev=b["meeting"]["id"])
        b["token"] = v.make("rcheck", "la", ["kh"], "check", {"token": "12345678", "channel": "mail",
                            "due": v.stamp(v.NOW + 86400)})
        del text
        return b

    def value(self, name, kind):
        """A good value of a member."""
        v, h = self.v, self.hex
        special = {
            ("state", "outage"): "confirmed", ("state", "meeting"): "planned", ("area", None): "tools",
            ("position", None): "support", ("level", None): "voice", ("party", None): "mm", ("id", "group"): "clmv",
            ("label", None): "GREEN", ("secretariat", None): None, ("token", None): "12345678",
            ("state", "case.status"): "accepted", ("why", None): "finished", ("stream", None): None,
            ("openc2", None): self.order["openc2"], ("members", None): ["kh", "la", "mm", "vn"],
            ("participants", None): ["kh", "la"], ("observers", None): ["mm"], ("chairs", None): ["la", "office"],
            ("start", None): v.stamp(self.start), ("end", None): v.stamp(self.start + 7200),
            ("expected_end", None): v.stamp(self.start + 10), ("stop", None): v.stamp(v.NOW + 86400),
            ("agenda", None): [{"title": "a", "start": v.stamp(self.start), "end": v.stamp(self.start + 60)}],
            ("attendance", None): [{"party": "kh"}], ("sim3", None): ["T-4", "P-11"],
            ("followups", None): [{"what": "w", "owner": "kh", "due": v.stamp(self.start)}],
            ("attachments", None): [{"sha256": h, "size": 8, "name": "n", "media": "text/plain"}],
            ("for", None): [{"party": "kh", "person": "sok"}], ("see", None): [h], ("group", None): "clmv",
            ("gates", None): {"total": 1, "in_force": 1, "lifted": 0}, ("by", None): self.by(2),
            ("receipts", None): [{"of": h, "verdict": "ok", "complete": True, "at": v.stamp(v.NOW)}],
        }
        if (name, kind) in special:
            return special[name, kind]
        if (name, None) in special:
            return special[name, None]
        if name in v.INTEGERS:
            return 3
        if name in v.BOOLEANS:
            return True
        if name in v.TIMES:
            return v.stamp(v.NOW + 3600)
        if name in v.DIGESTS:
            return h
        if name in v.LISTS:
            return []
        if name in ("text", "cure"):
            return {"en": "words", "lo": "\u0e84\u0eb3"}
        return {"en": "x"} if name in v.OBJECTS else "word"

    def good(self, kind, full):
        """(sender, receiver, recipients, body, head fields, held) of a statement that is good."""
        v, b = self.v, self.base
        roles, people, required, optional = v.KINDS[kind]
        sender, to, me = "la", ["kh", "mm", "vn"], "kh"
        head, held = {}, []
        if roles == {"gate"}:
            sender, to, me = v.GATE, ["la"], "la"
            head["reply"], held = b["order"]["id"], [b["order"]]
        if kind in ("block.order", "block.lift"):
            to, me = [v.GATE], v.GATE
            if kind == "block.order":
                head["expires"] = v.NOW + 900
            else:
                head["reply"] = b["order"]["id"]
        if kind in v.STARTS_EXERCISE:
            head["exercise"] = "la/river-2027"
        if kind.startswith("agree.") and kind != "agree.open":
            sender, to, me = ("la", self.to("la"), "kh") if v.KINDS[kind][0] == v.ORG else ("vn", self.to("vn"), "la")
            head["case"], held = b["round"]["id"], [b["round"]]
        if kind == "agree.retract":
            held, head["reply"] = [b["round"], b["position"]], b["position"]["id"]
        if kind == "agree.progress":
            held, head["reply"] = [b["round"], b["commit"]], b["commit"]["id"]
        if kind in ("agree.retract", "agree.progress"):
            head.update(seq=3, prev=b["position"]["id"])
        if kind in ("case.status", "case.note"):
            sender, to, me, head["case"], held = "kh", ["la"], "la", b["case"]["id"], [b["case"]]
        if kind == "meeting.minutes":
            head.update(case=b["meeting"]["id"], seq=2, prev=b["meeting"]["id"])
            held = [b["meeting"]]
        if kind == "meeting.assent":
            sender, to, me = "kh", self.to("kh"), "la"
            head.update(case=b["meeting"]["id"], reply=b["minutes"]["id"])
            held = [b["meeting"], b["minutes"]]
        if kind in ("read", "ack"):
            sender, to, me, head["reply"], held = "kh", ["la"], "la", b["case"]["id"], [b["case"]]
        if kind == "withdraw":
            to, head["reply"], held = ["kh"], b["case"]["id"], [b["case"]]
            head.update(seq=2, prev=b["case"]["id"])
        if kind == "check.answer":
            sender, to, me, head["reply"], held = "kh", ["la"], "la", b["token"]["id"], [b["token"]]
        body = {"by": self.by(people)} if people else {}
        names = required + (optional + v.COMMON if full else [])
        for name in names:
            if name != "by" or not people:
                body[name] = self.value(name, kind)
        if "secretariat" in body:
            body["secretariat"] = sender
        if "stream" in body:
            body["stream"] = {"sender": sender, "to": to}
        if kind == "agree.service":
            body["party"] = "mm"
        if kind == "fork":
            a = v.make("fa", "mm", ["kh", "la"], "case.open", v.case_body())
            c = v.make("fb", "mm", ["kh", "la"], "case.open", v.case_body(ref="MM-2"))
            for name, s in (("a", a), ("b", c)):
                body[name] = v.b64(v.frame(s["head"], s["sig"], b""))
        if kind == "practice":
            body["text"] = {"en": "x"}
        if kind == "meeting":
            body["place"] = "Hall"
        return sender, me, to, body, head, held


WRONG = [5, 0, -1, 2 ** 53 - 1, "", "x", "kh", "clmv", True, False, None, [], {}, [1], [None], ["kh", "la"], ["la", "kh"], ["kh", "kh"],
         ["KH"], ["th"], [[]], [{}], {"en": 5}, {"en": "x"}, {"": ""}, {"target": {"a": 1, "b": 2}}, "2026-11-24T03:00:00Z",
         "2026-02-29T00:00:00Z", "2024-02-29T23:59:59Z", "2026-11-24T24:00:00Z", "2026-11-24T23:59:60Z", "2026-11-24t03:00:00z",
         "2026-11-24T03:00:00+07:00", "0999-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-11-24T03:00:00Z ", "ab" * 32, "AB" * 32,
         "ab" * 31 + "a", ["ab" * 32], "12345678901234567890"]


def kinds(c, b, rng):
    v = c.v
    for kind in v.KINDS:
        roles, people, required, optional = v.KINDS[kind]
        for full in (False, True):
            sender, me, to, body, head, held = b.good(kind, full)

            def put(what, body=body, sender=sender, me=me, to=to, held=held, now=None, keys=1, **more):
                if c.drawn():
                    place = {"seq": 77, "prev": v.sha(b"76")} if rng.random() < 0.7 else {}
                    s = v.make(f"{kind} {what}", sender, to, kind, body, **{**head, **place, **more})
                    c.put(f"{kind} {what}", me, s["bytes"], held, now, keys)
            word = "full" if full else "bare"
            put(word)
            for name in sorted(set(required + optional + v.COMMON)):
                put(f"{word} without {name}", {k: x for k, x in body.items() if k != name})
                for i, wrong in enumerate(WRONG):
                    put(f"{word} {name} = {i}", {**body, name: copy.deepcopy(wrong)})
            for who in v.PARTY:
                put(f"{word} by {who}", sender=who, to=[x for x in to if x != who] or ["kh"])
                put(f"{word} at {who}", me=who)
                put(f"{word} self {who}", sender=who, me=who, to=[who])
            for tlp in v.TLP:
                put(f"{word} {tlp}", tlp=tlp)
                put(f"{word} {tlp} no group, no for", {k: x for k, x in body.items() if k not in ("group", "for")}, tlp=tlp)
                put(f"{word} {tlp} group, for empty", {**body, "group": "clmv", "for": []}, tlp=tlp)
            for pap in v.PAP:
                put(f"{word} PAP {pap}", pap=pap)
            refs = [("none", v.ZERO, []), ("unknown", v.sha(b"nothing"), [])]
            refs += [(n, b.base[n]["id"], [b.base[n]]) for n in b.base]
            for n, case, more in refs:
                put(f"{word} case {n}", case=case, held=uniq(held + more))
                put(f"{word} reply {n}", reply=case, held=uniq(held + more))
                put(f"{word} only {n} held", held=more)
            for ex in ("", "la/river-2027", "kh/river-2027", "la/other", "la.example/x", "la/", "la", "/x", "la/-x", "la/X", "la/x/y",
                       "la/" + "a" * 32, "la/" + "a" * 33, "LA/x"):
                put(f"{word} exercise {ex}", exercise=ex)
            for created, expires in ((v.NOW, v.NOW + 1), (v.NOW - 10, v.NOW), (v.NOW - 10, v.NOW - 9), (v.NOW - 10, v.NOW + 1),
                                     (v.NOW + 300, 0), (v.NOW + 301, 0), (v.NOW + 301, v.NOW + 302), (v.NOW, v.NOW + 900),
                                     (v.NOW, v.NOW + 901), (v.NOW + 299, v.NOW + 299 + 900), (v.NOW - 5000, v.NOW + 800),
                                     (v.NOW + 4000, v.NOW + 4900), (v.NOW, v.NOW), (v.NOW, v.NOW - 1), (v.FROM_S - 300, 0),
                                     (v.FROM_S - 301, 0), (v.UNTIL_S + 300, 0), (v.UNTIL_S + 301, 0), (0, 0), (253402300799, 0),
                                     (v.NOW, 253402300799), (v.NOW, 253402300800), (253402300800, 0), (2 ** 63, 0), (v.NOW, 2 ** 63),
                                     (v.NOW, 2 ** 64 - 1)):
                put(f"{word} created {created - v.NOW} expires {expires and expires - v.NOW}", created=created, expires=expires)
            for i, by in enumerate(people_lists(v)):
                put(f"{word} by {i}", {**body, "by": by})
            put(f"{word} list 2, old key", keys=2)
            put(f"{word} list 2, new key", keys=2, **({"key": c.new} if sender == "la" else {}))
            put(f"{word} list 1, new key", key=c.new)
            put(f"{word} other media", media="text/plain")
            put(f"{word} key of another", key=v.PARTY["mm"]["sign"])
            put(f"{word} later", now=v.NOW + 86400 * 30)
            put(f"{word} unknown member", {**body, "zzz": {"a": [1, {"b": None}]}})
            for i in range(12):
                both = rng.sample(sorted(set(required + optional + v.COMMON)), 2)
                put(f"{word} {both[0]}, {both[1]} at random {i}", {**body, **{n: copy.deepcopy(rng.choice(WRONG)) for n in both}})


def uniq(held):
    out = []
    for h in held:
        if h not in out:
            out.append(h)
    return out


def people_lists(v):
    p = v.person
    return [[], [p("a")], [p("a"), p("a")], [p("a"), p("b")], [p("a"), p("b"), p("c")], [p("a"), {**p("b"), "role": ""}],
            [p("a"), {"id": "b", "role": "duty"}], [p("a"), {**p("b"), "id": ""}], [p("a"), "b"], [p("a"), None, p("b")],
            [{**p("b"), "at": "yesterday"}, p("c")], [{**p("a"), "role": ""}, p("a"), p("b")], [p("a")] * 64 + [p("b")],
            [p("a")] * 300 + [p("b")], [p("x%d" % i) for i in range(300)], [[]] * 100 + [p("a"), p("b")], [p("A"), p("a")]]


# ---- what single kinds look at ------------------------------------------------------------------------------------
def cards(c, b, rng):
    v = c.v
    names = ["card", "card2", "confirm", "confirm2", "cardvn", "confirmmm"]
    for i in range(300):
        held = [b.base[n] for n in names if rng.random() < 0.5]
        rng.shuffle(held)
        sender = rng.choice(["la", "kh", "vn", "mm"])
        body = {**b.card, "serial": rng.randrange(9), "secretariat": rng.choice(["la", "kh", "vn", "mm", sender, 5, None, "th"]),
                "id": rng.choice(["clmv", "clmv", "clmv", "other", "CLMV", "ab"]), "label": rng.choice(["RED", "GREEN", "green", "AMBER+STRICT", ""])}
        if rng.random() < 0.1:
            del body["secretariat"]
        if rng.random() < 0.2:
            body["members"] = rng.choice([["kh", "la"], ["kh"], [], ["kh", "la", "th"], ["la", "kh"], ["kh", "la\n"]])
        s = v.make(f"cards {i}", sender, b.to(sender), "group", body, seq=5, prev=v.sha(b"x"))
        c.add(f"group card {i}", rng.choice(["kh", "kh", "mm", "vn", "la"]), s["bytes"], held)


def meetings(c, b, rng):
    v = c.v
    at = lambda t: v.stamp(b.start + t)
    hexa = b.hex
    choices = {
        "state": ["open", "closed", "cancelled", "Planned", "planned open", ""], "place": ["", "x"], "link": ["", "y"],
        "start": [at(0), at(7199), at(7200), at(7201)], "end": [at(0), at(1), at(60), at(59)],
        "participants": [["kh"], ["la"], [], ["th"], ["kh", "th"]], "observers": [[], ["vn"], ["la"], ["th"]],
        "chairs": [[], ["x"], ["x", 5], [None], [""]], "attachments": [[], [{"sha256": hexa, "size": 0, "name": "", "media": ""}]],
        "agenda": [[], [{}], ["x"], [{"title": "", "start": at(0), "end": at(7200)}], [{"title": "a", "start": at(0), "end": at(0)}],
                   [{"title": "a", "start": at(-1), "end": at(5)}], [{"title": "a", "start": at(5), "end": at(7201)}],
                   [{"title": 5, "start": at(0), "end": at(5)}], [{"title": "a", "start": "x", "end": at(5)}],
                   [{"title": "a", "start": at(0), "end": at(5), "papers": []}], [{"title": "a", "start": at(0), "end": at(5), "papers": [hexa] * 3}],
                   [{"title": "a", "start": at(0), "end": at(5), "papers": ["cd" * 32]}], [{"title": "a", "start": at(0), "end": at(5), "papers": "x"}],
                   [{"title": "a", "start": at(0), "end": at(5), "papers": [""]}],
                   [{"title": "a", "start": at(0), "end": at(5)}, {"title": "b", "start": at(0), "end": at(5)}]],
    }
    for i in range(400):
        body = copy.deepcopy(b.meet)
        for n in rng.sample(sorted(choices), rng.randrange(1, 4)):
            body[n] = copy.deepcopy(rng.choice(choices[n]))
        if rng.random() < 0.2:
            body.pop(rng.choice(["place", "link", "observers", "attachments"]), None)
        s = v.make(f"meeting {i}", "la", b.to("la"), "meeting", body)
        c.add(f"meeting body {i}", "kh", s["bytes"])
    names = ["meeting", "meeting2", "minutes", "case4"]
    for i in range(300):
        held = [b.base[n] for n in names if rng.random() < 0.6]
        if rng.random() < 0.7:
            rng.shuffle(held)
        sender = rng.choice(["la", "kh", "vn", "mm"])
        kind = rng.choice(["meeting", "meeting.minutes", "meeting.assent"])
        body = {"meeting": {**b.meet, "serial": 3}, "meeting.minutes": b.mins, "meeting.assent": {"by": b.by(1), "minutes": rng.choice(
            [b.hex, "cd" * 32])}}[kind]
        case = rng.choice(names + ["x", "x"])
        reply = rng.choice(names + ["x", "minutes"])
        s = v.make(f"meet {i}", sender, b.to(sender), kind, body, case=b.base[case]["id"] if case != "x" else v.ZERO,
                   reply=b.base[reply]["id"] if reply != "x" else v.sha(b"x"), seq=9, prev=v.sha(b"8"))
        c.add(f"meeting {kind} {i}", rng.choice(["la", "kh", "mm", "vn"]), s["bytes"], held)
    for i in range(80):
        body = {**b.mins, "attendance": rng.choice([[], [{}], ["kh"], [{"party": "KH"}], [{"party": "kh"}] * 3, [{"party": 5}]]),
                "followups": rng.choice([[], [{}], [{"what": "", "owner": "kh", "due": at(0)}], [{"what": "w", "owner": "K", "due": at(0)}],
                                         [{"what": "w", "owner": "kh", "due": "soon"}], [{"what": 1, "owner": "kh", "due": at(0)}]])}
        s = v.make(f"mins {i}", "la", b.to("la"), "meeting.minutes", body, case=b.base["meeting"]["id"], seq=2, prev=b.base["meeting"]["id"])
        c.add(f"minutes body {i}", "kh", s["bytes"], [b.base["meeting"]])


def singles(c, b, rng):
    """Words and pairs of words that one kind looks at."""
    v = c.v

    def put(kind, what, me=None, held=None, sender=None, to=None, head=None, **members):
        s0, m0, t0, body, h0, held0 = b.good(kind, False)
        s = v.make(f"{kind} {what}", sender or s0, to or t0, kind, {**body, **members}, **{**h0, "seq": 77, "prev": v.sha(b"76"),
                                                                                                    **(head or {})})
        c.put(f"{kind} {what}", me or m0, s["bytes"], held0 if held is None else held)
    for state in ["suspected", "confirmed", "restoring", "restored", "false-alarm", "down", "Confirmed", ""]:
        put("outage", f"state {state}", state=state)
    for end in (-1, 0, 1):
        put("outage", f"end {end}", expected_end=v.stamp(b.start + end))
    for sim3 in (["O-1"], ["H-99"], ["T-0"], ["T-100"], ["X-1"], ["t-1"], ["T-1", 5], ["T-"], [""], ["T-1\n"], ["T-1 "], ["T--1"], ["T-1a"]):
        for kind in ("need", "offer"):
            put(kind, f"sim3 {sim3}", sim3=sim3)
    for word in sorted(v.POSITIONS) + ["yes", "", "Support", "support "]:
        put("agree.position", f"word {word}", position=word)
    for level in ("voice", "mail", "paper", "in-person", "none", "node", ""):
        for party in ("vn", "mm", "la", "th", "x"):
            put("agree.service", f"{level} of {party}", level=level, party=party)
    for party in ("vn", "mm", "la", "th", "x"):
        put("agree.voice", f"of {party}", party=party)
    for sender in ("la", "kh", "vn"):
        put("agree.extend", f"by {sender}", me="mm", sender=sender, to=b.to(sender))
    for n in ("case", "order", "position", "round", "card", "minutes"):
        put("withdraw", f"of {n}", head={"reply": b.base[n]["id"]}, held=[b.base[n]])
        put("read", f"of {n}", head={"reply": b.base[n]["id"]}, held=[b.base[n]])
        put("block.report", f"on {n}", head={"reply": b.base[n]["id"]}, held=[b.base[n]])
        put("agree.progress", f"on {n}", head={"reply": b.base[n]["id"]}, held=[b.base[n]])
        put("agree.retract", f"of {n}", head={"reply": b.base[n]["id"]}, held=[b.base[n]])
    for n in ("members", "participants", "observers"):
        for i, who in enumerate((["kh", "la\n"], ["kh", "kh", "la"], ["la", "kh"], ["kh", "la", "la"], ["KH", "la"], ["kh", 5], [""], ["kh", None])):
            put("group" if n == "members" else "meeting", f"{n} {i}", **{n: who})
    for why in ("finished", "stopped", "real-world", "other", ""):
        for sender in ("la", "kh", "mm"):
            put("exercise.end", f"{why} by {sender}", me="vn", sender=sender, to=b.to(sender), why=why)
            put("exercise.end", f"{why} by {sender}, held", me="vn", sender=sender, to=b.to(sender), why=why, held=[b.base["drill"]],
                head={"case": b.base["drill"]["id"], "seq": 4, "prev": v.sha(b"3")})
    for created in (-1, 0, 9000, 9001):
        put("exercise.inject", f"made {created}", held=[b.base["drill"]], head={"case": b.base["drill"]["id"], "seq": 4, "prev": v.sha(b"3"), "created": v.NOW + created})
    for state in ("received", "accepted", "declined", "resolved", "withdrawn", "closed", "x", ""):
        for sender, me, to in (("kh", "la", ["la"]), ("la", "kh", ["kh"])):
            put("case.status", f"{state} by {sender}", me=me, sender=sender, to=to, state=state,
                head={"seq": 4, "prev": v.sha(b"3")})
            put("case.status", f"{state} by {sender}, case unknown", me=me, sender=sender, to=to, state=state, held=[],
                head={"seq": 4, "prev": v.sha(b"3")})
    for group in ("clmv", "asean.org", "ab", "abc", "a" * 63, "a" * 64, "1abc", "Abc", "a_c", "a c", "a-.", ".abc", "", "clm\u00e9"):
        put("case.open", f"group {group}", group=group)
        put("case.open", f"group {group} green", group=group, head={"tlp": "GREEN"})
    for name in ("round_sha256",):
        put("agree.position", "round of another", **{name: "cd" * 32})
    for target in ({}, {"a": 1}, {"a": 1, "b": 2}, "x", [], None):
        put("block.order", f"target {target}", openc2={"action": "deny", "target": target})
    for stop in (-1, 0, 86400 * 30, 86400 * 30 + 1):
        put("block.order", f"stop {stop}", stop=v.stamp(v.NOW + stop))
    for created, expires in ((0, 900), (0, 901), (0, 0), (200, 1100), (200, 1101), (-5000, 800)):
        put("block.order", f"made {created}, expires {expires}", head={"created": v.NOW + created, "expires": expires and v.NOW + expires})
    put("block.order", "to a cert", me="kh", to=["kh"])
    put("block.order", "of kh", sender="kh")
    stream = [v.make("f%d" % i, "mm", ["kh", "la"], "case.note", {"x": i}, seq=q, prev=p) for i, (q, p) in enumerate(
        [(1, v.ZERO), (1, v.ZERO), (2, v.sha(b"x")), (2, v.sha(b"y")), (3, v.sha(b"z"))])]
    stream.append(v.make("f5", "vn", ["kh", "la"], "case.note", {}, seq=1))
    stream.append(v.make("f6", "mm", ["la"], "case.note", {}, seq=1))
    bare = [v.b64(v.frame(s["head"], s["sig"], b"")) for s in stream]
    bare += [v.b64(s["bytes"]) for s in stream[:1]] + [bare[0][:-4], "!!!!", "", v.b64(v.frame(stream[0]["head"], bytes(64), b""))]
    for i, x in enumerate(bare):
        for k, y in enumerate(bare):
            if rng.random() < max(c.share, 0.3):
                put("fork", f"{i} {k}", a=x, b=y)
    for i, st in enumerate(({"sender": "la"}, {"sender": "kh"}, {"sender": 5}, {}, {"sender": "LA"}, {"to": ["kh"]})):
        put("rejoin", f"stream {i}", stream=st)


# ---- streams ------------------------------------------------------------------------------------------------------
def streams(c, b, rng):
    v = c.v
    note = lambda i: {"by": b.by(1), "text": {"en": "note %d" % i}}

    def tree(base, count, top):
        made = []
        for i in range(count):
            seq = base + rng.randrange(top)
            near = [m for m in made if m["fields"]["seq"] == seq - 1]
            prev = v.ZERO if seq == 1 else rng.choice(near)["id"] if near and rng.random() < 0.8 else v.sha(b"no %d" % i)
            made.append(v.make(f"tree {base} {i} {rng.random()}", "la", ["kh"], "case.open", {**v.case_body(), **note(i)}, seq=seq, prev=prev))
        return made
    for i in range(220):
        made = tree(rng.choice([1, 1, 1, 2, 2 ** 31 - 2, 2 ** 53 - 2, 2 ** 63 - 3, 2 ** 64 - 6]), 7, 5)
        for s in rng.sample(made, 3):
            held = [h for h in made if h is not s and rng.random() < 0.6]
            c.add(f"stream {i} seq {s['fields']['seq']}", "kh", s["bytes"], held)
    other = v.make("other stream", "la", ["kh", "mm"], "case.open", {**v.case_body(), **note(0)})
    one = v.make("first", "la", ["kh"], "case.open", {**v.case_body(), **note(1)})
    c.add("another stream has the number", "kh", one["bytes"], [other])
    c.put("twice", "kh", one["bytes"], [one])
    c.put("twice, erased the second time", "kh", v.frame(one["head"], one["sig"], b""), [one])
    for seq in (1, 2, 2 ** 63 - 1, 2 ** 63, 2 ** 64 - 1):
        for after in ((seq + 1) % 2 ** 64, (seq + 2) % 2 ** 64, (seq - 1) % 2 ** 64):
            if after == 0:
                continue
            x = v.make(f"at {seq}", "la", ["kh"], "case.open", {**v.case_body(), **note(2)}, seq=seq, prev=v.ZERO if seq == 1 else v.sha(b"p"))
            for prev in (x["id"], v.sha(b"q")):
                y = v.make(f"next to {seq} {prev[0]}", "la", ["kh"], "case.open", {**v.case_body(), **note(3)}, seq=after,
                           prev=v.ZERO if after == 1 else prev)
                c.add(f"seq {seq} with {after}", "kh", x["bytes"], [y])
                c.add(f"seq {after} with {seq}", "kh", y["bytes"], [x])


# ---- bytes --------------------------------------------------------------------------------------------------------
def heads(c, b, rng):
    v = c.v
    body = v.case_body()
    base = v.make("head", "la", ["kh", "mm"], "case.open", body)
    head, content = base["head"], base["salt"] + base["body"]
    sec = v.PARTY["la"]["sign"]

    def put(name, h, content=content, me="kh"):
        c.add(name, me, v.frame(h, v.sign(sec, h), content))
    for i in range(400):
        h = bytearray(head)
        for _ in range(rng.choice([1, 1, 1, 2, 4])):
            h[rng.randrange(len(h))] = rng.choice([0, 1, 0x20, 0x21, 0x7e, 0x7f, 0x80, 0xff, rng.randrange(256)])
        put(f"head changed {i}", bytes(h))
    for at in range(176, len(head)):
        for x in (0, 1, 2, 3, 0x20, 0x2e, 0x7f, 0xff):
            put(f"head byte {at} = {x}", head[:at] + bytes([x]) + head[at + 1:])
        put(f"head cut at {at}", head[:at])
    for n in (0, 1, 15, 16, 17, 180, 181, 182, 187, 188):
        put(f"head of {n}", head[:n])
    for i, to in enumerate((["kh"] * 2, ["kh", "la"], ["la"], [], ["mm", "kh"], ["kh", "x"], ["kh", "KH"], ["kh", "a.b"], ["a.b", "kh"],
                            ["kh", "k\u00e9"], ["kh", "mm", "a" * 60 + ".bc"], ["a" * 61 + ".b", "kh"], ["a" * 62 + ".b", "kh"],
                            ["-a.b", "kh"], ["a-.b", "kh"], ["a..b", "kh"], [".ab", "kh"], ["ab.", "kh"], ["a_b.c", "kh"], ["1.2", "kh"],
                            ["abc", "kh"], ["a1", "kh"], ["kh", "xn--abc.de"])):
        try:
            s = v.make(f"to {i}", "la", to, "case.open", body)
        except UnicodeEncodeError:
            continue
        c.add(f"recipients {i} {to}", "kh", s["bytes"])
    for n in (63, 64, 65, 255):
        many = sorted(["p%03d.example" % i for i in range(n - 1)] + ["kh"])
        c.add(f"{n} recipients", "kh", v.make(f"many {n}", "la", many, "case.open", body)["bytes"])
    long = sorted(["p%03d." % i + "a" * 56 + ".b" for i in range(63)] + ["kh"])
    c.add("a long head", "kh", v.make("long head", "la", long, "case.open", body)["bytes"])
    for kind in ("case.open", "a", "a" * 32, "a" * 33, "a.b-c.d", "a..b", ".a", "a.", "a-", "A", "a1", "", "case_open", "exercise.new", "ca se"):
        c.add(f"kind {kind}", "kh", v.make(f"kind {kind}", "la", ["kh"], kind, body)["bytes"])
    for media in ("", "a", "application/json", "APPLICATION/JSON", "a" * 64, "a" * 65, "a" * 255, "a b"):
        c.add(f"media {media}", "kh", v.make(f"media {media}", "la", ["kh"], "case.open", body, media=media)["bytes"])
    for tlp in (0, 1, 5, 6, 255):
        s = v.make(f"tlp {tlp}", "la", ["kh"], "case.open", body)
        put(f"tlp {tlp}", s["head"][:180] + bytes([tlp]) + s["head"][181:], s["salt"] + s["body"])
        put(f"pap {tlp}", s["head"][:181] + bytes([tlp]) + s["head"][182:], s["salt"] + s["body"])
    for n in (0, 1, len(content), 262144, 262145, 2 ** 32 - 1):
        put(f"body length {n}", head[:176] + struct.pack(">I", n) + head[180:])
    data = base["bytes"]
    for i in range(150):
        n = rng.randrange(len(data))
        c.add(f"cut at {n}", "kh", data[:n])
        d = bytearray(data)
        d[n] ^= 1 << rng.randrange(8)
        c.add(f"bit at {n}", "kh", bytes(d))
    for n in (0, 1, 2, 3):
        c.add(f"only {n}", "kh", data[:n])
    c.add("more behind", "kh", data + b"x" * 10)
    c.add("another behind", "kh", data + data)
    for n in (0, 1, 31, 32, 33, 262175, 262176, 262177, 2 ** 31, 2 ** 32 - 1):
        c.add(f"content length {n}", "kh", struct.pack(">H", len(head)) + head + base["sig"] + struct.pack(">I", n) + content)
    for n in (8191, 8192, 8193, 65535):
        c.put(f"head length {n}", "kh", struct.pack(">H", n) + head + base["sig"])
        c.add(f"head of {n} zeros", "kh", struct.pack(">H", n) + bytes(n + 64) + struct.pack(">I", 0))
    big = b'{"by":[{"id":"a","role":"duty","at":"x"}],"ask":"a","severity":"c3","title":"t","text":{"en":"'
    for n in (262143, 262144):
        c.add(f"body of {n}", "kh", v.make(f"big {n}", "la", ["kh"], "case.open", big + b"x" * (n - len(big) - 3) + b'"}}')["bytes"])


def texts(c, b, rng):
    """JSON at its edges, as the body of a note."""
    v = c.v
    case = b.base["case"]
    by = b'"by":[{"id":"a","role":"duty","at":"2026-11-24T02:59:00Z"}],"text":{"en":"x"}'

    def put(name, raw):
        c.add("json " + name, "kh", v.make("json " + name, "la", ["kh"], "case.note", raw, seq=2, prev=case["id"], case=case["id"])["bytes"], [case])
    values = ["1", "-1", "0", "-0", "00", "01", "-01", "+1", "1.0", "1.5", "-0.0", "1e2", "1E2", "1e-2", "1e400", ".5", "5.", "1e", "-", "0x10",
              "9007199254740991", "-9007199254740991", "9007199254740992", "-9007199254740992", "9223372036854775807", "-9223372036854775808",
              "9223372036854775808", "1" * 400, "NaN", "Infinity", "-Infinity", "nan", "true", "false", "null", "True", "None", "nul", "truee",
              "\"\"", "'a'", "[]", "[1,]", "[,1]", "[1 2]", "{}", "{,}", "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" 1}", "{\"a\"}", "[", "]", "{", "}",
              "\"a", "a\"", "/**/1", "1//x", "[1,2,[3,{\"b\":{}}]]", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "{\"a\":{\"a\":1}}", "",
              "{\"\":1}", "{\"\":1,\"\":2}", "{\"A\":1,\"a\":2}", "[{\"a\":1},{\"a\":1}]", "{\"\u00e9\":1,\"e\u0301\":2}", "\t1\r\n ", "\x0b1", "\x0c1", "\u00a01",
              "\u20281"]
    for i, x in enumerate(values):
        put(f"value {i} {x[:20]!r}", b'{"v":' + x.encode() + b"," + by + b"}")
    escapes = [r"\"", r"\\", r"\/", r"\b", r"\f", r"\n", r"\r", r"\t", r"\u0041", r"\u0000", r"\u0001", r"\u001f", r"\u007f", r"\u00e9", r"\uffff", r"\ufffe",
               r"\ufdd0", r"\ufeff", r"\ud83d\ude00", r"\uD83D\uDE00", r"\ud800", r"\udc00", r"\udfff", r"\udbff", r"\ud800\ud800", r"\udc00\ud800", r"\ud800x",
               r"\ud800\u0041", r"\ud800\n", r"\udbff\udfff", r"\u12", r"\u", r"\uzzzz", r"\u+123", r"\u 123", r"\x41", r"\a", r"\v", r"\0", r"\'", "\\", r"\U00000041",
               r"\u00E9", r"\u004", r"\ud83d\u", r"\ud83d\ude0", r"\ud83d\ude0g", r"\ud83d\\ude00"]
    for x in escapes:
        put(f"escape {x}", b'{"v":"' + x.encode() + b'",' + by + b"}")
        put(f"escape in a name {x}", b'{"' + x.encode() + b'":1,' + by + b"}")
    raws = [bytes([n]) for n in (*range(0, 33), 0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0xf5, 0xf8, 0xfe, 0xff)]
    raws += [b"\xc0\x80", b"\xc1\xbf", b"\xc2\x80", b"\xdf\xbf", b"\xe0\x80\x80", b"\xe0\x9f\xbf", b"\xe0\xa0\x80", b"\xed\x9f\xbf", b"\xed\xa0\x80", b"\xed\xbf\xbf",
             b"\xee\x80\x80", b"\xef\xbf\xbd", b"\xef\xbf\xbe", b"\xef\xbf\xbf", b"\xef\xb7\x90", b"\xef\xbb\xbf", b"\xf0\x80\x80\x80", b"\xf0\x8f\xbf\xbf", b"\xf0\x90\x80\x80",
             b"\xf4\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf7\xbf\xbf\xbf", b"\xf8\x88\x80\x80\x80", b"\xe2\x82", b"\xf0\x9f\x98", b"\xc2 \x80", b"\xed\xa0\xbd\xed\xb8\x80"]
    for x in raws:
        put(f"bytes {x.hex()}", b'{"v":"a' + x + b'b",' + by + b"}")
        put(f"bytes in a name {x.hex()}", b'{"a' + x + b'b":1,' + by + b"}")
        put(f"bytes between {x.hex()}", b'{"v":' + x + b"1," + by + b"}")
        put(f"bytes before {x.hex()}", x + b'{"v":1,' + by + b"}")
        put(f"bytes behind {x.hex()}", b'{"v":1,' + by + b"}" + x)
    for n in (14, 15, 16, 17, 100, 900, 1100, 3000):
        put(f"depth of lists {n}", b'{"v":' + b"[" * n + b"]" * n + b"," + by + b"}")
        put(f"depth of objects {n}", b'{"v":' + b'{"a":' * n + b"1" + b"}" * n + b"," + by + b"}")
        put(f"depth with a value {n}", b'{"v":' + b"[" * n + b"1" + b"]" * n + b"," + by + b"}")
    wholes = [b"", b" ", b"{}", b"[]", b"1", b"null", b'"a"', b"{", b"{" + by, b"{" + by + b"}}", b"{" + by + b"}{}", b"{" + by + b"},", b" {" + by + b"} ",
              b"\r\n\t{" + by + b"}\n", b"{" + by + b"}\0", b"\0{" + by + b"}", b"\xef\xbb\xbf{" + by + b"}", b"[{" + by + b"}]", b"{" + by + b"," + by + b"}",
              ("{" + by.decode() + "}").encode("utf-16"), ("{" + by.decode() + "}").encode("utf-16-le"), ("{" + by.decode() + "}").encode("utf-32-be"),
              b"{" + by + b"}#", b"//x\n{" + by + b"}", b"{" + by + b"}" + b" " * 1000]
    for i, x in enumerate(wholes):
        put(f"whole {i}", x)
    base = b'{"v":[1,-2,{"a":"\xc3\xa9\\u00e9\\ud83d\\ude00"},null,true,false,""],' + by + b"}"
    for i in range(300):
        d = bytearray(base)
        for _ in range(rng.choice([1, 1, 2])):
            n = rng.randrange(len(d))
            what = rng.randrange(3)
            if what == 0:
                d[n] = rng.choice(b'{}[]:,"\\0123456789.eE-+ \n\t\x00\x1f\x80\xc3\xffautfn')
            elif what == 1:
                del d[n]
            else:
                d.insert(n, rng.choice(b'{}[]:,"\\019.e- \x00\xff'))
        put(f"changed {i}", bytes(d))


# ---- the run ------------------------------------------------------------------------------------------------------
def run(weir, document):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
        json.dump(document, f)
        f.flush()
        done = subprocess.run([weir, "statement", "vectors", f.name], capture_output=True, text=True, errors="replace", timeout=600)
    return done.stdout, done.stderr


def main():
    weir = sys.argv[1]
    whole = len(sys.argv) > 2 and sys.argv[2] == "all"
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 20261124)
    try:
        v = load()
        document = json.load(open(os.path.join(SHARED, "statements_vectors.json"), encoding="utf-8"))
    except (ImportError, OSError) as e:
        print(f"skipped: the judge of the protocol's text cannot be asked: {e}")
        return 77
    c, b = Cases(v, rng), Bodies(v)
    for make, share in ((kinds, 0.012), (cards, 0.3), (meetings, 0.15), (singles, 0), (streams, 0.2), (heads, 0.1), (texts, 0.3)):
        c.share = 1 if whole else share
        make(c, b, rng)
    mixed(c, b, rng, 8000 if whole else 400, WRONG)
    verdicts = [r for r in (c.row(*r) for r in c.rows) if r is not None]
    order = ["too-large", "truncated", "wrong-context", "malformed", "have", "unknown-sender", "bad-key", "bad-signature", "not-for-me",
             "body-mismatch", "fork", "bad-body", "exercise-mismatch", "unknown-kind", "not-allowed", "bad-fields", "no-authority", "expired",
             "future", "gap", "ok"]
    covered, wrong, total = collections.Counter(), [], 0
    for at in range(0, len(verdicts), 8000):
        rows = {**document, "statements": list(c.held.values()), "verdicts": verdicts[at:at + 8000]}
        out, errors = run(weir, rows)
        more, bad, seen = compare(out, {x["name"] for x in rows["statements"] + rows["verdicts"]}, order)
        covered += more
        wrong += bad
        total += seen
        if seen != len(rows["statements"]) + len(rows["verdicts"]):
            wrong.append(f"{len(rows['statements']) + len(rows['verdicts'])} statements, {seen} lines: {errors}")
    for line in wrong[:60]:
        print(f"FAIL  {line}")
    for i, (verdict, says, clause) in enumerate(STRICTER):
        if not covered[i]:
            wrong.append(says)
            print(f"FAIL  STRICTER covers nothing: {verdict}, {says}")
    words = collections.Counter(x["verdict"] for x in verdicts)
    missing = [w for w in order if not words[w]]
    if missing:
        wrong.append("words")
        print(f"FAIL  nothing is {', '.join(missing)}")
    print(f"statement_random: {total} statements, {sum(covered.values())} judged stricter for {len(covered)} reasons, "
          f"{c.crashed} that the judge does not bear, {len(wrong)} wrong; {dict(words)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
