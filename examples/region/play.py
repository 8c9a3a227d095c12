#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""play.py --weir PROGRAM --home DIR [--check] [CC...]

Four linked nodes on this machine, and a request from one to another. ./run region calls it.

Nothing here is part of Weir: it starts the program, gives it commands and sends forms of its pages, as two persons of each
CERT would. The first of them is the user at the node's socket; the second is 'sample', who comes in to the pages by a link
of 'weir people link'. What they do stands in each node's record under these names, and notes and reasons say that the
sample was played. The root keys that it makes are the sample's and lie beside the nodes: keys of a CERT are made on
another machine, by two people.
"""
import argparse
import concurrent.futures
import ctypes
import email
import email.policy
import fcntl
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)  # python3 -I does not
from clock import Clock  # noqa: E402
from common import LOOK, PATIENCE, PAUSE, Stop, until  # noqa: E402
from consensus import BEFORE, Consensus  # noqa: E402
from visit import Signatory, Visit  # noqa: E402

COUNTRIES = {"la": "Laos", "kh": "Cambodia", "mm": "Myanmar", "vn": "Vietnam"}
LANGUAGES = {"la": "lo", "kh": "km", "mm": "my", "vn": "vi"}
PLAYED = "played by ./run region"
ASKER, ASKED = "la", "vn"


def free_port(address, wanted, kept):
    """The wanted one, or the next that is free. A check, which wants none, keeps its ports as long as it runs: others may run at the same
    time, and a node that starts again finds its port as it was."""
    if wanted == 0:
        s = socket.socket()
        s.bind((address, 0))
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.append(s)
        return s.getsockname()[1]
    for port in range(wanted, wanted + 200):
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                s.bind((address, port))
                return port
            except OSError:
                continue
    raise Stop(f"no port of {address} is free from {wanted} on")


def dies_with_us():
    """A node does not outlive who has started it, whatever ends that."""
    ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class Node:
    """One CERT: its folder, its program, and its two persons."""

    def __init__(self, cc, play):
        self.cc, self.play = cc, play
        self.home = os.path.join(play.home, cc)
        self.conf, self.state = os.path.join(self.home, "conf"), os.path.join(self.home, "state")
        self.log = os.path.join(self.home, "log")
        self.process, self.second, self.third = None, None, None

    def path(self, name):
        return os.path.join(self.home, name)

    # ---- configuration

    def configure(self, number):
        """Once: later starts keep what is there, since the key list says where the door is."""
        if os.path.exists(os.path.join(self.conf, "weir.yaml")):
            return
        shutil.rmtree(self.conf, ignore_errors=True)
        shutil.copytree(os.path.join(HERE, self.cc), self.conf)
        for shared in ("know", "rules"):
            shutil.copytree(os.path.join(HERE, shared), os.path.join(self.conf, shared))
        # an address each, so that one browser can be in at all four: it sends cookies to all ports of an address
        address = f"127.0.0.{11 + number}"
        pages, door = (free_port(address, 0 if self.play.check else first + number, self.play.kept) for first in (8470, 8480))
        with open(os.path.join(self.conf, "weir.yaml"), "a", encoding="utf-8") as f:
            f.write(f'pages:\n  listen: "{address}:{pages}"\n  language: {LANGUAGES[self.cc]}\ndoor:\n  listen: "{address}:{door}"\n  url: https://{address}:{door}\n')

    def url(self):
        with open(os.path.join(self.conf, "weir.yaml"), encoding="utf-8") as f:
            return re.search(r"^  url: (\S+)", f.read(), re.M).group(1) + "/"

    # ---- the program

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([self.play.weir, "serve", "--state", self.state, "--conf", self.conf, "--sample", os.path.dirname(HERE)],
                                            stdout=log, stderr=log, stdin=subprocess.DEVNULL, preexec_fn=dies_with_us, env=self.play.environment())

    def wait(self):
        def answers():
            if self.process.poll() is not None:
                with open(self.log, encoding="utf-8", errors="replace") as f:
                    raise Stop(f"the node {self.cc} does not start: {f.read()[-1000:].strip()}")
            return os.path.exists(os.path.join(self.state, "control.sock")) and self.tried("receipts", "--count") is not None
        until(f"the node {self.cc} starts", answers)
        return self

    def tried(self, *words):
        """What the command prints; None: it has failed."""
        p = subprocess.run([self.play.weir, *words, "--state", self.state], capture_output=True, stdin=subprocess.DEVNULL, timeout=PATIENCE,
                           env=self.play.environment())
        self.said = p.stderr.decode("utf-8", "replace").strip()
        return p.stdout.decode("utf-8", "replace") if p.returncode == 0 else None

    def run(self, *words):
        out = self.tried(*words)
        if out is None:
            raise Stop(f"{self.cc}: weir {' '.join(words)}: {self.said}")
        return out

    def ask(self, *words):
        answer = json.loads(self.run(*words, "--json"))
        return next(v for v in answer.values() if isinstance(v, list))

    def link(self):
        """An address that lets in once."""
        return self.run("people", "link").strip()

    def person(self):
        """The second one."""
        if self.second is None:
            self.second = Visit(self.link())
        return self.second

    def signatory(self):
        """One who may bind the party: this needs an account, with a password and a code."""
        if self.third is None:
            self.third = Signatory(self)
        return self.third

    # ---- keys and links

    def keys(self):
        """A root key of the sample, and the list that it signs: on a machine of a CERT's own this is a ceremony."""
        self.list = self.path(f"{self.cc}.weirkeys")
        root = self.path("root.key")
        if os.path.exists(self.list):
            return self
        held = until(f"{self.cc} has its keys", lambda: len((shown := self.run("key", "show")).split("\n")) > 4 and shown)
        with open(self.path("keys"), "w", encoding="utf-8") as f:
            f.write(held)
        offline = [self.play.weir, "key"]
        for words in (["root", self.cc, root, "--page", self.path("root.txt"), "--paper", self.path("envelope.txt")],
                      ["list", root, "--keys", self.path("keys"), "--name", f"Sample CERT of {COUNTRIES[self.cc]}", "--url", self.url(), "-o", self.list]):
            p = subprocess.run(offline + words, capture_output=True, timeout=PATIENCE, env=self.play.environment())
            if p.returncode != 0:
                raise Stop(f"{self.cc}: weir key {words[0]}: {p.stderr.decode().strip()}")
        self.run("key", "import", self.list)
        return self

    def voice(self):
        p = subprocess.run([self.play.weir, "key", "voice", self.list], capture_output=True, timeout=PATIENCE)
        return re.search(r"voice number +((?:\d{5} ?){6})", p.stdout.decode()).group(1).split()

    def meet(self, other):
        """They have called each other: the first person types what the other reads, the second one confirms."""
        if any(p["party"] == other.cc and p["link"] == "linked" for p in self.ask("peer", "list")):
            return
        self.run("peer", "import", other.list)
        self.run("peer", "type", other.cc, *other.voice(), "--called", PLAYED, "--found", "card", "--voice", "yes")
        self.person().change("peer-confirm", id=other.cc, role="cert")

    # ---- cases

    def cases(self, **filters):
        words = [w for k, v in filters.items() for w in ("--" + k, v)]
        return self.ask("case", "list", "--limit", "500", *words)

    def case(self, which):
        return next((c for c in self.ask("case", "list", "--limit", "500") if c["case"] == which), None)

    def entries(self, which):
        return self.ask("case", "entries", "--case", which, "--limit", "500")

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def stopped(self):
        if self.process is not None:
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()


class Play:
    def __init__(self, weir, home, check, who):
        self.weir, self.home, self.check = weir, home, check
        self.kept = []  # ports
        self.nodes = {cc: Node(cc, self) for cc in who}
        self.began, self.clock, self.round = time.monotonic(), None, None

    def environment(self):
        """Of the programs: they have the sample's clock where there is one."""
        return self.clock.environment() if self.clock else None

    def say(self, text):
        print(text, flush=True)

    def now(self):
        """Seconds, by the clock of the four."""
        return self.clock.now() if self.clock else time.time()

    def each(self, what):
        """With all nodes at a time."""
        with concurrent.futures.ThreadPoolExecutor(len(self.nodes)) as pool:
            return list(pool.map(what, self.nodes.values()))

    def start(self):
        os.makedirs(self.home, mode=0o750, exist_ok=True)
        self.lock = open(os.path.join(self.home, "lock"), "w", encoding="utf-8")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Stop(f"the four nodes of {self.home} are running already") from None
        for number, cc in enumerate(COUNTRIES):
            if cc in self.nodes:
                os.makedirs(self.nodes[cc].home, mode=0o750, exist_ok=True)
                self.nodes[cc].configure(number)
        for node in self.nodes.values():
            node.start()
        self.each(Node.wait)
        self.step("started", f"{len(self.nodes)} nodes")
        self.each(Node.keys)
        self.each(lambda node: [node.meet(other) for other in self.nodes.values() if other is not node])
        self.each(lambda node: until(f"{node.cc} reaches its neighbours", lambda: all(
            p["link"] == "linked" and p["reached"] for p in node.ask("peer", "list"))))
        self.step("linked", "each with each")

    # ---- the play: does somebody answer there?

    def checked(self):
        """LA asks by telephone, as CERTs do now and then: whoever picks up at VN types the token that he hears into his own node."""
        la, vn = self.nodes[ASKER], self.nodes[ASKED]
        began = time.monotonic()
        said = la.run("check", "ask", ASKED, "--channel", "phone")
        ours, token = re.match(r"(C\d+):", said).group(1), re.search(r"token (\d{8})", said).group(1)
        self.step("check", f"{ASKER}: {ours} asks {ASKED} by telephone whether somebody answers; the token that is read to them is {token}")

        def row():
            return next(c for c in la.ask("check", "list", "--party", ASKED) if c["check"] == ours)
        theirs = until(f"the check comes to {ASKED}", lambda: next((c["check"] for c in vn.ask("check", "list", "--party", ASKER, "--waiting")
                                                                         if c["who"] == "they" and c["channel"] == "phone"), None))
        if not self.wait_by_hand(LOOK // 2, lambda: row()["answered"]):
            status, text = vn.person().form("/checks/answer", csrf=vn.person().token(), id=theirs, token=token, note=PLAYED)
            if status != 303:
                raise Stop(f"{ASKED}: the check is not answered: {status} {text[:200]}")
        answer = until(f"{ASKER} has the answer", lambda: (found := row())["answered"] and found)
        # a person who watches may have typed something else
        if self.check and (answer["result"] != "ok" or not answer["by"] or answer["answered"] > answer["due"]):
            raise Stop(f"the check came out as {answer['result']}, by '{answer['by']}'")
        self.step("check", f"{ASKED}: {answer['by']} has typed it; {ASKER} has {ours} as {answer['result']} ({time.monotonic() - began:.1f} s)", answer["answered"])

    # ---- the play: a phishing page at VN that poses as a bank of LA

    def wait_by_hand(self, what, done):
        """A step that a person who watches may do himself: True, he has. Nobody waits when there is nobody."""
        until_then = time.monotonic() + (0 if self.check else what)
        while not done():
            if time.monotonic() >= until_then:
                return False
            time.sleep(0.3)
        return True

    def draft(self):
        """A report comes in at LA, and a rule drafts a request of it."""
        la, vn = self.nodes[ASKER], self.nodes[ASKED]
        before = {c["case"] for c in la.cases(peer=ASKED)}
        # each play is about another page: one that is in hand is not asked about again
        self.page = f"http://login-{len(before) + 1}.hosting-vn.example/pay"
        report = la.path("report.csv")
        with open(report, "w", encoding="utf-8") as f:
            f.write("classification.type,source.ip,source.url,destination.fqdn,tlp,time.source\n"
                    f"phishing,203.0.113.{21 + len(before) % 80},{self.page},pay.bank-la.example,AMBER,{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(self.now()))}\n")
        la.run("take", "--wait", report)
        drafts = until("a rule drafts a request", lambda: [c for c in la.cases(peer=ASKED) if c["case"] not in before])
        self.ours = drafts[0]["case"]
        self.step("draft", f"{ASKER}: {drafts[0]['number']}, {drafts[0]['ask']}: waits for a person")

    def seen(self, name, what, good, at="at"):
        """It is seen at LA: the entry of its line of time that is so."""
        la = self.nodes[ASKER]
        entry = until(f"{ASKER} sees: {name}", lambda: next((e for e in la.entries(self.ours) if good(e)), None))
        self.step(name, f"{what}", entry[at])

    def told(self, word):
        return lambda e: e["direction"] == "in" and e["party"] == ASKED and e["text"].split(":")[0].split(" ")[0] == word

    def send(self):
        la = self.nodes[ASKER]
        if not self.wait_by_hand(LOOK, lambda: la.case(self.ours)["state"] != "draft"):
            la.person().change("case-send", id=self.ours)
        self.step("queued", f"{ASKER}: a person has sent it")
        self.number = la.case(self.ours)["number"]
        vn = self.nodes[ASKED]
        self.theirs = until(f"it comes to {ASKED}", lambda: next((c["case"] for c in vn.cases(peer=ASKER) if c["their_ref"] == self.number), None))
        self.seen("delivered", f"{ASKED} has it", self.told("delivered"))

    def answered(self):
        la, vn = self.nodes[ASKER], self.nodes[ASKED]
        if not self.wait_by_hand(PAUSE, lambda: any(self.told("read")(e) for e in la.entries(self.ours))):
            status, _ = vn.person().ask("GET", f"/cases/{self.theirs}")
            if status != 200:
                raise Stop(f"{vn.cc}: the page of {self.theirs}: {status}")
        self.seen("read", "a person there has opened it", self.told("read"))
        if not self.wait_by_hand(PAUSE, lambda: vn.case(self.theirs)["acknowledged"]):
            vn.run("case", "state", self.theirs, "acknowledged")
        # who presses 'accepted' at once has acknowledged it
        if vn.case(self.theirs)["state"] == "acknowledged":
            self.seen("acknowledged", "somebody there has taken it on", self.told("acknowledged"))
        if not self.wait_by_hand(PAUSE, lambda: vn.case(self.theirs)["answered"]):
            vn.run("case", "state", self.theirs, "accepted", "--text", f"We look at the page and at its host. ({PLAYED})")
        until(f"{ASKER} sees how it stands", lambda: la.case(self.ours)["answered"])
        self.seen(la.case(self.ours)["state"], "they say how it stands", self.told(la.case(self.ours)["state"]))

    def questions(self):
        la, vn = self.nodes[ASKER], self.nodes[ASKED]
        question, answer = "Is the page reached by one address only?", "By that one only, since this morning."
        self.wait_by_hand(PAUSE, lambda: False)
        vn.run("case", "note", self.theirs, f"{question} ({PLAYED})", "--tell")
        self.seen("question", f"{ASKED}: {question}", lambda e: e["direction"] == "in" and question in e["text"])
        self.wait_by_hand(PAUSE, lambda: False)
        la.run("case", "note", self.ours, f"{answer} ({PLAYED})", "--tell")
        until(f"{ASKED} sees the answer", lambda: any(e["direction"] == "in" and answer in e["text"] for e in vn.entries(self.theirs)))
        self.step("answered", f"{ASKER}: {answer}")

    def letter(self):
        """VN enters what was told to it as a finding: whose it is and who is written to follows from its register and rules."""
        vn = self.nodes[ASKED]
        asked = re.search(r"^about +url (\S+)", vn.run("case", "show", self.theirs), re.M)
        if not asked:
            raise Stop(f"{ASKED} does not see which page it is about")
        self.wait_by_hand(PAUSE, lambda: False)
        before = {n["notice"] for n in vn.ask("notices")}
        vn.run("finding", "new", "--class", "phishing", "--url", asked.group(1), "--note", f"{self.number} ({PLAYED})")
        self.finding = until("a finding comes of it", lambda: next((f["finding"] for f in vn.ask("findings") if f["place"] == asked.group(1)), None))
        vn.run("case", "link", self.theirs, self.finding)
        self.notice = until("the owner is written to", lambda: next((n for n in vn.ask("notices") if n["notice"] not in before and n["owner"] == "hosting-vn"
                                                                     and n["state"] in ("ready", "sent")), None))
        self.step("letter", f"{ASKED}: {self.notice['notice']} to {self.notice['to']}, about {self.finding}")

    def owner_answers(self):
        """The owner presses the link in the letter; a person of VN reads the answer and confirms it."""
        vn = self.nodes[ASKED]
        with open(os.path.join(vn.state, "letters", self.notice["ticket"] + ".eml"), "rb") as f:
            text = email.message_from_binary_file(f, policy=email.policy.default).get_body().get_content()
        there = urllib.parse.urlsplit(re.search(r"https://\S+/answer/\S+", text).group(0))
        self.wait_by_hand(PAUSE, lambda: False)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        c = http.client.HTTPSConnection(there.netloc, timeout=PATIENCE, context=context)
        c.request("POST", there.path, urllib.parse.urlencode({"all": "fixed", "words": f"We have taken it down. ({PLAYED})"}),
                  {"Content-Type": "application/x-www-form-urlencoded"})
        status = c.getresponse().status
        c.close()
        if status != 303:
            raise Stop(f"the page of the letter takes no answer: {status}")
        mail = until("the answer comes in", lambda: next((m["mail"] for m in vn.ask("mail", "list", "--state", "new") if m["owner"] == "hosting-vn"), None))
        vn.run("mail", "confirm", mail)
        until("the finding is closed", lambda: not any(f["finding"] == self.finding and f["state"] == "open" for f in vn.ask("findings")))
        self.step("owner", f"{ASKED}: {self.notice['to']} says that it is fixed, a person confirms it")

    def resolved(self):
        vn, la = self.nodes[ASKED], self.nodes[ASKER]
        if not self.wait_by_hand(PAUSE, lambda: vn.case(self.theirs)["ended"]):
            vn.run("case", "state", self.theirs, "resolved", "--text", f"The page is gone; its owner has been written to. ({PLAYED})")
        until(f"{ASKER} sees how it ended", lambda: la.case(self.ours)["ended"])
        state = la.case(self.ours)["state"]
        self.seen(state, "the page is gone", self.told(state))
        if state != vn.case(self.theirs)["state"]:
            raise Stop(f"{ASKER} has the case as {state}, {ASKED} as {vn.case(self.theirs)['state']}")

    def act(self):
        """A check of the telephone, a request, and then a text that all four agree on."""
        self.checked()
        self.request()
        if self.clock:
            agreed = Consensus(self)
            agreed.act()
            self.round = agreed.round
            if not self.check:
                agreed.look()

    def request(self):
        for part in (self.draft, self.send, self.answered, self.questions, self.letter, self.owner_answers, self.resolved):
            part()

    def step(self, name, text, at=None):
        """One line: when it was, by the clock of whoever saw it, and how long after the beginning it was here."""
        passed = time.monotonic() - self.began
        self.say(f"{(at or time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(self.now())))[5:19].replace('T', ' ')}Z  {passed:6.2f} s  {name:13} {text}")

    def ways_in(self):
        for node in self.nodes.values():
            self.say(f"  {COUNTRIES[node.cc]:9} {node.link()}")

    def show(self):
        """Where a person who watches can look; each address lets in once."""
        self.say("\nThe pages of each, for a browser on this machine; an address lets in once and for 15 minutes:\n")
        self.ways_in()
        self.say(f"\nNow a report comes in at {COUNTRIES[ASKER]} about a page in {COUNTRIES[ASKED]}. A rule drafts a request, which waits for a person: press it on\n"
                 f"the page Cases of {COUNTRIES[ASKER]}; after {LOOK} s the sample's person does. So it is with each step, after {PAUSE} s.\n\n"
                 f"Then all four agree on a text, under silence, which takes a day at least: the clock of the four stands at\n"
                 f"{time.strftime('%Y-%m-%d %H:%M', time.gmtime(self.now()))} UTC, and is put forward there.\n")

    def stay(self):
        """Until Ctrl-C, or until one of them ends."""
        agreed = f"  {self.weir} agree show {self.round} --state {self.nodes[ASKED].state}\n" if self.round else ""
        self.say(f"\nThe nodes run until Ctrl-C. What they keep lies in {self.home}. In another terminal, for instance:\n\n"
                 f"  {self.weir} case show {self.ours} --state {self.nodes[ASKER].state}\n{agreed}"
                 f"  {self.weir} peer list --state {self.nodes[ASKED].state}\n"
                 f"  {self.weir} people link --state {self.nodes[ASKER].state}")
        while True:
            for node in self.nodes.values():
                if node.process.poll() is not None:
                    raise Stop(f"the node {node.cc} has ended; {node.log} says why")
            time.sleep(1)

    def stop(self):
        for node in self.nodes.values():
            node.stop()
        for node in self.nodes.values():
            node.stopped()


def arguments():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[1])
    p.add_argument("--weir", required=True, help="the program")
    p.add_argument("--home", help="folder of the four nodes")
    p.add_argument("--check", action="store_true", help="play in a folder that is removed again, and say whether it came out as it should")
    p.add_argument("who", nargs="*", default=list(COUNTRIES), help="which of the countries (default: all four)")
    return p.parse_args()


def ended(number, frame):
    raise SystemExit(128 + number)


def main():
    a = arguments()
    # also in the background of a script, where it would be ignored
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, ended)
    signal.signal(signal.SIGHUP, ended)
    if not a.check and not a.home:
        sys.exit("play.py: --home names the folder of the four nodes")
    place = tempfile.mkdtemp(prefix="weir-region-") if a.check else None
    play = Play(os.path.abspath(a.weir), place or os.path.abspath(a.home), a.check, a.who)
    status = 1
    try:
        os.makedirs(play.home, mode=0o750, exist_ok=True)
        if len(play.nodes) == len(COUNTRIES):
            play.clock = Clock(play.home).start(BEFORE)
        play.start()
        if not a.check:
            play.show()
        play.act()
        if not a.check:
            play.stay()
        play.say("the play came out as it should")
        status = 0
    except (Stop, OSError, http.client.HTTPException, subprocess.TimeoutExpired) as e:
        print(f"region: {e}", file=sys.stderr)
    except KeyboardInterrupt:
        status = 0 if not a.check else 130
    finally:
        play.stop()
        if play.clock:
            play.clock.keep(ended=True)
        if place:
            shutil.rmtree(place, ignore_errors=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
