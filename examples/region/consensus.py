# SPDX-License-Identifier: Apache-2.0
"""The second act: a text goes under silence while one of the four is cut off. Nobody's silence counts before a person of it has the text
before him; a file on a stick brings it there; and each of the four computes the result alone.

Two persons of LA open the round, one person of each of the others acknowledges it; nobody says anything, as silence is."""
import os
import re
import signal
import subprocess
import time

from common import LOOK, PAUSE, Stop, until

HERE = os.path.dirname(os.path.abspath(__file__))
CHAIR, CUT = "la", "mm"
INSTRUMENT, TITLE, TEXT = "answer-times", "Times of answer between four CERTs", os.path.join(HERE, "answer-times.md")
NOTICE, CLOSES, GRACE = 24, 25, 1    # hours; the shortest notice that a round under silence may have
BEFORE = (CLOSES + GRACE) * 3600     # how far back the sample's clock begins, so that all of it ends about now
LINE = ("weir-dial", "weir-door")              # the processes of a node that have to do with other nodes


def when(text):
    """Seconds of '2026-01-05 08:00:00.000000', which is UTC."""
    return time.mktime(time.strptime(text[:19].replace("T", " "), "%Y-%m-%d %H:%M:%S")) - time.timezone


def children(pid):
    """Processes of a node by name."""
    found = {}
    for one in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{one}/stat", encoding="utf-8", errors="replace") as f:
                text = f.read()
        except OSError:
            continue
        rest = text[text.rindex(")") + 2:].split()
        if int(rest[1]) == pid and rest[0] != "Z":
            found[text[text.index("(") + 1:text.rindex(")")]] = int(one)
    return found


class Consensus:
    def __init__(self, play):
        self.play, self.nodes, self.halted = play, play.nodes, []

    # ---- the line of one of them

    def cut(self):
        """As if the cable were: what dials and what answers stands still, the rest of the node works."""
        found = children(self.nodes[CUT].process.pid)
        if not all(name in found for name in LINE):
            raise Stop(f"{CUT} has no {' and '.join(LINE)}: {' '.join(found)}")
        for name in LINE:
            os.kill(found[name], signal.SIGSTOP)
            self.halted.append(found[name])
        self.play.step("cut", f"{CUT}: the line is gone; nothing goes out and nothing comes in")

    def heal(self):
        while self.halted:
            try:
                os.kill(self.halted.pop(), signal.SIGCONT)
            except ProcessLookupError:
                pass

    # ---- what nodes say

    def member(self, node, party):
        return next((m for m in node.ask("agree", "members", self.round) if m["party"] == party), None) if self.row(node) else None

    def row(self, node):
        return next((r for r in node.ask("agree", "list") if r["round"] == self.round), None)

    def is_served(self, seer, node):
        return self.member(seer, node.cc)["service"] == "served"

    def since(self, node, party):
        return self.member(node, party)["served"][11:19] + "Z"

    def block(self, node):
        return node.run("agree", "get", self.round, "--file", "block")

    def would(self, node):
        """What it would come to as things stand: the state, and who or what that is due to."""
        found = dict(line.split(" ", 1) for line in self.block(node).split("\n") if line.startswith(("state ", "because ")))
        return found.get("state"), found.get("because")

    def code(self, node):
        """Of the text, as people read it to each other."""
        return re.search(r"text code +(\d{4} \d{4})", node.run("agree", "show", self.round)).group(1)

    def everywhere(self, what, good, whom=None):
        for node in whom or self.nodes.values():
            until(f"{node.cc}: {what}", lambda node=node: good(node))

    # ---- the parts

    def propose(self):
        la = self.nodes[CHAIR]
        la.run("agree", "text", INSTRUMENT, TEXT, "--lang", "en", "--authentic")
        before = {r["round"] for r in la.ask("agree", "list")}
        la.run("agree", "propose", INSTRUMENT, "--title", TITLE, "--members", ",".join(sorted(self.nodes)), "--rule", "silence", "--level", "human",
               "--min-notice", f"{NOTICE}h", "--working-days", "0", "--closes", f"{CLOSES}h", "--grace", f"{GRACE}h", "--confirm", str(len(self.nodes)))
        waiting = la.ask("agree", "waiting")[-1]["id"]
        self.play.step("proposed", f"{CHAIR}: {TITLE}: one person has written the rule, another one has to sign")
        self.play.wait_by_hand(PAUSE, lambda: False)
        la.signatory().change("agree-sign", id=waiting)
        opened = until("a round is open", lambda: [r for r in la.ask("agree", "list") if r["round"] not in before])[0]
        self.round, self.closes = opened["round"], opened["closes"]
        self.play.step("open", f"{CHAIR}: {self.round}, under silence until {self.closes[:16].replace('T', ' ')} UTC; each must have had it for {NOTICE} h before")

    def served(self):
        """A person of each of the others acknowledges; at the one that is cut off there is nothing to acknowledge."""
        la = self.nodes[CHAIR]
        there = [n for n in self.nodes.values() if n.cc != CUT]
        for node in (n for n in there if n is not la):
            until(f"{node.cc} has the round and its text", lambda node=node: (self.row(node) or {}).get("rule") == "silence")
            if not self.play.wait_by_hand(PAUSE, lambda node=node: self.is_served(node, node)):
                node.run("agree", "ack", self.round)
            for seer in there:
                until(f"{seer.cc} sees that {node.cc} is served", lambda seer=seer, node=node: self.is_served(seer, node))
            self.play.step("served", f"{node.cc}: a person has it before him; its clock runs since {self.since(la, node.cc)}")
        if self.row(self.nodes[CUT]) or self.member(la, CUT)["service"] != "unserved":
            raise Stop(f"{CUT} is cut off and has the text")
        if self.would(la) != ("held", f"unserved {CUT}"):
            raise Stop(f"with {CUT} not served it would be {self.would(la)}")
        self.play.step("not served", f"{CUT}: its clock has not begun; as it stands the round would be held, because of {CUT}")
        if not self.play.check:
            self.play.say(f"\nWho was served, as {CHAIR} sees it now: http://{la.person().host}/agree-service/{self.round} ; it goes on in {LOOK // 2} s.\n")
        self.play.wait_by_hand(LOOK // 2, lambda: False)

    def courier(self, one, other):
        """By hand: what waits there for the other."""
        self.play.wait_by_hand(PAUSE, lambda: False)
        folder = one.path(f"stick-{int(time.time() * 1000)}")
        os.mkdir(folder)
        one.run("courier", "pack", "--to", other.cc, folder)
        files = sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".age"))
        if not files:
            raise Stop(f"{one.cc} has packed nothing for {other.cc}")
        other.run("courier", "open", *files)
        self.play.step("courier", f"{one.cc} to {other.cc}: {' '.join(os.path.basename(f) for f in files)}, {sum(os.path.getsize(f) for f in files):,} bytes, sealed for {other.cc}")

    def by_stick(self):
        la, mm = self.nodes[CHAIR], self.nodes[CUT]
        self.courier(la, mm)
        until(f"{CUT} has the round and its text", lambda: (self.row(mm) or {}).get("rule") == "silence")
        if self.code(la) != self.code(mm):
            raise Stop(f"{CUT} has another text: {self.code(mm)} and not {self.code(la)}")
        if not self.play.wait_by_hand(PAUSE, lambda: self.is_served(mm, mm)):
            mm.run("agree", "ack", self.round)
        self.play.step("acknowledged", f"{CUT}: a person reads it and says so; the code of the text is {self.code(mm)}, as at {CHAIR}")
        self.courier(mm, la)
        until(f"{CUT} is served", lambda: self.is_served(la, mm))
        self.play.step("served", f"{CUT}: its clock runs since {self.since(la, CUT)}, when its person said so, and not since the opening")

    def back(self):
        self.heal()
        began = time.monotonic()
        self.everywhere(f"{CUT} is served", lambda node: self.is_served(node, self.nodes[CUT]))
        self.play.step("line", f"{CUT}: the line is back; all four see that all were served ({time.monotonic() - began:.1f} s)")

    def silence(self):
        """The clock of all four goes on by more than a day; nobody says anything."""
        self.play.clock.put(when(self.closes) - 3600)
        self.play.step("later", "it is an hour before closing; nobody has objected")
        self.play.wait_by_hand(PAUSE, lambda: False)
        self.play.clock.put(when(self.closes))
        self.everywhere("it is adopted for the time being", lambda node: self.row(node)["state"] == "adopted-provisional")
        self.play.step("closed", "silence has ended: adopted, unless something that was signed before comes until " + self.row(self.nodes[CHAIR])["grace"][11:16] + " UTC")
        self.play.wait_by_hand(PAUSE, lambda: False)
        self.play.clock.put(max(when(self.row(self.nodes[CHAIR])["grace"]), time.time()))
        self.everywhere("it is adopted", lambda node: self.row(node)["state"] == "adopted")

    def result(self):
        """What each has computed alone; and what somebody finds who has no node and knows four voice numbers."""
        found = {}
        for node in self.nodes.values():
            found[node.cc] = re.search(r"^block +([0-9a-f]{64})$", node.run("agree", "show", self.round), re.M).group(1)
            self.play.step(self.row(node)["state"], f"{node.cc}: has computed {found[node.cc][:16]}")
        if len(set(found.values())) != 1:
            raise Stop("the four have not computed the same")
        voices = [word for node in self.nodes.values() for word in ("--voice", f"{node.cc}={' '.join(node.voice())}")]
        for node in self.nodes.values():
            bundle = node.path(f"{self.round.replace('/', '-')}.weir")
            node.run("agree", "bundle", self.round, "--to", CHAIR, "-o", bundle)
            p = subprocess.run([self.play.weir, "agree", "verify", bundle, *voices], capture_output=True, stdin=subprocess.DEVNULL, timeout=60,
                               env=self.play.environment(), check=False)
            text = (p.stdout + p.stderr).decode("utf-8", "replace")
            if p.returncode != 0 or not text.startswith("VERIFIED: adopted\n") or found[node.cc] not in text:
                raise Stop(f"{bundle} is not verified as adopted: {text.strip()}")
        self.play.step("verified", "four files, one of each node, without a node, by the four voice numbers alone: adopted, and the same")

    def look(self):
        """Where a person who watched finds it."""
        self.play.say(f"\nThe round is on the pages of all four, each in its language; a day has passed, and visits last twelve hours. These\n"
                      "addresses let in again, once and for 15 minutes:\n")
        self.play.ways_in()
        host = self.nodes[CUT].person().host
        self.play.say(f"\nAfter that, for instance at {CUT}, and at the others by their own addresses:\n")
        for path, what in (("agree", "the text"), ("agree-service", "who was served, how and when"), ("agree-certificate", "the result"),
                           ("agree-print", "its certificate, for the printer")):
            self.play.say(f"  http://{host}/{path + '/' + self.round:34} {what}")

    def act(self):
        self.cut()
        try:
            for part in (self.propose, self.served, self.by_stick, self.back, self.silence, self.result):
                part()
        finally:
            self.heal()
